//! The functions of a `RunPython`, for the rules on data migrations.

use super::context::OperationContext;
use super::effects::Side;
use crate::django::data_code::HistoricalModel;
use crate::django::keys::ModelKey;
use crate::django::operations::OperationKind;
use crate::django::run_python::CodeFacts;
use crate::django::state::ModelState;
use crate::python::value::Value;
use crate::report::{Finding, Place};
use crate::source::Location;

/// What the functions of a `RunPython` outside `state_operations` reach: forwards, then backwards.
pub(super) fn codes<'a>(cx: &OperationContext<'a>) -> Vec<&'a CodeFacts> {
    let OperationKind::RunPython(run) = &cx.operation().kind else { return Vec::new() };
    if cx.effect.side == Side::State {
        return Vec::new();
    }
    let both = [Some(&run.code), run.reverse_code.as_ref()];
    let paths = both.into_iter().flatten().filter_map(|code| match code {
        Value::Ref(path) => Some(path),
        _ => None,
    });
    paths.filter_map(|path| cx.migration.project.code.get(path)).collect()
}

/// What the function that migrates forwards reaches.
pub(super) fn forwards<'a>(cx: &OperationContext<'a>) -> Option<&'a CodeFacts> {
    let OperationKind::RunPython(run) = &cx.operation().kind else { return None };
    match &run.code {
        Value::Ref(path) if cx.effect.side != Side::State => cx.migration.project.code.get(path),
        _ => None,
    }
}

/// The model as the function gets it.
pub(super) fn model_of<'a>(cx: &OperationContext<'a>, model: &HistoricalModel) -> Option<&'a ModelState> {
    let key = ModelKey::new(crate::django::keys::AppLabel::new(&*model.app), &model.name);
    cx.effect.before.models.get(&key).map(AsRef::as_ref)
}

/// Whether the operation's rows are in a table that the same batch creates.
pub(super) fn is_new(cx: &OperationContext<'_>, model: &HistoricalModel) -> bool {
    let key = ModelKey::new(crate::django::keys::AppLabel::new(&*model.app), &model.name);
    cx.effect.new.tables.contains(&key)
}

/// A finding at a place in the function.
pub(super) fn finding(
    cx: &OperationContext<'_>,
    rule: &super::RuleInfo,
    at: &Location,
    identity: &str,
    message: String,
) -> Finding {
    let mut finding = cx.finding(rule, message);
    if let Some(operation) = &cx.operation().at {
        finding = finding.label(operation.clone(), "run by this operation");
    }
    finding.identity = format!("{} {identity}", finding.identity);
    finding.place = Place::Range(at.clone());
    finding
}

#[cfg(test)]
pub(super) mod testing {
    use crate::django::run_python::{Module, facts};
    use crate::python::syntax::Parsed;
    use crate::rules::histories::*;

    /// A history whose second migration runs `fill` of this text.
    pub(in crate::rules) fn project(text: &str) -> ProjectInput {
        let name = "shop.migrations.0002_fill";
        let parsed = Parsed::new(file("shop/migrations/0002_fill.py", text));
        let module = Module { name: name.into(), package: false, parsed };
        let path: Arc<str> = format!("{name}.fill").into();
        let fill = operation(Kind::RunPython(RunPython {
            code: Value::Ref(path.clone()),
            reverse_code: Some(Value::Ref("django.db.migrations.operations.special.RunPython.noop".into())),
            atomic: None,
            hints: Value::Dict(Arc::new([])),
            elidable: false,
        }));
        let mut project = input(vec![initial(), migration("0002_fill", &["0001_initial"], vec![fill], "")]);
        if let Some(facts) = facts(&module, "fill", &|_| None) {
            project.code.insert(path, facts);
        }
        project
    }

    /// The rules that fire on a function with that body, `Order` bound.
    pub(in crate::rules) fn fill(body: &str) -> Vec<&'static str> {
        let text = format!(
            "def fill(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n    {body}\n"
        );
        rules_of(&check(&project(&text), &CheckOptions::default()).findings)
    }
}
