//! Invented staff for the pages that count people: made from published totals, kept in memory, and labelled wherever they show.

use std::sync::{Arc, Mutex, PoisonError};

use dated::{Date, Faults};
use pay::{Framework, Offer, Workforce};
use workforce::{Assumptions, Published, Recipe, make};

use crate::asked::{Asked, Opened};

/// How many may be asked for. Larger ones take longer than a page should; the command line takes files of any size.
pub(crate) const SIZES: [u32; 3] = [1_000, 10_000, 50_000];

/// The nation whose published employers the staff are dealt to.
pub(crate) const NATION: &str = "England";

/// How many workforces are kept.
const KEPT: usize = 4;

/// Which staff are asked for; none where the size is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Staff {
    pub(crate) size: u32,
    pub(crate) seed: u64,
}

impl Staff {
    pub(crate) fn read(asked: &Asked<'_>) -> Result<Self, String> {
        let seed = match asked.one("seed") {
            None => 1,
            Some(text) => text.parse().map_err(|_| format!("“{text}” is not a seed; write a whole number, as in 1"))?,
        };
        let size = match asked.one("staff") {
            None => 0,
            Some(text) => text.parse().ok().filter(|size| SIZES.contains(size)).ok_or_else(|| {
                format!("“{text}” is not a number of staff that can be made here; one of {}", SIZES.map(|size| size.to_string()).join(", "))
            })?,
        };
        Ok(Self { size, seed })
    }
}

/// What makes one workforce differ from another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    version: String,
    scale: String,
    as_of: Option<Date>,
    size: u32,
    seed: u64,
}

/// Made once for each version of a dispute, seed and size: everybody who opens the same page sees the same staff.
static MADE: Mutex<Vec<(Key, Arc<Workforce>)>> = Mutex::new(Vec::new());

/// The staff, on the points of the day before the offer.
///
/// # Errors
/// A sentence with what is not in the data.
pub(crate) fn made(opened: &Opened<'_>, framework: &Framework<'_>, offer: &Offer, staff: Staff) -> Result<Arc<Workforce>, String> {
    let scale = framework
        .scales_of(offer)
        .filter(|scale| scale.nations().contains(&NATION))
        .max_by_key(|scale| scale.progression)
        .ok_or_else(|| {
            format!("no scale of “{}” has a table for {NATION}, where the published employers are, so no staff can be made up", offer.title)
        })?;
    let key =
        Key { version: opened.version.to_owned(), scale: scale.id.clone(), as_of: offer.base_date, size: staff.size, seed: staff.seed };
    let known = |list: &Vec<(Key, Arc<Workforce>)>| list.iter().find(|(known, _)| *known == key).map(|(_, made)| Arc::clone(made));
    if let Some(found) = known(&MADE.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(found);
    }
    // Not under the lock: another page need not wait for this one.
    let faults = Faults::new();
    let published = Published::built_in(&opened.library.sources, &faults);
    let assumptions = Assumptions::built_in(&opened.library.sources, &faults);
    if let Some(fault) = faults.into_sorted().first() {
        return Err(format!("the data that this program carries are broken, which is a fault of ours: {}", fault.what));
    }
    let recipe = Recipe { staff: staff.size, seed: staff.seed, nation: NATION, scale, as_of: offer.base_date };
    let made = Arc::new(make(&recipe, &published, &assumptions)?.workforce);
    let mut list = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known(&list) {
        return Ok(found);
    }
    if list.len() >= KEPT {
        list.remove(0);
    }
    list.push((key, Arc::clone(&made)));
    Ok(made)
}

/// The name under which an offer is looked at for these staff: as if all were in its nation, where that is not theirs.
pub(crate) fn seen_as(offer: &Offer, nation: &str) -> String {
    if nation == NATION { offer.id.clone() } else { format!("{}@{nation}", offer.id) }
}
