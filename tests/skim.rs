//! Functions are parsed when they are asked for: what comes of it is what parsing the file whole gives.

#![allow(clippy::unwrap_used)]

#[path = "support/files.rs"]
mod files;
#[path = "support/skim.rs"]
mod skim;

use std::fmt::Write as _;
use std::path::Path;

use migcheck::python::syntax::Parsed;
use migcheck::python::syntax::ast::Stmt;
use migcheck::source::{SourceFile, outline};

/// Shapes that end a function otherwise than one would think; `{}` stands for a long line.
const SHAPES: &[&str] = &[
    "def f():\n    {}\n",
    "def f():\n    {}",
    "def f():\n    {};\n\nx = 1\n",
    "def f():\n    {}  # with a comment\n    # and one more\n# and another\ny = 2\n",
    "def f(\n    a=(1,\n2),\n):\n    {}\n\nclass A: pass\n",
    "class A:\n    x = 1\n    def f(self):\n        {}\n    y = 2\n    async def g(self):\n        {}\n",
    "class A:\n    @d(lambda: 1)\n    def f(self): return 1\n    def g(self):\n        {}\n",
    "if x:\n    def f():\n        {}\nelse:\n    def f():\n        {}\n",
    "try:\n    def f():\n        {}\nexcept E:\n    pass\n",
    "def f():\n    '''text\n  at less\nindentation'''\n    {}\n",
    "def f():\n    f'''{x\n}'''\n    {}\nz = 1\n",
    "def f():\n    def g():\n        def h():\n            {}\n        return lambda: 1\n    {}\n",
    "def f():\n    if a:\n        {}\n    elif \\\n  b:\n        {}\n",
    "def f():\n    x = [\n1,\n2]\n    {}\n",
    "def f():\n    for x in y:\n        {}\\\n\n\nclass A: pass\n",
    "def f():\r\n    {}\r\n    return 1\r\nx = 1\r\n",
    "def f():\n\t{}\n\treturn 1\n",
    "x = \\\n  1\ndef f():\n    {}\n",
    "def f() -> 'a':\n    class B:\n        def g(self):\n            {}\n    return B\n",
    "async  def f():\n    {}\n",
    "defer = 1\nasync_def = 2\ndef f():\n    {}\n",
    "def f():\n    print('\u{e9}\u{1F600}')\n    {}\nx = '\u{e9}'\n",
];

#[test]
fn functions_one_by_one_are_the_file() {
    let long = "value = call('a text', 1, key=[other for other in values if other], **more)";
    for shape in SHAPES {
        let text = shape.replace("{}", long);
        assert_eq!(skim::difference(&text).map(|count| count > 0), Ok(true), "{text}");
    }
}

/// Of many functions the later ones are parsed together, wherever they stand.
#[test]
fn many_functions_are_the_file() {
    let body = "value = call('a text', 1, key=[other for other in values if other], **more)";
    let mut text = String::new();
    for number in 0..30 {
        write!(
            text,
            "def a{number}():\n    {body}\nclass B{number}:\n    def b(self):\n        {body}\n        return {number}\n\
             if x:\n    def c{number}():\n        {body}\nelse:\n    def d{number}():\n        {body}\n\
             try:\n    def e{number}():\n        {body}\nexcept E:\n    def f{number}():\n        {body}\nfinally:\n    \
             def g{number}():\n        {body}\nfor y in z:\n    def h{number}():\n        {body}\nwith w:\n    \
             def i{number}():\n        {body}\nmatch v:\n    case 1:\n        def j{number}():\n            {body}\n"
        )
        .unwrap();
    }
    assert_eq!(skim::difference(&text), Ok(300));
}

#[test]
fn the_corpus_one_by_one_is_the_corpus() {
    let mut functions = 0;
    for path in files::python_files(Path::new("corpus")) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        functions += skim::difference(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    }
    assert!(functions > 100, "{functions} functions");
}

/// What this is for: bodies that nobody asks for are not in the tree.
#[test]
fn long_bodies_wait() {
    let text = format!("class A:\n    def f(self):\n{}", "        value = call(1)\n".repeat(10));
    let lines = outline(&text).unwrap();
    let file = SourceFile::new("a.py".into(), "a.py", text);
    for parsed in [Parsed::skimmed(file.clone(), &lines), Parsed::slim(file, &lines)] {
        let [Stmt::ClassDef(class)] = &parsed.body[..] else { panic!("one class") };
        let [Stmt::FunctionDef(def)] = &class.body[..] else { panic!("one function") };
        assert_eq!(def.body.len(), 1);
        assert_eq!(parsed.function_body(def).len(), 10);
    }
}
