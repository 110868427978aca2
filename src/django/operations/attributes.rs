//! The class attributes of operations: `reversible`, `reduces_to_sql`, `atomic`, `elidable`
//! (`django/db/migrations/operations/base.py` and the classes that override them).

use super::{Operation, OperationKind};

impl Operation {
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
