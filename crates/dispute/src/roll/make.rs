//! Invented members and employers, labelled as such, with faults put in on purpose and a list of them: what a check must find, all of
//! it and nothing else. Spec R10.

use std::collections::{BTreeMap, BTreeSet};

use dated::Date;

use super::freeze::csv_line;
use super::intake::MAX_ROWS;

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// How many rows.
    pub members: u32,
    /// How many employers.
    pub employers: u32,
    /// The same seed gives the same people.
    pub seed: u64,
}

/// A balloting unit whose members are invented without a fault.
#[derive(Clone, Debug)]
pub struct UnitRecipe {
    /// Its id, which the roll keeps as it is: small letters, digits and hyphens.
    pub id: String,
    /// Its name, which is also that of its only employer.
    pub name: String,
    /// How many members.
    pub members: u64,
    /// Whether it gives important public services, if anybody asked.
    pub important_public_service: Option<bool>,
}

/// A fault that was put in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seeded {
    /// Its kind.
    pub code: &'static str,
    /// The rows concerned, by line of the members file.
    pub lines: Vec<u32>,
}

/// An invented membership.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it was made from: goes wherever a figure of it goes.
    pub label: String,
    /// The members file.
    pub members: String,
    /// The employers file.
    pub employers: String,
    /// Every fault in the members file, by kind and row.
    pub seeded: Vec<Seeded>,
}

impl Made {
    /// The list of faults as CSV.
    pub fn answers(&self) -> String {
        let mut text = format!("# synthetic: {}\ncode,lines\n", self.label);
        for one in &self.seeded {
            let lines: Vec<String> = one.lines.iter().map(u32::to_string).collect();
            text.push_str(&format!("{},{}\n", one.code, lines.join(" ")));
        }
        text
    }

    /// Faults by kind.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        for one in &self.seeded {
            *counts.entry(one.code).or_default() += 1;
        }
        counts
    }
}

const COLUMNS: [&str; 21] = [
    "Membership number",
    "Title",
    "Forename",
    "Surname",
    "Address line 1",
    "Address line 2",
    "Town",
    "Postcode",
    "Email",
    "Mobile",
    "Employer",
    "Workplace",
    "Unit",
    "Job title",
    "Status",
    "Date joined",
    "Language",
    "Preference",
    "Date of birth",
    "Eligible",
    "Synthetic",
];

const NUMBER: usize = 0;
const FORENAME: usize = 2;
const SURNAME: usize = 3;
const STREET: usize = 4;
const TOWN: usize = 6;
const POSTCODE: usize = 7;
const EMAIL: usize = 8;
const PHONE: usize = 9;
const EMPLOYER: usize = 10;
const WORKPLACE: usize = 11;
const UNIT: usize = 12;
const STATUS: usize = 14;
const JOINED: usize = 15;
const LANGUAGE: usize = 16;
const WISH: usize = 17;
const BORN: usize = 18;
const ELIGIBLE: usize = 19;

const FORENAMES: [&str; 24] = [
    "Aled", "Amina", "Bethan", "Carol", "Dafydd", "Dee", "Eilidh", "Femi", "Gwen", "Hamza", "Ines", "Jack", "Kit", "Lowri", "Mei", "Nadia",
    "Owen", "Priya", "Rhys", "Sasha", "Tomos", "Una", "Wil", "Zofia",
];
const SURNAMES: [&str; 24] = [
    "Abara",
    "Bevan",
    "Clarke",
    "Davies",
    "Ellis",
    "Fraser",
    "Griffiths",
    "Hughes",
    "Idris",
    "Jones",
    "Khan",
    "Lewis",
    "Morgan",
    "Nowak",
    "O’Brien",
    "Patel",
    "Quinn",
    "Rees",
    "Singh",
    "Thomas",
    "Usman",
    "Vaughan",
    "Williams",
    "Young",
];
const JOBS: [&str; 6] = ["Nurse", "Porter", "Clerk", "Radiographer", "Cleaner", "Paramedic"];
const TOWNS: [&str; 5] = ["Anytown", "Otherham", "Sampleford", "Mockbury", "Trialton"];

/// The years in one of which a member joined.
const YEARS: i16 = 35;

/// Workplaces of an employer.
const SITES: usize = 4;

/// The fewest members in whom every kind of fault has room.
const FEWEST: u32 = 200;

/// A generator for invented people only; never for anything secret.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

/// Makes members, employers and the list of faults.
///
/// # Errors
/// A sentence, where the numbers cannot be made.
pub fn make(recipe: Recipe) -> Result<Made, String> {
    let Recipe { members, employers, seed } = recipe;
    if !(FEWEST..=2_000_000).contains(&members) {
        return Err(format!("from {FEWEST} to 2,000,000 members can be made"));
    }
    if !(2..=5_000).contains(&employers) || employers > members / 20 {
        return Err("from 2 to 5,000 employers can be made, and no more than a twentieth of the members".to_owned());
    }
    // Without commas: it is written into the first cell of a file.
    let label =
        format!("invented members: {members} at {employers} employers made with seed {seed}; no person or address or employer is real");
    let mut dice = Dice(seed);
    // Employer 4, 8, … has two units.
    let has_two = |employer: usize| employer.is_multiple_of(4);
    let name = |employer: usize| format!("Employer {employer:04}");
    let mut employers_file = format!("# synthetic: {label}\nemployer,name,workplace,unit,important_public_service,work_domains,address\n");
    for employer in 1..=employers as usize {
        for site in 1..=SITES {
            let unit = if !has_two(employer) {
                name(employer)
            } else if site <= 2 {
                format!("{} North", name(employer))
            } else {
                format!("{} South", name(employer))
            };
            let workplace = format!("Site {employer:04}-{site}");
            let service = if employer.is_multiple_of(3) { "yes" } else { "no" };
            let address = "Head Office; 1 Invented Way; Anytown; ZZ1 1ZZ";
            employers_file.push_str(&csv_line(&[
                &format!("E{employer:04}"),
                &name(employer),
                &workplace,
                &unit,
                service,
                &format!("e{employer:04}.example"),
                address,
            ]));
            employers_file.push('\n');
        }
    }
    let mut rows: Vec<[String; COLUMNS.len()]> = Vec::with_capacity(members as usize);
    for at in 0..members as usize {
        // The first employers are large and the last ones small; nobody is without.
        let employer = if at < employers as usize * 2 {
            at % employers as usize
        } else {
            dice.below(employers as usize).min(dice.below(employers as usize))
        } + 1;
        let site = dice.below(SITES) + 1;
        let workplace = format!("Site {employer:04}-{site}");
        rows.push(person(&mut dice, at, 1990, format!("E{employer:04}"), workplace));
    }
    let mut seeds = Seeds { rows, used: BTreeSet::new(), dice, seeded: Vec::new() };
    for _ in 0..(members / 20_000).max(1) {
        seeds.every_kind(&has_two);
    }
    let Seeds { rows, mut seeded, .. } = seeds;
    seeded.sort();
    let mut file = format!("# synthetic: {label}\n{}\n", COLUMNS.join(","));
    for row in &rows {
        file.push_str(&csv_line(&row.each_ref().map(String::as_str)));
        file.push('\n');
    }
    Ok(Made { label, members: file, employers: employers_file, seeded })
}

/// Makes members of these units, each with one employer and four workplaces, and not a single fault: all joined before that day.
///
/// # Errors
/// A sentence, where the numbers cannot be made.
pub fn make_units(units: &[UnitRecipe], on: Date, seed: u64) -> Result<Made, String> {
    let members: u64 = units.iter().map(|unit| unit.members).sum();
    if members > MAX_ROWS {
        return Err(format!("a membership file has at most {} members", pay::grouped(MAX_ROWS)));
    }
    let label = format!("invented members: {members} in {} units made with seed {seed}; no person or address is real", units.len());
    let mut dice = Dice(seed);
    let mut employers_file = format!("# synthetic: {label}\nemployer,name,workplace,unit,important_public_service,work_domains,address\n");
    let mut file = format!("# synthetic: {label}\n{}\n", COLUMNS.join(","));
    let first_year = on.year() - YEARS - 1;
    let mut at = 0;
    for unit in units {
        let service = unit.important_public_service.map_or("", |is_one| if is_one { "yes" } else { "no" });
        let workplace = |site: usize| format!("{} site {site}", unit.id);
        for site in 1..=SITES {
            let domain = format!("{}.example", unit.id);
            let address = "Head Office; 1 Invented Way; Anytown; ZZ1 1ZZ";
            employers_file.push_str(&csv_line(&[&unit.id, &unit.name, &workplace(site), &unit.id, service, &domain, address]));
            employers_file.push('\n');
        }
        for _ in 0..unit.members {
            let site = dice.below(SITES) + 1;
            let row = person(&mut dice, at, first_year, unit.id.clone(), workplace(site));
            file.push_str(&csv_line(&row.each_ref().map(String::as_str)));
            file.push('\n');
            at += 1;
        }
    }
    Ok(Made { label, members: file, employers: employers_file, seeded: Vec::new() })
}

/// The invented member of that number, who joined in one of the years from `first_year` on: address, mail and telephone are nobody else's.
fn person(dice: &mut Dice, at: usize, first_year: i16, employer: String, workplace: String) -> [String; COLUMNS.len()] {
    let (forename, surname) = (dice.pick(&FORENAMES), dice.pick(&SURNAMES));
    let letters = b"ABDEFGHJLNPQRSTUWXYZ";
    let letter = |number: usize| char::from(letters[number % letters.len()]);
    [
        format!("M{:07}", 1_000_000 + at),
        dice.pick(&["Ms", "Mr", "Mx", "Dr", ""]).to_owned(),
        forename.to_owned(),
        surname.to_owned(),
        format!("{} Mock Street", at / 2_000 + 1),
        String::new(),
        dice.pick(&TOWNS).to_owned(),
        // No area ZZ exists; 2,000 different ones.
        format!("ZZ{} {}{}{}", at % 5 + 1, at / 5 % 10, letter(at / 50), letter(at / 1_000 + at / 50 / 20)),
        format!("m{at}@mail.example"),
        // The numbers that Ofcom keeps for drama are too few for all; these begin with 070, which is no mobile.
        format!("070{at:08}"),
        employer,
        workplace,
        String::new(),
        dice.pick(&JOBS).to_owned(),
        "member".to_owned(),
        day_from(dice, first_year, YEARS),
        if dice.below(20) == 0 { "cy" } else { "en" }.to_owned(),
        dice.pick(&["post", "email", ""]).to_owned(),
        day_from(dice, first_year - 40, 50),
        String::new(),
        "yes".to_owned(),
    ]
}

/// A day in one of so many years.
fn day_from(dice: &mut Dice, first_year: i16, years: i16) -> String {
    let year = first_year + i16::try_from(dice.below(years.unsigned_abs().into())).unwrap_or_default();
    format!("{year}-{:02}-{:02}", dice.below(12) + 1, dice.below(28) + 1)
}

struct Seeds {
    rows: Vec<[String; COLUMNS.len()]>,
    used: BTreeSet<usize>,
    dice: Dice,
    seeded: Vec<Seeded>,
}

impl Seeds {
    /// A row without a fault so far.
    fn fresh(&mut self, fits: &dyn Fn(&[String; COLUMNS.len()]) -> bool) -> usize {
        let start = self.dice.below(self.rows.len());
        let round = (start..self.rows.len()).chain(0..start);
        let found = round.into_iter().find(|at| !self.used.contains(at) && fits(&self.rows[*at])).unwrap_or(start);
        self.used.insert(found);
        found
    }

    fn several(&mut self, count: usize) -> Vec<usize> {
        (0..count).map(|_| self.fresh(&|_| true)).collect()
    }

    fn note(&mut self, code: &'static str, rows: &[usize]) {
        // One comment, one header.
        let mut lines: Vec<u32> = rows.iter().map(|row| *row as u32 + 3).collect();
        lines.sort_unstable();
        self.seeded.push(Seeded { code, lines });
    }

    fn set(&mut self, code: &'static str, column: usize, value: &str) {
        let at = self.fresh(&|_| true);
        self.rows[at][column] = value.to_owned();
        self.note(code, &[at]);
    }

    fn same(&mut self, code: &'static str, count: usize, columns: &[usize]) -> Vec<usize> {
        let rows = self.several(count);
        for at in &rows[1..] {
            for column in columns {
                self.rows[*at][*column] = self.rows[rows[0]][*column].clone();
            }
        }
        self.note(code, &rows);
        rows
    }

    /// One fault of each kind that a row can have.
    fn every_kind(&mut self, has_two: &dyn Fn(usize) -> bool) {
        for (code, column, value) in [
            ("missing-number", NUMBER, ""),
            ("bad-number", NUMBER, "12 34"),
            ("formula", SURNAME, "=HYPERLINK(\"https://example.invalid\")"),
            ("formula-error", SURNAME, "#REF!"),
            ("control-character", SURNAME, "Jo\u{7}nes"),
            ("direction-mark", SURNAME, "sen\u{202e}oJ"),
            ("unknown-status", STATUS, "perhaps"),
            ("not-a-date", JOINED, "2019-02-30"),
            ("left", STATUS, "retired"),
            ("lapsed", STATUS, "in arrears"),
            ("unknown-employer", EMPLOYER, "Nobody Ltd"),
            ("unknown-workplace", WORKPLACE, "Nowhere"),
            ("bad-postcode", POSTCODE, "Z1"),
            ("bad-email", EMAIL, "jo@@mail.example"),
            ("bad-phone", PHONE, "ask her"),
            ("unknown-language", LANGUAGE, "fr"),
            ("unknown-channel", WISH, "pigeon"),
        ] {
            // A wish for e-mail without a usable address would be a second fault.
            self.set(code, column, value);
            let at = self.last();
            self.rows[at][WISH] = if column == WISH { value.to_owned() } else { String::new() };
        }
        let long = "x".repeat(400);
        self.set("too-long", SURNAME, &long);
        self.set("not-yes-or-no", ELIGIBLE, "maybe");
        self.set("status-contradicts", ELIGIBLE, "yes");
        let at = self.last();
        self.rows[at][STATUS] = "lapsed".to_owned();
        let at = self.fresh(&|row| has_two(employer_of(row)) && row[WORKPLACE].ends_with("-1"));
        self.rows[at][UNIT] = format!("Employer {:04} South", employer_of(&self.rows[at]));
        self.note("wrong-unit", &[at]);
        let at = self.fresh(&|row| has_two(employer_of(row)));
        self.rows[at][WORKPLACE] = String::new();
        self.note("no-unit", &[at]);
        let at = self.fresh(&|row| !has_two(employer_of(row)));
        self.rows[at][WORKPLACE] = String::new();
        self.note("no-workplace", &[at]);
        let at = self.fresh(&|_| true);
        (self.rows[at][FORENAME], self.rows[at][SURNAME]) = (String::new(), String::new());
        self.note("no-name", &[at]);
        let at = self.fresh(&|_| true);
        for column in [STREET, TOWN, POSTCODE, EMAIL, PHONE, WISH] {
            self.rows[at][column] = String::new();
        }
        self.note("no-channel", &[at]);
        let at = self.fresh(&|_| true);
        for column in [STREET, TOWN, POSTCODE, WISH] {
            self.rows[at][column] = String::new();
        }
        self.note("no-address", &[at]);
        let at = self.fresh(&|_| true);
        self.rows[at][EMAIL] = format!("jo{at}@mail.e{:04}.example", employer_of(&self.rows[at]));
        self.note("work-email-only", &[at]);
        let at = self.fresh(&|_| true);
        (self.rows[at][EMAIL], self.rows[at][WISH]) = (String::new(), "email".to_owned());
        self.note("channel-missing", &[at]);
        self.same("duplicate-number", 2, &[NUMBER]);
        self.same("clone", 2, &[FORENAME, SURNAME, STREET, TOWN, POSTCODE, BORN]);
        let rows = self.same("look-alike", 2, &[FORENAME, SURNAME, STREET, TOWN, POSTCODE]);
        self.rows[rows[1]][BORN] = String::new();
        let rows = self.same("same-email", 3, &[EMAIL]);
        // Upper case and a tag behind a plus are the same mailbox.
        self.rows[rows[1]][EMAIL] = self.rows[rows[0]][EMAIL].to_uppercase();
        self.rows[rows[2]][EMAIL] = self.rows[rows[0]][EMAIL].replace('@', "+ballot@");
        self.same("same-phone", 2, &[PHONE]);
        let rows = self.same("many-at-one-address", 6, &[STREET, TOWN, POSTCODE]);
        for (number, at) in rows.iter().enumerate() {
            // Six people, not one six times.
            self.rows[*at][FORENAME] = FORENAMES[number].to_owned();
        }
    }

    fn last(&self) -> usize {
        self.seeded.last().and_then(|seeded| seeded.lines.first()).map_or(0, |line| *line as usize - 3)
    }
}

fn employer_of(row: &[String; COLUMNS.len()]) -> usize {
    row[EMPLOYER].trim_start_matches('E').parse().unwrap_or(0)
}
