"""Kinds that apps add to when they are loaded."""

KINDS = {}
_prefixes = {}


class Registry:
    def __init__(self):
        self.entries = []

    def add(self, name):
        self.entries.append(name)
        return name


registry = Registry()


def kinds():
    return sorted(KINDS.items())


def prefix(app):
    return _prefixes.get(app, app)


def set_prefix(app, value):
    _prefixes[app] = value
