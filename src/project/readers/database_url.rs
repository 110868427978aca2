//! dj-database-url (`dj_database_url/__init__.py`), and the same in django-environ: a URL to an entry of
//! `DATABASES`.

use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Native, Object};

/// Engines by the URL's scheme.
const SCHEMES: &[(&str, &str)] = &[
    ("postgres", "django.db.backends.postgresql"),
    ("postgresql", "django.db.backends.postgresql"),
    ("pgsql", "django.db.backends.postgresql"),
    ("psql", "django.db.backends.postgresql"),
    ("postgis", "django.contrib.gis.db.backends.postgis"),
    ("timescale", "timescale.db.backends.postgresql"),
    ("timescalegis", "timescale.db.backends.postgis"),
    ("redshift", "django_redshift_backend"),
    ("cockroach", "django_cockroachdb"),
    ("mysql", "django.db.backends.mysql"),
    ("mysql2", "django.db.backends.mysql"),
    ("mysql-connector", "mysql.connector.django"),
    ("mysqlgis", "django.contrib.gis.db.backends.mysql"),
    ("sqlite", "django.db.backends.sqlite3"),
    ("sqlite3", "django.db.backends.sqlite3"),
    ("spatialite", "django.contrib.gis.db.backends.spatialite"),
    ("oracle", "django.db.backends.oracle"),
    ("oraclegis", "django.contrib.gis.db.backends.oracle"),
    ("mssql", "mssql"),
    ("mssqlms", "mssql"),
];

/// `dj_database_url`: what an address of a database says of its engine.
pub(super) static FUNCTIONS: &[Native] = &[
    Native { path: "dj_database_url.config", call: config },
    Native { path: "dj_database_url.parse", call: |interpreter, args| Ok(of_url(interpreter, &args)) },
];

fn of_url(interpreter: &mut Interpreter, args: &Args) -> Object {
    match args.param(0, "url") {
        Some(url) => parse(interpreter, url, args.param(1, "engine")),
        None => interpreter.unknown("a database URL"),
    }
}

fn config(interpreter: &mut Interpreter, args: Args) -> Eval {
    if let Some(default) = args.param(1, "default") {
        return Ok(parse(interpreter, default, args.param(2, "engine")));
    }
    // An empty dictionary in truth; but nobody deploys that.
    let variable = args.param(0, "env").cloned().unwrap_or_else(|| Object::str("DATABASE_URL"));
    Ok(super::without_default(interpreter, Some(&variable)))
}

/// The entry of `DATABASES` that a URL stands for.
pub(super) fn parse(interpreter: &mut Interpreter, url: &Object, engine: Option<&Object>) -> Object {
    if matches!(url, Object::None) {
        return Object::dict([]);
    }
    let Some(text) = url.as_str() else {
        return if url.is_unknown() { url.clone() } else { interpreter.unknown("a database URL") };
    };
    if text.is_empty() {
        return Object::dict([]);
    }
    let (scheme, rest) = text.split_once(':').unwrap_or((&text, ""));
    let rest = rest.trim_start_matches("//");
    let known = SCHEMES.iter().find(|(name, _)| *name == scheme).map(|(_, engine)| Object::str(*engine));
    let engine = match engine {
        Some(given) if !given.is_none() => given.clone(),
        _ => known.unwrap_or_else(|| interpreter.unknown(format!("the database URL's scheme {scheme}"))),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (server, name) = rest.split_once('/').unwrap_or((rest, ""));
    let name = if scheme.starts_with("sqlite") && name.is_empty() { ":memory:" } else { name };
    let (account, address) = server.rsplit_once('@').unwrap_or(("", server));
    let (user, password) = account.split_once(':').unwrap_or((account, ""));
    let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let port = port.parse().map_or_else(|_| Object::str(port), Object::Int);
    Object::dict([
        ("NAME", Object::str(name)),
        ("USER", Object::str(user)),
        ("PASSWORD", Object::str(password)),
        ("HOST", Object::str(host)),
        ("PORT", port),
        ("ENGINE", engine),
    ])
}
