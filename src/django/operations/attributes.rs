//! The class attributes of operations: `reversible`, `reduces_to_sql`, `atomic`, `elidable`
//! (`django/db/migrations/operations/base.py` and the classes that override them).

use std::sync::Arc;

use super::{Operation, OperationKind};
use crate::python::value::{Unknown, Value};

impl Operation {
    /// Why not even its class is known, where that is so.
    pub fn unread(&self) -> Option<&Arc<Unknown>> {
        match &self.kind {
            OperationKind::Custom(custom) if !custom.found && self.class.as_ref() == "Unknown" => {
                custom.why.as_ref()
            }
            _ => None,
        }
    }

    /// What of the sentence [`Operation::describe`] gives is not known.
    pub fn unknown_in_description(&self) -> Option<&Arc<Unknown>> {
        if self.custom_describe.is_some() {
            return None;
        }
        match &self.kind {
            OperationKind::Custom(custom) => {
                let values = custom.args.iter().chain(custom.kwargs.iter().map(|(_, value)| value));
                self.unread().or_else(|| values.into_iter().find_map(Value::find_unknown))
            }
            OperationKind::AddIndex { index: object, .. }
            | OperationKind::AddConstraint { constraint: object, .. } => match object.as_call() {
                Some(call) => {
                    let named = ["name", "fields"].into_iter().filter_map(|name| call.kwarg(name));
                    call.args.iter().chain(named).find_map(Value::find_unknown)
                }
                None => object.find_unknown(),
            },
            OperationKind::AlterModelTable { table: value, .. }
            | OperationKind::AlterUniqueTogether { unique_together: value, .. }
            | OperationKind::AlterIndexTogether { index_together: value, .. }
            | OperationKind::AlterOrderWithRespectTo { order_with_respect_to: value, .. } => {
                value.find_unknown()
            }
            OperationKind::RenameIndex { old_fields: Some(value), .. } => value.find_unknown(),
            _ => None,
        }
    }

    /// `reversible`; `None` for a custom class that does not tell.
    pub fn reversible(&self) -> Option<bool> {
        match &self.kind {
            OperationKind::RunPython(run) => Some(run.reverse_code.is_some()),
            OperationKind::RunSql(run) => Some(run.reverse_sql.is_some()),
            OperationKind::Custom(custom) => custom.reversible,
            _ => Some(true),
        }
    }

    /// `reduces_to_sql`; `None` for a custom class that does not tell.
    pub fn reduces_to_sql(&self) -> Option<bool> {
        match &self.kind {
            OperationKind::RunPython(_) => Some(false),
            OperationKind::Custom(custom) => custom.reduces_to_sql,
            _ => Some(true),
        }
    }

    /// `atomic`: `None` (as the migration) only for a `RunPython` that leaves it open, and for a
    /// custom class.
    pub fn atomic(&self) -> Option<bool> {
        match &self.kind {
            OperationKind::RunPython(run) => run.atomic,
            OperationKind::Custom(_) => None,
            _ => Some(false),
        }
    }

    /// `elidable`; false for a custom class, whose own is not read.
    pub fn elidable(&self) -> bool {
        match &self.kind {
            OperationKind::RunPython(run) => run.elidable,
            OperationKind::RunSql(run) => run.elidable,
            _ => false,
        }
    }
}
