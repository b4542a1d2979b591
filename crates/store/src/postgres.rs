//! PostgreSQL behind [`Sql`]: a pool of connections, driven by threads that wait for each answer.
//!
//! It has a small runtime of its own for the sockets, so that the store lives as long as its last user and not as long as the
//! runtime that happened to open it.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime as PoolRuntime, Timeouts};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Config, NoTls};

use crate::error::StoreError;
use crate::sql::{Column, DbError, Many, Row, Sql, Value};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// All queries go by keys. Plans are made while the tables are small and kept while they grow, so a plan that reads a whole table
/// must not be chosen in the first place. A node that vanishes must not hold its locks for hours.
const OPTIONS: &str = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c idle_in_transaction_session_timeout=30s \
    -c lock_timeout=10s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

/// The server.
#[derive(Clone)]
pub(crate) struct Server {
    pool: Pool,
    runtime: Arc<OwnRuntime>,
}

struct OwnRuntime(Option<Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waiting is not allowed where the last user may be a task.
            runtime.shutdown_background();
        }
    }
}

impl Server {
    /// Reads the address; connects only when something is asked. One connection alone is driven by the thread that waits for it,
    /// which saves two changes of thread on each way to the server.
    pub(crate) fn new(address: &str, connections: usize) -> Result<Self, StoreError> {
        let mut config: Config = address.parse().map_err(|error: tokio_postgres::Error| StoreError::Address(full(&error)))?;
        let is_near = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        };
        match config.get_ssl_mode() {
            SslMode::Disable => {}
            SslMode::Prefer if config.get_hosts().iter().all(is_near) => {}
            _ => {
                return Err(StoreError::Address(
                    "this program speaks to PostgreSQL without TLS: use a socket, a tunnel or a private network, and say sslmode=disable"
                        .to_owned(),
                ));
            }
        }
        let options = config.get_options().map_or(OPTIONS.to_owned(), |given| format!("{OPTIONS} {given}"));
        config.options(options).connect_timeout(CONNECT).tcp_user_timeout(Duration::from_secs(20)).keepalives_idle(Duration::from_secs(10));
        if config.get_application_name().is_none() {
            config.application_name("whitley");
        }
        let mut builder = if connections == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
        let runtime = builder
            .worker_threads(1)
            .thread_name("whitley-postgres")
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unavailable(format!("no thread can be started: {error}")))?;
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let timeouts = Timeouts { wait: Some(CONNECT), create: Some(CONNECT), recycle: Some(CONNECT) };
        let pool = Pool::builder(manager)
            .max_size(connections)
            .timeouts(timeouts)
            .runtime(PoolRuntime::Tokio1)
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { pool, runtime: Arc::new(OwnRuntime(Some(runtime))) })
    }

    /// A connection. Waits: only for threads that may.
    pub(crate) fn connect(&self) -> Result<Postgres, DbError> {
        let client = self.wait(self.pool.get())?.map_err(|error| match error {
            PoolError::Backend(error) => judge(&error),
            other => DbError::Lost(other.to_string()),
        })?;
        Ok(Postgres { server: self.clone(), client })
    }

    /// The first connection: what is wrong with the address itself is told from a server that does not answer.
    pub(crate) fn first(&self) -> Result<Postgres, StoreError> {
        let client = self.wait(self.pool.get())?.map_err(|error| match error {
            PoolError::Backend(error) if is_of_the_address(&error) => StoreError::Address(full(&error)),
            PoolError::Backend(error) => judge(&error).into(),
            other => DbError::Lost(other.to_string()).into(),
        })?;
        Ok(Postgres { server: self.clone(), client })
    }

    fn wait<F: Future>(&self, future: F) -> Result<F::Output, DbError> {
        match &self.runtime.0 {
            Some(runtime) => Ok(runtime.block_on(future)),
            None => Err(DbError::Lost("the store is closed".to_owned())),
        }
    }
}

/// One connection.
pub(crate) struct Postgres {
    server: Server,
    client: Object,
}

impl Postgres {
    fn wait<T>(&self, future: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, DbError> {
        self.server.wait(future)?.map_err(|error| judge(&error))
    }

    async fn rows(&self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<tokio_postgres::Row>, tokio_postgres::Error> {
        let statement = self.client.prepare_cached(sql).await?;
        self.client.query(&statement, values).await
    }

    async fn count(&self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, tokio_postgres::Error> {
        let statement = self.client.prepare_cached(sql).await?;
        self.client.execute(&statement, values).await
    }

    /// Refuses a server that may lose what it has confirmed.
    pub(crate) fn check_durability(&mut self) -> Result<(), StoreError> {
        for (name, sql) in [
            ("fsync", "SELECT current_setting('fsync')"),
            ("full_page_writes", "SELECT current_setting('full_page_writes')"),
            ("synchronous_commit", "SELECT current_setting('synchronous_commit')"),
        ] {
            if self.one(sql, &[])?.is_some_and(|row| row.text(0) == Ok("off")) {
                return Err(StoreError::Unsafe(format!("PostgreSQL's setting {name} is off; it must not be")));
            }
        }
        Ok(())
    }
}

/// Whether nothing but another address helps: no such user, password, database or host. A name that cannot be looked up just now is none of these.
fn is_of_the_address(error: &tokio_postgres::Error) -> bool {
    let refused = [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION, SqlState::INVALID_CATALOG_NAME];
    match error.code() {
        Some(code) => refused.contains(code),
        None => {
            let why = full(error);
            // As glibc, musl and macOS say that nobody has the name; the platform's number for it does not come through.
            why == "invalid configuration: password missing"
                || ["Name or service not known", "No address associated", "Name does not resolve", "nodename nor servname"]
                    .iter()
                    .any(|words| why.contains(words))
        }
    }
}

/// The whole message, with what lies behind it.
fn full(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(behind) = cause {
        text.push_str(&format!(": {behind}"));
        cause = behind.source();
    }
    text
}

fn judge(error: &tokio_postgres::Error) -> DbError {
    let why = full(error);
    let Some(code) = error.code() else {
        // No word from the server: the socket, or a value that does not fit the statement.
        return if error.is_closed() || std::error::Error::source(error).is_none_or(|cause| cause.is::<std::io::Error>()) {
            DbError::Lost(why)
        } else {
            DbError::Refused(why)
        };
    };
    let again = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::LOCK_NOT_AVAILABLE];
    let gone = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW, SqlState::TOO_MANY_CONNECTIONS];
    if again.contains(code) {
        DbError::Again(why)
    } else if gone.contains(code) || code.code().starts_with("08") || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT {
        DbError::Lost(why)
    } else {
        DbError::Refused(why)
    }
}

fn read(rows: &[tokio_postgres::Row]) -> Result<Vec<Row>, DbError> {
    rows.iter().map(row_of).collect()
}

fn row_of(row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let mut fields = Vec::with_capacity(row.len());
    for (at, column) in row.columns().iter().enumerate() {
        let shape = |error: tokio_postgres::Error| DbError::Shape(error.to_string());
        let kind = column.type_();
        fields.push(if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(at).map_err(shape)?.map_or(Value::Null, Value::Int)
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(at).map_err(shape)?.map_or(Value::Null, Value::Bytes)
        } else {
            row.try_get::<_, Option<String>>(at).map_err(shape)?.map_or(Value::Null, Value::Text)
        });
    }
    Ok(Row(fields))
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql_checked(kind, out),
            Self::Text(text) => text.to_sql_checked(kind, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

fn values_of(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn arrays_of(columns: &[Column]) -> Vec<&(dyn ToSql + Sync)> {
    columns.iter().map(array_of).collect()
}

fn array_of(column: &Column) -> &(dyn ToSql + Sync) {
    match column {
        Column::Ints(list) => list,
        Column::Texts(list) => list,
        Column::Bytes(list) => list,
    }
}

impl Sql for Postgres {
    fn query(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        read(&self.wait(self.rows(sql, &values_of(values)))?)
    }

    fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, DbError> {
        self.wait(self.count(sql, &values_of(values)))
    }

    fn query_many(&mut self, sql: Many, columns: &[Column]) -> Result<Vec<Row>, DbError> {
        read(&self.wait(self.rows(sql.many, &arrays_of(columns)))?)
    }

    fn execute_many(&mut self, sql: Many, columns: &[Column]) -> Result<u64, DbError> {
        self.wait(self.count(sql.many, &arrays_of(columns)))
    }

    fn query_three(&mut self, asks: [(Many, &[Column]); 3]) -> Result<[Vec<Row>; 3], DbError> {
        let [first, second, third] = asks.map(|(sql, columns)| (sql.many, arrays_of(columns)));
        let (first, second, third) = self
            .wait(async { tokio::try_join!(self.rows(first.0, &first.1), self.rows(second.0, &second.1), self.rows(third.0, &third.1)) })?;
        Ok([read(&first)?, read(&second)?, read(&third)?])
    }

    fn execute_three(&mut self, acts: [(Many, &[Column]); 3]) -> Result<[u64; 3], DbError> {
        let [first, second, third] = acts.map(|(sql, columns)| (sql.many, arrays_of(columns)));
        let (first, second, third) = self.wait(async {
            tokio::try_join!(self.count(first.0, &first.1), self.count(second.0, &second.1), self.count(third.0, &third.1))
        })?;
        Ok([first, second, third])
    }

    fn script(&mut self, sql: &str) -> Result<(), DbError> {
        self.wait(self.client.batch_execute(sql))
    }

    fn begin(&mut self) -> Result<(), DbError> {
        // Rows that decide are locked, so each statement may see what was committed before it.
        self.script("BEGIN ISOLATION LEVEL READ COMMITTED")
    }

    fn commit(&mut self) -> Result<(), DbError> {
        self.script("COMMIT")
    }

    fn rollback(&mut self) -> Result<(), DbError> {
        self.script("ROLLBACK")
    }

    fn is_postgres(&self) -> bool {
        true
    }
}
