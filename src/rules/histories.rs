//! Small histories for the tests of rules: written as typed operations, checked as a project.

use std::collections::BTreeMap;
pub(super) use std::sync::Arc;

use super::FromModels;
use super::registry::Rule;
pub(super) use crate::analysis::{CheckOptions, ProjectInput, check};
pub(super) use crate::database::{Dialect, Vendor};
pub(super) use crate::django::field::Field;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::AppsForLoader;
pub(super) use crate::django::migration::{Dependency, Migration, Origin};
pub(super) use crate::django::operations::{
    CreateModel, Operation, OperationKind as Kind, RunPython, RunSql,
};
use crate::django::state::Swappables;
pub(super) use crate::django::testing::{field, operation};
use crate::django::version::DjangoVersion;
pub(super) use crate::python::value::{Call, Value};
pub(super) use crate::report::{Finding, ProjectReport};
pub(super) use crate::source::{Location, SourceFile};

/// A migration's key: `name` of the app `shop`, or `app.name`.
pub(super) fn key(name: &str) -> MigrationKey {
    let (app, name) = name.split_once('.').unwrap_or(("shop", name));
    MigrationKey::new(AppLabel::new(app), name)
}

/// `CreateModel`
pub(super) fn create(name: &str, fields: &[(&str, Arc<Field>)], options: &[(&str, Value)]) -> Operation {
    operation(Kind::CreateModel(CreateModel {
        name: name.into(),
        fields: fields.iter().map(|(name, field)| ((*name).into(), field.clone())).collect(),
        options: options.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
        bases: vec![],
        managers: vec![],
        unknowns: vec![],
    }))
}

/// `AddField` to `Order`.
pub(super) fn add(name: &str, field: Arc<Field>) -> Operation {
    operation(Kind::AddField { model_name: "order".into(), name: name.into(), field, preserve_default: true })
}

/// `AlterField` of `Order`.
pub(super) fn alter(name: &str, field: Arc<Field>) -> Operation {
    operation(Kind::AlterField {
        model_name: "order".into(),
        name: name.into(),
        field,
        preserve_default: true,
    })
}

/// `RemoveField` from `Order`.
pub(super) fn remove(name: &str) -> Operation {
    operation(Kind::RemoveField { model_name: "order".into(), name: name.into() })
}

/// `RunSQL`
pub(super) fn sql(text: &str, reverse: Option<&str>) -> Operation {
    operation(Kind::RunSql(RunSql {
        sql: Value::str(text),
        reverse_sql: reverse.map(Value::str),
        state_operations: vec![],
        hints: Value::Dict(Arc::new([])),
        elidable: false,
    }))
}

/// `SeparateDatabaseAndState`
pub(super) fn separate(database: Vec<Operation>, state: Vec<Operation>) -> Operation {
    operation(Kind::SeparateDatabaseAndState { database_operations: database, state_operations: state })
}

/// A `TextField` without arguments.
pub(super) fn text() -> Arc<Field> {
    field("TextField", &[("default", Value::str(""))])
}

/// A migration in a file that holds `source`, every operation at its own line.
pub(super) fn migration(name: &str, after: &[&str], operations: Vec<Operation>, source: &str) -> Migration {
    let own = key(name);
    let mut text = format!("{source}class Migration(migrations.Migration):\n    operations = [\n");
    let mut spans = Vec::new();
    for operation in &operations {
        text.push_str("        ");
        let start = u32::try_from(text.len()).unwrap();
        text.push_str(&format!("migrations.{}", super::context::describe(operation).replace(' ', "(")));
        text.push(')');
        spans.push((start, u32::try_from(text.len()).unwrap()));
        text.push_str(",\n");
    }
    text.push_str("    ]\n");
    let path = format!("{}/migrations/{}.py", own.app, own.name);
    let file = SourceFile::new(format!("/{path}").into(), path, text);
    let mut migration = Migration::empty(own, Origin::Project);
    migration.operations = operations;
    for (operation, (start, end)) in migration.operations.iter_mut().zip(spans) {
        operation.at = Some(Location { file: file.clone(), start, end });
    }
    let start = u32::try_from(source.len()).unwrap();
    migration.class_at = Some(Location { file: file.clone(), start, end: start + 37 });
    migration.file = Some(file);
    let dependency = |name: &&str| Dependency { key: key(name), swappable: None, at: None };
    migration.dependencies = after.iter().map(dependency).collect();
    migration
}

/// A project of those migrations, on PostgreSQL.
pub(super) fn input(migrations: Vec<Migration>) -> ProjectInput {
    let mut apps: Vec<_> = migrations.iter().map(|migration| migration.key.app.clone()).collect();
    apps.sort();
    apps.dedup();
    ProjectInput {
        root: ".".to_owned(),
        dialect: Dialect::new(Vendor::PostgreSql),
        django: DjangoVersion::V5_2,
        apps: vec![],
        installed: AppsForLoader { migrated: apps, ..AppsForLoader::default() },
        migrations: migrations.into_iter().map(Arc::new).collect(),
        broken: vec![],
        swappables: Swappables::default(),
        code: BTreeMap::new(),
        models: FromModels::default().into(),
        settings: crate::django::schema::Settings::of(DjangoVersion::V5_2),
        lock_timeout: None,
        databases: 1,
        deploy: crate::rules::deploy::Deploy::default(),
        history: None,
        applied: None,
        sql: BTreeMap::new(),
        undecided: vec![],
        notices: vec![],
    }
}

/// `shop.0001_initial`, which creates the models.
pub(super) fn initial() -> Migration {
    let fields = [
        ("id", field("BigAutoField", &[("primary_key", Value::Bool(true))])),
        ("note", field("TextField", &[])),
        ("code", field("CharField", &[("max_length", Value::Int(20))])),
        ("tags", field("ManyToManyField", &[("to", Value::str("shop.tag"))])),
        (
            "links",
            field("ManyToManyField", &[("to", Value::str("shop.tag")), ("through", Value::str("shop.link"))]),
        ),
    ];
    let tag = [("id", field("BigAutoField", &[("primary_key", Value::Bool(true))]))];
    let mut first = migration(
        "0001_initial",
        &[],
        vec![
            create("Tag", &tag, &[]),
            create("Link", &tag, &[("managed", Value::Bool(false))]),
            create("Order", &fields, &[]),
        ],
        "",
    );
    first.initial = Some(true);
    first
}

/// What the rules say of a second migration with those operations, in a file of that text.
pub(super) fn report(operations: Vec<Operation>, source: &str) -> ProjectReport {
    let second = migration("0002_second", &["0001_initial"], operations, source);
    check(&input(vec![initial(), second]), &CheckOptions::default())
}

/// The rules that fire on a second migration of these operations.
pub(super) fn fired(operations: Vec<Operation>) -> Vec<&'static str> {
    report(operations, "").findings.iter().map(|finding| finding.rule).collect()
}

/// How often a rule fires on a second migration of these operations.
pub(super) fn times(rule: &str, operations: Vec<Operation>) -> usize {
    fired(operations).iter().filter(|fired| **fired == rule).count()
}

/// The rules that fire on a second migration of these operations, without all but one.
pub(super) fn fired_of(rule: &Rule, operations: Vec<Operation>) -> Vec<&'static str> {
    fired(operations).into_iter().filter(|fired| *fired == rule.info.name).collect()
}

/// The findings on a second migration of these operations where a rule is asked for alone.
pub(super) fn found_alone(rule: &Rule, operations: Vec<Operation>) -> Vec<Finding> {
    let input = input(vec![initial(), migration("0002_second", &["0001_initial"], operations, "")]);
    let mut options = CheckOptions::default();
    options.selection.select.insert(rule.info.name);
    check(&input, &options).findings
}

/// Its name, as often as it fires.
pub(super) fn alone(rule: &Rule, operations: Vec<Operation>) -> Vec<&'static str> {
    rules_of(&found_alone(rule, operations))
}

/// How often a rule fires on a second migration of these operations, on a database.
pub(super) fn times_on(dialect: &str, rule: &str, operations: Vec<Operation>) -> usize {
    let mut input = input(vec![initial(), migration("0002_second", &["0001_initial"], operations, "")]);
    input.dialect = dialect.parse().unwrap();
    let found = check(&input, &CheckOptions::default()).findings;
    rules_of(&found).into_iter().filter(|fired| *fired == rule).count()
}

/// `AddIndex` to `Order`, or `AddIndexConcurrently`.
pub(super) fn index(concurrently: bool) -> Operation {
    let kwargs = vec![
        ("fields".into(), Value::List(vec![Value::str("note")].into())),
        ("name".into(), Value::str("note_idx")),
    ];
    let index = Value::Call(Call { path: "django.db.models.Index".into(), args: vec![], kwargs }.into());
    operation(Kind::AddIndex { model_name: "order".into(), index, concurrently })
}

/// The findings of a history.
pub(super) fn findings(migrations: Vec<Migration>) -> Vec<Finding> {
    check(&input(migrations), &CheckOptions::default()).findings
}

/// The rules that fire on a history.
pub(super) fn rules_of(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule).collect()
}

/// A nullable field.
pub(super) fn nullable(class: &str, kwargs: &[(&str, Value)]) -> Arc<Field> {
    let mut all = vec![("null", Value::Bool(true))];
    all.extend_from_slice(kwargs);
    field(class, &all)
}

/// A nullable foreign key.
pub(super) fn foreign_key(to: &str) -> Arc<Field> {
    nullable("ForeignKey", &[("to", Value::str(to))])
}

/// The same migration, which replaces others.
pub(super) fn replacing(mut migration: Migration, names: &[&str]) -> Migration {
    migration.replaces =
        names.iter().map(|name| Dependency { key: key(name), swappable: None, at: None }).collect();
    migration
}

/// A file of the repository.
pub(super) fn file(path: &str, text: &str) -> Arc<SourceFile> {
    SourceFile::new(format!("/{path}").into(), path, text.to_owned())
}
