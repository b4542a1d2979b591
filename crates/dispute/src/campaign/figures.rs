//! The member's own figure, once for each pay, hours and increment date that occur.

use std::collections::HashMap;
use std::rc::Rc;

use dated::{Date, Faults, Language, Ratio};
use pay::{Employment, Framework, MemberPost, Offer, OfferKind, Pence, Shortfall, WeeksInYear, member_shortfall};

use super::plan::Pair;
use super::template::Filled;
use super::writers::Writer;
use crate::folder::Dispute;

type Key = (Option<String>, Option<String>, MemberPost, Option<Ratio>, Option<Date>);

/// Why there is no figure: code, what is wrong, what would be right.
type WhyNot = (&'static str, String, &'static str);

/// Works out figures of one campaign.
pub(crate) struct Figures<'d> {
    dispute: &'d Dispute,
    pub(crate) offer: &'d Offer,
    pub(crate) against: &'d Offer,
    framework: Framework<'d>,
    known: HashMap<Key, Result<Rc<Shortfall>, WhyNot>>,
}

impl<'d> Figures<'d> {
    /// `None` when the offers are not in the dispute, which `check` has said.
    pub(crate) fn new(dispute: &'d Dispute, pair: &Pair) -> Option<Self> {
        let (offer, against) = (dispute.offer(&pair.offer.0)?, dispute.offer(&pair.against.0)?);
        Some(Self { dispute, offer, against, framework: dispute.framework(), known: HashMap::new() })
    }

    /// Spec K5: what the member goes without; nothing when there is a fault.
    pub(crate) fn of(&mut self, writer: &Writer, faults: &Faults) -> Option<Rc<Shortfall>> {
        // A row with neither has its fault already.
        if writer.post.point.is_none() && writer.post.salary.is_none() {
            return None;
        }
        let key = (writer.nation.clone(), writer.group.clone(), writer.post.clone(), writer.hours, writer.increment_on);
        let found = match self.known.get(&key) {
            Some(found) => found.clone(),
            None => {
                let found = self.work_out(writer).map(Rc::new);
                self.known.insert(key, found.clone());
                found
            }
        };
        found.map_err(|(code, what, fix)| faults.error(code, &writer.place, what, fix)).ok()
    }

    fn work_out(&self, writer: &Writer) -> Result<Shortfall, WhyNot> {
        let nations: Vec<&str> = self.offer.nations.iter().map(|(name, _)| name.as_str()).collect();
        let nation = match (&writer.nation, nations.as_slice()) {
            (Some(nation), known) if !known.contains(&nation.as_str()) => {
                let what = format!(
                    "{} does not apply in “{}”; it applies in {}",
                    self.offer.id,
                    super::safe_text::shown(nation),
                    known.join(", ")
                );
                return Err(("unknown-nation", what, "correct the nation, or leave the member out"));
            }
            (Some(nation), _) => nation.as_str(),
            (None, [only]) => only,
            (None, several) => {
                let what = format!("the offer applies in {}, and the row names no nation", several.join(" and "));
                return Err(("no-nation", what, "fill in the column nation"));
            }
        };
        if let Some(group) = &writer.group
            && !self.framework.groups.contains(group)
        {
            let what =
                format!("“{}” is no group of this dispute; it has {}", super::safe_text::shown(group), self.framework.groups.join(", "));
            return Err(("unknown-group", what, "correct the column group"));
        }
        let framework = self.framework.in_group(writer.group.clone());
        let by_group = [self.offer, self.against].iter().any(|offer| framework.groups_of(offer).len() > 1);
        if by_group {
            return Err((
                "no-group",
                "the offer treats groups of staff differently, and the row names none".to_owned(),
                "fill in the column group",
            ));
        }
        let portion = match (writer.hours, self.framework.full_time_hours) {
            (None, _) => Ratio::ONE,
            (Some(hours), Some(full)) => hours / full,
            (Some(_), None) => {
                let what = "hours are given, and the dispute does not say how many a full-time week has".to_owned();
                return Err(("no-full-time-hours", what, "add full_time_hours to [pay] in dispute.toml"));
            }
        };
        let employment = Employment { portion, ..Employment::full_time() };
        let short = member_shortfall(&framework, (self.offer, self.against), nation, &writer.post, &employment, writer.increment_on)
            .map_err(|why| ("no-figure", why, "correct point, band or salary"))?;
        if short.by_months() <= Pence::ZERO {
            let what = format!("on this pay nothing is lost: {} brings at least as much as {}", self.offer.id, self.against.id);
            return Err(("nothing-lost", what, "leave the member out: a figure of nought persuades nobody"));
        }
        Ok(short)
    }

    /// What comes in the places of a template.
    pub(crate) fn filled<'f>(&'f self, writer: &'f Writer, branch: &'f str, short: &Shortfall, language: Language) -> Filled<'f> {
        let mut list = vec![
            ("name", writer.name.as_str().into()),
            ("branch", branch.into()),
            ("loss", short.by_months().to_string().into()),
            ("loss_by_days", short.by_days().to_string().into()),
            ("pay_year", short.year.name().into()),
            ("offer", self.offer.title.as_str().into()),
            ("against", self.against.title.as_str().into()),
            ("against_on", self.against_on(language).into()),
            ("against_by", self.against_by().into()),
        ];
        if let Some(worst) = short.worst() {
            list.push(("weekly_loss", Pence::nearest(worst.weekly_pence(WeeksInYear::Calendar)).to_string().into()));
            list.push(("weekly_loss_until", language.date(worst.until).into()));
        }
        Filled(list)
    }

    /// Who made the recommendation, award or claim.
    fn against_by(&self) -> &'d str {
        self.against.made_by.as_ref().map_or("its authors", |(id, _)| self.dispute.party_name(id))
    }

    /// The day it was made, or, where that is not known, the day it was to be paid from.
    fn against_on(&self, language: Language) -> String {
        match (self.against.made_on, self.against.steps.first()) {
            (Some(day), _) => language.date(day),
            (None, Some(step)) => language.date(step.from),
            (None, None) => "a day that is not known".to_owned(),
        }
    }

    /// Spec K6: the sentence that ties the ask to its record, with the date.
    pub(crate) fn citation(&self) -> String {
        let by = self.against_by();
        let on = self.against_on(Language::English);
        let title = &self.against.title;
        let verb = match self.against.kind {
            OfferKind::Recommendation => "recommended",
            OfferKind::PayClaim => "claimed",
            OfferKind::Offer => "offered",
            OfferKind::Award => "decided",
        };
        let when = if self.against.made_on.is_some() { format!("on {on}") } else { format!("from {on}") };
        let says = self.against.summary.as_ref().map(|summary| format!(": {}", summary.trim_end_matches('.'))).unwrap_or_default();
        format!("This is in line with what {} {verb} {when} ({title}){says}.", in_sentence(by))
    }

    /// What the figure was worked out from.
    pub(crate) fn basis(&self, writer: &Writer, short: &Shortfall) -> FigureBasis {
        FigureBasis {
            post: writer.post.clone(),
            hours: writer.hours,
            pay_year: short.year.name(),
            offer: self.offer.id.clone(),
            against: self.against.id.clone(),
            by_months: short.by_months(),
            by_days: short.by_days(),
        }
    }
}

/// What a member's figure was worked out from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureBasis {
    /// Point and band, or salary.
    pub post: MemberPost,
    /// Hours a week; full time where none are given.
    pub hours: Option<Ratio>,
    /// The pay year.
    pub pay_year: String,
    /// Id of the offer.
    pub offer: String,
    /// Id of what it is set against.
    pub against: String,
    /// What the member goes without, by months.
    pub by_months: Pence,
    /// The same by days.
    pub by_days: Pence,
}

impl FigureBasis {
    /// The sentence under a letter or on a card that says how the figure comes about.
    pub fn words(&self) -> String {
        let whose = match (&self.post.point, &self.post.band, self.post.salary) {
            (Some(point), Some(band), _) => format!("point {point} in band {band}"),
            (Some(point), None, _) => format!("point {point}"),
            (None, _, Some(salary)) => format!("a salary of {salary}"),
            (None, ..) => "this pay".to_owned(),
        };
        let hours = self.hours.map_or("full time".to_owned(), |hours| format!("{} hours a week", hours.to_short(2)));
        format!(
            "Worked out for {whose}, {hours}: pay in {} under {} less pay under {}, {} by months ({} by days).",
            self.pay_year, self.against, self.offer, self.by_months, self.by_days
        )
    }
}

/// A party's name inside a sentence: with "the" where it is a description rather than a name of its own.
fn in_sentence(name: &str) -> String {
    let lower = name.to_lowercase();
    let described =
        ["body", "bodies", "government", "side", "department", "council"].iter().any(|word| lower.split(' ').any(|part| part == *word));
    if described && !lower.starts_with("the ") { format!("the {name}") } else { name.to_owned() }
}
