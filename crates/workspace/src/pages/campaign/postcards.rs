//! Postcards: what the member of each point goes without, and the card that says so.

use dated::{Faults, Place};
use dispute::campaign::{Language, Postcard, Writer, Writers, postcards};

use super::{Post, chosen};
use crate::asked::{Asked, Opened};
use crate::pages::question::{Cited, Slip, shown as html_of};
use crate::table::{Cell, Table, words};

/// The cards of every point, one of them in full.
pub(super) struct CardsView {
    pub(super) offer: (String, String),
    pub(super) against: (String, String),
    pub(super) to: String,
    pub(super) source: Vec<String>,
    pub(super) html: String,
    pub(super) nothing_lost: usize,
    pub(super) choices: Vec<(usize, String, bool)>,
    pub(super) card: Option<CardView>,
}

/// A card as it is printed.
pub(super) struct CardView {
    pub(super) address: Vec<String>,
    pub(super) heading: Option<String>,
    pub(super) text: String,
    pub(super) basis: String,
    /// The page that prints it.
    pub(super) print: String,
}

/// `None` where the dispute plans no postcards.
pub(super) fn cards(
    opened: &Opened<'_>,
    asked: &Asked<'_>,
    csv: &str,
    cited: &mut Cited,
    tables: &mut Vec<Table>,
    slips: &mut Vec<Slip>,
) -> Option<CardsView> {
    let dispute = opened.dispute;
    let plan = dispute.campaign_plan.postcard.as_ref()?;
    let (offer, against) = plan.offer_and_against();
    let posts = Post::all(dispute, offer);
    let writers: Vec<Writer> = posts.iter().enumerate().map(|(at, post)| writer(at, post)).collect();
    let faults = Faults::new();
    let cards = postcards(dispute, &dispute.campaign_plan, &Writers(writers), Language::English, &faults);
    let heads = ["point", "band", "where", "group", ">before, a year", ">lost in the year", ">the same by days", ">a week, at most", "why"];
    let (title, against_title) = (title(opened, offer), title(opened, against));
    let caption = format!("What a member goes without: {title} against {against_title}");
    let mut table = Table::new("postcards", caption, &heads);
    for card in &cards {
        let Some(post) = post_of(card, &posts) else { continue };
        table.row([
            words(post.point()).from(format!("{}/offers/{offer}", opened.base)),
            words(post.band()),
            words(&post.nation),
            words(post.group.clone().unwrap_or_default()),
            money(post.rate),
            money(card.loss),
            money(card.loss_by_days),
            card.weekly_loss.map_or_else(|| words("").exact(""), money),
            // One sentence a row says little to people: it stands with the card; programs get it.
            words("").exact(card.basis.words()),
        ]);
    }
    let wanted = chosen(asked, "point", &posts, slips);
    let shown = match wanted {
        Some(wanted) => cards.iter().find(|card| post_of(card, &posts).is_some_and(|post| std::ptr::eq(post, wanted))),
        None => cards.first(),
    };
    let choices = posts.iter().enumerate().map(|(at, post)| {
        let is_chosen = wanted.is_some_and(|wanted| std::ptr::eq(post, wanted));
        (at + 1, post.name(), is_chosen)
    });
    let view = CardsView {
        offer: (format!("{}/offers/{offer}", opened.base), title),
        against: (format!("{}/offers/{against}", opened.base), against_title),
        to: plan.to.clone(),
        source: cited.of(&plan.source),
        html: html_of(&table, Some(csv)),
        nothing_lost: posts.len() - cards.len(),
        choices: choices.collect(),
        card: shown.map(|card| CardView {
            address: std::iter::once(card.to.clone()).chain(card.address.clone()).collect(),
            heading: card.heading.clone(),
            text: card.text.clone(),
            basis: card.basis.words(),
            print: format!("{csv}{}print=card", if csv.contains('?') { '&' } else { '?' }),
        }),
    };
    tables.push(table);
    Some(view)
}

fn title(opened: &Opened<'_>, offer: &str) -> String {
    opened.dispute.offer(offer).map_or(offer, |offer| offer.title.as_str()).to_owned()
}

/// The member's mark is the number of the post, so that each card finds its post again.
fn writer(at: usize, post: &Post) -> Writer {
    Writer {
        member: at.to_string(),
        name: "your name".to_owned(),
        address: Vec::new(),
        branch: "your branch".to_owned(),
        postcode: None,
        constituency: None,
        site: None,
        nation: Some(post.nation.clone()),
        group: post.group.clone(),
        post: post.post.clone(),
        hours: None,
        increment_on: None,
        words: None,
        place: Place::new(&format!("{}, band {}, point {}", post.scale, post.band(), post.point()), 1),
    }
}

fn post_of<'p>(card: &Postcard, posts: &'p [Post]) -> Option<&'p Post> {
    card.member.parse::<usize>().ok().and_then(|at| posts.get(at))
}

fn money(amount: pay::Pence) -> Cell {
    words(amount.to_string()).exact(amount.pounds().to_fixed(2))
}
