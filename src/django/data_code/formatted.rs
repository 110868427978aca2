//! Which texts are put together from values.

use crate::python::syntax::ast::{self, Expr};

/// A text put together from values: an f-string, `%` or `.format()` with names that are not constants.
pub(super) fn is_formatted(expr: &Expr) -> bool {
    match expr {
        Expr::FString(text) => {
            let elements = text.value.elements();
            elements.filter_map(|element| element.as_interpolation()).any(|part| is_value(&part.expression))
        }
        Expr::BinOp(operation) if operation.op == ast::Operator::Mod => {
            matches!(operation.left.as_ref(), Expr::StringLiteral(_)) && any_value(&operation.right)
        }
        Expr::BinOp(operation) if operation.op == ast::Operator::Add => {
            let text =
                |side: &Expr| matches!(side, Expr::StringLiteral(_) | Expr::FString(_)) || is_formatted(side);
            (text(&operation.left) && is_value(&operation.right)) || is_formatted(&operation.left)
        }
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "format" => {
                matches!(method.value.as_ref(), Expr::StringLiteral(_))
                    && (call.arguments.args.iter().any(is_value)
                        || call.arguments.keywords.iter().any(|keyword| is_value(&keyword.value)))
            }
            _ => false,
        },
        _ => false,
    }
}

fn any_value(expr: &Expr) -> bool {
    match expr {
        Expr::Tuple(tuple) => tuple.elts.iter().any(is_value),
        Expr::Dict(dict) => dict.items.iter().any(|item| is_value(&item.value)),
        _ => is_value(expr),
    }
}

/// Whether an expression may be a value from outside: no literal, no constant, no quoted name, no table or
/// column that Django itself names.
fn is_value(expr: &Expr) -> bool {
    let names = |name: &str| {
        matches!(name, "quote_name" | "db_table" | "column" | "attname" | "qn" | "db_column" | "_meta")
            || name.ends_with("table")
            || name.ends_with("table_name")
            || name.ends_with("column")
            || name.ends_with("column_name")
            || (name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase))
    };
    match expr {
        Expr::StringLiteral(_) | Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => {
            false
        }
        Expr::If(choice) => is_value(&choice.body) || is_value(&choice.orelse),
        Expr::FString(_) => is_formatted(expr),
        Expr::Name(name) => !names(name.id.as_str()),
        Expr::Attribute(attribute) => !names(attribute.attr.as_str()),
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) => !names(method.attr.as_str()),
            Expr::Name(name) => !names(name.id.as_str()),
            _ => true,
        },
        _ => true,
    }
}
