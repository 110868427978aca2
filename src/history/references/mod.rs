//! Where code and templates still name a field or model that a migration takes away.
//!
//! A name alone says nothing (`note` is a word). What counts is a name together with its model: in a
//! query that starts at the model, in a class that says which model it is for, on a variable that
//! holds one.

mod names;
mod python;
mod relations;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::base::{Code, CodeFile};
use crate::reading;
use crate::rules::{Dropped, Reference};
use crate::source::{Location, SourceFile};

pub(super) use relations::Relations;

/// Most places that are told of one field or model.
const MOST: usize = 50;

/// Every reference to what is dropped, in order of place.
pub(super) fn find(
    code: &Code,
    dropped: &BTreeSet<Dropped>,
    relations: &Relations,
) -> BTreeMap<Dropped, Vec<Reference>> {
    let mut all: BTreeMap<Dropped, Vec<Reference>> = BTreeMap::new();
    if dropped.is_empty() {
        return all;
    }
    for file in &code.files {
        let now = file.now.as_ref().map(|text| within(file, text, dropped, relations)).unwrap_or_default();
        let before =
            file.before.as_ref().map(|text| within(file, text, dropped, relations)).unwrap_or_default();
        let named_now: BTreeSet<&Dropped> = now.iter().map(|(one, ..)| *one).collect();
        let only_before: Vec<_> = before.into_iter().filter(|(one, ..)| !named_now.contains(one)).collect();
        let found = now.into_iter().map(|found| (found, false));
        for ((one, at, how), only_at_base) in found.chain(only_before.into_iter().map(|found| (found, true)))
        {
            let list = all.entry(one.clone()).or_default();
            if list.len() < MOST && !list.iter().any(|other| other.at == at) {
                list.push(Reference { at, how, only_at_base });
            }
        }
    }
    // What is here comes before what was.
    for list in all.values_mut() {
        list.sort_by_key(|reference| {
            (reference.only_at_base, reference.at.file.display().to_owned(), reference.at.start)
        });
    }
    all
}

/// A name found: which, where, and how it is used.
type Found<'a> = (&'a Dropped, Location, &'static str);

fn within<'a>(
    file: &CodeFile,
    text: &Arc<SourceFile>,
    dropped: &'a BTreeSet<Dropped>,
    relations: &Relations,
) -> Vec<Found<'a>> {
    let lower = text.text().to_lowercase();
    let is_named = |one: &&Dropped| match &one.field {
        Some(field) => text.text().contains(&**field),
        None => lower.contains(&*one.model.model),
    };
    let wanted: Vec<&Dropped> = dropped.iter().filter(is_named).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    if !file.path.ends_with(".py") {
        return template::find(text, &file.path, &wanted);
    }
    match reading::parsed(text) {
        Ok(parsed) => python::find(&parsed, &wanted, relations),
        Err(_) => Vec::new(),
    }
}
