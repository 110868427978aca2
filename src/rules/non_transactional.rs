//! `non-transactional`: a migration that a failure leaves half done.

use super::context::describe;
use super::statements::{COMMITS_EACH, Seen, all, can_be_repeated, in_use, runs_python};
use super::{Check, Dialects, MigrationContext, OperationContext, Rule, RuleInfo, Sink};
use crate::database::statement_kind::StatementKind as Kind;
use crate::report::{Aspect, Help, Severity};

/// Finds where an operation that can fail stands behind others that are not rolled back.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "non-transactional",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "an operation that can fail stands behind others that are not rolled back",
        what: "Fires, on MySQL, MariaDB and Oracle, where an operation that can fail on the rows that are there (a unique index, NOT NULL, a check, a foreign key, another type, `RunPython`, `RunSQL` that changes rows) comes after another operation that changes the schema in the same migration. Once a migration.",
        why: "Each statement of the schema commits by itself. When the later one fails, the earlier ones stay, Django does not record the migration, and its next run fails at the first operation, which has been done already.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddField(\"order\", \"code\", models.CharField(max_length=20, null=True)),
        migrations.RunPython(fill_codes),
    ]",
        safe_way: "A migration for each.",
        evidence: "MySQL manual, Statements That Cause an Implicit Commit; Django: `can_rollback_ddl` of the backend.",
        dialects: Dialects::Only(COMMITS_EACH),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let done = all(cx).find(|seen| {
        let commits = seen.costed.facts.as_ref().is_some_and(|facts| facts.transactional.is_no());
        commits && !can_be_repeated(seen.planned)
    });
    let Some(done) = done.filter(|_| !cx.initial) else { return };
    let failing = in_use(cx).find(|seen| seen.operation() > done.operation() && can_fail(seen)).map(|seen| seen.effect);
    let python = cx.effects.iter().find(|effect| runs_python(effect) && effect.index > done.operation());
    let effect = match (failing, python) {
        (Some(one), Some(other)) => if one.index <= other.index { one } else { other },
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return,
    };
    let message = format!(
        "if `{}` fails, `{}` before it stays in the database and this migration cannot be run again",
        describe(effect.operation),
        describe(done.effect.operation)
    );
    let operation = OperationContext { migration: cx, effect };
    let help = Help::text(format!("Move `{}` and what comes after it to a migration of its own.", describe(effect.operation)));
    sink.report(operation.finding(&RULE.info, message).table(done.costed.target().map(str::to_owned)).help(help));
}

/// Whether it depends on the rows that are there if it succeeds.
fn can_fail(seen: &Seen<'_>) -> bool {
    match seen.kind() {
        Kind::AddUnique { .. } | Kind::AddPrimaryKey { .. } | Kind::AddForeignKey { .. } | Kind::AddCheck { .. } | Kind::SetNotNull { .. } => true,
        Kind::CreateIndex { unique, .. } => unique,
        Kind::AlterType { .. } => seen.costed.facts.as_ref().is_some_and(|facts| facts.rewrites.is_yes()),
        Kind::AddColumn(column) => column.unique,
        Kind::Update { .. } | Kind::Delete { .. } | Kind::Insert { .. } => seen.planned.is_raw(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn on(dialect: &str, operations: Vec<Operation>) -> usize {
        times_on(dialect, "non-transactional", operations)
    }

    #[test]
    fn fires_where_half_of_it_stays() {
        let quick = || add("x", nullable("TextField", &[]));
        let unique = || alter("code", field("CharField", &[("max_length", Value::Int(20)), ("unique", Value::Bool(true))]));
        assert_eq!(on("mysql:8.0", vec![quick(), unique()]), 1);
        assert_eq!(on("mariadb", vec![quick(), sql("UPDATE shop_order SET x = 1", None)]), 1);
        assert_eq!(on("mysql:8.0", vec![unique(), quick()]), 0);
        assert_eq!(on("mysql:8.0", vec![quick(), add("y", nullable("TextField", &[]))]), 0);
        assert_eq!(on("postgresql", vec![quick(), unique()]), 0);
        assert_eq!(on("sqlite", vec![quick(), unique()]), 0);
    }
}
