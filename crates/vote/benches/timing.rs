//! Whether the time of making a ballot depends on the vote: Welch's t over two choices, taken in turn and in random order.
//!
//! `cargo bench -p vote --bench timing`, or `… -- RUNS` for more than the 20,000 of the default. |t| above 4.5 would be a leak. The slowest
//! tenth of all runs is left out on both sides alike: it measures other programs.

// Times are measured, not counted.
#![allow(clippy::float_arithmetic)]

use std::time::Instant;

use vote::trustee::single::PublicKey;
use vote::{Choice, Credential, Draft, Election, Hash, Limits, People, Question, Randomness, SecretScalar, Seeded, Uuid, make_ballot};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = arguments.iter().find_map(|argument| argument.parse().ok());
    let runs: u32 = asked.unwrap_or(if arguments.iter().any(|argument| argument == "--bench") { 20_000 } else { 20 });
    let mut source = Seeded::new(b"timing");
    let random = &mut Randomness::new(&mut source);
    let key = PublicKey::prove(&SecretScalar::random(random)?, random)?;
    let uuid = Uuid::random(random)?;
    let answers = ["Yes", "No"].map(str::to_owned);
    let questions = [Question::new("?", &answers, Limits { min: 0, max: 2, blank: true })?];
    let draft = Draft { uuid: &uuid, name: "timing", description: "", questions: &questions, people: &People::default() };
    let election = Election::new(&draft, key.key())?;
    let voter = Credential::random(random)?.key(&uuid);
    let kinds: [(&str, [Option<&[usize]>; 2]); 3] =
        [("yes or no", [Some(&[0]), Some(&[1])]), ("one or both", [Some(&[0]), Some(&[0, 1])]), ("blank or yes", [None, Some(&[0])])];
    for (name, pair) in kinds {
        let mut times: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
        for run in 0..runs {
            let side = usize::from(Hash::of(format!("{name} {run}")).0[0] & 1);
            let choice = [match pair[side] {
                Some(list) => Choice::answers(&questions[0], list)?,
                None => Choice::blank(&questions[0])?,
            }];
            let started = Instant::now();
            let made = make_ballot(&election, &voter, &choice, random)?;
            times[side].push(started.elapsed().as_secs_f64() * 1e6);
            drop(made);
        }
        let mut all: Vec<f64> = times.iter().flatten().copied().collect();
        all.sort_by(f64::total_cmp);
        let limit = all[all.len() * 9 / 10];
        let figures = times.map(|list| {
            let kept: Vec<f64> = list.into_iter().filter(|time| *time <= limit).collect();
            let number = kept.len() as f64;
            let mean = kept.iter().sum::<f64>() / number;
            let variance = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (number - 1.0);
            (mean, variance / number)
        });
        let t = (figures[0].0 - figures[1].0) / (figures[0].1 + figures[1].1).sqrt();
        println!("{name:<14} {:>8.2} µs and {:>8.2} µs over {runs} runs: t = {t:.2}", figures[0].0, figures[1].0);
    }
    Ok(())
}
