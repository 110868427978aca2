//! Names of apps, migrations and models, told apart by type.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// An app's label (`AppConfig.label`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppLabel(pub Arc<str>);

/// `(app label, migration name)`: a node's key in Django's graph.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MigrationKey {
    /// The app's label.
    pub app: AppLabel,
    /// The module's name, or `__first__`/`__latest__` in a dependency.
    pub name: Arc<str>,
}

/// `(app label, lower-cased model name)`: a model's key in Django's `ProjectState`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelKey {
    /// The app's label.
    pub app: AppLabel,
    /// The model's name in lower case.
    pub model: Arc<str>,
}

impl AppLabel {
    /// The label `text`.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl MigrationKey {
    /// The key of `name` in `app`.
    pub fn new(app: AppLabel, name: impl Into<Arc<str>>) -> Self {
        Self { app, name: name.into() }
    }
}

impl ModelKey {
    /// The key of `model` (lower-cased here) in `app`.
    pub fn new(app: AppLabel, model: &str) -> Self {
        Self { app, model: model.to_lowercase().into() }
    }

    /// The key of `text`, either `app.Model` or, within `app`, `Model`.
    pub fn parse(text: &str, app: &AppLabel) -> Self {
        match text.split_once('.') {
            Some((other, model)) => Self::new(AppLabel::new(other), model),
            None => Self::new(app.clone(), text),
        }
    }
}

impl fmt::Display for AppLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for AppLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for MigrationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.app, self.name)
    }
}

impl fmt::Debug for MigrationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ModelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.app, self.model)
    }
}

impl fmt::Debug for ModelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for AppLabel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for MigrationKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.app, &self.name as &str).serialize(serializer)
    }
}
