//! `SQLite`.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error, OpenFlags};

use super::{DatabaseUrl, QUERY, Recorded, limits};

/// Reads the table.
///
/// # Errors
/// The file cannot be read, or is no database.
pub(super) fn read(url: &DatabaseUrl) -> Result<Recorded, String> {
    // No `SQLITE_OPEN_URI`: the path is a path, whatever it holds.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let said = |error: Error| error.to_string();
    let connection = Connection::open_with_flags(&url.database, flags).map_err(said)?;
    connection.busy_timeout(limits::LOCK).map_err(said)?;
    // The file may be somebody else's: its views and triggers get no functions with effects.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).map_err(said)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(said)?;
    let has_table = connection.table_exists(None, "django_migrations").map_err(said)?;
    if !has_table {
        return Ok(Recorded::default());
    }
    let mut recorded = Recorded { has_table, ..Recorded::default() };
    let mut statement = connection.prepare(QUERY).map_err(said)?;
    let mut rows = statement.query([]).map_err(said)?;
    while let Some(row) = rows.next().map_err(said)? {
        let (app, name): (String, String) = (row.get(0).map_err(said)?, row.get(1).map_err(said)?);
        recorded.add(&app, &name)?;
    }
    Ok(recorded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(path: &std::path::Path) -> Result<Recorded, String> {
        read(&DatabaseUrl::parse(&format!("sqlite:///{}", path.display())).unwrap())
    }

    #[test]
    fn what_is_applied_is_read_and_nothing_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db.sqlite3");
        assert!(asked(&path).unwrap_err().contains("unable to open"));
        assert!(!path.exists());
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE other (id integer)").unwrap();
        assert_eq!(asked(&path).unwrap(), Recorded::default());
        let table = "CREATE TABLE django_migrations (id integer PRIMARY KEY, app varchar(255), name varchar(255), applied datetime);
            INSERT INTO django_migrations VALUES (1, 'shop', '0001_initial', '2024-01-01'), (2, 'blog', '0001_initial', '2024-01-01');";
        connection.execute_batch(table).unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let recorded = asked(&path).unwrap();
        assert!(recorded.has_table);
        let names: Vec<String> = recorded.keys.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["blog.0001_initial", "shop.0001_initial"]);
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::write(&path, "no database at all, but a text that is long enough to be a header").unwrap();
        assert!(asked(&path).unwrap_err().contains("not a database"));
    }

    #[test]
    fn a_view_without_end_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db.sqlite3");
        let view = "CREATE VIEW django_migrations AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                    SELECT 'shop' AS app, i AS name FROM n";
        Connection::open(&path).unwrap().execute_batch(view).unwrap();
        // A view is no table.
        assert_eq!(asked(&path).unwrap(), Recorded::default());
    }
}
