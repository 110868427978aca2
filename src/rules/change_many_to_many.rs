//! `change-many-to-many`: what Django refuses to do.

use super::effects::Side;
use super::snippet::{field, quoted};
use super::storage::Storage;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds `AlterField` between a plain and a many-to-many field, or with another `through`.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "change-many-to-many",
        severity: Severity::Error,
        aspect: Aspect::Fails,
        summary: "`AlterField` between a plain and a many-to-many field, or with another `through`",
        what: "Fires on `AlterField` that turns a plain field into a many-to-many field or back, or gives a \
many-to-many field a `through` model, takes it away, or changes it. Silent where only the state is told so \
(`SeparateDatabaseAndState`), which is the way to do it.",
        why: "Django raises ValueError (\"you cannot alter to or from M2M fields, or add or remove through= on M2M \
fields\"), and the migration fails on every database, an empty one too.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AlterField(
            model_name=\"order\",
            name=\"tags\",
            field=models.ManyToManyField(to=\"shop.tag\", through=\"shop.ordertag\"),
        ),
    ]",
        safe_way: "For `through`: create the model in the state alone, on the table that the field has already \
(`db_table`), and alter the field in the state alone. For another kind of field: add a new field, copy, remove the \
old one.",
        evidence: "Django: `BaseDatabaseSchemaEditor.alter_field`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::AlterField { model_name, name, field: new, .. } = &cx.operation().kind else { return };
    let (Some(model), Some(after)) = (cx.before(model_name), cx.after(model_name)) else { return };
    if cx.effect.side == Side::State || !cx.has_table(model) {
        return;
    }
    let Some(old) = model.fields.get(name) else { return };
    let from = cx.storage(model, name, old);
    let to = cx.storage_after(after, name, new);
    let what = match (&from, &to) {
        (Storage::Column(_), Storage::Table(_) | Storage::Nothing) if new.many_to_many() => {
            "from a column to a many-to-many field"
        }
        (Storage::Table(_) | Storage::Nothing, Storage::Column(_)) if old.many_to_many() => {
            "from a many-to-many field to a column"
        }
        (Storage::Table(_), Storage::Nothing) if new.many_to_many() => "to have a `through` model",
        (Storage::Nothing, Storage::Table(_)) if old.many_to_many() => "to have no `through` model any more",
        _ => return,
    };
    let message = format!(
        "`{}.{name}` is altered {what}, which Django cannot do: the migration fails with ValueError",
        model.name
    );
    let model_name = quoted(&model_name.to_lowercase());
    let help = match (&from, &to) {
        (Storage::Table(table), Storage::Nothing) => {
            let code = format!(
                "migrations.SeparateDatabaseAndState(\n    state_operations=[\n        # CreateModel of the through \
model, with options={{\"db_table\": {}}}\n        migrations.AlterField(\n            model_name={model_name},\n            \
name={},\n            field={},\n        ),\n    ],\n),",
                quoted(table),
                quoted(name),
                field(new)
            );
            Help::text("Tell the state alone: the through model takes over the table that is there.")
                .python("instead", code)
        }
        _ => Help::text("Add a field under a new name, copy the values, and remove the old field later.")
            .python(
                "first",
                format!(
                    "migrations.AddField(\n    model_name={model_name},\n    name={},\n    field={},\n),",
                    quoted(&format!("{name}_new")),
                    field(new)
                ),
            ),
    };
    let table = cx.table(model);
    sink.report(cx.finding(&RULE.info, message).table(table).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_where_django_refuses() {
        let tag = ("to", Value::str("shop.tag"));
        let tags = field("ManyToManyField", std::slice::from_ref(&tag));
        let through = field("ManyToManyField", &[tag, ("through", Value::str("shop.link"))]);
        assert_eq!(fired(vec![alter("tags", text())]), ["change-many-to-many"]);
        assert!(fired(vec![alter("code", tags.clone())]).contains(&"change-many-to-many"));
        assert_eq!(fired(vec![alter("tags", through.clone())]), ["change-many-to-many"]);
        assert_eq!(fired(vec![alter("links", tags.clone())]), ["change-many-to-many"]);
        assert!(fired(vec![alter("tags", tags)]).is_empty());
        assert!(fired(vec![separate(vec![], vec![alter("tags", through)])]).is_empty());
    }
}
