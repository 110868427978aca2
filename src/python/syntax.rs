//! The parser's boundary: this module, and what it re-exports, is all of the program that names it.
//!
//! The parser recovers after an error, so a file with a syntax error still has a tree; the errors
//! are kept beside it.

mod deferred;

use std::sync::Arc;

pub use rustpython_ast as ast;
pub use rustpython_ast::name::Name;
pub use rustpython_text_size::{Ranged, TextRange, TextSize};

use ast::visitor::{Visitor, walk_expr};
use ast::{Expr, ExprLambda, Stmt, StmtFunctionDef};

use self::deferred::{Bodies, Deferred};
use crate::source::{Held, Location, LogicalLine, SourceFile};

/// A parsed Python file.
#[derive(Debug)]
pub struct Parsed {
    /// Its text.
    pub file: Arc<SourceFile>,
    /// Its statements. Those of a function are to be had of [`Self::function_body`].
    pub body: Vec<Stmt>,
    /// What the parser complained of, in order of place.
    pub errors: Vec<SyntaxError>,
    /// Functions whose body waits until it is asked for, in order of place.
    deferred: Bodies,
    /// Tokens that the tree was made of, without those of bodies that wait.
    tokens: usize,
}

/// A complaint of the parser.
#[derive(Debug, Clone)]
pub struct SyntaxError {
    /// The parser's own words.
    pub message: String,
    /// Where.
    pub at: Location,
}

/// A function or lambda found again in a parsed file by its range.
pub enum Code<'a> {
    /// `def` or `async def`
    Function(&'a StmtFunctionDef),
    /// `lambda`
    Lambda(&'a ExprLambda),
}

impl Parsed {
    /// Parses a file. The caller has bounded its nesting (the parser recurses).
    pub fn new(file: Arc<SourceFile>) -> Arc<Self> {
        let Tree { body, errors, tokens } = parse(file.text(), &file, &[]);
        Arc::new(Self { file, body, errors, deferred: Bodies::default(), tokens })
    }

    /// Parses a file but for the bodies of its functions, which are parsed when
    /// [`Self::function_body`] is asked for them: most of a package's functions are never called.
    /// Errors within them are not seen, so this is for code that is known to run.
    ///
    /// `lines` are the file's ([`crate::source::outline`]).
    pub fn skimmed(file: Arc<SourceFile>, lines: &[LogicalLine]) -> Arc<Self> {
        let deferred = deferred::deferrable(file.text(), lines);
        let text = if deferred.is_empty() { None } else { deferred::without_bodies(file.text(), &deferred) };
        let Some(text) = text else { return Self::new(file) };
        let Tree { body, errors, tokens } = parse(&text, &file, &[]);
        if !errors.is_empty() {
            return Self::new(file);
        }
        Arc::new(Self { file, body, errors, deferred: Bodies::new(deferred), tokens })
    }

    /// Parses a file whole, for its errors, and keeps no bodies of functions: as [`Self::skimmed`].
    pub fn slim(file: Arc<SourceFile>, lines: &[LogicalLine]) -> Arc<Self> {
        let mut deferred = deferred::deferrable(file.text(), lines);
        let Tree { mut body, errors, tokens } = parse(file.text(), &file, &deferred);
        if errors.is_empty() {
            deferred::let_go(&mut body, &deferred);
        } else {
            deferred.clear();
        }
        Arc::new(Self { file, body, errors, deferred: Bodies::new(deferred), tokens })
    }

    /// Counts the tree among what a project holds, with what is parsed of it later.
    pub fn count_in(&mut self, held: &Arc<Held>) {
        held.add(self.tokens.saturating_mul(Held::TOKEN));
        self.deferred.held = Some(held.clone());
    }

    /// The statements of a function of this file.
    pub fn function_body<'a>(&'a self, def: &'a StmtFunctionDef) -> &'a [Stmt] {
        let [only @ (Stmt::Expr(_) | Stmt::Pass(_))] = &def.body[..] else { return &def.body };
        self.deferred.body(only.start().into(), &self.file).unwrap_or(&def.body)
    }

    /// The place of a node.
    pub fn location(&self, node: impl Ranged) -> Location {
        location(&self.file, node.range())
    }

    /// The function or lambda at exactly that range.
    ///
    /// Function objects keep a range instead of a reference, so that the tree needs no lifetime;
    /// statements are sorted by place, so this is a few binary searches.
    pub fn code_at(&self, range: TextRange) -> Option<Code<'_>> {
        self.find_in(&self.body, range)
    }
}

/// What the parser makes of a text.
struct Tree {
    body: Vec<Stmt>,
    errors: Vec<SyntaxError>,
    /// How many tokens it was made of.
    tokens: usize,
}

/// The statements of a text, and what the parser complains of; places are those of the file. The tokens of
/// bodies that will be let go are not counted.
fn parse(text: &str, file: &Arc<SourceFile>, waiting: &[Deferred]) -> Tree {
    let options = rustpython_parser::ParseOptions::from(rustpython_parser::Mode::Module);
    let parsed = rustpython_parser::parse_unchecked(text, options);
    let error = |error: &rustpython_parser::ParseError| SyntaxError {
        message: error.error.to_string(),
        at: location(file, error.location),
    };
    let errors = parsed.errors().iter().map(error).collect();
    let tokens = parsed.tokens();
    let from = |at: usize| tokens.partition_point(|token| usize::from(token.start()) < at);
    let inside: usize = match parsed.syntax() {
        ast::Mod::Module(module) => deferred::to_let_go(&module.body, waiting)
            .iter()
            .map(|body| from(body.end).saturating_sub(from(body.start)))
            .sum(),
        ast::Mod::Expression(_) => 0,
    };
    let tokens = tokens.len().saturating_sub(inside);
    let body = match parsed.into_syntax() {
        ast::Mod::Module(module) => module.body,
        ast::Mod::Expression(_) => Vec::new(),
    };
    Tree { body, errors, tokens }
}

fn location(file: &Arc<SourceFile>, range: TextRange) -> Location {
    Location { file: file.clone(), start: range.start().into(), end: range.end().into() }
}

impl Parsed {
    fn find_in<'a>(&'a self, body: &'a [Stmt], range: TextRange) -> Option<Code<'a>> {
        let index = body.partition_point(|stmt| stmt.end() < range.end());
        let stmt = body.get(index)?;
        if let Stmt::FunctionDef(def) = stmt
            && def.range == range
        {
            return Some(Code::Function(def));
        }
        let bodies: &[&[Stmt]] = &match stmt {
            Stmt::FunctionDef(def) => vec![self.function_body(def)],
            Stmt::ClassDef(def) => vec![&def.body[..]],
            Stmt::For(inner) => vec![&inner.body[..], &inner.orelse],
            Stmt::While(inner) => vec![&inner.body[..], &inner.orelse],
            Stmt::If(inner) => {
                let mut all = vec![&inner.body[..]];
                all.extend(inner.elif_else_clauses.iter().map(|clause| &clause.body[..]));
                all
            }
            Stmt::With(inner) => vec![&inner.body[..]],
            Stmt::Match(inner) => inner.cases.iter().map(|case| &case.body[..]).collect(),
            Stmt::Try(inner) => {
                let mut all = vec![&inner.body[..]];
                all.extend(inner.handlers.iter().map(|handler| {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    &handler.body[..]
                }));
                all.push(&inner.orelse);
                all.push(&inner.finalbody);
                all
            }
            _ => vec![],
        };
        for inner in bodies {
            if let (Some(first), Some(last)) = (inner.first(), inner.last())
                && first.start() <= range.start()
                && range.end() <= last.end()
            {
                return self.find_in(inner, range);
            }
        }
        let mut finder = LambdaFinder { range, found: None };
        finder.visit_stmt(stmt);
        finder.found.map(Code::Lambda)
    }
}

struct LambdaFinder<'a> {
    range: TextRange,
    found: Option<&'a ExprLambda>,
}

impl<'a> Visitor<'a> for LambdaFinder<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if stmt.range().contains_range(self.range) {
            ast::visitor::walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !expr.range().contains_range(self.range) || self.found.is_some() {
            return;
        }
        match expr {
            Expr::Lambda(lambda) if lambda.range == self.range => self.found = Some(lambda),
            _ => walk_expr(self, expr),
        }
    }
}
