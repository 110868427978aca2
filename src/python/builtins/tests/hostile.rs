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
    "s = set(range(100000))\nt = set(range(100000))\nfor i in range(100000): result = s == t",
    "s = set(range(100000))\nfor i in range(100000): result = s & {1}",
    "s = set(range(100000))\nt = set(s)\nfor i in range(100000): result = s < t",
    "d = {i: 0 for i in range(50000)}\ne = dict(d)\nfor i in range(100000): d |= e\nresult = len(d)",
    "d = {i: 0 for i in range(50000)}\nresult = [{**d} for i in range(10000)]",
    "d = {'a%d' % i: 0 for i in range(20000)}\nfor i in range(100000): len([], **d)\nresult = i",
    "x = (int,)\nfor i in range(60): x = (x, x)\nfor i in range(100000): result = isinstance('a', (x,) * 9000)",
    "class C: pass\nfor i in range(20000): setattr(C, 'a%d' % i, 0)\nresult = [C.__dict__ for i in range(10000)]",
    "u = eval('1')\na = list(range(50000))\ndef f():\n    for i in range(100000):\n        if u: return a\nresult = f()",
    "l = [0] * 400000\nfor i in range(400000): l.append(l.pop(0))\nresult = l",
    "d = dict.fromkeys(range(50000))\nfor i in range(100000):\n    d[i + 50000] = 0\n    del d[i]\nresult = i",
    "t = '%.0s' * 100000\nv = ('',) * 100000\nfor i in range(100000): result = t % v",
    "for i in range(30000): globals()['a%d' % i] = 0\nfor i in range(100000): len(globals())\nresult = i",
    "result = pow(1 << 90000, 1 << 90000, (1 << 9000) + 1)",
    "result = ('a' * 900000).strip('b' * 900000 + 'a')\nresult = eval('1')",
    "import itertools\nresult = list(itertools.product([0], repeat=10**15))",
    "import itertools\nresult = list(itertools.product([0], repeat=10**15))",
    "import itertools\nresult = list(itertools.combinations_with_replacement([1], 10**15))",
    "import itertools\nresult = list(itertools.zip_longest(range(20000), *([[]] * 20000)))",
    "import itertools\nresult = [itertools.tee(range(100000), 64) for i in range(100)]",
    "import textwrap\nresult = textwrap.indent('a\\n' * 300000, 'x' * 500000)",
    "import urllib.parse as p\nresult = p.urlencode([('!' * 900000, '')] * 50000)",
    "import urllib.parse as p\nresult = p.quote('!' * 200000, 'a' * 900000)\nresult = eval('1')",
    "import ast\nresult = ast.literal_eval('[' * 400000)",
    "import re\nresult = re.findall('.*[^A-Z]|[A-Z]', 'A' * 300000)",
    "from pathlib import Path\nresult = Path('a/' * 200000).parents",
    "from pathlib import Path\np = Path('x' * 900000)\nresult = [p / 'x' for i in range(50000)]",
    "import os\nresult = os.path.join(*['x' * 500000] * 100000)",
    "import json\nt = '[[' + '[],' * 250000 + '[]]]'\nresult = [json.loads(t) for i in range(200)]",
    "import copy\nresult = copy.deepcopy([set(range(20000)) for i in range(2)] * 2000 + [eval('1')])[0][0]",
    "import copy\nclass O: pass\no = O()\nfor i in range(9000): setattr(o, 'a%d' % i, i)\nresult = [copy.copy(o) for i in range(9000)]",
    "import dataclasses as d\nx = []\n@d.dataclass\nclass D:\n    a: list\nfor i in range(60): x = [x, x]\nresult = d.asdict(D(x))",
    "from decimal import Decimal\nresult = Decimal('9' * 3990) ** 64",
    "import importlib\nresult = importlib.import_module('a' + '.a' * 300000)",
    "class M(type):\n    def __iter__(c): return c\nclass C(metaclass=M): pass\nresult = list(C)",
    "class X:\n    def __bool__(self): return self\nresult = not X()",
    "from collections import namedtuple\nn = ['a%d' % i for i in range(20000)]\nT = namedtuple('T', n)\nresult = T(**{a: 0 for a in n})",
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
        "import datetime\nresult = datetime.date(2000, 10**18, 1)".into(),
        "import datetime\nresult = datetime.time(1).replace(hour=9223372036854775807)".into(),
        "import datetime\nresult = datetime.timedelta(days=float('-inf'))".into(),
    ] {
        result(&text);
    }
}

/// Texts of which a part is written over and over, so that it is too long for the list above.
#[test]
fn long_texts_end_soon() {
    let params = (0..5000).map(|n| format!("a{n}=0")).collect::<Vec<_>>().join(",");
    let enumeration = (0..20_000).map(|n| format!("    a{n} = enum.auto()\n")).collect::<Vec<_>>().concat();
    let texts = [
        format!("def f({params}): return 0\nfor i in range(100000): result = f()"),
        format!(
            "def f():\n    return 0\n{}for i in range(100000): result = f()",
            "    x = 1\n".repeat(50_000)
        ),
        format!("result = ['{}' for i in range(3000)]", "a".repeat(500_000)),
        format!("import enum\nclass E(enum.Enum):\n{enumeration}result = E.a0.missing"),
        format!(
            "def f():\n    for i in range(300000):\n        global {}\nresult = f()",
            vec!["x"; 900].join(", ")
        ),
    ];
    for text in &texts {
        let start = Instant::now();
        let found = result(text);
        let shown: String = text.chars().take(60).collect();
        assert!(start.elapsed() < Duration::from_secs(20), "{shown} took {:?}", start.elapsed());
        assert!(found.get("$unknown").is_some() || found.is_string() || found == 0, "{shown}\n  is {found}");
    }
}

/// Reasons are made of each other; where that goes on and on, they are not.
#[test]
fn reasons_do_not_grow_without_end() {
    let text = "B = eval('1')\nfor i in range(3000):\n    class X(B): pass\n    for x in X.foo: pass\n    if X.foo: y = 1\n    else: y = 2\n    B = y\nresult = B";
    let found = result(text).to_string();
    assert!(found.contains("$unknown") && found.len() < 3_000, "{}", found.len());
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
