//! Why an offer did not form the basis of an agreement, and whether another offer answers each reason; and the items of a
//! claim beyond its headline, with what each offer says to them.

use dated::{Cite, Date, Faults, Month, Place, Ratio, Sources, Status, Table};
use pay::{Change, Index, Offer, Pence, Rise};

use super::Known;
use crate::folder::Dispute;

/// A reason why an offer was turned down.
#[derive(Clone, Debug)]
pub struct StickingPoint {
    /// Id in the dispute.
    pub id: String,
    /// The offer.
    pub about: (String, Place),
    /// Whose reason it is.
    pub who: Vec<(String, Place)>,
    /// In our words.
    pub words: String,
    /// How another offer is tested against it; `None` where people must judge.
    pub test: Option<StickingTest>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// What an offer must do to answer a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StickingTest {
    /// Be paid in full from the first day of each pay year.
    NotStaged,
    /// Give the lowest paid a larger percentage than the highest paid.
    MoreForLowPaid,
    /// Pay nobody less than this at the end of the first pay year.
    RateAtLeast(Pence),
    /// Give at least as much as prices rose, both in the year and at its end.
    AtLeastPrices {
        /// By which index.
        index: Index,
        /// The annual rate of which month; by default the last that people at the table knew.
        month: Option<Month>,
    },
}

/// Whether an offer answers a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answered {
    /// It does.
    Met,
    /// It does under one reading and not under another.
    Depends,
    /// It does not.
    Unmet,
    /// Data are missing.
    CannotTell,
    /// The reason has no test.
    ForJudgement,
}

impl Answered {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Depends => "depends",
            Self::Unmet => "unmet",
            Self::CannotTell => "cannot-tell",
            Self::ForJudgement => "for-judgement",
        }
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Depends => "met under one reading only",
            Self::Unmet => "unmet",
            Self::CannotTell => "cannot tell",
            Self::ForJudgement => "for judgement",
        }
    }
}

/// One reason held against one offer.
#[derive(Clone, Debug)]
pub struct TestedPoint<'d> {
    /// The reason.
    pub point: &'d StickingPoint,
    /// Its number among the reasons given against the same offer, counted from 1.
    pub number: usize,
    /// The offer tested.
    pub offer: &'d Offer,
    /// Whether this is the offer that the reason was given against.
    pub is_own: bool,
    /// Whether the offer answers it.
    pub answered: Answered,
    /// Why, one sentence a reading.
    pub why: Vec<String>,
}

impl StickingPoint {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let about = table.text("about").map(|about| (about, table.place_of("about")));
        let who = table.name_list("who");
        let words = table.text("words");
        let test = read_test(table);
        let (source, status) = (table.cite(sources), table.status());
        let (words, status) = (words.unwrap_or_default(), status.unwrap_or(Status::Estimated));
        Some(Self { id: id?, about: about?, who, words, test, source, status, place: table.place() })
    }

    pub(crate) fn check(&self, known: &Known<'_>) {
        known.offer(&self.about);
        self.who.iter().for_each(|who| known.party(who));
    }
}

fn read_test(table: &Table<'_>) -> Option<StickingTest> {
    const NAMES: [(&str, u8); 5] =
        [("not-staged", 0), ("more-for-low-paid", 1), ("rate-at-least", 2), ("at-least-prices", 3), ("for-judgement", 4)];
    let name = table.choice("test", &NAMES);
    let pounds = table.optional_decimal("pounds");
    let index = table.optional_choice("index", &Index::WORDS);
    let month = table.optional_month("price_month");
    let spare = |key: &str, belongs: bool| {
        if name.is_some() && !belongs && table.has(key) {
            table.fault("test-without", key, format!("this test has no use for “{key}”"), "remove it, or choose the test it belongs to");
        }
    };
    spare("pounds", name == Some(2));
    spare("index", name == Some(3));
    spare("price_month", name == Some(3));
    match name? {
        0 => Some(StickingTest::NotStaged),
        1 => Some(StickingTest::MoreForLowPaid),
        2 => match pounds.and_then(Pence::from_pounds).filter(|rate| rate.0 > 0) {
            Some(rate) => Some(StickingTest::RateAtLeast(rate)),
            None => {
                table.fault("missing-key", "test", "the lowest rate to be paid is not given in pounds", "add `pounds = 15000`");
                None
            }
        },
        3 => match index {
            Some(index) => Some(StickingTest::AtLeastPrices { index, month }),
            None => {
                table.fault("missing-key", "test", "no index of prices is named", "add `index = \"RPI\"` or another: CPI, CPIH");
                None
            }
        },
        _ => None,
    }
}

/// Spec N18 to N22: every reason held against every offer that is not a claim, the one it was given against first.
pub fn test_sticking_points(dispute: &Dispute) -> Vec<TestedPoint<'_>> {
    let mut tested = Vec::new();
    for (at, point) in dispute.talks.sticking_points.iter().enumerate() {
        let number = dispute.talks.sticking_points[..=at].iter().filter(|other| other.about.0 == point.about.0).count();
        let is_own = |offer: &&Offer| offer.id == point.about.0;
        let others = dispute.offers.iter().filter(|offer| !is_own(offer) && offer.kind != pay::OfferKind::PayClaim);
        for offer in dispute.offers.iter().filter(is_own).chain(others) {
            let (answered, why) = point.test.map_or_else(
                || (Answered::ForJudgement, vec!["the reason has no test: people must judge".to_owned()]),
                |test| run(test, offer, dispute),
            );
            tested.push(TestedPoint { point, number, offer, is_own: is_own(&offer), answered, why });
        }
    }
    tested
}

fn run(test: StickingTest, offer: &Offer, dispute: &Dispute) -> (Answered, Vec<String>) {
    if offer.steps.is_empty() {
        return (Answered::CannotTell, vec!["its steps are not in the data".to_owned()]);
    }
    match test {
        StickingTest::NotStaged => not_staged(offer, dispute),
        StickingTest::MoreForLowPaid => more_for_low_paid(offer, dispute),
        StickingTest::RateAtLeast(floor) => rate_at_least(floor, offer, dispute),
        StickingTest::AtLeastPrices { index, month } => at_least_prices(index, month, offer, dispute),
    }
}

fn raises(change: &Change) -> bool {
    let has_floor = change.at_least_pence.is_some() || change.rate_at_least.is_some() || change.minimum_increment_percent.is_some();
    !matches!(change.rise, Rise::None) || has_floor
}

/// Spec N19: staged is what comes after the first day of its pay year. Where only clauses for some come later, both readings stand.
fn not_staged(offer: &Offer, dispute: &Dispute) -> (Answered, Vec<String>) {
    let Some(first) = dispute.framework().first_pay_year(offer) else {
        return (Answered::CannotTell, vec!["it has no date".to_owned()]);
    };
    let start_month = first.first_month().month();
    let late: Vec<Date> = offer
        .steps
        .iter()
        .filter(|step| step.changes.iter().any(raises))
        .map(|step| step.from)
        .filter(|from| *from > pay::PayYear::holding(*from, start_month).first_day())
        .collect();
    let headlines: Vec<pay::Headline> =
        offer.nations.iter().filter_map(|(nation, _)| dispute.framework().headline(offer, nation)).collect();
    let is_everybodys_in_full = !headlines.is_empty() && headlines.iter().all(|headline| headline.largest_gap_percent() == Ratio::ZERO);
    let within_later_years = headlines.iter().flat_map(|headline| &headline.totals).any(|(from, _)| late.contains(from));
    if let (Some(first_late), true, false) = (late.first(), is_everybodys_in_full, within_later_years) {
        let what = format!("clauses for some points are paid only from {}", dated::long_date(*first_late));
        return (Answered::Depends, vec!["the percentage for everybody is paid from the first day of the pay year".to_owned(), what]);
    }
    match late.as_slice() {
        [] => (Answered::Met, vec!["all of it is paid from the first day of the pay year".to_owned()]),
        [day] => (Answered::Unmet, vec![format!("part of it is paid only from {}", dated::long_date(*day))]),
        days => {
            let days: Vec<String> = days.iter().map(|day| dated::long_date(*day)).collect();
            (Answered::Unmet, vec![format!("parts of it are paid only from {}", days.join(" and "))])
        }
    }
}

/// A difference up to this may come from rounding rates to the pound or to five pounds, and decides nothing.
const ROUNDING_PENCE: i64 = 500;

/// Spec N20: by the end of the first pay year the lowest rate gains a larger percentage than the highest. Where the scale is not
/// in the data, the same percentage for everybody is still known to give the low paid no more.
fn more_for_low_paid(offer: &Offer, dispute: &Dispute) -> (Answered, Vec<String>) {
    let end = dispute.framework().first_pay_year(offer).map(pay::PayYear::end);
    let steps = || offer.steps.iter().filter(|step| end.is_none_or(|end| step.from < end));
    let mut changes = steps().flat_map(|step| &step.changes).filter(|change| raises(change));
    let is_same_percent = |change: &Change| {
        change.select.is_everybody()
            && matches!(change.rise, Rise::Percent { .. } | Rise::TotalPercent(_))
            && change.and_pence == Pence(0)
            && change.or_pence.is_none()
            && change.at_least_pence.is_none()
            && change.at_most_pence.is_none()
            && change.rate_at_least.is_none()
            && change.minimum_increment_percent.is_none()
    };
    let has_more = steps().any(|step| !step.assimilate.is_empty() || !step.new_points.is_empty());
    if !has_more && changes.all(is_same_percent) {
        return (Answered::Unmet, vec!["the same percentage for everybody: nothing of its own for the low paid".to_owned()]);
    }
    let mut answers = Vec::new();
    let mut why = Vec::new();
    for value in dispute.framework().value_points(offer) {
        let Ok(points) = &value.points else { continue };
        let by_base = |point: &&pay::PointValue| point.row.path.base;
        let (Some(low), Some(high)) = (points.iter().min_by_key(by_base), points.iter().max_by_key(by_base)) else { continue };
        let (less, more) = (high.first_year().year_end_percent, low.first_year().year_end_percent);
        let above_pence = low.row.path.base.ratio() * (more - less) / Ratio::whole(100);
        answers.push(if above_pence > Ratio::whole(ROUNDING_PENCE) { Answered::Met } else { Answered::Unmet });
        why.push(format!(
            "{}, {}: {}% at the lowest rate ({}) and {}% at the highest ({})",
            value.nation,
            value.scale.id,
            more.to_fixed(2),
            low.row.path.base,
            less.to_fixed(2),
            high.row.path.base
        ));
    }
    together(&answers, why, "no scale in the data has its points")
}

/// Spec N21: the lowest rate at the end of the first pay year.
fn rate_at_least(floor: Pence, offer: &Offer, dispute: &Dispute) -> (Answered, Vec<String>) {
    let mut answers = Vec::new();
    let mut why = Vec::new();
    for value in dispute.framework().value_points(offer) {
        let Ok(points) = &value.points else { continue };
        let Some(low) = points.iter().filter(|point| point.row.moved_to.is_none()).min_by_key(|point| point.first_year().year_end_rate)
        else {
            continue;
        };
        let rate = low.first_year().year_end_rate;
        answers.push(if rate >= floor { Answered::Met } else { Answered::Unmet });
        why.push(format!("{}, {}: the lowest rate at the end of the year is {rate}, against {floor}", value.nation, value.scale.id));
    }
    together(&answers, why, "no scale in the data has its points")
}

/// Spec N22: the headline against the annual rate of prices, in the year and at its end.
fn at_least_prices(index: Index, month: Option<Month>, offer: &Offer, dispute: &Dispute) -> (Answered, Vec<String>) {
    let framework = dispute.framework();
    let Some(month) = month.or(framework.prices_known) else {
        return (Answered::CannotTell, vec!["no month of prices is named, and the dispute does not say which was known".to_owned()]);
    };
    let prices: Ratio = match framework.prices.annual_rate(index, month) {
        Ok(rate) => rate,
        Err(missing) => return (Answered::CannotTell, vec![missing.to_string()]),
    };
    let mut answers = Vec::new();
    let mut why = Vec::new();
    for (nation, _) in &offer.nations {
        let Some(year) = framework.headline(offer, nation).and_then(|headline| headline.years.first().copied()) else { continue };
        for (reading, percent) in
            [("in the year, by months", year.in_year_percent.by_months), ("at the end of the year", year.year_end_percent)]
        {
            answers.push(if percent >= prices { Answered::Met } else { Answered::Unmet });
            why.push(format!(
                "{nation}: {}% {reading}, against {index} of {} at {}%",
                percent.to_fixed(2),
                month.long(),
                prices.to_short(2)
            ));
        }
    }
    together(&answers, why, "it has no percentage for everybody")
}

fn together(answers: &[Answered], why: Vec<String>, nothing: &str) -> (Answered, Vec<String>) {
    let answered = match (answers.contains(&Answered::Met), answers.contains(&Answered::Unmet)) {
        (true, false) => Answered::Met,
        (false, true) => Answered::Unmet,
        (true, true) => Answered::Depends,
        (false, false) => return (Answered::CannotTell, vec![nothing.to_owned()]),
    };
    (answered, why)
}

/// An item of a claim beyond its headline.
#[derive(Clone, Debug)]
pub struct ClaimItem {
    /// Id in the dispute.
    pub id: String,
    /// Who claims it.
    pub who: (String, Place),
    /// In which claim, where it is in the folder.
    pub claim: Option<(String, Place)>,
    /// For which groups of staff.
    pub groups: Vec<(String, Place)>,
    /// In our words.
    pub text: String,
    /// What somebody says it costs, in pounds a year.
    pub cost_pounds: Option<Ratio>,
    /// What offers say to it.
    pub answers: Vec<ItemAnswer>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// What one offer says to an item.
#[derive(Clone, Debug)]
pub struct ItemAnswer {
    /// The offer.
    pub offer: (String, Place),
    /// How it answers.
    pub how: ItemOutcome,
    /// In our words.
    pub text: String,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

/// How an offer answers an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemOutcome {
    /// In full.
    Met,
    /// In part.
    PartlyMet,
    /// It says no.
    Refused,
    /// It is known to say nothing of it.
    NotAddressed,
}

impl ItemOutcome {
    const WORDS: [(&'static str, Self); 4] =
        [("met", Self::Met), ("partly-met", Self::PartlyMet), ("refused", Self::Refused), ("not-addressed", Self::NotAddressed)];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, outcome)| *outcome == self).map_or("not-addressed", |(word, _)| word)
    }

    /// The words for people.
    pub fn words(self) -> String {
        self.word().replace('-', " ")
    }
}

impl ClaimItem {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let claim = table.optional_text("claim").map(|claim| (claim, table.place_of("claim")));
        let groups = table.name_list("groups");
        let text = table.text("text");
        let cost_pounds = table.optional_decimal("cost_pounds");
        if cost_pounds.is_some_and(Ratio::is_negative) {
            table.fault("not-a-sum", "cost_pounds", "the cost is below nothing", "write pounds a year, as in 25000");
        }
        let answers = table.list("answer", |answer, _| {
            let offer = answer.text("offer").map(|offer| (offer, answer.place_of("offer")));
            let how = answer.choice("how", &ItemOutcome::WORDS);
            let text = answer.text("text").unwrap_or_default();
            let (source, status) = (answer.cite(sources), answer.status().unwrap_or(Status::Estimated));
            Some(ItemAnswer { offer: offer?, how: how.unwrap_or(ItemOutcome::NotAddressed), text, source, status })
        });
        let (source, status) = (table.cite(sources), table.status());
        let (text, status) = (text.unwrap_or_default(), status.unwrap_or(Status::Estimated));
        Some(Self { id: id?, who: who?, claim, groups, text, cost_pounds, answers, source, status, place: table.place() })
    }

    pub(crate) fn check(&self, known: &Known<'_>, faults: &Faults) {
        known.party(&self.who);
        self.claim.iter().for_each(|claim| known.offer(claim));
        self.groups.iter().for_each(|group| known.group(group));
        for (at, answer) in self.answers.iter().enumerate() {
            known.offer(&answer.offer);
            if self.answers[..at].iter().any(|earlier| earlier.offer.0 == answer.offer.0) {
                let what = format!("“{}” answers this item twice", answer.offer.0);
                faults.error("named-twice", &answer.offer.1, what, "keep one answer for each offer");
            }
        }
    }

    /// Spec N23: what that offer says to the item. What no record answers is not addressed.
    pub fn answered_by(&self, offer: &str) -> (ItemOutcome, Option<&ItemAnswer>) {
        let answer = self.answers.iter().find(|answer| answer.offer.0 == offer);
        (answer.map_or(ItemOutcome::NotAddressed, |answer| answer.how), answer)
    }

    /// Whether the offer reaches a group that the item is for.
    pub fn concerns(&self, offer: &Offer) -> bool {
        self.groups.is_empty()
            || offer.groups.is_empty()
            || self.groups.iter().any(|(group, _)| offer.groups.iter().any(|(other, _)| other == group))
    }
}
