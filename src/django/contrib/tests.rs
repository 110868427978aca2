#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::*;
use crate::django::loader::{AppsForLoader, MigrationLoader};
use crate::django::state::ProjectState;

const APPS: [&str; 7] = ["admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites"];

fn versions() -> Vec<DjangoVersion> {
    let versions = TABLE["versions"].as_array().unwrap().iter();
    versions.map(|version| DjangoVersion::parse(version.as_str().unwrap()).unwrap()).collect()
}

fn user(model: &str) -> Swappables {
    Swappables { settings: BTreeMap::from([("AUTH_USER_MODEL".into(), model.into())]) }
}

fn migrations(version: DjangoVersion, swappables: &Swappables) -> Vec<Arc<Migration>> {
    let modules = APPS.map(|app| format!("django.contrib.{app}"));
    let found = modules.iter().flat_map(|app| bundled_migrations(app, version, swappables).unwrap());
    found.map(Arc::new).collect()
}

/// The migrations replayed, in the order of the plan.
fn replay(version: DjangoVersion) -> ProjectState {
    let disk = migrations(version, &Swappables::default());
    let apps = AppsForLoader { migrated: APPS.map(AppLabel::new).into(), ..AppsForLoader::default() };
    let loaded = MigrationLoader::build(disk, &apps, version);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let mut state = ProjectState::default();
    for key in loaded.graph.full_plan() {
        assert_eq!(state.apply_migration(&loaded.disk[&key], version).len(), 0);
    }
    assert!(state.unknowns.is_empty());
    state
}

/// Fields by name; a `to_field` that names the key is as good as none, and a state from models,
/// whose relations are resolved, leaves it out.
fn fields(model: &ModelState) -> BTreeMap<&str, Field> {
    let fields = model.fields.iter().map(|(name, field)| {
        let mut field = Field::clone(field);
        if field.kwarg("to_field").and_then(Value::as_str) == Some("id") {
            field.remove_kwarg("to_field");
        }
        (name.as_ref(), field)
    });
    fields.collect()
}

/// Options, less the `abstract` that a model derived from an abstract one keeps.
fn options(model: &ModelState) -> BTreeMap<&str, &Value> {
    let kept = model.options.iter().filter(|(name, _)| name.as_ref() != "abstract");
    kept.map(|(name, value)| (name.as_ref(), value)).collect()
}

#[test]
fn the_migrations_lead_to_the_models_in_every_version() {
    assert_eq!(versions().len(), 9);
    for version in versions() {
        let state = replay(version);
        let mut models = 0;
        for app in APPS {
            let module = format!("django.contrib.{app}");
            for model in bundled_models(&module, version, &Swappables::default()).unwrap() {
                let replayed = state.model(&model.key()).unwrap();
                assert_eq!(replayed.name, model.name, "{version}");
                assert_eq!(fields(replayed), fields(&model), "{version}: {}", model.key());
                assert_eq!(options(replayed), options(&model), "{version}: {}", model.key());
                assert_eq!(replayed.bases, model.bases, "{version}");
                assert_eq!(replayed.managers, model.managers, "{version}");
                models += 1;
            }
        }
        assert_eq!(models, state.models.len(), "{version}");
    }
}

#[test]
fn a_project_with_its_own_user_is_referred_to() {
    let swappables = user("accounts.Person");
    let migrations = migrations(DjangoVersion::V5_2, &swappables);
    let first = migrations.iter().find(|it| it.key.to_string() == "admin.0001_initial").unwrap();
    let swappable: Vec<_> =
        first.dependencies.iter().filter(|dependency| dependency.swappable.is_some()).collect();
    assert_eq!(swappable.len(), 1);
    assert_eq!(swappable[0].key.to_string(), "accounts.__first__");
    assert_eq!(swappable[0].swappable.as_deref(), Some("AUTH_USER_MODEL"));
    let models = bundled_models("django.contrib.admin", DjangoVersion::V5_2, &swappables).unwrap();
    assert_eq!(models[0].fields["user"].to(), Some("accounts.person"));
}

#[test]
fn an_abstract_user_hands_all_its_fields_down() {
    let none = Swappables::default();
    let user =
        bundled_abstract("django.contrib.auth.models.AbstractUser", DjangoVersion::V6_1, &none).unwrap();
    let names: Vec<&str> = user.fields.keys().map(AsRef::as_ref).collect();
    assert_eq!(
        names,
        [
            "password",
            "last_login",
            "is_superuser",
            "groups",
            "user_permissions",
            "username",
            "first_name",
            "last_name",
            "email",
            "is_staff",
            "is_active",
            "date_joined"
        ]
    );
    assert_eq!(user.managers[0].0.as_ref(), "objects");
    assert!(user.options.contains_key("verbose_name") && !user.options.contains_key("abstract"));
    let base = "django.contrib.auth.models.AbstractBaseUser";
    assert_eq!(bundled_abstract(base, DjangoVersion::V3_2, &none).unwrap().fields.len(), 2);
    assert!(bundled_abstract("django.contrib.auth.models.User", DjangoVersion::V6_1, &none).is_none());
}

#[test]
fn an_app_is_found_by_module_and_by_config_class() {
    let auth = bundled_app("django.contrib.auth", DjangoVersion::V5_2).unwrap();
    assert_eq!(auth.label.as_str(), "auth");
    assert_eq!(auth.default_auto_field, Some("django.db.models.AutoField"));
    assert_eq!(bundled_app("django.contrib.auth.apps.AuthConfig", DjangoVersion::V5_2), Some(auth));
    let simple = bundled_app("django.contrib.admin.apps.SimpleAdminConfig", DjangoVersion::V3_2);
    assert_eq!(simple.unwrap().name, "django.contrib.admin");
    let none = Swappables::default();
    assert!(bundled_migrations("django.contrib.messages", DjangoVersion::V5_2, &none).is_none());
    assert!(bundled_app("rest_framework", DjangoVersion::V5_2).is_none());
}

#[test]
fn a_version_between_or_beyond_is_answered_by_the_one_before() {
    let none = Swappables::default();
    let count = |version| bundled_migrations("django.contrib.auth", version, &none).unwrap().len();
    assert_eq!(count(DjangoVersion(2, 2)), count(DjangoVersion::V3_2));
    assert_eq!(count(DjangoVersion(7, 0)), count(DjangoVersion::V6_1));
}
