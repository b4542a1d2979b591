//! Change one thing anywhere, and the verdict flips; change nothing of meaning, and it stays.

use crate::make::{Spec, honest};
use crate::vectors::archive_of;
use proptest::prelude::*;
use std::sync::OnceLock;
use verify::{Options, Verdict, judge};

/// An archive, and its companion if it has one.
type Pair = (Vec<u8>, Option<Vec<u8>>);

fn good() -> &'static [Pair] {
    static GOOD: OnceLock<Vec<Pair>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let small = honest(&Spec::small());
        let rich = honest(&Spec::rich());
        vec![
            (small.archive, Some(small.companion)),
            (rich.archive, Some(rich.companion)),
            (archive_of("ed25519-basic"), None),
            (archive_of("ed25519-threshold"), None),
        ]
    })
}

fn verdict(archive: &[u8], companion: Option<&[u8]>) -> Verdict {
    judge(archive, companion, &Options { threads: 1, ..Options::default() }).verdict
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Bad inputs of the kinds [23] and [75]: one bit of the archive.
    #[test]
    fn one_bit_of_an_archive(which in 0usize..4, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let (archive, companion) = &good()[which];
        let mut changed = archive.clone();
        let at = at.index(changed.len());
        changed[at] ^= 1 << bit;
        prop_assert_ne!(verdict(&changed, companion.as_deref()), Verdict::Passed);
    }

    #[test]
    fn one_bit_of_a_companion(which in 0usize..2, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let (archive, companion) = &good()[which];
        let mut changed = companion.clone().unwrap();
        let at = at.index(changed.len());
        changed[at] ^= 1 << bit;
        prop_assert_ne!(verdict(archive, Some(&changed)), Verdict::Passed);
    }

    #[test]
    fn an_archive_cut_anywhere(which in 0usize..4, at in any::<prop::sample::Index>()) {
        let (archive, companion) = &good()[which];
        let at = at.index(archive.len());
        prop_assert_ne!(verdict(&archive[..at], companion.as_deref()), Verdict::Passed);
    }

    #[test]
    fn a_companion_cut_anywhere(which in 0usize..2, at in any::<prop::sample::Index>()) {
        let (archive, companion) = &good()[which];
        let companion = companion.as_ref().unwrap();
        let at = at.index(companion.len());
        prop_assert_ne!(verdict(archive, Some(&companion[..at])), Verdict::Passed);
    }

    #[test]
    fn blocks_exchanged_removed_or_doubled(which in 0usize..4, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(), how in 0u8..3) {
        let (archive, companion) = &good()[which];
        let mut blocks: Vec<&[u8]> = archive.chunks(512).collect();
        let (a, b) = (a.index(blocks.len()), b.index(blocks.len()));
        match how {
            0 => blocks.swap(a, b),
            1 => { blocks.remove(a); }
            _ => blocks.insert(b, blocks[a]),
        }
        let changed = blocks.concat();
        prop_assume!(changed != *archive);
        prop_assert_ne!(verdict(&changed, companion.as_deref()), Verdict::Passed);
    }

    #[test]
    fn one_companion_beside_another_archive(which in 0usize..2) {
        let companion = good()[1 - which].1.as_deref();
        prop_assert_eq!(verdict(&good()[which].0, companion), Verdict::Failed);
    }
}
