//! Files as users have them, workbooks, made workforces, what is written and read back, and bytes of any kind.

mod any_bytes;
mod csv_files;
mod made;
mod round_trip;
mod workbooks;

use std::io::Cursor;

use dated::Ratio;
use workforce::{Options, Reading, read};

/// Reads bytes as a file of staff in England with full-time weeks of 37.5 hours.
fn read_with(bytes: &[u8], change: impl FnOnce(&mut Options)) -> Reading {
    let mut options = Options {
        file: "staff.csv".to_owned(),
        nation: Some("England".to_owned()),
        full_time_hours: Some(Ratio::new(375, 10)),
        ..Options::default()
    };
    change(&mut options);
    read(&mut Cursor::new(bytes), &options)
}

fn read_text(text: &str) -> Reading {
    read_with(text.as_bytes(), |_| {})
}

/// Code and line of each fault.
fn faults(reading: &Reading) -> Vec<(&'static str, u32)> {
    for fault in &reading.faults {
        println!("{fault}");
    }
    reading.faults.iter().map(|fault| (fault.code, fault.place.line)).collect()
}
