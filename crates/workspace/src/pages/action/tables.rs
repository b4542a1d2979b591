//! The plan as tables: the same rows as `action plan` prints.

use dispute::plan::{DayRate, Plan, Reason, RefusedDays, Support, UnitMandate, days_words};
use law::weekday_date;
use pay::Pence;
use report::said::last_day_means;

use crate::asked::Opened;
use crate::pages::question::Cited;
use crate::table::{Cell, Table, words};

/// Where each mandate stands.
pub(super) fn mandates(opened: &Opened<'_>, plan: &Plan<'_>) -> Table {
    let heads =
        ["unit", "union", "asked about", "state", "since", "why", "last day", "what it means", "rule", "new days from", "to", "notice by"];
    // One union's name in every row says nothing.
    let is_one = plan.mandates.windows(2).all(|pair| pair[0].poll.union.0 == pair[1].poll.union.0);
    let union = |mandate: &UnitMandate<'_>| words(if is_one { "" } else { mandate.dispute.party_name(&mandate.poll.union.0) });
    let mut table = Table::new("mandates", "Where mandates stand on the day of asking", &heads);
    for mandate in &plan.mandates {
        let (since, why) = match (&mandate.state, &mandate.support) {
            (Some(state), _) => (words(weekday_date(state.since)).exact(state.since.to_string()), state.why.clone()),
            (None, Support::NoMandate(why, _) | Support::CannotTell(why)) => (words(""), why.clone()),
            (None, Support::Mandate(_)) => (words(""), String::new()),
        };
        let class = match (mandate.is_live(), &mandate.support) {
            (true, _) => "for",
            (false, Support::CannotTell(_)) => "open",
            (false, _) => "against",
        };
        let [last, means, rule] = match &mandate.support {
            Support::Mandate(won) => [
                words(weekday_date(won.last_day())).exact(won.last_day().to_string()),
                words(last_day_means(won.kind())),
                words(&won.rule().id).from(format!("#rule-{}", won.rule().id)),
            ],
            Support::NoMandate(_, rules) => {
                let ids = rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", ");
                let rule = words(ids);
                [words(""), words(""), rules.first().map_or_else(|| rule.clone(), |first| rule.clone().from(format!("#rule-{}", first.id)))]
            }
            Support::CannotTell(_) => [words(""), words(""), words("")],
        };
        let (first, until) = match mandate.window {
            Some((first, last)) => (day_cell(first.date()), day_cell(last.date())),
            None => (words("none").exact(""), words("")),
        };
        table.row([
            words(&mandate.unit.name).exact(&mandate.unit.id).from(format!("{}/ballot#p-{}", opened.base, mandate.poll.id)),
            union(mandate).exact(&mandate.poll.union.0),
            words(mandate.kind.words()).exact(mandate.kind.word()),
            words(mandate.state_word().replace('-', " ")).exact(mandate.state_word()).class(class),
            since,
            words(why),
            last,
            means,
            rule,
            first,
            until,
            mandate.last_notice_on.map_or_else(|| words(""), day_cell),
        ]);
    }
    table
}

fn day_cell(day: dated::Date) -> Cell {
    words(weekday_date(day)).exact(day.to_string())
}

/// The lawful days.
pub(super) fn days(plan: &Plan<'_>) -> Table {
    let heads = ["day", "to", "what", "where", "union", "notice"];
    let mut table = Table::new("days", "Lawful as far as ballot, call, mandate and notice go", &heads);
    for run in plan.runs() {
        table.row([
            day_cell(run.first),
            if run.last == run.first { words("").exact(run.last.to_string()) } else { day_cell(run.last) },
            words(run.action.call.words()).exact(run.action.call.kind.word()),
            words(run.action.unit_names()).exact(run.action.units.iter().map(|unit| unit.id.as_str()).collect::<Vec<_>>().join(" ")),
            words(run.action.union),
            words(run.action.notice.words()),
        ]);
    }
    table
}

/// The conditions that days depend on.
pub(super) fn conditions(plan: &Plan<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for day in &plan.days {
        if let Some(condition) = &day.call().condition {
            let line = format!("{}, {}: on condition: {condition}.", weekday_date(day.date()), day.union());
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// What was called and is not lawful, with every reason, its rules, and what would be right. Units refused in the same words stand
/// together.
pub(super) fn refused(plan: &Plan<'_>) -> Table {
    let mut groups: Vec<(&RefusedDays<'_>, &Reason<'_>, Vec<&str>)> = Vec::new();
    for refused in &plan.refused {
        for reason in &refused.reasons {
            let same = groups.iter_mut().find(|(known, why, _)| {
                (known.first, known.last, &known.call) == (refused.first, refused.last, &refused.call) && *why == reason
            });
            match same {
                Some((.., units)) => units.push(refused.unit),
                None => groups.push((refused, reason, vec![refused.unit])),
            }
        }
    }
    let heads = ["days", "what", "where", "why not", "rule", "right would be"];
    let mut table = Table::new("refused", "Not lawful, or not known to be", &heads);
    for (refused, reason, units) in groups {
        let rules = words(reason.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", "));
        table.row([
            refused_days(refused),
            words(refused.call.words()).exact(refused.call.kind.word()),
            words(units.join("; ")),
            words(&reason.what),
            match reason.rules.first() {
                Some(rule) => rules.from(format!("#rule-{}", rule.id)),
                None => rules,
            },
            words(&reason.fix),
        ]);
    }
    table
}

fn refused_days(refused: &RefusedDays<'_>) -> Cell {
    let text = words(days_words(refused.first, refused.last));
    match (refused.first, refused.last) {
        (Some(first), Some(last)) if first != last => text.exact(format!("{first}..{last}")),
        (Some(first), _) => text.exact(first.to_string()),
        (None, _) => text.exact(""),
    }
}

/// The services hit.
pub(super) fn services(plan: &Plan<'_>, cited: &mut Cited) -> Table {
    let heads = ["service", "days", "because of", "expected to go on", "covered for life and limb", "source"];
    let mut table = Table::new("services", "Services hit", &heads);
    let cell = |text: &Option<String>| words(text.clone().unwrap_or_else(|| "not on record".to_owned()));
    for hit in plan.services_by_name() {
        table.row([
            words(&hit.service.name).exact(&hit.service.id),
            words(hit.days_words()),
            words(hit.units.join("; ")),
            cell(&hit.service.cover),
            cell(&hit.service.life_and_limb),
            cited.cell(&hit.service.source),
        ]);
    }
    table
}

/// What the strike days cost members and the fund, and what must be known of it.
pub(super) fn costs(plan: &Plan<'_>) -> (Table, Vec<String>) {
    let heads = [
        "unit",
        ">members called",
        ">strike days",
        ">lost each, 1/260",
        ">lost each, 1/365",
        ">lost in all, 1/260",
        ">lost in all, 1/365",
        ">strike pay each",
        ">strike pay in all",
    ];
    let mut table = Table::new("costs", "What the strike days cost members, if every member called takes part", &heads);
    let mut notes: Vec<String> = Vec::new();
    for unit in &plan.costs.units {
        let both = |lost: Option<[Pence; 2]>| [0, 1].map(|at| money(lost.map(|lost| lost[at])));
        let members = unit.members.as_ref().map(|(members, _)| *members);
        let mut cells = vec![
            words(&unit.unit).exact(&unit.unit_id),
            members.map_or_else(|| words("not known").exact(""), |members| words(pay::grouped(members)).exact(members.to_string())),
            words(unit.strike_days.to_string()),
        ];
        cells.extend(both(unit.lost_by_member));
        cells.extend(both(unit.lost_in_all));
        cells.extend([money(unit.strike_pay_by_member), money(unit.strike_pay_in_all)]);
        table.row(cells);
        notes.extend(unit.members.iter().map(|(_, how)| format!("{}: members {how}.", unit.unit)));
        notes.extend(unit.salary.iter().map(|(salary, status)| format!("{}: pay of {salary}, {}.", unit.unit, status.word())));
        notes.extend(unit.missing.iter().map(|what| format!("{}: not known: {what}.", unit.unit)));
    }
    if plan.costs.units.iter().any(|unit| unit.lost_by_member.is_some()) {
        notes.extend(DayRate::ALL.iter().map(|rate| format!("{}.", rate.words())));
    }
    if plan.costs.units.iter().any(|unit| unit.strike_pay_in_all.is_some()) {
        let in_all = plan.costs.strike_pay_in_all;
        notes.push(match plan.costs.fund {
            Some(fund) if fund >= in_all => format!("Strike pay in all: {in_all}. The fund of {fund} covers it."),
            Some(fund) => format!("Strike pay in all: {in_all}. The fund of {fund} is short by {}.", in_all - fund),
            None => format!("Strike pay in all: {in_all}. What the fund holds is not on record."),
        });
    }
    (table, notes)
}

fn money(amount: Option<Pence>) -> Cell {
    amount.map_or_else(|| words("not known").exact(""), |amount| words(amount.to_string()).exact(amount.pounds().to_fixed(2)))
}
