//! Tests of delivery on the disk. Sending, with a real mail server and the program itself: `crates/cli/tests/deliver.rs`.

mod ledger;
mod post;
