//! `MigrationWriter` (`django/db/migrations/writer.py`, Django 3.2 to 6.1): a migration as the text
//! of its file, byte for byte what `makemigrations` writes. Where a part is not known, or Django
//! would ask, nothing is written.

mod operation;
mod repr;
mod serializer;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::operation::OperationWriter;
use self::repr::repr_str;
use self::serializer::Serializer;
use super::autodetector::{Changes, NewDependency, NewMigration, QuestionKind};
use super::operations::Operation;
use super::state::{ProjectState, Swappables};
use super::version::DjangoVersion;
use crate::python::value::Unknown;

/// Why a migration cannot be written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WriteError {
    /// A value in it is not known.
    #[error("{}", .0.reason)]
    Unknown(Arc<Unknown>),
    /// Django refuses such a value too, or its text cannot be worked out from what is known.
    #[error("{0} cannot be written")]
    Unserializable(String),
    /// `makemigrations` would ask about this field or model.
    #[error("makemigrations would ask {} ({model}{})", .kind.as_str(), .field.as_ref().map(|field| format!(".{field}")).unwrap_or_default())]
    Question {
        /// What it would ask.
        kind: QuestionKind,
        /// The model's name.
        model: Arc<str>,
        /// The field's name.
        field: Option<Arc<str>>,
    },
}

/// `MigrationWriter`
pub struct MigrationWriter<'a> {
    /// Django's version.
    pub version: DjangoVersion,
    /// Settings that name models: a relation to one is written as `settings.NAME`.
    pub swappables: &'a Swappables,
    /// The state that the models declare: before 4.0 a many-to-many's target is written with its
    /// class's own name, not in lower case.
    pub to_state: &'a ProjectState,
    /// The comment at the file's top, without its `#`; without it there is no header.
    pub header: Option<&'a str>,
}

/// Import lines, as they are written.
type Imports = BTreeSet<String>;

impl MigrationWriter<'_> {
    /// The file's text, if Django would write it without asking anything about the migration's app.
    ///
    /// # Errors
    /// Where Django would ask a question, or a value is unknown or has no text.
    pub fn write(&self, changes: &Changes, migration: &NewMigration) -> Result<String, WriteError> {
        if let Some(question) = changes.questions.iter().find(|question| question.model.app == migration.app)
        {
            return Err(WriteError::Question {
                kind: question.kind,
                model: question.model.model.clone(),
                field: question.field.clone(),
            });
        }
        self.as_string(migration)
    }

    /// One operation, as it stands in the list of operations, at the margin.
    ///
    /// # Errors
    /// Where a value is unknown or has no text.
    pub fn operation(&self, operation: &Operation) -> Result<String, WriteError> {
        let text = OperationWriter::serialize(Serializer { writer: self }, operation, &mut Imports::new())?;
        // Values are written on one line each, so that what stands before a line is indentation.
        let lines = text.lines().map(|line| line.strip_prefix("        ").unwrap_or(line));
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }

    /// `MigrationWriter.as_string`
    ///
    /// # Errors
    /// Where a value is unknown or has no text.
    pub fn as_string(&self, migration: &NewMigration) -> Result<String, WriteError> {
        let serializer = Serializer { writer: self };
        let mut imports = Imports::new();
        let mut operations = String::new();
        for operation in &migration.operations {
            operations.push_str(&OperationWriter::serialize(serializer, operation, &mut imports)?);
        }
        let dependencies = dependency_lines(migration, &mut imports);
        let initial = if migration.initial { "\n    initial = True\n" } else { "" };
        let header = self.header.map_or_else(String::new, |header| format!("# {header}\n\n"));
        let imports = import_lines(imports, self.version);
        Ok(format!(
            "{header}{imports}\n\nclass Migration(migrations.Migration):\n{initial}\n    dependencies = [\n{dependencies}    ]\n\n    operations = [\n{operations}    ]\n"
        ))
    }
}

fn dependency_lines(migration: &NewMigration, imports: &mut Imports) -> String {
    let lines: BTreeSet<String> = migration
        .dependencies
        .iter()
        .map(|dependency| match dependency {
            NewDependency::Migration(app, name) => {
                format!("        ({}, {}),\n", repr_str(app.as_str()), repr_str(name))
            }
            NewDependency::Setting(name) => {
                imports.insert("from django.conf import settings".to_owned());
                format!("        migrations.swappable_dependency(settings.{name}),\n")
            }
        })
        .collect();
    lines.into_iter().collect()
}

/// The import block, with what has to be copied by hand below it: a module whose name starts with
/// a digit cannot be imported by a statement.
fn import_lines(mut imports: Imports, version: DjangoVersion) -> String {
    let is_from_migration = |line: &String| {
        line.strip_prefix("import ").is_some_and(|module| {
            let parts = module.split('.').skip(1);
            parts.into_iter().any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        })
    };
    let copied: Vec<String> = imports.iter().filter(|line| is_from_migration(line)).cloned().collect();
    imports.retain(|line| !is_from_migration(line));
    let models = imports.remove("from django.db import models");
    imports.insert(format!("from django.db import migrations{}", if models { ", models" } else { "" }));
    let mut lines: Vec<String> = imports.into_iter().collect();
    lines.sort_by_cached_key(|line| {
        let mut words = line.split(' ');
        // `import` lines come first since 5.0; before, the module's name alone counted.
        (
            words.next() == Some("from") && version >= DjangoVersion::V5_0,
            words.next().unwrap_or_default().to_owned(),
            line.clone(),
        )
    });
    let mut text = lines.join("\n") + "\n";
    if !copied.is_empty() {
        text.push_str(MANUAL_PORTING);
        let modules: Vec<&str> = copied.iter().filter_map(|line| line.strip_prefix("import ")).collect();
        text.push_str(&modules.join("\n# "));
    }
    text
}

/// What Django writes above the names of functions it cannot import; part of the file's format.
const MANUAL_PORTING: &str = "\n\n# Functions from the following migrations need manual copying.\n# Move them and any dependencies into this file, then update the\n# RunPython operations to refer to the local versions:\n# ";
