//! Operations at rest: every class of `django.db.migrations.operations` and
//! `django.contrib.postgres.operations`, Django 3.2 to 6.1, as typed values.

pub(crate) mod absorb;
mod amounts_to;
mod attributes;
mod describe;
mod expressions;
pub(crate) mod name_fragment;
mod reduce;
pub(crate) mod references;

pub use amounts_to::{AMOUNTS_TO, amount_to};
pub(crate) use reduce::Reduction;

use std::sync::Arc;

use super::field::Field;
use crate::python::value::{Unknown, Value};
use crate::source::Location;

/// One operation of a migration.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Dotted path of the class as it was written and found (`django.db.migrations.operations.models.CreateModel`,
    /// or a project's own class).
    pub class: Arc<str>,
    /// What it does: the operation of Django's own that the class is, or is derived from.
    pub kind: OperationKind,
    /// Where it is written.
    pub at: Option<Location>,
    /// What an overriding `describe()` of a custom class returns, where it could be read.
    pub custom_describe: Option<Arc<str>>,
}

/// A field or model that a list of `(name, value)` pairs holds.
pub type Named<T> = (Arc<str>, T);

/// What an operation does. Names of fields are those of the constructors' arguments.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // The variants and their fields are Django's own.
pub enum OperationKind {
    CreateModel(CreateModel),
    DeleteModel {
        name: Arc<str>,
    },
    RenameModel {
        old_name: Arc<str>,
        new_name: Arc<str>,
    },
    /// `table` is `None`, a string, or unknown.
    AlterModelTable {
        name: Arc<str>,
        table: Value,
    },
    AlterModelTableComment {
        name: Arc<str>,
        table_comment: Value,
    },
    /// The value as written: a set, list or tuple of tuples, or `None`.
    AlterUniqueTogether {
        name: Arc<str>,
        unique_together: Value,
    },
    AlterIndexTogether {
        name: Arc<str>,
        index_together: Value,
    },
    AlterOrderWithRespectTo {
        name: Arc<str>,
        order_with_respect_to: Value,
    },
    AlterModelOptions {
        name: Arc<str>,
        options: Vec<Named<Value>>,
    },
    /// Managers by name, each a deconstructed call.
    AlterModelManagers {
        name: Arc<str>,
        managers: Vec<Named<Value>>,
    },
    AddField {
        model_name: Arc<str>,
        name: Arc<str>,
        field: Arc<Field>,
        preserve_default: bool,
    },
    RemoveField {
        model_name: Arc<str>,
        name: Arc<str>,
    },
    AlterField {
        model_name: Arc<str>,
        name: Arc<str>,
        field: Arc<Field>,
        preserve_default: bool,
    },
    RenameField {
        model_name: Arc<str>,
        old_name: Arc<str>,
        new_name: Arc<str>,
    },
    /// `index` is a deconstructed `django.db.models.Index` or subclass.
    AddIndex {
        model_name: Arc<str>,
        index: Value,
        concurrently: bool,
    },
    RemoveIndex {
        model_name: Arc<str>,
        name: Arc<str>,
        concurrently: bool,
    },
    RenameIndex {
        model_name: Arc<str>,
        new_name: Arc<str>,
        old_name: Option<Arc<str>>,
        old_fields: Option<Value>,
    },
    /// `constraint` is a deconstructed constraint; `not_valid` is `AddConstraintNotValid`.
    AddConstraint {
        model_name: Arc<str>,
        constraint: Value,
        not_valid: bool,
    },
    RemoveConstraint {
        model_name: Arc<str>,
        name: Arc<str>,
    },
    AlterConstraint {
        model_name: Arc<str>,
        name: Arc<str>,
        constraint: Value,
    },
    /// `django.contrib.postgres.operations.ValidateConstraint`
    ValidateConstraint {
        model_name: Arc<str>,
        name: Arc<str>,
    },
    RunPython(RunPython),
    RunSql(RunSql),
    SeparateDatabaseAndState {
        database_operations: Vec<Operation>,
        state_operations: Vec<Operation>,
    },
    /// `CreateExtension` and its subclasses (`HStoreExtension` …); `hints` (6.0) as written.
    CreateExtension {
        name: Arc<str>,
        hints: Value,
    },
    CreateCollation {
        name: Arc<str>,
        locale: Value,
        provider: Value,
        deterministic: Value,
    },
    RemoveCollation {
        name: Arc<str>,
        locale: Value,
        provider: Value,
        deterministic: Value,
    },
    /// A class that comes down to none of the above: a direct subclass of `Operation`, or one that could not be found.
    Custom(CustomOperation),
}

/// `CreateModel`
#[derive(Debug, Clone)]
pub struct CreateModel {
    /// The model's name as written.
    pub name: Arc<str>,
    /// Its fields in order.
    pub fields: Vec<Named<Arc<Field>>>,
    /// `Meta` options as written.
    pub options: Vec<Named<Value>>,
    /// Bases: `Str("app.model")` or `Ref("dotted.path")`; Django's default is `(models.Model,)`.
    pub bases: Vec<Value>,
    /// Managers by name.
    pub managers: Vec<Named<Value>>,
    /// Where in `fields` something could not be read.
    pub unknowns: Vec<Arc<Unknown>>,
}

/// `RunPython`
#[derive(Debug, Clone)]
pub struct RunPython {
    /// The function: a `Ref`, or a call of `functools.partial`, or unknown (a lambda).
    pub code: Value,
    /// `None` where there is no way back; `RunPython.noop` is a `Ref`.
    pub reverse_code: Option<Value>,
    /// `None` (as the migration), or as written.
    pub atomic: Option<bool>,
    /// Hints for the router.
    pub hints: Value,
    /// `elidable`
    pub elidable: bool,
}

/// `RunSQL`
#[derive(Debug, Clone)]
pub struct RunSql {
    /// A string, or a list of strings and `(sql, params)`.
    pub sql: Value,
    /// `None` where there is no way back.
    pub reverse_sql: Option<Value>,
    /// Operations that change the state alone.
    pub state_operations: Vec<Operation>,
    /// Hints for the router.
    pub hints: Value,
    /// `elidable`
    pub elidable: bool,
}

/// An operation of no kind that is known.
#[derive(Debug, Clone)]
pub struct CustomOperation {
    /// The class's own name.
    pub name: Arc<str>,
    /// Positional arguments as written.
    pub args: Vec<Value>,
    /// Keyword arguments as written.
    pub kwargs: Vec<Named<Value>>,
    /// `reversible`, where known.
    pub reversible: Option<bool>,
    /// `reduces_to_sql`, where known.
    pub reduces_to_sql: Option<bool>,
    /// Whether `database_forwards()` is known to do nothing.
    pub forwards_nothing: bool,
    /// Whether `database_backwards()` is known to do nothing.
    pub backwards_nothing: bool,
    /// Whether the class could be found at all (its source was read and it is an `Operation`).
    pub found: bool,
    /// Why it is not known.
    pub why: Option<Arc<Unknown>>,
    /// What its `state_forwards` does.
    pub state_forwards: StateForwards,
}

impl CustomOperation {
    /// An operation of a class of that name of which nothing more is known.
    pub fn unread(name: &str) -> Self {
        Self {
            name: name.into(),
            args: Vec::new(),
            kwargs: Vec::new(),
            reversible: None,
            reduces_to_sql: None,
            forwards_nothing: false,
            backwards_nothing: false,
            found: true,
            why: None,
            state_forwards: StateForwards::Unread,
        }
    }
}

/// What a custom operation's `state_forwards` does to the state.
#[derive(Debug, Clone, Default)]
pub enum StateForwards {
    /// It could not be read: the state may be changed in any way.
    #[default]
    Unread,
    /// The class does not override it, so that Django's raises `NotImplementedError`
    /// (`django/db/migrations/operations/base.py`).
    NotImplemented,
    /// It replays these operations: none where its body is empty, and those it hands the state
    /// to (`self.inner.state_forwards(app_label, state)`).
    Operations(Vec<Operation>),
}

impl Operation {
    /// The class's own name: `AddField`.
    pub fn class_name(&self) -> &str {
        self.class.rsplit('.').next().unwrap_or(&self.class)
    }
}
