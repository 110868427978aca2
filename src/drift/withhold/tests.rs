use indexmap::IndexMap;

use super::*;
use crate::django::field::FieldClass;
use crate::django::migration::{Dependency, Origin};
use crate::django::operations::{CreateModel, CustomOperation};
use crate::django::state::ModelState;
use crate::python::value::Value;

fn app(label: &str) -> AppLabel {
    AppLabel::new(label)
}

fn key(label: &str, name: &str) -> MigrationKey {
    MigrationKey { app: app(label), name: name.into() }
}

fn operation(kind: Kind) -> Operation {
    let class = "django.db.migrations.operations.some.Operation".into();
    Operation { class, kind, at: None, custom_describe: None }
}

fn field(kwargs: &[(&str, &str)]) -> Arc<Field> {
    let path: Arc<str> = "django.db.models.IntegerField".into();
    let class = FieldClass::of_path(&path);
    let kwargs = kwargs.iter().map(|(name, value)| ((*name).into(), Value::str(*value))).collect();
    Arc::new(Field { path, args: Vec::new(), kwargs, class: Arc::new(class), at: None, live: None })
}

fn add(model: &str, name: &str) -> Kind {
    Kind::AddField { model_name: model.into(), name: name.into(), field: field(&[]), preserve_default: true }
}

fn alter_to(model: &str, name: &str, kwargs: &[(&str, &str)]) -> Operation {
    operation(Kind::AlterField {
        model_name: model.into(),
        name: name.into(),
        field: field(kwargs),
        preserve_default: true,
    })
}

fn alter(model: &str, name: &str) -> Operation {
    alter_to(model, name, &[])
}

fn create(model: &str) -> Kind {
    Kind::CreateModel(CreateModel {
        name: model.into(),
        fields: vec![("total".into(), field(&[]))],
        options: Vec::new(),
        bases: Vec::new(),
        managers: Vec::new(),
        unknowns: Vec::new(),
    })
}

/// An operation written from scratch whose `state_forwards()` can't be followed.
fn custom() -> Kind {
    Kind::Custom(CustomOperation::unread("Special"))
}

fn migration(label: &str, name: &str, kinds: Vec<Kind>) -> Migration {
    let mut migration = Migration::empty(key(label, name), Origin::Project);
    migration.operations = kinds.into_iter().map(operation).collect();
    migration
}

fn unknown(label: &str, name: &str, reason: &str) -> Migration {
    let mut migration = Migration::empty(key(label, name), Origin::Project);
    migration.unknowns.push(Arc::new(Unknown { reason: reason.into(), at: None }));
    migration
}

/// What is certain after these migrations, applied in this order.
fn certainty(migrations: Vec<Migration>) -> Certainty {
    let plan: Vec<_> = migrations.iter().map(|migration| migration.key.clone()).collect();
    let migrations: Vec<_> = migrations.into_iter().map(Arc::new).collect();
    Certainty::of(&plan, &migrations, &[app("other")])
}

/// The operations of `shop.0001` are not known, `shop.0002` does what is given.
fn after(kinds: Vec<Kind>) -> Certainty {
    certainty(vec![
        unknown("shop", "0001", "operations can't be worked out"),
        migration("shop", "0002", kinds),
    ])
}

fn decided_in(label: &str, certainty: &Certainty, operation: &Operation) -> bool {
    certainty.doubt(&app(label), operation, &ProjectState::default()).is_none()
}

fn decided(certainty: &Certainty, operation: &Operation) -> bool {
    decided_in("shop", certainty, operation)
}

#[test]
fn a_field_that_a_later_migration_defines_is_certain() {
    let certainty = after(vec![add("Order", "total")]);
    assert!(decided(&certainty, &alter("order", "total")));
    assert!(!decided(&certainty, &alter("order", "note")));
    assert!(!decided(&certainty, &operation(add("order", "note"))));
    assert!(decided(&certainty, &operation(Kind::DeleteModel { name: "Order".into() })));
    assert!(!decided(&certainty, &operation(Kind::DeleteModel { name: "Item".into() })));
    assert!(!decided(&certainty, &operation(create("Item"))));
}

#[test]
fn what_is_renamed_or_removed_is_let_go() {
    let remove = Kind::RemoveField { model_name: "Order".into(), name: "total".into() };
    assert!(!decided(&after(vec![add("Order", "total"), remove]), &alter("order", "total")));
    let rename = Kind::RenameModel { old_name: "Order".into(), new_name: "Sale".into() };
    assert!(!decided(&after(vec![add("Order", "total"), rename]), &alter("order", "total")));
}

#[test]
fn of_a_model_that_is_created_later_all_is_certain() {
    let certainty = after(vec![create("Order")]);
    assert!(decided(&certainty, &operation(add("order", "note"))));
    assert_eq!(certainty.created(), BTreeSet::from([ModelKey::new(app("shop"), "order")]));
    let deleted = after(vec![create("Order"), Kind::DeleteModel { name: "Order".into() }]);
    assert!(deleted.created().is_empty());
}

#[test]
fn a_state_is_doubted_where_an_operation_may_have_changed_it() {
    let state = |names: &[&str]| {
        let mut state = ProjectState::default();
        for (app, name) in names.iter().filter_map(|name| name.split_once('.')) {
            let model = ModelState {
                app: self::app(app),
                name: name.into(),
                fields: IndexMap::new(),
                options: IndexMap::new(),
                bases: Vec::new(),
                managers: Vec::new(),
                at: None,
                unknowns: Vec::new(),
            };
            state.models.insert(model.key(), Arc::new(model));
        }
        state
    };
    let subjects = |certainty: &Certainty, state: &ProjectState| -> Vec<String> {
        certainty.doubts(state).into_iter().map(|(subject, _)| subject).collect()
    };
    let absent = CustomOperation { found: false, ..CustomOperation::unread("Absent") };
    let mut own = migration("shop", "0002", vec![Kind::Custom(absent)]);
    own.dependencies = vec![
        Dependency { key: key("shop", "0001"), swappable: None, at: None },
        Dependency { key: key("stock", "0001"), swappable: None, at: None },
    ];
    let certainty = certainty(vec![
        migration("shop", "0001", vec![create("Order")]),
        migration("stock", "0001", vec![create("Part"), create("Shelf")]),
        migration("people", "0001", vec![create("Person")]),
        own,
        migration("stock", "0002", vec![Kind::DeleteModel { name: "Shelf".into() }, create("Shelf")]),
    ]);
    let state = state(&["shop.Order", "stock.Part", "stock.Shelf", "people.Person"]);
    assert_eq!(subjects(&certainty, &state), ["shop", "stock.part"]);
    assert_eq!(
        subjects(&self::certainty(vec![migration("shop", "0001", vec![create("Order")])]), &state),
        [""; 0]
    );
}

#[test]
fn without_anything_unknown_all_is_certain() {
    let certainty = certainty(vec![migration("shop", "0001", vec![create("Order")])]);
    assert!(decided(&certainty, &alter("item", "any")));
}

#[test]
fn an_operation_whose_state_forwards_is_not_read_may_have_changed_any_app() {
    let certainty = certainty(vec![
        migration("shop", "0001", vec![create("Order"), custom(), create("Item")]),
        migration("news", "0001", vec![create("Entry")]),
    ]);
    assert!(!decided(&certainty, &alter("order", "total")));
    assert!(decided(&certainty, &alter("item", "total")));
    assert!(decided_in("news", &certainty, &alter("entry", "total")));
    assert!(!decided_in("news", &certainty, &alter("older", "total")));
    // An app without any migration that was read.
    assert!(!decided_in("other", &certainty, &alter("thing", "total")));
}

#[test]
fn an_operation_within_others_counts_as_well() {
    let within = |inner: Vec<Kind>| Kind::SeparateDatabaseAndState {
        database_operations: Vec::new(),
        state_operations: inner.into_iter().map(operation).collect(),
    };
    let certainty = |kinds: Vec<Kind>| certainty(vec![migration("shop", "0001", kinds)]);
    let hidden = certainty(vec![create("Order"), within(vec![custom()])]);
    assert!(!decided(&hidden, &alter("order", "total")));
    let stated = certainty(vec![custom(), within(vec![create("Order")])]);
    assert!(decided(&stated, &alter("order", "total")));
    // To the database alone it does nothing to the state.
    let database = Kind::SeparateDatabaseAndState {
        database_operations: vec![operation(custom())],
        state_operations: Vec::new(),
    };
    assert!(decided(&certainty(vec![create("Order"), database]), &alter("order", "total")));
}

#[test]
fn an_operation_of_its_own_that_is_read_changes_nothing_else() {
    let read = |state_forwards| {
        let custom = CustomOperation { state_forwards, ..CustomOperation::unread("Special") };
        certainty(vec![migration("shop", "0001", vec![create("Order"), Kind::Custom(custom)])])
    };
    assert!(decided(&read(StateForwards::Operations(Vec::new())), &alter("order", "total")));
    assert!(decided(&read(StateForwards::NotImplemented), &alter("order", "total")));
    let inner = StateForwards::Operations(vec![operation(custom())]);
    assert!(!decided(&read(inner), &alter("order", "total")));
}

#[test]
fn what_does_not_depend_on_a_file_that_could_not_be_read_may_come_before_it() {
    let unreadable = || unknown("shop", "0002", "could not be parsed");
    let unplaced = certainty(vec![unreadable(), migration("shop", "0001", vec![create("Order")])]);
    assert!(!decided(&unplaced, &alter("order", "total")));
    let mut next = migration("shop", "0003", vec![create("Order")]);
    next.dependencies.push(Dependency { key: key("shop", "0002"), swappable: None, at: None });
    assert!(decided(&certainty(vec![unreadable(), next]), &alter("order", "total")));
}

#[test]
fn a_relation_whose_target_may_have_been_renamed_is_not_altered() {
    let mut entry = ModelState {
        app: app("news"),
        name: "Entry".into(),
        fields: IndexMap::default(),
        options: IndexMap::default(),
        bases: Vec::new(),
        managers: Vec::new(),
        at: None,
        unknowns: Vec::new(),
    };
    entry.fields.insert("about".into(), field(&[("to", "shop.order"), ("to_field", "code")]));
    let state = ProjectState::new([entry]);
    let doubt = |certainty: &Certainty, kwargs: &[(&str, &str)]| {
        certainty.doubt(&app("news"), &alter_to("entry", "about", kwargs), &state).is_some()
    };
    let renamed = [("to", "shop.sale"), ("to_field", "code")];
    assert!(doubt(&after(Vec::new()), &renamed));
    assert!(!doubt(&after(vec![create("Sale")]), &renamed));
    assert!(!doubt(&Certainty::default(), &renamed));
    assert!(doubt(&after(Vec::new()), &[("to", "shop.order"), ("to_field", "number")]));
    // The target aside, nothing that is unknown touches the field.
    assert!(!doubt(&after(Vec::new()), &[("to", "shop.order"), ("to_field", "code"), ("on_delete", "x")]));
}

#[test]
fn an_operation_that_is_not_at_hand_changes_what_was_there_before_it() {
    let absent = || {
        let absent = CustomOperation { found: false, ..CustomOperation::unread("Absent") };
        Kind::Custom(absent)
    };
    let mut second = migration("shop", "0002", vec![absent()]);
    let on = |name: &str| Dependency { key: key("news", name), swappable: None, at: None };
    second.dependencies =
        vec![on("0001"), Dependency { key: key("shop", "0001"), swappable: None, at: None }];
    let certain = certainty(vec![
        migration("news", "0001", vec![create("Entry"), create("Topic")]),
        migration("shop", "0001", vec![create("Order")]),
        migration("blog", "0001", vec![create("Post")]),
        second,
        migration("news", "0002", vec![create("Late"), add("Entry", "note")]),
    ]);
    assert!(!decided(&certain, &alter("order", "total")));
    assert!(decided_in("blog", &certain, &alter("post", "total")));
    for (model, field, is_certain) in [
        ("entry", "total", false),
        ("entry", "note", true),
        ("topic", "total", false),
        ("late", "total", true),
    ] {
        assert_eq!(decided_in("news", &certain, &alter(model, field)), is_certain, "{model}.{field}");
    }
    // A dependency that can't be followed may lead anywhere.
    let mut lost = migration("shop", "0001", vec![absent()]);
    lost.unknowns.push(Arc::new(Unknown { reason: "dependencies can't be worked out".into(), at: None }));
    let open = certainty(vec![migration("blog", "0001", vec![create("Post")]), lost]);
    assert!(!decided_in("blog", &open, &alter("post", "total")));
}
