//! `Q` (`django/db/models/query_utils.py`, `django/utils/tree.py`).

use std::rc::Rc;

use super::super::{class, facts};
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Instance, Namespace, Native, Object};
use crate::python::syntax::Name;

const MODULE: &str = "django.db.models.query_utils";

/// Modules that have `Q`.
pub(super) const MODULES: &[&str] = &[MODULE, "django.db.models"];

/// `Q`, for the modules that have it.
pub(super) fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    if MODULES.contains(&module) {
        let class = q_class(interpreter);
        names.insert(Name::new_static("Q"), Object::Class(class));
    }
    names
}

fn q_class(interpreter: &mut Interpreter) -> Rc<Class> {
    let made = class(interpreter, MODULE, "Q", &[], METHODS);
    let mut attrs = made.attrs.borrow_mut();
    for (name, value) in [("AND", "AND"), ("OR", "OR"), ("XOR", "XOR"), ("default", "AND")] {
        attrs.insert(Name::new_static(name), Object::str(value));
    }
    attrs.insert(Name::new_static("conditional"), Object::Bool(true));
    drop(attrs);
    made
}

static METHODS: &[Native] = &[
    Native { path: "django.db.models.query_utils.Q.__init__", call: init },
    Native { path: "django.db.models.query_utils.Q.deconstruct", call: deconstruct },
    Native { path: "django.db.models.query_utils.Q.__and__", call: |i, a| connect(i, &a, "AND") },
    Native { path: "django.db.models.query_utils.Q.__or__", call: |i, a| connect(i, &a, "OR") },
    Native { path: "django.db.models.query_utils.Q.__xor__", call: |i, a| connect(i, &a, "XOR") },
    Native { path: "django.db.models.query_utils.Q.__invert__", call: negated },
    Native { path: "django.db.models.query_utils.Q.__bool__", call: truth },
    Native { path: "django.db.models.query_utils.Q.add", call: add_method },
    Native { path: "django.db.models.query_utils.Q.copy", call: copy_method },
    Native { path: "django.db.models.query_utils.Q.negate", call: negate_method },
];

/// A node's parts.
#[derive(Clone)]
struct Node {
    children: Vec<Object>,
    connector: String,
    negated: bool,
}

fn read(instance: &Instance) -> Option<Node> {
    let attrs = instance.attrs.borrow();
    let Some(Object::List(children)) = attrs.get("children") else { return None };
    Some(Node {
        children: children.get().clone(),
        connector: attrs
            .get("connector")
            .and_then(Object::as_str)
            .map_or_else(|| "AND".into(), |text| text.to_string()),
        negated: matches!(attrs.get("negated"), Some(Object::Bool(true))),
    })
}

fn node(object: &Object) -> Option<Node> {
    let instance = object.as_instance()?;
    if !instance.class.borrow().derives_from("django.db.models.query_utils.Q") {
        return None;
    }
    read(instance)
}

fn write(interpreter: &mut Interpreter, instance: &Rc<Instance>, node: Node) {
    for (name, value) in [
        ("children", Object::list(node.children)),
        ("connector", Object::str(node.connector)),
        ("negated", Object::Bool(node.negated)),
    ] {
        interpreter.set_own_attribute(instance, &Name::new_static(name), Some(value));
    }
}

fn make(interpreter: &mut Interpreter, node: Node) -> Object {
    let class = q_class(interpreter);
    let made = interpreter.instance_of(&class);
    if let Object::Instance(instance) = &made {
        write(interpreter, instance, node);
    }
    made
}

fn init(interpreter: &mut Interpreter, mut args: Args) -> Eval {
    let Some(Object::Instance(made)) = args.take_first() else { return Ok(Object::None) };
    let connector = args.take_keyword("_connector").and_then(|value| value.as_str());
    let negated = args.take_keyword("_negated").is_some_and(|value| matches!(value, Object::Bool(true)));
    let mut children = args.positional;
    if let Some(why) = args.open {
        children.push(Object::Unknown(why));
    }
    let mut keywords = args.keywords;
    keywords.sort_by(|a, b| a.0.cmp(&b.0));
    children.extend(
        keywords.into_iter().map(|(name, value)| Object::tuple(vec![Object::str(name.as_str()), value])),
    );
    let connector = connector.map_or_else(|| "AND".into(), |text| text.to_string());
    write(interpreter, &made, Node { children, connector, negated });
    Ok(Object::None)
}

fn deconstruct(_: &mut Interpreter, args: Args) -> Eval {
    let Some(Object::Instance(made)) = args.get(0) else { return Ok(Object::None) };
    let Some(node) = read(made) else { return Ok(Object::None) };
    let mut kwargs = Vec::new();
    if node.connector != "AND" {
        kwargs.push(("_connector", Object::str(node.connector)));
    }
    if node.negated {
        kwargs.push(("_negated", Object::Bool(true)));
    }
    let path = made.class.borrow().path().replace(MODULE, "django.db.models");
    Ok(Object::tuple(vec![Object::str(path), Object::tuple(node.children), Object::dict(kwargs)]))
}

fn truth(_: &mut Interpreter, args: Args) -> Eval {
    Ok(Object::Bool(args.get(0).and_then(node).is_none_or(|node| !node.children.is_empty())))
}

/// `a & b`, `a | b`, `a ^ b` of `Q`s or conditional expressions (`Q._combine`).
pub(super) fn connect(interpreter: &mut Interpreter, args: &Args, connector: &str) -> Eval {
    let (Some(left), Some(right)) = (args.get(0), args.get(1)) else { return Ok(Object::None) };
    if let Some(why) = left.opaque().or_else(|| right.opaque()) {
        return Ok(Object::Unknown(why));
    }
    let wrap = |object: &Object| node(object).unwrap_or_else(|| wrapped(object));
    let (a, b) = (wrap(left), wrap(right));
    let version = facts(interpreter).version;
    if a.children.is_empty() {
        return Ok(make(interpreter, b));
    }
    if b.children.is_empty() {
        return Ok(make(interpreter, a));
    }
    let mut result = Node { children: Vec::new(), connector: connector.into(), negated: false };
    for part in [a, b] {
        add(interpreter, &mut result, part, connector, version)?;
    }
    Ok(make(interpreter, result))
}

fn wrapped(object: &Object) -> Node {
    Node { children: vec![object.clone()], connector: "AND".into(), negated: false }
}

/// `Node.add`: squashes a child that is joined the same way.
fn add(
    interpreter: &mut Interpreter,
    own: &mut Node,
    data: Node,
    connector: &str,
    version: DjangoVersion,
) -> Eval<()> {
    let squash = !data.negated && (data.connector == connector || data.children.len() == 1);
    if own.connector != connector {
        let old = Node {
            children: std::mem::take(&mut own.children),
            connector: own.connector.clone(),
            negated: own.negated,
        };
        own.connector = connector.into();
        let (old, new) = (make(interpreter, old), make(interpreter, data));
        own.children = vec![old, new];
        return Ok(());
    }
    if !squash {
        let new = make(interpreter, data);
        own.children.push(new);
        return Ok(());
    }
    for child in data.children {
        // Before 4.2 a child that is there already is not added again.
        if version < DjangoVersion::V4_2 && data.connector == connector {
            own.children.push(child);
            continue;
        }
        own.children.push(child);
    }
    Ok(())
}

/// `~q`
pub(super) fn negated(interpreter: &mut Interpreter, args: Args) -> Eval {
    let Some(object) = args.get(0) else { return Ok(Object::None) };
    if object.is_unknown() {
        return Ok(object.clone());
    }
    let Some(mut own) = node(object) else {
        let inner = wrapped(object);
        return Ok(make(interpreter, Node { negated: true, ..inner }));
    };
    if facts(interpreter).version >= DjangoVersion::V4_2 {
        own.negated = !own.negated;
        return Ok(make(interpreter, own));
    }
    // Earlier: an empty node takes this one in (squashed where it can be), then is negated.
    let squash = !own.negated && (own.connector == "AND" || own.children.len() == 1);
    let children = if squash { own.children } else { vec![object.clone()] };
    Ok(make(interpreter, Node { children, connector: "AND".into(), negated: true }))
}

fn add_method(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(Object::Instance(own)), Some(data)) = (args.get(0), args.get(1)) else {
        return Ok(Object::None);
    };
    let connector = args.param(2, "conn_type").and_then(Object::as_str).unwrap_or_else(|| "AND".into());
    let Some(mut parts) = read(own) else { return Ok(Object::None) };
    let version = facts(interpreter).version;
    match node(data) {
        Some(data) => add(interpreter, &mut parts, data, &connector, version)?,
        None if parts.connector == *connector => parts.children.push(data.clone()),
        None => add(interpreter, &mut parts, Node { negated: true, ..wrapped(data) }, &connector, version)?,
    }
    write(interpreter, own, parts);
    Ok(data.clone())
}

fn copy_method(interpreter: &mut Interpreter, args: Args) -> Eval {
    match args.get(0).and_then(node) {
        Some(node) => Ok(make(interpreter, node)),
        None => Ok(Object::None),
    }
}

fn negate_method(interpreter: &mut Interpreter, args: Args) -> Eval {
    if let Some(Object::Instance(own)) = args.get(0)
        && let Some(mut parts) = read(own)
    {
        parts.negated = !parts.negated;
        write(interpreter, own, parts);
    }
    Ok(Object::None)
}
