//! The elections as the service sees them: what never changes is read once, what changes is asked of the store each time.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;
use store::{ElectionInfo, ElectionState, EventKind, Hash, Revote};

use crate::clock::Instant;
use crate::judges::Records;
use crate::problem::Problem;
use crate::service::Service;

/// What never changes of an election.
pub struct Fixed {
    /// The bytes of the election record.
    pub record: Vec<u8>,
    /// SHA-256 of it.
    pub hash: Hash,
    /// Title of the poll and name of the unit, as the record has them.
    pub name: String,
    /// What voters read first: the statutory statement.
    pub description: String,
    /// What is asked.
    pub questions: Vec<Question>,
}

/// A question as it is shown.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// What may be answered.
    pub answers: Vec<String>,
    /// Whether it may be left blank; then the first count is of those.
    pub blank: bool,
}

/// An election now.
pub struct Election {
    /// Its name in files.
    pub uuid: String,
    /// The unit's id in addresses.
    pub unit: String,
    /// The unit's name.
    pub name: String,
    /// From then on ballots are taken.
    pub opens_at: Instant,
    /// From then on no more.
    pub closes_at: Instant,
    /// Whether a credential may have several ballots.
    pub revote: Revote,
    /// Public credentials in the list.
    pub listed: usize,
    /// How many may vote.
    pub entitled: u64,
    /// Credentials that have a ballot.
    pub voted: u64,
    /// Ballots on the board.
    pub ballots: u64,
    /// What never changes.
    pub fixed: Arc<Fixed>,
    /// As the store has it.
    pub info: ElectionInfo,
}

impl Election {
    /// Where it stands at an instant.
    pub fn state(&self, at: Instant) -> ElectionState {
        self.info.state_at(at.seconds())
    }

    /// Whether its ballots were added up.
    pub fn is_added_up(&self) -> bool {
        !matches!(self.info.head_kind, EventKind::Setup | EventKind::Ballot | EventKind::EndBallots)
    }

    /// Whether a credential may vote again.
    pub fn may_vote_again(&self) -> bool {
        self.revote == Revote::Last
    }

    /// What a judge needs.
    pub(crate) async fn records(&self, service: &Service) -> Result<Records, String> {
        let setup = service.store.get_setup(&self.uuid).await.map_err(|error| error.to_string())?;
        Ok(Records { election: setup.election.into(), credentials: setup.credentials.into() })
    }
}

/// Reads elections; keeps what never changes.
#[derive(Default)]
pub struct Elections(RwLock<HashMap<String, Arc<Fixed>>>);

impl Elections {
    /// One election.
    ///
    /// # Errors
    /// There is none of this name, or the store failed.
    pub async fn get(&self, service: &Service, uuid: &str) -> Result<Election, Problem> {
        self.of(service, service.store.get_election(uuid).await?).await
    }

    /// All, by the name of their unit.
    ///
    /// # Errors
    /// The store failed.
    pub async fn all(&self, service: &Service) -> Result<Vec<Election>, Problem> {
        let mut all = Vec::new();
        for info in service.store.list_elections().await? {
            all.push(self.of(service, info).await?);
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// The election of a unit.
    ///
    /// # Errors
    /// There is none, or the store failed.
    pub async fn of_unit(&self, service: &Service, unit: &str) -> Result<Election, Problem> {
        self.all(service).await?.into_iter().find(|election| election.unit == unit).ok_or_else(Problem::not_found)
    }

    /// With what never changes.
    pub(crate) async fn of(&self, service: &Service, info: ElectionInfo) -> Result<Election, Problem> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&info.uuid).cloned();
        let fixed = match kept {
            Some(fixed) => fixed,
            None => {
                let setup = service.store.get_setup(&info.uuid).await?;
                let fixed =
                    Arc::new(Fixed::read(setup.election.into()).ok_or_else(|| Problem::ours(&"an election record cannot be read"))?);
                self.0.write().unwrap_or_else(PoisonError::into_inner).insert(info.uuid.clone(), Arc::clone(&fixed));
                fixed
            }
        };
        let instant = |seconds: i64| Instant(0).plus_seconds(seconds);
        Ok(Election {
            uuid: info.uuid.clone(),
            unit: info.unit.clone(),
            name: info.name.clone(),
            opens_at: instant(info.opens_at),
            closes_at: instant(info.closes_at),
            revote: info.revote,
            listed: usize::try_from(info.credentials).unwrap_or(usize::MAX),
            entitled: info.credentials.saturating_sub(info.spares),
            voted: info.voted,
            ballots: info.ballots,
            fixed,
            info,
        })
    }
}

impl Fixed {
    fn read(record: Vec<u8>) -> Option<Self> {
        let value: Value = serde_json::from_slice(&record).ok()?;
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let questions = value.get("questions")?.as_array()?.iter().map(|question| {
            let answers =
                question.get("answers")?.as_array()?.iter().map(|answer| answer.as_str().map(str::to_owned)).collect::<Option<_>>()?;
            let blank = question.get("blank").and_then(Value::as_bool).unwrap_or(false);
            Some(Question { text: text(question, "question")?, answers, blank })
        });
        Some(Self {
            hash: Hash::of(&record),
            name: text(&value, "name")?,
            description: text(&value, "description")?,
            questions: questions.collect::<Option<_>>()?,
            record,
        })
    }
}
