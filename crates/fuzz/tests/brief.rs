//! Every target for a fixed number of seeded mutations, on every run of the tests.
//!
//! `FUZZ_SEED=7` takes other mutations (the seed is 1 otherwise), `FUZZ_TIMES=100` a hundred times as many. A failing input
//! is written under `target/fuzz/`, and `cargo +nightly fuzz run TARGET FILE` repeats it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fuzz::mutate::{Chance, mutate};
use fuzz::{TARGETS, Target, seeds};

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// Runs one input; `what` says where it comes from.
fn run(target: Target, input: &[u8], what: &str) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz");
    let path = folder.join(format!("{}-{}", target.name, what.replace(' ', "-")));
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input));
    let place = match written {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("nowhere ({error})"),
    };
    let shown = input[..input.len().min(4000)].escape_ascii();
    panic!("target {}, {what}: {} bytes, written to {place}\n{shown}", target.name, input.len());
}

fn brief(name: &str) {
    let target = *TARGETS.iter().find(|target| target.name == name).expect("a target");
    let seeds = seeds::of(name).expect("the vectors");
    assert!(!seeds.is_empty(), "{name} has first inputs");
    for first in &seeds {
        run(target, &first.bytes, &format!("first input {}", first.name));
    }
    let seed = setting("FUZZ_SEED").unwrap_or(1);
    let executions = u64::from(target.brief_executions) * setting("FUZZ_TIMES").unwrap_or(1);
    for execution in 0..u32::try_from(executions).expect("fewer executions") {
        let mut chance = Chance::new(seed, name, execution);
        let [one, other] = [chance.below(seeds.len()), chance.below(seeds.len())];
        let input = mutate(&seeds[one].bytes, &seeds[other].bytes, &mut chance);
        run(target, &input, &format!("seed {seed} execution {execution}"));
    }
    println!("{name}: {} first inputs and {executions} mutations with seed {seed}", seeds.len());
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { brief(stringify!($name)); })*

        #[test]
        fn no_target_is_left_out() {
            assert_eq!([$(stringify!($name)),*], TARGETS.map(|target| target.name));
        }
    };
}

targets! { json archive records ballot companion curve vote_and_verify dispute_folder pay_file }

#[test]
fn a_mutation_is_the_same_again_and_another_for_another_seed() {
    let made = |seed| mutate(b"{\"a\":12}", b"[]", &mut Chance::new(seed, "json", 5));
    assert_eq!(made(1), made(1));
    assert!((2..30).any(|seed| made(seed) != made(1)));
}

#[test]
fn a_failing_input_is_named_and_kept() {
    let target = Target { name: "broken", run: |data| assert!(data.len() < 3, "too long"), brief_executions: 0 };
    let failure = catch_unwind(|| run(target, b"a\xffc", "seed 1 execution 2")).expect_err("it fails");
    let said = failure.downcast_ref::<String>().expect("a sentence");
    assert!(said.contains("target broken, seed 1 execution 2: 3 bytes") && said.contains("a\\xffc"), "{said}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz/broken-seed-1-execution-2");
    assert_eq!(std::fs::read(file).expect("kept"), b"a\xffc");
}
