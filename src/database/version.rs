//! Which version of a database speaks, where that changes the SQL.

use super::{Dialect, Vendor};

impl Vendor {
    /// Whether Django's `mysql` backend speaks to it.
    pub fn is_mysql(self) -> bool {
        matches!(self, Self::MySql | Self::MariaDb)
    }

    /// Whether DDL is undone when its transaction is (`can_rollback_ddl`,
    /// `django/db/backends/*/features.py`).
    pub fn can_rollback_ddl(self) -> bool {
        matches!(self, Self::PostgreSql | Self::Sqlite)
    }

    /// The version that is taken where none is told: one in wide use and still maintained.
    pub fn usual_version(self) -> (u16, u16) {
        match self {
            Self::PostgreSql => (16, 0),
            Self::Sqlite => (3, 45),
            Self::MySql => (8, 0),
            Self::MariaDb => (10, 11),
            Self::Oracle => (19, 0),
        }
    }
}

impl Dialect {
    /// Whether the server is of this version or a later one; without a version,
    /// [`Vendor::usual_version`] is compared. Patches are not told, so that the last one of its minor
    /// version is taken for it.
    pub fn at_least(self, major: u16, minor: u16, _patch: u16) -> bool {
        self.version.unwrap_or_else(|| self.vendor.usual_version()) >= (major, minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_do_not_count() {
        assert!(Dialect::new(Vendor::MySql).at_least(8, 0, 16));
        let old = Dialect { vendor: Vendor::MySql, version: Some((5, 7)) };
        assert!(!old.at_least(8, 0, 13));
    }
}
