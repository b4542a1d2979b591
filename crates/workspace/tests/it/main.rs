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
//! The workspace on real folders: the shelf, and the pages of the founding disputes.

mod desk;
mod form;
mod shelf;
