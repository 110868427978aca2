#!/usr/bin/env python3
"""Holds `migcheck pending --database-url` against databases that real Django has migrated.

    check_database_url.py --migcheck BINARY [--only sqlite postgresql mariadb mysql] [--django 5.2]
                          [--postgresql HOST:PORT:USER:PASSWORD] [--mariadb HOST:PORT:USER:PASSWORD]
                          [--postgresql-ca FILE] [--mysql HOST:PORT:USER:PASSWORD] [--mysql-ca FILE]

BINARY is built with `--features database`. For each database: Django migrates a project in part, and what
migcheck calls pending must be what `showmigrations --plan` does; by a user who may only read, whose password
is full of signs; without writing anything. Then what goes wrong: no table, a password that is none, a lock
that is held, encryption that the server has and has not. No answer may hold the password. Exit status 1 if
something differs. Needs network on first use, and servers whose users may make databases and users.
"""

import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse
import venv

SETTINGS = """SECRET_KEY = "x"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
DATABASES = {{"default": {database!r}}}
"""
MANAGE = """import os, sys
try:
    import pymysql
    pymysql.version_info = (2, 2, 7, "final", 0)
    pymysql.install_as_MySQLdb()
except ImportError:
    pass
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
INITIAL = """from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("auth", "0001_initial")]
    operations = [migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True))])]
"""
FIELD = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "{after}")]
    operations = [migrations.AddField("order", "{name}", models.IntegerField(null=True))]
"""
MODELS = """from django.db import models


class Order(models.Model):
    id = models.BigAutoField(primary_key=True)
    note = models.IntegerField(null=True)
    total = models.IntegerField(null=True)
"""
NAME, READER, PASSWORD = "migcheck_live", "migcheck_reader", "p@s/s:w%#r? d'\"é"
DRIVERS = ["psycopg[binary]>=3.2,<4", "pymysql>=1.1,<2"]
failures = []


def expect(what, holds, seen=""):
    print(f"{'ok' if holds else 'FAILED'}: {what}")
    if not holds:
        failures.append(what)
        print(str(seen)[-2000:])


def environment(django):
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "migcheck-live"
    folder = cache / hashlib.sha256(f"{django} {DRIVERS}".encode()).hexdigest()[:12]
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", f"django=={django}.*", *DRIVERS], check=True)
    return python


class Project:
    """A project on disk, what Django says of it, and what migcheck does."""

    def __init__(self, root, python, migcheck, database):
        self.root, self.python, self.migcheck = root, python, migcheck
        texts = {"manage.py": MANAGE, "settings.py": SETTINGS.format(database=database), "shop/__init__.py": "", "shop/models.py": MODELS,
                 "shop/migrations/__init__.py": "", "shop/migrations/0001_initial.py": INITIAL,
                 "shop/migrations/0002_note.py": FIELD.format(after="0001_initial", name="note"),
                 "shop/migrations/0003_total.py": FIELD.format(after="0002_note", name="total")}
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)

    def django(self, *words):
        done = subprocess.run([str(self.python), "-W", "ignore", "-B", "manage.py", *words], cwd=self.root, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, url, *words, variable=True):
        """Standard output, standard error, exit status, seconds; never with the password in it."""
        environ = {**os.environ, "DATABASE_URL": url}
        words = words or ("pending",)
        address = "env:DATABASE_URL" if variable else url
        start = time.monotonic()
        done = subprocess.run([str(self.migcheck), *words, "--database-url", address, "--django", "5.2", "--python-path", self.packages()],
                              cwd=self.root, env=environ, capture_output=True, text=True)
        text = done.stdout + done.stderr
        for secret in (PASSWORD, urllib.parse.quote(PASSWORD, safe=""), "hunter2"):
            if secret in text:
                expect("no password is shown", False, text)
        return done.stdout, done.stderr, done.returncode, time.monotonic() - start

    def packages(self):
        if not hasattr(self, "_packages"):
            code = "import django, pathlib; print(pathlib.Path(django.__file__).parent.parent)"
            self._packages = subprocess.run([self.python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        return self._packages

    def pending(self):
        """As Django has it."""
        lines = self.django("showmigrations", "--plan").splitlines()
        return [line.split()[2] for line in lines if line.startswith("[ ]")]


def said(out):
    return [line.split()[1] for line in out.splitlines() if line.startswith("apply ")]


def compare(project, url, engine):
    """A database that was never migrated, one that is in part, and one that is whole."""
    out, err, code, _ = project.ask(url)
    expect(f"{engine}: without the table all is pending", code == 0 and "no table django_migrations" in err and said(out)[-1:] == ["shop.0003_total"], out + err)
    project.django("migrate", "-v0", "shop", "0002")
    return project


def agree(project, url, engine):
    wanted = project.pending()
    out, err, code, _ = project.ask(url)
    expect(f"{engine}: pending is what Django has pending ({len(wanted)})", code == 0 and said(out) == wanted and wanted, out + err)
    out, err, code, _ = project.ask(url, variable=False)
    expect(f"{engine}: the address itself does as well", code == 0 and said(out) == wanted, out + err)
    out, err, code, _ = project.ask(url, "plan", "--quiet")
    expect(f"{engine}: plan has what is pending alone", code == 0 and "shop.0003_total" in out and "0002_note" not in out, out + err)
    out, err, code, _ = project.ask(url, "check", "--select", "inconsistent-history")
    expect(f"{engine}: check takes it", code == 0, out + err)


def sqlite(args, python, folder):
    path = folder / "my shop.sqlite3"
    project = Project(folder / "project", python, args.migcheck, {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)})
    url = "sqlite:///" + urllib.parse.quote(str(path))
    out, err, code, _ = project.ask(url)
    expect("sqlite: a file that is not there is not made", code == 2 and not path.exists(), out + err)
    path.write_bytes(b"")
    compare(project, url, "sqlite")
    before = path.read_bytes()
    agree(project, url, "sqlite")
    expect("sqlite: nothing is written", path.read_bytes() == before)


PG = """import json, sys, psycopg
place, statements = json.loads(sys.argv[1])
with psycopg.connect(**place, autocommit=True) as connection:
    for statement in statements:
        cursor = connection.execute(statement)
        if cursor.description:
            print(json.dumps(cursor.fetchall(), default=str))
    if len(sys.argv) > 2:
        print("ready", flush=True)
        sys.stdin.read()
"""
MY = """import json, sys, pymysql
place, statements = json.loads(sys.argv[1])
connection = pymysql.connect(**place, autocommit=True, charset="utf8mb4")
cursor = connection.cursor()
for statement in statements:
    cursor.execute(statement)
    if cursor.description:
        print(json.dumps(cursor.fetchall(), default=str))
if len(sys.argv) > 2:
    print("ready", flush=True)
    sys.stdin.read()
"""


def sql(python, code, place, *statements):
    done = subprocess.run([python, "-c", code, json.dumps([place, statements])], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def holding(python, code, place, *statements):
    """A session that stays open, with whatever locks it took."""
    process = subprocess.Popen([python, "-c", code, json.dumps([place, statements]), "hold"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while process.stdout.readline().strip() != "ready":
        pass
    return process


def refused(project, url, engine, what, needle, most=15.0):
    out, err, code, seconds = project.ask(url)
    expect(f"{engine}: {what} ({seconds:.1f} s)", code == 2 and not out and needle.lower() in err.lower() and seconds < most, out + err)


def server(text):
    host, port, user, password = text.split(":", 3)
    return host, int(port), user, password


def postgresql(args, python, folder):
    host, port, user, password = server(args.postgresql)
    place = {"host": host, "port": port, "user": user, "password": password}
    literal = "'" + PASSWORD.replace("'", "''") + "'"
    sql(python, PG, {**place, "dbname": "postgres"}, f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"DROP ROLE IF EXISTS {READER}",
        f"CREATE DATABASE {NAME}", f"CREATE ROLE {READER} LOGIN PASSWORD {literal}")
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": NAME, "USER": user, "PASSWORD": password, "HOST": host, "PORT": port}
    project = Project(folder / "project", python, args.migcheck, database)
    url = f"postgres://{READER}:{urllib.parse.quote(PASSWORD, safe='')}@{host}:{port}/{NAME}"
    inside = {**place, "dbname": NAME}
    compare(project, url, "postgresql")
    refused(project, url, "postgresql", "without the right to read", "permission denied")
    sql(python, PG, inside, f"GRANT SELECT ON django_migrations TO {READER}")
    written = "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'django_migrations'"
    before = sql(python, PG, inside, written)
    agree(project, url, "postgresql")
    agree(project, url.replace("postgres://", "postgis://"), "postgis")
    expect("postgresql: nothing is written", sql(python, PG, inside, written) == before)
    sql(python, PG, inside, "CREATE SCHEMA other", f"GRANT USAGE ON SCHEMA other TO {READER}")
    out, err, code, _ = project.ask(url + "?currentSchema=other")
    expect("postgresql: another schema has its own table", code == 0 and "no table django_migrations" in err, out + err)
    out, err, code, _ = project.ask(url + "?options=-c%20search_path%3Dother")
    expect("postgresql: by its options, too", code == 0 and "no table django_migrations" in err, out + err)
    lock = holding(python, PG, inside, "BEGIN", "LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
    refused(project, url, "postgresql", "a lock that is held", "lock timeout")
    lock.communicate("")
    refused(project, f"postgres://nobody_is_called_so:hunter2@{host}:{port}/{NAME}", "postgresql", "a user that is none", "nobody_is_called_so")
    refused(project, f"postgres://{user}:hunter2@{host}:1/{NAME}", "postgresql", "no server there", "refused")
    if "on" in sql(python, PG, inside, "SHOW ssl"):
        out, err, code, _ = project.ask(url + "?sslmode=require")
        expect("postgresql: sslmode=require", code == 0, out + err)
        refused(project, url + "?sslmode=verify-full", "postgresql", "sslmode=verify-full with a certificate of nobody's", "certificate")
        for mode in ("disable", "prefer"):
            _, err, code, _ = project.ask(f"{url}?sslmode={mode}")
            expect(f"postgresql: sslmode={mode}", code == 0, err)
    if args.postgresql_ca:
        believed = f"{url}?sslrootcert={urllib.parse.quote(args.postgresql_ca, safe='')}"
        for mode in ("verify-ca", "verify-full"):
            out, err, code, _ = project.ask(f"{believed}&sslmode={mode}")
            expect(f"postgresql: sslmode={mode} with the issuer's certificate", code == 0, out + err)
    refused(project, url + "?sslmode=perhaps", "postgresql", "sslmode=perhaps", "`sslmode` has a value")
    sql(python, PG, {**place, "dbname": "postgres"}, f"DROP DATABASE {NAME} WITH (FORCE)", f"DROP ROLE {READER}")


def mariadb(args, python, folder):
    speaks_mysql(args, python, folder, "mariadb", server(args.mariadb))


def mysql(args, python, folder):
    speaks_mysql(args, python, folder, "mysql", server(args.mysql), args.mysql_ca)


def speaks_mysql(args, python, folder, engine, place, issuer=None):
    host, port, user, password = place
    place = {"host": host, "port": port, "user": user, "password": password}
    literal = "'" + PASSWORD.replace("'", "''") + "'"
    sql(python, MY, place, f"DROP DATABASE IF EXISTS {NAME}", f"DROP USER IF EXISTS {READER}@'%'", f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4",
        f"CREATE USER {READER}@'%' IDENTIFIED BY {literal}", f"GRANT SELECT ON {NAME}.* TO {READER}@'%'")
    database = {"ENGINE": "django.db.backends.mysql", "NAME": NAME, "USER": user, "PASSWORD": password, "HOST": host, "PORT": port}
    project = Project(folder / "project", python, args.migcheck, database)
    url = f"mysql://{READER}:{urllib.parse.quote(PASSWORD, safe='')}@{host}:{port}/{NAME}"
    compare(project, url, engine)
    inside = {**place, "database": NAME}
    before = sql(python, MY, inside, "CHECKSUM TABLE django_migrations")
    agree(project, url, engine)
    agree(project, url.replace("mysql://", "mariadb://"), engine)
    expect(f"{engine}: nothing is written", sql(python, MY, inside, "CHECKSUM TABLE django_migrations") == before)
    refused(project, f"mysql://{READER}:hunter2@{host}:{port}/{NAME}", engine, "a password that is none", "access denied")
    refused(project, f"mysql://{user}:hunter2@{host}:1/{NAME}", engine, "no server there", "refused")
    lock = holding(python, MY, inside, "LOCK TABLES django_migrations WRITE")
    refused(project, url, engine, "a lock that is held", "", most=45.0)
    lock.communicate("")
    # MySQL 8.4 has no such variable any more, and always a certificate that it made itself.
    if engine == "mariadb" and "YES" not in sql(python, MY, inside, "SHOW VARIABLES LIKE 'have_ssl'"):
        refused(project, url + "?ssl-mode=REQUIRED", engine, "encryption that the server has not", "secure connection")
    else:
        out, err, code, _ = project.ask(url + "?ssl-mode=REQUIRED")
        expect(f"{engine}: ssl-mode=REQUIRED", code == 0, out + err)
        refused(project, url + "?ssl-mode=VERIFY_IDENTITY", engine, "ssl-mode=VERIFY_IDENTITY with a certificate of nobody's", "certificate")
    if issuer:
        believed = url + "?ssl-ca=" + urllib.parse.quote(issuer, safe="")
        out, err, code, _ = project.ask(believed + "&ssl-mode=VERIFY_CA")
        expect(f"{engine}: ssl-mode=VERIFY_CA with the issuer's certificate", code == 0, out + err)
        refused(project, believed + "&ssl-mode=VERIFY_IDENTITY", engine, "another host's certificate", "certificate")
    sql(python, MY, place, f"DROP DATABASE {NAME}", f"DROP USER {READER}@'%'")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--migcheck", type=lambda text: pathlib.Path(text).resolve(), required=True)
    parser.add_argument("--only", nargs="+", choices=["sqlite", "postgresql", "mariadb", "mysql"], default=["sqlite", "postgresql", "mariadb"])
    parser.add_argument("--django", default="5.2")
    parser.add_argument("--postgresql", default="127.0.0.1:5432:postgres:")
    parser.add_argument("--postgresql-ca", help="who issued the server's certificate, which is the host's")
    parser.add_argument("--mariadb", default="127.0.0.1:3306:root:")
    parser.add_argument("--mysql", default="127.0.0.1:3307:root:")
    parser.add_argument("--mysql-ca", help="who issued the server's certificate, which is no host's: MySQL makes one itself")
    args = parser.parse_args()
    python = environment(args.django)
    for engine in args.only:
        with tempfile.TemporaryDirectory() as folder:
            globals()[engine](args, python, pathlib.Path(folder))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
