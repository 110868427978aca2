//! What a column is, for whoever compares one state with the next.

use super::model::Apps;
use super::{Context, Unrenderable, live};
use crate::django::keys::ModelKey;
use crate::django::state::ProjectState;
use crate::python::value::Value;

/// A column as Django's schema editor declares it (`Field.db_parameters`, `column_sql`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// Its type in the database's words: `varchar(20)`.
    pub db_type: String,
    /// Whether it takes NULL.
    pub null: bool,
    /// Whether it is unique by itself.
    pub unique: bool,
    /// Whether it is the primary key.
    pub primary_key: bool,
    /// The check that comes with its type: `"x" >= 0`.
    pub check: Option<String>,
    /// Whether it is a foreign key or one-to-one field's.
    pub foreign_key: bool,
    /// Whether it has a default in the database.
    pub db_default: bool,
    /// Whether the database computes it.
    pub generated: bool,
    /// Whether Django has a value for the rows that are there when it is added, though the field names no
    /// default: an empty string, the moment (`BaseDatabaseSchemaEditor._effective_default`).
    pub implied_default: bool,
}

/// The column of a field; `None` where the field has none.
///
/// # Errors
/// The model or field is not in the state, or something that the column depends on is not known.
pub fn column_facts(
    context: &Context,
    state: &ProjectState,
    model: &ModelKey,
    name: &str,
) -> Result<Option<ColumnFacts>, Unrenderable> {
    let missing = || Unrenderable::new(format!("{model}.{name} is not in the state of the migrations"));
    let owner = state.models.get(model).ok_or_else(missing)?;
    let (name, field) = owner.fields.get_key_value(name).ok_or_else(missing)?;
    if live::has_no_column(field, context.dialect.vendor) {
        return Ok(None);
    }
    for argument in ["max_digits", "decimal_places", "base_field", "output_field", "db_default"] {
        let unknown = field.kwarg(argument).and_then(Value::find_unknown);
        // An expression with unknown parts is a default all the same.
        if let Some(unknown) = unknown.filter(|_| {
            argument != "db_default"
                || field.kwarg(argument).is_some_and(|value| value.as_unknown().is_some())
        }) {
            let why = &unknown.reason;
            return Err(Unrenderable::new(format!("{argument} of {model}.{name} is not known: {why}")));
        }
    }
    let field = Apps { state, context }.schema_field(owner, name, field, 0, 0)?;
    let Some(column) = field.column.as_deref() else { return Ok(None) };
    let parameters = context.db_parameters(&field)?;
    let Some(db_type) = parameters.db_type else { return Ok(None) };
    let default = field.field.kwarg("db_default");
    let not_provided = matches!(default, Some(Value::Ref(path)) if path.ends_with("NOT_PROVIDED"));
    Ok(Some(ColumnFacts {
        name: column.to_owned(),
        db_type,
        null: field.null(),
        unique: field.unique(),
        primary_key: field.primary_key,
        check: parameters.check,
        foreign_key: field.foreign_key().is_some(),
        db_default: default.is_some() && !not_provided,
        generated: field.generated(),
        implied_default: !matches!(Context::implied_default(&field), Value::None),
    }))
}
