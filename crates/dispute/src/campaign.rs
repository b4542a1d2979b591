//! Persuading: letters to members of Parliament, postcards, and the counts of both.
//!
//! A letter has three parts that make it worth reading: the member's own words, the member's own figure (the same as
//! on the member's page), and an ask that is tied to a record: the recommendation, with its date. Copies are found
//! before they are printed ([`sameness`]). Who is written to is a function of postcode *and date* ([`Postcodes`],
//! [`Seats`]). Rules with worked figures: `docs/spec/campaign.md`.
//!
//! Not here: paper and print. No message of a member is in any count, tally or fault.

mod claim_card;
mod counts;
mod figures;
mod letters;
mod plan;
mod postcards;
mod postcode;
mod postcodes;
mod safe_text;
pub mod sameness;
mod seats;
mod sites;
mod template;
mod writers;

pub use claim_card::{CardReading, ClaimCard, claim_card};
pub use counts::{BranchCount, Counts, SeatCount, counts};
pub use dated::Language;
pub use figures::FigureBasis;
pub use letters::{COMMONS, Letter, Letters, Places, letters};
pub use plan::{CampaignPlan, CardPlan, LetterPlan};
pub use postcards::{Postcard, Tally, postcards, tally};
pub use postcode::{Postcode, PostcodeFault};
pub use postcodes::{PostcodeRow, Postcodes, PostcodesBuilder};
pub use seats::{AS_ELECTED, Seat, SeatFault, SeatId, Seats, Sitting};
pub use sites::{Site, Sites};
pub use writers::{Writer, Writers};
