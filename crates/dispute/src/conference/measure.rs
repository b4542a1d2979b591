//! What conference asked, measured against an offer: in the year and at its end, by each reading, index named.

use dated::{Cite, Date, MissingMonth, Month, Ratio};
use pay::{Framework, Headline, Index, Offer, OfferKind, PointValue, When, Window};

use super::Conference;
use super::agenda::{Asks, StartDay};
use super::test_words::MotionTest;
use crate::folder::Dispute;

/// C33: whether an offer gives what the words ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// By every reading.
    Met,
    /// By some readings and not by others.
    MetIf,
    /// By none.
    NotMet,
    /// No number can decide it.
    ForJudgement,
    /// Something that is needed is not known.
    CannotTell,
}

impl Verdict {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::MetIf => "met-if",
            Self::NotMet => "not-met",
            Self::ForJudgement => "for-judgement",
            Self::CannotTell => "cannot-tell",
        }
    }

    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::MetIf => "met by some readings only",
            Self::NotMet => "not met",
            Self::ForJudgement => "for judgement",
            Self::CannotTell => "cannot tell",
        }
    }

    /// From readings that hold or do not, and whether one could not be computed.
    fn of(readings: impl Iterator<Item = bool>, one_is_missing: bool) -> Self {
        let readings: Vec<bool> = readings.collect();
        match (readings.contains(&true), readings.contains(&false), one_is_missing) {
            (true, false, false) => Self::Met,
            (true, _, _) => Self::MetIf,
            (false, true, false) => Self::NotMet,
            (false, _, _) => Self::CannotTell,
        }
    }
}

/// When an offer was made, seen from conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// After it.
    Later,
    /// Before it: what was on the table.
    Before,
    /// The day is not known.
    Undated,
}

impl Standing {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::Before => "before",
            Self::Undated => "undated",
        }
    }

    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Later => "made after conference",
            Self::Before => "on the table at conference",
            Self::Undated => "its day is not known",
        }
    }
}

/// One test and what each offer comes to.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// The test.
    pub test: MotionTest,
    /// For each offer and nation.
    pub outcomes: Vec<TestOutcome>,
}

/// One test against one offer in one nation.
#[derive(Clone, Debug)]
pub struct TestOutcome {
    /// The offer's id.
    pub offer: String,
    /// Its title.
    pub offer_title: String,
    /// The nation.
    pub nation: String,
    /// The group, where the offer treats groups differently.
    pub group: Option<String>,
    /// When it was made.
    pub standing: Standing,
    /// What it comes to.
    pub verdict: Verdict,
    /// The figures it rests on.
    pub figures: Vec<Figure>,
    /// What must be said besides.
    pub notes: Vec<String>,
}

/// One reading: what the offer gives and what was asked.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is set against what.
    pub reading: String,
    /// The index.
    pub index: Option<Index>,
    /// `percent` or `pounds a year`.
    pub unit: &'static str,
    /// What the offer gives in its first pay year, and at its end.
    pub gives: (Ratio, Ratio),
    /// What is asked of each; `None` where nothing was asked in numbers.
    pub asked: Option<(Ratio, Ratio)>,
    /// Whether each is enough.
    pub holds: Option<(bool, bool)>,
    /// Who published what is asked.
    pub source: Cite,
}

impl Conference {
    /// C33: every test of this conference against the offers: the one of that id, or all but claims.
    pub fn measure(&self, dispute: &Dispute, only: Option<&str>) -> Vec<TestResult> {
        let mut offers: Vec<&Offer> =
            dispute.offers.iter().filter(|offer| only.map_or(offer.kind != OfferKind::PayClaim, |id| offer.id == id)).collect();
        // Later offers first: they are what the motion is held against.
        offers.sort_by_key(|offer| match self.standing(offer) {
            Standing::Later => 0,
            Standing::Before => 1,
            Standing::Undated => 2,
        });
        let framework = dispute.framework();
        let measured = |test: MotionTest| {
            let mut outcomes = Vec::new();
            for offer in &offers {
                for group in framework.groups_of(offer) {
                    let framework = framework.in_group(group.clone());
                    for (nation, _) in &offer.nations {
                        let measuring = Measuring { framework: &framework, dispute, offer, nation };
                        let (verdict, figures, notes) = measuring.judge(&test.asks);
                        outcomes.push(TestOutcome {
                            offer: offer.id.clone(),
                            offer_title: offer.title.clone(),
                            nation: nation.clone(),
                            group: group.clone(),
                            standing: self.standing(offer),
                            verdict,
                            figures,
                            notes,
                        });
                    }
                }
            }
            TestResult { test, outcomes }
        };
        self.tests().into_iter().map(measured).collect()
    }

    fn standing(&self, offer: &Offer) -> Standing {
        match (offer.made_on, self.when) {
            (Some(made), Some(When::Day(day))) if made > day => Standing::Later,
            (Some(made), Some(When::Month(month))) if Month::of(made) > month => Standing::Later,
            (Some(_), Some(_)) => Standing::Before,
            _ => Standing::Undated,
        }
    }
}

/// What an offer gives in percent, in its first pay year and at its end.
struct Worth {
    in_year: Ratio,
    year_end: Ratio,
    notes: Vec<String>,
}

type Judged = (Verdict, Vec<Figure>, Vec<String>);

struct Measuring<'m> {
    framework: &'m Framework<'m>,
    dispute: &'m Dispute,
    offer: &'m Offer,
    nation: &'m str,
}

fn cannot_tell(why: impl Into<String>) -> Judged {
    (Verdict::CannotTell, Vec::new(), vec![why.into()])
}

impl Measuring<'_> {
    fn judge(&self, asks: &Asks) -> Judged {
        let worth = match self.worth(self.offer) {
            Ok(worth) => worth,
            Err(why) if *asks == Asks::ForJudgement => return (Verdict::ForJudgement, Vec::new(), vec![why]),
            Err(why) => return cannot_tell(why),
        };
        match asks {
            Asks::AboveInflation(index) => self.above_inflation(&worth, *index),
            Asks::NoStaging => self.no_staging(&worth),
            Asks::InForceFrom(day) => self.in_force_from(&worth, *day),
            Asks::AtLeastPercent(percent) => {
                let figure = worth.figure("at least so much", Some((*percent, *percent)), |gives, asked| gives >= asked);
                (Verdict::of(figure.both().into_iter(), false), vec![figure], worth.notes)
            }
            Asks::FlatPounds(pounds) => self.flat_pounds(*pounds),
            Asks::PaidInFull(of) => self.paid_in_full(&worth, of.as_ref().map(|(id, _)| id.as_str())),
            Asks::ForJudgement => (Verdict::ForJudgement, vec![worth.figure("what there is to judge", None, |_, _| true)], worth.notes),
        }
    }

    fn headline(&self, offer: &Offer) -> Option<Headline> {
        self.framework.headline(offer, self.nation)
    }

    fn points(&self, offer: &Offer) -> Vec<PointValue> {
        let values = self.framework.value_points(offer).into_iter();
        values.filter(|value| value.nation == self.nation).filter_map(|value| value.points.ok()).flatten().collect()
    }

    /// The headline where there is one, else the point that gains least.
    fn worth(&self, offer: &Offer) -> Result<Worth, String> {
        if let Some(headline) = self.headline(offer)
            && let Some(year) = headline.years.first()
        {
            let mut notes = Vec::new();
            if headline.has_special_clauses {
                notes.push("Some points have clauses of their own; this is the figure for all others.".to_owned());
            }
            if headline.years.len() > 1 {
                notes.push(format!("The deal runs for {} pay years; this is the first, {}.", headline.years.len(), year.year.name()));
            }
            return Ok(Worth { in_year: year.in_year_percent.by_months, year_end: year.year_end_percent, notes });
        }
        let points = self.points(offer);
        let least = points
            .iter()
            .filter_map(|point| Some((point, point.years.first()?)))
            .min_by_key(|(_, year)| (year.gain_percent.by_months, year.year_end_percent));
        match least {
            Some((point, year)) => Ok(Worth {
                in_year: year.gain_percent.by_months,
                year_end: year.year_end_percent,
                notes: vec![format!(
                    "There is no one percentage for all; point {} in band {} gains least.",
                    point.row.point, point.row.band
                )],
            }),
            None if offer.counted.is_empty() => {
                Err("what it gives is not in the data: no percentage for all, and no base rates".to_owned())
            }
            None => {
                let counted: Vec<String> = offer
                    .counted
                    .iter()
                    .map(|counted| format!("{} counts {}%", self.dispute.party_name(&counted.who.0), counted.percent))
                    .collect();
                Err(format!("its steps are not in the data; {}", counted.join(", ")))
            }
        }
    }

    /// C34: against each index, or the one that the file names, by every reading.
    fn above_inflation(&self, worth: &Worth, index: Option<Index>) -> Judged {
        let indexes = index.map_or_else(|| Index::ALL.to_vec(), |index| vec![index]);
        let (mut figures, mut notes, mut verdicts) = (Vec::new(), worth.notes.clone(), Vec::new());
        for index in &indexes {
            let mut readings = Vec::new();
            let mut one_is_missing = false;
            for (window, month, prices) in self.price_readings(*index) {
                match prices {
                    Ok(prices) => {
                        let source = self.framework.prices.source(*index, month).to_vec();
                        let reading = format!("{index}, {}, {month}", window.words());
                        let mut figure = worth.figure(&reading, Some((prices, prices)), |gives, asked| gives > asked);
                        (figure.index, figure.source) = (Some(*index), source);
                        readings.extend(figure.both());
                        figures.push(figure);
                    }
                    Err(missing) => {
                        one_is_missing = true;
                        notes.push(format!("{index}, {}: {missing}.", window.words()));
                    }
                }
            }
            verdicts.push(Verdict::of(readings.into_iter(), one_is_missing));
        }
        if index.is_some() {
            return (verdicts[0], figures, notes);
        }
        let by_index: Vec<String> = indexes.iter().zip(&verdicts).map(|(index, verdict)| format!("{index}: {}", verdict.words())).collect();
        notes.insert(0, format!("Which index? The motion names none. {}.", by_index.join("; ")));
        let agree = verdicts.iter().all(|verdict| *verdict == verdicts[0]);
        (if agree { verdicts[0] } else { Verdict::CannotTell }, figures, notes)
    }

    /// The annual rate known at the time, that of the first step's month, and the pay year's average.
    fn price_readings(&self, index: Index) -> Vec<(Window, Month, Result<Ratio, MissingMonth>)> {
        let prices = self.framework.prices;
        let annual = |month: Month| match index {
            // The published rate: the one-decimal index of CPI would give another.
            Index::Cpi => prices.annual_rate(index, month),
            Index::Rpi | Index::Cpih => prices.change_percent(index, month.plus(-12), month),
        };
        let mut readings = Vec::new();
        if let Some(known) = self.framework.prices_known {
            readings.push((Window::KnownAtTheTime, known, annual(known)));
        }
        if let Some(step) = self.offer.steps.first() {
            let month = Month::of(step.from);
            readings.push((Window::FirstStep, month, annual(month)));
        }
        if let Some(year) = self.framework.first_pay_year(self.offer) {
            readings.push((Window::PayYearAverage, year.first_month(), prices.pay_year_change_percent(index, year)));
        }
        readings
    }

    fn no_staging(&self, worth: &Worth) -> Judged {
        let figure =
            worth.figure("the whole rise from the first day of the pay year", Some((worth.year_end, worth.year_end)), |a, b| a >= b);
        let mut notes = worth.notes.clone();
        let points = self.points(self.offer);
        let staged = points.iter().filter(|point| !point.staging.is_empty()).count();
        let gap = self.headline(self.offer).map(|headline| headline.largest_gap_percent());
        let verdict = match gap {
            Some(gap) if gap > Ratio::ZERO => {
                notes.push(format!("{}% of the rise is paid later in the year.", gap.to_short(3)));
                Verdict::NotMet
            }
            _ if staged > 0 && staged < points.len() => {
                notes.push(format!("{staged} of {} points get a part of their rise later in the year.", points.len()));
                Verdict::MetIf
            }
            _ if staged > 0 => Verdict::NotMet,
            _ => Verdict::Met,
        };
        (verdict, vec![figure], notes)
    }

    fn in_force_from(&self, worth: &Worth, day: StartDay) -> Judged {
        let Some(year) = self.framework.first_pay_year(self.offer) else { return cannot_tell("it has no date") };
        let on = match day {
            StartDay::On(on) => on,
            StartDay::InPayYear { day, month } => {
                let first = year.first_month();
                let calendar_year = if month < first.month() { first.year() + 1 } else { first.year() };
                match Date::new(calendar_year, month, day) {
                    Ok(on) => on,
                    Err(_) => return cannot_tell(format!("there is no {day} of month {month}")),
                }
            }
        };
        let shown = dated::long_date(on);
        let mut notes = worth.notes.clone();
        if let Some(headline) = self.headline(self.offer) {
            let total_on = |day: Date| headline.totals.iter().rev().find(|(from, _)| *from <= day).map_or(Ratio::ZERO, |(_, total)| *total);
            let (then, end) = (total_on(on), worth.year_end);
            notes.push(format!("{}% is in force on {shown}, {}% at the end of the pay year.", then.to_short(3), end.to_short(3)));
            let holds = then >= end && end > Ratio::ZERO;
            let figure = worth.figure("what the offer gives", None, |_, _| holds);
            return (if holds { Verdict::Met } else { Verdict::NotMet }, vec![figure], notes);
        }
        let points = self.points(self.offer);
        let in_force = |point: &&PointValue| point.years.first().is_some_and(|year| point.row.path.rate_on(on) >= year.year_end_rate);
        let full = points.iter().filter(in_force).count();
        notes.push(format!("{full} of {} points have their whole rise on {shown}.", points.len()));
        (Verdict::of([full > 0, full == points.len()].into_iter().filter(|_| !points.is_empty()), false), Vec::new(), notes)
    }

    fn flat_pounds(&self, pounds: Ratio) -> Judged {
        let points = self.points(self.offer);
        let gains = points.iter().filter_map(|point| {
            let year = point.years.first()?;
            let end = Ratio::whole(year.year_end_rate.0) - Ratio::whole(point.row.path.base.0);
            Some((year.gain_pence.by_months / Ratio::whole(100), end / Ratio::whole(100)))
        });
        let gains: Vec<(Ratio, Ratio)> = gains.collect();
        let (Some(in_year), Some(end)) = (gains.iter().map(|gain| gain.0).min(), gains.iter().map(|gain| gain.1).min()) else {
            return cannot_tell("the base rates are not in the data, so no rise in pounds can be computed");
        };
        let figure = Figure {
            reading: "the smallest rise of any point".to_owned(),
            index: None,
            unit: "pounds a year",
            gives: (in_year, end),
            asked: Some((pounds, pounds)),
            holds: Some((in_year >= pounds, end >= pounds)),
            source: Vec::new(),
        };
        let most = gains.iter().map(|gain| gain.1).max().unwrap_or(end);
        let notes = vec![format!("At the end of the year rises run from £{} to £{}.", end.to_fixed(2), most.to_fixed(2))];
        (Verdict::of(figure.both().into_iter(), false), vec![figure], notes)
    }

    fn paid_in_full(&self, worth: &Worth, of: Option<&str>) -> Judged {
        let recommended: Vec<&Offer> = match of {
            Some(id) => self.dispute.offer(id).into_iter().collect(),
            None => self.dispute.offers.iter().filter(|offer| offer.kind == OfferKind::Recommendation).collect(),
        };
        let [recommended] = recommended.as_slice() else {
            return cannot_tell(format!("paid in full compared with what? The dispute has {} recommendations", recommended.len()));
        };
        let asked = match self.worth(recommended) {
            Ok(asked) => asked,
            Err(why) => return cannot_tell(format!("“{}”: {why}", recommended.title)),
        };
        let figure = worth
            .figure(&format!("all of “{}”", recommended.title), Some((asked.in_year, asked.year_end)), |gives, asked| gives >= asked);
        let figure = Figure { source: recommended.source.clone(), ..figure };
        (Verdict::of(figure.both().into_iter(), false), vec![figure], worth.notes.clone())
    }
}

impl Worth {
    fn figure(&self, reading: &str, asked: Option<(Ratio, Ratio)>, is_enough: impl Fn(Ratio, Ratio) -> bool) -> Figure {
        let gives = (self.in_year, self.year_end);
        let holds = asked.map(|asked| (is_enough(gives.0, asked.0), is_enough(gives.1, asked.1)));
        Figure { reading: reading.to_owned(), index: None, unit: "percent", gives, asked, holds, source: Vec::new() }
    }
}

impl Figure {
    fn both(&self) -> Vec<bool> {
        self.holds.map_or_else(Vec::new, |(in_year, year_end)| vec![in_year, year_end])
    }
}
