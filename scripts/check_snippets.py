#!/usr/bin/env python3
"""Runs the safe migrations that findings show through real Django and PostgreSQL.

    check_snippets.py --migcheck BINARY [--postgresql CONNINFO] [--django 5.2] [--only CASE ...] [--check]

For each case of snippet_cases.py: a project with the risky migration is checked, the Python of the
finding's help is put where its caption says (in that migration's place, before or after its operation, in the next
migration), and both are migrated on databases of their own. A migration has the imports that every migration has,
those of the risky one, and those that the help shows.
The safe way must end in the same project state and the same columns, constraints and indexes (but
where the case says what differs by design; that it does is held too; or that the direct way fails on rows), and no statement of it may read
or rewrite a table while it holds a lock there that writes wait for. What the case says of the time after it is held, too:
statements of the old release that work, the way back, a query that finds rows which the operation would fail on. The
result is written to snippet_cases.json, or with --check held against it; tests/snippets.rs holds that no rule's help is
without a case. Exit status 1 if a case
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
HEAD = """{imports}
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "{before}")]
"""
SETTINGS = """SECRET_KEY = "x"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["shop"]
DATABASES = {{"default": {database!r}}}
{more}
"""
# Where the code under a caption goes; in place of the risky migration where nothing is said.
PLACES = {
    "must be empty": "query",
    "after the operation, in the same migration": "after",
    "before it": "before",
    "in the migration, first": "before",
    "before this migration": "earlier",
    "in the next migration": "later",
    "in the migration": "attributes",
    "or in the settings": "settings",
}
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
        subprocess.run([python, "-m", "pip", "install", "-q", f"django=={django}.*", "psycopg[binary]>=3.2,<4", "pymysql"], check=True)
    return python


def write_project(root, database, migrations, case, options=""):
    """A project with one app; `migrations` are (name, source)."""
    package = root / "shop" / "migrations"
    package.mkdir(parents=True)
    (root / "manage.py").write_text(MANAGE)
    more = case.get("settings", "")
    if options:
        more += "\nDATABASES['default'].update({" + options + "})\n"
    (root / "settings.py").write_text(SETTINGS.format(database=database, more=more))
    for init in (root / "shop" / "__init__.py", package / "__init__.py"):
        init.write_text("")
    (root / "shop" / "models.py").write_text(case.get("models", ""))
    for name, source in migrations:
        (package / f"{name}.py").write_text(source)


def blocks(markdown):
    """The Python of a finding's help, in order, each with its caption."""
    return re.findall(r"^([^\n]+):\n```python\n(.*?)^```", markdown, re.M | re.S)


def migration(block, before, imports=""):
    """A block of help as a migration: whole, attributes, or bare operations."""
    lines = block.splitlines()
    is_import = re.compile(r"(from|import) ").match
    imports = "\n".join([imports, *filter(is_import, lines)])
    rest = "\n".join(line for line in lines if not is_import(line)).strip()
    functions = ""
    if rest.startswith("def "):
        ends = re.search(r"^(?!def |[ \t]|$)", rest, re.M)
        functions, rest = (rest[: ends.start()], rest[ends.start() :]) if ends else (rest, "")
    if not re.search(r"^(operations|atomic) =", rest, re.M):
        rest = "operations = [\n" + "\n".join("    " + line for line in rest.splitlines()) + "\n]"
    body = "\n".join("    " + line for line in rest.splitlines())
    head = HEAD.format(imports=imports, before=before).replace("\n\nclass", f"\n\n{functions}\n\nclass", 1)
    return head + body + "\n"


def run(python, root, *arguments):
    done = subprocess.run([python, *arguments], cwd=root, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip() or done.stdout.strip()).splitlines()[-1])
    return done.stdout


def told(case, migcheck, root):
    """The help of the finding."""
    done = subprocess.run([migcheck, "check", "--format", "json", "--quiet", "--dialect", case["on"], "--select", case["rule"], root],
                          capture_output=True, text=True)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    findings = json.loads(done.stdout)["findings"]
    if len(findings) != case.get("findings", 1):
        raise RuntimeError(f"{len(findings)} findings of {case['rule']}")
    return findings[case.get("finding", 0)]["help"] + "\n"


def placed(case, help):
    """The code of the help by its place, filled in where it leaves something to its reader."""
    found = {"instead": []}
    for caption, code in blocks(help):
        for gap, filled in case.get("fill", ()):
            code = code.replace(gap, filled)
        if caption in case.get("wrap", {}):
            place, around = "instead", case["wrap"][caption]
            margin = re.search(r"^[ ]*(?=\{code\})", around, re.M)
            code = around.replace("{code}", code.strip().replace("\n", "\n" + (margin.group() if margin else "")))
        else:
            place = PLACES.get(caption, "instead")
        found.setdefault(place, []).append(code)
    return found


def safe_way(case, found):
    """Sources of the migrations that the help makes of the risky one."""
    imports, risky = case.get("imports", ""), case["operation"]
    within = {place: "\n".join(found.get(place, ())) for place in ("before", "after", "attributes")}
    if any(within.values()):
        if "operations = [" not in risky:
            risky = f"operations = [\n{risky}\n]"
        top, inside = risky.split("operations = [\n", 1)
        own = [line for place in ("before", "after") for line in within[place].splitlines() if re.match(r"(from|import) ", line)]
        before, after = (re.sub(r"^(from|import) .*\n+", "", within[place], flags=re.M) for place in ("before", "after"))
        attributes = "\n".join(line.strip() for line in within["attributes"].splitlines() if "=" in line)
        risky = "\n".join([*own, top + attributes, f"operations = [\n{before}\n{inside.rstrip().removesuffix(']')}\n{after}\n]"])
    here = found["instead"] or [risky]
    return [(code, imports) for code in (*found.get("earlier", []), *here, *found.get("later", []))]


def check(case, python, migcheck, databases):
    """What came of a case."""
    vendor = case["on"].partition(":")[0]
    server = databases[vendor]
    subprocess.run([python, HERE / "snippet_database.py", json.dumps(server), "reset"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        direct, safe = pathlib.Path(folder) / "direct", pathlib.Path(folder) / "safe"
        if vendor == "sqlite":
            server = {which: {**server[which], "NAME": str(pathlib.Path(folder) / f"{which}.sqlite3")} for which in server}
        first = ("0001_initial", case["before"])
        write_project(direct, server["direct"], [first, ("0002_change", migration(case["operation"], "0001_initial", case.get("imports", "")))], case)
        help = told(case, migcheck, direct)
        captions = [caption for caption, _ in blocks(help)]
        found = placed(case, help)
        steps, before = [], "0001_initial"
        for index, (code, imports) in enumerate(safe_way(case, found)):
            name = f"{index + 2:04}_safe"
            steps.append((name, migration(code, before, imports)))
            before = name
        write_project(safe, server["safe"], [first, *steps], case, "".join(found.get("settings", ())))
        asks = {key: case[key] for key in ("works", "back", "violate", "left") if key in case}
        if found.get("query"):
            asks["query"] = found["query"][0]
        result = {"case": case["name"], "rule": case["rule"], "on": case["on"], "captions": captions, "migrations": len(steps)}
        ask = lambda root, which: json.loads(run(python, root, HERE / "snippet_database.py", json.dumps(server[which]), "migrate",
                                                 json.dumps(asks)))
        if case.get("fails"):
            try:
                ask(direct, "direct")
            except RuntimeError:
                pass
            else:
                return {**result, "failed": "the direct way does not fail"}
            answer = ask(safe, "safe")
            result["direct fails"], result["safe blocks"] = True, answer["blocked"]
            failures = answer["failures"] + (["it blocks"] if answer["blocked"] else [])
            return {**result, "failed": "; ".join(failures)} if failures else result
        answers = {"direct": ask(direct, "direct"), "safe": ask(safe, "safe")}
        return compared(case, result, answers)


def compared(case, result, answers):
    """Holds the answers of both ways against each other and against what the case says."""
    failures = list(answers["safe"]["failures"])
    if ("works" in case or "back" in case) and not answers["direct"]["failures"]:
        failures.append("the direct way breaks nothing: nothing is shown")
    differs = [what for what in ("state", "schema") if answers["direct"][what] != answers["safe"][what]]
    if differs != list(case.get("differs", ())):
        failures.append(f"differs: {differs}: " + " / ".join(
            str(answers[which][what]) for what in differs for which in ("direct", "safe")))
    result["differs by design"] = differs
    # What is over in a moment harms by waiting for the lock itself: there must be none.
    seen = "held" if case.get("brief") else "blocked"
    result["direct blocks"] = answers["direct"][seen]
    result["safe blocks"] = answers["safe"][seen]
    # Where a query is all there is, the operation is as it was: what it blocks is told by another rule.
    if result["captions"] == ["must be empty"]:
        return {**result, "failed": "; ".join(failures)} if failures else result
    if answers["safe"][seen]:
        failures.append("it blocks")
    if not answers["direct"][seen] and not case.get("quick"):
        failures.append("the direct way does not block: nothing is shown")
    return {**result, "failed": "; ".join(failures)} if failures else result


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
    from snippet_cases import APART, CASES

    python = environment(arguments.cache, arguments.django)
    names = {which: f"migcheck_snippet_{which}" for which in ("direct", "safe")}
    databases = {
        "postgresql": {which: {"ENGINE": "django.db.backends.postgresql", "HOST": arguments.host, "USER": arguments.user, "NAME": name}
                       for which, name in names.items()},
        "mariadb": {which: {"ENGINE": "django.db.backends.mysql", "HOST": arguments.host, "USER": "root", "NAME": name}
                    for which, name in names.items()},
        "sqlite": {which: {"ENGINE": "django.db.backends.sqlite3", "NAME": name} for which, name in names.items()},
    }
    results = []
    for case in CASES:
        if arguments.only and case["name"] not in arguments.only:
            continue
        try:
            result = check(case, python, arguments.migcheck.resolve(), databases)
        except (RuntimeError, subprocess.CalledProcessError, SyntaxError, AssertionError) as error:
            result = {"case": case["name"], "failed": str(error)}
        print(f"{case['name']:32} {result.get('failed') or 'safe'}", flush=True)
        results.append(result)
    failed = [result for result in results if "failed" in result]
    right = [result for result in results if "failed" not in result]
    apart = {result["case"]: result["differs by design"] for result in right if result.get("differs by design")}
    watched = sum(result["on"].startswith("postgresql") for result in right)
    print(f"{len(results)} snippets: {watched} on PostgreSQL block nobody, {len(right) - watched} on others run; {len(right) - len(apart)} end in the "
          f"same state and schema as the direct way, {len(apart)} differ by design" + "".join(f"; {name}: {', '.join(what)}" for name, what in apart.items()))
    if not arguments.only:
        apart = [{"rule": rule, "caption": caption, "why": why} for (rule, caption), why in APART.items()]
        text = json.dumps({"cases": results, "apart": apart}, indent=1) + "\n"
        if arguments.check and RECORD.read_text() != text:
            print(f"{RECORD.name} says otherwise")
            return 1
        if not arguments.check and not failed:
            RECORD.write_text(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
