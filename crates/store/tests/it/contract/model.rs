//! Any order of acts gives the answers of a simple model in memory.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use store::{CastOutcome, ChallengeOutcome, CredentialState, Effect, Revote, Store};

use super::Place;
use crate::made::{CLOSES, OPENS, cast, election, element, entry, next_line};

const CREDENTIALS: u32 = 6;
const SPARES: u32 = 2;

#[derive(Clone, Debug)]
enum Step {
    Cast {
        credential: u32,
        version: u32,
        after_opening: i64,
    },
    Challenge {
        credential: u32,
        version: u32,
    },
    Void(u32),
    Replace {
        old: u32,
        new: u32,
    },
    Extend(i64),
    Close {
        after_closing: i64,
    },
    /// Another handle on the same database, as after a start.
    OpenAgain,
}

fn step() -> impl Strategy<Value = Step> {
    let credential = 0..CREDENTIALS + 1;
    prop_oneof![
        12 => (credential.clone(), 0..3_u32, prop_oneof![Just(-1), 0..1_000_i64, Just(86_399), Just(86_400), Just(86_500)])
            .prop_map(|(credential, version, after_opening)| Step::Cast { credential, version, after_opening }),
        2 => (credential.clone(), 0..3_u32).prop_map(|(credential, version)| Step::Challenge { credential, version }),
        2 => credential.clone().prop_map(Step::Void),
        2 => (credential.clone(), credential).prop_map(|(old, new)| Step::Replace { old, new }),
        1 => (-10..200_i64).prop_map(Step::Extend),
        1 => (-10..200_i64).prop_map(|after_closing| Step::Close { after_closing }),
        1 => Just(Step::OpenAgain),
    ]
}

struct Model {
    revote: Revote,
    states: Vec<CredentialState>,
    board: Vec<(u32, u32)>,
    challenged: BTreeSet<(u32, u32)>,
    closes_at: i64,
    is_closed: bool,
}

impl Model {
    fn last(&self, credential: u32) -> Option<usize> {
        self.board.iter().rposition(|ballot| ballot.0 == credential)
    }

    fn cast(&mut self, credential: u32, version: u32, received_at: i64) -> CastOutcome {
        let ballot = (credential, version);
        let recorded = |at: usize, again| CastOutcome::Recorded { height: at as u64 + 1, again };
        if let Some(at) = self.board.iter().position(|other| *other == ballot) {
            return if self.last(credential) == Some(at) { recorded(at, true) } else { CastOutcome::Superseded };
        }
        if self.is_closed || received_at >= self.closes_at {
            return CastOutcome::Closed { closes_at: self.closes_at };
        }
        if received_at < OPENS {
            return CastOutcome::NotOpen { opens_at: OPENS };
        }
        if self.challenged.contains(&ballot) {
            return CastOutcome::Challenged;
        }
        match self.states.get(credential as usize) {
            None => CastOutcome::Unknown,
            Some(CredentialState::Void) => CastOutcome::Void,
            Some(CredentialState::Replaced) => CastOutcome::Replaced,
            Some(CredentialState::Spare) => CastOutcome::Inactive,
            Some(CredentialState::Ready) if self.revote == Revote::One && self.last(credential).is_some() => CastOutcome::AlreadyVoted,
            Some(CredentialState::Ready) => {
                self.board.push(ballot);
                recorded(self.board.len() - 1, false)
            }
        }
    }

    fn is_free(&self, credential: u32, state: CredentialState) -> bool {
        self.states.get(credential as usize) == Some(&state) && self.last(credential).is_none()
    }
}

async fn line(store: &Store, uuid: &str, effect: Effect) -> bool {
    let line = next_line(store, uuid, "void", effect).await;
    store.append_line(uuid, line, entry("change")).await.is_ok()
}

async fn run(place: &Place, uuid: &str, revote: Revote, steps: &[Step]) {
    let mut store = place.open().await;
    store.begin_election(election(uuid, CREDENTIALS as usize, SPARES as usize, revote), entry("begin")).await.expect("begun");
    let state = |at| if at < CREDENTIALS - SPARES { CredentialState::Ready } else { CredentialState::Spare };
    let states = (0..CREDENTIALS).map(state).collect();
    let mut model = Model { revote, states, board: Vec::new(), challenged: BTreeSet::new(), closes_at: CLOSES, is_closed: false };
    for (at, step) in steps.iter().enumerate() {
        let place_of = format!("step {at} of {steps:?} in {uuid}");
        match step {
            Step::Cast { credential, version, after_opening } => {
                let mut ballot = cast(uuid, *credential, *version);
                ballot.received_at = OPENS + after_opening;
                let expected = model.cast(*credential, *version, ballot.received_at);
                assert_eq!(store.cast(ballot).await, Ok(expected), "{place_of}");
            }
            Step::Challenge { credential, version } => {
                let expected = match model.board.iter().position(|ballot| *ballot == (*credential, *version)) {
                    Some(at) => ChallengeOutcome::Cast { height: at as u64 + 1 },
                    None => {
                        model.challenged.insert((*credential, *version));
                        ChallengeOutcome::Recorded
                    }
                };
                assert_eq!(store.challenge(uuid, cast(uuid, *credential, *version).tracker).await, Ok(expected), "{place_of}");
            }
            Step::Void(credential) => {
                let expected = model.is_free(*credential, CredentialState::Ready);
                let effect = Effect::Void { credential: element(*credential as usize), pack: None };
                assert_eq!(line(&store, uuid, effect).await, expected, "{place_of}");
                if expected {
                    model.states[*credential as usize] = CredentialState::Void;
                }
            }
            Step::Replace { old, new } => {
                let expected =
                    !model.is_closed && model.is_free(*old, CredentialState::Ready) && model.is_free(*new, CredentialState::Spare);
                let effect = Effect::Replace { old: element(*old as usize), new: element(*new as usize) };
                assert_eq!(line(&store, uuid, effect).await, expected, "{place_of}");
                if expected {
                    model.states[*old as usize] = CredentialState::Replaced;
                    model.states[*new as usize] = CredentialState::Ready;
                }
            }
            Step::Extend(by) => {
                let closes_at = CLOSES + by;
                let expected = !model.is_closed && closes_at > model.closes_at;
                assert_eq!(line(&store, uuid, Effect::Extend { closes_at }).await, expected, "{place_of}");
                if expected {
                    model.closes_at = closes_at;
                }
            }
            Step::Close { after_closing } => {
                let now = CLOSES + after_closing;
                let expected = model.is_closed || now >= model.closes_at;
                assert_eq!(store.close(uuid, now, entry("close")).await.is_ok(), expected, "{place_of}");
                model.is_closed |= expected;
            }
            Step::OpenAgain => store = place.open().await,
        }
    }
    let info = store.get_election(uuid).await.expect("there");
    let voted: BTreeMap<u32, ()> = model.board.iter().map(|ballot| (ballot.0, ())).collect();
    assert_eq!((info.ballots, info.voted), (model.board.len() as u64, voted.len() as u64));
    let board: Vec<[u8; 32]> = model.board.iter().map(|(credential, version)| cast(uuid, *credential, *version).tracker).collect();
    let stored: Vec<[u8; 32]> = store.list_ballots(uuid, 0, 1_000).await.expect("a list").iter().map(|ballot| ballot.tracker).collect();
    assert_eq!(stored, board);
}

pub(crate) async fn any_order_of_acts_is_as_in_the_model(place: &Place) {
    // Seeded, so that a failing run comes again.
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for case in 0..24_u32 {
        let revote = if case.is_multiple_of(2) { Revote::One } else { Revote::Last };
        let steps = prop::collection::vec(step(), 1..60).new_tree(&mut runner).expect("steps").current();
        run(place, &format!("case{case}"), revote, &steps).await;
    }
    assert_eq!(place.open().await.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
}
