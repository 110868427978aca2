//! What a running database says it has applied: one query of `django_migrations`, in a transaction that can
//! only read.
//!
//! The drivers come with the Cargo feature `database`; addresses are read without it.

#[cfg(feature = "database")]
mod mysql;
#[cfg(feature = "database")]
mod postgresql;
#[cfg(feature = "database")]
mod sqlite;
#[cfg(feature = "database")]
mod tls;
mod url;

use std::collections::BTreeSet;

use thiserror::Error;

use crate::django::keys::MigrationKey;
pub use url::{DatabaseUrl, Engine, UrlError};

/// What is asked (`MigrationRecorder.applied_migrations`, `django/db/migrations/recorder.py`).
pub const QUERY: &str = "SELECT app, name FROM django_migrations";

/// What the table says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// What is applied.
    pub keys: BTreeSet<MigrationKey>,
    /// There is such a table; without it nothing was ever applied there.
    pub has_table: bool,
}

/// Why a database did not say what it has applied.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum LiveError {
    /// No drivers.
    #[error(
        "this migcheck was built without database drivers: build it with `cargo install --path . --features \
         database`, or give the answer to `{QUERY}` as CSV to --applied"
    )]
    NotBuilt,
    /// It refused, or could not be reached.
    #[error("{0}")]
    Refused(String),
    /// It took too long.
    #[error("no answer within {0} seconds")]
    Timeout(u64),
}

/// Asks a database what it has applied.
///
/// # Errors
/// It cannot be reached, refuses, or takes too long; or there are no drivers. No text of the error holds the
/// password.
#[cfg(not(feature = "database"))]
pub fn recorded(_: &DatabaseUrl) -> Result<Recorded, LiveError> {
    Err(LiveError::NotBuilt)
}

/// Asks a database what it has applied.
///
/// # Errors
/// It cannot be reached, refuses, or takes too long; or there are no drivers. No text of the error holds the
/// password.
#[cfg(feature = "database")]
pub fn recorded(url: &DatabaseUrl) -> Result<Recorded, LiveError> {
    use std::sync::mpsc::{RecvTimeoutError, channel};

    // Not every wait inside a driver can be bounded, so the whole is.
    let (sender, receiver) = channel();
    let of_thread = url.clone();
    std::thread::spawn(move || {
        let answer = match of_thread.engine {
            Engine::PostgreSql => postgresql::read(&of_thread),
            Engine::MySql => mysql::read(&of_thread),
            Engine::Sqlite => sqlite::read(&of_thread),
        };
        let _ = sender.send(answer);
    });
    match receiver.recv_timeout(limits::WHOLE) {
        Ok(answer) => answer.map_err(|reason| LiveError::Refused(url.without_password(&reason))),
        Err(RecvTimeoutError::Timeout) => Err(LiveError::Timeout(limits::WHOLE.as_secs())),
        Err(RecvTimeoutError::Disconnected) => {
            Err(LiveError::Refused("its answer could not be read".to_owned()))
        }
    }
}

/// How long is waited, and how much is read.
#[cfg(feature = "database")]
mod limits {
    use std::time::Duration;

    /// For a connection.
    pub(super) const CONNECT: Duration = Duration::from_secs(10);
    /// For the answer.
    pub(super) const STATEMENT: Duration = Duration::from_secs(20);
    /// For a lock on the table, which a `migrate` that runs may hold.
    pub(super) const LOCK: Duration = Duration::from_secs(5);
    /// For all of it.
    pub(super) const WHOLE: Duration = Duration::from_secs(40);
    /// The most rows; no project comes near.
    pub(super) const ROWS: usize = 1_000_000;
}

#[cfg(feature = "database")]
impl Recorded {
    /// Takes in a row.
    fn add(&mut self, app: &str, name: &str) -> Result<(), String> {
        use crate::django::keys::AppLabel;

        if self.keys.len() == limits::ROWS {
            return Err(format!("django_migrations has more than {} rows", limits::ROWS));
        }
        self.keys.insert(MigrationKey::new(AppLabel::new(app), name));
        Ok(())
    }
}
