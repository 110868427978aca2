//! Taking out of containers: `del`, and a key with what comes after it.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::{Args, Eval, Interpreter};
use crate::python::object::{Dict, Key, Mutable, Object, Payload};

impl Interpreter {
    /// `del object[index]`
    pub(crate) fn delete_item(&mut self, object: &Object, index: &Object) -> Eval<()> {
        match object {
            Object::Dict(dict) => match self.key(index)? {
                Ok(key) => {
                    let gone = self.take_key(dict, &key);
                    if gone.is_none() && dict.taint().is_none() {
                        return Err(self.raise("KeyError", index.as_str().unwrap_or_else(|| "".into())));
                    }
                }
                Err(why) => self.taint_dict(dict, why),
            },
            Object::List(list) => {
                if let Object::Slice(parts) = index {
                    if let Some(Object::Unknown(why)) = parts.iter().find(|part| part.is_unknown()) {
                        self.taint_list(list, why.clone());
                        return Ok(());
                    }
                    // The places that the slice would give, in a list of places.
                    let places = (0..i64::try_from(list.get().len()).unwrap_or(0)).map(Object::Int).collect();
                    let gone = self.slice(&Object::list(places), parts)?;
                    let gone = self.items(&gone)?;
                    let gone: FxHashSet<i64> = gone.iter().filter_map(Object::as_int).collect();
                    let mut place = -1;
                    self.change_list(list, |items| {
                        items.retain(|_| {
                            place += 1;
                            !gone.contains(&place)
                        });
                    });
                } else if let Object::Unknown(why) = index {
                    self.taint_list(list, why.clone());
                } else {
                    let len = i64::try_from(list.get().len()).unwrap_or(0);
                    let at = index.as_int().map(|at| if at < 0 { at + len } else { at });
                    if let Some(at) =
                        at.and_then(|at| usize::try_from(at).ok()).filter(|at| *at < list.get().len())
                    {
                        self.work(list.get().len() - at);
                        self.change_list(list, |items| items.remove(at));
                    }
                }
            }
            Object::Instance(instance) => {
                if let Some(method) = self.class_attribute_bound(instance, "__delitem__")? {
                    self.call(&method, Args::of(vec![index.clone()]))?;
                } else if let Payload::Value(inner) = instance.payload.borrow().clone() {
                    self.delete_item(&inner, index)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes a key out of a dictionary or set: those after it move up.
    pub(crate) fn take_key(&mut self, dict: &Rc<Mutable<Dict>>, key: &Key) -> Option<Object> {
        let after = {
            let dict = dict.get();
            dict.items.get_index_of(key).map(|at| dict.len() - at)
        };
        self.work(after.unwrap_or(0));
        self.change_dict(dict, |items| items.remove(key))
    }
}
