//! Values of `datetime` taken apart: the calendar, texts, arithmetic. Mirrors `Lib/_pydatetime.py`, 3.12.

use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::super::functions::as_float;
use crate::python::interpreter::{Eval, Interpreter};
use crate::python::object::Object;
use crate::python::syntax::ast::Operator;
use crate::python::value::{Call, Value};

/// Microseconds of a day.
pub(super) const DAY: i128 = 86_400_000_000;

/// Microseconds of a second.
pub(super) const SECOND: i128 = 1_000_000;

/// `timedelta.max` is under a thousand million days.
pub(super) const LONGEST: i128 = 1_000_000_000 * DAY;

/// A value of this module, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Moment {
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

/// `_is_leap(year)`
pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// `_days_in_month(year, month)`; 31 for a number that is no month.
pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// `_days_before_year(year)`: days of the calendar before its first of January.
pub(super) fn days_before_year(year: i64) -> i64 {
    let y = year - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

/// `_ymd2ord`: days since the first of January of the year 1, from 1; `None` for what is no date.
pub(super) fn ordinal(year: i64, month: i64, day: i64) -> Option<i64> {
    let valid = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day);
    let months = || (1..month).map(|month| days_in_month(year, month)).sum::<i64>();
    valid.then(|| days_before_year(year) + months() + day)
}

/// `_ord2ymd`: year, month and day of an [`ordinal`] of a year up to 9999.
pub(super) fn from_ordinal(days: i64) -> (i64, i64, i64) {
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
pub(super) fn clock(micros: i128) -> (i64, i64, i64, i64) {
    let part = |value: i128| i64::try_from(value).unwrap_or(0);
    let seconds = micros.div_euclid(SECOND);
    (part(seconds / 3600), part(seconds / 60 % 60), part(seconds % 60), part(micros.rem_euclid(SECOND)))
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

    /// The value at rest, in the one form that equal ones have.
    pub fn value(&self) -> Value {
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

    /// The live object of [`Moment::value`].
    pub fn object(&self) -> Object {
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

/// Whether a zone is `datetime.timezone.utc`.
pub(super) fn is_utc(zone: &Value) -> bool {
    matches!(zone, Value::Ref(path) if &**path == "datetime.timezone.utc")
}

/// Days, seconds and microseconds of a delta as Python keeps them: only the days may be negative.
pub(super) fn delta_parts(micros: i128) -> (i64, i64, i64) {
    let part = |value: i128| i64::try_from(value).unwrap_or(0);
    let within = micros.rem_euclid(DAY);
    (part(micros.div_euclid(DAY)), part(within / SECOND), part(within % SECOND))
}

/// `date.isoformat()` of an [`ordinal`].
pub(super) fn iso_date(days: i64) -> String {
    let (year, month, day) = from_ordinal(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `time.isoformat()` of microseconds since midnight.
pub(super) fn iso_time(micros: i128) -> String {
    let (hours, minutes, seconds, rest) = clock(micros);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:06}") };
    format!("{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

/// The [`ordinal`] of `2024-01-31`; `None` for any other form.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = |length: usize| {
        parts
            .next()
            .filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))?
            .parse()
            .ok()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() { None } else { ordinal(year, month, day) }
}

/// Microseconds since midnight of `12:30`, `12:30:15` or `12:30:15.5`; `None` for any other form.
pub(super) fn parse_time(text: &str) -> Option<i128> {
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

/// In English, as in the C locale.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// From Monday on, as `date.weekday()` counts.
pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `strftime(format)`, with the names of the C locale; `None` for a delta and for directives that are not worked out.
pub(super) fn strftime(moment: &Moment, format: &str) -> Option<String> {
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

/// Arithmetic; `None` where an operand is nothing of this module.
pub(crate) fn binary(i: &mut Interpreter, left: &Object, op: Operator, right: &Object) -> Option<Eval> {
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
        (Some(Delta(a)), Operator::FloorDiv, None) => match right.as_int().map(i128::from) {
            Some(n) if n > 0 => Some(Delta(a.div_euclid(n))),
            Some(n) if n < 0 => Some(Delta((-a).div_euclid(-n))),
            _ => None,
        },
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

/// `delta * by`, or `delta / by`, in microseconds; `None` where `by` is no number or the result beyond [`LONGEST`].
pub(super) fn scaled(micros: i128, by: &Object, divide: bool) -> Option<Moment> {
    let made = if let (Some(whole), false) = (by.as_int(), divide) {
        micros.checked_mul(i128::from(whole))?
    } else {
        let by = as_float(by)?;
        let by = if divide { 1.0 / by } else { by };
        (micros.to_f64()? * by).round_ties_even().to_i128()?
    };
    (made.abs() <= LONGEST).then_some(Delta(made))
}

/// `-delta`
pub(crate) fn negate(value: &Value) -> Option<Object> {
    match Moment::of(value)? {
        Delta(micros) => Some(Delta(-micros).object()),
        _ => None,
    }
}

/// How two compare; `None` where Python would not, or where their zones differ.
pub(crate) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (Moment::of(left)?, Moment::of(right)?) {
        (Date(a), Date(b)) => Some(a.cmp(&b)),
        (Delta(a), Delta(b)) => Some(a.cmp(&b)),
        (Time(a, p), Time(b, q)) if p == q => Some(a.cmp(&b)),
        (DateTime(a, x, p), DateTime(b, y, q)) if p == q => Some((a, x).cmp(&(b, y))),
        _ => None,
    }
}
