//! `datetime`: dates and times as values at rest, always in the same form, so that equal ones are
//! equal. Mirrors `Lib/_pydatetime.py`, 3.12. The clock is not known.

use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;

use super::super::arguments::{plain, receiver, str_param, unknown_among};
use super::super::functions::as_float;
use super::super::native_table;
use super::names_of;
use crate::python::interpreter::{Args, Eval, Interpreter};
use crate::python::object::{Class, Namespace, Object};
use crate::python::syntax::Name;
use crate::python::syntax::ast::Operator;
use crate::python::value::{Call, Value};

const DAY: i128 = 86_400_000_000;
const SECOND: i128 = 1_000_000;
/// `timedelta.max` is under a thousand million days.
const LONGEST: i128 = 1_000_000_000 * DAY;

/// A value of this module, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Moment {
    /// Days since the first of January of the year 1, from 1.
    Date(i64),
    /// Microseconds since midnight.
    Time(i128, Option<Value>),
    /// Days as in a date, microseconds since midnight.
    DateTime(i64, i128, Option<Value>),
    /// Microseconds.
    Delta(i128),
}

use Moment::{Date, DateTime, Delta, Time};

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn days_before_year(year: i64) -> i64 {
    let y = year - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

fn ordinal(year: i64, month: i64, day: i64) -> Option<i64> {
    let valid = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day);
    let months: i64 = (1..month).map(|month| days_in_month(year, month)).sum();
    valid.then(|| days_before_year(year) + months + day)
}

fn from_ordinal(days: i64) -> (i64, i64, i64) {
    let mut year = (days - 1) / 366 + 1;
    while days_before_year(year + 1) < days {
        year += 1;
    }
    let mut rest = days - days_before_year(year);
    let mut month = 1;
    while rest > days_in_month(year, month) {
        rest -= days_in_month(year, month);
        month += 1;
    }
    (year, month, rest)
}

/// Hours, minutes, seconds, microseconds.
fn clock(micros: i128) -> (i64, i64, i64, i64) {
    let part = |value: i128| i64::try_from(value).unwrap_or(0);
    let seconds = micros.div_euclid(SECOND);
    (
        part(seconds / 3600),
        part(seconds / 60 % 60),
        part(seconds % 60),
        part(micros.rem_euclid(SECOND)),
    )
}

impl Moment {
    /// Takes a value at rest apart.
    pub fn of(value: &Value) -> Option<Self> {
        let call = value.as_call()?;
        let int = |at: usize| call.args.get(at).and_then(Value::as_int);
        let zone = call.kwarg("tzinfo").cloned();
        let micros = |from: usize| {
            let part = |at: usize| i128::from(int(from + at).unwrap_or(0));
            ((part(0) * 60 + part(1)) * 60 + part(2)) * SECOND + part(3)
        };
        Some(match &*call.path {
            "datetime.date" => Date(ordinal(int(0)?, int(1)?, int(2)?)?),
            "datetime.time" => Time(micros(0), zone),
            "datetime.datetime" => DateTime(ordinal(int(0)?, int(1)?, int(2)?)?, micros(3), zone),
            "datetime.timedelta" => {
                let part = |name: &str| i128::from(call.kwarg(name).and_then(Value::as_int).unwrap_or(0));
                Delta(part("days") * DAY + part("seconds") * SECOND + part("microseconds"))
            }
            _ => return None,
        })
    }

    fn value(&self) -> Value {
        let mut args = Vec::new();
        let mut kwargs: Vec<(Arc<str>, Value)> = Vec::new();
        let push_clock = |args: &mut Vec<Value>, micros: i128| {
            let (hours, minutes, seconds, rest) = clock(micros);
            args.extend([Value::Int(hours), Value::Int(minutes)]);
            if seconds != 0 || rest != 0 {
                args.push(Value::Int(seconds));
            }
            if rest != 0 {
                args.push(Value::Int(rest));
            }
        };
        let push_date = |args: &mut Vec<Value>, days: i64| {
            let (year, month, day) = from_ordinal(days);
            args.extend([Value::Int(year), Value::Int(month), Value::Int(day)]);
        };
        let path = match self {
            Date(days) => {
                push_date(&mut args, *days);
                "datetime.date"
            }
            Time(micros, zone) => {
                push_clock(&mut args, *micros);
                kwargs.extend(zone.clone().map(|zone| ("tzinfo".into(), zone)));
                "datetime.time"
            }
            DateTime(days, micros, zone) => {
                push_date(&mut args, *days);
                push_clock(&mut args, *micros);
                kwargs.extend(zone.clone().map(|zone| ("tzinfo".into(), zone)));
                "datetime.datetime"
            }
            Delta(micros) => {
                let (days, seconds, rest) = delta_parts(*micros);
                for (name, part) in [("days", days), ("seconds", seconds), ("microseconds", rest)] {
                    if part != 0 {
                        kwargs.push((name.into(), Value::Int(part)));
                    }
                }
                if kwargs.is_empty() {
                    args.push(Value::Int(0));
                }
                "datetime.timedelta"
            }
        };
        Value::Call(Arc::new(Call { path: path.into(), args, kwargs }))
    }

    fn object(&self) -> Object {
        Object::Frozen(Rc::new(self.value()))
    }

    /// `str()`
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Date(days) => iso_date(*days),
            Time(micros, None) => iso_time(*micros),
            DateTime(days, micros, zone) => {
                let offset = match zone {
                    None => "",
                    Some(zone) if is_utc(zone) => "+00:00",
                    Some(_) => return None,
                };
                format!("{} {}{offset}", iso_date(*days), iso_time(*micros))
            }
            Time(..) => return None,
            Delta(micros) => {
                let days = micros.div_euclid(DAY);
                let (hours, minutes, seconds, rest) = clock(micros.rem_euclid(DAY));
                let prefix = match days {
                    0 => String::new(),
                    1 | -1 => format!("{days} day, "),
                    _ => format!("{days} days, "),
                };
                let fraction = if rest == 0 { String::new() } else { format!(".{rest:06}") };
                format!("{prefix}{hours}:{minutes:02}:{seconds:02}{fraction}")
            }
        })
    }

    /// `repr()`
    pub fn repr(&self) -> Option<String> {
        let value = self.value();
        let call = value.as_call()?;
        let mut parts: Vec<String> =
            call.args.iter().filter_map(Value::as_int).map(|part| part.to_string()).collect();
        for (name, value) in &call.kwargs {
            match value {
                Value::Int(part) => parts.push(format!("{name}={part}")),
                zone if is_utc(zone) => parts.push(format!("{name}=datetime.timezone.utc")),
                _ => return None,
            }
        }
        Some(format!("{}({})", call.path, parts.join(", ")))
    }

    /// Whether Python calls it true: all but a delta of zero.
    pub fn truth(&self) -> bool {
        !matches!(self, Delta(0))
    }
}

fn is_utc(zone: &Value) -> bool {
    matches!(zone, Value::Ref(path) if &**path == "datetime.timezone.utc")
}

fn delta_parts(micros: i128) -> (i64, i64, i64) {
    let part = |value: i128| i64::try_from(value).unwrap_or(0);
    let within = micros.rem_euclid(DAY);
    (part(micros.div_euclid(DAY)), part(within / SECOND), part(within % SECOND))
}

fn iso_date(days: i64) -> String {
    let (year, month, day) = from_ordinal(days);
    format!("{year:04}-{month:02}-{day:02}")
}

fn iso_time(micros: i128) -> String {
    let (hours, minutes, seconds, rest) = clock(micros);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:06}") };
    format!("{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

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
                Some(part) if part.abs() <= LONGEST => total += part,
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

pub(super) fn module(i: &mut Interpreter) -> Namespace {
    let mut names = names_of(&[]);
    let date = super::add_class(i, &mut names, "datetime", "date", &[], DATE);
    let date_time = super::add_class(i, &mut names, "datetime", "datetime", &[date.clone()], DATE_TIME);
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
    moment(i, args, |i, m, _| Ok(match m {
        Date(days) | DateTime(days, ..) => Object::Int(f(days)),
        _ => i.unknown("a date"),
    }))
}

fn number(args: &Args, at: usize, name: &str) -> Option<i64> {
    args.param(at, name).map(plain).and_then(|object| object.as_int())
}

fn micros_of(args: &Args, from: usize) -> Option<i128> {
    let mut total = 0_i128;
    let parts = [("hour", 24, 3_600 * SECOND), ("minute", 60, 60 * SECOND), ("second", 60, SECOND), ("microsecond", 1_000_000, 1)];
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
    let micros = micros.map(|micros| {
        let (hours, minutes, seconds, rest) = clock(micros);
        let (hours, minutes) = (part("hour", hours), part("minute", minutes));
        let (seconds, rest) = (part("second", seconds), part("microsecond", rest));
        i128::from((hours * 60 + minutes) * 60 + seconds) * SECOND + i128::from(rest)
    });
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

fn parse_date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = |length: usize| {
        parts.next().filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() { None } else { ordinal(year, month, day) }
}

fn parse_time(text: &str) -> Option<i128> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut total = 0_i128;
    let mut unit = 3_600 * SECOND;
    for (at, part) in text.split(':').enumerate() {
        let limit = if at == 0 { 24 } else { 60 };
        let part: i128 = part.parse().ok().filter(|part| *part < limit && *part >= 0 && at < 3)?;
        total += part * unit;
        unit /= 60;
    }
    let digits = format!("{fraction:0<6}");
    total += digits.get(..6)?.parse::<i128>().ok().filter(|rest| *rest >= 0)?;
    Some(total)
}

fn strftime(moment: &Moment, format: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ];
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let (days, micros) = match moment {
        Date(days) => (*days, 0),
        DateTime(days, micros, _) => (*days, *micros),
        Time(micros, _) => (ordinal(1900, 1, 1)?, *micros),
        Delta(_) => return None,
    };
    let (year, month, day) = from_ordinal(days);
    let (hours, minutes, seconds, rest) = clock(micros);
    let name = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at))?;
    let weekday = usize::try_from((days + 6) % 7).ok().and_then(|at| DAYS.get(at))?;
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            'Y' => out.push_str(&format!("{year:04}")),
            'y' => out.push_str(&format!("{:02}", year % 100)),
            'm' => out.push_str(&format!("{month:02}")),
            'd' => out.push_str(&format!("{day:02}")),
            'H' => out.push_str(&format!("{hours:02}")),
            'I' => out.push_str(&format!("{:02}", (hours + 11) % 12 + 1)),
            'M' => out.push_str(&format!("{minutes:02}")),
            'S' => out.push_str(&format!("{seconds:02}")),
            'f' => out.push_str(&format!("{rest:06}")),
            'p' => out.push_str(if hours < 12 { "AM" } else { "PM" }),
            'B' => out.push_str(name),
            'b' => out.push_str(&name[..3]),
            'A' => out.push_str(weekday),
            'a' => out.push_str(&weekday[..3]),
            'j' => out.push_str(&format!("{:03}", days - days_before_year(year))),
            '%' => out.push('%'),
            _ => return None,
        }
    }
    Some(out)
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

/// Arithmetic; `None` where an operand is nothing of this module.
pub(in super::super) fn binary(i: &mut Interpreter, left: &Object, op: Operator, right: &Object) -> Option<Eval> {
    let of = |object: &Object| match object {
        Object::Frozen(value) => Moment::of(value),
        _ => None,
    };
    let (a, b) = (of(left), of(right));
    if a.is_none() && b.is_none() {
        return None;
    }
    let shifted = |days: i64, micros: i128, by: i128| {
        let total = i128::from(days) * DAY + micros + by;
        let day = i64::try_from(total.div_euclid(DAY)).ok().filter(|day| (1..=3_652_059).contains(day))?;
        Some((day, total.rem_euclid(DAY)))
    };
    let sign = if op == Operator::Sub { -1 } else { 1 };
    let made = match (a, op, b) {
        (Some(Delta(a)), Operator::Add | Operator::Sub, Some(Delta(b))) => Some(Delta(a + sign * b)),
        (Some(Date(days)), Operator::Add | Operator::Sub, Some(Delta(by)))
        | (Some(Delta(by)), Operator::Add, Some(Date(days))) => {
            shifted(days, 0, sign * by.div_euclid(DAY) * DAY).map(|(days, _)| Date(days))
        }
        (Some(DateTime(days, micros, zone)), Operator::Add | Operator::Sub, Some(Delta(by)))
        | (Some(Delta(by)), Operator::Add, Some(DateTime(days, micros, zone))) => {
            shifted(days, micros, sign * by).map(|(days, micros)| DateTime(days, micros, zone))
        }
        (Some(Date(a)), Operator::Sub, Some(Date(b))) => Some(Delta(i128::from(a - b) * DAY)),
        (Some(DateTime(a, x, p)), Operator::Sub, Some(DateTime(b, y, q))) if p == q => {
            Some(Delta(i128::from(a - b) * DAY + x - y))
        }
        (Some(Delta(a)), Operator::Mult, None) => scaled(a, right, false),
        (None, Operator::Mult, Some(Delta(b))) => scaled(b, left, false),
        (Some(Delta(a)), Operator::Div, None) => scaled(a, right, true),
        (Some(Delta(a)), Operator::FloorDiv, None) => right
            .as_int()
            .filter(|n| *n != 0)
            .map(|n| Delta(a.div_euclid(i128::from(n.abs())) * i128::from(n.signum()))),
        #[allow(clippy::cast_precision_loss)]
        (Some(Delta(a)), Operator::Div, Some(Delta(b))) if b != 0 => {
            return Some(Ok(Object::Float(a as f64 / b as f64)));
        }
        (Some(Delta(a)), Operator::FloorDiv, Some(Delta(b))) if b > 0 => {
            return Some(Ok(super::super::numbers::integer(BigInt::from(a.div_euclid(b)))));
        }
        (Some(Delta(a)), Operator::Mod, Some(Delta(b))) if b > 0 => Some(Delta(a.rem_euclid(b))),
        _ => None,
    };
    Some(Ok(made.map_or_else(|| i.unknown("arithmetic on a date or time"), |made| made.object())))
}

fn scaled(micros: i128, by: &Object, divide: bool) -> Option<Moment> {
    let made = match (by.as_int(), divide) {
        (Some(whole), false) => micros.checked_mul(i128::from(whole))?,
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        _ => {
            let by = as_float(by)?;
            let by = if divide { 1.0 / by } else { by };
            (micros as f64 * by).round_ties_even() as i128
        }
    };
    (made.abs() <= LONGEST).then_some(Delta(made))
}

/// `-delta`
pub(in super::super) fn negate(value: &Value) -> Option<Object> {
    match Moment::of(value)? {
        Delta(micros) => Some(Delta(-micros).object()),
        _ => None,
    }
}

/// How two compare; `None` where Python would not, or where their zones differ.
pub(in super::super) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (Moment::of(left)?, Moment::of(right)?) {
        (Date(a), Date(b)) => Some(a.cmp(&b)),
        (Delta(a), Delta(b)) => Some(a.cmp(&b)),
        (Time(a, p), Time(b, q)) if p == q => Some(a.cmp(&b)),
        (DateTime(a, x, p), DateTime(b, y, q)) if p == q => Some((a, x).cmp(&(b, y))),
        _ => None,
    }
}
