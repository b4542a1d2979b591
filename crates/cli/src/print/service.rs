//! The typesetter that a service is started with: the papers that `whitley notice` and `certificate` print, from the same folder.

use dated::{Faults, Place, Severity};
use dispute::{Dispute, Library};
use law::Rulebook;
use print::{Addressee, Batch, Certificate, Evidence, PollPapers, RunError, Templates, print_in_memory};
use web::printer::{NotPrinted, Order, Paper, PrintedFile, Printer};

use super::polls::{ballot_notices, result_batch};

/// Prints for a service.
pub(crate) struct Typesetter {
    library: Library,
    book: Rulebook,
}

impl Typesetter {
    /// With the data that the program carries; `None` if they are broken.
    pub(crate) fn new() -> Option<Self> {
        let (library, faults) = Library::built_in();
        Some(Self { library, book: Rulebook::built_in().ok()? }).filter(|_| faults.is_empty())
    }
}

impl Printer for Typesetter {
    fn print(&self, order: &Order) -> Result<Vec<PrintedFile>, NotPrinted> {
        let (dispute, found) = Dispute::read(&order.folder, &self.library);
        let has_error = found.iter().any(|fault| fault.severity == Severity::Error);
        let Some(mut dispute) = dispute.filter(|_| !has_error) else { return Err(NotPrinted::Faults(found)) };
        let faults = Faults::new();
        let (run, batches) = self.batches(order, &mut dispute, &faults)?;
        if faults.error_count() > 0 {
            return Err(NotPrinted::Faults(faults.into_sorted()));
        }
        if batches.is_empty() {
            return Err(NotPrinted::Nothing(vec!["there is nobody to whom such a paper goes".to_owned()]));
        }
        print_in_memory(run, &Templates::built_in(), batches).map_err(|error| match error {
            RunError::Template(error) => NotPrinted::Ours(error.to_string()),
            RunError::OtherRun(why) | RunError::Disk(why) => NotPrinted::Ours(why),
        })
    }
}

impl Typesetter {
    /// The name of the run and its files.
    fn batches(&self, order: &Order, dispute: &mut Dispute, faults: &Faults) -> Result<(&'static str, Vec<Batch>), NotPrinted> {
        let place = Place::new("roll", 1);
        if order.paper == Paper::BallotNotices {
            let days = [order.date, order.received];
            return Ok(("ballot-notice", ballot_notices(dispute, &self.book, order.poll, &order.notices, days, &place, faults)));
        }
        if order.paper == Paper::Results {
            return Ok(("result", self.results(order, dispute, faults)));
        }
        let Some(papers) = PollPapers::find(dispute, &self.book, order.poll, faults) else { return Ok(("", Vec::new())) };
        let single = |file: &str, what, document: Option<print::Document>| {
            document.map(|document| Batch::single(format!("{file}.pdf"), what, order.poll, document)).into_iter().collect()
        };
        Ok(match &order.paper {
            Paper::Mandates => ("mandates", single("mandates", "table of mandates", papers.mandate_table(order.date, faults))),
            Paper::ScrutineerReport => {
                let shown = &order.evidence;
                let evidence =
                    Evidence { archives: shown.archives.clone(), packs: shown.packs.clone(), incidents: shown.incidents.clone() };
                let document = papers.scrutineer_report(&evidence, order.date, faults);
                ("scrutineer-report", single("scrutineer-report", "scrutineer’s report", document))
            }
            Paper::Certificates { unit, question } => {
                let (mut batches, mut refused) = (Vec::new(), Vec::new());
                for unit in papers.units(unit.as_deref(), faults) {
                    match papers.certificate(unit, question.as_deref(), order.date, faults) {
                        Some(Certificate::Held(document)) => {
                            batches.push(Batch::single(
                                format!("certificate-{}.pdf", unit.id),
                                "certificate of mandate",
                                &unit.id,
                                *document,
                            ));
                        }
                        Some(Certificate::Refused(why)) => refused.extend(why),
                        None => {}
                    }
                }
                if batches.is_empty() && faults.error_count() == 0 {
                    return Err(NotPrinted::Nothing(refused));
                }
                ("certificate", batches)
            }
            Paper::BallotNotices | Paper::Results => ("", Vec::new()),
        })
    }

    /// The result of each unit to its members, and to each of its employers that the roll has.
    fn results(&self, order: &Order, dispute: &mut Dispute, faults: &Faults) -> Vec<Batch> {
        let mut batches = Vec::new();
        if let Some(papers) = PollPapers::find(dispute, &self.book, order.poll, faults) {
            for unit in papers.units(None, faults) {
                let document = papers.result_statement(unit, Addressee::Members, order.date, faults);
                batches.extend(document.map(|document| result_batch(&unit.id, Addressee::Members, document)));
            }
        }
        let mut several: std::collections::BTreeMap<&str, u32> = std::collections::BTreeMap::new();
        for notice in &order.notices {
            super::polls::address_to(dispute, order.poll, notice, &Place::new("roll", 1));
            let Some(papers) = PollPapers::find(dispute, &self.book, order.poll, faults) else { break };
            let number = several.entry(&notice.unit).or_default();
            *number += 1;
            for unit in papers.units(Some(&notice.unit), faults) {
                let document = papers.result_statement(unit, Addressee::Employer, order.date, faults);
                batches.extend(document.map(|document| {
                    let mut batch = result_batch(&unit.id, Addressee::Employer, document);
                    if *number > 1 {
                        batch.file = format!("result-{}-employer-{number}.pdf", unit.id);
                    }
                    batch
                }));
            }
        }
        batches
    }
}
