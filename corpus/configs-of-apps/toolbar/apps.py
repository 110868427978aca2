from django.apps import AppConfig
from django.conf import settings

DEFAULTS = {"KEEPS": "memory"}


def config():
    return {**DEFAULTS, **getattr(settings, "TOOLBAR", {})}


class ToolbarConfig(AppConfig):
    name = "toolbar"

    def ready(self):
        from toolbar.panels import PANELS

        for panel in PANELS:
            panel.ready()
        hide_migrations(self.name)

    def import_models(self):
        if config()["KEEPS"] == "database":
            return super().import_models()
        self.models = {}


def hide_migrations(app):
    if config()["KEEPS"] != "database":
        settings.MIGRATION_MODULES.setdefault(app, None)
