from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_not_null_altered")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order ALTER COLUMN code SET NOT NULL", migrations.RunSQL.noop, state_operations=[migrations.AlterField("order", "code", models.CharField(max_length=20))]),
    ]
