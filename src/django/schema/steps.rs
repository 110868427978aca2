//! Steps of a migration, each with the states before and after it → the statements that each asks
//! for, in the order in which the database gets them (`Migration.apply`,
//! `BaseDatabaseSchemaEditor.__exit__`).

use std::sync::Arc;

use super::editor::{Editor, States};
use super::model::Apps;
use super::operation::Direction;
use super::statement::Statement;
use super::{Context, Unrenderable};
use crate::django::keys::AppLabel;
use crate::django::operations::Operation;
use crate::django::state::ProjectState;

/// One step: an operation, or one within `SeparateDatabaseAndState`.
#[derive(Debug, Clone, Copy)]
pub struct OneStep<'a> {
    /// What is done.
    pub operation: &'a Operation,
    /// The state that it finds.
    pub before: &'a ProjectState,
    /// The state that it leaves.
    pub after: &'a ProjectState,
    /// What the caller knows it by.
    pub index: usize,
}

/// A statement, and the step that asked for it; or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// [`OneStep::index`]
    pub step: usize,
    /// The statement with its SQL, semicolon included.
    pub statement: Result<(Statement, String), Unrenderable>,
    /// It was put off to the end of the migration.
    pub deferred: bool,
    /// What it rests on.
    pub notes: Vec<Arc<str>>,
}

/// The statements of a migration of `app`, forwards.
pub fn statements<'a>(
    context: &Context,
    app: &AppLabel,
    steps: impl IntoIterator<Item = OneStep<'a>>,
) -> Vec<Made> {
    let mut editor = Editor::new(context);
    let mut made = Vec::new();
    for step in steps {
        editor.origin = step.index;
        let states =
            States { from: Apps { state: step.before, context }, to: Apps { state: step.after, context } };
        let mark = editor.mark();
        if let Err(error) = editor.operate(app, step.operation, &states, Direction::Forwards, 0) {
            editor.rollback(mark);
            made.push(Made { step: step.index, statement: Err(error), deferred: false, notes: Vec::new() });
        }
        take(&mut editor, &mut made, false);
    }
    editor.run_deferred();
    take(&mut editor, &mut made, true);
    made
}

fn take(editor: &mut Editor<'_>, made: &mut Vec<Made>, deferred: bool) {
    let vendor = editor.vendor();
    for pending in editor.collected.drain(..) {
        let sql = pending.statement.to_sql(vendor);
        let statement = Ok((pending.statement, sql));
        made.push(Made { step: pending.origin, statement, deferred, notes: pending.notes });
    }
}
