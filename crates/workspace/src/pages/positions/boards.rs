//! Positions by offer, what a council makes of them, and the history of one party.

use dispute::talks::{Council, CouncilAnswer, CouncilOutcome, CouncilRule, Lean, board, history};
use report::said::{council_answer, member_vote, position_result, standing_doubt, when_words};

use super::Asking;
use crate::asked::Asked;
use crate::pages::question::{Cited, Slip, shown, with_query};
use crate::table::{Cell, Table, words};

/// Who stands where on one offer.
pub(super) struct BoardView {
    pub(super) title: String,
    pub(super) href: Option<String>,
    pub(super) table: Table,
    pub(super) html: String,
    /// A party, its stance and the conditions it makes.
    pub(super) conditions: Vec<(String, Vec<String>)>,
    pub(super) doubts: Vec<String>,
}

/// What a council's vote on an offer comes to.
pub(super) struct CouncilView {
    pub(super) heading: String,
    pub(super) rule: String,
    pub(super) table: Table,
    pub(super) html: String,
    pub(super) answer: &'static str,
    pub(super) class: &'static str,
    pub(super) missing: Vec<String>,
    pub(super) if_advice: Option<&'static str>,
    pub(super) pivotal: String,
    pub(super) source: Vec<String>,
    pub(super) is_supposed: bool,
    pub(super) form: Vec<SeatField>,
    pub(super) rules: Vec<(&'static str, &'static str, bool)>,
    pub(super) weights: String,
}

/// A member of a council, as the form names it.
pub(super) struct SeatField {
    pub(super) party: String,
    pub(super) name: String,
}

/// All that a party said.
pub(super) struct PartyView {
    pub(super) name: String,
    pub(super) table: Table,
    pub(super) html: String,
}

/// Spec N1: the boards, narrowed to what was asked.
pub(super) fn boards(asking: &Asking<'_>, cited: &mut Cited) -> Vec<BoardView> {
    let dispute = asking.opened.dispute;
    let mut views = Vec::new();
    for (at, board) in board(&dispute.positions, asking.on).into_iter().enumerate() {
        let standings = board.standings.iter().filter(|standing| asking.party.is_none_or(|party| party == standing.party));
        let standings: Vec<_> = standings.collect();
        if standings.is_empty() || !asking.is_asked(board.offer) {
            continue;
        }
        let offer = board.offer.and_then(|id| dispute.offer(id));
        let title = offer.map_or_else(|| "On no offer in particular".to_owned(), |offer| offer.title.clone());
        let heads = ["party", "side", "stands", "since", "by", "advice to members", "result", "source"];
        let mut table = Table::new(format!("board-{}", at + 1), "Parties, by what they said last", &heads);
        let (mut conditions, mut doubts) = (Vec::new(), Vec::new());
        for standing in &standings {
            let position = standing.current;
            let name = dispute.party_name(standing.party);
            let side = dispute.parties.iter().find(|party| party.id == standing.party).map_or("", |party| party.side.word());
            let poll = position.poll.as_ref().map(|(id, _)| format!("{}/ballot#p-{id}", asking.opened.base));
            let result = words(position_result(position, dispute));
            table.row([
                words(name).from(with_query(&format!("{}/positions", asking.opened.base), [("party", standing.party)])),
                words(side.replace('-', " ")).exact(side),
                words(position.stance.words()).exact(position.stance.word()).class(lean_class(position.stance.lean())),
                words(when_words(position.when)).exact(position.when.map(pay::When::iso).unwrap_or_default()),
                words(position.stage.map_or("", |stage| stage.word())),
                words(position.advice().map_or("", |advice| advice.words())).exact(position.advice().map_or("", |advice| advice.word())),
                match poll {
                    Some(poll) => result.from(poll),
                    None => result,
                },
                cited.cell(&position.source),
            ]);
            if !position.conditions.is_empty() {
                conditions.push((format!("{name} {}:", position.stance.words()), position.conditions.clone()));
            }
            doubts.extend(standing_doubt(standing).map(|doubt| format!("{name}: {doubt}")));
        }
        let html = shown(&table, Some(asking.csv));
        let href = offer.map(|offer| asking.offer_page(&offer.id));
        views.push(BoardView { title, href, table, html, conditions, doubts });
    }
    views
}

fn lean_class(lean: Lean) -> &'static str {
    match lean {
        Lean::For => "for",
        Lean::Against => "against",
        Lean::Open => "open",
    }
}

/// Spec N5 to N8: every council on every offer on which its members stand somewhere, under weights that may be supposed.
pub(super) fn councils(asking: &Asking<'_>, asked: &Asked<'_>, cited: &mut Cited, slips: &mut Vec<Slip>) -> Vec<CouncilView> {
    let dispute = asking.opened.dispute;
    let (rule, weights) = (asked.one("rule"), asked.one("weights"));
    let mut views = Vec::new();
    for (number, council) in dispute.talks.councils.iter().enumerate() {
        let (supposed, is_supposed) = match council.supposed(rule, weights, &dispute.parties) {
            Ok(supposed) => (supposed, rule.is_some() || weights.is_some()),
            Err((what, fix)) => {
                let field =
                    if rule.is_some_and(|rule| CouncilRule::WORDS.iter().all(|(word, _)| *word != rule)) { "rule" } else { "weights" };
                slips.push(Slip { field: field.to_owned(), what: format!("{what}; {fix}.") });
                (council.clone(), false)
            }
        };
        for (at, offer) in dispute.offers.iter().enumerate().filter(|(_, offer)| asking.is_asked(Some(&offer.id))) {
            let outcome = supposed.outcome(&dispute.positions, &dispute.parties, &offer.id, asking.on);
            if asking.party.is_some() || outcome.votes.iter().all(|vote| vote.lean == Lean::Open && !vote.is_decided) {
                continue;
            }
            let heading = format!("{} on “{}”", dispute.party_name(&council.party.0), offer.title);
            let table = council_table(asking, &format!("council-{}-{}", number + 1, at + 1), &heading, &outcome);
            let form = if views.is_empty() { seat_fields(asking, council) } else { Vec::new() };
            views.push(CouncilView {
                rule: supposed.rule.map_or("not known", CouncilRule::words).to_owned(),
                html: shown(&table, Some(asking.csv)),
                table,
                answer: council_answer(outcome.by_decisions),
                class: answer_class(outcome.by_decisions),
                missing: if outcome.by_decisions == CouncilAnswer::CannotTell {
                    outcome.missing.iter().map(|missing| missing.words(|id| dispute.party_name(id))).collect()
                } else {
                    Vec::new()
                },
                if_advice: (outcome.by_decisions == CouncilAnswer::CannotTell
                    && outcome.if_advice_is_followed != CouncilAnswer::CannotTell)
                    .then(|| council_answer(outcome.if_advice_is_followed)),
                pivotal: pivotal(asking, &outcome),
                source: cited.of(&council.source),
                is_supposed,
                rules: CouncilRule::WORDS.iter().map(|(word, known)| (*word, known.words(), supposed.rule == Some(*known))).collect(),
                weights: weights.unwrap_or_default().to_owned(),
                form,
                heading,
            });
        }
    }
    views
}

fn seat_fields(asking: &Asking<'_>, council: &Council) -> Vec<SeatField> {
    let name = |party: &str| asking.opened.dispute.party_name(party).to_owned();
    council.seats.iter().map(|seat| SeatField { party: seat.who.0.clone(), name: name(&seat.who.0) }).collect()
}

fn answer_class(answer: CouncilAnswer) -> &'static str {
    match answer {
        CouncilAnswer::Agreed => "good",
        CouncilAnswer::NotAgreed => "bad",
        CouncilAnswer::CannotTell => "",
    }
}

fn council_table(asking: &Asking<'_>, id: &str, heading: &str, outcome: &CouncilOutcome) -> Table {
    let dispute = asking.opened.dispute;
    let mut table = Table::new(id, heading, &["member", ">seats", "vote", ">decides alone"]);
    for vote in &outcome.votes {
        let decides = outcome.decides.as_ref().map(|(counts, of)| {
            let ways = counts.get(&vote.party).copied().unwrap_or(0);
            words(format!("{ways} of {of}")).exact(ways.to_string())
        });
        table.row([
            words(dispute.party_name(&vote.party)),
            vote.seats.map_or_else(|| words("not known").exact(""), |seats| words(pay::grouped(seats)).exact(seats.to_string())),
            words(member_vote(vote)).class(lean_class(vote.lean)),
            decides.unwrap_or_else(|| words("not known").exact("")),
        ]);
    }
    table
}

fn pivotal(asking: &Asking<'_>, outcome: &CouncilOutcome) -> String {
    match outcome.pivotal.as_slice() {
        [] if outcome.decides.is_some() => "No single member could turn this by voting the other way.".to_owned(),
        [] => "On whom it turns can be told once the rule and all seats are given: suppose them below.".to_owned(),
        pivotal => {
            let names: Vec<&str> = pivotal.iter().map(|party| asking.opened.dispute.party_name(party)).collect();
            format!("Could turn it alone by voting the other way: {}.", names.join("; "))
        }
    }
}

/// Spec N2: all that a party said, by date.
pub(super) fn history_of(asking: &Asking<'_>, party: &str, cited: &mut Cited) -> PartyView {
    let dispute = asking.opened.dispute;
    let name = dispute.party_name(party).to_owned();
    let mut table = Table::new("history", format!("All that {name} said, by date"), &["when", "stands", "on", "in our words", "source"]);
    for position in history(&dispute.positions, party) {
        let about = position.about.as_ref().map(|(id, _)| id.as_str());
        let offer: Cell = about.map_or_else(
            || words(""),
            |id| {
                let title = dispute.offer(id).map_or(id, |offer| offer.title.as_str());
                words(title).exact(id).from(asking.offer_page(id))
            },
        );
        table.row([
            words(when_words(position.when)).exact(position.when.map(pay::When::iso).unwrap_or_default()),
            words(position.stance.words()).exact(position.stance.word()).class(lean_class(position.stance.lean())),
            offer,
            words(&position.text),
            cited.cell(&position.source),
        ]);
    }
    PartyView { name, html: shown(&table, Some(asking.csv)), table }
}
