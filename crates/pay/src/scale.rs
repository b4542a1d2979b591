//! Pay scales: spine points with the bands they belong to, by nation and date, and the rounding of their publisher.
//!
//! A point may belong to several bands (Agenda for Change point 17 is the top of band 4 and inside band 5), and an
//! offer may treat those differently. So what is valued is always a *row*: one point in one band.

use std::collections::{BTreeMap, HashSet};

use dated::{Cite, CsvFile, Date, Dated, Faults, FileBytes, NotCovered, Place, Ratio, Sources, Status, Table, Timeline};

use crate::money::{Pence, Rounding};

/// A point of a scale as published from a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpinePoint {
    /// Its name on this scale: a number, or a band with `-min` or `-max` where only the ends are known.
    pub id: String,
    /// The bands it belongs to.
    pub bands: Vec<String>,
    /// The annual full-time rate.
    pub annual: Pence,
    /// How the rate came to be in the data.
    pub status: Status,
    /// Who published it.
    pub source: Cite,
    /// What the data say about it.
    pub note: String,
}

/// All points of one nation from one date, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleTable {
    /// Where these rates hold.
    pub nation: String,
    /// From which day.
    pub effective_from: Date,
    /// The points.
    pub points: Vec<SpinePoint>,
}

impl ScaleTable {
    /// The point of that name.
    pub fn point(&self, id: &str) -> Option<&SpinePoint> {
        self.points.iter().find(|point| point.id == id)
    }

    /// Whether any point belongs to that band.
    pub fn has_band(&self, band: &str) -> bool {
        self.points.iter().any(|point| point.bands.iter().any(|known| known == band))
    }
}

/// A scale through time.
#[derive(Clone, Debug)]
pub struct Scale {
    /// Its short name.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Whether staff move from one point to the next above it in their band. False where only band ends are known.
    pub progression: bool,
    /// The pension scheme of those paid on it, as in `data/pensions`, where it is known.
    pub pension: Option<String>,
    tables: BTreeMap<(String, Date), ScaleTable>,
    rounding: Timeline<Rounding>,
}

impl Scale {
    /// Reads the description of a scale (`id`, `title`, `file`, `progression`, `pension`, `[[rounding]]`) and then its points
    /// with `read_file`, which gives the name and bytes of the named file.
    pub fn read(
        table: &Table<'_>,
        sources: &Sources,
        read_file: impl FnOnce(&str) -> Option<(String, FileBytes)>,
        faults: &Faults,
    ) -> Option<Self> {
        let id = table.id("id");
        let title = table.text("title");
        let progression = table.optional_bool("progression").unwrap_or(true);
        let pension = table.optional_text("pension");
        let roundings = table.list("rounding", |entry, _| {
            let from = entry.date("from");
            let until = entry.optional_date("until");
            let value = entry.choice("rule", &Rounding::WORDS);
            let source = entry.cite(sources);
            let status = entry.status();
            Some(Dated { from: from?, until, value: value?, source, status: status?, place: entry.place() })
        });
        if roundings.is_empty() && !table.has("rounding") {
            table.fault(
                "missing-key",
                "rounding",
                "the scale says nothing about rounding",
                "add [[scale.rounding]] with from, rule, source and status",
            );
        }
        let file = table.text("file")?;
        let Some((name, bytes)) = read_file(&file) else {
            table.fault(
                "file-missing",
                "file",
                format!("the file “{file}” is not there"),
                "put the CSV of the points beside this file, or correct the name",
            );
            return None;
        };
        let tables = read_points(&name, &bytes, sources, faults);
        let id = id?;
        Some(Self {
            rounding: Timeline::check(&format!("the rounding of {id}"), roundings, faults),
            id,
            title: title?,
            progression,
            pension,
            tables,
        })
    }

    /// The rates in force on `day` in `nation`: the latest table that began on or before it.
    ///
    /// # Errors
    /// [`NotCovered`] names the scale, the nation and the day.
    pub fn table_on(&self, nation: &str, day: Date) -> Result<&ScaleTable, NotCovered> {
        let of_nation = || self.tables.iter().filter(move |((known, _), _)| known == nation);
        of_nation().map(|(_, table)| table).rfind(|table| table.effective_from <= day).ok_or_else(|| NotCovered {
            key: format!("{} for {nation}", self.title),
            day,
            first: of_nation().map(|((_, from), _)| *from).next(),
        })
    }

    /// The table published from exactly that day, if there is one.
    pub fn table_from(&self, nation: &str, day: Date) -> Option<&ScaleTable> {
        self.tables.get(&(nation.to_owned(), day))
    }

    /// The nations that have tables of their own.
    pub fn nations(&self) -> Vec<&str> {
        let mut nations: Vec<&str> = self.tables.keys().map(|(nation, _)| nation.as_str()).collect();
        nations.dedup();
        nations
    }

    /// All tables, by nation and date.
    pub fn tables(&self) -> impl Iterator<Item = &ScaleTable> {
        self.tables.values()
    }

    /// The publisher's rounding for rates that take effect on `day`.
    ///
    /// # Errors
    /// [`NotCovered`] when no rounding is known for that day.
    pub fn rounding_on(&self, day: Date) -> Result<Rounding, NotCovered> {
        self.rounding.on(day).map(|entry| entry.value)
    }

    /// The roundings with their sources.
    pub fn roundings(&self) -> &[Dated<Rounding>] {
        self.rounding.entries()
    }
}

fn read_points(file: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) -> BTreeMap<(String, Date), ScaleTable> {
    let mut tables: BTreeMap<(String, Date), ScaleTable> = BTreeMap::new();
    let mut seen: HashSet<(String, Date, String)> = HashSet::new();
    let needed = ["nation", "effective_from", "point", "bands", "annual_gbp", "status", "source"];
    let Some(csv) = CsvFile::read(file, bytes, &needed, faults) else { return tables };
    for row in csv.rows() {
        let (nation, from, id) = (row.text("nation"), row.date("effective_from"), row.text("point"));
        let (bands, pounds, status) = (row.text("bands"), row.decimal("annual_gbp"), row.status());
        let source = sources.check_cite(row.optional("source").unwrap_or(""), row.place(), faults);
        let (Some(nation), Some(from), Some(id), Some(bands), Some(pounds), Some(status)) = (nation, from, id, bands, pounds, status)
        else {
            continue;
        };
        let Some(annual) = annual_rate(pounds, row.place(), faults) else { continue };
        let bands: Vec<String> = bands.split(';').map(str::trim).filter(|band| !band.is_empty()).map(str::to_owned).collect();
        let table = tables.entry((nation.to_owned(), from)).or_insert_with(|| ScaleTable {
            nation: nation.to_owned(),
            effective_from: from,
            points: Vec::new(),
        });
        if !seen.insert((nation.to_owned(), from, id.to_owned())) {
            faults.error(
                "duplicate-id",
                row.place(),
                format!("point {id} stands twice for {nation} from {from}"),
                "keep one row a point and date",
            );
            continue;
        }
        let note = row.optional("note").unwrap_or("").to_owned();
        table.points.push(SpinePoint { id: id.to_owned(), bands, annual, status, source, note });
    }
    tables
}

/// An annual rate in pounds, checked to be a sum that somebody could be paid.
pub(crate) fn annual_rate(pounds: Ratio, place: &Place, faults: &Faults) -> Option<Pence> {
    let pence = Pence::from_pounds(pounds).filter(|pence| (1..=1_000_000_000).contains(&pence.0));
    if pence.is_none() {
        faults.error(
            "not-a-rate",
            place,
            format!("{pounds} is not an annual rate of pay"),
            "pounds a year, above nothing and at most 10 million, in whole pence",
        );
    }
    pence
}
