//! The pages against the library's values.

mod action;
mod ask;
mod ballot;
mod campaign;
mod conference;
mod every_page;
mod founding;
mod look;
mod positions;
mod worth;
