//! The nine stages of a poll as a task list: what is done, what is due, whom it waits for. The same for all; links differ by role.

use std::collections::BTreeSet;

use poll::ceremony;
use store::{ElectionState, EventKind};

use crate::files;
use crate::problem::Problem;
use crate::role::Role;
use crate::routes::ROUTES;
use crate::service::Service;

/// A group of tasks.
pub struct Section {
    /// Its heading.
    pub heading: &'static str,
    /// Its tasks.
    pub tasks: Vec<Task>,
}

/// A line of the list.
pub struct Task {
    /// What is to be done.
    pub title: &'static str,
    /// Where, if the table of routes has it and admits this role, and nothing has to come first.
    pub href: Option<&'static str>,
    /// How far it is.
    pub status: Status,
    /// Whom or what it waits for.
    pub hint: String,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Something earlier comes first.
    NotYet,
    /// Somebody can go on now.
    Due,
    /// Begun, and waiting for others or for time.
    Waiting,
    /// Finished.
    Done,
    /// Nothing that is ever finished: a record that is there to be read or written in.
    Always,
}

impl Status {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotYet => "not yet",
            Self::Due => "to do",
            Self::Waiting => "under way",
            Self::Done => "done",
            Self::Always => "at any time",
        }
    }

    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::NotYet | Self::Always => "",
            Self::Due | Self::Waiting => "now",
            Self::Done => "good",
        }
    }

    /// Of what comes after something, was begun, and is finished.
    fn of(ready: bool, begun: bool, done: bool) -> Self {
        match () {
            () if done => Self::Done,
            () if !ready => Self::NotYet,
            () if begun => Self::Waiting,
            () => Self::Due,
        }
    }
}

/// How far every stage is, counted in units where it goes by units.
#[derive(Default)]
struct Stages {
    roll_loaded: bool,
    roll_frozen: bool,
    roll_erased: bool,
    has_plan: bool,
    trustees: usize,
    ceremony_files: usize,
    ceremony_all: usize,
    units: usize,
    lists: usize,
    on_board: usize,
    open: usize,
    closed: usize,
    added_up: usize,
    shares: usize,
    counted: usize,
    has_report: bool,
}

impl Stages {
    async fn of(service: &Service) -> Result<Self, Problem> {
        let elections = service.elections.all(service).await?;
        let now = service.clock.now();
        let count = |state: ElectionState| elections.iter().filter(|election| election.state(now) == state).count();
        let frozen = service.store.get_frozen_roll().await?;
        let has_shares = |kind| matches!(kind, EventKind::PartialDecryption | EventKind::Result);
        let mut stages = Self {
            roll_loaded: !service.store.list_roll_imports().await?.is_empty(),
            roll_frozen: frozen.is_some(),
            roll_erased: frozen.is_some_and(|frozen| frozen.is_erased),
            on_board: elections.len(),
            open: count(ElectionState::Open),
            closed: count(ElectionState::Closed) + count(ElectionState::Counted),
            added_up: elections.iter().filter(|election| election.is_added_up()).count(),
            shares: elections.iter().filter(|election| has_shares(election.info.head_kind)).count(),
            counted: count(ElectionState::Counted),
            ..Self::default()
        };
        let Some(poll) = files::poll(service).await? else { return Ok(stages) };
        // Names alone: the lists of a large poll have many millions of bytes.
        let names: BTreeSet<String> = service.store.list_files("").await?.into_iter().map(|info| info.name).collect();
        let steps = ceremony::steps(&poll);
        for trustee in 1..=poll.trustees() {
            for step in steps {
                stages.ceremony_files += usize::from(names.contains(&ceremony::file(trustee, step)));
            }
        }
        for unit in &poll.units {
            stages.lists += usize::from(names.contains(&unit.file("list.json")));
        }
        stages.has_plan = true;
        stages.has_report = names.contains("scrutineer-report.json");
        stages.trustees = poll.trustees() as usize;
        stages.ceremony_all = steps.len() * stages.trustees;
        stages.units = poll.units.len();
        Ok(stages)
    }

    /// Whether all units are that far.
    fn all(&self, number: usize) -> bool {
        self.units > 0 && number == self.units
    }

    fn summary(&self) -> &'static str {
        match () {
            () if self.all(self.counted) => "The poll is finished: every unit has its result.",
            () if self.open > 0 => "Voting is open.",
            () if self.closed > 0 => "Voting is closed; the units are being counted.",
            () if self.all(self.on_board) => "Everything is signed. Voting begins by itself at the time of the plan.",
            () if self.has_plan => "The poll is fixed and is being made ready.",
            () => "There is no plan yet.",
        }
    }
}

/// The page of a task, if this role may see it: the table of routes decides, here as everywhere.
fn page(role: Role, path: &'static str) -> Option<&'static str> {
    ROUTES.iter().any(|route| !route.post && route.path == path && route.who.admits(role)).then_some(path)
}

/// The task list of a role, and a sentence on where the poll stands.
///
/// # Errors
/// The store failed.
pub async fn list(service: &Service, role: Role) -> Result<(&'static str, Vec<Section>), Problem> {
    let at = Stages::of(service).await?;
    let units = |number: usize, what: &str| if at.units == 0 { String::new() } else { format!("{number} of {} units {what}", at.units) };
    let ceremony_done = at.ceremony_all > 0 && at.ceremony_files == at.ceremony_all;
    let ceremony_hint = match at.trustees {
        0 => String::new(),
        trustees => format!("{} of {} files of {trustees} trustees are here", at.ceremony_files, at.ceremony_all),
    };
    // What something else comes before is no link yet: its page could only say so.
    let task = |title, path, status, hint| Task { title, href: page(role, path).filter(|_| status != Status::NotYet), status, hint };
    let before = vec![
        task(
            "Roll of members",
            match role {
                Role::Authority if at.roll_frozen => "/desk/roll/roll.csv",
                Role::Scrutineer if at.has_plan && !service.config.rehearsal => "/desk/roll/changes",
                _ => "/desk/roll",
            },
            Status::of(true, at.roll_loaded, at.roll_frozen),
            String::new(),
        ),
        task("Plan: units, questions, schedule, role keys", "/desk/plan", Status::of(at.roll_frozen, false, at.has_plan), String::new()),
        task(
            "Key ceremony of the trustees",
            "/desk/ceremony",
            Status::of(at.has_plan, at.ceremony_files > 0, ceremony_done),
            ceremony_hint,
        ),
        task(
            "Credentials of the authority",
            "/desk/credentials",
            Status::of(ceremony_done, at.lists > 0, at.all(at.lists)),
            units(at.lists, "have their list"),
        ),
        task(
            "Opening, signed by officer and scrutineer",
            "/desk/opening",
            Status::of(at.all(at.lists), at.on_board > 0, at.all(at.on_board)),
            units(at.on_board, "are on the board"),
        ),
    ];
    let ready = at.all(at.on_board);
    let during = vec![
        task("Voting", "/desk/voting", Status::of(ready, at.open > 0, at.all(at.closed)), units(at.open, "are open")),
        task(
            "Lines signed by both: void, replace, extend",
            "/desk/lines",
            Status::of(ready, at.open > 0, at.all(at.counted)),
            String::new(),
        ),
        match crate::desk::branch::requests::waiting(service).await?.filter(|_| role == Role::Officer) {
            Some(waiting) => task("Branches and their requests", "/desk/branches/requests", Status::Due, waiting),
            None => task("Branches and their representatives", "/desk/branches", Status::Always, String::new()),
        },
        task("Paper votes and replacements", "/desk/papers", Status::of(ready, at.open > 0, at.all(at.closed)), String::new()),
    ];
    let after = vec![
        task(
            "Ballots added up",
            "/desk/closed",
            Status::of(at.closed > 0, true, at.all(at.added_up)),
            units(at.added_up, "are added up; this happens by itself"),
        ),
        task(
            "Shares of the trustees",
            "/desk/shares",
            Status::of(at.added_up > 0, at.shares > 0, at.all(at.counted)),
            units(at.shares, "have shares"),
        ),
        task(
            "Result, signed by officer and scrutineer",
            "/desk/result",
            Status::of(at.shares > 0, at.counted > 0, at.all(at.counted)),
            units(at.counted, "have their result"),
        ),
    ];
    let head = service.store.get_audit_head().await?;
    let two = crate::desk::two_people::pending(service).await?.len();
    let record = vec![
        match two {
            0 => task("What needs two people", "/desk/two-people", Status::Always, "nothing waits".to_owned()),
            two => task("What needs two people", "/desk/two-people", Status::Due, format!("{two} waiting")),
        },
        task(
            "Deliveries",
            "/desk/deliveries",
            if at.has_plan { Status::Always } else { Status::NotYet },
            "the authority’s summary".to_owned(),
        ),
        task("Incidents", "/desk/incidents", Status::Always, String::new()),
        task(
            "Papers as PDF",
            "/desk/documents",
            if at.has_plan { Status::Always } else { Status::NotYet },
            "notices, results, certificates".to_owned(),
        ),
        task("Report of the scrutineer", "/desk/report", Status::of(at.all(at.counted), false, at.has_report), String::new()),
        task("Erase the roll", "/desk/roll/erase", Status::of(at.roll_frozen && at.all(at.counted), false, at.roll_erased), String::new()),
        task("Audit log", "/desk/audit", Status::Always, format!("{} acts, chained", head.lines)),
    ];
    let disputes = vec![task("Disputes: offers, decisions, ballots, action, campaign", "/d", Status::Waiting, String::new())];
    let mut sections = vec![
        Section { heading: "Before voting", tasks: before },
        Section { heading: "While voting is open", tasks: during },
        Section { heading: "After closing", tasks: after },
        Section { heading: "The record", tasks: record },
    ];
    if service.workspace.is_some() && disputes.iter().all(|task| task.href.is_some()) {
        sections.push(Section { heading: "Disputes", tasks: disputes });
    }
    Ok((at.summary(), sections))
}
