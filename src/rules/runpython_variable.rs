//! `runpython-variable`: a historical model under the name of another.

use super::data_code::{codes, finding};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Help, Severity};

/// Finds where `apps.get_model("a", "B")` is bound to the name of another model.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "runpython-variable",
        severity: Severity::Info,
        aspect: Aspect::Data,
        summary: "`apps.get_model(\"a\", \"B\")` is bound to the name of another model",
        what: "Fires where a `RunPython` function binds a historical model to a variable that bears the name of \
another model of the project. Silent for names that are no model's (`model`, `Klass`), and for those that hold the \
model's own name (`HistoricalOrder`, `order_model`).",
        why: "Whoever reads on believes to see the other model. It is most often a copy that was changed in one place \
and not in the other: the query then goes to the wrong table.",
        example: "def fill(apps, schema_editor):
    Invoice = apps.get_model(\"shop\", \"Order\")",
        safe_way: "Call the variable as the model is called.",
        evidence: "The state before the operation has a model of the variable's name.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for code in codes(cx) {
        for binding in &code.data.bindings {
            let plain = |name: &str| name.replace('_', "").to_lowercase();
            let (variable, model) = (plain(&binding.variable), plain(&binding.model.name));
            if variable.contains(&model) || model.contains(&variable) {
                continue;
            }
            let Some(other) = cx.effect.before.models.keys().find(|key| plain(&key.model) == variable) else {
                continue;
            };
            let message = format!(
                "`{}` is bound to model `{}.{}`, though a model `{other}` bears that name",
                binding.variable, binding.model.app, binding.model.name
            );
            let help = Help::text(format!("Call the variable `{}`.", binding.model.name));
            sink.report(finding(cx, &RULE.info, &binding.at, &binding.variable, message).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::data_code::testing::fill;

    #[test]
    fn fires_on_the_name_of_another_model() {
        let fires = |body: &str| fill(body).contains(&"runpython-variable");
        assert!(fires("Tag = apps.get_model('shop', 'Order')"));
        assert!(!fires("Tag = apps.get_model('shop', 'Tag')"));
        assert!(!fires("model = apps.get_model('shop', 'Order')"));
        assert!(!fires("HistoricalOrder = apps.get_model('shop', 'Order')"));
    }
}
