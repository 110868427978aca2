//! One finding a cause: where two rules speak of one operation and what the first one advises takes away
//! what the second one fears, the first speaks for both.
//!
//! Rules look on their own, so that each can be asked for alone; the folding comes after comments and
//! configuration had their say. What is silenced speaks for nobody.

use std::collections::HashMap;

use crate::report::{Finding, LockInfo, Place};

/// A rule, and one whose findings on the same operation it speaks for, with the reason.
#[derive(Debug)]
pub struct Pair {
    /// The rule that speaks.
    pub speaks: &'static str,
    /// The rule that gives way.
    pub gives_way: &'static str,
    /// Only where the other rule has one finding on the operation: several are of several causes.
    pub single: bool,
    /// Why its advice is enough.
    pub why: &'static str,
}

/// All such pairs.
pub static PAIRS: &[Pair] = &[
    Pair {
        speaks: "change-field-type",
        gives_way: "table-rewrite",
        single: false,
        why: "the second column, filled in batches, is what spares the rewrite",
    },
    Pair {
        speaks: "narrow-field",
        gives_way: "table-rewrite",
        single: false,
        why: "as with a type of another kind",
    },
    Pair {
        speaks: "set-not-null",
        gives_way: "validating-constraint",
        single: true,
        why: "its steps have the check that is validated while writes go on",
    },
    Pair {
        speaks: "rename-field",
        gives_way: "validating-constraint",
        single: false,
        why: "a column that keeps its name keeps its foreign key",
    },
    Pair {
        speaks: "rename-model",
        gives_way: "validating-constraint",
        single: false,
        why: "a table that keeps its name keeps the foreign keys to it",
    },
    Pair {
        speaks: "blocking-index",
        gives_way: "foreign-key-locks-both",
        single: false,
        why: "without the index beside it, the foreign key locks the other table for a moment",
    },
];

/// Leaves out findings for which another one on the same operation speaks, and adds to that what they said.
pub fn fold(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    let (giving, speaking): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| PAIRS.iter().any(|pair| pair.gives_way == finding.rule));
    kept.extend(speaking);
    // A migration may have a finding for each of many operations.
    let mut speakers: HashMap<Subject, Vec<usize>> = HashMap::new();
    for (index, finding) in kept.iter().enumerate() {
        if let Some(subject) = subject(finding) {
            speakers.entry(subject).or_default().push(index);
        }
    }
    let mut counts: HashMap<(&'static str, Subject), usize> = HashMap::new();
    for finding in &giving {
        if let Some(subject) = subject(finding) {
            *counts.entry((finding.rule, subject)).or_default() += 1;
        }
    }
    for finding in giving {
        let own = subject(&finding);
        let several = own.as_ref().is_some_and(|own| counts.get(&(finding.rule, own.clone())) > Some(&1));
        let speaks = |other: &Finding| {
            let is_pair = |pair: &&Pair| pair.gives_way == finding.rule && pair.speaks == other.rule;
            PAIRS.iter().find(is_pair).is_some_and(|pair| !(pair.single && several))
                && finding.place == other.place
        };
        let beside = own.as_ref().and_then(|own| speakers.get(own)).map_or(&[][..], Vec::as_slice);
        let speaker = beside.iter().copied().find(|index| kept.get(*index).is_some_and(speaks));
        match speaker.and_then(|index| kept.get_mut(index)) {
            Some(speaker) => speak_for(speaker, finding),
            None => kept.push(finding),
        }
    }
    kept
}

/// A migration, an operation of it, and where the finding stands: what findings of one cause share.
type Subject = (Option<String>, usize, String, u32);

/// What a finding is about; `None` where it is about no operation.
fn subject(finding: &Finding) -> Option<Subject> {
    let at = match &finding.place {
        Place::Range(at) => at.start,
        Place::Path(_) => 0,
    };
    let migration = finding.migration.as_ref().map(ToString::to_string);
    Some((migration, finding.operation?, finding.place.path().to_owned(), at))
}

fn speak_for(speaker: &mut Finding, other: Finding) {
    speaker.message = format!("{}; besides, {}", speaker.message, other.message);
    speaker.severity = speaker.severity.min(other.severity);
    speaker.lock = match (speaker.lock.take(), other.lock) {
        (Some(own), Some(other)) => {
            let (rewrites, scans) = (own.rewrites || other.rewrites, own.scans || other.scans);
            let held = own.held || other.held;
            let harder = if other.blocks < own.blocks { other } else { own };
            Some(LockInfo { rewrites, scans, held, ..harder })
        }
        (own, other) => own.or(other),
    };
    speaker.labels.extend(other.labels);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::by_name;
    use crate::rules::histories::*;

    #[test]
    fn pairs_are_rules_that_do_not_chain() {
        for pair in PAIRS {
            assert!(by_name(pair.speaks).is_some() && by_name(pair.gives_way).is_some(), "{pair:?}");
            assert!(PAIRS.iter().all(|other| other.gives_way != pair.speaks), "{pair:?}");
            assert!(!pair.why.is_empty());
        }
    }

    fn told(operations: Vec<Operation>, source: &str) -> Vec<Finding> {
        report(operations, source).findings
    }

    #[test]
    fn one_finding_a_cause() {
        let found = told(vec![alter("code", field("IntegerField", &[]))], "");
        assert_eq!(rules_of(&found), ["change-field-type"]);
        assert!(
            found[0].message.contains("; besides, the new type `integer` of column `code` writes every row"),
            "{}",
            found[0].message
        );
        assert!(found[0].lock.as_ref().unwrap().rewrites);
        let found = told(vec![add("tag", foreign_key("shop.tag"))], "");
        assert_eq!(rules_of(&found), ["blocking-index"]);
        assert!(found[0].message.contains("locks table `shop_tag`, too"), "{}", found[0].message);
    }

    #[test]
    fn what_is_silenced_speaks_for_nobody() {
        let comment = "# migcheck: ignore[change-field-type] all are numbers\n";
        assert_eq!(
            rules_of(&told(vec![alter("code", field("IntegerField", &[]))], comment)),
            ["table-rewrite"]
        );
        let comment = "# migcheck: ignore[table-rewrite] the table is small\n";
        let found = told(vec![alter("code", field("IntegerField", &[]))], comment);
        assert_eq!(rules_of(&found), ["change-field-type"]);
        assert!(!found[0].message.contains("besides"));
    }
}
