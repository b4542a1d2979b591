//! The workspace on real folders: the shelf, and the pages of the founding disputes.

mod desk;
mod form;
mod shelf;
