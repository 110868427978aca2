//! Mutations that know Python: statements, operations, arguments and names are taken out, doubled,
//! exchanged, moved, or replaced by those of real migrations, so that most of what comes of it still parses
//! and reaches what lies behind the parser.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use migcheck::python::syntax::ast::visitor::{self, Visitor};
use migcheck::python::syntax::ast::{Arguments, Expr, Stmt};
use migcheck::python::syntax::{Parsed, Ranged};
use migcheck::reading::on_big_stack;
use migcheck::source::{SourceFile, outline};

use crate::files::{self, Files};
use crate::random::Random;

/// Donors bigger than that give nothing.
const LARGEST_DONOR: u64 = 30_000;

/// What may stand where something else of its kind stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Statement,
    Expression,
    Keyword,
    Text,
    Name,
    Number,
}

/// Nodes beside each other: the statements of a body, the items of a list, the arguments of a call. Names,
/// texts and numbers are groups of one.
struct Group {
    kind: Kind,
    ranges: Vec<Range<usize>>,
}

#[derive(Default)]
struct Groups(Vec<Group>);

impl Groups {
    fn add<'a, T: Ranged + 'a>(&mut self, kind: Kind, nodes: impl IntoIterator<Item = &'a T>) {
        let ranges: Vec<Range<usize>> =
            nodes.into_iter().map(|node| node.start().into()..node.end().into()).collect();
        if !ranges.is_empty() {
            self.0.push(Group { kind, ranges });
        }
    }
}

impl<'a> Visitor<'a> for Groups {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        self.add(Kind::Statement, body);
        visitor::walk_body(self, body);
    }

    fn visit_arguments(&mut self, arguments: &'a Arguments) {
        self.add(Kind::Expression, &arguments.args);
        self.add(Kind::Keyword, &arguments.keywords);
        visitor::walk_arguments(self, arguments);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::List(list) => self.add(Kind::Expression, &list.elts),
            Expr::Tuple(tuple) => self.add(Kind::Expression, &tuple.elts),
            Expr::Set(set) => self.add(Kind::Expression, &set.elts),
            Expr::Dict(dict) => dict.items.iter().for_each(|item| self.add(Kind::Expression, [&item.value])),
            Expr::StringLiteral(_) => self.add(Kind::Text, [expr]),
            Expr::Name(_) | Expr::Attribute(_) => self.add(Kind::Name, [expr]),
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => {
                self.add(Kind::Number, [expr]);
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

/// What mutations may put in place of something else, beside what real files hold.
const PIECES: &[(Kind, &str)] = &[
    (Kind::Text, "'self'"),
    (Kind::Text, "''"),
    (Kind::Text, "'__first__'"),
    (Kind::Text, "'__latest__'"),
    (Kind::Text, "'0001_initial'"),
    (Kind::Text, "'shop'"),
    (Kind::Text, "'Shop.Thing'"),
    (Kind::Text, "'auth.User'"),
    (Kind::Text, "'id'"),
    (Kind::Text, "'%(class)s_%(app_label)s'"),
    (Kind::Text, "'a`b|c<d>[e](http://f) @g #1 ::error::h'"),
    (Kind::Text, "'\\x1b[31m\\u202e\\n::error::x'"),
    (Kind::Text, "'ALTER TABLE a ADD b int; DROP TABLE c -- d'"),
    (Kind::Number, "0"),
    (Kind::Number, "-1"),
    (Kind::Number, "10**18"),
    (Kind::Number, "2**63"),
    (Kind::Number, "1e400"),
    (Kind::Number, "None"),
    (Kind::Number, "True"),
    (Kind::Name, "self"),
    (Kind::Name, "Migration"),
    (Kind::Name, "models.Model"),
    (Kind::Name, "unknown_name"),
    (Kind::Name, "settings.AUTH_USER_MODEL"),
    (Kind::Name, "object"),
    (Kind::Keyword, "null=True"),
    (Kind::Keyword, "default=list"),
    (Kind::Keyword, "db_default=models.functions.Now()"),
    (Kind::Keyword, "**{'unique': True}"),
    (Kind::Keyword, "db_index=True"),
    (Kind::Keyword, "related_name='+'"),
    (Kind::Keyword, "bases=('shop.Thing', models.Model)"),
    (Kind::Keyword, "options={'abstract': True}"),
    (Kind::Keyword, "elidable=True"),
    (Kind::Keyword, "state_operations=[]"),
    (Kind::Expression, "*[1, 2]"),
    (Kind::Expression, "lambda apps, editor: None"),
    (Kind::Expression, "[x for x in range(3)]"),
    (Kind::Expression, "{'a': {'b': ['c']}}"),
    (Kind::Expression, "migrations.RunSQL(['SELECT %s', [1]], migrations.RunSQL.noop)"),
    (Kind::Expression, "migrations.SeparateDatabaseAndState([], [])"),
    (Kind::Expression, "migrations.RenameModel('A', 'B')"),
    (Kind::Expression, "migrations.AlterUniqueTogether('a', {('b', 'c')})"),
    (Kind::Expression, "migrations.swappable_dependency(settings.AUTH_USER_MODEL)"),
    (Kind::Statement, "initial = True"),
    (Kind::Statement, "atomic = False"),
    (Kind::Statement, "replaces = [('shop', '0001_initial'), ('shop', '0002_second')]"),
    (Kind::Statement, "run_before = [('auth', '0001_initial')]"),
    (Kind::Statement, "dependencies = [('shop', '__first__')]"),
    (Kind::Statement, "from .models import *"),
    (Kind::Statement, "operations = operations * 2"),
    (Kind::Statement, "for x in range(10): operations += [x]"),
    (Kind::Statement, "class Meta:\n    unique_together = [('a', 'b')]\n    db_table = 'x'"),
];

/// Pieces of the project's own test cases, by kind.
fn donors() -> &'static [(Kind, String)] {
    static DONORS: OnceLock<Vec<(Kind, String)>> = OnceLock::new();
    DONORS.get_or_init(|| {
        let mut pieces: Vec<(Kind, String)> =
            PIECES.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect();
        let mut paths = Vec::new();
        python_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus"), &mut paths);
        for path in paths {
            if path.metadata().is_ok_and(|it| it.len() > LARGEST_DONOR) {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap_or_default();
            for group in groups(&text) {
                for range in group.ranges.into_iter().filter(|range| range.len() < 600) {
                    pieces.push((group.kind, dedented(&text, &range)));
                }
            }
        }
        pieces.sort_by(|a, b| a.1.cmp(&b.1));
        pieces.dedup_by(|a, b| a.1 == b.1);
        pieces
    })
}

fn python_files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            python_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            into.push(path);
        }
    }
}

fn groups(text: &str) -> Vec<Group> {
    if outline(text).is_err() {
        return Vec::new();
    }
    on_big_stack(|| {
        let parsed = Parsed::new(SourceFile::new("x.py".into(), "x.py", text.to_owned()));
        let mut groups = Groups::default();
        groups.visit_body(&parsed.body);
        // After an error the parser may make up nodes.
        groups.0.retain(|group| {
            group.ranges.iter().all(|range| range.start < range.end && text.get(range.clone()).is_some())
        });
        groups.0
    })
}

/// The blanks that begin the line of a place; `None` where something else stands before it.
fn margin(text: &str, at: usize) -> Option<&str> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    Some(&text[start..at]).filter(|before| before.chars().all(|c| c == ' ' || c == '\t'))
}

fn dedented(text: &str, range: &Range<usize>) -> String {
    let margin = margin(text, range.start).unwrap_or_default();
    text[range.clone()].replace(&format!("\n{margin}"), "\n")
}

/// Changes a Python text once, in a way that mostly lets it stay Python. What is no Python stays.
pub fn python(text: &str, random: &mut Random) -> String {
    let groups = groups(text);
    let Some(group) = random.pick(&groups) else { return text.to_owned() };
    let at = random.below(group.ranges.len());
    let range = group.ranges[at].clone();
    let mut out = text.to_owned();
    match random.below(8) {
        0 => {
            let gone = gone(text, group, at);
            out.replace_range(gone.clone(), if group.kind == Kind::Statement && group.ranges.len() == 1 { "pass" } else { "" });
        }
        1 => insert(&mut out, text, group.kind, &range, &dedented(text, &range)),
        2 => {
            // Exchanged with one beside it.
            let other = group.ranges[random.below(group.ranges.len())].clone();
            let (first, second) = if other.start < range.start { (other, range) } else { (range, other) };
            if first.end <= second.start {
                let (a, b) = (text[first.clone()].to_owned(), text[second.clone()].to_owned());
                out.replace_range(second, &a);
                out.replace_range(first, &b);
            }
        }
        3 | 4 => {
            // Replaced by, or followed by, what stands elsewhere in the same text.
            let alike: Vec<&Range<usize>> =
                groups.iter().filter(|other| like(group.kind, other.kind)).flat_map(|other| &other.ranges).collect();
            let Some(other) = random.pick(&alike) else { return out };
            let piece = dedented(text, other);
            put(&mut out, text, group.kind, &range, &piece, random);
        }
        _ => {
            // The same from another file.
            let alike: Vec<&(Kind, String)> =
                donors().iter().filter(|(kind, _)| like(group.kind, *kind)).collect();
            let Some((_, piece)) = random.pick(&alike) else { return out };
            put(&mut out, text, group.kind, &range, piece, random);
        }
    }
    out
}

/// Whether the one may stand where the other stands.
fn like(place: Kind, piece: Kind) -> bool {
    match place {
        Kind::Statement | Kind::Keyword => place == piece,
        Kind::Expression => !matches!(piece, Kind::Statement | Kind::Keyword),
        // Names and texts refer to something: mostly one is taken that refers to something else.
        Kind::Text | Kind::Name | Kind::Number => place == piece,
    }
}

fn put(out: &mut String, text: &str, kind: Kind, range: &Range<usize>, piece: &str, random: &mut Random) {
    let beside = matches!(kind, Kind::Statement | Kind::Expression | Kind::Keyword);
    if beside && random.below(2) == 0 {
        insert(out, text, kind, range, piece);
    } else {
        let margin = margin(text, range.start).unwrap_or_default();
        let piece = if kind == Kind::Statement { piece.replace('\n', &format!("\n{margin}")) } else { piece.to_owned() };
        out.replace_range(range.clone(), &piece);
    }
}

/// Puts a piece behind a node.
fn insert(out: &mut String, text: &str, kind: Kind, range: &Range<usize>, piece: &str) {
    let piece = match (kind, margin(text, range.start)) {
        (Kind::Statement, Some(margin)) => {
            format!("\n{margin}{}", piece.replace('\n', &format!("\n{margin}")))
        }
        (Kind::Statement, None) => format!("; {piece}"),
        _ => format!(", {piece}"),
    };
    out.insert_str(range.end, &piece);
}

/// A node with the comma that belongs to it.
fn gone(text: &str, group: &Group, at: usize) -> Range<usize> {
    let range = group.ranges[at].clone();
    if group.kind == Kind::Statement {
        return range;
    }
    let after = text[range.end..].trim_start();
    if after.starts_with(',') {
        let comma = text.len() - after.len();
        return range.start..comma + 1;
    }
    let before = text[..range.start].trim_end();
    match before.strip_suffix(',') {
        Some(before) => before.len()..range.end,
        None => range,
    }
}

/// Changes a set of files: mostly the Python of one of them, sometimes which files there are.
pub fn files(text: &str, random: &mut Random) -> String {
    let mut all: Files = files::split(text);
    let at = random.below(all.len());
    match random.below(12) {
        0 if all.len() > 1 => {
            all.remove(at);
        }
        1 => {
            // A migration that comes after another, or a second one beside it.
            let mut copy = all[at].clone();
            copy.0 = renamed(&copy.0, random);
            all.push(copy);
        }
        2 => all[at].0 = renamed(&all[at].0, random),
        3 => {
            let other = random.below(all.len());
            let text = std::mem::take(&mut all[at].1);
            let old = std::mem::replace(&mut all[other].1, text);
            all[at].1 = old;
        }
        _ => {
            for _ in 0..=random.below(3) {
                let changed = python(&all[at].1, random);
                all[at].1 = changed;
            }
        }
    }
    files::join(&all)
}

const NAMES: &[&str] = &[
    "0001_initial.py",
    "0002_second.py",
    "0003_third.py",
    "0002_other.py",
    "__init__.py",
    "models.py",
    "apps.py",
    "max_migration.txt",
    "0001_squashed_0003.py",
    "9999_last.py",
    "migcheck.toml",
    ".gitignore",
    "pyproject.toml",
    "..py",
    "a b.py",
    "\u{202e}.py",
];

fn renamed(path: &str, random: &mut Random) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = match random.below(3) {
        0 => name,
        _ => random.pick(NAMES).copied().unwrap_or(name),
    };
    let folder = match random.below(4) {
        0 => random.pick(&["shop", "stock", "shop/migrations", "stock/migrations", "", "shop/models"]).copied().unwrap_or(folder),
        _ => folder,
    };
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// What a mutator of libFuzzer does: `change` in most cases, its own mutations of bytes in the others.
pub fn mutate(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    change: fn(&str, &mut Random) -> String,
    otherwise: fn(&mut [u8], usize, usize) -> usize,
) -> usize {
    let mut random = Random::new(seed);
    if random.below(5) > 0
        && let Some(text) = data.get(..size).and_then(|bytes| std::str::from_utf8(bytes).ok())
    {
        let mut changed = change(text, &mut random);
        for _ in 0..random.below(3) {
            changed = change(&changed, &mut random);
        }
        if changed != text
            && changed.len() <= max_size
            && let Some(place) = data.get_mut(..changed.len())
        {
            place.copy_from_slice(changed.as_bytes());
            return changed.len();
        }
    }
    otherwise(data, size, max_size)
}
