//! How much of a letter somebody else wrote: counted in runs of five words, exactly.
//!
//! Members of Parliament set copies aside. The measure must be one that can be explained to whoever wrote the letter:
//!
//! 1. A letter is a row of words: letters and figures, small, apostrophes left out, everything else parts words.
//! 2. A *run* is five words that follow one another. A run that comes twice in a letter counts once.
//! 3. A run is *copied* when it stands in the template, or in the letter of at least one other member.
//! 4. The letter's figure is its copied runs out of all its runs.
//!
//! Each word has a number and a run is five numbers, packed: no two different runs are ever taken for one. The work grows
//! with the number of words, never with pairs of letters.

use std::collections::HashMap;

/// How many words a run has.
pub const RUN_WORDS: usize = 5;

/// A run: five word numbers of 25 bits.
type Run = u128;
const WORD_BITS: u32 = 25;

/// How much of one letter is copied. Whole numbers: percentages are made when they are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sameness {
    /// Different runs in the letter.
    pub runs: u32,
    /// Of these, in the template.
    pub in_template: u32,
    /// Of these, in the letter of another member.
    pub in_others: u32,
    /// Of these, in the template or in another letter.
    pub copied: u32,
    /// The passage with most copied words in a row: its first word, counted from 1, and its length in words.
    pub longest: Option<Passage>,
}

/// Words in a row that are copied. Where they stand, never what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// First word, counted from 1.
    pub first_word: u32,
    /// How many words.
    pub words: u32,
    /// Whether its first run stands in the template.
    pub from_template: bool,
    /// How many letters the first run stands in, this one included.
    pub letters: u32,
    /// Another letter it stands in, by its number in the list.
    pub other: Option<u32>,
}

impl Sameness {
    /// Whether that share of the letter, in percent, is copied. Compared as integers.
    pub fn reaches(&self, percent: u32) -> bool {
        u64::from(self.copied) * 100 >= u64::from(self.runs) * u64::from(percent) && self.copied > 0
    }

    /// The share that is copied, in whole percent, rounded down, so that it never says more than there is.
    pub fn percent(&self) -> u32 {
        (u64::from(self.copied) * 100).checked_div(u64::from(self.runs)).map_or(0, |share| u32::try_from(share).unwrap_or(100))
    }
}

/// The words of a text as they are compared.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | 'ʼ'))
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>())
        .filter(|word| !word.is_empty())
}

/// What is known of a run.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    in_template: bool,
    letters: u32,
    first: u32,
    last: u32,
}

/// The template and all letters, with their runs.
#[derive(Debug, Default)]
pub struct Meter {
    word_numbers: HashMap<String, u32>,
    runs: HashMap<Run, Seen>,
    letters: Vec<Vec<u32>>,
}

impl Meter {
    /// A meter that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds words that were given to the members: they are nobody's own.
    pub fn add_template(&mut self, text: &str) {
        let words = self.numbers(text);
        for run in runs(&words) {
            self.runs.entry(run).or_default().in_template = true;
        }
    }

    /// Adds a letter; its number is how many were added before.
    pub fn add_letter(&mut self, text: &str) -> u32 {
        let letter = u32::try_from(self.letters.len()).unwrap_or(u32::MAX);
        let words = self.numbers(text);
        for run in runs(&words) {
            let seen = self.runs.entry(run).or_default();
            if seen.letters == 0 {
                seen.first = letter;
            } else if seen.last == letter {
                continue;
            }
            seen.last = letter;
            seen.letters += 1;
        }
        self.letters.push(words);
        letter
    }

    fn numbers(&mut self, text: &str) -> Vec<u32> {
        let mut list = Vec::new();
        for word in words(text) {
            let next = u32::try_from(self.word_numbers.len()).unwrap_or(u32::MAX);
            // More different words than this do not fit into 256 MB, which is the most that is read.
            debug_assert!(next < 1 << WORD_BITS);
            list.push(*self.word_numbers.entry(word).or_insert(next));
        }
        list
    }

    /// Spec K7: how much of a letter is copied, against the template and all letters added so far.
    pub fn judge(&self, letter: u32) -> Sameness {
        let Some(words) = self.letters.get(letter as usize) else { return Sameness::default() };
        let mut distinct: Vec<Run> = runs(words).collect();
        let copied_run = |run: &Run| self.runs.get(run).filter(|seen| seen.in_template || seen.letters > 1);
        let mut longest: Option<Passage> = None;
        let mut current: Option<Passage> = None;
        for (at, run) in distinct.iter().enumerate() {
            current = copied_run(run).map(|seen| match current {
                Some(passage) => Passage { words: passage.words + 1, ..passage },
                None => Passage {
                    first_word: u32::try_from(at + 1).unwrap_or(u32::MAX),
                    words: u32::try_from(words.len().min(RUN_WORDS)).unwrap_or(0),
                    from_template: seen.in_template,
                    letters: seen.letters,
                    other: (seen.letters > 1).then_some(if seen.first == letter { seen.last } else { seen.first }),
                },
            });
            if current.is_some_and(|passage| longest.is_none_or(|longest| passage.words > longest.words)) {
                longest = current;
            }
        }
        distinct.sort_unstable();
        distinct.dedup();
        let count = |holds: &dyn Fn(&Seen) -> bool| {
            u32::try_from(distinct.iter().filter(|run| self.runs.get(run).is_some_and(holds)).count()).unwrap_or(u32::MAX)
        };
        Sameness {
            runs: u32::try_from(distinct.len()).unwrap_or(u32::MAX),
            in_template: count(&|seen| seen.in_template),
            in_others: count(&|seen| seen.letters > 1),
            copied: count(&|seen| seen.in_template || seen.letters > 1),
            longest,
        }
    }

    /// How many words a letter has.
    pub fn word_count(&self, letter: u32) -> usize {
        self.letters.get(letter as usize).map_or(0, Vec::len)
    }
}

/// The runs of a text in order; a text of fewer than five words is one run.
fn runs(words: &[u32]) -> impl Iterator<Item = Run> + '_ {
    let length = words.len().clamp(1, RUN_WORDS);
    words.windows(length).map(|run| run.iter().fold(1, |packed: Run, word| (packed << WORD_BITS) | Run::from(*word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(template: &str, letters: &[&str]) -> Vec<Sameness> {
        let mut meter = Meter::new();
        meter.add_template(template);
        let numbers: Vec<u32> = letters.iter().map(|letter| meter.add_letter(letter)).collect();
        numbers.into_iter().map(|letter| meter.judge(letter)).collect()
    }

    #[test]
    fn marks_case_and_line_ends_do_not_hide_a_copy() {
        let list = judged("", &["I don't know, what I'd DO without it.", "i dont know what\nid do without — it!"]);
        assert_eq!(list[0].copied, list[0].runs);
        assert_eq!(list[0].runs, 4, "eight words");
        assert_eq!(list[1].percent(), 100);
    }

    #[test]
    fn worked_example_of_the_specification() {
        // Twelve words, eight runs. The first seven words stand in the other letter: runs 1 to 3.
        let one = "my rent went up again this spring so we moved to Carlisle";
        let other = "my rent went up again this spring and nothing else did";
        let list = judged("please help us all", &[one, other]);
        assert_eq!((list[0].runs, list[0].copied, list[0].percent()), (8, 3, 37));
        let passage = list[0].longest.expect("a passage");
        assert_eq!((passage.first_word, passage.words, passage.letters, passage.other), (1, 7, 2, Some(1)));
        assert!(list[0].reaches(37) && !list[0].reaches(38));
    }

    #[test]
    fn the_template_is_nobodys_own_words() {
        let list = judged("please press ministers to pay the award in full now", &["Please press ministers to pay the award in full now!"]);
        assert_eq!((list[0].runs, list[0].in_template, list[0].in_others, list[0].copied), (6, 6, 0, 6));
        assert!(list[0].longest.is_some_and(|passage| passage.from_template && passage.other.is_none()));
    }

    #[test]
    fn saying_a_thing_twice_oneself_is_no_copy() {
        let list = judged("", &["we need fair pay now we need fair pay now", "nothing to do with the other"]);
        assert_eq!((list[0].copied, list[0].runs), (0, 5));
    }
}
