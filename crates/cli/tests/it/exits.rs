//! Exit codes: 0 done, 2 could not check, 3 bad input. And what is said about a wrong question.

use crate::run::whitley;

#[test]
fn an_answered_question_is_0() {
    for question in ["check nhs-2007", "offer claims nhs-2007", "offer value nhs-2007", "--help", "--version", "offer value --help"] {
        let answer = whitley(question);
        assert_eq!(answer.code, 0, "{question}: {}", answer.err);
    }
}

#[test]
fn a_figure_that_is_false_is_an_answer_all_the_same() {
    // £5 a week is true for some only; the command did what was asked.
    assert_eq!(whitley("offer claims nhs-whitley-1998 --figure five-pounds-a-week").code, 0);
}

#[test]
fn what_the_data_do_not_hold_is_2() {
    // No scale and no steps are known for any offer of 2004.
    let answer = whitley("offer value civil-service-2004 --salary 20000");
    assert_eq!(answer.code, 2, "{}{}", answer.out, answer.err);
    assert!(answer.err.contains("not in the data"), "{}", answer.err);
}

#[test]
fn bad_input_is_3_and_says_what_would_be_right() {
    for (question, part) in [
        ("check nhs-2006", "did you mean nhs-2007?"),
        ("offer value nowhere-at-all", "nhs-2014"),
        ("offer value nhs-2007 --offer england-stage", "england-staged"),
        ("offer value nhs-2007 --nation Ruritania", "Scotland"),
        ("offer value nhs-2007 --scale afc", "afc-bands"),
        ("offer value nhs-2007 --salary 17.030,50", "17030"),
        ("offer value nhs-2007 --salary 0", "17030"),
        ("offer value nhs-2007 --index RPIX", "RPI, CPI, CPIH"),
        ("offer value nhs-2007 --from 2007-13 --to 2008-04", "2007-04"),
        ("offer value nhs-2014 --point 15 --increment-date 2014-02-30", "February 2014 has no day 30"),
        ("offer compare nhs-2007 --offers england-staged", "at least two"),
        ("offer compare nhs-2007 --offers england-staged,ruritania", "scotland-full"),
        ("offer claims nhs-2007 --figure nobody-said-this", "the figures are"),
        ("offer velue nhs-2007", "value"),
        ("new Our_Trust", "small letters"),
    ] {
        let answer = whitley(question);
        assert_eq!(answer.code, 3, "{question}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(part), "{question}: {}", answer.err);
        assert_eq!(answer.out, "", "{question}");
    }
}
