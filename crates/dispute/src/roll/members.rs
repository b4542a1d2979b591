//! A membership file as it is stored: one person a row, every cell understood or the row refused with all its faults.

use std::io::Cursor;

use dated::{Date, Place};
use sheet::{Cell, ColumnUse, Input, Mapping, Row, Trouble, Words, short};

use super::cells::{self, Channel, Standing};
use super::columns::{Columns, FIELDS, Field};
use super::finding::{Finding, finding};
use super::intake::{Intake, Needed, RowCounts};
use crate::campaign::Language;

/// How a membership file is to be read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The file as its user named it.
    pub file: String,
    /// Columns by their name in the file; `None` leaves the column unread.
    pub mapping: Mapping<Field>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The unit of everybody, where the file has neither unit nor employer.
    pub unit: Option<String>,
}

/// The texts that are kept of one person, in this order in one piece of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    Number,
    Title,
    Name,
    Address,
    Postcode,
    Email,
    Phone,
    Employer,
    Workplace,
    Unit,
    Grade,
}

const TEXTS: usize = 11;

/// One person of a membership file.
#[derive(Clone, Debug)]
pub struct Member {
    texts: Box<str>,
    ends: [u16; TEXTS],
    /// Standing in the union's own list.
    pub standing: Standing,
    /// Since when a member.
    pub joined: Option<Date>,
    /// Until when.
    pub left: Option<Date>,
    /// To tell people apart.
    pub born: Option<Date>,
    /// What the union says itself about the right to vote.
    pub eligible: Option<bool>,
    /// Of papers and messages.
    pub language: Language,
    /// Large print.
    pub large_print: bool,
    /// How they want to be written to.
    pub channel: Option<Channel>,
    /// Where the row stands.
    pub place: Place,
}

impl Member {
    pub(super) fn text(&self, which: Text) -> &str {
        let start = if which as usize == 0 { 0 } else { self.ends[which as usize - 1] };
        self.texts.get(usize::from(start)..usize::from(self.ends[which as usize])).unwrap_or_default()
    }

    /// The membership number.
    pub fn number(&self) -> &str {
        self.text(Text::Number)
    }

    /// The name, empty where none is known.
    pub fn name(&self) -> &str {
        self.text(Text::Name)
    }

    /// Mr, Dr.
    pub fn title(&self) -> &str {
        self.text(Text::Title)
    }

    /// The address, a line each, without the postcode.
    pub fn address(&self) -> impl Iterator<Item = &str> {
        self.text(Text::Address).split('\n').filter(|line| !line.is_empty())
    }

    /// The postcode as it is printed; as it was written, where it is none.
    pub fn postcode(&self) -> &str {
        self.text(Text::Postcode)
    }

    /// The e-mail address, empty where there is none that mail could be sent to.
    pub fn email(&self) -> &str {
        self.text(Text::Email)
    }

    /// The telephone number in digits.
    pub fn phone(&self) -> &str {
        self.text(Text::Phone)
    }

    /// The employer as the file names it.
    pub fn employer(&self) -> &str {
        self.text(Text::Employer)
    }

    /// The workplace as the file names it.
    pub fn workplace(&self) -> &str {
        self.text(Text::Workplace)
    }

    /// The unit as the file names it.
    pub fn unit(&self) -> &str {
        self.text(Text::Unit)
    }

    /// Grade or job.
    pub fn grade(&self) -> &str {
        self.text(Text::Grade)
    }

    /// Whether a letter can be sent: somewhere to go, and a postcode or a town.
    pub fn has_address(&self) -> bool {
        !self.text(Text::Address).is_empty() && (cells::postcode(self.postcode()).is_some() || self.address().nth(1).is_some())
    }
}

/// A row that could not be stored.
#[derive(Clone, Debug)]
pub struct RefusedRow {
    /// Its number, where it could be read.
    pub member: String,
    /// Why: the first fault's kind.
    pub code: &'static str,
    /// Where it stands.
    pub place: Place,
}

/// A membership file as it was read.
#[derive(Clone, Debug, Default)]
pub struct MemberList {
    /// The people, in the order of the file.
    pub members: Vec<Member>,
    /// The rows that are not among them.
    pub refused: Vec<RefusedRow>,
    /// How many rows there were of each kind.
    pub rows: RowCounts,
    /// The columns in the order of the file.
    pub columns: Vec<ColumnUse<Field>>,
    /// What was understood in a way that the user should know of.
    pub notes: Vec<String>,
    /// Faults of cells, of rows by themselves, and of the file as a whole.
    pub findings: Vec<Finding>,
    /// What the file says it was made from, if the people are invented.
    pub synthetic: Option<String>,
}

/// Reads a membership file with all faults that one row shows by itself. Spec R1, R2.
pub fn read_members(input: &mut dyn Input, options: &ReadOptions) -> MemberList {
    let mut list = MemberList::default();
    let mut is_marked = false;
    let member =
        Needed { one: Field::Member, or: None, why: "without a number nobody can be told from another, and no change can be traced" };
    let unit = Needed { one: Field::Employer, or: Some(Field::Unit), why: "nothing says in which unit anybody is balloted" };
    let needed = if options.unit.is_some() { vec![member] } else { vec![member, unit] };
    let words = Words { of: "the members", header: "member, and one more" };
    let (members, refused) = (&mut list.members, &mut list.refused);
    let mut take = |columns: &Columns, place: Place, row: &Row, findings: &mut Vec<Finding>| {
        let at = at_of(columns);
        let reader = RowReader { at: &at, columns, row, options };
        match reader.member(place, findings) {
            Ok((member, synthetic)) => {
                is_marked |= synthetic;
                members.push(member);
                true
            }
            Err(why) => {
                refused.push(why);
                false
            }
        }
    };
    let intake = Intake::new(&options.file, &options.mapping, &needed, words, &mut take).read(input, options.sheet.as_deref());
    let Intake { columns, rows, notes, label, findings, file, .. } = intake;
    list.rows = rows;
    list.notes = notes;
    let has = |fields: &[Field]| fields.iter().any(|field| columns.at(*field).is_some());
    list.findings = findings;
    // Rows refused before they were looked into: shifted ones and sums.
    for fault in list.findings.iter().map(|finding| &finding.fault).filter(|fault| matches!(fault.code, "row-length" | "totals-row")) {
        list.refused.push(RefusedRow { member: String::new(), code: fault.code, place: fault.place.clone() });
    }
    if rows.read > 0 {
        if !has(&[Field::Name, Field::Surname, Field::Forenames]) {
            list.notes.push(format!("{file} has no column of names; letters say Dear member"));
        }
        let lost: Vec<&str> = columns.uses.iter().filter(|one| one.personal).map(|one| one.header.as_str()).collect();
        if !lost.is_empty() {
            list.notes.push(format!("not needed for a ballot, so not read: {}", lost.join(", ")));
        }
    }
    list.columns = columns.uses;
    list.synthetic = label.or_else(|| is_marked.then(|| "the rows of the file are marked as invented".to_owned()));
    list
}

/// [`read_members`] of bytes at hand.
pub fn read_members_of(bytes: &[u8], options: &ReadOptions) -> MemberList {
    read_members(&mut Cursor::new(bytes), options)
}

fn at_of(columns: &Columns) -> [Option<usize>; FIELDS] {
    let mut at = [None; FIELDS];
    for (number, column) in columns.uses.iter().enumerate() {
        if let Some(field) = column.meaning {
            at[field as usize].get_or_insert(number);
        }
    }
    at
}

struct RowReader<'r> {
    at: &'r [Option<usize>; FIELDS],
    columns: &'r Columns,
    row: &'r Row,
    options: &'r ReadOptions,
}

impl<'r> RowReader<'r> {
    fn raw(&self, field: Field) -> &'r [u8] {
        self.at[field as usize].and_then(|at| self.row.get(at)).unwrap_or_default()
    }

    /// One line of text, safe to be printed, shown and opened in a spreadsheet.
    fn line(&self, field: Field) -> Cell<&'r str> {
        safe(sheet::text(self.raw(field))?, field)
    }

    fn member(&self, place: Place, findings: &mut Vec<Finding>) -> Result<(Member, bool), RefusedRow> {
        let mut troubles: Vec<(Field, Trouble)> = Vec::new();
        macro_rules! cell {
            ($field:expr, $value:expr) => {
                match $value {
                    Ok(value) => value,
                    Err(trouble) => {
                        troubles.push(($field, trouble));
                        Default::default()
                    }
                }
            };
        }
        macro_rules! line {
            ($field:ident) => {
                cell!(Field::$field, self.line(Field::$field))
            };
        }
        let number = cell!(Field::Member, self.line(Field::Member).and_then(cells::number));
        if number.is_empty() && troubles.is_empty() {
            troubles.push((
                Field::Member,
                Trouble::new(
                    "missing-number",
                    "this row has no membership number",
                    "fill it in from the membership system, or remove the row; without it no change can be traced",
                ),
            ));
        }
        let mut name = cells::or_nothing(line!(Name)).to_owned();
        let (forenames, surname) = (line!(Forenames), line!(Surname));
        if name.is_empty() {
            name = [forenames, surname].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
        } else if let Some((family, first)) = name.split_once(", ").filter(|(_, first)| !first.contains(',')) {
            name = format!("{} {}", first.trim(), family.trim());
        }
        let address = cell!(Field::Address, self.address(&mut troubles));
        let (postcode_written, email_written, phone_written) =
            (cells::or_nothing(line!(Postcode)), cells::or_nothing(line!(Email)), cells::or_nothing(line!(Phone)));
        let postcode = cells::postcode(postcode_written);
        let email = cells::is_email(email_written).then_some(email_written);
        let phone = cells::phone(phone_written);
        let (title, employer, workplace) = (line!(Title), cells::or_nothing(line!(Employer)), cells::or_nothing(line!(Workplace)));
        let (unit, grade) = (cells::or_nothing(line!(Unit)), cells::or_nothing(line!(Grade)));
        let unit = if unit.is_empty() { self.options.unit.as_deref().unwrap_or_default() } else { unit };
        let standing = cell!(Field::Status, self.line(Field::Status).and_then(Standing::read));
        let joined = cell!(Field::Joined, self.line(Field::Joined).and_then(cells::day));
        let left = cell!(Field::Left, self.line(Field::Left).and_then(cells::day));
        let born = cell!(Field::BirthDate, self.line(Field::BirthDate).and_then(cells::day));
        let eligible = cell!(Field::Eligible, self.line(Field::Eligible).and_then(cells::yes_or_no));
        let large_print: Option<bool> = cell!(Field::LargePrint, self.line(Field::LargePrint).and_then(cells::yes_or_no));
        let (language_written, channel_written) = (line!(Language), line!(Channel));
        let synthetic = line!(Synthetic);
        if !troubles.is_empty() {
            let code = troubles[0].1.code;
            let refused = RefusedRow { member: number.to_owned(), code, place: place.clone() };
            for (field, trouble) in troubles {
                let header = self.header(field);
                let what = format!("column “{}”: {}", short(header), trouble.what);
                findings.push(finding(trouble.code, place.clone(), what, trouble.fix).of(number).in_column(header));
            }
            return Err(refused);
        }
        let mut look = |code: &'static str, field: Field, what: String, fix: &str| {
            let header = self.header(field);
            findings.push(finding(code, place.clone(), format!("column “{}”: {what}", short(header)), fix).of(number).in_column(header));
        };
        if postcode.is_none() && !postcode_written.is_empty() {
            let what = format!("“{}” is no postcode of the United Kingdom", short(postcode_written));
            look("bad-postcode", Field::Postcode, what, "as in CF10 3NQ; of an address abroad put it into the last line of the address");
        }
        if email.is_none() && !email_written.is_empty() {
            let what = format!("“{}” is no e-mail address", short(email_written));
            look("bad-email", Field::Email, what, "one address, as in jo@example.org; it is not used as it is");
        }
        if phone.is_none() && !phone_written.is_empty() {
            let what = format!("“{}” is no telephone number", short(phone_written));
            look("bad-phone", Field::Phone, what, "as in 07700 900123, or +353 85 012 3456; it is not used as it is");
        }
        let language = cells::language(language_written).unwrap_or_else(|| {
            let what = format!("papers are in English or Welsh, not in “{}”", short(language_written));
            look("unknown-language", Field::Language, what, "en or cy; this member gets English");
            Language::English
        });
        let channel = Channel::read(channel_written).unwrap_or_else(|()| {
            let what = format!("“{}” is no way of writing to anybody", short(channel_written));
            look("unknown-channel", Field::Channel, what, "post, email or text; this member counts as without a wish");
            None
        });
        let texts: [&str; TEXTS] = [
            number,
            title,
            &name,
            &address,
            postcode.as_deref().unwrap_or(postcode_written),
            email.unwrap_or_default(),
            phone.as_deref().unwrap_or_default(),
            employer,
            workplace,
            unit,
            grade,
        ];
        let mut ends = [0; TEXTS];
        let mut end = 0;
        for (at, text) in texts.iter().enumerate() {
            // Every text is limited to a few hundred bytes.
            end += text.len();
            ends[at] = end as u16;
        }
        let texts: Box<str> = texts.concat().into();
        let member = Member {
            texts,
            ends,
            standing,
            joined,
            left,
            born,
            eligible,
            language,
            large_print: large_print.unwrap_or(false),
            channel,
            place,
        };
        Ok((member, !matches!(synthetic.to_ascii_lowercase().as_str(), "" | "no" | "false" | "0" | "n")))
    }

    fn header(&self, field: Field) -> &'r str {
        let header = self.columns.header(field);
        if header.is_empty() { field.name() } else { header }
    }

    /// The address, its lines apart by line feeds.
    fn address(&self, troubles: &mut Vec<(Field, Trouble)>) -> Cell<String> {
        let mut lines: Vec<&str> = Vec::new();
        // A cell of a workbook may have several lines.
        for line in self.raw(Field::Address).split(|byte| *byte == b'\n') {
            let line = safe(sheet::text(line.trim_ascii())?, Field::Address)?;
            lines.extend(line.split(',').map(str::trim));
        }
        for field in [Field::Address1, Field::Address2, Field::Address3, Field::Address4, Field::Town, Field::County] {
            match self.line(field) {
                Ok(line) => lines.push(cells::or_nothing(line)),
                Err(trouble) => troubles.push((field, trouble)),
            }
        }
        lines.retain(|line| !line.is_empty());
        if lines.len() > MOST_ADDRESS_LINES {
            let rest = lines.split_off(MOST_ADDRESS_LINES - 1).join(", ");
            return Ok(format!("{}\n{rest}", lines.join("\n")));
        }
        Ok(lines.join("\n"))
    }
}

/// So many lines fit into the window of an envelope, above the postcode.
pub(super) const MOST_ADDRESS_LINES: usize = 6;

/// Refuses what a spreadsheet would compute and what turns the direction of writing (security requirement R37).
fn safe(text: &str, field: Field) -> Cell<&str> {
    if let Some(mark) = text.chars().find(|c| is_direction_mark(*c)) {
        let what =
            format!("“{}” has the invisible mark U+{:04X} in it, which shows a text in another order than it is", short(text), mark as u32);
        return Err(Trouble::new("direction-mark", what, "type the cell again by hand"));
    }
    let signed = text.starts_with(['+', '-']) && field != Field::Phone && text.len() > 1 && !text.starts_with("--");
    if text.starts_with(['=', '@']) || signed {
        let what = format!("“{}” begins like a formula, which a spreadsheet would compute", short(text));
        return Err(Trouble::new("formula", what, "put the value in its place, without the sign in front"));
    }
    Ok(text)
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}
