//! `OperationWriter` (`django/db/migrations/writer.py`): an operation and its arguments, one a line.

use std::sync::Arc;

use super::repr::repr_str;
use super::serializer::Serializer;
use super::{Imports, WriteError};
use crate::django::field::Field;
use crate::django::operations::{CreateModel, Named, Operation, OperationKind as K};
use crate::python::value::Value;

/// An operation's text while it is made.
pub(super) struct OperationWriter<'a> {
    serializer: Serializer<'a>,
    imports: &'a mut Imports,
    lines: String,
}

impl<'a> OperationWriter<'a> {
    /// `OperationWriter(operation).serialize()`, the imports added to `imports`.
    pub(super) fn serialize(
        serializer: Serializer<'a>,
        operation: &Operation,
        imports: &'a mut Imports,
    ) -> Result<String, WriteError> {
        let mut writer = Self { serializer, imports, lines: String::new() };
        writer.feed(2, &format!("migrations.{}(", operation.class_name()));
        writer.arguments(operation)?;
        writer.feed(2, "),");
        Ok(writer.lines)
    }

    fn feed(&mut self, indentation: usize, line: &str) {
        self.lines.extend(std::iter::repeat_n("    ", indentation));
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    fn argument(&mut self, name: &str, value: &Value) -> Result<(), WriteError> {
        let text = self.serializer.value(value, self.imports)?;
        self.feed(3, &format!("{name}={text},"));
        Ok(())
    }

    fn text(&mut self, name: &str, text: &str) {
        self.feed(3, &format!("{name}={},", repr_str(text)));
    }

    /// The arguments in the order of the constructor's.
    fn arguments(&mut self, operation: &Operation) -> Result<(), WriteError> {
        match &operation.kind {
            K::CreateModel(create) => self.create_model(create)?,
            K::DeleteModel { name } => self.text("name", name),
            K::RenameModel { old_name, new_name } => {
                self.text("old_name", old_name);
                self.text("new_name", new_name);
            }
            K::AlterModelTable { name, table } => {
                self.named(name, "table", table)?;
            }
            K::AlterModelTableComment { name, table_comment } => {
                self.named(name, "table_comment", table_comment)?;
            }
            K::AlterUniqueTogether { name, unique_together } => {
                self.named(name, "unique_together", unique_together)?;
            }
            K::AlterIndexTogether { name, index_together } => {
                self.named(name, "index_together", index_together)?;
            }
            K::AlterOrderWithRespectTo { name, order_with_respect_to } => {
                self.named(name, "order_with_respect_to", order_with_respect_to)?;
            }
            K::AlterModelOptions { name, options } => {
                let options =
                    options.iter().map(|(key, value)| (Value::Str(key.clone()), value.clone())).collect();
                self.named(name, "options", &Value::Dict(options))?;
            }
            K::AlterModelManagers { name, managers } => {
                self.text("name", name);
                self.managers(managers)?;
            }
            K::AddField { model_name, name, field, preserve_default }
            | K::AlterField { model_name, name, field, preserve_default } => {
                self.field(model_name, name, field, *preserve_default)?;
            }
            K::RemoveField { model_name, name }
            | K::RemoveIndex { model_name, name, .. }
            | K::RemoveConstraint { model_name, name } => {
                self.text("model_name", model_name);
                self.text("name", name);
            }
            K::RenameField { model_name, old_name, new_name } => {
                self.text("model_name", model_name);
                self.text("old_name", old_name);
                self.text("new_name", new_name);
            }
            K::AddIndex { model_name, index, .. } => {
                self.of_model(model_name, "index", index)?;
            }
            K::AddConstraint { model_name, constraint, .. } => {
                self.of_model(model_name, "constraint", constraint)?;
            }
            K::AlterConstraint { model_name, name, constraint } => {
                self.text("model_name", model_name);
                self.text("name", name);
                self.argument("constraint", constraint)?;
            }
            K::RenameIndex { model_name, new_name, old_name, old_fields } => {
                self.text("model_name", model_name);
                self.text("new_name", new_name);
                if let Some(old_name) = old_name {
                    self.text("old_name", old_name);
                }
                if let Some(fields) = old_fields {
                    self.argument("old_fields", fields)?;
                }
            }
            _ => return Err(WriteError::Unserializable(operation.class_name().to_owned())),
        }
        Ok(())
    }

    fn named(&mut self, name: &str, key: &str, value: &Value) -> Result<(), WriteError> {
        self.text("name", name);
        self.argument(key, value)
    }

    fn of_model(&mut self, model_name: &str, key: &str, value: &Value) -> Result<(), WriteError> {
        self.text("model_name", model_name);
        self.argument(key, value)
    }

    fn field(
        &mut self,
        model: &str,
        name: &str,
        field: &Arc<Field>,
        preserve: bool,
    ) -> Result<(), WriteError> {
        self.text("model_name", model);
        self.text("name", name);
        self.argument("field", &Value::Field(field.clone()))?;
        if !preserve {
            self.feed(3, "preserve_default=False,");
        }
        Ok(())
    }

    /// `CreateModel`, whose fields, options and managers stand one a line.
    fn create_model(&mut self, create: &CreateModel) -> Result<(), WriteError> {
        if let Some(unknown) = create.unknowns.first() {
            return Err(WriteError::Unknown(unknown.clone()));
        }
        self.text("name", &create.name);
        self.feed(3, "fields=[");
        for (name, field) in &create.fields {
            let text = self.serializer.field(field, self.imports)?;
            self.feed(4, &format!("({}, {text}),", repr_str(name)));
        }
        self.feed(3, "],");
        if !create.options.is_empty() {
            self.feed(3, "options={");
            for (name, value) in &create.options {
                let text = self.serializer.value(value, self.imports)?;
                self.feed(4, &format!("{}: {text},", repr_str(name)));
            }
            self.feed(3, "},");
        }
        let is_model = |base: &Value| matches!(base, Value::Ref(path) if is_model_class(path));
        if !create.bases.is_empty() && !matches!(create.bases.as_slice(), [base] if is_model(base)) {
            self.argument("bases", &Value::Tuple(create.bases.clone().into()))?;
        }
        if !create.managers.is_empty() && !is_default_manager(&create.managers) {
            self.managers(&create.managers)?;
        }
        Ok(())
    }

    fn managers(&mut self, managers: &[Named<Value>]) -> Result<(), WriteError> {
        self.feed(3, "managers=[");
        for (name, manager) in managers {
            let text = self.serializer.value(manager, self.imports)?;
            self.feed(4, &format!("({}, {text}),", repr_str(name)));
        }
        self.feed(3, "],");
        Ok(())
    }
}

/// `django.db.models.Model` under either of its paths.
pub(super) fn is_model_class(path: &str) -> bool {
    matches!(path, "django.db.models.Model" | "django.db.models.base.Model")
}

/// `[("objects", models.Manager())]`
fn is_default_manager(managers: &[Named<Value>]) -> bool {
    let [(name, Value::Call(call))] = managers else { return false };
    name.as_ref() == "objects"
        && matches!(call.path.as_ref(), "django.db.models.Manager" | "django.db.models.manager.Manager")
        && call.args.is_empty()
        && call.kwargs.is_empty()
}
