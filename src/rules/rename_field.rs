//! `rename-field`: a column changes its name in the database.

use super::columns::{Altered, altered};
use super::snippet::{alter_field, field_with, quoted};
use super::storage::Storage;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Side, Sink};
use crate::database::Vendor;
use crate::django::operations::OperationKind;
use crate::python::value::{Unknown, Value};
use crate::report::{Aspect, Help, Severity};

/// Finds where a column, or the table of a many-to-many field, is renamed.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "rename-field",
        severity: Severity::Error,
        aspect: Aspect::Breaks,
        summary: "a column, or the table of a many-to-many field, is renamed",
        what: "Fires on `RenameField` where the column of a table in use gets another name, or the table of a \
many-to-many field without a `through` model does; on `AlterField` with another `db_column`, or where a plain field \
becomes a foreign key, whose column ends in `_id`. Silent where `db_column` (or the many-to-many field's \
`db_table`) keeps the name, for tables that the same migration creates and fields that it adds, for renames of the state alone, where the same migration removes the field after that (`remove-field`), and, on all databases but PostgreSQL, where the case of letters alone differs.",
        why: "There is no moment at which both releases work: code of the previous one asks for the old name, \
code of the new one for the new name, and while a deploy goes on both run.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RenameField(model_name=\"order\", old_name=\"note\", new_name=\"comment\"),
    ]",
        safe_way: "Rename the attribute and keep the column: `db_column` with the old name. Django then has \
nothing to do in the database.",
        evidence: "Django: `RenameField.database_forwards`, `BaseDatabaseSchemaEditor._field_should_be_altered` \
(the column's name decides), `_alter_many_to_many`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    if let OperationKind::AlterField { .. } = &cx.operation().kind {
        return by_alter(cx, sink);
    }
    let OperationKind::RenameField { model_name, old_name, new_name } = &cx.operation().kind else { return };
    if !cx.touches_table_in_use(model_name) || cx.is_new_field(model_name, old_name) || is_removed(cx, model_name, new_name) {
        return;
    }
    let (Some(model), Some(renamed)) = (cx.before(model_name), cx.after(model_name)) else { return };
    let (Some(old), Some(new)) = (model.fields.get(old_name), renamed.fields.get(new_name)) else { return };
    let keep = match (cx.storage(model, old_name, old), cx.storage_after(renamed, new_name, new)) {
        (Storage::Column(from), Storage::Column(to)) if !is_one_column(cx, &from, &to) => ("db_column", "column", from, to),
        (Storage::Table(from), Storage::Table(to)) if from != to => ("db_table", "table", from, to),
        (Storage::Unknown, _) => {
            let reason = format!("the class or column of `{}` is not known", old.class.qualname);
            let what = format!("whether renaming `{}.{old_name}` renames a column", model.name);
            cx.undecided(sink, what, &Unknown { reason: reason.into(), at: old.at.clone() });
            return;
        }
        _ => return,
    };
    let (argument, thing, from, to) = keep;
    let table = if thing == "table" { Some(from.clone()) } else { cx.table(model) };
    let shown = match (&table, thing) {
        (Some(table), "column") => format!(" of table `{table}`"),
        _ => String::new(),
    };
    let message = format!(
        "{thing} `{from}`{shown} is renamed to `{to}`: code of the previous release still asks for `{from}`"
    );
    let model = quoted(&model.name.to_lowercase());
    let code = format!(
        "migrations.AlterField(\n    model_name={model},\n    name={},\n    field={},\n),\nmigrations.RenameField(\
model_name={model}, old_name={}, new_name={}),",
        quoted(old_name),
        field_with(old, &[(argument, Value::str(from.as_str()))], &[]),
        quoted(old_name),
        quoted(new_name),
    );
    let text = format!(
        "Rename the attribute, keep the {thing}: write `{argument}={}` at the field in models.py. Neither operation \
then changes the database.",
        quoted(&from)
    );
    sink.report(
        cx.finding(&RULE.info, message)
            .table(table)
            .lock(cx.brief_lock())
            .help(Help::text(text).python("instead", code)),
    );
}

/// Whether the same migration drops the column after that, of which `remove-field` tells.
fn is_removed(cx: &OperationContext<'_>, model: &str, field: &str) -> bool {
    let later = cx.migration.effects.iter().filter(|effect| effect.index > cx.effect.index);
    later.filter(|effect| effect.side != Side::State).any(|effect| {
        matches!(&effect.operation.kind, OperationKind::RemoveField { model_name, name }
            if model_name.eq_ignore_ascii_case(model) && **name == *field)
    })
}

/// Names of columns that are one to the database: all but PostgreSQL read them whatever their case.
fn is_one_column(cx: &OperationContext<'_>, from: &str, to: &str) -> bool {
    from == to || (cx.migration.vendor() != Vendor::PostgreSql && from.eq_ignore_ascii_case(to))
}

/// `AlterField` with another `db_column`, or from a plain field to a foreign key, whose column ends in `_id`.
fn by_alter(cx: &OperationContext<'_>, sink: &mut Sink) {
    let renamed = |change: &Altered<'_>| !is_one_column(cx, &change.old.name, &change.new.name);
    let Some(change) = altered(cx, sink).filter(renamed) else { return };
    let (from, to) = (&change.old.name, &change.new.name);
    let message = format!(
        "column `{from}` of table `{}` is renamed to `{to}`: code of the previous release still asks for `{from}`",
        change.shown()
    );
    let kept = field_with(change.new_field, &[("db_column", Value::str(from.as_str()))], &[]);
    let text = format!("Keep the column: write `db_column={}` at the field.", quoted(from));
    let help = Help::text(text).python("instead", alter_field(change.model_name, change.name, &kept));
    sink.report(cx.finding(&RULE.info, message).table(change.table.clone()).lock(cx.brief_lock()).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn what_is_renamed_to_be_removed_is_told_of_once() {
        let rename = operation(Kind::RenameField {
            model_name: "order".into(),
            old_name: "note".into(),
            new_name: "old_note".into(),
        });
        let found = findings(vec![initial(), migration("0002_second", &["0001_initial"], vec![rename, remove("old_note")], "")]);
        assert_eq!(rules_of(&found), ["remove-field"]);
        assert!(found[0].message.contains("column `note` (renamed to `old_note` above)"), "{}", found[0].message);
    }

    #[test]
    fn fires_where_the_column_is_renamed() {
        let rename = |new: &str| {
            operation(Kind::RenameField {
                model_name: "order".into(),
                old_name: "note".into(),
                new_name: new.into(),
            })
        };
        assert_eq!(fired(vec![rename("text")]), ["rename-field"]);
        let kept = field("TextField", &[("db_column", Value::str("note"))]);
        assert!(fired(vec![alter("note", kept), rename("text")]).is_empty());
        let other = field("TextField", &[("db_column", Value::str("comment"))]);
        assert_eq!(fired(vec![alter("note", other.clone())]), ["rename-field"]);
        assert!(fired(vec![separate(vec![], vec![alter("note", other)])]).is_empty());
    }
}
