//! Runs the rules over a project: the migrations in the order in which they would be applied, each
//! on the state that those before it leave.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::Builder;

use super::effects::{Effect, New, Replayed, Side, effects};
use super::registry::Check;
use super::room::{Part, Room};
use super::selection::Selection;
use super::statements::{Seen, all, ends_transaction, in_use, is_slow, lock_info, runs_python};
use super::{Context, MigrationContext, OperationContext, RULES, Rule, Sink};
use crate::django::keys::MigrationKey;
use crate::django::loader::Problem;
use crate::django::migration::{Migration, Origin};
use crate::django::schema::{self, OneStep};
use crate::django::state::ProjectState;
use crate::django::state::StateError;
use crate::impact::{History, Impact};
use crate::python::value::Unknown;
use crate::report::{LockStep, Undecided};
use crate::source::STACK_BYTES;

/// How many migrations may wait to be looked at, each with the states that its operations find and leave.
const WAITING: usize = 32;

/// How many that ask after the models may wait for them, each with those states.
const LATER: usize = 256;

/// What the states of those that wait hold together at most, in the unit of [`Replayed::weight`].
const MOST_WAITING: usize = 2_000_000;

/// Runs every rule that is on and holds for the project's database.
pub fn run(project: &Context<'_>, selection: &Selection) -> Sink {
    let rules: Vec<&Rule> = RULES
        .iter()
        .copied()
        .filter(|rule| selection.is_on(rule.info.name) && rule.info.dialects.contains(project.dialect.vendor))
        .collect();
    let mut sink = Sink::default();
    for rule in &rules {
        if let Check::Project(check) = rule.check {
            guarded(rule, &mut sink, |sink| check(project, sink));
        }
    }
    replay(project, &rules, &mut sink);
    for rule in &rules {
        if let Check::Models(check) = rule.check {
            guarded(rule, &mut sink, |sink| check(project, sink));
        }
    }
    sink
}

/// Replays the migrations on this thread, and lets the rules look at them on another: what a migration does
/// depends on those before it, what is to be said of it does not.
fn replay(project: &Context<'_>, rules: &[&Rule], sink: &mut Sink) {
    let room = Room::new(MOST_WAITING);
    std::thread::scope(|scope| {
        let (line, waiting) = sync_channel::<Step<'_>>(WAITING);
        let look = move || {
            let mut looking = Looking::new(project, rules);
            for step in waiting {
                looking.take(step);
            }
            looking.end()
        };
        if let Ok(looking) = Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, look) {
            steps(project, |mut step| {
                step.part = Some(room.part(step.weight));
                drop(line.send(step));
            });
            drop(line);
            match looking.join() {
                Ok(found) => sink.join(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        } else {
            // Without a second thread they look in between.
            let mut looking = Looking::new(project, rules);
            steps(project, |step| looking.take(step));
            sink.join(looking.end());
        }
    });
}

/// A migration, replayed.
struct Step<'a> {
    migration: &'a Migration,
    effects: Vec<Effect<'a>>,
    errors: Vec<(usize, StateError)>,
    impact: Impact,
    after: Arc<ProjectState>,
    /// What its states hold.
    weight: usize,
    /// Its part of the room for what waits.
    part: Option<Part<'a>>,
    left_out: Option<usize>,
}

/// Replays the migrations in the order of the plan; `take` gets those that are to be looked at.
fn steps<'a>(project: &Context<'a>, mut take: impl FnMut(Step<'a>)) {
    let mut state = Arc::new(holes(project));
    let mut batch = Arc::new(New::default());
    let mut history = History::default();
    for migration in project.plan {
        if migration.origin != Origin::Project || !project.is_checked(&migration.key) {
            Arc::make_mut(&mut state).apply_migration(migration, project.django);
            continue;
        }
        if project.new.is_none() {
            batch = Arc::default();
            history.end_batch();
        }
        // One that exists at the base and was changed is no part of the batch that comes.
        let mut apart = Arc::default();
        let is_old = project.history.is_some_and(|history| history.at_base.contains(&migration.key));
        let batch = if is_old { &mut apart } else { &mut batch };
        let Replayed { effects, errors, weight, left_out } =
            effects(migration, &mut state, batch, project.django);
        let impact = impact(project.schema, migration, &effects, &mut history);
        take(Step { migration, effects, errors, impact, after: state.clone(), weight, part: None, left_out });
    }
}

impl Step<'_> {
    fn context<'s>(&'s self, project: &'s Context<'s>) -> MigrationContext<'s> {
        MigrationContext {
            project,
            migration: self.migration,
            initial: is_initial(self.migration),
            effects: &self.effects,
            impact: &self.impact,
            errors: &self.errors,
            after: &self.after,
        }
    }
}

fn too_much(step: &Step<'_>, index: usize) -> Undecided {
    let at = step.migration.operations.get(index).and_then(|operation| operation.at.clone());
    let reason = "the states between its operations hold more than can be held: so many operations change models of \
so many fields";
    let unknown = Unknown { reason: reason.into(), at };
    Undecided::new(format!("{} from operation {} on", step.migration.key, index + 1), &unknown)
}

/// The rules, looking at one migration after another.
struct Looking<'a, 'p> {
    project: &'a Context<'p>,
    rules: &'a [&'a Rule],
    found: Sink,
    /// Migrations of which something is asked that the models say, until they are known.
    later: Vec<Step<'a>>,
    /// What those hold together.
    weight: usize,
}

impl<'a, 'p> Looking<'a, 'p> {
    fn new(project: &'a Context<'p>, rules: &'a [&'a Rule]) -> Self {
        Self { project, rules, found: Sink::default(), later: Vec::new(), weight: 0 }
    }

    fn take(&mut self, mut step: Step<'a>) {
        let context = step.context(self.project);
        if let Some(index) = step.left_out {
            self.found.undecided(too_much(&step, index));
        }
        if self.project.history.is_some() {
            self.found.locks.insert(step.migration.key.clone(), locks(&context));
        }
        if context.is_ignored() {
            return;
        }
        look(&context, self.rules, &mut self.found);
        if self.rules.iter().any(|rule| asks_models(rule, &context)) {
            // What waits for the models is counted here.
            step.part = None;
            self.weight = self.weight.saturating_add(step.weight);
            self.later.push(step);
        }
        if self.later.len() >= LATER || self.weight > MOST_WAITING {
            self.catch_up();
        }
    }

    fn end(mut self) -> Sink {
        self.catch_up();
        self.found
    }

    fn catch_up(&mut self) {
        self.weight = 0;
        for step in std::mem::take(&mut self.later) {
            let context = step.context(self.project);
            for rule in self.rules {
                if let Check::OperationAndModels { check, .. } = rule.check {
                    each_operation(rule, check, &context, &mut self.found);
                }
            }
        }
    }
}

fn asks_models(rule: &Rule, context: &MigrationContext<'_>) -> bool {
    let Check::OperationAndModels { is_asked, .. } = rule.check else { return false };
    context.effects.iter().any(|effect| is_asked(&OperationContext { migration: context, effect }))
}

/// The locks of a migration, in the order of its statements.
fn locks(cx: &MigrationContext<'_>) -> Vec<LockStep> {
    let held = cx.impact.in_transaction && !ends_transaction(cx);
    let last_slow = all(cx).filter(is_slow).map(|seen| seen.at).max();
    let last_code = cx.effects.iter().filter(|effect| runs_python(effect)).map(|effect| effect.index).max();
    let step = |seen: Seen<'_>| {
        let after =
            last_slow >= Some(seen.at) || !seen.planned.deferred && last_code > Some(seen.operation());
        Some(LockStep {
            table: seen.table_in_use(cx),
            lock: lock_info(seen.costed)?,
            long: is_slow(&seen) || held && after,
        })
    };
    in_use(cx).filter_map(step).collect()
}

/// What the effects that reach the database do to it; `history` is moved on.
pub fn impact(
    schema: &schema::Context,
    migration: &Migration,
    effects: &[Effect<'_>],
    history: &mut History,
) -> Impact {
    let reach = effects.iter().enumerate().filter(|(_, effect)| effect.side != Side::State);
    let steps: Vec<OneStep<'_>> = reach
        .map(|(index, effect)| OneStep {
            operation: effect.operation,
            before: &effect.before,
            after: &effect.after,
            index,
        })
        .collect();
    Impact::of(schema, &migration.key.app, migration.atomic, &steps, history)
}

/// An empty state that knows of the migrations that are not in the plan though they should be: what
/// a broken or missing one, or one in a cycle, would have done is not known.
fn holes(project: &Context<'_>) -> ProjectState {
    let mut state = ProjectState::default();
    let mut hole = |key: &MigrationKey, reason: String| {
        let mut migration = Migration::empty(key.clone(), Origin::Project);
        migration.unknowns.push(Arc::new(Unknown { reason: reason.into(), at: None }));
        state.note_unread(&migration);
    };
    for broken in project.broken {
        hole(&broken.key, format!("migration {} cannot be loaded", broken.key));
    }
    for problem in &project.graph.problems {
        match problem {
            Problem::MissingNode { node, .. } => hole(node, format!("migration {node} does not exist")),
            Problem::Cycle { steps } => {
                for step in steps {
                    hole(&step.child, format!("migration {} is in a cycle", step.child));
                }
            }
            _ => {}
        }
    }
    state
}

fn look(context: &MigrationContext<'_>, rules: &[&Rule], sink: &mut Sink) {
    for rule in rules {
        match rule.check {
            Check::Migration(check) => guarded(rule, sink, |sink| check(context, sink)),
            Check::Operation(check) => each_operation(rule, check, context, sink),
            Check::Project(_) | Check::Models(_) | Check::OperationAndModels { .. } | Check::Built => {}
        }
    }
}

fn each_operation(
    rule: &Rule,
    check: fn(&OperationContext<'_>, &mut Sink),
    context: &MigrationContext<'_>,
    sink: &mut Sink,
) {
    for effect in context.effects {
        guarded(rule, sink, |sink| check(&OperationContext { migration: context, effect }, sink));
    }
}

/// Lets a rule look. A fault of ours in one rule leaves the others' findings as they are; the command
/// tells of it.
fn guarded(rule: &Rule, sink: &mut Sink, look: impl FnOnce(&mut Sink)) {
    if catch_unwind(AssertUnwindSafe(|| look(sink))).is_err() {
        let reason = "internal error of migcheck".into();
        let unknown = Unknown { reason, at: None };
        sink.undecided.push(Undecided::new(format!("the rule {}", rule.info.name), &unknown));
    }
}

/// Whether a migration sets its app up (`Migration.initial`, `django/db/migrations/migration.py`:
/// where it is not written, a migration without dependencies in its own app is).
pub(super) fn is_initial(migration: &Migration) -> bool {
    migration.initial.unwrap_or_else(|| {
        migration.dependencies.iter().all(|dependency| dependency.key.app != migration.key.app)
    })
}
