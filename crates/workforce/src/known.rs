//! Texts of a column that were understood before, found again by their bytes; and names by number.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use sheet::Trouble;

/// Texts that were understood before.
pub(crate) struct Known<V> {
    values: HashMap<Box<[u8]>, V, RandomState>,
    last: Vec<u8>,
    last_value: Option<V>,
}

/// The different names of a column, numbered.
pub(crate) struct Names {
    what: &'static str,
    most: usize,
    pub(crate) list: Vec<String>,
    numbers: HashMap<String, u32, RandomState>,
}

impl Names {
    pub(crate) fn new(what: &'static str, most: usize) -> Self {
        Self { what, most, list: Vec::new(), numbers: HashMap::default() }
    }

    /// An empty name is a name too: nobody said.
    pub(crate) fn number(&mut self, name: &str) -> Result<u32, Trouble> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        if self.list.len() == self.most {
            let what = format!("there are more than {} {}", pay::grouped(self.most as u64), self.what);
            return Err(Trouble::new("too-many-names", what, "check that the column is the right one"));
        }
        let number = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        Ok(number)
    }
}

/// Beyond so many different texts a column is read cell by cell, so that memory is bounded.
const MOST_TEXTS: usize = 200_000;

impl<V: Copy> Known<V> {
    pub(crate) fn new() -> Self {
        Self { values: HashMap::default(), last: Vec::new(), last_value: None }
    }

    #[inline]
    pub(crate) fn get(&mut self, raw: &[u8], understand: impl FnOnce(&[u8]) -> Result<V, Trouble>) -> Result<V, Trouble> {
        if let Some(value) = self.last_value
            && self.last == raw
        {
            return Ok(value);
        }
        let value = match self.values.get(raw) {
            Some(value) => *value,
            None => {
                let value = understand(raw)?;
                if self.values.len() < MOST_TEXTS {
                    self.values.insert(raw.into(), value);
                }
                value
            }
        };
        self.last.clear();
        self.last.extend_from_slice(raw);
        self.last_value = Some(value);
        Ok(value)
    }
}
