//! `blocking-index`: an index is built while writes wait.

use std::collections::BTreeSet;

use super::context::is_foreign_key;
use super::snippet::{field_with, indented, python, quoted, sql_literal};
use super::statements::{Seen, article, in_use, rewrites_beside, who_waits};
use super::storage::Storage;
use super::unique_index::{Unique, unique_beside, without_unique};
use super::uniques::{groups, is_set};
use super::{Check, Dialects, MigrationContext, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::facts::Blocks as Waits;
use crate::database::statement_kind::StatementKind as Kind;
use crate::django::field::Field;
use crate::django::operations::OperationKind;
use crate::django::state::ModelState;
use crate::python::value::{Call, Value};
use crate::report::{Aspect, Help, Severity};

/// Finds where an index is built on a table in use without CONCURRENTLY.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "blocking-index",
        severity: Severity::Error,
        aspect: Aspect::Locks,
        summary: "an index is built on a table in use without CONCURRENTLY",
        what: "Fires, on PostgreSQL, where an operation builds an index on a table in use: `AddIndex`, a field \
added or altered to have `db_index` or `unique`, a foreign key (Django indexes it), a `SlugField`, a \
`UniqueConstraint`, an exclusion constraint, `unique_together` and `index_together` with a new entry, and in `RunSQL` \
`CREATE INDEX`, `ADD UNIQUE`, `ADD PRIMARY KEY` without `USING INDEX`, and `REINDEX`. Silent for `AddIndexConcurrently`, \
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
        evidence: "PostgreSQL manual, 13.3 Explicit Locking and CREATE INDEX; measured on PostgreSQL 15 (`create-index`, `add-unique`); Django: \
`BaseDatabaseSchemaEditor._field_should_be_indexed`, `DatabaseSchemaEditor._create_like_index_sql`.",
        dialects: Dialects::Only(&[Vendor::PostgreSql]),
    },
    check: Check::Migration(check),
};

/// What is built, and under which lock.
struct Build {
    /// An index on which column, for people.
    what: String,
    help: Help,
}

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let mut told = BTreeSet::new();
    for seen in in_use(cx) {
        // An operation of Django's is told of once; each statement of `RunSQL` for itself.
        let key = (seen.planned.step, if seen.planned.is_raw() { seen.at } else { 0 });
        if told.contains(&key) || !builds(&seen) || rewrites_beside(cx, &seen) {
            continue;
        }
        let Some(lock) = seen.costed.locked().into_iter().find(|lock| lock.certain) else { continue };
        told.insert(key);
        let operation = seen.context(cx);
        let Build { what, help } = build(&operation, &seen);
        let message = format!(
            "{what} is built on table `{}` under {} lock: {} wait until it is done",
            seen.table(),
            article(lock.mode.as_str()),
            who_waits(lock.mode.blocks())
        );
        sink.report(seen.finding(cx, &RULE.info, message).help(help));
    }
}

/// The statement builds an index while writes wait, and writes no rows: those that do are told of by
/// `table-rewrite`.
fn builds(seen: &Seen<'_>) -> bool {
    let Some(facts) = &seen.costed.facts else { return false };
    let asks = match seen.kind() {
        Kind::CreateIndex { .. }
        | Kind::AddUnique { .. }
        | Kind::AddPrimaryKey { .. }
        | Kind::AddExclusion => true,
        Kind::AddColumn(column) => column.unique || column.primary_key,
        Kind::Reindex { .. } => true,
        _ => false,
    };
    asks && facts.builds_index.is_yes() && !facts.rewrites.is_yes() && seen.costed.blocks() >= Waits::Writes
}

fn build(cx: &OperationContext<'_>, seen: &Seen<'_>) -> Build {
    use OperationKind as Op;
    let found = match &cx.operation().kind {
        Op::AddIndex { model_name, index, .. } => Some(index_added(cx, model_name, index)),
        Op::AddField { model_name, name, field, .. } => field_added(cx, model_name, name, field),
        Op::AlterField { model_name, name, field, .. } => field_altered(cx, model_name, name, field),
        Op::AddConstraint { model_name, constraint, .. } => constraint_added(cx, model_name, constraint),
        Op::AlterUniqueTogether { name, .. } => together(cx, name, "unique_together"),
        Op::AlterIndexTogether { name, .. } => together(cx, name, "index_together"),
        _ => None,
    };
    found.unwrap_or_else(|| by_statement(seen))
}

/// What the statement itself tells.
fn by_statement(seen: &Seen<'_>) -> Build {
    let named = seen.costed.action.object.as_deref();
    let what = |kind: &str| named.map_or_else(|| kind.to_owned(), |name| format!("{kind} `{name}`"));
    let (what, advice) = match seen.kind() {
        Kind::CreateIndex { .. } => (what("index"), "Write `CREATE INDEX CONCURRENTLY`"),
        Kind::Reindex { .. } => (what("index"), "Write `REINDEX … CONCURRENTLY` (PostgreSQL 12)"),
        Kind::AddExclusion => (
            what("the index of constraint"),
            "No exclusion constraint can be built while writes go on: plan a pause",
        ),
        Kind::AddColumn(_) => (
            what("the unique index of column"),
            "Add the column without the constraint, then a unique index with `CONCURRENTLY`",
        ),
        _ => (
            what("the index of constraint"),
            "Build a unique index with `CREATE UNIQUE INDEX CONCURRENTLY`, then `ADD CONSTRAINT … USING INDEX`",
        ),
    };
    let alone = if seen.planned.texts.len() > 1 { ", each statement in a `RunSQL` of its own" } else { "" };
    Build { what, help: Help::text(format!("{advice}, in a migration with `atomic = False`{alone}.")) }
}

fn index_added(cx: &OperationContext<'_>, model: &str, index: &Value) -> Build {
    let call = index.as_call();
    let name = call.and_then(|call| call.kwarg("name")).and_then(Value::as_str).unwrap_or_default();
    let what = if name.is_empty() { "an index".to_owned() } else { format!("index `{name}`") };
    // An index that is dropped again, or built by hand beside it, needs no advice.
    let model = quoted(&model.to_lowercase());
    let code = format!("AddIndexConcurrently(\n    model_name={model},\n    index={},\n),", python(index));
    let alone = if cx.migration.migration.operations.len() > 1 { ", in a migration of its own" } else { "" };
    Build { what, help: concurrently(alone, &code) }
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
    if had == Some(index) || old.class.base.is_none() {
        return None;
    }
    Some(field_build(cx, model_name, name, &column, field, index))
}

fn constraint_added(cx: &OperationContext<'_>, model_name: &str, constraint: &Value) -> Option<Build> {
    let call = constraint.as_call().filter(|call| call.name() == "UniqueConstraint")?;
    let model = cx.before(model_name)?;
    let name = call.kwarg("name").and_then(Value::as_str)?;
    // With a condition, expressions, included columns or operator classes it is an index, built
    // under SHARE; plain, it is a constraint.
    let is_index =
        ["condition", "include", "opclasses"].iter().any(|key| call.kwarg(key).is_some_and(is_set))
            || !call.args.is_empty();
    let help = unique_constraint_help(cx, model, model_name, call, name, is_index);
    Some(Build { what: format!("the index of unique constraint `{name}`"), help })
}

fn together(cx: &OperationContext<'_>, model_name: &str, option: &str) -> Option<Build> {
    let (before, after) = (cx.before(model_name)?, cx.after(model_name)?);
    let old = groups(before.option(option))?;
    let new = groups(after.option(option))?;
    let (kept, added): (Vec<_>, Vec<_>) = new.into_iter().partition(|group| old.contains(group));
    let first = added.first()?;
    let unique = option == "unique_together";
    let columns =
        added.iter().map(|group| format!("`{}`", group.join(", "))).collect::<Vec<_>>().join(" and ");
    let fields = first.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(", ");
    let model = quoted(&model_name.to_lowercase());
    let short: String =
        format!("{}_{}", before.name.to_lowercase(), first.join("_")).chars().take(25).collect();
    let mut help = if unique {
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
    if kept.len() < old.len() {
        help = help.python(GOES, without(cx, &model, option, &kept));
    }
    if added.len() > 1 {
        help.text.push_str(" The other groups go the same way.");
    }
    let what = if unique { "the unique index on" } else { "the index on" };
    Some(Build { what: format!("{what} {columns}"), help })
}

/// What is left of `AlterUniqueTogether` or `AlterIndexTogether`.
const GOES: &str = "what remains of this operation: it takes the old group out";

/// The operation with the groups that stay, and no new one.
fn without(cx: &OperationContext<'_>, model: &str, option: &str, kept: &[Vec<String>]) -> String {
    let group = |names: &Vec<String>| Value::Tuple(names.iter().map(|name| Value::str(name.as_str())).collect());
    let kept = python(&Value::Set(kept.iter().map(group).collect()));
    let class = cx.operation().class_name();
    format!("migrations.{class}(\n    name={model},\n    {option}={kept},\n),")
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
    let short: String = format!("{}_{name}", model.to_lowercase()).chars().take(25).collect();
    let help = if unique {
        let plain = without_unique(field);
        let text = "Leave `unique` out at first. Build a unique index concurrently with `RunSQL`, make it a constraint, and set `unique` \
in the state alone.";
        let state = format!(
            "migrations.AlterField(\n    model_name={model_name},\n    name={field_name},\n    field={},\n),",
            field_with(field, &[], &[])
        );
        Help::text(text)
            .python(
                "first",
                format!("migrations.{class}(\n    model_name={model_name},\n    name={field_name},\n    field={plain},\n),"),
            )
            .python("then, in a migration of its own", unique_beside(cx, model, name, column, &state))
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
                indented(&code, 4)
            ),
        )
    };
    let what = if unique { "the unique index of" } else { "the index of" };
    Build { what: format!("{what} column `{column}`"), help }
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
            let unique = Unique { table, name: name.to_owned(), columns, deferrable, like: None };
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
                indented(&state, 12)
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

fn concurrently(where_: &str, operation: &str) -> Help {
    let code = format!(
        "from django.contrib.postgres.operations import AddIndexConcurrently\n\natomic = False\noperations = [\n{}\n]",
        indented(operation, 4)
    );
    Help::text(format!("Build it with `AddIndexConcurrently` and `atomic = False`{where_}."))
        .python("instead", code)
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn indexes(operations: Vec<Operation>) -> Vec<&'static str> {
        fired(operations).into_iter().filter(|rule| *rule == "blocking-index").collect()
    }

    #[test]
    fn fires_where_writes_wait() {
        assert_eq!(indexes(vec![index(false)]), ["blocking-index"]);
        assert!(indexes(vec![index(true)]).is_empty());
        let nullable = |class: &str, more: &[(&str, Value)]| {
            let mut kwargs = vec![("null", Value::Bool(true))];
            kwargs.extend_from_slice(more);
            field(class, &kwargs)
        };
        let to = ("to", Value::str("shop.tag"));
        assert_eq!(indexes(vec![add("tag", nullable("ForeignKey", std::slice::from_ref(&to)))]), ["blocking-index"]);
        let bare = nullable("ForeignKey", &[to, ("db_index", Value::Bool(false))]);
        assert!(indexes(vec![add("tag", bare)]).is_empty());
        assert!(indexes(vec![add("x", nullable("TextField", &[]))]).is_empty());
        let unique = field("CharField", &[("max_length", Value::Int(20)), ("unique", Value::Bool(true))]);
        assert_eq!(indexes(vec![alter("code", unique.clone())]), ["blocking-index"]);
        assert_eq!(indexes(vec![alter("code", unique.clone()), alter("code", unique)]), ["blocking-index"]);
        let together = |name: &str| {
            let group = Value::Tuple(vec![Value::str("note"), Value::str(name)].into());
            let unique_together = Value::Set(vec![group].into());
            operation(Kind::AlterUniqueTogether { name: "order".into(), unique_together })
        };
        assert_eq!(indexes(vec![together("code")]), ["blocking-index"]);
        // The group that goes is not lost in the help.
        let first = migration("0002_group", &["0001_initial"], vec![together("code")], "");
        let second = migration("0003_other", &["0002_group"], vec![together("id")], "");
        let found = findings(vec![initial(), first, second]);
        let found = found.iter().rfind(|finding| finding.rule == "blocking-index").unwrap();
        let last = found.help.as_ref().unwrap().code.last().unwrap();
        assert!(last.code.contains("unique_together=set()"), "{}", last.code);
        // Other databases build indexes while writes go on.
        let mut mysql =
            input(vec![initial(), migration("0002_second", &["0001_initial"], vec![index(false)], "")]);
        mysql.dialect = Dialect::new(Vendor::MySql);
        assert!(check(&mysql, &CheckOptions::default()).findings.is_empty());
        assert_eq!(indexes(vec![sql("CREATE INDEX i ON shop_order (note)", Some(""))]), ["blocking-index"]);
        assert!(indexes(vec![sql("CREATE TABLE t (a int); CREATE INDEX i ON t (a)", Some(""))]).is_empty());
        let using = "ALTER TABLE shop_order ADD CONSTRAINT u UNIQUE USING INDEX u";
        assert!(indexes(vec![sql(using, Some(""))]).is_empty());
    }
}
