//! The command line and the pages of the workspace say the same of a member, to the penny.

use dated::Date;
use dispute::{Dispute, FoundingDisputes, Library};
use law::Rulebook;
use serde_json::Value;
use workspace::{Answer, Asked, Opened, Reader};

use crate::run::{at, json, number};

/// The rows of a table of a page, by its headings.
fn rows(id: &str, page: &str, table: &str) -> Vec<csv::StringRecord> {
    let library = Library::built_in().0;
    let folder = FoundingDisputes::folder(id).expect("a founding dispute");
    let dispute = Dispute::read(&folder, &library).0.expect("a dispute");
    let book = Rulebook::built_in().expect("the rules");
    let places = workspace::places::PlacesRead::built_in(&library.sources).expect("constituencies");
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let mut pairs: Vec<(String, String)> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    pairs.push(("csv".to_owned(), table.to_owned()));
    let opened = Opened {
        dispute: &dispute,
        library: &library,
        book: &book,
        places: &places,
        warnings: &[],
        version: "a",
        licence: None,
        base: "/d/x",
        today: Date::constant(2026, 11, 22),
        reader: Reader::Public,
    };
    match workspace::answer(&opened, &Asked { path, pairs: &pairs }) {
        Ok(Answer::File(file)) => csv::Reader::from_reader(file.bytes.as_slice()).into_records().map(|row| row.expect("a row")).collect(),
        Ok(Answer::Page(_)) => panic!("{page}: no CSV"),
        Err(trouble) => panic!("{page}: {trouble:?}"),
    }
}

fn of<'r>(rows: &'r [csv::StringRecord], offer: &str) -> &'r csv::StringRecord {
    rows.iter().find(|row| &row[0] == offer).unwrap_or_else(|| panic!("no {offer}"))
}

#[test]
fn a_member_gets_one_figure_from_both() {
    for (id, nation, offer, post, point, hours) in [
        ("nhs-2007", "England", "england-staged", "post=17:5", "--point 17 --band 5", Some("30")),
        ("nhs-2007", "England", "england-settled", "post=3-min:3", "--point 3-min --band 3", None),
        ("nhs-2007", "Scotland", "scotland-full", "salary=20000", "--salary 20000", Some("22.5")),
        ("nhs-2008", "England", "three-year", "post=25:6", "--point 25 --band 6", Some("30")),
        ("nhs-2014", "England", "england-imposed", "post=16:4", "--point 16 --band 4", None),
        ("nhs-whitley-1998", "England", "award", "post=E-max:E", "--point E-max --band E", None),
    ] {
        let asked = hours.map(|hours| format!("&hours={hours}")).unwrap_or_default();
        let groups = if id == "nhs-whitley-1998" { "&group=nurses" } else { "" };
        let rows = rows(id, &format!("worth?nation={nation}&{post}{asked}{groups}&pension=none"), "worth");
        let row = of(&rows, offer);
        let hours = hours.map(|hours| format!(" --hours {hours}")).unwrap_or_default();
        let value = json(&format!("offer value {id} --offer {offer} {point}{hours}"));
        let answered = at(&value, "offers/0");
        let number = |path: &str| number(answered, path, 2);
        assert_eq!(row[2], number("member/years/0/award/by_months"), "{id} {offer}");
        assert_eq!(row[3], number("member/years/0/unconsolidated"), "{id} {offer}");
        assert_eq!(row[4], number("member/years/0/year_end_rate"), "{id} {offer}");
        if answered["on_own_hours"] == Value::Null {
            assert_eq!(row[5], number("points/0/weekly_loss_from_staging"), "{id} {offer}");
            assert_eq!(row[6], number("points/0/loss_to_full_award"), "{id} {offer}");
        } else {
            assert_eq!(row[5], number("on_own_hours/weekly_loss_from_staging"), "{id} {offer}");
            assert_eq!(row[6], number("on_own_hours/loss_to_full_award"), "{id} {offer}");
        }
        if ["nhs-2007", "nhs-2014"].contains(&id) && offer != "england-imposed" {
            let kept = json(&format!("offer take-home {id} --offer {offer} {point}{hours} --pension none"));
            assert_eq!(row[7], crate::run::number(&kept, "years/0/difference/net", 2), "{id} {offer}");
        }
    }
}
