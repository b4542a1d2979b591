//! The poll as a dispute folder that has nothing else (docs/spec/dispute-folder.md): what the papers are printed from, here and by the
//! commands.

use dated::{Date, FileBytes};
use dispute::Folder;
use dispute::roll::EmployerNotice;
use serde_json::Value;

use super::names::Names;

/// Id of the poll in the folder.
pub(crate) const POLL: &str = "ballot";

/// What the folder is made from.
pub(crate) struct Contents {
    pub(crate) title: String,
    pub(crate) jurisdiction: &'static str,
    pub(crate) opened_on: Date,
    pub(crate) closed_on: Date,
    pub(crate) recommendation: Option<String>,
    pub(crate) questions: Vec<Asked>,
    pub(crate) units: Vec<UnitResult>,
    pub(crate) notices: Vec<EmployerNotice>,
    /// Satisfied of (a), (b), (c) of s.231B(1), and the reasons where not.
    pub(crate) statements: Option<([bool; 3], Vec<String>)>,
    /// Everybody is invented.
    pub(crate) is_synthetic: bool,
    /// The service's address and the hash of the poll, which are the source.
    pub(crate) source: String,
}

/// A question of a ballot by statute.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) id: String,
    /// `strike` or `short-of-strike`.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

/// A unit with what was counted in it, if it was.
pub(crate) struct UnitResult {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) entitled: u64,
    pub(crate) important_public_service: bool,
    pub(crate) results: Vec<Counted>,
}

/// A question's result.
pub(crate) struct Counted {
    pub(crate) question: String,
    pub(crate) yes: u64,
    pub(crate) no: u64,
    pub(crate) blank: u64,
    pub(crate) returned: u64,
}

impl Asked {
    /// Reads what is asked from the words of the question; none if it is about neither kind of action.
    pub(crate) fn of(texts: &[&str]) -> Option<Vec<Self>> {
        let mut asked: Vec<Self> = Vec::new();
        for text in texts {
            let small = text.to_lowercase();
            let (id, kind) = match () {
                () if small.contains("short of a strike") => ("short", "short-of-strike"),
                () if small.contains("strike") => ("strike", "strike"),
                () => return None,
            };
            let same = asked.iter().filter(|earlier| earlier.kind == kind).count();
            let id = if same == 0 { id.to_owned() } else { format!("{id}-{}", same + 1) };
            asked.push(Self { id, kind, text: (*text).to_owned() });
        }
        Some(asked)
    }
}

impl Contents {
    /// The files.
    pub(crate) fn folder(&self, names: &Names) -> Folder {
        let files = [
            ("dispute.toml".to_owned(), self.dispute(names)),
            (format!("polls/{POLL}.toml"), self.poll()),
            (format!("papers/{POLL}.toml"), self.papers(names)),
        ];
        let files = files.into_iter().map(|(name, text)| (name, FileBytes::Read(text.into_bytes()))).collect();
        Folder { name: "ballot/dispute".to_owned(), files }
    }

    fn status(&self) -> &'static str {
        if self.is_synthetic { "synthetic" } else { "published" }
    }

    fn sourced(&self) -> String {
        format!("source = \"POLL\"\nstatus = \"{}\"\n", self.status())
    }

    fn dispute(&self, names: &Names) -> String {
        let sourced = self.sourced();
        let invented = if self.is_synthetic { "# A rehearsal: everybody and every figure in it is invented.\n" } else { "" };
        format!(
            "{invented}id = \"{POLL}\"\ntitle = {}\nsummary = {}\n{sourced}\n[[publication]]\nid = \"POLL\"\ntitle = {}\nwhere = {}\nlicence = {}\n\n\
             # No pay is in this folder; every dispute says where its pay years begin.\n\
             [pay]\nscales = []\nyear_starts_month = 4\n\n\
             [[party]]\nid = \"union\"\nname = {}\nside = \"staff\"\n{sourced}",
            quoted(&self.title),
            quoted("One ballot, for its papers: made by the service that ran it."),
            quoted(&format!("The record of the ballot “{}”", self.title)),
            quoted(&self.source),
            quoted(names.licence_words()),
            quoted(&names.union),
        )
    }

    fn poll(&self) -> String {
        let sourced = self.sourced();
        let mut text = format!(
            "id = \"{POLL}\"\ntitle = {}\nunion = \"union\"\nkind = \"statutory\"\nopened_on = {}\nclosed_on = {}\njurisdiction = \"{}\"\n",
            quoted(&self.title),
            self.opened_on,
            self.closed_on,
            self.jurisdiction
        );
        if let Some(recommendation) = &self.recommendation {
            text.push_str(&format!("recommendation = {}\n", quoted(recommendation)));
        }
        text.push_str(&sourced);
        for Asked { id, kind, text: asked } in &self.questions {
            text.push_str(&format!("\n[[question]]\nid = \"{id}\"\nkind = \"{kind}\"\ntext = {}\n", quoted(asked)));
        }
        for unit in &self.units {
            text.push_str(&format!(
                "\n[[unit]]\nid = {}\nname = {}\nentitled = {}\nimportant_public_service = {}\n{sourced}",
                quoted(&unit.id),
                quoted(&unit.name),
                unit.entitled,
                unit.important_public_service
            ));
        }
        for unit in &self.units {
            for one in &unit.results {
                // The Act knows no blank papers, only spoiled or otherwise invalid ones (s.231(d)).
                text.push_str(&format!(
                    "\n[[result]]\nunit = {}\nquestion = \"{}\"\nyes = {}\nno = {}\nspoiled = {}\nreturned = {}\n",
                    quoted(&unit.id),
                    one.question,
                    one.yes,
                    one.no,
                    one.blank,
                    one.returned
                ));
                if one.blank > 0 {
                    text.push_str(&format!("note = \"{} left blank, told as invalid\"\n", one.blank));
                }
                text.push_str(&sourced);
            }
        }
        text
    }

    fn papers(&self, names: &Names) -> String {
        let list = |lines: &[String]| lines.iter().map(|line| quoted(line)).collect::<Vec<_>>().join(", ");
        let mut text = format!("poll = \"{POLL}\"\nunion_address = [{}]\n", list(&names.union_address));
        for (key, value) in [("signed_by", &names.signed_by), ("signed_as", &names.signed_as), ("scrutineer", &names.scrutineer)] {
            if !value.is_empty() {
                text.push_str(&format!("{key} = {}\n", quoted(value)));
            }
        }
        text.push_str(&self.sourced());
        let mut told: Vec<&str> = Vec::new();
        for notice in &self.notices {
            // The folder has one employer a unit; figures.json has all.
            if told.contains(&notice.unit.as_str()) || !self.units.iter().any(|unit| unit.id == notice.unit) {
                continue;
            }
            told.push(&notice.unit);
            text.push_str(&format!(
                "\n[[employer]]\nunit = {}\nname = {}\naddress = [{}]\n",
                quoted(&notice.unit),
                quoted(&notice.employer),
                list(&notice.address)
            ));
            for (table, counts) in [("category", &notice.categories), ("workplace", &notice.workplaces)] {
                for (name, number) in counts {
                    text.push_str(&format!("[[employer.{table}]]\nname = {}\nnumber = {number}\n", quoted(name)));
                }
            }
        }
        if let Some((satisfied, reasons)) = &self.statements {
            text.push_str("\n[scrutineer_report]\n");
            for (key, is_satisfied) in ["requirements_met", "secure", "unhindered"].into_iter().zip(satisfied) {
                text.push_str(&format!("{key} = {is_satisfied}\n"));
            }
            if !reasons.is_empty() {
                text.push_str(&format!("reasons = [{}]\n", list(reasons)));
            }
        }
        text
    }
}

/// Text as TOML has it: JSON's form, without the one control character that JSON lets stand.
fn quoted(text: &str) -> String {
    Value::from(text.replace('\u{7f}', " ").replace("\r\n", "\n").replace('\r', "\n")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents() -> Contents {
        let counted = |question: &str| Counted { question: question.to_owned(), yes: 20, no: 5, blank: 1, returned: 26 };
        Contents {
            title: "Ballot on \"pay\"\u{7f}".to_owned(),
            jurisdiction: "GB",
            opened_on: dated::parse_date("2026-11-30").expect("a day"),
            closed_on: dated::parse_date("2026-12-14").expect("a day"),
            recommendation: Some("Vote Yes.".to_owned()),
            questions: Asked::of(&["Take part in a strike?", "Take part in action short of a strike?"]).expect("questions"),
            units: vec![UnitResult {
                id: "north".to_owned(),
                name: "North\\Hospital".to_owned(),
                entitled: 40,
                important_public_service: false,
                results: vec![counted("strike"), counted("short")],
            }],
            notices: vec![EmployerNotice {
                unit: "north".to_owned(),
                employer: "North Trust".to_owned(),
                address: vec!["1 Road".to_owned()],
                categories: [("Nurse".to_owned(), 40)].into(),
                workplaces: [("Site".to_owned(), 40)].into(),
                total: 40,
                explained: "Counted.".to_owned(),
            }],
            statements: Some(([true, false, true], vec!["(b) A box\r\ncame open.".to_owned()])),
            is_synthetic: true,
            source: "https://vote.example.org".to_owned(),
        }
    }

    #[test]
    fn the_folder_is_one_that_every_command_reads_without_a_fault() {
        let names = Names {
            union: "Union “of” \"all\"".to_owned(),
            union_address: vec!["2 Road".to_owned()],
            signed_by: "A. Person".to_owned(),
            scrutineer: "S. Person".to_owned(),
            ..Names::default()
        };
        let (library, faults) = dispute::Library::built_in();
        assert!(faults.is_empty());
        let (dispute, faults) = dispute::Dispute::read(&contents().folder(&names), &library);
        assert!(faults.is_empty(), "{faults:?}");
        let dispute = dispute.expect("a dispute");
        assert_eq!(dispute.party_name("union"), names.union);
        let (poll, papers) = (&dispute.polls[0], &dispute.papers[0]);
        assert_eq!((poll.units[0].entitled, poll.results.len()), (Some(40), 2));
        assert_eq!((poll.results[0].spoiled, poll.results[0].returned), (Some(1), Some(26)));
        let report = papers.scrutineer_report.as_ref().expect("a report");
        assert_eq!((report.requirements_met, report.secure, report.reasons.len()), (true, false, 1));
        assert_eq!(papers.employers[0].categories[0].number, 40);
    }

    #[test]
    fn a_question_about_something_else_has_no_statutory_papers() {
        assert!(Asked::of(&["Do you accept the offer?"]).is_none());
        let ids: Vec<String> = Asked::of(&["A strike?", "A longer strike?"]).expect("questions").into_iter().map(|one| one.id).collect();
        assert_eq!(ids, ["strike", "strike-2"]);
    }
}
