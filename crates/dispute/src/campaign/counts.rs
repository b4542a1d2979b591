//! Counts of letters by member of Parliament and by branch. Numbers and names of places only: no type here can hold what a
//! member wrote, nor who the member is.

use std::collections::BTreeMap;

use pay::Pence;

use super::letters::Letters;

/// Letters to one member of Parliament.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatCount {
    /// The constituency.
    pub constituency: String,
    /// Who sits there.
    pub mp: String,
    /// What must be said beside the name.
    pub mp_note: String,
    /// Letters.
    pub letters: u32,
    /// Of these, held back as copies.
    pub held_back: u32,
    /// What their writers go without together.
    pub loss: Pence,
    /// Letters by branch id.
    pub branches: Vec<(String, u32)>,
}

/// Letters from one branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchCount {
    /// Id of the branch.
    pub branch: String,
    /// Letters.
    pub letters: u32,
    /// Of these, held back as copies.
    pub held_back: u32,
    /// To how many members of Parliament.
    pub mps: u32,
    /// What their writers go without together.
    pub loss: Pence,
}

/// All counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By constituency, most letters first.
    pub seats: Vec<SeatCount>,
    /// By branch, by id.
    pub branches: Vec<BranchCount>,
}

/// Spec K9: counts letters; each stands once in the seats and once in the branches.
pub fn counts(letters: &Letters) -> Counts {
    let mut seats: BTreeMap<&str, SeatCount> = BTreeMap::new();
    let mut branches: BTreeMap<&str, BranchCount> = BTreeMap::new();
    let mut pairs: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for letter in &letters.letters {
        let held = u32::from(letter.too_alike);
        let seat = seats.entry(&letter.constituency).or_insert_with(|| SeatCount {
            constituency: letter.constituency.clone(),
            mp: letter.mp.clone(),
            mp_note: letter.mp_note.clone(),
            letters: 0,
            held_back: 0,
            loss: Pence::ZERO,
            branches: Vec::new(),
        });
        (seat.letters, seat.held_back, seat.loss) = (seat.letters + 1, seat.held_back + held, seat.loss + letter.loss);
        let branch = branches.entry(&letter.branch).or_insert_with(|| BranchCount {
            branch: letter.branch.clone(),
            letters: 0,
            held_back: 0,
            mps: 0,
            loss: Pence::ZERO,
        });
        (branch.letters, branch.held_back, branch.loss) = (branch.letters + 1, branch.held_back + held, branch.loss + letter.loss);
        *pairs.entry((&letter.constituency, &letter.branch)).or_default() += 1;
    }
    for ((constituency, branch), count) in pairs {
        if let Some(seat) = seats.get_mut(constituency) {
            seat.branches.push((branch.to_owned(), count));
        }
        if let Some(branch) = branches.get_mut(branch) {
            branch.mps += 1;
        }
    }
    let mut seats: Vec<SeatCount> = seats.into_values().collect();
    seats.sort_by(|a, b| (b.letters, &a.constituency).cmp(&(a.letters, &b.constituency)));
    Counts { seats, branches: branches.into_values().collect() }
}
