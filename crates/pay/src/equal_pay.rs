//! Equal pay, from the claimant's side: who is paid more for equal work, by how much an hour, and what that comes to.
//!
//! [`PayRecords`] say who earns what in which job; [`best_comparators`] finds for each claimant the best paid comparator of the
//! other sex on like work, on work rated no higher, or on work that an expert would have to value; [`compare`] sets two
//! records side by side term by term; [`price`] turns the gap into arrears, through the pay of
//! each time where it is known; [`Cases`] adds up by employer;
//! [`ClaimBoard`] says where the claims that were lodged stand.
//! Rules E20 to E49 with worked figures: `docs/spec/equal-pay.md`.
//!
//! Not here: whether a comparator counts in law, and how far back money goes. That is `law`, which knows no pay.

mod arrears;
mod board;
mod cases;
mod evaluation;
mod history;
mod hourly;
mod pair;
mod pay_file;
mod record;
mod search;

pub use arrears::{Arrears, ArrearsPeriod, ArrearsWindow, price, price_periods};
pub use board::{BoardSums, ClaimBoard, ClaimState, LodgedClaim, Strength};
pub use cases::{Case, CaseList, Cases, ChooseBy, EmployerTotal, PublishedTotal, Sums, published};
pub use evaluation::{FactorLevel, JobScore, JobWeightBand, ScoringChart, read_levels};
pub use history::{PastPay, ScaleRates};
pub use hourly::{Hourly, Money};
pub use pair::{Caution, Comparison, Refusal, Term, TermGap, cautions, compare};
pub use pay_file::read_pay_file;
pub use record::{Names, PayBasis, PayRecord, PayRecords, PayTimes, Terms};
pub use search::{ComparatorQuestion, Finding, Reach, Route, best_comparators};
