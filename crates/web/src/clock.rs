//! Time is an argument: the service asks a [`Clock`], and tests bring their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub i64);

impl Instant {
    /// Reads `2026-12-01T08:00:00Z`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|time| Self(time.as_millisecond()))
    }

    /// Reads `2026-12-01T08:00`, or with a blank between, as a time in the United Kingdom. None also where the clocks are put on or
    /// back and the time is not there, or there twice.
    pub fn parse_london(text: &str) -> Option<Self> {
        let civil: jiff::civil::DateTime = text.trim().replace(' ', "T").parse().ok()?;
        let zoned = london().to_ambiguous_zoned(civil).unambiguous().ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }

    /// Whole seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1_000)
    }

    /// `2026-12-01T08:00:00Z`.
    pub fn utc(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The time in the United Kingdom.
    pub fn in_london(self) -> Zoned {
        self.timestamp().to_zoned(london())
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// The rule in force since 1996, spelt out so that no machine's zone files are needed.
fn london() -> TimeZone {
    TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap_or(TimeZone::UTC)
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands until it is set: for tests.
#[derive(Clone)]
pub struct SetClock(Arc<AtomicI64>);

impl SetClock {
    /// Stands at this instant.
    pub fn at(instant: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(instant.0)))
    }

    /// Sets it.
    pub fn set(&self, instant: Instant) {
        self.0.store(instant.0, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn london_time_has_summer() {
        let shown = |text: &str| Instant::parse(text).map(|time| time.in_london().strftime("%H:%M %Z").to_string());
        assert_eq!(shown("2026-12-01T08:00:00Z").as_deref(), Some("08:00 GMT"));
        assert_eq!(shown("2026-07-01T08:00:00Z").as_deref(), Some("09:00 BST"));
        assert_eq!(shown("2026-03-29T00:59:59Z").as_deref(), Some("00:59 GMT"));
        assert_eq!(shown("2026-03-29T01:00:00Z").as_deref(), Some("02:00 BST"));
        assert_eq!(shown("2026-10-25T01:00:00Z").as_deref(), Some("01:00 GMT"));
    }

    #[test]
    fn a_time_typed_in_london_is_one_instant_or_none() {
        let utc = |text: &str| Instant::parse_london(text).map(Instant::utc);
        assert_eq!(utc("2026-12-01T08:00").as_deref(), Some("2026-12-01T08:00:00Z"));
        assert_eq!(utc(" 2026-07-01 09:00 ").as_deref(), Some("2026-07-01T08:00:00Z"));
        // Not there, there twice, no time.
        for none in ["2026-03-29T01:30", "2026-10-25T01:30", "2026-13-01T08:00", "soon", ""] {
            assert_eq!(utc(none), None, "{none}");
        }
    }
}
