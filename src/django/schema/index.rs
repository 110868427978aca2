//! Indexes and constraints (`django/db/models/{indexes,constraints}.py`,
//! `django/contrib/postgres/{indexes,constraints}.py`, `_create_index_sql`, `_unique_sql`; 3.2 to 6.1).

use std::sync::Arc;

use super::editor::{Done, Editor};
use super::error::Unrenderable;
use super::model::{Apps, Model, SchemaField};
use super::statement::{CreateIndex, IndexColumn, IndexColumns, Name, Statement};
use crate::database::Vendor;
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

/// What Django's own classes of indexes are: method and storage parameters.
const POSTGRES_INDEXES: &[(&str, &str, &[&str])] = &[
    ("BloomIndex", "bloom", &["length", "columns"]),
    ("BrinIndex", "brin", &["autosummarize", "pages_per_range"]),
    ("BTreeIndex", "btree", &["fillfactor", "deduplicate_items"]),
    ("GinIndex", "gin", &["gin_pending_list_limit", "fastupdate"]),
    ("GistIndex", "gist", &["buffering", "fillfactor"]),
    ("HashIndex", "hash", &["fillfactor"]),
    ("SpGistIndex", "spgist", &["fillfactor"]),
];

/// The texts of a list; nothing where it is none.
pub(super) fn strings(value: Option<&Value>) -> Vec<Arc<str>> {
    let items = value.and_then(Value::items).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(Arc::from).collect()
}

/// The deconstruction of an index or constraint, called `what` in messages.
///
/// # Errors
/// It is not known.
pub(super) fn call_of<'a>(object: &'a Value, what: &str) -> Result<&'a Call, Unrenderable> {
    if let Some(unknown) = object.find_unknown() {
        return Err(Unrenderable::new(format!("the {what} is not known in full: {}", unknown.reason)));
    }
    object.as_call().ok_or_else(|| Unrenderable::new(format!("the {what} is not known")))
}

/// An argument that is a text.
pub(super) fn text(call: &Call, name: &str) -> Option<String> {
    call.kwarg(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// An argument that is there and not `None`.
pub(super) fn given<'a>(call: &'a Call, name: &str) -> Option<&'a Value> {
    call.kwarg(name).filter(|value| !matches!(value, Value::None))
}

/// Whether the class is Django's of that name.
pub(super) fn is_class(call: &Call, name: &str) -> bool {
    call.path.starts_with("django.") && call.name() == name
}

impl Editor<'_> {
    /// `_model_indexes_sql`: all are deferred.
    pub(crate) fn model_indexes(&mut self, apps: &Apps<'_>, model: &Model) -> Done {
        for field in &model.fields {
            self.field_indexes(apps, model, field)?;
        }
        if self.context.version < DjangoVersion::V5_1 {
            for names in &model.index_together {
                let statement = self.index_together(apps, model, names)?;
                self.note_set_order(model.index_together.len());
                self.defer(statement);
            }
        }
        for index in &model.indexes {
            if let Some(statement) = self.create_index(apps, model, index, false)? {
                self.defer(statement);
            }
        }
        Ok(())
    }

    /// The index of an entry of `index_together`.
    pub(crate) fn index_together(
        &self,
        apps: &Apps<'_>,
        model: &Model,
        names: &[Arc<str>],
    ) -> Result<Statement, Unrenderable> {
        let mut columns = Vec::new();
        for name in names {
            columns.push(IndexColumn::plain(apps.field_of(model, name)?.column_name()));
        }
        let mut index = Self::plain_index(model, columns, "_idx");
        index.tablespace = self.index_tablespace(model, None, None);
        Ok(Statement::CreateIndex(index))
    }

    /// An index on those columns, under a name that Django makes up.
    pub(crate) fn plain_index(model: &Model, columns: Vec<IndexColumn>, suffix: &str) -> CreateIndex {
        CreateIndex {
            table: model.db_table.clone(),
            name: Name::Generated { suffix: suffix.to_owned() },
            unique: false,
            concurrently: false,
            using: None,
            columns: IndexColumns::Columns(columns),
            include: Vec::new(),
            nulls_distinct: None,
            with: Vec::new(),
            tablespace: None,
            condition: None,
        }
    }

    /// The index that `db_index` brings.
    pub(crate) fn index_on(&self, model: &Model, field: &SchemaField) -> Statement {
        let mut index = Self::plain_index(model, vec![IndexColumn::plain(field.column_name())], "");
        index.tablespace = self.index_tablespace(model, Some(field), None);
        Statement::CreateIndex(index)
    }

    /// `_get_index_tablespace_sql`
    pub(crate) fn index_tablespace(
        &self,
        model: &Model,
        field: Option<&SchemaField>,
        own: Option<String>,
    ) -> Option<String> {
        if !matches!(self.vendor(), Vendor::PostgreSql | Vendor::Oracle) {
            return None;
        }
        let of_field =
            || field.and_then(|field| field.field.kwarg("db_tablespace")?.as_str().map(str::to_owned));
        own.or_else(of_field)
            .filter(|name| !name.is_empty())
            .or_else(|| self.context.settings.default_index_tablespace.clone())
            .or_else(|| model.db_tablespace.clone())
    }

    /// `_field_indexes_sql`
    pub(crate) fn field_indexes(&mut self, _apps: &Apps<'_>, model: &Model, field: &SchemaField) -> Done {
        if self.context.db_type(field)?.is_none() {
            return Ok(());
        }
        if self.should_be_indexed(field)? {
            let statement = self.index_on(model, field);
            self.defer(statement);
        }
        if let Some(statement) = self.like_index(model, field)? {
            self.defer(statement);
        }
        Ok(())
    }

    /// `_field_should_be_indexed`
    fn should_be_indexed(&self, field: &SchemaField) -> Result<bool, Unrenderable> {
        if !field.db_index() || field.unique() {
            return Ok(false);
        }
        if !self.vendor().is_mysql() {
            return Ok(true);
        }
        // InnoDB makes the index of a foreign key itself.
        if Self::is_exactly_foreign_key(field) && field.db_constraint() {
            return Ok(false);
        }
        Ok(!self.is_limited(field)?)
    }

    /// `Index.create_sql`; `None` where the database has no such indexes.
    pub(crate) fn create_index(
        &self,
        apps: &Apps<'_>,
        model: &Model,
        index: &Value,
        concurrently: bool,
    ) -> Result<Option<Statement>, Unrenderable> {
        let call = call_of(index, "index")?;
        if !call.args.is_empty() && !self.supports_expression_indexes() {
            return Ok(None);
        }
        let mut create = Self::plain_index(model, Vec::new(), "");
        create.name = Name::Given(text(call, "name").unwrap_or_default());
        create.concurrently = concurrently && self.is(Vendor::PostgreSql);
        Self::index_class(call, &mut create)?;
        let opclasses = strings(call.kwarg("opclasses"));
        if call.args.is_empty() {
            let mut columns = Vec::new();
            for (at, name) in strings(call.kwarg("fields")).iter().enumerate() {
                let (name, descending) = name.strip_prefix('-').map_or((&**name, false), |name| (name, true));
                columns.push(IndexColumn {
                    name: apps.field_of(model, name)?.column_name().to_owned(),
                    opclass: opclasses
                        .get(at)
                        .filter(|_| self.is(Vendor::PostgreSql))
                        .map(ToString::to_string),
                    descending,
                });
            }
            create.columns = IndexColumns::Columns(columns);
        } else {
            create.columns = IndexColumns::Expressions(self.index_expressions(model, &call.args)?);
        }
        let single = match strings(call.kwarg("fields")).as_slice() {
            [name] => model.field(name.trim_start_matches('-')).cloned(),
            _ => None,
        };
        create.tablespace = self.index_tablespace(model, single.as_deref(), text(call, "db_tablespace"));
        if self.supports_partial_indexes() {
            create.condition = self.condition(model, given(call, "condition"))?;
        }
        create.include = self.include(apps, model, &strings(call.kwarg("include")))?;
        Ok(Some(Statement::CreateIndex(create)))
    }

    /// The columns of `include=…`.
    pub(super) fn include(
        &self,
        apps: &Apps<'_>,
        model: &Model,
        names: &[Arc<str>],
    ) -> Result<Vec<String>, Unrenderable> {
        if !self.is(Vendor::PostgreSql) {
            return Ok(Vec::new());
        }
        names.iter().map(|name| Ok(apps.field_of(model, name)?.column_name().to_owned())).collect()
    }

    /// What the index's class says: method and storage parameters.
    fn index_class(call: &Call, create: &mut CreateIndex) -> Done {
        if is_class(call, "Index") {
            return Ok(());
        }
        let known = POSTGRES_INDEXES.iter().find(|(name, ..)| *name == call.name());
        let Some((_, using, parameters)) = known.filter(|_| call.path.starts_with("django.")) else {
            return Err(Unrenderable::new(format!("what SQL {} makes is not known", call.path)));
        };
        create.using = Some((*using).to_owned());
        for parameter in *parameters {
            let Some(value) = given(call, parameter) else { continue };
            if *parameter == "columns" {
                let items = value.items().unwrap_or_default().iter().filter_map(Value::as_int).enumerate();
                create.with.extend(items.map(|(at, bits)| format!("col{} = {bits}", at + 1)));
                continue;
            }
            let value = match value {
                Value::Bool(true) => "on".to_owned(),
                Value::Bool(false) => "off".to_owned(),
                other => match other.as_int() {
                    Some(number) => number.to_string(),
                    None => continue,
                },
            };
            create.with.push(format!("{parameter} = {value}"));
        }
        Ok(())
    }

    /// `supports_expression_indexes`
    pub(crate) fn supports_expression_indexes(&self) -> bool {
        match self.vendor() {
            Vendor::PostgreSql | Vendor::Sqlite | Vendor::Oracle => {
                self.context.version >= DjangoVersion::V3_2
            }
            Vendor::MySql => self.context.dialect.at_least(8, 0, 13),
            Vendor::MariaDb => false,
        }
    }

    /// `supports_partial_indexes`
    pub(super) fn supports_partial_indexes(&self) -> bool {
        matches!(self.vendor(), Vendor::PostgreSql | Vendor::Sqlite)
    }

    /// The SQL of `condition=…`, if there is one.
    pub(super) fn condition(
        &self,
        model: &Model,
        condition: Option<&Value>,
    ) -> Result<Option<String>, Unrenderable> {
        condition.map(|condition| self.where_sql(model, condition)).transpose()
    }

    /// `_delete_index_sql`
    pub(crate) fn drop_index(&mut self, model: &Model, name: &str, concurrently: bool) {
        if self.context.version >= DjangoVersion::V5_0 {
            self.forget_index(&model.db_table, name);
        }
        let postgresql = self.is(Vendor::PostgreSql);
        self.execute(Statement::DropIndex {
            table: model.db_table.clone(),
            name: name.to_owned(),
            concurrently: concurrently && postgresql,
            if_exists: postgresql,
        });
    }

    /// `add_index`
    pub fn add_index(&mut self, apps: &Apps<'_>, model: &Model, index: &Value, concurrently: bool) -> Done {
        if let Some(statement) = self.create_index(apps, model, index, concurrently)? {
            self.execute(statement);
        }
        Ok(())
    }

    /// `remove_index`
    pub fn remove_index(&mut self, model: &Model, index: &Value, concurrently: bool) -> Done {
        let call = call_of(index, "index")?;
        if !call.args.is_empty() && !self.supports_expression_indexes() {
            return Ok(());
        }
        let name = text(call, "name").unwrap_or_default();
        self.drop_index(model, &name, concurrently);
        Ok(())
    }

    /// `rename_index`
    pub fn rename_index(&mut self, apps: &Apps<'_>, model: &Model, old: &Value, new: &Value) -> Done {
        let name = |index: &Value| call_of(index, "index").map(|call| text(call, "name").unwrap_or_default());
        let (from, to) = (name(old)?, name(new)?);
        if from == to {
            return Ok(());
        }
        if self.is(Vendor::Sqlite) || (self.is(Vendor::MariaDb) && !self.context.dialect.at_least(10, 5, 2)) {
            self.remove_index(model, old, false)?;
            return self.add_index(apps, model, new, false);
        }
        self.execute(Statement::RenameIndex { table: model.db_table.clone(), from, to });
        Ok(())
    }
}
