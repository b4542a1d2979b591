//! What representatives note of their own members: rows that are only ever added, and what stands after all of them.
//!
//! A note says when it was said on the representative's own phone, which may have been without signal for hours, and the store says when it
//! came. Notes stand in the order in which they were said; one that came late stands beside the others with both times, and overwrites none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use store::{Contact, Hash};

use super::Branch;
use crate::clock::Instant;
use crate::problem::Problem;
use crate::service::Service;

/// Something that can be noted by a button.
pub(super) struct Saying {
    /// In rows and forms.
    pub(super) word: &'static str,
    /// On the button.
    pub(super) label: &'static str,
    /// On a card that the member ticks.
    pub(super) own: &'static str,
    /// In the list.
    pub(super) short: &'static str,
    /// Of the member's line: `now` for those who wait for something.
    pub(super) class: &'static str,
    /// Where the member stands in the list: the smallest of what is noted. Whoever waits for something is first.
    pub(super) rank: u8,
}

/// What a representative can note of a member.
pub(super) const SAYINGS: [Saying; 5] = [
    Saying { word: "got", label: "Got the paper or code", own: "I have my paper or code", short: "got it", class: "", rank: 2 },
    Saying {
        word: "voted",
        label: "Told us they voted",
        own: "I have voted (nobody asks how)",
        short: "says voted",
        class: "good",
        rank: 4,
    },
    Saying { word: "call", label: "Wants a call", own: "Please ring me", short: "wants a call", class: "now", rank: 0 },
    Saying {
        word: "paper",
        label: "Needs a new paper or code",
        own: "I need a new paper or code",
        short: "needs a new one",
        class: "now",
        rank: 0,
    },
    Saying { word: "moved", label: "Moved, or left", own: "I have moved, or left", short: "moved or left", class: "", rank: 3 },
];

/// Where members stand whom nobody has spoken to.
pub(super) const NOBODY: (&str, &str, u8) = ("nobody has spoken to them", "bad", 1);

/// The word of a note that says where a member really works.
pub(super) const WORKPLACE: &str = "workplace";

/// What the officer is asked to see to.
pub(super) const REQUESTS: [(&str, &str); 3] =
    [("paper", "needs a new paper or code"), ("moved", "moved, or left"), (WORKPLACE, "works elsewhere")];

/// A workplace that is proposed has at most so many characters.
pub(super) const WORKPLACE_CHARACTERS: usize = 100;

/// The oldest note that is taken, by the phone's own word: longer than any ballot.
const OLDEST_SECONDS: u64 = 120 * 24 * 3_600;

/// A note as it is sent.
#[derive(serde::Deserialize)]
pub(super) struct NewNote {
    /// Made by whoever sends it, `PHONE-NUMBER`: the same note sent twice is one.
    pub(super) id: String,
    pub(super) member: String,
    pub(super) said: String,
    /// Noted, or taken back.
    pub(super) on: bool,
    /// The workplace, where that is what was said.
    #[serde(default)]
    pub(super) text: String,
    /// How long ago it was said, by the clock of the phone.
    #[serde(default)]
    pub(super) age_seconds: u64,
}

impl NewNote {
    /// What is wrong with it; nothing, if it can be kept.
    pub(super) fn fault(&self, members: &BTreeSet<&str>) -> Option<&'static str> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        match () {
            () if !(8..=64).contains(&self.id.len()) || !self.id.bytes().all(plain) => {
                Some("a note needs an id of 8 to 64 letters and digits")
            }
            () if !members.contains(self.member.as_str()) => Some("nobody of this number is in your branch"),
            () if self.said == WORKPLACE => {
                let characters = self.text.chars().count();
                let is_plain = !self.text.chars().any(char::is_control);
                let fits = (1..=WORKPLACE_CHARACTERS).contains(&characters) && is_plain && self.text.trim() == self.text;
                (self.on && !fits).then_some("a workplace has 1 to 100 characters, on one line")
            }
            () if !SAYINGS.iter().any(|saying| saying.word == self.said) => Some("only what the buttons say can be noted"),
            () => None,
        }
    }

    /// When it was said: as long before now as the phone says, and not before what the same phone sent earlier, however long either was on its
    /// way.
    pub(super) fn said_at(&self, now: i64, earlier: Option<i64>) -> i64 {
        let said_at = now - i64::try_from(self.age_seconds.min(OLDEST_SECONDS)).unwrap_or(0);
        said_at.max(earlier.unwrap_or(said_at)).min(now)
    }

    /// The row that the store seals.
    pub(super) fn row(&self, said_at: i64) -> Vec<u8> {
        let text = if self.on { self.text.as_str() } else { "" };
        json!({ "id": self.id, "member": self.member, "said": self.said, "on": self.on, "text": text, "at": said_at })
            .to_string()
            .into_bytes()
    }
}

/// A row by which the officer has dealt with a request.
pub(super) fn dealt_with(member: &str, said: &str) -> Vec<u8> {
    json!({ "member": member, "said": said, "done": true }).to_string().into_bytes()
}

/// Which phone an id is of.
pub(super) fn phone(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(phone, _)| phone)
}

/// A row that was kept.
pub(super) struct Note {
    pub(super) id: String,
    member: String,
    said: String,
    on: bool,
    done: bool,
    text: String,
    pub(super) said_at: i64,
    noted_at: i64,
}

impl Note {
    fn read(contact: &Contact) -> Option<Self> {
        let row: Value = serde_json::from_slice(&contact.bytes).ok()?;
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let flag = |name: &str| row.get(name).and_then(Value::as_bool).unwrap_or(false);
        let said_at = row.get("at").and_then(Value::as_i64).unwrap_or(contact.noted_at).min(contact.noted_at);
        let said = text("said");
        let known = said == WORKPLACE || SAYINGS.iter().any(|saying| saying.word == said);
        known.then(|| Self {
            id: text("id"),
            member: text("member"),
            said,
            on: flag("on"),
            done: flag("done"),
            text: text("text"),
            said_at,
            noted_at: contact.noted_at,
        })
    }

    /// Reads the rows of one branch: each note once, in the order in which they were said.
    pub(super) fn all(contacts: &[Contact]) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        let mut notes: Vec<Self> = contacts.iter().filter_map(Self::read).collect();
        notes.retain(|note| note.id.is_empty() || seen.insert(note.id.clone()));
        notes.sort_by_key(|note| note.said_at);
        notes
    }

    fn label(&self) -> String {
        match SAYINGS.iter().find(|saying| saying.word == self.said) {
            Some(saying) => format!("“{}”", saying.label),
            None if self.text.is_empty() => "“Works elsewhere”".to_owned(),
            None => format!("“Works at {}”", self.text),
        }
    }

    /// As it stands in the member's own list.
    fn words(&self) -> String {
        let late = if self.noted_at - self.said_at >= 120 { format!(", sent {}", moment(self.noted_at)) } else { String::new() };
        let what = match (self.done, self.on) {
            (true, _) => "the officer has dealt with",
            (false, true) => "noted",
            (false, false) => "taken back",
        };
        format!("{}: {what} {}{late}", moment(self.said_at), self.label())
    }
}

fn moment(seconds: i64) -> String {
    Instant(seconds * 1_000).in_london().strftime("%-d %B, %H:%M").to_string()
}

/// A day without its year.
pub(super) fn day(seconds: i64) -> String {
    Instant(seconds * 1_000).in_london().strftime("%-d %B").to_string()
}

/// What stands of a member after all notes.
#[derive(Default)]
pub(super) struct Noted {
    said: Vec<&'static str>,
    /// Where they work, as was said.
    workplace: Option<String>,
    /// What the officer has dealt with.
    dealt_with: Vec<&'static str>,
    /// When something was said last.
    pub(super) at: Option<i64>,
    /// Every note, in the order in which they were said.
    history: Vec<String>,
}

impl Noted {
    fn hear(&mut self, note: &Note) {
        self.at = Some(note.said_at);
        self.history.push(note.words());
        let request = REQUESTS.iter().map(|(word, _)| *word).find(|word| *word == note.said);
        if note.done {
            self.said.retain(|word| *word != note.said);
            if note.said == WORKPLACE {
                self.workplace = None;
            }
            self.dealt_with.extend(request);
            return;
        }
        self.dealt_with.retain(|word| *word != note.said);
        if note.said == WORKPLACE {
            self.workplace = note.on.then(|| note.text.clone());
        } else if let Some(saying) = SAYINGS.iter().find(|saying| saying.word == note.said) {
            self.said.retain(|word| *word != saying.word);
            if note.on {
                self.said.push(saying.word);
            }
        }
    }

    /// What the officer is still to see to: the word, what was said, the workplace.
    pub(super) fn open_requests(&self) -> Vec<(&'static str, &'static str, &str)> {
        let is_open = |word: &str| self.said.contains(&word) || (word == WORKPLACE && self.workplace.is_some());
        let text = |word: &str| if word == WORKPLACE { self.workplace.as_deref().unwrap_or_default() } else { "" };
        REQUESTS.iter().filter(|(word, _)| is_open(word)).map(|(word, words)| (*word, *words, text(word))).collect()
    }
}

/// What stands of each member after these notes.
pub(super) fn noted(notes: &[Note]) -> BTreeMap<String, Noted> {
    let mut all: BTreeMap<String, Noted> = BTreeMap::new();
    for note in notes {
        all.entry(note.member.clone()).or_default().hear(note);
    }
    all
}

/// The notes of every branch, by its number.
///
/// # Errors
/// The store failed.
pub(super) async fn of_all(service: &Service) -> Result<BTreeMap<u32, Vec<Note>>, Problem> {
    let mut rows: BTreeMap<u32, Vec<Contact>> = BTreeMap::new();
    for (branch, contact) in service.store.list_all_contacts().await? {
        rows.entry(branch).or_default().push(contact);
    }
    Ok(rows.into_iter().map(|(branch, rows)| (branch, Note::all(&rows))).collect())
}

/// A member of the frozen roll, as far as a branch needs them.
#[derive(Clone)]
pub(super) struct OnRoll {
    pub(super) member: String,
    pub(super) name: String,
}

/// Members by unit and workplace, from one roll.
pub(super) type ByBranch = BTreeMap<(String, String), Vec<OnRoll>>;

/// The frozen roll by branches, as it was read last: a roll of hundreds of thousands is not to be decrypted for every tick. In memory
/// alone.
#[derive(Default)]
pub(crate) struct RollByBranch(Mutex<Option<(Hash, Arc<ByBranch>)>>);

/// The members of all branches: columns `unit`, `member`, `name` and, where it is there, `workplace` of the frozen roll. Nobody before the
/// freeze, and after the roll was erased.
///
/// # Errors
/// The store failed.
pub(super) async fn on_roll(service: &Service) -> Result<Arc<ByBranch>, Problem> {
    let kept = || service.roll_by_branch.0.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(frozen) = service.store.get_frozen_roll().await?.filter(|frozen| !frozen.is_erased) else {
        *kept() = None;
        return Ok(Arc::default());
    };
    if let Some((hash, people)) = &*kept()
        && *hash == frozen.hash
    {
        return Ok(Arc::clone(people));
    }
    let bytes = service.store.get_frozen_roll_bytes().await?;
    let hash = Hash::of(&bytes);
    let read = move || {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
        let heads = reader.headers().map_err(|error| Problem::ours(&error))?.clone();
        let at = |name: &str| heads.iter().position(|head| head == name);
        let (unit, member, name, workplace) = (at("unit"), at("member"), at("name"), at("workplace"));
        let mut people = ByBranch::new();
        for row in reader.records() {
            let row = row.map_err(|error| Problem::ours(&error))?;
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default().to_owned();
            people.entry((cell(unit), cell(workplace))).or_default().push(OnRoll { member: cell(member), name: cell(name) });
        }
        Ok::<_, Problem>(Arc::new(people))
    };
    let people = tokio::task::spawn_blocking(read).await.map_err(|error| Problem::ours(&error))??;
    *kept() = Some((hash, Arc::clone(&people)));
    Ok(people)
}

/// A button of a member's line.
pub(super) struct Button {
    pub(super) saying: &'static Saying,
    pub(super) on: bool,
}

/// A member on the representative's page.
pub(super) struct Line {
    pub(super) member: String,
    pub(super) name: String,
    pub(super) buttons: Vec<Button>,
    /// `bad` for those whom nobody has spoken to, `now` for those who wait for something.
    pub(super) class: &'static str,
    pub(super) state: String,
    pub(super) when: String,
    pub(super) workplace: String,
    pub(super) history: Vec<String>,
    rank: u8,
}

impl Line {
    fn of(person: &OnRoll, noted: &Noted) -> Self {
        let has = |saying: &Saying| noted.said.contains(&saying.word);
        let (nobody, nobody_class, nobody_rank) = NOBODY;
        let mut words: Vec<String> = SAYINGS.iter().filter(|saying| has(saying)).map(|saying| saying.short.to_owned()).collect();
        words.extend(noted.workplace.iter().map(|workplace| format!("works at {workplace}")));
        let dealt = REQUESTS.iter().filter(|(word, _)| noted.dealt_with.contains(word));
        words.extend(dealt.map(|(_, words)| format!("{words}: the officer has dealt with it")));
        let first = SAYINGS.iter().filter(|saying| has(saying)).min_by_key(|saying| saying.rank);
        let (class, rank) = match first {
            Some(saying) => (saying.class, saying.rank),
            None if words.is_empty() => (nobody_class, nobody_rank),
            None => ("", 2),
        };
        Self {
            member: person.member.clone(),
            name: person.name.clone(),
            buttons: SAYINGS.iter().map(|saying| Button { saying, on: has(saying) }).collect(),
            class,
            state: if words.is_empty() { nobody.to_owned() } else { words.join(", ") },
            when: noted.at.filter(|_| !words.is_empty()).map(day).unwrap_or_default(),
            workplace: noted.workplace.clone().unwrap_or_default(),
            history: noted.history.clone(),
            rank,
        }
    }

    /// Whether nobody has spoken to them.
    pub(super) fn is_open(&self) -> bool {
        self.rank == NOBODY.2
    }

    fn has(&self, word: &str) -> bool {
        self.buttons.iter().any(|button| button.on && button.saying.word == word)
    }
}

/// The lines of a branch's page, those who wait for something first.
pub(super) fn lines(branch: &Branch, people: &ByBranch, noted: &BTreeMap<String, Noted>) -> Vec<Line> {
    let nothing = Noted::default();
    let own = people.get(&(branch.unit.clone(), branch.workplace.clone())).map(Vec::as_slice).unwrap_or_default();
    let mut lines: Vec<Line> = own.iter().map(|person| Line::of(person, noted.get(&person.member).unwrap_or(&nothing))).collect();
    lines.sort_by(|one, other| (one.rank, &one.name, &one.member).cmp(&(other.rank, &other.name, &other.member)));
    lines
}

/// How many of a branch's members stand where.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) members: usize,
    pub(super) spoken_to: usize,
    pub(super) says_voted: usize,
    counts: Vec<(&'static str, usize)>,
}

impl Totals {
    pub(super) fn of(lines: &[Line]) -> Self {
        let count = |word: &str| lines.iter().filter(|line| line.has(word)).count();
        Self {
            members: lines.len(),
            spoken_to: lines.iter().filter(|line| !line.is_open()).count(),
            says_voted: count("voted"),
            counts: SAYINGS.iter().map(|saying| (saying.short, count(saying.word))).collect(),
        }
    }

    /// In one sentence.
    pub(super) fn words(&self) -> String {
        let mut text = format!("{} of {} spoken to", self.spoken_to, self.members);
        for (short, count) in self.counts.iter().filter(|(_, count)| *count > 0) {
            text.push_str(&format!("; {count} {short}"));
        }
        text + "."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(noted_at: i64, bytes: Vec<u8>) -> Contact {
        Contact { noted_at, bytes: bytes.into() }
    }

    fn note(id: &str, said: &str, on: bool, age_seconds: u64) -> NewNote {
        NewNote { id: id.to_owned(), member: "M1".to_owned(), said: said.to_owned(), on, text: String::new(), age_seconds }
    }

    #[test]
    fn a_late_note_stands_where_it_was_said_and_overwrites_nothing() {
        // Taken back at 1,000 on one phone; a note of 400 comes from another at 5,000.
        let late = note("phone-two-1", "voted", true, 4_600);
        let rows = [kept(1_000, note("phone-one-1", "voted", false, 0).row(1_000)), kept(5_000, late.row(late.said_at(5_000, None)))];
        let noted = noted(&Note::all(&rows));
        let one = &noted["M1"];
        assert!(one.said.is_empty(), "what was said later stands: {:?}", one.said);
        assert_eq!(one.history.len(), 2, "{:?}", one.history);
        assert!(one.history[0].contains(":06: noted") && one.history[0].contains("sent 1 January"), "{:?}", one.history);
    }

    #[test]
    fn notes_of_one_phone_keep_their_order_whatever_the_network_does() {
        // Said at 998 and on its way for 4 seconds; the next, of 999, came at once.
        let undone = note("phone-one-2", "voted", false, 1);
        assert_eq!(undone.said_at(1_003, Some(1_002)), 1_002);
        assert_eq!(undone.said_at(1_003, Some(9_000)), 1_003, "never after it came");
        assert_eq!(phone("phone-one-2"), "phone-one");
    }

    #[test]
    fn a_note_sent_twice_is_one_and_a_phone_ahead_of_time_cannot_win_for_ever() {
        let twice = || kept(2_000, note("phone-one-1", "got", true, 0).row(2_000));
        let notes = Note::all(&[twice(), twice()]);
        assert_eq!(notes.len(), 1);
        let ahead = kept(10, br#"{"id":"aaaaaaaa","member":"M1","said":"got","on":true,"at":999999}"#.to_vec());
        assert_eq!(Note::all(&[ahead])[0].said_at, 10);
    }

    #[test]
    fn a_request_is_open_until_it_is_taken_back_or_dealt_with() {
        let asked = kept(100, note("phone-one-1", "paper", true, 0).row(100));
        let done = kept(200, dealt_with("M1", "paper"));
        let open = |rows: &[Contact]| noted(&Note::all(rows))["M1"].open_requests().len();
        assert_eq!(open(&[kept(100, asked.bytes.to_vec())]), 1);
        assert_eq!(open(&[kept(100, asked.bytes.to_vec()), kept(200, done.bytes.to_vec())]), 0);
        let again = note("phone-one-2", "paper", true, 0).row(300);
        assert_eq!(open(&[asked, done, kept(300, again)]), 1, "asked again");
    }

    #[test]
    fn what_no_button_says_is_refused() {
        let members = BTreeSet::from(["M1"]);
        assert_eq!(note("phone-one-1", "got", true, 0).fault(&members), None);
        assert!(note("short", "got", true, 0).fault(&members).is_some());
        assert!(note("phone-one-1", "yes", true, 0).fault(&members).is_some());
        assert!(note("phone-one-1", "got", true, 0).fault(&BTreeSet::new()).is_some());
        let workplace = |text: &str| NewNote { text: text.to_owned(), ..note("phone-one-1", WORKPLACE, true, 0) };
        assert_eq!(workplace("Ward 7").fault(&members), None);
        for wrong in ["", " Ward 7", "Ward\n7", &"x".repeat(101)] {
            assert!(workplace(wrong).fault(&members).is_some(), "{wrong:?}");
        }
    }
}
