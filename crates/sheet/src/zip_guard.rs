//! A workbook is a packed archive: what it unpacks to is measured before anything is built from it.

use std::io::{Read, Seek};

use zip::ZipArchive;

/// The most that the sheets of a workbook unpack to: 1,048,576 rows of a dozen cells need about 700 MB.
const MAX_SHEET_BYTES: u64 = 1 << 30;
/// The most that any other part unpacks to; texts of cells are held in memory.
const MAX_PART_BYTES: u64 = 96 << 20;
/// The longest single tag or text.
const MAX_PIECE_BYTES: u64 = 1 << 20;

/// What was seen on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Rows of any sheet that are not shown.
    pub(crate) hidden_rows: u64,
    /// Cells of any sheet that are computed.
    pub(crate) formulas: u64,
}

/// Unpacks every part once, keeping nothing.
///
/// # Errors
/// A sentence without its subject: what the workbook is, that it cannot be read.
pub(crate) fn measure<R: Read + Seek>(input: R) -> Result<Seen, String> {
    let mut archive = ZipArchive::new(input).map_err(|error| format!("is no workbook, or a damaged one: {error}"))?;
    let mut seen = Seen::default();
    let mut sheets = 0;
    let mut others = 0;
    let mut has_workbook = false;
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).map_err(|error| format!("has a part that cannot be unpacked: {error}"))?;
        let name = part.name().map_err(|error| format!("has a part without a name: {error}"))?;
        let name = name.trim_start_matches('/').replace('\\', "/").to_ascii_lowercase();
        has_workbook |= name == "xl/workbook.xml";
        // Pictures and the like are never read.
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let is_sheet = name.starts_with("xl/worksheets/");
        let (most, total) = if is_sheet { (MAX_SHEET_BYTES, &mut sheets) } else { (MAX_PART_BYTES, &mut others) };
        let mut scan = Scan::default();
        let mut buffer = [0; 1 << 14];
        loop {
            let count =
                part.read(&mut buffer).map_err(|error| format!("has a part “{}” that cannot be unpacked: {error}", crate::short(&name)))?;
            if count == 0 {
                break;
            }
            *total += count as u64;
            if *total > most {
                let what = if is_sheet { "its sheets" } else { "its texts and styles" };
                return Err(format!("unpacks to more than {} MB ({what}), which is more than is read", most >> 20));
            }
            scan.bytes(&buffer[..count])?;
        }
        if is_sheet {
            seen.hidden_rows += scan.hidden_rows;
            seen.formulas += scan.formulas;
        }
    }
    if !has_workbook {
        return Err("is packed like a workbook, but it is none of the kind .xlsx".to_owned());
    }
    Ok(seen)
}

/// Counts hidden rows, formulas, and the length of tags and texts.
#[derive(Default)]
struct Scan {
    tag: Vec<u8>,
    in_tag: bool,
    length: u64,
    hidden_rows: u64,
    formulas: u64,
}

impl Scan {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), String> {
        for byte in bytes {
            self.length += 1;
            match byte {
                b'<' => {
                    self.in_tag = true;
                    self.length = 0;
                    self.tag.clear();
                }
                b'>' => {
                    if self.in_tag && self.tag.starts_with(b"row ") {
                        let hidden = |text: &[u8]| self.tag.windows(text.len()).any(|part| part == text);
                        self.hidden_rows += u64::from(hidden(b" hidden=\"1\"") || hidden(b" hidden=\"true\""));
                    }
                    self.formulas += u64::from(self.in_tag && (self.tag == b"f" || self.tag.starts_with(b"f ")));
                    self.in_tag = false;
                    self.length = 0;
                }
                _ if self.in_tag && self.tag.len() < 300 => self.tag.push(*byte),
                _ => {}
            }
            if self.length > MAX_PIECE_BYTES {
                return Err("holds a single text of more than 1 MB, which no cell has".to_owned());
            }
        }
        Ok(())
    }
}
