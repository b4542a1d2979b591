//! A spare in place of a lost pack: the old one void in ledger and on the board, the new one for the same member.

use jiff::Timestamp;
use vote::Uuid;
use zeroize::Zeroizing;

use crate::board::{Board, Right};
use crate::event::Event;
use crate::ledger::Ledger;
use crate::letters::Letter;
use crate::post::guarded;
use crate::state::{State, Step};
use crate::trouble::{Answer, Trouble};

/// A lost pack and the one in its place.
pub struct Replacement {
    /// The number of the new pack.
    pub new: String,
    /// Public credential that may not vote any more.
    pub old_public: String,
    /// Public credential that may from the officer's and scrutineer's line on.
    pub new_public: String,
    /// The letters file of the new pack: its first line and one row.
    pub row: Zeroizing<String>,
    /// It was replaced before; nothing was recorded now.
    pub already: bool,
}

/// What a member is told whose code has a vote: the words, and what the caller does next.
pub const HAS_VOTED: &str = "\
a vote was cast with this code. It is on the board and counts, so there is no replacement.
Tell the member: “A vote was cast with the code in your pack. Nobody can see what it says. If you cast it, it counts and you need nothing \
more. If you did not, tell the independent scrutineer now: we keep the pack number and the time of your call.”";

/// Replaces a pack.
pub fn replace(
    ledger: &mut Ledger,
    pack: &str,
    letters: &[Letter],
    spares: &[Letter],
    board: &Board,
    now: Timestamp,
) -> Answer<Replacement> {
    let standing = ledger.demand(pack)?.clone();
    let unknown = |what: &str, fix: &str| Trouble::input("unknown-pack", pack, what.to_owned(), fix.to_owned());
    let old = letters.iter().find(|letter| letter.pack == pack);
    let old = old.ok_or_else(|| unknown("the pack is not in the letters files", "give the letters file of its unit"))?;
    let public = |letter: &Letter| public_of(letter, &board.uuid);
    let old_public = public(old);
    if standing.state == State::Replaced {
        let by = standing.replaced_by.as_deref().unwrap_or_default().to_owned();
        let new = spares.iter().find(|spare| spare.pack == by);
        let new =
            new.ok_or_else(|| Trouble::No(format!("pack {pack} is replaced already, by {by}, which is not in this file of spares")))?;
        // A power cut between the two lines leaves the new one to be issued.
        let already = !ledger.allows(&by, Step::Issued);
        if !already {
            ledger.append(now, [(by.as_str(), Event::Issued { in_place_of: pack.to_owned() })])?;
        }
        return Ok(Replacement { new_public: public(new), row: row(old, new)?, new: by, old_public, already });
    }
    if standing.state == State::Void {
        return Err(Trouble::No(format!("pack {pack} is void; it is not replaced")));
    }
    if standing.state == State::Spare {
        return Err(Trouble::No(format!("pack {pack} is a spare that nobody has; it is not replaced")));
    }
    match board.right(&old_public) {
        Right::Silent => {}
        Right::Voted => return Err(Trouble::No(format!("pack {pack}: {HAS_VOTED}"))),
        Right::Void => return Err(Trouble::No(format!("pack {pack}: a vote on paper was accepted for it, so there is no replacement"))),
        Right::Replaced => {
            return Err(Trouble::No(format!(
                "pack {pack}: the board says that it is replaced already, and this ledger does not: find out who did it before anything else"
            )));
        }
        Right::Unknown => {
            return Err(unknown(
                &format!("its credential is not on the board {}", board.shown),
                &format!("give the archive of its unit, {}", standing.unit),
            ));
        }
    }
    let is_free = |spare: &&Letter| {
        let public = public(spare);
        *spare.unit == *standing.unit
            && ledger.get(&spare.pack).is_none_or(|standing| standing.state == State::Spare)
            && board.right(&public) == Right::Silent
            && !board.is_issued(&public)
    };
    let new = spares.iter().find(is_free).ok_or_else(|| {
        Trouble::No(format!("there is no unused spare of unit {} in this file that is on the board {}", standing.unit, board.shown))
    })?;
    let mut events: Vec<(&str, Event)> = Vec::new();
    for spare in spares.iter().filter(|spare| ledger.get(&spare.pack).is_none()) {
        events.push((&spare.pack, Event::Made { unit: spare.unit.clone(), spare: true }));
    }
    events.push((pack, Event::Replaced { by: new.pack.clone() }));
    events.push((&new.pack, Event::Issued { in_place_of: pack.to_owned() }));
    let done = Replacement { new: new.pack.clone(), new_public: public(new), row: row(old, new)?, old_public, already: false };
    ledger.append(now, events)?;
    Ok(done)
}

fn public_of(letter: &Letter, uuid: &Uuid) -> String {
    letter.credential.key(uuid).encoded().as_str().to_owned()
}

/// The old row with the new pack and code, under the old first line.
fn row(old: &Letter, new: &Letter) -> Answer<Zeroizing<String>> {
    let cells = old.row.columns.iter().zip(old.row.cells.iter()).map(|(column, cell)| match column.as_str() {
        "pack" => new.pack.clone(),
        "credential" => new.credential.expose().to_owned(),
        _ => guarded(cell),
    });
    let failed = |error: &dyn std::fmt::Display| Trouble::Ours(format!("the new row cannot be made: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(old.row.columns.iter()).map_err(|error| failed(&error))?;
    writer.write_record(cells).map_err(|error| failed(&error))?;
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map(Zeroizing::new).map_err(|error| failed(&error))
}
