from django.db import migrations

import shop.fields


class Migration(migrations.Migration):
    dependencies = [("shop", "0042_own_null")]
    operations = [
        migrations.AddField("order", "tags_of_it", shop.fields.NoColumnField()),
    ]
