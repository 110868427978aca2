//! What rules on statements share: the statements that reach tables in use, findings about them, and
//! which of a migration's steps stand together in one transaction.

use super::context::{MigrationContext, OperationContext, Sink, describe};
use super::effects::{Effect, Side};
use super::registry::RuleInfo;
use crate::database::facts::{Blocks as Waits, Duration, Role};
use crate::database::statement_kind::StatementKind as Kind;
use crate::database::{Dialect, Vendor};
use crate::django::operations::OperationKind;
use crate::impact::{Costed, Planned, Unread};
use crate::python::value::{Unknown, Value};
use crate::report::{Blocks, Finding, LockInfo};

/// An action of a statement, in its place.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    /// Index of the statement.
    pub at: usize,
    /// The statement.
    pub planned: &'a Planned,
    /// What it does, and what that costs.
    pub costed: &'a Costed,
    /// The step that asked for it.
    pub effect: &'a Effect<'a>,
}

/// Whether a migration is without effect on tables in use: it sets its app up.
pub(super) fn is_exempt(cx: &MigrationContext<'_>) -> bool {
    cx.initial
}

/// All that a migration's statements do, in order.
pub(super) fn all<'a>(cx: &MigrationContext<'a>) -> impl Iterator<Item = Seen<'a>> + use<'a> {
    let effects = cx.effects;
    cx.impact.statements.iter().enumerate().flat_map(move |(at, planned)| {
        let effect = effects.get(planned.step);
        planned.actions.iter().filter_map(move |costed| Some(Seen { at, planned, costed, effect: effect? }))
    })
}

/// What a migration's statements do to tables in use; nothing in one that sets its app up.
pub(super) fn in_use<'a>(cx: &MigrationContext<'a>) -> impl Iterator<Item = Seen<'a>> + use<'a> {
    let exempt = is_exempt(cx);
    all(cx).filter(move |seen| !exempt && !seen.costed.is_on_new_table())
}

impl<'a> Seen<'a> {
    /// What it does.
    pub fn kind(&self) -> Kind {
        self.costed.kind()
    }

    /// The table it changes, for people.
    pub fn table(&self) -> String {
        self.costed.target().unwrap_or("of that name").to_owned()
    }

    /// The same; where SQLite makes a table anew under another name (`_remake_table`), the one that it
    /// stands for.
    pub fn table_in_use(&self, cx: &MigrationContext<'_>) -> String {
        let table = self.table();
        let remade = cx.project.schema.dialect.vendor == Vendor::Sqlite && !self.planned.is_raw();
        match table.strip_prefix("new__") {
            Some(own) if remade => own.to_owned(),
            _ => table,
        }
    }

    /// A finding about it.
    pub fn finding(&self, cx: &MigrationContext<'a>, rule: &RuleInfo, message: String) -> Finding {
        let operation = OperationContext { migration: cx, effect: self.effect };
        operation
            .finding(rule, message)
            .table(self.costed.target().map(str::to_owned))
            .lock(lock_info(self.costed))
    }

    /// The operation it belongs to.
    pub fn context<'m>(&self, cx: &'m MigrationContext<'a>) -> OperationContext<'m>
    where
        'a: 'm,
    {
        OperationContext { migration: cx, effect: self.effect }
    }

    /// Its operation is among those at the top of the migration at this index.
    pub fn operation(&self) -> usize {
        self.effect.index
    }
}

/// The lock on the table that is locked hardest, of those in use; on the table it changes, if it is
/// as hard.
pub(super) fn lock_info(costed: &Costed) -> Option<LockInfo> {
    let facts = costed.facts.as_ref()?;
    let lock = costed.locked().into_iter().next()?;
    let blocks = match lock.mode.blocks() {
        Waits::None => Blocks::None,
        Waits::Writes => Blocks::Writes,
        Waits::Reads => Blocks::Reads,
    };
    Some(LockInfo {
        mode: lock.mode.as_str().to_owned(),
        blocks,
        rewrites: facts.rewrites.is_yes(),
        scans: facts.scans(Role::Target).is_yes(),
        held: false,
    })
}

/// The lock that a statement takes, which is held while other work is done.
pub(super) fn held_lock(costed: &Costed) -> Option<LockInfo> {
    Some(LockInfo { held: true, ..lock_info(costed)? })
}

/// `writes wait`, `reads and writes wait`.
pub(super) fn who_waits(blocks: Waits) -> &'static str {
    match blocks {
        Waits::None => "nothing",
        Waits::Writes => "writes",
        Waits::Reads => "reads and writes",
    }
}

/// The step writes a table in use anew: that is told of by `table-rewrite`, and what comes with it
/// (foreign keys and `_like` indexes that Django takes off and puts back) need not be.
pub(super) fn rewrites_beside(cx: &MigrationContext<'_>, seen: &Seen<'_>) -> bool {
    let step = seen.planned.step;
    !seen.planned.is_raw()
        && in_use(cx)
            .filter(|other| other.planned.step == step)
            .any(|other| other.costed.facts.as_ref().is_some_and(|facts| facts.rewrites.is_yes()))
}

/// `a SHARE`, `an ACCESS EXCLUSIVE`
pub(super) fn article(mode: &str) -> String {
    format!("{} {mode}", if mode.starts_with(['A', 'E']) { "an" } else { "a" })
}

/// The database with its version: `PostgreSQL 12`.
pub(super) fn database(dialect: Dialect) -> String {
    match dialect.version {
        Some((major, 0)) => format!("{} {major}", dialect.vendor.title()),
        Some((major, minor)) => format!("{} {major}.{minor}", dialect.vendor.title()),
        None => dialect.vendor.title().to_owned(),
    }
}

/// Whether `IF EXISTS` or `IF NOT EXISTS` lets the statement be run again, or it changes nothing.
pub(super) fn can_be_repeated(planned: &Planned) -> bool {
    let sql = planned.sql.to_ascii_uppercase();
    let guarded = sql.contains("IF EXISTS") || sql.contains("IF NOT EXISTS");
    let harmless = |costed: &Costed| {
        matches!(
            costed.kind(),
            Kind::Set
                | Kind::SetConstraints
                | Kind::Transaction(_)
                | Kind::ValidateConstraint(_)
                | Kind::Select { .. }
                | Kind::Analyze
                | Kind::Vacuum { .. }
                | Kind::SetDefault
                | Kind::DropDefault
                | Kind::SetNotNull { .. }
                | Kind::DropNotNull
                | Kind::Comment
        )
    };
    guarded || (!planned.actions.is_empty() && planned.actions.iter().all(harmless))
}

/// Whether a step runs Python code that may do something: no `RunPython.noop`.
pub(super) fn runs_python(effect: &Effect<'_>) -> bool {
    match &effect.operation.kind {
        OperationKind::RunPython(run) => {
            effect.side != Side::State
                && !matches!(&run.code, Value::Ref(path) if path.ends_with("RunPython.noop"))
        }
        _ => false,
    }
}

/// Whether something of a step is not known: its statements may be others.
pub(super) fn is_open(cx: &MigrationContext<'_>, step: usize) -> bool {
    cx.impact.gaps.iter().any(|gap| gap.step == step)
        || cx.impact.of_step(step).any(|planned| planned.unread.is_some())
}

/// Whether somebody's SQL ends the migration's transaction, so that nothing certain can be said of it.
pub(super) fn ends_transaction(cx: &MigrationContext<'_>) -> bool {
    cx.impact
        .statements
        .iter()
        .any(|planned| planned.controls_transaction() || matches!(planned.unread, Some(Unread::Unparsed(_))))
}

/// Whether the statement keeps what it locks for as long as the table is big.
pub(super) fn is_slow(seen: &Seen<'_>) -> bool {
    seen.costed.duration() == Duration::Proportional
}

/// What makes an action slow, for people: "an index is built on `shop_order`".
pub(super) fn slow_work(seen: &Seen<'_>) -> String {
    let table = seen.table();
    let rewrites = seen.costed.facts.as_ref().is_some_and(|facts| facts.rewrites.is_yes());
    match seen.kind() {
        Kind::CreateIndex { .. }
        | Kind::AddUnique { .. }
        | Kind::AddPrimaryKey { .. }
        | Kind::AddExclusion => {
            format!("an index is built on `{table}`")
        }
        Kind::Update { .. } | Kind::Delete { .. } | Kind::Insert { .. } => {
            format!("rows of `{table}` are changed")
        }
        _ if rewrites => format!("every row of `{table}` is written anew"),
        _ => format!("every row of `{table}` is read"),
    }
}

/// Notes that a rule cannot tell what an action costs.
pub(super) fn undecided(cx: &MigrationContext<'_>, seen: &Seen<'_>, sink: &mut Sink, what: &str, why: &str) {
    let unknown = Unknown { reason: why.into(), at: None };
    let what = format!("{what} by {}", describe(seen.effect.operation));
    OperationContext { migration: cx, effect: seen.effect }.undecided(sink, what, &unknown);
}

/// The databases where each statement of the schema commits by itself.
pub(super) const COMMITS_EACH: &[Vendor] = &[Vendor::MySql, Vendor::MariaDb, Vendor::Oracle];
