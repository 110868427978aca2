//! `change-primary-key`: a table's key changes, and every foreign key to it.

use super::columns::altered;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Most foreign keys that a message names.
const LISTED: usize = 12;

/// Finds where the primary key of a table in use changes its type or its column.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "change-primary-key",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "the primary key of a table in use changes its type or its column",
        what: "Fires on `AlterField` where the primary key's type changes or a column becomes or no longer is the \
primary key, on `AddField` of a primary key to a table in use, and on a `CompositePrimaryKey` added to one. All \
foreign keys to the table follow and are named. Silent where only the field's class changes and the column does not \
(on SQLite `AutoField` to `BigAutoField`).",
        why: "The table and every table with a foreign key to it are written anew, one after the other, in one \
transaction: reads and writes of all of them wait until the last is done. A new key column breaks the rows of \
those tables and the code that runs. Django cannot add or take away a composite key at all.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterField(
            model_name=\"order\",
            name=\"id\",
            field=models.BigAutoField(primary_key=True),  # was AutoField
        ),
    ]",
        safe_way: "On big tables: a second column of the new type, filled by a trigger and in batches, with a \
unique index built concurrently; the same in every table with a foreign key; then swap the names in one short \
transaction, with `SeparateDatabaseAndState` for Django's part.",
        evidence: "Django: `BaseDatabaseSchemaEditor._alter_field` (drops and rebuilds incoming foreign keys, \
`_related_non_m2m_objects`), `alter_field` raises for composite keys.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let (model_name, table, what) = match &cx.operation().kind {
        OperationKind::AddField { model_name, name, field, .. } => {
            let composite = field.is_a("django.db.models.CompositePrimaryKey");
            if !(composite || field.flag("primary_key")) || !cx.touches_table_in_use(model_name) {
                return;
            }
            let Some(model) = cx.before(model_name) else { return };
            let what = if composite {
                format!(
                    "gets the composite primary key `{name}`, which Django cannot add to a table that exists"
                )
            } else {
                format!("gets another primary key, `{name}`")
            };
            (model_name.as_ref(), cx.table(model), what)
        }
        OperationKind::AlterField { model_name, .. } => {
            let Some(change) = altered(cx, sink) else { return };
            let (old, new) = (&change.old, &change.new);
            let what = match (old.primary_key, new.primary_key) {
                (true, true) if old.db_type != new.db_type => {
                    format!("changes its primary key from `{}` to `{}`", old.db_type, new.db_type)
                }
                (true, false) => format!("loses its primary key `{}`", old.name),
                (false, true) => format!("gets another primary key, `{}`", new.name),
                _ => return,
            };
            (model_name.as_ref(), change.table, what)
        }
        _ => return,
    };
    let followers = followers(cx, model_name);
    let shown = table.clone().unwrap_or_else(|| model_name.to_owned());
    let follow = match followers.len() {
        0 => "no foreign key follows".to_owned(),
        1 => format!("the foreign key `{}` follows", followers.join("")),
        count => {
            let listed: Vec<&str> = followers.iter().take(LISTED).map(String::as_str).collect();
            let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
            format!("{count} foreign keys follow: `{}`{more}", listed.join("`, `"))
        }
    };
    let message =
        format!("table `{shown}` {what}: it is written anew while reads and writes wait, and {follow}");
    let text = "On a small table, run it in a quiet hour. On a big one fill a second column in batches, in this table \
and in those with a foreign key to it, and swap the columns in one short transaction.";
    sink.report(cx.finding(&RULE.info, message).table(table).lock(cx.brief_lock()).help(Help::text(text)));
}

/// `shop.line.order` of every foreign key to the model whose column has its own table.
fn followers(cx: &OperationContext<'_>, model: &str) -> Vec<String> {
    let apps = cx.apps_before();
    let related = apps.related_objects(&cx.key(model));
    let mut found: Vec<String> = related
        .iter()
        .filter(|found| {
            matches!(found.field.kwarg("to_field"), None | Some(crate::python::value::Value::None))
        })
        .filter(|found| apps.can_migrate(&found.model))
        .map(|found| format!("{}.{}", found.model, found.name))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    /// Whether this rule fires; rules of locks have their say, too.
    fn fired(operations: Vec<Operation>) -> Vec<&'static str> {
        fired_of(&super::RULE, operations)
    }

    fn key(class: &str) -> Arc<Field> {
        field(class, &[("primary_key", Value::Bool(true))])
    }

    #[test]
    fn fires_where_the_key_changes() {
        let line = create("Line", &[("id", key("BigAutoField")), ("order", foreign_key("shop.order"))], &[]);
        let second = migration("0002_line", &["0001_initial"], vec![line], "");
        let third = migration("0003_key", &["0002_line"], vec![alter("id", key("UUIDField"))], "");
        let found = findings(vec![initial(), second, third]);
        // That the key and what refers to it are written anew is part of it.
        assert_eq!(rules_of(&found), ["change-primary-key"]);
        assert!(found[0].message.contains("shop.line.order"), "{}", found[0].message);
        assert!(fired(vec![add("number", key("IntegerField"))]).contains(&"change-primary-key"));
    }

    #[test]
    fn silent_where_the_column_stays() {
        assert!(fired(vec![alter("id", key("BigAutoField"))]).is_empty());
        let renamed =
            field("BigAutoField", &[("primary_key", Value::Bool(true)), ("verbose_name", Value::str("ID"))]);
        assert!(fired(vec![alter("id", renamed)]).is_empty());
        assert!(fired(vec![separate(vec![], vec![alter("id", key("UUIDField"))])]).is_empty());
    }
}
