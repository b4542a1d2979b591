//! The paybill the slow and obvious way: every person, every month, every day, in exact ratios.

use dated::{Date, Month, Ratio};
use jiff::ToSpan as _;
use pay::{Bill, CostQuestion, IncrementRule, JoinersAt, Paths, Pence, Progression, Row, Staff, WorkforceRates, YearEndRates};

/// One person through the years.
struct Person<'p> {
    question: &'p CostQuestion<'p>,
    /// From this day; earlier there is nobody.
    from: Date,
    post: usize,
    increment: Option<(i8, i8)>,
    /// Increments fall due from this day.
    not_before: Date,
    portion: Ratio,
    nation: &'p str,
}

/// Where the person is on a day: what the rate before the offer would be, and the row of the offer.
#[derive(Clone, Copy)]
struct At {
    before: i64,
    post: usize,
}

impl Person<'_> {
    fn rates(&self) -> &WorkforceRates {
        self.question.rates
    }

    fn row(&self, post: usize) -> &Row {
        &self.rates().posts[post].row
    }

    fn rule(&self, day: Date, rule: IncrementRule) -> Progression {
        if let Some(instead) = rule.instead {
            return instead;
        }
        let mut found = Progression::Normal;
        for step in &self.question.offer.steps {
            let here = step.nations.is_empty() || step.nations.iter().any(|(nation, _)| nation == self.nation);
            if here && step.from <= day && step.progression.is_some() {
                found = step.progression.unwrap_or(found);
            }
        }
        found
    }

    /// The place on each day of the years costed.
    fn places(&self, rule: IncrementRule, passes: bool) -> Vec<At> {
        let mut at = At { before: self.row(self.post).path.base.0, post: self.post };
        let start = self.question.first.first_day();
        let end = self.question.first.plus(12 * self.question.years as i32).first_day();
        let mut places = Vec::new();
        let mut day = start;
        while day < end {
            let due = self.increment.is_some_and(|(month, number)| {
                let number = number.min(day.days_in_month());
                day >= self.not_before && (day.month(), day.day()) == (month, number)
            });
            if due {
                while let Some((to, on)) = self.rates().posts[at.post].moved_to {
                    if on > day || self.row(to as usize).path.base <= self.row(at.post).path.base {
                        break;
                    }
                    at.post = to as usize;
                }
                let paid = match self.rule(day, rule) {
                    Progression::Normal => true,
                    Progression::Frozen => false,
                    Progression::Gated => passes,
                };
                if let (true, Some(next)) = (paid, self.rates().posts[at.post].next) {
                    at.before += self.row(next as usize).path.base.0 - self.row(at.post).path.base.0;
                    at.post = next as usize;
                }
            }
            places.push(at);
            day = day.saturating_add(1.day());
        }
        places
    }

    /// Each month's paths, for one who passes every gate or one who passes none.
    fn months(&self, passes: bool) -> Vec<Paths> {
        let question = self.question;
        let start = question.first.first_day();
        let places = self.places(question.increments, passes);
        let normal = IncrementRule { instead: Some(Progression::Normal), share_passing: Ratio::ONE };
        let all = self.places(normal, true);
        let mut months = Vec::new();
        for number in 0..12 * question.years as i32 {
            let month = question.first.plus(number);
            if month.first_day() < self.from {
                months.push(Paths::default());
                continue;
            }
            let days: Vec<Date> =
                (0..month.first_day().days_in_month()).map(|day| month.first_day().saturating_add(i64::from(day).days())).collect();
            let offset = (month.first_day() - start).get_days() as usize;
            let year_end = question.first.plus(number / 12 * 12 + 12).first_day().saturating_sub(1.day());
            let pay = |rate: &dyn Fn(usize, Date) -> i64| {
                let sum: Ratio = days.iter().enumerate().map(|(at, day)| Ratio::whole(rate(offset + at, *day))).sum();
                Pence::nearest(sum * self.portion / Ratio::whole(12 * days.len() as i64))
            };
            let charge = |pay: Pence| match question.on_costs {
                None => [Pence::ZERO; 3],
                Some(on_costs) => on_costs.on(days[days.len() - 1]).expect("covered").of_month(pay),
            };
            let bill = |pay: Pence| {
                let [national_insurance, pension, levy] = charge(pay);
                Bill { pay, national_insurance, pension, levy }
            };
            let first = self.row(self.post);
            let under = pay(&|at, day| self.row(places[at].post).path.rate_on(day).0);
            let lump: Ratio = days
                .iter()
                .enumerate()
                .flat_map(|(at, day)| self.row(places[offset + at].post).lumps.iter().filter(|lump| lump.paid_on == *day))
                .map(|lump| lump.amount.ratio())
                .sum();
            let lump = Pence::nearest(lump * self.portion);
            let ([ni, _, levy], [ni_with, _, levy_with]) = (charge(under), charge(under + lump));
            months.push(Paths {
                standing: bill(pay(&|_, _| first.path.base.0)),
                increments: bill(pay(&|at, _| places[at].before)),
                under_offer: bill(under),
                offer_standing: bill(pay(&|_, day| first.path.rate_on(day).0)),
                at_once: bill(pay(&|at, _| self.row(places[at].post).path.rate_on(year_end).0)),
                all_increments: bill(pay(&|at, _| all[at].before)),
                lumps: Bill { pay: lump, national_insurance: ni_with - ni, pension: Pence::ZERO, levy: levy_with - levy },
            });
        }
        months
    }

    /// Each month, as expected where a share passes.
    fn expected(&self) -> Vec<Paths> {
        let share = self.question.increments.share_passing;
        let mix = |pass: Pence, fail: Pence| Pence::nearest(pass.ratio() * share + fail.ratio() * (Ratio::ONE - share));
        let both = |pass: Bill, fail: Bill| Bill {
            pay: mix(pass.pay, fail.pay),
            national_insurance: mix(pass.national_insurance, fail.national_insurance),
            pension: mix(pass.pension, fail.pension),
            levy: mix(pass.levy, fail.levy),
        };
        let months = self.months(true).into_iter().zip(self.months(false));
        months
            .map(|(pass, fail)| Paths {
                standing: pass.standing,
                increments: both(pass.increments, fail.increments),
                under_offer: both(pass.under_offer, fail.under_offer),
                offer_standing: pass.offer_standing,
                at_once: both(pass.at_once, fail.at_once),
                all_increments: pass.all_increments,
                lumps: both(pass.lumps, fail.lumps),
            })
            .collect()
    }

    fn year_end(&self, year: usize) -> YearEndRates {
        let day = self.question.first.plus(12 * (year as i32 + 1)).first_day().saturating_sub(1.day());
        let share = self.question.increments.share_passing;
        let annual = |rate: i64| Pence::nearest(Ratio::whole(rate) * self.portion);
        let at = |passes: bool| {
            let places = self.places(self.question.increments, passes);
            places[(day - self.question.first.first_day()).get_days() as usize]
        };
        let (pass, fail) = (at(true), at(false));
        let mix =
            |of: &dyn Fn(At) -> i64| Pence::nearest(annual(of(pass)).ratio() * share + annual(of(fail)).ratio() * (Ratio::ONE - share));
        YearEndRates {
            standing: annual(self.row(self.post).path.base.0),
            increments: mix(&|at| at.before),
            under_offer: mix(&|at| self.row(at.post).path.rate_on(day).0),
        }
    }
}

/// What the slow way finds.
pub(crate) struct Slow {
    pub(crate) months: Vec<Paths>,
    pub(crate) net_months: Option<Vec<Paths>>,
    pub(crate) year_end: Vec<YearEndRates>,
    /// Of each record, its months.
    pub(crate) records: Vec<Vec<Paths>>,
}

fn person<'p>(question: &'p CostQuestion<'p>, staff: &Staff) -> Person<'p> {
    let start = question.first.first_day();
    Person {
        question,
        from: start,
        post: question.rates.of_staff(staff) as usize,
        increment: staff.increment.map(|day| (day.month.cast_signed(), day.day.cast_signed())),
        not_before: start,
        portion: question.workforce.portions[usize::from(staff.portion)],
        nation: &question.workforce.nations[usize::from(staff.nation)],
    }
}

fn bottom(rates: &WorkforceRates, post: usize) -> usize {
    match rates.posts.iter().position(|other| other.next == Some(post as u32)) {
        Some(below) => bottom(rates, below),
        None => post,
    }
}

pub(crate) fn slow(question: &CostQuestion<'_>) -> Slow {
    let count = 12 * question.years as usize;
    let mut slow = Slow {
        months: vec![Paths::default(); count],
        net_months: question.turnover.map(|_| Vec::new()),
        year_end: vec![YearEndRates::default(); question.years as usize],
        records: Vec::new(),
    };
    // What joiners of every month so far are paid, by month: summed, each weighing as one.
    let mut joined = vec![Paths::default(); count];
    for staff in &question.workforce.staff {
        let heads = i64::from(staff.headcount);
        let one = person(question, staff);
        let times = |paths: &Paths| {
            let mut sum = Paths::default();
            (0..heads).for_each(|_| sum += *paths);
            sum
        };
        let months: Vec<Paths> = one.expected().iter().map(times).collect();
        for (sum, paths) in slow.months.iter_mut().zip(&months) {
            *sum += *paths;
        }
        slow.records.push(months);
        for (year, sum) in slow.year_end.iter_mut().enumerate() {
            let end = one.year_end(year);
            sum.standing += Pence(end.standing.0 * heads);
            sum.increments += Pence(end.increments.0 * heads);
            sum.under_offer += Pence(end.under_offer.0 * heads);
        }
        if question.turnover.is_some_and(|turnover| turnover.joiners == JoinersAt::Bottom) {
            for month in 1..count as i32 {
                let from = question.first.plus(month);
                let joiner = Person {
                    from: from.first_day(),
                    post: bottom(question.rates, one.post),
                    increment: Some((from.month(), 1)),
                    not_before: from.plus(12).first_day(),
                    ..person(question, staff)
                };
                for (sum, paths) in joined.iter_mut().zip(joiner.expected()) {
                    *sum += times(&paths);
                }
            }
        }
    }
    if let (Some(turnover), Some(net)) = (question.turnover, &mut slow.net_months) {
        for (month, own) in slow.months.iter().enumerate() {
            let weight = turnover.leavers_percent / Ratio::whole(1200);
            let left = weight * Ratio::whole(month as i64);
            let mix = |own: Bill, joined: Bill| {
                let of = |own: Pence, joined: Pence| Pence::nearest(own.ratio() * (Ratio::ONE - left) + joined.ratio() * weight);
                Bill {
                    pay: of(own.pay, joined.pay),
                    national_insurance: of(own.national_insurance, joined.national_insurance),
                    pension: of(own.pension, joined.pension),
                    levy: of(own.levy, joined.levy),
                }
            };
            net.push(match turnover.joiners {
                JoinersAt::Same => Paths {
                    standing: own.standing,
                    increments: own.increments,
                    under_offer: own.under_offer,
                    lumps: own.lumps,
                    ..Paths::default()
                },
                JoinersAt::Bottom => Paths {
                    standing: own.standing,
                    increments: mix(own.increments, joined[month].increments),
                    under_offer: mix(own.under_offer, joined[month].under_offer),
                    lumps: mix(own.lumps, joined[month].lumps),
                    ..Paths::default()
                },
            });
        }
    }
    slow
}

/// A month by name, for messages.
pub(crate) fn name(first: Month, at: usize) -> String {
    first.plus(at as i32).to_string()
}
