//! A report as JSON for programs and as text for people. Sentences are here and nowhere else.

use crate::curve::ElementFault;
use crate::hex::{hash_to_base64, to_hex};
use crate::json::push_escaped;
use crate::report::{Check, CheckReport, Fault, Outcome, Part, Place, Reason, Report, Unsupported, Verdict, What};
use crate::scalar::ScalarFault;
use std::fmt::Write;

/// The JSON contract: `verdict`, `checks[]{id,count,outcome,faults[]}`, `result[][]`, and more.
pub fn to_json(report: &Report) -> String {
    let mut out = Json::default();
    out.object(|out| {
        out.text("verdict", report.verdict.as_str());
        out.text("summary", &summary(report));
        let facts = &report.facts;
        out.optional("uuid", facts.uuid.as_deref());
        out.optional("election_hash", facts.election_hash.map(|h| to_hex(&h)).as_deref());
        out.optional("election_fingerprint", facts.election_hash.map(|h| hash_to_base64(&h)).as_deref());
        out.optional("public_key", facts.public_key.as_deref());
        out.list("trustee_fingerprints", facts.trustees.iter().map(|h| to_hex(h)));
        out.optional("credentials_hash", facts.credentials_hash.map(|h| to_hex(&h)).as_deref());
        out.optional("credentials_fingerprint", facts.credentials_hash.map(|h| hash_to_base64(&h)).as_deref());
        out.number("credentials", facts.credentials.unwrap_or(0).into());
        out.number("spares", facts.spares.into());
        out.number("replaced", facts.replaced.into());
        out.number("ballots", facts.ballots.into());
        out.number("counted", facts.counted.into());
        out.number("remembered_ballots", facts.remembered_ballots.into());
        out.optional("last_event", facts.last_event.map(|h| to_hex(&h)).as_deref());
        out.key("companion");
        out.0.push_str(if facts.companion { "true" } else { "false" });
        out.optional("unit", facts.unit.as_deref());
        out.key("role_keys");
        out.object(|out| {
            for (role, key) in &facts.role_keys {
                out.text(role, key);
            }
        });
        out.key("result");
        let rows = facts.result.iter().flatten().map(|row| {
            let counts: Vec<String> = row.iter().map(u128::to_string).collect();
            format!("[{}]", counts.join(","))
        });
        let rows: Vec<String> = rows.collect();
        let _ = write!(out.0, "[{}]", rows.join(","));
        out.list("not_checked", not_checked(report).into_iter());
        out.number("warning_count", report.warning_count.into());
        out.key("warnings");
        out.array(&report.warnings, |out, warning| {
            out.text("what", &sentence(&warning.what));
            place_fields(out, &warning.place);
        });
        out.key("checks");
        out.array(&report.checks, check_fields);
    });
    out.0.push('\n');
    out.0
}

fn check_fields(out: &mut Json, check: &CheckReport) {
    out.text("id", check.check.id());
    out.text("title", check.check.title());
    out.number("count", check.count.into());
    match check.outcome {
        Outcome::Passed => out.text("outcome", "passed"),
        Outcome::Failed => out.text("outcome", "failed"),
        Outcome::NotChecked(reason) => {
            out.text("outcome", "not-checked");
            out.text("reason", &reason_sentence(reason));
        }
    }
    out.number("fault_count", check.fault_count.into());
    out.key("faults");
    out.array(&check.faults, |out, fault| {
        out.text("what", &sentence(&fault.what));
        place_fields(out, &fault.place);
    });
}

fn place_fields(out: &mut Json, place: &Place) {
    let Place { offset, event, ballot, trustee, credential, question, choice, line } = place;
    for (name, number) in [
        ("offset", *offset),
        ("event", *event),
        ("trustee", trustee.map(u64::from)),
        ("credential", credential.map(u64::from)),
        ("question", question.map(u64::from)),
        ("choice", choice.map(u64::from)),
        ("line", *line),
    ] {
        if let Some(number) = number {
            out.number(name, number.into());
        }
    }
    if let Some(ballot) = ballot {
        out.text("ballot", &to_hex(ballot));
        out.text("tracker", &hash_to_base64(ballot));
    }
}

#[derive(Default)]
struct Json(String);

impl Json {
    fn separate(&mut self) {
        if !matches!(self.0.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.0.push(',');
        }
    }

    fn string(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            push_escaped(&mut self.0, c);
        }
        self.0.push('"');
    }

    fn key(&mut self, name: &str) {
        self.separate();
        self.string(name);
        self.0.push(':');
    }

    fn text(&mut self, name: &str, text: &str) {
        self.key(name);
        self.string(text);
    }

    fn optional(&mut self, name: &str, text: Option<&str>) {
        self.key(name);
        match text {
            Some(text) => self.string(text),
            None => self.0.push_str("null"),
        }
    }

    fn number(&mut self, name: &str, number: u128) {
        self.key(name);
        let _ = write!(self.0, "{number}");
    }

    fn list(&mut self, name: &str, items: impl Iterator<Item = String>) {
        self.key(name);
        self.0.push('[');
        for item in items {
            self.separate();
            self.string(&item);
        }
        self.0.push(']');
    }

    fn object(&mut self, fill: impl FnOnce(&mut Json)) {
        self.separate();
        self.0.push('{');
        fill(self);
        self.0.push('}');
    }

    fn array<T>(&mut self, items: &[T], fill: impl Fn(&mut Json, &T)) {
        self.0.push('[');
        for item in items {
            self.object(|out| fill(out, item));
        }
        self.0.push(']');
    }
}

/// One line: the verdict, and what it does not cover.
pub fn summary(report: &Report) -> String {
    let what = if report.facts.companion { "version 1 and companion" } else { "version 1" };
    let open = not_checked(report);
    match report.verdict {
        Verdict::Passed if open.is_empty() => format!("{what}: passed"),
        Verdict::Passed => format!("{what}: passed; not checked: {}", open.join("; ")),
        Verdict::Failed => {
            let failed: Vec<&str> = report.failed().into_iter().map(Check::id).collect();
            format!("{what}: failed at {}", failed.join(", "))
        }
        Verdict::CouldNotCheck => format!("{what}: could not check: {}", open.join("; ")),
    }
}

/// What was not checked, with the reason; checks that share a reason stand together.
pub fn not_checked(report: &Report) -> Vec<String> {
    let mut groups: Vec<(Reason, Vec<&str>)> = Vec::new();
    for check in &report.checks {
        let Outcome::NotChecked(reason) = check.outcome else {
            continue;
        };
        match groups.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, ids)) => ids.push(check.check.id()),
            None => groups.push((reason, vec![check.check.id()])),
        }
    }
    let mut list: Vec<String> =
        groups.into_iter().map(|(reason, ids)| format!("{} ({})", ids.join(" "), reason_sentence(reason))).collect();
    if report.facts.credentials_certificate {
        list.push("the certificate of the credentials (only that it is the record which the setup names)".into());
    }
    list
}

/// The report for people. `verbose`: every check, not only those that failed.
pub fn to_text(report: &Report, verbose: bool) -> String {
    let mut out = String::new();
    let facts = &report.facts;
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    if let Some(uuid) = &facts.uuid {
        line(format!("election {uuid}"));
    }
    if let Some(unit) = &facts.unit {
        line(format!("unit {}", printable(unit)));
    }
    if let Some(hash) = &facts.election_hash {
        line(format!("election fingerprint {}", hash_to_base64(hash)));
    }
    if let Some(hash) = &facts.credentials_hash {
        line(format!("credentials fingerprint {}", hash_to_base64(hash)));
    }
    for (i, hash) in facts.trustees.iter().enumerate() {
        line(format!("trustee {} fingerprint {}", i + 1, to_hex(hash)));
    }
    for (role, key) in &facts.role_keys {
        line(format!("{role} key {key}"));
    }
    if facts.spares > 0 {
        line(format!("{} of the credentials are spares; {} replaced another", facts.spares, facts.replaced));
    }
    line(format!("{} credentials, {} ballots, {} counted", facts.credentials.unwrap_or(0), facts.ballots, facts.counted));
    for (i, row) in facts.result.iter().flatten().enumerate() {
        let counts: Vec<String> = row.iter().map(u128::to_string).collect();
        line(format!("question {} result as recorded: {}", i + 1, counts.join(" ")));
    }
    for check in &report.checks {
        let outcome = match check.outcome {
            Outcome::Failed => "FAILED",
            Outcome::Passed if verbose => "passed",
            Outcome::NotChecked(_) if verbose => "not checked",
            _ => continue,
        };
        line(format!("{:<4} {:<11} {:>8}  {}", check.check.id(), outcome, check.count, check.check.title()));
        for fault in &check.faults {
            line(format!("       {}", fault_text(fault)));
        }
        if check.fault_count > check.faults.len() as u64 {
            let more = check.fault_count - check.faults.len() as u64;
            line(format!("       and {more} more"));
        }
    }
    for warning in report.warnings.iter().take(if verbose { usize::MAX } else { 3 }) {
        line(format!("warning: {}: {}", place_text(&warning.place), sentence(&warning.what)));
    }
    if report.warning_count > 0 {
        line(format!("{} warnings", report.warning_count));
    }
    line(summary(report));
    out
}

/// Text of others, without control characters.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A fault as one line: place and sentence.
pub fn fault_text(fault: &Fault) -> String {
    let place = place_text(&fault.place);
    if place.is_empty() { sentence(&fault.what) } else { format!("{place}: {}", sentence(&fault.what)) }
}

fn place_text(place: &Place) -> String {
    let mut parts = Vec::new();
    if let Some(line) = place.line {
        parts.push(format!("companion line {line}"));
    }
    if let Some(event) = place.event {
        parts.push(format!("event {event}"));
    }
    if let Some(offset) = place.offset {
        parts.push(format!("byte {offset}"));
    }
    if let Some(ballot) = &place.ballot {
        parts.push(format!("ballot {}", hash_to_base64(ballot)));
    }
    if let Some(trustee) = place.trustee {
        parts.push(format!("trustee {trustee}"));
    }
    if let Some(credential) = place.credential {
        parts.push(format!("credential {}", u64::from(credential) + 1));
    }
    if let Some(question) = place.question {
        parts.push(format!("question {}", u64::from(question) + 1));
    }
    if let Some(choice) = place.choice {
        parts.push(format!("position {}", u64::from(choice) + 1));
    }
    parts.join(", ")
}

fn reason_sentence(reason: Reason) -> String {
    match reason {
        Reason::NoCompanion => "there is no companion".to_owned(),
        Reason::NotAsked => "nothing was given to compare with".to_owned(),
        Reason::NotInFormat => "the format holds nothing for it".to_owned(),
        Reason::After(check) => format!("{} failed", check.id()),
        Reason::NotReached => "the election is not finished".to_owned(),
        Reason::Unsupported(what) => match what {
            Unsupported::ArchiveVersion => "archive version not supported",
            Unsupported::ElectionVersion => "election version not supported",
            Unsupported::Group => "group not supported",
            Unsupported::QuestionKind => "kind of question not supported",
            Unsupported::Shuffle => "shuffles not supported",
        }
        .to_owned(),
        Reason::Unreadable => "a file could not be read".to_owned(),
    }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Event => "event",
        Part::SetupData => "setup data",
        Part::Election => "election",
        Part::Question => "question",
        Part::Trustees => "trustees",
        Part::Certificate => "certificate",
        Part::Coefficients => "coefficients",
        Part::Credentials => "public credentials",
        Part::Ballot => "ballot",
        Part::Answer => "answer",
        Part::IndividualProof => "individual proof",
        Part::OverallProof => "overall proof",
        Part::BlankProof => "blank proof",
        Part::SizedTally => "sized tally",
        Part::Tally => "encrypted tally",
        Part::OwnedShare => "owned partial decryption",
        Part::Share => "partial decryption",
        Part::Result => "result",
        Part::Line => "line",
        Part::Body => "body",
    }
}

fn sentence(what: &What) -> String {
    let plain = match *what {
        What::Container(fault) => return format!("the container is not as the format fixes it: {fault:?}"),
        What::Json { part: p, at, kind } => return format!("{} is not strict JSON at byte {at}: {kind:?}", part(p)),
        What::NotCanonical { part: p, at } => return format!("{} is not in canonical form at byte {at}", part(p)),
        What::Fields(p) => return format!("{} has not exactly its fields, in order and in range", part(p)),
        What::NameIsNotHash { actual } => return format!("the bytes hash to {}", to_hex(&actual)),
        What::HeightDiffers { expected } => return format!("the height should be {expected}"),
        What::RecordMissing(p) => return format!("the record it refers to is missing: {}", part(p)),
        What::NumberDiffers { expected, found } | What::ListLength { expected, found } => {
            return format!("{found} where {expected} are expected");
        }
        What::CredentialRepeated { first } => return format!("the same as credential {}", u64::from(first) + 1),
        What::KeyOfOtherTrustee { other } => return format!("the same key as trustee {other}"),
        What::ProofOfOtherChoice { choice } => return format!("this proof is of position {}", u64::from(choice) + 1),
        What::Shape(p) => return format!("{} has not the shape that the questions call for", part(p)),
        What::BallotRepeated { first } => return format!("the same ballot as event {first}"),
        What::CiphertextRepeated { first } => return format!("a ciphertext of event {first} again"),
        What::SecondBallot { first } => return format!("a second ballot of a credential; the first is event {first}"),
        What::SecondTally { first } => return format!("a second tally; the first is event {first}"),
        What::SecondShare { first } => return format!("a second share of this trustee; the first is share {}", first + 1),
        What::CountDiffers { recorded, computed } | What::WeightDiffers { recorded, computed } => {
            return format!("recorded {recorded}, computed {computed}");
        }
        What::TooFewShares { needed, found } => return format!("{found} shares, {needed} needed"),
        What::HashDiffers(p) => return format!("names another {} than the archive has", part(p)),
        What::ParentDiffers => "the parent is not the event before",
        What::UnknownEvent => "an event of unknown type",
        What::EventOutOfOrder => "an event out of order",
        What::PayloadDiffers => "the record before it is not its payload",
        What::NotReferenced => "a record that nothing refers to",
        What::RememberedEventNotHere => "the event remembered from an earlier run is not here: another history",
        What::UuidForm => "not at least 14 characters of base 58",
        What::UuidDiffers => "made for another election: identifier",
        What::ElectionHashDiffers => "made for another election: hash",
        What::NoQuestions => "no question, or too many",
        What::TooManyChoices => "too many answers",
        What::NoAnswers => "no answer to choose",
        What::EqualAnswers => "two equal answers",
        What::LimitsCross => "the limits cross or exceed the number of answers",
        What::WeightForm => "not a weight in canonical digits",
        What::WeightsMixed => "some credentials have a weight and some have none",
        What::WeightsTooLarge => "the weights are too large",
        What::NoCredentials => "no credential",
        What::Identity => "the identity, which nobody's key may be",
        What::Element(ElementFault::NotDigits) => "not 64 small hexadecimal digits",
        What::Element(ElementFault::NotAPoint) => "not the canonical encoding of a point",
        What::Element(ElementFault::NotInGroup) => "a point outside the group of prime order",
        What::Scalar(ScalarFault::NotDecimal) => "not a number in canonical decimal digits",
        What::Scalar(ScalarFault::NotBelowOrder) => "not below the group's order",
        What::NoTrustees => "no trustee, or too many",
        What::ThresholdOutside => "the threshold is not between 1 and the number of members",
        What::CertificateContext => "the certificate is for another group, size, threshold or place",
        What::SignatureFails => "the signature fails",
        What::ProofFails => "the proof fails",
        What::KeyDiffers => "not the key that follows from the others",
        What::FingerprintDiffers => "not the election that was expected",
        What::CredentialUnknown => "a credential that is not on the list",
        What::SignedHashDiffers => "the hash that is signed is not the ballot's",
        What::VoidedCredentialVoted => "a ballot by a voided credential",
        What::VoidedCannotVote => "the voided credential could not vote: an unused spare, or replaced",
        What::SparesNotSorted => "the spares are not in ascending order, each once",
        What::SpareVoted => "a ballot by a spare credential that replaced no other",
        What::ReplacedCannotVote => "the replaced credential could not vote: voided, replaced already, or an unused spare",
        What::ReplacedVoted => "a ballot by a replaced credential",
        What::NotAnUnusedSpare => "what stands for it is not a spare, or was used already",
        What::TrackerNotFound => "no ballot has this tracker",
        What::TrackerNotCounted => "the ballot is there and is not the one that counts",
        What::TallyHashDiffers => "the sized tally names another encrypted tally",
        What::TallyDiffers => "not the product of the counted ballots",
        What::UnknownTrustee => "there is no such trustee",
        What::SubsetsDiffer => "two sufficient sets of shares give different results",
        What::AboveTotalWeight => "more than all the votes",
        What::SumOutside => "the counts do not add up within the limits",
        What::NotTheDecryption => "not what the shares decrypt to",
        What::LineEnding => "the line does not end as it must",
        What::LineTooLong => "the line is too long",
        What::PreviousDiffers => "does not carry the hash of the line before",
        What::LineNumberDiffers => "a wrong line number",
        What::LineOutOfOrder => "a line out of order",
        What::CompanionEnds => "the companion ends early",
        What::CeremonyDiffers => "of another key ceremony",
        What::CommitmentDiffers => "the commitment does not match what was opened",
        What::KeyForm => "not a canonical Ed25519 key of large order",
        What::EqualRoleKeys => "two roles with one key",
        What::TimesCross => "the times cross, or closing moves earlier",
        What::EqualUnits => "a unit twice",
        What::MinimumTooSmall => "a minimum below five",
        What::UnitTooSmall => "fewer entitled than the minimum",
        What::RevoteRule => "against the re-vote rule",
        What::OwnerDiffers => "of another trustee than expected here",
        What::CountsDiffer => "other counts than the archive's",
    };
    plain.to_owned()
}
