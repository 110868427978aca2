//! `unbatched-update`: a data migration that changes every row in one transaction.

use super::data_code::{finding, forwards, is_new, model_of};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::django::data_code::WriteKind;
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunPython` code changes all rows of a table in one transaction.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "unbatched-update",
        severity: Severity::Warning,
        aspect: Aspect::Data,
        summary: "`RunPython` code changes all rows of a table in one transaction",
        what: "Fires where the function of a `RunPython`, or one that it calls in the repository, saves or deletes \
each row of a loop over all rows of a historical model, or updates or deletes all of them in one statement, in an \
atomic migration. Silent where a filter or a slice narrows the rows, with `atomic = False`, for tables that the same \
migration creates or that the configuration calls small, and in initial migrations.",
        why: "Every row that was changed stays locked until the migration ends: code that updates one of them waits. \
On PostgreSQL the table doubles in size. With schema changes beside it, their locks are held just as long.",
        example: "def fill(apps, schema_editor):
    Order = apps.get_model(\"shop\", \"Order\")
    for order in Order.objects.all():
        order.total = 0
        order.save()",
        safe_way: "A migration of its own with `atomic = False`, in batches by primary key, each in a transaction of \
its own; a filter on what is still to do makes it repeatable.",
        evidence: "Django: `RunPython.database_forwards` runs in the migration's transaction; PostgreSQL manual, \
13.3.2 Row-Level Locks.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::RunPython(run) = &cx.operation().kind else { return };
    if cx.migration.initial || !run.atomic.unwrap_or(cx.migration.migration.atomic) {
        return;
    }
    let Some(code) = forwards(cx) else { return };
    let mut seen = std::collections::BTreeSet::new();
    for write in &code.data.writes {
        let table = model_of(cx, &write.model).and_then(|model| cx.table(model));
        let small = table.as_deref().is_some_and(|table| cx.is_small(table));
        // One finding a model is enough.
        if small || is_new(cx, &write.model) || !seen.insert(&write.model) {
            continue;
        }
        let name = &write.model.name;
        let shown = table.clone().unwrap_or_else(|| name.to_string());
        let (what, locked) = match write.kind {
            WriteKind::SaveEach => ("rows are saved one by one", "each that is saved stays locked"),
            WriteKind::DeleteEach => ("rows are deleted one by one", "each that goes stays locked"),
            WriteKind::UpdateAll => ("all rows are updated by one statement", "all of them stay locked"),
            WriteKind::DeleteAll => ("all rows are deleted by one statement", "all of them stay locked"),
        };
        let message =
            format!("{what} in one transaction (`{name}`, table `{shown}`): {locked} until the migration ends");
        let each = match write.kind {
            WriteKind::SaveEach => "for row in rows.filter(pk__in=batch):\n            ...\n            row.save()",
            WriteKind::UpdateAll => "rows.filter(pk__in=batch).update(...)",
            WriteKind::DeleteEach | WriteKind::DeleteAll => "rows.filter(pk__in=batch).delete()",
        };
        let snippet = format!(
            "def {function}(apps, schema_editor):\n    {name} = apps.get_model(\"{app}\", \"{name}\")\n    rows = \
{name}.objects.using(schema_editor.connection.alias)\n    keys = rows.order_by(\"pk\").values_list(\"pk\", \
flat=True)\n    batch = list(keys[:1000])\n    while batch:\n        {each}\n        \
batch = list(keys.filter(pk__gt=batch[-1])[:1000])",
            function = "fill",
            app = write.model.app,
        );
        let help = Help::text("In batches, in a migration of its own with `atomic = False`.").python("instead", snippet);
        sink.report(finding(cx, &RULE.info, &write.at, &write.model.name, message).table(table).help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::data_code::testing::{fill, project};
    use crate::rules::histories::*;

    #[test]
    fn fires_on_all_rows_at_once() {
        let each = "for order in Order.objects.all():\n        order.save()";
        assert_eq!(fill(each), ["unbatched-update"]);
        assert_eq!(fill("Order.objects.update(note='')"), ["unbatched-update"]);
        let helper = "def fill(apps, schema_editor):\n    each(apps)\n\ndef each(apps):\n    Order = \
apps.get_model('shop', 'Order')\n    Order.objects.all().delete()\n";
        assert_eq!(rules_of(&check(&project(helper), &CheckOptions::default()).findings), ["unbatched-update"]);
    }

    #[test]
    fn silent_on_some_rows() {
        assert!(fill("Order.objects.filter(note='').update(note='x')").is_empty());
        assert!(fill("for order in Order.objects.all()[:10]:\n        order.save()").is_empty());
        let text = "def fill(apps, schema_editor):\n    apps.get_model('shop', 'Order').objects.update(note='')\n";
        let mut input = project(text);
        let run = |input: &ProjectInput, options: &CheckOptions| rules_of(&check(input, options).findings);
        assert_eq!(run(&input, &CheckOptions::default()), ["unbatched-update"]);
        let mut options = CheckOptions::default();
        options.tables.small.insert("shop_order".into());
        assert!(run(&input, &options).is_empty());
        let mut second = (*input.migrations[1]).clone();
        second.atomic = false;
        input.migrations[1] = Arc::new(second);
        assert!(!run(&input, &CheckOptions::default()).contains(&"unbatched-update"));
    }
}
