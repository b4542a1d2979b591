//! Single ballots of a real election: no panic, and only the election's own ballots are accepted.
#![no_main]

use std::sync::OnceLock;
use verify::BallotJudge;

const ARCHIVE: &[u8] = include_bytes!("../../vectors/belenios/ed25519-threshold/5v22jrwEV2n64T.bel");

struct Known {
    judge: BallotJudge,
    trackers: Vec<[u8; 32]>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut container = verify::container::Container::new(ARCHIVE);
        let mut records = Vec::new();
        while let Ok(Some(record)) = container.next_record() {
            records.push(record);
        }
        let judge = BallotJudge::new(&records[1].body, &records[3].body, 1).ok().expect("the vector is good");
        let ballots = records.iter().filter(|r| r.body.starts_with(b"{\"election_uuid\""));
        Known { judge, trackers: ballots.map(|r| r.named).collect() }
    })
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let known = known();
    if let Ok(accepted) = known.judge.judge(data) {
        assert!(known.trackers.contains(&accepted.tracker()), "a ballot that nobody made was accepted");
    }
});
