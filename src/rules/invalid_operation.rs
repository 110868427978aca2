//! `invalid-operation`: replaying the migrations fails as Django would fail.

use super::context::identity;
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::django::state::Phase;
use crate::report::{Aspect, Place, Severity};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "invalid-operation",
        severity: Severity::Error,
        aspect: Aspect::Graph,
        summary: "an operation does not fit the state that it finds",
        what: "Fires where replaying the operations fails as it would in Django: a field added to a model that does not exist, a rename or removal of a field that is not there, a model or field that is there already, an index or constraint that is not known. Silent where an operation that could not be read may have brought what is missing.",
        why: "`migrate` stops at it, and so do `makemigrations` and the tests, for they replay the state from the beginning.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RemoveField(model_name=\"order\", name=\"nots\"),  # the field is `note`
    ]",
        safe_way: "Correct the name; where the order of migrations is wrong, add the dependency that brings the model or field first.",
        evidence: "Django: `state_forwards` and `database_forwards` of each operation (`django/db/migrations/operations/`), `ProjectState`.",
        dialects: Dialects::All,
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    for (index, error) in cx.errors {
        if !error.certain {
            continue;
        }
        let how = match (error.phase, error.kind.exception()) {
            (Phase::Load, Some(exception)) => format!("every command that loads migrations stops with {exception}"),
            (Phase::State, Some(exception)) => format!("`migrate` and `makemigrations` stop with {exception}"),
            (Phase::Database, Some(exception)) => format!("`migrate` stops with {exception}"),
            (_, None) => "the database refuses it".to_owned(),
        };
        let mut finding = cx.finding(&RULE.info, format!("{error}: {how}"));
        if let Some(at) = &error.at {
            finding.place = Place::Range(at.clone());
        }
        finding.operation = Some(*index);
        let operation = cx.migration.operations.get(*index).map(identity).unwrap_or_default();
        sink.report(finding.about(format!("{operation} {error}")));
    }
}
