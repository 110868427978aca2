from django.db.migrations.operations.base import Operation


class Backfill(Operation):
    reduces_to_sql = False
    reversible = True

    def __init__(self, model_name, field_name, value):
        self.model_name = model_name
        self.field_name = field_name
        self.value = value

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        model.objects.filter(**{self.field_name: None}).update(**{self.field_name: self.value})

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass

    def describe(self):
        return f"Fill {self.field_name} of {self.model_name}"
