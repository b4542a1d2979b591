//! CSV as payroll systems and spreadsheets write it.

use dated::Ratio;
use pay::{Pence, Post, PostPay, Sex, YearDay};
use workforce::{Meaning, parse_mapping};

use crate::{faults, read_text, read_with};

#[test]
fn a_payroll_extract_is_read_in_its_users_words() {
    let reading = read_text(
        "Surname,Trust,Staff Group,AfC Band,Spine point,Basic salary,Contracted hours,Gender,Increment month,Job title\n\
         Ada,St Elsewhere,Nurses,Band 5,20,\"£24,799\",22.5,Female,October,Nurse\n\
         Bob,St Elsewhere,Nurses,Band 5,,\"£25,000.50\",37.5,M,,Nurse\n",
    );
    assert_eq!(faults(&reading), []);
    assert_eq!((reading.rows.read, reading.rows.accepted), (2, 2));
    let workforce = &reading.workforce;
    let posts = [PostPay::Point("20".into()), PostPay::Salary(Pence(2_500_050))].map(|pay| Post { band: "5".into(), pay });
    assert_eq!(workforce.posts, posts);
    assert_eq!(workforce.portions, [Ratio::new(3, 5), Ratio::ONE]);
    assert_eq!(workforce.staff[0].increment, Some(YearDay { month: 10, day: 1 }));
    assert_eq!((workforce.staff[1].increment, workforce.staff[1].sex), (None, Some(Sex::Male)));
    assert_eq!(workforce.nations, ["England"]);
    assert_eq!((workforce.headcount(), workforce.whole_time()), (2, Ratio::new(16, 10)));
    assert!(reading.columns[0].personal && !reading.columns[9].personal);
    assert!(reading.notes.iter().any(|note| note.contains("only where “Spine point” is empty")), "{:?}", reading.notes);
    assert_eq!(workforce.synthetic, None);
}

#[test]
fn wte_is_of_each_person_and_fte_of_the_row() {
    // Twelve people of 0.6 each are 7.2 whole-time equivalents.
    let each = read_text("point,headcount,wte\n20,12,0.6\n");
    let row = read_text("point,headcount,fte\n20,12,7.2\n");
    for reading in [&each, &row] {
        assert_eq!(faults(reading), []);
        assert_eq!((reading.workforce.headcount(), reading.workforce.whole_time()), (12, Ratio::new(72, 10)));
    }
    assert_eq!(each.workforce.staff, row.workforce.staff);
    // The same text is another portion where there are other people.
    let two = read_text("point,headcount,fte\n20,12,1.2\n20,2,1.2\n20,1,1.2\n20,4,1.2\n");
    assert_eq!(two.workforce.portions, [Ratio::new(1, 10), Ratio::new(6, 10), Ratio::new(12, 10), Ratio::new(3, 10)]);
    let swapped = read_text("point,headcount,wte\n20,12,7.2\n");
    assert_eq!(faults(&swapped), [("not-a-portion", 2)]);
    assert!(swapped.faults[0].fix.contains("the column is “fte”"));
    // Without a head count both are of one person.
    assert_eq!(read_text("point,FTE\n20,0.6\n").workforce.whole_time(), Ratio::new(6, 10));
}

#[test]
fn what_was_not_said_is_noted_or_asked_for() {
    let bare = read_text("point\n20\n");
    assert_eq!(faults(&bare), []);
    assert_eq!(bare.notes.len(), 2, "full time and England: {:?}", bare.notes);
    let no_nation = read_with(b"point,wte\n20,1\n", |options| options.nation = None);
    assert_eq!(faults(&no_nation), [("missing-column", 1)]);
    assert_eq!(no_nation.rows.read, 0, "nothing is read under a header that misses something");
    let no_hours = read_with(b"point,hours\n20,37.5\n", |options| options.full_time_hours = None);
    assert_eq!(faults(&no_hours), [("no-full-time-hours", 1)]);
    let both = read_text("point,hours,wte\n20,37.5,0.5\n");
    assert_eq!((both.workforce.whole_time(), faults(&both)), (Ratio::new(1, 2), vec![]));
    assert!(both.notes.iter().any(|note| note.contains("“hours” is not read")));
    assert_eq!(faults(&read_text("point,wte\n20,\n")), [("value-missing", 2)]);
}

#[test]
fn every_fault_of_every_row_is_found_in_one_reading() {
    let reading = read_with(
        b"point,band,wte,sex,increment_date,nation,headcount\n20,5,\"0,5\",9,10/31/2014,Ruritania,-1\n,,1,F,,England,1\n20,5,1,F,,Englnad,1\n20,5,#REF!,F,,England,1\n20,5,1,F,,England,1\n",
        |options| options.nations = vec!["England".into(), "Wales".into()],
    );
    assert_eq!((reading.rows.read, reading.rows.accepted, reading.rows.refused), (5, 1, 4));
    let expected = [
        ("not-a-count", 2),
        ("not-a-day", 2),
        ("not-a-number", 2),
        ("not-a-sex", 2),
        ("unknown-nation", 2),
        ("value-missing", 3),
        ("unknown-nation", 4),
        ("formula-error", 5),
    ];
    assert_eq!(faults(&reading), expected);
    assert!(reading.faults[6].fix.starts_with("did you mean England?"));
    assert!(reading.faults[2].what.starts_with("column “wte”"));
}

#[test]
fn rows_that_are_no_people_are_named_or_left_out() {
    let reading = read_text("employer,point,headcount\nA,20,3\nA,20,0\n,,\nTotal,,3\nB,grand total,9\n");
    assert_eq!(faults(&reading), [("totals-row", 5), ("totals-row", 6)]);
    assert_eq!((reading.rows.accepted, reading.rows.of_nobody, reading.rows.empty, reading.rows.refused), (1, 1, 1, 2));
    assert_eq!(reading.workforce.headcount(), 3);
}

#[test]
fn a_shifted_row_is_not_read_as_if_it_were_straight() {
    let reading = read_text("salary,band\n24,799,5\n24799\n24799,5,\n");
    assert_eq!(faults(&reading), [("row-length", 2), ("row-length", 3)]);
    assert!(reading.faults[0].fix.contains("needs quotes"));
    assert_eq!(reading.rows.accepted, 1, "a comma at the end of a row does no harm");
}

#[test]
fn what_spreadsheets_write_is_accepted() {
    for text in [
        "\u{feff}point,band\r\n20,5\r\n",
        "point;band\n20;5\n",
        "point\tband\n20\t5\n",
        "point|band\n20|5\n",
        "Staff of the trust,\nas of 1 April,\n\nPay Point,Band\n20,5\n",
        "point,band\n20,5",
        " point , BAND \n 20 , 5 \n",
    ] {
        let reading = read_text(text);
        assert_eq!(faults(&reading), [], "{text:?}");
        assert_eq!(reading.workforce.posts, [Post { band: "5".into(), pay: PostPay::Point("20".into()) }], "{text:?}");
    }
    let below = read_text("Staff of the trust,\nPay Point,Band\n20,5\n");
    assert!(below.notes.iter().any(|note| note.contains("row 2")), "{:?}", below.notes);
}

#[test]
fn what_is_no_csv_is_named() {
    let code = |bytes: &[u8]| read_with(bytes, |_| {}).faults.first().map(|fault| fault.code);
    assert_eq!(code(b""), Some("file-empty"));
    assert_eq!(code(b"\xef\xbb\xbf \n"), Some("file-empty"));
    assert_eq!(code(b"point,wte\n"), Some("file-empty"));
    assert_eq!(code(b"\xff\xfep\0o\0i\0"), Some("not-utf8"));
    assert_eq!(code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Some("old-workbook"));
    assert_eq!(code(b"PK\x03\x04 and nothing more"), Some("workbook-unreadable"));
    assert_eq!(code(b"one,two\n1,2\n"), Some("missing-column"));
    // A pound sign of an old Windows program, where it matters and where it does not.
    let salary = read_with(b"salary,band\n\xa324000,5\n", |_| {});
    assert_eq!(faults(&salary), [("not-utf8", 2)]);
    assert!(salary.faults[0].what.contains("0xa3") && salary.faults[0].fix.contains("CSV UTF-8"));
    assert_eq!(faults(&read_with(b"salary,Surname\n24000,M\xfcller\n", |_| {})), []);
}

#[test]
fn an_open_quote_does_not_swallow_the_file() {
    let mut text = "point,band\n20,\"5\n".to_owned();
    text.push_str(&"20,5\n".repeat(2_000_000));
    let reading = read_text(&text);
    assert_eq!(reading.fault_count(), 1);
    assert_eq!(reading.faults[0].code, "row-length");
    assert!(reading.faults[0].fix.contains("quote"));
    let short = read_text("point,band\n20,\"5\n20,5\n");
    assert_eq!(short.fault_counts, [("control-character", 1)]);
    assert!(short.faults[0].fix.contains("quote is closed"));
}

#[test]
fn columns_can_be_named_by_the_user() {
    let text = "What they get,Where\n20,St Elsewhere\n";
    assert_eq!(faults(&read_text(text)), [("missing-column", 1)]);
    let reading =
        read_with(text.as_bytes(), |options| options.mapping = parse_mapping("what they get=point,Where=employer").expect("a mapping"));
    assert_eq!(faults(&reading), []);
    assert_eq!(reading.workforce.employers, ["St Elsewhere"]);
    assert_eq!(reading.columns[0].meaning, Some(Meaning::Point));
    let ignored =
        read_with(b"point,Pay Point,band\n20,21,5\n", |options| options.mapping = parse_mapping("Pay Point=ignore").expect("a mapping"));
    assert_eq!((faults(&ignored), ignored.workforce.posts.len()), (vec![], 1));
}

#[test]
fn faults_are_counted_beyond_those_shown() {
    let mut text = "point,wte\n".to_owned();
    text.push_str(&"20,x\n".repeat(1_000));
    let reading = read_text(&text);
    assert_eq!(reading.fault_counts, [("not-a-number", 1_000)]);
    assert_eq!((reading.faults.len(), reading.rows.refused), (51, 1_000));
    assert_eq!(reading.faults[50].what, "and 950 more of this kind (not-a-number), from this line on");
    assert_eq!(reading.faults[50].place.line, 52);
}

#[test]
fn invented_rows_stay_labelled_even_without_the_comment() {
    let labelled = read_text("# synthetic: made up for a test\npoint,band\n20,5\n");
    assert_eq!(labelled.workforce.synthetic.as_deref(), Some("made up for a test"));
    let marked = read_text("point,synthetic\n20,\n20,yes\n");
    assert!(marked.workforce.synthetic.is_some_and(|label| label.contains("marked as invented")));
    assert_eq!(read_text("point,synthetic\n20,no\n").workforce.synthetic, None);
}
