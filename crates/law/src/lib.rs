//! The law of the day: what a ballot for industrial action needed on its date, whether a result met it, and which days are lawful.
//!
//! ```
//! use law::{Agreements, Figures, Jurisdiction, PollFacts, Rulebook, UnitResult, Verdict, judge_result, law_of_the_day};
//!
//! let book = Rulebook::built_in().expect("the built-in rules have no fault");
//! let poll = PollFacts {
//!     opened_on: dated::parse_date("2017-03-06").expect("a date"),
//!     closed_on: dated::parse_date("2017-03-27").expect("a date"),
//!     jurisdiction: Jurisdiction::GreatBritain,
//!     important_public_service: false,
//!     wales_devolved: false,
//! };
//! let figures = Figures {
//!     unit: "Depot".into(), question: "strike".into(), poll,
//!     entitled: Some(1000), yes: 480, no: Some(15), spoiled: Some(5), blank: None, returned: None, valid: None,
//! };
//! let result = UnitResult::check(figures).expect("possible figures");
//! let law = law_of_the_day(&book, poll, Agreements::default()).expect("rules are known for 2017");
//! let judgment = judge_result(&result, &law);
//! assert_eq!(judgment.adopted().verdict, Verdict::Mandate); // 500 of 1,000 returned: exactly half is enough
//! ```
//!
//! The rules are data (`data/law`), each with its period, its source and how sure it is; this code holds no statutory number.
//! How judging works, rule by rule (L1, L2, …): `docs/spec/law.md`. It is not legal advice.
//!
//! Not here: clock, disk, network, random numbers, floating point. Nothing here knows pay, rolls or votes.

mod calendar;
mod comparator;
mod contents;
mod forecast;
mod ics;
mod mandate;
mod opening;
mod picture;
mod read;
mod replay;
mod result;
mod rules;
mod timetable;
mod traps;
mod units;

pub use calendar::{Length, days_between, is_days_before, plus_days, weekday_date};
pub use comparator::*;
pub use contents::*;
pub use forecast::*;
pub use ics::{CalendarEntry, CalendarFile};
pub use mandate::*;
pub use opening::*;
pub use picture::{TIMELINE_STYLE, timeline_svg, timeline_svg_as_of};
pub use read::*;
pub use replay::*;
pub use result::*;
pub use rules::*;
pub use timetable::{
    Deadline, DeadlineKind, Sense, Timetable, TimetableFacts, WantedAction, latest_notice, timetable, timetable_backwards, timetable_ics,
};
pub use traps::*;
pub use units::*;
