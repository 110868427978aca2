from django.db import migrations


def forwards(apps, schema_editor):
    apps.get_model("shop", "Product").objects.filter(name="").update(name="unnamed")


def backwards(apps, schema_editor):
    apps.get_model("shop", "Product").objects.filter(name="unnamed").update(name="")


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_raw")]
    operations = [
        migrations.RunPython(forwards, backwards),
        migrations.RunPython(code=forwards, reverse_code=migrations.RunPython.noop),
        migrations.RunSQL("SELECT 1", reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(["SELECT 1", ("SELECT %s", [2])], []),
    ]
