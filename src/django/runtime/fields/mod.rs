//! Model fields as native classes, made from one [`table`].

mod choices;
mod construct;
mod deconstruct;
mod live;
mod on_delete;
mod relation_names;
mod storing;
mod table;

use std::rc::Rc;

use super::{Part, class};
use crate::python::interpreter::Interpreter;
use crate::python::object::{Class, Namespace, Native, Object};
use crate::python::syntax::Name;

pub(super) use deconstruct::freeze;
pub(crate) use relation_names::{BARE_NAME, BARE_THROUGH};
use table::{SPECS, Spec, exported_by};

/// The path of the class that all fields derive from.
pub const FIELD: &str = "django.db.models.fields.Field";

/// Field classes.
pub(super) const PART: Part = Part { modules, names };

fn modules() -> Vec<&'static str> {
    let mut modules: Vec<&'static str> =
        SPECS.iter().flat_map(|spec| exported_by(spec.module)).copied().collect();
    modules.extend(["django.db.models.deletion", "django.db.models.fields.reverse_related"]);
    modules.sort_unstable();
    modules.dedup();
    modules
}

/// `RangeOperators` (`django/contrib/postgres/fields/ranges.py`): names for PostgreSQL's operators.
fn range_operators(interpreter: &mut Interpreter) -> Object {
    let class = class(interpreter, "django.contrib.postgres.fields.ranges", "RangeOperators", &[], &[]);
    for (name, operator) in [
        ("EQUAL", "="),
        ("NOT_EQUAL", "<>"),
        ("CONTAINS", "@>"),
        ("CONTAINED_BY", "<@"),
        ("OVERLAPS", "&&"),
        ("FULLY_LT", "<<"),
        ("FULLY_GT", ">>"),
        ("NOT_LT", "&>"),
        ("NOT_GT", "&<"),
        ("ADJACENT_TO", "-|-"),
    ] {
        class.attrs.borrow_mut().insert(Name::new_static(name), Object::str(operator));
    }
    Object::Class(class)
}

fn names(interpreter: &mut Interpreter, module: &str) -> Namespace {
    let mut names = Namespace::default();
    for spec in SPECS {
        if exported_by(spec.module).contains(&module) {
            let class = class_of(interpreter, spec);
            names.insert(Name::new_static(spec.name), Object::Class(class));
        }
    }
    if module == "django.db.models.fields" || module == "django.db.models" {
        names.insert(Name::new_static("NOT_PROVIDED"), not_provided(interpreter));
        let dash = Object::tuple(vec![Object::str(""), Object::str("---------")]);
        names.insert(Name::new_static("BLANK_CHOICE_DASH"), Object::list(vec![dash]));
    }
    if matches!(module, "django.contrib.postgres.fields" | "django.contrib.postgres.fields.ranges") {
        names.insert(Name::new_static("RangeOperators"), range_operators(interpreter));
    }
    if module == "django.db.models.deletion" || module == "django.db.models" {
        for native in on_delete::ON_DELETE {
            let name = native.path.rsplit('.').next().unwrap_or(native.path);
            names.insert(Name::new_static(name), Object::Native(native));
        }
        names.insert(Name::new_static("SET"), Object::Native(&on_delete::SET));
        for error in ["ProtectedError", "RestrictedError"] {
            let base = interpreter.types.exception("Exception");
            let class = class(interpreter, "django.db.models.deletion", error, &[base], &[]);
            names.insert(Name::new_static(error), Object::Class(class));
        }
    }
    if matches!(
        module,
        "django.db.models.fields.reverse_related" | "django.db.models.fields.related" | "django.db.models"
    ) {
        for name in ["ForeignObjectRel", "ManyToOneRel", "OneToOneRel", "ManyToManyRel"] {
            let rel = construct::rel_class(interpreter, name);
            names.insert(Name::new_static(name), Object::Class(rel));
        }
    }
    if module == "django.db.models.fields.related" {
        names.insert(Name::new_static("RECURSIVE_RELATIONSHIP_CONSTANT"), Object::str("self"));
    }
    names
}

/// `NOT_PROVIDED`
pub(crate) fn not_provided(interpreter: &mut Interpreter) -> Object {
    Object::Class(class(interpreter, "django.db.models.fields", "NOT_PROVIDED", &[], &[]))
}

/// The native class of a spec.
pub(crate) fn class_of(interpreter: &mut Interpreter, spec: &'static Spec) -> Rc<Class> {
    let base = SPECS.iter().find(|base| base.name == spec.base && !std::ptr::eq(*base, spec));
    let bases: Vec<Rc<Class>> = base.into_iter().map(|base| class_of(interpreter, base)).collect();
    let methods: &'static [Native] = if spec.base.is_empty() { construct::METHODS } else { &[] };
    let made = class(interpreter, spec.module, spec.name, &bases, methods);
    if spec.name.ends_with("AutoField") && bases.len() == 1 {
        // isinstance(field, AutoField) holds for its siblings too (AutoFieldMeta.__instancecheck__).
        made.attrs.borrow_mut().insert(Name::new_static("db_returning"), Object::Bool(true));
    }
    construct::relation_attributes(spec.name, &mut made.attrs.borrow_mut());
    if spec.name == "Field" && made.attrs.borrow().get("empty_strings_allowed").is_none() {
        construct::class_attributes(&mut made.attrs.borrow_mut());
    }
    made
}

/// The field class that Django knows by a dotted path, shortened or not.
pub fn by_path(interpreter: &mut Interpreter, path: &str) -> Option<Rc<Class>> {
    let (module, name) = path.rsplit_once('.')?;
    let spec = SPECS.iter().find(|spec| {
        spec.name == name && (spec.module == module || exported_by(spec.module).contains(&module))
    })?;
    Some(class_of(interpreter, spec))
}
