//! A state as its models would be once rendered: `StateApps` (`django/db/migrations/state.py`)
//! with what `ModelBase.__new__` (`django/db/models/base.py`) and `Options`
//! (`django/db/models/options.py`) make of a `ModelState`, 3.2 to 6.1.
//!
//! Nothing is built: every question is answered from the state. `None` always means that the
//! answer is not known or that there is none; what is not known is never guessed. Names in the
//! database are in [`super::tables`].

use std::sync::Arc;

use super::{ModelState, ProjectState, Swappables, relation_to, resolve_relation};
use crate::django::field::{Field, FieldClass};
use crate::django::keys::ModelKey;
use crate::python::value::Value;
use crate::source::Location;

/// Longest chain of bases or foreign keys that is followed; a loop ends there.
const CHAIN_LIMIT: usize = 50;

/// A state, seen as models.
#[derive(Debug, Clone, Copy)]
pub struct Apps<'a> {
    state: &'a ProjectState,
    swappables: &'a Swappables,
    default_auto_field: &'a str,
    /// The longest name that the database takes, if there is a bound.
    pub(super) max_name_length: Option<usize>,
}

/// A field and the model it belongs to.
#[derive(Debug, Clone)]
pub struct ModelField {
    /// The model whose table has the field; a parent where it is inherited.
    pub model: ModelKey,
    /// Its name.
    pub name: Arc<str>,
    /// The field itself; for one that Django adds on its own, as it would be written.
    pub field: Arc<Field>,
}

/// A parent in multi-table inheritance and the field that links to it.
#[derive(Debug, Clone)]
pub struct Parent {
    /// The parent; of a proxy, the concrete model.
    pub model: ModelKey,
    /// The link on the child; `None` on a proxy.
    pub link: Option<ModelField>,
}

/// Where a relation leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Related {
    /// To a model of the state.
    Model(ModelKey),
    /// To a model that the state does not have (an app without migrations may).
    Elsewhere(ModelKey),
    /// It is a relation, but to what is not known.
    Unknown,
}

impl<'a> Apps<'a> {
    /// The models of `state`.
    ///
    /// `default_auto_field` is the setting `DEFAULT_AUTO_FIELD`: migrations render models without
    /// their `AppConfig`, so an app's own `default_auto_field` does not count.
    /// `max_name_length` is the backend's `max_name_length()`: 63 on PostgreSQL, 64 on MySQL and
    /// MariaDB, 30 on Oracle, none on SQLite.
    pub fn new(
        state: &'a ProjectState,
        swappables: &'a Swappables,
        default_auto_field: &'a str,
        max_name_length: Option<usize>,
    ) -> Self {
        Self { state, swappables, default_auto_field, max_name_length }
    }

    /// The state it looks at.
    pub fn state(&self) -> &'a ProjectState {
        self.state
    }

    /// The model of that key.
    pub fn model(&self, key: &ModelKey) -> Option<&'a Arc<ModelState>> {
        self.state.models.get(key)
    }

    /// `Options.proxy`
    pub fn is_proxy(&self, key: &ModelKey) -> bool {
        self.flag(key, "proxy") == Some(true)
    }

    /// `Options.managed`, true by default.
    pub fn is_managed(&self, key: &ModelKey) -> bool {
        self.flag(key, "managed") != Some(false)
    }

    /// `Options.swapped`: whether a setting names another model in this one's place.
    pub fn is_swapped(&self, key: &ModelKey) -> bool {
        let setting = self.model(key).and_then(|model| model.option("swappable")).and_then(Value::as_str);
        let chosen = setting.and_then(|setting| self.swappables.settings.get(setting));
        chosen.is_some_and(|chosen| ModelKey::parse(chosen, &key.app) != *key)
    }

    /// `Options.can_migrate`, the database router aside: whether Django touches the model's table.
    pub fn can_migrate(&self, key: &ModelKey) -> bool {
        self.is_managed(key) && !self.is_proxy(key) && !self.is_swapped(key)
    }

    /// `ProjectState.get_concrete_model_key`: itself, or the model a proxy stands for.
    pub fn concrete_model(&self, key: &ModelKey) -> Option<ModelKey> {
        let mut key = key.clone();
        for _ in 0..CHAIN_LIMIT {
            if !self.is_proxy(&key) {
                return Some(key);
            }
            key = self.base_models(&key).next()?;
        }
        None
    }

    /// The bases that are models, as the state has them.
    fn base_models(&self, key: &ModelKey) -> impl Iterator<Item = ModelKey> + use<'a> {
        let of = key.clone();
        let bases = self.model(key).map(|model| model.bases.as_slice()).unwrap_or_default();
        bases.iter().filter_map(move |base| base.as_str().map(|text| ModelKey::parse(text, &of.app)))
    }

    /// `Options.parents`: the concrete models it inherits from, in order, with the field that
    /// links to each; the link is the one-to-one field with `parent_link`, or `<parent>_ptr`,
    /// which Django adds where the state does not have it.
    pub fn parents(&self, key: &ModelKey) -> Vec<Parent> {
        let is_proxy = self.is_proxy(key);
        let parents = self.base_models(key).filter_map(|base| self.concrete_model(&base));
        let with_links = parents.map(|parent| {
            let link = (!is_proxy).then(|| self.parent_link(key, &parent));
            Parent { model: parent, link }
        });
        with_links.collect()
    }

    fn parent_link(&self, key: &ModelKey, parent: &ModelKey) -> ModelField {
        let fields = self.model(key).map(|model| &model.fields);
        let declared = fields.into_iter().flatten().find(|(_, field)| {
            field.is_a("django.db.models.OneToOneField")
                && field.flag("parent_link")
                && relation_to(field, key).as_ref() == Some(parent)
        });
        let name: Arc<str> = format!("{}_ptr", parent.model).into();
        // Before 4.0 a link without `parent_link` was taken too; by its name it still is.
        let by_name = || fields.and_then(|fields| fields.get_key_value(&name));
        if let Some((name, field)) = declared.or_else(by_name) {
            return ModelField { model: key.clone(), name: name.clone(), field: field.clone() };
        }
        let kwargs = vec![
            ("auto_created".into(), Value::Bool(true)),
            ("on_delete".into(), Value::Ref("django.db.models.deletion.CASCADE".into())),
            ("parent_link".into(), Value::Bool(true)),
            ("to".into(), Value::str(parent.to_string())),
        ];
        let at = self.model(key).and_then(|model| model.at.clone());
        let field = builtin_field("django.db.models.OneToOneField", kwargs, at);
        ModelField { model: key.clone(), name, field }
    }

    /// `Options.local_fields` and then `local_many_to_many`: the model's own fields in Django's
    /// order (those made by Django itself first, the last made of them foremost), with the
    /// primary key, parent links and `_order` that rendering adds. Empty for a proxy.
    pub fn local_fields(&self, key: &ModelKey) -> Vec<ModelField> {
        let Some(model) = self.model(key).filter(|_| !self.is_proxy(key)) else { return Vec::new() };
        let own = |(name, field): (&Arc<str>, &Arc<Field>)| ModelField {
            model: key.clone(),
            name: name.clone(),
            field: field.clone(),
        };
        let mut fields: Vec<_> = model.fields.iter().map(own).collect();
        for link in self.parents(key).into_iter().filter_map(|parent| parent.link) {
            if !model.fields.contains_key(&link.name) {
                fields.push(link);
            }
        }
        if Self::needs_order(model) {
            let kwargs = vec![("editable".into(), Value::Bool(false))];
            let field = builtin_field("django.db.models.OrderWrt", kwargs, model.at.clone());
            fields.push(ModelField { model: key.clone(), name: "_order".into(), field });
        }
        if self.needs_automatic_key(key, model) {
            fields.push(self.automatic_key(key, model));
        }
        let mut automatic: Vec<_> = fields.extract_if(.., |found| found.field.flag("auto_created")).collect();
        automatic.reverse();
        let (many, plain): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|found| found.field.many_to_many());
        automatic.into_iter().chain(plain).chain(many).collect()
    }

    fn needs_order(model: &ModelState) -> bool {
        let set = model.option("order_with_respect_to").and_then(Value::truth) == Some(true);
        set && !model.fields.contains_key("_order")
    }

    fn needs_automatic_key(&self, key: &ModelKey, model: &ModelState) -> bool {
        model.unknowns.is_empty()
            && !model.fields.values().any(|field| is_primary_key(field))
            && self.base_models(key).next().is_none()
    }

    fn automatic_key(&self, key: &ModelKey, model: &ModelState) -> ModelField {
        let kwargs = vec![
            ("auto_created".into(), Value::Bool(true)),
            ("primary_key".into(), Value::Bool(true)),
            ("serialize".into(), Value::Bool(false)),
            ("verbose_name".into(), Value::str("ID")),
        ];
        let field = builtin_field(self.default_auto_field, kwargs, model.at.clone());
        ModelField { model: key.clone(), name: "id".into(), field }
    }

    /// `Options.fields` and then `many_to_many`: in each, inherited fields first (a parent's own
    /// parent links too), then its own; of a proxy those of its concrete model.
    pub fn fields(&self, key: &ModelKey) -> Vec<ModelField> {
        let mut found = Vec::new();
        let mut seen = Vec::new();
        if let Some(key) = self.concrete_model(key) {
            self.collect_fields(&key, &mut found, &mut seen);
        }
        found.sort_by_key(|found| found.field.many_to_many());
        found
    }

    fn collect_fields(&self, key: &ModelKey, found: &mut Vec<ModelField>, seen: &mut Vec<ModelKey>) {
        if seen.contains(key) || seen.len() > CHAIN_LIMIT {
            return;
        }
        seen.push(key.clone());
        for parent in self.parents(key) {
            self.collect_fields(&parent.model, found, seen);
        }
        found.extend(self.local_fields(key));
    }

    /// `Options.get_field` for forward fields: by name, or by `attname` (`author_id`).
    pub fn field(&self, key: &ModelKey, name: &str) -> Option<ModelField> {
        let fields = self.fields(key);
        let by_name = fields.iter().rposition(|found| found.name.as_ref() == name);
        let found = by_name.or_else(|| fields.iter().rposition(|found| found.attname() == name))?;
        fields.into_iter().nth(found)
    }

    /// `Options.pk`: the field with `primary_key`, else the link to the first parent, else the
    /// automatic `id`. `None` where the model is not known in full.
    pub fn primary_key(&self, key: &ModelKey) -> Option<ModelField> {
        let key = self.concrete_model(key)?;
        let own = self.local_fields(&key).into_iter().find(|found| is_primary_key(&found.field));
        own.or_else(|| self.parents(&key).into_iter().find_map(|parent| parent.link))
    }

    /// Where a field of model `of` leads; `None` for a field that is no relation.
    pub fn related_model(&self, of: &ModelKey, field: &Field) -> Option<Related> {
        if !super::is_relation(field) {
            return None;
        }
        let Some(to) = field.to() else { return Some(Related::Unknown) };
        let key = resolve_relation(to, of);
        Some(if self.state.models.contains_key(&key) { Related::Model(key) } else { Related::Elsewhere(key) })
    }

    /// `ForeignKey.target_field`: the field of the related model whose value is stored: `to_field`,
    /// or the primary key. It may itself be a foreign key; [`Self::stored_field`] goes on.
    pub fn target_field(&self, found: &ModelField) -> Option<ModelField> {
        let Some(Related::Model(related)) = self.related_model(&found.model, &found.field) else {
            return None;
        };
        match found.field.kwarg("to_field") {
            None | Some(Value::None) => self.primary_key(&related),
            Some(name) => self.field(&related, name.as_str()?),
        }
    }

    /// The field that a foreign key takes its column's type from, at the end of the chain; a
    /// plain field is its own.
    pub fn stored_field(&self, found: &ModelField) -> Option<ModelField> {
        let mut found = found.clone();
        for _ in 0..CHAIN_LIMIT {
            if !found.field.is_a("django.db.models.ForeignKey")
                && !found.field.is_a("django.db.models.OneToOneField")
            {
                return Some(found);
            }
            found = self.target_field(&found)?;
        }
        None
    }

    /// Every field of the state, inherited ones once, that leads to `model` or to a proxy of it
    /// (`to` only, not `through`).
    pub fn related_objects(&self, model: &ModelKey) -> Vec<ModelField> {
        let concrete = self.concrete_model(model);
        let mut found = Vec::new();
        for key in self.state.models.keys() {
            for candidate in self.local_fields(key) {
                let Some(to) = relation_to(&candidate.field, key) else { continue };
                if to == *model || (concrete.is_some() && self.concrete_model(&to) == concrete) {
                    found.push(candidate);
                }
            }
        }
        found
    }

    fn flag(&self, key: &ModelKey, option: &str) -> Option<bool> {
        self.model(key)?.option(option)?.as_bool()
    }
}

impl ModelField {
    /// `Field.get_attname`: where the value lies on an instance.
    pub fn attname(&self) -> String {
        if is_foreign_key(&self.field) { format!("{}_id", self.name) } else { self.name.to_string() }
    }
}

/// `ForeignKey` or `OneToOneField`.
pub(super) fn is_foreign_key(field: &Field) -> bool {
    field.is_a("django.db.models.ForeignKey") || field.is_a("django.db.models.OneToOneField")
}

/// Whether the field is the primary key; `CompositePrimaryKey` (5.2) always is.
fn is_primary_key(field: &Field) -> bool {
    field.flag("primary_key") || field.is_a("django.db.models.CompositePrimaryKey")
}

/// A field of Django's own as Django itself would make it. `path` may be a class that a setting names.
pub(super) fn builtin_field(path: &str, kwargs: Vec<(Arc<str>, Value)>, at: Option<Location>) -> Arc<Field> {
    let path: Arc<str> = crate::django::field::shorten(path).into();
    let class = FieldClass::of_path(&path);
    Arc::new(Field { path, args: Vec::new(), kwargs, class: Arc::new(class), at, live: None })
}
