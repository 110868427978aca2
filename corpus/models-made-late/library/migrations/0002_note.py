import django.db.models.deletion
from django.db import connection, migrations, models

ON_SQLITE = "sqlite3" in connection.settings_dict["ENGINE"] and not connection.settings_dict["ATOMIC_REQUESTS"]


class Migration(migrations.Migration):
    dependencies = [("contenttypes", "0002_remove_content_type_name"), ("library", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_id", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField("note", "data", models.JSONField(default=list)),
    ]
    if ON_SQLITE:
        operations.append(
            migrations.AddField(
                "note",
                "content_type",
                models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="contenttypes.contenttype"),
            )
        )
