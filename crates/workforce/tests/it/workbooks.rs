//! Workbooks, made here cell by cell.

use std::io::{Cursor, Write as _};

use dated::Ratio;
use pay::{PostPay, YearDay};
use proptest::prelude::*;
use workforce::Options;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{faults, read_with};

/// A workbook of these sheets: name, the rows as XML, what stands behind them.
fn workbook(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("text");
    };
    part(
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>",
    );
    part(
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"w\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    );
    let numbers = 1..=sheets.len();
    let list: String = sheets
        .iter()
        .zip(numbers.clone())
        .map(|((name, ..), at)| format!("<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"r{at}\"/>"))
        .collect();
    part(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{list}</sheets></workbook>"
        ),
    );
    let links: String = numbers
        .map(|at| {
            format!("<Relationship Id=\"r{at}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>")
        })
        .chain(["<Relationship Id=\"s\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>".to_owned()])
        .collect();
    part(
        "xl/_rels/workbook.xml.rels",
        &format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{links}</Relationships>"),
    );
    // Style 1 is a date.
    part(
        "xl/styles.xml",
        "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
    );
    for (at, (_, rows, behind)) in sheets.iter().enumerate() {
        let xml = format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData>{behind}</worksheet>"
        );
        part(&format!("xl/worksheets/sheet{}.xml", at + 1), &xml);
    }
    zip.finish().expect("a workbook").into_inner()
}

fn text(cell: &str, text: &str) -> String {
    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn staff_rows() -> String {
    format!(
        "<row r=\"1\">{}{}{}{}</row><row r=\"2\"><c r=\"A2\"><v>20</v></c><c r=\"B2\"><v>0.60000000000000009</v></c><c r=\"C2\" s=\"1\"><v>41913</v></c></row>\
         <row r=\"3\" hidden=\"1\">{}{}</row><row r=\"7\"><c r=\"A7\"><v>22</v></c><c r=\"B7\" t=\"e\"><v>#REF!</v></c></row>",
        text("A1", "Pay point"),
        text("B1", "WTE"),
        text("C1", "Incremental date"),
        text("D1", "Notes"),
        text("A3", "021"),
        text("B3", "1"),
    )
}

fn read(bytes: &[u8], change: impl FnOnce(&mut Options)) -> workforce::Reading {
    read_with(bytes, |options| {
        options.file = "staff.xlsx".to_owned();
        change(options);
    })
}

#[test]
fn numbers_texts_dates_hidden_rows_and_formula_errors_are_read_for_what_they_are() {
    let reading = read(&workbook(&[("Staff", &staff_rows(), "")]), |_| {});
    assert_eq!(faults(&reading), [("formula-error", 7)]);
    assert_eq!((reading.rows.read, reading.rows.accepted), (3, 2));
    let workforce = &reading.workforce;
    let pay: Vec<_> = workforce.posts.iter().map(|post| &post.pay).collect();
    assert_eq!(pay[..2], [&PostPay::Point("20".into()), &PostPay::Point("21".into())]);
    assert_eq!(workforce.portions[..2], [Ratio::new(6, 10), Ratio::ONE]);
    assert_eq!(workforce.staff[0].increment, Some(YearDay { month: 10, day: 1 }));
    assert!(reading.notes.iter().any(|note| note.starts_with("1 rows of the workbook are hidden")), "{:?}", reading.notes);
}

#[test]
fn merged_cells_below_the_header_are_faults_and_above_it_are_not() {
    let rows = staff_rows().replace("#REF!", "1").replace(" t=\"e\"", "");
    let merged = |range: &str| {
        read(&workbook(&[("Staff", &rows, &format!("<mergeCells count=\"1\"><mergeCell ref=\"{range}\"/></mergeCells>"))]), |_| {})
    };
    assert_eq!(faults(&merged("A2:A3")), [("merged-cells", 2)]);
    assert!(merged("A2:A3").faults[0].what.contains("A2:A3"));
    let below = format!(
        "<row r=\"1\">{}</row><row r=\"2\">{}{}</row><row r=\"3\"><c r=\"A3\"><v>20</v></c><c r=\"B3\"><v>1</v></c></row>",
        text("A1", "Staff of the trust"),
        text("A2", "Pay point"),
        text("B2", "WTE"),
    );
    let reading = read(&workbook(&[("Staff", &below, "<mergeCells count=\"1\"><mergeCell ref=\"A1:D1\"/></mergeCells>")]), |_| {});
    assert_eq!(faults(&reading), []);
}

#[test]
fn the_sheet_with_a_header_is_read_and_two_of_them_must_be_told_apart() {
    let rows = staff_rows().replace("#REF!", "1").replace(" t=\"e\"", "");
    let notes = format!("<row r=\"1\">{}</row>", text("A1", "Read me first"));
    let reading = read(&workbook(&[("Notes", &notes, ""), ("Staff", &rows, "")]), |_| {});
    assert_eq!((faults(&reading), reading.rows.accepted), (vec![], 3));
    assert!(reading.notes.iter().any(|note| note == "sheet “Staff” is read, of 2 in the workbook"), "{:?}", reading.notes);
    let two = workbook(&[("2013", &rows, ""), ("2014", &rows, "")]);
    assert_eq!(faults(&read(&two, |_| {})), [("several-sheets", 1)]);
    assert_eq!(faults(&read(&two, |options| options.sheet = Some("2014".into()))), []);
    assert_eq!(faults(&read(&two, |options| options.sheet = Some("2015".into()))), [("unknown-sheet", 1)]);
    assert_eq!(faults(&read(&workbook(&[("A", &notes, ""), ("B", &notes, "")]), |_| {})), [("missing-column", 1)]);
}

#[test]
fn a_workbook_that_unpacks_to_gigabytes_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).expect("a part");
    let much = "<a/>".repeat(1 << 18);
    for _ in 0..100 {
        zip.write_all(much.as_bytes()).expect("text");
    }
    let bytes = zip.finish().expect("a workbook").into_inner();
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    let reading = read(&bytes, |_| {});
    assert_eq!(faults(&reading), [("workbook-unreadable", 1)]);
    assert!(reading.faults[0].what.contains("unpacks to more than 96 MB"), "{}", reading.faults[0].what);
    // One text without an end.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).expect("a part");
    zip.write_all(&vec![b'x'; 2 << 20]).expect("text");
    let reading = read(&zip.finish().expect("a workbook").into_inner(), |_| {});
    assert!(reading.faults[0].what.contains("single text"), "{}", reading.faults[0].what);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A workbook with a few bytes of its sheet or of its package changed is read or refused, and nothing worse.
    #[test]
    fn a_damaged_workbook_does_no_harm(at in any::<proptest::sample::Index>(), byte: u8, sheet_at in any::<proptest::sample::Index>(), sheet_byte in 32_u8..127) {
        let mut rows = staff_rows().into_bytes();
        let place = sheet_at.index(rows.len());
        rows[place] = sheet_byte;
        let mut bytes = workbook(&[("Staff", &String::from_utf8_lossy(&rows), "")]);
        let reading = read(&bytes, |_| {});
        prop_assert_eq!(reading.rows.read, reading.rows.accepted + reading.rows.refused + reading.rows.of_nobody);
        let place = at.index(bytes.len());
        bytes[place] = byte;
        let reading = read(&bytes, |_| {});
        prop_assert!(reading.rows.accepted > 0 || reading.fault_count() > 0);
    }
}
