//! An archive read as a stream: each event with the data records that stand before it.

use std::io::{self, Read};

use vote::archive::{BLOCK, Event, Head};

use crate::files::MOST_BYTES;

/// The events of an archive, in order. Read, not judged.
pub struct Events<R>(R);

/// An event and the data records before it.
pub type WithRecords = (Event, Vec<Vec<u8>>);

/// Why an archive cannot be read on.
#[derive(Debug)]
pub enum Broken {
    /// It is no archive, or it is damaged; in what.
    Damaged(&'static str),
    /// The disk failed.
    Disk(io::Error),
}

impl<R: Read> Events<R> {
    /// From an archive's first byte.
    pub fn of(archive: R) -> Self {
        Self(archive)
    }

    fn read(&mut self) -> Result<Option<WithRecords>, Broken> {
        let mut records = Vec::new();
        let mut block = [0; BLOCK];
        loop {
            match self.0.read_exact(&mut block) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) => return Err(Broken::Disk(error)),
            }
            let head = Head::read(&block).ok_or(Broken::Damaged("a record's header"))?;
            let size = usize::try_from(head.size).ok().filter(|_| head.size <= MOST_BYTES).ok_or(Broken::Damaged("a record's size"))?;
            let mut body = vec![0; usize::try_from(head.padded()).map_err(|_| Broken::Damaged("a record's size"))?];
            self.0.read_exact(&mut body).map_err(|_| Broken::Damaged("a record is cut off"))?;
            body.truncate(size);
            if head.is_event() {
                let event = Event::read(&body).map_err(|_| Broken::Damaged("an event"))?;
                return Ok(Some((event, records)));
            }
            if head.name != "BELENIOS" {
                records.push(body);
            }
        }
    }
}

impl<R: Read> Iterator for Events<R> {
    type Item = Result<WithRecords, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
