from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0015_alter_column_narrower")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order ALTER COLUMN size TYPE smallint", migrations.RunSQL.noop, state_operations=[migrations.AlterField("order", "size", models.SmallIntegerField(null=True))]),
    ]
