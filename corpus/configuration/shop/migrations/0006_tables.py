from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_path")]
    operations = [
        migrations.AddIndex("order", models.Index(fields=["remark"], name="order_remark")),
        migrations.AddIndex("color", models.Index(fields=["note"], name="color_note")),
        migrations.AddIndex("size", models.Index(fields=["note"], name="size_note")),
    ]
