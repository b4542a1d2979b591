//! Equal pay: the search against one that sets everybody against everybody, the Carlisle record, money, lists, scores.

use dated::{Date, Faults, Ratio, TomlFile, parse_date};
use pay::equal_pay::*;
use pay::{Sex, WeeksInYear};
use proptest::prelude::*;

use crate::support::{data, data_sources};

fn record(sex: Sex, basic_pence: u32, hours_hundredths: u16) -> PayRecord {
    PayRecord {
        line: 2,
        employer: 1,
        establishment: 0,
        job: 0,
        group: 0,
        like_work: 0,
        headcount: 1,
        basic: basic_pence,
        bonus_pence: 0,
        allowances_pence: 0,
        terms: 0,
        times: 0,
        study: 0,
        band: 0,
        score: None,
        hours_hundredths,
        full_time_hundredths: 0,
        basis: PayBasis::Year,
        sex: Some(sex),
        history: 0,
    }
}

fn records(list: Vec<PayRecord>) -> PayRecords {
    let mut records = PayRecords { terms: vec![Terms::default()], times: vec![PayTimes::default()], list, ..PayRecords::default() };
    for number in 1..=9 {
        records.employers.number(&format!("E{number}"));
        records.groups.number(&format!("g{number}"));
        records.jobs.number(&format!("job {number}"));
    }
    records
}

fn question(weeks: WeeksInYear) -> ComparatorQuestion {
    ComparatorQuestion {
        claimants: Sex::Female,
        claimant_groups: Vec::new(),
        value_groups: Vec::new(),
        equal_value: true,
        rank_by: Money::All,
        weeks,
    }
}

fn day(text: &str) -> Date {
    parse_date(text).expect("a date")
}

fn window(from: &str, lodged: &str) -> ArrearsWindow {
    ArrearsWindow { from: day(from), lodged_on: day(lodged), left_on_or_after: day(from) }
}

// ---------------------------------------------------------------- Carlisle

#[test]
fn the_carlisle_record_comes_out_to_the_penny() {
    let faults = Faults::new();
    let file = TomlFile::read("north-cumbria.toml", &data("equalpay/north-cumbria.toml"), &faults).expect("text");
    let pairs = file.with_root(&faults, |root| {
        root.accept_all_keys();
        root.list("pair", |pair, _| {
            pair.accept_all_keys();
            let pence = |key: &str| pair.decimal(key).map(|pounds| (pounds * Ratio::whole(100)).numerator() as u32);
            let hours = |key: &str| pair.optional_decimal(key).map(|hours| (hours * Ratio::whole(100)).numerator() as u16);
            Some((
                pair.text("id")?,
                record(Sex::Female, pence("claimant_pay")?, hours("claimant_hours").unwrap_or(3750)),
                record(Sex::Male, pence("comparator_pay")?, hours("comparator_hours").unwrap_or(3750)),
            ))
        })
    });
    assert_eq!(faults.into_sorted(), []);
    let hourly = |at: usize, weeks| {
        let all = records(vec![pairs[at].1, pairs[at].2]);
        let compared = compare(&all, &question(weeks), &all.list[0], &all.list[1]).expect("a comparator");
        assert_eq!(compared.route, Route::EqualValue, "no study is known of");
        compared
    };
    // C grade nurse and medical technical officer: 9,879 a year, 36.7% of his pay, whatever the hours if they are alike.
    assert_eq!(pairs[0].0, "c-grade-nurse");
    assert_eq!((pairs[0].2.basic - pairs[0].1.basic) / 100, 9_879);
    assert_eq!(hourly(0, WeeksInYear::Calendar).gap_percent().expect("paid").to_fixed(1), "36.7");
    // Domestic and wall-washer: 3.69 and 5.18 an hour by weeks of 365.25/7, and not by 52.
    let domestic = hourly(1, WeeksInYear::Calendar);
    let pounds = |pence: Ratio| (pence / Ratio::whole(100)).to_fixed(2);
    assert_eq!(
        (pounds(domestic.claimant), pounds(domestic.comparator), pounds(domestic.gap())),
        ("3.69".into(), "5.18".into(), "1.49".into())
    );
    let by_52 = hourly(1, WeeksInYear::FiftyTwo);
    assert_eq!((pounds(by_52.claimant), pounds(by_52.comparator)), ("3.70".into(), "5.19".into()));
}

// ---------------------------------------------------------------- the search

/// The same answer by setting every claimant against everybody.
fn by_every_pair(records: &PayRecords, question: &ComparatorQuestion, reach: Reach<'_>) -> Vec<(u32, [Option<u32>; 3])> {
    let pay = |record: &PayRecord| Hourly::of(record, question.rank_by, question.weeks).pence();
    let in_groups = |groups: &[u32], record: &PayRecord| groups.is_empty() || groups.contains(&record.group);
    let mut found = Vec::new();
    for (her_at, her) in records.list.iter().enumerate() {
        if her.sex != Some(question.claimants) || !in_groups(&question.claimant_groups, her) {
            continue;
        }
        let mut best: [Option<usize>; 3] = [None; 3];
        for (his_at, his) in records.list.iter().enumerate() {
            if his.sex.is_none() || his.sex == her.sex || pay(his) <= pay(her) {
                continue;
            }
            let within = match reach {
                Reach::OwnEmployer => his.employer == her.employer,
                Reach::Others(shared) => {
                    let of = |record: &PayRecord| shared[record.employer as usize];
                    his.employer != her.employer && of(her) != 0 && of(his) == of(her)
                }
            };
            if !within {
                continue;
            }
            let one_study = her.study != 0 && her.study == his.study;
            let no_higher = matches!((her.score, his.score), (Some(hers), Some(his)) if his <= hers);
            let one_band = her.band != 0 && her.band == his.band;
            let value_groups = if question.value_groups.is_empty() { &question.claimant_groups } else { &question.value_groups };
            let holds = [
                one_study && (no_higher || one_band),
                her.like_work != 0 && her.like_work == his.like_work,
                question.equal_value
                    && matches!(reach, Reach::OwnEmployer)
                    && in_groups(value_groups, his)
                    && !(her.is_rated() && his.is_rated() && one_study),
            ];
            for (place, holds) in best.iter_mut().zip(holds) {
                if holds && place.is_none_or(|before: usize| pay(his) > pay(&records.list[before])) {
                    *place = Some(his_at);
                }
            }
        }
        if best.iter().any(Option::is_some) {
            found.push((her_at as u32, best.map(|at| at.map(|at| at as u32))));
        }
    }
    found
}

fn any_record() -> impl Strategy<Value = PayRecord> {
    let who = (prop::option::weighted(0.9, any::<bool>()), 1_u32..5, 0_u32..3, 1_u32..4);
    let pay = (0_u32..6, 0_u32..2, 0_u32..2, prop::sample::select(vec![1875_u16, 3700, 3750, 3900]), 0_usize..4);
    let work = (0_u32..3, 0_u16..3, 0_u16..3, prop::option::of(0_u16..6));
    (who, pay, work).prop_map(|((sex, employer, group, job), (basic, bonus, allowances, hours, basis), (like_work, study, band, score))| {
        let sex = sex.map(|is_woman| if is_woman { Sex::Female } else { Sex::Male });
        PayRecord {
            employer,
            group,
            job,
            sex,
            basic: if basis == 3 { 46_000 + basic * 500 } else { 900_000 + basic * 10_000 },
            bonus_pence: bonus * 10_000,
            allowances_pence: allowances * 5_000,
            like_work,
            study,
            band,
            score,
            full_time_hundredths: 3750,
            basis: [PayBasis::Year, PayBasis::FullTimeYear, PayBasis::Year, PayBasis::Hour][basis],
            ..record(Sex::Female, 0, hours)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_sweep_finds_what_every_pair_finds(
        list in prop::collection::vec(any_record(), 0..24),
        claim in prop::collection::vec(0_u32..3, 0..2), value in prop::collection::vec(0_u32..3, 0..2),
        women_claim: bool, equal_value: bool, rank in 0_usize..4, across: bool, shared in prop::collection::vec(0_u32..3, 10),
    ) {
        let records = records(list);
        let question = ComparatorQuestion {
            claimants: if women_claim { Sex::Female } else { Sex::Male },
            claimant_groups: claim, value_groups: value, equal_value,
            rank_by: Money::WORDS[rank].1, weeks: WeeksInYear::Calendar,
        };
        let reach = if across { Reach::Others(&shared) } else { Reach::OwnEmployer };
        let swept: Vec<_> = best_comparators(&records, &question, reach)
            .iter()
            .map(|one| (one.claimant, Route::ALL.map(|route| one.by(route))))
            .collect();
        prop_assert_eq!(swept, by_every_pair(&records, &question, reach));
    }

    /// E27: nobody is ever set against somebody of the same sex, and what is found is never refused.
    #[test]
    fn what_is_found_is_no_refused_pair(list in prop::collection::vec(any_record(), 0..24)) {
        let records = records(list);
        let question = question(WeeksInYear::Calendar);
        for finding in best_comparators(&records, &question, Reach::OwnEmployer) {
            let (route, at) = finding.first(&records, &question).expect("a finding has one");
            let (her, his) = (&records.list[finding.claimant as usize], &records.list[at as usize]);
            prop_assert_ne!(her.sex, his.sex);
            let compared = compare(&records, &question, her, his).expect("not refused");
            prop_assert!(compared.route <= route);
            prop_assert!(compared.gap() > Ratio::ZERO);
        }
    }

    /// E21: half the hours for half the pay is the same hourly figure, and so no gap.
    #[test]
    fn part_time_and_full_time_on_one_rate_are_alike(half in 1_u32..2_000_000, hours in 1_u16..8_400, bonus in 0_u32..100_000) {
        let full = PayRecord { bonus_pence: bonus * 2, ..record(Sex::Male, half * 2, hours * 2) };
        let part = PayRecord { bonus_pence: bonus, ..record(Sex::Female, half, hours) };
        let scaled = PayRecord { basis: PayBasis::FullTimeYear, full_time_hundredths: hours * 2, basic: half * 2, ..part };
        for weeks in [WeeksInYear::Calendar, WeeksInYear::FiftyTwo] {
            for money in Money::WORDS.map(|(_, money)| money) {
                prop_assert_eq!(Hourly::of(&full, money, weeks), Hourly::of(&part, money, weeks));
                prop_assert_eq!(Hourly::of(&full, money, weeks), Hourly::of(&scaled, money, weeks));
            }
            let all = records(vec![part, full]);
            prop_assert_eq!(best_comparators(&all, &question(weeks), Reach::OwnEmployer), vec![]);
        }
    }

    /// E30: the money of a whole number of years is the yearly gap, to the penny, for equal hours.
    #[test]
    fn four_years_of_a_gap_are_four_gaps(hers in 500_000_u32..2_000_000, more in 1_u32..1_000_000, hours in 100_u16..6_000) {
        let all = records(vec![record(Sex::Female, hers, hours), record(Sex::Male, hers + more, hours)]);
        for weeks in [WeeksInYear::Calendar, WeeksInYear::FiftyTwo] {
            let owed = price(&all, &all.list[0], &all.list[1], weeks, &window("2022-04-01", "2026-04-01"));
            prop_assert_eq!((owed.days, owed.together_pence), (1461, i64::from(more) * 4));
        }
    }

    /// E37: what is published gives no small row away, and shows all that it may.
    #[test]
    fn no_small_row_can_be_worked_out(people in prop::collection::vec(1_u64..40, 0..12), smallest in 1_u64..15) {
        let rows: Vec<(String, Sums)> =
            people.iter().enumerate().map(|(at, people)| (at.to_string(), Sums { people: *people, ..Sums::default() })).collect();
        match published(&rows, smallest) {
            None => prop_assert!(people.len() == 1 || people.iter().sum::<u64>() < smallest),
            Some(shown) => {
                let withheld: Vec<u64> = shown.iter().zip(&people).filter(|(row, _)| row.sums.is_none()).map(|(_, people)| *people).collect();
                prop_assert!(shown.iter().all(|row| row.sums.is_none_or(|sums| sums.people >= smallest)));
                prop_assert!(withheld.is_empty() || (withheld.len() >= 2 && withheld.iter().sum::<u64>() >= smallest));
                prop_assert_eq!(withheld.is_empty(), people.iter().all(|people| *people >= smallest));
            }
        }
    }
}

#[test]
fn a_weaker_case_never_hides_a_stronger_one() {
    let her = PayRecord { like_work: 1, study: 1, score: Some(300), ..record(Sex::Female, 1_000_000, 3750) };
    let alike = PayRecord { like_work: 1, ..record(Sex::Male, 1_100_000, 3750) };
    let rated = PayRecord { study: 1, score: Some(300), ..record(Sex::Male, 1_200_000, 3750) };
    let higher = PayRecord { study: 1, score: Some(301), ..record(Sex::Male, 1_900_000, 3750) };
    let unrated = record(Sex::Male, 1_500_000, 3750);
    let question = question(WeeksInYear::Calendar);
    let first = |list: Vec<PayRecord>| {
        let all = records(list);
        best_comparators(&all, &question, Reach::OwnEmployer).first().and_then(|one| one.first(&all, &question))
    };
    assert_eq!(first(vec![her, alike, rated, higher, unrated]), Some((Route::Rated, 2)));
    assert_eq!(first(vec![her, alike, higher, unrated]), Some((Route::LikeWork, 1)));
    assert_eq!(first(vec![her, higher, unrated]), Some((Route::EqualValue, 2)));
    // The study rates him higher: he is nobody's comparator by value.
    assert_eq!(first(vec![her, higher]), None);
    assert_eq!(first(vec![her, PayRecord { sex: Some(Sex::Female), ..rated }]), None);
}

#[test]
fn refusals_name_their_reason() {
    let her = PayRecord { study: 1, score: Some(300), ..record(Sex::Female, 1_000_000, 3750) };
    let all = records(vec![her]);
    let refused = |his: PayRecord| compare(&all, &question(WeeksInYear::Calendar), &her, &his).expect_err("refused");
    assert_eq!(refused(PayRecord { sex: Some(Sex::Female), ..her }), [Refusal::SameSex]);
    assert_eq!(refused(PayRecord { sex: None, ..her }), [Refusal::SexNotSaid]);
    let higher = PayRecord { sex: Some(Sex::Male), score: Some(301), ..her };
    assert_eq!(refused(higher), [Refusal::RatedLower { claimant: Some(300), comparator: Some(301) }]);
    // In one band they are rated alike.
    let in_band = |record: PayRecord| PayRecord { band: 1, ..record };
    assert_eq!(compare(&all, &question(WeeksInYear::Calendar), &in_band(her), &in_band(higher)).map(|found| found.route), Ok(Route::Rated));
}

// ---------------------------------------------------------------- money

#[test]
fn arrears_keep_within_the_window_and_the_employment() {
    let mut all = records(vec![record(Sex::Female, 1_000_000, 3750), record(Sex::Male, 1_365_250, 3750)]);
    // 3,652.50 a year more is exactly 10 pounds a day of a year of 365.25.
    let owed = |all: &PayRecords| {
        let found = price(all, &all.list[0], &all.list[1], WeeksInYear::Calendar, &window("2020-11-21", "2026-11-21"));
        (found.days, found.together_pence, found.out_of_time)
    };
    assert_eq!(owed(&all), (2191, 2_191_000, false));
    let mut times = |since: Option<&str>, left: Option<&str>| {
        all.times[0] = PayTimes { since: since.map(day), left: left.map(day), ..PayTimes::default() };
        owed(&all)
    };
    assert_eq!(times(Some("2026-11-01"), None), (20, 20_000, false));
    assert_eq!(times(Some("1999-01-01"), None), (2191, 2_191_000, false));
    assert_eq!(times(None, Some("2020-11-21")), (1, 1_000, false));
    assert_eq!(times(None, Some("2020-11-20")), (0, 0, true));
    assert_eq!(times(Some("2026-11-21"), None), (0, 0, false));
}

#[test]
fn a_better_term_of_hers_counts_only_when_all_money_is_taken_together() {
    let her = PayRecord { allowances_pence: 50_000, ..record(Sex::Female, 1_000_000, 3750) };
    let his = PayRecord { bonus_pence: 200_000, ..record(Sex::Male, 1_000_000, 3750) };
    let all = records(vec![her, his]);
    let owed = price(&all, &all.list[0], &all.list[1], WeeksInYear::Calendar, &window("2022-04-01", "2026-04-01"));
    assert_eq!((owed.together_pence, owed.term_by_term_pence), (600_000, 800_000));
}

#[test]
fn cases_add_up_by_employer_and_ties_go_by_name() {
    let mut list = Vec::new();
    for (employer, women, gap) in [(3, 4, 10_000), (1, 2, 20_000), (2, 3, 10_000), (4, 1, 5_000)] {
        let like = |record: PayRecord| PayRecord { employer, like_work: 1, ..record };
        list.push(like(PayRecord { headcount: women, job: 1, ..record(Sex::Female, 1_000_000, 1875) }));
        list.push(like(PayRecord { job: 2, ..record(Sex::Male, 2_000_000 + 2 * gap, 3750) }));
    }
    let all = records(list);
    let question = question(WeeksInYear::Calendar);
    let findings = best_comparators(&all, &question, Reach::OwnEmployer);
    let cases =
        Cases::gather(&all, &question, &findings, &|_| (window("2022-04-01", "2026-04-01"), Some(window("2024-04-01", "2026-04-01"))));
    let choose = |by, count| {
        let list = CaseList::choose(&all, &cases, by, count);
        let names = |rows: &[EmployerTotal]| rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>().join(" ");
        let mut sums = CaseList::sums(&list.chosen);
        sums.add(&CaseList::sums(&list.others));
        assert_eq!(sums, cases.sums());
        (names(&list.chosen), names(&list.others))
    };
    assert_eq!(choose(ChooseBy::Arrears, 2), ("E1 E3".into(), "E2 E4".into()));
    assert_eq!(choose(ChooseBy::People, 3), ("E3 E2 E1".into(), "E4".into()));
    assert_eq!(choose(ChooseBy::Gap, 9), ("E1 E2 E3 E4".into(), String::new()));
    let sums = cases.sums();
    assert_eq!((sums.claims, sums.people, sums.part_time), (4, 10, 10));
    assert_eq!(sums.together_pence, 4 * (4 * 10_000 + 2 * 20_000 + 3 * 10_000 + 5_000));
    // Two years of 365 days, rounded for each person.
    assert_eq!(sums.other_reading_pence, 4 * 19_986 + 2 * 39_973 + 3 * 19_986 + 9_993);
}

// ---------------------------------------------------------------- job evaluation

fn chart() -> ScoringChart {
    let (sources, faults) = (data_sources(), Faults::new());
    let (chart, bands) = (data("equalpay/scoring-chart.csv"), data("equalpay/job-weight-bands.csv"));
    let read = ScoringChart::read(("scoring-chart.csv", &chart), ("job-weight-bands.csv", &bands), &sources, &faults);
    assert_eq!(faults.into_sorted(), []);
    read
}

#[test]
fn the_nurse_profile_scores_390_in_band_5() {
    let faults = Faults::new();
    let levels = read_levels("nurse-profile.csv", &data("equalpay/nurse-profile.csv"), &faults);
    assert_eq!(faults.into_sorted(), []);
    let score = chart().score(&levels).expect("every factor once");
    assert_eq!((score.factors.len(), score.score), (16, 390));
    assert_eq!(score.band.as_ref().map(|band| band.band.as_str()), Some("5"));
    assert_eq!(score.estimated(), Vec::<&str>::new());
    // One level more is a cell that nobody has seen.
    let mut more = levels.clone();
    more[0].level += 1;
    let score = chart().score(&more).expect("every factor once");
    assert_eq!((score.score, score.band.as_ref().map(|band| band.band.as_str())), (403, Some("6")));
    assert_eq!(score.estimated(), ["Communication and relationship skills"]);
}

#[test]
fn every_fault_of_a_profile_is_named() {
    let chart = chart();
    assert_eq!((chart.factor_count(), chart.highest_score(), chart.cells()), (16, 1000, (16, 77)));
    let mut levels: Vec<FactorLevel> = (1..=15).map(|factor| FactorLevel { factor, level: 1 }).collect();
    levels.extend([FactorLevel { factor: 1, level: 2 }, FactorLevel { factor: 17, level: 1 }, FactorLevel { factor: 2, level: 9 }]);
    let wrong = chart.score(&levels).expect_err("four faults");
    assert_eq!(wrong.len(), 4, "{wrong:?}");
}

#[test]
fn a_score_is_in_one_band_and_bands_have_no_gap() {
    let chart = chart();
    let names: Vec<&str> = (0..=765).map(|score| chart.band(score).expect("a band").band.as_str()).collect();
    assert_eq!((names[160], names[161], names[395], names[396], names[720], names[721]), ("1", "2", "5", "6", "8d", "9"));
    assert!(chart.band(766).is_none());
}
