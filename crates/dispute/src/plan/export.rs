//! The plan as a calendar file (spec A42), made from planned days and nothing else.

use std::collections::BTreeMap;

use dated::Date;
use law::{CalendarEntry, CalendarFile, Rulebook, plus_days};

use super::{NoticeBasis, Plan};

/// A42: days of action and the notices still to be given. `stamp` stands for the moment of making; the same plan gives the same
/// bytes.
pub fn plan_ics(plan: &Plan<'_>, title: &str, book: &Rulebook, stamp: Date) -> String {
    let closing = format!("Rules last checked on {}. {}", dated::long_date(book.checked_on()), book.not_legal_advice());
    let mut file = CalendarFile::new("Action plan", title, &closing, stamp);
    let mut notices: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for (number, action) in plan.action_days().iter().enumerate() {
        let units = action.units.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>().join("; ");
        let services: Vec<String> = plan
            .services
            .iter()
            .filter(|hit| hit.date == action.date && action.units.iter().any(|unit| hit.by.iter().any(|(name, _)| *name == unit.name)))
            .map(|hit| hit.service.name.clone())
            .collect();
        let mut text = vec![format!("{}: {units}", action.union), action.notice.words()];
        if !services.is_empty() {
            text.push(format!("Services: {}", services.join("; ")));
        }
        text.extend(action.call.condition.iter().map(|condition| format!("On condition: {condition}")));
        text.push(closing.clone());
        let hours = action.call.hours.map(|hours| (hours.from(), hours.until()));
        let last = if action.call.hours.is_some_and(crate::action::Hours::ends_next_day) { plus_days(action.date, 1) } else { action.date };
        file.add(&CalendarEntry {
            uid: &format!("{}-{}-{}", action.date.to_string().replace('-', ""), action.call.kind.word(), number + 1),
            first: action.date,
            last,
            hours: hours.as_ref().map(|(from, until)| (from.as_str(), until.as_str())),
            summary: &format!("{}: {}", action.union, action.call.words()),
            description: &text.join("\n"),
        });
        if let NoticeBasis::ToBeGiven { by } = action.notice {
            notices.entry(by).or_default().push(format!("{}, {}: {units}", law::weekday_date(action.date), action.call.words()));
        }
    }
    for (by, what) in notices {
        file.add(&CalendarEntry {
            uid: &format!("{}-notice", by.to_string().replace('-', "")),
            first: by,
            last: by,
            hours: None,
            summary: "Last day for every employer to receive notice of action",
            description: &format!("{}\n{closing}", what.join("\n")),
        });
    }
    file.finish()
}
