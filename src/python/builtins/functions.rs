//! Built-in functions. None is ever given code to run, a file or a terminal.

use super::arguments::{int_param, plain, receiver, unknown_among};
use super::containers::doubt;
use super::native_table;
use super::numbers::{big, integer};
use super::sorting::{less, sorted};
use super::strings::length;
use crate::python::interpreter::{Args, Eval, Interpreter, Raise, float, iterator, range_len};
use crate::python::object::{Mutable, Object};
use crate::python::syntax::Name;
use crate::python::syntax::ast::Operator;

use super::reflection::{callable, check, dir, get_attribute, has_attribute};
/// Most bits of the numbers that `pow` with a modulus is given: it takes the cube of them.
const MOST_BITS: u64 = 16_000;

native_table!(FUNCTIONS {
    "builtins.isinstance" => |i, a| match (a.get(0), a.get(1)) {
        (Some(object), Some(classes)) => check(i, &object.clone(), &classes.clone(), true),
        _ => open_or_missing(i, &a, "isinstance"),
    },
    "builtins.issubclass" => |i, a| match (a.get(0), a.get(1)) {
        (Some(class), Some(classes)) => check(i, &class.clone(), &classes.clone(), false),
        _ => open_or_missing(i, &a, "issubclass"),
    },
    "builtins.getattr" => |i, a| match (a.get(0), a.get(1)) {
        (Some(object), Some(name)) => {
            let Some(name) = name.as_str() else { return Ok(Object::Unknown(doubt(i, name))) };
            get_attribute(i, &object.clone(), &name, a.get(2))
        }
        _ => open_or_missing(i, &a, "getattr"),
    },
    "builtins.hasattr" => |i, a| match (a.get(0), a.get(1)) {
        (Some(object), Some(name)) => {
            let Some(name) = name.as_str() else { return Ok(Object::Unknown(doubt(i, name))) };
            has_attribute(i, &object.clone(), &name)
        }
        _ => open_or_missing(i, &a, "hasattr"),
    },
    "builtins.setattr" => |i, a| match (a.get(0), a.get(1), a.get(2)) {
        (Some(object), Some(name), Some(value)) => {
            match name.as_str() {
                Some(name) => i.set_attribute(&object.clone(), &Name::new(&*name), value.clone())?,
                None => return Ok(set_some_attribute(i, object)),
            }
            Ok(Object::None)
        }
        _ => open_or_missing(i, &a, "setattr"),
    },
    "builtins.delattr" => |i, a| match (a.get(0), a.get(1).and_then(Object::as_str)) {
        (Some(object), Some(name)) => {
            i.delete_attribute(&object.clone(), &Name::new(&*name))?;
            Ok(Object::None)
        }
        _ => open_or_missing(i, &a, "delattr"),
    },
    "builtins.callable" => |i, a| match a.get(0) {
        Some(object) => callable(i, &object.clone()),
        None => open_or_missing(i, &a, "callable"),
    },
    "builtins.len" => |i, a| match a.get(0) {
        Some(object) => len(i, &object.clone()),
        None => open_or_missing(i, &a, "len"),
    },
    "builtins.abs" => |i, a| match a.get(0).map(plain) {
        Some(Object::Float(x)) => Ok(Object::Float(x.abs())),
        Some(object) => match (big(&object), &object) {
            (Some(n), _) => Ok(integer(n.magnitude().clone().into())),
            (None, Object::Unknown(_)) => Ok(object),
            (None, Object::Instance(_)) => i.call_method(&object, "__abs__", Args::none()),
            _ => Ok(i.unknown("the absolute value of an object")),
        },
        None => open_or_missing(i, &a, "abs"),
    },
    "builtins.min" => |i, a| extreme(i, a, false),
    "builtins.max" => |i, a| extreme(i, a, true),
    "builtins.sum" => |i, a| {
        let Some(items) = a.get(0) else { return open_or_missing(i, &a, "sum") };
        let items = match i.known_items(items)? {
            Ok(items) => items,
            Err(why) => return Ok(Object::Unknown(why)),
        };
        let mut total = a.param(1, "start").cloned().unwrap_or(Object::Int(0));
        for item in &items {
            total = i.binary(&total, Operator::Add, item)?;
        }
        Ok(total)
    },
    "builtins.round" => round,
    "builtins.pow" => |i, a| match (a.get(0), a.get(1), a.get(2)) {
        (Some(base), Some(exponent), None) => i.binary(&base.clone(), Operator::Pow, &exponent.clone()),
        (Some(base), Some(exponent), Some(modulus)) => match (big(base), big(exponent), big(modulus)) {
            (Some(b), Some(e), Some(m)) if e.sign() != num_bigint::Sign::Minus && m.bits() > 0 => {
                if b.bits() + e.bits() + m.bits() > MOST_BITS {
                    return Err(i.exhausted("works with too large a number"));
                }
                i.toil(usize::try_from((e.bits() + 64) * (m.bits() + 64)).unwrap_or(usize::MAX))?;
                Ok(integer(b.modpow(&e, &m)))
            }
            _ => Ok(i.unknown("a power that is not worked out")),
        },
        _ => open_or_missing(i, &a, "pow"),
    },
    "builtins.divmod" => |i, a| match (a.get(0), a.get(1)) {
        (Some(left), Some(right)) => {
            let quotient = i.binary(left, Operator::FloorDiv, right)?;
            let rest = i.binary(left, Operator::Mod, right)?;
            Ok(Object::tuple(vec![quotient, rest]))
        }
        _ => open_or_missing(i, &a, "divmod"),
    },
    "builtins.sorted" => |i, mut a| {
        let items = receiver(&mut a);
        let taint = i.unknown_items(&items).or_else(|| i.unknown_items(&plain(&items)));
        let known = if items.is_unknown() { Vec::new() } else { i.items(&items)? };
        let (key, reverse) = (a.take_keyword("key"), a.take_keyword("reverse"));
        let (sorted, taint) = match sorted(i, known.clone(), key.as_ref(), reverse.as_ref())? {
            Ok(sorted) => (sorted, taint),
            Err(why) => (known, taint.or(Some(why))),
        };
        let list = Mutable::new(sorted);
        *list.taint.borrow_mut() = taint;
        Ok(Object::List(list))
    },
    "builtins.reversed" => |i, a| match a.get(0) {
        Some(object) => match i.known_items(&object.clone())? {
            Ok(mut items) => {
                items.reverse();
                Ok(iterator(items))
            }
            Err(why) => Ok(Object::Unknown(why)),
        },
        None => open_or_missing(i, &a, "reversed"),
    },
    "builtins.enumerate" => |i, a| {
        let Some(items) = a.param(0, "iterable") else { return open_or_missing(i, &a, "enumerate") };
        let start = int_param(&a, 1, "start").unwrap_or(0);
        match i.known_items(&items.clone())? {
            Ok(items) => {
                let pairs = items.into_iter().zip(0_i64..);
                let pairs = pairs.map(|(item, n)| Object::tuple(vec![Object::Int(start.saturating_add(n)), item]));
                Ok(iterator(pairs.collect()))
            }
            Err(why) => Ok(Object::Unknown(why)),
        }
    },
    "builtins.zip" => |i, mut a| {
        let strict = a.take_keyword("strict").is_some_and(|strict| matches!(strict, Object::Bool(true)));
        let mut columns = Vec::new();
        if let Some(why) = a.open {
            return Ok(Object::Unknown(why));
        }
        for column in &a.positional {
            match i.known_items(column)? {
                Ok(items) => columns.push(items),
                Err(why) => return Ok(Object::Unknown(why)),
            }
        }
        let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
        if strict && columns.iter().any(|column| column.len() != rows) {
            return Err(i.raise("ValueError", "zip() arguments differ in length"));
        }
        let row = |row: usize| {
            Object::tuple(columns.iter().filter_map(|column| column.get(row).cloned()).collect())
        };
        Ok(iterator((0..rows).map(row).collect()))
    },
    "builtins.map" => |i, mut a| {
        let function = receiver(&mut a);
        let mut columns = Vec::new();
        if let Some(why) = a.open {
            return Ok(Object::Unknown(why));
        }
        for column in &a.positional {
            match i.known_items(column)? {
                Ok(items) => columns.push(items),
                Err(why) => return Ok(Object::Unknown(why)),
            }
        }
        let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
        let mut made = Vec::with_capacity(rows);
        for row in 0..rows {
            let args = columns.iter().filter_map(|column| column.get(row).cloned()).collect();
            made.push(i.call(&function, Args::of(args))?);
        }
        Ok(iterator(made))
    },
    "builtins.filter" => |i, a| match (a.get(0), a.get(1)) {
        (Some(function), Some(items)) => keep(i, &function.clone(), &items.clone(), true),
        _ => open_or_missing(i, &a, "filter"),
    },
    "builtins.any" => |i, a| quantify(i, &a, true),
    "builtins.all" => |i, a| quantify(i, &a, false),
    "builtins.iter" => |i, a| match (a.get(0), a.get(1)) {
        (Some(Object::Iterator(_)), None) => Ok(a.get(0).cloned().unwrap_or(Object::None)),
        (Some(object), None) => match i.known_items(&object.clone())? {
            Ok(items) => Ok(iterator(items)),
            Err(why) => Ok(Object::Unknown(why)),
        },
        _ => Ok(i.unknown("iterates over the results of a function")),
    },
    "builtins.next" => |i, a| {
        let Some(object) = a.get(0) else { return open_or_missing(i, &a, "next") };
        let next = match object {
            Object::Iterator(items) => items.borrow_mut().pop_front(),
            Object::Unknown(_) => return Ok(object.clone()),
            Object::Instance(_) => {
                let object = object.clone();
                return match (i.call_method(&object, "__next__", Args::none()), a.get(1)) {
                    (Err(Raise::Exception(Object::Instance(error))), Some(default))
                        if error.class.borrow().derives_from("builtins.StopIteration") =>
                    {
                        Ok(default.clone())
                    }
                    (result, _) => result,
                };
            }
            other => {
                let message = format!("'{}' object is not an iterator", other.type_name());
                return Err(i.raise("TypeError", message));
            }
        };
        match next.or_else(|| a.get(1).cloned()) {
            Some(value) => Ok(value),
            None => Err(i.raise("StopIteration", "")),
        }
    },
    "builtins.repr" => |i, a| match a.get(0) {
        Some(object) => i.repr(&object.clone()),
        None => open_or_missing(i, &a, "repr"),
    },
    "builtins.ascii" => |i, a| match a.get(0) {
        Some(object) => {
            let text = i.repr(&object.clone())?;
            Ok(text.as_str().map_or(text, |text| Object::str(super::text::ascii(&text))))
        }
        None => open_or_missing(i, &a, "ascii"),
    },
    "builtins.chr" => |i, a| match a.get(0).map(|code| (code.as_int(), code)) {
        Some((Some(code), _)) => match u32::try_from(code).ok().and_then(char::from_u32) {
            Some(c) => Ok(Object::str(c.to_string())),
            None => Ok(i.unknown("a character that is none")),
        },
        Some((None, Object::Unknown(why))) => Ok(Object::Unknown(why.clone())),
        _ => Err(i.raise("TypeError", "chr() wants an integer")),
    },
    "builtins.ord" => |i, a| match a.get(0).map(|text| (text.as_str(), text)) {
        Some((Some(text), _)) if text.chars().count() == 1 => {
            Ok(Object::Int(text.chars().next().map_or(0, |c| i64::from(u32::from(c)))))
        }
        Some((None, Object::Bytes(b))) if b.len() == 1 => Ok(Object::Int(i64::from(b[0]))),
        Some((None, Object::Unknown(why))) => Ok(Object::Unknown(why.clone())),
        _ => Err(i.raise("TypeError", "ord() expected a character")),
    },
    "builtins.hex" => |i, a| radix(i, &a, "#x"),
    "builtins.oct" => |i, a| radix(i, &a, "#o"),
    "builtins.bin" => |i, a| radix(i, &a, "#b"),
    "builtins.hash" => |i, a| match a.get(0).map(plain) {
        Some(Object::Int(n)) => Ok(Object::Int(n)),
        Some(Object::List(_) | Object::Dict(_) | Object::Set(_)) => {
            Err(i.raise("TypeError", "unhashable type"))
        }
        _ => Ok(i.unknown("a hash, which differs from run to run")),
    },
    "builtins.id" => |i, _| Ok(i.unknown("the address of an object")),
    "builtins.dir" => dir,
    "builtins.vars" => |i, a| match a.get(0) {
        Some(object) => i.get_attribute(&object.clone(), &Name::new_static("__dict__")),
        None => Ok(i.unknown("the variables of a place")),
    },
    "builtins.format" => |i, a| {
        let spec = a.get(1).and_then(Object::as_str).unwrap_or_default();
        i.format(&a.get(0).cloned().unwrap_or(Object::None), &spec)
    },
    "builtins.print" => |_, _| Ok(Object::None),
    "builtins.breakpoint" => |_, _| Ok(Object::None),
    "builtins.open" => |i, _| Ok(i.unknown("reads a file")),
    "builtins.input" => |i, _| Ok(i.unknown("asks for input")),
    "builtins.eval" => |i, _| Ok(i.unknown("evaluates code made at run time")),
    "builtins.exec" => |i, _| Err(i.exhausted("runs code made at run time")),
    "builtins.compile" => |i, _| Ok(i.unknown("compiles code made at run time")),
    "builtins.globals" => |i, _| Ok(i.unknown("the variables of a module")),
    "builtins.locals" => |i, _| Ok(i.unknown("the variables of a place")),
    "builtins.exit" => |i, _| Err(i.raise("SystemExit", "")),
    "builtins.quit" => |i, _| Err(i.raise("SystemExit", "")),
    "builtins.aiter" => |i, _| Ok(i.unknown("iterates asynchronously")),
    "builtins.anext" => |i, _| Ok(i.unknown("iterates asynchronously")),
    "builtins.__import__" => |i, a| {
        let Some(name) = a.get(0).and_then(Object::as_str) else {
            return Ok(i.unknown("imports a module whose name is not known"));
        };
        if a.param(3, "fromlist").is_some_and(|names| !names.is_none()) {
            return i.load_module(&name);
        }
        i.load_module(&name)?;
        i.load_module(name.split('.').next().unwrap_or(&name))
    },
    "builtins.__build_class__" => |i, _| Ok(i.unknown("makes a class")),
});

fn open_or_missing(i: &mut Interpreter, args: &Args, function: &str) -> Eval {
    match &args.open {
        Some(why) => Ok(Object::Unknown(why.clone())),
        None => Err(i.missing_argument(function)),
    }
}

/// An attribute of a name that is not known: of a class, whatever its instances do is not known then.
fn set_some_attribute(i: &Interpreter, object: &Object) -> Object {
    let unknown = i.unknown("sets an attribute whose name is not known");
    if let (Object::Class(class), Object::Unknown(why)) = (object, &unknown)
        && !class.native
    {
        class.open.borrow_mut().get_or_insert_with(|| why.clone());
    }
    unknown
}

/// `len(object)`
pub(super) fn len(i: &mut Interpreter, object: &Object) -> Eval {
    if let Some(why) = i.unknown_items(object) {
        return Ok(Object::Unknown(why));
    }
    Ok(match object {
        Object::Str(text) => {
            i.work(text.len() / 4);
            length(text.chars().count())
        }
        Object::Bytes(bytes) => length(bytes.len()),
        Object::List(list) => length(list.get().len()),
        Object::Tuple(items) => length(items.len()),
        Object::Set(dict) | Object::FrozenSet(dict) | Object::Dict(dict) => length(dict.get().len()),
        Object::Range(start, stop, step) => length(range_len(*start, *stop, *step)),
        Object::Instance(instance) => {
            if let Some(method) = i.class_attribute_bound(instance, "__len__")? {
                return i.call(&method, Args::none());
            }
            match plain(object) {
                Object::Instance(instance) => match instance.class.borrow().open.borrow().clone() {
                    Some(why) => Object::Unknown(why),
                    None => return Err(i.raise("TypeError", "object has no len()")),
                },
                value => return len(i, &value),
            }
        }
        Object::Class(_) => {
            let metaclass = i.class_of(object);
            match metaclass.lookup("__len__") {
                Some((method, _)) => return i.call(&method, Args::of(vec![object.clone()])),
                None => return Err(i.raise("TypeError", "object of type 'type' has no len()")),
            }
        }
        other => {
            let message = format!("object of type '{}' has no len()", other.type_name());
            return Err(i.raise("TypeError", message));
        }
    })
}

fn extreme(i: &mut Interpreter, mut args: Args, largest: bool) -> Eval {
    let (key, default) = (args.take_keyword("key"), args.take_keyword("default"));
    if let Some(why) = args.open {
        return Ok(Object::Unknown(why));
    }
    let items = match &args.positional[..] {
        [one] => match i.known_items(one)? {
            Ok(items) => items,
            Err(why) => return Ok(Object::Unknown(why)),
        },
        all => all.to_vec(),
    };
    let mut best: Option<(Object, Object)> = None;
    for item in items {
        let by = match &key {
            Some(Object::None) | None => item.clone(),
            Some(key) => i.call(key, Args::of(vec![item.clone()]))?,
        };
        let better = match &best {
            None => Ok(true),
            Some((best, _)) if largest => less(i, best, &by)?,
            Some((best, _)) => less(i, &by, best)?,
        };
        match better {
            Ok(true) => best = Some((by, item)),
            Ok(false) => {}
            Err(why) => return Ok(Object::Unknown(why)),
        }
    }
    match best.map(|(_, item)| item).or(default) {
        Some(item) => Ok(item),
        None => Err(i.raise("ValueError", "iterable argument is empty")),
    }
}

fn round(i: &mut Interpreter, args: Args) -> Eval {
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let Some(object) = args.param(0, "number").map(plain) else { return Err(i.missing_argument("round")) };
    let places = int_param(&args, 1, "ndigits");
    match (&object, places) {
        (Object::Float(x), None) => {
            use num_traits::FromPrimitive;
            match num_bigint::BigInt::from_f64(x.round_ties_even()) {
                Some(n) => Ok(integer(n)),
                None => Err(i.raise("ValueError", "cannot convert float to integer")),
            }
        }
        // Rounds the exact decimal value, as Python's own conversion does.
        (Object::Float(x), Some(places)) if places >= 0 => {
            let places = usize::try_from(places).unwrap_or(0).min(400);
            Ok(Object::Float(format!("{x:.places$}").parse().unwrap_or(*x)))
        }
        (Object::Int(_) | Object::Bool(_) | Object::BigInt(_), None | Some(0..)) => {
            Ok(big(&object).map_or(Object::None, integer))
        }
        (Object::Instance(_), _) => i.call_method(
            &object,
            "__round__",
            Args::of(args.positional.get(1..).unwrap_or_default().to_vec()),
        ),
        _ => Ok(i.unknown("a rounding that is not worked out")),
    }
}

/// Items that a function (or their own truth, for `None`) says `wanted` of.
pub(super) fn keep(i: &mut Interpreter, function: &Object, items: &Object, wanted: bool) -> Eval {
    let items = match i.known_items(items)? {
        Ok(items) => items,
        Err(why) => return Ok(Object::Unknown(why)),
    };
    let mut kept = Vec::new();
    for item in items {
        let answer = match function {
            Object::None => item.clone(),
            function => i.call(function, Args::of(vec![item.clone()]))?,
        };
        match i.truth(&answer)? {
            Ok(truth) if truth == wanted => kept.push(item),
            Ok(_) => {}
            Err(why) => return Ok(Object::Unknown(why)),
        }
    }
    Ok(iterator(kept))
}

fn quantify(i: &mut Interpreter, args: &Args, decides: bool) -> Eval {
    let Some(items) = args.get(0) else { return open_or_missing(i, args, "any") };
    let mut doubt = i.unknown_items(items).or_else(|| i.unknown_items(&plain(items)));
    let known = if items.is_unknown() { Vec::new() } else { i.items(items)? };
    for item in known {
        match i.truth(&item)? {
            Ok(truth) if truth == decides => return Ok(Object::Bool(decides)),
            Ok(_) => {}
            Err(why) => doubt = doubt.or(Some(why)),
        }
    }
    Ok(doubt.map_or(Object::Bool(!decides), Object::Unknown))
}

fn radix(i: &mut Interpreter, args: &Args, spec: &str) -> Eval {
    match args.get(0).map(|n| (big(n), n)) {
        Some((Some(n), _)) => i.format(&integer(n), spec),
        Some((None, Object::Unknown(why))) => Ok(Object::Unknown(why.clone())),
        _ => Err(i.raise("TypeError", "wants an integer")),
    }
}

/// A number as a float, whatever it is.
pub(super) fn as_float(object: &Object) -> Option<f64> {
    match plain(object) {
        Object::Frozen(value) => super::frozen::to_f64(&value),
        value => float(&value),
    }
}
