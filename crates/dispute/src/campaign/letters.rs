//! One letter of each member to the member of Parliament who sits on that day.

use dated::{Date, Faults, Language, Place, long_date};
use pay::Pence;

use super::figures::Figures;
use super::plan::{CampaignPlan, LetterPlan};
use super::postcode::Postcode;
use super::postcodes::Postcodes;
use super::safe_text::shown;
use super::sameness::{Meter, Sameness};
use super::seats::{SeatId, Seats};
use super::sites::Sites;
use super::template::{Filled, Placed, Template};
use super::writers::{Writer, Writers};
use crate::folder::Dispute;

/// A letter, ready to be set.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The union's mark of the member.
    pub member: String,
    /// Who signs.
    pub name: String,
    /// The writer's address, a line each, with the postcode last.
    pub address: Vec<String>,
    /// The home postcode, where the row has one: without it nothing shows that the writer is a constituent.
    pub postcode: Option<Postcode>,
    /// Id of the branch.
    pub branch: String,
    /// The constituency.
    pub seat: SeatId,
    /// Its name.
    pub constituency: String,
    /// The member of Parliament.
    pub mp: String,
    /// What must be said beside that name: as elected, or by which source.
    pub mp_note: String,
    /// The date.
    pub on: Date,
    /// What is said, paragraph by paragraph, from the salutation to the name.
    pub paragraphs: Vec<String>,
    /// What the member goes without.
    pub loss: Pence,
    /// How much of the own words is copied.
    pub sameness: Sameness,
    /// How many own words there are.
    pub own_words: usize,
    /// Whether so much is copied that the letter is held back.
    pub too_alike: bool,
    /// The member of the other letter that has the longest copied passage.
    pub alike_with: Option<String>,
    /// Where the member's row stands.
    pub place: Place,
}

/// All letters, in the order of the file.
#[derive(Clone, Debug)]
pub struct Letters {
    /// The day they are dated.
    pub on: Date,
    /// The letters.
    pub letters: Vec<Letter>,
    /// From which share of copied runs a letter is held back, in percent.
    pub too_alike_percent: u32,
}

/// Where members of Parliament and writers are looked up.
#[derive(Clone, Copy, Debug)]
pub struct Places<'p> {
    /// Constituencies.
    pub seats: &'p Seats,
    /// Postcodes; empty when no file is given.
    pub postcodes: &'p Postcodes,
    /// Sites; empty when no file is given.
    pub sites: &'p Sites,
}

/// Spec K3 to K7: writes every letter, and reports every row that gives none. The letters are only to be printed when
/// there is no fault, and those held back not before they are the member's own.
pub fn letters(
    dispute: &Dispute,
    plan: &CampaignPlan,
    places: Places<'_>,
    writers: &Writers,
    on: Date,
    too_alike_percent: Option<u32>,
    faults: &Faults,
) -> Letters {
    let mut all = Letters { on, letters: Vec::new(), too_alike_percent: 0 };
    let Some((letter, mut figures)) = plan.letter.as_ref().and_then(|letter| Some((letter, Figures::new(dispute, &letter.pair)?))) else {
        return all;
    };
    all.too_alike_percent = too_alike_percent.unwrap_or(letter.too_alike_percent);
    let mut meter = Meter::new();
    letter.template_texts().for_each(|text| meter.add_template(text));
    let citation = figures.citation();
    meter.add_template(&citation);
    let mut numbers = Vec::new();
    for writer in &writers.0 {
        let short = figures.of(writer, faults);
        let seat = seat_of(writer, places, on, faults);
        let own = own_words(writer, letter, &mut meter, faults);
        if writer.address.is_empty() {
            faults.error(
                "address-missing",
                &writer.place,
                "the row has no address: a member of Parliament answers constituents, and must see that this is one",
                "fill in the column address, its lines parted by semicolons",
            );
        }
        let seat = seat.and_then(|seat| match places.seats.member_on(seat, on) {
            Ok(sitting) => Some((seat, sitting)),
            Err(why) => {
                faults.error(why.code(), &writer.place, why.to_string(), why.fix());
                None
            }
        });
        let (Some(short), Some((seat, sitting)), Some((number, words))) = (short, seat, own) else { continue };
        let mp = sitting.name.clone().unwrap_or_default();
        let constituency = places.seats.seat(seat).name.clone();
        let mut filled = figures.filled(writer, plan.branch_name(&writer.branch), &short, Language::English);
        filled.0.push(("mp", mp.as_str().into()));
        filled.0.push(("constituency", constituency.as_str().into()));
        let Some(paragraphs) = paragraphs(letter, &filled, words, &citation, figures.basis(writer, &short).words(), faults) else {
            continue;
        };
        let mut address = writer.address.clone();
        let postcode = writer.postcode.map(|postcode| postcode.to_string());
        // Once, however often it was typed.
        let has_it = |postcode: &String| {
            address.last().is_some_and(|line| line.to_uppercase().replace(' ', "").ends_with(&postcode.replace(' ', "")))
        };
        if let Some(postcode) = postcode.filter(|postcode| !has_it(postcode)) {
            address.push(postcode);
        }
        numbers.push(number);
        all.letters.push(Letter {
            member: writer.member.clone(),
            name: writer.name.clone(),
            address,
            postcode: writer.postcode,
            branch: writer.branch.clone(),
            seat,
            constituency: constituency.clone(),
            mp: mp.clone(),
            mp_note: sitting.note.clone(),
            on,
            paragraphs,
            loss: short.by_months(),
            sameness: Sameness::default(),
            own_words: meter.word_count(number),
            too_alike: false,
            alike_with: None,
            place: writer.place.clone(),
        });
    }
    // A letter that is not written was added to the meter all the same: what two members share is no less shared for it.
    let by_number: std::collections::HashMap<u32, String> =
        numbers.iter().zip(&all.letters).map(|(number, letter)| (*number, letter.member.clone())).collect();
    let Some(compared) = meter.compare() else {
        let what = "more than a million different words stand in two letters: they cannot be compared".to_owned();
        let place = writers.0.first().map_or_else(|| Place::new("members", 1), |writer| Place::new(&writer.place.file, 1));
        faults.error("too-many-words", &place, what, "write to fewer members of Parliament at a time: part the file");
        return all;
    };
    for (letter, number) in all.letters.iter_mut().zip(&numbers) {
        letter.sameness = compared.judge(*number);
        letter.too_alike = letter.sameness.reaches(all.too_alike_percent);
        letter.alike_with = letter.sameness.longest.and_then(|passage| by_number.get(&passage.other?).cloned());
    }
    all
}

/// Spec K3: the constituency that is named, else that of the home postcode, else that of the site.
fn seat_of(writer: &Writer, places: Places<'_>, on: Date, faults: &Faults) -> Option<SeatId> {
    let place = &writer.place;
    let named = match &writer.constituency {
        None => None,
        Some(name) => match places.seats.find(name) {
            Some(seat) => Some(seat),
            None => {
                places.seats.say_unknown(name, place, faults);
                return None;
            }
        },
    };
    let by_postcode = writer.postcode.and_then(|postcode| places.postcodes.on(postcode, on));
    match (named, by_postcode, writer.postcode, &writer.site) {
        (Some(named), Some(found), Some(postcode), _) if named != found => {
            let (named, found) = (&places.seats.seat(named).name, &places.seats.seat(found).name);
            faults.error(
                "constituency-and-postcode",
                place,
                format!("the row says {named}, but {postcode} is in {found} on {on}"),
                "correct one of the two, or leave the constituency empty",
            );
            None
        }
        (Some(seat), ..) | (None, Some(seat), ..) => Some(seat),
        (None, None, Some(postcode), _) => {
            let fix = if places.postcodes.is_empty() {
                "give a file of postcodes with --postcodes, or fill in the column constituency"
            } else {
                "add it to the file of postcodes, or fill in the column constituency"
            };
            faults.error("postcode-not-known", place, format!("in which constituency {postcode} is on {on} is not known"), fix);
            None
        }
        (None, None, None, Some(site)) => match places.sites.seat_on(site, on, places.postcodes, places.seats) {
            Ok(seat) => Some(seat),
            Err((what, fix)) => {
                faults.error("site-not-known", place, what, fix);
                None
            }
        },
        (None, None, None, None) => {
            faults.error(
                "no-constituency",
                place,
                "the row has neither a constituency nor a postcode nor a site",
                "fill in one: it decides whom the member writes to",
            );
            None
        }
    }
}

/// The member's own words, with their number in the meter.
fn own_words<'w>(writer: &'w Writer, letter: &LetterPlan, meter: &mut Meter, faults: &Faults) -> Option<(u32, &'w str)> {
    let least = letter.least_own_words as usize;
    let Some(words) = writer.words.as_deref() else {
        faults.error(
            "no-own-words",
            &writer.place,
            format!("{} has written nothing: a letter without own words is a copy", shown(&writer.member)),
            format!("ask for at least {least} words of their own, or send a postcard"),
        );
        return None;
    };
    let number = meter.add_letter(words);
    let count = meter.word_count(number);
    let (most, member) = (letter.most_own_words as usize, shown(&writer.member));
    if count < least {
        let fix = format!("ask for at least {least}; `least_own_words` in campaign.toml changes that");
        faults.error("too-few-own-words", &writer.place, format!("{member} has written {count} words"), fix);
        return None;
    }
    if count > most {
        let fix = format!("a page has room for {most}; `most_own_words` in campaign.toml changes that");
        faults.error("too-many-own-words", &writer.place, format!("{member} has written {count} words"), fix);
        return None;
    }
    Some((number, words))
}

fn paragraphs(letter: &LetterPlan, filled: &Filled<'_>, own: &str, citation: &str, basis: String, faults: &Faults) -> Option<Vec<String>> {
    let fill = |template: &Placed<Template>| fill(template, filled, faults);
    let mp = filled.0.iter().find(|(name, _)| *name == "mp").map(|(_, mp)| mp.as_ref()).unwrap_or_default();
    let name = filled.0.iter().find(|(name, _)| *name == "name").map(|(_, name)| name.as_ref()).unwrap_or_default();
    let mut list = vec![format!("Dear {mp},")];
    if let Some(opening) = &letter.opening {
        list.push(fill(opening)?);
    }
    list.extend(own.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(str::to_owned));
    list.push(fill(&letter.figure)?);
    list.push(format!("{} {citation}", fill(&letter.ask)?));
    if let Some(closing) = &letter.closing {
        list.push(fill(closing)?);
    }
    list.push("Yours sincerely,".to_owned());
    list.push(name.to_owned());
    list.push(basis);
    Some(list)
}

/// Fills a template; a place that has nothing to stand in it is a fault of the file, said once for the file.
pub(crate) fn fill(template: &Placed<Template>, filled: &Filled<'_>, faults: &Faults) -> Option<String> {
    let why = |name| {
        let what = format!("{{{name}}} stands in the text, and there is nothing of that kind for a member");
        faults.error("nothing-to-fill-in", &template.place, what, "use {loss}, or an offer that is staged");
    };
    template.value.fill(filled).map_err(why).ok()
}

impl Letter {
    /// The whole letter as plain text.
    pub fn text(&self) -> String {
        let to = format!("{}\n{}", self.mp, COMMONS.join("\n"));
        format!("{}\n{}\n\n{}\n\n{to}\n\n{}\n", self.name, self.address.join("\n"), long_date(self.on), self.paragraphs.join("\n\n"))
    }
}

/// Where members of Parliament get their letters.
pub const COMMONS: [&str; 3] = ["House of Commons", "London", "SW1A 0AA"];
