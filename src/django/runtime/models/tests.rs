//! What model classes tell of themselves; expected values are what Django 5.2 says.

use std::path::Path;
use std::sync::Arc;

use crate::django::keys::AppLabel;
use crate::django::models::{InstalledApp, ProjectApps, install};
use crate::django::runtime::{self, ProjectFacts, SettingsValues};
use crate::django::version::DjangoVersion;
use crate::python::interpreter::STACK_BYTES;
use crate::python::library::{Library, SearchPath};
use crate::python::object::Object;
use crate::python::syntax::{Name, Parsed};
use crate::source::SourceFile;

const MODELS: &str = r#"
from django.db import models


class Stamped(models.Model):
    created = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ["-created"]
        verbose_name = "stamped thing"


class State(models.TextChoices):
    OPEN = "o", "Is open"
    CLOSED = "c"


class Size(models.IntegerChoices):
    SMALL = 1
    LARGE = 9, "Very large"
    __empty__ = "any"


class Shown(models.QuerySet):
    def visible(self):
        return self


class Place(Stamped):
    name = models.CharField(max_length=20)
    note = None
    LIMIT = 5

    objects = models.Manager()
    shown = Shown.as_manager()


class Shop(Place):
    state = models.CharField(max_length=1, choices=State.choices)

    class Meta(Stamped.Meta):
        unique_together = ("state", "place_ptr")
        indexes = [models.Index(fields=["-state"]), models.Index(fields=["state"], name="%(class)s_by_state")]


class Corner(Shop):
    class Meta:
        proxy = True
        default_manager_name = "shown"


class Visit(models.Model):
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="%(app_label)s_%(class)s")
    corner = models.ForeignKey("Corner", models.CASCADE, related_name="+")

    class Meta:
        order_with_respect_to = "shop"
"#;

/// Expressions in the module of the models, with their `repr()`.
const ANSWERS: &[(&str, &str)] = &[
    ("[field.name for field in Place._meta.fields]", "['id', 'created', 'name']"),
    ("[field.name for field in Shop._meta.local_fields]", "['place_ptr', 'state']"),
    ("[field.attname for field in Visit._meta.concrete_fields]", "['id', 'shop_id', 'corner_id', '_order']"),
    (
        "Place._meta.ordering, Shop._meta.ordering, Visit._meta.ordering",
        "(['-created'], ['-created'], ('_order',))",
    ),
    (
        "str(Place._meta.verbose_name), str(Shop._meta.verbose_name_plural), str(Visit._meta.verbose_name_plural)",
        "('stamped thing', 'stamped things', 'visits')",
    ),
    ("Place._meta.abstract, Corner._meta.proxy, Corner._meta.concrete_model is Shop", "(False, True, True)"),
    ("Shop._meta.pk.name, Place._meta.pk.name, Shop._meta.pk.auto_created", "('place_ptr', 'id', True)"),
    ("Shop._meta.unique_together", "(('state', 'place_ptr'),)"),
    ("[index.name for index in Shop._meta.indexes]", "['shop_shop_state_4de755_idx', 'shop_by_state']"),
    ("[parent.__name__ for parent in Corner._meta.get_parent_list()]", "['Shop', 'Place']"),
    ("[model.__name__ for model in Corner._meta.get_base_chain(Place)]", "['Shop', 'Place']"),
    ("Shop._meta.get_ancestor_link(Place).name", "'place_ptr'"),
    ("[model.__name__ for model in Shop._meta.parents]", "['Place']"),
    (
        "Place._meta.label_lower, Shop._meta.db_table, Corner._meta.db_table, Shop._meta.object_name",
        "('shop.place', 'shop_shop', 'shop_shop', 'Shop')",
    ),
    ("[manager.name for manager in Place._meta.managers]", "['objects', 'shown']"),
    (
        "Place._default_manager.name, Corner._default_manager.name, Visit._default_manager.name",
        "('objects', 'shown', 'objects')",
    ),
    ("Place._base_manager.name, Place.shown.model is Place", "('_base_manager', True)"),
    ("Place.name.field.max_length, Shop.name.field.model.__name__", "(20, 'Place')"),
    ("Place.LIMIT, Place.note", "(5, None)"),
    (
        r#"Shop._meta.get_field("created").editable, Shop._meta.get_field("created").auto_now_add"#,
        "(False, True)",
    ),
    (
        r#"Visit._meta.get_field("shop").remote_field.model.__name__, Visit._meta.get_field("corner").remote_field.related_name"#,
        "('Shop', '+')",
    ),
    (
        "issubclass(Corner, Place), Corner.__mro__[1].__name__, Place.__module__",
        "(True, 'Shop', 'shop.models')",
    ),
    (
        "issubclass(Shop.DoesNotExist, Place.DoesNotExist), issubclass(Place.DoesNotExist, ValueError)",
        "(True, False)",
    ),
    (
        "State.choices, State.values, State.labels, State.names",
        "([('o', 'Is open'), ('c', 'Closed')], ['o', 'c'], ['Is open', 'Closed'], ['OPEN', 'CLOSED'])",
    ),
    (
        r#"State.OPEN.label, State("c").name, State.OPEN == "o", str(State.CLOSED)"#,
        "('Is open', 'CLOSED', True, 'c')",
    ),
    (
        "Size.choices, Size.values, Size.LARGE + 1, Size.SMALL.label",
        "([(None, 'any'), (1, 'Small'), (9, 'Very large')], [None, 1, 9], 10, 'Small')",
    ),
];

/// The texts of `answers`, a list of the module made of these expressions.
fn answers(expressions: &[&str]) -> Vec<String> {
    let list: Vec<String> = expressions.iter().map(|one| format!("    lambda: repr(({one})),\n")).collect();
    let text = format!("{MODELS}\n\nanswers = [\n{}]\n", list.concat());
    let reader = |path: &Path| Err(Arc::<str>::from(format!("no {}", path.display())));
    let installed = SearchPath { folder: "nowhere".into(), project: false };
    let library = Library::new(vec![installed], Box::new(reader));
    let facts = ProjectFacts::new(DjangoVersion::V5_2, Arc::new(SettingsValues::default()));
    let mut interpreter = runtime::interpreter(library, facts);
    let shop = InstalledApp {
        label: AppLabel::new("shop"),
        name: "shop".into(),
        default_auto_field: None,
        config: None,
        imports_models: true,
    };
    install(&mut interpreter, &ProjectApps { apps: Arc::new([shop]), open: None });
    let file = SourceFile::new("project/shop/models.py".into(), "shop/models.py", text);
    let module = interpreter.load_file("shop.models", Parsed::new(file), false).unwrap();
    let found = interpreter.get_attribute(&Object::Module(module), &Name::new_static("answers")).unwrap();
    let asked = interpreter.items(&found).unwrap();
    let told =
        asked.iter().map(|ask| match interpreter.call(ask, crate::python::interpreter::Args::none()) {
            Ok(answer) => answer.as_str().map_or_else(|| format!("{answer:?}"), |text| text.to_string()),
            Err(raise) => interpreter.describe_raise(&raise).to_string(),
        });
    told.collect()
}

#[test]
fn models_tell_of_themselves_what_django_says() {
    let expressions: Vec<&str> = ANSWERS.iter().map(|(expression, _)| *expression).collect();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let found = thread.spawn(move || answers(&expressions)).unwrap().join().unwrap();
    let wrong = ANSWERS.iter().zip(&found).filter(|((_, expected), found)| expected != found);
    let wrong: Vec<String> =
        wrong.map(|((one, expected), found)| format!("{one}\n  is {found}\n  not {expected}")).collect();
    assert!(found.len() == ANSWERS.len() && wrong.is_empty(), "{}", wrong.join("\n"));
}
