//! Messages that models translate at once, while Django loads the apps.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "support/hostile.rs"]
mod hostile;

use hostile::{INITIAL, SETTINGS, project, put, run};

/// What `missing` says where models.py names a field by `call`, and the migration by "Yes".
fn verdict(settings: &str, call: &str) -> String {
    let folder = project();
    put(folder.path(), "config/settings.py", format!("{SETTINGS}\n{settings}\n"));
    put(
        folder.path(),
        "bad/models.py",
        format!(
            "from django.db import models\nfrom django.utils.translation import gettext, gettext_lazy, pgettext\n\n\n\
             class Thing(models.Model):\n    name = models.CharField({call}, max_length=20)\n"
        ),
    );
    let migration =
        INITIAL.replace("CharField(max_length=20)", "CharField(verbose_name=\"Yes\", max_length=20)");
    put(folder.path(), "bad/migrations/0001_initial.py", migration);
    let said = run(folder.path(), &["missing", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    answer["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_translated_into_another_language_is_not_known() {
    for call in ["gettext(\"Yes\")", "pgettext(\"answer\", \"Yes\")"] {
        assert_eq!(verdict("LANGUAGE_CODE = \"de-ch\"", call), "undecided", "{call}");
    }
}

#[test]
fn messages_stay_where_nothing_is_translated_or_later() {
    for settings in ["", "LANGUAGE_CODE = \"en-gb\"", "LANGUAGE_CODE = \"de\"\nUSE_I18N = False"] {
        assert_eq!(verdict(settings, "gettext(\"Yes\")"), "clean", "{settings}");
    }
    assert_eq!(verdict("LANGUAGE_CODE = \"de\"", "gettext_lazy(\"Yes\")"), "clean");
}
