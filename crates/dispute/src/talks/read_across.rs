//! N29 to N31: one offer read across to the rates of another agreement, clause by clause: what fits, what does not, and why.

use pay::{BandEnd, Change, Offer, Rise, Row, Scale, ScaleTable, Select, View, rates_of_offer};

/// Where an offer is read across to.
#[derive(Clone, Copy, Debug)]
pub struct ReadTo<'d> {
    /// The scale of the other agreement; `None` where it is not in the data.
    pub scale: Option<&'d Scale>,
    /// The nation whose table of it is taken.
    pub nation: &'d str,
    /// The group of staff, if it is one of the dispute's.
    pub group: Option<&'d str>,
}

/// A clause on the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadClause {
    /// Where it stands in the offer's file.
    pub place: dated::Place,
    /// What it says: its own words if the file has them, else what it does.
    pub clause: String,
    /// Whether it fits.
    pub fit: Fit,
}

/// Whether a clause fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It can be applied as it stands.
    Fits,
    /// It can be applied, and reaches nobody there.
    ReachesNobody(String),
    /// It cannot be applied: why.
    Misfit(String),
    /// The rates of the other agreement are not in the data, and the clause cannot be judged without them.
    NotKnown(String),
}

/// An offer read across.
#[derive(Clone, Debug)]
pub struct ReadAcross {
    /// Every clause, in the order of the offer.
    pub clauses: Vec<ReadClause>,
    /// The rates under the clauses that fit; empty without a scale.
    pub rows: Vec<Row>,
}

impl ReadAcross {
    /// The clauses that do not fit.
    pub fn mismatches(&self) -> impl Iterator<Item = &ReadClause> {
        self.clauses.iter().filter(|clause| matches!(clause.fit, Fit::Misfit(_)))
    }
}

/// N29: reads an offer across. What is said of the offer's own groups, nations and scales as a whole is left aside: that is the question.
pub fn read_across(offer: &Offer, to: ReadTo<'_>) -> ReadAcross {
    let table = match (to.scale, offer.base_date) {
        (None, _) => Err("the rates of the other agreement are not in the data".to_owned()),
        (Some(_), None) => Err("the offer is known by its percentages only: it has no base date".to_owned()),
        (Some(scale), Some(day)) => scale.table_on(to.nation, day).map_err(|why| why.to_string()),
    };
    let mut clauses = Vec::new();
    let mut fitting = Offer { groups: Vec::new(), nations: vec![(to.nation.to_owned(), offer.place.clone())], ..offer.clone() };
    fitting.steps.clear();
    fitting.lumps.clear();
    // Points that an earlier clause brings in, and those it takes away.
    let mut points = Points { new: Vec::new(), gone: Vec::new() };
    for step in &offer.steps {
        let mut kept = step.clone();
        let said = |what: String| step.clause.clone().map_or(what.clone(), |clause| format!("{clause} ({what})"));
        let mut add = |what: String, fit: Fit| {
            clauses.push(ReadClause { place: step.place.clone(), clause: said(format!("{}: {what}", step.from)), fit });
        };
        let named = |list: &[(String, dated::Place)]| list.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let elsewhere = if !step.nations.is_empty() && step.nations.iter().all(|(name, _)| name != to.nation) {
            Some(format!("it is for {} only", named(&step.nations)))
        } else if let (false, Some(group)) = (step.groups.is_empty(), to.group)
            && step.groups.iter().all(|(name, _)| name != group)
        {
            Some(format!("it is for {} only", named(&step.groups)))
        } else if !step.groups.is_empty() && to.group.is_none() {
            Some(format!("it is for {} only, and it is not said which group stands in their place", named(&step.groups)))
        } else {
            None
        };
        (kept.nations, kept.groups) = (Vec::new(), Vec::new());
        kept.changes.clear();
        for change in &step.changes {
            let fit = match &elsewhere {
                Some(why) => Fit::Misfit(why.clone()),
                None => change_fits(change, &table, to.scale, &points),
            };
            if matches!(fit, Fit::Fits | Fit::ReachesNobody(_)) {
                kept.changes.push(change.clone());
            }
            add(change_words(change), fit);
        }
        kept.assimilate.retain(|moved| {
            let unknown = [&moved.from.0, &moved.to.0].into_iter().find(|point| !points.has(point, &table)).cloned();
            // A point that this step brings in can be moved to.
            let unknown = unknown.filter(|point| !step.new_points.iter().any(|new| new.point == *point));
            let fit = match (&elsewhere, &table, unknown) {
                (Some(why), ..) => Fit::Misfit(why.clone()),
                (None, Err(why), _) => Fit::NotKnown(why.clone()),
                (None, Ok(_), Some(point)) => Fit::Misfit(format!("there is no point {point}")),
                (None, Ok(_), None) => Fit::Fits,
            };
            let fits = fit == Fit::Fits;
            add(format!("point {} goes, its staff move to {}", moved.from.0, moved.to.0), fit);
            if fits {
                points.gone.push(moved.from.0.clone());
            }
            fits
        });
        kept.new_points.retain(|new| {
            let fit = match (&elsewhere, &table) {
                (Some(why), _) => Fit::Misfit(why.clone()),
                (None, Err(why)) => Fit::NotKnown(why.clone()),
                (None, Ok(table)) if points.has(&new.point, &Ok(table)) => Fit::Misfit(format!("there is a point {} already", new.point)),
                (None, Ok(table)) => match new.bands.iter().find(|band| !table.has_band(band)) {
                    Some(band) => Fit::Misfit(format!("there is no band {band}")),
                    None => Fit::Fits,
                },
            };
            let fits = fit == Fit::Fits;
            add(format!("a new point {} of {}", new.point, new.rate), fit);
            if fits {
                points.new.push(new.point.clone());
            }
            fits
        });
        if let Some(progression) = step.progression {
            let fit = match (&elsewhere, to.scale) {
                (Some(why), _) => Fit::Misfit(why.clone()),
                (None, None) => Fit::NotKnown("the rates of the other agreement are not in the data".to_owned()),
                (None, Some(scale)) if !scale.progression => {
                    Fit::NotKnown(format!("{} has no points between the ends of its bands in the data, so no increments", scale.title))
                }
                (None, Some(_)) => Fit::Fits,
            };
            if fit != Fit::Fits {
                kept.progression = None;
            }
            let word = match progression {
                pay::Progression::Normal => "paid as they fall due",
                pay::Progression::Frozen => "not paid",
                pay::Progression::Gated => "paid behind a gate",
            };
            add(format!("increments are {word}"), fit);
        }
        fitting.steps.push(kept);
    }
    for lump in &offer.lumps {
        let elsewhere = !lump.nations.is_empty() && lump.nations.iter().all(|(name, _)| name != to.nation);
        let fit = if elsewhere {
            Fit::Misfit(format!("it is for {} only", lump.nations.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")))
        } else {
            select_fits(&lump.select, &table, to.scale, &points, lump.select.is_everybody())
        };
        if matches!(fit, Fit::Fits | Fit::ReachesNobody(_)) {
            let mut kept = lump.clone();
            kept.nations.clear();
            fitting.lumps.push(kept);
        }
        let size = match lump.amount {
            pay::LumpAmount::Percent(percent) => format!("{}%", percent.to_short(3)),
            pay::LumpAmount::Pounds(pence) => pence.to_string(),
        };
        let clause = format!("{}: a one-off sum of {size}{}", lump.paid_on, select_words(&lump.select));
        clauses.push(ReadClause { place: lump.place.clone(), clause, fit });
    }
    let rows = match (to.scale, &table) {
        (Some(scale), Ok(_)) => {
            rates_of_offer(&fitting, scale, View { nation: to.nation, scale_nation: to.nation, group: None }).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    ReadAcross { clauses, rows }
}

struct Points {
    new: Vec<String>,
    gone: Vec<String>,
}

impl Points {
    fn has(&self, point: &str, table: &Result<&ScaleTable, String>) -> bool {
        let is_there = self.new.iter().any(|new| new == point) || table.as_ref().is_ok_and(|table| table.point(point).is_some());
        is_there && !self.gone.iter().any(|gone| gone == point)
    }
}

fn change_fits(change: &Change, table: &Result<&ScaleTable, String>, scale: Option<&Scale>, points: &Points) -> Fit {
    let is_plain = change.select.is_everybody() && change.minimum_increment_percent.is_none() && !matches!(change.rise, Rise::Rates(_));
    match select_fits(&change.select, table, scale, points, is_plain) {
        Fit::Fits => {}
        other => return other,
    }
    let Ok(known) = table else { return Fit::Fits };
    if let Rise::Rates(rates) = &change.rise
        && let missing = rates.keys().filter(|point| !points.has(point, table)).map(String::as_str).collect::<Vec<_>>()
        && !missing.is_empty()
    {
        return Fit::Misfit(format!("there is no point {}", missing.join(", ")));
    }
    if change.minimum_increment_percent.is_some() && scale.is_some_and(|scale| !scale.progression) {
        return Fit::NotKnown("the points between the ends of the bands are not in the data".to_owned());
    }
    let only_floor = change.rise == Rise::None && change.and_pence.0 == 0 && change.at_least_pence.is_none();
    match change.rate_at_least {
        Some(floor) if only_floor && known.points.iter().all(|point| point.annual >= floor) => {
            let lowest = known.points.iter().map(|point| point.annual).min().unwrap_or_default();
            Fit::ReachesNobody(format!("the lowest rate of the base date is {lowest}"))
        }
        _ => Fit::Fits,
    }
}

fn select_fits(select: &Select, table: &Result<&ScaleTable, String>, scale: Option<&Scale>, points: &Points, is_plain: bool) -> Fit {
    let known = match table {
        Ok(table) => *table,
        // A percentage or a sum for everybody can be read across to any agreement.
        Err(_) if is_plain && scale.is_none() => return Fit::Fits,
        Err(why) => return Fit::NotKnown(why.clone()),
    };
    let list = |names: Vec<&str>| names.join(", ");
    let bands: Vec<&str> = select.bands.iter().map(|(name, _)| name.as_str()).filter(|band| !known.has_band(band)).collect();
    if !bands.is_empty() {
        return Fit::Misfit(format!("there is no band {}", list(bands)));
    }
    let missing: Vec<&str> = select.points.iter().map(|(name, _)| name.as_str()).filter(|point| !points.has(point, table)).collect();
    if !missing.is_empty() {
        return Fit::Misfit(format!("there is no point {}", list(missing)));
    }
    let in_reach =
        |rate: pay::Pence| select.rate_at_most.is_none_or(|most| rate <= most) && select.rate_above.is_none_or(|above| rate > above);
    if !known.points.iter().any(|point| in_reach(point.annual)) {
        return Fit::ReachesNobody("no rate of the base date is in its reach".to_owned());
    }
    Fit::Fits
}

fn select_words(select: &Select) -> String {
    let named = |list: &[(String, dated::Place)]| list.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let mut words = String::new();
    if !select.bands.is_empty() {
        words.push_str(&format!(", bands {}", named(&select.bands)));
    }
    if !select.points.is_empty() {
        words.push_str(&format!(", points {}", named(&select.points)));
    }
    match select.only {
        Some(BandEnd::Top) => words.push_str(", tops of bands"),
        Some(BandEnd::Bottom) => words.push_str(", bottoms of bands"),
        None => {}
    }
    if let Some(most) = select.rate_at_most {
        words.push_str(&format!(", up to {most}"));
    }
    if let Some(above) = select.rate_above {
        words.push_str(&format!(", above {above}"));
    }
    words
}

fn change_words(change: &Change) -> String {
    let mut parts = Vec::new();
    match &change.rise {
        Rise::None => {}
        Rise::Percent { percent, of } => {
            let of = if *of == pay::PercentOf::Base { "the base rate" } else { "the rate in force" };
            parts.push(format!("{}% of {of}", percent.to_short(3)));
        }
        Rise::TotalPercent(percent) => parts.push(format!("{}% in all", percent.to_short(3))),
        Rise::Pounds(pence) => parts.push(format!("{pence} a year")),
        Rise::Rates(rates) => parts.push(format!("rates of points {}", rates.keys().cloned().collect::<Vec<_>>().join(", "))),
    }
    if change.and_pence.0 != 0 {
        parts.push(format!("plus {}", change.and_pence));
    }
    let sums = [
        ("or", change.or_pence),
        ("at least", change.at_least_pence),
        ("at most", change.at_most_pence),
        ("no rate below", change.rate_at_least),
    ];
    parts.extend(sums.into_iter().filter_map(|(word, sum)| sum.map(|sum| format!("{word} {sum}"))));
    if let Some(percent) = change.minimum_increment_percent {
        parts.push(format!("each point {}% above the one below", percent.to_short(3)));
    }
    format!("{}{}", parts.join(", "), select_words(&change.select))
}
