//! The archive as a file: a strict reader of its tar records, one at a time, in bounded memory (Spec V1).
//!
//! Every byte of the container is fixed by the format, so the header of each record is made again from its name, size and
//! time and must be equal. Only the bodies are free.

use std::io::{self, Read};

/// Size of a tar block in bytes.
pub const BLOCK: usize = 512;
/// Largest record before the first event, in bytes: a list of three million credentials fits.
pub const MAX_SETUP_BODY: u64 = 256 << 20;
/// Largest record after the first event, in bytes.
pub const MAX_BODY: u64 = 8 << 20;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What a record's name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// The first record, `BELENIOS`.
    Header,
    /// `….data.json`
    Data,
    /// `….event.json`
    Event,
}

/// One record as it stands in the file. Its body's hash is not checked yet (Spec V2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Offset of its header in the file, in bytes.
    pub offset: u64,
    /// What its name says.
    pub kind: RecordKind,
    /// The hash in its name; all zero for the header.
    pub named: Hash,
    /// Its content.
    pub body: Vec<u8>,
}

/// What is wrong with the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerFault {
    /// The file has no byte.
    Empty,
    /// The file ends inside a header.
    HeaderCut,
    /// The file ends inside a body or its padding.
    BodyCut,
    /// A block of zeros where a header should be: this format has no end mark.
    ZeroBlock,
    /// The first record is not named `BELENIOS`, or a later one is.
    HeaderName,
    /// A name that is not 64 small hexadecimal digits and `.data.json` or `.event.json`.
    Name,
    /// The size is not eleven octal digits.
    Size,
    /// A size above the limit, in bytes.
    TooLarge(u64),
    /// A header byte that differs from the one this record must have.
    HeaderByte(usize),
    /// A byte of the padding is not zero.
    Padding,
    /// The first record's content is not `{"version":1,"timestamp":"…"}`.
    HeaderContent,
    /// The archive's version is not 1. (Not a fault of the archive: we cannot read it.)
    Version,
}

/// Why reading stopped.
#[derive(Debug)]
pub enum Stop {
    /// The file is wrong at this offset.
    Fault(u64, ContainerFault),
    /// The file could not be read.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(e: io::Error) -> Stop {
        Stop::Io(e)
    }
}

/// Reads records one after the other.
pub struct Container<R> {
    from: R,
    offset: u64,
    timestamp: Option<u64>,
    events: u64,
}

impl<R: Read> Container<R> {
    /// A reader at the beginning of an archive.
    pub fn new(from: R) -> Container<R> {
        Container { from, offset: 0, timestamp: None, events: 0 }
    }

    /// The archive's time in Unix seconds, once its first record was read.
    pub fn timestamp(&self) -> Option<u64> {
        self.timestamp
    }

    /// The next record, or `None` at the end of the file.
    pub fn next_record(&mut self) -> Result<Option<Record>, Stop> {
        let offset = self.offset;
        let fault = |what| Err(Stop::Fault(offset, what));
        let mut block = [0u8; BLOCK];
        match read_up_to(&mut self.from, &mut block)? {
            0 if offset == 0 => return fault(ContainerFault::Empty),
            0 => return Ok(None),
            BLOCK => {}
            _ => return fault(ContainerFault::HeaderCut),
        }
        if block.iter().all(|b| *b == 0) {
            return fault(ContainerFault::ZeroBlock);
        }
        let (kind, named) = match parse_name(&block[..100]) {
            Some(name) => name,
            None => return fault(ContainerFault::Name),
        };
        if (kind == RecordKind::Header) != (offset == 0) {
            return fault(ContainerFault::HeaderName);
        }
        let Some(size) = octal(&block[124..135]) else {
            return fault(ContainerFault::Size);
        };
        let limit = match (kind, self.events) {
            (RecordKind::Data, 0) => MAX_SETUP_BODY,
            _ => MAX_BODY,
        };
        if size > limit {
            return fault(ContainerFault::TooLarge(size));
        }
        // Grows with the bytes that are really there, so a false size costs no memory.
        let mut body = Vec::new();
        self.from.by_ref().take(size).read_to_end(&mut body)?;
        if (body.len() as u64) < size {
            return fault(ContainerFault::BodyCut);
        }
        let mut padding = [0u8; BLOCK];
        let padding = &mut padding[..(BLOCK - body.len() % BLOCK) % BLOCK];
        if read_up_to(&mut self.from, padding)? < padding.len() {
            return fault(ContainerFault::BodyCut);
        }
        if padding.iter().any(|b| *b != 0) {
            return fault(ContainerFault::Padding);
        }
        let timestamp = match self.timestamp {
            Some(timestamp) => timestamp,
            None => match header_timestamp(&body) {
                Ok(timestamp) => timestamp,
                Err(what) => return fault(what),
            },
        };
        let expected = header_block(&block[..100], size, timestamp);
        if let Some(at) = (0..BLOCK).find(|i| block[*i] != expected[*i]) {
            return fault(ContainerFault::HeaderByte(at));
        }
        self.timestamp = Some(timestamp);
        self.offset += (BLOCK + body.len() + padding.len()) as u64;
        if kind == RecordKind::Event {
            self.events += 1;
        }
        Ok(Some(Record { offset, kind, named, body }))
    }
}

/// Reads until the buffer is full or the file ends.
fn read_up_to(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while have < buffer.len() {
        match from.read(&mut buffer[have..]) {
            Ok(0) => break,
            Ok(n) => have += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(have)
}

fn parse_name(field: &[u8]) -> Option<(RecordKind, Hash)> {
    let end = field.iter().position(|b| *b == 0)?;
    let (name, rest) = field.split_at(end);
    if rest.iter().any(|b| *b != 0) {
        return None;
    }
    if name == b"BELENIOS" {
        return Some((RecordKind::Header, [0; 32]));
    }
    let (digits, kind) = name.split_at_checked(64)?;
    let kind = match kind {
        b".data.json" => RecordKind::Data,
        b".event.json" => RecordKind::Event,
        _ => return None,
    };
    Some((kind, crate::hex::hash_from_hex(digits)?))
}

fn octal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |n, d| match d {
        b'0'..=b'7' => Some(n * 8 + u64::from(d - b'0')),
        _ => None,
    })
}

/// The timestamp of the first record, in Unix seconds; at most eleven octal digits.
fn header_timestamp(body: &[u8]) -> Result<u64, ContainerFault> {
    let parsed = crate::json::parse(body).map_err(|_| ContainerFault::HeaderContent)?;
    let [version, timestamp] = parsed.value.exactly(["version", "timestamp"]).ok_or(ContainerFault::HeaderContent)?;
    match version.small() {
        Some(1) => {}
        Some(_) => return Err(ContainerFault::Version),
        None => return Err(ContainerFault::HeaderContent),
    }
    timestamp
        .string()
        .filter(|digits| crate::json::is_plain_decimal(digits))
        .and_then(|digits| digits.parse::<u64>().ok())
        .filter(|seconds| *seconds < 1 << 33 && parsed.first_non_canonical.is_none())
        .ok_or(ContainerFault::HeaderContent)
}

/// The header block that a record of this name, size and time must have.
fn header_block(name: &[u8], size: u64, timestamp: u64) -> [u8; BLOCK] {
    let mut block = [0u8; BLOCK];
    block[..100].copy_from_slice(name);
    block[100..107].copy_from_slice(b"0000644");
    block[108..115].copy_from_slice(b"0000000");
    block[116..123].copy_from_slice(b"0000000");
    put_octal(&mut block[124..135], size);
    put_octal(&mut block[136..147], timestamp);
    block[148..156].copy_from_slice(b"        ");
    block[156] = b'0';
    let sum: u64 = block.iter().map(|b| u64::from(*b)).sum();
    put_octal(&mut block[148..154], sum);
    block[154] = 0;
    block
}

fn put_octal(field: &mut [u8], mut n: u64) {
    for digit in field.iter_mut().rev() {
        *digit = b'0' + (n % 8) as u8;
        n /= 8;
    }
}
