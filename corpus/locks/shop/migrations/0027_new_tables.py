from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0026_without_transaction_alone")]
    operations = [
        migrations.CreateModel("Small", [("id", models.AutoField(primary_key=True)), ("size", models.PositiveIntegerField())]),
        migrations.CreateModel("Big", [("id", models.BigAutoField(primary_key=True)), ("size", models.PositiveIntegerField())]),
        migrations.AddIndex("big", models.Index(fields=["size"], name="big_size")),
        migrations.AddField("big", "customer", models.ForeignKey("shop.customer", models.CASCADE)),
        migrations.AlterField("big", "size", models.BigIntegerField()),
    ]
