//! What every letter and e-mail of a poll says: its title, units, times, and the address to vote at.

use std::collections::BTreeMap;

use dated::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use poll::Poll;
use zeroize::Zeroizing;

use crate::letters::Letter;
use crate::trouble::{Answer, Trouble};

/// British time by the rule in force since 1996: the program carries no table of zones.
const LONDON: &str = "GMT0BST,M3.5.0/1,M10.5.0";

/// What every paper of the poll says.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The poll's title.
    pub title: String,
    /// Names of units by id.
    pub units: BTreeMap<String, String>,
    /// Voting opens.
    pub opens_at: Timestamp,
    /// Voting closes.
    pub closes_at: Timestamp,
    /// `https://` and the host of the service, without a slash at the end.
    pub origin: String,
}

impl Facts {
    /// Of a poll and the service's address.
    pub fn new(poll: &Poll, origin: &str) -> Answer<Self> {
        let origin = origin.strip_suffix('/').unwrap_or(origin);
        let wrong = |what: &str| {
            Trouble::input(
                "not-an-origin",
                "--origin",
                format!("“{origin}” {what}"),
                "write it like https://vote.example.org, without a path",
            )
        };
        let host = match (origin.strip_prefix("https://"), origin.strip_prefix("http://")) {
            (Some(host), _) => host,
            (None, Some(host)) if is_loopback(host.rsplit_once(':').map_or(host, |(host, _)| host)) => host,
            (None, Some(_)) => return Err(wrong("is not encrypted: whoever listens would have every code")),
            (None, None) => return Err(wrong("is no web address")),
        };
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(plain) {
            return Err(wrong("is not just a host"));
        }
        if let Some(bad) = poll.units.iter().map(|unit| &unit.name).chain([&poll.title]).find(|text| text.chars().any(is_unseen)) {
            return Err(Trouble::input(
                "hidden-character",
                "poll.json",
                format!("“{}” holds a character that is not seen", bad.escape_debug()),
                "the officer fixes the poll anew with the text typed again",
            ));
        }
        let time = |text: &str| {
            text.parse()
                .map_err(|_| Trouble::input("not-a-time", "poll.json", format!("“{text}” is no time"), "give the poll as it was fixed"))
        };
        Ok(Self {
            title: poll.title.clone(),
            units: poll.units.iter().map(|unit| (unit.id.clone(), unit.name.clone())).collect(),
            opens_at: time(&poll.opens_at)?,
            closes_at: time(&poll.closes_at)?,
            origin: origin.to_owned(),
        })
    }

    /// Every unit of these letters must be one of the poll's.
    pub fn demand_units(&self, letters: &[Letter]) -> Answer<()> {
        let faults = dated::Faults::new();
        for letter in letters.iter().filter(|letter| !self.units.contains_key(&letter.unit)) {
            faults.error(
                "unknown-unit",
                &letter.place,
                format!("there is no unit “{}” in this poll", letter.unit),
                format!("units are {}", self.units.keys().map(String::as_str).collect::<Vec<_>>().join(", ")),
            );
        }
        if faults.error_count() > 0 { Err(Trouble::Faults(faults.into_sorted())) } else { Ok(()) }
    }

    /// The name of a unit.
    pub fn unit(&self, id: &str) -> &str {
        self.units.get(id).map_or("", String::as_str)
    }

    /// The page of a unit, without a code.
    pub fn address(&self, unit: &str) -> String {
        format!("{}/v/{unit}", self.origin)
    }

    /// The page with the code behind `#`, which a browser keeps to itself: neither path nor query, so no server's log has it.
    pub fn link(&self, letter: &Letter) -> Zeroizing<String> {
        Zeroizing::new(format!("{}#code={}", self.address(&letter.unit), letter.credential.expose()))
    }
}

/// Whether a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_unseen(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// A time as members read it, in British time with the zone.
pub fn long_time(at: Timestamp, language: Language) -> String {
    // The rule is a constant that parses; should it not, world time with its name is right too.
    let zone = TimeZone::posix(LONDON).unwrap_or(TimeZone::UTC);
    let at = at.to_zoned(zone);
    let clock = at.strftime("%H:%M %Z");
    let [weekday, month] = [usize::from(at.weekday().to_monday_zero_offset().unsigned_abs()), usize::from(at.month().unsigned_abs()) - 1];
    match language {
        Language::English => format!("{clock} on {}", at.strftime("%A %-d %B %Y")),
        Language::Welsh => format!("{clock} ar {} {} {} {}", WELSH_DAYS[weekday], at.day(), WELSH_MONTHS[month], at.year()),
    }
}

/// After “ar”, which softens their first letter.
const WELSH_DAYS: [&str; 7] = ["ddydd Llun", "ddydd Mawrth", "ddydd Mercher", "ddydd Iau", "ddydd Gwener", "ddydd Sadwrn", "ddydd Sul"];
const WELSH_MONTHS: [&str; 12] =
    ["Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_british_in_summer_and_winter_and_in_both_languages() {
        let at = |text: &str, language| long_time(text.parse().unwrap_or_else(|_| panic!("{text}")), language);
        assert_eq!(at("2026-12-15T17:00:00Z", Language::English), "17:00 GMT on Tuesday 15 December 2026");
        assert_eq!(at("2026-07-01T16:00:00Z", Language::English), "17:00 BST on Wednesday 1 July 2026");
        assert_eq!(at("2026-10-25T00:59:59Z", Language::English), "01:59 BST on Sunday 25 October 2026");
        assert_eq!(at("2026-10-25T01:00:00Z", Language::English), "01:00 GMT on Sunday 25 October 2026");
        assert_eq!(at("2026-12-15T17:00:00Z", Language::Welsh), "17:00 GMT ar ddydd Mawrth 15 Rhagfyr 2026");
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "127.0.0.1", "127.3.2.1", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.org", "10.0.0.1", "127.0.0.1.example.org", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
