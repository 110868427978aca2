from .base import *  # noqa: F403
from .base import DATABASES, INSTALLED_APPS

INSTALLED_APPS += ["stock"]
INSTALLED_APPS.insert(0, "notes")
INSTALLED_APPS = list(dict.fromkeys(INSTALLED_APPS))

DATABASES["default"]["ATOMIC_REQUESTS"] = True
MIGRATION_MODULES["notes"] = "notes.db_migrations"  # noqa: F405
AUTH_USER_MODEL = "notes.Author"

try:
    from .local import *  # noqa: F403
except ImportError:
    pass
