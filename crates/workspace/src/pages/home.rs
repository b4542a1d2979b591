//! The home of a dispute: where each of its five stages stands on a day, what comes next, and who must decide something.

use std::collections::BTreeMap;

use askama::Template;
use dated::{Date, Ratio, Severity, long_date, parse_date};
use dispute::plan::{Plan, PlanFacts, Support, plan};
use dispute::talks::DemandState;
use dispute::{Demand, Dispute, PollKind};
use law::{Agreements, Jurisdiction, RowDefaults, Verdict, judge_result, law_of_the_day, plus_days};
use pay::When;

use crate::asked::{Answer, Asked, Opened, Trouble};
use crate::desk::counted;
use crate::pages::{filled, is_public};
use crate::table::{Table, words};

/// A stage with its tasks.
pub(crate) struct Stage {
    name: &'static str,
    question: &'static str,
    tasks: Vec<Task>,
}

/// A task: a page, where it stands, and a line about it.
struct Task {
    title: String,
    href: Option<String>,
    status: String,
    class: &'static str,
    hint: String,
}

/// What somebody must do, or know.
struct Next {
    text: String,
    href: Option<String>,
    urgent: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'h> {
    title: &'h str,
    summary: &'h str,
    synthetic: bool,
    period: String,
    on: String,
    on_iso: String,
    /// Why the day of asking is not today, or that everything is over.
    as_of: Option<String>,
    days: Vec<(String, String)>,
    base: &'h str,
    next: Vec<Next>,
    stages: Vec<Stage>,
    dates: Option<String>,
    events: String,
    warnings: Vec<String>,
    parties: Vec<(String, String)>,
    sources: Vec<(String, String, String)>,
    version: &'h str,
    public: bool,
}

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let on = match asked.one("on") {
        Some(text) => parse_date(text).map_err(|why| Trouble::question(format!("{why}; write the day as in 2007-04-23")))?,
        None => opened.today,
    };
    let at = At { opened, on, plan: plan(&[dispute], opened.book, &PlanFacts::new(on, on)).ok() };
    let stages = vec![at.offer(), at.decide(), at.ballot(), at.act(), at.persuade()];
    let (dates, mut next) = at.dates();
    next.extend(at.gaps());
    let has_dates = !dates.rows.is_empty();
    let events = events(opened);
    // The rows of another day must not come out as those of today.
    let here = if on == opened.today { opened.base.to_owned() } else { format!("{}?on={on}", opened.base) };
    let last = last_day(dispute);
    let is_over = is_over(dispute, on);
    let as_of = match (dispute.ended_on, on == opened.today) {
        (Some(ended), true) if ended < on => Some(format!(
            "This dispute ended on {}. Seen from today, {}, everything below is past; choose a day to see it as it stood.",
            long_date(ended),
            long_date(on)
        )),
        (None, true) if is_over => last.map(|last| {
            format!(
                "The last day on record is {}; the folder does not say when the dispute ended. Seen from today, {}, everything below is past; choose a day to see it as it stood.",
                long_date(last),
                long_date(on)
            )
        }),
        (_, false) => Some(format!("As of {}: what happened later is left out of deadlines and mandates.", long_date(on))),
        _ => None,
    };
    if next.is_empty() {
        next.push(Next {
            text: if is_over {
                "Nothing is open: the dispute is over.".to_owned()
            } else {
                "Nothing is due, and nobody waits for a decision.".to_owned()
            },
            href: None,
            urgent: false,
        });
    }
    let template = Home {
        title: &dispute.title,
        summary: &dispute.summary,
        synthetic: dispute.status == Some(dated::Status::Synthetic),
        period: period(opened),
        on: long_date(on),
        on_iso: on.to_string(),
        as_of,
        days: days_worth_seeing(opened),
        base: opened.base,
        next,
        stages,
        dates: has_dates.then(|| dates.html(Some(&here))),
        events: events.html(Some(&here)),
        warnings: opened.warnings.iter().filter(|fault| fault.severity == Severity::Warning).map(ToString::to_string).collect(),
        parties: dispute.parties.iter().map(|party| (party.name.clone(), party.role.clone().unwrap_or_default())).collect(),
        sources: sources(opened),
        version: opened.version,
        public: is_public(opened),
    };
    filled(dispute.title.clone(), &template, if has_dates { vec![dates, events] } else { vec![events] })
}

/// A dispute on a day.
struct At<'a, 'o> {
    opened: &'a Opened<'o>,
    on: Date,
    /// `None` if the agreements of the folder are ones that the law does not allow.
    plan: Option<Plan<'o>>,
}

impl At<'_, '_> {
    fn task(&self, title: impl Into<String>, page: &str, status: impl Into<String>, class: &'static str, hint: impl Into<String>) -> Task {
        Task { title: title.into(), href: Some(self.href(page)), status: status.into(), class, hint: hint.into() }
    }

    /// What to write in which file is for those who can.
    fn advice<'t>(&self, text: &'t str) -> &'t str {
        if is_public(self.opened) { "" } else { text }
    }

    fn href(&self, page: &str) -> String {
        format!("{}/{page}", self.opened.base)
    }

    fn offer(&self) -> Stage {
        let dispute = self.opened.dispute;
        let framework = dispute.framework();
        let offers = &dispute.offers;
        let headline = offers.iter().filter_map(|offer| Some((offer, framework.headline(offer, &offer.nations.first()?.0)?)));
        let mut best: Vec<String> = headline
            .filter_map(|(offer, headline)| {
                let year = headline.years.first()?;
                Some(format!(
                    "{}: {}% in the year, {}% at its end",
                    offer.title,
                    year.in_year_percent.by_months.to_fixed(2),
                    year.year_end_percent.to_fixed(2)
                ))
            })
            .collect();
        if best.len() > 3 {
            let more = best.split_off(3).len();
            best.push(format!("{more} more"));
        }
        let with_points = offers.iter().filter(|offer| framework.value_points(offer).iter().any(|scale| scale.points.is_ok())).count();
        let mut tasks = vec![match offers.len() {
            0 => self.task("Offers", "offers", "to do", "now", "No offer is written down yet."),
            number => self.task("Offers", "offers", counted(number, "offer", "offers"), "good", best.join("; ")),
        }];
        tasks.push(match offers.len() {
            0 | 1 => self.task("Compare", "compare", "not yet", "", "Two offers are needed."),
            _ => self.task("Compare", "compare", "ready", "good", ""),
        });
        let (status, class, hint) = match with_points {
            0 => ("not yet", "", "No offer can be valued point by point: its scale or its base date is not in the data."),
            _ => ("ready", "good", ""),
        };
        tasks.push(self.task("What is it worth to me?", "worth", status, class, hint));
        tasks.push(self.task("Same money, lowest pay first", "redistribute", status, class, hint));
        let checked = dispute.check_figures(self.opened.library);
        let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
        checked.iter().for_each(|one| *verdicts.entry(one.verdict.word()).or_default() += 1);
        let said: Vec<String> =
            [("true", "true"), ("true-if", "true under some readings"), ("false", "false"), ("cannot-tell", "cannot tell")]
                .iter()
                .filter_map(|(word, words)| verdicts.get(word).map(|number| format!("{number} {words}")))
                .collect();
        tasks.push(match checked.len() {
            0 => self.task("Quoted figures", "claims", "none", "", self.advice("Write figures that people quote in quoted.toml.")),
            number => self.task("Quoted figures", "claims", format!("{number} checked"), "good", said.join(", ")),
        });
        Stage { name: "Offer", question: "What is it worth, to whom, against which prices, at what cost?", tasks }
    }

    fn decide(&self) -> Stage {
        let dispute = self.opened.dispute;
        let mut tasks = Vec::new();
        for conference in &dispute.conferences {
            let carried: Vec<&str> = conference
                .decisions
                .iter()
                .filter(|decision| decision.outcome == dispute::conference::Outcome::Carried && decision.amends.is_none())
                .map(|decision| decision.title.as_str())
                .collect();
            let hint = if carried.is_empty() { String::new() } else { format!("Carried: {}", carried.join("; ")) };
            let (status, class) = match conference.decisions.len() {
                0 => (format!("{} on the agenda", conference.items.len()), "now"),
                _ => (format!("{} carried", carried.len()), "good"),
            };
            tasks.push(self.task(conference.name(), "conference", status, class, hint));
        }
        if dispute.conferences.is_empty() {
            let motions = dispute.motions.len();
            let (status, hint) = if motions > 0 {
                (
                    counted(motions, "motion of record", "motions of record"),
                    "No log of a conference is in the folder; outcomes are as reported.",
                )
            } else {
                ("none".to_owned(), self.advice("Write the agenda in decide/conference.toml when there is one."))
            };
            tasks.push(self.task("Conference", "conference", status, "", hint));
        }
        let boards = dispute::talks::board(&dispute.positions, Some(self.on));
        let standing: usize = boards.iter().map(|board| board.standings.len()).sum();
        let latest = dispute.positions.iter().filter(|position| position.when.is_some_and(|when| when.earliest() <= self.on));
        let latest = latest.max_by_key(|position| position.when.map(When::earliest));
        let hint = latest.map(|position| {
            let when = position.when.map(When::words).unwrap_or_default();
            format!("Latest: {}, {when}: {}", dispute.party_name(&position.who.0), position.text)
        });
        tasks.push(match standing {
            0 => self.task("Who stands where", "positions", "none by this day", "", ""),
            number => {
                self.task("Who stands where", "positions", counted(number, "position", "positions"), "good", hint.unwrap_or_default())
            }
        });
        let passed = self.demands().filter(|(_, state)| matches!(state, DemandState::Passed { .. } | DemandState::DueToday)).count();
        let open = self.demands().filter(|(_, state)| is_open(state)).count();
        if !dispute.demands.is_empty() {
            tasks.push(match (passed, open) {
                (0, 0) => self.task("Demands and ultimatums", "positions", "none open", "good", ""),
                (0, open) => self.task("Demands and ultimatums", "positions", format!("{open} open"), "now", ""),
                (passed, _) => self.task(
                    "Demands and ultimatums",
                    "positions",
                    "decision needed",
                    "bad",
                    format!("{passed} with a deadline that has come"),
                ),
            });
        }
        if !dispute.talks.sticking_points.is_empty() {
            let number = dispute.talks.sticking_points.len();
            tasks.push(self.task("Sticking points", "positions", format!("{number} recorded"), "good", "Each offer is held against them."));
        }
        Stage { name: "Decide", question: "What did conference decide, and who stands where?", tasks }
    }

    fn ballot(&self) -> Stage {
        let dispute = self.opened.dispute;
        let mut tasks = Vec::new();
        for poll in &dispute.polls {
            let closed = poll.closed.map(When::words);
            let closes = closed.map_or_else(|| "closing day not known".to_owned(), |day| format!("closes {day}"));
            let is_open = poll.closed.is_some_and(|closed| closed.latest() >= self.on);
            let not_begun = poll.opened_on.is_some_and(|opened| opened > self.on);
            if not_begun || (is_open && poll.opened_on.is_some()) {
                tasks.push(self.task(&poll.title, "ballot", if not_begun { "not yet open" } else { "open" }, "now", closes));
                continue;
            }
            if poll.kind != PollKind::Statutory {
                let said = poll.results.iter().find_map(result_said);
                let hint = said.unwrap_or_else(|| "The figures are not in the folder.".to_owned());
                tasks.push(self.task(&poll.title, "ballot", poll.kind.word(), "", format!("{hint} It authorises no action.")));
                continue;
            }
            let (status, class, hint) = self.statutory(&poll.id);
            tasks.push(self.task(&poll.title, "ballot", status, class, hint));
        }
        if tasks.is_empty() {
            tasks.push(self.task(
                "Ballots and the law",
                "ballot",
                "none",
                "",
                "Work out a timetable: opening, closing, and every deadline with its rule.",
            ));
        }
        Stage { name: "Ballot", question: "Was it asked and counted as the law wants?", tasks }
    }

    /// What the law of its day says of a statutory poll of record.
    fn statutory(&self, poll: &str) -> (String, &'static str, String) {
        let defaults = RowDefaults {
            opened_on: None,
            closed_on: None,
            jurisdiction: Jurisdiction::GreatBritain,
            important_public_service: false,
            wales_devolved: false,
        };
        let mut notes = Vec::new();
        let (mut mandates, mut refused, mut unknown, mut until) = (0, 0, 0, None::<Date>);
        for row in
            dispute::rows_of_record(self.opened.dispute, defaults, self.opened.book, &mut notes).iter().filter(|row| row.poll.id == poll)
        {
            let judged = row.result.as_ref().ok().zip(row.facts.as_ref().ok()).and_then(|(result, facts)| {
                let law = law_of_the_day(self.opened.book, *facts, Agreements::default()).ok()?;
                let judgment = judge_result(result, &law);
                Some((judgment.adopted().verdict, judgment.adopted().mandate.as_ref().map(|mandate| mandate.last_day())))
            });
            match judged {
                Some((Verdict::Mandate, last)) => {
                    mandates += 1;
                    until = until.max(last);
                }
                Some((Verdict::NoMandate, _)) => refused += 1,
                Some((Verdict::CannotTell, _)) | None => unknown += 1,
            }
        }
        let mut parts = Vec::new();
        if mandates > 0 {
            let until = until.map(|day| format!(", the last until {}", long_date(day))).unwrap_or_default();
            parts.push(format!("{mandates} with a mandate{until}"));
        }
        if refused > 0 {
            parts.push(format!("{refused} without"));
        }
        if unknown > 0 {
            parts.push(format!("{unknown} that the figures do not decide"));
        }
        let status = match (mandates, refused) {
            (0, 0) => ("cannot tell", ""),
            (0, _) => ("no mandate", "bad"),
            _ if until.is_some_and(|day| day < self.on) => ("mandate, expired", ""),
            _ => ("mandate", "good"),
        };
        (status.0.to_owned(), status.1, format!("Units and questions: {}.", parts.join(", ")))
    }

    fn act(&self) -> Stage {
        let mut tasks = Vec::new();
        match &self.plan {
            None => tasks.push(self.task(
                "Days of action",
                "action",
                "cannot tell",
                "bad",
                "The folder names an agreement that the law of its day does not allow; see the page.",
            )),
            Some(plan) => {
                let live = plan.mandates.iter().filter(|mandate| mandate.is_live()).count();
                let next = plan.days.iter().find(|day| day.date() >= self.on);
                let (status, class, hint) = match (next, live) {
                    (Some(day), _) => {
                        (format!("next: {}", long_date(day.date())), "good", format!("{}, {}", day.unit().name, day.call().words()))
                    }
                    (None, 0) if plan.mandates.is_empty() => {
                        ("not yet".to_owned(), "", "There is no ballot that could authorise action.".to_owned())
                    }
                    (None, 0) => {
                        let held = plan.mandates.iter().filter(|mandate| matches!(mandate.support, Support::Mandate(_))).count();
                        let unknown = plan.mandates.iter().any(|mandate| matches!(mandate.support, Support::CannotTell(_)));
                        match (held, unknown) {
                            (0, true) => (
                                "cannot tell".to_owned(),
                                "",
                                "The figures in the folder do not decide whether any unit has a mandate.".to_owned(),
                            ),
                            (0, false) => ("no lawful day".to_owned(), "", "No unit has a mandate.".to_owned()),
                            (held, _) => (
                                "no lawful day".to_owned(),
                                "",
                                format!("By this day {} ended.", counted(held, "mandate has", "mandates have")),
                            ),
                        }
                    }
                    (None, live) if plan.refused.is_empty() => (
                        "none called".to_owned(),
                        "now",
                        format!("{} live; no day ahead is called.", counted(live, "mandate is", "mandates are")),
                    ),
                    (None, live) => {
                        let text = format!(
                            "{} live; what is called ahead is refused, each day with every reason.",
                            counted(live, "mandate is", "mandates are")
                        );
                        ("none lawful".to_owned(), "bad", text)
                    }
                };
                tasks.push(self.task("Days of action", "action", status, class, hint));
                if !plan.mandates.is_empty() {
                    let states = plan.mandates.iter().fold(BTreeMap::new(), |mut counts: BTreeMap<&str, usize>, mandate| {
                        *counts.entry(mandate.state_word()).or_default() += 1;
                        counts
                    });
                    let said: Vec<String> = states.iter().map(|(word, number)| format!("{number} {}", word.replace('-', " "))).collect();
                    let class = if live > 0 { "good" } else { "" };
                    tasks.push(self.task("Mandates, by unit and question", "action", format!("{live} live"), class, said.join(", ")));
                }
                let refused = plan.refused.len();
                if refused > 0 {
                    tasks.push(self.task("Days that were refused", "action", format!("{refused}"), "bad", "Each with every reason."));
                }
            }
        }
        let calls = self.opened.dispute.calls.len();
        tasks.push(self.task(
            "Calls of record",
            "action",
            if calls == 0 { "none".to_owned() } else { calls.to_string() },
            if calls == 0 { "" } else { "good" },
            "",
        ));
        Stage { name: "Act", question: "Which days are lawful, with which notice?", tasks }
    }

    fn persuade(&self) -> Stage {
        let dispute = self.opened.dispute;
        let plan = &dispute.campaign_plan;
        let mut tasks = vec![
            self.task(
                "Letters to members of Parliament",
                "campaign",
                if plan.letter.is_some() { "ready" } else { "not yet" },
                if plan.letter.is_some() { "good" } else { "" },
                if plan.letter.is_some() { "" } else { self.advice("campaign.toml does not say what letters ask.") },
            ),
            self.task(
                "Postcards",
                "campaign",
                if plan.postcard.is_some() { "ready" } else { "not yet" },
                if plan.postcard.is_some() { "good" } else { "" },
                if plan.postcard.is_some() { "" } else { self.advice("campaign.toml does not say what postcards ask.") },
            ),
        ];
        if !dispute.campaigns.is_empty() {
            tasks.push(self.task("Campaigns of record", "campaign", dispute.campaigns.len().to_string(), "good", ""));
        }
        Stage { name: "Persuade", question: "What do members tell others, in figures that hold?", tasks }
    }

    fn demands(&self) -> impl Iterator<Item = (&Demand, DemandState<'_>)> {
        let dispute = self.opened.dispute;
        dispute.demands.iter().map(move |demand| (demand, demand.state_on(&dispute.talks.decisions, self.on)))
    }

    /// Days ahead and decisions that are needed, as a table and as what to do next.
    fn dates(&self) -> (Table, Vec<Next>) {
        let dispute = self.opened.dispute;
        let mut rows: Vec<(Date, String, &'static str, String)> = Vec::new();
        let mut next = Vec::new();
        for (demand, state) in self.demands() {
            let who = dispute.party_name(&demand.who.0);
            let what = format!("{who}: {}", demand.text);
            match state {
                DemandState::Passed { deadline, days } => {
                    next.push(Next {
                        text: format!("Decision needed: the deadline of {} passed {days} days ago. {what}", long_date(deadline)),
                        href: Some(self.href("positions")),
                        urgent: true,
                    });
                    rows.push((deadline, what, "bad", "decision needed".to_owned()));
                }
                DemandState::DueToday => {
                    next.push(Next { text: format!("The deadline is today. {what}"), href: Some(self.href("positions")), urgent: true });
                    rows.push((self.on, what, "bad", "today".to_owned()));
                }
                DemandState::DueIn { deadline, days } => rows.push((deadline, what, "", format!("in {days} days"))),
                DemandState::Vague { words } => next.push(Next {
                    text: format!(
                        "“{words}” is no day: {} is to say which. {what}",
                        demand.resolved_by.as_deref().unwrap_or("somebody with a name")
                    ),
                    href: Some(self.href("positions")),
                    urgent: false,
                }),
                _ => {}
            }
        }
        for poll in &dispute.polls {
            if let Some(opened) = poll.opened_on.filter(|day| *day >= self.on) {
                rows.push((opened, format!("{} opens", poll.title), "", in_days(self.on, opened)));
            }
            if let Some(When::Day(closed)) = poll.closed.filter(|closed| closed.earliest() >= self.on) {
                rows.push((closed, format!("{} closes", poll.title), "", in_days(self.on, closed)));
            }
        }
        let mut ends: BTreeMap<(Date, String), usize> = BTreeMap::new();
        let mut notices: BTreeMap<Date, usize> = BTreeMap::new();
        for mandate in self.plan.iter().flat_map(|plan| &plan.mandates).filter(|mandate| mandate.is_live()) {
            if let Support::Mandate(held) = &mandate.support {
                *ends.entry((held.last_day(), mandate.poll.title.clone())).or_default() += 1;
            }
            if let Some(day) = mandate.last_notice_on.filter(|day| *day >= self.on) {
                *notices.entry(day).or_default() += 1;
            }
        }
        for ((day, title), units) in ends {
            rows.push((day, format!("{title}: the mandate ends ({units} units and questions)"), "", in_days(self.on, day)));
            if day <= plus_days(self.on, 56) {
                next.push(Next {
                    text: format!("The mandate of “{title}” ends on {}.", long_date(day)),
                    href: Some(self.href("action")),
                    urgent: true,
                });
            }
        }
        for (day, units) in notices {
            rows.push((
                day,
                format!("Last day for a notice of action to reach the employer ({units} units and questions)"),
                "",
                in_days(self.on, day),
            ));
        }
        for meeting in &dispute.meetings {
            for step in &meeting.next {
                if let Some(due) = step.due_on.filter(|_| step.done_on.is_none_or(|done| done > self.on)) {
                    let class = if due < self.on { "bad" } else { "" };
                    rows.push((due, format!("{}: {}", meeting.body, step.what), class, in_days(self.on, due)));
                }
            }
        }
        // What was long ago due and never noted as done is no news for ever.
        rows.retain(|(day, _, class, _)| *day >= self.on || *class == "bad");
        rows.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let mut table = Table::new("dates", "Dates ahead, and decisions that are needed", &["day", "what", "when"]);
        for (day, what, class, when) in rows {
            let when = if class.is_empty() { words(when) } else { words(when).class(class) };
            table.row([words(long_date(day)).exact(day.to_string()), words(what), when]);
        }
        (table, next)
    }

    /// What is missing that the next stage needs.
    fn gaps(&self) -> Vec<Next> {
        let dispute = self.opened.dispute;
        if is_over(dispute, self.on) || is_public(self.opened) {
            return Vec::new();
        }
        let mut next = Vec::new();
        let mut say = |text: &str, page: &str| next.push(Next { text: text.to_owned(), href: Some(self.href(page)), urgent: false });
        if dispute.offers.is_empty() {
            say("Write the offer down, step by step: everything else begins there.", "offers/new");
        } else if dispute.positions.is_empty() {
            say("Write down who stands where on the offer (decide/positions.toml).", "files");
        }
        if !dispute.offers.is_empty() && dispute.polls.is_empty() {
            say("No ballot is planned. Work out its timetable, with every deadline.", "ballot");
        }
        next
    }
}

/// The last day on record: of an event, a position, a ballot or a call.
fn last_day(dispute: &Dispute) -> Option<Date> {
    let events = dispute.events.iter().chain(&dispute.outcomes).filter_map(|event| event.when);
    let positions = dispute.positions.iter().filter_map(|position| position.when);
    let polls = dispute.polls.iter().filter_map(|poll| poll.closed);
    let days = events.chain(positions).chain(polls).map(When::latest);
    days.chain(dispute.calls.iter().flat_map(|call| call.dates.iter().copied()))
        .chain(dispute.offers.iter().filter_map(|offer| offer.made_on))
        .max()
}

/// Whether it has ended, or nothing is on record of the year before the day.
fn is_over(dispute: &Dispute, on: Date) -> bool {
    let silent = || last_day(dispute).is_some_and(|last| last < plus_days(on, -366));
    dispute.ended_on.map_or_else(silent, |ended| ended < on)
}

fn is_open(state: &DemandState<'_>) -> bool {
    matches!(
        state,
        DemandState::NoDeadline
            | DemandState::Vague { .. }
            | DemandState::DueIn { .. }
            | DemandState::DueToday
            | DemandState::Passed { .. }
    )
}

fn in_days(on: Date, day: Date) -> String {
    match pay::days_between(on, day) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days if days > 0 => format!("in {days} days"),
        days => format!("{} days ago", -days),
    }
}

fn result_said(result: &dispute::PollResult) -> Option<String> {
    let share = |part: u64, whole: u64| Ratio::new(i128::from(part) * 100, whole.into()).to_fixed(1);
    match (result.yes, result.no, result.yes_percent) {
        (Some(yes), Some(no), _) if yes + no > 0 => Some(format!("{}% yes of {} votes.", share(yes, yes + no), pay::grouped(yes + no))),
        (_, _, Some(percent)) => Some(format!("{}% yes.", percent.to_short(1))),
        _ => None,
    }
}

fn period(opened: &Opened<'_>) -> String {
    match (opened.dispute.began_on, opened.dispute.ended_on) {
        (Some(began), Some(ended)) => format!("{} to {}", long_date(began), long_date(ended)),
        (Some(began), None) => format!("since {}", long_date(began)),
        (None, Some(ended)) => format!("until {}", long_date(ended)),
        (None, None) => String::new(),
    }
}

/// Days on which something happened that can be looked at from inside: events with a day, at most eight, and the end.
fn days_worth_seeing(opened: &Opened<'_>) -> Vec<(String, String)> {
    let dispute = opened.dispute;
    let events = dispute.events.iter().chain(&dispute.outcomes);
    let mut days: Vec<Date> =
        events.filter_map(|event| event.when.and_then(|when| if let When::Day(day) = when { Some(day) } else { None })).collect();
    days.extend(dispute.ended_on);
    days.sort();
    days.dedup();
    days.retain(|day| *day < opened.today);
    let skip = days.len().saturating_sub(8);
    days.into_iter().skip(skip).map(|day| (day.to_string(), long_date(day))).collect()
}

fn events(opened: &Opened<'_>) -> Table {
    let dispute = opened.dispute;
    let mut table = Table::new("events", "What happened, with who says so", &["when", "what", "source"]);
    for event in dispute.events.iter().chain(&dispute.outcomes) {
        let when = event.when.map_or_else(|| words("not known"), |when| words(when.words()).exact(when.iso()));
        let source =
            event.source.first().map_or_else(|| words(""), |first| words(event.source.join("; ")).from(format!("#source-{first}")));
        table.row([when, words(&event.what), source]);
    }
    table
}

/// The sources that the events and the dispute as a whole name.
fn sources(opened: &Opened<'_>) -> Vec<(String, String, String)> {
    let dispute = opened.dispute;
    let named = dispute.events.iter().chain(&dispute.outcomes).flat_map(|event| &event.source).chain(&dispute.source);
    let mut ids: Vec<&String> = named.collect();
    ids.sort();
    ids.dedup();
    let full = |id: &String| dispute.sources.get(id).map(|source| (source.id.clone(), source.title.clone(), source.location.clone()));
    ids.into_iter().filter_map(full).collect()
}
