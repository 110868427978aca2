//! The configuration as a JSON schema, for editors: made from the names that there are.

use serde_json::{Map, Value, json};

use crate::django::operations::AMOUNTS_TO;
use crate::rules::RULES;

/// The schema of `migcheck.toml` (JSON Schema, draft 7, which editors of TOML understand).
pub fn schema() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    let texts = |about: &str| json!({"type": "array", "items": {"type": "string"}, "description": about});
    let reference = |name: &str, about: &str| json!({"allOf": [{"$ref": format!("#/definitions/{name}")}], "description": about});
    let list = |name: &str, about: &str| json!({"type": "array", "items": {"$ref": format!("#/definitions/{name}")}, "description": about});
    let ignore = list("rule", "Rules that are off there.");
    let severity = reference("severities", "Another severity there, by rule.");
    let scope = object(&[("ignore", ignore), ("severity", severity)], &[]);
    let project = object(
        &[
            ("root", text("Its folder, relative to this file.")),
            ("settings", text("Its settings module.")),
            ("python-path", texts("Folders of installed packages' source, relative to this file.")),
            ("dialect", reference("dialect", "Its database.")),
            ("django", text("Its version of Django: \"5.2\".")),
        ],
        &["root"],
    );
    let tables = object(
        &[
            ("small", texts("Tables that are small: what is done to all their rows is soon done.")),
            ("hot", texts("Tables that are big or never idle: what locks them is an error.")),
            ("rows", text("A file of `table,rows` lines, relative to this file.")),
            (
                "small-rows",
                json!({"type": "integer", "minimum": 0, "default": crate::rules::table_sizes::SMALL,
                       "description": "Tables with no more rows than this are small."}),
            ),
        ],
        &[],
    );
    let scopes = |about: &str| json!({"type": "object", "additionalProperties": {"$ref": "#/definitions/scope"}, "description": about});
    let operations = json!({
        "type": "object",
        "additionalProperties": {"enum": AMOUNTS_TO.iter().map(|(name, _)| *name).collect::<Vec<_>>()},
        "description": "Operations that are not Django's, by dotted class, and which of Django's each amounts to.",
    });
    let mut root = object(
        &[
            ("settings", text("Settings module of every project that does not name its own.")),
            ("python-path", texts("Folders of installed packages' source, relative to this file.")),
            ("dialect", reference("dialect", "The database, with an optional version: \"postgresql:16\".")),
            ("django", text("Django's version: \"5.2\".")),
            ("select", list("rule", "Rules to run, if not all.")),
            ("ignore", list("rule", "Rules to leave out.")),
            ("pedantic", json!({"type": "boolean", "description": "Run pedantic rules, too."})),
            (
                "fail-on",
                json!({"enum": ["error", "warning", "info", "never"],
                       "description": "The least severity that makes the exit code 1."}),
            ),
            (
                "baseline",
                text(
                    "Findings to leave out, as `migcheck baseline --write` wrote them; relative to this file.",
                ),
            ),
            ("severity", reference("severities", "Another severity, by rule.")),
            ("apps", scopes("What holds for one app, by label.")),
            ("paths", scopes("What holds below a path, relative to the analysed root.")),
            (
                "projects",
                json!({"type": "array", "items": {"$ref": "#/definitions/project"},
                       "description": "The Django projects of the repository, where their manage.py does not tell."}),
            ),
            ("operations", operations),
            ("tables", tables),
        ],
        &[],
    );
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.info.name).collect();
    let severities = ["error", "warning", "info", "pedantic"];
    let definitions = json!({
        "rule": {"enum": rules},
        "severities": {
            "type": "object",
            "propertyNames": {"$ref": "#/definitions/rule"},
            "additionalProperties": {"enum": severities},
        },
        "dialect": {"type": "string", "pattern": "^(postgresql|postgres|mysql|mariadb|sqlite|oracle)(:\\d+(\\.\\d+)?)?$"},
        "scope": scope,
        "project": project,
    });
    if let Value::Object(fields) = &mut root {
        let mut all = Map::new();
        all.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
        all.insert("title".into(), json!("migcheck.toml, or [tool.migcheck] in pyproject.toml"));
        all.append(fields);
        all.insert("definitions".into(), definitions);
        return Value::Object(all);
    }
    root
}

fn object(properties: &[(&str, Value)], required: &[&str]) -> Value {
    let properties: Map<String, Value> =
        properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let mut object = json!({"type": "object", "additionalProperties": false, "properties": properties});
    if let (Value::Object(fields), false) = (&mut object, required.is_empty()) {
        fields.insert("required".into(), json!(required));
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::parse;

    /// The keys that the configuration's reader knows in a table, by its own complaint.
    fn known(before: &str) -> Vec<String> {
        let text = format!("{before}\nqqqqqqqqqqqqqqqqqqqqqqqqqq = 1\n");
        let message = parse(&text, "x").unwrap_err().to_string();
        let (_, list) = message.split_once("there are ").unwrap();
        let mut keys: Vec<String> = list.split(", ").map(str::to_owned).collect();
        keys.sort();
        keys
    }

    fn keys(object: &Value) -> Vec<String> {
        let mut keys: Vec<String> = object["properties"].as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    }

    #[test]
    fn it_has_the_keys_that_are_read() {
        let schema = schema();
        assert_eq!(keys(&schema), known(""));
        assert_eq!(keys(&schema["properties"]["tables"]), known("[tables]"));
        assert_eq!(keys(&schema["definitions"]["scope"]), known("[apps.x]"));
        assert_eq!(keys(&schema["definitions"]["project"]), known("[[projects]]"));
    }

    #[test]
    fn every_operation_and_rule_it_names_is_read() {
        for (name, _) in AMOUNTS_TO {
            parse(&format!("[operations]\n\"a.B\" = \"{name}\"\n"), "x").unwrap();
        }
        for rule in RULES {
            parse(&format!("ignore = [\"{}\"]\n", rule.info.name), "x").unwrap();
        }
    }
}
