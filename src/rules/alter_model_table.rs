//! `alter-model-table`: a table changes its name.

use super::snippet::quoted;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::{StatementKind, Vendor};
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where `AlterModelTable` renames a table in use.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "alter-model-table",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "`AlterModelTable` renames a table in use",
        what: "Fires on `AlterModelTable` where the table's name before and after it differ. Silent where it says \
the name that the table has already, for tables that the same migration creates, for unmanaged models and proxies, \
and within `state_operations`.",
        why: "Code of the previous release asks for the old name from the moment of the rename, and fails until \
the last old process has stopped. The tables of many-to-many fields are renamed with it.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterModelTable(name=\"order\", table=\"orders\"),
    ]",
        safe_way: "Keep the name. Where it has to change: rename the table and create a view of the old name in one \
transaction (all databases but SQLite write through simple views), and drop the view a release later.",
        evidence: "Django: `AlterModelTable.database_forwards`, `BaseDatabaseSchemaEditor.alter_db_table`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::AlterModelTable { name, .. } = &cx.operation().kind else { return };
    if !cx.touches_table_in_use(name) {
        return;
    }
    let (Some(model), Some(after)) = (cx.before(name), cx.after(name)) else { return };
    let (Some(from), Some(to)) = (cx.table(model), cx.table_after(after)) else { return };
    // SQLite and Oracle don't tell them apart, and Django leaves such a change out there.
    if from == to || (from.eq_ignore_ascii_case(&to) && !is_case_sensitive(cx)) {
        return;
    }
    let message =
        format!("table `{from}` is renamed to `{to}`: code of the previous release still asks for `{from}`");
    let vendor = cx.migration.vendor();
    let view = format!(
        "migrations.RunSQL(\n    {},\n    {},\n),",
        super::snippet::sql_literal(&format!(
            "CREATE VIEW {} AS SELECT * FROM {}",
            vendor.quote_name(&from),
            vendor.quote_name(&to)
        )),
        super::snippet::sql_literal(&format!("DROP VIEW {}", vendor.quote_name(&from)))
    );
    let keep = format!("Keep the table's name (`db_table = {}` in the model's `Meta`)", quoted(&from));
    // SQLite reads through views, and does not write.
    let help = if vendor == Vendor::Sqlite {
        Help::text(format!("{keep}."))
    } else {
        Help::text(format!("{keep}; or leave a view behind under the old one."))
            .python("after the operation, in the same migration", view)
    };
    let lock = cx.lock_of(StatementKind::RenameTable);
    sink.report(cx.finding(&RULE.info, message).table(Some(from)).lock(lock).help(help));
}

/// `ignores_table_name_case` (`django/db/backends/base/features.py`); MySQL as it is on Linux, where servers run.
fn is_case_sensitive(cx: &OperationContext<'_>) -> bool {
    matches!(cx.migration.vendor(), Vendor::PostgreSql | Vendor::MySql | Vendor::MariaDb)
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn table(name: &str) -> Operation {
        operation(Kind::AlterModelTable { name: "order".into(), table: Value::str(name) })
    }

    #[test]
    fn fires_where_the_table_gets_another_name() {
        assert_eq!(fired(vec![table("orders")]), ["alter-model-table"]);
        assert!(fired(vec![table("shop_order")]).is_empty());
        assert!(fired(vec![separate(vec![], vec![table("orders")])]).is_empty());
        // MySQL on Linux tells letters apart, SQLite does not.
        let case = || vec![table("Shop_Order")];
        let on = |dialect: &str| times_on(dialect, "alter-model-table", case());
        assert_eq!((on("postgresql"), on("mysql:8.0"), on("mariadb:10.11"), on("sqlite")), (1, 1, 1, 0));
        let link = operation(Kind::AlterModelTable { name: "link".into(), table: Value::str("x") });
        assert!(fired(vec![link]).is_empty());
    }
}
