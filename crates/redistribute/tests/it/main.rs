//! The crate from outside: worked cases, and properties of any answer.

mod properties;
mod support;
mod worked;
