//! `custom-manager-or-method`: what historical models do not have.

use std::collections::BTreeSet;

use super::data_code::{codes, finding, model_of};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::django::data_code::{Member, MemberOf};
use crate::django::keys::ModelKey;
use crate::django::state::ModelState;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "custom-manager-or-method",
        severity: Severity::Warning,
        aspect: Aspect::Data,
        summary: "`RunPython` code asks a historical model for a method, manager or constant that it does not have",
        what: "Fires where the function of a `RunPython`, or one that it calls in the repository, asks a model from \
`apps.get_model` for something that is neither one of its fields at this point of history nor Django's: a method of \
the class in models.py, a constant, a custom manager or one of its methods. Silent where the state gives the model \
bases other than models (their methods are there), where a manager has `use_in_migrations`, and for what a relation \
of another model adds.",
        why: "Django rebuilds the class from the migrations: fields, options and bases, nothing else. The call raises \
AttributeError as soon as there is a row to call it on: on production, not on the empty database of the tests.",
        example: "def fill(apps, schema_editor):
    Order = apps.get_model(\"shop\", \"Order\")
    for order in Order.objects.filter(total=None):
        order.recompute_total()",
        safe_way: "Write what is needed of the method in the migration itself, on fields alone.",
        evidence: "Django: topics/migrations, \"Historical models\"; `ModelState.render`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let mut seen = BTreeSet::new();
    for code in codes(cx) {
        for member in &code.data.members {
            let Some(model) = model_of(cx, &member.model) else { continue };
            if !has_plain_bases(cx, model, 0) || !model.unknowns.is_empty() || is_there(cx, model, member) {
                continue;
            }
            if !seen.insert((&member.model, member.of, &member.name)) {
                continue;
            }
            let what = match member.of {
                MemberOf::Class => format!("`{}.{}`", model.name, member.name),
                MemberOf::Manager => format!("`{}` of the manager of `{}`", member.name, model.name),
                MemberOf::Instance => format!("method `{}` of `{}`", member.name, model.name),
            };
            let message = format!(
                "`RunPython` code asks for {what}, which the historical model does not have: it raises AttributeError"
            );
            let help = Help::text("Write what is needed of it in the migration itself, on fields alone.");
            let identity = format!("{}.{}", model.name, member.name);
            sink.report(finding(cx, &RULE.info, &member.at, &identity, message).help(help));
        }
    }
}

/// Whether all bases are models, whose bases are, too: nothing brings methods of its own.
fn has_plain_bases(cx: &OperationContext<'_>, model: &ModelState, depth: usize) -> bool {
    depth < 20
        && model.bases.iter().all(|base| match base {
            Value::Ref(path) => path.as_ref() == "django.db.models.Model" || path.as_ref() == "django.db.models.base.Model",
            Value::Str(name) => {
                let key = ModelKey::parse(name, &model.app);
                cx.effect.before.models.get(&key).is_some_and(|base| has_plain_bases(cx, base, depth + 1))
            }
            _ => false,
        })
}

fn is_there(cx: &OperationContext<'_>, model: &ModelState, member: &Member) -> bool {
    let name = member.name.as_ref();
    match member.of {
        MemberOf::Manager => !model.managers.is_empty(),
        MemberOf::Class | MemberOf::Instance => {
            let managers = model.managers.iter().any(|(manager, _)| manager.as_ref() == name);
            managers || is_field(cx, model, name) || is_made_by_field(cx, model, name) || is_reverse(cx, name)
        }
    }
}

fn is_field(cx: &OperationContext<'_>, model: &ModelState, name: &str) -> bool {
    cx.apps_before().fields(&model.key()).iter().any(|found| {
        // A class that is not Django's may add what it likes.
        found.name.as_ref() == name || found.attname() == name || found.field.class.base.is_none()
    })
}

/// `get_state_display`, `get_next_by_created`, what `order_with_respect_to` and file fields add.
fn is_made_by_field(cx: &OperationContext<'_>, model: &ModelState, name: &str) -> bool {
    let order = name.contains("_order") && (name.starts_with("get_") || name.starts_with("set_"));
    let made = name.strip_prefix("get_").and_then(|rest| {
        rest.strip_suffix("_display")
            .or_else(|| rest.strip_prefix("next_by_"))
            .or_else(|| rest.strip_prefix("previous_by_"))
    });
    let in_order = matches!(name, "get_next_in_order" | "get_previous_in_order");
    order || in_order || made.is_some_and(|field| is_field(cx, model, field))
}

/// What a relation of another model adds: `line_set`, or a `related_name`.
fn is_reverse(cx: &OperationContext<'_>, name: &str) -> bool {
    name.ends_with("_set")
        || cx.effect.before.models.values().any(|model| {
            model.name.eq_ignore_ascii_case(name)
                || model.fields.values().any(|field| {
                    field.kwarg("related_name").is_some_and(|related| {
                        related.as_str().is_none_or(|related| related == name || related.contains('%'))
                    })
                })
        })
}

#[cfg(test)]
mod tests {
    use crate::rules::data_code::testing::fill;

    fn fires(body: &str) -> bool {
        fill(body).contains(&"custom-manager-or-method")
    }

    #[test]
    fn fires_on_what_is_not_there() {
        assert!(fires("for order in Order.objects.filter(note=''):\n        order.pay()"));
        assert!(fires("Order.objects.open().count()"));
        assert!(fires("Order.objects.filter(note=Order.NEW)"));
        assert!(fires("Order.published.count()"));
    }

    #[test]
    fn silent_on_fields_and_djangos_own() {
        for body in [
            "for order in Order.objects.filter(note=''):\n        order.save()",
            "for order in Order.objects.filter(note=''):\n        order.tags.add(1)",
            "for order in Order.objects.filter(note=''):\n        order.get_code_display()",
            "Order.tags.through.objects.count()",
            "Order.objects.filter(note='').aggregate(x=1)",
            "Order.objects.bulk_create([Order(note='')])",
            "Order._meta.get_field('note')",
        ] {
            assert!(!fires(body), "{body}");
        }
    }
}
