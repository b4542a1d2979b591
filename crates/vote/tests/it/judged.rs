//! The judging side judges what is made here: it passes; with one thing changed it does not.

use proptest::prelude::*;
use verify::{Check, Options, Report, Verdict};
use vote::archive::{EventKind, SetupRecords, Tail};
use vote::{Limits, Question};

use crate::made::{Holders, Made, Plan, Vote, make};

pub(crate) fn judge(archive: &[u8], companion: Option<&str>) -> Report {
    let options = Options { threads: 1, strict: true, ..Options::default() };
    verify::judge(archive, companion.map(str::as_bytes), &options)
}

fn faults(report: &Report) -> Vec<String> {
    report
        .checks
        .iter()
        .flat_map(|check| check.faults.iter().map(|fault| format!("{}: {}", check.check.id(), verify::output::fault_text(fault))))
        .collect()
}

/// A plan from a few small numbers.
fn plan(seed: u64, singles: bool, answers: usize, blank: bool, limits: (u32, u32), votes: &[(usize, Vec<bool>, bool)]) -> Made {
    let seed = format!("judged {seed}");
    let names: Vec<String> = (0..answers).map(|at| format!("Answer {at}")).collect();
    let max = limits.1.clamp(1, answers as u32);
    let limits = Limits { min: limits.0.min(max), max, blank };
    let question = Question::new("Which?", &names, limits).expect("a question");
    let cast = votes
        .iter()
        .map(|(voter, marks, wants_blank)| {
            if blank && *wants_blank {
                return (*voter, vec![Vote::Blank]);
            }
            let mut list: Vec<usize> = (0..answers).filter(|at| marks[*at]).take(limits.max as usize).collect();
            for at in 0..answers {
                if list.len() < limits.min as usize && !list.contains(&at) {
                    list.push(at);
                }
            }
            (*voter, vec![Vote::Answers(list)])
        })
        .collect();
    let (holders, counting) =
        if singles { (Holders::Singles(2), vec![1, 2]) } else { (Holders::Group { members: 3, needed: 2 }, vec![3, 1]) };
    make(&Plan { seed: &seed, holders, questions: vec![question], weights: None, voters: 5, votes: cast, counting })
}

/// What is changed in a valid election; each must be found by a check of its own.
#[derive(Clone, Copy, Debug)]
enum Tweak {
    None,
    LastBallotLeftOut,
    BallotTwice,
    BallotsOtherUuid,
    ResponseDigit,
    TwoChoicesSwapped,
    TallyOfOtherElection,
    OneShareMissing,
    SharesOwnerChanged,
    ResultOneMore,
    NothingAfterTheTally,
}

const TWEAKS: [(Tweak, &[Check]); 11] = [
    (Tweak::None, &[]),
    (Tweak::LastBallotLeftOut, &[Check::V40, Check::V43]),
    (Tweak::BallotTwice, &[Check::V36]),
    (Tweak::BallotsOtherUuid, &[Check::V27]),
    (Tweak::ResponseDigit, &[Check::V29, Check::V33]),
    (Tweak::TwoChoicesSwapped, &[Check::V29, Check::V33, Check::V34]),
    (Tweak::TallyOfOtherElection, &[Check::V43]),
    (Tweak::OneShareMissing, &[Check::V47]),
    (Tweak::SharesOwnerChanged, &[Check::V46]),
    (Tweak::ResultOneMore, &[Check::V50]),
    (Tweak::NothingAfterTheTally, &[]),
];

/// The archive again, with hashes and chain in order, from changed records.
fn again(made: &Made, tweak: Tweak, other: &Made) -> Vec<u8> {
    let list = made.credentials.record();
    let setup = SetupRecords { election: made.election.record(), trustees: made.trustees.record(), credentials: &list };
    let (mut tail, mut archive) = Tail::begin(1_795_290_802, &setup).expect("an archive");
    let mut append = |kind, records: &[&str]| archive.extend(tail.append(kind, records).expect("in order"));
    let mut ballots: Vec<String> = made.ballots.iter().map(|ballot| ballot.payload().to_owned()).collect();
    match tweak {
        Tweak::LastBallotLeftOut => drop(ballots.pop()),
        Tweak::BallotTwice => ballots.push(ballots[0].clone()),
        Tweak::BallotsOtherUuid => {
            ballots[0] = ballots[0].replacen(made.election.uuid().as_str(), other.election.uuid().as_str(), 1);
        }
        Tweak::ResponseDigit => {
            let at = ballots[0].find("\"response\":\"").expect("a response") + 13;
            let digit = if ballots[0].as_bytes()[at] == b'1' { "2" } else { "1" };
            ballots[0].replace_range(at..=at, digit);
        }
        Tweak::TwoChoicesSwapped => {
            let starts: Vec<usize> = ballots[0].match_indices("{\"alpha\"").map(|(at, _)| at).collect();
            let length = starts[1] - starts[0] - 1;
            let (first, second) =
                (ballots[0][starts[0]..starts[0] + length].to_owned(), ballots[0][starts[1]..starts[1] + length].to_owned());
            ballots[0].replace_range(starts[1]..starts[1] + length, &first);
            ballots[0].replace_range(starts[0]..starts[0] + length, &second);
        }
        _ => {}
    }
    for ballot in &ballots {
        append(EventKind::Ballot, &[ballot]);
    }
    append(EventKind::EndBallots, &[]);
    let tally = if matches!(tweak, Tweak::TallyOfOtherElection) { &other.tally } else { &made.tally };
    append(EventKind::EncryptedTally, &[tally.record(), &tally.sized_record()]);
    if matches!(tweak, Tweak::NothingAfterTheTally) {
        return archive;
    }
    let mut shares: Vec<(u32, String)> = made.decryptions.iter().map(|(trustee, decryption)| (trustee.0, decryption.record())).collect();
    match tweak {
        Tweak::OneShareMissing => drop(shares.pop()),
        Tweak::SharesOwnerChanged => {
            let [first, second] = shares.as_mut_slice() else { panic!("two shares") };
            std::mem::swap(&mut first.0, &mut second.0);
        }
        _ => {}
    }
    for (owner, record) in &shares {
        let owned = format!("{{\"owner\":{owner},\"payload\":\"{}\"}}", vote::Hash::of(record));
        append(EventKind::PartialDecryption, &[record, &owned]);
    }
    let mut result = made.result.clone();
    if matches!(tweak, Tweak::ResultOneMore) {
        result.counts[0][0] += 1;
    }
    append(EventKind::Result, &[&result.record()]);
    archive
}

#[test]
fn each_tweak_fails_at_its_own_check() {
    let votes: Vec<(usize, Vec<bool>, bool)> = (0..4).map(|voter| (voter, vec![voter != 1, voter == 1, false], false)).collect();
    let made = plan(1, false, 3, false, (1, 1), &votes);
    let other = plan(2, false, 3, false, (1, 1), &votes);
    for (tweak, expected) in TWEAKS {
        let archive = again(&made, tweak, &other);
        let report = judge(&archive, None);
        match tweak {
            Tweak::None => {
                assert!(archive == made.archive, "the same bytes again");
                assert_eq!(report.verdict, Verdict::Passed, "{:?}", faults(&report));
            }
            Tweak::NothingAfterTheTally => assert_eq!(report.verdict, Verdict::CouldNotCheck, "{:?}", faults(&report)),
            _ => {
                assert_eq!(report.verdict, Verdict::Failed, "{tweak:?}");
                let failed = report.failed();
                assert!(expected.iter().any(|check| failed.contains(check)), "{tweak:?}: {:?}", faults(&report));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every honest election passes in full, and any changed byte of archive or companion is found.
    #[test]
    fn what_is_made_passes_and_a_changed_byte_does_not(
        seed in any::<u64>(),
        singles in any::<bool>(),
        answers in 2_usize..5,
        blank in any::<bool>(),
        limits in (0_u32..3, 1_u32..4),
        votes in prop::collection::vec((0_usize..5, prop::collection::vec(any::<bool>(), 4), any::<bool>()), 0..6),
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let made = plan(seed, singles, answers, blank, limits, &votes);
        let report = judge(&made.archive, Some(&made.companion));
        prop_assert_eq!(report.verdict, Verdict::Passed, "{:?}", faults(&report));
        prop_assert_eq!(report.facts.result.as_ref(), Some(&made.result.counts));
        prop_assert_eq!(judge(&made.archive, None).verdict, Verdict::Passed);

        let mut archive = made.archive.clone();
        archive[place.index(made.archive.len())] ^= 1 << bit;
        prop_assert_ne!(judge(&archive, Some(&made.companion)).verdict, Verdict::Passed);
        let mut companion = made.companion.clone().into_bytes();
        let at = place.index(companion.len());
        companion[at] ^= 1 << bit;
        let options = Options { threads: 1, strict: true, ..Options::default() };
        prop_assert_ne!(verify::judge(&made.archive[..], Some(&companion[..]), &options).verdict, Verdict::Passed);
    }
}
