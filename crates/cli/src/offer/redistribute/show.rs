//! What people and scripts see: the short answer first, then point by point.

use ::redistribute::{Aim, Answer, CostReading, FrontierRow, Infeasible, Rule};
use dated::Ratio;
use pay::{Pence, grouped};
use serde_json::{Value as Json, json};
use workspace::offer::redistribution::{aim_words, more_or_less, sum};

use super::Shown;
use crate::answer::{self, Outcome, Table, number};

fn pence_json(pence: i128) -> Json {
    json!(i64::try_from(pence).unwrap_or(i64::MAX))
}

fn in_pounds(pence: Pence) -> Json {
    number(pence.pounds(), 2)
}

fn aim_json(aim: Aim, value: Ratio) -> Json {
    match aim {
        Aim::Floor => json!({ "aim": "floor", "pounds": number(value / Ratio::whole(100), 4) }),
        Aim::RisePercent => json!({ "aim": "rise-percent", "percent": number(value / Ratio::whole(1_000_000), 6) }),
        Aim::RisePounds => json!({ "aim": "rise-pounds", "pounds": number(value / Ratio::whole(100), 4) }),
    }
}

impl Shown<'_> {
    fn reading_json(&self) -> Json {
        match self.money.reading {
            CostReading::RunRate => json!({ "cost": "run-rate", "pay": "basic" }),
            CostReading::InYear(year) => json!({ "cost": "in-year", "pay_year": year.name(), "pay": "basic" }),
        }
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
            self.conflict_lines(none).iter().for_each(|line| text.push_str(&format!("  {line}\n")));
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
                let difference = answer.difference_in_year(&self.money, *year);
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
                "steps_between": answer.steps_to_bound(&self.money).map(pence_json),
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
                "cost_difference_pence": pence_json(answer.difference_in_year(&self.money, *year)),
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
