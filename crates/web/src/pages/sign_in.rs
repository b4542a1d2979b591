//! The pages of signing in.

use askama::Template;

use crate::pages::Frame;

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) frame: Frame,
    pub(crate) challenge: String,
    pub(crate) origin: String,
    pub(crate) wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "once.html")]
pub(crate) struct OncePage {
    pub(crate) frame: Frame,
    pub(crate) token: String,
}
