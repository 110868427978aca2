//! Arithmetic of numbers.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};

use super::{Eval, Interpreter};
use crate::python::object::Object;
use crate::python::syntax::ast::Operator;

/// Most bits of two operands together: division takes the square of it.
const MOST_BITS: u64 = 400_000;

impl Interpreter {
    /// Arithmetic of integers of any size.
    pub(super) fn integers(&mut self, left: &Object, op: Operator, right: &Object) -> Eval {
        let (Some(a), Some(b)) = (integer(left), integer(right)) else { return Ok(Object::None) };
        self.work(usize::try_from(a.bits() + b.bits()).unwrap_or(usize::MAX));
        if a.bits() + b.bits() > MOST_BITS {
            return Err(self.exhausted("works with too large a number"));
        }
        let big = |value: BigInt| value.to_i64().map_or_else(|| Object::BigInt(Rc::new(value)), Object::Int);
        if b.is_zero() && matches!(op, Operator::Div | Operator::FloorDiv | Operator::Mod) {
            return Err(self.raise("ZeroDivisionError", "division by zero"));
        }
        if let (Object::Bool(a), Object::Bool(b)) = (left, right) {
            match op {
                Operator::BitOr => return Ok(Object::Bool(a | b)),
                Operator::BitAnd => return Ok(Object::Bool(a & b)),
                Operator::BitXor => return Ok(Object::Bool(a ^ b)),
                _ => {}
            }
        }
        Ok(match op {
            Operator::Add => big(a + b),
            Operator::Sub => big(a - b),
            Operator::Mult if a.bits() + b.bits() < 100_000 => big(a * b),
            Operator::FloorDiv => big(num_integer_floor(&a, &b)),
            Operator::Mod => {
                let quotient = num_integer_floor(&a, &b);
                big(a - quotient * b)
            }
            Operator::Div => match (a.to_f64(), b.to_f64()) {
                (Some(a), Some(b)) => Object::Float(a / b),
                _ => self.unknown("too large a number"),
            },
            Operator::Pow => match b.to_u32() {
                Some(exponent) if a.bits() * u64::from(exponent) < 100_000 => big(a.pow(exponent)),
                Some(_) => return Err(self.exhausted("makes too large a number")),
                None if b.sign() != num_bigint::Sign::Minus => {
                    return Err(self.exhausted("makes too large a number"));
                }
                None => match (a.to_f64(), b.to_f64()) {
                    (Some(a), Some(b)) => Object::Float(a.powf(b)),
                    _ => self.unknown("too large a number"),
                },
            },
            Operator::LShift => match b.to_u32() {
                Some(by) if a.bits() + u64::from(by) < 100_000 => big(a << by),
                _ => return Err(self.exhausted("makes too large a number")),
            },
            Operator::RShift => match b.to_u32() {
                Some(by) => big(a >> by),
                None => return Err(self.raise("ValueError", "negative shift count")),
            },
            Operator::BitOr => big(a | b),
            Operator::BitXor => big(a ^ b),
            Operator::BitAnd => big(a & b),
            Operator::Mult => return Err(self.exhausted("makes too large a number")),
            Operator::MatMult => return Err(self.raise("TypeError", "unsupported operand types")),
        })
    }

    /// Arithmetic of floats, and of integers with them.
    pub(super) fn floats(&mut self, left: &Object, op: Operator, right: &Object) -> Eval {
        let (Some(a), Some(b)) = (float(left), float(right)) else { return Ok(Object::None) };
        if b == 0.0 && matches!(op, Operator::Div | Operator::FloorDiv | Operator::Mod) {
            return Err(self.raise("ZeroDivisionError", "division by zero"));
        }
        Ok(Object::Float(match op {
            Operator::Add => a + b,
            Operator::Sub => a - b,
            Operator::Mult => a * b,
            Operator::Div => a / b,
            Operator::FloorDiv => (a / b).floor(),
            Operator::Mod => a - b * (a / b).floor(),
            Operator::Pow => a.powf(b),
            _ => return Err(self.raise("TypeError", "unsupported operand types")),
        }))
    }
}

/// `a // b`, towards the lesser; `b` is not 0.
fn num_integer_floor(a: &BigInt, b: &BigInt) -> BigInt {
    let quotient = a / b;
    let exact = &quotient * b == *a;
    let negative = (a.sign() == num_bigint::Sign::Minus) != (b.sign() == num_bigint::Sign::Minus);
    if negative && !exact { quotient - 1 } else { quotient }
}

/// The integer of a number that is one, of any size.
pub(super) fn integer(object: &Object) -> Option<BigInt> {
    match object {
        Object::Int(value) => Some((*value).into()),
        Object::Bool(value) => Some(i64::from(*value).into()),
        Object::BigInt(value) => Some((**value).clone()),
        _ => None,
    }
}

/// The float nearest to a number.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn float(object: &Object) -> Option<f64> {
    match object {
        Object::Float(value) => Some(*value),
        Object::Int(value) => Some(*value as f64),
        Object::Bool(value) => Some(f64::from(u8::from(*value))),
        Object::BigInt(value) => value.to_f64(),
        _ => None,
    }
}
