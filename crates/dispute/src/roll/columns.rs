//! What the columns of a membership file mean, by the names that membership systems and branches give them.

/// What a column of a membership file can mean. Spec R1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The membership number: the one thing nobody can be without.
    Member,
    /// Mr, Dr, Councillor.
    Title,
    /// The whole name.
    Name,
    /// First names, where the name is in two columns.
    Forenames,
    /// Family name, where the name is in two columns.
    Surname,
    /// The whole address in one cell, lines apart by line breaks or commas.
    Address,
    /// First line of the address.
    Address1,
    /// Second line.
    Address2,
    /// Third line.
    Address3,
    /// Fourth line.
    Address4,
    /// Post town.
    Town,
    /// County.
    County,
    /// Postcode of the address.
    Postcode,
    /// E-mail address.
    Email,
    /// Mobile or other telephone.
    Phone,
    /// Who employs them, by id or name of the employers file.
    Employer,
    /// Where they work.
    Workplace,
    /// In which unit they are balloted.
    Unit,
    /// Grade or job: the category of employee of the notice.
    Grade,
    /// Member, lapsed, retired, left, suspended.
    Status,
    /// Since when a member.
    Joined,
    /// Until when a member.
    Left,
    /// Whether the union takes them as entitled, where it says so itself.
    Eligible,
    /// English or Welsh papers.
    Language,
    /// Large print.
    LargePrint,
    /// Post, e-mail or text.
    Channel,
    /// Date of birth: only compared, to tell one person from another; never kept in the frozen roll.
    BirthDate,
    /// Marks rows of invented people.
    Synthetic,
}

const WORDS: &[(Field, &str, &[&str])] = &[
    (
        Field::Member,
        "member",
        &[
            "member number",
            "membership number",
            "member no",
            "membership no",
            "member id",
            "membership id",
            "mem no",
            "memno",
            "number",
            "union number",
            "rhif aelod",
        ],
    ),
    (Field::Title, "title", &["salutation", "prefix", "teitl"]),
    (Field::Name, "name", &["full name", "member name", "fullname", "enw", "display name"]),
    (Field::Forenames, "forenames", &["forename", "first name", "firstname", "given name", "given names", "first names", "known as"]),
    (Field::Surname, "surname", &["last name", "lastname", "family name", "cyfenw"]),
    (Field::Address, "address", &["home address", "full address", "postal address", "cyfeiriad"]),
    (Field::Address1, "address_1", &["address line 1", "address1", "addr 1", "addr1", "add 1", "street", "line 1", "home address 1"]),
    (Field::Address2, "address_2", &["address line 2", "address2", "addr 2", "addr2", "add 2", "line 2", "home address 2"]),
    (Field::Address3, "address_3", &["address line 3", "address3", "addr 3", "addr3", "add 3", "line 3", "home address 3"]),
    (Field::Address4, "address_4", &["address line 4", "address4", "addr 4", "addr4", "add 4", "line 4", "home address 4"]),
    (Field::Town, "town", &["city", "post town", "posttown", "town city", "address 5", "address line 5", "tref"]),
    (Field::County, "county", &["address 6", "sir"]),
    (Field::Postcode, "postcode", &["post code", "zip", "home postcode", "postal code", "cod post"]),
    (Field::Email, "email", &["e mail", "email address", "e mail address", "personal email", "home email", "mail", "ebost"]),
    (Field::Phone, "phone", &["telephone", "mobile", "mobile number", "phone number", "mobile phone", "tel", "telephone number", "ffon"]),
    (
        Field::Employer,
        "employer",
        &["employer name", "employer id", "employer code", "trust", "organisation", "department", "company", "cyflogwr"],
    ),
    (Field::Workplace, "workplace", &["work place", "site", "place of work", "work location", "location", "workplace name", "gweithle"]),
    (Field::Unit, "unit", &["balloting unit", "ballot unit", "bargaining unit", "constituency of ballot", "uned"]),
    (Field::Grade, "grade", &["job", "job title", "occupation", "category", "band", "role", "job group", "gradd", "swydd"]),
    (Field::Status, "status", &["member status", "membership status", "membership type", "statws"]),
    (Field::Joined, "joined", &["date joined", "join date", "joined on", "member since", "start date", "joining date"]),
    (Field::Left, "left", &["date left", "leave date", "left on", "leaving date", "end date", "member until", "resigned on"]),
    (Field::Eligible, "eligible", &["entitled", "eligible to vote", "entitled to vote", "can vote", "eligible flag"]),
    (Field::Language, "language", &["lang", "preferred language", "iaith"]),
    (Field::LargePrint, "large_print", &["large print required", "print size"]),
    (Field::Channel, "channel", &["contact preference", "preferred contact", "channel preference", "preference", "contact by", "send by"]),
    (Field::BirthDate, "birth_date", &["date of birth", "dob", "born"]),
    (Field::Synthetic, "synthetic", &[]),
];

/// As many as there are fields.
pub(super) const FIELDS: usize = WORDS.len();

impl sheet::Meaning for Field {
    const WORDS: &'static [(Self, &'static str, &'static [&'static str])] = WORDS;
    // Not needed for a ballot, so not read; said, so that nobody wonders.
    const PERSONAL: &'static [&'static str] =
        &["ni number", "nino", "national insurance number", "bank account", "sort code", "payroll number", "gender", "sex", "ethnicity"];
    const EXAMPLE: &'static str = "Employee site=workplace";
}

impl Field {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        sheet::Meaning::name(self)
    }
}

/// Columns of one membership file.
pub type Columns = sheet::Columns<Field>;

#[cfg(test)]
mod tests {
    use sheet::plain;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_fields_and_no_word_means_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        for (at, (field, name, others)) in WORDS.iter().enumerate() {
            assert_eq!(*field as usize, at, "{name}");
            for word in std::iter::once(&plain(name).as_str()).chain(*others) {
                assert!(seen.insert((*word).to_owned()), "{word}");
                assert_eq!(*word, plain(word), "written as it is compared");
            }
        }
    }
}
