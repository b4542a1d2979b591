//! Tests of the judging side: arithmetic, foreign vectors, forged archives, properties.
#![allow(clippy::unwrap_used, missing_docs)]

mod curve;
mod make;
mod vectors;
