//! `unused-ignore`: a reason to stay silent that silences nothing.

use super::{Check, Dialects, Rule, RuleInfo};
use crate::report::{Aspect, Severity};

/// Finds where a `# migcheck: ignore[…]` comment matches no finding.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "unused-ignore",
        severity: Severity::Warning,
        aspect: Aspect::Graph,
        summary: "a `# migcheck: ignore[…]` comment matches no finding",
        what: "Fires on a comment `# migcheck: ignore[rule]` that silences nothing: the rule does not fire \
there, or no rule bears that name. Silent for rules that are switched off.",
        why: "An ignore outlives what it was written for, and then hides what comes later. A name with a typo \
hides nothing at all, though its author thinks so.",
        example: "# migcheck: ignore[remove-feild] no code uses it since release 41
migrations.RemoveField(model_name=\"order\", name=\"note\"),",
        safe_way: "Take the comment out, or correct the rule's name.",
        evidence: "Made by comparing the comments with the findings of this run.",
        dialects: Dialects::All,
    },
    check: Check::Built,
};
