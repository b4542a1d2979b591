//! Answers that are not what was asked for: refusals, faults of input, our own failures. One form for pages, one for programs.
//!
//! A handler returns a [`Problem`]; what surrounds all routes (`frame`) writes it as a page or as JSON, by the kind of the route.
//! So every error body looks alike, and none says more than its problem.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What went wrong, in words for the person who asked.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// A word for programs.
    pub why: &'static str,
    /// What is wrong and what would be right, for people.
    pub what: String,
    /// Every fault, where there are several.
    pub faults: Vec<String>,
    /// The body for programs; `{"why":…}` if there is none.
    pub body: Option<Value>,
    /// When to ask again, in seconds.
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem with one sentence.
    pub fn new(status: StatusCode, why: &'static str, what: impl Into<String>) -> Self {
        Self { status, why, what: what.into(), faults: Vec::new(), body: None, retry_after: None }
    }

    /// The input is wrong.
    pub fn input(what: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "not-valid", what)
    }

    /// There is no such thing here.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing at this address. Check that it was typed or copied whole.")
    }

    /// The state of the poll does not allow it.
    pub fn conflict(why: &'static str, what: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, why, what)
    }

    /// Too much at the moment.
    pub fn busy(status: StatusCode, seconds: u64) -> Self {
        let mut problem = Self::new(status, "busy", format!("Too much is being asked at once. Please try again in {seconds} seconds."));
        problem.retry_after = Some(seconds);
        problem
    }

    /// Our disk, database or network failed. What failed goes to standard error, never into the answer.
    pub fn ours(error: &dyn std::fmt::Display) -> Self {
        eprintln!("failure of ours: {error}");
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "failed",
            "Something failed on our side. Nothing that was acknowledged is lost. Please try again in a minute.",
        );
        problem.retry_after = Some(10);
        problem
    }

    /// With every fault.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<String>) -> Self {
        self.faults = faults;
        self
    }

    /// With this body for programs.
    #[must_use]
    pub fn with_body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// The body for programs.
    pub fn json(&self) -> Value {
        self.body.clone().unwrap_or_else(|| {
            if self.faults.is_empty() { json!({ "why": self.why }) } else { json!({ "why": self.why, "faults": self.faults }) }
        })
    }

    /// For a status that nothing said more about.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(status, "method", "This address does not take requests of this kind."),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(status, "too-large", "What was sent is larger than this address takes."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(status, "content-type", "What was sent is not of the type this address takes."),
            _ if status.is_server_error() => Self::new(status, "failed", "Something failed on our side. Please try again in a minute."),
            _ => Self::new(status, "not-valid", "The request could not be understood."),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Busy => Self::busy(StatusCode::SERVICE_UNAVAILABLE, 2),
            store::StoreError::Refused(store::Refusal::Unknown { .. }) => Self::not_found(),
            store::StoreError::Refused(refusal) => Self::conflict("refused", refusal.to_string()),
            error => Self::ours(&error),
        }
    }
}

impl From<poll::Refusal> for Problem {
    fn from(refusal: poll::Refusal) -> Self {
        match refusal.kind {
            poll::Kind::Input => Self::input(refusal.why),
            poll::Kind::No => Self::conflict("refused", refusal.why),
            poll::Kind::Ours => Self::ours(&refusal.why),
        }
    }
}

/// What handlers answer.
pub type Answer = Result<Response, Problem>;
