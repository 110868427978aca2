//! `plan`: what was read of a project → replay → statements with their locks, both ways.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analysis::{ProjectInput, graph, schema_context};
use crate::database::facts::{Blocks as Waits, Duration, Role};
use crate::database::statement_kind::StatementKind as Kind;
use crate::django::keys::MigrationKey;
use crate::django::migration::{Migration, Origin};
use crate::django::operations::OperationKind;
use crate::django::schema::{self, collect_sql};
use crate::django::state::ProjectState;
use crate::impact::{Costed, History, Impact, Planned, Unread};
use crate::report::plan::{Doubt, PlanReport, PlannedMigration, PlannedStatement};
use crate::report::{Blocks, LockInfo};
use crate::rules::{New, Side, effects, impact};

/// What the migrations that `wanted` names would do, in the order in which they would be applied; the
/// others are taken to be applied already.
pub fn plan(input: &ProjectInput, wanted: &dyn Fn(&MigrationKey) -> bool) -> PlanReport {
    let (_, plan) = graph(input);
    let context = schema_context(input);
    let mut state = Arc::new(ProjectState::default());
    let mut history = History::default();
    let mut migrations = Vec::new();
    let mut doubts = Doubts::default();
    for migration in &plan {
        if migration.origin != Origin::Project || !wanted(&migration.key) {
            Arc::make_mut(&mut state).apply_migration(migration, input.django);
            continue;
        }
        // As in `check`: to the code that runs, what an earlier migration made is there.
        let mut new = Arc::new(New::default());
        history.end_batch();
        let before = state.clone();
        let replayed = effects(migration, &mut state, &mut new, input.django);
        let forth = impact(&context, migration, &replayed.effects, &mut history);
        let mut forwards = Vec::new();
        for (step, effect) in
            replayed.effects.iter().enumerate().filter(|(_, effect)| effect.side != Side::State)
        {
            let of_step = forth.statements.iter().filter(|planned| planned.step == step && !planned.deferred);
            forwards.extend(of_step.map(|planned| statement(effect.index, planned)));
            forwards.extend(gaps(&forth, step, effect.index));
            if let OperationKind::RunPython(_) = effect.operation.kind {
                forwards.push(code(effect.index, &effect.operation.describe(input.django)));
            }
        }
        for planned in forth.statements.iter().filter(|planned| planned.deferred) {
            let index = replayed.effects.get(planned.step).map_or(0, |effect| effect.index);
            forwards.push(statement(index, planned));
        }
        doubts.note(&migration.key, &schema::doubts(&context, migration));
        let left_out = replayed.left_out.map(|index| {
            Arc::from(format!("nothing from operation {} on, as the states between hold too much", index + 1))
        });
        doubts.note(&migration.key, &left_out);
        doubts.note(&migration.key, forth.statements.iter().flat_map(|planned| &planned.notes));
        let (answer, back) = planned(migration, forwards, (&context, &before, &state));
        doubts.note(&migration.key, back.statements.iter().flat_map(|planned| &planned.notes));
        migrations.push(answer);
    }
    PlanReport {
        root: input.root.clone(),
        dialect: input.dialect.to_string(),
        migrations,
        not_certain: doubts.told(),
    }
}

/// What statements rest on, each with its migrations in the order of the plan.
#[derive(Default)]
struct Doubts(BTreeMap<Arc<str>, Vec<String>>);

impl Doubts {
    fn note<'a>(&mut self, key: &MigrationKey, notes: impl IntoIterator<Item = &'a Arc<str>>) {
        let name = key.to_string();
        for note in notes {
            let migrations = self.0.entry(note.clone()).or_default();
            if migrations.last() != Some(&name) {
                migrations.push(name.clone());
            }
        }
    }

    fn told(self) -> Vec<Doubt> {
        self.0.into_iter().map(|(what, migrations)| Doubt { what: what.to_string(), migrations }).collect()
    }
}

/// The migration with its way back: on tables that are in use by then, those it made included.
fn planned(
    migration: &Migration,
    forwards: Vec<PlannedStatement>,
    (context, before, after): (&schema::Context, &ProjectState, &ProjectState),
) -> (PlannedMigration, Impact) {
    let irreversible: Vec<String> = migration
        .operations
        .iter()
        .filter(|operation| operation.reversible() == Some(false))
        .map(|operation| operation.describe(context.version))
        .collect();
    let (mut backwards, mut loses) = (Vec::new(), Vec::new());
    let mut way_back = Impact::default();
    if irreversible.is_empty() {
        let steps = collect_sql(context, before, migration, true, false);
        let back = Impact::backwards(context, migration.atomic, steps, after, &mut History::default());
        for (at, planned) in back.statements.iter().enumerate() {
            backwards.push(statement(planned.step, planned));
            let later = back.statements.get(at..).unwrap_or_default();
            loses
                .extend(planned.actions.iter().filter(|costed| !is_replaced(costed, later)).filter_map(lost));
        }
        for (index, _) in migration.operations.iter().enumerate() {
            backwards.extend(gaps(&back, index, index));
        }
        way_back = back;
    }
    loses.dedup();
    let answer = PlannedMigration {
        app: migration.key.app.to_string(),
        name: migration.key.name.to_string(),
        path: migration.file.as_ref().map(|file| file.display().to_owned()),
        transaction: migration.atomic && context.dialect.vendor.can_rollback_ddl(),
        forwards,
        backwards,
        irreversible,
        loses,
    };
    (answer, way_back)
}

/// Whether a table goes for another to take its name: SQLite's way to change one.
fn is_replaced(costed: &Costed, later: &[Planned]) -> bool {
    let mut renames = later.iter().flat_map(|planned| &planned.actions);
    matches!(costed.kind(), Kind::DropTable { .. })
        && renames.any(|other| {
            matches!(other.kind(), Kind::RenameTable) && other.action.new_name.as_deref() == costed.target()
        })
}

/// What a statement of the way back takes with it.
fn lost(costed: &Costed) -> Option<String> {
    let table = costed.target()?;
    match costed.kind() {
        Kind::DropTable { .. } => Some(format!("the rows of table {table}")),
        Kind::DropColumn { .. } => {
            Some(format!("what column {} of table {table} holds", costed.action.object.as_deref()?))
        }
        Kind::Delete { .. } | Kind::Truncate { .. } => Some(format!("rows of table {table}")),
        _ => None,
    }
}

fn gaps(impact: &Impact, step: usize, operation: usize) -> Vec<PlannedStatement> {
    let of_step = impact.gaps.iter().filter(|gap| gap.step == step);
    let note = |reason: &str| PlannedStatement {
        operation,
        note: Some(format!("not known: {reason}")),
        duration: "unknown",
        ..PlannedStatement::default()
    };
    of_step.map(|gap| note(&gap.reason)).collect()
}

fn code(operation: usize, describe: &str) -> PlannedStatement {
    let note = Some(format!("{describe} (code)"));
    PlannedStatement { operation, note, duration: "unknown", ..PlannedStatement::default() }
}

fn statement(operation: usize, planned: &Planned) -> PlannedStatement {
    let mut locked: Vec<_> = planned
        .actions
        .iter()
        .flat_map(|costed| costed.locked().into_iter().map(move |lock| (lock, costed)))
        // SQLite's lock is on all tables at once: it has no table's name.
        .filter(|(lock, _)| lock.table.is_some() || lock.role == Role::Database)
        .map(|(lock, costed)| (lock.table.map(str::to_owned), lock.mode, costed))
        .collect();
    // The hardest first; the order of the statement's own parts otherwise.
    locked.sort_by_key(|(_, mode, _)| std::cmp::Reverse(*mode));
    let mut told = PlannedStatement {
        operation,
        sql: Some(planned.sql.clone()),
        duration: duration(planned),
        ..PlannedStatement::default()
    };
    for (table, mode, _) in locked {
        if told.lock.is_none() {
            let yes = |ask: &dyn Fn(&Costed) -> bool| {
                planned.actions.iter().any(|costed| !costed.is_on_new_table() && ask(costed))
            };
            told.lock = Some(LockInfo {
                mode: mode.as_str().to_owned(),
                blocks: match mode.blocks() {
                    Waits::None => Blocks::None,
                    Waits::Writes => Blocks::Writes,
                    Waits::Reads => Blocks::Reads,
                },
                rewrites: yes(&|costed| costed.facts.as_ref().is_some_and(|facts| facts.rewrites.is_yes())),
                scans: yes(&|costed| costed.duration() == Duration::Proportional),
                held: false,
            });
            told.table = table;
        } else if let Some(table) = table.filter(|table| told.table.as_ref() != Some(table))
            && told.also.iter().all(|(known, _)| *known != table)
        {
            told.also.push((table, mode.as_str().to_owned()));
        }
    }
    told.note = planned.unread.map(|unread| match unread {
        Unread::NotAnalysed(what) => format!("{what} is not looked into"),
        Unread::Unparsed(_) => "not understood".to_owned(),
    });
    told
}

fn duration(planned: &Planned) -> &'static str {
    let all: Vec<Duration> = planned.actions.iter().map(Costed::duration).collect();
    if all.contains(&Duration::Proportional) {
        "proportional"
    } else if planned.unread.is_some() || all.contains(&Duration::Unknown) {
        "unknown"
    } else {
        "brief"
    }
}
