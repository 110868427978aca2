//! `sql-built-from-values`: SQL that is put together from texts.

use super::data_code::{codes, finding};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunPython` code puts values into SQL by formatting.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-built-from-values",
        severity: Severity::Warning,
        aspect: Aspect::Data,
        summary: "`RunPython` code puts values into SQL by formatting",
        what: "Fires where code that a `RunPython` reaches calls `execute` with an f-string, `%` or `.format()` of \
values. Silent for parameters, for literals and constants, and for names of tables and columns (`quote_name`, \
`_meta.db_table`). The SQL of a `RunSQL` is known in full when it is read, however it was put together, and is analysed \
as it is.",
        why: "A value with a quote in it ends the statement, or becomes one of its own. In a data migration the values \
are what users have written.",
        example: "def fill(apps, schema_editor):
    for order in Order.objects.all():
        schema_editor.execute(f\"UPDATE shop_order SET note = '{order.note}' WHERE id = {order.pk}\")",
        safe_way: "Parameters: `cursor.execute(\"UPDATE shop_order SET note = %s WHERE id = %s\", [note, pk])`; names \
with `schema_editor.quote_name`.",
        evidence: "Django: topics/db/sql, \"Passing parameters into raw()\".",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let mut seen = std::collections::BTreeSet::new();
    for code in codes(cx) {
        for at in &code.data.formatted {
            if !seen.insert((at.file.display().to_owned(), at.start)) {
                continue;
            }
            let message = "values are put into SQL by formatting: one with a quote in it becomes part of the statement";
            let help = Help::text("Hand values over as parameters, and names through `quote_name`.")
                .python("instead", "cursor.execute(\"... WHERE id = %s\", [value])");
            let text = at.file.text().get(at.start as usize..at.end as usize).unwrap_or_default();
            sink.report(finding(cx, &RULE.info, at, text, message.to_owned()).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::data_code::testing::fill;

    #[test]
    fn fires_on_formatted_values() {
        let fires = |body: &str| fill(body).contains(&"sql-built-from-values");
        assert!(fires("schema_editor.execute(f\"UPDATE x SET a = '{note}'\")"));
        assert!(!fires("schema_editor.execute(\"UPDATE x SET a = %s\", [note])"));
        assert!(!fires("schema_editor.execute(f\"DROP INDEX {schema_editor.quote_name('a')}\")"));
    }
}
