//! The cells of one row, as bytes: nothing is understood yet.

/// The cells of one row. Kept between rows for its memory.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub(crate) data: Vec<u8>,
    /// Where each cell ends in `data`, `cells` of them.
    pub(crate) ends: Vec<usize>,
    pub(crate) cells: usize,
}

impl Row {
    /// A row without cells.
    pub fn new() -> Self {
        Self::default()
    }

    /// A row of these cells.
    pub fn of<'c>(cells: impl IntoIterator<Item = &'c str>) -> Self {
        let mut row = Self::new();
        cells.into_iter().for_each(|cell| row.push(cell.as_bytes()));
        row
    }

    /// How many cells there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.cells
    }

    /// Whether there is no cell at all.
    pub fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// A cell, counted from 0.
    #[inline]
    pub fn get(&self, at: usize) -> Option<&[u8]> {
        if at >= self.cells {
            return None;
        }
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.data.get(start..self.ends[at])
    }

    /// The cells from left to right.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        (0..self.cells).map(|at| self.get(at).unwrap_or_default())
    }

    /// Whether nothing is written in any cell.
    pub fn is_blank(&self) -> bool {
        self.iter().all(|cell| cell.trim_ascii().is_empty())
    }

    /// Adds a cell at the end.
    pub fn push(&mut self, cell: &[u8]) {
        let start = if self.cells == 0 { 0 } else { self.ends[self.cells - 1] };
        // What is behind the last cell is left from an earlier, longer row.
        self.data.truncate(start);
        self.ends.truncate(self.cells);
        self.data.extend_from_slice(cell);
        self.ends.push(self.data.len());
        self.cells += 1;
    }

    /// Takes all cells away.
    pub fn clear(&mut self) {
        self.cells = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_again_after_the_row_was_used_before() {
        let mut row = Row::of(["a", "", "long cell"]);
        assert_eq!((row.len(), row.get(1), row.get(3)), (3, Some(&b""[..]), None));
        row.clear();
        assert!(row.is_empty() && row.get(0).is_none());
        row.push(b"b");
        assert_eq!((row.iter().collect::<Vec<_>>(), row.is_blank()), (vec![&b"b"[..]], false));
    }
}
