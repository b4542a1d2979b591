//! What a member goes without: the pay of one offer less the pay of another, for the member's own point, hours and increments.
//!
//! The same function stands behind the member's page, the letter and the postcard, so that all three print one figure.

use dated::{Date, Ratio};

use crate::framework::Framework;
use crate::member::{Employment, ladder, value_member};
use crate::money::Pence;
use crate::offer::{Offer, Progression};
use crate::pay_year::{PayYear, WeeksInYear};
use crate::rates::{Row, rates_of_salary};
use crate::value::{ByCount, stretches};

/// Where a member stands on the scale before an offer: a point, or a salary where the point is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MemberPost {
    /// The point of the scale.
    pub point: Option<String>,
    /// The full-time salary a year, used when there is no point.
    pub salary: Option<Pence>,
    /// The band, where the point is in several.
    pub band: Option<String>,
}

/// What a member has less under an offer than under another, in the first pay year of the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The pay year.
    pub year: PayYear,
    /// Pay for the hours worked under the other offer less that under this one, in pence, without one-off sums.
    pub pay_pence: ByCount,
    /// One-off sums of the other offer less those of this one.
    pub one_off: Pence,
    /// The stretches of the year in which the two differ.
    pub stretches: Vec<ShortStretch>,
    /// What must be said about how the point was found.
    pub notes: Vec<String>,
}

/// Days on which the difference is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortStretch {
    /// First day.
    pub from: Date,
    /// First day after.
    pub until: Date,
    /// The other offer's pay less this one's, in pence a year for the hours worked; below zero where this one pays more.
    pub annual_pence: Ratio,
}

impl ShortStretch {
    /// The difference a week, in pence.
    pub fn weekly_pence(&self, weeks: WeeksInYear) -> Ratio {
        self.annual_pence / weeks.weeks()
    }
}

impl Shortfall {
    /// Spec P96: the figure that is printed, each month a twelfth, one-off sums with it, to the nearest penny.
    pub fn by_months(&self) -> Pence {
        Pence::nearest(self.pay_pence.by_months) + self.one_off
    }

    /// The same counted by days.
    pub fn by_days(&self) -> Pence {
        Pence::nearest(self.pay_pence.by_days) + self.one_off
    }

    /// The stretch in which the member loses most by the week, if there is one.
    pub fn worst(&self) -> Option<&ShortStretch> {
        // Of equal stretches the earliest.
        self.stretches.iter().rev().max_by_key(|stretch| stretch.annual_pence).filter(|stretch| stretch.annual_pence > Ratio::ZERO)
    }
}

/// Spec P96: values both offers with [`value_member`] for the same post, hours and increments, and takes one from the other.
///
/// # Errors
/// A sentence when an offer cannot be valued for that post.
pub fn member_shortfall(
    framework: &Framework<'_>,
    (offer, against): (&Offer, &Offer),
    nation: &str,
    post: &MemberPost,
    employment: &Employment,
    increment_on: Option<Date>,
) -> Result<Shortfall, String> {
    let year = framework.first_pay_year(offer).ok_or_else(|| format!("the dates and steps of {} are not in the data", offer.id))?;
    let side = |offer: &Offer| {
        let (rungs, notes) = framework.ladder_of(offer, nation, post, increment_on.is_some())?;
        let value = value_member(&rungs, employment, increment_on, false, offer, framework.view(offer, nation), &[year]);
        let on_year = value.years.first().cloned().ok_or("the point was not found")?;
        let mut moves: Vec<(Date, usize)> = vec![(year.first_day(), 0)];
        for increment in value.increments.iter().filter(|increment| increment.progression == Progression::Normal) {
            if let Some(rung) = rungs.iter().position(|row| row.point == increment.to) {
                moves.push((increment.due_on, rung));
            }
        }
        Ok::<_, String>((rungs, moves, on_year, notes))
    };
    // An offer need not apply in the nation of the other: the recommendation for England is what Wales went without.
    let (rungs, moves, here, mut notes) = side(offer)?;
    let (other_rungs, other_moves, there, other_notes) = side(against)?;
    notes.extend(other_notes);
    notes.sort();
    notes.dedup();
    let rate = |rungs: &[Row], moves: &[(Date, usize)], day: Date| {
        let rung = moves.iter().rev().find(|(from, _)| *from <= day).map_or(0, |(_, rung)| *rung);
        rungs[rung].path.rate_on(day).ratio() * employment.portion_on(day)
    };
    let rate_days = |rungs: &[Row]| rungs.iter().flat_map(|row| row.path.rates.iter().map(|rate| rate.from)).collect::<Vec<_>>();
    let cuts = employment
        .cuts()
        .chain(rate_days(&rungs))
        .chain(rate_days(&other_rungs))
        .chain(moves.iter().chain(&other_moves).map(|(from, _)| *from));
    let mut list: Vec<ShortStretch> = Vec::new();
    for (from, until) in stretches(year, cuts) {
        let annual_pence = rate(&other_rungs, &other_moves, from) - rate(&rungs, &moves, from);
        match list.last_mut() {
            Some(last) if last.until == from && last.annual_pence == annual_pence => last.until = until,
            _ if annual_pence != Ratio::ZERO => list.push(ShortStretch { from, until, annual_pence }),
            _ => {}
        }
    }
    let pay = |year: &crate::member::MemberYear, by: fn(&ByCount) -> Ratio| by(&year.base) + by(&year.award) + by(&year.increment);
    let less = |by: fn(&ByCount) -> Ratio| pay(&there, by) - pay(&here, by);
    Ok(Shortfall {
        year,
        pay_pence: ByCount { by_months: less(|by| by.by_months), by_days: less(|by| by.by_days) },
        one_off: there.unconsolidated - here.unconsolidated,
        stretches: list,
        notes,
    })
}

impl Framework<'_> {
    /// The row a member is on, the rungs above it, and what must be said about how it was found.
    ///
    /// # Errors
    /// A sentence that says what is known when the point cannot be found or is in several bands.
    pub fn ladder_of(
        &self,
        offer: &Offer,
        nation: &str,
        post: &MemberPost,
        has_increment: bool,
    ) -> Result<(Vec<Row>, Vec<String>), String> {
        if let Some(point) = &post.point {
            let (scale, row) = self.row_of_point(offer, nation, point, post.band.as_deref())?;
            let rows = self.rows(offer, scale, nation).map_err(|error| error.to_string())?;
            let mut notes = Vec::new();
            if has_increment && !scale.progression {
                notes.push(format!("no increment is counted: {} has no points between the ends of its bands", scale.title));
                return Ok((vec![row], notes));
            }
            let bands: Vec<&str> = rows.iter().filter(|other| other.point == row.point).map(|other| other.band.as_str()).collect();
            if has_increment && post.band.is_none() && bands.len() > 1 {
                return Err(format!(
                    "point {point} is in bands {}: say which with --band, since the next point depends on it",
                    bands.join(" and ")
                ));
            }
            return Ok((ladder(&rows, &row.point, &row.band), notes));
        }
        let salary = post.salary.unwrap_or_default();
        let mut notes = Vec::new();
        // A salary that is a published rate before the offer is that point, with the publisher's rounding.
        for scale in self.scales_of(offer) {
            let Ok(rows) = self.rows(offer, scale, nation) else { continue };
            let band_fits = |row: &Row| post.band.as_ref().is_none_or(|band| *band == row.band);
            if let Some(row) = rows.iter().find(|row| row.path.base == salary && band_fits(row)) {
                notes.push(format!("{salary} is point {} of {}, so the published rates are used", row.point, scale.title));
                return Ok((vec![row.clone()], notes));
            }
            if let Some((row, rate)) = rows.iter().find_map(|row| Some((row, *row.path.rates.iter().find(|rate| rate.rate == salary)?))) {
                notes.push(format!(
                    "{salary} is taken as the salary before the offer. It is also what point {} gets from {}: if that is meant, use --point {}",
                    row.point,
                    dated::long_date(rate.from),
                    row.point
                ));
                break;
            }
        }
        let row = rates_of_salary(offer, salary, post.band.as_deref(), self.view(offer, nation)).map_err(|error| error.to_string())?;
        let has_clauses = offer.steps.iter().flat_map(|step| &step.changes).any(|change| !change.select.points.is_empty());
        if has_clauses {
            notes.push("clauses for particular points are left out: give --point to have them".to_owned());
        }
        Ok((vec![row], notes))
    }
}
