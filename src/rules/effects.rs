//! What the operations of a migration do, one step at a time: `SeparateDatabaseAndState` and the
//! `state_operations` of `RunSQL` taken apart, each step with the state before and after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::django::keys::{AppLabel, ModelKey};
use crate::django::migration::{Migration, Origin};
use crate::django::operations::{Operation, OperationKind};
use crate::django::state::{ProjectState, StateError};
use crate::django::version::DjangoVersion;

/// How deep operations may lie within operations.
const DEPTH_LIMIT: usize = 100;

/// How much the states of a migration's operations may hold together: entries in lists of apps, models and
/// fields. A thousand fields that are added to one model, one after another, make half a million.
const MOST: usize = 2_000_000;

/// What a step changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Database and state.
    Both,
    /// The database alone: within `database_operations`.
    Database,
    /// The state alone: within `state_operations`.
    State,
}

/// One step of a migration.
#[derive(Debug, Clone)]
pub struct Effect<'a> {
    /// Index of the operation in the migration's list.
    pub index: usize,
    /// The operation itself, or the one within it.
    pub operation: &'a Operation,
    /// The operation that it stands in, if it is within one.
    pub within: Option<&'a Operation>,
    /// What it changes.
    pub side: Side,
    /// The state that it finds.
    pub before: Arc<ProjectState>,
    /// The state that it leaves.
    pub after: Arc<ProjectState>,
    /// What was created earlier in the same batch.
    pub new: Arc<New>,
}

/// What a batch of migrations creates, by the names it has now: no code that runs knows of it.
#[derive(Debug, Clone, Default)]
pub struct New {
    /// Models with their tables.
    pub tables: BTreeSet<ModelKey>,
    /// Fields.
    pub fields: BTreeSet<(ModelKey, Arc<str>)>,
}

/// A migration, replayed step by step.
#[derive(Debug)]
pub struct Replayed<'a> {
    /// What its operations do, in order.
    pub effects: Vec<Effect<'a>>,
    /// How Django would fail at them, each with the operation's index.
    pub errors: Vec<(usize, StateError)>,
    /// What the states of the effects hold together, as [`crate::django::state::Models::weight_since`] has it.
    pub weight: usize,
    /// The first operation of which there is no effect, as the states hold too much by then.
    pub left_out: Option<usize>,
}

/// Takes a migration apart, and leaves `state` as it is after it.
///
/// `new` is what earlier migrations of the same batch created; what this one creates is added. Mirrors `SeparateDatabaseAndState.database_forwards` and
/// `state_forwards` (`django/db/migrations/operations/special.py`): the database side runs on a copy
/// of the state.
pub fn effects<'a>(
    migration: &'a Migration,
    state: &mut Arc<ProjectState>,
    new: &mut Arc<New>,
    version: DjangoVersion,
) -> Replayed<'a> {
    // A state that is shared is copied when it changes, which this hardly ever does.
    if migration.origin == Origin::Assumed || !migration.unknowns.is_empty() {
        Arc::make_mut(state).note_unread(migration);
    }
    let mut walk = Walk {
        app: &migration.key.app,
        version,
        effects: Vec::new(),
        errors: Vec::new(),
        new: new.clone(),
        index: 0,
        weight: 0,
        left_out: None,
    };
    for (index, operation) in migration.operations.iter().enumerate() {
        walk.index = index;
        walk.step(operation, None, Side::Both, state, 0);
    }
    new.clone_from(&walk.new);
    let Walk { effects, errors, weight, left_out, .. } = walk;
    Replayed { effects, errors, weight, left_out }
}

struct Walk<'a> {
    app: &'a AppLabel,
    version: DjangoVersion,
    effects: Vec<Effect<'a>>,
    errors: Vec<(usize, StateError)>,
    new: Arc<New>,
    index: usize,
    weight: usize,
    left_out: Option<usize>,
}

impl<'a> Walk<'a> {
    /// Replays one operation. States are shared, and copied when one that is shared changes.
    fn step(
        &mut self,
        operation: &'a Operation,
        within: Option<&'a Operation>,
        side: Side,
        state: &mut Arc<ProjectState>,
        depth: usize,
    ) {
        if depth > DEPTH_LIMIT {
            return;
        }
        if let OperationKind::SeparateDatabaseAndState { database_operations, state_operations } =
            &operation.kind
        {
            if within.is_none() {
                // Its failures are told with the way down to them, which the steps don't know.
                let errors = state.as_ref().clone().apply(self.app, operation, self.version);
                self.note_errors(errors);
            }
            if side != Side::State {
                let mut copy = state.clone();
                for inner in database_operations {
                    self.step(inner, Some(operation), Side::Database, &mut copy, depth + 1);
                }
            }
            if side == Side::Database {
                // Only its state moves the copy on; nothing of it reaches the project's state.
                Arc::make_mut(state).apply(self.app, operation, self.version);
            } else {
                for inner in state_operations {
                    self.step(inner, Some(operation), Side::State, state, depth + 1);
                }
            }
            return;
        }
        let before = state.clone();
        if changes_state(&operation.kind) {
            let errors = Arc::make_mut(state).apply(self.app, operation, self.version);
            if within.is_none() {
                self.note_errors(errors);
            }
        }
        self.weight += 1 + state.models.weight_since(&before.models);
        if self.weight > MOST {
            self.left_out.get_or_insert(self.index);
        } else {
            let (index, after, new) = (self.index, state.clone(), self.new.clone());
            self.effects.push(Effect { index, operation, within, side, before, after, new });
        }
        if side != Side::State {
            self.note_new(&operation.kind);
        }
    }

    fn note_errors(&mut self, errors: Vec<StateError>) {
        self.errors.extend(errors.into_iter().map(|error| (self.index, error)));
    }

    fn note_new(&mut self, kind: &OperationKind) {
        let key = |name: &str| ModelKey::new(self.app.clone(), name);
        match kind {
            OperationKind::CreateModel(create) => {
                let key = key(&create.name);
                Arc::make_mut(&mut self.new).tables.insert(key);
            }
            OperationKind::RenameModel { old_name, new_name } => {
                let (old, new) = (key(old_name), key(new_name));
                if self.new.tables.contains(&old) {
                    let all = Arc::make_mut(&mut self.new);
                    all.tables.remove(&old);
                    all.tables.insert(new.clone());
                }
                if self.new.fields.iter().any(|(model, _)| *model == old) {
                    let fields = std::mem::take(&mut Arc::make_mut(&mut self.new).fields);
                    let renamed = |model: ModelKey| if model == old { new.clone() } else { model };
                    let fields = fields.into_iter().map(|(model, field)| (renamed(model), field)).collect();
                    Arc::make_mut(&mut self.new).fields = fields;
                }
            }
            OperationKind::DeleteModel { name } if self.new.tables.contains(&key(name)) => {
                let key = key(name);
                Arc::make_mut(&mut self.new).tables.remove(&key);
            }
            OperationKind::AddField { model_name, name, .. } => {
                let field = (key(model_name), name.clone());
                Arc::make_mut(&mut self.new).fields.insert(field);
            }
            OperationKind::RenameField { model_name, old_name, new_name } => {
                let (old, new) = ((key(model_name), old_name.clone()), (key(model_name), new_name.clone()));
                if self.new.fields.contains(&old) {
                    let all = Arc::make_mut(&mut self.new);
                    all.fields.remove(&old);
                    all.fields.insert(new);
                }
            }
            OperationKind::RemoveField { model_name, name } => {
                let field = (key(model_name), name.clone());
                if self.new.fields.contains(&field) {
                    Arc::make_mut(&mut self.new).fields.remove(&field);
                }
            }
            _ => {}
        }
    }
}

/// Whether an operation may change the state; the others leave it as they find it.
fn changes_state(kind: &OperationKind) -> bool {
    match kind {
        OperationKind::RunPython(_)
        | OperationKind::CreateExtension { .. }
        | OperationKind::CreateCollation { .. }
        | OperationKind::RemoveCollation { .. }
        | OperationKind::ValidateConstraint { .. } => false,
        OperationKind::RunSql(run) => !run.state_operations.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::histories::{add, create, field, migration};

    #[test]
    fn states_that_hold_too_much_are_not_kept() {
        let first = create("Order", &[("id", field("AutoField", &[]))], &[]);
        let fields = (0..2_100).map(|number| add(&format!("field_{number}"), field("IntegerField", &[])));
        let one = migration("0001_initial", &[], std::iter::once(first).chain(fields).collect(), "");
        let (mut state, mut new) = (Arc::default(), Arc::default());
        let replayed = effects(&one, &mut state, &mut new, DjangoVersion::V5_2);
        let left_out = replayed.left_out.expect("a first one");
        assert!((1_900..2_100).contains(&left_out), "{left_out}");
        assert_eq!(replayed.effects.len(), left_out);
        assert!(replayed.errors.is_empty(), "{:?}", replayed.errors);
        // The state goes on.
        let order =
            state.models.get(&ModelKey::new(AppLabel::new("shop"), "order")).map(|order| order.fields.len());
        assert_eq!(order, Some(2_101));
    }
}
