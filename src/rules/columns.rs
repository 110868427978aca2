//! What an `AlterField` really changes: the column before and after it, in the database's words.
//!
//! State decides, not text: most `AlterField` operations change nothing in the database, and those
//! that do change one of a few things. What is not known is noted as undecided, once, and no rule
//! goes by it.

use super::context::{OperationContext, Sink, describe};
use crate::database::facts::{Blocks as FactBlocks, Role};
use crate::database::{StatementKind, facts};
use crate::django::field::{Field, is_python_only};
use crate::django::operations::OperationKind;
use crate::django::schema::{self, ColumnFacts, column_facts};
use crate::django::state::{ModelState, ProjectState};
use crate::python::value::{Unknown, Value};
use crate::report::{Blocks, LockInfo};

/// An `AlterField` on a column of a table in use.
#[derive(Debug)]
pub(super) struct Altered<'a> {
    /// The model's name as the operation has it.
    pub model_name: &'a str,
    /// The field's name.
    pub name: &'a str,
    /// The model as the operation finds it.
    pub model: &'a ModelState,
    /// The field before.
    pub old_field: &'a Field,
    /// The field after.
    pub new_field: &'a Field,
    /// The column before.
    pub old: ColumnFacts,
    /// The column after.
    pub new: ColumnFacts,
    /// The table, where it is known.
    pub table: Option<String>,
}

impl Altered<'_> {
    /// The table for people.
    pub fn shown(&self) -> String {
        self.table.clone().unwrap_or_else(|| self.model.name.to_string())
    }
}

/// What an `AlterField` changes; `None` where it is no such operation, changes no column of a table
/// in use, is about a column that the same batch adds, or is not known.
pub(super) fn altered<'a>(cx: &OperationContext<'a>, sink: &mut Sink) -> Option<Altered<'a>> {
    let OperationKind::AlterField { model_name, name, field, .. } = &cx.operation().kind else {
        return None;
    };
    if !cx.touches_table_in_use(model_name) || cx.is_new_field(model_name, name) {
        return None;
    }
    let model = cx.before(model_name)?;
    let old_field = model.fields.get(name)?.as_ref();
    if is_same_column(old_field, field) || old_field.many_to_many() || field.many_to_many() {
        return None;
    }
    let key = cx.key(model_name);
    let context = cx.schema();
    let sides = [&cx.effect.before, &cx.effect.after];
    let [old, new] = sides.map(|state| column_facts(context, state, &key, name));
    match (old, new) {
        (Ok(Some(old)), Ok(Some(new))) => Some(Altered {
            model_name,
            name,
            model,
            old_field,
            new_field: field,
            old,
            new,
            table: cx.table(model),
        }),
        (Err(error), _) | (_, Err(error)) => {
            let what = format!("what {} changes in the database", describe(cx.operation()));
            cx.undecided(sink, what, &Unknown { reason: error.reason.clone(), at: field.at.clone() });
            None
        }
        _ => None,
    }
}

/// Whether an argument leaves the column as it is.
fn is_without_column(argument: &str) -> bool {
    is_python_only(argument) || matches!(argument, "auto_now" | "auto_now_add" | "default" | "serialize")
}

/// Whether two fields differ, if at all, in what no column shows.
fn is_same_column(old: &Field, new: &Field) -> bool {
    let arguments = |field: &Field| {
        let kwargs = field.kwargs.iter().filter(|(name, _)| !is_without_column(name));
        kwargs.map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>()
    };
    let same = |a: &[(std::sync::Arc<str>, Value)], b: &[(std::sync::Arc<str>, Value)]| {
        a.len() == b.len() && a.iter().all(|(name, value)| b.iter().any(|(n, v)| n == name && v == value))
    };
    old.class.qualname == new.class.qualname && old.args == new.args && same(&arguments(old), &arguments(new))
}

impl<'a> OperationContext<'a> {
    /// What the SQL of this project depends on.
    pub(super) fn schema(&self) -> &'a schema::Context {
        self.migration.project.schema
    }

    /// The state that running code and the rows that are there know: before the migration.
    pub(super) fn at_start(&self) -> &'a ProjectState {
        self.migration.effects.first().map_or(&*self.effect.before, |first| &first.before)
    }

    /// A model before the migration, as long as its name did not change in it.
    pub(super) fn model_at_start(&self, model: &str) -> Option<&'a ModelState> {
        self.at_start().models.get(&self.key(model)).map(AsRef::as_ref)
    }

    /// The lock that a statement takes on its table, by the facts of the project's database.
    pub(super) fn lock_of(&self, kind: StatementKind) -> Option<LockInfo> {
        let facts = facts(&kind, self.migration.project.dialect)?;
        let lock = facts.lock(Role::Target)?;
        let blocks = match facts.blocks(Role::Target) {
            FactBlocks::Reads => Blocks::Reads,
            FactBlocks::Writes => Blocks::Writes,
            FactBlocks::None => Blocks::None,
        };
        Some(LockInfo {
            mode: lock.mode.as_str().to_owned(),
            blocks,
            rewrites: facts.rewrites.is_yes(),
            scans: facts.scans(Role::Target).is_yes(),
            held: false,
        })
    }
}
