//! How long a question takes: `cargo bench -p redistribute`. The least and the middle of some runs are shown, since the machine
//! has other work.
//!
//! - 60 points of one scale, 40 groups of hours on each: what a national workforce comes to;
//! - 10 scales of 60 points, all with one floor: an offer that treats 10 groups differently;
//!
//! Each with every gap asked for, too, and with a question that cannot be answered.
#![allow(missing_docs, clippy::unwrap_used, clippy::float_arithmetic)]

use std::hint::black_box;
use std::time::Instant;

use dated::{Date, Ratio};
use pay::Pence;
use redistribute::{
    Aim, CostReading, Gap, Ladder, Money, OwnSalaries, Point, PointRow, RateTable, StaffOn, StageRule, Wishes, frontier, redistribute,
};

fn money(tables: usize, points: usize, hours: usize) -> Money {
    let mut list = Vec::new();
    for table in 0..tables {
        for at in 0..points {
            let base = 1_200_000 + 3_700 * table as i64 + at as i64 * (40_000 + 1_300 * at as i64) / 100 * 100;
            let base = base / 100 * 100;
            list.push(Point {
                name: at.to_string(),
                table,
                base: Pence(base),
                unit_pence: 100,
                rows: vec![PointRow { band: (at / 6).to_string(), offered: vec![Pence(base + base / 4_000 * 100)], row: None }],
                staff: (0..hours)
                    .map(|group| StaffOn {
                        portion: Ratio::new(40 + group as i128 * 60 / hours as i128, 100),
                        headcount: 100 + ((at * 37 + group * 11) % 400) as u64,
                        row: 0,
                        from_stage: 0,
                    })
                    .collect(),
            });
        }
    }
    let tables = (0..tables)
        .map(|at| RateTable { scale: at.to_string(), nations: vec!["England".to_owned()], group: Some(at.to_string()) })
        .collect();
    Money::from_points(tables, list, vec![Date::constant(2031, 4, 1)], CostReading::RunRate, OwnSalaries::default()).unwrap()
}

fn measure(what: &str, runs: usize, mut work: impl FnMut()) {
    work();
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{what:<62} least {:>9.2} ms, middle {:>9.2} ms", times[0], times[runs / 2]);
}

fn main() {
    let gaps = Wishes { keep_gaps: Some(Gap::OfToday(Ratio::whole(50))), at_least_percent: Some(Ratio::ONE), ..Wishes::default() };
    let beyond = Wishes { floor: Some(Pence(6_000_000)), ..gaps.clone() };
    for (tables, points, hours, runs) in [(1, 60, 40, 21), (10, 60, 1, 5)] {
        let money = money(tables, points, hours);
        let size = format!("{tables} × {points} points, {hours} groups of hours, {} people", money.headcount());
        println!("{size}");
        let ladder = |wishes: &Wishes| Ladder::new(money.points.clone(), wishes.limits(&money.points).unwrap());
        let (plain, kept, beyond) = (ladder(&Wishes::default()), ladder(&gaps), ladder(&beyond));
        let ask = |ladder: &Ladder, aim: Aim| redistribute(&money, ladder, aim, StageRule::SameSplit).is_ok();
        measure("  highest floor", runs, || assert!(black_box(ask(&plain, Aim::Floor))));
        measure("  highest floor, gaps kept, at least 1%", runs, || assert!(black_box(ask(&kept, Aim::Floor))));
        measure("  equal percentage, gaps kept", runs, || assert!(black_box(ask(&kept, Aim::RisePercent))));
        measure("  what cannot be kept, and why", runs, || assert!(!black_box(ask(&beyond, Aim::RisePercent))));
        measure("  frontier of 9", runs, || assert!(black_box(frontier(&money, &kept, Aim::RisePercent, 9)).len() == 9));
    }
}
