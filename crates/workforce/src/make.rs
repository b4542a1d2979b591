//! An invented workforce in the proportions of published totals, the same for the same seed. Spec P39.

use std::collections::HashMap;

use dated::{Date, Ratio};
use pay::{Post, PostPay, Scale, Sex, Staff, Workforce, YearDay};

use crate::deck::{Dealer, largest_remainder};
use crate::published::{Assumptions, GroupShares, Published};

/// The most staff that are made.
const MOST_STAFF: u32 = 5_000_000;

/// What is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'r> {
    /// How many people.
    pub staff: u32,
    /// The same seed gives the same people.
    pub seed: u64,
    /// Where they work.
    pub nation: &'r str,
    /// The scale they are paid on.
    pub scale: &'r Scale,
    /// The day whose points they stand on; the latest table where none is named.
    pub as_of: Option<Date>,
}

/// An invented workforce and what must be said of it.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its label is in [`Workforce::synthetic`].
    pub workforce: Workforce,
    /// What could not be done as assumed.
    pub notes: Vec<String>,
}

/// The nation whose employers are in the data.
const NATION: &str = "England";

/// Makes a workforce. Spec P39.
///
/// # Errors
/// A sentence with what is not in the data, or cannot be asked.
pub fn make(recipe: &Recipe<'_>, published: &Published, assumptions: &Assumptions) -> Result<Made, String> {
    if recipe.staff == 0 || recipe.staff > MOST_STAFF {
        return Err(format!("from 1 to {} staff can be made", pay::grouped(MOST_STAFF.into())));
    }
    if recipe.nation != NATION {
        return Err(format!(
            "the published employers are those of {NATION}; for {} there are none in the data, so nothing can be made",
            recipe.nation
        ));
    }
    let latest = recipe.scale.tables().filter(|table| table.nation == recipe.nation).map(|table| table.effective_from).max();
    let Some(as_of) = recipe.as_of.or(latest) else {
        return Err(format!("{} has no table for {}; it has {}", recipe.scale.title, recipe.nation, recipe.scale.nations().join(", ")));
    };
    let table = recipe.scale.table_on(recipe.nation, as_of).map_err(|missing| missing.to_string())?;
    let mut notes = Vec::new();
    let ladders = Ladders::of(table, assumptions, recipe.scale, &mut notes)?;
    let mut workforce = Workforce {
        title: format!("Invented staff, {}", recipe.nation),
        synthetic: Some(label(recipe, table.effective_from, published)),
        nations: vec![recipe.nation.to_owned()],
        posts: ladders.posts.clone(),
        ..Workforce::default()
    };
    // Who works where, in which group: employer by employer, group by group, to the person.
    let groups = &assumptions.groups;
    let shares = GroupsOfEmployers::of(published, assumptions);
    let per_employer = largest_remainder(recipe.staff.into(), &published.employers.iter().map(|one| tenths(one.fte)).collect::<Vec<_>>());
    let mut employer_of: Vec<u16> = Vec::with_capacity(recipe.staff as usize);
    let mut group_of: Vec<u16> = Vec::with_capacity(recipe.staff as usize);
    for (employer, people) in published.employers.iter().zip(per_employer).filter(|(_, people)| *people > 0) {
        let number = workforce.employers.len() as u16;
        workforce.employers.push(employer.name.clone());
        let weights = shares.weights(&employer.code, &employer.kind);
        for (group, people) in largest_remainder(people, weights).into_iter().enumerate() {
            employer_of.extend(std::iter::repeat_n(number, people as usize));
            group_of.extend(std::iter::repeat_n(group as u16, people as usize));
        }
    }
    if group_of.len() != recipe.staff as usize {
        return Err("an employer has no staff group in the data".to_owned());
    }
    workforce.staff_groups = groups.iter().map(|group| group.name.clone()).collect();
    // The rest is dealt: bands within groups, points within bands, women and men within groups, hours within each sex, months.
    let mut dealer = Dealer::new(recipe.seed);
    let bands = dealer.deal(&group_of, &groups.iter().map(|group| ladders.band_weights(group)).collect::<Vec<_>>());
    let points = dealer.deal(&widened(&bands), &ladders.point_weights);
    let women: Vec<Vec<u64>> =
        groups.iter().map(|group| vec![tenths(group.women_percent), tenths(Ratio::whole(100)) - tenths(group.women_percent)]).collect();
    let sexes = dealer.deal(&group_of, &women);
    let portion_weights = assumptions.portions.each_ref().map(|list| list.iter().map(|(_, percent)| tenths(*percent)).collect());
    let hours = dealer.deal(&widened(&sexes), &portion_weights);
    let at_top = |band: u8, point: u8| usize::from(point) + 1 == ladders.point_weights[usize::from(band)].len();
    let month_class: Vec<u16> = bands.iter().zip(&points).map(|(band, point)| u16::from(at_top(*band, *point))).collect();
    let months = dealer.deal(&month_class, &[vec![1; assumptions.months.len()], vec![1]]);
    let portions: [Vec<u16>; 2] = assumptions.portions.each_ref().map(|list| {
        list.iter()
            .map(|(portion, _)| {
                let known = workforce.portions.iter().position(|known| known == portion);
                known.unwrap_or_else(|| {
                    workforce.portions.push(*portion);
                    workforce.portions.len() - 1
                }) as u16
            })
            .collect()
    });
    workforce.staff = (0..recipe.staff as usize)
        .map(|one| Staff {
            post: ladders.first_posts[usize::from(bands[one])] + u32::from(points[one]),
            headcount: 1,
            employer: employer_of[one],
            staff_group: group_of[one],
            portion: portions[usize::from(sexes[one])][usize::from(hours[one])],
            increment: (!at_top(bands[one], points[one])).then(|| YearDay { month: assumptions.months[usize::from(months[one])], day: 1 }),
            nation: 0,
            sex: Some(if sexes[one] == 0 { Sex::Female } else { Sex::Male }),
        })
        .collect();
    Ok(Made { workforce, notes })
}

/// Spec P39: the label goes wherever a figure of these staff goes, so it says what of them is published and what is not.
fn label(recipe: &Recipe<'_>, from: Date, published: &Published) -> String {
    format!(
        "invented staff, {} made with seed {}. Published: the proportions of employers (March 2025) and of their staff groups (June 2018) in {} [{}]. \
         Assumed and estimated: bands, points, hours, sex and increment dates. Points of {} from {}.",
        pay::grouped(recipe.staff.into()),
        recipe.seed,
        recipe.nation,
        published.sources.join("; "),
        recipe.scale.id,
        from,
    )
}

fn tenths(number: Ratio) -> u64 {
    u64::try_from((number * Ratio::whole(10)).round_half_away()).unwrap_or(0)
}

fn widened(kinds: &[u8]) -> Vec<u16> {
    kinds.iter().map(|kind| u16::from(*kind)).collect()
}

/// The posts of the scale by band, from the lowest point to the top.
struct Ladders {
    bands: Vec<String>,
    posts: Vec<Post>,
    /// The number of the lowest post of each band.
    first_posts: Vec<u32>,
    point_weights: Vec<Vec<u64>>,
}

impl Ladders {
    fn of(table: &pay::ScaleTable, assumptions: &Assumptions, scale: &Scale, notes: &mut Vec<String>) -> Result<Self, String> {
        let mut ladders = Self { bands: Vec::new(), posts: Vec::new(), first_posts: Vec::new(), point_weights: Vec::new() };
        let mut assumed: Vec<&str> = assumptions.groups.iter().flat_map(|group| &group.bands).map(|(band, _)| band.as_str()).collect();
        assumed.sort_unstable();
        assumed.dedup();
        let mut missing = Vec::new();
        for band in assumed {
            let mut points: Vec<_> = table.points.iter().filter(|point| point.bands.iter().any(|known| known == band)).collect();
            points.sort_by_key(|point| point.annual);
            // Points of one rate are one step of the way up.
            points.dedup_by_key(|point| point.annual);
            if points.is_empty() {
                missing.push(band);
                continue;
            }
            let (top, below) = (tenths(assumptions.top_percent), points.len() as u64 - 1);
            let mut weights = vec![tenths(Ratio::whole(100)) - top; points.len()];
            weights[points.len() - 1] = if below == 0 { 1 } else { top * below };
            ladders.bands.push(band.to_owned());
            ladders.first_posts.push(ladders.posts.len() as u32);
            ladders.point_weights.push(weights);
            ladders.posts.extend(points.iter().map(|point| Post { band: band.to_owned(), pay: PostPay::Point(point.id.clone()) }));
        }
        if ladders.bands.is_empty() {
            return Err(format!("{} has none of the bands for which there are assumptions: {}", scale.title, missing.join(", ")));
        }
        if !missing.is_empty() {
            notes.push(format!(
                "{} has no band {} on {}: the other bands of a staff group share its part",
                scale.title,
                missing.join(", "),
                table.effective_from
            ));
        }
        if ladders.point_weights.iter().any(|weights| weights.len() > 200) || ladders.bands.len() > 200 {
            return Err(format!("{} has more than 200 points in a band", scale.title));
        }
        Ok(ladders)
    }

    fn band_weights(&self, group: &GroupShares) -> Vec<u64> {
        self.bands
            .iter()
            .map(|band| group.bands.iter().filter(|(name, _)| name == band).map(|(_, percent)| tenths(*percent)).sum())
            .collect()
    }
}

/// The staff groups of employers: their own where they are published, else of their kind, else of all.
struct GroupsOfEmployers {
    own: HashMap<String, Vec<u64>>,
    of_kind: HashMap<String, Vec<u64>>,
    of_all: Vec<u64>,
}

impl GroupsOfEmployers {
    fn of(published: &Published, assumptions: &Assumptions) -> Self {
        let groups: HashMap<&str, usize> = assumptions.groups.iter().enumerate().map(|(at, group)| (group.name.as_str(), at)).collect();
        let empty = || vec![0; groups.len()];
        let kinds: HashMap<&str, &str> = published.employers.iter().map(|one| (one.code.as_str(), one.kind.as_str())).collect();
        let mut shares = Self { own: HashMap::new(), of_kind: HashMap::new(), of_all: empty() };
        let mut of_names: HashMap<&str, Vec<u64>> = HashMap::new();
        for (code, name, group, fte) in &published.groups {
            let Some(&at) = groups.get(group.as_str()) else { continue };
            let weight = tenths(*fte);
            shares.own.entry(code.clone()).or_insert_with(empty)[at] += weight;
            shares.of_all[at] += weight;
            if let Some(kind) = kinds.get(code.as_str()) {
                shares.of_kind.entry((*kind).to_owned()).or_insert_with(empty)[at] += weight;
            }
            for (kind, _) in assumptions.like.iter().filter(|(_, part)| name.contains(part.as_str())) {
                of_names.entry(kind).or_insert_with(empty)[at] += weight;
            }
        }
        for (kind, weights) in of_names {
            shares.of_kind.entry(kind.to_owned()).or_insert(weights);
        }
        shares
    }

    fn weights(&self, code: &str, kind: &str) -> &[u64] {
        let has_any = |weights: &&Vec<u64>| weights.iter().any(|weight| *weight > 0);
        self.own.get(code).filter(has_any).or_else(|| self.of_kind.get(kind).filter(has_any)).unwrap_or(&self.of_all)
    }
}
