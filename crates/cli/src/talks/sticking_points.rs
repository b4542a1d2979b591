//! `whitley sticking-points`: why an offer was turned down, what other offers do about it, and which items of a claim are answered.

use clap::Args;
use dispute::Dispute;
use dispute::talks::{Answered, ItemOutcome, TestedPoint, test_sticking_points};
use pay::{Offer, OfferKind};
use serde_json::json;

use super::{cited, refuse_question};
use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};

/// Arguments of `whitley sticking-points`.
#[derive(Args)]
pub(crate) struct StickingPoints {
    /// The dispute folder
    dispute: String,
    /// Hold only this offer against the reasons; then the exit code says whether all are met
    #[arg(long)]
    offer: Option<String>,
}

impl StickingPoints {
    /// With an offer, exit code 1 when a reason or an item is not met, 2 when that cannot be told.
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let Opened { dispute, .. } = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        if let Some(offer) = &self.offer
            && dispute.offer(offer).is_none()
        {
            let known: Vec<&str> = dispute.offers.iter().map(|offer| offer.id.as_str()).collect();
            return refuse_question(format!("there is no offer “{offer}”"), format!("the offers are {}", known.join(", ")), as_json);
        }
        let is_asked = |offer: &Offer| self.offer.as_ref().is_none_or(|asked| *asked == offer.id);
        let tested: Vec<TestedPoint<'_>> = test_sticking_points(&dispute).into_iter().filter(|test| is_asked(test.offer)).collect();
        let mut items = Vec::new();
        for item in &dispute.talks.claim_items {
            let offers = dispute.offers.iter().filter(|offer| offer.kind != OfferKind::PayClaim && item.concerns(offer) && is_asked(offer));
            items.extend(offers.map(|offer| (item, offer, item.answered_by(&offer.id))));
        }
        if as_json {
            answer::print_json(&json!({
                "dispute": dispute.id,
                "sticking_points": tested.iter().map(|test| json!({
                    "id": test.point.id,
                    "number": test.number,
                    "against": test.point.about.0,
                    "who": test.point.who.iter().map(|(who, _)| who).collect::<Vec<_>>(),
                    "words": test.point.words,
                    "offer": test.offer.id,
                    "is_own": test.is_own,
                    "answered": test.answered.word(),
                    "why": test.why,
                    "source": test.point.source,
                    "status": test.point.status.word(),
                })).collect::<Vec<_>>(),
                "claim_items": items.iter().map(|(item, offer, (outcome, answer))| json!({
                    "id": item.id,
                    "who": item.who.0,
                    "text": item.text,
                    "cost_pounds": item.cost_pounds.map(|cost| answer::number(cost, 2)),
                    "offer": offer.id,
                    "answered": outcome.word(),
                    "on_record": answer.is_some(),
                    "answer": answer.map(|answer| &answer.text),
                    "source": item.source,
                    "status": item.status.word(),
                })).collect::<Vec<_>>(),
            }));
        } else {
            answer::print(&text(&dispute, &tested, &items));
        }
        if self.offer.is_none() {
            return Outcome::Yes;
        }
        let unmet = tested.iter().any(|test| matches!(test.answered, Answered::Unmet | Answered::Depends))
            || items.iter().any(|(_, _, (outcome, _))| *outcome != ItemOutcome::Met);
        match () {
            () if unmet => Outcome::No,
            () if tested.iter().any(|test| test.answered != Answered::Met) => Outcome::CouldNotCheck,
            () => Outcome::Yes,
        }
    }
}

type AnsweredItem<'d> = (&'d dispute::talks::ClaimItem, &'d Offer, (ItemOutcome, Option<&'d dispute::talks::ItemAnswer>));

fn text(dispute: &Dispute, tested: &[TestedPoint<'_>], items: &[AnsweredItem<'_>]) -> String {
    let mut text = format!("{}\n", dispute.title);
    if tested.is_empty() && items.is_empty() {
        text.push_str("\nNo sticking point and no item of a claim is on record for what was asked.\n");
        return text;
    }
    let mut last = None;
    for test in tested {
        let point = test.point;
        if last != Some(&point.id) {
            let who: Vec<&str> = point.who.iter().map(|(who, _)| dispute.party_name(who)).collect();
            let who = if who.is_empty() { String::new() } else { format!(" ({})", who.join("; ")) };
            text.push_str(&format!(
                "\nReason {} against {}{who}: {} {}\n",
                test.number,
                point.about.0,
                point.words,
                cited(&point.source, point.status)
            ));
            last = Some(&point.id);
        }
        let own = if test.is_own { ", the offer itself" } else { "" };
        let groups: Vec<&str> = test.offer.groups.iter().map(|(group, _)| group.as_str()).collect();
        let groups = if groups.is_empty() { String::new() } else { format!(" for {}", groups.join(", ")) };
        text.push_str(&format!(
            "  {} ({}{groups}{own}): reason {} {}\n",
            test.offer.id,
            test.offer.kind.word(),
            test.number,
            test.answered.words()
        ));
        for why in &test.why {
            text.push_str(&format!("      {why}\n"));
        }
        if let Some(but) = report::said::own_reason_met(test) {
            text.push_str(&format!("      {but}\n"));
        }
    }
    let mut last = None;
    for (item, offer, (outcome, answer)) in items {
        if last != Some(&item.id) {
            let cost = item.cost_pounds.map(|cost| format!(" Said to cost £{} a year.", cost.to_short(2))).unwrap_or_default();
            text.push_str(&format!(
                "\nItem of the claim ({}): {}{cost} {}\n",
                dispute.party_name(&item.who.0),
                item.text,
                cited(&item.source, item.status)
            ));
            last = Some(&item.id);
        }
        let said = answer.map_or_else(|| "no record says that it answers this".to_owned(), |answer| answer.text.clone());
        text.push_str(&format!("  {}: {} ({said})\n", offer.id, outcome.words()));
    }
    text
}
