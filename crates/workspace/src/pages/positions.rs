//! Who stands where, as of a day: positions by offer, councils, demands, meetings, sticking points, guides, and the time line.

mod across;
mod boards;
mod timeline;

use askama::Template;
use dated::{Date, Source, long_date};

use self::across::{ClashView, DemandView, MeetingView, SideView};
use self::boards::{BoardView, CouncilView, PartyView};
use super::question::{Cited, Slip, address, day, shown};
use crate::asked::{Answer, Asked, Opened, Page, Trouble};
use crate::table::Table;

/// The fields of the question, kept in the addresses of CSV.
const FIELDS: [&str; 5] = ["on", "offer", "party", "rule", "weights"];

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let mut slips = Vec::new();
    let on = day(asked, "on", "As of", &mut slips);
    let dispute = opened.dispute;
    let offer = known(asked, "offer", dispute.offers.iter().map(|offer| offer.id.as_str()), &mut slips);
    let party = known(asked, "party", dispute.parties.iter().map(|party| party.id.as_str()), &mut slips);
    // States of demands and meetings are of a day; without one they are of today.
    let as_of = on.unwrap_or(opened.today);
    let mut cited = Cited::default();
    let csv = address(opened, "positions", asked, &FIELDS);
    let asking = Asking { opened, on, as_of, offer, party, csv: &csv };
    let boards = boards::boards(&asking, &mut cited);
    let councils = boards::councils(&asking, asked, &mut cited, &mut slips);
    let history = party.map(|party| boards::history_of(&asking, party, &mut cited));
    let (meetings, lists) = across::meetings(&asking, &mut cited);
    let demands = across::demands(&asking, &mut cited);
    let sticking = across::sticking_points(&asking, &mut cited);
    let items = across::claim_items(&asking, &mut cited);
    let (clashes, not_checked) = across::guides(&asking, &mut cited);
    let timeline = timeline::timeline(&asking, &mut cited);
    let parties = dispute.parties.iter().map(|party| Choice::new(&party.id, &party.name, asking.party)).collect();
    let offers = dispute.offers.iter().map(|offer| Choice::new(&offer.id, &offer.title, asking.offer)).collect();
    let decisions_needed = demands.iter().filter(|demand| demand.is_decision_needed).count();
    let tables: Vec<Table> = boards
        .iter()
        .map(|board| board.table.clone())
        .chain(councils.iter().map(|council| council.table.clone()))
        .chain(history.iter().map(|history| history.table.clone()))
        .chain(sticking.clone())
        .chain(items.clone())
        .chain([timeline.clone()])
        .collect();
    let view = View {
        action: format!("{}/positions", opened.base),
        on: asked.one("on").unwrap_or_default().to_owned(),
        as_of: match on {
            Some(on) => format!("As of {}.", long_date(on)),
            None => format!(
                "Positions at the end of the ledger; demands and agreed next steps as of today, {}. Choose a day to see who stood where then.",
                long_date(opened.today)
            ),
        },
        parties,
        offers,
        decisions_needed,
        boards,
        councils,
        history,
        demands,
        meetings,
        lists,
        sticking: sticking.map(|table| shown(&table, Some(&csv))),
        items: items.map(|table| shown(&table, Some(&csv))),
        clashes,
        not_checked,
        timeline: shown(&timeline, Some(&csv)),
        sources: cited.list(&dispute.sources),
        slips,
    };
    let is_refusal = !view.slips.is_empty();
    Ok(Answer::Page(Page { title: "Who stands where".to_owned(), body: view.render()?, tables, is_refusal }))
}

/// The question, as its parts need it.
struct Asking<'q> {
    opened: &'q Opened<'q>,
    on: Option<Date>,
    as_of: Date,
    offer: Option<&'q str>,
    party: Option<&'q str>,
    csv: &'q str,
}

impl Asking<'_> {
    fn is_asked(&self, offer: Option<&str>) -> bool {
        self.offer.is_none() || self.offer == offer
    }

    /// The page of an offer.
    fn offer_page(&self, offer: &str) -> String {
        format!("{}/offers/{offer}", self.opened.base)
    }
}

/// The value of a field that must be one of these names.
fn known<'n>(
    asked: &Asked<'_>,
    field: &'static str,
    names: impl Iterator<Item = &'n str> + Clone,
    slips: &mut Vec<Slip>,
) -> Option<&'n str> {
    let wanted = asked.one(field)?;
    let found = names.clone().find(|name| *name == wanted);
    if found.is_none() {
        let all = names.collect::<Vec<_>>().join(", ");
        slips.push(Slip { field: field.to_owned(), what: format!("There is no {field} “{wanted}” here. It is one of {all}.") });
    }
    found
}

/// An entry of a list to choose from.
struct Choice {
    value: String,
    name: String,
    is_chosen: bool,
}

impl Choice {
    fn new(value: &str, name: &str, chosen: Option<&str>) -> Self {
        Self { value: value.to_owned(), name: name.to_owned(), is_chosen: chosen == Some(value) }
    }
}

#[derive(Template)]
#[template(path = "positions/page.html")]
struct View {
    action: String,
    on: String,
    as_of: String,
    parties: Vec<Choice>,
    offers: Vec<Choice>,
    decisions_needed: usize,
    boards: Vec<BoardView>,
    councils: Vec<CouncilView>,
    history: Option<PartyView>,
    demands: Vec<DemandView>,
    meetings: Vec<MeetingView>,
    lists: Vec<SideView>,
    sticking: Option<String>,
    items: Option<String>,
    clashes: Vec<ClashView>,
    not_checked: Vec<String>,
    timeline: String,
    sources: Vec<Source>,
    slips: Vec<Slip>,
}
