//! What a data migration misses when its rows are of historical models: `save()` and `delete()` of the
//! class in models.py, and receivers of its signals.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::context::OperationContext;
use super::data_code::{finding, forwards, model_of};
use super::{RuleInfo, Sink};
use crate::django::data_code::{RowWrite, RowWriteKind};
use crate::django::field::Field;
use crate::django::keys::{AppLabel, ModelKey};
use crate::django::models::{Assigned, Behaviour, Receiver, When};
use crate::django::state::ModelState;
use crate::python::value::Value;
use crate::report::{Finding, Help};

/// Reports rows that the function makes, saves or deletes as if the class of models.py were there.
pub(super) fn report(cx: &OperationContext<'_>, rule: &RuleInfo, sink: &mut Sink) {
    let Some(code) = forwards(cx) else { return };
    let queried: BTreeSet<&str> = code.data.queries.iter().map(|query| &*query.model.name).collect();
    let mut seen = BTreeSet::new();
    for row in &code.data.rows {
        let Some(model) = model_of(cx, &row.model) else { continue };
        let key = ModelKey::new(AppLabel::new(&*row.model.app), &row.model.name);
        let Some(behaviour) = cx.migration.project.models.get().behaviour.get(&key) else { continue };
        let about = About { cx, rule, model, behaviour, row };
        let found = match row.kind {
            RowWriteKind::Create => about.lacking().or_else(|| about.unmade(&queried)),
            RowWriteKind::SaveUnchanged => about.unchanged(),
            RowWriteKind::Delete => about.gone(),
        };
        if let Some(found) = found
            && seen.insert((key, row.kind))
        {
            sink.report(found);
        }
    }
}

struct About<'a, 'b> {
    cx: &'b OperationContext<'a>,
    rule: &'b RuleInfo,
    model: &'b ModelState,
    behaviour: &'b Behaviour,
    row: &'b RowWrite,
}

impl About<'_, '_> {
    fn finding(&self, identity: &str, message: String) -> Finding {
        finding(self.cx, self.rule, &self.row.at, &format!("{} {identity}", self.model.name), message)
            .table(self.cx.table(self.model))
    }

    /// A row is made without fields that `save()` or a receiver of `pre_save` would fill.
    fn lacking(&self) -> Option<Finding> {
        let lacks = |(name, assigned): &(&Arc<str>, &Assigned)| {
            self.is_plain_field(name, assigned.when) && !self.is_given(name)
        };
        let all: Vec<_> = self.behaviour.all_set().filter(lacks).collect();
        let (_, first) = all.first()?;
        let names: BTreeSet<&str> = all.iter().map(|(name, _)| &***name).collect();
        let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
        let by = if self.behaviour.sets.values().any(|assigned| assigned.at == first.at) {
            format!("`save()` of `{}`", self.model.name)
        } else {
            "a receiver of `pre_save`".to_owned()
        };
        let message = format!(
            "`RunPython` code makes rows of `{}` without {}, which {by} sets for the class in models.py: the historical model does \
not have it, and the rows keep the field's default",
            self.model.name,
            names.join(", "),
        );
        let help = Help::text(format!("Give {} in the migration itself.", names.join(", ")));
        Some(
            self.finding("lacks", message)
                .label(first.at.clone(), "set here for the model in models.py")
                .help(help),
        )
    }

    /// Rows are saved as they are, which is of use where `save()` does something alone.
    fn unchanged(&self) -> Option<Finding> {
        if self.fields_act() {
            return None;
        }
        let sets = |assigned: &(&Arc<str>, &Assigned)| {
            assigned.1.when != When::IfNew && self.field(assigned.0).is_some()
        };
        let (name, first) = self.behaviour.all_set().find(sets)?;
        let message = format!(
            "`RunPython` code saves rows of `{}` as they are, for what models.py does then (it sets `{name}`): the historical \
model does not do it, so nothing is changed",
            self.model.name
        );
        let help = Help::text(format!("Set `{name}` in the migration itself before the row is saved."));
        Some(
            self.finding("unchanged", message)
                .label(first.at.clone(), "set here for the model in models.py")
                .help(help),
        )
    }

    /// Rows are deleted that the class of models.py would keep.
    fn gone(&self) -> Option<Finding> {
        let at = self.behaviour.keeps.as_ref()?;
        let message = format!(
            "`RunPython` code deletes rows of `{}`, whose `delete()` in models.py keeps them: the historical model has Django's \
own, and they are gone",
            self.model.name
        );
        let help = Help::text(
            "Set the fields that mark a row as deleted in the migration itself, if it is to be kept.",
        );
        Some(
            self.finding("gone", message)
                .label(at.clone(), "kept here for the model in models.py")
                .help(help),
        )
    }

    /// A row is made for which a receiver would make rows of another model, of which the function makes none.
    fn unmade(&self, queried: &BTreeSet<&str>) -> Option<Finding> {
        let state = &self.cx.effect.before;
        let is_missed =
            |name: &str| !queried.contains(name) && state.models.values().any(|model| &*model.name == name);
        let missed = |receiver: &'_ &Receiver| receiver.makes.iter().any(|name| is_missed(name));
        let receiver = self.behaviour.receivers.iter().find(missed)?;
        let made = receiver.makes.iter().find(|name| is_missed(name))?;
        let message = format!(
            "`RunPython` code makes rows of `{}`, for which the receiver `{}` makes rows of `{made}`: it asks for the class in \
models.py as the sender and is not called for the historical model",
            self.model.name, receiver.name
        );
        let help = Help::text(format!("Make the rows of `{made}` in the migration itself."));
        Some(self.finding("unmade", message).label(receiver.at.clone(), "the receiver").help(help))
    }

    fn field(&self, name: &str) -> Option<Arc<Field>> {
        let apps = self.cx.apps_before();
        let fields = apps.fields(&self.model.key());
        let found = fields.iter().find(|found| &*found.name == name || found.attname() == name)?;
        Some(found.field.clone())
    }

    /// A field of the historical model that nothing but `save()` fills.
    fn is_plain_field(&self, name: &str, when: When) -> bool {
        let Some(field) = self.field(name) else { return false };
        // Where there is a default, nothing is empty.
        let filled =
            when == When::IfEmpty && field.kwarg("default").is_some_and(|default| *default != Value::str(""));
        !acts(&field) && !filled && !field.flag("primary_key")
    }

    fn is_given(&self, name: &str) -> bool {
        let apps = self.cx.apps_before();
        let fields = apps.fields(&self.model.key());
        let field = fields.iter().find(|found| &*found.name == name || found.attname() == name);
        self.row.given.iter().any(|given| {
            **given == *name
                || field.is_some_and(|field| **given == *field.name || **given == *field.attname())
        })
    }

    /// Whether a field of the model does something by itself when a row is saved.
    fn fields_act(&self) -> bool {
        self.model.fields.values().any(|field| acts(field))
    }
}

/// Whether a field's `pre_save()` may do something: it is stamped, a file, or of a class that is not Django's.
fn acts(field: &Field) -> bool {
    field.flag("auto_now")
        || field.flag("auto_now_add")
        || field.is_a("django.db.models.FileField")
        || !field.class.qualname.starts_with("django.")
}
