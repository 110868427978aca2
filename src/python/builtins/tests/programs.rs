//! Whole modules with what Python 3.12 makes of them.

/// Modules' texts and what Python 3.12 says `repr(result)` is after them.
pub(super) const PROGRAMS: &[(&str, &str, &str)] = &[
    (
        "enum_basic",
        r#"from enum import Enum, auto
class Color(Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1
    @property
    def label(self):
        return self.name.title()
    def twice(self):
        return self.value * 2
result = [list(Color), Color.RED.name, Color.RED.value, Color(2), Color["GREEN"], len(Color), Color.CRIMSON is Color.RED, Color.RED.label, Color.GREEN.twice(), list(Color.__members__), Color.RED in Color, str(Color.RED), f"{Color.RED}", Color.RED == 1, Color.RED == Color.RED, {Color.RED: 1}[Color.RED], isinstance(Color.RED, Color), [c.value for c in Color]]
"#,
        "[[<Color.RED: 1>, <Color.GREEN: 2>], 'RED', 1, <Color.GREEN: 2>, <Color.GREEN: 2>, 2, True, 'Red', 4, ['RED', 'GREEN', 'CRIMSON'], True, 'Color.RED', 'Color.RED', False, True, 1, True, [1, 2]]",
    ),
    (
        "enum_auto",
        r#"from enum import Enum, IntEnum, StrEnum, Flag, IntFlag, auto
class A(Enum):
    X = auto()
    Y = auto()
    Z = 10
    W = auto()
class S(StrEnum):
    ONE = auto()
    TWO = "two!"
class I(IntEnum):
    A = 1
    B = auto()
class F(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W
class G(IntFlag):
    A = 1
    B = 2
result = [[a.value for a in A], list(S), str(S.ONE), S.ONE + "x", S.ONE == "one", S.ONE.upper(), list(I), I.A + 1, I.B > I.A, str(I.A), f"{I.A:03d}", sorted([I.B, I.A]), F.RW, F.R | F.X, F.RW & F.R, bool(F.R & F.W), F.R in F.RW, (G.A | G.B).value, G.A | 4 == 5, [f.name for f in F]]
"#,
        "[[1, 2, 10, 11], [<S.ONE: 'one'>, <S.TWO: 'two!'>], 'one', 'onex', True, 'ONE', [<I.A: 1>, <I.B: 2>], 2, True, '1', '001', [<I.A: 1>, <I.B: 2>], <F.RW: 3>, <F.R|X: 5>, <F.R: 1>, False, True, 3, True, ['R', 'W', 'X']]",
    ),
    (
        "enum_generate",
        r#"from enum import Enum, auto
class Lower(str, Enum):
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()
    ABC = auto()
    DEF = auto()
class WithInit(Enum):
    EARTH = (3, 4)
    MARS = (1, 2)
    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius
    @property
    def sum(self):
        return self.mass + self.radius
    @classmethod
    def heaviest(cls):
        return max(cls, key=lambda m: m.mass)
    @classmethod
    def _missing_(cls, value):
        return cls.MARS
class WithNew(str, Enum):
    def __new__(cls, value, label):
        obj = str.__new__(cls, value)
        obj._value_ = value
        obj.label = label
        return obj
    A = "a", "Label A"
    B = "b", "Label B"
class Cls(str, Enum):
    A = "a"
F = Enum("F", "P Q")
result = [list(Lower), WithInit.EARTH.sum, WithInit.heaviest(), WithInit("nope"), WithNew.A, WithNew.A.label, WithNew("b").label, str(Cls.A), Cls.A == "a", Cls.A.value, "%s" % Cls.A, Cls.A.upper(), ", ".join(Cls), {"a": 5}[Cls.A], Cls("a"), [x.name for x in F], F.Q.value]
try:
    Cls("zz")
except ValueError as e:
    result.append(str(e))
"#,
        r#"[[<Lower.ABC: 'abc'>, <Lower.DEF: 'def'>], 7, <WithInit.EARTH: (3, 4)>, <WithInit.MARS: (1, 2)>, <WithNew.A: 'a'>, 'Label A', 'Label B', 'Cls.A', True, 'a', 'Cls.A', 'A', 'a', 5, <Cls.A: 'a'>, ['P', 'Q'], 2, "'zz' is not a valid Cls"]"#,
    ),
    (
        "functools_misc",
        r#"import functools
from functools import partial, wraps, lru_cache, reduce, cached_property, total_ordering, cmp_to_key
def f(a, b=2, *, c=3): return (a, b, c)
p = partial(f, 1, c=9)
def deco(fn):
    @wraps(fn)
    def inner(*args, **kwargs):
        return ["wrapped", fn(*args, **kwargs)]
    return inner
@deco
def g(x): return x
@lru_cache(maxsize=None)
def h(n): return 1 if n < 2 else n * h(n - 1)
@lru_cache
def k(): return 7
class C:
    @cached_property
    def v(self): return [1]
@total_ordering
class T:
    def __init__(self, n): self.n = n
    def __lt__(self, o): return self.n < o.n
    def __eq__(self, o): return self.n == o.n
c = C()
result = [p(5), p(b=7), p.func.__name__, p.args, p.keywords, g(3), g.__name__, g.__qualname__, h(5), k(), reduce(lambda a, b: a + b, [1, 2, 3], 10), c.v is c.v or c.v, T(1) > T(0), T(1) >= T(1), T(0) <= T(5), sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a))]
"#,
        "[(1, 5, 9), (1, 7, 9), 'f', (1,), {'c': 9}, ['wrapped', 3], 'g', 'g', 120, 7, 16, True, True, True, True, [3, 2, 1]]",
    ),
    (
        "paths",
        r#"import os, os.path
from os.path import join, dirname, abspath
from pathlib import Path
BASE = "/srv/app/project/settings.py"
p = Path(BASE).resolve().parent.parent
result = [join("a", "b", "/c", "d"), dirname(BASE), dirname(dirname(abspath(BASE))), os.path.basename(BASE), os.path.splitext("a/b.tar.gz"), os.path.splitext(".bashrc"), os.path.normpath("a/../b//c/."), os.path.relpath("/a/b", "/a/c"), os.path.isabs("/x"), os.environ.get("NOPE_XYZ"), os.environ.get("NOPE_XYZ", "d"), os.getenv("NOPE_XYZ", 3), "NOPE_XYZ" in os.environ, os.sep, os.name, str(p / "static" / "x.css"), (p / "a.txt").name, (p / "a.txt").suffix, (p / "a.txt").stem, str((p / "a.txt").with_suffix(".py")), p, p.parent, str(p.parents[0]), os.path.join(p, "templates"), Path("a") / Path("b"), p.joinpath("x", "y"), Path("/a/b/c").relative_to("/a"), f"{p}/x", p == Path("/srv/app"), os.fspath(p), "/x" / Path("y"), Path("a/b/").parts, p.as_posix()]
"#,
        "['/c/d', '/srv/app/project', '/srv/app', 'settings.py', ('a/b.tar', '.gz'), ('.bashrc', ''), 'b/c', '../b', True, None, 'd', 3, False, '/', 'posix', '/srv/app/static/x.css', 'a.txt', '.txt', 'a', '/srv/app/a.py', PosixPath('/srv/app'), PosixPath('/srv'), '/srv', '/srv/app/templates', PosixPath('a/b'), PosixPath('/srv/app/x/y'), PosixPath('b/c'), '/srv/app/x', True, '/srv/app', PosixPath('/x/y'), ('a', 'b'), '/srv/app']",
    ),
    (
        "environ_set",
        r#"import os
os.environ.setdefault("DJANGO_X", "1")
os.environ["Y"] = "2"
result = [os.environ["DJANGO_X"], os.environ["Y"], os.environ.get("Y"), "Y" in os.environ, os.getenv("Y")]
"#,
        "['1', '2', '2', True, '2']",
    ),
    (
        "namedtuples",
        r#"from collections import namedtuple, OrderedDict, defaultdict, Counter, deque, ChainMap
from typing import NamedTuple, Optional, List
P = namedtuple("P", "x y", defaults=[5])
class Q(NamedTuple):
    a: int
    b: str = "z"
    def both(self): return (self.a, self.b)
class R(namedtuple("R", ["k", "v"])):
    def show(self): return f"{self.k}={self.v}"
d = defaultdict(list)
d["a"].append(1)
d["b"]
c = Counter("abca")
q = deque([1, 2, 3], maxlen=2)
q.append(4) if False else None
x, y = P(1, 2)
result = [P(1), P(1, 2).y, P(x=1, y=3), P(1)._replace(x=9), P(1)._asdict(), P._fields, Q(1), Q(1, "c").both(), Q(a=1)[1], R("k", 1).show(), R(1, 2), dict(d), len(d), c["a"], c["zz"], c.most_common(1), list(q), OrderedDict([("a", 1), ("b", 2)]), x, y, P(1) == (1, 5), isinstance(P(1), tuple), dict(ChainMap({"a": 1}, {"a": 2, "b": 3})), OrderedDict(a=1) == {"a": 1}]
"#,
        "[P(x=1, y=5), 2, P(x=1, y=3), P(x=9, y=5), {'x': 1, 'y': 5}, ('x', 'y'), Q(a=1, b='z'), (1, 'c'), 'z', 'k=1', R(k=1, v=2), {'a': [1], 'b': []}, 2, 2, 0, [('a', 2)], [2, 3], OrderedDict({'a': 1, 'b': 2}), 1, 2, True, True, {'a': 1, 'b': 3}, True]",
    ),
    (
        "classes",
        r#"class Meta(type):
    def __new__(mcs, name, bases, attrs, **kw):
        attrs["made_by"] = mcs.__name__
        cls = super().__new__(mcs, name, bases, attrs)
        cls.kw = kw
        return cls
    def __call__(cls, *args, **kw):
        obj = super().__call__(*args, **kw)
        obj.called = True
        return obj
    @property
    def upper_name(cls): return cls.__name__.upper()
class A(metaclass=Meta):
    def __init__(self, x=1): self.x = x
    def who(self): return "A"
class B(A, flag=3):
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self.y = 2
    def who(self): return "B" + super().who()
class L: 
    def who(self): return "L"
class M1(A):
    def who(self): return "M1" + super().who()
class M2(A):
    def who(self): return "M2" + super().who()
class D(M1, M2): pass
class Sub:
    subs = []
    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        Sub.subs.append((cls.__name__, tag))
class S1(Sub, tag="t"): pass
class S2(S1): pass
T = type("T", (B,), {"z": 5, "who": lambda self: "T"})
result = [A.made_by, B.kw, B(7).x, B(7).y, B().who(), D().who(), [c.__name__ for c in D.__mro__], Sub.subs, T.z, T().who(), T.__name__, T.upper_name, A().called, type(B()).__name__, type(A) is Meta, isinstance(B(), A), issubclass(D, M2), B.__bases__ == (A,), D.mro() == list(D.__mro__)]
"#,
        "['Meta', {'flag': 3}, 7, 2, 'BA', 'M1M2A', ['D', 'M1', 'M2', 'A', 'object'], [('S1', 't'), ('S2', None)], 5, 'T', 'T', 'T', True, 'B', True, True, True, True, True]",
    ),
    (
        "descriptors",
        r#"class Desc:
    def __set_name__(self, owner, name): self.name = "_" + name
    def __get__(self, obj, owner):
        if obj is None: return self
        return getattr(obj, self.name, "unset")
    def __set__(self, obj, value): setattr(obj, self.name, value * 2)
class C:
    d = Desc()
    def __init__(self): self._p = 1
    @property
    def p(self): return self._p
    @p.setter
    def p(self, v): self._p = v + 1
    @classmethod
    def make(cls): return cls.__name__
    @staticmethod
    def st(x): return x
    def __getattr__(self, name):
        if name.startswith("dyn_"): return name[4:]
        raise AttributeError(name)
    def __getitem__(self, k): return ("item", k)
    def __len__(self): return 3
    def __call__(self, *a): return a
    def __contains__(self, x): return x == 1
    def __iter__(self): return iter([1, 2])
    def __eq__(self, o): return True
    def __hash__(self): return 1
    def __bool__(self): return False
    def __str__(self): return "C!"
    def __add__(self, o): return ("add", o)
    def __radd__(self, o): return ("radd", o)
    def __enter__(self): return self
    def __exit__(self, *a): return False
c = C()
c.d = 5
c.p = 10
setattr(c, "q", 3)
with c as w: pass
result = [c.d, c.p, C.make(), c.make(), C.st(3), c.st(4), c.dyn_x, c[1], len(c), c(1, 2), 1 in c, 2 in c, list(c), c == 5, bool(c), str(c), c + 1, 1 + c, getattr(c, "nope", "dflt"), hasattr(c, "zz"), c.q, f"{c}", "%s" % c, [*c], c.__class__.__name__, c.__dict__, w is c]
"#,
        "[10, 11, 'C', 'C', 3, 4, 'x', ('item', 1), 3, (1, 2), True, False, [1, 2], True, False, 'C!', ('add', 1), ('radd', 1), 'dflt', False, 3, 'C!', 'C!', [1, 2], 'C', {'_p': 11, '_d': 10, 'q': 3}, True]",
    ),
    (
        "scopes",
        r#"x = 1
def outer():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    inc(); inc()
    global x
    x = 5
    return n
fs = [lambda i=i: i for i in range(3)]
gs = [lambda: i for i in range(3)]
class K:
    y = 2
    z = [y for _ in range(2)] if False else y + 1
    def m(self): return K.y
    lst = [1, 2]
    comp = [q for q in lst]
def gen(n):
    for i in range(n):
        if i == 2: continue
        yield i
    yield from "ab"
def fact(n): return 1 if n <= 1 else n * fact(n - 1)
def kw(a, /, b, *args, c=1, **kws): return (a, b, args, c, kws)
def default(acc=[]):
    acc.append(1)
    return acc
default(); default()
a, (b, *c), d = 1, (2, 3, 4), 5
if (w := 3) > 2: r = w
try:
    {}["x"]
except (KeyError, IndexError) as e:
    err = type(e).__name__ + str(e)
else:
    err = None
finally:
    fin = 1
for i in range(5):
    if i == 3: break
else:
    i = 99
while True:
    i += 1
    if i > 6: break
del d
result = [outer(), x, [f() for f in fs], [g() for g in gs], K.z, K().m(), K.comp, list(gen(4)), fact(10), kw(1, 2, 3, c=4, e=5), default(), a, b, c, r, err, fin, i, "d" in globals()]
"#,
        r#"[2, 5, [0, 1, 2], [2, 2, 2], 3, 2, [1, 2], [0, 1, 3, 'a', 'b'], 3628800, (1, 2, (3,), 4, {'e': 5}), [1, 1, 1], 1, 2, [3, 4], 3, "KeyError'x'", 1, 7, False]"#,
    ),
    (
        "exceptions",
        r#"class MyErr(ValueError):
    def __init__(self, msg, code=None):
        super().__init__(msg)
        self.code = code
def f():
    try:
        raise MyErr("bad", code=3)
    except ValueError as e:
        return (str(e), e.code, e.args, repr(e))
def g():
    try:
        try:
            raise KeyError("a")
        except KeyError as e:
            raise RuntimeError("x") from e
    except RuntimeError as e:
        return str(e)
def h():
    try:
        return 1
    finally:
        pass
def k():
    try:
        int("zz")
    except ValueError as e:
        return str(e)
try:
    import does_not_exist_zzz
except ImportError:
    has = False
result = [f(), g(), h(), k(), has, str(KeyError("k")), str(Exception("a", 1)), repr(Exception())]
"#,
        r#"[('bad', 3, ('bad',), "MyErr('bad')"), 'x', 1, "invalid literal for int() with base 10: 'zz'", False, "'k'", "('a', 1)", 'Exception()']"#,
    ),
    (
        "subclasses_of_builtins",
        r#"class MyStr(str):
    def shout(self): return self.upper() + "!"
class MyDict(dict):
    def __missing__(self, k): return k * 2
    def extra(self): return len(self)
class MyList(list):
    def last(self): return self[-1]
class MyInt(int):
    def double(self): return self * 2
class MySet(set): pass
class MyTuple(tuple): pass
m = MyDict(a=1)
m["b"] = 2
m.update({"c": 3})
l = MyList([1, 2])
l.append(3)
s = MySet([1])
s.add(2)
result = [MyStr("a").shout(), MyStr("a") == "a", MyStr("a") + "b", len(MyStr("abc")), m["zz"], m["a"], sorted(m), m.extra(), m == {"a": 1, "b": 2, "c": 3}, l.last(), l, len(l), 2 in l, MyInt(4).double(), MyInt("5") + 1, sorted(s), isinstance(m, dict), isinstance(MyStr("x"), str), dict(m), list(m.items()), {**m}, [*l], l[0], m.get("a"), m.pop("a"), "b" in m, MyTuple([1, 2])[0], "%(b)s" % m, {"k": 1}[MyStr("k")], str(MyStr("q"))]
"#,
        "['A!', True, 'ab', 3, 'zzzz', 1, ['a', 'b', 'c'], 3, True, 3, [1, 2, 3], 3, True, 8, 6, [1, 2], True, True, {'a': 1, 'b': 2, 'c': 3}, [('a', 1), ('b', 2), ('c', 3)], {'a': 1, 'b': 2, 'c': 3}, [1, 2, 3], 1, 1, 1, True, 1, '2', 1, 'q']",
    ),
    (
        "typing_generic",
        r#"from typing import *
import typing as t
T = TypeVar("T")
class G(Generic[T]):
    x: int = 1
    def get(self) -> T: return self.x
class TD(TypedDict, total=False):
    a: int
class Pr(Protocol):
    def m(self) -> int: ...
class H(G[int], Pr): pass
U = NewType("U", int)
def f(a: Optional[List[int]] = None, *b: "Any") -> Dict[str, int]: return a
if TYPE_CHECKING:
    import nothing_here
@overload
def g(a): ...
def g(a): return a
result = [G().get(), H().get(), TD(a=1), U(3), f(), cast(int, "x"), g(2), isinstance([], list)]
"#,
        "[1, 1, {'a': 1}, 3, None, 'x', 2, True]",
    ),
    (
        "unknown_branches",
        r#"import time
if time.time() > 0:
    a = 1
    b = 2
else:
    a = 1
    b = 3
lst = ["x"]
if time.time() > 5:
    lst.append("y")
result = [a, "x" in lst]
"#,
        "[1, True]",
    ),
    (
        "inheritance_init",
        r#"class Base:
    registry = {}
    def __new__(cls, *args, **kwargs):
        obj = super().__new__(cls)
        obj.args = args
        return obj
    def __init__(self, *args, **kwargs): self.kwargs = kwargs
    def __repr__(self): return f"{type(self).__name__}{self.args}{self.kwargs}"
    def clone(self): return self.__class__(*self.args, **self.kwargs)
class Child(Base):
    def __init__(self, a, **kw):
        kw.setdefault("z", 1)
        super().__init__(a, **kw)
def register(key):
    def deco(cls):
        Base.registry[key] = cls
        return cls
    return deco
@register("c")
class Other(Child):
    attr = "o"
    @classmethod
    def build(cls, n): return [cls(i) for i in range(n)]
result = [Child(1, y=2), Child(1).clone(), Base.registry["c"].attr, Other.build(2), getattr(Other(3), "args"), vars(Other(1))["kwargs"], Other.__dict__["attr"]]
"#,
        "[Child(1,){'y': 2, 'z': 1}, Child(1,){'z': 1}, 'o', [Other(0,){'z': 1}, Other(1,){'z': 1}], (3,), {'z': 1}, 'o']",
    ),
    (
        "match_statement",
        r#"def f(x):
    match x:
        case 0: return "zero"
        case [a, b]: return ("pair", a, b)
        case {"k": v}: return ("map", v)
        case str() as s: return ("str", s)
        case int(n) if n > 5: return "big"
        case _: return "other"
result = [f(0), f([1, 2]), f({"k": 3}), f("s"), f(10), f(3), f(None)]
"#,
        "['zero', ('pair', 1, 2), ('map', 3), ('str', 's'), 'big', 'other', 'other']",
    ),
    (
        "dataclass_program",
        r#"from dataclasses import dataclass, field, asdict, replace, fields, is_dataclass, KW_ONLY
from typing import ClassVar, List
@dataclass
class A:
    x: int
    y: int = 2
    z: List[int] = field(default_factory=list)
    c: ClassVar[int] = 9
    def total(self): return self.x + self.y
@dataclass(order=True)
class B(A):
    w: str = "w"
    def __post_init__(self):
        pass
@dataclass
class C:
    a: int
    _: KW_ONLY
    b: int = 5
    computed: int = field(init=False, default=0)
    def __post_init__(self): self.computed = self.a * 2
result = [A(1), A(1, z=[3]), A(1) == A(1), A(1) == A(2), B(1, 2, [], "q"), B(1) < B(2), asdict(A(1, 2, [C(3)])), replace(A(1), y=5), [f.name for f in fields(B)], is_dataclass(A), C(3, b=4), A(4).total(), A.c, C(1).computed]
"#,
        "[A(x=1, y=2, z=[]), A(x=1, y=2, z=[3]), True, False, B(x=1, y=2, z=[], w='q'), True, {'x': 1, 'y': 2, 'z': [{'a': 3, 'b': 5, 'computed': 6}]}, A(x=1, y=5, z=[]), ['x', 'y', 'z', 'w'], True, C(a=3, b=4, computed=6), 6, 9, 2]",
    ),
    (
        "context_and_copy",
        r#"import contextlib, copy, logging, sys, warnings, importlib, threading
from contextlib import suppress, contextmanager, nullcontext, ExitStack
logger = logging.getLogger(__name__)
logger.info("x")
@contextmanager
def ctx(v):
    yield v * 2
with ctx(4) as v: pass
with nullcontext(5) as n: pass
with suppress(ImportError):
    import not_there_at_all_zz
    flag = 1
with ExitStack() as st:
    e = st.enter_context(nullcontext(7))
class P:
    def __init__(self): self.d = {"a": [1]}
class Q(P):
    def __deepcopy__(self, memo): return "deep"
p = P()
s = copy.copy(p)
d = copy.deepcopy(p)
p.d["a"].append(2)
warnings.warn("x")
r = sys.version_info >= (3, 8)
m = importlib.import_module("os.path")
loc = threading.local()
loc.x = 1
result = [v, n, "flag" in globals(), e, s.d, d.d, copy.deepcopy(Q()), r, sys.version_info[0], sys.version_info.major, m.join("a", "b"), logging.INFO, loc.x, "django_zz" in sys.modules, logger.name]
"#,
        "[8, 5, False, 7, {'a': [1, 2]}, {'a': [1]}, 'deep', True, 3, 3, 'a/b', 20, 1, False, 'module']",
    ),
    (
        "abc_program",
        r#"import abc
from abc import ABC, abstractmethod
from collections.abc import Mapping, Iterable, Callable, Sequence
import numbers
class Base(ABC):
    @abstractmethod
    def run(self): ...
    @property
    @abstractmethod
    def name(self): ...
class Impl(Base):
    name = "n"
    def run(self): return self.name
class M(Mapping):
    def __init__(self): self.d = {"a": 1}
    def __getitem__(self, k): return self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
class Meta2(abc.ABCMeta):
    def __new__(mcls, name, bases, ns): return super().__new__(mcls, name, bases, ns)
class Z(metaclass=Meta2): pass
m = M()
result = [Impl().run(), isinstance({}, Mapping), isinstance([], Iterable), isinstance("a", Sequence), isinstance(len, Callable), isinstance(1, numbers.Number), isinstance(1.5, numbers.Integral), m["a"], m.get("zz", 3), "a" in m, list(m.items()), list(m.keys()), len(m), dict(m), {**m}, isinstance(m, Mapping), type(Z).__name__, isinstance(Impl(), Base)]
"#,
        "['n', True, True, True, True, True, False, 1, 3, True, [('a', 1)], ['a'], 1, {'a': 1}, {'a': 1}, True, 'Meta2', True]",
    ),
    (
        "generators_and_closures",
        r#"def counter(start=0):
    count = start
    def step(by=1):
        nonlocal count
        count += by
        return count
    return step
c1, c2 = counter(), counter(10)
c1(); c1(5); c2()
def flatten(x):
    for i in x:
        if isinstance(i, list):
            yield from flatten(i)
        else:
            yield i
def compose(*fs):
    def run(x):
        for f in fs: x = f(x)
        return x
    return run
def deco_factory(prefix):
    def deco(f):
        def inner(*a, **k): return prefix + str(f(*a, **k))
        inner.original = f
        return inner
    return deco
@deco_factory("<")
@deco_factory(">")
def h(x): return x
squares = {n: n ** 2 for n in range(4) if n % 2 == 0}
nested = [[i * j for j in range(3)] for i in range(2)]
total = sum(x for x in range(5))
a, *b = [1, 2, 3]
(a2, b2), c3 = (1, 2), 3
x = y = []
x.append(1)
d = {}
d["k"] = d.get("k", 0) + 1
d.setdefault("l", []).append(4)
lst = [3, 1, 2]
lst.sort(key=lambda v: -v)
lst[0:2] = [9]
del lst[0]
s = set()
s.add(1); s |= {2}
i = 5
i += 2; i *= 3
t = ("a" "b", *[1], )
result = [c1(), c2(), list(flatten([1, [2, [3]]])), compose(str, len)(123), h(5), h.original.original(1), squares, nested, total, a, b, a2, c3, y, d, lst, sorted(s), i, t, [*map(lambda q: q + 1, [1])], (lambda: (yield))is None, next(x for x in [5, 6] if x > 5)]
"#,
        "[7, 12, [1, 2, 3], 3, '<>5', 1, {0: 0, 2: 4}, [[0, 0, 0], [0, 1, 2]], 10, 1, [2, 3], 1, 3, [1], {'k': 1, 'l': [4]}, [1], [1, 2], 21, ('ab', 1), [2], False, 6]",
    ),
    (
        "live_namespaces",
        r#"globals()["made"] = 5
globals().update({"other": 6})
vars().setdefault("third", 7)
for name in ("A1", "B1"):
    locals()[name] = name.lower()
class C:
    def __init__(self): self.__dict__["x"] = 1
    def __setattr__(self, n, v): self.__dict__[n] = v * 2
class G:
    y = 3
    def __getattribute__(self, name):
        if name == "z": return "dynamic"
        return super().__getattribute__(name)
    def __getattr__(self, name): return "fallback " + name
c = C()
c.w = 4
c.__dict__.update(q=9)
d = dict(c.__dict__)
class E:
    __slots__ = ("a",)
    """doc"""
result = [made, other, third, A1, B1, c.x, c.w, c.q, d, "w" in c.__dict__, sorted(c.__dict__), G().z, G().y, G().nope, "made" in globals(), globals().get("zzz", 1), isinstance(globals(), dict), range(1, 5).stop, (5).real, b"\x00" * 2, [*range(2)].__len__(), C.__doc__, list[int] is list or True]
"#,
        r"[5, 6, 7, 'a1', 'b1', 1, 8, 9, {'x': 1, 'w': 8, 'q': 9}, True, ['q', 'w', 'x'], 'dynamic', 3, 'fallback nope', True, 1, True, 5, 5, b'\x00\x00', 2, None, True]",
    ),
    (
        "config_parser",
        r#"import configparser
c = configparser.ConfigParser()
read = c.read(["/etc/nowhere-at-all.cfg"])
c.read_dict({"db": {"Engine": "sqlite", "Port": 5432, "debug": "yes"}})
c.add_section("new")
c.set("new", "k", "v")
try:
    c.get("nope", "x")
except configparser.NoSectionError:
    missing = "section"
try:
    c.get("db", "x")
except configparser.NoOptionError:
    missing += " option"
result = [read, c.get("db", "engine"), c.getint("db", "port"), c.getboolean("db", "debug"), c.get("x", "y", fallback="z"), c.getboolean("x", "y", fallback=True), c.has_section("db"), c.has_option("db", "PORT"), c.has_option("db", "zz"), c.sections(), c["db"]["engine"], c["db"].get("q", "dd"), c["db"].getint("port"), c["new"].get("zz", fallback=3), missing, "db" in c, c.items("new")]
"#,
        "[[], 'sqlite', 5432, True, 'z', True, True, True, False, ['db', 'new'], 'sqlite', 'dd', 5432, 3, 'section option', True, [('k', 'v')]]",
    ),
];
