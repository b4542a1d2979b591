//! Polls: what members were asked, in which units, and the results of record.

use dated::{Cite, Date, Place, Ratio, Sources, Status, Table};
use pay::When;

use crate::action::ShortType;

/// The whole vote on one matter; the law calls it the ballot.
#[derive(Clone, Debug)]
pub struct Poll {
    /// Id in the dispute.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Which union asked.
    pub union: (String, Place),
    /// Under the Act, or for the union's own information.
    pub kind: PollKind,
    /// On which offer.
    pub about: Option<(String, Place)>,
    /// First day a voting paper was sent, if known.
    pub opened_on: Option<Date>,
    /// Last day of voting, as far as known.
    pub closed: Option<When>,
    /// Great Britain or Northern Ireland.
    pub jurisdiction: Option<String>,
    /// What the union advised.
    pub recommendation: Option<String>,
    /// The persons or offices that the voting paper names as able to call action. TULRCA s.229(3).
    pub may_call: Vec<String>,
    /// What was asked.
    pub questions: Vec<Question>,
    /// Who was asked, by unit.
    pub units: Vec<Unit>,
    /// Results of record.
    pub results: Vec<PollResult>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// What a poll can bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollKind {
    /// An industrial action ballot under Part V of the Act.
    Statutory,
    /// A vote on an offer: authorises nothing.
    Consultation,
    /// A vote on willingness to act: authorises nothing.
    Indicative,
}

impl PollKind {
    const WORDS: [(&'static str, Self); 3] =
        [("statutory", Self::Statutory), ("consultation", Self::Consultation), ("indicative", Self::Indicative)];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("statutory", |(word, _)| word)
    }
}

/// One question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Id in the poll.
    pub id: String,
    /// What it asks for.
    pub kind: QuestionKind,
    /// Its text, if known.
    pub text: Option<String>,
    /// The types of action short of a strike that the paper puts, where it names them.
    pub types: Vec<ShortType>,
    /// Where it stands.
    pub place: Place,
}

/// What a question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    /// Take part in a strike?
    Strike,
    /// Take part in action short of a strike?
    ShortOfStrike,
    /// Accept an offer?
    AcceptOffer,
    /// Want a formal ballot?
    FormalBallot,
}

impl QuestionKind {
    pub(crate) const WORDS: [(&'static str, Self); 4] = [
        ("strike", Self::Strike),
        ("short-of-strike", Self::ShortOfStrike),
        ("accept-offer", Self::AcceptOffer),
        ("formal-ballot", Self::FormalBallot),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("strike", |(word, _)| word)
    }
}

/// A balloting unit: an employer, a department.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Id in the poll.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// How many were entitled to vote, if known.
    pub entitled: Option<u64>,
    /// How that number is to be taken: rounded, approximate.
    pub entitled_note: Option<String>,
    /// Whether most of them normally work in important public services, if anybody asked.
    pub important_public_service: Option<bool>,
    /// Who says so.
    pub source: Cite,
    /// Where it stands.
    pub place: Place,
}

/// The result of one question in one unit, as far as it was published.
#[derive(Clone, Debug)]
pub struct PollResult {
    /// The unit.
    pub unit: (String, Place),
    /// The question.
    pub question: (String, Place),
    /// Votes for.
    pub yes: Option<u64>,
    /// Votes against.
    pub no: Option<u64>,
    /// Spoiled or invalid papers.
    pub spoiled: Option<u64>,
    /// Papers returned.
    pub returned: Option<u64>,
    /// Published share for, in percent.
    pub yes_percent: Option<Ratio>,
    /// Published share against, in percent.
    pub no_percent: Option<Ratio>,
    /// Published turnout, in percent.
    pub turnout_percent: Option<Ratio>,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

impl Poll {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let title = table.text("title");
        let union = table.text("union").map(|union| (union, table.place_of("union")));
        let kind = table.choice("kind", &PollKind::WORDS);
        let about = table.optional_text("about").map(|about| (about, table.place_of("about")));
        let opened_on = table.optional_date("opened_on");
        let closed_on = table.optional_date("closed_on");
        let closed = closed_on.map(When::Day).or(table.optional_month("closed_month").map(When::Month));
        let jurisdiction = table.optional_choice("jurisdiction", &[("GB", "GB"), ("NI", "NI")]).map(str::to_owned);
        let recommendation = table.optional_text("recommendation");
        let may_call = table.name_list("may_call").into_iter().map(|(who, _)| who).collect();
        let source = table.cite(sources);
        let status = table.status();
        if let (Some(opened), Some(closed)) = (opened_on, closed_on)
            && closed < opened
        {
            table.fault(
                "closes-before-opening",
                "closed_on",
                format!("the poll closes on {closed}, before it opens on {opened}"),
                "correct one of the two dates",
            );
        }
        let questions = table.list("question", |entry, _| {
            let id = entry.id("id");
            let kind = entry.choice("kind", &QuestionKind::WORDS);
            let text = entry.optional_text("text");
            let types = ShortType::read_list(entry, "types");
            if kind.is_some_and(|kind| kind != QuestionKind::ShortOfStrike) && !types.is_empty() {
                entry.fault("types-of-a-strike", "types", "only action short of a strike has types", "remove types from this question");
            }
            Some(Question { id: id?, kind: kind?, text, types, place: entry.place() })
        });
        let units = table.list("unit", |entry, _| {
            let id = entry.id("id");
            let name = entry.text("name");
            let entitled = entry.optional_count("entitled");
            let entitled_note = entry.optional_text("entitled_note");
            let important_public_service = entry.optional_bool("important_public_service");
            let source = entry.cite(sources);
            entry.status();
            Some(Unit { id: id?, name: name?, entitled, entitled_note, important_public_service, source, place: entry.place() })
        });
        let results = table.list("result", |entry, _| read_result(entry, sources));
        let poll = Self {
            id: id?,
            title: title?,
            union: union?,
            kind: kind?,
            about,
            opened_on,
            closed,
            jurisdiction,
            recommendation,
            may_call,
            questions,
            units,
            results,
            source,
            status: status?,
            place: table.place(),
        };
        poll.check_results(table);
        Some(poll)
    }

    fn check_results(&self, table: &Table<'_>) {
        let faults = table.faults();
        for (at, result) in self.results.iter().enumerate() {
            let unit = self.units.iter().find(|unit| unit.id == result.unit.0);
            if unit.is_none() {
                let known = self.units.iter().map(|unit| unit.id.as_str()).collect::<Vec<_>>().join(", ");
                faults.error(
                    "unknown-unit",
                    &result.unit.1,
                    format!("there is no unit “{}” in this poll", result.unit.0),
                    format!("one of {known}"),
                );
            }
            if !self.questions.iter().any(|question| question.id == result.question.0) {
                let known = self.questions.iter().map(|question| question.id.as_str()).collect::<Vec<_>>().join(", ");
                faults.error(
                    "unknown-question",
                    &result.question.1,
                    format!("there is no question “{}” in this poll", result.question.0),
                    format!("one of {known}"),
                );
            }
            if self.results[..at].iter().any(|earlier| earlier.unit.0 == result.unit.0 && earlier.question.0 == result.question.0) {
                faults.error(
                    "duplicate-result",
                    &result.place,
                    format!("a second result for {} on {}", result.unit.0, result.question.0),
                    "keep one result a unit and question",
                );
            }
            let counted = [result.yes, result.no, result.spoiled].into_iter().flatten().sum::<u64>();
            if let Some(returned) = result.returned
                && counted > returned
            {
                faults.error(
                    "more-counted-than-returned",
                    &result.place,
                    format!("yes, no and spoiled add up to {counted}, more than the {returned} returned"),
                    "correct the figures",
                );
            }
            if let Some(entitled) = unit.and_then(|unit| unit.entitled)
                && counted.max(result.returned.unwrap_or(0)) > entitled
            {
                faults.error(
                    "more-votes-than-entitled",
                    &result.place,
                    format!("{} papers in a unit of {entitled}", counted.max(result.returned.unwrap_or(0))),
                    "correct the figures; a rounded number entitled must not be rounded below the papers returned",
                );
            }
        }
    }
}

fn read_result(table: &Table<'_>, sources: &Sources) -> Option<PollResult> {
    let unit = table.text("unit").map(|unit| (unit, table.place_of("unit")));
    let question = table.text("question").map(|question| (question, table.place_of("question")));
    let percent = |key: &str| {
        let value = table.optional_decimal(key)?;
        if value < Ratio::ZERO || value > Ratio::whole(100) {
            table.fault("percent-out-of-range", key, format!("{key} is {value}"), "a share between 0 and 100");
            return None;
        }
        Some(value)
    };
    let result = PollResult {
        unit: unit.clone().unwrap_or_else(|| (String::new(), table.place())),
        question: question.clone().unwrap_or_else(|| (String::new(), table.place())),
        yes: table.optional_count("yes"),
        no: table.optional_count("no"),
        spoiled: table.optional_count("spoiled"),
        returned: table.optional_count("returned"),
        yes_percent: percent("yes_percent"),
        no_percent: percent("no_percent"),
        turnout_percent: percent("turnout_percent"),
        note: table.optional_text("note"),
        source: table.cite(sources),
        status: table.status()?,
        place: table.place(),
    };
    unit.and(question).map(|_| result)
}
