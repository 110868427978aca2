//! The table of facts held to what the servers answered, and to itself.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::database::statement_kind::{AddColumn, ColumnFill, ConstraintKind, TableSource};

#[derive(Deserialize)]
struct Record {
    version: serde_json::Value,
    rows: BTreeMap<String, RecordedRow>,
    #[serde(default)]
    type_changes: Vec<RecordedChange>,
}

#[derive(Deserialize)]
struct RecordedRow {
    #[serde(default)]
    refused: Option<serde_json::Value>,
    #[serde(default)]
    locks: BTreeMap<String, String>,
    #[serde(default)]
    rewrites: bool,
    #[serde(default)]
    scans: Vec<String>,
    #[serde(default)]
    builds_index: bool,
    #[serde(default)]
    transactional: bool,
    #[serde(default)]
    algorithm: Option<String>,
}

#[derive(Deserialize)]
struct RecordedChange {
    from: String,
    to: String,
    #[serde(default)]
    refused: bool,
    #[serde(default)]
    rewrites: bool,
    #[serde(default)]
    builds_index: Option<bool>,
    #[serde(default)]
    algorithm: Option<String>,
}

const POSTGRESQL: (Vendor, (u16, u16), &str, &str) =
    (Vendor::PostgreSql, (15, 0), "postgresql-15", include_str!("../measured/postgresql-15.json"));

const MARIADB: (Vendor, (u16, u16), &str, &str) =
    (Vendor::MariaDb, (10, 11), "mariadb-10.11", include_str!("../measured/mariadb-10.11.json"));

const SQLITE: (Vendor, (u16, u16), &str, &str) =
    (Vendor::Sqlite, (3, 40), "sqlite-3.40", include_str!("../measured/sqlite-3.40.json"));

const RECORDS: [(Vendor, (u16, u16), &str, &str); 3] = [POSTGRESQL, MARIADB, SQLITE];

fn record(text: &str) -> Record {
    serde_json::from_str(text).unwrap()
}

fn at(vendor: Vendor, major: u16, minor: u16) -> Dialect {
    Dialect { vendor, version: Some((major, minor)) }
}

/// Each measured row is what the server answered, and each answer has its row.
#[test]
fn measured_rows_are_as_recorded() {
    for (vendor, (major, minor), name, text) in RECORDS {
        let record = record(text);
        let (version, _) = versions(at(vendor, major, minor));
        let rows = rows(vendor);
        let current =
            |form: &str| rows.iter().find(|row| row.form.name() == form && row.covers(version, version));
        for (recorded, answer) in &record.rows {
            let form = recorded.split(':').next().unwrap();
            let row = current(form).unwrap_or_else(|| panic!("{name}: no row {form}"));
            assert_eq!(row.refused, answer.refused.is_some(), "{name}: {recorded}: refused");
            if row.refused {
                continue;
            }
            let locks: BTreeMap<String, String> = row
                .locks()
                .map(|(role, mode)| (role.as_str().to_owned(), mode.as_str().to_owned()))
                .collect();
            assert_eq!(locks, answer.locks, "{name}: {recorded}: locks");
            assert_eq!(row.rewrites, answer.rewrites, "{name}: {recorded}: rewrites");
            assert_eq!(row.builds_index, answer.builds_index, "{name}: {recorded}: builds an index");
            assert_eq!(row.transactional, answer.transactional, "{name}: {recorded}: transactional");
            let algorithm = row.algorithm.map(|algorithm| algorithm.as_str().to_owned());
            assert_eq!(algorithm, answer.algorithm, "{name}: {recorded}: algorithm");
            for role in Role::ALL {
                let scans = answer.scans.iter().any(|scanned| scanned == role.as_str());
                assert_eq!(row.reads_all(role), scans, "{name}: {recorded}: scans {}", role.as_str());
            }
        }
        let asked = |row: &Row| record.rows.keys().any(|key| key.split(':').next() == Some(row.form.name()));
        for row in rows {
            match row.evidence {
                Evidence::Measured { record, .. } => {
                    assert_eq!(record, name, "{:?}", row.form);
                    assert!(asked(row), "{name}: {:?} was not measured", row.form);
                }
                Evidence::Manual { .. } => {
                    let same = row.covers(version, version);
                    assert!(!same || !asked(row), "{name}: {:?} was measured and says manual", row.form);
                }
            }
        }
        assert!(!record.version.is_null());
    }
}

/// Each form has a row in each database, or is said not to exist there; no two rows of a form overlap.
#[test]
fn tables_are_complete() {
    for (vendor, rows, absent) in [
        (Vendor::PostgreSql, postgresql::ROWS, postgresql::ABSENT),
        (Vendor::MySql, mysql::ROWS, mysql::ABSENT),
        (Vendor::MariaDb, mariadb::ROWS, mariadb::ABSENT),
        (Vendor::Sqlite, sqlite::ROWS, sqlite::ABSENT),
    ] {
        for form in Form::ALL {
            let mut of_form: Vec<&Row> = rows.iter().filter(|row| row.form == *form).collect();
            let open = vendor == Vendor::MySql && mysql::OPEN.contains(form);
            assert_eq!(of_form.is_empty(), open || absent.contains(form), "{vendor:?}: {form:?}");
            of_form.sort_by_key(|row| row.since);
            for pair in of_form.windows(2) {
                assert!(pair[0].before <= pair[1].since, "{vendor:?}: {form:?} overlaps");
            }
        }
    }
}

#[test]
fn changes_of_type_are_as_measured() {
    for (vendor, (major, minor), name, text) in RECORDS {
        let dialect = at(vendor, major, minor);
        for change in record(text).type_changes {
            let expected =
                match (change.refused, change.rewrites, change.builds_index, change.algorithm.as_deref()) {
                    (true, ..) => continue,
                    (_, true, ..) | (_, _, _, Some("COPY" | "INPLACE")) => TypeChange::Rewrite,
                    (_, _, Some(true), _) => TypeChange::Index,
                    _ => TypeChange::Compatible,
                };
            // The record was made in a UTC session.
            let written = |text: &str| match vendor {
                Vendor::MariaDb => with_charset(text),
                _ => text.to_owned(),
            };
            let found = match type_change(dialect, &written(&change.from), &written(&change.to)) {
                TypeChange::IndexOrRewrite => TypeChange::Index,
                found => found,
            };
            // Whether a change of collation or character set is one of the column's indexes, too.
            let open = vendor == Vendor::MariaDb
                && change.to.contains("utf8mb4")
                && found == TypeChange::Unknown
                && change.from != change.to;
            assert!(found == expected || open, "{name}: {} to {}: {found:?}", change.from, change.to);
        }
    }
}

/// The record's MariaDB database has that character set.
fn with_charset(written: &str) -> String {
    let silent = written.starts_with("varchar") && written.ends_with(')');
    if silent { format!("{written} CHARACTER SET utf8mb4") } else { written.to_owned() }
}

#[test]
fn changes_of_type_beside_the_record() {
    let postgresql = |old, new| type_change(at(Vendor::PostgreSql, 15, 0), old, new);
    assert_eq!(postgresql("varchar(20)", "my_domain"), TypeChange::Unknown);
    assert_eq!(postgresql("my_domain", "my_domain"), TypeChange::Compatible);
    assert_eq!(postgresql("timestamp(3)[]", "timestamptz(3)[]"), TypeChange::Rewrite);
    assert_eq!(postgresql("timestamp", "timestamp with time zone"), TypeChange::IndexOrRewrite);
    assert_eq!(type_change(at(Vendor::PostgreSql, 11, 0), "timestamp", "timestamptz"), TypeChange::Rewrite);

    let mysql = |old, new| type_change(at(Vendor::MySql, 8, 0), old, new);
    // The boundary lies at 255 bytes: 63 characters of utf8mb4, 255 of latin1.
    assert_eq!(mysql("varchar(63)", "varchar(64)"), TypeChange::Unknown);
    assert_eq!(mysql("varchar(20)", "varchar(60)"), TypeChange::Compatible);
    assert_eq!(mysql("varchar(60)", "varchar(300)"), TypeChange::Rewrite);
    assert_eq!(mysql("integer", "int(11)"), TypeChange::Compatible);
    assert_eq!(mysql("integer UNSIGNED", "integer"), TypeChange::Rewrite);
    assert_eq!(mysql("varchar(10)", "my type"), TypeChange::Unknown);
}

fn postgresql(kind: StatementKind, major: u16) -> Facts {
    facts(&kind, at(Vendor::PostgreSql, major, 0)).unwrap()
}

#[test]
fn a_statement_is_the_sum_of_its_clauses() {
    let column =
        AddColumn { fill: ColumnFill::Constant, references: true, unique: true, ..AddColumn::default() };
    let found = postgresql(StatementKind::AddColumn(column), 15);
    assert_eq!(found.lock(Role::Target).unwrap().mode, LockMode::AccessExclusive);
    assert_eq!(found.lock(Role::Referenced).unwrap().mode, LockMode::ShareRowExclusive);
    assert_eq!(found.blocks(Role::Referenced), Blocks::Writes);
    assert!(found.scans(Role::Target).is_yes() && found.builds_index.is_yes() && found.rewrites.is_no());
    assert_eq!(found.duration(), Duration::Proportional);
    assert!(found.is_measured());
}

#[test]
fn what_is_unknown_stays_unknown_and_the_worse_lock_counts() {
    let column = AddColumn { fill: ColumnFill::Unknown, ..AddColumn::default() };
    let found = postgresql(StatementKind::AddColumn(column), 15);
    assert_eq!((found.rewrites, found.duration()), (Answer::Unknown, Duration::Unknown));
    assert!(found.lock(Role::Target).unwrap().certain);

    let found = postgresql(StatementKind::DropConstraint(ConstraintKind::Unknown), 15);
    assert!(found.lock(Role::Target).unwrap().certain);
    assert!(!found.lock(Role::Referenced).unwrap().certain);
    assert_eq!(found.duration(), Duration::Brief);
}

#[test]
fn the_version_decides() {
    let stable = StatementKind::AddColumn(AddColumn { fill: ColumnFill::Stable, ..AddColumn::default() });
    assert!(postgresql(stable, 10).rewrites.is_yes());
    assert!(postgresql(stable, 11).rewrites.is_no());
    let rename = postgresql(StatementKind::RenameIndex, 11);
    assert_eq!(rename.blocks(Role::Target), Blocks::Reads);
    assert_eq!(postgresql(StatementKind::RenameIndex, 12).blocks(Role::Target), Blocks::None);
    let generated =
        StatementKind::AddColumn(AddColumn { fill: ColumnFill::GeneratedVirtual, ..AddColumn::default() });
    assert_eq!(facts(&generated, at(Vendor::PostgreSql, 17, 0)), None);
    assert!(postgresql(generated, 18).rewrites.is_no());
    // Without a version: all that are still supported.
    let any = facts(&StatementKind::RenameIndex, Dialect::new(Vendor::PostgreSql)).unwrap();
    assert_eq!(any.strongest().unwrap().mode, LockMode::ShareUpdateExclusive);
}

#[test]
fn a_new_table_is_in_nobodys_way() {
    let found = postgresql(StatementKind::CreateTable(TableSource::Columns { references: true }), 15);
    assert_eq!(found.strongest().unwrap().role, Role::Referenced);
    assert_eq!(found.blocks(Role::Target), Blocks::None);
}

#[test]
fn a_locked_index_stops_readers_of_the_table() {
    let reindex = postgresql(StatementKind::Reindex { concurrently: false }, 15);
    assert_eq!(reindex.lock(Role::Target).unwrap().mode, LockMode::Share);
    assert_eq!(reindex.blocks(Role::Target), Blocks::Reads);
}

fn other(kind: StatementKind, vendor: Vendor, major: u16, minor: u16) -> Facts {
    facts(&kind, at(vendor, major, minor)).unwrap()
}

#[test]
fn the_worse_algorithm_of_what_is_possible() {
    let drop = StatementKind::DropColumn { references: Answer::No, indexed: Answer::No };
    assert_eq!(other(drop, Vendor::MySql, 8, 0).algorithm, Some(Algorithm::Instant));
    assert!(other(drop, Vendor::MySql, 8, 0).transactional.is_no());
    let unknown = StatementKind::AlterType {
        change: TypeChange::Unknown,
        references: Answer::No,
        referenced: Answer::No,
    };
    let found = other(unknown, Vendor::MariaDb, 10, 11);
    assert_eq!((found.algorithm, found.rewrites), (Some(Algorithm::Copy), Answer::Unknown));
    // A default that may be volatile: MySQL's manual leaves that open, so nothing is said.
    let column = StatementKind::AddColumn(AddColumn { fill: ColumnFill::Unknown, ..AddColumn::default() });
    assert_eq!(facts(&column, at(Vendor::MySql, 8, 4)), None);
    assert_eq!(other(column, Vendor::MariaDb, 10, 11).rewrites, Answer::Unknown);
    // What is copied lets writes go on from 11.2.
    let check = StatementKind::AddCheck { not_valid: false };
    assert_eq!(other(check, Vendor::MariaDb, 10, 11).blocks(Role::Target), Blocks::Writes);
    assert_eq!(other(check, Vendor::MariaDb, 11, 4).blocks(Role::Target), Blocks::None);
}

#[test]
fn sqlite_locks_the_whole_database() {
    let sqlite = |kind| facts(&kind, at(Vendor::Sqlite, 3, 40)).unwrap();
    let drop = sqlite(StatementKind::DropColumn { references: Answer::No, indexed: Answer::No });
    assert_eq!(drop.blocks(Role::Target), Blocks::Writes);
    assert_eq!(drop.blocks(Role::Referenced), Blocks::Writes);
    assert!(drop.rewrites.is_yes());
    let unique = AddColumn { unique: true, ..AddColumn::default() };
    assert!(sqlite(StatementKind::AddColumn(unique)).refused.is_yes());
}
