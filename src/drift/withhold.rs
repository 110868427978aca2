//! Changes that may have been made already, by operations that are not known: those of a migration
//! that could not be read in full, and those whose own `state_forwards()` could not be followed. What
//! a later migration states anew is certain all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::django::autodetector::{Changes, Undecided};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, MigrationKey, ModelKey};
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind as Kind, StateForwards};
use crate::django::state::ProjectState;
use crate::python::value::Unknown;

/// What is certain of the state after all migrations, for each app that something unknown may have
/// changed.
#[derive(Default)]
pub(super) struct Certainty(BTreeMap<AppLabel, Stated>);

/// What the migrations of an app say after the last operation that may have changed its models and is
/// not known.
struct Stated {
    why: Arc<Unknown>,
    /// The models that it can have been, where not any.
    touched: Option<BTreeSet<String>>,
    /// Models that are there.
    models: BTreeSet<String>,
    /// Models whose `CreateModel` is among them: options, indexes and all are known.
    created: BTreeSet<String>,
    /// Fields whose definition is known.
    fields: BTreeSet<(String, String)>,
}

impl Certainty {
    /// `plan` is the order in which the migrations are applied; `apps` are those that have models.
    pub(super) fn of<'a>(
        plan: &[MigrationKey],
        migrations: &[Arc<Migration>],
        apps: impl IntoIterator<Item = &'a AppLabel>,
    ) -> Self {
        let by_key: BTreeMap<&MigrationKey, &Arc<Migration>> =
            migrations.iter().map(|migration| (&migration.key, migration)).collect();
        let mut apps: BTreeSet<AppLabel> = apps.into_iter().cloned().collect();
        apps.extend(migrations.iter().map(|migration| migration.key.app.clone()));
        let mut certainty = Self::default();
        let followers = Followers::of(plan, &by_key);
        let ancestors = Ancestors(&by_key);
        for migration in plan.iter().filter_map(|key| by_key.get(key)) {
            certainty.follow(migration, followers.certain(migration), &apps, &ancestors);
        }
        // What is not in the graph (a squash that was left out) is not applied, but may be once.
        for migration in migrations {
            let app = &migration.key.app;
            if let Some(why) = migration.unknown_operations()
                && !certainty.0.contains_key(app)
            {
                certainty.0.insert(app.clone(), Stated::nothing(why.clone()));
            }
        }
        certainty
    }

    /// An operation of `own` app that is not known: nothing keeps it to its own app, but it can't change
    /// models that are not there yet.
    fn touch(
        &mut self,
        own: &AppLabel,
        apps: &BTreeSet<AppLabel>,
        there: Option<BTreeMap<AppLabel, BTreeSet<String>>>,
        why: &Arc<Unknown>,
    ) {
        let Some(there) = there else {
            self.0 = apps.iter().map(|app| (app.clone(), Stated::nothing(why.clone()))).collect();
            return;
        };
        for (app, models) in there.into_iter().filter(|(app, _)| app != own) {
            let open = || Stated { touched: Some(BTreeSet::new()), ..Stated::nothing(why.clone()) };
            self.0.entry(app).or_insert_with(open).touch(models);
        }
        self.0.insert(own.clone(), Stated::nothing(why.clone()));
    }

    /// What a migration does; where it is not `certain` that it does so in its place, it proves nothing.
    fn follow(
        &mut self,
        migration: &Migration,
        certain: bool,
        apps: &BTreeSet<AppLabel>,
        before: &Ancestors<'_>,
    ) {
        let app = &migration.key.app;
        let unknown = migration.unknown_operations();
        if let Some(why) = unknown {
            self.0.insert(app.clone(), Stated::nothing(why.clone()));
        }
        for operation in &migration.operations {
            each_of_the_state(operation, &mut |one| {
                if let Some((why, at_hand)) = unread(one) {
                    let before = if at_hand { None } else { before.models_of(&migration.key) };
                    self.touch(app, apps, before, &why);
                } else if unknown.is_none()
                    && certain
                    && let Some(stated) = self.0.get_mut(app)
                {
                    stated.take(one);
                }
            });
        }
    }

    /// Models of which all is known, though not all of their app is.
    pub(super) fn created(&self) -> BTreeSet<ModelKey> {
        let of_app = |(app, stated): (&AppLabel, &Stated)| -> Vec<ModelKey> {
            stated.created.iter().map(|model| ModelKey::new(app.clone(), model)).collect()
        };
        self.0.iter().flat_map(of_app).collect()
    }

    /// What the state after all migrations may differ in from the one that is worked out: apps by label, and
    /// single models, each with the reason.
    pub(super) fn doubts(&self, state: &ProjectState) -> Vec<(String, Arc<Unknown>)> {
        let mut doubts = Vec::new();
        for (app, stated) in &self.0 {
            let Some(touched) = &stated.touched else {
                doubts.push((app.to_string(), stated.why.clone()));
                continue;
            };
            let there = |model: &&String| {
                state.models.contains_key(&ModelKey::new(app.clone(), model))
                    && !stated.created.contains(*model)
            };
            let models =
                touched.iter().filter(there).map(|model| ModelKey::new(app.clone(), model).to_string());
            doubts.extend(models.map(|model| (model, stated.why.clone())));
        }
        doubts
    }

    /// Takes out the changes that may have been made already, and tells from which migrations.
    pub(super) fn withhold(
        &self,
        changes: &mut Changes,
        from_state: &ProjectState,
    ) -> BTreeSet<(AppLabel, Arc<str>)> {
        let mut shortened = BTreeSet::new();
        for (app, of_app) in &mut changes.migrations {
            for change in of_app.iter_mut() {
                let whole = change.operations.len();
                for operation in std::mem::take(&mut change.operations) {
                    let why = self.doubt(app, &operation, from_state);
                    match (why, operation.model_name()) {
                        (None, _) => change.operations.push(operation),
                        (Some(why), Some(model)) => changes.undecided.push(Undecided {
                            model: ModelKey::new(app.clone(), model),
                            what: "model".into(),
                            at: why.at.clone(),
                            why,
                        }),
                        (Some(_), None) => {}
                    }
                }
                if change.operations.len() < whole {
                    shortened.insert((app.clone(), change.name.clone()));
                }
            }
            of_app.retain(|change| !change.operations.is_empty());
        }
        changes.migrations.retain(|_, of_app| !of_app.is_empty());
        changes.undecided.dedup_by(|a, b| a.model == b.model && a.what == b.what && a.why == b.why);
        shortened
    }

    /// Why a change may have been made already.
    fn doubt(
        &self,
        app: &AppLabel,
        operation: &Operation,
        from_state: &ProjectState,
    ) -> Option<Arc<Unknown>> {
        if let Some(stated) = self.0.get(app)
            && !stated.proves(operation)
        {
            return Some(stated.why.clone());
        }
        let Kind::AlterField { model_name, name, field, .. } = &operation.kind else { return None };
        let model = from_state.models.get(&ModelKey::new(app.clone(), model_name))?;
        self.renamed_target(app, model.fields.get(name)?, field)
    }

    /// Why a relation's target may have been renamed: that rewrites the relations of every app
    /// (`ProjectState.rename_model`, `rename_field`).
    fn renamed_target(&self, app: &AppLabel, old: &Field, new: &Field) -> Option<Arc<Unknown>> {
        let differs = |argument: &str| old.kwarg(argument) != new.kwarg(argument);
        let fields_differ =
            ["to_field", "to_fields", "from_fields", "through_fields"].iter().any(|a| differs(a));
        ["to", "through"].iter().find_map(|argument| {
            let target = ModelKey::parse(new.kwarg(argument)?.as_str()?, app);
            let stated = self.0.get(&target.app)?;
            let model = target.model.to_lowercase();
            if stated.touched.as_ref().is_some_and(BTreeSet::is_empty) {
                return None;
            }
            let renamed = differs(argument) && !stated.models.contains(&model);
            (renamed || fields_differ && !stated.created.contains(&model)).then(|| stated.why.clone())
        })
    }
}

/// More migrations of which neither place nor operations are known are not followed one by one.
const MOST_LOST: usize = 200;

/// What surely comes after the migrations of which neither place nor operations are known: what says
/// that it depends on them.
struct Followers {
    after: Vec<(AppLabel, BTreeSet<MigrationKey>)>,
    /// Apps with such migrations, where there are too many to say of anything that it comes after them.
    unsure: BTreeSet<AppLabel>,
}

impl Followers {
    fn of(plan: &[MigrationKey], by_key: &BTreeMap<&MigrationKey, &Arc<Migration>>) -> Self {
        let lost: Vec<_> = by_key
            .values()
            .filter(|migration| {
                migration.unknown_operations().is_some() && migration.unknown_place().is_some()
            })
            .collect();
        if lost.len() > MOST_LOST {
            let unsure = lost.iter().map(|migration| migration.key.app.clone()).collect();
            return Self { after: Vec::new(), unsure };
        }
        let followers = lost.into_iter().map(|migration| {
            let mut after = BTreeSet::from([migration.key.clone()]);
            for one in plan.iter().filter_map(|key| by_key.get(key)) {
                if one.dependencies.iter().any(|dependency| after.contains(&dependency.key)) {
                    after.insert(one.key.clone());
                }
            }
            (migration.key.app.clone(), after)
        });
        Self { after: followers.collect(), unsure: BTreeSet::new() }
    }

    /// Whether a migration's operations come after all that is not known of its app, if it comes after
    /// it in the plan.
    fn certain(&self, migration: &Migration) -> bool {
        let key = &migration.key;
        migration.unknown_place().is_none()
            && !self.unsure.contains(&key.app)
            && self.after.iter().all(|(app, after)| *app != key.app || after.contains(key))
    }
}

/// The migrations that come before others, whatever the plan.
struct Ancestors<'a>(&'a BTreeMap<&'a MigrationKey, &'a Arc<Migration>>);

impl Ancestors<'_> {
    /// The models that are surely there when a migration is applied, by app: those that the migrations
    /// that it depends on create; none where not all of those are known.
    fn models_of(&self, key: &MigrationKey) -> Option<BTreeMap<AppLabel, BTreeSet<String>>> {
        let (mut todo, mut seen) = (vec![key], BTreeSet::from([key]));
        let mut models: BTreeMap<AppLabel, BTreeSet<String>> = BTreeMap::new();
        while let Some(key) = todo.pop() {
            let migration = self.0.get(key)?;
            if migration.unknown_content().is_some() {
                return None;
            }
            for operation in &migration.operations {
                each_of_the_state(operation, &mut |one| {
                    let name = match &one.kind {
                        Kind::CreateModel(create) => &create.name,
                        Kind::RenameModel { new_name, .. } => new_name,
                        _ => return,
                    };
                    models.entry(key.app.clone()).or_default().insert(name.to_lowercase());
                });
            }
            for dependency in &migration.dependencies {
                todo.extend(self.named(&dependency.key).into_iter().filter(|key| seen.insert(key)));
            }
        }
        Some(models)
    }

    /// The migrations that a dependency may be on: `__first__` and the like, and those of an app that is
    /// not at hand, may be any of it.
    fn named(&self, key: &MigrationKey) -> Vec<&MigrationKey> {
        if let Some((key, _)) = self.0.get_key_value(key) {
            return vec![key];
        }
        self.0.keys().filter(|other| other.app == key.app).copied().collect()
    }
}

/// Calls for each operation that changes the state as one of Django's, those within others in order.
fn each_of_the_state(operation: &Operation, each: &mut dyn FnMut(&Operation)) {
    // Bounded: the reader bounds how deep operations nest.
    let inner = match &operation.kind {
        Kind::SeparateDatabaseAndState { state_operations, .. } => state_operations,
        Kind::RunSql(run) => &run.state_operations,
        Kind::Custom(custom) => match &custom.state_forwards {
            StateForwards::Operations(operations) => operations,
            StateForwards::Unread | StateForwards::NotImplemented => return each(operation),
        },
        _ => return each(operation),
    };
    for operation in inner {
        each_of_the_state(operation, each);
    }
}

/// Why what an operation does to the state is not known, and whether its class is at hand: one of a
/// project's own may well reach for models that its migration does not say it depends on.
fn unread(operation: &Operation) -> Option<(Arc<Unknown>, bool)> {
    let Kind::Custom(custom) = &operation.kind else { return None };
    let unread = || {
        let reason = format!("what operation {} does to the state could not be read", operation.class);
        Arc::new(Unknown { reason: reason.into(), at: operation.at.clone() })
    };
    matches!(custom.state_forwards, StateForwards::Unread)
        .then(|| (custom.why.clone().unwrap_or_else(unread), custom.found))
}

impl Stated {
    fn nothing(why: Arc<Unknown>) -> Self {
        Self {
            why,
            touched: None,
            models: BTreeSet::new(),
            created: BTreeSet::new(),
            fields: BTreeSet::new(),
        }
    }

    fn take(&mut self, operation: &Operation) {
        match &operation.kind {
            // Names change places; what was known by the old one is let go.
            Kind::RenameModel { old_name, new_name } => {
                if let Some(touched) = &mut self.touched
                    && touched.contains(&old_name.to_lowercase())
                {
                    touched.insert(new_name.to_lowercase());
                }
                return self.forget(&old_name.to_lowercase());
            }
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
            Kind::RunPython(_) | Kind::Custom(_) => return,
            _ => {}
        }
        if let Some(model) = operation.model_name() {
            self.models.insert(model.to_lowercase());
        }
    }

    fn touch(&mut self, models: BTreeSet<String>) {
        for model in &models {
            self.forget(model);
        }
        if let Some(touched) = &mut self.touched {
            touched.extend(models);
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
        if self.touched.as_ref().is_some_and(|touched| !touched.contains(&model)) {
            return true;
        }
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
mod tests;
