//! A call before it is made: which of its days would be lawful, and every reason against the others, as `action call` judges it.

use dated::{Date, Place, Status};
use dispute::plan::{PlanFacts, plan};
use dispute::{ActionKind, Call, Dispute, PollKind, ShortType};
use law::plus_days;

use super::tables;
use crate::asked::{Asked, Opened};
use crate::pages::ballot::Rules;
use crate::pages::question::{Slip, day};
use crate::table::Table;

/// The fields of the form.
pub(super) const FIELDS: [&str; 6] = ["try-day", "try-last", "try-kind", "try-type", "try-by", "try-union"];

/// A year of single days at most.
const MOST_DAYS: i64 = 366;

/// The types of action short of a strike, as the form offers them.
const TYPES: [ShortType; 6] = [
    ShortType::OvertimeBan,
    ShortType::CallOutBan,
    ShortType::WorkToRule,
    ShortType::TelephonesUnanswered,
    ShortType::NoCover,
    ShortType::Other,
];

/// The form, and the judgment if a day is proposed.
pub(super) struct ProposalView {
    pub(super) day: String,
    pub(super) last: String,
    pub(super) is_short: bool,
    pub(super) types: Vec<(&'static str, String, bool)>,
    pub(super) by: String,
    pub(super) unions: Vec<(String, String, bool)>,
    pub(super) tables: Vec<Table>,
    pub(super) verdict: Option<(&'static str, &'static str)>,
}

/// `None` where no union has balloted under the Act.
pub(super) fn proposal(
    opened: &Opened<'_>,
    asked: &Asked<'_>,
    facts: &PlanFacts,
    rules: &mut Rules,
    slips: &mut Vec<Slip>,
) -> Option<ProposalView> {
    let dispute = opened.dispute;
    let unions = unions(dispute);
    let text = |field: &str| asked.one(field).unwrap_or_default().to_owned();
    let chosen = asked.one("try-union").or(unions.first().copied())?;
    let mut view = ProposalView {
        day: text("try-day"),
        last: text("try-last"),
        is_short: asked.one("try-kind") == Some(ActionKind::ShortOfStrike.word()),
        types: TYPES.iter().map(|kind| (kind.word(), kind.words(), asked.all("try-type").any(|word| word == kind.word()))).collect(),
        by: text("try-by"),
        unions: unions.iter().map(|id| ((*id).to_owned(), dispute.party_name(id).to_owned(), *id == chosen)).collect(),
        tables: Vec::new(),
        verdict: None,
    };
    let before = slips.len();
    let first = day(asked, "try-day", "First day proposed", slips);
    let last = day(asked, "try-last", "Last day proposed", slips);
    let mut slip = |field: &str, what: String| slips.push(Slip { field: field.to_owned(), what });
    if !unions.contains(&chosen) {
        slip("try-union", format!("Union: “{chosen}” has held no statutory ballot here. It is one of {}.", unions.join(", ")));
    }
    let kind = match asked.one("try-kind").map(|word| (word, ActionKind::from_word(word))) {
        None => ActionKind::Strike,
        Some((_, Some(kind))) => kind,
        Some((word, None)) => {
            slip("try-kind", format!("What: “{word}” is no kind of action. It is strike or short-of-strike."));
            ActionKind::Strike
        }
    };
    let types: Vec<ShortType> = asked.all("try-type").filter_map(ShortType::from_word).collect();
    if kind == ActionKind::Strike && !types.is_empty() {
        slip("try-kind", "What: a strike has no types. Choose action short of a strike, or no type.".to_owned());
    }
    if let (Some(first), Some(last)) = (first, last)
        && (last < first || law::days_between(first, last) > MOST_DAYS)
    {
        slip("try-last", format!("Last day proposed: {last} is before {first}, or more than a year after it."));
    }
    let Some(first) = first.filter(|_| slips.len() == before) else { return Some(view) };
    let dates = std::iter::successors(Some(first), |day| Some(plus_days(*day, 1))).take_while(|day| *day <= last.unwrap_or(first));
    let asked_facts = PlanFacts {
        from: first,
        until: None,
        only_proposed: true,
        proposed: vec![call(dispute, chosen, (kind, types), dates.collect(), asked.one("try-by"), facts.on)],
        ..facts.clone()
    };
    match plan(&[dispute], opened.book, &asked_facts) {
        Err(faults) => slips.extend(faults.into_iter().map(|fault| Slip { field: "try-day".to_owned(), what: fault.to_string() })),
        Ok(planned) => {
            rules.add(planned.rules());
            view.verdict = Some(match (planned.days.is_empty(), planned.refused.is_empty()) {
                (false, true) => ("Lawful, as far as ballot, call, mandate and notice go", "good"),
                (false, false) => ("Lawful in part", ""),
                (true, _) => ("Not lawful, or not known to be", "bad"),
            });
            let both = [
                Table { id: "proposed-days".to_owned(), ..tables::days(&planned) },
                Table { id: "proposed-refused".to_owned(), ..tables::refused(&planned) },
            ];
            view.tables = both.into_iter().filter(|table| !table.rows.is_empty()).collect();
        }
    }
    Some(view)
}

/// The unions that have balloted under the Act.
fn unions(dispute: &Dispute) -> Vec<&str> {
    let statutory = dispute.polls.iter().filter(|poll| poll.kind == PollKind::Statutory);
    let mut unions: Vec<&str> = statutory.map(|poll| poll.union.0.as_str()).collect();
    unions.sort_unstable();
    unions.dedup();
    unions
}

/// The call, in every unit of the union, made on the day of asking.
fn call(dispute: &Dispute, union: &str, (kind, types): (ActionKind, Vec<ShortType>), dates: Vec<Date>, by: Option<&str>, on: Date) -> Call {
    let place = Place::new("the call that is proposed", 1);
    let polls = dispute.polls.iter().filter(|poll| poll.kind == PollKind::Statutory && poll.union.0 == union);
    let mut units: Vec<String> = polls.flat_map(|poll| &poll.units).map(|unit| unit.id.clone()).collect();
    units.sort();
    units.dedup();
    Call {
        who: (union.to_owned(), place.clone()),
        called_by: by.map(str::to_owned),
        called_on: Some(on),
        kind,
        types,
        dates,
        continuous: None,
        hours: None,
        units: units.into_iter().map(|unit| (unit, place.clone())).collect(),
        services: Vec::new(),
        text: "proposed".to_owned(),
        conditional_on: None,
        source: Vec::new(),
        status: Status::Synthetic,
        place,
    }
}
