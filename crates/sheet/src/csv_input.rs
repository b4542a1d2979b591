//! CSV of any size, read record by record: the file is never in memory as a whole.

use std::io::{self, BufRead, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::{HEADER_WITHIN, HeaderFinder, MAX_RECORD_BYTES, Row, Taker, unreadable};

/// So much is looked at to find out how the file is written.
const PEEKED: usize = 64 << 10;
/// So much is read at a time.
const BUFFER: usize = 256 << 10;

/// Reads a CSV file: RFC 4180, with what spreadsheets make of it.
pub(crate) fn read_csv<R: BufRead>(mut input: R, taker: &mut dyn Taker) {
    let mut start = Vec::with_capacity(PEEKED);
    if let Err(error) = input.by_ref().take(PEEKED as u64).read_to_end(&mut start) {
        return unreadable(taker, &error);
    }
    let mark = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let begins = &start[mark..];
    if begins.starts_with(b"\xff\xfe") || begins.starts_with(b"\xfe\xff") || begins.iter().take(200).filter(|byte| **byte == 0).count() > 10
    {
        return taker.fault(
            "not-utf8",
            1,
            "the file is UTF-16 (“Unicode text”), or no text at all".to_owned(),
            "save it as “CSV UTF-8”, or as .xlsx".to_owned(),
        );
    }
    if begins.trim_ascii().is_empty() {
        return taker.fault(
            "file-empty",
            1,
            "the file is empty".to_owned(),
            "a row with the names of the columns, then one row for each person".to_owned(),
        );
    }
    let separator = separator_of(begins, taker);
    if let Some((_, name)) = [(b'\t', "tabs"), (b';', "semicolons"), (b'|', "bars")].into_iter().find(|(byte, _)| *byte == separator) {
        taker.note(format!("the columns are separated by {name}"));
    }
    let mut records = Records::new(input, start, mark, separator);
    let mut finder = HeaderFinder::default();
    loop {
        match records.next() {
            Ok(None) => break,
            Ok(Some(line)) => {
                let goes_on = if finder.found { taker.row(line, &records.row) } else { finder.look_at(line, &records.row, taker) };
                if !goes_on {
                    break;
                }
            }
            Err(Stop { line, why: None }) => {
                taker.fault(
                    "row-length",
                    line,
                    format!("this row is longer than {} MB", MAX_RECORD_BYTES >> 20),
                    "close the quote that is open here".to_owned(),
                );
                break;
            }
            Err(Stop { line, why: Some(error) }) => {
                taker.fault(
                    "file-unreadable",
                    line,
                    format!("the file cannot be read further: {error}"),
                    "copy the file and read the copy".to_owned(),
                );
                break;
            }
        }
    }
    finder.end(taker);
}

/// The separator under which the first rows look most like a header.
fn separator_of(start: &[u8], taker: &dyn Taker) -> u8 {
    let recognised = |separator: u8| {
        let mut records = Records::new(io::empty(), start.to_vec(), 0, separator);
        let mut best = 0;
        for _ in 0..HEADER_WITHIN + 5 {
            match records.next() {
                Ok(Some(_)) => best = best.max(taker.recognised(&records.row)),
                _ => break,
            }
        }
        best
    };
    let mut best = (b',', recognised(b','));
    for separator in [b';', b'\t', b'|'] {
        let found = recognised(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}

/// Why no further record can be had: the disk, or (without a reason) a record that does not end.
struct Stop {
    line: u64,
    why: Option<io::Error>,
}

/// Records with the line on which each begins. Line ends are counted here: csv-core takes the line feed of a CRLF, and empty lines,
/// for the beginning of the record behind them, so its own line numbers are too low there.
struct Records<R> {
    input: R,
    parser: Reader,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    /// Of the next byte.
    line: u64,
    row: Row,
}

impl<R: Read> Records<R> {
    /// Goes on behind `at` of what was read already.
    fn new(input: R, read: Vec<u8>, at: usize, separator: u8) -> Self {
        let filled = read.len();
        let mut buffer = read;
        buffer.resize(BUFFER.max(filled), 0);
        let mut row = Row::new();
        row.data.resize(1 << 10, 0);
        row.ends.resize(1 << 6, 0);
        Self { input, parser: ReaderBuilder::new().delimiter(separator).build(), buffer, at, filled, line: 1, row }
    }

    /// Whether there is a byte to be looked at.
    #[inline]
    fn more(&mut self) -> io::Result<bool> {
        if self.at < self.filled {
            return Ok(true);
        }
        self.at = 0;
        self.filled = loop {
            match self.input.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        Ok(self.filled > 0)
    }

    /// Reads the next record into `row`, and gives the line on which it begins.
    fn next(&mut self) -> Result<Option<u64>, Stop> {
        self.skip_line_ends().map_err(|error| Stop { line: self.line, why: Some(error) })?;
        let line = self.line;
        let (mut written, mut cells) = (0, 0);
        // The whole capacity is at hand while a record is written.
        loop {
            // At the end of the input the parser is shown an empty one, which ends the last record.
            self.more().map_err(|error| Stop { line, why: Some(error) })?;
            let input = &self.buffer[self.at..self.filled];
            let (result, read, wrote, ended) = self.parser.read_record(input, &mut self.row.data[written..], &mut self.row.ends[cells..]);
            self.at += read;
            written += wrote;
            cells += ended;
            if written > MAX_RECORD_BYTES {
                return Err(Stop { line, why: None });
            }
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.row.data.resize(self.row.data.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.row.ends.resize(self.row.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.row.cells = cells;
                    let inside = self.row.data[..written].iter().filter(|byte| **byte == b'\n').count();
                    self.line += inside as u64;
                    // What ended the record was read with it: it counts here, and the second half of a CRLF does not count again.
                    if read > 0 && self.buffer[self.at - 1] == b'\n' {
                        self.line += 1;
                    } else if read > 0 && self.buffer[self.at - 1] == b'\r' {
                        self.line += 1;
                        if self.more().map_err(|error| Stop { line, why: Some(error) })? && self.buffer[self.at] == b'\n' {
                            self.at += 1;
                        }
                    }
                    return Ok(Some(line));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// Passes over empty lines.
    #[inline]
    fn skip_line_ends(&mut self) -> io::Result<()> {
        while self.more()? {
            match self.buffer[self.at] {
                b'\n' => self.at += 1,
                b'\r' => {
                    self.at += 1;
                    if self.more()? && self.buffer[self.at] == b'\n' {
                        self.at += 1;
                    }
                }
                _ => break,
            }
            self.line += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and cells of each record, read through buffers of that many bytes.
    fn records(text: &str, at_once: usize) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text.as_bytes(), Vec::new(), 0, b',');
        records.buffer.truncate(at_once);
        let mut found = Vec::new();
        while let Ok(Some(line)) = records.next() {
            found.push((line, records.row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()));
        }
        found
    }

    #[test]
    fn a_record_has_the_line_on_which_it_begins_after_any_line_end() {
        let expected = |lines: [u64; 3]| {
            [("a", "b"), ("1", "x\ny"), ("2", "")]
                .iter()
                .zip(lines)
                .map(|((one, two), line)| (line, vec![(*one).to_owned(), (*two).to_owned()]))
                .collect::<Vec<_>>()
        };
        for (text, lines) in [
            ("a,b\n1,\"x\ny\"\n2,\n", [1, 2, 4]),
            ("a,b\r\n1,\"x\ny\"\r\n2,\r\n", [1, 2, 4]),
            ("a,b\r1,\"x\ny\"\r2,", [1, 2, 4]),
            ("\r\n\r\na,b\r\n\r\n1,\"x\ny\"\r\n\n\r\n2,", [3, 5, 9]),
            ("\n\na,b\n\n\n1,\"x\ny\"\n2,\n\n", [3, 6, 8]),
        ] {
            for at_once in [1, 2, 3, 7, 1 << 10] {
                assert_eq!(records(text, at_once), expected(lines), "{text:?} in buffers of {at_once}");
            }
        }
    }

    #[test]
    fn ten_megabytes_in_one_cell_are_refused_with_their_line_and_without_the_memory() {
        let text = format!("a,b\r\n1,\"{}\"\r\n2,3\r\n", "x".repeat(10 << 20));
        let mut records = Records::new(text.as_bytes(), Vec::new(), 0, b',');
        assert!(matches!(records.next(), Ok(Some(1))));
        assert!(matches!(records.next(), Err(Stop { line: 2, why: None })));
        assert!(records.row.data.len() <= 2 * MAX_RECORD_BYTES, "{}", records.row.data.len());
    }

    #[test]
    fn cells_are_those_of_the_csv_format() {
        assert_eq!(records("\"a \"\"b\"\" c\",\"d,e\"\n", 4)[0].1, ["a \"b\" c", "d,e"]);
        assert_eq!(records("a", 4), [(1, vec!["a".to_owned()])]);
        assert_eq!(records("", 4), []);
        let wide = vec!["x".repeat(700); 300];
        assert_eq!(records(&wide.join(","), 1 << 10)[0].1, wide);
    }
}
