//! E33 to E37: group claims, and the list of cases by employer: who is chosen, what it adds up to, what may be published.

use std::collections::HashMap;

use dated::Ratio;

use super::arrears::{ArrearsWindow, price};
use super::hourly::Hourly;
use super::pair::{Caution, cautions};
use super::record::PayRecords;
use super::search::{ComparatorQuestion, Finding, Route};
use crate::workforce::Sex;

/// Sums over people. They add: the sums of parts are the sums of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Group claims.
    pub claims: u64,
    /// Claimants.
    pub people: u64,
    /// Claimants who work part-time.
    pub part_time: u64,
    /// Claimants who left too early for the tribunal: in `people`, with no money.
    pub out_of_time: u64,
    /// Claimants whose first day in the job is not said.
    pub since_not_said: u64,
    /// Claimants for some of whose days the pay of that time is not known.
    pub past_not_known: u64,
    /// Arrears, all money together.
    pub together_pence: i64,
    /// Arrears, term by term.
    pub term_by_term_pence: i64,
    /// Arrears, all money together, under the other reading of a contested limit.
    pub other_reading_pence: i64,
}

impl Sums {
    /// Adds the sums of another part.
    pub fn add(&mut self, other: &Self) {
        self.claims += other.claims;
        self.people += other.people;
        self.part_time += other.part_time;
        self.out_of_time += other.out_of_time;
        self.since_not_said += other.since_not_said;
        self.past_not_known += other.past_not_known;
        self.together_pence = self.together_pence.saturating_add(other.together_pence);
        self.term_by_term_pence = self.term_by_term_pence.saturating_add(other.term_by_term_pence);
        self.other_reading_pence = self.other_reading_pence.saturating_add(other.other_reading_pence);
    }
}

/// E33: a group claim: the women of one job in one employer against the men of one job, by one route.
#[derive(Clone, Debug)]
pub struct Case {
    /// The claimants' employer, by number.
    pub employer: u32,
    /// Their job.
    pub job: u32,
    /// The comparator's employer.
    pub comparator_employer: u32,
    /// His job.
    pub comparator_job: u32,
    /// The route.
    pub route: Route,
    /// Whether both work at one establishment; `None` where one of them is not said.
    pub same_establishment: Option<bool>,
    /// Sums over the claimants.
    pub sums: Sums,
    /// The records with the highest gap: claimant's and comparator's.
    pub example: (u32, u32),
    /// The highest gap, pence an hour.
    pub highest_gap: Ratio,
    /// The lowest.
    pub lowest_gap: Ratio,
    /// Men in the comparator's job in his employer.
    pub comparators: u64,
    /// Women in it: where there are many, it is hardly a man's job.
    pub women_in_comparators_job: u64,
    /// What is weak in the evidence of the example.
    pub cautions: Vec<Caution>,
}

/// All group claims of one reach, highest hourly gap first.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// The claims.
    pub list: Vec<Case>,
}

/// What the claimants of a group claim share: employer, job, the comparator's employer and job, route, one establishment or not.
type GroupOf = (u32, u32, u32, u32, Route, Option<bool>);

struct Gathered {
    sums: Sums,
    example: (u32, u32),
    highest: Hourly,
    lowest: Hourly,
}

impl Cases {
    /// E33: gathers findings into group claims. `windows` gives by employer the time that counts, and the other reading's where the limit is
    /// contested.
    pub fn gather(
        records: &PayRecords,
        question: &ComparatorQuestion,
        findings: &[Finding],
        windows: &dyn Fn(u32) -> (ArrearsWindow, Option<ArrearsWindow>),
    ) -> Self {
        let mut gathered: HashMap<GroupOf, Gathered> = HashMap::new();
        for finding in findings {
            let Some((route, at)) = finding.first(records, question) else { continue };
            let (claimant, comparator) = (&records.list[finding.claimant as usize], &records.list[at as usize]);
            let (window, other) = windows(claimant.employer);
            let people = u64::from(claimant.headcount);
            let arrears = price(records, claimant, comparator, question.weeks, &window);
            let other = other.map(|window| price(records, claimant, comparator, question.weeks, &window));
            let of_people = |pence: i64| pence.saturating_mul(claimant.headcount.into());
            let when = |holds: bool| if holds { people } else { 0 };
            let sums = Sums {
                claims: 0,
                people,
                part_time: when(claimant.is_part_time_beside(comparator)),
                out_of_time: when(arrears.out_of_time),
                since_not_said: when(records.times_of(claimant).since.is_none()),
                past_not_known: when(arrears.days_assumed > 0),
                together_pence: of_people(arrears.together_pence),
                term_by_term_pence: of_people(arrears.term_by_term_pence),
                other_reading_pence: of_people(other.as_ref().unwrap_or(&arrears).together_pence),
            };
            let pay = |record| Hourly::of(record, question.rank_by, question.weeks);
            let gap = pay(comparator).minus(pay(claimant));
            let said = claimant.establishment != 0 && comparator.establishment != 0;
            let same_establishment =
                said.then_some(claimant.establishment == comparator.establishment && claimant.employer == comparator.employer);
            let key = (claimant.employer, claimant.job, comparator.employer, comparator.job, route, same_establishment);
            let example = (finding.claimant, at);
            let one =
                gathered.entry(key).or_insert(Gathered { sums: Sums { claims: 1, ..Sums::default() }, example, highest: gap, lowest: gap });
            one.sums.add(&sums);
            if gap > one.highest {
                (one.highest, one.example) = (gap, example);
            }
            one.lowest = one.lowest.min(gap);
        }
        let mut holders: HashMap<(u32, u32), [u64; 2]> = gathered.keys().map(|key| ((key.2, key.3), [0; 2])).collect();
        let comparators_sex = if question.claimants == Sex::Female { Sex::Male } else { Sex::Female };
        for record in &records.list {
            if let (Some(holders), Some(sex)) = (holders.get_mut(&(record.employer, record.job)), record.sex) {
                holders[usize::from(sex != comparators_sex)] += u64::from(record.headcount);
            }
        }
        let mut list: Vec<(Hourly, Case)> = gathered
            .into_iter()
            .map(|((employer, job, comparator_employer, comparator_job, route, same_establishment), one)| {
                let [comparators, women_in_comparators_job] =
                    holders.get(&(comparator_employer, comparator_job)).copied().unwrap_or_default();
                let (claimant, comparator) = (&records.list[one.example.0 as usize], &records.list[one.example.1 as usize]);
                let mut weak = cautions(records, route, claimant, comparator);
                if comparators == 1 {
                    weak.insert(0, Caution::OneComparator);
                }
                let case = Case {
                    employer,
                    job,
                    comparator_employer,
                    comparator_job,
                    route,
                    same_establishment,
                    sums: one.sums,
                    example: one.example,
                    highest_gap: one.highest.pence(),
                    lowest_gap: one.lowest.pence(),
                    comparators,
                    women_in_comparators_job,
                    cautions: weak,
                };
                (one.highest, case)
            })
            .collect();
        // E26: by gap; what is alike by the place of its example, so that the same file gives the same list.
        list.sort_by(|(a_gap, a), (b_gap, b)| b_gap.cmp(a_gap).then(a.example.cmp(&b.example)).then(a.route.cmp(&b.route)));
        Self { list: list.into_iter().map(|(_, case)| case).collect() }
    }

    /// The sums of all claims.
    pub fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        self.list.iter().for_each(|case| sums.add(&case.sums));
        sums
    }
}

/// E35: by what employers are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooseBy {
    /// The most arrears, all money together.
    Arrears,
    /// The most claimants.
    People,
    /// The highest hourly gap of a claim.
    Gap,
}

/// The cases of one employer, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployerTotal {
    /// By number.
    pub employer: u32,
    /// Its name or code.
    pub name: String,
    /// Sums over its claims.
    pub sums: Sums,
    /// The highest gap of a claim, pence an hour.
    pub highest_gap: Ratio,
}

/// E35: employers with cases: those chosen, best by the rule first, and the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseList {
    /// Chosen.
    pub chosen: Vec<EmployerTotal>,
    /// Not chosen, in the same order.
    pub others: Vec<EmployerTotal>,
}

impl CaseList {
    /// E35: adds cases up by employer and chooses `count` of them: by the rule, ties by name.
    pub fn choose(records: &PayRecords, cases: &Cases, by: ChooseBy, count: usize) -> Self {
        let mut totals: HashMap<u32, EmployerTotal> = HashMap::new();
        for case in &cases.list {
            let total = totals.entry(case.employer).or_insert_with(|| EmployerTotal {
                employer: case.employer,
                name: records.employers.name(case.employer).to_owned(),
                sums: Sums::default(),
                highest_gap: Ratio::ZERO,
            });
            total.sums.add(&case.sums);
            total.highest_gap = total.highest_gap.max(case.highest_gap);
        }
        let mut chosen: Vec<EmployerTotal> = totals.into_values().collect();
        chosen.sort_by(|a, b| {
            let by_rule = match by {
                ChooseBy::Arrears => b.sums.together_pence.cmp(&a.sums.together_pence),
                ChooseBy::People => b.sums.people.cmp(&a.sums.people),
                ChooseBy::Gap => b.highest_gap.cmp(&a.highest_gap),
            };
            by_rule.then_with(|| a.name.cmp(&b.name))
        });
        let others = chosen.split_off(count.min(chosen.len()));
        Self { chosen, others }
    }

    /// The sums of the employers chosen, or of the others.
    pub fn sums(list: &[EmployerTotal]) -> Sums {
        let mut sums = Sums::default();
        list.iter().for_each(|total| sums.add(&total.sums));
        sums
    }
}

/// A row as it may be published: `None` is withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedTotal {
    /// The employer, or the name of a line of others.
    pub name: String,
    /// Claimants and sums, unless they are too few.
    pub sums: Option<Sums>,
}

/// E37: rows for publication: fewer than `smallest` claimants are withheld, and then so many more, the smallest first, that those
/// withheld are at least two rows and `smallest` people: a total less the rows shown must not give one away.
///
/// Where even all rows together are too few, nothing is shown and the total must be withheld too, which `None` says.
pub fn published(rows: &[(String, Sums)], smallest: u64) -> Option<Vec<PublishedTotal>> {
    let mut by_size: Vec<usize> = (0..rows.len()).collect();
    by_size.sort_by_key(|at| (rows[*at].1.people, *at));
    let mut withheld = vec![false; rows.len()];
    let (mut count, mut people) = (0_usize, 0_u64);
    for at in by_size {
        let few = rows[at].1.people;
        let settled = count == 0 || (count >= 2 && people >= smallest);
        if few >= smallest && settled {
            break;
        }
        withheld[at] = true;
        (count, people) = (count + 1, people + few);
    }
    if count > 0 && (count < 2 || people < smallest) {
        return None;
    }
    let rows = rows.iter().zip(withheld);
    Some(rows.map(|((name, sums), withheld)| PublishedTotal { name: name.clone(), sums: (!withheld).then_some(*sums) }).collect())
}
