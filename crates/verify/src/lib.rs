//! Being built.
pub mod container;
pub mod curve;
pub mod hex;
pub mod json;
