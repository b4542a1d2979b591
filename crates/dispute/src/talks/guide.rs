//! Guides for negotiators: what each statement answers, which clause it rests on, and where two places say opposite things.

use dated::{Cite, Date, Faults, Place, Sources, Status, Table};

use super::Known;
use super::agreement::{Agreement, Clause, Polarity};

/// A guide that somebody issued.
#[derive(Clone, Debug)]
pub struct Guide {
    /// Id in the dispute.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Who issued it.
    pub issued_by: (String, Place),
    /// On which day it speaks; needed to say which clauses were in force.
    pub issued_on: Option<Date>,
    /// What it says.
    pub statements: Vec<Statement>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// One statement of a guide.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Id in the guide.
    pub id: String,
    /// Where it stands in the guide: page, section.
    pub where_in_guide: String,
    /// Which topic it answers.
    pub topic: (String, Place),
    /// How.
    pub says: Polarity,
    /// In our words.
    pub text: String,
    /// The clause it rests on, as `agreement/clause`.
    pub clause: Option<(String, Place)>,
    /// Where it stands in the folder.
    pub place: Place,
}

impl Guide {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let title = table.text("title");
        let issued_by = table.text("issued_by").map(|who| (who, table.place_of("issued_by")));
        let issued_on = table.optional_date("issued_on");
        let statements = table.list("statement", |statement, _| {
            let id = statement.id("id");
            let where_in_guide = statement.text("where").unwrap_or_default();
            let topic = statement.text("topic").map(|topic| (topic, statement.place_of("topic")));
            let says = statement.choice("says", &Polarity::WORDS).unwrap_or(Polarity::Depends);
            let text = statement.text("text").unwrap_or_default();
            let clause = statement.optional_text("clause").map(|clause| (clause, statement.place_of("clause")));
            Some(Statement { id: id?, where_in_guide, topic: topic?, says, text, clause, place: statement.place() })
        });
        let (source, status) = (table.cite(sources), table.status().unwrap_or(Status::Estimated));
        let title = title.unwrap_or_default();
        Some(Self { id: id?, title, issued_by: issued_by?, issued_on, statements, source, status, place: table.place() })
    }

    pub(crate) fn check(&self, known: &Known<'_>, agreements: &[Agreement], topics: &[&str], unread: &[&str], faults: &Faults) {
        known.party(&self.issued_by);
        for (at, statement) in self.statements.iter().enumerate() {
            known.one_of(&statement.topic, topics, "unknown-topic", "topic of an agreement");
            if let Some(first) = self.statements[..at].iter().find(|earlier| earlier.id == statement.id) {
                let what = format!("the statement “{}” stands twice; the other is at {}", statement.id, first.place);
                faults.error("duplicate-id", &statement.place, what, "give each statement its own id");
            }
            let Some((name, place)) = &statement.clause else { continue };
            let agreement = name.split_once('/').map_or(name.as_str(), |(agreement, _)| agreement);
            match find_clause(agreements, name) {
                Some((_, clause)) if clause.topic.0 != statement.topic.0 => faults.error(
                    "clause-of-another-topic",
                    place,
                    format!("the clause “{name}” answers “{}”, the statement “{}”", clause.topic.0, statement.topic.0),
                    "name a clause on the same topic, or correct one of the two topics",
                ),
                Some(_) => {}
                None if unread.contains(&agreement) => {}
                None => {
                    let all: Vec<String> = agreements
                        .iter()
                        .flat_map(|agreement| agreement.clauses.iter().map(|clause| format!("{}/{}", agreement.id, clause.id)))
                        .collect();
                    let all: Vec<&str> = all.iter().map(String::as_str).collect();
                    known.one_of(&(name.clone(), place.clone()), &all, "unknown-clause", "clause of an agreement in this folder");
                }
            }
        }
    }
}

/// The clause of that name, `agreement/clause`.
pub fn find_clause<'d>(agreements: &'d [Agreement], name: &str) -> Option<(&'d Agreement, &'d Clause)> {
    let (agreement, clause) = name.split_once('/')?;
    let agreement = agreements.iter().find(|known| known.id == agreement)?;
    Some((agreement, agreement.clauses.iter().find(|known| known.id == clause)?))
}

/// A place that answers a question: a statement of a guide or a clause of an agreement.
#[derive(Clone, Copy, Debug)]
pub enum Voice<'d> {
    /// A statement.
    Statement(&'d Guide, &'d Statement),
    /// A clause.
    Clause(&'d Agreement, &'d Clause),
}

impl<'d> Voice<'d> {
    /// How it answers.
    pub fn says(self) -> Polarity {
        match self {
            Self::Statement(_, statement) => statement.says,
            Self::Clause(_, clause) => clause.says,
        }
    }

    /// Its text.
    pub fn text(self) -> &'d str {
        match self {
            Self::Statement(_, statement) => &statement.text,
            Self::Clause(_, clause) => &clause.text,
        }
    }

    /// Where it is to be found, for people.
    pub fn cited(self) -> String {
        match self {
            Self::Statement(guide, statement) => format!("{}, {} [{}/{}]", guide.title, statement.where_in_guide, guide.id, statement.id),
            Self::Clause(agreement, clause) => agreement.cite_clause(clause),
        }
    }

    /// Where it stands in the folder.
    pub fn place(self) -> &'d Place {
        match self {
            Self::Statement(_, statement) => &statement.place,
            Self::Clause(_, clause) => &clause.place,
        }
    }

    fn topic(self) -> &'d str {
        match self {
            Self::Statement(_, statement) => &statement.topic.0,
            Self::Clause(_, clause) => &clause.topic.0,
        }
    }
}

/// What kind of clash it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClashKind {
    /// One says yes, the other no.
    Opposite,
    /// One says yes or no where the other names a condition.
    ConditionLeftOut,
}

impl ClashKind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opposite => "opposite",
            Self::ConditionLeftOut => "condition-left-out",
        }
    }
}

/// Two places that do not answer a question alike.
#[derive(Clone, Copy, Debug)]
pub struct Clash<'d> {
    /// The topic.
    pub topic: &'d str,
    /// Which kind.
    pub kind: ClashKind,
    /// The one place.
    pub one: Voice<'d>,
    /// The other.
    pub other: Voice<'d>,
}

/// Something that could not be checked.
#[derive(Clone, Copy, Debug)]
pub enum NotChecked<'d> {
    /// The statement names no clause.
    NoClause(&'d Guide, &'d Statement),
    /// The guide has no date, so whether its clauses were in force is not known.
    NoDate(&'d Guide),
    /// The clause was not in force on the guide's day.
    NotInForce(&'d Guide, &'d Statement, &'d Agreement, &'d Clause),
}

/// What a check of all guides and agreements found.
#[derive(Clone, Debug, Default)]
pub struct GuideCheck<'d> {
    /// What does not fit together.
    pub clashes: Vec<Clash<'d>>,
    /// What could not be checked.
    pub not_checked: Vec<NotChecked<'d>>,
    /// How many statements were looked at.
    pub statements: usize,
    /// How many clauses.
    pub clauses: usize,
}

/// Spec N26 to N28: the statements of each guide against each other and against their clauses, and the clauses that are in force
/// together for the same people against each other.
pub fn check_guides<'d>(agreements: &'d [Agreement], guides: &'d [Guide]) -> GuideCheck<'d> {
    let mut found = GuideCheck::default();
    for guide in guides {
        found.statements += guide.statements.len();
        for (at, statement) in guide.statements.iter().enumerate() {
            let one = Voice::Statement(guide, statement);
            let others = guide.statements[at + 1..].iter().map(|other| Voice::Statement(guide, other));
            found.clashes.extend(others.filter_map(|other| clash(one, other)));
        }
        for statement in &guide.statements {
            let Some((agreement, clause)) = statement.clause.as_ref().and_then(|(name, _)| find_clause(agreements, name)) else {
                found.not_checked.push(NotChecked::NoClause(guide, statement));
                continue;
            };
            if guide.issued_on.is_some_and(|on| !clause.holds_on(on)) {
                found.not_checked.push(NotChecked::NotInForce(guide, statement, agreement, clause));
                continue;
            }
            found.clashes.extend(clash(Voice::Statement(guide, statement), Voice::Clause(agreement, clause)));
        }
        if guide.issued_on.is_none() && guide.statements.iter().any(|statement| statement.clause.is_some()) {
            found.not_checked.push(NotChecked::NoDate(guide));
        }
    }
    let clauses: Vec<(&Agreement, &Clause)> =
        agreements.iter().flat_map(|agreement| agreement.clauses.iter().map(move |clause| (agreement, clause))).collect();
    found.clauses = clauses.len();
    for (at, (agreement, clause)) in clauses.iter().enumerate() {
        for (other_agreement, other) in clauses[at + 1..].iter().filter(|(_, other)| meet(clause, other)) {
            found.clashes.extend(clash(Voice::Clause(agreement, clause), Voice::Clause(other_agreement, other)));
        }
    }
    found
}

/// Whether two clauses are ever in force together for the same people.
fn meet(one: &Clause, other: &Clause) -> bool {
    let days = one.until.is_none_or(|until| other.from < until) && other.until.is_none_or(|until| one.from < until);
    let lists = |one: &[(String, Place)], other: &[(String, Place)]| {
        one.is_empty() || other.is_empty() || one.iter().any(|(name, _)| other.iter().any(|(known, _)| known == name))
    };
    days && lists(&one.nations, &other.nations) && lists(&one.groups, &other.groups)
}

fn clash<'d>(one: Voice<'d>, other: Voice<'d>) -> Option<Clash<'d>> {
    let kind = match (one.says(), other.says()) {
        _ if one.topic() != other.topic() => return None,
        (Polarity::Yes, Polarity::No) | (Polarity::No, Polarity::Yes) => ClashKind::Opposite,
        (Polarity::Depends, Polarity::Yes | Polarity::No) | (Polarity::Yes | Polarity::No, Polarity::Depends) => {
            ClashKind::ConditionLeftOut
        }
        _ => return None,
    };
    Some(Clash { topic: one.topic(), kind, one, other })
}
