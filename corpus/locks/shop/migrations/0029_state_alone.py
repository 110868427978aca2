from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0028_names")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("big", "size", models.CharField(max_length=10)),
                migrations.AddIndex("big", models.Index(fields=["customer", "size"], name="big_customer")),
            ],
        ),
    ]
