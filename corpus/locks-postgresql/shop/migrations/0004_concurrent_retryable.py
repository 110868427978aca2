from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0003_concurrent")]
    operations = [
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS order_c", migrations.RunSQL.noop),
        AddIndexConcurrently("order", models.Index(fields=["number", "weight"], name="order_c")),
    ]
