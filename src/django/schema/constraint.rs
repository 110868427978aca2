//! Unique, check and exclusion constraints (`django/db/models/constraints.py`,
//! `django/contrib/postgres/constraints.py`, `_unique_sql`, `_check_sql`; 3.2 to 6.1).

use std::fmt::Write as _;
use std::sync::Arc;

use super::editor::{Done, Editor};
use super::error::Unrenderable;
use super::index::{call_of, given, is_class, strings, text};
use super::model::{Apps, Model};
use super::statement::{Constraint, ConstraintKind, Deferrable, IndexColumn, IndexColumns, Name, Statement};
use crate::database::Vendor;
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

/// The parts of a `UniqueConstraint`.
struct Unique<'a> {
    name: String,
    fields: Vec<Arc<str>>,
    expressions: &'a [Value],
    condition: Option<&'a Value>,
    deferrable: Option<Deferrable>,
    include: Vec<Arc<str>>,
    opclasses: Vec<Arc<str>>,
    nulls_distinct: Option<bool>,
}

impl Unique<'_> {
    fn read(call: &Call) -> Unique<'_> {
        let deferrable = given(call, "deferrable").map(|value| {
            let name = match value {
                Value::Enum(member) => member.name.to_string(),
                Value::Ref(path) => path.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            let name = name.to_ascii_uppercase();
            if name.ends_with("DEFERRED") { Deferrable::Deferred } else { Deferrable::Immediate }
        });
        Unique {
            name: text(call, "name").unwrap_or_default(),
            fields: strings(call.kwarg("fields")),
            expressions: &call.args,
            condition: given(call, "condition"),
            deferrable,
            include: strings(call.kwarg("include")),
            opclasses: strings(call.kwarg("opclasses")),
            nulls_distinct: call.kwarg("nulls_distinct").and_then(Value::as_bool),
        }
    }

    /// Whether it becomes an index rather than a constraint.
    fn is_index(&self) -> bool {
        self.condition.is_some()
            || !self.include.is_empty()
            || !self.opclasses.is_empty()
            || !self.expressions.is_empty()
    }
}

impl Editor<'_> {
    /// `_unique_supported`
    fn unique_supported(&self, unique: &Unique<'_>) -> bool {
        let deferrable = matches!(self.vendor(), Vendor::PostgreSql | Vendor::Oracle);
        let nulls = self.is(Vendor::PostgreSql) && self.context.dialect.at_least(15, 0, 0);
        (unique.condition.is_none() || self.supports_partial_indexes())
            && (unique.deferrable.is_none() || deferrable)
            && (unique.include.is_empty() || self.is(Vendor::PostgreSql))
            && (unique.expressions.is_empty() || self.supports_expression_indexes())
            && (unique.nulls_distinct.is_none() || nulls)
    }

    /// `_create_unique_sql` of a constraint.
    fn create_unique(
        &self,
        apps: &Apps<'_>,
        model: &Model,
        unique: &Unique<'_>,
    ) -> Result<Option<Statement>, Unrenderable> {
        if !self.unique_supported(unique) {
            return Ok(None);
        }
        let mut columns = Vec::new();
        for (at, name) in unique.fields.iter().enumerate() {
            columns.push(IndexColumn {
                name: apps.field_of(model, name)?.column_name().to_owned(),
                opclass: unique
                    .opclasses
                    .get(at)
                    .filter(|_| self.is(Vendor::PostgreSql))
                    .map(ToString::to_string),
                descending: false,
            });
        }
        let name = Name::Given(unique.name.clone());
        if !unique.is_index() {
            return Ok(Some(Statement::AddConstraint {
                table: model.db_table.clone(),
                constraint: Constraint::Unique {
                    name,
                    columns,
                    deferrable: unique.deferrable,
                    nulls_distinct: unique.nulls_distinct,
                },
                not_valid: false,
            }));
        }
        let mut create = Self::plain_index(model, columns, "");
        create.name = name;
        create.unique = true;
        if unique.fields.is_empty() {
            create.columns = IndexColumns::Expressions(self.index_expressions(model, unique.expressions)?);
        }
        create.condition = self.condition(model, unique.condition)?;
        create.include = self.include(apps, model, &unique.include)?;
        create.nulls_distinct = unique.nulls_distinct;
        Ok(Some(Statement::CreateIndex(create)))
    }

    /// `constraint_sql`: within `CREATE TABLE`, or deferred where only an index can do it.
    pub(crate) fn inline_constraint(
        &mut self,
        apps: &Apps<'_>,
        model: &Model,
        constraint: &Value,
    ) -> Result<Option<Constraint>, Unrenderable> {
        let call = call_of(constraint, "constraint")?;
        if !is_class(call, "UniqueConstraint") {
            return self.other_constraint(model, call);
        }
        let unique = Unique::read(call);
        let Some(statement) = self.create_unique(apps, model, &unique)? else { return Ok(None) };
        if unique.is_index() || unique.nulls_distinct.is_some() {
            self.defer(statement);
            return Ok(None);
        }
        match statement {
            Statement::AddConstraint { constraint, .. } => Ok(Some(constraint)),
            _ => Ok(None),
        }
    }

    fn other_constraint(&self, model: &Model, call: &Call) -> Result<Option<Constraint>, Unrenderable> {
        let name = text(call, "name").unwrap_or_default();
        if is_class(call, "CheckConstraint") {
            let supported = match self.vendor() {
                Vendor::MySql => self.context.dialect.at_least(8, 0, 16),
                Vendor::MariaDb => self.context.dialect.at_least(10, 2, 1),
                _ => true,
            };
            let check = given(call, "condition").or_else(|| given(call, "check"));
            let check =
                check.ok_or_else(|| Unrenderable::new(format!("the check {name} has no condition")))?;
            let expression = self.where_sql(model, check)?;
            return Ok(supported.then_some(Constraint::Check { name, expression }));
        }
        if is_class(call, "ExclusionConstraint") {
            let body = self.exclusion(model, call)?;
            return Ok(Some(Constraint::Exclude { name, body }));
        }
        Err(Unrenderable::new(format!("what SQL {} makes is not known", call.path)))
    }

    /// `ExclusionConstraint.constraint_sql`
    fn exclusion(&self, model: &Model, call: &Call) -> Result<String, Unrenderable> {
        let method = text(call, "index_type").unwrap_or_else(|| "GIST".to_owned());
        let opclasses = strings(call.kwarg("opclasses"));
        let mut parts = Vec::new();
        for (at, pair) in
            call.kwarg("expressions").and_then(Value::items).unwrap_or_default().iter().enumerate()
        {
            let Some([expression, operator]) = pair.items() else {
                return Err(Unrenderable::new("an exclusion's expressions are not known"));
            };
            let mut sql = self.exclusion_expression(model, expression)?;
            if let Some(opclass) = opclasses.get(at) {
                sql = format!("{sql} {opclass}");
            }
            let operator =
                operator.as_str().ok_or_else(|| Unrenderable::new("an exclusion's operator is not known"))?;
            parts.push(format!("{sql} WITH {operator}"));
        }
        let mut body = format!("EXCLUDE USING {method} ({})", parts.join(", "));
        let include = strings(call.kwarg("include"));
        if !include.is_empty() {
            let mut columns = Vec::new();
            for name in &include {
                let column = model.field(name).map(|field| self.quote(field.column_name()));
                columns.push(column.ok_or_else(|| Unrenderable::new(format!("there is no field {name}")))?);
            }
            let _ = write!(body, " INCLUDE ({})", columns.join(", "));
        }
        if let Some(condition) = given(call, "condition") {
            let _ = write!(body, " WHERE ({})", self.where_sql(model, condition)?);
        }
        body += match Unique::read(call).deferrable {
            Some(Deferrable::Deferred) => " DEFERRABLE INITIALLY DEFERRED",
            Some(Deferrable::Immediate) => " DEFERRABLE INITIALLY IMMEDIATE",
            None => "",
        };
        Ok(body)
    }

    /// `create_sql` of a constraint.
    pub(crate) fn create_constraint(
        &self,
        apps: &Apps<'_>,
        model: &Model,
        constraint: &Value,
    ) -> Result<Option<Statement>, Unrenderable> {
        let call = call_of(constraint, "constraint")?;
        if is_class(call, "UniqueConstraint") {
            return self.create_unique(apps, model, &Unique::read(call));
        }
        let constraint = self.other_constraint(model, call)?;
        let table = model.db_table.clone();
        Ok(constraint.map(|constraint| Statement::AddConstraint { table, constraint, not_valid: false }))
    }

    /// Whether SQLite can add and drop it without making the table anew.
    fn is_index_on_sqlite(&self, constraint: &Value) -> bool {
        let Some(call) = constraint.as_call().filter(|call| is_class(call, "UniqueConstraint")) else {
            return false;
        };
        let unique = Unique::read(call);
        let newer = self.context.version >= DjangoVersion::V4_0;
        unique.condition.is_some()
            || newer
                && (!unique.expressions.is_empty()
                    || !unique.include.is_empty()
                    || unique.deferrable.is_some())
    }

    /// `add_constraint`
    pub fn add_constraint(
        &mut self,
        apps: &Apps<'_>,
        model: &Model,
        constraint: &Value,
        not_valid: bool,
    ) -> Done {
        // `AddConstraintNotValid` writes its statement itself, on whichever database it runs.
        if self.is(Vendor::Sqlite) && !not_valid && !self.is_index_on_sqlite(constraint) {
            return self.remake_table(apps, model, &super::sqlite::Change::default());
        }
        match self.create_constraint(apps, model, constraint)? {
            Some(Statement::AddConstraint { table, constraint, .. }) => {
                self.execute(Statement::AddConstraint { table, constraint, not_valid });
            }
            Some(statement) => self.execute(statement),
            None => {}
        }
        Ok(())
    }

    /// `remove_constraint`
    pub fn remove_constraint(&mut self, apps: &Apps<'_>, model: &Model, constraint: &Value) -> Done {
        if self.is(Vendor::Sqlite) && !self.is_index_on_sqlite(constraint) {
            return self.remake_table(apps, model, &super::sqlite::Change::default());
        }
        let call = call_of(constraint, "constraint")?;
        let name = text(call, "name").unwrap_or_default();
        let kind = match call.name() {
            "UniqueConstraint" => {
                let unique = Unique::read(call);
                if !self.unique_supported(&unique) {
                    return Ok(());
                }
                if unique.is_index() {
                    self.drop_index(model, &name, false);
                    return Ok(());
                }
                ConstraintKind::Unique
            }
            "ExclusionConstraint" => ConstraintKind::Exclude,
            "CheckConstraint" if self.create_constraint(apps, model, constraint)?.is_none() => return Ok(()),
            "CheckConstraint" => ConstraintKind::Check,
            _ => return Err(Unrenderable::new(format!("what SQL {} makes is not known", call.path))),
        };
        let if_exists = kind == ConstraintKind::Check && self.is(Vendor::MariaDb);
        self.execute(Statement::DropConstraint { table: model.db_table.clone(), name, kind, if_exists });
        Ok(())
    }
}
