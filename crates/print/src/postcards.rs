//! Postcards with the member's own figure, several to a sheet. The figure is the one of the member's page: computed by the same
//! functions of `pay`, rounded once, to the penny.

use std::collections::{BTreeMap, HashMap};

use dated::{Date, Faults, Place, Ratio, Table, long_date};
use pay::{Employment, Framework, Offer, PayYear, Pence, Row, WeeksInYear, ladder, rates_of_salary, value_member, value_row};
use serde_json::{Value, json};

use crate::document::{Document, check_line, check_text};
use crate::members::Member;

/// How large the cards are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardSize {
    /// Four A6 cards on a landscape A4 sheet.
    A6,
    /// Eight A7 cards on an upright A4 sheet.
    A7,
}

impl CardSize {
    /// Columns and rows on a sheet.
    pub fn grid(self) -> (usize, usize) {
        match self {
            Self::A6 => (2, 2),
            Self::A7 => (2, 4),
        }
    }

    /// Cards on a sheet.
    pub fn per_sheet(self) -> usize {
        let (columns, rows) = self.grid();
        columns * rows
    }
}

/// What the cards say. `{weekly_loss}` and the like stand for the member's own figures.
#[derive(Clone, Debug)]
pub struct CardText {
    /// To whom, a line each.
    pub to: Vec<String>,
    /// The first line.
    pub heading: Option<String>,
    /// Paragraphs.
    pub body: Vec<String>,
}

/// The names that may stand in braces.
const PLACEHOLDERS: [&str; 12] = [
    "weekly_loss",
    "weekly_from",
    "weekly_until",
    "loss_total",
    "award_in_year",
    "rate_before",
    "rate_at_year_end",
    "pay_year",
    "point",
    "name",
    "branch",
    "constituency",
];

/// Letters of text that fit on a card, with the figures filled in. The template measures too; here every row that is too long is said at once.
const BODY_LETTERS: [(CardSize, usize); 2] = [(CardSize::A6, 440), (CardSize::A7, 380)];

impl CardText {
    /// Reads `to`, `heading`, `body`; a name in braces that is not known is a fault.
    pub fn read(root: &Table<'_>) -> Option<Self> {
        let faults = root.faults();
        let to = root.text_list("to");
        let body = root.text_list("body");
        let heading = root.optional_text("heading");
        for (line, place) in &to {
            check_line(line, "a line of “to”", place, faults);
        }
        if to.is_empty() {
            root.fault(
                "missing-key",
                "to",
                "the card does not say to whom it goes",
                "add `to = [\"The Prime Minister\", \"10 Downing Street\", …]`",
            );
        }
        if body.is_empty() {
            root.fault("missing-key", "body", "the card says nothing", "add `body = [\"… {weekly_loss} …\"]`");
        }
        if let Some(heading) = &heading {
            check_line(heading, "the heading", &root.place_of("heading"), faults);
        }
        for (text, place) in &body {
            check_text(text, "the text of the card", place, faults);
            for name in names_in_braces(text).filter(|name| !PLACEHOLDERS.contains(name)) {
                faults.error(
                    "unknown-placeholder",
                    place,
                    format!("“{{{name}}}” is no figure that a card can show"),
                    format!("one of {}", PLACEHOLDERS.join(", ")),
                );
            }
        }
        let own = |list: Vec<(String, Place)>| list.into_iter().map(|(text, _)| text).collect::<Vec<_>>();
        Some(Self { to: own(to), heading, body: own(body) })
    }
}

fn names_in_braces(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// A member's own figures, exactly those of `whitley offer value` for the same point or salary and hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFigures {
    /// The point, or a salary in words.
    pub point: String,
    /// Full-time rate before the offer.
    pub rate_before: Pence,
    /// Full-time rate at the end of the first pay year.
    pub rate_at_year_end: Pence,
    /// The pay year.
    pub pay_year: String,
    /// What the award adds in the pay year, by months, for the hours worked.
    pub award_in_year: Pence,
    /// The stretch that costs most: pence a week for the hours worked (365.25/7 weeks a year), its first day, the first day after.
    pub weekly: Option<(Pence, Date, Date)>,
    /// All stretches together, by months, for the hours worked.
    pub loss_total: Pence,
}

/// What two members must share to have the same figures.
type Key = (Option<String>, Option<String>, Option<Pence>, Option<Ratio>, String);

/// Figures of an offer, each computed once: a list of 450,000 members has some hundred different ones.
pub struct Figures<'f> {
    framework: &'f Framework<'f>,
    offer: &'f Offer,
    known: HashMap<String, Result<OwnFigures, String>>,
}

impl<'f> Figures<'f> {
    /// Of this offer.
    pub fn new(framework: &'f Framework<'f>, offer: &'f Offer) -> Self {
        Self { framework, offer, known: HashMap::new() }
    }

    /// The figures of a member, or a sentence why there are none.
    pub fn of(&mut self, member: &Member) -> Result<OwnFigures, String> {
        let nation = self.nation(member)?;
        let key: Key = (member.point.clone(), member.band.clone(), member.salary, member.hours, nation);
        let name = format!("{key:?}");
        if let Some(known) = self.known.get(&name) {
            return known.clone();
        }
        let figures = self.compute(&key);
        self.known.insert(name, figures.clone());
        figures
    }

    fn nation(&self, member: &Member) -> Result<String, String> {
        let nations: Vec<&str> = self.offer.nations.iter().map(|(name, _)| name.as_str()).collect();
        match (&member.nation, nations.as_slice()) {
            (Some(nation), known) if known.contains(&nation.as_str()) => Ok(nation.clone()),
            (Some(nation), known) => Err(format!("the offer is not for {nation}; it is for {}", known.join(", "))),
            (None, [only]) => Ok((*only).to_owned()),
            (None, known) => Err(format!("the offer is for {}: fill in nation", known.join(", "))),
        }
    }

    fn compute(&self, (point, band, salary, hours, nation): &Key) -> Result<OwnFigures, String> {
        let (framework, offer) = (self.framework, self.offer);
        let first = framework.first_pay_year(offer).ok_or("its dates and steps are not in the data, so no pay can be worked out")?;
        let rungs = match (point, salary) {
            (Some(point), _) => {
                let (scale, row) = framework.row_of_point(offer, nation, point, band.as_deref())?;
                let rows = framework.rows(offer, scale, nation).map_err(|error| error.to_string())?;
                ladder(&rows, &row.point, &row.band)
            }
            (None, Some(salary)) => vec![self.row_of_salary(*salary, band.as_deref(), nation)?],
            (None, None) => return Err("neither point nor salary".to_owned()),
        };
        let row = rungs.first().cloned().ok_or("the point was not found")?;
        let portion = match (hours, framework.full_time_hours) {
            (None, _) => Ratio::ONE,
            (Some(hours), Some(full)) => *hours / full,
            (Some(_), None) => return Err("the dispute does not say how many hours a full-time week has (full_time_hours)".to_owned()),
        };
        let value = value_row(row, first);
        let years: Vec<PayYear> = value.years.iter().map(|year| year.year).collect();
        let employment = Employment { portion, ..Employment::full_time() };
        let member = value_member(&rungs, &employment, None, false, offer, framework.view(offer, nation), &years);
        let year = member.years.first().ok_or("the offer touches no pay year")?;
        let staging = value.own_staging(portion, WeeksInYear::Calendar);
        Ok(OwnFigures {
            point: value.row.point.clone(),
            rate_before: value.row.path.base,
            rate_at_year_end: year.year_end_rate,
            pay_year: year.year.name(),
            award_in_year: Pence::nearest(year.award.by_months),
            weekly: staging.map(|own| (own.weekly, own.stretch.from, own.stretch.until)),
            loss_total: staging.map_or(Pence::ZERO, |own| own.total),
        })
    }

    /// As `whitley offer value --salary`: a published rate is its point, any other salary goes through the steps by itself.
    fn row_of_salary(&self, salary: Pence, band: Option<&str>, nation: &str) -> Result<Row, String> {
        for scale in self.framework.scales_of(self.offer) {
            let Ok(rows) = self.framework.rows(self.offer, scale, nation) else { continue };
            if let Some(row) = rows.into_iter().find(|row| row.path.base == salary && band.is_none_or(|band| band == row.band)) {
                return Ok(row);
            }
        }
        rates_of_salary(self.offer, salary, band, self.framework.view(self.offer, nation)).map_err(|error| error.to_string())
    }
}

/// One card, ready to print.
#[derive(Clone, Debug)]
pub struct Card {
    /// The member's number.
    pub id: String,
    body: Vec<String>,
    from: Option<String>,
}

/// Twelve lines of 38 letters are on either size, less the heading. A card below this could not be too full if every capital were two
/// letters wide and every paragraph wasted a line; the others are measured.
const SURELY_FITS: usize = 350;

/// The longest word that fits on a line.
const WORD_LETTERS: usize = 28;

impl Card {
    /// Fills in the member's own figures. What cannot be filled in, or does not fit on the card, is a fault of that member's row.
    pub fn make(text: &CardText, size: CardSize, member: &Member, figures: &mut Figures<'_>, faults: &Faults) -> Option<Self> {
        let own = figures
            .of(member)
            .map_err(|why| {
                faults.error("no-figure", &member.place, format!("member {}: {why}", member.id), "correct the row, or leave the member out")
            })
            .ok()?;
        let money = |pence: Pence| format!("£{}", pence.pounds().to_fixed(2));
        let mut values: BTreeMap<&str, Option<String>> = BTreeMap::from([
            ("loss_total", own.weekly.map(|_| grouped_money(own.loss_total))),
            ("award_in_year", Some(grouped_money(own.award_in_year))),
            ("rate_before", Some(own.rate_before.to_string())),
            ("rate_at_year_end", Some(own.rate_at_year_end.to_string())),
            ("pay_year", Some(own.pay_year.clone())),
            ("point", Some(own.point.clone())),
            ("name", member.name.clone()),
            ("branch", member.branch.clone()),
            ("constituency", member.constituency.clone()),
        ]);
        values.insert("weekly_loss", own.weekly.map(|(pence, _, _)| money(pence)));
        values.insert("weekly_from", own.weekly.map(|(_, from, _)| long_date(from)));
        values.insert("weekly_until", own.weekly.map(|(_, _, until)| long_date(until)));
        let mut missing: Vec<&str> = Vec::new();
        let body: Vec<String> = text
            .body
            .iter()
            .map(|part| {
                let mut filled = String::new();
                let mut rest = part.as_str();
                while let Some((before, after)) = rest.split_once('{') {
                    filled.push_str(before);
                    let Some((name, after)) = after.split_once('}') else {
                        filled.push('{');
                        rest = after;
                        continue;
                    };
                    match values.get(name).cloned().flatten() {
                        Some(value) => filled.push_str(&value),
                        None => missing.push(PLACEHOLDERS.iter().find(|known| **known == name).copied().unwrap_or("?")),
                    }
                    rest = after;
                }
                filled + rest
            })
            .collect();
        missing.sort_unstable();
        missing.dedup();
        if !missing.is_empty() {
            faults.error(
                "figure-missing",
                &member.place,
                format!("the card of member {} has no {}", member.id, missing.join(", ")),
                "nothing is staged for this member, or the row does not say it: leave the member out, or take another text",
            );
        }
        let letters: usize = body.iter().map(|part| part.chars().count()).sum();
        let most = BODY_LETTERS.iter().find(|(known, _)| *known == size).map_or(0, |(_, most)| *most);
        if letters > most {
            faults.error(
                "text-too-long",
                &member.place,
                format!("the text of member {}’s card has {letters} letters; {most} fit", member.id),
                "shorten the text, or print larger cards (--size a6)",
            );
        }
        let from: Vec<String> = [member.name.clone(), member.branch.clone()].into_iter().flatten().collect();
        let endless = body.iter().flat_map(|part| part.split_whitespace()).find(|word| word.chars().count() > WORD_LETTERS);
        if let Some(word) = endless {
            faults.error(
                "word-too-long",
                &member.place,
                format!("“{word}” on member {}’s card is longer than a line", member.id),
                format!("divide it: {WORD_LETTERS} letters fit"),
            );
        }
        (missing.is_empty() && letters <= most && endless.is_none()).then(|| Self {
            id: member.id.clone(),
            body,
            from: (!from.is_empty()).then(|| from.join(", ")),
        })
    }

    fn may_be_too_full(&self) -> bool {
        let width = |text: &str| {
            text.chars().map(|c| if c.is_uppercase() || matches!(c, 'm' | 'w' | '@' | '%') || !c.is_ascii() { 2 } else { 1 }).sum::<usize>()
        };
        let text: usize = self.body.iter().map(|part| width(part) + 45).sum();
        text > SURELY_FITS || self.from.as_deref().is_some_and(|from| width(from) > 38)
    }

    /// A file of cards.
    pub fn document(cards: &[Self], text: &CardText, size: CardSize, date: Date) -> Document {
        let (columns, rows) = size.grid();
        let cards: Vec<Value> = cards
            .iter()
            .map(|card| json!({ "id": card.id, "measure": card.may_be_too_full(), "body": card.body, "from": card.from }))
            .collect();
        let data = json!({ "to": text.to, "heading": text.heading, "columns": columns, "rows": rows, "cards": cards });
        Document::new("postcards.typ", "Postcards", date, data)
    }
}

/// Pounds and pence with commas, always two decimals: sums of money of a person are never rounded for them.
fn grouped_money(pence: Pence) -> String {
    let text = pence.to_string();
    if text.contains('.') { text } else { format!("{text}.00") }
}
