import sys


class Limits:
    def __init__(self, prefix):
        self.prefix = prefix

    @property
    def NAME(self):
        from django.conf import settings

        return getattr(settings, self.prefix + "LIMITS", {}).get("name", 20)


_limits = Limits("STORE_")
_limits.__name__ = __name__
sys.modules[__name__] = _limits
