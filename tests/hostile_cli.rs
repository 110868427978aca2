//! The program on projects that mean harm: whatever one file does, it ends in time with an exit code of
//! the contract and whole JSON, tells the file and the line, and what lies beside is analysed.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "support/hostile.rs"]
mod hostile;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use hostile::{INITIAL, MODELS, REMOVAL, SETTINGS, project, put, run};
use serde_json::Value;

/// Does the same with each, several at a time.
fn each<T: Sync>(all: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(one);
                }
            });
        }
    });
}

/// The JSON answers, each of which has to be whole, with an exit code of the contract.
struct Answers {
    check: Value,
    models: Value,
    missing: Value,
    /// All that was said, on either stream.
    all: String,
}

fn ask(root: &Path) -> Answers {
    let mut all = String::new();
    let mut json = |words: &[&str], findings: bool| {
        let said = run(root, words);
        let most = i32::from(findings);
        assert!(said.status <= most, "{words:?}: {}\n{}", said.status, said.err);
        let _ = write!(all, "{}\n{}\n", said.out, said.err);
        serde_json::from_str::<Value>(&said.out)
            .unwrap_or_else(|error| panic!("{words:?}: {error}\n{}", said.out))
    };
    let check = json(&["check", "--format", "json"], true);
    json(&["graph", "--json"], false);
    json(&["state", "--json"], false);
    let models = json(&["state", "--models", "--json"], false);
    let missing = json(&["missing", "--json"], true);
    Answers { check, models, missing, all }
}

impl Answers {
    /// `shop` is analysed whatever `bad` does.
    fn the_rest_is_analysed(&self, name: &str) {
        let findings = self.check["findings"].as_array().unwrap();
        let found = findings.iter().any(|it| it["rule"] == "remove-field" && it["app"] == "shop");
        assert!(found, "{name}: shop is not analysed\n{}", self.all);
        let changes = self.missing["changes"].as_object().unwrap();
        assert!(!changes.contains_key("shop"), "{name}: shop is said to have changed\n{}", self.all);
    }

    /// Some message is about that file, and that line where one is given.
    fn tell(&self, name: &str, path: &str, line: Option<u64>) {
        let at = |entry: &Value| {
            let own = entry["line"].as_u64().or(entry["range"]["start"]["line"].as_u64());
            entry["path"] == path && line.is_none_or(|line| own == Some(line))
        };
        let lists = [
            &self.check["findings"],
            &self.check["undecided"],
            &self.models["unresolved"],
            &self.missing["unresolved"],
        ];
        let mut entries = lists.into_iter().flat_map(|list| list.as_array().into_iter().flatten());
        assert!(entries.any(at), "{name}: nothing is said of {path}:{line:?}\n{}", self.all);
    }
}

/// One file of `bad` is replaced.
fn replaced(name: &str, path: &str, line: Option<u64>, text: impl AsRef<[u8]>) {
    let folder = project();
    put(folder.path(), path, text);
    let answers = ask(folder.path());
    answers.the_rest_is_analysed(name);
    answers.tell(name, path, line);
}

const SECOND: &str = "bad/migrations/0002_second.py";

#[test]
fn an_untouched_project_is_clean_beside_its_finding() {
    let folder = project();
    let answers = ask(folder.path());
    answers.the_rest_is_analysed("untouched");
    assert_eq!(answers.check["undecided"].as_array().unwrap().len(), 0, "{}", answers.all);
    assert_eq!(answers.missing["verdict"], "clean", "{}", answers.all);
}

#[test]
fn nested_brackets() {
    for path in [SECOND, "bad/models.py", "config/settings.py"] {
        let text = format!("import os\nx = {}1{}\n", "[".repeat(100_000), "]".repeat(100_000));
        if path == "config/settings.py" {
            let folder = project();
            put(folder.path(), path, text);
            let said = run(folder.path(), &["check"]);
            let all = said.out + &said.err;
            assert!(all.contains("config/settings.py:2"), "{all}");
        } else {
            replaced("brackets", path, Some(2), text);
        }
    }
}

#[test]
fn a_file_of_a_gigabyte() {
    for path in [SECOND, "bad/models.py"] {
        let folder = project();
        fs::File::create(folder.path().join(path)).unwrap().set_len(1 << 30).unwrap();
        let answers = ask(folder.path());
        answers.the_rest_is_analysed("gigabyte");
        answers.tell("gigabyte", path, None);
    }
}

#[test]
fn links_that_lead_in_a_circle_or_out() {
    let folder = project();
    let root = folder.path();
    symlink("..", root.join("bad/loop")).unwrap();
    symlink("0002_second.py", root.join(SECOND)).unwrap();
    symlink("0004_fourth.py", root.join("bad/migrations/0003_third.py")).unwrap();
    symlink("0003_third.py", root.join("bad/migrations/0004_fourth.py")).unwrap();
    symlink("/dev/zero", root.join("bad/migrations/0005_fifth.py")).unwrap();
    symlink("/", root.join("shop/everything")).unwrap();
    let answers = ask(root);
    answers.the_rest_is_analysed("links");
    assert!(answers.all.contains("0005_fifth"), "{}", answers.all);
}

/// What stands where a file should be.
#[derive(Clone, Copy, Debug)]
enum Instead {
    Folder,
    Fifo,
    Device,
}

fn put_instead(root: &Path, path: &str, what: Instead) {
    let path = root.join(path);
    if path.exists() {
        fs::remove_file(&path).unwrap();
    }
    match what {
        Instead::Folder => fs::create_dir(path).unwrap(),
        Instead::Fifo => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        Instead::Device => symlink("/dev/zero", path).unwrap(),
    }
}

#[test]
fn folders_pipes_and_devices_in_place_of_files() {
    for what in [Instead::Folder, Instead::Fifo, Instead::Device] {
        for path in [SECOND, "bad/models.py", "bad/apps.py", "bad/migrations/max_migration.txt"] {
            let folder = project();
            put_instead(folder.path(), path, what);
            let answers = ask(folder.path());
            answers.the_rest_is_analysed(&format!("{what:?} {path}"));
            if path == SECOND && !matches!(what, Instead::Folder) {
                answers.tell(&format!("{what:?}"), path, None);
            }
        }
    }
}

#[test]
fn folders_pipes_and_devices_in_place_of_what_tells_of_the_project() {
    for what in [Instead::Folder, Instead::Fifo, Instead::Device] {
        for path in [
            "manage.py",
            "config/settings.py",
            "pyproject.toml",
            "requirements.txt",
            ".env",
            "migcheck.toml",
            ".gitignore",
        ] {
            let folder = project();
            put_instead(folder.path(), path, what);
            for words in [&["check", "--format", "json"][..], &["missing", "--json"], &["graph", "--json"]] {
                let said = run(folder.path(), words);
                if said.status < 2 {
                    serde_json::from_str::<Value>(&said.out).unwrap();
                } else {
                    let name = path.rsplit('/').next().unwrap();
                    assert!(said.err.contains(name), "{what:?} {path} {words:?}: {}", said.err);
                }
                if path == "config/settings.py" {
                    assert!(said.err.contains("settings"), "{what:?} {path} {words:?}: {}", said.err);
                }
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    replaced("latin-1", SECOND, None, b"# caf\xe9\nx = '\xff\xfe'\n");
    replaced(
        "utf-16",
        SECOND,
        None,
        "import os\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
    );
    replaced("zeros", SECOND, None, [0; 4096]);
    replaced("models", "bad/models.py", None, b"from django.db import models\nx = '\xff\xfe'\n");
}

#[test]
fn files_cut_short() {
    let at = INITIAL.find("max_length").unwrap();
    replaced("in an operation", SECOND, None, &INITIAL[..at]);
    replaced("in a string", SECOND, None, &INITIAL[..INITIAL.find("name\"").unwrap() + 2]);
    replaced("empty", SECOND, None, "");
    replaced(
        "conflict",
        SECOND,
        Some(1),
        format!("<<<<<<< HEAD\n{INITIAL}=======\n{REMOVAL}>>>>>>> other\n"),
    );
    replaced("models", "bad/models.py", None, &MODELS[..MODELS.len() - 5]);
}

#[test]
fn imports_of_what_is_not_there() {
    let import = |line: &str| INITIAL.replacen("class", &format!("{line}\n\nclass"), 1);
    replaced("absolute", SECOND, Some(3), import("from bad.nothing import x"));
    replaced("relative", SECOND, Some(3), import("from ..nothing import x"));
}

#[test]
fn ten_thousand_star_imports() {
    let folder = project();
    let mut settings = String::new();
    for number in 0..10_000 {
        let _ = writeln!(settings, "from config.part{number} import *");
        let next = (number + 1) % 10_000;
        put(
            folder.path(),
            &format!("config/part{number}.py"),
            format!("from config.part{next} import *\nX{number} = 1\n"),
        );
    }
    put(folder.path(), "config/settings.py", settings + SETTINGS);
    let answers = ask(folder.path());
    answers.the_rest_is_analysed("star imports");
}

#[test]
fn star_imports_of_what_is_not_there() {
    let folder = project();
    let lines: String =
        (0..10_000).fold(String::new(), |all, number| all + &format!("from nowhere{number} import *\n"));
    put(folder.path(), "config/settings.py", lines + SETTINGS);
    ask(folder.path()).the_rest_is_analysed("missing star imports");
}

/// Code that never ends, or grows without bound, when it is evaluated.
const BOMBS: &[(&str, &str)] = &[
    ("string", "x = 'a' * 10**9"),
    ("list", "x = [0] * 10**9"),
    ("tuple", "x = (1, 2, 3) * 10**12"),
    ("bytes", "x = bytes(10**11)"),
    ("range", "x = list(range(10**12))"),
    ("power", "x = 10 ** 10 ** 10"),
    ("shift", "x = 1 << 10**12"),
    ("digits", "x = int('9' * 10**7)"),
    ("format", "x = '%1000000000d' % 1"),
    ("fill", "x = 'a'.ljust(10**10)"),
    ("spec", "x = f'{1:>{10**10}}'"),
    ("loop", "while True:\n    pass"),
    ("growing loop", "x = []\nwhile True:\n    x.append(x)"),
    ("doubling", "x = 'a'\nwhile True:\n    x += x"),
    ("doubling list", "x = [1]\nfor n in range(100):\n    x = x + x"),
    ("nested lists", "x = []\nfor n in range(10**6):\n    x = [x]"),
    ("shared lists", "x = []\nfor n in range(100):\n    x = [x, x]"),
    ("shared in a field", "x = ()\nfor n in range(60):\n    x = (x, x)\nTABLE = x"),
    ("recursion", "def f(n):\n    return f(n + 1)\nx = f(0)"),
    ("mutual recursion", "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nx = f(0)"),
    ("fan", "def f(n):\n    return f(n + 1) + f(n + 1)\nx = f(0)"),
    ("fibonacci", "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nx = f(90)"),
    ("comprehension", "x = [a for a in range(10**4) for b in range(10**4) for c in range(10**4)]"),
    ("set", "x = {a * b for a in range(10**5) for b in range(10**5)}"),
    ("generator", "def f():\n    while True:\n        yield 1\nx = list(f())"),
    ("sum", "x = sum(n for n in range(10**10))"),
    ("own base", "class A(A):\n    pass"),
    (
        "endless getattr",
        "class A:\n    def __getattr__(self, name):\n        return getattr(self, name + 'a')\nx = A().b",
    ),
    ("endless property", "class A:\n    @property\n    def p(self):\n        return self.p\nx = A().p"),
    ("endless repr", "class A:\n    def __repr__(self):\n        return repr(self)\nx = repr(A())"),
    ("own item", "x = []\nx.append(x)\ny = repr(x)\nz = x == [x]"),
    ("own key", "x = {}\nx['x'] = x\ny = str(x)"),
    (
        "endless iterator",
        "class A:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        return 1\nx = list(A())",
    ),
    ("join", "x = ','.join(['a' * 10**5] * 10**5)"),
    ("replace", "x = ('a' * 10**5).replace('a', 'a' * 10**5)"),
    ("product", "import itertools\nx = list(itertools.product(range(1000), repeat=10))"),
    ("count", "import itertools\nx = list(itertools.count())"),
    ("permutations", "import itertools\nx = list(itertools.permutations(range(50)))"),
    ("regex", "import re\nx = re.match('(a+)+$', 'a' * 50 + 'b')"),
    ("exec", "exec('x = ' + '[' * 100000)"),
    ("decorators", "def d(f):\n    return d(f)\n@d\ndef g():\n    pass"),
    (
        "metaclass",
        "class M(type):\n    def __new__(m, n, b, d):\n        return M(n, b, d)\nclass A(metaclass=M):\n    pass",
    ),
    ("unpacking", "x = [*range(10**9), *range(10**9)]"),
    ("slices", "x = list(range(10**6))[::1] * 10**6"),
    ("decimal", "from decimal import Decimal\nx = Decimal(10) ** 10**9"),
    ("fraction", "x = 1\nfor n in range(10**6):\n    x = x * x + 1"),
    (
        "exceptions",
        "while True:\n    try:\n        raise ValueError\n    except ValueError:\n        continue",
    ),
    (
        "finally",
        "def f():\n    while True:\n        try:\n            return 1\n        finally:\n            continue\nx = f()",
    ),
    ("many ranges", "x = [list(range(10**6)) for n in range(10**4)]"),
    ("many texts", "x = ['a' * 10**6 + str(n) for n in range(10**5)]"),
    ("upper", "t = 'a' * 10**6\nx = [t.upper() for n in range(10**5)]"),
    ("star call", "def f(*a):\n    return f(*a)\nx = f(*range(10**6))"),
    ("double star call", "d = {str(n): n for n in range(10**5)}\ndef f(**k):\n    return f(**k)\nx = f(**d)"),
    ("loop recursion", "big = [0] * 10**6\ndef f():\n    for a in big:\n        f()\nx = f()"),
    ("own items equal", "a = [0] * 10**6\na[0] = a\nb = [0] * 10**6\nb[0] = b\nx = a == b"),
    (
        "own items joined",
        "import nowhere\na = []\na.append(a)\nb = []\nb.append(b)\nx = a if nowhere.y else b",
    ),
    (
        "journal of lists",
        "import nowhere\nx = [0] * 10**6\nif nowhere.y:\n    for n in range(10**5):\n        x.append(n)",
    ),
    ("key of shared", "x = (1,)\nfor n in range(60):\n    x = (x, x)\ny = {x: 1}"),
    ("hash of shared set", "x = frozenset([1])\nfor n in range(60):\n    x = frozenset([x, (x, x)])"),
    (
        "extend",
        "big = list(range(10**6))\nx = []\nfor n in range(10**4):\n    l = []\n    l.extend(big)\n    x.append(l)",
    ),
    ("index", "big = list(range(10**6))\nx = 0\nwhile True:\n    x = big.index(10**6 - 1)"),
    ("texts in a value", "x = ['a' * 10**6] * 10**5"),
    (
        "values in a value",
        "from decimal import Decimal\nimport datetime\nd = datetime.timedelta(1)\nx = [d] * 10**6\nfor n in range(20):\n    x = [x] * 10",
    ),
    (
        "deepcopy",
        "import copy\nx = [1]\nfor n in range(60):\n    x = [x, x]\ny = []\nfor n in range(10**5):\n    y.append(copy.deepcopy(x))",
    ),
    (
        "deepcopy wide",
        "import copy\nx = [[] for n in range(10**5)]\ny = [copy.deepcopy(x) for n in range(100)]",
    ),
    ("copies", "x = list(range(10**6))\ny = [x.copy() for n in range(10**4)]"),
    ("globals", "x = [dict(globals()) for n in range(10**5)]"),
    ("big ints", "x = 1 << 90000\ny = [str(x) for n in range(10**5)]"),
    ("big int keys", "x = {(1 << 90000) + n: n for n in range(10**5)}"),
    (
        "regexes",
        "import re\nx = [re.compile('(a{500}|' + 'b' * (n % 1000) + '){20}').match('a') for n in range(10**5)]",
    ),
    ("classes", "x = [type('A', (), {}) for n in range(10**6)]"),
    ("lambdas", "x = [lambda: n for n in range(10**6)]"),
    ("sum of lists", "x = sum([[0] * 1000] * 10**5, [])"),
    ("sum doubling", "x = [0]\nfor n in range(64):\n    x = sum([x, x], [])"),
    ("dict bomb", "x = {}\nfor n in range(64):\n    x = {0: x, 1: x}"),
    ("dict comprehension", "x = {a: {b: list(range(1000)) for b in range(1000)} for a in range(1000)}"),
    ("sorted", "x = list(range(10**6))\ny = [sorted(x) for n in range(10**4)]"),
    ("format of list", "x = [0] * 10**5\ny = [f'{x}' for n in range(10**4)]"),
    ("split", "x = [('a ' * 400000).split() for n in range(10**4)]"),
    ("zip", "x = list(zip(*[range(10**5)] * 10**4))"),
    ("repr growing", "x = 'a\\'\"'\nfor n in range(60):\n    x = repr(x)"),
    ("chars", "t = 'ab' * 500000\nx = [list(t) for n in range(1000)]"),
    (
        "partial",
        "from functools import partial\nx = int\nfor n in range(10**5):\n    x = partial(x, 1)\ny = x",
    ),
    ("reduce", "from functools import reduce\nx = reduce(lambda a, b: a + a, range(100), [1])"),
    ("class nest", "def f(n):\n    class A:\n        x = f(n + 1)\n    return A\nx = f(0)"),
    ("accumulate", "from itertools import accumulate, repeat, chain\nx = list(accumulate([[1]] * 10**5))"),
    (
        "chain",
        "from itertools import chain, repeat\nx = list(chain.from_iterable(repeat(range(1000), 10**6)))",
    ),
    ("translate", "x = ('a' * 10**6).translate({97: 'b' * 10**6})"),
    ("textwrap", "x = ('ab ' * 300000).title().center(10**6).expandtabs(10**6)"),
];

#[test]
fn code_without_end() {
    each(BOMBS, |(name, code)| {
        let folder = project();
        let (head, tail) = INITIAL.split_once("\n\n").unwrap();
        put(
            folder.path(),
            SECOND,
            format!("{head}\n{code}\n{tail}")
                .replace("Thing", "Other")
                .replace("max_length=20", "max_length=20, default=x"),
        );
        let (head, tail) = MODELS.split_once("\n\n").unwrap();
        put(
            folder.path(),
            "bad/models.py",
            format!("{head}\n{code}\n{tail}").replace("max_length=20", "max_length=20, default=x"),
        );
        let started = Instant::now();
        let said = run(folder.path(), &["check", "--format", "json"]);
        eprintln!("{name}: {:?}", started.elapsed());
        let check: Value = serde_json::from_str(&said.out).unwrap();
        let found = |rule: &str, app: &str| {
            let mut findings = check["findings"].as_array().unwrap().iter();
            findings.any(|it| it["rule"] == rule && it["app"] == app)
        };
        assert!(found("remove-field", "shop"), "{name}: shop is not analysed\n{}", said.out);
        // The class that stands below the code is read; where `x` does not exist, Python stops there.
        assert!(
            found("conflicting-migrations", "bad") || *name == "own base",
            "{name}: the rest of the file is not read\n{}",
            said.out
        );
    });
}

#[test]
fn settings_without_end() {
    each(BOMBS, |(name, code)| {
        let folder = project();
        put(folder.path(), "config/settings.py", format!("{SETTINGS}\n{code}\n"));
        let said = run(folder.path(), &["check", "--format", "json"]);
        assert!(said.status < 2, "{name}: {}", said.err);
        serde_json::from_str::<Value>(&said.out).unwrap();
    });
}

#[test]
fn classes_without_end() {
    let chain = |count: usize| {
        let mut text = String::from(
            "from django.db import models\n\nclass A0(models.Model):\n    class Meta:\n        abstract = True\n",
        );
        for number in 1..count {
            let _ =
                write!(text, "class A{number}(A{}):\n    class Meta:\n        abstract = True\n", number - 1);
        }
        let _ = write!(text, "class Thing(A{}):\n    name = models.CharField(max_length=20)\n", count - 1);
        text
    };
    let diamond = |count: usize| {
        let mut text = String::from("from django.db import models\n\nclass A0: pass\nclass B0: pass\n");
        for number in 1..count {
            let before = number - 1;
            let _ = writeln!(
                text,
                "class A{number}(A{before}, B{before}): pass\nclass B{number}(B{before}): pass"
            );
        }
        text + MODELS
    };
    let circle = "from django.db import models\nfrom bad.other import Base\n\nclass Thing(Base):\n    name = models.CharField(max_length=20)\n";
    for (name, text) in [("chain", chain(5000)), ("diamond", diamond(2000)), ("circle", circle.to_owned())] {
        let folder = project();
        put(folder.path(), "bad/models.py", text);
        put(folder.path(), "bad/other.py", "from bad.models import Thing\n\nclass Base(Thing):\n    pass\n");
        ask(folder.path()).the_rest_is_analysed(name);
    }
}

#[test]
fn graphs_that_are_deep_wide_or_round() {
    let folder = project();
    let migration = |dependencies: &str| {
        format!(
            "from django.db import migrations\n\nclass Migration(migrations.Migration):\n    dependencies = [{dependencies}]\n    operations = []\n"
        )
    };
    for number in 2..1500 {
        let text = migration(&format!(
            "(\"bad\", \"{}\")",
            if number == 2 { "0001_initial".into() } else { format!("{:04}_n", number - 1) }
        ));
        put(folder.path(), &format!("bad/migrations/{number:04}_n.py"), text);
    }
    put(folder.path(), "bad/migrations/9000_a.py", migration("(\"bad\", \"9001_b\")"));
    put(folder.path(), "bad/migrations/9001_b.py", migration("(\"bad\", \"9000_a\")"));
    put(folder.path(), "bad/migrations/9002_c.py", migration("(\"bad\", \"9002_c\")"));
    let many: String =
        (0..20_000).fold(String::new(), |all, number| all + &format!("(\"x{number}\", \"0001_y\"), "));
    put(folder.path(), "bad/migrations/9003_d.py", migration(&many));
    ask(folder.path()).the_rest_is_analysed("graph");
}

#[test]
fn names_that_are_no_names() {
    let folder = project();
    for name in [
        "0002_a b.py",
        "0002_\u{1b}[31m.py",
        "0002_\u{202e}.py",
        "0002_\n.py",
        "..py",
        "0002_é.py",
        "0002_'\"`.py",
    ] {
        put(folder.path(), &format!("bad/migrations/{name}"), REMOVAL);
    }
    let dots = format!("import {}a\n{INITIAL}", "a.".repeat(100_000));
    put(folder.path(), SECOND, dots);
    let answers = ask(folder.path());
    answers.the_rest_is_analysed("names");
    for format in ["human", "concise", "markdown"] {
        let said = run(folder.path(), &["check", "--format", format]);
        let all = said.out + &said.err;
        assert!(!all.contains('\u{1b}') && !all.contains('\u{202e}'), "{format}: {all}");
    }
}

/// Rust's formatting takes no width over 65,535.
#[test]
fn names_and_numbers_beyond_any_width() {
    let long = "a".repeat(70_000);
    let second = format!(
        "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    dependencies = \
         [(\"bad\", \"0001_initial\")]\n    operations = [\n        migrations.AlterModelTable(\"thing\", \"{long}\"),\n        \
         migrations.AddField(\"thing\", \"{long}\", models.DecimalField(max_digits=5, decimal_places=70000, \
         default=1)),\n    ]\n"
    );
    for vendor in ["postgresql", "mysql", "mariadb", "sqlite", "oracle"] {
        let folder = project();
        put(folder.path(), SECOND, &second);
        for words in [
            &["check", "--dialect", vendor, "--django", "4.2"][..],
            &["plan", "--dialect", vendor, "--django", "4.2"],
            &["sql", "bad", "0002_second", "--dialect", vendor, "--django", "4.2"],
            &["state", "--dialect", vendor],
            &["missing", "--dialect", vendor],
        ] {
            let said = run(folder.path(), words);
            assert!(said.status < 2, "{words:?}: {}\n{}", said.status, said.err);
        }
    }
}

#[test]
fn sql_that_stops_where_a_name_should_stand() {
    for text in [
        "ALTER SEQUENCE OWNED BY x;",
        "ALTER SEQUENCE",
        "ALTER SEQUENCE a OWNED BY",
        "ALTER SEQUENCE a OWNED BY ;",
    ] {
        let sql = format!("migrations.RunSQL(\"{text}\")");
        replaced(
            text,
            SECOND,
            None,
            REMOVAL.replace("migrations.RemoveField(\"thing\", \"name\")", &sql).replace("shop", "bad"),
        );
    }
}

#[test]
fn settings_that_import_themselves() {
    let folder = project();
    put(
        folder.path(),
        "config/settings.py",
        format!("from nothing_at_hand import *\nfrom config.settings import *\n{SETTINGS}"),
    );
    let said = run(folder.path(), &["check", "--format", "json"]);
    assert!(said.status < 2, "{}\n{}", said.status, said.err);
    assert!(!said.out.contains("internal error"), "{}", said.out);
}

#[test]
fn metadata_of_packages_that_is_no_file_or_lies_elsewhere() {
    let folder = project();
    let outside = tempfile::tempdir().unwrap();
    put(outside.path(), "secret.txt", "[plugins]\nmine = topsecret_value\n");
    put(folder.path(), "packages/good-1.0.dist-info/entry_points.txt", "[plugins]\ngood = good_plugin\n");
    put(folder.path(), "packages/pipe-1.0.dist-info/METADATA", "Name: pipe\n");
    put(folder.path(), "packages/link-1.0.dist-info/METADATA", "Name: link\n");
    let pipe = folder.path().join("packages/pipe-1.0.dist-info/entry_points.txt");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    symlink(
        outside.path().join("secret.txt"),
        folder.path().join("packages/link-1.0.dist-info/entry_points.txt"),
    )
    .unwrap();
    let plugins = "from importlib.metadata import entry_points\n\
                   INSTALLED_APPS += [point.value for point in entry_points(group=\"plugins\")]\n";
    put(folder.path(), "config/settings.py", format!("{SETTINGS}{plugins}"));
    let packages = folder.path().join("packages");
    let words = ["check", "--format", "json", "--python-path", packages.to_str().unwrap()];
    let said = run(folder.path(), &words);
    let all = said.out + &said.err;
    assert!(all.contains("good_plugin"), "{all}");
    assert!(!all.contains("topsecret"), "{all}");
}

/// However many files there are, what is held of them is bounded; what came too late is not left out in
/// silence.
#[test]
fn more_than_can_be_held() {
    let dense = format!("x = [{}]\n", "1,".repeat(440)).repeat(1000);
    let folder = project();
    let mut imports = String::new();
    for number in 0..6 {
        put(folder.path(), &format!("bad/part{number}.py"), &dense);
        let _ = writeln!(imports, "from bad import part{number}");
    }
    put(folder.path(), "bad/models.py", imports + MODELS);
    for words in [&["check"][..], &["missing"], &["state", "--models"]] {
        let said = run(folder.path(), words);
        assert_eq!(said.status, 2, "{words:?}: {}{}", said.out, said.err);
        assert!(said.err.contains("more Python than can be held") && said.out.is_empty(), "{}", said.err);
    }

    let folder = project();
    for number in 2..300 {
        let code = format!(
            "from django.db import migrations, models\nx = ['a' * 1000 + str(n) for n in range(1400)]\n\n\n\
             class Migration(migrations.Migration):\n    dependencies = [('bad', '0001_initial')]\n    operations = [\
             migrations.AddField('thing', 'f{number}', models.JSONField(default=x))]\n"
        );
        put(folder.path(), &format!("bad/migrations/{number:04}_n.py"), code);
    }
    let said = run(folder.path(), &["check"]);
    assert_eq!(said.status, 2, "{}", said.err);
    assert!(said.err.contains("more Python than can be held") && said.out.is_empty(), "{}", said.err);
}

#[test]
fn a_file_of_very_many_tokens() {
    replaced("tokens", SECOND, None, format!("x = [{}]\n", "1,".repeat(500)).repeat(2000));
}

/// Thirty thousand functions of one file, each called once.
#[test]
fn functions_by_the_thousand() {
    let folder = project();
    let mut text = String::new();
    for number in 0..20_000 {
        let _ = write!(
            text,
            "def f{number}():\n    return {number} + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 11111\n"
        );
    }
    text.push_str("def all():\n    x = 0\n");
    for number in 0..20_000 {
        let _ = writeln!(text, "    x += f{number}()");
    }
    put(folder.path(), "bad/many.py", text + "    return x\n");
    put(folder.path(), "bad/models.py", format!("from bad.many import all\nX = all()\n{MODELS}"));
    let started = Instant::now();
    assert!(run(folder.path(), &["missing", "--json"]).status < 2);
    eprintln!("{:?}", started.elapsed());
}

#[test]
fn lists_of_applied_migrations_that_are_no_lists() {
    let folder = project();
    let deep = folder.path().join("deep.json");
    fs::write(&deep, "[".repeat(1_000_000)).unwrap();
    for path in ["/dev/zero", "/", deep.to_str().unwrap()] {
        let said = run(folder.path(), &["check", "--applied", path]);
        assert_eq!(said.status, 2, "{path}: {}", said.err);
    }
    // Of a list as big as may be, no more is held than of any other input.
    let pairs: Vec<String> = (0..500_000).map(|number| format!("[\"a{number}\",\"b\"]")).collect();
    fs::write(&deep, format!("[{}]", pairs.join(","))).unwrap();
    assert_eq!(run(folder.path(), &["check", "--applied", deep.to_str().unwrap()]).status, 1);
    let nested = format!("{{\"findings\": [{}]}}", "[[],[]],".repeat(8_000_000) + "[]");
    fs::write(&deep, nested).unwrap();
    assert_eq!(run(folder.path(), &["check", "--baseline", deep.to_str().unwrap()]).status, 2);
}

/// Very many migrations that are none, all of them leaves, as far as that can be told.
#[test]
fn empty_migrations_by_the_thousand() {
    let folder = project();
    for number in 2..6000 {
        put(folder.path(), &format!("bad/migrations/{number:05}_n.py"), "");
    }
    for words in [&["check", "--format", "json"][..], &["missing", "--json"], &["graph", "--json"]] {
        let started = Instant::now();
        assert!(run(folder.path(), words).status < 2);
        eprintln!("{words:?}: {:?}", started.elapsed());
    }
}

/// Patterns of a `.gitignore` take far more memory than they have bytes.
#[test]
fn a_gitignore_of_many_patterns() {
    let folder = project();
    let line = |number: usize| format!("{}{number}[a-z]*?**/\n", "**/*".repeat(30));
    put(folder.path(), ".gitignore", (0..30_000).map(line).collect::<String>());
    assert_eq!(run(folder.path(), &["check"]).status, 1);
    put(folder.path(), ".gitignore", (0..900).map(line).collect::<String>());
    for number in 0..50 {
        put(folder.path(), &format!("bad/a{number}/.gitignore"), (0..900).map(line).collect::<String>());
        put(folder.path(), &format!("bad/a{number}/a.py"), "");
    }
    assert_eq!(run(folder.path(), &["check"]).status, 1);
}
