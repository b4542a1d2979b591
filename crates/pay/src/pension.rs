//! Pension schemes: what members pay by tier, and what employers pay, by date (`data/pensions`). Spec P75 and P76.

use dated::{Date, Dated, Faults, FileBytes, Ratio, Sources, Status, Table, Timeline, TomlFile};

use crate::money::Pence;
use crate::tax::{dated, percent, pounds};

/// A pension scheme through time.
#[derive(Clone, Debug)]
pub struct PensionScheme {
    /// Its short name.
    pub id: String,
    /// For people.
    pub title: String,
    /// Where it is the scheme; other nations have others.
    pub nations: Vec<String>,
    /// Until this day its members paid the contracted-out National Insurance.
    pub contracted_out_until: Option<Date>,
    members: Timeline<MemberTerms>,
    /// What employers pay.
    pub employers: Timeline<EmployerContribution>,
}

/// What members pay, or what is missing from the data about it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum MemberTerms {
    Tiers(Tiers),
    Missing(String),
}

/// The tiers of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    /// Which pay chooses the tier.
    pub pay: TierPay,
    /// The pay of when.
    pub year: TierYear,
    /// From which yearly pay each tier holds, lowest first, and its percentage of all pensionable pay.
    pub tiers: Vec<(Pence, Ratio)>,
}

/// Which pay chooses the tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierPay {
    /// The full-time rate, whatever the hours.
    WholeTime,
    /// What is earned in the post.
    Actual,
}

/// The pay of when chooses the tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierYear {
    /// The rate at the end of the scheme year before.
    PreviousYear,
    /// The rate in force.
    Current,
}

/// What employers pay, in percent of pensionable pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmployerContribution {
    /// The whole contribution, with the charge for administration.
    pub percent: Ratio,
    /// The part of it that the health service pays centrally, not the employer.
    pub centrally: Ratio,
}

impl Tiers {
    /// Spec P75: the percentage for that yearly pay.
    pub fn percent_of(&self, tier_pay: Ratio) -> Ratio {
        self.tiers.iter().rev().find(|(from, _)| from.ratio() <= tier_pay).map_or(Ratio::ZERO, |(_, percent)| *percent)
    }
}

impl PensionScheme {
    /// Reads a file of `[[scheme]]`.
    pub fn read_all(name: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) -> Vec<Self> {
        let Some(file) = TomlFile::read(name, bytes, faults) else { return Vec::new() };
        file.with_root(faults, |root| root.list("scheme", |entry, _| Self::read(entry, sources, faults)))
    }

    fn read(entry: &Table<'_>, sources: &Sources, faults: &Faults) -> Option<Self> {
        let (id, title) = (entry.id("id"), entry.text("title"));
        let nations = entry.name_list("nations").into_iter().map(|(name, _)| name).collect();
        let contracted_out_until = entry.optional_date("contracted_out_until");
        let members = entry.list("members", |terms, _| {
            if let Some(missing) = terms.optional_text("missing") {
                let (from, until) = (terms.date("from"), terms.optional_date("until"));
                let (source, status, place) = (Vec::new(), Status::Published, terms.place());
                return Some(Dated { from: from?, until, value: MemberTerms::Missing(missing), source, status, place });
            }
            dated(terms, sources, |terms| Some(MemberTerms::Tiers(read_tiers(terms)?)))
        });
        let employers = entry.list("employers", |contribution, _| {
            dated(contribution, sources, |contribution| {
                let whole = percent(contribution, "percent");
                let centrally = contribution.has("paid_centrally_percent").then(|| percent(contribution, "paid_centrally_percent"));
                Some(EmployerContribution { percent: whole?, centrally: centrally.unwrap_or(Some(Ratio::ZERO))? })
            })
        });
        let title = title?;
        Some(Self {
            id: id?,
            members: Timeline::check(&format!("the members' contributions to the {title}"), members, faults),
            employers: Timeline::check(&format!("the employers' contributions to the {title}"), employers, faults),
            title,
            nations,
            contracted_out_until,
        })
    }

    /// The tiers of a day, with how sure they are.
    ///
    /// # Errors
    /// A sentence that names what is missing.
    pub fn tiers_on(&self, day: Date) -> Result<(&Tiers, Status), String> {
        let entry = self.members.on(day).map_err(|missing| missing.to_string())?;
        match &entry.value {
            MemberTerms::Tiers(tiers) => Ok((tiers, entry.status)),
            MemberTerms::Missing(what) => Err(format!("{what} of the {} are not in the data", self.title)),
        }
    }

    /// Whether its members pay the contracted-out National Insurance that day.
    pub fn is_contracted_out(&self, day: Date) -> bool {
        self.contracted_out_until.is_some_and(|until| day < until)
    }
}

fn read_tiers(terms: &Table<'_>) -> Option<Tiers> {
    let pay = terms.choice("tier_pay", &[("whole-time", TierPay::WholeTime), ("actual", TierPay::Actual)]);
    let year = terms.choice("tier_year", &[("previous-year", TierYear::PreviousYear), ("current", TierYear::Current)]);
    let tiers = terms.list("tiers", |tier, _| {
        let (from, percent) = (pounds(tier, "from_pay"), percent(tier, "percent"));
        Some((from?, percent?))
    });
    if tiers.first().is_none_or(|(from, _)| *from != Pence::ZERO) || tiers.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        terms.fault("tiers", "tiers", "the tiers do not rise from a pay of 0", "the first tier is from_pay = 0; list them lowest first");
        return None;
    }
    Some(Tiers { pay: pay?, year: year?, tiers })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_tier_holds_from_its_pay_and_what_is_missing_is_said() {
        let text = "[[scheme]]\nid = \"s\"\ntitle = \"Scheme\"\nnations = [\"England\"]\n[[scheme.members]]\nfrom = 2031-04-01\nuntil = 2032-04-01\ntier_pay = \"actual\"\ntier_year = \"current\"\ntiers = [{ from_pay = 0, percent = 5 }, { from_pay = 20000, percent = 6.5 }]\nstatus = \"synthetic\"\nsource = \"S\"\n[[scheme.members]]\nfrom = 2032-04-01\nmissing = \"the tiers of 2032\"\n";
        let faults = Faults::new();
        let schemes = PensionScheme::read_all("s.toml", &FileBytes::Read(text.into()), &Sources::default(), &faults);
        assert_eq!(faults.into_sorted().iter().map(|fault| fault.code).collect::<Vec<_>>(), ["unknown-source"]);
        let (tiers, _) = schemes[0].tiers_on(date(2031, 4, 1)).expect("known");
        assert_eq!(tiers.percent_of(Ratio::whole(1_999_999)), Ratio::whole(5));
        assert_eq!(tiers.percent_of(Ratio::whole(2_000_000)), Ratio::new(13, 2));
        assert_eq!(schemes[0].tiers_on(date(2032, 4, 1)), Err("the tiers of 2032 of the Scheme are not in the data".to_owned()));
        assert!(schemes[0].tiers_on(date(2030, 4, 1)).is_err());
    }

    #[test]
    fn tiers_that_fall_or_begin_above_nothing_are_faults() {
        for tiers in ["[{ from_pay = 10, percent = 5 }]", "[{ from_pay = 0, percent = 5 }, { from_pay = 0, percent = 6 }]", "[]"] {
            let text = format!(
                "[[scheme]]\nid = \"s\"\ntitle = \"Scheme\"\nnations = [\"England\"]\n[[scheme.members]]\nfrom = 2031-04-01\ntier_pay = \"actual\"\ntier_year = \"current\"\ntiers = {tiers}\nstatus = \"synthetic\"\nsource = \"S\"\n"
            );
            let faults = Faults::new();
            let _ = PensionScheme::read_all("s.toml", &FileBytes::Read(text.into()), &Sources::default(), &faults);
            assert!(faults.into_sorted().iter().any(|fault| fault.code == "tiers"), "{tiers}");
        }
    }
}
