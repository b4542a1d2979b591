//! Across the table: demands with their state, meetings with each side's list, sticking points, items of a claim, guides.

use dated::long_date;
use dispute::talks::{Answered, ItemOutcome, StepState, Voice, check_guides, lists_of_sides, test_sticking_points};
use pay::OfferKind;
use report::said::{self, SaidLine, demand_notes, demand_state, own_reason_met, when_words};

use super::Asking;
use crate::pages::question::Cited;
use crate::table::{Table, words};

/// A demand with its state on the day.
pub(super) struct DemandView {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) text: String,
    pub(super) source: Vec<String>,
    pub(super) state: LineView,
    pub(super) notes: Vec<LineView>,
    pub(super) is_decision_needed: bool,
    pub(super) offer: Option<(String, String)>,
}

/// A sentence with its sources.
pub(super) struct LineView {
    pub(super) text: String,
    pub(super) source: Vec<String>,
    pub(super) status: Option<&'static str>,
}

impl LineView {
    fn new(line: SaidLine<'_>, cited: &mut Cited) -> Self {
        let source = line.source.map(|(source, _)| cited.of(source)).unwrap_or_default();
        let status = line.source.map(|(_, status)| status).filter(|status| *status != dated::Status::Published);
        Self { text: line.text, source, status: status.map(dated::Status::word) }
    }
}

/// Spec N10 to N14: the demands that were made by the day.
pub(super) fn demands(asking: &Asking<'_>, cited: &mut Cited) -> Vec<DemandView> {
    let dispute = asking.opened.dispute;
    let mut views = Vec::new();
    for (at, demand) in dispute.demands.iter().enumerate() {
        let state = demand.state_on(&dispute.talks.decisions, asking.as_of);
        let about = demand.about.as_ref().map(|(id, _)| id.as_str());
        let is_of_party = asking.party.is_none_or(|party| party == demand.who.0 || party == demand.to.0);
        if matches!(state, dispute::talks::DemandState::NotYetMade) || !asking.is_asked(about) || !is_of_party {
            continue;
        }
        let (who, to) = (dispute.party_name(&demand.who.0), dispute.party_name(&demand.to.0));
        let notes = demand_notes(demand, state, dispute, asking.as_of);
        views.push(DemandView {
            id: demand.id.clone().unwrap_or_else(|| (at + 1).to_string()),
            heading: format!("{who} to {to}, {}", when_words(demand.when)),
            text: demand.text.clone(),
            source: cited.of(&demand.source),
            is_decision_needed: matches!(state, dispute::talks::DemandState::Passed { .. }),
            state: LineView::new(demand_state(demand, state, dispute), cited),
            notes: notes.into_iter().map(|note| LineView::new(note, cited)).collect(),
            offer: about.and_then(|id| Some((asking.offer_page(id), dispute.offer(id)?.title.clone()))),
        });
    }
    views
}

/// A meeting.
pub(super) struct MeetingView {
    pub(super) heading: String,
    pub(super) present: String,
    pub(super) outcome: String,
    pub(super) sticking_points: Vec<String>,
    pub(super) source: Vec<String>,
}

/// What one side has to do.
pub(super) struct SideView {
    pub(super) side: String,
    pub(super) steps: Vec<StepView>,
}

/// A step on a side's list.
pub(super) struct StepView {
    pub(super) what: String,
    pub(super) state: String,
    pub(super) is_overdue: bool,
    pub(super) due: Option<String>,
    pub(super) owners: String,
}

/// Spec N16, N17: meetings up to the day, and each side's list of agreed next steps.
pub(super) fn meetings(asking: &Asking<'_>, cited: &mut Cited) -> (Vec<MeetingView>, Vec<SideView>) {
    let dispute = asking.opened.dispute;
    let held = dispute.meetings.iter().filter(|meeting| meeting.when.is_none_or(|when| when.earliest() <= asking.as_of));
    let held = held.filter(|meeting| asking.is_asked(meeting.about.as_ref().map(|(id, _)| id.as_str())));
    let meetings = held.map(|meeting| MeetingView {
        heading: format!("{}, {}", meeting.body, when_words(meeting.when)),
        present: meeting.parties.iter().map(|(party, _)| dispute.party_name(party)).collect::<Vec<_>>().join("; "),
        outcome: meeting.outcome.clone(),
        sticking_points: meeting.sticking_points.clone(),
        source: cited.of(&meeting.source),
    });
    let meetings = meetings.collect();
    let lists = lists_of_sides(&dispute.meetings, &dispute.parties, asking.as_of).into_iter().map(|list| SideView {
        side: list.side.word().replace('-', " "),
        steps: list
            .steps
            .iter()
            .map(|listed| {
                let owners: Vec<&str> = listed.step.owners.iter().map(|(owner, _)| dispute.party_name(owner)).collect();
                StepView {
                    what: listed.step.what.clone(),
                    state: listed.state.words(),
                    is_overdue: matches!(listed.state, StepState::Overdue { .. }),
                    due: listed.step.due_on.map(long_date),
                    owners: if owners.is_empty() { "owner not recorded".to_owned() } else { owners.join("; ") },
                }
            })
            .collect(),
    });
    (meetings, lists.collect())
}

/// Spec N18 to N22: every reason held against every offer.
pub(super) fn sticking_points(asking: &Asking<'_>, cited: &mut Cited) -> Option<Table> {
    let dispute = asking.opened.dispute;
    let heads = ["reason", "against", "given by", "held against", "answered", "why", "source"];
    let mut table = Table::new("sticking-points", "Why offers were turned down, and what each offer does about it", &heads);
    for test in test_sticking_points(dispute).iter().filter(|test| asking.is_asked(Some(&test.offer.id))) {
        let who: Vec<&str> = test.point.who.iter().map(|(who, _)| dispute.party_name(who)).collect();
        let against = dispute.offer(&test.point.about.0).map_or(test.point.about.0.as_str(), |offer| offer.title.as_str());
        let own = if test.is_own { " (the offer itself)" } else { "" };
        let mut why = test.why.clone();
        why.extend(own_reason_met(test).map(str::to_owned));
        table.row([
            words(format!("{}. {}", test.number, test.point.words)).exact(&test.point.id),
            words(against).exact(&test.point.about.0).from(asking.offer_page(&test.point.about.0)),
            words(who.join("; ")),
            words(format!("{}{own}", test.offer.title)).exact(&test.offer.id).from(asking.offer_page(&test.offer.id)),
            words(test.answered.words()).exact(test.answered.word()).class(answered_class(test.answered)),
            words(why.join("\n")).exact(why.join("; ")),
            cited.cell(&test.point.source),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn answered_class(answered: Answered) -> &'static str {
    match answered {
        Answered::Met => "for",
        Answered::Unmet => "against",
        Answered::Depends | Answered::CannotTell | Answered::ForJudgement => "open",
    }
}

/// Spec N23: the items of claims beyond the headline, with what each offer says to them.
pub(super) fn claim_items(asking: &Asking<'_>, cited: &mut Cited) -> Option<Table> {
    let dispute = asking.opened.dispute;
    let heads = ["item", "claimed by", ">said to cost, £ a year", "offer", "answered", "on record", "source"];
    let mut table = Table::new("claim-items", "Items of the claim beyond its headline", &heads);
    for item in &dispute.talks.claim_items {
        let offers = dispute.offers.iter().filter(|offer| offer.kind != OfferKind::PayClaim && item.concerns(offer));
        for offer in offers.filter(|offer| asking.is_asked(Some(&offer.id))) {
            let (outcome, answer) = item.answered_by(&offer.id);
            let class = match outcome {
                ItemOutcome::Met => "for",
                ItemOutcome::Refused | ItemOutcome::NotAddressed => "against",
                ItemOutcome::PartlyMet => "open",
            };
            table.row([
                words(&item.text).exact(&item.id),
                words(dispute.party_name(&item.who.0)),
                words(item.cost_pounds.map(|cost| cost.to_short(2)).unwrap_or_default()),
                words(&offer.title).exact(&offer.id).from(asking.offer_page(&offer.id)),
                words(outcome.words()).exact(outcome.word()).class(class),
                words(answer.map_or("no record says that it answers this", |answer| answer.text.as_str())),
                cited.cell(answer.map_or(&item.source, |answer| &answer.source)),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

/// Two places that do not fit together.
pub(super) struct ClashView {
    pub(super) what: &'static str,
    pub(super) question: String,
    pub(super) voices: [VoiceView; 2],
}

/// One of them.
pub(super) struct VoiceView {
    pub(super) says: &'static str,
    pub(super) text: String,
    pub(super) cited: String,
    pub(super) place: String,
    pub(super) source: Vec<String>,
}

/// Spec N26 to N28: the guides held against the clauses they rest on; and what could not be checked.
pub(super) fn guides(asking: &Asking<'_>, cited: &mut Cited) -> (Vec<ClashView>, Vec<String>) {
    let talks = &asking.opened.dispute.talks;
    let found = check_guides(&talks.agreements, &talks.guides);
    let mut voice = |voice: Voice<'_>| VoiceView {
        says: voice.says().words(),
        text: voice.text().to_owned(),
        cited: voice.cited(),
        place: voice.place().to_string(),
        source: match voice {
            Voice::Statement(guide, _) => cited.of(&guide.source),
            Voice::Clause(_, clause) => cited.of(&clause.source),
        },
    };
    let clashes = found.clashes.iter().map(|clash| ClashView {
        what: said::clash_words(clash),
        question: talks.topic(clash.topic).map_or_else(|| clash.topic.to_owned(), |topic| topic.question.clone()),
        voices: [voice(clash.one), voice(clash.other)],
    });
    let clashes = clashes.collect();
    (clashes, found.not_checked.iter().map(said::not_checked).collect())
}
