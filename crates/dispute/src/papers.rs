//! What the printed papers of one poll say besides the poll itself: employers with their figures, scrutineer, return address, who
//! may call action. `papers/*.toml`, one file a poll; whether a paper has all that the law of its day asks is judged when it is printed.

use dated::{Cite, Date, Place, Sources, Table};

/// The papers of one poll.
#[derive(Clone, Debug)]
pub struct Papers {
    /// The poll.
    pub poll: (String, Place),
    /// The union's address, a line each.
    pub union_address: Vec<(String, Place)>,
    /// Who signs notices.
    pub signed_by: Option<String>,
    /// In which office.
    pub signed_as: Option<String>,
    /// The independent scrutineer. TULRCA s.226B.
    pub scrutineer: Option<String>,
    /// Where voting papers are returned to, a line each.
    pub return_address: Vec<(String, Place)>,
    /// By which day.
    pub return_by: Option<Date>,
    /// Who may call the action, by name or description. TULRCA s.229(3).
    pub may_call: Option<String>,
    /// The matters in issue, in the union's words. TULRCA s.229(2B).
    pub issue: Option<String>,
    /// When each kind of action is expected. TULRCA s.229(2D).
    pub period: Option<String>,
    /// Types of action short of a strike. TULRCA s.229(2C).
    pub short_of_strike: Vec<(String, Place)>,
    /// How the figures of the notices were arrived at.
    pub figures_explained: Option<String>,
    /// The day the sample paper was supplied, for the saving of February 2026.
    pub sample_supplied_on: Option<Date>,
    /// The employers, one a unit.
    pub employers: Vec<Employer>,
    /// What the scrutineer reports.
    pub scrutineer_report: Option<ScrutineerReport>,
    /// The union's own texts in Welsh, for papers that are printed in Welsh.
    pub welsh: WelshTexts,
    /// Who says so.
    pub source: Cite,
    /// Where it stands.
    pub place: Place,
}

/// An employer whose staff are balloted.
#[derive(Clone, Debug)]
pub struct Employer {
    /// The unit of the poll.
    pub unit: (String, Place),
    /// To whom notices are addressed.
    pub name: String,
    /// Address, a line each.
    pub address: Vec<(String, Place)>,
    /// Which employees are meant, in words (law before 2005).
    pub description: Option<String>,
    /// Information instead of lists and figures, where all pay by check-off.
    pub check_off: Option<String>,
    /// Numbers by category of employee.
    pub categories: Vec<Count>,
    /// Numbers by workplace.
    pub workplaces: Vec<Count>,
    /// Where it stands.
    pub place: Place,
}

/// A name with a number.
#[derive(Clone, Debug)]
pub struct Count {
    /// The category or workplace.
    pub name: String,
    /// How many employees.
    pub number: u64,
    /// Where it stands.
    pub place: Place,
}

/// TULRCA s.231B: what the scrutineer is to state. `false` needs reasons.
#[derive(Clone, Debug)]
pub struct ScrutineerReport {
    /// No reasonable ground to believe that a statutory requirement was not met. s.231B(1)(a).
    pub requirements_met: bool,
    /// Papers were made, kept, sent out, returned and counted with all the security that was practicable. s.231B(1)(b).
    pub secure: bool,
    /// The scrutineer could work without interference. s.231B(1)(c).
    pub unhindered: bool,
    /// Why not, where one of them is false.
    pub reasons: Vec<String>,
    /// Papers printed.
    pub printed: Option<u64>,
    /// Papers sent out.
    pub sent: Option<u64>,
    /// Papers sent again for lost or spoiled ones.
    pub replaced: Option<u64>,
    /// Papers that came back undelivered.
    pub undelivered: Option<u64>,
    /// Where it stands.
    pub place: Place,
}

/// What the union says in Welsh. Nothing is translated by the program.
#[derive(Clone, Debug, Default)]
pub struct WelshTexts {
    /// Questions of the poll: id and text.
    pub questions: Vec<(String, String, Place)>,
    /// Who may call the action.
    pub may_call: Option<String>,
    /// The matters in issue.
    pub issue: Option<String>,
    /// When each kind of action is expected.
    pub period: Option<String>,
    /// Types of action short of a strike, in the order of the English ones.
    pub short_of_strike: Vec<(String, Place)>,
    /// What the union recommends.
    pub recommendation: Option<String>,
}

impl WelshTexts {
    fn read(table: &Table<'_>) -> Self {
        let questions = table.list("question", |entry, _| {
            let (id, text) = (entry.text("id"), entry.text("text"));
            Some((id?, text?, entry.place()))
        });
        Self {
            questions,
            may_call: table.optional_text("may_call"),
            issue: table.optional_text("issue"),
            period: table.optional_text("period"),
            short_of_strike: table.text_list("short_of_strike"),
            recommendation: table.optional_text("recommendation"),
        }
    }

    /// The question of that id in Welsh.
    pub fn question(&self, id: &str) -> Option<&str> {
        self.questions.iter().find(|(known, ..)| known == id).map(|(_, text, _)| text.as_str())
    }
}

impl Papers {
    /// The employer of a unit.
    pub fn employer(&self, unit: &str) -> Option<&Employer> {
        self.employers.iter().find(|employer| employer.unit.0 == unit)
    }

    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let poll = table.text("poll").map(|poll| (poll, table.place_of("poll")));
        let employers = table.list("employer", |entry, _| read_employer(entry));
        for (at, employer) in employers.iter().enumerate() {
            if employers[..at].iter().any(|earlier| earlier.unit.0 == employer.unit.0) {
                table.faults().error(
                    "duplicate-employer",
                    &employer.place,
                    format!("a second employer for the unit “{}”", employer.unit.0),
                    "one employer a unit: a unit is what is balloted and counted by itself",
                );
            }
        }
        let papers = Self {
            poll: poll.clone().unwrap_or_else(|| (String::new(), table.place())),
            union_address: table.text_list("union_address"),
            signed_by: table.optional_text("signed_by"),
            signed_as: table.optional_text("signed_as"),
            scrutineer: table.optional_text("scrutineer"),
            return_address: table.text_list("return_address"),
            return_by: table.optional_date("return_by"),
            may_call: table.optional_text("may_call"),
            issue: table.optional_text("issue"),
            period: table.optional_text("period"),
            short_of_strike: table.text_list("short_of_strike"),
            figures_explained: table.optional_text("figures_explained"),
            sample_supplied_on: table.optional_date("sample_supplied_on"),
            employers,
            scrutineer_report: table.optional_table("scrutineer_report", read_report).flatten(),
            welsh: table.optional_table("welsh", WelshTexts::read).unwrap_or_default(),
            source: table.cite(sources),
            place: table.place(),
        };
        table.status();
        poll.map(|_| papers)
    }
}

fn read_employer(table: &Table<'_>) -> Option<Employer> {
    let counts = |key: &str| {
        table.list(key, |entry, _| {
            let name = entry.text("name");
            let number = entry.count("number");
            Some(Count { name: name?, number: number?, place: entry.place() })
        })
    };
    let unit = table.text("unit").map(|unit| (unit, table.place_of("unit")));
    let name = table.text("name");
    let address = table.text_list("address");
    let description = table.optional_text("description");
    let check_off = table.optional_text("check_off");
    let (categories, workplaces) = (counts("category"), counts("workplace"));
    let sum = |list: &[Count]| list.iter().map(|count| count.number).fold(0, u64::saturating_add);
    // s.226A(2B): both lists count the same employees.
    if !categories.is_empty() && !workplaces.is_empty() && sum(&categories) != sum(&workplaces) {
        table.fault(
            "figures-differ",
            "workplace",
            format!("the categories add up to {}, the workplaces to {}", sum(&categories), sum(&workplaces)),
            "both lists count the same employees: correct one of them",
        );
    }
    Some(Employer { unit: unit?, name: name?, address, description, check_off, categories, workplaces, place: table.place() })
}

fn read_report(table: &Table<'_>) -> Option<ScrutineerReport> {
    let truth = |key: &str| {
        let value = table.optional_bool(key);
        if value.is_none() && !table.has(key) {
            table.fault(
                "missing-key",
                key,
                format!("the scrutineer's report does not say “{key}”"),
                format!("add `{key} = true` or false"),
            );
        }
        value
    };
    let (requirements_met, secure, unhindered) = (truth("requirements_met"), truth("secure"), truth("unhindered"));
    let reasons = table.texts("reasons");
    let (printed, sent) = (table.optional_count("printed"), table.optional_count("sent"));
    let (replaced, undelivered) = (table.optional_count("replaced"), table.optional_count("undelivered"));
    if [requirements_met, secure, unhindered].contains(&Some(false)) && reasons.is_empty() {
        table.fault(
            "reasons-missing",
            "reasons",
            "the scrutineer is not satisfied and gives no reason",
            "add `reasons = [\"…\"]` (s.231B(2))",
        );
    }
    Some(ScrutineerReport {
        requirements_met: requirements_met?,
        secure: secure?,
        unhindered: unhindered?,
        reasons,
        printed,
        sent,
        replaced,
        undelivered,
        place: table.place(),
    })
}
