//! MySQL and MariaDB.

use mysql::prelude::Queryable as _;
use mysql::{AccessMode, Conn, DriverError, Error, OptsBuilder, SslOpts, TxOpts};

use super::{DatabaseUrl, QUERY, Recorded, UrlError, limits};

/// `ER_NO_SUCH_TABLE`
const NO_SUCH_TABLE: u16 = 1146;
/// Where servers put their socket.
const SOCKETS: &[&str] = &[
    "/run/mysqld/mysqld.sock",
    "/var/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
];

/// How the connection is encrypted: the `ssl-mode` of MySQL's clients, `PREFERRED` by default.
struct Encryption {
    options: Option<SslOpts>,
    /// A server that cannot is spoken to in the clear.
    or_none: bool,
}

impl Encryption {
    fn of(url: &DatabaseUrl) -> Result<Self, UrlError> {
        let option = |names: [&str; 2]| names.iter().find_map(|name| url.option(name));
        let roots = option(["ssl-ca", "ssl_ca"]).map(std::path::PathBuf::from);
        let mode = option(["ssl-mode", "ssl_mode"]).map(str::to_ascii_uppercase);
        let unasked = SslOpts::default().with_danger_accept_invalid_certs(true);
        let asked = match &roots {
            Some(path) => SslOpts::default().with_root_cert_path(Some(path.clone())),
            None => SslOpts::default(),
        };
        let (options, or_none) = match mode.as_deref() {
            Some("DISABLED") => (None, true),
            Some("REQUIRED") => (Some(unasked), false),
            Some("VERIFY_CA") => (Some(asked.with_danger_skip_domain_validation(true)), false),
            Some("VERIFY_IDENTITY") => (Some(asked), false),
            // As MySQL's clients: whom to believe is named, so it is asked.
            None if roots.is_some() => (Some(asked.with_danger_skip_domain_validation(true)), false),
            None | Some("PREFERRED") => (Some(unasked), true),
            Some(_) => return Err(UrlError::Option("ssl-mode")),
        };
        Ok(Self { options, or_none })
    }
}

/// Reads the table.
///
/// # Errors
/// What the server or the way to it says.
pub(super) fn read(url: &DatabaseUrl) -> Result<Recorded, String> {
    let encryption = Encryption::of(url).map_err(|error| error.to_string())?;
    let mut options = OptsBuilder::new()
        .user(url.user.clone())
        .pass(url.password.clone())
        .db_name(Some(&url.database))
        .prefer_socket(false)
        .init(vec![format!("SET SESSION lock_wait_timeout = {}", limits::LOCK.as_secs())])
        .tcp_connect_timeout(Some(limits::CONNECT))
        .read_timeout(Some(limits::STATEMENT))
        .write_timeout(Some(limits::STATEMENT));
    options = if let Some(socket) = socket(url) {
        options.socket(Some(socket))
    } else {
        let host = if url.host.is_empty() { "localhost" } else { &url.host };
        options.ip_or_hostname(Some(host)).tcp_port(url.port.unwrap_or(3306))
    };
    let mut connected = Conn::new(options.clone().ssl_opts(encryption.options));
    if let (Err(Error::DriverError(DriverError::TlsNotSupported)), true) = (&connected, encryption.or_none) {
        connected = Conn::new(options.ssl_opts(None));
    }
    let mut connection = connected.map_err(|error| said(&error))?;
    let read_only = TxOpts::default().set_access_mode(Some(AccessMode::ReadOnly));
    let mut transaction = connection.start_transaction(read_only).map_err(|error| said(&error))?;
    let rows = match transaction.query_iter(QUERY) {
        Ok(rows) => rows,
        Err(Error::MySqlError(error)) if error.code == NO_SUCH_TABLE => return Ok(Recorded::default()),
        Err(error) => return Err(said(&error)),
    };
    let mut recorded = Recorded { has_table: true, ..Recorded::default() };
    for row in rows {
        let mut row = row.map_err(|error| said(&error))?;
        if let (Some(Ok(app)), Some(Ok(name))) = (row.take_opt::<String, _>(0), row.take_opt::<String, _>(1))
        {
            recorded.add(&app, &name)?;
        }
    }
    Ok(recorded)
}

/// The socket to speak through: MySQL's clients take it for `localhost`, where no port is named.
fn socket(url: &DatabaseUrl) -> Option<&str> {
    if url.host.starts_with('/') {
        return Some(&url.host);
    }
    let is_local = matches!(url.host.as_str(), "" | "localhost") && url.port.is_none();
    let there = |path: &&&str| is_local && std::path::Path::new(path).exists();
    SOCKETS.iter().find(there).copied()
}

/// What went wrong, in the server's words where it has some.
fn said(error: &Error) -> String {
    match error {
        Error::MySqlError(error) => error.message.clone(),
        Error::IoError(error) => error.to_string(),
        Error::DriverError(error) => error.to_string(),
        other => other.to_string(),
    }
}
