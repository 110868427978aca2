//! Which groups of fields a model keeps unique, in all the ways that Django has for it.

use super::context::OperationContext;
use crate::django::operations::OperationKind;
use crate::django::state::ModelState;
use crate::python::value::{Call, Value};

/// Fields that are unique together; one name alone for a unique field.
pub(super) type Group = Vec<String>;

/// Whether an argument is there and says something.
pub(super) fn is_set(value: &Value) -> bool {
    value.truth() != Some(false)
}

/// The groups of `unique_together`; `None` where one is not known.
pub(super) fn groups(value: Option<&Value>) -> Option<Vec<Group>> {
    let names = |group: &Value| {
        group.items()?.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    match value {
        None | Some(Value::None) => Some(Vec::new()),
        Some(value) => value.items()?.iter().map(names).collect(),
    }
}

/// The fields of a `UniqueConstraint` that covers every row; `None` for one with a condition or
/// expressions.
pub(super) fn fields_of(constraint: &Call) -> Option<Group> {
    if constraint.name() != "UniqueConstraint" || !constraint.args.is_empty() {
        return None;
    }
    let partial =
        ["condition", "expressions", "opclasses"].iter().any(|key| constraint.kwarg(key).is_some_and(is_set));
    if partial {
        return None;
    }
    constraint.kwarg("fields")?.items()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Every group that the model keeps unique in each of its rows.
pub(super) fn of_model(model: &ModelState) -> Vec<Group> {
    let mut found = groups(model.option("unique_together")).unwrap_or_default();
    let constraints = model.option("constraints").and_then(Value::items).unwrap_or_default();
    found.extend(constraints.iter().filter_map(|value| fields_of(value.as_call()?)));
    for (name, field) in &model.fields {
        let one =
            field.flag("unique") || field.flag("primary_key") || field.is_a("django.db.models.OneToOneField");
        if one {
            found.push(vec![name.to_string()]);
        }
    }
    found
}

/// Whether the rows that are there cannot violate a unique group, and running code cannot either: a
/// group within it is unique already, when the migration begins or when the operation does.
pub(super) fn is_implied(cx: &OperationContext<'_>, model: &str, group: &[String]) -> bool {
    let states = [cx.model_at_start(model), cx.before(model)];
    states
        .into_iter()
        .flatten()
        .any(|state| of_model(state).iter().any(|known| known.iter().all(|name| group.contains(name))))
}

/// Whether one of the fields is added, nullable and without default, by the same batch: every row
/// has NULL there, which no unique constraint minds.
pub(super) fn is_null_in_all_rows(cx: &OperationContext<'_>, model: &str, group: &[String]) -> bool {
    let Some(state) = cx.before(model) else { return false };
    let fills = cx.migration.effects.iter().any(|effect| {
        matches!(effect.operation.kind, OperationKind::RunPython(_) | OperationKind::RunSql(_))
    });
    !fills
        && group.iter().any(|name| {
            cx.is_new_field(model, name)
                && state.fields.get(name.as_str()).is_some_and(|field| {
                    field.null() && field.kwarg("default").is_none() && field.kwarg("db_default").is_none()
                })
        })
}
