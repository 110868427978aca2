from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_own_operation")]
    operations = [migrations.AlterUniqueTogether("order", {("number", "placed_at")})]
