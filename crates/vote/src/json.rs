//! Compact JSON in a fixed order, written by hand because its bytes are hashed; and strict reading of small records.

use std::fmt;

use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

/// Appends a JSON string: only `"`, `\` and control characters are escaped.
pub(crate) fn string(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if control < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => text.push(other),
        }
    }
    text.push('"');
}

/// A JSON string.
pub(crate) fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    string(&mut text, value);
    text
}

/// Appends items with commas between.
pub(crate) fn list<T>(text: &mut String, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write(text, item);
    }
}

/// Appends a count: a JSON number up to 2^30 − 1, beyond that a string (the rule for weights).
pub(crate) fn count(text: &mut String, count: u128) {
    if count < 1 << 30 {
        text.push_str(&count.to_string());
    } else {
        text.push_str(&format!("\"{count}\""));
    }
}

/// A record does not have the shape its format demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeFault {
    /// Which field or record.
    pub what: String,
}

impl ShapeFault {
    pub(crate) fn new(what: &str) -> Self {
        Self { what: what.to_owned() }
    }
}

impl fmt::Display for ShapeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is missing or not as the format has it", self.what)
    }
}

impl std::error::Error for ShapeFault {}

/// Parses a record and demands that writing it again gives the same bytes: no white space, no key twice, no other spelling.
pub(crate) fn parse(bytes: &[u8], what: &str) -> Result<Value, ShapeFault> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| ShapeFault::new(what))?;
    match serde_json::to_vec(&value) {
        Ok(again) if again == bytes => Ok(value),
        _ => Err(ShapeFault::new(what)),
    }
}

/// A parsed record that holds secrets: its texts are wiped when it is dropped.
pub(crate) struct Secret(Value);

/// As [`parse`], for records that hold secrets.
pub(crate) fn parse_secret(bytes: &[u8], what: &str) -> Result<Secret, ShapeFault> {
    let value = Secret(serde_json::from_slice(bytes).map_err(|_| ShapeFault::new(what))?);
    match serde_json::to_vec(&value.0).map(Zeroizing::new) {
        Ok(again) if *again == bytes => Ok(value),
        _ => Err(ShapeFault::new(what)),
    }
}

impl std::ops::Deref for Secret {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

pub(crate) struct Fields<'a>(&'a Map<String, Value>);

pub(crate) fn fields_of(value: &Value) -> Result<Fields<'_>, ShapeFault> {
    value.as_object().map(Fields).ok_or_else(|| ShapeFault::new("object"))
}

/// The fields of an object that has exactly these, in this order.
pub(crate) fn fields<'a>(value: &'a Value, names: &[&str]) -> Result<Fields<'a>, ShapeFault> {
    let fields = fields_of(value)?;
    fields.exactly(names)?;
    Ok(fields)
}

impl<'a> Fields<'a> {
    pub(crate) fn exactly(&self, names: &[&str]) -> Result<(), ShapeFault> {
        if self.0.keys().map(String::as_str).eq(names.iter().copied()) { Ok(()) } else { Err(ShapeFault::new(&names.join(", "))) }
    }

    pub(crate) fn get(&self, name: &str) -> Result<&'a Value, ShapeFault> {
        self.0.get(name).ok_or_else(|| ShapeFault::new(name))
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    pub(crate) fn text(&self, name: &str) -> Result<&'a str, ShapeFault> {
        self.get(name)?.as_str().ok_or_else(|| ShapeFault::new(name))
    }

    pub(crate) fn array(&self, name: &str) -> Result<&'a [Value], ShapeFault> {
        self.get(name)?.as_array().map(Vec::as_slice).ok_or_else(|| ShapeFault::new(name))
    }
}

pub(crate) fn text(value: &Value) -> Result<&str, ShapeFault> {
    value.as_str().ok_or_else(|| ShapeFault::new("text"))
}

pub(crate) fn array(value: &Value) -> Result<&[Value], ShapeFault> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| ShapeFault::new("list"))
}

pub(crate) fn number(value: &Value) -> Result<u32, ShapeFault> {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or_else(|| ShapeFault::new("number"))
}

pub(crate) fn boolean(value: &Value) -> Result<bool, ShapeFault> {
    value.as_bool().ok_or_else(|| ShapeFault::new("true or false"))
}
