//! What an employer pays on top of pay: National Insurance, pension, levy; by date.

use dated::{Date, NotCovered, Ratio, Timeline};

use crate::money::Pence;

/// The employer's contributions through time, for staff of one pension scheme.
#[derive(Clone, Debug)]
pub struct OnCosts {
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

impl OnCosts {
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
        let bands = &self.national_insurance;
        let insurance = bands.iter().enumerate().map(|(at, band)| {
            let top = bands.get(at + 1).map_or(pay, |next| next.above_month.min(pay));
            percent(Pence((top.0 - band.above_month.0).max(0)), band.percent)
        });
        [
            Pence::nearest(insurance.sum()),
            Pence::nearest(percent(pay, self.pension_percent)),
            Pence::nearest(percent(pay, self.levy_percent)),
        ]
    }
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
