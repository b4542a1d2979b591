//! What other commands print with `--pdf`: papers of a conference, the plan of action, letters, postcards. Each is handed what its
//! engine made and adds nothing to it.

use std::path::Path;

use dated::{Date, Faults, Place};
use dispute::campaign::{CampaignPlan, Language, Letter, Postcard};
use dispute::conference::Conference;
use dispute::plan::Plan;
use print::{
    Batch, CardSize, ConferencePaper, Document, Look, Mode, Record, cards_document, check_card, check_document, check_letter,
    letters_document, plan_document, sha256_hex, write_file,
};

use super::{print_all, read_templates, run_error, stop_on_error};
use crate::answer::{self, Outcome};
use crate::pdf::{CardPdf, ConferenceKind, PdfFile, PdfFolder, PlanDays, Size};

/// Letters in a file: one, so that each can be put into its envelope and found again.
const LETTERS_A_FILE: usize = 1;

/// Cards in a file at most: the typesetter holds one file in memory.
const MOST_CARDS_A_FILE: u32 = 10_000;

/// A paper of a conference, dated on its day where no other is given.
pub(crate) fn conference(
    conferences: &[&Conference],
    kind: ConferenceKind,
    pdf: &PdfFile,
    file: &Path,
    as_json: bool,
) -> Result<Outcome, Outcome> {
    let faults = Faults::new();
    let place = Place::new("command line", 1);
    let [conference] = conferences else {
        let known: Vec<&str> = conferences.iter().map(|conference| conference.id.as_str()).collect();
        faults.error(
            "several-conferences",
            &place,
            "one file holds the paper of one conference",
            format!("say which with --conference: {}", known.join(", ")),
        );
        return Err(answer::refuse(&faults.into_sorted(), as_json));
    };
    let day = match (pdf.date, conference.when) {
        (Some(day), _) | (None, Some(pay::When::Day(day))) => day,
        (None, _) => {
            faults.error("no-date", &place, "the day of the conference is not on record, so the paper has no date", "give --date DAY");
            return Err(answer::refuse(&faults.into_sorted(), as_json));
        }
    };
    let kind = match kind {
        ConferenceKind::Agenda => ConferencePaper::Agenda,
        ConferenceKind::Minute => ConferencePaper::Minute,
        ConferenceKind::DecisionsBook => ConferencePaper::DecisionsBook,
    };
    one_file(&kind.document(conference, day), &conference.place, pdf, file, faults, as_json)
}

/// The plan of action, dated on the day of asking.
pub(crate) fn plan(
    plan: &Plan<'_>,
    title: &str,
    days: PlanDays,
    not_legal_advice: &str,
    templates: Option<&Path>,
    file: &Path,
) -> Result<(), Outcome> {
    let document = plan_document(plan, title, days.on, days.from, not_legal_advice);
    let pdf = PdfFile { pdf: None, date: None, templates: templates.map(Path::to_path_buf) };
    typeset_to(&document, &Place::new("action.toml", 1), &pdf, file, Faults::new(), false).map(drop)
}

fn one_file(document: &Document, place: &Place, pdf: &PdfFile, file: &Path, faults: Faults, as_json: bool) -> Result<Outcome, Outcome> {
    let pages = typeset_to(document, place, pdf, file, faults, as_json)?;
    if as_json {
        answer::print_json(&serde_json::json!({ "file": file.to_string_lossy(), "pages": pages }));
    } else {
        answer::print(&format!("{}: {pages} {}\n", file.display(), if pages == 1 { "page" } else { "pages" }));
    }
    Ok(Outcome::Yes)
}

fn typeset_to(document: &Document, place: &Place, pdf: &PdfFile, file: &Path, faults: Faults, as_json: bool) -> Result<usize, Outcome> {
    let templates = read_templates(pdf.templates.as_deref(), &faults);
    check_document(document, place, &faults);
    stop_on_error(faults, as_json)?;
    let printed = print::typeset(&templates, document).map_err(|error| run_error(print::RunError::Template(error), as_json))?;
    write_file(file, &printed.bytes).map_err(|error| run_error(error, as_json))?;
    Ok(printed.pages)
}

/// Letters, each in a file of its own, with a manifest.
pub(crate) fn letters(letters: &[Letter], rows: &[String], pdf: &PdfFolder, out: &Path, as_json: bool) -> Result<Outcome, Outcome> {
    let faults = Faults::new();
    let templates = read_templates(pdf.templates.as_deref(), &faults);
    letters.iter().for_each(|letter| check_letter(letter, &faults));
    stop_on_error(faults, as_json)?;
    let files = letters.len().div_ceil(LETTERS_A_FILE);
    let batches = letters.chunks(LETTERS_A_FILE).zip(rows.chunks(LETTERS_A_FILE)).enumerate().map(|(at, (letters, rows))| Batch {
        file: format!("letters-{:04}.pdf", at + 1),
        what: letters.first().map(|letter| format!("letter to {}", letter.mp)).unwrap_or_default(),
        records: records(letters.iter().map(|letter| &letter.member), rows),
        lists_places: true,
        document: letters_document(letters, letters.first().map_or_else(Date::default, |letter| letter.on)),
    });
    print_all(out, "letters", Mode::Once, &templates, batches, files, &[], as_json)
}

/// Postcards, a file a batch, several cards up, with marks to cut and a manifest.
pub(crate) fn postcards(
    cards: &[Postcard],
    plan: &CampaignPlan,
    row: impl Fn(&Postcard) -> String,
    pdf: &CardPdf,
    (out, date): (&Path, Date),
    as_json: bool,
) -> Result<Outcome, Outcome> {
    let faults = Faults::new();
    let templates = read_templates(pdf.folder.templates.as_deref(), &faults);
    let look = Look { large_print: pdf.large_print, language: if pdf.welsh { Language::Welsh } else { Language::English } };
    let size = match (pdf.size, look.large_print) {
        (Some(Size::A5), _) | (None, true) => CardSize::A5,
        (Some(Size::A6), _) | (None, false) => CardSize::A6,
        (Some(Size::A7), _) => CardSize::A7,
    };
    cards.iter().for_each(|card| check_card(card, &faults));
    if let Some(batch) = plan.postcard.as_ref().map(|card| card.batch).filter(|batch| *batch > MOST_CARDS_A_FILE) {
        faults.error(
            "batch-too-large",
            &Place::new("campaign.toml", 1),
            format!("a batch of {batch} cards is one file, which is more than the typesetter holds at once"),
            format!("at most {MOST_CARDS_A_FILE}: change `batch` under [postcard]"),
        );
    }
    stop_on_error(faults, as_json)?;
    let files = cards.last().map_or(0, |card| card.batch as usize);
    let batches = cards.chunk_by(|a, b| a.batch == b.batch).map(|cards| {
        let rows: Vec<String> = cards.iter().map(&row).collect();
        Batch {
            file: format!("postcards-{:04}.pdf", cards.first().map_or(0, |card| card.batch)),
            what: format!("postcards, {} to a sheet", size.per_sheet()),
            records: records(cards.iter().map(|card| &card.member), &rows),
            lists_places: true,
            document: cards_document(cards, |branch| plan.branch_name(branch), size, look, date),
        }
    });
    print_all(out, "postcards", Mode::Once, &templates, batches, files, &[], as_json)
}

/// Records with the hash of the row each was made from: the line of `--csv`, without its line end.
fn records<'m>(members: impl Iterator<Item = &'m String>, rows: &[String]) -> Vec<Record> {
    members.zip(rows).map(|(id, row)| Record { id: id.clone(), row_sha256: Some(sha256_hex(row.trim_end().as_bytes())) }).collect()
}
