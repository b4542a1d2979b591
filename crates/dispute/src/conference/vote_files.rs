//! C25: cards and roll calls that stand in CSV files of `decide/`: taken into the log before it is replayed.
//!
//! Every fault has its row. What the cards come to, and whether two keyings agree, is judged by the count, as if they stood in the log.

use std::collections::BTreeMap;

use dated::{CsvFile, CsvRow, Faults, FileBytes, Place, nearest_name};

use super::log::{Card, Event, VoteRecord};

/// The files of `decide/` by path, with the name to show.
type Tables = BTreeMap<String, (String, FileBytes)>;

const WAYS: [&str; 3] = ["for", "against", "abstain"];

/// Whether a file of the folder is one of these: `decide/cards-….csv` and `decide/roll-….csv`.
pub(crate) fn is_vote_file(name: &str) -> bool {
    let in_decide = name.strip_prefix("decide/").filter(|name| name.ends_with(".csv"));
    in_decide.is_some_and(|name| name.starts_with("cards-") || name.starts_with("roll-"))
}

/// Fills in every vote of the log that names a file. Whether all of them could be read whole.
pub(crate) fn fill_in(log: &mut [Event], tables: &Tables, faults: &Faults) -> bool {
    let before = faults.error_count();
    for vote in log.iter_mut().filter_map(Event::vote_mut) {
        let VoteRecord { cards_file, cards, first, second, .. } = vote;
        if let Some(named) = cards_file {
            cards.extend(with_file(named, "cards-", tables, faults, read_cards));
        }
        let files = [first.as_ref(), second.as_ref()].map(|keying| keying.and_then(|keying| keying.file.as_ref()));
        if let [Some((one, _)), Some((other, place))] = files
            && one == other
        {
            let what = format!("both keyings are read from {one}");
            faults.error("one-file-twice", place, what, "the second person keys the paper in again, into a file of its own");
        }
        for keying in [first, second].into_iter().flatten() {
            let Some(named) = &keying.file else { continue };
            for (way, delegate, place) in with_file(named, "roll-", tables, faults, read_roll) {
                keying.ways[way].push((delegate, place));
            }
        }
    }
    faults.error_count() == before
}

fn with_file<T>(
    (name, place): &(String, Place),
    kind: &str,
    tables: &Tables,
    faults: &Faults,
    read: impl Fn(&str, &FileBytes, &Faults) -> Vec<T>,
) -> Vec<T> {
    let is_of_kind = name.starts_with(kind) && name.ends_with(".csv") && !name.contains('/');
    match tables.get(&format!("decide/{name}")).filter(|_| is_of_kind) {
        Some((shown, bytes)) => read(shown, bytes, faults),
        None => {
            let known = || tables.keys().filter_map(|path| path.strip_prefix("decide/")).filter(|name| name.starts_with(kind));
            let fix = match nearest_name(name, known()) {
                Some(near) => format!("did you mean “{near}”?"),
                None => format!("put it into decide/, under a name like {kind}motion-1.csv"),
            };
            faults.error("file-missing", place, format!("there is no file decide/{name} of this kind"), fix);
            Vec::new()
        }
    }
}

fn columns_known(csv: &CsvFile<'_>, file: &str, known: &[&str], faults: &Faults) {
    for column in csv.columns().filter(|column| !known.contains(column)) {
        let fix = nearest_name(column, known.iter().copied())
            .map_or_else(|| format!("the columns are {}", known.join(", ")), |near| format!("did you mean “{near}”?"));
        faults.error("unknown-column", &Place::new(file, 1), format!("“{column}” is no column known here"), fix);
    }
}

fn way_of(row: &CsvRow<'_>, word: &str, faults: &Faults) -> Option<usize> {
    let way = WAYS.iter().position(|way| way.eq_ignore_ascii_case(word));
    if way.is_none() {
        faults.error("unknown-word", row.place(), format!("vote: “{word}” is none of for, against, abstain"), "write one of the three");
    }
    way
}

/// `branch,vote` for a card that is cast whole, or `branch,for,against,abstain`; a last row `total` is held against the rest.
fn read_cards(file: &str, bytes: &FileBytes, faults: &Faults) -> Vec<Card> {
    let Some(csv) = CsvFile::read(file, bytes, &["branch"], faults) else { return Vec::new() };
    columns_known(&csv, file, &["branch", "vote", "for", "against", "abstain"], faults);
    if !csv.has("vote") && !csv.has("for") {
        faults.error("missing-column", &Place::new(file, 1), "no column says how a card was cast", "add vote, or for, against and abstain");
        return Vec::new();
    }
    let mut cards: Vec<Card> = Vec::new();
    let mut total: Option<([Option<u64>; 3], Place)> = None;
    for row in csv.rows() {
        let error = |code, what: String, fix: &str| faults.error(code, row.place(), what, fix);
        let before = faults.error_count();
        let votes = WAYS.map(|way| {
            let text = row.optional(way)?;
            let count = text.parse::<u64>().ok();
            if count.is_none() {
                error("not-a-count", format!("{way}: “{text}” is not a number of members"), "write a whole number, as in 1250");
            }
            count
        });
        let whole = row.optional("vote").and_then(|word| way_of(&row, word, faults));
        let Some(branch) = row.text("branch") else { continue };
        if let Some((_, first)) = &total {
            error("row-after-total", format!("a row after the total of line {}", first.line), "the total is the last row");
        }
        if faults.error_count() > before {
            continue;
        }
        if branch.eq_ignore_ascii_case("total") {
            total = Some((votes, row.place().clone()));
            continue;
        }
        if whole.is_some() == votes.iter().any(Option::is_some) {
            error(
                "not-a-card",
                format!("the card of {branch} is neither cast whole nor divided into numbers"),
                "fill in vote, or for, against and abstain",
            );
            continue;
        }
        cards.push(Card { branch: (branch.to_owned(), row.place().clone()), votes, whole, place: row.place().clone() });
    }
    if let Some((totals, place)) = total {
        if cards.iter().any(|card| card.whole.is_some()) {
            let what = "a total beside cards that are cast whole: their numbers are not in this file";
            faults.error("total-of-whole-cards", &place, what, "write the numbers of every card, or leave the total out");
        } else {
            for (at, way) in WAYS.iter().enumerate() {
                let sum = cards.iter().filter_map(|card| card.votes[at]).fold(0_u64, u64::saturating_add);
                let typed = totals[at].unwrap_or(0);
                if sum != typed {
                    let what = format!("{way}: the total is {typed}, the rows add up to {sum}");
                    faults.error("total-differs", &place, what, "find the row that is wrong, or missing, and correct it");
                }
            }
        }
    }
    cards
}

/// `delegate,vote`: a paper roll call as one person keyed it in.
fn read_roll(file: &str, bytes: &FileBytes, faults: &Faults) -> Vec<(usize, String, Place)> {
    let Some(csv) = CsvFile::read(file, bytes, &["delegate", "vote"], faults) else { return Vec::new() };
    columns_known(&csv, file, &["delegate", "vote"], faults);
    let mut ways = Vec::new();
    for row in csv.rows() {
        let (delegate, vote) = (row.text("delegate"), row.text("vote"));
        let way = vote.and_then(|word| way_of(&row, word, faults));
        if let (Some(delegate), Some(way)) = (delegate, way) {
            ways.push((way, delegate.to_owned(), row.place().clone()));
        }
    }
    ways
}
