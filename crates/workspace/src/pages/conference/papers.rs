//! The agenda, the decisions with their votes and texts, and the log they follow from.

use dispute::conference::{AgendaEntry, Conference, Decision, Event, Happening, Mark, Minute, Outcome, Tally, VoteRecord, changed_words};

use crate::pages::question::Cited;
use crate::table::{Cell, Table, words};

/// A piece of a text before or after: it stayed, went or came.
pub(super) struct Piece {
    pub(super) tag: &'static str,
    pub(super) text: String,
}

/// A text before and after.
pub(super) struct Texts {
    pub(super) before: Vec<Piece>,
    pub(super) after: Vec<Piece>,
}

impl Texts {
    fn of(before: &str, after: &str) -> Self {
        let [before, after] = changed_words(before, after);
        let piece = |(mark, text): (Mark, String)| Piece {
            tag: match mark {
                Mark::Same => "span",
                Mark::Gone => "del",
                Mark::New => "ins",
            },
            text,
        };
        Self { before: before.into_iter().map(piece).collect(), after: after.into_iter().map(piece).collect() }
    }
}

/// An entry of the agenda.
pub(super) struct EntryView {
    pub(super) heading: String,
    pub(super) is_amendment: bool,
    pub(super) mover: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) text: Vec<String>,
    pub(super) conflicts_with: String,
    pub(super) texts: Option<Texts>,
}

impl EntryView {
    pub(super) fn of(entry: &AgendaEntry) -> Self {
        Self {
            heading: entry.heading.clone(),
            is_amendment: entry.depth > 0,
            mover: entry.mover.clone(),
            notes: entry.notes.clone(),
            text: entry.text.clone(),
            conflicts_with: entry.conflicts_with.join(", "),
            texts: entry.before_and_after.as_ref().map(|(before, after)| Texts::of(before, after)),
        }
    }
}

/// How good or bad an outcome is for an item.
pub(super) fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Carried => "for",
        Outcome::Rejected | Outcome::Fell | Outcome::RuledOut | Outcome::Withdrawn => "against",
        Outcome::Remitted | Outcome::ReferredBack | Outcome::NextBusiness | Outcome::Composited | Outcome::NotReached => "open",
    }
}

fn counted(tally: Option<&Tally>, of: fn(&Tally) -> Option<u64>) -> Cell {
    match tally.map(of) {
        None => words(""),
        Some(None) => words("not counted").exact(""),
        Some(Some(count)) => words(pay::grouped(count)).exact(count.to_string()),
    }
}

/// What was decided on each item; unanimity is derived from the counts.
pub(super) fn decisions(conference: &Conference, cited: &mut Cited) -> Table {
    let heads = ["item", "outcome", "vote", ">for", ">against", ">abstain", "unanimous", "fell in consequence", "source"];
    let mut table = Table::new(format!("decisions-{}", conference.id), format!("Decisions of {}", conference.name()), &heads);
    for decision in &conference.decisions {
        let unanimous = match (decision.unanimous(), &decision.vote) {
            (Some(true), _) => "yes",
            (Some(false), _) => "no",
            (None, Some(_)) => "not known",
            (None, None) => "",
        };
        let vote = decision.vote.as_ref();
        table.row([
            words(&decision.name).exact(&decision.id).from(format!("#d-{}", decision.id)),
            words(decision.outcome.words()).exact(decision.outcome.word()).class(outcome_class(decision.outcome)),
            vote.map_or_else(|| words(""), |vote| words(vote.method.words()).exact(vote.method.word())),
            counted(vote, |vote| vote.votes_for),
            counted(vote, |vote| vote.against),
            counted(vote, |vote| vote.abstain),
            words(unanimous),
            words(decision.falls.iter().map(|fall| fall.id.as_str()).collect::<Vec<_>>().join(", ")),
            cited.cell(&decision.source),
        ]);
    }
    table
}

/// A decision with its texts and every vote on the way.
pub(super) struct DecisionView {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) sentences: String,
    pub(super) text: Vec<String>,
    pub(super) texts: Option<Texts>,
    pub(super) votes: Vec<String>,
    pub(super) cards: Option<String>,
    pub(super) falls: Vec<String>,
    pub(super) source: Vec<String>,
}

impl DecisionView {
    pub(super) fn of(decision: &Decision, minute: &Minute, cited: &mut Cited) -> Self {
        let item = minute.items.iter().find(|item| item.id == decision.id);
        let mut votes: Vec<String> = decision.earlier_votes.iter().map(|vote| format!("Earlier: {}", tally_words(vote))).collect();
        votes.extend(decision.side_votes.iter().map(|side| format!("On {}: {}", side.kind.words(), tally_words(&side.tally))));
        votes.extend(decision.vote.iter().map(|vote| format!("Decided by {}", tally_words(vote))));
        Self {
            id: decision.id.clone(),
            heading: item.map_or_else(|| decision.name.clone(), |item| item.heading.clone()),
            sentences: item.map(|item| item.sentences.join(" ")).unwrap_or_default(),
            text: item.map(|item| item.text.clone()).unwrap_or_default(),
            texts: item.and_then(|item| item.before_and_after.as_ref()).map(|(before, after)| Texts::of(before, after)),
            votes,
            cards: decision.vote.as_ref().and_then(|vote| cards(&decision.id, vote)),
            falls: decision.falls.iter().map(|fall| format!("{}: {}", fall.id, fall.why)).collect(),
            source: cited.of(&decision.source),
        }
    }
}

fn tally_words(tally: &Tally) -> String {
    let count = |count: Option<u64>| count.map_or_else(|| "not counted".to_owned(), pay::grouped);
    let mut text = format!(
        "{}: for {}, against {}, abstaining {}; {} was needed; {}",
        tally.method.words(),
        count(tally.votes_for),
        count(tally.against),
        count(tally.abstain),
        tally.needed.words(),
        if tally.carried { "carried" } else { "not carried" }
    );
    if tally.is_tie {
        text.push_str("; a tie");
    }
    if let Some(is_for) = tally.casting {
        text.push_str(if is_for { "; the chair voted for" } else { "; the chair voted against" });
    }
    if let Some(minority) = &tally.minority_words {
        text.push_str(&format!("; minority in the words of the record: {minority}"));
    }
    if let Some((caller, count)) = tally.demanded {
        let count = count.map(|count| format!(" ({count})")).unwrap_or_default();
        text.push_str(&format!("; a card vote was demanded by {}{count}", caller.word()));
    }
    if let (Some(membership), Some(not_cast)) = (tally.membership, tally.not_cast()) {
        text.push_str(&format!("; {} of {} members’ votes were not cast", pay::grouped(not_cast), pay::grouped(membership)));
    }
    text
}

/// The cards of a card vote.
fn cards(item: &str, tally: &Tally) -> Option<String> {
    let heads = ["branch", ">members", ">for", ">against", ">abstain", "instruction"];
    let mut table = Table::new(format!("cards-{item}"), "Cards, branch by branch", &heads);
    for card in &tally.cards {
        let [votes_for, against, abstain] = card.votes.map(|votes| words(pay::grouped(votes)));
        let instruction =
            if card.is_against_instruction { words("against what the branch had told its delegates").class("against") } else { words("") };
        table.row([words(&card.name), words(pay::grouped(card.weight)), votes_for, against, abstain, instruction]);
    }
    (!table.rows.is_empty()).then(|| table.html(None))
}

/// What happened, in its order: all that outcomes are derived from.
pub(super) fn log(conference: &Conference, cited: &mut Cited) -> Table {
    let heads = [">line", "what happened", "to", "by", "on", "note", "stands in", "source"];
    let mut table = Table::new(format!("log-{}", conference.id), format!("The log of {}", conference.name()), &heads);
    for (at, event) in conference.log.iter().enumerate() {
        let items: Vec<String> =
            event.items.iter().map(|(id, _)| conference.item(id).map_or_else(|| id.clone(), dispute::conference::Item::name)).collect();
        let source = if event.source.is_empty() { &conference.source } else { &event.source };
        table.row([
            words((at + 1).to_string()),
            words(happening(event)),
            words(items.join(", ")),
            words(event.by.clone().unwrap_or_default()),
            event.on.map_or_else(|| words(""), |day| words(dated::long_date(day)).exact(day.to_string())),
            words(event.note.clone().unwrap_or_default()),
            words(event.place.to_string()),
            cited.cell(source),
        ]);
    }
    table
}

fn happening(event: &Event) -> String {
    match &event.what {
        Happening::Moved => "moved".to_owned(),
        Happening::Seconded => "seconded".to_owned(),
        Happening::Vote(vote) => format!("put to {}", recorded(vote)),
        Happening::ReferenceBack(vote) => format!("reference back moved and put to {}", recorded(vote)),
        Happening::NextBusiness(vote) => format!("next business moved and put to {}", recorded(vote)),
        Happening::Withdrawn { consent } => if *consent { "withdrawn with consent" } else { "withdrawn" }.to_owned(),
        Happening::Remitted { consent } => if *consent { "remitted with consent" } else { "remitted" }.to_owned(),
        Happening::Falls => "falls, the chair says".to_owned(),
        Happening::Admitted => "admitted after all".to_owned(),
        Happening::OrderChanged => "order of business changed".to_owned(),
        Happening::Guillotine => "time ran out".to_owned(),
    }
}

/// A vote as the record has it, before anything is derived from it.
fn recorded(vote: &VoteRecord) -> String {
    let mut parts = vec![vote.method.words().to_owned()];
    let counts = [("for", vote.votes_for), ("against", vote.against), ("abstaining", vote.abstain)];
    parts.extend(counts.into_iter().filter_map(|(way, count)| Some(format!("{way} {}", pay::grouped(count?)))));
    parts.extend(vote.declared.map(|carried| format!("declared {}", if carried { "carried" } else { "rejected" })));
    if !vote.cards.is_empty() {
        parts.push(format!("{} cards", vote.cards.len()));
    }
    parts.extend(vote.minority.iter().map(|words| format!("minority: {words}")));
    parts.join(", ")
}
