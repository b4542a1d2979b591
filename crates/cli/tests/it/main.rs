//! The program from outside: what scripts rely on, exit codes, and the figures that must come out.

mod action;
mod campaign;
mod conference;
mod contract;
mod cost;
mod decide_pages;
mod equal_pay;
mod exits;
mod figures;
mod folders;
mod people;
mod redistribute;
mod roll;
mod run;
mod take_home;
mod talks;
mod workforce;
