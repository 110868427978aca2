//! SQLite: most changes make the table anew (`django/db/backends/sqlite3/schema.py`, 3.2 to 6.1).

use std::sync::Arc;

use super::alter::Alteration;
use super::column::DbParameters;
use super::editor::{Done, Editor, States};
use super::error::Unrenderable;
use super::model::{Apps, Model, Relation, SchemaField, django_field};
use super::names::strip_quotes;
use super::statement::{AlterAction, ColumnDefinition, Statement};
use super::value::DbValue;
use crate::django::keys::ModelKey;
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// What is different in the table made anew.
#[derive(Default)]
pub(crate) struct Change<'a> {
    /// A field that comes.
    pub create: Option<&'a SchemaField>,
    /// A field that goes.
    pub delete: Option<&'a SchemaField>,
    /// Fields that change, before and after.
    pub alter: Vec<(&'a SchemaField, &'a SchemaField)>,
    /// The new field is of the very model that is remade, so that it has its place there.
    pub in_place: bool,
}

/// Places after those of the state's own fields.
const LAST: i64 = i64::MAX / 2;

/// The fields of the new table, and what their columns are filled with.
struct Body {
    fields: Vec<SchemaField>,
    mapping: Vec<(String, String)>,
}

impl Body {
    fn remove(&mut self, name: &str) {
        self.fields.retain(|field| *field.name != *name);
    }

    fn put(&mut self, field: SchemaField) {
        match self.fields.iter_mut().find(|other| other.name == field.name) {
            Some(place) => *place = field,
            None => self.fields.push(field),
        }
    }

    fn unmap(&mut self, column: &str) {
        self.mapping.retain(|(name, _)| name != column);
    }

    fn map(&mut self, column: &str, value: String) {
        match self.mapping.iter_mut().find(|(name, _)| name == column) {
            Some(place) => place.1 = value,
            None => self.mapping.push((column.to_owned(), value)),
        }
    }
}

impl Editor<'_> {
    /// `_remake_table`
    pub(crate) fn remake_table(&mut self, apps: &Apps<'_>, model: &Model, change: &Change<'_>) -> Done {
        let body = self.new_body(model, change)?;
        let renamed = |name: &Arc<str>| {
            let altered = change.alter.iter().find(|(old, _)| old.name == *name);
            altered.map_or_else(|| name.clone(), |(_, new)| new.name.clone())
        };
        let rename = |together: &[Vec<Arc<str>>]| -> Vec<Vec<Arc<str>>> {
            together.iter().map(|names| names.iter().map(renamed).collect()).collect()
        };
        let names_deleted = |index: &Value| {
            let fields = index.as_call().and_then(|call| call.kwarg("fields")).and_then(Value::items);
            change.delete.is_some_and(|deleted| {
                fields.unwrap_or_default().iter().any(|field| field.as_str() == Some(&deleted.name))
            })
        };
        let mut new_model = Model {
            key: model.key.clone(),
            name: format!("New{}", model.name).into(),
            db_table: format!("new__{}", strip_quotes(&model.db_table)),
            fields: body.fields.into_iter().map(Arc::new).collect(),
            many_to_many: Vec::new(),
            unique_together: rename(&model.unique_together),
            index_together: rename(&model.index_together),
            indexes: model.indexes.iter().filter(|index| !names_deleted(index)).cloned().collect(),
            constraints: model.constraints.clone(),
            db_tablespace: None,
            db_table_comment: None,
            order_with_respect_to: false,
            parents: model.parents.clone(),
        };
        self.add_lost_key(&mut new_model, change);
        new_model.sort_fields();
        refer_to_new_self(&mut new_model, &model.key, &model.db_table);
        self.create_model(apps, &new_model)?;
        self.execute(Statement::CopyRows {
            from: model.db_table.clone(),
            to: new_model.db_table.clone(),
            columns: body.mapping.iter().map(|(column, _)| self.quote(column)).collect(),
            values: body.mapping.into_iter().map(|(_, value)| value).collect(),
        });
        self.execute(Statement::DropTable { table: model.db_table.clone(), cascade: false });
        self.forget_table(&model.db_table);
        self.alter_db_table(&new_model.db_table, &model.db_table);
        self.run_deferred();
        Ok(())
    }

    fn new_body(&mut self, model: &Model, change: &Change<'_>) -> Result<Body, Unrenderable> {
        let mut body = Body { fields: Vec::new(), mapping: Vec::new() };
        for field in &model.fields {
            let mut field = SchemaField::clone(field);
            // Self-referential fields are cloned, and thereby come last.
            if field.foreign_key().is_some_and(|relation| relation.to == model.key) && !field.auto_created() {
                field.order = (1, LAST + 1 + field.order.1);
            }
            if let Some(column) = field.column.clone().filter(|_| !field.generated())
                && self.context.db_type(&field)?.is_some()
            {
                body.map(&column, self.quote(&column));
            }
            body.fields.push(field);
        }
        Self::take_primary_key(&mut body, change);
        if let Some(created) = change.create {
            body.put(self.at_new_place(created));
            if !created.has_db_default() && !created.generated() && created.column.is_some() {
                let value = self.context.effective_default(created)?;
                self.note_varying(&value);
                let value = self.context.quote_value(&value);
                body.map(created.column_name(), value);
            }
        }
        for (old, new) in &change.alter {
            body.remove(&old.name);
            body.unmap(old.column_name());
            body.put(if change.in_place { SchemaField::clone(new) } else { self.at_new_place(new) });
            if new.generated() {
                continue;
            }
            let value = if old.null() && !new.null() {
                let default = if new.has_db_default() {
                    self.db_default_sql(new)?.0
                } else {
                    self.context.quote_value(&self.context.effective_default(new)?)
                };
                format!("coalesce({}, {default})", self.quote(old.column_name()))
            } else {
                self.quote(old.column_name())
            };
            body.map(new.column_name(), value);
        }
        if let Some(deleted) = change.delete {
            body.remove(&deleted.name);
            body.unmap(deleted.column_name());
        }
        Ok(body)
    }

    /// A field that comes or changes keeps the place of its creation: before all others where the
    /// state it is from was rendered first, else after them.
    fn at_new_place(&self, field: &SchemaField) -> SchemaField {
        let mut field = field.clone();
        if field.order.0 == 1 {
            let at = field.order.1.min(1000);
            field.order.1 = if self.rendered_first { at - 2000 } else { LAST - 2000 + at };
        }
        field
    }

    /// Where another field becomes the primary key, the old one is none any more.
    fn take_primary_key(body: &mut Body, change: &Change<'_>) {
        let comes = change.create.is_some_and(|field| field.primary_key)
            || change.alter.iter().any(|(_, new)| new.primary_key);
        if !comes {
            return;
        }
        let mut gone = Vec::new();
        for field in body.fields.iter_mut().filter(|field| field.primary_key) {
            if change.alter.iter().any(|(_, new)| new.name == field.name) {
                continue;
            }
            field.primary_key = false;
            if field.auto_created() {
                gone.push((field.name.clone(), field.column_name().to_owned()));
            }
        }
        for (name, column) in gone {
            body.remove(&name);
            body.unmap(&column);
        }
    }

    /// A model class without a primary key gets one from Django.
    fn add_lost_key(&self, model: &mut Model, change: &Change<'_>) {
        let deleted = change.delete.is_some_and(|deleted| *deleted.attname == *"id");
        if model.fields.iter().any(|field| field.primary_key)
            || !model.parents.is_empty()
            || (deleted && self.context.version >= DjangoVersion::V5_0)
        {
            return;
        }
        let flag = |name: &str| (Arc::from(name), Value::Bool(true));
        let field = django_field(
            &self.context.settings.default_auto_field,
            vec![flag("auto_created"), flag("primary_key")],
        );
        model.fields.push(Arc::new(SchemaField {
            name: "id".into(),
            attname: "id".into(),
            column: Some("id".into()),
            field: Arc::new(field),
            model: model.key.clone(),
            primary_key: true,
            order: (0, 0),
            relation: None,
        }));
    }

    /// `add_field`
    pub(crate) fn add_field_sqlite(&mut self, apps: &Apps<'_>, model: &Model, field: &SchemaField) -> Done {
        if field.composite() {
            return Ok(());
        }
        let version = self.context.version;
        let literal = match field.field.kwarg("db_default") {
            None => true,
            Some(Value::Call(call)) => call.name() == "Value" || !call.path.starts_with("django."),
            Some(_) => version < DjangoVersion::V5_2,
        };
        let remake = version < DjangoVersion::V4_0
            || !field.null()
            || field.primary_key
            || field.unique()
            || !literal
            || self.context.effective_default(field)? != DbValue::Null;
        if remake {
            return self.remake_table(apps, model, &Change { create: Some(field), ..Change::default() });
        }
        self.add_column(apps, model, field)
    }

    /// `remove_field`
    pub(crate) fn remove_field_sqlite(
        &mut self,
        apps: &Apps<'_>,
        model: &Model,
        field: &SchemaField,
    ) -> Done {
        let can_drop = self.context.version >= DjangoVersion::V4_1 && self.context.dialect.at_least(3, 35, 5);
        let constrained = field.foreign_key().is_some() && field.db_constraint();
        if can_drop && !field.primary_key && !field.unique() && !field.db_index() && !constrained {
            return self.drop_column(model, field);
        }
        if self.context.db_type(field)?.is_none() {
            return Ok(());
        }
        self.remake_table(apps, model, &Change { delete: Some(field), ..Change::default() })
    }

    /// `_alter_field`
    pub(crate) fn alter_field_sqlite(
        &mut self,
        states: &States<'_>,
        alteration: Alteration<'_>,
        before: &DbParameters,
        after: &DbParameters,
    ) -> Done {
        let Alteration { model, new_model, old, new } = alteration;
        let constrained = |field: &SchemaField| field.foreign_key().is_some() && field.db_constraint();
        if old.column != new.column && !constrained(old) && !constrained(new) {
            let nameless = |column: Option<ColumnDefinition>| {
                column.map(|column| ColumnDefinition { name: String::new(), ..column })
            };
            let (a, b) = (self.column_sql(model, old, false)?, self.column_sql(model, new, false)?);
            if nameless(a) == nameless(b) {
                let (from, to) = (old.column_name().to_owned(), new.column_name().to_owned());
                let actions = vec![AlterAction::RenameColumn { from, to }];
                self.execute(Statement::AlterTable { table: model.db_table.clone(), actions });
                return Ok(());
            }
        }
        let same = std::ptr::eq(model, new_model);
        let in_place = same && self.context.version >= DjangoVersion::V5_0;
        let apps = if same { &states.to } else { &states.from };
        self.remake_table(apps, model, &Change { alter: vec![(old, new)], in_place, ..Change::default() })?;
        let collation = self.context.version >= DjangoVersion::V4_1 && before.collation != after.collation;
        if new.unique() && (before.db_type != after.db_type || collation) {
            for related in self.related_tables(states, new_model, new)? {
                self.remake_table(&states.to, &related, &Change::default())?;
            }
        }
        Ok(())
    }

    /// The tables with columns that refer to the field; Django takes them in no certain order.
    fn related_tables(
        &mut self,
        states: &States<'_>,
        model: &Model,
        field: &SchemaField,
    ) -> Result<Vec<Model>, Unrenderable> {
        let mut tables: Vec<Model> = Vec::new();
        let own = model.db_table.clone();
        let mut add = |table: Model| {
            if tables.iter().all(|other| other.db_table != table.db_table) {
                tables.push(table);
            }
        };
        for (table, key) in states.to.related(model) {
            let relation = key.foreign_key();
            let target =
                relation.and_then(|relation| relation.target.as_ref()).map(|target| target.name.clone());
            // Tables in the middle belong to many-to-many fields: only a primary key counts there.
            if target.as_ref() == Some(&field.name) && table.db_table != own {
                add(table);
            }
        }
        if field.primary_key {
            for many in &model.many_to_many {
                let to_self = many.relation.as_ref().is_some_and(|relation| relation.to == model.key);
                if let (false, Some(through)) = (to_self, states.to.through(model, many)?) {
                    add(through);
                }
            }
        }
        if tables.len() > 1 {
            self.note("Django makes these related tables anew in no certain order");
        }
        Ok(tables)
    }

    /// `_alter_many_to_many`
    pub(crate) fn alter_many_to_many_sqlite(
        &mut self,
        states: &States<'_>,
        old: (&Model, &SchemaField),
        new: (&Model, &SchemaField),
    ) -> Done {
        let (before, after) = (old.0, new.0);
        let pair = |at: usize| Some((before.fields.get(at)?.as_ref(), after.fields.get(at)?.as_ref()));
        if before.db_table == after.db_table {
            let both: &[usize] = if self.context.version >= DjangoVersion::V4_0 { &[2, 1] } else { &[2] };
            let pairs: Vec<_> = both.iter().filter_map(|at| pair(*at)).collect();
            return self.remake_table(&states.from, before, &Change { alter: pairs, ..Change::default() });
        }
        self.create_model(&states.to, after)?;
        let columns = |model: &Model| -> Vec<String> {
            let names = model.fields.iter().skip(1).map(|field| field.column_name().to_owned());
            std::iter::once("id".to_owned()).chain(names).collect()
        };
        self.execute(Statement::CopyRows {
            from: before.db_table.clone(),
            to: after.db_table.clone(),
            columns: columns(after),
            values: columns(before),
        });
        self.delete_model(&states.from, before)
    }
}

/// Self-referential keys of the remade model refer to its own new field.
fn refer_to_new_self(model: &mut Model, key: &ModelKey, table: &str) {
    let fields = model.fields.clone();
    for field in &mut model.fields {
        let Some(relation) = field.foreign_key().filter(|relation| relation.to == *key) else { continue };
        let target = match &relation.to_field {
            Some(name) => fields.iter().find(|field| field.name == *name || field.attname == *name),
            None => fields.iter().find(|field| field.primary_key),
        };
        let Some(target) = target.cloned() else { continue };
        let relation = Relation { to_table: table.to_owned(), target: Some(target), ..relation.clone() };
        let mut changed = SchemaField::clone(field);
        changed.relation = Some(relation);
        *field = Arc::new(changed);
    }
}
