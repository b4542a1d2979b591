//! Invented workforces: labelled, the same for the same seed, in the published proportions to the person.

use dated::{Date, Faults, FileBytes, Ratio, Sources, TomlFile};
use pay::{PostPay, Scale, Sex, Workforce};
use workforce::{Assumptions, Made, Published, Recipe, make, write_csv};

fn data(path: &str) -> FileBytes {
    let path = format!("{}/../../data/{path}", env!("CARGO_MANIFEST_DIR"));
    FileBytes::Read(std::fs::read(path).expect("the data"))
}

struct Data {
    published: Published,
    assumptions: Assumptions,
    scales: Vec<Scale>,
}

impl Data {
    fn read() -> Self {
        let faults = Faults::new();
        let sources = Sources::read_csv("sources.csv", &data("sources.csv"), &faults);
        let (published, assumptions) = (Published::built_in(&sources, &faults), Assumptions::built_in(&sources, &faults));
        let file = TomlFile::read("scales.toml", &data("pay/scales.toml"), &faults).expect("scales");
        let scales = file.with_root(&faults, |root| {
            root.list("scale", |table, _| {
                Scale::read(table, &sources, |name| Some((name.to_owned(), data(&format!("pay/{name}")))), &faults)
            })
        });
        assert_eq!(faults.into_sorted(), [], "the data have no fault");
        Self { published, assumptions, scales }
    }

    fn make(&self, staff: u32, seed: u64, scale: &str, as_of: Option<Date>) -> Result<Made, String> {
        let scale = self.scales.iter().find(|one| one.id == scale).expect("a scale");
        make(&Recipe { staff, seed, nation: "England", scale, as_of }, &self.published, &self.assumptions)
    }
}

fn bytes(workforce: &Workforce) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_csv(workforce, &mut bytes).expect("memory");
    bytes
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_other_people() {
    let data = Data::read();
    let one = bytes(&data.make(3_000, 7, "afc-spine", None).expect("made").workforce);
    assert_eq!(one, bytes(&data.make(3_000, 7, "afc-spine", None).expect("made").workforce));
    // The label names the seed, so the people are compared.
    let staff = |seed| data.make(3_000, seed, "afc-spine", None).expect("made").workforce.staff;
    assert!(staff(7) != staff(8));
    // The method is part of the specification: another result under the same seed is another method.
    let text = String::from_utf8(one).expect("text");
    assert!(text.starts_with("\"# synthetic: invented staff, 3,000 made with seed 7. Published: "), "{text:.100}");
    assert!(text.lines().skip(3).all(|row| row.ends_with(",yes")));
}

#[test]
fn employers_have_their_published_part_to_the_person() {
    let data = Data::read();
    let made = data.make(50_000, 3, "afc-spine", None).expect("made").workforce;
    assert_eq!(made.headcount(), 50_000);
    let total: Ratio = data.published.employers.iter().map(|one| one.fte).sum();
    for employer in &data.published.employers {
        let number = made.employers.iter().position(|name| *name == employer.name);
        let people = number.map_or(0, |number| made.staff.iter().filter(|one| usize::from(one.employer) == number).count());
        let quota = employer.fte * Ratio::whole(50_000) / total;
        assert!((quota - Ratio::whole(people as i64)).abs() < Ratio::ONE, "{}: {people} for {}", employer.name, quota.to_short(2));
    }
}

#[test]
fn what_is_dealt_has_the_assumed_parts_to_the_person() {
    let data = Data::read();
    let made = data.make(50_000, 3, "afc-spine", None).expect("made").workforce;
    for (at, group) in data.assumptions.groups.iter().enumerate() {
        let of_group: Vec<_> = made.staff.iter().filter(|one| usize::from(one.staff_group) == at).collect();
        let quota = |percent: Ratio| Ratio::whole(of_group.len() as i64) * percent / Ratio::whole(100);
        let near = |count: usize, percent: Ratio, what: &str| {
            assert!(
                (quota(percent) - Ratio::whole(count as i64)).abs() < Ratio::ONE,
                "{}: {what}: {count} for {}",
                group.name,
                quota(percent).to_short(2)
            );
        };
        near(of_group.iter().filter(|one| one.sex == Some(Sex::Female)).count(), group.women_percent, "women");
        for (band, percent) in &group.bands {
            near(of_group.iter().filter(|one| made.posts[one.post as usize].band == *band).count(), *percent, band);
        }
    }
    let top = made.staff.iter().filter(|one| one.increment.is_none()).count();
    // 45% of each band, and all of a band with one point only.
    assert!((22_450..=22_550).contains(&top), "{top}");
    let women_full_time = made.staff.iter().filter(|one| one.sex == Some(Sex::Female));
    let (full, all) = women_full_time
        .fold((0, 0), |(full, all), one| (full + i128::from(made.portions[usize::from(one.portion)] == Ratio::ONE), all + 1));
    assert!((Ratio::new(full, all) - Ratio::new(55, 100)).abs() < Ratio::new(1, 10_000), "{full} of {all}");
}

#[test]
fn everybody_stands_on_a_point_of_the_day() {
    let data = Data::read();
    let scale = data.scales.iter().find(|one| one.id == "afc-spine").expect("the spine");
    for day in [Date::constant(2007, 6, 1), Date::constant(2014, 4, 1)] {
        let table = scale.table_on("England", day).expect("a table");
        let made = data.make(2_000, 1, "afc-spine", Some(day)).expect("made").workforce;
        for staff in &made.staff {
            let post = &made.posts[staff.post as usize];
            let PostPay::Point(point) = &post.pay else { panic!("{post:?}") };
            let known = table.point(point).expect("a point of the day");
            assert!(known.bands.contains(&post.band), "{post:?} on {day}");
            let top = table.points.iter().filter(|one| one.bands.contains(&post.band)).map(|one| one.annual).max();
            assert_eq!(staff.increment.is_none(), Some(known.annual) == top, "{post:?}");
        }
    }
}

#[test]
fn what_is_not_in_the_data_is_not_made() {
    let data = Data::read();
    assert!(data.make(100, 1, "afc-spine", Some(Date::constant(2001, 1, 1))).is_err());
    assert!(data.make(100, 1, "whitley-nurses", None).is_err());
    assert!(data.make(0, 1, "afc-spine", None).is_err());
    let scale = &data.scales[0];
    let wales = make(&Recipe { staff: 10, seed: 1, nation: "Wales", scale, as_of: None }, &data.published, &data.assumptions);
    assert!(wales.expect_err("no employers").contains("Wales"));
    let made = data.make(100, 1, "afc-bands", None).expect("made");
    assert!(made.notes[0].contains("no band 1"), "{:?}", made.notes);
}
