//! How much one address or one credential may ask: buckets that refill with time.
//!
//! Nobody can use up what is another's. An address spends its own bucket; a credential's bucket is spent only by ballots that
//! carry its holder's signature. Addresses are kept in memory alone, and forgotten when their bucket is full again.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::clock::Instant;

/// A network address as far as it is one customer's: the first 64 bits of version 6.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Network(IpAddr);

impl Network {
    /// Of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(four) => Self(IpAddr::V4(four)),
            IpAddr::V6(six) => {
                let mut segments = six.segments();
                segments[4..].fill(0);
                Self(IpAddr::V6(segments.into()))
            }
        }
    }
}

/// Buckets, one for each key.
pub(crate) struct Buckets<K> {
    /// Tokens of a full bucket.
    most: u32,
    /// Milliseconds until one token comes back.
    every: i64,
    kept: Mutex<HashMap<K, Bucket>>,
}

/// Filled so far in milliseconds of refilling; only integers, so that no time is lost to rounding.
struct Bucket {
    filled: i64,
    at: Instant,
}

/// Above so many keys the full buckets are thrown away.
const TIDY: usize = 100_000;

impl<K: Hash + Eq> Buckets<K> {
    /// `most` at once, and `count` more in `seconds`.
    pub(crate) fn new(most: u32, count: u32, seconds: u32) -> Self {
        let every = (i64::from(seconds) * 1_000 / i64::from(count.max(1))).max(1);
        Self { most: most.max(1), every, kept: Mutex::default() }
    }

    /// Takes one token, or says after how many seconds there is one again.
    ///
    /// # Errors
    /// The seconds to wait, at least 1.
    pub(crate) fn take(&self, key: K, now: Instant) -> Result<(), u64> {
        let full = i64::from(self.most) * self.every;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= TIDY && !kept.contains_key(&key) {
            let every_full = |bucket: &Bucket| bucket.filled + (now.0 - bucket.at.0).max(0) >= full;
            kept.retain(|_, bucket| !every_full(bucket));
        }
        let bucket = kept.entry(key).or_insert(Bucket { filled: full, at: now });
        // A clock set back gives nothing and takes nothing.
        bucket.filled = (bucket.filled + (now.0 - bucket.at.0).max(0)).min(full);
        bucket.at = now;
        if bucket.filled >= self.every {
            bucket.filled -= self.every;
            return Ok(());
        }
        Err(u64::try_from((self.every - bucket.filled).div_euclid(1_000) + 1).unwrap_or(1))
    }

    /// Whether there is a token, without taking it.
    ///
    /// # Errors
    /// The seconds to wait, at least 1.
    pub(crate) fn look(&self, key: K, now: Instant) -> Result<(), u64> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bucket) = kept.get(&key) else { return Ok(()) };
        let filled = bucket.filled + (now.0 - bucket.at.0).max(0);
        if filled >= self.every {
            return Ok(());
        }
        Err(u64::try_from((self.every - filled).div_euclid(1_000) + 1).unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_refills() {
        let buckets = Buckets::new(3, 60, 60);
        let at = |seconds| Instant(0).plus_seconds(seconds);
        assert!((0..3).all(|_| buckets.take("a", at(0)).is_ok()));
        assert_eq!(buckets.take("a", at(0)), Err(2));
        assert_eq!(buckets.take("b", at(0)), Ok(()), "another key has its own");
        assert_eq!(buckets.take("a", at(1)), Ok(()));
        assert!(buckets.take("a", at(1)).is_err());
        assert!((0..3).all(|_| buckets.take("a", at(3_600)).is_ok()), "never more than the most");
        assert!(buckets.take("a", at(3_600)).is_err());
        assert!(buckets.take("a", at(0)).is_err(), "a clock set back gives nothing");
        assert!(buckets.look("a", at(0)).is_err() && buckets.look("c", at(0)).is_ok());
    }

    #[test]
    fn one_customer_of_version_6_is_one_network() {
        let of = |text: &str| Network::of(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
