//! Django's own contrib apps, for projects whose Django is not at hand: `AppConfig`s, migrations
//! and models of `django.contrib.*`, and the abstract models that projects derive theirs from.
//!
//! The facts are in `contrib.json`, which `scripts/generate_contrib.py` writes from what the
//! classes of each Django version (3.2 to 6.1) say of themselves. Where a version is asked for that
//! is not there, the nearest older one answers; before the first, the first.

use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value as Json};

use super::field::{Field, FieldClass};
use super::keys::{AppLabel, MigrationKey};
use super::migration::{Dependency, Migration, Origin};
use super::operations::{CreateModel, Named, Operation, OperationKind, RunPython};
use super::state::{ModelState, Swappables};
use super::version::DjangoVersion;
use crate::python::value::Value;

static TABLE: LazyLock<Json> =
    LazyLock::new(|| serde_json::from_str(include_str!("contrib.json")).unwrap_or_default());

/// `AppConfig` of an app of contrib.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundledApp {
    /// `AppConfig.name`: the app's module.
    pub name: &'static str,
    /// `AppConfig.label`
    pub label: AppLabel,
    /// `AppConfig.default_auto_field`, where the class says one.
    pub default_auto_field: Option<&'static str>,
}

/// The app that an entry of `INSTALLED_APPS` means: its module, or its config class.
pub fn bundled_app(entry: &str, version: DjangoVersion) -> Option<BundledApp> {
    let config = at_version(TABLE.get("configs")?.get(entry)?, version)?;
    Some(BundledApp {
        name: config.get("name")?.as_str()?,
        label: AppLabel::new(config.get("label")?.as_str()?),
        default_auto_field: config.get("auto_field").and_then(Json::as_str),
    })
}

/// The modules of contrib's config classes, as `django.contrib.auth.apps`.
pub(crate) fn config_modules() -> impl Iterator<Item = &'static str> {
    let entries = TABLE.get("configs").and_then(Json::as_object).into_iter().flatten();
    entries.filter_map(|(entry, _)| entry.rsplit_once('.').map(|(module, _)| module)).filter(is_apps)
}

/// The config classes of such a module, by name.
pub(crate) fn config_classes(module: &str, version: DjangoVersion) -> Vec<(&'static str, BundledApp)> {
    let entries = TABLE.get("configs").and_then(Json::as_object).into_iter().flatten();
    let classes = entries.filter_map(|(entry, _)| entry.rsplit_once('.')).filter(|(home, _)| is_apps(home));
    let own = classes.filter(|(home, _)| *home == module);
    own.filter_map(|(home, name)| Some((name, bundled_app(&format!("{home}.{name}"), version)?))).collect()
}

fn is_apps(module: &&str) -> bool {
    module.ends_with(".apps")
}

/// The migrations of an app by its module (`django.contrib.auth`), by name; `None` for an app
/// that has none. What refers to a swappable model follows `swappables`, and Django's own default
/// where that does not have the setting.
pub fn bundled_migrations(
    app: &str,
    version: DjangoVersion,
    swappables: &Swappables,
) -> Option<Vec<Migration>> {
    let label = bundled_app(app, version)?.label;
    let reader = Reader { version, swappables };
    let found = entries("migrations", app, version);
    let read = |(name, json): (&str, _)| reader.migration(MigrationKey::new(label.clone(), name), json);
    let migrations = found.map(read).collect::<Option<Vec<_>>>()?;
    (!migrations.is_empty()).then_some(migrations)
}

/// The models of an app by its module, as `ModelState.from_model` gives them; `None` for an app
/// that has none. Their automatic keys are of the app's own `default_auto_field`.
pub fn bundled_models(app: &str, version: DjangoVersion, swappables: &Swappables) -> Option<Vec<ModelState>> {
    let label = bundled_app(app, version)?.label;
    let reader = Reader { version, swappables };
    let found = entries("models", app, version);
    let models = found.map(|(_, json)| reader.model(label.clone(), json)).collect::<Option<Vec<_>>>()?;
    (!models.is_empty()).then_some(models)
}

/// An abstract model by its dotted path, as `django.contrib.auth.models.AbstractUser`; a module
/// that imports the class (`django.contrib.auth.models.AbstractBaseUser`) counts too.
///
/// `fields` are all it hands down, those of its own abstract bases included, in the order of
/// creation (many-to-many fields at their place); `options` are those of its `Meta`, `abstract`
/// aside; `bases` are its direct bases; `managers` are those with `use_in_migrations`.
pub fn bundled_abstract(path: &str, version: DjangoVersion, swappables: &Swappables) -> Option<ModelState> {
    let (module, class) = path.rsplit_once('.')?;
    let home = match (module, class) {
        ("django.contrib.auth.models", "AbstractBaseUser") => "django.contrib.auth.base_user",
        ("django.contrib.sessions.models", "AbstractBaseSession") => "django.contrib.sessions.base_session",
        _ => module,
    };
    let json = at_version(TABLE.get("abstract")?.get(format!("{home}.{class}"))?, version)?;
    let app = home.rsplit_once('.').map_or(home, |(app, _)| app);
    Reader { version, swappables }.model(bundled_app(app, version)?.label, json)
}

/// What `part` has of `app` in a version: names and what is there.
fn entries<'a>(
    part: &str,
    app: &'a str,
    version: DjangoVersion,
) -> impl Iterator<Item = (&'static str, &'static Json)> + use<'a> {
    let members = TABLE.get(part).and_then(Json::as_object).into_iter().flatten();
    members.filter_map(move |(key, runs)| {
        let (owner, name) = key.split_once('/')?;
        let found = (owner == app).then(|| at_version(runs, version)).flatten()?;
        Some((name, found))
    })
}

/// Which of the runs `[first version, last version, what it is]` holds for a version.
fn at_version(runs: &'static Json, version: DjangoVersion) -> Option<&'static Json> {
    let known = TABLE.get("versions")?.as_array()?.iter();
    let known: Vec<DjangoVersion> = known.filter_map(|it| DjangoVersion::parse(it.as_str()?)).collect();
    let version = *known.iter().rfind(|it| **it <= version).or(known.first())?;
    runs.as_array()?.iter().find_map(|run| {
        let bound = |place: usize| DjangoVersion::parse(run.get(place)?.as_str()?);
        (bound(0)? <= version && version <= bound(1)?).then(|| run.get(2))?
    })
}

/// Makes typed values of the table's JSON. `None` anywhere means that the table is not in the
/// form its generator writes.
struct Reader<'a> {
    version: DjangoVersion,
    swappables: &'a Swappables,
}

impl Reader<'_> {
    /// The model that a setting names now.
    fn setting(&self, name: &str) -> Option<Arc<str>> {
        let default = || TABLE.get("settings")?.get(name)?.as_str().map(Arc::from);
        self.swappables.settings.get(name).cloned().or_else(default)
    }

    fn migration(&self, key: MigrationKey, json: &Json) -> Option<Migration> {
        let mut migration = Migration::empty(key, Origin::Bundled);
        migration.initial = json.get("initial")?.as_bool();
        migration.atomic = json.get("atomic")?.as_bool()?;
        let dependencies = json.get("dependencies")?.as_array()?.iter();
        migration.dependencies = dependencies.map(|it| self.dependency(it)).collect::<Option<_>>()?;
        let operations = json.get("operations")?.as_array()?.iter();
        migration.operations = operations.map(|it| self.operation(it)).collect::<Option<_>>()?;
        Some(migration)
    }

    fn dependency(&self, json: &Json) -> Option<Dependency> {
        let (app, name) = (json.get(0)?, json.get(1)?.as_str()?);
        let swappable = app.get("$setting").and_then(Json::as_str);
        let app = match swappable {
            Some(setting) => {
                let model = self.setting(setting)?;
                AppLabel::new(model.split('.').next()?)
            }
            None => AppLabel::new(app.as_str()?),
        };
        Some(Dependency { key: MigrationKey::new(app, name), swappable: swappable.map(Into::into), at: None })
    }

    fn operation(&self, json: &Json) -> Option<Operation> {
        let class = json.get("op")?.as_str()?;
        let text = |name: &str| -> Option<Arc<str>> { json.get(name)?.as_str().map(Into::into) };
        let value = |name: &str| json.get(name).map_or(Some(Value::None), Value::from_json);
        let preserve_default = json.get("preserve_default").is_none_or(|it| it != &Json::Bool(false));
        let kind = match class.rsplit('.').next()? {
            "CreateModel" => OperationKind::CreateModel(self.create_model(json)?),
            "DeleteModel" => OperationKind::DeleteModel { name: text("name")? },
            "AlterModelOptions" => {
                OperationKind::AlterModelOptions { name: text("name")?, options: named(json.get("options"))? }
            }
            "AlterModelManagers" => OperationKind::AlterModelManagers {
                name: text("name")?,
                managers: managers(json.get("managers"))?,
            },
            "AlterUniqueTogether" => OperationKind::AlterUniqueTogether {
                name: text("name")?,
                unique_together: value("unique_together")?,
            },
            "AddField" => OperationKind::AddField {
                model_name: text("model_name")?,
                name: text("name")?,
                field: self.field(json.get("field")?)?,
                preserve_default,
            },
            "AlterField" => OperationKind::AlterField {
                model_name: text("model_name")?,
                name: text("name")?,
                field: self.field(json.get("field")?)?,
                preserve_default,
            },
            "RemoveField" => {
                OperationKind::RemoveField { model_name: text("model_name")?, name: text("name")? }
            }
            "AddIndex" => OperationKind::AddIndex {
                model_name: text("model_name")?,
                index: value("index")?,
                concurrently: false,
            },
            "AddConstraint" => OperationKind::AddConstraint {
                model_name: text("model_name")?,
                constraint: value("constraint")?,
                not_valid: false,
            },
            "RunPython" => OperationKind::RunPython(RunPython {
                code: value("code")?,
                reverse_code: json.get("reverse_code").and_then(Value::from_json),
                atomic: json.get("atomic").and_then(Json::as_bool),
                hints: value("hints")?,
                elidable: json.get("elidable").and_then(Json::as_bool).unwrap_or(false),
            }),
            _ => return None,
        };
        Some(Operation { class: class.into(), kind, at: None, custom_describe: None })
    }

    fn create_model(&self, json: &Json) -> Option<CreateModel> {
        Some(CreateModel {
            name: json.get("name")?.as_str()?.into(),
            fields: self.fields(json.get("fields")?)?,
            options: named(json.get("options"))?,
            bases: bases(json.get("bases"))?,
            managers: managers(json.get("managers"))?,
            unknowns: Vec::new(),
        })
    }

    fn model(&self, app: AppLabel, json: &Json) -> Option<ModelState> {
        Some(ModelState {
            app,
            name: json.get("name")?.as_str()?.into(),
            fields: self.fields(json.get("fields")?)?.into_iter().collect(),
            options: named(json.get("options"))?.into_iter().collect(),
            bases: bases(json.get("bases"))?,
            managers: managers(json.get("managers"))?,
            at: None,
            unknowns: Vec::new(),
        })
    }

    fn fields(&self, json: &Json) -> Option<Vec<Named<Arc<Field>>>> {
        let pair = |pair: &Json| Some((pair.get(0)?.as_str()?.into(), self.field(pair.get(1)?)?));
        json.as_array()?.iter().map(pair).collect()
    }

    fn field(&self, json: &Json) -> Option<Arc<Field>> {
        let path: Arc<str> = json.get("class")?.as_str()?.into();
        let mut kwargs: Vec<Named<Value>> = Vec::new();
        for (name, json) in json.get("kwargs").and_then(Json::as_object).into_iter().flatten() {
            let value = match json.get("$setting").and_then(Json::as_str) {
                Some(setting) => Value::str(self.setting(setting)?.to_lowercase()),
                None => Value::from_json(json)?,
            };
            kwargs.push((name.as_str().into(), value));
        }
        let mro = at_version(TABLE.get("fields")?.get(&*path)?, self.version)?.as_array()?.iter();
        let mro: Vec<Arc<str>> = mro.map(|class| class.as_str().map(Into::into)).collect::<Option<_>>()?;
        let class = FieldClass::new(mro.first()?.clone(), Some(path.clone()), mro);
        Some(Arc::new(Field { path, args: Vec::new(), kwargs, class: Arc::new(class), at: None, live: None }))
    }
}

/// An object's members; nothing where it is left out.
fn named(json: Option<&Json>) -> Option<Vec<Named<Value>>> {
    let members = json.and_then(Json::as_object).into_iter().flat_map(Map::iter);
    members.map(|(name, json)| Some((name.as_str().into(), Value::from_json(json)?))).collect()
}

/// `[[name, manager], …]`
fn managers(json: Option<&Json>) -> Option<Vec<Named<Value>>> {
    let pairs = json.and_then(Json::as_array).into_iter().flatten();
    pairs.map(|pair| Some((pair.get(0)?.as_str()?.into(), Value::from_json(pair.get(1)?)?))).collect()
}

/// Left out, they are Django's default, `(models.Model,)`.
fn bases(json: Option<&Json>) -> Option<Vec<Value>> {
    let Some(json) = json else { return Some(vec![Value::Ref("django.db.models.base.Model".into())]) };
    Value::from_json(json)?.items().map(<[Value]>::to_vec)
}

#[cfg(test)]
mod tests;
