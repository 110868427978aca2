//! `Operation.migration_name_fragment`: an operation's part in the name Django gives a migration
//! (`django/db/migrations/operations/`).

use super::{Operation, OperationKind as K};
use crate::python::value::Value;

impl Operation {
    /// `migration_name_fragment`; `None` where the operation has none, or its parts are not known.
    pub fn migration_name_fragment(&self) -> Option<String> {
        let model = self.model_name()?.to_lowercase();
        Some(match &self.kind {
            K::CreateModel(_) => model,
            K::DeleteModel { .. } => format!("delete_{model}"),
            K::RenameModel { new_name, .. } => format!("rename_{model}_{}", new_name.to_lowercase()),
            K::AlterModelTable { .. } => format!("alter_{model}_table"),
            K::AlterModelTableComment { .. } => format!("alter_{model}_table_comment"),
            K::AlterUniqueTogether { .. } => format!("alter_{model}_unique_together"),
            K::AlterIndexTogether { .. } => format!("alter_{model}_index_together"),
            K::AlterOrderWithRespectTo { .. } => format!("alter_{model}_order_with_respect_to"),
            K::AlterModelOptions { .. } => format!("alter_{model}_options"),
            K::AlterModelManagers { .. } => format!("alter_{model}_managers"),
            K::AddField { name, .. } => format!("{model}_{}", name.to_lowercase()),
            K::RemoveField { name, .. } | K::RemoveIndex { name, .. } | K::RemoveConstraint { name, .. } => {
                format!("remove_{model}_{}", name.to_lowercase())
            }
            K::AlterField { name, .. } => format!("alter_{model}_{}", name.to_lowercase()),
            K::RenameField { old_name, new_name, .. } => {
                format!("rename_{}_{model}_{}", old_name.to_lowercase(), new_name.to_lowercase())
            }
            K::AddIndex { index, .. } => format!("{model}_{}", object_name(index)?.to_lowercase()),
            K::AddConstraint { constraint, .. } => {
                format!("{model}_{}", object_name(constraint)?.to_lowercase())
            }
            K::AlterConstraint { constraint, .. } => {
                format!("alter_{model}_{}", object_name(constraint)?.to_lowercase())
            }
            K::RenameIndex { new_name, old_name: Some(old_name), .. } => {
                format!("rename_{}_{}", old_name.to_lowercase(), new_name.to_lowercase())
            }
            K::RenameIndex { new_name, old_fields, .. } => {
                let fields: Option<Vec<_>> =
                    old_fields.as_ref()?.items()?.iter().map(Value::as_str).collect();
                format!("rename_{model}_{}_{}", fields?.join("_"), new_name.to_lowercase())
            }
            K::ValidateConstraint { name, .. } => format!("{model}_validate_{}", name.to_lowercase()),
            _ => return None,
        })
    }
}

/// `name` of a deconstructed index or constraint.
pub(crate) fn object_name(value: &Value) -> Option<&str> {
    value.as_call()?.kwarg("name").and_then(Value::as_str)
}
