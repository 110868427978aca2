//! What SQL locks, told as JSON: standard input holds
//! `{"dialect": "postgresql:15", "sql": […], "types": {"table.column": "integer"},
//! "indexes": {"index": "table"}, "constraints": {"name": ["f", "table"]},
//! "foreign_keys": {"table": […]}}`, standard output the locks of each statement and what waits on
//! each table at worst. `scripts/measure_blocking.py` holds that against a busy server.

use std::collections::BTreeMap;

use anyhow::Context;
use migcheck::database::facts::{Blocks, Role, facts, type_change};
use migcheck::database::sql::{Action, Reading, read};
use migcheck::database::statement_kind::{Answer, ConstraintKind, StatementKind};
use migcheck::database::{Dialect, Facts};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the statements need to know of the database.
#[derive(Deserialize)]
struct Asked {
    dialect: String,
    sql: Vec<String>,
    types: BTreeMap<String, String>,
    indexes: BTreeMap<String, String>,
    /// `pg_constraint.contype` and the table referred to.
    constraints: BTreeMap<String, (String, Option<String>)>,
    foreign_keys: BTreeMap<String, Vec<String>>,
}

fn main() -> anyhow::Result<()> {
    let asked: Asked = serde_json::from_reader(std::io::stdin()).context("standard input")?;
    let dialect: Dialect = asked.dialect.parse()?;
    let mut tables: BTreeMap<String, Blocks> = BTreeMap::new();
    let mut told: Vec<Value> = Vec::new();
    for sql in &asked.sql {
        for statement in read(dialect.vendor, sql) {
            let Reading::Actions(actions) = statement.reading else {
                told.push(json!({"sql": sql, "unread": true}));
                continue;
            };
            for action in actions {
                let (kind, referenced) = resolved(&action, dialect, &asked);
                let facts = facts(&kind, dialect);
                let target = action
                    .target
                    .map(|table| table.name)
                    .or_else(|| action.object.as_ref().and_then(|index| asked.indexes.get(index).cloned()));
                if let Some(facts) = &facts {
                    note(&mut tables, target.as_ref(), facts.blocks(Role::Target));
                    for table in &referenced {
                        note(&mut tables, Some(table), facts.blocks(Role::Referenced));
                    }
                }
                told.push(json!({
                    "sql": sql,
                    "kind": format!("{kind:?}"),
                    "table": target,
                    "referenced": referenced,
                    "locks": facts.as_ref().map(locks),
                }));
            }
        }
    }
    let tables: BTreeMap<&String, &str> =
        tables.iter().map(|(table, blocks)| (table, name(*blocks))).collect();
    println!("{}", json!({"tables": tables, "statements": told}));
    Ok(())
}

fn note(tables: &mut BTreeMap<String, Blocks>, table: Option<&String>, blocks: Blocks) {
    if let Some(table) = table {
        let worst = tables.entry(table.clone()).or_insert(Blocks::None);
        *worst = (*worst).max(blocks);
    }
}

fn name(blocks: Blocks) -> &'static str {
    match blocks {
        Blocks::None => "none",
        Blocks::Writes => "writes",
        Blocks::Reads => "reads",
    }
}

fn locks(facts: &Facts) -> Vec<Value> {
    let lock = |lock: &migcheck::database::facts::TableLock| json!({"role": lock.role.as_str(), "mode": lock.mode.as_str(), "certain": lock.certain});
    facts.locks.iter().map(lock).collect()
}

/// The statement with what the database knows and the SQL does not say.
fn resolved(action: &Action, dialect: Dialect, asked: &Asked) -> (StatementKind, Vec<String>) {
    let mut referenced: Vec<String> = action.referenced.iter().map(|table| table.name.clone()).collect();
    let object = action.object.clone().unwrap_or_default();
    let table = action.target.as_ref().map(|table| table.name.clone()).unwrap_or_default();
    let column = format!("{table}.{object}");
    let keys = asked.foreign_keys.get(&table).cloned().unwrap_or_default();
    let kind = match action.kind {
        StatementKind::AlterType { .. } => {
            let old = asked.types.get(&column).map_or("", String::as_str);
            let new = action.column_type.as_deref().unwrap_or_default();
            let change = type_change(dialect, old, new);
            StatementKind::AlterType { change, references: Answer::No, referenced: Answer::No }
        }
        StatementKind::DropConstraint(_) | StatementKind::ValidateConstraint(_) => {
            let Some((letter, other)) = asked.constraints.get(&object) else {
                return (action.kind, referenced);
            };
            referenced.extend(other.clone());
            let constraint = match letter.as_str() {
                "f" => ConstraintKind::ForeignKey,
                "u" => ConstraintKind::Unique,
                "p" => ConstraintKind::PrimaryKey,
                "c" => ConstraintKind::Check,
                _ => ConstraintKind::Unknown,
            };
            match action.kind {
                StatementKind::DropConstraint(_) => StatementKind::DropConstraint(constraint),
                _ => StatementKind::ValidateConstraint(constraint),
            }
        }
        StatementKind::DropTable { .. } => {
            referenced.extend(keys);
            StatementKind::DropTable { references: (!referenced.is_empty()).into(), referenced: Answer::No }
        }
        kind => kind,
    };
    (kind, referenced)
}
