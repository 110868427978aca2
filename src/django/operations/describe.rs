//! `Operation.describe()`: Django's own sentence for each operation
//! (`django/db/migrations/operations/*.py`, `django/contrib/postgres/operations.py`).
//!
//! From 3.2 to 6.1 the sentences are the same words; a class that a version lacks has none there.

use super::expressions::Expressions;
use super::{CustomOperation, Operation, OperationKind};
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

impl Operation {
    /// `Operation.describe()`. The words are the same in all versions; how expressions in them
    /// show is not.
    pub fn describe(&self, version: DjangoVersion) -> String {
        match &self.custom_describe {
            Some(text) => text.to_string(),
            None => self.kind.describe(self.class_name(), version),
        }
    }
}

impl OperationKind {
    fn describe(&self, class: &str, version: DjangoVersion) -> String {
        match self {
            Self::CreateModel(model) => {
                let proxy = model
                    .options
                    .iter()
                    .any(|(key, value)| key.as_ref() == "proxy" && value.truth().unwrap_or(false));
                format!("Create {}model {}", if proxy { "proxy " } else { "" }, model.name)
            }
            Self::DeleteModel { name } => format!("Delete model {name}"),
            Self::RenameModel { old_name, new_name } => format!("Rename model {old_name} to {new_name}"),
            Self::AlterModelTable { name, table } => match table {
                Value::None => format!("Rename table for {name} to (default)"),
                table => format!("Rename table for {name} to {}", table.python_str()),
            },
            Self::AlterModelTableComment { name, .. } => format!("Alter {name} table comment"),
            Self::AlterUniqueTogether { name, unique_together } => {
                together("unique_together", name, unique_together)
            }
            Self::AlterIndexTogether { name, index_together } => {
                together("index_together", name, index_together)
            }
            Self::AlterOrderWithRespectTo { name, order_with_respect_to } => {
                format!("Set order_with_respect_to on {name} to {}", order_with_respect_to.python_str())
            }
            Self::AlterModelOptions { name, .. } => format!("Change Meta options on {name}"),
            Self::AlterModelManagers { name, .. } => format!("Change managers on {name}"),
            Self::AddField { model_name, name, .. } => format!("Add field {name} to {model_name}"),
            Self::RemoveField { model_name, name } => format!("Remove field {name} from {model_name}"),
            Self::AlterField { model_name, name, .. } => format!("Alter field {name} on {model_name}"),
            Self::RenameField { model_name, old_name, new_name } => {
                format!("Rename field {old_name} on {model_name} to {new_name}")
            }
            Self::AddIndex { model_name, index, concurrently } => {
                add_index(model_name, index, *concurrently, version)
            }
            Self::RemoveIndex { model_name, name, concurrently: false } => {
                format!("Remove index {name} from {model_name}")
            }
            Self::RemoveIndex { model_name, name, concurrently: true } => {
                format!("Concurrently remove index {name} from {model_name}")
            }
            Self::RenameIndex { model_name, new_name, old_name, old_fields } => {
                match (old_name, old_fields) {
                    (None, Some(fields)) => {
                        format!(
                            "Rename unnamed index for {} on {model_name} to {new_name}",
                            fields.python_str()
                        )
                    }
                    (old_name, _) => {
                        let old_name = old_name.as_deref().unwrap_or("None");
                        format!("Rename index {old_name} on {model_name} to {new_name}")
                    }
                }
            }
            Self::AddConstraint { model_name, constraint, not_valid } => {
                let not_valid = if *not_valid { "not valid " } else { "" };
                format!("Create {not_valid}constraint {} on model {model_name}", name_of(constraint))
            }
            Self::RemoveConstraint { model_name, name } => {
                format!("Remove constraint {name} from model {model_name}")
            }
            Self::AlterConstraint { model_name, name, .. } => {
                format!("Alter constraint {name} on {model_name}")
            }
            Self::ValidateConstraint { model_name, name } => {
                format!("Validate constraint {name} on model {model_name}")
            }
            Self::RunPython(_) => "Raw Python operation".to_owned(),
            Self::RunSql(_) => "Raw SQL operation".to_owned(),
            Self::SeparateDatabaseAndState { .. } => "Custom state/database change combination".to_owned(),
            Self::CreateExtension { name, .. } => format!("Creates extension {name}"),
            Self::CreateCollation { name, .. } => format!("Create collation {name}"),
            Self::RemoveCollation { name, .. } => format!("Remove collation {name}"),
            Self::Custom(custom) => describe_custom(class, custom),
        }
    }
}

/// `Operation.describe` of the base class: the class's name and `_constructor_args`.
fn describe_custom(class: &str, custom: &CustomOperation) -> String {
    let args = Value::Tuple(custom.args.as_slice().into());
    let kwargs: Vec<(Value, Value)> =
        custom.kwargs.iter().map(|(key, value)| (Value::str(key.clone()), value.clone())).collect();
    let both = Value::Tuple([args, Value::Dict(kwargs.into())].into());
    format!("{class}: {}", both.python_repr())
}

/// `normalize_together` makes a set of tuples, so what is written twice counts once.
fn together(option: &str, name: &str, value: &Value) -> String {
    let items = value.items().unwrap_or_default();
    let count = if items.first().is_some_and(|first| first.items().is_none()) {
        1
    } else {
        let distinct = |(place, item): &(usize, &Value)| {
            !items.iter().take(*place).any(|earlier| earlier.items() == item.items())
        };
        items.iter().enumerate().filter(distinct).count()
    };
    format!("Alter {option} for {name} ({count} constraint(s))")
}

fn name_of(value: &Value) -> String {
    value
        .as_call()
        .and_then(|call| call.kwarg("name"))
        .map_or_else(|| "(unknown)".to_owned(), Value::python_str)
}

fn add_index(model: &str, index: &Value, concurrently: bool, version: DjangoVersion) -> String {
    let name = name_of(index);
    let expressions = index.as_call().map(|call| call.args.as_slice()).unwrap_or_default();
    // `AddIndexConcurrently` names fields only, even where there are none.
    if !concurrently && !expressions.is_empty() {
        let write = Expressions(version);
        let texts: Vec<String> = expressions.iter().map(|it| write.argument(it)).collect();
        return format!("Create index {name} on {} on model {model}", texts.join(", "));
    }
    let fields: Vec<String> = index
        .as_call()
        .and_then(|call| call.kwarg("fields"))
        .and_then(Value::items)
        .unwrap_or_default()
        .iter()
        .map(Value::python_str)
        .collect();
    let create = if concurrently { "Concurrently create" } else { "Create" };
    format!("{create} index {name} on field(s) {} of model {model}", fields.join(", "))
}
