//! What steps do to the database, on small histories.

use std::collections::BTreeMap;

use super::*;
use crate::database::facts::Blocks;
use crate::django::field::Field;
use crate::django::keys::MigrationKey;
use crate::django::migration::{Migration, Origin};
use crate::django::operations::{CreateModel, Operation, OperationKind as Kind, RunSql};
use crate::django::schema::{Context, OneStep, Settings, collect_sql};
use crate::django::state::Swappables;
use crate::django::testing::{field, operation};
use crate::django::version::DjangoVersion;
use crate::python::value::{Call, Value};

fn context(dialect: &str) -> Context {
    let version = DjangoVersion::V5_2;
    Context {
        version,
        dialect: dialect.parse().unwrap(),
        settings: Settings::of(version),
        swappables: Swappables::default(),
    }
}

fn create(name: &str, more: &[(&str, Arc<Field>)]) -> Operation {
    let key = field("BigAutoField", &[("primary_key", Value::Bool(true))]);
    let fields = [("id", key)].into_iter().chain(more.iter().cloned());
    operation(Kind::CreateModel(CreateModel {
        name: name.into(),
        fields: fields.map(|(name, field)| (name.into(), field)).collect(),
        options: vec![],
        bases: vec![],
        managers: vec![],
        unknowns: vec![],
    }))
}

fn add(model: &str, name: &str, field: Arc<Field>) -> Operation {
    operation(Kind::AddField { model_name: model.into(), name: name.into(), field, preserve_default: true })
}

fn number() -> Arc<Field> {
    field("IntegerField", &[("null", Value::Bool(true))])
}

fn to_order() -> Arc<Field> {
    let cascade = Value::Ref("django.db.models.deletion.CASCADE".into());
    field("ForeignKey", &[("to", Value::str("shop.order")), ("on_delete", cascade)])
}

fn index(model: &str) -> Operation {
    let fields = Value::List(vec![Value::str("size")].into());
    let kwargs = vec![("fields".into(), fields), ("name".into(), Value::str("size_idx"))];
    let index = Value::Call(Call { path: "django.db.models.Index".into(), args: vec![], kwargs }.into());
    operation(Kind::AddIndex { model_name: model.into(), index, concurrently: false })
}

fn sql(text: &str) -> Operation {
    operation(Kind::RunSql(RunSql {
        sql: Value::str(text),
        reverse_sql: None,
        state_operations: vec![],
        hints: Value::Dict(Arc::new([])),
        elidable: false,
    }))
}

/// Migrations of one batch after another, on one database.
struct Replay {
    context: Context,
    state: ProjectState,
    history: History,
}

impl Replay {
    /// A database where the table of orders is in use.
    fn on(dialect: &str) -> Self {
        let mut replay =
            Self { context: context(dialect), state: ProjectState::default(), history: History::default() };
        replay.migrate(true, &[create("Order", &[("size", number())])]);
        replay.history.end_batch();
        replay
    }

    fn migrate(&mut self, atomic: bool, operations: &[Operation]) -> Impact {
        let app = AppLabel::new("shop");
        let mut states = vec![self.state.clone()];
        for operation in operations {
            self.state.apply(&app, operation, DjangoVersion::V5_2);
            states.push(self.state.clone());
        }
        let steps: Vec<OneStep<'_>> = operations
            .iter()
            .zip(states.windows(2))
            .enumerate()
            .map(|(index, (operation, pair))| OneStep { operation, before: &pair[0], after: &pair[1], index })
            .collect();
        Impact::of(&self.context, &app, atomic, &steps, &mut self.history)
    }
}

/// Each statement: its first words, whether it was put off, what waits, and how long it takes.
fn told(impact: &Impact) -> Vec<(String, bool, Blocks, Vec<Duration>)> {
    let of = |planned: &Planned| {
        let words: Vec<&str> = planned.sql.split_whitespace().take(3).collect();
        let blocks = planned.actions.iter().map(Costed::blocks).max().unwrap_or(Blocks::None);
        let durations = planned.actions.iter().map(Costed::duration).collect();
        (words.join(" ").replace('"', ""), planned.deferred, blocks, durations)
    };
    impact.statements.iter().map(of).collect()
}

#[test]
fn a_new_table_blocks_nobody_in_its_batch() {
    let mut replay = Replay::on("postgresql:15");
    let made = replay.migrate(true, &[create("Parcel", &[("size", number())]), index("parcel")]);
    assert_eq!(
        told(&made),
        [
            ("CREATE TABLE shop_parcel".into(), false, Blocks::None, vec![Duration::Brief]),
            ("CREATE INDEX size_idx".into(), false, Blocks::None, vec![Duration::Brief]),
        ]
    );
    assert!(made.statements[1].actions[0].is_on_new_table());
    // The same index on the table in use.
    let other = replay.migrate(true, &[index("order")]);
    assert_eq!(
        told(&other),
        [("CREATE INDEX size_idx".into(), false, Blocks::Writes, vec![Duration::Proportional])]
    );
}

#[test]
fn the_end_of_a_batch_makes_a_new_table_one_in_use() {
    let mut replay = Replay::on("postgresql:15");
    replay.migrate(true, &[create("Parcel", &[("size", number())])]);
    // Another migration of the same batch.
    let same = replay.migrate(true, &[index("parcel")]);
    assert_eq!(told(&same)[0].2, Blocks::None);
    replay.history.end_batch();
    let later = replay
        .migrate(true, &[operation(Kind::RemoveField { model_name: "parcel".into(), name: "size".into() })]);
    assert_eq!(
        told(&later),
        [("ALTER TABLE shop_parcel".into(), false, Blocks::Reads, vec![Duration::Brief])]
    );
}

#[test]
fn a_foreign_key_of_a_new_table_locks_the_table_it_names() {
    let mut replay = Replay::on("postgresql:15");
    let made = replay.migrate(true, &[create("Parcel", &[("order", to_order())])]);
    let last: Vec<&Planned> = made.statements.iter().filter(|planned| planned.deferred).collect();
    let key = last.iter().find(|planned| planned.sql.contains("FOREIGN KEY")).unwrap();
    let locked: Vec<_> = key.actions.iter().flat_map(Costed::locked).collect();
    assert_eq!(locked.len(), 1, "{locked:?}");
    assert_eq!((locked[0].table, locked[0].role), (Some("shop_order"), Role::Referenced));
    assert_eq!(key.actions[0].blocks(), Blocks::Writes);
    // The new table is empty: there is nothing to check.
    assert_eq!(key.actions[0].duration(), Duration::Brief);
}

#[test]
fn deferred_statements_come_last_and_know_their_step() {
    let mut replay = Replay::on("postgresql:15");
    let indexed = field("IntegerField", &[("null", Value::Bool(true)), ("db_index", Value::Bool(true))]);
    let made = replay.migrate(true, &[add("order", "a", indexed), add("order", "b", number())]);
    let steps: Vec<(usize, bool)> = made.statements.iter().map(|one| (one.step, one.deferred)).collect();
    assert_eq!(steps, [(0, false), (1, false), (0, true)]);
    assert_eq!(made.of_step(0).count(), 2);
}

#[test]
fn raw_sql_is_priced_like_django_s_own() {
    let mut replay = Replay::on("postgresql:15");
    let made = replay.migrate(
        true,
        &[sql(
            "CREATE TABLE fresh (a int); CREATE INDEX i ON fresh (a); CREATE INDEX j ON shop_order (size)",
        )],
    );
    let all: Vec<_> = made.statements.iter().flat_map(|one| &one.actions).collect();
    assert!(made.statements.iter().all(Planned::is_raw));
    assert_eq!(
        all.iter().map(|one| one.target()).collect::<Vec<_>>(),
        [Some("fresh"), Some("fresh"), Some("shop_order")]
    );
    assert_eq!(
        all.iter().map(|one| one.blocks()).collect::<Vec<_>>(),
        [Blocks::None, Blocks::None, Blocks::Writes]
    );
    assert_eq!(made.statements.iter().map(|one| one.texts.len()).sum::<usize>(), 3);
}

#[test]
fn what_is_not_read_is_said() {
    let mut replay = Replay::on("postgresql:15");
    let made = replay
        .migrate(true, &[sql("DO $$ BEGIN DELETE FROM shop_order; END $$"), sql("FROBNICATE shop_order")]);
    let unread: Vec<_> = made.statements.iter().map(|one| one.unread).collect();
    assert!(matches!(unread[..], [Some(Unread::NotAnalysed(_)), Some(Unread::Unparsed(_))]), "{unread:?}");
    let unknown = sql("");
    let Kind::RunSql(mut run) = unknown.kind else { panic!() };
    let why = crate::python::value::Unknown { reason: "read from a file".into(), at: None };
    run.sql = Value::Unknown(Arc::new(why));
    let made = replay.migrate(true, &[operation(Kind::RunSql(run))]);
    assert!(made.statements.is_empty());
    assert_eq!(made.gaps.len(), 1, "{:?}", made.gaps);
    assert!(made.gaps[0].reason.contains("read from a file"), "{:?}", made.gaps);
}

#[test]
fn a_transaction_needs_atomic_and_a_database_that_can() {
    for (dialect, atomic, expected) in [
        ("postgresql:15", true, true),
        ("postgresql:15", false, false),
        ("sqlite", true, true),
        ("mysql:8.0", true, false),
        ("mariadb:10.11", true, false),
        ("oracle", true, false),
    ] {
        let made = Replay::on(dialect).migrate(atomic, &[add("order", "a", number())]);
        assert_eq!(made.in_transaction, expected, "{dialect}");
    }
    let mut replay = Replay::on("postgresql:15");
    let controls = |impact: &Impact| impact.statements.iter().any(Planned::controls_transaction);
    assert!(controls(&replay.migrate(false, &[sql("COMMIT")])));
    assert!(!controls(&replay.migrate(false, &[sql("SAVEPOINT a")])));
}

/// `SeparateDatabaseAndState`: the database is told of one side alone.
#[test]
fn state_operations_do_nothing_to_the_database() {
    let mut replay = Replay::on("postgresql:15");
    let both = operation(Kind::SeparateDatabaseAndState {
        database_operations: vec![index("order")],
        state_operations: vec![add("order", "a", number())],
    });
    let mut after = replay.state.clone();
    after.apply(&AppLabel::new("shop"), &both, DjangoVersion::V5_2);
    let one = OneStep { operation: &both, before: &replay.state, after: &after, index: 0 };
    let made = Impact::of(&replay.context, &AppLabel::new("shop"), true, &[one], &mut replay.history);
    let told = told(&made);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].0.as_str(), told[0].2), ("CREATE INDEX size_idx", Blocks::Writes));
}

#[test]
fn the_way_back_is_on_tables_in_use() {
    let mut replay = Replay::on("postgresql:15");
    let before = replay.state.clone();
    let mut migration = Migration::empty(MigrationKey::new(AppLabel::new("shop"), "0002"), Origin::Project);
    migration.operations = vec![create("Parcel", &[("size", number())]), add("order", "a", number())];
    replay.migrate(true, &migration.operations);
    let steps = collect_sql(&replay.context, &before, &migration, true, false);
    let back = Impact::backwards(&replay.context, true, steps, &replay.state, &mut History::default());
    let kinds: BTreeMap<&str, Blocks> = back
        .statements
        .iter()
        .map(|one| (one.actions[0].target().unwrap(), one.actions[0].blocks()))
        .collect();
    assert_eq!(kinds, BTreeMap::from([("shop_order", Blocks::Reads), ("shop_parcel", Blocks::Reads)]));
    // The last operation is taken back first.
    assert_eq!(back.statements.iter().map(|one| one.step).collect::<Vec<_>>(), [1, 0]);
}
