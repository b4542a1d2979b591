//! `whitley deliver letters`.

use std::path::PathBuf;

use clap::Args;
use deliver::{Answer, Trouble, post};
use jiff::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Done, PackArguments, held_json, held_text};

/// Arguments of `whitley deliver letters`.
#[derive(Args)]
pub(crate) struct Letters {
    /// Letters files
    #[arg(required = true)]
    letters: Vec<PathBuf>,
    #[command(flatten)]
    packs: PackArguments,
    /// Folder for the print files (mode 0700)
    #[arg(long)]
    out: PathBuf,
    /// Packs in a file
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    per_file: u32,
    /// Only packs that no e-mail can go to: give the employers' domains too
    #[arg(long)]
    without_email: bool,
    /// Write the codes to scan as SVG files too, in DIR/qr
    #[arg(long)]
    svg: bool,
    /// Write the letters as PDF too, each with its code to scan; needs the feature `print`
    #[arg(long)]
    pdf: bool,
    /// Print this pack though it came back or was perhaps sent; may be given again
    #[arg(long, value_name = "PACK")]
    again: Vec<String>,
}

impl Letters {
    pub(super) fn run(self) -> Answer<Done> {
        let (facts, letters) = self.packs.letters(&self.letters)?;
        let work = if self.without_email { Some(self.packs.work.domains()?) } else { None };
        let mut ledger = self.packs.ledger.open()?;
        for pack in &self.again {
            ledger.demand(pack)?;
        }
        let plan = post::plan(&letters, &ledger, self.per_file as usize, work.as_ref(), &self.again);
        let as_pdf = self.pdf;
        let mut further = |stem: &str, letters: &[&deliver::Letter]| -> Answer<Vec<(String, Zeroizing<Vec<u8>>)>> {
            if as_pdf { pdf(stem, letters, &facts) } else { Ok(Vec::new()) }
        };
        if as_pdf && cfg!(not(feature = "print")) {
            return Err(Trouble::No(
                "this program was built without the typesetter: cargo install --path crates/cli --features print".to_owned(),
            ));
        }
        let printed = post::print(&plan, &facts, &self.out, self.svg, &mut ledger, &Timestamp::now, &mut further)?;
        let packs: usize = printed.iter().map(|file| file.packs).sum();
        let settled: u64 = plan.settled.values().sum();
        let mut text = format!("{packs} packs in {} files in {} (secret: codes and addresses).\n", printed.len(), self.out.display());
        for file in &printed {
            text.push_str(&format!("  {}: {} packs, SHA-256 {}\n", file.file, file.packs, file.sha256));
        }
        for (state, count) in &plan.settled {
            text.push_str(&format!("{count} {} already.\n", state.words()));
        }
        text.push_str(&held_text("not printed", &plan.held_back));
        if packs > 0 {
            text.push_str(&format!(
                "next: give the files and {} to the mailing house over an encrypted way; compare the hashes\n",
                post::MANIFEST
            ));
        }
        let files: Vec<_> = printed.iter().map(|file| json!({ "file": file.file, "packs": file.packs, "sha256": file.sha256 })).collect();
        Ok(Done::new(
            text,
            json!({ "out": self.out.display().to_string(), "packs": packs, "files": files, "settled": settled, "held_back": held_json(&plan.held_back) }),
        ))
    }
}

#[cfg(not(feature = "print"))]
fn pdf(_: &str, _: &[&deliver::Letter], _: &deliver::facts::Facts) -> Answer<Vec<(String, Zeroizing<Vec<u8>>)>> {
    Ok(Vec::new())
}

/// The letters of a print file as one tagged PDF.
#[cfg(feature = "print")]
fn pdf(stem: &str, letters: &[&deliver::Letter], facts: &deliver::facts::Facts) -> Answer<Vec<(String, Zeroizing<Vec<u8>>)>> {
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let pages = letters
        .iter()
        .map(|letter| {
            Ok(json!({
                "to": letter.shown_name(),
                "address": letter.address,
                "greeting": post::greeting(letter),
                "unit": facts.unit(&letter.unit),
                "code": letter.credential.expose(),
                "web": facts.address(&letter.unit),
                "qr": *post::qr(&facts.link(letter))?,
                "opens": deliver::facts::long_time(facts.opens_at, letter.language),
                "closes": deliver::facts::long_time(facts.closes_at, letter.language),
                "pack": letter.pack,
                "welsh": letter.language == deliver::Language::Welsh,
                "large": letter.large_print,
            }))
        })
        .collect::<Answer<Vec<_>>>()?;
    let title = format!("Voting letters: {}", facts.title);
    let document = print::Document::new("voting-letter.typ", title, today, json!({ "poll": facts.title, "letters": pages }));
    let printed = print::typeset(&print::Templates::built_in(), &document);
    print::forget();
    let printed = printed.map_err(|error| Trouble::Ours(error.to_string()))?;
    Ok(vec![(format!("{stem}.pdf"), Zeroizing::new(printed.bytes))])
}
