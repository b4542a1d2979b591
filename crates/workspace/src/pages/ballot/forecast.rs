//! One ballot or many, before the vote: what `law units --forecast` works out, from the results of record or a pasted list of turnouts.

use dated::{Faults, FileBytes, Ratio, long_date};
use dispute::polls_of_record;
use law::{EarlierTurnout, Forecast, Jurisdiction, Range, Swing, earlier_turnouts, forecast_on, read_earlier_turnouts};

use super::{Rules, defaults};
use crate::asked::{Asked, Opened, Trouble};
use crate::pages::question::{Slip, day, shown};
use crate::table::{Table, words};

/// The form and its answer.
pub(super) struct ForecastView {
    pub(super) opens: String,
    pub(super) down: String,
    pub(super) up: String,
    pub(super) is_northern_ireland: bool,
    /// The units with their earlier turnouts, as CSV.
    pub(super) turnouts: String,
    /// The dispute has results of record, which stand in the form at first.
    pub(super) has_record: bool,
    pub(super) answer: Option<AnswerView>,
    pub(super) table: Option<Table>,
}

/// What may come.
pub(super) struct AnswerView {
    pub(super) html: String,
    pub(super) choices: [Choice; 2],
    pub(super) assumed: String,
    pub(super) law: String,
}

/// One of the two ways to ballot.
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) range: String,
    pub(super) expected: Option<String>,
}

/// As `law units --forecast` answers it; nothing of it is stored.
pub(super) fn forecast_view(
    opened: &Opened<'_>,
    asked: &Asked<'_>,
    rules: &mut Rules,
    slips: &mut Vec<Slip>,
) -> Result<ForecastView, Trouble> {
    let text = |field: &str| asked.one(field).unwrap_or_default().to_owned();
    let of_record = earlier_turnouts(&polls_of_record(opened.dispute, defaults(), opened.book).results);
    let mut view = ForecastView {
        opens: text("forecast-opens"),
        down: text("down"),
        up: text("up"),
        is_northern_ireland: asked.one("forecast-jurisdiction") == Some("NI"),
        turnouts: asked.one("turnouts").map_or_else(|| csv_of(&of_record), str::to_owned),
        has_record: !of_record.is_empty(),
        answer: None,
        table: None,
    };
    if view.opens.is_empty() && asked.one("turnouts").is_none() {
        return Ok(view);
    }
    let before = slips.len();
    let mut slip = |field: &str, what: String| slips.push(Slip { field: field.to_owned(), what });
    if view.opens.is_empty() {
        slip("forecast-opens", "Ballot opens: fill in the day; the law of that day says how many must vote.".to_owned());
    }
    let swing = match (view.down.as_str(), view.up.as_str()) {
        ("", "") => Swing::built_in().map_err(|_| Trouble::Ours("the observed moves of turnout are broken".to_owned()))?,
        (down, up) => match Swing::said(down, up) {
            Ok(swing) => swing,
            Err(what) => {
                slip("down", format!("Moves of turnout: {what}. Fill in both, as in 8.5 and 6, or neither."));
                return Ok(view);
            }
        },
    };
    let jurisdiction = asked.one("forecast-jurisdiction").unwrap_or("GB");
    let Some(jurisdiction) = Jurisdiction::from_short(jurisdiction) else {
        slip("forecast-jurisdiction", format!("Law of: “{jurisdiction}” is no jurisdiction known here. It is GB or NI."));
        return Ok(view);
    };
    let opens_on = day(asked, "forecast-opens", "Ballot opens", slips);
    let faults = Faults::new();
    let units = read_earlier_turnouts("the list", &FileBytes::Read(view.turnouts.clone().into_bytes()), &[], &faults);
    slips.extend(faults.into_sorted().into_iter().map(|fault| Slip {
        field: "turnouts".to_owned(),
        what: format!("Turnouts, line {}: {}; {}.", fault.place.line, fault.what, fault.fix),
    }));
    let Some(opens_on) = opens_on.filter(|_| slips.len() == before) else { return Ok(view) };
    match forecast_on(opened.book, &units, &swing, jurisdiction, opens_on) {
        Ok((made, rule)) => {
            rules.add([rule]);
            let table = rows(&made);
            let law = format!("The law of {}: {} ({}).", long_date(opens_on), rule.cite(), rule.id);
            view.answer = Some(answer(&made, &swing, &table, law));
            view.table = Some(table);
        }
        Err(not_covered) => {
            slips.push(Slip { field: "forecast-opens".to_owned(), what: format!("Could not check: {not_covered}.") });
        }
    }
    Ok(view)
}

fn rows(made: &Forecast) -> Table {
    let caption = "Papers that may come back, unit by unit, and what the turnout test needs";
    let heads = ["unit", ">entitled", ">needed", ">low", ">if the same", ">high", "turnout test", ">of the observed moves pass"];
    let mut table = Table::new("forecast", caption, &heads);
    for range in made.units.iter().chain([&made.together]) {
        let number = |count: u64| words(pay::grouped(count)).exact(count.to_string());
        let class = match range.chance {
            law::Chance::Throughout => "for",
            law::Chance::Open => "open",
            law::Chance::Nowhere => "against",
        };
        let [low, same, high] = range.returned.map(number);
        let share = made.percent_of_moves(range);
        table.row([
            words(&range.unit),
            number(range.entitled),
            number(range.needed),
            low,
            same,
            high,
            words(range.chance.word()).class(class),
            share.map_or_else(|| words(""), |share| words(format!("{}%", share.to_fixed(0))).exact(share.to_fixed(1))),
        ]);
    }
    table
}

fn answer(made: &Forecast, swing: &Swing, table: &Table, law: String) -> AnswerView {
    let [low, same, high] = made.passing();
    let units = made.units.len();
    let expected = made.expected();
    let people = |members: Ratio| pay::grouped(u64::try_from(members.rounded(0).numerator()).unwrap_or(0));
    let share = |range: &Range| made.percent_of_moves(range).map(|share| share.to_fixed(0)).unwrap_or_default();
    let separate = Choice {
        name: "Separate ballots",
        range: format!("Between {low} and {high} of {units} units reach the turnout; {same} if each votes as last time."),
        expected: expected.map(|expected| {
            format!(
                "On the average of the {} observed moves {} of {units} units pass, with {} members.",
                made.moves,
                expected.units.to_fixed(1),
                people(expected.members_separate)
            )
        }),
    };
    let together = Choice {
        name: "One ballot over all",
        range: format!("The whole {}.", made.together.chance.word()),
        expected: expected.map(|expected| {
            format!(
                "With {}% of the observed moves the whole passes, if all units move alike: {} members on the average, all {} or none.",
                share(&made.together),
                people(expected.members_together),
                pay::grouped(made.together.entitled)
            )
        }),
    };
    AnswerView {
        html: shown(table, None),
        choices: [separate, together],
        assumed: format!(
            "Assumed: turnout moves between {} and +{} percentage points. {} ({}) Whether a majority votes Yes is not forecast.",
            swing.low.to_fixed(1).replace('-', "−"),
            swing.high.to_fixed(1),
            swing.text,
            swing.source
        ),
        law,
    }
}

/// The units of record as the list that the form takes, with the turnout to four places.
fn csv_of(units: &[EarlierTurnout]) -> String {
    if units.is_empty() {
        return String::new();
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut written = writer.write_record(["unit", "entitled", "last_turnout"]);
    for unit in units {
        let turnout = unit.turnouts.last().copied().unwrap_or(Ratio::ZERO).to_short(4);
        written = written.and_then(|()| writer.write_record([unit.unit.as_str(), &unit.entitled.to_string(), &turnout]));
    }
    debug_assert!(written.is_ok(), "rows are as long as the headings");
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
