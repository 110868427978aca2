//! `Operation.state_forwards` of every operation, as `django/db/migrations/operations/*.py` and
//! `django/contrib/postgres/operations.py` have it from 3.2 to 6.1.

use std::sync::Arc;

use indexmap::IndexMap;

use super::apps::is_foreign_key;
use super::options::{normalize_together, object_name};
use super::{ModelState, Phase, ProjectState, StateError, StateErrorKind, UnknownChange};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::migration::{Migration, Origin};
use crate::django::operations::{CreateModel, CustomOperation, Operation, OperationKind, StateForwards};
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Unknown, Value};
use crate::source::Location;

/// How deep operations may lie within operations; Python itself gives up at a thousand frames.
const DEPTH_LIMIT: usize = 100;

impl ProjectState {
    /// Replays one operation of a migration of `app` and tells how Django would fail at it; an
    /// empty list means that it would not.
    ///
    /// The state goes on as far as it can: what Django does before it fails is done, and an
    /// operation that fails as a whole changes nothing. An operation that could not be read
    /// leaves an entry in [`ProjectState::unknowns`]. Clone the state beforehand to keep it:
    /// models are shared until they change.
    pub fn apply(
        &mut self,
        app: &AppLabel,
        operation: &Operation,
        version: DjangoVersion,
    ) -> Vec<StateError> {
        let mut replay = Replay {
            state: self,
            app,
            version,
            errors: Vec::new(),
            path: Vec::new(),
            at: None,
            database: Database::Runs,
        };
        replay.operation(operation);
        replay.errors
    }

    /// Replays a whole migration (`Migration.mutate_state`); each failure with the index of its
    /// operation. What of the migration could not be read is remembered as unknown.
    pub fn apply_migration(
        &mut self,
        migration: &Migration,
        version: DjangoVersion,
    ) -> Vec<(usize, StateError)> {
        self.note_unread(migration);
        let app = &migration.key.app;
        let errors = migration.operations.iter().enumerate().flat_map(|(index, operation)| {
            self.apply(app, operation, version).into_iter().map(move |error| (index, error))
        });
        errors.collect()
    }

    /// What [`Self::apply_migration`] does before the first operation, for those who replay operations
    /// one by one: what of the migration could not be read is remembered as unknown.
    pub(crate) fn note_unread(&mut self, migration: &Migration) {
        let app = &migration.key.app;
        if migration.origin == Origin::Assumed && migration.unknowns.is_empty() {
            let why = Unknown { reason: format!("the source of app {app} is not at hand").into(), at: None };
            self.add_unknown(app, false, Arc::new(why));
        }
        for why in &migration.unknowns {
            self.add_unknown(app, false, why.clone());
        }
    }

    fn add_unknown(&mut self, app: &AppLabel, anywhere: bool, why: Arc<Unknown>) {
        let change = UnknownChange { app: app.clone(), anywhere, why };
        if !self.unknowns.contains(&change) {
            self.unknowns.push(change);
        }
    }
}

/// What becomes of an operation's `database_forwards`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Database {
    /// It is run after the state has been replayed.
    Runs,
    /// It is never run: the operation is among `state_operations`.
    Skipped,
    /// The state is replayed on a copy while the database is changed: the operation is among
    /// `database_operations`, so whatever fails does so then.
    Copy,
}

struct Replay<'a> {
    state: &'a mut ProjectState,
    app: &'a AppLabel,
    version: DjangoVersion,
    errors: Vec<StateError>,
    path: Vec<usize>,
    at: Option<Location>,
    database: Database,
}

impl Replay<'_> {
    fn operation(&mut self, operation: &Operation) {
        if self.path.len() > DEPTH_LIMIT {
            let reason = "operations lie too deep within operations";
            self.unknown(false, reason, operation.at.clone());
            return;
        }
        let outer = (self.at.clone(), self.database);
        self.at.clone_from(&operation.at);
        // A project's own class may override `database_forwards`, so nothing is said of that.
        if !operation.class.starts_with("django.") && self.database == Database::Runs {
            self.database = Database::Skipped;
        }
        self.kind(operation, outer.1);
        (self.at, self.database) = outer;
    }

    fn kind(&mut self, operation: &Operation, outer: Database) {
        use OperationKind as Kind;
        let option = |name: &'static str, value: &Value| (name, value.clone());
        match &operation.kind {
            Kind::CreateModel(create) => self.create_model(create),
            Kind::DeleteModel { name } => {
                if let Some(key) = self.existing(name) {
                    self.state.models.remove(&key);
                }
            }
            Kind::RenameModel { old_name, new_name } => self.rename_model(old_name, new_name),
            Kind::AlterModelTable { name, table } => self.set_option(name, option("db_table", table)),
            Kind::AlterModelTableComment { name, table_comment } => {
                self.set_option(name, option("db_table_comment", table_comment));
            }
            Kind::AlterUniqueTogether { name, unique_together } => {
                self.set_option(name, ("unique_together", normalize_together(unique_together)));
            }
            Kind::AlterIndexTogether { name, index_together } => {
                self.set_option(name, ("index_together", normalize_together(index_together)));
            }
            Kind::AlterOrderWithRespectTo { name, order_with_respect_to } => {
                self.set_option(name, option("order_with_respect_to", order_with_respect_to));
            }
            Kind::AlterModelOptions { name, options } => {
                self.change(name, |model| model.alter_options(options));
            }
            Kind::AlterModelManagers { name, managers } => {
                self.change(name, |model| model.managers.clone_from(managers));
            }
            Kind::AddField { model_name, name, field, preserve_default } => {
                self.add_field(model_name, name, field, *preserve_default);
            }
            Kind::RemoveField { model_name, name } => self.remove_field(model_name, name),
            Kind::AlterField { model_name, name, field, preserve_default } => {
                self.alter_field(model_name, name, field, *preserve_default);
            }
            Kind::RenameField { model_name, old_name, new_name } => {
                self.rename_field(model_name, old_name, new_name);
            }
            Kind::AddIndex { model_name, index, .. } => self.add_index(model_name, index),
            Kind::RemoveIndex { model_name, name, .. } => {
                self.remove_object(model_name, "indexes", name);
            }
            Kind::RenameIndex { model_name, new_name, old_name, old_fields } => {
                self.rename_index(model_name, new_name, old_name.as_ref(), old_fields.as_ref());
            }
            Kind::AddConstraint { model_name, constraint, .. } => {
                self.change(model_name, |model| model.append_option("constraints", constraint.clone()));
            }
            Kind::RemoveConstraint { model_name, name } => {
                self.remove_object(model_name, "constraints", name);
            }
            Kind::AlterConstraint { model_name, name, constraint } => {
                self.change(model_name, |model| model.replace_in_option("constraints", name, constraint));
            }
            Kind::RunSql(run) => self.nested(&run.state_operations, Database::Skipped),
            Kind::SeparateDatabaseAndState { database_operations, state_operations } => {
                if outer != Database::Skipped && operation.class.starts_with("django.") {
                    self.database_operations(database_operations);
                }
                self.nested(state_operations, Database::Skipped);
            }
            Kind::Custom(custom) => self.custom(custom, operation),
            Kind::ValidateConstraint { .. }
            | Kind::RunPython(_)
            | Kind::CreateExtension { .. }
            | Kind::CreateCollation { .. }
            | Kind::RemoveCollation { .. } => {}
        }
    }

    fn create_model(&mut self, create: &CreateModel) {
        let key = ModelKey::new(self.app.clone(), &create.name);
        self.duplicates(&key, "fields", create.fields.iter().map(|(name, _)| name.clone()));
        let bases = create.bases.iter().filter_map(|base| match base {
            Value::Str(text) => Some(text.to_lowercase().into()),
            Value::Ref(path) => Some(path.clone()),
            _ => None,
        });
        self.duplicates(&key, "bases", bases);
        self.duplicates(&key, "managers", create.managers.iter().map(|(name, _)| name.clone()));
        let model = ModelState {
            app: self.app.clone(),
            name: create.name.clone(),
            fields: create.fields.iter().cloned().collect(),
            options: create.options.iter().cloned().collect::<IndexMap<_, _>>(),
            bases: create.bases.clone(),
            managers: create.managers.clone(),
            at: self.at.clone(),
            unknowns: create.unknowns.clone(),
        }
        .with_defaults();
        if model.option("indexes").and_then(Value::items).unwrap_or_default().iter().any(has_no_name) {
            self.error(Phase::State, StateErrorKind::UnnamedIndex { model: key.clone() }, true);
        }
        if let Some(old) = self.state.models.get(&key)
            && has_table(old)
            && has_table(&model)
        {
            let certain = self.state.is_known(self.app);
            self.error(Phase::Database, StateErrorKind::DuplicateModel { model: key.clone() }, certain);
        }
        self.state.models.insert(key, Arc::new(model));
    }

    /// `_check_for_duplicates`
    fn duplicates(
        &mut self,
        model: &ModelKey,
        argument: &'static str,
        names: impl Iterator<Item = Arc<str>>,
    ) {
        let mut seen = rustc_hash::FxHashSet::default();
        for value in names {
            if !seen.insert(value.clone()) {
                let kind = StateErrorKind::DuplicateInCreateModel { model: model.clone(), argument, value };
                self.error(Phase::Load, kind, true);
                return;
            }
        }
    }

    fn rename_model(&mut self, old_name: &str, new_name: &Arc<str>) {
        let Some(old) = self.existing(old_name) else { return };
        let new = ModelKey::new(self.app.clone(), new_name);
        if old == new {
            self.error(Phase::Database, StateErrorKind::RenameModelCaseOnly { model: old.clone() }, true);
        } else if self.state.models.contains_key(&new) {
            let certain = self.state.is_known(self.app);
            self.error(Phase::Database, StateErrorKind::DuplicateModel { model: new }, certain);
        }
        self.state.rename_model(self.app, &old, new_name, self.version);
    }

    fn add_field(&mut self, model_name: &str, name: &Arc<str>, field: &Arc<Field>, preserve_default: bool) {
        let Some(key) = self.existing(model_name) else { return };
        let field = future_field(field, preserve_default);
        let Some(model) = self.state.models.get_mut(&key).map(Arc::make_mut) else { return };
        let duplicate = model.fields.insert(name.clone(), field).is_some() && has_table(model);
        if duplicate {
            let certain = self.state.is_known(self.app);
            self.error(
                Phase::Database,
                StateErrorKind::DuplicateField { model: key, field: name.clone() },
                certain,
            );
        }
    }

    fn remove_field(&mut self, model_name: &str, name: &Arc<str>) {
        let Some(key) = self.existing(model_name) else { return };
        let Some(model) = self.state.models.get_mut(&key).map(Arc::make_mut) else { return };
        if model.fields.shift_remove(name).is_none() {
            self.field_missing(Phase::State, key, name, true);
        }
    }

    fn alter_field(&mut self, model_name: &str, name: &Arc<str>, field: &Arc<Field>, preserve_default: bool) {
        let Some(key) = self.existing(model_name) else { return };
        let field = future_field(field, preserve_default);
        let Some(model) = self.state.models.get_mut(&key).map(Arc::make_mut) else { return };
        let foreign_key = name.strip_suffix("_id").and_then(|name| model.fields.get(name));
        let by_attname = foreign_key.is_some_and(|field| is_foreign_key(field));
        if model.fields.insert(name.clone(), field).is_none() && has_table(model) && !by_attname {
            // `Options.get_field` finds inherited fields too, of which a base may bring some.
            let plain = model.bases.iter().all(is_plain_model);
            self.field_missing(Phase::Database, key, name, plain);
        }
    }

    fn rename_field(&mut self, model_name: &str, old: &Arc<str>, new: &Arc<str>) {
        let Some(key) = self.existing(model_name) else { return };
        let Some(model) = self.state.models.get(&key) else { return };
        if !model.fields.contains_key(old) {
            self.field_missing(Phase::State, key, old, true);
            return;
        }
        if old != new && model.fields.contains_key(new) && has_table(model) {
            let certain = self.state.is_known(self.app);
            let kind = StateErrorKind::DuplicateField { model: key.clone(), field: new.clone() };
            self.error(Phase::Database, kind, certain);
        }
        if let Err(option) = self.state.rename_field(&key, old, new, self.version) {
            let certain = self.state.is_known(self.app);
            self.error(Phase::State, StateErrorKind::TogetherNotIterable { model: key, option }, certain);
        }
    }

    fn add_index(&mut self, model_name: &str, index: &Value) {
        if has_no_name(index) {
            let model = ModelKey::new(self.app.clone(), model_name);
            self.error(Phase::Load, StateErrorKind::UnnamedIndex { model }, true);
        }
        self.change(model_name, |model| model.append_option("indexes", index.clone()));
    }

    /// `RemoveIndex` and `RemoveConstraint`: the state does not mind what is not there, but
    /// `database_forwards` asks for it by name.
    fn remove_object(&mut self, model_name: &str, option: &'static str, name: &Arc<str>) {
        self.object_must_exist(model_name, option, name);
        self.change(model_name, |model| model.remove_from_option(option, name));
    }

    fn object_must_exist(&mut self, model_name: &str, option: &'static str, name: &Arc<str>) {
        let key = ModelKey::new(self.app.clone(), model_name);
        let Some(model) = self.state.models.get(&key) else { return };
        if has_table(model) && model.has_object(option, name) == Some(false) {
            let certain = model.unknowns.is_empty() && self.state.is_known(self.app);
            let name = name.clone();
            let kind = if option == "indexes" {
                StateErrorKind::IndexMissing { model: key, name }
            } else {
                StateErrorKind::ConstraintMissing { model: key, name }
            };
            self.error(Phase::Database, kind, certain);
        }
    }

    fn rename_index(
        &mut self,
        model_name: &str,
        new_name: &Arc<str>,
        old_name: Option<&Arc<str>>,
        old_fields: Option<&Value>,
    ) {
        let old_name = old_name.filter(|name| !name.is_empty());
        let old_fields = old_fields.filter(|fields| fields.truth() != Some(false));
        if old_name.is_some() == old_fields.is_some() {
            let model = ModelKey::new(self.app.clone(), model_name);
            self.error(Phase::Load, StateErrorKind::RenameIndexArguments { model }, true);
        }
        let version = self.version;
        if let Some(fields) = old_fields {
            let index = index_on(fields, new_name);
            self.change(model_name, |model| {
                model.append_option("indexes", index);
                model.remove_together("index_together", fields, version);
            });
        } else if let Some(old_name) = old_name {
            self.object_must_exist(model_name, "indexes", old_name);
            self.change(model_name, |model| model.rename_index(old_name, new_name));
        }
    }

    fn nested(&mut self, operations: &[Operation], database: Database) {
        let outer = self.database;
        if outer != Database::Copy {
            self.database = database;
        }
        for (index, operation) in operations.iter().enumerate() {
            self.path.push(index);
            self.operation(operation);
            self.path.pop();
        }
        self.database = outer;
    }

    /// `SeparateDatabaseAndState.database_forwards` replays these on a copy of the state as it
    /// was before.
    fn database_operations(&mut self, operations: &[Operation]) {
        let mut copy = self.state.clone();
        let mut replay = Replay {
            state: &mut copy,
            app: self.app,
            version: self.version,
            errors: Vec::new(),
            path: self.path.clone(),
            at: self.at.clone(),
            database: Database::Copy,
        };
        replay.nested(operations, Database::Copy);
        self.errors.append(&mut replay.errors);
    }

    fn custom(&mut self, custom: &CustomOperation, operation: &Operation) {
        match &custom.state_forwards {
            StateForwards::Operations(operations) => self.nested(operations, Database::Skipped),
            StateForwards::NotImplemented => {
                let kind = StateErrorKind::NotImplemented { class: operation.class.clone() };
                self.error(Phase::State, kind, custom.found);
            }
            StateForwards::Unread => {
                if let Some(why) = &custom.why {
                    self.state.add_unknown(self.app, true, why.clone());
                } else {
                    let reason =
                        format!("what operation {} does to the state could not be read", operation.class);
                    self.unknown(true, &reason, operation.at.clone());
                }
            }
        }
    }

    fn unknown(&mut self, anywhere: bool, reason: &str, at: Option<Location>) {
        let why = Arc::new(Unknown { reason: reason.into(), at });
        self.state.add_unknown(self.app, anywhere, why);
    }

    fn set_option(&mut self, name: &str, (option, value): (&'static str, Value)) {
        self.change(name, |model| model.set_option(option, value));
    }

    /// Changes the model of that name, which must be there.
    fn change(&mut self, name: &str, change: impl FnOnce(&mut ModelState)) {
        if let Some(key) = self.existing(name)
            && let Some(model) = self.state.models.get_mut(&key)
        {
            change(Arc::make_mut(model));
        }
    }

    /// The key of the model of that name; an error where there is none.
    fn existing(&mut self, name: &str) -> Option<ModelKey> {
        let key = ModelKey::new(self.app.clone(), name);
        if self.state.models.contains_key(&key) {
            return Some(key);
        }
        let certain = self.state.is_known(self.app);
        self.error(Phase::State, StateErrorKind::ModelMissing { model: key }, certain);
        None
    }

    fn field_missing(&mut self, phase: Phase, model: ModelKey, field: &Arc<str>, certain: bool) {
        let open = self.state.models.get(&model).is_some_and(|model| !model.unknowns.is_empty());
        let certain = certain && !open && self.state.is_known(self.app);
        self.error(phase, StateErrorKind::FieldMissing { model, field: field.clone() }, certain);
    }

    fn error(&mut self, phase: Phase, kind: StateErrorKind, certain: bool) {
        let phase = match (phase, self.database) {
            (Phase::Load, _) => Phase::Load,
            (Phase::Database, Database::Skipped) => return,
            (_, Database::Copy) => Phase::Database,
            (phase, _) => phase,
        };
        let (app, path, at) = (self.app.clone(), self.path.clone(), self.at.clone());
        self.errors.push(StateError { kind, phase, app, path, at, certain });
    }
}

/// With `preserve_default=False` the default serves this one operation only.
fn future_field(field: &Arc<Field>, preserve_default: bool) -> Arc<Field> {
    if preserve_default || field.kwarg("default").is_none() {
        return field.clone();
    }
    let mut field = Field::clone(field);
    field.remove_kwarg("default");
    Arc::new(field)
}

/// `models.Index(fields=…, name=…)`, deconstructed.
fn index_on(fields: &Value, name: &Arc<str>) -> Value {
    let fields = match fields {
        Value::Tuple(items) => Value::List(items.clone()),
        other => other.clone(),
    };
    let kwargs = vec![("name".into(), Value::Str(name.clone())), ("fields".into(), fields)];
    Value::Call(Arc::new(Call { path: "django.db.models.Index".into(), args: Vec::new(), kwargs }))
}

/// Whether it is known that an index has no name.
fn has_no_name(index: &Value) -> bool {
    index.as_call().is_some_and(|call| match call.kwarg("name") {
        None => call.args.iter().all(|argument| argument.find_unknown().is_none()),
        Some(Value::None) => true,
        Some(_) => object_name(index) == Some(""),
    })
}

/// `Options.can_migrate`, the router aside: whether Django keeps a table for the model at all.
fn has_table(model: &ModelState) -> bool {
    let is = |option: &str, value: bool| model.option(option).and_then(Value::as_bool) == Some(value);
    !is("proxy", true) && !is("managed", false)
}

/// Whether a base is Django's own `Model`, which has no fields.
fn is_plain_model(base: &Value) -> bool {
    matches!(base, Value::Ref(path) if matches!(path.as_ref(), "django.db.models.base.Model" | "django.db.models.Model"))
}
