//! Tests of the making side: against known transcripts, against the foreign program, against the judging side.

mod foreign;
mod judged;
mod known;
mod made;
mod parsers;
mod vectors;
