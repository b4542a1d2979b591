//! Papers as PDF at the desks of officer and scrutineer: notices to employers, results, certificates, the table of mandates, the
//! scrutineer's report; and the report with the scrutineer's signature, which is public.
//!
//! The papers are those of `whitley notice` and `whitley certificate`, from the same folder, which can be fetched too. Who typesets them is
//! the program that was started ([`crate::printer`]); without a typesetter the page names the commands.

mod folder;
mod names;

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use dated::{Date, FileBytes, parse_date};
use dispute::Folder;
use law::Jurisdiction;
use serde_json::json;
use store::Expect;

use super::exchange::{computed, demand_poll, entry};
use super::{audit, desk_frame, report, roll, upload};
use crate::clock::Instant;
use crate::elections::Election;
use crate::files;
use crate::pages::{Frame, render};
use crate::printer::{Evidence, NotPrinted, Order, Paper};
use crate::problem::{Answer, Problem};
use crate::results::yes_and_no;
use crate::role::Role;
use crate::service::Service;
use crate::session::{self, Session};
use folder::{Asked, Contents, Counted, POLL, UnitResult};
pub(crate) use names::Names;

/// The public file of the scrutineer's report as it was printed and signed.
pub(crate) const SIGNED: &str = "scrutineer-report.pdf";

/// The signature beside it.
pub(crate) const SIGNATURE: &str = "scrutineer-report.pdf.signature.json";

/// Largest report that is kept.
const MOST_BYTES: usize = 16 << 20;

#[derive(Template)]
#[template(path = "desk/documents.html")]
struct DocumentsPage {
    frame: Frame,
    names: Names,
    licences: Vec<(&'static str, &'static str, bool)>,
    faults: Vec<(&'static str, String)>,
    /// Why there is no paper at all.
    none: Option<String>,
    has_printer: bool,
    is_officer: bool,
    is_scrutineer: bool,
    today: String,
    has_employers: bool,
    units: Vec<(String, String)>,
    questions: Vec<(String, String)>,
    all_counted: bool,
    /// Why the counts are on no paper.
    uncounted: Option<String>,
    is_stated: bool,
    signed: Option<String>,
    taken: Option<String>,
    refused: Option<String>,
}

/// What a page is shown with besides what is kept.
#[derive(Default)]
struct Said {
    names: Option<Names>,
    faults: Vec<(&'static str, String)>,
    taken: Option<String>,
    refused: Option<String>,
}

/// `GET /desk/documents`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    show(&service, &session, Said::default()).await
}

/// `POST /desk/documents`: who stands on the papers.
pub(crate) async fn keep_names(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(form) = session::form::<BTreeMap<String, String>>(&service, request).await?;
    let (names, faults) = Names::of(&service).await?.typed(&form);
    if !faults.is_empty() {
        return show(&service, &session, Said { names: Some(names), faults, ..Said::default() }).await;
    }
    names.keep(&service, &session.role.to_string()).await?;
    Ok(Redirect::to("/desk/documents").into_response())
}

async fn show(service: &Service, session: &Session, said: Said) -> Answer {
    let names = match said.names {
        Some(names) => names,
        None => Names::of(service).await?,
    };
    let (none, ready) = match Ready::of(service).await {
        Ok(ready) => (None, ready),
        Err(problem) if problem.status == StatusCode::CONFLICT => (Some(problem.what), Ready::default()),
        Err(problem) => return Err(problem),
    };
    let signed = service.store.get_file(SIGNED).await?.map(|(info, _)| info.hash.hex());
    let failed = !said.faults.is_empty() || said.refused.is_some();
    let chosen = names.licence.clone();
    let page = DocumentsPage {
        frame: desk_frame(service, session).await,
        licences: names::LICENCES.map(|(word, words, _)| (word, words, word == chosen)).into(),
        names,
        faults: said.faults,
        none,
        has_printer: service.printer.is_some(),
        is_officer: session.role == Role::Officer,
        is_scrutineer: session.role == Role::Scrutineer,
        today: service.clock.now().in_london().date().to_string(),
        has_employers: !ready.contents.as_ref().is_none_or(|contents| contents.notices.is_empty()),
        units: ready.counted.iter().map(|unit| (unit.uuid.clone(), unit.name.clone())).collect(),
        questions: ready
            .contents
            .iter()
            .flat_map(|contents| &contents.questions)
            .map(|asked| (asked.id.clone(), asked.text.clone()))
            .collect(),
        all_counted: ready.waiting == 0 && !ready.counted.is_empty(),
        uncounted: ready.on_paper(),
        is_stated: ready.contents.is_some_and(|contents| contents.statements.is_some()),
        signed,
        taken: said.taken,
        refused: said.refused,
    };
    let mut response = render(&page)?;
    if failed {
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.extensions_mut().insert(crate::frame::Whole);
    }
    Ok(response)
}

/// What there is to print from.
#[derive(Default)]
struct Ready {
    contents: Option<Contents>,
    counted: Vec<CountedUnit>,
    waiting: usize,
    /// Paper votes that were accepted, by the names of their units: they are in no count here.
    by_hand: Vec<(String, u64)>,
}

struct CountedUnit {
    /// The unit's id, as it stands in addresses.
    uuid: String,
    name: String,
    /// Unit, fingerprint, last event.
    archive: [String; 3],
}

impl Ready {
    async fn of(service: &Service) -> Result<Self, Problem> {
        let poll = demand_poll(service).await?;
        let about = files::about(service).await?;
        if about.kind.as_deref() != Some("statutory") {
            return Err(Problem::conflict(
                "refused",
                "Notices, certificates and a scrutineer’s report belong to ballots by statute. This poll is none.",
            ));
        }
        let texts: Vec<&str> = poll.questions.iter().map(|question| question.text()).collect();
        let questions = Asked::of(&texts).ok_or_else(|| {
            Problem::conflict(
                "refused",
                "A question of this poll is neither about a strike nor about action short of one: no statutory paper fits it.",
            )
        })?;
        let elections = service.elections.all(service).await?;
        let day = |text: &str| Instant::parse(text).map(|time| time.in_london().date()).ok_or_else(|| Problem::ours(&"a time of the poll"));
        let last = elections.iter().map(|election| election.closes_at.in_london().date()).max();
        let entitled = entitled(service).await?;
        let mut ready = Self::default();
        let mut units = Vec::new();
        for unit in &poll.units {
            // The 40% test of 2017 to 2026 does not apply to a devolved Welsh authority, so to say that it is an important public service
            // would only mislead.
            let important = about.important_public_service.contains(&unit.id) && !about.wales_devolved.contains(&unit.id);
            let election = elections.iter().find(|election| election.unit == unit.id);
            let mut found = UnitResult {
                id: unit.id.clone(),
                name: unit.name.clone(),
                entitled: election.map_or_else(|| entitled.get(&unit.id).copied().unwrap_or_default(), |election| election.entitled),
                important_public_service: important,
                results: Vec::new(),
            };
            match election {
                Some(election) => found.results = ready.count(service, election, &questions).await?,
                None => ready.waiting += 1,
            }
            units.push(found);
        }
        ready.contents = Some(Contents {
            title: poll.title.clone(),
            jurisdiction: if about.jurisdiction == Some(Jurisdiction::NorthernIreland) { "NI" } else { "GB" },
            opened_on: day(&poll.opens_at)?,
            closed_on: last.map_or_else(|| day(&poll.closes_at), Ok)?,
            recommendation: about.recommendation,
            questions,
            units,
            notices: employers(service).await?,
            statements: report::statements(service).await?.map(|stated| (stated.satisfied, stated.reasons)),
            is_synthetic: service.config.rehearsal,
            source: service.origin.as_str().to_owned(),
        });
        Ok(ready)
    }

    /// The results of a unit, if it is counted.
    async fn count(&mut self, service: &Service, election: &Election, questions: &[Asked]) -> Result<Vec<Counted>, Problem> {
        let Some(counts) = service.results.counts(service, election).await? else {
            self.waiting += 1;
            return Ok(Vec::new());
        };
        if counts.voided > 0 {
            self.by_hand.push((election.name.clone(), counts.voided));
        }
        self.counted.push(CountedUnit {
            uuid: election.unit.clone(),
            name: election.name.clone(),
            archive: [election.name.clone(), election.fixed.hash.base64(), election.info.head_hash.hex()],
        });
        let mut results = Vec::new();
        for ((asked, question), row) in questions.iter().zip(&election.fixed.questions).zip(&counts.counts) {
            let (yes, no, blank) = yes_and_no(question, row).ok_or_else(|| {
                Problem::conflict("refused", format!("“{}” is not answered with Yes or No: no statutory paper fits it.", asked.text))
            })?;
            results.push(Counted { question: asked.id.clone(), yes, no, blank, returned: counts.counted });
        }
        Ok(results)
    }

    /// Why the counts can stand on no paper that this page makes.
    fn on_paper(&self) -> Option<String> {
        let (first, number) = self.by_hand.first()?;
        let more = self.by_hand.len() - 1;
        let others = if more == 0 { String::new() } else { format!(", and {more} more units have some") };
        Some(format!(
            "{number} paper votes were accepted in {first}{others}. They are counted by hand and are in no count here, so a paper with these \
             counts would be wrong. Fetch the folder, add the paper votes to yes, no and returned in polls/{POLL}.toml, and print it with the commands."
        ))
    }
}

/// How many of the frozen roll are in each unit, before there is a board.
async fn entitled(service: &Service) -> Result<BTreeMap<String, u64>, Problem> {
    if service.store.get_frozen_roll().await?.is_none() {
        return Ok(BTreeMap::new());
    }
    Ok(roll::FrozenUnit::all(service).await?.into_iter().map(|unit| (unit.id, unit.entitled)).collect())
}

/// The employers of the frozen roll with their figures; none where the roll says nothing of them, or was erased.
async fn employers(service: &Service) -> Result<Vec<dispute::roll::EmployerNotice>, Problem> {
    match roll::count_notices(service).await {
        Ok(notices) => Ok(notices.employers),
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(_) => Ok(Vec::new()),
    }
}

#[derive(serde::Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Wanted {
    date: String,
    received: String,
    unit: String,
    question: String,
}

/// `GET /desk/documents/{name}`: a paper, or the folder.
pub(crate) async fn one(State(service): State<Service>, Path(name): Path<String>, Query(wanted): Query<Wanted>) -> Answer {
    let ready = Ready::of(&service).await?;
    let names = Names::of(&service).await?;
    if !names.are_there() {
        return Err(Problem::conflict("refused", "First the officer says who stands on the papers: the union’s name, and who signs."));
    }
    let by_hand = ready.on_paper();
    let (counted, waiting) = (ready.counted, ready.waiting);
    let mut contents = ready.contents.ok_or_else(Problem::not_found)?;
    if name == "folder.zip" {
        return packed(&service, &contents, &names).await;
    }
    let some = |text: String| (!text.is_empty()).then_some(text);
    let (paper, file) = match name.as_str() {
        "ballot-notices.zip" => (Paper::BallotNotices, name.clone()),
        "results.zip" => (Paper::Results, name.clone()),
        "certificates.zip" => (Paper::Certificates { unit: None, question: None }, name.clone()),
        "certificate.pdf" => {
            let (unit, question) = (some(wanted.unit), some(wanted.question));
            let parts = [Some("certificate".to_owned()), unit.clone(), question.clone()];
            let file = format!("{}.pdf", parts.into_iter().flatten().collect::<Vec<_>>().join("-"));
            let unit = unit.ok_or_else(|| Problem::input("Choose a unit."))?;
            (Paper::Certificates { unit: Some(unit), question }, file)
        }
        "mandates.pdf" => (Paper::Mandates, name.clone()),
        SIGNED => (Paper::ScrutineerReport, name.clone()),
        _ => return Err(Problem::not_found()),
    };
    if paper != Paper::BallotNotices {
        if let Some(why) = by_hand {
            return Err(Problem::conflict("paper-votes", why));
        }
        if counted.is_empty() || (waiting > 0 && matches!(paper, Paper::Mandates | Paper::ScrutineerReport)) {
            let why = format!("{waiting} units have no published result yet. This paper is made when all have.");
            return Err(Problem::conflict("not-counted", why));
        }
        // Of the units that are counted; the others get theirs when they are.
        contents.units.retain(|unit| !unit.results.is_empty());
        contents.notices.retain(|notice| contents.units.iter().any(|unit| unit.id == notice.unit));
    }
    let today = service.clock.now().in_london().date();
    let mut dates = [("dated", wanted.date, today), ("received by the employer", wanted.received, today)].map(|(what, typed, default)| {
        if typed.is_empty() {
            Ok(default)
        } else {
            parse_date(&typed).map_err(|_| format!("“{typed}” is no day on which a paper is {what}: write it like 2026-12-01."))
        }
    });
    let faults: Vec<String> = dates.iter().filter_map(|date| date.clone().err()).collect();
    if !faults.is_empty() {
        return Err(Problem::input("The paper cannot be made.").with_faults(faults));
    }
    let [date, received] = [0, 1].map(|at| std::mem::replace(&mut dates[at], Ok(today)).unwrap_or(today));
    let (evidence, date) =
        if paper == Paper::ScrutineerReport { evidence(&service, counted, date).await? } else { (Evidence::default(), date) };
    let order = Order { paper, folder: contents.folder(&names), poll: POLL, notices: contents.notices, evidence, date, received };
    let files = printed(&service, order).await?;
    let is_pdf = file.ends_with(".pdf");
    let bytes = if is_pdf {
        files
            .into_iter()
            .find(|(name, _)| name.ends_with(".pdf"))
            .map(|(_, bytes)| bytes)
            .ok_or_else(|| Problem::ours(&"the printer gave no paper"))?
    } else {
        let files = files.into_iter().map(|(name, bytes)| (name, FileBytes::Read(bytes))).collect();
        zipped(file.trim_end_matches(".zip"), files)?
    };
    let kind = if is_pdf { "application/pdf" } else { "application/zip" };
    Ok(roll::private(crate::api::download(kind, &file, bytes.into())))
}

/// What the report rests on, as it was when the scrutineer made the statements; and that day, which is the paper's.
async fn evidence(service: &Service, counted: Vec<CountedUnit>, today: Date) -> Result<(Evidence, Date), Problem> {
    let stated = report::statements(service).await?.ok_or_else(|| {
        Problem::conflict(
            "not-stated",
            "The scrutineer has not stated anything yet. The report is printed after that, on the page “Report of the scrutineer”.",
        )
    })?;
    let made_at = Instant::parse(&stated.made_at);
    let incidents = audit::incidents(service).await?.into_iter();
    let incidents = incidents.filter(|one| Instant::parse(&one.time).zip(made_at).is_none_or(|(time, made_at)| time <= made_at));
    let evidence = Evidence {
        archives: counted.into_iter().map(|unit| unit.archive).collect(),
        packs: report::packs(service).await?,
        incidents: incidents.map(|one| format!("{}, {}: {}", one.time, one.who, one.text)).collect(),
    };
    Ok((evidence, made_at.map_or(today, |time| time.in_london().date())))
}

/// Prints, on a thread that may compute for long; one order at a time, since members' votes share the machine.
async fn printed(service: &Service, order: Order) -> Result<Vec<(String, Vec<u8>)>, Problem> {
    let Some(printer) = service.printer.clone() else {
        return Err(Problem::conflict(
            "no-typesetter",
            "This service was built without the typesetter. The page “Papers as PDF” has the commands that print.",
        ));
    };
    let _turn = service.print_turn.clone().acquire_owned().await.map_err(|error| Problem::ours(&error))?;
    match computed(move || printer.print(&order)).await? {
        Ok(files) if files.is_empty() => Err(Problem::ours(&"the printer gave nothing")),
        Ok(files) => Ok(files),
        Err(NotPrinted::Faults(faults)) => {
            let faults = faults.into_iter().map(|fault| format!("{} Mend it: {}.", sentence(&fault.what), fault.fix)).collect();
            Err(Problem::conflict("not-printed", "The paper cannot be made.").with_faults(faults))
        }
        Err(NotPrinted::Nothing(why)) => {
            Err(Problem::conflict("nothing-to-print", "There is nothing to print.")
                .with_faults(why.iter().map(|why| sentence(why)).collect()))
        }
        Err(NotPrinted::Ours(why)) => Err(Problem::ours(&why)),
    }
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// The folder with the figures of employers beside it.
async fn packed(service: &Service, contents: &Contents, names: &Names) -> Answer {
    let mut files: BTreeMap<String, FileBytes> = BTreeMap::new();
    for (name, bytes) in contents.folder(names).files {
        files.insert(format!("dispute/{name}"), bytes);
    }
    if let Ok(notices) = roll::count_notices(service).await {
        let figures = format!("{:#}\n", notices.figures(&serde_json::Value::Null));
        files.insert("figures.json".to_owned(), FileBytes::Read(figures.into_bytes()));
    }
    Ok(roll::private(crate::api::download("application/zip", "folder.zip", zipped(POLL, files)?.into())))
}

fn zipped(name: &str, files: BTreeMap<String, FileBytes>) -> Result<Vec<u8>, Problem> {
    workspace::shelf::pack(name, &Folder { name: name.to_owned(), files }).map_err(|error| Problem::ours(&error))
}

/// `POST /desk/documents/signed`: the report as it was printed, with the scrutineer's signature. Both are public from then on.
pub(crate) async fn take_signed(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let poll = demand_poll(&service).await?;
    let upload = upload::read(&service, request).await?;
    let refused = |why: String| Said { refused: Some(why), ..Said::default() };
    if report::statements(&service).await?.is_none() {
        return show(
            &service,
            &session,
            refused("First state, on the page “Report of the scrutineer”, what you are satisfied of.".to_owned()),
        )
        .await;
    }
    let is_pdf = |bytes: &[u8]| bytes.starts_with(b"%PDF-");
    let (papers, others): (Vec<_>, Vec<_>) = upload.files.into_iter().partition(|file| is_pdf(&file.bytes));
    let ([paper], [signature]) = (&papers[..], &others[..]) else {
        return show(&service, &session, refused("Bring two files: the report as PDF, and its signature.".to_owned())).await;
    };
    if paper.bytes.len() > MOST_BYTES {
        return show(&service, &session, refused(format!("{} is larger than {} MB.", paper.name, MOST_BYTES >> 20))).await;
    }
    match poll::paper::signer(&paper.bytes, &signature.bytes, &signature.name) {
        Err(refusal) => return show(&service, &session, refused(refusal.why)).await,
        Ok(key) if key != poll.roles.scrutineer => {
            let why = format!("{} is signed by another key than the scrutineer’s.", paper.name);
            return show(&service, &session, refused(why)).await;
        }
        Ok(_) => {}
    }
    for (name, file) in [(SIGNED, paper), (SIGNATURE, signature)] {
        let expect = service.store.get_file(name).await?.map_or(Expect::New, |(info, _)| Expect::Version(info.version));
        let detail = json!({ "name": name, "sha256": store::Hash::of(&file.bytes).hex() });
        let entry = entry(&service, &session.role.to_string(), "signed report of the scrutineer", &detail);
        service.store.put_file(name, file.bytes.clone(), expect, entry).await?;
    }
    let taken = format!("The signed report is public: SHA-256 {}.", store::Hash::of(&paper.bytes).hex());
    show(&service, &session, Said { taken: Some(taken), ..Said::default() }).await
}

/// Whether a signed report is public.
pub(crate) async fn is_signed(service: &Service) -> Result<bool, Problem> {
    Ok(service.store.get_file(SIGNATURE).await?.is_some())
}
