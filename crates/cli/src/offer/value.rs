//! `whitley offer value`.

use clap::Args;
use dated::{Date, Month, Ratio};
use dispute::Dispute;
use pay::{
    Framework, Headline, Index, Offer, PaySide, Pence, PointValue, RealReading, Reopener, ScaleValue, StagingLoss, WeeksInYear, Window,
    real_terms,
};
use serde_json::{Value as Json, json};

use super::member::{self, MemberArguments};
use super::{Stop, find_offer, in_group, money, parse_index, parse_month, pounds, refuse_question};
use crate::answer::{self, Outcome, Table, number};
use crate::disk::{self, Opened};

/// Arguments of `whitley offer value`.
#[derive(Args)]
pub(crate) struct Value {
    /// The dispute folder
    dispute: String,
    /// Only this offer
    #[arg(long)]
    offer: Option<String>,
    /// The points of this scale (tables show the first scale, JSON all)
    #[arg(long)]
    scale: Option<String>,
    /// Only this nation
    #[arg(long)]
    nation: Option<String>,
    /// For this group of staff, where an offer treats groups differently
    #[arg(long)]
    group: Option<String>,
    /// Only this index: RPI, CPI or CPIH
    #[arg(long, value_parser = parse_index)]
    index: Option<Index>,
    /// With --to: prices from this month, as in 2007-04
    #[arg(long, value_parser = parse_month, requires = "to")]
    from: Option<Month>,
    /// With --from: prices to this month
    #[arg(long, value_parser = parse_month, requires = "from")]
    to: Option<Month>,
    #[command(flatten)]
    member: MemberArguments,
}

impl Value {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Opened { dispute, .. } = disk::open(&self.dispute, as_json)?;
        let framework = in_group(&dispute, self.group.as_deref())?;
        let offers: Vec<&Offer> = match &self.offer {
            Some(id) => vec![find_offer(&dispute.offers, id)?],
            None => dispute.offers.iter().collect(),
        };
        if offers.is_empty() {
            return refuse_question(format!("{} has no offers", self.dispute));
        }
        if let Some(nation) = &self.nation
            && !dispute.nations.iter().any(|known| known.name == *nation)
        {
            let known: Vec<&str> = dispute.nations.iter().map(|nation| nation.name.as_str()).collect();
            return refuse_question(format!("there is no nation “{nation}” in this dispute; it has {}", known.join(", ")));
        }
        if let Some(scale) = &self.scale
            && framework.scale(Some(scale)).is_none()
        {
            let known: Vec<&str> = framework.scales.iter().map(|scale| scale.id.as_str()).collect();
            return refuse_question(format!("there is no scale “{scale}” in this dispute; it has {}", known.join(", ")));
        }
        if self.member.is_asked() && (self.index.is_some() || self.from.is_some()) {
            return refuse_question(
                "prices are set against an offer, not against one member: leave out --index, --from and --to, or --point and --salary",
            );
        }
        if self.member.is_asked() {
            return member::run(&self.member, &dispute, &framework, &offers, self.nation.as_deref(), as_json);
        }
        if let Some(why) = self.member.needs_post() {
            return refuse_question(why);
        }
        let chosen = self.from.zip(self.to);
        let mut documents = Vec::new();
        let mut could_not = false;
        let views = offers.iter().flat_map(|offer| framework.groups_of(offer).into_iter().map(move |group| (*offer, group)));
        for (offer, group) in views {
            let framework = framework.in_group(group);
            let valued = Valued::new(offer, &framework, self.nation.as_deref(), self.scale.as_deref(), self.index, chosen);
            could_not |= valued.chosen_window_is_missing();
            if as_json {
                documents.push(valued.json(&dispute));
            } else {
                answer::print(&valued.text(&dispute, &framework, self.scale.as_deref()));
            }
        }
        if as_json {
            answer::print_json(&json!({ "dispute": dispute.id, "offers": documents }));
        } else {
            answer::print(&format!("next: whitley offer value {0} --point P | --salary £, or whitley offer claims {0}\n", self.dispute));
        }
        Ok(if could_not { Outcome::CouldNotCheck } else { Outcome::Yes })
    }
}

type Readings = Vec<(Window, Result<RealReading, dated::MissingMonth>)>;

/// One offer with everything that is said of it.
struct Valued<'v> {
    offer: &'v Offer,
    nation: String,
    /// The group, where the offer treats groups differently.
    group: Option<String>,
    headline: Option<Headline>,
    real: Vec<(Index, Readings)>,
    scales: Vec<ScaleValue<'v>>,
}

impl<'v> Valued<'v> {
    fn new(
        offer: &'v Offer,
        framework: &Framework<'v>,
        nation: Option<&str>,
        scale: Option<&str>,
        index: Option<Index>,
        chosen: Option<(Month, Month)>,
    ) -> Self {
        let applies = nation.filter(|nation| offer.nations.iter().any(|(known, _)| known == nation));
        let first = applies.or(offer.nations.first().map(|(name, _)| name.as_str())).unwrap_or_default().to_owned();
        let headline = framework.headline(offer, &first);
        let indices = Index::ALL.into_iter().filter(|known| index.is_none_or(|index| index == *known));
        let real = match &headline {
            Some(headline) => {
                indices.map(|index| (index, real_terms(framework.prices, index, headline, framework.prices_known, chosen))).collect()
            }
            None => Vec::new(),
        };
        let scales = framework
            .value_points(offer)
            .into_iter()
            .filter(|value| nation.is_none_or(|nation| value.nation == nation) && scale.is_none_or(|scale| value.scale.id == scale))
            .collect();
        let group = framework.view(offer, &first).group.map(str::to_owned);
        Self { offer, nation: first, group, headline, real, scales }
    }

    /// Whether the user chose months of which one is not in the data.
    fn chosen_window_is_missing(&self) -> bool {
        self.real.iter().flat_map(|(_, readings)| readings).any(|(window, reading)| *window == Window::Chosen && reading.is_err())
    }

    fn points(&self) -> impl Iterator<Item = (&ScaleValue<'v>, &PointValue)> {
        self.scales.iter().flat_map(|scale| scale.points.iter().flatten().map(move |point| (scale, point)))
    }

    fn json(&self, dispute: &Dispute) -> Json {
        let offer = self.offer;
        let first = self.headline.as_ref().and_then(|headline| headline.years.first());
        let percent = |value: Option<Ratio>| value.map(|value| number(value, 6));
        let range = |of: &dyn Fn(&PointValue) -> Ratio| {
            let values: Vec<Ratio> = self.points().map(|(_, point)| of(point)).collect();
            values
                .iter()
                .min()
                .zip(values.iter().max())
                .map(|(low, high)| json!({ "lowest": number(*low, 6), "highest": number(*high, 6) }))
        };
        json!({
            "id": offer.id,
            "title": offer.title,
            "kind": offer.kind.word(),
            "made_by": offer.made_by.as_ref().map(|(who, _)| dispute.party_name(who)),
            "made_on": offer.made_on.map(|day| day.to_string()),
            "nation": self.nation,
            "group": self.group,
            "nations": offer.nations.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "base_date": offer.base_date.map(|day| day.to_string()),
            "pay_year": first.map(|year| year.year.name()),
            "in_year_percent": first.map(|year| json!({
                "by_months": number(year.in_year_percent.by_months, 6),
                "by_days": number(year.in_year_percent.by_days, 6),
            })),
            "year_end_percent": percent(first.map(|year| year.year_end_percent)),
            "total_percent": percent(self.headline.as_ref().map(|headline| headline.total_percent)),
            "simple_sum_percent": percent(self.headline.as_ref().map(|headline| headline.simple_sum_percent)),
            "staging_saving_percent": first.map(|year| json!({
                "by_months": number(year.staging_saving_percent.by_months, 6),
                "by_days": number(year.staging_saving_percent.by_days, 6),
            })),
            "steps": self.headline.iter().flat_map(|headline| &headline.totals).map(|(from, total)| json!({
                "from": from.to_string(), "total_percent": number(*total, 6),
            })).collect::<Vec<_>>(),
            "years": self.headline.iter().flat_map(|headline| &headline.years).map(|year| json!({
                "pay_year": year.year.name(),
                "in_year_percent": { "by_months": number(year.in_year_percent.by_months, 6), "by_days": number(year.in_year_percent.by_days, 6) },
                "year_end_percent": number(year.year_end_percent, 6),
            })).collect::<Vec<_>>(),
            "has_special_clauses": self.headline.as_ref().map(|headline| headline.has_special_clauses),
            "points_in_year_percent": range(&|point| point.first_year().gain_percent.by_months),
            "points_year_end_percent": range(&|point| point.first_year().year_end_percent),
            "real": self.real.iter().map(|(index, readings)| (index.word().to_owned(), real_json(readings))).collect::<serde_json::Map<_, _>>(),
            "reopeners": offer.reopeners.iter().map(|reopener| reopener_json(reopener, dispute)).collect::<Vec<_>>(),
            "counted": offer.counted.iter().map(|counted| json!({
                "who": dispute.party_name(&counted.who.0),
                "percent": number(counted.percent, 6),
                "counts": counted.counts,
                "source": counted.source,
            })).collect::<Vec<_>>(),
            "points": self.points().map(|(scale, point)| point_json(&scale.scale.id, point)).collect::<Vec<_>>(),
            "not_valued": self.scales.iter().filter_map(|scale| scale.points.as_ref().err().map(|error| json!({
                "scale": scale.scale.id, "nation": scale.nation, "why": error.to_string(),
            }))).collect::<Vec<_>>(),
            "weeks_in_year": { "weekly_loss_from_staging": "365.25/7", "weekly_loss_52_weeks": "52" },
            "source": offer.source,
            "status": offer.status.map(|status| status.word()),
        })
    }

    fn text(&self, dispute: &Dispute, framework: &Framework<'_>, scale: Option<&str>) -> String {
        let offer = self.offer;
        let mut text = format!("{}: {} ({}", offer.id, offer.title, offer.kind.word());
        if let Some((who, _)) = &offer.made_by {
            text.push_str(&format!(", {}", dispute.party_name(who)));
        }
        let nations: Vec<&str> = offer.nations.iter().map(|(name, _)| name.as_str()).collect();
        let group = self.group.as_ref().map(|group| format!("; group {group}")).unwrap_or_default();
        text.push_str(&format!("; {}{group})\n", nations.join(", ")));
        match &self.headline {
            Some(headline) => text.push_str(&headline_text(headline)),
            None if offer.counted.is_empty() => {
                text.push_str("  No single percentage: the offer gives cash or rates, so each point has its own (below).\n");
            }
            None => {}
        }
        for counted in &offer.counted {
            text.push_str(&format!(
                "  {}% as {} counts it: {} [{}]\n",
                counted.percent.to_short(2),
                dispute.party_name(&counted.who.0),
                counted.counts,
                counted.source.join("; ")
            ));
        }
        for reopener in &offer.reopeners {
            let when = reopener.when();
            let when = if when.is_empty() { String::new() } else { format!(", {when}") };
            text.push_str(&format!(
                "  Talks may begin again{when}: {} {} [{}]\n",
                reopener.clause,
                reopener.sentence(framework.prices),
                reopener.source.join("; ")
            ));
        }
        text.push_str(&counted_against_prices(offer, framework));
        text.push_str(&real_text(&self.real));
        let shown = scale.or(framework.scales_of(offer).next().map(|scale| scale.id.as_str()));
        for value in self.scales.iter().filter(|value| Some(value.scale.id.as_str()) == shown) {
            match &value.points {
                Ok(points) => text.push_str(&points_table(value, points)),
                Err(error) => text.push_str(&format!("  {}, {}: {error}\n", value.scale.title, value.nation)),
            }
        }
        let others: Vec<&str> = framework.scales_of(offer).map(|scale| scale.id.as_str()).filter(|id| Some(*id) != shown).collect();
        if !others.is_empty() && !self.scales.is_empty() {
            text.push_str(&format!("  Other scales of this offer: --scale {}\n", others.join(" | ")));
        }
        text.push_str(&format!("  Source: {}\n\n", offer.source.join("; ")));
        text
    }
}

fn reopener_json(reopener: &Reopener, dispute: &Dispute) -> Json {
    let prices = dispute.framework().prices;
    let verdict = reopener.verdict(prices);
    json!({
        "clause": reopener.clause,
        "from": reopener.from.map(|day| day.to_string()),
        "until": reopener.until.map(|day| day.to_string()),
        "index": reopener.test.map(|test| test.index.word()),
        "since": reopener.test.and_then(|test| test.since).map(|month| month.to_string()),
        "month": reopener.test.map(|test| test.month.to_string()),
        "above_percent": reopener.test.map(|test| number(test.above_percent, 6)),
        "rose_percent": verdict.rose_percent().map(|rose| number(rose, 6)),
        "verdict": verdict.word(),
        "why": reopener.sentence(prices),
        "source": reopener.source,
    })
}

fn headline_text(headline: &Headline) -> String {
    let mut text = String::new();
    let steps: Vec<String> =
        headline.totals.iter().map(|(from, total)| format!("{}% from {}", total.to_short(3), dated::long_date(*from))).collect();
    text.push_str(&format!("  Above the rate before: {}.\n", steps.join(", then ")));
    for year in &headline.years {
        text.push_str(&format!(
            "  {}: in the year {}% by months, {}% by days; at its end {}%.\n",
            year.year.name(),
            year.in_year_percent.by_months.to_fixed(3),
            year.in_year_percent.by_days.to_fixed(3),
            year.year_end_percent.to_fixed(3)
        ));
    }
    let first = headline.years.first().map(|year| year.staging_saving_percent.by_months).unwrap_or(Ratio::ZERO);
    if first > Ratio::ZERO {
        text.push_str(&format!("  Staging saves {}% of a year's pay bill.\n", first.to_fixed(2)));
    }
    if headline.years.len() > 1 {
        text.push_str(&format!(
            "  Over the deal: {}% as declared; its rises simply added, {}%.\n",
            headline.total_percent.to_fixed(2),
            headline.simple_sum_percent.to_fixed(2)
        ));
    }
    if headline.has_special_clauses {
        text.push_str("  Some points have clauses of their own and get something else; see the table.\n");
    }
    text
}

/// An offer known only by quoted percentages can still be set against the annual rates of the time.
fn counted_against_prices(offer: &Offer, framework: &Framework<'_>) -> String {
    let Some(month) = framework.prices_known.filter(|_| !offer.counted.is_empty()) else { return String::new() };
    let rates: Vec<String> = Index::ALL
        .into_iter()
        .map(|index| match framework.prices.annual_rate(index, month) {
            Ok(rate) => format!("{index} {}%", rate.to_fixed(1)),
            Err(missing) => missing.to_string(),
        })
        .collect();
    format!("  Prices in the year to {}: {}.\n", month.long(), rates.join(", "))
}

fn real_text(real: &[(Index, Readings)]) -> String {
    if real.iter().all(|(_, readings)| readings.is_empty()) {
        return String::new();
    }
    let mut table = Table::new(&["against", "months", ">prices", ">pay in year", ">less prices", ">pay at end", ">less prices"]);
    let mut missing: Vec<String> = Vec::new();
    for (index, readings) in real {
        for (window, reading) in readings {
            match reading {
                Ok(reading) => {
                    let (gap, end_gap) = reading.gap_points();
                    let (pay, end) = reading.pay.both();
                    let deal = matches!(reading.pay, PaySide::Deal(_));
                    let percent = |value: Ratio| format!("{}%", value.to_fixed(2));
                    let points = |value: Ratio| signed(value, 2);
                    table.row([
                        format!("{index}, {}", window.words()),
                        format!("{} to {}", reading.from, reading.to),
                        percent(reading.prices_percent),
                        if deal { String::new() } else { percent(pay) },
                        if deal { String::new() } else { points(gap) },
                        percent(end),
                        if deal { format!("{} (real {}%)", points(end_gap), signed(reading.real_percent().1, 2)) } else { points(end_gap) },
                    ]);
                }
                Err(month) => {
                    let line = format!("  {index}, {}: {month}\n", window.words());
                    if !missing.contains(&line) {
                        missing.push(line);
                    }
                }
            }
        }
    }
    format!("{}{}", table.text(), missing.concat())
}

/// With its sign, and a true minus for people.
fn signed(value: Ratio, places: u32) -> String {
    let text = value.abs().to_fixed(places);
    if value.rounded(places) < Ratio::ZERO { format!("−{text}") } else { format!("+{text}") }
}

fn points_table(value: &ScaleValue<'_>, points: &[PointValue]) -> String {
    let mut days: Vec<Date> = points.iter().flat_map(|point| point.row.path.rates.iter().map(|rate| rate.from)).collect();
    days.sort();
    days.dedup();
    let staged = points.iter().any(|point| !point.staging.is_empty());
    let lumps = points.iter().any(|point| point.first_year().unconsolidated != Pence::ZERO);
    let mut headings: Vec<String> = vec!["point".into(), "band".into(), ">before".into()];
    headings.extend(days.iter().map(|day| format!(">{day}")));
    headings.extend([">in-year gain".into(), ">in year %".into(), ">at end %".into()]);
    if lumps {
        headings.push(">one-off".into());
    }
    if staged {
        headings.extend([">£ a week lost".into(), ">(52 weeks)".into(), ">until full".into()]);
    }
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut table = Table::new(&headings);
    for point in points {
        let year = point.first_year();
        let mut row = vec![point.row.point.clone(), point.row.band.clone(), point.row.path.base.to_string()];
        row.extend(days.iter().map(|day| point.row.path.rate_on(*day).to_string()));
        row.extend([money(year.gain_pence.by_months), year.gain_percent.by_months.to_fixed(2), year.year_end_percent.to_fixed(2)]);
        if lumps {
            row.push(year.unconsolidated.to_string());
        }
        if staged {
            row.extend([
                pounds(point.weekly_loss_pence(WeeksInYear::Calendar)).to_fixed(2),
                pounds(point.weekly_loss_pence(WeeksInYear::FiftyTwo)).to_fixed(2),
                money(point.loss_to_full_award_pence.by_months),
            ]);
        }
        table.row(row);
    }
    format!("  {}, {}\n{}", value.scale.title, value.nation, table.text())
}

pub(super) fn real_json(readings: &Readings) -> Json {
    let list: Vec<Json> = readings
        .iter()
        .map(|(window, reading)| match reading {
            Ok(reading) => {
                let (in_year, year_end) = reading.pay.both();
                let (gap, end_gap) = reading.gap_points();
                let (real, end_real) = reading.real_percent();
                let mut json = json!({
                    "reading": window.words(),
                    "from": reading.from.to_string(),
                    "to": reading.to.to_string(),
                    "prices_percent": number(reading.prices_percent, 6),
                });
                let rest = match reading.pay {
                    PaySide::Year { .. } => json!({
                        "in_year_percent": number(in_year, 6),
                        "in_year_gap_points": number(gap, 6),
                        "in_year_real_percent": number(real, 6),
                        "year_end_percent": number(year_end, 6),
                        "year_end_gap_points": number(end_gap, 6),
                        "year_end_real_percent": number(end_real, 6),
                    }),
                    PaySide::Deal(_) => json!({
                        "pay_percent": number(year_end, 6),
                        "gap_points": number(end_gap, 6),
                        "real_percent": number(end_real, 6),
                    }),
                };
                if let (Json::Object(json), Json::Object(rest)) = (&mut json, rest) {
                    json.extend(rest);
                }
                json
            }
            Err(missing) => json!({ "reading": window.words(), "missing": missing.to_string() }),
        })
        .collect();
    // The first reading, by the prices known at the time, also stands one level up: it is the one people argue with.
    let mut json = json!({ "readings": list });
    if let (Some(Json::Object(first)), Json::Object(json)) = (list.first(), &mut json) {
        json.extend(
            first.iter().filter(|(key, _)| !matches!(key.as_str(), "from" | "to")).map(|(key, value)| (key.clone(), value.clone())),
        );
    }
    json
}

pub(super) fn point_json(scale: &str, point: &PointValue) -> Json {
    let year = point.first_year();
    let pence = |value: Ratio| number(pounds(value), 2);
    let staging = |loss: &StagingLoss| {
        json!({
            "from": loss.from.to_string(),
            "until": loss.until.to_string(),
            "weekly": pence(loss.weekly_pence(WeeksInYear::Calendar)),
            "weekly_52_weeks": pence(loss.weekly_pence(WeeksInYear::FiftyTwo)),
        })
    };
    json!({
        "point": point.row.point,
        "band": point.row.band,
        "nation": point.row.nation,
        "scale": scale,
        "base": number(point.row.path.base.pounds(), 2),
        "steps": point.row.path.rates.iter().map(|rate| json!({
            "from": rate.from.to_string(),
            "rate": number(rate.rate.pounds(), 2),
            "percent_above_base": number(rate.rate.percent_above(point.row.path.base), 6),
        })).collect::<Vec<_>>(),
        "pay_year": year.year.name(),
        "in_year_gain": pence(year.gain_pence.by_months),
        "in_year_gain_by_days": pence(year.gain_pence.by_days),
        "in_year_percent": { "by_months": number(year.gain_percent.by_months, 6), "by_days": number(year.gain_percent.by_days, 6) },
        "unconsolidated": number(year.unconsolidated.pounds(), 2),
        "year_end_rate": number(year.year_end_rate.pounds(), 2),
        "year_end_percent": number(year.year_end_percent, 6),
        "weekly_loss_from_staging": pence(point.weekly_loss_pence(WeeksInYear::Calendar)),
        "weekly_loss_52_weeks": pence(point.weekly_loss_pence(WeeksInYear::FiftyTwo)),
        "loss_to_full_award": pence(point.loss_to_full_award_pence.by_months),
        "loss_to_full_award_by_days": pence(point.loss_to_full_award_pence.by_days),
        "staging": point.staging.iter().map(staging).collect::<Vec<_>>(),
        "years": point.years.iter().map(|year| json!({
            "pay_year": year.year.name(),
            "gain_over_base": pence(year.gain_pence.by_months),
            "year_end_rate": number(year.year_end_rate.pounds(), 2),
            "year_end_percent": number(year.year_end_percent, 6),
        })).collect::<Vec<_>>(),
        "moved_to": point.row.moved_to.as_ref().map(|(point, _)| point),
        "status": point.row.status.word(),
        "source": point.row.source,
    })
}
