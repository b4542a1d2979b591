//! The officer's plan: a form with the law's wording and dates, checked answers, and then the fixed poll, `poll.json`.
//!
//! Units come from the frozen roll. What is fixed is never changed here: the schedule only by a line that officer and scrutineer sign.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use dated::long_date;
use law::{Jurisdiction, Key, ballot_notice_due, sample_paper_due};
use poll::Poll;
use serde_json::{Value, json};
use store::{Entry, Expect};
use vote::Randomness;
use vote::companion::PublicRoleKey;

use crate::clock::Instant;
use crate::desk::desk_frame;
use crate::desk::roll::{FrozenUnit, RollSettings};
use crate::files::{self, About};
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::service::{Drawn, Service};
use crate::session::{self, Session};

/// What the form has, as it was typed.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct PlanForm {
    /// `check`, `change` or `fix`.
    pub step: String,
    /// What the poll is about.
    pub title: String,
    /// `statutory` or `consultative`.
    pub kind: String,
    /// `GB` or `NI`.
    pub jurisdiction: String,
    /// Whether a strike is asked about: `yes`.
    pub strike: String,
    /// Whether action short of a strike is asked about: `yes`.
    pub short: String,
    /// Questions of a consultative poll, a line each: the question, then its answers, with semicolons between.
    pub questions: String,
    /// Whether a question may be left blank: `yes`.
    pub blank: String,
    /// The questions in Welsh, in the same form and number; or nothing.
    pub questions_cy: String,
    /// What a consultative poll says to voters; a statutory one has the law's words.
    pub statement: String,
    /// What the union recommends; may be empty.
    pub recommendation: String,
    /// In London, `2026-12-01T08:00`.
    pub opens: String,
    /// In London.
    pub closes: String,
    /// `one` or `last`.
    pub revote: String,
    /// The scrutineer's public key.
    pub scrutineer: String,
    /// The credential authority's public key.
    pub authority: String,
    /// The trustees' public keys, one a line.
    pub trustees: String,
    /// How many trustees are needed.
    pub quorum: String,
    /// Ids of units in important public services, one a line.
    pub important: String,
    /// Ids of units of devolved Welsh authorities, one a line.
    pub wales: String,
}

/// The law's two questions, TULRCA s.229(2), in the words of the Act.
const STRIKE: &str = "Are you prepared to take part in industrial action consisting of a strike?";
const SHORT: &str = "Are you prepared to take part in industrial action short of a strike?";

/// A plan that can be fixed.
struct Checked {
    /// For `poll::plan::fix`.
    toml: String,
    about: Value,
    /// Names and values for the page on which answers are checked.
    answers: Vec<(&'static str, String)>,
    /// What the law says of these days, and whether it is too late for it.
    law: Vec<(String, bool)>,
    units: Vec<FrozenUnit>,
}

/// What the form is checked against.
struct Against<'a> {
    service: &'a Service,
    officer: &'a PublicRoleKey,
    minimum: u64,
    units: &'a [FrozenUnit],
    now: Instant,
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Text as TOML has it. JSON's form of a text without control characters is one of TOML's.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Questions typed as lines.
fn typed_questions(text: &str) -> Result<Vec<(String, Vec<String>)>, String> {
    let read = |line: &str| {
        let mut parts = line.split(';').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty());
        let question = parts.next().unwrap_or_default();
        let answers: Vec<String> = parts.collect();
        if answers.len() < 2 {
            return Err(format!("“{question}” has not two answers: write the question; one answer; another answer"));
        }
        Ok((question, answers))
    };
    lines(text).map(read).collect()
}

impl PlanForm {
    /// Everything that is wrong, with the field; or the plan.
    fn check(&self, against: &Against<'_>) -> Result<Checked, Vec<(&'static str, String)>> {
        let mut faults: Vec<(&'static str, String)> = Vec::new();
        let mut fault = |field: &'static str, what: &str| faults.push((field, what.to_owned()));
        if self.title.trim().is_empty() {
            fault("title", "Say what the poll is about.");
        }
        let statutory = match self.kind.as_str() {
            "statutory" => true,
            "consultative" => false,
            _ => {
                fault("kind", "Say whether it is a ballot by statute or a consultative poll.");
                true
            }
        };
        let jurisdiction = Jurisdiction::NAMES.iter().find(|(name, _)| *name == self.jurisdiction).map(|(_, jurisdiction)| *jurisdiction);
        if jurisdiction.is_none() {
            fault("jurisdiction", "Say whether Great Britain or Northern Ireland.");
        }
        let times = [("opens", &self.opens, "opens"), ("closes", &self.closes, "closes")].map(|(field, text, verb)| {
            let time = Instant::parse_london(text);
            if time.is_none() {
                fault(field, &format!("Voting {verb} at a time in London like 2026-12-01T08:00, and not in the hour when clocks change."));
            }
            time
        });
        if let [Some(opens), Some(closes)] = times {
            if closes <= opens {
                fault("closes", "Voting closes after it opens.");
            }
            if opens <= against.now {
                fault("opens", "The opening is in the past.");
            }
        }
        let opens_on = times[0].map(|opens| opens.in_london().date());

        let mut questions: Vec<(String, Vec<String>)> = Vec::new();
        if statutory {
            for (asked, text) in [(&self.strike, STRIKE), (&self.short, SHORT)] {
                if asked == "yes" {
                    questions.push((text.to_owned(), vec!["Yes".to_owned(), "No".to_owned()]));
                }
            }
            if questions.is_empty() {
                fault("strike", "Ask about a strike, about action short of a strike, or about both.");
            }
        } else {
            match typed_questions(&self.questions) {
                Ok(typed) if !typed.is_empty() => questions = typed,
                Ok(_) => fault("questions", "Write at least one question with its answers."),
                Err(why) => fault("questions", &why),
            }
        }
        let welsh = typed_questions(&self.questions_cy).unwrap_or_else(|why| {
            fault("questions_cy", &why);
            Vec::new()
        });
        let same_form = welsh.len() == questions.len() && welsh.iter().zip(&questions).all(|(cy, en)| cy.1.len() == en.1.len());
        if !welsh.is_empty() && !questions.is_empty() && !same_form {
            fault("questions_cy", "The Welsh questions are as many as the English ones, with as many answers each; or there are none.");
        }

        let mut law = Vec::new();
        let mut statement = self.statement.split_whitespace().collect::<Vec<_>>().join(" ");
        if statutory {
            if let (Some(jurisdiction), Some(day)) = (jurisdiction, opens_on) {
                let book = against.service.results.rules();
                match book.on(Key::Statement, jurisdiction, day) {
                    Ok(ruling) => {
                        statement = ruling.rule.texts().join(" ");
                        law.push((format!("The statement on every paper is that of {} ({}).", ruling.rule.source, ruling.rule.id), false));
                    }
                    Err(_) => fault("opens", "The rules of law in this program say nothing about the statement on papers for that day."),
                }
                for (what, due) in [
                    ("notice of the ballot", ballot_notice_due(book, jurisdiction, day)),
                    ("sample voting paper", sample_paper_due(book, jurisdiction, day)),
                ] {
                    if let Ok(due) = due {
                        let is_late = due.on < against.now.in_london().date();
                        let late = if is_late { " That day has passed: without it the ballot has no effect." } else { "" };
                        let text =
                            format!("Every employer must have received the {what} by {} ({}).{late}", long_date(due.on), due.rule.source);
                        law.push((text, is_late));
                    }
                }
            }
        } else if statement.is_empty() {
            fault("statement", "Say to voters what the poll is for.");
        }

        let revote = match self.revote.as_str() {
            "one" => "Only one ballot each",
            "last" => "The last ballot counts",
            _ => {
                fault("revote", "Say whether one ballot is all, or the last one counts.");
                ""
            }
        };
        let mut keys: Vec<(&'static str, String, String)> =
            vec![("officer", "the officer".to_owned(), against.officer.as_str().to_owned())];
        for (field, who, text) in
            [("scrutineer", "the scrutineer", &self.scrutineer), ("authority", "the credential authority", &self.authority)]
        {
            match PublicRoleKey::parse(text.trim()) {
                Some(key) => keys.push((field, who.to_owned(), key.as_str().to_owned())),
                None => fault(field, &format!("Paste the public key of {who}: what whitley vote key printed.")),
            }
        }
        let mut trustees = Vec::new();
        for (number, text) in (1..).zip(lines(&self.trustees)) {
            match PublicRoleKey::parse(text) {
                Some(key) => {
                    keys.push(("trustees", format!("trustee {number}"), key.as_str().to_owned()));
                    trustees.push(key.as_str().to_owned());
                }
                None => fault("trustees", &format!("Line {number} is no public key.")),
            }
        }
        if trustees.len() < 2 {
            fault("trustees", "At least two trustees, a public key on each line.");
        }
        for (at, (field, who, key)) in keys.iter().enumerate() {
            if let Some((_, other, _)) = keys[..at].iter().find(|(_, _, earlier)| earlier == key) {
                fault(field, &format!("{other} and {who} have the same key: nobody may hold two roles."));
            }
        }
        let quorum = self.quorum.trim().parse::<usize>().ok().filter(|quorum| *quorum >= 2 && *quorum <= trustees.len().max(2));
        if quorum.is_none() {
            fault("quorum", "How many trustees are needed to count: at least 2, at most all.");
        }
        let ids = |field: &'static str, text: &str, fault: &mut dyn FnMut(&'static str, &str)| -> Vec<String> {
            let known = |id: &str| against.units.iter().any(|unit| unit.id == id);
            for id in lines(text).filter(|id| !known(id)) {
                fault(field, &format!("There is no unit “{id}” in the frozen roll."));
            }
            lines(text).map(str::to_owned).collect()
        };
        let important = ids("important", &self.important, &mut fault);
        let wales = ids("wales", &self.wales, &mut fault);
        if against.units.is_empty() {
            fault("title", "Freeze the roll first: the units of the plan are those of the roll.");
        }
        let (Some(quorum), [Some(opens), Some(closes)]) = (quorum, times) else { return Err(faults) };
        if !faults.is_empty() {
            return Err(faults);
        }

        let mut toml = format!(
            "title = {}\ndescription = {}\nopens_at = {}\ncloses_at = {}\nrevote = {}\nminimum = {}\nquorum = {quorum}\nofficer = {}\nscrutineer = {}\n\
             authority = {}\ntrustees = [{}]\n",
            quoted(self.title.trim()),
            quoted(&statement),
            quoted(&opens.utc()),
            quoted(&closes.utc()),
            quoted(&self.revote),
            against.minimum,
            quoted(against.officer.as_str()),
            quoted(self.scrutineer.trim()),
            quoted(self.authority.trim()),
            trustees.iter().map(|key| quoted(key)).collect::<Vec<_>>().join(", "),
        );
        let list = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        for (text, answers) in &questions {
            toml.push_str(&format!(
                "\n[[question]]\ntext = {}\nanswers = [{}]\nblank = {}\n",
                quoted(text),
                list(answers),
                self.blank == "yes"
            ));
        }
        for unit in against.units {
            toml.push_str(&format!("\n[[unit]]\nid = {}\nname = {}\n", quoted(&unit.id), quoted(&unit.name)));
            if unit.merged.len() > 1 {
                toml.push_str(&format!("merged = [{}]\n", list(&unit.merged)));
            }
            if unit.small_allowed {
                toml.push_str("small_allowed = true\n");
            }
        }
        let recommendation = self.recommendation.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut about =
            json!({ "kind": self.kind, "jurisdiction": self.jurisdiction, "important_public_service": important, "wales_devolved": wales });
        if !recommendation.is_empty() {
            about["recommendation"] = json!(recommendation);
        }
        if !welsh.is_empty() {
            about["questions"] =
                welsh.iter().map(|(text, answers)| json!({ "text_cy": text, "answers_cy": answers })).collect::<Vec<_>>().into();
        }
        let london = |time: Instant| time.in_london().strftime("%A %-d %B %Y, %H:%M (London)").to_string();
        let mut answers = vec![
            ("Title", self.title.trim().to_owned()),
            ("Kind", if statutory { "Ballot by statute".to_owned() } else { "Consultative poll".to_owned() }),
            ("Law of", self.jurisdiction.clone()),
            ("Voting opens", london(opens)),
            ("Voting closes", london(closes)),
            ("Second ballot", revote.to_owned()),
            ("Statement to voters", statement),
        ];
        answers.extend(questions.iter().map(|(text, choices)| ("Question", format!("{text} {}", choices.join(" / ")))));
        answers.push(("A question may be left blank", if self.blank == "yes" { "Yes" } else { "No" }.to_owned()));
        if !recommendation.is_empty() {
            answers.push(("Recommendation", recommendation));
        }
        answers.extend(keys.iter().map(|(_, who, key)| ("Public key", format!("{who}: {key}"))));
        answers.push(("Trustees needed", format!("{quorum} of {}", trustees.len())));
        Ok(Checked { toml, about, answers, law, units: against.units.to_vec() })
    }

    /// Names and values of all fields, to be sent again by the page on which answers are checked.
    fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("title", &self.title),
            ("kind", &self.kind),
            ("jurisdiction", &self.jurisdiction),
            ("strike", &self.strike),
            ("short", &self.short),
            ("questions", &self.questions),
            ("blank", &self.blank),
            ("questions_cy", &self.questions_cy),
            ("statement", &self.statement),
            ("recommendation", &self.recommendation),
            ("opens", &self.opens),
            ("closes", &self.closes),
            ("revote", &self.revote),
            ("scrutineer", &self.scrutineer),
            ("authority", &self.authority),
            ("trustees", &self.trustees),
            ("quorum", &self.quorum),
            ("important", &self.important),
            ("wales", &self.wales),
        ]
    }
}

#[derive(Template)]
#[template(path = "desk/plan.html")]
struct PlanPage {
    frame: Frame,
    form: PlanForm,
    officer: String,
    frozen: bool,
    units: Vec<FrozenUnit>,
    faults: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "desk/plan_check.html")]
struct CheckPage<'f> {
    frame: Frame,
    fields: Vec<(&'static str, &'f str)>,
    answers: Vec<(&'static str, String)>,
    law: Vec<(String, bool)>,
    is_late: bool,
    units: Vec<FrozenUnit>,
}

#[derive(Template)]
#[template(path = "desk/plan_fixed.html")]
struct FixedPage {
    frame: Frame,
    hash: String,
    opens: String,
    closes: String,
    units: usize,
    trustees: u32,
}

/// `GET /desk/plan`: the form, or the plan that is fixed.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    if let Some((info, bytes)) = service.store.get_file(poll::plan::POLL).await? {
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| Problem::ours(&error))?;
        let poll = Poll::of(&value, poll::plan::POLL)?;
        let london = |text: &str| {
            let time = Instant::parse(text).map(|time| time.in_london().strftime("%A %-d %B %Y, %H:%M (London)").to_string());
            time.unwrap_or_else(|| text.to_owned())
        };
        return render(&FixedPage {
            frame: desk_frame(&service, &session).await,
            hash: info.hash.hex(),
            opens: london(&poll.opens_at),
            closes: london(&poll.closes_at),
            units: poll.units.len(),
            trustees: poll.trustees(),
        });
    }
    let units = FrozenUnit::all(&service).await?;
    let important: Vec<&str> = units.iter().filter(|unit| unit.important_public_service).map(|unit| unit.id.as_str()).collect();
    let form = PlanForm {
        kind: "statutory".to_owned(),
        jurisdiction: "GB".to_owned(),
        strike: "yes".to_owned(),
        short: "yes".to_owned(),
        revote: "last".to_owned(),
        quorum: "2".to_owned(),
        important: important.join("\n"),
        ..PlanForm::default()
    };
    form_page(&service, &session, form, Vec::new()).await
}

async fn form_page(service: &Service, session: &Session, form: PlanForm, faults: Vec<(&'static str, String)>) -> Answer {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let mut response = render(&PlanPage {
        frame: desk_frame(service, session).await,
        form,
        officer: service.officer.as_ref().map(|key| key.as_str().to_owned()).unwrap_or_default(),
        frozen: service.store.get_frozen_roll().await?.is_some(),
        units: FrozenUnit::all(service).await?,
        faults,
    })?;
    *response.status_mut() = status;
    response.extensions_mut().insert(crate::frame::Whole);
    Ok(response)
}

/// `POST /desk/plan`: shows the answers, or fixes the poll.
pub(crate) async fn submit(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(form) = session::form::<PlanForm>(&service, request).await?;
    if service.store.get_file(poll::plan::POLL).await?.is_some() {
        return Err(Problem::conflict("refused", "The poll is fixed: its plan does not change any more."));
    }
    if form.step == "change" {
        return form_page(&service, &session, form, Vec::new()).await;
    }
    let officer =
        service.officer.as_ref().ok_or_else(|| Problem::conflict("refused", "This service was started without an officer's key."))?;
    let units = if service.store.get_frozen_roll().await?.is_some() { FrozenUnit::all(&service).await? } else { Vec::new() };
    let minimum = RollSettings::of(&service).await?.minimum;
    let against = Against { service: &service, officer, minimum, units: &units, now: service.clock.now() };
    let checked = match form.check(&against) {
        Ok(checked) => checked,
        Err(faults) => return form_page(&service, &session, form, faults).await,
    };
    // Also before the answers are shown: what `poll` would refuse is not offered to be fixed.
    let mut source = Drawn(service.random.as_ref());
    let fixed = poll::plan::fix(&checked.toml, "the plan", &mut Randomness::new(&mut source));
    let about = format!("{:#}\n", checked.about);
    let fixed = fixed.map_err(|refusal| refusal.why).and_then(|fixed| About::read(about.as_bytes()).map(|_| fixed));
    let bytes = match fixed {
        Ok((_, bytes)) => bytes,
        Err(why) => return form_page(&service, &session, form, vec![("title", why)]).await,
    };
    if form.step != "fix" {
        let page = CheckPage {
            frame: desk_frame(&service, &session).await,
            fields: form.fields(),
            answers: checked.answers,
            is_late: checked.law.iter().any(|(_, is_late)| *is_late),
            law: checked.law,
            units: checked.units,
        };
        return render(&page);
    }
    let entry = |what: &str, bytes: &[u8]| {
        let mut entry = Entry::new(service.clock.now().seconds(), &session.role.to_string(), what);
        entry.detail = json!({ "hash": store::Hash::of(bytes).hex() }).to_string();
        entry
    };
    // What pages say first: without the poll it means nothing, and it can be put again.
    let expect = match service.store.get_file(files::ABOUT).await? {
        Some((info, _)) => Expect::Version(info.version),
        None => Expect::New,
    };
    let put = entry("plan: what pages say", about.as_bytes());
    service.store.put_file(files::ABOUT, about.into_bytes(), expect, put).await?;
    let put = entry("plan fixed", &bytes);
    service.store.put_file(poll::plan::POLL, bytes, Expect::New, put).await?;
    Ok(Redirect::to("/desk/plan").into_response())
}
