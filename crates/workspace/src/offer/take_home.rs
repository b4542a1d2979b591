//! What somebody keeps of an offer: whose rates and whose tax are meant, and what is said about each tax year.

use dated::{Date, Month, Ratio, nearest_name};
use dispute::Library;
use pay::{
    AwardYear, Claimant, Cliff, CreditYear, Employment, Framework, LumpDue, MemberPost, Offer, PayYear, Payee, Pence, RatePath, Steady,
    TakeHome, TaxArea, cliffs, steady, take_home,
};

use super::NoAnswer;

/// Where somebody may live, as far as tax and pension go.
pub const NATIONS: [&str; 4] = ["England", "Wales", "Scotland", "Northern Ireland"];

/// What is offered to whom, however it was said.
#[derive(Clone, Debug)]
pub struct Offered {
    /// What it is, with its id and the nation.
    pub title: String,
    /// To whom.
    pub whose: String,
    /// The offer, if it is one of a dispute.
    pub offer: Option<String>,
    /// Whose tax and pension.
    pub nation: String,
    /// The full-time rate.
    pub path: RatePath,
    /// One-off sums.
    pub lumps: Vec<LumpDue>,
    /// The day on which it reaches the payslip.
    pub paid_on: Option<Date>,
    /// Hours of a full-time week, where they are known.
    pub full_time_hours: Option<Ratio>,
    /// What else must be said.
    pub notes: Vec<String>,
}

/// The nation as which an offer is looked at, and the nation whose tax and pension are the member's.
///
/// An offer for all of the country is looked at as one.
///
/// # Errors
/// The offer is not for the nation that is named.
pub fn nations_of(offer: &Offer, nation: Option<&str>, notes: &mut Vec<String>) -> Result<(String, String), NoAnswer> {
    let nations: Vec<&str> = offer.nations.iter().map(|(name, _)| name.as_str()).collect();
    let whole = nations.iter().find(|name| !NATIONS.contains(name)).copied();
    match nation {
        Some(nation) if nations.contains(&nation) && NATIONS.contains(&nation) => Ok((nation.to_owned(), nation.to_owned())),
        Some(nation) if NATIONS.contains(&nation) && whole.is_some() => Ok((whole.unwrap_or_default().to_owned(), nation.to_owned())),
        Some(nation) => NoAnswer::question(format!("the offer {} is not for “{nation}”; it is for {}", offer.id, nations.join(", "))),
        None => {
            let offered_in = nations.first().map_or("England", |nation| *nation);
            let nation = if NATIONS.contains(&offered_in) { offered_in } else { "England" };
            if nation != offered_in {
                notes.push(format!("tax and pension as in England; --nation gives {}", NATIONS[1..].join(", ")));
            } else if nations.len() > 1 {
                notes.push(format!("for {nation}; --nation gives {}", nations[1..].join(", ")));
            }
            Ok((offered_in.to_owned(), nation.to_owned()))
        }
    }
}

/// What an offer of a dispute is to a member on a point or a salary, `framework` being that of the member's group.
///
/// # Errors
/// The offer is not for the nation, or the post is not known or not valued.
pub fn offered_to(framework: &Framework<'_>, offer: &Offer, nation: Option<&str>, post: &MemberPost) -> Result<Offered, NoAnswer> {
    let mut notes = Vec::new();
    let (offered_in, nation) = nations_of(offer, nation, &mut notes)?;
    let view = framework.view(offer, &offered_in);
    if let Some(group) = view.group {
        notes.push(format!("for group {group}"));
    }
    let (row, whose) = match (&post.point, post.salary) {
        (Some(point), _) => {
            let (_, row) = framework.row_of_point(offer, &offered_in, point, post.band.as_deref()).map_err(NoAnswer::Question)?;
            let whose = format!("Point {} in band {}, {} a year before the offer, full time.", row.point, row.band, row.path.base);
            (row, whose)
        }
        (None, Some(salary)) => {
            // The same row as the value of the offer has, so that both round as the publisher of the scale does.
            let (mut rungs, said) =
                framework.ladder_of(offer, &offered_in, post, false).map_err(|why| NoAnswer::Unknown(format!("{}: {why}", offer.id)))?;
            if rungs.is_empty() {
                return Err(NoAnswer::Unknown(format!("{}: the point was not found", offer.id)));
            }
            notes.extend(said);
            (rungs.swap_remove(0), format!("Full-time salary {salary} before the offer."))
        }
        (None, None) => {
            return NoAnswer::question("say who is paid: --point P, with --band B where the point is in several, or --salary £");
        }
    };
    Ok(Offered {
        title: format!("{} ({}, {nation})", offer.title, offer.id),
        whose,
        offer: Some(offer.id.clone()),
        nation,
        path: RatePath { base: row.path.base, rates: row.path.rates },
        lumps: row.lumps,
        paid_on: offer.steps.iter().filter_map(|step| step.pay_on).max(),
        full_time_hours: framework.full_time_hours,
        notes,
    })
}

/// Who is paid: hours, pension scheme by id or `none`, student loans by id.
///
/// # Errors
/// Hours, scheme or loans that there are not; or a scheme whose contributions in that nation are not in the data.
pub fn payee<'l>(
    offered: &Offered,
    library: &'l Library,
    hours: Option<Ratio>,
    pension: &str,
    student_loans: &[impl AsRef<str>],
) -> Result<Payee<'l>, NoAnswer> {
    let portion = match (hours, offered.full_time_hours) {
        (None, _) => Ratio::ONE,
        (Some(hours), Some(full)) if hours <= full => hours / full,
        (Some(hours), Some(full)) => {
            let why = format!("{} hours are more than the full-time week of {}", hours.to_short(2), full.to_short(2));
            return NoAnswer::question(why);
        }
        (Some(_), None) => return NoAnswer::question("how many hours has a full-time week? Give --full-time-hours, as in 37.5"),
    };
    let pension = match pension {
        "none" => None,
        id => {
            let Some(scheme) = library.pensions.iter().find(|scheme| scheme.id == id) else {
                let known: Vec<&str> = library.pensions.iter().map(|scheme| scheme.id.as_str()).collect();
                return NoAnswer::question(format!("there is no pension scheme “{id}”; one of none, {}", known.join(", ")));
            };
            if !scheme.nations.contains(&offered.nation) {
                return Err(NoAnswer::Unknown(format!(
                    "the {} is that of {}; the contributions of the scheme in {} are not in the data: --pension none reckons without one",
                    scheme.title,
                    scheme.nations.join(" and "),
                    offered.nation
                )));
            }
            Some(scheme)
        }
    };
    let mut loans = Vec::new();
    for id in student_loans.iter().map(AsRef::as_ref) {
        let Some(loan) = library.tax.student_loan(id) else {
            let known: Vec<&str> = library.tax.student_loans.iter().map(|loan| loan.id.as_str()).collect();
            let near = nearest_name(id, known.iter().copied()).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            return NoAnswer::question(format!("there is no student loan “{id}”{near}; one of {}", known.join(", ")));
        };
        loans.push(loan);
    }
    let employment = Employment { portion, ..Employment::full_time() };
    Ok(Payee { area: TaxArea::of_nation(&offered.nation), employment, pension, loans })
}

impl Offered {
    /// The tax years that it touches, from the first change to the last, or to the month in which it is paid; none where nothing of
    /// it reaches the post.
    pub fn tax_years(&self) -> Vec<PayYear> {
        let changes = || self.path.rates.iter().map(|rate| rate.from);
        let sums = || self.lumps.iter().map(|lump| lump.paid_on);
        let Some(first) = changes().next().or_else(|| sums().next()) else { return Vec::new() };
        let last = changes().next_back().into_iter().chain(sums()).chain(self.paid_on).max().unwrap_or(first);
        let years = std::iter::successors(Some(PayYear::holding(first, 4)), |year| Some(year.next()));
        years.take_while(|year| year.first_day() <= last).collect()
    }

    /// The years named with and without it.
    pub fn years(&self, payee: &Payee<'_>, library: &Library, years: &[PayYear]) -> Vec<KeptYear> {
        let found = take_home(&library.tax, payee, &self.path, &self.lumps, self.paid_on, years);
        found.into_iter().map(|year| KeptYear::new(year, self, payee, library)).collect()
    }
}

/// One tax year with what is said about it.
#[derive(Clone, Debug)]
pub struct KeptYear {
    /// The year with and without the offer.
    pub year: AwardYear,
    /// From which month the pay of the year goes on unchanged, and a year at the rates before and after under its law.
    pub goes_on: Option<(Month, [Steady; 2])>,
    /// Rises that leave less than none, from the salary before: under the law of the first payday of the award in the year, and of
    /// the month from which its pay goes on.
    pub cliffs: Vec<(Month, Vec<Cliff>)>,
}

impl KeptYear {
    fn new(year: AwardYear, offered: &Offered, payee: &Payee<'_>, library: &Library) -> Self {
        let span = year.year.first_month();
        let last_change = offered.path.rates.iter().map(|rate| Month::of(rate.from)).filter(|month| *month <= span.plus(11)).max();
        let after_arrears = offered.paid_on.map(|day| Month::of(day).plus(1));
        let month = [Some(span), last_change, after_arrears].into_iter().flatten().max().unwrap_or(span).min(span.plus(11));
        let payday = |month: Month| month.first_day().with().day(28).build().unwrap_or(month.first_day());
        let day = payday(month);
        let after = offered.path.rate_on(day);
        // The tier that the months of the year have, which may be that of the year before's pay.
        let before_year = offered.path.rate_on(span.plus(-1).first_day());
        let tier_rate = |rate| match payee.pension.and_then(|scheme| scheme.tiers_on(day).ok()) {
            Some((tiers, _)) if tiers.year == pay::TierYear::PreviousYear => before_year,
            _ => rate,
        };
        let base = offered.path.base;
        let at = |rate: Pence| steady(&library.tax, payee, rate, tier_rate(rate), day).ok();
        let goes_on = at(base).zip(at(after)).map(|(before, after)| (month, [before, after]));
        let begins = offered.path.rates.first().map_or(span, |rate| Month::of(rate.from)).max(span).min(month);
        let mut under: Vec<(Month, Vec<Cliff>)> = Vec::new();
        for month in [begins, month] {
            let found = cliffs(&library.tax, payee, base, payday(month)).unwrap_or_default();
            if under.last().is_none_or(|(_, known)| *known != found) {
                under.push((month, found));
            }
        }
        Self { year, goes_on, cliffs: under }
    }

    /// What it brings in the year and what is kept of that; `None` where the year cannot be worked out.
    pub fn difference(&self) -> Option<TakeHome> {
        let [with, without] = self.year.result.as_ref().ok()?;
        Some(difference(&with.total(), &without.total()))
    }

    /// What is kept more a month, and of how much, once pay goes on unchanged; with the month from which it does.
    pub fn a_month(&self) -> Option<(Month, Pence, Pence)> {
        let (month, [before, after]) = self.goes_on.as_ref()?;
        let twelfth = |sum: Pence| Pence::nearest(sum.ratio() / Ratio::whole(12));
        Some((*month, twelfth(after.net() - before.net()), twelfth(after.gross - before.gross)))
    }
}

/// What somebody on Universal Credit is asked besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnCredit {
    /// Which work allowance.
    pub claimant: Claimant,
    /// The credit of a month before the award, if it was said.
    pub credit: Option<Pence>,
}

/// A tax year of somebody on Universal Credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCreditYear {
    /// The credit lost, month by month.
    pub lost: CreditYear,
    /// What is kept of the award in the year, take-home less the credit lost.
    pub kept: Pence,
    /// What is kept more a month once pay goes on unchanged.
    pub kept_a_month: Option<Pence>,
}

impl KeptYear {
    /// Spec P101 and P102: what is left of the award of this year to somebody on Universal Credit.
    ///
    /// # Errors
    /// What is missing in the data, named; also where the take-home of the year is not known.
    pub fn on_credit(&self, asked: &OnCredit, library: &Library) -> Result<OnCreditYear, Vec<String>> {
        let [with, without] = self.year.result.as_ref().map_err(Clone::clone)?;
        let lost = library.universal_credit.lost(asked.claimant, asked.credit, with, without)?;
        let kept = difference(&with.total(), &without.total()).net() - lost.less();
        let kept_a_month = self.goes_on.as_ref().zip(self.a_month()).and_then(|((month, years), (_, net, _))| {
            let day = month.first_day().with().day(28).build().unwrap_or(month.first_day());
            Some(net - library.universal_credit.lost_a_month(asked.claimant, asked.credit, years, day).ok()?)
        });
        Ok(OnCreditYear { lost, kept, kept_a_month })
    }
}

/// One year's pay and what is taken of it, less another's.
pub fn difference(with: &TakeHome, without: &TakeHome) -> TakeHome {
    TakeHome {
        gross: with.gross - without.gross,
        arrears: with.arrears - without.arrears,
        one_off: with.one_off - without.one_off,
        pension: with.pension - without.pension,
        tax: with.tax - without.tax,
        insurance: with.insurance - without.insurance,
        loan: with.loan - without.loan,
    }
}
