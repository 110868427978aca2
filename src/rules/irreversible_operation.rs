//! `irreversible-operation`: no way back.

use super::snippet::quoted;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::django::operations::OperationKind;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where an operation cannot be reversed, so the migration cannot be rolled back.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "irreversible-operation",
        severity: Severity::Warning,
        aspect: Aspect::Stuck,
        summary: "an operation cannot be reversed, so the migration cannot be rolled back",
        what: "Fires on `RunPython` without `reverse_code`, `RunSQL` without `reverse_sql`, and operations of \
the project's own with `reversible = False`. Silent in initial migrations, below which there is nothing to go \
back to.",
        why: "When the release has to go back, `migrate app previous` stops with `IrreversibleError` before it \
does anything, and everything that the batch changed stays: the old code then runs on the new schema.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunPython(fill_totals),
    ]",
        safe_way: "Write the way back; where there is nothing to undo, say so with `RunPython.noop` or \
`RunSQL.noop`.",
        evidence: "Django: `Migration.unapply` asks each operation's `reversible`; `RunPython.reversible`, \
`RunSQL.reversible` (`django/db/migrations/operations/special.py`).",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    if cx.migration.initial || cx.effect.side == super::Side::State {
        return;
    }
    let (what, help) = match &cx.operation().kind {
        OperationKind::RunPython(run) if run.reverse_code.is_none() => {
            let forwards = match &run.code {
                Value::Ref(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
                _ => "...".to_owned(),
            };
            let text = "Write a function that undoes it; where there is nothing to undo, say so.";
            let code = format!("migrations.RunPython({forwards}, migrations.RunPython.noop),");
            (
                "`RunPython` has no `reverse_code`".to_owned(),
                Help::text(text).python("where nothing is to undo", code),
            )
        }
        OperationKind::RunSql(run) if run.reverse_sql.is_none() => {
            let text = "Write the SQL that undoes it; where there is nothing to undo, say so.";
            let sql = run.sql.as_str().filter(|sql| sql.len() <= 80 && !sql.contains('\n'));
            let sql = sql.map_or_else(|| "...".to_owned(), quoted);
            let code = format!("migrations.RunSQL(\n    {sql},\n    reverse_sql=migrations.RunSQL.noop,\n),");
            (
                "`RunSQL` has no `reverse_sql`".to_owned(),
                Help::text(text).python("where nothing is to undo", code),
            )
        }
        OperationKind::Custom(custom) if custom.reversible == Some(false) => {
            let name = cx.operation().class_name();
            let text =
                format!("Give `{name}` a `database_backwards` and `reversible = True`, if it can be undone.");
            (format!("operation `{name}` is not reversible"), Help::text(text))
        }
        _ => return,
    };
    let message = format!(
        "{what}: `{}` and all that is applied with it cannot be rolled back",
        cx.migration.migration.key
    );
    sink.report(cx.finding(&RULE.info, message).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_where_there_is_no_way_back() {
        let python = |reverse: Option<&str>| {
            operation(Kind::RunPython(RunPython {
                code: Value::Ref("shop.migrations.0002_second.fill".into()),
                reverse_code: reverse.map(|path| Value::Ref(path.into())),
                atomic: None,
                hints: Value::Dict(Arc::new([])),
                elidable: false,
            }))
        };
        assert_eq!(fired(vec![python(None)]), ["irreversible-operation"]);
        assert!(
            fired(vec![python(Some("django.db.migrations.operations.special.RunPython.noop"))]).is_empty()
        );
        assert_eq!(fired(vec![sql("SELECT 1", None)]), ["irreversible-operation"]);
        assert!(fired(vec![sql("SELECT 1", Some(""))]).is_empty());
    }
}
