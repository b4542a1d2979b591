//! `whitley offer read-across`: one offer on the rates of other agreements, with every clause that does not fit.

use clap::Args;
use dispute::talks::{Fit, ReadAcross as Found, ReadClause, ReadTo, read_across};
use serde_json::{Value, json};

use super::{Stop, find_offer, refuse_question};
use crate::answer::{self, Outcome, Table};
use crate::disk::{self, Opened};

/// Arguments of `whitley offer read-across`. Exit code 0 if every clause fits everywhere, 1 if one does not, 2 if it cannot be told.
#[derive(Args)]
pub(crate) struct ReadAcross {
    /// The dispute folder
    dispute: String,
    /// The offer
    #[arg(long)]
    offer: String,
    /// Where to: a scale, or group=scale; may be given several times. Without it, every group of the dispute
    #[arg(long = "to", value_name = "[GROUP=]SCALE")]
    to: Vec<String>,
    /// The nation whose rates are taken; by default the first that the scale has rates of on the base date
    #[arg(long)]
    nation: Option<String>,
}

impl ReadAcross {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Opened { dispute, library, .. } = disk::open(&self.dispute, as_json)?;
        let offer = find_offer(&dispute.offers, &self.offer)?;
        let scales: Vec<&pay::Scale> = dispute.framework().scales.iter().copied().chain(&library.scales).collect();
        let mut targets: Vec<(String, ReadTo<'_>)> = Vec::new();
        let own_nation = offer.nations.first().map_or("", |(name, _)| name.as_str());
        for to in &self.to {
            let (group, scale_id) = to.split_once('=').map_or((None, to.as_str()), |(group, scale)| (Some(group), scale));
            let Some(scale) = scales.iter().copied().find(|scale| scale.id == scale_id) else {
                let mut known: Vec<&str> = scales.iter().map(|scale| scale.id.as_str()).collect();
                known.sort_unstable();
                known.dedup();
                return refuse_question(format!("there is no scale “{scale_id}”; the scales are {}", known.join(", ")));
            };
            if let Some(group) = group.filter(|group| !dispute.groups.iter().any(|known| known.id == **group)) {
                let known: Vec<&str> = dispute.groups.iter().map(|group| group.id.as_str()).collect();
                return refuse_question(format!("there is no group “{group}”; the groups are {}", known.join(", ")));
            }
            let nations = scale.nations();
            let nation = match &self.nation {
                Some(nation) if nations.contains(&nation.as_str()) => {
                    nations.iter().copied().find(|known| known == nation).unwrap_or(own_nation)
                }
                Some(nation) => return refuse_question(format!("{} has no rates of {nation}; it has {}", scale.title, nations.join(", "))),
                None if nations.contains(&own_nation) => own_nation,
                None => nations.first().copied().unwrap_or(own_nation),
            };
            targets.push((to.clone(), ReadTo { scale: Some(scale), nation, group }));
        }
        if targets.is_empty() {
            let nation = self.nation.as_deref().unwrap_or(own_nation);
            let own = |group: &str| offer.groups.is_empty() || offer.groups.iter().any(|(id, _)| id == group);
            let scale = |group: &str| if own(group) { dispute.framework().scales_of(offer).next() } else { None };
            targets = dispute
                .groups
                .iter()
                .map(|group| (group.name.clone(), ReadTo { scale: scale(&group.id), nation, group: Some(group.id.as_str()) }))
                .collect();
        }
        if targets.is_empty() {
            return refuse_question("the dispute has no groups: say where to with --to SCALE".to_owned());
        }
        let found: Vec<(&String, &ReadTo<'_>, Found)> = targets.iter().map(|(name, to)| (name, to, read_across(offer, *to))).collect();
        let all = || found.iter().flat_map(|(_, _, found)| &found.clauses);
        let outcome = if all().any(|clause| matches!(clause.fit, Fit::Misfit(_))) {
            Outcome::No
        } else if all().any(|clause| matches!(clause.fit, Fit::NotKnown(_))) {
            Outcome::CouldNotCheck
        } else {
            Outcome::Yes
        };
        if as_json {
            answer::print_json(&json!({
                "dispute": dispute.id, "offer": offer.id,
                "to": found.iter().map(|(name, to, found)| target_json(name, to, found)).collect::<Vec<_>>(),
            }));
            return Ok(outcome);
        }
        let mut text = format!("{}\n", offer.title);
        for (name, to, found) in &found {
            let on = to
                .scale
                .map_or_else(|| "no scale in the data: in percent only".to_owned(), |scale| format!("on {}, {}", scale.title, to.nation));
            text.push_str(&format!("\n{name}: {on}\n"));
            let mut table = Table::new(&["Clause", "Fits?", "Why"]);
            for clause in &found.clauses {
                let (word, why) = fit_words(&clause.fit);
                table.row([clause.clause.clone(), word.to_owned(), why.to_owned()]);
            }
            text.push_str(&table.text());
            if let Some((low, high)) = ends(found) {
                text.push_str(&format!("  Under the clauses that fit: lowest rate {low}; highest {high}.\n"));
            }
            let mismatches = found.mismatches().count();
            text.push_str(&match mismatches {
                0 => "  No clause is refused.\n".to_owned(),
                1 => "  One clause does not fit.\n".to_owned(),
                several => format!("  {several} clauses do not fit.\n"),
            });
        }
        text.push_str(&format!("\nnext: whitley offer value {} --offer {}\n", self.dispute, offer.id));
        answer::print(&text);
        Ok(outcome)
    }
}

/// The lowest and the highest rate, before and at the end.
fn ends(found: &Found) -> Option<(String, String)> {
    let end = |row: &pay::Row| row.path.rates.last().map_or(row.path.base, |rate| rate.rate);
    let words = |row: &pay::Row| format!("{} to {} ({} {})", row.path.base, end(row), row.band, row.point);
    let (low, high) = (found.rows.iter().min_by_key(|row| end(row))?, found.rows.iter().max_by_key(|row| end(row))?);
    Some((words(low), words(high)))
}

fn fit_words(fit: &Fit) -> (&'static str, &str) {
    match fit {
        Fit::Fits => ("yes", ""),
        Fit::ReachesNobody(why) => ("reaches nobody", why),
        Fit::Misfit(why) => ("no", why),
        Fit::NotKnown(why) => ("cannot tell", why),
    }
}

fn target_json(name: &str, to: &ReadTo<'_>, found: &Found) -> Value {
    let clause = |clause: &ReadClause| {
        let (word, why) = fit_words(&clause.fit);
        json!({"clause": clause.clause, "file": clause.place.file.to_string(), "line": clause.place.line, "fits": word, "why": why})
    };
    let row = |row: &pay::Row| {
        json!({"point": row.point, "band": row.band, "base_pence": row.path.base.0,
            "rates": row.path.changes().into_iter().map(|(from, rate)| json!({"from": from.to_string(), "pence": rate.0})).collect::<Vec<_>>()})
    };
    json!({
        "to": name, "scale": to.scale.map(|scale| scale.id.as_str()), "nation": to.nation, "group": to.group,
        "clauses": found.clauses.iter().map(clause).collect::<Vec<_>>(),
        "mismatches": found.mismatches().count(),
        "rows": found.rows.iter().map(row).collect::<Vec<_>>(),
    })
}
