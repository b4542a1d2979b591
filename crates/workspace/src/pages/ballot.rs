//! Ballots and the law: what each poll asked and what came of it, every test then and now, mandates, the timetable, the units, what may come.

mod forecast;
mod record;
mod timetable;
mod units;

use std::collections::BTreeMap;

use askama::Template;
use dated::Source;
use dispute::PollKind;
use law::{Jurisdiction, RowDefaults, Rule};
use report::LawView;

use self::forecast::ForecastView;
use self::record::PollView;
use self::timetable::TimetableView;
use self::units::UnitsView;
use super::question::{Cited, Slip, address};
use crate::asked::{Answer, Asked, File, Opened, Page, Reader, Trouble};
use crate::table::{Table, words};

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let (mut slips, mut cited, mut rules) = (Vec::new(), Cited::default(), Rules::default());
    let timetable = timetable::timetable_view(opened, asked, &mut rules, &mut slips);
    if asked.one("file") == Some("calendar") {
        return match timetable.calendar {
            Some(ics) => Ok(Answer::File(File {
                name: format!("{}-timetable.ics", opened.dispute.id),
                kind: "text/calendar; charset=utf-8",
                bytes: ics.into_bytes(),
            })),
            None => Err(Trouble::question("a calendar needs a timetable: give the day the ballot opens, or a wanted day of action")),
        };
    }
    let fields: Vec<&str> = timetable::FIELDS.iter().copied().chain(units::CONDITIONS.iter().map(|(id, _)| *id)).collect();
    let csv = address(opened, "ballot", asked, &fields);
    let polls = record::polls(opened, &csv, &mut cited, &mut rules);
    let then_and_now = then_and_now(opened, &mut rules);
    let units = units::units_view(opened, asked, &csv, &mut rules, &mut slips);
    let forecast = forecast::forecast_view(opened, asked, &mut rules, &mut slips)?;
    let tables = polls.iter().flat_map(|poll| poll.tables.clone()).chain(then_and_now.iter().map(|view| view.table.clone()));
    let tables =
        tables.chain(units.iter().map(|units| units.table.clone())).chain(timetable.tables.clone()).chain(forecast.table.clone()).collect();
    let view = View {
        action: format!("{}/ballot", opened.base),
        base: opened.base.to_owned(),
        is_desk: matches!(opened.reader, Reader::Desk { .. }),
        has_statutory: opened.dispute.polls.iter().any(|poll| poll.kind == PollKind::Statutory),
        polls,
        then_and_now_csv: format!("{csv}{}csv=then-and-now", if csv.contains('?') { '&' } else { '?' }),
        then_and_now: then_and_now.map(|both| both.view),
        units,
        forecast,
        timetable,
        rules: rules.0.into_iter().collect(),
        closing: format!("Rules last checked on {}. {}", dated::long_date(opened.book.checked_on()), opened.book.not_legal_advice()),
        sources: cited.list(&opened.dispute.sources),
        slips,
    };
    let is_refusal = !view.slips.is_empty();
    Ok(Answer::Page(Page { title: "Ballots and the law".to_owned(), body: view.render()?, tables, is_refusal }))
}

/// What every result of record is judged with where its files say nothing.
fn defaults() -> RowDefaults {
    RowDefaults {
        opened_on: None,
        closed_on: None,
        jurisdiction: Jurisdiction::GreatBritain,
        important_public_service: false,
        wales_devolved: false,
    }
}

/// The rules that a page names, each with section and status.
#[derive(Default)]
pub(super) struct Rules(pub(super) BTreeMap<String, String>);

impl Rules {
    pub(super) fn add<'r>(&mut self, rules: impl IntoIterator<Item = &'r Rule>) {
        self.0.extend(rules.into_iter().map(|rule| (rule.id.clone(), rule.cite())));
    }

    /// A cell that leads to the rule in the list at the end of the page.
    pub(super) fn cell(&mut self, rule: &Rule) -> crate::table::Cell {
        self.add([rule]);
        words(&rule.id).from(format!("#rule-{}", rule.id))
    }
}

/// The results under the law of their day and under later laws.
struct ThenAndNow {
    table: Table,
    view: LawView,
}

/// As the report has it: the same function.
fn then_and_now(opened: &Opened<'_>, rules: &mut Rules) -> Option<ThenAndNow> {
    let view = report::law_view(opened.dispute, opened.book)?;
    rules.0.extend(view.rules.iter().cloned());
    let heads = ["unit", "question", "figures"].into_iter().chain(view.headings.iter().map(String::as_str));
    let caption = "Each result under the law of its day, and as if its ballot had opened on the first day of each later law";
    let mut table = Table::new("then-and-now", caption, &heads.collect::<Vec<_>>());
    for row in &view.rows {
        let mut cells = vec![words(&row.unit), words(&row.question), words(&row.figures)];
        cells.extend(row.verdicts.iter().map(|verdict| words(format!("{}: {}", verdict.words, verdict.why))));
        table.row(cells);
    }
    Some(ThenAndNow { table, view })
}

#[derive(Template)]
#[template(path = "ballot/page.html")]
struct View {
    action: String,
    base: String,
    is_desk: bool,
    has_statutory: bool,
    polls: Vec<PollView>,
    then_and_now: Option<LawView>,
    then_and_now_csv: String,
    units: Option<UnitsView>,
    forecast: ForecastView,
    timetable: TimetableView,
    rules: Vec<(String, String)>,
    closing: String,
    sources: Vec<Source>,
    slips: Vec<Slip>,
}
