//! What an offer is worth to one member: award and increment apart, what staging costs, arrears, what another offer would bring.

use dated::{Date, Ratio};
use pay::{
    ArrearsMonth, Employment, Framework, MemberPost, MemberValue, Offer, OwnStaging, PayYear, Pence, PointValue, Progression, RatePath,
    Shortfall, WeeksInYear, arrears, hourly_pence, member_shortfall, value_member, value_row,
};

/// Who the member is, and what is asked about them.
#[derive(Clone, Debug, Default)]
pub struct MemberQuestion<'q> {
    /// The point, or the salary where the point is not known.
    pub post: MemberPost,
    /// Hours a week; full time where none are given.
    pub hours: Option<Ratio>,
    /// Later hours, each from its day.
    pub hours_changes: Vec<(Date, Ratio)>,
    /// The next increment date.
    pub increment_on: Option<Date>,
    /// The member passes the gate, where increments depend on one.
    pub passes_gate: bool,
    /// First day in post, if during the offer.
    pub started_on: Option<Date>,
    /// Last day in post, if during the offer.
    pub left_on: Option<Date>,
    /// The day on which the offer reaches the payslip, if not as the offer says.
    pub paid_on: Option<Date>,
    /// What was paid until then, if not the rates before.
    pub paid_offer: Option<&'q Offer>,
    /// What the member goes without: the pay of this other offer less the pay of each.
    pub against: Option<&'q Offer>,
}

/// The answer for one offer in one nation.
#[derive(Clone, Debug)]
pub struct MemberFigures<'m> {
    /// The offer.
    pub offer: &'m Offer,
    /// The nation.
    pub nation: String,
    /// The group of staff, where the offer treats groups differently.
    pub group: Option<String>,
    /// What must be said about how the point was found.
    pub notes: Vec<String>,
    /// The member's point, full time.
    pub point: PointValue,
    /// The member's own pay.
    pub member: MemberValue,
    /// The same for a member who passes the gate, where an increment depends on one.
    pub if_gate_passed: Option<MemberValue>,
    /// Hours a week, if they were asked about.
    pub hours: Option<Ratio>,
    /// Hours of a full-time week, where they are known.
    pub full_time_hours: Option<Ratio>,
    /// An increment was asked about.
    pub increment_asked: bool,
    /// Arrears month by month until the offer reached the payslip.
    pub arrears: Vec<ArrearsMonth>,
    /// The day on which it does.
    pub arrears_paid_on: Option<Date>,
    /// What the member goes without, set against another offer.
    pub without: Option<(&'m Offer, Shortfall)>,
}

impl MemberQuestion<'_> {
    /// Days and hours in post.
    ///
    /// # Errors
    /// A sentence when hours are given and full time is not known, or the days are in the wrong order.
    pub fn employment(&self, full_time_hours: Option<Ratio>) -> Result<Employment, String> {
        let portion = |hours: Ratio| {
            full_time_hours.map(|full| hours / full).ok_or_else(|| {
                "this dispute does not say how many hours a full-time week has: add full_time_hours to [pay] in dispute.toml".to_owned()
            })
        };
        if let (Some(started), Some(left)) = (self.started_on, self.left_on)
            && left < started
        {
            return Err(format!("the member left on {left}, before starting on {started}"));
        }
        Ok(Employment {
            started_on: self.started_on,
            left_on: self.left_on,
            portion: self.hours.map_or(Ok(Ratio::ONE), portion)?,
            changes: self.hours_changes.iter().map(|(day, hours)| Ok((*day, portion(*hours)?))).collect::<Result<_, String>>()?,
        })
    }
}

impl<'m> MemberFigures<'m> {
    /// Values one offer as it applies in a nation.
    ///
    /// # Errors
    /// A sentence that says what is not known of the offer, or of the member.
    pub fn of(
        question: &MemberQuestion<'m>,
        framework: &Framework<'_>,
        offer: &'m Offer,
        nation: &str,
        employment: &Employment,
    ) -> Result<Self, String> {
        let first = framework.first_pay_year(offer).ok_or("its dates and steps are not in the data, so no pay can be worked out")?;
        let ladder = |offer: &Offer, nation: &str| framework.ladder_of(offer, nation, &question.post, question.increment_on.is_some());
        let (rungs, mut notes) = ladder(offer, nation)?;
        let row = rungs.first().cloned().ok_or("the point was not found")?;
        let point = value_row(row.clone(), first);
        let years: Vec<PayYear> = point.years.iter().map(|year| year.year).collect();
        let view = framework.view(offer, nation);
        let value = |passes_gate| value_member(&rungs, employment, question.increment_on, passes_gate, offer, view, &years);
        let member = value(question.passes_gate);
        let gated = member.increments.iter().any(|increment| increment.progression == Progression::Gated);
        let if_gate_passed = (gated && !question.passes_gate).then(|| value(true));
        // Backdating runs from the start of the pay year, or from the first step if that is earlier.
        let paid_on = question.paid_on.or(offer.steps.iter().filter_map(|step| step.pay_on).max());
        let mut owed = Vec::new();
        if let Some(paid_on) = paid_on {
            let paid = match question.paid_offer {
                None => RatePath { base: row.path.base, rates: Vec::new() },
                Some(other) => {
                    let other_nation = other.nations.iter().map(|(name, _)| name.as_str()).find(|name| *name == nation);
                    let other_nation = other_nation.or(other.nations.first().map(|(name, _)| name.as_str())).unwrap_or(nation);
                    if other_nation != nation {
                        notes.push(format!("what was paid is {} as it applies in {other_nation}", other.id));
                    }
                    ladder(other, other_nation)?.0.first().ok_or("the point was not found")?.path.clone()
                }
            };
            owed = arrears(&row.path, &paid, employment, first.first_day(), paid_on);
        }
        let without = question.against.filter(|other| other.id != offer.id).map(|other| {
            let found = member_shortfall(framework, (offer, other), nation, &question.post, employment, question.increment_on);
            found.map(|found| (other, found))
        });
        let without = without.transpose().map_err(|why| format!("it cannot be set against the other offer: {why}"))?;
        Ok(Self {
            without,
            offer,
            nation: nation.to_owned(),
            group: view.group.map(str::to_owned),
            notes,
            point,
            member,
            if_gate_passed,
            hours: question.hours,
            full_time_hours: framework.full_time_hours,
            increment_asked: question.increment_on.is_some(),
            arrears: owed,
            arrears_paid_on: paid_on,
        })
    }

    /// An annual rate by the hour, in pence; `None` where the hours of a full-time week are not known.
    pub fn hourly(&self, annual: Pence, weeks: WeeksInYear) -> Option<Ratio> {
        hourly_pence(annual, self.full_time_hours?, weeks)
    }

    /// What staging costs on the member's own hours; the same figures stand on postcards.
    pub fn own_staging(&self) -> Option<OwnStaging> {
        let portion = self.hours?.checked_div(self.full_time_hours?)?;
        self.point.own_staging(portion, WeeksInYear::Calendar)
    }
}
