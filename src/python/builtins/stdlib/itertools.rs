//! `itertools`: all items at once; what would go on for ever is unknown.

use super::super::arguments::{int_param, receiver, unknown_among};
use super::super::{functions, native_table};
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter, SIZE, iterator};
use crate::python::object::{Descriptor, Namespace, Native, Object};
use crate::python::syntax::Name;
use crate::python::syntax::ast::Operator;

native_table!(FUNCTIONS {
    "itertools.product" => |i, mut a| {
        let times = a.take_keyword("repeat").and_then(|times| times.as_int()).unwrap_or(1);
        let times = usize::try_from(times).unwrap_or(0);
        on_columns(i, a, |i, columns| {
            if times.saturating_mul(columns.len()) > SIZE {
                return Err(i.exhausted("makes too large a collection"));
            }
            // No column has no product but the empty one, however often it is repeated.
            let times = if columns.is_empty() { 0 } else { times };
            let mut rows: Vec<Vec<Object>> = vec![Vec::new()];
            for column in std::iter::repeat_n(&columns, times).flatten() {
                let size = rows.len().saturating_mul(column.len());
                if size > SIZE {
                    return Err(i.exhausted("makes too large a collection"));
                }
                let width = rows.first().map_or(0, Vec::len) + 1;
                i.spend(size.saturating_mul(width) * size_of::<Object>())?;
                rows = rows
                    .iter()
                    .flat_map(|row| column.iter().map(|item| [&row[..], std::slice::from_ref(item)].concat()))
                    .collect();
            }
            Ok(tuples(rows))
        })
    },
    "itertools.combinations" => |i, a| choose(i, a, false, false),
    "itertools.combinations_with_replacement" => |i, a| choose(i, a, true, false),
    "itertools.permutations" => |i, a| choose(i, a, false, true),
    "itertools.repeat" => |i, a| match (a.get(0), int_param(&a, 1, "times")) {
        (Some(object), Some(times)) => {
            let times = usize::try_from(times).unwrap_or(0);
            if times > SIZE {
                return Err(i.exhausted("makes too large a collection"));
            }
            Ok(iterator(vec![object.clone(); times]))
        }
        _ => Ok(i.unknown("items without end")),
    },
    "itertools.count" => |i, _| Ok(i.unknown("items without end")),
    "itertools.cycle" => |i, _| Ok(i.unknown("items without end")),
    "itertools.tee" => |i, a| on_first(i, &a, |i, items, a| {
        let n = usize::try_from(int_param(a, 1, "n").unwrap_or(2)).unwrap_or(0).min(64);
        i.spend(n * items.len() * size_of::<Object>())?;
        Ok(Object::tuple((0..n).map(|_| iterator(items.clone())).collect()))
    }),
    "itertools.islice" => |i, a| on_first(i, &a, |_, items, a| {
        let bound = |at: usize| a.get(at).and_then(Object::as_int).and_then(|n| usize::try_from(n).ok());
        let (start, stop, step) = match a.positional.len() {
            2 => (0, bound(1), 1),
            _ => (bound(1).unwrap_or(0), bound(2), bound(3).unwrap_or(1).max(1)),
        };
        let stop = stop.unwrap_or(usize::MAX);
        let picked = items.into_iter().take(stop).skip(start).step_by(step);
        Ok(iterator(picked.collect()))
    }),
    "itertools.groupby" => |i, a| on_first(i, &a, |i, items, a| {
        let key = a.param(1, "key").filter(|key| !key.is_none()).cloned();
        let mut groups: Vec<(Object, Vec<Object>)> = Vec::new();
        for item in items {
            let by = match &key {
                Some(key) => i.call(key, Args::of(vec![item.clone()]))?,
                None => item.clone(),
            };
            let same = match groups.last() {
                Some((last, _)) => match i.equal(last, &by)? {
                    Ok(same) => same,
                    Err(why) => return Ok(Object::Unknown(why)),
                },
                None => false,
            };
            match groups.last_mut() {
                Some((_, group)) if same => group.push(item),
                _ => groups.push((by, vec![item])),
            }
        }
        let rows = groups.into_iter().map(|(key, group)| Object::tuple(vec![key, iterator(group)]));
        Ok(iterator(rows.collect()))
    }),
    "itertools.zip_longest" => |i, mut a| {
        let fill = a.take_keyword("fillvalue").unwrap_or(Object::None);
        on_columns(i, a, |i, columns| {
            let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
            i.spend(rows.saturating_mul(columns.len()).saturating_mul(size_of::<Object>()))?;
            let row = |at: usize| columns.iter().map(|c| c.get(at).cloned().unwrap_or(fill.clone())).collect();
            Ok(tuples((0..rows).map(row).collect()))
        })
    },
    "itertools.starmap" => |i, mut a| {
        let function = receiver(&mut a);
        on_first(i, &a, |i, items, _| {
            let mut made = Vec::new();
            for item in items {
                let args = i.items(&item)?;
                made.push(i.call(&function, Args::of(args))?);
            }
            Ok(iterator(made))
        })
    },
    "itertools.accumulate" => |i, a| on_first(i, &a, |i, items, a| {
        let function = a.param(1, "func").filter(|function| !function.is_none()).cloned();
        let mut total = a.keyword("initial").filter(|initial| !initial.is_none()).cloned();
        let mut made: Vec<Object> = total.clone().into_iter().collect();
        for item in items {
            let next = match (&total, &function) {
                (None, _) => item,
                (Some(total), Some(function)) => i.call(function, Args::of(vec![total.clone(), item]))?,
                (Some(total), None) => i.binary(total, Operator::Add, &item)?,
            };
            made.push(next.clone());
            total = Some(next);
        }
        Ok(iterator(made))
    }),
    "itertools.takewhile" => |i, a| prefix(i, a, true),
    "itertools.dropwhile" => |i, a| prefix(i, a, false),
    "itertools.filterfalse" => |i, a| match (a.get(0), a.get(1)) {
        (Some(function), Some(items)) => functions::keep(i, &function.clone(), &items.clone(), false),
        _ => Err(i.missing_argument("filterfalse")),
    },
    "itertools.compress" => |i, a| on_columns(i, a, |i, columns| {
        let [items, flags] = &columns[..] else { return Err(i.missing_argument("compress")) };
        let mut kept = Vec::new();
        for (item, flag) in items.iter().zip(flags) {
            match i.truth(flag)? {
                Ok(true) => kept.push(item.clone()),
                Ok(false) => {}
                Err(why) => return Ok(Object::Unknown(why)),
            }
        }
        Ok(iterator(kept))
    }),
    "itertools.pairwise" => |i, a| on_first(i, &a, |_, items, _| {
        Ok(tuples(items.windows(2).map(<[Object]>::to_vec).collect()))
    }),
    "itertools.batched" => |i, a| on_first(i, &a, |_, items, a| {
        let size = usize::try_from(int_param(a, 1, "n").unwrap_or(1)).unwrap_or(1).max(1);
        Ok(tuples(items.chunks(size).map(<[Object]>::to_vec).collect()))
    }),
});

native_table!(CHAIN {
    "itertools.chain.__new__" => |i, mut a| {
        receiver(&mut a);
        on_columns(i, a, |_, columns| Ok(iterator(columns.concat())))
    },
});

static FROM_ITERABLE: Native = Native {
    path: "itertools.chain.from_iterable",
    call: |i, mut a| {
        receiver(&mut a);
        on_first(i, &a, |i, items, _| {
            on_columns(i, Args::of(items), |_, columns| Ok(iterator(columns.concat())))
        })
    },
};

/// The names of `itertools`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(FUNCTIONS);
    let chain = super::add_class(i, &mut names, "itertools", "chain", &[], CHAIN);
    let method = Descriptor::ClassMethod(Object::Native(&FROM_ITERABLE));
    let method = Object::Descriptor(std::rc::Rc::new(method));
    chain.attrs.borrow_mut().insert(Name::new_static("from_iterable"), method);
    names
}

fn tuples(rows: Vec<Vec<Object>>) -> Object {
    iterator(rows.into_iter().map(Object::tuple).collect())
}

fn on_columns(
    i: &mut Interpreter,
    args: Args,
    f: impl FnOnce(&mut Interpreter, Vec<Vec<Object>>) -> Eval,
) -> Eval {
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let mut columns = Vec::new();
    for column in &args.positional {
        match i.known_items(column)? {
            Ok(items) => columns.push(items),
            Err(why) => return Ok(Object::Unknown(why)),
        }
    }
    f(i, columns)
}

fn on_first(
    i: &mut Interpreter,
    args: &Args,
    f: impl FnOnce(&mut Interpreter, Vec<Object>, &Args) -> Eval,
) -> Eval {
    if let Some(why) = &args.open {
        return Ok(Object::Unknown(why.clone()));
    }
    let Some(items) = args.get(0) else { return Err(i.missing_argument("itertools")) };
    match i.known_items(items)? {
        Ok(items) => f(i, items, args),
        Err(why) => Ok(Object::Unknown(why)),
    }
}

fn prefix(i: &mut Interpreter, args: Args, take: bool) -> Eval {
    let (Some(function), Some(items)) = (args.get(0), args.get(1)) else {
        return Err(i.missing_argument("takewhile"));
    };
    let items = match i.known_items(items)? {
        Ok(items) => items,
        Err(why) => return Ok(Object::Unknown(why)),
    };
    let mut at = 0;
    for item in &items {
        let answer = i.call(function, Args::of(vec![item.clone()]))?;
        match i.truth(&answer)? {
            Ok(true) => at += 1,
            Ok(false) => break,
            Err(why) => return Ok(Object::Unknown(why)),
        }
    }
    Ok(iterator(if take { items[..at].to_vec() } else { items[at..].to_vec() }))
}

/// Choices of `r` items in the order of their places.
fn choose(i: &mut Interpreter, args: Args, again: bool, ordered: bool) -> Eval {
    on_first(i, &args, |i, items, args| {
        let size = int_param(args, 1, "r").map_or(items.len(), |r| usize::try_from(r).unwrap_or(0));
        if size > SIZE || (size > items.len() && !again) {
            let too_large = i.exhausted("makes too large a collection");
            return if again { Err(too_large) } else { Ok(tuples(Vec::new())) };
        }
        let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
        for _ in 0..size {
            let mut longer = Vec::new();
            for row in &rows {
                let from = match row.last() {
                    Some(last) if !ordered => last + usize::from(!again),
                    _ => 0,
                };
                for at in from..items.len() {
                    i.tick()?;
                    i.work(row.len());
                    if ordered && row.contains(&at) {
                        continue;
                    }
                    if longer.len() > SIZE / (size + 1) {
                        return Err(i.exhausted("makes too large a collection"));
                    }
                    let mut next = row.clone();
                    next.push(at);
                    longer.push(next);
                }
            }
            rows = longer;
        }
        let pick = |row: Vec<usize>| row.into_iter().filter_map(|at| items.get(at).cloned()).collect();
        Ok(tuples(rows.into_iter().map(pick).collect()))
    })
}
