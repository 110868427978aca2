//! Which settings module a project runs on: what its `manage.py`, its tests' configuration or its
//! `wsgi.py` puts into `DJANGO_SETTINGS_MODULE`.

use std::path::PathBuf;

use super::reading::{Diagnostics, Folders};
use super::roots::join;
use crate::python::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::python::syntax::ast::{self, Expr, Stmt};
use crate::python::syntax::{Parsed, Ranged, TextRange};
use crate::source::{Location, Tree};

/// The variable's name.
pub(super) const VARIABLE: &str = "DJANGO_SETTINGS_MODULE";
/// The variable of django-configurations that names a class in it.
pub(super) const CONFIGURATION: &str = "DJANGO_CONFIGURATION";

/// A settings module, and where it is named.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// Its dotted name.
    pub module: String,
    /// The file that names it, as shown to people.
    pub path: Option<String>,
    /// Where in it.
    pub line: Option<u32>,
}

impl Named {
    /// One that was given.
    pub fn given(module: &str) -> Self {
        Self { module: module.to_owned(), path: None, line: None }
    }
}

/// Values written for an environment variable in a Python file, in order: those under a condition on
/// tests last.
pub(crate) fn written(parsed: &Parsed, variable: &'static str) -> Vec<(String, Location)> {
    let mut finder = Finder { variable, found: Vec::new(), testing: 0 };
    for statement in &parsed.body {
        finder.visit_stmt(statement);
    }
    finder.found.sort_by_key(|(_, _, testing)| *testing);
    finder.found.into_iter().map(|(module, range, _)| (module, parsed.location(range))).collect()
}

struct Finder {
    variable: &'static str,
    found: Vec<(String, TextRange, bool)>,
    testing: u32,
}

impl Finder {
    fn add(&mut self, value: &Expr) {
        if let Some(module) = text(value) {
            self.found.push((module, value.range(), self.testing > 0));
        }
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(inner)
                if inner.targets.iter().any(|target| {
                    matches!(target, Expr::Subscript(target) if text(&target.slice).as_deref() == Some(self.variable))
                }) =>
            {
                self.add(&inner.value);
            }
            Stmt::If(inner) => {
                let mut mentions = Mentions { tests: false };
                mentions.visit_expr(&inner.test);
                self.testing += u32::from(mentions.tests);
                for statement in &inner.body {
                    self.visit_stmt(statement);
                }
                self.testing -= u32::from(mentions.tests);
                for clause in &inner.elif_else_clauses {
                    for statement in &clause.body {
                        self.visit_stmt(statement);
                    }
                }
                return;
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(function) = &*call.func
            && matches!(function.attr.id.as_str(), "setdefault" | "putenv")
            && let [name, value] = &*call.arguments.args
            && text(name).as_deref() == Some(self.variable)
        {
            self.add(value);
        }
        walk_expr(self, expr);
    }
}

/// Whether a condition is about tests (`"test" in sys.argv`).
struct Mentions {
    tests: bool,
}

impl<'a> Visitor<'a> for Mentions {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if text(expr).is_some_and(|text| text.contains("test")) {
            self.tests = true;
        }
        walk_expr(self, expr);
    }
}

/// The text of a literal; of a look-up in the environment, its default's.
fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        Expr::Call(ast::ExprCall { func, arguments, .. }) => {
            let Expr::Attribute(function) = &**func else { return None };
            let reads = matches!(function.attr.id.as_str(), "get" | "getenv");
            match &*arguments.args {
                [_, Expr::StringLiteral(default)] if reads => Some(default.value.to_str().to_owned()),
                _ => None,
            }
        }
        Expr::BoolOp(inner) => inner.values.last().and_then(text),
        _ => None,
    }
}

/// Whether a text can be a module's dotted name.
pub(crate) fn is_dotted(module: &str) -> bool {
    !module.is_empty()
        && module.split('.').all(|part| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}

/// Where to look for the name of the settings module.
pub(crate) struct SettingsSearch<'a> {
    /// What lies under the analysed root.
    pub tree: &'a Tree,
    /// Folders that may be read.
    pub folders: &'a Folders,
    /// Takes what went wrong.
    pub diagnostics: &'a Diagnostics,
    /// The project's folder, relative to the tree.
    pub folder: &'a str,
    /// Folders of other projects within it.
    pub others: &'a [String],
}

impl SettingsSearch<'_> {
    /// In the configuration of the project's tests: pytest-django's `DJANGO_SETTINGS_MODULE`, or `--ds`.
    pub fn in_test_configuration(&self) -> Vec<Named> {
        let names = ["pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"];
        let mut found = Vec::new();
        let mut above = Some(self.folder);
        while let Some(folder) = above {
            for name in names {
                let path = join(folder, name);
                if !self.tree.has_file(&path) {
                    continue;
                }
                let Some(file) = self.folders.read_text(&self.tree.path(&path), self.diagnostics) else {
                    continue;
                };
                for (line, number) in file.text().lines().zip(1..) {
                    if let Some(module) = configured(line) {
                        found.push(Named { module, path: Some(path.clone()), line: Some(number) });
                    }
                }
            }
            above = (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(above, _)| above));
        }
        found
    }

    /// In `wsgi.py` and `asgi.py`.
    pub fn in_entry_points(&self, parse: &dyn Fn(&PathBuf) -> Option<std::sync::Arc<Parsed>>) -> Vec<Named> {
        let mut found = Vec::new();
        for name in ["wsgi.py", "asgi.py"] {
            for path in self.tree.files_named(name).filter(|path| self.is_ours(path)) {
                let Some(parsed) = parse(&self.tree.path(path)) else { continue };
                found.extend(written(&parsed, VARIABLE).into_iter().map(|(module, at)| Named {
                    module,
                    path: Some(path.to_string()),
                    line: Some(at.line()),
                }));
            }
        }
        found
    }

    /// Files that look like settings: `settings.py`, or `settings/__init__.py`, with `INSTALLED_APPS`.
    pub fn lone_files(&self) -> Vec<String> {
        let named = self.tree.files_named("settings.py").map(ToString::to_string);
        let packages = self.tree.files_named("__init__.py").map(ToString::to_string);
        let packages = packages.filter(|path| path.ends_with("settings/__init__.py"));
        let mut found: Vec<String> = named.chain(packages).collect();
        found.retain(|path| {
            let tests = path.split('/').any(|part| part == "tests" || part == "test");
            self.is_ours(path)
                && !tests
                && self
                    .folders
                    .read_text(&self.tree.path(path), self.diagnostics)
                    .is_some_and(|file| file.text().contains("INSTALLED_APPS"))
        });
        found.sort();
        found
    }

    fn is_ours(&self, path: &str) -> bool {
        let within = |folder: &str| folder.is_empty() || path.starts_with(&format!("{folder}/"));
        within(self.folder)
            && !self.others.iter().any(|other| other.len() > self.folder.len() && within(other))
    }
}

fn configured(line: &str) -> Option<String> {
    let line = line.trim();
    if line.starts_with(['#', ';']) {
        return None;
    }
    let value = match line.strip_prefix(VARIABLE) {
        Some(rest) => rest.trim_start().strip_prefix(['=', ':'])?,
        None => line.split_once("--ds=").or_else(|| line.split_once("--ds "))?.1,
    };
    let value = value.trim().trim_start_matches(['"', '\'', '[']).trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(value.len());
    value.get(..end).filter(|module| is_dotted(module)).map(str::to_owned)
}
