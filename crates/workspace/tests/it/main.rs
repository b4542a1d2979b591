//! The workspace: pages against the library's values, and the shelf on real folders.

mod action;
mod ask;
mod ballot;
mod campaign;
mod claims;
mod compare;
mod conference;
mod desk;
mod every_page;
mod form;
mod founding;
mod look;
mod officer;
mod positions;
mod redistribute;
mod shelf;
mod worth;
