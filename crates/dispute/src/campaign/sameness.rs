//! How much of a letter somebody else wrote: counted in runs of five words, exactly.
//!
//! Members of Parliament set copies aside. The measure must be one that can be explained to whoever wrote the letter:
//!
//! 1. A letter is a row of words: letters and figures, small, apostrophes left out, everything else parts words.
//! 2. A *run* is five words that follow one another. A run that comes twice in a letter counts once.
//! 3. A run is *copied* when it stands in the template, or in the letter of at least one other member.
//! 4. The letter's figure is its copied runs out of all its runs.
//!
//! Each word has a number and a run is five numbers, packed: no two different runs are ever taken for one. All runs are
//! sorted once, so the work grows with the number of words, never with pairs of letters.

use std::collections::HashMap;

/// How many words a run has.
pub const RUN_WORDS: usize = 5;

/// A run: five word numbers, packed.
type Run = u128;
/// Words that stand in two texts are numbered again, so that a run and its letter fit into one number.
const SHARED_WORD_BITS: u32 = 20;
const LETTER_BITS: u32 = 25;
/// In place of a letter's number: the template.
const TEMPLATE: u32 = (1 << LETTER_BITS) - 1;

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

/// Collects the template and all letters.
#[derive(Debug, Default)]
pub struct Meter {
    word_numbers: HashMap<String, u32>,
    /// For each word: the text it stood in last, and whether it stood in another before.
    stood_in: Vec<(u32, bool)>,
    template: Vec<Vec<u32>>,
    letters: Vec<Vec<u32>>,
}

/// All letters compared with the template and with each other.
#[derive(Debug)]
pub struct Compared {
    letters: Vec<Vec<u32>>,
    /// The new number of each word that stands in two texts.
    shared: Vec<Option<u32>>,
    /// The copied runs, sorted.
    copied: Vec<(Run, Seen)>,
}

/// Where a copied run stands.
#[derive(Clone, Copy, Debug)]
struct Seen {
    in_template: bool,
    letters: u32,
    first: u32,
    last: u32,
}

impl Meter {
    /// A meter that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds words that were given to the members: they are nobody's own.
    pub fn add_template(&mut self, text: &str) {
        let words = self.numbers(text, TEMPLATE);
        self.template.push(words);
    }

    /// Adds a letter; its number is how many were added before.
    pub fn add_letter(&mut self, text: &str) -> u32 {
        let letter = u32::try_from(self.letters.len()).unwrap_or(TEMPLATE - 1).min(TEMPLATE - 1);
        let words = self.numbers(text, letter);
        self.letters.push(words);
        letter
    }

    fn numbers(&mut self, text: &str, stands_in: u32) -> Vec<u32> {
        let mut list = Vec::new();
        for word in words(text) {
            let next = u32::try_from(self.stood_in.len()).unwrap_or(u32::MAX);
            let number = *self.word_numbers.entry(word).or_insert(next);
            match self.stood_in.get_mut(number as usize) {
                Some((last, several)) => (*last, *several) = (stands_in, *several || *last != stands_in),
                None => self.stood_in.push((stands_in, false)),
            }
            list.push(number);
        }
        list
    }

    /// How many words a letter has.
    pub fn word_count(&self, letter: u32) -> usize {
        self.letters.get(letter as usize).map_or(0, Vec::len)
    }

    /// Compares all letters. `None` when more than a million different words stand in two texts, which no campaign has.
    pub fn compare(self) -> Option<Compared> {
        drop(self.word_numbers);
        // A word of one text alone stands in no copied run.
        let mut next = 0;
        let shared: Vec<Option<u32>> = self
            .stood_in
            .iter()
            .map(|(_, several)| {
                several.then(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        if next >= 1 << SHARED_WORD_BITS {
            return None;
        }
        let mut all: Vec<u128> = Vec::new();
        let numbered = (0..).zip(&self.letters).chain(self.template.iter().map(|text| (TEMPLATE, text)));
        for (letter, words) in numbered {
            all.extend(runs(words).filter_map(|run| pack(run, &shared)).map(|run| (run << LETTER_BITS) | u128::from(letter)));
        }
        all.sort_unstable();
        all.dedup();
        let letter_of = |entry: u128| (entry & u128::from(TEMPLATE)) as u32;
        let copied = all
            .chunk_by(|a, b| a >> LETTER_BITS == b >> LETTER_BITS)
            .filter_map(|group| {
                let (first, last) = (*group.first()?, *group.last()?);
                // The template has the highest number, so it stands last.
                let in_template = letter_of(last) == TEMPLATE;
                let letters = &group[..group.len() - usize::from(in_template)];
                let is_copied = letters.len() > 1 || (in_template && !letters.is_empty());
                let seen = Seen {
                    in_template,
                    letters: u32::try_from(letters.len()).unwrap_or(u32::MAX),
                    first: letter_of(first),
                    last: letter_of(*letters.last().unwrap_or(&first)),
                };
                is_copied.then_some((first >> LETTER_BITS, seen))
            })
            .collect();
        Some(Compared { letters: self.letters, shared, copied })
    }
}

impl Compared {
    fn seen(&self, run: &[u32]) -> Option<&Seen> {
        let run = pack(run, &self.shared)?;
        self.copied.binary_search_by_key(&run, |(known, _)| *known).ok().map(|at| &self.copied[at].1)
    }

    /// Spec K7: how much of a letter is copied, against the template and all other letters.
    pub fn judge(&self, letter: u32) -> Sameness {
        let Some(words) = self.letters.get(letter as usize) else { return Sameness::default() };
        let mut longest: Option<Passage> = None;
        let mut current: Option<Passage> = None;
        let mut distinct: Vec<(&[u32], Option<&Seen>)> = runs(words).map(|run| (run, self.seen(run))).collect();
        for (at, (run, seen)) in distinct.iter().enumerate() {
            current = seen.map(|seen| match current {
                Some(passage) => Passage { words: passage.words + 1, ..passage },
                None => Passage {
                    first_word: u32::try_from(at + 1).unwrap_or(u32::MAX),
                    words: u32::try_from(run.len()).unwrap_or(0),
                    from_template: seen.in_template,
                    letters: seen.letters,
                    other: (seen.letters > 1).then_some(if seen.first == letter { seen.last } else { seen.first }),
                },
            });
            if current.is_some_and(|passage| longest.is_none_or(|longest| passage.words > longest.words)) {
                longest = current;
            }
        }
        distinct.sort_unstable_by_key(|(run, _)| *run);
        distinct.dedup_by_key(|(run, _)| *run);
        let count = |holds: &dyn Fn(&Seen) -> bool| {
            u32::try_from(distinct.iter().filter(|(_, seen)| seen.is_some_and(holds)).count()).unwrap_or(u32::MAX)
        };
        Sameness {
            runs: u32::try_from(distinct.len()).unwrap_or(u32::MAX),
            in_template: count(&|seen| seen.in_template),
            in_others: count(&|seen| seen.letters > 1),
            copied: count(&|_| true),
            longest,
        }
    }
}

/// The runs of a text in order; a text of fewer than five words is one run.
fn runs(words: &[u32]) -> impl Iterator<Item = &[u32]> {
    words.windows(words.len().clamp(1, RUN_WORDS))
}

/// A run as one number, or `None` when one of its words stands in one text alone. Its length stands in front, so that a
/// short text is never taken for a longer one: 3 bits, 100 for five words, and 25 behind them for the letter.
fn pack(run: &[u32], shared: &[Option<u32>]) -> Option<Run> {
    let length = run.len() as Run;
    run.iter().try_fold(length, |packed, word| Some((packed << SHARED_WORD_BITS) | Run::from((*shared.get(*word as usize)?)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(template: &str, letters: &[&str]) -> Vec<Sameness> {
        let mut meter = Meter::new();
        meter.add_template(template);
        let numbers: Vec<u32> = letters.iter().map(|letter| meter.add_letter(letter)).collect();
        let compared = meter.compare().expect("few words");
        numbers.into_iter().map(|letter| compared.judge(letter)).collect()
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
