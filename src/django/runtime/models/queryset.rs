//! `django.db.models.query.QuerySet`: its data is in the database, so what it answers is not known.

use std::rc::Rc;

use super::managers;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Descriptor, Native, Object};
use crate::python::syntax::Name;

fn asks(interpreter: &mut Interpreter, _: Args) -> Eval {
    Ok(interpreter.unknown("asks the database"))
}

macro_rules! queries {
    ($($name:literal),* $(,)?) => {
        &[$(Native { path: concat!("django.db.models.query.QuerySet.", $name), call: asks }),*]
    };
}

/// Public methods, which `Manager.from_queryset` hands on.
pub(super) static METHODS: &[Native] = queries![
    "iterator",
    "aiterator",
    "aggregate",
    "aaggregate",
    "count",
    "acount",
    "get",
    "aget",
    "create",
    "acreate",
    "bulk_create",
    "abulk_create",
    "bulk_update",
    "abulk_update",
    "get_or_create",
    "aget_or_create",
    "update_or_create",
    "aupdate_or_create",
    "earliest",
    "aearliest",
    "latest",
    "alatest",
    "first",
    "afirst",
    "last",
    "alast",
    "in_bulk",
    "ain_bulk",
    "delete",
    "adelete",
    "update",
    "aupdate",
    "exists",
    "aexists",
    "contains",
    "acontains",
    "explain",
    "aexplain",
    "raw",
    "values",
    "values_list",
    "dates",
    "datetimes",
    "none",
    "all",
    "filter",
    "exclude",
    "complex_filter",
    "union",
    "intersection",
    "difference",
    "select_for_update",
    "select_related",
    "prefetch_related",
    "annotate",
    "alias",
    "order_by",
    "distinct",
    "extra",
    "reverse",
    "defer",
    "only",
    "using",
    "fetch_mode",
    "_clone",
    "_chain",
    "_next_is_sticky",
];

static INIT: Native =
    Native { path: "django.db.models.query.QuerySet.__init__", call: |_, _| Ok(Object::None) };

static AS_MANAGER: Native = Native {
    path: "django.db.models.query.QuerySet.as_manager",
    call: |interpreter, args| {
        let Some(Object::Class(queryset)) = args.get(0) else { return Ok(Object::None) };
        managers::from_as_manager(interpreter, queryset)
    },
};

/// `QuerySet`
pub(super) fn class_of(interpreter: &mut Interpreter) -> Rc<Class> {
    let class =
        crate::django::runtime::class(interpreter, "django.db.models.query", "QuerySet", &[], METHODS);
    let mut attrs = class.attrs.borrow_mut();
    if !attrs.contains_key("as_manager") {
        let as_manager = Descriptor::ClassMethod(Object::Native(&AS_MANAGER));
        attrs.insert(Name::new_static("as_manager"), Object::Descriptor(Rc::new(as_manager)));
        attrs.insert(Name::new_static("__init__"), Object::Native(&INIT));
    }
    drop(attrs);
    class
}
