//! A migration's file as it is written: its class, the lists in it, and their entries.

use std::ops::Range;
use std::sync::Arc;

use super::edit::{bytes, line_start, next_line};
use crate::django::keys::MigrationKey;
use crate::python::syntax::ast::visitor::{Visitor, walk_expr};
use crate::python::syntax::ast::{Expr, ExprList, Stmt, StmtClassDef};
use crate::python::syntax::{Parsed, Ranged, TextRange};
use crate::reading;
use crate::source::SourceFile;

/// A parsed migration.
pub(super) struct Shape {
    /// Its tree.
    pub parsed: Arc<Parsed>,
    /// The class's place among the statements.
    class: usize,
}

impl Shape {
    /// Of a file that holds one `class Migration` at its top.
    ///
    /// # Errors
    /// It holds none or several, or is no Python.
    pub(super) fn of(file: &Arc<SourceFile>) -> Result<Self, String> {
        let parsed = reading::parsed(file).map_err(|why| why.to_string())?;
        if let Some(error) = parsed.errors.first() {
            return Err(format!("syntax error: {}", error.message));
        }
        let is_class =
            |statement: &Stmt| matches!(statement, Stmt::ClassDef(class) if class.name.id == *"Migration");
        let mut places = parsed.body.iter().enumerate().filter(|(_, statement)| is_class(statement));
        match (places.next().map(|(index, _)| index), places.next()) {
            (Some(class), None) => Ok(Self { parsed, class }),
            _ => Err(format!("{} has no single `class Migration` at its top", file.display())),
        }
    }

    /// The file's text.
    pub(super) fn text(&self) -> &str {
        self.parsed.file.text()
    }

    /// `class Migration`.
    pub(super) fn class(&self) -> Option<&StmtClassDef> {
        match self.parsed.body.get(self.class) {
            Some(Stmt::ClassDef(class)) => Some(class),
            _ => None,
        }
    }

    /// The statements of the file beside the class.
    pub(super) fn others(&self) -> impl Iterator<Item = &Stmt> {
        self.parsed.body.iter().enumerate().filter(|(index, _)| *index != self.class).map(|(_, other)| other)
    }

    /// The statement in the class that sets an attribute, and the value: the last one counts.
    pub(super) fn attribute(&self, name: &str) -> Option<(&Stmt, &Expr)> {
        let body = self.class().map_or(&[][..], |class| &class.body);
        body.iter().rev().find_map(|statement| match statement {
            Stmt::Assign(inner) => {
                let named =
                    inner.targets.iter().any(|t| matches!(t, Expr::Name(target) if target.id == *name));
                named.then_some((statement, &*inner.value))
            }
            Stmt::AnnAssign(inner) => match &*inner.target {
                Expr::Name(target) if target.id == *name => {
                    inner.value.as_deref().map(|value| (statement, value))
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// The entries of `operations` as they are written, where they are so many.
    pub(super) fn operations(&self, count: usize) -> Option<&ExprList> {
        match self.attribute("operations") {
            Some((_, Expr::List(list))) if list.elts.len() == count => Some(list),
            _ => None,
        }
    }

    /// Where a list names a migration: the texts that hold its name.
    pub(super) fn names(&self, list: &str, key: &MigrationKey) -> Vec<TextRange> {
        let mut finder = NameFinder { key, found: Vec::new() };
        if let Some((_, value)) = self.attribute(list) {
            finder.visit_expr(value);
        }
        finder.found
    }

    /// A text with the quotes of the one in its place.
    pub(super) fn quoted_as(&self, at: TextRange, new: &str) -> String {
        let old = self.text().get(bytes(at)).unwrap_or_default();
        let quote = if old.starts_with('\'') && !old.starts_with("'''") { '\'' } else { '"' };
        format!("{quote}{new}{quote}")
    }
}

/// Finds `("app", "name")`.
struct NameFinder<'k> {
    key: &'k MigrationKey,
    found: Vec<TextRange>,
}

impl<'a> Visitor<'a> for NameFinder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        let pair = match expr {
            Expr::Tuple(tuple) => &tuple.elts[..],
            Expr::List(list) => &list.elts[..],
            _ => &[],
        };
        if let [Expr::StringLiteral(app), Expr::StringLiteral(name)] = pair
            && app.value.to_str() == self.key.app.as_str()
            && name.value.to_str() == &*self.key.name
        {
            self.found.push(name.range());
        }
        walk_expr(self, expr);
    }
}

/// The lines of each entry of a list, with the comments above it and after it, where each has lines of
/// its own.
///
/// # Errors
/// Two share a line.
pub(super) fn lines_of(text: &str, list: &ExprList) -> Result<Vec<Range<usize>>, String> {
    let shared = || "its operations do not have lines of their own".to_owned();
    let mut lines = Vec::with_capacity(list.elts.len());
    let close = usize::from(list.end()).saturating_sub(1);
    let mut from = next_line(text, usize::from(list.start()));
    for (index, entry) in list.elts.iter().enumerate() {
        let entry = bytes(entry.range());
        let next = list.elts.get(index + 1).map_or(close, |next| usize::from(next.start()));
        let before = text.get(line_start(text, entry.start)..entry.start).unwrap_or("x");
        let end = next_line(text, comma(text, entry.end, next).unwrap_or(entry.end));
        let after = text.get(entry.end..end).unwrap_or("x");
        let plain = after.split('#').next().unwrap_or_default();
        let is_alone = entry.start >= from
            && before.trim().is_empty()
            && plain.chars().all(|c| c == ',' || c.is_whitespace())
            && end <= line_start(text, next).max(entry.end);
        if !is_alone {
            return Err(shared());
        }
        lines.push(from..end);
        from = end;
    }
    if line_start(text, close) < from { Err(shared()) } else { Ok(lines) }
}

/// The comma between two places, comments left out.
pub(super) fn comma(text: &str, from: usize, to: usize) -> Option<usize> {
    let mut in_comment = false;
    for (index, c) in text.get(from..to)?.char_indices() {
        match c {
            '\n' => in_comment = false,
            '#' => in_comment = true,
            ',' if !in_comment => return Some(from + index),
            _ => {}
        }
    }
    None
}
