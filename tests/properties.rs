//! What holds for any project: made at random from a fixed seed, so that a failure comes again.

#![allow(clippy::unwrap_used)]

#[path = "support/random.rs"]
mod random;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use random::Random;
use serde_json::Value;

fn migcheck(project: &Path, words: &[&str], threads: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(words).arg(project).args(["--quiet", "--django", "5.2"]);
    command
        .env_remove("VIRTUAL_ENV")
        .env("SOURCE_DATE_EPOCH", "1706702400")
        .env("RAYON_NUM_THREADS", threads);
    command.output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn new_project(apps: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n");
    let list: Vec<String> = apps.iter().map(|app| format!("'{app}'")).collect();
    let installed = [list.join(", "), "'django.contrib.contenttypes', 'django.contrib.auth'".to_owned()];
    put(root, "settings.py", &format!("INSTALLED_APPS = [{}]\n", installed.join(", ")));
    for app in apps {
        put(root, &format!("{app}/__init__.py"), "");
        put(root, &format!("{app}/migrations/__init__.py"), "");
    }
    folder
}

/// Fields that can be added to a table in use without a question of `makemigrations`.
const FIELDS: &[&str] = &[
    "models.CharField(max_length=50, default='')",
    "models.CharField(max_length=80, null=True, db_index=True)",
    "models.IntegerField(null=True)",
    "models.BooleanField(default=False)",
    "models.DecimalField(max_digits=8, decimal_places=2, null=True)",
    "models.TextField(blank=True, default='', help_text='a \"text\"')",
    "models.ForeignKey('self', models.SET_NULL, null=True, related_name='+')",
    "models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name='+')",
    "models.ManyToManyField('Thing0', related_name='+')",
    "models.DateTimeField(null=True, unique=True)",
    "models.JSONField(default=dict)",
    "models.CharField(max_length=2, choices=[('a', 'A'), ('b', 'B')], default='a')",
];

#[derive(Clone)]
struct Model {
    fields: Vec<(String, usize)>,
    ordering: bool,
    index: Option<usize>,
}

struct App {
    models: Vec<Model>,
    made: usize,
}

impl App {
    fn text(&self) -> String {
        let mut text = "from django.conf import settings\nfrom django.db import models\n".to_owned();
        for (number, model) in self.models.iter().enumerate() {
            write!(
                text,
                "\n\nclass Thing{number}(models.Model):\n    first = models.IntegerField(default=0)\n"
            )
            .unwrap();
            for (name, kind) in &model.fields {
                writeln!(text, "    {name} = {}", FIELDS[*kind]).unwrap();
            }
            text.push_str("\n    class Meta:\n        verbose_name = 'thing'\n");
            if model.ordering {
                text.push_str("        ordering = ['-first']\n");
            }
            if let Some(index) = model.index {
                writeln!(
                    text,
                    "        indexes = [models.Index(fields=['first'], name='first_{index}_{number}')]"
                )
                .unwrap();
            }
        }
        text
    }

    /// One kind of change at a time: where fields come and go at once, Django asks whether one was renamed.
    fn change(&mut self, random: &mut Random) {
        match random.below(6) {
            0 => self.models.push(Model { fields: Vec::new(), ordering: false, index: None }),
            1 | 2 => {
                for _ in 0..=random.below(3) {
                    self.made += 1;
                    let (name, kind) = (format!("field{}", self.made), random.below(FIELDS.len()));
                    let at = random.below(self.models.len());
                    self.models[at].fields.push((name, kind));
                }
            }
            3 => {
                let at = random.below(self.models.len());
                self.models[at].fields.pop();
            }
            4 => {
                let at = random.below(self.models.len());
                self.models[at].ordering ^= true;
            }
            _ => {
                let at = random.below(self.models.len());
                self.models[at].index = if random.below(3) == 0 { None } else { Some(random.below(9)) };
            }
        }
    }
}

/// Whatever was written, nothing is missing any more, and the state after the migrations is the models'.
#[test]
fn what_is_written_is_what_was_missing() {
    let mut random = Random(7);
    let mut written = 0;
    for _ in 0..6 {
        let folder = new_project(&["shop"]);
        let model = Model { fields: Vec::new(), ordering: false, index: None };
        let mut app = App { models: vec![model], made: 0 };
        for _ in 0..8 {
            let text = app.text();
            put(folder.path(), "shop/models.py", &text);
            let answer = json(&migcheck(folder.path(), &["missing", "--write", "--json"], "2"));
            assert_eq!(answer["refused"].as_array().map(Vec::len), Some(0), "{answer:#}\n{text}");
            written += answer["written"].as_array().map_or(0, Vec::len);
            let again = json(&migcheck(folder.path(), &["missing", "--json"], "2"));
            assert_eq!(again["verdict"], "clean", "{again:#}\n{text}");
            let replayed = json(&migcheck(folder.path(), &["state", "--json", "--app", "shop"], "2"));
            let declared =
                json(&migcheck(folder.path(), &["state", "--models", "--json", "--app", "shop"], "2"));
            assert_eq!(comparable(&replayed), comparable(&declared), "{text}");
            app.change(&mut random);
        }
    }
    assert!(written > 20, "{written} migrations");
}

/// A state's models, without the order of their fields: a migration adds them at the end.
fn comparable(state: &Value) -> Value {
    let mut models = state["models"].clone();
    for model in models.as_object_mut().into_iter().flat_map(|models| models.values_mut()) {
        if let Some(fields) = model["fields"].as_array_mut() {
            fields.sort_by_key(|field| field["name"].as_str().map(str::to_owned));
        }
    }
    models
}

/// How many threads there are, and in which order a folder lists its files, is nobody's business.
#[test]
fn the_report_is_the_same_for_any_order_and_number_of_threads() {
    let operations = [
        "migrations.AddField('thing0', 'a{n}', models.IntegerField(default=1))",
        "migrations.RemoveField('thing0', 'first')",
        "migrations.RunSQL('CREATE INDEX i{n} ON shop_thing0 (first)')",
        "migrations.RenameField('thing0', 'a{n}', 'b{n}')",
        "migrations.AddIndex('thing0', models.Index(fields=['first'], name='i{n}'))",
        "migrations.RunPython(unknown)",
    ];
    let mut random = Random(11);
    let apps = ["shop", "stock", "crm"];
    let mut files = Vec::new();
    for app in apps {
        files.push((format!("{app}/models.py"), App { models: vec![], made: 0 }.text()));
        let create = "migrations.CreateModel('Thing0', [('id', models.BigAutoField(primary_key=True)), \
                      ('first', models.IntegerField())])";
        for number in 1..=40 {
            let operation = if number == 1 {
                create.to_owned()
            } else {
                random.pick(&operations).replace("{n}", &number.to_string())
            };
            let after = number - 1 - random.below(3).min(number - 1);
            let dependency = if after == 0 { String::new() } else { format!("('{app}', '{after:04}_step')") };
            let text = format!(
                "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
                 dependencies = [{dependency}]\n    operations = [{operation}]\n"
            );
            files.push((format!("{app}/migrations/{number:04}_step.py"), text));
        }
    }
    let report = |files: &[(String, String)], threads: &str| {
        let folder = new_project(&apps);
        for (path, text) in files {
            put(folder.path(), path, text);
        }
        let answer = migcheck(folder.path(), &["check", "--format", "json"], threads);
        assert_ne!(answer.status.code(), Some(2), "{}", String::from_utf8_lossy(&answer.stderr));
        json(&answer)
    };
    let first = report(&files, "1");
    assert!(first["findings"].as_array().is_some_and(|found| found.len() > 40));
    files.reverse();
    assert_eq!(report(&files, "4"), first);
    for number in (1..files.len()).rev() {
        files.swap(number, random.below(number + 1));
    }
    assert_eq!(report(&files, "2"), first);
}
