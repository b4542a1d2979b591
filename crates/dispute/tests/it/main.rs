//! The tests of `dispute` from outside: one small valid folder and one mistake at a time; ten mistakes at once; bytes
//! that are no folder at all; and the founding disputes.

mod any_bytes;
mod bad_action;
mod bad_input;
mod campaign;
mod conference;
mod conference_day;
mod folder;
mod founding;
mod plan;
mod read_across;
mod roll;
mod talks;
