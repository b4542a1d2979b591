//! Which words of a text went and which came: a text before and after, cut where they differ, for papers that show both.

/// What became of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// In both texts.
    Same,
    /// Only before.
    Gone,
    /// Only after.
    New,
}

/// Past this many pairs of words what lies between the first and the last difference is marked as a whole.
const MOST_PAIRS: usize = 4_000_000;

/// C37: the text before in parts that stayed or went, and the text after in parts that stayed or came. Joined, the parts of
/// either are that text again, word by word and line by line.
pub fn changed_words(before: &str, after: &str) -> [Vec<(Mark, String)>; 2] {
    let (old, new) = (words(before), words(after));
    let first = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - first;
    let last = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (old_inner, new_inner) = (&old[first..old.len() - last], &new[first..new.len() - last]);
    let (mut kept_old, mut kept_new) = common(old_inner, new_inner);
    join_short_runs(&mut kept_old, &mut kept_new);
    let marked = |all: &[&str], inner: &[bool], mark: Mark| {
        let end = all.len() - last;
        let mut parts: Vec<(Mark, String)> = Vec::new();
        for (at, word) in all.iter().enumerate() {
            let is_same = at < first || at >= end || inner[at - first];
            let mark = if is_same { Mark::Same } else { mark };
            match parts.last_mut() {
                Some((known, text)) if *known == mark => text.push_str(word),
                _ => parts.push((mark, (*word).to_owned())),
            }
        }
        parts
    };
    [marked(&old, &kept_old, Mark::Gone), marked(&new, &kept_new, Mark::New)]
}

/// Words, each with the blank or the line break behind it.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive([' ', '\n']).collect()
}

/// Which words of either list belong to their longest common sequence. A blank or its absence at the end of a text is no change.
fn common(old: &[&str], new: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let (mut in_old, mut in_new) = (vec![false; old.len()], vec![false; new.len()]);
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        return (in_old, in_new);
    }
    let same = |a: &str, b: &str| a.trim_end() == b.trim_end();
    let width = new.len() + 1;
    // length[i * width + j]: the longest common sequence of what is left from word i and word j on.
    let mut length = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            length[i * width + j] = if same(old[i], new[j]) {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        if same(old[i], new[j]) {
            (in_old[i], in_new[j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if length[(i + 1) * width + j] >= length[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (in_old, in_new)
}

/// Fewer words in a row than this, common to both texts between two changes, count as changed: "the" kept in the middle of a new
/// clause is no help to a reader.
const LEAST_COMMON_RUN: usize = 3;

/// Takes the mark of being common from short runs between two changes, in both texts alike.
fn join_short_runs(in_old: &mut [bool], in_new: &mut [bool]) {
    let pairs: Vec<(usize, usize)> = {
        let old = in_old.iter().enumerate().filter(|(_, kept)| **kept).map(|(at, _)| at);
        let new = in_new.iter().enumerate().filter(|(_, kept)| **kept).map(|(at, _)| at);
        old.zip(new).collect()
    };
    let mut from = 0;
    while from < pairs.len() {
        let mut until = from + 1;
        while until < pairs.len() && pairs[until] == (pairs[until - 1].0 + 1, pairs[until - 1].1 + 1) {
            until += 1;
        }
        let goes_on = pairs[from] == (0, 0) || pairs[until - 1] == (in_old.len() - 1, in_new.len() - 1);
        if until - from < LEAST_COMMON_RUN && !goes_on {
            for (old, new) in &pairs[from..until] {
                (in_old[*old], in_new[*new]) = (false, false);
            }
        }
        from = until;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &[(Mark, String)]) -> String {
        let shown = parts.iter().map(|(mark, text)| match mark {
            Mark::Same => text.clone(),
            Mark::Gone => format!("[-{text}]"),
            Mark::New => format!("[+{text}]"),
        });
        shown.collect()
    }

    #[test]
    fn c37_words_that_went_and_came_are_marked_and_the_texts_come_back() {
        for (before, after, old, new) in [
            ("Pay more now.", "Pay much more now.", "Pay more now.", "Pay [+much ]more now."),
            ("Pay more now.", "Pay now.", "Pay [-more ]now.", "Pay now."),
            ("a b c d", "a x c y", "a [-b c d]", "a [+x c y]"),
            ("a b c d e f", "a x c d e y", "a [-b ]c d e [-f]", "a [+x ]c d e [+y]"),
            ("Same.", "Same.", "Same.", "Same."),
            ("", "New words.", "", "[+New words.]"),
            ("One.\nTwo.", "One.\nTwo. Three.", "One.\nTwo.", "One.\nTwo. [+Three.]"),
        ] {
            let [gone, come] = changed_words(before, after);
            assert_eq!((shown(&gone).as_str(), shown(&come).as_str()), (old, new));
            let joined = |parts: &[(Mark, String)]| parts.iter().map(|(_, text)| text.as_str()).collect::<String>();
            assert_eq!((joined(&gone).as_str(), joined(&come).as_str()), (before, after));
        }
    }
}
