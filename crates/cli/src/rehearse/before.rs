//! The stages before the ballot: what the offers are worth, what was decided, who stands where. All of it is of record.

use dispute::Dispute;

use super::Failure;
use super::invented::place_of_record;
use super::stages::Work;

/// Values, quoted figures, the page about the dispute.
pub(super) fn offer(dispute: &Dispute, work: &mut Work<'_>) -> Result<(), Failure> {
    let place = place_of_record(dispute);
    work.note(&format!("{place}/"), "the dispute as it is: offers, decisions, polls of record", None, "");
    if dispute.offers.is_empty() {
        work.not_made("offer/value.json", "what each offer is worth", "the dispute has no offers");
    } else {
        work.keep(&format!("offer value {place} --json"), "offer/value.json", "what each offer is worth, point by point", false)?;
        work.keep(&format!("offer value {place}"), "offer/value.txt", "the same as tables", false)?;
    }
    work.keep(&format!("offer claims {place} --json"), "offer/claims.json", "the verdict on each figure that was quoted", false)?;
    work.keep(&format!("offer claims {place}"), "offer/claims.txt", "the same in words", false)?;
    let report = format!("report {place} --out offer");
    work.must(&report)?;
    work.note(&format!("offer/{}.html", dispute.id), "the whole dispute on one page: open it in a browser", Some(&report), "yes");
    Ok(())
}

/// Conference and positions, where the dispute has them.
pub(super) fn decide(dispute: &Dispute, work: &mut Work<'_>) -> Result<(), Failure> {
    let place = place_of_record(dispute);
    if dispute.conferences.is_empty() {
        work.not_made("decide/conference.txt", "the conference replayed to its decisions", "the dispute has no conference with an agenda");
    } else {
        work.keep(&format!("conference run {place} --json"), "decide/conference.json", "the conference replayed to its decisions", false)?;
        work.keep(&format!("conference run {place}"), "decide/conference.txt", "the same with the minute", false)?;
        work.keep(&format!("conference minute {place} --markdown"), "decide/minute.md", "the minute", false)?;
        work.keep(&format!("conference tests {place}"), "decide/tests.txt", "the words that were carried, held against each offer", false)?;
    }
    if dispute.positions.is_empty() {
        work.not_made("decide/positions.txt", "who stands where on each offer", "the dispute has no positions on record");
    } else {
        work.keep(&format!("positions {place} --json"), "decide/positions.json", "who stands where on each offer", false)?;
        work.keep(&format!("positions {place}"), "decide/positions.txt", "the same as tables", false)?;
        work.keep(&format!("sticking-points {place}"), "decide/sticking-points.txt", "why offers were turned down", false)?;
    }
    Ok(())
}
