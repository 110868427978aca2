//! A project that a test may spoil, and the program run on it under bounds of time and memory.

#![allow(dead_code)]

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Generous: a debug build on a busy machine. What is wrong takes for ever.
pub const TIME: Duration = Duration::from_mins(3);
/// No input makes it take more.
pub const MEMORY: u64 = 1 << 30;

pub const MANAGE: &str = r#"
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
"#;

pub const SETTINGS: &str = r#"
INSTALLED_APPS = ["django.contrib.contenttypes", "shop", "bad"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"#;

pub const INITIAL: &str = r#"from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Thing", [
            ("id", models.BigAutoField(primary_key=True, auto_created=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=20)),
        ]),
    ]
"#;

pub const REMOVAL: &str = r#"from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RemoveField("thing", "name")]
"#;

pub const MODELS: &str = r"from django.db import models

class Thing(models.Model):
    name = models.CharField(max_length=20)
";

/// A project of two apps: `shop`, which drops a column, and `bad`, which is as good as new.
pub fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("manage.py", MANAGE),
        ("config/__init__.py", ""),
        ("config/settings.py", SETTINGS),
        ("requirements.txt", "Django==5.2\n"),
        ("shop/__init__.py", ""),
        ("shop/models.py", "from django.db import models\n\nclass Thing(models.Model):\n    pass\n"),
        ("shop/migrations/__init__.py", ""),
        ("shop/migrations/0001_initial.py", INITIAL),
        ("shop/migrations/0002_removal.py", REMOVAL),
        ("bad/__init__.py", ""),
        ("bad/models.py", MODELS),
        ("bad/migrations/__init__.py", ""),
        ("bad/migrations/0001_initial.py", INITIAL),
    ] {
        put(folder.path(), path, text);
    }
    folder
}

pub fn put(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The most memory that a process has had so far, where the system tells.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

pub struct Said {
    /// The exit code.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs the program; one that takes too long is ended, and the test fails.
pub fn run(root: &Path, words: &[&str]) -> Said {
    run_as(root, words, |_| {})
}

/// The same with something changed about the process.
pub fn run_as(root: &Path, words: &[&str], change: impl FnOnce(&mut Command)) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(words).arg(root).env_remove("VIRTUAL_ENV").stdin(Stdio::null());
    change(&mut command);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut streams = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let err = std::thread::spawn(move || {
        let mut text = String::new();
        streams.1.read_to_string(&mut text).map(|_| text)
    });
    let out = std::thread::spawn(move || {
        let mut text = String::new();
        streams.0.read_to_string(&mut text).map(|_| text)
    });
    let started = Instant::now();
    let mut most = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        most = most.max(memory(child.id()));
        assert!(most < MEMORY, "{words:?} takes {most} bytes of memory");
        if started.elapsed() > TIME {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{words:?} has not ended in {TIME:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let (out, err) = (out.join().unwrap().unwrap(), err.join().unwrap().unwrap());
    let status = status.code().unwrap_or_else(|| panic!("{words:?} was ended by a signal: {status}\n{err}"));
    assert!(!err.contains("panicked") && !out.contains("internal error"), "{words:?}\n{out}\n{err}");
    assert!((0..=2).contains(&status), "{words:?}: {status}\n{err}");
    Said { status, out, err }
}
