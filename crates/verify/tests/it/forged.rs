//! The forged archives: each is wrong in one place, and must fail at that check and at no other.
//!
//! Everything that depends on the change is made anew after it (hashes, signatures, later events), so nothing else gives
//! the forgery away. Numbers in brackets are those of the list of bad inputs that the project's requirements keep.

use crate::make::{
    Cheat, Event, Made, Record, Secrets, Sound, Spec, Stage, TrusteeSpec, challenge, dec, enc, g, honest, make, proof, set_checksum,
    sha256, sound_challenge, sound_input, tar_record,
};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use verify::Check::{self, *};
use verify::hex::to_hex;
use verify::{Options, Verdict, judge, output};

type EventsChange = Box<dyn Fn(&mut Vec<Event>) + Send + Sync>;
type BytesChange = Box<dyn Fn(&mut Vec<u8>) + Send + Sync>;
type TextChange = Box<dyn Fn(&mut Vec<u8>, &Secrets) + Send + Sync>;

/// A named change of a good election, and the checks that must fail.
pub struct Forgery {
    pub name: String,
    pub expected: Vec<Check>,
    pub spec: Spec,
    pub texts: Vec<(Stage, TextChange)>,
    pub events: EventsChange,
    pub bytes: BytesChange,
    pub with_companion: bool,
}

fn forge(expected: Check, name: impl Into<String>) -> Forgery {
    Forgery {
        name: name.into(),
        expected: vec![expected],
        spec: Spec::small(),
        texts: Vec::new(),
        events: Box::new(|_| {}),
        bytes: Box::new(|_| {}),
        with_companion: false,
    }
}

impl Forgery {
    fn also(mut self, check: Check) -> Forgery {
        self.expected.push(check);
        self.expected.sort();
        self
    }

    fn rich(mut self) -> Forgery {
        self.spec = Spec::rich();
        self
    }

    fn spec(mut self, change: impl Fn(&mut Spec)) -> Forgery {
        change(&mut self.spec);
        self
    }

    /// Changes a text as bytes.
    fn raw(mut self, stage: Stage, change: impl Fn(&mut Vec<u8>, &Secrets) + Send + Sync + 'static) -> Forgery {
        self.texts.push((stage, Box::new(change)));
        self
    }

    /// Changes a text as characters; the change must really change it.
    fn text(self, stage: Stage, change: impl Fn(&str) -> String + Send + Sync + 'static) -> Forgery {
        self.raw(stage, move |bytes, _| {
            let before = String::from_utf8(bytes.clone()).unwrap();
            let after = change(&before);
            assert_ne!(before, after, "the tweak changed nothing");
            *bytes = after.into_bytes();
        })
    }

    /// Changes the JSON value at a pointer.
    fn json(self, stage: Stage, pointer: &'static str, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Forgery {
        self.keyed(stage, pointer, move |value, _| change(value))
    }

    fn keyed(self, stage: Stage, pointer: &'static str, change: impl Fn(&mut Value, &Secrets) + Send + Sync + 'static) -> Forgery {
        self.raw(stage, move |bytes, secrets| {
            let mut value: Value = serde_json::from_slice(bytes).unwrap();
            change(value.pointer_mut(pointer).expect(pointer), secrets);
            let changed = serde_json::to_vec(&value).unwrap();
            assert_ne!(changed, *bytes, "the tweak changed nothing");
            *bytes = changed;
        })
    }

    fn events(mut self, change: impl Fn(&mut Vec<Event>) + Send + Sync + 'static) -> Forgery {
        self.events = Box::new(change);
        self
    }

    fn bytes(mut self, change: impl Fn(&mut Vec<u8>) + Send + Sync + 'static) -> Forgery {
        self.bytes = Box::new(change);
        self
    }

    fn with_companion(mut self) -> Forgery {
        self.with_companion = true;
        self
    }

    pub fn make(&self) -> Made {
        let hook = |stage: Stage, text: &mut Vec<u8>, secrets: &Secrets| {
            for (_, change) in self.texts.iter().filter(|(at, _)| *at == stage) {
                change(text, secrets);
            }
        };
        let mut made = make(&self.spec, &hook, &self.events);
        (self.bytes)(&mut made.archive);
        made
    }

    fn judge(&self, threads: usize) -> verify::Report {
        let made = self.make();
        let options = Options { strict: true, threads, ..Options::default() };
        let companion = self.with_companion.then_some(&made.companion[..]);
        judge(&made.archive[..], companion, &options)
    }
}

/// The share of an owner with another factor for its second choice, whose version-1 proof holds.
fn bent_share(bytes: &mut Vec<u8>, s: &Secrets, owner: usize) {
    let (x, w) = (s.trustee_keys[owner - 1], Scalar::from(98_765u32));
    let phi = verify::hex::hash_to_base64(&s.election_hash);
    let chosen = g(&Scalar::from(43_210u32));
    let c = challenge(&format!("decrypt|{phi}|{}|{},{}", enc(&g(&x)), enc(&g(&w)), enc(&chosen)));
    let z = w - c * x;
    let factor = (chosen - s.alphas[1] * z) * c.invert();
    let mut value: Value = serde_json::from_slice(bytes).unwrap();
    value["decryption_factors"][0][1] = json!(enc(&factor));
    value["decryption_proofs"][0][1] = serde_json::from_str(&proof(&c, &z)).unwrap();
    *bytes = serde_json::to_vec(&value).unwrap();
}

fn plus_one(value: &mut Value) {
    let scalar = value.as_str().unwrap();
    *value = json!(dec(&(parse_dec(scalar) + Scalar::ONE)));
}

fn parse_dec(digits: &str) -> Scalar {
    digits.bytes().fold(Scalar::ZERO, |n, d| n * Scalar::from(10u8) + Scalar::from(d - b'0'))
}

fn point(value: &Value) -> EdwardsPoint {
    let mut bytes = verify::hex::hash_from_hex(value.as_str().unwrap().as_bytes()).unwrap();
    bytes.reverse();
    CompressedEdwardsY(bytes).decompress().unwrap()
}

fn replace_first(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} not in {text}");
    text.replacen(from, to, 1)
}

/// Offset of the n-th record's header.
fn record_at(bytes: &[u8], n: usize) -> usize {
    let mut at = 0;
    for _ in 0..n {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[at + 124..at + 135]).unwrap(), 8).unwrap();
        at += 512 + size.div_ceil(512) * 512;
    }
    at
}

/// Changes a header of the n-th record and makes its checksum right again.
fn header(n: usize, change: impl Fn(&mut [u8]) + Send + Sync + 'static) -> impl Fn(&mut Vec<u8>) + Send + Sync {
    move |bytes| {
        let at = record_at(bytes, n);
        change(&mut bytes[at..at + 512]);
        set_checksum(&mut bytes[at..at + 512]);
    }
}

fn container() -> Vec<Forgery> {
    let mut all = vec![
        forge(V1, "archive of zero bytes [24]").bytes(|b| b.clear()),
        forge(V1, "archive of one zero block").bytes(|b| *b = vec![0; 512]),
        forge(V1, "cut inside a header [23]").bytes(|b| b.truncate(record_at(b, 5) + 100)),
        forge(V1, "cut inside a body [23]").bytes(|b| b.truncate(record_at(b, 5) + 600)),
        forge(V1, "cut inside the padding [23]").bytes(|b| b.truncate(b.len() - 1)),
        forge(V1, "one byte more at the end [23]").bytes(|b| b.push(0)),
        forge(V1, "end mark of a usual tar [23]").bytes(|b| b.extend([0; 1024])),
        forge(V1, "a block of noise at the end").bytes(|b| b.extend([b'x'; 512])),
        forge(V1, "a block of zeros between records").bytes(|b| {
            let at = record_at(b, 6);
            b.splice(at..at, [0; 512]);
        }),
        forge(V1, "no first record").bytes(|b| {
            let to = record_at(b, 1);
            b.drain(..to);
        }),
        forge(V1, "first record twice").bytes(|b| {
            let first = b[..record_at(b, 1)].to_vec();
            b.splice(0..0, first);
        }),
        forge(V1, "first record again at the end").bytes(|b| {
            let first = b[..record_at(b, 1)].to_vec();
            b.extend(first);
        }),
        forge(V1, "first record with a space").bytes(|b| {
            let body = br#"{"version":1, "timestamp":"1900000000"}"#;
            b.splice(..record_at(b, 1), tar_record("BELENIOS", body));
        }),
        forge(V1, "first record with another field").bytes(|b| {
            let body = br#"{"version":1,"timestamp":"1900000000","x":1}"#;
            b.splice(..record_at(b, 1), tar_record("BELENIOS", body));
        }),
        forge(V1, "first record with a number for its time").bytes(|b| {
            let body = br#"{"version":1,"timestamp":1900000000}"#;
            b.splice(..record_at(b, 1), tar_record("BELENIOS", body));
        }),
        forge(V1, "first record with a leading zero").bytes(|b| {
            let body = br#"{"version":1,"timestamp":"01900000000"}"#;
            b.splice(..record_at(b, 1), tar_record("BELENIOS", body));
        }),
        forge(V1, "first record says another time than the headers").bytes(|b| {
            let body = br#"{"version":1,"timestamp":"1900000001"}"#;
            b.splice(..record_at(b, 1), tar_record("BELENIOS", body));
        }),
        forge(V1, "checksum wrong").bytes(|b| {
            let at = record_at(b, 3);
            b[at + 150] ^= 1;
        }),
        forge(V1, "checksum written in another way").bytes(|b| {
            let at = record_at(b, 3);
            b[at + 154..at + 156].copy_from_slice(b" \0");
        }),
        forge(V1, "padding not zero").bytes(|b| {
            let last = b.len() - 1;
            b[last] = 1;
        }),
    ];
    let name = |from: &'static str| {
        move |h: &mut [u8]| {
            h[..100].fill(0);
            h[..from.len()].copy_from_slice(from.as_bytes());
        }
    };
    for (what, change) in [
        (
            "absolute path [22]",
            Box::new(|h: &mut [u8]| {
                h.copy_within(0..80, 1);
                h[0] = b'/';
            }) as Box<dyn Fn(&mut [u8]) + Send + Sync>,
        ),
        (
            "path with .. [22]",
            Box::new(|h: &mut [u8]| {
                h.copy_within(0..80, 3);
                h[..3].copy_from_slice(b"../");
            }),
        ),
        ("name in capitals [22]", Box::new(|h: &mut [u8]| h[..64].make_ascii_uppercase())),
        ("short name", Box::new(name("abc.data.json"))),
        ("other ending", Box::new(|h: &mut [u8]| h[64..73].copy_from_slice(b".data.jsn"))),
        ("bytes after the name", Box::new(|h: &mut [u8]| h[90] = b'x')),
        ("name without end", Box::new(|h: &mut [u8]| h[64..100].fill(b'x'))),
        ("another mode", Box::new(|h: &mut [u8]| h[106] = b'5')),
        ("another user", Box::new(|h: &mut [u8]| h[114] = b'1')),
        ("another group", Box::new(|h: &mut [u8]| h[122] = b'1')),
        ("another time", Box::new(|h: &mut [u8]| h[146] = if h[146] == b'0' { b'1' } else { b'0' })),
        ("hard link [22]", Box::new(|h: &mut [u8]| h[156] = b'1')),
        ("symbolic link [22]", Box::new(|h: &mut [u8]| h[156] = b'2')),
        ("device [22]", Box::new(|h: &mut [u8]| h[156] = b'3')),
        ("directory [22]", Box::new(|h: &mut [u8]| h[156] = b'5')),
        ("link target [22]", Box::new(|h: &mut [u8]| h[157] = b'x')),
        ("ustar mark", Box::new(|h: &mut [u8]| h[257..262].copy_from_slice(b"ustar"))),
        ("owner's name", Box::new(|h: &mut [u8]| h[265..269].copy_from_slice(b"root"))),
        ("prefix of the name", Box::new(|h: &mut [u8]| h[345] = b'x')),
        ("last byte of the header", Box::new(|h: &mut [u8]| h[511] = 1)),
        ("size of 1 GiB [20]", Box::new(|h: &mut [u8]| h[124..135].copy_from_slice(b"10000000000"))),
        ("size with a space", Box::new(|h: &mut [u8]| h[124] = b' ')),
        ("size not octal", Box::new(|h: &mut [u8]| h[134] = b'8')),
        ("size in binary", Box::new(|h: &mut [u8]| h[124] = 0x80)),
        ("size end mark", Box::new(|h: &mut [u8]| h[135] = b' ')),
    ] {
        all.push(forge(V1, format!("header: {what}")).bytes(header(7, change)));
    }
    all
}

/// Where the records of an archive by `Spec::small` are: (what, event, record in the event).
const RECORDS: &[(&str, usize, usize)] = &[
    ("election", 0, 0),
    ("trustees", 0, 1),
    ("credentials", 0, 2),
    ("setup data", 0, 3),
    ("ballot", 2, 0),
    ("encrypted tally", 7, 0),
    ("sized tally", 7, 1),
    ("share", 9, 0),
    ("owned share", 9, 1),
    ("result", 12, 0),
];

const STAGES: &[(&str, Stage)] = &[
    ("election", Stage::Election),
    ("trustees", Stage::Trustees),
    ("credentials", Stage::Credentials),
    ("setup data", Stage::SetupData),
    ("ballot", Stage::Ballot(1)),
    ("encrypted tally", Stage::Tally),
    ("sized tally", Stage::Sized),
    ("share", Stage::Share(1)),
    ("owned share", Stage::Owned(1)),
    ("result", Stage::Result),
];

fn hashes() -> Vec<Forgery> {
    let mut all = Vec::new();
    for (what, event, record) in RECORDS {
        let (event, record) = (*event, *record);
        all.push(forge(V2, format!("{what}: name is not the hash")).events(move |events| {
            events[event].records[record].named = Some([1; 32]);
        }));
        all.push(forge(V2, format!("{what}: one bit changed, name kept")).events(move |events| {
            let record = &mut events[event].records[record];
            let honest = sha256(&record.body);
            let at = record.body.len() / 2;
            record.body[at] ^= 1;
            record.named = Some(honest);
            if event_payload_is(&events[event], honest) {
                events[event].payload_is = Some(honest);
            }
        }));
    }
    for event in [0, 3, 6, 7, 8, 12] {
        all.push(forge(V2, format!("event {event}: name is not the hash")).events(move |events| {
            events[event].named = Some([1; 32]);
        }));
    }
    all
}

/// After a change of the last record: whether the payload named before must be kept.
fn event_payload_is(event: &Event, honest: [u8; 32]) -> bool {
    event.records.last().is_some_and(|r: &Record| r.named == Some(honest))
}

fn forms() -> Vec<Forgery> {
    let mut all = Vec::new();
    for (what, stage) in STAGES {
        let stage = *stage;
        // Spec V3: another form of the same value.
        all.push(forge(V3, format!("{what}: space at the end [18]")).text(stage, |t| format!("{t} ")));
        all.push(forge(V3, format!("{what}: line feed at the end [18]")).text(stage, |t| format!("{t}\n")));
        all.push(forge(V3, format!("{what}: escaped letter [18]")).text(stage, |t| {
            let at = t.find('"').unwrap() + 1;
            format!("{}\\u{:04x}{}", &t[..at], t.as_bytes()[at], &t[at + 1..])
        }));
        // Spec V4: not these fields.
        all.push(forge(V4, format!("{what}: byte order mark [16]")).text(stage, |t| format!("\u{feff}{t}")));
        all.push(forge(V4, format!("{what}: two documents [16]")).text(stage, |t| format!("{t}{t}")));
        all.push(forge(V4, format!("{what}: comment [16]")).text(stage, |t| format!("{t}// note")));
        all.push(forge(V4, format!("{what}: invalid UTF-8 [15]")).raw(stage, |b, _| b.push(0xff)));
        all.push(forge(V4, format!("{what}: nested 100,000 deep [17]")).text(stage, |_| "[".repeat(100_000)));
        all.push(forge(V4, format!("{what}: another value")).text(stage, |_| "null".into()));
        if !matches!(stage, Stage::Trustees | Stage::Credentials | Stage::Tally) {
            all.push(forge(V4, format!("{what}: unknown field [13]")).text(stage, |t| format!("{},\"extra\":1}}", &t[..t.len() - 1])));
            all.push(forge(V4, format!("{what}: same key twice [12]")).text(stage, |t| {
                let key = &t[1..t.find(':').unwrap()];
                format!("{},{key}:1}}", &t[..t.len() - 1])
            }));
            all.push(forge(V4, format!("{what}: first field missing [13]")).text(stage, |t| {
                let value: Value = serde_json::from_str(t).unwrap();
                let rest: serde_json::Map<_, _> = value.as_object().unwrap().clone().into_iter().skip(1).collect();
                serde_json::to_string(&rest).unwrap()
            }));
            if stage != Stage::Result {
                all.push(forge(V4, format!("{what}: fields in another order [13]")).text(stage, |t| {
                    let value: Value = serde_json::from_str(t).unwrap();
                    let turned: serde_json::Map<_, _> = value.as_object().unwrap().clone().into_iter().rev().collect();
                    serde_json::to_string(&turned).unwrap()
                }));
            }
        }
    }
    for (what, edit) in [
        ("space", (|t: &str| t.replace(",\"height\"", ", \"height\"")) as fn(&str) -> String),
        ("height 1.0 [14]", |t| t.replace("\"height\":3", "\"height\":3.0")),
        ("height 3e0 [14]", |t| t.replace("\"height\":3", "\"height\":3e0")),
    ] {
        all.push(forge(V3, format!("event: {what}")).events(move |e| e[3].edit = Some(edit)));
    }
    for (what, edit) in [
        ("unknown field [13]", (|t: &str| t.replace("\"height\"", "\"x\":0,\"height\"")) as fn(&str) -> String),
        ("height as text", |t| t.replace("\"height\":3", "\"height\":\"3\"")),
        ("height with a plus sign [14]", |t| t.replace("\"height\":3", "\"height\":+3")),
        ("height with a leading zero [14]", |t| t.replace("\"height\":3", "\"height\":03")),
        ("height 2^53+1 [14]", |t| t.replace("\"height\":3", "\"height\":9007199254740993")),
        ("parent in capitals", |t| {
            let (a, b) = t.split_at(11);
            format!("{a}{}{}", b[..64].to_uppercase(), &b[64..])
        }),
        ("type missing", |t| t.replace("\"type\":\"Ballot\",", "")),
        ("height twice [12]", |t| t.replace("\"height\":3", "\"height\":3,\"height\":3")),
        ("payload null", |t| {
            let at = t.find("\"payload\":").unwrap();
            format!("{}\"payload\":null}}", &t[..at])
        }),
    ] {
        all.push(forge(V4, format!("event: {what}")).events(move |e| e[3].edit = Some(edit)));
    }
    all.push(forge(V4, "event: EndBallots with a payload").events(|e| {
        e[6].payload = true;
        e[6].payload_is = Some([3; 32]);
    }));
    all.push(forge(V4, "event: Ballot without a payload").events(|e| e[3].payload = false));
    all.push(forge(V4, "share: one factor too few").json(Stage::Share(1), "/decryption_factors/0", |v| {
        v.as_array_mut().unwrap().pop();
    }));
    all.push(forge(V4, "share: one proof too many").json(Stage::Share(1), "/decryption_proofs/0", |v| {
        let first = v[0].clone();
        v.as_array_mut().unwrap().push(first);
    }));
    all.push(forge(V4, "tally: one choice too few").json(Stage::Tally, "/0", |v| {
        v.as_array_mut().unwrap().pop();
    }));
    all.push(forge(V4, "result: one count too few").json(Stage::Result, "/result/0", |v| {
        v.as_array_mut().unwrap().pop();
    }));
    all.push(forge(V3, "result: negative count [14]").json(Stage::Result, "/result/0/0", |v| *v = json!(-1)));
    all.push(forge(V4, "result: small count as text [14]").json(Stage::Result, "/result/0/0", |v| *v = json!("1")));
    all.push(forge(V4, "sized tally: weight 2^53+1 as a number [14]").json(Stage::Sized, "/total_weight", |v| {
        *v = json!(9007199254740993u64);
    }));
    all.push(forge(V4, "election: min as text").json(Stage::Election, "/questions/0/min", |v| *v = json!("1")));
    all.push(forge(V4, "trustees: unknown kind").json(Stage::Trustees, "/0/0", |v| *v = json!("Triple")));
    all.push(forge(V4, "trustees: old form of a group").json(Stage::Trustees, "/1/1", |v| {
        v.as_object_mut().unwrap().remove("signatures");
        let turned: serde_json::Map<_, _> = v.as_object().unwrap().clone();
        *v = Value::Object(turned);
    }));
    all
}

fn events() -> Vec<Forgery> {
    vec![
        forge(V5, "parent is another hash").events(|e| e[4].parent = Some(Some([9; 32]))),
        forge(V5, "parent is the event before the last").events(|e| e[4].parent = Some(Some(sha256(b"x")))),
        forge(V5, "parent missing").events(|e| e[4].parent = Some(None)),
        forge(V5, "first event has a parent").events(|e| e[0].parent = Some(Some([0; 32]))),
        forge(V5, "parent of the result is another hash").events(|e| e[12].parent = Some(Some([9; 32]))),
        forge(V5, "height skipped [75]").events(|e| {
            for (i, event) in e.iter_mut().enumerate().skip(4) {
                event.height = Some(i as u64 + 1);
            }
        }),
        forge(V5, "height repeated [75]").events(|e| e[4].height = Some(3)),
        forge(V5, "heights from 1").events(|e| {
            for (i, event) in e.iter_mut().enumerate() {
                event.height = Some(i as u64 + 1);
            }
        }),
        forge(V6, "no end of ballots").events(|e| {
            e.remove(6);
        }),
        forge(V6, "two ends of ballots").events(|e| {
            let end = e[6].clone();
            e.insert(7, end);
        }),
        forge(V6, "ballot after the end of ballots [76]").events(|e| {
            let ballot = Event::new("Ballot", vec![b"{}".to_vec()]);
            e.insert(7, ballot);
        }),
        forge(V6, "end of ballots in the middle [76]")
            .spec(|s| {
                // The forger's tally is of the ballots before the hidden end.
                let hidden = s.votes.pop().unwrap();
                s.votes.insert(0, hidden);
            })
            .events(|e| {
                // The first ballot comes again at the end, after its end of ballots, and must not count there.
                let ballot = e[1].clone();
                let end = e[6].clone();
                e.insert(7, end);
                e.insert(7, ballot);
            }),
        forge(V6, "ballot after the tally [76]").events(|e| {
            let ballot = e[1].clone();
            e.insert(8, ballot);
        }),
        forge(V6, "ballot after the result [76]").events(|e| {
            let ballot = e[1].clone();
            e.push(ballot);
        }),
        forge(V6, "second result [76]").events(|e| {
            let result = e[12].clone();
            e.push(result);
        }),
        forge(V6, "end of ballots after the result [76]").events(|e| {
            let end = e[6].clone();
            e.push(end);
        }),
        forge(V6, "second setup").events(|e| {
            let setup = e[0].clone();
            e.insert(1, setup);
        }),
        forge(V6, "second setup with other trustees before the tally [33]").events(|e| {
            let setup = e[0].clone();
            e.insert(7, setup);
        }),
        forge(V6, "first event is a ballot [75]").events(|e| {
            e.remove(0);
        }),
        forge(V6, "ballot before the setup [75]").events(|e| e.swap(0, 1)),
        forge(V6, "result before the shares").events(|e| {
            e.drain(8..12);
        }),
        forge(V6, "share before the tally").events(|e| e.swap(7, 8)),
        forge(V6, "share after the result [76]").events(|e| {
            let share = e.remove(11);
            e.push(share);
        }),
        forge(V6, "tally before the end of ballots").events(|e| e.swap(6, 7)),
        forge(V6, "shuffle where no question calls for one [83]").events(|e| {
            let shuffle = Event::new("Shuffle", vec![b"{}".to_vec(), b"{}".to_vec()]);
            e.insert(8, shuffle);
        }),
        forge(V6, "unknown event").events(|e| e.insert(3, Event::new("Extension", vec![]))),
        forge(V6, "event type in small letters").events(|e| e[6].name = "endballots".into()),
        forge(V7, "record before the setup that nothing names [77]").events(|e| stray(&mut e[0])),
        forge(V7, "record before a ballot that nothing names [77]").events(|e| stray(&mut e[3])),
        forge(V7, "twenty records that nothing names [77]").events(|e| (0..20).for_each(|_| stray(&mut e[3]))),
        forge(V7, "ballot record without its event [77]").events(|e| {
            let ballot = e[1].records[0].clone();
            e[4].records.insert(0, ballot);
        }),
        forge(V7, "record before the end of ballots [77]").events(|e| stray(&mut e[6])),
        forge(V7, "record before the result [77]").events(|e| stray(&mut e[12])),
        forge(V7, "record at the end [77]").bytes(|b| {
            b.extend(tar_record(&format!("{}.data.json", to_hex(&sha256(b"{}"))), b"{}"));
        }),
        forge(V7, "ballot's record missing [77]").events(|e| {
            e[3] = {
                let mut event = e[3].clone();
                event.payload_is = Some(sha256(&event.records[0].body));
                event.records.clear();
                event
            }
        }),
        forge(V7, "result's record missing [77]").events(|e| {
            e[12].payload_is = Some(sha256(&e[12].records[0].body));
            e[12].records.clear();
        }),
        forge(V7, "election record missing [77]").events(|e| {
            e[0].records.remove(0);
        }),
        forge(V7, "encrypted tally missing [77]").events(|e| {
            e[7].records.remove(0);
        }),
        forge(V7, "partial decryption missing [77]").events(|e| {
            e[9].records.remove(0);
        }),
        forge(V7, "payload names another record").events(|e| e[3].payload_is = Some(sha256(&e[2].records[0].body))),
        forge(V7, "payload of the result names nothing").events(|e| e[12].payload_is = Some([4; 32])),
        forge(V7, "payload of the tally is the tally").events(|e| {
            e[7].payload_is = Some([8; 32]);
        }),
        forge(V7, "records of the setup in another order").events(|e| e[0].records.swap(0, 1)),
        forge(V7, "setup names another election").json(Stage::SetupData, "/election", other_hash),
        forge(V7, "setup names other trustees").json(Stage::SetupData, "/trustees", other_hash),
        forge(V7, "setup names other credentials").json(Stage::SetupData, "/credentials", other_hash),
        forge(V7, "sized tally names another tally").json(Stage::Sized, "/encrypted_tally", other_hash),
        forge(V7, "owned share names another share").json(Stage::Owned(1), "/payload", other_hash),
        forge(V44, "second tally after the first [R41]").events(|e| {
            let tally = e[7].clone();
            e.insert(8, tally);
        }),
        forge(V44, "second tally after a share [R41]").events(|e| {
            let tally = e[7].clone();
            e.insert(10, tally);
        }),
        forge(V44, "second tally after the result [R41]").events(|e| {
            let tally = e[7].clone();
            e.push(tally);
        }),
    ]
}

fn stray(event: &mut Event) {
    let body = b"{\"note\":\"nothing names me\"}".to_vec();
    event.records.insert(0, Record { body, event: false, named: None });
    if event.payload_is.is_none() && event.payload {
        event.payload_is = event.records.last().map(|r| sha256(&r.body));
    }
}

fn other_hash(value: &mut Value) {
    *value = json!(to_hex(&sha256(value.as_str().unwrap().as_bytes())));
}

/// Texts that are not elements, and why.
fn bad_elements() -> Vec<(&'static str, String)> {
    let good = g(&Scalar::from(5u8));
    vec![
        ("31 bytes [2]", enc(&good)[2..].into()),
        ("33 bytes [2]", format!("00{}", enc(&good))),
        ("capitals [2]", enc(&good).to_uppercase()),
        ("y = p [3]", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed".into()),
        ("y = p + 1 [3]", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee".into()),
        ("x = 0 with a sign [4]", "8000000000000000000000000000000000000000000000000000000000000001".into()),
        ("no such point [5]", "0000000000000000000000000000000000000000000000000000000000000002".into()),
        ("order 2 [10]", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec".into()),
        ("order 4, all zero bytes [1]", "0000000000000000000000000000000000000000000000000000000000000000".into()),
        ("order 8 [10]", enc(&EIGHT_TORSION[1])),
        ("with a torsion part [10]", enc(&(good + EIGHT_TORSION[4]))),
        ("empty", String::new()),
    ]
}

fn bad_scalars() -> Vec<(&'static str, String)> {
    vec![
        ("q [6]", "7237005577332262213973186563042994240857116359379907606001950938285454250989".into()),
        ("q + 1 [6]", "7237005577332262213973186563042994240857116359379907606001950938285454250990".into()),
        ("2^256 - 1 [6]", "115792089237316195423570985008687907853269984665640564039457584007913129639935".into()),
        ("a leading zero [14]", "01".into()),
        ("a plus sign [14]", "+1".into()),
        ("a minus sign [14]", "-1".into()),
        ("hexadecimal", "0x1".into()),
        ("a fraction [14]", "1.0".into()),
        ("an exponent [14]", "1e0".into()),
        ("empty", String::new()),
    ]
}

fn setup() -> Vec<Forgery> {
    let mut all = vec![
        forge(V13, "identifier of 13 characters").spec(|s| s.uuid = "3vKq8mTzXw5Rb".into()),
        forge(V13, "identifier with a zero").spec(|s| s.uuid = "0vKq8mTzXw5RbN".into()),
        forge(V13, "identifier with a path").spec(|s| s.uuid = "../../3vKq8mTzXw5RbN".into()),
        forge(V14, "min above max [51]").json(Stage::Election, "/questions/0/min", |v| *v = json!(2)),
        forge(V14, "max above the number of answers [51]").spec(|s| s.questions[0].max = 4),
        forge(V14, "no answers [51]").json(Stage::Election, "/questions/0/answers", |v| *v = json!([])),
        forge(V14, "two equal answers [51]").spec(|s| s.questions[0].answers[1] = "Accept"),
        forge(V14, "no questions [51]").json(Stage::Election, "/questions", |v| *v = json!([])),
        forge(V15, "weight with a fraction [52]").rich().text(Stage::Credentials, |t| replace_first(t, ",3\"", ",1.5\"")),
        forge(V15, "negative weight [52]").rich().text(Stage::Credentials, |t| replace_first(t, ",3\"", ",-3\"")),
        forge(V15, "weight with a leading zero").rich().text(Stage::Credentials, |t| replace_first(t, ",3\"", ",03\"")),
        forge(V15, "weight with a space").rich().text(Stage::Credentials, |t| replace_first(t, ",3\"", ", 3\"")),
        forge(V15, "empty weight").rich().text(Stage::Credentials, |t| replace_first(t, ",3\"", ",\"")),
        forge(V15, "weights for some only").rich().text(Stage::Credentials, |t| replace_first(t, ",3\"", "\"")),
        forge(V15, "weight of 2^128 [52]")
            .rich()
            .text(Stage::Credentials, |t| replace_first(t, ",3\"", ",340282366920938463463374607431768211456\"")),
        forge(V15, "weights above every electorate [52]")
            .rich()
            .text(Stage::Credentials, |t| {
                replace_first(t, ",3\"", ",999999999999999999999999999999\"").replacen(",2\"", ",999999999999999999999999999999\"", 1)
            })
            .also(V15),
        forge(V15, "a third column").rich().text(Stage::Credentials, |t| replace_first(t, ",3\"", ",3,name\"")),
        forge(V16, "a credential twice [55]").keyed(Stage::Credentials, "/6", |v, s| {
            *v = json!(enc(&g(&s.credentials[0])));
        }),
        forge(V16, "the identity as credential [55]").json(Stage::Credentials, "/6", |v| {
            *v = json!(enc(&EdwardsPoint::default()));
        }),
        forge(V16, "no credentials").json(Stage::Credentials, "", |v| *v = json!([])),
        forge(V18, "no trustees [57]").json(Stage::Trustees, "", |v| *v = json!([])),
        forge(V18, "threshold 0 [57]").json(Stage::Trustees, "/1/1/threshold", |v| *v = json!(0)),
        forge(V18, "threshold above the members [57]").json(Stage::Trustees, "/1/1/threshold", |v| *v = json!(4)),
        forge(V18, "group without members").json(Stage::Trustees, "/1/1/certs", |v| *v = json!([])),
        forge(V18, "two trustees with one key [57]").spec(|s| {
            s.trustees = vec![TrusteeSpec::Single, TrusteeSpec::Single];
            s.shares = vec![1, 2];
            s.same_keys = true;
        }),
        forge(V18, "one signature too few").json(Stage::Trustees, "/1/1/signatures", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V18, "one verification key too many").json(Stage::Trustees, "/1/1/verification_keys", |v| {
            let first = v[0].clone();
            v.as_array_mut().unwrap().push(first);
        }),
        forge(V18, "polynomial of a higher degree than declared [57]").json(Stage::Coefficients(1), "/coefexps", |v| {
            v.as_array_mut().unwrap().push(json!(enc(&g(&Scalar::from(3u8)))));
        }),
        forge(V18, "polynomial of a lower degree than declared [57]").json(Stage::Coefficients(1), "/coefexps", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V19, "certificate for another size [58]").json(Stage::Certificate(1), "/context/size", |v| *v = json!(4)),
        forge(V19, "certificate for another threshold [58]").json(Stage::Certificate(1), "/context/threshold", |v| {
            *v = json!(3);
        }),
        forge(V19, "certificate for another place [58]").json(Stage::Certificate(1), "/context/index", |v| *v = json!(1)),
        forge(V19, "certificate for another group [58]").json(Stage::Certificate(1), "/context/group", |v| {
            *v = json!("RFC-3526-2048");
        }),
        forge(V19, "encryption key is the identity [1]").json(Stage::Certificate(1), "/encryption", |v| {
            *v = json!(enc(&EdwardsPoint::default()));
        }),
        forge(V19, "certificate's signature").json(Stage::Trustees, "/1/1/certs/1/signature/response", plus_one).also(V21),
        forge(V19, "coefficients' signature").json(Stage::Trustees, "/1/1/coefexps/1/signature/challenge", plus_one),
        forge(V19, "coefficients signed by another member").json(Stage::Trustees, "/1/1/coefexps", |v| {
            let other = v[0]["signature"].clone();
            v[1]["signature"] = other;
        }),
        forge(V19, "signature of a verification key").json(Stage::Trustees, "/1/1/verification_keys/2/signature/response", plus_one),
        forge(V19, "signature of another member's verification key [9]").json(Stage::Trustees, "/1/1/verification_keys", |v| {
            let other = v[0]["signature"].clone();
            v[2]["signature"] = other;
        }),
        forge(V21, "signature of the ceremony").json(Stage::Trustees, "/1/1/signatures/0/response", plus_one),
        forge(V21, "signature of the ceremony by another member [62]").json(Stage::Trustees, "/1/1/signatures", |v| {
            let other = v[0].clone();
            v[1] = other;
        }),
        forge(V22, "proof of possession: response").json(Stage::Trustees, "/0/1/pok/response", plus_one),
        forge(V22, "proof of possession: challenge").json(Stage::Trustees, "/0/1/pok/challenge", plus_one),
        forge(V22, "proof of possession of a member").json(Stage::Trustees, "/1/1/verification_keys/0/pok/response", plus_one),
        forge(V22, "proof of possession copied [65]").spec(|s| {
            s.trustees = vec![TrusteeSpec::Single, TrusteeSpec::Single];
            s.shares = vec![1, 2];
            s.copied_possession = true;
        }),
        forge(V22, "proof of possession copied among members [65]").spec(|s| s.copied_possession = true),
        forge(V23, "election key is not the product [64]").spec(|s| s.election_key_off = true),
        forge(V23, "election key of other trustees [63]")
            .json(Stage::Election, "/public_key", |v| {
                *v = json!(enc(&g(&Scalar::from(99u8))));
            })
            .also(V33)
            .also(V34),
        forge(V24, "verification key of another exponent [61]").spec(|s| s.stray_key = Some(1)),
        forge(V24, "verification key of the last member [61]").spec(|s| s.stray_key = Some(2)),
    ];
    for (what, text) in bad_elements() {
        let in_list = text.clone();
        all.push(forge(V16, format!("credential: {what}")).json(Stage::Credentials, "/6", move |v| *v = json!(in_list)));
        let key = text.clone();
        all.push(forge(V31, format!("election key: {what}")).json(Stage::Election, "/public_key", move |v| *v = json!(key)));
        let key = text.clone();
        all.push(forge(V31, format!("trustee's key: {what}")).json(Stage::Trustees, "/0/1/public_key", move |v| *v = json!(key)));
    }
    for (what, text) in bad_elements().into_iter().skip(3).step_by(3) {
        for (place, stage, pointer) in [
            ("coefficient", Stage::Coefficients(0), "/coefexps/1"),
            ("verification key of a certificate", Stage::Certificate(2), "/verification"),
            ("encryption key of a certificate", Stage::Certificate(2), "/encryption"),
            ("alpha of the tally", Stage::Tally, "/0/1/alpha"),
            ("beta of the tally", Stage::Tally, "/0/1/beta"),
            ("factor of a share", Stage::Share(1), "/decryption_factors/0/1"),
        ] {
            let text = text.clone();
            all.push(forge(V31, format!("{place}: {what}")).json(stage, pointer, move |v| *v = json!(text)));
        }
    }
    for (what, text) in bad_scalars() {
        for (place, stage, pointer) in
            [("proof of possession", Stage::Trustees, "/0/1/pok/response"), ("share", Stage::Share(1), "/decryption_proofs/0/2/challenge")]
        {
            let text = text.clone();
            all.push(forge(V32, format!("{place}: scalar with {what}")).json(stage, pointer, move |v| *v = json!(text)));
        }
    }
    all
}

fn no_vote(spec: &mut Spec, number: usize, marks: &[i64]) {
    spec.votes[number].marks[0] = marks.to_vec();
}

fn ballots() -> Vec<Forgery> {
    let u = Stage::Unsigned(1);
    let b = Stage::Ballot(1);
    let mut all = vec![
        forge(V27, "ballot of another election: identifier [32]").json(u, "/election_uuid", |v| {
            *v = json!("9vKq8mTzXw5RbN");
        }),
        forge(V27, "ballot of another election: hash [32]").json(u, "/election_hash", |v| {
            *v = json!(verify::hex::hash_to_base64(&sha256(b"another")));
        }),
        forge(V27, "hash with padding [19]").json(u, "/election_hash", |v| *v = json!(format!("{}=", v.as_str().unwrap()))),
        forge(V27, "hash with a line break [19]").json(u, "/election_hash", |v| {
            *v = json!(format!("{}\n", v.as_str().unwrap()));
        }),
        forge(V27, "hash in the alphabet for addresses [19]").json(u, "/election_hash", |v| {
            *v = json!(format!("-{}", &v.as_str().unwrap()[1..]));
        }),
        forge(V28, "credential not on the list [40]").json(Stage::Credentials, "/1", |v| {
            *v = json!(enc(&g(&Scalar::from(77u8))));
        }),
        forge(V29, "signature: response").json(b, "/signature/proof/response", plus_one),
        forge(V29, "signature: challenge").json(b, "/signature/proof/challenge", plus_one),
        forge(V29, "signature: challenge and response swapped").json(b, "/signature/proof", |v| {
            let (c, r) = (v["challenge"].clone(), v["response"].clone());
            v["challenge"] = r;
            v["response"] = c;
        }),
        forge(V29, "signature: both zero [7]").json(b, "/signature/proof", |v| {
            *v = json!({"challenge": "0", "response": "0"});
        }),
        forge(V29, "signed hash is of something else").json(b, "/signature/hash", |v| {
            *v = json!(verify::hex::hash_to_base64(&sha256(b"another")));
        }),
        forge(V29, "signed hash with padding [19]").json(b, "/signature/hash", |v| {
            *v = json!(format!("{}=", v.as_str().unwrap()));
        }),
        forge(V29, "signed by another voter [41]").spec(|s| s.votes[1].cheat = Cheat::OtherSigner),
        forge(V29, "individual proof and signature exchanged after signing")
            .json(b, "/answers/0/overall_proof", |v| {
                let first = v[0].clone();
                *v = json!([{"challenge": first["response"], "response": first["challenge"]}]);
            })
            .also(V34),
        forge(V30, "no answer [36]").json(u, "/answers", |v| *v = json!([])),
        forge(V30, "an answer too many [36]").json(u, "/answers", |v| {
            let first = v[0].clone();
            v.as_array_mut().unwrap().push(first);
        }),
        forge(V30, "an answer missing [36]").rich().json(u, "/answers", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V30, "answers in another order [36]").rich().json(u, "/answers", |v| v.as_array_mut().unwrap().reverse()),
        forge(V30, "a choice missing").json(u, "/answers/0/choices", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V30, "a choice too many").json(u, "/answers/0/choices", |v| {
            let first = v[0].clone();
            v.as_array_mut().unwrap().push(first);
        }),
        forge(V30, "an individual proof missing").json(u, "/answers/0/individual_proofs", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V30, "an individual proof too many").json(u, "/answers/0/individual_proofs", |v| {
            let first = v[0].clone();
            v.as_array_mut().unwrap().push(first);
        }),
        forge(V30, "an individual proof for three values").json(u, "/answers/0/individual_proofs/1", |v| {
            let first = v[0].clone();
            v.as_array_mut().unwrap().push(first);
        }),
        forge(V30, "an individual proof for one value").json(u, "/answers/0/individual_proofs/1", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V30, "overall proof empty").json(u, "/answers/0/overall_proof", |v| *v = json!([])),
        forge(V30, "overall proof for one value more").json(u, "/answers/0/overall_proof", |v| {
            let first = v[0].clone();
            v.as_array_mut().unwrap().push(first);
        }),
        forge(V30, "blank proof missing").rich().json(u, "/answers/0", |v| {
            v.as_object_mut().unwrap().remove("blank_proof");
        }),
        forge(V30, "blank proof where blank is not allowed").json(u, "/answers/0", |v| {
            let proof = v["individual_proofs"][0].clone();
            v["blank_proof"] = proof;
        }),
        forge(V30, "blank proof of one part").rich().json(u, "/answers/0/blank_proof", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V4, "answer with an unknown field [13]").json(u, "/answers/0", |v| v["note"] = json!("x")),
        forge(V4, "answer with fields in another order [13]").json(u, "/answers/0", |v| {
            let turned: serde_json::Map<_, _> = v.as_object().unwrap().clone().into_iter().rev().collect();
            *v = Value::Object(turned);
        }),
        forge(V4, "choice with an unknown field [13]").json(u, "/answers/0/choices/1", |v| v["r"] = json!("1")),
        forge(V4, "two credentials in one ballot [43]").text(u, |t| {
            let at = t.find(",\"answers\"").unwrap();
            format!("{},\"credential\":\"x\"{}", &t[..at], &t[at..])
        }),
        forge(V3, "space inside an answer [18]").text(u, |t| replace_first(t, "\"choices\":[", "\"choices\": [")),
        forge(V3, "escaped letter inside an answer [18]").text(u, |t| replace_first(t, "\"alpha\"", "\"\\u0061lpha\"")),
        // Marks that no honest proof allows.
        forge(V33, "two marks on one answer [34]").spec(|s| no_vote(s, 1, &[2, -1, 0])),
        forge(V33, "minus one mark [34]").spec(|s| no_vote(s, 1, &[1, 1, -1])),
        forge(V33, "a million marks [34]").spec(|s| no_vote(s, 1, &[1_000_000, 0, 0])).also(V34),
        forge(V33, "two marks, allowed by the limits [34]").rich().spec(|s| s.votes[1].marks[1] = vec![2, 0, 0, 0]),
        forge(V33, "blank marked twice against an answer [35]").rich().spec(|s| s.votes[1].marks[0] = vec![2, -1, 2]).also(V34),
        forge(V34, "no mark where one is called for [35]").spec(|s| no_vote(s, 1, &[0, 0, 0])),
        forge(V34, "two marks where one is allowed [35]").spec(|s| no_vote(s, 1, &[1, 1, 0])),
        forge(V34, "all marked [35]").spec(|s| no_vote(s, 1, &[1, 1, 1])),
        forge(V34, "three marks where two are allowed [35]").rich().spec(|s| s.votes[1].marks[1] = vec![1, 1, 1, 0]),
        forge(V34, "blank with a mark [35]").rich().spec(|s| s.votes[1].marks[0] = vec![1, 1, 0]),
        forge(V34, "neither blank nor a mark [35]").rich().spec(|s| s.votes[1].marks[0] = vec![0, 0, 0]),
        forge(V34, "not blank and two marks [35]").rich().spec(|s| s.votes[1].marks[0] = vec![0, 1, 1]),
        forge(V34, "blank and two marks [35]").rich().spec(|s| s.votes[1].marks[0] = vec![1, 1, 1]),
        forge(V34, "overall proof for ciphertexts in another order [28]").spec(|s| s.votes[1].cheat = Cheat::OtherOrder),
        forge(V33, "proofs for another election [27]").spec(|s| s.votes[1].cheat = Cheat::OtherElection).also(V34),
        forge(V33, "proofs for another credential [27]").spec(|s| s.votes[1].cheat = Cheat::OtherCredential).also(V34),
        forge(V33, "proofs without context [9]").spec(|s| s.votes[1].cheat = Cheat::NoContext),
        forge(V33, "challenges of commitments only [30]").spec(|s| s.votes[1].cheat = Cheat::CommitmentsOnly).also(V34),
        forge(V35, "individual proofs of two choices exchanged [28]").json(u, "/answers/0/individual_proofs", |v| {
            v.as_array_mut().unwrap().swap(0, 2);
        }),
        forge(V35, "individual proof of one choice used for two [28]").json(u, "/answers/0/individual_proofs", |v| {
            let first = v[0].clone();
            v[1] = first;
        }),
        forge(V35, "individual proofs exchanged in the last ballot")
            .json(Stage::Unsigned(4), "/answers/0/individual_proofs", |v| v.as_array_mut().unwrap().swap(1, 2)),
        forge(V35, "individual proof of blank used for an answer [28]")
            .rich()
            .json(u, "/answers/0/individual_proofs", |v| v.as_array_mut().unwrap().swap(0, 1)),
        forge(V36, "a ballot twice [39]").events(|e| {
            let again = e[4].clone();
            e.insert(5, again);
        }),
        forge(V36, "a ciphertext of an own earlier ballot again [37]").spec(|s| {
            s.votes[4].cheat = Cheat::SameRandomness(0);
            s.votes[4].marks = s.votes[0].marks.clone();
        }),
        forge(V36, "randomness of another voter's ballot again [37]").spec(|s| {
            s.votes[3].cheat = Cheat::SameRandomness(1);
        }),
        forge(V33, "copy of another voter's ballot, re-signed [37]")
            .keyed(u, "/credential", |v, s| {
                *v = json!(enc(&g(&s.credentials[6])));
            })
            .also(V29)
            .also(V34),
    ];
    // Spec V31, V32: every kind of bad element and scalar, in every place of a ballot.
    for (what, text) in bad_elements() {
        for (place, pointer) in
            [("alpha", "/answers/0/choices/1/alpha"), ("beta", "/answers/0/choices/2/beta"), ("credential", "/credential")]
        {
            let text = text.clone();
            all.push(forge(V31, format!("{place} of a ballot: {what}")).json(u, pointer, move |v| *v = json!(text)));
        }
    }
    // With the torsion part on the right point, all proofs are those of the honest ballot.
    for (torsion, small) in EIGHT_TORSION.into_iter().enumerate().skip(1) {
        all.push(
            forge(V31, format!("alpha plus the point {torsion} of small order"))
                .json(u, "/answers/0/choices/0/alpha", move |v| *v = json!(enc(&(point(v) + small)))),
        );
        all.push(
            forge(V31, format!("beta plus the point {torsion} of small order"))
                .json(u, "/answers/0/choices/0/beta", move |v| *v = json!(enc(&(point(v) + small)))),
        );
    }
    for (what, text) in bad_scalars() {
        for (place, pointer) in
            [("individual proof", "/answers/0/individual_proofs/1/0/challenge"), ("overall proof", "/answers/0/overall_proof/0/response")]
        {
            let text = text.clone();
            all.push(forge(V32, format!("{place}: {what}")).json(u, pointer, move |v| *v = json!(text)));
        }
        let in_blank = text.clone();
        all.push(
            forge(V32, format!("blank proof: {what}")).rich().json(u, "/answers/0/blank_proof/1/challenge", move |v| *v = json!(in_blank)),
        );
        all.push(forge(V32, format!("signature: {what}")).json(b, "/signature/proof/response", move |v| {
            *v = json!(text);
        }));
    }
    all.push(forge(V32, "scalar as a number").json(u, "/answers/0/overall_proof/0/response", |v| *v = json!(1)));
    // Every single number of every proof.
    for pointer in [
        "/answers/0/individual_proofs/0/0/challenge",
        "/answers/0/individual_proofs/0/0/response",
        "/answers/0/individual_proofs/0/1/challenge",
        "/answers/0/individual_proofs/0/1/response",
        "/answers/0/individual_proofs/1/0/challenge",
        "/answers/0/individual_proofs/1/0/response",
        "/answers/0/individual_proofs/1/1/challenge",
        "/answers/0/individual_proofs/1/1/response",
        "/answers/0/individual_proofs/2/0/challenge",
        "/answers/0/individual_proofs/2/0/response",
        "/answers/0/individual_proofs/2/1/challenge",
        "/answers/0/individual_proofs/2/1/response",
    ] {
        all.push(forge(V33, format!("plus one at {pointer} [27]")).json(u, pointer, plus_one));
    }
    for pointer in [
        "/answers/0/overall_proof/0/challenge",
        "/answers/0/overall_proof/0/response",
        "/answers/0/overall_proof/1/challenge",
        "/answers/0/overall_proof/1/response",
        "/answers/0/blank_proof/0/challenge",
        "/answers/0/blank_proof/0/response",
        "/answers/0/blank_proof/1/challenge",
        "/answers/0/blank_proof/1/response",
        "/answers/1/overall_proof/2/challenge",
        "/answers/1/overall_proof/2/response",
    ] {
        all.push(forge(V34, format!("plus one at {pointer} [27]")).rich().json(u, pointer, plus_one));
    }
    all.push(forge(V34, "last proof of the last ballot [44]").json(Stage::Unsigned(4), "/answers/0/overall_proof/0/response", plus_one));
    all.push(forge(V33, "challenges shifted with their sum kept [27]").json(u, "/answers/0/individual_proofs/0", |v| {
        let (a, b) = (parse_dec(v[0]["challenge"].as_str().unwrap()), parse_dec(v[1]["challenge"].as_str().unwrap()));
        v[0]["challenge"] = json!(dec(&(a + Scalar::ONE)));
        v[1]["challenge"] = json!(dec(&(b - Scalar::ONE)));
    }));
    all.push(forge(V33, "branches exchanged [27]").json(u, "/answers/0/individual_proofs/0", |v| {
        v.as_array_mut().unwrap().reverse();
    }));
    all.push(forge(V34, "branches of the overall proof exchanged [27]").rich().json(u, "/answers/1/overall_proof", |v| {
        v.as_array_mut().unwrap().reverse();
    }));
    all.push(forge(V34, "blank proof in the place of the overall proof [29]").rich().json(u, "/answers/0", |v| {
        let (a, b) = (v["blank_proof"].clone(), v["overall_proof"].clone());
        v["blank_proof"] = b;
        v["overall_proof"] = a;
    }));
    all.push(forge(V34, "individual proof in the place of the blank proof [29]").rich().json(u, "/answers/0", |v| {
        let proof = v["individual_proofs"][0].clone();
        v["blank_proof"] = proof;
    }));
    all.push(
        forge(V35, "an answer's ciphertexts exchanged [28]")
            .json(u, "/answers/0/choices", |v| {
                v.as_array_mut().unwrap().swap(0, 1);
            })
            .also(V34),
    );
    all
}

fn counting() -> Vec<Forgery> {
    let mut all = vec![
        forge(V40, "one ballot more counted").json(Stage::Sized, "/num_tallied", |v| *v = json!(5)),
        forge(V40, "one ballot less counted").json(Stage::Sized, "/num_tallied", |v| *v = json!(3)),
        forge(V40, "total weight one more").json(Stage::Sized, "/total_weight", |v| *v = json!(5)),
        forge(V40, "total weight of 2^30 [52]").json(Stage::Sized, "/total_weight", |v| *v = json!("1073741824")),
        forge(V43, "tally leaves out a ballot [69]").spec(|s| s.tally_without = vec![1]),
        forge(V43, "tally leaves out the last ballot [69]").spec(|s| s.tally_without = vec![4]),
        forge(V43, "tally has a ballot twice [69]").spec(|s| s.tally_twice = vec![2]),
        forge(V43, "tally of one ballot [69]").spec(|s| s.tally_without = vec![1, 2, 3]),
        forge(V43, "tally leaves out a heavy ballot").rich().spec(|s| s.tally_without = vec![3]),
        forge(V43, "tally re-randomised, decrypts to the same [70]").spec(|s| s.tally_rerandomised = true),
        forge(V43, "re-randomised with weights [70]").rich().spec(|s| s.tally_rerandomised = true),
        forge(V43, "two options of the tally swapped [73]")
            .json(Stage::Tally, "/0", |v| {
                v.as_array_mut().unwrap().swap(0, 1);
            })
            .also(V46)
            .also(V47),
        forge(V45, "share of an unknown trustee [71]").json(Stage::Owned(1), "/owner", |v| *v = json!(5)),
        forge(V45, "share of trustee 0 [71]").json(Stage::Owned(1), "/owner", |v| *v = json!(0)),
        forge(V45, "a trustee's share twice").events(|e| {
            let again = e[9].clone();
            e.insert(10, again);
        }),
        forge(V45, "a second, different share").spec(|s| s.shares = vec![1, 2, 4, 2]),
        forge(V46, "share under another trustee's number [71]")
            .spec(|s| s.shares = vec![1, 2, 4])
            .json(Stage::Owned(2), "/owner", |v| *v = json!(3))
            .also(V47),
        forge(V46, "share for a changed factor [72]").keyed(Stage::Share(3), "/decryption_factors/0/1", |v, _| {
            *v = json!(enc(&(point(v) + g(&Scalar::ONE))));
        }),
        forge(V46, "factors of two options exchanged [72]").json(Stage::Share(3), "/decryption_factors/0", |v| {
            v.as_array_mut().unwrap().swap(0, 1);
        }),
        forge(V46, "proofs for another election [72]").keyed(Stage::Share(3), "/decryption_proofs/0", |v, s| {
            let x = s.trustee_keys[2];
            for (i, item) in v.as_array_mut().unwrap().iter_mut().enumerate() {
                let w = Scalar::from(1234u16);
                let other = verify::hex::hash_to_base64(&sha256(b"another"));
                let input = format!("decrypt|{other}|{}|{},{}", enc(&g(&x)), enc(&g(&w)), enc(&(s.alphas[i] * w)));
                let c = challenge(&input);
                *item = serde_json::from_str(&proof(&c, &(w - c * x))).unwrap();
            }
        }),
        // Version 1's challenge holds neither ciphertext nor factor: who proves may choose the second commitment at will, and
        // then has a factor, not the right one, for which the proof holds.
        forge(V48, "a member beyond the quorum gives a wrong factor with a proof that holds [72]")
            .raw(Stage::Share(3), |bytes, s| bent_share(bytes, s, 3)),
        forge(V48, "a member of the first quorum gives a wrong factor with a proof that holds [72]")
            .raw(Stage::Share(1), |bytes, s| bent_share(bytes, s, 2))
            .also(V61),
        forge(V47, "shares below the threshold [72]").spec(|s| s.shares = vec![1, 3]),
        forge(V47, "no share of the Single trustee [72]").spec(|s| s.shares = vec![2, 3, 4]),
        forge(V49, "a count above all votes [73]").json(Stage::Result, "/result/0/0", |v| *v = json!(5)),
        forge(V49, "a count of 2^31 [73]").json(Stage::Result, "/result/0/0", |v| *v = json!("2147483648")),
        forge(V50, "one vote more [73]").json(Stage::Result, "/result/0", |v| {
            let n = v[0].as_u64().unwrap();
            v[0] = json!(n + 1);
        }),
        forge(V50, "one vote less [73]").json(Stage::Result, "/result/0", |v| {
            let n = v[1].as_u64().unwrap();
            v[1] = json!(n - 1);
        }),
        forge(V50, "all zero").json(Stage::Result, "/result/0", |v| *v = json!([0, 0, 0])),
        forge(V61, "two options swapped [73]").json(Stage::Result, "/result/0", |v| {
            v.as_array_mut().unwrap().swap(1, 2);
        }),
        forge(V61, "a vote moved [73]").json(Stage::Result, "/result/0", |v| {
            let (a, b) = (v[0].as_u64().unwrap(), v[1].as_u64().unwrap());
            v[0] = json!(a + 1);
            v[1] = json!(b - 1);
        }),
        forge(V61, "one more where the limits allow it [73]").rich().json(Stage::Result, "/result/1/0", |v| {
            let n = v.as_u64().unwrap();
            *v = json!(n + 1);
        }),
        forge(V61, "blank and an answer exchanged [73]").rich().json(Stage::Result, "/result/0", |v| {
            v.as_array_mut().unwrap().swap(0, 2);
        }),
    ];
    for (choice, part) in [(0, "challenge"), (0, "response"), (1, "challenge"), (2, "response")] {
        let pointer: &'static str = match (choice, part) {
            (0, "challenge") => "/decryption_proofs/0/0/challenge",
            (0, _) => "/decryption_proofs/0/0/response",
            (1, _) => "/decryption_proofs/0/1/challenge",
            _ => "/decryption_proofs/0/2/response",
        };
        all.push(forge(V46, format!("plus one at {pointer} [72]")).json(Stage::Share(3), pointer, plus_one));
        all.push(
            forge(V46, format!("with too few left, plus one at {pointer} [72]"))
                .spec(|s| s.shares = vec![1, 2, 3])
                .json(Stage::Share(2), pointer, plus_one)
                .also(V47),
        );
    }
    all
}

fn companions() -> Vec<Forgery> {
    let body = Stage::Body;
    let line = Stage::Line;
    let mut all = vec![
        forge(V16, "roll longer than the list [55]").json(body("setup", 0), "/entitled", |v| *v = json!(8)),
        forge(V16, "roll shorter than the list [55]").json(body("setup", 0), "/entitled", |v| *v = json!(6)),
        forge(V17, "authority's signature [56]").text(line("credentials", 0), last_digit),
        forge(V17, "list signed by nobody [56]").json(line("credentials", 0), "/signatures", |v| *v = json!([])),
        forge(V17, "signature in capitals").json(line("credentials", 0), "/signatures/0", |v| {
            *v = json!(v.as_str().unwrap().to_uppercase());
        }),
        forge(V17, "authority signed another list [56]").json(body("credentials", 0), "/credentials", other_hash),
        forge(V17, "authority signed another number [55]").json(body("credentials", 0), "/number", |v| *v = json!(6)),
        forge(V17, "authority signed another weight").json(body("credentials", 0), "/total_weight", |v| *v = json!(6)),
        forge(V17, "two signatures of the authority").text(line("credentials", 0), double_signature),
        forge(V20, "commitment to something else [60]").json(body("commitment", 1), "/commitment", other_hash).also(V21),
        forge(V20, "commitment of another ceremony [58]").json(body("commitment", 1), "/ceremony", |v| *v = json!("x")),
        forge(V20, "commitment under another number [59]").json(body("commitment", 1), "/trustee", |v| *v = json!(1)),
        forge(V20, "trustee's signature of a commitment").text(line("commitment", 2), last_digit),
        forge(V21, "ceremony of other commitments [62]").json(body("ceremony", 0), "/commitments", other_hash),
        forge(V21, "ceremony of another name [58]").json(body("ceremony", 0), "/ceremony", |v| *v = json!("x")),
        forge(V21, "a trustee did not sign the ceremony [62]").text(line("ceremony", 0), |t| {
            let at = t.rfind(",\"").unwrap();
            format!("{}]}}", &t[..at])
        }),
        forge(V21, "a trustee's signature of the ceremony [62]").text(line("ceremony", 0), last_digit),
        forge(V21, "signatures of two trustees exchanged [62]").json(line("ceremony", 0), "/signatures", |v| {
            v.as_array_mut().unwrap().swap(0, 1);
        }),
        forge(V26, "opens after it closes [66]").json(body("setup", 0), "/opens_at", |v| *v = json!("2031-05-02T00:00:00Z")),
        forge(V26, "open for zero seconds [66]").json(body("setup", 0), "/opens_at", |v| *v = json!("2031-05-01T12:00:00Z")),
        forge(V26, "closing moved earlier [66]").spec(|s| s.extensions = vec!["2031-04-30T12:00:00Z"]),
        forge(V26, "closing moved to the same time [66]").spec(|s| s.extensions = vec!["2031-05-01T12:00:00Z"]),
        forge(V26, "second extension earlier than the first [66]").spec(|s| {
            s.extensions = vec!["2031-05-08T12:00:00Z", "2031-05-07T12:00:00Z"];
        }),
        forge(V26, "setup signed by one role [67]").text(line("setup", 0), one_signature),
        forge(V26, "setup: scrutineer's signature").text(line("setup", 0), last_digit),
        forge(V26, "extension signed by one role [67]").text(line("schedule", 0), one_signature),
        forge(V26, "extension signed twice by one role [67]").json(line("schedule", 0), "/signatures", |v| {
            let officer = v[0].clone();
            v[1] = officer;
        }),
        forge(V38, "re-vote where one ballot is the rule").spec(|s| s.revote_one = true),
        forge(V41, "ballot by a voided credential [117]").spec(|s| s.voided = vec![5, 2]),
        forge(V41, "a credential voided twice").spec(|s| s.voided = vec![5, 5]),
        forge(V41, "an unknown credential voided").json(body("void", 0), "/credential", |v| {
            *v = json!(enc(&g(&Scalar::from(77u8))));
        }),
        forge(V41, "void signed by one role").text(line("void", 0), one_signature),
        forge(V41, "void: scrutineer's signature").text(line("void", 0), last_digit),
        forge(V42, "a unit twice [68]").json(body("setup", 0), "/merge/units", |v| *v = json!(["Unit", "Unit"])),
        forge(V42, "minimum below five [68]").json(body("setup", 0), "/merge/minimum", |v| *v = json!(4)),
        forge(V42, "fewer entitled than the minimum [68]").json(body("setup", 0), "/merge/minimum", |v| *v = json!(20)),
        forge(V63, "companion of another election: identifier").json(body("setup", 0), "/uuid", |v| *v = json!("9vKq8mTzXw5RbN")),
        forge(V63, "setup of another election: hash").json(body("setup", 0), "/election", other_hash),
        forge(V63, "setup of other questions").json(body("setup", 0), "/questions", other_hash),
        forge(V63, "ceremony of other trustees").json(body("ceremony", 0), "/trustees", other_hash),
        forge(V63, "credentials of another election").json(body("credentials", 0), "/election", other_hash),
        forge(V63, "void of another election").json(body("void", 0), "/election", other_hash),
        forge(V63, "schedule of another election").json(body("schedule", 0), "/election", other_hash),
        forge(V63, "share of another election").json(body("share", 1), "/election", other_hash),
        forge(V63, "share of another tally").json(body("share", 1), "/encrypted_tally", other_hash),
        forge(V63, "share of another record").json(body("share", 1), "/partial_decryption", other_hash),
        forge(V63, "result of another election").json(body("result", 0), "/election", other_hash),
        forge(V63, "result of another record").json(body("result", 0), "/result", other_hash),
        forge(V63, "result of another last event [81]").json(body("result", 0), "/last_event", other_hash),
        forge(V64, "one trustee's role key too few").json(body("setup", 0), "/roles/trustees", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V64, "role key in capitals").json(body("setup", 0), "/roles/authority", |v| {
            *v = json!(v.as_str().unwrap().to_uppercase());
        }),
        forge(V64, "role key of small order [10]").json(body("setup", 0), "/roles/authority", |v| {
            *v = json!("0000000000000000000000000000000000000000000000000000000000000000");
        }),
        forge(V64, "role key is the identity [10]").json(body("setup", 0), "/roles/authority", |v| {
            *v = json!("0100000000000000000000000000000000000000000000000000000000000000");
        }),
        forge(V64, "role key not canonical [11]").json(body("setup", 0), "/roles/authority", |v| {
            *v = json!("efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        }),
        forge(V64, "role key not a point").json(body("setup", 0), "/roles/authority", |v| {
            *v = json!("0200000000000000000000000000000000000000000000000000000000000000");
        }),
        forge(V65, "share proof: challenge").json(body("share", 2), "/proofs/0/1/challenge", plus_one),
        forge(V65, "share proof: response").json(body("share", 2), "/proofs/0/1/response", plus_one),
        forge(V65, "share proofs of two choices exchanged [28]").json(body("share", 2), "/proofs/0", |v| {
            v.as_array_mut().unwrap().swap(0, 1);
        }),
        forge(V65, "share proof missing").json(body("share", 2), "/proofs/0", |v| {
            v.as_array_mut().unwrap().pop();
        }),
        forge(V65, "share proofs of another trustee").json(body("share", 2), "/owner", |v| *v = json!(1)),
        forge(V65, "share of an unknown trustee").json(body("share", 2), "/owner", |v| *v = json!(9)),
        forge(V65, "trustee's signature of a share").text(line("share", 1), last_digit),
        forge(V65, "share proof made with a challenge of 256 bits [31]").keyed(body("share", 0), "/proofs/0/0", |v, s| {
            let (x, w) = (s.trustee_keys[0], Scalar::from(4321u16));
            let input = sound_input(&statement(s, 0, w, 0));
            let mut hash = sha256(&input);
            hash.reverse();
            let c = Scalar::from_bytes_mod_order(hash);
            *v = serde_json::from_str(&proof(&c, &(w - c * x))).unwrap();
        }),
        forge(V65, "share proof made as in the archive [29]").keyed(body("share", 0), "/proofs/0/0", |v, s| {
            let (x, w) = (s.trustee_keys[0], Scalar::from(4321u16));
            let phi = verify::hex::hash_to_base64(&s.election_hash);
            let input = format!("decrypt|{phi}|{}|{},{}", enc(&g(&x)), enc(&g(&w)), enc(&(s.alphas[0] * w)));
            let c = challenge(&input);
            *v = serde_json::from_str(&proof(&c, &(w - c * x))).unwrap();
        }),
        forge(V65, "share proof for another position [28]").keyed(body("share", 0), "/proofs/0/0", |v, s| {
            let (x, w) = (s.trustee_keys[0], Scalar::from(4321u16));
            let c = sound_challenge(&sound_input(&statement(s, 0, w, 1)));
            *v = serde_json::from_str(&proof(&c, &(w - c * x))).unwrap();
        }),
        forge(V66, "other counts [74]").json(body("result", 0), "/counts/0/0", |v| *v = json!(3)),
        forge(V66, "other number of ballots").json(body("result", 0), "/ballots", |v| *v = json!(6)),
        forge(V66, "other number counted").json(body("result", 0), "/counted", |v| *v = json!(5)),
        forge(V66, "other number voided").json(body("result", 0), "/voided", |v| *v = json!(0)),
        forge(V66, "other total weight").json(body("result", 0), "/total_weight", |v| *v = json!(5)),
        forge(V66, "result signs other lines").json(body("result", 0), "/lines", other_hash),
        forge(V66, "result signed by one role").text(line("result", 0), one_signature),
        forge(V66, "result: officer's signature").json(line("result", 0), "/signatures/0", |v| {
            let text = v.as_str().unwrap();
            *v = json!(format!("{}{}", if &text[..1] == "0" { "1" } else { "0" }, &text[1..]));
        }),
        forge(V62, "empty companion").raw(Stage::Companion, |b, _| b.clear()),
        forge(V62, "last line without its end").raw(Stage::Companion, |b, _| {
            b.pop();
        }),
        forge(V62, "lines ended as on another system").raw(Stage::Companion, |b, _| {
            *b = String::from_utf8(b.clone()).unwrap().replace('\n', "\r\n").into_bytes();
        }),
        forge(V62, "empty line at the end").raw(Stage::Companion, |b, _| b.push(b'\n')),
        forge(V62, "byte order mark").raw(Stage::Companion, |b, _| {
            b.splice(0..0, *b"\xef\xbb\xbf");
        }),
        forge(V62, "space in a line").text(line("ceremony", 0), |t| replace_first(t, ",\"type\"", ", \"type\"")),
        forge(V62, "unknown field").text(line("ceremony", 0), |t| replace_first(t, ",\"type\"", ",\"x\":1,\"type\"")),
        forge(V62, "unknown field in a body").json(body("ceremony", 0), "", |v| v["x"] = json!(1)),
        forge(V62, "same key twice").text(line("ceremony", 0), |t| replace_first(t, ",\"type\"", ",\"line\":5,\"type\"")),
        forge(V62, "unknown type").text(line("schedule", 0), |t| replace_first(t, "\"schedule\"", "\"extension\"")),
        forge(V62, "wrong line number").text(line("credentials", 0), |t| replace_first(t, "\"line\":6", "\"line\":7")),
        forge(V62, "previous hash of another line").json(line("credentials", 0), "/prev", other_hash),
        forge(V62, "previous hash missing").json(line("credentials", 0), "", |v| {
            let rest: serde_json::Map<_, _> = v.as_object().unwrap().clone().into_iter().skip(1).collect();
            *v = Value::Object(rest);
        }),
        forge(V62, "first line has a previous hash").text(line("setup", 0), |t| format!("{{\"prev\":\"{}\",{}", to_hex(&[0; 32]), &t[1..])),
        forge(V62, "version of the companion").json(body("setup", 0), "/version", |v| *v = json!(2)),
        forge(V62, "a date that does not exist").json(body("setup", 0), "/closes_at", |v| *v = json!("2031-02-30T12:00:00Z")),
        forge(V62, "unknown re-vote rule").json(body("setup", 0), "/revote", |v| *v = json!("first")),
        forge(V62, "text with a control character").json(body("setup", 0), "/unit", |v| *v = json!("a\u{7}b")),
        forge(V62, "empty text").json(body("void", 0), "/paper", |v| *v = json!("")),
        forge(V62, "a line after the result").raw(Stage::Companion, |b, _| {
            let last = String::from_utf8(b.clone()).unwrap().lines().last().unwrap().to_owned();
            let number = String::from_utf8(b.clone()).unwrap().lines().count();
            let at = last.find(",\"type\"").unwrap();
            let line = format!("{{\"prev\":\"{}\",\"line\":{number}{}\n", to_hex(&sha256(last.as_bytes())), &last[at..]);
            b.extend(line.bytes());
        }),
    ];
    for (role, pointer) in [("scrutineer", "/roles/scrutineer"), ("authority", "/roles/authority"), ("a trustee", "/roles/trustees/1")] {
        let check = match role {
            "scrutineer" => V26,
            "authority" => V17,
            _ => V20,
        };
        let forgery = forge(V64, format!("officer is also {role} [R43]")).json(body("setup", 0), "", move |v| {
            let officer = v["roles"]["officer"].clone();
            *v.pointer_mut(pointer).unwrap() = officer;
        });
        let mut forgery = forgery.also(check);
        match role {
            "scrutineer" => forgery = forgery.also(V41).also(V66),
            "a trustee" => forgery = forgery.also(V21).also(V65),
            _ => {}
        }
        all.push(forgery);
    }
    for (what, text) in bad_scalars() {
        all.push(
            forge(V32, format!("share proof of the companion: {what}"))
                .json(body("share", 0), "/proofs/0/2/response", move |v| *v = json!(text)),
        );
    }
    // A type of line left out: the grammar notices.
    for (what, from, to) in
        [("setup", 0, 1), ("a commitment", 2, 3), ("ceremony", 5, 6), ("credentials", 6, 7), ("all shares", 9, 13), ("result", 13, 14)]
    {
        let forgery = forge(V62, format!("line left out: {what}")).raw(Stage::Companion, move |b, _| {
            let text = String::from_utf8(b.clone()).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.drain(from..to);
            *b = rechained(&lines).into_bytes();
        });
        // The commitments after the missing one stand under other numbers than their own.
        all.push(if what == "a commitment" { forgery.also(V20) } else { forgery });
    }
    all.push(forge(V62, "two lines exchanged").raw(Stage::Companion, |b, _| {
        let text = String::from_utf8(b.clone()).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.swap(5, 6);
        *b = rechained(&lines).into_bytes();
    }));
    all.push(
        forge(V65, "a share's line left out")
            .raw(Stage::Companion, |b, _| {
                let text = String::from_utf8(b.clone()).unwrap();
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                lines.remove(12);
                *b = rechained(&lines).into_bytes();
            })
            .also(V66),
    );
    all.into_iter().map(Forgery::with_companion).collect()
}

/// Spare and replaced credentials. The base: nine credentials, spares 6, 7, 8; 7 stands for 4 and voted, 8 for 2; 5 is void.
fn spares() -> Vec<Forgery> {
    let (body, line) = (Stage::Body, Stage::Line);
    let spare = |check, name: &str| forge(check, name).spec(|s| *s = Spec::spare());
    let element = |exponent: u8| enc(&g(&Scalar::from(exponent)));
    let entitled = |more: i64| move |v: &mut Value| *v = json!(v.as_i64().unwrap() + more);
    let of =
        |place: &'static str, credential: usize| move |v: &mut Value, s: &Secrets| v[place] = json!(enc(&g(&s.credentials[credential])));
    let all = vec![
        spare(V67, "ballot by a spare that replaced nobody").spec(|s| s.votes[2].voter = 6),
        spare(V67, "ballot by a replaced credential").spec(|s| s.votes[3].voter = 4),
        spare(V67, "ballots by a replaced credential and by its spare").spec(|s| s.votes[0].voter = 4),
        spare(V67, "spares out of order").json(body("credentials", 0), "/spares", |v| v.as_array_mut().unwrap().swap(0, 1)),
        spare(V67, "a spare twice")
            .json(body("credentials", 0), "/spares", |v| {
                let list = v.as_array_mut().unwrap();
                list.insert(1, list[0].clone());
            })
            .json(body("setup", 0), "/entitled", entitled(-1)),
        spare(V67, "a spare that is not listed")
            .json(body("credentials", 0), "/spares", move |v| {
                let list = v.as_array_mut().unwrap();
                list.push(json!(element(77)));
                list.sort_by_key(|spare| spare.as_str().unwrap().to_owned());
            })
            .json(body("setup", 0), "/entitled", entitled(-1)),
        spare(V67, "an unknown credential replaced").json(body("replace", 0), "/old", |v| *v = json!(enc(&g(&Scalar::from(77u8))))),
        spare(V67, "replaced by an unknown credential").json(body("replace", 1), "/new", |v| *v = json!(enc(&g(&Scalar::from(77u8))))),
        spare(V67, "a voided credential replaced").keyed(body("replace", 0), "", of("old", 5)),
        spare(V67, "a credential replaced twice").keyed(body("replace", 1), "", of("old", 4)),
        spare(V67, "an unused spare replaced").keyed(body("replace", 1), "", of("old", 6)),
        spare(V67, "a spare used twice").keyed(body("replace", 1), "", of("new", 7)),
        spare(V67, "replaced by one that is no spare").keyed(body("replace", 1), "", of("new", 1)),
        spare(V67, "replaced by itself").keyed(body("replace", 1), "", of("new", 2)),
        spare(V67, "replaced by one of another weight").spec(|s| {
            s.weights = Some(vec![1, 1, 1, 1, 1, 1, 1, 1, 2]);
        }),
        spare(V67, "replace signed by one role").text(line("replace", 0), one_signature),
        spare(V67, "replace signed twice by one role").json(line("replace", 1), "/signatures", |v| {
            let officer = v[0].clone();
            v[1] = officer;
        }),
        spare(V67, "replace: scrutineer's signature").text(line("replace", 0), last_digit),
        spare(V63, "replace of another election").json(body("replace", 0), "/election", other_hash),
        spare(V16, "spares counted among the entitled").json(body("setup", 0), "/entitled", entitled(3)),
        spare(V16, "a spare left out of the list of spares").raw(body("credentials", 0), |bytes, s| {
            let mut value: Value = serde_json::from_slice(bytes).unwrap();
            let unused = enc(&g(&s.credentials[6]));
            value["spares"].as_array_mut().unwrap().retain(|spare| *spare != json!(unused));
            *bytes = serde_json::to_vec(&value).unwrap();
        }),
        spare(V41, "an unused spare voided").keyed(body("void", 0), "", of("credential", 6)),
        spare(V62, "an empty list of spares").json(body("credentials", 0), "/spares", |v| *v = json!([])),
        spare(V62, "a spare that is a number").json(body("credentials", 0), "/spares/0", |v| *v = json!(7)),
        spare(V62, "spares before the weight").json(body("credentials", 0), "", |v| {
            let object = v.as_object_mut().unwrap();
            let weight = object.shift_remove("total_weight").unwrap();
            object.insert("total_weight".into(), weight);
        }),
        spare(V62, "replace without a reason").json(body("replace", 0), "/reason", |v| *v = json!("")),
        spare(V62, "a replace line after a share").raw(Stage::Companion, |b, _| {
            let text = String::from_utf8(b.clone()).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let replace = lines.iter().rposition(|line| line.contains("\"type\":\"replace\"")).unwrap();
            let line = lines.remove(replace);
            let share = lines.iter().position(|line| line.contains("\"type\":\"share\"")).unwrap();
            lines.insert(share + 1, line);
            *b = rechained(&lines).into_bytes();
        }),
    ];
    let mut all: Vec<Forgery> = all.into_iter().map(Forgery::with_companion).collect();
    // A void of what was replaced: the void comes after.
    all.push(
        spare(V41, "a replaced credential voided")
            .keyed(body("void", 0), "", of("credential", 4))
            .raw(Stage::Companion, |b, _| {
                let text = String::from_utf8(b.clone()).unwrap();
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                let void = lines.iter().position(|line| line.contains("\"type\":\"void\"")).unwrap();
                let line = lines.remove(void);
                lines.insert(void + 2, line);
                *b = rechained(&lines).into_bytes();
            })
            .also(V66)
            .with_companion(),
    );
    all
}

fn statement(s: &Secrets, owner: usize, w: Scalar, choice: usize) -> Sound {
    Sound {
        election: s.election_hash,
        key: g(&s.trustee_keys[owner]),
        tally: s.tally_hash,
        question: 0,
        choice,
        alpha: s.alphas[0],
        factor: s.alphas[0] * s.trustee_keys[owner],
        commitments: [g(&w), s.alphas[0] * w],
    }
}

/// Numbers and links lines anew.
fn rechained(lines: &[String]) -> String {
    let mut out = String::new();
    let mut previous: Option<String> = None;
    for (i, line) in lines.iter().enumerate() {
        let rest = &line[line.find(",\"type\"").unwrap()..];
        let line = match &previous {
            None => format!("{{\"line\":{i}{rest}"),
            Some(hash) => format!("{{\"prev\":\"{hash}\",\"line\":{i}{rest}"),
        };
        previous = Some(to_hex(&sha256(line.as_bytes())));
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// The last signature's last digit.
fn last_digit(text: &str) -> String {
    let at = text.len() - 4;
    let digit = if &text[at..=at] == "0" { "1" } else { "0" };
    format!("{}{digit}{}", &text[..at], &text[at + 1..])
}

fn one_signature(text: &str) -> String {
    let at = text.rfind(",\"").unwrap();
    format!("{}]}}", &text[..at])
}

fn double_signature(text: &str) -> String {
    let at = text.rfind('[').unwrap() + 1;
    let signature = &text[at..text.len() - 2];
    format!("{},{signature}]}}", &text[..text.len() - 2])
}

pub fn forgeries() -> Vec<Forgery> {
    [container(), hashes(), forms(), events(), setup(), ballots(), counting(), companions(), spares()].into_iter().flatten().collect()
}

#[test]
fn every_forged_archive_fails_at_its_own_check_and_nowhere_else() {
    let all = forgeries();
    let mut wrong = Vec::new();
    let mut by_check: BTreeMap<Check, usize> = BTreeMap::new();
    for check in all.iter().flat_map(|f| &f.expected) {
        *by_check.entry(*check).or_default() += 1;
    }
    let judge_some = |part: &[Forgery]| {
        let mut wrong = Vec::new();
        for forgery in part {
            let report = forgery.judge(1);
            let mut expected = forgery.expected.clone();
            expected.dedup();
            if report.failed() != expected || report.verdict != Verdict::Failed {
                let text = output::to_text(&report, false);
                wrong.push(format!("{} (expected {expected:?})\n{text}", forgery.name));
            }
        }
        wrong
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = all.chunks(all.len().div_ceil(4)).map(|part| scope.spawn(move || judge_some(part))).collect();
        for part in parts {
            wrong.extend(part.join().unwrap());
        }
    });
    let alone = all.iter().filter(|f| f.expected.len() == 1).count();
    println!("{} forged archives, {alone} of them failing at one check alone: {by_check:?}", all.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(alone >= 200);

    let mut names: Vec<&str> = all.iter().map(|f| f.name.as_str()).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1], "two forgeries of one name");
    }
    // Every check that an archive or companion alone can fail has its forgery.
    let elsewhere = [V8, V9, V10, V11, V12, V25, V37, V39, V51, V52, V53, V54, V55, V56, V57, V58, V59, V60];
    for check in Check::ALL.iter().filter(|c| !elsewhere.contains(c)) {
        assert!(by_check.contains_key(check), "no forgery for {check:?}");
    }
}

#[test]
fn without_its_change_every_forgery_is_an_honest_election() {
    // The bases of the table; a forgery that fails for its base would prove nothing.
    for spec in [Spec::small(), Spec::rich(), Spec::spare()] {
        let made = honest(&spec);
        let strict = Options { strict: true, ..Options::default() };
        let alone = judge(&made.archive[..], None::<&[u8]>, &strict);
        assert_eq!(alone.verdict, Verdict::Passed, "{}", output::to_text(&alone, true));
    }
}
