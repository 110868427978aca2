"""What Django's own contrib apps hold, as one JSON object on standard output.

Run by generate_contrib.py inside an environment that has Django: `python contrib_answer.py`.
Values have the form that migcheck's own `--json` answers have; `{"$setting": NAME}` stands for
the model that a setting names. No database is contacted.
"""

import ast
import json
import pathlib
import sys

import django
from corpus_answer import dotted, plain
from django.apps import apps
from django.conf import settings
from django.db import models

# The apps that have models, and the abstract models that projects derive theirs from.
APPS = ["admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites"]
ABSTRACT = [
    "django.contrib.auth.base_user.AbstractBaseUser",
    "django.contrib.auth.models.AbstractUser",
    "django.contrib.auth.models.PermissionsMixin",
    "django.contrib.sessions.base_session.AbstractBaseSession",
]
FIELDS = {}


def setting(value):
    """A model or app that a setting chose, as that choice."""
    return {"$setting": "AUTH_USER_MODEL"} if value == settings.AUTH_USER_MODEL else None


def field(value):
    _, path, args, kwargs = value.deconstruct()
    FIELDS[path] = [dotted(c) for c in type(value).__mro__ if issubclass(c, models.Field)]
    assert FIELDS[path][0].startswith("django.db.models.") and not args, value
    out = {name: plain(v) for name, v in kwargs.items()}
    if hasattr(kwargs.get("to"), "setting_name"):
        out["to"] = {"$setting": kwargs["to"].setting_name}
    return {"class": path, **({"kwargs": out} if out else {})}


def manager(value):
    as_manager, path, _, args, kwargs = value.deconstruct()
    assert not as_manager, value
    return {"$call": path, "args": plain(list(args)), "kwargs": plain(kwargs)}


def operation(op):
    _, args, kwargs = op.deconstruct()
    assert not args and not hasattr(op, "state_operations"), op
    out = {"op": dotted(type(op))}
    for name, value in kwargs.items():
        if name == "fields":
            out[name] = [[field_name, field(f)] for field_name, f in value]
        elif name == "managers":
            out[name] = [[manager_name, manager(m)] for manager_name, m in value]
        elif name == "field":
            out[name] = field(value)
        else:
            out[name] = plain(value)
    if getattr(op, "elidable", False):
        out["elidable"] = True
    return out


def dependency(value):
    chosen = getattr(value, "setting", None)
    return [setting(chosen) or value[0], value[1]] if chosen else list(value)


def migration(value):
    out = {"initial": value.initial, "atomic": value.atomic}
    out["dependencies"] = [dependency(d) for d in value.dependencies]
    out["operations"] = [operation(op) for op in value.operations]
    assert not value.run_before and not value.replaces, value
    return out


def model(name, fields, options, bases, managers):
    return {
        "name": name,
        "fields": [[field_name, field(f)] for field_name, f in fields],
        "options": {key: plain(value) for key, value in options.items()},
        "bases": [base if isinstance(base, str) else {"$ref": dotted(base)} for base in bases],
        "managers": [[manager_name, manager(m)] for manager_name, m in managers],
    }


def concrete(model_class):
    from django.db.migrations.state import ModelState

    state = ModelState.from_model(model_class)
    return model(state.name, state.fields.items(), state.options, state.bases, state.managers)


def abstract(model_class):
    meta = model_class._meta
    fields = sorted([*meta.local_fields, *meta.local_many_to_many], key=lambda f: f.creation_counter)
    options = {key: value for key, value in meta.original_attrs.items() if key != "abstract"}
    managers = [(m.name, m) for m in meta.managers if m.use_in_migrations]
    return model(model_class.__name__, [(f.name, f) for f in fields], options, model_class.__bases__, managers)


def configs():
    """Every `AppConfig` of contrib by dotted path, read without importing it: some need drivers."""
    out = {}
    for path in sorted((pathlib.Path(django.__file__).parent / "contrib").glob("*/apps.py")):
        seen = {}
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.ClassDef):
                continue
            given = {}
            for base in node.bases:
                given.update(seen.get(getattr(base, "id", None), {}))
            given.pop("default", None)
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
                    given[line.targets[0].id] = line.value.value
            seen[node.name] = given
        # Django takes the one marked as default, or the only one there is.
        for name, given in seen.items():
            module = given["name"]
            entry = {"name": module, "label": given.get("label", module.rpartition(".")[2]), "auto_field": given.get("default_auto_field")}
            out[f"{module}.apps.{name}"] = entry
            if given.get("default", len(seen) == 1):
                out[module] = entry
    return out


def main():
    names = [f"django.contrib.{app}" for app in APPS]
    settings.configure(INSTALLED_APPS=names, SECRET_KEY="any", USE_I18N=False)
    django.setup()
    from django.db.migrations.loader import MigrationLoader
    from django.utils.module_loading import import_string

    disk = MigrationLoader(None).disk_migrations
    out = {"configs": configs(), "migrations": {}, "models": {}, "abstract": {}}
    for app in apps.get_app_configs():
        out["migrations"].update(
            {f"{app.name}/{key[1]}": migration(value) for key, value in sorted(disk.items()) if key[0] == app.label}
        )
        out["models"].update({f"{app.name}/{m.__name__}": concrete(m) for m in app.get_models()})
    out["abstract"] = {path: abstract(import_string(path)) for path in ABSTRACT}
    out["fields"] = dict(sorted(FIELDS.items()))
    json.dump({"settings": {"AUTH_USER_MODEL": settings.AUTH_USER_MODEL}, **out}, sys.stdout)


if __name__ == "__main__":
    main()
