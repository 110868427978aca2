//! `mixed-change`: migrations and application code in one change.

use super::context::place_of;
use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Severity};

/// Finds migrations and application code in one change.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "mixed-change",
        severity: Severity::Pedantic,
        aspect: Aspect::Drift,
        summary: "migrations and application code in one change",
        what: "With `--diff`: fires once on the first new migration of a change that changes Python code beside it which is no migration, no models.py and no test.",
        why: "For teams that ship schema and code apart: when the two go out together, one cannot be rolled back without the other.",
        example: "shop/migrations/0007_note.py      # new
shop/views.py                     # changed",
        safe_way: "Two pull requests: the migration with the models, then the code that uses them.",
        evidence: "A convention of teams, which nothing of Django asks for; so it is off unless asked for.",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let Some(history) = cx.history else { return };
    let Some(migration) = history.new.iter().next().and_then(|key| cx.graph.disk.get(key)) else { return };
    let code: Vec<&str> = history.changed_code.iter().map(AsRef::as_ref).filter(|path| is_application(path)).collect();
    let Some(first) = code.first() else { return };
    let more = if code.len() > 1 { format!(" and {} more", code.len() - 1) } else { String::new() };
    let message = format!("this change has new migrations, and application code beside them: `{first}`{more}");
    let help = Help::text("Put the migration with its models into a change of its own, and release it first.");
    sink.report(
        Finding::new(RULE.info.name, RULE.info.severity, place_of(migration), message).of(&migration.key).help(help),
    );
}

fn is_application(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let test = path.split('/').any(|part| matches!(part, "tests" | "test")) || file.starts_with("test");
    let models = file == "models.py" || path.contains("/models/") || path.starts_with("models/");
    !test && !models && file != "conftest.py"
}

#[cfg(test)]
mod tests {
    use crate::rules::History;
    use crate::rules::histories::*;

    fn rules(code: &[&str], pedantic: bool) -> Vec<&'static str> {
        let second = migration("0002_second", &["0001_initial"], vec![], "");
        let changed_code = code.iter().map(|path| (*path).into()).collect();
        let history = History { new: [second.key.clone()].into(), changed_code, ..History::default() };
        let project = ProjectInput { history: Some(history), ..input(vec![initial(), second]) };
        let mut options = CheckOptions::default();
        options.selection.pedantic = pedantic;
        rules_of(&check(&project, &options).findings)
    }

    #[test]
    fn code_beside_a_migration_if_asked_for() {
        assert!(rules(&["shop/views.py"], true).contains(&"mixed-change"));
        assert!(!rules(&["shop/views.py"], false).contains(&"mixed-change"));
        assert!(!rules(&["shop/models.py", "shop/tests/test_views.py"], true).contains(&"mixed-change"));
    }
}
