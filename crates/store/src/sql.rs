//! What both databases can do, and nothing else: statements with values, rows, transactions.
//!
//! Every act of the store is written once, in the SQL of PostgreSQL, against [`Sql`]. SQLite gets the same text with
//! `board.` as `board_`, `$1` as `?1`, and so on: [`for_sqlite`].

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Row(pub(crate) Vec<Value>);

/// A column of many rows to be written or asked for.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    Ints(Vec<i64>),
    Texts(Vec<String>),
    Bytes(Vec<Vec<u8>>),
}

/// One statement for many rows: SQLite runs `each` once a row, PostgreSQL runs `many` once with arrays.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Many {
    pub(crate) each: &'static str,
    pub(crate) many: &'static str,
}

/// What a database answers instead of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DbError {
    /// Another program holds the database; nothing was begun.
    Busy,
    /// The transaction lost against another one: the same again may succeed.
    Again(String),
    /// The connection is gone.
    Lost(String),
    /// The statement was refused (a constraint); the transaction can be rolled back.
    Refused(String),
    /// A write, sync or commit failed: nothing this connection says can be relied on any more.
    Broken(String),
    /// A field holds what was never written there.
    Shape(String),
}

pub(crate) trait Sql {
    fn query(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, DbError>;
    fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, DbError>;
    /// All rows of all answers, in no order.
    fn query_many(&mut self, sql: Many, columns: &[Column]) -> Result<Vec<Row>, DbError>;
    fn execute_many(&mut self, sql: Many, columns: &[Column]) -> Result<u64, DbError>;
    /// Three at once, where the way to the server costs more than the work.
    fn query_three(&mut self, asks: [(Many, &[Column]); 3]) -> Result<[Vec<Row>; 3], DbError> {
        let [first, second, third] = asks;
        Ok([self.query_many(first.0, first.1)?, self.query_many(second.0, second.1)?, self.query_many(third.0, third.1)?])
    }
    /// Three that do not depend on each other.
    fn execute_three(&mut self, acts: [(Many, &[Column]); 3]) -> Result<[u64; 3], DbError> {
        let [first, second, third] = acts;
        Ok([self.execute_many(first.0, first.1)?, self.execute_many(second.0, second.1)?, self.execute_many(third.0, third.1)?])
    }
    /// Several statements without values.
    fn script(&mut self, sql: &str) -> Result<(), DbError>;
    fn begin(&mut self) -> Result<(), DbError>;
    fn commit(&mut self) -> Result<(), DbError>;
    /// Also from a state in which the database has already rolled back by itself.
    fn rollback(&mut self) -> Result<(), DbError>;
    fn is_postgres(&self) -> bool;

    fn one(&mut self, sql: &'static str, values: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }
}

const GROUPS: [&str; 3] = ["board", "people", "office"];

/// The same statement in SQLite's words.
pub(crate) fn for_sqlite(sql: &str) -> String {
    let mut text = sql.replace('$', "?").replace(" FOR UPDATE", "").replace(" bytea", " BLOB").replace(" bigint", " INTEGER");
    for group in GROUPS {
        text = text.replace(&format!("{group}."), &format!("{group}_"));
    }
    text
}

/// A migration in PostgreSQL's words.
pub(crate) fn migration_for_postgres(sql: &str) -> String {
    let schemas: String = GROUPS.iter().map(|group| format!("CREATE SCHEMA IF NOT EXISTS {group};\n")).collect();
    schemas + &sql.replace(") STRICT;", ");")
}

impl Column {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Ints(list) => list.len(),
            Self::Texts(list) => list.len(),
            Self::Bytes(list) => list.len(),
        }
    }
}

impl Row {
    fn shape<T>(&self, at: usize) -> Result<T, DbError> {
        Err(DbError::Shape(format!("field {at} of an answer is {:?}", self.0.get(at).map(kind_of))))
    }

    pub(crate) fn int(&self, at: usize) -> Result<i64, DbError> {
        if let Some(Value::Int(number)) = self.0.get(at) { Ok(*number) } else { self.shape(at) }
    }

    /// A number that is never below zero.
    pub(crate) fn count(&self, at: usize) -> Result<u64, DbError> {
        u64::try_from(self.int(at)?).or_else(|_| self.shape(at))
    }

    pub(crate) fn int_or_null(&self, at: usize) -> Result<Option<i64>, DbError> {
        if let Some(Value::Null) = self.0.get(at) { Ok(None) } else { self.int(at).map(Some) }
    }

    pub(crate) fn text(&self, at: usize) -> Result<&str, DbError> {
        if let Some(Value::Text(text)) = self.0.get(at) { Ok(text) } else { self.shape(at) }
    }

    pub(crate) fn bytes(&self, at: usize) -> Result<&[u8], DbError> {
        if let Some(Value::Bytes(bytes)) = self.0.get(at) { Ok(bytes) } else { self.shape(at) }
    }

    pub(crate) fn bytes_or_null(&self, at: usize) -> Result<Option<&[u8]>, DbError> {
        if let Some(Value::Null) = self.0.get(at) { Ok(None) } else { self.bytes(at).map(Some) }
    }

    pub(crate) fn hash(&self, at: usize) -> Result<[u8; 32], DbError> {
        self.bytes(at)?.try_into().or_else(|_| self.shape(at))
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Int(_) => "a number",
        Value::Text(_) => "a text",
        Value::Bytes(_) => "bytes",
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<[u8; 32]> for Value {
    fn from(bytes: [u8; 32]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// Values of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Value::from($value)),*][..] };
}
pub(crate) use values;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_in_the_words_of_sqlite() {
        let text = for_sqlite("SELECT a FROM board.event WHERE election = $1 AND height = $12 FOR UPDATE");
        assert_eq!(text, "SELECT a FROM board_event WHERE election = ?1 AND height = ?12");
    }
}
