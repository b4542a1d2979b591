//! Bytes of any kind are read or refused; every row becomes staff or a fault.

use proptest::prelude::*;

use crate::read_with;

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let reading = read_with(bytes, |_| {});
    let rows = reading.rows;
    prop_assert_eq!(rows.read, rows.accepted + rows.refused + rows.of_nobody);
    prop_assert_eq!(rows.accepted, reading.workforce.staff.len() as u64);
    prop_assert!(rows.refused == 0 || reading.fault_count() > 0);
    prop_assert!(rows.accepted + rows.of_nobody > 0 || reading.fault_count() > 0, "nothing read and nothing said");
    // Every number leads somewhere.
    let workforce = &reading.workforce;
    for staff in &workforce.staff {
        prop_assert!((staff.post as usize) < workforce.posts.len() && usize::from(staff.portion) < workforce.portions.len());
        prop_assert!(
            usize::from(staff.employer) < workforce.employers.len() && usize::from(staff.staff_group) < workforce.staff_groups.len()
        );
        prop_assert!(usize::from(staff.nation) < workforce.nations.len() && staff.headcount > 0);
    }
    for fault in &reading.faults {
        prop_assert!(!fault.what.is_empty() && !fault.fix.is_empty() && !fault.what.contains('\n'), "{:?}", fault);
        prop_assert!(!fault.what.chars().any(|c| c.is_control()), "{:?}", fault);
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        check(&bytes)?;
    }

    #[test]
    fn any_rows_below_a_header(rows in proptest::collection::vec("[ -~\u{a3}\u{e9}\r\n\"]{0,60}", 0..20)) {
        check(format!("employer,point,salary,band,wte,headcount,increment_date,sex,synthetic\n{}", rows.join("\n")).as_bytes())?;
    }

    #[test]
    fn rows_that_are_nearly_right(cells in proptest::collection::vec(proptest::collection::vec("|[0-9]{1,5}|[0-9]{1,2}[.,/-][0-9]{1,4}|[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{2,4}|£[0-9,.]{1,9}|Total|#REF!|[A-Za-z]{1,9}", 7), 1..10)) {
        let rows: Vec<String> = cells.iter().map(|row| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",")).collect();
        check(format!("point,salary,hours,headcount,increment date,sex,band\n{}", rows.join("\n")).as_bytes())?;
        check(format!("point,salary,fte,headcount,increment date,sex,band\n{}", rows.join("\n")).as_bytes())?;
    }
}
