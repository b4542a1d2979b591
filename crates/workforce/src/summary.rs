//! People and whole-time equivalents by nation, employer type, group and band: what a file holds, at a glance.

use std::collections::BTreeMap;
use std::collections::HashMap;

use dated::Ratio;
use pay::{PostPay, Workforce};

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is of.
    pub name: String,
    /// People.
    pub headcount: u64,
    /// Whole-time equivalents.
    pub fte: Ratio,
}

/// A workforce in figures.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// By nation.
    pub nations: Vec<Line>,
    /// By kind of employer.
    pub employer_types: Vec<Line>,
    /// By staff group.
    pub staff_groups: Vec<Line>,
    /// By band.
    pub bands: Vec<Line>,
    /// Whose sex is known, whose increment date, who is on a point.
    pub known: Vec<Line>,
}

/// People by portion of full time, for each of several names.
type Counts = HashMap<(u32, u16), u64>;

impl Summary {
    /// `kinds` gives the kind of an employer by its name in small letters.
    pub fn of(workforce: &Workforce, kinds: &HashMap<String, &str>) -> Self {
        let mut bands: Vec<&str> = workforce.posts.iter().map(|post| post.band.as_str()).collect();
        bands.sort_unstable();
        bands.dedup();
        let band_of: Vec<u32> =
            workforce.posts.iter().map(|post| bands.binary_search(&post.band.as_str()).unwrap_or_default() as u32).collect();
        let (mut nations, mut employers, mut groups, mut by_band, mut known) =
            (Counts::new(), Counts::new(), Counts::new(), Counts::new(), Counts::new());
        for staff in &workforce.staff {
            let people = u64::from(staff.headcount);
            let add = |counts: &mut Counts, name: u32| *counts.entry((name, staff.portion)).or_default() += people;
            add(&mut nations, staff.nation.into());
            add(&mut employers, staff.employer.into());
            add(&mut groups, staff.staff_group.into());
            add(&mut by_band, band_of[staff.post as usize]);
            if staff.sex.is_some() {
                add(&mut known, 0);
            }
            if staff.increment.is_some() {
                add(&mut known, 1);
            }
            if matches!(workforce.posts[staff.post as usize].pay, PostPay::Point(_)) {
                add(&mut known, 2);
            }
        }
        let lines = |counts: &Counts, name: &dyn Fn(u32) -> String| lines(counts, &workforce.portions, name);
        let named = |list: &[String], at: u32, none: &str| match list[at as usize].as_str() {
            "" => none.to_owned(),
            name => name.to_owned(),
        };
        Self {
            nations: lines(&nations, &|at| named(&workforce.nations, at, "not said")),
            employer_types: lines(&employers, &|at| match workforce.employers[at as usize].as_str() {
                "" => "not said".to_owned(),
                name => kinds
                    .get(&name.to_lowercase())
                    .map_or_else(|| "not in the list of English employers".to_owned(), |kind| (*kind).to_owned()),
            }),
            staff_groups: lines(&groups, &|at| named(&workforce.staff_groups, at, "not said")),
            bands: lines(&by_band, &|at| if bands[at as usize].is_empty() { "not said".to_owned() } else { bands[at as usize].to_owned() }),
            known: lines(&known, &|at| ["sex", "increment date", "point of a scale"][at as usize].to_owned()),
        }
    }
}

/// Adds up by name, in the order of the names.
fn lines(counts: &Counts, portions: &[Ratio], name: &dyn Fn(u32) -> String) -> Vec<Line> {
    let mut names: HashMap<u32, String> = HashMap::new();
    let mut by_name: BTreeMap<String, BTreeMap<u16, u64>> = BTreeMap::new();
    for ((at, portion), people) in counts {
        let name = names.entry(*at).or_insert_with(|| name(*at));
        *by_name.entry(name.clone()).or_default().entry(*portion).or_default() += people;
    }
    by_name
        .into_iter()
        .map(|(name, by_portion)| Line {
            name,
            headcount: by_portion.values().sum(),
            fte: by_portion.iter().map(|(portion, people)| Ratio::new(i128::from(*people), 1) * portions[usize::from(*portion)]).sum(),
        })
        .collect()
}
