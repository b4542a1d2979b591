//! Rows of CSV and XLSX files, with the place of every cell.
