//! What `DATABASE_ROUTERS` keep from the default database (`ConnectionRouter.allow_migrate`,
//! `django/db/utils.py`).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{on_big_stack, parsed, project_apps};
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::models;
use crate::django::runtime::{self, ProjectFacts};
use crate::django::schema::Routers;
use crate::project::{Project, readers};
use crate::python::syntax::ast::{Expr, Stmt};
use crate::python::value::Value;

/// Asks the routers about each of the models and its app; where none is named, what they say is open.
pub(super) fn routers(project: &Project, facts: &ProjectFacts, asked: &BTreeSet<ModelKey>) -> Routers {
    let unread = || Routers { unread: true, ..Routers::default() };
    let listed = match facts.settings.values.get("DATABASE_ROUTERS") {
        None if facts.settings.open.is_none() => return Routers::default(),
        Some(Value::List(items) | Value::Tuple(items)) => {
            items.iter().map(|value| value.as_str().map(Arc::from)).collect()
        }
        _ => None,
    };
    let known = listed.is_some();
    // Those that the settings list on a condition may be asked or not: that matters if they deny something.
    let only = facts.settings.open.is_none() && named_once(project);
    let Some(paths) = listed.or_else(|| listed_somewhere(project)) else { return unread() };
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
        let without_effect = only && answers.iter().all(|answer| *answer == Some(true));
        Routers {
            denied: asked.iter().zip(of_models).filter(|(_, a)| denied(a)).map(|(k, _)| k.clone()).collect(),
            denied_apps: labels
                .into_iter()
                .zip(of_apps)
                .filter(|(_, answer)| denied(answer))
                .map(|(app, _)| app.clone())
                .collect(),
            unread: (!known && !without_effect) || answers.iter().any(Option::is_none),
        }
    })
}

/// Whether the settings module speaks of routers in one place alone, so that the list there is the only
/// one that there can be besides none at all.
fn named_once(project: &Project) -> bool {
    let once = |text: &str| text.matches("DATABASE_ROUTERS").count() == 1;
    project.settings_file.as_ref().is_some_and(|file| once(file.text()))
}

/// The routers of the first statement of the settings module that assigns a plain list of them.
fn listed_somewhere(project: &Project) -> Option<Vec<Arc<str>>> {
    let read = parsed(project.settings_file.as_ref()?).ok()?;
    listed_in(&read.body)
}

/// Bounded: the parser bounds how deep statements nest.
fn listed_in(body: &[Stmt]) -> Option<Vec<Arc<str>>> {
    body.iter().find_map(|statement| match statement {
        Stmt::Assign(assign) => {
            let named = |target: &Expr| matches!(target, Expr::Name(name) if name.id == *"DATABASE_ROUTERS");
            let items = match &*assign.value {
                Expr::List(list) => &list.elts,
                Expr::Tuple(tuple) => &tuple.elts,
                _ => return None,
            };
            let texts = items.iter().map(|item| match item {
                Expr::StringLiteral(text) => Some(Arc::from(text.value.to_str())),
                _ => None,
            });
            if assign.targets.iter().any(named) { texts.collect() } else { None }
        }
        Stmt::If(inner) => {
            let clauses = inner.elif_else_clauses.iter();
            listed_in(&inner.body)
                .or_else(|| clauses.map(|clause| &clause.body).find_map(|body| listed_in(body)))
        }
        Stmt::Try(inner) => listed_in(&inner.body),
        _ => None,
    })
}
