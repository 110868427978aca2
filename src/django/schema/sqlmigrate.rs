//! `sqlmigrate`: a migration as SQL (`MigrationLoader.collect_sql`, `Migration.apply`,
//! `Migration.unapply`, `django/core/management/commands/sqlmigrate.py`, 3.2 to 6.1).

use std::sync::Arc;

use super::editor::{Editor, States};
use super::model::Apps;
use super::operation::Direction;
use super::statement::Statement;
use super::{Context, Unrenderable};
use crate::django::migration::Migration;
use crate::django::operations::{Operation, OperationKind};
use crate::django::state::ProjectState;
use crate::django::version::DjangoVersion;

/// One thing that `sqlmigrate` prints.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    /// A line that starts with `--`.
    Comment(String),
    /// A statement with its SQL, semicolon included.
    Statement(Box<Statement>, String),
    /// `BEGIN;` or `COMMIT;`
    Transaction(&'static str),
    /// There is no SQL, and why; printed as a comment.
    Unrenderable(Unrenderable),
}

/// What is printed, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The operation's index; `None` for what was put off to the end, and for the transaction.
    pub operation: Option<usize>,
    /// What is printed.
    pub text: Text,
    /// What the statement rests on: a name that only the database knows, an order that Django
    /// leaves to chance.
    pub notes: Vec<Arc<str>>,
}

impl Step {
    fn new(operation: Option<usize>, text: Text) -> Self {
        Self { operation, text, notes: Vec::new() }
    }

    /// The line or lines to print.
    pub fn to_text(&self) -> String {
        match &self.text {
            Text::Comment(text) | Text::Statement(_, text) => text.clone(),
            Text::Transaction(text) => (*text).to_owned(),
            Text::Unrenderable(error) => format!("-- NOT RENDERED: {}", error.reason),
        }
    }

    /// Whether it is certain: not [`Text::Unrenderable`], and resting on no assumption.
    pub fn is_certain(&self) -> bool {
        self.notes.is_empty() && !matches!(self.text, Text::Unrenderable(_))
    }

    /// The typed statement.
    pub fn statement(&self) -> Option<&Statement> {
        match &self.text {
            Text::Statement(statement, _) => Some(statement),
            _ => None,
        }
    }
}

/// The SQL of a migration on the state before it; `backwards` as `sqlmigrate --backwards`.
///
/// `rendered` says whether models of that state have been rendered before, as they have in the
/// middle of a `migrate` run: the order of columns in SQLite's remade tables depends on it.
/// `sqlmigrate` itself starts with `false`.
pub fn collect_sql(
    context: &Context,
    state: &ProjectState,
    migration: &Migration,
    backwards: bool,
    rendered: bool,
) -> Vec<Step> {
    let mut run = Run { editor: Editor::new(context), steps: Vec::new(), context, rendered };
    let transaction = migration.atomic && context.dialect.vendor.can_rollback_ddl();
    if transaction {
        run.steps.push(Step::new(None, Text::Transaction("BEGIN;")));
    }
    if backwards {
        run.backwards(state, migration);
    } else {
        run.forwards(state, migration);
    }
    run.editor.run_deferred();
    run.take(None, 0);
    if transaction {
        run.steps.push(Step::new(None, Text::Transaction("COMMIT;")));
    }
    let doubts = doubts(context, migration);
    if !doubts.is_empty() && run.steps.is_empty() {
        // Nothing is printed, and that is what is doubtful.
        run.steps.push(Step::new(None, Text::Transaction("")));
    }
    for step in &mut run.steps {
        step.notes.extend(doubts.iter().cloned());
    }
    run.steps
}

/// What all that is said of the migration rests on.
pub fn doubts(context: &Context, migration: &Migration) -> Vec<Arc<str>> {
    let own = |name: &&str| format!("the migration's own {name}() may do something else").into();
    let mut doubts: Vec<Arc<str>> = migration.own_methods.iter().map(own).collect();
    if migration.asks_vendor && context.settings.vendor != Some(context.dialect.vendor) {
        let vendor = context.dialect.vendor.title();
        doubts.push(format!("the migration asks for connection.vendor; this is for {vendor}").into());
    }
    if context.settings.routers.unread {
        doubts.push("a database router may or may not keep this from the database".into());
    }
    doubts
}

struct Run<'a> {
    editor: Editor<'a>,
    steps: Vec<Step>,
    context: &'a Context,
    rendered: bool,
}

impl Run<'_> {
    fn comment(&mut self, operation: usize, text: impl Into<String>) {
        self.steps.push(Step::new(Some(operation), Text::Comment(text.into())));
    }

    /// The sentence above an operation; false where there is no SQL to follow.
    fn announce(&mut self, index: usize, operation: &Operation) -> bool {
        let newer = self.context.version >= DjangoVersion::V4_2;
        let reduces = operation.reduces_to_sql() != Some(false);
        self.comment(index, "--");
        if !reduces && !newer {
            self.comment(index, "-- MIGRATION NOW PERFORMS OPERATION THAT CANNOT BE WRITTEN AS SQL:");
        }
        self.comment(index, format!("-- {}", operation.describe(self.context.version)));
        self.comment(index, "--");
        if !reduces && newer {
            self.comment(index, "-- THIS OPERATION CANNOT BE WRITTEN AS SQL");
        }
        reduces
    }

    /// Says of every statement of this operation what it rests on.
    fn note_all(&mut self, note: &str) {
        for pending in self.editor.collected.iter_mut().chain(&mut self.editor.deferred) {
            if pending.notes.iter().all(|known| &**known != note) {
                pending.notes.push(note.into());
            }
        }
    }

    /// Moves what the editor has collected since to the steps.
    fn take(&mut self, operation: Option<usize>, since: usize) {
        let vendor = self.context.dialect.vendor;
        for pending in self.editor.collected.drain(since..) {
            let mut sql = pending.statement.to_sql(vendor);
            // Until 3.2 a blank after the last semicolon hid it.
            if self.context.version < DjangoVersion::V4_0 && !sql.ends_with(';') {
                sql.push(';');
            }
            let text = Text::Statement(Box::new(pending.statement), sql);
            self.steps.push(Step { operation, text, notes: pending.notes });
        }
    }

    fn operate(
        &mut self,
        index: usize,
        operation: &Operation,
        migration: &Migration,
        from: &ProjectState,
        to: &ProjectState,
        direction: Direction,
    ) {
        let context = self.context;
        let states = States { from: Apps { state: from, context }, to: Apps { state: to, context } };
        let mark = self.editor.mark();
        let before = self.steps.len();
        self.editor.rendered_first = !self.rendered;
        let done = self.editor.operate(&migration.key.app, operation, &states, direction, 0);
        if let Err(error) = done {
            self.editor.rollback(mark);
            self.steps.push(Step::new(Some(index), Text::Unrenderable(error)));
        }
        if !operation.class.starts_with("django.") {
            self.note_all(&format!("{} may do something else to the database", operation.class));
        }
        self.take(Some(index), 0);
        if before == self.steps.len() && context.version >= DjangoVersion::V4_2 {
            self.comment(index, "-- (no-op)");
        }
        // Going backwards every operation has states of its own, none of them rendered yet.
        self.rendered |= direction == Direction::Forwards && renders(operation);
    }

    fn forwards(&mut self, state: &ProjectState, migration: &Migration) {
        let mut state = state.clone();
        for (index, operation) in migration.operations.iter().enumerate() {
            if !self.announce(index, operation) {
                continue;
            }
            let before = state.clone();
            state.apply(&migration.key.app, operation, self.context.version);
            self.operate(index, operation, migration, &before, &state, Direction::Forwards);
        }
    }

    fn backwards(&mut self, state: &ProjectState, migration: &Migration) {
        let mut states = vec![state.clone()];
        for operation in &migration.operations {
            if operation.reversible() == Some(false) {
                let error = Unrenderable::new(format!(
                    "operation {} in {} is not reversible",
                    operation.class_name(),
                    migration.key
                ));
                self.steps.push(Step::new(None, Text::Unrenderable(error)));
                return;
            }
            let mut next = states.last().cloned().unwrap_or_default();
            next.apply(&migration.key.app, operation, self.context.version);
            states.push(next);
        }
        for (index, operation) in migration.operations.iter().enumerate().rev() {
            if !self.announce(index, operation) {
                continue;
            }
            if let (Some(to), Some(from)) = (states.get(index), states.get(index + 1)) {
                let (to, from) = (to.clone(), from.clone());
                self.operate(index, operation, migration, &from, &to, Direction::Backwards);
            }
        }
    }
}

/// Whether the state that goes on has its models rendered by the operation: those that look at the
/// state after them do so.
fn renders(operation: &Operation) -> bool {
    !matches!(
        &operation.kind,
        OperationKind::AlterModelOptions { .. }
            | OperationKind::AlterModelManagers { .. }
            | OperationKind::RunSql(_)
            | OperationKind::RunPython(_)
            | OperationKind::SeparateDatabaseAndState { .. }
            | OperationKind::DeleteModel { .. }
            | OperationKind::RemoveField { .. }
            | OperationKind::RemoveIndex { .. }
            | OperationKind::AlterConstraint { .. }
            | OperationKind::ValidateConstraint { .. }
            | OperationKind::CreateExtension { .. }
            | OperationKind::CreateCollation { .. }
            | OperationKind::RemoveCollation { .. }
            | OperationKind::Custom(_)
    )
}
