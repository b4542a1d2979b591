//! The pages against the library's values.
