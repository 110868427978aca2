"""Holds what `check` writes against the formats' own schemas.

    python3 scripts/validate_formats.py --migcheck target/release/migcheck --sarif-schema schema.json
        [--mermaid FOLDER] PROJECT... [--snapshots FILE...]

Markdown goes through a renderer of GitHub's flavour, graphs through Graphviz, and through mermaid where its
packages are installed in FOLDER (`npm install mermaid jsdom`). Needs `dot`, and from PyPI the packages
`jsonschema` and `markdown-it-py[linkify]`. The SARIF schema is OASIS's; the crate `serde-sarif` carries it
(`src/schema.json`), and `.ci/run formats` takes it from there.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import jsonschema
import markdown_it

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def answer(migcheck, project, form):
    command = [migcheck, "check", project, "--quiet", "--fail-on", "never", "--format", form]
    return subprocess.run(command, check=True, capture_output=True).stdout


def sarif(schema, text):
    log = json.loads(text)
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    return len(run["results"])


def gitlab(text):
    report = json.loads(text)
    jsonschema.validate(report, GITLAB)
    prints = [finding["fingerprint"] for finding in report]
    assert len(prints) == len(set(prints)), "a fingerprint is there twice"
    return len(report)


def junit(text):
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    cases = list(root.iter("testcase"))
    assert int(root.get("tests")) == len(cases)
    assert int(root.get("failures")) == len(list(root.iter("failure")))
    for suite in root:
        assert int(suite.get("tests")) == len(list(suite.iter("testcase")))
    return len(cases)


def markdown(text):
    text = text.decode()
    assert len(text) <= 65536, "longer than GitHub takes"
    renderer = markdown_it.MarkdownIt("gfm-like", {"html": True})
    # GitHub makes no link of a bare `models.py`.
    renderer.linkify.set({"fuzzy_link": False})
    tokens = renderer.parse(text)
    inline = [child for token in tokens for child in token.children or []]
    for token in [*tokens, *inline]:
        assert token.type not in ("link_open", "image"), f"{token.type} in the report"
        if token.type in ("html_block", "html_inline"):
            rest = re.sub(r"</?(details|summary|sub)>|<br>", "", token.content)
            assert "<" not in rest, token.content
    opened, closed = text.count("<details>"), text.count("</details>")
    assert opened == closed, "a part is not closed"
    return sum(token.type == "fence" for token in tokens)


def graphs(migcheck, project, mermaid):
    graph = [migcheck, "graph", project, "--quiet"]
    dot = subprocess.run([*graph, "--dot"], check=True, capture_output=True).stdout
    for one in re.split(rb"(?m)^(?=digraph)", dot):
        if one.startswith(b"digraph"):
            ElementTree.fromstring(subprocess.run(["dot", "-Tsvg"], input=one, check=True, capture_output=True).stdout)
    if mermaid:
        diagram = subprocess.run([*graph, "--mermaid"], check=True, capture_output=True).stdout
        script = pathlib.Path(__file__).resolve().with_name("check_mermaid.mjs")
        subprocess.run(["node", script], input=diagram, cwd=mermaid, check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--migcheck", required=True)
    parser.add_argument("--sarif-schema", required=True)
    parser.add_argument("--mermaid", metavar="FOLDER")
    parser.add_argument("--snapshots", nargs="*", default=[], metavar="FILE", help="reports of changes, as the tests keep them")
    parser.add_argument("projects", nargs="+")
    args = parser.parse_args()
    with open(args.sarif_schema) as file:
        schema = json.load(file)
    for snapshot in args.snapshots:
        report = pathlib.Path(snapshot).read_text().split("\n---\n", 1)[1]
        if report.startswith("### "):
            print(f"{snapshot}: {markdown(report.encode())} blocks of code", file=sys.stderr)
    for project in args.projects:
        counts = [
            sarif(schema, answer(args.migcheck, project, "sarif")),
            gitlab(answer(args.migcheck, project, "gitlab")),
            junit(answer(args.migcheck, project, "junit")),
            markdown(answer(args.migcheck, project, "markdown")),
        ]
        graphs(args.migcheck, project, args.mermaid)
        print(f"{project}: {counts[0]} results, {counts[1]} issues, {counts[2]} cases, {counts[3]} blocks of code", file=sys.stderr)


if __name__ == "__main__":
    main()
