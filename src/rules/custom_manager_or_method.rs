//! `custom-manager-or-method`: what historical models do not have.

use std::collections::BTreeSet;

use super::data_code::{codes, finding, model_of};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink, model_code};
use crate::django::data_code::{Member, MemberOf};
use crate::django::keys::ModelKey;
use crate::django::state::ModelState;
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunPython` code relies on methods, managers, constants or signals that historical models do
/// not have.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "custom-manager-or-method",
        severity: Severity::Warning,
        aspect: Aspect::Data,
        summary: "`RunPython` code relies on methods, managers, constants or signals that historical models do not have",
        what: "Fires where the function of a `RunPython`, or one that it calls in the repository, asks a model from \
`apps.get_model` for something that is neither one of its fields at this point of history nor Django's: a method of \
the class in models.py, a constant, a custom manager or one of its methods. Silent where the state gives the model \
bases other than models (their methods are there), where a manager has `use_in_migrations`, and for what a relation \
of another model adds.

Fires, too, where it relies on what the class in models.py does with a row: it makes rows without a field that an \
overridden `save()` or a receiver of `pre_save` would set; it saves rows to which it gave nothing, for what `save()` does \
then; it deletes rows that an overridden `delete()` would keep; it makes rows for which a receiver of `post_save` would make \
rows of another model, and makes none of those itself. Silent where the migration gives the row those fields, where the \
row goes through other functions, and where `save()` sets them only now and then.",
        why: "Django rebuilds the class from the migrations: fields, options and bases, nothing else. The call raises \
AttributeError as soon as there is a row to call it on: on production, not on the empty database of the tests. `save()` \
and `delete()` are there, but they are Django's own, and receivers that ask for the class in models.py as the sender are not \
called: what those would do is left out in silence.",
        example: "def fill(apps, schema_editor):
    Order = apps.get_model(\"shop\", \"Order\")
    for order in Order.objects.filter(total=None):
        order.recompute_total()",
        safe_way: "Write what is needed of the method in the migration itself, on fields alone.",
        evidence: "Django: topics/migrations, \"Historical models\"; `ModelState.render`; `ModelSignal.connect` (a receiver's sender is the class itself).",
        dialects: Dialects::All,
    },
    check: Check::OperationAndModels { is_asked, check },
};

fn is_asked(cx: &OperationContext<'_>) -> bool {
    codes(cx).iter().any(|code| !code.data.members.is_empty() || !code.data.rows.is_empty())
}

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    model_code::report(cx, &RULE.info, sink);
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
    use crate::rules::FromModels;
    use crate::django::keys::{AppLabel, ModelKey};
    use crate::django::models::{Assigned, Behaviour, Receiver, When};
    use crate::rules::data_code::testing::{fill, project};
    use crate::rules::histories::*;

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

    /// The messages where models.py have a behaviour.
    fn told(behaviour: Behaviour, body: &str) -> Vec<String> {
        let head = "def fill(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n";
        let mut input = project(&format!("{head}    {body}\n"));
        let shop = AppLabel::new("shop");
        let behaviour = [(ModelKey::new(shop, "Order"), behaviour)].into();
        input.models = FromModels { behaviour, ..FromModels::default() }.into();
        let found = check(&input, &CheckOptions::default()).findings;
        let own = found.into_iter().filter(|finding| finding.rule == "custom-manager-or-method");
        own.map(|finding| finding.message).collect()
    }

    fn at() -> Location {
        Location { file: file("shop/models.py", "class Order\n"), start: 0, end: 5 }
    }

    fn sets(name: &str, when: When) -> Behaviour {
        let sets = [(name.into(), Assigned { when, at: at() })].into();
        Behaviour { sets, save: Some(at()), ..Behaviour::default() }
    }

    #[test]
    fn what_an_overridden_save_would_set() {
        let fires = |when, body: &str| told(sets("code", when), body).len();
        for when in [When::Always, When::IfEmpty, When::IfNew] {
            assert_eq!(fires(when, "Order.objects.create(note='')"), 1);
            assert_eq!(fires(when, "order = Order()\n    order.note = ''\n    order.save()"), 1);
            assert_eq!(fires(when, "Order.objects.create(note='', code='x')"), 0);
            assert_eq!(fires(when, "order = Order(note='')\n    order.code = 'x'\n    order.save()"), 0);
            assert_eq!(fires(when, "Order.objects.bulk_create([Order(note='')])"), 0);
        }
        // Nothing of the historical model.
        assert_eq!(told(sets("cache", When::Always), "Order.objects.create(note='')").len(), 0);
        let resaved = "for order in Order.objects.filter(note=''):\n        order.save()";
        assert_eq!(fires(When::Always, resaved), 1);
        assert_eq!(fires(When::IfEmpty, resaved), 1);
        assert_eq!(fires(When::IfNew, resaved), 0);
        assert_eq!(fires(When::Always, "for order in Order.objects.filter(note=''):\n        order.note = 'x'\n        order.save()"), 0);
        assert_eq!(told(Behaviour { save: Some(at()), ..Behaviour::default() }, resaved).len(), 0);
    }

    #[test]
    fn rows_that_models_py_would_keep() {
        let keeps = || Behaviour { keeps: Some(at()), ..Behaviour::default() };
        assert_eq!(told(keeps(), "Order.objects.get(note='').delete()").len(), 1);
        assert_eq!(told(keeps(), "Order.objects.filter(note='').delete()").len(), 0);
        assert_eq!(told(sets("code", When::Always), "Order.objects.get(note='').delete()").len(), 0);
    }

    #[test]
    fn rows_that_a_receiver_would_make() {
        let receiver = |makes: &str| Behaviour {
            receivers: vec![Receiver { name: "tag".into(), at: at(), sets: [].into(), makes: [makes.into()].into() }],
            ..Behaviour::default()
        };
        assert_eq!(told(receiver("Tag"), "Order.objects.create(note='')").len(), 1);
        assert_eq!(told(receiver("Nothing"), "Order.objects.create(note='')").len(), 0);
        let both = "Order.objects.create(note='')\n    apps.get_model('shop', 'Tag').objects.create()";
        assert_eq!(told(receiver("Tag"), both).len(), 0);
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
