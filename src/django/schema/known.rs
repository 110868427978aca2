//! What the migrations so far say of a table, asked by the table's name: statements name tables,
//! and what they cost depends on what the table is like.

use std::collections::BTreeMap;

use super::Context;
use super::model::{Apps, Model, SchemaField};
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::state::ProjectState;
use crate::python::value::Value;

/// A table that a model has. What its columns are is worked out when it is asked: of a table with many
/// columns a statement asks after one.
#[derive(Debug, Clone)]
pub struct KnownTable<'a> {
    context: &'a Context,
    model: Model,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownColumn {
    /// Its type with collation; `None` where that is not known.
    pub db_type: Option<String>,
    /// The table that its foreign key refers to.
    pub references: Option<String>,
    /// It is unique, a key or has an index by itself.
    pub indexed: bool,
}

/// A constraint of `Meta.constraints`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedConstraint {
    /// Its name.
    pub name: String,
    /// Its class: `CheckConstraint`.
    pub class: String,
    /// A check that does nothing but keep NULL out of this field.
    pub not_null: Option<String>,
}

/// The tables of a state's models, by name. A model whose table is not known is left out.
pub fn tables(context: &Context, state: &ProjectState) -> BTreeMap<String, ModelKey> {
    let apps = Apps { state, context };
    let own = state.models.keys().filter(|key| {
        let proxy = state.models.get(key).is_some_and(|model| Apps::is_proxy(model));
        !proxy
    });
    own.filter_map(|key| Some((apps.db_table(key, 0).ok()?, key.clone()))).collect()
}

/// The model whose table bears that name by default, `app_model`: most do, and asking so does not take a
/// look at every model.
pub fn model_by_default_name(context: &Context, state: &ProjectState, table: &str) -> Option<ModelKey> {
    let apps = Apps { state, context };
    let parts = table.match_indices('_').filter_map(|(at, _)| Some((table.get(..at)?, table.get(at + 1..)?)));
    let mut keys = parts.map(|(app, model)| ModelKey::new(AppLabel::new(app), model));
    keys.find(|key| {
        let own = state.models.get(key).is_some_and(|model| !Apps::is_proxy(model));
        own && apps.db_table(key, 0).is_ok_and(|name| name == table)
    })
}

/// What is known of a model's table; `None` where the model cannot be read.
pub fn known_table<'a>(context: &'a Context, state: &ProjectState, key: &ModelKey) -> Option<KnownTable<'a>> {
    let model = Apps { state, context }.model(key).ok()?;
    Some(KnownTable { context, model })
}

impl KnownTable<'_> {
    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<KnownColumn> {
        let field = self.model.fields.iter().find(|field| field.column.as_deref() == Some(name))?;
        let parameters = self.context.db_parameters(field).ok();
        let db_type = parameters.and_then(|parameters| {
            let db_type = parameters.db_type?;
            Some(match parameters.collation {
                Some(collation) => format!("{db_type} COLLATE {collation}"),
                None => db_type,
            })
        });
        let indexed = field.primary_key || field.unique() || field.db_index();
        Some(KnownColumn { db_type, references: references(field).map(str::to_owned), indexed })
    }

    /// The tables that its foreign keys refer to, once for each.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.model.fields.iter().filter(|field| field.column.is_some()).filter_map(|field| references(field))
    }

    /// Its constraints whose names are written in the model, valid or not.
    pub fn constraints(&self) -> impl Iterator<Item = NamedConstraint> {
        self.model.constraints.iter().filter_map(|value| constraint(&self.model, value))
    }

    /// Names of its indexes that are written in the model.
    pub fn indexes(&self) -> impl Iterator<Item = &str> {
        self.model.indexes.iter().filter_map(|value| value.as_call()?.kwarg("name")?.as_str())
    }
}

/// The table that a field's foreign key refers to.
fn references(field: &SchemaField) -> Option<&str> {
    field.foreign_key().filter(|_| field.db_constraint()).map(|relation| relation.to_table.as_str())
}

fn constraint(model: &Model, value: &Value) -> Option<NamedConstraint> {
    let call = value.as_call()?;
    let name = call.kwarg("name")?.as_str()?.to_owned();
    // `check` until 5.0.
    let condition = call.kwarg("condition").or_else(|| call.kwarg("check"));
    let not_null = condition.and_then(not_null_of).and_then(|field| {
        let field = model.field(field)?;
        Some(field.column.as_deref()?.to_owned())
    });
    let class = call.name().to_owned();
    let not_null = not_null.filter(|_| class == "CheckConstraint");
    Some(NamedConstraint { name, class, not_null })
}

/// The field of `Q(field__isnull=False)`.
fn not_null_of(condition: &Value) -> Option<&str> {
    let call = condition.as_call().filter(|call| call.name() == "Q")?;
    let (lookup, value) = match (&call.args[..], &call.kwargs[..]) {
        ([Value::Tuple(pair) | Value::List(pair)], []) => match &pair[..] {
            [lookup, value] => (lookup.as_str()?, value),
            _ => return None,
        },
        ([], [(lookup, value)]) => (&**lookup, value),
        _ => return None,
    };
    if value.as_bool() == Some(false) { lookup.strip_suffix("__isnull") } else { None }
}
