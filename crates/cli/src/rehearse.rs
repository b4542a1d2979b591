//! `whitley rehearse`: a dispute's poll with a synthetic roll and real ballots, from the key ceremony to the verdict.
//!
//! Everybody in it is invented, and every secret comes from the seed: a rehearsal shows that the machinery works and how
//! long it takes. It says nothing about what members would vote.
//!
//! It streams: one unit at a time, its ballots made by all cores and appended in order, so memory does not grow with
//! the poll. The same seed gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use clap::Args;
use dispute::{Dispute, Poll, PollKind, QuestionKind};
use serde_json::json;
use vote::archive::{EventKind, SetupRecords, Tail};
use vote::companion::{Body, Chain, Figures, Revote, RoleKey, Roles, Setup, Signature};
use vote::trustee::commit::{self, Polynomial};
use vote::trustee::confirm::{self, Confirmation};
use vote::trustee::decrypt;
use vote::trustee::key::{Certificates, MemberKey};
use vote::trustee::record::Trustees;
use vote::trustee::share::Opening;
use vote::trustee::{Quorum, TrusteeNumber};
use vote::{
    Ballot, Choice, Credential, Draft, Election, Hash, People, PublicCredentials, Question, Randomness, SecretScalar, Seeded, Tally, Uuid,
    make_ballot,
};

use crate::answer::{self, Outcome, Table};
use crate::disk;
use crate::judge;

/// Arguments of `whitley rehearse`.
#[derive(Args)]
pub(crate) struct Rehearse {
    /// The dispute: a folder, a name under ./disputes, or one of the founding five
    dispute: String,
    /// Invented members entitled to vote, over all units
    #[arg(long, default_value_t = 2_000)]
    voters: u64,
    /// Number of balloting units (default: those of the poll)
    #[arg(long)]
    units: Option<usize>,
    /// Of a hundred members so many vote (default: as in the result of record, or invented)
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=100))]
    turnout: Option<u64>,
    /// Everything random comes from this
    #[arg(long, default_value = "1")]
    seed: String,
    /// Which poll of the dispute (default: its first statutory one)
    #[arg(long)]
    poll: Option<String>,
    /// Where the archives go (default: out/rehearsal-DISPUTE)
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The file that says that everything beside it is invented.
const LABEL: &str = "SYNTHETIC.txt";

/// Three trustees, any two of whom count.
const TRUSTEES: Quorum = Quorum { members: 3, needed: 2 };

/// Voters a worker takes at a time.
const CHUNK: usize = 64;

/// One in so many votes on paper: its credential is voided.
const PAPER: u64 = 250;

impl Rehearse {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let opened = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let poll = match choose(&opened.dispute, self.poll.as_deref()) {
            Ok(poll) => poll,
            Err(why) => {
                eprintln!("{why}");
                return Outcome::BadInput;
            }
        };
        let units = match share_out(poll, &opened.dispute, self.voters, self.units) {
            Ok(mut units) => {
                for unit in &mut units {
                    unit.turnout = self.turnout.map_or(unit.turnout, |percent| percent * 10);
                }
                units
            }
            Err(why) => {
                eprintln!("{why}");
                return Outcome::BadInput;
            }
        };
        let out = self.out.clone().unwrap_or_else(|| PathBuf::from("out").join(format!("rehearsal-{}", opened.dispute.id)));
        if out.exists() && !out.join(LABEL).is_file() {
            eprintln!("{} is already there and is no rehearsal; nothing was written", out.display());
            return Outcome::BadInput;
        }
        match self.rehearse(&opened.dispute, poll, &units, &out, as_json) {
            Ok(outcome) => outcome,
            Err(failure) => {
                eprintln!("the rehearsal failed: {failure}");
                Outcome::OurFailure
            }
        }
    }

    fn rehearse(&self, dispute: &Dispute, poll: &Poll, units: &[Unit], out: &Path, as_json: bool) -> Result<Outcome, Failure> {
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent)?;
        let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let draft = parent.join(format!(".{name}.draft-{}", std::process::id()));
        let made = self.make(dispute, poll, units, &draft).and_then(|made| {
            if out.exists() {
                std::fs::remove_dir_all(out)?;
            }
            std::fs::rename(&draft, out)?;
            Ok(made)
        });
        if made.is_err() {
            // The draft is ours alone; if even this fails there is nothing more to do.
            let _ = std::fs::remove_dir_all(&draft);
        }
        let (counted, times) = made?;
        Ok(self.report(dispute, poll, units, &counted, times, out, as_json))
    }

    /// Makes and verifies every unit's election in `draft`.
    fn make(&self, dispute: &Dispute, poll: &Poll, units: &[Unit], draft: &Path) -> Result<(Vec<Counted>, Times), Failure> {
        std::fs::create_dir_all(draft)?;
        std::fs::write(
            draft.join(LABEL),
            format!(
                "A rehearsal of the poll “{}” of the dispute {}.\n\nEverybody and everything in this folder is invented: members, credentials, votes, keys.\nAll secrets come from the seed “{}” and are known to whoever reads this.\nNothing here says what members voted or would vote.\n",
                poll.title, dispute.id, self.seed
            ),
        )?;
        let mut watch = Watch { times: Times::default(), progress: Progress(None) };
        let started = Instant::now();
        let keys = Keys::make(&format!("{}/{}", self.seed, poll.id))?;
        watch.times.add("key ceremony", started);
        let questions = questions(poll)?;
        let mut counted = Vec::with_capacity(units.len());
        let voters: u64 = units.iter().map(|unit| unit.voters).sum();
        let mut done = 0;
        for (number, unit) in units.iter().enumerate() {
            let made = self.unit(poll, unit, &questions, &keys, draft, &mut watch)?;
            done += unit.voters;
            watch.progress.say(
                &format!("unit {} of {}, {done} of {voters} voters: {}", number + 1, units.len(), unit.name),
                number + 1 == units.len(),
            );
            counted.push(made);
        }
        Ok((counted, watch.times))
    }

    /// One unit from setup to verdict.
    fn unit(
        &self,
        poll: &Poll,
        unit: &Unit,
        questions: &[Question],
        keys: &Keys,
        out: &Path,
        watch: &mut Watch,
    ) -> Result<Counted, Failure> {
        let seed = format!("{}/{}/{}", self.seed, poll.id, unit.id);
        let mut source = Seeded::new(seed.as_bytes());
        let random = &mut Randomness::new(&mut source);
        let voters = unit.voters as usize;

        // Setup: the roll, the credentials, the election, the opening of archive and companion.
        let started = Instant::now();
        let mut roll = String::from("unit,synthetic_member\n");
        for voter in 1..=voters {
            let _ = writeln!(roll, "{},synthetic {voter:06}", unit.id);
        }
        let uuid = Uuid::random(random)?;
        let credential = |voter: usize| -> Result<Credential, Failure> {
            let mut source = Seeded::new(format!("{seed}/credential/{voter}").as_bytes());
            Ok(Credential::random(&mut Randomness::new(&mut source))?)
        };
        let mut listed = Vec::with_capacity(voters);
        in_order(
            voters,
            |voter| Ok(*credential(voter)?.key(&uuid).encoded()),
            |_, encoded| {
                listed.push(encoded);
                Ok(())
            },
        )?;
        let credentials = PublicCredentials::new(listed)?;
        let revote = if poll.kind == PollKind::Statutory { Revote::One } else { Revote::Last };
        let draft = Draft {
            uuid: &uuid,
            name: &format!("REHEARSAL (synthetic): {}: {}", poll.title, unit.name),
            description: "Everybody in this election is invented.",
            questions,
            people: &People::default(),
        };
        let election = Election::new(&draft, keys.trustees.key())?;
        let list = credentials.record();
        let setup = SetupRecords { election: election.record(), trustees: keys.trustees.record(), credentials: &list };
        let (mut tail, bytes) = Tail::begin(1_767_225_600, &setup)?;
        let file_name = format!("{uuid}.bel");
        let mut archive = BufWriter::with_capacity(1 << 20, File::create(out.join(&file_name))?);
        archive.write_all(&bytes)?;
        let mut chain = Chain::default();
        let mut companion = keys.open_companion(&mut chain, &election, &credentials, unit, &Hash::of(&roll), revote, poll);
        std::fs::create_dir_all(out.join("rolls"))?;
        std::fs::write(out.join("rolls").join(format!("{}.csv", unit.id)), roll)?;
        drop(list);
        watch.times.add("roll, credentials, setup", started);

        // Casting. Some vote on paper (their credential is voided), some not at all; where it is allowed, some vote twice.
        let started = Instant::now();
        let mut tally = Tally::new(questions, &credentials);
        let (mut ballots, mut voided) = (0, 0);
        let mut expected = vec![vec![0_u128; 2]; questions.len()];
        let behaviour = |voter: usize| unit.behaviour(&seed, voter as u64, questions.len(), revote);
        let cast = |voter: usize| -> Result<(Behaviour, Vec<Ballot>, Credential), Failure> {
            let behaviour = behaviour(voter);
            let credential = credential(voter)?;
            let mut made = Vec::new();
            if !behaviour.casts.is_empty() {
                let key = credential.key(&uuid);
                let mut source = Seeded::new(format!("{seed}/ballot/{voter}").as_bytes());
                let random = &mut Randomness::new(&mut source);
                for votes in &behaviour.casts {
                    let choices: Result<Vec<Choice>, _> =
                        questions.iter().zip(votes).map(|(question, answer)| Choice::answers(question, &[*answer])).collect();
                    made.push(make_ballot(&election, &key, &choices?, random)?);
                }
            }
            Ok((behaviour, made, credential))
        };
        in_order(voters, cast, |voter, (behaviour, made, credential)| {
            watch.progress.say(&format!("{}: {voter} of {voters} voters", unit.name), false);
            if behaviour.paper {
                voided += 1;
                let body = Body::void(&election.hash(), credential.key(&uuid).encoded(), &format!("{voided:06}"));
                companion.push_str(&chain.append(&body, &keys.both(&body)));
            }
            for ballot in &made {
                archive.write_all(&tail.append(EventKind::Ballot, &[ballot.payload()])?)?;
                tally.add(ballot)?;
                ballots += 1;
            }
            if let Some(votes) = behaviour.casts.last() {
                for (counts, answer) in expected.iter_mut().zip(votes) {
                    counts[*answer] += 1;
                }
            }
            Ok(())
        })?;
        watch.times.add("ballots made and appended", started);

        let started = Instant::now();
        let tally = tally.close();
        archive.write_all(&tail.append(EventKind::EndBallots, &[])?)?;
        archive.write_all(&tail.append(EventKind::EncryptedTally, &[tally.record(), &tally.sized_record()])?)?;
        watch.times.add("close and tally", started);

        // Two of the three trustees count; which two changes from unit to unit.
        let started = Instant::now();
        let missing = (Hash::of(&seed).0[0] % 3) as usize;
        let mut decryptions = Vec::new();
        for (at, secret) in keys.secrets.iter().enumerate().filter(|(at, _)| *at != missing) {
            let trustee = TrusteeNumber(at as u32 + 1);
            let decryption = decrypt::decrypt(&election, &tally, secret, random)?;
            let record = decryption.record();
            let owned = format!("{{\"owner\":{trustee},\"payload\":\"{}\"}}", Hash::of(&record));
            archive.write_all(&tail.append(EventKind::PartialDecryption, &[&record, &owned])?)?;
            let body = Body::share(&election.hash(), trustee, &tally.hash(), &Hash::of(&record), &decryption.sound_proofs());
            companion.push_str(&chain.append(&body, &[keys.holders[at].sign(&body)]));
            decryptions.push((trustee, decryption));
        }
        let present: Vec<_> = decryptions.iter().map(|(trustee, decryption)| (*trustee, decryption)).collect();
        let result = vote::tally::result(&election, &keys.trustees, &tally, &present)?;
        archive.write_all(&tail.append(EventKind::Result, &[&result.record()])?)?;
        archive.into_inner().map_err(|error| error.into_error())?.sync_all()?;
        let (Some(lines), Some(last_event)) = (chain.last(), tail.last_event()) else { return Err("nothing was written".into()) };
        let body = Body::result(&Figures { election: election.hash(), lines, ballots, tally: &tally, voided, result: &result, last_event });
        companion.push_str(&chain.append(&body, &keys.both(&body)));
        let companion_path = out.join(format!("{uuid}.companion.jsonl"));
        std::fs::write(&companion_path, companion)?;
        watch.times.add("shares and result", started);
        if result.counts != expected {
            return Err(format!("unit {}: the count {:?} is not what was cast, {expected:?}", unit.name, result.counts).into());
        }

        let started = Instant::now();
        let verdict = judge::judge(&out.join(&file_name), Some(&companion_path));
        watch.times.add("verification", started);
        Ok(Counted {
            file: file_name,
            uuid: uuid.to_string(),
            voters: unit.voters,
            ballots,
            voted: tally.number(),
            paper: voided,
            counts: result.counts,
            verdict,
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn report(
        &self,
        dispute: &Dispute,
        poll: &Poll,
        units: &[Unit],
        counted: &[Counted],
        times: Times,
        out: &Path,
        as_json: bool,
    ) -> Outcome {
        let mut passed = true;
        let mut outcome = Outcome::Yes;
        for unit in counted {
            if unit.verdict.word != "passed" {
                passed = false;
                outcome = if unit.verdict.word == "failed" { Outcome::No } else { Outcome::CouldNotCheck };
                for line in &unit.verdict.faults {
                    eprintln!("{}: {line}", unit.file);
                }
            }
        }
        eprint!("{}", times.text());
        if as_json {
            let list: Vec<_> = units
                .iter()
                .zip(counted)
                .map(|(unit, counted)| {
                    json!({
                        "unit": unit.id, "name": unit.name, "synthetic": true, "entitled": counted.voters, "ballots": counted.ballots,
                        "voted": counted.voted, "paper": counted.paper, "result": counted.counts, "archive": counted.file,
                        "uuid": counted.uuid, "verdict": counted.verdict.word,
                    })
                })
                .collect();
            answer::print_json(&json!({
                "synthetic": true, "dispute": dispute.id, "poll": poll.id, "seed": self.seed, "folder": out.display().to_string(),
                "verdict": if passed { "passed" } else { "failed" }, "units": list,
            }));
            return outcome;
        }
        answer::print(&format!("REHEARSAL: every member and every vote below is invented (seed {}).\n{}\n\n", self.seed, poll.title));
        for (at, question) in poll.questions.iter().enumerate() {
            let mut table = Table::new(&["unit", ">entitled", ">voted", ">paper", ">yes", ">no", "archive", "verdict"]);
            answer::print(&format!("{}\n", question_text(question)));
            for (unit, counted) in units.iter().zip(counted).take(SHOWN) {
                let counts = counted.counts.get(at).cloned().unwrap_or_default();
                let cell = |place: usize| counts.get(place).map(u128::to_string).unwrap_or_default();
                table.row([
                    unit.name.clone(),
                    counted.voters.to_string(),
                    counted.voted.to_string(),
                    counted.paper.to_string(),
                    cell(0),
                    cell(1),
                    counted.file.clone(),
                    counted.verdict.word.to_owned(),
                ]);
            }
            answer::print(&table.text());
            if counted.len() > SHOWN {
                answer::print(&format!("  … and {} units more: --json lists all\n", counted.len() - SHOWN));
            }
            answer::print("\n");
        }
        let sum = |value: fn(&Counted) -> u64| counted.iter().map(value).sum::<u64>();
        answer::print(&format!(
            "{} archives in {}: {} entitled, {} ballots of {} voters, {} credentials voided for paper votes.\n",
            counted.len(),
            out.display(),
            sum(|unit| unit.voters),
            sum(|unit| unit.ballots),
            sum(|unit| unit.voted),
            sum(|unit| unit.paper),
        ));
        answer::print(if passed { "Every archive and companion passed every check.\n" } else { "NOT every archive passed.\n" });
        let small: Vec<&str> = units
            .iter()
            .zip(counted)
            .filter(|(_, counted)| counted.voters < u64::from(SMALL))
            .map(|(unit, _)| unit.name.as_str())
            .collect();
        if !small.is_empty() {
            answer::print(&format!(
                "Fewer than {SMALL} may vote in {}: such a result can show how somebody voted. Before a real poll opens, small units are\n\
                 merged by its plan, or its officer allows them by name.\n",
                some_of(&small)
            ));
        }
        if let Some(first) = counted.first() {
            answer::print(&format!(
                "\nCheck one with our program:     whitley vote verify {0}/{1} --companion {0}/{2}.companion.jsonl\n\
                 Check one with a foreign one:   belenios-tool election verify --dir {0} --uuid {2}\n\
                 (Debian 13: apt-get install belenios-tool; elsewhere: tools/install-belenios-tool.sh target/belenios)\n",
                out.display(),
                first.file,
                first.uuid
            ));
        }
        outcome
    }
}

/// Units printed for people.
const SHOWN: usize = 20;

/// Units with fewer members are merged unless the setup allows them.
const SMALL: u32 = 20;

/// The first three names, and how many more.
fn some_of(names: &[&str]) -> String {
    match names {
        [first, second, third, _, ..] => format!("{first}, {second}, {third} and {} more", names.len() - 3),
        few => few.join(" and "),
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A unit of the rehearsal and how its invented members behave.
struct Unit {
    id: String,
    name: String,
    voters: u64,
    /// In thousandths.
    turnout: u64,
    yes: u64,
}

/// What one invented member does.
struct Behaviour {
    paper: bool,
    /// Answers by question, for each time the member votes on the web.
    casts: Vec<Vec<usize>>,
}

impl Unit {
    fn behaviour(&self, seed: &str, voter: u64, questions: usize, revote: Revote) -> Behaviour {
        let hash = Hash::of(format!("{seed}/behaviour/{voter}"));
        let draw = |at: usize| u64::from(u16::from_be_bytes([hash.0[2 * at], hash.0[2 * at + 1]]));
        let paper = draw(0).is_multiple_of(PAPER);
        if paper || draw(1) % 1000 >= self.turnout {
            return Behaviour { paper, casts: Vec::new() };
        }
        let answers = |shift: usize| (0..questions).map(|at| usize::from(draw(3 + (at + shift) % 12) % 1000 >= self.yes)).collect();
        let twice = revote == Revote::Last && draw(2).is_multiple_of(40);
        Behaviour { paper, casts: if twice { vec![answers(6), answers(0)] } else { vec![answers(0)] } }
    }
}

/// What came of a unit.
struct Counted {
    file: String,
    uuid: String,
    voters: u64,
    ballots: u64,
    voted: u64,
    paper: u64,
    counts: Vec<Vec<u128>>,
    verdict: judge::Verdict,
}

/// The poll that is rehearsed.
fn choose<'a>(dispute: &'a Dispute, wanted: Option<&str>) -> Result<&'a Poll, String> {
    let known: Vec<&str> = dispute.polls.iter().map(|poll| poll.id.as_str()).collect();
    match wanted {
        Some(id) => dispute.polls.iter().find(|poll| poll.id == id).ok_or_else(|| {
            format!("{} has no poll “{id}”; it has {}", dispute.id, if known.is_empty() { "none".to_owned() } else { known.join(", ") })
        }),
        None => dispute
            .polls
            .iter()
            .find(|poll| poll.kind == PollKind::Statutory)
            .or(dispute.polls.first())
            .ok_or_else(|| format!("{} has no poll to rehearse; add polls/ID.toml to its folder", dispute.id)),
    }
}

/// Members for each unit: in proportion to those entitled where that is known, never none.
fn share_out(poll: &Poll, dispute: &Dispute, voters: u64, wanted: Option<usize>) -> Result<Vec<Unit>, String> {
    let number = wanted.unwrap_or(poll.units.len().max(1));
    if number == 0 || voters < number as u64 {
        return Err(format!("{voters} voters cannot be shared out to {number} units: each needs at least one"));
    }
    if voters > 20_000_000 {
        return Err("a rehearsal takes at most 20,000,000 voters".to_owned());
    }
    let known: Vec<u64> = poll.units.iter().filter_map(|unit| unit.entitled).collect();
    let usual = if known.is_empty() { 1000 } else { (known.iter().sum::<u64>() / known.len() as u64).max(1) };
    let weights: Vec<u64> =
        (0..number).map(|at| poll.units.get(at).map_or(usual.min(1 + usual / 4), |unit| unit.entitled.unwrap_or(usual)).max(1)).collect();
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let spare = u128::from(voters - number as u64);
    let mut units: Vec<Unit> = Vec::with_capacity(number);
    for (at, weight) in weights.iter().enumerate() {
        let voters = 1 + (spare * u128::from(*weight) / total) as u64;
        let hash = Hash::of(format!("{}/{at}", poll.id));
        let (mut turnout, mut yes) = (400 + u64::from(hash.0[0]) * 300 / 255, 350 + u64::from(hash.0[1]) * 400 / 255);
        let unit = poll.units.get(at);
        let of_record = unit.and_then(|unit| poll.results.iter().find(|result| result.unit.0 == unit.id));
        if let Some(result) = of_record
            && let (Some(for_it), Some(against)) = (result.yes, result.no)
            && for_it + against > 0
        {
            yes = for_it * 1000 / (for_it + against);
            if let Some(entitled) = unit.and_then(|unit| unit.entitled).filter(|entitled| *entitled > 0) {
                turnout = ((for_it + against) * 1000 / entitled).min(1000);
            }
        }
        let (id, name) = match unit {
            Some(unit) => (unit.id.clone(), unit.name.clone()),
            None if poll.units.is_empty() && number == 1 => ("all".to_owned(), dispute.title.clone()),
            None => (format!("synthetic-{}", at + 1), format!("Synthetic unit {}", at + 1)),
        };
        units.push(Unit { id, name, voters, turnout, yes });
    }
    // What rounding left over goes to the first unit.
    let given: u64 = units.iter().map(|unit| unit.voters).sum();
    units[0].voters += voters - given;
    Ok(units)
}

fn question_text(question: &dispute::Question) -> String {
    question.text.clone().unwrap_or_else(|| {
        match question.kind {
            QuestionKind::Strike => "Are you prepared to take part in industrial action consisting of a strike?",
            QuestionKind::ShortOfStrike => "Are you prepared to take part in industrial action short of a strike?",
            QuestionKind::AcceptOffer => "Do you accept the offer?",
            QuestionKind::FormalBallot => "Do you want a formal ballot for industrial action?",
        }
        .to_owned()
    })
}

fn questions(poll: &Poll) -> Result<Vec<Question>, Failure> {
    let mut questions = Vec::new();
    for question in &poll.questions {
        questions.push(Question::one_of(&question_text(question), &["Yes", "No"])?);
    }
    if questions.is_empty() {
        return Err(format!("the poll {} asks nothing", poll.id).into());
    }
    Ok(questions)
}

/// All keys of the rehearsal in one hand: in a real poll nobody has two of them.
struct Keys {
    ceremony: String,
    trustees: Trustees,
    secrets: Vec<SecretScalar>,
    holders: Vec<RoleKey>,
    commitments: Vec<Hash>,
    officer: RoleKey,
    scrutineer: RoleKey,
    authority: RoleKey,
}

impl Keys {
    /// The whole ceremony: certificates, commitments, openings, confirmations.
    fn make(seed: &str) -> Result<Self, Failure> {
        let mut source = Seeded::new(format!("{seed}/ceremony").as_bytes());
        let random = &mut Randomness::new(&mut source);
        let ceremony = format!("rehearsal {seed}");
        let numbers = || (1..=TRUSTEES.members).map(TrusteeNumber);
        let members = numbers().map(|_| MemberKey::random(random)).collect::<Result<Vec<_>, _>>()?;
        let records = members
            .iter()
            .zip(numbers())
            .map(|(key, trustee)| Ok(key.certificate(TRUSTEES, trustee, random)?.record().into_bytes()))
            .collect::<Result<Vec<_>, Failure>>()?;
        let certificates = Certificates::check(&records, TRUSTEES)?;
        let polynomials = numbers().map(|_| Polynomial::random(TRUSTEES.needed, random)).collect::<Result<Vec<_>, _>>()?;
        let commitments: Vec<Hash> = polynomials
            .iter()
            .zip(numbers())
            .map(|(polynomial, trustee)| commit::commitment(&ceremony, trustee, &polynomial.opening()))
            .collect();
        let mut openings = Vec::new();
        for ((key, polynomial), (trustee, committed)) in members.iter().zip(&polynomials).zip(numbers().zip(&commitments)) {
            let record = Opening::make(&certificates, key, polynomial, random)?.record();
            openings.push(Opening::check(record.as_bytes(), &certificates, trustee, &ceremony, committed)?);
        }
        let (mut confirmations, mut secrets) = (Vec::new(), Vec::new());
        for key in &members {
            let (confirmation, secret) = Confirmation::make(&certificates, &openings, key, random)?;
            confirmations.push(confirmation);
            secrets.push(secret);
        }
        let trustees = confirm::finish(&certificates, &openings, &confirmations)?;
        let holders = numbers().map(|_| RoleKey::random(random)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            ceremony,
            trustees,
            secrets,
            holders,
            commitments,
            officer: RoleKey::random(random)?,
            scrutineer: RoleKey::random(random)?,
            authority: RoleKey::random(random)?,
        })
    }

    fn both(&self, body: &Body) -> Vec<Signature> {
        vec![self.officer.sign(body), self.scrutineer.sign(body)]
    }

    #[allow(clippy::too_many_arguments)]
    fn open_companion(
        &self,
        chain: &mut Chain,
        election: &Election,
        credentials: &PublicCredentials,
        unit: &Unit,
        roll: &Hash,
        revote: Revote,
        poll: &Poll,
    ) -> String {
        let roles = Roles {
            officer: self.officer.public(),
            scrutineer: self.scrutineer.public(),
            authority: self.authority.public(),
            trustees: self.holders.iter().map(RoleKey::public).collect(),
        };
        let opens_at = poll.opened_on.map_or("2026-01-01T08:00:00Z".to_owned(), |day| format!("{day}T08:00:00Z"));
        let closes_at = poll
            .opened_on
            .and_then(|day| day.checked_add(jiff::Span::new().days(28)).ok())
            .map_or("2026-01-29T17:00:00Z".to_owned(), |day| format!("{day}T17:00:00Z"));
        let body = Body::setup(
            election,
            &Setup {
                unit: &unit.name,
                ceremony: &self.ceremony,
                opens_at: &opens_at,
                closes_at: &closes_at,
                roll: *roll,
                entitled: credentials.number(),
                revote,
                minimum: SMALL,
                units: std::slice::from_ref(&unit.name),
                small_allowed: credentials.number() < SMALL as usize,
                roles: &roles,
            },
        );
        let mut text = chain.append(&body, &self.both(&body));
        for ((holder, commitment), number) in self.holders.iter().zip(&self.commitments).zip(1..) {
            let body = Body::commitment(&self.ceremony, TrusteeNumber(number), commitment);
            text.push_str(&chain.append(&body, &[holder.sign(&body)]));
        }
        let body = Body::ceremony(&self.ceremony, &self.trustees.hash(), &commit::commitments(&self.commitments));
        text.push_str(&chain.append(&body, &self.holders.iter().map(|holder| holder.sign(&body)).collect::<Vec<_>>()));
        let body = Body::credentials(election, credentials);
        text.push_str(&chain.append(&body, &[self.authority.sign(&body)]));
        text
    }
}

/// Makes things on all cores and takes them in order. Workers take chunks in turn and are never far ahead.
fn in_order<T: Send>(
    number: usize,
    make: impl Fn(usize) -> Result<T, Failure> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(number.div_ceil(CHUNK)).max(1);
    let chunks = number.div_ceil(CHUNK);
    if workers == 1 {
        return (0..number).try_for_each(|at| take(at, make(at)?));
    }
    std::thread::scope(|scope| {
        let mut lanes = Vec::new();
        for worker in 0..workers {
            let (sender, receiver) = mpsc::sync_channel::<Result<Vec<T>, Failure>>(4);
            let make = &make;
            scope.spawn(move || {
                for chunk in (worker..chunks).step_by(workers) {
                    let made = (chunk * CHUNK..number.min((chunk + 1) * CHUNK)).map(make).collect();
                    // The reader is gone when it met a failure: nothing more is wanted.
                    if sender.send(made).is_err() {
                        return;
                    }
                }
            });
            lanes.push(receiver);
        }
        for chunk in 0..chunks {
            let made = lanes[chunk % workers].recv().map_err(|_| "a worker stopped")??;
            for (offset, item) in made.into_iter().enumerate() {
                take(chunk * CHUNK + offset, item)?;
            }
        }
        Ok(())
    })
}

/// What people see while it runs, and what it took.
struct Watch {
    times: Times,
    progress: Progress,
}

/// Time by stage.
#[derive(Default)]
struct Times(BTreeMap<usize, (&'static str, Duration)>);

impl Times {
    fn add(&mut self, stage: &'static str, started: Instant) {
        let place = self.0.iter().find(|(_, (known, _))| *known == stage).map_or(self.0.len(), |(place, _)| *place);
        self.0.entry(place).or_insert((stage, Duration::ZERO)).1 += started.elapsed();
    }

    fn text(&self) -> String {
        let total: Duration = self.0.values().map(|(_, time)| *time).sum();
        let mut text = String::from("time by stage:\n");
        for (stage, time) in self.0.values() {
            let _ = writeln!(text, "  {stage:<28} {:>7}.{:02} s", time.as_secs(), time.subsec_millis() / 10);
        }
        let _ = writeln!(text, "  {:<28} {:>7}.{:02} s", "together", total.as_secs(), total.subsec_millis() / 10);
        text
    }
}

/// A line on standard error, at most twice a second.
struct Progress(Option<Instant>);

impl Progress {
    fn say(&mut self, line: &str, last: bool) {
        if last || self.0.is_none_or(|at| at.elapsed() > Duration::from_millis(500)) {
            eprintln!("{line}");
            self.0 = Some(Instant::now());
        }
    }
}
