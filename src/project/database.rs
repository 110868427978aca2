//! Which database a project runs on, by `DATABASES`.

use std::sync::Arc;

use super::settings::entries;
use crate::django::runtime::SettingsValues;
use crate::python::value::{Unknown, Value};

/// A database that Django knows, or a backend built on one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// PostgreSQL, `PostGIS` included.
    PostgreSql,
    /// MySQL; MariaDB goes by the same backend.
    MySql,
    /// SQLite, `SpatiaLite` included.
    Sqlite,
    /// Oracle.
    Oracle,
}

/// `DATABASES` as far as it matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Databases {
    /// The default's `ENGINE` as written.
    pub backend: Option<Arc<str>>,
    /// What that is.
    pub engine: Option<Engine>,
    /// Aliases, in order.
    pub aliases: Vec<Arc<str>>,
    /// What a session's `lock_timeout` is set to by `OPTIONS`, as written (`5s`, `5000`).
    pub lock_timeout: Option<String>,
    /// `DATABASE_ROUTERS`, where they are known.
    pub routers: Vec<Arc<str>>,
    /// Why the default's engine is not known.
    pub unknown: Option<Arc<Unknown>>,
}

/// Engines by a word in a part of their backend's name. `PostgreSQL` variants come first, as
/// `cockroachdb` and others speak its dialect only in part and are left out.
const WORDS: &[(&str, Engine)] = &[
    ("postgresql", Engine::PostgreSql),
    ("postgis", Engine::PostgreSql),
    ("postgres", Engine::PostgreSql),
    ("psqlextra", Engine::PostgreSql),
    ("psycopg", Engine::PostgreSql),
    ("mysql", Engine::MySql),
    ("mariadb", Engine::MySql),
    ("sqlite3", Engine::Sqlite),
    ("sqlite", Engine::Sqlite),
    ("spatialite", Engine::Sqlite),
    ("oracle", Engine::Oracle),
];

impl Engine {
    /// The database of a backend's dotted name: `django.db.backends.postgresql`, and
    /// `django_prometheus.db.backends.postgresql` or `django_tenants.postgresql_backend`, too.
    pub fn of_backend(backend: &str) -> Option<Self> {
        let words = backend.rsplit('.').flat_map(|part| part.split('_'));
        words.into_iter().find_map(|word| {
            WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, engine)| *engine)
        })
    }
}

impl Databases {
    /// What the settings say.
    pub(crate) fn of(settings: &SettingsValues) -> Self {
        let mut databases = Self::default();
        let Some(value) = settings.get("DATABASES") else { return databases };
        if let Value::Unknown(why) = &value {
            databases.unknown = Some(why.clone());
        }
        for (alias, entry) in entries(&value) {
            if &*alias == "default" {
                databases.read_default(&entry);
            }
            databases.aliases.push(alias);
        }
        if let Some(routers) = settings.get("DATABASE_ROUTERS") {
            let items = routers.items().unwrap_or_default();
            databases.routers = items.iter().filter_map(|item| item.as_str().map(Arc::from)).collect();
        }
        databases
    }

    fn read_default(&mut self, entry: &Value) {
        if let Value::Unknown(why) = entry {
            self.unknown = Some(why.clone());
        }
        for (key, value) in entries(entry) {
            match (&*key, &value) {
                ("ENGINE", Value::Unknown(why)) => self.unknown = Some(why.clone()),
                ("ENGINE", _) => {
                    self.backend = value.as_str().map(Arc::from);
                    self.engine = value.as_str().and_then(Engine::of_backend);
                }
                ("OPTIONS", options) => {
                    for (option, value) in entries(options) {
                        if matches!(&*option, "options" | "init_command")
                            && let Some(text) = value.as_str()
                        {
                            self.lock_timeout = lock_timeout(text);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// `5s` of `-c lock_timeout=5s -c statement_timeout=…`, and of MySQL's `SET SESSION lock_wait_timeout=5`.
fn lock_timeout(options: &str) -> Option<String> {
    let at = ["lock_timeout", "lock_wait_timeout"].iter().find_map(|name| {
        let at = options.find(name)?;
        options.get(at + name.len()..)
    })?;
    let value = at.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['\'', '"']);
    let end = value.find(|c: char| !c.is_alphanumeric()).unwrap_or(value.len());
    value.get(..end).filter(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_backends_by_their_names() {
        let engine = Engine::of_backend;
        assert_eq!(engine("django.db.backends.postgresql"), Some(Engine::PostgreSql));
        assert_eq!(engine("django.contrib.gis.db.backends.postgis"), Some(Engine::PostgreSql));
        assert_eq!(engine("django_prometheus.db.backends.postgresql"), Some(Engine::PostgreSql));
        assert_eq!(engine("django_tenants.postgresql_backend"), Some(Engine::PostgreSql));
        assert_eq!(engine("psqlextra.backend"), Some(Engine::PostgreSql));
        assert_eq!(engine("mysql.connector.django"), Some(Engine::MySql));
        assert_eq!(engine("django.contrib.gis.db.backends.spatialite"), Some(Engine::Sqlite));
        assert_eq!(engine("django.db.backends.dummy"), None);
    }

    #[test]
    fn reads_a_lock_timeout() {
        assert_eq!(lock_timeout("-c lock_timeout=5s -c statement_timeout=10s").as_deref(), Some("5s"));
        assert_eq!(lock_timeout("-c statement_timeout=10s"), None);
    }
}
