import datetime
from decimal import Decimal

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Note(Operation):
    def __init__(self, *args, **kwargs):
        pass

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass


class Loud(migrations.AddIndex):
    def describe(self):
        return super().describe().upper() + "!"


class Copy(Note):
    def __init__(self, source, target="there"):
        self.source, self.target = source, target

    def describe(self):
        return "Copy %s to %r" % (self.source, self.target)


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_postgres")]
    operations = [
        Note(),
        Note(1, -2.0, 1e20, 1e-7, 0.1, None, True),
        Note("plain", "it's", 'say "it\'s"', "tab\tline\nback\\slash\x00\x7f", "é ü \u200b \xa0 😀"),
        Note(b"by\x00tes'", [1, [2]], (1,), (), {"a": 1, 2: (3,)}, set(), {4}),
        Note(name="x", value=Decimal("1.50")),
        Note(datetime.date(2024, 1, 2), datetime.timedelta(days=1)),
        Loud("product", models.Index(fields=["stock"], name="l_stock")),
        Copy("here"),
        Copy("here", target="it's"),
    ]
