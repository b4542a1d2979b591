//! A sheet of a workbook, cell by cell, as the same rows that a CSV file gives.

use std::io::{BufRead, Seek, SeekFrom};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use dated::grouped;

use crate::cell::shown;
use crate::{HEADER_WITHIN, HeaderFinder, Row, Taker, unreadable, zip_guard};

/// The largest workbook that is read.
pub const MAX_XLSX_BYTES: u64 = 200 << 20;
/// Columns beyond are not looked at.
const MAX_COLUMNS: usize = 300;

/// Reads a sheet of a workbook (.xlsx, .xlsm).
pub(crate) fn read_xlsx<R: BufRead + Seek>(mut input: R, wanted: Option<&str>, taker: &mut dyn Taker) {
    let save_again = "save it again as .xlsx, or as CSV";
    match input.seek(SeekFrom::End(0)) {
        Ok(bytes) if bytes > MAX_XLSX_BYTES => {
            let what = format!("the workbook has {} MB; the largest that is read has {} MB", bytes >> 20, MAX_XLSX_BYTES >> 20);
            return taker.fault("file-too-large", 1, what, "save the sheet as CSV, which may be of any size".to_owned());
        }
        Ok(_) => {}
        Err(error) => return unreadable(taker, &error),
    }
    let seen = match zip_guard::measure(&mut input) {
        Ok(seen) => seen,
        Err(why) => return taker.fault("workbook-unreadable", 1, format!("the file {why}"), save_again.to_owned()),
    };
    let mut workbook = match input.seek(SeekFrom::Start(0)).map_err(XlsxError::from).and_then(|_| Xlsx::new(input)) {
        Ok(workbook) => workbook,
        Err(error) => {
            return taker.fault("workbook-unreadable", 1, format!("the workbook cannot be read: {error}"), save_again.to_owned());
        }
    };
    let sheet = match choose_sheet(&mut workbook, wanted, taker) {
        Ok(sheet) => sheet,
        Err((code, what, fix)) => return taker.fault(code, 1, what, fix),
    };
    if sheet.of > 1 {
        taker.note(format!("sheet “{}” is read, of {} in the workbook", sheet.name, sheet.of));
        taker.sheet(&sheet.name);
    }
    if seen.hidden_rows > 0 {
        let rows = grouped(seen.hidden_rows);
        taker.note(format!("{rows} rows of the workbook are hidden (by a filter, perhaps); they are read like all others"));
    }
    if seen.formulas > 0 {
        let cells = grouped(seen.formulas);
        taker.note(format!("{cells} cells of the workbook are formulas; what they came to when it was saved is read"));
    }
    let mut finder = HeaderFinder::default();
    let mut header_row = 0;
    let read = each_row(&mut workbook, &sheet.name, |row, record| {
        if finder.found {
            // A sheet leaves out empty cells at the end of a row.
            for _ in record.len()..taker.width() {
                record.push(b"");
            }
            return taker.row(row, record);
        }
        header_row = row;
        finder.look_at(row, record, taker)
    });
    let found = finder.found;
    finder.end(taker);
    if let Err(error) = read {
        taker.fault("workbook-unreadable", 1, format!("the sheet cannot be read to its end: {error}"), save_again.to_owned());
    }
    if found {
        merged_cells(&mut workbook, &sheet.name, header_row, taker);
    }
}

/// Only the first of merged cells has a value: the others would count as not known.
fn merged_cells<R: BufRead + Seek>(workbook: &mut Xlsx<R>, sheet: &str, header_row: u64, taker: &mut dyn Taker) {
    for merged in workbook.merge_cells_by_sheet_name(sheet).unwrap_or_default() {
        let (top, bottom) = (u64::from(merged.start.0) + 1, u64::from(merged.end.0) + 1);
        if bottom < header_row || merged.start == merged.end {
            continue;
        }
        let cells = format!("{}{top}:{}{bottom}", letters(merged.start.1), letters(merged.end.1));
        taker.fault(
            "merged-cells",
            top,
            format!("the cells {cells} are merged: only the first of them has a value"),
            "unmerge them and write the value into each row".to_owned(),
        );
    }
}

/// The letters of a column, as spreadsheets name it.
fn letters(column: u32) -> String {
    let (before, last) = (column / 26, char::from(b'A' + (column % 26) as u8));
    if before == 0 { last.to_string() } else { format!("{}{last}", letters(before - 1)) }
}

struct Sheet {
    name: String,
    of: usize,
}

type NoSheet = (&'static str, String, String);

/// The sheet that was named; or the only one with a header.
fn choose_sheet<R: BufRead + Seek>(workbook: &mut Xlsx<R>, wanted: Option<&str>, taker: &dyn Taker) -> Result<Sheet, NoSheet> {
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(wanted) = wanted {
        return match names.iter().find(|name| name.eq_ignore_ascii_case(wanted)) {
            Some(name) => Ok(Sheet { name: (*name).to_owned(), of: sheets.len() }),
            None => Err(("unknown-sheet", format!("the workbook has no sheet “{wanted}”"), format!("one of {}", shown(&names)))),
        };
    }
    let visible: Vec<&str> = sheets.iter().filter(|(_, visible)| *visible).map(|(name, _)| name.as_str()).collect();
    let mut with_header = Vec::new();
    for name in &visible {
        let mut looked_at = 0;
        let mut found = false;
        // A sheet that cannot be read has no header; if it is chosen, the fault is named then.
        let _ = each_row(workbook, name, |_, record| {
            looked_at += 1;
            found = taker.is_header(record, looked_at == 1);
            !found && looked_at < HEADER_WITHIN
        });
        if found {
            with_header.push(*name);
        }
    }
    let of = sheets.len();
    match (with_header.as_slice(), visible.as_slice()) {
        ([only], _) | ([], [only]) => Ok(Sheet { name: (*only).to_owned(), of }),
        ([], []) => {
            Err(("file-empty", "the workbook has no sheet to be seen".to_owned(), format!("put {} on a sheet of it", taker.words().of)))
        }
        ([], _) => Err((
            "missing-column",
            format!("no sheet has a row with the names of the columns: {}", taker.words().header),
            format!("say which sheet it is with --sheet ({}), and which columns with --map", shown(&names)),
        )),
        (several, _) => Err((
            "several-sheets",
            format!("several sheets could be meant: {}", shown(several)),
            format!("say which, as in --sheet \"{}\"", several[0]),
        )),
    }
}

/// Hands each row with something in it to `take`, until it wants no more. Rows count from 1, as a spreadsheet shows them.
fn each_row<R: BufRead + Seek>(workbook: &mut Xlsx<R>, sheet: &str, mut take: impl FnMut(u64, &mut Row) -> bool) -> Result<(), XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut record = Row::new();
    // The texts of a row by column; kept between rows for their memory.
    let mut texts: Vec<String> = Vec::new();
    let mut used = 0;
    let mut row = None;
    let mut flush = |row: u32, texts: &mut [String], used: usize| {
        record.clear();
        for text in &mut texts[..used] {
            record.push(text.as_bytes());
            text.clear();
        }
        take(u64::from(row) + 1, &mut record)
    };
    while let Some(cell) = cells.next_cell()? {
        let (at, column) = cell.get_position();
        if row.is_some_and(|row| row != at) {
            if used > 0 && !flush(row.unwrap_or(0), &mut texts, used) {
                return Ok(());
            }
            used = 0;
        }
        row = Some(at);
        let column = column as usize;
        if column >= MAX_COLUMNS || *cell.get_value() == DataRef::Empty {
            continue;
        }
        if texts.len() <= column {
            texts.resize(column + 1, String::new());
        }
        write_text(cell.get_value(), &mut texts[column]);
        used = used.max(column + 1);
    }
    if let Some(row) = row
        && used > 0
    {
        flush(row, &mut texts, used);
    }
    Ok(())
}

/// A cell as a CSV file would have it. Numbers keep ten decimals, which is finer than any that was typed.
fn write_text(value: &DataRef<'_>, text: &mut String) {
    use std::fmt::Write as _;
    text.clear();
    // Writing to a String cannot fail.
    let _ = match value {
        DataRef::Empty => Ok(()),
        DataRef::Int(number) => write!(text, "{number}"),
        DataRef::Float(number) => {
            let written = write!(text, "{number:.10}");
            let kept = text.trim_end_matches('0').trim_end_matches('.').len();
            text.truncate(kept);
            written
        }
        DataRef::String(string) => text.write_str(string),
        DataRef::SharedString(string) => text.write_str(string),
        DataRef::Bool(truth) => text.write_str(if *truth { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(day) if day.is_datetime() => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            write!(text, "{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(duration) => write!(text, "{}", duration.as_f64()),
        DataRef::DateTimeIso(iso) | DataRef::DurationIso(iso) => text.write_str(iso),
        DataRef::Error(error) => write!(text, "{error}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn numbers_are_written_as_they_were_typed() {
        let written = |value: f64| {
            let mut text = String::new();
            write_text(&DataRef::Float(value), &mut text);
            text
        };
        assert_eq!(
            ["0.6", "15", "24683.5", "0.3", "100", "0"],
            [0.6, 15.0, 24683.5, 0.1 + 0.2, 100.0, 0.0].map(written).each_ref().map(String::as_str)
        );
    }
}
