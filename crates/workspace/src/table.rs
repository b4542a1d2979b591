//! A table of a page: HTML for people, CSV for programs, from the same rows.

use std::fmt::Write as _;

use dated::Ratio;
use serde_json::json;

use crate::asked::{Asked, File};

/// What a file of rows comes from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'o> {
    /// The dispute.
    pub id: &'o str,
    /// Its version: a hash of all its files.
    pub version: &'o str,
    /// The licence of a published version.
    pub licence: Option<&'o str>,
}

/// A table with a caption.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its name in the page and in `?csv=`: small letters, digits, hyphens.
    pub id: String,
    /// What it shows, with unit and day where they are the same for all rows.
    pub caption: String,
    /// Its columns.
    pub heads: Vec<Head>,
    /// Its rows; the first cell of each heads the row.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its heading.
    pub text: String,
    /// It holds numbers, set to the right.
    pub is_number: bool,
}

/// A cell.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// What people read.
    pub text: String,
    /// What programs read, where it is another thing: `1703000` for £17,030.00, `1.9` for 1.9%.
    pub exact: Option<String>,
    /// Where it came from: `#clause-x` of this page, or a page.
    pub href: Option<String>,
    /// A class of the style sheet, such as `good`, `bad`.
    pub class: Option<&'static str>,
}

/// A cell of words.
pub fn words(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), ..Cell::default() }
}

impl Cell {
    /// With what programs read.
    #[must_use]
    pub fn exact(mut self, exact: impl Into<String>) -> Self {
        self.exact = Some(exact.into());
        self
    }

    /// With where it came from.
    #[must_use]
    pub fn from(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// With a class.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }
}

impl Table {
    /// A table; headings that begin with `>` are columns of numbers.
    pub fn new(id: impl Into<String>, caption: impl Into<String>, heads: &[&str]) -> Self {
        let heads =
            heads.iter().map(|head| Head { text: head.trim_start_matches('>').to_owned(), is_number: head.starts_with('>') }).collect();
        Self { id: id.into(), caption: caption.into(), heads, rows: Vec::new() }
    }

    /// Adds a row; it has as many cells as there are columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// As HTML, with a link to its CSV where `csv` gives the address of the page that it stands on.
    pub fn html(&self, csv: Option<&str>) -> String {
        let mut html = String::new();
        let id = escape(&self.id);
        let _ = write!(
            html,
            "<div class=\"scroll\" id=\"{id}\" tabindex=\"0\" role=\"group\" aria-labelledby=\"{id}-caption\"><table><caption id=\"{id}-caption\">{}</caption><thead><tr>",
            escape(&self.caption)
        );
        for head in &self.heads {
            let _ = write!(html, "<th scope=\"col\"{}>{}</th>", if head.is_number { " class=\"n\"" } else { "" }, escape(&head.text));
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            for (at, cell) in row.iter().enumerate() {
                let is_number = self.heads.get(at).is_some_and(|head| head.is_number);
                let class = [is_number.then_some("n"), cell.class].into_iter().flatten().collect::<Vec<_>>().join(" ");
                let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
                let (open, close) =
                    if at == 0 { (format!("<th scope=\"row\"{class}>"), "</th>") } else { (format!("<td{class}>"), "</td>") };
                html.push_str(&open);
                match &cell.href {
                    Some(href) => {
                        let _ = write!(html, "<a href=\"{}\">{}</a>", escape(href), escape(&cell.text));
                    }
                    None => html.push_str(&escape(&cell.text)),
                }
                html.push_str(close);
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table></div>");
        if let Some(page) = csv {
            let mark = if page.contains('?') { '&' } else { '?' };
            let _ = write!(
                html,
                "<p class=\"meta\"><a href=\"{0}{mark}csv={id}\" download>These rows as CSV</a> · <a href=\"{0}{mark}schema={id}\" download>their columns, licence and hash</a></p>",
                escape(page)
            );
        }
        html
    }

    /// The rows (`?csv=`) or what they are (`?schema=`), if that is asked of this table.
    pub fn file(&self, asked: &Asked<'_>, origin: Origin<'_>) -> Option<File> {
        let name = format!("{}-{}", origin.id, self.id);
        if asked.one("csv") == Some(&self.id) {
            return Some(File { name: format!("{name}.csv"), kind: "text/csv; charset=utf-8", bytes: self.csv() });
        }
        let is_described = asked.one("schema") == Some(&self.id);
        is_described.then(|| File {
            name: format!("{name}.datapackage.json"),
            kind: "application/json",
            bytes: self.package(&name, origin),
        })
    }

    /// What the CSV is: a data package with a table schema, and size and SHA-256 of the very bytes.
    fn package(&self, name: &str, origin: Origin<'_>) -> Vec<u8> {
        let csv = self.csv();
        let fields: Vec<serde_json::Value> = self
            .heads
            .iter()
            .enumerate()
            .map(|(at, head)| json!({ "name": head.text, "type": if self.holds_numbers(at) { "number" } else { "string" } }))
            .collect();
        let licenses: Vec<serde_json::Value> = origin.licence.iter().map(|licence| json!({ "title": licence })).collect();
        let mut package = json!({
            "name": name,
            "title": self.caption,
            "version": origin.version,
            "resources": [{
                "name": self.id,
                "path": format!("{name}.csv"),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": csv.len(),
                "hash": format!("sha256:{}", crate::shelf::hash(&csv)),
                "schema": { "fields": fields, "missingValues": [""] },
            }],
        });
        if let (false, Some(package)) = (licenses.is_empty(), package.as_object_mut()) {
            package.insert("licenses".to_owned(), licenses.into());
        }
        format!("{package:#}\n").into_bytes()
    }

    /// Whether every cell of a column is a number or empty; one “not known” makes it a column of words.
    fn holds_numbers(&self, at: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.exact.as_deref().unwrap_or(&cell.text));
        self.heads[at].is_number && cells.all(|text| text.is_empty() || Ratio::parse_decimal(text).is_some())
    }

    /// As CSV (RFC 4180, UTF-8): headings, then the rows, with exact values where there are any.
    pub fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let written = writer.write_record(self.heads.iter().map(|head| head.text.as_str())).and_then(|()| {
            self.rows.iter().try_for_each(|row| writer.write_record(row.iter().map(|cell| cell.exact.as_deref().unwrap_or(&cell.text))))
        });
        debug_assert!(written.is_ok(), "rows are as long as the headings");
        writer.into_inner().unwrap_or_default()
    }
}

/// Text as it may stand in HTML, in an attribute or between tags.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_programs_get_the_same_rows() {
        let mut table = Table::new("points", "Points, a year", &["point", ">rate"]);
        table.row([words("E <max>"), words("£17,030.00").exact("17030.00").from("#clause-1")]);
        let html = table.html(Some("/d/x/offers/y?group=z"));
        assert!(html.contains("<th scope=\"row\">E &lt;max&gt;</th>") && html.contains("<a href=\"#clause-1\">£17,030.00</a>"));
        assert!(html.contains("/d/x/offers/y?group=z&amp;csv=points") || html.contains("/d/x/offers/y?group=z&csv=points"));
        assert_eq!(table.csv(), b"point,rate\nE <max>,17030.00\n");
    }

    #[test]
    fn a_file_of_rows_says_what_it_is() {
        let mut table = Table::new("points", "Points, a year", &["point", ">rate", ">known"]);
        table.row([words("max"), words("£17,030.00").exact("17030.00"), words("not known")]);
        let origin = Origin { id: "x", version: "f00d", licence: Some("CC0 1.0") };
        let asked = |name: &str| vec![(name.to_owned(), "points".to_owned())];
        let file = |name: &str| table.file(&Asked { path: "", pairs: &asked(name) }, origin);
        let csv = file("csv").expect("rows");
        let described: serde_json::Value = serde_json::from_slice(&file("schema").expect("description").bytes).expect("JSON");
        let resource = &described["resources"][0];
        assert_eq!((resource["path"].as_str(), resource["bytes"].as_u64()), (Some(csv.name.as_str()), Some(csv.bytes.len() as u64)));
        assert_eq!(resource["hash"], format!("sha256:{}", crate::shelf::hash(&csv.bytes)));
        let types: Vec<&str> =
            resource["schema"]["fields"].as_array().expect("fields").iter().filter_map(|field| field["type"].as_str()).collect();
        assert_eq!(types, ["string", "number", "string"], "a word in a column makes it one of words");
        assert_eq!((&described["licenses"][0]["title"], &described["version"]), (&json!("CC0 1.0"), &json!("f00d")));
        assert!(file("rows").is_none());
    }
}
