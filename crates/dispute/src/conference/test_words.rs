//! From the words that conference carried to what they ask of an offer.
//!
//! Some words ask something that can be computed; others, such as "significant", are for people to judge and are
//! marked so. Words that are neither are left alone.

use std::ops::Range;

use dated::{Date, Ratio, parse_date};
use pay::Index;

use super::Conference;
use super::agenda::{Asks, Item, StartDay};
use super::wording::whole_words;

/// C31: one thing that a carried motion asks of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MotionTest {
    /// The item that was carried.
    pub motion: String,
    /// `motion 12`.
    pub motion_name: String,
    /// The words of the resolution that ask it.
    pub words: String,
    /// What they ask.
    pub asks: Asks,
    /// Whether the file says so or the words were recognised.
    pub origin: TestOrigin,
}

/// Where a test comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestOrigin {
    /// The file says what the words ask.
    Stated,
    /// The words were recognised.
    Recognised,
}

impl TestOrigin {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Recognised => "recognised",
        }
    }
}

impl Conference {
    /// C31, C32: every test in the resolutions of this conference. A stated test whose words were amended away has lapsed.
    pub fn tests(&self) -> Vec<MotionTest> {
        let carried = self.decisions.iter().filter_map(|decision| Some((decision.resolution()?, self.item(&decision.id)?)));
        carried.flat_map(|(text, item)| tests_of(text, item)).collect()
    }
}

fn tests_of(text: &str, item: &Item) -> Vec<MotionTest> {
    let mut found: Vec<(Range<usize>, Asks, TestOrigin)> = Vec::new();
    for stated in &item.tests {
        if let Some(at) = whole_words(text, &stated.words.0).first() {
            found.push((*at..at + stated.words.0.len(), stated.asks.clone(), TestOrigin::Stated));
        }
    }
    for (range, asks) in recognise(text) {
        if found.iter().all(|(taken, ..)| taken.end <= range.start || range.end <= taken.start) {
            found.push((range, asks, TestOrigin::Recognised));
        }
    }
    found.sort_by_key(|(range, ..)| range.start);
    let test = |(range, asks, origin): (Range<usize>, Asks, TestOrigin)| MotionTest {
        motion: item.id.clone(),
        motion_name: item.name(),
        words: text[range].to_owned(),
        asks,
        origin,
    };
    found.into_iter().map(test).collect()
}

/// Words that praise or blame without a measure.
const JUDGEMENT: [&str; 13] = [
    "significant",
    "significantly",
    "substantial",
    "substantially",
    "fair",
    "fairly",
    "decent",
    "reasonable",
    "meaningful",
    "proper",
    "adequate",
    "acceptable",
    "realistic",
];

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// C32: the words that are known, each with what it asks.
pub(crate) fn recognise(text: &str) -> Vec<(Range<usize>, Asks)> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match recognise_at(&tokens[at..]) {
            Some((length, asks)) => {
                found.push((tokens[at].range.start..tokens[at + length - 1].range.end, asks));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// A word in small letters, without the marks around it.
struct Token {
    word: String,
    range: Range<usize>,
    /// Whether a full stop or another end of a clause follows.
    ends_sentence: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for piece in text.split_whitespace() {
        // The piece is a part of the text, so the distance of the two is where it stands.
        let start = piece.as_ptr() as usize - text.as_ptr() as usize;
        let bare = piece.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '£');
        let start = start + (piece.len() - bare.len());
        let word = bare.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '%');
        let ends_sentence = bare[word.len()..].contains(['.', ';', ':', '!', '?']);
        if !word.is_empty() {
            tokens.push(Token { word: word.to_ascii_lowercase(), range: start..start + word.len(), ends_sentence });
        }
    }
    tokens
}

/// How many tokens from the first ask what.
fn recognise_at(tokens: &[Token]) -> Option<(usize, Asks)> {
    // A phrase does not run over the end of a sentence.
    let reach = tokens.iter().position(|token| token.ends_sentence).map_or(tokens.len(), |end| end + 1);
    let words: Vec<&str> = tokens[..reach].iter().map(|token| token.word.as_str()).collect();
    let starts = |phrase: &[&str]| words.starts_with(phrase);
    for (phrase, length) in [(vec!["above", "the", "rate", "of"], 4), (vec!["above", "the"], 2), (vec!["above"], 1)] {
        if starts(&phrase)
            && let Some(index) = words.get(length).and_then(|word| price_index(word))
        {
            return Some((length + 1, Asks::AboveInflation(index)));
        }
    }
    if words[0] == "above-inflation" || words[0] == "inflation-busting" {
        return Some((1, Asks::AboveInflation(None)));
    }
    for phrase in
        [["no", "staging"], ["without", "staging"], ["not", "staged"], ["no", "phasing"], ["without", "phasing"], ["not", "phased"]]
    {
        if starts(&phrase) {
            return Some((2, Asks::NoStaging));
        }
    }
    if words[0] == "unstaged" {
        return Some((1, Asks::NoStaging));
    }
    for (phrase, length) in [(vec!["backdated", "to"], 2), (vec!["backdated", "from"], 2), (vec!["from"], 1)] {
        if starts(&phrase)
            && let Some((more, day)) = day_of(&words[length..])
        {
            return Some((length + more, Asks::InForceFrom(day)));
        }
    }
    for phrase in [["at", "least"], ["no", "less"], ["not", "less"]] {
        let length = if phrase[0] == "at" { 2 } else { 3 };
        if starts(&phrase)
            && (phrase[0] == "at" || words.get(2) == Some(&"than"))
            && let Some((more, percent)) = words.get(length..).and_then(percent_of)
        {
            return Some((length + more, Asks::AtLeastPercent(percent)));
        }
    }
    if starts(&["flat", "rate"]) || words[0] == "flat-rate" {
        let sum = words.iter().take(8).enumerate().find_map(|(at, word)| Some((at, pounds_of(word)?)));
        if let Some((at, pounds)) = sum {
            return Some((at + 1, Asks::FlatPounds(pounds)));
        }
    }
    if matches!(words[0], "paid" | "pay" | "paying" | "implemented") {
        let end = words.iter().take(9).collect::<Vec<_>>().windows(2).position(|pair| *pair[0] == "in" && *pair[1] == "full");
        if let Some(end) = end {
            return Some((end + 2, Asks::PaidInFull(None)));
        }
    }
    JUDGEMENT.contains(&words[0]).then_some((1, Asks::ForJudgement))
}

/// `inflation` names no index; RPI, CPI and CPIH do.
fn price_index(word: &str) -> Option<Option<Index>> {
    match word {
        "inflation" | "prices" => Some(None),
        other => Index::WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(other)).map(|(_, index)| Some(*index)),
    }
}

fn percent_of(words: &[&str]) -> Option<(usize, Ratio)> {
    let first = *words.first()?;
    if let Some(number) = first.strip_suffix('%') {
        return Some((1, Ratio::parse_decimal(number)?));
    }
    let number = Ratio::parse_decimal(first)?;
    match words.get(1..)? {
        ["per", "cent", ..] => Some((3, number)),
        ["percent", ..] => Some((2, number)),
        _ => None,
    }
}

fn pounds_of(word: &str) -> Option<Ratio> {
    Ratio::parse_decimal(&word.strip_prefix('£')?.replace(',', ""))
}

/// `1 april 2007`, `1st april`, `april 2007`, `april`.
fn day_of(words: &[&str]) -> Option<(usize, StartDay)> {
    let number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let suffix = &word[digits.len()..];
        let day: i8 = digits.parse().ok()?;
        (matches!(suffix, "" | "st" | "nd" | "rd" | "th") && (1..=31).contains(&day)).then_some(day)
    };
    let (day, taken) = words.first().and_then(|word| number(word)).map_or((1, 0), |day| (day, 1));
    let month = MONTHS.iter().position(|month| words.get(taken) == Some(month))?;
    let month = i8::try_from(month + 1).ok()?;
    let year = words.get(taken + 1).filter(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    match year {
        Some(year) => {
            let date: Date = parse_date(&format!("{year}-{month:02}-{day:02}")).ok()?;
            Some((taken + 2, StartDay::On(date)))
        }
        None => Some((taken + 1, StartDay::InPayYear { day, month })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Vec<(String, Asks)> {
        recognise(text).into_iter().map(|(range, asks)| (text[range].to_owned(), asks)).collect()
    }

    #[test]
    fn the_claim_of_2007_asks_one_thing_to_judge_and_two_to_compute() {
        let text = "Claim a significant percentage rise above the rate of inflation, backdated to April.";
        assert_eq!(
            asked(text),
            [
                ("significant".to_owned(), Asks::ForJudgement),
                ("above the rate of inflation".to_owned(), Asks::AboveInflation(None)),
                ("backdated to April".to_owned(), Asks::InForceFrom(StartDay::InPayYear { day: 1, month: 4 })),
            ]
        );
    }

    #[test]
    fn numbers_dates_and_indexes_are_read_as_people_write_them() {
        let text = "At least 3.5 per cent above RPI, no staging, from 1st April 2026; a flat rate increase of £1,400, paid in full.";
        let asks: Vec<Asks> = asked(text).into_iter().map(|(_, asks)| asks).collect();
        assert_eq!(
            asks,
            [
                Asks::AtLeastPercent(Ratio::new(7, 2)),
                Asks::AboveInflation(Some(Index::Rpi)),
                Asks::NoStaging,
                Asks::InForceFrom(StartDay::On(Date::constant(2026, 4, 1))),
                Asks::FlatPounds(Ratio::whole(1400)),
                Asks::PaidInFull(None),
            ]
        );
    }

    #[test]
    fn what_only_looks_like_a_test_is_none() {
        for text in [
            "Above all, ballot members.",
            "A flat refusal.",
            "Away from the table.",
            "At least ask.",
            "Paid holidays. In full flow.",
            "From 31 foo",
        ] {
            assert_eq!(asked(text), [], "{text}");
        }
    }
}
