//! What lies outside of the analysed tree is not read, not listed, not shown and not written, whatever the
//! tree has: symbolic links, settings that open files, a configuration that names them.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "support/hostile.rs"]
mod hostile;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use hostile::{INITIAL, MODELS, SETTINGS, Said, project, put, run, run_as};

/// What no output may hold.
const SECRET: &str = "topsecret";

const COMMANDS: &[&[&str]] = &[
    &["check"],
    &["check", "--format", "json", "--pedantic"],
    &["check", "--format", "markdown"],
    &["graph", "--json"],
    &["state", "--json"],
    &["state", "--models", "--json"],
    &["missing", "--json"],
    &["plan", "--format", "json"],
    &["fix"],
    &["init"],
    &["baseline"],
];

/// A folder beside the tree with secrets in files of every kind.
fn outside() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "plain.txt", "topsecret_line = 1\n*/migrations/*.py\n[tool.migcheck]\ntopsecret_key = 1\n");
    put(root, "module.py", "topsecret_name = 'topsecret_value'\nVALUE = 'topsecret_value'\n");
    put(root, "models.py", MODELS.replace("Thing", "topsecret_Model"));
    put(root, "package/__init__.py", "VALUE = 'topsecret_value'\n");
    put(root, "package/topsecret_module.py", "VALUE = 'topsecret_value'\n");
    put(root, "package/models.py", MODELS.replace("Thing", "topsecret_Model"));
    put(root, "package/max_migration.txt", "topsecret_line\n");
    put(root, "package/0001_topsecret.py", INITIAL);
    put(root, "plain/topsecret_module.py", "VALUE = 'topsecret_value'\n");
    put(root, "settings.json", "{\"apps\": [\"topsecret_app\"]}\n");
    folder
}

fn is_silent(what: &str, said: &Said) {
    for (stream, text) in [("output", &said.out), ("error", &said.err)] {
        assert!(!text.contains(SECRET), "{what} on standard {stream}:\n{text}");
    }
}

fn says_nothing_of_it(what: &str, root: &Path) {
    for words in COMMANDS {
        let said = run_as(root, words, |command| {
            command.env("SECRET_TOKEN", "topsecret_token");
        });
        is_silent(&format!("{what}: {words:?}"), &said);
    }
}

#[test]
fn what_links_lead_to_is_not_shown() {
    let outside = outside();
    let links: &[(&str, &str)] = &[
        ("bad/migrations/max_migration.txt", "plain.txt"),
        (".gitignore", "plain.txt"),
        ("bad/migrations/.gitignore", "plain.txt"),
        ("migcheck.toml", "plain.txt"),
        ("pyproject.toml", "plain.txt"),
        ("requirements.txt", "plain.txt"),
        ("setup.cfg", "plain.txt"),
        (".pre-commit-config.yaml", "plain.txt"),
        ("Dockerfile", "plain.txt"),
        ("bad/models.py", "models.py"),
        ("bad/models", "package"),
        ("bad/apps.py", "module.py"),
        ("config/settings.py", "module.py"),
        ("manage.py", "module.py"),
        ("bad/migrations", "package"),
        ("bad/migrations", "plain"),
        ("bad", "package"),
        ("config", "package"),
        (".venv", "package"),
        ("bad/management", "package"),
    ];
    for (place, target) in links {
        let folder = project();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let place = folder.path().join(place);
        if place.is_dir() {
            fs::remove_dir_all(&place).unwrap();
        } else {
            let _ = fs::remove_file(&place);
        }
        symlink(outside.path().join(target), &place).unwrap();
        says_nothing_of_it(&format!("{} -> {target}", place.display()), folder.path());
    }
}

/// The same by `import` and by what reads settings from several files.
#[test]
fn links_are_no_way_in_for_imports_and_patterns() {
    let outside = outside();
    let folder = project();
    symlink(outside.path(), folder.path().join("config/way")).unwrap();
    symlink(outside.path(), folder.path().join("way")).unwrap();
    let code = format!(
        "from split_settings.tools import include, optional\n\
         include('way/*.py', 'way/*/*.py', optional('{0}/*.py'), 'way/module.py')\n\
         from config.way.module import *\n\
         from way.module import VALUE\nimport way.package\nimport importlib\n\
         one = importlib.import_module('way.package').VALUE\n\
         INSTALLED_APPS += [VALUE, one, way.package.VALUE, 'way.package', 'way.plain']\n",
        outside.path().display()
    );
    put(folder.path(), "config/settings.py", format!("{SETTINGS}{code}"));
    says_nothing_of_it("imports", folder.path());
}

/// Settings that read files or the environment: what they would get is unknown.
#[test]
fn settings_open_nothing() {
    let outside = outside();
    let path = |name: &str| outside.path().join(name).display().to_string();
    let (text, module, json) = (path("plain.txt"), path("module.py"), path("settings.json"));
    let readers = [
        format!("value = open('{text}').read()"),
        format!("value = open('{text}').readlines()[0]"),
        format!("with open('{text}') as file:\n    value = file.read()"),
        format!("import io\nvalue = io.open('{text}').read()"),
        format!("import codecs\nvalue = codecs.open('{text}').read()"),
        format!("import pathlib\nvalue = pathlib.Path('{text}').read_text()"),
        format!("from pathlib import Path\nvalue = Path('{text}').read_bytes().decode()"),
        format!(
            "from pathlib import Path\nvalue = [str(one) for one in Path('{0}').iterdir()][0]",
            path("package")
        ),
        format!("from pathlib import Path\nvalue = str(list(Path('{0}').glob('**/*'))[-1])", path("package")),
        format!("import os\nvalue = os.listdir('{0}')[0]", path("package")),
        format!("import glob\nvalue = glob.glob('{0}/*')[0]", path("package")),
        format!("import json\nvalue = json.load(open('{json}'))['apps'][0]"),
        format!("import json\nwith open('{json}') as file:\n    value = json.load(file)['apps'][0]"),
        format!(
            "import configparser\nc = configparser.ConfigParser()\nc.read('{text}')\nvalue = c['a']['b']"
        ),
        format!("import tomllib\nvalue = str(tomllib.load(open('{text}', 'rb')))"),
        format!("exec(open('{module}').read())\nvalue = VALUE"),
        format!("value = eval(open('{module}').read())"),
        format!("import runpy\nvalue = runpy.run_path('{module}')['VALUE']"),
        format!(
            "import importlib.util as u\ns = u.spec_from_file_location('m', '{module}')\nm = u.module_from_spec(s)\ns.loader.exec_module(m)\nvalue = m.VALUE"
        ),
        format!(
            "import sys\nsys.path.insert(0, '{0}')\nfrom module import VALUE as value",
            outside.path().display()
        ),
        format!(
            "import sys\nsys.path.append('{0}')\nfrom package.topsecret_module import VALUE as value",
            outside.path().display()
        ),
        format!(
            "import environ\nenv = environ.Env()\nenvironment = environ.Env.read_env('{text}')\nvalue = env('topsecret_line')"
        ),
        format!(
            "from dotenv import load_dotenv, dotenv_values\nload_dotenv('{text}')\nvalue = str(dotenv_values('{text}'))"
        ),
        format!("import subprocess\nvalue = subprocess.check_output(['cat', '{text}']).decode()"),
        format!("import os\nvalue = os.popen('cat {text}').read()"),
        "import os\nvalue = os.environ['SECRET_TOKEN']".to_owned(),
        "import os\nvalue = os.environ.get('SECRET_TOKEN', 'none')".to_owned(),
        "import os\nvalue = os.getenv('SECRET_TOKEN')".to_owned(),
        "import os\nvalue = str(dict(os.environ))".to_owned(),
        "import environ\nenv = environ.Env()\nvalue = env('SECRET_TOKEN')".to_owned(),
        "from decouple import config\nvalue = config('SECRET_TOKEN')".to_owned(),
        "import getpass, socket, platform\nvalue = str([getpass.getuser(), socket.gethostname()])".to_owned(),
    ];
    for reader in readers {
        let folder = project();
        let code = format!("{reader}\nINSTALLED_APPS.append(value)\nTABLE = value\n");
        put(folder.path(), "config/settings.py", format!("{SETTINGS}{code}"));
        let migration = INITIAL.replace("max_length=20", "max_length=20, help_text=value");
        let (head, tail) = migration.split_once("\n\n").unwrap();
        let indented = format!("{head}\n{reader}\n\n{tail}").replace("\"Thing\"", "\"Other\"");
        put(folder.path(), "bad/migrations/0002_second.py", indented);
        for words in [&["check"][..], &["state", "--json"], &["missing", "--json"]] {
            let said = run_as(folder.path(), words, |command| {
                command.env("SECRET_TOKEN", "topsecret_token");
            });
            // A path that the settings themselves say is no secret; what is behind it is.
            for secret in [
                "topsecret_line =",
                "topsecret_value",
                "topsecret_app",
                "topsecret_token",
                "topsecret_module.py",
                "0001_topsecret",
            ] {
                let shown = said.out.contains(secret) || said.err.contains(secret);
                let own = reader.contains(secret);
                assert!(!shown || own, "{reader}\n{words:?}: {secret}\n{}\n{}", said.out, said.err);
            }
        }
    }
}

/// Which file a baseline is written over is for the command line to say.
#[test]
fn a_baseline_is_written_in_the_tree_alone() {
    let outside = outside();
    let victim = outside.path().join("plain.txt");
    let before = fs::read_to_string(&victim).unwrap();
    let folder = project();
    let usual = folder.path().join("migcheck-baseline.json");
    symlink(&victim, &usual).unwrap();
    assert_eq!(run(folder.path(), &["baseline", "--write"]).status, 2);
    fs::remove_file(&usual).unwrap();
    let relative = "../".repeat(20) + victim.strip_prefix("/").unwrap().to_str().unwrap();
    for name in [victim.to_str().unwrap(), &relative] {
        put(folder.path(), "migcheck.toml", format!("baseline = \"{name}\"\n"));
        let said = run(folder.path(), &["baseline", "--write"]);
        assert_eq!(said.status, 2, "{}", said.err);
        assert!(said.err.contains("--baseline"), "{}", said.err);
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), before);
    put(folder.path(), "migcheck.toml", "baseline = \"known.json\"\n");
    assert_eq!(run(folder.path(), &["baseline", "--write"]).status, 0);
    assert!(folder.path().join("known.json").is_file());
    assert_eq!(run(folder.path(), &["check", "--fail-on", "info"]).status, 0);
}

/// Nothing changes in a tree that is looked at, and nothing is made beside it.
#[test]
fn looking_writes_nothing() {
    let above = tempfile::tempdir().unwrap();
    let root = above.path().join("tree");
    let folder = project();
    let copied = Command::new("cp").arg("-a").arg(folder.path()).arg(&root).status().unwrap();
    assert!(copied.success());
    let list = || {
        let command = format!("find {0} -printf '%p %s %T@ %m\\n' | sort", above.path().display());
        String::from_utf8(Command::new("sh").args(["-c", &command]).output().unwrap().stdout).unwrap()
    };
    let before = list();
    assert!(before.lines().count() > 10);
    for words in COMMANDS {
        run_as(&root, words, |command| {
            command.current_dir(&root).env("HOME", above.path()).env("TMPDIR", above.path());
        });
    }
    assert_eq!(list(), before);
}

/// A configuration in the tree may name a file of row counts anywhere: nothing of it is shown.
#[test]
fn rows_of_a_file_elsewhere_are_not_shown() {
    let outside = outside();
    put(outside.path(), "rows.csv", "table,rows\nshop_thing,topsecret_line\n");
    let folder = project();
    let path = outside.path().join("rows.csv");
    put(folder.path(), "migcheck.toml", format!("[tables]\nrows = \"{}\"\n", path.display()));
    let said = run(folder.path(), &["check"]);
    assert_eq!(said.status, 2);
    is_silent("rows", &said);
}
