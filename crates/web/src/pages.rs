//! The public pages: rendered here, without script. Templates are in `templates/`, texts in `texts`.

pub(crate) mod board;
pub mod booth;
pub(crate) mod certificate;
pub(crate) mod data;
pub(crate) mod front;
pub mod plain;
pub(crate) mod receipt;
pub(crate) mod results;
pub(crate) mod sign_in;
pub(crate) mod worth;

use std::sync::LazyLock;

use askama::Template;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use sha2::{Digest as _, Sha384};

use crate::files;
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::texts::{Language, Words};

/// The style sheet of all pages: the look they share with the report, their own, and that of the timelines that `law` draws.
static STYLE: LazyLock<String> =
    LazyLock::new(|| format!("{}{}{}\n", report::LOOK, include_str!("../static/pages.css"), law::TIMELINE_STYLE));

/// What every page has around its own content.
pub struct Frame {
    /// What stands in the head of the page: the poll's title, or the program's name.
    pub title: String,
    /// `en` or `cy`.
    pub language: &'static str,
    /// The page's texts.
    pub words: &'static Words,
    /// What keeps the language in links: empty, or `?lang=cy`.
    pub suffix: &'static str,
    /// The other language's tag, and the address of this page in it.
    pub other_language: Option<(&'static str, String)>,
    /// Everybody is invented.
    pub rehearsal: bool,
    /// Who is signed in, on staff pages.
    pub role: Option<Role>,
    /// What stands beside the title.
    pub tag_line: &'static str,
    /// Disputes are served here.
    pub has_disputes: bool,
    /// The style sheet's address.
    pub style: String,
    /// Its hash.
    pub style_sri: String,
}

/// The query of a page that asks for nothing but its language.
#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    lang: String,
}

impl Asked {
    pub(crate) fn language(&self) -> Language {
        Language::of(&self.lang)
    }
}

impl Frame {
    /// The frame of a page in this language.
    pub async fn of(service: &Service, language: Language) -> Self {
        let title = files::poll(service).await.ok().flatten().map_or_else(|| "Whitley".to_owned(), |poll| poll.title.clone());
        Self {
            title,
            language: language.tag(),
            words: language.words(),
            suffix: if language == Language::Welsh { "?lang=cy" } else { "" },
            other_language: None,
            rehearsal: service.config.rehearsal,
            role: None,
            tag_line: language.words().tag_line,
            has_disputes: service.workspace.is_some(),
            style: format!("/style/{}/pages.css", short_hash(STYLE.as_bytes())),
            style_sri: sri(STYLE.as_bytes()),
        }
    }

    /// With a link to the same page in the other language.
    #[must_use]
    pub fn with_other_language(mut self, path: &str) -> Self {
        self.other_language = Some(if self.language == "en" { ("cy", format!("{path}?lang=cy")) } else { ("en", path.to_owned()) });
        self
    }
}

/// Fills a template.
///
/// # Errors
/// The template cannot be filled: a bug of ours.
pub fn render(page: &impl Template) -> Answer {
    let text = page.render().map_err(|error| Problem::ours(&error))?;
    Ok(Html(text).into_response())
}

/// The hash that a browser compares a file with before it uses it.
pub(crate) fn sri(bytes: &[u8]) -> String {
    format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(Sha384::digest(bytes)))
}

/// What stands in an address so that a changed file has another one.
pub(crate) fn short_hash(bytes: &[u8]) -> String {
    store::Hash::of(bytes).hex()[..16].to_owned()
}

/// `GET /style/{hash}/pages.css`.
pub(crate) async fn style(Path(hash): Path<String>) -> Answer {
    if hash != short_hash(STYLE.as_bytes()) {
        return Err(Problem::not_found());
    }
    Ok(asset("text/css; charset=utf-8", STYLE.as_bytes()))
}

/// A file whose address has its hash.
pub(crate) fn asset(kind: &'static str, bytes: &'static [u8]) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], bytes).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'p> {
    frame: Frame,
    heading: &'static str,
    problem: &'p Problem,
}

/// The page of a problem.
pub(crate) async fn error(service: &Service, language: Language, role: Option<Role>, problem: &Problem) -> Response {
    let words = language.words();
    let heading = match problem.status {
        StatusCode::NOT_FOUND => words.error_not_found,
        StatusCode::TOO_MANY_REQUESTS => words.error_busy,
        StatusCode::SERVICE_UNAVAILABLE if problem.why == "busy" => words.error_busy,
        status if status.is_server_error() => words.error_ours,
        _ => words.error_title,
    };
    let mut frame = Frame::of(service, language).await;
    frame.role = role;
    let page = ErrorPage { frame, heading, problem };
    match page.render() {
        Ok(text) => (problem.status, Html(text)).into_response(),
        Err(_) => (problem.status, problem.what.clone()).into_response(),
    }
}
