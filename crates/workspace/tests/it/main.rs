//! The pages against the library's values.

mod founding;
mod look;
mod worth;
