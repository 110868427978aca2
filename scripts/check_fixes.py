#!/usr/bin/env python3
"""Holds what `migcheck fix --write` makes against real Django.

    check_fixes.py --migcheck BINARY [--django 5.2 …] [--host 127.0.0.1 --user postgres | --no-database]

For each case: a project is written, fixed, and loaded by Django. The migrations must end in the project
state that they ended in before, `makemigrations --check` must find nothing missing and no conflict, a
second run must change nothing, a merge migration must be the one that `makemigrations --merge` writes,
and on PostgreSQL `migrate` must apply everything and take it back. Exit status 1 if a case fails. Needs
network on first use, and a server (loopback) whose user may make databases, or --no-database.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import venv

SETTINGS = """SECRET_KEY = "x"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["shop", "blog"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", **{database!r}}}}}
"""
MANAGE = """import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
# The state of all leaves, in an order that does not tell which was first.
STATE = """import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.serializer import serializer_factory
loader = MigrationLoader(None)
state = loader.project_state()
def shown(value):
    return serializer_factory(value).serialize()[0]
models = {}
for (app, name), model in sorted(state.models.items()):
    options = {key: sorted(map(shown, value)) if key in ("indexes", "constraints") else shown(value)
               for key, value in sorted(model.options.items())}
    fields = {key: shown(field.clone()) for key, field in sorted(model.fields.items())}
    models[f"{app}.{name}"] = [model.name, fields, options, [str(base) for base in model.bases]]
json.dump({"models": models, "conflicts": {app: sorted(names) for app, names in loader.detect_conflicts().items()}}, sys.stdout)
"""
INITIAL = """from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20)),
            ],
        ),
    ]
"""
MODELS = """from django.db import models


class Order(models.Model):
    code = models.CharField(max_length=20)
"""
INDEX = """        # Orders are looked up by their code.
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["code"], name="order_code_idx"),
        ),
"""
META = """
    class Meta:
        indexes = [models.Index(fields=["code"], name="order_code_idx")]
"""


def field(name):
    return f'        migrations.AddField("order", "{name}", models.TextField(null=True)),\n'


def declared(*names):
    return "".join(f"    {name} = models.TextField(null=True)\n" for name in names)


def migration(after, operations, head="", body=""):
    return f"""from django.db import migrations, models
{head}

class Migration(migrations.Migration):
{body}
    dependencies = [
        ("shop", "{after}"),
    ]

    operations = [
{operations}    ]
"""


FILL = '''

def fill(apps, schema_editor):
    """Nothing to do."""

'''
DEFINED = '''
import re

# What a code looks like.
PATTERN = re.compile("x")
LENGTH = 20


def normal(code):
    return PATTERN.sub("", code)[:LENGTH]


# Takes a while.
def fill(apps, schema_editor):
    """Uses what stands above it."""
    for order in apps.get_model("shop", "Order").objects.all():
        order.code = normal(order.code)
        order.save()


def idle():
    return LENGTH

'''
APART = """        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AddIndex("order", models.Index(fields=["code"], name="order_code_idx")),
            ],
            state_operations=[
                migrations.AddIndex("order", models.Index(fields=["code"], name="order_code_idx")),
            ],
        ),
"""
CONFLICT = {
    "shop/migrations/0002_note.py": migration("0001_initial", field("note")),
    "shop/migrations/0003_more.py": migration("0002_note", field("more")),
    "shop/migrations/0002_total.py": migration("0001_initial", field("total")),
    "shop/migrations/max_migration.txt": "<<<<<<< HEAD\n0003_more\n=======\n0002_total\n>>>>>>> total\n",
    "shop/models.py": MODELS + declared("note", "more", "total"),
    "blog/migrations/__init__.py": "",
    "blog/migrations/0001_initial.py": """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('shop', '0002_note')]  # for the note
    run_before = [("shop", "0003_more")]
    operations = []
""",
}
CASES = {
    "the longer side comes last": (CONFLICT, ["--migration", "shop.0003_more"]),
    "the shorter side comes last": (CONFLICT, ["--migration", "shop.0002_total"]),
    "merge": (CONFLICT, ["--merge"]),
    "three leaves": (
        {**CONFLICT, "shop/migrations/0002_third.py": migration("0001_initial", field("third")),
         "shop/models.py": MODELS + declared("note", "more", "total", "third")},
        ["--migration", "shop.0002_total", "--migration", "shop.0002_third"],
    ),
    "three leaves merged": (
        {**CONFLICT, "shop/migrations/0002_third.py": migration("0001_initial", field("third")),
         "shop/models.py": MODELS + declared("note", "more", "total", "third")},
        ["--merge"],
    ),
    "an index alone": (
        {"shop/migrations/0002_index.py": migration("0001_initial", INDEX), "shop/models.py": MODELS + META},
        ["--migration", "shop.0002_index"],
    ),
    "an index dropped": (
        {"shop/migrations/0002_index.py": migration("0001_initial", INDEX),
         "shop/migrations/0003_drop.py": migration("0002_index", '        migrations.RemoveIndex("order", "order_code_idx"),\n'),
         "shop/models.py": MODELS},
        ["--migration", "shop.0003_drop"],
    ),
    "a mixed migration with one after it": (
        {"shop/migrations/0002_mixed.py": migration("0001_initial", field("note") + INDEX + field("more")),
         "shop/migrations/0003_after.py": migration("0002_mixed", field("after")),
         "shop/models.py": MODELS + declared("note", "more", "after") + META},
        ["--migration", "shop.0002_mixed", "--migration", "shop.0003_after"],
    ),
    "code and a concurrent index": (
        {"shop/migrations/0002_fill.py": migration(
            "0001_initial", "        migrations.RunPython(fill, migrations.RunPython.noop),\n" + INDEX, FILL),
         "shop/models.py": MODELS + META},
        ["--migration", "shop.0002_fill"],
    ),
    "code after a concurrent index": (
        {"shop/migrations/0002_fill.py": migration(
            "0001_initial", INDEX + "        migrations.RunPython(fill, migrations.RunPython.noop),\n", DEFINED),
         "shop/models.py": MODELS + META},
        ["--migration", "shop.0002_fill"],
    ),
    "code on both sides of a concurrent index": (
        {"shop/migrations/0002_fill.py": migration(
            "0001_initial", "        migrations.RunPython(fill, fill),\n" + INDEX + "        migrations.RunPython(fill, migrations.RunPython.noop),\n", DEFINED),
         "shop/models.py": MODELS + META},
        ["--migration", "shop.0002_fill"],
    ),
    "an index apart from the state": (
        {"shop/migrations/0002_index.py": migration("0001_initial", APART + field("note")), "shop/models.py": MODELS + declared("note") + META},
        ["--migration", "shop.0002_index"],
    ),
    "one side is a squash": (
        {"shop/migrations/0002_note.py": migration("0001_initial", field("note")),
         "shop/migrations/0003_more.py": migration("0002_note", field("more")),
         "shop/migrations/0002_squashed_0003.py": migration("0001_initial", field("note") + field("more"),
                                                            body='    replaces = [("shop", "0002_note"), ("shop", "0003_more")]\n'),
         "shop/migrations/0002_mine.py": migration("0001_initial", field("mine")),
         "shop/models.py": MODELS + declared("note", "more", "mine")},
        ["--migration", "shop.0002_mine"],
    ),
    "a squash is merged": (
        {"shop/migrations/0002_note.py": migration("0001_initial", field("note")),
         "shop/migrations/0003_more.py": migration("0002_note", field("more")),
         "shop/migrations/0002_squashed_0003.py": migration("0001_initial", field("note") + field("more"),
                                                            body='    replaces = [("shop", "0002_note"), ("shop", "0003_more")]\n'),
         "shop/migrations/0002_mine.py": migration("0001_initial", field("mine")),
         "shop/models.py": MODELS + declared("note", "more", "mine")},
        ["--merge"],
    ),
    "a replaced migration comes last": (
        {"shop/migrations/0002_note.py": migration("0001_initial", field("note")),
         "shop/migrations/0002_total.py": migration("0001_initial", field("total")),
         "shop/migrations/0003_more.py": migration("0002_total", field("more")),
         "shop/migrations/0002_squashed_0003.py": migration("0001_initial", field("total") + field("more"),
                                                            body='    replaces = [("shop", "0002_total"), ("shop", "0003_more")]\n'),
         "shop/models.py": MODELS + declared("note", "more", "total")},
        ["--migration", "shop.0002_note"],
    ),
    "a conflict whose side is mixed": (
        {"shop/migrations/0002_mixed.py": migration("0001_initial", field("note") + INDEX),
         "shop/migrations/0002_total.py": migration("0001_initial", field("total")),
         "shop/models.py": MODELS + declared("note", "total") + META},
        ["--migration", "shop.0002_mixed"],
    ),
}


def environment(cache, django):
    """The Python of an environment that has Django and a driver."""
    folder = cache / f"django-{django}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
        driver = "psycopg2-binary" if django < "4.2" else "psycopg[binary]>=3.2,<4"
        subprocess.run([python, "-m", "pip", "install", "-q", f"django=={django}.*", driver], check=True)
    return python


def run(words, root, allowed=(0,)):
    done = subprocess.run([str(word) for word in words], cwd=root, capture_output=True, text=True)
    if done.returncode not in allowed:
        raise RuntimeError(f"{' '.join(map(str, words[1:]))}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


def files(root):
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file() and path.suffix in (".py", ".txt")}


def below_header(text):
    return text.split("\n\n", 1)[1] if text.startswith("# Generated") else text


def check(case, texts, words, args, python, django, database):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "project"
        everything = {"manage.py": MANAGE, "settings.py": SETTINGS.format(database=database), "shop/__init__.py": "", "blog/__init__.py": "",
                      "shop/migrations/__init__.py": "", "shop/migrations/0001_initial.py": INITIAL, **texts}
        for path, text in everything.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        environ = ["-W", "ignore", "-B"]
        before = json.loads(run([python, *environ, "-c", STATE], root))
        merged = pathlib.Path(folder) / "merged"
        shutil.copytree(root, merged)
        fix = [args.migcheck, "fix", "--django", django, "--quiet", *words]
        run([*fix, "--write"], root)
        after = json.loads(run([python, *environ, "-c", STATE], root))
        assert after["models"] == before["models"], "the state differs"
        assert not after["conflicts"], after["conflicts"]
        run([python, *environ, "manage.py", "makemigrations", "--check", "--dry-run"], root)
        if "--merge" in words:
            run([python, *environ, "manage.py", "makemigrations", "--merge", "--noinput"], merged)
            ours, theirs = files(root / "shop" / "migrations"), files(merged / "shop" / "migrations")
            ours.pop("max_migration.txt", None), theirs.pop("max_migration.txt", None)
            assert {name: below_header(text) for name, text in ours.items()} == {name: below_header(text) for name, text in theirs.items()}, \
                f"{sorted(ours)} / {sorted(theirs)}"
        fixed = files(root)
        rest = [word for word in words if word != "--migration" and not word.startswith("shop.")]
        assert run([args.migcheck, "fix", "--django", django, "--quiet", *rest], root) == "", "a second run changes something"
        assert files(root) == fixed
        if not args.no_database:
            admin = [python, "-c", ADMIN, json.dumps(database)]
            run(admin, root)
            run([python, *environ, "manage.py", "migrate", "-v0"], root)
            run([python, *environ, "manage.py", "migrate", "-v0", "shop", "zero"], root)


ADMIN = """import json, sys
try:
    import psycopg as driver
except ImportError:
    import psycopg2 as driver
database = json.loads(sys.argv[1])
connection = driver.connect(host=database["HOST"], user=database["USER"], dbname="postgres")
connection.autocommit = True
cursor = connection.cursor()
cursor.execute(f'DROP DATABASE IF EXISTS {database["NAME"]}')
cursor.execute(f'CREATE DATABASE {database["NAME"]}')
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--migcheck", type=lambda text: pathlib.Path(text).resolve(), required=True)
    parser.add_argument("--django", nargs="+", default=["5.2"])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--user", default="postgres")
    parser.add_argument("--no-database", action="store_true")
    args = parser.parse_args()
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "migcheck-fixes"
    database = {"NAME": "migcheck_fixes", "HOST": args.host, "USER": args.user}
    failed = 0
    for django in args.django:
        python = environment(cache, django)
        for case, (texts, words) in CASES.items():
            try:
                check(case, texts, words, args, python, django, database)
                print(f"{django}: {case}: ok")
            except (AssertionError, RuntimeError) as error:
                failed += 1
                print(f"{django}: {case}: FAILED: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
