//! One offer on the rates of other agreements (N29 to N31).

use dated::FileBytes;
use dispute::talks::{Fit, ReadAcross, ReadTo, read_across};
use dispute::{Dispute, FoundingDisputes};

use crate::folder::{library, read};

fn whitley(more: &str) -> Dispute {
    let mut folder = FoundingDisputes::folder("nhs-whitley-1998").expect("carried");
    let Some(FileBytes::Read(bytes)) = folder.files.get("offers/offer.toml").cloned() else { panic!("no offer") };
    let text = format!("{}{more}", String::from_utf8(bytes).expect("text"));
    folder.files.insert("offers/offer.toml".into(), FileBytes::Read(text.into()));
    let (dispute, faults) = read(&folder);
    assert_eq!(faults, [], "{faults:#?}");
    dispute.expect("a dispute")
}

fn words(found: &ReadAcross) -> Vec<&'static str> {
    let word = |fit: &Fit| match fit {
        Fit::Fits => "fits",
        Fit::ReachesNobody(_) => "nobody",
        Fit::Misfit(_) => "no",
        Fit::NotKnown(_) => "cannot tell",
    };
    found.clauses.iter().map(|clause| word(&clause.fit)).collect()
}

const FOUR: [&str; 4] = ["admin-clerical", "ancillary", "ambulance", "professional-technical"];

/// Four groups, one offer file, four results; a further clause that leaves one group out is the one mismatch.
#[test]
fn four_whitley_groups_and_one_mismatch_with_its_place() {
    let to = |group| ReadTo { scale: None, nation: "Great Britain", group: Some(group) };
    let plain = whitley("");
    let offer = plain.offers.iter().find(|offer| offer.id == "offer").expect("it");
    for group in FOUR {
        assert_eq!(words(&read_across(offer, to(group))), ["fits", "fits"], "{group}");
    }
    let more = "\n[[step]]\nfrom = 1999-01-01\nclause = \"A further 100 pounds.\"\npounds = 100\ngroups = [\"admin-clerical\", \"ancillary\", \"professional-technical\"]\n";
    let with = whitley(more);
    let offer = with.offers.iter().find(|offer| offer.id == "offer").expect("it");
    let found = FOUR.map(|group| read_across(offer, to(group)));
    let mismatches: Vec<_> = found.iter().flat_map(ReadAcross::mismatches).collect();
    assert_eq!(mismatches.len(), 1);
    assert_eq!(words(&found[2]), ["fits", "fits", "no"], "the ambulance staff");
    assert!(mismatches[0].clause.contains("A further 100 pounds") && mismatches[0].place.file.ends_with("offers/offer.toml"));
    assert!(matches!(&mismatches[0].fit, Fit::Misfit(why) if why.contains("admin-clerical, ancillary, professional-technical only")));
}

/// The award for nurses on their own grades: what names a grade or a point of theirs fits there and nowhere else.
#[test]
fn clauses_that_name_bands_and_points_fit_only_where_these_are() {
    let more = "\n[[step]]\nfrom = 1999-01-01\npercent = 1.0\nof = \"in-force\"\nbands = [\"D\", \"E\"]\n\
        [[step.also]]\npounds = 50\npoints = [\"D-min\"]\n\
        [[step.also]]\nrate_at_least = 9000\n[[lump]]\npaid_on = 1999-02-01\npounds = 75\nrate_at_most = 13000\n";
    let dispute = whitley(more);
    let offer = dispute.offers.iter().find(|offer| offer.id == "offer").expect("it");
    let scale = |id: &str| library().scales.iter().find(|scale| scale.id == id).expect("a scale");
    let to = |id: &str, nation| read_across(offer, ReadTo { scale: Some(scale(id)), nation, group: Some("ancillary") });
    let nurses = to("whitley-nurses", "Great Britain");
    assert_eq!(words(&nurses), ["fits", "fits", "fits", "fits", "nobody", "fits"]);
    // By hand: 12,385 at the base date; 2% to the nearest 5 is 12,635 as published; and 1.8% of the base makes 12,860 (3.8%: 12,855.63, to
    // the nearest 5: 12,855); then 1% of that and 50: 13,033.55, to the nearest 5 13,035.
    let row = nurses.rows.iter().find(|row| row.point == "D-min").expect("a row");
    assert_eq!(row.path.changes().iter().map(|(_, rate)| rate.0).collect::<Vec<_>>(), [1_263_500, 1_285_500, 1_303_500]);
    // Agenda for Change has no rates in 1998: nothing can be told, and nothing is priced.
    let later = to("afc-bands", "England");
    assert!(later.rows.is_empty() && words(&later).iter().all(|word| *word == "cannot tell"), "{:?}", words(&later));
    // The award of 2014 says one thing for the table of band ends alone: on the spine, that clause and no other is refused.
    let (found, _) = read(&FoundingDisputes::folder("nhs-2014").expect("carried"));
    let found = found.expect("a dispute");
    let imposed = found.offers.iter().find(|offer| offer.id == "england-imposed").expect("it");
    let own = read_across(imposed, ReadTo { scale: Some(scale("afc-spine")), nation: "England", group: None });
    let refused: Vec<&Fit> = own.mismatches().map(|clause| &clause.fit).collect();
    assert_eq!(refused, [&Fit::Misfit("there is no point 5-min".to_owned())]);
    let ends = read_across(imposed, ReadTo { scale: Some(scale("afc-bands")), nation: "England", group: None });
    assert_eq!(ends.mismatches().count(), 0, "{:#?}", ends.clauses);
}
