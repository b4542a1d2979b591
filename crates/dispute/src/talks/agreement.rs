//! Agreements as dated clauses, each with its answer to a plain question; local variations; and who is covered by what.

use dated::{Cite, Date, Faults, Place, Sources, Status, Table};

use super::{Known, check_period};

/// A dated agreement.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Id in the dispute.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Who made it.
    pub made_by: Vec<(String, Place)>,
    /// When.
    pub agreed_on: Option<Date>,
    /// The questions that its clauses answer.
    pub topics: Vec<Topic>,
    /// Its clauses.
    pub clauses: Vec<Clause>,
    /// What single employers agreed instead.
    pub variations: Vec<Variation>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// A topic: a question that can be answered yes, no or it depends.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Id in the dispute.
    pub id: String,
    /// The question.
    pub question: String,
    /// Where it stands.
    pub place: Place,
}

/// Spec N24: how a text answers the question of its topic, as somebody read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It depends on a condition, which the text states.
    Depends,
}

impl Polarity {
    pub(crate) const WORDS: [(&'static str, Self); 3] = [("yes", Self::Yes), ("no", Self::No), ("depends", Self::Depends)];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, polarity)| *polarity == self).map_or("depends", |(word, _)| word)
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Depends => "it depends",
        }
    }
}

/// A clause of an agreement.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Id in the agreement.
    pub id: String,
    /// Where it stands in the agreement: paragraph, annex.
    pub paragraph: Option<String>,
    /// Which topic it answers.
    pub topic: (String, Place),
    /// How.
    pub says: Polarity,
    /// In our words.
    pub text: String,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub until: Option<Date>,
    /// Where; all nations if empty.
    pub nations: Vec<(String, Place)>,
    /// For whom; all groups if empty.
    pub groups: Vec<(String, Place)>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands in the folder.
    pub place: Place,
}

/// What an employer agreed in place of a clause.
#[derive(Clone, Debug)]
pub struct Variation {
    /// The employer.
    pub employer: String,
    /// The clause it takes the place of.
    pub clause: (String, Place),
    /// How it answers the question.
    pub says: Polarity,
    /// In our words.
    pub text: String,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub until: Option<Date>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

impl Agreement {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let title = table.text("title");
        let made_by = table.name_list("made_by");
        let agreed_on = table.optional_date("agreed_on");
        let topics = table.list("topic", |topic, _| {
            let (id, question) = (topic.id("id"), topic.text("question"));
            Some(Topic { id: id?, question: question.unwrap_or_default(), place: topic.place() })
        });
        let clauses = table.list("clause", |clause, _| Clause::read(clause, sources));
        let variations = table.list("variation", |variation, _| Variation::read(variation, sources));
        let (source, status) = (table.cite(sources), table.status().unwrap_or(Status::Estimated));
        let title = title.unwrap_or_default();
        Some(Self { id: id?, title, made_by, agreed_on, topics, clauses, variations, source, status, place: table.place() })
    }

    pub(crate) fn check(&self, known: &Known<'_>, topics: &[&str], faults: &Faults) {
        self.made_by.iter().for_each(|party| known.party(party));
        let ids: Vec<&str> = self.clauses.iter().map(|clause| clause.id.as_str()).collect();
        for (at, clause) in self.clauses.iter().enumerate() {
            known.one_of(&clause.topic, topics, "unknown-topic", "topic of an agreement");
            clause.nations.iter().for_each(|nation| known.nation(nation));
            clause.groups.iter().for_each(|group| known.group(group));
            if let Some(first) = self.clauses[..at].iter().find(|earlier| earlier.id == clause.id) {
                let what = format!("the clause “{}” stands twice; the other is at {}", clause.id, first.place);
                faults.error("duplicate-id", &clause.place, what, "give each clause its own id; a later wording is a clause of its own");
            }
        }
        for (at, variation) in self.variations.iter().enumerate() {
            known.one_of(&variation.clause, &ids, "unknown-clause", "clause of this agreement");
            let overlaps = |earlier: &&Variation| {
                same_employer(&earlier.employer, &variation.employer)
                    && earlier.clause.0 == variation.clause.0
                    && earlier.until.is_none_or(|until| variation.from < until)
                    && variation.until.is_none_or(|until| earlier.from < until)
            };
            if let Some(earlier) = self.variations[..at].iter().find(overlaps) {
                faults.error(
                    "period-overlap",
                    &variation.place,
                    format!(
                        "{} varies “{}” twice for the same days; the other is at {}",
                        variation.employer, variation.clause.0, earlier.place
                    ),
                    "end the earlier one with `until` on the day the later begins",
                );
            }
        }
    }

    /// A clause, as guides cite it.
    pub fn cite_clause(&self, clause: &Clause) -> String {
        let paragraph = clause.paragraph.as_ref().map(|paragraph| format!(", {paragraph}")).unwrap_or_default();
        format!("{}{paragraph} [{}/{}]", self.title, self.id, clause.id)
    }
}

impl Clause {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let paragraph = table.optional_text("paragraph");
        let topic = table.text("topic").map(|topic| (topic, table.place_of("topic")));
        let says = table.choice("says", &Polarity::WORDS);
        let text = table.text("text");
        let (from, until) = (table.date("from"), table.optional_date("until"));
        check_period(from, until, table);
        let (nations, groups) = (table.name_list("nations"), table.name_list("groups"));
        let (source, status) = (table.cite(sources), table.status().unwrap_or(Status::Estimated));
        let (text, says) = (text.unwrap_or_default(), says.unwrap_or(Polarity::Depends));
        Some(Self {
            id: id?,
            paragraph,
            topic: topic?,
            says,
            text,
            from: from?,
            until,
            nations,
            groups,
            source,
            status,
            place: table.place(),
        })
    }

    /// Whether it is in force on that day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether it reaches that nation and that group; what is not named is not asked.
    pub fn reaches(&self, nation: Option<&str>, group: Option<&str>) -> bool {
        let in_list = |list: &[(String, Place)], name: Option<&str>| {
            list.is_empty() || name.is_none_or(|name| list.iter().any(|(known, _)| known == name))
        };
        in_list(&self.nations, nation) && in_list(&self.groups, group)
    }
}

impl Variation {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let employer = table.text("employer");
        let clause = table.text("clause").map(|clause| (clause, table.place_of("clause")));
        let says = table.choice("says", &Polarity::WORDS);
        let text = table.text("text");
        let (from, until) = (table.date("from"), table.optional_date("until"));
        check_period(from, until, table);
        let (source, status) = (table.cite(sources), table.status().unwrap_or(Status::Estimated));
        let (text, says) = (text.unwrap_or_default(), says.unwrap_or(Polarity::Depends));
        Some(Self { employer: employer?, clause: clause?, says, text, from: from?, until, source, status, place: table.place() })
    }

    /// Whether it is in force on that day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Names of employers are compared without regard to capitals and outer blanks.
pub fn same_employer(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// One text that answers a question for an employer on a day.
#[derive(Clone, Debug)]
pub struct Ruling<'d> {
    /// The agreement.
    pub agreement: &'d Agreement,
    /// The national clause.
    pub clause: &'d Clause,
    /// What the employer agreed in its place.
    pub variation: Option<&'d Variation>,
}

impl Ruling<'_> {
    /// How the question is answered.
    pub fn says(&self) -> Polarity {
        self.variation.map_or(self.clause.says, |variation| variation.says)
    }

    /// The text that answers it.
    pub fn text(&self) -> &str {
        self.variation.map_or(&self.clause.text, |variation| &variation.text)
    }
}

/// Spec N25: which clauses answer a topic on that day, for that employer where one is named, in that nation and for that group
/// where they are named. A local variation takes the place of its clause.
pub fn rulings<'d>(
    agreements: &'d [Agreement],
    topic: &str,
    employer: Option<&str>,
    nation: Option<&str>,
    group: Option<&str>,
    on: Date,
) -> Vec<Ruling<'d>> {
    let mut found = Vec::new();
    for agreement in agreements {
        let in_force = |clause: &&Clause| clause.topic.0 == topic && clause.holds_on(on) && clause.reaches(nation, group);
        for clause in agreement.clauses.iter().filter(in_force) {
            let variation = agreement.variations.iter().find(|variation| {
                variation.clause.0 == clause.id
                    && variation.holds_on(on)
                    && employer.is_some_and(|employer| same_employer(employer, &variation.employer))
            });
            found.push(Ruling { agreement, clause, variation });
        }
    }
    found
}
