//! From a template and data to a PDF: a small world for the typesetter, with nothing in it but templates, data and fonts.
//!
//! No clock, no network, no system fonts: the same document gives the same bytes on every machine.

use std::collections::HashMap;
use std::sync::LazyLock;

use dated::Date;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Content, Datetime, Duration, Label, Selector, Smart, Value};
use typst::introspection::MetadataElem;
use typst::layout::Abs;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::{LazyHash, PicoStr};
use typst::{Library, LibraryExt as _, World, WorldExt as _};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::document::Document;
use crate::templates::Templates;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
    let mut fonts = FontStore::new();
    fonts.extend(typst_kit::fonts::embedded());
    fonts
});

/// Where the data of a document stand for its template.
const DATA_FILE: &str = "data.json";

/// A document as PDF.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Where the template marked a record, in the order of the document.
    pub located: Vec<Located>,
}

/// Where a record stands: what `#metadata(ID) <record>` in a template marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The record.
    pub id: String,
    /// The page of the file, from 1.
    pub page: usize,
    /// Millimetres from the left edge, rounded.
    pub left_mm: i64,
    /// Millimetres from the top, rounded.
    pub top_mm: i64,
}

/// Why a document could not be typeset: the template is wrong, never the data. One sentence a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError(pub Vec<String>);

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

/// Typesets a document as PDF/UA-1: tagged, with title and language, fonts embedded; what that standard asks is enforced.
///
/// # Errors
/// [`TemplateError`] with file, line and what the typesetter says of the template.
pub fn typeset(templates: &Templates, document: &Document) -> Result<Printed, TemplateError> {
    let world = PrintWorld::new(templates, document)?;
    let errors = |list: &[SourceDiagnostic]| TemplateError(list.iter().map(|one| world.sentence(one)).collect());
    let mut paged: PagedDocument = typst::compile(&world).output.map_err(|list| errors(&list))?;
    // The document says its title and language, whatever a changed template forgets.
    let info = paged.info_mut();
    info.title = Some(document.title.as_str().into());
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| TemplateError(vec![error.message().to_string()]))?;
    let options = PdfOptions {
        // Equal documents get equal identifiers, different ones different.
        ident: Smart::Custom(document.identity()),
        creator: Smart::Custom(Some("Whitley".to_owned())),
        timestamp: datetime(document.date).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    check_room(&paged)?;
    let bytes = typst_pdf::pdf(&paged, &options).map_err(|list| errors(&list))?;
    Ok(Printed { bytes, pages: paged.pages().len(), located: located(&paged, "record") })
}

/// Words of a fixed height must end above the foot they share the card with. Looked up in the finished layout, for every card:
/// a measure inside the template would make the typesetter lay out everything twice.
fn check_room(paged: &PagedDocument) -> Result<(), TemplateError> {
    let (ends, begins) = (located(paged, "words-end"), located(paged, "foot-begin"));
    let too_full: Vec<String> = ends
        .iter()
        .zip(&begins)
        .filter(|(end, begin)| end.page != begin.page || end.top_mm >= begin.top_mm)
        .map(|(end, _)| format!("the text of card {} does not fit: shorten it, or print larger cards (--size a5)", end.id))
        .collect();
    if too_full.is_empty() { Ok(()) } else { Err(TemplateError(too_full)) }
}

fn located(paged: &PagedDocument, label: &str) -> Vec<Located> {
    let Some(label) = Label::new(PicoStr::intern(label)) else { return Vec::new() };
    let introspector = paged.introspector();
    let read = |content: &Content| {
        let id = match &content.to_packed::<MetadataElem>()?.value {
            Value::Str(id) => id.to_string(),
            _ => return None,
        };
        let at = introspector.position(content.location()?)?;
        // Whole millimetres, for people with a ruler: the last step of a length from the layout.
        #[allow(clippy::cast_possible_truncation)]
        let mm = |length: Abs| length.to_mm().round() as i64;
        Some(Located { id, page: at.page.get(), left_mm: mm(at.point.x), top_mm: mm(at.point.y) })
    };
    introspector.elements().query(&Selector::Label(label)).iter().filter_map(read).collect()
}

/// Forgets what the typesetter remembers of earlier documents. After each file of a long run, so that memory stays level.
pub fn forget() {
    typst::comemo::evict(0);
}

fn datetime(date: Date) -> Option<Datetime> {
    Datetime::from_ymd_hms(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs(), 12, 0, 0)
}

struct PrintWorld {
    main: FileId,
    sources: HashMap<FileId, Source>,
    data: (FileId, Bytes),
    today: Option<Datetime>,
}

impl PrintWorld {
    fn new(templates: &Templates, document: &Document) -> Result<Self, TemplateError> {
        let id = |name: &str| {
            VirtualPath::new(name)
                .map(|path| RootedPath::new(VirtualRoot::Project, path).intern())
                .map_err(|error| TemplateError(vec![format!("{name} cannot be the name of a template: {error}")]))
        };
        let mut sources = HashMap::new();
        for (name, text) in templates.files() {
            let id = id(name)?;
            sources.insert(id, Source::new(id, text.to_owned()));
        }
        let data = Bytes::new(document.data.to_string().into_bytes());
        Ok(Self { main: id(document.template)?, sources, data: (id(DATA_FILE)?, data), today: datetime(document.date) })
    }

    fn sentence(&self, error: &SourceDiagnostic) -> String {
        // Where the error is in a function of another file, the place that called it is said too.
        let place = error.span.id().and_then(|id| {
            let source = self.source(id).ok()?;
            let range = self.range(error.span)?;
            let line = source.lines().byte_to_line(range.start)? + 1;
            Some(format!("{}:{line}: ", id.vpath().get_without_slash()))
        });
        let hints: String = error.hints.iter().map(|hint| format!(" ({})", hint.v)).collect();
        format!("{}{}{hints}", place.unwrap_or_default(), error.message)
    }
}

impl World for PrintWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTS.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 {
            return Ok(self.data.1.clone());
        }
        self.source(id).map(|source| Bytes::from_string(source.text().to_owned()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}
