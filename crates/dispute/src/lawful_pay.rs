//! Whether what an offer pays is lawful: no point below the minimum wage.

use std::collections::BTreeSet;

use dated::{Date, Faults, Ratio, long_date};
use pay::{MinimumWage, Offer, PayYear, below_minimum};

use crate::folder::Dispute;

impl Dispute {
    /// Spec P84: an offer may not pay less than the minimum wage of each day from its first step to the end of its last pay year.
    /// Only where the hours of a full-time week are known; each point is told once, at the step in force.
    pub(crate) fn check_minimum_wage(&self, offer: &Offer, wage: &MinimumWage, faults: &Faults) {
        let framework = self.framework();
        let (Some(hours), Some(first), Some(last)) = (framework.full_time_hours, offer.steps.first(), offer.steps.last()) else { return };
        let until = PayYear::holding(last.from, framework.year_start_month).end();
        let mut told: BTreeSet<(String, Date)> = BTreeSet::new();
        for framework in framework.groups_of(offer).into_iter().map(|group| framework.in_group(group)) {
            for (nation, scale) in offer.nations.iter().flat_map(|(nation, _)| framework.scales_of(offer).map(move |scale| (nation, scale)))
            {
                let Ok(rows) = framework.rows(offer, scale, nation) else { continue };
                for below in below_minimum(&rows, hours, wage, first.from, until) {
                    if !told.insert((below.point.clone(), below.from)) {
                        continue;
                    }
                    let place = &offer.steps.iter().rev().find(|step| step.from <= below.from).unwrap_or(first).place;
                    let hourly = |pence: Ratio| (pence / Ratio::whole(100)).to_fixed(2);
                    let what = format!(
                        "point {} ({nation}) is paid {} from {}: £{} an hour on {} hours and 365.25/7 weeks, £{} with 52; the minimum wage is {}",
                        below.point,
                        below.annual,
                        long_date(below.from),
                        hourly(below.hourly_calendar),
                        hours.to_short(2),
                        hourly(below.hourly_fifty_two),
                        below.minimum
                    );
                    if below.under_both_counts() {
                        faults.error(
                            "below-minimum-wage",
                            place,
                            what,
                            "raise the rate, or correct full_time_hours: less than the minimum wage is not lawful",
                        );
                    } else {
                        faults.warning("below-minimum-wage", place, what, "it depends on how weeks are counted: raise the rate to be safe");
                    }
                }
            }
        }
    }
}
