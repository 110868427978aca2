//! `RunSQL`, extensions and collations (`django/db/migrations/operations/special.py`,
//! `django/contrib/postgres/operations.py`, 3.2 to 6.1).

use super::editor::{Done, Editor};
use super::error::Unrenderable;
use super::script::split_script;
use super::statement::Statement;
use crate::database::Vendor;
use crate::python::value::Value;

impl Editor<'_> {
    /// `RunSQL._run_sql`
    pub(super) fn run_sql(&mut self, sql: &Value) -> Done {
        if let Some(unknown) = sql.find_unknown() {
            return Err(Unrenderable::new(format!("the SQL is not known: {}", unknown.reason)));
        }
        let Some(items) = sql.items() else {
            let script = sql.as_str().ok_or_else(|| Unrenderable::new("the SQL is no text"))?;
            if script.is_empty() {
                return Ok(());
            }
            if self.is(Vendor::PostgreSql) {
                self.execute(Statement::Raw { sql: script.to_owned() });
                return Ok(());
            }
            for statement in split_script(script) {
                self.execute(Statement::Raw { sql: statement });
            }
            return Ok(());
        };
        for item in items {
            let sql = match item.items() {
                Some([sql, parameters]) => self.with_parameters(sql, parameters)?,
                Some(_) => return Err(Unrenderable::new("an entry of the SQL is no pair")),
                None => item
                    .as_str()
                    .ok_or_else(|| Unrenderable::new("an entry of the SQL is no text"))?
                    .to_owned(),
            };
            self.execute(Statement::Raw { sql });
        }
        Ok(())
    }

    fn with_parameters(&self, sql: &Value, parameters: &Value) -> Result<String, Unrenderable> {
        let sql = sql.as_str().ok_or_else(|| Unrenderable::new("an entry of the SQL is no text"))?;
        let parameters = match parameters {
            Value::None => return Ok(sql.to_owned()),
            other => {
                other.items().ok_or_else(|| Unrenderable::new("the parameters of the SQL are no list"))?
            }
        };
        let mut parameters = parameters.iter();
        let mut result = String::new();
        let mut rest = sql;
        while let Some(at) = rest.find('%') {
            result.push_str(rest.get(..at).unwrap_or_default());
            match rest.get(at + 1..at + 2) {
                Some("%") => result.push('%'),
                Some("s") => {
                    let value =
                        parameters.next().ok_or_else(|| Unrenderable::new("the SQL lacks a parameter"))?;
                    result.push_str(&self.bare_expression(value)?);
                }
                _ => return Err(Unrenderable::new("a placeholder of the SQL is not known")),
            }
            rest = rest.get(at + 2..).unwrap_or_default();
        }
        Ok(result + rest)
    }

    /// `CREATE EXTENSION` or `DROP EXTENSION`.
    pub(super) fn extension(&mut self, name: &str, create: bool) {
        if !self.is(Vendor::PostgreSql) {
            return;
        }
        let name = name.to_owned();
        self.execute(if create {
            Statement::CreateExtension { name }
        } else {
            Statement::DropExtension { name }
        });
    }

    /// `CREATE COLLATION`, or `DROP COLLATION`; `arguments` are `locale`, `provider` and `deterministic`.
    pub(super) fn collation(
        &mut self,
        name: &str,
        arguments: (&Value, &Value, &Value),
        create: bool,
    ) -> Done {
        if !self.is(Vendor::PostgreSql) {
            return Ok(());
        }
        let name = name.to_owned();
        if !create {
            self.execute(Statement::DropCollation { name });
            return Ok(());
        }
        let (locale, provider, deterministic) = arguments;
        let locale = locale.as_str().ok_or_else(|| Unrenderable::new("the locale is not known"))?.to_owned();
        let provider = provider.as_str().unwrap_or("libc").to_owned();
        let deterministic = deterministic.as_bool().unwrap_or(true);
        self.execute(Statement::CreateCollation { name, locale, provider, deterministic });
        Ok(())
    }
}
