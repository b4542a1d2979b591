//! One valid folder, one small change, and the fault it must give: which rule, in which file, on which line.
//! A fault that comes for another reason, a second fault, or one without a fix is a failure.

use crate::folder::{Edit, line_of, read, valid};
use Edit::{Append, ByteOrderMark, Remove, Replace, TooLarge, WindowsLineEnds, Write};

/// Where a fault must stand.
enum At {
    /// On the first line of that file that holds the text after the change.
    Line(&'static str, &'static str),
    /// On the second such line.
    Second(&'static str, &'static str),
    Third(&'static str, &'static str),
    /// On line 1: a fault of the whole file.
    Start(&'static str),
}
use At::{Line, Second, Start, Third};

struct Tweak {
    name: &'static str,
    edits: Vec<Edit>,
    faults: Vec<(&'static str, At)>,
}

fn tweak(name: &'static str, edits: Vec<Edit>, faults: Vec<(&'static str, At)>) -> Tweak {
    Tweak { name, edits, faults }
}

const OFFER: &str = "offers/offer.toml";
const CAMPAIGN: &str = "campaign.toml";
const CLAIM: &str = "offers/claim.toml";
const HEAD: &str = "dispute.toml";
const QUOTED: &str = "quoted.toml";
const POINTS: &str = "scales/points.csv";
const SCALES: &str = "scales/scales.toml";
const POLL: &str = "polls/poll.toml";
const TALKS: &str = "decide/talks.toml";
const POSITIONS: &str = "decide/positions.toml";
const AGREEMENT: &str = "agreements/agreement.toml";
const GUIDE: &str = "guides/guide.toml";

/// A change of the first step's percentage, which must be at fault on its own line.
fn percent(name: &'static str, new: &'static str, code: &'static str) -> Tweak {
    tweak(name, vec![Replace(OFFER, "percent = 2.0", new)], vec![(code, Line(OFFER, new))])
}

/// Something added below the last step; `THIRD` is the head of the step that is added.
fn step(name: &'static str, more: &'static str, code: &'static str, at: &'static str) -> Tweak {
    let at = if at == "THIRD" { Third(OFFER, "[[step]]") } else { Line(OFFER, at) };
    tweak(name, vec![Append(OFFER, more)], vec![(code, at)])
}

/// Point 1 is paid 24,480 from April 2026, when the minimum wage is 12.71.
fn hours(hours: &'static str) -> Edit {
    let known = match hours {
        "37.2" => "full_time_hours = 37.2\nfull_time_hours_source = \"EXAMPLE\"\nfull_time_hours_status = \"synthetic\"\nprices_known",
        "37" => "full_time_hours = 37\nfull_time_hours_source = \"EXAMPLE\"\nfull_time_hours_status = \"synthetic\"\nprices_known",
        _ => "full_time_hours = 36.9\nfull_time_hours_source = \"EXAMPLE\"\nfull_time_hours_status = \"synthetic\"\nprices_known",
    };
    Replace(HEAD, "prices_known", known)
}
const ACCEPTS: &str = "\n[[position]]\nwho = \"union\"\nabout = \"offer\"\non = 2026-03-09\nstance = \"accepts\"\ntext = \"x\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
const NO_ADVICE: &str = "\n[[position]]\nwho = \"union\"\nabout = \"offer\"\non = 2026-03-09\nstance = \"no-recommendation\"\ntext = \"x\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
const COUNCIL: &str = "[[council]]\nparty = \"union\"\nrule = \"majority-of-seats\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n\n[[council.seat]]\nwho = \"union\"\nseats = 5\n\n[[council.seat]]\nwho = \"employer\"\nseats = 4\n";
const RESOLUTION: &str = "[demand.resolution]             # until somebody writes this, nothing can fall due: whitley demands case --on 2026-03-20\nby = \"A. Example, regional secretary\"\non = 2026-03-14\ndeadline = 2026-03-23\nreason = \"Payroll closes on the day after.\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
const DECISION: &str = "\n[[decision]]\nwho = \"union\"\nby = \"A. Example, regional secretary\"\non = 2026-03-25\nkind = \"no-action\"\ndemand = \"in-full\"\ntext = \"x\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
const CALL: &str = "\n[[decision]]\nwho = \"union\"\nby = \"A. Example, regional secretary\"\non = 2026-04-01\nkind = \"call-action\"\npoll = \"poll\"\ntext = \"x\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";
const VARIATION: &str = "\n[[variation]]\nemployer = \"south works\"\nclause = \"progression\"\nsays = \"no\"\ntext = \"x\"\nfrom = 2026-01-01\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n";

fn tweaks() -> Vec<Tweak> {
    let mut all = vec![
        tweak("None", vec![], vec![]),
        // Those that everybody makes.
        tweak("a step on its base date is no mistake", vec![Replace(OFFER, "2026-04-01", "2026-03-31")], vec![]),
        tweak("a step before its base date", vec![Replace(OFFER, "2026-04-01", "2026-03-01")], vec![("step-before-base", Line(OFFER, "[[step]]"))]),
        tweak("two steps on one day", vec![Replace(OFFER, "2026-10-01", "2026-04-01")], vec![("two-steps-one-day", Second(OFFER, "[[step]]"))]),
        percent("a comma for a point, in quotes", "percent = \"2,5\"", "not-a-number"),
        percent("a comma for a point, bare", "percent = 2,5", "toml-syntax"),
        percent("a percent sign", "percent = \"2.5%\"", "not-a-number"),
        percent("a percentage of 250", "percent = 250", "percent-out-of-range"),
        percent("a percentage of -150", "percent = -150", "percent-out-of-range"),
        percent("a percentage with an exponent", "percent = 2.5e1", "not-a-number"),
        percent("a percentage that is no number", "percent = nan", "not-a-number"),
        percent("a percentage that is a list", "percent = [2.0]", "wrong-kind"),
        step("a band that is not there", "bands = [\"C\"]\n", "missing-band", "bands = [\"C\"]"),
        step("a point that is not there", "points = [\"1\", \"9\"]\n", "missing-point", "\"9\""),
        tweak("a bare date that does not exist", vec![Replace(OFFER, "2026-10-01", "2026-09-31")], vec![("toml-syntax", Line(OFFER, "2026-09-31"))]),
        tweak("a quoted date that does not exist", vec![Replace(OFFER, "2026-10-01", "\"2026-02-29\"")], vec![("not-a-date", Line(OFFER, "2026-02-29"))]),
        tweak("a date in British order", vec![Replace(OFFER, "2026-10-01", "\"01/10/2026\"")], vec![("not-a-date", Line(OFFER, "01/10/2026"))]),
        tweak("a date with a time", vec![Replace(OFFER, "2026-10-01", "2026-10-01T09:00:00Z")], vec![("wrong-kind", Line(OFFER, "T09:00"))]),
        // Nothing named, or the same twice, or in a circle.
        step("no band at all", "bands = []\n", "empty-list", "bands = []"),
        tweak("no nation at all", vec![Replace(OFFER, "[\"England\"]", "[]")], vec![("empty-list", Line(OFFER, "nations = []"))]),
        tweak("a nation twice in one offer", vec![Replace(OFFER, "[\"England\"]", "[\"England\", \"England\"]")], vec![("named-twice", Line(OFFER, "nations ="))]),
        step("a point that moves to itself", "assimilate = [{ from = \"1\", to = \"1\" }]\n", "circle", "assimilate"),
        step("points that move to each other", "assimilate = [{ from = \"1\", to = \"2\" }, { from = \"2\", to = \"1\" }]\n", "circle", "assimilate"),
        tweak("motions that amend each other", vec![Write("decide/m.toml", CIRCLE.into())], vec![("circle", Line("decide/m.toml", "amends = \"b\""))]),
        tweak("hours of nothing, with their source", vec![Replace(HEAD, "prices_known", "full_time_hours = 0\nfull_time_hours_source = \"EXAMPLE\"\nfull_time_hours_status = \"synthetic\"\nprices_known")], vec![("not-hours", Line(HEAD, "full_time_hours = 0"))]),
        tweak("hours that bring a point below the minimum wage under both counts of weeks", vec![hours("37.2")], vec![("below-minimum-wage", Line(OFFER, "[[step]]"))]),
        tweak("hours that bring it below under one count of weeks", vec![hours("37")], vec![("below-minimum-wage", Line(OFFER, "[[step]]"))]),
        tweak("hours that leave it above", vec![hours("36.9")], vec![]),
        tweak("a nation that is not known", vec![Replace(OFFER, "[\"England\"]", "[\"Englund\"]")], vec![("unknown-nation", Line(OFFER, "Englund"))]),
        step("a step for a nation that is not known", "nations = [\"Wales\"]\n", "unknown-nation", "Wales"),
        // Twice.
        tweak("an offer twice, in two files", vec![Replace(CLAIM, "id = \"claim\"", "id = \"offer\"")], vec![
            ("unknown-offer", Line(CAMPAIGN, "against = \"claim\"")),
            ("unknown-offer", Second(CAMPAIGN, "against = \"claim\"")),
            ("unknown-offer", Line(TALKS, "claim = \"claim\"")),
            ("duplicate-id", Line(OFFER, "id = \"offer\"")),
        ]),
        tweak("a party twice", vec![Replace(HEAD, "id = \"employer\"", "id = \"union\"")], vec![
            ("duplicate-id", Second(HEAD, "[[party]]")),
            ("unknown-party", Line(OFFER, "made_by = \"employer\"")),
            ("unknown-party", Line(QUOTED, "who = \"employer\"")),
            ("unknown-party", Line(TALKS, "parties =")),
            ("unknown-party", Line(TALKS, "owners = [\"employer\"]")),
            ("unknown-party", Line(TALKS, "owners = [\"union\", \"employer\"]")),
            ("unknown-party", Line(TALKS, "to = \"employer\"")),
            ("unknown-party", Line(AGREEMENT, "made_by =")),
        ]),
        tweak("a figure twice", vec![Append(QUOTED, SECOND_FIGURE)], vec![("duplicate-id", Second(QUOTED, "[[figure]]"))]),
        tweak("a source twice", vec![Append(HEAD, "\n[[publication]]\nid = \"EXAMPLE\"\ntitle = \"t\"\nwhere = \"w\"\n")], vec![("duplicate-id", Second(HEAD, "[[publication]]"))]),
        tweak("a key twice", vec![Replace(OFFER, "percent = 2.0", "percent = 2.0\npercent = 3.0")], vec![("toml-syntax", Line(OFFER, "percent = 3.0"))]),
        tweak("a point twice", vec![Replace(POINTS, "England,2025-04-01,2,", "England,2025-04-01,1,")], vec![("duplicate-id", Second(POINTS, "2025-04-01,1,"))]),
        tweak("a result twice", vec![Append(POLL, "\n[[result]]\nunit = \"works\"\nquestion = \"strike\"\nyes = 1\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n")], vec![("duplicate-result", Second(POLL, "[[result]]"))]),
        // The file as such.
        tweak("Windows line ends", vec![WindowsLineEnds(OFFER)], vec![("windows-line-ends", Start(OFFER))]),
        tweak("a byte-order mark", vec![ByteOrderMark(OFFER)], vec![("byte-order-mark", Start(OFFER))]),
        tweak("a byte-order mark and Windows line ends", vec![WindowsLineEnds(OFFER), ByteOrderMark(OFFER)], vec![("byte-order-mark", Start(OFFER)), ("windows-line-ends", Start(OFFER))]),
        tweak("what spreadsheets write, in a CSV", vec![WindowsLineEnds(POINTS), ByteOrderMark(POINTS)], vec![]),
        tweak("an empty file", vec![Write("decide/later.toml", vec![])], vec![("file-empty", Start("decide/later.toml"))]),
        tweak("a file of blanks", vec![Write("decide/later.toml", b" \n\n\t\n".to_vec())], vec![("file-empty", Start("decide/later.toml"))]),
        tweak("a file of 50 MB", vec![TooLarge("decide/later.toml", 50_000_000)], vec![("file-too-large", Start("decide/later.toml"))]),
        tweak("an empty CSV", vec![Write(POINTS, vec![])], vec![("file-empty", Start(POINTS)), ("no-base-rates", Line(CLAIM, "nations")), ("no-base-rates", Line(OFFER, "nations")), ("unknown-nation", Line(HEAD, "[[nation]]"))]),
        tweak("UTF-16", vec![Write("decide/later.toml", b"\xff\xfe[\0[\0p\0".to_vec())], vec![("not-utf8", Start("decide/later.toml"))]),
        tweak("a pound sign of Latin-1", vec![Write("decide/later.toml", b"# one\n# two\n# \xa35 a week\n".to_vec())], vec![("not-utf8", At::Start("decide/later.toml"))]),
        tweak("a file that does not belong here", vec![Write("offers/notes.txt", b"notes".to_vec())], vec![("unknown-file", Start("offers/notes.txt"))]),
        tweak("a TOML file in the wrong folder", vec![Write("offer.toml", b"id = \"x\"".to_vec())], vec![("unknown-file", Start("offer.toml"))]),
        tweak("no dispute.toml", vec![Remove(HEAD)], vec![("file-missing", Start(HEAD))]),
        tweak("no CSV beside the scale", vec![Remove(POINTS)], vec![("file-missing", Line(SCALES, "file =")), ("unknown-scale", Line(HEAD, "scales ="))]),
        // Keys and kinds.
        tweak("a key misspelt", vec![Replace(OFFER, "made_on", "mode_on")], vec![("unknown-key", Line(OFFER, "mode_on"))]),
        tweak("a key misspelt in a step", vec![Replace(OFFER, "percent = 1.0", "percent = 1.0\nclaus = \"x\"")], vec![("unknown-key", Line(OFFER, "claus ="))]),
        tweak("a number for text", vec![Replace(OFFER, "title = \"2% in April and a further 1% in October\"", "title = 5")], vec![("wrong-kind", Line(OFFER, "title = 5"))]),
        tweak("text for a list", vec![Replace(OFFER, "groups = [\"all-staff\"]", "groups = \"all-staff\"")], vec![("wrong-kind", Line(OFFER, "groups ="))]),
        tweak("a table for a list of tables", vec![Replace(QUOTED, "[[figure]]", "[figure]")], vec![("wrong-kind", Line(QUOTED, "[figure]"))]),
        tweak("an id with capitals", vec![Replace(CLAIM, "id = \"claim\"", "id = \"Claim\"")], vec![("bad-id", Line(CLAIM, "\"Claim\""))]),
        tweak("a word that is no kind", vec![Replace(CLAIM, "kind = \"claim\"", "kind = \"clam\"")], vec![("unknown-word", Line(CLAIM, "clam"))]),
        tweak("a missing title", vec![Replace(CLAIM, "title = \"3% in full from April\"", "")], vec![("missing-key", Start(CLAIM))]),
        tweak("an empty text", vec![Replace(CLAIM, "\"3% in full from April\"", "\"\"")], vec![("value-missing", Line(CLAIM, "title"))]),
        tweak("curly quotes", vec![Replace(CLAIM, "\"3% in full from April\"", "“3% in full”")], vec![("toml-syntax", Line(CLAIM, "title"))]),
        tweak("a month where a month is wanted, of 13", vec![Replace(HEAD, "\"2026-02\"", "\"2026-13\"")], vec![("not-a-month", Line(HEAD, "2026-13"))]),
        tweak("a pay year that begins in month 13", vec![Replace(HEAD, "year_starts_month = 4", "year_starts_month = 13")], vec![("not-a-month", Line(HEAD, "= 13"))]),
        tweak("a head count with a fraction", vec![Replace(HEAD, "members = 1200", "members = 1200.5")], vec![("not-a-count", Line(HEAD, "1200.5"))]),
        tweak("a week of 200 hours", vec![Replace(HEAD, "year_starts_month", "full_time_hours = 200\nyear_starts_month")], vec![("not-hours", Line(HEAD, "= 200"))]),
        tweak("hours without a source", vec![Replace(HEAD, "year_starts_month", "full_time_hours = 36\nfull_time_hours_status = \"synthetic\"\nyear_starts_month")], vec![("source-missing", Line(HEAD, "= 36"))]),
        tweak("a dispute that ends before it begins", vec![Replace(HEAD, "began_on = 2026-03-02", "began_on = 2026-03-02\nended_on = 2026-03-01")], vec![("ends-before-beginning", Line(HEAD, "ended_on"))]),
        // Names that nobody has.
        tweak("a source that is not known", vec![Replace(OFFER, "source = \"EXAMPLE\"", "source = \"EXAMPEL\"")], vec![("unknown-source", Line(OFFER, "EXAMPEL"))]),
        tweak("no source", vec![Replace(OFFER, "source = \"EXAMPLE\"\n", "")], vec![("source-missing", Start(OFFER))]),
        tweak("no status", vec![Replace(OFFER, "status = \"synthetic\"\n", "")], vec![("missing-key", Start(OFFER))]),
        tweak("a party that cannot be read is known all the same", vec![Replace(HEAD, "side = \"employer\"", "side = \"employers\"")], vec![("unknown-word", Line(HEAD, "employers"))]),
        tweak("an offer by nobody known", vec![Replace(OFFER, "made_by = \"employer\"", "made_by = \"emploier\"")], vec![("unknown-party", Line(OFFER, "emploier"))]),
        tweak("a group that is not known", vec![Replace(OFFER, "\"all-staff\"", "\"porters\"")], vec![("unknown-group", Line(OFFER, "porters"))]),
        tweak("a scale that is not known", vec![Replace(HEAD, "[\"example\"]", "[\"example\", \"exempel\"]")], vec![("unknown-scale", Line(HEAD, "exempel"))]),
        tweak("an offer on a scale that the dispute does not use", vec![Replace(OFFER, "groups =", "scales = [\"afc-spine\"]\ngroups =")], vec![("unknown-scale", Line(OFFER, "afc-spine"))]),
        tweak("a position on no offer", vec![Replace("decide/positions.toml", "about = \"offer\"", "about = \"ofer\"")], vec![("unknown-offer", Line("decide/positions.toml", "ofer"))]),
        tweak("a call in no unit", vec![Replace("action.toml", "[\"works\"]", "[\"mill\"]")], vec![("unknown-unit", Line("action.toml", "mill"))]),
        tweak("a strike on a day that does not exist", vec![Replace("action.toml", "2026-04-15", "2026-04-31")], vec![("not-a-date", Line("action.toml", "2026-04-31"))]),
        // Positions and councils.
        tweak("a position of nobody known", vec![Replace(POSITIONS, "who = \"union\"", "who = \"onion\"")], vec![("unknown-party", Line(POSITIONS, "onion"))]),
        tweak("two positions of one day that contradict", vec![Append(POSITIONS, ACCEPTS)], vec![("positions-contradict", Second(POSITIONS, "[[position]]"))]),
        tweak("the same two a day apart", vec![Append(POSITIONS, ACCEPTS), Replace(POSITIONS, "on = 2026-03-09", "on = 2026-03-08")], vec![]),
        tweak("advice for and against on one day", vec![Replace(POSITIONS, "stance = \"rejects\"", "stance = \"consulting\"\nrecommendation = \"reject\""), Append(POSITIONS, NO_ADVICE)], vec![("positions-contradict", Second(POSITIONS, "[[position]]"))]),
        tweak("a stance against its own advice", vec![Replace(POSITIONS, "stance = \"rejects\"", "stance = \"recommends-reject\"\nrecommendation = \"accept\"")], vec![("advice-contradicts", Line(POSITIONS, "recommendation ="))]),
        tweak("a welcome with no condition", vec![Replace(POSITIONS, "stance = \"rejects\"", "stance = \"welcomes-with-conditions\"")], vec![("conditions-missing", Line(POSITIONS, "stance ="))]),
        tweak("a position by a poll of another union", vec![Replace(POSITIONS, "who = \"union\"", "who = \"employer\"\npoll = \"poll\"")], vec![("poll-of-another", Line(POSITIONS, "poll ="))]),
        tweak("a position by a poll that is not there", vec![Replace(POSITIONS, "who = \"union\"", "who = \"union\"\npoll = \"pol\"")], vec![("unknown-poll", Line(POSITIONS, "poll ="))]),
        tweak("a council that is known", vec![Write("decide/council.toml", COUNCIL.into())], vec![]),
        tweak("a council with one weight missing", vec![Write("decide/council.toml", COUNCIL.replace("seats = 4\n", "").into())], vec![("seats-missing", Second("decide/council.toml", "[[council.seat]]"))]),
        tweak("a council with no weight at all is not known, not wrong", vec![Write("decide/council.toml", COUNCIL.replace("seats = 4\n", "").replace("seats = 5\n", "").into())], vec![]),
        tweak("a member without a seat", vec![Write("decide/council.toml", COUNCIL.replace("seats = 4", "seats = 0").into())], vec![("no-seats", Line("decide/council.toml", "seats = 0"))]),
        tweak("a member twice", vec![Write("decide/council.toml", COUNCIL.replace("who = \"employer\"", "who = \"union\"").into())], vec![("named-twice", Second("decide/council.toml", "who = \"union\""))]),
        tweak("a council without members", vec![Write("decide/council.toml", b"[[council]]\nparty = \"union\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n".to_vec())], vec![("missing-key", Start("decide/council.toml"))]),
        // Demands and decisions.
        tweak("a resolution before the demand", vec![Replace(TALKS, "on = 2026-03-14", "on = 2026-03-11")], vec![("resolution-before-demand", Line(TALKS, "[demand.resolution]"))]),
        tweak("a resolution to a day gone by", vec![Replace(TALKS, "deadline = 2026-03-23", "deadline = 2026-03-13")], vec![("deadline-before-resolution", Line(TALKS, "[demand.resolution]"))]),
        tweak("a resolution by somebody else", vec![Replace(TALKS, "by = \"A. Example, regional secretary\"\non", "by = \"B. Other\"\non")], vec![("resolved-by-another", Line(TALKS, "[demand.resolution]"))]),
        tweak("a resolution without a reason", vec![Replace(TALKS, "reason = \"Payroll closes on the day after.\"\n", "")], vec![("missing-key", Line(TALKS, "[demand.resolution]"))]),
        tweak("a deadline before the demand", vec![Replace(TALKS, "deadline_words = \"in good time for the April pay run\"", "deadline = 2026-03-11"), Replace(TALKS, RESOLUTION, "")], vec![("deadline-before-demand", Line(TALKS, "deadline ="))]),
        tweak("a deadline on the day of the demand", vec![Replace(TALKS, "deadline_words = \"in good time for the April pay run\"", "deadline = 2026-03-12"), Replace(TALKS, RESOLUTION, "")], vec![]),
        tweak("a day and words", vec![Replace(TALKS, "deadline_words", "deadline = 2026-03-30\ndeadline_words")], vec![("two-deadlines", Line(TALKS, "deadline_words"))]),
        tweak("a day that is resolved", vec![Replace(TALKS, "deadline_words = \"in good time for the April pay run\"", "deadline = 2026-03-30")], vec![("nothing-to-resolve", Line(TALKS, "[demand.resolution]"))]),
        tweak("a decision on no demand", vec![Append(TALKS, DECISION), Replace(TALKS, "demand = \"in-full\"", "demand = \"in-ful\"")], vec![("unknown-demand", Line(TALKS, "in-ful\""))]),
        tweak("action called by a person whom the paper names", vec![Append(TALKS, CALL), Replace(POLL, "id = \"poll\"", "id = \"poll\"\nmay_call = [\"A. Example, regional secretary\"]")], vec![]),
        tweak("action called by another", vec![Append(TALKS, CALL), Replace(POLL, "id = \"poll\"", "id = \"poll\"\nmay_call = [\"C. Third\"]")], vec![("not-named-on-paper", Line(TALKS, "[[decision]]"))]),
        tweak("action called on no authority", vec![Append(TALKS, CALL), Replace(TALKS, "poll = \"poll\"\n", "")], vec![("call-without-poll", Line(TALKS, "[[decision]]"))]),
        tweak("more time without an end", vec![Append(TALKS, DECISION), Replace(TALKS, "kind = \"no-action\"", "kind = \"more-time\"")], vec![("more-time-until", Line(TALKS, "kind ="))]),
        tweak("more time until a day gone by", vec![Append(TALKS, DECISION), Replace(TALKS, "kind = \"no-action\"", "kind = \"more-time\"\nuntil = 2026-03-24")], vec![("until-before-decision", Line(TALKS, "until = 2026-03-24"))]),
        tweak("a decision on no day", vec![Append(TALKS, DECISION), Replace(TALKS, "on = 2026-03-25\n", "")], vec![("missing-key", Line(TALKS, "[[decision]]"))]),
        // Meetings.
        tweak("a step due before the meeting", vec![Replace(TALKS, "due_on = 2026-03-19", "due_on = 2026-03-11")], vec![("step-before-meeting", Line(TALKS, "due_on = 2026-03-11"))]),
        tweak("a step nobody owns", vec![Replace(TALKS, "owners = [\"employer\"]\n", "")], vec![("missing-key", Line(TALKS, "[[meeting.next]]"))]),
        tweak("a step for somebody who was not there", vec![Replace(TALKS, "parties = [\"union\", \"employer\"]", "parties = [\"union\"]")], vec![("owner-not-present", Line(TALKS, "owners = [\"employer\"]")), ("owner-not-present", Line(TALKS, "owners = [\"union\", \"employer\"]"))]),
        // Sticking points and items.
        tweak("a reason against no offer", vec![Replace(TALKS, "about = \"offer\"\nwho = [", "about = \"ofer\"\nwho = [")], vec![("unknown-offer", Line(TALKS, "ofer\""))]),
        tweak("a floor of no pounds", vec![Replace(TALKS, "test = \"not-staged\"", "test = \"rate-at-least\"")], vec![("missing-key", Line(TALKS, "test ="))]),
        tweak("prices by no index", vec![Replace(TALKS, "test = \"not-staged\"", "test = \"at-least-prices\"")], vec![("missing-key", Line(TALKS, "test ="))]),
        tweak("an index for a test that needs none", vec![Replace(TALKS, "test = \"not-staged\"", "index = \"RPI\"\ntest = \"not-staged\"")], vec![("test-without", Line(TALKS, "index ="))]),
        tweak("a test that is not known", vec![Replace(TALKS, "test = \"not-staged\"", "test = \"not-stagd\"")], vec![("unknown-word", Line(TALKS, "test ="))]),
        tweak("an item answered by no offer", vec![Replace(TALKS, "[[claim_item.answer]]\noffer = \"offer\"", "[[claim_item.answer]]\noffer = \"ofer\"")], vec![("unknown-offer", Line(TALKS, "ofer\""))]),
        // Agreements and guides.
        tweak("a clause that does not exist", vec![Replace(GUIDE, "pay-agreement/progression", "pay-agreement/progresion")], vec![("unknown-clause", Line(GUIDE, "progresion\""))]),
        tweak("a variation of a clause that does not exist", vec![Replace(AGREEMENT, "clause = \"progression\"", "clause = \"progres\"")], vec![("unknown-clause", Line(AGREEMENT, "progres\""))]),
        tweak("a topic that nobody asked", vec![Replace(GUIDE, "topic = \"progression\"", "topic = \"hours\""), Replace(GUIDE, "clause = \"pay-agreement/progression\"", "")], vec![("unknown-topic", Line(GUIDE, "hours"))]),
        tweak("a clause that ends as it begins", vec![Replace(AGREEMENT, "from = 2025-01-01", "until = 2025-01-01\nfrom = 2025-01-01")], vec![("ends-before-beginning", Line(AGREEMENT, "until = 2025"))]),
        tweak("an employer that varies a clause twice", vec![Append(AGREEMENT, VARIATION)], vec![("period-overlap", Second(AGREEMENT, "[[variation]]"))]),
        tweak("one variation after the other", vec![Append(AGREEMENT, VARIATION), Replace(AGREEMENT, "from = 2025-07-01", "from = 2025-07-01\nuntil = 2026-01-01")], vec![]),
        tweak("a guide that rests on an agreement that cannot be read", vec![Write(AGREEMENT, vec![])], vec![("file-empty", Start(AGREEMENT)), ("unknown-clause", Line(GUIDE, "clause =")), ("unknown-topic", Line(GUIDE, "topic ="))]),
        // Steps.
        tweak("a percentage of nothing said", vec![Replace(OFFER, "of = \"base\"", "")], vec![("percent-of-what", Line(OFFER, "percent = 2.0"))]),
        step("a sum with a percentage", "pounds = 100\n", "two-rises", "pounds = 100"),
        step("a sum of something", "\n[[step]]\nfrom = 2026-12-01\npounds = 100\nof = \"in-force\"\n", "of-without-percent", "of = \"in-force\""),
        step("rates and a floor", "\n[[step]]\nfrom = 2026-12-01\nrates = { \"1\" = 25000 }\nrate_at_least = 26000\n", "rates-with-cash", "rate_at_least"),
        step("a total of the rate in force", "\n[[step]]\nfrom = 2026-11-01\ntotal_percent = 3\nof = \"in-force\"\n", "percent-of-what", "of = \"in-force\""),
        step("a sum below nothing", "and_pounds = -5\n", "not-a-sum", "= -5"),
        step("a sum with half a penny", "and_pounds = 5.655\n", "not-a-sum", "5.655"),
        step("an underpin above the cap", "at_least_pounds = 500\nat_most_pounds = 400\n", "underpin-above-cap", "at_least_pounds"),
        step("paid before it is due", "pay_on = 2026-09-01\n", "paid-before-due", "pay_on"),
        step("a step that changes nothing", "\n[[step]]\nfrom = 2026-12-01\nclause = \"Nothing.\"\n", "empty-step", "THIRD"),
        step("a new point without a band", "new_points = [{ point = \"6\", rate = 30000 }]\n", "missing-key", "new_points"),
        step("a new point at nothing", "new_points = [{ point = \"6\", bands = [\"A\"], rate = 0 }]\n", "not-a-rate", "new_points"),
        step("a new point without a rate", "new_points = [{ point = \"6\", bands = [\"A\"] }]\n", "missing-key", "new_points"),
        step("staff moved to a point that is not there", "assimilate = [{ from = \"1\", to = \"22\" }]\n", "missing-point", "assimilate"),
        step("a rate for a point that is not there", "\n[[step]]\nfrom = 2026-12-01\nrates = { \"7\" = 30000 }\n", "missing-point", "THIRD"),
        step("a rate of nothing", "\n[[step]]\nfrom = 2026-12-01\nrates = { \"1\" = 0 }\n", "not-a-rate", "rates ="),
        step("a one-off without a size", "\n[[lump]]\npaid_on = 2026-04-01\n", "missing-key", "[[lump]]"),
        step("a one-off of two sizes", "\n[[lump]]\npercent = 1\npounds = 250\npaid_on = 2026-04-01\n", "two-rises", "pounds = 250"),
        step("a one-off for a band that is not there", "\n[[lump]]\npercent = 1\nbands = [\"Z\"]\npaid_on = 2026-04-01\n", "missing-band", "\"Z\""),
        tweak("no steps", vec![Write(CLAIM, b"id = \"claim\"\ntitle = \"t\"\nkind = \"claim\"\nnations = [\"England\"]\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n".to_vec())], vec![("no-steps", Line(CLAIM, "id ="))]),
        tweak("no base date", vec![Replace(CLAIM, "base_date = 2026-03-31", "")], vec![("missing-key", Start(CLAIM))]),
        tweak("a base date before there were rates", vec![Replace(CLAIM, "2026-03-31", "2025-03-31")], vec![("no-base-rates", Line(CLAIM, "nations"))]),
        tweak("no nation", vec![Replace(CLAIM, "nations = [\"England\"]", "")], vec![("missing-key", Start(CLAIM))]),
        tweak("a nation without rates", vec![Append(HEAD, "\n[[nation]]\nname = \"Wales\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n")], vec![("unknown-nation", Second(HEAD, "[[nation]]"))]),
        // Figures.
        tweak("a formula with an input that is not there", vec![Replace(QUOTED, "end = {", "ende = {"), Replace(QUOTED, "[figure.reading.inputs]", "formula = \"end\"\n[figure.reading.inputs]")], vec![("unknown-input", Line(QUOTED, "formula =")), ("unused-input", Line(QUOTED, "[figure.reading.inputs]"))]),
        tweak("a formula that cannot be read", vec![Replace(QUOTED, "[figure.reading.inputs]", "formula = \"end +\"\n[figure.reading.inputs]")], vec![("bad-formula", Line(QUOTED, "formula ="))]),
        tweak("a figure on no offer", vec![Replace(QUOTED, "offer = \"offer\"", "offer = \"ofer\"")], vec![("unknown-offer", Line(QUOTED, "[[figure]]"))]),
        tweak("a figure by nobody known", vec![Replace(QUOTED, "who = \"employer\"", "who = \"boss\"")], vec![("unknown-party", Line(QUOTED, "boss"))]),
        tweak("nothing that can be computed", vec![Replace(QUOTED, "year_end_percent", "year_and_percent")], vec![("unknown-word", Line(QUOTED, "year_and_percent"))]),
        tweak("an input of two kinds", vec![Replace(QUOTED, "end = { compute", "end = { value = 3, compute")], vec![("bad-input", Line(QUOTED, "end = {"))]),
        tweak("a figure without a number", vec![Replace(QUOTED, "value = 3.0\n", "")], vec![("missing-key", Line(QUOTED, "id ="))]),
        tweak("a figure with a word for its number", vec![Replace(QUOTED, "value = 3.0", "value = \"three\"")], vec![("not-a-number", Line(QUOTED, "\"three\""))]),
        tweak("a figure with two dates", vec![Replace(QUOTED, "on = 2026-03-02", "on = 2026-03-02\nmonth = \"2026-03\"")], vec![("two-dates", Line(QUOTED, "month ="))]),
        tweak("a table that is not there", vec![Replace(QUOTED, "end = { compute = \"year_end_percent\", offer = \"offer\" }", "end = { data = \"balots\", where = { a = \"b\" }, column = \"c\" }")], vec![("unknown-table", Line(QUOTED, "[[figure]]"))]),
        // Polls.
        tweak("a poll that closes before it opens", vec![Replace(POLL, "closed_on = 2026-03-30", "closed_on = 2026-03-15")], vec![("closes-before-opening", Line(POLL, "closed_on"))]),
        tweak("more votes than members", vec![Replace(POLL, "entitled = 1000", "entitled = 600")], vec![("more-votes-than-entitled", Line(POLL, "[[result]]"))]),
        tweak("more votes than papers", vec![Replace(POLL, "returned = 605", "returned = 604")], vec![("more-counted-than-returned", Line(POLL, "[[result]]"))]),
        tweak("exactly as many votes as members", vec![Replace(POLL, "entitled = 1000", "entitled = 605")], vec![]),
        tweak("a share above 100", vec![Replace(POLL, "returned = 605", "returned = 605\nyes_percent = 101")], vec![("percent-out-of-range", Line(POLL, "yes_percent"))]),
        tweak("a result of no unit", vec![Replace(POLL, "unit = \"works\"", "unit = \"work\"")], vec![("unknown-unit", Line(POLL, "unit = \"work\""))]),
        tweak("a result of no question", vec![Replace(POLL, "question = \"strike\"", "question = \"strik\"")], vec![("unknown-question", Line(POLL, "strik\""))]),
        // Scales.
        tweak("a column missing", vec![Replace(POINTS, "annual_gbp", "annual")], vec![
            ("missing-column", Start(POINTS)), ("no-base-rates", Line(CLAIM, "nations")), ("no-base-rates", Line(OFFER, "nations")), ("unknown-nation", Line(HEAD, "[[nation]]")),
        ]),
        tweak("a row too short", vec![Append(POINTS, "England,2025-04-01,6\n")], vec![("row-length", Line(POINTS, "2025-04-01,6"))]),
        tweak("a rate with a thousands comma", vec![Replace(POINTS, ",24000,", ",\"24,000\",")], vec![("not-a-number", Line(POINTS, "24,000"))]),
        tweak("a rounding with a gap", vec![Replace(SCALES, "from = 2025-04-01\n", "from = 2025-04-01\nuntil = 2025-12-31\n"), Append(SCALES, "\n[[scale.rounding]]\nfrom = 2026-01-01\nrule = \"nearest pound\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n")], vec![("period-gap", Second(SCALES, "[[scale.rounding]]"))]),
        tweak("a rounding that overlaps", vec![Append(SCALES, "\n[[scale.rounding]]\nfrom = 2026-01-01\nrule = \"nearest pound\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n")], vec![("period-overlap", Second(SCALES, "[[scale.rounding]]"))]),
        tweak("a rounding that is not known", vec![Replace(SCALES, "\"nearest pound\"        #", "\"nearest pond\" #")], vec![("unknown-word", Line(SCALES, "nearest pond"))]),
        tweak("prices of a month that is none", vec![Write("prices.csv", b"month,rpi_index_jan1987_100,rpi_status,rpi_source,cpi_index_2015_100,cpi_index_status,cpi_index_source,cpi_annual_rate_pct,cpih_index_2015_100,cpih_status\n2026-00,410,published,EXAMPLE,,,,,,\n".to_vec())], vec![("not-a-month", Line("prices.csv", "2026-00"))]),
        tweak("prices that contradict the library", vec![Write("prices.csv", b"month,rpi_index_jan1987_100,rpi_status,rpi_source,cpi_index_2015_100,cpi_index_status,cpi_index_source,cpi_annual_rate_pct,cpih_index_2015_100,cpih_status\n2007-04,999,published,EXAMPLE,,,,,,\n".to_vec())], vec![("duplicate-month", Line("prices.csv", "2007-04"))]),
    ];
    // The third line of this file is the one with the byte.
    if let Some(latin) = all.iter_mut().find(|tweak| tweak.name == "a pound sign of Latin-1") {
        latin.faults = vec![("not-utf8", Line("decide/later.toml", "a week"))];
    }
    all
}

const SECOND_FIGURE: &str = r#"
[[figure]]
id = "three-per-cent"
quoted = "3"
value = 3
unit = "percent"
says = "is"
who = "employer"
meaning = "The same again."
source = "EXAMPLE"
status = "synthetic"
[[figure.missing]]
definition = "d"
needed = "n"
"#;

#[test]
fn each_mistake_gives_its_own_fault_where_it_stands_and_nothing_else() {
    let mut report = String::new();
    let all = tweaks();
    for tweak in &all {
        let mut folder = valid();
        tweak.edits.iter().for_each(|edit| edit.apply(&mut folder));
        let (_, faults) = read(&folder);
        let mut wanted: Vec<(&str, String)> = tweak
            .faults
            .iter()
            .map(|(code, at)| {
                let (file, line) = match at {
                    Line(file, text) => (*file, line_of(&folder, file, text.lines().next().unwrap_or(text), 0)),
                    Second(file, text) => (*file, line_of(&folder, file, text, 1)),
                    Third(file, text) => (*file, line_of(&folder, file, text, 2)),
                    Start(file) => (*file, 1),
                };
                (*code, format!("case/{file}:{line}"))
            })
            .collect();
        let mut found: Vec<(&str, String)> = faults.iter().map(|fault| (fault.code, fault.place.to_string())).collect();
        wanted.sort();
        found.sort();
        if wanted != found {
            report.push_str(&format!("\n{}\n  wanted {wanted:?}\n  found  {found:?}\n", tweak.name));
            faults.iter().for_each(|fault| report.push_str(&format!("    {fault}\n")));
        }
        for fault in &faults {
            if fault.what.trim().len() < 5 || fault.fix.trim().len() < 5 {
                report.push_str(&format!("\n{}: no words or no fix: {fault}\n", tweak.name));
            }
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(all.len() > 100, "{} tweaks", all.len());
}

#[test]
fn below_the_minimum_wage_is_an_error_only_under_both_counts_of_weeks() {
    let severity = |of: &'static str| {
        let mut folder = valid();
        hours(of).apply(&mut folder);
        read(&folder).1.iter().map(|fault| fault.severity).collect::<Vec<_>>()
    };
    assert_eq!(severity("37.2"), [dated::Severity::Error]);
    assert_eq!(severity("37"), [dated::Severity::Warning]);
}

#[test]
fn warnings_leave_the_dispute_as_it_is() {
    let (plain, _) = read(&valid());
    let mut folder = valid();
    for edit in [WindowsLineEnds(OFFER), ByteOrderMark(OFFER), WindowsLineEnds(HEAD), ByteOrderMark(HEAD)] {
        edit.apply(&mut folder);
    }
    let (marked, faults) = read(&folder);
    assert_eq!(faults.len(), 4);
    assert!(faults.iter().all(|fault| fault.severity == dated::Severity::Warning));
    let rates = |dispute: Option<dispute::Dispute>| {
        let dispute = dispute.expect("a dispute");
        let framework = dispute.framework();
        let offer = dispute.offer("offer").expect("the offer");
        framework.rows(offer, framework.scales[0], "England").expect("rates")
    };
    assert_eq!(rates(plain), rates(marked));
}

#[test]
fn ten_mistakes_in_six_files_come_in_one_run() {
    let mut folder = valid();
    for edit in [
        Replace(OFFER, "2026-04-01", "2026-03-01"),
        Replace(OFFER, "percent = 1.0", "percent = \"1,0\""),
        Replace(OFFER, "[\"England\"]", "[\"Scotland\"]"),
        Replace(CLAIM, "percent = 3.0", "percent = 3.0\nbands = [\"C\"]"),
        Replace(CLAIM, "source = \"EXAMPLE\"", "source = \"NOBODY\""),
        Replace(HEAD, "title = \"Example dispute, invented\"\n", ""),
        Replace(HEAD, "side = \"employer\"", "side = \"employers\""),
        Replace(POLL, "closed_on = 2026-03-30", "closed_on = 2026-03-01"),
        Replace(QUOTED, "says = \"is\"", "says = \"is\"\nsaid = \"so\""),
        WindowsLineEnds("decide/positions.toml"),
    ] {
        edit.apply(&mut folder);
    }
    let (_, faults) = read(&folder);
    let at = |code: &str, file: &str, text: &str| (code.to_owned(), format!("case/{file}:{}", line_of(&folder, file, text, 0)));
    let found: Vec<(String, String)> = faults.iter().map(|fault| (fault.code.to_owned(), fault.place.to_string())).collect();
    for wanted in [
        at("step-before-base", OFFER, "[[step]]"),
        at("not-a-number", OFFER, "1,0"),
        at("unknown-nation", OFFER, "Scotland"),
        at("missing-band", CLAIM, "\"C\""),
        at("unknown-source", CLAIM, "NOBODY"),
        ("missing-key".to_owned(), "case/dispute.toml:1".to_owned()),
        at("unknown-word", HEAD, "employers"),
        at("closes-before-opening", POLL, "closed_on"),
        at("unknown-key", QUOTED, "said ="),
        ("windows-line-ends".to_owned(), "case/decide/positions.toml:1".to_owned()),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} is not among {found:#?}");
    }
}

const CIRCLE: &str = r#"
[[motion]]
id = "a"
conference = "c"
on = 2026-03-10
text = "t"
amends = "b"
outcome = "carried"
source = "EXAMPLE"
status = "synthetic"

[[motion]]
id = "b"
conference = "c"
on = 2026-03-10
text = "t"
amends = "a"
outcome = "carried"
source = "EXAMPLE"
status = "synthetic"
"#;
