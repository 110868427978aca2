//! `still-referenced`: what is taken away is still named.

use super::{Check, Dialects, Dropped, OperationContext, Reference, Rule, RuleInfo, Sink};
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Most places that a finding shows.
const MOST: usize = 10;

/// Finds where a dropped or renamed field or model is still named in Python or a template.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "still-referenced",
        severity: Severity::Error,
        aspect: Aspect::Drift,
        summary: "a dropped or renamed field or model is still named in Python or a template",
        what: "With `--diff`: looks in the project's Python and templates for the old name of each field or model that a new migration drops or renames, as they are now and as they were at the merge base. A name counts together with its model alone: in a query that starts at the model (`Order.objects.filter(note=…)`, `values(\"note\")`, `order_by(\"-note\")`, `F(\"note\")`), in an admin, form, serializer or view that says it is for the model, on a variable that holds an instance, in a template as `order.note`; a model by its import or its label.",
        why: "What is named now fails as soon as the new code runs: FieldError, FieldDoesNotExist, an import error; in a template the value is empty and nothing says so. What was named at the base fails during the deploy, while the previous release still runs.",
        example: "migrations.RemoveField(\"order\", \"note\"),

<p>{{ order.note }}</p>        {# shop/templates/shop/order_detail.html #}",
        safe_way: "Take the name out of the code first, in a release of its own; drop the column when that runs everywhere.",
        evidence: "Django: `Query.names_to_path` raises FieldError; `Variable` resolves what fails to `string_if_invalid`.",
        dialects: Dialects::All,
    },
    check: Check::Operation(check),
};

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    let Some(history) = cx.migration.project.history else { return };
    let (model_name, field, verb) = match &cx.operation().kind {
        OperationKind::RemoveField { model_name, name } => (model_name, Some(name), "removed"),
        OperationKind::RenameField { model_name, old_name, .. } => (model_name, Some(old_name), "renamed"),
        OperationKind::DeleteModel { name } => (name, None, "deleted"),
        OperationKind::RenameModel { old_name, .. } => (old_name, None, "renamed"),
        _ => return,
    };
    // What the database side alone changes, the code need not know of.
    if cx.effect.side == super::Side::Database || cx.is_new_table(model_name) {
        return;
    }
    let dropped = Dropped { model: cx.key(model_name), field: field.cloned() };
    let Some(references) = history.references.get(&dropped) else { return };
    // A later migration of the change may bring the name back.
    let Some(before) = cx.before(model_name) else { return };
    let (now, then): (Vec<&Reference>, Vec<&Reference>) =
        references.iter().partition(|reference| !reference.only_at_base);
    let name = field.map_or_else(|| before.name.to_string(), |name| format!("{}.{name}", before.name));
    let count = |list: &[&Reference]| match list {
        [one] => format!("in `{}:{}`", one.at.file.display(), one.at.line()),
        list => format!("in {} places", list.len()),
    };
    let message = match (now.is_empty(), then.is_empty()) {
        (false, _) => format!("`{name}` is {verb} and still named {}: that code fails", count(&now)),
        (true, false) => format!(
            "`{name}` is {verb} in the same change that takes its name out of the code ({}): the release that \
             still runs fails during the deploy",
            count(&then)
        ),
        (true, true) => return,
    };
    let text = if now.is_empty() {
        "Release the change of the code first, and the migration when that runs everywhere."
    } else {
        "Take the name out of these places, and release that before the migration."
    };
    let mut finding = cx.finding(&RULE.info, message).table(cx.table(before)).help(Help::text(text));
    for reference in references.iter().take(MOST) {
        let when = if reference.only_at_base { " at the base" } else { "" };
        finding = finding.label(reference.at.clone(), format!("named here {}{when}", reference.how));
    }
    sink.report(finding);
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;
    use crate::rules::{Dropped, History, Reference};

    fn messages(operations: Vec<Operation>, only_at_base: &[bool]) -> Vec<String> {
        let second = migration("0002_second", &["0001_initial"], operations, "");
        let text = file("shop/views.py", "Order.objects.filter(note=1)\n");
        let reference = |only: &bool| Reference {
            at: Location { file: text.clone(), start: 21, end: 25 },
            how: "as a keyword of a query",
            only_at_base: *only,
        };
        let model = crate::django::keys::ModelKey::new(second.key.app.clone(), "Order");
        let dropped = Dropped { model, field: Some("note".into()) };
        let references = [(dropped, only_at_base.iter().map(reference).collect())].into();
        let history = History { new: [second.key.clone()].into(), references, ..History::default() };
        let project = ProjectInput { history: Some(history), ..input(vec![initial(), second]) };
        let found = check(&project, &CheckOptions::default()).findings;
        let own = found.into_iter().filter(|finding| finding.rule == "still-referenced");
        own.map(|finding| finding.message).collect()
    }

    #[test]
    fn now_at_the_base_and_nowhere() {
        let now = messages(vec![remove("note")], &[false]);
        assert_eq!(now, ["`Order.note` is removed and still named in `shop/views.py:1`: that code fails"]);
        assert!(messages(vec![remove("note")], &[true])[0].contains("during the deploy"));
        assert!(messages(vec![remove("note")], &[]).is_empty());
        assert!(messages(vec![remove("code")], &[false]).is_empty());
        assert_eq!(messages(vec![separate(vec![], vec![remove("note")])], &[false]).len(), 1);
    }
}
