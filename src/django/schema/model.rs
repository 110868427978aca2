//! Models as the schema editor sees them: tables, columns, relations, made of a project state.
//!
//! Django renders a state to model classes (`StateApps`, `django/db/migrations/state.py`) and reads
//! their `_meta` (`django/db/models/options.py`, `django/db/models/fields/related.py`, 3.2 to 6.1).

use std::sync::Arc;

use super::Context;
use super::error::Unrenderable;
use super::live::full;
use super::live::vendor_name;
use super::names::{max_name_length, truncate_name};
use super::set_order::set_order;
use crate::django::field::{Field, FieldClass};
use crate::django::keys::ModelKey;
use crate::django::state::{ModelState, ProjectState, is_relation, resolve_relation};
use crate::python::value::Value;

/// Relations and bases are followed this far.
const DEPTH_LIMIT: usize = 32;

/// `StateApps`: a state and what is needed to read it as tables.
#[derive(Clone, Copy)]
pub(crate) struct Apps<'a> {
    /// The state.
    pub state: &'a ProjectState,
    /// Version, database, settings.
    pub context: &'a Context,
}

/// A model's `_meta`.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// App label and lower-cased name.
    pub key: ModelKey,
    /// The class's name.
    pub name: Arc<str>,
    /// `db_table`, as the options or Django name it.
    pub db_table: String,
    /// `local_fields`, in Django's order.
    pub fields: Vec<Arc<SchemaField>>,
    /// `local_many_to_many`
    pub many_to_many: Vec<Arc<SchemaField>>,
    /// `unique_together`, in the order in which Python would go over the set.
    pub unique_together: Vec<Vec<Arc<str>>>,
    /// `index_together`, in that order, too.
    pub index_together: Vec<Vec<Arc<str>>>,
    /// `indexes`, as the state has them.
    pub indexes: Vec<Value>,
    /// `constraints`, as the state has them.
    pub constraints: Vec<Value>,
    /// `db_tablespace`, where one is named.
    pub db_tablespace: Option<String>,
    /// `db_table_comment` (4.2), where there is one.
    pub db_table_comment: Option<String>,
    /// Whether it has that option, and so a column `_order`.
    pub order_with_respect_to: bool,
    /// Keys of concrete models among the bases.
    pub parents: Vec<ModelKey>,
}

/// A field of a rendered model.
#[derive(Debug, Clone)]
pub(crate) struct SchemaField {
    /// The field's name.
    pub name: Arc<str>,
    /// `attname`: a foreign key's ends in `_id`.
    pub attname: Arc<str>,
    /// `column`; a many-to-many field and a composite key have none.
    pub column: Option<Arc<str>>,
    /// The field as the state has it.
    pub field: Arc<Field>,
    /// The model that it is a field of.
    pub model: ModelKey,
    /// Whether it is the primary key, declared or made by Django.
    pub primary_key: bool,
    /// Its place among the local fields (`creation_counter`).
    pub order: (i8, i64),
    /// Where it points to; `None` for a plain field.
    pub relation: Option<Relation>,
}

/// What a relation points to.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    /// The model it points to.
    pub to: ModelKey,
    /// That model's table.
    pub to_table: String,
    /// `to_field`, where one is named.
    pub to_field: Option<Arc<str>>,
    /// `target_field` of a foreign key.
    pub target: Option<Arc<SchemaField>>,
    /// The model in the middle of a many-to-many relation, where one is named.
    pub through: Option<ModelKey>,
}

/// Whether a field is a many-to-many relation: Django's own or a manager that stands in for one.
pub(crate) fn is_many_to_many(field: &Field) -> bool {
    field.many_to_many() || (field.is_a("django.db.models.RelatedField") && field.kwarg("through").is_some())
}

/// A field of one of Django's own classes.
pub(crate) fn django_field(path: &str, kwargs: Vec<(Arc<str>, Value)>) -> Field {
    let path: Arc<str> = path.into();
    let class = FieldClass::of_path(&path);
    Field { path, args: Vec::new(), kwargs, class: Arc::new(class), at: None, live: None }
}

/// A keyword argument.
pub(super) fn kwarg(name: &str, value: Value) -> (Arc<str>, Value) {
    (name.into(), value)
}

impl Model {
    /// `get_field`: by name, or by `attname`.
    pub fn field(&self, name: &str) -> Option<&Arc<SchemaField>> {
        self.fields
            .iter()
            .chain(&self.many_to_many)
            .find(|field| *field.name == *name)
            .or_else(|| self.fields.iter().find(|field| *field.attname == *name))
    }

    /// `_meta.pk`
    pub fn pk(&self) -> Option<&Arc<SchemaField>> {
        self.fields.iter().find(|field| field.primary_key)
    }

    /// Puts the fields in Django's order (`creation_counter`).
    pub fn sort_fields(&mut self) {
        self.fields.sort_by_key(|field| field.order);
    }
}

fn together(value: Option<&Value>) -> Vec<Vec<Arc<str>>> {
    let names = |value: &Value| {
        let items = value.items().unwrap_or_default();
        items.iter().filter_map(Value::as_str).map(Arc::from).collect::<Vec<Arc<str>>>()
    };
    let Some(items) = value.and_then(Value::items) else { return Vec::new() };
    if items.iter().any(|item| item.as_str().is_some()) {
        return value.map(names).into_iter().collect();
    }
    items.iter().map(names).filter(|names| !names.is_empty()).collect()
}

/// A text that is not empty.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl Apps<'_> {
    /// `apps.get_model`
    pub fn model(&self, key: &ModelKey) -> Result<Model, Unrenderable> {
        let state = self.model_state(key)?;
        if let Some(unknown) = state.unknowns.first() {
            return Err(Unrenderable::new(format!("model {key} is not known in full: {}", unknown.reason)));
        }
        let option = |name: &str| state.option(name);
        for name in ["db_table", "indexes", "constraints", "unique_together", "managed", "proxy"] {
            if let Some(unknown) = option(name).and_then(Value::find_unknown) {
                return Err(Unrenderable::new(format!(
                    "{name} of model {key} is not known: {}",
                    unknown.reason
                )));
            }
        }
        let (mut fields, mut many_to_many) = (Vec::new(), Vec::new());
        for (index, (name, field)) in state.fields.iter().enumerate() {
            let index = i64::try_from(index).unwrap_or(i64::MAX);
            let field = self.schema_field(state, name, field, index, 0)?;
            if field.many_to_many() {
                many_to_many.push(Arc::new(field));
            } else {
                fields.push(Arc::new(field));
            }
        }
        for (index, (name, field)) in self.implicit_fields(state).into_iter().enumerate() {
            let index = i64::try_from(index + state.fields.len()).unwrap_or(i64::MAX);
            fields.push(Arc::new(self.schema_field(state, &name, &Arc::new(field), index, 0)?));
        }
        let list = |name: &str| option(name).and_then(Value::items).unwrap_or_default().to_vec();
        let mut model = Model {
            key: key.clone(),
            name: state.name.clone(),
            db_table: self.db_table(key, 0)?,
            fields,
            many_to_many,
            unique_together: set_order(&together(option("unique_together")), self.context.version),
            index_together: set_order(&together(option("index_together")), self.context.version),
            indexes: list("indexes"),
            constraints: list("constraints"),
            db_tablespace: text(option("db_tablespace"))
                .or_else(|| self.context.settings.default_tablespace.clone()),
            db_table_comment: text(option("db_table_comment")),
            order_with_respect_to: option("order_with_respect_to").and_then(Value::truth).unwrap_or(false),
            parents: self.parents(state),
        };
        model.sort_fields();
        Ok(model)
    }

    fn model_state(&self, key: &ModelKey) -> Result<&Arc<ModelState>, Unrenderable> {
        let missing = || Unrenderable::new(format!("model {key} is not in the state of the migrations"));
        self.state.models.get(key).ok_or_else(missing)
    }

    /// `allow_migrate_model`: no router against it, managed, no proxy, not swapped.
    pub fn can_migrate(&self, key: &ModelKey) -> bool {
        if self.context.settings.routers.denied.contains(key) {
            return false;
        }
        self.state.models.get(key).is_none_or(|state| {
            let managed = state.option("managed").and_then(Value::truth).unwrap_or(true);
            let required = state.option("required_db_vendor").and_then(Value::as_str);
            let vendor = vendor_name(self.context.dialect.vendor);
            let fits = required.is_none_or(|required| required.is_empty() || required == vendor);
            managed && fits && !Self::is_proxy(state) && !self.is_swapped(state)
        })
    }

    fn is_swapped(&self, state: &ModelState) -> bool {
        let setting = state.option("swappable").and_then(Value::as_str);
        let stands_in = setting.and_then(|setting| self.context.swappables.settings.get(setting));
        stands_in.is_some_and(|model| !model.eq_ignore_ascii_case(&format!("{}.{}", state.app, state.name)))
    }

    /// Why the model may have no table after all. `AUTH_USER_MODEL` has a default of Django's: where it is
    /// not among the settings, it is set to what could not be worked out.
    pub fn table_doubt(&self, key: &ModelKey) -> Option<&'static str> {
        let state = self.state.models.get(key)?;
        let swappable = state.option("swappable").and_then(Value::as_str);
        if swappable == Some("AUTH_USER_MODEL")
            && !self.context.swappables.settings.contains_key("AUTH_USER_MODEL")
        {
            return Some("AUTH_USER_MODEL is not known: the model may be swapped out, and have no table");
        }
        let features = state.option("required_db_features");
        features
            .is_some_and(|features| features.items().is_none_or(|names| !names.is_empty()))
            .then_some("the model has a table only where the database has features that it requires")
    }

    /// Keys of the models of the state among the bases.
    fn parents(&self, state: &ModelState) -> Vec<ModelKey> {
        let bases = state.bases.iter().filter_map(Value::as_str);
        let keys = bases.map(|base| ModelKey::parse(base, &state.app));
        keys.filter(|key| self.state.models.contains_key(key)).collect()
    }

    /// Whether the model has `proxy = True`.
    pub(super) fn is_proxy(state: &ModelState) -> bool {
        state.option("proxy").and_then(Value::truth).unwrap_or(false)
    }

    /// `_meta.db_table`; a proxy has its model's.
    pub fn db_table(&self, key: &ModelKey, depth: usize) -> Result<String, Unrenderable> {
        let state = self.model_state(key)?;
        if Self::is_proxy(state)
            && depth < DEPTH_LIMIT
            && let Some(parent) = self.parents(state).first()
        {
            return self.db_table(parent, depth + 1);
        }
        let limit = max_name_length(self.context.dialect.vendor);
        Ok(match state.option("db_table") {
            Some(Value::Unknown(unknown)) => {
                return Err(Unrenderable::new(format!("db_table of {key} is not known: {}", unknown.reason)));
            }
            value => {
                text(value).unwrap_or_else(|| truncate_name(&format!("{}_{}", key.app, key.model), limit))
            }
        })
    }

    /// `_meta.concrete_model`
    pub fn concrete(&self, key: &ModelKey) -> ModelKey {
        let mut key = key.clone();
        for _ in 0..DEPTH_LIMIT {
            let Some(state) = self.state.models.get(&key).filter(|state| Self::is_proxy(state)) else {
                break;
            };
            let Some(parent) = self.parents(state).into_iter().next() else { break };
            key = parent;
        }
        key
    }

    /// Fields that no migration names: the automatic key, the link to a parent, `_order`.
    fn implicit_fields(&self, state: &ModelState) -> Vec<(Arc<str>, Field)> {
        let mut fields = Vec::new();
        let parents = self.parents(state);
        if Self::is_proxy(state) {
            return fields;
        }
        if state.option("order_with_respect_to").and_then(Value::truth) == Some(true)
            && !state.fields.contains_key("_order")
        {
            fields.push(("_order".into(), django_field("django.db.models.IntegerField", Vec::new())));
        }
        if !state.fields.values().any(|field| is_primary_key(field, &state.key())) {
            let auto = [kwarg("auto_created", Value::Bool(true)), kwarg("primary_key", Value::Bool(true))];
            if let Some(parent) = parents.first() {
                let name = format!("{}_ptr", parent.model);
                let mut kwargs = auto.to_vec();
                kwargs.push(kwarg("parent_link", Value::Bool(true)));
                kwargs.push(kwarg("to", Value::str(parent.to_string())));
                fields.push((name.into(), django_field("django.db.models.OneToOneField", kwargs)));
            } else {
                let class = &self.context.settings.default_auto_field;
                fields.push(("id".into(), django_field(class, auto.to_vec())));
            }
        }
        fields
    }

    /// A field as the rendered model has it; `depth` bounds how far relations are followed.
    ///
    /// # Errors
    /// Something that its column or relation depends on is not known.
    pub(super) fn schema_field(
        &self,
        state: &ModelState,
        name: &Arc<str>,
        field: &Arc<Field>,
        index: i64,
        depth: usize,
    ) -> Result<SchemaField, Unrenderable> {
        let key = state.key();
        if depth > DEPTH_LIMIT {
            return Err(Unrenderable::new(format!("the relations of {key}.{name} do not end")));
        }
        for name in ["db_column", "to", "primary_key", "null", "unique", "db_index", "to_field", "max_length"]
        {
            if let Some(unknown) = field.kwarg(name).and_then(Value::find_unknown) {
                return Err(Unrenderable::new(format!(
                    "{name} of a field of {key} is not known: {}",
                    unknown.reason
                )));
            }
        }
        let field = &full(field, self.context.dialect.vendor);
        let many_to_many = is_many_to_many(field);
        let composite = field.is_a("django.db.models.CompositePrimaryKey");
        let foreign = is_relation(field) && !many_to_many;
        let attname: Arc<str> = if foreign { format!("{name}_id").into() } else { name.clone() };
        let column = match text(field.kwarg("db_column")) {
            _ if many_to_many || composite => None,
            Some(column) => Some(column.into()),
            None => Some(attname.clone()),
        };
        let auto = field.flag("auto_created");
        Ok(SchemaField {
            name: name.clone(),
            attname,
            column,
            primary_key: is_primary_key(field, &key),
            order: if auto { (0, -index) } else { (1, index) },
            relation: self.relation(&key, field, depth)?,
            field: field.clone(),
            model: key,
        })
    }

    fn relation(
        &self,
        key: &ModelKey,
        field: &Field,
        depth: usize,
    ) -> Result<Option<Relation>, Unrenderable> {
        let Some(to) = field.to().filter(|_| is_relation(field) || is_many_to_many(field)) else {
            return Ok(None);
        };
        let to = resolve_relation(to, key);
        let through = field.kwarg("through").and_then(Value::as_str).map(|text| resolve_relation(text, key));
        let to_field: Option<Arc<str>> = field.kwarg("to_field").and_then(Value::as_str).map(Arc::from);
        if is_many_to_many(field) {
            // A manager over tables of its own may name a model that no migration knows.
            let to_table = self.db_table(&to, 0).unwrap_or_default();
            return Ok(Some(Relation { to, to_table, to_field, target: None, through }));
        }
        let target = self.target(&to, to_field.as_deref(), depth + 1)?;
        Ok(Some(Relation {
            to_table: self.db_table(&to, 0)?,
            to,
            to_field,
            target: Some(Arc::new(target)),
            through,
        }))
    }

    /// `target_field`: the field of `to` that a foreign key refers to.
    fn target(
        &self,
        to: &ModelKey,
        to_field: Option<&str>,
        depth: usize,
    ) -> Result<SchemaField, Unrenderable> {
        if depth > DEPTH_LIMIT {
            return Err(Unrenderable::new(format!("the relations of {to} do not end")));
        }
        let state = self.model_state(to)?;
        let parents = self.parents(state);
        if Self::is_proxy(state)
            && let Some(parent) = parents.first()
        {
            return self.target(parent, to_field, depth + 1);
        }
        let implicit = self.implicit_fields(state);
        let own = state.fields.iter().map(|(name, field)| (name.clone(), field.clone()));
        let mut all = own.chain(implicit.into_iter().map(|(name, field)| (name, Arc::new(field))));
        let found = match to_field {
            Some(wanted) => all.find(|(name, _)| **name == *wanted || format!("{name}_id") == wanted),
            None => all.find(|(_, field)| is_primary_key(field, to)),
        };
        match (found, parents.first()) {
            (Some((name, field)), _) => self.schema_field(state, &name, &field, 0, depth),
            (None, Some(parent)) => self.target(parent, to_field, depth + 1),
            (None, None) => {
                let what = to_field.unwrap_or("primary key");
                Err(Unrenderable::new(format!("model {to} has no {what}")))
            }
        }
    }

    /// A field by name, inherited ones included.
    pub fn field_of(&self, model: &Model, name: &str) -> Result<Arc<SchemaField>, Unrenderable> {
        if name == "pk"
            && let Some(pk) = model.pk()
        {
            return Ok(pk.clone());
        }
        if let Some(field) = model.field(name) {
            return Ok(field.clone());
        }
        for parent in model.parents.iter().filter(|parent| **parent != model.key) {
            if let Ok(field) = self.model(parent).and_then(|parent| self.field_of(&parent, name)) {
                return Ok(field);
            }
        }
        Err(Unrenderable::new(format!("model {} has no field {name}", model.key)))
    }
}

fn is_primary_key(field: &Field, _of: &ModelKey) -> bool {
    field.kwarg("primary_key").and_then(Value::truth).unwrap_or(false)
        || field.is_a("django.db.models.CompositePrimaryKey")
}
