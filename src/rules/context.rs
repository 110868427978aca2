//! What a rule is given, and the mechanism that rules share.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::ancestry::Ancestry;
use super::deploy::Deploy;
use super::effects::{Effect, Side};
use super::from_models::Awaited;
use super::history::History;
use super::registry::RuleInfo;
use super::table_sizes::TableSizes;
use crate::database::{Dialect, Vendor};
use crate::django::applied::Applied;
use crate::django::autodetector::QuestionKind;
use crate::django::field::Field;
use crate::django::keys::{AppLabel, MigrationKey, ModelKey};
use crate::django::loader::{AppsForLoader, LoadedGraph};
use crate::django::migration::{Migration, Origin};
use crate::django::operations::{Operation, OperationKind};
use crate::django::run_python::CodeFacts;
use crate::django::schema;
use crate::django::state::apps::Apps;
use crate::django::state::{ModelState, ProjectState, StateError, Swappables};
use crate::django::version::DjangoVersion;
use crate::impact::Impact;
use crate::python::value::{Unknown, Value};
use crate::report::{Blocks, Finding, Label, LockInfo, LockStep, Place, Undecided};
use crate::source::{Location, SourceFile};

/// A project, as rules see it.
#[derive(Debug)]
pub struct Context<'a> {
    /// The database.
    pub dialect: Dialect,
    /// Django's version.
    pub django: DjangoVersion,
    /// The project's own apps, in order of their labels.
    pub apps: &'a [App],
    /// Which model stands in for which.
    pub swappables: &'a Swappables,
    /// The apps, as the loader was told of them.
    pub installed: &'a AppsForLoader,
    /// The graph, every migration on disk, and what is wrong with them.
    pub graph: &'a LoadedGraph,
    /// Files of migrations packages that Django cannot load.
    pub broken: &'a [BrokenMigration],
    /// Who comes before whom, and which migration creates which model.
    pub ancestry: &'a Ancestry,
    /// The graph's migrations in the order in which `migrate` would apply them to an empty database.
    pub plan: &'a [Arc<Migration>],
    /// What the functions of `RunPython` reach, by the dotted path of the function.
    pub code: &'a BTreeMap<Arc<str>, CodeFacts>,
    /// What the models say. A check that asks is one of [`super::Check::Models`] or
    /// [`super::Check::OperationAndModels`], as others would wait for it.
    pub models: &'a Awaited,
    /// What statements depend on besides migrations.
    pub schema: &'a schema::Context,
    /// `lock_timeout` of the settings' `OPTIONS`.
    pub lock_timeout: Option<&'a str>,
    /// How many databases the settings name.
    pub databases: usize,
    /// What the configuration knows of tables.
    pub tables: &'a TableSizes,
    /// How the repository deploys.
    pub deploy: &'a Deploy,
    /// What came since a base revision; `None` where there is none to compare with.
    pub history: Option<&'a History>,
    /// What an environment has applied; `None` where no list was given.
    pub applied: Option<&'a Applied>,
    /// With a base revision: the migrations that came since; `None` looks at all.
    pub new: Option<&'a BTreeSet<MigrationKey>>,
}

/// How the models of the repository's apps differ from its migrations.
#[derive(Debug, Clone, Default)]
pub struct Drift {
    /// The operations that `makemigrations` would write, in its order.
    pub missing: Vec<MissingOperation>,
    /// What could not be compared.
    pub undecided: Vec<Undecided>,
    /// Apps without a migrations package that have models with tables.
    pub unmigrated: Vec<UnmigratedApp>,
    /// The files of the models, sorted.
    pub files: Vec<Arc<SourceFile>>,
}

/// An operation that `makemigrations` would write.
#[derive(Debug, Clone)]
pub struct MissingOperation {
    /// The app.
    pub app: AppLabel,
    /// The operation.
    pub operation: Operation,
    /// The operation as Django would write it, where all of it is known.
    pub code: Option<String>,
    /// What Django would ask first.
    pub question: Option<QuestionKind>,
    /// The field or model in models.py.
    pub place: Place,
    /// Further places.
    pub labels: Vec<Label>,
}

/// An app without a migrations package.
#[derive(Debug, Clone)]
pub struct UnmigratedApp {
    /// The app.
    pub app: AppLabel,
    /// Its models that need a table, as they are written in models.py.
    pub models: Vec<Arc<str>>,
    /// The first of them.
    pub place: Place,
}

/// A file of a migrations package that Django cannot load.
#[derive(Debug, Clone)]
pub struct BrokenMigration {
    /// The key that the migration would have.
    pub key: MigrationKey,
    /// Where it is broken.
    pub place: Place,
    /// What is wrong: `it does not parse: …`, `it has no class Migration`.
    pub reason: String,
}

/// An app of the repository.
#[derive(Debug, Clone)]
pub struct App {
    /// Its label.
    pub label: AppLabel,
    /// Its folder, relative to the analysed root.
    pub path: Arc<str>,
    /// Its migrations folder, if there is one.
    pub migrations: Option<MigrationsFolder>,
}

/// A folder of migrations, as it lies on disk.
#[derive(Debug, Clone)]
pub struct MigrationsFolder {
    /// Relative to the analysed root.
    pub path: Arc<str>,
    /// Whether it holds an `__init__.py`.
    pub has_init: bool,
    /// Names of the Python files in it.
    pub modules: Vec<Arc<str>>,
    /// `max_migration.txt` of django-linear-migrations.
    pub max_migration: Option<Arc<SourceFile>>,
}

/// A migration in its place of the plan.
#[derive(Debug)]
pub struct MigrationContext<'a> {
    /// The project.
    pub project: &'a Context<'a>,
    /// The migration.
    pub migration: &'a Migration,
    /// Whether it sets an app up: its tables are empty, and no code that runs knows them.
    pub initial: bool,
    /// What its operations do.
    pub effects: &'a [Effect<'a>],
    /// What it does to the database: its statements, each with the index of its effect.
    pub impact: &'a Impact,
    /// How Django would fail at its operations, each with the operation's index.
    pub errors: &'a [(usize, StateError)],
    /// The state that it leaves.
    pub after: &'a ProjectState,
}

/// An operation in its place of a migration.
#[derive(Debug)]
pub struct OperationContext<'a> {
    /// The migration.
    pub migration: &'a MigrationContext<'a>,
    /// What the operation does.
    pub effect: &'a Effect<'a>,
}

/// Takes what rules find.
#[derive(Debug, Default)]
pub struct Sink {
    /// What is wrong or risky.
    pub findings: Vec<Finding>,
    /// What a rule could not decide.
    pub undecided: Vec<Undecided>,
    /// With a base revision: the locks that each migration takes on tables in use, in the order of its
    /// statements.
    pub locks: BTreeMap<MigrationKey, Vec<LockStep>>,
    /// What is among [`Self::undecided`] already: there may be as many as operations.
    known: HashSet<Undecided>,
}

impl Sink {
    /// Takes a finding.
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Takes what could not be decided, once.
    pub fn undecided(&mut self, undecided: Undecided) {
        if self.known.insert(undecided.clone()) {
            self.undecided.push(undecided);
        }
    }

    /// Takes what another has taken.
    pub(super) fn join(&mut self, other: Self) {
        self.findings.extend(other.findings);
        other.undecided.into_iter().for_each(|undecided| self.undecided(undecided));
        self.locks.extend(other.locks);
    }
}

impl Context<'_> {
    /// Whether this migration is among those that are looked at.
    pub fn is_checked(&self, key: &MigrationKey) -> bool {
        self.new.is_none_or(|new| new.contains(key))
    }

    /// Whether all models of an app come from migrations that are at hand.
    pub fn is_migrated(&self, app: &AppLabel) -> bool {
        let known = self.installed.migrated.contains(app)
            && !self.installed.unmigrated.contains(app)
            && !self.installed.assumed.contains(app);
        let disk = self.graph.disk.range(MigrationKey::new(app.clone(), "")..);
        let mut own = disk.take_while(|(key, _)| key.app == *app).peekable();
        known && own.peek().is_some() && own.all(|(_, migration)| migration.origin != Origin::Assumed)
    }
}

impl<'a> MigrationContext<'a> {
    /// The place of the class's header, or the file as such.
    pub fn place(&self) -> Place {
        place_of(self.migration)
    }

    /// A finding of a rule about this migration.
    pub fn finding(&self, rule: &RuleInfo, message: impl Into<String>) -> Finding {
        Finding::new(rule.name, rule.severity, self.place(), message).of(&self.migration.key)
    }

    /// The database's vendor.
    pub fn vendor(&self) -> Vendor {
        self.project.dialect.vendor
    }

    /// `IgnoreMigration()` of django-migration-linter among its operations: the authors looked at it.
    pub fn is_ignored(&self) -> bool {
        self.migration.operations.iter().any(|operation| {
            operation.class.starts_with("django_migration_linter.")
                && operation.class_name() == "IgnoreMigration"
        })
    }

    /// The texts of all `RunSQL` statements of the migration.
    pub fn raw_sql(&self) -> impl Iterator<Item = String> + use<'_, 'a> {
        self.effects.iter().filter_map(|effect| match &effect.operation.kind {
            OperationKind::RunSql(run) => sql_text(&run.sql),
            _ => None,
        })
    }
}

impl<'a> OperationContext<'a> {
    /// The operation.
    pub fn operation(&self) -> &'a Operation {
        self.effect.operation
    }

    /// The key of a model that the operation names.
    pub fn key(&self, model: &str) -> ModelKey {
        ModelKey::new(self.migration.migration.key.app.clone(), model)
    }

    /// A model as the operation finds it.
    pub fn before(&self, model: &str) -> Option<&'a ModelState> {
        self.effect.before.models.get(&self.key(model)).map(AsRef::as_ref)
    }

    /// A model as the operation leaves it.
    pub fn after(&self, model: &str) -> Option<&'a ModelState> {
        self.effect.after.models.get(&self.key(model)).map(AsRef::as_ref)
    }

    /// A model as the whole migration leaves it.
    pub fn at_end(&self, model: &str) -> Option<&'a ModelState> {
        self.migration.after.models.get(&self.key(model)).map(AsRef::as_ref)
    }

    /// Whether the operation changes the database of a table that is in use: not within
    /// `state_operations`, not on a table that the same batch creates, not in an initial migration,
    /// not on a model without a table of its own.
    pub fn touches_table_in_use(&self, model: &str) -> bool {
        self.effect.side != Side::State
            && !self.migration.initial
            && !self.is_new_table(model)
            && self.before(model).is_some_and(|model| self.has_table(model))
    }

    /// Whether the table of the model was created in the same batch.
    pub fn is_new_table(&self, model: &str) -> bool {
        self.effect.new.tables.contains(&self.key(model))
    }

    /// Whether the field was added in the same batch, so that no code that runs knows of its column.
    pub fn is_new_field(&self, model: &str, field: &str) -> bool {
        self.effect.new.fields.contains(&(self.key(model), field.into()))
    }

    /// The state that the operation finds, as models.
    pub fn apps_before(&self) -> Apps<'_> {
        self.apps(&self.effect.before)
    }

    /// The state that the operation leaves, as models.
    pub fn apps_after(&self) -> Apps<'_> {
        self.apps(&self.effect.after)
    }

    /// A state as models.
    pub(super) fn apps<'s>(&'s self, state: &'s ProjectState) -> Apps<'s> {
        let project = self.migration.project;
        // Only automatic keys of models that do not name theirs depend on the setting, and no rule
        // asks for those.
        Apps::new(
            state,
            project.swappables,
            "django.db.models.BigAutoField",
            max_name_length(self.migration.vendor()),
        )
    }

    /// Whether Django's operations touch a table for this model
    /// (`Options.can_migrate`, `django/db/models/options.py`).
    pub fn has_table(&self, model: &ModelState) -> bool {
        self.has_table_in(self.apps_before(), model)
    }

    /// The same of a model in the state that the operation leaves.
    pub fn has_table_after(&self, model: &ModelState) -> bool {
        self.has_table_in(self.apps_after(), model)
    }

    fn has_table_in(&self, apps: Apps<'_>, model: &ModelState) -> bool {
        let key = model.key();
        let other_vendor = model.option("required_db_vendor").and_then(Value::as_str).is_some_and(|vendor| {
            let ours = match self.migration.vendor() {
                Vendor::PostgreSql => "postgresql",
                Vendor::MySql | Vendor::MariaDb => "mysql",
                Vendor::Sqlite => "sqlite",
                Vendor::Oracle => "oracle",
            };
            vendor != ours
        });
        apps.can_migrate(&key) && !other_vendor
    }

    /// The table of a model as the operation finds it; `None` where it is not known.
    pub fn table(&self, model: &ModelState) -> Option<String> {
        self.apps_before().db_table(&model.key())
    }

    /// The table of a model as the operation leaves it; `None` where it is not known.
    pub fn table_after(&self, model: &ModelState) -> Option<String> {
        self.apps_after().db_table(&model.key())
    }

    /// The lock of a statement that changes no row and reads none: PostgreSQL takes ACCESS EXCLUSIVE for
    /// a moment (manual, ALTER TABLE and DROP TABLE). Of other databases nothing is said.
    pub fn brief_lock(&self) -> Option<LockInfo> {
        (self.migration.vendor() == Vendor::PostgreSql && self.effect.side != Side::State).then(|| LockInfo {
            mode: "ACCESS EXCLUSIVE".to_owned(),
            blocks: Blocks::Reads,
            rewrites: false,
            scans: false,
            held: false,
        })
    }

    /// A finding of a rule about this operation.
    pub fn finding(&self, rule: &RuleInfo, message: impl Into<String>) -> Finding {
        let place = match &self.operation().at {
            Some(at) => Place::Range(at.clone()),
            None => self.migration.place(),
        };
        let mut finding = Finding::new(rule.name, rule.severity, place, message)
            .of(&self.migration.migration.key)
            .about(identity(self.operation()));
        finding.operation = Some(self.effect.index);
        finding
    }

    /// Notes that something about this operation is not known.
    pub fn undecided(&self, sink: &mut Sink, what: impl Into<String>, unknown: &Unknown) {
        let mut undecided = Undecided::new(what, unknown);
        if undecided.path.is_none()
            && let Some(at) = &self.operation().at
        {
            undecided.path = Some(at.file.display().into());
            undecided.line = Some(at.line());
            undecided.column = Some(at.start().column);
        }
        sink.undecided(undecided);
    }

    /// A boolean argument of a field; where it is not known, that is noted and `None` returned.
    pub fn flag(&self, sink: &mut Sink, field: &Field, name: &str, default: bool) -> Option<bool> {
        match field.kwarg(name) {
            None => Some(default),
            Some(value) => {
                if let Some(unknown) = value.as_unknown() {
                    let what = format!("`{name}` of the field in {}", describe(self.operation()));
                    self.undecided(sink, what, unknown);
                }
                value.truth()
            }
        }
    }
}

/// The place of a migration's class, or its file as such.
pub fn place_of(migration: &Migration) -> Place {
    match (&migration.class_at, &migration.file) {
        (Some(at), _) => Place::Range(at.clone()),
        (None, Some(file)) => Place::Range(Location { file: file.clone(), start: 0, end: 0 }),
        (None, None) => Place::Path(migration.key.to_string().into()),
    }
}

/// Whether it is a foreign key or one-to-one field.
pub(super) fn is_foreign_key(field: &Field) -> bool {
    field.is_a("django.db.models.ForeignKey") || field.is_a("django.db.models.OneToOneField")
}

/// The longest name that a database takes (`DatabaseOperations.max_name_length`).
fn max_name_length(vendor: Vendor) -> Option<usize> {
    match vendor {
        Vendor::PostgreSql => Some(63),
        Vendor::MySql | Vendor::MariaDb => Some(64),
        Vendor::Oracle => Some(30),
        Vendor::Sqlite => None,
    }
}

/// What an operation is about, wherever it stands: what the fingerprint is made of.
pub fn identity(operation: &Operation) -> String {
    let class = operation.class_name();
    match &operation.kind {
        OperationKind::RunPython(run) => format!("{class} {}", run.code.sort_key()),
        OperationKind::RunSql(run) => format!("{class} {}", run.sql.sort_key()),
        _ => describe(operation),
    }
}

/// `RemoveField order.note`: an operation in a few words.
pub fn describe(operation: &Operation) -> String {
    use OperationKind as Kind;
    let class = operation.class_name();
    let named = |value: &Value| {
        let call = value.as_call();
        call.and_then(|call| call.kwarg("name")).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    match &operation.kind {
        Kind::CreateModel(create) => format!("{class} {}", create.name),
        Kind::DeleteModel { name }
        | Kind::AlterModelTable { name, .. }
        | Kind::AlterModelTableComment { name, .. }
        | Kind::AlterUniqueTogether { name, .. }
        | Kind::AlterIndexTogether { name, .. }
        | Kind::AlterOrderWithRespectTo { name, .. }
        | Kind::AlterModelOptions { name, .. }
        | Kind::AlterModelManagers { name, .. }
        | Kind::CreateExtension { name, .. }
        | Kind::CreateCollation { name, .. }
        | Kind::RemoveCollation { name, .. } => format!("{class} {name}"),
        Kind::RenameModel { old_name, new_name } => format!("{class} {old_name} {new_name}"),
        Kind::AddField { model_name, name, .. }
        | Kind::RemoveField { model_name, name }
        | Kind::AlterField { model_name, name, .. }
        | Kind::RemoveIndex { model_name, name, .. }
        | Kind::RemoveConstraint { model_name, name }
        | Kind::AlterConstraint { model_name, name, .. }
        | Kind::ValidateConstraint { model_name, name } => format!("{class} {model_name}.{name}"),
        Kind::RenameField { model_name, old_name, new_name } => {
            format!("{class} {model_name}.{old_name} {new_name}")
        }
        Kind::AddIndex { model_name, index, .. } => format!("{class} {model_name}.{}", named(index)),
        Kind::AddConstraint { model_name, constraint, .. } => {
            format!("{class} {model_name}.{}", named(constraint))
        }
        Kind::RenameIndex { model_name, new_name, .. } => format!("{class} {model_name}.{new_name}"),
        Kind::RunPython(run) => match &run.code {
            Value::Ref(path) => format!("{class} {}", path.rsplit('.').next().unwrap_or(path)),
            _ => class.to_owned(),
        },
        Kind::RunSql(_) | Kind::SeparateDatabaseAndState { .. } | Kind::Custom(_) => class.to_owned(),
    }
}

/// The SQL of a `RunSQL`: its statements joined, parameters left out; `None` where it is not known.
pub fn sql_text(sql: &Value) -> Option<String> {
    match sql {
        Value::List(items) | Value::Tuple(items) => {
            let statements = items.iter().map(|item| match item {
                Value::Tuple(pair) | Value::List(pair) => pair.first().and_then(Value::as_str),
                item => item.as_str(),
            });
            statements.collect::<Option<Vec<_>>>().map(|statements| statements.join(";\n"))
        }
        sql => sql.as_str().map(str::to_owned),
    }
}
