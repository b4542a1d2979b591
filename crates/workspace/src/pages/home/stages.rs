//! The five stages of a dispute on a day: each task with where it stands.

use std::collections::BTreeMap;

use dated::{Date, Ratio, long_date};
use dispute::PollKind;
use dispute::plan::Support;
use dispute::talks::DemandState;
use law::{Agreements, Jurisdiction, RowDefaults, Verdict, judge_result, law_of_the_day};
use pay::When;

use super::{At, Stage};
use crate::desk::counted;

impl At<'_, '_> {
    pub(super) fn offer(&self) -> Stage {
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
        let (scales, below) = super::super::scales::counted_below(self.opened);
        tasks.push(match (scales, below) {
            (0, _) => self.task("Pay scales", "scales", "none", "", self.advice("Bring one as a spreadsheet.")),
            (_, None) => self.task("Pay scales", "scales", counted(scales, "scale", "scales"), "good", ""),
            (_, Some(0)) => {
                self.task("Pay scales", "scales", counted(scales, "scale", "scales"), "good", "No point is below the legal minimum.")
            }
            (_, Some(below)) => {
                let text = format!("{} below the legal minimum.", counted(below, "point is", "points are"));
                self.task("Pay scales", "scales", "look at it", "bad", text)
            }
        });
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

    pub(super) fn decide(&self) -> Stage {
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

    pub(super) fn ballot(&self) -> Stage {
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

    pub(super) fn act(&self) -> Stage {
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

    pub(super) fn persuade(&self) -> Stage {
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

fn result_said(result: &dispute::PollResult) -> Option<String> {
    let share = |part: u64, whole: u64| Ratio::new(i128::from(part) * 100, whole.into()).to_fixed(1);
    match (result.yes, result.no, result.yes_percent) {
        (Some(yes), Some(no), _) if yes + no > 0 => Some(format!("{}% yes of {} votes.", share(yes, yes + no), pay::grouped(yes + no))),
        (_, _, Some(percent)) => Some(format!("{}% yes.", percent.to_short(1))),
        _ => None,
    }
}
