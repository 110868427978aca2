from django.db import migrations, models


class NumberedInstead(migrations.AlterField):
    """Gives the model a number for a key, which was a text before."""

    def __init__(self):
        super().__init__("parcel", "code", models.CharField(max_length=30, unique=True))

    def state_forwards(self, app_label, state):
        number = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
        state.models[app_label, self.model_name_lower].fields["id"] = number
        super().state_forwards(app_label, state)


class OnlyInTheDatabase(migrations.AddField):
    def state_forwards(self, app_label, state):
        pass


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        NumberedInstead(),
        OnlyInTheDatabase("order", "shadow", models.IntegerField(null=True)),
    ]
