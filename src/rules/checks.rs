//! What rules on constraints have in common.

use super::context::OperationContext;
use crate::database::Vendor;
use crate::django::operations::OperationKind;
use crate::python::value::{Call, Value};

/// Whether the same constraint stood before under another name: at the migration's start, or when
/// the operation begins.
pub(super) fn stood_before(cx: &OperationContext<'_>, model: &str, added: &Call) -> bool {
    let states = [cx.model_at_start(model), cx.before(model)];
    states.into_iter().flatten().any(|state| {
        let constraints = state.option("constraints").and_then(Value::items).unwrap_or_default();
        constraints.iter().filter_map(Value::as_call).any(|known| is_same(known, added))
    })
}

fn is_same(known: &Call, added: &Call) -> bool {
    let said = |call: &Call| {
        let kept = call.kwargs.iter().filter(|(key, _)| {
            !matches!(key.as_ref(), "name" | "violation_error_message" | "violation_error_code")
        });
        // `check` became `condition` in 5.1.
        let mut kept: Vec<(String, Value)> = kept
            .map(|(key, value)| {
                let key = if key.as_ref() == "check" { "condition" } else { key.as_ref() };
                (key.to_owned(), value.clone())
            })
            .collect();
        kept.sort_by(|a, b| a.0.cmp(&b.0));
        kept
    };
    let no_unknown = added.kwargs.iter().all(|(_, value)| value.find_unknown().is_none());
    known.name() == added.name() && no_unknown && known.args == added.args && said(known) == said(added)
}

/// The names of fields in a condition: the part of each lookup before `__`, and what `F()` names.
pub(super) fn fields_in(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, &mut found, 0);
    found.sort();
    found.dedup();
    found
}

fn collect(value: &Value, found: &mut Vec<String>, depth: usize) {
    if depth > 50 {
        return;
    }
    let name = |lookup: &str| lookup.split("__").next().unwrap_or(lookup).to_owned();
    match value {
        Value::Call(call) if call.name() == "F" => {
            found.extend(call.args.first().and_then(Value::as_str).map(name));
            found.extend(call.kwarg("name").and_then(Value::as_str).map(name));
        }
        Value::Call(call) => {
            let is_q = call.name() == "Q";
            for arg in &call.args {
                match arg {
                    Value::Tuple(pair) if is_q => {
                        found.extend(pair.first().and_then(Value::as_str).map(name));
                        pair.iter().skip(1).for_each(|value| collect(value, found, depth + 1));
                    }
                    _ => collect(arg, found, depth + 1),
                }
            }
            for (key, value) in &call.kwargs {
                if is_q && !key.starts_with('_') {
                    found.push(name(key));
                }
                collect(value, found, depth + 1);
            }
        }
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
            items.iter().for_each(|item| collect(item, found, depth + 1));
        }
        _ => {}
    }
}

/// Whether a constraint of that name goes again in the rest of the migration.
pub(super) fn is_removed_later(cx: &OperationContext<'_>, constraint: &str) -> bool {
    let later = cx.migration.effects.iter().filter(|effect| effect.index > cx.effect.index);
    later.into_iter().any(|effect| {
        matches!(&effect.operation.kind, OperationKind::RemoveConstraint { name, .. } if name.as_ref() == constraint)
    })
}

/// Whether Django leaves a constraint out, as the database has none of its kind: no statement comes of the operation.
pub(super) fn is_left_out(cx: &OperationContext<'_>, constraint: &Call) -> bool {
    // For this one the table is remade, without it.
    let nulls = constraint.kwarg("nulls_distinct").and_then(Value::as_bool);
    if nulls.is_some() && cx.migration.vendor() == Vendor::Sqlite {
        return true;
    }
    let Some(step) = cx.migration.effects.iter().position(|effect| std::ptr::eq(effect, cx.effect)) else {
        return false;
    };
    let impact = cx.migration.impact;
    impact.of_step(step).next().is_none() && impact.gaps.iter().all(|gap| gap.step != step)
}
