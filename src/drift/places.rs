//! Where in the repository each difference of models and migrations shows: what the rules of drift
//! are given.

use std::sync::Arc;

use super::Drift;
use crate::django::autodetector::Question;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::operations::{Operation, OperationKind as Kind};
use crate::django::state::ModelState;
use crate::django::writer::MigrationWriter;
use crate::project::{PackageState, Project};
use crate::python::value::{Unknown, Value};
use crate::reading;
use crate::report::{Label, Place, Undecided};
use crate::rules;
use crate::source::Location;

/// The drift of the repository's own apps, as rules see it.
pub fn for_rules(project: &Project, root: &std::path::Path, drift: &Drift) -> rules::Drift {
    let mut found = rules::Drift::default();
    if let Some(stop) = drift.stops.first() {
        let reason = format!("makemigrations would stop: {stop}").into();
        found.undecided.push(Undecided::new("whether migrations are missing", &Unknown { reason, at: None }));
        return found;
    }
    let places = Places { project, root, drift };
    let is_ours = |app: &AppLabel| reading::is_project_app(project, app);
    for (app, migrations) in drift.changes.migrations.iter().filter(|(app, _)| is_ours(app)) {
        let operations = migrations.iter().flat_map(|migration| &migration.operations);
        found.missing.extend(operations.map(|operation| places.missing(app, operation)));
    }
    for undecided in drift.changes.undecided.iter().filter(|undecided| is_ours(&undecided.model.app)) {
        let what = format!("whether the migrations have {}, {}", undecided.model, undecided.what);
        let mut one = Undecided::new(what, &undecided.why);
        if let Some(at) = undecided.at.as_ref().filter(|_| one.path.is_none()) {
            one.path = Some(at.file.display().into());
            one.line = Some(at.line());
            one.column = Some(at.start().column);
        }
        found.undecided.push(one);
    }
    found.unmigrated =
        project.apps.keys().filter(|app| is_ours(app)).filter_map(|app| places.unmigrated(app)).collect();
    found.files = drift
        .to_state
        .models
        .iter()
        .filter(|(key, _)| is_ours(&key.app))
        .filter_map(|(_, model)| places.within(model.at.as_ref()))
        .map(|at| at.file)
        .collect();
    found.files.sort_by(|a, b| a.display().cmp(b.display()));
    found.files.dedup_by(|a, b| a.display() == b.display());
    found
}

struct Places<'a> {
    project: &'a Project,
    root: &'a std::path::Path,
    drift: &'a Drift,
}

impl Places<'_> {
    fn missing(&self, app: &AppLabel, operation: &Operation) -> rules::MissingOperation {
        let writer = MigrationWriter {
            version: self.project.facts.version,
            swappables: &self.drift.swappables,
            to_state: &self.drift.to_state,
            header: None,
        };
        let key = operation.model_name().map(|model| ModelKey::new(app.clone(), model));
        let asks = |question: &&Question| {
            Some(&question.model) == key.as_ref()
                && question.field.as_ref().is_none_or(|field| Some(field) == operation.field_name())
        };
        let question = self.drift.changes.questions.iter().find(asks);
        let (place, labels) = self.of(app, key.as_ref(), operation);
        // What Django would write depends on the answer.
        let is_open = question.is_some_and(super::super::django::autodetector::Question::is_fatal);
        rules::MissingOperation {
            app: app.clone(),
            code: writer.operation(operation).ok().filter(|_| !is_open),
            operation: operation.clone(),
            question: question.map(|question| question.kind),
            place,
            labels,
        }
    }

    /// Where models.py has what the migrations lack; for what models.py has no more, the model, and
    /// where the migrations have it.
    fn of(&self, app: &AppLabel, key: Option<&ModelKey>, operation: &Operation) -> (Place, Vec<Label>) {
        let model = |state: &super::ProjectState| key.and_then(|key| state.models.get(key)).cloned();
        let (before, after) = (model(&self.drift.from_state), model(&self.drift.to_state));
        let field = |model: &Option<Arc<ModelState>>| {
            let name = operation.field_name()?;
            self.within(model.as_ref()?.fields.get(name)?.at.as_ref())
        };
        let class = |model: &Option<Arc<ModelState>>| self.within(model.as_ref()?.at.as_ref());
        let mut labels = Vec::new();
        let mut label = |at: Option<Location>, text: String| labels.extend(at.map(|at| Label { at, text }));
        let place = match &operation.kind {
            Kind::AddField { model_name, .. } | Kind::AlterField { model_name, .. } => {
                let at = field(&after);
                let inherited = at
                    .as_ref()
                    .zip(class(&after))
                    .filter(|(field, class)| field.file.path() != class.file.path());
                label(inherited.map(|(_, class)| class), format!("`{model_name}` has it from there"));
                at.or_else(|| class(&after))
            }
            Kind::RemoveField { .. } => {
                label(field(&before), "the migrations have it".into());
                class(&after)
            }
            Kind::DeleteModel { .. } => {
                label(class(&before), "the migrations have it".into());
                None
            }
            _ => class(&after),
        };
        (place.map_or_else(|| self.models_file(app), Place::Range), labels)
    }

    /// The app's models as such.
    fn models_file(&self, app: &AppLabel) -> Place {
        let app_found = self.project.apps.get(app);
        let path = app_found.and_then(|app| app.models_module.as_ref().or(app.path.as_ref()));
        Place::Path(path.map_or_else(|| app.to_string(), |path| reading::shown(self.root, path)).into())
    }

    /// A place that lies in the repository.
    fn within(&self, at: Option<&Location>) -> Option<Location> {
        at.filter(|at| self.project.library.is_project(at.file.path())).cloned()
    }

    /// An app whose models have no migrations package though they need tables.
    fn unmigrated(&self, label: &AppLabel) -> Option<rules::UnmigratedApp> {
        let app = self.project.apps.get(label)?;
        let is_bare = match &app.migrations.state {
            PackageState::Missing | PackageState::NotAPackage => true,
            PackageState::Namespace(folders) => !folders.iter().any(|folder| holds_migrations(folder)),
            _ => false,
        };
        if !is_bare {
            return None;
        }
        let mut models: Vec<&Arc<ModelState>> = self
            .drift
            .to_state
            .models
            .values()
            .filter(|model| model.app == *label && self.needs_table(model))
            .collect();
        models.sort_by_key(|model| model.at.as_ref().map(|at| (at.file.display().to_owned(), at.start)));
        let place = models.first()?.at.as_ref();
        Some(rules::UnmigratedApp {
            app: label.clone(),
            models: models.iter().map(|model| model.name.clone()).collect(),
            place: self.within(place).map_or_else(|| self.models_file(label), Place::Range),
        })
    }

    fn needs_table(&self, model: &ModelState) -> bool {
        let flag = |name: &str, default| model.option(name).map_or(Some(default), Value::truth);
        let swapped = match model.option("swappable") {
            None => false,
            Some(setting) => {
                let stand_in = setting.as_str().and_then(|name| self.drift.swappables.settings.get(name));
                let own = model.key().to_string();
                stand_in.is_some_and(|stand_in| !stand_in.eq_ignore_ascii_case(&own))
            }
        };
        flag("managed", true) == Some(true) && flag("proxy", false) == Some(false) && !swapped
    }
}

/// Whether a folder holds what look like migrations; that it is no package is another rule's.
fn holds_migrations(folder: &std::path::Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.any(|name| name.starts_with(|c: char| c.is_ascii_digit()) && name.ends_with(".py"))
}
