//! The address of a database as Django's developers write it: `DATABASE_URL` of dj-database-url, of
//! django-environ, of libpq.

use std::fmt;

use thiserror::Error;

/// Whose protocol is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// `postgres://`
    PostgreSql,
    /// `mysql://`, `mariadb://`
    MySql,
    /// `sqlite:///path`
    Sqlite,
}

/// The address of a database.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    /// Whose protocol is spoken.
    pub engine: Engine,
    /// The user, if one is named.
    pub user: Option<String>,
    /// The password, if one is given.
    pub password: Option<String>,
    /// A host, or the path of a socket or its folder; empty where none is named.
    pub host: String,
    /// The port, if one is named.
    pub port: Option<u16>,
    /// The database's name, or the file of `SQLite`; empty where none is named.
    pub database: String,
    /// Options that stand after the `?`, decoded, the last of a name counting.
    parameters: Vec<(String, String)>,
}

/// Why a text is no address of a database. It never holds a part of the text that could be the password.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum UrlError {
    /// There is no `://`.
    #[error("it is no address such as `postgres://user:password@host:5432/name`")]
    Form,
    /// It is of a database that is not known.
    #[error("`{0}://` is none of postgres, mysql, mariadb and sqlite")]
    Scheme(String),
    /// What should be a port is no number.
    #[error(
        "its port is no number; `/`, `?`, `#` and `@` in a password are written `%2F`, `%3F`, `%23` and `%40`"
    )]
    Port,
    /// Bytes that are no text.
    #[error("what is written with `%` in it is no UTF-8")]
    Encoding,
    /// `sqlite://name`.
    #[error(
        "a file of SQLite has three slashes before a relative path (`sqlite:///db.sqlite3`), four before an absolute one"
    )]
    Slashes,
    /// Nothing lasts there.
    #[error("it is a database in memory, which holds nothing")]
    Memory,
    /// Several hosts.
    #[error("it names several hosts; name the one to ask")]
    Hosts,
    /// MySQL without a database.
    #[error("it names no database")]
    NoDatabase,
    /// An option has a value that is not known.
    #[error("`{0}` has a value that is not known")]
    Option(&'static str),
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

impl DatabaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(UrlError::Form)?;
        let engine = engine(scheme)?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parameters = parameters(query)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut url = Self {
            engine,
            user: None,
            password: None,
            host: String::new(),
            port: None,
            database: decoded(path)?,
            parameters,
        };
        if engine == Engine::Sqlite {
            return match (authority, url.database.as_str()) {
                (":memory:" | "", ":memory:" | "") => Err(UrlError::Memory),
                ("", _) => Ok(url),
                _ => Err(UrlError::Slashes),
            };
        }
        let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (login, None),
        };
        url.user = Some(decoded(user)?).filter(|user| !user.is_empty());
        url.password = password.map(decoded).transpose()?;
        url.place(place)?;
        url.take_from_options()?;
        if url.host.contains(',') {
            return Err(UrlError::Hosts);
        }
        if engine == Engine::MySql && url.database.is_empty() {
            return Err(UrlError::NoDatabase);
        }
        Ok(url)
    }

    /// `host:port`, `[::1]:port`, or a socket's path with its slashes encoded.
    fn place(&mut self, place: &str) -> Result<(), UrlError> {
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => match place.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (place, None),
            },
        };
        self.host = decoded(host)?;
        self.port = port.filter(|port| !port.is_empty()).map(parse_port).transpose()?;
        Ok(())
    }

    /// libpq lets options say what stands before them elsewhere; `unix_socket` is mysqlclient's.
    fn take_from_options(&mut self) -> Result<(), UrlError> {
        let take = |name: &str| self.option(name).map(str::to_owned);
        let (user, password, host) = (take("user"), take("password"), take("host").or(take("unix_socket")));
        let (port, database) = (take("port"), take("dbname"));
        self.user = user.or(self.user.take());
        self.password = password.or(self.password.take());
        if let Some(host) = host {
            self.host = host;
        }
        if let Some(port) = port {
            self.port = Some(parse_port(&port)?);
        }
        if let Some(database) = database {
            self.database = database;
        }
        Ok(())
    }

    /// An option after the `?`.
    pub fn option(&self, name: &str) -> Option<&str> {
        let mut of_name = self.parameters.iter().rev().filter(|(key, _)| key == name);
        of_name.next().map(|(_, value)| value.as_str())
    }

    /// The address for people: no user, no password, no options.
    pub fn label(&self) -> String {
        let scheme = match self.engine {
            Engine::PostgreSql => "postgresql",
            Engine::MySql => "mysql",
            Engine::Sqlite => return self.database.clone(),
        };
        let host = if self.host.is_empty() { "localhost" } else { &self.host };
        let port = self.port.map_or_else(String::new, |port| format!(":{port}"));
        format!("{scheme}://{host}{port}/{}", self.database)
    }

    /// A text of others without the password.
    pub fn without_password(&self, text: &str) -> String {
        match self.password.as_deref() {
            Some(password) if !password.is_empty() => text.replace(password, "***"),
            _ => text.to_owned(),
        }
    }
}

/// The names of dj-database-url and django-environ.
fn engine(scheme: &str) -> Result<Engine, UrlError> {
    match scheme.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" | "pgsql" | "psql" | "postgis" | "timescale" | "timescalegis" => {
            Ok(Engine::PostgreSql)
        }
        "mysql" | "mysql2" | "mysqlgis" | "mysql-connector" | "mariadb" => Ok(Engine::MySql),
        "sqlite" | "sqlite3" | "spatialite" => Ok(Engine::Sqlite),
        other => {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
            let is_scheme = other.len() <= 20 && !other.is_empty() && other.chars().all(plain);
            Err(if is_scheme { UrlError::Scheme(other.to_owned()) } else { UrlError::Form })
        }
    }
}

fn parse_port(text: &str) -> Result<u16, UrlError> {
    text.parse().map_err(|_| UrlError::Port)
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, UrlError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let decode = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decoded(name)?, decoded(&value.replace('+', " "))?))
    };
    pairs.map(decode).collect()
}

/// As Python's `urllib.parse.unquote`: a `%` without two digits behind it stays.
fn decoded(text: &str) -> Result<String, UrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).filter(|_| *first == b'%');
        let value = digits.and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
        });
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8(bytes).map_err(|_| UrlError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Engine, String, String, String, Option<u16>, String) {
        let url = DatabaseUrl::parse(text).unwrap();
        let of = |text: Option<String>| text.unwrap_or_default();
        (url.engine, of(url.user), of(url.password), url.host, url.port, url.database)
    }

    #[test]
    fn addresses_as_dj_database_url_reads_them() {
        let pg = |user: &str, password: &str, host: &str, port, name: &str| {
            (Engine::PostgreSql, user.into(), password.into(), host.into(), port, name.into())
        };
        for (text, expected) in [
            ("postgres://u:p@db.example.org:5433/shop", pg("u", "p", "db.example.org", Some(5433), "shop")),
            ("postgresql://u@db/shop?sslmode=require", pg("u", "", "db", None, "shop")),
            ("postgis://u:p%40%2F%25%3A@db/shop", pg("u", "p@/%:", "db", None, "shop")),
            ("postgres://u:a@b:c@db:1/shop", pg("u", "a@b:c", "db", Some(1), "shop")),
            ("postgres://u:p@[::1]:5432/shop", pg("u", "p", "::1", Some(5432), "shop")),
            ("postgres://%2Fvar%2Frun%2Fpostgresql/shop", pg("", "", "/var/run/postgresql", None, "shop")),
            (
                "postgres:///shop?host=/tmp&port=5433&user=u&password=p",
                pg("u", "p", "/tmp", Some(5433), "shop"),
            ),
            ("postgres:///shop", pg("", "", "", None, "shop")),
            ("postgres://u:100%@db/shop", pg("u", "100%", "db", None, "shop")),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
        let expected = (Engine::MySql, "u".into(), String::new(), "h".into(), Some(3307), "shop".into());
        assert_eq!(parts("mariadb://u@h:3307/shop"), expected);
        assert_eq!(parts("mysql:///shop?unix_socket=/run/mysqld.sock").3, "/run/mysqld.sock");
        assert_eq!(parts("sqlite:///db.sqlite3").5, "db.sqlite3");
        assert_eq!(parts("sqlite:////srv/my%20shop.db").5, "/srv/my shop.db");
    }

    #[test]
    fn what_is_none_says_why_and_nothing_of_the_password() {
        for (text, expected) in [
            ("hunter2", UrlError::Form),
            ("hunter2@host/x", UrlError::Form),
            ("hunter2 is my password://x", UrlError::Form),
            ("oracle://u:hunter2@h/x", UrlError::Scheme("oracle".into())),
            ("postgres://u:hunter/2@h/x", UrlError::Port),
            ("postgres://u:hunter2@h:99999/x", UrlError::Port),
            ("postgres://u:hunter2@a,b/x", UrlError::Hosts),
            ("postgres://u:%ff@h/x", UrlError::Encoding),
            ("mysql://u:hunter2@h", UrlError::NoDatabase),
            ("sqlite://db.sqlite3", UrlError::Slashes),
            ("sqlite://:memory:", UrlError::Memory),
            ("sqlite:///:memory:", UrlError::Memory),
            ("sqlite://", UrlError::Memory),
        ] {
            let error = DatabaseUrl::parse(text).unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn what_is_shown_holds_no_password() {
        let url = DatabaseUrl::parse("postgres://u:hunter2@h/x?password=hunter2").unwrap();
        assert_eq!(url.label(), "postgresql://h/x");
        assert!(!format!("{url:?}").contains("hunter2"));
        assert_eq!(url.without_password("FATAL: hunter2!"), "FATAL: ***!");
    }
}
