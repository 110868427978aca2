//! `migcheck plan`: statements with their locks, forwards and rolling back, for all migrations, for those
//! that an environment has yet to apply, and for those that came since a revision.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Each migration of the shop: its name and its body.
const MIGRATIONS: [(&str, &str); 7] = [
    (
        "0001_initial",
        "initial = True\n    operations = [\n        migrations.CreateModel(\"Customer\", [(\"id\", models.BigAutoField(\
         primary_key=True)), (\"email\", models.EmailField(max_length=254))]),\n        migrations.CreateModel(\
         \"Order\", [(\"id\", models.BigAutoField(primary_key=True)), (\"code\", models.CharField(max_length=20)), \
         (\"customer\", models.ForeignKey(\"shop.Customer\", models.CASCADE))]),\n    ]",
    ),
    (
        "0002_note",
        "operations = [\n        migrations.AddField(\"order\", \"note\", models.TextField(null=True)),\n        \
         migrations.AddIndex(\"order\", models.Index(fields=[\"code\"], name=\"order_code_idx\")),\n    ]",
    ),
    (
        "0003_code_concurrently",
        "atomic = False\n    operations = [\n        AddIndexConcurrently(\"customer\", models.Index(fields=[\"email\"], \
         name=\"customer_email_idx\")),\n    ]",
    ),
    (
        "0004_split",
        "operations = [\n        migrations.SeparateDatabaseAndState(\n            database_operations=[migrations.RunSQL(\
         \"ALTER TABLE shop_order ALTER COLUMN code TYPE text\", \"ALTER TABLE shop_order ALTER COLUMN code TYPE \
         varchar(20)\")],\n            state_operations=[migrations.AlterField(\"order\", \"code\", models.TextField())],\n\
         \u{20}       ),\n    ]",
    ),
    (
        "0005_fill",
        "operations = [\n        migrations.RunSQL(\"UPDATE shop_order SET note = ''; DO $$ BEGIN END $$\"),\n        \
         migrations.RunPython(fill),\n    ]",
    ),
    (
        "0006_parcel",
        "operations = [\n        migrations.CreateModel(\"Parcel\", [(\"id\", models.BigAutoField(primary_key=True)), \
         (\"weight\", models.IntegerField()), (\"order\", models.ForeignKey(\"shop.Order\", models.CASCADE))]),\n        \
         migrations.AddField(\"parcel\", \"width\", models.IntegerField(default=0)),\n        \
         migrations.AddIndex(\"parcel\", models.Index(fields=[\"weight\"], name=\"parcel_weight_idx\")),\n    ]",
    ),
    (
        "0007_drop",
        "operations = [\n        migrations.RemoveField(\"order\", \"note\"),\n        \
         migrations.AddField(\"parcel\", \"height\", models.IntegerField(null=True, db_index=True)),\n    ]",
    ),
];

struct Shop(tempfile::TempDir);

impl Shop {
    /// With the first so many migrations.
    fn new(count: usize) -> Self {
        let shop = Self(tempfile::tempdir().unwrap());
        shop.write(
            "manage.py",
            "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"site_settings\")\n",
        );
        shop.write(
            "site_settings.py",
            "INSTALLED_APPS = [\"shop\"]\nDATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.postgresql\"}}\n\
             DEFAULT_AUTO_FIELD = \"django.db.models.BigAutoField\"\n",
        );
        shop.write("shop/__init__.py", "");
        shop.write("shop/models.py", "");
        shop.write("shop/migrations/__init__.py", "");
        for index in 0..count {
            shop.add(index);
        }
        shop
    }

    fn add(&self, index: usize) {
        let (name, body) = MIGRATIONS[index];
        let before = index.checked_sub(1).map(|before| format!("(\"shop\", \"{}\")", MIGRATIONS[before].0));
        let text = format!(
            "from django.contrib.postgres.operations import AddIndexConcurrently\nfrom django.db import migrations, \
             models\n\n\ndef fill(apps, schema_editor):\n    pass\n\n\nclass Migration(migrations.Migration):\n    \
             dependencies = [{}]\n    {body}\n",
            before.unwrap_or_default()
        );
        self.write(&format!("shop/migrations/{name}.py"), &text);
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
        command.arg("plan").args(words).args(["--django", "5.2"]).current_dir(self.path());
        command.env_remove("VIRTUAL_ENV").output().unwrap()
    }

    fn plan(&self, words: &[&str]) -> String {
        let done = self.run(words);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.plan(&[words, &["--format", "json"]].concat())).unwrap()
    }

    /// The names of the migrations that are planned.
    fn names(&self, words: &[&str]) -> Vec<String> {
        let plan = self.json(words);
        let names = plan["migrations"].as_array().unwrap().iter();
        names.map(|one| one["name"].as_str().unwrap().split('_').next().unwrap().to_owned()).collect()
    }

    fn git(&self, words: &[&str]) {
        let done = Command::new("git")
            .current_dir(self.path())
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
            .args(words)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

const DIALECT: [&str; 2] = ["--dialect", "postgresql:15"];

#[test]
fn all_of_it_for_people() {
    insta::assert_snapshot!(Shop::new(7).plan(&DIALECT));
}

#[test]
fn all_of_it_for_a_pull_request() {
    insta::assert_snapshot!(Shop::new(7).plan(&[&DIALECT[..], &["--format", "markdown"]].concat()));
}

#[test]
fn all_of_it_for_programs() {
    insta::assert_json_snapshot!(Shop::new(7).json(&DIALECT));
}

#[test]
fn a_table_that_sqlite_makes_anew_keeps_its_rows() {
    let shop = Shop::new(1);
    shop.write(
        "shop/migrations/0002_wider.py",
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = \
         [(\"shop\", \"0001_initial\")]\n    operations = [\n        migrations.AlterField(\"order\", \"code\", \
         models.CharField(max_length=20, null=True)),\n        migrations.AlterField(\"order\", \"code\", \
         models.CharField(max_length=20, default=\"\")),\n    ]\n",
    );
    let plan = shop.json(&["shop", "0002", "--dialect", "sqlite"]);
    let one = &plan["migrations"][0];
    let copies = |way: &str| {
        let all = one[way].as_array().unwrap().iter();
        let copies = all.filter(|one| one["sql"].as_str().unwrap().starts_with("INSERT INTO"));
        copies.map(|one| one["duration"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // The second reads as many rows as the first.
    assert_eq!(copies("forwards"), ["proportional"; 2], "{one:#}");
    assert_eq!(copies("backwards"), ["proportional"; 2], "{one:#}");
    assert!(one["loses"].as_array().unwrap().is_empty(), "{one:#}");
}

#[test]
fn words_are_those_of_migrate() {
    let shop = Shop::new(3);
    // `shop` is an app and a folder; a path looks like one.
    assert_eq!(shop.names(&["shop", "0002"]), ["0002"]);
    assert_eq!(shop.names(&["shop"]).len(), 3);
    assert_eq!(shop.names(&["shop", "0002", "."]), ["0002"]);
    assert_eq!(shop.names(&[".", "shop", "0002"]), ["0002"]);
    assert_eq!(shop.names(&["./", "shop"]).len(), 3);
    let failed = shop.run(&["shpo", "0002"]);
    let said = String::from_utf8(failed.stderr).unwrap();
    assert!(failed.status.code() == Some(2) && said.contains("`shpo`; did you mean `shop`?"), "{said}");
    let failed = String::from_utf8(shop.run(&["shop", "0009"]).stderr).unwrap();
    assert!(failed.contains("no migration of shop begins with `0009`"), "{failed}");
}

#[test]
fn each_database_takes_it_in_its_way() {
    for dialect in ["mysql:8.0", "mariadb:10.11", "sqlite"] {
        let name = format!("note_{}", dialect.split(':').next().unwrap());
        insta::assert_snapshot!(name, Shop::new(3).plan(&[".", "shop", "0002", "--dialect", dialect]));
    }
}

#[test]
fn what_is_pending_alone() {
    let shop = Shop::new(7);
    let applied = "shop\n [X] 0001_initial\n [X] 0002_note\n [X] 0003_code_concurrently\n [X] 0004_split\n [ ] 0005_fill\n \
                   [ ] 0006_parcel\n [ ] 0007_drop\n";
    shop.write("applied.txt", applied);
    assert_eq!(shop.names(&["--applied", "applied.txt"]), ["0005", "0006", "0007"]);
    assert_eq!(shop.names(&[".", "shop", "0006", "--applied", "applied.txt"]), ["0006"]);
    // A migration that is applied already is none to plan, and that is an answer.
    assert!(shop.names(&[".", "shop", "0001", "--applied", "applied.txt"]).is_empty());
    insta::assert_snapshot!(shop.plan(&[&DIALECT[..], &["--applied", "applied.txt"]].concat()));
    // Rolling back ends at one that is pending; of those that are applied nothing is said.
    shop.write("applied.txt", &applied.replace("[ ] 0005", "[X] 0005"));
    let plan = shop.plan(&["--applied", "applied.txt"]);
    assert!(plan.contains("All of it can be rolled back."), "{plan}");

    shop.write("applied.txt", "neither a list nor a table\n");
    let done = shop.run(&["--applied", "applied.txt"]);
    assert_eq!((done.status.code(), done.stdout.len()), (Some(2), 0));
}

#[test]
fn what_is_new_alone() {
    if Command::new("git").arg("--version").output().is_err() {
        return;
    }
    let shop = Shop::new(5);
    shop.git(&["init", "-q", "-b", "main"]);
    shop.git(&["add", "-A"]);
    shop.git(&["commit", "-q", "-m", "a shop"]);
    assert!(shop.names(&["--diff", "main"]).is_empty());
    shop.git(&["checkout", "-q", "-b", "parcels"]);
    shop.add(5);
    shop.git(&["add", "-A"]);
    shop.git(&["commit", "-q", "-m", "parcels"]);
    assert_eq!(shop.names(&["--diff", "main"]), ["0006"]);
    // What is not committed is new as well.
    shop.add(6);
    assert_eq!(shop.names(&["--diff", "main"]), ["0006", "0007"]);
    assert_eq!(shop.names(&[".", "shop", "0007", "--diff", "main"]), ["0007"]);
    shop.write("applied.txt", "app,name\nshop,0006_parcel\n");
    assert_eq!(shop.names(&["--diff", "main", "--applied", "applied.txt"]), ["0007"]);
    assert_eq!(shop.run(&["--diff", "nowhere"]).status.code(), Some(2));
}

#[test]
fn what_is_not_certain_is_said_once() {
    let shop = Shop::new(3);
    let count = |text: &str| text.matches("a database router may or may not").count();
    assert_eq!(count(&shop.plan(&[])), 0);
    // A router that cannot be read.
    shop.write(
        "site_settings.py",
        "INSTALLED_APPS = [\"shop\"]\nDATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.postgresql\"}}\n\
         DATABASE_ROUTERS = [\"elsewhere.Router\"]\n",
    );
    assert_eq!(count(&shop.plan(&[])), 1);
    assert_eq!(count(&shop.plan(&["--format", "markdown"])), 1);
    let doubts = &shop.json(&[])["not_certain"];
    assert_eq!(doubts[0]["migrations"].as_array().unwrap().len(), 3, "{doubts}");
    // One that is asked on a condition alone, and denies nothing: it makes no difference.
    let settings = "import socket\nINSTALLED_APPS = [\"shop\"]\nDATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.\
                    postgresql\"}}\nif socket.gethostname() == \"a\":\n    DATABASE_ROUTERS = [\"shop.routers.Replica\"]\n";
    shop.write("site_settings.py", settings);
    let router = |answer: &str| {
        format!(
            "class Replica:\n    def allow_migrate(self, db, app_label, model_name=None, **hints):\n        return {answer}\n"
        )
    };
    shop.write("shop/routers.py", &router("True"));
    assert_eq!(count(&shop.plan(&[])), 0);
    // One that keeps the orders elsewhere makes one.
    shop.write("shop/routers.py", &router("model_name != \"order\""));
    assert_eq!(count(&shop.plan(&[])), 1);
}

#[test]
fn what_a_router_keeps_from_the_database_is_not_planned() {
    let shop = Shop::new(2);
    shop.write(
        "site_settings.py",
        "INSTALLED_APPS = [\"shop\"]\nDATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.postgresql\"}}\n\
         DATABASE_ROUTERS = [\"shop.routers.Orders\"]\n",
    );
    shop.write(
        "shop/routers.py",
        "class Orders:\n    def allow_migrate(self, db, app_label, model_name=None, **hints):\n        return model_name != \
         \"order\"\n",
    );
    let plan = shop.plan(&[]);
    assert!(plan.contains("CREATE TABLE \"shop_customer\""), "{plan}");
    assert!(!plan.contains("shop_order") && !plan.contains("Not certain"), "{plan}");
}

#[test]
fn a_model_that_may_have_no_table_is_not_certain() {
    let shop = Shop::new(0);
    let settings = |user: &str| {
        format!(
            "import socket\nINSTALLED_APPS = [\"shop\"]\nDATABASES = {{\"default\": {{\"ENGINE\": \"django.db.backends.\
             postgresql\"}}}}\n{user}\n"
        )
    };
    let migration = |option: &str| {
        let text = format!(
            "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    initial = True\n    \
             operations = [\n        migrations.CreateModel(\"User\", [(\"id\", models.BigAutoField(primary_key=True))], \
             options={{{option}}}),\n    ]\n"
        );
        shop.write("shop/migrations/0001_initial.py", &text);
    };
    migration("\"swappable\": \"AUTH_USER_MODEL\"");
    for (user, count, said) in [
        ("AUTH_USER_MODEL = \"shop.User\"", 1, false),
        ("AUTH_USER_MODEL = \"people.Person\"", 0, false),
        ("AUTH_USER_MODEL = socket.gethostname()", 1, true),
    ] {
        shop.write("site_settings.py", &settings(user));
        let plan = shop.plan(&[]);
        assert_eq!(plan.matches("CREATE TABLE").count(), count, "{user}\n{plan}");
        assert_eq!(plan.contains("Not certain: AUTH_USER_MODEL"), said, "{user}\n{plan}");
    }
    shop.write("site_settings.py", &settings(""));
    migration("\"required_db_features\": [\"gis_enabled\"]");
    assert!(shop.plan(&[]).contains("features that it requires"));
    migration("\"required_db_features\": []");
    assert!(!shop.plan(&[]).contains("Not certain"));
}
