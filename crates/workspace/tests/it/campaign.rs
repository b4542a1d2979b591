//! Letters and postcards, against the library.

use dated::{Faults, FileBytes};
use dispute::campaign::{Language, Places, Postcodes, Seats, Sites, Writers, counts, letters, postcards};
use dispute::{Dispute, Folder};
use workspace::{Answer, Page};

use crate::ask::{LIBRARY, ask_pairs, column, csv, date, founding, page, read};

/// The invented dispute that `whitley new` writes: it plans letters and postcards.
fn invented() -> Dispute {
    let files = dispute::starter_files("our-dispute").into_iter().map(|(path, text)| (path.to_owned(), FileBytes::Read(text.into())));
    read(&Folder { name: "our-dispute".into(), files: files.collect() })
}

fn post(dispute: &Dispute, fields: &[(&str, &str)]) -> Page {
    let pairs: Vec<(String, String)> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    match ask_pairs(dispute, "campaign", &pairs) {
        Ok(Answer::Page(page)) => page,
        Ok(Answer::File(file)) => panic!("a file, {}", file.name),
        Err(trouble) => panic!("{trouble:?}"),
    }
}

const OWN: &str = "My rent went up again this spring, so we moved back in with my mother, and the drive to the ward is forty minutes.";
const OTHER: &str =
    "I clean three theatres between lists and have not bought shoes since the winter; that is how falling pay looks from here.";

#[test]
fn every_point_has_the_loss_that_its_postcard_says() {
    let mut compared = 0;
    for dispute in [founding("nhs-whitley-1998"), invented()] {
        let rows = csv(&dispute, "campaign", "postcards");
        let (points, bands) = (column(&rows, "point"), column(&rows, "band"));
        let (places, groups) = (column(&rows, "where"), column(&rows, "group"));
        let mut members = String::from("member,name,branch,nation,group,point,band\n");
        let branch = dispute.campaign_plan.branches.first().map_or("north", |(id, _)| id.as_str());
        for at in 0..points.len() {
            members.push_str(&format!("m{at},A Member,{branch},{},{},{},{}\n", places[at], groups[at], points[at], bands[at]));
        }
        let faults = Faults::new();
        let writers = Writers::read("members.csv", &FileBytes::Read(members.into_bytes()), &dispute.campaign_plan, &faults);
        let cards = postcards(&dispute, &dispute.campaign_plan, &writers, Language::English, &faults);
        assert!(faults.is_empty(), "{:?}", faults.into_sorted());
        let losses: Vec<String> = cards.iter().map(|card| card.loss.pounds().to_fixed(2)).collect();
        assert_eq!(column(&rows, "lost in the year"), losses, "{}", dispute.id);
        compared += losses.len();
        let shown = page(&dispute, "campaign").body;
        assert!(shown.contains(&cards[0].text.replace('\'', "&#39;")), "{}", cards[0].text);
    }
    let card = page(&founding("nhs-whitley-1998"), "campaign?print=card").body;
    assert!(card.contains("class=\"postcard\"") && !card.contains("<form"), "{card}");
    assert!(compared > 10, "{compared} points were compared");
}

#[test]
fn a_letter_is_measured_as_the_command_line_measures_it() {
    let dispute = invented();
    let fields = [("letter-constituency", "carlisle"), ("letter-on", "2026-05-01"), ("letter-point", "1"), ("words", OWN)];
    let fine = post(&dispute, &fields);
    assert!(!fine.is_refusal && fine.body.contains("Your own letter"), "{}", fine.body);
    assert!(fine.body.contains("Dear Julie Minns,") && fine.body.contains("as elected on 4 July 2024") && fine.body.contains("> 0%"));
    let copied = post(&dispute, &[fields[0], fields[1], fields[2], fields[3], ("others", &format!("{OTHER}\n---\n{OWN}"))]);
    assert!(
        copied.body.contains("Held back") && copied.body.contains("> 100%") && copied.body.contains("other letter 2"),
        "{}",
        copied.body
    );
    assert!(fine.tables.iter().all(|table| !String::from_utf8_lossy(&table.csv()).contains("rent")), "no table holds what was written");
}

#[test]
fn a_letter_that_lacks_something_says_all_of_it() {
    let dispute = invented();
    let lacking = post(&dispute, &[("letter-constituency", "Carlile"), ("letter-on", "31/02/2026"), ("words", "Pay.")]);
    assert!(lacking.is_refusal);
    for wanted in ["Did you mean Carlisle", "February 2026 has no day 31", "choose your point"] {
        assert!(lacking.body.contains(wanted), "{wanted}: {}", lacking.body);
    }
    let short = post(&dispute, &[("letter-constituency", "Carlisle"), ("letter-point", "1"), ("words", "Too few words.")]);
    assert!(short.is_refusal && short.body.contains("has written 3 words"));
    let turned = post(&dispute, &[("letter-constituency", "Carlisle"), ("letter-point", "1"), ("words", "a \u{202e}b <script>")]);
    assert!(turned.is_refusal && !turned.body.contains("<script>"));
    let early = post(&dispute, &[("letter-constituency", "Carlisle"), ("letter-on", "1998-05-01"), ("letter-point", "1"), ("words", OWN)]);
    assert!(early.is_refusal && early.body.contains("is not in the data"));
    assert!(post(&dispute, &[("letter-point", "999"), ("words", OWN)]).is_refusal);
}

#[test]
fn the_member_of_parliament_is_found_by_place_and_day() {
    let dispute = founding("nhs-2007");
    let now = page(&dispute, "campaign?constituency=Carlisle&mp-on=2026-05-01");
    assert!(now.body.contains("Julie Minns") && now.body.contains("as elected on 4 July 2024"));
    let then = page(&dispute, "campaign?constituency=Carlisle&mp-on=2007-05-01");
    assert!(!then.is_refusal && then.body.contains("who sat for Carlisle on 1 May 2007 is not in the data"));
    let none = page(&dispute, "campaign?constituency=Carlile");
    assert!(none.is_refusal && none.body.contains("Did you mean Carlisle"));
}

#[test]
fn a_list_is_counted_and_forgotten() {
    let dispute = invented();
    let members = format!(
        "member,name,address,branch,constituency,point,words\nU1,Ann Example,1 High Street,north,Carlisle,1,\"{OWN}\"\n\
         U2,Bob Example,2 Low Road,south,Leeds South,2,\"{OTHER}\"\n"
    );
    let counted = post(&dispute, &[("members", &members), ("counts-on", "2026-05-01")]);
    assert!(!counted.is_refusal, "{}", counted.body);
    let faults = Faults::new();
    let writers = Writers::read("members.csv", &FileBytes::Read(members.into_bytes()), &dispute.campaign_plan, &faults);
    let (seats, _) = Seats::built_in(&LIBRARY.sources);
    let places = Places { seats: &seats, postcodes: &Postcodes::default(), sites: &Sites::default() };
    let all = letters(&dispute, &dispute.campaign_plan, places, &writers, date("2026-05-01"), None, &faults);
    for seat in counts(&all).seats {
        assert!(counted.body.contains(&seat.constituency) && counted.body.contains(&seat.loss.to_string()), "{seat:?}");
    }
    assert!(!counted.body.contains("Ann Example") && !counted.body.contains("rent"), "neither names nor words are shown");
    let wrong = post(&dispute, &[("members", "member,name\nU1,Ann\n")]);
    assert!(wrong.is_refusal && wrong.body.contains("members.csv:1"), "{}", wrong.body);
}

#[test]
fn a_dispute_that_plans_nothing_says_how_to() {
    let shown = page(&founding("nhs-2014"), "campaign").body;
    assert!(shown.contains("[postcard]") && shown.contains("[letter]") && shown.contains("{loss}"), "{shown}");
}
