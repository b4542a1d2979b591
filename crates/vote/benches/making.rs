//! How long making takes: one ballot, 10,000 credentials, a partial decryption. `cargo bench -p vote`
//!
//! Least of many runs, in microseconds of wall time: the least is what the machine can do when nobody disturbs it. Beside each
//! stands the floor: group operations times their cost, both measured in the same run.

// Times are measured, not counted.
#![allow(clippy::float_arithmetic)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use vote::trustee::decrypt::decrypt;
use vote::trustee::single::PublicKey;
use vote::{
    Choice, Credential, Draft, Election, Element, EncryptedTally, Limits, People, PublicCredentials, Question, Randomness, SecretScalar,
    Seeded, Tally, Uuid, make_ballot,
};

fn least(runs: usize, mut work: impl FnMut()) -> Duration {
    (0..runs)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo test --benches` runs this too: once is enough then.
    let runs = if std::env::args().any(|argument| argument == "--bench") { 300 } else { 1 };
    let mut source = Seeded::new(b"bench");
    let random = &mut Randomness::new(&mut source);
    let secret = SecretScalar::random(random)?;
    let key = PublicKey::prove(&secret, random)?;
    let uuid = Uuid::random(random)?;
    // Ten in a row, as a ballot makes them: the table is then as near as it can be.
    let ten = least(runs * 10, || {
        for _ in 0..10 {
            black_box(Element::generator_secret_power(black_box(&secret)));
        }
    });
    let power = microseconds(ten) / 10.0;
    println!("{:<58} {power:>10.1} µs", "one fixed-base power, constant time");

    let answers = ["Yes", "No", "Perhaps"].map(str::to_owned);
    let cases = [
        ("ballot, 2 answers, exactly one", Question::one_of("?", &["Yes", "No"])?, 19),
        ("ballot, 3 answers, exactly one", Question::one_of("?", &["Yes", "No", "Perhaps"])?, 27),
        ("ballot, 3 answers, exactly one, blank allowed", Question::new("?", &answers, Limits { min: 1, max: 1, blank: true })?, 45),
    ];
    for (name, question, powers) in cases {
        let questions = [question];
        let draft = Draft { uuid: &uuid, name: "bench", description: "", questions: &questions, people: &People::default() };
        let election = Election::new(&draft, key.key())?;
        let voter = Credential::random(random)?.key(&uuid);
        let choices = [Choice::answers(&questions[0], &[1])?];
        let time = microseconds(least(runs, || {
            black_box(make_ballot(&election, &voter, &choices, random).is_ok());
        }));
        let floor = power * f64::from(powers);
        println!("{name:<58} {time:>10.1} µs   floor {floor:.1} ({powers} powers), {:.2} times", time / floor);
    }

    let questions = [Question::one_of("?", &["Yes", "No"])?];
    let number = if runs == 1 { 100 } else { 10_000 };
    let one_by_one = least((runs / 60).max(1), || {
        for _ in 0..number {
            let made = Credential::random(random).map(|credential| *credential.key(&uuid).encoded());
            black_box(made.is_ok());
        }
    });
    let together = least((runs / 60).max(1), || {
        let credentials: Vec<Credential> = (0..number).filter_map(|_| Credential::random(random).ok()).collect();
        black_box(Credential::public_all(&credentials, &uuid));
    });
    let floor = power * f64::from(number);
    for (how, time) in [("one by one", one_by_one), ("together", together)] {
        println!(
            "{:<58} {:>10.1} ms   floor {:.1}, {:.2} times",
            format!("{number} credentials, {how}"),
            microseconds(time) / 1e3,
            floor / 1e3,
            microseconds(time) / floor
        );
    }

    let draft = Draft { uuid: &uuid, name: "bench", description: "", questions: &questions, people: &People::default() };
    let election = Election::new(&draft, key.key())?;
    let voter = Credential::random(random)?.key(&uuid);
    let list = PublicCredentials::new(vec![*voter.encoded()])?;
    let ballot = make_ballot(&election, &voter, &[Choice::answers(&questions[0], &[0])?], random)?;
    let time = microseconds(least(runs, || {
        let mut tally = Tally::new(&questions, &list);
        black_box(tally.add(&ballot).is_ok());
    }));
    println!("{:<58} {time:>10.1} µs", "adding a ballot to the tally");
    let mut tally = Tally::new(&questions, &list);
    tally.add(&ballot)?;
    let tally: EncryptedTally = tally.close();
    let time = microseconds(least(runs, || {
        black_box(decrypt(&election, &tally, &secret, random).is_ok());
    }));
    println!("{:<58} {time:>10.1} µs", "partial decryption of two sums, both proofs");
    Ok(())
}
