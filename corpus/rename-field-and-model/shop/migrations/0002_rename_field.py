from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RenameField("customer", "mail", "email"),
        migrations.RenameField(model_name="order", old_name="customer", new_name="client"),
        migrations.AlterModelOptions("order", {"ordering": ["client"]}),
    ]
