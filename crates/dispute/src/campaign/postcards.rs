//! Postcards: the member's own loss on each, own words if the member has any.

use std::collections::BTreeMap;

use dated::{Faults, Language, Place};
use pay::{Pence, WeeksInYear};

use super::figures::{FigureBasis, Figures};
use super::letters::fill;
use super::plan::CampaignPlan;
use super::safe_text::shown;
use super::sameness::words;
use super::writers::Writers;
use crate::folder::Dispute;

/// A card, ready to be set.
#[derive(Clone, Debug)]
pub struct Postcard {
    /// Its number in the run, from 1.
    pub number: u32,
    /// Its batch, from 1.
    pub batch: u32,
    /// The union's mark of the member.
    pub member: String,
    /// Who signs.
    pub name: String,
    /// Id of the branch.
    pub branch: String,
    /// To whom.
    pub to: String,
    /// The lines of that address.
    pub address: Vec<String>,
    /// What the campaign says, with the member's figure.
    pub text: String,
    /// What the member adds.
    pub own_words: Option<String>,
    /// The first line, in large letters.
    pub heading: Option<String>,
    /// How the figure comes about.
    pub basis: FigureBasis,
    /// What the member goes without in the pay year.
    pub loss: Pence,
    /// The same by days.
    pub loss_by_days: Pence,
    /// A week, while it is most.
    pub weekly_loss: Option<Pence>,
    /// Where the member's row stands.
    pub place: Place,
}

/// Spec K8: makes every card, and reports every row that gives none.
pub fn postcards(dispute: &Dispute, plan: &CampaignPlan, writers: &Writers, language: Language, faults: &Faults) -> Vec<Postcard> {
    let Some((card, mut figures)) = plan.postcard.as_ref().and_then(|card| Some((card, Figures::new(dispute, &card.pair)?))) else {
        return Vec::new();
    };
    let (template, heading) = match language {
        Language::English => (&card.text, &card.heading),
        Language::Welsh => (card.text_welsh.as_ref().unwrap_or(&card.text), &card.heading_welsh),
    };
    if language == Language::Welsh {
        let missing = |key: &str, is_missing: bool| {
            if is_missing {
                let fix = format!("add `{key} = \"…\"` to [postcard] in campaign.toml; nothing is translated by the program");
                faults.error("no-welsh-text", &card.text.place, format!("the cards have no Welsh text: {key}"), fix);
            }
        };
        missing("text_welsh", card.text_welsh.is_none());
        missing("heading_welsh", card.heading.is_some() && card.heading_welsh.is_none());
    }
    let mut list = Vec::new();
    for writer in &writers.0 {
        let short = figures.of(writer, faults);
        let count = writer.words.as_deref().map_or(0, |text| words(text).count());
        if count > card.most_own_words as usize {
            faults.error(
                "too-many-own-words",
                &writer.place,
                format!("{} has written {count} words", shown(&writer.member)),
                format!("a card has room for {}; `most_own_words` in campaign.toml changes that", card.most_own_words),
            );
            continue;
        }
        let Some(short) = short else { continue };
        let Some(text) = fill(template, &figures.filled(writer, plan.branch_name(&writer.branch), &short, language), faults) else {
            continue;
        };
        let number = u32::try_from(list.len() + 1).unwrap_or(u32::MAX);
        list.push(Postcard {
            number,
            batch: (number - 1) / card.batch + 1,
            member: writer.member.clone(),
            name: writer.name.clone(),
            branch: writer.branch.clone(),
            to: card.to.clone(),
            address: card.address.clone(),
            heading: heading.clone(),
            text,
            own_words: writer.words.clone(),
            basis: figures.basis(writer, &short),
            loss: short.by_months(),
            loss_by_days: short.by_days(),
            weekly_loss: short.worst().map(|worst| Pence::nearest(worst.weekly_pence(WeeksInYear::Calendar))),
            place: writer.place.clone(),
        });
    }
    list
}

/// How many cards, and what their members go without together. No text of any member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Cards in all.
    pub cards: u32,
    /// Cards with own words.
    pub with_own_words: u32,
    /// How many different figures they show.
    pub different_figures: usize,
    /// What the members go without together.
    pub loss: Pence,
    /// Each batch: number, first and last card, cards, loss.
    pub batches: Vec<(u32, u32, u32, u32, Pence)>,
    /// Each branch: id, cards, loss.
    pub branches: Vec<(String, u32, Pence)>,
}

/// Counts cards by batch and branch.
pub fn tally(cards: &[Postcard]) -> Tally {
    let mut batches: Vec<(u32, u32, u32, u32, Pence)> = Vec::new();
    let mut branches: BTreeMap<&str, (u32, Pence)> = BTreeMap::new();
    let mut figures: Vec<Pence> = cards.iter().map(|card| card.loss).collect();
    figures.sort_unstable();
    figures.dedup();
    for card in cards {
        match batches.last_mut() {
            Some((batch, _, last, count, loss)) if *batch == card.batch => {
                (*last, *count, *loss) = (card.number, *count + 1, *loss + card.loss);
            }
            _ => batches.push((card.batch, card.number, card.number, 1, card.loss)),
        }
        let (count, loss) = branches.entry(&card.branch).or_default();
        (*count, *loss) = (*count + 1, *loss + card.loss);
    }
    Tally {
        cards: u32::try_from(cards.len()).unwrap_or(u32::MAX),
        with_own_words: u32::try_from(cards.iter().filter(|card| card.own_words.is_some()).count()).unwrap_or(u32::MAX),
        different_figures: figures.len(),
        loss: cards.iter().map(|card| card.loss).sum(),
        batches,
        branches: branches.into_iter().map(|(branch, (count, loss))| (branch.to_owned(), count, loss)).collect(),
    }
}
