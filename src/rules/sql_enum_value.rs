//! `sql-enum-value`: a value of an enumeration that its own transaction cannot use yet.

use std::sync::LazyLock;

use regex::Regex;

use super::raw_sql::{finding, of_migration, statements};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::{StatementKind, Vendor};
use crate::report::{Aspect, Help, Severity};

/// Finds `ALTER TYPE … ADD VALUE` in the transaction that uses the value, or in any before PostgreSQL 12.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-enum-value",
        severity: Severity::Error,
        aspect: Aspect::Fails,
        summary: "`ALTER TYPE … ADD VALUE` in the transaction that uses the value, or in any before PostgreSQL 12",
        what: "Fires on `ALTER TYPE … ADD VALUE` in a `RunSQL` of an atomic migration where SQL of the same migration \
names the new value after it, or where the project's PostgreSQL is older than 12. Silent with `atomic = False`, and \
where the migration creates the type itself.",
        why: "PostgreSQL 12 and later refuse to use the new value until the transaction has been committed; older ones refuse the statement in any transaction. The migration fails.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"ALTER TYPE state ADD VALUE 'sent'\"),
        migrations.RunSQL(\"UPDATE shop_order SET state = 'sent' WHERE sent\"),
    ]",
        safe_way: "Two migrations: the value in the first, its use in the second.",
        evidence: "PostgreSQL manual, ALTER TYPE, Notes.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Operation(check),
};

static VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?is)ALTER\s+TYPE\s+(\S+)\s+ADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?('(?:[^']|'')*')").ok()
});

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    if !cx.migration.migration.atomic {
        return;
    }
    let mut all = None;
    let old = !cx.migration.project.dialect.at_least(12, 0, 0);
    for raw in statements(cx) {
        if !raw.actions().iter().any(|action| action.kind == StatementKind::AddEnumValue) {
            continue;
        }
        let found = VALUE.as_ref().and_then(|pattern| pattern.captures(&raw.text));
        let Some(found) = found else { continue };
        let (name, value) = (&found[1], &found[2]);
        let all = &*all.get_or_insert_with(|| of_migration(cx));
        let created = |text: &str| {
            let begins = text.get(..11).is_some_and(|word| word.eq_ignore_ascii_case("create type"));
            begins && text.to_lowercase().contains(&name.to_lowercase())
        };
        if all.iter().any(|other| created(&other.text)) {
            continue;
        }
        let after = all.iter().skip_while(|other| other.text != raw.text).skip(1);
        let used = after.into_iter().find(|other| {
            let adds = other.actions().iter().any(|action| action.kind == StatementKind::AddEnumValue);
            !adds && other.text.contains(value)
        });
        let message = match used {
            Some(used) => format!(
                "value `{value}` is added and used (`{}`) in one transaction, which PostgreSQL refuses: the migration fails",
                used.shown()
            ),
            None if old => format!(
                "value `{value}` is added in a transaction, which PostgreSQL before 12 refuses: the migration fails"
            ),
            None => continue,
        };
        let help = Help::text("Add the value in a migration of its own, and use it in the next.");
        sink.report(finding(cx, &RULE.info, &raw, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_where_the_value_is_used() {
        let fires = |texts: &[&str]| {
            fired(texts.iter().map(|text| sql(text, Some(""))).collect()).contains(&"sql-enum-value")
        };
        let add = "ALTER TYPE state ADD VALUE IF NOT EXISTS 'sent'";
        assert!(fires(&[add, "UPDATE shop_order SET state = 'sent' WHERE id = 1"]));
        assert!(!fires(&[add]));
        assert!(!fires(&[add, "UPDATE shop_order SET state = 'new' WHERE id = 1"]));
        assert!(!fires(&["CREATE TYPE state AS ENUM ('new')", add, "UPDATE shop_order SET state = 'sent' WHERE id = 1"]));
    }
}
