//! The program from outside: what scripts rely on, exit codes, and the figures that must come out.

mod action;
mod contract;
mod exits;
mod figures;
mod folders;
mod run;
