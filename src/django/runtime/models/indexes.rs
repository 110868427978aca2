//! Names of indexes, constraints and tables that Django makes itself
//! (`django/db/models/indexes.py`, `Options._format_names`, `django/db/backends/utils.py`).

use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;

use md5::{Digest, Md5};

use super::meta::Meta;
use super::{copy_instance, field_lists, own, set};
use crate::django::runtime::facts;
use crate::python::interpreter::{Eval, Interpreter};
use crate::python::object::{Instance, Object};
use crate::python::value::Value;

/// `names_digest(*args, length)`
fn names_digest(parts: &[String], length: usize) -> String {
    let mut hash = Md5::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let mut text = String::new();
    for byte in hash.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text.truncate(length);
    text
}

/// `split_identifier`: the table's name without its namespace.
fn table_name(identifier: &str) -> &str {
    identifier.split_once("\".\"").map_or(identifier, |(_, name)| name).trim_matches('"')
}

/// `truncate_name(table, connection.ops.max_name_length())` for the default database.
pub(super) fn truncate_table(interpreter: &mut Interpreter, table: &str) -> String {
    let Some(limit) = name_limit(interpreter) else { return table.to_owned() };
    if table.chars().count() <= limit {
        return table.to_owned();
    }
    let head: String = table.chars().take(limit - 4).collect();
    format!("{head}{}", names_digest(&[table.to_owned()], 4))
}

fn name_limit(interpreter: &mut Interpreter) -> Option<usize> {
    let databases = facts(interpreter).settings.get("DATABASES")?;
    let entry = |value: &Value, key: &str| match value {
        Value::Dict(items) => {
            items.iter().find(|(name, _)| name.as_str() == Some(key)).map(|(_, value)| value.clone())
        }
        _ => None,
    };
    let default = entry(&databases, "default")?;
    let engine = entry(&default, "ENGINE")?;
    let engine = engine.as_str()?;
    if engine.contains("postg") {
        Some(63)
    } else if engine.contains("mysql") {
        Some(64)
    } else if engine.contains("oracle") {
        Some(30)
    } else {
        None
    }
}

/// `Options._format_names`: `%(app_label)s` and `%(class)s` in names.
pub(super) fn format_names(interpreter: &mut Interpreter, meta: &Meta, list: &'static str) -> Eval<()> {
    let Some(value) = meta.get(list) else { return Ok(()) };
    if interpreter.unknown_items(&value).is_some() {
        return Ok(());
    }
    let Some((app, model)) = meta.key() else { return Ok(()) };
    let mut items = Vec::new();
    for item in interpreter.items(&value)? {
        let Object::Instance(instance) = &item else {
            items.push(item);
            continue;
        };
        let copy = copy_instance(instance);
        if let Some(name) = own(&copy, "name").and_then(|name| name.as_str())
            && name.contains('%')
        {
            let name = name
                .replace("%(app_label)s", &app.to_lowercase())
                .replace("%(class)s", &model)
                .replace("%%", "%");
            set(interpreter, &copy, "name", Object::str(name));
        }
        items.push(Object::Instance(copy));
    }
    set(interpreter, &meta.0, list, Object::list(items));
    Ok(())
}

/// `Index.set_name_with_model(model)`, for an index without a name.
pub(super) fn name_index(interpreter: &mut Interpreter, index: &Rc<Instance>, meta: &Meta) -> Eval<()> {
    let object = Object::Instance(index.clone());
    let name = own(index, "name");
    if name.is_some_and(|name| !matches!(&name, Object::None) && name.as_str().is_none_or(|n| !n.is_empty()))
    {
        return Ok(());
    }
    if let Some(unknown @ Object::Unknown(_)) = own(index, "$open") {
        set(interpreter, index, "name", unknown);
        return Ok(());
    }
    let name = match automatic_name(interpreter, &object, meta)? {
        Ok(name) => Object::str(name),
        Err(unknown) => unknown,
    };
    set(interpreter, index, "name", name);
    Ok(())
}

fn automatic_name(
    interpreter: &mut Interpreter,
    index: &Object,
    meta: &Meta,
) -> Eval<Result<String, Object>> {
    let fields = interpreter.get_attribute(index, &"fields".into())?;
    if let Some(why) = interpreter.unknown_items(&fields) {
        return Ok(Err(Object::Unknown(why)));
    }
    let suffix = interpreter.get_attribute(index, &"suffix".into())?;
    let (Some(suffix), Some(table)) = (suffix.as_str(), meta.text("db_table")) else {
        return Ok(Err(interpreter.unknown("an index whose table or kind is not known")));
    };
    let table = table_name(&table).to_owned();
    let mut columns: Vec<(Arc<str>, bool)> = Vec::new();
    for field in interpreter.items(&fields)? {
        let Some(text) = field.as_str() else { return Ok(Err(field)) };
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, &*text),
        };
        let column = field_lists::field_named(interpreter, meta, name)
            .and_then(|field| own(&field, "column"))
            .and_then(|column| column.as_str());
        let Some(column) = column else {
            let reason = format!("the column of {name}, which an index's automatic name is made from");
            return Ok(Err(interpreter.unknown(reason)));
        };
        columns.push((column, descending));
    }
    let Some((first, _)) = columns.first() else {
        return Ok(Err(interpreter.unknown("an index without fields and without a name")));
    };
    let mut parts = vec![table.clone()];
    parts.extend(
        columns.iter().map(|(column, down)| if *down { format!("-{column}") } else { column.to_string() }),
    );
    parts.push(suffix.to_string());
    let head: String = table.chars().take(11).collect();
    let column: String = first.chars().take(7).collect();
    let name = format!("{head}_{column}_{}_{suffix}", names_digest(&parts, 6));
    let unfit = name.starts_with(|c: char| c == '_' || c.is_ascii_digit());
    Ok(Ok(if unfit { format!("D{}", name.chars().skip(1).collect::<String>()) } else { name }))
}
