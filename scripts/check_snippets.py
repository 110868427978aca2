#!/usr/bin/env python3
"""Runs the safe migrations that findings show through real Django and PostgreSQL.

    check_snippets.py --migcheck BINARY [--postgresql CONNINFO] [--django 5.2] [--only CASE ...] [--check]

For each case of snippet_cases.py: a project with the risky migration is checked, the Python of the
finding's help is put in that migration's place, and both are migrated on databases of their own.
The safe way must end in the same project state and the same columns, constraints and indexes (but
where the case says what differs by design; that it does is held too; or that the direct way fails on rows), and no statement of it may read
or rewrite a table while it holds a lock there that writes wait for. The
result is written to snippet_cases.json, or with --check held against it. Exit status 1 if a case
fails. Needs a running server (default: loopback, user `postgres`) whose user may make databases,
network on first use, and Python 3.10.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import venv

HERE = pathlib.Path(__file__).resolve().parent
RECORD = HERE / "snippet_cases.json"
HEAD = """import uuid

from django.contrib.postgres.operations import *
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "{before}")]
"""
SETTINGS = """SECRET_KEY = "x"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["shop"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", **{database!r}}}}}
"""
MANAGE = """import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""


def environment(cache, django):
    """The Python of an environment that has Django and a driver."""
    folder = cache / f"django-{django}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", f"django=={django}.*", "psycopg[binary]>=3.2,<4"], check=True)
    return python


def write_project(root, database, migrations):
    """A project with one app; `migrations` are (name, source)."""
    package = root / "shop" / "migrations"
    package.mkdir(parents=True)
    (root / "manage.py").write_text(MANAGE)
    (root / "settings.py").write_text(SETTINGS.format(database=database))
    for init in (root / "shop" / "__init__.py", package / "__init__.py", root / "shop" / "models.py"):
        init.write_text("")
    for name, source in migrations:
        (package / f"{name}.py").write_text(source)


def blocks(markdown):
    """The Python of a finding's help, in order."""
    return re.findall(r"^```python\n(.*?)^```", markdown, re.M | re.S)


def migrations_of(block, before, name):
    """A block of help as a migration: whole, attributes, or bare operations."""
    imports = "\n".join(line for line in block.splitlines() if re.match(r"(from|import) ", line))
    rest = "\n".join(line for line in block.splitlines() if not re.match(r"(from|import) ", line)).strip()
    functions = ""
    if rest.startswith("def "):
        ends = re.search(r"^(?!def |[ \t]|$)", rest, re.M)
        functions, rest = (rest[: ends.start()], rest[ends.start() :]) if ends else (rest, "")
    if not re.search(r"^(operations|atomic) =", rest, re.M):
        rest = "operations = [\n" + "\n".join("    " + line for line in rest.splitlines()) + "\n]"
    body = "\n".join("    " + line for line in rest.splitlines())
    head = HEAD.format(before=before).replace("\n\nclass", f"\n{imports}\n\n{functions}\n\nclass", 1)
    return name, head + body + "\n"


def run(python, root, *arguments):
    done = subprocess.run([python, *arguments], cwd=root, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return done.stdout


def check(case, python, migcheck, database):
    """What came of a case."""
    answer = subprocess.run([python, HERE / "snippet_database.py", json.dumps(database), "reset"], check=True, text=True,
                            capture_output=True)
    del answer
    with tempfile.TemporaryDirectory() as folder:
        direct, safe = pathlib.Path(folder) / "direct", pathlib.Path(folder) / "safe"
        first = [("0001_initial", case["before"])]
        risky = ("0002_change", HEAD.format(before="0001_initial") + "    operations = [\n        " + case["operation"] + "\n    ]\n")
        write_project(direct, database["direct"], [*first, risky])
        told = subprocess.run([migcheck, "check", "--format", "json", "--quiet", "--dialect", "postgresql:15", "--select", case["rule"], direct],
                              capture_output=True, text=True)
        findings = json.loads(told.stdout)["findings"]
        if len(findings) != 1:
            return {"case": case["name"], "failed": f"{len(findings)} findings of {case['rule']}"}
        steps, before = [], "0001_initial"
        for index, block in enumerate(blocks(findings[0]["help"] + "\n")):
            name, source = migrations_of(block, before, f"{index + 2:04}_safe")
            steps.append((name, source))
            before = name
        write_project(safe, database["safe"], [*first, *steps])
        answers = {}
        ways = [(safe, "safe")] if case.get("fails") else [(direct, "direct"), (safe, "safe")]
        if case.get("fails") and not fails(python, direct, database["direct"]):
            return {"case": case["name"], "failed": "the direct way does not fail"}
        for root, which in ways:
            answers[which] = json.loads(run(python, root, HERE / "snippet_database.py", json.dumps(database[which]), "migrate"))
        result = {"case": case["name"], "rule": case["rule"], "migrations": len(steps)}
        if case.get("fails"):
            result["direct fails"], result["safe blocks"] = True, answers["safe"]["blocked"]
            if answers["safe"]["blocked"]:
                result["failed"] = "it blocks"
            return result
        differs = [what for what in ("state", "schema") if answers["direct"][what] != answers["safe"][what]]
        if differs != list(case.get("differs", ())):
            result["failed"] = f"differs: {differs}: " + " / ".join(
                str(answers[which][what]) for what in differs for which in ("direct", "safe"))
        result["differs by design"] = differs
        # What is over in a moment harms by waiting for the lock itself: there must be none.
        seen = "held" if case.get("brief") else "blocked"
        result["direct blocks"] = answers["direct"][seen]
        result["safe blocks"] = answers["safe"][seen]
        if answers["safe"][seen]:
            result["failed"] = "it blocks"
        if not answers["direct"][seen] and not case.get("quick"):
            result["failed"] = "the direct way does not block: nothing is shown"
        return result


def fails(python, root, database):
    """Whether migrating fails."""
    try:
        run(python, root, HERE / "snippet_database.py", json.dumps(database), "migrate")
    except RuntimeError:
        return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--migcheck", type=pathlib.Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--user", default="postgres")
    parser.add_argument("--django", default="5.2")
    parser.add_argument("--only", nargs="+", metavar="CASE")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "migcheck-measure")
    arguments = parser.parse_args()
    from snippet_cases import CASES

    python = environment(arguments.cache, arguments.django)
    database = {which: {"HOST": arguments.host, "USER": arguments.user, "NAME": f"migcheck_snippet_{which}"}
                for which in ("direct", "safe")}
    results = []
    for case in CASES:
        if arguments.only and case["name"] not in arguments.only:
            continue
        try:
            result = check(case, python, arguments.migcheck.resolve(), database)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            result = {"case": case["name"], "failed": str(error)}
        print(f"{case['name']:32} {result.get('failed') or 'safe'}")
        results.append(result)
    failed = [result for result in results if "failed" in result]
    right = [result for result in results if "failed" not in result]
    apart = {result["case"]: result["differs by design"] for result in right if result.get("differs by design")}
    print(f"{len(results)} snippets: {len(right)} block nobody; {len(right) - len(apart)} of them end in the same state and schema as the "
          f"direct way, {len(apart)} differ by design" + "".join(f"; {name}: {', '.join(what)}" for name, what in apart.items()))
    if not arguments.only:
        text = json.dumps(results, indent=1) + "\n"
        if arguments.check and RECORD.read_text() != text:
            print(f"{RECORD.name} says otherwise")
            return 1
        if not arguments.check and not failed:
            RECORD.write_text(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
