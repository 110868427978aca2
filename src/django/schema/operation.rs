//! What each operation does to the database (`database_forwards`, `database_backwards` of
//! `django/db/migrations/operations/*.py` and `django/contrib/postgres/operations.py`, 3.2 to 6.1).

use std::sync::Arc;

use super::alter::Alteration;
use super::editor::{Done, Editor, States};
use super::error::Unrenderable;
use super::model::{Apps, Model, SchemaField};
use super::statement::Statement;
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::operations::{Operation, OperationKind};
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// Operations lie this deep within each other at most.
const DEPTH_LIMIT: usize = 32;

/// Which way a migration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forwards,
    Backwards,
}

fn key(app: &AppLabel, name: &str) -> ModelKey {
    ModelKey::new(app.clone(), name)
}

/// Finds an index or constraint of that name in the options of a model.
fn named(objects: &[Value], name: &str) -> Result<Value, Unrenderable> {
    let found = objects.iter().find(|object| {
        object.as_call().and_then(|call| call.kwarg("name")).and_then(Value::as_str) == Some(name)
    });
    found.cloned().ok_or_else(|| Unrenderable::new(format!("there is no index or constraint {name}")))
}

impl Editor<'_> {
    /// Runs one operation of a migration of `app`. `states` are those before and after the step
    /// that is taken, so that for [`Direction::Backwards`] the first is the operation's own after.
    pub(crate) fn operate(
        &mut self,
        app: &AppLabel,
        operation: &Operation,
        states: &States<'_>,
        direction: Direction,
        depth: usize,
    ) -> Done {
        use OperationKind as Kind;
        let forwards = direction == Direction::Forwards;
        let (from, to) = (&states.from, &states.to);
        match &operation.kind {
            Kind::CreateModel(create) if forwards => self.create(to, &key(app, &create.name)),
            Kind::CreateModel(create) => self.delete(from, &key(app, &create.name)),
            Kind::DeleteModel { name } if forwards => self.delete(from, &key(app, name)),
            Kind::DeleteModel { name } => self.create(to, &key(app, name)),
            Kind::RenameModel { old_name, new_name } if forwards => {
                self.rename_model(states, &key(app, old_name), &key(app, new_name))
            }
            Kind::RenameModel { old_name, new_name } => {
                self.rename_model(states, &key(app, new_name), &key(app, old_name))
            }
            Kind::AlterModelTable { name, .. } => self.alter_model_table(states, &key(app, name)),
            Kind::AlterModelTableComment { name, .. } => {
                self.with_model(to, &key(app, name), |editor, model| {
                    editor.alter_db_table_comment(&model.db_table, model.db_table_comment.as_deref());
                    Ok(())
                })
            }
            Kind::AlterUniqueTogether { name, .. } => self.alter_together(states, &key(app, name), true),
            Kind::AlterIndexTogether { name, .. } => self.alter_together(states, &key(app, name), false),
            Kind::AlterOrderWithRespectTo { name, .. } => self.alter_order(states, &key(app, name)),
            Kind::AddField { model_name, name, field, preserve_default } if forwards => {
                let default = (!preserve_default).then_some(field);
                self.add(states, &key(app, model_name), name, default)
            }
            Kind::AddField { model_name, name, .. } => self.remove(states, &key(app, model_name), name),
            Kind::RemoveField { model_name, name } if forwards => {
                self.remove(states, &key(app, model_name), name)
            }
            Kind::RemoveField { model_name, name } => self.add(states, &key(app, model_name), name, None),
            Kind::AlterField { model_name, name, field, preserve_default } => {
                let default = (!preserve_default && forwards).then_some(field);
                self.alter(states, &key(app, model_name), (name, name), default)
            }
            Kind::RenameField { model_name, old_name, new_name } => {
                let (old, new) = if forwards { (old_name, new_name) } else { (new_name, old_name) };
                self.alter(states, &key(app, model_name), (old, new), None)
            }
            Kind::AddIndex { model_name, index, concurrently } => {
                let apps = if forwards { to } else { from };
                self.with_model(apps, &key(app, model_name), |editor, model| {
                    if forwards {
                        editor.add_index(apps, model, index, *concurrently)
                    } else {
                        editor.remove_index(model, index, *concurrently)
                    }
                })
            }
            Kind::RemoveIndex { model_name, name, concurrently } => {
                let apps = if forwards { from } else { to };
                self.with_model(apps, &key(app, model_name), |editor, model| {
                    let index = named(&model.indexes, name)?;
                    if forwards {
                        editor.remove_index(model, &index, *concurrently)
                    } else {
                        editor.add_index(apps, model, &index, *concurrently)
                    }
                })
            }
            Kind::RenameIndex { model_name, new_name, old_name, old_fields } => {
                let old = if forwards { old_name.as_ref() } else { Some(new_name) };
                let new = if forwards { Some(new_name) } else { old_name.as_ref() };
                self.rename(states, &key(app, model_name), old, new, old_fields.as_ref())
            }
            Kind::AddConstraint { model_name, constraint, not_valid } => {
                self.with_model(to, &key(app, model_name), |editor, model| {
                    if forwards {
                        editor.add_constraint(to, model, constraint, *not_valid)
                    } else {
                        editor.remove_constraint(to, model, constraint)
                    }
                })
            }
            Kind::RemoveConstraint { model_name, name } => {
                let old = if forwards { from } else { to };
                let constraint = named(&old.model(&key(app, model_name))?.constraints, name)?;
                self.with_model(to, &key(app, model_name), |editor, model| {
                    if forwards {
                        editor.remove_constraint(to, model, &constraint)
                    } else {
                        editor.add_constraint(to, model, &constraint, false)
                    }
                })
            }
            Kind::ValidateConstraint { model_name, name } if forwards => {
                self.with_model(from, &key(app, model_name), |editor, model| {
                    let (table, name) = (model.db_table.clone(), name.to_string());
                    editor.execute(Statement::ValidateConstraint { table, name });
                    Ok(())
                })
            }
            Kind::RunSql(_) | Kind::CreateExtension { .. }
                if self.context.settings.routers.denied_apps.contains(app) =>
            {
                Ok(())
            }
            Kind::RunSql(run) => {
                let sql = if forwards { Some(&run.sql) } else { run.reverse_sql.as_ref() };
                self.run_sql(sql.ok_or_else(|| Unrenderable::new("this RunSQL cannot be reversed"))?)
            }
            Kind::SeparateDatabaseAndState { database_operations, .. } => {
                self.separate(app, database_operations, states, direction, depth)
            }
            Kind::CreateExtension { name, .. } => {
                self.extension(name, forwards);
                Ok(())
            }
            Kind::CreateCollation { name, locale, provider, deterministic } => {
                self.collation(name, (locale, provider, deterministic), forwards)
            }
            Kind::RemoveCollation { name, locale, provider, deterministic } => {
                self.collation(name, (locale, provider, deterministic), !forwards)
            }
            Kind::Custom(custom) if forwards && custom.forwards_nothing => Ok(()),
            Kind::Custom(custom) if !forwards && custom.backwards_nothing => Ok(()),
            Kind::Custom(_) => Err(Unrenderable::new(format!("what {} does is not known", operation.class))),
            Kind::AlterModelOptions { .. }
            | Kind::AlterModelManagers { .. }
            | Kind::AlterConstraint { .. }
            | Kind::ValidateConstraint { .. }
            | Kind::RunPython(_) => Ok(()),
        }
    }

    /// Runs something on a model that is migrated at all.
    fn with_model(
        &mut self,
        apps: &Apps<'_>,
        key: &ModelKey,
        run: impl FnOnce(&mut Self, &Model) -> Done,
    ) -> Done {
        if !apps.can_migrate(key) {
            return Ok(());
        }
        if let Some(doubt) = apps.table_doubt(key) {
            self.note(doubt);
        }
        run(self, &apps.model(key)?)
    }

    fn create(&mut self, to: &Apps<'_>, key: &ModelKey) -> Done {
        self.with_model(to, key, |editor, model| {
            editor.create_model(to, model)?;
            if editor.context.version >= DjangoVersion::V5_1 {
                for names in &model.index_together {
                    let statement = editor.index_together(to, model, names)?;
                    editor.execute(statement);
                }
            }
            Ok(())
        })
    }

    fn delete(&mut self, from: &Apps<'_>, key: &ModelKey) -> Done {
        self.with_model(from, key, |editor, model| editor.delete_model(from, model))
    }

    /// `RenameModel.database_forwards`
    fn rename_model(&mut self, states: &States<'_>, old_key: &ModelKey, new_key: &ModelKey) -> Done {
        if !states.to.can_migrate(new_key) {
            return Ok(());
        }
        let new_model = states.to.model(new_key)?;
        let old_model = states.from.model(old_key)?;
        // From 4.0 on nothing is done where the table keeps its name.
        if self.context.version >= DjangoVersion::V4_0
            && self.context.version < DjangoVersion::V4_2
            && old_model.db_table == new_model.db_table
        {
            return Ok(());
        }
        self.alter_db_table(&old_model.db_table, &new_model.db_table);
        let related = states.from.related_in_order(&old_model);
        for (table, field) in &related {
            if related.len() > 1 {
                self.note("Django takes the related models in the order of their creation");
            }
            let other = if table.key == *old_key { new_key.clone() } else { table.key.clone() };
            let Ok(model) = states.to.model(&other) else { continue };
            let new = states.to.field_of(&model, &field.name)?;
            let alteration = Alteration { model: &model, new_model: &model, old: field, new: &new };
            self.alter_field(states, alteration)?;
        }
        for (old, new) in old_model.many_to_many.iter().zip(&new_model.many_to_many) {
            let to_self = new.relation.as_ref().is_some_and(|relation| relation.to == *new_key);
            if to_self {
                continue;
            }
            if let (Some(before), Some(after)) =
                (states.from.through(&old_model, old)?, states.to.through(&new_model, new)?)
            {
                self.rename_through(states, (&before, old), (&after, new))?;
            }
        }
        Ok(())
    }

    /// Until 4.1 the table in the middle and its column are renamed; later it is altered as a whole.
    fn rename_through(
        &mut self,
        states: &States<'_>,
        old: (&Model, &SchemaField),
        new: (&Model, &SchemaField),
    ) -> Done {
        if self.context.version >= DjangoVersion::V4_2 {
            return self.alter_many_to_many(states, old, new);
        }
        let (before, after) = (old.0, new.0);
        self.alter_db_table(&before.db_table, &after.db_table);
        if let (Some(old), Some(new)) = (before.fields.get(1), after.fields.get(1)) {
            self.alter_field(states, Alteration { model: after, new_model: after, old, new })?;
        }
        Ok(())
    }

    fn alter_model_table(&mut self, states: &States<'_>, key: &ModelKey) -> Done {
        if !states.to.can_migrate(key) {
            return Ok(());
        }
        let new = states.to.model(key)?;
        let old = states.from.model(key)?;
        self.alter_db_table(&old.db_table, &new.db_table);
        for (before, after) in old.many_to_many.iter().zip(&new.many_to_many) {
            if let (Some(before), Some(after)) =
                (states.from.through(&old, before)?, states.to.through(&new, after)?)
            {
                self.alter_db_table(&before.db_table, &after.db_table);
            }
        }
        Ok(())
    }

    /// `AlterOrderWithRespectTo`: the column `_order` comes or goes.
    fn alter_order(&mut self, states: &States<'_>, key: &ModelKey) -> Done {
        if !states.to.can_migrate(key) {
            return Ok(());
        }
        let new = states.to.model(key)?;
        let old = states.from.model(key)?;
        if old.order_with_respect_to && !new.order_with_respect_to {
            let field = states.from.field_of(&old, "_order")?;
            return self.remove_field(&states.from, &old, &field);
        }
        if new.order_with_respect_to && !old.order_with_respect_to {
            let mut field = SchemaField::clone(&*states.to.field_of(&new, "_order")?);
            let mut plain = Field::clone(&field.field);
            plain.set_kwarg("default", Value::Int(0));
            field.field = Arc::new(plain);
            return self.add_field(&states.from, &states.to, &old, &field);
        }
        Ok(())
    }

    fn add(&mut self, states: &States<'_>, key: &ModelKey, name: &str, default: Option<&Arc<Field>>) -> Done {
        if !states.to.can_migrate(key) {
            return Ok(());
        }
        let to = states.to.model(key)?;
        let from = states.from.model(key)?;
        let field = with_default(&*states.to.field_of(&to, name)?, default);
        self.add_field(&states.from, &states.to, &from, &field)
    }

    fn remove(&mut self, states: &States<'_>, key: &ModelKey, name: &str) -> Done {
        if !states.from.can_migrate(key) {
            return Ok(());
        }
        let from = states.from.model(key)?;
        let field = states.from.field_of(&from, name)?;
        self.remove_field(&states.from, &from, &field)
    }

    fn alter(
        &mut self,
        states: &States<'_>,
        key: &ModelKey,
        names: (&str, &str),
        default: Option<&Arc<Field>>,
    ) -> Done {
        if !states.to.can_migrate(key) {
            return Ok(());
        }
        let to = states.to.model(key)?;
        let from = states.from.model(key)?;
        let old = states.from.field_of(&from, names.0)?;
        let new = with_default(&*states.to.field_of(&to, names.1)?, default);
        self.alter_field(states, Alteration { model: &from, new_model: &to, old: &old, new: &new })
    }

    fn rename(
        &mut self,
        states: &States<'_>,
        key: &ModelKey,
        old: Option<&Arc<str>>,
        new: Option<&Arc<str>>,
        fields: Option<&Value>,
    ) -> Done {
        if !states.to.can_migrate(key) {
            return Ok(());
        }
        let (from, to) = (states.from.model(key)?, states.to.model(key)?);
        match (old, new) {
            (Some(old), Some(new)) => {
                let (old, new) = (named(&from.indexes, old)?, named(&to.indexes, new)?);
                self.rename_index(&states.to, &to, &old, &new)
            }
            // An index without a name, of `index_together`; the way back does nothing.
            (None, Some(new)) => {
                let names = fields.and_then(Value::items).unwrap_or_default();
                let mut columns = Vec::new();
                for name in names.iter().filter_map(Value::as_str) {
                    columns.push(states.from.field_of(&from, name)?.column_name().to_owned());
                }
                let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
                let name = self.existing_index(&to, &columns, "_idx");
                if self.is(Vendor::Sqlite) {
                    self.drop_index(&to, &name, false);
                    let index = named(&to.indexes, new)?;
                    return self.add_index(&states.to, &to, &index, false);
                }
                let table = to.db_table.clone();
                self.execute(Statement::RenameIndex { table, from: name, to: new.to_string() });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// `SeparateDatabaseAndState`: the state goes along by itself.
    fn separate(
        &mut self,
        app: &AppLabel,
        operations: &[Operation],
        states: &States<'_>,
        direction: Direction,
        depth: usize,
    ) -> Done {
        if depth > DEPTH_LIMIT {
            return Err(Unrenderable::new("operations lie too deep within operations"));
        }
        let context = self.context;
        let apps = |state| Apps { state, context };
        let start = if direction == Direction::Forwards { states.from.state } else { states.to.state };
        let mut all = vec![start.clone()];
        for operation in operations {
            let mut next = all.last().cloned().unwrap_or_default();
            next.apply(app, operation, context.version);
            all.push(next);
        }
        let mut steps: Vec<_> = operations.iter().zip(all.windows(2)).collect();
        if direction == Direction::Backwards {
            steps.reverse();
        }
        for (operation, pair) in steps {
            let [before, after] = pair else { continue };
            let states = match direction {
                Direction::Forwards => States { from: apps(before), to: apps(after) },
                Direction::Backwards => States { from: apps(after), to: apps(before) },
            };
            self.operate(app, operation, &states, direction, depth + 1)?;
        }
        Ok(())
    }
}

/// The field with the one-off default of its operation.
fn with_default(field: &SchemaField, given: Option<&Arc<Field>>) -> SchemaField {
    let mut field = field.clone();
    if let Some(default) = given.and_then(|given| given.kwarg("default")) {
        let mut plain = Field::clone(&field.field);
        plain.set_kwarg("default", default.clone());
        field.field = Arc::new(plain);
    }
    field
}
