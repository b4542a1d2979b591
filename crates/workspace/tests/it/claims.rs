//! `claims`: the verdicts and values of the library, the card, and a figure of one's own.

use workspace::{Answer, Trouble};

use crate::founding::{LIBRARY, answer, dispute, disputes, page, rows};

#[test]
fn every_figure_of_every_dispute_has_the_librarys_verdict_and_values() {
    let mut compared = 0;
    for dispute in disputes() {
        let listed = rows(&dispute, "claims", "figures");
        let checked = dispute.check_figures(&LIBRARY);
        assert_eq!(listed.len(), checked.len());
        for (row, figure) in listed.iter().zip(&checked) {
            assert_eq!((row[0].as_str(), row[1].as_str()), (figure.figure.id.as_str(), figure.verdict.word()));
            let asked = format!("claims/{}", figure.figure.id);
            let readings = rows(&dispute, &asked, "readings");
            assert_eq!(readings.len(), figure.readings.len());
            for (row, reading) in readings.iter().zip(&figure.readings) {
                let known = reading.outcome.as_ref().map(|(value, _)| value.to_fixed(6)).unwrap_or_default();
                assert_eq!((row[0].as_str(), row[1].as_str()), (reading.definition, known.as_str()), "{asked}");
                compared += 1;
            }
            let Ok(Answer::File(card)) = answer(&dispute, &format!("{asked}?card=text")) else { panic!("{asked}: no card") };
            assert!(String::from_utf8(card.bytes).is_ok_and(|text| text.contains(&figure.figure.quoted)));
            assert!(page(&dispute, &format!("{asked}?card=page")).body.starts_with("<h1>"));
        }
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn a_figure_of_ones_own_is_read_in_every_way_that_applies() {
    let dispute = dispute("nhs-2007");
    let found = page(&dispute, "claims?value=1.9&unit=percent&says=is&offer=england-staged").body;
    assert!(found.contains("True if") && found.contains("the rise in the year 2007-08, by months"), "{found}");
    assert!(found.contains("RPI in the year to March 2007") && found.contains("Not looked at here"), "{found}");
    let found = page(&dispute, "claims?value=9&unit=percent&says=is&offer=england-staged").body;
    let own = found.split("id=\"own\"").nth(1).unwrap_or_default();
    assert!(own.contains(">False<"), "{own}");
    // Point 17: 19,730; 197 a year for 30 of 52.18 weeks.
    let found = page(&dispute, "claims?value=£3.78&unit=pounds-a-week&says=about&offer=england-staged&point=17&band=5").body;
    assert!(found.contains("lost a week to stages") && found.contains("holds"), "{found}");
    let found = page(&dispute, "claims?value=20,223&unit=pounds-a-year&offer=scotland-full&point=17&band=5").body;
    assert!(found.contains("the rate at the end of 2007-08") && found.contains("20,223"), "{found}");
}

#[test]
fn readings_that_cannot_be_computed_are_named() {
    let civil = dispute("civil-service-2004");
    let id = &civil.offers[0].id;
    let found = page(&civil, &format!("claims?value=3.7&unit=percent&offer={id}")).body;
    assert!(found.contains("not computed ("), "{found}");
    let found = page(&dispute("nhs-2007"), "claims?value=100&unit=pounds-in-the-year&offer=england-staged&point=99").body;
    assert!(found.contains("there is no point 99") && found.contains("Cannot tell"), "{found}");
}

#[test]
fn what_is_wrong_in_the_form_is_said() {
    let dispute = dispute("nhs-2007");
    let found = page(&dispute, "claims?value=lots&unit=stones&says=maybe&offer=nosuch&salary=x");
    assert!(found.is_refusal);
    for said in ["“lots” is not a number", "“stones” is none of", "“maybe” is none of", "there is no offer “nosuch”", "“x” is not a salary"]
    {
        assert!(found.body.contains(said), "{said}: {}", found.body);
    }
    let found = page(&dispute, "claims?value=3&unit=pounds-a-week&offer=england-staged");
    assert!(found.is_refusal && found.body.contains("pounds are somebody"), "{}", found.body);
    // What is typed cannot become part of the question.
    let found = page(&dispute, "claims?value=3&unit=pounds-a-week&offer=england-staged&point=17\" }\n[evil]\nx = \"1");
    assert!(found.body.contains("there is no point") && !found.body.contains("bad"), "{}", found.body);
    assert!(matches!(answer(&dispute, "claims/nosuch"), Err(Trouble::NotThere(why)) if why.contains("the figures are")));
    let id = &dispute.figures[0].id;
    assert!(matches!(answer(&dispute, &format!("claims/{id}?card=gold")), Err(Trouble::Question(_))));
}
