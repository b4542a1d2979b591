//! The table of contents of a rehearsal: `index.html` and `README.txt`, which say what each file is and what made it.

use super::Failure;
use super::stages::{LABEL, Stages, write};

/// What stands at the head of both.
pub(super) struct Head<'a> {
    pub(super) dispute: &'a str,
    pub(super) poll: &'a str,
    pub(super) seed: &'a str,
    /// What came of it, a sentence each.
    pub(super) summary: &'a [String],
    /// How to check a count, a command a line.
    pub(super) checks: &'a [(&'static str, String)],
}

/// Writes both files.
pub(super) fn write_contents(head: &Head<'_>, stages: &Stages) -> Result<(), Failure> {
    write("index.html".as_ref(), html(head, stages).as_bytes())?;
    write("README.txt".as_ref(), text(head, stages).as_bytes())
}

fn text(head: &Head<'_>, stages: &Stages) -> String {
    let mut text = format!(
        "{LABEL}\n\n{}\n{}\nEverything secret comes from the seed “{}”: the same arguments give the same files.\n\n{}\n\nTo check a count:\n",
        head.dispute,
        head.poll,
        head.seed,
        head.summary.join("\n")
    );
    for (who, command) in head.checks {
        text.push_str(&format!("  {who}: {command}\n"));
    }
    text.push_str("\nCommands below are run in this folder.\n");
    for stage in &stages.done {
        text.push_str(&format!("\n{}\n", stage.title));
        for made in &stage.made {
            let said = if made.said.is_empty() || made.said == "yes" { String::new() } else { format!(" [{}]", made.said) };
            text.push_str(&format!("  {}: {}{said}\n", made.file, made.what));
            if let Some(command) = &made.command {
                text.push_str(&format!("      {command}\n"));
            }
        }
    }
    text
}

fn html(head: &Head<'_>, stages: &Stages) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Rehearsal: {0}</title>\n<style>\n\
         body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff }}\n\
         .label {{ border: 2px solid #8a1c00; color: #8a1c00; padding: .5rem 1rem; font-weight: bold }}\n\
         table {{ border-collapse: collapse; width: 100% }} td, th {{ text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ccc }}\n\
         td:first-child {{ width: 18rem; overflow-wrap: anywhere }} code {{ overflow-wrap: anywhere }}\n</style>\n</head>\n<body>\n<main>\n\
         <p class=\"label\">{LABEL}</p>\n<h1>{0}</h1>\n<p>{1}</p>\n<p>Everything secret comes from the seed “{2}”: the same arguments give the same files.</p>\n\
         <h2>What came of it</h2>\n<ul>\n",
        escaped(head.dispute),
        escaped(head.poll),
        escaped(head.seed)
    );
    for sentence in head.summary {
        page.push_str(&format!("<li>{}</li>\n", escaped(sentence)));
    }
    page.push_str("</ul>\n<h2>To check a count</h2>\n<ul>\n");
    for (who, command) in head.checks {
        page.push_str(&format!("<li>{who}: <code>{}</code></li>\n", escaped(command)));
    }
    page.push_str("</ul>\n<p>Commands below are run in this folder.</p>\n");
    for stage in &stages.done {
        page.push_str(&format!("<h2>{}</h2>\n<table>\n<tr><th>File</th><th>What it is</th></tr>\n", escaped(&stage.title)));
        for made in &stage.made {
            let is_there = !made.said.starts_with("not made");
            let file = escaped(&made.file);
            let file = if is_there { format!("<a href=\"{file}\">{file}</a>") } else { file };
            let said = if made.said.is_empty() || made.said == "yes" {
                String::new()
            } else {
                format!(" <strong>{}</strong>", escaped(&made.said))
            };
            let command = made.command.as_ref().map(|command| format!("<br><code>{}</code>", escaped(command))).unwrap_or_default();
            page.push_str(&format!("<tr><td>{file}</td><td>{}{said}{command}</td></tr>\n", escaped(&made.what)));
        }
        page.push_str("</table>\n");
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
