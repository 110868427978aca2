//! Floor 4, beside the project: what a migration does to the database: step → statements → facts.
//!
//! Django's operations and the SQL of `RunSQL` are told in the same words ([`Action`]), completed
//! with what the migrations before say of the tables ([`catalogue`]), and priced by the table of
//! facts. Computed once a migration; rules and `plan` read it.

mod catalogue;
mod history;
mod resolve;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::database::facts::{Blocks, Duration, LockMode, Role};
use crate::database::sql::{Action, Reading, read};
use crate::database::statement_kind::{Answer, StatementKind, TransactionControl};
use crate::database::{Dialect, Facts, Vendor, facts};
use crate::django::keys::AppLabel;
use crate::django::schema::{self, Made, OneStep, Statement};
use crate::django::state::ProjectState;

pub use history::History;

use catalogue::Catalogue;

/// What a migration does to the database.
#[derive(Debug, Clone, Default)]
pub struct Impact {
    /// Its statements, in the order in which the database gets them.
    pub statements: Vec<Planned>,
    /// Steps whose statements are not known, each with the reason.
    pub gaps: Vec<Gap>,
    /// All of it runs in one transaction.
    pub in_transaction: bool,
}

/// A step whose statements are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The step, by [`OneStep::index`].
    pub step: usize,
    /// Why.
    pub reason: Arc<str>,
}

/// A statement with what it costs.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The step that asked for it, by [`OneStep::index`].
    pub step: usize,
    /// As the database gets it.
    pub sql: String,
    /// The statement of Django's own; [`Statement::Raw`] is `RunSQL`'s.
    pub statement: Statement,
    /// The statements that a text of `RunSQL` holds; its own text otherwise.
    pub texts: Vec<String>,
    /// It was put off to the end of the migration.
    pub deferred: bool,
    /// What it does; an `ALTER TABLE` may do several things.
    pub actions: Vec<Costed>,
    /// Why not all of it could be read.
    pub unread: Option<Unread>,
    /// What the statement rests on.
    pub notes: Vec<Arc<str>>,
}

/// How much of a statement was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// Procedural code: `DO`, `CALL`.
    NotAnalysed(&'static str),
    /// It is not understood from this byte on.
    Unparsed(usize),
}

/// One thing that a statement does, and what it costs.
#[derive(Debug, Clone)]
pub struct Costed {
    /// What it does, completed with what is known of the tables.
    pub action: Action,
    /// What it costs; `None` where that is not known.
    pub facts: Option<Facts>,
    /// The tables whose locks matter, as far as they are known.
    pub tables: Vec<Touched>,
}

/// A table that an action touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// What it is to the action.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// It was created in the same batch: it is empty, and nobody else knows it.
    pub new: bool,
}

/// A table that an action locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locked<'a> {
    /// The table, where it is known.
    pub table: Option<&'a str>,
    /// What it is to the action.
    pub role: Role,
    /// How it is locked.
    pub mode: LockMode,
    /// It is so in any case.
    pub certain: bool,
}

impl Impact {
    /// Works out what the steps of a migration do; `history` is what the migrations before it left,
    /// and is moved on.
    pub fn of(
        context: &schema::Context,
        app: &AppLabel,
        atomic: bool,
        steps: &[OneStep<'_>],
        history: &mut History,
    ) -> Self {
        let mut impact =
            Self { in_transaction: atomic && context.dialect.vendor.can_rollback_ddl(), ..Self::default() };
        for made in schema::statements(context, app, steps.iter().copied()) {
            let before = steps.iter().find(|one| one.index == made.step).map(|one| one.before);
            impact.take(context, made, before, history);
        }
        impact
    }

    /// Works out what unapplying a migration does, of the steps that [`schema::collect_sql`] has
    /// backwards; `after` is the state that the migration leaves.
    pub fn backwards(
        context: &schema::Context,
        atomic: bool,
        steps: Vec<schema::Step>,
        after: &ProjectState,
        history: &mut History,
    ) -> Self {
        let mut impact =
            Self { in_transaction: atomic && context.dialect.vendor.can_rollback_ddl(), ..Self::default() };
        for one in steps {
            let (step, deferred) = (one.operation.unwrap_or_default(), one.operation.is_none());
            let statement = match one.text {
                schema::Text::Statement(statement, sql) => Ok((*statement, sql)),
                schema::Text::Unrenderable(error) => Err(error),
                schema::Text::Comment(_) | schema::Text::Transaction(_) => continue,
            };
            let made = Made { step, statement, deferred, notes: one.notes };
            impact.take(context, made, Some(after), history);
        }
        impact
    }

    /// Takes a statement, and notes what it does.
    fn take(
        &mut self,
        context: &schema::Context,
        made: Made,
        before: Option<&ProjectState>,
        history: &mut History,
    ) {
        let Made { step, statement, deferred, notes } = made;
        let (statement, sql) = match statement {
            Ok(found) => found,
            Err(error) => {
                self.gaps.push(Gap { step, reason: error.reason });
                return;
            }
        };
        let mut catalogue = Catalogue::new(context, before);
        let texts = texts(&statement, &sql, context.dialect.vendor);
        let (actions, unread) = (Vec::new(), None);
        let mut planned = Planned { step, sql, statement, texts, deferred, actions, unread, notes };
        for reading in planned.statement.readings(context.dialect.vendor) {
            match reading {
                Reading::Actions(actions) => {
                    for action in actions {
                        let costed = cost(action, &planned, context.dialect, &mut catalogue, history);
                        history.note(&costed.action, &planned);
                        planned.actions.push(costed);
                    }
                }
                Reading::NotAnalysed { what } => planned.unread = Some(Unread::NotAnalysed(what)),
                Reading::Unparsed(unparsed) => planned.unread = Some(Unread::Unparsed(unparsed.at)),
            }
        }
        self.statements.push(planned);
    }

    /// The statements of a step, by [`OneStep::index`].
    pub fn of_step(&self, step: usize) -> impl Iterator<Item = &Planned> {
        self.statements.iter().filter(move |planned| planned.step == step)
    }
}

fn texts(statement: &Statement, sql: &str, vendor: Vendor) -> Vec<String> {
    match statement {
        Statement::Raw { sql } => {
            let parts = read(vendor, sql).into_iter();
            parts.filter_map(|part| sql.get(part.span).map(|text| text.trim().to_owned())).collect()
        }
        _ => vec![sql.to_owned()],
    }
}

fn cost(
    action: Action,
    planned: &Planned,
    dialect: Dialect,
    catalogue: &mut Catalogue<'_>,
    history: &History,
) -> Costed {
    let raw = matches!(planned.statement, Statement::Raw { .. });
    let action = resolve::resolve(action, raw, dialect, catalogue, history);
    let facts = facts(&action.kind, dialect);
    let touched = |role, name: &str| Touched { role, name: name.to_owned(), new: history.is_new(name) };
    let mut tables: Vec<Touched> = Vec::new();
    if let Some(target) = &action.target {
        let creates = matches!(action.kind, StatementKind::CreateTable(_));
        let role = if creates { Role::New } else { Role::Target };
        tables.push(touched(role, &target.name));
    }
    tables.extend(action.referenced.iter().map(|table| touched(Role::Referenced, &table.name)));
    Costed { action, facts, tables }
}

impl Planned {
    /// Whether somebody wrote it: `RunSQL`.
    pub fn is_raw(&self) -> bool {
        matches!(self.statement, Statement::Raw { .. })
    }

    /// Whether it begins or ends a transaction by itself.
    pub fn controls_transaction(&self) -> bool {
        self.actions.iter().any(|costed| {
            use TransactionControl::{Begin, Commit, Rollback};
            matches!(costed.action.kind, StatementKind::Transaction(Begin | Commit | Rollback))
        })
    }
}

impl Costed {
    /// What it does.
    pub fn kind(&self) -> StatementKind {
        self.action.kind
    }

    /// The table it changes.
    pub fn target(&self) -> Option<&str> {
        self.action.target.as_ref().map(|table| table.name.as_str())
    }

    /// Whether the table it changes was created in the same batch.
    pub fn is_on_new_table(&self) -> bool {
        self.tables.iter().any(|table| matches!(table.role, Role::Target | Role::New) && table.new)
    }

    /// The tables in use that it locks, worst first. A lock on an index counts as one on its table.
    pub fn locked(&self) -> Vec<Locked<'_>> {
        let Some(facts) = &self.facts else { return Vec::new() };
        let mut locked: Vec<Locked<'_>> = Vec::new();
        for lock in facts.locks.iter().filter(|lock| lock.role != Role::New) {
            let role = if lock.role == Role::Index { Role::Target } else { lock.role };
            let named: Vec<_> = self.tables.iter().filter(|table| table.role == role).collect();
            let one = |table| Locked { table, role, mode: lock.mode, certain: lock.certain };
            if named.is_empty() && locked.iter().all(|known| known.role != role) {
                locked.push(one(None));
            }
            for table in named.into_iter().filter(|table| !table.new) {
                if !locked.iter().any(|known| known.table == Some(&table.name)) {
                    locked.push(one(Some(table.name.as_str())));
                }
            }
        }
        locked
    }

    /// What waits, at worst, on tables in use, as far as that is certain.
    pub fn blocks(&self) -> Blocks {
        let certain = self.locked().into_iter().filter(|lock| lock.certain);
        certain.map(|lock| lock.mode.blocks()).max().unwrap_or(Blocks::None)
    }

    /// How long it takes: longer the more rows a table in use has, or not.
    pub fn duration(&self) -> Duration {
        let Some(facts) = &self.facts else { return Duration::Unknown };
        if !self.is_on_new_table() {
            return facts.duration();
        }
        // The new table is empty, what it is filled from is not.
        let reads = self.tables.iter().any(|table| table.role == Role::Referenced && !table.new);
        match facts.scans(Role::Referenced) {
            Answer::Yes if reads && !matches!(self.kind(), StatementKind::AddForeignKey { .. }) => {
                Duration::Proportional
            }
            Answer::Unknown if reads => Duration::Unknown,
            _ => Duration::Brief,
        }
    }
}
