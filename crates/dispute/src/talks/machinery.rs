//! Groups of staff by the machinery that settles their pay, and which offers carry one award over to others.

use dated::{Date, Ratio};
use pay::Offer;

use crate::folder::Dispute;
use crate::people::Group;

/// A group, the offers that reach it, and those of other groups that give the same.
#[derive(Clone, Debug)]
pub struct GroupOffers<'d> {
    /// The group.
    pub group: &'d Group,
    /// Offers that reach it.
    pub offers: Vec<ReachingOffer<'d>>,
}

/// An offer that reaches a group.
#[derive(Clone, Debug)]
pub struct ReachingOffer<'d> {
    /// The offer.
    pub offer: &'d Offer,
    /// Offers to other groups with the same percentages from the same days: the deal that is read across.
    pub same_as: Vec<&'d str>,
    /// Why it cannot be valued for this group in pounds, if it cannot.
    pub no_scale: bool,
}

/// Spec N9: the groups whose machinery has these words in it (hyphens stand for blanks; capitals do not matter).
pub fn groups_by_machinery<'d>(dispute: &'d Dispute, words: Option<&str>) -> Vec<GroupOffers<'d>> {
    let plain = |text: &str| text.to_lowercase().replace('-', " ");
    let wanted = words.map(plain);
    let chosen = dispute.groups.iter().filter(|group| wanted.as_ref().is_none_or(|wanted| plain(&group.machinery).contains(wanted)));
    chosen
        .map(|group| {
            let reaches = |offer: &&Offer| offer.groups.is_empty() || offer.groups.iter().any(|(id, _)| *id == group.id);
            let offers = dispute.offers.iter().filter(reaches).map(|offer| ReachingOffer {
                offer,
                same_as: dispute
                    .offers
                    .iter()
                    .filter(|other| other.id != offer.id && !reaches(other) && gives_the_same(dispute, offer, other))
                    .map(|other| other.id.as_str())
                    .collect(),
                no_scale: dispute.framework().scales_of(offer).next().is_none(),
            });
            GroupOffers { group, offers: offers.collect() }
        })
        .collect()
}

/// Whether two offers give everybody the same percentages from the same days, and nobody anything else.
fn gives_the_same(dispute: &Dispute, one: &Offer, other: &Offer) -> bool {
    let path = |offer: &Offer| -> Option<Vec<(Date, Ratio)>> {
        let (nation, _) = offer.nations.first()?;
        let headline = dispute.framework().headline(offer, nation)?;
        (!headline.has_special_clauses).then_some(headline.totals)
    };
    let (one, other) = (path(one), path(other));
    one.is_some() && one == other
}
