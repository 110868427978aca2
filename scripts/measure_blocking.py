#!/usr/bin/env python3
"""Runs real Django migrations on a busy PostgreSQL and sees who waits: as the table of facts says?

    measure_blocking.py [--postgresql CONNINFO] [--django 5.2] [--only CASE ...] [--verbose]

For each case of lock_cases/blocking.py a reader and a writer work on two tables without pause while
Django migrates. The migration's locks are held until each of them has either got through several
times or run into its lock_timeout. That is held against what migcheck says of the very SQL that
Django sent (`cargo run --example lock_facts`). Exit status 1 if they differ, or if fewer than ten
operations that block nobody and ten that do were seen. Needs a running server (default: loopback,
user `postgres`) whose user may make databases, network on first use, and Python 3.10.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent


def inside(cache, django):
    """Starts this script again in an environment that has Django."""
    if os.environ.get("MIGCHECK_MEASURE") == "inside":
        return
    folder = cache / f"django-{django}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", f"django=={django}.*", "psycopg[binary]>=3.2,<4"], check=True)
    done = subprocess.run([python, __file__, *sys.argv[1:]], env=os.environ | {"MIGCHECK_MEASURE": "inside"})
    sys.exit(done.returncode)


def facts_program():
    """The example that tells the facts, built."""
    subprocess.run(["cargo", "build", "-q", "--example", "lock_facts"], cwd=HERE.parent, check=True)
    answer = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=HERE.parent,
                            check=True, capture_output=True, text=True)
    return pathlib.Path(json.loads(answer.stdout)["target_directory"]) / "debug" / "examples" / "lock_facts"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", default="host=127.0.0.1 user=postgres", metavar="CONNINFO")
    parser.add_argument("--django", default="5.2")
    parser.add_argument("--only", nargs="+", metavar="CASE")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "migcheck-measure")
    arguments = parser.parse_args()
    inside(arguments.cache, arguments.django)

    sys.dont_write_bytecode = True
    from lock_cases import measure_blocking

    cases = measure_blocking.run(arguments.postgresql, facts_program(), arguments.only)
    differing = [case for case in cases if case["seen"] != case["expected"]]
    for case in cases:
        mark = "differs" if case in differing else "agrees"
        print(f"{case['name']:32} {mark:8} " + ", ".join(
            f"{table}: {case['seen'][table]}" + ("" if case["seen"][table] == case["expected"][table]
                                                 else f" (facts: {case['expected'][table]})")
            for table in sorted(case["seen"])))
        if arguments.verbose or case in differing:
            for statement in case["statements"]:
                print("    ", json.dumps(statement))
    free = sum(set(case["seen"].values()) == {"none"} for case in cases)
    print(f"{len(cases)} operations: {free} block nobody, {len(cases) - free} block; {len(differing)} differ from the facts")
    enough = bool(arguments.only) or (free >= 10 and len(cases) - free >= 10)
    return 1 if differing or not enough else 0


if __name__ == "__main__":
    sys.exit(main())
