from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0027_new_tables")]
    operations = [
        migrations.AddField("big", "select", models.IntegerField(null=True)),
        migrations.AddConstraint(
            "big",
            models.UniqueConstraint(
                fields=["size", "customer"],
                name="size_is_unique_among_all_the_rows_of_a_customer_since_the_year_two_thousand",
            ),
        ),
    ]
