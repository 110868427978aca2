//! `invalid-operation`: replaying the migrations fails as Django would fail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::context::identity;
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Side, Sink};
use crate::django::field::Field;
use crate::django::keys::ModelKey;
use crate::django::operations::OperationKind;
use crate::django::state::render::{RenderError, RenderErrorKind, unresolved_references};
use crate::django::state::{Phase, ProjectState, relation_through, relation_to};
use crate::python::value::Value;
use crate::report::{Aspect, Place, Severity};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "invalid-operation",
        severity: Severity::Error,
        aspect: Aspect::Graph,
        summary: "an operation does not fit the state that it finds",
        what: "Fires where replaying the operations fails as it would in Django: a field added to a model that does not exist, a rename or removal of a field that is not there, a model or field that is there already, an index or constraint that is not known, a foreign key or base class that leads to a model that no migration creates. Silent where an operation or migration that could not be read may have brought what is missing, and about models of apps without migrations and of packages whose source is not at hand.",
        why: "`migrate` stops at it, and so do `makemigrations` and the tests, for they replay the state from the beginning.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.RemoveField(model_name=\"order\", name=\"nots\"),  # the field is `note`
    ]",
        safe_way: "Correct the name; where the order of migrations is wrong, add the dependency that brings the model or field first.",
        evidence: "Django: `state_forwards` and `database_forwards` of each operation (`django/db/migrations/operations/`), `ProjectState`, `StateApps` (\"was declared with a lazy reference to\", `InvalidBasesError`).",
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
    unresolved(cx, sink);
}

/// What Django fails at when it makes models of the state that the migration leaves, as far as this
/// migration is the cause.
fn unresolved(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let touched = Touched::by(cx);
    if !touched.may_break(cx.after) {
        return;
    }
    // Whether an app without migrations has a model is not looked at here.
    let outside = |target: &ModelKey| cx.project.is_migrated(&target.app).then_some(false);
    for error in unresolved_references(cx.after, &outside) {
        let Some(index) = touched.cause(&error).filter(|_| error.certain) else { continue };
        let message = match &error.kind {
            RenderErrorKind::UnresolvedField { field, target, .. } => {
                // That something creates it, only not before this, is `undeclared-dependency`'s to tell.
                if target.app != cx.migration.key.app && cx.project.ancestry.providers_of(target).is_some() {
                    continue;
                }
                format!("field `{}.{field}` refers to model `{target}`, which does not exist at this point", error.model)
            }
            RenderErrorKind::UnresolvedBase { target } => {
                if target.app != cx.migration.key.app && cx.project.ancestry.providers_of(target).is_some() {
                    continue;
                }
                format!("model `{}` derives from `{target}`, which does not exist at this point", error.model)
            }
            RenderErrorKind::FieldClash { field, base } => {
                format!("field `{field}` of model `{}` clashes with that of its base `{base}`", error.model)
            }
            _ => continue,
        };
        let exception = match &error.kind {
            RenderErrorKind::UnresolvedBase { .. } => "InvalidBasesError",
            RenderErrorKind::FieldClash { .. } => "FieldError",
            _ => "ValueError",
        };
        let operation = cx.migration.operations.get(index);
        let identity = format!("{} {message}", operation.map(identity).unwrap_or_default());
        let mut finding = cx.finding(&RULE.info, format!("{message}: `migrate` stops with {exception}"));
        if let Some(at) = operation.and_then(|operation| operation.at.clone()) {
            finding.place = Place::Range(at);
        }
        if let Some(at) = error.at.filter(|at| Place::Range(at.clone()) != finding.place) {
            finding = finding.label(at, "written here");
        }
        finding.operation = Some(index);
        sink.report(finding.about(identity));
    }
}

/// The models and fields that a migration writes, each with the operation's index.
#[derive(Default)]
struct Touched {
    models: BTreeMap<ModelKey, usize>,
    fields: BTreeMap<(ModelKey, Arc<str>), usize>,
    /// Models that fields or bases written here refer to.
    targets: BTreeSet<ModelKey>,
}

impl Touched {
    fn by(cx: &MigrationContext<'_>) -> Self {
        let mut out = Self::default();
        let key = |name: &str| ModelKey::new(cx.migration.key.app.clone(), name);
        for effect in cx.effects.iter().filter(|effect| effect.side != Side::Database) {
            match &effect.operation.kind {
                OperationKind::CreateModel(create) => {
                    let model = key(&create.name);
                    let bases = create.bases.iter().filter_map(Value::as_str);
                    out.targets.extend(bases.map(|base| ModelKey::parse(base, &model.app)));
                    for (_, field) in &create.fields {
                        out.refers(&model, field);
                    }
                    out.models.insert(model, effect.index);
                }
                OperationKind::AddField { model_name, name, field, .. }
                | OperationKind::AlterField { model_name, name, field, .. } => {
                    out.refers(&key(model_name), field);
                    out.fields.insert((key(model_name), name.clone()), effect.index);
                }
                _ => {}
            }
        }
        out
    }

    fn refers(&mut self, model: &ModelKey, field: &Field) {
        self.targets.extend(relation_to(field, model));
        self.targets.extend(relation_through(field, model));
    }

    /// Making models of a whole state takes time, and hardly ever is there a reason to.
    fn may_break(&self, after: &ProjectState) -> bool {
        let derives = |model: &ModelKey| {
            after.models.get(model).is_some_and(|model| model.bases.iter().any(|base| base.as_str().is_some()))
        };
        self.targets.iter().any(|target| !after.models.contains_key(target))
            || self.models.keys().any(derives)
            || self.fields.keys().any(|(model, _)| derives(model))
    }

    /// The index of the operation that an error comes from, if it is one of this migration.
    fn cause(&self, error: &RenderError) -> Option<usize> {
        let field = match &error.kind {
            RenderErrorKind::UnresolvedField { field, .. } | RenderErrorKind::FieldClash { field, .. } => Some(field),
            _ => None,
        };
        let by_field = field.and_then(|field| self.fields.get(&(error.model.clone(), field.clone())));
        by_field.or_else(|| self.models.get(&error.model)).copied()
    }
}
