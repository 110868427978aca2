//! Templates: `{{ order.note }}`, `{% if order.note %}`.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::Found;
use crate::rules::Dropped;
use crate::source::{Location, SourceFile};

/// A tag or a variable; comments (`{# … #}`) are neither.
static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)\{\{.*?\}\}|\{%.*?%\}").ok());
/// A string of the tag, or a variable with attributes.
static CHAIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""[^"]*"|'[^']*'|[A-Za-z_]\w*(?:\.\w+)+"#).ok());

/// Where a template names a field that is wanted, in order of place; `path` is the template's own.
pub(super) fn find<'a>(text: &Arc<SourceFile>, path: &str, wanted: &[&'a Dropped]) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    let (Some(tags), Some(chains)) = (&*TAG, &*CHAIN) else { return found };
    for tag in tags.find_iter(text.text()) {
        for chain in chains.find_iter(tag.as_str()) {
            // The name of a URL or of another template says nothing.
            if chain.as_str().starts_with(['"', '\'']) {
                continue;
            }
            let parts: Vec<&str> = chain.as_str().split('.').collect();
            for one in wanted {
                let Some(field) = &one.field else { continue };
                let names = |pair: &[&str]| match pair {
                    [holder, name] => *name == &**field && is_instance(holder, one, path),
                    _ => false,
                };
                if parts.windows(2).any(names) {
                    let start = u32::try_from(tag.start() + chain.start()).unwrap_or(u32::MAX);
                    let end = u32::try_from(tag.start() + chain.end()).unwrap_or(u32::MAX);
                    found.push((*one, Location { file: text.clone(), start, end }, "in a template"));
                }
            }
        }
    }
    found
}

/// Whether a template's variable holds an instance: it bears the model's name, or is the `object` of a
/// generic view, whose template is named after the model (`shop/order_detail.html`).
fn is_instance(holder: &str, one: &Dropped, path: &str) -> bool {
    let model = &*one.model.model;
    let bare = |text: &str| text.replace('_', "").to_lowercase();
    let file = path.rsplit('/').next().unwrap_or(path);
    let own = file.strip_prefix(model).is_some_and(|rest| rest.starts_with(['_', '.']));
    bare(holder) == model || (own && matches!(holder, "object" | "instance"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::django::keys::{AppLabel, ModelKey};

    fn lines(text: &str, path: &str) -> Vec<u32> {
        let model = ModelKey::new(AppLabel::new("shop"), "OrderLine");
        let dropped = Dropped { model, field: Some("note".into()) };
        let file = SourceFile::new(path.into(), path, text.to_owned());
        find(&file, path, &[&dropped]).iter().map(|(_, at, _)| at.line()).collect()
    }

    #[test]
    fn variables_of_the_model_and_no_others() {
        let text = "{{ order_line.note|default:'' }}\n{% if cart.orderline.note %}\nline.note order_line.note\n\
                    {{ other.note }} {{ order_line.notes }} {# order_line.note #}\n{{ object.note }}\n\
                    {% url \"shop:order_line.note\" pk=1 %}\n";
        assert_eq!(lines(text, "shop/templates/shop/cart.html"), [1, 2]);
        assert_eq!(lines(text, "shop/templates/shop/orderline_detail.html"), [1, 2, 5]);
    }
}
