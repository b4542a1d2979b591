//! A figure of one's own: the readings that apply to a number and its unit, written as a file has them and checked as those are.

use std::fmt::Write as _;

use dated::{Faults, FileBytes, Ratio, TomlFile};
use pay::{Evidence, Index, Offer, PayYear, QuotedFigure};

use super::Form;
use super::view::{self, Claim};
use crate::asked::{Asked, Opened, Trouble};
use crate::offer::typed::parse_pounds;
use crate::pages::parts::{Choice, Wrong};

/// What a number may count, and how that is said in the form.
const UNITS: [(&str, &str); 4] = [
    ("percent", "percent"),
    ("pounds-in-the-year", "£ more in the pay year"),
    ("pounds-a-week", "£ a week"),
    ("pounds-a-year", "£ a year, a rate of pay"),
];

/// How it may be put, as `quoted.toml` has it.
const SAYS: [(&str, &str); 7] = [
    ("is", "just that"),
    ("about", "about that, within 5%"),
    ("nearly", "nearly that, from 80% of it"),
    ("more-than", "more than that"),
    ("at-least", "that or more"),
    ("less-than", "less than that"),
    ("at-most", "that or less"),
];

/// The form, filled as it was sent.
pub(super) fn form(opened: &Opened<'_>, asked: &Asked<'_>) -> Form {
    let text = |name: &str| asked.one(name).unwrap_or("").to_owned();
    let choices = |list: &[(&str, &str)], name: &str| {
        list.iter().map(|(value, text)| Choice::new(*value, *text, asked.one(name) == Some(*value))).collect()
    };
    Form {
        value: text("value"),
        units: choices(&UNITS, "unit"),
        says: choices(&SAYS, "says"),
        offers: opened
            .dispute
            .offers
            .iter()
            .map(|offer| Choice::new(&offer.id, &offer.title, asked.one("offer") == Some(offer.id.as_str())))
            .collect(),
        point: text("point"),
        band: text("band"),
        salary: text("salary"),
    }
}

/// The figure that was sent, checked, and what cannot be looked at here; nothing where none was sent.
pub(super) fn check(opened: &Opened<'_>, asked: &Asked<'_>, wrong: &mut Vec<Wrong>) -> Result<(Option<Claim>, Vec<String>), Trouble> {
    if asked.one("value").is_none() && asked.one("unit").is_none() {
        return Ok((None, Vec::new()));
    }
    let plain = asked.one("value").unwrap_or("").trim_start_matches('£').trim_end_matches('%').replace([',', '−'], "");
    let number = Ratio::parse_decimal(plain.trim()).filter(|number| number.abs() <= Ratio::whole(10_000_000));
    if number.is_none() {
        let what = format!("“{}” is not a number; write 2.5 or 1,300", asked.one("value").unwrap_or(""));
        wrong.push(Wrong { field: "value", what });
    }
    let known = |field: &'static str, list: &[(&'static str, &str)], wrong: &mut Vec<Wrong>| {
        let chosen = asked.one(field).unwrap_or(list[0].0);
        let found = list.iter().find(|(word, _)| *word == chosen);
        if found.is_none() {
            let words: Vec<&str> = list.iter().map(|(word, _)| *word).collect();
            wrong.push(Wrong { field, what: format!("“{chosen}” is none of {}", words.join(", ")) });
        }
        found.map(|(word, _)| *word)
    };
    let unit = known("unit", &UNITS, wrong);
    let says = known("says", &SAYS, wrong);
    let offer = match crate::offer::find_offer(&opened.dispute.offers, asked.one("offer").unwrap_or("")) {
        Ok(offer) => Some(offer),
        Err(what) => {
            wrong.push(Wrong {
                field: "offer",
                what: if asked.one("offer").is_some() { what } else { "choose the offer that it is about".to_owned() },
            });
            None
        }
    };
    let salary = asked.one("salary").and_then(|text| parse_pounds(text).map_err(|what| wrong.push(Wrong { field: "salary", what })).ok());
    let whose = match (asked.one("point"), salary) {
        (Some(_), Some(_)) => {
            wrong.push(Wrong { field: "salary", what: "both a point and a salary are given: leave one of them out".to_owned() });
            None
        }
        (Some(point), None) => {
            let band = asked.one("band").map(|band| format!(", band = {}", quoted(band))).unwrap_or_default();
            Some(format!("point = {}{band}", quoted(point)))
        }
        (None, Some(salary)) => Some(format!("salary = {}", salary.pounds().to_fixed(2))),
        (None, None) => None,
    };
    if unit.is_some_and(|unit| unit != "percent") && whose.is_none() && asked.one("salary").is_none() {
        let what = "pounds are somebody's pay: give a point of the scale or a salary";
        wrong.push(Wrong { field: "point", what: what.to_owned() });
    }
    let (Some(number), Some(unit), Some(says), Some(offer), true) = (number, unit, says, offer, wrong.is_empty()) else {
        return Ok((None, Vec::new()));
    };
    let places = plain.trim().split_once('.').map_or(0, |(_, places)| places.len().min(6));
    let written = Written { opened, offer, whose };
    let readings = match unit {
        "percent" => written.percent(),
        "pounds-in-the-year" => written.in_the_year(),
        "pounds-a-week" => written.a_week(),
        _ => written.a_year(),
    };
    let unit_words = UNITS.iter().find(|(word, _)| *word == unit).map_or("", |(_, text)| text.trim_start_matches("£ "));
    let unit_words = if unit == "percent" { "percent".to_owned() } else { format!("pounds {unit_words}") };
    let how = SAYS.iter().find(|(word, _)| *word == says).map_or("", |(_, text)| *text);
    let mut text = format!(
        "[[figure]]\nid = \"own\"\nquoted = {}\nvalue = {}\nunit = {}\nsays = {}\nwho = \"own\"\nmeaning = {}\nsource = {}\nstatus = \"derived\"\n",
        quoted(&format!("{} {unit_words}", view::shown(number))),
        number.to_fixed(u32::try_from(places).unwrap_or(0)),
        quoted(&unit_words),
        quoted(says),
        quoted(&format!("Of “{}”: {how}.", offer.title)),
        quoted(&offer.source.join(";")),
    );
    text.push_str(&readings);
    let faults = Faults::new();
    let bytes = FileBytes::Read(text.into_bytes());
    let figures = TomlFile::read("a figure of your own", &bytes, &faults)
        .map(|file| file.with_root(&faults, |root| root.list("figure", |entry, _| QuotedFigure::read(entry, &opened.dispute.sources))))
        .unwrap_or_default();
    let faults = faults.into_sorted();
    let [figure] = figures.as_slice() else {
        let why = faults.first().map(|fault| format!("{}: {}", fault.place, fault.what)).unwrap_or_default();
        return Err(Trouble::Ours(format!("the readings of a figure could not be written: {why}")));
    };
    let framework = opened.dispute.framework();
    let evidence = Evidence { offers: &opened.dispute.offers, framework: &framework, tables: &opened.library.tables };
    let checked = figure.check(evidence);
    let claim = Claim { who: "Your own".to_owned(), ..view::claim(opened, &checked) };
    Ok((Some(claim), not_here(unit)))
}

/// What such a figure may mean that cannot be looked at without staff.
fn not_here(unit: &str) -> Vec<String> {
    let mut list = vec![
        "What it costs the employer, or what share of staff it is: that needs staff by band and point; see Compare, with invented staff."
            .to_owned(),
        "Take-home pay: see What is it worth to me?".to_owned(),
    ];
    if unit == "percent" {
        list.push("A rise over years before or after this offer: that needs the offers of those years.".to_owned());
    }
    list
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let mut safe = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                safe.push('\\');
                safe.push(letter);
            }
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe.push('"');
    safe
}

/// The readings of a figure about one offer.
struct Written<'w> {
    opened: &'w Opened<'w>,
    offer: &'w Offer,
    whose: Option<String>,
}

impl Written<'_> {
    fn reading(text: &mut String, definition: &str, formula: &str, inputs: &[(&str, String)]) {
        let _ = write!(text, "\n[[figure.reading]]\ndefinition = {}\nformula = {}\n", quoted(definition), quoted(formula));
        for (name, input) in inputs {
            let _ = writeln!(text, "inputs.{name} = {{ {input} }}");
        }
    }

    fn nations(&self) -> Vec<&str> {
        self.offer.nations.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Where the offer has several nations, each is a reading of its own.
    fn places(&self) -> Vec<(String, String)> {
        let nations = self.nations();
        let several = nations.len() > 1;
        nations
            .iter()
            .map(|nation| (format!(", nation = {}", quoted(nation)), if several { format!(" in {nation}") } else { String::new() }))
            .collect()
    }

    fn years(&self) -> Vec<PayYear> {
        crate::offer::redistribution::years_of_steps(&self.opened.dispute.framework(), self.offer).unwrap_or_default()
    }

    fn percent(&self) -> String {
        let mut text = String::new();
        let offer = format!("offer = {}", quoted(&self.offer.id));
        let years = self.years();
        for (nation, there) in self.places() {
            for year in &years {
                let (of, name) = (format!(", year = \"{}\"", year.first_month()), year.name());
                for (by, counted) in [("months", "by months"), ("days", "by days")] {
                    let input = format!("compute = \"in_year_percent\", {offer}{nation}{of}, by = \"{by}\"");
                    Self::reading(&mut text, &format!("the rise in the year {name}{there}, {counted}"), "rise", &[("rise", input)]);
                }
                let input = format!("compute = \"year_end_percent\", {offer}{nation}{of}");
                Self::reading(&mut text, &format!("the rise at the end of {name}{there}"), "rise", &[("rise", input)]);
            }
            for (word, what) in [
                ("total_percent", "all its rises together, as declared"),
                ("simple_sum_percent", "its rises simply added"),
                ("staging_saving_percent", "what staging saves of a year's pay bill"),
            ] {
                Self::reading(&mut text, &format!("{what}{there}"), "it", &[("it", format!("compute = \"{word}\", {offer}{nation}"))]);
            }
            let Some(month) = self.opened.dispute.framework().prices_known else { continue };
            for index in Index::ALL {
                let prices = format!("compute = \"annual_rate\", index = \"{}\", month = \"{month}\"", index.word());
                let rise = format!("compute = \"in_year_percent\", {offer}{nation}, by = \"months\"");
                let end = format!("compute = \"year_end_percent\", {offer}{nation}");
                let known = format!("{index} in the year to {}", month.long());
                let both = |rise: String| [("rise", rise), ("prices", prices.clone())];
                Self::reading(&mut text, &format!("the rise in the year less {known}, points{there}"), "rise - prices", &both(rise));
                Self::reading(
                    &mut text,
                    &format!("the real rise at the end of the year, by {known}{there}"),
                    "real(rise, prices)",
                    &both(end),
                );
            }
        }
        if let Some(month) = self.opened.dispute.framework().prices_known {
            for index in Index::ALL {
                let input = format!("compute = \"annual_rate\", index = \"{}\", month = \"{month}\"", index.word());
                Self::reading(&mut text, &format!("{index} in the year to {}", month.long()), "prices", &[("prices", input)]);
            }
        }
        for counted in &self.offer.counted {
            let who = &counted.who.0;
            let input = format!("compute = \"counted_percent\", {offer}, who = {}", quoted(who));
            let name = format!("as {} counts it: {}", self.opened.dispute.party_name(who), counted.counts);
            Self::reading(&mut text, &name, "counted", &[("counted", input)]);
        }
        text
    }

    /// An input about somebody's pay.
    fn of(&self, word: &str, nation: &str, rest: &str) -> String {
        let whose = self.whose.as_deref().unwrap_or_default();
        format!("compute = \"{word}\", offer = {}{nation}, {whose}{rest}", quoted(&self.offer.id))
    }

    fn in_the_year(&self) -> String {
        let mut text = String::new();
        for (nation, there) in self.places() {
            for (by, counted) in [("months", "by months"), ("days", "by days")] {
                let rest = format!(", by = \"{by}\"");
                let gain = self.of("in_year_gain", &nation, &rest);
                Self::reading(
                    &mut text,
                    &format!("more pay in the first pay year, full time, {counted}{there}"),
                    "gain",
                    &[("gain", gain)],
                );
                let loss = self.of("loss_to_full_award", &nation, &rest);
                Self::reading(
                    &mut text,
                    &format!("lost until the full award is paid, full time, {counted}{there}"),
                    "loss",
                    &[("loss", loss)],
                );
            }
        }
        text
    }

    fn a_week(&self) -> String {
        let mut text = String::new();
        for (nation, there) in self.places() {
            for (weeks, counted) in [("calendar", "365.25/7 weeks in a year"), ("52", "52 weeks in a year")] {
                let loss = self.of("weekly_loss", &nation, &format!(", weeks = \"{weeks}\""));
                Self::reading(&mut text, &format!("lost a week to stages, full time, {counted}{there}"), "loss", &[("loss", loss)]);
                let gain = self.of("in_year_gain", &nation, ", by = \"months\"");
                let formula = if weeks == "52" { "gain / 52" } else { "gain / (365.25 / 7)" };
                Self::reading(
                    &mut text,
                    &format!("more pay a week, over the first pay year, {counted}{there}"),
                    formula,
                    &[("gain", gain)],
                );
            }
        }
        text
    }

    fn a_year(&self) -> String {
        let mut text = String::new();
        let Some(first) = self.years().first().copied() else { return Self::no_years(&mut text, self) };
        let last = first.end().yesterday().unwrap_or(first.end());
        for (nation, there) in self.places() {
            let after = self.of("rate", &nation, &format!(", on = {last}"));
            let before = self.offer.base_date.map(|day| self.of("rate", &nation, &format!(", on = {day}")));
            Self::reading(&mut text, &format!("the rate at the end of {}{there}", first.name()), "after", &[("after", after.clone())]);
            if let Some(before) = before {
                Self::reading(&mut text, &format!("the rate before the offer{there}"), "before", &[("before", before.clone())]);
                let name = format!("the rise of the rate at the end of {}{there}", first.name());
                Self::reading(&mut text, &name, "after - before", &[("after", after), ("before", before)]);
            }
        }
        text
    }

    /// Without dated steps there is one reading, and it says what is missing.
    fn no_years(text: &mut String, of: &Self) -> String {
        for (nation, there) in of.places() {
            let gain = of.of("in_year_gain", &nation, ", by = \"months\"");
            Self::reading(text, &format!("more pay in the first pay year{there}"), "gain", &[("gain", gain)]);
        }
        std::mem::take(text)
    }
}
