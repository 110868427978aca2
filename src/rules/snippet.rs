//! Python code for the help of a finding, and names that are nearly right.

use std::fmt::Write as _;

use crate::database::Vendor;
use crate::django::field::Field;
use crate::python::value::{Call, Value};

/// How deep a value is written out.
const DEPTH_LIMIT: usize = 20;

/// A value as Python source, as a migration would have it; `...` for what is not known.
pub fn python(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out
}

/// A field as Python source: `models.CharField(max_length=20, null=True)`.
pub fn field(field: &Field) -> String {
    let mut out = String::new();
    write_call(&mut out, &field.path, &field.args, &field.kwargs, 0);
    out
}

/// A field as Python source, with some keyword arguments set or taken out.
pub fn field_with(original: &Field, set: &[(&str, Value)], without: &[&str]) -> String {
    let mut changed = original.clone();
    for name in without {
        changed.remove_kwarg(name);
    }
    for (name, value) in set {
        changed.set_kwarg(name, value.clone());
    }
    field(&changed)
}

/// `migrations.AlterField(…)` with that field's source.
pub fn alter_field(model: &str, name: &str, field: &str) -> String {
    field_operation("AlterField", model, name, field)
}

/// `migrations.AddField(…)` with that field's source.
pub fn add_field(model: &str, name: &str, field: &str) -> String {
    field_operation("AddField", model, name, field)
}

/// Code with imports of the modules that it names in full, before it: `django.db.models.functions.math.Random()`.
pub fn with_imports(code: &str) -> String {
    let mut modules = std::collections::BTreeSet::new();
    let mut quote: Option<char> = None;
    let mut word = String::new();
    for c in code.chars().chain([' ']) {
        match quote {
            Some(open) => quote = (c != open).then_some(open),
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_alphanumeric() || matches!(c, '_' | '.') => {
                word.push(c);
                continue;
            }
            None => {}
        }
        let parts: Vec<&str> = word.split('.').collect();
        let class = parts.iter().position(|part| part.starts_with(|first: char| first.is_ascii_uppercase()));
        let known = ["models", "migrations"].contains(&parts[0]);
        if let Some(class) = class.filter(|class| *class > 1 && !known) {
            modules.insert(parts[..class].join("."));
        }
        word.clear();
    }
    let imports = modules.iter().map(|module| format!("import {module}\n"));
    let imports: Vec<String> = imports.filter(|line| !code.contains(line)).collect();
    if imports.is_empty() { code.to_owned() } else { format!("{}\n{code}", imports.concat()) }
}

/// Lines of code, each so many spaces further in.
pub fn indented(code: &str, by: usize) -> String {
    let margin = " ".repeat(by);
    let lines: Vec<String> = code.lines().map(|line| format!("{margin}{line}")).collect();
    lines.join("\n")
}

fn field_operation(class: &str, model: &str, name: &str, field: &str) -> String {
    let (model, name) = (quoted(&model.to_lowercase()), quoted(name));
    format!("migrations.{class}(\n    model_name={model},\n    name={name},\n    field={field},\n),")
}

fn write_value(out: &mut String, value: &Value, depth: usize) {
    if depth > DEPTH_LIMIT {
        out.push_str("...");
        return;
    }
    match value {
        Value::None => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Value::BigInt(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Float(number) => {
            let _ = write!(out, "{number:?}");
        }
        Value::Str(text) => out.push_str(&quoted(text)),
        Value::Bytes(bytes) => {
            let _ = write!(out, "b\"{}\"", bytes.escape_ascii());
        }
        Value::List(items) => write_items(out, "[", items, "]", depth),
        Value::Tuple(items) => {
            write_items(out, "(", items, if items.len() == 1 { ",)" } else { ")" }, depth);
        }
        Value::Set(items) if items.is_empty() => out.push_str("set()"),
        Value::Set(items) => write_items(out, "{", items, "}", depth),
        Value::Dict(items) => {
            out.push('{');
            for (index, (key, value)) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_value(out, key, depth + 1);
                out.push_str(": ");
                write_value(out, value, depth + 1);
            }
            out.push('}');
        }
        Value::Ref(path) => out.push_str(&short(path)),
        Value::Call(call) => {
            let Call { path, args, kwargs } = call.as_ref();
            write_call(out, path, args, kwargs, depth);
        }
        // Choices are written by value, as Django's writer does; `Deferrable` takes its own members alone.
        Value::Enum(member) if member.class.ends_with(".Deferrable") => {
            let _ = write!(out, "models.Deferrable.{}", member.name);
        }
        Value::Enum(member) => write_value(out, &member.value, depth + 1),
        Value::Field(inner) => write_call(out, &inner.path, &inner.args, &inner.kwargs, depth),
        Value::Unknown(_) => out.push_str("..."),
    }
}

fn write_items(out: &mut String, open: &str, items: &[Value], close: &str, depth: usize) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_value(out, item, depth + 1);
    }
    out.push_str(close);
}

fn write_call(
    out: &mut String,
    path: &str,
    args: &[Value],
    kwargs: &[(std::sync::Arc<str>, Value)],
    depth: usize,
) {
    out.push_str(&short(path));
    out.push('(');
    let mut first = true;
    for arg in args {
        if !std::mem::take(&mut first) {
            out.push_str(", ");
        }
        write_value(out, arg, depth + 1);
    }
    for (name, value) in kwargs {
        if !std::mem::take(&mut first) {
            out.push_str(", ");
        }
        let _ = write!(out, "{name}=");
        match (name.as_ref(), value) {
            // As Django's own autodetector writes it.
            ("on_delete", Value::Ref(path)) if path.starts_with("django.db.models.") => {
                let _ = write!(out, "models.{}", path.rsplit('.').next().unwrap_or(path));
            }
            _ => write_value(out, value, depth + 1),
        }
    }
    out.push(')');
}

/// `django.db.models.X` → `models.X`, as every migration imports it.
fn short(path: &str) -> String {
    match path.strip_prefix("django.db.models.") {
        Some(rest) if !rest.contains('.') => format!("models.{rest}"),
        _ => path.strip_prefix("builtins.").unwrap_or(path).to_owned(),
    }
}

/// A string as Python source.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// SQL as a Python string literal that reads well: single quotes where the SQL holds double ones.
pub fn sql_literal(sql: &str) -> String {
    if sql.contains('"') && !sql.contains(['\'', '\\', '\n']) { format!("'{sql}'") } else { quoted(sql) }
}

/// `ALTER TABLE … DROP COLUMN …` for a database.
pub fn drop_column(vendor: Vendor, table: &str, column: &str) -> String {
    format!("ALTER TABLE {} DROP COLUMN {}", vendor.quote_name(table), vendor.quote_name(column))
}

/// `DROP TABLE …` for a database.
pub fn drop_table(vendor: Vendor, table: &str) -> String {
    format!("DROP TABLE {}", vendor.quote_name(table))
}

/// The name most like `name`, if one is like enough. Names that are much longer or shorter are not compared: it
/// takes the product of their lengths.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    let alike = |candidate: &&str| {
        let other = candidate.chars().count();
        length.abs_diff(other) * 3 <= length.max(other)
    };
    names
        .filter(alike)
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(length))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_in_full_are_imported() {
        let code = "models.F(default=django.db.models.functions.math.Random(), to=\"a.b.C\", n=models.functions.X())";
        assert_eq!(super::with_imports(code), format!("import django.db.models.functions.math\n\n{code}"));
        assert_eq!(super::with_imports("migrations.RunPython.noop"), "migrations.RunPython.noop");
    }

    use super::*;

    #[test]
    fn values_are_written_as_python() {
        let value = Value::Tuple(
            vec![
                Value::str("a\"b"),
                Value::None,
                Value::Bool(true),
                Value::Ref("django.db.models.Model".into()),
            ]
            .into(),
        );
        assert_eq!(python(&value), "(\"a\\\"b\", None, True, models.Model)");
        assert_eq!(python(&Value::Tuple(vec![Value::Int(1)].into())), "(1,)");
        assert_eq!(python(&Value::unknown("why", None)), "...");
    }

    #[test]
    fn sql_is_quoted_for_reading() {
        assert_eq!(sql_literal("DROP TABLE \"a\""), "'DROP TABLE \"a\"'");
        assert_eq!(sql_literal("DROP TABLE `a`"), "\"DROP TABLE `a`\"");
    }
}
