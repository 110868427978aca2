//! Changes of apps that have a migration whose operations are not all known: it may have made them.
//! What a later migration of the app states anew is certain all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::django::autodetector::{Changes, Undecided};
use crate::django::keys::{AppLabel, MigrationKey, ModelKey};
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind as Kind};
use crate::python::value::Unknown;

/// What the migrations of an app say after its last one that is not known in full.
#[derive(Default)]
struct Stated {
    why: Option<Arc<Unknown>>,
    /// Models that are there.
    models: BTreeSet<String>,
    /// Models whose `CreateModel` is among them: options, indexes and all are known.
    created: BTreeSet<String>,
    /// Fields whose definition is known.
    fields: BTreeSet<(String, String)>,
}

/// Takes out changes that may have been made by what is not known. `plan` is the order in which the
/// migrations are applied.
pub(super) fn withhold(changes: &mut Changes, plan: &[MigrationKey], migrations: &[Arc<Migration>]) {
    for (app, stated) in stated(plan, migrations) {
        let Some(why) = &stated.why else { continue };
        let Some(of_app) = changes.migrations.get_mut(&app) else { continue };
        for change in of_app.iter_mut() {
            let (certain, open): (Vec<_>, Vec<_>) =
                std::mem::take(&mut change.operations).into_iter().partition(|one| stated.proves(one));
            change.operations = certain;
            let undecided = open.iter().filter_map(|operation| {
                let model = ModelKey::new(app.clone(), operation.model_name()?);
                Some(Undecided { model, what: "model".into(), why: why.clone(), at: why.at.clone() })
            });
            changes.undecided.extend(undecided);
        }
        of_app.retain(|change| !change.operations.is_empty());
        if of_app.is_empty() {
            changes.migrations.shift_remove(&app);
        }
    }
    changes.undecided.dedup_by(|a, b| a.model == b.model && a.what == b.what && a.why == b.why);
}

fn stated(plan: &[MigrationKey], migrations: &[Arc<Migration>]) -> BTreeMap<AppLabel, Stated> {
    let by_key: BTreeMap<&MigrationKey, &Arc<Migration>> =
        migrations.iter().map(|migration| (&migration.key, migration)).collect();
    let mut apps: BTreeMap<AppLabel, Stated> = BTreeMap::new();
    for migration in plan.iter().filter_map(|key| by_key.get(key)) {
        let app = &migration.key.app;
        if let Some(why) = migration.unknown_operations() {
            apps.insert(app.clone(), Stated { why: Some(why.clone()), ..Stated::default() });
        } else if let Some(stated) = apps.get_mut(app) {
            migration.operations.iter().for_each(|operation| stated.take(operation));
        }
    }
    // What is not in the graph (a squash that was left out) is not applied, but may be once.
    for migration in migrations {
        let app = &migration.key.app;
        if let Some(why) = migration.unknown_operations()
            && !apps.contains_key(app)
        {
            apps.insert(app.clone(), Stated { why: Some(why.clone()), ..Stated::default() });
        }
    }
    apps
}

impl Stated {
    fn take(&mut self, operation: &Operation) {
        match &operation.kind {
            Kind::SeparateDatabaseAndState { state_operations, .. } => {
                for inner in state_operations {
                    self.take(inner);
                }
                return;
            }
            // Names change places; what was known by the old one is let go.
            Kind::RenameModel { old_name, .. } => return self.forget(&old_name.to_lowercase()),
            Kind::DeleteModel { name } => return self.forget(&name.to_lowercase()),
            Kind::CreateModel(create) => {
                let model = create.name.to_lowercase();
                if create.unknowns.is_empty() {
                    self.created.insert(model.clone());
                }
                let fields = create.fields.iter().map(|(name, _)| (model.clone(), name.to_lowercase()));
                self.fields.extend(fields);
            }
            Kind::AddField { model_name, name, .. } | Kind::AlterField { model_name, name, .. } => {
                self.fields.insert((model_name.to_lowercase(), name.to_lowercase()));
            }
            Kind::RemoveField { model_name, name } | Kind::RenameField { model_name, old_name: name, .. } => {
                self.fields.remove(&(model_name.to_lowercase(), name.to_lowercase()));
            }
            Kind::RunPython(_) | Kind::RunSql(_) | Kind::Custom(_) => return,
            _ => {}
        }
        if let Some(model) = operation.model_name() {
            self.models.insert(model.to_lowercase());
        }
    }

    fn forget(&mut self, model: &str) {
        self.models.remove(model);
        self.created.remove(model);
        self.fields.retain(|(of, _)| of != model);
    }

    /// Whether a change does not depend on what is not known.
    fn proves(&self, operation: &Operation) -> bool {
        let Some(model) = operation.model_name().map(|name| name.to_lowercase()) else { return false };
        match &operation.kind {
            Kind::DeleteModel { .. } => self.models.contains(&model),
            Kind::AlterField { name, .. } | Kind::RemoveField { name, .. } => {
                self.fields.contains(&(model, name.to_lowercase()))
            }
            Kind::CreateModel(_) => false,
            _ => self.created.contains(&model),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::django::field::{Field, FieldClass};
    use crate::django::migration::Origin;

    fn key(name: &str) -> MigrationKey {
        MigrationKey { app: AppLabel("shop".into()), name: name.into() }
    }

    fn operation(kind: Kind) -> Operation {
        let class = "django.db.migrations.operations.some.Operation".into();
        Operation { class, kind, at: None, custom_describe: None }
    }

    fn field() -> Arc<Field> {
        let path: Arc<str> = "django.db.models.IntegerField".into();
        let class = FieldClass {
            qualname: path.clone(),
            base: Some(path.clone()),
            mro: vec![path.clone()],
            internal_type: None,
            db_type: None,
            opaque_type: false,
        };
        Arc::new(Field {
            path,
            args: Vec::new(),
            kwargs: Vec::new(),
            class: Arc::new(class),
            at: None,
            live: None,
        })
    }

    fn add(model: &str, name: &str) -> Kind {
        Kind::AddField { model_name: model.into(), name: name.into(), field: field(), preserve_default: true }
    }

    fn alter(model: &str, name: &str) -> Operation {
        operation(Kind::AlterField {
            model_name: model.into(),
            name: name.into(),
            field: field(),
            preserve_default: true,
        })
    }

    /// `0001` is not known, `0002` does what is given.
    fn after(kinds: Vec<Kind>) -> Stated {
        let mut first = Migration::empty(key("0001"), Origin::Project);
        first.unknowns.push(Arc::new(Unknown { reason: "operations can't be worked out".into(), at: None }));
        let mut second = Migration::empty(key("0002"), Origin::Project);
        second.operations = kinds.into_iter().map(operation).collect();
        let plan = [key("0001"), key("0002")];
        stated(&plan, &[Arc::new(first), Arc::new(second)]).remove(&AppLabel("shop".into())).unwrap()
    }

    #[test]
    fn a_field_that_a_later_migration_defines_is_certain() {
        let stated = after(vec![add("Order", "total")]);
        assert!(stated.proves(&alter("order", "total")));
        assert!(!stated.proves(&alter("order", "note")));
        assert!(!stated.proves(&operation(add("order", "note"))));
        assert!(stated.proves(&operation(Kind::DeleteModel { name: "Order".into() })));
        assert!(!stated.proves(&operation(Kind::DeleteModel { name: "Item".into() })));
    }

    #[test]
    fn what_is_renamed_or_removed_is_let_go() {
        let remove = Kind::RemoveField { model_name: "Order".into(), name: "total".into() };
        assert!(!after(vec![add("Order", "total"), remove]).proves(&alter("order", "total")));
        let rename = Kind::RenameModel { old_name: "Order".into(), new_name: "Sale".into() };
        assert!(!after(vec![add("Order", "total"), rename]).proves(&alter("order", "total")));
    }
}
