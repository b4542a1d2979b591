//! The list of public credentials and weights (Spec V15, V16).

use crate::curve::{ElementFault, Point, Quartered, UncheckedElement};
use crate::hex::bytes_from_hex;
use crate::json::is_plain_decimal;
use crate::parallel::in_parallel;
use crate::reading::read_record;
use crate::report::{Check, Ledger, Part, Place, What};

/// One public credential, in 304 bytes: there can be millions.
pub(crate) struct Credential {
    pub(crate) key: Quartered,
    /// Its encoding, in the order of the digits.
    bytes: [u8; 32],
    pub(crate) weight: u128,
}

/// Reads and checks an element that signs ballots.
pub(crate) fn parse_key(digits: &str) -> Result<Quartered, ElementFault> {
    Quartered::check(&UncheckedElement::parse(digits)?.point).ok_or(ElementFault::NotInGroup)
}

/// The list, and an index by encoding.
pub(crate) struct Credentials {
    pub(crate) list: Vec<Credential>,
    by_encoding: Vec<u32>,
    pub(crate) total_weight: u128,
}

impl Credentials {
    /// Position of a credential by its 64 digits. Spec V28.
    pub(crate) fn find(&self, digits: &str) -> Option<u32> {
        let bytes = bytes_from_hex::<32>(digits.as_bytes())?;
        self.by_encoding.binary_search_by(|i| self.list[*i as usize].bytes.cmp(&bytes)).ok().map(|at| self.by_encoding[at])
    }
}

/// Largest sum of weights; far above any electorate, far below overflow.
const MAX_TOTAL_WEIGHT: u128 = 1 << 100;

/// Reads and checks the list.
pub(crate) fn read_credentials(body: &[u8], place: Place, threads: usize, ledger: &mut Ledger) -> Option<Credentials> {
    let value = read_record(body, Part::Credentials, place, ledger)?;
    let texts = value.array().and_then(|items| items.iter().map(|item| item.string()).collect::<Option<Vec<_>>>());
    let Some(texts) = texts.filter(|texts| u32::try_from(texts.len()).is_ok()) else {
        ledger.fault(Check::V4, place, What::Fields(Part::Credentials));
        return None;
    };
    if texts.is_empty() {
        ledger.fault(Check::V16, place, What::NoCredentials);
    }
    let split: Vec<(&str, Option<&str>)> = texts
        .iter()
        .map(|text| match text.split_once(',') {
            Some((digits, weight)) => (digits, Some(weight)),
            None => (*text, None),
        })
        .collect();

    // Spec V15.
    ledger.count(Check::V15, split.len() as u64);
    let weighted = split.first().is_some_and(|(_, weight)| weight.is_some());
    let mut total_weight = 0u128;
    let mut weights = Vec::with_capacity(split.len());
    for (i, (_, weight)) in split.iter().enumerate() {
        let place = place.credential(i as u32);
        if weight.is_some() != weighted {
            ledger.fault(Check::V15, place, What::WeightsMixed);
        }
        let weight = match weight {
            None => Some(1),
            Some(digits) if is_plain_decimal(digits) && digits.len() <= 30 => digits.parse::<u128>().ok(),
            Some(_) => None,
        };
        if weight.is_none() {
            ledger.fault(Check::V15, place, What::WeightForm);
        }
        total_weight = total_weight.saturating_add(weight.unwrap_or(0));
        weights.push(weight.unwrap_or(0));
    }
    if total_weight > MAX_TOTAL_WEIGHT {
        ledger.fault(Check::V15, place, What::WeightsTooLarge);
    }
    ledger.complete(Check::V15);

    // Spec V16.
    ledger.count(Check::V16, split.len() as u64);
    let keys = in_parallel(&split, threads, |(digits, _)| parse_key(digits));
    let mut list = Vec::with_capacity(split.len());
    for (i, (key, weight)) in keys.into_iter().zip(weights).enumerate() {
        let place = place.credential(i as u32);
        match key {
            Ok(key) => {
                if key.point().equals(&Point::IDENTITY) {
                    ledger.fault(Check::V16, place, What::Identity);
                }
                let bytes = bytes_from_hex(split[i].0.as_bytes()).unwrap_or_default();
                list.push(Credential { key, bytes, weight });
            }
            Err(fault) => ledger.fault(Check::V16, place, What::Element(fault)),
        }
    }
    let mut by_encoding: Vec<u32> = (0..list.len() as u32).collect();
    by_encoding.sort_unstable_by_key(|i| (list[*i as usize].bytes, *i));
    for pair in by_encoding.windows(2) {
        if list[pair[0] as usize].bytes == list[pair[1] as usize].bytes {
            let place = place.credential(pair[1]);
            ledger.fault(Check::V16, place, What::CredentialRepeated { first: pair[0] });
        }
    }
    ledger.complete(Check::V16);
    if ledger.has_failed(Check::V15) || ledger.has_failed(Check::V16) {
        return None;
    }
    Some(Credentials { list, by_encoding, total_weight })
}
