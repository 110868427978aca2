from django.db import migrations, models


def change(apps, schema_editor):
    Line = apps.get_model("shop", "Line")
    Line.objects.using(schema_editor.connection.alias).filter(text="").update(text="-")


class Migration(migrations.Migration):
    dependencies = [("shop", "0026_schema_and_some_rows")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
        migrations.AddField("order", "sent", models.BooleanField(null=True)),
    ]
