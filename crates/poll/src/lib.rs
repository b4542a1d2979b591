//! The steps of a poll on files: plan, ceremony, credentials, opening, lines to be signed, counting.
