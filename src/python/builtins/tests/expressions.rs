//! Tables of expressions with the texts that Python 3.12 gives them.

/// Expressions of the language and its built-in classes.
pub(super) const EXPRESSIONS: &[(&str, &str)] = &[
    ("'a'.upper()", "'A'"),
    ("'Hello World'.lower()", "'hello world'"),
    (r#""they're bill's".title()"#, r#""They'Re Bill'S""#),
    ("'hELLO'.capitalize()", "'Hello'"),
    ("'aBc'.swapcase()", "'AbC'"),
    ("'  a b  '.strip()", "'a b'"),
    ("'xxaxx'.strip('x')", "'a'"),
    ("'  a'.lstrip()", "'a'"),
    ("'a  '.rstrip()", "'a'"),
    ("'a b  c'.split()", "['a', 'b', 'c']"),
    ("' a b  c '.split(None, 1)", "['a', 'b  c ']"),
    ("' a b  c '.rsplit(None, 1)", "[' a b', 'c']"),
    ("'a,b,,c'.split(',')", "['a', 'b', '', 'c']"),
    ("'a,b,c'.rsplit(',', 1)", "['a,b', 'c']"),
    ("'a,b,c'.split(',', 1)", "['a', 'b,c']"),
    (r"'a\nb\r\nc\n'.splitlines()", "['a', 'b', 'c']"),
    (r"'a\nb'.splitlines(True)", r"['a\n', 'b']"),
    ("'a.b.c'.partition('.')", "('a', '.', 'b.c')"),
    ("'a.b.c'.rpartition('.')", "('a.b', '.', 'c')"),
    ("'abc'.partition('x')", "('abc', '', '')"),
    ("'abc'.rpartition('x')", "('', '', 'abc')"),
    ("','.join(['a', 'b'])", "'a,b'"),
    ("','.join(c for c in 'abc')", "'a,b,c'"),
    ("'aaa'.replace('a', 'b', 2)", "'bba'"),
    ("'abc'.replace('', '-')", "'-a-b-c-'"),
    ("'{} {}'.format(1, 'x')", "'1 x'"),
    ("'{0} {1} {0}'.format(1, 2)", "'1 2 1'"),
    ("'{a.real} {b[0]} {c[k]!r}'.format(a=1, b=[5], c={'k': 'v'}) if False else 1", "1"),
    ("'{b[0]} {c[k]!r}'.format(b=[5], c={'k': 'v'})", r#""5 'v'""#),
    ("'{:>10}|{:<5}|{:^7}'.format('a', 'b', 'c')", "'         a|b    |   c   '"),
    ("'{:{}}'.format('a', 5)", "'a    '"),
    ("'{{}} {}'.format(3)", "'{} 3'"),
    ("'{x:05d}'.format(x=42)", "'00042'"),
    ("'{:,} {:_}'.format(1234567, 1234567)", "'1,234,567 1_234_567'"),
    ("'{:.2f} {:.3e} {:g} {:%}'.format(3.14159, 31415.9, 0.0001, 0.5)", "'3.14 3.142e+04 0.0001 50.000000%'"),
    ("'{:x} {:X} {:#x} {:b} {:o} {:c}'.format(255, 255, 255, 5, 8, 65)", "'ff FF 0xff 101 10 A'"),
    ("'{:+d} {: d} {:-d}'.format(1, 1, -1)", "'+1  1 -1'"),
    ("'{:010.3f}'.format(-3.14159)", "'-00003.142'"),
    ("'{:*^9}'.format('ab')", "'***ab****'"),
    ("'{:s}'.format('ab')", "'ab'"),
    ("'{:.2}'.format('abc')", "'ab'"),
    ("'{:08,}'.format(1234)", "'0,001,234'"),
    ("'{:g} {:g} {:g}'.format(1e20, 1.5, 100000.0)", "'1e+20 1.5 100000'"),
    ("'{:.3} {:.3}'.format(1234.5, 2.0)", "'1.23e+03 2.0'"),
    ("'{:n}'.format(12)", "'12'"),
    ("'{a}{b}'.format_map({'a': 1, 'b': 2})", "'12'"),
    ("'%s %d %r' % ('a', 1, 'b')", r#""a 1 'b'""#),
    ("'%05.2f|%-5d|%+d' % (3.14159, 3, 4)", "'03.14|3    |+4'"),
    ("'%(a)s-%(b)03d' % {'a': 'x', 'b': 7}", "'x-007'"),
    ("'%s' % 'x'", "'x'"),
    ("'%s' % [1, 2]", "'[1, 2]'"),
    ("'%%'  % ()", "'%'"),
    ("'%x %X %o %c %c' % (255, 255, 8, 65, 'z')", "'ff FF 10 A z'"),
    ("'%e %g %G' % (12345.678, 0.00001234, 1e-10)", "'1.234568e+04 1.234e-05 1E-10'"),
    ("'%*d' % (5, 3)", "'    3'"),
    ("'%.3s' % 'abcdef'", "'abc'"),
    ("'%5s|%-5s|' % ('a', 'b')", "'    a|b    |'"),
    ("'%i' % 3.99", "'3'"),
    ("'%#x %#o' % (255, 8)", "'0xff 0o10'"),
    ("'%(a)s' % {'a': 1}", "'1'"),
    ("'%.2d' % 5", "'05'"),
    (r#"f"{3:>5}|{'x'!r}|{1.5:.2f}|{1+1=}""#, r#""    3|'x'|1.50|1+1=2""#),
    (r#"f"{'a':{'>'}{5}}""#, "'    a'"),
    ("'abc'.startswith('ab'), 'abc'.startswith(('x', 'a')), 'abc'.startswith('b', 1)", "(True, True, True)"),
    ("'abc'.endswith('bc'), 'abc'.endswith(('x',))", "(True, False)"),
    ("'hello'.find('l'), 'hello'.rfind('l'), 'hello'.find('z'), 'hello'.find('l', 3)", "(2, 3, -1, 3)"),
    ("'hello'.index('l'), 'hello'.count('l'), 'hello'.count('')", "(2, 2, 6)"),
    ("'42'.zfill(5), '-42'.zfill(5), '+1'.zfill(4)", "('00042', '-0042', '+001')"),
    (
        "'a'.ljust(3, '.'), 'a'.rjust(3), 'a'.center(4, '*'), 'ab'.center(5, '*')",
        "('a..', '  a', '*a**', '**ab*')",
    ),
    (
        "'12'.isdigit(), ''.isdigit(), 'a1'.isalnum(), 'ab'.isalpha(), 'a b'.isidentifier(), '_a1'.isidentifier()",
        "(True, False, True, True, False, True)",
    ),
    (
        "'ABC'.isupper(), 'aB'.islower(), 'Ab Cd'.istitle(), '  '.isspace(), 'a'.isascii()",
        "(True, False, True, True, True)",
    ),
    ("'é'.encode(), 'é'.encode('latin-1')", r"(b'\xc3\xa9', b'\xe9')"),
    (r"b'abc'.decode(), b'\xff\x00'.hex(), bytes.fromhex('ff 00')", r"('abc', 'ff00', b'\xff\x00')"),
    ("'prefix_x'.removeprefix('prefix_'), 'x.py'.removesuffix('.py')", "('x', 'x')"),
    ("'abc'.translate(str.maketrans('ab', 'xy', 'c'))", "'xy'"),
    ("'abc'.translate({97: None, 98: 'BB'})", "'BBc'"),
    (r"'a\tb'.expandtabs(4)", "'a   b'"),
    ("str.upper('x')", "'X'"),
    ("'ab' * 3, 3 * 'ab', 'a' 'b'", "('ababab', 'ababab', 'ab')"),
    ("'abc'[1], 'abc'[-1], 'abc'[::-1], 'abc'[1:]", "('b', 'c', 'cba', 'bc')"),
    (
        r#"repr('it\'s'), repr("a\"b"), repr('a\nb\t\\'), repr('é'), repr('\x00\x7f'), repr('\u200b'), repr('a\'"')"#,
        r#"('"it\'s"', '\'a"b\'', "'a\\nb\\t\\\\'", "'é'", "'\\x00\\x7f'", "'\\u200b'", '\'a\\\'"\'')"#,
    ),
    (r"repr(b'a\'b'), repr(b'\x00\xff\n')", r#"('b"a\'b"', "b'\\x00\\xff\\n'")"#),
    (
        "1.0, 0.1, 1e16, 1e15, 123456789012345680.0, 1e-5, 0.0001, -0.0, 1e300, 1.5e-10, float('inf'), float('-inf')",
        "(1.0, 0.1, 1e+16, 1000000000000000.0, 1.2345678901234568e+17, 1e-05, 0.0001, -0.0, 1e+300, 1.5e-10, inf, -inf)",
    ),
    (
        "(1,), (), (1, 2), [], {}, set(), {1}, frozenset(), frozenset([1]), {'a': [1, {'b': None}]}",
        "((1,), (), (1, 2), [], {}, set(), {1}, frozenset(), frozenset({1}), {'a': [1, {'b': None}]})",
    ),
    (
        "range(3), range(1, 5, 2), slice(1, 2, None), None, True, ...",
        "(range(0, 3), range(1, 5, 2), slice(1, 2, None), None, True, Ellipsis)",
    ),
    (
        "str(1), str('a'), str(None), str([1, 'a']), str(1.5), str(b'a'), str(b'a', 'utf-8'), str()",
        r#"('1', 'a', 'None', "[1, 'a']", '1.5', "b'a'", 'a', '')"#,
    ),
    (
        "int('12'), int(' -7 '), int('ff', 16), int('0x1f', 0), int('1_000'), int(3.9), int(-3.9), int(True), int()",
        "(12, -7, 255, 31, 1000, 3, -3, 1, 0)",
    ),
    ("int('0b101', 2), int('z', 36), int('9' * 30)", "(5, 35, 999999999999999999999999999999)"),
    ("float('1.5'), float(2), float(' 1e3 '), float('1_0.5')", "(1.5, 2.0, 1000.0, 10.5)"),
    ("bool(''), bool('a'), bool([]), bool(0.0), bool()", "(False, True, False, False, False)"),
    (
        "list('abc'), list((1, 2)), list({1: 2}), tuple([1]), set([1]), frozenset('a'), dict(a=1), dict([('a', 1)]), dict({'a': 1}, b=2)",
        "(['a', 'b', 'c'], [1, 2], [1], (1,), {1}, frozenset({'a'}), {'a': 1}, {'a': 1}, {'a': 1, 'b': 2})",
    ),
    ("list(range(0, 10, 3)), list(range(5, 0, -2))", "([0, 3, 6, 9], [5, 3, 1])"),
    ("bytes([1, 2]), bytes('a', 'utf-8'), bytes(2), bytes()", r"(b'\x01\x02', b'a', b'\x00\x00', b'')"),
    (
        r"(5).bit_length(), (255).to_bytes(2, 'big'), int.from_bytes(b'\x01\x00', 'big'), (1.5).is_integer(), (0.5).as_integer_ratio()",
        r"(3, b'\x00\xff', 256, False, (1, 2))",
    ),
    (
        "isinstance(1, int), isinstance(True, int), isinstance('a', (int, str)), isinstance([], (tuple, (list, dict))), issubclass(bool, int), isinstance(int, type)",
        "(True, True, True, True, True, True)",
    ),
    (
        "type(1), type('a'), type(None), type([]), type(type)",
        "(<class 'int'>, <class 'str'>, <class 'NoneType'>, <class 'list'>, <class 'type'>)",
    ),
    (
        "getattr('a', 'nope', 5), hasattr('a', 'upper'), hasattr('a', 'nope'), callable(len), callable(1), callable(int)",
        "(5, True, False, True, False, True)",
    ),
    ("len('abc'), len([1, 2]), len({}), len(range(10)), abs(-3), abs(-2.5)", "(3, 2, 0, 10, 3, 2.5)"),
    (
        "min(1, 2), max([3, 1]), min('b', 'a'), max([1, 2], key=lambda x: -x), min([], default=7), sum([1, 2]), sum([[1], [2]], [])",
        "(1, 3, 'a', 1, 7, 3, [1, 2])",
    ),
    (
        "round(2.5), round(3.5), round(2.675, 2), round(1.25, 1), round(7), pow(2, 10), pow(2, 10, 1000), divmod(7, 3), divmod(-7, 3)",
        "(2, 4, 2.67, 1.2, 7, 1024, 24, (2, 1), (-3, 2))",
    ),
    (
        "sorted([3, 1, 2]), sorted('bca', reverse=True), sorted([(1, 'b'), (1, 'a')]), sorted(['bb', 'a'], key=len), sorted({'b': 1, 'a': 2})",
        "([1, 2, 3], ['c', 'b', 'a'], [(1, 'a'), (1, 'b')], ['a', 'bb'], ['a', 'b'])",
    ),
    (
        "sorted([(1, 'a'), (0, 'b'), (1, 'c')], key=lambda t: t[0], reverse=True)",
        "[(1, 'a'), (1, 'c'), (0, 'b')]",
    ),
    (
        "list(reversed([1, 2])), list(enumerate('ab', 1)), list(zip([1, 2], 'ab')), list(map(str, [1, 2])), list(filter(None, [0, 1])), list(map(lambda a, b: a + b, [1], [2]))",
        "([2, 1], [(1, 'a'), (2, 'b')], [(1, 'a'), (2, 'b')], ['1', '2'], [1], [3])",
    ),
    (
        "any([0, 1]), all([1, 0]), any([]), all([]), next(iter([5])), next(iter([]), 9)",
        "(True, False, False, True, 5, 9)",
    ),
    (
        "ascii('é'), chr(97), ord('a'), hex(255), oct(8), bin(5), hash(5)",
        r#"("'\\xe9'", 'a', 97, '0xff', '0o10', '0b101', 5)"#,
    ),
    ("format(3.14159, '.2f'), format('a', '>3'), format(5)", "('3.14', '  a', '5')"),
    ("[1, 2].index(2), [1, 1].count(1), [1, 2].copy(), (1, 2).index(1)", "(1, 2, [1, 2], 0)"),
    (
        "{'a': 1}.get('a'), {'a': 1}.get('b'), {'a': 1}.get('b', 2), list({'a': 1}.items()), list({'a': 1}.keys()), list({'a': 1}.values())",
        "(1, None, 2, [('a', 1)], ['a'], [1])",
    ),
    (
        "{'a': 1} | {'b': 2}, {**{'a': 1}, 'a': 3}, dict.fromkeys('ab', 0), {'a': 1, 'b': 2}.pop('a')",
        "({'a': 1, 'b': 2}, {'a': 3}, {'a': 0, 'b': 0}, 1)",
    ),
    (
        "sorted({1, 2} | {3}), sorted({1, 2} & {2}), sorted({1, 2} - {2}), sorted({1, 2} ^ {2, 3}), {1} <= {1, 2}, sorted({1}.union([2], [3]))",
        "([1, 2, 3], [2], [1], [1, 3], True, [1, 2, 3])",
    ),
    (
        "{1, 2}.issubset([1, 2, 3]), {1}.isdisjoint({2}), sorted({1, 2}.difference([1])), sorted({1,2}.intersection([2, 3]))",
        "(True, True, [2], [2])",
    ),
    (
        "[x * 2 for x in range(3) if x], {x: x for x in 'ab'}, [(a, b) for a in 'ab' for b in [1, 2]]",
        "([2, 4], {'a': 'a', 'b': 'b'}, [('a', 1), ('a', 2), ('b', 1), ('b', 2)])",
    ),
    (
        "7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 / 2, 2 ** 10, 2 ** -1, 1 << 4, 5 & 3, 5 | 3, 5 ^ 3, ~5, -(-3)",
        "(3, -4, 1, 2, 3.5, 1024, 0.5, 16, 1, 7, 6, -6, 3)",
    ),
    (
        "2 ** 100, 10 ** 20 // 3, -(2 ** 70), 1e3 // 7, 7.5 % 2",
        "(1267650600228229401496703205376, 33333333333333333333, -1180591620717411303424, 142.0, 1.5)",
    ),
    (
        "1 < 2 < 3, 1 == 1.0, 'a' < 'b', [1, 2] < [1, 3], (1,) == (1,), 1 in [1], 'a' not in 'abc', None is None",
        "(True, True, True, True, True, True, False, True)",
    ),
    (
        "1 if True else 2, not 1, 0 or 'x', 1 and 'y', (lambda x, *a, k=2, **kw: (x, a, k, kw))(1, 2, 3, z=4)",
        "(1, False, 'x', 'y', (1, (2, 3), 2, {'z': 4}))",
    ),
    ("[*range(2), *'ab'], (lambda *a: a)(*[1, 2]), {*'a'}, ", "([0, 1, 'a', 'b'], (1, 2), {'a'})"),
    (
        "'a' < 'B', 'é' > 'z', [[1, 2], [3]][0][1], [1, 2, 3][-2:], [1,2,3,4][::2], (1, 2, 3)[1:]",
        "(False, True, 2, [2, 3], [1, 3], (2, 3))",
    ),
    (
        r#""%s" % (1,), "%s %s" % (1, (2,)), '%d%%' % 5, '%s' % None, '%r' % ('a',)"#,
        r#"('1', '1 (2,)', '5%', 'None', "'a'")"#,
    ),
];

/// Expressions of the standard library; `tests::STDLIB_IMPORTS` stands before them.
pub(super) const STDLIB: &[(&str, &str)] = &[
    (
        "date(2020, 2, 29), date(2020, 1, 31) + timedelta(days=30), date(2020, 3, 1) - date(2020, 2, 1), date(2021, 1, 1).isoformat(), str(date(2020, 1, 2))",
        "(datetime.date(2020, 2, 29), datetime.date(2020, 3, 1), datetime.timedelta(days=29), '2021-01-01', '2020-01-02')",
    ),
    (
        "datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, 12, 30, 15, 5), datetime.datetime(2015, 6, 1, 0, 0, tzinfo=datetime.timezone.utc), str(datetime.datetime(2020, 1, 1, 5))",
        "(datetime.datetime(2020, 1, 1, 0, 0), datetime.datetime(2020, 1, 1, 12, 30, 15, 5), datetime.datetime(2015, 6, 1, 0, 0, tzinfo=datetime.timezone.utc), '2020-01-01 05:00:00')",
    ),
    (
        "timedelta(days=1, hours=5), timedelta(seconds=90), timedelta(0), timedelta(days=-1), timedelta(hours=1) * 3, 2 * timedelta(minutes=1), timedelta(weeks=1) - timedelta(days=1), timedelta(1) / 2, timedelta(1) / timedelta(hours=1), -timedelta(1), timedelta(hours=1.5)",
        "(datetime.timedelta(days=1, seconds=18000), datetime.timedelta(seconds=90), datetime.timedelta(0), datetime.timedelta(days=-1), datetime.timedelta(seconds=10800), datetime.timedelta(seconds=120), datetime.timedelta(days=6), datetime.timedelta(seconds=43200), 24.0, datetime.timedelta(days=-1), datetime.timedelta(seconds=5400))",
    ),
    (
        "timedelta(microseconds=3) // -2, timedelta(microseconds=-3) // 2, timedelta(microseconds=7) // 2",
        "(datetime.timedelta(days=-1, seconds=86399, microseconds=999998), datetime.timedelta(days=-1, seconds=86399, microseconds=999998), datetime.timedelta(microseconds=3))",
    ),
    (
        "str(timedelta(days=2, seconds=3)), str(timedelta(hours=-1)), timedelta(days=1).total_seconds(), timedelta(days=1, seconds=5).days, timedelta(days=1, seconds=5).seconds, timedelta(milliseconds=1500)",
        "('2 days, 0:00:03', '-1 day, 23:00:00', 86400.0, 1, 5, datetime.timedelta(seconds=1, microseconds=500000))",
    ),
    (
        "date(2020, 1, 1) < date(2020, 1, 2), timedelta(1) == timedelta(hours=24), date(2020, 1, 1) == date(2020, 1, 1), max(date(2020, 1, 1), date(2021, 1, 1)), sorted([date(2021, 1, 1), date(2020, 1, 1)])",
        "(True, True, True, datetime.date(2021, 1, 1), [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)])",
    ),
    (
        "time(12, 30), time(0), time(1, 2, 3, 4), str(time(23, 59, 59)), time(5).hour, time(5) < time(6)",
        "(datetime.time(12, 30), datetime.time(0, 0), datetime.time(1, 2, 3, 4), '23:59:59', 5, True)",
    ),
    (
        "date(2020, 5, 17).weekday(), date(2020, 5, 17).isoweekday(), date(2020, 5, 17).toordinal(), date(2020, 5, 17).replace(day=1), date(2020, 5, 17).strftime('%d/%m/%Y %B %a'), date(2020, 5, 17).year",
        "(6, 7, 737562, datetime.date(2020, 5, 1), '17/05/2020 May Sun', 2020)",
    ),
    (
        "datetime.datetime(2020, 5, 17, 13, 5).strftime('%H:%M %I %p'), datetime.datetime(2020, 5, 17, 13).date(), datetime.datetime(2020, 5, 17, 13).time(), datetime.datetime.combine(date(2020, 1, 1), time(5)), datetime.datetime(2020, 1, 1, 5).isoformat()",
        "('13:05 01 PM', datetime.date(2020, 5, 17), datetime.time(13, 0), datetime.datetime(2020, 1, 1, 5, 0), '2020-01-01T05:00:00')",
    ),
    (
        "date.fromisoformat('2020-01-02'), datetime.datetime.fromisoformat('2020-01-02T03:04:05'), date.min, date.max, datetime.datetime.min, timedelta.max, date.fromordinal(737000)",
        "(datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5), datetime.date(1, 1, 1), datetime.date(9999, 12, 31), datetime.datetime(1, 1, 1, 0, 0), datetime.timedelta(days=999999999, seconds=86399, microseconds=999999), datetime.date(2018, 11, 2))",
    ),
    (
        "datetime.datetime(2020, 1, 1) + timedelta(hours=25), datetime.datetime(2020, 1, 1) - timedelta(microseconds=1), datetime.datetime(2020, 1, 2) - datetime.datetime(2020, 1, 1), bool(timedelta(0)), bool(timedelta(1)), isinstance(date(2020, 1, 1), date), isinstance(datetime.datetime(2020, 1, 1), date)",
        "(datetime.datetime(2020, 1, 2, 1, 0), datetime.datetime(2019, 12, 31, 23, 59, 59, 999999), datetime.timedelta(days=1), False, True, True, True)",
    ),
    (
        "Decimal('1.50'), Decimal(5), Decimal('1.1') + Decimal('2.2'), Decimal('1.50') == Decimal('1.5'), Decimal('0.00') == 0, bool(Decimal('0.00')), Decimal('10') / Decimal('3'), Decimal('1') / Decimal('4'), Decimal('2') * Decimal('1.50'), str(Decimal('-0.5')), int(Decimal('7.9')), float(Decimal('0.25')), -Decimal('1.5')",
        "(Decimal('1.50'), Decimal('5'), Decimal('3.3'), True, True, False, Decimal('3.333333333333333333333333333'), Decimal('0.25'), Decimal('3.00'), '-0.5', 7, 0.25, Decimal('-1.5'))",
    ),
    (
        r#"Decimal('1E+3'), Decimal('0.0000001'), Decimal('1.005').quantize(Decimal('0.01')), Decimal('123.456') - 1, 3 - Decimal('1.5'), Decimal('1.5') < 2, Decimal('NaN'), Decimal(0.5), Decimal('1.0').normalize(), max(Decimal('1'), Decimal('2')), f"{Decimal('3.14159'):.2f}", sum([Decimal('1'), Decimal('2.5')]), Decimal('2') ** 3, Decimal('100') / 3, Decimal('0E-3'), round(1.5)"#,
        "(Decimal('1E+3'), Decimal('1E-7'), Decimal('1.00'), Decimal('122.456'), Decimal('1.5'), True, Decimal('NaN'), Decimal('0.5'), Decimal('1'), Decimal('2'), '3.14', Decimal('3.5'), Decimal('8'), Decimal('33.33333333333333333333333333'), Decimal('0.000'), 2)",
    ),
    (
        "uuid.UUID('12345678123456781234567812345678'), str(uuid.UUID('{12345678-1234-5678-1234-567812345678}')), uuid.UUID(int=5).hex, uuid.UUID('12345678123456781234567812345678') == uuid.UUID('12345678-1234-5678-1234-567812345678'), uuid.NAMESPACE_DNS",
        "(UUID('12345678-1234-5678-1234-567812345678'), '12345678-1234-5678-1234-567812345678', '00000000000000000000000000000005', True, UUID('6ba7b810-9dad-11d1-80b4-00c04fd430c8'))",
    ),
    (
        r"re.compile('a+b'), re.escape('a.b-c d'), re.match(r'(\d+)-(\w+)', '12-ab').groups(), re.search('b', 'abc').group(), re.sub(r'(\w)(\d)', r'\2\1', 'a1b2'), re.split(r',\s*', 'a, b,c'), re.findall(r'\d+', 'a1b22'), bool(re.match('x', 'ax')), re.fullmatch('[a-z]+', 'abc') is not None, re.compile('^a', re.I | re.M).flags, re.match(r'(?P<n>a)(b)?', 'a').groupdict(), re.match('a', 'ba')",
        r"(re.compile('a+b'), 'a\\.b\\-c\\ d', ('12', 'ab'), 'b', '1a2b', ['a', 'b', 'c'], ['1', '22'], False, True, 42, {'n': 'a'}, None)",
    ),
    (
        "list(itertools.chain([1], 'ab')), list(itertools.chain.from_iterable([[1], [2, 3]])), list(itertools.product('ab', [1, 2])), list(itertools.combinations('abc', 2)), list(itertools.permutations([1, 2, 3], 2)), list(itertools.repeat(1, 3)), list(itertools.islice(range(10), 2, 8, 3)), [(k, list(g)) for k, g in itertools.groupby('aabbb')], list(itertools.zip_longest([1, 2], 'a', fillvalue=0)), list(itertools.starmap(pow, [(2, 3)])), list(itertools.accumulate([1, 2, 3])), list(itertools.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(itertools.dropwhile(lambda x: x < 3, [1, 3, 1])), list(itertools.combinations_with_replacement('ab', 2)), list(itertools.compress('abc', [1, 0, 1])), list(itertools.filterfalse(None, [0, 1])), list(itertools.pairwise('abc')), list(itertools.batched('abcde', 2))",
        "([1, 'a', 'b'], [1, 2, 3], [('a', 1), ('a', 2), ('b', 1), ('b', 2)], [('a', 'b'), ('a', 'c'), ('b', 'c')], [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)], [1, 1, 1], [2, 5], [('a', ['a', 'a']), ('b', ['b', 'b', 'b'])], [(1, 'a'), (2, 0)], [8], [1, 3, 6], [1, 2], [3, 1], [('a', 'a'), ('a', 'b'), ('b', 'b')], ['a', 'c'], [0], [('a', 'b'), ('b', 'c')], [('a', 'b'), ('c', 'd'), ('e',)])",
    ),
    (
        "operator.itemgetter(1)([5, 6]), operator.itemgetter('a', 'b')({'a': 1, 'b': 2}), operator.attrgetter('real.imag') and 1, operator.methodcaller('upper')('a'), operator.add(1, 2), operator.or_(1, 2), operator.and_(3, 2), functools.reduce(operator.mul, [1, 2, 3]), operator.eq(1, 1), operator.not_(1), operator.contains([1], 1), operator.getitem([7], 0), operator.neg(3), operator.truth([])",
        "(6, (1, 2), 1, 'A', 3, 3, 2, 6, True, False, True, 7, -3, False)",
    ),
    (
        "copy.copy([1, [2]]), copy.deepcopy({'a': [1]}), copy.deepcopy((1, [2]))",
        "([1, [2]], {'a': [1]}, (1, [2]))",
    ),
    (
        r#"json.dumps({'a': [1, None, True, 1.5, 'é"']}), json.loads('{"a": [1, 2.5, null, true, "x"]}'), json.dumps([1, 2], separators=(',', ':')), json.dumps({'b': 1, 'a': 2}, sort_keys=True)"#,
        r#"('{"a": [1, null, true, 1.5, "\\u00e9\\""]}', {'a': [1, 2.5, None, True, 'x']}, '[1,2]', '{"a": 2, "b": 1}')"#,
    ),
    (
        "math.pi, math.ceil(1.2), math.floor(-1.2), math.sqrt(16), math.log10(100), math.inf, math.gcd(12, 18), math.factorial(5), math.pow(2, 3), math.isnan(math.nan), math.trunc(2.7), math.prod([2, 3])",
        "(3.141592653589793, 2, -2, 4.0, 2.0, inf, 6, 120, 8.0, True, 2, 6)",
    ),
    (
        "string.ascii_lowercase, string.digits, string.ascii_letters, string.hexdigits, string.punctuation",
        r##"('abcdefghijklmnopqrstuvwxyz', '0123456789', 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789abcdefABCDEF', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')"##,
    ),
    (r#"textwrap.dedent("  a\n    b\n"), textwrap.indent("a\nb", "  ")"#, r"('a\n  b\n', '  a\n  b')"),
    (
        "urllib.parse.quote('a b/c?'), urllib.parse.urljoin('http://a/b/', 'c'), urllib.parse.urlparse('http://u:p@h:80/p?q=1#f').hostname, urllib.parse.urlencode({'a': 1, 'b': 'x y'}), urllib.parse.quote_plus('a b'), urllib.parse.unquote('a%20b')",
        "('a%20b/c%3F', 'http://a/b/c', 'h', 'a=1&b=x+y', 'a+b', 'a b')",
    ),
    (
        r#"base64.b64encode(b'abc'), base64.b64decode('YWJj'), base64.urlsafe_b64encode(b'\xff\xfe'), html.escape('<a>&"')"#,
        "(b'YWJj', b'abc', b'__4=', '&lt;a&gt;&amp;&quot;')",
    ),
    (
        r#"ast.literal_eval("{'a': [1, (2, 3)], 'b': None}"), keyword.iskeyword('class'), inspect.isclass(int), inspect.isfunction(len), types.SimpleNamespace(a=1).a, int(calendar.MONDAY), calendar.month_name[2], calendar.day_abbr[0]"#,
        "({'a': [1, (2, 3)], 'b': None}, True, True, False, 1, 0, 'February', 'Mon')",
    ),
];
