//! What an employer pays on top of pay: National Insurance, pension, levy; by date.

use dated::{Date, Dated, Faults, NotCovered, Ratio, Timeline};

use crate::money::Pence;
use crate::pension::PensionScheme;
use crate::tax::TaxLaw;

/// The employer's contributions through time, for staff of one pension scheme.
#[derive(Clone, Debug)]
pub struct OnCosts {
    /// Its short name: that of the scheme, `-with-central` behind it where what is paid centrally is counted too; or `none`.
    pub id: String,
    /// The nations the scheme is for; empty for all.
    pub nations: Vec<String>,
    /// For people: which contributions, of whom.
    pub title: String,
    /// National Insurance.
    pub national_insurance: Timeline<Vec<MarginalBand>>,
    /// Pension, in percent of pensionable pay.
    pub pension_percent: Timeline<Ratio>,
    /// Apprenticeship levy, in percent of pay; the timeline begins with zero where there was none.
    pub levy_percent: Timeline<Ratio>,
}

/// A rate on what is earned above a threshold and up to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarginalBand {
    /// Pay of a month above which the rate is due.
    pub above_month: Pence,
    /// In percent.
    pub percent: Ratio,
}

/// The contributions of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCostRates {
    /// National Insurance, lowest threshold first.
    pub national_insurance: Vec<MarginalBand>,
    /// Pension and levy are a part of all pay.
    pub pension_percent: Ratio,
    /// See [`OnCosts::levy_percent`].
    pub levy_percent: Ratio,
}

/// What is due on `pay`, both in pence: each band's percentage of what lies between its threshold and the next.
pub(crate) fn marginal(bands: &[MarginalBand], pay: Ratio) -> Ratio {
    let of_band = |(at, band): (usize, &MarginalBand)| {
        let top = bands.get(at + 1).map_or(pay, |next| next.above_month.ratio().min(pay));
        (top - band.above_month.ratio()).max(Ratio::ZERO) * band.percent / Ratio::whole(100)
    };
    bands.iter().enumerate().map(of_band).sum()
}

impl OnCosts {
    /// Spec P74 and P76: the employer's contributions from the data, for each scheme whose employers' part is known: first
    /// what the employer pays, then, where a part is paid centrally, the whole; last for staff in no scheme.
    pub fn read(law: &TaxLaw, schemes: &[PensionScheme], faults: &Faults) -> Vec<Self> {
        let mut all = Vec::new();
        for scheme in schemes.iter().filter(|scheme| !scheme.employers.entries().is_empty()) {
            let with = |id: String, title: String, percent: &dyn Fn(crate::pension::EmployerContribution) -> Ratio| Self {
                id,
                nations: scheme.nations.clone(),
                title,
                national_insurance: employers_insurance(law, scheme.contracted_out_until, faults),
                pension_percent: timeline_of(&scheme.employers, faults, |entry| percent(entry.value)),
                levy_percent: law.levy_percent.clone(),
            };
            all.push(with(scheme.id.clone(), format!("{}: what the employer pays", scheme.title), &|paid| paid.percent - paid.centrally));
            if scheme.employers.entries().iter().any(|entry| entry.value.centrally != Ratio::ZERO) {
                all.push(with(format!("{}-with-central", scheme.id), format!("{}: with what is paid centrally", scheme.title), &|paid| {
                    paid.percent
                }));
            }
        }
        let mut none = law.levy_percent.entries().to_vec();
        none.iter_mut().for_each(|entry| entry.value = Ratio::ZERO);
        all.push(Self {
            id: "none".to_owned(),
            nations: Vec::new(),
            title: "Staff in no pension scheme".to_owned(),
            national_insurance: employers_insurance(law, None, faults),
            pension_percent: Timeline::check("no pension", none, faults),
            levy_percent: law.levy_percent.clone(),
        });
        all
    }

    /// The contributions of a day.
    ///
    /// # Errors
    /// [`NotCovered`] names the contribution that is not known for it.
    pub fn on(&self, day: Date) -> Result<OnCostRates, NotCovered> {
        Ok(OnCostRates {
            national_insurance: self.national_insurance.on(day)?.value.clone(),
            pension_percent: self.pension_percent.on(day)?.value,
            levy_percent: self.levy_percent.on(day)?.value,
        })
    }
}

impl OnCostRates {
    /// Spec P42: National Insurance, pension and levy on the pay of one month, each rounded to the penny.
    pub fn of_month(&self, pay: Pence) -> [Pence; 3] {
        let percent = |sum: Pence, percent: Ratio| sum.ratio() * percent / Ratio::whole(100);
        [
            Pence::nearest(marginal(&self.national_insurance, pay.ratio())),
            Pence::nearest(percent(pay, self.pension_percent)),
            Pence::nearest(percent(pay, self.levy_percent)),
        ]
    }
}

/// A scheme's employers' bands by day: contracted out until that day, where one is given.
fn employers_insurance(law: &TaxLaw, contracted_out_until: Option<Date>, faults: &Faults) -> Timeline<Vec<MarginalBand>> {
    timeline_of(&law.national_insurance, faults, |entry| {
        entry.value.employer_bands(contracted_out_until.is_some_and(|until| entry.from < until))
    })
}

fn timeline_of<T, U>(timeline: &Timeline<T>, faults: &Faults, value: impl Fn(&Dated<T>) -> U) -> Timeline<U> {
    let entries = timeline.entries().iter().map(|entry| Dated {
        from: entry.from,
        until: entry.until,
        value: value(entry),
        source: entry.source.clone(),
        status: entry.status,
        place: entry.place.clone(),
    });
    Timeline::check(timeline.key(), entries.collect(), faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_charged_band_by_band() {
        // 2,000 a month: 9.1% of 1,000 to 1,800 and 12.8% of the 200 above; 14% pension; half a percent levy.
        let rates = OnCostRates {
            national_insurance: vec![
                MarginalBand { above_month: Pence(100_000), percent: Ratio::new(91, 10) },
                MarginalBand { above_month: Pence(180_000), percent: Ratio::new(128, 10) },
            ],
            pension_percent: Ratio::whole(14),
            levy_percent: Ratio::new(1, 2),
        };
        assert_eq!(rates.of_month(Pence(200_000)), [Pence(7_280 + 2_560), Pence(28_000), Pence(1_000)]);
        assert_eq!(rates.of_month(Pence(90_000))[0], Pence::ZERO);
    }
}
