//! `MigrationAutodetector` (`django/db/migrations/autodetector.py`, Django 3.2 to 6.1), as a
//! non-interactive run has it: what `makemigrations` would write to get from one project state to
//! another.
//!
//! What is unknown on either side is never a change; it is listed as [`Undecided`].

mod arrange;
mod compare;
mod created;
mod deleted;
mod dependency;
mod fields;
mod identity;
mod indexes;
mod input;
mod options;
mod relations;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;

pub(crate) use self::arrange::parse_number;
use self::compare::Comparison;
use self::dependency::Dependency;
pub use self::input::{GraphInfo, Ignored, IgnoredAttribute, Incomplete};
use self::relations::Relations;
use super::field::Field;
use super::keys::{AppLabel, ModelKey};
use super::operations::{Operation, OperationKind};
use super::state::{ModelState, ProjectState, Swappables};
use super::version::DjangoVersion;
use crate::python::value::{Unknown, Value};
use crate::source::Location;

/// What the autodetector is given.
#[derive(Debug)]
pub struct Autodetector<'a> {
    /// The state after all migrations.
    pub from_state: &'a ProjectState,
    /// The state that the models declare.
    pub to_state: &'a ProjectState,
    /// Settings that name models.
    pub swappables: &'a Swappables,
    /// Django's version.
    pub version: DjangoVersion,
    /// The graph.
    pub graph: &'a GraphInfo,
    /// What is known to be missing.
    pub incomplete: &'a Incomplete,
    /// What the project's own `makemigrations` does not compare.
    pub ignored: &'a Ignored,
    /// `get_migration_name_timestamp()` (`20240131_1200`), for names that Django makes of the time.
    pub timestamp: &'a str,
}

/// A migration the autodetector would write.
#[derive(Debug, Clone)]
pub struct NewMigration {
    /// Its name: `0005_order_note`.
    pub name: Arc<str>,
    /// Its app.
    pub app: AppLabel,
    /// `initial`
    pub initial: bool,
    /// What it depends on, sorted.
    pub dependencies: BTreeSet<NewDependency>,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// An entry of a new migration's `dependencies`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NewDependency {
    /// `("app", "name")`
    Migration(AppLabel, Arc<str>),
    /// `migrations.swappable_dependency(settings.NAME)`
    Setting(Arc<str>),
}

/// What `MigrationQuestioner` would be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuestionKind {
    /// `ask_not_null_addition`
    NotNullAddition,
    /// `ask_auto_now_add_addition`
    AutoNowAddAddition,
    /// `ask_not_null_alteration`
    NotNullAlteration,
    /// `ask_rename`
    Rename,
    /// `ask_rename_model`
    RenameModel,
    /// `ask_unique_callable_default_addition`
    UniqueCallableDefaultAddition,
}

impl QuestionKind {
    /// What it asks, in words that follow "would ask".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotNullAddition => "for a value for the existing rows of a new NOT NULL field",
            Self::AutoNowAddAddition => "for a date for the existing rows of a new field with auto_now_add",
            Self::NotNullAlteration => "for a value for the NULLs of a field that becomes NOT NULL",
            Self::Rename => "whether the field was renamed",
            Self::RenameModel => "whether the model was renamed",
            Self::UniqueCallableDefaultAddition => {
                "whether to go on with one value for all rows of a new unique field"
            }
        }
    }
}

/// A question Django would ask, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which one.
    pub kind: QuestionKind,
    /// The model (the new one, if two).
    pub model: ModelKey,
    /// The field (the new one, if two).
    pub field: Option<Arc<str>>,
    /// The old name in a question of renaming.
    pub old_name: Option<Arc<str>>,
}

impl Question {
    /// Whether `makemigrations --noinput` stops there (`NonInteractiveMigrationQuestioner`).
    pub fn is_fatal(&self) -> bool {
        matches!(self.kind, QuestionKind::NotNullAddition | QuestionKind::AutoNowAddAddition)
    }
}

/// Something that could not be compared.
#[derive(Debug, Clone)]
pub struct Undecided {
    /// The model.
    pub model: ModelKey,
    /// Which part of it: `field note: default`, `option ordering`, `fields`, `model`.
    pub what: String,
    /// Why.
    pub why: Arc<Unknown>,
    /// Where: the unknown expression, else the field or model.
    pub at: Option<Location>,
}

/// What the autodetector found.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// New migrations by app, in Django's order of apps.
    pub migrations: IndexMap<AppLabel, Vec<NewMigration>>,
    /// What Django would ask on the way.
    pub questions: Vec<Question>,
    /// What could not be compared, sorted by model.
    pub undecided: Vec<Undecided>,
}

/// Why Django would raise.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AutodetectorError {
    /// `CycleError`/`CyclicDependencyError` of the topological sort.
    #[error("the operations of app {0} depend on each other in a circle")]
    Cycle(AppLabel),
    /// `ValueError: Cannot resolve operation dependencies`
    #[error("the operations of apps {0:?} cannot be put in an order")]
    Unresolvable(Vec<AppLabel>),
}

impl Autodetector<'_> {
    /// `MigrationAutodetector.changes(graph, trim_to_apps=None, convert_apps=None)`.
    ///
    /// # Errors
    /// Where Django raises: the operations found depend on each other in a circle.
    pub fn changes(&self) -> Result<Changes, AutodetectorError> {
        let mut run = Run::new(self);
        run.detect();
        run.sort_migrations()?;
        let mut migrations = run.build_migration_list()?;
        run.optimize_migrations(&mut migrations);
        let migrations = self.arrange_for_graph(migrations);
        let mut undecided = run.undecided;
        undecided.sort_by(|a, b| (&a.model, &a.what).cmp(&(&b.model, &b.what)));
        undecided.dedup_by(|a, b| a.model == b.model && a.what == b.what);
        Ok(Changes { migrations, questions: run.questions, undecided })
    }
}

/// `(app_label, model_name, field_name)`
type FieldKey = (ModelKey, Arc<str>);

/// An operation found, with `_auto_deps`.
#[derive(Debug, Clone)]
struct Generated {
    operation: Operation,
    dependencies: Vec<Dependency>,
}

/// One side's models by what is done with them.
#[derive(Debug, Default)]
struct Keys {
    models: BTreeSet<ModelKey>,
    proxies: BTreeSet<ModelKey>,
    unmanaged: BTreeSet<ModelKey>,
}

impl Keys {
    fn all(&self) -> BTreeSet<ModelKey> {
        self.models.iter().chain(&self.proxies).chain(&self.unmanaged).cloned().collect()
    }

    fn remove(&mut self, key: &ModelKey) {
        self.models.remove(key);
        self.proxies.remove(key);
        self.unmanaged.remove(key);
    }
}

/// The state of `_detect_changes`.
struct Run<'a> {
    input: &'a Autodetector<'a>,
    old: Keys,
    new: Keys,
    kept: Keys,
    from_relations: Relations,
    to_relations: Relations,
    through_users: BTreeMap<ModelKey, FieldKey>,
    old_fields: BTreeSet<FieldKey>,
    new_fields: BTreeSet<FieldKey>,
    generated: BTreeMap<AppLabel, Vec<Generated>>,
    questions: Vec<Question>,
    undecided: Vec<Undecided>,
}

impl<'a> Run<'a> {
    fn new(input: &'a Autodetector<'a>) -> Self {
        let unmigrated = |app: &AppLabel| input.graph.unmigrated_apps.contains(app);
        Self {
            input,
            old: Keys::default(),
            new: Keys::default(),
            kept: Keys::default(),
            from_relations: Relations::of(input.from_state, unmigrated),
            to_relations: Relations::of(input.to_state, unmigrated),
            through_users: BTreeMap::new(),
            old_fields: BTreeSet::new(),
            new_fields: BTreeSet::new(),
            generated: BTreeMap::new(),
            questions: Vec::new(),
            undecided: Vec::new(),
        }
    }

    /// `_detect_changes`, up to the sorting.
    fn detect(&mut self) {
        let version = self.input.version;
        self.old = self.keys(self.input.from_state);
        self.new = self.keys(self.input.to_state);
        self.drop_incomplete_models();
        self.ask_renamed_models();
        self.prepare_field_lists();
        self.generate_through_model_map();
        self.generate_deleted_models();
        self.generate_created_models();
        self.generate_deleted_proxies();
        self.generate_created_proxies();
        self.generate_altered_options();
        self.generate_altered_managers();
        if version >= DjangoVersion::V4_2 {
            self.generate_altered_db_table_comment();
        }
        self.ask_renamed_fields();
        let indexes = self.create_altered_indexes();
        let constraints = self.create_altered_constraints();
        self.generate_removed_constraints(&constraints);
        self.generate_removed_indexes(&indexes);
        self.generate_renamed_indexes(&indexes);
        if version >= DjangoVersion::V4_0 {
            self.generate_removed_altered_together("unique_together", &indexes);
            if version < DjangoVersion::V5_1 {
                self.generate_removed_altered_together("index_together", &indexes);
            }
        }
        self.generate_removed_fields();
        self.generate_added_fields();
        self.generate_altered_fields();
        self.generate_altered_order_with_respect_to();
        self.generate_altered_together("unique_together");
        if version < DjangoVersion::V5_1 {
            self.generate_altered_together("index_together");
        }
        self.generate_added_indexes(&indexes);
        self.generate_added_constraints(&constraints);
        self.generate_altered_constraints(&constraints);
        self.generate_altered_db_table();
    }

    fn keys(&mut self, state: &'a ProjectState) -> Keys {
        let mut keys = Keys::default();
        for (key, model) in &state.models {
            let (managed, proxy) = (model.option("managed"), model.option("proxy"));
            if let Some(why) = [managed, proxy].into_iter().flatten().find_map(Value::find_unknown) {
                self.undecide(key, "model", why.clone(), model.at.as_ref());
                continue;
            }
            if managed.is_some_and(|value| value.truth() == Some(false)) {
                keys.unmanaged.insert(key.clone());
            } else if !self.input.graph.unmigrated_apps.contains(&key.app) {
                let set = if is_true(proxy) { &mut keys.proxies } else { &mut keys.models };
                set.insert(key.clone());
            }
        }
        keys
    }

    /// A model that is on one side only, where the other side is known not to be complete, takes
    /// no part.
    fn drop_incomplete_models(&mut self) {
        let input = self.input;
        let (old, new) = (self.old.all(), self.new.all());
        let sides = [
            (old.difference(&new), &input.incomplete.models, input.to_state),
            (new.difference(&old), &input.incomplete.migrations, input.from_state),
        ];
        for (keys, incomplete, other) in sides {
            for key in keys {
                if other.models.contains_key(key) {
                    // Its `managed` or `proxy` is unknown, which has been written down, or its
                    // app is not looked at on that side.
                    let unknown = self.undecided.iter().any(|undecided| undecided.model == *key);
                    if !unknown {
                        continue;
                    }
                } else if let Some(why) = incomplete.get(&key.app) {
                    self.undecide(key, "model", why.clone(), None);
                } else {
                    continue;
                }
                self.old.remove(key);
                self.new.remove(key);
            }
        }
    }

    /// `_prepare_field_lists`
    fn prepare_field_lists(&mut self) {
        let both = |a: &BTreeSet<ModelKey>, b: &BTreeSet<ModelKey>| a.intersection(b).cloned().collect();
        self.kept = Keys {
            models: both(&self.old.models, &self.new.models),
            proxies: both(&self.old.proxies, &self.new.proxies),
            unmanaged: both(&self.old.unmanaged, &self.new.unmanaged),
        };
        let fields = |state: &ProjectState| -> BTreeSet<FieldKey> {
            let models = self.kept.models.iter().filter_map(|key| Some((key, state.models.get(key)?)));
            models
                .flat_map(|(key, model)| model.fields.keys().map(|name| (key.clone(), name.clone())))
                .collect()
        };
        (self.old_fields, self.new_fields) = (fields(self.input.from_state), fields(self.input.to_state));
    }

    /// `_generate_through_model_map`
    fn generate_through_model_map(&mut self) {
        for key in &self.old.models {
            let Some(model) = self.input.from_state.models.get(key) else { continue };
            for (name, field) in &model.fields {
                if let Some(through) = field.remote().and_then(|remote| remote.through) {
                    self.through_users
                        .insert(relations::resolve_relation(through, key), (key.clone(), name.clone()));
                }
            }
        }
    }

    /// `add_operation`
    fn add(&mut self, app: &AppLabel, kind: OperationKind, dependencies: Vec<Dependency>) {
        let operation = Self::operation(kind);
        self.generated.entry(app.clone()).or_default().push(Generated { operation, dependencies });
    }

    /// `add_operation(…, beginning=True)`
    fn add_first(&mut self, app: &AppLabel, kind: OperationKind, dependencies: Vec<Dependency>) {
        let operation = Self::operation(kind);
        self.generated.entry(app.clone()).or_default().insert(0, Generated { operation, dependencies });
    }

    fn operation(kind: OperationKind) -> Operation {
        Operation { class: class_path(&kind).into(), kind, at: None, custom_describe: None }
    }

    /// The model of the old and the new state.
    fn pair(&self, key: &ModelKey) -> Option<(&'a ModelState, &'a ModelState)> {
        Some((self.input.from_state.models.get(key)?, self.input.to_state.models.get(key)?))
    }

    fn undecide(
        &mut self,
        model: &ModelKey,
        what: impl Into<String>,
        why: Arc<Unknown>,
        at: Option<&Location>,
    ) {
        let at = why.at.clone().or_else(|| at.cloned());
        self.undecided.push(Undecided { model: model.clone(), what: what.into(), why, at });
    }

    /// Whether a comparison found a change; what could not be compared is written down under `what`.
    fn decide(
        &mut self,
        comparison: Comparison,
        model: &ModelKey,
        what: &str,
        at: Option<&Location>,
    ) -> bool {
        match comparison {
            Comparison::Equal => false,
            Comparison::Different => true,
            Comparison::Undecided(part, why) => {
                let what = if part.as_ref() == what { what.to_owned() } else { format!("{what}: {part}") };
                self.undecide(model, what, why, at);
                false
            }
        }
    }

    /// `_get_dependencies_for_foreign_key`
    fn foreign_key_dependencies(&self, key: &ModelKey, field: &Field) -> Vec<Dependency> {
        let Some(remote) = field.remote() else { return Vec::new() };
        let mut dependencies = Vec::new();
        if let Some(model) = remote.model {
            let swappable = field.kwarg("swappable").and_then(Value::as_bool).unwrap_or(true);
            let setting = self.input.swappables.setting_for(model).filter(|_| swappable);
            let on = match setting {
                Some(setting) => dependency::On::Setting(setting.clone()),
                None => dependency::On::Model(relations::resolve_relation(model, key)),
            };
            dependencies.push(Dependency { on, field: None, kind: dependency::Kind::Create });
        }
        if let Some(through) = remote.through {
            let target = relations::resolve_relation(through, key);
            dependencies.push(Dependency::on_model(target, dependency::Kind::Create));
        }
        dependencies
    }

    /// The models and fields that point to `key`: `ProjectState.relations`, and before 4.0 the
    /// rendered model's `related_objects`, which has its parents' too and leaves out hidden ones.
    fn related_objects(&self, relations: &Relations, state: &ProjectState, key: &ModelKey) -> Vec<FieldKey> {
        let own = |key: &ModelKey| {
            relations.to(key).map(|(model, name)| (model.clone(), name.clone())).collect::<Vec<_>>()
        };
        if self.input.version >= DjangoVersion::V4_0 {
            return own(key);
        }
        let mut lineage = vec![key.clone()];
        let mut at = 0;
        while let Some(model) = lineage.get(at).and_then(|key| state.models.get(key)) {
            for base in created::base_keys(model) {
                if !lineage.contains(&base) {
                    lineage.push(base);
                }
            }
            at += 1;
        }
        let shows = |(owner, name): &FieldKey| {
            let field = state.models.get(owner).and_then(|model| model.fields.get(name));
            field.is_none_or(|field| {
                let hidden = field
                    .kwarg("related_name")
                    .and_then(Value::as_str)
                    .is_some_and(|name| name.ends_with('+'));
                field.is_many_to_many() || !hidden
            })
        };
        let is_link = |(owner, name): &FieldKey| {
            let field = state.models.get(owner).and_then(|model| model.fields.get(name));
            field.is_some_and(|field| field.flag("parent_link"))
        };
        let inherited = lineage.iter().skip(1).rev().flat_map(own).filter(|field| !is_link(field));
        inherited.chain(own(key)).filter(shows).collect()
    }

    /// `_get_dependencies_for_model` (5.0; earlier releases give indexes and constraints none)
    fn model_dependencies(&self, key: &ModelKey) -> Vec<Dependency> {
        if self.input.version < DjangoVersion::V5_0 {
            return Vec::new();
        }
        let model = self.input.to_state.models.get(key);
        let fields = model.into_iter().flat_map(|model| model.fields.values());
        fields.flat_map(|field| self.foreign_key_dependencies(key, field)).collect()
    }
}

/// An option that is there and true.
fn is_true(value: Option<&Value>) -> bool {
    value.and_then(Value::truth) == Some(true)
}

/// The dotted path of the class that makes the operation.
fn class_path(kind: &OperationKind) -> String {
    use OperationKind as K;
    let (module, name) = match kind {
        K::CreateModel(_) => ("models", "CreateModel"),
        K::DeleteModel { .. } => ("models", "DeleteModel"),
        K::AlterModelTable { .. } => ("models", "AlterModelTable"),
        K::AlterModelTableComment { .. } => ("models", "AlterModelTableComment"),
        K::AlterUniqueTogether { .. } => ("models", "AlterUniqueTogether"),
        K::AlterIndexTogether { .. } => ("models", "AlterIndexTogether"),
        K::AlterOrderWithRespectTo { .. } => ("models", "AlterOrderWithRespectTo"),
        K::AlterModelOptions { .. } => ("models", "AlterModelOptions"),
        K::AlterModelManagers { .. } => ("models", "AlterModelManagers"),
        K::AddField { .. } => ("fields", "AddField"),
        K::RemoveField { .. } => ("fields", "RemoveField"),
        K::AlterField { .. } => ("fields", "AlterField"),
        K::AddIndex { .. } => ("models", "AddIndex"),
        K::RemoveIndex { .. } => ("models", "RemoveIndex"),
        K::RenameIndex { .. } => ("models", "RenameIndex"),
        K::AddConstraint { .. } => ("models", "AddConstraint"),
        K::RemoveConstraint { .. } => ("models", "RemoveConstraint"),
        K::AlterConstraint { .. } => ("models", "AlterConstraint"),
        _ => ("base", "Operation"),
    };
    format!("django.db.migrations.operations.{module}.{name}")
}
