//! Conditions and expressions as SQL: `Q`, `F`, `Value`, functions, lookups
//! (`django/db/models/{expressions,lookups,query_utils}.py`, `django/db/models/sql/{query,where}.py`,
//! `django/db/models/functions/`; 3.2 to 6.1). A class that is not known gives no SQL.

use super::editor::Editor;
use super::error::Unrenderable;
use super::model::{Model, SchemaField};
use super::value::DbValue;
use crate::database::Vendor;
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

/// Expressions lie this deep within each other at most.
const DEPTH_LIMIT: usize = 64;

/// Django's functions that are `NAME(arguments)` on every database.
const FUNCTIONS: &[(&str, &str)] = &[
    ("Lower", "LOWER"),
    ("Upper", "UPPER"),
    ("Length", "LENGTH"),
    ("Coalesce", "COALESCE"),
    ("Abs", "ABS"),
    ("Trim", "TRIM"),
    ("LTrim", "LTRIM"),
    ("RTrim", "RTRIM"),
    ("Replace", "REPLACE"),
    ("Reverse", "REVERSE"),
    ("Floor", "FLOOR"),
    ("Sqrt", "SQRT"),
    ("Exp", "EXP"),
    ("Ln", "LN"),
    ("Sign", "SIGN"),
    ("NullIf", "NULLIF"),
    ("Power", "POWER"),
    ("Repeat", "REPEAT"),
];

/// A `WhereNode`, its leaves already SQL.
#[derive(Debug, PartialEq)]
enum Where {
    Leaf(String),
    Node { connector: String, negated: bool, children: Vec<Where> },
}

impl Where {
    fn node(connector: &str, negated: bool) -> Self {
        Self::Node { connector: connector.to_owned(), negated, children: Vec::new() }
    }

    /// `Node.add`: one of the same connector, or with one child, is taken apart.
    fn add(&mut self, child: Where) {
        let Self::Node { connector, children, .. } = self else { return };
        match child {
            Self::Node { connector: other, negated: false, children: inner }
                if other == *connector || inner.len() == 1 =>
            {
                children.extend(inner);
            }
            child => children.push(child),
        }
    }

    /// `WhereNode.as_sql`
    fn sql(&self) -> String {
        match self {
            Self::Leaf(sql) => sql.clone(),
            Self::Node { connector, negated, children } => {
                let parts: Vec<_> = children.iter().map(Self::sql).filter(|part| !part.is_empty()).collect();
                let joined = parts.join(&format!(" {connector} "));
                if joined.is_empty() {
                    joined
                } else if *negated {
                    format!("NOT ({joined})")
                } else if parts.len() > 1 {
                    format!("({joined})")
                } else {
                    joined
                }
            }
        }
    }
}

fn unknown(what: &str) -> Unrenderable {
    Unrenderable::new(format!("what SQL {what} makes is not known"))
}

fn is_django(call: &Call) -> bool {
    call.path.starts_with("django.")
}

fn is_q(value: &Value) -> Option<&Call> {
    value.as_call().filter(|call| is_django(call) && call.name() == "Q")
}

/// The call of a value that is an expression rather than a plain object.
fn is_expression(value: &Value) -> Option<&Call> {
    value.as_call().filter(|call| {
        !matches!(call.path.as_ref(), "decimal.Decimal" | "uuid.UUID" | "float")
            && !call.path.starts_with("datetime.")
    })
}

impl Editor<'_> {
    /// The SQL of a condition: of an index, a constraint.
    pub(crate) fn where_sql(&self, model: &Model, condition: &Value) -> Result<String, Unrenderable> {
        if let Some(unknown) = condition.find_unknown() {
            return Err(Unrenderable::new(format!("a condition is not known: {}", unknown.reason)));
        }
        let sql = match is_q(condition) {
            Some(q) => self.q(model, q, false, 0)?.sql(),
            None => self.expression(Some(model), condition, 0)?,
        };
        if sql.is_empty() { Err(unknown("an empty condition")) } else { Ok(sql) }
    }

    /// `_add_q`
    fn q(&self, model: &Model, q: &Call, negated: bool, depth: usize) -> Result<Where, Unrenderable> {
        if depth > DEPTH_LIMIT {
            return Err(unknown("a condition as deep as this"));
        }
        let connector = q.kwarg("_connector").and_then(Value::as_str).unwrap_or("AND");
        let own = q.kwarg("_negated").and_then(Value::truth).unwrap_or(false);
        let negated = negated ^ own;
        let mut node = Where::node(connector, own);
        for child in &q.args {
            let added = match (is_q(child), child.items()) {
                (Some(inner), _) => self.q(model, inner, negated, depth + 1)?,
                (None, Some([name, value])) => {
                    let name = name.as_str().ok_or_else(|| unknown("a condition"))?;
                    self.filter(model, name, value, negated, depth + 1)?
                }
                (None, _) => {
                    let mut alone = Where::node("AND", false);
                    alone.add(Where::Leaf(self.expression(Some(model), child, depth + 1)?));
                    alone
                }
            };
            node.add(added);
        }
        let mut named: Vec<_> = q.kwargs.iter().filter(|(name, _)| !name.starts_with('_')).collect();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, value) in named {
            node.add(self.filter(model, name, value, negated, depth + 1)?);
        }
        Ok(node)
    }

    /// `build_filter` of one lookup.
    fn filter(
        &self,
        model: &Model,
        lookup: &str,
        value: &Value,
        negated: bool,
        depth: usize,
    ) -> Result<Where, Unrenderable> {
        let mut parts: Vec<&str> = lookup.split("__").collect();
        let name = if parts.is_empty() { "" } else { parts.remove(0) };
        let field = if name == "pk" { model.pk() } else { model.field(name) };
        let field = field.ok_or_else(|| unknown(&format!("the lookup {lookup}")))?;
        let kind = match parts.as_slice() {
            [] => "exact",
            [kind] => kind,
            _ => return Err(unknown(&format!("the lookup {lookup}"))),
        };
        let column = self.quote(field.column_name());
        let null_test =
            |is_null: bool| Where::Leaf(format!("{column} IS {}NULL", if is_null { "" } else { "NOT " }));
        let mut node = Where::node("AND", false);
        // `Query.build_lookup`: Oracle has no empty text (`interprets_empty_strings_as_nulls`).
        let empty = self.is(Vendor::Oracle) && value.as_str() == Some("");
        if kind == "isnull" || (kind == "exact" && (empty || matches!(value, Value::None))) {
            let is_null = kind == "exact" || value.truth().ok_or_else(|| unknown("isnull"))?;
            node.add(null_test(is_null));
            return Ok(node);
        }
        node.add(Where::Leaf(self.lookup(model, field, kind, value, depth)?));
        if negated
            && (field.null() || self.is(Vendor::Oracle) && super::default::empty_strings_allowed(field))
        {
            node.add(null_test(false));
        }
        Ok(node)
    }

    fn lookup(
        &self,
        model: &Model,
        field: &SchemaField,
        kind: &str,
        value: &Value,
        depth: usize,
    ) -> Result<String, Unrenderable> {
        let column = self.quote(field.column_name());
        let right = |value: &Value| self.right_side(model, field, value, depth);
        let boolean = super::column::internal_type(&field.field).as_deref() == Some("BooleanField");
        match kind {
            "exact" if boolean && self.conditional_column() && value.as_bool().is_some() => {
                Ok(if value.as_bool() == Some(true) { column } else { format!("NOT {column}") })
            }
            "exact" => Ok(format!("{column} = {}", right(value)?)),
            "gt" => Ok(format!("{column} > {}", right(value)?)),
            "gte" => Ok(format!("{column} >= {}", right(value)?)),
            "lt" => Ok(format!("{column} < {}", right(value)?)),
            "lte" => Ok(format!("{column} <= {}", right(value)?)),
            "in" => {
                let items = value.items().ok_or_else(|| unknown("a lookup in what is no list"))?;
                let mut sql: Vec<String> = Vec::new();
                for item in items.iter().filter(|item| !matches!(item, Value::None)) {
                    let item = right(item)?;
                    if !sql.contains(&item) {
                        sql.push(item);
                    }
                }
                if sql.is_empty() {
                    return Err(unknown("a lookup in an empty list"));
                }
                Ok(format!("{column} IN ({})", sql.join(", ")))
            }
            "range" => match value.items() {
                Some([from, to]) => Ok(format!("{column} BETWEEN {} AND {}", right(from)?, right(to)?)),
                _ => Err(unknown("a range of other than two")),
            },
            _ => self.text_lookup(
                &column,
                kind,
                value.as_str().ok_or_else(|| unknown(&format!("the lookup {kind}")))?,
            ),
        }
    }

    /// `conditional_expression_supported_in_where_clause` of a column: whether `flag` alone will do.
    fn conditional_column(&self) -> bool {
        match self.vendor() {
            Vendor::PostgreSql => true,
            Vendor::Sqlite => self.context.version < DjangoVersion::V6_1,
            Vendor::MySql | Vendor::MariaDb => self.context.version < DjangoVersion::V4_0,
            Vendor::Oracle => false,
        }
    }

    /// Until 4.2 the signs for placeholders stayed doubled in conditions.
    fn quote_in_condition(&self, value: &DbValue) -> String {
        let doubled = self.context.version < DjangoVersion::V5_0
            && (self.is(Vendor::PostgreSql) || self.vendor().is_mysql());
        match value {
            DbValue::Str(text) if doubled => self.context.quote_value(&DbValue::Str(text.replace('%', "%%"))),
            other => self.context.quote_value(other),
        }
    }

    /// Lookups by pattern.
    fn text_lookup(&self, column: &str, kind: &str, text: &str) -> Result<String, Unrenderable> {
        let escaped = || text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let quote = |text: String| self.quote_in_condition(&DbValue::Str(text));
        let (base, insensitive) = match kind.strip_prefix('i') {
            Some(base @ ("exact" | "contains" | "startswith" | "endswith" | "regex")) => (base, true),
            _ => (kind, false),
        };
        let pattern = match base {
            "contains" => format!("%{}%", escaped()),
            "startswith" => format!("{}%", escaped()),
            "endswith" => format!("%{}", escaped()),
            "exact" | "regex" => text.to_owned(),
            _ => return Err(unknown(&format!("the lookup {kind}"))),
        };
        match (self.vendor(), base, insensitive) {
            (Vendor::PostgreSql, "regex", insensitive) => {
                Ok(format!("{column}::text ~{} {}", if insensitive { "*" } else { "" }, quote(pattern)))
            }
            (Vendor::PostgreSql, "exact", _) => {
                Ok(format!("UPPER({column}::text) = UPPER({})", quote(pattern)))
            }
            (Vendor::PostgreSql, _, true) => {
                Ok(format!("UPPER({column}::text) LIKE UPPER({})", quote(pattern)))
            }
            (Vendor::PostgreSql, _, false) => Ok(format!("{column}::text LIKE {}", quote(pattern))),
            (Vendor::Sqlite, "regex", false) => Ok(format!("{column} REGEXP {}", quote(pattern))),
            (Vendor::Sqlite, "regex", true) => Ok(format!("{column} REGEXP '(?i)' || {}", quote(pattern))),
            (Vendor::Sqlite, ..) => Ok(format!("{column} LIKE {} ESCAPE '\\'", quote(pattern))),
            (Vendor::MySql | Vendor::MariaDb, "contains" | "startswith" | "endswith", false) => {
                Ok(format!("{column} LIKE BINARY {}", quote(pattern)))
            }
            (Vendor::MySql | Vendor::MariaDb, "exact" | "contains" | "startswith" | "endswith", true) => {
                Ok(format!("{column} LIKE {}", quote(pattern)))
            }
            (Vendor::MySql, "regex", insensitive) => {
                let mode = if insensitive { 'i' } else { 'c' };
                Ok(format!("REGEXP_LIKE({column}, {}, '{mode}')", quote(pattern)))
            }
            _ => Err(unknown(&format!("the lookup {kind}"))),
        }
    }

    /// The right side of a lookup: an expression in parentheses, or a value prepared by the field.
    fn right_side(
        &self,
        model: &Model,
        field: &SchemaField,
        value: &Value,
        depth: usize,
    ) -> Result<String, Unrenderable> {
        let Some(call) = is_expression(value) else {
            return Ok(self.quote_in_condition(&self.context.db_prep_lookup(field, value)?));
        };
        let sql = self.expression(Some(model), value, depth + 1)?;
        let bare =
            call.name() == "Value" || sql.starts_with('(') || self.context.version < DjangoVersion::V4_0;
        Ok(if bare { sql } else { format!("({sql})") })
    }

    /// The SQL of a generated column.
    pub(crate) fn expression_sql(&self, model: &Model, expression: &Value) -> Result<String, Unrenderable> {
        self.expression(Some(model), expression, 0)
    }

    /// The SQL of an expression that names no column: a `db_default`.
    pub(crate) fn bare_expression(&self, expression: &Value) -> Result<String, Unrenderable> {
        self.expression(None, expression, 0)
    }

    fn column_of(&self, model: Option<&Model>, name: &str) -> Result<String, Unrenderable> {
        let field = model.and_then(|model| if name == "pk" { model.pk() } else { model.field(name) });
        let field = field.ok_or_else(|| unknown(&format!("F(\"{name}\")")))?;
        Ok(self.quote(field.column_name()))
    }

    fn expression(&self, model: Option<&Model>, value: &Value, depth: usize) -> Result<String, Unrenderable> {
        if depth > DEPTH_LIMIT {
            return Err(unknown("an expression as deep as this"));
        }
        let Some(call) = is_expression(value) else { return self.literal(value) };
        if !is_django(call) {
            return Err(unknown(&call.path));
        }
        let argument = |at: usize, name: &str| call.args.get(at).or_else(|| call.kwarg(name));
        let inner = |value: &Value| self.expression(model, value, depth + 1);
        // A string among the arguments of a function is the name of a field.
        let source = |value: &Value| match value {
            Value::Str(name) => self.column_of(model, name),
            other => inner(other),
        };
        let missing = || unknown(&call.path);
        match call.name() {
            "F" => {
                let name = argument(0, "name").and_then(Value::as_str).ok_or_else(missing)?;
                self.column_of(model, name)
            }
            "Value" => self.literal(argument(0, "value").ok_or_else(missing)?),
            "Q" => match model {
                Some(model) => Ok(self.q(model, call, false, depth + 1)?.sql()),
                None => Err(missing()),
            },
            "ExpressionWrapper" => inner(argument(0, "expression").ok_or_else(missing)?),
            "CombinedExpression" => {
                let [left, connector, right] = call.args.as_slice() else { return Err(missing()) };
                let connector = connector.as_str().ok_or_else(missing)?;
                match connector {
                    "+" | "-" | "*" | "/" => Ok(format!("({} {connector} {})", inner(left)?, inner(right)?)),
                    _ => Err(missing()),
                }
            }
            "RawSQL" => match (argument(0, "sql"), argument(1, "params").and_then(Value::items)) {
                (Some(Value::Str(sql)), None | Some([])) => Ok(format!("({sql})")),
                _ => Err(missing()),
            },
            "OrderBy" => self.order_by(call, &source(argument(0, "expression").ok_or_else(missing)?)?),
            "Collate" => {
                let collation = argument(1, "collation").and_then(Value::as_str).ok_or_else(missing)?;
                let expression = source(argument(0, "expression").ok_or_else(missing)?)?;
                Ok(format!("{expression} COLLATE {}", self.quote(collation)))
            }
            "Now" => Ok(match self.vendor() {
                Vendor::PostgreSql => "STATEMENT_TIMESTAMP()".to_owned(),
                Vendor::MySql | Vendor::MariaDb => "CURRENT_TIMESTAMP(6)".to_owned(),
                Vendor::Sqlite if self.context.version >= DjangoVersion::V4_2 => {
                    "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')".to_owned()
                }
                Vendor::Oracle if self.context.version >= DjangoVersion::V5_0 => "LOCALTIMESTAMP".to_owned(),
                _ => "CURRENT_TIMESTAMP".to_owned(),
            }),
            "Random" => Ok(match self.vendor() {
                Vendor::PostgreSql => "RANDOM()",
                Vendor::Sqlite | Vendor::MySql | Vendor::MariaDb => "RAND()",
                Vendor::Oracle => "DBMS_RANDOM.VALUE()",
            }
            .to_owned()),
            "RandomUUID" => Ok("GEN_RANDOM_UUID()".to_owned()),
            "UUID4" | "UUID7" if self.is(Vendor::PostgreSql) => {
                Ok(if call.name() == "UUID4" { "GEN_RANDOM_UUID()" } else { "UUIDV7()" }.to_owned())
            }
            name => {
                let known = FUNCTIONS.iter().find(|(class, _)| *class == name);
                let (_, function) = known.ok_or_else(missing)?;
                let function = match (*function, self.vendor()) {
                    ("LENGTH", vendor) if vendor.is_mysql() => "CHAR_LENGTH",
                    (function, _) => function,
                };
                let sources = call.args.iter().map(source).collect::<Result<Vec<_>, _>>()?;
                Ok(format!("{function}({})", sources.join(", ")))
            }
        }
    }

    fn order_by(&self, call: &Call, expression: &str) -> Result<String, Unrenderable> {
        let flag = |name: &str| call.kwarg(name).and_then(Value::truth).unwrap_or(false);
        let ordering = if flag("descending") { "DESC" } else { "ASC" };
        let (first, last) = (flag("nulls_first"), flag("nulls_last"));
        if (first || last) && self.vendor().is_mysql() {
            return Err(unknown("NULLS FIRST on this database"));
        }
        let nulls = if first {
            " NULLS FIRST"
        } else if last {
            " NULLS LAST"
        } else {
            ""
        };
        Ok(format!("{expression} {ordering}{nulls}"))
    }

    /// A value without a field: quoted by its own kind.
    fn literal(&self, value: &Value) -> Result<String, Unrenderable> {
        let value = match value {
            Value::None => DbValue::Null,
            Value::Bool(value) => DbValue::Bool(*value),
            Value::Int(value) => DbValue::Int(value.to_string()),
            Value::Float(value) => DbValue::Float(super::convert::python_float(*value)),
            Value::Str(text) => DbValue::Str(text.to_string()),
            Value::Enum(member) => return self.literal(&member.value),
            Value::Call(call) if call.path.as_ref() == "decimal.Decimal" => {
                let text = call.args.first().and_then(Value::as_str).ok_or_else(|| unknown("a decimal"))?;
                DbValue::Decimal(text.to_owned())
            }
            Value::Unknown(why) => return Err(unknown(&why.reason)),
            _ => return Err(unknown("a value of this kind")),
        };
        Ok(self.context.quote_value(&value))
    }

    /// `IndexExpression`: what is no column stands in parentheses, order and collation around it.
    pub(crate) fn index_expressions(
        &self,
        model: &Model,
        expressions: &[Value],
    ) -> Result<Vec<String>, Unrenderable> {
        expressions.iter().map(|expression| self.index_expression(model, expression, 0)).collect()
    }

    fn index_expression(&self, model: &Model, value: &Value, depth: usize) -> Result<String, Unrenderable> {
        if depth > 4 {
            return Err(unknown("an indexed expression as deep as this"));
        }
        if let Value::Str(name) = value {
            return match name.strip_prefix('-') {
                Some(name) => Ok(format!("{} DESC", self.column_of(Some(model), name)?)),
                None => self.column_of(Some(model), name),
            };
        }
        let wrapped = value.as_call().filter(|call| is_django(call));
        match wrapped.map(Call::name) {
            Some("OrderBy") => {
                let call = wrapped.ok_or_else(|| unknown("an order"))?;
                let inner = call.args.first().or_else(|| call.kwarg("expression"));
                let inner = inner.ok_or_else(|| unknown("an order"))?;
                self.order_by(call, &self.index_expression(model, inner, depth + 1)?)
            }
            Some("Collate") if !self.vendor().is_mysql() => {
                let call = wrapped.ok_or_else(|| unknown("a collation"))?;
                let [inner, collation] = call.args.as_slice() else { return Err(unknown("a collation")) };
                let collation = collation.as_str().ok_or_else(|| unknown("a collation"))?;
                let inner = self.index_expression(model, inner, depth + 1)?;
                Ok(format!("{inner} COLLATE {}", self.quote(collation)))
            }
            Some("F") => self.expression(Some(model), value, 0),
            _ => Ok(format!("({})", self.expression(Some(model), value, 0)?)),
        }
    }

    /// An expression of an exclusion constraint; `OpClass` follows it.
    pub(crate) fn exclusion_expression(&self, model: &Model, value: &Value) -> Result<String, Unrenderable> {
        match value {
            Value::Str(name) => self.column_of(Some(model), name),
            Value::Call(call) if call.name() == "OpClass" && is_django(call) => {
                let [inner, class] = call.args.as_slice() else { return Err(unknown("an operator class")) };
                let class = class.as_str().or_else(|| call.kwarg("name").and_then(Value::as_str));
                let class = class.ok_or_else(|| unknown("an operator class"))?;
                Ok(format!("{} {class}", self.exclusion_expression(model, inner)?))
            }
            Value::Call(call) if call.name() == "F" => self.expression(Some(model), value, 0),
            other => Ok(format!("({})", self.expression(Some(model), other, 0)?)),
        }
    }
}
