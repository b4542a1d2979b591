//! What one cell says: a point, money, a portion of full time, a sex, a day of the year. Spec P38.

use dated::{Date, Ratio, parse_date};
use pay::{Pence, Sex, YearDay};

use sheet::{Cell, Trouble, short};

/// A band as scales write it: `Band 5` and `AfC band 5` are `5`, `Band 8 - Range A` and `8A` are `8a`.
pub(crate) fn band(text: &str) -> String {
    let mut rest = text;
    for word in ["afc ", "band ", "grade ", "band"] {
        if rest.len() > word.len() && rest.is_char_boundary(word.len()) && rest[..word.len()].eq_ignore_ascii_case(word) {
            rest = rest[word.len()..].trim_start();
        }
    }
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return rest.to_owned();
    }
    let lower = rest.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| c.is_whitespace() || c == '-').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [number, "range", letter] | [number, letter] if number.bytes().all(|b| b.is_ascii_digit()) && letter.len() == 1 => {
            format!("{number}{letter}")
        }
        _ => whole(&lower).to_owned(),
    }
}

/// A point as scales write it: `Point 15`, `SCP15`, `015` and `15.0` are `15`.
pub(crate) fn point(text: &str) -> String {
    let mut rest = text;
    for word in ["spine ", "pay ", "point ", "scp ", "scp"] {
        if rest.len() > word.len() && rest.is_char_boundary(word.len()) && rest[..word.len()].eq_ignore_ascii_case(word) {
            rest = rest[word.len()..].trim_start();
        }
    }
    whole(rest).to_owned()
}

/// A whole number without leading zeros and without `.0`; anything else as it is.
fn whole(text: &str) -> &str {
    let digits = text.strip_suffix(".0").or_else(|| text.strip_suffix(".00")).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return text;
    }
    let short = digits.trim_start_matches('0');
    if short.is_empty() { "0" } else { short }
}

/// Money as people write it: `24,683`, `£24,683.50`, `24683`.
pub(crate) fn money(text: &str) -> Cell<Pence> {
    let fault = |fix: String| Trouble::new("not-money", format!("“{}” is no salary", short(text)), fix);
    let plain = text.trim_start_matches('£').trim();
    let groups: Vec<&str> = plain.split(',').collect();
    let grouped = groups.len() == 1
        || ((1..=3).contains(&groups[0].len())
            && groups[1..].iter().all(|group| group.split('.').next().is_some_and(|digits| digits.len() == 3)));
    if !grouped {
        return Err(fault("pounds with a decimal point, as in 24683.50".to_owned()));
    }
    let number = decimal(&groups.concat()).ok_or_else(|| fault("pounds a year in digits, as in 24683.50".to_owned()))?;
    match Pence::from_pounds(number.rounded(6)) {
        Some(pence) if (100_000..=1_000_000_000).contains(&pence.0) => Ok(pence),
        Some(pence) if (1..100_000).contains(&pence.0) => {
            Err(fault("a full-time salary of a year; this is less than £1,000 (by the hour, or in thousands?)".to_owned()))
        }
        Some(_) => Err(fault("above nothing and at most 10 million pounds a year".to_owned())),
        None => Err(fault("whole pence: at most two decimals".to_owned())),
    }
}

/// A number with a decimal point; spreadsheets write up to seventeen digits, of which twelve behind the point are kept.
fn decimal(text: &str) -> Option<Ratio> {
    if let Some((whole, fraction)) = text.split_once('.')
        && fraction.len() > 12
        && fraction.bytes().all(|b| b.is_ascii_digit())
    {
        return Ratio::parse_decimal(&format!("{whole}.{}", &fraction[..12]));
    }
    // .8 is written by hand and by some databases.
    if text.starts_with('.') { Ratio::parse_decimal(&format!("0{text}")) } else { Ratio::parse_decimal(text) }
}

/// The most that one person can work, as a portion of full time.
const LARGEST_PORTION: i64 = 2;

fn number(text: &str, example: &str) -> Cell<Ratio> {
    decimal(text).ok_or_else(|| {
        let fix = if text.contains(',') { "write a decimal point" } else { "a number with a decimal point" };
        Trouble::new("not-a-number", format!("“{}” is not a number", short(text)), format!("{fix}, as in {example}"))
    })
}

/// A portion of full time: `0.6`, `60%`, or a fraction as `8/15`.
pub(crate) fn portion(text: &str) -> Cell<Ratio> {
    let value = match (text.strip_suffix('%'), text.split_once('/')) {
        (Some(percent), _) => number(percent.trim_end(), "0.6")? / Ratio::whole(100),
        (None, Some((top, bottom))) => number(top.trim(), "8/15")?.checked_div(number(bottom.trim(), "8/15")?).unwrap_or(Ratio::ZERO),
        (None, None) => number(text, "0.6")?,
    };
    check_portion(value, text)
}

pub(crate) fn check_portion(value: Ratio, text: &str) -> Cell<Ratio> {
    if value.numerator() == 0 {
        return Err(Trouble::new(
            "no-hours",
            format!("“{}”: nobody is paid for no hours", short(text)),
            "leave out staff without contracted hours (bank, career break); an empty cell means not known",
        ));
    }
    if value.is_negative() || value > Ratio::whole(LARGEST_PORTION) {
        return Err(Trouble::new(
            "not-a-portion",
            format!("“{}” is not a portion of one person's full-time hours", short(text)),
            "above 0 and at most 2, as in 0.6; if it is of all people of the row, the column is “fte”",
        ));
    }
    Ok(value)
}

/// Whole-time equivalents of a row of so many people.
pub(crate) fn row_portion(text: &str, headcount: u32) -> Cell<Ratio> {
    let total = number(text, "7.4")?;
    let each = total / Ratio::whole(headcount.into());
    check_portion(each, text).map_err(|trouble| Trouble {
        what: format!("{} whole-time equivalents of {headcount} people: {}", short(text), trouble.what),
        ..trouble
    })
}

/// Hours a week, as a portion of full-time hours.
pub(crate) fn hours(text: &str, full_time: Ratio) -> Cell<Ratio> {
    check_portion(number(text, "22.5")? / full_time, text).map_err(|trouble| match trouble.code {
        "not-a-portion" => Trouble {
            fix: format!(
                "hours a week, at most {} (twice the full-time {})",
                (full_time * Ratio::whole(2)).to_short(2),
                full_time.to_short(2)
            ),
            what: format!("“{}” is not a number of hours a week", short(text)),
            ..trouble
        },
        _ => trouble,
    })
}

/// How many people; nobody is 0.
pub(crate) fn headcount(text: &str) -> Cell<u32> {
    let digits: String = whole(text).chars().filter(|c| *c != ',').collect();
    let count = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok()).flatten();
    count.filter(|count| *count <= 10_000_000).ok_or_else(|| {
        let fix = if text == "*" || text == "-" || text.starts_with('<') {
            "the publisher hides small numbers: leave the row out, or fill in what you know"
        } else {
            "a whole number of people, at most 10 million; whole-time equivalents go into “fte”"
        };
        Trouble::new("not-a-count", format!("“{}” is not a number of people", short(text)), fix)
    })
}

/// Female or male; `None` where the cell says that it is not known.
pub(crate) fn sex(text: &str) -> Cell<Option<Sex>> {
    match text.to_ascii_lowercase().as_str() {
        "f" | "female" | "woman" | "women" | "w" => Ok(Some(Sex::Female)),
        "m" | "male" | "man" | "men" => Ok(Some(Sex::Male)),
        "" | "unknown" | "not known" | "not stated" | "not disclosed" | "prefer not to say" | "other" | "u" | "x" => Ok(None),
        _ => Err(Trouble::new(
            "not-a-sex",
            format!("“{}” is not read as a sex", short(text)),
            "F, M, female or male; empty or “unknown” where the data do not say",
        )),
    }
}

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// The day on which an increment falls due each year: `2014-10-01`, `01/10/2014` (day first), `10-01` (month first), `1 October`,
/// `01-Oct-14`, `October`, `10`.
pub(crate) fn year_day(text: &str) -> Cell<YearDay> {
    let fault = |fix: &str| Trouble::new("not-a-day", format!("“{}” is not a day of the year", short(text)), fix);
    // A time behind the date is a spreadsheet's midnight.
    let text = text.split_once('T').map_or(text, |(day, rest)| if rest.starts_with("00:00") { day } else { text });
    let text = text.strip_suffix(" 00:00:00").or_else(|| text.strip_suffix(" 00:00")).unwrap_or(text);
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let numbers: Vec<Option<i16>> = parts
        .iter()
        .map(|part| (part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten())
        .collect();
    let month_named = |name: &str| {
        let name = name.to_ascii_lowercase();
        (name.len() >= 3)
            .then(|| MONTHS.iter().position(|known| known.starts_with(&name) || (name == "sept" && *known == "september")))
            .flatten()
    };
    // A leap year, so that 29 February is a day.
    let day_of = |year: i16, month: i16, day: i16| {
        Date::new(year, month as i8, day as i8).map(YearDay::of).map_err(|_| fault("a day of the calendar"))
    };
    match (parts.as_slice(), numbers.as_slice()) {
        ([year, ..], [Some(_), Some(_), Some(_)]) if year.len() == 4 && text.contains('-') => {
            parse_date(text).map(YearDay::of).map_err(|what| Trouble::new("not-a-day", what, "write it as 2014-10-01"))
        }
        ([_, _, written], [Some(day), Some(month), Some(year)]) if written.len() == 4 || written.len() == 2 => {
            if *month > 12 && *day <= 12 {
                return Err(fault("the day comes first: dd/mm/yyyy; or write it as 2014-10-01"));
            }
            day_of(if written.len() == 4 { *year } else { 2000 + *year }, *month, *day)
        }
        ([month, _], [Some(in_year), Some(day)]) if month.len() == 2 && text.contains('-') => day_of(2000, *in_year, *day),
        ([_], [Some(month)]) if (1..=12).contains(month) => day_of(2000, *month, 1),
        ([_], [Some(_)]) | ([_], [None]) if text.bytes().all(|b| b.is_ascii_digit()) => {
            Err(fault("a month is 1 to 12; a spreadsheet's number of a day is not read: format the column as a date"))
        }
        ([name], [None]) => month_named(name)
            .map_or_else(|| Err(fault("write it as 2014-10-01, 1 October, or October")), |month| day_of(2000, month as i16 + 1, 1)),
        ([_, name] | [_, name, _], [Some(day), None] | [Some(day), None, Some(_)]) => {
            let month = month_named(name).ok_or_else(|| fault("write it as 2014-10-01, or 1 October"))?;
            let year = numbers.get(2).copied().flatten().map_or(2000, |year| if year < 100 { 2000 + year } else { year });
            day_of(year, month as i16 + 1, *day)
        }
        _ => Err(fault("write it as 2014-10-01, 01/10/2014, 1 October, or October")),
    }
}

/// Whether the row is of invented staff.
pub(crate) fn is_synthetic(text: &str) -> bool {
    !matches!(text.to_ascii_lowercase().as_str(), "" | "no" | "false" | "0" | "n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_bands_are_written_as_scales_write_them() {
        for written in ["15", "015", "15.0", "Point 15", "SCP 15", "scp15", "Pay Point 15", "Spine point 015"] {
            assert_eq!(point(written), "15", "{written}");
        }
        for written in ["5-min", "E-max", "3a", "£", "point"] {
            assert_eq!(point(written), written);
        }
        for (written, expected) in [
            ("Band 5", "5"),
            ("AfC Band 5", "5"),
            ("band5", "5"),
            ("8A", "8a"),
            ("Band 8 - Range A", "8a"),
            ("Band 8a", "8a"),
            ("05", "5"),
            ("Grade E", "E"),
            ("E", "E"),
            ("9", "9"),
            ("", ""),
        ] {
            assert_eq!(band(written), expected, "{written}");
        }
    }

    #[test]
    fn money_has_commas_but_no_decimal_comma() {
        for written in ["24683", "24,683", "£24,683", "£ 24,683.00", "24683.0"] {
            assert_eq!(money(written), Ok(Pence(2_468_300)), "{written}");
        }
        for written in ["24.683,00", "24683,5", "24k", "11.45", "-24683", "", "99999999999", "24683.505", "1,24683"] {
            assert!(money(written).is_err(), "{written}");
        }
        assert!(money("24683.505").expect_err("a fault").fix.contains("whole pence"));
    }

    #[test]
    fn portions_are_of_one_person() {
        let six_tenths = Ratio::new(6, 10);
        assert_eq!(portion("0.6"), Ok(six_tenths));
        assert_eq!(portion(".6"), Ok(six_tenths));
        assert_eq!(portion("60%"), Ok(six_tenths));
        assert_eq!(portion("3/5"), Ok(six_tenths));
        assert_eq!(hours("22.5", Ratio::new(375, 10)), Ok(six_tenths));
        assert_eq!(row_portion("7.2", 12), Ok(six_tenths));
        assert_eq!(portion("0").expect_err("a fault").code, "no-hours");
        assert_eq!(portion("60").expect_err("a fault").code, "not-a-portion");
        assert_eq!(portion("-0.6").expect_err("a fault").code, "not-a-portion");
        assert_eq!(portion("3/0").expect_err("a fault").code, "no-hours");
        assert!(portion("0,6").expect_err("a fault").fix.contains("decimal point"));
        assert!(hours("150", Ratio::new(375, 10)).expect_err("a fault").fix.contains("at most 75"));
        assert!(row_portion("25", 12).is_err());
    }

    #[test]
    fn a_day_of_the_year_may_be_written_in_many_ways() {
        let first_of_october = Ok(YearDay { month: 10, day: 1 });
        for written in [
            "2014-10-01",
            "01/10/2014",
            "1/10/2014",
            "1/10/14",
            "01.10.2014",
            "10-01",
            "1 October",
            "01-Oct-14",
            "01-Oct-2014",
            "1 Oct",
            "October",
            "oct",
            "10",
            "2014-10-01T00:00:00",
            "2014-10-01 00:00:00",
        ] {
            assert_eq!(year_day(written), first_of_october, "{written}");
        }
        assert_eq!(year_day("29/02/2016"), Ok(YearDay { month: 2, day: 29 }));
        assert_eq!(year_day("sept").map(|day| day.month), Ok(9));
        for written in
            ["10/31/2014", "2014-02-30", "41730", "13", "0", "Octember", "31/04/2014", "2014", "1/2", "soon", "00-00", "99-99-9999"]
        {
            assert!(year_day(written).is_err(), "{written}");
        }
        assert!(year_day("10/31/2014").expect_err("a fault").fix.starts_with("the day comes first"));
    }

    #[test]
    fn counts_are_whole_and_sexes_two_or_not_known() {
        assert_eq!(headcount("1,204"), Ok(1204));
        assert_eq!(headcount("12.0"), Ok(12));
        for written in ["-1", "1.5", "*", "<5", "x", "99999999999"] {
            assert!(headcount(written).is_err(), "{written}");
        }
        assert_eq!((sex("F"), sex("male"), sex("Not stated")), (Ok(Some(Sex::Female)), Ok(Some(Sex::Male)), Ok(None)));
        assert!(sex("9").is_err());
    }
}
