//! What a pay offer is worth: to a point of the scale, to one member, against prices, and against what people say of it.
//!
//! An [`Offer`] is a list of dated steps on a base date; [`rates`](value::PointValue) follow from it and a [`Scale`];
//! values follow from rates. Everything is exact: pence are whole, percentages and weights are ratios, and each
//! rounding has a name. Definitions with worked figures: `docs/spec/pay.md`.
//!
//! `pay` knows no law and no votes, reads no clock and no disk.

mod differentials;
pub mod equal_pay;
mod formula;
mod framework;
mod member;
mod minimum_wage;
mod money;
mod offer;
mod on_costs;
mod pay_year;
mod paybill;
mod pension;
mod people;
mod prices;
mod quoted;
mod rates;
mod real_terms;
mod reopener;
mod scale;
mod shortfall;
mod take_home;
mod tax;
mod universal_credit;
mod value;
mod workforce;

pub use dated::grouped;
pub use differentials::{BandEnds, Differential, Differentials, Distance, Leapfrog, Moves, Pair};
pub use formula::Formula;
pub use framework::{Framework, ScaleValue};
pub use member::{ArrearsMonth, Employment, Increment, MemberValue, MemberYear, arrears, hourly_pence, ladder, value_member};
pub use minimum_wage::{BelowMinimum, MinimumRate, MinimumWage, below_minimum};
pub use money::{Pence, Rounding, RoundingMode};
pub use offer::{
    Assimilation, BandEnd, Change, Counted, Lump, LumpAmount, NewPoint, Offer, OfferKind, PercentOf, Progression, Rise, Select, Step,
};
pub use on_costs::{MarginalBand, OnCostRates, OnCosts};
pub use pay_year::{Count, PayYear, WeeksInYear, days_between, months_between};
pub use paybill::{
    Bill, Bought, Buy, Change as BillChange, CostError, CostQuestion, IncrementRule, JoinersAt, PartOfBill, Paths, Paybill,
    PublishedTotals, PublishedYear, Turnover, YearEndRates, YearReadings, flat_offer, highest,
};
pub use pension::{EmployerContribution, PensionScheme, TierPay, TierYear, Tiers};
pub use people::{
    BasicPay, BelowPrices, BetterOff, By, GapOfGroup, LowestPay, Moment, NotValued, Part, People, Quarter, Ranked, Reading, Rises, SexGap,
    SexGaps, Side, Spread, TenthOfStaff,
};
pub use prices::{Index, Prices, real_percent};
pub use quoted::{CheckedFigure, CheckedReading, Evidence, InputValue, MissingReading, QuotedFigure, Says, Verdict, When};
pub use rates::{LumpDue, RateFrom, RatePath, RatesError, Row, View, rates_of_offer, rates_of_salary};
pub use real_terms::{PaySide, RealReading, Window, real_terms};
pub use reopener::{Reopener, ReopenerTest, ReopenerVerdict};
pub use scale::{Scale, ScaleTable, SpinePoint};
pub use shortfall::{MemberPost, ShortStretch, Shortfall, member_shortfall};
pub use take_home::{AwardYear, Cliff, PayMonth, Payee, Steady, TakeHome, TakeHomeYear, cliffs, steady, take_home};
pub use tax::{ClassOne, IncomeTax, LoanTerms, Rebates, StudentLoan, TaxArea, TaxBand, TaxLaw, Threshold};
pub use universal_credit::{Claimant, CreditYear, NOT_RECKONED, UniversalCredit, WorkAllowances};
pub use value::{ByCount, Headline, HeadlineYear, OwnStaging, PointValue, PointYear, StagingLoss, break_even_salary, headline, value_row};
pub use workforce::{NotOnScale, Post, PostPay, PostRates, Sex, Staff, Workforce, WorkforceRates, YearDay};
