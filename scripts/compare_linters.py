#!/usr/bin/env python3
"""Holds migcheck's findings on a Django project against those of django-migration-linter,
django-safe-migrations and django-zdm: which each has and the others lack, by rule.

    scripts/compare_linters.py run --name oscar --root PATH --settings oscar_settings \\
        --python PATH/TO/ENV/bin/python --postgresql postgresql://postgres@127.0.0.1 \\
        --migcheck target/release/migcheck --output oscar.json
    scripts/compare_linters.py table oscar.json wagtail.json pretalx.json

The Python is the one of an environment in which the project runs; it is not changed. The three tools and psycopg
are installed from PyPI into a folder of their own (`--tools`, or a temporary one). The project's migrations are applied one by
one to a database that is created on that server and dropped again, as django-migration-linter asks `sqlmigrate`, which
looks into the database: each migration is linted just before it is applied. Compared are the migrations of the
project's own apps that an empty database gets; a finding of one tool is matched by any finding of the other at the same
migration whose rule stands in `EQUIVALENT`.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from collections import Counter, defaultdict
from pathlib import Path

PACKAGES = ["django-migration-linter==6.0.0", "django-safe-migrations==0.7.1", "django-zdm==0.5.0"]
NEEDED = ["appdirs", "toml", "psycopg[binary]", "typing_extensions"]
TOOLS = ["django-migration-linter", "django-safe-migrations", "django-zdm"]
SEED = 20261121

# What of ours says the same, or more, at the same migration.
NOT_NULL = ["add-not-null-field", "set-not-null", "sql-set-not-null", "unique-callable-default"]
TYPE = ["change-field-type", "narrow-field", "sql-change-type", "table-rewrite", "copy-algorithm", "change-primary-key"]
INDEX = ["blocking-index"]
UNIQUE = ["add-unique", "blocking-index"]
KEY = ["validating-constraint", "foreign-key-locks-both", "blocking-index"]
EQUIVALENT = {
    "django-migration-linter": {
        "RENAME_TABLE": ["rename-model", "alter-model-table", "sql-rename"],
        "NOT_NULL": NOT_NULL,
        "DROP_COLUMN": ["remove-field", "sql-drop", "delete-model"],
        "DROP_TABLE": ["delete-model", "sql-drop", "remove-field", "change-many-to-many"],
        "RENAME_COLUMN": ["rename-field", "sql-rename"],
        "ALTER_COLUMN": TYPE,
        "ADD_UNIQUE": UNIQUE,
        "CREATE_INDEX": INDEX,
        "CREATE_INDEX_EXCLUSIVE": ["long-transaction", *INDEX],
        "DROP_INDEX": ["blocking-index-drop"],
        "REINDEX": INDEX,
        "RUNPYTHON_REVERSIBLE": ["irreversible-operation"],
        "RUNSQL_REVERSIBLE": ["irreversible-operation"],
        "RUNPYTHON_ARGS_NAMING_CONVENTION": ["runpython-arguments"],
        "RUNPYTHON_MODEL_IMPORT": ["imports-model"],
        "RUNPYTHON_MODEL_VARIABLE_NAME": ["runpython-variable"],
    },
    "django-safe-migrations": {
        "SM001": NOT_NULL,
        "SM002": ["remove-field", "delete-model"],
        "SM003": ["delete-model"],
        "SM004": TYPE,
        "SM005": KEY,
        "SM006": ["rename-field"],
        "SM007": ["irreversible-operation"],
        "SM008": ["unbatched-update"],
        "SM009": UNIQUE,
        "SM010": INDEX,
        "SM011": UNIQUE,
        "SM012": ["sql-enum-value"],
        "SM013": ["narrow-field"],
        "SM014": ["rename-model"],
        "SM015": [],
        "SM016": ["irreversible-operation"],
        "SM017": ["validating-constraint", "add-check"],
        "SM018": ["concurrent-in-transaction"],
        "SM019": ["reserved-name"],
        "SM020": ["set-not-null"],
        "SM021": UNIQUE,
        "SM022": ["table-rewrite", "unique-callable-default"],
        "SM023": [],
        "SM024": ["sql-built-from-values"],
        "SM025": ["foreign-key-without-index"],
        "SM026": ["unbatched-update"],
        "SM027": ["conflicting-migrations"],
        "SM028": ["small-primary-key"],
        "SM029": [],
        "SM030": ["blocking-index-drop"],
        "SM031": [],
        "SM032": [],
        "SM033": ["add-not-null-field", "table-rewrite"],
        "SM034": [],
        "SM035": ["no-lock-timeout"],
        "SM036": ["concurrent-not-alone"],
        "SM037": ["imports-model"],
        "SM038": ["schema-and-data", "long-transaction"],
        "SM040": ["unique-callable-default"],
        "SM041": ["table-rewrite"],
        "SM042": ["change-primary-key"],
        "SM047": ["validating-constraint"],
        "SM048": ["sql-truncate"],
        "SM049": ["sql-transaction"],
        "SM050": ["sql-drop"],
        "SM054": ["long-transaction"],
        "SM056": ["add-exclusion"],
    },
    "django-zdm": {
        "R001": INDEX,
        "R002": UNIQUE,
        "R003": INDEX,
        "R004": ["concurrent-in-transaction"],
        "R005": ["remove-field", "delete-model"],
        "R006": KEY,
        "R010": ["add-not-null-field"],
        "R011": ["rename-field"],
        "R012": ["irreversible-operation"],
        "R013": ["irreversible-operation"],
        "R014": ["imports-model"],
        "R015": ["set-not-null"],
        "R016": ["blocking-index-drop"],
        "R017": ["validating-constraint", "blocking-index", "add-unique", "add-check", "add-exclusion"],
    },
}

# Runs in the project's environment: lints each migration just before it is applied.
RUNNER = r'''
import json, sys
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_migration_linter import MigrationLinter
from django_safe_migrations.analyzer import MigrationAnalyzer

root, out = sys.argv[1:]
executor = MigrationExecutor(connection)
plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
linter = MigrationLinter(root, no_cache=True, no_output=True)
from django_migration_linter.sql_analyser import analyse_sql_statements
found, plans, failed = [], [], []

def own(migration):
    module = sys.modules[type(migration).__module__]
    return getattr(module, "__file__", None) or ""

state = executor._create_project_state(with_applied_migrations=True)
for migration, _ in plan:
    file = own(migration)
    if file.startswith(root.rstrip("/") + "/"):
        plans.append([migration.app_label, migration.name, file])
        try:
            sql = linter.get_sql(migration.app_label, migration.name)
            issues = analyse_sql_statements(linter.sql_analyser_class, sql, [])
            data = linter.analyse_data_migration(migration)
            for part in (*issues, *data):
                found += [[migration.app_label, migration.name, issue.code, issue.message] for issue in part or []]
        except Exception as error:
            failed.append([migration.app_label, migration.name, f"{type(error).__name__}: {error}"])
    state = executor.apply_migration(state, migration)
issues = MigrationAnalyzer().analyze_all()
json.dump({
    "plan": plans,
    "linter": found,
    "failed": failed,
    "safe": [[i.app_label, i.migration_name, i.rule_id, i.message] for i in issues],
}, open(out, "w"))
'''


def call(command, **options):
    """Runs a command; its error output is shown if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    return done.returncode, done.stdout, done.stderr


def install(python, folder):
    """Installs the tools beside the environment, without Django: that is the environment's."""
    if (folder / "django_migration_linter").is_dir():
        return
    pip = ["uv", "pip", "install", "-q", "--python", python] if shutil.which("uv") else [python, "-m", "pip", "install", "-q"]
    for packages, more in ((PACKAGES, ["--no-deps"]), (NEEDED, [])):
        code, _, error = call([*pip, "--target", str(folder), *more, *packages])
        if code:
            sys.exit(f"the tools can't be installed: {error.strip()}")


class Scratch:
    """A database of its own on a server, dropped in the end."""

    def __init__(self, url, name, python, env):
        self.url = urllib.parse.urlsplit(url)
        self.name, self.python, self.env = name, python, env

    def run(self, statement):
        connect = {"host": self.url.hostname, "user": self.url.username, "dbname": self.url.path.strip("/") or "postgres"}
        if self.url.port:
            connect["port"] = self.url.port
        if self.url.password:
            connect["password"] = self.url.password
        code = f"import psycopg\nwith psycopg.connect(autocommit=True, **{connect!r}) as c: c.execute({statement!r})"
        code, _, error = call([self.python, "-c", code], env=self.env)
        if code:
            sys.exit(f"the database server does not do `{statement}`: {error.strip().splitlines()[-1]}")

    def __enter__(self):
        self.run(f'DROP DATABASE IF EXISTS "{self.name}"')
        self.run(f'CREATE DATABASE "{self.name}"')
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "HOST": self.url.hostname or "",
            "PORT": str(self.url.port or ""),
            "USER": self.url.username or "",
            "PASSWORD": self.url.password or "",
        }

    def __exit__(self, *_):
        self.run(f'DROP DATABASE IF EXISTS "{self.name}"')


def run(options):
    """Lets all four look at one project, and writes what each says."""
    root = str(Path(options.root).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        tools = Path(options.tools).resolve() if options.tools else work / "tools"
        install(options.python, tools)
        path = os.pathsep.join([str(work), root, *options.python_path, str(tools)])
        env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "DJANGO_SETTINGS_MODULE": "compared_settings"}
        with Scratch(options.postgresql, f"migcheck_compare_{options.name}", options.python, env) as database:
            (work / "compared_settings.py").write_text(
                f"from {options.settings} import *\nDATABASES = {{'default': {database!r}}}\nDATABASE_ROUTERS = []\n"
                "INSTALLED_APPS = [*INSTALLED_APPS, 'django_migration_linter', 'django_safe_migrations']\n"
            )
            (work / "runner.py").write_text(RUNNER)
            answer = work / "answer.json"
            code, _, error = call([options.python, str(work / "runner.py"), root, str(answer)], env=env, cwd=root)
            if code:
                sys.exit(f"the tools fail on {options.name}:\n{error[-3000:]}")
        theirs = json.loads(answer.read_text())
        _, text, _ = call([str(tools / "bin" / "zdm"), "--output-format", "json", root], cwd=root)
        zdm = json.loads(text)["diagnostics"]
    ours = [options.migcheck, "check", root, "--settings", options.settings, "--format", "json", "--pedantic", "-q"]
    for folder in [*options.python_path, *site_packages(options.python)]:
        ours += ["--python-path", folder]
    _, text, error = call([*ours, "--dialect", "postgresql"])
    if not text:
        sys.exit(f"migcheck fails on {options.name}: {error}")
    write(options, root, theirs, zdm, json.loads(text)["findings"])


def site_packages(python):
    """Where the environment keeps its packages."""
    _, text, _ = call([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    return [text.strip()]


def write(options, root, theirs, zdm, findings):
    """Everything by migration, of the migrations that all of them could see."""
    plan = {(app, name): file for app, name, file in theirs["plan"]}
    by_file = {os.path.realpath(file): key for key, file in plan.items()}
    result = {"name": options.name, "migrations": len(plan), "failed": theirs["failed"], "ours": [], "theirs": {}}
    for finding in findings:
        key = (finding["app"], finding["migration"])
        if key in plan:
            result["ours"].append([*key, finding["rule"], finding["message"], finding["severity"]])
    seen = {"django-migration-linter": theirs["linter"], "django-safe-migrations": theirs["safe"]}
    diagnostics = []
    for one in zdm:
        key = by_file.get(os.path.realpath(os.path.join(root, one["path"])))
        if key:
            diagnostics.append([*key, one["rule_id"], one["message"]])
    seen["django-zdm"] = diagnostics
    for tool, found in seen.items():
        result["theirs"][tool] = [one for one in found if (one[0], one[1]) in plan]
    Path(options.output).write_text(json.dumps(result, indent=1))
    counts = ", ".join(f"{tool} {len(found)}" for tool, found in result["theirs"].items())
    print(f"{options.name}: {len(plan)} migrations, ours {len(result['ours'])}, {counts}; {len(theirs['failed'])} without SQL")


def table(options):
    """The tables of docs/compared.md, and a sample of what one side has alone."""
    results = [json.loads(Path(file).read_text()) for file in options.results]
    names = ", ".join(f"{result['name']} ({result['migrations']} migrations)" for result in results)
    print(f"Projects: {names}.\n")
    for tool in TOOLS:
        theirs_alone(tool, results, options.sample)
    ours_alone(results, options.sample)


def theirs_alone(tool, results, sample):
    """Their findings, and how many of them have one of ours at the same migration."""
    total, alone, shown = Counter(), Counter(), defaultdict(list)
    for result in results:
        ours = defaultdict(set)
        for app, name, rule, *_ in result["ours"]:
            ours[app, name].add(rule)
        for app, name, code, message in result["theirs"][tool]:
            total[code] += 1
            if not ours[app, name] & set(EQUIVALENT[tool].get(code, [])):
                alone[code] += 1
                shown[code].append(f"{result['name']} {app}.{name}: {message}")
    print(f"### What {tool} has\n\n| code | findings | ours at the same migration | theirs alone |\n|---|---|---|---|")
    for code, count in sorted(total.items()):
        print(f"| {code} | {count} | {count - alone[code]} | {alone[code]} |")
    print(f"| all | {total.total()} | {total.total() - alone.total()} | {alone.total()} |\n")
    examples(shown, sample)


def ours_alone(results, sample):
    """Our findings, and how many of them each tool has at the same migration."""
    total, alone, shown = Counter(), Counter(), defaultdict(list)
    has = {tool: Counter() for tool in TOOLS}
    severity = {}
    for result in results:
        theirs = {tool: defaultdict(set) for tool in TOOLS}
        for tool in TOOLS:
            for app, name, code, _ in result["theirs"][tool]:
                theirs[tool][app, name].update(EQUIVALENT[tool].get(code, []))
        for app, name, rule, message, level in result["ours"]:
            total[rule] += 1
            severity[rule] = level
            having = [tool for tool in TOOLS if rule in theirs[tool][app, name]]
            has_one(has, having, rule)
            if not having:
                alone[rule] += 1
                shown[rule].append(f"{result['name']} {app}.{name}: {message}")
    print("### What migcheck has\n\n| rule | findings | " + " | ".join(TOOLS) + " | ours alone |\n|---" + "|---" * 5 + "|")
    for rule, count in sorted(total.items()):
        note = " (pedantic)" if severity[rule] == "pedantic" else ""
        cells = " | ".join(str(has[tool][rule]) for tool in TOOLS)
        print(f"| `{rule}`{note} | {count} | {cells} | {alone[rule]} |")
    print(f"| all | {total.total()} | {' | '.join(str(has[tool].total()) for tool in TOOLS)} | {alone.total()} |\n")
    examples(shown, sample)


def has_one(has, tools, rule):
    """Counts a finding for each tool that has it."""
    for tool in tools:
        has[tool][rule] += 1


def examples(shown, sample):
    """A few of each rule, the same ones each time."""
    if not sample:
        return
    chosen = random.Random(SEED)
    for rule, found in sorted(shown.items()):
        print(f"- {rule}")
        for line in chosen.sample(found, min(sample, len(found))):
            print(f"  - {line}")
    print()


def main():
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("run", help="look at one project")
    one.add_argument("--name", required=True, help="what to call it")
    one.add_argument("--root", required=True, help="folder of the project's code")
    one.add_argument("--settings", required=True, help="settings module")
    one.add_argument("--python", required=True, help="Python of an environment in which the project runs")
    one.add_argument("--python-path", action="append", default=[], help="a further folder of code")
    one.add_argument("--postgresql", required=True, help="server on which a database may be made: postgresql://user@host")
    one.add_argument("--migcheck", default="target/release/migcheck", help="the program")
    one.add_argument("--tools", help="folder to keep the tools in")
    one.add_argument("--output", required=True, help="where the answer goes")
    both = commands.add_parser("table", help="print the tables for some answers")
    both.add_argument("results", nargs="+")
    both.add_argument("--sample", type=int, default=0, help="show so many findings of each rule that one side has alone")
    options = parser.parse_args()
    (run if options.command == "run" else table)(options)


if __name__ == "__main__":
    main()
