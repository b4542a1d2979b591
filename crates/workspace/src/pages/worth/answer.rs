//! The figures of the page, offer by offer, each with how it comes about. All of them are those of `whitley offer value` and
//! `whitley offer take-home` for the same member.

use dated::{Date, Ratio, long_date};
use pay::{Framework, Index, MemberPost, Offer, Pence, Progression, WeeksInYear, Window, member_shortfall, real_percent};

use super::question::Typed;
use super::seen_in;
use crate::asked::Opened;
use crate::offer::counted_sentence;
use crate::offer::member::{MemberFigures, MemberQuestion};
use crate::offer::take_home::{KeptYear, OnCreditYear, offered_to, payee};
use crate::pages::parts::{
    Why, capital, difference, money, money_of, offer_href, offer_meta, percent, percent_words, points, signed, step_words, to_the_penny,
};
use crate::table::{Cell, Table, words};

/// What is shown below the form.
#[derive(Default)]
pub(super) struct Answered {
    pub(super) whose: String,
    pub(super) notes: Vec<String>,
    pub(super) cards: Vec<Card>,
    pub(super) tables: Vec<Table>,
    pub(super) cited: Vec<String>,
}

/// One offer.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) href: String,
    pub(super) meta: String,
    /// Why it is not valued for this member.
    pub(super) not_valued: Option<String>,
    pub(super) counted: Vec<String>,
    pub(super) big: Vec<Big>,
    pub(super) lines: Vec<String>,
    /// What the other offers would bring.
    pub(super) against: Vec<String>,
    pub(super) why: Vec<Why>,
}

/// A figure in large letters.
pub(super) struct Big {
    pub(super) what: String,
    pub(super) value: String,
    pub(super) more: String,
    pub(super) is_loss: bool,
}

/// What somebody keeps of an offer, and what must be said about it.
struct Kept {
    years: Vec<KeptYear>,
    said: Vec<String>,
    scheme: Option<String>,
    /// Of each year, what is kept on Universal Credit, if that was asked.
    on_credit: Vec<Result<OnCreditYear, Vec<String>>>,
}

pub(super) fn all(opened: &Opened<'_>, typed: &Typed<'_>) -> Answered {
    let framework = opened.dispute.framework().in_group(typed.group.clone());
    let question = MemberQuestion {
        post: typed.post.clone(),
        hours: typed.hours,
        increment_on: typed.increment_on,
        passes_gate: typed.passes_gate,
        ..MemberQuestion::default()
    };
    let employment = match question.employment(framework.full_time_hours) {
        Ok(employment) => employment,
        Err(why) => return Answered { whose: "Your pay".to_owned(), notes: vec![capital(&why)], ..Answered::default() },
    };
    let mut found = Answered::default();
    let mut worth = worth_table(typed);
    let mut years = Table::new(
        "years",
        "Each pay year: what the award adds above a year at the rate before, by months",
        &["offer", ">pay year", ">award", ">of it by days", ">increment, apart", ">one-off sum", ">full-time rate at its end"],
    );
    let mut kept_table = kept_table();
    let mut credit = Table::new(
        "credit",
        "What you keep on Universal Credit, tax year by tax year",
        &["offer", ">tax year", ">take-home more", ">credit lost", ">kept", ">kept more a month"],
    );
    let mut prices = prices_table();
    let mut against = Table::new(
        "against",
        "What one offer leaves you without, set against another: its pay less the pay of the other, in the pay year",
        &["offer", "set against", ">less in the year", ">by days", ">less a week at the most"],
    );
    for offer in &typed.offers {
        let nation = seen_in(offer, &typed.nation);
        let mut card = Card::new(opened, offer);
        match MemberFigures::of(&question, &framework, offer, nation, &employment) {
            Err(why) => {
                card.not_valued = Some(why);
                card.counted = offer.counted.iter().map(|counted| counted_sentence(counted, opened.dispute)).collect();
            }
            Ok(one) => {
                let kept = kept(opened, typed, &framework, offer);
                found.cited.extend(one.point.row.source.iter().cloned());
                if found.whose.is_empty() {
                    found.whose = whose(&one, typed);
                }
                found.notes.extend(one.notes.iter().map(|note| format!("{}.", capital(note))));
                card.fill(opened, offer, &one, &kept);
                worth.row(worth_row(offer, &one, &kept));
                for year in &one.member.years {
                    years.row([
                        words(&offer.title).from(offer_href(opened, offer)),
                        words(year.year.name()),
                        money_of(year.award.by_months),
                        money_of(year.award.by_days),
                        money_of(year.increment.by_months),
                        money(year.unconsolidated),
                        money(year.year_end_rate),
                    ]);
                }
                kept_rows(&mut kept_table, offer, &kept);
                credit_rows(&mut credit, offer, &kept);
                price_rows(&mut prices, &framework, offer, &one);
                for other in &opened.dispute.offers {
                    let Some((line, row)) = set_against(&framework, (offer, other), nation, &question, &employment) else { continue };
                    card.against.extend(line);
                    against.row(row);
                }
            }
        }
        found.cards.push(card);
    }
    if found.whose.is_empty() {
        found.whose = "Not one of these offers can be valued for you".to_owned();
    }
    found.notes.sort();
    found.notes.dedup();
    found.tables = [worth, years, kept_table, credit, prices, against].into_iter().filter(|table| !table.rows.is_empty()).collect();
    found
}

fn whose(one: &MemberFigures<'_>, typed: &Typed<'_>) -> String {
    let row = &one.point.row;
    let post =
        if row.band.is_empty() { format!("A salary of {}", row.path.base) } else { format!("Band {}, point {}", row.band, row.point) };
    let base = row.path.base;
    match typed.hours {
        None => format!("{post}, full time, in {}: {base} a year before the offers", typed.nation),
        Some(hours) => {
            format!("{post}, {} hours a week, in {}: {base} a year full time before the offers", hours.to_short(2), typed.nation)
        }
    }
}

impl Card {
    fn new(opened: &Opened<'_>, offer: &Offer) -> Self {
        Self {
            id: offer.id.clone(),
            title: offer.title.clone(),
            href: offer_href(opened, offer),
            meta: offer_meta(opened.dispute, offer),
            not_valued: None,
            counted: Vec::new(),
            big: Vec::new(),
            lines: Vec::new(),
            against: Vec::new(),
            why: Vec::new(),
        }
    }

    fn fill(&mut self, opened: &Opened<'_>, offer: &Offer, one: &MemberFigures<'_>, kept: &Kept) {
        let Some(year) = one.member.years.first() else { return };
        let path = &one.point.row.path;
        let big = |what: String, value: String, more: String| Big { what, value, more, is_loss: false };
        let award = Pence::nearest(year.award.by_months);
        let once =
            if year.unconsolidated == Pence::ZERO { String::new() } else { format!("and {} once", to_the_penny(year.unconsolidated)) };
        self.big.push(big(format!("More pay in {}", year.year.name()), to_the_penny(award), once));
        let rise = year.year_end_rate.percent_above(path.base);
        let of_increment = if one.increment_asked { ", your increment with it" } else { "" };
        self.big.push(big(
            "Full-time rate at its end".to_owned(),
            year.year_end_rate.to_string(),
            format!("{} above the rate before{of_increment}", percent_words(rise, 2)),
        ));
        match kept.years.iter().find_map(|kept| Some((kept, kept.difference()?))) {
            Some((of_year, sums)) => {
                let month = of_year.a_month().map(|(month, net, _)| {
                    let than = if net.0 < 0 { "less" } else { "more" };
                    format!("; {} {than} a month from {}", to_the_penny(Pence(net.0.abs())), month.long())
                });
                self.big.push(big(
                    format!("You keep in {}", of_year.year.year.name()),
                    to_the_penny(sums.net()),
                    format!("of {}{}", to_the_penny(sums.gross), month.unwrap_or_default()),
                ));
            }
            None => self.lines.push("What you keep after tax cannot be worked out.".to_owned()),
        }
        if let Some((of_year, credit)) =
            kept.years.iter().zip(&kept.on_credit).find_map(|(year, credit)| Some((year, credit.as_ref().ok()?)))
        {
            let month = credit.kept_a_month.map(|month| format!("; {} more a month then", to_the_penny(month)));
            self.big.push(big(
                format!("You keep in {}, on Universal Credit", of_year.year.year.name()),
                to_the_penny(credit.kept),
                format!("{} of credit goes with it{}", to_the_penny(credit.lost.less()), month.unwrap_or_default()),
            ));
        }
        self.lines.extend(kept.said.iter().cloned());
        if let Some(own) = staging(one) {
            self.big.push(Big {
                what: "Lost because it comes in stages".to_owned(),
                value: format!("{} a week", to_the_penny(own.weekly)),
                more: format!("until {}; {} in all before the full rate is paid", long_date(own.stretch.until), to_the_penny(own.total)),
                is_loss: true,
            });
        }
        if one.increment_asked {
            self.lines.extend(increment_lines(one));
        }
        if let Some((moved, on)) = &one.point.row.moved_to {
            self.lines.push(format!("This point goes on {}; its staff move to point {moved}.", long_date(*on)));
        }
        if let Some(paid_on) = one.arrears_paid_on {
            let total: Pence = one.arrears.iter().map(|month| month.arrears()).sum();
            self.lines.push(format!("Paid on {}: {} of arrears arrive then.", long_date(paid_on), to_the_penny(total)));
        }
        self.why = whys(opened, offer, one, kept);
    }
}

/// What staging costs for the hours worked; full time where none were given, or where full time is not known.
fn staging(one: &MemberFigures<'_>) -> Option<pay::OwnStaging> {
    one.own_staging().or_else(|| one.point.own_staging(Ratio::ONE, WeeksInYear::Calendar)).filter(|own| own.weekly > Pence::ZERO)
}

fn increment_lines(one: &MemberFigures<'_>) -> Vec<String> {
    let mut lines: Vec<String> = one
        .member
        .increments
        .iter()
        .map(|increment| {
            let what = match increment.progression {
                Progression::Normal => "paid",
                Progression::Frozen => "withheld: the offer freezes progression",
                Progression::Gated => "paid only to those who pass the gate",
            };
            format!("Increment due {}: point {} to point {}, {what}.", long_date(increment.due_on), increment.from, increment.to)
        })
        .collect();
    if let Some(year) = one.member.years.first().filter(|_| !one.member.increments.is_empty()) {
        let added = to_the_penny(Pence::nearest(year.increment.by_months));
        lines.push(format!("Moving up adds {added} in {}, which is yours without any award.", year.year.name()));
    }
    for year in one.if_gate_passed.iter().flat_map(|member| member.years.first()) {
        lines.push(format!(
            "If you pass the gate, in {} the award adds {} and the increment {}; at its end the rate is {}.",
            year.year.name(),
            to_the_penny(Pence::nearest(year.award.by_months)),
            to_the_penny(Pence::nearest(year.increment.by_months)),
            year.year_end_rate
        ));
    }
    lines.extend(one.member.no_increment.iter().map(|why| format!("{}.", capital(why))));
    lines
}

/// The member's own take-home; without a pension where the contributions of their scheme are not in the data, and said so.
fn kept(opened: &Opened<'_>, typed: &Typed<'_>, framework: &Framework<'_>, offer: &Offer) -> Kept {
    let nothing = |why: &str| Kept {
        years: Vec::new(),
        said: vec![format!("Take-home: {}.", why.trim_end_matches('.'))],
        scheme: None,
        on_credit: Vec::new(),
    };
    let offered = match offered_to(framework, offer, Some(&typed.nation), &typed.post) {
        Ok(offered) => offered,
        Err(why) => return nothing(why.why()),
    };
    let mut said = Vec::new();
    let of_scheme = |pension: &str| payee(&offered, opened.library, typed.hours, pension, &typed.loans);
    let (payee, pension) = match of_scheme(&typed.pension) {
        Ok(payee) => (payee, typed.pension.as_str()),
        Err(why) => match of_scheme("none") {
            Ok(payee) => {
                let scheme = opened.library.pensions.iter().find(|scheme| scheme.id == typed.pension);
                let known = scheme.map(|scheme| scheme.nations.join(" and ")).unwrap_or_default();
                said.push(format!(
                    "Take-home is before any pension contribution: those of the scheme in {} are not in the data, only those of {known}.",
                    typed.nation
                ));
                (payee, "none")
            }
            Err(_) => return nothing(why.why()),
        },
    };
    let years = offered.years(&payee, opened.library, &offered.tax_years());
    if years.is_empty() {
        return nothing("nothing of this offer reaches this post");
    }
    for year in &years {
        for why in year.year.result.as_ref().err().into_iter().flatten() {
            said.push(format!("Take-home in {}: {why}.", year.year.year.name()));
        }
    }
    let scheme = opened.library.pensions.iter().find(|scheme| scheme.id == pension).map(|scheme| scheme.title.clone());
    let on_credit: Vec<_> =
        typed.on_credit.iter().flat_map(|asked| years.iter().map(|year| year.on_credit(asked, opened.library))).collect();
    for (year, credit) in years.iter().zip(&on_credit) {
        let name = year.year.year.name();
        match credit {
            Ok(credit) => {
                said.extend(credit.lost.estimated.iter().map(|text| format!("Estimated: {text}.")));
                said.extend(credit.lost.used_up_in.first().map(|month| format!("From {} no Universal Credit is left.", month.long())));
            }
            // What is missing for pay itself was said.
            Err(_) if year.year.result.is_err() => {}
            Err(missing) => said.extend(missing.iter().map(|why| format!("On Universal Credit in {name}, cannot tell: {why}."))),
        }
    }
    Kept { years, said, scheme, on_credit }
}

fn whys(opened: &Opened<'_>, offer: &Offer, one: &MemberFigures<'_>, kept: &Kept) -> Vec<Why> {
    let row = &one.point.row;
    let path = &row.path;
    let Some(year) = one.member.years.first() else { return Vec::new() };
    let clause =
        |step: usize| offer.steps.get(step).map(|step| (format!("Step {}", step_words(step)), Some(("clause", offer_href(opened, offer)))));
    let source = row.source.first().map(|id| ("source", format!("#s-{id}")));
    let before = (format!("Rate before the offer: {} [{}], {}", path.base, row.source.join("; "), row.status.word()), source);
    let share = match (one.hours, one.full_time_hours) {
        (Some(hours), Some(full)) => format!(", × {} ÷ {} hours", hours.to_short(2), full.to_short(2)),
        _ => String::new(),
    };
    let mut cuts: Vec<Date> = path.changes().into_iter().map(|(day, _)| day).filter(|day| *day > year.year.first_day()).collect();
    cuts.retain(|day| *day < year.year.end());
    cuts.insert(0, year.year.first_day());
    cuts.push(year.year.end());
    let terms: Vec<String> = cuts
        .windows(2)
        .map(|stretch| {
            let months = year.year.portion(stretch[0], stretch[1], pay::Count::Months) * Ratio::whole(12);
            format!("{} − {} for {} of 12 months", path.rate_on(stretch[0]), path.base, months.to_short(2))
        })
        .collect();
    let formula = if one.increment_asked {
        "What the offer adds at the point you are on in each month, each month a twelfth; the increment is apart".to_owned()
    } else {
        format!("{}{share}", terms.join(", and "))
    };
    let mut inputs = vec![before.clone()];
    inputs.extend(path.rates.iter().filter_map(|rate| clause(rate.step)));
    let mut list = vec![
        Why { what: format!("More pay in {}", year.year.name()), formula, inputs: inputs.clone() },
        Why {
            what: "Full-time rate at its end".to_owned(),
            formula: format!("The rate of the last day, rounded as the publisher of the scale does: {}", year.year_end_rate),
            inputs: Vec::new(),
        },
    ];
    if let Some((of_year, [with, without])) = kept.years.iter().find_map(|kept| Some((kept, kept.year.result.as_ref().ok()?))) {
        let (with, without) = (with.total(), without.total());
        let scheme = kept.scheme.clone().map_or_else(|| "no pension scheme".to_owned(), |title| format!("the {title}"));
        list.push(Why {
            what: format!("You keep in {}", of_year.year.year.name()),
            formula: format!(
                "{} is left with the offer, {} without it: pay, less {scheme}, income tax, National Insurance and student loan, month by month",
                to_the_penny(with.net()),
                to_the_penny(without.net())
            ),
            inputs: of_year.year.result.iter().flat_map(|years| &years[0].estimated).map(|text| (format!("Estimated: {text}"), None)).collect(),
        });
    }
    if let Some(own) = staging(one) {
        list.push(Why {
            what: "Lost because it comes in stages".to_owned(),
            formula: format!(
                "{} a year below the full rate, ÷ 365.25/7 weeks{share}; in all, for each of the months until {}",
                own.stretch.annual,
                long_date(own.stretch.until)
            ),
            inputs: Vec::new(),
        });
    }
    list
}

fn worth_table(typed: &Typed<'_>) -> Table {
    let hours = typed.hours.map_or_else(|| "full time".to_owned(), |hours| format!("{} hours a week", hours.to_short(2)));
    Table::new(
        "worth",
        format!("The same in figures, {hours}; the first pay year of each offer, the first tax year for what is kept"),
        &[
            "offer",
            ">pay year",
            ">award",
            ">one-off sum",
            ">full-time rate at its end",
            ">lost a week to stages",
            ">in all",
            ">kept in the tax year",
            ">kept more a month",
        ],
    )
}

fn worth_row(offer: &Offer, one: &MemberFigures<'_>, kept: &Kept) -> Vec<Cell> {
    let year = one.member.years.first();
    let own = staging(one);
    let net = kept.years.iter().find_map(KeptYear::difference).map(|sums| sums.net());
    let month = kept.years.iter().find_map(KeptYear::a_month).map(|(_, net, _)| net);
    let or_not = |sum: Option<Pence>| sum.map_or_else(|| words("not known").exact(""), money);
    vec![
        words(&offer.title).exact(&offer.id).from(format!("#o-{}", offer.id)),
        words(year.map(|year| year.year.name()).unwrap_or_default()),
        or_not(year.map(|year| Pence::nearest(year.award.by_months))),
        or_not(year.map(|year| year.unconsolidated)),
        or_not(year.map(|year| year.year_end_rate)),
        money(own.map_or(Pence::ZERO, |own| own.weekly)),
        money(own.map_or(Pence::ZERO, |own| own.total)),
        or_not(net),
        or_not(month),
    ]
}

fn kept_table() -> Table {
    Table::new(
        "kept",
        "What you keep, tax year by tax year",
        &["offer", ">tax year", "pay", ">gross", ">pension", ">income tax", ">National Insurance", ">student loan", ">kept"],
    )
}

fn kept_rows(table: &mut Table, offer: &Offer, kept: &Kept) {
    for year in &kept.years {
        let (Ok([with, without]), Some(more)) = (&year.year.result, year.difference()) else { continue };
        for (what, sums) in [("with the offer", with.total()), ("without it", without.total()), ("difference", more)] {
            table.row([
                words(&offer.title).exact(&offer.id),
                words(year.year.year.name()),
                words(what),
                money(sums.gross),
                money(sums.pension),
                money(sums.tax),
                money(sums.insurance),
                money(sums.loan),
                money(sums.net()),
            ]);
        }
    }
}

fn credit_rows(table: &mut Table, offer: &Offer, kept: &Kept) {
    for (year, credit) in kept.years.iter().zip(&kept.on_credit) {
        let (Ok(credit), Some(more)) = (credit, year.difference()) else { continue };
        table.row([
            words(&offer.title).exact(&offer.id),
            words(year.year.year.name()),
            money(more.net()),
            money(credit.lost.less()),
            money(credit.kept),
            credit.kept_a_month.map_or_else(|| words("not known").exact(""), money),
        ]);
    }
}

fn prices_table() -> Table {
    Table::new(
        "prices",
        "Your rise against prices, award alone, in percent",
        &[
            "offer",
            "prices",
            ">they rose",
            ">your rise in the year",
            ">less prices, points",
            ">your rise at its end",
            ">less prices, points",
            ">real rise at its end",
        ],
    )
}

/// One window is enough for a phone: what was known at the time, or the month of the first step. The page of the offer has all.
fn price_rows(table: &mut Table, framework: &Framework<'_>, offer: &Offer, one: &MemberFigures<'_>) {
    let first_step = offer.steps.first().map(|step| dated::Month::of(step.from));
    let Some((window, month)) =
        framework.prices_known.map(|month| (Window::KnownAtTheTime, month)).or(first_step.map(|month| (Window::FirstStep, month)))
    else {
        return;
    };
    let year = one.point.first_year();
    let (in_year, at_end) = (year.gain_percent.by_months, year.year_end_percent);
    for index in Index::ALL {
        let what = format!("{index}, {}: the year to {}", window.words(), month.long());
        let mut cells = vec![words(&offer.title).exact(&offer.id).from(format!("#o-{}", offer.id)), words(what).class("wide")];
        match framework.prices.annual_rate(index, month) {
            Ok(rose) => cells.extend([
                percent(rose, 1),
                percent(in_year, 2),
                points(in_year - rose),
                percent(at_end, 2),
                points(at_end - rose),
                words(format!("{}%", signed(real_percent(at_end, rose), 2))).exact(real_percent(at_end, rose).to_fixed(6)),
            ]),
            Err(missing) => {
                cells.push(words(missing.to_string()).exact(""));
                cells.extend(std::iter::repeat_n(words(""), 5));
            }
        }
        table.row(cells);
    }
}

/// What an offer leaves its member without: a line where the other brings more or less, and the row of the table.
fn set_against(
    framework: &Framework<'_>,
    (offer, other): (&Offer, &Offer),
    nation: &str,
    question: &MemberQuestion<'_>,
    employment: &pay::Employment,
) -> Option<(Option<String>, Vec<Cell>)> {
    // Only offers for the same pay year can be set against each other.
    if offer.id == other.id || framework.first_pay_year(offer) != framework.first_pay_year(other) || question.post == MemberPost::default()
    {
        return None;
    }
    let short = member_shortfall(framework, (offer, other), nation, &question.post, employment, question.increment_on).ok()?;
    let sum = short.by_months();
    let weekly = short.worst().map(|worst| Pence::nearest(worst.weekly_pence(WeeksInYear::Calendar)));
    let nations: Vec<&str> = other.nations.iter().map(|(name, _)| name.as_str()).collect();
    let elsewhere = if nations.contains(&nation) { String::new() } else { format!(", paid in {}", nations.join(" and ")) };
    let at_most = weekly.map(|weekly| format!(", {} a week at the most", to_the_penny(weekly))).unwrap_or_default();
    let line = match sum.0 {
        0 => None,
        less if less > 0 => {
            Some(format!("{} less in {} than “{}”{elsewhere}{at_most}.", to_the_penny(sum), short.year.name(), other.title))
        }
        _ => Some(format!("{} more in {} than “{}”{elsewhere}.", to_the_penny(Pence(-sum.0)), short.year.name(), other.title)),
    };
    let row = vec![
        words(&offer.title).exact(&offer.id).from(format!("#o-{}", offer.id)),
        words(format!("{} ({})", other.title, nations.join(", "))).exact(&other.id),
        Cell { class: None, ..difference(sum) },
        money(short.by_days()),
        money(weekly.unwrap_or(Pence::ZERO)),
    ];
    Some((line, row))
}
