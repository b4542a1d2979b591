//! The stages after the count: what the law makes of the result, what was won, which days are lawful, certificates, postcards.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use dated::{Faults, FileBytes};
use dispute::campaign::{Language, Writers, postcards};
use dispute::{Dispute, PollKind};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vote::Hash;

use super::Failure;
use super::ballot::Counted;
use super::invented::{Ballot, place};
use super::people::Members;
use super::stages::{LABEL, Work, read_json, write};
use super::units::question_text;
use crate::answer::Outcome;
use crate::campaign::postcards as cards;
use crate::disk::{self, Opened};

/// The law's answer, read again for the certificates.
const JUDGED: &str = "law/judged.json";

/// The results of all units, votes on the web and on paper together, and what the law makes of them.
pub(super) fn law(ballot: &Ballot<'_>, work: &mut Work<'_>) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "unit",
        "question",
        "entitled",
        "yes",
        "no",
        "spoiled",
        "returned",
        "opened",
        "closed",
        "jurisdiction",
        "important_public_service",
        "on_paper",
        "synthetic",
    ])?;
    let jurisdiction = ballot.poll.jurisdiction.as_deref().unwrap_or("GB");
    let days = [ballot.days.opens_on.to_string(), ballot.days.closes_on.to_string()];
    for (unit, counted) in ballot.units.iter().zip(ballot.counted) {
        for (at, question) in ballot.poll.questions.iter().enumerate() {
            let numbers = [
                counted.entitled,
                counted.votes(at, 0),
                counted.votes(at, 1),
                counted.spoiled,
                counted.voted + counted.paper,
                counted.paper,
            ];
            let [entitled, yes, no, spoiled, returned, paper] = numbers.map(|number| number.to_string());
            let service = if unit.important_public_service == Some(true) { "yes" } else { "no" };
            writer.write_record([
                &unit.name,
                question.kind.word(),
                &entitled,
                &yes,
                &no,
                &spoiled,
                &returned,
                &days[0],
                &days[1],
                jurisdiction,
                service,
                &paper,
                "yes",
            ])?;
        }
    }
    let results = "law/results.csv";
    work.write(results, "the result of each unit and question, on the web and on paper together", &writer.into_inner()?)?;
    if ballot.poll.kind != PollKind::Statutory {
        let why =
            format!("the poll is of the kind “{}”: no statutory test applies to it and it authorises nothing", ballot.poll.kind.word());
        work.not_made(JUDGED, "what the law makes of it", &why);
        return Ok(());
    }
    let judge = format!("law judge {results}");
    work.keep(&format!("{judge} --json"), JUDGED, "what the law of the ballot’s days makes of each result", true)?;
    work.keep(&judge, "law/judged.txt", "the same in words", true)?;
    let timetable = format!("law timetable --opens {} --closes {} --jurisdiction {jurisdiction}", days[0], days[1]);
    work.keep(&timetable, "law/timetable.txt", "every deadline of such a ballot", true)?;
    Ok(())
}

/// Mandates, and what was called on them.
pub(super) fn action(dispute: &Dispute, ballot: &Ballot<'_>, work: &mut Work<'_>) -> Result<(), Failure> {
    let place = place(dispute);
    work.note(&format!("{place}/"), "the dispute as rehearsed: the offers of record; ballot, votes, calls and papers invented", None, "");
    if ballot.poll.kind != PollKind::Statutory {
        work.not_made("action/plan.txt", "the plan of action", "such a poll authorises no action");
        return Ok(());
    }
    let on = ballot.days.told_on();
    let plan = format!("action plan {place} --from {on} --result-told {on}");
    work.keep(&format!("{plan} --json"), "action/plan.json", "mandates, lawful days, what is refused and why", true)?;
    let (calendar, page) = ("action/plan.ics", "action/plan.html");
    let outcome = work.keep(&format!("{plan} --ics {calendar} --out {page}"), "action/plan.txt", "the same as tables", true)?;
    for (file, what) in [(calendar, "the lawful days, for a calendar"), (page, "the public page of the plan")] {
        if Path::new(file).is_file() {
            work.note(file, what, None, "");
        } else if outcome != Outcome::BadInput {
            work.not_made(file, what, "nothing that was called is lawful");
        }
    }
    let mandates = format!("action calendar {place} --from {on}");
    work.keep(&mandates, "action/mandates.txt", "where each mandate stands on the day after the close", true)?;
    Ok(())
}

/// One certificate for each mandate that was won, as data: the figures, the tests, and what proves the count.
pub(super) fn certificates(ballot: &Ballot<'_>, work: &mut Work<'_>) -> Result<(), Failure> {
    let what = "the certificate of each mandate as data: figures, tests, archive and companion that prove them";
    if ballot.poll.kind != PollKind::Statutory {
        work.not_made("certificates/certificates.json", what, "there is no mandate to certify");
        return Ok(());
    }
    let judged = read_json(Path::new(JUDGED))?;
    // No certificate rests on a count that does not verify.
    let of_unit = |unit: &Value| ballot.counted.iter().find(|counted| unit["unit"] == counted.name && counted.verdict == "passed");
    let list: Vec<Value> = judged["units"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|unit| unit["verdict"] == "mandate")
        .filter_map(|unit| Some((unit, of_unit(unit)?)))
        .map(|(unit, counted)| certificate(ballot, unit, counted))
        .collect::<Result<_, Failure>>()?;
    let all = json!({
        "synthetic": LABEL, "poll": ballot.poll.id, "title": ballot.poll.title, "certificates": list,
        "not_legal_advice": judged["not_legal_advice"],
    });
    work.write("certificates/certificates.json", what, format!("{all:#}\n").as_bytes())?;
    Ok(())
}

/// How many mandates were won, of how many that were asked for; nothing of a poll that gives none.
pub(super) fn mandates_won() -> Result<Option<String>, Failure> {
    if !Path::new(JUDGED).is_file() {
        return Ok(None);
    }
    let judged = read_json(Path::new(JUDGED))?;
    let all = judged["units"].as_array().map(Vec::as_slice).unwrap_or_default();
    let won = all.iter().filter(|unit| unit["verdict"] == "mandate").count();
    Ok(Some(format!("{won} mandates of {} questions put to a unit, by the law of the ballot’s days.", all.len())))
}

fn certificate(ballot: &Ballot<'_>, unit: &Value, counted: &Counted) -> Result<Value, Failure> {
    let question = ballot.poll.questions.iter().position(|question| unit["question"] == question.kind.word()).unwrap_or_default();
    let hash = |file: &str| sha256_of_file(file).map_err(|error| format!("{file} cannot be read: {error}"));
    let companion = format!("{}.companion.jsonl", counted.uuid);
    Ok(json!({
        "unit": counted.unit, "name": counted.name, "question": ballot.poll.questions.get(question).map(question_text),
        "kind": unit["question"], "entitled": counted.entitled, "yes": counted.votes(question, 0), "no": counted.votes(question, 1),
        "spoiled": counted.spoiled, "returned": counted.voted + counted.paper, "on_paper": counted.paper,
        "tests": unit["tests"], "last_day": unit["last_day"], "last_day_means": unit["last_day_means"], "earliest_action": unit["earliest_action"],
        "archive": { "file": counted.file, "sha256": hash(&counted.file)?, "election": counted.election },
        "companion": { "file": companion, "sha256": hash(&companion)? },
    }))
}

/// An archive may be larger than memory.
fn sha256_of_file(file: &str) -> std::io::Result<String> {
    let mut file = std::fs::File::open(file)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(Hash(hasher.finalize().into()).hex()),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// Members on one file of postcards.
const CARDS_A_FILE: usize = 20_000;

/// Different posts that the cards show.
const ENOUGH_POSTS: usize = 40;

/// Who would sign, as the columns of a members file: nation, group, point, band, increment date.
type Post = [String; 5];

/// A postcard for each member with the member's own figure: rows, one file for each unit.
pub(super) fn campaign(dispute: &Dispute, ballot: &Ballot<'_>, members: &Members, seed: &str, work: &mut Work<'_>) -> Result<(), Failure> {
    let what = "a postcard to each member, with the member’s own figure";
    let place = place(dispute);
    let Opened { dispute: rehearsed, .. } = match crate::answer::listen(|| disk::open(&place, false)) {
        (Ok(opened), _) => opened,
        (Err(_), said) => return Err(format!("{place}: {}", said.err).into()),
    };
    if rehearsed.campaign_plan.postcard.is_none() {
        let why = "the dispute has no offer with dated steps that can be set against a recommendation or claim";
        work.not_made("campaign/UNIT.postcards.csv", what, why);
        return Ok(());
    }
    let posts = posts_with_a_loss(&rehearsed);
    if posts.is_empty() {
        work.not_made("campaign/UNIT.postcards.csv", what, "at no point of its scales does anybody lose by the offer");
        return Ok(());
    }
    let (mut cards_made, mut files) = (0, 0);
    let of: u64 = ballot.units.iter().map(|unit| unit.voters).sum();
    for unit in ballot.units {
        let chunks = members.of(&unit.id).chunks(CARDS_A_FILE);
        let several = chunks.len() > 1;
        for (number, chunk) in (1..).zip(chunks) {
            let part = if several { format!("-{number}") } else { String::new() };
            let mut rows = members_head();
            for member in chunk {
                let hash = Hash::of(format!("{seed}/post/{member}")).0;
                let post = &posts[usize::from(u16::from_be_bytes([hash[0], hash[1]])) % posts.len()];
                members_row(&mut rows, member, &unit.id, post);
            }
            let file = format!("campaign/{}{part}.members.csv", unit.id);
            let made = cards_of(&rehearsed, &file, rows.as_bytes()).map_err(|why| format!("{file}: {why}"))?;
            write(Path::new(&file), rows.as_bytes())?;
            let text = cards::rows(&made);
            write(Path::new(&format!("campaign/{}{part}.postcards.csv", unit.id)), text.as_bytes())?;
            cards_made += made.len() as u64;
            files += 1;
        }
        work.progress.say(&format!("{cards_made} of {of} postcards"), cards_made == of);
    }
    work.note(
        "campaign/",
        &format!(
            "{what}: {} cards in {files} files of rows, {} posts; beside each file the members it was made from",
            pay::grouped(cards_made),
            posts.len()
        ),
        Some(&format!(
            "postcards text {place} --members campaign/{}.members.csv --csv",
            ballot.units.first().map_or("UNIT", |unit| unit.id.as_str())
        )),
        "yes",
    );
    Ok(())
}

fn members_head() -> String {
    "member,name,branch,nation,group,point,band,increment_date\n".to_owned()
}

fn members_row(rows: &mut String, member: &str, branch: &str, post: &Post) {
    let [nation, group, point, band, increment] = post;
    let _ = writeln!(rows, "{member},Invented Member {member},{branch},{nation},{group},{point},{band},{increment}");
}

/// The cards of a file of members, or the first thing that is wrong with it.
fn cards_of(dispute: &Dispute, file: &str, rows: &[u8]) -> Result<Vec<dispute::campaign::Postcard>, String> {
    let faults = Faults::new();
    // The branches of a real campaign know nothing of these units.
    let plan = dispute::campaign::CampaignPlan { branches: Vec::new(), ..dispute.campaign_plan.clone() };
    let writers = Writers::read(file, &FileBytes::Read(rows.to_vec()), &plan, &faults);
    let made = postcards(dispute, &plan, &writers, Language::English, &faults);
    match faults.into_sorted().first() {
        None => Ok(made),
        Some(fault) => Err(fault.what.clone()),
    }
}

/// Points of the dispute's scales at which a member has less under the offer: found by asking for the card of one member at each. An
/// increment in the middle of the pay year is tried where the offer needs its date.
fn posts_with_a_loss(dispute: &Dispute) -> Vec<Post> {
    let framework = dispute.framework();
    let mut nations: Vec<String> = dispute.offers.iter().flat_map(|offer| &offer.nations).map(|(nation, _)| nation.clone()).collect();
    nations.sort();
    nations.dedup();
    let groups = std::iter::once(String::new()).chain(framework.groups.iter().cloned());
    let year = dispute.offers.iter().find_map(|offer| offer.steps.first()).map(|step| step.from.year());
    let increments = [String::new(), year.map_or_else(String::new, |year| format!("{year}-10-01"))];
    let mut found: Vec<Post> = Vec::new();
    for group in groups {
        for nation in &nations {
            for scale in &framework.scales {
                // Points of every table: the one of the base date is among them.
                let mut points: Vec<(String, String)> = Vec::new();
                for point in scale
                    .tables()
                    .filter(|table| table.nation == *nation || !scale.nations().contains(&nation.as_str()))
                    .flat_map(|table| &table.points)
                {
                    let band = point.bands.first().cloned().unwrap_or_default();
                    if !points.iter().any(|(known, _)| *known == point.id) && !point.id.contains([',', '"']) && !band.contains([',', '"']) {
                        points.push((point.id.clone(), band));
                    }
                }
                for (point, band) in points {
                    let tried = increments.iter().find_map(|increment| {
                        let post = [nation.clone(), group.clone(), point.clone(), band.clone(), increment.clone()];
                        let mut rows = members_head();
                        members_row(&mut rows, "M1", "all", &post);
                        cards_of(dispute, "members.csv", rows.as_bytes()).is_ok().then_some(post)
                    });
                    found.extend(tried);
                    if found.len() >= ENOUGH_POSTS {
                        return found;
                    }
                }
            }
        }
        // Groups are told apart only where an offer does.
        if !found.is_empty() {
            break;
        }
    }
    found
}

/// Papers as PDF of one unit, the smallest: notice to its employer, specimen, certificate, postcards.
#[cfg(feature = "print")]
pub(super) fn papers(dispute: &Dispute, ballot: &Ballot<'_>, work: &mut Work<'_>) -> Result<(), Failure> {
    use super::people::NOTICES;
    let place = place(dispute);
    let Some(unit) = ballot.units.iter().min_by_key(|unit| unit.voters).map(|unit| unit.id.as_str()) else { return Ok(()) };
    let of = format!("{place} --poll {} --unit {unit}", ballot.poll.id);
    let notice_on = law::plus_days(ballot.days.opens_on, -14);
    let told_on = ballot.days.told_on();
    if ballot.poll.kind == PollKind::Statutory {
        for (name, command) in [
            ("notice", format!("notice ballot {of} --date {notice_on} --figures {NOTICES}/figures.json --out papers/notice")),
            ("sample", format!("paper {of} --sample --date {notice_on} --out papers/sample")),
            ("result", format!("notice result {of} --date {told_on} --out papers/result")),
            ("certificate", format!("certificate {of} --date {told_on} --out papers/certificate")),
        ] {
            work.progress.say(&format!("papers of {unit}: {name}"), true);
            work.keep(
                &command,
                &format!("papers/{name}.txt"),
                &format!("the {name} of the smallest unit as PDF, in papers/{name}/"),
                true,
            )?;
        }
    }
    let members = format!("campaign/{unit}.members.csv");
    if Path::new(&members).is_file() {
        let command = format!("postcards text {place} --members {members} --pdf papers/postcards --date {told_on}");
        work.keep(&command, "papers/postcards.txt", "the postcards of the smallest unit as PDF, in papers/postcards/", true)?;
    }
    Ok(())
}

/// Without the typesetter there are data and no papers.
#[cfg(not(feature = "print"))]
pub(super) fn papers(_: &Dispute, _: &Ballot<'_>, work: &mut Work<'_>) -> Result<(), Failure> {
    work.not_made("papers/", "papers of one unit as PDF", "this program was built without its typesetter (cargo build --features print)");
    Ok(())
}
