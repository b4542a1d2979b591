//! Known values from elections made by the foreign program.
