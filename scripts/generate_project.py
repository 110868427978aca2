#!/usr/bin/env python3
"""Writes a Django project with many migrations, to measure with.

    generate_project.py FOLDER --migrations 10000 [--apps N] [--shape deep|wide|big]

deep: each app is one chain that adds, alters and drops fields.
wide: each app branches twice after every tenth migration, and a merge joins the branches.
big: a few models of 200 fields, and migrations that change them.

`models.py` say what the migrations come to, so that `missing` finds nothing. The same arguments
write the same bytes.
"""

import argparse
from pathlib import Path

HEAD = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
KEY = (
    '("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))'
)


def migration(dependencies, operations, initial=False):
    lines = [HEAD]
    if initial:
        lines.append("    initial = True\n")
    listed = ", ".join(f'("{app}", "{name}")' for app, name in dependencies)
    lines.append(f"    dependencies = [{listed}]\n    operations = [\n")
    lines.extend(f"        {operation},\n" for operation in operations)
    lines.append("    ]\n")
    return "".join(lines)


class App:
    def __init__(self, label, width):
        self.label = label
        self.fields = {f"f{number}": "CharField(max_length=50)" for number in range(width)}
        self.files = []
        self.width = width

    def name(self, suffix=""):
        return f"{len(self.files) + 1:05}_step{suffix}"

    def add(self, name, text):
        self.files.append((name, text))
        return name

    def initial(self):
        fields = ", ".join(f'("{name}", models.{field})' for name, field in self.fields.items())
        create = f'migrations.CreateModel("Thing", [{KEY}, {fields}])'
        return self.add("00001_initial", migration([], [create], initial=True))

    def change(self, number, after, suffix=""):
        """Adds a field, widens one, or drops what was added, in turn."""
        turn = number % 4
        if turn in (0, 1):
            field = f"g{number}{suffix}"
            self.fields[field] = "IntegerField(null=True)"
            operation = f'migrations.AddField("thing", "{field}", models.IntegerField(null=True))'
        elif turn == 2:
            field = f"f{number % self.width}"
            self.fields[field] = f"CharField(max_length={60 + number % 100})"
            operation = f'migrations.AlterField("thing", "{field}", models.{self.fields[field]})'
        else:
            added = [name for name in self.fields if name.startswith("g") and name.endswith(suffix or name[-1])]
            field = added[0] if added else None
            if field is None or len(added) < 3:
                operation = 'migrations.RunSQL("SELECT 1", "SELECT 1")'
            else:
                del self.fields[field]
                operation = f'migrations.RemoveField("thing", "{field}")'
        return self.add(self.name(suffix), migration([(self.label, after)], [operation]))

    def models(self):
        lines = ["from django.db import models\n\n\nclass Thing(models.Model):\n"]
        lines.extend(f"    {name} = models.{field}\n" for name, field in self.fields.items())
        return "".join(lines)


def fill(app, count, shape):
    last = app.initial()
    number = 0
    while len(app.files) < count:
        number += 1
        if shape == "wide" and number % 10 == 0 and len(app.files) + 3 <= count:
            # Both sides only add, so that either order comes to the same.
            sides = []
            for side in "ab":
                field = f"side{number}{side}"
                app.fields[field] = "IntegerField(null=True)"
                operation = f'migrations.AddField("thing", "{field}", models.IntegerField(null=True))'
                text = migration([(app.label, last)], [operation])
                sides.append(app.add(app.name(f"_{side}"), text))
            text = migration([(app.label, side) for side in sides], [])
            last = app.add(app.name("_merge"), text)
        else:
            last = app.change(number, last)


def write(folder, path, text):
    path = folder / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--migrations", type=int, default=1000)
    parser.add_argument("--apps", type=int)
    parser.add_argument("--shape", choices=["deep", "wide", "big"], default="deep")
    arguments = parser.parse_args()
    folder = arguments.folder
    count = arguments.apps or max(1, arguments.migrations // 100)
    labels = [f"app{number}" for number in range(count)]
    write(
        folder,
        "manage.py",
        "#!/usr/bin/env python\nimport os\nimport sys\n\n"
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n\n'
        'if __name__ == "__main__":\n'
        "    from django.core.management import execute_from_command_line\n\n"
        "    execute_from_command_line(sys.argv)\n",
    )
    write(folder, "config/__init__.py", "")
    listed = "".join(f'    "{label}",\n' for label in labels)
    write(
        folder,
        "config/settings.py",
        'SECRET_KEY = "x"\nINSTALLED_APPS = [\n' + listed + "]\n"
        'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}\n'
        'DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n',
    )
    for index, label in enumerate(labels):
        share = arguments.migrations // count + (index < arguments.migrations % count)
        app = App(label, 200 if arguments.shape == "big" else 10)
        fill(app, share, arguments.shape)
        write(folder, f"{label}/__init__.py", "")
        write(folder, f"{label}/migrations/__init__.py", "")
        write(folder, f"{label}/models.py", app.models())
        for name, text in app.files:
            write(folder, f"{label}/migrations/{name}.py", text)


if __name__ == "__main__":
    main()
