//! Texts that would take for ever, or all memory: they end soon, and with an unknown.

use std::time::{Duration, Instant};

use super::result;

/// Texts whose `result` must not be worked out.
const BOUNDED: &[&str] = &[
    "result = 'a' * 10**9",
    "result = 10**10**10",
    "result = [0] * 10**10",
    "result = (1,) * 10**9",
    "result = list(range(10**12))",
    "result = '%1000000000d' % 1",
    "result = '{:>9999999999}'.format(1)",
    "result = f'{1:>{10**12}}'",
    "result = 'x'.ljust(10**10)",
    "result = '%.*f' % (10**9, 1.5)",
    "result = 1 << 10**9",
    "result = bytes(10**12)",
    "def f(): return f()\nresult = f()",
    "def f(n): return [f(n + 1)]\nresult = f(0)",
    "i = 0\nwhile True:\n    i += 1\nresult = i",
    "x = 'a'\nfor i in range(100): x += x\nresult = x",
    "x = [1]\nfor i in range(100): x = x + x\nresult = x",
    "def g():\n    while True:\n        yield 1\nresult = list(g())",
    "class I:\n    def __iter__(self): return self\n    def __next__(self): return 1\nresult = list(I())",
    "import itertools\nresult = list(itertools.count())",
    "import itertools\nresult = list(itertools.permutations(range(20)))",
    "import itertools\nresult = list(itertools.product('ab', repeat=64))",
    "class A:\n    def __getattr__(self, n): return self.x\nresult = A().x",
    "class A:\n    def __repr__(self): return repr(self)\nresult = repr(A())",
    "class A:\n    def __eq__(self, o): return self == o\nresult = A() == 1",
    "class A:\n    @property\n    def p(self): return self.p\nresult = A().p",
    "x = 'a' * 500000\nresult = x.replace('a', x)",
    "x = ['a' * 900000] * 900000\nresult = ''.join(x)",
    "import re\nresult = re.match('(a{1000}){1000}{1000}', 'a')",
    "import math\nresult = math.factorial(10**9)",
    "result = eval('1')",
    "result = open('x').read()",
    "import os\nresult = os.listdir('.')",
    "import random\nresult = random.random()",
    "result = object()",
];

#[test]
fn hostile_texts_end_soon_with_an_unknown() {
    for text in BOUNDED {
        let start = Instant::now();
        let found = result(text);
        let took = start.elapsed();
        assert!(found.get("$unknown").is_some() || found.is_string(), "{text}\n  is {found}");
        let shown: String = text.chars().take(80).collect();
        assert!(took < Duration::from_secs(20), "{shown} took {took:?}");
        if let Some(text) = found.as_str() {
            assert!(text.starts_with("no result"), "{shown} is {}", text.len());
        }
    }
}

/// Numbers at the ends of what a machine's word holds: whatever comes of them, it is no fault.
#[test]
fn numbers_at_the_ends_do_no_harm() {
    let least = "-9223372036854775808";
    for text in [
        format!("x = [1, 2]\nx[{least}:1] = [3]\nresult = x"),
        format!("x = [1, 2]\nx[::{least}] = [3]\nresult = x"),
        format!("x = [1, 2]\ndel x[{least}:{least}]\nresult = x"),
        format!("import datetime\nresult = datetime.timedelta(microseconds=3) // {least}"),
        format!("import datetime\nresult = datetime.timedelta(microseconds=3) * {least}"),
        format!("from decimal import Decimal\nresult = Decimal('1e{least}')"),
        "from decimal import Decimal\nresult = Decimal('1e-9223372036854775808') + Decimal('1e9223372036854775807')".into(),
        format!("result = (1, 2, 3)[{least}:]"),
        format!("result = 'abc'[{least}]"),
        format!("result = abs({least}) // -1"),
        format!("result = list(range({least}, 9223372036854775807, 9223372036854775807))"),
    ] {
        result(&text);
    }
}

#[test]
fn what_refers_to_itself_has_a_text() {
    assert_eq!(result("x = [1]\nx.append(x)\nresult = repr(x)"), "[1, [...]]");
    assert_eq!(result("d = {}\nd['d'] = d\nresult = repr(d)"), "{'d': {...}}");
    assert!(result("x = []\nx.append(x)\nresult = x").to_string().contains("$unknown"));
    assert!(result("a = []\nb = []\na.append(a)\nb.append(b)\nresult = a == b").get("$unknown").is_some());
}

#[test]
fn classes_that_cannot_be_do_no_harm() {
    assert_eq!(result("class A: pass\nclass B(A): pass\nclass C(A, B): pass\nresult = C.__name__"), "C");
    assert_eq!(result("class A(A0): pass\nresult = 1"), 1);
    assert_eq!(result("class A(unknown_name.X): x = 1\nresult = 2"), 2);
    assert_eq!(
        result("class M(type):\n    def __new__(m, *a): return None\nclass A(metaclass=M): pass\nresult = A"),
        serde_json::Value::Null
    );
}
