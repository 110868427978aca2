//! What an evaluation may cost: steps, bytes, depth.
//!
//! Each module has an allowance. Work that grows with what it is done on counts as more than one
//! step, and whatever is made or copied counts its bytes, whether it is kept or not: that is the same
//! on every run, and no smaller than what is held. A module that takes more than its share draws on
//! what the whole evaluation may take; where that is used up, modules have their share and no more.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Args, Eval, Interpreter, Raise, SIZE};
use crate::python::object::{Function, Object};
use crate::python::syntax::TextRange;
use crate::python::value::Unknown;

/// Steps (expressions and statements) that the body of one module may take.
const MODULE_STEPS: i64 = 1_000_000;
/// Bytes that the body of one module may take.
const MODULE_BYTES: i64 = 128 << 20;
/// What every module may take, however much others took.
const SHARE: Costs = Costs { steps: 100_000, bytes: 4 << 20 };
/// What the modules of one interpreter may take together beyond their shares.
const BEYOND: Costs = Costs { steps: 50_000_000, bytes: 512 << 20 };
/// After what a module tried in vain, its next statements get a part of what it had: as often as this.
const CHANCES: u32 = 4;
/// Nested expressions, statements and calls.
const DEPTH: u32 = 1_500;
/// Items or bytes that are worked on in the time of a step.
const PER_STEP: usize = 256;
/// What looking a key up or putting it in takes, in items that are gone over.
pub(crate) const KEYED: usize = 32;
/// Bytes that an item of a container takes, its own object not counted.
pub(super) const ITEM: usize = size_of::<Object>();
/// The same of a dictionary or set, or of a container whose items are new, too.
const LARGE_ITEM: usize = 4 * ITEM;

/// Steps and bytes.
#[derive(Clone, Copy)]
struct Costs {
    steps: i64,
    bytes: i64,
}

/// What is left of an allowance.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    /// Below 0 once it is used up; [`Budget::bytes`] that are used up take the steps with them.
    steps: i64,
    bytes: i64,
    granted: Costs,
    /// How often it was used up.
    failures: u32,
}

/// The budgets of one interpreter.
pub(crate) struct Budgets {
    now: Budget,
    beyond: Costs,
    depth: u32,
    /// Functions without arguments that took all that a module may take, and where that was.
    costly: FxHashMap<(Arc<str>, TextRange), Arc<Unknown>>,
}

impl Budget {
    fn of(granted: Costs) -> Self {
        Self { steps: granted.steps, bytes: granted.bytes, granted, failures: 0 }
    }
}

impl Budgets {
    /// Nothing is spent.
    pub(super) fn new() -> Self {
        let now = Budget::of(Costs { steps: MODULE_STEPS, bytes: MODULE_BYTES });
        Self { now, beyond: BEYOND, depth: 0, costly: FxHashMap::default() }
    }

    /// What a module may take now.
    fn allowance(&self) -> Costs {
        Costs {
            steps: (SHARE.steps + self.beyond.steps.max(0)).min(MODULE_STEPS),
            bytes: (SHARE.bytes + self.beyond.bytes.max(0)).min(MODULE_BYTES),
        }
    }
}

impl Interpreter {
    /// Counts a step.
    pub(crate) fn tick(&mut self) -> Eval<()> {
        self.budgets.now.steps -= 1;
        if self.budgets.now.steps < 0 { Err(self.spent()) } else { Ok(()) }
    }

    /// Whether the module's allowance is used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.budgets.now.steps < 0
    }

    fn spent(&self) -> Raise {
        self.exhausted(if self.budgets.now.bytes < 0 {
            "takes too much memory to evaluate"
        } else {
            "takes too many steps to evaluate"
        })
    }

    /// Counts bytes that were made or are about to be, and the time that takes. The next step fails
    /// where there are too many.
    pub(crate) fn charge(&mut self, bytes: usize) {
        self.work(bytes);
        let now = &mut self.budgets.now;
        now.bytes = now.bytes.saturating_sub(i64::try_from(bytes).unwrap_or(i64::MAX));
        if now.bytes < 0 {
            now.steps = -1;
        }
    }

    /// Like [`Self::charge`], and fails at once.
    pub(crate) fn spend(&mut self, bytes: usize) -> Eval<()> {
        self.charge(bytes);
        if self.is_spent() { Err(self.spent()) } else { Ok(()) }
    }

    /// Counts the time that going over that many items or bytes takes.
    pub(crate) fn work(&mut self, amount: usize) {
        let steps = i64::try_from(amount / PER_STEP).unwrap_or(i64::MAX);
        self.budgets.now.steps = self.budgets.now.steps.saturating_sub(steps);
    }

    /// Like [`Self::work`], and fails at once: before a loop that takes no step of its own.
    pub(crate) fn toil(&mut self, amount: usize) -> Eval<()> {
        self.work(amount);
        if self.is_spent() { Err(self.spent()) } else { Ok(()) }
    }

    /// Counts what an operation has made, unless it is something that was there before.
    pub(crate) fn made(&mut self, object: Object) -> Eval {
        let bytes = match &object {
            Object::Str(text) if Arc::strong_count(text) == 1 => text.len(),
            Object::Bytes(bytes) if Arc::strong_count(bytes) == 1 => bytes.len(),
            Object::List(list) if Rc::strong_count(list) == 1 => list.get().len() * LARGE_ITEM,
            Object::Tuple(items) if Rc::strong_count(items) == 1 => items.len() * LARGE_ITEM,
            Object::Set(dict) | Object::FrozenSet(dict) | Object::Dict(dict)
                if Rc::strong_count(dict) == 1 =>
            {
                dict.get().len() * LARGE_ITEM
            }
            Object::Iterator(items) if Rc::strong_count(items) == 1 => items.borrow().len() * LARGE_ITEM,
            Object::BigInt(value) => usize::try_from(value.bits() / 8).unwrap_or(usize::MAX),
            Object::Frozen(value) if Rc::strong_count(value) == 1 => value.weight(SIZE) * ITEM,
            _ => 0,
        };
        if bytes > 0 {
            self.spend(bytes)?;
        }
        Ok(object)
    }

    /// Counts what a container has grown by.
    pub(crate) fn grown(&mut self, items: usize) {
        if items > 0 {
            self.charge(items.saturating_mul(LARGE_ITEM));
        }
    }

    /// Counts the time that a built-in function takes to go over what it is given.
    pub(crate) fn read(&mut self, objects: &[Object]) {
        let size: usize = objects
            .iter()
            .map(|object| match object {
                Object::Str(text) => text.len(),
                Object::Bytes(bytes) => bytes.len(),
                Object::List(list) => list.get().len(),
                Object::Tuple(items) => items.len(),
                _ => 0,
            })
            .sum();
        self.work(size);
    }

    /// A bound was hit, at the present place.
    pub(crate) fn exhausted(&self, why: &str) -> Raise {
        Raise::Limit(Arc::new(Unknown { reason: why.into(), at: self.location() }))
    }

    /// Runs `body` one level deeper.
    pub(crate) fn deeper<T>(&mut self, body: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        if self.budgets.depth >= DEPTH {
            return Err(self.exhausted("is nested too deep to evaluate"));
        }
        self.budgets.depth += 1;
        let result = body(self);
        self.budgets.depth -= 1;
        result
    }

    /// Calls a function that is given nothing. One that has used up a module's allowance all by itself
    /// would do so each time (a lazy object asks until it is answered): it is not called again.
    pub(super) fn call_unless_costly(&mut self, function: &Rc<Function>, args: Args) -> Eval {
        let key = (function.module.name.clone(), function.range);
        if let Some(why) = self.budgets.costly.get(&key) {
            return Ok(Object::Unknown(why.clone()));
        }
        let whole = self.budgets.now.steps >= MODULE_STEPS / 10 * 9;
        let result = self.call_function(function, args);
        if let Err(Raise::Limit(why)) = &result
            && whole
            && self.is_spent()
        {
            self.budgets.costly.insert(key, why.clone());
        }
        result
    }

    /// Starts a module's allowance; the outer one's comes back by [`Self::restore_budget`].
    pub(crate) fn set_budget(&mut self) -> Budget {
        let allowance = Budget::of(self.budgets.allowance());
        std::mem::replace(&mut self.budgets.now, allowance)
    }

    /// Goes on with the allowance that [`Self::set_budget`] gave back.
    pub(crate) fn restore_budget(&mut self, outer: Budget) {
        let now = std::mem::replace(&mut self.budgets.now, outer);
        let beyond = |granted: i64, left: i64, share: i64| (granted - left.max(0) - share).max(0);
        let taken = &mut self.budgets.beyond;
        taken.steps -= beyond(now.granted.steps, now.steps, SHARE.steps);
        taken.bytes -= beyond(now.granted.bytes, now.bytes, SHARE.bytes);
    }

    /// After a statement that used up a module's allowance: something for the next ones, if it has not
    /// happened too often.
    pub(crate) fn another_chance(&mut self) -> bool {
        let allowance = self.budgets.allowance();
        let now = &mut self.budgets.now;
        if now.failures >= CHANCES {
            return false;
        }
        now.failures += 1;
        let part = Costs {
            steps: allowance.steps >> (2 * now.failures),
            bytes: allowance.bytes >> (2 * now.failures),
        };
        let bytes_left = now.bytes.max(0);
        now.granted.steps += part.steps;
        now.steps = part.steps;
        if bytes_left < part.bytes {
            now.granted.bytes += part.bytes - bytes_left;
            now.bytes = part.bytes;
        }
        true
    }
}
