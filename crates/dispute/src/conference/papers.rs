//! The papers of a conference as data: agenda, minute, decisions book. `papers_text` writes them as text and Markdown, the
//! crate `print` sets them in type. Nothing in them was typed that could be derived.

use pay::grouped;

use super::Conference;
use super::agenda::ItemKind;
use super::count::Tally;
use super::decision::{Decision, Outcome};
use super::log::{Event, Happening};
use super::replay::capital;
use super::rules::Majority;
use super::wording::{apply, has_lost_its_words};

/// The agenda in the order of business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agenda {
    /// The conference and where it meets.
    pub title: String,
    /// When, in words.
    pub when: Option<String>,
    /// Main items, each followed by its amendments.
    pub entries: Vec<AgendaEntry>,
    /// What is put to the vote without debate when time runs out.
    pub guillotine: Vec<String>,
}

/// One item of the agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaEntry {
    /// The item.
    pub id: String,
    /// `Motion 12: Pay`.
    pub heading: String,
    /// 0 for a main item, 1 for an amendment, 2 for an amendment to an amendment.
    pub depth: usize,
    /// Who moves it.
    pub mover: Option<String>,
    /// Its text, or the changes it makes.
    pub text: Vec<String>,
    /// What the committee decided about it, what it is debated with, what it falls with, what it conflicts with.
    pub notes: Vec<String>,
    /// C36: other amendments to the same words, by name; not both can be made.
    pub conflicts_with: Vec<String>,
    /// Of an amendment: the text it is to, and that text if it alone is carried. `None` where its words are not on record.
    pub before_and_after: Option<(String, String)>,
}

/// The minute of a conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minute {
    /// The conference and where it met.
    pub title: String,
    /// When, in words.
    pub when: Option<String>,
    /// What was done with the order of business on the day, in sentences.
    pub business: Vec<String>,
    /// One for each item, in the order in which they were decided.
    pub items: Vec<MinuteItem>,
    /// Ids of the sources.
    pub sources: Vec<String>,
}

/// What is minuted of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinuteItem {
    /// The item.
    pub id: String,
    /// `Motion 12: Pay`.
    pub heading: String,
    /// What happened, in sentences.
    pub sentences: Vec<String>,
    /// The text of a motion as it was put, or what an amendment asked.
    pub text: Vec<String>,
    /// C36: other amendments to the same words, by name.
    pub conflicts_with: Vec<String>,
    /// The text before and after, where it changed: of a motion as it came and as it was put, of what an amendment is to.
    pub before_and_after: Option<(String, String)>,
}

/// What conference decided and left, for those who have to carry it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionsBook {
    /// The conference and where it met.
    pub title: String,
    /// When, in words.
    pub when: Option<String>,
    /// What was carried, with its final text.
    pub carried: Vec<BookEntry>,
    /// What was left to the executive.
    pub remitted: Vec<BookEntry>,
    /// Everything else, with what became of it.
    pub others: Vec<BookEntry>,
}

/// One entry of the decisions book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookEntry {
    /// The item.
    pub id: String,
    /// `Motion 12: Pay`.
    pub heading: String,
    /// What became of it, in a sentence.
    pub outcome: String,
    /// The final text of what was carried or remitted.
    pub text: Option<String>,
    /// The text as it came to conference, where amendments changed it.
    pub before: Option<String>,
}

impl Conference {
    /// The agenda.
    pub fn agenda(&self) -> Agenda {
        let mut entries = Vec::new();
        let parked = |number: &usize| self.checked.ruled_out[*number].is_some() || self.checked.joined_in[*number].is_some();
        let (out, on): (Vec<usize>, Vec<usize>) = self.checked.order.iter().copied().partition(parked);
        for number in on.into_iter().chain(out) {
            self.add_entry(number, 0, &mut entries);
        }
        let guillotine = self.checked.guillotine.iter().map(|number| capital(&self.items[*number].name())).collect();
        Agenda { title: self.name(), when: self.when.map(pay::When::words), entries, guillotine }
    }

    fn add_entry(&self, number: usize, depth: usize, entries: &mut Vec<AgendaEntry>) {
        let (item, checked) = (&self.items[number], &self.checked);
        let mut notes = Vec::new();
        if let Some(reason) = &checked.ruled_out[number] {
            notes.push(format!("Ruled out by the standing orders committee: {reason}"));
        }
        if let Some(composite) = checked.joined_in[number] {
            notes.push(format!("In {}, with the consent of its mover.", self.items[composite].name()));
        }
        for decision in &self.committee {
            let is_named = decision.items.iter().any(|(id, _)| *id == item.id);
            if let (super::Ruling::Admit, true, Some(reason)) = (&decision.ruling, is_named, &decision.reason) {
                notes.push(format!("Admitted by the standing orders committee: {reason}"));
            }
        }
        if !checked.is_admitted[number] {
            notes.push("Not admitted by the standing orders committee so far.".to_owned());
        }
        if let Some(reason) = &checked.altered[number] {
            notes.push(format!("Words altered by the standing orders committee to make it admissible: {reason}"));
        }
        if matches!(item.kind, ItemKind::Composite(_)) {
            notes.push(format!("Joins motions {}.", list(item.joins.iter().map(|(id, _)| id.clone()))));
        }
        if item.kind == ItemKind::RuleChange && self.rules.rule_change_majority == Majority::TwoThirds {
            notes.push("A change of rules: needs two thirds of the votes for and against.".to_owned());
        }
        for group in checked.groups.iter().filter(|group| group.contains(&number)) {
            let others = group.iter().filter(|other| **other != number).map(|other| self.items[*other].name());
            notes.push(format!("Debated together with {}; voted on one after the other.", list(others)));
        }
        if !item.falls_if_carried.is_empty() {
            let named = item.falls_if_carried.iter().map(|(id, _)| self.item(id).map_or_else(|| id.clone(), super::Item::name));
            notes.push(format!("Falls if {} is carried.", list_or(named)));
        }
        let text = if item.is_main() {
            checked.texts[number].lines().map(str::to_owned).collect()
        } else if item.changes.is_empty() {
            vec![format!("Words not on record; in substance: {}", item.text)]
        } else {
            item.changes.iter().map(|placed| placed.change.words()).collect()
        };
        let conflicts_with = self.conflicts_of(number);
        if !conflicts_with.is_empty() {
            notes.push(format!(
                "Conflicts with {}: they change the same words, and not both can be made.",
                list(conflicts_with.iter().cloned())
            ));
        }
        let heading = heading(&item.name(), item.title.as_deref());
        entries.push(AgendaEntry {
            id: item.id.clone(),
            heading,
            depth,
            mover: self.mover_name(item).map(str::to_owned),
            text,
            notes,
            conflicts_with,
            before_and_after: self.if_carried_alone(number),
        });
        for amendment in (0..self.items.len()).filter(|other| checked.parent[*other] == Some(number)) {
            self.add_entry(amendment, depth + 1, entries);
        }
    }

    /// The minute.
    pub fn minute(&self) -> Minute {
        let items = self.decisions.iter().map(|decision| MinuteItem {
            id: decision.id.clone(),
            heading: heading_of(decision),
            sentences: self.sentences(decision),
            text: if decision.amends.is_some() {
                decision.asks.clone()
            } else {
                decision.text_after.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
            },
            conflicts_with: self
                .items
                .iter()
                .position(|item| item.id == decision.id)
                .map_or_else(Vec::new, |number| self.conflicts_of(number)),
            before_and_after: decision
                .text_after
                .clone()
                .filter(|after| *after != decision.text_before)
                .map(|after| (decision.text_before.clone(), after)),
        });
        Minute {
            title: self.name(),
            when: self.when.map(pay::When::words),
            business: self.log.iter().filter_map(|event| self.business_sentence(event)).collect(),
            items: items.collect(),
            sources: self.source.clone(),
        }
    }

    /// The decisions book.
    pub fn decisions_book(&self) -> DecisionsBook {
        let (mut carried, mut remitted, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for decision in &self.decisions {
            let entry = |text: Option<String>| BookEntry {
                id: decision.id.clone(),
                heading: heading_of(decision),
                outcome: self.outcome_sentence(decision),
                before: text.as_ref().filter(|text| **text != decision.text_before).map(|_| decision.text_before.clone()),
                text,
            };
            match decision.outcome {
                Outcome::Carried if decision.amends.is_none() => carried.push(entry(decision.text_after.clone())),
                Outcome::Remitted => remitted.push(entry(decision.text_after.clone())),
                _ => others.push(entry(None)),
            }
        }
        DecisionsBook { title: self.name(), when: self.when.map(pay::When::words), carried, remitted, others }
    }

    /// C36: the amendments that one conflicts with, by name: to the same words of the same text, so that not both can be made.
    fn conflicts_of(&self, number: usize) -> Vec<String> {
        let (checked, mine) = (&self.checked, &self.checked.changes[number]);
        let conflict = |other: usize| {
            checked.changes[other].iter().any(|(_, at, theirs)| {
                mine.iter().any(|(_, place, edit)| {
                    let one = std::slice::from_ref;
                    at == place && (has_lost_its_words(edit, one(theirs)) || has_lost_its_words(theirs, one(edit)))
                })
            })
        };
        let rivals = (0..self.items.len()).filter(|other| {
            *other != number
                && checked.parent[*other].is_some()
                && checked.parent[*other] == checked.parent[number]
                && checked.ruled_out[*other].is_none()
                && checked.ruled_out[number].is_none()
        });
        rivals.filter(|other| conflict(*other)).map(|other| self.items[other].name()).collect()
    }

    /// The text an amendment is to, and that text if it alone is carried.
    fn if_carried_alone(&self, number: usize) -> Option<(String, String)> {
        let checked = &self.checked;
        let parent = checked.parent[number]?;
        let mine = &checked.changes[number];
        let texts: Vec<(usize, &str)> = if self.items[parent].is_main() {
            vec![(0, checked.texts[parent].as_str())]
        } else {
            let new = checked.changes[parent].iter().enumerate();
            new.filter_map(|(at, (change, ..))| Some((at, change.new_words()?))).collect()
        };
        let touched: Vec<(usize, &str)> = texts.into_iter().filter(|(at, _)| mine.iter().any(|(_, place, _)| place == at)).collect();
        let after = touched.iter().map(|(at, text)| apply(text, mine.iter().filter(|(_, place, _)| place == at).map(|(.., edit)| edit)));
        let after = after.collect::<Vec<_>>().join("\n");
        let before = touched.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
        (!touched.is_empty()).then_some((before, after))
    }

    fn sentences(&self, decision: &Decision) -> Vec<String> {
        let mut sentences = Vec::new();
        match (&decision.moved_by, &decision.seconded_by) {
            (Some(mover), Some(seconder)) => sentences.push(format!("Moved by {mover}, seconded by {seconder}.")),
            (Some(mover), None) => sentences.push(format!("Moved by {mover}.")),
            _ if !decision.is_moved => sentences.extend(decision.submitted_by.iter().map(|who| format!("Submitted by {who}."))),
            _ => {}
        }
        for side in &decision.side_votes {
            let vote = vote_sentence(&side.tally, side.kind.words());
            sentences.push(format!("{} was moved: {}", capital(side.kind.words()), uncapital(&vote)));
        }
        for earlier in &decision.earlier_votes {
            let so = if earlier.carried { "carried" } else { "lost" };
            let counted = counted(earlier).map(|counted| format!(", {counted},")).unwrap_or_default();
            sentences.push(format!("On {}{counted} it was {so}; a more formal vote followed.", earlier.method.words()));
        }
        sentences.push(self.outcome_sentence(decision));
        if let Some(vote) = &decision.vote {
            sentences.extend(more_of_the_vote(vote));
        }
        if decision.amends.is_some() && decision.outcome == Outcome::Carried {
            sentences.push("The text was altered accordingly.".to_owned());
        }
        for fall in &decision.falls {
            let name = self.item(&fall.id).map_or_else(|| fall.id.clone(), super::Item::name);
            sentences.push(format!("In consequence {name} fell: {}.", fall.why));
        }
        sentences.extend(decision.notes.iter().cloned());
        sentences
    }

    fn outcome_sentence(&self, decision: &Decision) -> String {
        let noun = if decision.amends.is_some() { "amendment" } else { "motion" };
        match (&decision.vote, decision.outcome) {
            (Some(vote), Outcome::Carried | Outcome::Rejected) => vote_sentence(vote, noun),
            (_, Outcome::Fell) => format!("Fell: {}.", decision.why.as_deref().unwrap_or("in consequence of another decision")),
            (_, Outcome::Withdrawn) if decision.moved_by.is_some() => "Withdrawn by its mover with the consent of conference.".to_owned(),
            (_, Outcome::Remitted) => "Remitted to the executive with the consent of its mover.".to_owned(),
            (_, Outcome::RuledOut) => format!("Ruled out by the standing orders committee: {}", decision.why.as_deref().unwrap_or("")),
            (_, Outcome::Composited | Outcome::NotReached) => decision.why.clone().unwrap_or_else(|| capital(decision.outcome.words())),
            (_, outcome) => format!("{}.", capital(outcome.words())),
        }
    }
}

fn heading(name: &str, title: Option<&str>) -> String {
    title.map_or_else(|| capital(name), |title| format!("{}: {title}", capital(name)))
}

fn heading_of(decision: &Decision) -> String {
    let name = capital(&decision.name);
    if decision.title == name { name } else { format!("{name}: {}", decision.title) }
}

fn votes(count: u64) -> String {
    match count {
        0 => "none".to_owned(),
        count => grouped(count),
    }
}

/// C14: how a vote went, in one sentence. The word unanimous stands only where the numbers give it.
fn vote_sentence(tally: &Tally, noun: &str) -> String {
    let method = match tally.method {
        super::Method::NotRecorded => "how the vote was taken is not recorded".to_owned(),
        method => format!("on {}", method.words()),
    };
    let word = if tally.carried { "Carried" } else { "Rejected" };
    if tally.is_tie {
        let each = tally.votes_for.map(grouped).unwrap_or_default();
        let end = match tally.casting {
            Some(true) => format!("the chair gave a casting vote for, and the {noun} was carried"),
            Some(false) => format!("the chair gave a casting vote against, and the {noun} was lost"),
            None => format!("the {noun} falls"),
        };
        return format!("The vote was equal, {each} to {each}, {method}: {end}.");
    }
    let (won, lost) = if tally.carried { (tally.votes_for, tally.against) } else { (tally.against, tally.votes_for) };
    let abstained = tally
        .abstain
        .filter(|count| *count > 0)
        .map(|count| format!(", with {} {}", grouped(count), if count == 1 { "abstention" } else { "abstentions" }));
    let abstained = abstained.unwrap_or_default();
    let join = if tally.method == super::Method::NotRecorded { "; " } else { " " };
    if !tally.carried && votes_for_more(tally) {
        let (votes_for, against) = (lost.unwrap_or(0), won.unwrap_or(0));
        let (votes_for, against) = (grouped(votes_for), grouped(against));
        return format!("Rejected, {method}: {votes_for} for and {against} against are not {}.", tally.needed.words());
    }
    let sep = if abstained.is_empty() { "" } else { "," };
    match (tally.unanimous, counted(tally)) {
        (Some(true), Some(counted)) => format!("{word} unanimously, {counted}, {method}."),
        (Some(true), None) => format!("{word} unanimously{join}{method}."),
        (_, Some(counted)) if lost == Some(0) => format!("{word} with nobody on the other side, {counted}{abstained}, {method}."),
        (_, Some(counted)) => format!("{word} by {counted}{abstained}{sep} {method}."),
        (_, None) => {
            let side = if tally.carried { "against" } else { "for" };
            let known = match lost {
                Some(0) => format!(" with nobody {side}{abstained}"),
                Some(lost) => format!(" with {} {side}{abstained}", grouped(lost)),
                None => abstained,
            };
            let uncounted = if lost.is_none() { "; no count is on record" } else { "" };
            format!("{word}{known}{join}{method}{uncounted}.")
        }
    }
}

/// The winning side and the other, in numbers.
fn counted(tally: &Tally) -> Option<String> {
    let (won, lost) = if tally.carried { (tally.votes_for?, tally.against?) } else { (tally.against?, tally.votes_for?) };
    Some(format!("{} to {}", votes(won), votes(lost)))
}

fn votes_for_more(tally: &Tally) -> bool {
    tally.votes_for.zip(tally.against).is_some_and(|(votes_for, against)| votes_for > against)
}

/// With a small letter at its start, to stand behind a colon.
fn uncapital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What the vote leaves to be minuted: who demanded a card vote, divided cards, the minority.
fn more_of_the_vote(tally: &Tally) -> Vec<String> {
    let mut more = Vec::new();
    if let Some((caller, count)) = tally.demanded {
        let by = count.map_or_else(|| format!("the {}", caller.word()), |count| format!("{} {}", grouped(count), caller.word()));
        more.push(format!("The card vote was demanded by {by}; each branch votes with its members at the record date."));
    }
    if tally.needed == Majority::TwoThirds && (tally.carried || !votes_for_more(tally)) {
        more.push("Two thirds of the votes for and against were needed.".to_owned());
    }
    for card in &tally.cards {
        if card.votes.iter().filter(|part| **part > 0).count() > 1 {
            let parts = ["for", "against", "abstaining"].into_iter().zip(card.votes).filter(|(_, part)| *part > 0);
            let parts = parts.map(|(way, part)| format!("{} {way}", grouped(part)));
            more.push(format!("{} divided its card: {}.", card.name, list(parts)));
        }
        if card.is_against_instruction {
            more.push(format!("{} did not vote as the branch had instructed its delegates.", card.name));
        }
    }
    if let Some(members) = tally.not_cast().filter(|members| *members > 0) {
        more.push(format!(
            "Branches with {} of {} members cast no card.",
            grouped(members),
            tally.membership.map(grouped).unwrap_or_default()
        ));
    }
    if let (Some(minority), Some(votes_for), Some(against)) = (tally.minority(), tally.votes_for, tally.against)
        && !tally.is_tie
    {
        let percent = dated::Ratio::new(i128::from(minority) * 100, i128::from(votes_for) + i128::from(against));
        let side = if tally.votes_for > tally.against { "against" } else { "for" };
        more.push(format!(
            "The minority {side} is recorded: {}, or {}% of the votes for and against.",
            grouped(minority),
            percent.to_fixed(1)
        ));
    }
    if let Some(words) = &tally.minority_words {
        more.push(format!(
            "The minority is recorded in the words of the report: {}. Its number is not known.",
            words.trim_end_matches('.')
        ));
    }
    more
}

fn list(names: impl Iterator<Item = String>) -> String {
    joined(&names.collect::<Vec<_>>(), "and")
}

fn list_or(names: impl Iterator<Item = String>) -> String {
    joined(&names.collect::<Vec<_>>(), "or")
}

fn joined(names: &[String], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

impl Conference {
    /// C26: a change of the order of business, or the guillotine, as it is minuted.
    fn business_sentence(&self, event: &Event) -> Option<String> {
        let day = event.on.map_or_else(String::new, |on| format!("{}: ", dated::long_date(on)));
        let by = event.by.as_ref().map_or_else(String::new, |by| format!(" on the motion of {by}"));
        let what = match event.what {
            Happening::OrderChanged => {
                let names = event.items.iter().filter_map(|(id, _)| self.item(id)).map(super::Item::name).collect::<Vec<_>>();
                format!("the order of business was changed{by}: first {}, then what was left.", names.join(", "))
            }
            Happening::Guillotine => format!("time ran out{by}; what was on the guillotine list was put without debate."),
            _ => return None,
        };
        let note = event.note.as_ref().map_or_else(String::new, |note| format!(" {note}"));
        Some(capital(&format!("{day}{what}{note}")))
    }
}
