import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=50)),
                ("body", models.TextField()),
                ("price", models.IntegerField(null=True)),
                ("stock", models.IntegerField(default=0)),
                ("data", models.JSONField(default=dict)),
                ("made", models.DateTimeField()),
            ],
            options={"ordering": ["title"]},
        ),
        migrations.CreateModel(name="Proxy", fields=[], options={"proxy": True}, bases=("shop.product",)),
        migrations.AlterModelTable("Product", "things"),
        migrations.AlterModelTable("Product", None),
        migrations.AlterUniqueTogether("Product", {("title", "price"), ("title", "stock")}),
        migrations.AlterUniqueTogether("Product", ("title", "price")),
        migrations.AlterUniqueTogether("Product", [["title", "price"], ["title", "price"]]),
        migrations.AlterUniqueTogether("Product", None),
        migrations.AlterUniqueTogether("Product", set()),
        migrations.AlterOrderWithRespectTo("Product", None),
        migrations.AlterModelOptions("Product", {}),
        migrations.AlterModelManagers("Product", []),
        migrations.RenameField("Product", "stock", "left"),
        migrations.RenameField("Product", "left", "stock"),
        migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL("SELECT 1", migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RunSQL("SELECT 1")]),
    ]
