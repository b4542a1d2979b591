//! Long lists of the desk: every unit is on one page of the list, none on two, and all on one for whoever prints it.

use std::collections::BTreeSet;

use hyper::StatusCode;
use web::Role;

use crate::access::signed_in;
use crate::desk_roll::see;
use crate::made::{Wanted, running};

const UNITS: usize = 104;

/// The text of the first cell of each row of the page's tables of units.
fn units(page: &str) -> Vec<String> {
    let cells = page.split("<th scope=\"row\">").skip(1).map(|rest| rest.split("</th>").next().unwrap_or_default());
    let text = |cell: &str| cell.split('>').map(|part| part.split('<').next().unwrap_or_default()).collect::<String>().trim().to_owned();
    cells.map(text).filter(|name| !name.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_units_are_shown_in_parts() {
    let running = running(Wanted { voters: UNITS * 2, units: UNITS, ..Wanted::default() }).await;
    let officer = signed_in(&running, Role::Officer).await;
    for path in ["/desk/voting", "/desk/papers", "/desk/branches"] {
        let first = see(&running, &officer, path).await;
        assert_eq!(first.status, StatusCode::OK, "{path}");
        let first = first.text();
        assert!(first.contains("Page 1 of 2") && first.contains(&format!("{path}?page=2")), "{path}: {first}");
        let second = see(&running, &officer, &format!("{path}?page=2")).await.text();
        let parts = [units(&first), units(&second)];
        let together: BTreeSet<&String> = parts.iter().flatten().collect();
        let all = units(&see(&running, &officer, &format!("{path}?all=1")).await.text());
        // Days of voting stand on each page of the dashboard, and are no units.
        let days = all.len() - UNITS;
        assert_eq!(parts[0].len() - days, 100, "{path}");
        assert_eq!(parts[1].len() - days, UNITS - 100, "{path}");
        assert_eq!(together, all.iter().collect(), "{path}");
        let past = see(&running, &officer, &format!("{path}?page=99")).await.text();
        assert!(past.contains("Page 2 of 2"), "{path}");
        assert_eq!(see(&running, &officer, &format!("{path}?page=x")).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
}
