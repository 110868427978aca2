from django.db import migrations


class AddLoggedIndex(migrations.AddIndex):
    """Adds an index and says so."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        print(f"building {self.index.name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)
