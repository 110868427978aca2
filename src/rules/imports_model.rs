//! `imports-model`: a data migration uses the model of today's code.

use super::data_code::is_new;
use super::snippet::quoted;
use super::statements::runs_python;
use super::{Check, Dialects, Effect, OperationContext, Rule, RuleInfo, Sink};
use crate::django::data_code::{DataFacts, ModelPlace};
use crate::django::operations::OperationKind;
use crate::django::run_python::{How, ModelUse};
use crate::python::value::Value;
use crate::report::{Aspect, Help, Severity};

/// Finds where `RunPython` code uses a model imported from an app's `models`, not `apps.get_model`.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "imports-model",
        severity: Severity::Error,
        aspect: Aspect::Data,
        summary: "`RunPython` code uses a model imported from an app's `models`, not `apps.get_model`",
        what: "Fires where the function of a `RunPython`, or a function it calls in the repository, uses a model \
class imported from a `models` module, `get_user_model()`, or what `get_model(…)` of today's registry gives: `apps` of \
`django.apps`, or a `get_model` that is imported, be it at the top of the module. Silent where the imported name is no model (an \
enumeration, a constant), where it serves as an annotation alone, where the function binds it anew with \
`apps.get_model`, and where it is used for each row of a table that the same migration makes and nothing has filled.",
        why: "The imported class is the model as the code has it now; the table is as it was at this point of \
history. As soon as a later change adds a field, the query names a column that does not exist yet, and the \
migration fails wherever it is run for the first time: on a new developer's machine, in CI, on the next customer.",
        example: "from shop.models import Order

def fill(apps, schema_editor):
    Order.objects.filter(total=None).update(total=0)

class Migration(migrations.Migration):
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]",
        safe_way: "Take the model from the registry that Django hands to the function: `apps.get_model(\"shop\", \
\"Order\")`. It is the model as it was at this point. It has no methods of its own; write what is needed of them \
in the migration.",
        evidence: "Django: `RunPython.database_forwards` hands over `from_state.apps`; topics/migrations, \"Data \
Migrations\" and \"Historical models\".",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let OperationKind::RunPython(run) = &cx.operation().kind else { return };
    let mut seen = std::collections::BTreeSet::new();
    for code in [Some(&run.code), run.reverse_code.as_ref()].into_iter().flatten() {
        let Value::Ref(path) = code else { continue };
        let Some(facts) = cx.migration.project.code.get(path) else { continue };
        for found in &facts.models {
            // One finding a model is enough.
            if is_model(cx, found) && !is_never_reached(cx, &facts.data, found) && seen.insert(found.path.clone()) {
                report(cx, sink, found);
            }
        }
    }
}

/// A manager is proof; else the name of a model that the state has.
fn is_model(cx: &OperationContext<'_>, found: &ModelUse) -> bool {
    match found.how {
        How::Manager => true,
        How::Attribute => false,
        // What the registry gives may serve to ask for its fields alone.
        How::Value if found.registry => false,
        How::Value => cx.effect.before.models.values().any(|model| model.name.as_ref() == found.class_name()),
    }
}

/// Whether it is used for each row of a table alone that the migration makes and that nothing has filled yet.
fn is_never_reached(cx: &OperationContext<'_>, data: &DataFacts, found: &ModelUse) -> bool {
    let around = |one: &&ModelPlace| {
        one.at.file.display() == found.at.file.display() && one.at.start <= found.at.start && found.at.end <= one.at.end
    };
    let is_empty = |one: &ModelPlace| {
        is_new(cx, &one.model) && data.written.iter().all(|written| written.model != one.model)
    };
    let fills = |effect: &&Effect<'_>| {
        runs_python(effect) || matches!(effect.operation.kind, OperationKind::RunSql(_) | OperationKind::Custom(_))
    };
    let filled = || cx.migration.effects.iter().filter(|effect| effect.index < cx.effect.index).any(|one| fills(&one));
    data.loops.iter().filter(around).any(is_empty) && !filled()
}

fn report(cx: &OperationContext<'_>, sink: &mut Sink, found: &ModelUse) {
    let way = match found.through.as_slice() {
        [] | [_] => String::new(),
        [_, rest @ ..] => format!(" (through `{}`)", rest.join("`, `")),
    };
    let user = found.path.ends_with("get_user_model");
    let (what, name) = if user {
        ("the user model of today's code (`get_user_model()`)".to_owned(), "User".to_owned())
    } else if found.registry {
        let label = found.path.replacen(".models.", ".", 1);
        (format!("model `{label}` of today's registry (`get_model` of the application)"), found.class_name().to_owned())
    } else {
        (format!("the imported model `{}`", found.path), found.class_name().to_owned())
    };
    let message =
        format!("`RunPython` code uses {what}{way}, which will not fit the table once the model changes");
    let app = app_of(cx, found);
    let code = if user {
        "User = apps.get_model(settings.AUTH_USER_MODEL)".to_owned()
    } else {
        format!("{name} = apps.get_model({}, {})", quoted(&app), quoted(&name))
    };
    let help = if way.is_empty() {
        let text = "Take the model as it was at this point of history, from the first argument of the function.";
        Help::text(text).python("in the function", code)
    } else {
        let text = "Write what the migration needs of that code in the migration itself, on the model as it was at this point of \
history; what is called there goes on changing with the application.";
        Help::text(text).python("in the function of the migration", code)
    };
    let mut finding = cx.finding(&RULE.info, message).help(help);
    finding.identity.push(' ');
    finding.identity.push_str(&found.path);
    if let Some(at) = &cx.operation().at {
        finding = finding.label(at.clone(), "run by this operation");
    }
    finding.place = crate::report::Place::Range(found.at.clone());
    if found.imported_at != found.at {
        let how = if found.registry || user { "taken here" } else { "imported here" };
        finding = finding.label(found.imported_at.clone(), how);
    }
    sink.report(finding);
}

/// The label of the app whose `models` it is: that of a model of this name in the state, where
/// there is one alone, else the package's name.
fn app_of(cx: &OperationContext<'_>, found: &ModelUse) -> String {
    let name = found.class_name();
    let owners: Vec<_> = cx
        .effect
        .before
        .models
        .values()
        .filter(|model| model.name.as_ref() == name)
        .map(|model| &model.app)
        .collect();
    if let [only] = owners.as_slice() {
        return only.to_string();
    }
    let package = found.path.split(".models").next().unwrap_or(&found.path);
    package.rsplit('.').next().unwrap_or(package).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    use crate::rules::data_code::testing::project;

    /// The findings of a migration whose `RunPython` runs `fill` of this text.
    fn run(text: &str) -> Vec<Finding> {
        check(&project(text), &CheckOptions::default()).findings
    }

    fn fill(import: &str, body: &str) -> Vec<Finding> {
        run(&format!("{import}\n\ndef fill(apps, schema_editor):\n    {body}\n"))
    }

    #[test]
    fn a_model_of_todays_code() {
        let found = fill("from shop.models import Order", "Order.objects.update(total=0)");
        assert_eq!(rules_of(&found), ["imports-model"]);
        assert!(format!("{:?}", found[0].help).contains("apps.get_model("), "{:?}", found[0].help);
        assert_eq!(found[0].place.start().line, 4);
        for (import, body) in [
            ("from shop import models", "models.Order.objects.all().delete()"),
            ("import shop.models", "shop.models.Order.objects.count()"),
            ("from shop.models import Order as O", "O.objects.count()"),
            ("", "from shop.models import Order; Order.objects.count()"),
            ("from shop.models import Order", "Order(total=1).save()"),
            ("from django.contrib.auth import get_user_model", "get_user_model().objects.count()"),
            ("from django.contrib.auth import get_user_model\n\nUser = get_user_model()", "User.objects.count()"),
            ("from loading import get_model\n\nOrder = get_model('shop', 'Order')", "Order.objects.count()"),
            ("from loading import get_model", "get_model('shop', 'Order').objects.count()"),
            ("from loading import get_model", "Order = get_model('shop', 'Order'); Order.objects.count()"),
            ("from django.apps import apps as now", "now.get_model('shop.Order').objects.count()"),
            ("from django.apps import apps as now\n\nOrder = now.get_model('shop', 'Order')", "Order.objects.count()"),
        ] {
            assert!(rules_of(&fill(import, body)).contains(&"imports-model"), "{import}: {body}");
        }
        let helper = "from shop.models import Order\n\ndef each():\n    return Order.objects.all()\n\n\
    def fill(apps, schema_editor):\n    each()\n";
        assert_eq!(rules_of(&run(helper)), ["imports-model"]);
    }

    #[test]
    fn what_is_done_for_each_row_of_a_new_table() {
        let code = "from tokens.models import Token\n\n\ndef fill(apps, schema_editor):\n    \
for row in apps.get_model('shop', 'Line').objects.all():\n        Token.objects.create(line=row)\n";
        let rules = |operations: Vec<Operation>| {
            let mut input = project(code);
            let second = input.migrations.iter_mut().find(|one| &*one.key.name == "0002_fill").unwrap();
            let second = Arc::make_mut(second);
            let run = second.operations.pop().unwrap();
            second.operations = [operations, vec![run]].concat();
            rules_of(&check(&input, &CheckOptions::default()).findings)
        };
        assert!(!rules(vec![create("Line", &[], &[])]).contains(&"imports-model"));
        assert!(rules(vec![]).contains(&"imports-model"));
        let insert = sql("INSERT INTO shop_line DEFAULT VALUES", Some(""));
        assert!(rules(vec![create("Line", &[], &[]), insert]).contains(&"imports-model"));
    }

    #[test]
    fn names_that_are_no_model_of_todays_code() {
        for (import, body) in [
            (
                "from shop.models import Order",
                "Order = apps.get_model(\"shop\", \"Order\"); Order.objects.count()",
            ),
            (
                "from shop.models import STATES",
                "apps.get_model(\"shop\", \"Order\").objects.filter(state__in=STATES)",
            ),
            (
                "from shop.models import Order",
                "apps.get_model(\"shop\", \"Order\").objects.update(state=Order.NEW)",
            ),
            ("from shop.models import Order", "pass"),
            ("from django.apps import apps", "apps.get_model('shop', 'Order').objects.count()"),
            ("from loading import get_model\n\nOrder = get_model('shop', 'Order')", "pass"),
            ("from loading import get_model", "Order = get_model('shop', 'Order'); print(Order, Order._meta.db_table)"),
            ("from loading import get_model", "Order = get_model('shop', 'Order'); Order = apps.get_model('shop', 'Order'); Order.objects.count()"),
            ("from loading import get_model\n\nOrder = get_model('shop', 'Order')", "Order = apps.get_model('shop', 'Order'); Order.objects.count()"),
            ("from shop.forms import Order", "Order.objects.count()"),
            ("from shop.models import Order", "x: Order = None"),
        ] {
            assert!(!rules_of(&fill(import, body)).contains(&"imports-model"), "{import}: {body}");
        }
    }
}
