//! Conference: the agenda, what was decided and how it follows from the log, the texts before and after, and the tests in the words.

mod measured;
mod papers;

use askama::Template;
use dated::Source;
use dispute::conference::Conference;
use dispute::{Dispute, Motion};
use report::said::when_words;

use self::measured::TestView;
use self::papers::{DecisionView, EntryView};
use super::question::{Cited, address, shown};
use crate::asked::{Answer, Asked, File, Opened, Reader, Trouble};
use crate::table::{Table, words};

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    if let Some(paper) = asked.one("paper") {
        return paper_file(dispute, paper, asked.one("conference"));
    }
    let mut cited = Cited::default();
    let csv = address(opened, "conference", asked, &[]);
    let mut tables = Vec::new();
    let conferences: Vec<ConferenceView> =
        dispute.conferences.iter().map(|conference| conference_view(opened, conference, &csv, &mut cited, &mut tables)).collect();
    let outcomes_only = outcomes_only(dispute, &mut cited);
    let outcomes_shown = (!outcomes_only.rows.is_empty()).then(|| shown(&outcomes_only, Some(&csv)));
    tables.push(outcomes_only);
    let view = View {
        is_desk: matches!(opened.reader, Reader::Desk { .. }),
        base: opened.base.to_owned(),
        conferences,
        outcomes_only: outcomes_shown,
        sources: cited.list(&dispute.sources),
    };
    super::filled("Conference", &view, tables)
}

/// A paper as plain text to keep: `?paper=minute&conference=ID`.
fn paper_file(dispute: &Dispute, paper: &str, id: Option<&str>) -> Result<Answer, Trouble> {
    let known = || dispute.conferences.iter().map(|conference| conference.id.as_str()).collect::<Vec<_>>().join(", ");
    let mut chosen = dispute.conferences.iter().filter(|conference| id.is_none_or(|id| conference.id == id));
    let conference = match (chosen.next(), id) {
        (Some(conference), _) => conference,
        (None, Some(id)) => return Err(Trouble::question(format!("there is no conference “{id}” here; it is one of {}", known()))),
        (None, None) => return Err(Trouble::not_there("this dispute has no conference with an agenda")),
    };
    let text = match paper {
        "agenda" => conference.agenda().text(),
        "minute" => conference.minute().text(),
        "decisions-book" => conference.decisions_book().text(),
        _ => return Err(Trouble::question(format!("there is no paper “{paper}”; it is agenda, minute or decisions-book"))),
    };
    let name = format!("{}-{}-{paper}.txt", dispute.id, conference.id);
    Ok(Answer::File(File { name, kind: "text/plain; charset=utf-8", bytes: text.into_bytes() }))
}

/// A conference.
struct ConferenceView {
    id: String,
    name: String,
    meta: String,
    source: Vec<String>,
    agenda: Vec<EntryView>,
    guillotine: String,
    decisions: Option<String>,
    details: Vec<DecisionView>,
    minute: Vec<String>,
    log: Option<String>,
    tests: Vec<TestView>,
    papers: Vec<(String, &'static str)>,
}

fn conference_view(opened: &Opened<'_>, conference: &Conference, csv: &str, cited: &mut Cited, tables: &mut Vec<Table>) -> ConferenceView {
    let agenda = conference.agenda();
    let minute = conference.minute();
    let decisions = papers::decisions(conference, cited);
    let log = papers::log(conference, cited);
    let (tests, of_tests) = measured::tests(opened, conference, csv, cited);
    let if_any = |table: &Table| (!table.rows.is_empty()).then(|| shown(table, Some(csv)));
    let view = ConferenceView {
        id: conference.id.clone(),
        name: conference.name(),
        meta: meta(conference),
        source: cited.of(&conference.source),
        guillotine: agenda.guillotine.join(", "),
        agenda: agenda.entries.iter().map(EntryView::of).collect(),
        decisions: if_any(&decisions),
        details: conference.decisions.iter().map(|decision| DecisionView::of(decision, &minute, cited)).collect(),
        minute: minute.business.clone(),
        log: if_any(&log),
        tests,
        papers: [("agenda", "Agenda"), ("minute", "Minute"), ("decisions-book", "Decisions book")]
            .into_iter()
            .map(|(paper, name)| (format!("{}/conference?paper={paper}&conference={}", opened.base, conference.id), name))
            .collect(),
    };
    tables.extend([decisions, log]);
    tables.extend(of_tests);
    view
}

/// When, who was there, and the standing orders that decide how votes count.
fn meta(conference: &Conference) -> String {
    let mut parts = vec![when_words(conference.when)];
    parts.extend(conference.present.map(|present| format!("{} delegates present", pay::grouped(present))));
    if !conference.branches.is_empty() {
        parts.push(format!("{} branches", conference.branches.len()));
    }
    parts.extend(conference.rules.record_date.map(|day| format!("membership as of {}", dated::long_date(day))));
    parts.push(format!("a change of rules needs {}", conference.rules.rule_change_majority.words()));
    parts.join(" · ")
}

/// Motions of which only the outcome was written down.
fn outcomes_only(dispute: &Dispute, cited: &mut Cited) -> Table {
    let heads = ["motion", "at", "when", "moved by", "outcome", "vote", "in our words", "source"];
    let mut table = Table::new("outcomes", "Motions of which only the outcome is on record", &heads);
    let is_replayed = |motion: &&Motion| {
        dispute.conferences.iter().any(|conference| conference.decisions.iter().any(|decision| decision.id == motion.id))
    };
    for motion in dispute.motions.iter().filter(|motion| !is_replayed(motion)) {
        table.row([
            words(&motion.id),
            words(&motion.conference),
            words(when_words(motion.when)).exact(motion.when.map(pay::When::iso).unwrap_or_default()),
            words(motion.moved_by.clone().unwrap_or_default()),
            words(motion.outcome.words()).exact(motion.outcome.word()).class(papers::outcome_class(motion.outcome)),
            words(motion.vote.clone().unwrap_or_default()),
            words(&motion.text),
            cited.cell(&motion.source),
        ]);
    }
    table
}

#[derive(Template)]
#[template(path = "conference/page.html")]
struct View {
    is_desk: bool,
    base: String,
    conferences: Vec<ConferenceView>,
    outcomes_only: Option<String>,
    sources: Vec<Source>,
}
