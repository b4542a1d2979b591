//! The papers of a conference as plain text and as Markdown.

use super::names::escaped;
use super::papers::{Agenda, BookEntry, DecisionsBook, Minute};

/// A title with its day.
fn titled(what: &str, title: &str, when: Option<&str>) -> String {
    format!("{what}: {title}{}", when.map(|when| format!(", {when}")).unwrap_or_default())
}

impl Agenda {
    /// As plain text.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", titled("Agenda", &self.title, self.when.as_deref()));
        for entry in &self.entries {
            let indent = "    ".repeat(entry.depth);
            out.push_str(&format!("\n{indent}{}\n", entry.heading));
            let mover = entry.mover.iter().map(|mover| format!("Moved by {mover}."));
            for line in mover.chain(entry.notes.iter().cloned()) {
                out.push_str(&wrapped(&line, &format!("{indent}  ")));
            }
            for line in &entry.text {
                out.push_str(&wrapped(line, &format!("{indent}    ")));
            }
        }
        if !self.guillotine.is_empty() {
            out.push_str(&format!("\nPut without debate when time runs out: {}.\n", self.guillotine.join(", ")));
        }
        out
    }

    /// As Markdown; names and texts are shown as they stand and never obeyed.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n", escaped(&titled("Agenda", &self.title, self.when.as_deref())));
        for entry in &self.entries {
            out.push_str(&format!("\n{} {}\n\n", "#".repeat(entry.depth + 2), escaped(&entry.heading)));
            let mover = entry.mover.iter().map(|mover| format!("Moved by {mover}."));
            for line in mover.chain(entry.notes.iter().cloned()) {
                out.push_str(&format!("*{}*\n\n", escaped(&line)));
            }
            out.push_str(&quoted(&entry.text));
        }
        if !self.guillotine.is_empty() {
            out.push_str(&format!("\nPut without debate when time runs out: {}.\n", escaped(&self.guillotine.join(", "))));
        }
        out
    }
}

impl Minute {
    /// As plain text.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", titled("Minute", &self.title, self.when.as_deref()));
        for sentence in &self.business {
            out.push_str(&format!("\n{}", wrapped(sentence, "")));
        }
        for item in &self.items {
            out.push_str(&format!("\n{}\n", item.heading));
            for line in &item.text {
                out.push_str(&wrapped(line, "    "));
            }
            out.push_str(&wrapped(&item.sentences.join(" "), "  "));
        }
        out.push_str(&format!("\nReported in: {}\n", self.sources.join("; ")));
        out
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n", escaped(&titled("Minute", &self.title, self.when.as_deref())));
        for sentence in &self.business {
            out.push_str(&format!("\n{}\n", escaped(sentence)));
        }
        for item in &self.items {
            out.push_str(&format!("\n## {}\n\n{}\n", escaped(&item.heading), quoted(&item.text)));
            out.push_str(&format!("{}\n", escaped(&item.sentences.join(" "))));
        }
        out.push_str(&format!("\nReported in: {}\n", escaped(&self.sources.join("; "))));
        out
    }
}

impl DecisionsBook {
    /// Its parts with their headings, in the order of the book.
    pub fn parts(&self) -> [(&'static str, &[BookEntry]); 3] {
        [("Carried", &self.carried), ("Remitted to the executive", &self.remitted), ("Everything else", &self.others)]
    }

    /// As plain text.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", titled("Decisions", &self.title, self.when.as_deref()));
        for (title, entries) in self.parts().into_iter().filter(|(_, entries)| !entries.is_empty()) {
            out.push_str(&format!("\n{}\n", title.to_uppercase()));
            for entry in entries {
                out.push_str(&format!("\n{}\n", entry.heading));
                for line in entry.text.iter().flat_map(|text| text.lines()) {
                    out.push_str(&wrapped(line, "    "));
                }
                out.push_str(&wrapped(&entry.outcome, "  "));
            }
        }
        out
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n", escaped(&titled("Decisions", &self.title, self.when.as_deref())));
        for (title, entries) in self.parts().into_iter().filter(|(_, entries)| !entries.is_empty()) {
            out.push_str(&format!("\n## {title}\n"));
            for entry in entries {
                out.push_str(&format!("\n### {}\n\n", escaped(&entry.heading)));
                let lines: Vec<String> = entry.text.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
                if !lines.is_empty() {
                    out.push_str(&format!("{}\n", quoted(&lines)));
                }
                out.push_str(&format!("{}\n", escaped(&entry.outcome)));
            }
        }
        out
    }
}

/// Paragraphs as a quotation.
fn quoted(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("> {}\n", escaped(line))).collect();
    lines.join(">\n")
}

/// A paragraph in lines of at most a hundred letters.
fn wrapped(paragraph: &str, indent: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
        if !line.is_empty() && indent.len() + line.chars().count() + 1 + word.chars().count() > 100 {
            out.push_str(&format!("{indent}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        out.push_str(&format!("{indent}{line}\n"));
    }
    out
}
