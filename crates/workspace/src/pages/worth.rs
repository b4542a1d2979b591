//! The page `worth`: what each offer is worth to one member, on a phone: this year, the rate at its end, what is kept, what staging costs.

mod answer;
mod question;

use askama::Template;
use pay::{MemberPost, Offer, Progression};

use crate::asked::{Answer, Asked, Opened, Page, Trouble};
use crate::offer::take_home::NATIONS;
use crate::pages::parts::{Choice, Choices, Source, Tab, Wrong, address, query, sources};
use crate::pages::{filled, nothing_yet};
use answer::{Answered, Card};
use question::Typed;

#[derive(Template)]
#[template(path = "worth.html")]
struct View {
    lede: String,
    action: String,
    wrong: Vec<Wrong>,
    nations: Vec<Tab>,
    groups: Vec<Tab>,
    hidden: Vec<(&'static str, String)>,
    posts: Vec<Choices>,
    salary: String,
    full_time: Option<String>,
    hours: String,
    more_open: bool,
    has_increments: bool,
    increment: String,
    gated: bool,
    passes_gate: bool,
    pensions: Vec<Choice>,
    loans: Vec<Choice>,
    claimants: Vec<Choice>,
    credit: String,
    not_reckoned: Option<&'static str>,
    whose: String,
    notes: Vec<String>,
    cards: Vec<Card>,
    tables: Vec<String>,
    campaign: String,
    sources: Vec<Source>,
}

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    if opened.dispute.offers.is_empty() {
        return Ok(nothing_yet("What is it worth to me?", "This dispute has no offers yet. They are written down under Offers."));
    }
    let (typed, wrong) = question::read(opened, asked)?;
    let answered = if wrong.is_empty() && typed.is_asked() { answer::all(opened, &typed) } else { Answered::default() };
    let is_refusal = !wrong.is_empty();
    let mut cited = answered.cited;
    cited.extend(typed.offers.iter().flat_map(|offer| offer.source.iter().cloned()));
    let here = address(opened, "worth", &query(asked, &[]));
    let tab = |name: &str, text: &str, value: &str, chosen: &str| Tab {
        text: text.to_owned(),
        // The nations share most points; the scale of one group is not that of another.
        href: address(opened, "worth", &query(asked, &[(name, value), (if name == "group" { "post" } else { "" }, "")])),
        is_here: value == chosen,
    };
    let group_name = |id: &str| opened.dispute.groups.iter().find(|group| group.id == id).map_or(id.to_owned(), |group| group.name.clone());
    let framework = opened.dispute.framework();
    let view = View {
        lede: format!(
            "{}: what an offer brings you, before and after tax, and what it costs you that it comes late.",
            opened.dispute.title
        ),
        action: format!("{}/worth", opened.base),
        wrong,
        nations: typed.nations.iter().map(|nation| tab("nation", nation, nation, &typed.nation)).collect(),
        groups: typed.groups.iter().map(|group| tab("group", &group_name(group), group, typed.group.as_deref().unwrap_or(""))).collect(),
        hidden: [("nation", Some(typed.nation.clone())), ("group", typed.group.clone())]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        posts: question::posts(opened, &typed),
        salary: typed.written("salary"),
        full_time: framework.full_time_hours.map(|hours| hours.to_short(2)),
        hours: typed.written("hours"),
        more_open: ["increment", "gate", "loan", "universal-credit", "credit"].iter().any(|name| asked.one(name).is_some()),
        has_increments: typed.offers.iter().flat_map(|offer| framework.scales_of(offer)).any(|scale| scale.progression),
        increment: typed.written("increment"),
        gated: typed.offers.iter().flat_map(|offer| &offer.steps).any(|step| step.progression == Some(Progression::Gated)),
        passes_gate: typed.passes_gate,
        pensions: question::pensions(opened, &typed),
        loans: opened
            .library
            .tax
            .student_loans
            .iter()
            .map(|loan| Choice::new(&loan.id, &loan.title, typed.loans.contains(&loan.id)))
            .collect(),
        claimants: question::claimants(&typed),
        credit: typed.written("credit"),
        not_reckoned: typed.on_credit.map(|_| pay::NOT_RECKONED),
        whose: answered.whose,
        notes: answered.notes,
        cards: answered.cards,
        tables: answered.tables.iter().map(|table| table.html(Some(&here))).collect(),
        campaign: format!("{}/campaign", opened.base),
        sources: sources(&opened.dispute.sources, &cited),
    };
    let page = filled("What is it worth to me?", &view, answered.tables)?;
    Ok(match page {
        Answer::Page(page) => Answer::Page(Page { is_refusal, ..page }),
        file => file,
    })
}

/// Whether an offer is for members in that nation and group, as far as it says.
fn is_for(offer: &Offer, nation: &str, group: Option<&str>) -> bool {
    let there = |name: &str| name == nation || !NATIONS.contains(&name);
    offer.nations.iter().any(|(name, _)| there(name))
        && group.is_none_or(|group| offer.groups.is_empty() || offer.groups.iter().any(|(name, _)| name == group))
}

/// The nation as which an offer is looked at for a member who lives in that nation.
fn seen_in<'o>(offer: &'o Offer, nation: &'o str) -> &'o str {
    let named = offer.nations.iter().map(|(name, _)| name.as_str());
    named.clone().find(|name| *name == nation).or_else(|| named.clone().find(|name| !NATIONS.contains(name))).unwrap_or(nation)
}

impl Typed<'_> {
    fn is_asked(&self) -> bool {
        self.post != MemberPost::default()
    }
}
