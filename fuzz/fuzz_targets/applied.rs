#![no_main]
//! Lists of applied migrations: `showmigrations`, JSON, CSV. What is read comes back from JSON.

use libfuzzer_sys::fuzz_target;
use migcheck::django::applied;

fuzz_target!(|text: &str| {
    let Ok(first) = applied::parse(text, "applied.txt") else { return };
    let pairs: Vec<[&str; 2]> = first.keys.iter().map(|key| [key.app.as_str(), &*key.name]).collect();
    let Ok(json) = serde_json::to_string(&pairs) else { return };
    let again = applied::parse(&json, "applied.txt").map(|again| again.keys);
    assert_eq!(again.as_ref(), Ok(&first.keys), "{json}");
});
