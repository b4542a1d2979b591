//! The papers from outside: what stands in each PDF, what stops a print, and that the same input gives the same bytes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use dated::{Date, Fault, Faults, FileBytes, TomlFile, parse_date};
use dispute::campaign::{Language, Postcard, Writers, postcards};
use dispute::{Dispute, Folder, Library};
use law::Rulebook;
use print::*;

fn day(text: &str) -> Date {
    parse_date(text).expect("a date")
}

fn sample(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample").join(file)).expect("a sample file")
}

/// The sample dispute after the given replacements, each of which must be found.
fn dispute(changes: &[(&str, &str, &str)]) -> Dispute {
    let mut files = BTreeMap::new();
    for name in [
        "dispute.toml",
        "offers/staged.toml",
        "offers/recommended.toml",
        "campaign.toml",
        "decide/conference.toml",
        "polls/action-2026.toml",
        "papers/action-2026.toml",
        "action.toml",
        "scales/scales.toml",
        "scales/points.csv",
    ] {
        let mut text = sample(&format!("dispute/{name}"));
        for (_, from, to) in changes.iter().filter(|(file, _, _)| *file == name) {
            assert!(text.contains(from), "{from} is not in {name}");
            text = text.replace(from, to);
        }
        files.insert(name.to_owned(), FileBytes::Read(text.into_bytes()));
    }
    let (library, _) = Library::built_in();
    let (dispute, faults) = Dispute::read(&Folder { name: "sample".into(), files }, &library);
    assert_eq!(faults, []);
    dispute.expect("a dispute")
}

const PAPERS: &str = "papers/action-2026.toml";
const POLL: &str = "polls/action-2026.toml";

/// Makes something of the north unit of a dispute.
fn of_north<T>(dispute: &Dispute, make: impl FnOnce(&PollPapers<'_>, &dispute::Unit, &Faults) -> Option<T>) -> Result<T, Vec<Fault>> {
    of_unit(dispute, "north", make)
}

fn of_unit<T>(
    dispute: &Dispute,
    unit: &str,
    make: impl FnOnce(&PollPapers<'_>, &dispute::Unit, &Faults) -> Option<T>,
) -> Result<T, Vec<Fault>> {
    let book = Rulebook::built_in().expect("rules");
    let faults = Faults::new();
    let made = PollPapers::find(dispute, &book, "action-2026", &faults).and_then(|papers| {
        let unit = papers.units(Some(unit), &faults).first().copied()?;
        make(&papers, unit, &faults)
    });
    made.ok_or_else(|| faults.into_sorted())
}

/// The words of a PDF, read back by another program; spaces and line breaks are one space.
fn words(printed: &Printed) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, &printed.bytes).expect("written");
    let text = Command::new("pdftotext").arg("-raw").arg(&file).arg("-").output().expect("pdftotext runs: install poppler-utils");
    assert!(text.status.success());
    String::from_utf8(text.stdout).expect("text").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn printed(document: &Document) -> Printed {
    typeset(&Templates::built_in(), document).unwrap_or_else(|error| panic!("{error}"))
}

fn codes(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.code).collect()
}

#[test]
fn a_voting_paper_has_every_field_and_the_statement_word_for_word() {
    let paper = of_north(&dispute(&[]), |papers, unit, faults| {
        papers.voting_papers(unit, &Numbers::Real(41..43), Look::default(), day("2026-03-09"), faults)
    })
    .expect("a paper");
    let printed = printed(&paper);
    assert_eq!(printed.pages, 2);
    let text = words(&printed);
    for wanted in [
        "Number 000041",
        "Number 000042",
        "Are you prepared to take part in a strike?",
        "industrial action short of a strike?",
        "YES",
        "NO",
        "Sample Scrutiny Services (invented)",
        "2 Counting House Lane",
        "Fri 24 Apr 2026",
        "the Assistant General Secretary",
        "not part of the voting paper",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    let book = Rulebook::built_in().expect("rules");
    let contents =
        law::required_contents(&book, law::Document::VotingPaper, day("2026-03-30"), law::DocumentFacts::default()).expect("covered");
    let (statement, _) = contents.statement.expect("a statement");
    assert_eq!(text.matches(&statement.split_whitespace().collect::<Vec<_>>().join(" ")).count(), 2);
    // The law of 2026 no longer asks for these.
    assert!(!text.contains("matters in issue") && !text.contains("working to contract"));
}

#[test]
fn the_law_of_an_earlier_day_asks_for_more() {
    let earlier = [
        (POLL, "opened_on = 2026-03-30", "opened_on = 2020-03-30"),
        (POLL, "closed_on = 2026-04-24", "closed_on = 2020-04-24"),
        (PAPERS, "return_by = 2026-04-24", "return_by = 2020-04-24"),
    ];
    let dispute = dispute(&earlier);
    let paper =
        of_north(&dispute, |papers, unit, faults| papers.voting_papers(unit, &Numbers::Sample, Look::default(), day("2020-03-09"), faults))
            .expect("a paper");
    let text = words(&printed(&paper));
    for wanted in [
        "The matters in issue",
        "put off half of the award",
        "working to contract; a ban on overtime",
        "between 8 May and 31 December",
        "SAMPLE",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    let notice = of_north(&dispute, |papers, unit, faults| papers.ballot_notice(unit, day("2020-03-09"), day("2020-03-10"), faults))
        .expect("a notice");
    let text = words(&printed(&notice));
    for wanted in ["Nurses and midwives 640", "Hillside Clinic 330", "Total 1,240", "How these figures were arrived at", "Mon 30 Mar 2020"]
    {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
}

#[test]
fn the_ballot_notice_of_2026_lists_without_numbers() {
    let notice = of_north(&dispute(&[]), |papers, unit, faults| papers.ballot_notice(unit, day("2026-03-09"), day("2026-03-10"), faults))
        .expect("a notice");
    let text = words(&printed(&notice));
    assert!(
        text.contains("Nurses and midwives") && text.contains("Hillside Clinic") && text.contains("employees concerned is 1,240"),
        "{text}"
    );
    assert!(!text.contains("640") && !text.contains("arrived at"), "{text}");
}

#[test]
fn every_missing_field_is_said_in_one_run_and_nothing_is_printed() {
    let bare = dispute(&[
        (PAPERS, "scrutineer = \"Sample Scrutiny Services (invented)\"\n", ""),
        (PAPERS, "may_call = ", "# "),
        (PAPERS, "return_by = 2026-04-24\n", ""),
        (POLL, "text = \"Are you prepared to take part in a strike?\"\n", ""),
    ]);
    let faults =
        of_north(&bare, |papers, unit, faults| papers.voting_papers(unit, &Numbers::Sample, Look::default(), day("2026-03-09"), faults))
            .expect_err("faults");
    assert_eq!(codes(&faults), ["field-missing"; 4], "{faults:?}");
    for wanted in ["independent scrutineer", "who may call", "date by which", "question"] {
        assert!(faults.iter().any(|fault| fault.what.contains(wanted)), "{wanted}: {faults:?}");
    }
}

#[test]
fn each_required_field_stops_its_paper_when_it_goes() {
    // One valid thing, one change, one fault that names it.
    for (change, wanted) in [
        ((PAPERS, "scrutineer = ", "# "), "scrutineer"),
        ((PAPERS, "return_address = ", "# "), "address to which"),
        ((PAPERS, "may_call = ", "# "), "who may call"),
    ] {
        let faults = of_north(&dispute(&[change]), |papers, unit, faults| {
            papers.voting_papers(unit, &Numbers::Sample, Look::default(), day("2026-03-09"), faults)
        })
        .expect_err("a fault");
        assert!(faults.len() == 1 && faults[0].what.contains(wanted), "{wanted}: {faults:?}");
    }
    for (change, code) in [
        ((PAPERS, "address = [\"The Chief Executive\"", "# [\""), "address-missing"),
        ((PAPERS, "signed_by = ", "# "), "field-missing"),
        ((POLL, "opened_on = 2026-03-30", "opened_on = 2026-03-12"), "too-late"),
    ] {
        let faults =
            of_north(&dispute(&[change]), |papers, unit, faults| papers.ballot_notice(unit, day("2026-03-09"), day("2026-03-10"), faults))
                .expect_err("a fault");
        assert_eq!(codes(&faults), [code], "{faults:?}");
    }
}

#[test]
fn a_result_says_each_figure_and_whether_half_voted() {
    let statement = |unit, to| {
        of_unit(&dispute(&[]), unit, |papers, unit, faults| papers.result_statement(unit, to, day("2026-04-27"), faults))
            .expect("a statement")
    };
    let text = words(&printed(&statement("north", Addressee::Employer)));
    for wanted in [
        "231A",
        "The number of persons entitled to vote 1,240",
        "The number of votes cast 824",
        "answering Yes to each question 702",
        "answering No to each question 119",
        "voting papers 3",
        "at least 50% of those entitled to vote: yes, 824 of 1,240",
        "answering Yes to each question 740",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    let text = words(&printed(&statement("south", Addressee::Members)));
    assert!(text.contains("entitled to vote: no, 170 of 360") && !text.contains("231A"), "{text}");
    let faults = of_north(&dispute(&[(POLL, "spoiled = 3\n", "")]), |papers, unit, faults| {
        papers.result_statement(unit, Addressee::Members, day("2026-04-27"), faults)
    })
    .expect_err("a fault");
    assert!(faults.iter().any(|fault| fault.code == "field-missing" && fault.what.contains("spoiled")), "{faults:?}");
}

#[test]
fn a_certificate_needs_a_mandate() {
    let certificate = |unit| {
        of_unit(&dispute(&[]), unit, |papers, unit, faults| papers.certificate(unit, None, day("2026-04-28"), faults)).expect("an answer")
    };
    let Certificate::Held(document) = certificate("north") else { panic!("north has a mandate") };
    let text = words(&printed(&document));
    assert!(text.contains("until the end of Fri 23 Apr 2027") && text.contains("2 × 824 = 1648 ≥ 1240"), "{text}");
    let Certificate::Refused(why) = certificate("south") else { panic!("south has none") };
    assert!(why.len() == 2 && why[0].contains("2 × 170 = 340 < 360"), "{why:?}");
    // Of one question, and of none that the poll asked.
    let of_one = |question| {
        of_unit(&dispute(&[]), "north", |papers, unit, faults| papers.certificate(unit, Some(question), day("2026-04-28"), faults))
    };
    let Ok(Certificate::Held(document)) = of_one("strike") else { panic!("a mandate for a strike") };
    let text = words(&printed(&document));
    assert!(text.contains("This ballot supports a strike") && !text.contains("short of"), "{text}");
    assert_eq!(codes(&of_one("lunch").expect_err("a fault")), ["unknown-question"]);
}

#[test]
fn the_table_of_mandates_has_every_unit_and_question_won_or_not() {
    let table = of_north(&dispute(&[]), |papers, _, faults| papers.mandate_table(day("2026-04-28"), faults)).expect("a table");
    let text = words(&printed(&table));
    for wanted in [
        "SYNTHETIC: everybody and every figure in this paper is invented.",
        "North Sample Hospitals Strike 1,240 824 702 119 Mandate until the end of Fri 23 Apr 2027",
        "South Sample Council Action short of a strike 360 170 130 40 No mandate: turnout not met (2 × 170 = 340 < 360",
        "This is not legal advice",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
}

#[test]
fn a_run_in_memory_is_the_run_on_the_disk() {
    let document = of_north(&dispute(&[]), |papers, _, faults| papers.mandate_table(day("2026-04-28"), faults)).expect("a table");
    let batch = || Batch::single("mandates.pdf".to_owned(), "table of mandates", "action-2026", document.clone());
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path(), "mandates", Mode::Replace, &Templates::built_in(), [batch()].into_iter(), |_, _| {}).expect("printed");
    let made = print_in_memory("mandates", &Templates::built_in(), [batch()]).expect("printed");
    assert_eq!(made.len(), 3, "the paper, and the manifest twice");
    for (name, bytes) in made {
        assert_eq!(std::fs::read(folder.path().join(&name)).expect("written"), bytes, "{name}");
    }
}

#[test]
fn a_notice_of_action_needs_a_mandate_and_lawful_days() {
    let notice = |changes: &[(&str, &str, &str)], unit, received| {
        let dispute = dispute(changes);
        let call = dispute.calls[0].clone();
        of_unit(&dispute, unit, |papers, unit, faults| papers.action_notice(unit, &[&call], day("2026-05-01"), day(received), faults))
    };
    let text = words(&printed(&notice(&[], "north", "2026-05-01").expect("a notice")));
    for wanted in ["Thu 14 May 2026", "Fri 15 May 2026", "discontinuous", "Northtown Infirmary 910", "arrived at"] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    // The numbers by category are no longer asked for, and are not given.
    assert!(!text.contains("640"), "{text}");
    // Ten days from 5 May is 15 May: the first day is too early.
    let faults = notice(&[], "north", "2026-05-05").expect_err("a fault");
    assert!(codes(&faults) == ["unlawful-day"] && faults[0].what.contains("14 May"), "{faults:?}");
    assert_eq!(codes(&notice(&[], "south", "2026-05-01").expect_err("a fault")), ["no-mandate"]);
}

#[test]
fn several_calls_stand_in_one_notice_and_one_unlawful_day_stops_it() {
    let notice = |received| {
        let dispute = dispute(&[]);
        let calls: Vec<&dispute::Call> = dispute.calls.iter().collect();
        of_unit(&dispute, "north", |papers, unit, faults| papers.action_notice(unit, &calls, day("2026-05-01"), day(received), faults))
    };
    let text = words(&printed(&notice("2026-05-01").expect("a notice")));
    for wanted in
        ["Thu 14 May 2026", "Fri 15 May 2026", "discontinuous", "overtime ban; work to rule", "begin on Mon 18 May 2026", "continuous"]
    {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    // Ten days before 14 and 15 May are gone, those before 18 May are not: both days are named, in one run.
    let faults = notice("2026-05-06").expect_err("faults");
    assert_eq!(codes(&faults), ["unlawful-day"; 2], "{faults:?}");
}

#[test]
fn the_scrutineer_reports_what_the_act_asks() {
    let report = |changes: &[(&str, &str, &str)]| {
        of_north(&dispute(changes), |papers, _, faults| papers.scrutineer_report(&Evidence::default(), day("2026-05-01"), faults))
    };
    let text = words(&printed(&report(&[]).expect("a report")));
    for wanted in [
        "I am satisfied that there are no reasonable grounds for believing that there was any contravention",
        "I am satisfied that the arrangements made with respect to the production, storage, distribution, return or other handling",
        "without any interference from the trade union or any of its members, officials or employees",
        "TULRCA s.231B(1)(a)-(c)",
        "Printed 1,700",
        "North Sample Hospitals: strike 1,240 824 702 119 3",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    let evidence = Evidence {
        archives: vec![["North".to_owned(), "FINGERPRINT".to_owned(), "LAST-EVENT".to_owned()]],
        packs: vec![(
            "By the authority’s summary.".to_owned(),
            ["Unit", "Issued"].map(str::to_owned).into(),
            vec![["North", "1240"].map(str::to_owned).into()],
        )],
        incidents: vec!["A box came open.".to_owned()],
    };
    let shown = of_north(&dispute(&[]), |papers, _, faults| papers.scrutineer_report(&evidence, day("2026-05-01"), faults));
    let text = words(&printed(&shown.expect("a report")));
    for wanted in ["FINGERPRINT LAST-EVENT", "By the authority’s summary. Unit Issued North 1240", "A box came open."] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    let doubted = report(&[(PAPERS, "secure = true", "secure = false\nreasons = [\"Two boxes came open.\"]")]).expect("a report");
    let text = words(&printed(&doubted));
    assert!(text.contains("I am not satisfied that the arrangements") && text.contains("Two boxes came open."), "{text}");
    assert_eq!(text.matches("I am satisfied").count(), 2);
    let faults = report(&[
        (PAPERS, "[scrutineer_report]", "[[employer.category]]\nname = \"x\"\nnumber = 0\n#"),
        (PAPERS, "requirements_met", "#"),
        (PAPERS, "secure", "#"),
        (PAPERS, "unhindered", "#"),
        (PAPERS, "printed", "#"),
        (PAPERS, "sent", "#"),
        (PAPERS, "replaced", "#"),
        (PAPERS, "undelivered", "#"),
    ])
    .expect_err("a fault");
    assert!(faults.iter().any(|fault| fault.what.contains("s.231B")), "{faults:?}");
}

#[test]
fn a_turned_letter_in_a_paper_is_refused_with_its_place() {
    let turned = dispute(&[(PAPERS, "scrutineer = \"Sample", "scrutineer = \"\u{202e}Sample")]);
    let faults =
        of_north(&turned, |papers, unit, faults| papers.voting_papers(unit, &Numbers::Sample, Look::default(), day("2026-03-09"), faults))
            .expect_err("a fault");
    assert!(
        codes(&faults) == ["hidden-character"] && faults[0].what.contains("U+202E") && faults[0].place.file.ends_with(PAPERS),
        "{faults:?}"
    );
}

const CAMPAIGN: &str = "campaign.toml";

/// The cards of a list, after changes to the sample dispute.
fn made(list: &str, changes: &[(&str, &str, &str)], language: Language) -> Result<(Dispute, Vec<Postcard>), Vec<Fault>> {
    let dispute = dispute(changes);
    let faults = Faults::new();
    let writers = Writers::read("members.csv", &FileBytes::Read(list.into()), &dispute.campaign_plan, &faults);
    let cards = postcards(&dispute, &dispute.campaign_plan, &writers, language, &faults);
    // As the program does: what the campaign refuses is said first.
    if faults.error_count() == 0 {
        cards.iter().for_each(|card| check_card(card, &faults));
    }
    if faults.error_count() > 0 { Err(faults.into_sorted()) } else { Ok((dispute, cards)) }
}

fn sheet(list: &str, changes: &[(&str, &str, &str)], size: CardSize, look: Look) -> Result<Printed, TemplateError> {
    let (dispute, cards) = made(list, changes, look.language).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let plan = &dispute.campaign_plan;
    typeset(&Templates::built_in(), &cards_document(&cards, |branch| plan.branch_name(branch), size, look, day("2026-05-01")))
}

const SIZES: [CardSize; 3] = [CardSize::A5, CardSize::A6, CardSize::A7];

#[test]
fn what_members_write_prints_as_it_is_and_never_as_markup() {
    let own = "#panic(1) *b* <a> $x$ @y [z] \\ `c` = fair";
    let list = format!("member,name,branch,point,words\n1,Zoë O’Brien,clinic,1,{own}\n2,محمد علي,clinic,2,\n");
    for size in SIZES {
        let text = words(&sheet(&list, &[], size, Look::default()).expect("cards"));
        assert!(text.contains(own) && text.contains("Zoë O’Brien, Hillside Clinic"), "{text}");
        assert_eq!(text.matches("Prime Minister,").count(), 2);
    }
}

#[test]
fn every_bad_row_is_said_with_its_line_and_nothing_is_printed() {
    let long = "x".repeat(61);
    let list = "member,name,branch,point,hours,words\n1,Ann\u{202e}nnA,clinic,1,,\n2,#strong[Bo],clinic,1,,\n3,Cy,clinic,99,,\n4,Dee,clinic,,,\n5,Eve,clinic,1,900,\n";
    let faults = made(list, &[], Language::English).expect_err("faults");
    let found: Vec<(u32, &str)> = faults.iter().map(|fault| (fault.place.line, fault.code)).collect();
    assert_eq!(found, [(2, "unsafe-text"), (3, "unsafe-text"), (4, "no-figure"), (5, "no-point"), (6, "not-hours")], "{faults:?}");
    let list = format!("member,name,branch,point,words\n1,{long},clinic,1,\n2,Bo,clinic,1,{}\n", "x".repeat(29));
    assert_eq!(codes(&made(&list, &[], Language::English).expect_err("faults")), ["too-long", "word-too-long"]);
}

#[test]
fn each_card_is_found_where_the_list_of_places_says() {
    let rows: String = (0..11).map(|at| format!("M{at:02},Member {at},clinic,{}\n", 1 + at % 2)).collect();
    let list = format!("member,name,branch,point\n{rows}");
    for (size, wanted) in [
        (CardSize::A5, vec![(1, 0, 0), (1, 0, 149), (2, 0, 0)]),
        (CardSize::A6, vec![(1, 0, 0), (1, 149, 0), (1, 0, 105), (1, 149, 105), (2, 0, 0)]),
        (CardSize::A7, vec![(1, 0, 0), (1, 105, 0), (1, 0, 74)]),
    ] {
        let printed = sheet(&list, &[], size, Look::default()).expect("cards");
        let found: Vec<(usize, i64, i64)> = printed.located.iter().map(|at| (at.page, at.left_mm, at.top_mm)).collect();
        assert_eq!(found[..wanted.len()], wanted, "{size:?}");
        assert_eq!(
            printed.located.iter().map(|at| at.id.clone()).collect::<Vec<_>>(),
            (0..11).map(|at| format!("M{at:02}")).collect::<Vec<_>>()
        );
        assert_eq!(printed.pages, 11_usize.div_ceil(size.per_sheet()));
    }
}

/// The sizes of all letters of a PDF, in points, read back by another program.
fn letter_sizes(printed: &Printed) -> Vec<i64> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, &printed.bytes).expect("written");
    let found = Command::new("pdftohtml")
        .args(["-xml", "-stdout", "-i", "-zoom", "1"])
        .arg(&file)
        .output()
        .expect("pdftohtml runs: install poppler-utils");
    let text = String::from_utf8(found.stdout).expect("text");
    text.split("<fontspec ").skip(1).filter_map(|part| part.split("size=\"").nth(1)?.split('"').next()?.parse().ok()).collect()
}

#[test]
fn large_print_has_no_letter_below_sixteen_points() {
    let large = Look { large_print: true, language: Language::English };
    let welsh = Look { large_print: true, language: Language::Welsh };
    let list = "member,name,branch,point,words\n1,Ann Example,clinic,1,My own words are here.\n";
    let mut papers = vec![
        ("card", sheet(list, &[], CardSize::A5, large).expect("a card")),
        ("Welsh card", sheet(list, &[], CardSize::A5, welsh).expect("a card")),
    ];
    for look in [large, welsh] {
        let paper = of_north(&dispute(&[]), |papers, unit, faults| {
            papers.voting_papers(unit, &Numbers::Real(7..8), look, day("2026-03-09"), faults)
        });
        papers.push(("voting paper", printed(&paper.expect("a paper"))));
        let letter = of_north(&dispute(&[]), |papers, unit, faults| papers.ballot_letter(unit, look, day("2026-03-09"), faults));
        papers.push(("letter", printed(&letter.expect("a letter"))));
    }
    for (what, printed) in papers {
        let sizes = letter_sizes(&printed);
        assert!(!sizes.is_empty() && sizes.iter().all(|size| *size >= 16), "{what}: {sizes:?}");
    }
    // The measure can tell: the same letter in usual print has smaller ones.
    let usual = of_north(&dispute(&[]), |papers, unit, faults| papers.ballot_letter(unit, Look::default(), day("2026-03-09"), faults));
    assert!(letter_sizes(&printed(&usual.expect("a letter"))).iter().any(|size| *size < 16));
}

#[test]
fn a_welsh_paper_has_the_unions_welsh_and_the_statutes_own_statement_and_says_so() {
    let look = Look { large_print: false, language: Language::Welsh };
    let paper = |changes: &[(&str, &str, &str)]| {
        of_north(&dispute(changes), |papers, unit, faults| papers.voting_papers(unit, &Numbers::Sample, look, day("2026-03-09"), faults))
    };
    let sample = printed(&paper(&[]).expect("a paper"));
    assert!(String::from_utf8_lossy(&sample.bytes).contains("/Lang(cy-GB)"));
    let text = words(&sample);
    for wanted in ["Papur pleidleisio", "A ydych yn barod i gymryd rhan mewn streic?", "YDW / YES", "24/04/2026", "felly mae yn Saesneg"] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    assert!(text.contains("If you take part in a strike"), "the statement is the statute's: {text}");
    // Nothing is translated: what the folder has in English only is named, all of it.
    let faults = paper(&[
        (PAPERS, "[[welsh.question]]\nid = \"strike\"", "[[welsh.question]]\nid = \"other\""),
        (PAPERS, "[welsh]\nmay_call = ", "[welsh]\n# "),
    ])
    .expect_err("faults");
    assert_eq!(codes(&faults), ["no-welsh-text"; 2], "{faults:?}");
    let list = "member,name,branch,point\n1,Ann Example,clinic,1\n";
    let text = words(&sheet(list, &[], CardSize::A6, look).expect("a card"));
    assert!(
        text.contains("Brif Weinidog") && text.contains("hyd 01/11/2026") && text.contains("Cyfrifwyd ar gyfer pwynt 1, amser llawn"),
        "{text}"
    );
    let faults = made(list, &[(CAMPAIGN, "heading_welsh = ", "# ")], Language::Welsh).expect_err("no Welsh heading");
    assert_eq!(codes(&faults), ["no-welsh-text"]);
}

fn read<T>(text: &str, read: impl FnOnce(&dated::Table<'_>) -> Option<T>) -> Result<T, Vec<Fault>> {
    let faults = Faults::new();
    let made = TomlFile::read("file.toml", &FileBytes::Read(text.into()), &faults).and_then(|file| file.with_root(&faults, read));
    if faults.error_count() > 0 { Err(faults.into_sorted()) } else { made.ok_or_else(Vec::new) }
}

#[test]
fn conference_papers_show_conflicts_and_texts_before_and_after() {
    let dispute = dispute(&[]);
    let conference = &dispute.conferences[0];
    let paper = |kind: ConferencePaper| words(&printed(&kind.document(conference, day("2026-03-14"))));
    let before = "Conference rejects the staged award and calls for it to be paid in full from April. It instructs the executive to consult the members on what to do next.";
    let after = before.replace("consult the members on what to do next", "ballot the members on action up to and including a strike");
    let agenda = paper(ConferencePaper::Agenda);
    for wanted in [
        "Conflicts with amendment 1.2.",
        "Conflicts with amendment 1.1.",
        &format!("Text now {before}"),
        &format!("Text if this alone is carried {after}"),
        "ask the review body on what to do next",
        // What a delegate wrote is never markup.
        "paid #fairly, *at once* and in full",
        "Invented, to show what the paper looks like.",
    ] {
        assert!(agenda.contains(wanted), "{wanted} is not in: {agenda}");
    }
    assert_eq!(agenda.matches("Conflicts with").count(), 2);
    let minute = paper(ConferencePaper::Minute);
    for wanted in [
        "Conflicts with amendment 1.1.",
        "Carried by 127 to 33, with 5 abstentions",
        "Carried unanimously, 152 to none",
        "Fell: amendment 1.1 was carried and took out the words",
        &format!("Text before {before} Text after {after}"),
    ] {
        assert!(minute.contains(wanted), "{wanted} is not in: {minute}");
    }
    let book = paper(ConferencePaper::DecisionsBook);
    assert!(book.contains(&format!("Text as it came {before} Text as decided {after}")), "{book}");
    assert!(book.contains("Remitted to the executive") && book.contains("Everything else"), "{book}");
}

#[test]
fn one_changed_vote_changes_the_printed_minute() {
    let changed = dispute(&[("decide/conference.toml", "for = 152\nagainst = 0", "for = 151\nagainst = 1")]);
    let text = words(&printed(&ConferencePaper::Minute.document(&changed.conferences[0], day("2026-03-14"))));
    assert!(!text.contains("unanimously") && text.contains("Carried by 151 to 1"), "{text}");
}

#[test]
fn the_plan_on_paper_has_the_engines_days_and_no_others() {
    let dispute = dispute(&[]);
    let book = Rulebook::built_in().expect("rules");
    let facts = dispute::plan::PlanFacts::new(day("2026-05-01"), day("2026-05-01"));
    let plan = |facts: &dispute::plan::PlanFacts| {
        let plan = dispute::plan::plan(&[&dispute], &book, facts).expect("a plan");
        words(&printed(&plan_document(&plan, &dispute.title, facts.on, facts.from, book.not_legal_advice())))
    };
    let text = plan(&facts);
    for wanted in [
        "Thu 14 May 2026",
        "receives notice by Mon 4 May 2026",
        "Mon 18 May 2026 to Fri 23 Apr 2027",
        "2 × 170 = 340 < 360",
        "not known",
        "not legal advice",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    assert!(!text.contains("Not lawful, or not known"), "{text}");
    // A day later than the last one for notice of 14 May: that day is refused with its reason, 15 May stands.
    let late = plan(&dispute::plan::PlanFacts::new(day("2026-05-05"), day("2026-05-01")));
    assert!(late.contains("Not lawful, or not known to be") && late.contains("Right would be"), "{late}");
}

#[test]
fn a_meeting_that_keeps_no_log_has_its_minute_from_a_file() {
    let paper = |file: &str| read(&sample(file), |root| read_meeting(root, day("2026-04-12"))).expect("a paper");
    assert!(words(&printed(&paper("agenda.toml"))).contains("Moved by Staff side"));
    assert!(words(&printed(&paper("minute.toml"))).contains("No agreement"));
    let faults = read(&sample("minute.toml").replace("\"minute\"", "\"decisions\""), |root| read_meeting(root, day("2026-04-12")))
        .expect_err("decisions come from the log");
    assert_eq!(faults.len(), 1);
}

#[test]
fn every_paper_is_tagged_titled_and_the_same_each_time() {
    let document = of_north(&dispute(&[]), |papers, unit, faults| papers.ballot_notice(unit, day("2026-03-09"), day("2026-03-10"), faults))
        .expect("a notice");
    let first = printed(&document);
    forget();
    assert_eq!(first.bytes, printed(&document).bytes);
    let raw = String::from_utf8_lossy(&first.bytes);
    for wanted in ["/StructTreeRoot", "/Lang", "pdfuaid:part", "/DisplayDocTitle true", "D:20260309"] {
        assert!(raw.contains(wanted), "{wanted} is not in the file");
    }
}

#[test]
fn a_union_may_change_a_template_and_hears_where_it_is_wrong() {
    let document = read(&sample("minute.toml"), |root| read_meeting(root, day("2026-04-12"))).expect("a paper");
    let with = |text: &str| {
        let faults = Faults::new();
        let mut templates = Templates::built_in();
        templates.replace(&BTreeMap::from([("meeting.typ".to_owned(), FileBytes::Read(text.into()))]), "own", &faults);
        assert!(faults.is_empty());
        typeset(&templates, &document)
    };
    let own = with("#let d = json(\"data.json\")\n= Our own head\n#d.heading").expect("printed");
    assert_eq!(words(&own), "Our own head Minute of the meeting");
    let error = with("#let d = json(\"data.json\")\n\n#d.no_such_field").expect_err("an error");
    assert!(error.0[0].starts_with("meeting.typ:3: ") && error.0[0].contains("no_such_field"), "{error}");
    // Nothing outside the templates can be read.
    let error = with("#read(\"/etc/passwd\")").expect_err("an error");
    assert!(error.0[0].contains("not found"), "{error}");
}

fn batches(count: usize, heading: &str) -> impl Iterator<Item = Batch> + use<'_> {
    (0..count).map(move |at| {
        let text = format!("kind = \"minute\"\nbody = \"Body {at}\"\nheading = \"{heading}\"\n");
        let document = read(&text, |root| read_meeting(root, day("2026-04-12"))).expect("a paper");
        Batch::single(format!("m-{at}.pdf"), "minute, one", &at.to_string(), document)
    })
}

#[test]
fn a_run_goes_on_where_it_stopped_and_prints_nothing_twice() {
    let (whole, broken) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let templates = Templates::built_in();
    let go = |out: &Path, count, heading| {
        let mut kept = 0;
        let done = run(out, "m", Mode::Once, &templates, batches(count, heading), |_, was_there| kept += usize::from(was_there));
        done.map(|entries| (entries, kept))
    };
    let (entries, kept) = go(whole.path(), 4, "One").expect("printed");
    assert_eq!((entries.len(), kept, entries[3].first_page, entries[3].last_page), (4, 0, 4, 4));
    // Stopped after two files, and the third was cut off before it was listed.
    for name in ["m-0.pdf", "m-1.pdf", "m.manifest.json"] {
        std::fs::copy(whole.path().join(name), broken.path().join(name)).expect("copied");
    }
    let manifest = std::fs::read_to_string(broken.path().join("m.manifest.json")).expect("text");
    let mut value: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    value["files"].as_array_mut().expect("files").truncate(2);
    std::fs::write(broken.path().join("m.manifest.json"), value.to_string()).expect("written");
    std::fs::write(broken.path().join(".m-2.pdf.draft"), "half").expect("written");
    let (again, kept) = go(broken.path(), 4, "One").expect("printed");
    assert_eq!((again, kept), (entries, 2));
    for name in ["m-0.pdf", "m-1.pdf", "m-2.pdf", "m-3.pdf", "m.manifest.json", "m.manifest.csv"] {
        assert_eq!(
            std::fs::read(whole.path().join(name)).expect("whole"),
            std::fs::read(broken.path().join(name)).expect("again"),
            "{name}"
        );
    }
    assert!(!broken.path().join(".m-2.pdf.draft").exists());
    // A listed file that was changed is printed again; other data or fewer files are another run.
    std::fs::write(broken.path().join("m-1.pdf"), "spoiled").expect("written");
    assert_eq!(go(broken.path(), 4, "One").expect("printed").1, 3);
    assert!(matches!(go(broken.path(), 4, "Two"), Err(RunError::OtherRun(_))));
    assert!(matches!(go(broken.path(), 3, "One"), Err(RunError::OtherRun(_))));
    assert!(std::fs::read_to_string(whole.path().join("m.manifest.csv")).expect("text").contains("m-3.pdf,\"minute, one\",1,3,3,4,4,"));
}

#[test]
fn a_template_that_forgets_a_record_is_refused() {
    let (dispute, cards) = made("member,name,branch,point\n1,Ann,clinic,1\n2,Bo,clinic,2\n", &[], Language::English).expect("cards");
    let document =
        cards_document(&cards, |branch| dispute.campaign_plan.branch_name(branch), CardSize::A6, Look::default(), day("2026-05-01"));
    let batch = |ids: &[&str]| Batch {
        file: "cards.pdf".to_owned(),
        what: "cards".to_owned(),
        records: ids.iter().map(|id| Record { id: (*id).to_owned(), row_sha256: Some(sha256_hex(id.as_bytes())) }).collect(),
        lists_places: true,
        document: document.clone(),
    };
    let out = tempfile::tempdir().expect("a folder");
    let go = |ids: &[&str]| run(out.path(), "c", Mode::Once, &Templates::built_in(), [batch(ids)].into_iter(), |_, _| {});
    assert!(matches!(go(&["1", "2", "3"]), Err(RunError::Template(why)) if why.0[0].contains("marks 2 records and 3")));
    assert!(matches!(go(&["2", "1"]), Err(RunError::Template(_))));
    assert!(std::fs::read_dir(out.path()).expect("a folder").next().is_none(), "nothing is half-written");
    let entries = go(&["1", "2"]).expect("printed");
    let places = std::fs::read_to_string(out.path().join("cards.places.csv")).expect("the list");
    assert_eq!(entries[0].places_sha256.as_deref(), Some(sha256_hex(places.as_bytes()).as_str()));
    assert!(places.contains(&format!("2,cards.pdf,1,2,149,0,{}", sha256_hex(b"2"))), "{places}");
    // A list that was lost is made again, with its file.
    std::fs::remove_file(out.path().join("cards.places.csv")).expect("removed");
    go(&["1", "2"]).expect("printed");
    assert!(out.path().join("cards.places.csv").exists());
}

#[test]
fn a_card_that_is_too_full_stops_the_print_instead_of_being_cut() {
    // Few letters, many lines: no count of letters sees it, the sheet does.
    let full = format!("text = \"\"\"\n{}", "WWWW\n\n".repeat(30));
    let change = [(CAMPAIGN, "text = \"\"\"\n", full.as_str())];
    for (size, look) in [
        (CardSize::A5, Look::default()),
        (CardSize::A5, Look { large_print: true, ..Look::default() }),
        (CardSize::A6, Look::default()),
        (CardSize::A7, Look::default()),
    ] {
        let why = sheet("member,name,branch,point\nM7,Ann,clinic,1\n", &change, size, look).expect_err("stopped");
        assert!(why.0[0].contains("the text of card M7 does not fit"), "{size:?}: {why}");
    }
    // As many own words as campaign.toml allows: the usual sheet takes it.
    let list = format!("member,name,branch,point,words\nM8,{},clinic,1,{}\n", "Example ".repeat(7), "words ".repeat(40));
    for size in [CardSize::A5, CardSize::A6] {
        assert!(sheet(&list, &[], size, Look::default()).is_ok());
    }
}
