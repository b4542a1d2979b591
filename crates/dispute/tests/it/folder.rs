//! The folder of `whitley new`, and changes to it.

use std::sync::OnceLock;

use dated::{Fault, FileBytes};
use dispute::{Dispute, Folder, Library, starter_files};

/// The library, read once for all tests.
pub(crate) fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let (library, faults) = Library::built_in();
        assert!(faults.is_empty(), "{faults:#?}");
        library
    })
}

/// The valid folder that every mistake is made in.
pub(crate) fn valid() -> Folder {
    let files = starter_files("case").into_iter().map(|(path, text)| (path.to_owned(), FileBytes::Read(text.into())));
    let mut folder = Folder { name: "case".into(), files: files.collect() };
    // The folder of `whitley new` has no poll and no action; they can be wrong too.
    folder.files.insert("polls/poll.toml".into(), FileBytes::Read(POLL.into()));
    folder.files.insert("action.toml".into(), FileBytes::Read(ACTION.into()));
    folder
}

const POLL: &str = r#"id = "poll"
title = "Invented poll"
union = "union"
kind = "statutory"
about = "offer"
opened_on = 2026-03-16
closed_on = 2026-03-30
jurisdiction = "GB"
source = "EXAMPLE"
status = "synthetic"

[[question]]
id = "strike"
kind = "strike"

[[unit]]
id = "works"
name = "The works"
entitled = 1000
source = "EXAMPLE"
status = "synthetic"

[[result]]
unit = "works"
question = "strike"
yes = 400
no = 200
spoiled = 5
returned = 605
source = "EXAMPLE"
status = "synthetic"
"#;

const ACTION: &str = r#"[[call]]
who = "union"
kind = "strike"
dates = ["2026-04-15"]
units = ["works"]
text = "One day."
source = "EXAMPLE"
status = "synthetic"
"#;

/// One change to a folder.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// The first place of a text in a file, put in another.
    Replace(&'static str, &'static str, &'static str),
    /// Text at the end of a file, which need not be there yet.
    Append(&'static str, &'static str),
    /// The whole file.
    Write(&'static str, Vec<u8>),
    Remove(&'static str),
    /// A file that the edge of the program did not read, being too large.
    TooLarge(&'static str, u64),
    /// Every line end of a file.
    WindowsLineEnds(&'static str),
    /// A byte-order mark before a file.
    ByteOrderMark(&'static str),
}

impl Edit {
    pub(crate) fn apply(&self, folder: &mut Folder) {
        let text_of = |folder: &Folder, file: &str| match folder.files.get(file) {
            Some(FileBytes::Read(bytes)) => String::from_utf8(bytes.clone()).expect("the valid folder is text"),
            _ => panic!("there is no {file}"),
        };
        let mut put = |file: &str, bytes: Vec<u8>| drop(folder.files.insert(file.to_owned(), FileBytes::Read(bytes)));
        match self.clone() {
            Self::Replace(file, old, new) => {
                let text = text_of(folder, file);
                assert!(text.contains(old), "{file} does not say {old}");
                folder.files.insert(file.to_owned(), FileBytes::Read(text.replacen(old, new, 1).into()));
            }
            Self::Append(file, more) => {
                let mut text = if folder.files.contains_key(file) { text_of(folder, file) } else { String::new() };
                text.push_str(more);
                folder.files.insert(file.to_owned(), FileBytes::Read(text.into()));
            }
            Self::Write(file, bytes) => put(file, bytes),
            Self::Remove(file) => assert!(folder.files.remove(file).is_some(), "there is no {file}"),
            Self::TooLarge(file, bytes) => drop(folder.files.insert(file.to_owned(), FileBytes::TooLarge { bytes })),
            Self::WindowsLineEnds(file) => {
                let text = text_of(folder, file).replace('\n', "\r\n");
                folder.files.insert(file.to_owned(), FileBytes::Read(text.into()));
            }
            Self::ByteOrderMark(file) => {
                let bytes = [b"\xef\xbb\xbf".as_slice(), text_of(folder, file).as_bytes()].concat();
                folder.files.insert(file.to_owned(), FileBytes::Read(bytes));
            }
        }
    }
}

/// The line of a file, counted from 1, that holds this text for the `nth` time.
pub(crate) fn line_of(folder: &Folder, file: &str, text: &str, nth: usize) -> u32 {
    let Some(FileBytes::Read(bytes)) = folder.files.get(file) else { return 1 };
    let all = String::from_utf8_lossy(bytes);
    let at = all.lines().enumerate().filter(|(_, line)| line.contains(text)).nth(nth).map(|(at, _)| at);
    u32::try_from(at.unwrap_or_else(|| panic!("{file} does not say {text}")) + 1).expect("few lines")
}

pub(crate) fn read(folder: &Folder) -> (Option<Dispute>, Vec<Fault>) {
    Dispute::read(folder, library())
}
