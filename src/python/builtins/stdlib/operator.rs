//! `operator`.

use super::super::arguments::receiver;
use super::super::native_table;
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Namespace, Object};
use crate::python::syntax::Name;
use crate::python::syntax::ast::{CmpOp, Operator, UnaryOp};

native_table!(FUNCTIONS {
    "operator.add" => |i, a| binary(i, &a, Operator::Add),
    "operator.concat" => |i, a| binary(i, &a, Operator::Add),
    "operator.sub" => |i, a| binary(i, &a, Operator::Sub),
    "operator.mul" => |i, a| binary(i, &a, Operator::Mult),
    "operator.truediv" => |i, a| binary(i, &a, Operator::Div),
    "operator.floordiv" => |i, a| binary(i, &a, Operator::FloorDiv),
    "operator.mod" => |i, a| binary(i, &a, Operator::Mod),
    "operator.pow" => |i, a| binary(i, &a, Operator::Pow),
    "operator.or_" => |i, a| binary(i, &a, Operator::BitOr),
    "operator.ior" => |i, a| binary(i, &a, Operator::BitOr),
    "operator.and_" => |i, a| binary(i, &a, Operator::BitAnd),
    "operator.xor" => |i, a| binary(i, &a, Operator::BitXor),
    "operator.lshift" => |i, a| binary(i, &a, Operator::LShift),
    "operator.rshift" => |i, a| binary(i, &a, Operator::RShift),
    "operator.iadd" => |i, a| match (a.get(0), a.get(1)) {
        (Some(x), Some(y)) => i.augment(x, Operator::Add, y),
        _ => Err(i.missing_argument("iadd")),
    },
    "operator.eq" => |i, a| compare(i, &a, CmpOp::Eq),
    "operator.ne" => |i, a| compare(i, &a, CmpOp::NotEq),
    "operator.lt" => |i, a| compare(i, &a, CmpOp::Lt),
    "operator.le" => |i, a| compare(i, &a, CmpOp::LtE),
    "operator.gt" => |i, a| compare(i, &a, CmpOp::Gt),
    "operator.ge" => |i, a| compare(i, &a, CmpOp::GtE),
    "operator.is_" => |i, a| compare(i, &a, CmpOp::Is),
    "operator.is_not" => |i, a| compare(i, &a, CmpOp::IsNot),
    "operator.not_" => |i, a| i.unary(UnaryOp::Not, a.get(0).unwrap_or(&Object::None)),
    "operator.neg" => |i, a| i.unary(UnaryOp::USub, a.get(0).unwrap_or(&Object::None)),
    "operator.pos" => |i, a| i.unary(UnaryOp::UAdd, a.get(0).unwrap_or(&Object::None)),
    "operator.invert" => |i, a| i.unary(UnaryOp::Invert, a.get(0).unwrap_or(&Object::None)),
    "operator.truth" => |i, a| Ok(match i.truth(a.get(0).unwrap_or(&Object::None))? {
        Ok(truth) => Object::Bool(truth),
        Err(why) => Object::Unknown(why),
    }),
    "operator.contains" => |i, a| match (a.get(0), a.get(1)) {
        (Some(container), Some(item)) => i.compare(CmpOp::In, item, container),
        _ => Err(i.missing_argument("contains")),
    },
    "operator.getitem" => |i, a| match (a.get(0), a.get(1)) {
        (Some(container), Some(index)) => i.get_item(container, index),
        _ => Err(i.missing_argument("getitem")),
    },
    "operator.setitem" => |i, a| match (a.get(0), a.get(1), a.get(2)) {
        (Some(container), Some(index), Some(value)) => {
            i.set_item(container, index, value.clone())?;
            Ok(Object::None)
        }
        _ => Err(i.missing_argument("setitem")),
    },
    "operator.itemgetter" => |_, a| Ok(Object::closure("operator.itemgetter", move |i, mut args| {
        let object = receiver(&mut args);
        let mut found = Vec::new();
        for index in &a.positional {
            found.push(i.get_item(&object, index)?);
        }
        Ok(one_or_tuple(found))
    })),
    "operator.attrgetter" => |_, a| Ok(Object::closure("operator.attrgetter", move |i, mut args| {
        let object = receiver(&mut args);
        let mut found = Vec::new();
        for path in a.positional.iter().filter_map(Object::as_str) {
            let mut value = object.clone();
            for name in path.split('.') {
                value = i.get_attribute(&value, &Name::new(name))?;
            }
            found.push(value);
        }
        Ok(one_or_tuple(found))
    })),
    "operator.methodcaller" => |_, mut a| {
        let name = receiver(&mut a).as_str().unwrap_or_default();
        Ok(Object::closure("operator.methodcaller", move |i, mut args| {
            let object = receiver(&mut args);
            i.call_method(&object, &name, a.clone())
        }))
    },
});

/// The names of `operator`.
pub(super) fn module(_: &mut Interpreter) -> Namespace {
    names_of(FUNCTIONS)
}

fn one_or_tuple(mut found: Vec<Object>) -> Object {
    if found.len() == 1 { found.remove(0) } else { Object::tuple(found) }
}

fn binary(i: &mut Interpreter, args: &Args, op: Operator) -> Eval {
    match (args.get(0), args.get(1)) {
        (Some(a), Some(b)) => i.binary(a, op, b),
        _ => Err(i.missing_argument("operator")),
    }
}

fn compare(i: &mut Interpreter, args: &Args, op: CmpOp) -> Eval {
    match (args.get(0), args.get(1)) {
        (Some(a), Some(b)) => i.compare(op, a, b),
        _ => Err(i.missing_argument("operator")),
    }
}
