"""What graph real Django's loader builds of small histories: `python record.py > django-X.Y.json`.

Run it with each version of Django that is recorded; nothing but Django is needed. The migrations
are made here, not read from files, and what is applied is said, not asked of a database.
"""
import json
import sys

import django
from django.conf import settings

settings.configure(INSTALLED_APPS=[])
django.setup()

from django.db.migrations import loader as module  # noqa: E402
from django.db.migrations.migration import Migration  # noqa: E402


def history(apps, applied=(), unmigrated=(), replace=True):
    return {"apps": apps, "applied": sorted(applied), "unmigrated": list(unmigrated), "replace": replace}


def m(*dependencies, before=(), replaces=()):
    """A migration; `a.0001` names one, `.0001` one of the same app."""
    return {"dependencies": list(dependencies), "run_before": list(before), "replaces": list(replaces)}


def line(*names):
    """Migrations that follow each other."""
    return {name: m(*(["." + names[place - 1]] if place else [])) for place, name in enumerate(names)}


def squashed(**more):
    """1, 2, 3, and a squash of 1 and 2."""
    return {**line("1", "2", "3"), "1_s": m(replaces=[".1", ".2"]), **more}


def cases():
    yield "line", history({"a": line("1", "2", "3")})
    yield "names_in_any_order", history({"a": {"9": m(), "1": m(".9"), "5": m(".1", ".9")}})
    yield "diamond", history({"a": {"1": m(), "2x": m(".1"), "2y": m(".1"), "3": m(".2x", ".2y")}})
    yield "conflict", history({"a": {"1": m(), "2x": m(".1"), "2y": m(".1")}, "b": line("1")})
    yield "a_leaf_with_a_child_elsewhere", history({"a": line("1", "2"), "b": {"1": m("a.2"), "2": m(".1")}})
    yield "two_roots", history({"a": {"1": m(), "2": m()}, "b": {"1": m("a.__first__")}})
    yield "first", history({"a": line("1", "2"), "b": {"1": m("a.__first__"), "2": m("a.2", ".1")}})
    yield "latest", history({"a": line("1", "2"), "b": {"1": m("a.__latest__")}})
    yield "latest_of_two", history({"a": {"1": m(), "2x": m(".1"), "2y": m(".1")}, "b": {"1": m("a.__latest__")}})
    yield "first_of_same_app", history({"a": {"1": m(".__first__"), "2": m(".1")}})
    yield "latest_of_same_app", history({"a": {"1": m(), "2": m(".__latest__")}})
    yield "first_by_name", history({"a": {"__first__": m(), "2": m(".__first__")}, "b": {"1": m("a.__first__")}})
    yield "first_of_unmigrated", history({"a": {"1": m("u.__first__", "u.__latest__")}}, unmigrated=["u"])
    yield "name_in_unmigrated", history({"a": {"1": m("u.1")}}, unmigrated=["u"])
    yield "first_of_unknown", history({"a": {"1": m("x.__first__")}})
    yield "name_in_unknown", history({"a": {"1": m("x.1")}})
    yield "first_of_empty", history({"a": {"1": m("e.__first__")}, "e": {}})
    yield "latest_of_empty", history({"a": {"1": m("e.__latest__")}, "e": {}})
    yield "first_back_and_forth", history({"a": {"1": m(), "2": m("b.__first__", ".1")}, "b": {"1": m("a.__first__")}})
    yield "first_circle", history({"a": {"1": m("b.__first__")}, "b": {"1": m("a.__first__")}})
    yield "missing", history({"a": {"1": m(), "2": m(".nope")}})
    yield "missing_elsewhere", history({"a": {"1": m("b.nope")}, "b": line("1")})
    yield "missing_run_before", history({"a": {"1": m(before=["b.nope"])}, "b": line("1")})
    yield "run_before", history({"a": line("1", "2"), "b": {"1": m(before=["a.2"])}})
    yield "run_before_in_app", history({"a": {"1": m(), "2": m(before=[".1"])}})
    yield "run_before_first", history({"a": line("1", "2"), "b": {"1": m(before=["a.__first__"])}})
    yield "run_before_unmigrated", history({"a": {"1": m(before=["u.__first__"])}}, unmigrated=["u"])
    yield "run_before_and_dependency", history({"a": {"1": m(before=["b.1"])}, "b": {"1": m("a.1")}})
    yield "run_before_circle", history({"a": {"1": m(before=["b.1"])}, "b": {"1": m(), "2": m(".1", before=["a.1"])}})
    yield "on_itself", history({"a": {"1": m(".1")}})
    yield "circle", history({"a": {"1": m(".3"), "2": m(".1"), "3": m(".2")}, "b": line("1", "2")})
    yield "circle_over_apps", history({"a": {"1": m("b.2")}, "b": {"1": m("a.1"), "2": m(".1")}})
    for name, applied in {
        "none": [], "one": ["a.1"], "both": ["a.1", "a.2"], "all": ["a.1", "a.2", "a.3"], "itself": ["a.1_s"],
        "itself_and_one": ["a.1", "a.1_s"],
    }.items():
        yield "squash_applied_%s" % name, history({"a": squashed()}, applied)
        yield "squash_used_applied_%s" % name, history(
            {"a": squashed(**{"4": m(".1_s", ".3")}), "b": {"1": m("a.1"), "2": m("a.1_s", ".1")}}, applied)
    yield "squash_unused", history({"a": squashed()}, replace=False)
    yield "squash_unused_applied", history({"a": squashed()}, ["a.1", "a.2"], replace=False)
    yield "squash_depended_on_from_elsewhere", history(
        {"a": squashed(), "b": {"1": m("a.1"), "2": m(".1", "a.2")}, "c": {"1": m("a.__first__")}})
    yield "squash_with_parents", history({
        "a": {"1": m("b.1"), "2": m(".1", "b.2"), "3": m(".2"), "1_s": m("b.2", replaces=[".1", ".2"])}, "b": line("1", "2", "3")})
    yield "squash_in_the_way", history({
        "a": {**line("1", "2", "3"), "1_s": m(replaces=[".1", ".2"])}, "b": {"1": m("a.1"), "2": m(".1", before=["a.2"])}})
    yield "squash_of_deleted", history({"a": {"1_s": m(replaces=[".1", ".2"]), "3": m(".2")}, "b": {"1": m("a.1")}})
    yield "squash_of_deleted_applied_one", history({"a": {"1_s": m(replaces=[".1", ".2"]), "3": m(".2")}}, ["a.1"])
    yield "squash_of_deleted_applied_both", history({"a": {"1_s": m(replaces=[".1", ".2"]), "3": m(".2")}}, ["a.1", "a.2"])
    yield "squash_of_two_apps", history({"a": {**line("1", "2"), "1_s": m(replaces=[".1", ".2", "b.1"])}, "b": line("1", "2")})
    yield "squash_depends_on_replaced", history({"a": {**line("1", "2"), "1_s": m(".1", replaces=[".1", ".2"])}})
    yield "two_squashes_of_one", history({"a": {**line("1", "2", "3"), "1_s": m(replaces=[".1", ".2"]), "1_t": m(replaces=[".1", ".2", ".3"])}})
    if django.VERSION >= (6, 0):  # before, the order of a set decides
        chain = {
            **line("1", "2", "3", "4"), "1_s": m(replaces=[".1", ".2"]), "3_s": m(".1_s", replaces=[".3", ".4"]),
            "1_t": m(replaces=[".1_s", ".3_s"]), "5": m(".4"),
        }
        for name, applied in {
            "none": [], "one": ["a.1"], "half": ["a.1", "a.2"], "all": ["a.1", "a.2", "a.3", "a.4"], "inner": ["a.1_s", "a.3_s"],
        }.items():
            yield "chain_applied_%s" % name, history({"a": chain, "b": {"1": m("a.2")}}, applied)
        yield "chain_and_names_before", history({"a": {**line("1", "2"), "9_s": m(replaces=[".1", ".2"]), "0_t": m(replaces=[".9_s"])}})
        yield "chain_of_deleted", history({"a": {"1_s": m(replaces=[".1"]), "1_t": m(replaces=[".1_s", ".2"]), "3": m(".2")}})
        yield "squashes_of_each_other", history({"a": {**line("1"), "1_s": m(replaces=[".1_t"]), "1_t": m(replaces=[".1_s"])}})
        yield "squash_of_itself", history({"a": {**line("1"), "1_s": m(replaces=[".1_s"])}})
    yield "own_user", history({
        "accounts": {"1": m("auth.1")}, "auth": line("1", "2"), "admin": {"1": m("accounts.__first__"), "2": m(".1")}})


def key(text, app):
    given, _, name = text.partition(".")
    return given or app, name


class Recorder:
    applied = ()

    def __init__(self, connection):
        pass

    def applied_migrations(self):
        return {key(text, None): None for text in self.applied}


class Loader(module.MigrationLoader):
    case = None

    def load_disk(self):
        self.disk_migrations = {}
        self.migrated_apps = set(self.case["apps"])
        self.unmigrated_apps = set(self.case["unmigrated"])
        for app, migrations in self.case["apps"].items():
            for name, parts in sorted(migrations.items()):
                members = {part: [key(text, app) for text in texts] for part, texts in parts.items()}
                self.disk_migrations[app, name] = type("Migration", (Migration,), members)(name, app)


def label(it):
    return "%s.%s" % tuple(it)


def answer(case):
    Loader.case, Recorder.applied = case, case["applied"]
    try:
        loader = Loader(object(), replace_migrations=case["replace"])
    except Exception as error:
        return {"error": type(error).__name__}
    graph = loader.graph
    plan = []
    for leaf in graph.leaf_nodes():
        plan += [it for it in graph.forwards_plan(leaf) if it not in plan]
    return {
        "edges": sorted([label(k), label(p.key)] for k, node in graph.node_map.items() for p in node.parents),
        "roots": sorted(map(label, graph.root_nodes())),
        "leaves": sorted(map(label, graph.leaf_nodes())),
        "conflicts": {app: sorted(names) for app, names in sorted(loader.detect_conflicts().items())},
        "plan": list(map(label, plan)),
        "backwards": {label(root): list(map(label, graph.backwards_plan(root))) for root in sorted(graph.root_nodes())},
        "applied": sorted(map(label, loader.applied_migrations)),
    }


def main():
    module.MigrationRecorder = Recorder
    out = ['"django":"%d.%d"' % django.VERSION[:2]]
    for name, case in cases():
        out.append(json.dumps(name) + ":" + json.dumps({**case, "django": answer(case)}, separators=(",", ":")))
    sys.stdout.write("{" + ",\n".join(out) + "}\n")


if __name__ == "__main__":
    main()
