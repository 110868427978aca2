"""Records what real Django's autodetector and writer answer for edits of a small project.

    python record.py django-5.2.json

Run it with the Python of an environment that has the release of Django to record, with
PYTHONHASHSEED=0. Dependencies are kept in the order in which Django names them, where it puts
them through a set, so that equal runs give equal records.
"""
import sys, json, datetime, decimal, uuid, re
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes'], DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}, USE_TZ=True, DEFAULT_AUTO_FIELD='django.db.models.AutoField')
django.setup()
from django.db import models
from django.core import validators
from django.db.migrations.state import ProjectState, ModelState
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.writer import MigrationWriter
import django.db.migrations.autodetector as AD


class OrderedSet(set):

    def __init__(self, it=()):
        it = list(it)
        super().__init__(it)
        self.l = list(dict.fromkeys(it))

    def __iter__(self):
        return iter(self.l) if len(self.l) == len(self) else super().__iter__()
AD.set = OrderedSet
VERSION = django.VERSION


class Q(NonInteractiveMigrationQuestioner):

    def __init__(s):
        super().__init__()
        s.asked = []

    def ask_initial(s, app):
        return True

    def ask_not_null_addition(s, f, m):
        s.asked.append(['NotNullAddition', m, f])
        return 'given'

    def ask_not_null_alteration(s, f, m):
        s.asked.append(['NotNullAlteration', m, f])
        return models.NOT_PROVIDED

    def ask_auto_now_add_addition(s, f, m):
        s.asked.append(['AutoNowAddAddition', m, f])
        return 'given'

    def ask_unique_callable_default_addition(s, f, m):
        s.asked.append(['UniqueCallableDefaultAddition', m, f])

    def ask_rename(s, m, o, n, fi):
        s.asked.append(['Rename', m, n])
        return False

    def ask_rename_model(s, o, n):
        s.asked.append(['RenameModel', n.name_lower, None])
        return False
pk = lambda: ('id', models.AutoField(primary_key=True, auto_created=True, serialize=False, verbose_name='ID'))


def base():
    s = ProjectState()

    def add(app, name, fields, options=None, bases=(models.Model,), managers=[]):
        s.add_model(ModelState(app, name, fields, options or {}, bases, managers))
    add('auth', 'User', [pk(), ('username', models.CharField(max_length=150, unique=True))], {'swappable': 'AUTH_USER_MODEL'})
    add('shop', 'Product', [pk(), ('name', models.CharField(max_length=50)), ('price', models.DecimalField(max_digits=6, decimal_places=2)), ('sku', models.SlugField(null=True))], {'indexes': [models.Index(fields=['name'], name='product_name_idx')], 'unique_together': {('name', 'sku')}})
    add('shop', 'Order', [pk(), ('owner', models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)), ('products', models.ManyToManyField('shop.Product')), ('placed', models.DateTimeField(null=True)), ('number', models.IntegerField(default=0))], {'ordering': ['-placed'], 'constraints': [models.UniqueConstraint(fields=['number'], name='order_number')]})
    add('news', 'Entry', [pk(), ('title', models.CharField(max_length=20)), ('product', models.ForeignKey('shop.Product', models.SET_NULL, null=True))])
    add('shop', 'Featured', [], {'proxy': True}, ('shop.product',))
    return s


def put(s, app, model, name, field):
    m = s.models[app, model]
    field.set_attributes_from_name(name)
    m.fields[name] = field
cases = []


def case(fn):
    cases.append(fn)
    return fn


def check(name, q):
    return models.CheckConstraint(name=name, **{'condition' if VERSION >= (5, 1) else 'check': q})


@case
def add_field(s):
    put(s, 'shop', 'order', 'note', models.TextField(blank=True, default='it\'s "so"\n'))


@case
def add_several(s):
    put(s, 'shop', 'order', 'ref', models.UUIDField(null=True, default=uuid.UUID(int=7), editable=False))
    put(s, 'shop', 'order', 'rate', models.DecimalField(max_digits=4, decimal_places=2, default=decimal.Decimal('1.50')))
    put(s, 'shop', 'product', 'kind', models.CharField(max_length=3, choices=[('a', 'Größe \u2028'), ('b', 'B')], default='a', validators=[validators.RegexValidator(re.compile('^[ab]$', re.I)), validators.MaxLengthValidator(3)]))
    put(s, 'shop', 'product', 'stock', models.FloatField(default=1e+16))
    put(s, 'shop', 'product', 'weight', models.FloatField(default=1e-05))
    put(s, 'shop', 'product', 'made', models.DateField(default=datetime.date(2020, 1, 2)))
    put(s, 'shop', 'product', 'seen', models.DateTimeField(default=datetime.datetime(2020, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)))
    put(s, 'shop', 'product', 'lasts', models.DurationField(default=datetime.timedelta(days=1, seconds=5)))
    put(s, 'shop', 'product', 'tags', models.JSONField(default=dict))


@case
def not_null_addition(s):
    put(s, 'shop', 'order', 'must', models.IntegerField())
    put(s, 'news', 'entry', 'at', models.DateTimeField(auto_now_add=True))
    put(s, 'news', 'entry', 'slug', models.SlugField(unique=True, default=str))


@case
def alter_and_remove(s):
    put(s, 'shop', 'product', 'name', models.CharField(max_length=80))
    put(s, 'shop', 'product', 'sku', models.SlugField())
    del s.models['news', 'entry'].fields['title']


@case
def rename_field(s):
    m = s.models['shop', 'order']
    m.fields['reference'] = m.fields.pop('number')
    m.fields['reference'].name = 'reference'
    m.options['constraints'] = []


@case
def remove_indexed(s):
    del s.models['shop', 'product'].fields['sku']
    s.models['shop', 'product'].options['unique_together'] = set()


@case
def together(s):
    s.models['shop', 'product'].options['unique_together'] = {('name', 'price'), ('name', 'sku')}


@case
def options(s):
    o = s.models['shop', 'order'].options
    o['ordering'] = ('placed',)
    o['verbose_name'] = 'order'
    o['db_table'] = 'orders'


@case
def order_wrt(s):
    s.models['news', 'entry'].options['order_with_respect_to'] = 'product'


@case
def indexes(s):
    s.models['shop', 'product'].options['indexes'] = [models.Index(fields=['name'], name='renamed_idx'), models.Index(fields=['-price', 'sku'], name='price_idx')]
    s.models['shop', 'order'].options['constraints'] = [check('positive', models.Q(number__gte=0))]


@case
def constraint_message(s):
    kw = {'violation_error_message': 'taken'} if VERSION >= (4, 1) else {}
    s.models['shop', 'order'].options['constraints'] = [models.UniqueConstraint(fields=['number'], name='order_number', **kw)]


@case
def m2m_to_plain(s):
    put(s, 'shop', 'order', 'products', models.IntegerField(null=True))


@case
def m2m_elsewhere(s):
    put(s, 'shop', 'order', 'products', models.ManyToManyField('news.Entry'))


@case
def new_models(s):
    s.models['shop', 'supplier'] = ModelState('shop', 'Supplier', [pk(), ('boss', models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)), ('first', models.ForeignKey('shop.Product', models.CASCADE)), ('code', models.CharField(max_length=4))], {'unique_together': {('first', 'code')}, 'indexes': [models.Index(fields=['code'], name='supplier_code')], 'constraints': [models.UniqueConstraint(fields=['boss', 'code'], name='boss_code')], 'order_with_respect_to': 'first'}, (models.Model,), [])
    put(s, 'shop', 'product', 'supplier', models.ForeignKey('shop.Supplier', models.CASCADE, null=True, related_name='+'))
    s.models['shop', 'gift'] = ModelState('shop', 'Gift', [('product_ptr', models.OneToOneField('shop.Product', models.CASCADE, parent_link=True, auto_created=True, primary_key=True, serialize=False)), ('wrapped', models.BooleanField(default=False))], {}, ('shop.product',), [])
    s.models['stats', 'view'] = ModelState('stats', 'View', [pk(), ('entry', models.ForeignKey('news.Entry', models.CASCADE)), ('day', models.DateField())], {}, (models.Model,), [])
    s.models['news', 'latest'] = ModelState('news', 'Latest', [], {'proxy': True}, ('news.entry',), [])


@case
def delete_models(s):
    del s.models['shop', 'order']
    del s.models['shop', 'product']
    del s.models['shop', 'featured']
    del s.models['news', 'entry'].fields['product']


@case
def proxy_to_concrete(s):
    s.models['shop', 'featured'] = ModelState('shop', 'Featured', [('product_ptr', models.OneToOneField('shop.Product', models.CASCADE, parent_link=True, auto_created=True, primary_key=True, serialize=False))], {}, ('shop.product',), [])


@case
def unmanaged(s):
    s.models['news', 'entry'].options['managed'] = False


@case
def comment(s):
    if VERSION >= (4, 2):
        s.models['news', 'entry'].options['db_table_comment'] = 'what is new'


@case
def generated(s):
    if VERSION >= (5, 0):
        from django.db.models.functions import Lower
        put(s, 'shop', 'product', 'low', models.GeneratedField(expression=Lower('short'), output_field=models.CharField(max_length=9), db_persist=True))
        put(s, 'shop', 'product', 'short', models.CharField(max_length=9, db_default='x'))


@case
def index_together(s):
    if VERSION < (5, 1):
        s.models['shop', 'product'].options['index_together'] = {('name', 'price')}


def path(t):
    return t.__module__ + '.' + t.__qualname__
mro = {}


def val(v):
    import enum, types
    if v is None or isinstance(v, (bool, int, float)):
        return v
    if isinstance(v, str):
        return str(v)
    if isinstance(v, list):
        return [val(x) for x in v]
    if isinstance(v, tuple):
        return {'$tuple': [val(x) for x in v]}
    if isinstance(v, (set, frozenset)):
        return {'$set': [val(x) for x in sorted(v)]}
    if isinstance(v, dict):
        return {k: val(x) for k, x in v.items()}
    if isinstance(v, decimal.Decimal):
        return call('decimal.Decimal', [str(v)])
    if isinstance(v, uuid.UUID):
        return call('uuid.UUID', [str(v)])
    if isinstance(v, datetime.datetime):
        return call('datetime.datetime', [v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond], {'tzinfo': {'$ref': 'datetime.timezone.utc'}} if v.tzinfo else {})
    if isinstance(v, datetime.date):
        return call('datetime.date', [v.year, v.month, v.day])
    if isinstance(v, datetime.timedelta):
        return call('datetime.timedelta', [v.days, v.seconds, v.microseconds])
    if isinstance(v, re.Pattern):
        return call('re.compile', [v.pattern, v.flags])
    if isinstance(v, type) or isinstance(v, (types.FunctionType, types.BuiltinFunctionType)):
        return {'$ref': path(v)}
    if isinstance(v, models.Field):
        return {'$field': fld('', v)}
    if hasattr(v, 'deconstruct'):
        p, a, k = v.deconstruct()[-3:]
        return call(p, [val(x) for x in a], {x: val(y) for x, y in k.items()})
    return {'$ref': path(v)}


def call(p, a=[], k={}):
    return {'$call': p, 'args': a, 'kwargs': k}


def fld(n, x):
    _, p, a, k = x.deconstruct()
    mro[p] = [path(c) for c in type(x).__mro__ if c is not object]
    return {'name': n, 'class': p, 'args': [val(y) for y in a], 'kwargs': {y: val(z) for y, z in k.items()}}


def model(m):
    return {'app': m.app_label, 'name': m.name, 'options': {k: val(v) for k, v in m.options.items()}, 'bases': [b if isinstance(b, str) else {'$ref': path(b)} for b in m.bases], 'fields': [fld(n, x) for n, x in (m.fields.items() if isinstance(m.fields, dict) else m.fields)]}
g = MigrationGraph()
for k in [('shop', '0007_x'), ('news', '0002_squashed_0004_y'), ('auth', '0001_initial')]:
    g.add_node(k, None)
out = {'django': '%d.%d' % VERSION[:2], 'from': {'%s.%s' % k: model(m) for k, m in sorted(base().models.items())}, 'cases': []}


def ts(x):
    return re.sub('auto_\\d{8}_\\d{4}', 'auto_20240131_1200', x)
for fn in cases:
    t = base()
    fn(t)
    b = out['from']
    to = {'%s.%s' % k: model(m) for k, m in sorted(t.models.items())}
    patch = {k: to.get(k) for k in sorted(set(b) | set(to)) if b.get(k) != to.get(k)}
    q = Q()
    ch = MigrationAutodetector(base(), t, q).changes(graph=g)
    ms = []
    for app, l in ch.items():
        for m in l:
            fatal = any((x[0] in ('NotNullAddition', 'AutoNowAddAddition') for x in q.asked))
            txt = MigrationWriter(m, include_header=False).as_string() if not fatal else None
            ms.append({'app': app, 'name': ts(m.name), 'dependencies': sorted(['%s.%s' % (a, ts(n)) for a, n in m.dependencies]), 'operations': [[type(o).__name__, o.describe()] for o in m.operations], 'text': ts(txt) if txt else None})
    out['cases'].append({'name': fn.__name__, 'to': patch, 'questions': q.asked, 'migrations': ms})
out['mro'] = mro
json.dump(out, open(sys.argv[1], 'w'), indent=None, ensure_ascii=False, separators=(',', ':'))
