//! A check of one's own letter before it is sent, and counts of a list of members. Both are worked out and forgotten.

use dated::{Faults, FileBytes};
use dispute::campaign::sameness::{RUN_WORDS, Sameness};
use dispute::campaign::{Letter, Letters, Writers, counts, letters};

use super::seat::found;
use super::{Post, as_slips, chosen};
use crate::asked::{Asked, Opened};
use crate::pages::question::{Cited, Slip, day};
use crate::table::{Table, words};

/// The form of a letter and what the check says.
pub(super) struct LetterView {
    pub(super) offer: String,
    pub(super) against: String,
    pub(super) least: u32,
    pub(super) most: u32,
    pub(super) limit: u32,
    pub(super) run: usize,
    pub(super) source: Vec<String>,
    pub(super) choices: Vec<(usize, String, bool)>,
    /// The branches of the campaign, if it lists any.
    pub(super) branches: Vec<(String, String, bool)>,
    pub(super) constituency: String,
    pub(super) on: String,
    pub(super) words: String,
    pub(super) others: String,
    pub(super) checked: Option<CheckedView>,
}

/// What the check says.
pub(super) struct CheckedView {
    pub(super) to: String,
    pub(super) own_words: usize,
    pub(super) percent: u32,
    pub(super) runs: String,
    pub(super) is_too_alike: bool,
    pub(super) passage: Option<String>,
    pub(super) loss: String,
    pub(super) text: String,
}

/// `None` where the dispute plans no letters.
pub(super) fn letter(opened: &Opened<'_>, asked: &Asked<'_>, cited: &mut Cited, slips: &mut Vec<Slip>) -> Option<LetterView> {
    let dispute = opened.dispute;
    let plan = dispute.campaign_plan.letter.as_ref()?;
    let (offer, against) = plan.offer_and_against();
    let title = |id: &str| dispute.offer(id).map_or(id, |offer| offer.title.as_str()).to_owned();
    let posts = Post::all(dispute, offer);
    let text = |field: &str| asked.one(field).unwrap_or_default().to_owned();
    let own = text("words");
    let wanted = asked.one("letter-point");
    let mut view = LetterView {
        offer: title(offer),
        against: title(against),
        least: plan.least_own_words,
        most: plan.most_own_words,
        limit: plan.too_alike_percent,
        run: RUN_WORDS,
        source: cited.of(&plan.source),
        choices: posts.iter().enumerate().map(|(at, post)| (at + 1, post.name(), wanted == Some(&(at + 1).to_string()))).collect(),
        branches: dispute
            .campaign_plan
            .branches
            .iter()
            .map(|(id, name)| (id.clone(), name.clone(), asked.one("letter-branch") == Some(id)))
            .collect(),
        constituency: text("letter-constituency"),
        on: text("letter-on"),
        words: own.clone(),
        others: text("others"),
        checked: None,
    };
    if own.is_empty() && view.constituency.is_empty() && wanted.is_none() {
        return Some(view);
    }
    let before = slips.len();
    let on = day(asked, "letter-on", "Date of the letter", slips).unwrap_or(opened.today);
    let post = chosen(asked, "letter-point", &posts, slips);
    let mut missing = |field: &str, what: &str| slips.push(Slip { field: field.to_owned(), what: what.to_owned() });
    if wanted.is_none() {
        missing("letter-point", "Pay: choose your point; the letter says what you go without.");
    }
    if own.is_empty() {
        missing("words", "Your own words: write something of your own; a letter without own words is a copy.");
    }
    if view.constituency.is_empty() {
        missing("letter-constituency", "Constituency: fill it in; it decides whom you write to.");
    } else {
        found(&opened.places.seats, &view.constituency, "letter-constituency", slips);
    }
    let known = || dispute.campaign_plan.branches.iter().map(|(id, _)| id.as_str());
    let branch = asked.one("letter-branch").or(known().next()).unwrap_or("(your branch)");
    let Some(post) = post.filter(|_| slips.len() == before) else { return Some(view) };
    let rows = rows(post, branch, &view.constituency, &own, &view.others);
    match written(opened, "your letter", rows, on) {
        Ok(all) => view.checked = all.letters.first().map(checked),
        Err(faults) => as_slips("words", faults, slips),
    }
    Some(view)
}

/// One's own letter and those it is held against, as the file of members that the command line reads.
fn rows(post: &Post, branch: &str, constituency: &str, own: &str, others: &str) -> Vec<u8> {
    let others = others.split("\n---").map(|text| text.trim_start_matches('-').trim()).filter(|text| !text.is_empty());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heads = ["member", "name", "branch", "address", "constituency", "nation", "group", "point", "band", "words"];
    let group = post.group.as_deref().unwrap_or_default();
    let mut written = writer.write_record(heads);
    for (at, words) in std::iter::once(own).chain(others).enumerate() {
        let member = if at == 0 { "you".to_owned() } else { format!("other letter {at}") };
        let row = [&member, "(your name)", branch, "(your address)", constituency, &post.nation, group, post.point(), post.band(), words];
        written = written.and_then(|()| writer.write_record(row));
    }
    debug_assert!(written.is_ok(), "rows are as long as the headings");
    writer.into_inner().unwrap_or_default()
}

/// Every letter of a file of members, or every fault of it.
fn written(opened: &Opened<'_>, file: &str, bytes: Vec<u8>, on: dated::Date) -> Result<Letters, Vec<dated::Fault>> {
    let plan = &opened.dispute.campaign_plan;
    let faults = Faults::new();
    let writers = Writers::read(file, &FileBytes::Read(bytes), plan, &faults);
    let all = letters(opened.dispute, plan, opened.places.places(), &writers, on, None, &faults);
    if faults.error_count() > 0 { Err(faults.into_sorted()) } else { Ok(all) }
}

fn checked(letter: &Letter) -> CheckedView {
    let same = &letter.sameness;
    CheckedView {
        to: format!("{}, {} ({})", letter.mp, letter.constituency, letter.mp_note),
        own_words: letter.own_words,
        percent: same.percent(),
        runs: format!("{} of {}; {} in the template, {} in other letters", same.copied, same.runs, same.in_template, same.in_others),
        is_too_alike: letter.too_alike,
        passage: passage(same, letter.alike_with.as_deref()),
        loss: letter.loss.to_string(),
        text: letter.text(),
    }
}

fn passage(same: &Sameness, other: Option<&str>) -> Option<String> {
    let passage = same.longest?;
    let from = match (passage.from_template, other) {
        (true, _) => "in the template".to_owned(),
        (false, Some(other)) => format!("in {other} too"),
        (false, None) => format!("in {} letters", passage.letters),
    };
    Some(format!("words {} to {}, {from}", passage.first_word, passage.first_word + passage.words - 1))
}

/// Counts of a list of members.
pub(super) struct CountsView {
    pub(super) heading: String,
    pub(super) html: Vec<String>,
    pub(super) held_back: Vec<String>,
    pub(super) members: String,
    pub(super) on: String,
}

/// As `letters counts`: numbers by member of Parliament and by branch, never a word of a letter. `None` without planned letters.
pub(super) fn counted(opened: &Opened<'_>, asked: &Asked<'_>, slips: &mut Vec<Slip>) -> Option<CountsView> {
    opened.dispute.campaign_plan.letter.as_ref()?;
    let members = asked.one("members").unwrap_or_default().to_owned();
    let on = asked.one("counts-on").unwrap_or_default().to_owned();
    let mut view = CountsView { heading: String::new(), html: Vec::new(), held_back: Vec::new(), members: String::new(), on };
    if members.is_empty() {
        return Some(view);
    }
    let before = slips.len();
    let on = day(asked, "counts-on", "Date of the letters", slips).unwrap_or(opened.today);
    if slips.len() > before {
        view.members = members;
        return Some(view);
    }
    match written(opened, "members.csv", members.clone().into_bytes(), on) {
        Err(faults) => {
            as_slips("members", faults, slips);
            view.members = members;
        }
        Ok(all) => {
            let found = counts(&all);
            view.heading =
                format!("{} letters to {} members of Parliament, dated {}", all.letters.len(), found.seats.len(), dated::long_date(all.on));
            let heads = ["constituency", "member of Parliament", ">letters", ">held back", ">loss together"];
            let mut by_seat = Table::new("by-mp", "Letters by member of Parliament", &heads);
            for seat in &found.seats {
                by_seat.row([
                    words(&seat.constituency),
                    words(format!("{}, {}", seat.mp, seat.mp_note)),
                    words(seat.letters.to_string()),
                    words(seat.held_back.to_string()),
                    words(seat.loss.to_string()).exact(seat.loss.pounds().to_fixed(2)),
                ]);
            }
            let heads = ["branch", ">letters", ">held back", ">members of Parliament", ">loss together"];
            let mut by_branch = Table::new("by-branch", "Letters by branch", &heads);
            for branch in &found.branches {
                by_branch.row([
                    words(opened.dispute.campaign_plan.branch_name(&branch.branch)),
                    words(branch.letters.to_string()),
                    words(branch.held_back.to_string()),
                    words(branch.mps.to_string()),
                    words(branch.loss.to_string()).exact(branch.loss.pounds().to_fixed(2)),
                ]);
            }
            // The members' list is not kept, so there is no address that could give these rows again.
            view.html = vec![by_seat.html(None), by_branch.html(None)];
            let held = all.letters.iter().filter(|letter| letter.too_alike);
            view.held_back = held.map(|letter| format!("{}: {}% copied", letter.member, letter.sameness.percent())).collect();
        }
    }
    Some(view)
}
