//! `CREATE` and `DROP`

use super::cursor::Cursor;
use super::rows::tables_read;
use super::token::TokenKind;
use super::{Action, TableName, Unparsed};
use crate::database::statement_kind::{
    Answer, IndexKind, StatementKind as Kind, TableSource, TriggerAction, ViewAction,
};

type Read = Result<Vec<Action>, Unparsed>;

/// What touches no table that holds rows.
const CATALOGUE: &[&str] = &[
    "ACCESS METHOD",
    "AGGREGATE",
    "CAST",
    "COLLATION",
    "CONVERSION",
    "DATABASE",
    "DEFAULT PRIVILEGES",
    "DOMAIN",
    "EVENT",
    "EXTENSION",
    "FOREIGN DATA WRAPPER",
    "FUNCTION",
    "GROUP",
    "LANGUAGE",
    "LARGE OBJECT",
    "OPERATOR",
    "PROCEDURAL LANGUAGE",
    "PROCEDURE",
    "PUBLICATION",
    "ROLE",
    "ROUTINE",
    "SCHEMA",
    "SEQUENCE",
    "SERVER",
    "SUBSCRIPTION",
    "SYNONYM",
    "SYSTEM",
    "TABLESPACE",
    "TEXT SEARCH",
    "TRANSFORM",
    "TRUSTED LANGUAGE",
    "TYPE",
    "USER",
];

/// Whether an object of the catalogue is named here.
pub(super) fn catalogue(cursor: &mut Cursor<'_>) -> bool {
    cursor.take_any(CATALOGUE).is_some()
}

/// Behind `CREATE`.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Read {
    let replace = cursor.take("OR REPLACE");
    while cursor
        .take_any(&["TEMPORARY", "TEMP", "GLOBAL", "LOCAL", "UNLOGGED", "FOREIGN", "VIRTUAL", "RECURSIVE"])
        .is_some()
    {}
    if cursor.take("DEFINER") {
        while !cursor.is_done()
            && !cursor.sees_any(&["VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "SQL", "EVENT"])
        {
            cursor.at += 1;
        }
    }
    let _ = cursor.take("ALGORITHM") && cursor.take_sign('=') && cursor.name().is_ok();
    let _ = cursor.take("CONSTRAINT");
    if cursor.take("TABLE") {
        return create_table(cursor).map(|action| vec![action]);
    }
    if cursor.take("MATERIALIZED VIEW") {
        return view(cursor, ViewAction::CreateMaterialized);
    }
    if cursor.take("VIEW") {
        return view(cursor, if replace { ViewAction::Replace } else { ViewAction::Create });
    }
    if let Some(action) = on_table(cursor)? {
        return Ok(vec![action]);
    }
    if catalogue(cursor) {
        return Ok(vec![Action::new(Kind::Catalogue)]);
    }
    index(cursor).map(|action| vec![action])
}

fn create_table(cursor: &mut Cursor<'_>) -> Result<Action, Unparsed> {
    cursor.take_if_exists();
    let table = cursor.table()?;
    let source = |source, referenced: Vec<TableName>| {
        Action::on(Kind::CreateTable(source), table.clone()).referenced(referenced)
    };
    if cursor.take("PARTITION OF") {
        let parent = cursor.table()?;
        return Ok(source(TableSource::PartitionOf, vec![parent]));
    }
    let mut body = cursor.clone();
    let _ = body.take_sign('(');
    if body.take("LIKE") {
        let other = body.table()?;
        return Ok(source(TableSource::Like, vec![other]));
    }
    if cursor.has_ahead("SELECT") || cursor.has_ahead("AS") {
        return Ok(source(TableSource::Select, tables_read(cursor, &[])));
    }
    let mut referenced = cursor.references();
    referenced.retain(|other| *other != table);
    Ok(source(TableSource::Columns { references: !referenced.is_empty() }, referenced))
}

fn view(cursor: &mut Cursor<'_>, action: ViewAction) -> Read {
    cursor.take_if_exists();
    let name = cursor.table()?;
    Ok(vec![Action::on(Kind::View(action), name).referenced(tables_read(cursor, &[]))])
}

/// Triggers, rules, policies and statistics: what is named first belongs to a table named later.
fn on_table(cursor: &mut Cursor<'_>) -> Result<Option<Action>, Unparsed> {
    let (kind, before) = match cursor.take_any(&["TRIGGER", "EVENT TRIGGER", "RULE", "POLICY", "STATISTICS"])
    {
        Some("TRIGGER") => (Kind::Trigger(TriggerAction::Create), "ON"),
        Some("EVENT TRIGGER") => return Ok(Some(Action::new(Kind::Catalogue))),
        Some("RULE") => (Kind::CreateRule, "TO"),
        Some("POLICY") => (Kind::AlterTableProperty, "ON"),
        Some(_) => (Kind::SetStatistics, "FROM"),
        None => return Ok(None),
    };
    cursor.take_if_exists();
    let name = cursor.table()?.name;
    while !cursor.is_done() && !cursor.take(before) {
        cursor.at += 1;
    }
    Ok(Some(Action::on(kind, cursor.table()?).object(name)))
}

fn index(cursor: &mut Cursor<'_>) -> Result<Action, Unparsed> {
    let unique = cursor.take("UNIQUE");
    let kind = match cursor.take_any(&["FULLTEXT", "SPATIAL"]) {
        Some("FULLTEXT") => IndexKind::FullText,
        Some(_) => IndexKind::Spatial,
        None => IndexKind::Ordinary,
    };
    cursor.expect("INDEX")?;
    let concurrently = cursor.take("CONCURRENTLY");
    cursor.take_if_exists();
    let name = if cursor.sees("ON") { None } else { Some(cursor.table()?.name) };
    while !cursor.is_done() && !cursor.take("ON") {
        cursor.at += 1;
    }
    let _ = cursor.take("ONLY");
    let action = Action::on(Kind::CreateIndex { unique, concurrently, kind }, cursor.table()?);
    Ok(Action { object: name, ..action })
}

/// Behind `DROP`.
pub(super) fn drop(cursor: &mut Cursor<'_>) -> Read {
    let _ = cursor.take("TEMPORARY");
    let kinds = [
        "TABLE",
        "FOREIGN TABLE",
        "INDEX",
        "MATERIALIZED VIEW",
        "VIEW",
        "TRIGGER",
        "RULE",
        "POLICY",
        "STATISTICS",
    ];
    match cursor.take_any(&kinds) {
        Some("TABLE" | "FOREIGN TABLE") => {
            let referenced = if cursor.has_ahead("CASCADE") { Answer::Unknown } else { Answer::No };
            names(cursor, Kind::DropTable { references: Answer::Unknown, referenced })
        }
        Some("INDEX") => drop_index(cursor),
        Some("MATERIALIZED VIEW" | "VIEW") => names(cursor, Kind::View(ViewAction::Drop)),
        Some("STATISTICS") => Ok(vec![Action::new(Kind::Catalogue)]),
        Some(kind) => {
            cursor.take_if_exists();
            let name = cursor.table()?.name;
            let told =
                if kind == "POLICY" { Kind::AlterTableProperty } else { Kind::Trigger(TriggerAction::Drop) };
            let action = Action::new(told).object(name);
            let target = if cursor.take("ON") { Some(cursor.table()?) } else { None };
            Ok(vec![Action { target, ..action }])
        }
        None if catalogue(cursor) || cursor.take("EVENT TRIGGER") => Ok(vec![Action::new(Kind::Catalogue)]),
        None => Err(cursor.unparsed()),
    }
}

/// The same for each of several tables.
pub(super) fn names(cursor: &mut Cursor<'_>, kind: Kind) -> Read {
    cursor.take_if_exists();
    let mut actions = Vec::new();
    loop {
        let _ = cursor.take("ONLY");
        actions.push(Action::on(kind, cursor.table()?));
        let _ = cursor.take_sign('*');
        if !cursor.take_sign(',') {
            return Ok(actions);
        }
    }
}

fn drop_index(cursor: &mut Cursor<'_>) -> Read {
    let concurrently = cursor.take("CONCURRENTLY");
    cursor.take_if_exists();
    let kind = Kind::DropIndex { concurrently };
    let mut actions = Vec::new();
    loop {
        actions.push(Action::new(kind).object(cursor.table()?.name));
        if !cursor.take_sign(',') {
            break;
        }
    }
    if cursor.take("ON") {
        let table = cursor.table()?;
        for action in &mut actions {
            action.target = Some(table.clone());
        }
    }
    match cursor.peek() {
        None | Some(TokenKind::Word(_)) => Ok(actions),
        Some(_) => Err(cursor.unparsed()),
    }
}
