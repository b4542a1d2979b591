//! The same money, lowest pay first: new rates for a pay scale that cost no more than an offer does.
//!
//! [`Money`] is whose pay an offer changes and what it costs; [`Wishes`] is what is asked of the new rates; [`redistribute`]
//! finds them, or says which wishes cannot be kept together. Rates are whole units of the published scale, costs are
//! whole pence as a payroll pays them. Definitions with worked figures: `docs/spec/pay.md`, P60 to P69.
//!
//! Not here: what an offer costs in all, with increments and contributions; this compares basic pay at given points.

mod answer;
mod conflict;
mod cost;
mod frontier;
mod ladder;
mod limits;
mod money;
mod proof;
mod relaxed;
mod search;

pub use answer::{Answer, Binding, Compared, PointAnswer, Remainder, Rest, StageAnswer, StageRule, redistribute};
pub use conflict::{Conflict, Infeasible};
pub use cost::{CostReading, Line, Span, StaffOn};
pub use frontier::{FrontierRow, frontier};
pub use ladder::{Aim, Ladder, Limit, LimitKind, Point, PointRow, Rule};
pub use limits::{Along, Gap, PairGap, Wishes};
pub use money::{Money, MovedPoint, OwnSalaries, RateTable, Refusal};
pub use proof::Proof;
pub use search::CheapestStep;
