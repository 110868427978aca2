//! `runpython-arguments`: a function that is not called as its parameters say.

use super::data_code::{codes, finding};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Help, Severity};

/// Finds where the parameters of a `RunPython` function are not `apps, schema_editor`.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "runpython-arguments",
        severity: Severity::Info,
        aspect: Aspect::Data,
        summary: "the parameters of a `RunPython` function are not `apps, schema_editor`",
        what: "Fires where the function of a `RunPython` cannot be called with two arguments, or names the two \
otherwise than `apps` and `schema_editor`. Silent for names that begin with `_`, which say that they are not used, \
for `*args`, and for short forms (`app_registry`, `editor`, `se`).",
        why: "Django calls it with the registry of historical models and the schema editor, in that order. With \
names swapped or of something else, the next author takes one for the other; with another number, the migration fails.",
        example: "def fill(schema_editor, apps):
    Order = apps.get_model(\"shop\", \"Order\")",
        safe_way: "`def fill(apps, schema_editor):`",
        evidence: "Django: `RunPython.database_forwards` calls `self.code(from_state.apps, schema_editor)`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    for code in codes(cx) {
        let Some(parameters) = &code.parameters else { continue };
        let names: Vec<&str> = parameters.positional.iter().map(AsRef::as_ref).collect();
        let least = names.len() - parameters.defaults.min(names.len());
        let fits = least <= 2 && (names.len() >= 2 || parameters.variadic) && parameters.required == 0;
        let message = if !fits {
            format!("the function takes ({}), and Django calls it with `apps, schema_editor`: it fails", names.join(", "))
        } else if is_other(names.first(), &["app", "registry", "state", "models"], &["editor", "schema"])
            || is_other(names.get(1), &["editor", "schema", "se", "connection"], &["app"])
        {
            format!("the function's parameters are called `{}`, not `apps, schema_editor`", names.join("`, `"))
        } else {
            continue;
        };
        let help = Help::text("Call them as Django does: `apps, schema_editor`.");
        sink.report(finding(cx, &RULE.info, &parameters.at, &names.join(","), message).help(help));
    }
}

/// Whether a name says something else than what is handed over, or says what the other one is.
fn is_other(name: Option<&&str>, known: &[&str], swapped: &[&str]) -> bool {
    let Some(name) = name else { return false };
    let lower = name.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    // A single letter or an underscore says nothing wrong.
    !lower.starts_with('_') && lower.len() > 2 && (says(swapped) && !says(known) || !says(known))
}

#[cfg(test)]
mod tests {
    use crate::rules::data_code::testing::project;
    use crate::rules::histories::*;

    fn fires(parameters: &str) -> bool {
        let text = format!("def fill({parameters}):\n    pass\n");
        rules_of(&check(&project(&text), &CheckOptions::default()).findings).contains(&"runpython-arguments")
    }

    #[test]
    fn fires_on_other_parameters() {
        for wrong in ["schema_editor, apps", "apps", "apps, schema_editor, more", "first, second", "apps, schema_editor, *, x"] {
            assert!(fires(wrong), "{wrong}");
        }
        for right in [
            "apps, schema_editor", "apps, _", "_, __", "_apps, _schema_editor", "*args", "*_", "apps, editor",
            "apps, schema_editor, more=None", "app_registry, schema_editor", "apps, *args, **kwargs", "a, s",
        ] {
            assert!(!fires(right), "{right}");
        }
    }
}
