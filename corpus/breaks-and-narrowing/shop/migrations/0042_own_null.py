from django.db import migrations

import shop.fields


class Migration(migrations.Migration):
    dependencies = [("shop", "0041_new_table_free")]
    operations = [
        migrations.AddField("order", "own", shop.fields.OwnNullField(max_length=10)),
    ]
