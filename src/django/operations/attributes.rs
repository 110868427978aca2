//! The class attributes of operations: `reversible`, `reduces_to_sql`, `atomic`, `elidable`
//! (`django/db/migrations/operations/base.py` and the classes that override them).

use std::sync::Arc;

use super::{Operation, OperationKind};
use crate::python::value::Unknown;

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

    /// `reversible`; `None` for a custom class that does not tell.
    pub fn reversible(&self) -> Option<bool> {
        match &self.kind {
            OperationKind::RunPython(run) => Some(run.reverse_code.is_some()),
            OperationKind::RunSql(run) => Some(run.reverse_sql.is_some()),
            OperationKind::Custom(custom) => custom.reversible,
            _ => Some(true),
        }
    }

    /// `reduces_to_sql`; `None` for a custom class.
    pub fn reduces_to_sql(&self) -> Option<bool> {
        match &self.kind {
            OperationKind::RunPython(_) => Some(false),
            OperationKind::Custom(_) => None,
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

    /// `elidable`; false for a custom class that does not tell.
    pub fn elidable(&self) -> bool {
        match &self.kind {
            OperationKind::RunPython(run) => run.elidable,
            OperationKind::RunSql(run) => run.elidable,
            _ => false,
        }
    }
}
