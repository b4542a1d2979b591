//! Files that staff bring: read whole, within limits, with the form's other fields.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use http_body_util::Limited;

use crate::problem::Problem;
use crate::service::Service;

/// A form with files.
#[derive(Debug, Default)]
pub struct Upload {
    /// Text fields by name.
    pub fields: BTreeMap<String, String>,
    /// Files, in the order in which they came.
    pub files: Vec<UploadedFile>,
}

/// A file that was brought.
#[derive(Debug)]
pub struct UploadedFile {
    /// The form's field.
    pub field: String,
    /// Its name on the sender's machine, for messages only: no folders, no control characters, at most 200 characters.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Most files in one form: an authority may bring two for each unit.
const MOST_FILES: usize = 2_000;

/// Most text fields.
const MOST_FIELDS: usize = 500;

/// Reads a multipart form. Empty file fields, as browsers send them when no file was chosen, are left out.
///
/// # Errors
/// It is no such form, too large, too slow, or broken off.
pub async fn read(service: &Service, request: Request) -> Result<Upload, Problem> {
    let limits = &service.config.limits;
    // Uploads are large and staff are known: ten times the time of a ballot's body.
    let whole = tokio::time::timeout(Duration::from_secs(limits.body_seconds * 10), read_all(request, limits.upload_bytes)).await;
    whole.unwrap_or_else(|_| Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "slow", "The upload did not arrive in time.")))
}

async fn read_all(mut request: Request, most: usize) -> Result<Upload, Problem> {
    // Our own limit is on the whole; axum's smaller one is for forms without files.
    axum::extract::DefaultBodyLimit::max(most).apply(&mut request);
    let request = request.map(|body| Body::new(Limited::new(body, most)));
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))?;
    let mut upload = Upload::default();
    let broken = |error: MultipartError| Problem::new(error.status(), "not-valid", "The upload broke off, or is too large.");
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file) = field.file_name().map(tidy) else {
            let text = field.text().await.map_err(broken)?;
            if upload.fields.len() >= MOST_FIELDS || upload.fields.contains_key(&name) {
                return Err(Problem::input("A field stands in the form twice, or there are too many."));
            }
            upload.fields.insert(name, text);
            continue;
        };
        let bytes = field.bytes().await.map_err(broken)?.to_vec();
        if file.is_empty() && bytes.is_empty() {
            continue;
        }
        if upload.files.len() >= MOST_FILES {
            return Err(Problem::input(format!("More than {MOST_FILES} files at once.")));
        }
        upload.files.push(UploadedFile { field: name, name: file, bytes });
    }
    Ok(upload)
}

fn tidy(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(200).collect()
}
