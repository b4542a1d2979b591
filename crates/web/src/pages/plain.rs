//! Pages of text: how to check the count, what nobody is protected from, accessibility.

use askama::Template;
use axum::extract::{Query, State};

use crate::pages::{Asked, Frame, render};
use crate::problem::Answer;
use crate::service::Service;
use crate::texts::{Language, Part};

#[derive(Template)]
#[template(path = "plain.html")]
struct PlainPage {
    frame: Frame,
    heading: &'static str,
    parts: &'static [Part],
    commands: Vec<String>,
}

impl PlainPage {
    fn commands(&self, part: &usize) -> Option<&str> {
        self.commands.get(*part).map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// The commands under each part of “check the count yourself”.
fn commands(service: &Service) -> Vec<String> {
    let origin = service.origin.as_str();
    // `verify-ballot` refuses a ballot that its archive has, so it is given the archive as it was before the first.
    let foreign = format!(
        "# Debian 13 and later:\nsudo apt-get install belenios-tool\n\n\
         # the name of your unit's election, as its board has it\nuuid=UUID\n\n\
         curl -o $uuid.bel {origin}/e/$uuid/archive.bel\n\
         belenios-tool election verify --dir . --uuid $uuid\n\n\
         # every ballot by itself, against the archive as it was before the first\n\
         mkdir records before && tar -C records -xf $uuid.bel\n\
         blocks=$(tar -tRf $uuid.bel | grep -A 1 -m 1 event.json | sed -n 's/^block \\([0-9]*\\): .*data.json$/\\1/p')\n\
         head -c $((blocks * 512)) $uuid.bel > before/$uuid.bel\n\
         for ballot in $(grep -l '^{{\"election_uuid\"' records/*.data.json); do\n  \
         belenios-tool election verify-ballot --dir before --uuid $uuid --ballot $ballot || echo \"NOT VALID: $ballot\"\ndone\n"
    );
    let ours = format!(
        "curl -o UUID.bel {origin}/e/UUID/archive.bel\n\
         curl -o UUID.companion.jsonl {origin}/e/UUID/companion.jsonl\n\
         whitley-verify UUID.bel --tracker YOUR-TRACKER\n\n\
         # all units at once\n\
         curl -O {origin}/poll.tar && tar xf poll.tar\n\
         for archive in *.bel; do whitley-verify \"$archive\"; done\n"
    );
    let extends = format!(
        "# does a later download begin with the earlier one?\n\
         curl -s {origin}/e/UUID/archive.bel | head -c \"$(stat -c %s UUID.bel)\" | cmp - UUID.bel\n"
    );
    vec![String::new(), foreign, ours, extends]
}

/// The same as a text, for the tar.
pub(crate) fn how_to_check_text(service: &Service) -> String {
    let words = Language::English.words();
    let mut text = format!("{}\n", words.check_title.to_uppercase());
    for (part, commands) in words.check.iter().zip(commands(service)) {
        text.push_str(&format!("\n{}\n\n", part.heading));
        for paragraph in part.text {
            text.push_str(&format!("{paragraph}\n"));
        }
        if !commands.is_empty() {
            text.push('\n');
            for line in commands.lines() {
                text.push_str(&format!("    {line}\n"));
            }
        }
    }
    text
}

/// `GET /how-to-check`.
pub(crate) async fn how_to_check(State(service): State<Service>, Query(asked): Query<Asked>) -> Answer {
    let words = asked.language().words();
    let frame = Frame::of(&service, asked.language()).await.with_other_language("/how-to-check");
    render(&PlainPage { frame, heading: words.check_title, parts: words.check, commands: commands(&service) })
}

/// `GET /limits`.
pub(crate) async fn limits(State(service): State<Service>, Query(asked): Query<Asked>) -> Answer {
    let words = asked.language().words();
    let frame = Frame::of(&service, asked.language()).await.with_other_language("/limits");
    render(&PlainPage { frame, heading: words.limits_title, parts: words.limits, commands: Vec::new() })
}

/// `GET /accessibility`.
pub(crate) async fn accessibility(State(service): State<Service>, Query(asked): Query<Asked>) -> Answer {
    let words = asked.language().words();
    let frame = Frame::of(&service, asked.language()).await.with_other_language("/accessibility");
    render(&PlainPage { frame, heading: words.accessibility_title, parts: words.accessibility, commands: Vec::new() })
}
