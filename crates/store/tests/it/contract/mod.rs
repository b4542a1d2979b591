//! What a store must do, on whichever database: each test takes a place where stores can be opened.

pub(crate) mod casting;
pub(crate) mod changing;
pub(crate) mod counting;
pub(crate) mod model;
pub(crate) mod office;
pub(crate) mod people;

use store::{PeopleKey, Store};

use crate::cluster;

/// An empty database. Stores opened on it are nodes of one service.
pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) beside: Beside,
}

/// A way to the database that does not lead through the store.
pub(crate) enum Beside {
    File(tempfile::TempDir),
    Server(String),
}

impl Place {
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.address, None).await.expect("a store")
    }

    pub(crate) async fn open_with_key(&self, key: &str) -> Store {
        Store::open(&self.address, PeopleKey::parse(key)).await.expect("a store")
    }

    /// Runs statements, written for PostgreSQL, behind the store's back.
    pub(crate) async fn run(&self, sql: &str) {
        self.beside(sql);
    }

    /// The first field of the answer, as text.
    pub(crate) async fn one(&self, sql: &str) -> String {
        self.beside(sql)
    }

    fn beside(&self, sql: &str) -> String {
        match &self.beside {
            Beside::Server(database) => cluster::shared().psql(database, sql).expect(sql),
            Beside::File(folder) => {
                let file = rusqlite::Connection::open(folder.path().join("store.db")).expect("opened");
                let sql = ["board", "people", "office"]
                    .iter()
                    .fold(sql.to_owned(), |sql, group| sql.replace(&format!("{group}."), &format!("{group}_")));
                if !sql.starts_with("SELECT") {
                    file.execute_batch(&sql).expect(&sql);
                    return String::new();
                }
                let text = |value: rusqlite::types::Value| match value {
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
                    rusqlite::types::Value::Text(text) => text,
                    other => format!("{other:?}"),
                };
                file.query_row(&sql, [], |row| row.get(0)).map(text).expect(&sql)
            }
        }
    }
}

/// Runs every test of the contract at a new place.
macro_rules! contract {
    ($place:path) => {
        crate::contract::contract! { $place;
            casting: the_same_request_a_hundred_times_at_once_is_one_ballot, two_casts_with_one_credential_at_once,
                the_last_ballot_counts_where_the_rule_says_so, each_rule_has_its_answer, a_cast_at_the_closing_instant,
                casts_race_the_closing, two_nodes_make_one_chain, a_full_queue_answers_busy_or_done, no_time_finer_than_the_hour;
            changing: a_credential_with_a_ballot_is_never_voided_or_replaced, a_spare_takes_the_place_of_another,
                lines_come_one_after_another, closing_only_becomes_later, a_void_line_and_its_pack_go_together;
            counting: a_real_election_passes_the_verifier, an_event_needs_the_head_that_was_seen, an_election_is_there_once,
                a_list_that_is_none_is_refused;
            people: a_roll_is_loaded_withdrawn_frozen_and_erased, a_frozen_roll_changes_from_what_was_seen_or_not_at_all, another_key_is_refused,
                packs_follow_their_table;
            office: files_have_versions, a_setting_changes_from_what_was_read_or_not_at_all, a_challenge_is_good_once, sessions_end, the_log_is_chained,
                opening_again_changes_nothing, an_act_that_is_refused_leaves_no_line;
            model: any_order_of_acts_is_as_in_the_model;
        }
    };
    ($place:path; $($module:ident: $($test:ident),+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                crate::contract::$module::$test(&$place()).await;
            }
        )+)+
    };
}
pub(crate) use contract;
