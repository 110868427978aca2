//! What only PostgreSQL has: indexes for `LIKE`, casts, sequences and identities
//! (`django/db/backends/postgresql/schema.py`, 3.2 to 6.1).

use super::column::internal_type;
use super::editor::{Done, Editor};
use super::error::Unrenderable;
use super::model::{Model, SchemaField};
use super::names::create_index_name;
use super::statement::{AlterAction, IndexColumn, SequenceAction, Statement};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// Whether an internal type is one of automatic keys.
pub(crate) fn is_auto(internal: Option<&str>) -> bool {
    matches!(internal, Some("AutoField" | "BigAutoField" | "SmallAutoField"))
}

/// The integer type that a serial type stands for.
fn of_serial(db_type: &str) -> Option<&'static str> {
    Some(match db_type {
        "bigserial" => "bigint",
        "serial" => "integer",
        "smallserial" => "smallint",
        _ => return None,
    })
}

impl Editor<'_> {
    /// `_create_like_index_sql`
    pub(crate) fn like_index(
        &mut self,
        model: &Model,
        field: &SchemaField,
    ) -> Result<Option<Statement>, Unrenderable> {
        if !self.is(Vendor::PostgreSql) || !(field.db_index() || field.unique()) {
            return Ok(None);
        }
        let Some(db_type) = self.context.db_type(field)?.filter(|db_type| !db_type.contains('[')) else {
            return Ok(None);
        };
        if self.context.version >= DjangoVersion::V4_2 && self.has_collation(field) {
            // Whether a collation is deterministic stands in `pg_collation`.
            return Ok(None);
        }
        let opclass = if db_type.starts_with("varchar") {
            "varchar_pattern_ops"
        } else if db_type.starts_with("text") {
            "text_pattern_ops"
        } else {
            return Ok(None);
        };
        let column = IndexColumn {
            name: field.column_name().to_owned(),
            opclass: Some(opclass.to_owned()),
            descending: false,
        };
        let mut index = Self::plain_index(model, vec![column], "_like");
        index.tablespace = self.index_tablespace(model, Some(field), None);
        Ok(Some(Statement::CreateIndex(index)))
    }

    fn has_collation(&self, field: &SchemaField) -> bool {
        let own = |field: &SchemaField| {
            field.field.kwarg("db_collation").and_then(Value::as_str).is_some_and(|name| !name.is_empty())
        };
        let target = field.foreign_key().and_then(|relation| relation.target.as_ref());
        own(field)
            || (self.context.version >= DjangoVersion::V5_0 && target.is_some_and(|target| own(target)))
    }

    /// Drops the index that [`Editor::like_index`] makes.
    pub(crate) fn drop_like_index(&mut self, model: &Model, field: &SchemaField) {
        let name = create_index_name(self.vendor(), &model.db_table, &[field.column_name()], "_like");
        self.drop_index(model, &name, false);
    }

    /// `_is_changing_type_of_indexed_text_column`
    pub(crate) fn changes_indexed_text(old: &SchemaField, old_type: &str, new_type: &str) -> bool {
        (old.db_index() || old.unique())
            && ["varchar", "text", "citext"]
                .iter()
                .any(|text| old_type.starts_with(text) && !new_type.starts_with(text))
    }

    /// `_field_data_type`: the type without its sizes where there is a template.
    fn field_data_type(&self, field: &SchemaField) -> Result<Option<String>, Unrenderable> {
        if field.foreign_key().is_some() {
            return self.context.rel_db_type(field);
        }
        self.plain_data_type(&field.field)
    }

    fn plain_data_type(&self, field: &Field) -> Result<Option<String>, Unrenderable> {
        let template = internal_type(field).and_then(|internal| self.context.data_type_template(&internal));
        match template {
            Some(template) => Ok(Some(template.to_owned())),
            None => self.context.plain_db_type(field),
        }
    }

    fn base_data_type(&self, field: &SchemaField) -> Result<Option<String>, Unrenderable> {
        let mut field = field.field.as_ref();
        for _ in 0..16 {
            match field.kwarg("base_field") {
                Some(Value::Field(base)) => field = base,
                _ => break,
            }
        }
        self.plain_data_type(field)
    }

    /// `_using_sql`
    pub(crate) fn using_sql(
        &self,
        old: &SchemaField,
        new: &SchemaField,
        new_type: &str,
    ) -> Result<Option<String>, Unrenderable> {
        if new.generated() {
            return Ok(None);
        }
        let array = |field: &SchemaField| internal_type(&field.field).as_deref() == Some("ArrayField");
        let differ = if array(old) && array(new) {
            self.base_data_type(old)? != self.base_data_type(new)?
        } else {
            self.field_data_type(old)? != self.field_data_type(new)?
        };
        Ok(differ.then(|| format!("{}::{new_type}", self.quote(new.column_name()))))
    }

    /// `_alter_column_type_sql`: the action, and what follows once it is done.
    pub(crate) fn alter_type_postgresql(
        &mut self,
        model: &Model,
        old: &SchemaField,
        new: &SchemaField,
        new_type: &str,
        collation: Option<String>,
    ) -> Result<(AlterAction, Vec<Statement>), Unrenderable> {
        let old_type = self.context.db_type(old)?.unwrap_or_default();
        if self.context.version >= DjangoVersion::V4_0 && Self::changes_indexed_text(old, &old_type, new_type)
        {
            self.drop_like_index(model, old);
        }
        let using = self.using_sql(old, new, new_type)?;
        let column = new.column_name().to_owned();
        let action = |db_type: &str, collation, using| AlterAction::AlterColumnType {
            column: column.clone(),
            db_type: db_type.to_owned(),
            collation,
            using,
            comment: None,
        };
        if self.context.version < DjangoVersion::V4_1 {
            let (using_type, after) = self.serial_changes(model, new, &old_type, new_type);
            let db_type = using_type.unwrap_or(new_type);
            let using = using.map(|_| format!("{}::{db_type}", self.quote(&column)));
            return Ok((action(db_type, collation, using), after));
        }
        let (old_internal, new_internal) = (internal_type(&old.field), internal_type(&new.field));
        let (was, is) = (is_auto(old_internal.as_deref()), is_auto(new_internal.as_deref()));
        let table = model.db_table.clone();
        if is && !was {
            let identity = AlterAction::AddIdentity { column: column.clone() };
            let after = vec![Statement::AlterTable { table, actions: vec![identity] }];
            return Ok((action(new_type, None, using), after));
        }
        if was && !is {
            let identity = AlterAction::DropIdentity { column: column.clone() };
            self.execute(Statement::AlterTable { table, actions: vec![identity] });
        }
        // The sequence of an old serial column is altered or dropped too where the database has one.
        Ok((action(new_type, collation, using), Vec::new()))
    }

    /// Serial columns, until 4.0: the sequence is made or dropped beside the column.
    fn serial_changes(
        &self,
        model: &Model,
        new: &SchemaField,
        old_type: &str,
        new_type: &str,
    ) -> (Option<&'static str>, Vec<Statement>) {
        let (table, column) = (model.db_table.clone(), new.column_name().to_owned());
        let name = format!("{table}_{column}_seq");
        let sequence = |action| Statement::Sequence { name: name.clone(), action };
        let Some(integer) = of_serial(new_type) else {
            let drop = of_serial(old_type).map(|_| sequence(SequenceAction::Drop));
            return (None, drop.into_iter().collect());
        };
        let default = format!("nextval('{}')", self.quote(&name));
        let set = AlterAction::SetDefault { column: column.clone(), default, db_type: new_type.to_owned() };
        let after = vec![
            sequence(SequenceAction::Drop),
            sequence(SequenceAction::Create),
            Statement::AlterTable { table: table.clone(), actions: vec![set] },
            sequence(SequenceAction::SetToMaximum { table: table.clone(), column: column.clone() }),
            sequence(SequenceAction::SetOwner { table, column }),
        ];
        (Some(integer), after)
    }

    /// What PostgreSQL does before and after the base's `_alter_field`.
    pub(crate) fn after_alter_postgresql(
        &mut self,
        model: &Model,
        old: &SchemaField,
        new: &SchemaField,
        types: (&str, &str),
    ) -> Done {
        let changes =
            self.context.version >= DjangoVersion::V5_0 && Self::changes_indexed_text(old, types.0, types.1);
        let added = (!(old.db_index() || old.unique()) && new.db_index()) || (!old.unique() && new.unique());
        if (added || changes)
            && let Some(statement) = self.like_index(model, new)?
        {
            self.execute(statement);
        }
        if old.unique() && !(new.db_index() || new.unique()) {
            self.drop_like_index(model, old);
        }
        Ok(())
    }
}
