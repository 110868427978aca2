use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::django::keys::ModelKey;
use crate::python::value::{Unknown, Value};

fn operation(kind: K) -> Operation {
    let class = "django.db.migrations.operations.fields.RemoveField".into();
    Operation { class, kind, at: None, custom_describe: None }
}

fn remove(name: &str) -> Operation {
    operation(K::RemoveField { model_name: "order".into(), name: name.into() })
}

fn changes(operations: Vec<Operation>, undecided: &[(&str, &str)]) -> Changes {
    let shop = AppLabel::new("shop");
    let mut changes = Changes::default();
    if !operations.is_empty() {
        let migration = NewMigration {
            name: "0002_remove_order_note".into(),
            app: shop.clone(),
            initial: false,
            dependencies: BTreeSet::new(),
            operations,
        };
        changes.migrations.insert(shop.clone(), vec![migration]);
    }
    changes.undecided.extend(undecided.iter().map(|(what, reason)| Undecided {
        model: ModelKey::new(shop.clone(), "order"),
        what: (*what).to_owned(),
        why: Arc::new(Unknown { reason: (*reason).into(), at: None }),
        at: None,
    }));
    changes
}

fn dirs() -> BTreeMap<AppLabel, String> {
    BTreeMap::from([(AppLabel::new("shop"), "web/shop/migrations/".to_owned())])
}

fn text(changes: &Changes, version: DjangoVersion) -> String {
    let dirs = dirs();
    Missing { changes, version, migration_dirs: &dirs, stops: &[], written: None }.to_text()
}

fn json(changes: &Changes, written: Option<&Written>) -> Json {
    let dirs = dirs();
    Missing { changes, version: DjangoVersion::V5_2, migration_dirs: &dirs, stops: &[], written }.to_json()
}

#[test]
fn a_change_outweighs_what_is_undecided() {
    assert_eq!(Verdict::of(&changes(Vec::new(), &[])), Verdict::Clean);
    assert_eq!(Verdict::of(&changes(Vec::new(), &[("model", "why")])), Verdict::Undecided);
    assert_eq!(Verdict::of(&changes(vec![remove("note")], &[("model", "why")])), Verdict::Changes);
}

#[test]
fn changes_are_told_as_makemigrations_tells_them() {
    let changes = changes(vec![remove("note")], &[]);
    assert_eq!(
        text(&changes, DjangoVersion::V5_2),
        "Migrations for 'shop':\n  web/shop/migrations/0002_remove_order_note.py\n    - Remove field note from order\n"
    );
    let index = Value::Call(Arc::new(crate::python::value::Call {
        path: "django.db.models.Index".into(),
        args: Vec::new(),
        kwargs: vec![
            ("fields".into(), Value::List(Arc::new([Value::str("note")]))),
            ("name".into(), Value::str("by_note")),
        ],
    }));
    let add = operation(K::AddIndex { model_name: "order".into(), index, concurrently: false });
    let changes = self::changes(vec![add], &[]);
    let line = "Create index by_note on field(s) note of model order";
    assert!(text(&changes, DjangoVersion::V5_2).contains(&format!("    + {line}\n")));
    // The symbols came with 5.1.
    assert!(text(&changes, DjangoVersion::V4_2).contains(&format!("    - {line}\n")));
    assert_eq!(json(&changes, None)["changes"]["shop"][0]["field"], "by_note");
}

#[test]
fn without_changes_what_could_not_be_compared_is_told_once_a_reason() {
    let changes = changes(Vec::new(), &[("field a", "reads a file"), ("field b", "reads a file")]);
    let text = text(&changes, DjangoVersion::V5_2);
    assert!(text.starts_with("No changes detected\n\nCould not be compared:\n"), "{text}");
    assert_eq!(text.matches("reads a file").count(), 1, "{text}");
    assert!(text.contains("shop.order field a") && text.contains("shop.order field b"), "{text}");
    let json = json(&changes, None);
    assert_eq!((&json["verdict"], &json["changes"]), (&"undecided".into(), &json!({})));
    assert_eq!(
        json["unresolved"][0],
        json!({"model": "shop.order", "what": "field a", "reason": "reads a file", "path": null, "line": null})
    );
}

#[test]
fn what_was_written_and_what_was_not_is_told() {
    let written = Written {
        files: vec!["web/shop/migrations/0002_x.py".into()],
        refused: vec![(AppLabel::new("news"), "Django would ask".into())],
    };
    let changes = changes(vec![remove("note")], &[]);
    let (dirs, stops) = (dirs(), ["conflicting migrations".to_owned()]);
    let missing = Missing {
        changes: &changes,
        version: DjangoVersion::V5_2,
        migration_dirs: &dirs,
        stops: &stops,
        written: Some(&written),
    };
    let text = missing.to_text();
    assert!(
        text.contains("makemigrations itself would stop, since the migrations are broken:\n  conflicting")
    );
    assert!(text.contains("\nWritten:\n  web/shop/migrations/0002_x.py\n"));
    assert!(text.ends_with("\nNot written:\n  news: Django would ask\n"));
    let json = json(&changes, Some(&written));
    assert_eq!(json["written"], json!(["web/shop/migrations/0002_x.py"]));
    assert_eq!(json["refused"], json!([{"app": "news", "reason": "Django would ask"}]));
}
