from django.conf import settings

if not hasattr(settings, "PLUGIN_LENGTH"):
    settings.PLUGIN_LENGTH = 77
