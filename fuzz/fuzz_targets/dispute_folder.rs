//! Any bytes as a file of a dispute folder: faults or a dispute, never a panic; and what has no error can be valued.
#![no_main]

use std::sync::OnceLock;

use dated::{FileBytes, Severity};
use dispute::{Dispute, Folder, Library, starter_files};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| Library::built_in().0);
    let [which, rest @ ..] = data else { return };
    let mut folder = Folder { name: "fuzzed".into(), ..Folder::default() };
    for (path, text) in starter_files("fuzzed") {
        folder.files.insert(path.to_owned(), FileBytes::Read(text.into_bytes()));
    }
    let paths: Vec<String> = folder.files.keys().cloned().collect();
    folder.files.insert(paths[usize::from(*which) % paths.len()].clone(), FileBytes::Read(rest.to_vec()));
    let (dispute, faults) = Dispute::read(&folder, library);
    if let Some(dispute) = dispute
        && faults.iter().all(|fault| fault.severity != Severity::Error)
    {
        let framework = dispute.framework();
        for offer in dispute.offers.iter().filter(|offer| offer.steps.len() < 50) {
            let _ = framework.value_points(offer);
        }
        let _ = dispute.check_figures(library);
    }
});
