//! The law against worked cases that a lawyer can read, against real ballots, and against every day from 1993 to 2027.

mod cases;
mod comparator;
mod every_day;
mod real_ballots;
mod traps;
