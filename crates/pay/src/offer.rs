//! An offer: dated steps on the rates of a base date. Nothing about a step is assumed; each says what its
//! percentage is of, whom it reaches and from when.
//!
//! | in the file | means |
//! | --- | --- |
//! | `percent = 1.8`, `of = "base"` | a *further* 1.8% of the base rate, on top of the rate in force (additive) |
//! | `percent = 1.8`, `of = "in-force"` | a further 1.8% of the rate in force the day before (compounding) |
//! | `total_percent = 2.5` | the rate becomes the base rate and 2.5%, whatever earlier steps of this offer gave |
//! | `pounds = 1400` | a further cash sum a year, full time |
//! | `rates = { "16" = 21478 }` | the named points get these rates |
//! | `and_pounds`, `or_pounds` | plus a cash sum; or the cash sum if that is more |
//! | `at_least_pounds`, `at_most_pounds` | underpin and cap on the rise of this step (for `total_percent`: on the rise from base) |
//! | `rate_at_least` | no selected rate below this |
//! | `minimum_increment_percent` | each selected point at least so much above the point below it in its band |
//! | `assimilate = [{ from, to }]` | a deleted or merged point: its staff move to another |
//! | `new_points = [{ point, bands, rate }]` | points that did not exist |
//! | `progression = "frozen" \| "gated" \| "normal"` | what happens to increments from this day |
//! | `[[step.also]]` | a further change on the same day, for the rows it selects, after the one above |
//! | `[[lump]]` | an unconsolidated sum: paid, but not part of the rate |
//! | `[[reopener]]` | talks may begin again, on a condition (`reopener`) |

use std::collections::BTreeMap;

use dated::{Cite, Date, Place, Ratio, Sources, Status, Table};

use crate::money::Pence;
use crate::pay_year::PayYear;
use crate::reopener::Reopener;
use crate::scale::annual_rate;

/// Whose words an offer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferKind {
    /// What a union asked for.
    PayClaim,
    /// What a review body recommended.
    Recommendation,
    /// What the employer or the government offered.
    Offer,
    /// What was decided or imposed.
    Award,
}

impl OfferKind {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 4] =
        [("claim", Self::PayClaim), ("recommendation", Self::Recommendation), ("offer", Self::Offer), ("award", Self::Award)];

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::PayClaim => "claim",
            Self::Recommendation => "recommendation",
            Self::Offer => "offer",
            Self::Award => "award",
        }
    }
}

/// One offer as its file says it.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its id in the dispute.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// Claim, recommendation, offer or award.
    pub kind: OfferKind,
    /// Who made it: the id of a party.
    pub made_by: Option<(String, Place)>,
    /// When it was made.
    pub made_on: Option<Date>,
    /// The rates in force on this day are the base rates. `None` for an offer known only by quoted percentages.
    pub base_date: Option<Date>,
    /// Where it applies.
    pub nations: Vec<(String, Place)>,
    /// To which groups of staff; empty means all groups of the dispute.
    pub groups: Vec<(String, Place)>,
    /// Whose scales it is valued on; `None` means those of the dispute, an empty list that theirs are not in the data.
    pub scales: Option<Vec<(String, Place)>>,
    /// The steps, in the order of their dates.
    pub steps: Vec<Step>,
    /// Unconsolidated sums.
    pub lumps: Vec<Lump>,
    /// Clauses that let talks begin again before the deal ends.
    pub reopeners: Vec<Reopener>,
    /// Percentages that somebody put on the offer where its steps are not known.
    pub counted: Vec<Counted>,
    /// The first pay year the offer is for; by default the one that holds its first step.
    pub pay_year: Option<PayYear>,
    /// What the offer says, in our words.
    pub summary: Option<String>,
    /// Who published it.
    pub source: Cite,
    /// How sure it is.
    pub status: Option<Status>,
    /// Where it stands.
    pub place: Place,
}

/// What happens on one day.
#[derive(Clone, Debug)]
pub struct Step {
    /// The day the rates change.
    pub from: Date,
    /// The day they reach the payslip, if later; arrears run from `from`.
    pub pay_on: Option<Date>,
    /// What the clause says, in our words.
    pub clause: Option<String>,
    /// Where it applies; empty means all nations of the offer.
    pub nations: Vec<(String, Place)>,
    /// To which groups; empty means all groups of the offer.
    pub groups: Vec<(String, Place)>,
    /// The changes, in the order they are made.
    pub changes: Vec<Change>,
    /// Staff of the first point move to the second.
    pub assimilate: Vec<Assimilation>,
    /// Points that come into being.
    pub new_points: Vec<NewPoint>,
    /// What happens to increments from this day.
    pub progression: Option<Progression>,
    /// Where it stands.
    pub place: Place,
}

/// One change of rates.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which rows.
    pub select: Select,
    /// By how much.
    pub rise: Rise,
    /// Plus this sum.
    pub and_pence: Pence,
    /// Or this sum if it is more.
    pub or_pence: Option<Pence>,
    /// The rise is at least this.
    pub at_least_pence: Option<Pence>,
    /// The rise is at most this.
    pub at_most_pence: Option<Pence>,
    /// The resulting rate is at least this.
    pub rate_at_least: Option<Pence>,
    /// Each selected point is at least so much above the one below it in its band.
    pub minimum_increment_percent: Option<Ratio>,
    /// Where it stands.
    pub place: Place,
}

/// The main part of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rise {
    /// None of its own: only underpins, floors or increments.
    None,
    /// A further percentage.
    Percent {
        /// In percent.
        percent: Ratio,
        /// Of what.
        of: PercentOf,
    },
    /// The base rate and this percentage.
    TotalPercent(Ratio),
    /// A further cash sum a year.
    Pounds(Pence),
    /// These rates for these points.
    Rates(BTreeMap<String, Pence>),
}

/// What a further percentage is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PercentOf {
    /// The rate on the base date: additive.
    Base,
    /// The rate in force on the day before: compounding.
    InForce,
}

/// Which rows a change reaches. Empty lists mean all.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// Bands.
    pub bands: Vec<(String, Place)>,
    /// Points.
    pub points: Vec<(String, Place)>,
    /// Only the top or the bottom point of each band.
    pub only: Option<BandEnd>,
    /// Only rates (before the step) of at most this.
    pub rate_at_most: Option<Pence>,
    /// Only rates (before the step) above this.
    pub rate_above: Option<Pence>,
}

impl Select {
    /// Whether it names no rows in particular.
    pub fn is_everybody(&self) -> bool {
        self.bands.is_empty() && self.points.is_empty() && self.only.is_none() && self.rate_at_most.is_none() && self.rate_above.is_none()
    }
}

/// An end of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandEnd {
    /// The highest-paid point of the band.
    Top,
    /// The lowest-paid point of the band.
    Bottom,
}

/// Staff of one point move to another.
#[derive(Clone, Debug)]
pub struct Assimilation {
    /// The point that goes.
    pub from: (String, Place),
    /// The point its staff move to.
    pub to: (String, Place),
}

/// A point that did not exist before.
#[derive(Clone, Debug)]
pub struct NewPoint {
    /// Its name.
    pub point: String,
    /// Its bands.
    pub bands: Vec<String>,
    /// Its rate.
    pub rate: Pence,
}

/// What happens to increments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progression {
    /// Paid as they fall due.
    Normal,
    /// Not paid.
    Frozen,
    /// Paid only to those who pass a gate, such as a performance standard.
    Gated,
}

/// A sum that is paid but does not become part of the rate.
#[derive(Clone, Debug)]
pub struct Lump {
    /// What it is.
    pub amount: LumpAmount,
    /// Who gets it.
    pub select: Select,
    /// Where.
    pub nations: Vec<(String, Place)>,
    /// On which day it is paid; it counts in the pay year that holds this day.
    pub paid_on: Date,
    /// Where it stands.
    pub place: Place,
}

/// The size of a lump sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LumpAmount {
    /// Percent of the annual rate in force on the day it is paid.
    Percent(Ratio),
    /// A full-time cash sum.
    Pounds(Pence),
}

/// A percentage that one side put on an offer.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Who says so: the id of a party.
    pub who: (String, Place),
    /// In percent.
    pub percent: Ratio,
    /// What the percentage counts.
    pub counts: String,
    /// Who published it.
    pub source: Cite,
}

/// The largest percentage a step may have. Larger is a slip of the pen.
const LARGEST_PERCENT: i64 = 200;

impl Offer {
    /// Reads one offer file and checks all that can be checked without the scale.
    pub fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let title = table.text("title");
        let kind = table.choice("kind", &OfferKind::WORDS);
        let made_by = table.optional_text("made_by").map(|who| (who, table.place_of("made_by")));
        let made_on = table.optional_date("made_on");
        let base_date = table.optional_date("base_date");
        let nations = table.name_list("nations");
        let groups = table.name_list("groups");
        let scales = table.has("scales").then(|| table.text_list("scales"));
        let pay_year = table.optional_month("pay_year_from").map(PayYear::beginning);
        let summary = table.optional_text("summary");
        let source = table.cite(sources);
        let status = table.status();
        let mut steps = table.list("step", |step, _| read_step(step));
        let lumps = table.list("lump", |lump, _| read_lump(lump));
        let reopeners = table.list("reopener", |entry, _| Reopener::read(entry, sources));
        let counted = table.list("counted", |entry, _| {
            let who = entry.text("who").map(|who| (who, entry.place_of("who")));
            let percent = percent_of(entry, "percent");
            let counts = entry.text("counts");
            let source = entry.cite(sources);
            Some(Counted { who: who?, percent: percent?, counts: counts?, source })
        });
        if nations.is_empty() && !table.has("nations") {
            table.fault("missing-key", "nations", "the offer does not say where it applies", "add `nations = [\"England\"]`");
        }
        if (!steps.is_empty() || !lumps.is_empty()) && base_date.is_none() && !table.has("base_date") {
            table.fault(
                "missing-key",
                "base_date",
                "the offer has steps but no base date",
                "add `base_date = …`, the day whose rates the offer starts from",
            );
        }
        if steps.is_empty() && lumps.is_empty() && counted.is_empty() && !table.has("step") {
            table.fault(
                "no-steps",
                "id",
                "the offer has no [[step]]",
                "add at least one [[step]], or a [[counted]] percentage where the steps are not known",
            );
        }
        if let Some(base) = base_date {
            for step in &steps {
                if step.from < base {
                    table.faults().error(
                        "step-before-base",
                        &step.place,
                        format!("this step is from {}, before the base date {base}", step.from),
                        format!("a step begins on or after {base}; correct one of the two dates"),
                    );
                }
            }
        }
        check_one_step_a_day(&steps, table);
        steps.sort_by_key(|step| step.from);
        Some(Self {
            id: id?,
            title: title?,
            kind: kind?,
            made_by,
            made_on,
            base_date,
            nations,
            groups,
            scales,
            steps,
            lumps,
            reopeners,
            counted,
            pay_year,
            summary,
            source,
            status,
            place: table.place(),
        })
    }

    /// The pay year the offer is first for.
    pub fn first_pay_year(&self, start_month: i8) -> Option<PayYear> {
        self.pay_year.or_else(|| {
            let first = self.steps.iter().map(|step| step.from).chain(self.lumps.iter().map(|lump| lump.paid_on)).min()?;
            Some(PayYear::holding(first, start_month))
        })
    }
}

/// Two steps on one day are a fault unless their nations or groups keep them apart.
fn check_one_step_a_day(steps: &[Step], table: &Table<'_>) {
    let apart = |a: &[(String, Place)], b: &[(String, Place)]| {
        !a.is_empty() && !b.is_empty() && a.iter().all(|(name, _)| b.iter().all(|(other, _)| other != name))
    };
    for (at, later) in steps.iter().enumerate() {
        let same_day = steps[..at].iter().find(|earlier| {
            earlier.from == later.from && !apart(&earlier.nations, &later.nations) && !apart(&earlier.groups, &later.groups)
        });
        if let Some(earlier) = same_day {
            table.faults().error(
                "two-steps-one-day",
                &later.place,
                format!("a second step on {} (the first is on line {})", later.from, earlier.place.line),
                "correct one of the dates; for a further change on the same day use [[step.also]] below the first",
            );
        }
    }
}

fn read_step(table: &Table<'_>) -> Option<Step> {
    let from = table.date("from");
    let pay_on = table.optional_date("pay_on");
    if let (Some(from), Some(pay_on)) = (from, pay_on)
        && pay_on < from
    {
        table.fault(
            "paid-before-due",
            "pay_on",
            format!("paid on {pay_on}, before it takes effect on {from}"),
            "correct one of the two dates",
        );
    }
    let clause = table.optional_text("clause");
    let nations = table.name_list("nations");
    let groups = table.name_list("groups");
    let progression = table
        .optional_choice("progression", &[("normal", Progression::Normal), ("frozen", Progression::Frozen), ("gated", Progression::Gated)]);
    let assimilate = table.list("assimilate", |entry, _| {
        let from = entry.text("from").map(|id| (id, entry.place_of("from")));
        let to = entry.text("to").map(|id| (id, entry.place_of("to")));
        Some(Assimilation { from: from?, to: to? })
    });
    let new_points = table.list("new_points", |entry, _| {
        let point = entry.text("point");
        let bands = entry.texts("bands");
        let rate = entry.decimal("rate").and_then(|pounds| annual_rate(pounds, &entry.place_of("rate"), entry.faults()));
        if bands.is_empty() {
            entry.fault("missing-key", "bands", "a new point needs its bands", "add `bands = [\"5\"]`");
        }
        Some(NewPoint { point: point?, bands, rate: rate? })
    });
    let main = read_change(table);
    let also = table.list("also", |entry, _| read_change(entry));
    let does_something = !assimilate.is_empty()
        || !new_points.is_empty()
        || progression.is_some()
        || !also.is_empty()
        || main.as_ref().is_some_and(Change::does_something);
    let asked = ["percent", "total_percent", "pounds", "rates"].into_iter().any(|key| table.has(key));
    if !does_something && !asked {
        table.faults().error(
            "empty-step",
            &table.place(),
            "this step changes nothing",
            "say what it gives: percent and of, total_percent, pounds, rates …; a freeze is `percent = 0`, `of = \"in-force\"`",
        );
    }
    let changes = main.into_iter().filter(|change| change.does_something() || asked).chain(also).collect();
    Some(Step { from: from?, pay_on, clause, nations, groups, changes, assimilate, new_points, progression, place: table.place() })
}

impl Change {
    fn does_something(&self) -> bool {
        self.rise != Rise::None
            || self.and_pence != Pence::ZERO
            || self.or_pence.is_some()
            || self.at_least_pence.is_some()
            || self.rate_at_least.is_some()
            || self.minimum_increment_percent.is_some()
    }
}

fn read_change(table: &Table<'_>) -> Option<Change> {
    let rises = ["percent", "total_percent", "pounds", "rates"].into_iter().filter(|key| table.has(key)).collect::<Vec<_>>();
    if rises.len() > 1 {
        table.fault(
            "two-rises",
            rises[1],
            format!("both {} and {} are given", rises[0], rises[1]),
            "give one, and add cash with `and_pounds` or `or_pounds`",
        );
    }
    let of = table.optional_choice("of", &[("base", PercentOf::Base), ("in-force", PercentOf::InForce)]);
    if of.is_some() && !table.has("percent") && !table.has("total_percent") {
        table.fault(
            "of-without-percent",
            "of",
            "“of” says what a percentage is of, but there is none",
            "give `percent`, or remove this line",
        );
    }
    let rise = match rises.first() {
        None => Some(Rise::None),
        Some(&"percent") => {
            let percent = percent_of(table, "percent");
            if of.is_none() && !table.has("of") {
                table.fault(
                    "percent-of-what",
                    "percent",
                    "the step does not say what its percentage is of",
                    "add `of = \"base\"` (of the rate before the offer) or `of = \"in-force\"` (of the rate of the day before)",
                );
            }
            percent.zip(of).map(|(percent, of)| Rise::Percent { percent, of })
        }
        Some(&"total_percent") => {
            if of == Some(PercentOf::InForce) {
                table.fault(
                    "percent-of-what",
                    "of",
                    "total_percent is always of the base rate",
                    "remove `of`, or write `percent` for a further rise",
                );
            }
            percent_of(table, "total_percent").map(Rise::TotalPercent)
        }
        Some(&"pounds") => pounds_of(table, "pounds").map(Rise::Pounds),
        Some(_) => {
            let mut rates = BTreeMap::new();
            table.optional_table("rates", |entries| {
                for point in entries.keys() {
                    let rate = entries.decimal(&point).and_then(|pounds| annual_rate(pounds, &entries.place_of(&point), entries.faults()));
                    if let Some(rate) = rate {
                        rates.insert(point, rate);
                    }
                }
            });
            Some(Rise::Rates(rates))
        }
    };
    let select = read_select(table);
    let and_pence = pounds_of(table, "and_pounds").unwrap_or_default();
    let or_pence = pounds_of(table, "or_pounds");
    let at_least_pence = pounds_of(table, "at_least_pounds");
    let at_most_pence = pounds_of(table, "at_most_pounds");
    let rate_at_least = pounds_of(table, "rate_at_least");
    let minimum_increment_percent = percent_of(table, "minimum_increment_percent");
    if table.has("rates") {
        for key in
            ["and_pounds", "or_pounds", "at_least_pounds", "at_most_pounds", "rate_at_least"].into_iter().filter(|key| table.has(key))
        {
            table.fault(
                "rates-with-cash",
                key,
                format!("the rates are given, so {key} changes nothing"),
                "write the rates that are meant, or put the sum in a [[step.also]] of its own",
            );
        }
    }
    if let (Some(least), Some(most)) = (at_least_pence, at_most_pence)
        && least > most
    {
        table.fault(
            "underpin-above-cap",
            "at_least_pounds",
            format!("at least {least} is more than at most {most}"),
            "correct one of the two",
        );
    }
    Some(Change {
        select,
        rise: rise?,
        and_pence,
        or_pence,
        at_least_pence,
        at_most_pence,
        rate_at_least,
        minimum_increment_percent,
        place: table.place(),
    })
}

fn read_select(table: &Table<'_>) -> Select {
    Select {
        bands: table.name_list("bands"),
        points: table.name_list("points"),
        only: table.optional_choice("only", &[("band-top", BandEnd::Top), ("band-bottom", BandEnd::Bottom)]),
        rate_at_most: pounds_of(table, "rate_at_most"),
        rate_above: pounds_of(table, "rate_above"),
    }
}

fn read_lump(table: &Table<'_>) -> Option<Lump> {
    let percent = percent_of(table, "percent");
    let pounds = pounds_of(table, "pounds");
    let paid_on = table.date("paid_on");
    let nations = table.name_list("nations");
    let select = read_select(table);
    let amount = match (percent, pounds) {
        (Some(percent), None) => Some(LumpAmount::Percent(percent)),
        (None, Some(pounds)) => Some(LumpAmount::Pounds(pounds)),
        (Some(_), Some(_)) => {
            table.fault("two-rises", "pounds", "both percent and pounds are given", "give one");
            None
        }
        (None, None) => {
            if !table.has("percent") && !table.has("pounds") {
                table.fault("missing-key", "percent", "the lump sum has no size", "add `percent = 1.0` or `pounds = 250`");
            }
            None
        }
    };
    Some(Lump { amount: amount?, select, nations, paid_on: paid_on?, place: table.place() })
}

fn percent_of(table: &Table<'_>, key: &str) -> Option<Ratio> {
    let percent = table.optional_decimal(key)?;
    if percent <= Ratio::whole(-100) || percent > Ratio::whole(LARGEST_PERCENT) {
        table.fault(
            "percent-out-of-range",
            key,
            format!("{key} is {percent}"),
            format!("a percentage above -100, which would leave nothing, and at most {LARGEST_PERCENT}"),
        );
        return None;
    }
    Some(percent)
}

fn pounds_of(table: &Table<'_>, key: &str) -> Option<Pence> {
    let pounds = table.optional_decimal(key)?;
    let pence = Pence::from_pounds(pounds).filter(|pence| (0..=1_000_000_000).contains(&pence.0));
    if pence.is_none() {
        table.fault(
            "not-a-sum",
            key,
            format!("{key}: {pounds} is not a sum of money"),
            "pounds with at most two decimals, not negative, as in 1400 or 5.65",
        );
    }
    pence
}
