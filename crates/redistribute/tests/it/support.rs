//! Small scales, so that a case can be worked by hand.

use dated::{Date, Ratio};
use jiff::civil::date;
use pay::Pence;
use redistribute::{
    Aim, Answer, CostReading, Infeasible, Ladder, Money, OwnSalaries, Point, PointRow, RateTable, StaffOn, StageRule, Wishes, redistribute,
};

/// One point: pounds today, pounds under the offer by stage, and people by hours (in hundredths).
#[derive(Clone, Debug)]
pub(crate) struct Toy {
    pub(crate) base: i64,
    pub(crate) offered: Vec<i64>,
    pub(crate) people: Vec<(u64, i128)>,
}

pub(crate) fn toy(base: i64, offered: &[i64], people: u64) -> Toy {
    Toy { base, offered: offered.to_vec(), people: vec![(people, 100)] }
}

pub(crate) const FIRST: Date = Date::constant(2031, 4, 1);

/// The money of a scale of one band whose points are called 1, 2, 3 …
pub(crate) fn money_of(toys: &[Toy], unit_pence: i64, reading: CostReading) -> Result<Money, Vec<String>> {
    let stages: Vec<Date> = (0..toys[0].offered.len()).map(|at| if at == 0 { FIRST } else { date(2031, 8 + at as i8 * 2, 1) }).collect();
    let points = toys.iter().enumerate().map(|(at, toy)| Point {
        name: (at + 1).to_string(),
        table: 0,
        base: Pence(toy.base * 100),
        unit_pence,
        rows: vec![PointRow { band: "A".to_owned(), offered: toy.offered.iter().map(|rate| Pence(rate * 100)).collect(), row: None }],
        staff: toy
            .people
            .iter()
            .map(|(headcount, hundredths)| StaffOn { portion: Ratio::new(*hundredths, 100), headcount: *headcount, row: 0, from_stage: 0 })
            .collect(),
    });
    let table = RateTable { scale: "toy".to_owned(), nations: vec!["England".to_owned()], group: None };
    Money::from_points(vec![table], points.collect(), stages, reading, OwnSalaries::default())
}

pub(crate) fn money(toys: &[Toy]) -> Money {
    money_of(toys, 100, CostReading::RunRate).expect("an offer that adds something")
}

pub(crate) fn ladder(money: &Money, wishes: &Wishes) -> Ladder {
    Ladder::new(money.points.clone(), wishes.limits(&money.points).expect("wishes that fit the points"))
}

pub(crate) fn ask(money: &Money, wishes: &Wishes, aim: Aim) -> Result<Answer, Box<Infeasible>> {
    redistribute(money, &ladder(money, wishes), aim, StageRule::SameSplit)
}

/// Rates in whole pounds.
pub(crate) fn pounds(rates: &[Pence]) -> Vec<i64> {
    rates.iter().map(|rate| rate.0 / 100).collect()
}

pub(crate) fn gap(sum: i64) -> Option<redistribute::Gap> {
    Some(redistribute::Gap::Pounds(Pence(sum * 100)))
}
