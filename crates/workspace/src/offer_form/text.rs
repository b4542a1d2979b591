//! From the file to the fields and back. `toml_edit` keeps what is not changed: comments, order, how numbers were written.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::row::{Head, Kind, Row};
use crate::asked::Trouble;

/// Keys of a step that the form knows.
const KNOWN: [&str; 21] = [
    "from",
    "pay_on",
    "clause",
    "percent",
    "of",
    "total_percent",
    "pounds",
    "and_pounds",
    "or_pounds",
    "at_least_pounds",
    "at_most_pounds",
    "rate_at_least",
    "minimum_increment_percent",
    "nations",
    "groups",
    "bands",
    "points",
    "only",
    "rate_at_most",
    "rate_above",
    "progression",
];

/// The fields of a file; of an empty one, the fields of an empty form.
pub(super) fn read(text: &str) -> Result<(Head, Vec<Row>), Trouble> {
    if text.is_empty() {
        let head = Head { kind: "offer".to_owned(), status: "published".to_owned(), ..Head::default() };
        return Ok((head, vec![Row::new(Kind::Step)]));
    }
    let doc = parse(text)?;
    let mut rows = Vec::new();
    for (at, step) in tables(doc.get("step")).enumerate() {
        rows.push(read_row(step, Kind::Step, at.to_string()));
        for (inner, also) in tables(step.get("also")).enumerate() {
            rows.push(read_row(also, Kind::Also, format!("{at}.{inner}")));
        }
    }
    for (at, lump) in tables(doc.get("lump")).enumerate() {
        rows.push(read_row(lump, Kind::Lump, at.to_string()));
    }
    Ok((read_head(&doc), rows))
}

/// The file with the fields written into it; what they do not say stays as it is.
pub(super) fn write(before: &str, head: &Head, rows: &[Row]) -> Result<String, Trouble> {
    let mut doc = parse(before)?;
    let was = if before.is_empty() { Head::default() } else { read_head(&doc) };
    let texts = [
        ("id", &was.id, &head.id),
        ("title", &was.title, &head.title),
        ("kind", &was.kind, &head.kind),
        ("made_by", &was.made_by, &head.made_by),
    ];
    texts.iter().for_each(|(key, was, is)| put(&mut doc, key, was, is, text));
    put(&mut doc, "made_on", &was.made_on, &head.made_on, plain);
    put(&mut doc, "base_date", &was.base_date, &head.base_date, plain);
    put(&mut doc, "nations", &was.nations.join(", "), &head.nations.join(", "), names);
    put(&mut doc, "groups", &was.groups.join(", "), &head.groups.join(", "), names);
    put(&mut doc, "summary", &was.summary, &head.summary, text);
    put(&mut doc, "source", &was.source, &head.source, text);
    put(&mut doc, "status", &was.status, &head.status, text);
    let old_steps: Vec<Table> = tables(doc.get("step")).cloned().collect();
    let old_lumps: Vec<Table> = tables(doc.get("lump")).cloned().collect();
    let (mut steps, mut lumps) = (ArrayOfTables::new(), ArrayOfTables::new());
    for row in rows {
        let mut numbers = row.origin.split('.').map(|part| part.parse::<usize>().ok());
        let (first, second) = (numbers.next().flatten(), numbers.next().flatten());
        match row.kind {
            Kind::Step => {
                let old = first.and_then(|at| old_steps.get(at));
                let mut table = written(old, row);
                table.remove("also");
                steps.push(table);
            }
            Kind::Also => {
                let old = first.and_then(|at| old_steps.get(at)).and_then(|step| tables(step.get("also")).nth(second?));
                let table = written(old, row);
                let last = steps.len().checked_sub(1).and_then(|last| steps.get_mut(last));
                let step =
                    last.ok_or_else(|| Trouble::question("A further change stands before the first step: give it a step to belong to."))?;
                let also = step.entry("also").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
                if let Some(also) = also.as_array_of_tables_mut() {
                    also.push(table);
                }
            }
            Kind::Lump => lumps.push(written(first.and_then(|at| old_lumps.get(at)), row)),
        }
    }
    set_tables(&mut doc, "step", steps);
    set_tables(&mut doc, "lump", lumps);
    forget_places(doc.as_table_mut());
    let written = doc.to_string();
    Ok(if written.ends_with('\n') { written } else { written + "\n" })
}

/// Which row a line of the written file belongs to; none of the head.
pub(super) fn row_of_line(text: &str, rows: &[Row], line: usize) -> Option<usize> {
    let heads = text.lines().take(line).filter_map(|line| match line.split('#').next().unwrap_or_default().trim() {
        "[[step]]" => Some(Kind::Step),
        "[[step.also]]" => Some(Kind::Also),
        "[[lump]]" => Some(Kind::Lump),
        _ => None,
    });
    // Lumps stand after all steps in the file, and anywhere among the rows of the form.
    let heads: Vec<Kind> = heads.collect();
    let is_lump = *heads.last()? == Kind::Lump;
    let number = heads.iter().filter(|kind| (**kind == Kind::Lump) == is_lump).count();
    let mut fitting = rows.iter().enumerate().filter(|(_, row)| (row.kind == Kind::Lump) == is_lump).map(|(at, _)| at);
    fitting.nth(number - 1)
}

fn parse(text: &str) -> Result<DocumentMut, Trouble> {
    // Files that the dispute was read from are TOML, and of version 1.0 and 1.1 alike.
    text.parse()
        .map_err(|error| Trouble::question(format!("The file of this offer cannot be changed by the form ({error}). Change it as text.")))
}

/// The tables of a list, written as `[[name]]`. One written in a line, `name = [{…}]`, has none that the form can change.
fn tables(item: Option<&Item>) -> impl Iterator<Item = &Table> {
    item.and_then(Item::as_array_of_tables).into_iter().flatten()
}

fn set_tables(doc: &mut Table, key: &str, tables: ArrayOfTables) {
    if tables.is_empty() {
        doc.remove(key);
    } else {
        doc.insert(key, Item::ArrayOfTables(tables));
    }
}

fn read_head(doc: &Table) -> Head {
    Head {
        id: shown(doc, "id"),
        title: shown(doc, "title"),
        kind: shown(doc, "kind"),
        made_by: shown(doc, "made_by"),
        made_on: shown(doc, "made_on"),
        base_date: shown(doc, "base_date"),
        nations: listed(doc, "nations"),
        groups: listed(doc, "groups"),
        summary: shown(doc, "summary"),
        source: shown(doc, "source"),
        status: shown(doc, "status"),
    }
}

fn read_row(table: &Table, kind: Kind, origin: String) -> Row {
    let has = |key: &str| table.contains_key(key);
    let (rise, amount) = match kind {
        Kind::Lump if has("percent") => ("percent", shown(table, "percent")),
        Kind::Lump => ("pounds", shown(table, "pounds")),
        _ if has("percent") && shown(table, "of") == "in-force" => ("in-force", shown(table, "percent")),
        _ if has("percent") => ("base", shown(table, "percent")),
        _ if has("total_percent") => ("total", shown(table, "total_percent")),
        _ if has("pounds") => ("pounds", shown(table, "pounds")),
        _ if has("rates") => ("rates", String::new()),
        _ => ("none", String::new()),
    };
    let joined = |key: &str| listed(table, key).join(", ");
    let unknown = table.iter().map(|(key, _)| key).filter(|key| !KNOWN.contains(key) && !["also", "paid_on"].contains(key));
    Row {
        kind,
        origin,
        from: shown(table, if kind == Kind::Lump { "paid_on" } else { "from" }),
        pay_on: shown(table, "pay_on"),
        clause: shown(table, "clause"),
        rise: rise.to_owned(),
        amount,
        and_pounds: shown(table, "and_pounds"),
        or_pounds: shown(table, "or_pounds"),
        at_least_pounds: shown(table, "at_least_pounds"),
        at_most_pounds: shown(table, "at_most_pounds"),
        rate_at_least: shown(table, "rate_at_least"),
        minimum_increment_percent: shown(table, "minimum_increment_percent"),
        nations: joined("nations"),
        groups: joined("groups"),
        bands: joined("bands"),
        points: joined("points"),
        only: shown(table, "only"),
        rate_at_most: shown(table, "rate_at_most"),
        rate_above: shown(table, "rate_above"),
        progression: shown(table, "progression"),
        kept: unknown.map(str::to_owned).collect(),
    }
}

/// The table of a row: the old one where there was one, with what differs.
fn written(old: Option<&Table>, row: &Row) -> Table {
    let mut table = old.cloned().unwrap_or_else(|| {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        table
    });
    let was = old.map_or_else(Row::default, |old| read_row(old, row.kind, String::new()));
    put(&mut table, if row.kind == Kind::Lump { "paid_on" } else { "from" }, &was.from, &row.from, plain);
    put(&mut table, "pay_on", &was.pay_on, &row.pay_on, plain);
    put(&mut table, "clause", &was.clause, &row.clause, text);
    if was.rise != row.rise || was.amount != row.amount {
        let (percent, of, total, pounds) = match row.rise.as_str() {
            "base" => (row.amount.as_str(), "base", "", ""),
            "in-force" => (row.amount.as_str(), "in-force", "", ""),
            "percent" => (row.amount.as_str(), "", "", ""),
            "total" => ("", "", row.amount.as_str(), ""),
            "pounds" => ("", "", "", row.amount.as_str()),
            _ => ("", "", "", ""),
        };
        if row.rise != "rates" {
            table.remove("rates");
        }
        for (key, is, make) in
            [("percent", percent, plain as fn(&str) -> Value), ("of", of, text), ("total_percent", total, plain), ("pounds", pounds, plain)]
        {
            let was = shown(&table, key);
            put(&mut table, key, &was, is, make);
        }
    }
    for ((key, _, is), (_, _, was)) in row.numbers().into_iter().zip(was.numbers()) {
        put(&mut table, key, was, is, plain);
    }
    for (key, was, is) in [
        ("nations", &was.nations, &row.nations),
        ("groups", &was.groups, &row.groups),
        ("bands", &was.bands, &row.bands),
        ("points", &was.points, &row.points),
    ] {
        put(&mut table, key, was, is, names);
    }
    put(&mut table, "only", &was.only, &row.only, text);
    put(&mut table, "progression", &was.progression, &row.progression, text);
    table
}

/// Writes a key if it differs; what stands around its old value (a comment, mostly) stays.
fn put(table: &mut Table, key: &str, was: &str, is: &str, make: impl Fn(&str) -> Value) {
    if was == is {
        return;
    }
    if is.is_empty() {
        table.remove(key);
        return;
    }
    let mut new = make(is);
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    match table.get_mut(key) {
        Some(item) => *item = Item::Value(new),
        None => drop(table.insert(key, value(new))),
    }
}

/// A string.
fn text(text: &str) -> Value {
    Value::from(text)
}

/// A number or a day, as it was typed.
fn plain(text: &str) -> Value {
    // `.5` and `5.` are numbers for people and none for TOML.
    let whole = if text.starts_with('.') { format!("0{text}") } else { text.trim_end_matches('.').to_owned() };
    whole.parse().unwrap_or_else(|_| Value::from(text))
}

/// Names between commas.
fn names(text: &str) -> Value {
    Value::Array(text.split(", ").collect::<Array>())
}

/// A value as it stands in a field.
fn shown(table: &Table, key: &str) -> String {
    match table.get(key).and_then(Item::as_value) {
        None => String::new(),
        Some(Value::String(text)) => text.value().trim().to_owned(),
        Some(other) => {
            let mut plain = other.clone();
            plain.decor_mut().clear();
            plain.to_string()
        }
    }
}

fn listed(table: &Table, key: &str) -> Vec<String> {
    let array = table.get(key).and_then(Item::as_array);
    array.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Tables are then written in the order in which they stand, also those that are new.
fn forget_places(table: &mut Table) {
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => {
                inner.set_position(None);
                forget_places(inner);
            }
            Item::ArrayOfTables(list) => {
                for inner in list.iter_mut() {
                    inner.set_position(None);
                    forget_places(inner);
                }
            }
            Item::Value(_) | Item::None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dated::FileBytes;
    use dispute::FoundingDisputes;

    /// Every offer of the founding disputes goes through the form untouched, to the byte but for the order of tables.
    #[test]
    fn what_is_not_changed_stays_as_it_is() {
        let mut offers = 0;
        for id in FoundingDisputes::ids() {
            let folder = FoundingDisputes::folder(&id).expect("a dispute");
            for (path, bytes) in folder.files.iter().filter(|(path, _)| path.starts_with("offers/")) {
                let FileBytes::Read(bytes) = bytes else { panic!("{path}") };
                let text = String::from_utf8(bytes.clone()).expect("text");
                let (head, rows) = read(&text).expect("fields");
                assert_eq!(write(&text, &head, &rows).expect("text"), text, "{id}/{path}");
                offers += 1;
            }
        }
        assert!(offers >= 15, "{offers}");
    }

    #[test]
    fn only_what_is_changed_is_written() {
        let before = "# A note.\nid = \"x\"\ntitle = \"T\"   # of ours\nbase_date = 2007-03-31\n\n[[step]]\nfrom = 2007-04-01 # April\npercent = 1.50\nof = \"base\"\nassimilate = [{ from = \"1\", to = \"2\" }]\n\n# Later.\n[[step]]\nfrom = 2007-11-01\npercent = 1.0\nof = \"base\"\n";
        let (head, mut rows) = read(before).expect("fields");
        assert_eq!((rows.len(), rows[0].kept.as_slice()), (2, ["assimilate".to_owned()].as_slice()));
        rows[0].amount = "2.5".to_owned();
        rows[1] = Row { from: "2007-12-01".to_owned(), rise: "pounds".to_owned(), amount: "400".to_owned(), ..rows[1].clone() };
        rows.insert(
            2,
            Row { points: "1, 2".to_owned(), rise: "none".to_owned(), at_least_pounds: "400".to_owned(), ..Row::new(Kind::Also) },
        );
        rows.push(Row { from: "2008-03-01".to_owned(), amount: "1".to_owned(), rise: "percent".to_owned(), ..Row::new(Kind::Lump) });
        let after = write(before, &head, &rows).expect("text");
        let wanted = "# A note.\nid = \"x\"\ntitle = \"T\"   # of ours\nbase_date = 2007-03-31\n\n[[step]]\nfrom = 2007-04-01 # April\npercent = 2.5\nof = \"base\"\nassimilate = [{ from = \"1\", to = \"2\" }]\n\n# Later.\n[[step]]\nfrom = 2007-12-01\npounds = 400\n\n[[step.also]]\nat_least_pounds = 400\npoints = [\"1\", \"2\"]\n\n[[lump]]\npaid_on = 2008-03-01\npercent = 1\n";
        assert_eq!(after, wanted);
        assert_eq!(row_of_line(&after, &rows, 16), Some(1));
        assert_eq!(row_of_line(&after, &rows, 20), Some(2));
        assert_eq!(row_of_line(&after, &rows, 24), Some(3));
        assert_eq!(row_of_line(&after, &rows, 3), None);
        rows.drain(1..3);
        let fewer = write(&after, &head, &rows).expect("text");
        assert!(!fewer.contains("2007-12-01") && !fewer.contains("also") && fewer.contains("[[lump]]"), "{fewer}");
    }
}
