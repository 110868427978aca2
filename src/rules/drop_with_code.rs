//! `drop-with-code`: schema and code let go of a column or table in one change.

use super::storage::Storage;
use super::{Check, Dialects, Dropped, OperationContext, Rule, RuleInfo, Sink};
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where a column or table is dropped in the same change that takes the field or model out of the
/// code.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "drop-with-code",
        severity: Severity::Error,
        aspect: Aspect::Drift,
        summary: "a column or table is dropped in the same change that takes the field or model out of the code",
        what: "With `--diff`: fires on a new `RemoveField` or `DeleteModel` that drops something in the database, where the class at the merge base declares it and the class now does not.",
        why: "During the deploy the previous release still runs, and Django selects every column of a model by name: each of its queries on that table fails until its last process is gone.",
        example: "-    note = models.TextField(default=\"\")        # models.py
+        migrations.RemoveField(\"order\", \"note\"),   # in the same pull request",
        safe_way: "Two releases: the first takes the field out of the code and the state alone, the second drops the column.",
        evidence: "Django: `SQLCompiler.get_default_columns` names all concrete fields; `SeparateDatabaseAndState`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let Some(history) = cx.migration.project.history else { return };
    if cx.effect.side == super::Side::State {
        return;
    }
    let (model_name, field) = match &cx.operation().kind {
        OperationKind::RemoveField { model_name, name } => (model_name, Some(name)),
        OperationKind::DeleteModel { name } => (name, None),
        _ => return,
    };
    if !cx.touches_table_in_use(model_name) {
        return;
    }
    let Some(model) = cx.before(model_name) else { return };
    let dropped = Dropped { model: cx.key(model_name), field: field.cloned() };
    let Some(declared) = history.undeclared.get(&dropped) else { return };
    let what = match field {
        Some(name) => {
            if cx.is_new_field(model_name, name) {
                return;
            }
            let Some(found) = model.fields.get(name) else { return };
            match cx.storage(model, name, found) {
                Storage::Column(column) => format!("column `{column}`"),
                Storage::Table(table) => format!("table `{table}`"),
                Storage::Nothing | Storage::Unknown => return,
            }
        }
        None => match cx.table(model) {
            Some(table) => format!("table `{table}`"),
            None => return,
        },
    };
    let name = field.map_or_else(|| model.name.to_string(), |name| format!("{}.{name}", model.name));
    let message = format!(
        "{what} is dropped in the same change that takes `{name}` out of the code: the release that still runs \
         selects it, and fails from then on"
    );
    let help = Help::text(format!(
        "Release this in two steps: first the code, with `SeparateDatabaseAndState(state_operations=[{}])` as the \
         migration; when that runs everywhere, drop it in a second migration.",
        match field {
            Some(name) => format!("RemoveField(\"{}\", \"{name}\")", model.name.to_lowercase()),
            None => format!("DeleteModel(\"{}\")", model.name),
        }
    ));
    sink.report(
        cx.finding(&RULE.info, message)
            .table(cx.table(model))
            .help(help)
            .label(declared.clone(), "the code that still runs has it"),
    );
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;
    use crate::rules::{Dropped, History};

    fn rules(operations: Vec<Operation>, declared: Option<&str>) -> Vec<&'static str> {
        let second = migration("0002_second", &["0001_initial"], operations, "");
        let text = file("shop/models.py", "class Order(Model):\n    note = TextField()\n");
        let at = Location { file: text, start: 24, end: 42 };
        let model = crate::django::keys::ModelKey::new(second.key.app.clone(), "Order");
        let undeclared =
            declared.map(|field| (Dropped { model, field: (!field.is_empty()).then(|| field.into()) }, at));
        let new = [second.key.clone()].into();
        let history = History { new, undeclared: undeclared.into_iter().collect(), ..History::default() };
        let project = ProjectInput { history: Some(history), ..input(vec![initial(), second]) };
        rules_of(&check(&project, &CheckOptions::default()).findings)
    }

    #[test]
    fn in_one_change_and_not_in_two() {
        assert_eq!(rules(vec![remove("note")], Some("note")), ["drop-with-code", "remove-field"]);
        assert_eq!(rules(vec![remove("note")], None), ["remove-field"]);
        assert_eq!(rules(vec![remove("note")], Some("code")), ["remove-field"]);
        let state = vec![separate(vec![], vec![remove("note")])];
        assert!(!rules(state, Some("note")).contains(&"drop-with-code"));
        // A many-to-many field with a `through` of its own has nothing in the database.
        assert!(rules(vec![remove("links")], Some("links")).is_empty());
    }
}
