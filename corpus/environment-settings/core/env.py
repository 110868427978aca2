"""A reader of the environment in the style of django-environ and python-decouple."""

import os

TRUE = ("1", "true", "yes", "on")


class Env:
    def __init__(self, **scheme):
        self.scheme = scheme

    def __call__(self, name, default=None):
        return os.environ.get(name, default)

    def bool(self, name, default=False):
        value = os.environ.get(name)
        return default if value is None else value.lower() in TRUE

    def list(self, name, default=()):
        value = os.environ.get(name)
        return list(default) if value is None else value.split(",")


def config(name, default=None, cast=str):
    value = os.environ.get(name)
    if value is None:
        return default
    return cast(value)
