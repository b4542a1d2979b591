//! Decisions, sticking points, items of the claim, councils and guides, as lines of the page.

use dispute::Dispute;
use dispute::talks::{CouncilAnswer, Position, Voice, check_guides, test_sticking_points};

/// Heading, text and source of a line.
pub(crate) type TalkLine = (String, String, Vec<String>);

/// What members are advised and how they voted, where a position says it beside its stance.
pub(crate) fn advice_and_result(position: &Position) -> String {
    let advice = position.recommendation.map(|advice| format!(" Advice to members: {}.", advice.words())).unwrap_or_default();
    let result = position.result.as_ref().map(|result| format!(" Result: {result}.")).unwrap_or_default();
    format!("{advice}{result}")
}

pub(crate) fn lines(dispute: &Dispute) -> Vec<TalkLine> {
    [decisions(dispute), sticking_points(dispute), claim_items(dispute), councils(dispute), guides(dispute)].concat()
}

fn decisions(dispute: &Dispute) -> Vec<TalkLine> {
    let line = |decision: &dispute::talks::Decision| {
        let when = decision.when.map(|when| format!(", {}", when.words())).unwrap_or_default();
        let until = decision.until.map(|until| format!(" More time until {}.", dated::long_date(until))).unwrap_or_default();
        (format!("{} decides{when}", decision.by), format!("{}{until}", decision.text), decision.source.clone())
    };
    dispute.talks.decisions.iter().map(line).collect()
}

fn sticking_points(dispute: &Dispute) -> Vec<TalkLine> {
    let tested = test_sticking_points(dispute);
    let own = tested.iter().filter(|test| test.is_own);
    let line = |own: &dispute::talks::TestedPoint<'_>| {
        let point = own.point;
        let who: Vec<&str> = point.who.iter().map(|(who, _)| dispute.party_name(who)).collect();
        let who = if who.is_empty() { String::new() } else { format!(", {}", who.join("; ")) };
        let answers = tested.iter().filter(|test| test.point.id == point.id && !test.is_own);
        let answers: Vec<String> = answers.map(|test| format!("“{}”: {}", test.offer.title, test.answered.words())).collect();
        let others = if answers.is_empty() || point.test.is_none() {
            String::new()
        } else {
            format!(" Held against the other offers: {}.", answers.join("; "))
        };
        (format!("Sticking point {} of “{}”{who}", own.number, own.offer.title), format!("{}{others}", point.words), point.source.clone())
    };
    own.map(line).collect()
}

fn claim_items(dispute: &Dispute) -> Vec<TalkLine> {
    let line = |item: &dispute::talks::ClaimItem| {
        let offers = dispute.offers.iter().filter(|offer| offer.kind != pay::OfferKind::PayClaim && item.concerns(offer));
        let answers = offers.map(|offer| {
            let (outcome, answer) = item.answered_by(&offer.id);
            let text = answer.map(|answer| format!(" ({})", answer.text)).unwrap_or_default();
            format!("“{}”: {}{text}", offer.title, outcome.words())
        });
        let text = format!("{} {}", item.text, answers.collect::<Vec<_>>().join("; "));
        (format!("Item of the claim, {}", dispute.party_name(&item.who.0)), text, item.source.clone())
    };
    dispute.talks.claim_items.iter().map(line).collect()
}

fn councils(dispute: &Dispute) -> Vec<TalkLine> {
    let mut lines = Vec::new();
    for council in &dispute.talks.councils {
        for offer in &dispute.offers {
            let outcome = council.outcome(&dispute.positions, &dispute.parties, &offer.id, None);
            if outcome.votes.iter().all(|vote| vote.lean == dispute::talks::Lean::Open) {
                continue;
            }
            let text = match outcome.by_decisions {
                CouncilAnswer::Agreed => "By what its members decided: accepted.".to_owned(),
                CouncilAnswer::NotAgreed => "By what its members decided: not accepted.".to_owned(),
                CouncilAnswer::CannotTell => {
                    let missing: Vec<String> = outcome.missing.iter().map(|missing| missing.words(|id| dispute.party_name(id))).collect();
                    format!("What its vote comes to cannot be told. Not known: {}.", missing.join("; "))
                }
            };
            lines.push((format!("{} on “{}”", dispute.party_name(&council.party.0), offer.title), text, council.source.clone()));
        }
    }
    lines
}

fn guides(dispute: &Dispute) -> Vec<TalkLine> {
    let found = check_guides(&dispute.talks.agreements, &dispute.talks.guides);
    let line = |clash: &dispute::talks::Clash<'_>| {
        let question = dispute.talks.topic(clash.topic).map_or(clash.topic, |topic| topic.question.as_str());
        let says = |voice: Voice<'_>| format!("{}: “{}”, so {}", voice.cited(), voice.text(), voice.says().words());
        let mut source: Vec<String> = Vec::new();
        for cite in [clash.one, clash.other].into_iter().flat_map(cite_of) {
            if !source.contains(cite) {
                source.push(cite.clone());
            }
        }
        let text = format!("{}. Against it, {}.", says(clash.one), says(clash.other));
        (format!("Two places that do not fit together: {question}"), text, source)
    };
    found.clashes.iter().map(line).collect()
}

fn cite_of(voice: Voice<'_>) -> &[String] {
    match voice {
        Voice::Statement(guide, _) => &guide.source,
        Voice::Clause(_, clause) => &clause.source,
    }
}
