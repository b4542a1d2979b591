//! What was called, when and by whom; and campaigns.

use dated::{Cite, Date, Place, Sources, Status, Table, nearest_name, parse_date};
use law::{Minute, ProposedAction};

/// A call to industrial action.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which union.
    pub who: (String, Place),
    /// The person or office that made it. TULRCA s.233: it must be one that the voting paper names.
    pub called_by: Option<String>,
    /// When it was made.
    pub called_on: Option<Date>,
    /// A strike, or action short of one.
    pub kind: ActionKind,
    /// Of which types, if it is short of a strike.
    pub types: Vec<ShortType>,
    /// On which days.
    pub dates: Vec<Date>,
    /// Instead of single days: without a break from a day, to a day or for as long as the mandate lasts.
    pub continuous: Option<(Date, Option<Date>)>,
    /// From when to when on each day; whole days if nothing is said.
    pub hours: Option<Hours>,
    /// In which units of the dispute's polls.
    pub units: Vec<(String, Place)>,
    /// Services that are hit.
    pub services: Vec<String>,
    /// In our words.
    pub text: String,
    /// On what it depends.
    pub conditional_on: Option<String>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// A type of action short of a strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShortType {
    /// No work beyond contracted hours.
    OvertimeBan,
    /// No work on call.
    CallOutBan,
    /// The contract to the letter.
    WorkToRule,
    /// Telephones stay unanswered.
    TelephonesUnanswered,
    /// No cover for absent colleagues.
    NoCover,
    /// Anything else; the call's text says what.
    Other,
}

impl ShortType {
    pub(crate) const WORDS: [(&'static str, Self); 6] = [
        ("overtime-ban", Self::OvertimeBan),
        ("call-out-ban", Self::CallOutBan),
        ("work-to-rule", Self::WorkToRule),
        ("telephones-unanswered", Self::TelephonesUnanswered),
        ("no-cover", Self::NoCover),
        ("other", Self::Other),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("other", |(word, _)| word)
    }

    /// The type of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// The words for people.
    pub fn words(self) -> String {
        self.word().replace('-', " ")
    }

    /// Reads a list of types, each unknown word a fault.
    pub(crate) fn read_list(table: &Table<'_>, key: &str) -> Vec<Self> {
        let known = Self::WORDS.map(|(word, _)| word);
        let read = |(word, place): (String, Place)| {
            let found = Self::from_word(&word);
            if found.is_none() {
                let fix = match nearest_name(&word, known) {
                    Some(near) => format!("did you mean \"{near}\"? It is one of {}", known.join(", ")),
                    None => format!("one of {}", known.join(", ")),
                };
                table.faults().error("unknown-word", &place, format!("“{word}” is no type of action known here"), fix);
            }
            found
        };
        table.name_list(key).into_iter().filter_map(read).collect()
    }
}

/// Hours of a day, `07:00-11:00`; those that end before they begin end on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    from: Minute,
    until: Minute,
    minutes: u16,
}

impl Hours {
    /// Reads `07:00-11:00`.
    ///
    /// # Errors
    /// A sentence on what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}” is not a time of day written 07:00-11:00");
        let (from_text, until_text) = text.split_once('-').ok_or_else(wrong)?;
        let (from, until) = (Minute::parse(from_text).ok_or_else(wrong)?, Minute::parse(until_text).ok_or_else(wrong)?);
        let minute = |text: &str| -> u16 {
            let (hours, minutes) = text.split_once(':').unwrap_or(("0", "0"));
            hours.parse::<u16>().unwrap_or(0) * 60 + minutes.parse::<u16>().unwrap_or(0)
        };
        const DAY: u16 = 24 * 60;
        let (start, end) = (minute(from_text), minute(until_text));
        if start == end || start == DAY {
            return Err(format!("“{text}” has no length"));
        }
        let minutes = if end > start { end - start } else { DAY - start + end };
        Ok(Self { from, until, minutes })
    }

    /// When it begins, `07:00`.
    pub fn from(self) -> String {
        self.from.words()
    }

    /// When it ends, `11:00`.
    pub fn until(self) -> String {
        self.until.words()
    }

    /// Its length.
    pub fn minutes(self) -> u16 {
        self.minutes
    }

    /// Whether it ends on the day after it began.
    pub fn ends_next_day(self) -> bool {
        self.until < self.from
    }

    /// `07:00 to 11:00`.
    pub fn words(self) -> String {
        let next = if self.ends_next_day() { " the next day" } else { "" };
        format!("{} to {}{next}", self.from(), self.until())
    }

    /// The action of these hours on a day, as the law judges it.
    pub fn on(self, day: Date) -> ProposedAction {
        let end = if self.ends_next_day() { law::plus_days(day, 1) } else { day };
        ProposedAction::parse(&format!("{day}T{}..{end}T{}", self.from(), self.until())).unwrap_or_else(|_| ProposedAction::day(day))
    }
}

/// The kind of action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionKind {
    /// A strike.
    Strike,
    /// Action short of a strike.
    ShortOfStrike,
}

impl ActionKind {
    pub(crate) const WORDS: [(&'static str, Self); 2] = [("strike", Self::Strike), ("short-of-strike", Self::ShortOfStrike)];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Strike => "strike",
            Self::ShortOfStrike => "short-of-strike",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Strike => "strike",
            Self::ShortOfStrike => "action short of a strike",
        }
    }
}

impl Call {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let called_by = table.optional_text("called_by");
        let called_on = table.optional_date("called_on");
        let kind = table.choice("kind", &ActionKind::WORDS);
        let types = ShortType::read_list(table, "types");
        if kind == Some(ActionKind::Strike) && table.has("types") {
            table.fault("types-of-a-strike", "types", "a strike has no types", "remove types, or write kind = \"short-of-strike\"");
        }
        let dates = read_days(table, "dates");
        let hours = read_hours(table);
        let continuous = read_continuous(table);
        if continuous.is_some() && (!dates.is_empty() || hours.is_some()) {
            table.fault(
                "single-days-and-continuous",
                "from",
                "the call names single days or hours, and a stretch without a break",
                "keep either dates, with hours if wanted, or from and until; write two calls if both are meant",
            );
        }
        let units = table.text_list("units");
        let services = table.texts("services");
        let text = table.text("text");
        let conditional_on = table.optional_text("conditional_on");
        let source = table.cite(sources);
        let status = table.status();
        // An entry that lacks a part is kept, so that its names are checked in the same run; its fault is in the list.
        Some(Self {
            who: who?,
            called_by,
            called_on,
            kind: kind.unwrap_or(ActionKind::Strike),
            types,
            dates,
            continuous,
            hours,
            units,
            services,
            text: text.unwrap_or_default(),
            conditional_on,
            source,
            status: status.unwrap_or(Status::Estimated),
            place: table.place(),
        })
    }
}

/// A list of days in quotes or bare; each that is none is a fault.
pub(crate) fn read_days(table: &Table<'_>, key: &str) -> Vec<Date> {
    let read = |(text, place): (String, Place)| {
        parse_date(&text).map_err(|what| table.faults().error("not-a-date", &place, what, "write it as \"2004-01-29\"")).ok()
    };
    table.text_list(key).into_iter().filter_map(read).collect()
}

fn read_hours(table: &Table<'_>) -> Option<Hours> {
    let text = table.optional_text("hours")?;
    Hours::parse(&text).map_err(|what| table.fault("not-hours", "hours", what, "write it as hours = \"07:00-11:00\"")).ok()
}

/// `from` and `until` of action without a break.
pub(crate) fn read_continuous(table: &Table<'_>) -> Option<(Date, Option<Date>)> {
    let (from, until) = (table.optional_date("from"), table.optional_date("until"));
    match (from, until) {
        (None, Some(_)) if !table.has("from") => {
            table.fault("missing-key", "until", "until stands without from", "add from = DAY");
            None
        }
        (Some(from), Some(until)) if until < from => {
            table.fault("ends-before-beginning", "until", format!("{until} is before {from}"), "correct one of the two dates");
            None
        }
        (from, until) => from.map(|from| (from, until)),
    }
}

/// A campaign beside the ballot: postcards, lobbying, claims.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Whose.
    pub who: (String, Place),
    /// What, in our words.
    pub what: String,
    /// Whom it addresses.
    pub to: Option<String>,
    /// A target number, if one was named.
    pub count: Option<u64>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

impl Campaign {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let what = table.text("what");
        let to = table.optional_text("to");
        let count = table.optional_count("count");
        let source = table.cite(sources);
        let status = table.status();
        Some(Self { who: who?, what: what.unwrap_or_default(), to, count, source, status: status.unwrap_or(Status::Estimated) })
    }
}
