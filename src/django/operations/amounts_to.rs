//! An operation of somebody else's that is said to amount to one of Django's: its arguments, read by
//! the parameters of that one's constructor.

use std::sync::Arc;

use super::{CustomOperation, Operation, OperationKind, RunPython, RunSql};
use crate::django::field::Field;
use crate::python::value::Value;

/// Operations of Django's that another can amount to, with the parameters of their constructors
/// (`django/db/migrations/operations/`, `django/contrib/postgres/operations.py`).
pub const AMOUNTS_TO: &[(&str, &[&str])] = &[
    ("AddConstraint", &["model_name", "constraint"]),
    ("AddConstraintNotValid", &["model_name", "constraint"]),
    ("AddField", &["model_name", "name", "field", "preserve_default"]),
    ("AddIndex", &["model_name", "index"]),
    ("AddIndexConcurrently", &["model_name", "index"]),
    ("AlterField", &["model_name", "name", "field", "preserve_default"]),
    ("AlterModelTable", &["name", "table"]),
    ("DeleteModel", &["name"]),
    ("RemoveConstraint", &["model_name", "name"]),
    ("RemoveField", &["model_name", "name"]),
    ("RemoveIndex", &["model_name", "name"]),
    ("RemoveIndexConcurrently", &["model_name", "name"]),
    ("RenameField", &["model_name", "old_name", "new_name"]),
    ("RenameModel", &["old_name", "new_name"]),
    ("RunPython", &["code", "reverse_code", "atomic", "hints", "elidable"]),
    ("RunSQL", &["sql", "reverse_sql", "state_operations", "hints", "elidable"]),
    ("ValidateConstraint", &["model_name", "name"]),
];

/// The operation as one of Django's, by the class that it is said to amount to; as it is where no class is
/// named for it or its arguments are not those of the class.
pub fn amount_to(operation: &mut Operation, named: &dyn Fn(&str) -> Option<&'static str>) {
    match &mut operation.kind {
        OperationKind::Custom(custom) => {
            let Some(class) = named(&operation.class) else { return };
            if let Some(kind) = kind(custom, class) {
                operation.kind = kind;
            }
        }
        OperationKind::SeparateDatabaseAndState { database_operations, state_operations } => {
            // Bounded: the reader bounds how deep operations nest.
            for inner in database_operations.iter_mut().chain(state_operations) {
                amount_to(inner, named);
            }
        }
        _ => {}
    }
}

fn kind(custom: &CustomOperation, class: &str) -> Option<OperationKind> {
    let (_, parameters) = AMOUNTS_TO.iter().find(|(name, _)| *name == class)?;
    let value = |parameter: &str| {
        let by_name =
            custom.kwargs.iter().find(|(name, _)| name.as_ref() == parameter).map(|(_, value)| value);
        by_name.or_else(|| {
            let place = parameters.iter().position(|name| *name == parameter)?;
            custom.args.get(place)
        })
    };
    let text = |parameter: &str| value(parameter).and_then(Value::as_str).map(Arc::<str>::from);
    let field = || match value("field") {
        Some(Value::Field(field)) => Some(field.clone()),
        _ => None::<Arc<Field>>,
    };
    let keep = || value("preserve_default").and_then(Value::as_bool).unwrap_or(true);
    let set = |parameter: &str| value(parameter).cloned().filter(|value| !matches!(value, Value::None));
    let hints = || value("hints").cloned().unwrap_or(Value::None);
    let elidable = || value("elidable").and_then(Value::as_bool).unwrap_or(false);
    Some(match class {
        "AddConstraint" | "AddConstraintNotValid" => OperationKind::AddConstraint {
            model_name: text("model_name")?,
            constraint: set("constraint")?,
            not_valid: class == "AddConstraintNotValid",
        },
        "AddField" => OperationKind::AddField {
            model_name: text("model_name")?,
            name: text("name")?,
            field: field()?,
            preserve_default: keep(),
        },
        "AlterField" => OperationKind::AlterField {
            model_name: text("model_name")?,
            name: text("name")?,
            field: field()?,
            preserve_default: keep(),
        },
        "AddIndex" | "AddIndexConcurrently" => OperationKind::AddIndex {
            model_name: text("model_name")?,
            index: set("index")?,
            concurrently: class == "AddIndexConcurrently",
        },
        "AlterModelTable" => OperationKind::AlterModelTable {
            name: text("name")?,
            table: value("table").cloned().unwrap_or(Value::None),
        },
        "DeleteModel" => OperationKind::DeleteModel { name: text("name")? },
        "RemoveConstraint" => {
            OperationKind::RemoveConstraint { model_name: text("model_name")?, name: text("name")? }
        }
        "RemoveField" => OperationKind::RemoveField { model_name: text("model_name")?, name: text("name")? },
        "RemoveIndex" | "RemoveIndexConcurrently" => OperationKind::RemoveIndex {
            model_name: text("model_name")?,
            name: text("name")?,
            concurrently: class == "RemoveIndexConcurrently",
        },
        "RenameField" => OperationKind::RenameField {
            model_name: text("model_name")?,
            old_name: text("old_name")?,
            new_name: text("new_name")?,
        },
        "RenameModel" => {
            OperationKind::RenameModel { old_name: text("old_name")?, new_name: text("new_name")? }
        }
        "RunPython" => OperationKind::RunPython(RunPython {
            code: set("code")?,
            reverse_code: set("reverse_code"),
            atomic: value("atomic").and_then(Value::as_bool),
            hints: hints(),
            elidable: elidable(),
        }),
        "RunSQL" => OperationKind::RunSql(RunSql {
            sql: set("sql")?,
            reverse_sql: set("reverse_sql"),
            // Operations don't come as values.
            state_operations: Vec::new(),
            hints: hints(),
            elidable: elidable(),
        }),
        "ValidateConstraint" => {
            OperationKind::ValidateConstraint { model_name: text("model_name")?, name: text("name")? }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(args: Vec<Value>, kwargs: &[(&str, Value)]) -> Operation {
        Operation {
            class: "acme.ops.DropColumn".into(),
            kind: OperationKind::Custom(CustomOperation {
                args,
                kwargs: kwargs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
                ..CustomOperation::unread("DropColumn")
            }),
            at: None,
            custom_describe: None,
        }
    }

    #[test]
    fn by_place_and_by_name() {
        let named = |class: &str| (class == "acme.ops.DropColumn").then_some("RemoveField");
        let by_place = custom(vec![Value::str("order"), Value::str("note")], &[]);
        let by_name = custom(vec![Value::str("order")], &[("name", Value::str("note"))]);
        for mut operation in [by_place, by_name] {
            amount_to(&mut operation, &named);
            let OperationKind::RemoveField { model_name, name } = &operation.kind else {
                panic!("{:?}", operation.kind)
            };
            assert_eq!((&**model_name, &**name), ("order", "note"));
        }
        let mut other = custom(vec![Value::Int(1)], &[]);
        amount_to(&mut other, &named);
        assert!(matches!(other.kind, OperationKind::Custom(_)));
    }
}
