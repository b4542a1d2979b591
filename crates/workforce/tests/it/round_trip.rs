//! What is written is read back the same.

use dated::Ratio;
use pay::{Pence, Post, PostPay, Sex, Staff, Workforce, YearDay};
use proptest::prelude::*;
use workforce::write_csv;

use crate::read_with;

/// A record without numbers into lists.
type Plain = (String, String, String, Post, Ratio, u32, Option<YearDay>, Option<Sex>);

fn plain(workforce: &Workforce) -> Vec<Plain> {
    let of = |staff: &Staff| {
        (
            workforce.employers[usize::from(staff.employer)].clone(),
            workforce.nations[usize::from(staff.nation)].clone(),
            workforce.staff_groups[usize::from(staff.staff_group)].clone(),
            workforce.posts[staff.post as usize].clone(),
            workforce.portions[usize::from(staff.portion)],
            staff.headcount,
            staff.increment,
            staff.sex,
        )
    };
    workforce.staff.iter().map(of).collect()
}

fn posts() -> impl Strategy<Value = Post> {
    let pay = prop_oneof![
        (1_u32..60).prop_map(|point| PostPay::Point(point.to_string())),
        (100_000_i64..20_000_000).prop_map(|pence| PostPay::Salary(Pence(pence))),
    ];
    (prop_oneof![Just(String::new()), Just("5".to_owned()), Just("8a".to_owned()), Just("E".to_owned())], pay)
        .prop_map(|(band, pay)| Post { band, pay })
}

fn workforces() -> impl Strategy<Value = Workforce> {
    let staff = (
        0..4_u32,
        1..2_000_u32,
        0..3_u16,
        0..2_u16,
        0..3_u16,
        proptest::option::of((1_u8..=12, 1_u8..=28)),
        0..2_u8,
        proptest::option::of(any::<bool>()),
    )
        .prop_map(|(post, headcount, employer, staff_group, portion, increment, nation, woman)| Staff {
            post,
            headcount,
            employer,
            staff_group,
            portion,
            increment: increment.map(|(month, day)| YearDay { month, day }),
            nation,
            sex: woman.map(|woman| if woman { Sex::Female } else { Sex::Male }),
        });
    (
        proptest::collection::vec(posts(), 4),
        proptest::collection::vec((1_i128..200, 100_i128..200), 3),
        proptest::collection::vec(staff, 1..30),
        proptest::option::of("[a-z,;\" ]{1,20}[a-z]"),
        "[A-Z][a-z,\"' &]{1,20}[a-z]",
    )
        .prop_map(|(posts, portions, staff, label, name)| Workforce {
            title: "A title".to_owned(),
            synthetic: label.map(|label| label.trim().to_owned()),
            nations: vec!["England".to_owned(), "Wales".to_owned()],
            employers: vec![name, String::new(), "B".to_owned()],
            staff_groups: vec!["Nurses & health visitors".to_owned(), "Scientific, therapeutic & technical staff".to_owned()],
            posts,
            portions: portions.into_iter().map(|(top, bottom)| Ratio::new(top, bottom)).collect(),
            staff,
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(workforce in workforces()) {
        let mut bytes = Vec::new();
        write_csv(&workforce, &mut bytes).expect("memory");
        let reading = read_with(&bytes, |options| options.nation = None);
        prop_assert_eq!(&reading.faults, &vec![], "{}", String::from_utf8_lossy(&bytes));
        prop_assert_eq!(plain(&reading.workforce), plain(&workforce));
        prop_assert_eq!(&reading.workforce.synthetic, &workforce.synthetic);
        prop_assert_eq!(&reading.workforce.title, &workforce.title);
        prop_assert_eq!(reading.workforce.whole_time(), workforce.whole_time());
    }
}
