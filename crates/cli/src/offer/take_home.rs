//! `whitley offer take-home`: what a member keeps of an offer, month by month, in plain words first.

use clap::Args;
use dated::{Date, Month, Ratio, long_date};
use dispute::Library;
use pay::{Claimant, MemberPost, PayYear, Pence, RateFrom, RatePath, Steady, TakeHome as Kept};
use serde_json::{Value as Json, json};
use workspace::offer::NoAnswer;
use workspace::offer::take_home::{KeptYear, NATIONS, Offered, OnCredit, OnCreditYear, difference, offered_to, payee};

use super::{Stop, find_offer, in_group, parse_day, parse_hours, parse_pounds, refuse_question};
use crate::answer::{self, Outcome, Table, number};
use crate::disk;

/// Arguments of `whitley offer take-home`.
#[derive(Args)]
pub(crate) struct TakeHome {
    /// The dispute folder; without it, --salary, --rise and --from say what is offered
    dispute: Option<String>,
    /// The offer, where the dispute has several
    #[arg(long, requires = "dispute")]
    offer: Option<String>,
    /// For a member with this full-time salary before the offer, in pounds a year
    #[arg(long, value_parser = parse_pounds, conflicts_with = "point", allow_negative_numbers = true)]
    salary: Option<Pence>,
    /// For a member on this point of the scale
    #[arg(long, requires = "dispute")]
    point: Option<String>,
    /// The member's band, where the point is in several
    #[arg(long, requires = "dispute")]
    band: Option<String>,
    /// The group of staff, where an offer treats groups differently
    #[arg(long, requires = "dispute")]
    group: Option<String>,
    /// The rise of the full-time salary in pounds a year, without a dispute
    #[arg(long, value_parser = parse_pounds, conflicts_with = "dispute", requires_all = ["salary", "from"])]
    rise: Option<Pence>,
    /// The day of the rise, without a dispute
    #[arg(long, value_parser = parse_day, conflicts_with = "dispute")]
    from: Option<Date>,
    /// The day it reaches the payslip: arrears arrive that month
    #[arg(long, value_parser = parse_day)]
    paid_on: Option<Date>,
    /// The nation: whose income tax, and which steps of the offer
    #[arg(long)]
    nation: Option<String>,
    /// Hours a week
    #[arg(long, value_parser = parse_hours)]
    hours: Option<Ratio>,
    /// Hours of a full-time week, where the dispute does not say them
    #[arg(long, value_parser = parse_hours)]
    full_time_hours: Option<Ratio>,
    /// A tax year, as in 2022-23; all that the offer touches if none is given
    #[arg(long = "tax-year", value_parser = parse_tax_year)]
    tax_years: Vec<PayYear>,
    /// The pension scheme, or none
    #[arg(long, default_value = "nhs")]
    pension: String,
    /// A student loan being repaid: plan1, plan2, plan4, plan5, postgraduate; may be given several times
    #[arg(long = "student-loan")]
    student_loans: Vec<String>,
    /// Somebody on Universal Credit: no-allowance, with-housing (the credit helps with rent) or without-housing
    #[arg(long, value_parser = parse_claimant)]
    universal_credit: Option<Claimant>,
    /// The credit of a month before the award, in pounds: no more than this can be lost
    #[arg(long, value_parser = parse_pounds, requires = "universal_credit")]
    credit: Option<Pence>,
}

fn parse_claimant(text: &str) -> Result<Claimant, String> {
    let known: Vec<&str> = Claimant::WORDS.iter().map(|(word, _)| *word).collect();
    Claimant::from_word(text).ok_or_else(|| format!("“{text}” is none of {}", known.join(", ")))
}

fn parse_tax_year(text: &str) -> Result<PayYear, String> {
    let first = text.split('-').next().and_then(|year| year.parse::<i16>().ok()).filter(|year| (1990..=2100).contains(year));
    first
        .and_then(|year| Month::new(year, 4))
        .map(PayYear::beginning)
        .filter(|year| year.name() == text)
        .ok_or_else(|| format!("“{text}” is not a tax year; write it as 2022-23"))
}

impl TakeHome {
    pub(super) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let (asked, library) = match &self.dispute {
            Some(name) => self.of_dispute(name, as_json)?,
            None => (self.of_rise()?, disk::library()?),
        };
        let payee = payee(&asked, &library, self.hours, &self.pension, &self.student_loans).map_err(stop)?;
        let of_offer = asked.tax_years();
        if of_offer.is_empty() {
            return refuse_question("nothing of this offer reaches that salary, so there is nothing to take home");
        }
        let years = if self.tax_years.is_empty() { of_offer } else { self.tax_years.clone() };
        let has_loan = !payee.loans.is_empty();
        let found = asked.years(&payee, &library, &years);
        let asked_credit = self.universal_credit.map(|claimant| OnCredit { claimant, credit: self.credit });
        let answers: Vec<YearAnswer> = found
            .into_iter()
            .map(|kept| {
                let on_credit = asked_credit.map(|credit| kept.on_credit(&credit, &library));
                YearAnswer { kept, has_loan, on_credit }
            })
            .collect();
        let complete =
            answers.iter().all(|year| year.year.result.is_ok() && year.on_credit.as_ref().is_none_or(std::result::Result::is_ok));
        if as_json {
            answer::print_json(&json!({
                "dispute": self.dispute,
                "offer": asked.offer,
                "title": asked.title,
                "nation": asked.nation,
                "base_salary": number(asked.path.base.pounds(), 2),
                "notes": asked.notes,
                "years": answers.iter().map(|answer| answer.json(asked.paid_on)).collect::<Vec<_>>(),
            }));
        } else {
            self.print(&asked, &answers);
        }
        for answer in &answers {
            let year = &answer.year;
            for why in year.result.as_ref().err().into_iter().flatten() {
                complain!("{}: cannot be worked out: {why}", year.year.name());
            }
            // What is missing for pay itself was said.
            for why in answer.on_credit.iter().filter_map(|credit| credit.as_ref().err()).flatten().filter(|_| year.result.is_ok()) {
                complain!("{}: what is kept on Universal Credit cannot be worked out: {why}", year.year.name());
            }
        }
        Ok(if complete { Outcome::Yes } else { Outcome::CouldNotCheck })
    }

    fn print(&self, asked: &Offered, answers: &[YearAnswer]) {
        let mut text = String::new();
        for answer in answers {
            text.push_str(&answer.sentences(asked));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("{}\n  {}\n", asked.title, asked.whose));
        for note in &asked.notes {
            text.push_str(&format!("  Note: {note}.\n"));
        }
        answers.iter().for_each(|answer| text.push_str(&answer.tables(asked)));
        for estimated in
            answers.iter().filter_map(|answer| answer.on_credit.as_ref()?.as_ref().ok()).flat_map(|credit| &credit.lost.estimated)
        {
            text.push_str(&format!("  Estimated: {estimated}.\n"));
        }
        if answers.iter().any(|answer| matches!(answer.on_credit, Some(Ok(_)))) {
            text.push_str(&format!("  {}\n", pay::NOT_RECKONED));
        }
        if answers.iter().any(|answer| answer.year.result.is_ok()) {
            text.push_str(
                "  Reckoned for one job, the standard tax code, no other income, paid on the 28th: docs/spec/pay.md, P71 to P82.\n",
            );
        }
        answer::print(&text);
    }

    fn of_rise(&self) -> Result<Offered, Stop> {
        let (Some(salary), Some(rise), Some(from)) = (self.salary, self.rise, self.from) else {
            return refuse_question(
                "name a dispute, or give --salary, --rise and --from, as in --salary 47126 --rise 1400 --from 2022-04-01",
            );
        };
        let nation = self.nation.clone().unwrap_or_else(|| "England".to_owned());
        if !NATIONS.contains(&nation.as_str()) {
            return refuse_question(format!("“{nation}” is no nation known here; one of {}", NATIONS.join(", ")));
        }
        let path = RatePath { base: salary, rates: vec![RateFrom { from, rate: salary + rise, step: 0 }] };
        Ok(Offered {
            title: format!("A rise of {rise} a year on {salary} from {} ({nation})", long_date(from)),
            whose: format!("Full-time salary {salary} before and {} after.", salary + rise),
            offer: None,
            nation,
            path,
            lumps: Vec::new(),
            paid_on: self.paid_on,
            full_time_hours: self.full_time_hours,
            notes: Vec::new(),
        })
    }

    fn of_dispute(&self, name: &str, as_json: bool) -> Result<(Offered, Library), Stop> {
        let opened = disk::open(name, as_json)?;
        let offers = &opened.dispute.offers;
        let offer = match &self.offer {
            Some(id) => find_offer(offers, id)?,
            None => {
                let with_steps: Vec<_> = offers.iter().filter(|offer| !offer.steps.is_empty()).collect();
                match with_steps.as_slice() {
                    [one] => *one,
                    [] => {
                        complain!("{name}: no offer has steps in the data, so no pay can be worked out");
                        return Err(Stop::Said(Outcome::CouldNotCheck));
                    }
                    several => {
                        let known: Vec<&str> = several.iter().map(|offer| offer.id.as_str()).collect();
                        return refuse_question(format!("say which offer with --offer: {}", known.join(", ")));
                    }
                }
            }
        };
        let framework = in_group(&opened.dispute, self.group.as_deref())?;
        let post = MemberPost { point: self.point.clone(), salary: self.salary, band: self.band.clone() };
        let mut asked = offered_to(&framework, offer, self.nation.as_deref(), &post).map_err(stop)?;
        asked.paid_on = self.paid_on.or(asked.paid_on);
        asked.full_time_hours = self.full_time_hours.or(asked.full_time_hours);
        Ok((asked, opened.library))
    }
}

/// A question goes back to whoever asked; what is not known is said and leaves the answer open.
fn stop(why: NoAnswer) -> Stop {
    match why {
        NoAnswer::Question(why) => Stop::Question(why),
        NoAnswer::Unknown(why) => {
            complain!("{why}");
            Stop::Said(Outcome::CouldNotCheck)
        }
    }
}

/// One tax year with what is said about it.
struct YearAnswer {
    kept: KeptYear,
    has_loan: bool,
    /// What is kept on Universal Credit, if that was asked.
    on_credit: Option<Result<OnCreditYear, Vec<String>>>,
}

impl std::ops::Deref for YearAnswer {
    type Target = KeptYear;
    fn deref(&self) -> &Self::Target {
        &self.kept
    }
}

impl YearAnswer {
    /// The answer in plain words.
    fn sentences(&self, asked: &Offered) -> String {
        let Ok([with, without]) = &self.year.result else { return String::new() };
        let (with_total, without_total) = (with.total(), without.total());
        let gain = with_total.gross - without_total.gross;
        let kept = with_total.net() - without_total.net();
        let mut text = if gain == Pence::ZERO {
            format!("In {} nothing of it is paid.\n", with.year.name())
        } else {
            format!("Of the {} it adds to your pay in {}, you keep {}.\n", whole(gain), with.year.name(), whole(kept))
        };
        if let Some(Ok(credit)) = &self.on_credit {
            text.push_str(&format!(
                "On Universal Credit {} of credit goes with it, so you keep {}",
                whole(credit.lost.less()),
                whole(credit.kept)
            ));
            text.push_str(&credit.kept_a_month.map(|month| format!("; then {month} more a month")).unwrap_or_default());
            text.push_str(".\n");
            if let Some(month) = credit.lost.used_up_in.first() {
                text.push_str(&format!("In {} no credit is left.\n", month.long()));
            }
        }
        if let (Some((_, [before, after])), Some((month, monthly, of))) = (&self.goes_on, self.a_month()) {
            let than = if monthly.0 < 0 { "less" } else { "more" };
            text.push_str(&format!("From {} you keep {} {than} a month, of {of}", month.long(), Pence(monthly.0.abs())));
            if after.pension_percent != before.pension_percent {
                text.push_str(&format!(
                    "; your pension contribution is {}% instead of {}%",
                    after.pension_percent.to_short(2),
                    before.pension_percent.to_short(2)
                ));
            }
            text.push_str(".\n");
        }
        let settled = asked.paid_on.map(Month::of);
        if let Some(at) = with.months.iter().position(|month| Some(month.month) == settled && month.pay.arrears != Pence::ZERO) {
            let this = &with.months[at];
            text.push_str(&format!(
                "In {}, when {} of arrears arrive, you are paid {}",
                this.month.long(),
                this.pay.arrears,
                this.pay.net()
            ));
            if let Some(earlier) = at.checked_sub(1).map(|at| &with.months[at]) {
                let more = this.pay.net() - earlier.pay.net();
                let than = if more.0 < 0 { "LESS" } else { "more" };
                text.push_str(&format!(", {} {than} than in {}", Pence(more.0.abs()), earlier.month.long()));
            }
            text.push_str(".\n");
        }
        text
    }

    fn tables(&self, asked: &Offered) -> String {
        let Ok([with, without]) = &self.year.result else { return String::new() };
        let name = with.year.name();
        let mut text = format!("\n  Tax year {name}, pounds:\n");
        let mut headings = vec!["", ">gross", ">pension", ">tax", ">NI"];
        headings.extend(self.has_loan.then_some(">loan"));
        headings.push(">kept");
        let cells = |what: String, kept: &Kept, extra: Option<String>| {
            let mut cells = vec![what];
            let mut sums = vec![kept.gross, kept.pension, kept.tax, kept.insurance];
            sums.extend(self.has_loan.then_some(kept.loan));
            sums.push(kept.net());
            cells.extend(sums.into_iter().map(|sum| sum.pounds().to_fixed(2)));
            cells.extend(extra);
            cells
        };
        let mut table = Table::new(&headings);
        let (with_total, without_total) = (with.total(), without.total());
        table.row(cells("with it".to_owned(), &with_total, None));
        table.row(cells("without it".to_owned(), &without_total, None));
        table.row(cells("difference".to_owned(), &difference(&with_total, &without_total), None));
        text.push_str(&table.text());
        text.push('\n');
        headings[0] = "month";
        headings.push(">tier %");
        let mut table = Table::new(&headings);
        for month in &with.months {
            let percent = month.pension_percent.map(|percent| percent.to_fixed(1)).unwrap_or_default();
            let arrears = if month.pay.arrears == Pence::ZERO { "" } else { " *" };
            table.row(cells(format!("{}{arrears}", month.month.long()), &month.pay, Some(percent)));
        }
        text.push_str(&table.text());
        if let Some(month) = with.months.iter().find(|month| month.pay.arrears != Pence::ZERO) {
            text.push_str(&format!("  * with {} of arrears and the contributions on them\n", month.pay.arrears));
        }
        if let Some((month, [before, after])) = &self.goes_on {
            text.push_str(&format!(
                "  A whole year under the law of {}: {} leaves {}, {} left {}.\n",
                month.long(),
                after.gross,
                after.net(),
                before.gross,
                before.net()
            ));
            for (month, cliff) in self.cliffs.iter().flat_map(|(month, found)| found.iter().map(move |cliff| (month, cliff))) {
                text.push_str(&format!(
                    "  Under the law of {}, from {} any rise of {} to {} a year leaves less than none: the contribution goes from {}% to {}% of all pay (at worst {} a year less).\n",
                    month.long(),
                    asked.path.base,
                    cliff.from_rise,
                    cliff.until_rise - Pence(1),
                    cliff.percents.0.to_short(2),
                    cliff.percents.1.to_short(2),
                    cliff.most_lost
                ));
            }
        }
        for estimate in &with.estimated {
            text.push_str(&format!("  Estimated: {estimate}.\n"));
        }
        text
    }

    fn json(&self, paid_on: Option<Date>) -> Json {
        let name = self.year.year.name();
        let [with, without] = match &self.year.result {
            Ok(both) => both,
            Err(missing) => return json!({ "tax_year": name, "missing": missing }),
        };
        let sums = |kept: &Kept| {
            json!({
                "gross": number(kept.gross.pounds(), 2),
                "arrears": number(kept.arrears.pounds(), 2),
                "one_off": number(kept.one_off.pounds(), 2),
                "pension": number(kept.pension.pounds(), 2),
                "tax": number(kept.tax.pounds(), 2),
                "national_insurance": number(kept.insurance.pounds(), 2),
                "student_loan": number(kept.loan.pounds(), 2),
                "net": number(kept.net().pounds(), 2),
            })
        };
        let months = |year: &pay::TakeHomeYear| {
            let of_month = |month: &pay::PayMonth| {
                let mut document = sums(&month.pay);
                document["month"] = json!(month.month.to_string());
                document["pension_percent"] = json!(month.pension_percent.map(|percent| number(percent, 4)));
                document
            };
            year.months.iter().map(of_month).collect::<Vec<_>>()
        };
        let year_at = |steady: &Steady| {
            json!({
                "gross": number(steady.gross.pounds(), 2),
                "pension": number(steady.pension.pounds(), 2),
                "pension_percent": number(steady.pension_percent, 4),
                "tax": number(steady.tax.pounds(), 2),
                "national_insurance": number(steady.insurance.pounds(), 2),
                "student_loan": number(steady.loan.pounds(), 2),
                "net": number(steady.net().pounds(), 2),
            })
        };
        let (with_total, without_total) = (with.total(), without.total());
        let on_credit = self.on_credit.as_ref().map(|credit| match credit {
            Err(missing) => json!({ "missing": missing }),
            Ok(credit) => json!({
                "credit_lost": number(credit.lost.less().pounds(), 2),
                "kept": number(credit.kept.pounds(), 2),
                "kept_a_month": credit.kept_a_month.map(|sum| number(sum.pounds(), 2)),
                "no_credit_left_in": credit.lost.used_up_in.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "estimated": credit.lost.estimated,
                "not_reckoned": pay::NOT_RECKONED,
            }),
        });
        json!({
            "tax_year": name,
            "universal_credit": on_credit,
            "paid_on": paid_on.map(|day| day.to_string()),
            "with": sums(&with_total),
            "without": sums(&without_total),
            "difference": sums(&difference(&with_total, &without_total)),
            "months": months(with),
            "months_without": months(without),
            "goes_on": self.goes_on.as_ref().map(|(month, [before, after])| json!({
                "month": month.to_string(),
                "year_at_base": year_at(before),
                "year_at_end_rate": year_at(after),
            })),
            "cliffs": self.cliffs.iter().flat_map(|(month, found)| found.iter().map(move |cliff| (month, cliff))).map(|(month, cliff)| json!({
                "law_of": month.to_string(),
                "from_rise": number(cliff.from_rise.pounds(), 2),
                "until_rise": number(cliff.until_rise.pounds(), 2),
                "most_lost": number(cliff.most_lost.pounds(), 2),
                "percent_before": number(cliff.percents.0, 4),
                "percent_after": number(cliff.percents.1, 4),
            })).collect::<Vec<_>>(),
            "estimated": with.estimated,
        })
    }
}

/// Rounded to the pound, for sentences about a year.
fn whole(sum: Pence) -> Pence {
    Pence(i64::try_from(sum.pounds().round_half_away()).unwrap_or(0) * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tax_year_is_two_years_that_follow() {
        assert_eq!(parse_tax_year("2022-23").map(|year| year.name()), Ok("2022-23".to_owned()));
        for text in ["2022", "2022-24", "2022/23", "22-23", ""] {
            assert!(parse_tax_year(text).is_err(), "{text}");
        }
    }
}
