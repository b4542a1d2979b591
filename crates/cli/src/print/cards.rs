//! `whitley postcards`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dated::{Faults, Place, nearest_name};
use print::{Batch, Card, CardSize, CardText, Figures, Mode, read_members};

use super::{Done, HowArguments, print_all, read_named, read_toml, stop_on_error};
use crate::answer;
use crate::disk::{self, Opened};

/// A list of half a million members with addresses is some 60 MB.
const MAX_LIST_BYTES: u64 = 400 * 1024 * 1024;

/// Arguments of `whitley postcards`.
#[derive(Args)]
pub(crate) struct Postcards {
    /// The dispute folder
    dispute: String,
    /// The members: id, point or salary, hours, and what else is printed
    #[arg(long, value_name = "FILE.csv")]
    members: PathBuf,
    /// The offer whose figures the cards show
    #[arg(long, value_name = "ID")]
    offer: String,
    /// What the cards say: to, heading, body with {weekly_loss} and the like
    #[arg(long, value_name = "FILE.toml")]
    text: PathBuf,
    /// The bargaining group, where the offer treats groups differently
    #[arg(long)]
    group: Option<String>,
    /// a6: four to a sheet; a7: eight
    #[arg(long, default_value = "a6")]
    size: Size,
    /// Cards in a file
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    per_file: u32,
    #[command(flatten)]
    how: HowArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum Size {
    A6,
    A7,
}

impl Postcards {
    pub(super) fn run(self, as_json: bool) -> Done {
        let Opened { dispute, .. } = disk::open(&self.dispute, as_json)?;
        let faults = Faults::new();
        let templates = self.how.templates(&faults);
        let text = read_toml(&self.text, &faults, CardText::read).flatten();
        let members = read_named(&self.members, MAX_LIST_BYTES, &faults)
            .map(|bytes| read_members(&self.members.to_string_lossy(), &bytes, false, &faults))
            .unwrap_or_default();
        let offer = dispute.offer(&self.offer);
        if offer.is_none() {
            let known: Vec<&str> = dispute.offers.iter().map(|offer| offer.id.as_str()).collect();
            let fix = match nearest_name(&self.offer, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("one of {}", known.join(", ")),
            };
            faults.error("unknown-offer", &Place::new("--offer", 1), format!("there is no offer “{}”", self.offer), fix);
        }
        let framework = dispute.framework();
        if let Some(group) = self.group.as_ref().filter(|group| !framework.groups.contains(group)) {
            faults.error(
                "unknown-group",
                &Place::new("--group", 1),
                format!("there is no group “{group}”"),
                format!("one of {}", framework.groups.join(", ")),
            );
        }
        let framework = framework.in_group(self.group.clone());
        let size = match self.size {
            Size::A6 => CardSize::A6,
            Size::A7 => CardSize::A7,
        };
        let (Some(text), Some(offer)) = (text, offer) else { return Err(answer::refuse(&faults.into_sorted(), as_json)) };
        let groups: Vec<String> = framework.groups_of(offer).into_iter().flatten().collect();
        if groups.len() > 1 {
            faults.error(
                "several-groups",
                &Place::new("--group", 1),
                format!("the offer treats {} differently", groups.join(", ")),
                "say which group the members are in with --group",
            );
        }
        // Every card is made before the first is printed: one bad row stops the run, and all bad rows are said.
        let mut figures = Figures::new(&framework, offer);
        let cards: Vec<Card> = members.iter().filter_map(|member| Card::make(&text, size, member, &mut figures, &faults)).collect();
        if members.is_empty() && faults.error_count() == 0 {
            faults.error("no-members", &Place::new(&self.members.to_string_lossy(), 1), "the list has no member", "add a row a member");
        }
        stop_on_error(faults, as_json)?;
        let per_file = usize::try_from(self.per_file).unwrap_or(2000);
        let files = cards.len().div_ceil(per_file);
        let batches = cards.chunks(per_file).enumerate().map(|(at, cards)| Batch {
            file: format!("postcards-{:04}.pdf", at + 1),
            what: format!("postcards, {} to a sheet", size.per_sheet()),
            records: cards.len(),
            first: cards.first().map(|card| card.id.clone()).unwrap_or_default(),
            last: cards.last().map(|card| card.id.clone()).unwrap_or_default(),
            document: Card::document(cards, &text, size, self.how.date),
        });
        print_all(&self.how, "postcards", Mode::Once, &templates, batches, files, &[], as_json)
    }
}
