//! Import statements: which names are bound, adding some, leaving some out.

use std::collections::BTreeSet;

use super::edit::{Edits, bytes, line_start, next_line};
use crate::python::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::python::syntax::ast::{Alias, Expr, Stmt, StmtImportFrom};
use crate::python::syntax::{Parsed, Ranged};

/// The module of Django's operations that only PostgreSQL has.
pub(super) const POSTGRES: &str = "django.contrib.postgres.operations";

/// The name under which a file's top has imported something.
pub(super) fn bound<'a>(parsed: &'a Parsed, module: &str, name: &str) -> Option<&'a str> {
    let of_module = from_imports(parsed).filter(|inner| is_of(inner, module));
    let mut aliases = of_module.flat_map(|inner| &inner.names).filter(|alias| alias.name.id == *name);
    aliases.next().map(binding)
}

fn from_imports(parsed: &Parsed) -> impl Iterator<Item = &StmtImportFrom> {
    parsed.body.iter().filter_map(|statement| match statement {
        Stmt::ImportFrom(inner) => Some(inner),
        _ => None,
    })
}

fn is_of(inner: &StmtImportFrom, module: &str) -> bool {
    inner.level == 0 && inner.module.as_ref().is_some_and(|name| name.id == *module)
}

/// What an alias binds.
pub(super) fn binding(alias: &Alias) -> &str {
    match &alias.asname {
        Some(name) => name.id.as_str(),
        None => alias.name.id.split('.').next().unwrap_or_default(),
    }
}

/// Imports a name from a module, in the statement that imports others from it or in one of its own in
/// front of the first that sorts after it.
///
/// # Errors
/// The file imports nothing on a line of its own.
pub(super) fn add(edits: &mut Edits, parsed: &Parsed, module: &str, names: &[&str]) -> Result<(), String> {
    let text = parsed.file.text();
    if names.is_empty() {
        return Ok(());
    }
    let own = from_imports(parsed)
        .find(|inner| is_of(inner, module) && inner.names.iter().all(|a| &*a.name.id != "*"));
    if let Some(inner) = own {
        for name in names {
            extend(edits, text, inner, name);
        }
        return Ok(());
    }
    let line = format!("from {module} import {}\n", names.join(", "));
    let imports: Vec<&Stmt> = parsed
        .body
        .iter()
        .filter(|statement| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_)))
        .filter(|statement| {
            let at = bytes(statement.range());
            let rest = text.get(at.end..next_line(text, at.end)).unwrap_or("x");
            let rest = rest.trim_start();
            line_start(text, at.start) == at.start && (rest.is_empty() || rest.starts_with('#'))
        })
        .collect();
    let after = |statement: &&&Stmt| match statement {
        Stmt::ImportFrom(inner) => {
            let name = inner.module.as_ref().map_or("", |name| name.id.as_str());
            inner.level > 0 || (name != "__future__" && sorts_after(name, module))
        }
        _ => false,
    };
    match (imports.iter().find(after), imports.last()) {
        (Some(next), _) => edits.insert(usize::from(next.start()), line),
        (None, Some(last)) => {
            let at = next_line(text, usize::from(last.end()));
            let missing = if text.get(..at).is_some_and(|before| before.ends_with('\n')) { "" } else { "\n" };
            edits.insert(at, format!("{missing}{line}"));
        }
        (None, None) => return Err("it imports nothing on a line of its own".to_owned()),
    }
    Ok(())
}

/// Modules of Django's stand together, those of the project's own after them; which ones those are, only
/// the first part of a name tells.
fn sorts_after(name: &str, module: &str) -> bool {
    let package = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    package(name) == package(module) && name > module
}

/// Adds a name to a statement, before the first that sorts after it.
fn extend(edits: &mut Edits, text: &str, inner: &StmtImportFrom, name: &str) {
    let after = inner.names.iter().find(|alias| alias.name.id.as_str() > name);
    if let Some(next) = after {
        let at = usize::from(next.start());
        let start = line_start(text, at);
        let indentation = text.get(start..at).unwrap_or_default();
        let gap = if indentation.trim().is_empty() && at > start {
            format!("\n{indentation}")
        } else {
            " ".to_owned()
        };
        edits.insert(at, format!("{name},{gap}"));
    } else if let Some(last) = inner.names.last() {
        let at = bytes(last.range());
        let start = line_start(text, at.start);
        let indentation = text.get(start..at.start).unwrap_or_default();
        let gap = if indentation.trim().is_empty() && at.start > start {
            format!("\n{indentation}")
        } else {
            " ".to_owned()
        };
        edits.insert(at.end, format!(",{gap}{name}"));
    }
}

/// The names that statements and expressions use.
#[derive(Debug, Default)]
pub(super) struct Used(pub BTreeSet<String>);

impl<'a> Visitor<'a> for Used {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.0.insert(name.id.to_string());
        }
        walk_expr(self, expr);
    }
}

impl Used {
    /// Of an expression.
    pub(super) fn by<'a>(entries: impl IntoIterator<Item = &'a Expr>) -> Self {
        let mut used = Self::default();
        entries.into_iter().for_each(|entry| used.visit_expr(entry));
        used
    }

    /// Of the file's statements, imports aside.
    pub(super) fn in_file(parsed: &Parsed) -> Self {
        let mut used = Self::default();
        for statement in &parsed.body {
            walk_stmt(&mut used, statement);
        }
        used
    }
}

/// An import statement with those names alone that are kept; `None` if none is.
pub(super) fn kept(statement: &Stmt, keep: &dyn Fn(&str) -> bool) -> Option<String> {
    let list = |names: &[Alias]| {
        let kept = names.iter().filter(|alias| keep(binding(alias)));
        let shown = kept.map(|alias| match &alias.asname {
            Some(name) => format!("{} as {}", alias.name.id, name.id),
            None => alias.name.id.to_string(),
        });
        let shown: Vec<String> = shown.collect();
        (!shown.is_empty()).then(|| shown.join(", "))
    };
    match statement {
        Stmt::Import(inner) => Some(format!("import {}", list(&inner.names)?)),
        Stmt::ImportFrom(inner) => {
            let dots = ".".repeat(usize::try_from(inner.level).unwrap_or(0));
            let module = inner.module.as_ref().map_or("", |name| name.id.as_str());
            if module == "__future__" {
                let all: Vec<&str> = inner.names.iter().map(|alias| alias.name.id.as_str()).collect();
                return Some(format!("from __future__ import {}", all.join(", ")));
            }
            Some(format!("from {dots}{module} import {}", list(&inner.names)?))
        }
        _ => None,
    }
}

/// Takes names out of a file's imports that nothing uses any more; a statement with a comment in it
/// stays as it is.
pub(super) fn prune(edits: &mut Edits, parsed: &Parsed, unused: &BTreeSet<String>) {
    let text = parsed.file.text();
    for statement in &parsed.body {
        let names = match statement {
            Stmt::Import(inner) => &inner.names,
            Stmt::ImportFrom(inner) => &inner.names,
            _ => continue,
        };
        let range = bytes(statement.range());
        let is_plain = text.get(range.clone()).is_some_and(|text| !text.contains('#'))
            && line_start(text, range.start) == range.start
            && text.get(range.end..next_line(text, range.end)).is_some_and(|rest| rest.trim().is_empty());
        if !is_plain || !names.iter().any(|alias| unused.contains(binding(alias))) {
            continue;
        }
        if let Some(left) = kept(statement, &|name| !unused.contains(name)) {
            edits.replace(statement, left);
            continue;
        }
        let mut end = next_line(text, range.end);
        // At the top, or between blank lines, the ones behind it set off nothing any more.
        let before = text.get(..range.start).unwrap_or_default();
        let set_off = before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n");
        while set_off && end < text.len() && text.get(end..next_line(text, end)).is_some_and(is_blank) {
            end = next_line(text, end);
        }
        edits.delete(range.start..end);
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Whether a blank line sets a statement off from what is above it.
pub(super) fn is_set_off(text: &str, statement: &Stmt) -> bool {
    let at = line_start(text, usize::from(statement.start()));
    at > 0 && text.get(line_start(text, at - 1)..at).is_some_and(is_blank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn with(text: &str) -> String {
        let parsed = Parsed::new(SourceFile::new("m.py".into(), "m.py", text.to_owned()));
        let mut edits = Edits::default();
        add(&mut edits, &parsed, POSTGRES, &["AddIndexConcurrently"]).unwrap();
        edits.apply(text).unwrap()
    }

    #[test]
    fn an_import_goes_where_it_sorts() {
        let line = "from django.contrib.postgres.operations import AddIndexConcurrently\n";
        let plain = "from django.db import migrations\n";
        assert_eq!(with(plain), format!("{line}{plain}"));
        let mixed =
            "\"\"\"Notes.\"\"\"\nfrom __future__ import annotations\n\nimport os\nfrom shop import a\n";
        assert_eq!(with(mixed), format!("{mixed}{line}"));
        assert_eq!(with("from django.apps import apps"), format!("from django.apps import apps\n{line}"));
    }

    #[test]
    fn names_join_the_statement_that_is_there() {
        let one =
            "from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension  # two\n";
        let new = "import AddIndexConcurrently, BtreeGinExtension, TrigramExtension  # two\n";
        assert!(with(one).ends_with(new));
        let lines = "from django.contrib.postgres.operations import (\n    AddConstraintNotValid,  # a\n)\n";
        assert!(with(lines).contains("AddConstraintNotValid,\n    AddIndexConcurrently,  # a\n)"));
        let before = "from django.contrib.postgres.operations import (\n    HStoreExtension,\n)\n";
        assert!(with(before).contains("(\n    AddIndexConcurrently,\n    HStoreExtension,\n)"));
    }

    #[test]
    fn what_nothing_uses_is_left_out() {
        let text = "import os, re\nfrom a import (\n    b,\n    c as d,\n)\nfrom e import f  # why\n";
        let parsed = Parsed::new(SourceFile::new("m.py".into(), "m.py", text.to_owned()));
        let unused = ["os", "b", "d", "f"].into_iter().map(str::to_owned).collect();
        let mut edits = Edits::default();
        prune(&mut edits, &parsed, &unused);
        assert_eq!(edits.apply(text).unwrap(), "import re\nfrom e import f  # why\n");
    }
}
