//! `foreign-key-without-index`: each delete of the row it points to reads the whole table.

use super::context::is_foreign_key;
use super::effects::Side;
use super::snippet::quoted;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink, uniques};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::operations::OperationKind;
use crate::django::state::ModelState;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds foreign keys with `db_index=False` that no other index begins with.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "foreign-key-without-index",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "a foreign key with `db_index=False` and no other index that begins with its column",
        what: "Fires where `AddField`, `AlterField` or `CreateModel` (outside initial migrations) leaves a foreign \
key with `db_index=False`, and no index, unique constraint or key of the model begins with it when the migration ends, and no later migration adds one. Silent \
on MySQL and MariaDB, which index foreign keys themselves, and where neither Django nor the database looks for rows \
to cascade to (`DO_NOTHING` with `db_constraint=False`).",
        why: "Django looks for the rows that point to one that is deleted, and so does the database's own \
constraint: without an index each delete reads the whole table. Joins and the reverse accessor do, too.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddField(
            model_name=\"order\",
            name=\"customer\",
            field=models.ForeignKey(\"shop.customer\", models.CASCADE, null=True, db_index=False),
        ),
    ]",
        safe_way: "Add the field with `db_index=False` if its index is to be built concurrently, and build it in the \
next migration with `AddIndexConcurrently`.",
        evidence: "PostgreSQL manual, 5.4.5 Foreign Keys (the referencing column is not indexed by itself); Django: \
`django/db/models/deletion.py`, `Collector.related_objects`.",
        dialects: Dialects::Only(&[Vendor::PostgreSql, Vendor::Sqlite, Vendor::Oracle]),
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    if cx.effect.side == Side::State || cx.migration.initial {
        return;
    }
    match &cx.operation().kind {
        OperationKind::AddField { model_name, name, field, .. } => look(cx, sink, model_name, name, field),
        OperationKind::AlterField { model_name, name, field, .. } => {
            let had = cx.before(model_name).and_then(|model| model.fields.get(name));
            if had.is_some_and(|old| !is_bare(old)) {
                look(cx, sink, model_name, name, field);
            }
        }
        OperationKind::CreateModel(create) => {
            for (name, field) in &create.fields {
                look(cx, sink, &create.name, name, field);
            }
        }
        _ => {}
    }
}

fn is_bare(field: &Field) -> bool {
    is_foreign_key(field) && field.kwarg("db_index").and_then(Value::as_bool) == Some(false)
}

fn look(cx: &OperationContext<'_>, sink: &mut Sink, model_name: &str, name: &str, field: &Field) {
    let one_to_one = field.is_a("django.db.models.OneToOneField") || field.flag("unique") || field.flag("primary_key");
    if !is_bare(field) || one_to_one || is_loose(field) {
        return;
    }
    // What the migration as a whole leaves decides.
    let Some(model) = cx.at_end(model_name).filter(|model| cx.has_table(model)) else { return };
    if !model.fields.get(name).is_some_and(|field| is_bare(field)) || is_indexed(model, name) {
        return;
    }
    if is_indexed_later(cx, model_name, name) {
        return;
    }
    let table = cx.table(model).or_else(|| cx.table_after(model));
    let shown = table.clone().unwrap_or_else(|| model.name.to_string());
    let message = format!(
        "foreign key `{name}` of table `{shown}` has no index: every delete of a row that it can point to reads the \
whole table"
    );
    let short: String = format!("{}_{name}", model_name.to_lowercase()).chars().take(26).collect();
    let arguments = format!(
        "(\n        model_name={},\n        index=models.Index(fields=[{}], name={}),\n    ),\n]",
        quoted(&model_name.to_lowercase()),
        quoted(name),
        quoted(&format!("{short}_idx"))
    );
    let code = if cx.migration.vendor() == Vendor::PostgreSql {
        format!(
            "from django.contrib.postgres.operations import AddIndexConcurrently\n\natomic = False\noperations = [\n    \
AddIndexConcurrently{arguments}"
        )
    } else {
        format!("operations = [\n    migrations.AddIndex{arguments}")
    };
    let help = Help::text("Give it an index of its own in `Meta.indexes`, built in the next migration.")
        .python("in the next migration", code);
    let mut finding = cx.finding(&RULE.info, message).table(table).help(help);
    finding.identity = format!("{} {name}", finding.identity);
    sink.report(finding);
}

/// Nobody looks for rows to cascade to.
fn is_loose(field: &Field) -> bool {
    let nothing = matches!(field.kwarg("on_delete"), Some(Value::Ref(path)) if path.ends_with("DO_NOTHING"));
    nothing && field.kwarg("db_constraint").and_then(Value::as_bool) == Some(false)
}

/// Whether a later migration of the app gives it an index, as when that is built concurrently.
fn is_indexed_later(cx: &OperationContext<'_>, model: &str, name: &str) -> bool {
    let own = &cx.migration.migration.key;
    let later = cx.migration.project.plan.iter().skip_while(|one| one.key != *own).skip(1);
    let later = later.filter(|one| one.key.app == own.app);
    let mut texts = later.clone().filter_map(|one| one.file.as_ref());
    // By SQL, from wherever in the file it is run.
    let by_text = texts.any(|file| {
        let text = file.text().to_lowercase();
        text.contains("create index") && text.contains(&name.to_lowercase())
    });
    by_text || later.flat_map(|one| &one.operations).any(|operation| {
        match &operation.kind {
            OperationKind::AddIndex { model_name, index: added, .. }
            | OperationKind::AddConstraint { model_name, constraint: added, .. } => {
                let fields = added.as_call().and_then(|call| call.kwarg("fields")).and_then(Value::items);
                let first = fields.and_then(|fields| fields.first()).and_then(Value::as_str);
                model_name.eq_ignore_ascii_case(model)
                    && first.is_some_and(|first| first.trim_start_matches('-') == name)
            }
            OperationKind::AlterField { model_name, name: other, field, .. } => {
                model_name.eq_ignore_ascii_case(model) && other.as_ref() == name && !is_bare(field)
            }
            _ => false,
        }
    })
}

/// Whether some index begins with the field; one that is not known counts as if it did.
fn is_indexed(model: &ModelState, name: &str) -> bool {
    let first = |fields: &Value| match fields.items() {
        Some([first, ..]) => first.as_str().is_none_or(|first| first.trim_start_matches('-') == name),
        _ => fields.find_unknown().is_some(),
    };
    let of_option = |option: &str| {
        let items = model.option(option).and_then(Value::items).unwrap_or_default();
        items.iter().any(|item| match item.as_call() {
            Some(call) => call.kwarg("fields").is_some_and(first),
            None => first(item) || item.find_unknown().is_some(),
        })
    };
    ["indexes", "constraints", "index_together", "unique_together"].iter().any(|option| of_option(option))
        || uniques::of_model(model).iter().any(|group| group.first().is_some_and(|first| first == name))
        || model.fields.values().any(|field| {
            field.is_a("django.db.models.CompositePrimaryKey")
                && field.args.first().is_some_and(|first| first.as_str() == Some(name))
        })
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn bare(more: &[(&str, Value)]) -> Arc<Field> {
        let mut kwargs = vec![("to", Value::str("shop.tag")), ("db_index", Value::Bool(false))];
        kwargs.extend_from_slice(more);
        nullable("ForeignKey", &kwargs)
    }

    fn fires(operations: Vec<Operation>) -> bool {
        fired(operations).contains(&"foreign-key-without-index")
    }

    #[test]
    fn fires_where_deletes_read_the_table() {
        assert!(fires(vec![add("tag", bare(&[]))]));
        assert!(fires(vec![create("Line", &[("tag", bare(&[]))], &[])]));
        let second = migration("0002_second", &["0001_initial"], vec![add("tag", foreign_key("shop.tag"))], "");
        let third = migration("0003_third", &["0002_second"], vec![alter("tag", bare(&[]))], "");
        assert!(rules_of(&findings(vec![initial(), second, third])).contains(&"foreign-key-without-index"));
    }

    #[test]
    fn silent_where_an_index_begins_with_it() {
        assert!(!fires(vec![add("tag", foreign_key("shop.tag"))]));
        let loose = [
            ("on_delete", Value::Ref("django.db.models.DO_NOTHING".into())),
            ("db_constraint", Value::Bool(false)),
        ];
        assert!(!fires(vec![add("tag", bare(&loose))]));
        let pair = Value::Tuple(vec![Value::str("tag"), Value::str("id")].into());
        let together = [("unique_together", Value::Set(vec![pair].into()))];
        assert!(!fires(vec![create("Line", &[("tag", bare(&[]))], &together)]));
    }
}
