//! The pages `claims`: what people said of the offers, each figure with its readings and a verdict; and a figure of one's own.

mod own;
mod view;

use askama::Template;
use dispute::campaign::{ClaimCard, claim_card};
use pay::{CheckedFigure, Verdict};

use crate::asked::{Answer, Asked, File, Opened, Page, Trouble};
use crate::pages::filled;
use crate::pages::parts::{Choice, Source, Wrong, address, query, sources};
use crate::table::{Table, words};
use view::Claim;

#[derive(Template)]
#[template(path = "claims.html")]
struct List {
    counts: String,
    claims: Vec<Claim>,
    worked_out: Vec<Claim>,
    tables: Vec<String>,
    action: String,
    wrong: Vec<Wrong>,
    form: Form,
    own: Option<Claim>,
    /// Readings that cannot be checked from what is here.
    not_here: Vec<String>,
    sources: Vec<Source>,
}

/// The form for a figure of one's own, filled as it was sent.
struct Form {
    value: String,
    units: Vec<Choice>,
    says: Vec<Choice>,
    offers: Vec<Choice>,
    point: String,
    band: String,
    salary: String,
}

#[derive(Template)]
#[template(path = "claim.html")]
struct One {
    claim: Claim,
    all: String,
    card_page: String,
    card_text: String,
    text: String,
    table: String,
    sources: Vec<Source>,
}

#[derive(Template)]
#[template(path = "claim_card.html")]
struct CardView {
    card: ClaimCard,
    dispute: String,
    back: String,
}

pub(crate) fn answer(opened: &Opened<'_>, asked: &Asked<'_>, rest: &[&str]) -> Result<Answer, Trouble> {
    match rest {
        [] => list(opened, asked),
        [id] => one(opened, asked, id),
        _ => Err(Trouble::not_there("a quoted figure has one page; the list of all is at claims")),
    }
}

fn list(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let checked = opened.dispute.check_figures(opened.library);
    let count = |verdict: Verdict| checked.iter().filter(|figure| figure.verdict == verdict).count();
    let counts = format!(
        "{} figures: {} true, {} true if read in a certain way, {} false, {} that cannot be told.",
        checked.len(),
        count(Verdict::True),
        count(Verdict::TrueIf),
        count(Verdict::False),
        count(Verdict::CannotTell)
    );
    let (worked_out, quoted): (Vec<_>, Vec<_>) = checked.iter().partition(|figure| figure.figure.is_worked_out());
    let claims = |list: &[&CheckedFigure<'_>]| list.iter().map(|figure| view::claim(opened, figure)).collect::<Vec<_>>();
    let mut wrong = Vec::new();
    let (own, not_here) = own::check(opened, asked, &mut wrong)?;
    let table = all(opened, &checked);
    let here = address(opened, "claims", &query(asked, &[]));
    let cited: Vec<String> = own.iter().flat_map(|claim| claim.cited.iter().cloned()).collect();
    let is_refusal = !wrong.is_empty();
    let view = List {
        counts,
        claims: claims(&quoted),
        worked_out: claims(&worked_out),
        tables: if table.rows.is_empty() { Vec::new() } else { vec![table.html(Some(&here))] },
        action: format!("{}/claims", opened.base),
        wrong,
        form: own::form(opened, asked),
        own,
        not_here,
        sources: sources(&opened.dispute.sources, &cited),
    };
    let tables = if table.rows.is_empty() { Vec::new() } else { vec![table] };
    let page = filled("Quoted figures", &view, tables)?;
    Ok(match page {
        Answer::Page(page) => Answer::Page(Page { is_refusal, ..page }),
        file => file,
    })
}

/// Every figure, for programs and for those who want one line each.
fn all(opened: &Opened<'_>, checked: &[CheckedFigure<'_>]) -> Table {
    let mut table = Table::new(
        "figures",
        "Every figure, with the reading nearest to it",
        &["figure", "verdict", "who", ">number", "unit", ">nearest reading", "which", ">readings that hold", ">of"],
    );
    for figure in checked {
        let nearest = figure.nearest();
        let value = nearest.and_then(|reading| reading.outcome.as_ref().ok()).map(|(value, _)| *value);
        let holds = figure.readings.iter().filter(|reading| matches!(reading.outcome, Ok((_, true)))).count();
        table.row([
            words(&figure.figure.quoted).exact(&figure.figure.id).from(format!("{}/claims/{}", opened.base, figure.figure.id)),
            words(view::verdict_words(figure.verdict)).exact(figure.verdict.word()),
            words(if figure.figure.is_worked_out() { "nobody: worked out" } else { opened.dispute.party_name(&figure.figure.who.0) }),
            words(view::shown(figure.figure.value)).exact(figure.figure.value.to_fixed(6)),
            words(&figure.figure.unit),
            value.map_or_else(|| words("not known").exact(""), |value| words(view::shown(value)).exact(value.to_fixed(6))),
            words(nearest.map(|reading| reading.definition).unwrap_or_default()),
            words(holds.to_string()),
            words((figure.readings.len() + figure.figure.missing.len()).to_string()),
        ]);
    }
    table
}

fn one(opened: &Opened<'_>, asked: &Asked<'_>, id: &str) -> Result<Answer, Trouble> {
    let checked = opened.dispute.check_figures(opened.library);
    let Some(figure) = checked.iter().find(|figure| figure.figure.id == id) else {
        let known: Vec<&str> = opened.dispute.figures.iter().map(|figure| figure.id.as_str()).collect();
        let known = if known.is_empty() { "there are none yet".to_owned() } else { format!("the figures are {}", known.join(", ")) };
        return Err(Trouble::not_there(format!("there is no quoted figure “{id}”; {known}")));
    };
    let card = claim_card(figure, opened.dispute, &opened.dispute.sources);
    let page = format!("{}/claims/{id}", opened.base);
    match asked.one("card") {
        None => {}
        Some("text") => {
            let name = format!("{}-{id}.txt", opened.dispute.id);
            return Ok(Answer::File(File { name, kind: "text/plain; charset=utf-8", bytes: card.text().into_bytes() }));
        }
        Some("page") => {
            let title = format!("Card: {}", card.quoted);
            return filled(title, &CardView { card, dispute: opened.dispute.title.clone(), back: page }, Vec::new());
        }
        Some(other) => return Err(Trouble::question(format!("a card is had as text or as page, not as “{other}”"))),
    }
    let claim = view::claim(opened, figure);
    let table = view::inputs(figure);
    let view = One {
        all: format!("{}/claims", opened.base),
        card_page: format!("{page}?card=page"),
        card_text: format!("{page}?card=text"),
        text: card.text(),
        table: if table.rows.is_empty() { String::new() } else { table.html(Some(&page)) },
        sources: sources(&opened.dispute.sources, &claim.cited),
        claim,
    };
    filled(figure.figure.quoted.clone(), &view, if table.rows.is_empty() { Vec::new() } else { vec![table] })
}
