//! One member: their hours, their increment, their months in post; award and increment kept apart.
//!
//! The award is what the offer adds at the point the member is on each day; the increment is what moving up adds at
//! the rates before the offer. The two sum to the whole change, and neither is ever counted as the other.

use dated::{Date, Month, Ratio};
use jiff::ToSpan as _;

use crate::money::Pence;
use crate::offer::{Offer, Progression};
use crate::pay_year::{Count, PayYear, WeeksInYear, month_pieces};
use crate::rates::{RatePath, Row, View};
use crate::value::ByCount;

/// When and how much a member works. Hours are a portion of full time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employment {
    /// First day in post, if later than the offer.
    pub started_on: Option<Date>,
    /// Last day in post, if any.
    pub left_on: Option<Date>,
    /// Portion of full-time hours at first.
    pub portion: Ratio,
    /// Later portions, each from its day.
    pub changes: Vec<(Date, Ratio)>,
}

impl Employment {
    /// In post throughout, on full-time hours.
    pub fn full_time() -> Self {
        Self { started_on: None, left_on: None, portion: Ratio::ONE, changes: Vec::new() }
    }

    /// The portion of full time worked on that day; zero before the first and after the last day in post.
    pub fn portion_on(&self, day: Date) -> Ratio {
        if self.started_on.is_some_and(|first| day < first) || self.left_on.is_some_and(|last| day > last) {
            return Ratio::ZERO;
        }
        self.changes.iter().filter(|(from, _)| *from <= day).max_by_key(|(from, _)| *from).map_or(self.portion, |(_, portion)| *portion)
    }

    pub(crate) fn cuts(&self) -> impl Iterator<Item = Date> + '_ {
        let after = self.left_on.map(|last| last.saturating_add(1.day()));
        self.changes.iter().map(|(from, _)| *from).chain(self.started_on).chain(after)
    }
}

/// A move to the next point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Increment {
    /// When it falls due.
    pub due_on: Date,
    /// From which point.
    pub from: String,
    /// To which point.
    pub to: String,
    /// What the offer does to it.
    pub progression: Progression,
}

/// What an offer is worth to one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberValue {
    /// The increments that fall due in the years valued.
    pub increments: Vec<Increment>,
    /// Each pay year.
    pub years: Vec<MemberYear>,
    /// Why no increment could be counted, if one was asked for.
    pub no_increment: Option<String>,
}

/// One pay year of one member; all amounts in pence for the hours worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberYear {
    /// Which pay year.
    pub year: PayYear,
    /// Pay at the base rate, had nothing changed but the hours.
    pub base: ByCount,
    /// What the offer adds.
    pub award: ByCount,
    /// What increments add at the rates before the offer.
    pub increment: ByCount,
    /// Unconsolidated sums.
    pub unconsolidated: Pence,
    /// The annual full-time rate on the last day.
    pub year_end_rate: Pence,
}

/// Spec P24 to P27: values an offer for a member on `ladder[0]`; the other rungs are the points above it in the band.
///
/// `increment_on` is the next increment date; later ones follow every twelve months. Gated increments are counted as
/// paid only when `passes_gate`.
pub fn value_member(
    ladder: &[Row],
    employment: &Employment,
    increment_on: Option<Date>,
    passes_gate: bool,
    offer: &Offer,
    view: View<'_>,
    years: &[PayYear],
) -> MemberValue {
    let (Some(start), Some(end)) = (years.first().map(|year| year.first_day()), years.last().map(|year| year.end())) else {
        return MemberValue { increments: Vec::new(), years: Vec::new(), no_increment: None };
    };
    let mut increments = Vec::new();
    let mut rungs: Vec<(Date, usize)> = vec![(start, 0)];
    // What each paid increment adds at the rates before the offer. A move that the offer makes is part of the award.
    let mut gains: Vec<(Date, Pence)> = Vec::new();
    let mut no_increment = None;
    if let Some(first_due) = increment_on {
        // Each anniversary is counted from the first date, so that a 29 February comes back in leap years. Those
        // before the years valued are past: the member's point already has them.
        let anniversaries = (0_i16..).map(|years| first_due.saturating_add(i64::from(years).years()));
        let mut rung = 0;
        for due in anniversaries.take_while(|due| *due < end).filter(|due| *due >= start) {
            // Staff who were moved to another point go on from there: the way up does not lead to the same rate twice.
            let moved = ladder[rung].moved_to.as_ref().filter(|(_, on)| *on <= due);
            if let Some(at) = moved.and_then(|(point, _)| ladder.iter().position(|row| row.point == *point)).filter(|at| *at > rung) {
                rung = at;
                rungs.push((due, rung));
            }
            match ladder.get(rung + 1) {
                Some(next) => {
                    let progression = progression_on(offer, view, due);
                    increments.push(Increment { due_on: due, from: ladder[rung].point.clone(), to: next.point.clone(), progression });
                    if progression == Progression::Normal || (progression == Progression::Gated && passes_gate) {
                        gains.push((due, next.path.base - ladder[rung].path.base));
                        rung += 1;
                        rungs.push((due, rung));
                    }
                }
                None if increments.is_empty() => {
                    no_increment =
                        Some(format!("point {} is the top of band {}: no increment is due", ladder[rung].point, ladder[rung].band));
                }
                None => {}
            }
        }
    }
    let rung_on = |day: Date| rungs.iter().rev().find(|(from, _)| *from <= day).map_or(0, |(_, rung)| *rung);
    let cuts: Vec<Date> = employment
        .cuts()
        .chain(rungs.iter().map(|(from, _)| *from))
        .chain(ladder.iter().flat_map(|row| row.path.rates.iter().map(|rate| rate.from)))
        .collect();
    let years = years
        .iter()
        .map(|year| {
            let sum = |rate: &dyn Fn(Date) -> Ratio| {
                let by = |count: Count| {
                    crate::value::stretches(*year, cuts.iter().copied())
                        .into_iter()
                        .map(|(from, until)| rate(from) * employment.portion_on(from) * year.portion(from, until, count))
                        .sum()
                };
                ByCount { by_months: by(Count::Months), by_days: by(Count::Days) }
            };
            let base = sum(&|_| ladder[0].path.base.ratio());
            let incremented = |day: Date| gains.iter().filter(|(from, _)| *from <= day).map(|(_, gain)| *gain).sum::<Pence>();
            let before_offer = sum(&|day| (ladder[0].path.base + incremented(day)).ratio());
            let under_offer = sum(&|day| ladder[rung_on(day)].path.rate_on(day).ratio());
            let last = crate::pay_year::day_before(year.end());
            let unconsolidated = ladder
                .iter()
                .enumerate()
                .flat_map(|(rung, row)| row.lumps.iter().map(move |lump| (rung, lump)))
                .filter(|(rung, lump)| rung_on(lump.paid_on) == *rung && year.first_day() <= lump.paid_on && lump.paid_on < year.end())
                .map(|(_, lump)| Pence::nearest(lump.amount.ratio() * employment.portion_on(lump.paid_on)))
                .sum();
            MemberYear {
                year: *year,
                base,
                award: difference(under_offer, before_offer),
                increment: difference(before_offer, base),
                unconsolidated,
                year_end_rate: ladder[rung_on(last)].path.rate_on(last),
            }
        })
        .collect();
    MemberValue { increments, years, no_increment }
}

fn difference(a: ByCount, b: ByCount) -> ByCount {
    ByCount { by_months: a.by_months - b.by_months, by_days: a.by_days - b.by_days }
}

/// What the offer has made of increments by that day.
pub(crate) fn progression_on(offer: &Offer, view: View<'_>, day: Date) -> Progression {
    offer
        .steps
        .iter()
        .filter(|step| step.from <= day && (step.nations.is_empty() || step.nations.iter().any(|(nation, _)| nation == view.nation)))
        .filter_map(|step| step.progression)
        .next_back()
        .unwrap_or(Progression::Normal)
}

/// The point and those above it in its band, by base rate: the way up.
pub fn ladder(rows: &[Row], point: &str, band: &str) -> Vec<Row> {
    let Some(start) = rows.iter().find(|row| row.point == point && row.band == band) else { return Vec::new() };
    let mut above: Vec<Row> = rows.iter().filter(|row| row.band == band && row.path.base > start.path.base).cloned().collect();
    above.sort_by_key(|row| row.path.base);
    above.insert(0, start.clone());
    above
}

/// One month of arrears, in whole pence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrearsMonth {
    /// The month that was underpaid.
    pub month: Month,
    /// What was due for it.
    pub due: Pence,
    /// What was paid for it.
    pub paid: Pence,
}

impl ArrearsMonth {
    /// Due less paid.
    pub fn arrears(self) -> Pence {
        self.due - self.paid
    }
}

/// Spec P28: what is owed, month by month, when `due` was payable from `from` but `paid` was paid until the day before `paid_on`.
///
/// A month's pay is a twelfth of the annual rate, for the hours worked; parts of a month count by days. Each month is
/// rounded to the penny, as a payroll does, so that the months add up to the total.
pub fn arrears(due: &RatePath, paid: &RatePath, employment: &Employment, from: Date, paid_on: Date) -> Vec<ArrearsMonth> {
    let mut cuts: Vec<Date> = employment.cuts().chain(due.rates.iter().chain(&paid.rates).map(|rate| rate.from)).collect();
    cuts.sort();
    month_pieces(from, paid_on)
        .into_iter()
        .map(|(month, start, end)| {
            let mut edges: Vec<Date> = cuts.iter().copied().filter(|cut| start < *cut && *cut < end).collect();
            edges.insert(0, start);
            edges.push(end);
            edges.dedup();
            let pay = |path: &RatePath| {
                let exact: Ratio = edges
                    .windows(2)
                    .map(|edge| {
                        path.rate_on(edge[0]).ratio() * employment.portion_on(edge[0]) * crate::pay_year::months_between(edge[0], edge[1])
                    })
                    .sum();
                Pence::nearest(exact / Ratio::whole(12))
            };
            ArrearsMonth { month, due: pay(due), paid: pay(paid) }
        })
        .collect()
}

/// Spec P29: the hourly rate of an annual full-time rate, in pence, unrounded.
pub fn hourly_pence(annual: Pence, hours_a_week: Ratio, weeks: WeeksInYear) -> Option<Ratio> {
    (annual.ratio() / weeks.weeks()).checked_div(hours_a_week)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::RateFrom;
    use jiff::civil::date;

    fn path(base: i64, rates: &[(Date, i64)]) -> RatePath {
        let rates =
            rates.iter().enumerate().map(|(step, (from, pounds))| RateFrom { from: *from, rate: Pence(pounds * 100), step }).collect();
        RatePath { base: Pence(base * 100), rates }
    }

    #[test]
    fn arrears_follow_starting_leaving_and_changed_hours() {
        // 24,000 paid, 24,600 due from 1 April: 50 a month at full time.
        let (paid, due) = (path(24_000, &[]), path(24_000, &[(date(2007, 4, 1), 24_600)]));
        let owed = |employment: &Employment| -> Vec<i64> {
            arrears(&due, &paid, employment, date(2007, 4, 1), date(2007, 9, 1)).into_iter().map(|month| month.arrears().0).collect()
        };
        assert_eq!(owed(&Employment::full_time()), [5_000; 5]);
        // Hours cut to three fifths from 1 June.
        let cut = Employment { changes: vec![(date(2007, 6, 1), Ratio::new(3, 5))], ..Employment::full_time() };
        assert_eq!(owed(&cut), [5_000, 5_000, 3_000, 3_000, 3_000]);
        // Started on 16 June: 15 of 30 days.
        let starter = Employment { started_on: Some(date(2007, 6, 16)), ..Employment::full_time() };
        assert_eq!(owed(&starter), [0, 0, 2_500, 5_000, 5_000]);
        // Last day 30 April.
        let leaver = Employment { left_on: Some(date(2007, 4, 30)), ..Employment::full_time() };
        assert_eq!(owed(&leaver), [5_000, 0, 0, 0, 0]);
    }

    #[test]
    fn after_a_move_the_next_increment_goes_on_from_the_new_point() {
        // Point 1 (20,000) goes on 1 October and its staff move to point 2 (21,000); the increment of 1 January leads to point 3 (22,500).
        let row = |point: &str, rates: RatePath, moved_to: Option<(String, Date)>| Row {
            point: point.to_owned(),
            band: "A".to_owned(),
            nation: "England".to_owned(),
            status: dated::Status::Synthetic,
            source: Vec::new(),
            path: rates,
            lumps: Vec::new(),
            moved_to,
        };
        let ladder = [
            row("1", path(20_000, &[(date(2031, 10, 1), 21_000)]), Some(("2".to_owned(), date(2031, 10, 1)))),
            row("2", path(21_000, &[]), None),
            row("3", path(22_500, &[]), None),
        ];
        let faults = dated::Faults::new();
        let text = "id = \"o\"\ntitle = \"o\"\nkind = \"offer\"\nnations = [\"England\"]\nbase_date = 2031-04-01\nsource = \"S\"\nstatus = \"synthetic\"\n[[step]]\nfrom = 2031-10-01\nassimilate = [{ from = \"1\", to = \"2\" }]\n";
        let file = dated::TomlFile::read("o.toml", &dated::FileBytes::Read(text.into()), &faults).expect("text");
        let offer = file.with_root(&faults, |root| Offer::read(root, &dated::Sources::default())).expect("an offer");
        let view = View { nation: "England", scale_nation: "England", group: None };
        let year = PayYear::holding(date(2031, 4, 1), 4);
        let value = value_member(&ladder, &Employment::full_time(), Some(date(2032, 1, 1)), false, &offer, view, &[year]);
        assert_eq!(value.increments.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect::<Vec<_>>(), [("2", "3")]);
        // Six months of 1,000 from the move; three months of 1,500 from the increment.
        assert_eq!(value.years[0].award.by_months, Ratio::whole(50_000));
        assert_eq!(value.years[0].increment.by_months, Ratio::whole(37_500));
        assert_eq!(value.years[0].year_end_rate, Pence(2_250_000));
    }

    #[test]
    fn the_hourly_rate_names_its_weeks() {
        let hours = Ratio::new(375, 10);
        assert_eq!(hourly_pence(Pence(1_950_000), hours, WeeksInYear::FiftyTwo), Some(Ratio::whole(1000)));
        assert_eq!(hourly_pence(Pence(1_950_000), Ratio::ZERO, WeeksInYear::FiftyTwo), None);
    }
}
