//! `copy-algorithm`: the table is copied while writes wait.

use std::collections::BTreeSet;

use super::statements::{database, in_use};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::{Algorithm, Blocks as Waits};
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Help, Severity};

/// Finds changes that MySQL or MariaDB can do neither INSTANT nor INPLACE.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "copy-algorithm",
        severity: Severity::Error,
        aspect: Aspect::Locks,
        summary: "the database can do the change neither INSTANT nor INPLACE",
        what: "Fires, on MySQL and MariaDB, where a statement on a table in use can be carried out with `ALGORITHM=COPY` alone: a change of a column's type, a foreign key (with `foreign_key_checks` on, as Django leaves it), a check on MySQL, a stored generated column, a FULLTEXT index that blocks writes.",
        why: "The server makes a copy of the table row by row and lets nobody write until it is done.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterField(\"order\", \"number\", models.BigIntegerField()),
    ]",
        safe_way: "`gh-ost` or `pt-online-schema-change` for the statement, the operation in the state alone (`SeparateDatabaseAndState`); or a new column beside the old one.",
        evidence: "MySQL manual, Online DDL Operations; MariaDB: measured on 10.11 by asking for each ALGORITHM in turn.",
        dialects: Dialects::Only(&[Vendor::MySql, Vendor::MariaDb]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let mut told = BTreeSet::new();
    for seen in in_use(cx) {
        let Some(facts) = &seen.costed.facts else { continue };
        let blocks = seen.costed.blocks() >= Waits::Writes;
        let copies = facts.algorithm == Some(Algorithm::Copy) && facts.rewrites.is_yes();
        if !blocks
            || !(copies || facts.algorithm.is_some() && facts.builds_index.is_yes())
            || facts.refused.is_yes()
        {
            continue;
        }
        // A type that changes takes its foreign keys off and puts them back: one copy more, one finding.
        if !told.insert((seen.planned.step, seen.table())) {
            continue;
        }
        let how = if copies { "copied row by row" } else { "locked" };
        let message = format!(
            "{} makes {} do it with {}: table `{}` is {how} and writes wait until it is done",
            what(seen.kind(), seen.costed.action.object.as_deref()),
            database(cx.project.dialect),
            if copies { "ALGORITHM=COPY" } else { "LOCK=SHARED" },
            seen.table()
        );
        let help = Help::text(format!(
            "Run the statement with `gh-ost` or `pt-online-schema-change`, and the operation in the state alone: \
`migrations.SeparateDatabaseAndState(database_operations=[], state_operations=[…])`. The statement: `{}`",
            seen.planned.sql.trim().trim_end_matches(';')
        ));
        sink.report(seen.finding(cx, &RULE.info, message).help(help));
    }
}

fn what(kind: Kind, object: Option<&str>) -> String {
    let object = object.unwrap_or_default();
    match kind {
        Kind::AlterType { .. } => format!("the new type of column `{object}`"),
        Kind::AddForeignKey { .. } => format!("foreign key `{object}`"),
        Kind::AddCheck { .. } => format!("check `{object}`"),
        Kind::AddColumn(_) => format!("column `{object}`"),
        Kind::CreateIndex { .. } => format!("index `{object}`"),
        Kind::ConvertCharacterSet => "the new character set".to_owned(),
        _ => "the statement".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn on(dialect: &str, operations: Vec<Operation>) -> usize {
        times_on(dialect, "copy-algorithm", operations)
    }

    #[test]
    fn fires_where_the_table_is_copied() {
        for dialect in ["mysql:8.0", "mariadb:10.11"] {
            assert_eq!(on(dialect, vec![alter("code", field("IntegerField", &[]))]), 1, "{dialect}");
            assert_eq!(
                on(dialect, vec![sql("ALTER TABLE shop_order ADD FULLTEXT INDEX f (note)", None)]),
                1,
                "{dialect}"
            );
        }
    }

    #[test]
    fn near_misses() {
        let longer = |length| alter("code", field("CharField", &[("max_length", Value::Int(length))]));
        for dialect in ["mysql:8.0", "mariadb:10.11"] {
            assert_eq!(on(dialect, vec![longer(40)]), 0, "{dialect}");
            assert_eq!(on(dialect, vec![add("x", nullable("TextField", &[]))]), 0, "{dialect}");
            assert_eq!(on(dialect, vec![index(false)]), 0, "{dialect}");
        }
        assert_eq!(on("postgresql", vec![alter("code", field("IntegerField", &[]))]), 0);
    }
}
