//! `django.dispatch` and `django.db.models.signals`. Only `class_prepared` is ever sent while models
//! are made; receivers of it may make models of their own.

use std::rc::Rc;

use super::{method, own, reason, set};
use crate::python::interpreter::{Args, Eval, Interpreter, Raise};
use crate::python::object::{Class, Mutable, Native, Object};
use crate::python::syntax::Name;

/// Signals of `django.db.models.signals`.
pub(super) const MODEL_SIGNALS: &[&str] = &[
    "class_prepared",
    "pre_init",
    "post_init",
    "pre_save",
    "post_save",
    "pre_delete",
    "post_delete",
    "m2m_changed",
    "pre_migrate",
    "post_migrate",
];

static METHODS: &[Native] = &[
    Native { path: "django.dispatch.dispatcher.Signal.__init__", call: |_, _| Ok(Object::None) },
    Native { path: "django.dispatch.dispatcher.Signal.connect", call: connect },
    Native { path: "django.dispatch.dispatcher.Signal.disconnect", call: disconnect },
    Native { path: "django.dispatch.dispatcher.Signal.send", call: send },
    Native { path: "django.dispatch.dispatcher.Signal.send_robust", call: send },
    Native { path: "django.dispatch.dispatcher.Signal.has_listeners", call: |_, _| Ok(Object::Bool(true)) },
];

/// `receiver(signal, **kwargs)`
pub(super) static RECEIVER: Native = Native {
    path: "django.dispatch.dispatcher.receiver",
    call: |interpreter, args| {
        let signals = match args.get(0) {
            Some(all @ (Object::List(_) | Object::Tuple(_))) => interpreter.items(all)?,
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        };
        let keywords = args.keywords;
        Ok(Object::closure("django.dispatch.dispatcher.receiver", move |interpreter, args| {
            let function = args.get(0).cloned().unwrap_or(Object::None);
            for signal in &signals {
                if let Some(connect) = interpreter.find_attribute(signal, "connect")? {
                    let args =
                        Args { positional: vec![function.clone()], keywords: keywords.clone(), open: None };
                    interpreter.call(&connect, args)?;
                }
            }
            Ok(function)
        }))
    },
};

/// `Signal`
pub(super) fn class_of(interpreter: &mut Interpreter) -> Rc<Class> {
    crate::django::runtime::class(interpreter, "django.dispatch.dispatcher", "Signal", &[], METHODS)
}

/// A signal of `django.db.models.signals`, made once.
pub(super) fn signal(interpreter: &mut Interpreter, name: &'static str) -> Object {
    let known = super::registry(interpreter).and_then(|registry| registry.signals.get(name).cloned());
    if let Some(known) = known {
        return known;
    }
    let class = class_of(interpreter);
    let made = interpreter.instance_of(&class);
    if let Some(registry) = super::registry(interpreter) {
        registry.signals.insert(name, made.clone());
    }
    made
}

fn connect(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(signal)) = args.get(0) else { return Ok(Object::None) };
    let Some(receiver) = args.param(1, "receiver").cloned() else { return Ok(Object::None) };
    let sender = args.param(2, "sender").cloned().unwrap_or(Object::None);
    let list = if let Some(Object::List(list)) = own(signal, "$receivers") {
        list
    } else {
        let list = Mutable::new(Vec::new());
        set(interpreter, signal, "$receivers", Object::List(list.clone()));
        list
    };
    interpreter.change_list(&list, |items| items.push(Object::tuple(vec![receiver, sender])));
    Ok(Object::None)
}

fn disconnect(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(signal)) = args.get(0) else { return Ok(Object::None) };
    let receiver = args.param(1, "receiver").cloned().unwrap_or(Object::None);
    if let Some(Object::List(list)) = own(signal, "$receivers") {
        interpreter.change_list(&list, |items| {
            items.retain(
                |item| !matches!(item, Object::Tuple(pair) if pair.first().is_some_and(|r| r.is(&receiver))),
            );
        });
    }
    Ok(Object::Bool(true))
}

/// `signal.send(sender, **named)`
fn send(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(object @ Object::Instance(signal)) = args.get(0) else { return Ok(Object::None) };
    let sender = args.param(1, "sender").cloned().unwrap_or(Object::None);
    let receivers = match own(signal, "$receivers") {
        Some(Object::List(list)) => list.get().clone(),
        _ => return Ok(Object::list(Vec::new())),
    };
    let mut responses = Vec::new();
    for pair in receivers {
        let Object::Tuple(pair) = &pair else { continue };
        let [receiver, wanted] = &pair[..] else { continue };
        if !wanted.is_none() && !wanted.is(&sender) {
            continue;
        }
        let mut keywords: Vec<_> =
            args.keywords.iter().filter(|(name, _)| name != "sender").cloned().collect();
        keywords.push((Name::new_static("signal"), object.clone()));
        keywords.push((Name::new_static("sender"), sender.clone()));
        let response = interpreter.call(receiver, Args { positional: Vec::new(), keywords, open: None })?;
        responses.push(Object::tuple(vec![receiver.clone(), response]));
    }
    Ok(Object::list(responses))
}

/// `class_prepared.send(sender=cls)`; a receiver that fails leaves a doubt about the model.
pub(super) fn send_class_prepared(interpreter: &mut Interpreter, class: &Rc<Class>) -> Eval {
    let signal = signal(interpreter, "class_prepared");
    let here = interpreter.here.clone();
    let sent = method(interpreter, &signal, "send", vec![Object::Class(class.clone())]);
    interpreter.here = here;
    match sent {
        Err(Raise::Limit(why)) if interpreter.is_spent() => Err(Raise::Limit(why)),
        Err(raise) => {
            let why = reason(interpreter, &raise);
            interpreter.problems.push((class.module.clone(), (*why).clone()));
            Ok(Object::None)
        }
        Ok(_) => Ok(Object::None),
    }
}
