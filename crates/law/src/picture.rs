//! The timeline as a picture (SVG): a strip drawn to scale, and every date below it with its rule.

use std::fmt::Write as _;

use dated::Date;

use crate::calendar::{days_between, plus_days, weekday_date};
use crate::rules::Rulebook;
use crate::timetable::{DeadlineKind, Sense, Timetable, closing, title};

const WIDTH: i64 = 820;
const LEFT: i64 = 30;
const STRIP: i64 = WIDTH - 2 * LEFT;
const TEXT_LEFT: i64 = 208;
const LETTERS_IN_A_LINE: usize = 88;

/// L47: the timetable as a picture that stands alone: title and description for those who hear it, dark and light colours, print.
///
/// `id` begins the ids inside, so that several pictures can stand on one page.
pub fn timeline_svg(timetable: &Timetable<'_>, book: &Rulebook, id: &str) -> String {
    timeline_svg_as_of(timetable, book, id, None)
}

/// The same seen from a day: of a ballot that is ahead, what had to be done before that day is red and says so.
pub fn timeline_svg_as_of(timetable: &Timetable<'_>, book: &Rulebook, id: &str, today: Option<Date>) -> String {
    let today = today.filter(|today| timetable.facts.opens_on >= *today);
    let mut body = String::new();
    let first = timetable.deadlines.iter().map(|deadline| deadline.date).min().unwrap_or(timetable.facts.opens_on);
    let last = timetable.deadlines.iter().map(|deadline| deadline.date).max().unwrap_or(timetable.facts.opens_on);
    let scale = Scale { first, days: days_between(first, last).max(1) };
    let title = escape_xml(&title(timetable));
    let _ = writeln!(body, "<text class=\"title\" x=\"{LEFT}\" y=\"30\">{title}</text>");
    strip(&mut body, timetable, &scale, last);
    let mut y = 190;
    for deadline in &timetable.deadlines {
        let row_top = y;
        let when = if deadline.sense == Sense::On { String::new() } else { format!("{} ", deadline.sense.word()) };
        let is_late = deadline.sense == Sense::By && today.is_some_and(|today| deadline.date < today);
        let class = match deadline.kind {
            _ if is_late => "late",
            DeadlineKind::Strike | DeadlineKind::FirstLawfulDay | DeadlineKind::LastLawfulDay | DeadlineKind::LastDayIfAgreed => "act",
            DeadlineKind::Opens | DeadlineKind::Closes => "vote",
            _ => "duty",
        };
        let _ = writeln!(body, "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"6\"/>", LEFT + 8, row_top - 5);
        let red = if is_late { " refused" } else { "" };
        let _ =
            writeln!(body, "<text class=\"date{red}\" x=\"{}\" y=\"{row_top}\">{when}{}</text>", LEFT + 24, weekday_date(deadline.date));
        let what = if is_late { format!("{}: TOO SHORT, this day has gone by", deadline.what) } else { deadline.what.clone() };
        if is_late {
            let (at, y) = (LEFT + 8, row_top - 5);
            let _ = writeln!(body, "<path class=\"late\" d=\"M{} {} l12 12 m0 -12 l-12 12\"/>", at - 6, y - 6);
        }
        for line in wrap(&what) {
            let _ = writeln!(body, "<text class=\"what\" x=\"{TEXT_LEFT}\" y=\"{y}\">{}</text>", escape_xml(&line));
            y += 17;
        }
        let small = [deadline.note.clone(), deadline.rule.map(|rule| format!("rule {}", rule.id))];
        for line in small.into_iter().flatten().flat_map(|text| wrap(&text)) {
            let _ = writeln!(body, "<text class=\"small\" x=\"{TEXT_LEFT}\" y=\"{y}\">{}</text>", escape_xml(&line));
            y += 14;
        }
        y += 12;
    }
    // The line that joins the dots lies behind them: it is written first.
    let spine = format!("<line class=\"spine\" x1=\"{0}\" y1=\"185\" x2=\"{0}\" y2=\"{1}\"/>\n", LEFT + 8, y - 46);
    for strike in timetable.strikes.iter().filter(|strike| !strike.refused.is_empty()) {
        let reason =
            strike.refused.first().map_or_else(String::new, |(day, refusal, _)| format!("{}: {}", weekday_date(*day), refusal.sentence()));
        for line in wrap(&format!("Not lawful as proposed: {}. {reason}.", strike.proposed.words())) {
            let _ = writeln!(body, "<text class=\"refused\" x=\"{LEFT}\" y=\"{y}\">{}</text>", escape_xml(&line));
            y += 17;
        }
    }
    let mut sources: Vec<&str> = timetable.deadlines.iter().filter_map(|deadline| deadline.rule).map(|rule| rule.source.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    y += 6;
    let lawful = "Dates of action assume that the ballot is won. ".to_owned() + &closing(book);
    for line in wrap_at(&lawful, 126).into_iter().chain(wrap_at(&format!("Sources: {}", sources.join("; ")), 126)) {
        let _ = writeln!(body, "<text class=\"small\" x=\"{LEFT}\" y=\"{y}\">{}</text>", escape_xml(&line));
        y += 14;
    }
    let height = y + 6;
    let spoken: Vec<String> = timetable
        .deadlines
        .iter()
        .map(|deadline| format!("{} {}: {}.", deadline.sense.word(), weekday_date(deadline.date), deadline.what))
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" class=\"timeline\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{}</desc>\n<style>{TIMELINE_STYLE}</style>\n\
         <rect class=\"ground\" x=\"0\" y=\"0\" width=\"{WIDTH}\" height=\"{height}\"/>\n{spine}{body}</svg>\n",
        escape_xml(&spoken.join(" "))
    )
}

/// Under its own class, so that it touches nothing else of a page it is put into.
/// Where the page has colours of its own (`--paper`, `--ink`, `--soft`, `--no`, `--link`), those are taken.
/// Every shape has its own pattern of light and dark besides its colour, so that it prints in black and white.
pub const TIMELINE_STYLE: &str = "\
.timeline .ground{fill:var(--paper,#fff)}\
.timeline text{font-family:system-ui,'Segoe UI',Arial,sans-serif;fill:var(--ink,#1a1a1a);font-size:14px}\
.timeline .title{font-size:19px;font-weight:700}\
.timeline .date{font-weight:600;font-size:13px}\
.timeline .small{font-size:11.5px;fill:var(--soft,#4a4a4a)}\
.timeline .refused{fill:var(--no,#a1160a);font-weight:600}\
.timeline .spine,.timeline .axis{stroke:var(--soft,#767676);stroke-width:2}\
.timeline .tick{stroke:var(--soft,#767676);stroke-width:1}\
.timeline .duty{fill:var(--paper,#fff);stroke:var(--ink,#1a1a1a);stroke-width:2}\
.timeline .vote{fill:var(--link,#1d5fa8);stroke:var(--link,#1d5fa8);stroke-width:2}\
.timeline .act{fill:var(--ink,#1a1a1a);stroke:var(--ink,#1a1a1a);stroke-width:2}\
.timeline .late{fill:var(--paper,#fff);stroke:var(--no,#a1160a);stroke-width:3}\
.timeline .bar-notice{fill:var(--paper,#fff);stroke:var(--ink,#1a1a1a);stroke-width:2;stroke-dasharray:4 3}\
.timeline .bar-vote{fill:var(--link,#1d5fa8)}\
.timeline .bar-act{fill:#9fd3a7;stroke:#14532d;stroke-width:2}\
@media screen and (prefers-color-scheme:dark){\
.timeline .ground{fill:var(--paper,#14171a)}\
.timeline text{fill:var(--ink,#f1f1f1)}\
.timeline .small{fill:var(--soft,#c4c4c4)}\
.timeline .refused{fill:var(--no,#ff9c8f)}\
.timeline .late{fill:var(--paper,#14171a);stroke:var(--no,#ff9c8f)}\
.timeline .duty{fill:var(--paper,#14171a);stroke:var(--ink,#f1f1f1)}\
.timeline .act{fill:var(--ink,#f1f1f1);stroke:var(--ink,#f1f1f1)}\
.timeline .vote,.timeline .bar-vote{fill:var(--link,#7fb4ef);stroke:var(--link,#7fb4ef)}\
.timeline .bar-notice{fill:var(--paper,#14171a);stroke:var(--ink,#f1f1f1)}\
.timeline .bar-act{fill:#14532d;stroke:#9fd3a7}}\
@media print{\
.timeline .ground{fill:#fff}\
.timeline text{fill:#000}\
.timeline .small{fill:#333}\
.timeline .duty{fill:#fff;stroke:#000}\
.timeline .act{fill:#000;stroke:#000}}";

struct Scale {
    first: Date,
    days: i64,
}

impl Scale {
    fn x(&self, date: Date) -> i64 {
        LEFT + (days_between(self.first, date) * STRIP) / self.days
    }
}

/// Notice, voting and mandate as bars drawn to scale over a line of months.
fn strip(body: &mut String, timetable: &Timetable<'_>, scale: &Scale, last: Date) {
    let date_of = |kind| timetable.deadlines.iter().find(|deadline| deadline.kind == kind).map(|deadline| deadline.date);
    let opens_on = timetable.facts.opening_known.then_some(timetable.facts.opens_on);
    let bars = [
        ("bar-notice", "notice", date_of(DeadlineKind::BallotNotice), opens_on),
        ("bar-vote", "voting", opens_on, timetable.facts.closes_on.map(|day| plus_days(day, 1))),
        ("bar-act", "action", date_of(DeadlineKind::FirstLawfulDay), date_of(DeadlineKind::LastLawfulDay).map(|day| plus_days(day, 1))),
    ];
    let mut labels_end = [0_i64; 2];
    for (class, label, from, to) in bars {
        let (Some(from), Some(to)) = (from, to) else { continue };
        let (x, width) = (scale.x(from), (scale.x(to) - scale.x(from)).max(3));
        let _ = writeln!(body, "<rect class=\"{class}\" x=\"{x}\" y=\"86\" width=\"{width}\" height=\"24\"/>");
        // Two rows of labels, so that two short bars side by side do not write over each other.
        let row = usize::from(labels_end[0] > x);
        let _ = writeln!(body, "<text class=\"small\" x=\"{x}\" y=\"{}\">{label}</text>", if row == 0 { 78 } else { 62 });
        labels_end[row] = x + 60;
    }
    for strike in timetable.deadlines.iter().filter(|deadline| deadline.kind == DeadlineKind::Strike) {
        let x = scale.x(strike.date);
        let _ = writeln!(body, "<path class=\"act\" d=\"M{x} 114 l-6 10 h12 z\"/>");
    }
    let _ = writeln!(body, "<line class=\"axis\" x1=\"{LEFT}\" y1=\"130\" x2=\"{}\" y2=\"130\"/>", LEFT + STRIP);
    let mut month = scale.first;
    let mut label_from = LEFT;
    while month <= last {
        let next = plus_days(month, 1);
        if month.day() == 1 || month == scale.first {
            let x = scale.x(month);
            let _ = writeln!(body, "<line class=\"tick\" x1=\"{x}\" y1=\"130\" x2=\"{x}\" y2=\"137\"/>");
            if x >= label_from && x + 60 <= WIDTH {
                let words = weekday_date(month);
                let words = words.split_once(' ').map_or("", |(_, rest)| rest);
                let _ = writeln!(body, "<text class=\"small\" x=\"{x}\" y=\"150\">{words}</text>");
                label_from = x + 82;
            }
        }
        month = next;
    }
}

fn wrap(text: &str) -> Vec<String> {
    wrap_at(text, LETTERS_IN_A_LINE)
}

fn wrap_at(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Names and notes may hold anything: nothing of them becomes markup.
fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
