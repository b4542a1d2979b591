//! `whitley equal-pay gate`: whether a comparator may be pleaded, by facts given on the command line.

use clap::{Args, ValueEnum};
use dated::Date;
use law::{Employment, Nation, claim_window, is_settled, judge_comparator};
use serde_json::json;

use super::setting::{not_covered, parse_nation, rule_json, rulebook};
use crate::answer::{self, Outcome};
use crate::offer::Stop;

/// Arguments of `whitley equal-pay gate`. Exit code 0 if he may be pleaded, 1 if he is good for bargaining only.
#[derive(Args)]
pub(crate) struct Gate {
    /// The day the claim is lodged
    #[arg(long, value_parser = dated::parse_date, value_name = "DAY")]
    lodged: Date,
    /// england-wales, scotland or northern-ireland
    #[arg(long, default_value = "england-wales", value_parser = parse_nation)]
    nation: Nation,
    /// Both have one employer
    #[arg(long, value_enum)]
    same_employer: YesNo,
    /// The employers are associated: one controls the other, or a third controls both
    #[arg(long, value_enum)]
    associated: Option<YesNo>,
    /// Both work at one establishment
    #[arg(long, value_enum)]
    same_establishment: Option<YesNo>,
    /// Common terms apply at both establishments
    #[arg(long, value_enum)]
    common_terms: Option<YesNo>,
    /// The body that set both sets of terms, as in "Whitley Council"
    #[arg(long)]
    body: Option<String>,
    /// That body could put a difference right
    #[arg(long, value_enum)]
    could_put_right: Option<YesNo>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum YesNo {
    Yes,
    No,
}

impl Gate {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let book = rulebook()?;
        let is_yes = |answer: YesNo| answer == YesNo::Yes;
        let employment = Employment {
            same_employer: is_yes(self.same_employer),
            associated: self.associated.map(is_yes),
            same_establishment: self.same_establishment.map(is_yes),
            common_terms: self.common_terms.map(is_yes),
            body: self.body,
            could_put_right: self.could_put_right.map(is_yes),
        };
        if !employment.same_employer && employment.same_establishment == Some(true) && employment.associated != Some(true) {
            complain!("note: one establishment helps only with one employer or associated ones");
        }
        let judged = judge_comparator(&book, self.nation, self.lodged, &employment).map_err(|why| not_covered(&why, as_json))?;
        let window = claim_window(&book, self.nation, self.lodged).map_err(|why| not_covered(&why, as_json))?;
        let rules: Vec<_> = judged.rules.iter().chain(&window.rules).copied().collect();
        let outcome = if judged.standing.may_be_pleaded() { Outcome::Yes } else { Outcome::No };
        let provisional = !is_settled(&rules);
        if as_json {
            answer::print_json(&json!({
                "standing": judged.standing.word(),
                "label": judged.standing.label(),
                "may_be_pleaded": judged.standing.may_be_pleaded(),
                "why": judged.why,
                "body": judged.body.map(|body| json!({"id": body.id, "text": body.text, "source": body.source, "status": body.status.word()})),
                "arrears_from": window.arrears_from.to_string(),
                "arrears_from_other_reading": window.arrears_from_other_reading.map(|from| from.to_string()),
                "left_on_or_after": window.left_on_or_after.to_string(),
                "provisional": provisional,
                "questions": book.material_factors().iter().map(|factor| json!({"id": factor.id, "question": factor.question})).collect::<Vec<_>>(),
                "rules": rules.into_iter().map(rule_json).collect::<Vec<_>>(),
                "not_legal_advice": book.not_legal_advice(),
            }));
            return Ok(outcome);
        }
        let mut text = format!("{}\n", capital(judged.standing.label()));
        judged.why.iter().for_each(|why| text.push_str(&format!("  {why}\n")));
        if let Some(body) = judged.body {
            text.push_str(&format!("  {}\n    {} ({})\n", body.text, body.source, body.status.word()));
        }
        text.push_str(&format!("\nMoney counts from {}", dated::long_date(window.arrears_from)));
        if let Some(other) = window.arrears_from_other_reading {
            text.push_str(&format!("; provisional: from {} under the other reading", dated::long_date(other)));
        }
        text.push_str(&format!(
            ". Who left before {} is out of time for a tribunal.\n\nRules\n",
            dated::long_date(window.left_on_or_after)
        ));
        for rule in &rules {
            text.push_str(&format!("  {} ({}): {}\n    {}\n", rule.id, rule.status.word(), rule.text, rule.source));
        }
        text.push_str("\nTo ask of every difference\n");
        book.material_factors().iter().for_each(|factor| text.push_str(&format!("  - {}\n", factor.question)));
        answer::print(&format!("{text}\n{}\n", book.not_legal_advice()));
        Ok(outcome)
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
