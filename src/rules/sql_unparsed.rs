//! `sql-unparsed`: SQL that was not looked into.

use super::raw_sql::{finding, statements};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::sql::Reading;
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where a statement of a `RunSQL` was not analysed.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-unparsed",
        severity: Severity::Info,
        aspect: Aspect::Locks,
        summary: "a statement of a `RunSQL` was not analysed",
        what: "Fires on a statement of a `RunSQL` that is not understood, and on blocks of procedural code (`DO`, \
`CALL`), which are not looked into: nothing is known of their locks or of what they drop. Silent in initial migrations. \
SQL that is not known when the migration is read (it comes from a file, or is computed) is told as undecided.",
        why: "No other rule sees what it does.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"DO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$\"),
    ]",
        safe_way: "Write plain statements where that is possible, and look closely at those that are not.",
        evidence: "The reader of SQL says from where on it does not understand a statement.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    if let OperationKind::RunSql(run) = &cx.operation().kind
        && let Some(unknown) = run.sql.find_unknown()
    {
        cx.undecided(sink, "the SQL of a `RunSQL`", unknown);
    }
    for raw in statements(cx) {
        let message = match &raw.reading {
            Reading::Actions(_) => continue,
            Reading::NotAnalysed { what } => {
                format!("`{what}` runs code that is not looked into: what it locks or changes is not known")
            }
            Reading::Unparsed(_) => format!("`{}` is not understood: what it locks or changes is not known", raw.shown()),
        };
        let help = Help::text("Look at it by hand; where it is harmless, say so with an ignore and the reason.");
        sink.report(finding(cx, &RULE.info, &raw, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_on_what_is_not_understood() {
        let fires = |text: &str| fired(vec![sql(text, Some(""))]).contains(&"sql-unparsed");
        assert!(fires("DO $$ BEGIN PERFORM 1; END $$"));
        assert!(fires("FROBNICATE shop_order"));
        assert!(!fires("SELECT 1"));
        assert!(!fires("-- nothing"));
    }
}
