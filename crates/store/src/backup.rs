//! A copy of a SQLite database while it is in use. PostgreSQL has its own tools: docs/spec/store.md.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::error::{Refusal, StoreError};
use crate::sqlite::{Sqlite, opening};

/// Writes a copy as of now of a SQLite database, whether it is served or not, to a new file, which is there whole or not at all. Neither is
/// changed, and no key is needed: the people's data in the copy are encrypted as they are there.
///
/// # Errors
/// The address is none of SQLite, there is no such database, the file is there already, or the disk failed.
pub async fn backup(address: &str, path: &Path) -> Result<(), StoreError> {
    let Some(source) = address.strip_prefix("sqlite:").map(PathBuf::from) else {
        let why = "a PostgreSQL database is copied with pg_basebackup or pg_dump".to_owned();
        return Err(Refusal::Form { what: "backup", why }.into());
    };
    let target = path.to_owned();
    crate::blocking(move || copy(&source, &target)).await
}

fn copy(source: &Path, target: &Path) -> Result<(), StoreError> {
    if target.exists() {
        return Err(Refusal::Exists { what: "file", name: target.display().to_string() }.into());
    }
    let mut name = target.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    let done = copy_pages(source, &partial).and_then(|()| {
        let disk = |error: std::io::Error| StoreError::Database(format!("{}: {error}", target.display()));
        std::fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(disk)?;
        std::fs::rename(&partial, target).map_err(disk)?;
        // The name is durable only with its folder.
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk)
    });
    if done.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    done
}

fn copy_pages(source: &Path, partial: &Path) -> Result<(), StoreError> {
    if partial.exists() {
        std::fs::remove_file(partial).map_err(|error| StoreError::Database(format!("{}: {error}", partial.display())))?;
    }
    let reader = Sqlite::reader(source)?;
    let mut copy = Connection::open(partial).map_err(|error| opening(partial, &error))?;
    // A snapshot held by the reader: the copy does not begin again with every ballot that comes meanwhile.
    let ours = "SELECT count(*) FROM sqlite_master WHERE name = 'office_migration'";
    reader.connection().execute_batch("BEGIN").map_err(|error| opening(source, &error))?;
    if reader.connection().query_row(ours, [], |row| row.get::<_, i64>(0)).map_err(|error| opening(source, &error))? == 0 {
        return Err(StoreError::Foreign(format!("{} has not the tables of a poll", source.display())));
    }
    {
        let backup = Backup::new(reader.connection(), &mut copy).map_err(|error| opening(partial, &error))?;
        backup.run_to_completion(1_024, Duration::ZERO, None).map_err(|error| opening(partial, &error))?;
    }
    // A copy is one file.
    copy.execute_batch("PRAGMA journal_mode = DELETE").map_err(|error| opening(partial, &error))?;
    copy.close().map_err(|(_, error)| opening(partial, &error))
}
