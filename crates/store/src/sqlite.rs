//! SQLite behind [`Sql`]: WAL, a sync at each commit, foreign keys.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ToSql, params_from_iter};

use crate::error::{Damage, StoreError};
use crate::sql::{Column, DbError, Many, Row, Sql, Value, for_sqlite};

/// How long another program may hold the database before we say that it is busy.
const BUSY: Duration = Duration::from_secs(5);

/// One connection.
pub(crate) struct Sqlite {
    connection: Connection,
    /// Statements in SQLite's words, by their text in PostgreSQL's.
    texts: HashMap<&'static str, String>,
    is_writer: bool,
}

impl Sqlite {
    /// The connection that writes; makes the file if there is none.
    pub(crate) fn writer(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = open(path, flags)?;
        let mode: String =
            connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(|error| opening(path, &error))?;
        if mode != "wal" {
            return Err(StoreError::Unsafe(format!("{} cannot be kept in WAL mode, only in {mode}", path.display())));
        }
        // FULL syncs the log at each commit; fullfsync does so where a plain sync stops at the drive's cache (macOS). What is erased is
        // overwritten with zeros, not only given up.
        connection
            .execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 4000; \
                 PRAGMA secure_delete = ON;",
            )
            .map_err(|error| opening(path, &error))?;
        Ok(Self { connection, texts: HashMap::new(), is_writer: true })
    }

    /// A connection that only reads.
    pub(crate) fn reader(path: &Path) -> Result<Self, StoreError> {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        Ok(Self { connection, texts: HashMap::new(), is_writer: false })
    }

    /// Writes the log into the file. If a reader still holds it, the log stays and the next start takes it up.
    pub(crate) fn close(self) {
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn with<T>(&mut self, sql: &'static str, run: impl FnOnce(&mut Statement<'_>) -> Result<T, rusqlite::Error>) -> Result<T, DbError> {
        let text = self.texts.entry(sql).or_insert_with(|| for_sqlite(sql));
        let mut statement = self.connection.prepare_cached(text).map_err(|error| judge(&error))?;
        run(&mut statement).map_err(|error| judge(&error))
    }
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).map_err(|error| opening(path, &error))?;
    connection.set_prepared_statement_cache_capacity(128);
    let setup = || {
        connection.busy_timeout(BUSY)?;
        connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;")
    };
    setup().map_err(|error| opening(path, &error))?;
    Ok(connection)
}

/// What is wrong with a file that does not open.
pub(crate) fn opening(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.display();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::Foreign(format!("{path} is not a SQLite file")),
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged(Damage { place: path.to_string(), what: error.to_string() }),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::CannotOpen) => {
            StoreError::Address(format!("{path} cannot be opened or made; is the folder there and may it be written?"))
        }
        _ => StoreError::Database(format!("{path}: {error}")),
    }
}

/// Everything that is neither a lock nor a constraint is a failed write: then the state of log and caches is unknown.
fn judge(error: &rusqlite::Error) -> DbError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DbError::Busy,
        Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch | ErrorCode::Unknown) => {
            DbError::Refused(error.to_string())
        }
        Some(_) => DbError::Broken(error.to_string()),
        None => DbError::Shape(error.to_string()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn rows_of(statement: &mut Statement<'_>, values: &[impl ToSql]) -> rusqlite::Result<Vec<Row>> {
    let width = statement.column_count();
    let mut rows = statement.query(params_from_iter(values))?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let mut fields = Vec::with_capacity(width);
        for at in 0..width {
            fields.push(match row.get_ref(at)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Int(number),
                ValueRef::Text(text) => match std::str::from_utf8(text) {
                    Ok(text) => Value::Text(text.to_owned()),
                    // A changed bit: whoever asked for text is told that this is none.
                    Err(_) => Value::Bytes(text.to_vec()),
                },
                ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
                // No table of ours has a column of this kind.
                ValueRef::Real(_) => Value::Null,
            });
        }
        list.push(Row(fields));
    }
    Ok(list)
}

/// One row of the columns.
fn row_at(columns: &[Column], at: usize) -> Vec<ValueRef<'_>> {
    columns.iter().map(|column| field_at(column, at)).collect()
}

fn field_at(column: &Column, at: usize) -> ValueRef<'_> {
    match column {
        Column::Ints(list) => ValueRef::Integer(list[at]),
        Column::Texts(list) => ValueRef::Text(list[at].as_bytes()),
        Column::Bytes(list) => ValueRef::Blob(&list[at]),
    }
}

struct Borrowed<'v>(ValueRef<'v>);

impl ToSql for Borrowed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0))
    }
}

impl Sql for Sqlite {
    fn query(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        self.with(sql, |statement| rows_of(statement, values))
    }

    fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, DbError> {
        self.with(sql, |statement| statement.execute(params_from_iter(values)).map(|rows| rows as u64))
    }

    fn query_many(&mut self, sql: Many, columns: &[Column]) -> Result<Vec<Row>, DbError> {
        self.with(sql.each, |statement| {
            let mut list = Vec::new();
            for at in 0..columns.first().map_or(0, Column::len) {
                let values: Vec<_> = row_at(columns, at).into_iter().map(Borrowed).collect();
                list.extend(rows_of(statement, &values)?);
            }
            Ok(list)
        })
    }

    fn execute_many(&mut self, sql: Many, columns: &[Column]) -> Result<u64, DbError> {
        self.with(sql.each, |statement| {
            let mut count = 0;
            for at in 0..columns.first().map_or(0, Column::len) {
                count += statement.execute(params_from_iter(row_at(columns, at).into_iter().map(Borrowed)))? as u64;
            }
            Ok(count)
        })
    }

    fn script(&mut self, sql: &str) -> Result<(), DbError> {
        self.connection.execute_batch(sql).map_err(|error| judge(&error))
    }

    fn begin(&mut self) -> Result<(), DbError> {
        // A writer takes the lock at once, so that it never finds out later that what it read is old.
        self.script(if self.is_writer { "BEGIN IMMEDIATE" } else { "BEGIN" })
    }

    fn commit(&mut self) -> Result<(), DbError> {
        self.script("COMMIT")
    }

    fn rollback(&mut self) -> Result<(), DbError> {
        // After a full disk SQLite may have rolled back by itself.
        if self.connection.is_autocommit() { Ok(()) } else { self.script("ROLLBACK") }
    }

    fn is_postgres(&self) -> bool {
        false
    }
}
