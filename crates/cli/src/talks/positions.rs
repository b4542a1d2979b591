//! `whitley positions`: who stands where, by offer, as of a day; what a council makes of it; the history of one party.

use clap::Args;
use dated::{Date, long_date};
use dispute::Dispute;
use dispute::talks::{
    Council, CouncilAnswer, CouncilOutcome, CouncilRule, GroupOffers, Lean, OfferBoard, Position, Standing, board, groups_by_machinery,
    history,
};
use report::said::{council_answer, member_vote, position_result, standing_doubt, when_words};
use serde_json::{Value as Json, json};

use super::{cited, parse_day, refuse_question};
use crate::answer::{self, Outcome, Table};
use crate::disk::{self, Opened};

/// Arguments of `whitley positions`.
#[derive(Args)]
pub(crate) struct Positions {
    /// The dispute folder
    dispute: String,
    /// As of this day, as in 2008-06-06; without it, at the end of the ledger
    #[arg(long, value_parser = parse_day)]
    on: Option<Date>,
    /// Only this offer
    #[arg(long)]
    offer: Option<String>,
    /// The whole history of one party
    #[arg(long)]
    party: Option<String>,
    /// Only offers to groups whose machinery has these words in it, as in --machinery "review body"
    #[arg(long, value_name = "WORDS")]
    machinery: Option<String>,
    /// Suppose these weights in the council: unison=12,rcn=8; or `members`, as if seats followed membership
    #[arg(long, value_name = "PARTY=SEATS,…|members")]
    weights: Option<String>,
    /// Suppose that the council decides so: majority-of-seats or each-side-as-a-whole
    #[arg(long)]
    rule: Option<String>,
}

/// What the boards are narrowed to.
struct Shown<'d> {
    boards: Vec<OfferBoard<'d>>,
    groups: Vec<GroupOffers<'d>>,
    councils: Vec<(Council, &'d str, CouncilOutcome)>,
    is_supposed: bool,
}

impl Positions {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let Opened { dispute, .. } = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let shown = match self.narrow(&dispute) {
            Ok(shown) => shown,
            Err((what, fix)) => return refuse_question(what, fix, as_json),
        };
        if as_json {
            answer::print_json(&self.json(&dispute, &shown));
        } else {
            answer::print(&self.text(&dispute, &shown));
        }
        Outcome::Yes
    }

    fn narrow<'d>(&self, dispute: &'d Dispute) -> Result<Shown<'d>, (String, String)> {
        if let Some(offer) = &self.offer
            && dispute.offer(offer).is_none()
        {
            let known: Vec<&str> = dispute.offers.iter().map(|offer| offer.id.as_str()).collect();
            return Err((format!("there is no offer “{offer}”"), format!("the offers are {}", known.join(", "))));
        }
        if let Some(party) = &self.party
            && !dispute.parties.iter().any(|known| known.id == *party)
        {
            let known: Vec<&str> = dispute.parties.iter().map(|party| party.id.as_str()).collect();
            return Err((format!("there is no party “{party}”"), format!("the parties are {}", known.join(", "))));
        }
        let groups = match &self.machinery {
            None => Vec::new(),
            words => groups_by_machinery(dispute, words.as_deref()),
        };
        if let Some(words) = &self.machinery
            && groups.is_empty()
        {
            let known: Vec<&str> = dispute.groups.iter().map(|group| group.machinery.as_str()).collect();
            return Err((format!("no group's machinery has “{words}” in it"), format!("the machineries are: {}", known.join("; "))));
        }
        let reached = |offer: Option<&str>| {
            self.machinery.is_none()
                || groups.iter().flat_map(|group| &group.offers).any(|reaching| Some(reaching.offer.id.as_str()) == offer)
        };
        let boards = board(&dispute.positions, self.on).into_iter().filter_map(|mut board| {
            let is_asked = self.offer.is_none() || board.offer == self.offer.as_deref();
            board.standings.retain(|standing| self.party.as_deref().is_none_or(|party| party == standing.party));
            (is_asked && reached(board.offer) && !board.standings.is_empty()).then_some(board)
        });
        let boards: Vec<OfferBoard<'d>> = boards.collect();
        let mut councils = Vec::new();
        for council in &dispute.talks.councils {
            let council = council.supposed(self.rule.as_deref(), self.weights.as_deref(), &dispute.parties)?;
            for offer in boards.iter().filter_map(|board| board.offer) {
                let outcome = council.outcome(&dispute.positions, &dispute.parties, offer, self.on);
                if self.party.is_none() && outcome.votes.iter().any(|vote| vote.lean != Lean::Open || vote.is_decided) {
                    councils.push((council.clone(), offer, outcome));
                }
            }
        }
        let is_supposed = self.weights.is_some() || self.rule.is_some();
        if is_supposed && dispute.talks.councils.is_empty() {
            return Err(("this dispute has no council".to_owned(), "add a [[council]] to a file under decide/".to_owned()));
        }
        Ok(Shown { boards, groups, councils, is_supposed })
    }

    fn text(&self, dispute: &Dispute, shown: &Shown<'_>) -> String {
        let on = self.on.map_or_else(|| "at the end of the ledger".to_owned(), |on| format!("on {}", long_date(on)));
        let mut text = format!("{}\nWho stands where, {on}\n", dispute.title);
        text.push_str(&groups_text(&shown.groups));
        if shown.boards.is_empty() {
            text.push_str("\nNo position is on record on what was asked for.\n");
        }
        for board in &shown.boards {
            text.push_str(&board_text(board, dispute));
        }
        for (council, offer, outcome) in &shown.councils {
            text.push_str(&council_text(council, offer, outcome, dispute, shown.is_supposed));
        }
        if let Some(party) = &self.party {
            text.push_str(&format!("\nAll that {} said, by date:\n", dispute.party_name(party)));
            for position in history(&dispute.positions, party) {
                let about = position.about.as_ref().map(|(id, _)| format!(" on {id}")).unwrap_or_default();
                text.push_str(&format!("  {}: {}{about}. {}", when_words(position.when), position.stance.words(), position.text));
                text.push_str(&format!(" {}\n", cited(&position.source, position.status)));
            }
        } else if !shown.boards.is_empty() {
            text.push_str(&format!("\nnext: whitley positions {} --party ID gives one party's history\n", self.dispute));
        }
        text
    }

    fn json(&self, dispute: &Dispute, shown: &Shown<'_>) -> Json {
        let parties = shown.boards.iter().flat_map(|board| &board.standings).map(|standing| standing.party);
        let parties: std::collections::BTreeSet<&str> = parties.collect();
        json!({
            "dispute": dispute.id,
            "on": self.on.map(|on| on.to_string()),
            "offers": shown.boards.iter().map(|board| json!({
                "offer": board.offer,
                "positions": board.standings.iter().map(|standing| standing_json(standing, dispute)).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "councils": shown.councils.iter().map(|(council, offer, outcome)| council_json(council, offer, outcome, shown.is_supposed)).collect::<Vec<_>>(),
            "groups": shown.groups.iter().map(|group| json!({
                "group": group.group.id,
                "machinery": group.group.machinery,
                "offers": group.offers.iter().map(|reaching| json!({
                    "offer": reaching.offer.id, "same_as": reaching.same_as, "scale_in_data": !reaching.no_scale,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "history": parties.into_iter().map(|party| json!({
                "party": party,
                "positions": history(&dispute.positions, party).into_iter().map(|position| position_json(position, dispute)).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    }
}

fn groups_text(groups: &[GroupOffers<'_>]) -> String {
    let mut text = String::new();
    if groups.is_empty() {
        return text;
    }
    let mut table = Table::new(&["Group", "Machinery", "Offer", "The same as", "In pounds?"]);
    for group in groups {
        if group.offers.is_empty() {
            table.row([group.group.name.clone(), group.group.machinery.clone(), "none".into(), String::new(), String::new()]);
        }
        for reaching in &group.offers {
            table.row([
                group.group.name.clone(),
                group.group.machinery.clone(),
                reaching.offer.id.clone(),
                reaching.same_as.join(", "),
                if reaching.no_scale { "no: no scale in the data" } else { "yes" }.to_owned(),
            ]);
        }
    }
    text.push('\n');
    text.push_str(&table.text());
    text
}

fn board_text(board: &OfferBoard<'_>, dispute: &Dispute) -> String {
    let title = board.offer.map_or_else(
        || "On no offer in particular".to_owned(),
        |id| dispute.offer(id).map_or_else(|| id.to_owned(), |offer| format!("{} [{id}]", offer.title)),
    );
    let mut text = format!("\n{title}\n");
    let mut table = Table::new(&["Party", "Side", "Stands", "Since", "By", "Advice", "Result", "Source"]);
    for standing in &board.standings {
        let position = standing.current;
        let side = dispute.parties.iter().find(|party| party.id == standing.party).map_or("", |party| party.side.word());
        table.row([
            dispute.party_name(standing.party).to_owned(),
            side.to_owned(),
            position.stance.words(),
            when_words(position.when),
            position.stage.map_or("", |stage| stage.word()).to_owned(),
            position.advice().map_or("", |advice| advice.words()).to_owned(),
            position_result(position, dispute),
            position.source.join("; "),
        ]);
    }
    text.push_str(&table.text());
    for standing in &board.standings {
        if let Some(doubt) = standing_doubt(standing) {
            text.push_str(&format!("  {}: {doubt}\n", dispute.party_name(standing.party)));
        }
    }
    for standing in board.standings.iter().filter(|standing| !standing.current.conditions.is_empty()) {
        text.push_str(&format!("  {} {}:\n", dispute.party_name(standing.party), standing.current.stance.words()));
        for condition in &standing.current.conditions {
            text.push_str(&format!("    - {condition}\n"));
        }
    }
    text
}

fn council_text(council: &Council, offer: &str, outcome: &CouncilOutcome, dispute: &Dispute, is_supposed: bool) -> String {
    let name = |id: &str| dispute.parties.iter().find(|party| party.id == id).map_or_else(|| id.to_owned(), |party| party.name.clone());
    let supposed = if is_supposed { ", under weights or a rule that were supposed" } else { "" };
    let mut text = format!("\n{} on {offer}{supposed}\n", name(&council.party.0));
    let rule = outcome.rule.map_or("not known", CouncilRule::words);
    text.push_str(&format!("  Decides by: {rule}\n"));
    let mut table = Table::new(&["Member", ">Seats", "Vote", ">Decides alone"]);
    for vote in &outcome.votes {
        let decides = outcome.decides.as_ref().map(|(counts, of)| format!("{} of {of}", counts.get(&vote.party).copied().unwrap_or(0)));
        table.row([
            name(&vote.party),
            vote.seats.map_or_else(|| "not known".to_owned(), pay::grouped),
            member_vote(vote).to_owned(),
            decides.unwrap_or_else(|| "not known".to_owned()),
        ]);
    }
    text.push_str(&table.text());
    text.push_str(&format!("  By what is decided: {}\n", council_answer(outcome.by_decisions)));
    if outcome.by_decisions == CouncilAnswer::CannotTell {
        let missing: Vec<String> = outcome.missing.iter().map(|missing| missing.words(|id| dispute.party_name(id))).collect();
        text.push_str(&format!("    not known: {}\n", missing.join("; ")));
        if outcome.if_advice_is_followed != CouncilAnswer::CannotTell {
            text.push_str(&format!("  If members follow the advice they were given: {}\n", council_answer(outcome.if_advice_is_followed)));
        }
    }
    match outcome.pivotal.as_slice() {
        [] if outcome.decides.is_some() => text.push_str("  No single member could turn this by voting the other way.\n"),
        [] => text.push_str(
            "  On whom it turns can be told once the rule and all seats are given: --rule majority-of-seats --weights party=seats,…\n",
        ),
        pivotal => {
            let names: Vec<String> = pivotal.iter().map(|party| name(party)).collect();
            text.push_str(&format!("  Could turn it alone by voting the other way: {}\n", names.join("; ")));
        }
    }
    text
}

fn position_json(position: &Position, dispute: &Dispute) -> Json {
    json!({
        "party": position.who.0,
        "name": dispute.party_name(&position.who.0),
        "offer": position.about.as_ref().map(|(id, _)| id),
        "when": position.when.map(pay::When::iso),
        "stance": position.stance.word(),
        "stage": position.stage.map(|stage| stage.word()),
        "recommendation": position.advice().map(|advice| advice.word()),
        "poll": position.poll.as_ref().map(|(id, _)| id),
        "result": Some(position_result(position, dispute)).filter(|result| !result.is_empty()),
        "conditions": position.conditions,
        "text": position.text,
        "source": position.source,
        "status": position.status.word(),
    })
}

fn standing_json(standing: &Standing<'_>, dispute: &Dispute) -> Json {
    let mut json = position_json(standing.current, dispute);
    json["side"] = json!(dispute.parties.iter().find(|party| party.id == standing.party).map(|party| party.side.word()));
    json["may_be_later"] = json!(standing.may_be_later || standing.current.when.is_none());
    json["order_not_known"] = json!(standing.order_not_known);
    json["before"] =
        standing.before.map_or(Json::Null, |before| json!({ "when": before.when.map(pay::When::iso), "stance": before.stance.word() }));
    json
}

fn council_json(council: &Council, offer: &str, outcome: &CouncilOutcome, is_supposed: bool) -> Json {
    json!({
        "council": council.party.0,
        "offer": offer,
        "supposed": is_supposed,
        "rule": outcome.rule.and_then(|rule| CouncilRule::WORDS.iter().find(|(_, known)| *known == rule)).map(|(word, _)| word),
        "outcome": outcome.by_decisions.word(),
        "if_advice_is_followed": outcome.if_advice_is_followed.word(),
        "missing": outcome.missing.iter().map(|missing| missing.words(|id| id)).collect::<Vec<_>>(),
        "pivotal": outcome.pivotal,
        "ways_of_the_others": outcome.decides.as_ref().map(|(_, of)| of),
        "members": outcome.votes.iter().map(|vote| json!({
            "party": vote.party,
            "side": vote.side.word(),
            "seats": vote.seats,
            "vote": match vote.lean { Lean::For => "yes", Lean::Against => "no", Lean::Open => "open" },
            "decided": vote.is_decided,
            "decides_in": outcome.decides.as_ref().and_then(|(counts, _)| counts.get(&vote.party)),
        })).collect::<Vec<_>>(),
        "source": council.source,
    })
}
