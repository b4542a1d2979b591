//! Calendar files (RFC 5545), the same bytes on every run: the stamp stands for the moment of making (rule L47).

use dated::Date;

use crate::calendar::plus_days;

/// A calendar file in the making.
pub struct CalendarFile {
    text: String,
    stamp: Date,
}

/// One entry of a calendar: whole days, or hours of a day.
pub struct CalendarEntry<'t> {
    /// Its own name, the same in each edition of the calendar.
    pub uid: &'t str,
    /// First day.
    pub first: Date,
    /// Last day, included.
    pub last: Date,
    /// From when to when, as `07:00`, in local time; whole days without.
    pub hours: Option<(&'t str, &'t str)>,
    /// Title.
    pub summary: &'t str,
    /// Text below it.
    pub description: &'t str,
}

impl CalendarFile {
    /// Begins a calendar. `product` names what made it, such as `Law timetable`.
    pub fn new(product: &str, name: &str, description: &str, stamp: Date) -> Self {
        let mut file = Self { text: String::new(), stamp };
        file.line("BEGIN:VCALENDAR");
        file.line("VERSION:2.0");
        file.line(&format!("PRODID:-//Whitley//{product}//EN"));
        file.line("CALSCALE:GREGORIAN");
        file.line("METHOD:PUBLISH");
        file.line(&format!("X-WR-CALNAME:{}", escape_ics(name)));
        file.line(&format!("X-WR-CALDESC:{}", escape_ics(description)));
        file
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: &CalendarEntry<'_>) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}@whitley", escape_ics(entry.uid)));
        let stamp = compact(self.stamp);
        self.line(&format!("DTSTAMP:{stamp}T000000Z"));
        match entry.hours {
            None => {
                self.line(&format!("DTSTART;VALUE=DATE:{}", compact(entry.first)));
                self.line(&format!("DTEND;VALUE=DATE:{}", compact(plus_days(entry.last, 1))));
            }
            Some((from, until)) => {
                // A time without a zone is the time where the reader is: a strike from seven is from seven at the gate.
                let (end, until) = if until == "24:00" { (plus_days(entry.last, 1), "00:00") } else { (entry.last, until) };
                self.line(&format!("DTSTART:{}T{}00", compact(entry.first), from.replace(':', "")));
                self.line(&format!("DTEND:{}T{}00", compact(end), until.replace(':', "")));
            }
        }
        self.line(&format!("SUMMARY:{}", escape_ics(entry.summary)));
        self.line(&format!("DESCRIPTION:{}", escape_ics(entry.description)));
        self.line("TRANSP:TRANSPARENT");
        self.line("END:VEVENT");
    }

    /// The file.
    pub fn finish(mut self) -> String {
        self.line("END:VCALENDAR");
        self.text
    }

    /// RFC 5545 section 3.1: at most 75 octets to a line, folded between characters.
    fn line(&mut self, line: &str) {
        let mut width = 0;
        for c in line.chars() {
            if width + c.len_utf8() > 75 {
                self.text.push_str("\r\n ");
                width = 1;
            }
            self.text.push(c);
            width += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

/// RFC 5545 section 3.3.11. A carriage return or another control character has no place in a text.
fn escape_ics(text: &str) -> String {
    let plain: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    plain.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// `20040129`.
pub(crate) fn compact(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn hours_end_where_the_next_day_begins_and_texts_cannot_break_a_line() {
        let mut file = CalendarFile::new("Test", "n", "d", date(2026, 4, 1));
        let entry = |hours, summary| CalendarEntry {
            uid: "u",
            first: date(2026, 4, 30),
            last: date(2026, 4, 30),
            hours,
            summary,
            description: "a,b;c\\d\r\nBEGIN:VEVENT",
        };
        file.add(&entry(Some(("20:00", "24:00")), "strike"));
        file.add(&entry(None, "whole day"));
        let text = file.finish();
        assert!(text.contains("DTSTART:20260430T200000\r\nDTEND:20260501T000000\r\n"), "{text}");
        assert!(text.contains("DTSTART;VALUE=DATE:20260430\r\nDTEND;VALUE=DATE:20260501\r\n"), "{text}");
        assert!(text.contains("DESCRIPTION:a\\,b\\;c\\\\d\\nBEGIN:VEVENT\r\n"), "{text}");
        assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 2);
    }
}
