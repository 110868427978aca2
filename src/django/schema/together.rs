//! `unique_together` and `index_together` (`alter_unique_together`, `alter_index_together` of
//! `django/db/backends/base/schema.py`, 3.2 to 6.1).

use std::sync::Arc;

use super::editor::{Done, Editor, States};
use super::model::{Apps, Model};
use super::set_order::set_order;
use super::statement::Statement;
use crate::database::Vendor;
use crate::django::keys::ModelKey;
use crate::django::state::{ProjectState, normalize_together};
use crate::django::version::DjangoVersion;
use crate::python::value::Value;

impl Editor<'_> {
    /// `alter_unique_together`, `alter_index_together`
    pub(super) fn alter_together(&mut self, states: &States<'_>, key: &ModelKey, unique: bool) -> Done {
        if !states.to.can_migrate(key) {
            return Ok(());
        }
        let model = states.to.model(key)?;
        let option = if unique { "unique_together" } else { "index_together" };
        let of = |state: &ProjectState| -> Vec<Vec<Arc<str>>> {
            let value = state.models.get(key).and_then(|model| model.option(option)).map(normalize_together);
            let items = value.as_ref().and_then(Value::items).unwrap_or_default();
            let names = |item: &Value| -> Vec<Arc<str>> {
                item.items().unwrap_or_default().iter().filter_map(Value::as_str).map(Arc::from).collect()
            };
            let items: Vec<_> = items.iter().map(names).filter(|names| !names.is_empty()).collect();
            set_order(&items, self.context.version)
        };
        let (olds, news) = (of(states.from.state), of(states.to.state));
        let (gone, come): (Vec<_>, Vec<_>) = (
            olds.iter().filter(|names| !news.contains(names)).cloned().collect(),
            news.iter().filter(|names| !olds.contains(names)).cloned().collect(),
        );
        let (gone, come) = (set_order(&gone, self.context.version), set_order(&come, self.context.version));
        for names in &gone {
            self.note_set_order(gone.len());
            self.delete_together(&states.to, &model, names, unique)?;
        }
        for names in &come {
            self.note_set_order(come.len());
            let statement = if unique {
                Self::create_unique_together(&states.to, &model, names)?
            } else {
                self.index_together(&states.to, &model, names)?
            };
            self.execute(statement);
        }
        Ok(())
    }

    /// `_delete_composed_index`
    fn delete_together(&mut self, apps: &Apps<'_>, model: &Model, names: &[Arc<str>], unique: bool) -> Done {
        let mut columns = Vec::new();
        for name in names {
            columns.push(apps.field_of(model, name)?.column_name().to_owned());
        }
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        // A constraint that still waits is forgotten instead (6.1).
        if unique
            && self.context.version >= DjangoVersion::V6_1
            && self.forget_unique(&model.db_table, &columns)
        {
            return Ok(());
        }
        let suffix = if unique { "_uniq" } else { "_idx" };
        let name = self.existing_index(model, &columns, suffix);
        let statement = if unique {
            let kind = super::statement::ConstraintKind::Unique;
            Statement::DropConstraint { table: model.db_table.clone(), name, kind, if_exists: false }
        } else {
            let if_exists = self.is(Vendor::PostgreSql);
            Statement::DropIndex { table: model.db_table.clone(), name, concurrently: false, if_exists }
        };
        self.execute(statement);
        Ok(())
    }

    fn forget_unique(&mut self, table: &str, columns: &[&str]) -> bool {
        let found = self.deferred.iter().position(|pending| {
            pending.statement.references_table(table) && pending.statement.columns() == columns
        });
        if let Some(at) = found {
            self.deferred.remove(at);
        }
        found.is_some()
    }
}
