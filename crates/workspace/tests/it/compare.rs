//! `compare`: the figures of the library, point by point and among invented staff.

use dated::Ratio;
use pay::{Pence, value_row};

use crate::founding::{answer, dispute, disputes, page, rows};

fn pounds(pence: Ratio) -> String {
    Pence::nearest(pence).pounds().to_fixed(2)
}

#[test]
fn every_point_of_every_dispute_has_the_librarys_gain() {
    let mut compared = 0;
    for dispute in disputes() {
        let framework = dispute.framework();
        let ids: Vec<&str> = dispute.offers.iter().filter(|offer| !offer.steps.is_empty()).map(|offer| offer.id.as_str()).collect();
        if ids.len() < 2 {
            continue;
        }
        let asked = format!("compare?offers={}&group={}", ids.join(","), dispute.groups[0].id);
        for table in page(&dispute, &asked).tables.iter().filter(|table| table.id.starts_with("points-")) {
            let scale = framework.scale(table.id.strip_prefix("points-")).expect("a scale");
            let first = ids.iter().filter_map(|id| framework.first_pay_year(dispute.offer(id)?)).min().expect("a year");
            for row in rows(&dispute, &asked, &table.id) {
                for (at, id) in ids.iter().enumerate() {
                    let offer = dispute.offer(id).expect("an offer");
                    let start = table.heads.iter().position(|head| head.text == format!("{id}: in the year")).expect("its column");
                    let end = start + 1 + usize::from(at > 0);
                    let grouped = framework.in_group(Some(dispute.groups[0].id.clone()));
                    let listed = grouped.scales_of(offer).any(|known| known.id == scale.id);
                    let found = if listed { grouped.rows(offer, scale, &offer.nations[0].0).unwrap_or_default() } else { Vec::new() };
                    let Some(known) = found.into_iter().find(|known| known.point == row[0] && known.band == row[1]) else {
                        assert_eq!(row[start], "", "{} {id} {}", dispute.id, row[0]);
                        continue;
                    };
                    let value = value_row(known, first);
                    let year = value.first_year();
                    assert_eq!(
                        row[start],
                        pounds(year.gain_pence.by_months + year.unconsolidated.ratio()),
                        "{} {id} {}",
                        dispute.id,
                        row[0]
                    );
                    assert_eq!((table.heads[end].text.as_str(), &row[end]), ("at its end", &pounds(year.year_end_rate.ratio())));
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn nation_against_nation_in_2007() {
    let dispute = dispute("nhs-2007");
    let asked = "compare?offers=england-staged,scotland-full,wales-settled";
    let found = page(&dispute, asked);
    assert!(found.body.contains("Nation against nation") && found.body.contains("<svg"), "{}", found.body);
    let headline = rows(&dispute, asked, "headline");
    assert_eq!(headline[0][2], "1.916667");
    assert_eq!((headline[1][2].as_str(), headline[1][6].as_str()), ("2.500000", "0.583333"));
    let real = rows(&dispute, asked, "real");
    assert!(real.iter().any(|row| row[0] == "england-staged" && row[1].starts_with("RPI, annual rate known at the time")), "{real:?}");
    // Point 17 in band 5: 19,730 before.
    let point = rows(&dispute, asked, "points-afc-spine").into_iter().find(|row| row[0] == "17" && row[1] == "5").expect("point 17");
    // Staged: seven months of 1.5% and five of 2.5%; in Scotland the whole year, 114.92 more.
    assert_eq!((point[3].as_str(), point[4].as_str(), point[6].as_str(), point[7].as_str()), ("378.08", "20223.00", "493.00", "114.92"));
}

#[test]
fn invented_staff_are_labelled_and_small_groups_withheld() {
    let dispute = dispute("nhs-2007");
    let asked = "compare?offers=england-staged,scotland-full&staff=1000&seed=7";
    let found = page(&dispute, asked);
    assert!(found.body.matches("SYNTHETIC WORKFORCE").count() >= 2 && found.body.contains("describe no real staff"), "{}", found.body);
    assert!(found.body.contains("scotland-full@Scotland is better than england-staged in the year for"), "{}", found.body);
    let months = rows(&dispute, asked, "by-month");
    assert_eq!(months.len(), 12);
    for row in rows(&dispute, asked, "groups") {
        assert!(row[1].parse::<u64>().is_ok_and(|people| people >= 10), "{row:?}");
    }
    assert!(found.body.contains("Not shown:"), "some groups are small among a thousand");
    assert_eq!(found.body, page(&dispute, asked).body);
    assert_ne!(found.body, page(&dispute, "compare?offers=england-staged,scotland-full&staff=1000&seed=8").body);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let found = page(&dispute("nhs-2007"), "compare?offers=england-staged");
    assert!(found.is_refusal && found.body.contains("choose at least two offers"), "{}", found.body);
    let found = page(&dispute("nhs-2007"), "compare?offers=england-staged,nosuch&staff=12&salary=x");
    assert!(found.is_refusal && found.body.contains("“12” is not a number of staff") && found.body.contains("“x” is not a salary"));
    assert!(page(&dispute("nhs-2007"), "compare?offers=england-staged,nosuch").body.contains("there is no offer “nosuch”"));
    let many: Vec<String> = (0..9).map(|number| format!("o{number}")).collect();
    assert!(page(&dispute("nhs-2007"), &format!("compare?offers={}", many.join(","))).body.contains("choose at most 8"));
    // Nurses' grades of 1998 are of no scale that staff could be dealt to.
    let found = page(&dispute("nhs-whitley-1998"), "compare?offers=award,recommendation&staff=1000");
    assert!(found.body.contains("so no staff can be made up"), "{}", found.body);
    let ids: Vec<String> = dispute("civil-service-2004").offers.iter().map(|offer| offer.id.clone()).collect();
    let found = page(&dispute("civil-service-2004"), &format!("compare?offers={}", ids.join(",")));
    assert!(found.body.contains("one of these offers has dated steps") || found.body.contains("not in the data"), "{}", found.body);
    assert!(answer(&dispute("nhs-2007"), "compare?offers=england-staged,scotland-full&csv=nosuch").is_err());
}
