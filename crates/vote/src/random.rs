//! Randomness is an argument, and it fails closed.
//!
//! This crate has no random source. A caller brings one ([`Source`]); every value is drawn through [`Randomness`], which
//! refuses a source that fails, stands still or repeats itself. Nothing is encrypted then.

use std::fmt;

use sha2::{Digest as _, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Where random bytes come from: the operating system, or a seed in rehearsals and vectors.
pub trait Source {
    /// Fills the buffer with fresh bytes, or says that it cannot.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The source failed. Nothing was made with what it gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRandomness {
    /// The source reported a failure.
    SourceFailed,
    /// The source gave the same bytes again, or one byte for all.
    SourceStuck,
}

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SourceFailed => "the source of randomness failed; nothing was made",
            Self::SourceStuck => "the source of randomness repeats itself; nothing was made",
        })
    }
}

impl std::error::Error for NoRandomness {}

/// Draws blocks from a source and refuses obvious repetition.
pub struct Randomness<'s> {
    source: &'s mut dyn Source,
    last: Zeroizing<[u8; 64]>,
}

impl<'s> Randomness<'s> {
    /// Wraps a source.
    pub fn new(source: &'s mut dyn Source) -> Self {
        Self { source, last: Zeroizing::new([0; 64]) }
    }

    /// 64 fresh bytes.
    pub(crate) fn block(&mut self) -> Result<Zeroizing<[u8; 64]>, NoRandomness> {
        let mut block = Zeroizing::new([0; 64]);
        self.source.fill(&mut *block)?;
        let (first, second) = block.split_at(32);
        let stuck = block.ct_eq(&*self.last) | first.ct_eq(second) | block[1..].ct_eq(&block[..63]);
        if stuck.into() {
            return Err(NoRandomness::SourceStuck);
        }
        self.last.copy_from_slice(&*block);
        Ok(block)
    }

    /// A number from 0 and below `bound` (0 counts as 1), for drawing lots: one block, of which 128 bits are reduced.
    pub fn below(&mut self, bound: u32) -> Result<u32, NoRandomness> {
        let block = self.block()?;
        let number = block[..16].iter().fold(0, |number: u128, byte| number << 8 | u128::from(*byte));
        // Below a bound of 32 bits.
        Ok((number % u128::from(bound.max(1))) as u32)
    }
}

/// A stream of bytes from a seed, for rehearsals and test vectors. Never for a real vote: who knows the seed knows all.
///
/// Block i is SHA-512 of `whitley seeded source`, the seed, and i as eight bytes, big-endian.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Seeded {
    seed: Vec<u8>,
    block: u64,
}

impl Seeded {
    /// Starts the stream of this seed.
    pub fn new(seed: &[u8]) -> Self {
        Self { seed: seed.to_vec(), block: 0 }
    }
}

impl Source for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        for chunk in bytes.chunks_mut(64) {
            let mut hash = Sha512::new();
            hash.update(b"whitley seeded source");
            hash.update(&self.seed);
            hash.update(self.block.to_be_bytes());
            self.block = self.block.checked_add(1).ok_or(NoRandomness::SourceFailed)?;
            let block: Zeroizing<[u8; 64]> = Zeroizing::new(hash.finalize().into());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Constant(u8);
    impl Source for Constant {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    struct Repeating;
    impl Source for Repeating {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = at as u8;
            }
            Ok(())
        }
    }

    struct Broken;
    impl Source for Broken {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            bytes.fill(7);
            Err(NoRandomness::SourceFailed)
        }
    }

    #[test]
    fn bad_sources_are_refused() {
        for byte in [0, 7, 255] {
            assert_eq!(Randomness::new(&mut Constant(byte)).block().err(), Some(NoRandomness::SourceStuck));
        }
        let mut repeating = Repeating;
        let mut random = Randomness::new(&mut repeating);
        assert!(random.block().is_ok());
        assert_eq!(random.block().err(), Some(NoRandomness::SourceStuck));
        assert_eq!(Randomness::new(&mut Broken).block().err(), Some(NoRandomness::SourceFailed));
    }

    #[test]
    fn a_seed_gives_the_same_stream_again_and_another_seed_another() {
        let draw = |seed: &[u8]| Randomness::new(&mut Seeded::new(seed)).block().map(|block| *block);
        assert_eq!(draw(b"a"), draw(b"a"));
        assert_ne!(draw(b"a"), draw(b"b"));
    }
}
