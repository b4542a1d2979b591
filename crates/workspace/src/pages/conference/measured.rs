//! The words that conference carried as tests, and how each offer fares.

use dispute::conference::{Asks, Conference, Verdict};
use report::said::{asked, reading_words};

use crate::asked::Opened;
use crate::pages::question::{Cited, shown};
use crate::table::{Table, words};

/// A test with its answers.
pub(super) struct TestView {
    pub(super) words: String,
    pub(super) motion: String,
    pub(super) asks: String,
    pub(super) origin: &'static str,
    pub(super) is_index_open: bool,
    pub(super) html: String,
}

/// C33: every test of the conference against every offer that is not a claim.
pub(super) fn tests(opened: &Opened<'_>, conference: &Conference, csv: &str, cited: &mut Cited) -> (Vec<TestView>, Vec<Table>) {
    let (mut views, mut tables) = (Vec::new(), Vec::new());
    for (at, result) in conference.measure(opened.dispute, None).iter().enumerate() {
        let caption = format!("“{}”: {}", result.test.words, asked(&result.test.asks));
        let heads = ["offer", "where", "group", "made", "comes to", "figures", "source"];
        let mut table = Table::new(format!("test-{}-{}", conference.id, at + 1), caption, &heads);
        for outcome in &result.outcomes {
            let mut lines: Vec<String> = outcome.figures.iter().map(reading_words).collect();
            lines.extend(outcome.notes.iter().cloned());
            let mut source: Vec<String> = Vec::new();
            for cite in outcome.figures.iter().flat_map(|figure| &figure.source) {
                if !source.contains(cite) {
                    source.push(cite.clone());
                }
            }
            let class = match outcome.verdict {
                Verdict::Met => "for",
                Verdict::NotMet => "against",
                Verdict::MetIf | Verdict::ForJudgement | Verdict::CannotTell => "open",
            };
            table.row([
                words(&outcome.offer_title).exact(&outcome.offer).from(format!("{}/offers/{}", opened.base, outcome.offer)),
                words(&outcome.nation),
                words(outcome.group.clone().unwrap_or_default()),
                words(outcome.standing.words()).exact(outcome.standing.word()),
                words(outcome.verdict.words()).exact(outcome.verdict.word()).class(class),
                words(lines.join("\n")).exact(lines.join("; ")),
                cited.cell(&source),
            ]);
        }
        views.push(TestView {
            words: result.test.words.clone(),
            motion: result.test.motion_name.clone(),
            asks: asked(&result.test.asks),
            origin: result.test.origin.word(),
            is_index_open: result.test.asks == Asks::AboveInflation(None),
            html: shown(&table, Some(csv)),
        });
        tables.push(table);
    }
    (views, tables)
}
