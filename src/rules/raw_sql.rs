//! The statements of `RunSQL`, and what of the project's models they are about.
//!
//! A statement on a table that no model has when the migration begins is nobody's business here: it
//! is how a table or column that left the state a release ago is dropped.

use super::context::{OperationContext, sql_text};
use super::effects::Side;
use super::registry::RuleInfo;
use crate::database::StatementKind;
use crate::database::sql::{self, Action, Reading, TableName};
use crate::database::statement_kind::TableSource;
use crate::django::keys::ModelKey;
use crate::django::operations::OperationKind;
use crate::django::state::ProjectState;
use crate::django::state::apps::ModelField;
use crate::django::state::tables::Through;
use crate::report::Finding;

/// Longest excerpt of a statement that a message shows.
const SHOWN: usize = 70;

/// A statement of a `RunSQL`.
#[derive(Debug)]
pub(super) struct Raw {
    /// Its own text.
    pub text: String,
    /// What it does.
    pub reading: Reading,
}

impl Raw {
    /// What it does, as far as it was understood.
    pub fn actions(&self) -> &[Action] {
        match &self.reading {
            Reading::Actions(actions) => actions,
            _ => &[],
        }
    }

    /// Its beginning, for people.
    pub fn shown(&self) -> String {
        let words = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let plain = words.replace('`', "'");
        if plain.chars().count() <= SHOWN {
            return plain;
        }
        plain.chars().take(SHOWN).collect::<String>() + "…"
    }
}

/// The statements of the operation, if it is a `RunSQL` that touches the database outside an
/// initial migration.
pub(super) fn statements(cx: &OperationContext<'_>) -> Vec<Raw> {
    if cx.effect.side == Side::State || cx.migration.initial {
        return Vec::new();
    }
    all(cx)
}

fn all(cx: &OperationContext<'_>) -> Vec<Raw> {
    match &cx.operation().kind {
        OperationKind::RunSql(run) => sql_text(&run.sql).map(|text| read(cx, &text)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn read(cx: &OperationContext<'_>, text: &str) -> Vec<Raw> {
    let statements = sql::read(cx.migration.vendor(), text);
    let of = |statement: sql::SqlStatement| Raw {
        text: text.get(statement.span).unwrap_or_default().trim().to_owned(),
        reading: statement.reading,
    };
    statements.into_iter().map(of).collect()
}

/// The statements of every `RunSQL` of the migration.
pub(super) fn of_migration(cx: &OperationContext<'_>) -> Vec<Raw> {
    let effects = cx.migration.effects.iter().filter(|effect| effect.side != Side::State);
    effects.flat_map(|effect| all(&OperationContext { migration: cx.migration, effect })).collect()
}

/// What the statements of every `RunSQL` of the migration do: read once, as there may be thousands.
pub(super) fn actions_of_migration<'a>(
    cx: &OperationContext<'a>,
) -> impl Iterator<Item = &'a Action> + use<'a> {
    let raw = cx.migration.impact.statements.iter().filter(|planned| planned.is_raw());
    raw.flat_map(|planned| &planned.actions).map(|costed| &costed.action)
}

/// The model that has the table when the migration begins, if no part of the same batch created it.
pub(super) fn model_in_use(cx: &OperationContext<'_>, table: &TableName) -> Option<ModelKey> {
    let model = model_of(cx, cx.at_start(), table)?;
    (!cx.effect.new.tables.contains(&model)).then_some(model)
}

/// Whether the table is one in use: a model's, or that in the middle of a many-to-many field.
pub(super) fn is_in_use(cx: &OperationContext<'_>, table: &TableName) -> bool {
    model_in_use(cx, table).is_some() || is_middle_in_use(cx, table)
}

fn is_middle_in_use(cx: &OperationContext<'_>, table: &TableName) -> bool {
    let state = cx.at_start();
    let apps = cx.apps(state);
    let new = &cx.effect.new;
    let mut fields = state.models.iter().flat_map(|(key, model)| {
        let own = model.fields.iter().filter(|(_, field)| field.many_to_many());
        own.map(move |(name, field)| ModelField {
            model: key.clone(),
            name: name.clone(),
            field: field.clone(),
        })
    });
    fields.any(|found| {
        matches!(apps.through(&found), Some(Through::Automatic(middle)) if middle.db_table.eq_ignore_ascii_case(&table.name))
            && !new.tables.contains(&found.model)
            && !new.fields.contains(&(found.model, found.name))
    })
}

/// The model of a table in a state.
pub(super) fn model_of(
    cx: &OperationContext<'_>,
    state: &ProjectState,
    table: &TableName,
) -> Option<ModelKey> {
    let apps = cx.apps(state);
    let is_it = |key: &&ModelKey| {
        !apps.is_proxy(key) && apps.db_table(key).is_some_and(|name| name.eq_ignore_ascii_case(&table.name))
    };
    state.models.keys().find(is_it).cloned()
}

/// The field whose column has that name.
pub(super) fn field_of(
    cx: &OperationContext<'_>,
    state: &ProjectState,
    model: &ModelKey,
    column: &str,
) -> Option<String> {
    let apps = cx.apps(state);
    let fields = apps.local_fields(model);
    let found = fields
        .into_iter()
        .find(|found| apps.column(found).is_some_and(|name| name.eq_ignore_ascii_case(column)));
    found.map(|found| found.name.to_string())
}

/// Whether a table is new: created earlier in the same batch by an operation or by SQL.
pub(super) fn is_new_table(cx: &OperationContext<'_>, table: &TableName) -> bool {
    let by_model =
        model_of(cx, &cx.effect.before, table).is_some_and(|model| cx.effect.new.tables.contains(&model));
    by_model
        || actions_of_migration(cx).any(|action| {
            matches!(action.kind, StatementKind::CreateTable(source) if source != TableSource::PartitionOf)
                && action.target.as_ref().is_some_and(|target| target.name == table.name)
        })
}

/// A finding about one statement of the operation.
pub(super) fn finding(
    cx: &OperationContext<'_>,
    rule: &RuleInfo,
    raw: &Raw,
    message: impl Into<String>,
) -> Finding {
    let mut finding = cx.finding(rule, message);
    finding.identity = format!("{} {}", cx.operation().class_name(), raw.text);
    finding
}
