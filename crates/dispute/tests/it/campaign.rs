//! Letters and postcards from outside: whom they are to, what they say, whether they are copies, what must never leave.

use std::collections::{BTreeMap, BTreeSet};

use dated::{Date, Fault, Faults, FileBytes, Ratio, Sources, parse_date};
use dispute::campaign::sameness::{Meter, RUN_WORDS, words};
use dispute::campaign::{
    Language, Letters, Places, Postcode, PostcodeRow, Postcodes, PostcodesBuilder, Seats, Sites, Writers, claim_card, counts, letters,
    postcards, tally,
};
use dispute::{Dispute, FoundingDisputes};
use pay::{Count, Employment, MemberPost, Pence, member_shortfall, value_row};
use proptest::prelude::*;

use crate::folder::{library, read, valid};

fn day(text: &str) -> Date {
    parse_date(text).expect("a date")
}

fn bytes(text: &str) -> FileBytes {
    FileBytes::Read(text.as_bytes().to_vec())
}

fn built_in() -> Seats {
    let (seats, faults) = Seats::built_in(&library().sources);
    assert_eq!(faults, []);
    seats
}

fn example() -> Dispute {
    let (dispute, faults) = read(&valid());
    assert_eq!(faults, []);
    dispute.expect("a dispute")
}

/// Reads rows `postcode,constituency,from,until`, the first on line 2.
fn postcode_table(rows: &[[&str; 4]], seats: &mut Seats) -> (Postcodes, Vec<Fault>) {
    let faults = Faults::new();
    let mut builder = PostcodesBuilder::new("postcodes.csv");
    for (line, [postcode, constituency, from, until]) in (2..).zip(rows) {
        builder.add(line, PostcodeRow { postcode, constituency, from, until }, seats, &faults);
    }
    let table = builder.finish(seats, &faults);
    (table, faults.into_sorted())
}

fn codes(faults: &[Fault]) -> Vec<(&'static str, u32)> {
    faults.iter().map(|fault| (fault.code, fault.place.line)).collect()
}

const HEADER: &str = "member,name,address,branch,postcode,constituency,site,point,salary,hours,increment_date,words\n";
const OWN: &str =
    "My rent went up again this spring so we moved back in with my mother and the drive to the ward is forty minutes each way.";
const OTHER: &str =
    "I clean three theatres between lists and have not bought shoes since the winter which is how falling pay looks from where I stand.";

/// The letters of a file of members; every constituency built in.
fn written(members: &str, on: &str, seats: &Seats) -> (Letters, Vec<Fault>) {
    let dispute = example();
    let faults = Faults::new();
    let plan = &dispute.campaign_plan;
    let writers = Writers::read("members.csv", &bytes(members), plan, &faults);
    let places = Places { seats, postcodes: &Postcodes::default(), sites: &Sites::default() };
    let found = letters(&dispute, plan, places, &writers, day(on), None, &faults);
    (found, faults.into_sorted())
}

fn row(changes: &[(&str, &str)]) -> String {
    let mut cells = BTreeMap::from([
        ("member", "U1"),
        ("name", "Ann Example"),
        ("address", "1 High Street; Carlisle"),
        ("branch", "north"),
        ("constituency", "Carlisle"),
        ("point", "1"),
        ("words", OWN),
    ]);
    cells.extend(changes.iter().copied());
    let cell = |name: &str| format!("\"{}\"", cells.get(name).copied().unwrap_or_default().replace('"', "\"\""));
    HEADER.trim().split(',').map(cell).collect::<Vec<_>>().join(",") + "\n"
}

#[test]
fn there_are_650_seats_and_each_member_stands_as_elected() {
    let seats = built_in();
    assert_eq!(seats.len(), 650);
    for name in ["Carlisle", "Ynys Môn", "ynys môn", "W07000081", "Harborough, Oadby and Wigston", "Harborough Oadby & Wigston"] {
        let found = seats.find(name).unwrap_or_else(|| panic!("{name}"));
        let sitting = seats.member_on(found, day("2024-07-04")).expect("somebody sits");
        assert_eq!(sitting.note, "as elected on 4 July 2024");
    }
    let before = seats.member_on(seats.find("Carlisle").expect("a seat"), day("2024-07-03")).unwrap_err();
    assert_eq!(before.code(), "member-not-known");
}

#[test]
fn a_postcode_moved_by_the_boundaries_of_2024_has_the_right_member_on_each_date() {
    let mut seats = built_in();
    let faults = Faults::new();
    let sittings = "constituency,mp,party,from,until,source\nOldtown (former),Invented Before,X,2019-12-12,2024-05-30,EXAMPLE\n";
    seats.add_sittings("sittings.csv", &bytes(sittings), &faults);
    assert_eq!(faults.into_sorted(), []);
    let rows = [
        ["CA1 1AA", "Oldtown (former)", "2010-05-06", "2024-07-04"],
        ["ca11aa", "Carlisle", "2024-07-04", ""],
        ["CA1 1AB", "E14001152", "2024-07-04", ""],
    ];
    let (table, faults) = postcode_table(&rows, &mut seats);
    assert_eq!(faults, []);
    let postcode = Postcode::parse("CA1 1AA").expect("a postcode");
    let member = |on: &str| {
        let seat = table.on(postcode, day(on)).expect("a seat");
        seats.member_on(seat, day(on)).map(|sitting| sitting.name.clone().unwrap_or_default()).map_err(|why| why.code())
    };
    assert_eq!(member("2024-01-01"), Ok("Invented Before".to_owned()));
    assert_eq!(member("2024-07-03"), Err("member-not-known"), "Parliament was dissolved, and the data do not guess");
    assert_eq!(member("2024-07-04"), Ok("Julie Minns".to_owned()));
    assert_eq!(table.on(postcode, day("2010-05-05")), None);
    assert_eq!(table.on(Postcode::parse("CA1 1AD").expect("a postcode"), day("2025-01-01")), None);
}

#[test]
fn each_mistake_in_a_postcode_file_is_found_where_it_stands() {
    let found = |rows: &[[&str; 4]]| codes(&postcode_table(rows, &mut built_in()).1);
    let good = ["CA1 1AA", "Carlisle", "2024-07-04", ""];
    assert_eq!(found(&[good]), []);
    assert_eq!(found(&[good, good]), [], "the same statement twice is no contradiction");
    assert_eq!(found(&[good, ["CA1 1AA", "Leeds South", "2025-01-01", ""]]), [("postcode-in-two-constituencies", 3)]);
    assert_eq!(found(&[good, ["CA1 1AA", "Leeds South", "2024-01-01", "2024-07-04"]]), []);
    // Inside a longer row of the right seat, after it in the order of days.
    let rows = [good, ["CA1 1AA", "Carlisle", "2024-08-01", "2024-09-01"], ["CA1 1AA", "Leeds South", "2024-10-01", "2024-11-01"]];
    assert_eq!(found(&rows), [("postcode-in-two-constituencies", 4)]);
    assert_eq!(found(&[["CA1-1AA", "Carlisle", "2024-07-04", ""]]), [("not-a-postcode", 2)]);
    assert_eq!(found(&[["CA1 1AA", "Carlisel", "2024-07-04", ""]]), [("unknown-constituency", 2)]);
    assert_eq!(found(&[["CA1 1AA", "Carlisle", "2024-07-32", ""]]), [("not-a-date", 2)]);
    assert_eq!(found(&[["CA1 1AA", "Carlisle", "2024-07-04", "2024-07-04"]]), [("period-backwards", 2)]);
    let (_, faults) = postcode_table(&[["CA1 1AA", "Carlisel", "2024-07-04", ""]], &mut built_in());
    assert_eq!(faults[0].fix, "did you mean Carlisle?");
}

#[test]
fn by_elections_vacancies_and_overlaps() {
    let with = |rows: &str| {
        let (mut seats, faults) = (built_in(), Faults::new());
        seats.add_sittings("sittings.csv", &bytes(&format!("constituency,mp,party,from,until,source\n{rows}")), &faults);
        (seats, codes(&faults.into_sorted()))
    };
    let (seats, faults) = with("Carlisle,,,2025-03-01,2025-05-01,EXAMPLE\nCarlisle,Invented Winner,Ind,2025-05-01,,EXAMPLE\n");
    assert_eq!(faults, []);
    let seat = seats.find("Carlisle").expect("a seat");
    let on = |date: &str| seats.member_on(seat, day(date)).map(|sitting| sitting.name.clone()).map_err(|why| why.code());
    assert_eq!(on("2025-02-28"), Ok(Some("Julie Minns".to_owned())));
    assert_eq!(on("2025-03-01"), Err("vacant-seat"));
    assert_eq!(on("2025-04-30"), Err("vacant-seat"));
    assert_eq!(on("2025-05-01"), Ok(Some("Invented Winner".to_owned())));
    assert_eq!(with("Carlisle,A B,X,2025-03-01,,EXAMPLE\nCarlisle,C D,X,2025-04-01,,EXAMPLE\n").1, [("period-overlap", 3)]);
    assert_eq!(with("Nowhere at all,A B,X,2025-03-01,,EXAMPLE\n").1, [("unknown-constituency", 2)]);
    assert_eq!(with("Carlisle,A \u{202e}B,X,2025-03-01,,EXAMPLE\n").1, [("unsafe-text", 2)]);
}

#[test]
fn sites_by_name_by_postcode_and_never_in_two_places() {
    let mut seats = built_in();
    let (postcodes, _) = postcode_table(&[["CA1 1AA", "Carlisle", "2024-07-04", ""]], &mut seats);
    let read = |rows: &str| {
        let faults = Faults::new();
        let sites = Sites::read("sites.csv", &bytes(&format!("site,postcode,constituency,from,until\n{rows}")), &seats, &faults);
        (sites, codes(&faults.into_sorted()))
    };
    let (sites, faults) = read("Old Ward,CA1 1AA,,2024-07-04,\nNew Ward,CA1 1AA,Leeds South,2024-07-04,\n");
    assert_eq!(faults, []);
    let on = day("2025-01-01");
    assert_eq!(sites.seat_on("Old Ward", on, &postcodes, &seats), Ok(seats.find("Carlisle").expect("a seat")));
    assert!(sites.seat_on("New Ward", on, &postcodes, &seats).is_err(), "the two files disagree");
    assert_eq!(sites.seat_on("Old Word", on, &postcodes, &seats).unwrap_err().1, "did you mean Old Ward?");
    assert_eq!(read("A,CA1 1AA,,2024-07-04,\nA,,Leeds South,2025-07-04,\n").1, [("site-in-two-places", 3)]);
    assert_eq!(read("A,,,2024-07-04,\n").1, [("site-nowhere", 2)]);
}

#[test]
fn a_letter_has_own_words_own_figure_and_cites_its_record() {
    let (all, faults) = written(&format!("{HEADER}{}", row(&[])), "2026-05-01", &built_in());
    assert_eq!(faults, []);
    let letter = &all.letters[0];
    let text = letter.text();
    assert_eq!((letter.mp.as_str(), letter.mp_note.as_str()), ("Julie Minns", "as elected on 4 July 2024"));
    // 1% of 24,000 for the six months from April to September.
    assert_eq!(letter.loss, Pence(12_000));
    for part in [OWN, "£120", "in line with what Example Union claimed", "1 April 2026", "Carlisle", "1 May 2026"] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert!(!letter.too_alike);
}

#[test]
fn a_letter_about_the_award_of_1998_is_in_line_with_the_review_body() {
    let dispute = founding("nhs-whitley-1998");
    let mut seats = built_in();
    let faults = Faults::new();
    seats.add_sittings(
        "s.csv",
        &bytes("constituency,mp,party,from,until,source\nCarlisle,Invented Member,X,1997-05-01,2001-05-14,EXAMPLE\n"),
        &faults,
    );
    let members = format!("{HEADER}{}", row(&[("point", "E-max")]));
    let writers = Writers::read("members.csv", &bytes(&members), &dispute.campaign_plan, &faults);
    let places = Places { seats: &seats, postcodes: &Postcodes::default(), sites: &Sites::default() };
    let all = letters(&dispute, &dispute.campaign_plan, places, &writers, day("1998-03-12"), None, &faults);
    assert_eq!(faults.into_sorted(), []);
    let text = all.letters[0].text();
    for part in [
        "£196.67",
        "Invented Member",
        "in line with what the",
        "recommended from 1 April 1998",
        "3.8 per cent in full from April 1998",
        "scrap the staging",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[test]
fn each_bad_row_is_found_with_all_others_and_no_message_is_repeated() {
    let secret = "Zanzibarian";
    let bad: [(&str, &[(&str, &str)]); 17] = [
        ("unsafe-text", &[("name", "Ann <b>Example</b>")]),
        ("unsafe-text", &[("name", "Ann \u{202e}elpmaxE")]),
        ("unsafe-text", &[("name", "=cmd()")]),
        (
            "unsafe-text",
            &[(
                "words",
                "Zanzibarian words with \u{2066} hidden marks in them and many more words so that there are enough of them for this",
            )],
        ),
        ("address-missing", &[("address", "")]),
        ("unknown-branch", &[("branch", "nort")]),
        ("no-own-words", &[("words", "")]),
        ("too-few-own-words", &[("words", "Zanzibarian pay now please")]),
        ("not-a-postcode", &[("postcode", "CA1 1A")]),
        ("postcode-not-known", &[("postcode", "CA1 1AA"), ("constituency", "")]),
        ("unknown-constituency", &[("constituency", "Carlilse")]),
        ("no-constituency", &[("constituency", "")]),
        ("site-not-known", &[("constituency", ""), ("site", "Ward")]),
        ("no-figure", &[("point", "99")]),
        ("no-point", &[("point", "")]),
        ("no-full-time-hours", &[("hours", "20")]),
        ("not-a-date", &[("increment_date", "October")]),
    ];
    let seats = built_in();
    for (code, change) in bad {
        let (_, faults) = written(&format!("{HEADER}{}{}", row(&[("member", "U0"), ("words", OTHER)]), row(change)), "2026-05-01", &seats);
        assert!(codes(&faults).contains(&(code, 3)), "{change:?}: {faults:#?}");
    }
    let members: String = (0..)
        .zip(bad)
        .map(|(number, (_, change))| {
            let member = format!("U{number}");
            let mut change = change.to_vec();
            change.push(("member", &member));
            row(&change)
        })
        .collect();
    let (_, faults) = written(&format!("{HEADER}{members}"), "2026-05-01", &seats);
    let found: BTreeSet<&str> = faults.iter().map(|fault| fault.code).collect();
    assert!(bad.iter().all(|(code, _)| found.contains(code)), "{found:?}");
    assert!(faults.iter().all(|fault| !format!("{fault}").contains(secret)), "{faults:#?}");
    let (_, faults) = written(&format!("{HEADER}{}{}", row(&[]), row(&[])), "2026-05-01", &seats);
    assert_eq!(codes(&faults), [("member-twice", 3)]);
    let (_, faults) = written(&format!("{HEADER}{}", row(&[])), "2024-07-03", &seats);
    assert_eq!(codes(&faults), [("member-not-known", 2)]);
}

#[test]
fn campaign_toml_is_checked_with_the_folder() {
    let with = |from: &str, to: &str| {
        let mut folder = valid();
        let FileBytes::Read(bytes) = &folder.files["campaign.toml"] else { panic!("a file") };
        let text = String::from_utf8(bytes.clone()).expect("text");
        assert!(text.contains(from), "{from}");
        folder.files.insert("campaign.toml".into(), FileBytes::Read(text.replacen(from, to, 1).into()));
        read(&folder).1.into_iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    for (from, to, code) in [
        ("offer = \"offer\" ", "offer = \"ofer\" ", "unknown-offer"),
        ("against = \"claim\" ", "against = \"offer\" ", "against-itself"),
        ("who = \"union\"", "who = \"onion\"", "unknown-party"),
        ("{constituency}", "{constituancy}", "bad-place"),
        ("{loss} in {pay_year}: {weekly_loss} a week until", "much in", "no-figure"),
        ("too_alike_percent = 40", "too_alike_percent = 0", "out-of-range"),
        ("least_own_words = 20", "least_own_words = 999", "least-above-most"),
        ("ask = ", "aks = ", "unknown-key"),
        ("name = \"North Branch\"", "name = \"North\\u202eBranch\"", "unsafe-text"),
        ("id = \"south\"", "id = \"north\"", "duplicate-id"),
    ] {
        let found = with(from, to);
        assert!(found.contains(&code), "{from} to {to}: {found:?}");
    }
}

/// Every string in any structure of counts, as it is printed.
#[test]
fn no_count_holds_a_word_of_any_message() {
    let marked = |n: usize| format!("{OWN} Quetzal{n} xylophone{n} is what I think of when the bus is late again.");
    let members: String = (0..30)
        .map(|n| {
            row(&[
                ("member", &format!("U{n}")),
                ("branch", ["north", "south"][n % 2]),
                ("constituency", ["Carlisle", "Leeds South"][n / 15]),
                ("words", &marked(n)),
            ])
        })
        .collect();
    let (all, faults) = written(&format!("{HEADER}{members}"), "2026-05-01", &built_in());
    assert_eq!(faults, []);
    let found = counts(&all);
    let printed = format!("{found:?}").to_lowercase();
    for word in words(&marked(7)).filter(|word| word.len() > 4) {
        assert!(!printed.contains(&word), "{word} is in the counts: {printed}");
    }
    for member in 0..30 {
        assert!(!printed.contains(&format!("u{member}\"")), "a member is in the counts");
    }
    assert_eq!(found.seats.iter().map(|seat| seat.letters).sum::<u32>(), 30);
    assert_eq!(found.branches.iter().map(|branch| branch.letters).sum::<u32>(), 30);
    assert!(found.seats.iter().all(|seat| seat.letters == seat.branches.iter().map(|(_, letters)| letters).sum::<u32>()));
    assert_eq!(found.seats.iter().map(|seat| seat.held_back).sum::<u32>(), 30, "they share their first half");
}

#[test]
fn a_hundred_members_have_a_hundred_figures_and_batches_add_up() {
    let dispute = founding("nhs-whitley-1998");
    let faults = Faults::new();
    let members: String = (0..100).map(|n| format!("U{n},Member {n},north,{}\n", 12_000 + 97 * n)).collect();
    let mut plan = dispute.campaign_plan.clone();
    plan.postcard.as_mut().expect("cards").batch = 30;
    let writers = Writers::read("members.csv", &bytes(&format!("member,name,branch,salary\n{members}")), &plan, &faults);
    let cards = postcards(&dispute, &plan, &writers, Language::English, &faults);
    assert_eq!(faults.into_sorted(), []);
    let all = tally(&cards);
    assert_eq!((all.cards, all.different_figures), (100, 100));
    assert_eq!(
        all.batches.iter().map(|(batch, first, last, count, _)| (*batch, *first, *last, *count)).collect::<Vec<_>>(),
        [(1, 1, 30, 30), (2, 31, 60, 30), (3, 61, 90, 30), (4, 91, 100, 10)]
    );
    assert_eq!(all.batches.iter().map(|batch| batch.4).sum::<Pence>(), all.loss);
    for card in &cards {
        assert!(card.text.contains(&card.loss.to_string()), "{}", card.text);
    }
}

fn founding(id: &str) -> Dispute {
    read(&FoundingDisputes::folder(id).expect("a founding dispute")).0.expect("a dispute")
}

#[test]
fn what_staging_costs_is_the_shortfall_against_the_recommendation() {
    let dispute = founding("nhs-whitley-1998");
    let framework = dispute.framework();
    let (award, recommended) = (dispute.offer("award").expect("one"), dispute.offer("recommendation").expect("one"));
    let first = framework.first_pay_year(award).expect("a year");
    for row in framework.value_points(award).into_iter().flat_map(|scale| scale.points.expect("points")) {
        let post = MemberPost { point: Some(row.row.point.clone()), ..MemberPost::default() };
        let short =
            member_shortfall(&framework, (award, recommended), "Great Britain", &post, &Employment::full_time(), None).expect("a figure");
        assert_eq!(short.pay_pence, value_row(row.row.clone(), first).loss_to_full_award_pence, "{}", row.row.point);
    }
}

#[test]
fn the_stretches_add_up_to_the_year_for_every_pair_of_offers_and_hours() {
    let mut compared = 0;
    for id in ["nhs-whitley-1998", "nhs-2007", "nhs-2014"] {
        let dispute = founding(id);
        let framework = dispute.framework();
        for offer in dispute.offers.iter().filter(|offer| !offer.steps.is_empty()) {
            let year = framework.first_pay_year(offer).expect("a year");
            let nation = &offer.nations[0].0;
            let points: Vec<_> = framework.value_points(offer).into_iter().filter_map(|scale| scale.points.ok()).flatten().collect();
            for against in dispute.offers.iter().filter(|against| against.id != offer.id && !against.steps.is_empty()) {
                for row in points.iter().step_by(7) {
                    let post = MemberPost { point: Some(row.row.point.clone()), band: Some(row.row.band.clone()), ..MemberPost::default() };
                    let changes = vec![(day(&format!("{}-07-15", year.first_day().year())), Ratio::new(2, 5))];
                    let employment = Employment { portion: Ratio::new(3, 5), changes, ..Employment::full_time() };
                    let increment = Some(day(&format!("{}-10-01", year.first_day().year())));
                    let Ok(short) = member_shortfall(&framework, (offer, against), nation, &post, &employment, increment) else { continue };
                    let sum = |count| -> Ratio {
                        short.stretches.iter().map(|stretch| stretch.annual_pence * year.portion(stretch.from, stretch.until, count)).sum()
                    };
                    assert_eq!(sum(Count::Months), short.pay_pence.by_months, "{id} {} {} {}", offer.id, against.id, row.row.point);
                    assert_eq!(sum(Count::Days), short.pay_pence.by_days, "{id} {} {} {}", offer.id, against.id, row.row.point);
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn the_claim_card_shows_figure_formula_data_and_date() {
    let dispute = founding("nhs-whitley-1998");
    let checked = dispute.check_figures(library());
    let figure = checked.iter().find(|checked| checked.figure.id == "nearly-one-below-inflation").expect("a figure");
    let text = claim_card(figure, &dispute, &Sources::clone(&dispute.sources)).text();
    for part in [
        "nearly 1 per cent less than inflation",
        "3.419 − 2.6 = 0.819 points",
        "3.5 − 2.6 = 0.9 points",
        "ONS-CDKO",
        "to February 1998",
        "True if",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

/// The measure as its definition reads, comparing every letter with every other.
fn slowly(template: &str, all: &[String]) -> Vec<(u32, u32)> {
    let runs = |text: &str| -> BTreeSet<Vec<String>> {
        let list: Vec<String> = words(text).collect();
        list.windows(list.len().clamp(1, RUN_WORDS)).map(<[String]>::to_vec).collect()
    };
    let template = runs(template);
    let sets: Vec<_> = all.iter().map(|text| runs(text)).collect();
    sets.iter()
        .enumerate()
        .map(|(at, set)| {
            let elsewhere = |run: &Vec<String>| sets.iter().enumerate().any(|(other, set)| other != at && set.contains(run));
            let copied = set.iter().filter(|run| template.contains(*run) || elsewhere(run)).count();
            (u32::try_from(copied).expect("few"), u32::try_from(set.len()).expect("few"))
        })
        .collect()
}

proptest! {
    #[test]
    fn the_meter_counts_what_its_definition_says(
        template in "[ab]( [abc]){0,12}",
        all in proptest::collection::vec("[abc]( [abcd]){0,15}", 1..12),
    ) {
        let mut meter = Meter::new();
        meter.add_template(&template);
        let numbers: Vec<u32> = all.iter().map(|text| meter.add_letter(text)).collect();
        let compared = meter.compare().expect("few words");
        let found: Vec<(u32, u32)> = numbers.iter().map(|number| compared.judge(*number)).map(|same| (same.copied, same.runs)).collect();
        prop_assert_eq!(found, slowly(&template, &all));
    }

    #[test]
    fn the_packed_table_answers_like_a_list(
        rows in proptest::collection::vec((0_usize..4, 0_usize..3, 0_i16..12, 1_i16..8, any::<bool>()), 1..14),
        asked in 0_i16..24,
    ) {
        let (names, places) = (["Carlisle", "Leeds South", "Bury South"], ["CA1 1AA", "CA1 1AB", "M1 1AE", "SW1A 2AA"]);
        let month = |months: i16| format!("{}-{:02}-01", 2025 + months / 12, months % 12 + 1);
        let rows: Vec<_> = rows.into_iter().map(|(place, name, from, long, open)| {
            (places[place], names[name], month(from), if open { String::new() } else { month(from + long) })
        }).collect();
        let mut seats = built_in();
        let text: Vec<[&str; 4]> = rows.iter().map(|(place, name, from, until)| [*place, *name, from.as_str(), until.as_str()]).collect();
        let (table, faults) = postcode_table(&text, &mut seats);
        let holds = |from: &str, until: &str, on: &str| from <= on && (until.is_empty() || on < until);
        let mut clash = false;
        for (place, months) in places.iter().flat_map(|place| (0..24).map(move |months| (*place, months))) {
            let on = month(months);
            let found: BTreeSet<&str> = text.iter().filter(|row| row[0] == place && holds(row[2], row[3], &on)).map(|row| row[1]).collect();
            clash |= found.len() > 1;
            if months == asked && found.len() <= 1 {
                let got = table.on(Postcode::parse(place).expect("a postcode"), day(&on)).map(|seat| seats.seat(seat).name.clone());
                prop_assert_eq!(got.as_deref(), found.first().copied());
            }
        }
        prop_assert_eq!(clash, faults.iter().any(|fault| fault.code == "postcode-in-two-constituencies"));
    }
}
