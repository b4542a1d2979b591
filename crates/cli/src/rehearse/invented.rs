//! The dispute as the rehearsal makes it: the real offers, and of everything after them invented days, votes and calls, labelled so. All
//! commands that come after the count are asked about this folder.

use std::path::Path;

use dated::FileBytes;
use dispute::{Dispute, Folder, Poll, PollKind, QuestionKind};
use pay::OfferKind;

use super::Failure;
use super::ballot::Counted;
use super::stages::write;
use super::units::{Days, Unit, question_text};

/// The source that stands behind every invented line.
const SOURCE: &str = "REHEARSAL";

/// Who may call action, on the invented voting paper.
const CALLER: &str = "the invented general secretary";

/// The folder of the dispute as it is.
pub(super) fn place_of_record(dispute: &Dispute) -> String {
    format!("dispute/{}", dispute.id)
}

/// The folder of the rehearsed dispute.
pub(super) fn place(dispute: &Dispute) -> String {
    format!("rehearsed/{}", dispute.id)
}

/// Writes the files of the dispute as they are.
pub(super) fn copy(folder: &Folder, to: &str) -> Result<(), Failure> {
    for (name, bytes) in &folder.files {
        if let FileBytes::Read(bytes) = bytes {
            write(&Path::new(to).join(name), bytes)?;
        }
    }
    Ok(())
}

/// The rehearsed ballot: units, days and what was counted.
pub(super) struct Ballot<'a> {
    pub(super) poll: &'a Poll,
    pub(super) days: Days,
    pub(super) units: &'a [Unit],
    pub(super) counted: &'a [Counted],
}

/// Writes the rehearsed dispute.
pub(super) fn write_dispute(dispute: &Dispute, folder: &Folder, ballot: &Ballot<'_>) -> Result<(), Failure> {
    let to = place(dispute);
    let put = |name: &str, text: &str| write(&Path::new(&to).join(name), text.as_bytes());
    for (name, bytes) in &folder.files {
        if let FileBytes::Read(bytes) = bytes
            && (name.starts_with("offers/") || name.starts_with("scales/") || name == "prices.csv")
        {
            write(&Path::new(&to).join(name), bytes)?;
        }
    }
    let text = |name: &str| match folder.files.get(name) {
        Some(FileBytes::Read(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    };
    put("dispute.toml", &head(&text("dispute.toml"), dispute, &ballot.poll.union.0)?)?;
    put(&format!("polls/{}.toml", ballot.poll.id), &poll(ballot))?;
    if ballot.poll.kind == PollKind::Statutory {
        put("action.toml", &action(ballot))?;
        put(&format!("papers/{}.toml", ballot.poll.id), &papers(dispute, ballot))?;
    }
    let own = text("campaign.toml");
    match dispute.campaign_plan.postcard {
        // Its own wording, which needs the sources of the folder and nothing else.
        Some(_) => put("campaign.toml", &own)?,
        None => {
            if let Some(text) = campaign(dispute, ballot.poll) {
                put("campaign.toml", &text)?;
            }
        }
    }
    Ok(())
}

/// `dispute.toml` with the label before its title and the union's name, which stand on every paper and calendar; with the source of what is
/// invented, and without the day the dispute ended.
fn head(text: &str, dispute: &Dispute, union: &str) -> Result<String, Failure> {
    let title = format!("title = {}", quoted(&format!("{}{}", poll::rehearsal::LABEL, dispute.title)));
    let text = without(text, "ended_on", "").ok_or("dispute.toml cannot be rewritten")?;
    let text = without(&text, "title", &title).ok_or("dispute.toml has no title that can be rewritten")?;
    let text = with_union_named(&text, union, &format!("{}{}", poll::rehearsal::LABEL, dispute.party_name(union)));
    Ok(format!(
        "# SYNTHETIC: made by `whitley rehearse`. Offers are those of record; ballot, votes, calls and papers are invented.\n{text}\n\
         [[publication]]\nid = \"{SOURCE}\"\ntitle = \"This rehearsal: nobody published it\"\nwhere = \"rehearsal.json\"\nlicence = \"none\"\n"
    ))
}

/// The text with another line, or none, in place of a top-level key. A value may run over several lines.
fn without(text: &str, key: &str, instead: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let tables = lines.iter().position(|line| line.trim_start().starts_with('[')).unwrap_or(lines.len());
    let is_key = |line: &&str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let Some(first) = lines[..tables].iter().position(is_key) else {
        return instead.is_empty().then(|| text.to_owned());
    };
    let last = (first..lines.len()).find(|last| lines[first..=*last].join("\n").parse::<toml::Table>().is_ok())?;
    let kept = lines[..first].iter().copied().chain(std::iter::once(instead)).chain(lines[last + 1..].iter().copied());
    Some(kept.collect::<Vec<_>>().join("\n"))
}

/// The text with another name for the party of that id.
fn with_union_named(text: &str, union: &str, name: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_table = |line: &str| line.trim_start().starts_with('[');
    let is_id = |line: &str| line.parse::<toml::Table>().is_ok_and(|table| table.get("id").and_then(toml::Value::as_str) == Some(union));
    let mut kept: Vec<String> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let end = (at + 1..lines.len()).find(|end| is_table(lines[*end])).unwrap_or(lines.len());
        let is_union = lines[at].trim() == "[[party]]" && lines[at..end].iter().any(|line| is_id(line));
        for line in &lines[at..end] {
            let is_name = is_union && line.parse::<toml::Table>().is_ok_and(|table| table.contains_key("name"));
            kept.push(if is_name { format!("name = {}", quoted(name)) } else { (*line).to_owned() });
        }
        at = end;
    }
    kept.join("\n")
}

/// The poll with the days, units and votes of the rehearsal.
fn poll(ballot: &Ballot<'_>) -> String {
    let Ballot { poll, days, .. } = ballot;
    let mut text = format!(
        "# SYNTHETIC: days, units and every vote are invented.\nid = {}\ntitle = {}\nunion = {}\nkind = \"{}\"\n",
        quoted(&poll.id),
        quoted(&format!("{}{}", poll::rehearsal::LABEL, poll.title)),
        quoted(&poll.union.0),
        poll.kind.word()
    );
    if let Some((about, _)) = &poll.about {
        text.push_str(&format!("about = {}\n", quoted(about)));
    }
    text.push_str(&format!(
        "opened_on = {}\nclosed_on = {}\njurisdiction = \"{}\"\nmay_call = [\"{CALLER}\"]\n{}",
        days.opens_on,
        days.closes_on,
        poll.jurisdiction.as_deref().unwrap_or("GB"),
        cited()
    ));
    for question in &poll.questions {
        text.push_str(&format!(
            "\n[[question]]\nid = {}\nkind = \"{}\"\ntext = {}\n",
            quoted(&question.id),
            question.kind.word(),
            quoted(&question_text(question))
        ));
        if !question.types.is_empty() {
            let types: Vec<String> = question.types.iter().map(|kind| format!("\"{}\"", kind.word())).collect();
            text.push_str(&format!("types = [{}]\n", types.join(", ")));
        }
    }
    for unit in ballot.units {
        text.push_str(&format!("\n[[unit]]\nid = {}\nname = {}\nentitled = {}\n", quoted(&unit.id), quoted(&unit.name), unit.voters));
        if let Some(service) = unit.important_public_service {
            text.push_str(&format!("important_public_service = {service}\n"));
        }
        text.push_str(&cited());
    }
    for (unit, counted) in ballot.units.iter().zip(ballot.counted) {
        for (at, question) in poll.questions.iter().enumerate() {
            text.push_str(&format!(
                "\n[[result]]\nunit = {}\nquestion = {}\nyes = {}\nno = {}\nspoiled = {}\nreturned = {}\n{}",
                quoted(&unit.id),
                quoted(&question.id),
                counted.votes(at, 0),
                counted.votes(at, 1),
                counted.spoiled,
                counted.voted + counted.paper,
                cited()
            ));
        }
    }
    text
}

/// The first Monday from the sixteenth day after the close: later than any law's notice, and within four weeks.
fn strike_on(days: Days) -> dated::Date {
    let first = law::plus_days(days.closes_on, 16);
    law::plus_days(first, (7 - i64::from(first.weekday().to_monday_zero_offset())) % 7)
}

/// Invented calls: a day of strike, and action short of one on the four days after it. Whether that is lawful the plan says, by the law of
/// the days of the ballot.
fn action(ballot: &Ballot<'_>) -> String {
    let mut text = String::from("# SYNTHETIC: invented calls.\n");
    let units: Vec<String> = ballot.units.iter().map(|unit| quoted(&unit.id)).collect();
    let strike_on = strike_on(ballot.days);
    let days = |from: i64, until: i64| {
        let days: Vec<String> = (from..=until).map(|more| format!("\"{}\"", law::plus_days(strike_on, more))).collect();
        days.join(", ")
    };
    for question in &ballot.poll.questions {
        let (kind, dates, what) = match question.kind {
            QuestionKind::Strike => ("strike", days(0, 0), "An invented day of strike."),
            QuestionKind::ShortOfStrike => ("short-of-strike", days(1, 4), "Invented days of action short of a strike."),
            QuestionKind::AcceptOffer | QuestionKind::FormalBallot => continue,
        };
        let types: Vec<String> = question.types.iter().take(1).map(|kind| format!("types = [\"{}\"]\n", kind.word())).collect();
        text.push_str(&format!(
            "\n[[call]]\nwho = {}\nkind = \"{kind}\"\n{}dates = [{dates}]\nunits = [{}]\ncalled_by = \"{CALLER}\"\ncalled_on = {}\ntext = \"{what}\"\n{}",
            quoted(&ballot.poll.union.0),
            types.concat(),
            units.join(", "),
            ballot.days.told_on(),
            cited()
        ));
    }
    text
}

/// What the printed papers say besides.
fn papers(dispute: &Dispute, ballot: &Ballot<'_>) -> String {
    let mut text = format!(
        "# SYNTHETIC: invented addresses and offices.\npoll = {}\nunion_address = [{}, \"1 Invented Way\", \"Anytown ZZ1 1ZZ\"]\n\
         signed_by = \"An invented person\"\nsigned_as = \"General Secretary (invented)\"\nscrutineer = \"Invented Scrutineers\"\n\
         return_address = [\"Invented Scrutineers\", \"2 Invented Way\", \"Anytown ZZ1 1ZZ\"]\nreturn_by = {}\nmay_call = \"{CALLER}\"\n\
         issue = \"The pay of the staff balloted, as offered.\"\nperiod = \"From {} on.\"\nshort_of_strike = [\"an overtime ban\"]\n\
         figures_explained = \"Counted from an invented roll.\"\n{}",
        quoted(&ballot.poll.id),
        quoted(dispute.party_name(&ballot.poll.union.0)),
        ballot.days.closes_on,
        dated::long_date(strike_on(ballot.days)),
        cited()
    );
    for unit in ballot.units {
        text.push_str(&format!(
            "\n[[employer]]\nunit = {}\nname = {}\naddress = [\"Head Office\", \"1 Invented Way\", \"Anytown ZZ1 1ZZ\"]\n",
            quoted(&unit.id),
            quoted(&unit.name)
        ));
    }
    text
}

/// Postcards about the offer that was balloted on, set against what was recommended or claimed; none if the dispute has no such pair with
/// dated steps.
fn campaign(dispute: &Dispute, poll: &Poll) -> Option<String> {
    let has_steps = |id: &str| dispute.offer(id).is_some_and(|offer| !offer.steps.is_empty());
    let of_kind = |kinds: &[OfferKind]| {
        let mut fitting = dispute.offers.iter().filter(|offer| kinds.contains(&offer.kind) && has_steps(&offer.id));
        fitting.next().map(|offer| offer.id.clone())
    };
    let about = poll.about.as_ref().map(|(id, _)| id.clone()).filter(|id| has_steps(id));
    let offer = about.or_else(|| of_kind(&[OfferKind::Award, OfferKind::Offer]))?;
    let against = of_kind(&[OfferKind::Recommendation]).or_else(|| of_kind(&[OfferKind::PayClaim])).filter(|against| *against != offer)?;
    Some(format!(
        "# SYNTHETIC: invented postcards.\n[postcard]\nwho = {}\nto = \"An invented minister\"\naddress = [\"1 Invented Way\", \"Anytown\", \"ZZ1 1ZZ\"]\n\
         offer = {}\nagainst = {}\ntext = \"REHEARSAL: under this offer I have {{loss}} less in {{pay_year}} than was recommended or claimed.\"\n{}",
        quoted(&poll.union.0),
        quoted(&offer),
        quoted(&against),
        cited()
    ))
}

fn cited() -> String {
    format!("source = \"{SOURCE}\"\nstatus = \"synthetic\"\n")
}

/// A text as TOML writes it; JSON's escapes are among TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
