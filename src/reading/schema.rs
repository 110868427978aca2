//! What SQL depends on besides the migrations: settings, the installed driver, what functions that
//! are defaults return.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::routers::routers;
use super::{on_big_stack, project_apps};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::keys::ModelKey;
use crate::django::migration::Migration;
use crate::django::models;
use crate::django::operations::{Operation, OperationKind};
use crate::django::runtime::{self, ProjectFacts};
use crate::django::schema::{Psycopg, Settings};
use crate::django::state::ProjectState;
use crate::django::version::DjangoVersion;
use crate::project::{Engine, Project, readers};
use crate::python::library::Found;
use crate::python::value::Value;

/// The settings that SQL depends on; `callables` are functions that are defaults of fields, `models`
/// those that routers are asked about (none: what they say stays open).
pub fn schema_settings(
    project: &Project,
    facts: &ProjectFacts,
    callables: &BTreeSet<Arc<str>>,
    models: &BTreeSet<ModelKey>,
) -> Settings {
    let mut settings = Settings::of(facts.version);
    let values = &facts.settings.values;
    let text = |name: &str| values.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(auto) = text("DEFAULT_AUTO_FIELD") {
        settings.default_auto_field = auto.into();
    }
    settings.default_tablespace = text("DEFAULT_TABLESPACE").map(str::to_owned);
    settings.default_index_tablespace = text("DEFAULT_INDEX_TABLESPACE").map(str::to_owned);
    if let Some(use_tz) = values.get("USE_TZ").and_then(Value::as_bool) {
        settings.use_tz = use_tz;
    }
    settings.vendor = project.databases.engine.map(|engine| match engine {
        Engine::PostgreSql => Vendor::PostgreSql,
        Engine::MySql => Vendor::MySql,
        Engine::Sqlite => Vendor::Sqlite,
        Engine::Oracle => Vendor::Oracle,
    });
    settings.psycopg = psycopg(project, facts.version).unwrap_or(settings.psycopg);
    settings.routers = routers(project, facts, models);
    settings.defaults = defaults(project, facts, callables);
    settings
}

/// The driver that Django takes of those installed (`django/db/backends/postgresql/psycopg_any.py`);
/// `None` where neither is at hand.
fn psycopg(project: &Project, version: DjangoVersion) -> Option<Psycopg> {
    let installed = |name: &str| matches!(project.library.find(name), Found::Package(_));
    if version >= DjangoVersion::V4_2 && installed("psycopg") {
        return Some(Psycopg::Three);
    }
    installed("psycopg2").then_some(Psycopg::Two)
}

/// The functions that are defaults of fields the migration's operations look at.
pub fn callables(before: &ProjectState, migration: &Migration) -> BTreeSet<Arc<str>> {
    let mut paths = BTreeSet::new();
    let mut models = BTreeSet::new();
    migration.operations.iter().for_each(|operation| of_operation(operation, &mut paths, &mut models));
    // Removed fields come back when going backwards, and SQLite makes a table anew with all of them.
    for (key, model) in &before.models {
        if key.app == migration.key.app && models.contains(&*key.model) {
            model.fields.values().for_each(|field| of_field(field, &mut paths));
        }
    }
    paths
}

fn of_operation(operation: &Operation, paths: &mut BTreeSet<Arc<str>>, models: &mut BTreeSet<String>) {
    match &operation.kind {
        OperationKind::CreateModel(create) => {
            create.fields.iter().for_each(|(_, field)| of_field(field, paths));
        }
        OperationKind::AddField { field, model_name, .. }
        | OperationKind::AlterField { field, model_name, .. } => {
            models.insert(model_name.to_lowercase());
            of_field(field, paths);
        }
        OperationKind::RemoveField { model_name, .. } => {
            models.insert(model_name.to_lowercase());
        }
        OperationKind::SeparateDatabaseAndState { database_operations, state_operations } => {
            // Bounded: the reader bounds how deep operations nest.
            let inner = database_operations.iter().chain(state_operations);
            inner.for_each(|operation| of_operation(operation, paths, models));
        }
        _ => {}
    }
}

fn of_field(field: &Field, paths: &mut BTreeSet<Arc<str>>) {
    if let Some(Value::Ref(path)) = field.kwarg("default") {
        paths.insert(path.clone());
    }
}

/// What functions of Python source return when they are called without arguments.
fn defaults(
    project: &Project,
    facts: &ProjectFacts,
    callables: &BTreeSet<Arc<str>>,
) -> BTreeMap<Arc<str>, Value> {
    let apps = project_apps(project);
    if callables.is_empty() {
        return BTreeMap::new();
    }
    on_big_stack(|| {
        let mut interpreter = runtime::interpreter(project.library.clone(), facts.clone());
        readers::provide(&mut interpreter);
        models::install(&mut interpreter, &apps);
        let mut defaults = BTreeMap::new();
        for path in callables {
            if let Some(value) = runtime::called(&mut interpreter, path) {
                defaults.insert(path.clone(), value);
            }
        }
        defaults
    })
}
