//! What the pages about offers have in common: numbers as people read them, choices of a form, faults of what was typed, sources.

use dated::{Ratio, Sources};
use dispute::Dispute;
use pay::{Offer, Pence, Step};
use report::charts::Drawn;

use crate::asked::{Asked, Opened};
use crate::table::{Cell, Table, words};

/// One choice of a select, a radio button or a box.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, text: impl Into<String>, is_chosen: bool) -> Self {
        Self { value: value.into(), text: text.into(), is_chosen }
    }
}

/// Choices under one heading.
pub(crate) struct Choices {
    pub(crate) heading: String,
    pub(crate) list: Vec<Choice>,
}

/// What is wrong with a field.
pub(crate) struct Wrong {
    /// The id of the field.
    pub(crate) field: &'static str,
    /// What is wrong and what would be right.
    pub(crate) what: String,
}

/// A link that is one of several, of which one is where the reader is.
pub(crate) struct Tab {
    pub(crate) text: String,
    pub(crate) href: String,
    pub(crate) is_here: bool,
}

/// How a figure comes about.
pub(crate) struct Why {
    /// What the figure is.
    pub(crate) what: String,
    /// In words or as a sum.
    pub(crate) formula: String,
    /// What goes in, each a line; with what it came from and where that is.
    pub(crate) inputs: Vec<(String, Option<(&'static str, String)>)>,
}

/// A source in full.
pub(crate) struct Source {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) location: String,
}

/// The sources of these ids, each once, in the order given.
pub(crate) fn sources<'i>(known: &Sources, ids: impl IntoIterator<Item = &'i String>) -> Vec<Source> {
    let mut found: Vec<Source> = Vec::new();
    for id in ids {
        if found.iter().all(|source| source.id != *id) {
            let source = known.get(id);
            found.push(Source {
                id: id.clone(),
                title: source.map(|source| source.title.clone()).unwrap_or_default(),
                location: source.map(|source| source.location.clone()).unwrap_or_default(),
            });
        }
    }
    found
}

/// £293.87, with pence always: what a member gets.
pub(crate) fn to_the_penny(pence: Pence) -> String {
    let text = pence.to_string();
    if text.contains('.') { text } else { format!("{text}.00") }
}

/// A sum of money; programs read pounds.
pub(crate) fn money(pence: Pence) -> Cell {
    words(pence.to_string()).exact(pence.pounds().to_fixed(2))
}

/// An exact sum, shown to the penny.
pub(crate) fn money_of(pence: Ratio) -> Cell {
    money(Pence::nearest(pence))
}

/// More, or less, with its sign.
pub(crate) fn difference(pence: Pence) -> Cell {
    let class = match pence.0 {
        0 => None,
        more if more > 0 => Some("good"),
        _ => Some("bad"),
    };
    let text = if pence.0 > 0 { format!("+{pence}") } else { pence.to_string() };
    Cell { class, ..words(text).exact(pence.pounds().to_fixed(2)) }
}

/// A percentage; programs read the number with six places.
pub(crate) fn percent(value: Ratio, places: u32) -> Cell {
    words(percent_words(value, places)).exact(value.to_fixed(6))
}

/// 1.97%, with a true minus.
pub(crate) fn percent_words(value: Ratio, places: u32) -> String {
    format!("{}%", value.to_fixed(places).replace('-', "−"))
}

/// +0.53, −2.80.
pub(crate) fn signed(value: Ratio, places: u32) -> String {
    let text = value.abs().to_fixed(places);
    if value.rounded(places) < Ratio::ZERO { format!("−{text}") } else { format!("+{text}") }
}

/// Percentage points with their sign.
pub(crate) fn points(value: Ratio) -> Cell {
    let (text, class) = match value.rounded(2) {
        none if none == Ratio::ZERO => ("0.00".to_owned(), None),
        less if less < Ratio::ZERO => (signed(value, 2), Some("bad")),
        _ => (signed(value, 2), Some("good")),
    };
    Cell { class, ..words(text).exact(value.to_fixed(6)) }
}

/// The page of an offer.
pub(crate) fn offer_href(opened: &Opened<'_>, offer: &Offer) -> String {
    format!("{}/offers/{}", opened.base, offer.id)
}

/// Whose it is, what kind, where, for the line below a heading.
pub(crate) fn offer_meta(dispute: &Dispute, offer: &Offer) -> String {
    let nations: Vec<&str> = offer.nations.iter().map(|(name, _)| name.as_str()).collect();
    let by = offer.made_by.as_ref().map(|(who, _)| format!(", {}", dispute.party_name(who))).unwrap_or_default();
    format!("{}{by}; {}", capital(offer.kind.word()), nations.join(", "))
}

/// What a step says, as short as its clause allows.
pub(crate) fn step_words(step: &Step) -> String {
    let day = dated::long_date(step.from);
    step.clause.as_ref().map_or_else(|| format!("from {day}"), |clause| format!("from {day}: {}", clause.trim_end_matches('.')))
}

/// With a capital at its start.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A query of these pairs with some changed: empty values leave a name out.
pub(crate) fn query(asked: &Asked<'_>, changes: &[(&str, &str)]) -> String {
    let kept = asked.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept =
        kept.filter(|(name, value)| *name != "csv" && !value.trim().is_empty() && changes.iter().all(|(changed, _)| changed != name));
    let pairs: Vec<String> = kept
        .chain(changes.iter().copied().filter(|(_, value)| !value.is_empty()))
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.join("&")
}

/// The address of a page of this dispute with a query.
pub(crate) fn address(opened: &Opened<'_>, page: &str, query: &str) -> String {
    if query.is_empty() { format!("{}/{page}", opened.base) } else { format!("{}/{page}?{query}", opened.base) }
}

/// As it may stand in a query: everything but letters, digits and `-._~` in percent form.
pub(crate) fn encoded(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}

/// A chart with what it shows, and where its figures stand.
pub(crate) struct Picture {
    pub(crate) id: String,
    pub(crate) svg: String,
    pub(crate) caption: String,
    /// The table of its figures, as HTML.
    pub(crate) table: String,
}

impl Picture {
    /// The picture, and its figures as a table of the page.
    pub(crate) fn new(id: &str, table_id: &str, drawn: Drawn, caption: &str) -> (Self, Table) {
        let heads: Vec<&str> = drawn.heads.iter().map(String::as_str).collect();
        let mut table = Table::new(table_id, caption, &heads);
        for row in drawn.rows {
            table.row(
                row.into_iter()
                    .enumerate()
                    .map(|(at, text)| read_by_programs(text, heads.get(at).is_some_and(|head| head.starts_with('>')))),
            );
        }
        let picture = Self { id: id.to_owned(), svg: drawn.svg, caption: caption.to_owned(), table: table.html(None) };
        (picture, table)
    }
}

/// A cell of a table of the report: programs get its number without sign of currency, commas and percent.
pub(crate) fn read_by_programs(text: String, is_number: bool) -> Cell {
    let plain: String =
        text.chars().filter(|letter| !matches!(letter, '£' | ',' | '%')).map(|letter| if letter == '−' { '-' } else { letter }).collect();
    let exact = (is_number && plain != text && Ratio::parse_decimal(plain.trim_start_matches('-')).is_some()).then_some(plain);
    // A year or a word is not broken.
    let class = (!is_number && text.len() < 12).then_some("short");
    Cell { text, exact, href: None, class }
}

/// A table of the report as one of these pages.
pub(crate) fn of_report(id: &str, table: &report::Table) -> Table {
    let heads = table.heads.iter().map(|head| crate::table::Head { text: head.text.clone(), is_number: head.number }).collect();
    let rows = table.rows.iter().map(|row| row.iter().map(|cell| read_by_programs(cell.text.clone(), cell.number)).collect()).collect();
    Table { id: id.to_owned(), caption: table.caption.clone(), heads, rows }
}

/// A chart of the report.
pub(crate) fn chart_of_report(table_id: &str, chart: &report::ChartOfPeople) -> (Picture, Table) {
    let table = of_report(table_id, &chart.table);
    let picture = Picture { id: chart.id.to_owned(), svg: chart.svg.clone(), caption: chart.caption.clone(), table: table.html(None) };
    (picture, table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_what_is_not_changed() {
        let pairs = [("nation", "England"), ("post", "17:5"), ("hours", ""), ("csv", "worth")];
        let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let asked = Asked { path: "worth", pairs: &pairs };
        assert_eq!(query(&asked, &[("nation", "Northern Ireland")]), "post=17%3A5&nation=Northern%20Ireland");
        assert_eq!(query(&asked, &[("post", "")]), "nation=England");
    }

    #[test]
    fn sums_have_their_pence_and_signs() {
        assert_eq!((to_the_penny(Pence(29_300)), to_the_penny(Pence(565))), ("£293.00".to_owned(), "£5.65".to_owned()));
        assert_eq!(difference(Pence(-565)).text, "−£5.65");
        assert_eq!(points(Ratio::new(-28, 10)).text, "−2.80");
        assert_eq!((points(Ratio::new(1, 1000)).text, points(Ratio::ZERO).class), ("0.00".to_owned(), None));
    }
}
