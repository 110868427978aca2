//! Rules on small histories: each with cases that it fires on and near misses that it does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analysis::{CheckOptions, ProjectInput, check};
use crate::database::{Dialect, Vendor};
use crate::django::field::{Field, FieldClass};
use crate::django::keys::{AppLabel, MigrationKey};
use crate::django::loader::AppsForLoader;
use crate::django::migration::{Dependency, Migration, Origin};
use crate::django::operations::{CreateModel, Operation, OperationKind as Kind, RunPython, RunSql};
use crate::django::state::Swappables;
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};
use crate::report::ProjectReport;
use crate::source::{Location, SourceFile};

pub(crate) fn key(name: &str) -> MigrationKey {
    let (app, name) = name.split_once('.').unwrap_or(("shop", name));
    MigrationKey::new(AppLabel::new(app), name)
}

pub(crate) fn operation(kind: Kind) -> Operation {
    Operation { class: "django.db.migrations.operations.X".into(), kind, at: None, custom_describe: None }
}

pub(crate) fn field(class: &str, kwargs: &[(&str, Value)]) -> Arc<Field> {
    let path: Arc<str> = format!("django.db.models.{class}").into();
    let of = |class: &str| Arc::<str>::from(format!("django.db.models.fields.{class}"));
    let class = FieldClass {
        qualname: of(class),
        base: Some(path.clone()),
        mro: vec![of(class), of("Field")],
        internal_type: None,
        db_type: None,
        opaque_type: false,
    };
    let kwargs = kwargs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    Arc::new(Field { path, args: vec![], kwargs, class: class.into(), at: None })
}

fn create(name: &str, fields: &[(&str, Arc<Field>)], options: &[(&str, Value)]) -> Operation {
    operation(Kind::CreateModel(CreateModel {
        name: name.into(),
        fields: fields.iter().map(|(name, field)| ((*name).into(), field.clone())).collect(),
        options: options.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
        bases: vec![],
        managers: vec![],
        unknowns: vec![],
    }))
}

fn add(name: &str, field: Arc<Field>) -> Operation {
    operation(Kind::AddField { model_name: "order".into(), name: name.into(), field, preserve_default: true })
}

fn alter(name: &str, field: Arc<Field>) -> Operation {
    operation(Kind::AlterField {
        model_name: "order".into(),
        name: name.into(),
        field,
        preserve_default: true,
    })
}

fn remove(name: &str) -> Operation {
    operation(Kind::RemoveField { model_name: "order".into(), name: name.into() })
}

fn sql(text: &str, reverse: Option<&str>) -> Operation {
    operation(Kind::RunSql(RunSql {
        sql: Value::str(text),
        reverse_sql: reverse.map(Value::str),
        state_operations: vec![],
        hints: Value::Dict(Arc::new([])),
        elidable: false,
    }))
}

fn separate(database: Vec<Operation>, state: Vec<Operation>) -> Operation {
    operation(Kind::SeparateDatabaseAndState { database_operations: database, state_operations: state })
}

fn text() -> Arc<Field> {
    field("TextField", &[("default", Value::str(""))])
}

/// A migration in a file that holds `source`, every operation at its own line.
fn migration(name: &str, after: &[&str], operations: Vec<Operation>, source: &str) -> Migration {
    let key = key(name);
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
    let path = format!("{}/migrations/{}.py", key.app, key.name);
    let file = SourceFile::new(format!("/{path}").into(), path, text);
    let mut migration = Migration::empty(key.clone(), Origin::Project);
    migration.operations = operations;
    for (operation, (start, end)) in migration.operations.iter_mut().zip(spans) {
        operation.at = Some(Location { file: file.clone(), start, end });
    }
    let start = u32::try_from(source.len()).unwrap();
    migration.class_at = Some(Location { file: file.clone(), start, end: start + 37 });
    migration.file = Some(file);
    let dependency = |name: &&str| Dependency { key: super::tests::key(name), swappable: None, at: None };
    migration.dependencies = after.iter().map(dependency).collect();
    migration
}

fn input(migrations: Vec<Migration>) -> ProjectInput {
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
        undecided: vec![],
        notices: vec![],
    }
}

fn initial() -> Migration {
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

fn report(operations: Vec<Operation>, source: &str) -> ProjectReport {
    let second = migration("0002_second", &["0001_initial"], operations, source);
    check(&input(vec![initial(), second]), &CheckOptions::default())
}

/// The rules that fire on a second migration of these operations.
fn fired(operations: Vec<Operation>) -> Vec<&'static str> {
    report(operations, "").findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn an_initial_migration_raises_nothing() {
    let report = check(&input(vec![initial()]), &CheckOptions::default());
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[test]
fn remove_field() {
    assert_eq!(fired(vec![remove("note")]), ["remove-field"]);
    assert_eq!(fired(vec![remove("tags")]), ["remove-field"]);
    assert!(fired(vec![remove("links")]).is_empty());
    // From the state alone: the column stays NOT NULL.
    assert_eq!(fired(vec![separate(vec![], vec![remove("note")])]), ["remove-field"]);
    let nullable = field("TextField", &[("null", Value::Bool(true))]);
    assert!(fired(vec![alter("note", nullable), separate(vec![], vec![remove("note")])]).is_empty());
    let drop = sql("ALTER TABLE shop_order DROP COLUMN note", Some(""));
    assert!(fired(vec![separate(vec![drop], vec![remove("note")])]).is_empty());
}

#[test]
fn delete_model() {
    let delete = |name: &str| operation(Kind::DeleteModel { name: name.into() });
    assert_eq!(fired(vec![delete("Order")]), ["delete-model"]);
    assert!(fired(vec![delete("Link")]).is_empty());
    assert!(fired(vec![create("New", &[], &[]), delete("New")]).is_empty());
    assert!(fired(vec![separate(vec![], vec![delete("Order")])]).is_empty());
}

#[test]
fn renames() {
    let rename = |new: &str| {
        operation(Kind::RenameField {
            model_name: "order".into(),
            old_name: "note".into(),
            new_name: new.into(),
        })
    };
    assert_eq!(fired(vec![rename("text")]), ["rename-field"]);
    let kept = field("TextField", &[("db_column", Value::str("note"))]);
    assert!(fired(vec![alter("note", kept), rename("text")]).is_empty());
    let model = || operation(Kind::RenameModel { old_name: "Order".into(), new_name: "Purchase".into() });
    assert_eq!(fired(vec![model()]), ["rename-model"]);
    let table = operation(Kind::AlterModelTable { name: "order".into(), table: Value::str("shop_order") });
    assert!(fired(vec![table, model()]).is_empty());
}

#[test]
fn add_not_null_field() {
    assert_eq!(fired(vec![add("x", text())]), ["add-not-null-field"]);
    let with = |name: &str, value: Value| add("x", field("TextField", &[(name, value)]));
    assert!(fired(vec![with("null", Value::Bool(true))]).is_empty());
    assert!(fired(vec![with("db_default", Value::str(""))]).is_empty());
    let tags = field("ManyToManyField", &[("to", Value::str("shop.tag"))]);
    assert!(fired(vec![add("x", tags)]).is_empty());
    // The rest of the migration counts.
    assert!(fired(vec![add("x", text()), remove("x")]).iter().all(|rule| *rule != "add-not-null-field"));
    let default = sql("ALTER TABLE shop_order ALTER COLUMN x SET DEFAULT ''", Some(""));
    assert!(fired(vec![add("x", text()), default]).is_empty());
    assert!(fired(vec![separate(vec![], vec![add("x", text())])]).is_empty());
    // On a table of the same migration.
    let on_new = operation(Kind::AddField {
        model_name: "New".into(),
        name: "x".into(),
        field: text(),
        preserve_default: true,
    });
    assert!(fired(vec![create("New", &[], &[]), on_new]).is_empty());
    // Unknown: undecided, not an error.
    let unknown = report(vec![with("null", Value::unknown("reads the clock", None))], "");
    assert!(unknown.findings.is_empty());
    assert_eq!(unknown.undecided.len(), 1);
}

fn index(concurrently: bool) -> Operation {
    let kwargs = vec![
        ("fields".into(), Value::List(vec![Value::str("note")].into())),
        ("name".into(), Value::str("note_idx")),
    ];
    let index = Value::Call(Call { path: "django.db.models.Index".into(), args: vec![], kwargs }.into());
    operation(Kind::AddIndex { model_name: "order".into(), index, concurrently })
}

#[test]
fn blocking_index() {
    assert_eq!(fired(vec![index(false)]), ["blocking-index"]);
    assert!(fired(vec![index(true)]).is_empty());
    let nullable = |class: &str, more: &[(&str, Value)]| {
        let mut kwargs = vec![("null", Value::Bool(true))];
        kwargs.extend_from_slice(more);
        field(class, &kwargs)
    };
    let to = ("to", Value::str("shop.tag"));
    assert_eq!(fired(vec![add("tag", nullable("ForeignKey", &[to.clone()]))]), ["blocking-index"]);
    let bare = nullable("ForeignKey", &[to, ("db_index", Value::Bool(false))]);
    assert!(fired(vec![add("tag", bare)]).is_empty());
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

#[test]
fn irreversible_operation() {
    let python = |reverse: Option<&str>| {
        operation(Kind::RunPython(RunPython {
            code: Value::Ref("shop.migrations.0002_second.fill".into()),
            reverse_code: reverse.map(|path| Value::Ref(path.into())),
            atomic: None,
            hints: Value::Dict(Arc::new([])),
            elidable: false,
        }))
    };
    assert_eq!(fired(vec![python(None)]), ["irreversible-operation"]);
    assert!(fired(vec![python(Some("django.db.migrations.operations.special.RunPython.noop"))]).is_empty());
    assert_eq!(fired(vec![sql("SELECT 1", None)]), ["irreversible-operation"]);
    assert!(fired(vec![sql("SELECT 1", Some(""))]).is_empty());
}

#[test]
fn what_does_not_fit_the_state() {
    assert_eq!(fired(vec![remove("nots")]), ["invalid-operation"]);
}

#[test]
fn ignores_with_reasons() {
    assert!(
        report(vec![remove("note")], "# migcheck: ignore[remove-field] unused since May\n")
            .findings
            .is_empty()
    );
    let unused = report(vec![index(true)], "# migcheck: ignore[remove-field] unused since May\n");
    assert_eq!(unused.findings.iter().map(|f| f.rule).collect::<Vec<_>>(), ["unused-ignore"]);
    let linter =
        Operation { class: "django_migration_linter.operations.IgnoreMigration".into(), ..sql("", Some("")) };
    assert!(fired(vec![linter, remove("note")]).is_empty());
}

fn graph_rules(migrations: Vec<Migration>) -> Vec<(&'static str, String)> {
    let report = check(&input(migrations), &CheckOptions::default());
    report.findings.into_iter().map(|finding| (finding.rule, finding.message)).collect()
}

#[test]
fn conflicts_and_their_merge() {
    let on = |name: &str, operations| migration(name, &["0001_initial"], operations, "");
    let nullable = || field("TextField", &[("null", Value::Bool(true))]);
    let apart = check(
        &input(vec![
            initial(),
            on("0002_a", vec![add("a", nullable())]),
            on("0003_b", vec![add("b", nullable())]),
        ]),
        &CheckOptions::default(),
    );
    let [conflict] = apart.findings.as_slice() else { panic!("{:?}", apart.findings) };
    assert_eq!(conflict.rule, "conflicting-migrations");
    assert!(conflict.message.contains("`0001_initial`"));
    assert!(conflict.help.as_ref().unwrap().text.contains("is safe"));
    let clash = graph_rules(vec![
        initial(),
        on("0002_a", vec![alter("note", nullable())]),
        on("0002_b", vec![alter("note", nullable())]),
    ]);
    assert_eq!(
        clash.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(),
        ["conflicting-migrations", "duplicate-migration-number"]
    );
}

#[test]
fn edges_that_lead_nowhere_or_back() {
    let found = graph_rules(vec![initial(), migration("0002_x", &["0001_initail"], vec![], "")]);
    assert_eq!(found.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["missing-dependency"]);
    let circle = graph_rules(vec![
        migration("a.0001_initial", &["b.0001_initial"], vec![], ""),
        migration("b.0001_initial", &["a.0001_initial"], vec![], ""),
    ]);
    assert_eq!(circle.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["dependency-cycle"]);
    let latest =
        graph_rules(vec![initial(), migration("crm.0001_initial", &["shop.__latest__"], vec![], "")]);
    assert_eq!(latest.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["dependency-on-latest"]);
}

#[test]
fn a_model_that_no_dependency_brings() {
    let customer = field("ForeignKey", &[("to", Value::str("shop.tag")), ("null", Value::Bool(true))]);
    let crm = |after: &[&str]| {
        migration("crm.0001_initial", after, vec![create("Customer", &[("tag", customer.clone())], &[])], "")
    };
    let found = graph_rules(vec![initial(), crm(&[])]);
    assert_eq!(found.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["undeclared-dependency"]);
    assert!(graph_rules(vec![initial(), crm(&["shop.0001_initial"])]).is_empty());
}

#[test]
fn the_same_report_in_every_format_and_any_order() {
    use crate::report::{Report, concise, human, json, markdown};
    let second = || {
        migration("0002_second", &["0001_initial"], vec![remove("note"), index(false), add("x", text())], "")
    };
    let one = Report { projects: vec![check(&input(vec![initial(), second()]), &CheckOptions::default())] };
    let two = Report { projects: vec![check(&input(vec![second(), initial()]), &CheckOptions::default())] };
    assert_eq!(json::render(&one), json::render(&two));
    for text in
        [human::render(&one, false), concise::render(&one), markdown::render(&one), json::render(&one)]
    {
        for rule in ["remove-field", "blocking-index", "add-not-null-field"] {
            assert!(text.contains(rule), "{text}");
        }
        assert!(!text.contains('\u{1b}'));
    }
    insta::assert_snapshot!(human::render(&one, false));
}
