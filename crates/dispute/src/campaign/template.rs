//! Text with places to fill in: `{loss}`, `{mp}`. A name that is not known is a fault of the file, not a gap on paper.

use std::borrow::Cow;

use dated::{Place, Table, nearest_name};

/// The names that may stand in braces, and what comes there.
pub(crate) const NAMES: [(&str, &str); 13] = [
    ("name", "the member's name"),
    ("branch", "the member's branch"),
    ("mp", "the member of Parliament"),
    ("constituency", "the constituency"),
    ("loss", "what the member goes without in the pay year"),
    ("loss_by_days", "the same counted by days"),
    ("weekly_loss", "the same a week while it is most"),
    ("weekly_loss_until", "the day on which that ends"),
    ("pay_year", "the pay year"),
    ("offer", "the title of the offer"),
    ("against", "the title of what it is set against"),
    ("against_on", "its date"),
    ("against_by", "who made it"),
];

/// A text with places to fill in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(&'static str),
}

/// What comes in each place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filled<'f>(pub(crate) Vec<(&'static str, Cow<'f, str>)>);

impl Template {
    /// Reads a key whose text may have names in braces.
    pub(crate) fn read(table: &Table<'_>, key: &str) -> Option<Self> {
        let text = table.optional_text(key)?;
        if let Some((what, fix)) = super::safe_text::block_fault(&text) {
            table.fault("unsafe-text", key, format!("“{key}” {what}"), fix);
        }
        match Self::parse(&text) {
            Ok(template) => Some(template),
            Err((what, fix)) => {
                table.fault("bad-place", key, format!("“{key}”: {what}"), fix);
                None
            }
        }
    }

    /// Parts a text at its braces.
    pub(crate) fn parse(text: &str) -> Result<Self, (String, String)> {
        let known = || NAMES.map(|(name, _)| name).join(", ");
        let mut parts = Vec::new();
        let mut rest = text.trim();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            let inside = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let Some((name, after)) = inside else {
                return Err(("a brace has no partner".to_owned(), format!("write a name in braces, as in {{loss}}: {}", known())));
            };
            let Some((name, _)) = NAMES.iter().find(|(known, _)| *known == name) else {
                let near = nearest_name(name, NAMES.map(|(name, _)| name)).map(|near| format!("did you mean {{{near}}}? "));
                let fix = format!("{}The names are {}", near.unwrap_or_default(), known());
                return Err((format!("nothing is known that could stand for {{{}}}", super::safe_text::shown(name)), fix));
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Name(name));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts })
    }

    /// The names it asks for.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(*name),
            Part::Text(_) => None,
        })
    }

    /// The text with everything filled in, or the name that nothing is known for.
    pub(crate) fn fill(&self, filled: &Filled<'_>) -> Result<String, &'static str> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(words) => text.push_str(words),
                Part::Name(name) => match filled.0.iter().find(|(known, _)| known == name) {
                    Some((_, words)) => text.push_str(words),
                    None => return Err(name),
                },
            }
        }
        Ok(text)
    }

    /// The words that stand in it whoever signs.
    pub(crate) fn fixed_words(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(words) => Some(words.as_str()),
            Part::Name(_) => None,
        })
    }
}

/// Where a template was read, for faults that only show once it is filled.
#[derive(Clone, Debug)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_unknown_ones_named() {
        let template = Template::parse("Dear {mp},\nI lose {loss}.").expect("a template");
        let filled = Filled(vec![("mp", "A B".into()), ("loss", "£5".into())]);
        assert_eq!(template.fill(&filled), Ok("Dear A B,\nI lose £5.".to_owned()));
        assert_eq!(template.fill(&Filled(vec![("mp", "A".into())])), Err("loss"));
        let (what, fix) = Template::parse("{lost}").unwrap_err();
        assert!(what.contains("{lost}") && fix.starts_with("did you mean {loss}?"), "{what} {fix}");
        assert!(Template::parse("{loss").is_err());
        assert!(Template::parse("loss}").is_err());
        assert!(Template::parse("{{loss}}").is_err());
    }

    #[test]
    fn what_a_member_writes_is_never_read_as_a_template() {
        let template = Template::parse("{name}").expect("a template");
        assert_eq!(template.fill(&Filled(vec![("name", "{loss}".into())])), Ok("{loss}".to_owned()));
    }
}
