from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0020_create_index")]
    operations = [
        migrations.AddField("order", "y", models.IntegerField(null=True)),
        migrations.AddIndex("order", models.Index(fields=["size", "code"], name="order_both")),
    ]
