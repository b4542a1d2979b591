//! Faults of a large file: all are counted, the first of each kind are kept.

use std::collections::BTreeMap;

use dated::{Fault, Place, Severity, grouped};

/// So many of each kind are kept to be shown.
pub const SHOWN: u64 = 50;

/// Counts every fault; keeps the first of each kind.
#[derive(Debug)]
pub struct FaultList {
    file: String,
    kept: Vec<Fault>,
    counts: BTreeMap<&'static str, Kind>,
}

#[derive(Clone, Copy, Debug)]
struct Kind {
    count: u64,
    first_not_shown: u32,
}

impl FaultList {
    /// An empty list of a file as its user named it.
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), kept: Vec::new(), counts: BTreeMap::new() }
    }

    /// Puts the sheet behind the name of the file.
    pub fn in_sheet(&mut self, sheet: &str) {
        self.file = format!("{}, sheet “{sheet}”", self.file);
    }

    /// Adds one; its sentences are made only where they will be shown.
    pub fn add(&mut self, code: &'static str, line: u64, what: impl FnOnce() -> String, fix: impl FnOnce() -> String) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let kind = self.counts.entry(code).or_insert(Kind { count: 0, first_not_shown: line });
        kind.count += 1;
        if kind.count <= SHOWN {
            let place = Place::new(&self.file, line);
            self.kept.push(Fault { code, severity: Severity::Error, place, what: what(), fix: fix() });
        } else if kind.count == SHOWN + 1 {
            kind.first_not_shown = line;
        }
    }

    /// How many there are, shown or not.
    pub fn count(&self) -> u64 {
        self.counts.values().map(|kind| kind.count).sum()
    }

    /// The faults by line, then for each kind how many more there are; and the count of each kind.
    pub fn into_parts(self) -> (Vec<Fault>, Vec<(&'static str, u64)>) {
        let mut faults = self.kept;
        faults.sort_by(|a, b| (a.place.line, a.code, &a.what).cmp(&(b.place.line, b.code, &b.what)));
        for (code, kind) in self.counts.iter().filter(|(_, kind)| kind.count > SHOWN) {
            faults.push(Fault {
                code,
                severity: Severity::Error,
                place: Place::new(&self.file, kind.first_not_shown),
                what: format!("and {} more of this kind ({code}), from this line on", grouped(kind.count - SHOWN)),
                fix: "mend the column, not the cells: so many of one kind have one cause".to_owned(),
            });
        }
        (faults, self.counts.into_iter().map(|(code, kind)| (code, kind.count)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_are_shown_and_all_are_counted() {
        let mut list = FaultList::new("f.csv");
        for line in 2..=124 {
            list.add("not-a-number", line, || "x".into(), String::new);
        }
        list.add("not-a-date", 9, || "y".into(), String::new);
        assert_eq!(list.count(), 124);
        let (faults, counts) = list.into_parts();
        assert_eq!(faults.len(), 52);
        assert_eq!(counts, [("not-a-date", 1), ("not-a-number", 123)]);
        let rest = faults.last().expect("the rest");
        assert_eq!((rest.place.line, rest.what.as_str()), (52, "and 73 more of this kind (not-a-number), from this line on"));
    }
}
