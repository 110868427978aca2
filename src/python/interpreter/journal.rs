//! Running both branches of a condition that is not known.
//!
//! While a branch runs, the old value of each place that is written is put in a journal. After the
//! branch all is put back; when every branch has run, a place that has the same value after each
//! gets it, and any other place becomes unknown.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::budget::ITEM;
use super::same::Comparison;
use super::{Eval, Interpreter, Raise};
use crate::python::object::{Class, Dict, Instance, Key, Module, Mutable, Namespace, Object, Scope};
use crate::python::syntax::Name;
use crate::python::value::Unknown;

type Contents<T> = (T, Option<Arc<Unknown>>);

/// What tells places from each other: the address of what was written, and the name within.
type PlaceKey = (usize, Option<Name>);
/// What places held at a branch's end.
type Ends = IndexMap<PlaceKey, Place, FxBuildHasher>;

/// A place that was written, with what it held before.
#[derive(Clone)]
pub(crate) enum Place {
    Variable(Rc<Scope>, Name, Option<Object>),
    Global(Rc<Module>, Name, Option<Object>),
    Attribute(Rc<Instance>, Name, Option<Object>),
    ClassAttribute(Rc<Class>, Name, Option<Object>),
    List(Rc<Mutable<Vec<Object>>>, Contents<Vec<Object>>),
    Dict(Rc<Mutable<Dict>>, Contents<Dict>),
}

/// One branch: what it came to, and what each place it wrote held at its end.
pub(crate) struct Branch<T> {
    /// What it came to.
    pub result: Eval<T>,
    ends: Ends,
}

fn put(names: &mut Namespace, name: &Name, value: Option<Object>) -> Option<Object> {
    match value {
        Some(value) => names.insert(name.clone(), value),
        None => names.shift_remove(name),
    }
}

impl Place {
    fn key(&self) -> PlaceKey {
        match self {
            Self::Variable(scope, name, _) => (Rc::as_ptr(scope).addr(), Some(name.clone())),
            Self::Global(module, name, _) => (Rc::as_ptr(module).addr(), Some(name.clone())),
            Self::Attribute(instance, name, _) => (Rc::as_ptr(instance).addr(), Some(name.clone())),
            Self::ClassAttribute(class, name, _) => (Rc::as_ptr(class).addr(), Some(name.clone())),
            Self::List(list, _) => (Rc::as_ptr(list).addr(), None),
            Self::Dict(dict, _) => (Rc::as_ptr(dict).addr(), None),
        }
    }

    /// Puts the remembered value back, and remembers instead what was there.
    fn swap(&mut self) {
        match self {
            Self::Variable(scope, name, value) => {
                *value = put(&mut scope.vars.borrow_mut(), name, value.take());
            }
            Self::Global(module, name, value) => {
                *value = put(&mut module.globals.borrow_mut(), name, value.take());
            }
            Self::Attribute(instance, name, value) => {
                *value = put(&mut instance.attrs.borrow_mut(), name, value.take());
            }
            Self::ClassAttribute(class, name, value) => {
                *value = put(&mut class.attrs.borrow_mut(), name, value.take());
            }
            Self::List(list, (data, taint)) => {
                std::mem::swap(&mut *list.data.borrow_mut(), data);
                std::mem::swap(&mut *list.taint.borrow_mut(), taint);
            }
            Self::Dict(dict, (data, taint)) => {
                std::mem::swap(&mut *dict.data.borrow_mut(), data);
                std::mem::swap(&mut *dict.taint.borrow_mut(), taint);
            }
        }
    }

    fn value(&self) -> Option<&Object> {
        match self {
            Self::Variable(_, _, value)
            | Self::Global(_, _, value)
            | Self::Attribute(_, _, value)
            | Self::ClassAttribute(_, _, value) => value.as_ref(),
            Self::List(..) | Self::Dict(..) => None,
        }
    }

    fn current(&self) -> Self {
        match self {
            Self::Variable(scope, name, _) => {
                Self::Variable(scope.clone(), name.clone(), scope.vars.borrow().get(name).cloned())
            }
            Self::Global(module, name, _) => {
                Self::Global(module.clone(), name.clone(), module.globals.borrow().get(name).cloned())
            }
            Self::Attribute(instance, name, _) => {
                Self::Attribute(instance.clone(), name.clone(), instance.attrs.borrow().get(name).cloned())
            }
            Self::ClassAttribute(class, name, _) => {
                Self::ClassAttribute(class.clone(), name.clone(), class.attrs.borrow().get(name).cloned())
            }
            Self::List(list, _) => {
                Self::List(list.clone(), (list.data.borrow().clone(), list.taint.borrow().clone()))
            }
            Self::Dict(dict, _) => {
                Self::Dict(dict.clone(), (dict.data.borrow().clone(), dict.taint.borrow().clone()))
            }
        }
    }
}

impl Interpreter {
    fn note(&mut self, place: impl FnOnce() -> Place) {
        if let Some(journal) = self.journals.last_mut() {
            let place = place();
            let name = place.key().1.map_or(0, |name| name.len());
            journal.push(place);
            self.charge(size_of::<Place>() + name);
        }
    }

    /// Counts the time that taking one out of so many names takes.
    fn taken_out(&mut self, value: Option<&Object>, names: usize) {
        if value.is_none() {
            self.work(names);
        }
    }

    /// Binds a variable.
    pub(crate) fn set_variable(&mut self, scope: &Rc<Scope>, name: &Name, value: Option<Object>) {
        self.taken_out(value.as_ref(), scope.vars.borrow().len());
        let old = put(&mut scope.vars.borrow_mut(), name, value);
        self.note(|| Place::Variable(scope.clone(), name.clone(), old));
    }

    /// Binds a module's global.
    pub fn set_global(&mut self, module: &Rc<Module>, name: &Name, value: Option<Object>) {
        self.taken_out(value.as_ref(), module.globals.borrow().len());
        let old = put(&mut module.globals.borrow_mut(), name, value);
        self.note(|| Place::Global(module.clone(), name.clone(), old));
    }

    /// Sets an attribute in an instance's own `__dict__`; `None` takes it out.
    pub fn set_own_attribute(&mut self, instance: &Rc<Instance>, name: &Name, value: Option<Object>) {
        self.taken_out(value.as_ref(), instance.attrs.borrow().len());
        let old = put(&mut instance.attrs.borrow_mut(), name, value);
        self.note(|| Place::Attribute(instance.clone(), name.clone(), old));
    }

    /// Sets a class's own attribute; `None` takes it out.
    pub fn set_class_attribute(&mut self, class: &Rc<Class>, name: &Name, value: Option<Object>) {
        self.taken_out(value.as_ref(), class.attrs.borrow().len());
        let old = put(&mut class.attrs.borrow_mut(), name, value);
        self.note(|| Place::ClassAttribute(class.clone(), name.clone(), old));
    }

    /// Changes a list.
    pub fn change_list<T>(
        &mut self,
        list: &Rc<Mutable<Vec<Object>>>,
        change: impl FnOnce(&mut Vec<Object>) -> T,
    ) -> T {
        let before = list.get().len();
        if !self.journals.is_empty() {
            self.charge(before * ITEM);
        }
        self.note(|| Place::List(list.clone(), (list.data.borrow().clone(), list.taint.borrow().clone())));
        let result = change(&mut list.data.borrow_mut());
        self.grown(list.get().len().saturating_sub(before));
        result
    }

    /// Changes a dictionary or set.
    pub fn change_dict<T>(&mut self, dict: &Rc<Mutable<Dict>>, change: impl FnOnce(&mut Dict) -> T) -> T {
        let before = dict.get().len();
        if !self.journals.is_empty() {
            self.grown(before);
        }
        self.note(|| Place::Dict(dict.clone(), (dict.data.borrow().clone(), dict.taint.borrow().clone())));
        let result = change(&mut dict.data.borrow_mut());
        self.grown(dict.get().len().saturating_sub(before));
        result
    }

    /// Says that a list's contents are not known any more.
    pub fn taint_list(&mut self, list: &Rc<Mutable<Vec<Object>>>, why: Arc<Unknown>) {
        self.change_list(list, |_| ());
        *list.taint.borrow_mut() = Some(why);
    }

    /// Says that a dictionary's or set's contents are not known any more.
    pub fn taint_dict(&mut self, dict: &Rc<Mutable<Dict>>, why: Arc<Unknown>) {
        self.change_dict(dict, |_| ());
        *dict.taint.borrow_mut() = Some(why);
    }

    /// Runs a branch and puts everything back.
    pub(crate) fn branch<T>(&mut self, body: impl FnOnce(&mut Self) -> Eval<T>) -> Branch<T> {
        self.journals.push(Vec::new());
        let result = body(self);
        let journal = self.journals.pop().unwrap_or_default();
        let mut ends: Ends = Ends::default();
        for mut place in journal.into_iter().rev() {
            place.swap();
            // The latest write of a place comes first here and holds its end.
            ends.entry(place.key()).or_insert(place);
        }
        Branch { result, ends }
    }

    /// Brings the ends of branches together. A branch that raised is taken for one that does not happen,
    /// unless all did. Returns the results of the branches that count.
    pub(crate) fn merge<T>(&mut self, branches: Vec<Branch<T>>, why: &Arc<Unknown>) -> Eval<Vec<T>> {
        let (mut ends, mut results, mut first_raise): (Vec<Ends>, Vec<T>, Option<Raise>) = Default::default();
        for branch in branches {
            match branch.result {
                Ok(result) => {
                    results.push(result);
                    ends.push(branch.ends);
                }
                Err(Raise::Limit(unknown)) => return Err(Raise::Limit(unknown)),
                Err(raise) => first_raise = first_raise.or(Some(raise)),
            }
        }
        if results.is_empty() {
            return Err(first_raise.unwrap_or_else(|| Raise::Limit(why.clone())));
        }
        let mut places = Ends::default();
        for (key, place) in ends.iter().flatten() {
            places.entry(key.clone()).or_insert_with(|| place.current());
        }
        for (key, before) in places {
            let after: Vec<&Place> = ends.iter().map(|ends| ends.get(&key).unwrap_or(&before)).collect();
            self.settle(&before, &after, why);
        }
        Ok(results)
    }

    fn settle(&mut self, before: &Place, after: &[&Place], why: &Arc<Unknown>) {
        match before {
            Place::List(list, _) => {
                let ends: Vec<&Contents<Vec<Object>>> = after
                    .iter()
                    .filter_map(
                        |place| if let Place::List(_, contents) = place { Some(contents) } else { None },
                    )
                    .collect();
                let Some(first) = ends.first() else { return };
                let mut seen = Comparison::default();
                let same = ends.iter().all(|end| seen.same_items(&end.0, &first.0) && end.1 == first.1);
                let data = if same {
                    first.0.clone()
                } else {
                    common(&ends.iter().map(|e| &e.0[..]).collect::<Vec<_>>(), &mut seen)
                };
                self.work(seen.spent);
                let taint = if same { first.1.clone() } else { Some(why.clone()) };
                self.change_list(list, |items| *items = data);
                *list.taint.borrow_mut() = taint;
            }
            Place::Dict(dict, _) => {
                let ends: Vec<&Contents<Dict>> = after
                    .iter()
                    .filter_map(
                        |place| if let Place::Dict(_, contents) = place { Some(contents) } else { None },
                    )
                    .collect();
                let taint = ends.iter().find_map(|end| end.1.clone());
                let mut seen = Comparison::default();
                let dicts: Vec<&Dict> = ends.iter().map(|end| &end.0).collect();
                let (data, open) = join_dicts(&dicts, why, &mut seen);
                self.work(seen.spent);
                let taint = taint.or_else(|| open.then(|| why.clone()));
                self.change_dict(dict, |items| *items = data);
                *dict.taint.borrow_mut() = taint;
            }
            _ => {
                let values: Vec<Option<Object>> = after.iter().map(|place| place.value().cloned()).collect();
                let value = self.join(&values, why);
                match before {
                    Place::Variable(scope, name, _) => self.set_variable(scope, name, value),
                    Place::Global(module, name, _) => self.set_global(module, name, value),
                    Place::Attribute(instance, name, _) => self.set_own_attribute(instance, name, value),
                    Place::ClassAttribute(class, name, _) => self.set_class_attribute(class, name, value),
                    Place::List(..) | Place::Dict(..) => {}
                }
            }
        }
    }

    /// One value for several that are possible.
    pub(crate) fn join_values(&mut self, values: &[Object], why: &Arc<Unknown>) -> Object {
        let values: Vec<Option<Object>> = values.iter().cloned().map(Some).collect();
        self.join(&values, why).unwrap_or_else(|| Object::Unknown(why.clone()))
    }

    fn join(&mut self, values: &[Option<Object>], why: &Arc<Unknown>) -> Option<Object> {
        let mut seen = Comparison::default();
        let joined = join(values, why, &mut seen);
        self.work(seen.spent);
        joined
    }
}

fn join(values: &[Option<Object>], why: &Arc<Unknown>, seen: &mut Comparison) -> Option<Object> {
    let first = values.first()?;
    let same = values.iter().all(|value| match (value, first) {
        (Some(a), Some(b)) => seen.same_object(a, b),
        (None, None) => true,
        _ => false,
    });
    if same {
        return first.clone();
    }
    let lists: Option<Vec<&Rc<Mutable<Vec<Object>>>>> = values
        .iter()
        .map(|value| match value {
            Some(Object::List(list)) => Some(list),
            _ => None,
        })
        .collect();
    if let Some(mut lists) = lists {
        let mut known = FxHashSet::default();
        lists.retain(|list| known.insert(Rc::as_ptr(list)));
        let lists: Vec<_> = lists.into_iter().map(|list| list.get()).collect();
        // A list of which only a part is known still serves those who need no more (INSTALLED_APPS).
        let list = Mutable::new(common(&lists.iter().map(|items| &items[..]).collect::<Vec<_>>(), seen));
        *list.taint.borrow_mut() = Some(why.clone());
        return Some(Object::List(list));
    }
    Some(Object::Unknown(why.clone()))
}

/// One dictionary for several that are possible, and whether there is more to it than it shows. A
/// text key that not all have, or not all with the same value, is there with an unknown value: a
/// keyword argument that may be absent does not spoil the others.
fn join_dicts(dicts: &[&Dict], why: &Arc<Unknown>, seen: &mut Comparison) -> (Dict, bool) {
    let Some((first, rest)) = dicts.split_first() else { return (Dict::default(), false) };
    // Most of a large one is the same in all, at the same place.
    let mut joined = Dict::clone(first);
    let mut gone = Vec::new();
    for (index, (key, (_, value))) in joined.items.iter_mut().enumerate() {
        let mut same = |other: &&Dict| {
            let there = other.items.get_index(index).filter(|(name, _)| *name == key);
            let value_there = there.map(|(_, (_, other))| other).or_else(|| other.get(key));
            value_there.is_some_and(|other| seen.same_object(value, other))
        };
        if rest.iter().all(&mut same) {
            continue;
        }
        if matches!(key, Key::Str(_)) {
            *value = Object::Unknown(why.clone());
        } else {
            gone.push(index);
        }
    }
    let mut open = !gone.is_empty();
    if open {
        let mut indexes = 0..;
        joined.items.retain(|_, _| indexes.next().is_none_or(|index| gone.binary_search(&index).is_err()));
    }
    for (key, (name, _)) in rest.iter().flat_map(|dict| &dict.items) {
        if first.items.contains_key(key) {
            continue;
        }
        if matches!(key, Key::Str(_)) {
            joined.insert(key.clone(), name.clone(), Object::Unknown(why.clone()));
        } else {
            open = true;
        }
    }
    (joined, open)
}

/// How many pairs of items, and objects within them, are compared at most.
const MOST_PAIRS: usize = 4_000_000;

/// Items that all lists share, in the first one's order; of very long ones, those they start with. Where
/// that takes too long, what was found by then.
fn common(lists: &[&[Object]], seen: &mut Comparison) -> Vec<Object> {
    let Some((first, rest)) = lists.split_first() else { return Vec::new() };
    let most = seen.spent.saturating_add(MOST_PAIRS);
    let pairs: usize = rest.iter().map(|list| list.len().saturating_mul(first.len())).sum();
    let mut shared = Vec::new();
    for (index, item) in first.iter().enumerate() {
        let mut is_in = |list: &&[Object]| {
            let others: &[Object] =
                if pairs > MOST_PAIRS { list.get(index..=index).unwrap_or_default() } else { list };
            others.iter().any(|other| seen.spent < most && seen.same_object(item, other))
        };
        let is_shared = rest.iter().all(&mut is_in);
        if is_shared {
            shared.push(item.clone());
        } else if pairs > MOST_PAIRS || seen.spent >= most {
            break;
        }
    }
    shared
}
