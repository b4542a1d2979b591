//! A strict JSON reader: one value, nothing tolerated.
//!
//! RFC 8259 grammar only. Refused besides: a byte order mark, bytes after the value, a key twice in one object, lone
//! surrogates, nesting deeper than [`MAX_DEPTH`], more than [`MAX_KEYS`] keys in one object. Numbers are kept as their
//! characters, so that no digit is lost to a float. The reader also says whether the text is *canonical*: compact and escaped
//! in the one permitted way, so that serialising the value again gives the same bytes (Spec V3).
//!
//! Not here: what the fields mean. The helpers at the end read an object whose fields and their order are known (Spec V4).

use std::borrow::Cow;

/// Deepest nesting of arrays and objects. The deepest record of an archive needs seven.
pub const MAX_DEPTH: usize = 32;
/// Most keys in one object. No record has an object with more than fifteen.
pub const MAX_KEYS: usize = 64;

/// Why a text is not a JSON value that we accept, and at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonFault {
    /// Byte offset into the text.
    pub at: usize,
    /// What is wrong there.
    pub what: JsonFaultKind,
}

/// What is wrong with a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonFaultKind {
    /// Not UTF-8.
    NotUtf8,
    /// Something other than what the grammar allows here.
    Unexpected,
    /// The text ends too early.
    Ends,
    /// Bytes after the value.
    Trailing,
    /// The same key twice in one object.
    RepeatedKey,
    /// A surrogate without its partner.
    LoneSurrogate,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// More than [`MAX_KEYS`] keys in one object.
    TooManyKeys,
}

/// A value and the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value<'a> {
    /// First byte of the value in the text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// The value.
    pub kind: Kind<'a>,
}

/// The six kinds of JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// The characters of the number.
    Number(&'a str),
    /// The text of the string, unescaped.
    String(Cow<'a, str>),
    /// The items in order.
    Array(Vec<Value<'a>>),
    /// The fields in order.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

/// A parsed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// The value.
    pub value: Value<'a>,
    /// Offset of the first byte that compact re-serialisation would change, if any.
    pub first_non_canonical: Option<usize>,
    /// Offset of the last such byte (its beginning), if any.
    pub last_non_canonical: Option<usize>,
}

/// Reads exactly one value.
pub fn parse(bytes: &[u8]) -> Result<Parsed<'_>, JsonFault> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            return Err(JsonFault { at: e.valid_up_to(), what: JsonFaultKind::NotUtf8 });
        }
    };
    let mut reader = Reader { text, bytes, at: 0, first_non_canonical: None, last_non_canonical: None };
    reader.skip_space();
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < bytes.len() {
        return Err(reader.fault(JsonFaultKind::Trailing));
    }
    Ok(Parsed { value, first_non_canonical: reader.first_non_canonical, last_non_canonical: reader.last_non_canonical })
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    first_non_canonical: Option<usize>,
    last_non_canonical: Option<usize>,
}

impl<'a> Reader<'a> {
    fn fault(&self, what: JsonFaultKind) -> JsonFault {
        JsonFault { at: self.at, what }
    }

    fn not_canonical(&mut self, at: usize) {
        self.first_non_canonical.get_or_insert(at);
        self.last_non_canonical = Some(at);
    }

    fn skip_space(&mut self) {
        let from = self.at;
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
        if self.at > from {
            self.not_canonical(from);
        }
    }

    fn unexpected(&self) -> JsonFault {
        self.fault(if self.at < self.bytes.len() { JsonFaultKind::Unexpected } else { JsonFaultKind::Ends })
    }

    fn take(&mut self, byte: u8) -> Result<(), JsonFault> {
        if self.bytes.get(self.at) == Some(&byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn word(&mut self, word: &str) -> Result<(), JsonFault> {
        for byte in word.bytes() {
            self.take(byte)?;
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, JsonFault> {
        if depth > MAX_DEPTH {
            return Err(self.fault(JsonFaultKind::TooDeep));
        }
        let start = self.at;
        let kind = match self.bytes.get(self.at) {
            Some(b'"') => Kind::String(self.string()?),
            Some(b'{') => Kind::Object(self.object(depth)?),
            Some(b'[') => Kind::Array(self.array(depth)?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(b't') => self.word("true").map(|()| Kind::Bool(true))?,
            Some(b'f') => self.word("false").map(|()| Kind::Bool(false))?,
            Some(b'n') => self.word("null").map(|()| Kind::Null)?,
            _ => return Err(self.unexpected()),
        };
        Ok(Value { start, end: self.at, kind })
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Value<'a>>, JsonFault> {
        self.take(b'[')?;
        let mut items = Vec::new();
        self.skip_space();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items);
                }
                _ => return Err(self.unexpected()),
            }
            self.skip_space();
        }
    }

    fn object(&mut self, depth: usize) -> Result<Vec<(Cow<'a, str>, Value<'a>)>, JsonFault> {
        self.take(b'{')?;
        let mut fields: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        self.skip_space();
        if self.bytes.get(self.at) == Some(&b'}') {
            self.at += 1;
            return Ok(fields);
        }
        loop {
            let key_at = self.at;
            let key = self.string()?;
            if fields.iter().any(|(known, _)| *known == key) {
                return Err(JsonFault { at: key_at, what: JsonFaultKind::RepeatedKey });
            }
            if fields.len() == MAX_KEYS {
                return Err(JsonFault { at: key_at, what: JsonFaultKind::TooManyKeys });
            }
            self.skip_space();
            self.take(b':')?;
            self.skip_space();
            let value = self.value(depth + 1)?;
            fields.push((key, value));
            self.skip_space();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(fields);
                }
                _ => return Err(self.unexpected()),
            }
            self.skip_space();
        }
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.bytes.get(self.at) {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.unexpected());
        }
        Ok(())
    }

    fn number(&mut self) -> Result<&'a str, JsonFault> {
        let start = self.at;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut whole = self.bytes[start] != b'-';
        if self.bytes.get(self.at) == Some(&b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        if !whole {
            self.not_canonical(start);
        }
        Ok(&self.text[start..self.at])
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonFault> {
        self.take(b'"')?;
        let start = self.at;
        // Most strings have no escape and are lent, not copied.
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    let text = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Cow::Borrowed(text));
                }
                Some(b'\\') => break,
                Some(0..=0x1f) | None => return Err(self.unexpected()),
                Some(_) => self.at += 1,
            }
        }
        let mut out = String::from(&self.text[start..self.at]);
        loop {
            let from = self.at;
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => {
                    let escape_at = self.at;
                    let c = self.escape()?;
                    if !is_canonical_escape(&self.bytes[escape_at..self.at], c) {
                        self.not_canonical(escape_at);
                    }
                    out.push(c);
                }
                Some(0..=0x1f) | None => return Err(self.unexpected()),
                Some(_) => {
                    while !matches!(self.bytes.get(self.at), Some(b'"' | b'\\' | 0..=0x1f) | None) {
                        self.at += 1;
                    }
                    out.push_str(&self.text[from..self.at]);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonFault> {
        self.take(b'\\')?;
        let simple = match self.bytes.get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let high = self.four_hex()?;
                let code = match high {
                    0xd800..=0xdbff => {
                        let lone = self.fault(JsonFaultKind::LoneSurrogate);
                        self.take(b'\\').map_err(|_| lone)?;
                        self.take(b'u').map_err(|_| lone)?;
                        let low = self.four_hex()?;
                        if !(0xdc00..=0xdfff).contains(&low) {
                            return Err(lone);
                        }
                        0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                    }
                    other => other,
                };
                return char::from_u32(code).ok_or(self.fault(JsonFaultKind::LoneSurrogate));
            }
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(simple)
    }

    fn four_hex(&mut self) -> Result<u32, JsonFault> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.bytes.get(self.at).and_then(|b| char::from(*b).to_digit(16)).ok_or_else(|| self.unexpected())?;
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// The one way to escape each character that must be escaped; all others stand for themselves.
fn is_canonical_escape(written: &[u8], c: char) -> bool {
    let mut expected = String::new();
    push_escaped(&mut expected, c);
    expected.as_bytes() == written
}

/// Appends a character as the canonical form writes it.
pub(crate) fn push_escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
        c => out.push(c),
    }
}

impl<'a> Value<'a> {
    /// The items, if this is an array.
    pub fn array(&self) -> Option<&[Value<'a>]> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if this is a string.
    pub fn string(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// The fields, if this is an object.
    pub fn object(&self) -> Option<&[(Cow<'a, str>, Value<'a>)]> {
        match &self.kind {
            Kind::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// The field of that name, wherever it stands (for reading foreign answers leniently).
    pub fn field(&self, name: &str) -> Option<&Value<'a>> {
        self.object()?.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A whole number in canonical digits, 0 … 2^30−1: the largest that the format writes as a JSON number.
    pub fn small(&self) -> Option<u32> {
        match self.kind {
            Kind::Number(digits) if digits.len() <= 10 && is_plain_decimal(digits) => digits.parse::<u32>().ok().filter(|n| *n < 1 << 30),
            _ => None,
        }
    }

    /// A weight or count: a JSON number up to 2^30−1, a string of digits above, nothing else.
    pub fn count(&self) -> Option<u128> {
        match &self.kind {
            Kind::Number(_) => self.small().map(u128::from),
            Kind::String(text) if is_plain_decimal(text) && text.len() <= 38 => text.parse::<u128>().ok().filter(|n| *n >= 1 << 30),
            _ => None,
        }
    }

    /// Exactly these fields in this order. A name ending in `?` may be absent. `None` if anything differs.
    pub fn fields<const N: usize>(&self, names: [&str; N]) -> Option<[Option<&Value<'a>>; N]> {
        let mut rest = self.object()?;
        let mut out = [None; N];
        for (slot, name) in out.iter_mut().zip(names) {
            let (name, optional) = match name.strip_suffix('?') {
                Some(name) => (name, true),
                None => (name, false),
            };
            match rest.split_first() {
                Some(((key, value), tail)) if key == name => {
                    *slot = Some(value);
                    rest = tail;
                }
                _ if optional => {}
                _ => return None,
            }
        }
        rest.is_empty().then_some(out)
    }

    /// As [`Value::fields`], all required.
    pub fn exactly<const N: usize>(&self, names: [&str; N]) -> Option<[&Value<'a>; N]> {
        let fields = self.object()?;
        if fields.len() != N {
            return None;
        }
        let mut out = [self; N];
        for ((slot, name), (key, value)) in out.iter_mut().zip(names).zip(fields) {
            if key != name {
                return None;
            }
            *slot = value;
        }
        Some(out)
    }
}

/// Digits only, no leading zero but `0` itself.
pub(crate) fn is_plain_decimal(digits: &str) -> bool {
    match digits.as_bytes() {
        [] => false,
        [b'0'] => true,
        [b'0', ..] => false,
        all => all.iter().all(u8::is_ascii_digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(text: &[u8]) -> Result<bool, JsonFaultKind> {
        parse(text).map(|p| p.first_non_canonical.is_none()).map_err(|f| f.what)
    }

    #[test]
    fn canonical_texts_pass_as_canonical() {
        for text in [r#"{"a":1,"b":[true,false,null,"x"],"c":{}}"#, r#""é\"\\\n\t\b\f\r\u0001/""#, "0", "[]", "12345678901234567890123"] {
            assert_eq!(kind_of(text.as_bytes()), Ok(true), "{text}");
        }
    }

    #[test]
    fn other_forms_of_the_same_value_are_read_as_non_canonical() {
        for text in [
            " 1",
            "1 ",
            "[1, 2]",
            "{\"a\" :1}",
            r#""\/""#,
            r#""\u0041""#,
            r#""\u000a""#,
            r#""\u001F""#,
            r#""\u00e9""#,
            r#""\ud83d\ude00""#,
            "1.0",
            "1e0",
            "-0",
            "-1",
            "1e400",
        ] {
            assert_eq!(kind_of(text.as_bytes()), Ok(false), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_for_its_own_reason() {
        use JsonFaultKind::*;
        for (text, what) in [
            (&b"\xef\xbb\xbf1"[..], Unexpected),
            (b"1 2", Trailing),
            (b"{}{}", Trailing),
            (b"{\"a\":1,\"a\":1}", RepeatedKey),
            (b"{\"a\":1,\"\\u0061\":1}", RepeatedKey),
            (b"[1,]", Unexpected),
            (b"{\"a\":1,}", Unexpected),
            (b"// x\n1", Unexpected),
            (b"01", Trailing),
            (b"+1", Unexpected),
            (b"1.", Ends),
            (b".5", Unexpected),
            (b"1e", Ends),
            (b"-", Ends),
            (b"NaN", Unexpected),
            (b"\"\x01\"", Unexpected),
            (b"\"\\x\"", Unexpected),
            (b"\"\\ud800\"", LoneSurrogate),
            (b"\"\\udc00\"", LoneSurrogate),
            (b"\"\\ud800\\u0041\"", LoneSurrogate),
            (b"\"\xc0\x80\"", NotUtf8),
            (b"\"\xff\"", NotUtf8),
            (b"\"", Ends),
            (b"", Ends),
            (b"tru", Ends),
            (b"'a'", Unexpected),
        ] {
            assert_eq!(kind_of(text), Err(what), "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn deep_nesting_is_refused_without_using_the_stack() {
        let deep = "[".repeat(100_000);
        assert_eq!(kind_of(deep.as_bytes()), Err(JsonFaultKind::TooDeep));
        let just = format!("{}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
        assert_eq!(kind_of(just.as_bytes()), Ok(true));
    }

    #[test]
    fn many_keys_are_refused_before_the_search_for_repeats_gets_slow() {
        let text: String = (0..=MAX_KEYS).map(|i| format!("\"k{i}\":0,")).collect();
        let text = format!("{{{}\"z\":0}}", text);
        assert_eq!(kind_of(text.as_bytes()), Err(JsonFaultKind::TooManyKeys));
    }

    #[test]
    fn counts_change_form_at_two_to_the_thirty() {
        let count = |text: &str| parse(text.as_bytes()).ok().and_then(|p| p.value.count());
        assert_eq!(count("1073741823"), Some((1 << 30) - 1));
        assert_eq!(count("\"1073741824\""), Some(1 << 30));
        assert_eq!(count("1073741824"), None);
        assert_eq!(count("\"1073741823\""), None);
        assert_eq!(count("\"01073741824\""), None);
        assert_eq!(count("1.0"), None);
        assert_eq!(count("-1"), None);
        assert_eq!(count("\"99999999999999999999999999999999999999999\""), None);
    }

    #[test]
    fn fields_must_be_all_there_in_order_and_no_more() {
        let ok = |text: &str| parse(text.as_bytes()).is_ok_and(|p| p.value.fields(["a", "b?", "c"]).is_some());
        assert!(ok(r#"{"a":1,"b":2,"c":3}"#));
        assert!(ok(r#"{"a":1,"c":3}"#));
        assert!(!ok(r#"{"c":3,"a":1}"#));
        assert!(!ok(r#"{"a":1}"#));
        assert!(!ok(r#"{"a":1,"c":3,"d":4}"#));
        assert!(!ok(r#"[]"#));
    }
}
