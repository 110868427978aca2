//! PostgreSQL.

use postgres::config::{Config, SslMode};
use postgres::error::SqlState;
use postgres::{Error, NoTls, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::{self, Trust};
use super::{DatabaseUrl, QUERY, Recorded, UrlError, limits};

/// Where servers put their socket: Debian's place, and PostgreSQL's own.
const SOCKETS: &[&str] = &["/var/run/postgresql", "/tmp"];

/// How the connection is encrypted: libpq's `sslmode`, `prefer` by default. As libpq has it, `require`
/// encrypts and does not ask whom it speaks to, unless `sslrootcert` says whom to believe.
fn encryption(url: &DatabaseUrl) -> Result<(SslMode, Trust), UrlError> {
    let roots = url.option("sslrootcert").filter(|path| *path != "system");
    let named = |trust| (SslMode::Require, trust);
    Ok(match url.option("sslmode") {
        _ if url.host.is_empty() || url.host.starts_with('/') => (SslMode::Disable, Trust::Anybody),
        Some("disable") => (SslMode::Disable, Trust::Anybody),
        None | Some("allow" | "prefer") => (SslMode::Prefer, Trust::Anybody),
        Some("require") => named(if roots.is_some() { Trust::Issuer } else { Trust::Anybody }),
        Some("verify-ca") => named(Trust::Issuer),
        Some("verify-full") => named(Trust::Host),
        Some(_) => return Err(UrlError::Option("sslmode")),
    })
}

/// Reads the table.
///
/// # Errors
/// What the server or the way to it says.
pub(super) fn read(url: &DatabaseUrl) -> Result<Recorded, String> {
    let (mode, trust) = encryption(url).map_err(|error| error.to_string())?;
    let mut config = Config::new();
    config.ssl_mode(mode).connect_timeout(limits::CONNECT).application_name("migcheck");
    let host = if url.host.is_empty() { socket() } else { &url.host };
    config.host(host).port(url.port.unwrap_or(5432));
    if let Some(user) = &url.user {
        config.user(user);
    }
    if let Some(password) = &url.password {
        config.password(password);
    }
    if !url.database.is_empty() {
        config.dbname(&url.database);
    }
    // Poolers know no `options`: they go along only where the address has them.
    let path = url.option("currentSchema").map(|schema| format!("-c search_path={schema}"));
    let options: Vec<&str> = url.option("options").into_iter().chain(path.as_deref()).collect();
    if !options.is_empty() {
        config.options(&options.join(" "));
    }
    let mut client = if mode == SslMode::Disable {
        config.connect(NoTls).map_err(|error| said(&error))?
    } else {
        let tls = tls::config(trust, url.option("sslrootcert").filter(|path| *path != "system"))?;
        config.connect(MakeRustlsConnect::new(tls)).map_err(|error| said(&error))?
    };
    // What a transaction says of itself reaches the right server through a pooler, too.
    let mut transaction = client.build_transaction().read_only(true).start().map_err(|error| said(&error))?;
    let limits = format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
        limits::STATEMENT.as_millis(),
        limits::LOCK.as_millis()
    );
    transaction.batch_execute(&limits).map_err(|error| said(&error))?;
    let messages = match transaction.simple_query(QUERY) {
        Ok(messages) => messages,
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => return Ok(Recorded::default()),
        Err(error) => return Err(said(&error)),
    };
    let mut recorded = Recorded { has_table: true, ..Recorded::default() };
    for message in &messages {
        if let SimpleQueryMessage::Row(row) = message
            && let (Ok(Some(app)), Ok(Some(name))) = (row.try_get(0), row.try_get(1))
        {
            recorded.add(app, name)?;
        }
    }
    Ok(recorded)
}

fn socket() -> &'static str {
    let there = |folder: &&&str| std::path::Path::new(folder).join(".s.PGSQL.5432").exists();
    SOCKETS.iter().find(there).copied().unwrap_or("localhost")
}

/// What went wrong, in the server's words where it has some.
fn said(error: &Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("{}: {}", error.severity(), error.message());
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
