//! Services hit (spec A34): exactly those of units with a planned day.

use std::collections::BTreeMap;

use dated::Date;

use super::{Plan, PlannedDay};
use crate::folder::Dispute;
use crate::terms::Service;

/// A service on a day.
pub struct ServiceHit<'d> {
    /// The day.
    pub date: Date,
    /// The service.
    pub service: &'d Service,
    /// The units that act, and how.
    pub by: Vec<(&'d str, String)>,
}

/// A34: which services are hit on which days; and the services of no planned day.
pub(super) fn services<'d>(
    disputes: &[&'d Dispute],
    days: &[PlannedDay<'d>],
    notes: &mut Vec<String>,
) -> (Vec<ServiceHit<'d>>, Vec<&'d str>) {
    let mut hits: BTreeMap<(Date, usize, usize), ServiceHit<'d>> = BTreeMap::new();
    let (mut not_hit, mut uncovered) = (Vec::new(), Vec::new());
    for (dispute_at, dispute) in disputes.iter().enumerate() {
        for (at, service) in dispute.terms.services.iter().enumerate() {
            let mut any = false;
            for day in days.iter().filter(|day| std::ptr::eq(day.dispute(), *dispute)) {
                if !service.units.iter().any(|(unit, _)| *unit == day.unit().id) {
                    continue;
                }
                any = true;
                let hit =
                    hits.entry((day.date(), dispute_at, at)).or_insert_with(|| ServiceHit { date: day.date(), service, by: Vec::new() });
                let by = (day.unit().name.as_str(), day.call().words());
                if !hit.by.contains(&by) {
                    hit.by.push(by);
                }
            }
            if !any {
                not_hit.push(service.name.as_str());
            } else if service.life_and_limb.is_none() {
                uncovered.push(service.name.as_str());
            }
        }
    }
    if !uncovered.is_empty() {
        notes.push(format!("It is not on record what stays covered for life and limb: {}.", uncovered.join("; ")));
    }
    for day in days {
        let mapped = day.dispute().terms.services.iter().any(|service| service.units.iter().any(|(unit, _)| *unit == day.unit().id));
        if !mapped {
            notes.push(format!("{}: no service is mapped to this unit.", day.unit().name));
        }
    }
    (hits.into_values().collect(), not_hit)
}

/// A service with all its days.
pub struct ServiceDays<'p, 'd> {
    /// The service.
    pub service: &'d Service,
    /// The days, those in a row as first and last.
    pub runs: Vec<(Date, Date)>,
    /// The units because of which it is hit, by name.
    pub units: Vec<&'p str>,
}

impl ServiceDays<'_, '_> {
    /// `Thu 14 May 2026 to Fri 15 May 2026, Mon 18 May 2026`.
    pub fn days_words(&self) -> String {
        self.runs.iter().map(|(first, last)| super::days_words(Some(*first), Some(*last))).collect::<Vec<_>>().join(", ")
    }
}

impl<'d> Plan<'d> {
    /// The services hit, each once, in the order of their first day.
    pub fn services_by_name(&self) -> Vec<ServiceDays<'_, 'd>> {
        let mut list: Vec<ServiceDays<'_, 'd>> = Vec::new();
        for hit in &self.services {
            let units = hit.by.iter().map(|(unit, _)| *unit);
            let Some(known) = list.iter_mut().find(|known| std::ptr::eq(known.service, hit.service)) else {
                list.push(ServiceDays { service: hit.service, runs: vec![(hit.date, hit.date)], units: units.collect() });
                continue;
            };
            match known.runs.last_mut() {
                Some((_, last)) if law::plus_days(*last, 1) == hit.date => *last = hit.date,
                _ => known.runs.push((hit.date, hit.date)),
            }
            known.units.extend(units);
        }
        for one in &mut list {
            one.units.sort_unstable();
            one.units.dedup();
        }
        list
    }
}
