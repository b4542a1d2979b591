//! Worked cases as a negotiator can read them: what is given, what must follow, why.
//!
//! ```toml
//! [[case]]
//! title = "2% in April and 1% in October, additive (invented)"
//! why = "480 a year for six months is 240; 720 a year for six months is 360"
//! source = "arithmetic"
//! points = '''
//! 1  A  24000
//! '''
//! offer = '''
//! [[step]]
//! …
//! '''
//! then = '''
//! headline at end             = 3
//! point 1 gain by months      = 600.00
//! '''
//! ```
//!
//! The offer is written as in a dispute folder. Each line of `then` is a quantity and its value; a number is compared
//! with the decimals it is written with. The words for quantities are those of [`Case::value_of`].

use dated::{Date, Faults, FileBytes, Ratio, Table, TomlFile};
use pay::{
    Employment, Headline, HeadlineYear, MemberValue, Offer, PayYear, Pence, PointValue, Progression, RatePath, Row, View, WeeksInYear,
    arrears, break_even_salary, headline, ladder, rates_of_offer, rates_of_salary, value_member, value_row,
};

use crate::support::{day, month, offer, ratio, scale};

/// One worked case.
pub(crate) struct Case {
    pub(crate) title: String,
    points: String,
    rounding: String,
    offer: String,
    then: String,
    nation: String,
    scale_nation: String,
    group: Option<String>,
    year_starts_month: i8,
    member: Option<Member>,
}

struct Member {
    point: String,
    band: String,
    increment_on: Option<Date>,
    passes_gate: bool,
    employment: Employment,
    paid_on: Option<Date>,
}

/// Every case of a file.
pub(crate) fn read(name: &str, text: &str) -> Vec<Case> {
    let faults = Faults::new();
    let file = TomlFile::read(name, &FileBytes::Read(text.into()), &faults).unwrap_or_else(|| panic!("{name} is empty"));
    let cases = file.with_root(&faults, |root| root.list("case", |table, _| read_case(table)));
    crate::support::no_faults(name, faults);
    cases
}

fn read_case(table: &Table<'_>) -> Option<Case> {
    let title = table.text("title");
    // Kept for the reader of the case; the runner only asks that they are there.
    let (why, source) = (table.text("why"), table.text("source"));
    let member = table
        .optional_table("member", |entry| {
            Some(Member {
                point: entry.text("point")?,
                band: entry.text("band")?,
                increment_on: entry.optional_date("increment_on"),
                passes_gate: entry.optional_bool("passes_gate").unwrap_or(false),
                employment: Employment {
                    started_on: entry.optional_date("started_on"),
                    left_on: entry.optional_date("left_on"),
                    portion: entry.optional_decimal("portion").unwrap_or(Ratio::ONE),
                    changes: entry.list("hours", |change, _| Some((change.date("from")?, change.decimal("portion")?))),
                },
                paid_on: entry.optional_date("paid_on"),
            })
        })
        .flatten();
    let nation = table.optional_text("nation").unwrap_or_else(|| "England".into());
    let case = Case {
        title: title?,
        points: table.optional_text("points").unwrap_or_else(|| "1 A 24000".into()),
        rounding: table.optional_text("rounding").unwrap_or_else(|| "nearest pound".into()),
        offer: table.text("offer")?,
        then: table.text("then")?,
        scale_nation: table.optional_text("scale_nation").unwrap_or_else(|| nation.clone()),
        nation,
        group: table.optional_text("group"),
        year_starts_month: table.optional_count("year_starts_month").map_or(4, |month| i8::try_from(month).expect("a month")),
        member,
    };
    why.and(source).map(|_| case)
}

impl Case {
    /// Every line of `then` that does not come out, as a sentence; and how many lines there were.
    pub(crate) fn run(&self) -> (usize, Vec<String>) {
        let offer = offer(&self.offer);
        let lines: Vec<&str> = self.then.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        assert!(!lines.is_empty(), "{}: nothing is expected", self.title);
        let mut wrong = Vec::new();
        for line in &lines {
            let (what, wanted) = line.split_once('=').unwrap_or_else(|| panic!("{}: no `=` in {line}", self.title));
            let (what, wanted) = (what.trim(), wanted.trim());
            let words: Vec<&str> = what.split_whitespace().collect();
            let got = match self.value_of(&offer, &words) {
                Value::Number(number) => {
                    let places = wanted.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                    // A whole number is meant exactly: 24000 is not 24000.4.
                    if places == 0 { number.to_short(6) } else { number.to_fixed(u32::try_from(places).expect("few decimals")) }
                }
                Value::Text(text) => text,
            };
            if got != wanted {
                wrong.push(format!("{what}: wanted {wanted}, got {got}"));
            }
        }
        (lines.len(), wrong)
    }

    fn view(&self) -> View<'_> {
        View { nation: &self.nation, scale_nation: &self.scale_nation, group: self.group.as_deref() }
    }

    fn first_year(&self, offer: &Offer) -> PayYear {
        offer.first_pay_year(self.year_starts_month).unwrap_or_else(|| panic!("{}: the offer has no pay year", self.title))
    }

    fn rows(&self, offer: &Offer) -> Vec<Row> {
        let rows = rates_of_offer(offer, &scale(&self.points, &self.rounding), self.view());
        let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", self.title));
        for row in &rows {
            let in_order = row.path.rates.windows(2).all(|pair| pair[0].from < pair[1].from);
            assert!(in_order, "{}: two rates of point {} on one day", self.title, row.point);
        }
        rows
    }

    fn value_of(&self, offer: &Offer, words: &[&str]) -> Value {
        match words {
            ["headline", rest @ ..] => self.headline_value(headline(offer, self.view(), self.year_starts_month), rest),
            ["break-even", weekly, weeks @ ..] => {
                let headline = headline(offer, self.view(), self.year_starts_month).expect("a headline");
                let weekly = Pence::from_pounds(ratio(weekly)).expect("pounds");
                let weeks = if weeks == ["52", "weeks"] { WeeksInYear::FiftyTwo } else { WeeksInYear::Calendar };
                break_even_salary(weekly, headline.largest_gap_percent(), weeks).map_or(text("none"), Value::Number)
            }
            ["point", point, rest @ ..] => {
                let rows = self.rows(offer);
                let (point, band) = point.split_once('/').map_or((*point, None), |(point, band)| (point, Some(band)));
                let found: Vec<&Row> = rows.iter().filter(|row| row.point == point && band.is_none_or(|band| row.band == band)).collect();
                match found.as_slice() {
                    [one] => point_value(&value_row((*one).clone(), self.first_year(offer)), rest),
                    [] => text("none"),
                    several => panic!("{}: point {point} is in {} bands", self.title, several.len()),
                }
            }
            ["salary", salary, rest @ ..] => {
                let salary = Pence::from_pounds(ratio(salary)).expect("pounds");
                let row = rates_of_salary(offer, salary, None, self.view()).unwrap_or_else(|error| panic!("{}: {error}", self.title));
                point_value(&value_row(row, self.first_year(offer)), rest)
            }
            ["member", rest @ ..] => self.member_value(offer, rest),
            _ => panic!("{}: “{}” is no quantity", self.title, words.join(" ")),
        }
    }

    fn headline_value(&self, found: Option<Headline>, words: &[&str]) -> Value {
        let Some(found) = found else { return text("none") };
        let of_year = |year: &HeadlineYear, words: &[&str]| match words {
            ["in", "year", "by", "months"] => Value::Number(year.in_year_percent.by_months),
            ["in", "year", "by", "days"] => Value::Number(year.in_year_percent.by_days),
            ["at", "end"] => Value::Number(year.year_end_percent),
            ["saving", "by", "months"] => Value::Number(year.staging_saving_percent.by_months),
            ["saving", "by", "days"] => Value::Number(year.staging_saving_percent.by_days),
            other => panic!("{}: “{}” is no quantity of a headline", self.title, other.join(" ")),
        };
        match words {
            ["total"] => Value::Number(found.total_percent),
            ["simple", "sum"] => Value::Number(found.simple_sum_percent),
            ["for", "everybody"] => yes(!found.has_special_clauses),
            ["years"] => text(&found.years.iter().map(|year| year.year.name()).collect::<Vec<_>>().join(" ")),
            ["after", from] => {
                found.totals.iter().find(|(known, _)| *known == day(from)).map_or(text("none"), |(_, total)| Value::Number(*total))
            }
            [name, rest @ ..] if name.starts_with("20") => {
                of_year(found.years.iter().find(|year| year.year.name() == *name).unwrap_or_else(|| panic!("no year {name}")), rest)
            }
            rest => of_year(&found.years[0], rest),
        }
    }

    fn member_value(&self, offer: &Offer, words: &[&str]) -> Value {
        let member = self.member.as_ref().unwrap_or_else(|| panic!("{}: the case has no member", self.title));
        let rungs = ladder(&self.rows(offer), &member.point, &member.band);
        assert!(!rungs.is_empty(), "{}: no point {} in band {}", self.title, member.point, member.band);
        let point = value_row(rungs[0].clone(), self.first_year(offer));
        let years: Vec<PayYear> = point.years.iter().map(|year| year.year).collect();
        let value: MemberValue =
            value_member(&rungs, &member.employment, member.increment_on, member.passes_gate, offer, self.view(), &years);
        if let [what @ ("arrears" | "due" | "paid"), which] = words {
            let paid = RatePath { base: rungs[0].path.base, rates: Vec::new() };
            let paid_on = member.paid_on.or(offer.steps.iter().filter_map(|step| step.pay_on).max()).expect("a day of payment");
            let months = arrears(&rungs[0].path, &paid, &member.employment, years[0].first_day(), paid_on);
            return match *which {
                "total" => Value::Number(months.iter().map(|month| month.arrears()).sum::<Pence>().pounds()),
                "months" => text(&months.len().to_string()),
                which => months.iter().find(|found| found.month == month(which)).map_or(text("none"), |found| {
                    Value::Number(match *what {
                        "due" => found.due.pounds(),
                        "paid" => found.paid.pounds(),
                        _ => found.arrears().pounds(),
                    })
                }),
            };
        }
        match words {
            ["increments"] => {
                let list: Vec<String> = value
                    .increments
                    .iter()
                    .map(|increment| {
                        let word = match increment.progression {
                            Progression::Normal => "normal",
                            Progression::Frozen => "frozen",
                            Progression::Gated => "gated",
                        };
                        format!("{} {}>{} {word}", increment.due_on, increment.from, increment.to)
                    })
                    .collect();
                text(&if list.is_empty() { "none".to_owned() } else { list.join(", ") })
            }
            ["top", "of", "band"] => yes(value.no_increment.is_some()),
            [name, rest @ ..] => {
                let year = value.years.iter().find(|year| year.year.name() == *name).unwrap_or_else(|| panic!("no year {name}"));
                let of = |value: pay::ByCount, how: &str| {
                    Value::Number(if how == "months" { value.by_months } else { value.by_days } / Ratio::whole(100))
                };
                match rest {
                    ["base", "by", how] => of(year.base, how),
                    ["award", "by", how] => of(year.award, how),
                    ["increment", "by", how] => of(year.increment, how),
                    ["one-off"] => Value::Number(year.unconsolidated.pounds()),
                    ["rate", "at", "end"] => Value::Number(year.year_end_rate.pounds()),
                    other => panic!("{}: “{}” is no quantity of a member", self.title, other.join(" ")),
                }
            }
            [] => panic!("{}: which quantity of the member?", self.title),
        }
    }
}

fn point_value(point: &PointValue, words: &[&str]) -> Value {
    let year = |name: &str| point.years.iter().find(|year| year.year.name() == name).unwrap_or_else(|| panic!("no pay year {name}"));
    let first = point.first_year();
    let pounds = |pence: Ratio| Value::Number(pence / Ratio::whole(100));
    match words {
        ["on", date] => Value::Number(point.row.path.rate_on(day(date)).pounds()),
        ["changes"] => text(&point.row.path.changes().iter().map(|(from, _)| from.to_string()).collect::<Vec<_>>().join(" ")),
        ["years"] => text(&point.years.iter().map(|year| year.year.name()).collect::<Vec<_>>().join(" ")),
        ["gain", "by", "months"] => pounds(first.gain_pence.by_months),
        ["gain", "by", "days"] => pounds(first.gain_pence.by_days),
        ["gain", "percent", "by", "months"] => Value::Number(first.gain_percent.by_months),
        ["gain", "percent", "by", "days"] => Value::Number(first.gain_percent.by_days),
        ["gain", "over", "base", name] => pounds(year(name).gain_pence.by_months),
        ["at", "end", "percent"] => Value::Number(first.year_end_percent),
        ["at", "end", "percent", name] => Value::Number(year(name).year_end_percent),
        ["one-off"] => Value::Number(first.unconsolidated.pounds()),
        ["one-off", name] => Value::Number(year(name).unconsolidated.pounds()),
        ["weekly", "loss"] => pounds(point.weekly_loss_pence(WeeksInYear::Calendar)),
        ["weekly", "loss", "52", "weeks"] => pounds(point.weekly_loss_pence(WeeksInYear::FiftyTwo)),
        ["until", "full", "by", "months"] => pounds(point.loss_to_full_award_pence.by_months),
        ["until", "full", "by", "days"] => pounds(point.loss_to_full_award_pence.by_days),
        ["stretches"] => text(&point.staging.iter().map(|loss| format!("{} to {}", loss.from, loss.until)).collect::<Vec<_>>().join(", ")),
        ["moved", "to"] => text(point.row.moved_to.as_ref().map_or("none", |(point, _)| point)),
        other => panic!("“{}” is no quantity of a point", other.join(" ")),
    }
}

enum Value {
    Number(Ratio),
    Text(String),
}

fn text(text: &str) -> Value {
    Value::Text(if text.is_empty() { "none".to_owned() } else { text.to_owned() })
}

fn yes(truth: bool) -> Value {
    text(if truth { "yes" } else { "no" })
}
