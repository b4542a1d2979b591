//! Dispute folders on disk: the one place of this crate that touches it.
