//! Seeded changes of inputs: bits, lengths, splices, and what our formats are made of (numbers, digits, lines, blocks).

/// Numbers from a seed (SplitMix64): the same everywhere, and enough for choosing.
pub struct Chance(u64);

impl Chance {
    /// For one execution of one target: it can be repeated without those before it.
    pub fn new(seed: u64, target: &str, execution: u32) -> Self {
        let name = target.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut chance = Self(seed ^ name);
        let mixed = chance.next();
        Self(mixed ^ u64::from(execution).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`; 0 if there is nothing below.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }

    fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }
}

/// Largest input made.
const MOST_BYTES: usize = 400_000;

/// What our readers may stumble over.
const TOKENS: [&[u8]; 30] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\\u0041",
    b"\\ud800",
    b"\0",
    b"\n",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc0\xaf",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"\"blank\":true,",
    b"\"x\":0,",
    b" ",
    b"=",
    b"../",
    b"0000",
    b"1e400",
    b"2031-02-30",
    b"9999-12-31T23:59:60Z",
];

const NUMBERS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "-0",
    "+1",
    "01",
    "1.0",
    "1e0",
    "255",
    "1073741823",
    "1073741824",
    "4294967296",
    "9007199254740993",
    "340282366920938463463374607431768211456",
    // The order of the group, and one more.
    "7237005577332262213973186563042994240857116359379907606001950938285454250989",
    "7237005577332262213973186563042994240857116359379907606001950938285454250990",
];

/// Elements as digits: identity, order two, zero, above the prime, and a small one with its sign.
const ELEMENTS: [&str; 5] = [
    "0000000000000000000000000000000000000000000000000000000000000001",
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "8000000000000000000000000000000000000000000000000000000000000001",
];

/// One to four changes of `input`; `other` is another input of the target.
pub fn mutate(input: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..1 + chance.below(4) {
        change(&mut bytes, other, chance);
        bytes.truncate(MOST_BYTES);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    let at = chance.below(bytes.len());
    match chance.below(16) {
        0..=2 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
        3 if !bytes.is_empty() => bytes[at] = *chance.pick(b"\0\x01\x7f\x80\xff\"0aA}"),
        4 => bytes.truncate(at),
        5 | 6 => {
            let token = *chance.pick(&TOKENS);
            bytes.splice(at..at, token.iter().copied());
        }
        7 => {
            let end = (at + 1 + chance.below(80)).min(bytes.len());
            bytes.drain(at..end);
        }
        8 => {
            let end = (at + 1 + chance.below(600)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            let to = chance.below(bytes.len());
            bytes.splice(to..to, copy);
        }
        9 => {
            let from = chance.below(other.len());
            let end = (from + 1 + chance.below(2000)).min(other.len());
            let over = chance.below(2) * (end - from);
            bytes.splice(at..(at + over).min(bytes.len()), other[from..end].iter().copied());
        }
        10 => {
            bytes.truncate(at);
            bytes.extend_from_slice(&other[chance.below(other.len())..]);
        }
        11 => replace_run(bytes, at, chance.pick(&NUMBERS).as_bytes(), |byte| byte.is_ascii_digit(), 1),
        12 => {
            let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            if chance.below(2) == 0 {
                replace_run(bytes, at, chance.pick(&ELEMENTS).as_bytes(), is_digit, 32);
            } else if let Some((from, to)) = run(bytes, at, is_digit, 32) {
                let place = from + chance.below(to - from);
                bytes[place] = *chance.pick(b"0123456789abcdefABCDEFg");
            }
        }
        13 => {
            let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
            if let Some((from, to)) = run(bytes, at, is_base64, 40) {
                let place = from + chance.below(to - from);
                bytes[place] = *chance.pick(b"ABCDabcd0123+/-_=\n");
            }
        }
        14 => pieces(bytes, b"\n", chance),
        _ if bytes.len() >= 1024 => blocks(bytes, chance),
        _ => bytes.push(*chance.pick(b"\0\n }]")),
    }
}

/// The first run of such bytes, at least so long, that ends after `at`, or else from the beginning.
fn run(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool, least: usize) -> Option<(usize, usize)> {
    let find = |from: usize| {
        let mut start = from;
        for (place, byte) in bytes.iter().enumerate().skip(from) {
            if !belongs(*byte) {
                if place - start >= least {
                    return Some((start, place));
                }
                start = place + 1;
            }
        }
        (bytes.len() > start && bytes.len() - start >= least).then_some((start, bytes.len()))
    };
    find(at).or_else(|| find(0))
}

fn replace_run(bytes: &mut Vec<u8>, at: usize, by: &[u8], belongs: impl Fn(u8) -> bool, least: usize) {
    if let Some((from, to)) = run(bytes, at, belongs, least) {
        bytes.splice(from..to, by.iter().copied());
    }
}

/// Exchanges, doubles or removes a line.
fn pieces(bytes: &mut Vec<u8>, end: &[u8; 1], chance: &mut Chance) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == end[0]).map(<[u8]>::to_vec).collect();
    let (one, two) = (chance.below(lines.len()), chance.below(lines.len()));
    reorder(&mut lines, one, two, chance);
    *bytes = lines.concat();
}

/// Exchanges, doubles or removes a block of an archive.
fn blocks(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let mut blocks: Vec<Vec<u8>> = bytes.chunks(512).map(<[u8]>::to_vec).collect();
    let (one, two) = (chance.below(blocks.len()), chance.below(blocks.len()));
    reorder(&mut blocks, one, two, chance);
    *bytes = blocks.concat();
}

fn reorder(list: &mut Vec<Vec<u8>>, one: usize, two: usize, chance: &mut Chance) {
    if list.is_empty() {
        return;
    }
    match chance.below(3) {
        0 => list.swap(one, two),
        1 => list.insert(two, list[one].clone()),
        _ => drop(list.remove(one)),
    }
}
