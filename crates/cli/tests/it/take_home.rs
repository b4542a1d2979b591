//! `whitley offer take-home` as its user sees it.

use crate::run::{at, json, number, whitley};

#[test]
fn the_known_case_of_2022_without_a_dispute() {
    let question = "offer take-home --salary 47126 --rise 1400 --from 2022-04-01 --paid-on 2022-09-30 --pension nhs";
    let answer = whitley(question);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let first: Vec<&str> = answer.out.lines().take(3).collect();
    assert_eq!(
        first,
        [
            "Of the £1,400 it adds to your pay in 2022-23, you keep £256.",
            "From October 2022 you keep £68.54 more a month, of £116.66.",
            "In September 2022, when £583.30 of arrears arrive, you are paid £2,515.40, £162.16 LESS than in August 2022.",
        ]
    );
    let found = json(question);
    assert_eq!(number(&found, "years/tax_year=2022-23/months/month=2022-09/pension_percent", 1), "12.5");
    assert_eq!(number(&found, "years/0/difference/net", 2), "256.37");
    assert_eq!(number(&found, "years/0/cliffs/0/from_rise", 2), "720.00");
    assert_eq!(number(&found, "years/0/cliffs/0/until_rise", 2), "2125.87");
}

#[test]
fn points_of_founding_disputes() {
    let found = json("offer take-home nhs-2014 --offer england-imposed --point 16");
    assert_eq!(number(&found, "years/tax_year=2014-15/difference/gross", 2), "90.00");
    assert_eq!(number(&found, "years/0/with/net", 2), "16559.60");
    // 2007: 19,550.40 in the year; 6% pension, contracted-out insurance, 10% and 22% tax.
    let found = json("offer take-home nhs-2007 --offer england-settled --point 16 --student-loan plan1");
    for (key, value) in [("pension", "1173.06"), ("tax", "2625.91"), ("national_insurance", "1335.91"), ("student_loan", "406.00")] {
        assert_eq!(number(&found, &format!("years/0/with/{key}"), 2), value);
    }
}

#[test]
fn scotland_has_its_own_bands_and_no_pension_data() {
    let question = "offer take-home --salary 40000 --rise 2000 --from 2024-04-01 --nation Scotland";
    let refused = whitley(question);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("the contributions of the scheme in Scotland are not in the data"), "{}", refused.err);
    let found = json(&format!("{question} --pension none"));
    // Taxable 29,430: 19% of 2,306, 20% of 11,685, 21% of 15,439 are 438.14, 2,337.00 and 3,242.19.
    assert_eq!(number(&found, "years/0/with/tax", 2), "6017.33");
    assert_eq!(at(&found, "years/0/months/0/pension_percent"), &serde_json::Value::Null);
}

#[test]
fn years_that_are_missing_are_named_and_the_others_answered() {
    let answer = whitley("offer take-home --salary 30000 --rise 1000 --from 2015-04-01 --tax-year 2015-16 --tax-year 2010-11 --json");
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("2010-11: cannot be worked out: the tiers of April 2008 to March 2014"), "{}", answer.err);
    let found: serde_json::Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(at(&found, "years/tax_year=2010-11/missing").as_array().map(Vec::len), Some(1));
    assert!(at(&found, "years/tax_year=2015-16/with/net").as_f64().is_some());
    let before_the_data = whitley("offer take-home nhs-whitley-1998 --offer award --point E-max");
    assert_eq!((before_the_data.code, before_the_data.err.contains("no value of income tax is known for 28 April 1998")), (2, true));
}

#[test]
fn an_offer_for_the_whole_country_is_taxed_where_the_member_lives() {
    let scots = json("offer take-home nhs-2008 --offer three-year --salary 24000 --nation Scotland --pension none");
    assert_eq!(at(&scots, "nation"), "Scotland");
    let answer = whitley("offer take-home nhs-2008 --offer three-year --salary 24000 --pension none");
    assert!(answer.out.contains("Note: tax and pension as in England"), "{}", answer.out);
    let none = whitley("offer take-home civil-service-2004 --salary 20000 --pension none");
    assert_eq!((none.code, none.err.contains("no offer has steps")), (2, true));
}

#[test]
fn what_is_estimated_is_said() {
    let answer = whitley("offer take-home --salary 30000 --rise 1000 --from 2026-04-01");
    assert!(answer.out.contains("Estimated: the tiers of the NHS Pension Scheme from 1 April 2026 are estimated"), "{}", answer.out);
}

#[test]
fn questions_that_cannot_be_answered_as_put_say_what_would_do() {
    for (question, says) in [
        ("offer take-home --salary 30000", "give --salary, --rise and --from"),
        ("offer take-home nhs-2014 --offer england-imposed", "say who is paid"),
        ("offer take-home nhs-2014 --point 16", "say which offer with --offer"),
        ("offer take-home nhs-2008 --point 5-min --nation Yorkshire", "say which offer"),
        ("offer take-home nhs-2008 --offer three-year --salary 24000 --nation Yorkshire", "is not for “Yorkshire”; it is for UK"),
        ("offer take-home nhs-2014 --offer england-imposed --point 99", "there is no point 99"),
        ("offer take-home nhs-2014 --offer england-imposed --point 16 --nation Wales", "is not for “Wales”"),
        ("offer take-home --salary 30000 --rise 1000 --from 2022-04-01 --student-loan plan9", "there is no student loan “plan9”"),
        ("offer take-home --salary 30000 --rise 1000 --from 2022-04-01 --pension alpha", "there is no pension scheme “alpha”"),
        ("offer take-home --salary 30000 --rise 1000 --from 2022-04-01 --hours 20", "Give --full-time-hours"),
        ("offer take-home --salary 30000 --rise 1000 --from 2022-04-01 --hours 40 --full-time-hours 37.5", "more than the full-time week"),
        ("offer take-home --salary 30000 --rise 1000 --from 2022-04-01 --nation Englund", "is no nation known here"),
        ("offer take-home --salary 30000 --rise 1000 --from 2022-04-01 --tax-year 2022-24", "write it as 2022-23"),
    ] {
        let answer = whitley(question);
        assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{question}: {}", answer.err);
        assert!(answer.err.contains(says), "{question}: {}", answer.err);
    }
}
