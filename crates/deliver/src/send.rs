//! Sending many e-mails over one connection, each recorded before and after, so that a run that was killed goes on where it
//! stopped and nobody gets two knowingly.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lettre::Address;

use crate::event::{Event, Purpose, Reply};
use crate::facts::Facts;
use crate::ledger::Ledger;
use crate::letters::{Letter, WorkDomains};
use crate::mail::{Sender, compose};
use crate::smtp::{Connection, Handed, Server};
use crate::state::{State, Step, Way};
use crate::trouble::{Answer, Trouble};

/// Least time between two reminders: a run each morning is not stopped by yesterday's slow one, and nobody gets two in a day.
pub const REMINDER_HOURS: i64 = 20;

/// What to send, and how.
pub struct Manner<'a> {
    /// Credentials or reminders.
    pub purpose: Purpose,
    /// What they say.
    pub facts: &'a Facts,
    /// Who writes.
    pub sender: &'a Sender,
    /// To whom mail is handed.
    pub server: &'a Server,
    /// A certificate to trust besides the public ones.
    pub authority: Option<&'a Path>,
    /// Messages a minute at most; none for as fast as it goes.
    pub per_minute: Option<u32>,
    /// How often a message that was put off is tried in one run.
    pub tries: u32,
    /// How long before the second try; doubled before each further one.
    pub wait: Duration,
}

/// One message to send.
pub struct Job<'l> {
    /// About this pack.
    pub letter: &'l Letter,
    /// To this address.
    pub to: Address,
}

/// A pack that is not sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// Its number.
    pub pack: String,
    /// Its unit.
    pub unit: String,
    /// Why, in a few words; never more of an address than its domain.
    pub why: String,
}

/// What is to be sent, what is not, and why.
#[derive(Default)]
pub struct Plan<'l> {
    /// To be sent.
    pub jobs: Vec<Job<'l>>,
    /// Not, and somebody may want to do something about it.
    pub held_back: Vec<HeldBack>,
    /// Begun earlier, end unknown: not sent again unless told.
    pub perhaps_sent: Vec<String>,
    /// Nothing is to be done: how many stand where.
    pub settled: BTreeMap<State, u64>,
    /// Greeted as “member” since the name holds what is not seen.
    pub odd_names: Vec<HeldBack>,
}

/// What became of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The server took them.
    pub handed_over: u64,
    /// The server refused them: pack and words.
    pub bounced: Vec<(String, String)>,
    /// Put off until the tries were used up, or not tried: still queued.
    pub left: Vec<(String, String)>,
    /// Begun, end unknown.
    pub perhaps_sent: Vec<String>,
    /// Why the run stopped before its end, if it did.
    pub stopped: Option<String>,
}

/// Plans the sending of credentials. `resend` names packs that were perhaps sent and are to be sent again.
pub fn plan<'l>(letters: &'l [Letter], ledger: &Ledger, work: &WorkDomains, resend: &[String]) -> Plan<'l> {
    let mut plan = Plan::default();
    for letter in letters {
        let held = |why: String| HeldBack { pack: letter.pack.clone(), unit: letter.unit.clone(), why };
        let Some(standing) = ledger.get(&letter.pack) else {
            plan.held_back.push(held("not in the ledger".to_owned()));
            continue;
        };
        match standing.state {
            State::Made | State::Queued(_) | State::Bounced | State::Returned => {}
            State::PerhapsSent if resend.contains(&letter.pack) => {}
            State::PerhapsSent => {
                plan.perhaps_sent.push(letter.pack.clone());
                continue;
            }
            settled @ (State::HandedOver(_) | State::Replaced | State::Void | State::Spare) => {
                *plan.settled.entry(settled).or_default() += 1;
                continue;
            }
        }
        if standing.state == State::Bounced {
            plan.held_back.push(held("bounced: send it by post, or replace it".to_owned()));
            continue;
        }
        if standing.state == State::Queued(Way::Post) {
            plan.held_back.push(held("queued for the post".to_owned()));
            continue;
        }
        match letter.mailbox(work) {
            Err(why) => plan.held_back.push(held(why)),
            Ok(to) => {
                if let Some(why) = letter.odd_name() {
                    plan.odd_names.push(held(why));
                }
                plan.jobs.push(Job { letter, to });
            }
        }
    }
    plan
}

/// Plans reminders to the packs on a list.
pub fn plan_reminders<'l>(list: &[String], letters: &'l [Letter], ledger: &Ledger, work: &WorkDomains, now: Timestamp) -> Plan<'l> {
    let rows: BTreeMap<&str, &Letter> = letters.iter().map(|letter| (letter.pack.as_str(), letter)).collect();
    let mut plan = Plan::default();
    for pack in list {
        let unit = ledger.get(pack).map_or_else(String::new, |standing| standing.unit.to_string());
        let held = |why: String| HeldBack { pack: pack.clone(), unit: unit.clone(), why };
        let (Some(standing), Some(letter)) = (ledger.get(pack), rows.get(pack.as_str())) else {
            plan.held_back.push(held("not in the ledger or the letters files".to_owned()));
            continue;
        };
        if !ledger.allows(pack, Step::Reminded) {
            plan.held_back.push(held(format!("{}: it has not reached its member", standing.state.words())));
            continue;
        }
        if standing.reminded_at.is_some_and(|at| now.as_second() - at.as_second() < REMINDER_HOURS * 3600) {
            plan.held_back.push(held(format!("reminded less than {REMINDER_HOURS} hours ago")));
            continue;
        }
        match letter.mailbox(work) {
            Err(why) => plan.held_back.push(held(why)),
            Ok(to) => plan.jobs.push(Job { letter, to }),
        }
    }
    plan
}

/// Sends. `clock` gives the time, `progress` is told how many of all are done after each.
pub fn send(
    jobs: Vec<Job<'_>>,
    manner: &Manner<'_>,
    ledger: &mut Ledger,
    clock: &dyn Fn() -> Timestamp,
    progress: &mut dyn FnMut(u64, u64),
) -> Answer<Outcome> {
    // A server that is not there, or a wrong password, is found before anything is recorded.
    let mut connection = if jobs.is_empty() { None } else { Some(manner.server.connect(manner.authority)?) };
    if manner.purpose == Purpose::Credential {
        let fresh =
            jobs.iter().filter(|job| ledger.get(&job.letter.pack).is_none_or(|standing| standing.state != State::Queued(Way::Email)));
        let queued: Vec<_> =
            fresh.map(|job| (job.letter.pack.as_str(), Event::Queued { way: Way::Email, file: None, reply: None })).collect();
        ledger.append(clock(), queued)?;
    }
    let all = jobs.len() as u64;
    let mut run = Run { manner, ledger, clock, outcome: Outcome::default(), reminded: HashSet::new() };
    let mut waiting: VecDeque<(Job<'_>, String)> = jobs.into_iter().map(|job| (job, String::new())).collect();
    let mut done = 0;
    let mut lost = 0_u32;
    for turn in 0..manner.tries.max(1) {
        if waiting.is_empty() || run.outcome.stopped.is_some() {
            break;
        }
        if turn > 0 {
            std::thread::sleep(manner.wait.saturating_mul(1 << (turn - 1).min(10)));
        }
        let mut again = VecDeque::new();
        while let Some((job, _)) = waiting.pop_front() {
            let began = Instant::now();
            if !connection.as_ref().is_some_and(Connection::is_good) {
                match manner.server.connect(manner.authority) {
                    Ok(fresh) => connection = Some(fresh),
                    Err(Trouble::Ours(why)) => {
                        connection = None;
                        again.push_back((job, why.clone()));
                        again.extend(waiting.drain(..).map(|(job, earlier)| (job, if earlier.is_empty() { why.clone() } else { earlier })));
                        break;
                    }
                    Err(other) => return Err(other),
                }
            }
            let Some(open) = &mut connection else { break };
            let handed = run.one(open, &job)?;
            let (put_off, broke) = match handed {
                Handed::Over(_) | Handed::Refused(_) => (None, false),
                Handed::Unknown(_) => (None, true),
                Handed::PutOff(reply) => (Some(reply), false),
                Handed::NotBegun(reply) => (Some(reply), true),
            };
            lost = if broke { lost + 1 } else { 0 };
            match put_off {
                None => {
                    done += 1;
                    progress(done, all);
                }
                Some(reply) => again.push_back((job, reply.as_str().to_owned())),
            }
            // A server that hangs up on every message would make every message a doubtful one.
            if lost >= 3 {
                run.outcome.stopped = Some("the connection broke three times running, so sending was stopped".to_owned());
                again.extend(waiting.drain(..));
                break;
            }
            if let Some(rate) = manner.per_minute {
                let gap = Duration::from_secs(60) / rate.max(1);
                std::thread::sleep(gap.saturating_sub(began.elapsed()));
            }
        }
        waiting = again;
    }
    if let Some(open) = connection {
        open.close();
    }
    let mut outcome = run.outcome;
    outcome.left = waiting
        .into_iter()
        .map(|(job, why)| (job.letter.pack.clone(), if why.is_empty() { "not tried".to_owned() } else { why }))
        .collect();
    Ok(outcome)
}

struct Run<'a, 'm> {
    manner: &'a Manner<'m>,
    ledger: &'a mut Ledger,
    clock: &'a dyn Fn() -> Timestamp,
    outcome: Outcome,
    /// Reminders recorded in this run, so that a second try is not recorded again.
    reminded: HashSet<String>,
}

impl Run<'_, '_> {
    /// One message: recorded as begun before its text, and as what became of it after.
    fn one(&mut self, connection: &mut Connection, job: &Job<'_>) -> Answer<Handed> {
        let Self { manner, ledger, clock, reminded, .. } = self;
        let Manner { purpose, facts, sender, .. } = manner;
        let pack = job.letter.pack.as_str();
        // The same id for the same pack, however often it is tried: whoever gets it twice can tell.
        let turn = match purpose {
            Purpose::Credential => 0,
            Purpose::Reminder => {
                let count = ledger.get(pack).map_or(0, |standing| standing.reminded);
                if reminded.contains(pack) { count } else { count + 1 }
            }
        };
        let id = ledger.message_id(pack, *purpose, turn);
        let message = compose(facts, sender, job.letter, &job.to, *purpose, &id, clock())?;
        let handed = connection.hand_over(&sender.bounces_to, &job.to, &message, || match purpose {
            Purpose::Credential => ledger.append(clock(), [(pack, Event::Begun { message: id })]),
            Purpose::Reminder if reminded.contains(pack) => Ok(()),
            Purpose::Reminder => {
                reminded.insert(pack.to_owned());
                ledger.append(clock(), [(pack, Event::Reminded { message: id })])
            }
        })?;
        let now = (self.clock)();
        let is_credential = self.manner.purpose == Purpose::Credential;
        match &handed {
            Handed::Over(reply) => {
                self.outcome.handed_over += 1;
                if is_credential {
                    self.ledger.append(now, [(pack, Event::Mailed { message: id, reply: reply.clone() })])?;
                }
            }
            Handed::Refused(reply) => {
                self.outcome.bounced.push((pack.to_owned(), reply.as_str().to_owned()));
                if is_credential {
                    self.ledger.append(now, [(pack, Event::Bounced { reply: reply.clone() })])?;
                }
            }
            Handed::PutOff(reply) if is_credential => self.queue_again(now, pack, reply)?,
            Handed::PutOff(_) | Handed::NotBegun(_) => {}
            Handed::Unknown(_) => self.outcome.perhaps_sent.push(pack.to_owned()),
        }
        Ok(handed)
    }

    /// The server has surely not taken it, so it is no “perhaps sent”.
    fn queue_again(&mut self, now: Timestamp, pack: &str, reply: &Reply) -> Answer<()> {
        self.ledger.append(now, [(pack, Event::Queued { way: Way::Email, file: None, reply: Some(reply.clone()) })])
    }
}
