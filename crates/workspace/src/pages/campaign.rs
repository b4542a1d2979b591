//! Letters and postcards: each member's own loss by point, a check of one's own letter, whom it goes to, and counts. Nothing is stored.

mod letter;
mod postcards;
mod seat;

use askama::Template;
use dated::{Fault, Source};
use dispute::Dispute;
use pay::{MemberPost, Pence};

use self::letter::{CountsView, LetterView};
use self::postcards::{CardView, CardsView};
use self::seat::SeatView;
use super::filled;
use super::question::{Cited, Slip, address, shown};
use crate::asked::{Answer, Asked, Opened, Page, Reader, Trouble};
use crate::table::{Table, words};

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let (mut slips, mut cited) = (Vec::new(), Cited::default());
    // What a member typed of themselves never stands in an address: only the point and the constituency asked about do.
    let csv = address(opened, "campaign", asked, &["point", "constituency", "mp-on"]);
    let mut tables = Vec::new();
    let campaigns = campaigns(dispute, &mut cited);
    let cards = postcards::cards(opened, asked, &csv, &mut cited, &mut tables, &mut slips);
    if let (Some("card"), Some(card)) = (asked.one("print"), cards.as_ref().and_then(|cards| cards.card.as_ref())) {
        return filled("Your postcard", &CardPage { card, back: &csv }, Vec::new());
    }
    let seat = seat::seat(opened, asked, &mut slips);
    let letter = letter::letter(opened, asked, &mut cited, &mut slips);
    let is_desk = matches!(opened.reader, Reader::Desk { .. });
    let counts = if is_desk { letter::counted(opened, asked, &mut slips) } else { None };
    let shown_campaigns = (!campaigns.rows.is_empty()).then(|| shown(&campaigns, Some(&csv)));
    tables.push(campaigns);
    let view = View {
        action: format!("{}/campaign", opened.base),
        is_desk,
        campaigns: shown_campaigns,
        cards,
        seat,
        letter,
        counts,
        sources: cited.list(&dispute.sources),
        slips,
    };
    let is_refusal = !view.slips.is_empty();
    Ok(Answer::Page(Page { title: "Letters and postcards".to_owned(), body: view.render()?, tables, is_refusal }))
}

/// The campaigns on record, with their counts where somebody counted.
fn campaigns(dispute: &Dispute, cited: &mut Cited) -> Table {
    let mut table = Table::new("campaigns", "Campaigns on record", &["who", "what", "to", ">count", "source"]);
    for campaign in &dispute.campaigns {
        table.row([
            words(dispute.party_name(&campaign.who.0)),
            words(&campaign.what),
            words(campaign.to.clone().unwrap_or_default()),
            campaign.count.map_or_else(|| words("not counted").exact(""), |count| words(pay::grouped(count)).exact(count.to_string())),
            cited.cell(&campaign.source),
        ]);
    }
    table
}

/// A point of a scale under an offer, as somebody chooses it.
struct Post {
    group: Option<String>,
    nation: String,
    scale: String,
    post: MemberPost,
    rate: Pence,
}

impl Post {
    /// Every point that the offer reaches, in the order of its scales.
    fn all(dispute: &Dispute, offer: &str) -> Vec<Self> {
        let Some(offer) = dispute.offer(offer) else { return Vec::new() };
        let mut posts = Vec::new();
        for value in dispute.framework().value_points(offer) {
            let Ok(points) = &value.points else { continue };
            posts.extend(points.iter().map(|point| Self {
                group: value.group.clone(),
                nation: value.nation.clone(),
                scale: value.scale.title.clone(),
                post: MemberPost { point: Some(point.row.point.clone()), salary: None, band: Some(point.row.band.clone()) },
                rate: point.row.path.base,
            }));
        }
        posts
    }

    fn point(&self) -> &str {
        self.post.point.as_deref().unwrap_or_default()
    }

    fn band(&self) -> &str {
        self.post.band.as_deref().unwrap_or_default()
    }

    fn name(&self) -> String {
        let group = self.group.as_ref().map(|group| format!("{group}, ")).unwrap_or_default();
        format!("{group}{}, band {}, point {}: {} before the offer", self.nation, self.band(), self.point(), self.rate)
    }
}

/// The post of a number that the form gives.
fn chosen<'p>(asked: &Asked<'_>, field: &str, posts: &'p [Post], slips: &mut Vec<Slip>) -> Option<&'p Post> {
    let text = asked.one(field)?;
    let found = text.parse::<usize>().ok().and_then(|number| posts.get(number.checked_sub(1)?));
    if found.is_none() {
        let what = format!("Pay: there is no choice “{text}”. Choose one of the {} points in the list.", posts.len());
        slips.push(Slip { field: field.to_owned(), what });
    }
    found
}

/// Faults as slips of a field.
fn as_slips(field: &str, faults: Vec<Fault>, slips: &mut Vec<Slip>) {
    slips.extend(
        faults.into_iter().map(|fault| Slip { field: field.to_owned(), what: format!("{}: {}; {}.", fault.place, fault.what, fault.fix) }),
    );
}

/// One card, of the size of a postcard.
#[derive(Template)]
#[template(path = "campaign/card.html")]
struct CardPage<'c> {
    card: &'c CardView,
    back: &'c str,
}

#[derive(Template)]
#[template(path = "campaign/page.html")]
struct View {
    action: String,
    is_desk: bool,
    campaigns: Option<String>,
    cards: Option<CardsView>,
    seat: SeatView,
    letter: Option<LetterView>,
    counts: Option<CountsView>,
    sources: Vec<Source>,
    slips: Vec<Slip>,
}
