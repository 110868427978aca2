//! `table-remake`: Django makes the table anew.

use super::context::describe;
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::django::schema::Statement;
use crate::report::{Aspect, Blocks, Help, LockInfo, Severity};

/// Finds operations for which Django makes a table of SQLite anew.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "table-remake",
        severity: Severity::Pedantic,
        aspect: Aspect::Locks,
        summary: "on SQLite, Django makes the table anew",
        what: "Fires, on SQLite, once a migration and table, where Django carries out an operation on a table in use by making a new table, copying all rows, dropping the old one and renaming the new one. Off unless asked for: nearly every change of a column does so there, and a database that \
is in use by many is seldom SQLite.",
        why: "No other connection can write to any table of the database until the migration is done, and the copy takes the table's size in free space.",
        example: "class Migration(migrations.Migration):
    operations = [migrations.AlterField(\"order\", \"number\", models.BigIntegerField())]",
        safe_way: "Nothing, for a small database. For a big one, plan a pause, and put the operations on one table into one migration.",
        evidence: "Django: `DatabaseSchemaEditor._remake_table`, `django/db/backends/sqlite3/schema.py`.",
        dialects: Dialects::Only(&[Vendor::Sqlite]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let mut told: Vec<String> = Vec::new();
    let remade =
        cx.impact.statements.iter().filter(|_| !cx.initial).filter_map(|planned| match &planned.statement {
            Statement::CopyRows { from, to, .. } if to.starts_with("new__") => Some((planned, from)),
            _ => None,
        });
    for (planned, table) in remade {
        let new =
            planned.actions.iter().flat_map(|costed| &costed.tables).any(|one| one.new && one.name == *table);
        let Some(effect) = cx.effects.get(planned.step).filter(|_| !new && !told.contains(table)) else {
            continue;
        };
        told.push(table.clone());
        let message = format!(
            "`{}` makes Django copy table `{table}` into a new one: nobody can write to the database until it is done",
            describe(effect.operation)
        );
        let operation = super::OperationContext { migration: cx, effect };
        let lock =
            LockInfo { mode: "RESERVED".to_owned(), blocks: Blocks::Writes, rewrites: true, scans: true, held: false };
        let help = Help::text("Nothing to do for a small table; for a big one, plan a pause.");
        sink.report(
            operation.finding(&RULE.info, message).table(Some(table.clone())).lock(Some(lock)).help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn on(dialect: &str, operations: Vec<Operation>) -> usize {
        let mut input = input(vec![initial(), migration("0002_second", &["0001_initial"], operations, "")]);
        input.dialect = dialect.parse().unwrap();
        let mut options = CheckOptions::default();
        options.selection.select.insert("table-remake");
        check(&input, &options).findings.len()
    }

    #[test]
    fn fires_once_a_table() {
        let change = || alter("code", field("IntegerField", &[]));
        assert_eq!(on("sqlite", vec![change()]), 1);
        assert_eq!(on("sqlite", vec![change(), alter("note", field("IntegerField", &[]))]), 1);
        assert_eq!(on("sqlite", vec![add("x", nullable("TextField", &[]))]), 0);
        assert_eq!(on("postgresql", vec![change()]), 0);
        let new = [("id", field("BigAutoField", &[("primary_key", Value::Bool(true))]))];
        assert_eq!(on("sqlite", vec![create("Line", &new, &[])]), 0);
    }
}
