//! Fields of models that both states have: added, removed, altered.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::compare::{self, Comparison};
use super::dependency::{Dependency, Kind};
use super::relations::resolve_relation;
use super::{FieldKey, Question, QuestionKind, Run};
use crate::django::field::Field;
use crate::django::keys::ModelKey;
use crate::django::operations::OperationKind as K;
use crate::django::state::ProjectState;
use crate::django::version::DjangoVersion;
use crate::python::value::{Unknown, Value};

impl Run<'_> {
    /// Why the old state's set of fields is open, if it is.
    fn open_before(&self, key: &ModelKey) -> Option<Arc<Unknown>> {
        let model = self.input.from_state.models.get(key)?;
        model.unknowns.first().or_else(|| self.input.incomplete.of_model(key)).cloned()
    }

    /// Why the new state's set of fields is open, if it is.
    fn open_after(&self, key: &ModelKey) -> Option<Arc<Unknown>> {
        self.input.to_state.models.get(key)?.unknowns.first().cloned()
    }

    /// `new_field_keys - old_field_keys`, less those that may well exist.
    fn added_fields(&self) -> BTreeSet<FieldKey> {
        self.new_fields
            .difference(&self.old_fields)
            .filter(|(key, _)| self.open_before(key).is_none())
            .cloned()
            .collect()
    }

    /// `old_field_keys - new_field_keys`, less those that may well exist.
    fn removed_fields(&self) -> BTreeSet<FieldKey> {
        self.old_fields
            .difference(&self.new_fields)
            .filter(|(key, _)| self.open_after(key).is_none())
            .cloned()
            .collect()
    }

    fn field_of_new(&self, (key, name): &FieldKey) -> Option<Arc<Field>> {
        self.input.to_state.models.get(key)?.fields.get(name).cloned()
    }

    fn field_of_old(&self, (key, name): &FieldKey) -> Option<Arc<Field>> {
        self.input.from_state.models.get(key)?.fields.get(name).cloned()
    }

    /// `generate_renamed_models`: a non-interactive run never renames; the question is noted.
    pub(super) fn ask_renamed_models(&mut self) {
        let added: Vec<_> = self.new.models.difference(&self.old.models).cloned().collect();
        let removed: Vec<_> = self.old.models.difference(&self.new.models).cloned().collect();
        for key in &added {
            let Some(model) = self.input.to_state.models.get(key) else { continue };
            for old_key in removed.iter().filter(|old| old.app == key.app) {
                let Some(old) = self.input.from_state.models.get(old_key) else { continue };
                if same_fields(&old.fields, &model.fields, self.input.version) {
                    self.questions.push(Question {
                        kind: QuestionKind::RenameModel,
                        model: key.clone(),
                        field: None,
                        old_name: Some(old.name.clone()),
                    });
                }
            }
        }
    }

    /// `create_renamed_fields` (`generate_renamed_fields` before 4.1): the questions it would ask.
    pub(super) fn ask_renamed_fields(&mut self) {
        let removed = self.removed_fields();
        for added in self.added_fields() {
            let Some(field) = self.field_of_new(&added) else { continue };
            for old in removed.iter().filter(|(key, _)| *key == added.0) {
                let Some(old_field) = self.field_of_old(old) else { continue };
                if is_renamed(&old_field, &old.1, &field, self.input.version) {
                    self.questions.push(Question {
                        kind: QuestionKind::Rename,
                        model: added.0.clone(),
                        field: Some(added.1.clone()),
                        old_name: Some(old.1.clone()),
                    });
                }
            }
        }
    }

    /// `generate_removed_fields`
    pub(super) fn generate_removed_fields(&mut self) {
        for key in self.removed_fields() {
            self.generate_removed_field(&key);
        }
        let open: Vec<_> = self.old_fields.difference(&self.new_fields).cloned().collect();
        for (key, name) in open {
            if let Some(why) = self.open_after(&key) {
                let at = self.input.to_state.models.get(&key).and_then(|model| model.at.clone());
                self.undecide(&key, format!("field {name}"), why, at.as_ref());
            }
        }
    }

    fn generate_removed_field(&mut self, (key, name): &FieldKey) {
        let on = |kind| Dependency::on_field(key.clone(), name, kind);
        let mut dependencies = vec![on(Kind::RemoveOrderWrt), on(Kind::AlterFooTogether)];
        if self.input.version >= DjangoVersion::V6_0 {
            dependencies.push(on(Kind::RemoveIndexOrConstraint));
            let model = self.input.from_state.models.get(key);
            for (other, field) in model.into_iter().flat_map(|model| &model.fields) {
                if field.expression_references().contains(name) {
                    dependencies.push(Dependency::on_field(key.clone(), other, Kind::Remove));
                }
            }
        }
        let kind = K::RemoveField { model_name: key.model.clone(), name: name.clone() };
        self.add(&key.app, kind, dependencies);
    }

    /// `generate_added_fields`
    pub(super) fn generate_added_fields(&mut self) {
        for key in self.added_fields() {
            self.generate_added_field(&key);
        }
        let open: Vec<_> = self.new_fields.difference(&self.old_fields).cloned().collect();
        for field in open {
            if let Some(why) = self.open_before(&field.0) {
                let at = self.field_of_new(&field).and_then(|field| field.at.clone());
                self.undecide(&field.0, format!("field {}", field.1), why, at.as_ref());
            }
        }
    }

    /// `_generate_added_field`
    fn generate_added_field(&mut self, at: &FieldKey) {
        let Some(field) = self.field_of_new(at) else { return };
        let (key, name) = at;
        let version = self.input.version;
        let mut dependencies = Vec::new();
        if version >= DjangoVersion::V4_1 {
            dependencies.push(Dependency::on_field(key.clone(), name, Kind::Remove));
        }
        dependencies.extend(self.foreign_key_dependencies(key, &field));
        if version >= DjangoVersion::V5_0 && field.is_a("django.db.models.GeneratedField") {
            dependencies.extend(self.generated_field_dependencies(&field));
        }
        let question =
            |kind| Question { kind, model: key.clone(), field: Some(name.clone()), old_name: None };
        let preserve_default = preserves_default(&field, version);
        if !preserve_default {
            let now = field.is_time_field() && field.flag("auto_now_add");
            let kind = if now { QuestionKind::AutoNowAddAddition } else { QuestionKind::NotNullAddition };
            self.questions.push(question(kind));
        }
        if version >= DjangoVersion::V4_1
            && is_unique(&field)
            && field.kwarg("default").is_some_and(is_callable)
        {
            self.questions.push(question(QuestionKind::UniqueCallableDefaultAddition));
        }
        let kind = K::AddField { model_name: key.model.clone(), name: name.clone(), field, preserve_default };
        self.add(&key.app, kind, dependencies);
    }

    /// `_get_dependencies_for_generated_field`
    fn generated_field_dependencies(&self, field: &Field) -> Vec<Dependency> {
        let names = field.expression_references();
        let mut dependencies = Vec::new();
        for added in self.added_fields() {
            let relation = self.field_of_new(&added).is_some_and(|field| field.is_relation());
            if relation || names.contains(&added.1) {
                dependencies.push(Dependency::on_field(added.0.clone(), &added.1, Kind::Create));
            }
        }
        dependencies
    }

    /// `generate_altered_fields`
    pub(super) fn generate_altered_fields(&mut self) {
        let both: Vec<_> = self.old_fields.intersection(&self.new_fields).cloned().collect();
        for at in both {
            let (Some(old), Some(new)) = (self.field_of_old(&at), self.field_of_new(&at)) else { continue };
            let comparison = self.compare_fields(&at, &old, &new);
            if !self.decide(comparison, &at.0, &format!("field {}", at.1), new.at.as_ref()) {
                continue;
            }
            let (old_m2m, new_m2m) = (old.is_many_to_many(), new.is_many_to_many());
            let target_changed = old_m2m
                && new_m2m
                && self.input.version >= DjangoVersion::V6_1
                && matches!((old.to(), new.to()), (Some(a), Some(b)) if a != b);
            if old_m2m != new_m2m || target_changed {
                // A column cannot become a table, nor a table another one's.
                self.generate_removed_field(&at);
                self.generate_added_field(&at);
                continue;
            }
            self.generate_altered_field(&at, &old, new);
        }
    }

    /// Compares a field of both states. Before 4.0 they were taken from rendered models, where some
    /// arguments have been filled in, or go without saying.
    fn compare_fields(&self, at: &FieldKey, old: &Field, new: &Field) -> Comparison {
        let version = self.input.version;
        let ignored = self.input.ignored;
        let mut skip: Vec<&str> = ignored.attributes_of(old).collect();
        skip.retain(|name| ignored.attributes_of(new).any(|other| other == *name));
        if version >= DjangoVersion::V4_0 {
            return compare::fields(old, new, &skip, version);
        }
        let old = rendered(self.input.from_state, at, old);
        let new = rendered(self.input.to_state, at, new);
        compare::fields(&old, &new, &skip, version)
    }

    fn generate_altered_field(&mut self, (key, name): &FieldKey, old: &Field, new: Arc<Field>) {
        let version = self.input.version;
        let has_default = has(&new, "default") || (version >= DjangoVersion::V5_0 && has(&new, "db_default"));
        let null_known = new.kwarg("null").and_then(Value::find_unknown).is_none();
        if old.null() && !new.null() && null_known && !has_default && !new.is_many_to_many() {
            self.questions.push(Question {
                kind: QuestionKind::NotNullAlteration,
                model: key.clone(),
                field: Some(name.clone()),
                old_name: None,
            });
        }
        let dependencies = self.foreign_key_dependencies(key, &new);
        let kind = K::AlterField {
            model_name: key.model.clone(),
            name: name.clone(),
            field: new,
            preserve_default: true,
        };
        self.add(&key.app, kind, dependencies);
    }
}

/// What `contribute_to_class` and `deconstruct` of 3.2 make of a relation once its model is there: no
/// `to_field` that is the target's primary key, and a `related_name` with its parts filled in.
fn rendered(state: &ProjectState, (key, name): &FieldKey, field: &Field) -> Field {
    let mut field = field.clone();
    if field.primary_key() {
        // `Options.setup_pk`
        field.set_kwarg("serialize", Value::Bool(false));
    }
    let Some(to) = field.to().map(|to| resolve_relation(to, key)) else { return field };
    if let Some(to_field) = field.kwarg("to_field").and_then(Value::as_str) {
        let target = state.models.get(&to);
        let primary = target.and_then(|model| model.fields.iter().find(|(_, field)| field.primary_key()));
        if primary.map_or("id", |(name, _)| name) == to_field {
            field.remove_kwarg("to_field");
        }
    }
    let model = state.models.get(key);
    let default = model.and_then(|model| model.option("default_related_name")).and_then(Value::as_str);
    let related_name = field.kwarg("related_name").and_then(Value::as_str).or(default);
    let related_name = match related_name {
        Some(text) if text.ends_with('+') && field.is_many_to_many() => {
            format!("_{}_{}_{name}_+", key.app, key.model)
        }
        Some(text) => text
            .replace("%(class)s", &key.model)
            .replace("%(model_name)s", &key.model)
            .replace("%(app_label)s", key.app.as_str()),
        None => return field,
    };
    field.set_kwarg("related_name", Value::str(related_name));
    field
}

/// `ModelState.fields`
type Fields = indexmap::IndexMap<Arc<str>, Arc<Field>>;

/// Two lists of fields, by name, are the same but for what relations point to
/// (`only_relation_agnostic_fields`; names do not count).
fn same_fields(old: &Fields, new: &Fields, version: DjangoVersion) -> bool {
    let sorted = |fields: &Fields| {
        let mut fields: Vec<_> = fields.iter().map(|(name, field)| (name.clone(), field.clone())).collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields
    };
    let (old, new) = (sorted(old), sorted(new));
    old.len() == new.len()
        && old.iter().zip(&new).all(|((_, a), (_, b))| {
            let skip: &[&str] = if b.is_relation() { &["to"] } else { &[] };
            matches!(compare::fields(a, b, skip, version), Comparison::Equal)
        })
}

/// Whether `new` is `old` under another name, its column kept by `db_column` or not.
fn is_renamed(old: &Field, old_name: &Arc<str>, new: &Field, version: DjangoVersion) -> bool {
    if matches!(compare::fields(old, new, &[], version), Comparison::Equal) {
        return true;
    }
    let suffix = if old.is_relation() && !old.is_many_to_many() { "_id" } else { "" };
    let column = old.kwarg("db_column").cloned().unwrap_or_else(|| Value::str(format!("{old_name}{suffix}")));
    let mut with_column = old.clone();
    with_column.set_kwarg("db_column", column);
    matches!(compare::fields(&with_column, new, &[], version), Comparison::Equal)
}

fn has(field: &Field, name: &str) -> bool {
    field.kwarg(name).is_some()
}

/// Whether a field can be added to rows that are there without a default being asked for. Where it
/// is not known, nothing is asked.
fn preserves_default(field: &Field, version: DjangoVersion) -> bool {
    let unknown = |name: &str| field.kwarg(name).is_some_and(|value| value.find_unknown().is_some());
    field.null()
        || has(field, "default")
        || (version >= DjangoVersion::V5_0 && (has(field, "db_default") || field.is_auto_field()))
        || field.is_many_to_many()
        || (field.flag("blank") && field.empty_strings_allowed())
        // Always blank, which their deconstruction leaves out.
        || field.is_a("django.db.models.GeneratedField")
        || field.is_a("django.db.models.CompositePrimaryKey")
        || (field.is_time_field() && field.flag("auto_now"))
        || unknown("null")
        || unknown("blank")
        || unknown("auto_now")
        || field.args.iter().any(|value| value.find_unknown().is_some())
        || field.class.base.is_none()
}

/// `Field.unique`
fn is_unique(field: &Field) -> bool {
    field.flag("unique") || field.primary_key() || field.is_a("django.db.models.OneToOneField")
}

fn is_callable(value: &Value) -> bool {
    match value {
        Value::Ref(_) => true,
        Value::Call(call) => call.path.as_ref() == "functools.partial",
        _ => false,
    }
}
