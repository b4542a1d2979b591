//! The files that `whitley new` begins a dispute with: a small, complete, synthetic example to write over.

/// Path and text of each file of a new dispute of that id.
pub fn starter_files(id: &str) -> Vec<(&'static str, String)> {
    FILES.iter().map(|(path, text)| (*path, text.replace("{id}", id))).collect()
}

const FILES: [(&str, &str); 11] = [
    ("dispute.toml", include_str!("starter/dispute.toml")),
    ("offers/offer.toml", include_str!("starter/offer.toml")),
    ("offers/claim.toml", include_str!("starter/claim.toml")),
    ("decide/positions.toml", include_str!("starter/positions.toml")),
    ("decide/talks.toml", include_str!("starter/talks.toml")),
    ("agreements/agreement.toml", include_str!("starter/agreement.toml")),
    ("guides/guide.toml", include_str!("starter/guide.toml")),
    ("campaign.toml", include_str!("starter/campaign.toml")),
    ("quoted.toml", include_str!("starter/quoted.toml")),
    ("scales/scales.toml", include_str!("starter/scales.toml")),
    ("scales/points.csv", include_str!("starter/points.csv")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dispute, Folder, Library};
    use dated::FileBytes;

    #[test]
    fn a_new_dispute_has_no_fault_and_a_true_figure() {
        let (library, _) = Library::built_in();
        let files = starter_files("our-dispute").into_iter().map(|(path, text)| (path.to_owned(), FileBytes::Read(text.into())));
        let folder = Folder { name: "our-dispute".into(), files: files.collect() };
        let (dispute, faults) = Dispute::read(&folder, &library);
        assert_eq!(faults, []);
        let verdicts: Vec<&str> = dispute.expect("a dispute").check_figures(&library).iter().map(|figure| figure.verdict.word()).collect();
        assert_eq!(verdicts, ["true-if"]);
    }
}
