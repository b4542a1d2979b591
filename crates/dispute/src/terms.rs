//! What goes with a call in `action.toml`: notices, postponements, agreements, services, and what a day costs.

use dated::{Cite, Date, Faults, Place, Ratio, Sources, Status, Table};
use pay::Pence;

use crate::action::{ActionKind, read_continuous, read_days};
use crate::exemptions::{Exemption, ExemptionEvent};
use crate::folder::{check_known, check_unique};

/// Everything of `action.toml` beside the calls and campaigns.
#[derive(Clone, Debug, Default)]
pub struct ActionTerms {
    /// Notices of action that employers received.
    pub notices: Vec<NoticeGiven>,
    /// Action put off.
    pub suspensions: Vec<Suspension>,
    /// What employers agreed to.
    pub agreements: Vec<Agreed>,
    /// Services and the units that give them.
    pub services: Vec<Service>,
    /// Members by unit on the union's own roll.
    pub roll_counts: Vec<RollCount>,
    /// What a member of a unit earns.
    pub salaries: Vec<MemberSalary>,
    /// What the union pays to members on strike.
    pub strike_pay: Option<StrikePay>,
}

/// A notice of action. TULRCA s.234A: it names single days, or the day continuous action begins.
#[derive(Clone, Debug)]
pub struct NoticeGiven {
    /// Which union gave it.
    pub who: (String, Place),
    /// For which units.
    pub units: Vec<(String, Place)>,
    /// For which kind of action.
    pub kind: ActionKind,
    /// The day the employer received it.
    pub received_on: Date,
    /// The day the employer was told the result, if it is on record.
    pub result_told_on: Option<Date>,
    /// The days it names.
    pub dates: Vec<Date>,
    /// Or the first and last day of continuous action.
    pub continuous: Option<(Date, Option<Date>)>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

impl NoticeGiven {
    /// Whether it names that day.
    pub fn names(&self, day: Date) -> bool {
        self.dates.contains(&day) || self.continuous.is_some_and(|(from, until)| from <= day && until.is_none_or(|until| day <= until))
    }
}

/// Action put off: the days called before it are off, and new days need a new notice.
#[derive(Clone, Debug)]
pub struct Suspension {
    /// Which union.
    pub who: (String, Place),
    /// In which units.
    pub units: Vec<(String, Place)>,
    /// Since when.
    pub on: Date,
    /// The days put off; all later days of earlier calls if none is named.
    pub dates: Vec<Date>,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// What an employer agreed to: a longer mandate or a shorter notice. It counts where the law of the day knows it.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// Which union.
    pub who: (String, Place),
    /// In which units.
    pub units: Vec<(String, Place)>,
    /// When.
    pub agreed_on: Date,
    /// What.
    pub terms: law::Agreements,
    /// Who says so.
    pub source: Cite,
    /// Where it stands.
    pub place: Place,
}

/// A service and who gives it.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Units without which it stops or shrinks.
    pub units: Vec<(String, Place)>,
    /// What is expected to go on.
    pub cover: Option<String>,
    /// What stays covered because life or limb depends on it.
    pub life_and_limb: Option<String>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// Members of a unit as the union's roll has them.
#[derive(Clone, Debug)]
pub struct RollCount {
    /// The unit.
    pub unit: (String, Place),
    /// How many.
    pub members: u64,
    /// Counted when.
    pub counted_on: Date,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

/// What a member of some units earns in a year, full time.
#[derive(Clone, Debug)]
pub struct MemberSalary {
    /// For which units; all if none is named.
    pub units: Vec<(String, Place)>,
    /// A sum, or a point of a scale on the day of the action.
    pub amount: SalaryAmount,
    /// In words: average, band 5 minimum.
    pub what: String,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// How a salary is given.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum SalaryAmount {
    /// Pounds a year.
    Pounds(Pence),
    /// A point of one of the dispute's scales.
    Point { scale: String, point: String, nation: String },
}

/// What the union pays, from which day of strike, and what it has for it.
#[derive(Clone, Debug)]
pub struct StrikePay {
    /// A member, a day.
    pub per_day: Pence,
    /// Paid from this day of strike on; 1 is the first.
    pub from_day: u64,
    /// At most, for one member.
    pub cap: Option<Pence>,
    /// What the fund holds.
    pub fund: Option<Pence>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

impl ActionTerms {
    /// Reads the lists of one file.
    pub(crate) fn read(&mut self, root: &Table<'_>, sources: &Sources) {
        self.notices.extend(root.list("notice", |entry, _| NoticeGiven::read(entry, sources)));
        self.suspensions.extend(root.list("suspension", |entry, _| Suspension::read(entry, sources)));
        self.agreements.extend(root.list("agreement", |entry, _| Agreed::read(entry, sources)));
        self.services.extend(root.list("service", |entry, _| Service::read(entry, sources)));
        self.roll_counts.extend(root.list("roll_count", |entry, _| RollCount::read(entry, sources)));
        self.salaries.extend(root.list("salary", |entry, _| MemberSalary::read(entry, sources)));
        if let Some(strike_pay) = root.optional_table("strike_pay", |table| StrikePay::read(table, sources)) {
            self.strike_pay = strike_pay;
        }
    }
}

impl ActionTerms {
    /// Every name must be known: units of polls, parties, services.
    pub(crate) fn check(&self, log: &[Exemption], units: &[&str], party: &dyn Fn(&(String, Place)), faults: &Faults) {
        let unit = |name: &(String, Place)| check_known(name, units, "unknown-unit", "unit of a poll", faults);
        let notices = self.notices.iter().map(|notice| (&notice.who, &notice.units));
        let suspensions = self.suspensions.iter().map(|suspension| (&suspension.who, &suspension.units));
        let agreements = self.agreements.iter().map(|agreed| (&agreed.who, &agreed.units));
        for (who, named) in notices.chain(suspensions).chain(agreements) {
            party(who);
            named.iter().for_each(unit);
        }
        self.services.iter().flat_map(|service| &service.units).for_each(unit);
        self.salaries.iter().flat_map(|salary| &salary.units).for_each(unit);
        self.roll_counts.iter().for_each(|count| unit(&count.unit));
        check_unique("service", self.services.iter().map(|service| (service.id.as_str(), &service.place)), faults);
        check_unique("roll count of unit", self.roll_counts.iter().map(|count| (count.unit.0.as_str(), &count.unit.1)), faults);
        let services: Vec<&str> = self.services.iter().map(|service| service.id.as_str()).collect();
        for line in log {
            let ExemptionEvent::Asked { unit: asked_unit, service } = &line.event else { continue };
            unit(&(asked_unit.clone(), line.place.clone()));
            if let Some(service) = service {
                check_known(&(service.clone(), line.place.clone()), &services, "unknown-service", "service of this dispute", faults);
            }
        }
    }
}

fn who(table: &Table<'_>) -> Option<(String, Place)> {
    table.text("who").map(|who| (who, table.place_of("who")))
}

/// Units that must be named.
fn units(table: &Table<'_>) -> Vec<(String, Place)> {
    if !table.has("units") {
        table.fault("missing-key", "units", "no unit is named", "add `units = [\"…\"]` with ids of units of this dispute's polls");
    }
    table.name_list("units")
}

fn pounds(table: &Table<'_>, key: &str) -> Option<Pence> {
    let amount = table.optional_decimal(key)?;
    let pence = Pence::from_pounds(amount).filter(|pence| (0..=1_000_000_000_000).contains(&pence.0));
    if pence.is_none() {
        table.fault("not-an-amount", key, format!("{amount} is no sum of money"), "pounds with at most two decimals, as in 25 or 49.50");
    }
    pence
}

impl NoticeGiven {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let (who, units) = (who(table), units(table));
        let kind = table.choice("kind", &ActionKind::WORDS);
        let received_on = table.date("received_on");
        let result_told_on = table.optional_date("result_told_on");
        let dates = read_days(table, "dates");
        let continuous = read_continuous(table);
        if dates.is_empty() == continuous.is_none() {
            table.fault(
                "notice-of-what",
                "dates",
                "a notice names the days of action, or the day from which action is continuous",
                "write `dates = [\"2026-04-15\"]`, or `from = 2026-04-15`; two notices if both were given",
            );
        }
        let (source, status) = (table.cite(sources), table.status());
        Some(Self {
            who: who?,
            units,
            kind: kind?,
            received_on: received_on?,
            result_told_on,
            dates,
            continuous,
            source,
            status: status?,
            place: table.place(),
        })
    }
}

impl Suspension {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let (who, units, on) = (who(table), units(table), table.date("on"));
        let dates = read_days(table, "dates");
        let reason = table.text("reason");
        let (source, status) = (table.cite(sources), table.status());
        Some(Self { who: who?, units, on: on?, dates, reason: reason?, source, status: status?, place: table.place() })
    }
}

impl Agreed {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let (who, units, agreed_on) = (who(table), units(table), table.date("agreed_on"));
        let terms = law::Agreements {
            weeks: table.optional_count("mandate_weeks"),
            months: table.optional_count("mandate_months"),
            notice_days: table.optional_count("notice_days"),
        };
        if !["mandate_weeks", "mandate_months", "notice_days"].iter().any(|key| table.has(key)) {
            table.fault("agreement-on-what", "agreed_on", "the agreement says nothing", "add mandate_weeks, mandate_months or notice_days");
        }
        let source = table.cite(sources);
        table.status()?;
        Some(Self { who: who?, units, agreed_on: agreed_on?, terms, source, place: table.place() })
    }
}

impl Service {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let (id, name, units) = (table.id("id"), table.text("name"), units(table));
        let cover = table.optional_text("cover");
        let life_and_limb = table.optional_text("life_and_limb");
        let (source, status) = (table.cite(sources), table.status());
        Some(Self { id: id?, name: name?, units, cover, life_and_limb, source, status: status?, place: table.place() })
    }
}

impl RollCount {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let unit = table.text("unit").map(|unit| (unit, table.place_of("unit")));
        let members = table.count("members");
        let counted_on = table.date("counted_on");
        let (source, status) = (table.cite(sources), table.status());
        Some(Self { unit: unit?, members: members?, counted_on: counted_on?, source, status: status? })
    }
}

impl MemberSalary {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let units = table.name_list("units");
        let what = table.text("what");
        let annual = pounds(table, "annual");
        let point = table.optional_text("point");
        let (scale, nation) = (table.optional_text("scale"), table.optional_text("nation"));
        let amount = match (table.has("annual"), point, scale, nation) {
            (true, None, None, None) => annual.map(SalaryAmount::Pounds),
            (false, Some(point), Some(scale), Some(nation)) => Some(SalaryAmount::Point { scale, point, nation }),
            _ => {
                table.fault(
                    "salary-of-what",
                    "what",
                    "a salary is a sum, or a point of a scale in a nation",
                    "write `annual = 24000`, or scale, point and nation",
                );
                None
            }
        };
        if annual == Some(Pence::ZERO) {
            table.fault("not-an-amount", "annual", "nobody earns nothing", "pounds a year, as in 24000");
        }
        let (source, status) = (table.cite(sources), table.status());
        Some(Self { units, amount: amount?, what: what?, source, status: status?, place: table.place() })
    }
}

impl StrikePay {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        if !table.has("per_day") {
            table.fault("missing-key", "per_day", "[strike_pay] has no rate", "add `per_day = 50`");
        }
        let per_day = pounds(table, "per_day");
        let from_day = table.optional_count("from_day").unwrap_or(1);
        if from_day == 0 {
            table.fault("not-a-count", "from_day", "days of strike are counted from 1", "write 1 for strike pay from the first day");
        }
        let (cap, fund) = (pounds(table, "cap"), pounds(table, "fund"));
        let (source, status) = (table.cite(sources), table.status());
        Some(Self { per_day: per_day?, from_day: from_day.max(1), cap, fund, source, status: status? })
    }
}

/// A member's strike pay for that many days of strike.
impl StrikePay {
    /// The days paid, times the rate, up to the cap.
    pub fn for_days(&self, days: u64) -> Pence {
        let paid = days.saturating_sub(self.from_day - 1);
        let sum = Pence::nearest(self.per_day.ratio() * Ratio::whole(i64::try_from(paid).unwrap_or(i64::MAX).min(36_500)));
        self.cap.map_or(sum, |cap| sum.min(cap))
    }
}
