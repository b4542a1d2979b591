//! `whitley action calendar`: where mandates stand, and the days that several unions share.

use clap::Args;
use dated::{Date, parse_date};
use law::weekday_date;
use serde_json::json;

use super::{AskedOn, make_plan, open_all, show};
use crate::answer::{self, Outcome};
use crate::law::{Cited, with_closing};

/// Arguments of `whitley action calendar`.
#[derive(Args)]
pub(crate) struct CalendarArguments {
    /// The dispute folders
    #[arg(required = true, value_name = "DISPUTE")]
    disputes: Vec<String>,
    /// The first day shown
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    from: Date,
    #[command(flatten)]
    asked: AskedOn,
}

impl CalendarArguments {
    pub(super) fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        self.asked.check(self.from, as_json)?;
        let book = self.asked.book(as_json)?;
        let names: Vec<&str> = self.disputes.iter().map(String::as_str).collect();
        let (disputes, _) = open_all(&names, as_json)?;
        let facts = self.asked.facts(self.from);
        let plan = make_plan(&disputes, &book, &facts, as_json)?;
        let mut unions: Vec<&str> = plan.mandates.iter().map(|mandate| mandate.dispute.party_name(&mandate.poll.union.0)).collect();
        unions.sort_unstable();
        unions.dedup();
        let any_window = plan.mandates.iter().any(|mandate| mandate.window.is_some());
        let found = if unions.len() > 1 { !plan.common.is_empty() } else { any_window };
        let unknown = plan.mandates.is_empty() || plan.mandates.iter().any(|mandate| mandate.state_word() == "cannot-tell");
        let mut cited = Cited::default();
        cited.extend(plan.mandates.iter().filter_map(|mandate| match &mandate.support {
            dispute::plan::Support::Mandate(mandate) => Some(mandate.rule()),
            _ => None,
        }));
        if as_json {
            let value = json!({
                "on": facts.on.to_string(),
                "from": facts.from.to_string(),
                "unions": unions,
                "mandates": plan.mandates.iter().map(show::mandate_json).collect::<Vec<_>>(),
                "common": show::common_json(&plan),
                "dates": plan.action_days().iter().map(show::day_json).collect::<Vec<_>>(),
                "notes": plan.notes,
            });
            answer::print_json(&with_closing(value, &book, &cited));
        } else {
            let mut text = format!("As of {}\n\nMandates\n{}", weekday_date(facts.on), show::mandates_text(&plan));
            text.push_str("  New days: those that a notice received on the day of asking would allow.\n");
            if unions.len() > 1 {
                text.push_str(&format!("\nDays that {} share\n", unions.join(" and ")));
                text.push_str(&if plan.common.is_empty() { "  None.\n".to_owned() } else { show::common_text(&plan) });
            }
            if !plan.days.is_empty() {
                text.push_str(&format!("\nPlanned\n{}", show::days_text(&plan)));
            }
            if !plan.notes.is_empty() {
                text.push_str("\nNotes\n");
                plan.notes.iter().for_each(|note| text.push_str(&format!("  {note}\n")));
            }
            text.push_str(&cited.text(&book));
            text.push_str("Next: `whitley action plan` shows what is called, with every reason against it.\n");
            answer::print(&text);
        }
        Ok(match (found, unknown) {
            (true, _) => Outcome::Yes,
            (false, true) => Outcome::CouldNotCheck,
            (false, false) => Outcome::No,
        })
    }
}
