//! Relations by a bare name that no model bears: `ForeignKey("Voucher")` where the app has no such model
//! (any more). Django puts the app's label before the name only when it looks the model up
//! (`resolve_relation`), and `deconstruct()` gives a name that was never resolved as it was written.

use std::rc::Rc;
use std::sync::Arc;

use super::{ModelsRead, key_of};
use crate::django::keys::AppLabel;
use crate::django::runtime::models::{Meta, registry, unresolved_names};
use crate::python::interpreter::Interpreter;
use crate::python::object::Class;
use crate::python::value::Value;

/// Gives such relations the name that Django gives them. An app whose models are not all known may have
/// the model after all; its relations stay as they are.
pub(super) fn restore(interpreter: &mut Interpreter, read: &mut ModelsRead) {
    let Some(registry) = registry(interpreter) else { return };
    let models: Vec<Rc<Class>> = registry.models.values().cloned().collect();
    for class in &models {
        let (Some(key), Some(meta)) = (key_of(class), Meta::own(class)) else { continue };
        let Some(model) = read.state.models.get_mut(&key) else { continue };
        for (field, argument, resolved) in unresolved_names(&meta) {
            let Some((app, name)) = resolved.split_once('.') else { continue };
            if read.incomplete.contains_key(&AppLabel(app.into())) {
                continue;
            }
            let Some(frozen) = model.fields.get(&field) else { continue };
            // Lower case or not is the class's and the version's affair.
            let written = match frozen.kwarg(argument).and_then(Value::as_str) {
                Some(to) if to.eq_ignore_ascii_case(&resolved) => to[to.len() - name.len()..].to_owned(),
                _ => continue,
            };
            let mut changed = (**frozen).clone();
            changed.set_kwarg(argument, Value::str(written));
            Arc::make_mut(model).fields.insert(field, Arc::new(changed));
        }
    }
}
