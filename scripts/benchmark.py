#!/usr/bin/env python3
"""Times whole commands side by side on one project, in rounds, and prints medians and ratios.

    benchmark.py PROJECT --migcheck target/release/migcheck --floor target/release/examples/floor \\
        [--settings MODULE] [--python-path DIR]… [--rounds 7] [--python PYTHON] [--commands a,b,…]

Every round runs each command once, so that whatever else the machine does falls on all alike. The
first round warms the caches and is not counted. CPU time is the process's and its children's; the
memory is the most that one process had. Tools that are not installed are left out, and that is said.

The floor walks the tree, and reads and parses the very files that `check` parses, and nothing else.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def run(command, stdin=None, cwd=None):
    """Seconds of wall clock, seconds of CPU and bytes of memory."""
    with open(stdin or os.devnull, "rb") as source:
        before = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 if sys.platform == "darwin" else 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale, process.returncode


def commands(arguments, listed, files):
    root = str(arguments.project)
    options = ["--settings", arguments.settings] if arguments.settings else []
    for folder in arguments.python_path:
        options += ["--python-path", folder]
    migcheck = [arguments.migcheck]
    yield "floor", [arguments.floor, root], listed, None
    for name, words in {
        "check": ["check", "--format", "json"],
        "missing": ["missing", "--json"],
        "graph": ["graph", "--json"],
        "state": ["state", "--json"],
    }.items():
        yield name, migcheck + words[:1] + [root] + options + words[1:], None, None
    if ruff := shutil.which("ruff"):
        argfile = listed + ".ruff"
        Path(argfile).write_text("\n".join(files))
        yield "ruff check", [ruff, "check", "--isolated", "--no-cache", "--exit-zero", f"@{argfile}"], None, None
    if zdm := shutil.which("django-zdm") or shutil.which("zdm"):
        yield "django-zdm", [zdm, root], None, None
    if arguments.python:
        manage = str(next(arguments.project.rglob("manage.py"), arguments.project / "manage.py"))
        settings = [f"--settings={arguments.settings}"] if arguments.settings else []
        django = [arguments.python, manage]
        yield "makemigrations", [*django, "makemigrations", "--check", "--dry-run", *settings], None, root
        yield "lintmigrations", [*django, "lintmigrations", *settings], None, root


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("--migcheck", default="target/release/migcheck")
    parser.add_argument("--floor", default="target/release/examples/floor")
    parser.add_argument("--settings")
    parser.add_argument("--python-path", action="append", default=[])
    parser.add_argument("--python", help="the interpreter that has the project's Django")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--commands", help="only these, separated by commas")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        words = [arguments.floor, "--list", str(arguments.project), arguments.settings or ""]
        words += arguments.python_path
        listing = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        listed = str(Path(scratch) / "files")
        Path(listed).write_text(listing)
        files = listing.splitlines()
        every = list(commands(arguments, listed, files))
        if arguments.commands:
            wanted = set(arguments.commands.split(","))
            every = [one for one in every if one[0] in wanted]
        took = {name: [] for name, *_ in every}
        for turn in range(arguments.rounds + 1):
            for name, command, stdin, cwd in every:
                measured = run(command, stdin, cwd)
                if turn:
                    took[name].append(measured)
    size = sum(os.path.getsize(path) for path in files)
    print(f"{len(files)} files, {size / 1e6:.1f} MB parsed; medians of {arguments.rounds} rounds\n")
    print("| command | wall | CPU | × floor (CPU) | memory | exit |")
    print("|---|---|---|---|---|---|")
    median = lambda name, column: statistics.median(one[column] for one in took[name])
    floor = median("floor", 1) if "floor" in took else None
    for name in took:
        ratio = f"{median(name, 1) / floor:.2f}" if floor else ""
        print(
            f"| {name} | {median(name, 0) * 1000:.0f} ms | {median(name, 1) * 1000:.0f} ms | {ratio} "
            f"| {median(name, 2) / 1e6:.0f} MB | {took[name][-1][3]} |"
        )


if __name__ == "__main__":
    main()
