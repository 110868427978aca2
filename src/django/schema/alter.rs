//! `alter_field` (`BaseDatabaseSchemaEditor._alter_field`, `django/db/backends/base/schema.py`, 3.2 to 6.1).

use std::sync::Arc;

use super::column::DbParameters;
use super::editor::{Done, Editor, States};
use super::error::Unrenderable;
use super::model::{Apps, Model, SchemaField};
use super::related::Related;
use super::statement::{AlterAction, Constraint, ConstraintKind, IndexColumn, Name, Statement};
use super::value::DbValue;
use crate::database::Vendor;
use crate::django::field::NON_DB_ATTRS;
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// A field to alter: the model it is on, before and after.
#[derive(Clone, Copy)]
pub(crate) struct Alteration<'a> {
    /// The model to alter: its table's name is the one that is valid now.
    pub model: &'a Model,
    /// The model that the new field is of.
    pub new_model: &'a Model,
    /// The field as it is.
    pub old: &'a SchemaField,
    /// The field as it is to be.
    pub new: &'a SchemaField,
}

impl Editor<'_> {
    fn non_db_attribute(&self, name: &str) -> bool {
        match name {
            "choices" => self.context.version >= DjangoVersion::V4_1,
            "on_delete" => self.context.version < DjangoVersion::V6_1,
            _ => NON_DB_ATTRS.contains(&name),
        }
    }

    /// `on_delete` counts from 6.1 on where the database does it.
    fn relevant_arguments<'f>(
        &self,
        field: &'f SchemaField,
        same_table: bool,
        ignore: &[&str],
    ) -> Vec<&'f (Arc<str>, Value)> {
        let by_database = |value: &Value| match value {
            Value::Ref(path) => path.contains(".DB_"),
            Value::Call(call) => call.path.contains("DatabaseOnDelete") || call.path.contains(".DB_"),
            _ => false,
        };
        let kwargs = field.field.kwargs.iter();
        kwargs
            .filter(|(name, value)| match name.as_ref() {
                "on_delete" if self.context.version >= DjangoVersion::V6_1 => by_database(value),
                "to" => field.relation.is_none() && !same_table,
                name => !self.non_db_attribute(name) && !ignore.contains(&name),
            })
            .collect()
    }

    /// `_field_should_be_altered`
    pub(crate) fn should_be_altered(&self, old: &SchemaField, new: &SchemaField, ignore: &[&str]) -> bool {
        let version = self.context.version;
        // A many-to-many field has no column, but counts as if its name were one.
        let concrete = |field: &SchemaField| field.column.is_some() || field.many_to_many();
        if version >= DjangoVersion::V5_1 && !concrete(old) && !concrete(new) {
            return false;
        }
        if concrete(old) && concrete(new) && self.quote(old.column_name()) != self.quote(new.column_name()) {
            return true;
        }
        let same_table = version >= DjangoVersion::V5_0
            && !new.many_to_many()
            && matches!((&old.relation, &new.relation), (Some(a), Some(b)) if a.to_table == b.to_table);
        // A relation's target is compared resolved: a relation to itself may be written `self`.
        let target = |field: &SchemaField| field.relation.as_ref().map(|relation| relation.to.clone());
        if !same_table && target(old) != target(new) {
            return true;
        }
        let before = self.relevant_arguments(old, same_table, ignore);
        let after = self.relevant_arguments(new, same_table, ignore);
        let same = before.len() == after.len()
            && before
                .iter()
                .all(|(name, value)| after.iter().any(|(other, now)| name == other && value == now));
        !same || old.field.path != new.field.path || old.field.args != new.field.args
    }

    /// `alter_field`
    pub fn alter_field(&mut self, states: &States<'_>, alteration: Alteration<'_>) -> Done {
        let Alteration { old, new, .. } = alteration;
        if !self.should_be_altered(old, new, &[]) {
            return Ok(());
        }
        let old_parameters = self.context.db_parameters(old)?;
        let new_parameters = self.context.db_parameters(new)?;
        match (&old_parameters.db_type, &new_parameters.db_type) {
            (None, None) if old.many_to_many() && new.many_to_many() => {
                let owner = |apps: &Apps<'_>, field: &SchemaField| apps.model(&field.model);
                let (from, to) = (owner(&states.from, old)?, owner(&states.to, new)?);
                match (states.from.through(&from, old)?, states.to.through(&to, new)?) {
                    (Some(before), Some(after)) => {
                        self.alter_many_to_many(states, (&before, old), (&after, new))
                    }
                    (None, None) => Ok(()),
                    _ => Err(Unrenderable::new(
                        "`through` cannot be added to or removed from a many-to-many field",
                    )),
                }
            }
            (Some(_), Some(_)) if self.is(Vendor::Sqlite) => {
                self.alter_field_sqlite(states, alteration, &old_parameters, &new_parameters)
            }
            (Some(_), Some(_)) => self.alter_column(states, alteration, &old_parameters, &new_parameters),
            _ => {
                let what = format!("{}.{} cannot be altered: Django raises an error", old.model, old.name);
                Err(Unrenderable::new(what))
            }
        }
    }

    /// `_alter_many_to_many`
    pub(crate) fn alter_many_to_many(
        &mut self,
        states: &States<'_>,
        old: (&Model, &SchemaField),
        new: (&Model, &SchemaField),
    ) -> Done {
        if self.is(Vendor::Sqlite) {
            return self.alter_many_to_many_sqlite(states, old, new);
        }
        let (before, after) = (old.0, new.0);
        if before.db_table != after.db_table {
            self.alter_db_table(&before.db_table, &after.db_table);
        }
        // The column that points to the other side, then the one that points to this.
        for at in [2, 1] {
            if let (Some(old), Some(new)) = (before.fields.get(at), after.fields.get(at)) {
                let alteration = Alteration { model: after, new_model: after, old, new };
                self.alter_field(states, alteration)?;
            }
        }
        Ok(())
    }

    /// `_field_db_check`
    fn comparable_check(
        &self,
        field: &SchemaField,
        check: Option<&String>,
    ) -> Result<Option<String>, Unrenderable> {
        let by_name = self.is(Vendor::MySql) || self.context.version < DjangoVersion::V5_0;
        if by_name || field.foreign_key().is_some() {
            // A foreign key to a positive integer is taken for one itself by its internal type only.
            return Ok(check.cloned());
        }
        self.context.db_check(field, "__column_name__")
    }

    fn alter_table(&mut self, table: &str, actions: Vec<AlterAction>) {
        self.execute(Statement::AlterTable { table: table.to_owned(), actions });
    }

    /// `_alter_field`
    fn alter_column(
        &mut self,
        states: &States<'_>,
        alteration: Alteration<'_>,
        before: &DbParameters,
        after: &DbParameters,
    ) -> Done {
        let Alteration { model, old, new, .. } = alteration;
        let table = model.db_table.clone();
        let old_type = before.db_type.clone().unwrap_or_default();
        let new_type = after.db_type.clone().unwrap_or_default();
        if self.is(Vendor::PostgreSql)
            && self.context.version < DjangoVersion::V4_0
            && Self::changes_indexed_text(old, &old_type, &new_type)
        {
            self.drop_like_index(model, old);
        }
        let dropped = self.drop_old_foreign_key(model, old, new)?;
        self.drop_old_unique(model, old, new);
        let collation_counts = self.context.version >= DjangoVersion::V4_1;
        let collation_changes = before.collation != after.collation;
        let drop_incoming = ((old.primary_key && new.primary_key) || (old.unique() && new.unique()))
            && (old_type != new_type || (collation_counts && collation_changes));
        let related = |editor: &Self| {
            editor.related_objects(states, (&old_model(states, model, old), alteration.new_model), old, new)
        };
        let mut incoming = Vec::new();
        if drop_incoming {
            incoming = related(self)?;
            for key in &incoming {
                self.drop_foreign_key(&key.new.0, &key.new.1)?;
            }
        }
        self.drop_old_index(model, old, new);
        let old_check = self.comparable_check(old, before.check.as_ref())?;
        let new_check = self.comparable_check(new, after.check.as_ref())?;
        if old_check != new_check && old_check.is_some() {
            let name = self.existing_check(model, old);
            let if_exists = self.is(Vendor::MariaDb);
            let kind = ConstraintKind::Check;
            self.execute(Statement::DropConstraint { table: table.clone(), name, kind, if_exists });
        }
        self.rename_column(&table, old, new);
        let needs_default = self.change_column(model, old, new, before, after)?;
        if old.primary_key && !new.primary_key {
            let name = self.existing_primary_key(model);
            let kind = ConstraintKind::PrimaryKey;
            self.execute(Statement::DropConstraint { table: table.clone(), name, kind, if_exists: false });
        }
        self.add_new_unique_or_index(model, old, new);
        let became_primary = !old.primary_key && new.primary_key;
        if became_primary {
            self.add_primary_key(&table, new);
            incoming.extend(related(self)?);
        }
        for key in &incoming {
            self.alter_incoming(key)?;
        }
        self.add_new_foreign_key(&table, old, new, dropped)?;
        if drop_incoming {
            self.restore_incoming(&incoming)?;
        }
        if old_check != new_check
            && new_check.is_some()
            && let Some(expression) = after.check.clone()
        {
            let name = Name::Generated { suffix: "_check".to_owned() };
            let name = name.resolve(self.vendor(), &table, &[new.column_name()]);
            let constraint = Constraint::Check { name, expression };
            self.execute(Statement::AddConstraint { table: table.clone(), constraint, not_valid: false });
        }
        if needs_default {
            let action = self.drop_default(new, Some(&new_type));
            self.alter_table(&table, vec![action]);
        }
        if self.is(Vendor::PostgreSql) {
            self.after_alter_postgresql(model, old, new, (&old_type, &new_type))?;
        }
        Ok(())
    }

    fn drop_old_foreign_key(
        &mut self,
        model: &Model,
        old: &SchemaField,
        new: &SchemaField,
    ) -> Result<bool, Unrenderable> {
        let comment_only =
            self.context.version >= DjangoVersion::V4_2 && !self.should_be_altered(old, new, &["db_comment"]);
        if old.foreign_key().is_none() || !old.db_constraint() || comment_only {
            return Ok(false);
        }
        self.drop_foreign_key(model, old)?;
        Ok(true)
    }

    fn drop_old_unique(&mut self, model: &Model, old: &SchemaField, new: &SchemaField) {
        let became_primary = !old.primary_key && new.primary_key;
        if !old.unique() || (new.unique() && !became_primary) {
            return;
        }
        // A primary key counts as unique, but has no constraint of that kind.
        let name = self.existing_unique(model, old);
        self.execute(Statement::DropConstraint {
            table: model.db_table.clone(),
            name,
            kind: ConstraintKind::Unique,
            if_exists: false,
        });
    }

    fn drop_old_index(&mut self, model: &Model, old: &SchemaField, new: &SchemaField) {
        if old.db_index() && !old.unique() && (!new.db_index() || new.unique()) {
            let name = self.existing_index(model, &[old.column_name()], "");
            self.drop_index(model, &name, false);
        }
    }

    fn rename_column(&mut self, table: &str, old: &SchemaField, new: &SchemaField) {
        let (from, to) = (old.column_name().to_owned(), new.column_name().to_owned());
        if from == to {
            return;
        }
        let action = AlterAction::RenameColumn { from: from.clone(), to: to.clone() };
        self.alter_table(table, vec![action]);
        for pending in &mut self.deferred {
            pending.statement.rename_column_references(table, &from, &to);
        }
    }

    /// Type, default and nullability; true where a default is to be dropped at the end.
    fn change_column(
        &mut self,
        model: &Model,
        old: &SchemaField,
        new: &SchemaField,
        before: &DbParameters,
        after: &DbParameters,
    ) -> Result<bool, Unrenderable> {
        let (mut actions, mut null_actions, mut later) = (Vec::new(), Vec::new(), Vec::new());
        let comments = self.context.version >= DjangoVersion::V4_2;
        if before.db_type != after.db_type
            || (self.context.version >= DjangoVersion::V4_1
                && self.context.db_type_suffix(old) != self.context.db_type_suffix(new))
            || before.collation != after.collation
            || (comments && old.db_comment() != new.db_comment())
        {
            let (action, follow) = self.alter_type(model, old, new)?;
            actions.push(action);
            later = follow;
        }
        actions.extend(self.alter_db_default(old, new)?);
        let tightens = old.null() && !new.null();
        let mut needs_default = false;
        let mut new_default = DbValue::Null;
        if tightens && !new.has_db_default() {
            let old_default = self.context.effective_default(old)?;
            new_default = self.context.effective_default(new)?;
            let differ = old_default != new_default || new_default.varies();
            if !self.skip_default_on_alter(new)? && differ && new_default != DbValue::Null {
                needs_default = true;
                actions.push(self.set_default(new)?);
            }
        }
        if old.null() != new.null() {
            null_actions.extend(self.alter_null(new)?);
        }
        let four_way = (new.has_default() || new.has_db_default()) && tightens;
        self.run_actions(model, new, (actions, null_actions), four_way, &new_default)?;
        for statement in later {
            self.execute(statement);
        }
        Ok(needs_default)
    }

    fn run_actions(
        &mut self,
        model: &Model,
        new: &SchemaField,
        actions: (Vec<AlterAction>, Vec<AlterAction>),
        four_way: bool,
        new_default: &DbValue,
    ) -> Done {
        let (mut actions, null_actions) = actions;
        let table = model.db_table.clone();
        if actions.is_empty() && null_actions.is_empty() {
            return Ok(());
        }
        if !four_way {
            actions.extend(null_actions.iter().cloned());
        }
        if self.is(Vendor::PostgreSql) && !actions.is_empty() {
            self.alter_table(&table, actions);
        } else {
            for action in actions {
                self.alter_table(&table, vec![action]);
            }
        }
        if !four_way {
            return Ok(());
        }
        let value = if new.has_db_default() {
            self.db_default_sql(new)?.0
        } else {
            self.context.quote_value(new_default)
        };
        let column = new.column_name().to_owned();
        let immediate = self.is(Vendor::PostgreSql) && self.context.version >= DjangoVersion::V4_0;
        self.execute(Statement::UpdateRows {
            table: table.clone(),
            column,
            value,
            only_nulls: true,
            immediate,
        });
        for action in null_actions {
            self.alter_table(&table, vec![action]);
        }
        Ok(())
    }

    fn add_new_unique_or_index(&mut self, model: &Model, old: &SchemaField, new: &SchemaField) {
        if !new.primary_key && new.unique() && (!old.unique() || old.primary_key) {
            self.execute(Statement::AddConstraint {
                table: model.db_table.clone(),
                constraint: Constraint::Unique {
                    name: Name::Generated { suffix: "_uniq".to_owned() },
                    columns: vec![IndexColumn::plain(new.column_name())],
                    deferrable: None,
                    nulls_distinct: None,
                },
                not_valid: false,
            });
        }
        if (!old.db_index() || old.unique()) && new.db_index() && !new.unique() {
            let statement = self.index_on(model, new);
            self.execute(statement);
        }
    }

    fn add_primary_key(&mut self, table: &str, new: &SchemaField) {
        let constraint = Constraint::PrimaryKey {
            name: Some(Name::Generated { suffix: "_pk".to_owned() }),
            columns: vec![new.column_name().to_owned()],
        };
        self.execute(Statement::AddConstraint { table: table.to_owned(), constraint, not_valid: false });
    }

    fn alter_incoming(&mut self, key: &Related) -> Done {
        let (action, later) = self.alter_type(&key.new.0, &key.old.1, &key.new.1)?;
        self.alter_table(&key.new.0.db_table, vec![action]);
        for statement in later {
            self.execute(statement);
        }
        Ok(())
    }

    fn restore_incoming(&mut self, incoming: &[Related]) -> Done {
        for key in incoming {
            if key.new.1.db_constraint() {
                let mut foreign = self.foreign_key(&key.new.1)?;
                foreign.name = Name::Generated { suffix: "_fk".to_owned() };
                let table = key.new.0.db_table.clone();
                let constraint = Constraint::ForeignKey(foreign);
                self.execute(Statement::AddConstraint { table, constraint, not_valid: false });
            }
        }
        Ok(())
    }

    fn add_new_foreign_key(
        &mut self,
        table: &str,
        old: &SchemaField,
        new: &SchemaField,
        dropped: bool,
    ) -> Done {
        let had = old.foreign_key().is_some() && old.db_constraint();
        if new.foreign_key().is_some() && (dropped || !had) && new.db_constraint() {
            let constraint = Constraint::ForeignKey(self.foreign_key(new)?);
            self.execute(Statement::AddConstraint { table: table.to_owned(), constraint, not_valid: false });
        }
        Ok(())
    }
}

/// The model that the old field is of.
fn old_model(states: &States<'_>, model: &Model, old: &SchemaField) -> Model {
    states.from.model(&old.model).unwrap_or_else(|_| model.clone())
}
