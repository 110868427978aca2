//! `MigrationOptimizer` (`django/db/migrations/optimizer.py`): a list of operations made shorter.

use super::keys::AppLabel;
use super::operations::{Operation, Reduction};
use super::version::DjangoVersion;

/// `MigrationOptimizer.optimize`: merges operations of one app until nothing merges any more.
pub fn optimize(mut operations: Vec<Operation>, app: &AppLabel, version: DjangoVersion) -> Vec<Operation> {
    // Each pass makes the list shorter or rewrites a pair once; the bound only guards against a
    // pair that rewrites itself for ever.
    for _ in 0..=operations.len().saturating_mul(4) {
        match optimize_inner(&operations, app, version) {
            Some(shorter) => operations = shorter,
            None => break,
        }
    }
    operations
}

/// `MigrationOptimizer.optimize_inner`: the list after its first reduction, `None` where there is none.
fn optimize_inner(
    operations: &[Operation],
    app: &AppLabel,
    version: DjangoVersion,
) -> Option<Vec<Operation>> {
    let mut result = Vec::with_capacity(operations.len());
    for (i, operation) in operations.iter().enumerate() {
        let rest = operations.get(i + 1..).unwrap_or_default();
        let mut right = true;
        for (j, other) in rest.iter().enumerate() {
            match operation.reduce(other, app, version) {
                Reduction::Into(reduced) => {
                    let between = rest.get(..j).unwrap_or_default();
                    if right {
                        result.extend_from_slice(between);
                        result.extend(reduced);
                    } else if between
                        .iter()
                        .all(|op| matches!(op.reduce(other, app, version), Reduction::Through))
                    {
                        result.extend(reduced);
                        result.extend_from_slice(between);
                    } else {
                        break;
                    }
                    result.extend_from_slice(rest.get(j + 1..).unwrap_or_default());
                    return Some(result);
                }
                Reduction::Through => {}
                Reduction::Blocked => right = false,
            }
        }
        result.push(operation.clone());
    }
    None
}
