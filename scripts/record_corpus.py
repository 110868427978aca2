#!/usr/bin/env python3
"""Records what real Django says of each project under corpus/.

    record_corpus.py [--only CASE ...] [--django 5.2 ...] [--check | --absent]

For each case and each Django version that its case.toml names, writes corpus/CASE/django-VERSION.json.
Django, the driver that its PostgreSQL parts import (psycopg 2 up to Django 4.2, psycopg 3 from 5.2 on: they write values
differently, and both are in use) and the one for Oracle come from PyPI into environments below --cache, made on first use (needs `uv` and network).
With --absent only answers without all questions are asked for again. With --check nothing is written, and the exit status
is 1 if an answer differs from what is recorded.
Needs Python 3.11.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"
PYTHONS = {"3.2": "3.9", "4.2": "3.10", "5.2": "3.12", "6.0": "3.13", "6.1": "3.13"}
PSYCOPG_2 = ("3.2", "4.2")
DEFAULT = ["4.2", "5.2", "6.1"]
QUESTIONS = {"models", "graph", "state", "missing", "sql"}


def environment(cache, version):
    folder = cache / f"django-{version}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run(["uv", "venv", "-q", "--python", PYTHONS[version], folder], check=True)
        driver = "psycopg2-binary" if version in PSYCOPG_2 else "psycopg[binary]>=3.2,<4"
        subprocess.run(["uv", "pip", "install", "-q", "--python", python, f"django=={version}.*", driver, "oracledb>=2,<4"], check=True)
    return python


def settings_of(root, case):
    if "settings" in case:
        return case["settings"]
    text = (root / "manage.py").read_text()
    return re.search(r"DJANGO_SETTINGS_MODULE[\"'],\s*[\"']([\w.]+)", text).group(1)


def ask(python, root, settings):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "PYTHON", "VIRTUAL_ENV"))}
    environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    command = [python, HERE / "corpus_answer.py", settings]
    done = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{root}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def compact(value, depth):
    """JSON with a line for each item down to `depth`, so that a changed answer is a changed line."""
    if depth == 0 or not value or not isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[\n" + ",\n".join(json.dumps(v, ensure_ascii=False) for v in value) + "\n]"
    return "{\n" + ",\n".join(f"{json.dumps(k)}: {compact(v, depth - 1)}" for k, v in value.items()) + "\n}"


def record(folder, case, version, python):
    roots = case.get("roots", ["."])
    projects = {root: ask(python, folder / root, settings_of(folder / root, case)) for root in roots}
    return compact({"django": version, "projects": projects}, 5) + "\n"


def complete(path):
    """Whether an answer is recorded that says something of every question, or which error there is instead."""
    if not path.exists():
        return False
    answers = json.loads(path.read_text())["projects"].values()
    return all(answer.keys() >= QUESTIONS or "error" in answer or "error" in answer["graph"] for answer in answers)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--django", nargs="*", default=list(PYTHONS))
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "migcheck-corpus")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true")
    what.add_argument("--absent", action="store_true")
    options = parser.parse_args()
    work = []
    for path in sorted(CORPUS.glob("*/case.toml")):
        case = tomllib.loads(path.read_text())
        if not options.only or path.parent.name in options.only:
            versions = case.get("django", DEFAULT)
            work += [(path.parent, case, version) for version in versions if version in options.django]
    if options.absent:
        work = [(folder, case, version) for folder, case, version in work if not complete(folder / f"django-{version}.json")]
    pythons = {version: environment(options.cache, version) for version in sorted({v for _, _, v in work})}
    status = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(record, folder, case, version, pythons[version]): (folder, version) for folder, case, version in work}
        for job in concurrent.futures.as_completed(jobs):
            folder, version = jobs[job]
            target = folder / f"django-{version}.json"
            try:
                text = job.result()
            except Exception as error:
                print(f"{folder.name} on Django {version}: {error}", file=sys.stderr)
                status = 1
                continue
            if options.check and (not target.exists() or target.read_text() != text):
                print(f"{folder.name} on Django {version}: the answer differs from {target.name}", file=sys.stderr)
                status = 1
            elif not options.check:
                target.write_text(text)
    print(f"{len(work)} answers", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
