//! Which database, and of which version.

use std::fmt;

/// A database that Django speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vendor {
    /// PostgreSQL, `PostGIS` included.
    PostgreSql,
    /// MySQL.
    MySql,
    /// MariaDB.
    MariaDb,
    /// SQLite, `SpatiaLite` included.
    Sqlite,
    /// Oracle.
    Oracle,
}

/// A database with its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// Which database.
    pub vendor: Vendor,
    /// Major and minor version, where it was told. `None` is any version still supported: facts have to
    /// hold for all of these, and SQL is written for [`Vendor::usual_version`].
    pub version: Option<(u16, u16)>,
}

/// Why a dialect could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialectError {
    /// No such database.
    #[error(
        "unknown database `{0}`: one of postgresql, mysql, mariadb, sqlite, oracle, each with an optional version (`postgresql:16`)"
    )]
    Vendor(String),
    /// Not a version.
    #[error("`{0}` is no version: write `postgresql:16` or `mysql:8.0`")]
    Version(String),
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::PostgreSql, Self::MySql, Self::MariaDb, Self::Sqlite, Self::Oracle];

    /// As the command line and the configuration write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PostgreSql => "postgresql",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::Sqlite => "sqlite",
            Self::Oracle => "oracle",
        }
    }

    /// As its makers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::PostgreSql => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
            Self::Sqlite => "SQLite",
            Self::Oracle => "Oracle",
        }
    }

    /// The database behind `DATABASES[…]["ENGINE"]`; `None` for a backend that is not Django's own
    /// and does not bear a known name. MySQL and MariaDB share an engine.
    pub fn from_engine(engine: &str) -> Option<Self> {
        let last = engine.rsplit('.').next()?;
        Some(match last {
            "postgresql" | "postgis" | "postgresql_psycopg2" => Self::PostgreSql,
            "mysql" => Self::MySql,
            "sqlite3" | "spatialite" => Self::Sqlite,
            "oracle" => Self::Oracle,
            _ => return None,
        })
    }

    /// `name` quoted as `DatabaseOperations.quote_name` of this database does it.
    pub fn quote_name(self, name: &str) -> String {
        match self {
            Self::MySql | Self::MariaDb => format!("`{name}`"),
            Self::Oracle => format!("\"{}\"", name.to_uppercase()),
            Self::PostgreSql | Self::Sqlite => format!("\"{name}\""),
        }
    }
}

impl Dialect {
    /// That database in a version still supported.
    pub fn new(vendor: Vendor) -> Self {
        Self { vendor, version: None }
    }
}

impl std::str::FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, version) = match text.split_once(':') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let vendor = match name.to_ascii_lowercase().as_str() {
            "postgresql" | "postgres" | "pg" => Vendor::PostgreSql,
            "mysql" => Vendor::MySql,
            "mariadb" => Vendor::MariaDb,
            "sqlite" | "sqlite3" => Vendor::Sqlite,
            "oracle" => Vendor::Oracle,
            _ => return Err(DialectError::Vendor(name.to_owned())),
        };
        let version = version
            .map(|version| {
                let mut parts = version.split('.');
                let major = parts.next().and_then(|part| part.parse().ok());
                let minor = parts.next().map_or(Some(0), |part| part.parse().ok());
                major.zip(minor).ok_or_else(|| DialectError::Version(version.to_owned()))
            })
            .transpose()?;
        Ok(Self { vendor, version })
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.vendor.as_str())?;
        match self.version {
            Some((major, 0)) => write!(f, ":{major}"),
            Some((major, minor)) => write!(f, ":{major}.{minor}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_is_read_and_shown() {
        for text in ["postgresql", "postgresql:16", "mysql:8.4", "sqlite"] {
            assert_eq!(text.parse::<Dialect>().unwrap().to_string(), text);
        }
        assert!("db2".parse::<Dialect>().is_err());
        assert!("mysql:new".parse::<Dialect>().is_err());
    }

    #[test]
    fn engines_of_django() {
        assert_eq!(Vendor::from_engine("django.db.backends.postgresql"), Some(Vendor::PostgreSql));
        assert_eq!(Vendor::from_engine("django.contrib.gis.db.backends.spatialite"), Some(Vendor::Sqlite));
        assert_eq!(Vendor::from_engine("acme.db"), None);
    }
}
