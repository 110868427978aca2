from django.db import migrations, models


class CreateTable(migrations.CreateModel):
    pass


class AddField(migrations.AddField):
    def describe(self):
        return "Carefully " + super().describe()[0].lower() + super().describe()[1:]


class AddNullable(AddField):
    def __init__(self, model_name, name, length):
        super().__init__(model_name, name, models.CharField(max_length=length, null=True))
