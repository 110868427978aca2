//! Operations and fields for tests.

use std::sync::Arc;

use super::field::{Field, FieldClass};
use super::operations::{Operation, OperationKind};
use crate::python::value::Value;

/// An operation of Django's own, from no file.
pub(crate) fn operation(kind: OperationKind) -> Operation {
    Operation { class: "django.db.migrations.operations.X".into(), kind, at: None, custom_describe: None }
}

/// A field of one of Django's own classes (`IntegerField`).
pub(crate) fn field(class: &str, kwargs: &[(&str, Value)]) -> Arc<Field> {
    let path: Arc<str> = format!("django.db.models.{class}").into();
    let of = |class: &str| Arc::<str>::from(format!("django.db.models.fields.{class}"));
    let class = FieldClass::new(of(class), Some(path.clone()), vec![of(class), of("Field")]);
    let kwargs = kwargs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    Arc::new(Field { path, args: vec![], kwargs, class: class.into(), at: None, live: None })
}
