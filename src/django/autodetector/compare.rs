//! Comparison where something may be unknown: what is not known is neither equal nor changed
//! (`MigrationAutodetector.deep_deconstruct` and Python's `==` otherwise).

use std::sync::Arc;

use super::identity;
use crate::django::field::Field;
use crate::django::operations::Named;
use crate::django::version::DjangoVersion;
use crate::python::value::{Unknown, Value};

/// What comparing two things came to.
#[derive(Debug, Clone)]
pub(crate) enum Comparison {
    /// Equal in all parts.
    Equal,
    /// Some known part differs.
    Different,
    /// What is known is equal, but something is not known: the part's name and the reason.
    Undecided(Arc<str>, Arc<Unknown>),
}

impl Comparison {
    /// Whether a known part differs.
    pub(crate) fn is_different(&self) -> bool {
        matches!(self, Self::Different)
    }

    fn and(self, next: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Different => Self::Different,
            Self::Equal => next(),
            Self::Undecided(..) => match next() {
                Self::Different => Self::Different,
                _ => self,
            },
        }
    }
}

/// Two values of the part `what`, either of which may be absent.
pub(crate) fn values(what: &Arc<str>, old: Option<&Value>, new: Option<&Value>) -> Comparison {
    if let Some(unknown) = old.and_then(Value::find_unknown).or_else(|| new.and_then(Value::find_unknown)) {
        return Comparison::Undecided(what.clone(), unknown.clone());
    }
    if old == new { Comparison::Equal } else { Comparison::Different }
}

/// Two dictionaries of arguments.
pub(crate) fn kwargs(old: &[Named<Value>], new: &[Named<Value>], skip: &[&str]) -> Comparison {
    let get = |of: &[Named<Value>], name: &Arc<str>| of.iter().position(|(key, _)| key == name);
    let names = old
        .iter()
        .map(|(key, _)| key)
        .chain(new.iter().map(|(key, _)| key).filter(|key| get(old, key).is_none()));
    names.filter(|name| !skip.contains(&name.as_ref())).fold(Comparison::Equal, |result, name| {
        result.and(|| {
            let value = |of: &'_ [Named<Value>]| {
                get(of, name).and_then(|at| of.get(at)).map(|(_, value)| value.clone())
            };
            values(name, value(old).as_ref(), value(new).as_ref())
        })
    })
}

fn args(old: &[Value], new: &[Value]) -> Comparison {
    let what: Arc<str> = "args".into();
    if let Some(unknown) = old.iter().chain(new).find_map(Value::find_unknown) {
        return Comparison::Undecided(what, unknown.clone());
    }
    if old == new { Comparison::Equal } else { Comparison::Different }
}

/// Two fields' deconstructions, less the arguments in `skip`.
///
/// What relations point to is compared as models, case aside. A `through` is compared so before 4.0
/// only, when fields were taken from rendered models; later releases compare it as written.
pub(crate) fn fields(old: &Field, new: &Field, skip: &[&str], version: DjangoVersion) -> Comparison {
    if old.path != new.path {
        return Comparison::Different;
    }
    let mut skip = skip.to_vec();
    let relations: &[&str] = if version < DjangoVersion::V4_0 { &["to", "through"] } else { &["to"] };
    for name in relations {
        let targets = (old.kwarg(name).and_then(Value::as_str), new.kwarg(name).and_then(Value::as_str));
        if matches!(targets, (Some(a), Some(b)) if is_same_target(a, b, version)) {
            skip.push(name);
        }
    }
    args(&old.args, &new.args).and(|| kwargs(&old.kwargs, &new.kwargs, &skip))
}

/// Whether two references of one model's field name the same model. One may leave the app out before
/// 4.0, when both were taken from rendered models; later releases compare what `deconstruct()` gives.
fn is_same_target(a: &str, b: &str, version: DjangoVersion) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let unscoped = |short: &str, long: &str| {
        !short.contains('.') && long.split_once('.').is_some_and(|(_, model)| model == short)
    };
    a == b || (version < DjangoVersion::V4_0 && (unscoped(&a, &b) || unscoped(&b, &a)))
}

/// Two deconstructed indexes or constraints, less the arguments in `skip`.
pub(crate) fn objects(old: &Value, new: &Value, skip: &[&str], version: DjangoVersion) -> Comparison {
    match as_written(old, new, skip) {
        Comparison::Different => as_written(&identity::of(old, version), &identity::of(new, version), skip),
        same => same,
    }
}

fn as_written(old: &Value, new: &Value, skip: &[&str]) -> Comparison {
    match (old, new) {
        (Value::Call(a), Value::Call(b)) if a.path == b.path => {
            args(&a.args, &b.args).and(|| kwargs(&a.kwargs, &b.kwargs, skip))
        }
        (Value::Call(_), Value::Call(_)) => Comparison::Different,
        _ => values(&"value".into(), Some(old), Some(new)),
    }
}
