from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0029_state_alone")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AddIndex("order", models.Index(fields=["code"], name="order_code_idx"))],
        ),
    ]
