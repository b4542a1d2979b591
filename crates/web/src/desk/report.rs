//! The scrutineer's report: the figures (R46), the incidents, and whether the scrutineer is satisfied, with reasons; and the authority's
//! summary of deliveries, which the figures of packs come from.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use store::{ElectionState, Expect, PackState};
use vote::companion::{PublicRoleKey, Signature};

use super::audit::{Incident, incidents};
use super::exchange::{Asked, Cell, Outcome, Page, Step, Table, Upload, demand_poll, entry, nothing_chosen, show};
use super::{Pages, WantedPage, desk_frame};
use crate::desk::upload;
use crate::files;
use crate::pages::certificate::{Certified, certified};
use crate::pages::{Frame, render};
use crate::printer::Told;
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::{self, Session};

/// The public file of the authority's summary.
const DELIVERIES: &str = "deliveries.json";

/// The public file of the scrutineer's statements.
const REPORT: &str = "scrutineer-report.json";

/// What TULRCA s.231B(1) asks a scrutineer to say, in our words, by the name of its field.
const ITEMS: [(&str, &str); 3] = [
    (
        "a",
        "There are no reasonable grounds to believe that anything an enactment requires of this ballot was not done. TULRCA s.231B(1)(a).",
    ),
    (
        "b",
        "The ways in which papers were made, kept, sent out, returned and handled, and in which votes were counted, had every security that \
         was reasonably practicable against unfairness and malpractice. TULRCA s.231B(1)(b).",
    ),
    ("c", "I could do my work as a scrutineer without interference. TULRCA s.231B(1)(c)."),
];

/// Columns of the figures of packs: field of the summary, heading.
const PACKS: [(&str, &str); 7] = [
    ("issued", "Issued"),
    ("handed_over", "Handed over"),
    ("bounced", "Bounced"),
    ("returned", "Came back"),
    ("replaced", "Replaced"),
    ("void", "Void"),
    ("unused_spares", "Unused spares"),
];

/// A summary of deliveries as it is kept, and whether the authority signed it.
struct Summary {
    value: Value,
    is_signed: bool,
}

impl Summary {
    /// Reads one that was brought: signed by the authority, or bare.
    fn read(bytes: &[u8], authority: &PublicRoleKey, units: &[String]) -> Result<Self, Problem> {
        let wrong = || Problem::input("This is no summary of deliveries: whitley deliver status --public --key authority.key makes one.");
        let outer: Value = serde_json::from_slice(bytes).map_err(|_| wrong())?;
        let (value, is_signed) = match outer["summary"].as_str() {
            None => (outer, false),
            Some(text) => {
                let key = outer["key"].as_str().and_then(PublicRoleKey::parse).ok_or_else(wrong)?;
                let signature = outer["signature"].as_str().and_then(Signature::parse).ok_or_else(wrong)?;
                if key != *authority {
                    return Err(Problem::conflict("refused", "The summary is signed by another key than the authority’s."));
                }
                if !key.signed_delivery(text, &signature) {
                    return Err(Problem::conflict(
                        "refused",
                        "The signature does not hold: the summary was changed, or another signed it.",
                    ));
                }
                (serde_json::from_str(text).map_err(|_| wrong())?, true)
            }
        };
        // It becomes public, so nothing but numbers of packs may be in it.
        let is_plain = |value: &Value| {
            value.as_object().is_some_and(|fields| {
                fields.iter().all(|(name, value)| {
                    if name == "unit" { value.as_str().is_some_and(|unit| units.iter().any(|known| known == unit)) } else { value.is_u64() }
                })
            })
        };
        let known = ["whitley_delivery", "as_of", "ledger", "units", "all"];
        let fields = value.as_object().filter(|_| value["whitley_delivery"] == 1).ok_or_else(wrong)?;
        let is_good = fields.keys().all(|name| known.contains(&name.as_str()))
            && value["as_of"].as_str().is_some_and(|time| crate::clock::Instant::parse(time).is_some())
            && value["ledger"]["head"].as_str().is_some_and(|head| head.len() <= 64 && head.bytes().all(|byte| byte.is_ascii_hexdigit()))
            && value["units"].as_array().is_some_and(|units| units.iter().all(is_plain))
            && is_plain(&value["all"]);
        if is_good {
            Ok(Self { value, is_signed })
        } else {
            Err(Problem::input("The summary has a unit of another poll, or something that is no number of packs."))
        }
    }

    /// The one that was brought last.
    async fn kept(service: &Service) -> Result<Option<(u64, Self)>, Problem> {
        let Some((info, bytes)) = service.store.get_file(DELIVERIES).await? else { return Ok(None) };
        let poll = demand_poll(service).await?;
        let units: Vec<String> = poll.units.iter().map(|unit| unit.id.clone()).collect();
        Ok(Some((info.version, Self::read(&bytes, &poll.roles.authority, &units)?)))
    }

    fn row(&self, unit: &str) -> Vec<String> {
        let all = self.value["units"].as_array().into_iter().flatten();
        let found = all.into_iter().find(|one| one["unit"] == unit).unwrap_or(&Value::Null);
        PACKS.iter().map(|(field, _)| found[*field].as_u64().map_or_else(|| "–".to_owned(), |number| number.to_string())).collect()
    }

    fn signed_words(&self) -> &'static str {
        if self.is_signed { "signed by the authority" } else { "NOT SIGNED: nobody vouches for these figures" }
    }
}

/// A time of a file for a reader.
fn london(time: &str) -> String {
    let read = crate::clock::Instant::parse(time).map(|time| time.in_london().strftime("%-d %B %Y, %H:%M (London)").to_string());
    read.unwrap_or_else(|| time.to_owned())
}

/// `GET /desk/deliveries`.
pub(crate) async fn deliveries(
    State(service): State<Service>,
    Extension(session): Extension<Session>,
    Query(asked): Query<Asked>,
) -> Answer {
    show(&service, &session, deliveries_view(&service, session.role).await?.at(&asked), Outcome::default()).await
}

/// `POST /desk/deliveries`: a newer summary in the place of the one before.
pub(crate) async fn take_deliveries(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let poll = demand_poll(&service).await?;
    let upload = upload::read(&service, request).await?;
    let mut outcome = Outcome::default();
    let units: Vec<String> = poll.units.iter().map(|unit| unit.id.clone()).collect();
    match &upload.files[..] {
        [] => nothing_chosen(&mut outcome),
        [file] => {
            let kept = Summary::kept(&service).await?;
            let read = Summary::read(&file.bytes, &poll.roles.authority, &units);
            match read {
                Ok(new) if kept.as_ref().is_some_and(|(_, old)| old.value["as_of"].as_str() > new.value["as_of"].as_str()) => {
                    outcome.refuse(&file.name, "A newer summary is here already.");
                }
                Ok(new) if kept.as_ref().is_some_and(|(_, old)| old.is_signed && !new.is_signed) => {
                    outcome.refuse(&file.name, "The summary that is here is signed; one without a signature does not take its place.");
                }
                Ok(new) => {
                    let expect = kept.map_or(Expect::New, |(version, _)| Expect::Version(version));
                    let detail = json!({ "as_of": new.value["as_of"], "signed": new.is_signed });
                    let entry = entry(&service, &session.role.to_string(), "summary of deliveries", &detail);
                    service.store.put_file(DELIVERIES, file.bytes.clone(), expect, entry).await?;
                    outcome.take(format!("The summary is here, {}.", new.signed_words()));
                }
                Err(problem) => outcome.refuse_problem(&file.name, problem)?,
            }
        }
        [_, second, ..] => outcome.refuse(&second.name, "Bring one summary: it has all units."),
    }
    show(&service, &session, deliveries_view(&service, session.role).await?, outcome).await
}

async fn deliveries_view(service: &Service, role: Role) -> Result<Page, Problem> {
    let poll = demand_poll(service).await?;
    let mut page = Page { heading: "Deliveries", path: "/desk/deliveries", ..Page::default() };
    match Summary::kept(service).await? {
        None => page.lede.push("No summary of deliveries has been brought yet.".to_owned()),
        Some((_, summary)) => {
            page.lede.push(format!("As of {}; {}.", london(summary.value["as_of"].as_str().unwrap_or_default()), summary.signed_words()));
            let heads = std::iter::once("Unit").chain(PACKS.iter().map(|(_, head)| *head)).map(str::to_owned).collect();
            let rows = poll
                .units
                .iter()
                .map(|unit| std::iter::once(Cell::of(&unit.name)).chain(summary.row(&unit.id).into_iter().map(Cell::of)).collect());
            page.table = Some(Table { caption: "Packs", heads, rows: rows.collect() });
        }
    }
    page.notes.push(
        "Only numbers of packs come here. Who has not voted is found on the authority’s own machine, with whitley deliver not-voted."
            .to_owned(),
    );
    if role == Role::Authority {
        page.steps = vec![
            Step::of("Make the summary from your ledger, and sign it.")
                .run("whitley deliver status --ledger ledger.jsonl --public --key authority.key --out deliveries.json"),
        ];
        page.forms.push(Upload::of("/desk/deliveries", "The summary. It becomes public."));
    }
    Ok(page)
}

#[derive(Template)]
#[template(path = "desk/report.html")]
struct ReportPage {
    frame: Frame,
    units: Vec<UnitFigures>,
    pages: Pages,
    waiting: usize,
    deliveries: Option<(String, &'static str)>,
    pack_heads: Vec<&'static str>,
    register: Vec<(String, &'static str, u64)>,
    incidents: Vec<Incident>,
    items: Vec<Item>,
    made_at: Option<String>,
    may_write: bool,
    faults: Vec<(String, String)>,
}

struct UnitFigures {
    name: String,
    entitled: u64,
    cast: u64,
    voided: u64,
    questions: Vec<Certified>,
    packs: Vec<String>,
}

struct Item {
    field: &'static str,
    text: &'static str,
    satisfied: Option<bool>,
    reason: String,
}

fn items(said: &BTreeMap<String, String>) -> Vec<Item> {
    let item = |(field, text)| Item {
        field,
        text,
        satisfied: said.get(field).and_then(|answer| match answer.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }),
        reason: said.get(&format!("reason-{field}")).cloned().unwrap_or_default(),
    };
    ITEMS.map(item).into()
}

/// What the kept report says, by the form's fields; its version; when it was made.
async fn kept_report(service: &Service) -> Result<Option<(u64, BTreeMap<String, String>, String)>, Problem> {
    let Some((info, bytes)) = service.store.get_file(REPORT).await? else { return Ok(None) };
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| Problem::ours(&error))?;
    let mut said = BTreeMap::new();
    for one in value["statements"].as_array().into_iter().flatten() {
        let item = one["item"].as_str().unwrap_or_default();
        said.insert(item.to_owned(), if one["satisfied"] == true { "yes" } else { "no" }.to_owned());
        said.insert(format!("reason-{item}"), one["reason"].as_str().unwrap_or_default().to_owned());
    }
    Ok(Some((info.version, said, value["made_at"].as_str().unwrap_or_default().to_owned())))
}

/// What the scrutineer stated.
pub(super) struct Stated {
    /// Of (a), (b), (c).
    pub(super) satisfied: [bool; 3],
    /// Reasons, each with the letter of its point.
    pub(super) reasons: Vec<String>,
    /// When.
    pub(super) made_at: String,
}

/// The statements, once all three are made.
pub(super) async fn statements(service: &Service) -> Result<Option<Stated>, Problem> {
    let Some((_, said, made_at)) = kept_report(service).await? else { return Ok(None) };
    let items = items(&said);
    let satisfied: Option<Vec<bool>> = items.iter().map(|item| item.satisfied).collect();
    let Some(satisfied) = satisfied.and_then(|all| all.try_into().ok()) else { return Ok(None) };
    let given = items.into_iter().filter(|item| !item.reason.is_empty());
    let reasons = given.map(|item| format!("({}) {}", item.field, item.reason)).collect();
    Ok(Some(Stated { satisfied, reasons, made_at }))
}

/// Columns of the paper register: the state in which a pack is now, heading.
const REGISTER: [(PackState, &str); 8] = [
    (PackState::Issued, "Out, not back"),
    (PackState::Returned, "Back, not judged"),
    (PackState::Accepted, "Accepted"),
    (PackState::Spoiled, "Spoiled"),
    (PackState::SetAside, "Set aside"),
    (PackState::Lost, "Lost"),
    (PackState::Void, "Void"),
    (PackState::Unused, "Unused"),
];

/// What became of the packs, as the printed report shows it: by the authority's deliveries, and by the register of papers.
pub(super) async fn packs(service: &Service) -> Result<Vec<Told>, Problem> {
    let mut all = Vec::new();
    let poll = demand_poll(service).await?;
    let heads = |names: &mut dyn Iterator<Item = &str>| std::iter::once("Unit").chain(names).map(str::to_owned).collect();
    if let Some((_, summary)) = Summary::kept(service).await? {
        let as_of = london(summary.value["as_of"].as_str().unwrap_or_default());
        let told = format!("By the authority’s summary as of {as_of}, {}.", summary.signed_words());
        let rows = poll.units.iter().map(|unit| std::iter::once(unit.name.clone()).chain(summary.row(&unit.id)).collect());
        all.push((told, heads(&mut PACKS.iter().map(|(_, head)| *head)), rows.collect()));
    }
    let counts = service.store.list_pack_counts().await?;
    if !counts.is_empty() {
        let number = |unit: &str, state| {
            let found = counts.iter().find(|(known, kept, _)| known == unit && *kept == state);
            found.map_or(0, |(_, _, number)| *number).to_string()
        };
        let rows = poll.units.iter().map(|unit| {
            let numbers = REGISTER.iter().map(|(state, _)| number(&unit.id, *state));
            std::iter::once(unit.name.clone()).chain(numbers).collect()
        });
        let told = "Paper packs by the register of this service, each in the state in which it is now.".to_owned();
        all.push((told, heads(&mut REGISTER.iter().map(|(_, head)| *head)), rows.collect()));
    }
    Ok(all)
}

/// `GET /desk/report`.
pub(crate) async fn page(
    State(service): State<Service>,
    Extension(session): Extension<Session>,
    Query(wanted): Query<WantedPage>,
) -> Answer {
    let kept = kept_report(&service).await?;
    let (said, made_at) = kept.map_or((BTreeMap::new(), None), |(_, said, made_at)| (said, Some(made_at)));
    report(&service, &session, &wanted, &said, made_at, Vec::new()).await
}

/// `POST /desk/report`: the scrutineer's statements. They are public from then on.
pub(crate) async fn state(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let axum::extract::Form(said) = session::form::<BTreeMap<String, String>>(&service, request).await?;
    let elections = service.elections.all(&service).await?;
    let now = service.clock.now();
    if elections.is_empty() || elections.iter().any(|election| election.state(now) != ElectionState::Counted) {
        return Err(Problem::conflict("refused", "The report is made when every unit has its published result."));
    }
    let mut faults = Vec::new();
    let mut statements = Vec::new();
    for item in items(&said) {
        let reason = item.reason.trim();
        match item.satisfied {
            None => faults.push((format!("item-{}", item.field), format!("Say whether you are satisfied of point ({}).", item.field))),
            Some(false) if reason.is_empty() => {
                faults.push((format!("reason-{}", item.field), format!("Give your reasons for point ({}).", item.field)))
            }
            Some(satisfied) => statements.push(json!({ "item": item.field, "says": item.text, "satisfied": satisfied, "reason": reason })),
        }
    }
    let kept = kept_report(&service).await?;
    if !faults.is_empty() {
        return report(&service, &session, &WantedPage::default(), &said, kept.map(|(_, _, made_at)| made_at), faults).await;
    }
    let value = json!({ "made_at": now.utc(), "statements": statements });
    let expect = kept.map_or(Expect::New, |(version, ..)| Expect::Version(version));
    let satisfied = statements.iter().all(|one| one["satisfied"] == true);
    let entry = entry(&service, &session.role.to_string(), "report of the scrutineer", &json!({ "satisfied": satisfied }));
    service.store.put_file(REPORT, format!("{value:#}\n").into_bytes(), expect, entry).await?;
    report(&service, &session, &WantedPage::default(), &said, Some(now.utc()), Vec::new()).await
}

async fn report(
    service: &Service,
    session: &Session,
    wanted: &WantedPage,
    said: &BTreeMap<String, String>,
    made_at: Option<String>,
    faults: Vec<(String, String)>,
) -> Answer {
    let about = files::about(service).await?;
    let summary = Summary::kept(service).await?.map(|(_, summary)| summary);
    let (mut counted, mut waiting) = (Vec::new(), 0);
    for election in service.elections.all(service).await? {
        match service.results.counts(service, &election).await? {
            Some(counts) => counted.push((election, counts)),
            None => waiting += 1,
        }
    }
    let pages = Pages::of(wanted, counted.len(), "/desk/report");
    let is_counted = !counted.is_empty();
    let shown = pages.cut(counted);
    let ids: BTreeSet<String> = shown.iter().map(|(election, _)| election.unit.clone()).collect();
    let units = shown.into_iter().map(|(election, counts)| UnitFigures {
        name: election.name.clone(),
        entitled: election.entitled,
        cast: counts.counted,
        voided: counts.voided,
        questions: certified(service, &about, &election, &counts),
        packs: summary.as_ref().map(|summary| summary.row(&election.unit)).unwrap_or_default(),
    });
    let units = units.collect();
    let register = service.store.list_pack_counts().await?.into_iter();
    // Before there is a result, the register of all; then of the units of this page.
    let register =
        register.filter(|(unit, ..)| !is_counted || ids.contains(unit)).map(|(unit, state, number)| (unit, state.word(), number)).collect();
    let has_faults = !faults.is_empty();
    let page = ReportPage {
        frame: desk_frame(service, session).await,
        may_write: session.role == Role::Scrutineer && waiting == 0 && is_counted,
        units,
        pages,
        waiting,
        deliveries: summary.map(|summary| (london(summary.value["as_of"].as_str().unwrap_or_default()), summary.signed_words())),
        pack_heads: PACKS.map(|(_, head)| head).into(),
        register,
        incidents: incidents(service).await?,
        items: items(said),
        made_at: made_at.as_deref().map(london),
        faults,
    };
    let mut response = render(&page)?;
    if has_faults {
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.extensions_mut().insert(crate::frame::Whole);
    }
    Ok(response)
}
