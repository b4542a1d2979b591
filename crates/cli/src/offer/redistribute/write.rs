//! The new rates as an offer file, so that they can be checked, valued and compared like any other offer.

use std::collections::BTreeMap;
use std::path::Path;

use ::redistribute::Answer;
use dispute::Dispute;
use pay::{BandEnd, Lump, LumpAmount, Pence, Progression, Step};
use workspace::offer::redistribution::Sharing;

use super::Shown;
use crate::answer::Outcome;
use crate::offer::{Stop, refuse_question};

fn id_of(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Refuses a name that no offer can have, before anything is worked out.
pub(super) fn check_name(path: &Path, dispute: &Dispute) -> Result<(), Stop> {
    let id = id_of(path);
    let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
    if !is_id || path.extension().is_none_or(|ending| ending != "toml") {
        return refuse_question(format!(
            "{}: the name of the file is the name of the offer: small letters, digits and hyphens, as in offers/low-pay-first.toml",
            path.display()
        ));
    }
    if path.exists() {
        return refuse_question(format!("{} is already there; nothing was written", path.display()));
    }
    if dispute.offers.iter().any(|offer| offer.id == id) {
        return refuse_question(format!("the dispute has an offer {id} already; choose another name for the file"));
    }
    Ok(())
}

/// Writes beside the wanted name and renames, so that a failure leaves nothing half-written.
pub(super) fn write(path: &Path, shown: &Shown<'_>, answer: &Answer) -> Result<String, Stop> {
    let text = offer_file(&id_of(path), shown, answer).or_else(refuse_question)?;
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let result = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let result = result.and_then(|()| std::fs::write(&draft, text)).and_then(|()| std::fs::rename(&draft, path));
    match result {
        Ok(()) => Ok(path.display().to_string()),
        Err(error) => {
            // The draft is ours alone; if even this fails there is nothing more to do.
            let _ = std::fs::remove_file(&draft);
            complain!("{} cannot be written: {error}", path.display());
            Err(Stop::Said(Outcome::OurFailure))
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " "))
}

fn list<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    format!("[{}]", names.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

fn plain_pounds(pence: Pence) -> String {
    pence.pounds().to_short(2)
}

fn offer_file(id: &str, shown: &Shown<'_>, answer: &Answer) -> Result<String, String> {
    let Sharing { offer, money, workforce, .. } = &shown.sharing;
    let synthetic = workforce.synthetic.is_some();
    let mut nations: Vec<&str> = money.tables.iter().flat_map(|table| table.nations.iter().map(String::as_str)).collect();
    nations.sort_unstable();
    nations.dedup();
    let mut scales: Vec<&str> = money.tables.iter().map(|table| table.scale.as_str()).collect();
    scales.sort_unstable();
    scales.dedup();
    let mut text = format!(
        "# Computed by `whitley offer redistribute`: the money of “{}” on the workforce “{}”{}, lowest pay first.\n\
         # Nobody has offered these rates.\n",
        offer.id,
        workforce.title.replace('\n', " "),
        if synthetic { " (synthetic)" } else { "" },
    );
    let title =
        format!("Computed: the money of “{}”, lowest pay first{}", offer.title, if synthetic { " (synthetic workforce)" } else { "" });
    let summary = format!(
        "New rates worked out within the cost of {}: lowest rate {}, for {} people.{}",
        offer.id,
        answer.floor(),
        pay::grouped(money.headcount()),
        if synthetic { " The workforce is synthetic, so the rates are an illustration." } else { "" },
    );
    text.push_str(&format!("id = {}\ntitle = {}\nkind = \"claim\"\n", quoted(id), quoted(&title)));
    let base_date = offer.base_date.ok_or("the offer has no base date")?;
    text.push_str(&format!("base_date = {base_date}\nnations = {}\nscales = {}\n", list(nations), list(scales)));
    if !offer.groups.is_empty() {
        text.push_str(&format!("groups = {}\n", list(offer.groups.iter().map(|(name, _)| name.as_str()))));
    }
    text.push_str(&format!(
        "summary = {}\nsource = {}\nstatus = \"{}\"\n",
        quoted(&summary),
        quoted(&offer.source.join(";")),
        if synthetic { "synthetic" } else { "derived" }
    ));
    let mut days = money.stages.clone();
    days.extend(offer.steps.iter().filter(|step| has_structure(step)).map(|step| step.from));
    days.sort_unstable();
    days.dedup();
    // Scales of the same nations and group are one step.
    let mut places: BTreeMap<(Vec<String>, Option<String>), Vec<usize>> = BTreeMap::new();
    for (at, table) in money.tables.iter().enumerate() {
        places.entry((table.nations.clone(), table.group.clone())).or_default().push(at);
    }
    for day in days {
        let stage = money.stages.iter().rposition(|from| *from <= day);
        for ((nations, group), tables) in &places {
            text.push_str(&format!("\n[[step]]\nfrom = {day}\n"));
            if places.len() > 1 {
                text.push_str(&format!("nations = {}\n", list(nations.iter().map(String::as_str))));
            }
            if let Some(group) = group {
                text.push_str(&format!("groups = {}\n", list([group.as_str()])));
            }
            let of_day = offer.steps.iter().filter(|step| step.from == day && reaches(step, nations, group.as_deref()));
            for step in of_day {
                structure(step, &mut text);
            }
            let Some(stage) = stage else { continue };
            let mut rates: BTreeMap<&str, Pence> = BTreeMap::new();
            let mut lines = String::new();
            for (point, rate) in money.points.iter().zip(&answer.stages[stage].rates).filter(|(point, _)| tables.contains(&point.table)) {
                if rates.insert(&point.name, *rate).is_some_and(|other| other != *rate) {
                    return Err(format!("two scales have a point {} with different rates, which one offer file cannot say", point.name));
                }
                lines.push_str(&format!("{} = {}\n", quoted(&point.name), plain_pounds(*rate)));
            }
            // Staff of a point that goes have what the offer gives until they move.
            let leaving = money.moved.iter().filter(|moved| tables.contains(&moved.table) && day < moved.on);
            for (moved, rate) in leaving.filter_map(|moved| Some((moved, *moved.offered.get(stage)?))) {
                if rates.insert(&moved.name, rate).is_none() {
                    lines.push_str(&format!("{} = {}\n", quoted(&moved.name), plain_pounds(rate)));
                }
            }
            text.push_str(&format!("\n[step.rates]\n{lines}"));
        }
    }
    for lump in &offer.lumps {
        write_lump(lump, &mut text);
    }
    Ok(text)
}

fn has_structure(step: &Step) -> bool {
    !step.assimilate.is_empty() || !step.new_points.is_empty() || step.progression.is_some()
}

fn reaches(step: &Step, nations: &[String], group: Option<&str>) -> bool {
    let nation = step.nations.is_empty() || step.nations.iter().any(|(name, _)| nations.contains(name));
    nation && (step.groups.is_empty() || group.is_none_or(|group| step.groups.iter().any(|(name, _)| name == group)))
}

/// What a step does besides changing rates stays as it was.
fn structure(step: &Step, text: &mut String) {
    if let Some(progression) = step.progression {
        let word = match progression {
            Progression::Normal => "normal",
            Progression::Frozen => "frozen",
            Progression::Gated => "gated",
        };
        text.push_str(&format!("progression = \"{word}\"\n"));
    }
    let moves: Vec<String> =
        step.assimilate.iter().map(|moved| format!("{{ from = {}, to = {} }}", quoted(&moved.from.0), quoted(&moved.to.0))).collect();
    if !moves.is_empty() {
        text.push_str(&format!("assimilate = [{}]\n", moves.join(", ")));
    }
    let new: Vec<String> = step
        .new_points
        .iter()
        .map(|new| {
            let bands = list(new.bands.iter().map(String::as_str));
            format!("{{ point = {}, bands = {bands}, rate = {} }}", quoted(&new.point), plain_pounds(new.rate))
        })
        .collect();
    if !new.is_empty() {
        text.push_str(&format!("new_points = [{}]\n", new.join(", ")));
    }
}

fn write_lump(lump: &Lump, text: &mut String) {
    let amount = match lump.amount {
        LumpAmount::Percent(percent) => format!("percent = {}", percent.to_short(6)),
        LumpAmount::Pounds(sum) => format!("pounds = {}", plain_pounds(sum)),
    };
    text.push_str(&format!("\n[[lump]]\n{amount}\npaid_on = {}\n", lump.paid_on));
    let names = |names: &[(String, dated::Place)]| list(names.iter().map(|(name, _)| name.as_str()));
    for (key, value) in [("nations", &lump.nations), ("bands", &lump.select.bands), ("points", &lump.select.points)] {
        if !value.is_empty() {
            text.push_str(&format!("{key} = {}\n", names(value)));
        }
    }
    if let Some(end) = lump.select.only {
        text.push_str(if end == BandEnd::Top { "only = \"band-top\"\n" } else { "only = \"band-bottom\"\n" });
    }
    for (key, value) in [("rate_at_most", lump.select.rate_at_most), ("rate_above", lump.select.rate_above)] {
        if let Some(value) = value {
            text.push_str(&format!("{key} = {}\n", plain_pounds(value)));
        }
    }
}
