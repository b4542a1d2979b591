//! The page of an offer: its clauses, and what it is worth.

use askama::Template;
use dated::long_date;
use dispute::Dispute;
use pay::{LumpAmount, Offer, Prices, Reopener, ReopenerVerdict};
use report::words::{clause_text, percent, select_text};

use super::worth::worth;
use super::{find, full_sources, may_write, nations};
use crate::asked::{Answer, Asked, Opened, Trouble};
use crate::pages::filled;

#[derive(Template)]
#[template(path = "offer.html")]
struct OfferPage<'o> {
    base: &'o str,
    here: &'o str,
    offer: &'o Offer,
    synthetic: bool,
    may_write: bool,
    meta: String,
    groups: Vec<(String, String, bool)>,
    clauses: Vec<(String, String)>,
    lumps: Vec<(String, String)>,
    reopeners: Vec<ReopenerView>,
    worth: String,
    sources: Vec<(String, String, String)>,
}

pub(super) fn one(opened: &Opened<'_>, asked: &Asked<'_>, id: &str) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let offer = find(dispute, id)?;
    let framework = dispute.framework();
    let groups = framework.groups_of(offer);
    let group = match asked.one("group") {
        None => groups.first().cloned().flatten(),
        Some(wanted) if groups.iter().any(|known| known.as_deref() == Some(wanted)) => Some(wanted.to_owned()),
        Some(wanted) => {
            let known: Vec<&str> = groups.iter().flatten().map(String::as_str).collect();
            let known = if known.is_empty() {
                "it treats all groups alike".to_owned()
            } else {
                format!("the groups it names are {}", known.join(", "))
            };
            return Err(Trouble::question(format!("This offer has nothing of its own for a group “{wanted}”; {known}.")));
        }
    };
    let here = format!("{}/offers/{id}", opened.base);
    let page = group.as_ref().map_or_else(|| here.clone(), |group| format!("{here}?group={group}"));
    let worth = worth(dispute, offer, &framework.in_group(group.clone()), Some(&page))?;
    let mut cited = worth.sources;
    cited.extend(offer.source.iter().cloned());
    cited.extend(offer.reopeners.iter().flat_map(|reopener| reopener.source.iter().cloned()));
    let name =
        |group: &str| dispute.groups.iter().find(|known| known.id == group).map_or_else(|| group.to_owned(), |known| known.name.clone());
    let template = OfferPage {
        base: opened.base,
        here: &here,
        offer,
        synthetic: offer.status == Some(dated::Status::Synthetic),
        may_write: may_write(opened),
        meta: meta(dispute, offer),
        groups: groups.iter().flatten().map(|known| (known.clone(), name(known), group.as_ref() == Some(known))).collect(),
        clauses: offer.steps.iter().map(|step| (long_date(step.from), clause_text(step))).collect(),
        lumps: lumps(offer),
        reopeners: offer.reopeners.iter().map(|reopener| ReopenerView::new(reopener, framework.prices)).collect(),
        worth: worth.html,
        sources: full_sources(dispute, &cited),
    };
    filled(offer.title.clone(), &template, worth.tables)
}

/// A clause that lets talks begin again, with whether its condition is met.
struct ReopenerView {
    when: String,
    clause: String,
    verdict: &'static str,
    class: &'static str,
    why: String,
    source: Vec<String>,
}

impl ReopenerView {
    fn new(reopener: &Reopener, prices: &Prices) -> Self {
        let (verdict, class) = match reopener.verdict(prices) {
            ReopenerVerdict::Met(_) => ("met", "good"),
            ReopenerVerdict::NotMet(_) => ("not met", "bad"),
            ReopenerVerdict::CannotTell(_) => ("cannot tell", "now"),
            ReopenerVerdict::ForJudgement => ("for judgement", ""),
        };
        let source = reopener.source.clone();
        Self { when: reopener.when(), clause: reopener.clause.clone(), verdict, class, why: reopener.sentence(prices), source }
    }
}

fn lumps(offer: &Offer) -> Vec<(String, String)> {
    let words = |lump: &pay::Lump| {
        let amount = match lump.amount {
            LumpAmount::Percent(value) => format!("{} of the annual rate", percent(value, 2)),
            LumpAmount::Pounds(sum) => sum.to_string(),
        };
        let nations: Vec<&str> = lump.nations.iter().map(|(name, _)| name.as_str()).collect();
        let only = if nations.is_empty() { String::new() } else { format!(", only in {}", nations.join(" and ")) };
        (long_date(lump.paid_on), format!("{amount}{}{only}.", select_text(&lump.select)))
    };
    offer.lumps.iter().map(words).collect()
}

fn meta(dispute: &Dispute, offer: &Offer) -> String {
    let mut parts = vec![offer.kind.word().to_owned()];
    parts.extend(offer.made_by.as_ref().map(|(who, _)| dispute.party_name(who).to_owned()));
    parts.extend(offer.made_on.map(long_date));
    parts.push(nations(offer));
    parts.extend(offer.base_date.map(|day| format!("on the rates of {}", long_date(day))));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}
