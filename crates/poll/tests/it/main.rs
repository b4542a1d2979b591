//! Tests of the steps of a poll: whole polls in memory, judged by `verify`; what a server takes in and what it refuses; files.

mod board;
mod files;
mod receiving;
mod running;
