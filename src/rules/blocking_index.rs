//! `blocking-index`: an index is built while writes wait.

use super::context::{Storage, is_foreign_key, sql_text};
use super::effects::Side;
use super::snippet::{field_with, python, quoted, sql_literal};
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::operations::OperationKind;
use crate::django::state::ModelState;
use crate::python::value::{Call, Value};
use crate::report::{Aspect, Blocks, Help, LockInfo, Severity};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "blocking-index",
        severity: Severity::Error,
        aspect: Aspect::Locks,
        summary: "an index is built on a table in use without CONCURRENTLY",
        what: "Fires, on PostgreSQL, where an operation builds an index on a table in use: `AddIndex`, a field \
added or altered to have `db_index` or `unique`, a foreign key (Django indexes it), a `SlugField`, a \
`UniqueConstraint`, `unique_together` and `index_together` with a new entry. Silent for `AddIndexConcurrently`, \
for tables that the same migration creates, and on databases that build indexes while writes go on.",
        why: "`CREATE INDEX` takes a SHARE lock: every INSERT, UPDATE and DELETE waits until the index is built, \
which takes as long as the table is big. A unique constraint is built under ACCESS EXCLUSIVE: reads wait, too. \
In an atomic migration the lock is held until the last operation is done.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddIndex(
            model_name=\"order\",
            index=models.Index(fields=[\"created\"], name=\"order_created_idx\"),
        ),
    ]",
        safe_way: "`AddIndexConcurrently` in a migration of its own with `atomic = False`. For a unique \
constraint: build the index concurrently, then `ADD CONSTRAINT … UNIQUE USING INDEX`. For a field: add it without \
the index, then the index concurrently.",
        evidence: "PostgreSQL manual, 13.3 Explicit Locking and CREATE INDEX; Django: \
`BaseDatabaseSchemaEditor._field_should_be_indexed`, `DatabaseSchemaEditor._create_like_index_sql`.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Operation(check),
};

/// What is built, and under which lock.
struct Build {
    /// An index on which column, for people.
    what: String,
    unique: bool,
    help: Help,
}

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    use OperationKind as Kind;
    let (model_name, build) = match &cx.operation().kind {
        Kind::AddIndex { model_name, index, concurrently: false } => {
            (model_name, Some(index_added(cx, model_name, index)))
        }
        Kind::AddField { model_name, name, field, .. } => {
            (model_name, field_added(cx, model_name, name, field))
        }
        Kind::AlterField { model_name, name, field, .. } => {
            (model_name, field_altered(cx, model_name, name, field))
        }
        Kind::AddConstraint { model_name, constraint, .. } => {
            (model_name, constraint_added(cx, model_name, constraint))
        }
        Kind::AlterUniqueTogether { name, .. } => (name, together(cx, name, "unique_together")),
        Kind::AlterIndexTogether { name, .. } => (name, together(cx, name, "index_together")),
        _ => return,
    };
    if cx.effect.side == Side::State || !cx.touches_table_in_use(model_name) {
        return;
    }
    let (Some(build), Some(model)) = (build, cx.before(model_name)) else { return };
    let table = cx.table(model);
    let shown = table.as_deref().unwrap_or(&model.name);
    let (mode, blocks, waits) = if build.unique {
        ("ACCESS EXCLUSIVE", Blocks::Reads, "reads and writes")
    } else {
        ("SHARE", Blocks::Writes, "writes")
    };
    let message = format!(
        "{} is built on table `{shown}` under a {mode} lock: {waits} wait until it is done",
        build.what
    );
    let lock = LockInfo { mode: mode.to_owned(), blocks, rewrites: false, scans: true };
    sink.report(cx.finding(&RULE.info, message).table(table).lock(Some(lock)).help(build.help));
}

fn index_added(cx: &OperationContext<'_>, model: &str, index: &Value) -> Build {
    let call = index.as_call();
    let name = call.and_then(|call| call.kwarg("name")).and_then(Value::as_str).unwrap_or_default();
    let what = if name.is_empty() { "an index".to_owned() } else { format!("index `{name}`") };
    // An index that is dropped again, or built by hand beside it, needs no advice.
    let model = quoted(&model.to_lowercase());
    let code = format!("AddIndexConcurrently(\n    model_name={model},\n    index={},\n),", python(index));
    let alone = if cx.migration.migration.operations.len() > 1 { ", in a migration of its own" } else { "" };
    Build { what, unique: false, help: concurrently(alone, &code) }
}

fn field_added(cx: &OperationContext<'_>, model_name: &str, name: &str, field: &Field) -> Option<Build> {
    let model = cx.before(model_name)?;
    let Storage::Column(column) = cx.storage(model, name, field) else { return None };
    let index = Indexed::of(field)?;
    Some(field_build(cx, model_name, name, &column, field, index))
}

fn field_altered(cx: &OperationContext<'_>, model_name: &str, name: &str, field: &Field) -> Option<Build> {
    let model = cx.before(model_name)?;
    let old = model.fields.get(name)?;
    let Storage::Column(column) = cx.storage(model, name, field) else { return None };
    let index = Indexed::of(field)?;
    // A class whose defaults are not known may have been indexed before.
    let had = Indexed::of(old);
    if had == Some(index) || old.class.base.is_none() || (index == Indexed::Plain && had.is_some()) {
        return None;
    }
    Some(field_build(cx, model_name, name, &column, field, index))
}

fn constraint_added(cx: &OperationContext<'_>, model_name: &str, constraint: &Value) -> Option<Build> {
    let call = constraint.as_call().filter(|call| call.name() == "UniqueConstraint")?;
    let model = cx.before(model_name)?;
    let name = call.kwarg("name").and_then(Value::as_str)?;
    if uses_existing_index(cx, name) {
        return None;
    }
    // With a condition, expressions, included columns or operator classes it is an index, built
    // under SHARE; plain, it is a constraint.
    let is_index =
        ["condition", "include", "opclasses"].iter().any(|key| call.kwarg(key).is_some_and(is_set))
            || !call.args.is_empty();
    let help = unique_constraint_help(cx, model, model_name, call, name, is_index);
    Some(Build { what: format!("the index of unique constraint `{name}`"), unique: !is_index, help })
}

fn is_set(value: &Value) -> bool {
    value.truth() != Some(false)
}

/// `ADD CONSTRAINT … USING INDEX` beside it in the same migration.
fn uses_existing_index(cx: &OperationContext<'_>, name: &str) -> bool {
    cx.migration.effects.iter().any(|effect| match &effect.operation.kind {
        OperationKind::RunSql(run) => sql_text(&run.sql)
            .is_some_and(|sql| sql.contains(name) && sql.to_uppercase().contains("USING INDEX")),
        _ => false,
    })
}

fn together(cx: &OperationContext<'_>, model_name: &str, option: &str) -> Option<Build> {
    let (before, after) = (cx.before(model_name)?, cx.after(model_name)?);
    let old = groups(before.option(option))?;
    let new = groups(after.option(option))?;
    let added: Vec<_> = new.into_iter().filter(|group| !old.contains(group)).collect();
    let first = added.first()?;
    let unique = option == "unique_together";
    let columns =
        added.iter().map(|group| format!("`{}`", group.join(", "))).collect::<Vec<_>>().join(" and ");
    let fields = first.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(", ");
    let model = quoted(&model_name.to_lowercase());
    let short: String =
        format!("{}_{}", before.name.to_lowercase(), first.join("_")).chars().take(25).collect();
    let help = if unique {
        let call = Call {
            path: "django.db.models.UniqueConstraint".into(),
            args: Vec::new(),
            kwargs: vec![(
                "fields".into(),
                Value::List(first.iter().map(|field| Value::str(field.as_str())).collect::<Vec<_>>().into()),
            )],
        };
        let name = format!("{short}_uniq");
        unique_constraint_help(cx, before, model_name, &call, &name, false)
    } else {
        let code = format!(
            "AddIndexConcurrently(\n    model_name={model},\n    index=models.Index(fields=[{fields}], name={}),\n),",
            quoted(&format!("{short}_idx"))
        );
        concurrently(" and an entry in `Meta.indexes` instead of `index_together`", &code)
    };
    let what = if unique { "the unique index on" } else { "the index on" };
    Some(Build { what: format!("{what} {columns}"), unique, help })
}

/// The groups of fields of `unique_together` or `index_together`; `None` where one is not known.
fn groups(value: Option<&Value>) -> Option<Vec<Vec<String>>> {
    let Some(value) = value else { return Some(Vec::new()) };
    if matches!(value, Value::None) {
        return Some(Vec::new());
    }
    let names = |group: &Value| {
        group.items()?.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    value.items()?.iter().map(names).collect()
}

/// Which index Django gives a field by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Indexed {
    Unique,
    Plain,
}

impl Indexed {
    /// `_field_should_be_indexed` and `unique` (`django/db/backends/base/schema.py`); `None` where
    /// there is none or it is not known.
    fn of(field: &Field) -> Option<Self> {
        let flag = |name: &str| field.kwarg(name).map(Value::truth);
        let one_to_one = field.is_a("django.db.models.OneToOneField");
        if one_to_one || flag("unique") == Some(Some(true)) || flag("primary_key") == Some(Some(true)) {
            return Some(Self::Unique);
        }
        if matches!(flag("unique"), Some(None)) {
            return None;
        }
        let by_default = is_foreign_key(field) || field.is_a("django.db.models.SlugField");
        match flag("db_index") {
            None if by_default => Some(Self::Plain),
            Some(Some(true)) => Some(Self::Plain),
            _ => None,
        }
    }
}

fn field_build(
    cx: &OperationContext<'_>,
    model: &str,
    name: &str,
    column: &str,
    field: &Field,
    index: Indexed,
) -> Build {
    let unique = index == Indexed::Unique;
    let (model_name, field_name) = (quoted(&model.to_lowercase()), quoted(name));
    let class = match cx.operation().kind {
        OperationKind::AddField { .. } => "AddField",
        _ => "AlterField",
    };
    let table = cx.before(model).and_then(|model| cx.table(model));
    let table = table.map_or_else(|| "...".to_owned(), |table| Vendor::PostgreSql.quote_name(&table));
    let short: String = format!("{}_{name}", model.to_lowercase()).chars().take(25).collect();
    let help = if unique {
        let plain = field_with(field, &[], &["unique"]);
        let text = "Leave `unique` out at first. Build a unique index concurrently with `RunSQL`, make it a constraint, and set `unique` \
in the state alone.";
        let unique = Unique {
            table: table.clone(),
            name: format!("{short}_uniq"),
            columns: Vendor::PostgreSql.quote_name(column),
            deferrable: "",
        };
        let state = format!(
            "migrations.AlterField(\n    model_name={model_name},\n    name={field_name},\n    field={},\n),",
            field_with(field, &[], &[])
        );
        Help::text(text)
            .python(
                "first",
                format!("migrations.{class}(\n    model_name={model_name},\n    name={field_name},\n    field={plain},\n),"),
            )
            .python("then, in a migration of its own", unique.migration(&state))
    } else {
        let by_default = is_foreign_key(field) || field.is_a("django.db.models.SlugField");
        let bare = if by_default {
            field_with(field, &[("db_index", Value::Bool(false))], &[])
        } else {
            field_with(field, &[], &["db_index"])
        };
        let code = format!(
            "AddIndexConcurrently(\n    model_name={model_name},\n    index=models.Index(fields=[{field_name}], \
name={}),\n),",
            quoted(&format!("{short}_idx"))
        );
        let first = format!(
            "migrations.{class}(\n    model_name={model_name},\n    name={field_name},\n    field={bare},\n),"
        );
        Help::text(
            "Leave the field's own index out and build one concurrently, named in `Meta.indexes`.",
        )
        .python("the field, without its index", first)
        .python(
            "then, in a migration of its own",
            format!(
                "from django.contrib.postgres.operations import AddIndexConcurrently\n\natomic = False\noperations = \
[\n{}\n]",
                indent(&code)
            ),
        )
    };
    let what = if unique { "the unique index of" } else { "the index of" };
    Build { what: format!("{what} column `{column}`"), unique, help }
}

fn unique_constraint_help(
    cx: &OperationContext<'_>,
    model: &ModelState,
    model_name: &str,
    call: &Call,
    name: &str,
    is_index: bool,
) -> Help {
    let table =
        cx.table(model).map_or_else(|| "...".to_owned(), |table| Vendor::PostgreSql.quote_name(&table));
    let columns = |key: &str| {
        let column = |field: &Value| {
            let name = field.as_str()?;
            match cx.storage(model, name, model.fields.get(name)?) {
                Storage::Column(column) => Some(Vendor::PostgreSql.quote_name(&column)),
                _ => None,
            }
        };
        let fields = call.kwarg(key).filter(|fields| is_set(fields)).and_then(Value::items)?;
        Some(fields.iter().map(column).collect::<Option<Vec<_>>>()?.join(", "))
    };
    let mut named = call.clone();
    if call.kwarg("name").is_none() {
        named.kwargs.push(("name".into(), Value::str(name)));
    }
    let model_name = quoted(&model_name.to_lowercase());
    let state = format!(
        "migrations.AddConstraint(\n    model_name={model_name},\n    constraint={},\n),",
        python(&Value::Call(named.into()))
    );
    let plain = !is_index && matches!(call.kwarg("nulls_distinct"), None | Some(Value::None));
    match columns("fields") {
        Some(columns) if plain => {
            let deferrable = call.kwarg("deferrable").and_then(deferrable).unwrap_or_default();
            let unique = Unique { table, name: name.to_owned(), columns, deferrable };
            Help::text("Build the unique index concurrently, then turn it into the constraint, which takes a moment.")
                .python("instead, in a migration of its own", unique.migration(&state))
        }
        // A condition or an expression is SQL that Django writes.
        _ => {
            let key = &cx.migration.migration.key;
            let index = Vendor::PostgreSql.quote_name(name);
            let code = format!(
                "atomic = False\noperations = [\n    migrations.SeparateDatabaseAndState(\n        database_operations=[\n            \
migrations.RunSQL(\n                # that statement, with CONCURRENTLY after CREATE UNIQUE INDEX\n                ...,\n                {},\n            \
),\n        ],\n        state_operations=[\n{}\n        ],\n    ),\n]",
                sql_literal(&format!("DROP INDEX CONCURRENTLY IF EXISTS {index}")),
                indent(&indent(&indent(&state)))
            );
            Help::text(format!(
                "Take the statement that `python manage.py sqlmigrate {} {}` prints and run it concurrently, the \
constraint itself in the state alone.",
                key.app, key.name
            ))
            .python("instead, in a migration of its own", code)
        }
    }
}

/// `deferrable=Deferrable.DEFERRED` as SQL.
fn deferrable(value: &Value) -> Option<&'static str> {
    let name = match value {
        Value::Enum(member) => member.value.as_str()?.to_owned(),
        Value::Ref(path) => path.rsplit('.').next()?.to_lowercase(),
        _ => return None,
    };
    match name.as_str() {
        "deferred" => Some(" DEFERRABLE INITIALLY DEFERRED"),
        "immediate" => Some(" DEFERRABLE INITIALLY IMMEDIATE"),
        _ => None,
    }
}

/// A unique constraint of PostgreSQL, made of an index that is built while writes go on.
struct Unique {
    /// Quoted.
    table: String,
    name: String,
    /// Quoted and joined.
    columns: String,
    /// What follows the constraint.
    deferrable: &'static str,
}

impl Unique {
    /// The migration's attributes, with `state` as what it is in the state.
    fn migration(&self, state: &str) -> String {
        let Self { table, name, columns, deferrable } = self;
        let name = Vendor::PostgreSql.quote_name(name);
        let run = |forwards: String, backwards: String| {
            format!(
                "migrations.RunSQL(\n    {},\n    {},\n),",
                sql_literal(&forwards),
                sql_literal(&backwards)
            )
        };
        let build = run(
            format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns})"),
            format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"),
        );
        let attach = run(
            format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}{deferrable}"),
            format!("ALTER TABLE {table} DROP CONSTRAINT {name}"),
        );
        let inner = |code: &str| indent(&indent(&indent(code)));
        format!(
            "atomic = False\noperations = [\n    migrations.SeparateDatabaseAndState(\n        database_operations=[\n{}\n{}\n        \
],\n        state_operations=[\n{}\n        ],\n    ),\n]",
            inner(&build),
            inner(&attach),
            inner(state)
        )
    }
}

fn concurrently(where_: &str, operation: &str) -> Help {
    let code = format!(
        "from django.contrib.postgres.operations import AddIndexConcurrently\n\natomic = False\noperations = [\n{}\n]",
        indent(operation)
    );
    Help::text(format!("Build it with `AddIndexConcurrently` and `atomic = False`{where_}."))
        .python("instead", code)
}

fn indent(code: &str) -> String {
    code.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_where_writes_wait() {
        assert_eq!(fired(vec![index(false)]), ["blocking-index"]);
        assert!(fired(vec![index(true)]).is_empty());
        let nullable = |class: &str, more: &[(&str, Value)]| {
            let mut kwargs = vec![("null", Value::Bool(true))];
            kwargs.extend_from_slice(more);
            field(class, &kwargs)
        };
        let to = ("to", Value::str("shop.tag"));
        assert_eq!(fired(vec![add("tag", nullable("ForeignKey", std::slice::from_ref(&to)))]), ["blocking-index"]);
        let bare = nullable("ForeignKey", &[to, ("db_index", Value::Bool(false))]);
        assert!(!fired(vec![add("tag", bare)]).contains(&"blocking-index"));
        assert!(fired(vec![add("x", nullable("TextField", &[]))]).is_empty());
        let unique = field("CharField", &[("max_length", Value::Int(20)), ("unique", Value::Bool(true))]);
        assert_eq!(fired(vec![alter("code", unique.clone())]), ["blocking-index"]);
        assert_eq!(fired(vec![alter("code", unique.clone()), alter("code", unique)]), ["blocking-index"]);
        let together = |name: &str| {
            let group = Value::Tuple(vec![Value::str("note"), Value::str(name)].into());
            let unique_together = Value::Set(vec![group].into());
            operation(Kind::AlterUniqueTogether { name: "order".into(), unique_together })
        };
        assert_eq!(fired(vec![together("code")]), ["blocking-index"]);
        // Other databases build indexes while writes go on.
        let mut mysql =
            input(vec![initial(), migration("0002_second", &["0001_initial"], vec![index(false)], "")]);
        mysql.dialect = Dialect::new(Vendor::MySql);
        assert!(check(&mysql, &CheckOptions::default()).findings.is_empty());
    }
}
