//! `whitley offer value` for one member: in plain words, award and increment apart.

use clap::Args;
use dated::{Date, Ratio, long_date};
use dispute::Dispute;
use pay::{Framework, MemberPost, Offer, Pence, Progression, Shortfall, WeeksInYear};
use serde_json::{Value as Json, json};
use workspace::offer::member::{MemberFigures, MemberQuestion};
use workspace::offer::typed::{parse_day, parse_hours, parse_hours_change, parse_pounds};

use super::value::point_json;
use super::{Stop, find_offer, money, pounds, refuse_question};
use crate::answer::{self, Outcome, Table, number};

/// Who the member is.
#[derive(Args)]
pub(crate) struct MemberArguments {
    /// For a member with this full-time salary before the offer, in pounds a year
    #[arg(long, value_parser = parse_pounds, conflicts_with = "point", allow_negative_numbers = true)]
    salary: Option<Pence>,
    /// For a member on this point of the scale
    #[arg(long)]
    point: Option<String>,
    /// The member's band, where the point is in several
    #[arg(long)]
    band: Option<String>,
    /// Hours a week
    #[arg(long, value_parser = parse_hours)]
    hours: Option<Ratio>,
    /// A change of hours, as in 2007-06-01=22.5; may be given several times
    #[arg(long = "hours-change", value_parser = parse_hours_change)]
    hours_changes: Vec<(Date, Ratio)>,
    /// The member's next increment date
    #[arg(long, value_parser = parse_day, requires = "point")]
    increment_date: Option<Date>,
    /// The member passes the gate, where increments depend on one
    #[arg(long)]
    passes_gate: bool,
    /// First day in post, if during the offer
    #[arg(long, value_parser = parse_day)]
    started: Option<Date>,
    /// Last day in post, if during the offer
    #[arg(long, value_parser = parse_day)]
    left: Option<Date>,
    /// The offer reaches the payslip on this day: arrears by month until then
    #[arg(long, value_parser = parse_day)]
    paid_on: Option<Date>,
    /// What was paid until then: the rates of this offer instead of the rates before
    #[arg(long, requires = "paid_on")]
    paid_offer: Option<String>,
    /// What the member goes without: the pay of this other offer less the pay of each (for instance the recommendation)
    #[arg(long)]
    against: Option<String>,
}

impl MemberArguments {
    pub(super) fn is_asked(&self) -> bool {
        self.salary.is_some() || self.point.is_some()
    }

    /// Whether a question was put that has no answer without a point or a salary.
    pub(super) fn needs_post(&self) -> Option<&'static str> {
        self.against.is_some().then_some("--against is about one member: say who with --point or --salary")
    }

    fn question<'q>(&self, paid_offer: Option<&'q Offer>, against: Option<&'q Offer>) -> MemberQuestion<'q> {
        MemberQuestion {
            post: MemberPost { point: self.point.clone(), salary: self.salary, band: self.band.clone() },
            hours: self.hours,
            hours_changes: self.hours_changes.clone(),
            increment_on: self.increment_date,
            passes_gate: self.passes_gate,
            started_on: self.started,
            left_on: self.left,
            paid_on: self.paid_on,
            paid_offer,
            against,
        }
    }
}

/// Values every offer for one member.
pub(super) fn run(
    arguments: &MemberArguments,
    dispute: &Dispute,
    framework: &Framework<'_>,
    offers: &[&Offer],
    nation: Option<&str>,
    as_json: bool,
) -> Result<Outcome, Stop> {
    if let Some(point) = &arguments.point {
        let known = |offer: &&Offer| framework.scales_of(offer).any(|scale| scale.tables().any(|table| table.point(point).is_some()));
        if let (Some(offer), false) = (offers.iter().find(|offer| !offer.steps.is_empty()), offers.iter().any(known)) {
            let nation = offer.nations.first().map_or("", |(name, _)| name.as_str());
            return refuse_question(framework.row_of_point(offer, nation, point, None).err().unwrap_or_default());
        }
    }
    let paid_offer = arguments.paid_offer.as_deref().map(|id| find_offer(&dispute.offers, id)).transpose()?;
    let against = arguments.against.as_deref().map(|id| find_offer(&dispute.offers, id)).transpose()?;
    let question = arguments.question(paid_offer, against);
    let employment = question.employment(framework.full_time_hours).or_else(refuse_question)?;
    let mut documents = Vec::new();
    let mut answered = 0;
    for offer in offers {
        let nations: Vec<&str> =
            offer.nations.iter().map(|(name, _)| name.as_str()).filter(|name| nation.is_none_or(|nation| nation == *name)).collect();
        let views = framework.groups_of(offer).into_iter().flat_map(|group| nations.iter().map(move |nation| (group.clone(), *nation)));
        for (group, nation) in views {
            let framework = &framework.in_group(group);
            let one = MemberFigures::of(&question, framework, offer, nation, &employment).map(MemberAnswer);
            answered += usize::from(one.is_ok());
            match one {
                Ok(one) if as_json => documents.push(one.json()),
                Ok(one) => answer::print(&one.text(framework)),
                Err(why) if as_json => documents.push(json!({ "id": offer.id, "nation": nation, "not_valued": why })),
                Err(why) => complain!("{}, {nation}: {why}", offer.id),
            }
        }
    }
    if as_json {
        answer::print_json(&json!({ "dispute": dispute.id, "offers": documents }));
    }
    Ok(if answered == 0 { Outcome::CouldNotCheck } else { Outcome::Yes })
}

struct MemberAnswer<'m>(MemberFigures<'m>);

impl<'m> std::ops::Deref for MemberAnswer<'m> {
    type Target = MemberFigures<'m>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl MemberAnswer<'_> {
    fn json(&self) -> Json {
        let pence = |value: Ratio| number(pounds(value), 2);
        let by = |value: pay::ByCount| json!({ "by_months": pence(value.by_months), "by_days": pence(value.by_days) });
        let hourly = |annual: Pence| {
            json!({
                "weeks_365.25/7": self.hourly(annual, WeeksInYear::Calendar).map(|value| number(pounds(value), 4)),
                "weeks_52": self.hourly(annual, WeeksInYear::FiftyTwo).map(|value| number(pounds(value), 4)),
            })
        };
        json!({
            "id": self.offer.id,
            "title": self.offer.title,
            "nation": self.nation,
            "group": self.group,
            "notes": self.notes,
            "points": [point_json("", &self.point)],
            "member": {
                "hours": self.hours.map(|hours| number(hours, 2)),
                "full_time_hours": self.full_time_hours.map(|hours| number(hours, 2)),
                "years": self.member.years.iter().map(|year| json!({
                    "pay_year": year.year.name(),
                    "base": by(year.base),
                    "award": by(year.award),
                    "increment": by(year.increment),
                    "unconsolidated": number(year.unconsolidated.pounds(), 2),
                    "year_end_rate": number(year.year_end_rate.pounds(), 2),
                    "hourly_at_end": hourly(year.year_end_rate),
                })).collect::<Vec<_>>(),
                "increments": self.member.increments.iter().map(|increment| json!({
                    "due_on": increment.due_on.to_string(),
                    "from": increment.from,
                    "to": increment.to,
                    "progression": progression_word(increment.progression),
                })).collect::<Vec<_>>(),
                "no_increment": self.member.no_increment,
                "if_gate_passed": self.if_gate_passed.as_ref().map(|member| json!({
                    "years": member.years.iter().map(|year| json!({
                        "pay_year": year.year.name(),
                        "award": by(year.award),
                        "increment": by(year.increment),
                        "year_end_rate": number(year.year_end_rate.pounds(), 2),
                    })).collect::<Vec<_>>(),
                })),
            },
            "without": self.without.as_ref().map(|(other, short)| json!({
                "against": other.id,
                "pay_year": short.year.name(),
                "less": number(short.by_months().pounds(), 2),
                "less_by_days": number(short.by_days().pounds(), 2),
                "one_off": number(short.one_off.pounds(), 2),
                "stretches": short.stretches.iter().map(|stretch| json!({
                    "from": stretch.from.to_string(),
                    "until": stretch.until.to_string(),
                    "weekly": pence(stretch.weekly_pence(WeeksInYear::Calendar)),
                    "weekly_52_weeks": pence(stretch.weekly_pence(WeeksInYear::FiftyTwo)),
                })).collect::<Vec<_>>(),
            })),
            "on_own_hours": self.own_staging().map(|own| json!({
                "weekly_loss_from_staging": number(own.weekly.pounds(), 2),
                "loss_to_full_award": number(own.total.pounds(), 2),
            })),
            "arrears": self.arrears_paid_on.map(|paid_on| json!({
                "paid_on": paid_on.to_string(),
                "total": number(self.arrears.iter().map(|month| month.arrears()).sum::<Pence>().pounds(), 2),
                "months": self.arrears.iter().map(|month| json!({
                    "month": month.month.to_string(),
                    "due": number(month.due.pounds(), 2),
                    "paid": number(month.paid.pounds(), 2),
                    "arrears": number(month.arrears().pounds(), 2),
                })).collect::<Vec<_>>(),
            })),
        })
    }

    fn text(&self, framework: &Framework<'_>) -> String {
        let row = &self.point.row;
        let base = row.path.base;
        let group = self.group.as_ref().map(|group| format!(", group {group}")).unwrap_or_default();
        let mut text = format!("{} ({}, {}{group})\n", self.offer.title, self.offer.id, self.nation);
        let whose =
            if row.band.is_empty() { format!("A salary of {base}") } else { format!("Point {} in band {}, {base}", row.point, row.band) };
        text.push_str(&format!("  {whose} a year before the offer, full time.\n"));
        for note in &self.notes {
            text.push_str(&format!("  Note: {note}.\n"));
        }
        let changes = row.path.changes();
        if changes.is_empty() {
            text.push_str("  The rate does not change.\n");
        }
        for (day, rate) in &changes {
            let above = *rate - base;
            text.push_str(&format!(
                "  From {}: {rate}, which is {above} or {}% more than before.\n",
                long_date(*day),
                rate.percent_above(base).to_fixed(2)
            ));
        }
        if let Some((moved, on)) = &row.moved_to {
            text.push_str(&format!("  This point goes on {}; its staff move to point {moved}.\n", long_date(*on)));
        }
        for year in &self.member.years {
            text.push_str(&format!("  In {}", year.year.name()));
            if let Some(hours) = self.hours {
                text.push_str(&format!(" on {} hours a week", hours.to_short(2)));
            }
            text.push_str(&format!(": the award adds {} (by days {})", money(year.award.by_months), money(year.award.by_days)));
            if self.increment_asked {
                text.push_str(&format!(
                    "; the increment, which is not part of the award, adds {} (by days {})",
                    money(year.increment.by_months),
                    money(year.increment.by_days)
                ));
            }
            if year.unconsolidated != Pence::ZERO {
                text.push_str(&format!("; a one-off sum of {}", year.unconsolidated));
            }
            text.push_str(&format!(". At its end the rate is {}.\n", year.year_end_rate));
            if let (Some(hours), Some(calendar), Some(fifty_two)) = (
                framework.full_time_hours,
                self.hourly(year.year_end_rate, WeeksInYear::Calendar),
                self.hourly(year.year_end_rate, WeeksInYear::FiftyTwo),
            ) {
                text.push_str(&format!(
                    "    That is £{} an hour on a week of {} hours and 365.25/7 weeks (£{} with 52).\n",
                    pounds(calendar).to_fixed(2),
                    hours.to_short(2),
                    pounds(fifty_two).to_fixed(2)
                ));
            }
        }
        for increment in &self.member.increments {
            text.push_str(&format!(
                "  Increment due {}: point {} to point {}, {}.\n",
                long_date(increment.due_on),
                increment.from,
                increment.to,
                match increment.progression {
                    Progression::Normal => "paid",
                    Progression::Frozen => "withheld: the offer freezes progression",
                    Progression::Gated => "paid only to those who pass the gate",
                }
            ));
        }
        for year in self.if_gate_passed.iter().flat_map(|member| &member.years) {
            text.push_str(&format!(
                "  If the gate is passed, in {}: the award adds {} and the increment, apart from it, {}; at its end the rate is {}.\n",
                year.year.name(),
                money(year.award.by_months),
                money(year.increment.by_months),
                year.year_end_rate
            ));
        }
        if let Some(why) = &self.member.no_increment {
            text.push_str(&format!("  {why}.\n"));
        }
        for loss in &self.point.staging {
            text.push_str(&format!(
                "  Because the award is staged, £{} a week less than the full rate from {} until {} (£{} with 52 weeks a year).\n",
                pounds(loss.weekly_pence(WeeksInYear::Calendar)).to_fixed(2),
                long_date(loss.from),
                long_date(loss.until),
                pounds(loss.weekly_pence(WeeksInYear::FiftyTwo)).to_fixed(2)
            ));
        }
        if !self.point.staging.is_empty() {
            let loss = self.point.loss_to_full_award_pence;
            text.push_str(&format!(
                "  In all {} until the full award (by days {}), full time.\n",
                money(loss.by_months),
                money(loss.by_days)
            ));
        }
        if let Some((other, short)) = &self.without {
            text.push_str(&shortfall_text(other, short, self.hours.is_some()));
        }
        if let (Some(hours), Some(own)) = (self.hours, self.own_staging()) {
            text.push_str(&format!(
                "  On {} hours a week: £{} a week less from {} until {}, £{} in all.\n",
                hours.to_short(2),
                own.weekly.pounds().to_fixed(2),
                long_date(own.stretch.from),
                long_date(own.stretch.until),
                own.total.pounds().to_fixed(2)
            ));
        }
        if let Some(paid_on) = self.arrears_paid_on {
            let mut table = Table::new(&["month", ">due", ">paid", ">arrears"]);
            for month in &self.arrears {
                let pounds = |pence: Pence| pence.pounds().to_fixed(2);
                table.row([month.month.long(), pounds(month.due), pounds(month.paid), pounds(month.arrears())]);
            }
            let total: Pence = self.arrears.iter().map(|month| month.arrears()).sum();
            text.push_str(&format!("  Arrears if paid on {}: £{}\n{}", long_date(paid_on), total.pounds().to_fixed(2), table.text()));
        }
        text.push('\n');
        text
    }
}

/// What the member goes without, in words. Below zero the member is better off.
fn shortfall_text(other: &Offer, short: &Shortfall, has_hours: bool) -> String {
    let (by_months, by_days) = (short.by_months(), short.by_days());
    let hours = if has_hours { "for the hours worked" } else { "full time" };
    let size = |pence: Pence| if pence < Pence::ZERO { Pence::ZERO - pence } else { pence };
    let word = if by_months < Pence::ZERO { "more" } else { "less" };
    let mut text = format!(
        "  In {} that is {} {word} (by days {}) than {} would bring, {hours}.\n",
        short.year.name(),
        size(by_months),
        size(by_days),
        other.id
    );
    for stretch in &short.stretches {
        let weekly = |weeks| Pence::nearest(stretch.weekly_pence(weeks).abs());
        let word = if stretch.annual_pence.is_negative() { "more" } else { "less" };
        text.push_str(&format!(
            "    {} a week {word} from {} until {} ({} with 52 weeks a year).\n",
            weekly(WeeksInYear::Calendar),
            long_date(stretch.from),
            long_date(stretch.until),
            weekly(WeeksInYear::FiftyTwo)
        ));
    }
    text
}

fn progression_word(progression: Progression) -> &'static str {
    match progression {
        Progression::Normal => "normal",
        Progression::Frozen => "frozen",
        Progression::Gated => "gated",
    }
}
