//! Whether a file whose functions are parsed one by one is the file parsed whole.

use migcheck::python::syntax::ast::visitor::transformer::{Transformer, walk_stmt};
use migcheck::python::syntax::ast::visitor::{self, Visitor};
use migcheck::python::syntax::ast::{Stmt, StmtFunctionDef};
use migcheck::python::syntax::{Code, Parsed, Ranged};
use migcheck::source::{SourceFile, outline};

/// How many functions were compared. Texts that nest too deep or have errors are not.
///
/// # Errors
/// What differs.
pub fn difference(text: &str) -> Result<usize, String> {
    let Ok(lines) = outline(text) else { return Ok(0) };
    let file = SourceFile::new("skim.py".into(), "skim.py", text.to_owned());
    let whole = Parsed::new(file.clone());
    if !whole.errors.is_empty() {
        return Ok(0);
    }
    same(&whole, &Parsed::slim(file.clone(), &lines))?;
    same(&whole, &Parsed::skimmed(file, &lines))
}

fn same(whole: &Parsed, skimmed: &Parsed) -> Result<usize, String> {
    let text = skimmed.file.text();
    if bare(&whole.body) != bare(&skimmed.body) {
        return Err("differ outside functions".to_owned());
    }
    let mut functions = Functions(Vec::new());
    functions.visit_body(&whole.body);
    for def in &functions.0 {
        let line = text[..def.start().into()].lines().count();
        match skimmed.code_at(def.range) {
            Some(Code::Function(found)) => {
                let body = skimmed.function_body(found);
                if body != def.body {
                    return Err(format!("line {line}: {body:?}\n{:?}", def.body));
                }
            }
            _ => return Err(format!("line {line}: {} is not found", def.name)),
        }
    }
    Ok(functions.0.len())
}

/// Statements without the bodies of functions.
fn bare(body: &[Stmt]) -> Vec<Stmt> {
    let mut bare = body.to_vec();
    for statement in &mut bare {
        Emptied.visit_stmt(statement);
    }
    bare
}

struct Emptied;

impl Transformer for Emptied {
    fn visit_stmt(&self, statement: &mut Stmt) {
        if let Stmt::FunctionDef(def) = statement {
            def.body.clear();
        }
        walk_stmt(self, statement);
    }
}

struct Functions<'a>(Vec<&'a StmtFunctionDef>);

impl<'a> Visitor<'a> for Functions<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::FunctionDef(def) = statement {
            self.0.push(def);
        }
        visitor::walk_stmt(self, statement);
    }
}
