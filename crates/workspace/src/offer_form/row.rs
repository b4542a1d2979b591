//! What stands in the fields of the form, as it was typed; and what is wrong with it before anything is worked out.

use dated::{Ratio, Status};

use super::{Wrong, check_day, is_kind};
use crate::asked::Asked;

/// The offer as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) made_by: String,
    pub(crate) made_on: String,
    pub(crate) base_date: String,
    pub(crate) nations: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) summary: String,
    pub(crate) source: String,
    pub(crate) status: String,
}

/// What a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A day on which rates change.
    #[default]
    Step,
    /// A further change on the same day.
    Also,
    /// A sum that is paid and does not become part of the rate.
    Lump,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Also => "also",
            Self::Lump => "lump",
        }
    }
}

/// One row. Every field is text as typed; empty is not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    /// Which table of the file it was read from: `2`, or `2.0` for the first further change of the third step.
    pub(crate) origin: String,
    pub(crate) from: String,
    pub(crate) pay_on: String,
    pub(crate) clause: String,
    /// One of [`RISES`].
    pub(crate) rise: String,
    pub(crate) amount: String,
    pub(crate) and_pounds: String,
    pub(crate) or_pounds: String,
    pub(crate) at_least_pounds: String,
    pub(crate) at_most_pounds: String,
    pub(crate) rate_at_least: String,
    pub(crate) minimum_increment_percent: String,
    pub(crate) nations: String,
    pub(crate) groups: String,
    pub(crate) bands: String,
    pub(crate) points: String,
    pub(crate) only: String,
    pub(crate) rate_at_most: String,
    pub(crate) rate_above: String,
    pub(crate) progression: String,
    /// Parts of it that the form does not know and keeps.
    pub(crate) kept: Vec<String>,
}

/// What a row can give: the word of the form, and in words.
pub(crate) const RISES: [(&str, &str); 6] = [
    ("base", "% of the rate before the offer"),
    ("in-force", "% of the rate of the day before"),
    ("total", "% above the rate before the offer, in all"),
    ("pounds", "pounds a year"),
    ("rates", "the rates by point that stand in the file"),
    ("none", "nothing of its own, only what stands under “More”"),
];

/// What a one-off sum can be.
pub(crate) const LUMPS: [(&str, &str); 2] = [("percent", "% of the annual rate"), ("pounds", "pounds")];

impl Row {
    /// An empty row of a kind.
    pub(crate) fn new(kind: Kind) -> Self {
        let rise = if kind == Kind::Lump { "pounds" } else { "base" };
        Self { kind, rise: rise.to_owned(), ..Self::default() }
    }

    /// What was sent for the row of that number.
    pub(crate) fn sent(asked: &Asked<'_>, at: usize) -> Self {
        let field = |name: &str| asked.one(&format!("r{at}-{name}")).unwrap_or_default().to_owned();
        let kind = match field("kind").as_str() {
            "also" => Kind::Also,
            "lump" => Kind::Lump,
            _ => Kind::Step,
        };
        Self {
            kind,
            origin: field("origin"),
            from: field("from"),
            pay_on: field("pay_on"),
            clause: field("clause"),
            rise: field("rise"),
            amount: tidy(&field("amount")),
            and_pounds: tidy(&field("and_pounds")),
            or_pounds: tidy(&field("or_pounds")),
            at_least_pounds: tidy(&field("at_least_pounds")),
            at_most_pounds: tidy(&field("at_most_pounds")),
            rate_at_least: tidy(&field("rate_at_least")),
            minimum_increment_percent: tidy(&field("minimum_increment_percent")),
            nations: list(&field("nations")),
            groups: list(&field("groups")),
            bands: list(&field("bands")),
            points: list(&field("points")),
            only: field("only"),
            rate_at_most: tidy(&field("rate_at_most")),
            rate_above: tidy(&field("rate_above")),
            progression: field("progression"),
            kept: field("kept").split(", ").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        }
    }

    /// The number fields: name, what people call it, what was typed.
    pub(crate) fn numbers(&self) -> [(&'static str, &'static str, &str); 8] {
        [
            ("and_pounds", "and cash", &self.and_pounds),
            ("or_pounds", "or cash if that is more", &self.or_pounds),
            ("at_least_pounds", "at least (underpin)", &self.at_least_pounds),
            ("at_most_pounds", "at most (cap)", &self.at_most_pounds),
            ("rate_at_least", "no rate below", &self.rate_at_least),
            ("minimum_increment_percent", "each point above the one below it by %", &self.minimum_increment_percent),
            ("rate_at_most", "only rates up to", &self.rate_at_most),
            ("rate_above", "only rates above", &self.rate_above),
        ]
    }

    /// Whether something stands under “More”.
    pub(crate) fn has_more(&self) -> bool {
        let texts = [&self.pay_on, &self.nations, &self.groups, &self.bands, &self.points, &self.only, &self.progression];
        self.numbers().iter().any(|(_, _, value)| !value.is_empty()) || texts.iter().any(|value| !value.is_empty())
    }

    /// The choices of what it gives.
    pub(crate) fn rises(&self) -> &'static [(&'static str, &'static str)] {
        if self.kind == Kind::Lump { &LUMPS } else { &RISES }
    }

    /// What cannot be read, by field.
    pub(crate) fn faults(&self, at: usize) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let mut say =
            |field: &str, text: String| wrong.push(Wrong { field: format!("r{at}-{field}"), text: format!("Row {}: {text}", at + 1) });
        if self.kind != Kind::Also {
            match self.from.as_str() {
                "" if self.kind == Kind::Lump => say("from", "on which day is the sum paid? Write it as in 2007-04-01.".to_owned()),
                "" => say("from", "from which day? Write it as in 2007-04-01.".to_owned()),
                day => {
                    if let Err(why) = check_day(day) {
                        say("from", format!("{why}."));
                    }
                }
            }
        }
        if !self.pay_on.is_empty()
            && let Err(why) = check_day(&self.pay_on)
        {
            say("pay_on", format!("{why}."));
        }
        if !self.rises().iter().any(|(word, _)| *word == self.rise) {
            say("rise", "choose what it gives.".to_owned());
        }
        let has_amount = !matches!(self.rise.as_str(), "rates" | "none");
        match self.amount.as_str() {
            "" if has_amount => say("amount", "how much? Write a number, as in 2.5; a freeze is 0.".to_owned()),
            text if has_amount && Ratio::parse_decimal(text).is_none() => {
                say("amount", format!("“{text}” is no number; write it as in 2.5 or 400."))
            }
            text if !has_amount && !text.is_empty() => {
                say("amount", format!("“{text}” is given, but nothing to which it belongs: choose what it gives, or empty the field."))
            }
            _ => {}
        }
        for (field, name, text) in self.numbers() {
            if !text.is_empty() && Ratio::parse_decimal(text).is_none() {
                say(field, format!("“{text}” ({name}) is no number; write it as in 400 or 5.65."));
            }
        }
        wrong
    }
}

impl Head {
    /// What was sent.
    pub(crate) fn sent(asked: &Asked<'_>) -> Self {
        let field = |name: &str| asked.one(name).unwrap_or_default().to_owned();
        let all = |name: &str| asked.all(name).map(str::to_owned).collect();
        Self {
            id: field("id"),
            title: field("title"),
            kind: field("kind"),
            made_by: field("made_by"),
            made_on: field("made_on"),
            base_date: field("base_date"),
            nations: all("nation"),
            groups: all("group"),
            summary: field("summary").replace("\r\n", "\n"),
            source: field("source"),
            status: field("status"),
        }
    }

    /// What is missing or cannot be read, by field.
    pub(crate) fn faults(&self, has_rows: bool) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let mut say = |field: &str, text: &str| wrong.push(Wrong { field: field.to_owned(), text: text.to_owned() });
        let is_id = self.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if self.id.is_empty() || !is_id {
            say("id", "Give the offer a short name of small letters, digits and hyphens, as in england-staged.");
        }
        if self.title.is_empty() {
            say("title", "Give the offer a title.");
        }
        if !is_kind(&self.kind) {
            say("kind", "Choose whether it is a claim, a recommendation, an offer or an award.");
        }
        for (field, name, day) in
            [("made_on", "The day it was made", &self.made_on), ("base_date", "The day whose rates it starts from", &self.base_date)]
        {
            if !day.is_empty()
                && let Err(why) = check_day(day)
            {
                say(field, &format!("{name}: {why}."));
            }
        }
        if self.base_date.is_empty() && has_rows {
            say("base_date", "Say whose rates it starts from: the last day before it, as in 2007-03-31.");
        }
        if self.nations.is_empty() {
            say("nations", "Choose where it applies.");
        }
        if self.source.is_empty() {
            say("source", "Name the source: who published the offer.");
        }
        if Status::from_word(&self.status).is_none() {
            say("status", "Choose how sure it is.");
        }
        wrong
    }

    pub(crate) fn has_nation(&self, name: &&str) -> bool {
        self.nations.iter().any(|known| known == name)
    }

    pub(crate) fn has_group(&self, id: &&str) -> bool {
        self.groups.iter().any(|known| known == id)
    }
}

/// A number as people type it: `£1,400`, `2.5 %`.
fn tidy(text: &str) -> String {
    let plain: String = text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '£' | '%')).collect();
    // A comma between thousands goes; one that may be a decimal point stays, and is refused.
    let groups: Vec<&str> = plain.split(',').collect();
    let grouped = groups.len() > 1 && groups[1..].iter().all(|group| group.split('.').next().is_some_and(|digits| digits.len() == 3));
    if grouped { groups.concat() } else { plain }
}

/// Names between commas, tidied.
fn list(text: &str) -> String {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_be_typed_as_people_write_them() {
        for (typed, read) in [("£1,400", "1400"), ("2.5 %", "2.5"), ("1,400.50", "1400.50"), ("2,5", "2,5"), (" 38 ", "38")] {
            assert_eq!(tidy(typed), read);
        }
        let row =
            Row { from: "2007-02-31".to_owned(), amount: "2,5".to_owned(), at_least_pounds: "abc".to_owned(), ..Row::new(Kind::Step) };
        let said: Vec<String> = row.faults(1).into_iter().map(|wrong| format!("{} {}", wrong.field, wrong.text)).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].contains("r1-from") && said[0].contains("February 2007 has no day 31"), "{said:?}");
    }
}
