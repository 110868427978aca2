//! What the records of real Django (`tests/state_forwards.rs`) do not reach: failures at load,
//! what is not known, references across apps.

use std::sync::Arc;

use super::apps::{Apps, Related, builtin_field};
use super::options::normalize_together;
use super::render::{RenderErrorKind, Role, references_to_other_apps, unresolved_references};
use super::tables::{names_digest, split_identifier, strip_quotes, truncate_name};
use super::{Phase, ProjectState, StateError, StateErrorKind, Swappables};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, MigrationKey, ModelKey};
use crate::django::migration::{Migration, Origin};
use crate::django::operations::{
    CreateModel, CustomOperation, Named, Operation, OperationKind, StateForwards,
};
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Unknown, Value};

const VERSION: DjangoVersion = DjangoVersion::V5_2;

fn field(class: &str, kwargs: &[(&str, Value)]) -> Arc<Field> {
    let kwargs = kwargs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    builtin_field(&format!("django.db.models.{class}"), kwargs, None)
}

fn foreign_key(to: &str) -> Arc<Field> {
    field("ForeignKey", &[("to", Value::str(to))])
}

fn operation(kind: OperationKind) -> Operation {
    let class = "django.db.migrations.operations.some.Operation".into();
    Operation { class, kind, at: None, custom_describe: None }
}

fn create(name: &str, fields: &[(&str, Arc<Field>)]) -> Operation {
    operation(OperationKind::CreateModel(create_model(name, fields)))
}

fn create_model(name: &str, fields: &[(&str, Arc<Field>)]) -> CreateModel {
    CreateModel {
        name: name.into(),
        fields: fields.iter().map(|(name, field)| ((*name).into(), field.clone())).collect(),
        options: Vec::new(),
        bases: Vec::new(),
        managers: Vec::new(),
        unknowns: Vec::new(),
    }
}

fn custom(state_forwards: StateForwards) -> Operation {
    let kind =
        OperationKind::Custom(CustomOperation { state_forwards, ..CustomOperation::unread("Special") });
    Operation { class: "shop.operations.Special".into(), ..operation(kind) }
}

fn remove_field(model: &str, name: &str) -> Operation {
    operation(OperationKind::RemoveField { model_name: model.into(), name: name.into() })
}

fn rename_field(old: &str, new: &str) -> Operation {
    operation(OperationKind::RenameField {
        model_name: "Book".into(),
        old_name: old.into(),
        new_name: new.into(),
    })
}

fn rename_model(old: &str, new: &str) -> Operation {
    operation(OperationKind::RenameModel { old_name: old.into(), new_name: new.into() })
}

fn shop() -> AppLabel {
    AppLabel::new("shop")
}

fn key(text: &str) -> ModelKey {
    ModelKey::parse(text, &shop())
}

fn replay(operations: &[Operation]) -> (ProjectState, Vec<StateError>) {
    let mut state = ProjectState::default();
    let errors = operations.iter().flat_map(|operation| state.apply(&shop(), operation, VERSION)).collect();
    (state, errors)
}

fn books() -> Vec<Operation> {
    vec![
        create("Author", &[("id", field("AutoField", &[("primary_key", Value::Bool(true))]))]),
        create(
            "Book",
            &[
                ("title", field("CharField", &[("max_length", Value::Int(10))])),
                ("author", foreign_key("shop.author")),
                ("sequel", foreign_key("self")),
            ],
        ),
    ]
}

#[test]
fn create_model_lists_nothing_twice() {
    let char_field = || ("title", field("TextField", &[]));
    let twice = |change: fn(&mut CreateModel)| {
        let mut model = create_model("Book", &[char_field()]);
        change(&mut model);
        let (_, errors) = replay(&[operation(OperationKind::CreateModel(model))]);
        errors.into_iter().map(|error| (error.phase, error.kind.to_string())).collect::<Vec<_>>()
    };
    let fields = twice(|model| model.fields.push(model.fields[0].clone()));
    assert_eq!(
        fields,
        [(Phase::Load, "`title` is listed twice in the fields of model `shop.book`".to_owned())]
    );
    let bases = twice(|model| model.bases = vec![Value::str("shop.Base"), Value::str("shop.base")]);
    assert_eq!(
        bases,
        [(Phase::Load, "`shop.base` is listed twice in the bases of model `shop.book`".to_owned())]
    );
    let managers = twice(|model| {
        let manager: Named<Value> = ("objects".into(), Value::None);
        model.managers = vec![manager.clone(), manager];
    });
    assert_eq!(
        managers,
        [(Phase::Load, "`objects` is listed twice in the managers of model `shop.book`".to_owned())]
    );
    assert_eq!(twice(|_| {}), []);
}

#[test]
fn indexes_have_names() {
    let index = |name: Option<Value>| {
        let kwargs = name.into_iter().map(|name| ("name".into(), name)).collect();
        Value::Call(Arc::new(Call { path: "django.db.models.Index".into(), args: Vec::new(), kwargs }))
    };
    let add = |index: Value| {
        let add = OperationKind::AddIndex { model_name: "Book".into(), index, concurrently: false };
        let mut operations = books();
        operations.push(operation(add));
        replay(&operations).1.into_iter().map(|error| (error.phase, error.kind)).collect::<Vec<_>>()
    };
    let unnamed = StateErrorKind::UnnamedIndex { model: key("book") };
    assert_eq!(add(index(None)), [(Phase::Load, unnamed.clone())]);
    assert_eq!(add(index(Some(Value::str("")))), [(Phase::Load, unnamed)]);
    assert_eq!(add(index(Some(Value::str("i")))), []);
    assert_eq!(add(index(Some(Value::unknown("a call", None)))), []);
    assert_eq!(add(Value::unknown("a call", None)), []);
}

#[test]
fn an_index_that_is_not_known_may_be_the_one_removed() {
    let unknown = OperationKind::AddIndex {
        model_name: "Book".into(),
        index: Value::unknown("a call", None),
        concurrently: false,
    };
    let remove =
        OperationKind::RemoveIndex { model_name: "Book".into(), name: "i".into(), concurrently: false };
    let mut operations = books();
    operations.extend([operation(unknown), operation(remove)]);
    let (state, errors) = replay(&operations);
    assert_eq!(errors, []);
    let indexes =
        state.models.get(&key("book")).unwrap().option("indexes").and_then(Value::items).map(<[_]>::len);
    assert_eq!(indexes, Some(1), "nor is it taken for it");
}

#[test]
fn nothing_is_certain_after_an_operation_that_could_not_be_read() {
    let missing = remove_field("Nope", "x");
    let (state, errors) = replay(&[custom(StateForwards::Unread), missing.clone()]);
    assert!(!state.is_known(&shop()) && !state.is_known(&AppLabel::new("other")));
    assert_eq!(state.unknowns.len(), 1);
    assert_eq!(errors.iter().map(|error| error.certain).collect::<Vec<_>>(), [false]);

    let (state, errors) = replay(&[custom(StateForwards::Operations(Vec::new())), missing.clone()]);
    assert!(state.is_known(&shop()));
    assert_eq!(errors.iter().map(|error| error.certain).collect::<Vec<_>>(), [true]);

    let (_, errors) = replay(&[custom(StateForwards::NotImplemented)]);
    assert_eq!(errors[0].kind, StateErrorKind::NotImplemented { class: "shop.operations.Special".into() });
    assert_eq!(errors[0].phase, Phase::State);

    let (state, errors) =
        replay(&[custom(StateForwards::Operations(books())), remove_field("book", "title")]);
    assert_eq!(errors, []);
    assert!(state.models.contains_key(&key("author")));
}

#[test]
fn a_migration_that_could_not_be_read_touches_its_own_app_only() {
    let mut migration = Migration::empty(MigrationKey::new(shop(), "0001_initial"), Origin::Project);
    let why = Unknown { reason: "operations is built by a call".into(), at: None };
    migration.unknowns.push(Arc::new(why));
    let mut state = ProjectState::default();
    assert_eq!(state.apply_migration(&migration, VERSION), []);
    assert!(!state.is_known(&shop()));
    assert!(state.is_known(&AppLabel::new("other")));

    let assumed = Migration::empty(MigrationKey::new(AppLabel::new("blog"), "0001_initial"), Origin::Assumed);
    state.apply_migration(&assumed, VERSION);
    assert!(!state.is_known(&AppLabel::new("blog")));
}

#[test]
fn a_class_of_the_projects_own_may_apply_itself_otherwise() {
    let again = |class: &str| {
        let mut operations = books();
        operations.push(Operation { class: class.into(), ..operations[1].clone() });
        replay(&operations).1.len()
    };
    assert_eq!(again("django.db.migrations.operations.models.CreateModel"), 1);
    assert_eq!(again("shop.operations.CreateIfMissing"), 0);
}

#[test]
fn a_rename_and_its_reverse_leave_the_model_as_it_was() {
    let (before, _) = replay(&books());
    for (there, back) in [
        (rename_model("Author", "Writer"), rename_model("Writer", "Author")),
        (rename_model("Book", "Work"), rename_model("Work", "Book")),
        (rename_field("title", "name"), rename_field("name", "title")),
    ] {
        let mut state = before.clone();
        assert_eq!(state.apply(&shop(), &there, VERSION), []);
        assert_ne!(format!("{:?}", state.models), format!("{:?}", before.models));
        assert_eq!(state.apply(&shop(), &back, VERSION), []);
        for (key, model) in &before.models {
            let found = state.models.get(key).unwrap();
            assert_eq!(found.fields, model.fields, "{key}"); // The order of an `IndexMap` does not count.
            assert_eq!(found.options, model.options, "{key}");
        }
    }
}

#[test]
fn models_are_shared_until_they_change() {
    let (before, _) = replay(&books());
    let mut after = before.clone();
    after.apply(&shop(), &remove_field("Book", "title"), VERSION);
    let same = |name: &str| {
        Arc::ptr_eq(before.models.get(&key(name)).unwrap(), after.models.get(&key(name)).unwrap())
    };
    assert!(same("author"));
    assert!(!same("book"));
}

#[test]
fn operations_too_deep_within_operations_are_not_followed() {
    let mut deep = custom(StateForwards::Operations(books()));
    for _ in 0..200 {
        let kind = OperationKind::SeparateDatabaseAndState {
            database_operations: Vec::new(),
            state_operations: vec![deep],
        };
        deep = operation(kind);
    }
    let (state, _) = replay(&[deep]);
    assert!(state.models.is_empty());
    assert!(!state.is_known(&shop()));
}

#[test]
fn together_is_normalised_as_django_does() {
    let tuple = |names: &[&str]| Value::Tuple(names.iter().map(|name| Value::str(*name)).collect());
    let list = |items: &[Value]| Value::List(items.into());
    let set = |items: &[Value]| Value::Set(items.into());
    let pair = tuple(&["a", "b"]);
    assert_eq!(normalize_together(&pair), set(std::slice::from_ref(&pair)));
    assert_eq!(
        normalize_together(&list(&[list(&[Value::str("a"), Value::str("b")])])),
        set(std::slice::from_ref(&pair))
    );
    assert_eq!(normalize_together(&set(std::slice::from_ref(&pair))), set(std::slice::from_ref(&pair)));
    assert_eq!(normalize_together(&list(&[])), list(&[]));
    assert!(matches!(normalize_together(&Value::None), Value::None));
    assert!(normalize_together(&list(&[Value::unknown("a call", None)])).as_unknown().is_some());
}

/// Expected values: `django.db.backends.utils` of Django 6.1.
#[test]
fn names_are_cut_as_django_cuts_them() {
    assert_eq!(truncate_name("some_long_table", Some(10)), "some_la38a");
    assert_eq!(truncate_name("short", Some(10)), "short");
    assert_eq!(truncate_name("some_long_table", None), "some_long_table");
    assert_eq!(truncate_name("\"OWNER\".\"SOME_LONG_TABLE\"", Some(10)), "OWNER\".\"SOME_L56f5");
    assert_eq!(truncate_name("ünïcödé_name_x", Some(10)), "ünïcöd6fee");
    assert_eq!(names_digest(&["a", "b"], 8), "187ef443");
    assert_eq!(split_identifier("\"A\".\"B\""), ("A", "B"));
    assert_eq!(strip_quotes("\"A\".\"B\""), "A\".\"B");
}

#[test]
fn references_that_lead_nowhere_are_told() {
    let mut operations = books();
    operations.push(create(
        "Sale",
        &[
            ("book", foreign_key("shop.book")),
            ("user", foreign_key("auth.user")),
            ("place", foreign_key("geo.place")),
            ("gone", foreign_key("shop.gone")),
        ],
    ));
    let (state, _) = replay(&operations);
    let outside = |model: &ModelKey| match model.app.as_str() {
        "auth" => Some(true),
        "geo" => None,
        _ => Some(false),
    };
    let errors = unresolved_references(&state, &outside);
    let unresolved = |field: &str, target: &str| RenderErrorKind::UnresolvedField {
        field: field.into(),
        role: Role::To,
        target: key(target),
    };
    let found: Vec<_> = errors.into_iter().map(|error| (error.kind, error.certain)).collect();
    assert_eq!(found, [(unresolved("place", "geo.place"), false), (unresolved("gone", "shop.gone"), true)]);
}

#[test]
fn bases_in_a_circle_are_told() {
    let child = |name: &str, base: &str| {
        let model = CreateModel { bases: vec![Value::str(base)], ..create_model(name, &[]) };
        operation(OperationKind::CreateModel(model))
    };
    let (state, _) = replay(&[child("A", "shop.b"), child("B", "shop.a")]);
    let found: Vec<_> =
        unresolved_references(&state, &|_| Some(false)).into_iter().map(|error| error.model).collect();
    assert_eq!(found, [key("a"), key("b")]);
    let swappables = Swappables::default();
    let apps = Apps::new(&state, &swappables, "django.db.models.AutoField", None);
    assert!(apps.fields(&key("a")).len() <= 2);
}

#[test]
fn references_to_other_apps_are_collected() {
    let mut migration = Migration::empty(MigrationKey::new(shop(), "0001_initial"), Origin::Project);
    let through =
        field("ManyToManyField", &[("to", Value::str("tags.tag")), ("through", Value::str("shop.Tagging"))]);
    let child =
        CreateModel { bases: vec![Value::str("pages.page")], ..create_model("Shop", &[("tags", through)]) };
    let add = OperationKind::AddField {
        model_name: "Book".into(),
        name: "owner".into(),
        field: foreign_key("auth.user"),
        preserve_default: true,
    };
    migration.operations = books();
    migration.operations.push(operation(OperationKind::CreateModel(child)));
    migration.operations.push(operation(OperationKind::SeparateDatabaseAndState {
        database_operations: Vec::new(),
        state_operations: vec![operation(add)],
    }));
    let swappables = Swappables { settings: [("AUTH_USER_MODEL".into(), "auth.User".into())].into() };
    let found: Vec<_> = references_to_other_apps(&migration, &swappables)
        .into_iter()
        .map(|found| (found.operation, found.target.to_string(), found.role, found.field, found.setting))
        .collect();
    assert_eq!(
        found,
        [
            (2, "pages.page".to_owned(), Role::Base, None, None),
            (2, "tags.tag".to_owned(), Role::To, Some("tags".into()), None),
            (3, "auth.user".to_owned(), Role::To, Some("owner".into()), Some("AUTH_USER_MODEL".into())),
        ]
    );
}

#[test]
fn relations_are_followed() {
    let (state, _) = replay(&books());
    let swappables = Swappables::default();
    let apps = Apps::new(&state, &swappables, "django.db.models.BigAutoField", Some(8));
    let author = apps.field(&key("book"), "author_id").unwrap();
    assert_eq!(apps.related_model(&author.model, &author.field), Some(Related::Model(key("author"))));
    assert_eq!(apps.stored_field(&author).unwrap().field.class_name(), "AutoField");
    let sequel = apps.field(&key("book"), "sequel").unwrap();
    assert_eq!(apps.stored_field(&sequel).unwrap().field.class_name(), "BigAutoField");
    assert_eq!(
        apps.db_table(&key("author")).as_deref(),
        Some(truncate_name("shop_author", Some(8)).as_str())
    );
    let names: Vec<_> = apps.related_objects(&key("book")).into_iter().map(|found| found.name).collect();
    assert_eq!(names, ["sequel".into()]);
}

#[test]
fn a_model_that_is_swapped_out_has_no_table() {
    let mut user =
        create_model("User", &[("friends", field("ManyToManyField", &[("to", Value::str("self"))]))]);
    user.options.push(("swappable".into(), Value::str("AUTH_USER_MODEL")));
    let (state, _) = replay(&[operation(OperationKind::CreateModel(user))]);
    for (setting, tables) in [("shop.User", 2), ("people.Person", 0)] {
        let swappables = Swappables { settings: [("AUTH_USER_MODEL".into(), setting.into())].into() };
        let apps = Apps::new(&state, &swappables, "django.db.models.AutoField", None);
        assert_eq!(apps.tables().len(), tables, "{setting}");
    }
}
