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

/// Finds where an operation does not fit the state that it finds.
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
            (Phase::Load, Some(exception)) => {
                format!("every command that loads migrations stops with {exception}")
            }
            (Phase::State, Some(exception)) => {
                format!("`migrate` and `makemigrations` stop with {exception}")
            }
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
                format!(
                    "field `{}.{field}` refers to model `{target}`, which does not exist at this point",
                    error.model
                )
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
            after
                .models
                .get(model)
                .is_some_and(|model| model.bases.iter().any(|base| base.as_str().is_some()))
        };
        self.targets.iter().any(|target| !after.models.contains_key(target))
            || self.models.keys().any(derives)
            || self.fields.keys().any(|(model, _)| derives(model))
    }

    /// The index of the operation that an error comes from, if it is one of this migration.
    fn cause(&self, error: &RenderError) -> Option<usize> {
        let field = match &error.kind {
            RenderErrorKind::UnresolvedField { field, .. } | RenderErrorKind::FieldClash { field, .. } => {
                Some(field)
            }
            _ => None,
        };
        let by_field = field.and_then(|field| self.fields.get(&(error.model.clone(), field.clone())));
        by_field.or_else(|| self.models.get(&error.model)).copied()
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    use crate::python::value::Unknown;
    use crate::report::Place;
    use crate::rules::BrokenMigration;

    #[test]
    fn what_does_not_fit_the_state() {
        assert_eq!(fired(vec![remove("nots")]), ["invalid-operation"]);
        assert!(
            fired(vec![operation(Kind::DeleteModel { name: "Nothing".into() })])
                .contains(&"invalid-operation")
        );
        let rename = |old: &str| {
            operation(Kind::RenameField {
                model_name: "link".into(),
                old_name: old.into(),
                new_name: "key".into(),
            })
        };
        assert_eq!(fired(vec![rename("ident")]), ["invalid-operation"]);
        assert!(fired(vec![rename("id")]).is_empty());
        // Within the state's side of an operation, too.
        assert!(fired(vec![separate(vec![], vec![remove("nots")])]).contains(&"invalid-operation"));
    }

    #[test]
    fn what_is_missing_may_be_in_what_could_not_be_read() {
        let unread = || {
            let mut unread = migration("0002_unread", &["0001_initial"], vec![], "");
            unread.unknowns = vec![Arc::new(Unknown { reason: "operations".into(), at: None })];
            unread
        };
        let third = migration("0003_third", &["0002_unread"], vec![remove("nots")], "");
        assert!(!rules_of(&findings(vec![initial(), unread(), third])).contains(&"invalid-operation"));
        // A file that cannot be loaded is told of; not what follows from it.
        let mut project =
            input(vec![initial(), migration("0003_third", &["0002_broken"], vec![remove("nots")], "")]);
        project.broken.push(BrokenMigration {
            key: key("0002_broken"),
            place: Place::Path("shop/migrations/0002_broken.py".into()),
            reason: "it does not parse".into(),
        });
        let report = check(&project, &CheckOptions::default());
        assert!(!rules_of(&report.findings).contains(&"invalid-operation"), "{:?}", report.findings);
    }

    #[test]
    fn references_that_no_migration_resolves() {
        let note = |to: &str| vec![create("Note", &[("of", foreign_key(to))], &[])];
        assert_eq!(fired(note("shop.orders")), ["invalid-operation"]);
        assert_eq!(fired(note("shop.missing")), ["invalid-operation"]);
        assert!(fired(note("shop.order")).is_empty());
        assert!(fired(note("self")).is_empty());
        let crm = migration("crm.0001_initial", &[], vec![], "");
        let second = |to: &str| migration("0002_second", &["0001_initial", "crm.0001_initial"], note(to), "");
        assert_eq!(
            rules_of(&findings(vec![initial(), crm.clone(), second("crm.customer")])),
            ["invalid-operation"]
        );
        // The other app's models are not, or not all, at hand.
        assert!(fired(note("auth.user")).is_empty());
        let check = |change: &dyn Fn(&mut ProjectInput)| {
            let mut project = input(vec![initial(), crm.clone(), second("crm.customer")]);
            change(&mut project);
            rules_of(&check(&project, &CheckOptions::default()).findings)
        };
        let label = crate::django::keys::AppLabel::new("crm");
        assert!(check(&|project| project.installed.assumed = [label.clone()].into()).is_empty());
        assert!(check(&|project| project.installed.unmigrated = [label.clone()].into()).is_empty());
        let place = Place::Path("crm/migrations/0002_broken.py".into());
        let broken =
            BrokenMigration { key: key("crm.0002_broken"), place, reason: "it does not parse".into() };
        assert_eq!(check(&|project| project.broken.push(broken.clone())), ["unreadable-migration"]);
    }

    #[test]
    fn bases_that_no_migration_resolves() {
        let child = |base: &str, fields: &[(&str, Arc<Field>)]| {
            let mut operation = create("Child", fields, &[]);
            if let Kind::CreateModel(create) = &mut operation.kind {
                create.bases = vec![Value::str(base)];
            }
            vec![operation]
        };
        assert_eq!(fired(child("shop.missing", &[])), ["invalid-operation"]);
        assert!(fired(child("shop.order", &[])).is_empty());
        assert!(fired(child("auth.user", &[])).is_empty());
        assert_eq!(fired(child("shop.order", &[("note", text())])), ["invalid-operation"]);
    }
}
