//! Papers as PDF: what the service asks of a program that has a typesetter. The typesetter itself is no part of this crate, since it is
//! five sixths of a build: whoever starts the service hands it in ([`crate::Means`]), or not.

use dated::{Date, Fault};
use dispute::Folder;
use dispute::roll::EmployerNotice;

/// Makes papers.
pub trait Printer: Send + Sync {
    /// The files of what was ordered: papers, and a manifest where there are several.
    ///
    /// # Errors
    /// Why nothing was printed.
    fn print(&self, order: &Order) -> Result<Vec<PrintedFile>, NotPrinted>;
}

/// A file that was printed: its name and its bytes.
pub type PrintedFile = (String, Vec<u8>);

/// What is to be printed, as plain data.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which paper.
    pub paper: Paper,
    /// The poll as the folder of a dispute that has nothing else: the same that can be fetched for the commands.
    pub folder: Folder,
    /// Id of the poll in the folder.
    pub poll: &'static str,
    /// Employers with their figures.
    pub notices: Vec<EmployerNotice>,
    /// What the scrutineer's report rests on.
    pub evidence: Evidence,
    /// The day the paper is dated.
    pub date: Date,
    /// The day an employer receives it, which chooses the law of a notice.
    pub received: Date,
}

/// Which paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paper {
    /// A notice of ballot to each employer. TULRCA s.226A.
    BallotNotices,
    /// The result to members and to each employer. TULRCA ss.231, 231A.
    Results,
    /// The certificates of units that won a mandate.
    Certificates {
        /// Of this unit alone.
        unit: Option<String>,
        /// Of this question alone, by its id in the folder.
        question: Option<String>,
    },
    /// The table of all mandates.
    Mandates,
    /// The scrutineer's report. TULRCA s.231B.
    ScrutineerReport,
}

/// A table with who says so: the sentence, headings, a row for each unit.
pub type Told = (String, Vec<String>, Vec<Vec<String>>);

/// What a scrutineer's report shows besides statements and figures.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Unit, fingerprint of its election, hash of the last event of its archive.
    pub archives: Vec<[String; 3]>,
    /// What became of the packs, from each who tells it.
    pub packs: Vec<Told>,
    /// What was entered during the poll.
    pub incidents: Vec<String>,
}

/// Why nothing was printed.
#[derive(Clone, Debug)]
pub enum NotPrinted {
    /// What the papers are made from lacks something, or says what cannot be.
    Faults(Vec<Fault>),
    /// There is nothing to print, and why: no unit has a mandate.
    Nothing(Vec<String>),
    /// The printer failed.
    Ours(String),
}
