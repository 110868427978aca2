//! What a rule is, and how it is found by name.

use super::{Context, MigrationContext, OperationContext, RULES, Sink};
use crate::database::Vendor;
use crate::report::{Aspect, Severity};

/// What a rule says of itself. `explain`, the documentation pages and rule metadata in other
/// formats are all made from this.
#[derive(Debug)]
pub struct RuleInfo {
    /// Kebab-case; says what is wrong.
    pub name: &'static str,
    /// How bad its findings are, unless configured otherwise.
    pub severity: Severity,
    /// What it is about.
    pub aspect: Aspect,
    /// When it fires, in one line.
    pub summary: &'static str,
    /// What it does: Markdown.
    pub what: &'static str,
    /// Why that is bad: Markdown.
    pub why: &'static str,
    /// A migration that it fires on.
    pub example: &'static str,
    /// What to write instead: Markdown.
    pub safe_way: &'static str,
    /// How it is known: Django's source, a manual's section, a measurement.
    pub evidence: &'static str,
    /// The databases that it holds for.
    pub dialects: Dialects,
}

/// The databases that a rule holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialects {
    /// Whatever the database.
    All,
    /// These alone.
    Only(&'static [Vendor]),
}

/// How a rule looks at a project.
#[derive(Debug)]
pub enum Check {
    /// Once a project.
    Project(fn(&Context<'_>, &mut Sink)),
    /// Once a migration of the repository, in the order in which they would be applied.
    Migration(fn(&MigrationContext<'_>, &mut Sink)),
    /// Once for each operation of a migration of the repository, those within
    /// `SeparateDatabaseAndState` each on their own.
    Operation(fn(&OperationContext<'_>, &mut Sink)),
    /// Once a project, when its models are known.
    Models(fn(&Context<'_>, &mut Sink)),
    /// As `Operation`, when the models are known.
    OperationAndModels {
        /// Whether it has anything to ask about the operation.
        is_asked: fn(&OperationContext<'_>) -> bool,
        /// Looks at the operation.
        check: fn(&OperationContext<'_>, &mut Sink),
    },
    /// Made by the machinery of rules itself.
    Built,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// What it says of itself.
    pub info: RuleInfo,
    /// What it does.
    pub check: Check,
}

impl Dialects {
    /// Whether that database is among them.
    pub fn contains(self, vendor: Vendor) -> bool {
        match self {
            Self::All => true,
            Self::Only(vendors) => vendors.contains(&vendor),
        }
    }
}

/// The rule of that name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.info.name == name)
}

/// The name of a rule that is most like `name`.
pub fn nearest(name: &str) -> Option<&'static str> {
    crate::rules::snippet::nearest(name, RULES.iter().map(|rule| rule.info.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_documented_and_named_once() {
        let mut names = std::collections::BTreeSet::new();
        for rule in RULES {
            let info = &rule.info;
            assert!(names.insert(info.name), "{} is there twice", info.name);
            assert!(info.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", info.name);
            for text in [info.summary, info.what, info.why, info.example, info.safe_way, info.evidence] {
                assert!(!text.trim().is_empty(), "{} lacks documentation", info.name);
            }
            assert!(!info.summary.ends_with('.'), "{}", info.name);
        }
    }

    #[test]
    fn a_typo_finds_its_rule() {
        assert_eq!(nearest("remove-feild"), Some("remove-field"));
        assert_eq!(nearest("xyzzy"), None);
    }
}
