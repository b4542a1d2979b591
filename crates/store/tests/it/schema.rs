//! The table of fields in docs/spec/store.md names the fields that there are, in both databases.

use std::collections::BTreeSet;

use store::Store;

use crate::cluster;

fn documented() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/spec/store.md");
    let text = std::fs::read_to_string(path).expect(path);
    let mut fields = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        // Names in the first cell; then purpose, reader, retention: none of them empty.
        assert!(cells.len() == 4 && cells.iter().all(|cell| !cell.is_empty()), "{line}");
        let names: Vec<&str> = cells[0].split('`').filter(|part| !part.trim_matches([',', ' ']).is_empty()).collect();
        let table = names[0].rsplit_once('.').expect("group.table.field").0;
        for name in &names {
            let name = if name.contains('.') { (*name).to_owned() } else { format!("{table}.{name}") };
            assert!(fields.insert(name.clone()), "{name} stands there twice");
        }
    }
    fields
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_is_in_the_table_and_every_row_of_it_is_a_field() {
    let documented = documented();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.db");
    Store::open(&format!("sqlite:{}", file.display()), None).await.expect("a store");
    let connection = rusqlite::Connection::open(&file).expect("opened");
    let sql = "SELECT t.name || '.' || c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'";
    let mut statement = connection.prepare(sql).expect(sql);
    let fields = statement.query_map([], |row| row.get::<_, String>(0)).expect(sql);
    let in_sqlite: BTreeSet<String> = fields.map(|field| field.expect("text").replacen('_', ".", 1)).collect();
    assert_eq!(in_sqlite, documented);

    let cluster = cluster::shared();
    let database = cluster.database();
    Store::open(&cluster.address(&database), None).await.expect("a store");
    let sql = "SELECT table_schema || '.' || table_name || '.' || column_name FROM information_schema.columns \
               WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
    let in_postgresql: BTreeSet<String> = cluster.psql(&database, sql).expect(sql).lines().map(str::to_owned).collect();
    assert_eq!(in_postgresql, documented);
}
