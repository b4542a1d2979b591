//! From the sums to what is published: tables, years, and the net figures.

use super::amounts::{Line, bill};
use super::engine::{Engine, Sums};
use super::{Bill, JoinersAt, PartOfBill, Paths, Paybill, YearEndRates};
use crate::money::Pence;
use crate::offer::Progression;

impl Engine<'_> {
    pub(super) fn finish(self, without_increment_date: u64) -> Paybill {
        let months = self.months;
        let workforce = self.question.workforce;
        let table = |names: &[String], line_of: &dyn Fn((usize, usize)) -> usize| -> Vec<PartOfBill> {
            let mut parts: Vec<PartOfBill> = names
                .iter()
                .map(|name| PartOfBill { name: name.clone(), headcount: 0, years: Vec::new(), months: vec![Paths::default(); months] })
                .collect();
            for (at, origin) in self.origins.iter().enumerate() {
                let part = &mut parts[line_of(*origin)];
                part.headcount += self.headcounts[at];
                for (month, paths) in part.months.iter_mut().enumerate() {
                    *paths += paths_of(&self.sums[at * months + month]);
                }
            }
            for part in &mut parts {
                part.years = part.months.chunks(12).map(|months| months.iter().copied().sum()).collect();
            }
            parts.retain(|part| part.headcount > 0);
            parts
        };
        let mut bands = table(&self.bands, &|origin| origin.0);
        // In order of pay: what the band costs a head at the rates before.
        bands.sort_by_key(|part| part.years.first().map(|year| year.standing.pay.0 / part.headcount.max(1).cast_signed()));
        let nations = table(&workforce.nations, &|origin| origin.1);
        let by_year = |names: &[String], sums: &[Sums], heads: &[u64]| -> Vec<PartOfBill> {
            let years = self.question.years as usize;
            let parts = names.iter().zip(heads).enumerate().filter(|(_, (_, headcount))| **headcount > 0);
            parts
                .filter_map(|(at, (name, headcount))| {
                    let years = sums.get(at * years..(at + 1) * years)?.iter().map(paths_of).collect();
                    Some(PartOfBill { name: name.clone(), headcount: *headcount, years, months: Vec::new() })
                })
                .collect()
        };
        let all_months: Vec<Paths> =
            (0..months).map(|month| (0..self.origins.len()).map(|origin| paths_of(&self.sums[origin * months + month])).sum()).collect();
        Paybill {
            first: self.question.first,
            net_months: self.net(&all_months),
            year_end: self
                .year_end
                .iter()
                .map(|[standing, increments, under_offer]| YearEndRates {
                    standing: Pence(*standing),
                    increments: Pence(*increments),
                    under_offer: Pence(*under_offer),
                })
                .collect(),
            employers: by_year(&workforce.employers, &self.by_employer, &self.employer_heads),
            staff_groups: by_year(&workforce.staff_groups, &self.by_group, &self.group_heads),
            bands,
            nations,
            headcount: workforce.headcount(),
            without_increment_date,
            gated: self.timetables.iter().flatten().any(|(_, rule)| *rule == Progression::Gated),
            months: all_months,
        }
    }

    /// Spec P48: in the month `t` of the years costed a share of `t` twelfths of a year's leavers has been replaced.
    fn net(&self, months: &[Paths]) -> Option<Vec<Paths>> {
        let turnover = self.question.turnover?;
        if turnover.joiners == JoinersAt::Same {
            let same = |paths: &Paths| Paths {
                offer_standing: Bill::default(),
                at_once: Bill::default(),
                all_increments: Bill::default(),
                ..*paths
            };
            return Some(months.iter().map(same).collect());
        }
        let monthly = turnover.leavers_percent / dated::Ratio::whole(1200);
        let net = |month: usize, own: Bill, joined: Line| {
            let stay = dated::Ratio::ONE - monthly * dated::Ratio::whole(month as i64);
            let mix = |own: Pence, joined: i64| Pence::nearest(own.ratio() * stay + dated::Ratio::whole(joined) * monthly);
            Bill {
                pay: mix(own.pay, joined[0]),
                national_insurance: mix(own.national_insurance, joined[1]),
                pension: mix(own.pension, joined[2]),
                levy: mix(own.levy, joined[3]),
            }
        };
        let of_month = |(month, paths): (usize, &Paths)| {
            let joined = &self.joined[month];
            Paths {
                standing: paths.standing,
                increments: net(month, paths.increments, joined[0]),
                under_offer: net(month, paths.under_offer, joined[1]),
                lumps: net(month, paths.lumps, joined[3]),
                ..Paths::default()
            }
        };
        Some(months.iter().enumerate().map(of_month).collect())
    }
}

fn paths_of(sums: &Sums) -> Paths {
    Paths {
        standing: bill(sums[0]),
        increments: bill(sums[1]),
        under_offer: bill(sums[2]),
        offer_standing: bill(sums[3]),
        at_once: bill(sums[4]),
        all_increments: Bill::default(),
        lumps: bill(sums[5]),
    }
}
