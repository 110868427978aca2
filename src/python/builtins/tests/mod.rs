//! Module texts and what they come to; expected values are what Python 3.12 gives.

mod expressions;
mod hostile;
mod programs;

use std::path::Path;
use std::sync::Arc;

use crate::python::interpreter::{Extension, Interpreter, STACK_BYTES};
use crate::python::library::{Library, SearchPath};
use crate::python::syntax::{Name, Parsed};
use crate::python::value::Value;
use crate::source::SourceFile;

/// The value of the global `result` of a module's text, in the JSON form of the contract.
pub(super) fn result(text: &str) -> serde_json::Value {
    let text = text.to_owned();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let handle = thread.spawn(move || {
        let reader = |path: &Path| Err(Arc::<str>::from(format!("no {}", path.display())));
        // Installed packages are at hand, and there are none: a missing module is certainly missing.
        let installed = SearchPath { folder: "nowhere".into(), project: false };
        let library = Library::new(vec![installed], Box::new(reader));
        let extension = Extension {
            modules: rustc_hash::FxHashSet::default(),
            make: |_, _| crate::python::object::Namespace::default(),
            freeze: |_, _| None,
            adopt: |_, _, _| None,
            host: Box::new(()),
        };
        let mut interpreter = Interpreter::new(library, extension);
        let file = SourceFile::new("project/module.py".into(), "module.py", text);
        let module = interpreter.load_file("module", Parsed::new(file), false).ok()?;
        let problems: Vec<String> =
            interpreter.problems.iter().map(|(_, problem)| problem.reason.to_string()).collect();
        let value = match module.get("result") {
            Some(object) => match interpreter.get_attribute(
                &crate::python::object::Object::Module(module.clone()),
                &Name::new_static("result"),
            ) {
                Ok(object) => interpreter.freeze(&object),
                Err(raise) => Value::unknown(interpreter.describe_raise(&raise), object_location(&object)),
            },
            None => Value::str(format!("no result: {}", problems.join("; "))),
        };
        Some(value.to_json())
    });
    handle.expect("a thread").join().expect("no panic").unwrap_or_default()
}

fn object_location(_: &crate::python::object::Object) -> Option<crate::source::Location> {
    None
}

/// What the expressions of the standard library use.
const STDLIB_IMPORTS: &str = "
import ast, base64, calendar, copy, datetime, functools, html, inspect, itertools, json, keyword, math
import operator, re, string, textwrap, types, urllib.parse, uuid
from datetime import date, time, timedelta
from decimal import Decimal
";

/// Checks expressions against the texts that Python's `repr()` gives them.
pub(super) fn check_reprs(imports: &str, cases: &[(&str, &str)]) {
    let mut text = format!("{imports}\nresult = {{}}\n");
    for (index, (expression, _)) in cases.iter().enumerate() {
        text.push_str(&format!("result['{index}'] = repr(({expression}))\n"));
    }
    let found = result(&text);
    let mut wrong = Vec::new();
    for (index, (expression, expected)) in cases.iter().enumerate() {
        let found = found.get(index.to_string());
        if found.and_then(|v| v.as_str()) != Some(*expected) {
            wrong.push(format!("{expression}\n  is {found:?}\n  not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn expressions_are_what_python_says() {
    check_reprs("", expressions::EXPRESSIONS);
}

#[test]
fn the_standard_library_is_what_python_says() {
    check_reprs(STDLIB_IMPORTS, expressions::STDLIB);
}

#[test]
fn programs_come_to_what_python_makes_of_them() {
    let mut wrong = Vec::new();
    for (name, text, expected) in programs::PROGRAMS {
        let found = result(&format!("{text}\nresult = repr(result)\n"));
        if found.as_str() != Some(*expected) {
            wrong.push(format!("{name}\n  is {found}\n  not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What may have returned before it raises did return; but where the exception may be caught, the
/// handler may have run as well.
/// A variable with a `KeyError` that is provided for counts as not set; one that a program insists on, as set to
/// something.
#[test]
fn what_the_environment_lacks_is_what_the_handler_says() {
    let program = |handler: &str| {
        format!(
            "import os\ndef get(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        {handler}\n"
        )
    };
    let (default, told) = (program("return 'eu'"), program("raise ValueError(name)"));
    assert_eq!(result(&format!("{default}result = get('SHOP_REGION')")), "eu");
    assert!(result(&format!("{told}result = get('SHOP_REGION')")).get("$unknown").is_some());
    assert!(
        result(&format!("import sys\n{}result = get('X')", program("sys.exit(1)"))).get("$unknown").is_some()
    );
    // The innermost that names it has the say.
    let around = "try:\n    result = get('X')\nexcept LookupError:\n    result = 'outer'\n";
    assert!(result(&format!("{told}{around}")).get("$unknown").is_some());
    assert_eq!(result(&format!("import os\n{}", around.replace("get('X')", "os.environ['X']"))), "outer");
    assert!(result("import os\nresult = os.environ['X']").get("$unknown").is_some());
}

#[test]
fn a_function_that_may_have_returned_does_not_surely_raise() {
    let first = "import os\n\
        def first(names):\n    \
            for name in names:\n        \
                if os.path.exists(name):\n            \
                    return name\n    \
            raise LookupError(names)\n\
        def caught():\n    \
            try:\n        \
                return first(['a'])\n    \
            except LookupError:\n        \
                return 'b'\n";
    assert_eq!(result(&format!("{first}result = [first(['a'])]\n")), serde_json::json!(["a"]));
    for call in ["first(['a', 'b'])", "caught()"] {
        let found = result(&format!("{first}result = {call}\n"));
        assert!(found.get("$unknown").is_some(), "{call} is {found}");
    }
    let raised =
        result(&format!("{first}try:\n    result = first([])\nexcept LookupError:\n    result = 'none'\n"));
    assert_eq!(raised, serde_json::json!("none"));
}
