//! While an election runs, and its end: lines, shares, closing, result. Everything here is a function of what the board has; it gives
//! back what to append, and the caller appends it, the archive's part first.

use jiff::Timestamp;
use serde_json::Value;
use vote::archive::EventKind;
use vote::companion::{Body, Figures, LineKind, Signature};
use vote::trustee::TrusteeNumber;
use vote::trustee::decrypt::{self, PartialDecryption};
use vote::trustee::record::Trustees;
use vote::{Election, ElectionResult, Element, EncryptedTally, Hash, PublicCredentials, Randomness, Tally};

use crate::companion::Standing;
use crate::{Answer, Companion, KeyFile, Refusal, Signable};

/// What a board has, as far as a line is judged by it.
pub struct Board<'a> {
    /// The election.
    pub election: &'a Election,
    /// Its public credentials.
    pub credentials: &'a PublicCredentials,
    /// The companion's lines so far.
    pub companion: &'a Companion,
    /// Whether the archive has a ballot by this public credential (64 digits).
    pub voted: &'a dyn Fn(&str) -> bool,
}

/// What a file that was brought in appends.
#[derive(Clone, Debug)]
pub struct Addition {
    /// An event with the records before it; none for a line alone.
    pub event: Option<(EventKind, Vec<String>)>,
    /// The companion's line: body, and the signatures in the order of the signers.
    pub line: (Body, Vec<Signature>),
    /// What it is, in a word.
    pub what: &'static str,
    /// Whose or of what, for a person.
    pub name: String,
}

/// A later closing time, by the officer; the scrutineer signs next.
pub fn extend(board: &Board<'_>, closes_at: Timestamp, reason: &str, key: &KeyFile) -> Answer<Signable> {
    demand_later(board.companion, closes_at)?;
    let time = closes_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Ok(signed(Body::schedule(&board.election.hash(), &time, reason), key))
}

/// A credential whose holder's vote on paper was accepted, by the officer; the scrutineer signs next. `paper`: number of the pack.
pub fn void(board: &Board<'_>, credential: &str, paper: &str, key: &KeyFile) -> Answer<Signable> {
    demand_silent(board, credential)?;
    let credential = element(credential)?.encode();
    Ok(signed(Body::void(&board.election.hash(), &credential, paper), key))
}

/// A spare credential in the place of one whose letter was lost, by the officer; the scrutineer signs next. `reason` says nothing about
/// the person.
pub fn replace(board: &Board<'_>, old: &str, new: &str, reason: &str, key: &KeyFile) -> Answer<Signable> {
    demand_replaceable(board, old, new)?;
    let (old, new) = (element(old)?.encode(), element(new)?.encode());
    Ok(signed(Body::replace(&board.election.hash(), &old, &new, reason), key))
}

fn signed(body: Body, key: &KeyFile) -> Signable {
    let mut line = Signable::new(body);
    line.sign(&key.role, &key.signing);
    line
}

/// Which lines officer and scrutineer sign one by one.
pub fn is_signed_one_by_one(kind: LineKind) -> bool {
    matches!(kind, LineKind::Void | LineKind::Schedule | LineKind::Replace)
}

/// Judges a void, schedule or replace line, signed by officer and scrutineer, as the checks of archive.md will (V26, V41, V67). `shown` is the
/// file's name in a refusal.
pub fn check_line(board: &Board<'_>, line: &Signable, shown: &str) -> Answer<Addition> {
    demand_one_by_one(line)?;
    let signatures = line.demand_complete(&board.companion.signers(line)?, shown)?;
    let name = check_line_so_far(board, line, shown)?;
    Ok(Addition { event: None, line: (line.body.clone(), signatures), what: line.body.kind().word(), name })
}

/// Judges all of a line but which signatures are missing: those that are there must hold. Gives whose or of what it is, for a person.
pub fn check_line_so_far(board: &Board<'_>, line: &Signable, shown: &str) -> Answer<String> {
    demand_one_by_one(line)?;
    for signer in board.companion.signers(line)? {
        line.complete(&[signer], shown)?;
    }
    let kind = line.body.kind();
    if !board.companion.shares.is_empty() || board.companion.has_result {
        return Err(Refusal::no(format!("V62: the count has begun, and no {} line comes after a share", kind.word())));
    }
    let strange = || Refusal::input(format!("V62: {shown}: its body is no {} body", kind.word()));
    let body: Value = serde_json::from_str(line.body.text()).map_err(|_| strange())?;
    let text = |name: &str| body[name].as_str().ok_or_else(strange);
    let election = board.election.hash();
    let (made, name) = match kind {
        LineKind::Void => {
            let credential = text("credential")?;
            let encoded = element(credential)?.encode();
            demand_bound(board, text("election")?)?;
            demand_silent(board, credential).map_err(under("V41"))?;
            (Body::void(&election, &encoded, text("paper")?), format!("paper {}", text("paper")?))
        }
        LineKind::Replace => {
            let (old, new) = (text("old")?, text("new")?);
            let encoded = [element(old)?.encode(), element(new)?.encode()];
            demand_bound(board, text("election")?)?;
            demand_replaceable(board, old, new).map_err(under("V67"))?;
            (Body::replace(&election, &encoded[0], &encoded[1], text("reason")?), old.to_owned())
        }
        _ => {
            let closes_at = text("closes_at")?;
            demand_bound(board, text("election")?)?;
            demand_later(board.companion, closes_at.parse().map_err(|_| strange())?).map_err(under("V26"))?;
            (Body::schedule(&election, closes_at, text("reason")?), closes_at.to_owned())
        }
    };
    if made == line.body { Ok(name) } else { Err(strange()) }
}

fn demand_one_by_one(line: &Signable) -> Answer<()> {
    let kind = line.body.kind();
    if is_signed_one_by_one(kind) {
        return Ok(());
    }
    Err(Refusal::input(format!("a {} line is not accepted one by one", kind.word())))
}

/// Names the check of archive.md that a refusal is of.
fn under(check: &'static str) -> impl Fn(Refusal) -> Refusal {
    move |refusal| Refusal { why: format!("{check}: {}", refusal.why), ..refusal }
}

fn element(credential: &str) -> Answer<Element> {
    Element::parse_key(credential).map_err(|_| Refusal::input("this is not a public credential"))
}

fn demand_bound(board: &Board<'_>, election: &str) -> Answer<()> {
    if election == board.election.hash().hex() { Ok(()) } else { Err(Refusal::no("V63: this line is of another election")) }
}

fn demand_later(companion: &Companion, closes_at: Timestamp) -> Answer<()> {
    if closes_at > companion.closes_at {
        return Ok(());
    }
    Err(Refusal::no(format!("voting closes at {}; it can only be extended", companion.closes_at)))
}

/// V41: listed, may vote, and without a ballot.
fn demand_silent(board: &Board<'_>, credential: &str) -> Answer<()> {
    demand_may_vote(board, credential)?;
    if (board.voted)(credential) {
        return Err(Refusal::no("this credential has voted on the web already: set the paper aside, the web vote counts"));
    }
    Ok(())
}

/// V67: the old one may vote and has not, the new one is an unused spare of the same weight.
fn demand_replaceable(board: &Board<'_>, old: &str, new: &str) -> Answer<()> {
    demand_may_vote(board, old)?;
    if (board.voted)(old) {
        return Err(Refusal::no("this credential has voted already: nothing can stand for it"));
    }
    let weight = |credential: &str| Ok::<_, Refusal>(board.credentials.weight(&element(credential)?.encode()));
    if board.companion.standing(new) != Standing::UnusedSpare {
        return Err(Refusal::no("the new credential is not a spare, or it was used already"));
    }
    if weight(old)? != weight(new)? {
        return Err(Refusal::no("the two credentials have different weights"));
    }
    Ok(())
}

fn demand_may_vote(board: &Board<'_>, credential: &str) -> Answer<()> {
    if board.credentials.weight(&element(credential)?.encode()).is_none() {
        return Err(Refusal::no("this credential is not on the list of this election"));
    }
    match board.companion.standing(credential) {
        Standing::MayVote => Ok(()),
        Standing::Voided => {
            let paper = board.companion.voided.get(credential).map(String::as_str).unwrap_or_default();
            Err(Refusal::no(format!("this credential was voided already, for paper {paper}")))
        }
        Standing::Replaced => Err(Refusal::no("this credential was replaced already: a spare stands for it")),
        Standing::UnusedSpare => Err(Refusal::no("this is a spare credential that stands for nobody: it cannot vote")),
    }
}

/// Adds up ballots as they come: the last of each credential counts. The ballots were judged when they came.
pub struct Sum<'a>(Tally<'a>);

impl<'a> Sum<'a> {
    /// Of nothing yet.
    pub fn begin(election: &Election, credentials: &'a PublicCredentials) -> Self {
        Self(Tally::new(election.questions(), credentials))
    }

    /// Adds the bytes of a ballot.
    pub fn add(&mut self, ballot: &[u8]) -> Answer<()> {
        self.0.add_payload(ballot).map_err(|fault| Refusal::input(fault.to_string()))
    }

    /// The sum.
    pub fn close(self) -> EncryptedTally {
        self.0.close()
    }
}

/// Adds up the ballots of a board, in the order in which they came.
pub fn close<B: AsRef<[u8]>>(
    election: &Election,
    credentials: &PublicCredentials,
    ballots: impl IntoIterator<Item = Answer<B>>,
) -> Answer<EncryptedTally> {
    let mut sum = Sum::begin(election, credentials);
    for ballot in ballots {
        sum.add(ballot?.as_ref())?;
    }
    Ok(sum.close())
}

/// The events of closing, with their records. A power cut may have come between them: then only the second is missing.
pub fn closing_events(tally: &EncryptedTally) -> [(EventKind, Vec<String>); 2] {
    [(EventKind::EndBallots, Vec::new()), (EventKind::EncryptedTally, vec![tally.record().to_owned(), tally.sized_record()])]
}

/// An election whose votes were added up.
pub struct Closed<'a> {
    /// The election.
    pub election: &'a Election,
    /// Who can decrypt.
    pub trustees: &'a Trustees,
    /// The sum.
    pub tally: &'a EncryptedTally,
    /// The companion's lines so far.
    pub companion: &'a Companion,
}

/// A share that the archive has: whose, and the partial decryption's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Number of the trustee, from 1.
    pub owner: u32,
    /// The record's bytes.
    pub record: Vec<u8>,
}

impl Recorded {
    /// From the two records of a PartialDecryption event.
    pub fn read(records: &[Vec<u8>]) -> Answer<Self> {
        let wrong = || Refusal::input("a share in the archive cannot be read");
        let [record, owned] = records else { return Err(wrong()) };
        let owned: Value = serde_json::from_slice(owned).map_err(|_| wrong())?;
        let owner = owned["owner"].as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        Ok(Self { owner, record: record.clone() })
    }
}

/// A trustee's share of a sum that it added up itself, as a file for the server. The key file remembers the sum; `keep` stores it before
/// anything is given out. A key decrypts one sum of an election only.
pub fn share(
    election: &Election,
    trustees: &Trustees,
    tally: &EncryptedTally,
    key: &mut KeyFile,
    keep: &mut dyn FnMut(&KeyFile) -> Answer<()>,
    random: &mut Randomness<'_>,
) -> Answer<(u32, Vec<u8>)> {
    let secret = key.decryption.as_ref().ok_or_else(no_ceremony)?;
    let (hash, sum) = (election.hash().hex(), tally.hash().hex());
    if let Some(before) = key.decrypted.get(&hash).filter(|before| **before != sum) {
        // Two sums of one election that differ by a ballot would give that ballot away.
        return Err(Refusal::no(format!(
            "this key has already decrypted another tally of this election ({before}; this one is {sum}). Whoever has both shares can \
             take one sum from the other and read single votes, so this one is not decrypted. Ask the other trustees which tally they \
             were shown"
        )));
    }
    let public = Element::generator_secret_power(secret);
    let own = (1..).zip(trustees.keys()).find(|(_, trustee)| *trustee.key() == public).map(|(number, _)| number);
    let own: u32 = own.ok_or_else(|| Refusal::no("this key belongs to none of this election's trustees"))?;
    let trustee = TrusteeNumber(own);
    // Remembered before anything is given out: a share that is lost on the way may be made again, of the same sum.
    if key.decrypted.insert(hash, sum).is_none() {
        keep(key)?;
    }
    let secret = key.decryption.as_ref().ok_or_else(no_ceremony)?;
    let decryption = decrypt::decrypt(election, tally, secret, random)?;
    let record = decryption.record();
    let mut line = Signable::new(Body::share(&election.hash(), trustee, &tally.hash(), &Hash::of(&record), &decryption.sound_proofs()));
    line.sign(&format!("trustee {own}"), &key.signing);
    let mut value = line.json();
    value["record"] = record.into();
    Ok((own, format!("{value:#}\n").into_bytes()))
}

/// What is said of a trustee's key file without a decryption key.
pub fn no_ceremony() -> Refusal {
    Refusal::input("this key file has not been through a key ceremony")
}

/// Judges a trustee's share (V45, V46, V63, V65). `recorded`: the archive's shares so far. If a power cut came between archive and
/// companion, only the line is missing and only that is given back.
pub fn check_share(closed: &Closed<'_>, recorded: &[Recorded], file: &Value, shown: &str) -> Answer<Addition> {
    let strange = || Refusal::input(format!("{shown} is no share"));
    let line = Signable::of(file, shown)?;
    if line.body.kind() != LineKind::Share {
        return Err(strange());
    }
    let signatures = line.demand_complete(&closed.companion.signers(&line)?, shown)?;
    let record = file["record"].as_str().ok_or_else(strange)?;
    let body: Value = serde_json::from_str(line.body.text()).map_err(|_| strange())?;
    let owner = body["owner"].as_u64().and_then(|owner| u32::try_from(owner).ok()).ok_or_else(strange)?;
    let trustee = TrusteeNumber(owner);
    let keys = closed.trustees.keys();
    let key = (owner as usize).checked_sub(1).and_then(|at| keys.get(at));
    let key = key.ok_or_else(|| Refusal::no(format!("V45: there is no trustee {owner}")))?;
    let only_line = recorded.last().is_some_and(|last| last.owner == owner && last.record == record.as_bytes())
        && closed.companion.shares.len() < recorded.len();
    if !only_line && recorded.iter().any(|earlier| earlier.owner == owner) {
        return Err(Refusal::no(format!("V45: the share of trustee {owner} is there already")));
    }
    if closed.companion.has_result {
        return Err(Refusal::no("V62: the result is signed: no share comes after it"));
    }
    let proofs = body["proofs"].to_string();
    let decryption = PartialDecryption::check(record.as_bytes(), proofs.as_bytes(), closed.election, closed.tally, trustee, key)
        .map_err(|fault| Refusal::no(format!("V46: {fault}")))?;
    let tally = closed.tally.hash();
    if line.body != Body::share(&closed.election.hash(), trustee, &tally, &Hash::of(record), &decryption.sound_proofs()) {
        return Err(Refusal::no("V63: the share's line is of another election, tally or record"));
    }
    let owned = format!("{{\"owner\":{owner},\"payload\":\"{}\"}}", Hash::of(record));
    let event = (!only_line).then(|| (EventKind::PartialDecryption, vec![record.to_owned(), owned]));
    Ok(Addition { event, line: (line.body, signatures), what: "share", name: format!("trustee {owner}") })
}

/// Reads the count from the archive's shares with the companion's proofs, all checked again.
pub fn count(closed: &Closed<'_>, recorded: &[Recorded]) -> Answer<ElectionResult> {
    let mut decryptions = Vec::new();
    for Recorded { owner, record } in recorded {
        let keys = closed.trustees.keys();
        let key = (*owner as usize)
            .checked_sub(1)
            .and_then(|at| keys.get(at))
            .ok_or_else(|| Refusal::no(format!("there is no trustee {owner}")))?;
        let sound = closed.companion.shares.iter().find(|body| body["owner"].as_u64() == Some(u64::from(*owner)));
        let sound = sound.ok_or_else(|| Refusal::no(format!("the companion has no share of trustee {owner}")))?;
        let trustee = TrusteeNumber(*owner);
        let proofs = sound["proofs"].to_string();
        let decryption = PartialDecryption::check(record, proofs.as_bytes(), closed.election, closed.tally, trustee, key);
        decryptions.push((trustee, decryption.map_err(|fault| Refusal::no(fault.to_string()))?));
    }
    let present: Vec<_> = decryptions.iter().map(|(trustee, decryption)| (*trustee, decryption)).collect();
    vote::tally::result(closed.election, closed.trustees, closed.tally, &present).map_err(|fault| Refusal::no(fault.to_string()))
}

/// What the companion's last line says. `ballots`: Ballot events; `last_event`: hash of the Result event that the archive gets or has.
pub fn result_body(closed: &Closed<'_>, ballots: u64, result: &ElectionResult, last_event: Hash) -> Answer<Body> {
    let lines = closed.companion.last().ok_or_else(|| Refusal::input("nothing to sign"))?;
    let voided = closed.companion.voided.len() as u64;
    Ok(Body::result(&Figures { election: closed.election.hash(), lines, ballots, tally: closed.tally, voided, result, last_event }))
}

/// A line that officer and scrutineer sign one after the other, with its file's earlier bytes if they are of the same body.
pub fn signed_so_far(body: &Body, earlier: Option<&[u8]>, shown: &str) -> Answer<Signable> {
    let earlier = earlier.map(|bytes| Signable::read(bytes, shown)).transpose()?;
    Ok(earlier.filter(|earlier| earlier.body == *body).unwrap_or_else(|| Signable::new(body.clone())))
}

/// Adds an officer's or scrutineer's signature to the result. `shown`: the key file's name in a refusal.
pub fn sign_result(companion: &Companion, line: &mut Signable, key: &KeyFile, shown: &str) -> Answer<()> {
    let due = companion.signers(line)?.into_iter().find(|(role, _)| *role == key.role);
    if due.is_none_or(|(_, due)| due != key.signing.public()) {
        return Err(Refusal::input(format!("{shown} is not the key of this poll's {}", key.role)));
    }
    line.sign(&key.role, &key.signing);
    Ok(())
}

/// Takes the signatures of a result that was brought in, each checked. `line` is the result as this board has it.
pub fn receive_result(companion: &Companion, line: &mut Signable, brought: &[u8], shown: &str) -> Answer<()> {
    let brought = Signable::read(brought, shown)?;
    if brought.body != line.body {
        return Err(Refusal::no(format!("{shown} is not the result that this board counts")));
    }
    let before = line.signatures.len();
    for (signer, public) in companion.signers(line)? {
        let one = [(signer.clone(), public)];
        if let Some(signature) = brought.complete(&one, shown)?.and_then(|list| list.into_iter().next()) {
            line.signatures.retain(|(earlier, _)| *earlier != signer);
            line.signatures.push((signer, signature));
        }
    }
    if line.signatures.is_empty() && before == 0 {
        return Err(Refusal::input(format!("{shown} has no signature of the officer or the scrutineer")));
    }
    Ok(())
}
