"""What Django says of the project in the current folder, as one JSON object on standard output.

Run by record_corpus.py inside an environment that has Django: `python corpus_answer.py SETTINGS`.
Values have the form that migcheck's own `--json` answers have. No database is contacted.
"""

import contextlib
import datetime
import decimal
import enum
import functools
import json
import os
import re
import sys
import types
import uuid


def dotted(thing):
    return f"{thing.__module__}.{thing.__qualname__}"


def call(path, args=(), kwargs=None):
    return {"$call": path, "args": [plain(a) for a in args], "kwargs": {k: plain(v) for k, v in (kwargs or {}).items()}}


def plain(value):
    from django.db.models import Field
    from django.utils.functional import Promise

    if isinstance(value, enum.Enum):
        return plain(value.value)
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**63 else {"$int": str(value)}
    if isinstance(value, (str, Promise)):
        return str(value)
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, tuple):
        return {"$tuple": [plain(v) for v in value]}
    if isinstance(value, (set, frozenset)):
        return {"$set": sorted((plain(v) for v in value), key=json.dumps)}
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {str(key): plain(v) for key, v in value.items()}
        return {"$dict": [[plain(key), plain(v)] for key, v in value.items()]}
    if isinstance(value, Field):
        _, path, args, kwargs = value.deconstruct()
        return call(path, args, kwargs)
    if isinstance(value, functools.partial):
        return call("functools.partial", (value.func, *value.args), value.keywords)
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        return {"$unknown": "lambda"} if value.__name__ == "<lambda>" else {"$ref": dotted(value)}
    if isinstance(value, types.MethodType):
        return {"$ref": f"{dotted(value.__self__)}.{value.__name__}"} if isinstance(value.__self__, type) else {"$unknown": "method"}
    if isinstance(value, decimal.Decimal):
        return call("decimal.Decimal", [str(value)])
    if isinstance(value, uuid.UUID):
        return call("uuid.UUID", [str(value)])
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta, bytes, range, re.Pattern)):
        return {"$unknown": f"{type(value).__name__} {value!r}"}
    if hasattr(value, "deconstruct"):
        return call(*value.deconstruct()[-3:])
    return {"$unknown": type(value).__name__}


def guarded(question, *args):
    """The answer, or the exception that Django raises instead."""
    try:
        return question(*args)
    except Exception as error:
        message = str(error).replace(os.getcwd() + os.sep, "")
        return {"error": {"class": type(error).__name__, "message": message}}


def own(app_label):
    from django.apps import apps

    return not apps.get_app_config(app_label).name.startswith("django.")


def migration(key, value, graph):
    return {
        "initial": value.initial,
        "atomic": value.atomic,
        "dependencies": sorted(list(map(str, d)) for d in value.dependencies),
        "run_before": sorted(map(list, value.run_before)),
        "replaces": sorted(map(list, value.replaces)),
        "operations": [[type(op).__name__, str(op.describe())] for op in value.operations],
        "in_graph": key in graph.nodes,
    }


def graph_of(loader):
    graph = loader.graph
    plan = []
    for leaf in graph.leaf_nodes():
        plan.extend(key for key in graph.forwards_plan(leaf) if key not in plan)
    edges = [[list(key), list(parent.key)] for key, node in graph.node_map.items() for parent in node.parents]
    return {
        "migrations": {".".join(key): migration(key, value, graph) for key, value in sorted(loader.disk_migrations.items()) if own(key[0])},
        "unmigrated": sorted(loader.unmigrated_apps),
        "nodes": sorted(map(list, graph.nodes)),
        "edges": sorted(edges),
        "roots": sorted(map(list, graph.root_nodes())),
        "leaves": sorted(map(list, graph.leaf_nodes())),
        "conflicts": {app: sorted(names) for app, names in sorted(loader.detect_conflicts().items())},
        "plan": list(map(list, plan)),
    }


def model(state):
    fields = state.fields.items() if isinstance(state.fields, dict) else state.fields
    described = []
    for name, field in fields:
        _, path, args, kwargs = field.deconstruct()
        described.append({"name": name, "class": path, "args": [plain(a) for a in args], "kwargs": {k: plain(v) for k, v in kwargs.items()}})
    return {
        "name": state.name,
        "options": {key: plain(value) for key, value in state.options.items()},
        "bases": [base if isinstance(base, str) else dotted(base) for base in state.bases],
        "managers": [name for name, _ in state.managers],
        "fields": described,
    }


def models_of(project_state):
    return {".".join(key): model(state) for key, state in sorted(project_state.models.items()) if own(key[0])}


def missing(loader):
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.questioner import MigrationQuestioner
    from django.db.migrations.state import ProjectState

    conflicts = loader.detect_conflicts()
    if conflicts:
        return {"error": {"class": "CommandError", "message": "Conflicting migrations detected"}}
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps), MigrationQuestioner(dry_run=True))
    changes = detector.changes(graph=loader.graph)
    return {
        app: [[type(op).__name__, str(op.describe())] for m in migrations for op in m.operations]
        for app, migrations in sorted(changes.items())
    }


class NoRows:
    """A cursor of a database in which nothing is."""

    rowcount = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def execute(self, *args):
        return None

    def fetchone(self):
        return None

    def fetchall(self):
        return []


NAME = "constraint__only__the__database__knows"


def some_name(editor, model, column_names=None, **kinds):
    """What a constraint is really called only a database knows."""
    return [NAME]


def oracle_driver():
    """Whether there is a driver for Oracle; Django before 5.0 knows it by its old name alone."""
    try:
        import oracledb
    except ImportError:
        return False
    import django

    if django.VERSION < (5, 0):
        oracledb.version = "8.3.0"
        sys.modules["cx_Oracle"] = oracledb
    return True


def of_oracle(base):
    """What Oracle 19 answers where Django's editor asks it about a table that Django made."""
    from django.db.models.fields import AutoFieldMixin

    def remove_field(editor, model, field):
        editor.leaving = field
        base.remove_field(editor, model, field)
        editor.leaving = None

    def is_identity_column(editor, table, column):
        # Where a type changes Django asks only of fields that were automatic.
        field = getattr(editor, "leaving", None)
        return bool(column) and (field is None or isinstance(field, AutoFieldMixin))

    return {
        "remove_field": remove_field,
        "_is_identity_column": is_identity_column,
        "_get_default_collation": lambda editor, table: "USING_NLS_COMP",
    }


def offline(vendor):
    """A connection that writes SQL and never runs any."""
    from django.db import connections
    from django.db.utils import load_backend

    engine = "django.db.backends." + {"sqlite": "sqlite3"}.get(vendor, vendor)
    settings = dict(connections["default"].settings_dict, ENGINE=engine, NAME=":memory:", OPTIONS={}, TIME_ZONE=None)
    connection = load_backend(engine).DatabaseWrapper(settings, "default")
    editor = connection.SchemaEditorClass
    connection.SchemaEditorClass = type(editor.__name__, (editor,), {"_constraint_names": some_name} | (of_oracle(editor) if vendor == "oracle" else {}))
    if vendor == "oracle":
        connection.__dict__["oracle_version"] = (19, 3)
        connection.__dict__["operators"] = connection._standard_operators
        connection.__dict__["pattern_ops"] = connection._standard_pattern_ops
    if vendor != "sqlite":
        connection.ensure_connection = lambda: None
        connection.set_autocommit = lambda *args, **kwargs: None
        connection.cursor = lambda *args, **kwargs: NoRows()
        connection.introspection.get_constraints = lambda cursor, table: {}
    if vendor == "postgresql":
        connection.__dict__["pg_version"] = 160000
        quote = connection.SchemaEditorClass(connection, collect_sql=True).quote_value
        connection.ops.compose_sql = lambda sql, params: str(sql) % tuple(map(quote, params or ()))
    connections["default"] = connection
    return connection


IDENTITY = re.compile(r"\b[0-9a-f]{8}(-?)[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\b")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)([ T]\d\d:\d\d:\d\d\.\d{6})")


def without_chance(lines):
    """Random identities and the moments of this day are the same each time, and so is a name that was cut."""
    from django.db import connections

    cut = connections["default"].ops.quote_name(NAME).strip('"`')
    today = datetime.datetime.now(datetime.timezone.utc).date()
    near = {str(today + datetime.timedelta(days)) for days in (-1, 0, 1)}

    def identity(found):
        some = uuid.UUID("00000000-0000-4000-8000-000000000000")
        return str(some) if found[1] else some.hex

    def moment(found):
        return f"2000-01-01{found[2][0]}00:00:00.000000" if found[1] in near else found[0]

    return [MOMENT.sub(moment, IDENTITY.sub(identity, line)).replace(cut, NAME) for line in lines]


def sql_of(vendor):
    """What `sqlmigrate` prints for each migration of the project's own, but for BEGIN and COMMIT."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, replace_migrations=False)
    loader.connection = offline(vendor)
    keys = sorted(key for key in loader.graph.nodes if own(key[0]))
    return {
        ".".join(key): guarded(lambda: without_chance(loader.collect_sql([(loader.graph.nodes[key], False)])))
        for key in keys
    }


def answer():
    import django

    django.setup()
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    out = {"models": guarded(lambda: models_of(ProjectState.from_apps(apps)))}
    loader = guarded(lambda: MigrationLoader(None))
    if isinstance(loader, dict):
        return {"graph": loader, **out}
    out["graph"] = guarded(graph_of, loader)
    out["state"] = guarded(lambda: models_of(loader.project_state()))
    out["missing"] = guarded(missing, loader)
    vendors = ["sqlite", "postgresql"] + ["oracle"] * oracle_driver()
    out["sql"] = {vendor: guarded(sql_of, vendor) for vendor in vendors}
    return out


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]
    sys.path[0] = os.getcwd()
    with contextlib.redirect_stdout(sys.stderr):
        said = guarded(answer)
    json.dump(said, sys.stdout)
