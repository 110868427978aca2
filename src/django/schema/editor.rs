//! `BaseDatabaseSchemaEditor`: statements are collected, some wait until the end of the migration.

use std::sync::Arc;

use super::model::Apps;
use super::names::quote_name;
use super::statement::Statement;
use super::{Context, Unrenderable};
use crate::database::Vendor;

/// What most steps come to: nothing, or a reason why there is no SQL.
pub(crate) type Done = Result<(), Unrenderable>;

/// A statement and what it rests on.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    /// Its names are those of the moment at which it is run.
    pub statement: Statement,
    /// What it rests on without being certain.
    pub notes: Vec<Arc<str>>,
    /// The step that asked for it, though it may be run later.
    pub origin: usize,
}

/// The schema editor: what it has collected and what waits.
pub(crate) struct Editor<'a> {
    /// What statements depend on besides migrations.
    pub context: &'a Context,
    /// What was executed, in order.
    pub collected: Vec<Pending>,
    /// `deferred_sql`: what waits until the end of the migration.
    pub deferred: Vec<Pending>,
    /// What the statements of this step rest on.
    notes: Vec<Arc<str>>,
    /// Whether new columns of a remade table come first: Django renders the state after an
    /// operation before the state it starts from where neither has been rendered yet.
    pub rendered_first: bool,
    /// The step that is being taken.
    pub origin: usize,
}

/// The parts of an editor's state that a failed operation gives back.
pub(crate) struct Mark {
    collected: usize,
    deferred: Vec<Pending>,
}

impl<'a> Editor<'a> {
    /// An editor that has collected nothing.
    pub fn new(context: &'a Context) -> Self {
        Self {
            context,
            collected: Vec::new(),
            deferred: Vec::new(),
            notes: Vec::new(),
            rendered_first: false,
            origin: 0,
        }
    }

    /// The database's vendor.
    pub fn vendor(&self) -> Vendor {
        self.context.dialect.vendor
    }

    /// Whether it is that vendor's.
    pub fn is(&self, vendor: Vendor) -> bool {
        self.vendor() == vendor
    }

    /// `quote_name`
    pub fn quote(&self, name: &str) -> String {
        quote_name(self.vendor(), name)
    }

    /// Says what the coming statement rests on.
    pub fn note(&mut self, note: impl Into<Arc<str>>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn pending(&mut self, statement: Statement) -> Pending {
        Pending { statement, notes: std::mem::take(&mut self.notes), origin: self.origin }
    }

    /// `execute`
    pub fn execute(&mut self, mut statement: Statement) {
        statement.resolve_names(self.vendor());
        let pending = self.pending(statement);
        self.collected.push(pending);
    }

    /// `deferred_sql.append`
    pub fn defer(&mut self, statement: Statement) {
        let pending = self.pending(statement);
        self.deferred.push(pending);
    }

    /// Runs what waited (`__exit__`).
    pub fn run_deferred(&mut self) {
        for mut pending in std::mem::take(&mut self.deferred) {
            pending.statement.resolve_names(self.context.dialect.vendor);
            self.collected.push(pending);
        }
    }

    /// Drops what waits for a table that is gone.
    pub fn forget_table(&mut self, table: &str) {
        self.deferred.retain(|pending| !pending.statement.references_table(table));
    }

    /// Drops what waits for a column that is gone.
    pub fn forget_column(&mut self, table: &str, column: &str) {
        self.deferred.retain(|pending| !pending.statement.references_column(table, column));
    }

    /// Drops an index that waits under that name (from 5.0 on).
    pub fn forget_index(&mut self, table: &str, name: &str) {
        let vendor = self.context.dialect.vendor;
        self.deferred.retain(|pending| {
            let mut statement = pending.statement.clone();
            statement.resolve_names(vendor);
            !matches!(&statement, Statement::CreateIndex(index)
                if index.table == table && index.name.resolve(vendor, table, &[]) == name)
        });
    }

    /// The place that [`Editor::rollback`] goes back to.
    pub fn mark(&self) -> Mark {
        Mark { collected: self.collected.len(), deferred: self.deferred.clone() }
    }

    /// Takes back all since the mark, for an operation that has no SQL.
    pub fn rollback(&mut self, mark: Mark) {
        self.collected.truncate(mark.collected);
        self.deferred = mark.deferred;
        self.notes.clear();
    }
}

/// The states before and after an operation.
#[derive(Clone, Copy)]
pub(crate) struct States<'a> {
    /// The models before it.
    pub from: Apps<'a>,
    /// The models after it.
    pub to: Apps<'a>,
}
