//! What people and scripts see: the short answer first, then point by point.

use ::redistribute::{Aim, Answer, Binding, CostReading, FrontierRow, Infeasible, LimitKind, Rule};
use dated::{Ratio, long_date};
use pay::{Pence, grouped};
use serde_json::{Value as Json, json};

use super::Shown;
use super::lawful::stages_below;
use crate::answer::{self, Outcome, Table, number};

/// Pence of a whole pay bill, in words.
fn sum(pence: i128) -> String {
    Pence(i64::try_from(pence).unwrap_or(i64::MAX)).to_string()
}

fn pence_json(pence: i128) -> Json {
    json!(i64::try_from(pence).unwrap_or(i64::MAX))
}

fn in_pounds(pence: Pence) -> Json {
    number(pence.pounds(), 2)
}

/// An aim that was reached, in words: £21,000; 1.234%; £250 a year.
fn aim_words(aim: Aim, reached: i64) -> String {
    match aim {
        Aim::Floor => Pence(reached).to_string(),
        Aim::RisePercent => format!("{}%", Ratio::new(reached.into(), 1_000_000).to_fixed(3)),
        Aim::RisePounds => format!("{} a year", Pence(reached)),
    }
}

fn aim_json(aim: Aim, value: Ratio) -> Json {
    match aim {
        Aim::Floor => json!({ "aim": "floor", "pounds": number(value / Ratio::whole(100), 4) }),
        Aim::RisePercent => json!({ "aim": "rise-percent", "percent": number(value / Ratio::whole(1_000_000), 6) }),
        Aim::RisePounds => json!({ "aim": "rise-pounds", "pounds": number(value / Ratio::whole(100), 4) }),
    }
}

fn some_people(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{} people", grouped(count)) }
}

impl Shown<'_> {
    fn reading_words(&self) -> String {
        match self.money.reading {
            CostReading::RunRate => "of basic pay a year, at the rates at the end".to_owned(),
            CostReading::InYear(year) => format!("of basic pay in {}", year.name()),
        }
    }

    fn reading_json(&self) -> Json {
        match self.money.reading {
            CostReading::RunRate => json!({ "cost": "run-rate", "pay": "basic" }),
            CostReading::InYear(year) => json!({ "cost": "in-year", "pay_year": year.name(), "pay": "basic" }),
        }
    }

    /// The name of a point; with its place where several tables are in play.
    fn point_name(&self, at: usize) -> String {
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

    fn lowest_offered(&self) -> Pence {
        self.money.points.iter().flat_map(|point| &point.rows).filter_map(|row| row.offered.last()).copied().min().unwrap_or_default()
    }

    fn notes(&self, answer: Option<&Answer>) -> Vec<String> {
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
                some_people(own.headcount),
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

    /// Answers that the limits cannot be kept.
    pub(super) fn refuse(&self, none: &Infeasible, as_json: bool) -> Outcome {
        if as_json {
            let conflict: Vec<Json> = none
                .conflict
                .iter()
                .map(|wish| {
                    json!({
                        "kind": wish.kind.word(),
                        "what": wish.words,
                        "points": wish.points.iter().map(|at| self.point_name(*at)).collect::<Vec<_>>(),
                        "saves_pence": wish.saves_pence.map(pence_json),
                    })
                })
                .collect();
            answer::print_json(&json!({
                "dispute": self.dispute.id,
                "offer": self.offer.id,
                "workforce": self.workforce_json(),
                "reading": self.reading_json(),
                "target_pence": pence_json(self.money.target_pence),
                "cost_difference_pence": Json::Null,
                "points": [],
                "binding": [],
                "infeasible": {
                    "why": none.why,
                    "short_pence": none.short_pence.map(pence_json),
                    "pair": none.pair.map(|(lower, upper)| [self.point_name(lower), self.point_name(upper)]),
                    "conflict": conflict,
                },
                "notes": self.notes(None),
            }));
            return Outcome::No;
        }
        let mut text = format!("No: {}.\n", none.why);
        text.push_str(&format!("The money is {} {}.\n", sum(self.money.target_pence), self.reading_words()));
        if !none.conflict.is_empty() {
            text.push_str("These cannot all be kept; without any one of them the others can:\n");
            for wish in &none.conflict {
                let place = match (wish.kind, wish.points.as_slice()) {
                    (LimitKind::Gap, [_, upper]) => format!("point {} ", self.point_name(*upper)),
                    _ => String::new(),
                };
                let saves = match wish.saves_pence {
                    Some(saves) if saves > 0 => format!(" (without it everything else costs {} less)", sum(saves)),
                    _ => String::new(),
                };
                text.push_str(&format!("  {place}{}{saves}\n", wish.words));
            }
        }
        for note in self.notes(None) {
            text.push_str(&format!("note: {note}\n"));
        }
        answer::print(&text);
        Outcome::No
    }

    fn workforce_json(&self) -> Json {
        json!({
            "title": self.workforce.title,
            "synthetic": self.workforce.synthetic,
            "people": self.money.headcount(),
            "own_salaries": self.money.own.headcount,
        })
    }

    /// Answers with rates.
    pub(super) fn answer(&self, answer: &Answer, frontier: (Aim, &[FrontierRow]), written: Option<&str>, as_json: bool) {
        if as_json {
            answer::print_json(&self.answer_json(answer, frontier, written));
            return;
        }
        let mut text = self.short_answer(answer);
        text.push('\n');
        text.push_str(&self.point_table(answer).text());
        if answer.stages.len() > 1 {
            text.push_str("\nStage by stage, a year at the rates of each:\n");
            let mut table = Table::new(&["from", ">the offer", ">these rates", ">difference", ">lowest rate"]);
            for stage in &answer.stages {
                table.row([
                    stage.from.to_string(),
                    sum(stage.offered_pence),
                    sum(stage.run_rate_pence),
                    sum(stage.run_rate_pence - stage.offered_pence),
                    stage.rates.iter().min().copied().unwrap_or_default().to_string(),
                ]);
            }
            text.push_str(&table.text());
            for year in &self.years {
                let difference = answer.difference_in_year(self.money, *year);
                text.push_str(&format!("  paid in {}: {} than under the offer\n", year.name(), more_or_less(difference)));
            }
        }
        let (rest, rows) = frontier;
        if !rows.is_empty() {
            text.push_str("\nWhat a higher floor leaves for everybody else:\n");
            let mut table =
                Table::new(&[">lowest rate", ">rise of all others", ">not spent", ">people with more", ">with less", ">most lost"]);
            for row in rows {
                table.row([
                    row.floor.to_string(),
                    aim_words(rest, row.rise),
                    sum(row.left_pence),
                    grouped(row.people[0]),
                    grouped(row.people[1]),
                    row.most_lost.to_string(),
                ]);
            }
            text.push_str(&table.text());
        }
        for note in self.notes(Some(answer)) {
            text.push_str(&format!("note: {note}\n"));
        }
        match written {
            Some(path) => text.push_str(&format!("wrote {path}\nnext: whitley check {}\n", self.folder)),
            None => {
                text.push_str("next: add --out offers/NAME.toml to have these rates as an offer, or --frontier 9 to see other floors\n")
            }
        }
        answer::print(&text);
    }

    fn short_answer(&self, answer: &Answer) -> String {
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
            some_people(self.money.headcount()),
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
        text.push_str(&self.binding_text(answer));
        text
    }

    /// The proof in a sentence or two.
    fn why_not_more(&self, answer: &Answer) -> String {
        let (next, cost) = answer.next;
        match (answer.aim, cost) {
            (Aim::Floor, Some(cost)) => {
                let over = sum(cost - self.money.target_pence);
                let steps = match answer.steps_to_bound(self.money) {
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

    fn binding_text(&self, answer: &Answer) -> String {
        let mut text = String::new();
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
            text.push_str(&format!("  point {} {}{worth}\n", self.point_name(one.limit.point), one.limit.words));
        }
        if gaps.len() > 5 {
            text.push_str(&format!("  and {} more gaps\n", gaps.len() - 5));
        }
        for (words, names) in groups {
            let points = if names.len() == 1 { format!("point {}", names[0]) } else { format!("points {}", shortened(&names)) };
            text.push_str(&format!("  {words}: {points}\n"));
        }
        if text.is_empty() { text } else { format!("What binds, besides the money:\n{text}") }
    }

    fn point_table(&self, answer: &Answer) -> Table {
        let mut table = Table::new(&["point", "band", ">people", ">today", ">the offer", ">new rate", ">rise", ">against the offer"]);
        for point in &answer.points {
            let base = self.money.points[point.point].base;
            table.row([
                self.point_name(point.point),
                point.bands.clone(),
                grouped(point.people),
                base.to_string(),
                point.offered.to_string(),
                point.rate.to_string(),
                format!("{}%", point.rate.percent_above(base).to_fixed(2)),
                match point.difference() {
                    more if more > Pence::ZERO => format!("+{more}"),
                    less => less.to_string(),
                },
            ]);
        }
        table
    }

    fn answer_json(&self, answer: &Answer, (rest, rows): (Aim, &[FrontierRow]), written: Option<&str>) -> Json {
        let points: Vec<Json> = answer
            .points
            .iter()
            .map(|row| {
                let point = &self.money.points[row.point];
                let table = &self.money.tables[point.table];
                json!({
                    "point": point.name,
                    "band": row.bands,
                    "nations": table.nations,
                    "group": table.group,
                    "scale": table.scale,
                    "people": row.people,
                    "whole_time": number(row.whole_time, 4),
                    "base": in_pounds(point.base),
                    "offered": in_pounds(row.offered),
                    "rate": in_pounds(row.rate),
                    "rise_percent": number(row.rate.percent_above(point.base), 6),
                    "difference": in_pounds(row.difference()),
                    "stages": answer.stages.iter().map(|stage| json!({ "from": stage.from.to_string(), "rate": in_pounds(stage.rates[row.point]) })).collect::<Vec<_>>(),
                })
            })
            .collect();
        let extreme = |at: Option<usize>| {
            at.map(|at| {
                let row = &answer.points[at];
                json!({ "point": self.point_name(row.point), "band": row.bands, "difference": in_pounds(row.difference()), "people": row.people })
            })
        };
        let proof = answer.proof.as_ref().map(|proof| {
            json!({
                "no_rates_exceed": aim_json(answer.aim, proof.bound),
                "solver": proof.solver_said.as_ref().ok().map(|said| aim_json(answer.aim, *said)),
                "solver_failed": proof.solver_said.as_ref().err(),
                "steps_between": answer.steps_to_bound(self.money).map(pence_json),
            })
        });
        let compared = &answer.compared;
        json!({
            "dispute": self.dispute.id,
            "offer": self.offer.id,
            "workforce": self.workforce_json(),
            "reading": self.reading_json(),
            "target_pence": pence_json(answer.target_pence),
            "cost_pence": pence_json(answer.cost_pence),
            "cost_difference_pence": pence_json(answer.cost_pence - answer.target_pence),
            "remainder": {
                "left_pence": pence_json(answer.remainder.left_pence),
                "next_step": answer.remainder.cheapest.map(|step| json!({ "point": self.point_name(step.point), "cost_pence": pence_json(step.cost_pence) })),
            },
            "lowest": {
                "today": in_pounds(self.money.points.iter().map(|point| point.base).min().unwrap_or_default()),
                "offered": in_pounds(self.lowest_offered()),
                "rate": in_pounds(answer.floor()),
            },
            "reached": aim_json(answer.aim, Ratio::whole(answer.reached)),
            "next": {
                "what": aim_json(answer.aim, Ratio::whole(answer.next.0)),
                "over_pence": answer.next.1.map(|cost| pence_json(cost - answer.target_pence)),
            },
            "proof": proof,
            "compared": {
                "gain": compared.gain,
                "lose": compared.lose,
                "same": compared.same,
                "most_gained": extreme(compared.most_gained),
                "most_lost": extreme(compared.most_lost),
            },
            "binding": self.binding_json(answer),
            "points": points,
            "stages": answer.stages.iter().map(|stage| json!({
                "from": stage.from.to_string(),
                "offered_pence": pence_json(stage.offered_pence),
                "cost_pence": pence_json(stage.run_rate_pence),
                "cost_difference_pence": pence_json(stage.run_rate_pence - stage.offered_pence),
                "as_asked": stage.as_asked,
            })).collect::<Vec<_>>(),
            "years": self.years.iter().map(|year| json!({
                "pay_year": year.name(),
                "cost_difference_pence": pence_json(answer.difference_in_year(self.money, *year)),
            })).collect::<Vec<_>>(),
            "frontier": rows.iter().map(|row| json!({
                "floor": in_pounds(row.floor),
                "rest": aim_json(rest, Ratio::whole(row.rise)),
                "cost_pence": pence_json(row.cost_pence),
                "left_pence": pence_json(row.left_pence),
                "gain": row.people[0],
                "lose": row.people[1],
                "same": row.people[2],
                "most_lost": in_pounds(row.most_lost),
            })).collect::<Vec<_>>(),
            "written": written,
            "legal_minimum": self.lawful.rate.map(in_pounds),
            "notes": self.notes(Some(answer)),
        })
    }

    fn binding_json(&self, answer: &Answer) -> Json {
        let money = json!({ "kind": "money", "what": format!("{} {}", sum(self.money.target_pence), self.reading_words()), "points": [] });
        let by_money = answer.next.1.is_some().then_some(money);
        let limits = answer.binding.iter().map(|one| {
            let points = match one.limit.rule {
                Rule::Above { lower, .. } => vec![self.point_name(lower), self.point_name(one.limit.point)],
                _ => vec![self.point_name(one.limit.point)],
            };
            json!({
                "kind": one.limit.kind.word(),
                "what": one.limit.words,
                "points": points,
                "worth_of_a_pound": one.worth.map(|worth| aim_json(answer.aim, worth)),
            })
        });
        by_money.into_iter().chain(limits).collect()
    }
}

fn more_or_less(difference: i128) -> String {
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
