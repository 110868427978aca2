//! What `DATABASE_ROUTERS` keep from the default database (`ConnectionRouter.allow_migrate`,
//! `django/db/utils.py`).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{on_big_stack, project_apps};
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::models;
use crate::django::runtime::{self, ProjectFacts};
use crate::django::schema::Routers;
use crate::project::{Project, readers};
use crate::python::value::Value;

/// Asks the routers about each of the models and its app; where none is named, what they say is open.
pub(super) fn routers(project: &Project, facts: &ProjectFacts, asked: &BTreeSet<ModelKey>) -> Routers {
    let unread = || Routers { unread: true, ..Routers::default() };
    let paths: Vec<Arc<str>> = match facts.settings.values.get("DATABASE_ROUTERS") {
        None if facts.settings.open.is_none() => return Routers::default(),
        Some(Value::List(items) | Value::Tuple(items)) => {
            let text = |value: &Value| value.as_str().map(Arc::from);
            match items.iter().map(text).collect() {
                Some(paths) => paths,
                None => return unread(),
            }
        }
        _ => return unread(),
    };
    if paths.is_empty() {
        return Routers::default();
    }
    if asked.is_empty() {
        return unread();
    }
    let apps = project_apps(project);
    on_big_stack(|| {
        let mut interpreter = runtime::interpreter(project.library.clone(), facts.clone());
        readers::provide(&mut interpreter);
        // Routers look at models that know themselves by a decorator or a setting.
        models::read(&mut interpreter, &apps);
        let labels: BTreeSet<&AppLabel> = asked.iter().map(|key| &key.app).collect();
        let of_models = asked.iter().map(|key| (key.app.as_str(), Some(&*key.model)));
        let questions: Vec<_> = labels.iter().map(|app| (app.as_str(), None)).chain(of_models).collect();
        let Some(answers) = runtime::migrates(&mut interpreter, &paths, &questions) else { return unread() };
        let (of_apps, of_models) = answers.split_at(labels.len());
        let denied = |answer: &Option<bool>| *answer == Some(false);
        Routers {
            denied: asked.iter().zip(of_models).filter(|(_, a)| denied(a)).map(|(k, _)| k.clone()).collect(),
            denied_apps: labels
                .into_iter()
                .zip(of_apps)
                .filter(|(_, answer)| denied(answer))
                .map(|(app, _)| app.clone())
                .collect(),
            unread: answers.iter().any(Option::is_none),
        }
    })
}
