//! The papers from outside: what stands in each PDF, what stops a print, and that the same input gives the same bytes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use dated::{Date, Fault, Faults, FileBytes, Place, TomlFile, parse_date};
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
    let paper =
        of_north(&dispute(&[]), |papers, unit, faults| papers.voting_papers(unit, &Numbers::Real(41..43), day("2026-03-09"), faults))
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
    let paper = of_north(&dispute, |papers, unit, faults| papers.voting_papers(unit, &Numbers::Sample, day("2020-03-09"), faults))
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
    let faults = of_north(&bare, |papers, unit, faults| papers.voting_papers(unit, &Numbers::Sample, day("2026-03-09"), faults))
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
        let faults =
            of_north(&dispute(&[change]), |papers, unit, faults| papers.voting_papers(unit, &Numbers::Sample, day("2026-03-09"), faults))
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
        "Entitled to vote in the ballot 1,240",
        "Votes cast 824",
        "Answered Yes 702",
        "Answered No 119",
        "papers 3",
        "Yes: 824 of 1,240",
        "Answered Yes 740",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    let text = words(&printed(&statement("south", Addressee::Members)));
    assert!(text.contains("No: 170 of 360") && !text.contains("231A"), "{text}");
    let faults = of_north(&dispute(&[(POLL, "spoiled = 3\n", "")]), |papers, unit, faults| {
        papers.result_statement(unit, Addressee::Members, day("2026-04-27"), faults)
    })
    .expect_err("a fault");
    assert!(faults.iter().any(|fault| fault.code == "field-missing" && fault.what.contains("spoiled")), "{faults:?}");
}

#[test]
fn a_certificate_needs_a_mandate() {
    let certificate =
        |unit| of_unit(&dispute(&[]), unit, |papers, unit, faults| papers.certificate(unit, day("2026-04-28"), faults)).expect("an answer");
    let Certificate::Held(document) = certificate("north") else { panic!("north has a mandate") };
    let text = words(&printed(&document));
    assert!(text.contains("until the end of Fri 23 Apr 2027") && text.contains("2 × 824 = 1648 ≥ 1240"), "{text}");
    let Certificate::Refused(why) = certificate("south") else { panic!("south has none") };
    assert!(why.len() == 2 && why[0].contains("2 × 170 = 340 < 360"), "{why:?}");
}

#[test]
fn a_notice_of_action_needs_a_mandate_and_lawful_days() {
    let notice = |changes: &[(&str, &str, &str)], unit, received| {
        let dispute = dispute(changes);
        let call = dispute.calls[0].clone();
        of_unit(&dispute, unit, |papers, unit, faults| {
            papers.action_notice(unit, &call, NoticeDays::EachDay, day("2026-05-01"), day(received), faults)
        })
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
fn the_scrutineer_reports_what_the_act_asks() {
    let report = |changes: &[(&str, &str, &str)]| {
        of_north(&dispute(changes), |papers, _, faults| papers.scrutineer_report(day("2026-05-01"), faults))
    };
    let text = words(&printed(&report(&[]).expect("a report")));
    for wanted in [
        "no reasonable grounds",
        "security arrangements",
        "without interference",
        "Printed 1,700",
        "North Sample Hospitals: strike 1,240 824 702 119 3",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
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
    let faults = of_north(&turned, |papers, unit, faults| papers.voting_papers(unit, &Numbers::Sample, day("2026-03-09"), faults))
        .expect_err("a fault");
    assert!(
        codes(&faults) == ["hidden-character"] && faults[0].what.contains("U+202E") && faults[0].place.file.ends_with(PAPERS),
        "{faults:?}"
    );
}

fn cards(list: &str, text: &str, size: CardSize) -> Result<Printed, Vec<Fault>> {
    let dispute = dispute(&[]);
    let framework = dispute.framework();
    let faults = Faults::new();
    let file = TomlFile::read("card.toml", &FileBytes::Read(text.into()), &faults).expect("text");
    let text = file.with_root(&faults, CardText::read).expect("a card");
    let mut figures = Figures::new(&framework, dispute.offer("staged").expect("the offer"));
    let members = read_members("members.csv", &FileBytes::Read(list.into()), false, &faults);
    let cards: Vec<Card> = members.iter().filter_map(|member| Card::make(&text, size, member, &mut figures, &faults)).collect();
    if faults.error_count() > 0 {
        return Err(faults.into_sorted());
    }
    Ok(printed(&Card::document(&cards, &text, size, day("2026-05-01"))))
}

#[test]
fn names_print_as_they_are_and_never_as_markup() {
    for size in [CardSize::A6, CardSize::A7] {
        let list = "id,name,point\n1,\"#panic(1) *b* <a> $x$ @y [z] \\ `c`\",1\n2,Zoë O’Brien,2\n3,,4\n";
        let text = words(&cards(list, &sample("postcard.toml"), size).expect("cards"));
        assert!(text.contains("#panic(1) *b* <a> $x$ @y [z] \\ `c`"), "{text}");
        assert!(text.contains("Zoë O’Brien"), "{text}");
        assert_eq!(text.matches("Prime Minister,").count(), 3, "a blank name stops no card");
    }
}

#[test]
fn every_bad_row_is_said_with_its_line() {
    let long = "x".repeat(61);
    let list = format!("id,name,point,hours\n1,Ann\u{202e}nnA,1,\n2,{long},1,\n3,Cy,99,\n2,Bo,1,\n4,Dee,,\n5,Eve,1,900\n6,Fay,1,\n");
    let faults = cards(&list, &sample("postcard.toml"), CardSize::A6).expect_err("faults");
    let found: Vec<(u32, &str)> = faults.iter().map(|fault| (fault.place.line, fault.code)).collect();
    // The second row of member 2 stands alone: the first was refused.
    assert_eq!(found, [(2, "hidden-character"), (3, "too-long"), (4, "no-figure"), (6, "no-pay"), (7, "not-hours")], "{faults:?}");
    assert!(faults[0].what.contains("member 1"));
    assert_eq!(
        codes(&cards("id,name,point\n1,A,1\n1,B,2\n", &sample("postcard.toml"), CardSize::A6).expect_err("twice")),
        ["member-twice"]
    );
    let unknown = sample("postcard.toml").replace("{weekly_loss}", "{weekly_los}");
    assert_eq!(codes(&cards("id,point\n1,1\n", &unknown, CardSize::A6).expect_err("a name")), ["unknown-placeholder", "figure-missing"]);
    let word = sample("postcard.toml").replace("Please pay", &"x".repeat(29));
    assert_eq!(codes(&cards("id,point\n1,1\n", &word, CardSize::A6).expect_err("a long word")), ["word-too-long"]);
    let endless = sample("postcard.toml").replace("Please pay", &"Please pay ".repeat(60));
    assert_eq!(codes(&cards("id,point\n1,1\n", &endless, CardSize::A6).expect_err("too long")), ["text-too-long"]);
}

#[test]
fn who_is_mailed_needs_an_address() {
    let faults = Faults::new();
    let list = "id,address_1,point\n1,1 Sample Road,1\n2,,1\n";
    assert_eq!(read_members("m.csv", &FileBytes::Read(list.into()), true, &faults).len(), 1);
    let faults = faults.into_sorted();
    assert!(codes(&faults) == ["address-missing"] && faults[0].place == Place::new("m.csv", 3), "{faults:?}");
}

fn read<T>(text: &str, read: impl FnOnce(&dated::Table<'_>) -> Option<T>) -> Result<T, Vec<Fault>> {
    let faults = Faults::new();
    let made = TomlFile::read("file.toml", &FileBytes::Read(text.into()), &faults).and_then(|file| file.with_root(&faults, read));
    if faults.error_count() > 0 { Err(faults.into_sorted()) } else { made.ok_or_else(Vec::new) }
}

#[test]
fn a_letter_to_each_member_and_not_two() {
    let letters = read(&sample("letters.toml"), Letters::read).expect("letters");
    let text = words(&printed(&letters.document(&letters.letters[0], day("2026-05-01"))));
    assert!(text.contains("Dear Ms Example,") && text.contains("£6.90") && text.contains("1 May 2026"), "{text}");
    assert_eq!(
        codes(&read(&sample("letters.toml").replace("John Sample MP", "Jane Example MP"), Letters::read).expect_err("two")),
        ["letter-twice"]
    );
    let faults = read(&sample("letters.toml").replace("address = [\"House of Commons\", \"London\", \"SW1A 0AA\"]\n", ""), Letters::read)
        .expect_err("no address");
    assert_eq!(codes(&faults), ["address-missing"; 2]);
}

#[test]
fn conference_papers_hold_the_text_before_and_after() {
    let paper = |file: &str| read(&sample(file), |root| read_paper(root, day("2026-04-12"))).expect("a paper");
    let text = words(&printed(&paper("decisions.toml")));
    for wanted in [
        "Text before: Conference rejects",
        "up to and including a strike",
        "Carried as amended (for 312, against 48, abstained 5)",
        "Page 1 of 1",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in: {text}");
    }
    assert!(words(&printed(&paper("agenda.toml"))).contains("1A. Amendment to 1"));
    assert!(words(&printed(&paper("minute.toml"))).contains("No agreement"));
    let plan = printed(&paper("plan.toml"));
    assert!(plan.pages == 1 && words(&plan).contains("Mon 4 May 2026"));
    let faults = read(&sample("decisions.toml").replace("outcome = \"Remitted\"", ""), |root| read_paper(root, day("2026-04-12")))
        .expect_err("no outcome");
    assert_eq!(codes(&faults), ["missing-key"]);
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
    let document = read(&sample("minute.toml"), |root| read_paper(root, day("2026-04-12"))).expect("a paper");
    let with = |text: &str| {
        let faults = Faults::new();
        let mut templates = Templates::built_in();
        templates.replace(&BTreeMap::from([("conference.typ".to_owned(), FileBytes::Read(text.into()))]), "own", &faults);
        assert!(faults.is_empty());
        typeset(&templates, &document)
    };
    let own = with("#let d = json(\"data.json\")\n= Our own head\n#d.heading").expect("printed");
    assert_eq!(words(&own), "Our own head Minute of the meeting");
    let error = with("#let d = json(\"data.json\")\n\n#d.no_such_field").expect_err("an error");
    assert!(error.0[0].starts_with("conference.typ:3: ") && error.0[0].contains("no_such_field"), "{error}");
    // Nothing outside the templates can be read.
    let error = with("#read(\"/etc/passwd\")").expect_err("an error");
    assert!(error.0[0].contains("not found"), "{error}");
}

fn batches(count: usize, heading: &str) -> impl Iterator<Item = Batch> + use<'_> {
    (0..count).map(move |at| {
        let text = format!("kind = \"minute\"\nbody = \"Body {at}\"\nheading = \"{heading}\"\n");
        let document = read(&text, |root| read_paper(root, day("2026-04-12"))).expect("a paper");
        Batch {
            file: format!("m-{at}.pdf"),
            what: "minute, one".to_owned(),
            records: 1,
            first: at.to_string(),
            last: at.to_string(),
            document,
        }
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
fn a_card_that_is_too_full_stops_the_print_instead_of_being_cut() {
    // Few letters, many paragraphs: no count of letters sees it, the sheet does.
    let lines = vec!["\"WWWW\""; 30].join(", ");
    let text = format!("to = [\"A\"]\nbody = [{lines}]\n");
    for size in [CardSize::A6, CardSize::A7] {
        let stopped = std::panic::catch_unwind(|| cards("id,point\nM7,1\n", &text, size));
        let why = *stopped.expect_err("stopped").downcast::<String>().expect("a sentence");
        assert!(why.contains("the text of card M7 does not fit"), "{why}");
    }
    // As full as a list of members can make it: the sheet still takes it.
    let full = format!("id,name,branch,point\nM8,{},{},1\n", "Example ".repeat(7), "Branch ".repeat(8));
    for size in [CardSize::A6, CardSize::A7] {
        assert!(cards(&full, &sample("postcard.toml"), size).is_ok());
    }
}
