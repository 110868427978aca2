//! What the configuration knows of tables: which are small, which are busy, how many rows each has.

use std::collections::{BTreeMap, BTreeSet};

use super::context::OperationContext;
use super::registry::by_name;
use crate::report::{Aspect, Blocks, Finding, Severity};

/// Rows up to which a table is small, unless the configuration says otherwise.
pub const SMALL: u64 = 10_000;

/// What is known of tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSizes {
    /// Tables that the configuration calls small.
    pub small: BTreeSet<String>,
    /// Tables that the configuration calls hot: big, or never idle.
    pub hot: BTreeSet<String>,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Tables with no more rows than this are small.
    pub small_rows: u64,
}

impl Default for TableSizes {
    fn default() -> Self {
        Self { small: BTreeSet::new(), hot: BTreeSet::new(), rows: BTreeMap::new(), small_rows: SMALL }
    }
}

impl TableSizes {
    /// Whether a table is known to be small, so that what is done to all its rows is soon done.
    pub fn is_small(&self, table: &str) -> bool {
        if self.small.contains(table) {
            return true;
        }
        !self.hot.contains(table) && self.rows.get(table).is_some_and(|rows| *rows <= self.small_rows)
    }

    /// Whether a table is known to be big or busy.
    pub fn is_hot(&self, table: &str) -> bool {
        self.hot.contains(table)
    }
}

impl TableSizes {
    /// The finding with the severity that its table's size gives it: on a small table a lock is soon
    /// released and worth no more than a word, on a hot one every lock that blocks is an error.
    pub fn weigh(&self, mut finding: Finding) -> Finding {
        let about_locks = by_name(finding.rule).is_some_and(|rule| rule.info.aspect == Aspect::Locks);
        let Some(table) = finding.table.as_deref().filter(|_| about_locks) else { return finding };
        let blocks = finding.lock.as_ref().is_none_or(|lock| lock.blocks != Blocks::None);
        if self.is_hot(table) && blocks && finding.severity == Severity::Warning {
            finding.severity = Severity::Error;
        } else if self.is_small(table) && finding.severity < Severity::Info {
            finding.severity = Severity::Info;
        }
        finding
    }
}

impl OperationContext<'_> {
    /// Whether a table is known to be small.
    pub(super) fn is_small(&self, table: &str) -> bool {
        self.migration.project.tables.is_small(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_weigh_by_the_size_of_their_table() {
        use crate::report::Place;
        let mut sizes = TableSizes::default();
        sizes.small.insert("small".into());
        sizes.hot.insert("hot".into());
        let weigh = |rule, severity, table: &str| {
            let finding =
                Finding::new(rule, severity, Place::Path("a".into()), "m").table(Some(table.to_owned()));
            sizes.weigh(finding).severity
        };
        assert_eq!(weigh("blocking-index", Severity::Error, "small"), Severity::Info);
        assert_eq!(weigh("blocking-index", Severity::Error, "other"), Severity::Error);
        assert_eq!(weigh("foreign-key-without-index", Severity::Warning, "hot"), Severity::Error);
        // A column that is gone is gone on a small table, too.
        assert_eq!(weigh("remove-field", Severity::Error, "small"), Severity::Error);
    }

    #[test]
    fn small_by_name_or_by_rows() {
        let mut sizes = TableSizes::default();
        sizes.small.insert("a".into());
        sizes.hot.insert("b".into());
        sizes.rows.extend([("b".to_owned(), 5), ("c".to_owned(), 5), ("d".to_owned(), 50_000)]);
        assert!(sizes.is_small("a") && sizes.is_small("c"));
        assert!(!sizes.is_small("b") && !sizes.is_small("d") && !sizes.is_small("unknown"));
        assert!(sizes.is_hot("b"));
    }
}
