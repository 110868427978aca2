//! Which rules run, and how bad each is where.

use std::collections::{BTreeMap, BTreeSet};

use super::{RULES, by_name, nearest};
use crate::report::{Finding, Severity};

/// Which rules are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// These alone, if any are named.
    pub select: BTreeSet<&'static str>,
    /// Never these.
    pub ignore: BTreeSet<&'static str>,
    /// Pedantic ones too.
    pub pedantic: bool,
    /// Another severity than the rule's own.
    pub severity: BTreeMap<&'static str, Severity>,
    /// What holds for a part of the project alone.
    pub scopes: Vec<Scope>,
}

/// What holds for an app, or for files below a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Where it holds.
    pub target: Target,
    /// Rules that are off there.
    pub ignore: BTreeSet<&'static str>,
    /// Another severity there.
    pub severity: BTreeMap<&'static str, Severity>,
}

/// A part of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The app of that label.
    App(String),
    /// Files at or below a path relative to the analysed root.
    Path(String),
}

/// A name that no rule bears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRule {
    /// As written.
    pub name: String,
    /// What may have been meant.
    pub nearest: Option<&'static str>,
}

impl std::fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no rule `{}`", self.name)?;
        match self.nearest {
            Some(name) => write!(f, "; did you mean `{name}`?"),
            None => f.write_str("; `migcheck rules` lists them"),
        }
    }
}

impl std::error::Error for UnknownRule {}

/// The rule of that name, by its one static name.
///
/// # Errors
/// No rule is called that.
pub fn rule_name(name: &str) -> Result<&'static str, UnknownRule> {
    by_name(name)
        .map(|rule| rule.info.name)
        .ok_or_else(|| UnknownRule { name: name.to_owned(), nearest: nearest(name) })
}

impl Selection {
    /// Whether a rule is on at all.
    pub fn is_on(&self, rule: &str) -> bool {
        if self.ignore.contains(rule) {
            return false;
        }
        if !self.select.is_empty() {
            return self.select.contains(rule);
        }
        let own = by_name(rule).map(|rule| rule.info.severity);
        let severity = self.severity.get(rule).copied().or(own);
        self.pedantic || severity != Some(Severity::Pedantic)
    }

    /// The finding with the severity it has in its place; `None` where its rule is off.
    pub fn judge(&self, mut finding: Finding) -> Option<Finding> {
        if !self.is_on(finding.rule) {
            return None;
        }
        // A rule may have findings that are for those alone who ask for them.
        let asked =
            self.pedantic || self.select.contains(finding.rule) || self.severity.contains_key(finding.rule);
        if finding.severity == Severity::Pedantic && !asked {
            return None;
        }
        if let Some(severity) = self.severity.get(finding.rule) {
            finding.severity = *severity;
        }
        for scope in &self.scopes {
            if !scope.target.holds(&finding) {
                continue;
            }
            if scope.ignore.contains(finding.rule) {
                return None;
            }
            if let Some(severity) = scope.severity.get(finding.rule) {
                finding.severity = *severity;
            }
        }
        Some(finding)
    }

    /// The names of the rules that are on.
    pub fn on(&self) -> impl Iterator<Item = &'static str> + '_ {
        RULES.iter().map(|rule| rule.info.name).filter(|name| self.is_on(name))
    }
}

impl Target {
    fn holds(&self, finding: &Finding) -> bool {
        match self {
            Self::App(label) => finding.app_label() == Some(label),
            Self::Path(path) => {
                let path = path.trim_end_matches('/');
                let rest = finding.place.path().strip_prefix(path);
                path == "." || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Place;

    fn finding(rule: &'static str, path: &str) -> Finding {
        Finding::new(rule, Severity::Error, Place::Path(path.into()), "m").of_app("shop")
    }

    #[test]
    fn a_path_covers_what_is_below_it_and_nothing_beside_it() {
        let target = Target::Path("shop/old/".to_owned());
        assert!(target.holds(&finding("remove-field", "shop/old/0001.py")));
        assert!(!target.holds(&finding("remove-field", "shop/older/0001.py")));
    }

    #[test]
    fn select_ignore_and_severity() {
        let mut selection = Selection::default();
        selection.severity.insert("remove-field", Severity::Info);
        assert_eq!(selection.judge(finding("remove-field", "a")).unwrap().severity, Severity::Info);
        selection.select.insert("delete-model");
        assert!(selection.judge(finding("remove-field", "a")).is_none());
        selection.select.clear();
        let ignore = ["remove-field"].into();
        selection.scopes.push(Scope {
            target: Target::App("shop".into()),
            ignore,
            severity: BTreeMap::new(),
        });
        assert!(selection.judge(finding("remove-field", "a")).is_none());
        assert_eq!(rule_name("remove-feild").unwrap_err().nearest, Some("remove-field"));
    }
}
