//! E47 to E49: the log of claims lodged, and where each stands on a day.

use std::collections::BTreeMap;

use dated::{CsvFile, Date, Faults, FileBytes, Place, nearest_name};

/// What can happen to a claim, and where it then stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimState {
    /// Lodged, or going on again after a stay.
    Lodged,
    /// Stayed: it waits for another case.
    Stayed,
    /// Decided, and before a higher court.
    Appealed,
    /// Settled.
    Settled,
    /// Withdrawn.
    Withdrawn,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

impl ClaimState {
    /// Every state, as the board shows them.
    pub const ALL: [Self; 7] = [Self::Lodged, Self::Stayed, Self::Appealed, Self::Settled, Self::Withdrawn, Self::Won, Self::Lost];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lodged => "lodged",
            Self::Stayed => "stayed",
            Self::Appealed => "appealed",
            Self::Settled => "settled",
            Self::Withdrawn => "withdrawn",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Whether money is still at stake.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Lodged | Self::Stayed | Self::Appealed)
    }

    /// E48: what may come next.
    fn next(self) -> &'static [&'static str] {
        match self {
            Self::Lodged => &["stayed", "settled", "withdrawn", "won", "lost"],
            Self::Stayed => &["resumed", "settled", "withdrawn"],
            Self::Appealed => &["settled", "withdrawn", "won", "lost"],
            Self::Won | Self::Lost => &["appealed"],
            Self::Settled | Self::Withdrawn => &[],
        }
    }
}

/// The words of the column `state`, each with the state after it.
const EVENTS: [(&str, ClaimState); 8] = [
    ("lodged", ClaimState::Lodged),
    ("stayed", ClaimState::Stayed),
    ("resumed", ClaimState::Lodged),
    ("settled", ClaimState::Settled),
    ("withdrawn", ClaimState::Withdrawn),
    ("won", ClaimState::Won),
    ("lost", ClaimState::Lost),
    ("appealed", ClaimState::Appealed),
];

/// On what the equality of work rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// A job evaluation study.
    Study,
    /// Stated like work.
    LikeWork,
    /// An expert still has to value it.
    Expert,
    /// Not said.
    NotSaid,
}

impl Strength {
    /// Every strength, the strongest first.
    pub const ALL: [Self; 4] = [Self::Study, Self::LikeWork, Self::Expert, Self::NotSaid];

    /// Its word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Study => "study",
            Self::LikeWork => "like-work",
            Self::Expert => "expert",
            Self::NotSaid => "not-said",
        }
    }
}

/// A claim as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LodgedClaim {
    /// Its name or number.
    pub id: String,
    /// The employer.
    pub employer: String,
    /// Claimants, of the last row that says so.
    pub people: u64,
    /// The day it was lodged.
    pub lodged_on: Date,
    /// Where it stands.
    pub state: ClaimState,
    /// Since when.
    pub since: Date,
    /// Money at stake in pence, of the last row that says so.
    pub at_stake_pence: Option<i64>,
    /// What was paid or awarded, in pence; of a claim settled or won.
    pub paid_pence: Option<i64>,
    /// On what it rests.
    pub strength: Strength,
}

/// E49: sums over claims. They add: those of the employers are those of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardSums {
    /// Claims, in the order of [`ClaimState::ALL`].
    pub by_state: [u64; 7],
    /// Claimants, in the same order.
    pub people_by_state: [u64; 7],
    /// Claimants of open claims, in the order of [`Strength::ALL`].
    pub people_by_strength: [u64; 4],
    /// Money at stake in open claims, in pence.
    pub at_stake_pence: i64,
    /// Open claims of which no money is said.
    pub at_stake_not_said: u64,
    /// Settled or awarded, in pence.
    pub paid_pence: i64,
    /// Claims settled or won of which no money is said.
    pub paid_not_said: u64,
}

impl BoardSums {
    /// Adds the sums of another part.
    pub fn add(&mut self, other: &Self) {
        let added = |a: &mut [u64], b: &[u64]| a.iter_mut().zip(b).for_each(|(a, b)| *a = a.saturating_add(*b));
        added(&mut self.by_state, &other.by_state);
        added(&mut self.people_by_state, &other.people_by_state);
        added(&mut self.people_by_strength, &other.people_by_strength);
        self.at_stake_pence = self.at_stake_pence.saturating_add(other.at_stake_pence);
        self.at_stake_not_said += other.at_stake_not_said;
        self.paid_pence = self.paid_pence.saturating_add(other.paid_pence);
        self.paid_not_said += other.paid_not_said;
    }

    /// Those of one claim.
    fn of(claim: &LodgedClaim) -> Self {
        let mut sums = Self::default();
        let at = claim.state as usize;
        (sums.by_state[at], sums.people_by_state[at]) = (1, claim.people);
        if claim.state.is_open() {
            sums.people_by_strength[claim.strength as usize] = claim.people;
            sums.at_stake_pence = claim.at_stake_pence.unwrap_or(0);
            sums.at_stake_not_said = u64::from(claim.at_stake_pence.is_none());
        }
        if matches!(claim.state, ClaimState::Settled | ClaimState::Won) {
            sums.paid_pence = claim.paid_pence.unwrap_or(0);
            sums.paid_not_said = u64::from(claim.paid_pence.is_none());
        }
        sums
    }

    /// Claims.
    pub fn claims(&self) -> u64 {
        self.by_state.iter().sum()
    }

    /// Claimants.
    pub fn people(&self) -> u64 {
        self.people_by_state.iter().fold(0, |sum, people| sum.saturating_add(*people))
    }

    /// Claims that are open.
    pub fn open(&self) -> u64 {
        ClaimState::ALL.iter().filter(|state| state.is_open()).map(|state| self.by_state[*state as usize]).sum()
    }
}

/// Where all claims stand on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimBoard {
    /// The claims, in the order in which they were lodged.
    pub claims: Vec<LodgedClaim>,
    /// By employer: the most money at stake first, ties by name.
    pub employers: Vec<(String, BoardSums)>,
    /// Rows of days after the day of asking, which are left out.
    pub later_rows: u64,
}

const COLUMNS: [&str; 9] = ["claim", "employer", "on", "state", "people", "at_stake", "paid", "evidence", "note"];
/// More than this is no claim, in pence: a hundred thousand million pounds.
const MOST_PENCE: i128 = 10_000_000_000_000;

impl ClaimBoard {
    /// E47, E48: reads the log as it stood on a day. With any fault the board is not to be used.
    pub fn read(file: &str, bytes: &FileBytes, on: Date, faults: &Faults) -> Self {
        let mut board = Self::default();
        let Some(csv) = CsvFile::read(file, bytes, &["claim", "employer", "on", "state"], faults) else { return board };
        for column in csv.columns().filter(|column| !COLUMNS.contains(column)) {
            let fix = nearest_name(column, COLUMNS)
                .map_or_else(|| format!("the columns are {}", COLUMNS.join(", ")), |near| format!("did you mean “{near}”?"));
            faults.error("unknown-column", &Place::new(file, 1), format!("“{column}” is no column known here"), fix);
        }
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut is_empty = true;
        for row in csv.rows() {
            is_empty = false;
            let error = |code, what: String, fix: String| faults.error(code, row.place(), what, fix);
            let money = |column: &str| {
                let pounds = row.optional_decimal(column)?;
                let pence = pounds * dated::Ratio::whole(100);
                let whole = (pence.denominator() == 1 && (0..=MOST_PENCE).contains(&pence.numerator())).then(|| pence.numerator() as i64);
                if whole.is_none() {
                    error(
                        "not-money",
                        format!("{column}: {pounds} is not a sum"),
                        "write pounds of 0 or more, with at most two decimals".to_owned(),
                    );
                }
                whole
            };
            let people = row.optional("people").and_then(|text| {
                let count = text.parse::<u64>().ok().filter(|count| (1..=10_000_000).contains(count));
                if count.is_none() {
                    error("not-a-count", format!("people: “{text}” is not a number of people"), "write a whole number above 0".to_owned());
                }
                count
            });
            let strength = row.optional("evidence").and_then(|word| {
                let found = Strength::ALL.into_iter().find(|strength| strength.word() == word);
                if found.is_none() {
                    let fix = format!("one of {}", Strength::ALL.map(Strength::word).join(", "));
                    error("unknown-word", format!("evidence: “{word}” is none known here"), fix);
                }
                found
            });
            let (at_stake, paid) = (money("at_stake"), money("paid"));
            let day = row.date("on");
            let event = row.text("state").and_then(|word| {
                let found = EVENTS.iter().find(|(known, _)| *known == word);
                if found.is_none() {
                    let fix = match nearest_name(word, EVENTS.map(|(known, _)| known)) {
                        Some(near) => format!("did you mean “{near}”?"),
                        None => format!("one of {}", EVENTS.map(|(known, _)| known).join(", ")),
                    };
                    error("unknown-word", format!("state: “{word}” is none known here"), fix);
                }
                found
            });
            let (Some(id), Some(day), Some((word, state))) = (row.text("claim"), day, event) else { continue };
            if paid.is_some() && !matches!(state, ClaimState::Settled | ClaimState::Won) {
                let fix = "money goes into at_stake until a claim is settled or won";
                error("paid-before-the-end", format!("paid, and the claim is {word}"), fix.to_owned());
            }
            let Some(at) = known.get(id).copied() else {
                if *word != "lodged" {
                    let fix = "its first row says lodged, with employer and people";
                    error("not-lodged", format!("the claim “{id}” is {word} before it is lodged"), fix.to_owned());
                    continue;
                }
                let employer = row.text("employer");
                if row.optional("people").is_none() {
                    error("value-missing", "a claim is lodged by how many is not said".to_owned(), "fill in people".to_owned());
                }
                let (Some(employer), Some(people)) = (employer, people) else { continue };
                if day > on {
                    board.later_rows += 1;
                    continue;
                }
                known.insert(id.to_owned(), board.claims.len());
                board.claims.push(LodgedClaim {
                    id: id.to_owned(),
                    employer: employer.to_owned(),
                    people,
                    lodged_on: day,
                    state: ClaimState::Lodged,
                    since: day,
                    at_stake_pence: at_stake,
                    paid_pence: None,
                    strength: strength.unwrap_or(Strength::NotSaid),
                });
                continue;
            };
            let claim = &mut board.claims[at];
            if row.optional("employer").is_some_and(|employer| employer != claim.employer) {
                let what = format!("the claim “{id}” was lodged against {}", claim.employer);
                error("other-employer", what, "a claim against another employer has another name".to_owned());
            }
            if day < claim.since {
                let what = format!("{day} is before the row above of this claim, {}", claim.since);
                error("out-of-order", what, "the log only grows: put the rows of a claim in the order of their days".to_owned());
            }
            if !claim.state.next().contains(word) {
                let next = claim.state.next();
                let fix = if next.is_empty() { "nothing follows: it is over".to_owned() } else { format!("it can be {}", next.join(", ")) };
                error("cannot-follow", format!("the claim “{id}” is {}, and then {word}", claim.state.word()), fix);
            }
            if day > on {
                board.later_rows += 1;
                continue;
            }
            (claim.state, claim.since) = (*state, day);
            claim.people = people.unwrap_or(claim.people);
            claim.at_stake_pence = at_stake.or(claim.at_stake_pence);
            claim.paid_pence = if matches!(state, ClaimState::Settled | ClaimState::Won) { paid } else { None };
            claim.strength = strength.unwrap_or(claim.strength);
        }
        if is_empty && faults.is_empty() {
            faults.error("file-empty", &Place::new(file, 1), "the file has a header but no rows", "add one row for each claim lodged");
        }
        board.add_up();
        board
    }

    fn add_up(&mut self) {
        let mut by_employer: BTreeMap<&str, BoardSums> = BTreeMap::new();
        for claim in &self.claims {
            by_employer.entry(&claim.employer).or_default().add(&BoardSums::of(claim));
        }
        self.employers = by_employer.into_iter().map(|(name, sums)| (name.to_owned(), sums)).collect();
        self.employers.sort_by(|a, b| b.1.at_stake_pence.cmp(&a.1.at_stake_pence).then_with(|| a.0.cmp(&b.0)));
    }

    /// The sums of all claims.
    pub fn sums(&self) -> BoardSums {
        let mut sums = BoardSums::default();
        self.employers.iter().for_each(|(_, of)| sums.add(of));
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dated::parse_date;

    fn read(rows: &str, on: &str) -> (ClaimBoard, Vec<(&'static str, u32)>) {
        let faults = Faults::new();
        let text = format!("claim,employer,on,state,people,at_stake,paid,evidence\n{rows}");
        let board = ClaimBoard::read("claims.csv", &FileBytes::Read(text.into()), parse_date(on).expect("a date"), &faults);
        (board, faults.into_sorted().into_iter().map(|fault| (fault.code, fault.place.line)).collect())
    }

    const ROWS: &str = "c1,A,1997-08-15,lodged,1500,30000000,,expert\nc2,A,1998-01-05,lodged,10,5000,,study\n\
        c3,B,1998-02-01,lodged,7,,,like-work\nc1,A,1998-03-01,stayed,,,,\nc2,,1999-01-05,won,9,,4200.50,\nc3,,1999-02-01,settled,,,,\n\
        c1,,2000-01-01,resumed,,,,\nc2,,2000-02-01,appealed,,4200.50,,\n";

    #[test]
    fn the_board_is_that_of_its_day_and_adds_up() {
        let state = |on: &str| read(ROWS, on).0.claims.iter().map(|claim| claim.state).collect::<Vec<_>>();
        use ClaimState::*;
        assert_eq!(state("1997-08-14"), []);
        assert_eq!(state("1998-06-01"), [Stayed, Lodged, Lodged]);
        assert_eq!(state("1999-12-31"), [Stayed, Won, Settled]);
        assert_eq!(state("2000-02-01"), [Lodged, Appealed, Settled]);
        let (board, faults) = read(ROWS, "1999-12-31");
        assert_eq!((faults, board.later_rows), (vec![], 2));
        let sums = board.sums();
        assert_eq!((sums.claims(), sums.open(), sums.people()), (3, 1, 1516));
        assert_eq!((sums.at_stake_pence, sums.paid_pence, sums.paid_not_said), (3_000_000_000, 420_050, 1));
        assert_eq!(sums.people_by_strength, [0, 0, 1500, 0]);
        // An appeal puts the money at stake again.
        assert_eq!(read(ROWS, "2000-02-01").0.sums().at_stake_pence, 3_000_420_050);
    }

    #[test]
    fn what_cannot_follow_is_named_in_one_reading() {
        let rows = "c1,A,1998-01-01,stayed,,,,\nc2,A,1998-01-01,lodged,,-5,,\nc3,A,1998-01-01,lodged,5,1,,\nc3,B,1997-01-01,won,,,,\n\
            c3,A,1998-02-01,settled,,,,\nc4,A,1998-01-01,lodgd,5,,,\nc5,A,1998-01-01,lodged,5,,7,guess\n";
        assert_eq!(
            read(rows, "2000-01-01").1,
            [
                ("not-lodged", 2),
                ("not-money", 3),
                ("value-missing", 3),
                ("other-employer", 5),
                ("out-of-order", 5),
                ("cannot-follow", 6),
                ("unknown-word", 7),
                ("paid-before-the-end", 8),
                ("unknown-word", 8),
            ]
        );
        assert_eq!(read("", "2000-01-01").1, [("file-empty", 1)]);
    }
}
