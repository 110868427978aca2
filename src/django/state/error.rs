//! Each way in which Django fails when operations are built, replayed or applied.

use std::fmt;
use std::sync::Arc;

use crate::django::keys::{AppLabel, ModelKey};
use crate::source::Location;

/// When Django would fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// When the migration's module is imported: the operation's `__init__` raises, and every
    /// command that loads migrations stops.
    Load,
    /// When the state is replayed (`state_forwards`): `migrate`, `makemigrations` and
    /// `sqlmigrate` stop.
    State,
    /// When the operation is applied (`database_forwards`): `migrate` stops at it.
    Database,
}

/// A failure of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct StateError {
    /// What is wrong.
    pub kind: StateErrorKind,
    /// When Django would fail.
    pub phase: Phase,
    /// The app whose migration the operation is in.
    pub app: AppLabel,
    /// The way down from the operation given to [`super::ProjectState::apply`] to the one that
    /// fails: empty for itself, else indexes into `state_operations` (or `database_operations`,
    /// where [`Phase::Database`]).
    pub path: Vec<usize>,
    /// Where the failing operation is written.
    pub at: Option<Location>,
    /// False where something that could not be read may be what is missing; nothing may then be
    /// reported as an error.
    pub certain: bool,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateErrorKind {
    /// The operation is on a model that the state does not have: `KeyError`.
    ModelMissing {
        /// The model.
        model: ModelKey,
    },
    /// The operation is on a field that the model does not have: `FieldDoesNotExist`, from
    /// `RemoveField` a mere `KeyError`.
    FieldMissing {
        /// The model.
        model: ModelKey,
        /// The field.
        field: Arc<str>,
    },
    /// A model is created, or renamed to, that is already there. Django's state takes the new one
    /// without a word; the database refuses the second table.
    DuplicateModel {
        /// The model.
        model: ModelKey,
    },
    /// A field is added, or renamed to, that is already there. Django's state takes the new one
    /// without a word; the database refuses the second column.
    DuplicateField {
        /// The model.
        model: ModelKey,
        /// The field.
        field: Arc<str>,
    },
    /// `CreateModel` lists a field, a base or a manager twice: `ValueError`.
    DuplicateInCreateModel {
        /// The model.
        model: ModelKey,
        /// `fields`, `bases` or `managers`.
        argument: &'static str,
        /// What is listed twice.
        value: Arc<str>,
    },
    /// `ModelState.get_index_by_name` finds none: `ValueError`.
    IndexMissing {
        /// The model.
        model: ModelKey,
        /// The index.
        name: Arc<str>,
    },
    /// `ModelState.get_constraint_by_name` finds none: `ValueError`.
    ConstraintMissing {
        /// The model.
        model: ModelKey,
        /// The constraint.
        name: Arc<str>,
    },
    /// An index without a name is given to `AddIndex` or in the options of `CreateModel`: `ValueError`.
    UnnamedIndex {
        /// The model.
        model: ModelKey,
    },
    /// `RenameIndex` needs exactly one of `old_name` and `old_fields`: `ValueError`.
    RenameIndexArguments {
        /// The model.
        model: ModelKey,
    },
    /// A field is renamed while `unique_together` or `index_together` is `None`: `TypeError`.
    TogetherNotIterable {
        /// The model.
        model: ModelKey,
        /// The option.
        option: &'static str,
    },
    /// `RenameModel` changes no more than the case of the name: the state loses the model, for
    /// the old and the new name are one key.
    RenameModelCaseOnly {
        /// The model.
        model: ModelKey,
    },
    /// A custom operation that does not override `state_forwards`: `NotImplementedError`.
    NotImplemented {
        /// The operation's class.
        class: Arc<str>,
    },
}

impl StateErrorKind {
    /// The exception that Django raises; `None` where it is the database that refuses.
    pub fn exception(&self) -> Option<&'static str> {
        Some(match self {
            Self::ModelMissing { .. } => "KeyError",
            Self::RenameModelCaseOnly { .. } => "LookupError",
            Self::FieldMissing { .. } => "FieldDoesNotExist",
            Self::DuplicateModel { .. } | Self::DuplicateField { .. } => return None,
            Self::DuplicateInCreateModel { .. }
            | Self::IndexMissing { .. }
            | Self::ConstraintMissing { .. }
            | Self::UnnamedIndex { .. }
            | Self::RenameIndexArguments { .. } => "ValueError",
            Self::TogetherNotIterable { .. } => "TypeError",
            Self::NotImplemented { .. } => "NotImplementedError",
        })
    }
}

impl fmt::Display for StateErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ModelMissing { model } => write!(f, "model `{model}` does not exist at this point"),
            Self::FieldMissing { model, field } => {
                write!(f, "model `{model}` has no field `{field}` at this point")
            }
            Self::DuplicateModel { model } => write!(f, "model `{model}` already exists at this point"),
            Self::DuplicateField { model, field } => {
                write!(f, "model `{model}` already has a field `{field}` at this point")
            }
            Self::DuplicateInCreateModel { model, argument, value } => {
                write!(f, "`{value}` is listed twice in the {argument} of model `{model}`")
            }
            Self::IndexMissing { model, name } => {
                write!(f, "model `{model}` has no index named `{name}` at this point")
            }
            Self::ConstraintMissing { model, name } => {
                write!(f, "model `{model}` has no constraint named `{name}` at this point")
            }
            Self::UnnamedIndex { model } => write!(f, "an index of model `{model}` has no name"),
            Self::RenameIndexArguments { model } => {
                write!(
                    f,
                    "renaming an index of model `{model}` needs exactly one of `old_name` and `old_fields`"
                )
            }
            Self::TogetherNotIterable { model, option } => {
                write!(f, "a field of model `{model}` is renamed while its `{option}` is None")
            }
            Self::RenameModelCaseOnly { model } => {
                write!(f, "renaming model `{model}` to a name that differs only in case loses the model")
            }
            Self::NotImplemented { class } => {
                write!(f, "operation `{class}` does not implement `state_forwards`")
            }
        }
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for StateError {}
