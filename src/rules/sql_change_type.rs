//! `sql-change-type`: SQL changes a column's type.

use super::column_types::{self, Cast, Change};
use super::raw_sql::{field_of, finding, model_in_use, statements};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::StatementKind;
use crate::django::schema::column_facts;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunSQL` changes the type of a model's column to one that does not hold all its values.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "sql-change-type",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "`RunSQL` changes the type of a model's column to one that does not hold all its values",
        what: "Fires on `ALTER COLUMN … TYPE` (and `MODIFY`) in a `RunSQL` where the column is a model's when the \
migration begins, and the new type is of another kind or holds less. Silent where every value still fits (`varchar(20)` \
to `text`, `integer` to `bigint`) and where the old type is not known.",
        why: "Values that do not fit or cannot be cast make the statement fail, and code of the previous release \
goes on writing the old type.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(\"ALTER TABLE shop_order ALTER COLUMN code TYPE integer USING code::integer\"),
    ]",
        safe_way: "Add a second column of the new type, write both, fill the old rows in batches, read the new one, \
and drop the old one: each step a release.",
        evidence: "As `change-field-type` and `narrow-field`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for raw in statements(cx) {
        for action in raw.actions().iter().filter(|action| matches!(action.kind, StatementKind::AlterType { .. })) {
            let (Some(target), Some(column), Some(to)) = (&action.target, &action.object, &action.column_type) else {
                continue;
            };
            let Some(model) = model_in_use(cx, target) else { continue };
            let Some(name) = field_of(cx, cx.at_start(), &model, column) else { continue };
            let Ok(Some(old)) = column_facts(cx.schema(), cx.at_start(), &model, &name) else { continue };
            let mut new = old.clone();
            new.db_type.clone_from(to);
            let how = match column_types::change(cx.migration.vendor(), &old, &new) {
                Change::Fits => continue,
                Change::Narrower(how) | Change::Checked(how) => how,
                Change::Other => match column_types::cast(cx.migration.vendor(), &old.db_type, to) {
                    Cast::All | Cast::Untouched => "every value is cast".to_owned(),
                    Cast::Loses(what) => format!("every value is cast and loses {what}"),
                    Cast::MayFail => "values that cannot be cast make the statement fail".to_owned(),
                },
            };
            let message = format!(
                "the type of column `{column}` of table `{}` changes from `{}` to `{to}`: {how}, and code of the previous \
release still reads and writes the old type",
                target.name, old.db_type
            );
            let help = Help::text(
                "Add a column of the new type beside it, write both, fill it in batches, and drop the old one releases later.",
            );
            let lock = cx.lock_of(column_types::statement(cx.migration.project.dialect, &old, &new));
            sink.report(finding(cx, &RULE.info, &raw, message).table(Some(target.name.clone())).lock(lock).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn fires(text: &str) -> bool {
        fired(vec![sql(text, Some(""))]).contains(&"sql-change-type")
    }

    #[test]
    fn fires_where_values_do_not_fit() {
        assert!(fires("ALTER TABLE shop_order ALTER COLUMN code TYPE integer USING code::integer"));
        assert!(fires("ALTER TABLE shop_order ALTER COLUMN code TYPE varchar(5)"));
        assert!(!fires("ALTER TABLE shop_order ALTER COLUMN code TYPE varchar(50)"));
        assert!(!fires("ALTER TABLE shop_order ALTER COLUMN code TYPE text"));
        assert!(!fires("ALTER TABLE other ALTER COLUMN code TYPE integer"));
    }
}
