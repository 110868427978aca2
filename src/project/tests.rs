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
    let named = vec![NamedProject { root: "tools/admin".into(), ..NamedProject::default() }];
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
    assert!(said(&project, NoticeKind::App)[0].contains("not looked into: gone"));
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
        settings += &["from parts.p", &(number % 200).to_string(), " import *\n"].concat();
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

/// `INSTALLED_APPS` and `DATABASES` of a settings module's text.
fn settings(text: &str) -> Project {
    let place = Place::new(&[
        ("manage.py", MANAGE),
        ("config/__init__.py", ""),
        ("config/settings.py", text),
        ("config/parts/apps.py", "INSTALLED_APPS = ['included']\n"),
        ("config/parts/more.py", "INSTALLED_APPS += ['more']\n"),
    ]);
    place.project()
}

#[test]
fn settings_of_an_empty_environment_are_their_defaults() {
    let project = settings(
        "import environ\nenv = environ.Env(DEBUG=(bool, False), PORT=int)\n\
         environ.Env.read_env('.env')\nDEBUG = env('DEBUG')\nPORT = env('PORT')\n\
         A = env.bool('A', default=True)\nB = env.list('B', default=['x'])\nC = env.str('C', 'c')\n\
         D = env.int('D')\nDATABASES = {'default': env.db(default='postgres://u:p@h:5432/shop')}\n\
         INSTALLED_APPS = ['one'] + env.list('APPS', default=['two'])\n",
    );
    let get = |name: &str| project.facts.settings.get(name).unwrap().to_json();
    assert_eq!(get("DEBUG"), serde_json::json!(false));
    assert_eq!(get("A"), serde_json::json!(true));
    assert_eq!(get("B"), serde_json::json!(["x"]));
    assert_eq!(get("C"), serde_json::json!("c"));
    assert!(get("D")["$unknown"].as_str().unwrap().contains("environment variable D"));
    assert!(get("PORT").get("$unknown").is_some());
    assert_eq!(get("DATABASES")["default"]["NAME"], "shop");
    assert_eq!(get("DATABASES")["default"]["PORT"], 5432);
    assert_eq!(project.databases.engine, Some(Engine::PostgreSql));
    assert_eq!(labels(&project), ["one", "two"]);
    assert_eq!(project.unread.iter().map(|unread| &*unread.name).collect::<Vec<_>>(), ["PORT", "D"]);
}

#[test]
fn decouple_casts_its_defaults() {
    let project = settings(
        "from decouple import Csv, config\nimport dj_database_url\nDEBUG = config('DEBUG', default='no', cast=bool)\n\
         SECRET_KEY = config('SECRET_KEY')\nINSTALLED_APPS = config('APPS', default='one, two', cast=Csv())\n\
         DATABASES = {'default': dj_database_url.config(default='sqlite:///db.sqlite3')}\n",
    );
    assert_eq!(project.facts.settings.get("DEBUG").unwrap().as_bool(), Some(false));
    assert!(project.facts.settings.get("SECRET_KEY").unwrap().as_unknown().is_some());
    assert_eq!(labels(&project), ["one", "two"]);
    assert_eq!(project.databases.engine, Some(Engine::Sqlite));
}

#[test]
fn split_settings_are_run_in_the_module_that_includes_them() {
    let project = settings(
        "from split_settings.tools import include, optional\ninclude('parts/*.py', optional('local.py'))\n\
         INSTALLED_APPS += ['last']\n",
    );
    assert_eq!(labels(&project), ["included", "more", "last"]);
}

#[test]
fn a_configuration_class_has_the_settings() {
    let manage = MANAGE.replace(
        "    from django",
        "    os.environ.setdefault('DJANGO_CONFIGURATION', 'Dev')\n    from django",
    );
    let place = Place::new(&[
        ("manage.py", &*manage),
        ("config/__init__.py", ""),
        (
            "config/settings.py",
            "from configurations import Configuration, values\nclass Base(Configuration):\n    \
             AUTH_USER_MODEL = 'people.User'\n    DEBUG = values.BooleanValue(False)\n    @property\n    \
             def INSTALLED_APPS(self):\n        return ['people'] + self.MORE\n    MORE = []\n\
             class Dev(Base):\n    MORE = ['tools']\n    DATABASES = values.DatabaseURLValue('mysql://h/x')\n",
        ),
    ]);
    let project = place.project();
    assert_eq!(labels(&project), ["people", "tools"]);
    assert_eq!(project.databases.engine, Some(Engine::MySql));
}

#[test]
fn plugins_are_known_by_the_entry_points_of_what_is_installed() {
    let site = "venv/lib/python3.12/site-packages";
    let place = Place::new(&[
        ("manage.py", MANAGE),
        ("config/__init__.py", ""),
        (
            "config/settings.py",
            "from importlib.metadata import entry_points\nINSTALLED_APPS = ['shop']\n\
             for point in entry_points(group='shop.plugin'):\n    INSTALLED_APPS.append(point.module)\n",
        ),
        ("shop/__init__.py", ""),
        ("venv/pyvenv.cfg", ""),
        (&format!("{site}/gift_cards/__init__.py"), ""),
        (
            &format!("{site}/gift_cards-1.0.dist-info/entry_points.txt"),
            "[shop.plugin]\ngifts = gift_cards:Plugin\n[console_scripts]\ngifts = gift_cards.cli:main\n",
        ),
    ]);
    let project = place.project();
    assert_eq!(labels(&project), ["shop", "gift_cards"]);
    assert!(project.more_apps.is_none());
}

#[test]
fn apps_beside_every_project_are_one_of_their_own() {
    let place = Place::new(&[
        ("example/manage.py", MANAGE),
        ("example/config/__init__.py", ""),
        ("example/config/settings.py", "INSTALLED_APPS = ['wishes']\n"),
        ("wishes/__init__.py", ""),
        ("wishes/migrations/__init__.py", ""),
    ]);
    let project = place.project();
    assert_eq!((&*project.root, labels(&project)), ("example", vec!["wishes"]));
    place.write("other/__init__.py", "");
    place.write("other/migrations/__init__.py", "");
    let projects = place.projects(&ProjectOptions::default());
    assert_eq!(
        projects.iter().map(|project| (&*project.root, labels(project))).collect::<Vec<_>>(),
        [("example", vec!["wishes"]), ("", vec!["other"])]
    );
}

#[test]
fn a_tree_without_apps_has_no_project() {
    assert!(Place::new(&[("readme.py", "")]).projects(&ProjectOptions::default()).is_empty());
}

#[test]
fn manage_py_is_followed_as_migrate_runs_it() {
    let manage = "import os\nimport sys\nfrom pathlib import Path\n\n\ndef main():\n    \
         here = Path(__file__).resolve().parent\n    sys.path.insert(0, str(here / 'apps'))\n    \
         if len(sys.argv) > 1 and sys.argv[1] == 'test':\n        \
         os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.test')\n    else:\n        \
         name = os.environ.get('STAGE', 'dev')\n        \
         os.environ.setdefault('DJANGO_SETTINGS_MODULE', f'config.{name}')\n    \
         from django.core.management import execute_from_command_line\n    \
         execute_from_command_line(sys.argv)\n\n\nif __name__ == '__main__':\n    main()\n";
    let place = Place::new(&[
        ("manage.py", manage),
        ("config/__init__.py", ""),
        ("config/test.py", "INSTALLED_APPS = []\n"),
        (
            "config/dev.py",
            "import os, sys\nBASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n\
             sys.path.append(os.path.join(BASE_DIR, 'more'))\nINSTALLED_APPS = ['blog', 'wiki']\n",
        ),
        ("apps/blog/__init__.py", ""),
        ("apps/wiki/models/notes.txt", ""),
        ("other/blog/__init__.py", ""),
        ("more/wiki/__init__.py", ""),
    ]);
    let project = place.project();
    assert_eq!(project.settings_module.as_deref(), Some("config.dev"));
    assert!(project.apps[0].path.as_ref().unwrap().ends_with("apps/blog"));
    assert!(project.apps[1].path.as_ref().unwrap().ends_with("more/wiki"));
}
