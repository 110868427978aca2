//! What a migration's file defines beside its class, and which of it goes along with operations that move
//! to another file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::edit::{bytes, line_start, next_line};
use super::imports::{self, Used};
use super::shape::Shape;
use crate::python::syntax::Ranged;
use crate::python::syntax::ast::visitor::{Visitor, walk_stmt};
use crate::python::syntax::ast::{Expr, Stmt};

/// Names that mean something else in another file.
const OF_THE_FILE: &[&str] = &["__file__", "globals", "Migration"];

/// A function, a class or a constant.
struct Definition {
    /// Which of the file's statements beside the class it is.
    place: usize,
    names: BTreeSet<String>,
    uses: BTreeSet<String>,
    /// Its lines, with the comment right above it.
    lines: Range<usize>,
    /// A function or a class, which two blank lines set off.
    is_block: bool,
}

/// What a file defines.
pub(super) struct Definitions {
    /// In the order of the file.
    all: Vec<Definition>,
    /// Names that other statements define or may change, each with the line of one.
    opaque: BTreeMap<String, u32>,
}

impl Definitions {
    /// What a file defines beside its class.
    pub(super) fn of(shape: &Shape) -> Self {
        let mut definitions = Self { all: Vec::new(), opaque: BTreeMap::new() };
        let mut known = BTreeSet::new();
        for (place, statement) in shape.others().enumerate() {
            let line = shape.parsed.location(statement.range()).line();
            let mut used = Used::default();
            walk_stmt(&mut used, statement);
            let mut globals = Globals::default();
            globals.visit_stmt(statement);
            let mut opaque: BTreeSet<String> = globals.0;
            let names = match statement {
                Stmt::Import(inner) => {
                    inner.names.iter().map(|alias| imports::binding(alias).into()).collect()
                }
                Stmt::ImportFrom(inner) => {
                    inner.names.iter().map(|alias| imports::binding(alias).into()).collect()
                }
                Stmt::Expr(inner) if matches!(&*inner.value, Expr::StringLiteral(_)) => BTreeSet::new(),
                _ => match (defined(statement), own_lines(shape.text(), statement)) {
                    (Some(names), Some(lines)) => {
                        let is_block = matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
                        let uses = used.0;
                        definitions.all.push(Definition {
                            place,
                            names: names.clone(),
                            uses,
                            lines,
                            is_block,
                        });
                        names
                    }
                    (names, _) => {
                        opaque.extend(used.0);
                        names.unwrap_or_default()
                    }
                },
            };
            // Which of several values is meant depends on where one asks.
            opaque.extend(names.into_iter().filter(|name| !known.insert(name.clone())));
            for name in opaque {
                definitions.opaque.entry(name).or_insert(line);
            }
        }
        definitions
    }

    /// The definitions that names need, and those that these need; and all names that they use.
    fn reached(&self, used: &BTreeSet<String>) -> (BTreeSet<usize>, BTreeSet<String>) {
        let (mut found, mut names) = (BTreeSet::new(), used.clone());
        loop {
            let before = found.len();
            for (index, definition) in self.all.iter().enumerate() {
                if !definition.names.is_disjoint(&names) && found.insert(index) {
                    names.extend(definition.uses.iter().cloned());
                }
            }
            if found.len() == before {
                return (found, names);
            }
        }
    }

    /// What has to stand in another file for names to mean the same there, and all names that are used then.
    ///
    /// # Errors
    /// Something of it cannot stand elsewhere.
    pub(super) fn needed(&self, used: &Used) -> Result<(BTreeSet<usize>, BTreeSet<String>), String> {
        let (found, names) = self.reached(&used.0);
        if let Some((name, line)) = names.iter().find_map(|name| self.opaque.get_key_value(name)) {
            return Err(format!(
                "operations that would move use `{name}`, which line {line} sets or may change in a way that \
                 cannot be moved along"
            ));
        }
        match names.iter().find(|name| OF_THE_FILE.contains(&name.as_str())) {
            Some(name) => {
                Err(format!("operations that would move use `{name}`, which is another one in another file"))
            }
            None => Ok((found, names)),
        }
    }

    /// Of what goes elsewhere, what nothing needs that stays: `stays` is what that uses.
    pub(super) fn moved(&self, elsewhere: &BTreeSet<usize>, stays: &Used) -> BTreeSet<usize> {
        let mut used = stays.0.clone();
        used.extend(self.opaque.keys().cloned());
        // What nothing needed before stays, too, with what it needs.
        let idle = self.all.iter().enumerate().filter(|(index, _)| !elsewhere.contains(index));
        used.extend(idle.flat_map(|(_, definition)| definition.names.iter().cloned()));
        let (staying, _) = self.reached(&used);
        elsewhere.difference(&staying).copied().collect()
    }

    /// Which of the file's statements beside the class these are.
    pub(super) fn places(&self, which: &BTreeSet<usize>) -> BTreeSet<usize> {
        which.iter().filter_map(|index| self.all.get(*index)).map(|definition| definition.place).collect()
    }

    /// Their lines, with the blank ones behind them.
    pub(super) fn lines(&self, text: &str, which: &BTreeSet<usize>) -> Vec<Range<usize>> {
        let with_gap = |definition: &Definition| {
            let mut end = definition.lines.end;
            while end < text.len()
                && text.get(end..next_line(text, end)).is_some_and(|line| line.trim().is_empty())
            {
                end = next_line(text, end);
            }
            definition.lines.start..end
        };
        which.iter().filter_map(|index| self.all.get(*index)).map(with_gap).collect()
    }

    /// Their text, set off as PEP 8 has it, to stand behind the imports.
    pub(super) fn text(&self, text: &str, which: &BTreeSet<usize>) -> String {
        let (mut out, mut after_block) = (String::new(), true);
        for definition in which.iter().filter_map(|index| self.all.get(*index)) {
            out.push_str(match (definition.is_block || after_block, out.is_empty()) {
                (true, false) => "\n\n",
                (true, true) if definition.is_block => "\n\n",
                (_, true) => "\n",
                (false, false) => "",
            });
            let own = text.get(definition.lines.clone()).unwrap_or_default().replace("\r\n", "\n");
            out.push_str(&own);
            if !own.ends_with('\n') {
                out.push('\n');
            }
            after_block = definition.is_block;
        }
        out
    }
}

/// The names that a statement defines, if it does nothing else.
fn defined(statement: &Stmt) -> Option<BTreeSet<String>> {
    let name_of = |target: &Expr| match target {
        Expr::Name(name) => Some(name.id.to_string()),
        _ => None,
    };
    match statement {
        Stmt::FunctionDef(def) => Some([def.name.id.to_string()].into()),
        Stmt::ClassDef(def) => Some([def.name.id.to_string()].into()),
        Stmt::Assign(inner) => inner.targets.iter().map(name_of).collect(),
        Stmt::AnnAssign(inner) if inner.value.is_some() => Some([name_of(&inner.target)?].into()),
        _ => None,
    }
}

/// The lines of a statement that shares them with no other, with the comment right above it.
fn own_lines(text: &str, statement: &Stmt) -> Option<Range<usize>> {
    let at = bytes(statement.range());
    let end = next_line(text, at.end);
    let rest = text.get(at.end..end)?.trim();
    if line_start(text, at.start) != at.start || !(rest.is_empty() || rest.starts_with('#')) {
        return None;
    }
    let mut start = at.start;
    while start > 0 {
        let above = line_start(text, start - 1);
        if !text.get(above..start).is_some_and(|line| line.starts_with('#')) || is_header(text, above) {
            break;
        }
        start = above;
    }
    Some(start..end)
}

/// A line that says something of the whole file: `#!`, or how it is encoded.
fn is_header(text: &str, at: usize) -> bool {
    at == 0 && text.lines().next().is_some_and(|line| line.starts_with("#!") || line.contains("coding"))
}

/// Names that functions set in their module.
#[derive(Default)]
struct Globals(BTreeSet<String>);

impl<'a> Visitor<'a> for Globals {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Global(inner) = statement {
            self.0.extend(inner.names.iter().map(|name| name.id.to_string()));
        }
        walk_stmt(self, statement);
    }
}
