//! `django.db.models.options.Options`: `Model._meta`.

use std::rc::Rc;
use std::sync::Arc;

use super::field_lists::{
    add_field, all_fields, concrete_fields, fields_map, get_field, get_fields, list, local_concrete,
    many_to_many, plain_fields, reverse_relations,
};
use super::meta::Meta;
use super::parents::{ancestor_link, ancestors, base_chain, parent_list};
use super::{managers, own, registry, set, truth};
use crate::django::runtime::{facts, fields};
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Dict, Instance, Mutable, Native, Object};
use crate::python::syntax::Name;

/// Names that `class Meta` may have, in Django's order, of all supported versions
/// (`index_together` until 5.0, `db_table_comment` from 4.2).
pub(crate) const DEFAULT_NAMES: &[&str] = &[
    "verbose_name",
    "verbose_name_plural",
    "db_table",
    "db_table_comment",
    "ordering",
    "unique_together",
    "permissions",
    "get_latest_by",
    "order_with_respect_to",
    "app_label",
    "db_tablespace",
    "abstract",
    "managed",
    "proxy",
    "swappable",
    "auto_created",
    "index_together",
    "apps",
    "default_permissions",
    "select_on_save",
    "default_related_name",
    "required_db_features",
    "required_db_vendor",
    "base_manager_name",
    "default_manager_name",
    "indexes",
    "constraints",
];

static METHODS: &[Native] = &[
    Native { path: "django.db.models.options.Options.add_field", call: add_field },
    Native { path: "django.db.models.options.Options.add_manager", call: add_manager },
    Native { path: "django.db.models.options.Options.setup_pk", call: setup_pk },
    Native { path: "django.db.models.options.Options.get_field", call: get_field },
    Native { path: "django.db.models.options.Options.get_fields", call: get_fields },
    Native { path: "django.db.models.options.Options._get_fields", call: get_fields },
    Native { path: "django.db.models.options.Options.get_parent_list", call: parent_list },
    Native { path: "django.db.models.options.Options.get_ancestor_link", call: ancestor_link },
    Native { path: "django.db.models.options.Options.get_base_chain", call: base_chain },
    Native { path: "django.db.models.options.Options._expire_cache", call: |_, _| Ok(Object::None) },
    Native { path: "django.db.models.options.Options.can_migrate", call: |_, _| Ok(Object::Bool(true)) },
    Native { path: "django.db.models.options.Options.__str__", call: label_lower },
    Native { path: "django.db.models.options.Options.__repr__", call: label_lower },
];

static PROPERTIES: &[Native] = &[
    Native { path: "django.db.models.options.Options.label", call: label },
    Native { path: "django.db.models.options.Options.label_lower", call: label_lower },
    Native { path: "django.db.models.options.Options.app_config", call: app_config },
    Native {
        path: "django.db.models.options.Options.apps",
        call: |interpreter, _| Ok(registry::apps(interpreter)),
    },
    Native { path: "django.db.models.options.Options.verbose_name_raw", call: verbose_name },
    Native {
        path: "django.db.models.options.Options.swapped",
        call: |interpreter, args| {
            Ok(match of(&args) {
                Some(meta) => swapped(interpreter, &meta),
                None => Object::None,
            })
        },
    },
    Native {
        path: "django.db.models.options.Options.all_parents",
        call: |i, a| Ok(Object::tuple(ancestors(i, &a))),
    },
    Native {
        path: "django.db.models.options.Options.total_unique_constraints",
        call: |_, _| Ok(Object::list(Vec::new())),
    },
    Native {
        path: "django.db.models.options.Options.db_returning_fields",
        call: |_, _| Ok(Object::list(Vec::new())),
    },
    Native { path: "django.db.models.options.Options.fields_map", call: reverse_relations },
    Native {
        path: "django.db.models.options.Options.pk_fields",
        call: |_, args| {
            let key = of(&args).and_then(|meta| meta.get("pk")).unwrap_or(Object::None);
            Ok(Object::list(vec![key]))
        },
    },
    Native { path: "django.db.models.options.Options.fields", call: |i, a| list(i, &a, plain_fields) },
    Native {
        path: "django.db.models.options.Options.concrete_fields",
        call: |i, a| list(i, &a, concrete_fields),
    },
    Native {
        path: "django.db.models.options.Options.local_concrete_fields",
        call: |i, a| list(i, &a, local_concrete),
    },
    Native { path: "django.db.models.options.Options.many_to_many", call: |i, a| list(i, &a, many_to_many) },
    Native { path: "django.db.models.options.Options._forward_fields_map", call: fields_map },
    Native { path: "django.db.models.options.Options.related_objects", call: reverse_relations },
    Native { path: "django.db.models.options.Options.managers", call: managers_property },
    Native { path: "django.db.models.options.Options.managers_map", call: managers_map },
    Native {
        path: "django.db.models.options.Options.base_manager",
        call: |i, a| manager(i, &a, managers::base_manager),
    },
    Native {
        path: "django.db.models.options.Options.default_manager",
        call: |i, a| manager(i, &a, managers::default_manager),
    },
];

/// `normalize_together(option_together)`
pub(super) static NORMALIZE_TOGETHER: Native = Native {
    path: "django.db.models.options.normalize_together",
    call: |interpreter, args| {
        let value = args.get(0).cloned().unwrap_or(Object::None);
        normalize_together(interpreter, &value)
    },
};

/// `Options`
pub(super) fn class_of(interpreter: &mut Interpreter) -> Rc<Class> {
    super::class_with(interpreter, "django.db.models.options", "Options", &[], METHODS, PROPERTIES)
}

/// The `Options` that a method was called on.
pub(super) fn of(args: &Args) -> Option<Meta> {
    args.get(0).and_then(Object::as_instance).map(|meta| Meta(meta.clone()))
}

/// `Options(meta, app_label)` and its `contribute_to_class(cls, "_meta")`.
pub(super) fn make(
    interpreter: &mut Interpreter,
    class: &Rc<Class>,
    meta: Option<&Object>,
    app_label: Object,
) -> Eval<Meta> {
    let options = class_of(interpreter);
    let instance = interpreter.instance_of(&options);
    let Object::Instance(instance) = &instance else { return Err(interpreter.exhausted("cannot be made")) };
    let options = Meta(instance.clone());
    for (name, value) in defaults(app_label) {
        set(interpreter, instance, name, value);
    }
    let object_name = class.name.to_string();
    for (name, value) in [
        ("model", Object::Class(class.clone())),
        ("object_name", Object::str(object_name.clone())),
        ("model_name", Object::str(object_name.to_lowercase())),
        ("verbose_name", Object::str(camel_case_to_spaces(&object_name))),
    ] {
        set(interpreter, instance, name, value);
    }
    interpreter.set_class_attribute(
        class,
        &Name::new_static("_meta"),
        Some(Object::Instance(instance.clone())),
    );
    let mut original = Dict::default();
    if let Some(Object::Class(meta)) = meta {
        for name in DEFAULT_NAMES {
            let Some((value, _)) = meta.lookup(name) else { continue };
            set(interpreter, instance, name, value.clone());
            original.insert_str(name, value);
        }
        for name in ["unique_together", "index_together"] {
            let together = options.get(name).unwrap_or(Object::None);
            let together = normalize_together(interpreter, &together)?;
            set(interpreter, instance, name, together);
        }
        if !options.flag("abstract") {
            for name in ["constraints", "indexes"] {
                super::indexes::format_names(interpreter, &options, name)?;
            }
        }
    }
    set(interpreter, instance, "original_attrs", Object::Dict(Mutable::new(original)));
    if matches!(options.get("verbose_name_plural"), None | Some(Object::None)) {
        let plural = match options.text("verbose_name") {
            Some(text) => Object::str(format!("{text}s")),
            None => options.get("verbose_name").unwrap_or(Object::None),
        };
        set(interpreter, instance, "verbose_name_plural", plural);
    }
    if let (Some(Object::Str(table)), Some((app, model))) = (options.get("db_table"), options.key())
        && table.is_empty()
    {
        let table = super::indexes::truncate_table(interpreter, &format!("{app}_{model}"));
        set(interpreter, instance, "db_table", Object::str(table));
    }
    Ok(options)
}

/// What `Options.__init__` sets.
fn defaults(app_label: Object) -> Vec<(&'static str, Object)> {
    let permissions = ["add", "change", "delete", "view"].map(Object::str).to_vec();
    let mut all = vec![
        ("app_label", app_label),
        ("default_permissions", Object::tuple(permissions)),
        ("db_table", Object::str("")),
        ("db_table_comment", Object::str("")),
        ("db_tablespace", Object::str("")),
        ("parents", Object::from_dict(Dict::default())),
        ("managed", Object::Bool(true)),
    ];
    for name in [
        "local_fields",
        "local_many_to_many",
        "private_fields",
        "local_managers",
        "ordering",
        "indexes",
        "constraints",
        "unique_together",
        "index_together",
        "permissions",
        "required_db_features",
        "related_fkey_lookups",
    ] {
        all.push((name, Object::list(Vec::new())));
    }
    for name in [
        "base_manager_name",
        "default_manager_name",
        "verbose_name_plural",
        "get_latest_by",
        "order_with_respect_to",
        "required_db_vendor",
        "pk",
        "auto_field",
        "proxy_for_model",
        "concrete_model",
        "swappable",
        "default_related_name",
    ] {
        all.push((name, Object::None));
    }
    for name in ["abstract", "proxy", "auto_created", "select_on_save"] {
        all.push((name, Object::Bool(false)));
    }
    all
}

/// `django.utils.text.camel_case_to_spaces`: a space before each capital that starts a word.
fn camel_case_to_spaces(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::with_capacity(name.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let lower = |c: Option<&char>| c.is_some_and(char::is_ascii_lowercase);
        let upper = |c: Option<&char>| c.is_some_and(char::is_ascii_uppercase);
        if letter.is_ascii_uppercase() && (lower(before) || (after.is_some() && !upper(after))) {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text.trim().to_owned()
}

/// A tuple of tuples, whatever `unique_together` was written as.
pub(crate) fn normalize_together(interpreter: &mut Interpreter, value: &Object) -> Eval {
    if value.is_unknown() {
        return Ok(value.clone());
    }
    if truth(interpreter, value) == Some(false) {
        return Ok(Object::tuple(Vec::new()));
    }
    if !matches!(value, Object::Tuple(_) | Object::List(_)) {
        return Ok(value.clone());
    }
    if let Some(why) = interpreter.unknown_items(value) {
        return Ok(Object::Unknown(why));
    }
    let items = interpreter.items(value)?;
    let nested = matches!(items.first(), Some(Object::Tuple(_) | Object::List(_)));
    let groups = if nested { items } else { vec![value.clone()] };
    let mut all = Vec::with_capacity(groups.len());
    for group in groups {
        match interpreter.unknown_items(&group) {
            Some(why) => all.push(Object::Unknown(why)),
            None => all.push(Object::tuple(interpreter.items(&group)?)),
        }
    }
    Ok(Object::tuple(all))
}

/// `Options._prepare`: `order_with_respect_to`'s field, and the primary key.
pub(super) fn prepare(interpreter: &mut Interpreter, meta: &Meta, class: &Rc<Class>) -> Eval<()> {
    let respect = meta.get("order_with_respect_to").unwrap_or(Object::None);
    if let Some(name) = respect.as_str().filter(|name| !name.is_empty()) {
        let all = all_fields(interpreter, meta);
        let field = all.iter().find(|field| {
            ["name", "attname"]
                .iter()
                .any(|key| own(field, key).and_then(|v| v.as_str()).as_ref() == Some(&name))
        });
        if let Some(field) = field {
            set(interpreter, &meta.0, "order_with_respect_to", Object::Instance(field.clone()));
        }
        set(interpreter, &meta.0, "ordering", Object::tuple(vec![Object::str("_order")]));
        let ordered = meta
            .instances("local_fields")
            .iter()
            .any(|field| field.class.borrow().derives_from("django.db.models.fields.proxy.OrderWrt"));
        if !ordered && let Some(order) = fields::by_path(interpreter, "django.db.models.OrderWrt") {
            let field = interpreter.call(&Object::Class(order), Args::none())?;
            super::base::contribute(interpreter, class, &Name::new_static("_order"), &field)?;
        }
    }
    if matches!(meta.get("pk"), Some(Object::None) | None) {
        add_primary_key(interpreter, meta, class)?;
    }
    Ok(())
}

fn add_primary_key(interpreter: &mut Interpreter, meta: &Meta, class: &Rc<Class>) -> Eval<()> {
    let first = meta.dict("parents").get().iter().next().map(|(_, link)| link.clone());
    if let Some(Object::Instance(link)) = first {
        let name = own(&link, "name").and_then(|name| name.as_str());
        let local = meta
            .instances("local_fields")
            .into_iter()
            .find(|field| own(field, "name").and_then(|name| name.as_str()) == name);
        let field = local.unwrap_or(link);
        set(interpreter, &field, "primary_key", Object::Bool(true));
        make_primary_key(interpreter, meta, &field);
        return Ok(());
    }
    if !meta.openings().is_empty() {
        // A base that is not known may bring a key of its own.
        return Ok(());
    }
    if let Some(doubt) = meta.doubts().into_iter().find(|doubt| doubt.called) {
        // What may be a field may be the primary key; then there is no automatic one.
        meta.doubt(interpreter, "id", doubt.why, false);
        return Ok(());
    }
    let label = meta.text("app_label");
    let path = registry::default_auto_field(interpreter, label.as_deref());
    let key_class = match &path {
        Object::Str(path) => match fields::by_path(interpreter, path) {
            Some(class) => Object::Class(class),
            None => interpreter.import_path(path)?,
        },
        other => other.clone(),
    };
    let keywords = vec![
        (Name::new_static("verbose_name"), Object::str("ID")),
        (Name::new_static("primary_key"), Object::Bool(true)),
        (Name::new_static("auto_created"), Object::Bool(true)),
    ];
    let field = interpreter.call(&key_class, Args { positional: Vec::new(), keywords, open: None })?;
    super::base::contribute(interpreter, class, &Name::new_static("id"), &field)
}

fn make_primary_key(interpreter: &mut Interpreter, meta: &Meta, field: &Rc<Instance>) {
    set(interpreter, &meta.0, "pk", Object::Instance(field.clone()));
    set(interpreter, field, "serialize", Object::Bool(false));
}

/// `Options.setup_pk(field)`
pub(super) fn setup_pk(interpreter: &mut Interpreter, args: Args) -> Eval {
    let (Some(meta), Some(Object::Instance(field))) = (of(&args), args.param(1, "field")) else {
        return Ok(Object::None);
    };
    if matches!(meta.get("pk"), Some(Object::None) | None) {
        let key = interpreter.get_attribute(&Object::Instance(field.clone()), &"primary_key".into())?;
        if truth(interpreter, &key) == Some(true) {
            make_primary_key(interpreter, &meta, field);
        }
    }
    Ok(Object::None)
}

fn add_manager(interpreter: &mut Interpreter, args: Args) -> Eval {
    if let (Some(meta), Some(manager)) = (of(&args), args.param(1, "manager")) {
        let list = meta.mutable("local_managers");
        let manager = manager.clone();
        interpreter.change_list(&list, |items| items.push(manager));
    }
    Ok(Object::None)
}

fn label(interpreter: &mut Interpreter, args: Args) -> Eval {
    join_label(interpreter, &args, "object_name")
}

fn label_lower(interpreter: &mut Interpreter, args: Args) -> Eval {
    join_label(interpreter, &args, "model_name")
}

fn join_label(interpreter: &mut Interpreter, args: &Args, name: &str) -> Eval {
    let meta = of(args);
    let parts = meta.as_ref().map(|meta| (meta.text("app_label"), meta.text(name)));
    Ok(match parts {
        Some((Some(app), Some(name))) => Object::str(format!("{app}.{name}")),
        Some((None, Some(name))) => Object::str(format!("None.{name}")),
        _ => interpreter.unknown("a model without a name"),
    })
}

fn verbose_name(_: &mut Interpreter, args: Args) -> Eval {
    Ok(of(&args).and_then(|meta| meta.get("verbose_name")).unwrap_or(Object::None))
}

fn app_config(interpreter: &mut Interpreter, args: Args) -> Eval {
    let label = of(&args).and_then(|meta| meta.text("app_label"));
    Ok(match label.and_then(|label| registry::app_by_label(interpreter, &label)) {
        Some(app) => registry::config(interpreter, &app),
        None => Object::None,
    })
}

/// `Options.swapped`: the model that a setting puts in this one's place, or `None`.
pub(crate) fn swapped(interpreter: &mut Interpreter, meta: &Meta) -> Object {
    let Some(setting) = meta.text("swappable").filter(|setting| !setting.is_empty()) else {
        return Object::None;
    };
    let value = facts(interpreter).settings.get(&setting);
    let Some(value) = value else { return Object::None };
    if let Some(why) = value.as_unknown() {
        return Object::Unknown(why.clone());
    }
    let Some(named) = value.as_str().filter(|named| !named.is_empty()) else { return Object::None };
    let Some((app, model)) = meta.key() else { return Object::None };
    let this: Arc<str> = format!("{app}.{model}").into();
    let same =
        named.split_once('.').is_some_and(|(app, model)| format!("{app}.{}", model.to_lowercase()) == *this);
    if same { Object::None } else { Object::str(named) }
}

fn managers_property(interpreter: &mut Interpreter, args: Args) -> Eval {
    let _ = interpreter;
    let Some(meta) = of(&args) else { return Ok(Object::None) };
    Ok(Object::list(managers::of(&meta)))
}

fn managers_map(_: &mut Interpreter, args: Args) -> Eval {
    let Some(meta) = of(&args) else { return Ok(Object::None) };
    let mut map = Dict::default();
    for manager in managers::of(&meta) {
        let name =
            manager.as_instance().and_then(|manager| own(manager, "name")).and_then(|name| name.as_str());
        if let Some(name) = name {
            map.insert_str(&name, manager);
        }
    }
    Ok(Object::from_dict(map))
}

fn manager(
    interpreter: &mut Interpreter,
    args: &Args,
    find: fn(&mut Interpreter, &Meta) -> Eval<Option<Object>>,
) -> Eval {
    let Some(meta) = of(args) else { return Ok(Object::None) };
    Ok(find(interpreter, &meta)?.unwrap_or(Object::None))
}

/// Whether Django of that version knows a `Meta` option.
pub(crate) fn known_option(version: DjangoVersion, name: &str) -> bool {
    match name {
        "index_together" => version < DjangoVersion(5, 1),
        "db_table_comment" => version >= DjangoVersion::V4_2,
        _ => true,
    }
}
