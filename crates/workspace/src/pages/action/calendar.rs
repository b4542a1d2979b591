//! The months of a plan as tables: on which days action is lawful, refused, put off; when notices are due and mandates end.

use std::collections::{BTreeMap, BTreeSet};

use dated::{Date, Month};
use dispute::ActionKind;
use dispute::plan::{NoticeBasis, Plan, PlanFacts, Support};
use law::plus_days;

/// A month.
pub(super) struct MonthView {
    pub(super) id: String,
    pub(super) title: String,
    /// Monday to Sunday; days of other months are left out.
    pub(super) weeks: Vec<Vec<Option<DayCell>>>,
}

/// A day.
pub(super) struct DayCell {
    pub(super) number: i8,
    pub(super) name: String,
    pub(super) marks: Vec<Mark>,
    /// A notice received on the day of asking would make action on it lawful.
    pub(super) is_open: bool,
    pub(super) is_today: bool,
    pub(super) is_shown: bool,
}

/// Something that is marked on a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Strike,
    Short,
    Refused,
    PutOff,
    Notice,
    Ends,
}

impl Mark {
    /// Every mark.
    pub(super) const ALL: [Self; 6] = [Self::Strike, Self::Short, Self::Refused, Self::PutOff, Self::Notice, Self::Ends];

    /// The letter in the calendar.
    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::Strike => "S",
            Self::Short => "A",
            Self::Refused => "×",
            Self::PutOff => "P",
            Self::Notice => "N",
            Self::Ends => "E",
        }
    }

    /// What it means.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Strike => "strike",
            Self::Short => "action short of a strike",
            Self::Refused => "called or proposed, and not lawful or not known to be",
            Self::PutOff => "put off",
            Self::Notice => "last day to receive a notice",
            Self::Ends => "a mandate ends",
        }
    }

    /// Its class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Strike => "strike",
            Self::Short => "short",
            Self::Refused => "refused",
            Self::PutOff => "put-off",
            Self::Notice => "notice",
            Self::Ends => "ends",
        }
    }

    /// The part of the page that says more.
    pub(super) fn href(self) -> &'static str {
        match self {
            Self::Strike | Self::Short => "#days",
            Self::Refused => "#refused",
            Self::PutOff => "#put-off",
            Self::Notice | Self::Ends => "#mandates",
        }
    }
}

/// The months from the first day shown to the last.
pub(super) fn months(facts: &PlanFacts, plan: &Plan<'_>) -> Vec<MonthView> {
    let until = facts.until.unwrap_or(facts.from);
    let marks = marks(facts, plan);
    let is_open = |day: Date| {
        plan.mandates.iter().filter_map(|mandate| mandate.window).any(|(first, last)| first.date() <= day && day <= last.date())
    };
    let first = Month::of(facts.from);
    let count = Month::of(until).months_since(first).max(0);
    let month = |offset: i32| {
        let month = first.plus(offset);
        let begins = month.first_day();
        let length = i64::from(begins.days_in_month());
        let mut week: Vec<Option<DayCell>> = (0..begins.weekday().to_monday_zero_offset()).map(|_| None).collect();
        let mut weeks = Vec::new();
        for offset in 0..length {
            let day = plus_days(begins, offset);
            week.push(Some(DayCell {
                number: day.day(),
                name: law::weekday_date(day),
                marks: marks.get(&day).map(|marks| marks.iter().copied().collect()).unwrap_or_default(),
                is_open: is_open(day),
                is_today: day == facts.on,
                is_shown: day >= facts.from && day <= until,
            }));
            if week.len() == 7 {
                weeks.push(std::mem::take(&mut week));
            }
        }
        if !week.is_empty() {
            week.resize_with(7, || None);
            weeks.push(week);
        }
        MonthView { id: month.to_string(), title: month.long(), weeks }
    };
    (0..=count).map(month).collect()
}

fn marks(facts: &PlanFacts, plan: &Plan<'_>) -> BTreeMap<Date, BTreeSet<Mark>> {
    let mut marks: BTreeMap<Date, BTreeSet<Mark>> = BTreeMap::new();
    let mut put = |day: Date, mark: Mark| {
        marks.entry(day).or_default().insert(mark);
    };
    for day in &plan.days {
        put(day.date(), if day.call().kind == ActionKind::Strike { Mark::Strike } else { Mark::Short });
        if let NoticeBasis::ToBeGiven { by } = day.notice() {
            put(by, Mark::Notice);
        }
    }
    let until = facts.until.unwrap_or(facts.from);
    for refused in &plan.refused {
        let (Some(first), last) = (refused.first, refused.last) else { continue };
        let days = std::iter::successors(Some(first.max(facts.from)), |day| Some(plus_days(*day, 1)));
        let is_put_off = refused.reasons.iter().any(|reason| reason.code == "put-off");
        let mark = if is_put_off { Mark::PutOff } else { Mark::Refused };
        days.take_while(|day| *day <= last.unwrap_or(first).min(until)).for_each(|day| put(day, mark));
    }
    for mandate in &plan.mandates {
        if let Support::Mandate(won) = &mandate.support {
            put(won.last_day(), Mark::Ends);
        }
        mandate.last_notice_on.iter().for_each(|day| put(*day, Mark::Notice));
    }
    marks
}
