#!/usr/bin/env python3
"""Asks real database servers what each kind of statement locks, scans and writes.

    measure_locks.py [--only postgresql|mariadb|sqlite ...] [--check]
                     [--postgresql CONNINFO] [--mariadb HOST:PORT:USER:PASSWORD]

Writes src/database/measured/SERVER-VERSION.json, which the tests hold the table of facts to. With
--check nothing is written, and the exit status is 1 if an answer differs from what is recorded.
The servers must be running (default: loopback, users `postgres` and `root`, no password) and their
user may make databases; what is made is named `migcheck_measure` and dropped again. The drivers
come from PyPI into an environment below --cache, made on first use. Needs Python 3.9. MariaDB takes some minutes
where a disk is slow or busy, as it makes a thousand tables; each case is told as it is begun with --verbose.
"""

import argparse
import importlib
import json
import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
MEASURED = HERE.parent / "src" / "database" / "measured"
DRIVERS = ["psycopg[binary]>=3.2,<4", "pymysql>=1.1,<2"]


def with_drivers(cache):
    """Starts this script again in an environment that has the drivers."""
    if os.environ.get("MIGCHECK_MEASURE") == "inside":
        return
    folder = cache / "measure"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *DRIVERS], check=True)
    done = subprocess.run([python, __file__, *sys.argv[1:]], env=os.environ | {"MIGCHECK_MEASURE": "inside"})
    sys.exit(done.returncode)


def text_of(record):
    """JSON with a line for each row, so that a changed answer is a changed line."""
    lines = []
    for key, value in record.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"{json.dumps(k)}: {json.dumps(value[k])}" for k in sorted(value))
            lines.append(f"{json.dumps(key)}: {{\n{inner}\n}}")
        elif isinstance(value, list):
            inner = ",\n".join(json.dumps(item) for item in value)
            lines.append(f"{json.dumps(key)}: [\n{inner}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=["postgresql", "mariadb", "sqlite"])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--postgresql", default="host=127.0.0.1 user=postgres", metavar="CONNINFO")
    parser.add_argument("--mariadb", default="127.0.0.1:3306:root:", metavar="HOST:PORT:USER:PASSWORD")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "migcheck-measure")
    arguments = parser.parse_args()
    with_drivers(arguments.cache)

    sys.dont_write_bytecode = True
    status = 0
    for server in arguments.only or ["postgresql", "mariadb", "sqlite"]:
        module = importlib.import_module(f"lock_cases.measure_{server}")
        tell = (lambda text: print(f"{server}: {text}", file=sys.stderr, flush=True)) if arguments.verbose else (lambda text: None)
        record, failures = module.measure(getattr(arguments, server, None), tell)
        for failure in failures:
            print(f"{server}: {failure}", file=sys.stderr)
            status = 1
        text = text_of(record)
        path = MEASURED / f"{record['server']}-{record['version']}.json"
        if not arguments.check:
            MEASURED.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f"{server}: differs from {path.relative_to(HERE.parent)}", file=sys.stderr)
            status = 1
        print(f"{server} {record['version']}: {len(record['rows'])} statements, {len(record.get('type_changes', []))} changes of type")
    return status


if __name__ == "__main__":
    sys.exit(main())
