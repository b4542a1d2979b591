//! The checks, their faults, and the verdict.
//!
//! Every check has a number that is the same in `docs/spec/archive.md`, here, in the output and in the tests. A check that
//! was not completed is never counted as passed; the reason is kept and shown (Spec V60).

use crate::container::{ContainerFault, Hash};
use crate::curve::ElementFault;
use crate::json::JsonFaultKind;
use crate::scalar::ScalarFault;

macro_rules! checks {
    ($($id:ident $scope:ident $title:literal,)*) => {
        /// A numbered check of `docs/spec/archive.md`, part C.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check { $(#[doc = $title] $id,)* }

        impl Check {
            /// All checks in order.
            pub const ALL: &[Check] = &[$(Check::$id,)*];

            /// The number as written, `V1` …
            pub fn id(self) -> &'static str {
                match self { $(Check::$id => stringify!($id),)* }
            }

            /// What is checked, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Check::$id => $title,)* }
            }

            fn scope(self) -> Scope {
                match self { $(Check::$id => Scope::$scope,)* }
            }
        }
    };
}

/// Where the means for a check come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The archive.
    Archive,
    /// The companion.
    Companion,
    /// A value that the caller must give.
    Asked,
    /// Nothing that this version of the format holds.
    Absent,
}

checks! {
    V1 Archive "container: every byte of the tar records, names, sizes, version",
    V2 Archive "each record's name is the hash of its bytes",
    V3 Archive "records are in canonical form",
    V4 Archive "records have exactly their fields, in range",
    V5 Archive "events: parent links and heights",
    V6 Archive "events: order, nothing after the result",
    V7 Archive "every reference resolves and every record is referenced",
    V8 Absent "tree root and size",
    V9 Absent "head signature",
    V10 Absent "witness quorum",
    V11 Asked "extends the event remembered from an earlier run",
    V12 Archive "group and generator",
    V13 Archive "election identifier and hash",
    V14 Archive "question limits and distinct answers",
    V15 Archive "weights",
    V16 Archive "public credentials: in the group, distinct, as many as entitled",
    V17 Companion "credential list as signed by its authority",
    V18 Archive "trustees: number, threshold, distinct keys",
    V19 Archive "trustees: certificates and signed coefficients",
    V20 Companion "key ceremony: commitments match the openings",
    V21 Archive "key ceremony: one transcript signed by all",
    V22 Archive "trustees: proofs of possession",
    V23 Archive "election key is the product of the trustees' keys",
    V24 Archive "verification keys follow from the coefficients",
    V25 Asked "fingerprints compared by people",
    V26 Companion "setup and schedule signed by two roles",
    V27 Archive "ballots: made for this election",
    V28 Archive "ballots: credential on the list",
    V29 Archive "ballots: signature over everything",
    V30 Archive "ballots: shape of the answers",
    V31 Archive "elements are canonical and in the group",
    V32 Archive "scalars are canonical",
    V33 Archive "ballots: each choice is zero or one",
    V34 Archive "ballots: limits and blank",
    V35 Archive "ballots: no proof of one choice offered for another",
    V36 Archive "ballots: none twice, no ciphertext twice",
    V37 Absent "ballots: inside the open period",
    V38 Companion "ballots: re-vote rule",
    V39 Asked "ballots: trackers of voters are among the counted",
    V40 Archive "counts of ballots and weights",
    V41 Companion "no ballot by a voided credential",
    V42 Companion "units counted together as planned",
    V43 Archive "encrypted tally is the product of the counted ballots",
    V44 Archive "one encrypted tally",
    V45 Archive "shares come from known trustees, one each",
    V46 Archive "shares: proofs",
    V47 Archive "shares: enough of them",
    V48 Archive "shares: every sufficient subset gives one result",
    V49 Archive "result: shape and bounds",
    V50 Archive "result: sums",
    V51 Absent "published text equals the numbers",
    V52 Absent "legal thresholds",
    V53 Absent "shuffles",
    V54 Absent "counting rule of ranked ballots",
    V55 Absent "booth hashes",
    V56 Absent "audit-log heads",
    V57 Absent "challenged ballots not counted",
    V58 Absent "recovery entries",
    V59 Absent "destruction record",
    V60 Archive "every check above that the version calls for was completed",
    V61 Archive "result is the decryption of the tally",
    V62 Companion "companion: form, chain and order of lines",
    V63 Companion "companion: bound to this archive",
    V64 Companion "companion: role keys distinct and well-formed",
    V65 Companion "shares: proofs that fix ciphertext, factor and position",
    V66 Companion "companion: result record",
    V67 Companion "spare and replaced credentials: who may vote",
}

impl Check {
    /// The number without the letter.
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// Where a fault is. Only the parts that apply are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Offset of a record's header in the archive, in bytes.
    pub offset: Option<u64>,
    /// Number of the event, from 0.
    pub event: Option<u64>,
    /// SHA-256 of the ballot record.
    pub ballot: Option<Hash>,
    /// Number of the trustee, from 1.
    pub trustee: Option<u32>,
    /// Position in the list of public credentials, from 0.
    pub credential: Option<u32>,
    /// Question, from 0.
    pub question: Option<u32>,
    /// Choice, answer or coefficient, from 0.
    pub choice: Option<u32>,
    /// Line of the companion, from 0.
    pub line: Option<u64>,
}

macro_rules! place_setters {
    ($($name:ident: $ty:ty,)*) => {
        impl Place {
            $(
                #[doc = concat!("With `", stringify!($name), "`.")]
                #[must_use]
                pub fn $name(mut self, $name: $ty) -> Place {
                    self.$name = Some($name);
                    self
                }
            )*
        }
    };
}

place_setters! {
    offset: u64,
    event: u64,
    ballot: Hash,
    trustee: u32,
    credential: u32,
    question: u32,
    choice: u32,
    line: u64,
}

/// A record or part of one, for faults that name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Part {
    Event,
    SetupData,
    Election,
    Question,
    Trustees,
    Certificate,
    Coefficients,
    Credentials,
    Ballot,
    Answer,
    IndividualProof,
    OverallProof,
    BlankProof,
    SizedTally,
    Tally,
    OwnedShare,
    Share,
    Result,
    Line,
    Body,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum What {
    Container(ContainerFault),
    Json { part: Part, at: usize, kind: JsonFaultKind },
    NotCanonical { part: Part, at: usize },
    Fields(Part),
    NameIsNotHash { actual: Hash },
    ParentDiffers,
    HeightDiffers { expected: u64 },
    UnknownEvent,
    EventOutOfOrder,
    PayloadDiffers,
    RecordMissing(Part),
    NotReferenced,
    RememberedEventNotHere,
    UuidForm,
    UuidDiffers,
    ElectionHashDiffers,
    NoQuestions,
    TooManyChoices,
    NoAnswers,
    EqualAnswers,
    LimitsCross,
    WeightForm,
    WeightsMixed,
    WeightsTooLarge,
    NoCredentials,
    NumberDiffers { expected: u64, found: u64 },
    CredentialRepeated { first: u32 },
    Identity,
    Element(ElementFault),
    Scalar(ScalarFault),
    NoTrustees,
    ThresholdOutside,
    ListLength { expected: u64, found: u64 },
    KeyOfOtherTrustee { other: u32 },
    CertificateContext,
    SignatureFails,
    ProofFails,
    KeyDiffers,
    FingerprintDiffers,
    CredentialUnknown,
    SignedHashDiffers,
    ProofOfOtherChoice { choice: u32 },
    Shape(Part),
    BallotRepeated { first: u64 },
    CiphertextRepeated { first: u64 },
    SecondBallot { first: u64 },
    VoidedCredentialVoted,
    VoidedCannotVote,
    SparesNotSorted,
    SpareVoted,
    ReplacedCannotVote,
    ReplacedVoted,
    NotAnUnusedSpare,
    TrackerNotFound,
    TrackerNotCounted,
    CountDiffers { recorded: u128, computed: u128 },
    WeightDiffers { recorded: u128, computed: u128 },
    TallyHashDiffers,
    TallyDiffers,
    SecondTally { first: u64 },
    UnknownTrustee,
    SecondShare { first: u64 },
    TooFewShares { needed: u32, found: u32 },
    SubsetsDiffer,
    AboveTotalWeight,
    SumOutside,
    NotTheDecryption,
    LineEnding,
    LineTooLong,
    PreviousDiffers,
    LineNumberDiffers,
    LineOutOfOrder,
    CompanionEnds,
    HashDiffers(Part),
    CeremonyDiffers,
    CommitmentDiffers,
    KeyForm,
    EqualRoleKeys,
    TimesCross,
    EqualUnits,
    MinimumTooSmall,
    UnitTooSmall,
    RevoteRule,
    OwnerDiffers,
    CountsDiffer,
}

/// A fault: which check, where, what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The check that failed.
    pub check: Check,
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub what: What,
}

/// Something in an archive made by others that our own archives may not have, and that changes no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub place: Place,
    /// What is unusual there.
    pub what: What,
}

/// What this program cannot read, though it may be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsupported {
    /// The archive's version is not 1.
    ArchiveVersion,
    /// The election's version is not 1.
    ElectionVersion,
    /// The group is not Ed25519.
    Group,
    /// A question is not of the homomorphic kind.
    QuestionKind,
    /// The archive has shuffles.
    Shuffle,
}

/// Why a check was not completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// There is no companion.
    NoCompanion,
    /// The caller gave nothing to compare with.
    NotAsked,
    /// The format holds nothing for it.
    NotInFormat,
    /// Another check failed, so this one would say nothing.
    After(Check),
    /// The archive or companion ends before.
    NotReached,
    /// It is of a kind that this program does not read.
    Unsupported(Unsupported),
    /// A file could not be read.
    Unreadable,
}

impl Reason {
    /// Whether an archive can still be called passed without the check.
    fn is_harmless(self) -> bool {
        matches!(self, Reason::NoCompanion | Reason::NotAsked | Reason::NotInFormat)
    }
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Completed without a fault.
    Passed,
    /// At least one fault.
    Failed,
    /// Not completed.
    NotChecked(Reason),
}

/// One check and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The check.
    pub check: Check,
    /// How many things it looked at.
    pub count: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The faults, at most [`MAX_FAULTS`].
    pub faults: Vec<Fault>,
    /// How many there were.
    pub fault_count: u64,
}

/// Faults and warnings kept of each check; more are only counted.
pub const MAX_FAULTS: usize = 1000;

/// The verdict on an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every check that the version calls for was completed and none failed. Exit status 0.
    Passed,
    /// At least one check failed. Exit status 1.
    Failed,
    /// None failed, but not all could be completed. Exit status 2.
    CouldNotCheck,
}

impl Verdict {
    /// The exit status of the program.
    pub fn exit_status(self) -> u8 {
        match self {
            Verdict::Passed => 0,
            Verdict::Failed => 1,
            Verdict::CouldNotCheck => 2,
        }
    }

    /// As written in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::CouldNotCheck => "could-not-check",
        }
    }
}

/// Everything found out about an archive and its companion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// Every check in order.
    pub checks: Vec<CheckReport>,
    /// Oddities that change no result, at most [`MAX_FAULTS`].
    pub warnings: Vec<Warning>,
    /// How many there were.
    pub warning_count: u64,
    /// Facts read from the archive.
    pub facts: Facts,
}

/// Facts of the archive, for people to compare.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The election's identifier.
    pub uuid: Option<String>,
    /// SHA-256 of the election record.
    pub election_hash: Option<Hash>,
    /// SHA-256 of the credentials record.
    pub credentials_hash: Option<Hash>,
    /// Number of public credentials.
    pub credentials: Option<u64>,
    /// Whether another program's certificate of the credentials stands in the archive. Nobody looked inside.
    pub credentials_certificate: bool,
    /// The election key.
    pub public_key: Option<String>,
    /// Fingerprints of the trustees' keys, in trustee order: SHA-256 of the key as JSON.
    pub trustees: Vec<Hash>,
    /// SHA-256 of the last event.
    pub last_event: Option<Hash>,
    /// Number of the last event.
    pub last_height: Option<u64>,
    /// Ballot events.
    pub ballots: u64,
    /// Ballots that count.
    pub counted: u64,
    /// Ballots not judged anew because an earlier run did.
    pub remembered_ballots: u64,
    /// The result as recorded.
    pub result: Option<Vec<Vec<u128>>>,
    /// Whether a companion was read.
    pub companion: bool,
    /// Role keys named by the companion: role and key.
    pub role_keys: Vec<(String, String)>,
    /// The unit named by the companion.
    pub unit: Option<String>,
    /// Spare credentials among those listed, by the companion.
    pub spares: u64,
    /// Credentials for which a spare stands.
    pub replaced: u64,
}

impl Report {
    /// The report of one check.
    pub fn check(&self, check: Check) -> &CheckReport {
        &self.checks[check.index()]
    }

    /// The checks that failed.
    pub fn failed(&self) -> Vec<Check> {
        self.checks.iter().filter(|c| c.outcome == Outcome::Failed).map(|c| c.check).collect()
    }
}

/// Where checks are entered while they are made.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
    warnings: Vec<Warning>,
    warning_count: u64,
}

#[derive(Debug, Clone, Default)]
struct Entry {
    count: u64,
    completed: bool,
    reason: Option<Reason>,
    faults: Vec<Fault>,
    fault_count: u64,
}

impl Ledger {
    pub(crate) fn new() -> Ledger {
        Ledger { entries: vec![Entry::default(); Check::ALL.len()], warnings: Vec::new(), warning_count: 0 }
    }

    /// So many more things were looked at.
    pub(crate) fn count(&mut self, check: Check, more: u64) {
        self.entries[check.index()].count += more;
    }

    pub(crate) fn fault(&mut self, check: Check, place: Place, what: What) {
        self.enter(Fault { check, place, what });
    }

    pub(crate) fn enter(&mut self, fault: Fault) {
        let entry = &mut self.entries[fault.check.index()];
        entry.fault_count += 1;
        if entry.faults.len() < MAX_FAULTS {
            entry.faults.push(fault);
        }
    }

    pub(crate) fn warn(&mut self, warning: Warning) {
        self.warning_count += 1;
        if self.warnings.len() < MAX_FAULTS {
            self.warnings.push(warning);
        }
    }

    /// The check has looked at everything it should look at.
    pub(crate) fn complete(&mut self, check: Check) {
        self.entries[check.index()].completed = true;
    }

    /// The check cannot be completed. The first reason stays.
    pub(crate) fn skip(&mut self, check: Check, reason: Reason) {
        self.entries[check.index()].reason.get_or_insert(reason);
    }

    pub(crate) fn has_failed(&self, check: Check) -> bool {
        self.entries[check.index()].fault_count > 0
    }

    pub(crate) fn first_failed(&self, among: &[Check]) -> Option<Check> {
        among.iter().copied().find(|c| self.has_failed(*c))
    }

    pub(crate) fn first_failed_of_all(&self) -> Option<Check> {
        self.first_failed(Check::ALL)
    }

    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.entries.into_iter().flat_map(|entry| entry.faults).collect()
    }

    /// Closes the ledger. Spec V60.
    pub(crate) fn into_report(mut self, facts: Facts, companion: bool, end: Option<Reason>) -> Report {
        let open_reason = end.or(self.first_failed_of_all().map(Reason::After)).unwrap_or(Reason::NotReached);
        let mut all_completed = true;
        let mut any_fault = false;
        for check in Check::ALL {
            let default = match check.scope() {
                Scope::Absent => Some(Reason::NotInFormat),
                Scope::Asked => Some(Reason::NotAsked),
                Scope::Companion if !companion => Some(Reason::NoCompanion),
                _ => None,
            };
            let entry = &mut self.entries[check.index()];
            any_fault |= entry.fault_count > 0;
            if *check == Check::V60 {
                continue;
            }
            if entry.reason.is_none() && !entry.completed {
                entry.reason = Some(default.unwrap_or(open_reason));
            }
            all_completed &= entry.reason.is_none_or(Reason::is_harmless);
        }
        let v60 = Check::V60.index();
        self.entries[v60].count = Check::ALL.len() as u64 - 1;
        if all_completed {
            self.entries[v60].completed = true;
        } else {
            self.entries[v60].reason = Some(open_reason);
        }
        let checks = self
            .entries
            .into_iter()
            .zip(Check::ALL)
            .map(|(entry, check)| CheckReport {
                check: *check,
                count: entry.count,
                outcome: match entry.reason {
                    _ if entry.fault_count > 0 => Outcome::Failed,
                    Some(reason) => Outcome::NotChecked(reason),
                    None => Outcome::Passed,
                },
                faults: entry.faults,
                fault_count: entry.fault_count,
            })
            .collect();
        Report {
            verdict: match (any_fault, all_completed) {
                (true, _) => Verdict::Failed,
                (false, true) => Verdict::Passed,
                (false, false) => Verdict::CouldNotCheck,
            },
            checks,
            warnings: self.warnings,
            warning_count: self.warning_count,
            facts,
        }
    }
}
