//! The officer's roll: files in, every fault, undo, freeze, and what goes out of the frozen roll.

pub(crate) mod erase;
pub(crate) mod late;
mod stored;

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use dispute::roll::{EmployerNotice, Finding, Notices, OutEntry, PlanUnit, kind};
use serde_json::{Value, json};
use store::{Entry, ImportState, RollImport};
use zeroize::Zeroizing;

use crate::api::download;
use crate::clock::Instant;
use crate::desk::two_people;
use crate::desk::upload;
use crate::desk::{Pages, WantedPage, desk_frame};
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::{self, Session};

pub use stored::{FrozenUnit, Import, ImportKind, Loaded, RollSettings};
use stored::{blocking, load};

/// Faults on one page.
const PAGE: usize = 200;

/// The act of `two_people` that lets the officer take personal data out.
const EXPORT: &str = "export of the roll";

/// An export that was confirmed is open so long.
const EXPORT_SECONDS: i64 = 24 * 3_600;

fn entry(service: &Service, session: &Session, what: &str) -> Entry {
    Entry::new(service.clock.now().seconds(), &session.role.to_string(), what)
}

struct ImportRow {
    number: u64,
    label: String,
    rows: u64,
    time: String,
    state: &'static str,
    loaded: bool,
    withdrawn: bool,
}

impl ImportRow {
    fn of(import: &RollImport) -> Self {
        Self {
            number: import.number,
            label: import.label.clone(),
            rows: import.rows,
            time: Instant(import.imported_at * 1_000).in_london().strftime("%-d %B %Y, %H:%M").to_string(),
            state: import.state.word(),
            loaded: import.state == ImportState::Loaded,
            withdrawn: import.state == ImportState::Withdrawn,
        }
    }
}

/// A table of how many there are of what.
type Counted = Vec<(String, u64)>;

#[derive(Default)]
struct Figures {
    read: u64,
    accepted: u64,
    refused: u64,
    stopping: usize,
    looking: usize,
    kinds: Vec<(&'static str, bool, usize)>,
    plan: Vec<PlanUnit>,
    notes: Vec<String>,
    synthetic: Option<String>,
    can_freeze: bool,
}

struct FrozenShown {
    rows: u64,
    hash: String,
    time: String,
    erased: bool,
}

#[derive(Template)]
#[template(path = "desk/roll.html")]
struct RollPage {
    frame: Frame,
    imports: Vec<ImportRow>,
    figures: Option<Figures>,
    frozen: Option<FrozenShown>,
    units: Vec<FrozenUnit>,
    pages: Pages,
    export_open: bool,
    has_plan: bool,
    day: String,
    minimum: u64,
    own_count: String,
    shared_addresses: String,
    faults: Vec<String>,
}

/// `GET /desk/roll`.
pub(crate) async fn page(
    State(service): State<Service>,
    Extension(session): Extension<Session>,
    Query(wanted): Query<WantedPage>,
) -> Answer {
    shown_from(&service, &session, &wanted, Vec::new()).await
}

async fn shown(service: &Service, session: &Session, faults: Vec<String>) -> Answer {
    shown_from(service, session, &WantedPage::default(), faults).await
}

async fn shown_from(service: &Service, session: &Session, wanted: &WantedPage, faults: Vec<String>) -> Answer {
    let imports: Vec<ImportRow> = service.store.list_roll_imports().await?.iter().map(ImportRow::of).collect();
    let frozen = service.store.get_frozen_roll().await?;
    let settings = RollSettings::of(service).await?;
    let figures = if frozen.is_none() && imports.iter().any(|import| import.loaded) {
        let loaded = load(service).await?;
        Some(blocking(move || Ok(figures(&loaded))).await?)
    } else {
        None
    };
    let export_open = match &frozen {
        Some(frozen) => may_export(service, &frozen.hash.hex()).await?,
        None => false,
    };
    let lines = |list: &std::collections::BTreeSet<String>| list.iter().cloned().collect::<Vec<_>>().join("\n");
    let status = if faults.is_empty() { axum::http::StatusCode::OK } else { axum::http::StatusCode::BAD_REQUEST };
    let units = FrozenUnit::all(service).await?;
    let pages = Pages::of(wanted, units.len(), "/desk/roll");
    let mut response = render(&RollPage {
        frame: desk_frame(service, session).await,
        imports,
        figures,
        frozen: frozen.map(|frozen| FrozenShown {
            rows: frozen.rows,
            hash: frozen.hash.hex(),
            time: Instant(frozen.frozen_at * 1_000).in_london().strftime("%-d %B %Y, %H:%M").to_string(),
            erased: frozen.is_erased,
        }),
        units: pages.cut(units),
        pages,
        export_open,
        has_plan: crate::files::poll(service).await?.is_some(),
        day: settings.day.map(|day| day.to_string()).unwrap_or_default(),
        minimum: settings.minimum,
        own_count: lines(&settings.own_count),
        shared_addresses: lines(&settings.shared_addresses),
        faults,
    })?;
    *response.status_mut() = status;
    response.extensions_mut().insert(crate::frame::Whole);
    Ok(response)
}

fn figures(loaded: &Loaded) -> Figures {
    let findings = loaded.findings();
    let mut kinds: BTreeMap<&'static str, (bool, usize)> = BTreeMap::new();
    for finding in &findings {
        let words = kind(finding.fault.code).map_or(finding.fault.code, |kind| kind.words);
        let counted = kinds.entry(words).or_insert((finding.stops(), 0));
        counted.1 += 1;
    }
    let stopping = findings.iter().filter(|finding| finding.stops()).count();
    Figures {
        read: loaded.list.rows.read,
        accepted: loaded.list.rows.accepted,
        refused: loaded.list.rows.refused,
        stopping,
        looking: findings.len() - stopping,
        kinds: kinds.into_iter().map(|(words, (stops, count))| (words, stops, count)).collect(),
        plan: loaded.plan(),
        notes: loaded.list.notes.clone(),
        synthetic: loaded.list.synthetic.clone(),
        can_freeze: loaded.settings.day.is_some() && !loaded.list.members.is_empty() && loaded.freeze().is_ok(),
    }
}

/// `POST /desk/roll/import`: a file of members, of employers, or of accepted faults.
pub(crate) async fn import(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let mut form = upload::read(&service, request).await?;
    let mut text = |name: &str| form.fields.remove(name).unwrap_or_default();
    let (kind, mapping, sheet, unit, pasted) = (text("kind"), text("mapping"), text("sheet"), text("unit"), text("pasted"));
    let Some(kind) = ImportKind::parse(&kind) else {
        return shown(&service, &session, vec!["Say what the file is: members, employers, or accepted faults.".to_owned()]).await;
    };
    let (file, bytes) = match form.files.pop() {
        Some(file) => (file.name, file.bytes),
        None if kind == ImportKind::Accepted && !pasted.trim().is_empty() => ("pasted lines".to_owned(), pasted.into_bytes()),
        None => return shown(&service, &session, vec!["Choose a file: CSV or XLSX.".to_owned()]).await,
    };
    let settings = RollSettings::of(&service).await?;
    let import = Import { kind, file: file.clone(), mapping, sheet, unit, bytes: Zeroizing::new(bytes) };
    let (import, read) = blocking(move || {
        let mut alone = Loaded::empty(settings);
        let read = import.read_into(&import.file, &mut alone).map(|()| alone);
        Ok((import, read))
    })
    .await?;
    let alone = match read {
        Ok(alone) => alone,
        Err(why) => return shown(&service, &session, vec![format!("Columns: {why}")]).await,
    };
    let (rows, findings) = match kind {
        ImportKind::Members => (alone.list.rows.accepted, &alone.list.findings),
        ImportKind::Employers => (alone.employers.iter().count() as u64, &alone.file_findings),
        ImportKind::Accepted => (alone.accepted.len() as u64, &alone.file_findings),
    };
    // A file of which nothing could be stored is answered at once and not kept; lines that accept faults are whole or not taken.
    let whole = kind != ImportKind::Accepted || findings.is_empty();
    if rows == 0 || !whole {
        let mut faults: Vec<String> = findings.iter().map(|finding| finding.fault.to_string()).collect();
        if faults.is_empty() {
            faults.push(format!("{file}: there is no row in it."));
        }
        faults.truncate(PAGE);
        return shown(&service, &session, faults).await;
    }
    let label = format!("{}: {file}", kind.word());
    let mut entry = entry(&service, &session, "roll: file loaded");
    entry.detail = json!({ "kind": kind.word(), "rows": rows, "bytes": import.bytes.len() }).to_string();
    service.store.put_roll_import(&label, rows, import.sealed_form(), entry).await?;
    Ok(Redirect::to("/desk/roll").into_response())
}

#[derive(serde::Deserialize)]
struct Undo {
    number: u64,
    act: String,
}

/// `POST /desk/roll/undo`: takes an import back, or in again.
pub(crate) async fn undo(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(undo) = session::form::<Undo>(&service, request).await?;
    let is_in = match undo.act.as_str() {
        "withdraw" => false,
        "load" => true,
        _ => return Err(Problem::input("An import is withdrawn or loaded again.")),
    };
    let mut entry = entry(&service, &session, if is_in { "roll: file loaded again" } else { "roll: file withdrawn" });
    entry.detail = json!({ "import": undo.number }).to_string();
    service.store.set_roll_import(undo.number, is_in, entry).await?;
    Ok(Redirect::to("/desk/roll").into_response())
}

#[derive(serde::Deserialize)]
struct SettingsForm {
    day: String,
    minimum: String,
    own_count: String,
    shared_addresses: String,
}

/// `POST /desk/roll/settings`: the day of the roll, the minimum, units with their own count.
pub(crate) async fn settings(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(form) = session::form::<SettingsForm>(&service, request).await?;
    if service.store.get_frozen_roll().await?.is_some() {
        return Err(Problem::conflict("refused", "The roll is frozen: its day and its units stay as they are."));
    }
    match RollSettings::read(&form.day, &form.minimum, &form.own_count, &form.shared_addresses) {
        Ok(settings) => {
            settings.keep(&service, entry(&service, &session, "roll: day and units")).await?;
            Ok(Redirect::to("/desk/roll").into_response())
        }
        Err(faults) => shown(&service, &session, faults).await,
    }
}

struct FaultRow {
    stops: bool,
    code: &'static str,
    file: String,
    line: u32,
    members: String,
    what: String,
    fix: String,
}

impl FaultRow {
    fn of(finding: &Finding) -> Self {
        Self {
            stops: finding.stops(),
            code: finding.fault.code,
            file: finding.fault.place.file.to_string(),
            line: finding.fault.place.line,
            members: finding.members.join(" "),
            what: finding.fault.what.clone(),
            fix: finding.fault.fix.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "desk/roll_faults.html")]
struct FaultsPage {
    frame: Frame,
    all: usize,
    stopping: usize,
    first: usize,
    rows: Vec<FaultRow>,
    next: Option<usize>,
}

#[derive(serde::Deserialize)]
pub(crate) struct From {
    #[serde(default)]
    from: usize,
}

/// Faults, those that stop the freeze first.
async fn findings(service: &Service) -> Result<Vec<Finding>, Problem> {
    let loaded = load(service).await?;
    blocking(move || {
        let mut all = loaded.findings();
        all.sort_by_key(|finding| !finding.stops());
        Ok(all)
    })
    .await
}

/// `GET /desk/roll/faults`.
pub(crate) async fn faults(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<From>) -> Answer {
    let all = findings(&service).await?;
    let rows: Vec<FaultRow> = all.iter().skip(asked.from).take(PAGE).map(FaultRow::of).collect();
    render(&FaultsPage {
        frame: desk_frame(&service, &session).await,
        all: all.len(),
        stopping: all.iter().filter(|finding| finding.stops()).count(),
        first: asked.from + 1,
        next: (asked.from + rows.len() < all.len()).then_some(asked.from + rows.len()),
        rows,
    })
}

/// `GET /desk/roll/faults.csv`.
pub(crate) async fn faults_csv(State(service): State<Service>) -> Answer {
    let mut text = String::from("severity,kind,file,line,column,members,what,fix\n");
    for finding in findings(&service).await? {
        let fault = &finding.fault;
        let severity = if finding.stops() { "stops the freeze" } else { "to be looked at" };
        let (line, members) = (fault.place.line.to_string(), finding.members.join(" "));
        let cells =
            [severity, fault.code, &fault.place.file, &line, finding.column.as_deref().unwrap_or(""), &members, &fault.what, &fault.fix];
        text.push_str(&csv_row(&cells));
    }
    Ok(download("text/csv; charset=utf-8", "faults.csv", text.into()))
}

/// A row of CSV. A cell that a spreadsheet would compute gets an apostrophe in front.
pub(crate) fn csv_row(cells: &[&str]) -> String {
    let cell = |cell: &&str| {
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        let quoted = format!("{guard}{}", cell.replace('"', "\"\""));
        if quoted.contains([',', '"', '\n', '\r']) { format!("\"{quoted}\"") } else { quoted }
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
}

struct MemberRow {
    number: String,
    name: String,
    address: String,
    employer: String,
    workplace: String,
    unit: String,
    standing: &'static str,
    place: String,
}

#[derive(Template)]
#[template(path = "desk/roll_rows.html")]
struct RowsPage {
    frame: Frame,
    columns: Vec<(String, String)>,
    rows: Vec<MemberRow>,
    all: usize,
}

/// `GET /desk/roll/rows`: the first rows as they are stored.
pub(crate) async fn rows(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let loaded = load(&service).await?;
    let columns = loaded.list.columns.iter().map(|column| {
        let read = column.meaning.map_or(if column.personal { "not needed, so not read" } else { "not read" }, dispute::roll::Field::name);
        (column.header.clone(), read.to_owned())
    });
    let rows = loaded.list.members.iter().take(20).map(|member| MemberRow {
        number: member.number().to_owned(),
        name: member.name().to_owned(),
        address: member.address().chain([member.postcode()]).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", "),
        employer: member.employer().to_owned(),
        workplace: member.workplace().to_owned(),
        unit: member.unit().to_owned(),
        standing: member.standing.word(),
        place: member.place.to_string(),
    });
    let page = RowsPage {
        frame: desk_frame(&service, &session).await,
        columns: columns.collect(),
        rows: rows.collect(),
        all: loaded.list.members.len(),
    };
    render(&page)
}

#[derive(Template)]
#[template(path = "desk/roll_freeze.html")]
struct FreezePage {
    frame: Frame,
    day: String,
    rows: usize,
    hash: String,
    out: Counted,
    accepted: usize,
    units: Vec<FrozenUnit>,
}

struct Ready {
    bytes: Vec<u8>,
    rows: usize,
    hash: String,
    out: Counted,
    accepted: usize,
    units: Vec<FrozenUnit>,
    numbers: Vec<u64>,
    day: String,
}

async fn ready(service: &Service) -> Result<Ready, Problem> {
    if service.store.get_frozen_roll().await?.is_some() {
        return Err(Problem::conflict("refused", "The roll is frozen already."));
    }
    let loaded = load(service).await?;
    blocking(move || {
        let Some(day) = loaded.settings.day else { return Err(Problem::conflict("refused", "First say the day of the roll.")) };
        let frozen = loaded.freeze().map_err(|not| {
            let faults = not.stopping.iter().take(PAGE).map(|finding| finding.fault.to_string()).collect();
            Problem::conflict("faults", format!("{} faults stop the freeze: mend them, or accept them with a reason.", not.stopping.len()))
                .with_faults(faults)
        })?;
        if frozen.roll.entries.is_empty() {
            return Err(Problem::conflict("refused", "Nobody would be on the roll."));
        }
        let bytes = frozen.roll.bytes();
        Ok(Ready {
            rows: frozen.roll.entries.len(),
            hash: store::Hash::of(&bytes).hex(),
            bytes,
            out: frozen.out_counts().into_iter().collect(),
            accepted: frozen.accepted.len(),
            units: FrozenUnit::of(&loaded, &frozen),
            numbers: loaded.numbers,
            day: day.to_string(),
        })
    })
    .await
}

/// `GET /desk/roll/freeze`: check before it is frozen.
pub(crate) async fn freeze_page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let ready = ready(&service).await?;
    render(&FreezePage {
        frame: desk_frame(&service, &session).await,
        day: ready.day,
        rows: ready.rows,
        hash: ready.hash,
        out: ready.out,
        accepted: ready.accepted,
        units: ready.units,
    })
}

#[derive(serde::Deserialize)]
struct FreezeForm {
    hash: String,
}

/// `POST /desk/roll/freeze`: freezes exactly what was seen.
pub(crate) async fn freeze(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(form) = session::form::<FreezeForm>(&service, request).await?;
    let ready = ready(&service).await?;
    if form.hash != ready.hash {
        return Err(Problem::conflict("changed", "The roll has changed since you saw it. Look at it again before you freeze it."));
    }
    // Units first: without the roll they mean nothing, and the roll without them could not be planned for.
    FrozenUnit::keep(&ready.units, &service, entry(&service, &session, "roll: units")).await?;
    let mut entry = entry(&service, &session, "roll frozen");
    let out: BTreeMap<String, u64> = ready.out.into_iter().collect();
    entry.detail = json!({ "hash": ready.hash, "rows": ready.rows, "day": ready.day, "not_on_it": out, "accepted_faults": ready.accepted })
        .to_string();
    service.store.freeze_roll(ready.numbers, ready.rows as u64, ready.bytes, entry).await?;
    Ok(Redirect::to("/desk/roll").into_response())
}

fn export_detail(hash: &str) -> Value {
    json!({ "roll": hash, "what": "names and addresses of everybody on the roll, and of those who are not" })
}

async fn may_export(service: &Service, hash: &str) -> Result<bool, Problem> {
    Ok(two_people::confirmed(service, EXPORT, &export_detail(hash), EXPORT_SECONDS).await?.is_some())
}

/// `POST /desk/roll/export`: proposes that the officer may take the roll out for a day.
pub(crate) async fn export(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let frozen = service.store.get_frozen_roll().await?.ok_or_else(not_frozen)?;
    two_people::propose(&service, session.role, EXPORT, export_detail(&frozen.hash.hex())).await?;
    Ok(Redirect::to("/desk/two-people").into_response())
}

fn not_frozen() -> Problem {
    Problem::conflict("refused", "The roll is not frozen yet.")
}

/// Whether this role may have personal data now, with a line of the audit log before it gets them.
async fn take_out(service: &Service, session: &Session, what: &str) -> Result<(), Problem> {
    let frozen = service.store.get_frozen_roll().await?.ok_or_else(not_frozen)?;
    let hash = frozen.hash.hex();
    // The authority makes letters of it; that is its part. For everybody else two people are needed.
    if session.role != Role::Authority && !may_export(service, &hash).await? {
        return Err(Problem::conflict(
            "two-people",
            "Personal data leave the service only if a second person confirms it: propose the export on the page of the roll.",
        ));
    }
    let mut entry = entry(service, session, "personal data taken out");
    entry.detail = json!({ "what": what, "roll": hash }).to_string();
    service.store.append_audit(entry).await?;
    Ok(())
}

/// `GET /desk/roll/roll.csv`: the frozen roll, for the authority; for the officer over two people.
pub(crate) async fn roll_csv(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    take_out(&service, &session, "roll.csv").await?;
    let bytes = service.store.get_frozen_roll_bytes().await?;
    Ok(private(download("text/csv; charset=utf-8", "roll.csv", bytes.to_vec().into())))
}

/// `GET /desk/roll/not-on-roll.csv`: who is not on it and why, over two people.
pub(crate) async fn out_csv(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    take_out(&service, &session, "not-on-roll.csv").await?;
    let loaded = load(&service).await?;
    let left = late::left(&late::applied(&service).await?);
    let bytes = blocking(move || {
        let mut frozen = loaded.freeze().map_err(|_| Problem::ours(&"the frozen imports do not freeze"))?;
        // Of whoever left since, the roll of the freeze has name and unit.
        for entry in frozen.roll.entries.iter().filter(|entry| left.contains_key(&*entry.member)) {
            frozen.out.push(OutEntry {
                member: entry.member.to_string(),
                name: entry.cell("name"),
                employer: entry.cell("employer"),
                unit: entry.unit.to_string(),
                why: "left".to_owned(),
                reason: left[&*entry.member].clone(),
                file: "late change".to_owned(),
                line: 1,
            });
        }
        frozen.out.sort();
        Ok(frozen.out_bytes())
    })
    .await?;
    Ok(private(download("text/csv; charset=utf-8", "not-on-roll.csv", bytes.into())))
}

/// Nothing keeps a copy on the way.
pub(crate) fn private(mut response: Response) -> Response {
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    response
}

#[derive(Template)]
#[template(path = "desk/roll_notices.html")]
struct NoticesPage {
    frame: Frame,
    hash: String,
    synthetic: Option<String>,
    total: u64,
    notices: Vec<EmployerNotice>,
}

/// `GET /desk/roll/notices`: the figures for each employer, counted from the frozen roll.
pub(crate) async fn notices(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let notices = count_notices(&service).await?;
    render(&NoticesPage {
        frame: desk_frame(&service, &session).await,
        hash: notices.hash.to_string(),
        synthetic: notices.synthetic.clone(),
        total: notices.total(),
        notices: notices.employers,
    })
}

/// `GET /desk/roll/notices.csv`: the same as a table.
pub(crate) async fn notices_csv(State(service): State<Service>) -> Answer {
    let notices = count_notices(&service).await?;
    let mut text = String::from("unit,employer,list,name,number\n");
    for notice in &notices.employers {
        let parts = notice.categories.iter().map(|(name, count)| ("category", name, count));
        for (list, name, count) in parts.chain(notice.workplaces.iter().map(|(name, count)| ("workplace", name, count))) {
            text.push_str(&csv_row(&[&notice.unit, &notice.employer, list, name, &count.to_string()]));
        }
        text.push_str(&csv_row(&[&notice.unit, &notice.employer, "total", "", &notice.total.to_string()]));
    }
    Ok(private(download("text/csv; charset=utf-8", "notices.csv", text.into())))
}

/// The figures of the notices, by unit and employer.
pub(super) async fn count_notices(service: &Service) -> Result<Notices, Problem> {
    service.store.get_frozen_roll().await?.ok_or_else(not_frozen)?;
    let bytes = service.store.get_frozen_roll_bytes().await?;
    late::canonical(&bytes)?;
    let loaded = load(service).await?;
    let applied = late::applied(service).await?;
    blocking(move || {
        let mut roll = late::canonical(&bytes)?;
        roll.synthetic = loaded.list.synthetic.clone();
        let day = loaded.settings.day.ok_or_else(not_frozen)?;
        let frozen = loaded.freeze().map_err(|_| Problem::ours(&"the frozen imports do not freeze"))?;
        let mut out: BTreeMap<(String, String), u64> = BTreeMap::new();
        for one in frozen.out {
            *out.entry((one.employer, one.why)).or_default() += 1;
        }
        let mut notices = Notices::of(&roll, day, &out, &loaded.employers);
        for notice in &mut notices.employers {
            notice.explained.push_str(&late::counted_words(&applied));
        }
        Ok(notices)
    })
    .await
}
