//! Texts that would break a parser that recurses, and bytes at random: what [`parse_guard`] lets
//! pass must parse, be visited and be dropped on the stack that the program gives its threads.

#![allow(clippy::unwrap_used)]

use migcheck::source::{Depth, STACK_BYTES, TooDeep, decode_python, parse_guard};
use rustpython_ast::visitor::{Visitor, walk_expr, walk_stmt};
use rustpython_ast::{Expr, PySourceType, Stmt};

/// Visits every node, as the program does.
struct Count(usize);

impl<'a> Visitor<'a> for Count {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0 += 1;
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.0 += 1;
        walk_expr(self, expression);
    }
}

/// Runs on a thread with the program's stack. An overflow would end the test run.
fn on_a_worker(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap().join().unwrap();
}

fn parse_and_visit(text: &str) -> usize {
    let parsed = rustpython_parser::parse_unchecked_source(text, PySourceType::Python);
    let mut count = Count(0);
    for statement in &parsed.syntax().body {
        count.visit_stmt(statement);
    }
    count.0
}

/// What makes a tree deep when it is repeated: prefix, unit, and what closes a unit.
const DEEP: [(&str, &str, &str); 44] = [
    ("", "(", ")"),
    ("", "(", ""),
    ("", "[", ""),
    ("", "{1:", "}"),
    ("", "not ", ""),
    ("", "-", ""),
    ("", "a+", ""),
    ("", "a**", ""),
    ("", "a < ", ""),
    ("", "a and b or ", ""),
    ("", "a if b else ", ""),
    ("", "lambda: ", ""),
    ("", "lambda a,b: ", ""),
    ("", "lambda a=", ":1"),
    ("", "(lambda a=1,b=2:", ")"),
    ("a", ".b", ""),
    ("a", "()", ""),
    ("a", "[0]", ""),
    ("", "await ", ""),
    ("", "yield ", ""),
    ("", "yield a, ", ""),
    ("", "*", ""),
    ("", "if a: ", ""),
    ("", "for x in a, b: ", ""),
    ("", "class A: ", ""),
    ("", "try: ", ""),
    ("", "if a: b; ", ""),
    ("", "a = ", ""),
    ("", "(a := ", ")"),
    ("", "f\"{", "}\""),
    ("f\"", "{x:", "}"),
    ("", "f'''{f\"\"\"{", "}\"\"\"}'''"),
    ("", "(](](]", ""),
    ("", "(\nimport x\n", ""),
    ("", "[if a, ", ""),
    ("match x:\n case ", "a.", ""),
    ("match x:\n case ", "[", ""),
    ("with ", "(", ""),
    ("from ", ".", ""),
    ("", "def f[T: ", ""),
    ("", "a: ", ""),
    ("", "[a for a in ", "]"),
    ("", "async ", ""),
    ("(\n", "if a:\n ", ""),
];

fn repeated((prefix, unit, close): (&str, &str, &str), times: usize) -> String {
    format!("{prefix}{}x{}", unit.repeat(times), close.repeat(times))
}

#[test]
fn a_hundred_thousand_times_is_refused() {
    for case in DEEP {
        assert!(parse_guard(&repeated(case, 100_000)).is_err(), "{case:?}");
    }
}

#[test]
fn what_is_let_pass_fits_the_stack() {
    for case in DEEP {
        on_a_worker(move || {
            let (mut low, mut high) = (1, 100_000);
            while low + 1 < high {
                let middle = usize::midpoint(low, high);
                if parse_guard(&repeated(case, middle)).is_ok() { low = middle } else { high = middle }
            }
            parse_and_visit(&repeated(case, low));
        });
    }
}

#[test]
fn long_but_flat_is_let_pass() {
    for case in [
        ("if a: b\n", "elif a: b\n", ""),
        ("", "if a:\n b\n", ""),
        ("x = [", "(1, {'a': 'b'}, lambda x: x), ", ""),
        ("x = (", "'a'\n", ""),
        ("", "@a\n", ""),
        ("x = {", "'a': f\"{b:>{c}} {d['e']!r} {{}}\", ", ""),
        ("", "# ((((((((\n", ""),
        ("", "'((((((((' \"\"\"[[[[[[[\n\"\"\"\n", ""),
        ("", "f'(((({a}((((' ; r'\\'' ; rf'\\{a}'\n", ""),
    ] {
        let text = repeated(case, 20_000);
        assert_eq!(parse_guard(&text), Ok(()), "{case:?}");
        on_a_worker(move || assert!(parse_and_visit(&text) > 0));
    }
}

fn nested_blocks(indent: &str, depth: usize) -> String {
    let lines: Vec<String> = (0..depth).map(|n| format!("{}if a:\n", indent.repeat(n))).collect();
    lines.concat()
}

#[test]
fn the_line_and_the_reason_are_named() {
    let brackets = format!("x = 1\r\ny = '''\n'''\nz = {}", "[".repeat(201));
    assert_eq!(parse_guard(&brackets), Err(TooDeep { line: 4, what: Depth::Brackets }));
    let chain = format!("x = 1\n# ((\ny = a{}\n", ".b".repeat(2000));
    assert_eq!(parse_guard(&chain), Err(TooDeep { line: 3, what: Depth::Expression }));
    let blocks = nested_blocks(" ", 202);
    assert_eq!(parse_guard(&blocks), Err(TooDeep { line: 201, what: Depth::Indentation }));
    let allowed = nested_blocks("\t", 150);
    assert_eq!(parse_guard(&allowed), Ok(()));
    on_a_worker(move || assert!(parse_and_visit(&allowed) > 150));
}

/// A generator of numbers that is the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

const PIECES: &[&str] = &[
    "(", ")", "[", "]", "{", "}", "f\"", "f'''", "\"", "'", "\"\"\"", "'''", "rb'", "t'{", "\\", "\\\n",
    "\n", "\r\n", "\r", ":", "!r", "{{", "}}", ",", ".", "=", ":=", "+", "not ", "lambda ", "lambda: ",
    "if ", " else ", "for ", " in ", "yield ", "await ", "class A", "def f", "match x", "case ", "import ",
    "from ", "@", "*", "**", "#", " ", "    ", "\t", "\x0c", "a", "é", "0", "1e5", "0x", "\u{feff}", "\0",
    "\u{2028}", ";", "->", "%",
];

#[test]
fn texts_at_random_never_panic() {
    on_a_worker(|| {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        for _ in 0..4000 {
            let mut text = String::new();
            for _ in 0..random.below(60) {
                let piece = PIECES[random.below(PIECES.len())];
                let times = if random.below(40) == 0 { 1 + random.below(500) } else { 1 };
                text.push_str(&piece.repeat(times));
            }
            if parse_guard(&text).is_ok() {
                parse_and_visit(&text);
            }
        }
    });
}

#[test]
fn bytes_at_random_never_panic() {
    on_a_worker(|| {
        let mut random = Random(0x0DDB_1A5E_5BAD_5EED);
        for _ in 0..3000 {
            let length = random.below(200);
            let mut bytes: Vec<u8> = (0..length).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
            if random.below(3) == 0 {
                let cookies =
                    ["\u{feff}", "# coding: latin-1\n", "# coding: gbk\n", "# coding: \n", "#coding=x\n"];
                bytes.splice(0..0, cookies[random.below(cookies.len())].bytes());
            }
            let (text, _) = decode_python(&bytes, "x.py");
            if parse_guard(&text).is_ok() {
                parse_and_visit(&text);
            }
        }
    });
}

/// A text with a bite taken out, or cut short, is what an editor or a bad merge leaves.
#[test]
fn cut_texts_never_panic() {
    let migration = r#"
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("order", f"{prefix!r:>{width}}", models.CharField(max_length=[1, {2: 3}][0])),
        migrations.RunSQL("""SELECT '(' FROM "shop_order" """, lambda a, b=(1,): {**a}),
    ]
"#;
    on_a_worker(move || {
        let mut random = Random(42);
        for text in [include_str!("hostile.rs"), migration] {
            for _ in 0..300 {
                let (from, to) = (random.below(text.len()), random.below(text.len()));
                let kept = text.char_indices().filter(|(at, _)| *at < from || *at > to);
                let cut: String = kept.map(|(_, letter)| letter).collect();
                if parse_guard(&cut).is_ok() {
                    parse_and_visit(&cut);
                }
            }
        }
    });
}
