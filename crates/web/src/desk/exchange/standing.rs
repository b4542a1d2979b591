//! What the pages of counting know of a unit without reading its companion and counting again at each view.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::Hash;
use vote::companion::Body;

use super::result::Assembled;
use super::shares::Added;
use crate::elections::Election;
use crate::problem::Problem;
use crate::service::Service;

/// A unit whose ballots are added up.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Whose shares are there, in order.
    pub(crate) owners: Vec<u32>,
    /// Whether they decrypt.
    pub(crate) is_enough: bool,
    /// Whether the companion has its last line.
    pub(crate) has_result: bool,
    /// What is to be signed, or why it cannot be counted; none while there are not enough shares.
    pub(crate) counted: Option<Result<Body, String>>,
}

/// A standing with the end of archive and companion at which it was read.
#[derive(Clone)]
struct Kept {
    head: Hash,
    lines: u64,
    standing: Arc<Standing>,
}

/// Standings by election. As long as neither archive nor companion grew, they hold.
#[derive(Default)]
pub(crate) struct Standings(Mutex<HashMap<String, Kept>>);

impl Standings {
    /// How a unit stands; none before its ballots are added up.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn of(&self, service: &Service, election: &Election) -> Result<Option<Arc<Standing>>, Problem> {
        if !election.is_added_up() {
            return Ok(None);
        }
        let (head, lines) = (election.info.head_hash, election.info.lines);
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&election.uuid).cloned();
        if let Some(kept) = kept.filter(|kept| (kept.head, kept.lines) == (head, lines)) {
            return Ok(Some(kept.standing));
        }
        let Some(added) = Added::of(service, election).await? else { return Ok(None) };
        let (owners, is_enough, has_result) = (added.owners(), added.is_enough(), added.companion.has_result);
        let mut is_sure = true;
        let counted = if is_enough && !has_result {
            match Assembled::from(added, election, None).await {
                Ok(assembled) => Some(Ok(assembled.line.body)),
                Err(problem) => {
                    // A failure of ours may be gone at the next look.
                    is_sure = !problem.status.is_server_error();
                    Some(Err(problem.what))
                }
            }
        } else {
            None
        };
        let standing = Arc::new(Standing { owners, is_enough, has_result, counted });
        if is_sure {
            let kept = Kept { head, lines, standing: Arc::clone(&standing) };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(election.uuid.clone(), kept);
        }
        Ok(Some(standing))
    }
}
