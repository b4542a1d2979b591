//! Trustees: who together can open the count, and nobody else.
//!
//! Either *Single* trustees, all of whom are needed, or a *Pedersen* group of n of whom a quorum of k is enough. The key
//! ceremony of a Pedersen group, in files named after its steps (voting.md section 6):
//!
//! 1. [`key`]: every member makes a seed and publishes a certificate of two keys;
//! 2. [`commit`]: every member fixes its polynomial and publishes a commitment to it, before anybody shows anything;
//! 3. [`share`]: every member opens: coefficients in the exponent, and a key share encrypted to each other member;
//! 4. [`confirm`]: every member checks everything it received and publishes its verification key.
//!
//! After the count, [`decrypt`] makes a trustee's partial decryption.

pub mod commit;
pub mod confirm;
pub mod decrypt;
pub mod key;
pub mod message;
pub mod record;
pub mod share;
pub mod single;

use std::fmt;

/// A trustee or member, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrusteeNumber(pub u32);

impl fmt::Display for TrusteeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The context of a Pedersen group: how many members, how many of them are enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// n.
    pub members: u32,
    /// k.
    pub needed: u32,
}

impl Quorum {
    /// Most trustees of an election.
    pub const MOST_MEMBERS: u32 = 32;

    /// At least two are needed, and at least one may be missing.
    pub fn new(members: u32, needed: u32) -> Option<Self> {
        (needed >= 2 && needed < members && members <= Self::MOST_MEMBERS).then_some(Self { members, needed })
    }
}

/// What is wrong in a key ceremony, and whose part it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CeremonyFault {
    /// Not one contribution from each member.
    NumberOfMembers {
        /// Expected.
        expected: u32,
        /// Found.
        found: usize,
    },
    /// A file of this member has another shape.
    Shape {
        /// Who.
        trustee: TrusteeNumber,
        /// What cannot be read.
        what: String,
    },
    /// A certificate is for another group, size, quorum or place.
    Context {
        /// Who.
        trustee: TrusteeNumber,
    },
    /// A signature does not hold.
    Signature {
        /// Who.
        trustee: TrusteeNumber,
        /// Of what.
        what: &'static str,
    },
    /// Two members with one key.
    SameKey {
        /// The one.
        one: TrusteeNumber,
        /// The other.
        two: TrusteeNumber,
    },
    /// Not as many coefficients as the quorum.
    NumberOfCoefficients {
        /// Who.
        trustee: TrusteeNumber,
    },
    /// An opening that is not what was committed to (V20).
    OpeningDiffers {
        /// Who.
        trustee: TrusteeNumber,
    },
    /// A key share that cannot be opened, or is addressed to somebody else.
    ShareUnreadable {
        /// Who sent it.
        trustee: TrusteeNumber,
    },
    /// A key share that does not lie on the sender's polynomial (V24).
    ShareDiffers {
        /// Who sent it.
        trustee: TrusteeNumber,
    },
    /// A verification key that is not what the coefficients give (V24).
    VerificationKeyDiffers {
        /// Whose.
        trustee: TrusteeNumber,
    },
    /// A proof of knowledge that does not hold (V22).
    Possession {
        /// Who.
        trustee: TrusteeNumber,
    },
    /// The joint key is 1.
    KeyIsIdentity,
    /// This key file is no member's here.
    NotAMember,
    /// The transcript differs from the one this trustee took part in.
    TranscriptDiffers,
    /// No randomness.
    Randomness(crate::random::NoRandomness),
}

impl From<crate::random::NoRandomness> for CeremonyFault {
    fn from(fault: crate::random::NoRandomness) -> Self {
        Self::Randomness(fault)
    }
}

impl fmt::Display for CeremonyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NumberOfMembers { expected, found } => write!(f, "{expected} trustees must take part; there are files of {found}"),
            Self::Shape { trustee, what } => write!(f, "trustee {trustee}: {what} cannot be read"),
            Self::Context { trustee } => {
                write!(f, "trustee {trustee}: the certificate is for another ceremony, number of trustees, quorum or place")
            }
            Self::Signature { trustee, what } => write!(f, "trustee {trustee}: the signature of the {what} does not hold"),
            Self::SameKey { one, two } => write!(f, "trustees {one} and {two} have the same key"),
            Self::NumberOfCoefficients { trustee } => write!(f, "trustee {trustee}: not as many coefficients as the quorum"),
            Self::OpeningDiffers { trustee } => write!(f, "trustee {trustee}: the opening is not what was committed to"),
            Self::ShareUnreadable { trustee } => write!(f, "the key share from trustee {trustee} cannot be opened"),
            Self::ShareDiffers { trustee } => write!(f, "the key share from trustee {trustee} does not lie on its polynomial"),
            Self::VerificationKeyDiffers { trustee } => {
                write!(f, "trustee {trustee}: the verification key is not what the coefficients give")
            }
            Self::Possession { trustee } => write!(f, "trustee {trustee}: the proof of knowing the key does not hold"),
            Self::KeyIsIdentity => f.write_str("the joint key is the identity"),
            Self::NotAMember => f.write_str("this key belongs to none of the trustees here"),
            Self::TranscriptDiffers => f.write_str("the ceremony's files are not those this trustee took part in"),
            Self::Randomness(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for CeremonyFault {}
