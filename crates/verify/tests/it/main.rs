//! Tests of the judging side: arithmetic, foreign vectors, forged archives, properties.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod archives;
mod curve;
mod foreign;
mod forged;
mod make;
mod options;
mod properties;
mod shared_vectors;
mod vectors;
