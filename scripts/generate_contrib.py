#!/usr/bin/env python3
"""Writes src/django/contrib.json: the migrations and models of Django's own contrib apps.

    generate_contrib.py [--python VERSION=PROGRAM ...] [--check]

They are asked of each Django version's real classes. A version's Python is the one given, or that
of an environment below --cache, made on first use with Django from PyPI (needs `uv` and network).
What stays the same over versions is written once: `[first version, last version, what it is]`.
With --check nothing is written, and the exit status is 1 if the file would change.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "django" / "contrib.json"
PYTHONS = {
    "3.2": "3.9", "4.0": "3.10", "4.1": "3.10", "4.2": "3.10", "5.0": "3.12",
    "5.1": "3.12", "5.2": "3.12", "6.0": "3.13", "6.1": "3.13",
}


def environment(cache, version):
    folder = cache / f"django-{version}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run(["uv", "venv", "-q", "--python", PYTHONS[version], folder], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", python, f"django=={version}.*"], check=True)
    return python


def ask(python):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "PYTHON", "VIRTUAL_ENV"))}
    environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    done = subprocess.run([python, HERE / "contrib_answer.py"], env=environ, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{python}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def spans(answers, part):
    """For each name of `part`: runs of versions in which it is the same."""
    out, previous = {}, None
    for version, answer in answers.items():
        for name, value in answer[part].items():
            runs = out.setdefault(name, [])
            if runs and runs[-1][1] == previous and runs[-1][2] == value:
                runs[-1][1] = version
            else:
                runs.append([version, version, value])
        previous = version
    return dict(sorted(out.items()))


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text(answers):
    """JSON with a line for each run, so that what changed is a changed line."""
    parts = [f'"versions":{dump(list(answers))}', f'"settings":{dump(next(iter(answers.values()))["settings"])}']
    for part in ("configs", "migrations", "models", "abstract", "fields"):
        entries = []
        for name, runs in spans(answers, part).items():
            entries.append(f"{dump(name)}:[\n" + ",\n".join(map(dump, runs)) + "]")
        parts.append(f"{dump(part)}:{{\n" + ",\n".join(entries) + "}")
    return "{" + ",\n".join(parts) + "}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", nargs="*", default=[], metavar="VERSION=PROGRAM")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "migcheck-contrib")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    given = dict(pair.split("=", 1) for pair in options.python)
    answers = {v: ask(given.get(v) or environment(options.cache, v)) for v in PYTHONS}
    new = text(answers)
    if options.check:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != new:
            print(f"{TARGET} differs from what Django says", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
