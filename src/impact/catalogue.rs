//! What the migrations before a statement say of the tables it names.

use std::collections::BTreeMap;

use crate::django::keys::ModelKey;
use crate::django::schema::{self, KnownColumn, KnownTable, NamedConstraint, known_table};
use crate::django::state::ProjectState;

/// The tables of a state, each read when it is first asked for.
pub(super) struct Catalogue<'a> {
    context: &'a schema::Context,
    state: Option<&'a ProjectState>,
    names: Option<BTreeMap<String, ModelKey>>,
    read: BTreeMap<String, Option<KnownTable<'a>>>,
}

impl<'a> Catalogue<'a> {
    /// The tables of `state`; without one, none is known.
    pub fn new(context: &'a schema::Context, state: Option<&'a ProjectState>) -> Self {
        Self { context, state, names: None, read: BTreeMap::new() }
    }

    fn names(&mut self) -> &BTreeMap<String, ModelKey> {
        let (context, state) = (self.context, self.state);
        self.names
            .get_or_insert_with(|| state.map(|state| schema::tables(context, state)).unwrap_or_default())
    }

    /// What is known of a table; `None` where no model has it, or its model cannot be read.
    pub fn table(&mut self, name: &str) -> Option<&KnownTable<'a>> {
        if !self.read.contains_key(name) {
            let (context, state) = (self.context, self.state);
            let usual = state.and_then(|state| schema::model_by_default_name(context, state, name));
            let key = usual.or_else(|| self.names().get(name).cloned());
            let known = key.zip(state).and_then(|(key, state)| known_table(context, state, &key));
            self.read.insert(name.to_owned(), known);
        }
        self.read.get(name).and_then(Option::as_ref)
    }

    /// A column of a table.
    pub fn column(&mut self, table: &str, column: &str) -> Option<KnownColumn> {
        self.table(table)?.column(column)
    }

    /// The constraint of that name of a table.
    pub fn constraint(&mut self, table: &str, name: &str) -> Option<NamedConstraint> {
        self.table(table)?.constraints().find(|known| known.name == name)
    }

    /// The table whose model names that index.
    pub fn table_of_index(&mut self, index: &str) -> Option<String> {
        let names: Vec<String> = self.names().keys().cloned().collect();
        names.into_iter().find(|table| {
            self.table(table).is_some_and(|known| {
                known.indexes().any(|name| name == index)
                    || known.constraints().any(|constraint| constraint.name == index)
            })
        })
    }
}
