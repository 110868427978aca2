from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_new_table")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex("order", models.Index(fields=["number", "state"], name="order_number_state")),
            ],
            database_operations=[
                migrations.RunSQL(
                    "CREATE INDEX CONCURRENTLY IF NOT EXISTS order_number_state ON shop_order (number, state)",
                    "DROP INDEX CONCURRENTLY IF EXISTS order_number_state",
                ),
            ],
        ),
    ]
    atomic = False
