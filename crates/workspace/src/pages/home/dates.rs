//! What lies ahead on a day: deadlines, ends of mandates, decisions that somebody must take, and what is missing for the next stage.

use std::collections::BTreeMap;

use dated::{Date, long_date};
use dispute::plan::Support;
use dispute::talks::DemandState;
use law::plus_days;
use pay::When;

use super::{At, Next, is_over};
use crate::pages::is_public;
use crate::table::{Table, words};

impl At<'_, '_> {
    /// Days ahead and decisions that are needed, as a table and as what to do next.
    pub(super) fn dates(&self) -> (Table, Vec<Next>) {
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
    pub(super) fn gaps(&self) -> Vec<Next> {
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

fn in_days(on: Date, day: Date) -> String {
    match pay::days_between(on, day) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days if days > 0 => format!("in {days} days"),
        days => format!("{} days ago", -days),
    }
}
