//! Tables and columns: `create_model`, `delete_model`, `add_field`, `remove_field`
//! (`django/db/backends/base/schema.py`, 3.2 to 6.1).

use super::column::internal_type;
use super::editor::{Done, Editor};
use super::error::Unrenderable;
use super::model::{Apps, Model, SchemaField};
use super::postgresql::is_auto;
use super::statement::{
    AlterAction, Constraint, ConstraintKind, CreateTable, ForeignKey, IndexColumn, Name, Statement,
};
use super::value::DbValue;
use crate::database::Vendor;
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

/// The suffix of a foreign key's name.
const FOREIGN_KEY_SUFFIX: &str = "_fk_%(to_table)s_%(to_column)s";

impl Editor<'_> {
    /// `create_model`
    pub fn create_model(&mut self, apps: &Apps<'_>, model: &Model) -> Done {
        let table = self.table_sql(apps, model)?;
        self.execute(Statement::CreateTable(table));
        self.table_comments(model);
        self.model_indexes(apps, model)?;
        for field in &model.many_to_many {
            if let Some(through) = apps.through(model, field)? {
                self.note_custom_through(field);
                self.create_model(apps, &through)?;
            }
        }
        Ok(())
    }

    /// A many-to-many class of the project's own may make its table in another way.
    fn note_custom_through(&mut self, field: &SchemaField) {
        let class = field.class_name();
        if !class.starts_with("django.") && !field.field.path.starts_with("django.") {
            self.note(format!("{class} may make the table in the middle in its own way"));
        }
    }

    /// Whether comments of tables and columns are written: from 4.2 on, and not on SQLite.
    pub(super) fn comments(&self) -> bool {
        self.context.version >= DjangoVersion::V4_2 && !self.is(Vendor::Sqlite)
    }

    fn table_comments(&mut self, model: &Model) {
        if !self.comments() {
            return;
        }
        if let Some(comment) = &model.db_table_comment {
            self.alter_db_table_comment(&model.db_table, Some(comment));
        }
        if self.vendor().is_mysql() {
            return;
        }
        for field in &model.fields {
            if let (Some(comment), Some(column)) = (field.db_comment(), &field.column) {
                self.comment_on_column(&model.db_table, column, Some(comment));
            }
        }
    }

    /// `COMMENT ON COLUMN`, with `None` to take a comment away.
    pub(crate) fn comment_on_column(&mut self, table: &str, column: &str, comment: Option<&str>) {
        let comment = self.context.quote_value(&DbValue::Str(comment.unwrap_or("").to_owned()));
        self.execute(Statement::Comment {
            table: table.to_owned(),
            column: Some(column.to_owned()),
            comment,
        });
    }

    /// `alter_db_table_comment`
    pub fn alter_db_table_comment(&mut self, table: &str, comment: Option<&str>) {
        if self.comments() {
            let comment = self.context.quote_value(&DbValue::Str(comment.unwrap_or("").to_owned()));
            self.execute(Statement::Comment { table: table.to_owned(), column: None, comment });
        }
    }

    /// `table_sql`
    fn table_sql(&mut self, apps: &Apps<'_>, model: &Model) -> Result<CreateTable, Unrenderable> {
        for names in &model.unique_together {
            let statement = Self::create_unique_together(apps, model, names)?;
            self.note_set_order(model.unique_together.len());
            self.defer(statement);
        }
        let mut table = CreateTable { table: model.db_table.clone(), ..CreateTable::default() };
        let mut parameters = false;
        for field in &model.fields {
            let Some(mut column) = self.column_sql(model, field, false)? else { continue };
            parameters |= column.default.is_some() && !self.is(Vendor::Sqlite) && !self.is(Vendor::Oracle);
            column.suffix = self.context.db_type_suffix(field).map(str::to_owned);
            column.check = self.context.db_parameters(field)?.check;
            if field.foreign_key().is_some() && field.db_constraint() {
                let key = self.foreign_key(field)?;
                if self.is(Vendor::Sqlite) {
                    column.references = Some(key);
                } else {
                    self.defer(Statement::AddConstraint {
                        table: model.db_table.clone(),
                        constraint: Constraint::ForeignKey(key),
                        not_valid: false,
                    });
                }
            }
            table.columns.push(column);
        }
        for constraint in &model.constraints {
            if parameters && self.context.version >= DjangoVersion::V5_0 {
                if let Some(statement) = self.create_constraint(apps, model, constraint)? {
                    self.defer(statement);
                }
            } else if let Some(constraint) = self.inline_constraint(apps, model, constraint)? {
                table.constraints.push(constraint);
            }
        }
        if let Some(pk) = model.pk().filter(|pk| pk.composite()) {
            let columns = composite_columns(model, pk)?;
            table.constraints.push(Constraint::PrimaryKey { name: None, columns });
        }
        if matches!(self.vendor(), Vendor::PostgreSql | Vendor::Oracle) {
            table.tablespace.clone_from(&model.db_tablespace);
        }
        Ok(table)
    }

    /// The foreign key of a field, its name still open.
    pub(crate) fn foreign_key(&self, field: &SchemaField) -> Result<ForeignKey, Unrenderable> {
        let missing =
            || Unrenderable::new(format!("what {}.{} refers to is not known", field.model, field.name));
        let relation = field.foreign_key().ok_or_else(missing)?;
        let target = relation.target.as_ref().ok_or_else(missing)?;
        Ok(ForeignKey {
            name: Name::Generated { suffix: FOREIGN_KEY_SUFFIX.to_owned() },
            column: field.column_name().to_owned(),
            to_table: relation.to_table.clone(),
            to_column: target.column_name().to_owned(),
            on_delete: self.on_delete_sql(field)?,
            deferrable: !self.vendor().is_mysql(),
        })
    }

    /// `on_delete_sql`: deletion by the database (6.1).
    fn on_delete_sql(&self, field: &SchemaField) -> Result<Option<String>, Unrenderable> {
        if self.context.version < DjangoVersion::V6_1 {
            return Ok(None);
        }
        let on_delete = match field.field.kwarg("on_delete") {
            Some(Value::Ref(path)) => path.as_ref(),
            // `DatabaseOnDelete("CASCADE", "DB_CASCADE", CASCADE)`
            Some(Value::Call(call)) => call.args.get(1).and_then(Value::as_str).unwrap_or(&call.path),
            Some(Value::Unknown(why)) => {
                let what =
                    format!("on_delete of {}.{} is not known: {}", field.model, field.name, why.reason);
                return Err(Unrenderable::new(what));
            }
            _ => return Ok(None),
        };
        let action = match on_delete.rsplit('.').next().unwrap_or(on_delete) {
            "DB_CASCADE" => "CASCADE",
            "DB_SET_NULL" => "SET NULL",
            "DB_SET_DEFAULT" => "SET DEFAULT",
            _ => return Ok(None),
        };
        Ok(Some(format!(" ON DELETE {action}")))
    }

    /// `delete_model`
    pub fn delete_model(&mut self, apps: &Apps<'_>, model: &Model) -> Done {
        for field in &model.many_to_many {
            if let Some(through) = apps.through(model, field)? {
                self.delete_model(apps, &through)?;
            }
        }
        self.drop_table(&model.db_table);
        if self.is(Vendor::Oracle) {
            self.execute(Statement::DropSequenceOf { table: model.db_table.clone() });
        }
        Ok(())
    }

    /// Drops a table and what waits for it.
    pub(crate) fn drop_table(&mut self, table: &str) {
        let cascade = !self.is(Vendor::Sqlite);
        self.execute(Statement::DropTable { table: table.to_owned(), cascade });
        self.forget_table(table);
    }

    /// `alter_db_table`
    pub fn alter_db_table(&mut self, from: &str, to: &str) {
        let ignores_case =
            self.is(Vendor::Oracle) || self.is(Vendor::Sqlite) && from.eq_ignore_ascii_case(to);
        if from == to || (ignores_case && from.eq_ignore_ascii_case(to)) {
            return;
        }
        self.execute(Statement::RenameTable { from: from.to_owned(), to: to.to_owned() });
        for pending in &mut self.deferred {
            pending.statement.rename_table_references(from, to);
        }
    }

    /// `add_field` of the base class.
    pub fn add_column(&mut self, apps: &Apps<'_>, model: &Model, field: &SchemaField) -> Done {
        let Some(mut column) = self.column_sql(model, field, true)? else { return Ok(()) };
        if self.context.version >= DjangoVersion::V4_1 {
            column.suffix = self.context.db_type_suffix(field).map(str::to_owned);
        }
        let parameters = self.context.db_parameters(field)?;
        column.check = parameters.check;
        if field.foreign_key().is_some() && field.db_constraint() {
            column.references = Some(self.foreign_key(field)?);
        }
        let table = model.db_table.clone();
        let actions = vec![AlterAction::AddColumn(Box::new(column))];
        self.execute(Statement::AlterTable { table: table.clone(), actions });
        if !field.has_db_default()
            && !self.skip_default_on_alter(field)?
            && self.context.effective_default(field)? != DbValue::Null
        {
            let action = self.drop_default(field, parameters.db_type.as_deref());
            self.execute(Statement::AlterTable { table: table.clone(), actions: vec![action] });
        }
        if self.comments()
            && !self.vendor().is_mysql()
            && let (Some(comment), Some(name)) = (field.db_comment(), &field.column)
        {
            self.comment_on_column(&table, name, Some(comment));
        }
        self.field_indexes(apps, model, field)?;
        if self.vendor().is_mysql() {
            self.update_for_skipped_default(&table, field)?;
        }
        Ok(())
    }

    /// MySQL: where no default could be given, the rows get it afterwards.
    fn update_for_skipped_default(&mut self, table: &str, field: &SchemaField) -> Done {
        let given = field.field.kwarg("default").is_some_and(|value| !matches!(value, Value::None));
        if given && self.skip_default(field)? {
            let value = self.context.quote_value(&self.context.effective_default(field)?);
            let column = field.column_name().to_owned();
            self.execute(Statement::UpdateRows {
                table: table.to_owned(),
                column,
                value,
                only_nulls: false,
                immediate: false,
            });
        }
        Ok(())
    }

    /// `DROP DEFAULT` of a column, as the database has it.
    pub(crate) fn drop_default(&self, field: &SchemaField, db_type: Option<&str>) -> AlterAction {
        AlterAction::DropDefault {
            column: field.column_name().to_owned(),
            to_null: self.vendor().is_mysql() && field.null(),
            db_type: db_type.unwrap_or_default().to_owned(),
        }
    }

    /// `add_field`
    pub fn add_field(&mut self, apps: &Apps<'_>, to: &Apps<'_>, model: &Model, field: &SchemaField) -> Done {
        if field.many_to_many() {
            let owner = to.model(&field.model)?;
            if let Some(through) = to.through(&owner, field)? {
                self.note_custom_through(field);
                return self.create_model(to, &through);
            }
        }
        if self.is(Vendor::Sqlite) {
            return self.add_field_sqlite(apps, model, field);
        }
        self.add_column(to, model, field)
    }

    /// `remove_field`
    pub fn remove_field(&mut self, apps: &Apps<'_>, model: &Model, field: &SchemaField) -> Done {
        if field.many_to_many() {
            return match apps.through(model, field)? {
                Some(through) => self.delete_model(apps, &through),
                None => Ok(()),
            };
        }
        if self.is(Vendor::Sqlite) {
            return self.remove_field_sqlite(apps, model, field);
        }
        if self.is(Vendor::Oracle)
            && is_auto(internal_type(&field.field).as_deref())
            && let Some(column) = &field.column
        {
            let actions = vec![AlterAction::DropIdentity { column: column.to_string() }];
            self.execute(Statement::AlterTable { table: model.db_table.clone(), actions });
        }
        self.drop_column(model, field)
    }

    /// `remove_field` of the base class.
    pub(crate) fn drop_column(&mut self, model: &Model, field: &SchemaField) -> Done {
        if self.context.db_type(field)?.is_none() {
            return Ok(());
        }
        let Some(column) = &field.column else { return Ok(()) };
        let table = model.db_table.clone();
        // SQLite comes here only with columns that have no foreign key.
        if field.foreign_key().is_some() && !self.is(Vendor::Sqlite) {
            self.drop_foreign_key(model, field)?;
        }
        let cascade = self.is(Vendor::PostgreSql) && self.context.version < DjangoVersion::V6_0;
        let actions = vec![AlterAction::DropColumn { column: column.to_string(), cascade }];
        self.execute(Statement::AlterTable { table: table.clone(), actions });
        self.forget_column(&table, column);
        Ok(())
    }

    /// `db_default_sql`, and whether it is an expression rather than a value.
    pub(crate) fn db_default_sql(&self, field: &SchemaField) -> Result<(String, bool), Unrenderable> {
        let value = field.field.kwarg("db_default").unwrap_or(&Value::None);
        let literal = match value {
            Value::Call(call)
                if call.path.as_ref() == "django.db.models.Value"
                    || call.path.as_ref() == "django.db.models.expressions.Value" =>
            {
                call.args.first().or_else(|| call.kwarg("value"))
            }
            Value::Call(call) if !is_plain_object(&call.path) => None,
            Value::Unknown(why) => {
                let what =
                    format!("the db_default of {}.{} is not known: {}", field.model, field.name, why.reason);
                return Err(Unrenderable::new(what));
            }
            other => Some(other),
        };
        if let Some(literal) = literal {
            let value = self.context.db_prep_save(field, literal)?;
            return Ok((self.column_default_sql(field, &self.context.quote_value(&value))?, false));
        }
        let sql = self.bare_expression(value)?;
        Ok((format!("({sql})"), true))
    }

    /// `_create_unique_sql` for fields.
    pub(crate) fn create_unique_together(
        apps: &Apps<'_>,
        model: &Model,
        names: &[std::sync::Arc<str>],
    ) -> Result<Statement, Unrenderable> {
        let mut columns = Vec::new();
        for name in names {
            let field = apps_field(apps, model, name)?;
            columns.push(IndexColumn::plain(field.column_name()));
        }
        Ok(Statement::AddConstraint {
            table: model.db_table.clone(),
            constraint: Constraint::Unique {
                name: Name::Generated { suffix: "_uniq".to_owned() },
                columns,
                deferrable: None,
                nulls_distinct: None,
            },
            not_valid: false,
        })
    }

    /// The options are sets: Python iterates them in another order each time.
    pub(crate) fn note_set_order(&mut self, length: usize) {
        if length > 1 {
            self.note("Django takes these in no certain order");
        }
    }

    /// Drops the foreign key of a column.
    pub(crate) fn drop_foreign_key(&mut self, model: &Model, field: &SchemaField) -> Done {
        let name = self.existing_foreign_key(model, field)?;
        self.execute(Statement::DropConstraint {
            table: model.db_table.clone(),
            name,
            kind: ConstraintKind::ForeignKey,
            if_exists: false,
        });
        Ok(())
    }

    /// `get_internal_type() == "ForeignKey"`: a subclass with a name of its own is none to MySQL.
    pub(crate) fn is_exactly_foreign_key(field: &SchemaField) -> bool {
        internal_type(&field.field).as_deref() == Some("ForeignKey")
    }
}

/// A field of the model itself (a remade one may differ from the state's), or an inherited one.
pub(crate) fn apps_field(
    apps: &Apps<'_>,
    model: &Model,
    name: &str,
) -> Result<std::sync::Arc<SchemaField>, Unrenderable> {
    apps.field_of(model, name)
}

fn is_plain_object(path: &str) -> bool {
    path == "decimal.Decimal" || path == "uuid.UUID" || path.starts_with("datetime.")
}

fn composite_columns(model: &Model, pk: &SchemaField) -> Result<Vec<String>, Unrenderable> {
    let names = pk.field.args.iter().filter_map(Value::as_str);
    let columns = names.map(|name| model.field(name).map(|field| field.column_name().to_owned()));
    let missing =
        || Unrenderable::new(format!("the primary key of {} names a field that is not there", model.key));
    columns.collect::<Option<Vec<_>>>().ok_or_else(missing)
}
