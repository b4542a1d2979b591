//! A whole poll up to its opening by one hand, for rehearsals and tests: every key, the ceremony, letters, both signatures.
//!
//! Whoever has the source of randomness knows every secret, and whoever runs this knows them anyway: nothing made here is ever a real
//! vote, and its title says so.

use vote::Randomness;

use crate::credentials::{self, Roll, Secret, Spare};
use crate::opening::{self, Begun};
use crate::{Answer, Files as _, InMemory, KeyFile, Poll, Refusal, Replace, ceremony, plan};

/// What stands before the title of every rehearsed poll.
pub const LABEL: &str = "REHEARSAL (synthetic): ";

/// What a rehearsal is made of.
pub struct Rehearsal<'a> {
    /// A plan as for `whitley vote setup`, without `officer`, `scrutineer`, `authority` and `trustees`.
    pub plan: &'a str,
    /// The invented roll: CSV with columns `unit` and `member`.
    pub roll: &'a [u8],
    /// Number of trustees; the plan's `quorum` says how many are needed.
    pub trustees: u32,
    /// Spare credentials.
    pub spare: Spare,
    /// Time in the archives' headers, in seconds since 1970.
    pub timestamp: u64,
}

/// A poll ready for its ballots, with everybody's secrets.
pub struct Rehearsed {
    /// All public files, with archives and companions.
    pub files: InMemory,
    /// The poll.
    pub poll: Poll,
    /// The officer's key.
    pub officer: KeyFile,
    /// The scrutineer's key.
    pub scrutineer: KeyFile,
    /// The authority's key.
    pub authority: KeyFile,
    /// The trustees' keys, in trustee order, with what they decrypt with.
    pub trustees: Vec<KeyFile>,
    /// Letters, spares, packs.
    pub secrets: Vec<Secret>,
    /// The beginning of each unit's archive and companion, in the plan's order.
    pub units: Vec<Begun>,
}

/// Makes everything from a plan and a roll. The same source gives the same bytes.
pub fn rehearsed(rehearsal: &Rehearsal<'_>, random: &mut Randomness<'_>) -> Answer<Rehearsed> {
    let mut key = |role: &str| KeyFile::random(role, random);
    let (officer, scrutineer, authority) = (key("officer")?, key("scrutineer")?, key("authority")?);
    let mut trustees = (0..rehearsal.trustees).map(|_| key("trustee")).collect::<Answer<Vec<_>>>()?;
    let mut table = plan::parse(rehearsal.plan, "the plan")?;
    if let Some(role) = ["officer", "scrutineer", "authority", "trustees"].into_iter().find(|role| table.contains_key(*role)) {
        return Err(Refusal::input(format!("the plan of a rehearsal has no {role}: a rehearsal makes all keys itself")));
    }
    let text = |key: &KeyFile| toml::Value::String(key.signing.public().as_str().to_owned());
    for (role, key) in [("officer", &officer), ("scrutineer", &scrutineer), ("authority", &authority)] {
        table.insert(role.to_owned(), text(key));
    }
    table.insert("trustees".to_owned(), toml::Value::Array(trustees.iter().map(text).collect()));
    if let Some(toml::Value::String(title)) = table.get_mut("title")
        && !title.starts_with(LABEL)
    {
        title.insert_str(0, LABEL);
    }
    let mut files = InMemory::default();
    let (poll, bytes) = plan::fix_table(table, "the plan", random)?;
    Poll::begin(&mut files, &bytes)?;
    // A round for each step: whoever comes first waits for the others.
    for _ in ceremony::steps(&poll) {
        for trustee in &mut trustees {
            ceremony::go_on(&mut files, &poll, trustee, "the trustee's key", &mut |_| Ok(()), random)?;
        }
    }
    let finished = ceremony::finished(&files, &poll)?;
    let roll = Roll::read(rehearsal.roll, "the roll", &poll)?;
    credentials::demand_ready(&files, &poll, &roll, rehearsal.spare)?;
    let prepared = credentials::prepare(&poll, &finished, &authority, &roll, rehearsal.spare, random)?;
    prepared.publish(&mut files)?;
    let mut units = Vec::new();
    for unit in &poll.units {
        let due = opening::due(&files, &poll, &finished, unit)?;
        opening::sign(&mut files, &poll, &due, unit, &officer)?;
        let begun = opening::sign(&mut files, &poll, &due, unit, &scrutineer)?;
        let begun = begun.ok_or_else(|| Refusal::ours("a setup that both signed is not complete"))?;
        files.put(&unit.companion(), begun.companion()?.1.as_bytes(), Replace::No)?;
        files.put(&unit.archive(), &begun.archive(rehearsal.timestamp)?.1, Replace::No)?;
        units.push(begun);
    }
    Ok(Rehearsed { files, poll, officer, scrutineer, authority, trustees, secrets: prepared.secrets, units })
}
