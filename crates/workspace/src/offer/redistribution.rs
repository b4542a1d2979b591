//! The money of an offer shared out anew, lowest pay first: the question as people put it, and what is said of the answer.

use dated::{Date, Ratio, long_date};
use dispute::{Dispute, Library};
use pay::{Framework, Offer, PayYear, Pence, Side, Workforce, grouped};
use redistribute::{Aim, Answer, Binding, CostReading, Infeasible, Ladder, LimitKind, Money, StageRule, Wishes, frontier, redistribute};
use report::{Floor, Redistribution};

use super::bill::{heads, seen_by};

/// How many floors are shown of an offer's money.
pub const FLOORS: usize = 9;

/// Everything about one question: whose money, what is asked of the new rates.
pub struct Sharing<'s> {
    /// The dispute.
    pub dispute: &'s Dispute,
    /// The published data.
    pub library: &'s Library,
    /// The offer whose money is used.
    pub offer: &'s Offer,
    /// Who is paid.
    pub workforce: &'s Workforce,
    /// What the offer costs on them.
    pub money: Money,
    /// The pay years that the offer has steps in.
    pub years: Vec<PayYear>,
    /// What the law asks of the lowest rate.
    pub lawful: Lawful,
    /// Points and limits.
    pub ladder: Ladder,
}

impl<'s> Sharing<'s> {
    /// The money of an offer on a workforce, under wishes; the legal minimum is put into these.
    ///
    /// # Errors
    /// A sentence: the offer has no money that is known, or a wish cannot be asked.
    pub fn new(
        (dispute, library): (&'s Dispute, &'s Library),
        framework: &Framework<'_>,
        offer: &'s Offer,
        workforce: &'s Workforce,
        reading: CostReading,
        legal_minimum: LegalMinimum,
        wishes: &Wishes,
    ) -> Result<Self, String> {
        let years = years_of_steps(framework, offer)?;
        let money = Money::of(framework, offer, workforce, reading).map_err(|why| why.join("\n"))?;
        let lawful = Lawful::of(legal_minimum, library, framework, offer, &money);
        let wishes = Wishes { legal_minimum: lawful.rate, ..wishes.clone() };
        let limits = wishes.limits(&money.points).map_err(|why| why.join("\n"))?;
        let ladder = Ladder::new(money.points.clone(), limits);
        Ok(Self { dispute, library, offer, workforce, money, years, lawful, ladder })
    }

    /// The new rates; or which limits cannot be kept together. What is given was added up once more, and every limit looked at once
    /// more.
    ///
    /// # Errors
    /// A sentence when that shows a bug of ours.
    pub fn solve(&self, aim: Aim, stage_rule: StageRule) -> Result<Result<Answer, Box<Infeasible>>, String> {
        let answer = match redistribute(&self.money, &self.ladder, aim, stage_rule) {
            Ok(answer) => answer,
            Err(none) => return Ok(Err(none)),
        };
        let broken = self.ladder.broken(&answer.rates);
        if answer.added_again(&self.money) != answer.cost_pence || answer.cost_pence > answer.target_pence || !broken.is_empty() {
            return Err(
                "the rates that were found do not keep the limits or the money; this is a fault of ours, nothing is shown".to_owned()
            );
        }
        Ok(Ok(answer))
    }

    /// Which money is meant.
    pub fn reading_words(&self) -> String {
        match self.money.reading {
            CostReading::RunRate => "of basic pay a year, at the rates at the end".to_owned(),
            CostReading::InYear(year) => format!("of basic pay in {}", year.name()),
        }
    }

    /// The name of a point; with its place where several tables are in play.
    pub fn point_name(&self, at: usize) -> String {
        let point = &self.money.points[at];
        if self.money.tables.len() < 2 {
            return point.name.clone();
        }
        let table = &self.money.tables[point.table];
        let group = table.group.as_ref().map(|group| format!(", {group}")).unwrap_or_default();
        let shown_scale = self.money.tables.iter().any(|other| other.scale != table.scale);
        let scale = if shown_scale { format!(", {}", table.scale) } else { String::new() };
        format!("{} ({}{group}{scale})", point.name, table.nations.join(", "))
    }

    /// The lowest rate that the offer ends with.
    pub fn lowest_offered(&self) -> Pence {
        self.money.points.iter().flat_map(|point| &point.rows).filter_map(|row| row.offered.last()).copied().min().unwrap_or_default()
    }

    /// What must be said beside the answer, in clauses without a full stop.
    pub fn notes(&self, answer: Option<&Answer>) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(made_from) = &self.workforce.synthetic {
            notes.push(format!("the workforce is synthetic: {made_from}"));
        }
        notes.push("counted is basic pay at the points people are on: no increments, supplements or employers' contributions".to_owned());
        notes.extend(self.lawful.words.clone());
        if let Some(answer) = answer {
            notes.extend(stages_below(self.library, &self.dispute.framework(), self.offer, answer));
        }
        let own = &self.money.own;
        if own.headcount > 0 {
            notes.push(format!(
                "{} on salaries of their own keep what the offer gives them ({} a year more than today); it is not redistributed",
                heads(own.headcount),
                sum(own.offered_pence - own.base_pence)
            ));
        }
        let mut moved: Vec<String> =
            self.money.moved.iter().map(|moved| format!("point {} goes on {}", moved.name, long_date(moved.on))).collect();
        moved.dedup();
        if !moved.is_empty() {
            notes.push(format!(
                "{}: until then its staff have what the offer gives, afterwards the rate of their new point",
                moved.join(", ")
            ));
        }
        if let Some(lowest) = self.money.points.first().filter(|point| point.headcount() == 0) {
            notes.push(format!("nobody is on point {}, the lowest; new starters would be", lowest.name));
        }
        if !self.offer.lumps.is_empty() {
            notes.push("one-off sums stay as they are in the offer and are not part of the money".to_owned());
        }
        if let Some(last) = answer.and_then(|answer| answer.stages.last())
            && last.run_rate_pence > last.offered_pence
        {
            notes.push(format!(
                "at the end these rates cost {} a year more than the offer's: only the pay year was held to its money",
                sum(last.run_rate_pence - last.offered_pence)
            ));
        }
        let missed: Vec<String> =
            answer.iter().flat_map(|answer| &answer.stages).filter(|stage| !stage.as_asked).map(|stage| long_date(stage.from)).collect();
        if !missed.is_empty() {
            notes.push(format!("the stage of {} could not be solved by itself and has the same split instead", missed.join(" and of ")));
        }
        notes
    }

    /// The answer in a few lines.
    pub fn short_answer(&self, answer: &Answer) -> String {
        let compared = &answer.compared;
        let mut text = format!(
            "{} {} {} ({} more than today): lowest pay {} instead of {}",
            if answer.remainder.cheapest.is_none() && answer.remainder.left_pence > 0 { "Within" } else { "With the same" },
            sum(self.money.target_pence),
            self.reading_words(),
            sum(self.money.target_pence - self.money.base_pence),
            answer.floor(),
            self.lowest_offered()
        );
        if answer.aim != Aim::Floor {
            text.push_str(&format!(", and {} for everybody else", aim_words(answer.aim, answer.reached)));
        }
        text.push_str(&format!(
            ".\nOf {}, {} get more than under {}, {} get less, {} the same",
            heads(self.money.headcount()),
            grouped(compared.gain),
            self.offer.id,
            grouped(compared.lose),
            grouped(compared.same)
        ));
        let at = |point: usize| (answer.points[point].difference(), self.point_name(answer.points[point].point));
        if let Some((gained, name)) = compared.most_gained.map(at) {
            text.push_str(&format!("; most gained {gained} a year (point {name})"));
        }
        if let Some((lost, name)) = compared.most_lost.map(at) {
            text.push_str(&format!("; most lost {} a year (point {name})", -lost));
        }
        text.push_str(".\n");
        text.push_str(&match (answer.remainder.left_pence, answer.remainder.cheapest) {
            (0, _) => "The cost is the same to the penny.\n".to_owned(),
            (left, Some(step)) => format!(
                "{} is not spent: the next step, for point {}, would cost {}.\n",
                sum(left),
                self.point_name(step.point),
                sum(step.cost_pence)
            ),
            (left, None) => format!("{} is not spent: caps stop every further rise.\n", sum(left)),
        });
        text.push_str(&self.why_not_more(answer));
        let binding = self.binding_lines(answer);
        if !binding.is_empty() {
            text.push_str("What binds, besides the money:\n");
            binding.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        }
        text
    }

    /// The proof in a sentence or two.
    pub fn why_not_more(&self, answer: &Answer) -> String {
        let (next, cost) = answer.next;
        match (answer.aim, cost) {
            (Aim::Floor, Some(cost)) => {
                let over = sum(cost - self.money.target_pence);
                let steps = match answer.steps_to_bound(&self.money) {
                    Some(0) => ", and no rates at all, rounded or not, reach it".to_owned(),
                    Some(1) => "; unrounded rates could be at most one step higher".to_owned(),
                    Some(steps) => format!("; unrounded rates could be at most {steps} steps higher"),
                    None => String::new(),
                };
                format!("Higher is not possible: a lowest rate of {} costs {over} more than the money at the least{steps}.\n", Pence(next))
            }
            (Aim::Floor, None) => "The lowest rate is stopped by a cap, not by the money.\n".to_owned(),
            (_, Some(_)) => String::new(),
            (_, None) => "The rise of everybody else is stopped by caps, not by the money.\n".to_owned(),
        }
    }

    /// What binds besides the money, each a line: gaps first, those worth most before the others.
    pub fn binding_lines(&self, answer: &Answer) -> Vec<String> {
        let mut lines = Vec::new();
        // Those of one kind and wording together, unless they are gaps, which have a worth of their own.
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        let mut gaps: Vec<&Binding> = answer.binding.iter().filter(|one| one.limit.kind == LimitKind::Gap).collect();
        gaps.sort_by_key(|one| (std::cmp::Reverse(one.worth), one.limit.point));
        for one in answer.binding.iter().filter(|one| one.limit.kind != LimitKind::Gap) {
            let words = match one.limit.kind {
                LimitKind::Today => "no less than today".to_owned(),
                LimitKind::Order => "nobody overtakes anybody, a step more within a band".to_owned(),
                _ => one.limit.words.clone(),
            };
            let name = self.point_name(one.limit.point);
            match groups.iter_mut().find(|(known, _)| *known == words) {
                Some((_, names)) => names.push(name),
                None => groups.push((words, vec![name])),
            }
        }
        for one in gaps.iter().take(5) {
            let worth = match one.worth {
                Some(worth) if answer.aim == Aim::Floor && worth >= Ratio::ONE => {
                    format!(": a pound less of it lifts the lowest rate by {}", Pence::nearest(worth))
                }
                _ => String::new(),
            };
            lines.push(format!("point {} {}{worth}", self.point_name(one.limit.point), one.limit.words));
        }
        if gaps.len() > 5 {
            lines.push(format!("and {} more gaps", gaps.len() - 5));
        }
        for (words, names) in groups {
            let points = if names.len() == 1 { format!("point {}", names[0]) } else { format!("points {}", shortened(&names)) };
            lines.push(format!("{words}: {points}"));
        }
        lines
    }

    /// The wishes that cannot all be kept, each a line.
    pub fn conflict_lines(&self, none: &Infeasible) -> Vec<String> {
        let line = |wish: &redistribute::Conflict| {
            let place = match (wish.kind, wish.points.as_slice()) {
                (LimitKind::Gap, [_, upper]) => format!("point {} ", self.point_name(*upper)),
                _ => String::new(),
            };
            let saves = match wish.saves_pence {
                Some(saves) if saves > 0 => format!(" (without it everything else costs {} less)", sum(saves)),
                _ => String::new(),
            };
            format!("{place}{}{saves}", wish.words)
        };
        none.conflict.iter().map(line).collect()
    }
}

/// The pay years that an offer has steps in.
///
/// # Errors
/// A sentence when it has no dated steps.
pub fn years_of_steps(framework: &Framework<'_>, offer: &Offer) -> Result<Vec<PayYear>, String> {
    let Some(first) = framework.first_pay_year(offer) else {
        return Err(format!("{} has no dated steps, so its money is not known", offer.id));
    };
    let last = offer.steps.last().map_or(first, |step| PayYear::holding(step.from, framework.year_start_month));
    Ok(std::iter::successors(Some(first), |year| Some(year.next())).take_while(|year| *year <= last).collect())
}

/// Pence of a whole pay bill, in words.
pub fn sum(pence: i128) -> String {
    Pence(i64::try_from(pence).unwrap_or(i64::MAX)).to_string()
}

/// An aim that was reached, in words: £21,000; 1.234%; £250 a year.
pub fn aim_words(aim: Aim, reached: i64) -> String {
    match aim {
        Aim::Floor => Pence(reached).to_string(),
        Aim::RisePercent => format!("{}%", Ratio::new(reached.into(), 1_000_000).to_fixed(3)),
        Aim::RisePounds => format!("{} a year", Pence(reached)),
    }
}

/// A difference in words: £3 less.
pub fn more_or_less(difference: i128) -> String {
    match difference {
        0 => "not a penny more or less".to_owned(),
        less if less < 0 => format!("{} less", sum(-less)),
        more => format!("{} more", sum(more)),
    }
}

/// The first and the last of many names.
fn shortened(names: &[String]) -> String {
    if names.len() <= 8 {
        names.join(", ")
    } else {
        format!("{}, … {} ({} in all)", names[..4].join(", "), names[names.len() - 1], names.len())
    }
}

/// The frontier: floors at so many equal distances under the money of the first side that allows it.
///
/// # Errors
/// For each side why not.
pub fn floors(
    sides: &[Side<'_>],
    workforce: &Workforce,
    framework: &Framework<'_>,
    library: &Library,
    count: usize,
) -> Result<Redistribution, Vec<String>> {
    let mut refused = Vec::new();
    for side in sides {
        match of_side(side, &seen_by(side, workforce), framework, library, count) {
            Ok(mut found) => {
                found.notes.extend(refused);
                return Ok(found);
            }
            Err(why) => refused.push(format!("The money of “{}” cannot be shared out anew: {why}.", side.name)),
        }
    }
    Err(refused)
}

fn of_side(
    side: &Side<'_>,
    workforce: &Workforce,
    framework: &Framework<'_>,
    library: &Library,
    count: usize,
) -> Result<Redistribution, String> {
    let money = Money::of(framework, side.offer, workforce, CostReading::RunRate).map_err(|why| why.join("; "))?;
    let lawful = Lawful::of(LegalMinimum::Law, library, framework, side.offer, &money);
    let wishes = Wishes { legal_minimum: lawful.rate, ..Wishes::default() };
    let ladder = Ladder::new(money.points.clone(), wishes.limits(&money.points).map_err(|why| why.join("; "))?);
    let rows = frontier(&money, &ladder, Aim::RisePercent, count);
    if rows.is_empty() {
        return Err(match redistribute(&money, &ladder, Aim::Floor, StageRule::SameSplit) {
            Err(none) => none.why,
            Ok(_) => "no floor leaves an equal rise for the others".to_owned(),
        });
    }
    let mut notes = vec!["This counts basic pay at the points people are on: no increments, one-off sums or contributions.".to_owned()];
    notes.extend(lawful.words.map(|words| sentence(&words)));
    if money.own.headcount > 0 {
        notes.push(format!("{} people on salaries of their own keep what the offer gives them.", grouped(money.own.headcount)));
    }
    let lowest_offered = money.points.iter().flat_map(|point| &point.rows).filter_map(|row| row.offered.last()).copied().min();
    Ok(Redistribution {
        offer: side.name.clone(),
        more_pence: money.target_pence - money.base_pence,
        lowest: [money.points.iter().map(|point| point.base).min().unwrap_or_default(), lowest_offered.unwrap_or_default()],
        floors: rows
            .into_iter()
            .map(|row| Floor {
                rate: row.floor,
                rest_percent: Ratio::new(row.rise.into(), 1_000_000),
                left_pence: row.left_pence,
                people: row.people,
                most_lost: row.most_lost,
            })
            .collect(),
        notes,
    })
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// What is asked of the lowest rate for the law's sake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegalMinimum {
    /// The minimum wage of the days on which the new rates hold.
    Law,
    /// Nothing.
    Nothing,
    /// So many pounds a year.
    At(Pence),
}

/// The limit, and a sentence about where it comes from or why there is none.
#[derive(Clone, Debug)]
pub struct Lawful {
    /// So many pence a year.
    pub rate: Option<Pence>,
    /// Where it comes from, or why there is none.
    pub words: Option<String>,
}

impl Lawful {
    fn of(asked: LegalMinimum, library: &Library, framework: &Framework<'_>, offer: &Offer, money: &Money) -> Self {
        let until = end_of(framework, offer);
        let from = money.stages.last().copied();
        match (asked, from, until, framework.full_time_hours) {
            (LegalMinimum::At(rate), ..) => Self { rate: Some(rate), words: None },
            (LegalMinimum::Nothing, ..) => Self { rate: None, words: None },
            (LegalMinimum::Law, Some(from), Some(until), Some(hours)) => match library.minimum_wage.least_annual(hours, from, until) {
                Ok((rate, hourly, day)) => Self {
                    rate: Some(rate),
                    words: Some(format!(
                        "no rate at the end may be below {rate} a year: the legal minimum of {hourly} an hour on {}, {} hours a week",
                        long_date(day),
                        hours.to_short(2)
                    )),
                },
                Err(missing) => Self { rate: None, words: Some(format!("the legal minimum was not looked at: {missing}")) },
            },
            (LegalMinimum::Law, ..) => Self {
                rate: None,
                words: Some("the legal minimum was not looked at: the hours of a full-time week are not known".to_owned()),
            },
        }
    }
}

fn end_of(framework: &Framework<'_>, offer: &Offer) -> Option<Date> {
    offer.steps.last().map(|step| PayYear::holding(step.from, framework.year_start_month).end())
}

/// Stages before the last at which a rate is below the legal minimum, each a sentence: the limit is on the rates at the end.
fn stages_below(library: &Library, framework: &Framework<'_>, offer: &Offer, answer: &Answer) -> Vec<String> {
    let (Some(hours), Some(end)) = (framework.full_time_hours, end_of(framework, offer)) else { return Vec::new() };
    let ends = answer.stages.iter().skip(1).map(|stage| stage.from).chain([end]);
    let mut found = Vec::new();
    for (stage, until) in answer.stages.iter().zip(ends) {
        let (Some(lowest), Ok((least, hourly, day))) =
            (stage.rates.iter().min(), library.minimum_wage.least_annual(hours, stage.from, until))
        else {
            continue;
        };
        if *lowest < least {
            found.push(format!(
                "the lowest rate from {}, {lowest}, is below the legal minimum of {hourly} an hour on {}",
                long_date(stage.from),
                long_date(day)
            ));
        }
    }
    found
}
