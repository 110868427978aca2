//! How long the parts take: `cargo bench`. Whole commands, beside others, are measured by
//! `scripts/benchmark.py`.

#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use migcheck::database::{Vendor, sql};
use migcheck::django::loader::MigrationLoader;
use migcheck::drift;
use migcheck::project::{self, Project, ProjectOptions};
use migcheck::python::syntax::Parsed;
use migcheck::reading::{self, Detail};
use migcheck::report::markdown;
use migcheck::source::{SourceFile, WalkOptions, outline};

fn main() {
    divan::main();
}

/// A module of 400 methods in classes of 20.
fn module() -> String {
    let method = "    def method(self, value, *, key=None):\n        '''What it does.'''\n        \
                  result = [item for item in self.items if item.key == key and item.value > value]\n        \
                  if not result:\n            raise ValueError(f'no {key!r} above {value}')\n        \
                  return sorted(result, key=lambda item: item.value)\n\n";
    let class =
        format!("class Thing(Base):\n    name = models.CharField(max_length=100)\n\n{}", method.repeat(20));
    class.repeat(20)
}

#[divan::bench]
fn outline_of_a_module(bencher: Bencher) {
    let text = module();
    bencher.counter(BytesCount::of_str(&text)).bench(|| outline(black_box(&text)));
}

#[divan::bench(args = ["whole", "skimmed"])]
fn parse_a_module(bencher: Bencher, how: &str) {
    let text = module();
    let lines = outline(&text).unwrap();
    let file = SourceFile::new("a.py".into(), "a.py", text.clone());
    bencher.counter(BytesCount::of_str(&text)).bench(|| match how {
        "whole" => Parsed::new(file.clone()),
        _ => Parsed::skimmed(file.clone(), &lines),
    });
}

/// Apps of 50 migrations each: a table, then a field for each migration.
fn write_project(root: &Path, apps: usize) {
    let put = |path: PathBuf, text: &str| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put(root.join("manage.py"), "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n");
    let names: Vec<String> = (0..apps).map(|app| format!("app{app}")).collect();
    put(root.join("settings.py"), &format!("INSTALLED_APPS = {names:?}\n"));
    for app in &names {
        put(root.join(app).join("__init__.py"), "");
        put(root.join(app).join("migrations/__init__.py"), "");
        let mut fields = String::new();
        for number in 1..=50 {
            let operation = if number == 1 {
                "CreateModel('Thing', [('id', models.BigAutoField(primary_key=True))])".to_owned()
            } else {
                fields.push_str(&format!("    f{number} = models.IntegerField(null=True)\n"));
                format!("AddField('thing', 'f{number}', models.IntegerField(null=True))")
            };
            let before =
                if number == 1 { String::new() } else { format!("('{app}', '{:04}_step')", number - 1) };
            let text = format!(
                "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
                 dependencies = [{before}]\n    operations = [migrations.{operation}]\n"
            );
            put(root.join(app).join(format!("migrations/{number:04}_step.py")), &text);
        }
        let models = format!("from django.db import models\n\n\nclass Thing(models.Model):\n{fields}");
        put(root.join(app).join("models.py"), &models);
    }
}

fn discover(root: &Path) -> Project {
    let tree = project::tree_of(root, WalkOptions::default()).unwrap();
    let options = ProjectOptions::default();
    reading::on_big_stack(|| project::discover(&tree, &options)).pop().unwrap()
}

#[divan::bench(args = [2, 20], sample_count = 20)]
fn discovery(bencher: Bencher, apps: usize) {
    let folder = tempfile::tempdir().unwrap();
    write_project(folder.path(), apps);
    bencher.bench(|| discover(folder.path()));
}

#[divan::bench(args = [2, 20], sample_count = 20)]
fn migrations_and_graph(bencher: Bencher, apps: usize) {
    let folder = tempfile::tempdir().unwrap();
    write_project(folder.path(), apps);
    bencher.with_inputs(|| discover(folder.path())).bench_refs(|project| {
        let read = reading::migrations(project, Detail::Plain);
        MigrationLoader::build(read.migrations, &read.installed, project.facts.version)
    });
}

#[divan::bench(args = [2, 20], sample_count = 20)]
fn missing(bencher: Bencher, apps: usize) {
    let folder = tempfile::tempdir().unwrap();
    write_project(folder.path(), apps);
    bencher.with_inputs(|| discover(folder.path())).bench_refs(|project| {
        let (read, models) = reading::migrations_and_models(project);
        drift::compare(project, &read, &models, &drift::Request::default()).is_ok()
    });
}

#[divan::bench]
fn run_sql() -> usize {
    let text = "ALTER TABLE a ADD COLUMN b varchar(10) NOT NULL DEFAULT 'x''y'; \
                CREATE INDEX CONCURRENTLY IF NOT EXISTS c ON public.a USING gin (d gin_trgm_ops) WHERE e IS NULL; \
                DO $body$ BEGIN PERFORM 1; END $body$; UPDATE a SET b = c WHERE d IN (SELECT e FROM f);";
    sql::read(Vendor::PostgreSql, black_box(text)).len()
}

#[divan::bench]
fn text_in_markdown() -> String {
    let text =
        "[a](http://b) <b>c</b> ![d](e) @user #1 `f` https://x.y/ &amp; <!-- g --> | h |\n\n# i\n- j\n> k";
    markdown::message(black_box(text))
}
