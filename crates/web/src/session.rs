//! Signing in with a role key, and the session that follows.
//!
//! The page shows a challenge; the key's holder signs it on their own machine and pastes the answer. A session is a random token in
//! a cookie; the store has its hash, the role, and the key that signed in. When another key takes the role, the session ends.

use axum::extract::{Form, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use serde_json::json;
use store::{Entry, Hash};
use vote::companion::PublicRoleKey;

use crate::casting::whole_body;
use crate::desk::branch;
use crate::files;
use crate::limits::Network;
use crate::pages::sign_in::{OncePage, SignInPage};
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::server;
use crate::service::Service;
use crate::texts::Language;

/// A challenge is good for so many seconds.
const CHALLENGE_SECONDS: i64 = 300;

/// A session ends after so many seconds.
const LIFE_SECONDS: i64 = 8 * 3_600;

/// A session that was not used for so many seconds ends.
const IDLE_SECONDS: i64 = 30 * 60;

/// A representative is out of reach of the service for most of a day, so their session ends after a day and not for want of use. The link
/// begins another.
const REP_SECONDS: i64 = 24 * 3_600;

/// A one-time link of a rehearsal is good for so many seconds.
const ONCE_SECONDS: i64 = 30 * 24 * 3_600;

/// Somebody who is signed in. Handlers of guarded routes find it among the request's extensions.
#[derive(Clone, Debug)]
pub struct Session {
    /// In which role.
    pub role: Role,
    token: Hash,
}

pub(crate) enum Found {
    None,
    Ended,
    /// Of a representative whose link was closed, or has another in its place.
    Closed,
    Session(Session),
}

/// The session of a request's cookie.
pub(crate) async fn of(service: &Service, headers: &HeaderMap) -> Result<Found, Problem> {
    let Some(token) = token_of(service, headers) else { return Ok(Found::None) };
    let hash = Hash::of(token.as_bytes());
    let now = service.clock.now().seconds();
    let Some(stored) = service.store.use_session(hash.0, now, life).await? else { return Ok(Found::Ended) };
    let (role, key) = stored.role.split_once('/').unwrap_or((&stored.role, ""));
    let role = Role::parse(role);
    let holds = PublicRoleKey::parse(key);
    match (role, holds) {
        // As long as the link that it came by is open, and no other was made in its place.
        (Some(Role::Rep(number)), _) => match branch::Branch::open(service, number).await? {
            Some(branch) if branch.is_of(key) => Ok(Found::Session(Session { role: Role::Rep(number), token: hash })),
            _ => Ok(Found::Closed),
        },
        (Some(role), Some(key)) if role_of(service, &key).await? == Some(role) => Ok(Found::Session(Session { role, token: hash })),
        // Of a one-time link, which has no key.
        (Some(role), None) if key.is_empty() && has_links(service, role) => Ok(Found::Session(Session { role, token: hash })),
        _ => Ok(Found::Ended),
    }
}

/// How many seconds a session is good without use, and in all.
fn life(role: &str) -> (i64, i64) {
    match role.split_once('/').map_or(role, |(role, _)| role) {
        role if matches!(Role::parse(role), Some(Role::Rep(_))) => (REP_SECONDS, REP_SECONDS),
        _ => (IDLE_SECONDS, LIFE_SECONDS),
    }
}

/// Which role a key has, by the plan; before there is one, by what the service was started with.
async fn role_of(service: &Service, key: &PublicRoleKey) -> Result<Option<Role>, Problem> {
    if service.config.operator.as_ref() == Some(key) {
        return Ok(Some(Role::Operator));
    }
    if service.config.negotiator.as_ref() == Some(key) {
        return Ok(Some(Role::Negotiator));
    }
    let Some(poll) = files::poll(service).await? else {
        return Ok((service.officer.as_ref() == Some(key)).then_some(Role::Officer));
    };
    let roles = &poll.roles;
    let trustee = || {
        let at = roles.trustees.iter().position(|trustee| trustee == key)?;
        u32::try_from(at + 1).ok().map(Role::Trustee)
    };
    Ok(match () {
        () if roles.officer == *key => Some(Role::Officer),
        () if roles.scrutineer == *key => Some(Role::Scrutineer),
        () if roles.authority == *key => Some(Role::Authority),
        () => trustee(),
    })
}

fn cookie_name(service: &Service) -> &'static str {
    if service.origin.is_secure() { "__Host-whitley" } else { "whitley" }
}

fn token_of(service: &Service, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(service);
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name);
    let (_, value) = found.next()?;
    // Two of one name: one of them is somebody else's work.
    let whole = found.next().is_none() && value.len() == 64 && Hash::parse(value).is_some();
    whole.then(|| value.to_owned())
}

fn cookie(service: &Service, value: &str, seconds: i64) -> Option<HeaderValue> {
    let secure = if service.origin.is_secure() { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", cookie_name(service));
    HeaderValue::from_str(&text).ok()
}

/// Takes the cookie back.
pub(crate) fn cookie_away(service: &Service) -> HeaderValue {
    cookie(service, "", 0).unwrap_or_else(|| HeaderValue::from_static("whitley=; Path=/; Max-Age=0"))
}

/// `GET /sign-in`: a challenge to be signed. Nothing is changed but that the challenge is noted.
pub(crate) async fn sign_in_page(State(service): State<Service>, request: Request) -> Answer {
    let now = service.clock.now();
    let network = Network::of(server::peer(&request));
    service.sign_in_bucket.take(network, now).map_err(|seconds| Problem::busy(StatusCode::TOO_MANY_REQUESTS, seconds))?;
    let role = request.extensions().get::<Session>().map(|session| session.role);
    page(&service, role, None).await
}

async fn page(service: &Service, role: Option<Role>, wrong: Option<String>) -> Answer {
    let digits = service.token().map_err(|error| Problem::ours(&error))?;
    let challenge = poll::sign_in::challenge(service.origin.as_str(), &digits[..32]);
    let expires = service.clock.now().seconds() + CHALLENGE_SECONDS;
    service.store.put_sign_in_challenge(Hash::of(challenge.as_bytes()).0, expires).await?;
    let mut frame = Frame::of(service, Language::English).await;
    frame.role = role;
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let origin = service.origin.as_str().to_owned();
    let mut response = render(&SignInPage { frame, challenge, origin, wrong })?;
    *response.status_mut() = status;
    // A form that is shown again is a page, not an error without one.
    response.extensions_mut().insert(crate::frame::Whole);
    Ok(response)
}

#[derive(serde::Deserialize)]
pub(crate) struct SignIn {
    challenge: String,
    answer: String,
}

/// `POST /sign-in`: the signed challenge becomes a session.
pub(crate) async fn sign_in(State(service): State<Service>, request: Request) -> Answer {
    let now = service.clock.now();
    let network = Network::of(server::peer(&request));
    service.sign_in_bucket.take(network, now).map_err(|seconds| Problem::busy(StatusCode::TOO_MANY_REQUESTS, seconds))?;
    let old = of(&service, request.headers()).await?;
    let Form(form) = form::<SignIn>(&service, request).await?;
    if poll::sign_in::origin(&form.challenge).ok() != Some(service.origin.as_str()) {
        return page(&service, None, Some("The question is not one of this service.".to_owned())).await;
    }
    let key = match poll::sign_in::check(&form.answer, &form.challenge) {
        Ok(key) => key,
        Err(refusal) => return page(&service, None, Some(refusal.why)).await,
    };
    // Used up only by a right answer: a wrong paste does not cost the challenge, and a right one cannot be replayed.
    if !service.store.use_sign_in_challenge(Hash::of(form.challenge.as_bytes()).0, now.seconds()).await? {
        return page(&service, None, Some("The question was too old, or was answered before. Here is a new one.".to_owned())).await;
    }
    let Some(role) = role_of(&service, &key).await? else {
        let refused =
            Entry { detail: json!({ "key": key.as_str() }).to_string(), ..Entry::new(now.seconds(), "service", "sign-in refused") };
        service.store.append_audit(refused).await?;
        return page(&service, None, Some("This key has no role in this poll.".to_owned())).await;
    };
    begin(&service, role, key.as_str(), old, "/desk").await
}

/// A new session, whatever there was before: nobody's session outlives a sign-in.
pub(crate) async fn begin(service: &Service, role: Role, key: &str, old: Found, to: &str) -> Answer {
    let now = service.clock.now().seconds();
    let who = role.to_string();
    if let Found::Session(old) = old {
        service.store.remove_session(old.token.0, Entry::new(now, &old.role.to_string(), "sign-out")).await?;
    }
    let token = service.token().map_err(|error| Problem::ours(&error))?;
    let stored = if key.is_empty() { who.clone() } else { format!("{who}/{key}") };
    service.store.put_session(Hash::of(token.as_bytes()).0, &stored, Entry::new(now, &who, "sign-in")).await?;
    let mut response = Redirect::to(to).into_response();
    if let Some(cookie) = cookie(service, &token, life(&who).1) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(State(service): State<Service>, request: Request) -> Answer {
    if let Some(session) = request.extensions().get::<Session>() {
        let entry = Entry::new(service.clock.now().seconds(), &session.role.to_string(), "sign-out");
        service.store.remove_session(session.token.0, entry).await?;
    }
    // A representative signs in by the link alone, so the page for role keys says nothing to them.
    let is_rep = request.extensions().get::<Session>().is_some_and(|session| matches!(session.role, Role::Rep(_)));
    let mut response = Redirect::to(if is_rep { "/" } else { "/sign-in" }).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie_away(&service));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cookies\", \"storage\""));
    Ok(response)
}

#[derive(serde::Deserialize)]
pub(crate) struct Once {
    token: String,
}

/// `GET /sign-in/once?token=…` of a rehearsal: a button. A link that a scanner opens is not used up.
pub(crate) async fn once_page(State(service): State<Service>, Query(once): Query<Once>) -> Answer {
    if !has_any_links(&service) {
        return Err(Problem::not_found());
    }
    let frame = Frame::of(&service, Language::English).await;
    render(&OncePage { frame, token: once.token })
}

/// `POST /sign-in/once`.
pub(crate) async fn once(State(service): State<Service>, request: Request) -> Answer {
    if !has_any_links(&service) {
        return Err(Problem::not_found());
    }
    let old = of(&service, request.headers()).await?;
    let Form(Once { token }) = form::<Once>(&service, request).await?;
    let hash = Hash::of(token.as_bytes());
    let role = service.store.get_setting(&format!("once/{hash}")).await?.and_then(|role| Role::parse(&role));
    let used = service.store.use_sign_in_challenge(hash.0, service.clock.now().seconds()).await?;
    match role {
        Some(role) if used && has_links(&service, role) => {
            let to = if role == Role::Negotiator { "/d" } else { "/desk" };
            begin(&service, role, "", old, to).await
        }
        _ => Err(Problem::new(StatusCode::UNAUTHORIZED, "sign-in", "This link was used before, or is none of this service.")),
    }
}

/// Whether a role can sign in by a one-time link: every role of a rehearsal but representatives, who have the link of their branch; and the negotiator where the service is for this machine
/// alone and no key was named, since whoever reads its terminal can read and change the files of the disputes anyway.
fn has_links(service: &Service, role: Role) -> bool {
    let own_machine = service.workspace.is_some() && !service.origin.is_secure() && service.config.negotiator.is_none();
    (service.config.rehearsal && !matches!(role, Role::Rep(_))) || (role == Role::Negotiator && own_machine)
}

fn has_any_links(service: &Service) -> bool {
    service.config.rehearsal || has_links(service, Role::Negotiator)
}

/// Makes a one-time link for a role: of a rehearsal, and for the negotiator on their own machine.
///
/// # Errors
/// The role has none, no randomness, or the store failed.
pub async fn one_time_link(service: &Service, role: Role) -> Result<String, Problem> {
    if !has_links(service, role) {
        return Err(Problem::conflict("refused", "one-time links are for rehearsals, and for the negotiator on their own machine"));
    }
    let token = service.token().map_err(|error| Problem::ours(&error))?;
    let hash = Hash::of(token.as_bytes());
    let now = service.clock.now().seconds();
    service.store.put_sign_in_challenge(hash.0, now + ONCE_SECONDS).await?;
    service.store.put_setting(&format!("once/{hash}"), &role.to_string(), Entry::new(now, "service", "one-time link")).await?;
    Ok(format!("{}/sign-in/once?token={token}", service.origin.as_str()))
}

/// A form, whole, of the type forms have.
pub(crate) async fn form<T: serde::de::DeserializeOwned>(service: &Service, request: Request) -> Result<Form<T>, Problem> {
    let fits = request.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == "application/x-www-form-urlencoded");
    if !fits {
        return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let limits = &service.config.limits;
    let body = whole_body(request.into_body(), limits.form_bytes, limits.body_seconds).await?;
    serde_urlencoded::from_bytes(&body).map(Form).map_err(|error| Problem::input(format!("The form could not be read: {error}.")))
}
