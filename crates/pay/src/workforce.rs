//! A workforce: who is paid on which point, for how many hours, where and by whom. Not the files it is read from.
//!
//! Names are kept once and numbered, so that a million and a half staff take thirty megabytes.

use std::collections::HashMap;

use dated::{Date, Ratio};

use crate::framework::Framework;
use crate::money::Pence;
use crate::offer::Offer;
use crate::rates::{Row, rates_of_salary};

/// A workforce as of a day.
#[derive(Clone, Debug, Default)]
pub struct Workforce {
    /// What it is, for people.
    pub title: String,
    /// For an invented workforce: what it was made from. It is shown wherever a figure of it is shown.
    pub synthetic: Option<String>,
    /// The nations; [`Staff::nation`] counts from here.
    pub nations: Vec<String>,
    /// The employers.
    pub employers: Vec<String>,
    /// The staff groups.
    pub staff_groups: Vec<String>,
    /// What people are paid by.
    pub posts: Vec<Post>,
    /// Portions of full-time hours.
    pub portions: Vec<Ratio>,
    /// The staff.
    pub staff: Vec<Staff>,
}

/// What somebody is paid by: a point in a band, or a salary of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Post {
    /// The band; empty where none was said.
    pub band: String,
    /// Point or salary.
    pub pay: PostPay,
}

/// See [`Post`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PostPay {
    /// On a point of the scale.
    Point(String),
    /// On a full-time salary of its own.
    Salary(Pence),
}

/// A person, or several who are alike. Numbers lead into the lists of the [`Workforce`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Into [`Workforce::posts`].
    pub post: u32,
    /// How many people.
    pub headcount: u32,
    /// Into [`Workforce::employers`].
    pub employer: u16,
    /// Into [`Workforce::staff_groups`].
    pub staff_group: u16,
    /// Into [`Workforce::portions`]: each person's.
    pub portion: u16,
    /// When the next point falls due each year; `None` where no increment is due or its day is not known.
    pub increment: Option<YearDay>,
    /// Into [`Workforce::nations`].
    pub nation: u8,
    /// Where the data say.
    pub sex: Option<Sex>,
}

/// A day that comes back every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearDay {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31; a 29 February is the 28th in other years.
    pub day: u8,
}

impl YearDay {
    /// The month and day of a date.
    pub fn of(day: Date) -> Self {
        Self { month: day.month().unsigned_abs(), day: day.day().unsigned_abs() }
    }

    /// The day in that year.
    pub fn in_year(self, year: i16) -> Date {
        let first = Date::constant(year, 1, 1).with().month(self.month.cast_signed()).build().unwrap_or(Date::constant(year, 1, 1));
        let day = self.day.cast_signed().min(first.days_in_month());
        first.with().day(day).build().unwrap_or(first)
    }
}

/// As a pay gap is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Women.
    Female,
    /// Men.
    Male,
}

impl Workforce {
    /// People.
    pub fn headcount(&self) -> u64 {
        self.staff.iter().map(|staff| u64::from(staff.headcount)).sum()
    }

    /// Whole-time equivalents.
    pub fn whole_time(&self) -> Ratio {
        let mut people = vec![0_i64; self.portions.len()];
        for staff in &self.staff {
            people[usize::from(staff.portion)] += i64::from(staff.headcount);
        }
        people.iter().zip(&self.portions).map(|(people, portion)| Ratio::whole(*people) * *portion).sum()
    }
}

/// The rates of every post of a workforce under an offer.
#[derive(Clone, Debug)]
pub struct WorkforceRates {
    /// The posts that staff are on, and those above them in their bands.
    pub posts: Vec<PostRates>,
    /// By nation, staff group and post of the workforce.
    index: HashMap<(u8, u16, u32), u32>,
}

/// The rates of one post under an offer, and the way up from it.
#[derive(Clone, Debug)]
pub struct PostRates {
    /// Its rates.
    pub row: Row,
    /// The next point of its band, into [`WorkforceRates::posts`]; `None` at the top and for salaries of their own.
    pub next: Option<u32>,
    /// Where its staff are moved to by the offer, into [`WorkforceRates::posts`], and when.
    pub moved_to: Option<(u32, Date)>,
}

/// The rows of a nation and group, with the number of the first of them; or why there are none.
type ScaleRows = Result<(usize, Vec<Row>), String>;

/// Staff who cannot be valued, with the reason; all that are found are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOnScale {
    /// Nation, staff group and post, in words.
    pub who: String,
    /// People.
    pub headcount: u64,
    /// Why.
    pub why: String,
}

impl WorkforceRates {
    /// Spec P40: finds the row of each nation, staff group and post that staff are on. A staff group that the dispute has as a
    /// group gets the steps of that group; others get the steps of an offer that makes no difference between groups.
    ///
    /// # Errors
    /// Everybody who is on no row of the offer's scales.
    pub fn of(framework: &Framework<'_>, offer: &Offer, workforce: &Workforce) -> Result<Self, Vec<NotOnScale>> {
        let mut headcounts: HashMap<(u8, u16, u32), u64> = HashMap::new();
        for staff in &workforce.staff {
            *headcounts.entry((staff.nation, staff.staff_group, staff.post)).or_default() += u64::from(staff.headcount);
        }
        let mut keys: Vec<(u8, u16, u32)> = headcounts.keys().copied().collect();
        keys.sort_unstable();
        let treats_groups = !framework.groups_of(offer).iter().all(Option::is_none);
        let mut rates = Self { posts: Vec::new(), index: HashMap::new() };
        let mut missing = Vec::new();
        // The rows of a nation and group are worked out once, on each scale in turn.
        let mut scales: HashMap<(u8, Option<u16>), ScaleRows> = HashMap::new();
        for key in keys {
            let (nation, group, post) = key;
            let nation_name = &workforce.nations[usize::from(nation)];
            let group_name = &workforce.staff_groups[usize::from(group)];
            let post = &workforce.posts[post as usize];
            let mut fail = |why: String| {
                let pay = match &post.pay {
                    PostPay::Point(point) => format!("point {point}"),
                    PostPay::Salary(salary) => format!("a salary of {salary}"),
                };
                let band = if post.band.is_empty() { String::new() } else { format!(", band {}", post.band) };
                missing.push(NotOnScale { who: format!("{nation_name}, {group_name}, {pay}{band}"), headcount: headcounts[&key], why });
            };
            if !offer.nations.iter().any(|(known, _)| known == nation_name) {
                fail(format!("the offer does not apply in {nation_name}"));
                continue;
            }
            if treats_groups && !framework.groups.contains(group_name) {
                fail(format!("the offer treats groups differently, and “{group_name}” is none of {}", framework.groups.join(", ")));
                continue;
            }
            let own = framework.in_group(treats_groups.then(|| group_name.clone()));
            match &post.pay {
                PostPay::Salary(salary) => {
                    let band = (!post.band.is_empty()).then_some(post.band.as_str());
                    match rates_of_salary(offer, *salary, band, own.view(offer, nation_name)) {
                        Ok(row) => {
                            rates.index.insert(key, rates.posts.len() as u32);
                            rates.posts.push(PostRates { row, next: None, moved_to: None });
                        }
                        Err(why) => fail(why.to_string()),
                    }
                }
                PostPay::Point(point) => {
                    let table = scales
                        .entry((nation, treats_groups.then_some(group)))
                        .or_insert_with(|| rates.add_scales(&own, offer, nation_name));
                    match table {
                        Err(why) => fail(why.clone()),
                        Ok((first, rows)) => {
                            let on_point = || rows.iter().enumerate().filter(|(_, row)| row.point == *point);
                            let in_band = || on_point().filter(|(_, row)| post.band.is_empty() || row.band == post.band);
                            let first_of_band = in_band().next().map(|(at, _)| at);
                            match first_of_band {
                                Some(at) if in_band().all(|(_, row)| row.path == rows[at].path) => {
                                    rates.index.insert(key, (*first + at) as u32);
                                }
                                Some(_) => fail(format!("point {point} is in several bands that the offer treats differently: say which")),
                                None if on_point().next().is_some() => {
                                    let bands: Vec<&str> = on_point().map(|(_, row)| row.band.as_str()).collect();
                                    fail(format!("point {point} is not in that band; it is in {}", bands.join(" and ")));
                                }
                                None => fail(format!("no scale of the offer has a point {point}")),
                            }
                        }
                    }
                }
            }
        }
        if missing.is_empty() { Ok(rates) } else { Err(missing) }
    }

    /// The post of a record, into [`Self::posts`].
    pub fn of_staff(&self, staff: &Staff) -> u32 {
        self.index[&(staff.nation, staff.staff_group, staff.post)]
    }

    fn add_scales(&mut self, framework: &Framework<'_>, offer: &Offer, nation: &str) -> ScaleRows {
        let first = self.posts.len();
        let mut all = Vec::new();
        let mut why = "the pay scale that this offer is for is not in the data".to_owned();
        for scale in framework.scales_of(offer) {
            let rows = match framework.rows(offer, scale, nation) {
                Ok(rows) => rows,
                Err(error) => {
                    why = error.to_string();
                    continue;
                }
            };
            let start = first + all.len();
            for row in &rows {
                let above = rows.iter().enumerate().filter(|(_, other)| other.band == row.band && other.path.base > row.path.base);
                let next = above.min_by_key(|(_, other)| other.path.base).map(|(at, _)| (start + at) as u32);
                let moved_to = row.moved_to.as_ref().and_then(|(point, on)| {
                    let same_band = rows.iter().position(|other| other.point == *point && other.band == row.band);
                    let at = same_band.or_else(|| rows.iter().position(|other| other.point == *point))?;
                    Some(((start + at) as u32, *on))
                });
                self.posts.push(PostRates { row: row.clone(), next: next.filter(|_| scale.progression), moved_to });
            }
            all.extend(rows);
        }
        if all.is_empty() { Err(why) } else { Ok((first, all)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_year_day_comes_back_every_year() {
        let leap = YearDay::of(date(2024, 2, 29));
        assert_eq!(leap.in_year(2025), date(2025, 2, 28));
        assert_eq!(leap.in_year(2028), date(2028, 2, 29));
    }

    #[test]
    fn a_record_takes_twenty_bytes() {
        assert!(size_of::<Staff>() <= 24);
    }
}
