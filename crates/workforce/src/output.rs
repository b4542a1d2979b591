//! A workforce as a CSV file that [`crate::read`] gives back.

use std::io::{self, Write};

use pay::{PostPay, Sex, Workforce};

/// Writes one row for each record, with the columns that say something. Spec P38.
///
/// A label of invented staff stands in the first line and as the column `synthetic` of every row, so that it outlives sorting and
/// cutting. A portion that is no decimal number of twelve places is written as a fraction; a salary in pounds; a day of the year in words, which
/// no spreadsheet turns round.
///
/// # Errors
/// Those of the writer.
pub fn write_csv(workforce: &Workforce, out: &mut dyn Write) -> io::Result<()> {
    let salaries = workforce.posts.iter().any(|post| matches!(post.pay, PostPay::Salary(_)));
    let points = !salaries || workforce.posts.iter().any(|post| matches!(post.pay, PostPay::Point(_)));
    let counted = workforce.staff.iter().any(|staff| staff.headcount != 1);
    let with_sex = workforce.staff.iter().any(|staff| staff.sex.is_some());
    let with_increments = workforce.staff.iter().any(|staff| staff.increment.is_some());
    let mut writer = csv::WriterBuilder::new().flexible(true).buffer_capacity(1 << 18).from_writer(out);
    if let Some(label) = &workforce.synthetic {
        writer.write_record([format!("# synthetic: {label}")])?;
    }
    if !workforce.title.is_empty() {
        writer.write_record([format!("# title: {}", workforce.title)])?;
    }
    let columns = [
        ("employer", true),
        ("nation", true),
        ("staff_group", true),
        ("band", true),
        ("point", points),
        ("salary", salaries),
        ("wte", true),
        ("headcount", counted),
        ("increment_date", with_increments),
        ("sex", with_sex),
        ("synthetic", workforce.synthetic.is_some()),
    ];
    writer.write_record(columns.iter().filter(|(_, is_there)| *is_there).map(|(name, _)| *name))?;
    // What stands in many rows is put into words once.
    let portions: Vec<String> = workforce
        .portions
        .iter()
        .map(|portion| {
            let decimal = portion.to_short(12);
            if dated::Ratio::parse_decimal(&decimal) == Some(*portion) {
                decimal
            } else {
                format!("{}/{}", portion.numerator(), portion.denominator())
            }
        })
        .collect();
    let pay: Vec<(&str, String)> = workforce
        .posts
        .iter()
        .map(|post| match &post.pay {
            PostPay::Point(point) => (point.as_str(), String::new()),
            PostPay::Salary(salary) => ("", salary.pounds().to_fixed(2)),
        })
        .collect();
    for staff in &workforce.staff {
        let post = staff.post as usize;
        writer.write_field(&workforce.employers[usize::from(staff.employer)])?;
        writer.write_field(&workforce.nations[usize::from(staff.nation)])?;
        writer.write_field(&workforce.staff_groups[usize::from(staff.staff_group)])?;
        writer.write_field(&workforce.posts[post].band)?;
        if points {
            writer.write_field(pay[post].0)?;
        }
        if salaries {
            writer.write_field(&pay[post].1)?;
        }
        writer.write_field(&portions[usize::from(staff.portion)])?;
        if counted {
            writer.write_field(staff.headcount.to_string())?;
        }
        if with_increments {
            match staff.increment {
                Some(day) => writer.write_field(format!("{} {}", day.day, MONTHS[usize::from(day.month.clamp(1, 12)) - 1]))?,
                None => writer.write_field("")?,
            }
        }
        if with_sex {
            writer.write_field(match staff.sex {
                Some(Sex::Female) => "female",
                Some(Sex::Male) => "male",
                None => "",
            })?;
        }
        if workforce.synthetic.is_some() {
            writer.write_field("yes")?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
