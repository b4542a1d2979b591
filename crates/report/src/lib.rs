//! A dispute as one HTML page that stands by itself: no script, no request to anywhere, legible on a phone, on paper,
//! in the dark and to a screen reader. Every number links to the clause that gives it and to who published it.
//!
//! The page shows what `pay` and `dispute` worked out and computes nothing of its own but where to draw a line.

mod action_page;
mod chart;
pub mod charts;
mod cost;
mod equal_pay;
mod law_then_and_now;
mod page;
mod people;
pub mod said;
mod table;
mod talks;
pub mod words;

/// Colours, type, tables, charts and verdicts of everything that is shown on a screen; style sheets of pages come behind it.
pub const LOOK: &str = include_str!("../templates/look.css");

/// The style sheet of the pages that stand by themselves.
const STYLE: &str = concat!(include_str!("../templates/look.css"), include_str!("../templates/report.css"));

pub use action_page::{ActionView, DayView, ServiceView, action_page, days_of_action};
pub use cost::{CostOfSide, CostView, Floor, FrontierView, Redistribution, SideCost};
pub use equal_pay::{EqualPayInput, EqualPayRow};
pub use law_then_and_now::{LawRow, LawVerdict, LawView, days_of_change, law_view};
pub use page::{page, page_with, page_with_people};
pub use people::{ChartOfPeople, LABEL, PeopleInput, PeopleView, people_view};
pub use table::{Cell, Head, Table};
