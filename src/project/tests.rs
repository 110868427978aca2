//! Small trees on disk, and what is found out of them.

use std::path::Path;

use super::*;
use crate::source::WalkOptions;

struct Place(tempfile::TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            place.write(path, text);
        }
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn projects(&self, options: &ProjectOptions) -> Vec<Project> {
        discover(&tree_of(self.path(), WalkOptions::default()).unwrap(), options)
    }

    fn project(&self) -> Project {
        let mut projects = self.projects(&ProjectOptions::default());
        assert_eq!(projects.len(), 1, "one project");
        projects.remove(0)
    }
}

const MANAGE: &str = r#"
import os, sys
def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
if __name__ == "__main__":
    main()
"#;

fn labels(project: &Project) -> Vec<&str> {
    project.apps.keys().map(AppLabel::as_str).collect()
}

fn said(project: &Project, kind: NoticeKind) -> Vec<String> {
    project.notices.iter().filter(|notice| notice.kind == kind).map(ToString::to_string).collect()
}

#[test]
fn reads_settings_split_over_modules() {
    let place = Place::new(&[
        ("manage.py", MANAGE),
        ("requirements.txt", "-r requirements/base.txt\n"),
        ("requirements/base.txt", "Django==4.2.7\n"),
        ("config/__init__.py", ""),
        ("config/settings/__init__.py", "from .base import *\nINSTALLED_APPS += ['stock']\n"),
        (
            "config/settings/base.py",
            "INSTALLED_APPS = ['shop.apps.ShopConfig', 'django.contrib.auth']\n\
             AUTH_USER_MODEL = 'shop.Customer'\n\
             MIGRATION_MODULES = {'stock': 'stock.schema', 'auth': None}\n\
             DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql',\n\
             'OPTIONS': {'options': '-c lock_timeout=4s'}}, 'replica': {}}\n",
        ),
        ("shop/__init__.py", ""),
        (
            "shop/apps.py",
            "from django.apps import AppConfig\nclass ShopConfig(AppConfig):\n    name = 'shop'\n    \
             label = 'store'\n    default_auto_field = 'django.db.models.BigAutoField'\n",
        ),
        ("shop/models.py", ""),
        ("shop/migrations/__init__.py", ""),
        ("shop/migrations/0001_initial.py", ""),
        ("shop/migrations/_draft.py", ""),
        ("shop/migrations/~old.py", ""),
        ("shop/migrations/tools/__init__.py", ""),
        ("shop/migrations/max_migration.txt", "0001_initial\n"),
        ("stock/__init__.py", ""),
        ("stock/schema/__init__.py", ""),
        ("stock/schema/0001_start.py", ""),
    ]);
    let project = place.project();
    assert_eq!(project.settings_module.as_deref(), Some("config.settings"));
    assert_eq!(labels(&project), ["store", "auth", "stock"]);
    assert_eq!(project.facts.version, DjangoVersion::V4_2);
    assert_eq!(project.version_source, VersionSource::Locked("requirements/base.txt".into(), 1));
    assert_eq!(project.facts.settings.get("AUTH_USER_MODEL").unwrap().as_str(), Some("shop.Customer"));
    assert_eq!(project.databases.engine, Some(Engine::PostgreSql));
    assert_eq!(project.databases.lock_timeout.as_deref(), Some("4s"));
    assert_eq!(project.databases.aliases.len(), 2);
    let shop = &project.apps[0];
    assert_eq!(shop.default_auto_field.as_deref(), Some("django.db.models.BigAutoField"));
    assert_eq!(shop.config.as_deref(), Some("shop.apps.ShopConfig"));
    assert_eq!(
        shop.at.as_ref().map(|at| (at.file.display().to_owned(), at.line())),
        Some(("config/settings/base.py".into(), 1))
    );
    let PackageState::Migrated { modules, max_migration, .. } = &shop.migrations.state else { panic!() };
    assert_eq!(modules.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["0001_initial"]);
    assert!(max_migration.is_some());
    assert_eq!(project.apps[1].migrations.state, PackageState::Disabled);
    assert_eq!(project.apps[1].origin, AppOrigin::Missing);
    assert_eq!(project.apps[2].migrations.module.as_deref(), Some("stock.schema"));
}

#[test]
fn chooses_config_classes_as_django_does() {
    let config = |name: &str, default: &str| {
        format!(
            "class {name}Config(AppConfig):\n    name = 'two'\n    label = '{name}'\n    default = {default}\n"
        )
    };
    let two = |first: &str, second: &str| {
        format!("from django.apps import AppConfig\n{}{}", config("a", first), config("b", second))
    };
    let place = Place::new(&[
        ("manage.py", MANAGE),
        ("config/__init__.py", ""),
        ("config/settings.py", "INSTALLED_APPS = ['two']\n"),
        ("two/__init__.py", ""),
    ]);
    for (text, label) in [
        (two("False", "False"), "two"),
        (two("False", "True"), "b"),
        (two("True", "None"), "a"),
        ("from django.apps import AppConfig\n".to_owned(), "two"),
        (
            "from django.apps import AppConfig as Base\nclass X(Base):\n    name = 'two'\n    label = 'x'\n"
                .into(),
            "x",
        ),
    ] {
        place.write("two/apps.py", &text);
        assert_eq!(labels(&place.project()), [label], "{text}");
    }
}

#[test]
fn several_projects_have_apps_of_one_label() {
    let settings = "INSTALLED_APPS = ['shop']\n";
    let place = Place::new(&[
        ("backend/manage.py", MANAGE),
        ("backend/config/__init__.py", ""),
        ("backend/config/settings.py", settings),
        ("backend/shop/__init__.py", ""),
        ("tools/admin/manage.py", MANAGE),
        ("tools/admin/config/__init__.py", ""),
        ("tools/admin/config/settings.py", settings),
        ("tools/admin/shop/__init__.py", ""),
        ("flask/manage.py", "from flask_script import Manager\n"),
    ]);
    let projects = place.projects(&ProjectOptions::default());
    assert_eq!(projects.iter().map(|project| &*project.root).collect::<Vec<_>>(), ["backend", "tools/admin"]);
    for project in &projects {
        let path = project.apps[0].path.clone().unwrap();
        assert!(path.ends_with(format!("{}/shop", project.root)), "{path:?}");
    }
    let inside = tree_of(&place.path().join("backend/shop"), WalkOptions::default()).unwrap();
    assert_eq!(labels(&discover(&inside, &ProjectOptions::default())[0]), ["shop"]);
    let named = vec![NamedProject { root: "tools/admin".into(), settings: None }];
    let options = ProjectOptions { projects: named, ..ProjectOptions::default() };
    assert_eq!(place.projects(&options).len(), 1);
}

#[test]
fn a_reusable_app_is_a_project_of_its_own() {
    let place = Place::new(&[
        ("pyproject.toml", "[project]\nname = 'wishes'\ndependencies = ['Django>=4.2,<5.2']\n"),
        ("src/wishes/__init__.py", ""),
        ("src/wishes/migrations/__init__.py", ""),
        ("src/wishes/migrations/0001_initial.py", ""),
        ("tests/app/__init__.py", ""),
        ("tests/app/migrations/__init__.py", ""),
    ]);
    let project = place.project();
    assert_eq!(labels(&project), ["wishes"]);
    assert_eq!(project.apps[0].origin, AppOrigin::Project);
    assert_eq!(project.facts.version, DjangoVersion::V5_1);
    assert_eq!(project.version_source, VersionSource::Required("pyproject.toml".into(), 3));
    assert_eq!(said(&project, NoticeKind::AppsByFolder).len(), 1);
    place.write("pytest.ini", "[pytest]\nDJANGO_SETTINGS_MODULE = tests.settings\n");
    place.write("tests/__init__.py", "");
    place.write("tests/settings.py", "INSTALLED_APPS = ['wishes', 'tests.app']\n");
    assert_eq!(labels(&place.project()), ["wishes", "app"]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let place = Place::new(&[
        ("manage.py", MANAGE),
        ("config/__init__.py", ""),
        (
            "config/settings.py",
            "import vault\nINSTALLED_APPS = ['a.shop',\n 'b.shop', 'gone']\nINSTALLED_APPS += vault.apps()\n",
        ),
        ("a/shop/__init__.py", ""),
        ("b/shop/__init__.py", ""),
    ]);
    let project = place.project();
    assert_eq!(labels(&project), ["shop", "gone"]);
    let duplicate = said(&project, NoticeKind::DuplicateLabel);
    assert!(duplicate[0].starts_with("config/settings.py:3: two apps have the label shop"), "{duplicate:?}");
    let part = said(&project, NoticeKind::Setting);
    assert!(part[0].contains("INSTALLED_APPS is known in part only"), "{part:?}");
    assert!(said(&project, NoticeKind::App)[0].contains("the app gone is not at hand"));
    assert!(project.more_apps.is_some());
}

#[test]
fn reads_installed_packages_and_their_version() {
    let site = ".venv/lib/python3.13/site-packages";
    let place = Place::new(&[
        ("manage.py", MANAGE),
        ("config/__init__.py", ""),
        ("config/settings.py", "INSTALLED_APPS = ['tags', 'local', 'away']\n"),
        (".venv/pyvenv.cfg", ""),
        (&format!("{site}/django/__init__.py"), "VERSION = (5, 0, 3, 'final', 0)\n"),
        (&format!("{site}/tags/__init__.py"), ""),
        (&format!("{site}/tags/migrations/__init__.py"), ""),
        (&format!("{site}/x.pth"), "import os; os.system('true')\n../../../../libs\n/\n"),
        ("libs/local/__init__.py", ""),
    ]);
    let project = place.project();
    assert_eq!(project.facts.version, DjangoVersion::V5_0);
    assert_eq!(project.version_source, VersionSource::Installed(format!("{site}/django/__init__.py")));
    let origins: Vec<AppOrigin> = project.apps.values().map(|app| app.origin).collect();
    assert_eq!(origins, [AppOrigin::Installed, AppOrigin::Project, AppOrigin::Missing]);
    let away = said(&project, NoticeKind::App);
    assert!(away[0].contains("INSTALLED_APPS has away, which could not be found"), "{away:?}");
}

#[test]
fn hostile_trees_get_a_message_and_the_rest_is_read() {
    let place = Place::new(&[
        ("manage.py/x.txt", ""),
        ("a/manage.py", MANAGE),
        ("a/config/__init__.py", ""),
        ("a/config/settings.py", "from .other import *\nINSTALLED_APPS = ['shop']\n"),
        ("a/config/other.py", "from .settings import *\n"),
        ("a/shop/__init__.py", ""),
        ("b/manage.py", MANAGE),
        ("b/config/__init__.py", ""),
        ("b/config/settings.py", &format!("x = {}\n", "[".repeat(100_000))),
        ("b/shop/__init__.py", ""),
        ("b/shop/migrations/__init__.py", ""),
    ]);
    let projects = place.projects(&ProjectOptions::default());
    let [a, b] = &projects[..] else { panic!("two projects") };
    assert_eq!(labels(a), ["shop"]);
    assert_eq!(labels(b), ["shop"]);
    let said = b.diagnostics();
    assert!(said.iter().any(|diagnostic| &*diagnostic.path == "b/config/settings.py"), "{said:?}");
}

#[test]
fn ten_thousand_star_imports_are_followed_or_said_to_be_too_many() {
    let mut files =
        vec![("manage.py".to_owned(), MANAGE.to_owned()), ("config/__init__.py".to_owned(), String::new())];
    let mut settings = String::new();
    for number in 0..10_000 {
        settings.push_str(&format!("from parts.p{} import *\n", number % 200));
    }
    settings.push_str("INSTALLED_APPS = ['shop']\n");
    files.push(("config/settings.py".into(), settings));
    files.push(("shop/__init__.py".into(), String::new()));
    files.push(("parts/__init__.py".into(), String::new()));
    for number in 0..200 {
        files.push((format!("parts/p{number}.py"), format!("A{number} = 1\n")));
    }
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    assert_eq!(labels(&Place::new(&borrowed).project()), ["shop"]);
}
