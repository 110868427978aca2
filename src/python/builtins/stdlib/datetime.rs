//! `datetime`: dates and times as values at rest, always in the same form, so that equal ones are
//! equal. Mirrors `Lib/_pydatetime.py`, 3.12. The clock is not known.

use std::rc::Rc;
use std::sync::Arc;

use super::super::arguments::{plain, receiver, str_param, unknown_among};
use super::super::functions::as_float;
use super::super::native_table;
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Namespace, Object};
use crate::python::syntax::Name;
use crate::python::value::{Call, Value};

use super::moments::Moment::{Date, DateTime, Delta, Time};
use super::moments::{
    DAY, LONGEST, Moment, SECOND, clock, delta_parts, from_ordinal, is_utc, ordinal, parse_date, parse_time,
    strftime,
};
native_table!(DATE {
    "datetime.date.__new__" => |i, a| new(i, a, |i, a| {
        let part = |at, name| number(a, at, name);
        let days = match (part(0, "year"), part(1, "month"), part(2, "day")) {
            (Some(year), Some(month), Some(day)) => ordinal(year, month, day),
            _ => return Err(i.missing_argument("date")),
        };
        days.map(Date).ok_or_else(|| i.raise("ValueError", "day is out of range for month"))
    }),
    "datetime.date.today" => now,
    "datetime.date.fromisoformat" => |i, a| {
        let text = str_param(&a, 1, "date_string").unwrap_or_default();
        match parse_date(&text) {
            Some(days) => Ok(Date(days).object()),
            None => Err(i.raise("ValueError", format!("Invalid isoformat string: '{text}'"))),
        }
    },
    "datetime.date.fromordinal" => |i, a| match a.get(1).and_then(Object::as_int) {
        Some(days @ 1..=3_652_059) => Ok(Date(days).object()),
        _ => Ok(i.unknown("a date that is not known")),
    },
    "datetime.date.fromtimestamp" => now,
    "datetime.date.isoformat" => |i, a| moment(i, a, |i, m, a| match m {
        DateTime(days, micros, zone) => {
            let separator = str_param(a, 0, "sep").unwrap_or_else(|| "T".into());
            match DateTime(days, micros, zone).text() {
                Some(text) => Ok(Object::str(text.replacen(' ', &separator, 1))),
                None => Ok(i.unknown("a time in a zone that is not followed")),
            }
        }
        other => Ok(other.text().map_or_else(|| i.unknown("a time in a zone"), Object::str)),
    }),
    "datetime.date.weekday" => |i, a| on_days(i, a, |days| (days + 6) % 7),
    "datetime.date.isoweekday" => |i, a| on_days(i, a, |days| (days + 6) % 7 + 1),
    "datetime.date.toordinal" => |i, a| on_days(i, a, |days| days),
    "datetime.date.replace" => |i, a| moment(i, a, replace),
    "datetime.date.strftime" => |i, a| moment(i, a, |i, m, a| {
        let format = str_param(a, 0, "format").unwrap_or_default();
        Ok(strftime(&m, &format).map_or_else(|| i.unknown("a format of a date"), Object::str))
    }),
    "datetime.date.__format__" => |i, a| {
        let text = i.to_str(a.get(0).unwrap_or(&Object::None))?;
        Ok(text)
    },
});

native_table!(DATE_TIME {
    "datetime.datetime.__new__" => |i, a| new(i, a, |i, a| {
        let part = |at, name| number(a, at, name);
        let days = match (part(0, "year"), part(1, "month"), part(2, "day")) {
            (Some(year), Some(month), Some(day)) => ordinal(year, month, day),
            _ => return Err(i.missing_argument("datetime")),
        };
        let zone = zone(i, a, 7);
        match (days, micros_of(a, 3)) {
            (Some(days), Some(micros)) => Ok(DateTime(days, micros, zone)),
            _ => Err(i.raise("ValueError", "value is out of range")),
        }
    }),
    "datetime.datetime.now" => now,
    "datetime.datetime.utcnow" => now,
    "datetime.datetime.today" => now,
    "datetime.datetime.fromtimestamp" => now,
    "datetime.datetime.utcfromtimestamp" => now,
    "datetime.datetime.strptime" => now,
    "datetime.datetime.combine" => |i, a| {
        let part = |at: usize| match a.get(at) {
            Some(Object::Frozen(value)) => Moment::of(value),
            _ => None,
        };
        match (part(1), part(2)) {
            (Some(Date(days) | DateTime(days, ..)), Some(Time(micros, own))) => {
                let given = zone(i, &a, 3);
                Ok(DateTime(days, micros, given.or(own)).object())
            }
            _ => Ok(i.unknown("a date and time that are not known")),
        }
    },
    "datetime.datetime.fromisoformat" => |i, a| {
        let text = str_param(&a, 1, "date_string").unwrap_or_default();
        let (date, time) = text.split_once(['T', ' ']).unwrap_or((&text, "00:00"));
        let (time, zone) = match time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00")) {
            Some(time) => (time, Some(Value::Ref("datetime.timezone.utc".into()))),
            None => (time, None),
        };
        match (parse_date(date), parse_time(time)) {
            (Some(days), Some(micros)) => Ok(DateTime(days, micros, zone).object()),
            _ => Ok(i.unknown("a date and time that are not known")),
        }
    },
    "datetime.datetime.date" => |i, a| moment(i, a, |i, m, _| Ok(match m {
        DateTime(days, ..) => Date(days).object(),
        _ => i.unknown("a date"),
    })),
    "datetime.datetime.time" => |i, a| moment(i, a, |i, m, _| Ok(match m {
        DateTime(_, micros, _) => Time(micros, None).object(),
        _ => i.unknown("a time"),
    })),
    "datetime.datetime.timestamp" => |i, a| moment(i, a, |i, m, _| Ok(match m {
        DateTime(days, micros, Some(zone)) if is_utc(&zone) => {
            let since = i128::from(days - 719_163) * DAY + micros;
            #[allow(clippy::cast_precision_loss)]
            Object::Float(since as f64 / 1e6)
        }
        _ => i.unknown("a time in a zone that is not known"),
    })),
    "datetime.datetime.astimezone" => now,
});

native_table!(TIME {
    "datetime.time.__new__" => |i, a| new(i, a, |i, a| {
        let zone = zone(i, a, 4);
        micros_of(a, 0)
            .map(|micros| Time(micros, zone))
            .ok_or_else(|| i.raise("ValueError", "hour must be in 0..23"))
    }),
    "datetime.time.isoformat" => |i, a| moment(i, a, |i, m, _| {
        Ok(m.text().map_or_else(|| i.unknown("a time in a zone"), Object::str))
    }),
    "datetime.time.fromisoformat" => |i, a| {
        let text = str_param(&a, 1, "time_string").unwrap_or_default();
        match parse_time(&text) {
            Some(micros) => Ok(Time(micros, None).object()),
            None => Ok(i.unknown("a time that is not known")),
        }
    },
    "datetime.time.replace" => |i, a| moment(i, a, replace),
    "datetime.time.strftime" => |i, a| moment(i, a, |i, m, a| {
        let format = str_param(a, 0, "format").unwrap_or_default();
        Ok(strftime(&m, &format).map_or_else(|| i.unknown("a format of a time"), Object::str))
    }),
});

native_table!(DELTA {
    "datetime.timedelta.__new__" => |i, a| new(i, a, |i, a| {
        let mut total = 0_i128;
        let units = [
            ("days", DAY), ("seconds", SECOND), ("microseconds", 1), ("milliseconds", 1_000),
            ("minutes", 60 * SECOND), ("hours", 3_600 * SECOND), ("weeks", 7 * DAY),
        ];
        for (at, (name, unit)) in units.into_iter().enumerate() {
            let Some(given) = a.param(at, name) else { continue };
            let part = match given.as_int() {
                Some(whole) => i128::from(whole).checked_mul(unit),
                #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
                None => as_float(given).map(|x| (x * unit as f64).round_ties_even() as i128),
            };
            match part {
                Some(part) if (-LONGEST..=LONGEST).contains(&part) => total += part,
                _ => return Err(i.raise("OverflowError", "days out of range")),
            }
        }
        if total.abs() > LONGEST {
            return Err(i.raise("OverflowError", "days out of range"));
        }
        Ok(Delta(total))
    }),
    "datetime.timedelta.total_seconds" => |i, a| moment(i, a, |i, m, _| Ok(match m {
        #[allow(clippy::cast_precision_loss)]
        Delta(micros) => Object::Float(micros as f64 / 1e6),
        _ => i.unknown("seconds"),
    })),
});

native_table!(ZONE {
    "datetime.timezone.__new__" => |i, mut a| {
        receiver(&mut a);
        if let Some(why) = unknown_among(&a) {
            return Ok(Object::Unknown(why));
        }
        let mut args = Vec::new();
        for part in &a.positional {
            args.push(i.freeze(part));
        }
        if a.positional.len() == 1 && matches!(args.first().and_then(Moment::of), Some(Delta(0))) {
            return Ok(utc());
        }
        let call = Call { path: "datetime.timezone".into(), args, kwargs: Vec::new() };
        Ok(Object::Frozen(Rc::new(Value::Call(Arc::new(call)))))
    },
});

fn utc() -> Object {
    Object::Frozen(Rc::new(Value::Ref("datetime.timezone.utc".into())))
}

/// The names of `datetime`.
pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    let date = super::add_class(i, &mut names, "datetime", "date", &[], DATE);
    let date_time =
        super::add_class(i, &mut names, "datetime", "datetime", std::slice::from_ref(&date), DATE_TIME);
    let time = super::add_class(i, &mut names, "datetime", "time", &[], TIME);
    let delta = super::add_class(i, &mut names, "datetime", "timedelta", &[], DELTA);
    let tzinfo = super::add_class(i, &mut names, "datetime", "tzinfo", &[], &[]);
    let timezone = super::add_class(i, &mut names, "datetime", "timezone", &[tzinfo], ZONE);
    let set = |class: &Rc<Class>, name: &'static str, value: Object| {
        class.attrs.borrow_mut().insert(Name::new_static(name), value);
    };
    set(&timezone, "utc", utc());
    names.insert(Name::new_static("UTC"), utc());
    let last = 3_652_059;
    set(&date, "min", Date(1).object());
    set(&date, "max", Date(last).object());
    set(&date_time, "min", DateTime(1, 0, None).object());
    set(&date_time, "max", DateTime(last, DAY - 1, None).object());
    set(&time, "min", Time(0, None).object());
    set(&time, "max", Time(DAY - 1, None).object());
    set(&delta, "min", Delta(-999_999_999 * DAY).object());
    set(&delta, "max", Delta(LONGEST - 1).object());
    set(&delta, "resolution", Delta(1).object());
    names.insert(Name::new_static("MINYEAR"), Object::Int(1));
    names.insert(Name::new_static("MAXYEAR"), Object::Int(9999));
    names
}

fn now(i: &mut Interpreter, _: Args) -> Eval {
    Ok(i.unknown("asks the clock"))
}

fn new(
    i: &mut Interpreter,
    mut args: Args,
    make: impl FnOnce(&mut Interpreter, &Args) -> Eval<Moment>,
) -> Eval {
    let class = receiver(&mut args);
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let made = make(i, &args)?.object();
    if matches!(&class, Object::Class(class) if !class.native) {
        return Ok(i.unknown("a date of a class of its own"));
    }
    Ok(made)
}

fn moment(
    i: &mut Interpreter,
    mut args: Args,
    f: impl FnOnce(&mut Interpreter, Moment, &Args) -> Eval,
) -> Eval {
    let me = receiver(&mut args);
    if let Some(why) = unknown_among(&args) {
        return Ok(Object::Unknown(why));
    }
    let found = match &me {
        Object::Frozen(value) => Moment::of(value),
        _ => None,
    };
    match found {
        Some(found) => f(i, found, &args),
        None => Ok(i.unknown("a date or time that is not known")),
    }
}

fn on_days(i: &mut Interpreter, args: Args, f: impl FnOnce(i64) -> i64) -> Eval {
    moment(i, args, |i, m, _| {
        Ok(match m {
            Date(days) | DateTime(days, ..) => Object::Int(f(days)),
            _ => i.unknown("a date"),
        })
    })
}

fn number(args: &Args, at: usize, name: &str) -> Option<i64> {
    args.param(at, name).map(plain).and_then(|object| object.as_int())
}

fn micros_of(args: &Args, from: usize) -> Option<i128> {
    let mut total = 0_i128;
    let parts = [
        ("hour", 24, 3_600 * SECOND),
        ("minute", 60, 60 * SECOND),
        ("second", 60, SECOND),
        ("microsecond", 1_000_000, 1),
    ];
    for (at, (name, limit, unit)) in parts.into_iter().enumerate() {
        let part = number(args, from + at, name).unwrap_or(0);
        if !(0..limit).contains(&part) {
            return None;
        }
        total += i128::from(part) * unit;
    }
    Some(total)
}

fn zone(i: &mut Interpreter, args: &Args, at: usize) -> Option<Value> {
    args.param(at, "tzinfo").filter(|zone| !zone.is_none()).cloned().map(|zone| i.freeze(&zone))
}

fn replace(i: &mut Interpreter, moment: Moment, args: &Args) -> Eval {
    let (days, micros, mut own) = match &moment {
        Date(days) => (Some(*days), None, None),
        DateTime(days, micros, zone) => (Some(*days), Some(*micros), zone.clone()),
        Time(micros, zone) => (None, Some(*micros), zone.clone()),
        Delta(_) => return Ok(i.unknown("a duration")),
    };
    let mut at = 0;
    let mut part = |name: &str, old: i64| {
        let new = number(args, at, name).unwrap_or(old);
        at += 1;
        new
    };
    let days = match days {
        Some(days) => {
            let (year, month, day) = from_ordinal(days);
            match ordinal(part("year", year), part("month", month), part("day", day)) {
                Some(days) => Some(days),
                None => return Err(i.raise("ValueError", "day is out of range for month")),
            }
        }
        None => None,
    };
    let micros = match micros {
        Some(micros) => {
            let (hours, minutes, seconds, rest) = clock(micros);
            let (hours, minutes) = (part("hour", hours), part("minute", minutes));
            let (seconds, rest) = (part("second", seconds), part("microsecond", rest));
            let valid = (0..24).contains(&hours)
                && (0..60).contains(&minutes)
                && (0..60).contains(&seconds)
                && (0..1_000_000).contains(&rest);
            if !valid {
                return Err(i.raise("ValueError", "hour must be in 0..23"));
            }
            Some(i128::from((hours * 60 + minutes) * 60 + seconds) * SECOND + i128::from(rest))
        }
        None => None,
    };
    if let Some(given) = args.keyword("tzinfo") {
        own = if given.is_none() { None } else { Some(i.freeze(given)) };
    }
    Ok(match (days, micros) {
        (Some(days), None) => Date(days),
        (Some(days), Some(micros)) => DateTime(days, micros, own),
        (None, micros) => Time(micros.unwrap_or(0), own),
    }
    .object())
}

/// Properties.
pub(in super::super) fn attribute(value: &Value, name: &str) -> Option<Object> {
    let moment = Moment::of(value)?;
    let (days, micros, zone) = match &moment {
        Delta(micros) => {
            let (days, seconds, rest) = delta_parts(*micros);
            return Some(Object::Int(match name {
                "days" => days,
                "seconds" => seconds,
                "microseconds" => rest,
                _ => return None,
            }));
        }
        Date(days) => (Some(*days), None, None),
        Time(micros, zone) => (None, Some(*micros), zone.clone()),
        DateTime(days, micros, zone) => (Some(*days), Some(*micros), zone.clone()),
    };
    let date = days.map(from_ordinal);
    let clock = micros.map(clock);
    Some(Object::Int(match name {
        "year" => date?.0,
        "month" => date?.1,
        "day" => date?.2,
        "hour" => clock?.0,
        "minute" => clock?.1,
        "second" => clock?.2,
        "microsecond" => clock?.3,
        "fold" => 0,
        "tzinfo" if micros.is_some() => {
            return Some(match zone {
                None => Object::None,
                Some(Value::Unknown(why)) => Object::Unknown(why),
                Some(zone) => Object::Frozen(Rc::new(zone)),
            });
        }
        _ => return None,
    }))
}
