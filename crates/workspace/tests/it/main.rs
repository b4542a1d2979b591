//! The pages against the library's values.

mod claims;
mod compare;
mod founding;
mod look;
mod redistribute;
mod worth;
