//! `whitley roll notices`: the figures for each employer, from the present roll.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use dispute::roll::{EmployerNotice, Notices, unit_id};

use super::{Done, Stop, folder, late, read, write};
use crate::answer::{self, Outcome, Table};

/// Arguments of `whitley roll notices`.
#[derive(Args)]
pub(crate) struct Write {
    /// The roll folder, frozen
    folder: PathBuf,
    /// The folder to be made: one CSV and one text for each employer, figures.json for `whitley notice ballot --figures`
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The poll (folder or poll.json): late changes must be signed by its officer and its scrutineer
    #[arg(long, value_name = "POLL")]
    poll: Option<PathBuf>,
}

impl Write {
    pub(super) fn run(self, as_json: bool) -> Done {
        if self.out.exists() {
            return Err(Stop::Input(format!("{} is already there; nothing was written", self.out.display())));
        }
        let keys = self.poll.as_deref().map(late::keys_of).transpose()?;
        let (changes, record) = late::present(&self.folder, keys.as_ref())?;
        let employers = folder::load(&self.folder)?.employers;
        let on = record["on"].as_str().and_then(|day| dated::parse_date(day).ok());
        let on = on.ok_or_else(|| Stop::Input(format!("{}: the freeze has no day", self.folder.display())))?;
        let mut out: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut reader = csv::Reader::from_reader(std::io::Cursor::new(read(&self.folder.join("frozen/out.csv"))?));
        for row in reader.records() {
            let row = row.map_err(|error| Stop::Input(format!("frozen/out.csv: {error}")))?;
            *out.entry((row.get(2).unwrap_or_default().to_owned(), row.get(4).unwrap_or_default().to_owned())).or_default() += 1;
        }
        let mut notices = Notices::of(changes.roll(), on, &out, &employers);
        if !changes.applied().is_empty() {
            for notice in &mut notices.employers {
                notice.explained.push_str(&format!(" {} later changes to the roll are taken into account.", changes.applied().len()));
            }
        }
        let mut names = BTreeSet::new();
        let mut files = Vec::new();
        for notice in &notices.employers {
            let mut name = format!("{}-{}", notice.unit, unit_id(&notice.employer));
            while !names.insert(name.clone()) {
                name.push_str("-2");
            }
            write(&self.out.join(format!("{name}.csv")), figures_csv(notice).as_bytes(), false)?;
            write(&self.out.join(format!("{name}.txt")), text(notice, notices.synthetic.as_deref()).as_bytes(), false)?;
            files.push(name);
        }
        let figures = notices.figures(&record["label"]);
        write(&self.out.join("figures.json"), format!("{figures:#}\n").as_bytes(), false)?;
        if as_json {
            answer::print_json(&figures);
            return Ok(Outcome::Yes);
        }
        if let Some(label) = &notices.synthetic {
            answer::print(&format!("SYNTHETIC: {label}\n\n"));
        }
        let mut table = Table::new(&["employer", "unit", ">employees", ">workplaces", ">categories", "files"]);
        for (notice, file) in notices.employers.iter().zip(&files) {
            let (workplaces, categories) = (notice.workplaces.len(), notice.categories.len());
            let counts = [pay::grouped(notice.total), workplaces.to_string(), categories.to_string()];
            let [total, workplaces, categories] = counts;
            table.row([notice.employer.clone(), notice.unit.clone(), total, workplaces, categories, format!("{file}.csv, .txt")]);
        }
        answer::print(&table.text());
        if keys.is_none() && !changes.applied().is_empty() {
            answer::print("WARNING: the signatures of the late changes were not checked here; --poll POLL checks them.\n");
        }
        let without: Vec<&str> =
            notices.employers.iter().filter(|notice| notice.address.is_empty()).map(|notice| notice.employer.as_str()).collect();
        if !without.is_empty() {
            answer::print(&format!("WARNING: without an address for the notice: {}\n", sheet::shown(&without)));
        }
        answer::print(&format!(
            "\n{} employees in {} notices, from the roll {}\nnext: whitley notice ballot DISPUTE --poll ID --figures {}/figures.json\n",
            pay::grouped(notices.total()),
            notices.employers.len(),
            notices.hash,
            self.out.display()
        ));
        Ok(Outcome::Yes)
    }
}

fn figures_csv(notice: &EmployerNotice) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(["list", "name", "employees"]);
    for (list, what) in [(&notice.categories, "category"), (&notice.workplaces, "workplace")] {
        for (name, number) in list {
            let _ = writer.write_record([what, name, &number.to_string()]);
        }
    }
    let _ = writer.write_record(["total", "", &notice.total.to_string()]);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn text(notice: &EmployerNotice, synthetic: Option<&str>) -> String {
    let mut text = synthetic.map(|label| format!("SYNTHETIC: {label}\n\n")).unwrap_or_default();
    text.push_str(&format!("{}\nBalloting unit: {}\n\n", notice.employer, notice.unit));
    for (list, what) in [(&notice.categories, "category of employee"), (&notice.workplaces, "workplace")] {
        let mut table = Table::new(&[what, ">employees"]);
        list.iter().for_each(|(name, number)| table.row([name.clone(), pay::grouped(*number)]));
        text.push_str(&table.text());
        text.push('\n');
    }
    text.push_str(&format!("Total: {}\n\n{}\n", pay::grouped(notice.total), notice.explained));
    text
}
