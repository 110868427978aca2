"""What real Django makes of small histories: `python record.py > django-X.Y.json`.

Run it with each version of Django that is recorded; nothing but Django (and SQLite) is needed.
Every operation is replayed on the state and applied to a database in memory; what fails is
written down by phase and exception, and the last state is looked at through its rendered models.
"""
import json
import sys

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=[],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.db import connection, migrations as m, models  # noqa: E402
from django.db.migrations.state import ProjectState  # noqa: E402

VERSION = django.VERSION[:2]


def path(value):
    return "%s.%s" % (value.__module__, value.__qualname__)


def normal(value):
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list):
        return [normal(v) for v in value]
    if isinstance(value, tuple):
        return {"tuple": [normal(v) for v in value]}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((normal(v) for v in value), key=repr)}
    if isinstance(value, dict):
        return {"dict": {k: normal(v) for k, v in value.items()}}
    if isinstance(value, type):
        return {"class": path(value)}
    if callable(value):
        return {"function": path(value)}
    if isinstance(value, models.Field):
        return field(value)
    if isinstance(value, models.Manager):
        return {"manager": normal(tuple(value.deconstruct()[:3]))}
    name, args, kwargs = value.deconstruct()[-3:]
    return {"object": name, "args": normal(list(args)), "kwargs": {k: normal(v) for k, v in kwargs.items()}}


def field(value):
    _, name, args, kwargs = value.deconstruct()
    return {
        "class": path(type(value)), "path": name,
        "args": [normal(a) for a in args], "kwargs": {k: normal(v) for k, v in kwargs.items()},
    }


def model_state(state):
    return {
        "app_label": state.app_label, "name": state.name,
        "options": {k: normal(v) for k, v in state.options.items()},
        "bases": [b if isinstance(b, str) else path(b) for b in state.bases],
        "fields": {name: field(f) for name, f in state.fields.items()},
        "managers": [[name, normal(manager)] for name, manager in state.managers],
    }


def operation(op):
    nested = {"database_operations", "state_operations"}
    _, args, kwargs = op.deconstruct()
    out = {"class": type(op).__name__, "module": type(op).__module__, "args": normal(list(args))}
    out["kwargs"] = {k: normal(v) for k, v in kwargs.items() if k not in nested}
    for part in nested:
        if hasattr(op, part):
            out[part] = [operation(o) for o in getattr(op, part)]
    return out


def label(model):
    return model._meta.label_lower


def rendered(state):
    out = {}
    for model in state.apps.get_models(include_auto_created=False, include_swapped=True):
        opts = model._meta
        out[label(model)] = {
            "db_table": opts.db_table,
            "pk": [label(opts.pk.model), opts.pk.name],
            "fields": [[label(f.model), f.name, None if f.many_to_many else f.column] for f in [*opts.fields, *opts.many_to_many]],
            "through": {
                f.name: [f.remote_field.through.__name__, f.m2m_db_table(), f.m2m_column_name(), f.m2m_reverse_name()]
                for f in opts.local_many_to_many if f.remote_field.through._meta.auto_created
            },
            "targets": {
                f.name: [label(f.target_field.model), f.target_field.name]
                for f in opts.local_fields if isinstance(f, models.ForeignKey)
            },
        }
    return out


def char(**kwargs):
    return models.CharField(max_length=10, **kwargs)


def foreign(to, **kwargs):
    return models.ForeignKey(to, models.CASCADE, **kwargs)


def create(name, *fields, bases=None, **options):
    return m.CreateModel(name, [("id", models.AutoField(primary_key=True)), *fields], options, bases)


def link(to):
    return models.OneToOneField(
        to, models.CASCADE, parent_link=True, auto_created=True, primary_key=True, serialize=False
    )


def author():
    return create("Author", ("name", char(unique=True)))


def book(**options):
    return [author(), create("Book", ("title", char()), ("author", foreign("a.Author")), **options)]



class Plain(m.operations.base.Operation):
    pass


def cases():
    title, by = models.Index(fields=["title"], name="i1"), models.Index(fields=["-author"], name="i2")
    one = models.UniqueConstraint(fields=["title"], name="c1")
    two = models.UniqueConstraint(fields=["author"], name="c2")
    yield "create", book(verbose_name="work", unique_together=[("title", "author")])
    yield "create_again", [*book(), create("BOOK")]
    yield "create_without_key", [m.CreateModel("Note", [("text", char())]), create("Tag", ("notes", models.ManyToManyField("a.note")))]
    yield "create_with_index", book(indexes=[title], constraints=[one])
    yield "delete", [*book(), m.DeleteModel("Book")]
    yield "delete_missing", [m.DeleteModel("Nope")]
    through = [
        author(), create("Tag"), create("Work", ("author", foreign("Author"))),
        create("Tagging", ("work", foreign("a.Work")), ("tag", foreign("a.TAG"))),
        m.AddField("Work", "tags", models.ManyToManyField("a.Tag", through="a.Tagging")),
    ]
    yield "rename_model", [*through, m.RenameModel("Author", "Writer"), m.RenameModel("Tag", "TheTopic"), m.RenameModel("Tagging", "Label")]
    yield "rename_model_self", [
        create("Node", ("parent", foreign("self", null=True)), ("peers", models.ManyToManyField("a.Node"))),
        m.RenameModel("Node", "Leaf"),
    ]
    yield "rename_model_case", [create("Node"), m.RenameModel("Node", "NODE")]
    yield "rename_model_parent", [
        create("Parent"), m.CreateModel("Child", [("parent_ptr", link("a.Parent"))], bases=("a.parent",)),
        m.RenameModel("Parent", "Elder"),
    ]
    yield "rename_model_missing", [m.RenameModel("Nope", "Else")]
    yield "rename_model_onto", [*book(), m.RenameModel("Book", "Author")]
    together = {"unique_together": {("title", "author")}}
    if VERSION < (5, 1):
        together["index_together"] = [["title", "author"]]
    yield "rename_field_together", [*book(**together), m.RenameField("Book", "title", "name")]
    yield "rename_field_none", [*book(), m.AlterUniqueTogether("Book", None), m.RenameField("Book", "title", "name")]
    yield "rename_field_referenced", [
        author(), create("Pen", ("x", foreign("a.Author", to_field="name")), ("y", foreign("a.Author", related_name="+"))),
        m.RenameField("Author", "name", "label"), m.RenameField("Pen", "x", "w"), m.RenameField("Author", "id", "key"),
    ]
    yield "rename_field_object", [
        author(),
        create("Pen", ("x", char()), ("y", models.IntegerField()), (
            "z", models.ForeignObject("a.Author", models.CASCADE, from_fields=["x", "y"], to_fields=["name", "id"]))),
        m.SeparateDatabaseAndState(state_operations=[m.RenameField("Author", "name", "label"), m.RenameField("Pen", "x", "w")]),
    ]
    yield "rename_field_onto", [*book(), m.RenameField("Book", "title", "author")]
    yield "rename_field_missing", [*book(), m.RenameField("Book", "nope", "title")]
    yield "together", [*book(), m.AlterUniqueTogether("Book", ("title", "author"))]
    yield "together_list", [*book(), m.AlterUniqueTogether("Book", [["title", "author"], ["author", "id"]])]
    yield "together_empty", [*book(**{"unique_together": {("title", "author")}}), m.AlterUniqueTogether("Book", [])]
    yield "options", [
        *book(verbose_name="x", ordering=["title"], db_table="t", unique_together={("title", "author")}),
        m.AlterModelOptions("Book", {"ordering": ["-title"], "permissions": [("a", "b")]}),
    ]
    yield "managers", [*book(), m.AlterModelManagers("Book", [("things", models.Manager())])]
    yield "table", [*book(), m.AlterModelTable("Book", "books"), m.AlterModelTable("Book", None)]
    yield "order", [*book(), m.AlterOrderWithRespectTo("Book", "author")]
    number = models.IntegerField(default=1)
    yield "preserve_default", [
        *book(), m.AddField("Book", "n", number, preserve_default=False), m.AddField("Book", "m", number),
        m.AlterField("Book", "title", char(default="x"), preserve_default=False),
    ]
    yield "add_again", [*book(), m.AddField("Book", "title", models.TextField(default=""))]
    yield "add_to_missing", [m.AddField("Nope", "x", char())]
    yield "alter_missing_field", [*book(), m.AlterField("Book", "nope", char())]
    yield "alter_by_attname", [*book(), m.AlterField("Book", "author_id", foreign("a.Author"))]
    yield "remove_missing_field", [*book(), m.RemoveField("Book", "nope")]
    yield "remove_and_add", [*book(), m.RemoveField("Book", "title"), m.AddField("Book", "title", char(default=""))]
    yield "indexes", [*book(), m.AddIndex("Book", title), m.AddIndex("Book", by), m.RemoveIndex("Book", "i1")]
    yield "remove_missing_index", [*book(), m.RemoveIndex("Book", "nope")]
    yield "remove_missing_index_unmanaged", [*book(managed=False), m.RemoveIndex("Book", "nope")]
    yield "constraints", [*book(), m.AddConstraint("Book", one), m.AddConstraint("Book", two), m.RemoveConstraint("Book", "c1")]
    yield "remove_missing_constraint", [*book(), m.RemoveConstraint("Book", "nope")]
    yield "state_only", [
        m.SeparateDatabaseAndState(state_operations=book()), m.SeparateDatabaseAndState(state_operations=[m.RemoveIndex("Book", "nope")]),
        m.RunSQL("SELECT 1", state_operations=[m.RemoveField("Book", "title")]),
    ]
    yield "database_only", [m.SeparateDatabaseAndState(database_operations=[*book(), m.RemoveField("Book", "nope")])]
    yield "not_implemented", [Plain()]
    yield "children", [
        create("Place", ("name", char())), m.CreateModel("Shop", [("place_ptr", link("a.place")), ("kind", char())], bases=("a.place",)),
        m.CreateModel("Cafe", [("shop_ptr", link("a.Shop")), ("tea", char())], bases=("a.shop",)),
        m.CreateModel("Stand", [("sign", char())], bases=("a.place",)),
        m.CreateModel("NamedPlace", [], {"proxy": True}, ("a.place",)),
        create("Visit", ("where", foreign("a.NamedPlace")), ("tea", foreign("a.Cafe", related_name="+"))),
    ]
    yield "many_to_many", [
        author(), create(
            "Shelf", ("authors", models.ManyToManyField("a.Author")), ("next", models.ManyToManyField("self")),
            ("kept", models.ManyToManyField("a.Author", db_table="kept", related_name="+")), db_table='shelves'),
    ]
    if VERSION < (5, 1):
        yield "index_together", [*book(), m.AlterIndexTogether("Book", ("title", "author")), m.AlterIndexTogether("Book", None)]
    if VERSION >= (4, 1):
        yield "rename_index", [*book(), m.AddIndex("Book", title), m.AddIndex("Book", by), m.RenameIndex("Book", "i9", old_name="i1")]
        yield "rename_missing_index", [*book(), m.RenameIndex("Book", "i9", old_name="nope")]
    if (4, 1) <= VERSION < (5, 1):
        two_sets = {("title", "author"), ("author", "id")}
        yield "rename_index_fields", [*book(index_together=two_sets), m.RenameIndex("Book", "i9", old_fields=("title", "author"))]
    if VERSION >= (4, 2):
        yield "table_comment", [*book(), m.AlterModelTableComment("Book", "hi")]
    if VERSION >= (5, 2):
        key = ("pk", models.CompositePrimaryKey("x", "y"))
        pair = m.CreateModel("Pair", [key, ("x", models.IntegerField()), ("y", models.IntegerField())])
        yield "composite_key", [pair, m.SeparateDatabaseAndState(state_operations=[m.RenameField("Pair", "x", "w")])]
        said = models.UniqueConstraint(fields=["title"], name="c1", violation_error_message="no")
        yield "alter_constraint", [*book(), m.AddConstraint("Book", one), m.AlterConstraint("Book", "c1", said)]


def replay(operations):
    state, errors = ProjectState(), []
    if connection.connection is not None:  # `connection.close()` keeps a database in memory
        connection.connection.close()
        connection.connection = None
    for index, op in enumerate(operations):
        before = state.clone()
        try:
            op.state_forwards("a", state)
        except Exception as error:
            errors.append([index, "State", type(error).__name__])
            continue
        try:
            with connection.schema_editor() as editor:
                op.database_forwards("a", editor, before, state.clone())
        except Exception as error:
            errors.append([index, "Database", type(error).__name__])
    return state, errors


def main():
    out = {}
    for name, operations in cases():
        written = [operation(op) for op in operations]
        state, errors = replay(operations)
        case = {"operations": written, "errors": errors}
        case["state"] = {"%s.%s" % key: model_state(model) for key, model in sorted(state.models.items())}
        try:
            case["rendered"] = rendered(state)
        except Exception as error:
            case["refused"] = type(error).__name__
        out[name] = case
    json.dump({"django": "%d.%d" % VERSION, "cases": out}, sys.stdout, separators=(",", ":"))


main()
