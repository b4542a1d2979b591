//! Every route, and who may call it. The router is built from this table and from nothing else, and a test calls each line as each role.
//!
//! A route that is not here does not exist. A handler runs only after [`crate::frame::guard`] has admitted the caller.

use std::fmt;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};

use crate::role::{Role, RoleKind};
use crate::service::Service;
use crate::{api, casting, desk, frame, pages, session, workspace};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Anybody,
    /// Whoever is signed in, in any role.
    Staff,
    /// These roles.
    Roles(&'static [RoleKind]),
}

impl Who {
    /// Whether a person signed in as this role is admitted.
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Anybody | Self::Staff => true,
            Self::Roles(roles) => roles.contains(&role.kind()),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anybody => f.write_str("everybody"),
            Self::Staff => f.write_str("staff"),
            Self::Roles(roles) => {
                let names: Vec<&str> = roles
                    .iter()
                    .map(|role| match role {
                        RoleKind::Officer => "the officer",
                        RoleKind::Scrutineer => "the scrutineer",
                        RoleKind::Authority => "the credential authority",
                        RoleKind::Trustee => "trustees",
                        RoleKind::Operator => "the operator",
                        RoleKind::Rep => "representatives",
                        RoleKind::Negotiator => "the negotiator",
                    })
                    .collect();
                f.write_str(&names.join(" and "))
            }
        }
    }
}

/// What a route answers with: it decides the headers and the form of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page without script.
    Page,
    /// A page for everybody that also knows who is signed in.
    SignIn,
    /// The voting booth, which has script.
    Booth,
    /// A representative's page, which has script, forms, and a worker that keeps it for when there is no signal.
    Branch,
    /// JSON for programs.
    Json,
    /// A file to keep.
    File,
    /// Part of a page, kept by browsers for ever: its address holds its hash.
    Asset,
}

/// One line of the table.
#[derive(Clone, Copy)]
pub struct Route {
    /// `GET` (and with it `HEAD`) or `POST`.
    pub post: bool,
    /// The path, `{name}` for a part that varies.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// What it answers with.
    pub kind: Kind,
    handler: fn() -> MethodRouter<Service>,
}

impl Route {
    /// The method.
    pub fn method(&self) -> Method {
        if self.post { Method::POST } else { Method::GET }
    }
}

/// What the frame knows of the route that answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern {
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    pub(crate) kind: Kind,
    /// The request came with a session that is over: its cookie is taken back.
    pub(crate) ends_session: bool,
    /// Who is signed in, where the route asked.
    pub(crate) role: Option<Role>,
}

macro_rules! routes {
    ($($method:ident $path:literal $who:expr, $kind:ident => $handler:path;)*) => {
        &[$(Route { post: routes!(@post $method), path: $path, who: $who, kind: Kind::$kind, handler: || $method($handler) }),*]
    };
    (@post get) => { false };
    (@post post) => { true };
}

use RoleKind::{Authority, Negotiator, Officer, Operator, Rep, Scrutineer, Trustee};
use Who::{Anybody, Roles, Staff};

/// The officer alone.
const OFFICER: Who = Who::Roles(&[RoleKind::Officer]);

/// Whoever makes something of the frozen roll.
const ROLL: Who = Who::Roles(&[RoleKind::Officer, RoleKind::Authority]);

/// Officer and scrutineer, who do together what nobody does alone.
const PAIR: Who = Who::Roles(&[RoleKind::Officer, RoleKind::Scrutineer]);

/// Whoever changes disputes.
const NEGOTIATOR: Who = Who::Roles(&[Negotiator]);

/// Whoever reads disputes that are being worked on.
const DISPUTES: Who = Who::Roles(&[Negotiator, Officer]);

/// All routes: those of members and anybody here, those of the desks below.
pub static ROUTES: &[Route] = routes! {
    // Members and anybody. GET changes nothing anywhere.
    get "/" Anybody, Page => pages::front::page;
    get "/v/{unit}" Anybody, Booth => pages::booth::page;
    get "/check-device" Anybody, Booth => pages::booth::check_device;
    get "/booth/{hash}/{file}" Anybody, Asset => pages::booth::file;
    get "/style/{hash}/pages.css" Anybody, Asset => pages::style;
    get "/worth" Anybody, Page => pages::worth::way;
    get "/receipt" Anybody, Page => pages::receipt::form;
    get "/results" Anybody, Page => pages::results::all;
    get "/results/{unit}" Anybody, Page => pages::results::one;
    get "/results/{unit}/certificate" Anybody, Page => pages::certificate::one;
    get "/mandates" Anybody, Page => pages::certificate::table;
    get "/results.csv" Anybody, File => pages::data::results_csv;
    get "/mandates.csv" Anybody, File => pages::data::mandates_csv;
    get "/datapackage.json" Anybody, File => pages::data::package;
    get "/how-to-check" Anybody, Page => pages::plain::how_to_check;
    get "/limits" Anybody, Page => pages::plain::limits;
    get "/accessibility" Anybody, Page => pages::plain::accessibility;

    // One election.
    get "/e/{uuid}" Anybody, Page => pages::board::page;
    get "/e/{uuid}/receipt" Anybody, Page => pages::receipt::of_election;
    get "/e/{uuid}/election.json" Anybody, Json => api::election;
    get "/e/{uuid}/info.json" Anybody, Json => api::info;
    post "/e/{uuid}/credential" Anybody, Json => casting::credential;
    post "/e/{uuid}/cast" Anybody, Json => casting::cast;
    post "/e/{uuid}/challenge" Anybody, Json => casting::challenge;
    get "/e/{uuid}/archive.bel" Anybody, File => api::archive;
    get "/e/{uuid}/companion.jsonl" Anybody, File => api::companion;

    // The poll's files.
    get "/poll/files/{*name}" Anybody, File => api::poll_file;
    get "/poll.tar" Anybody, File => api::poll_tar;

    // For whatever watches the machine.
    get "/alive" Anybody, Json => api::alive;

    // Staff.
    get "/sign-in" Anybody, SignIn => session::sign_in_page;
    post "/sign-in" Anybody, SignIn => session::sign_in;
    get "/sign-in/once" Anybody, SignIn => session::once_page;
    post "/sign-in/once" Anybody, SignIn => session::once;
    post "/sign-out" Staff, Page => session::sign_out;
    get "/desk" Staff, Page => desk::page;

    // The roll.
    get "/desk/roll" OFFICER, Page => desk::roll::page;
    post "/desk/roll/import" OFFICER, Page => desk::roll::import;
    post "/desk/roll/undo" OFFICER, Page => desk::roll::undo;
    post "/desk/roll/settings" OFFICER, Page => desk::roll::settings;
    get "/desk/roll/faults" OFFICER, Page => desk::roll::faults;
    get "/desk/roll/faults.csv" OFFICER, File => desk::roll::faults_csv;
    get "/desk/roll/rows" OFFICER, Page => desk::roll::rows;
    get "/desk/roll/freeze" OFFICER, Page => desk::roll::freeze_page;
    post "/desk/roll/freeze" OFFICER, Page => desk::roll::freeze;
    post "/desk/roll/export" OFFICER, Page => desk::roll::export;
    get "/desk/roll/roll.csv" ROLL, File => desk::roll::roll_csv;
    get "/desk/roll/not-on-roll.csv" OFFICER, File => desk::roll::out_csv;
    get "/desk/roll/changes" PAIR, Page => desk::roll::late::page;
    post "/desk/roll/changes" PAIR, Page => desk::roll::late::take;
    post "/desk/roll/changes/make" PAIR, Page => desk::roll::late::make;
    get "/desk/roll/erase" PAIR, Page => desk::roll::erase::page;
    post "/desk/roll/erase" PAIR, Page => desk::roll::erase::act;
    get "/desk/roll/notices" OFFICER, Page => desk::roll::notices;
    get "/desk/roll/notices.csv" OFFICER, File => desk::roll::notices_csv;

    // The plan.
    get "/desk/plan" PAIR, Page => desk::plan::page;
    post "/desk/plan" OFFICER, Page => desk::plan::submit;

    // Voting.
    get "/desk/voting" PAIR, Page => desk::dashboard::page;

    // Paper packs.
    get "/desk/papers" PAIR, Page => desk::paper::page;
    post "/desk/papers/issue" PAIR, Page => desk::paper::issue;
    post "/desk/papers/change" PAIR, Page => desk::paper::change;
    post "/desk/papers/propose" PAIR, Page => desk::paper::propose;
    get "/desk/papers/list" PAIR, Page => desk::paper::list;
    get "/desk/papers/packs.csv" PAIR, File => desk::paper::list_csv;

    // Branches and their representatives.
    get "/desk/branches" OFFICER, Page => desk::branch::branches;
    post "/desk/branches" OFFICER, Page => desk::branch::act;
    get "/desk/branches/requests.csv" ROLL, File => desk::branch::requests::csv;
    get "/branch/sign-in" Anybody, SignIn => desk::branch::sign_in_page;
    post "/branch/sign-in" Anybody, SignIn => desk::branch::sign_in;
    get "/desk/branches/requests" OFFICER, Page => desk::branch::requests::page;
    post "/desk/branches/requests" OFFICER, Page => desk::branch::requests::dealt_with;
    get "/branch" Roles(&[Rep]), Branch => desk::branch::page::page;
    post "/branch" Roles(&[Rep]), Branch => desk::branch::page::note;
    post "/branch/notes" Roles(&[Rep]), Branch => desk::branch::page::notes;
    get "/branch/list.csv" Roles(&[Rep]), File => desk::branch::page::list_csv;
    get "/branch/desk-list" Roles(&[Rep]), Branch => desk::branch::page::desk_list;
    get "/branch/cards" Roles(&[Rep]), Branch => desk::branch::page::cards;
    get "/branch/script/{hash}/branch.js" Anybody, Asset => desk::branch::page::script;
    get "/branch-worker.js" Anybody, Asset => desk::branch::page::worker;

    // Two people.
    get "/desk/two-people" PAIR, Page => desk::two_people::page;
    post "/desk/two-people" PAIR, Page => desk::two_people::answer;
    // Desks: exchange of files with people's own machines.
    get "/desk/ceremony" Roles(&[Officer, Scrutineer, Trustee]), Page => desk::exchange::ceremony::page;
    post "/desk/ceremony" Roles(&[Trustee]), Page => desk::exchange::ceremony::take;
    get "/desk/credentials" Roles(&[Officer, Scrutineer, Authority]), Page => desk::exchange::lists::page;
    post "/desk/credentials" Roles(&[Authority]), Page => desk::exchange::lists::take;
    get "/desk/opening" Roles(&[Officer, Scrutineer]), Page => desk::exchange::opening::page;
    post "/desk/opening" Roles(&[Officer, Scrutineer]), Page => desk::exchange::opening::take;
    get "/desk/lines" Roles(&[Officer, Scrutineer]), Page => desk::exchange::lines::page;
    get "/desk/lines/{line}" Roles(&[Officer, Scrutineer]), File => desk::exchange::lines::one;
    post "/desk/lines" Roles(&[Officer, Scrutineer]), Page => desk::exchange::lines::take;
    get "/desk/shares" Roles(&[Officer, Scrutineer, Trustee]), Page => desk::exchange::shares::page;
    post "/desk/shares" Roles(&[Trustee]), Page => desk::exchange::shares::take;
    get "/desk/archives.tar" Roles(&[Officer, Scrutineer, Trustee]), File => desk::exchange::bulk::archives;
    get "/desk/result" Roles(&[Officer, Scrutineer]), Page => desk::exchange::result::page;
    post "/desk/result" Roles(&[Officer, Scrutineer]), Page => desk::exchange::result::take;
    // Desks: the record.
    get "/desk/audit" Roles(&[Officer, Scrutineer, Operator]), Page => desk::audit::page;
    get "/desk/deliveries" Roles(&[Officer, Scrutineer, Authority]), Page => desk::report::deliveries;
    post "/desk/deliveries" Roles(&[Authority]), Page => desk::report::take_deliveries;
    get "/desk/report" Roles(&[Officer, Scrutineer]), Page => desk::report::page;
    post "/desk/report" Roles(&[Scrutineer]), Page => desk::report::state;
    get "/desk/documents" PAIR, Page => desk::documents::page;
    post "/desk/documents" OFFICER, Page => desk::documents::keep_names;
    post "/desk/documents/signed" Roles(&[Scrutineer]), Page => desk::documents::take_signed;
    get "/desk/documents/{name}" PAIR, File => desk::documents::one;
    get "/desk/incidents" Roles(&[Officer, Scrutineer, Operator]), Page => desk::audit::incidents_page;
    post "/desk/incidents" Roles(&[Officer, Scrutineer, Operator]), Page => desk::audit::report_incident;
    post "/desk/result/publish" Roles(&[Officer, Scrutineer]), Page => desk::exchange::result::publish_again;

    // Disputes that are being worked on. A form that changes nothing (a valuation, a letter tried out) is anybody's who may read; what writes has
    // a line of its own.
    get "/d" DISPUTES, Page => workspace::staff;
    get "/d/new" NEGOTIATOR, Page => workspace::staff;
    post "/d/new" NEGOTIATOR, Page => workspace::staff;
    get "/d/import" NEGOTIATOR, Page => workspace::staff;
    post "/d/import" NEGOTIATOR, Page => workspace::staff;
    get "/d/{dispute}" DISPUTES, Page => workspace::staff;
    get "/d/{dispute}/{*page}" DISPUTES, Page => workspace::staff;
    post "/d/{dispute}/{*page}" DISPUTES, Page => workspace::staff;
    post "/d/{dispute}/save" NEGOTIATOR, Page => workspace::staff;
    post "/d/{dispute}/note-outside" NEGOTIATOR, Page => workspace::staff;
    get "/d/{dispute}/publish" NEGOTIATOR, Page => workspace::staff;
    post "/d/{dispute}/publish" NEGOTIATOR, Page => workspace::staff;
    get "/d/{dispute}/copy" NEGOTIATOR, Page => workspace::staff;
    post "/d/{dispute}/copy" NEGOTIATOR, Page => workspace::staff;

    // Disputes that are published.
    get "/public" Anybody, Page => workspace::public;
    get "/public/{dispute}" Anybody, Page => workspace::public;
    get "/public/{dispute}/{*page}" Anybody, Page => workspace::public;
    post "/public/{dispute}/{*page}" Anybody, Page => workspace::public;
};

/// The router of the table.
pub(crate) fn router(service: &Service) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let pattern = Pattern { path: route.path, who: route.who, kind: route.kind, ends_session: false, role: None };
        let handler = (route.handler)().route_layer(from_fn_with_state((service.clone(), pattern), frame::guard));
        router = router.route(route.path, handler);
    }
    router.with_state(service.clone()).layer(from_fn_with_state(service.clone(), frame::frame))
}
