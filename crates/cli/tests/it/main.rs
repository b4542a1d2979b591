//! The program from outside: what scripts rely on, exit codes, and the figures that must come out.

mod action;
mod arrows;
mod campaign;
mod conference;
mod contract;
mod cost;
mod decide_pages;
#[cfg(feature = "serve")]
mod demo;
mod equal_pay;
mod exits;
mod figures;
mod folders;
mod mechanisms;
mod pages;
mod people;
mod redistribute;
mod rehearse;
mod roll;
mod run;
mod take_home;
mod talks;
mod workforce;
#[path = "workspace.rs"]
mod workspace_pages;
