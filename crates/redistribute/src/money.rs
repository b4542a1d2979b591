//! The money of an offer: whose pay it is, at which stages, and what it comes to.

use std::collections::{BTreeMap, HashMap};

use dated::{Date, Ratio};
use pay::{Framework, Offer, PayYear, Pence, PostPay, Row, Staff, Workforce, WorkforceRates};

use crate::cost::{CostReading, Span, StaffOn};
use crate::ladder::{Point, PointRow};

/// The points of one scale, where the same rates hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateTable {
    /// The scale.
    pub scale: String,
    /// The nations it holds in.
    pub nations: Vec<String>,
    /// The group of staff, where the offer treats groups differently.
    pub group: Option<String>,
}

/// Staff whose pay is not redistributed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnSalaries {
    /// People.
    pub headcount: u64,
    /// What they are paid a year before the offer.
    pub base_pence: i128,
    /// What they are paid a year at the end of the offer, as the offer says.
    pub offered_pence: i128,
}

/// A point that the offer moves to another: until then its staff have what the offer gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedPoint {
    /// Into [`Money::tables`].
    pub table: usize,
    /// Its name.
    pub name: String,
    /// The day of the move.
    pub on: Date,
    /// Its rate at each stage of the offer.
    pub offered: Vec<Pence>,
}

/// An offer's money on a workforce.
#[derive(Clone, Debug)]
pub struct Money {
    /// The tables, in the order of their names.
    pub tables: Vec<RateTable>,
    /// The points, from the lowest rate today to the highest.
    pub points: Vec<Point>,
    /// The days on which the offer changes rates.
    pub stages: Vec<Date>,
    /// How costs are counted.
    pub reading: CostReading,
    /// The cost of the offer under the reading.
    pub target_pence: i128,
    /// The cost of today's rates under the reading.
    pub base_pence: i128,
    /// The yearly cost before the offer and at each stage of it.
    pub run_rates: Vec<i128>,
    /// Of the rise of the yearly cost at the end, what each stage has.
    pub shares: Vec<Ratio>,
    /// Staff on salaries of their own.
    pub own: OwnSalaries,
    /// Points that the offer does away with; they have no rate to be found.
    pub moved: Vec<MovedPoint>,
}

/// Nation, group where the offer treats groups differently, and scale, counted among those of the offer.
type ScaleOf = (String, Option<String>, usize);

/// Why there is nothing to redistribute; each a sentence.
pub type Refusal = Vec<String>;

impl Money {
    /// Spec P60: whose pay an offer changes, and what it costs.
    ///
    /// # Errors
    /// Everybody who is on no row of the offer; or why this offer's money cannot be moved.
    pub fn of(framework: &Framework<'_>, offer: &Offer, workforce: &Workforce, reading: CostReading) -> Result<Self, Refusal> {
        let rates = WorkforceRates::of(framework, offer, workforce).map_err(|missing| {
            missing.iter().map(|one| format!("{} ({} people): {}", one.who, one.headcount, one.why)).collect::<Vec<_>>()
        })?;
        let treats_groups = !framework.groups_of(offer).iter().all(Option::is_none);
        let mut own = OwnSalaries::default();
        // Rows by nation and group, on each scale.
        let mut scales: BTreeMap<ScaleOf, Vec<Row>> = BTreeMap::new();
        // People by nation, group, scale, row, portion.
        let mut people: BTreeMap<(ScaleOf, usize), BTreeMap<Ratio, u64>> = BTreeMap::new();
        // A million records are some thousand kinds of them.
        let mut kinds: HashMap<(u8, u16, u32, u16), (Staff, u64)> = HashMap::new();
        for staff in &workforce.staff {
            let kind = kinds.entry((staff.nation, staff.staff_group, staff.post, staff.portion)).or_insert((*staff, 0));
            kind.1 += u64::from(staff.headcount);
        }
        for (staff, headcount) in kinds.values() {
            let nation = &workforce.nations[usize::from(staff.nation)];
            let group = treats_groups.then(|| workforce.staff_groups[usize::from(staff.staff_group)].clone());
            let row = &rates.posts[rates.of_staff(staff) as usize].row;
            let portion = workforce.portions[usize::from(staff.portion)];
            if let PostPay::Salary(_) = workforce.posts[staff.post as usize].pay {
                let alike = [StaffOn { portion, headcount: *headcount, row: 0, from_stage: 0 }];
                own.headcount += headcount;
                own.base_pence += Span::run_rate(None).cost(&alike, |_, _| row.path.base);
                own.offered_pence +=
                    Span::run_rate(Some(0)).cost(&alike, |_, _| row.path.rates.last().map_or(row.path.base, |rate| rate.rate));
                continue;
            }
            let own_group = framework.in_group(group.clone());
            let found = framework.scales_of(offer).enumerate().find_map(|(at, scale)| {
                let key = (nation.clone(), group.clone(), at);
                let rows = scales.entry(key).or_insert_with(|| own_group.rows(offer, scale, nation).unwrap_or_default());
                rows.iter().position(|known| known.point == row.point && known.band == row.band).map(|row| (at, row))
            });
            let Some((scale, row)) = found else { continue };
            let key = ((nation.clone(), group, scale), row);
            *people.entry(key).or_default().entry(portion).or_default() += headcount;
        }
        let used: Vec<ScaleOf> = scales.keys().filter(|scale| people.keys().any(|(known, _)| known == *scale)).cloned().collect();
        if used.is_empty() {
            return Err(vec!["nobody in this workforce is on a point of the scale, so there is nothing to redistribute".to_owned()]);
        }
        let mut stages: Vec<Date> =
            used.iter().flat_map(|key| &scales[key]).flat_map(|row| row.path.changes().into_iter().map(|(day, _)| day)).collect();
        stages.sort_unstable();
        stages.dedup();
        if stages.is_empty() {
            return Err(vec!["the offer changes no rate, so there is nothing to redistribute".to_owned()]);
        }
        let names: Vec<&str> = framework.scales_of(offer).map(|scale| scale.id.as_str()).collect();
        let last = stages[stages.len() - 1];
        let mut refusal = Vec::new();
        let mut units = Vec::new();
        for scale in framework.scales_of(offer) {
            match scale.rounding_on(last) {
                Ok(rounding) => units.push(rounding.unit_pence),
                Err(missing) => {
                    units.push(1);
                    refusal.push(missing.to_string());
                }
            }
        }
        // Nations with the very same rows share one table: its points have one rate in all of them.
        let mut tables: Vec<RateTable> = Vec::new();
        let mut table_rows: Vec<(usize, Vec<Row>)> = Vec::new();
        let mut table_of: BTreeMap<ScaleOf, usize> = BTreeMap::new();
        for key in &used {
            let rows = &scales[key];
            let same = |other: &[Row]| other.iter().map(of_table).eq(rows.iter().map(of_table));
            let known = table_rows.iter().position(|(scale, other)| key.1.is_none() && *scale == key.2 && same(other));
            let at = known.unwrap_or(tables.len());
            if known.is_none() {
                tables.push(RateTable { scale: names[key.2].to_owned(), nations: Vec::new(), group: key.1.clone() });
                table_rows.push((key.2, rows.clone()));
            }
            tables[at].nations.push(key.0.clone());
            table_of.insert(key.clone(), at);
        }
        let mut points: Vec<Point> = Vec::new();
        let mut moved: Vec<MovedPoint> = Vec::new();
        for (table, (scale, rows)) in table_rows.iter().enumerate() {
            let mut at_point: BTreeMap<&str, usize> = BTreeMap::new();
            for row in rows {
                let offered: Vec<Pence> = stages.iter().map(|day| row.path.rate_on(*day)).collect();
                // A point that goes has no rate at the end.
                if let Some((_, on)) = row.moved_to {
                    moved.push(MovedPoint { table, name: row.point.clone(), on, offered });
                    continue;
                }
                let at = *at_point.entry(&row.point).or_insert_with(|| {
                    let (name, base, unit_pence) = (row.point.clone(), row.path.base, units[*scale]);
                    points.push(Point { name, table, base, unit_pence, rows: Vec::new(), staff: Vec::new() });
                    points.len() - 1
                });
                points[at].rows.push(PointRow { band: row.band.clone(), offered, row: Some(row.clone()) });
            }
        }
        for ((key, row), portions) in people {
            let rows = &scales[&key];
            let (mut from_stage, mut at) = (0, row);
            // Staff of a point that goes are followed to where they end; a circle of moves cannot be longer than the rows.
            for _ in 0..rows.len() {
                let Some((to, on)) = &rows[at].moved_to else { break };
                let same_band = rows.iter().position(|other| other.point == *to && other.band == rows[at].band);
                let Some(next) = same_band.or_else(|| rows.iter().position(|other| other.point == *to)) else {
                    refusal.push(format!(
                        "staff of point {} move to the new point {to}, which has no rate today to start from",
                        rows[at].point
                    ));
                    break;
                };
                at = next;
                from_stage = from_stage.max(stages.iter().filter(|day| *day < on).count());
            }
            let found = points.iter_mut().filter(|point| point.table == table_of[&key] && point.name == rows[at].point).find_map(|point| {
                let row = point.rows.iter().position(|own| own.band == rows[at].band)?;
                Some((point, row))
            });
            let Some((point, row)) = found else { continue };
            for (portion, headcount) in portions {
                point.staff.push(StaffOn { portion, headcount, row, from_stage });
            }
        }
        if !refusal.is_empty() {
            refusal.sort_unstable();
            refusal.dedup();
            return Err(refusal);
        }
        Ok(Self { moved, ..Self::from_points(tables, points, stages, reading, own)? })
    }

    /// The money of points whose rates under the offer are known.
    ///
    /// # Errors
    /// When the offer adds nothing.
    pub fn from_points(
        tables: Vec<RateTable>,
        mut points: Vec<Point>,
        stages: Vec<Date>,
        reading: CostReading,
        own: OwnSalaries,
    ) -> Result<Self, Refusal> {
        for point in &mut points {
            merge_alike(&mut point.staff);
        }
        points.sort_by(|a, b| (a.base, a.table, &a.name).cmp(&(b.base, b.table, &b.name)));
        let offered = |span: &Span| -> i128 {
            let rate = |point: &Point, row: usize, stage: Option<usize>| stage.map_or(point.base, |stage| point.rows[row].offered[stage]);
            points.iter().map(|point| span.cost(&point.staff, |row, stage| rate(point, row, stage))).sum()
        };
        let run_rates: Vec<i128> =
            std::iter::once(None).chain((0..stages.len()).map(Some)).map(|stage| offered(&Span::run_rate(stage))).collect();
        // People who come to a point at a later stage are not in its earlier costs, so each stage is set against those who are.
        let rises: Vec<i128> = (0..stages.len())
            .map(|stage| {
                let base = |point: &Point| Span::run_rate(Some(stage)).cost(&point.staff, |_, _| point.base);
                run_rates[stage + 1] - points.iter().map(base).sum::<i128>()
            })
            .collect();
        let Some(last) = rises.last().copied().filter(|rise| *rise > 0) else {
            return Err(vec!["the offer adds nothing to the rates of these staff, so there is no money to redistribute".to_owned()]);
        };
        let mut shares: Vec<Ratio> = rises.iter().map(|rise| Ratio::new((*rise).clamp(0, last), last)).collect();
        if let Some(share) = shares.last_mut() {
            *share = Ratio::ONE;
        }
        let span = span_of(reading, &stages);
        let target_pence = offered(&span);
        let base_pence = points.iter().map(|point| span.cost(&point.staff, |_, _| point.base)).sum();
        if target_pence <= base_pence {
            return Err(vec![match reading {
                CostReading::RunRate => {
                    "the offer adds nothing to the rates of these staff, so there is no money to redistribute".to_owned()
                }
                CostReading::InYear(year) => format!("the offer adds nothing in {}, so there is no money to redistribute", year.name()),
            }]);
        }
        Ok(Self { tables, points, stages, reading, target_pence, base_pence, run_rates, shares, own, moved: Vec::new() })
    }

    /// The months that the reading adds up.
    pub(crate) fn span(&self) -> Span {
        span_of(self.reading, &self.stages)
    }

    /// Spec P67: the rate of a stage when everybody has that share of their rise, down to the unit of the scale.
    pub(crate) fn staged(point: &Point, last: Pence, share: Ratio) -> Pence {
        if share == Ratio::ONE {
            return last;
        }
        let exact = point.base.ratio() + (last.ratio() - point.base.ratio()) * share;
        let units = (exact / Ratio::whole(point.unit_pence)).floor();
        Pence(i64::try_from(units * i128::from(point.unit_pence)).unwrap_or(i64::MAX)).max(point.base)
    }

    /// The cost of a point under the reading, if its rate at the end is this.
    pub(crate) fn point_cost(&self, span: &Span, at: usize, last: Pence) -> i128 {
        let point = &self.points[at];
        let CostReading::InYear(_) = self.reading else { return span.cost(&point.staff, |_, _| last) };
        let staged: Vec<Pence> = self.shares.iter().map(|share| Self::staged(point, last, *share)).collect();
        span.cost(&point.staff, |_, stage| stage.map_or(point.base, |stage| staged[stage]))
    }

    /// The cost of a pay year at rates by stage and point.
    pub fn cost_in_year(&self, year: PayYear, by_stage: &[Vec<Pence>]) -> i128 {
        let span = Span::year(year, &self.stages);
        let cost = |(at, point): (usize, &Point)| span.cost(&point.staff, |_, stage| stage.map_or(point.base, |stage| by_stage[stage][at]));
        self.points.iter().enumerate().map(cost).sum()
    }

    /// The cost of a pay year under the offer.
    pub fn offered_in_year(&self, year: PayYear) -> i128 {
        let span = Span::year(year, &self.stages);
        let rate = |point: &Point, row: usize, stage: Option<usize>| stage.map_or(point.base, |stage| point.rows[row].offered[stage]);
        self.points.iter().map(|point| span.cost(&point.staff, |row, stage| rate(point, row, stage))).sum()
    }

    /// People whose rates are found.
    pub fn headcount(&self) -> u64 {
        self.points.iter().map(Point::headcount).sum()
    }
}

fn span_of(reading: CostReading, stages: &[Date]) -> Span {
    match reading {
        CostReading::RunRate => Span::run_rate(stages.len().checked_sub(1)),
        CostReading::InYear(year) => Span::year(year, stages),
    }
}

/// What makes a row the same in two nations.
fn of_table(row: &Row) -> (&str, &str, &pay::RatePath, Option<&(String, Date)>) {
    (&row.point, &row.band, &row.path, row.moved_to.as_ref())
}

/// Adds up people of one row with the same hours, so that the order of a file makes no difference.
fn merge_alike(staff: &mut Vec<StaffOn>) {
    staff.sort_by_key(|group| (group.row, group.from_stage, group.portion));
    staff.dedup_by(|next, kept| {
        let same = (next.row, next.from_stage, next.portion) == (kept.row, kept.from_stage, kept.portion);
        if same {
            kept.headcount += next.headcount;
        }
        same
    });
}
