//! `whitley vote`: a whole poll on files alone, by people who each have their own.
//!
//! Who runs what, and with which files: the help of [`Verb`]. The protocol is in the crate `vote`, the judging in `verify`, the steps in
//! `poll`; here are only arguments, files, the clock, and what is said.

mod before;
mod casting;
mod ceremony;
mod counting;
mod files;
mod papers;
mod plan;
pub(crate) mod repair;

use clap::Subcommand;
pub(crate) use poll::Refusal;

use crate::answer::{self, Done, Outcome};
use crate::judge;

/// Who runs what, in order.
const STEPS: &str = "\
Everybody runs only their own steps. The poll folder is public and goes from hand to hand (a shared drive, a memory stick);
key files and letters are secret and stay with their owner.

  everybody   whitley vote key ROLE --out MY.key       and gives the printed public key to the officer
  officer     whitley vote setup POLL.toml --out POLL
  trustees    whitley vote ceremony POLL --key MY.key  again and again until it says that it is done
  authority   whitley vote credentials POLL --key authority.key --roll ROLL.csv --letters DIR
  officer     whitley vote open POLL --key officer.key
  scrutineer  whitley vote open POLL --key scrutineer.key
  voter       whitley vote cast ARCHIVE.bel --credential FILE --choose ANSWER --out BALLOT.json
  server      whitley vote accept ARCHIVE.bel BALLOT.json…
  server      whitley vote close ARCHIVE.bel
  trustees    whitley vote share ARCHIVE.bel --key MY.key --out SHARE.json
  server      whitley vote accept ARCHIVE.bel SHARE.json…
  officer     whitley vote result ARCHIVE.bel --key officer.key
  scrutineer  whitley vote result ARCHIVE.bel --key scrutineer.key
  anybody     whitley vote verify ARCHIVE.bel --companion UUID.companion.jsonl
";

/// The steps of a poll.
#[derive(Subcommand)]
#[command(after_help = STEPS)]
pub(crate) enum Verb {
    /// Everybody with a role: make a key; the secret file is yours alone, the printed public key goes to the officer
    Key(before::Key),
    /// Everybody with a role: answer the challenge of a service's sign-in page; the key stays on your machine
    SignIn(before::SignIn),
    /// Officer: fix the poll from its plan: questions, units, dates, quorum, role keys
    Setup(plan::Setup),
    /// Trustee: do the next step of the key ceremony, if the others' files for it are there
    Ceremony(ceremony::Ceremony),
    /// Credential authority: make the voters' letters and the public lists from the frozen roll
    Credentials(before::Credentials),
    /// Officer, then scrutineer: sign each unit's setup; the second signature begins the archives
    Open(before::Open),
    /// Voter: encrypt a vote; what is written shows nobody what was chosen
    Cast(casting::Cast),
    /// Server: judge ballots, shares, and signed lines, and append those that pass
    Accept(casting::Accept),
    /// Officer: a credential whose paper vote was accepted; the scrutineer signs it next
    Void(casting::Void),
    /// Officer: a later closing time; the scrutineer signs it next
    Extend(casting::Extend),
    /// Officer: a spare credential in the place of one whose letter was lost; the scrutineer signs it next
    Replace(casting::ReplaceOne),
    /// Officer or scrutineer: add your signature to a file made by void, extend or replace
    Sign(casting::Sign),
    /// Scrutineer, officer: sign a printed paper, such as the scrutineer's report; the signature is a file beside it
    SignPaper(papers::SignPaper),
    /// Anybody: whether a paper is signed by a role of the poll and was not changed
    CheckPaper(papers::CheckPaper),
    /// Server: end the casting and add up the encrypted votes
    Close(counting::Close),
    /// Trustee: a partial decryption; needs only your key file and the archive
    Share(counting::Share),
    /// Officer, then scrutineer: read the count from enough shares, and sign it
    Result(counting::Result),
    /// Anybody: the archive's records as loose files, as other programs want them
    Export(counting::Export),
    /// Server: after a power cut, take away an append that was cut off; never a whole event or line
    Repair(repair::Repair),
    /// Anybody: every check, numbered
    Verify(judge::Verify),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let done = match self {
            Self::Key(command) => command.run(),
            Self::SignIn(command) => command.run(),
            Self::Setup(command) => command.run(),
            Self::Ceremony(command) => command.run(),
            Self::Credentials(command) => command.run(),
            Self::Open(command) => command.run(),
            Self::Cast(command) => command.run(),
            Self::Accept(command) => command.run(),
            Self::Void(command) => command.run(),
            Self::Extend(command) => command.run(),
            Self::Replace(command) => command.run(),
            Self::Sign(command) => command.run(),
            Self::SignPaper(command) => command.run(),
            Self::CheckPaper(command) => command.run(),
            Self::Close(command) => command.run(),
            Self::Share(command) => command.run(),
            Self::Result(command) => command.run(),
            Self::Export(command) => command.run(),
            Self::Repair(command) => command.run(),
            Self::Verify(command) => return command.run(as_json),
        };
        match done {
            Ok(done) => done.say(as_json),
            Err(refusal) => {
                if as_json {
                    answer::print_json(&serde_json::json!({ "error": refusal.why }));
                }
                eprintln!("{}", refusal.why);
                outcome_of(&refusal)
            }
        }
    }
}

/// Exit code of a refusal.
fn outcome_of(refusal: &Refusal) -> Outcome {
    match refusal.kind {
        poll::Kind::Input => Outcome::BadInput,
        poll::Kind::No => Outcome::No,
        poll::Kind::Ours => Outcome::OurFailure,
    }
}
