//! Python: queries, admin, forms, serializers, views, instances.

use super::Found;
use super::Relations;
use super::names::{Names, is_models, method};
use crate::python::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::python::syntax::ast::{Expr, ExprCall, Stmt, StmtClassDef};
use crate::python::syntax::{Parsed, Ranged, TextRange};
use crate::rules::Dropped;

/// Methods of managers and querysets whose strings are names of fields.
const TAKES_NAMES: &[&str] = &[
    "values",
    "values_list",
    "order_by",
    "only",
    "defer",
    "select_related",
    "prefetch_related",
    "distinct",
    "earliest",
    "latest",
    "dates",
    "datetimes",
    "bulk_update",
    "update_fields",
    "in_bulk",
];
/// Methods whose keywords are names of fields, lookups after them.
const TAKES_KEYWORDS: &[&str] = &[
    "filter",
    "exclude",
    "get",
    "create",
    "get_or_create",
    "update_or_create",
    "update",
    "acreate",
    "aget",
    "aupdate",
    "aget_or_create",
    "aupdate_or_create",
];
/// Expressions whose string is the name of a field.
const EXPRESSIONS: &[&str] =
    &["F", "OuterRef", "Count", "Sum", "Avg", "Min", "Max", "Prefetch", "StdDev", "Variance"];
/// Attributes of an admin, a view, a form's or serializer's `Meta` that list names of fields.
const LISTS: &[&str] = &[
    "fields",
    "exclude",
    "list_display",
    "list_filter",
    "list_editable",
    "list_display_links",
    "list_select_related",
    "search_fields",
    "ordering",
    "ordering_fields",
    "filterset_fields",
    "filter_fields",
    "fieldsets",
    "readonly_fields",
    "read_only_fields",
    "raw_id_fields",
    "autocomplete_fields",
    "radio_fields",
    "filter_horizontal",
    "filter_vertical",
    "prepopulated_fields",
    "date_hierarchy",
    "extra_kwargs",
    "widgets",
    "labels",
    "help_texts",
    "field_classes",
    "unique_together",
    "index_together",
    "indexes",
    "constraints",
    "get_latest_by",
    "order_with_respect_to",
    "slug_field",
    "lookup_field",
    "autocomplete_lookup_fields",
];

/// Where a module names what is wanted, in order of place, each use once.
pub(super) fn find<'a>(parsed: &Parsed, wanted: &[&'a Dropped], relations: &Relations) -> Vec<Found<'a>> {
    let mut names = Names::default();
    names.visit_body(&parsed.body);
    let mut finder = Finder {
        parsed,
        wanted,
        relations,
        names,
        classes: Vec::new(),
        selves: Vec::new(),
        found: Vec::new(),
    };
    finder.visit_body(&parsed.body);
    finder.found.sort_by_key(|(_, at, _)| at.start);
    finder.found.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1);
    finder.found
}

struct Finder<'p, 'w, 'a> {
    parsed: &'p Parsed,
    wanted: &'w [&'a Dropped],
    relations: &'w Relations,
    names: Names,
    /// The models of the classes that enclose the place, `None` for one of no model.
    classes: Vec<Option<String>>,
    /// The classes that are models themselves, whose `self` is an instance.
    selves: Vec<Option<String>>,
    found: Vec<Found<'a>>,
}

impl Finder<'_, '_, '_> {
    fn note(&mut self, model: &str, name: &str, range: TextRange, how: &'static str) {
        let name = name.trim_start_matches(['-', '+']);
        let first = name.split("__").next().unwrap_or(name);
        for one in self.wanted {
            let Some(field) = &one.field else { continue };
            let is_field = first == &**field || first.strip_suffix("_id") == Some(&**field);
            if is_field && *one.model.model == *model {
                self.found.push((*one, self.parsed.location(range), how));
            }
        }
        self.note_path(name, range, how);
    }

    /// A lookup through a relation that bears the model's name, or is known to lead there: `order__note`.
    fn note_path(&mut self, name: &str, range: TextRange, how: &'static str) {
        let parts: Vec<&str> = name.trim_start_matches('-').split("__").collect();
        for one in self.wanted {
            let Some(field) = &one.field else { continue };
            let hit = parts.windows(2).any(|pair| match pair {
                [relation, name] => {
                    let model = &*one.model.model;
                    *name == &**field
                        && (relation.replace('_', "") == *model || self.relations.lead(relation, model))
                }
                _ => false,
            });
            if hit {
                self.found.push((*one, self.parsed.location(range), how));
            }
        }
    }

    fn note_model(&mut self, name: &str, range: TextRange, how: &'static str) {
        for one in self.wanted {
            if one.field.is_none() && name.eq_ignore_ascii_case(&one.model.model) {
                self.found.push((*one, self.parsed.location(range), how));
            }
        }
    }

    /// Every string within an expression.
    fn strings(&mut self, model: &str, expr: &Expr, how: &'static str, own: &[&str]) {
        let mut strings = Strings(Vec::new());
        strings.visit_expr(expr);
        for (text, range) in strings.0 {
            if !own.contains(&text.as_str()) {
                self.note(model, &text, range, how);
            }
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let Some(name) = method(call) else { return };
        let is_constructor = self.names.class_of(&call.func).is_some();
        let root = self.names.root_of(&call.func);
        if let Some(model) = root {
            if is_constructor || TAKES_KEYWORDS.contains(&name) || TAKES_NAMES.contains(&name) {
                for keyword in &call.arguments.keywords {
                    match &keyword.arg {
                        Some(arg) if arg.id.as_str() == "defaults" || arg.id.as_str() == "update_fields" => {
                            self.strings(&model, &keyword.value, "as a name of a query", &[]);
                        }
                        Some(arg) if is_constructor || TAKES_KEYWORDS.contains(&name) => {
                            self.note(&model, arg.id.as_str(), arg.range(), "as a keyword of a query");
                        }
                        _ => {}
                    }
                }
            }
            if TAKES_NAMES.contains(&name) {
                for argument in &call.arguments.args {
                    self.strings(&model, argument, "as a name of a query", &[]);
                }
            }
            for argument in &call.arguments.args {
                self.expressions(&model, argument);
            }
            for keyword in &call.arguments.keywords {
                self.expressions(&model, &keyword.value);
            }
        } else if name == "Q" || EXPRESSIONS.contains(&name) || TAKES_KEYWORDS.contains(&name) {
            for keyword in call.arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_ref()) {
                self.note_path(keyword.id.as_str(), keyword.range(), "as a keyword of a query");
            }
        }
    }

    /// `Q(note=…)`, `F("note")` within a query of the model.
    fn expressions(&mut self, model: &str, expr: &Expr) {
        let mut calls = Calls(Vec::new());
        calls.visit_expr(expr);
        for call in calls.0 {
            match method(call) {
                Some("Q") => {
                    for keyword in call.arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_ref()) {
                        self.note(model, keyword.id.as_str(), keyword.range(), "as a keyword of a query");
                    }
                }
                Some(name) if EXPRESSIONS.contains(&name) => {
                    if let Some(first) = call.arguments.args.first() {
                        self.strings(model, first, "as a name of a query", &[]);
                    }
                }
                _ => {}
            }
        }
    }

    /// The model that a class says it is for, or is.
    fn model_of(&self, class: &StmtClassDef) -> Option<String> {
        for decorator in &class.decorator_list {
            if let Expr::Call(call) = &decorator.expression
                && method(call) == Some("register")
                && let Some(first) = call.arguments.args.first()
            {
                return self.names.class_of(first);
            }
        }
        if let Some(model) = self.names.registered.get(class.name.id.as_str()) {
            return Some(model.clone());
        }
        for statement in &class.body {
            let Stmt::Assign(assign) = statement else { continue };
            for target in &assign.targets {
                let Expr::Name(name) = target else { continue };
                let found = match name.id.as_str() {
                    "model" => self.names.class_of(&assign.value),
                    "queryset" => self.names.root_of(&assign.value),
                    _ => None,
                };
                if found.is_some() {
                    return found;
                }
            }
        }
        for statement in &class.body {
            if let Stmt::ClassDef(inner) = statement
                && inner.name.id.as_str() == "Meta"
                && let Some(model) = self.model_of(inner)
            {
                return Some(model);
            }
        }
        None
    }

    fn class(&mut self, class: &StmtClassDef) {
        let own_name = class.name.id.as_str();
        let enclosing = self.classes.last().cloned().flatten();
        let is_wanted = self.wanted.iter().any(|one| own_name.to_lowercase() == *one.model.model);
        let model = match self.model_of(class) {
            Some(model) => Some(model),
            None if own_name == "Meta" => enclosing,
            None if is_wanted => Some(own_name.to_lowercase()),
            None => None,
        };
        self.selves.push(is_wanted.then(|| own_name.to_lowercase()));
        if let Some(model) = &model {
            let own = declared_in(class);
            for statement in &class.body {
                let Stmt::Assign(assign) = statement else { continue };
                let lists = assign
                    .targets
                    .iter()
                    .any(|target| matches!(target, Expr::Name(name) if LISTS.contains(&name.id.as_str())));
                if lists {
                    self.strings(model, &assign.value, "in a list of fields", &own);
                }
            }
        }
        self.classes.push(model);
    }

    /// `order.note`, where `order` holds an instance.
    fn attribute(&mut self, value: &Expr, name: &str, range: TextRange) {
        let holder = match value {
            Expr::Name(holder) if holder.id.as_str() == "self" => self.selves.last().cloned().flatten(),
            Expr::Name(holder) => self.names.instances.get(holder.id.as_str()).cloned().flatten(),
            other => self.names.instance(other),
        };
        let Some(model) = holder else { return };
        for one in self.wanted {
            let Some(field) = &one.field else { continue };
            if *one.model.model == *model && (name == &**field || name.strip_suffix("_id") == Some(&**field))
            {
                self.found.push((*one, self.parsed.location(range), "as an attribute"));
            }
        }
    }
}

/// Names that a class gives a meaning of its own.
fn declared_in(class: &StmtClassDef) -> Vec<&str> {
    let mut own = Vec::new();
    for statement in &class.body {
        match statement {
            Stmt::FunctionDef(function) => own.push(function.name.id.as_str()),
            Stmt::Assign(assign) => own.extend(assign.targets.iter().filter_map(|target| match target {
                Expr::Name(name) => Some(name.id.as_str()),
                _ => None,
            })),
            _ => {}
        }
    }
    own
}

impl<'x> Visitor<'x> for Finder<'_, '_, '_> {
    fn visit_stmt(&mut self, statement: &'x Stmt) {
        match statement {
            Stmt::ClassDef(class) => {
                self.class(class);
                walk_stmt(self, statement);
                self.classes.pop();
                self.selves.pop();
                return;
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.id.as_str());
                let from_models = module.split('.').any(|part| part == "models");
                for alias in import.names.iter().filter(|_| from_models) {
                    self.note_model(alias.name.id.as_str(), alias.range(), "as an import");
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'x Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Attribute(attribute) => {
                let name = attribute.attr.id.as_str();
                self.attribute(&attribute.value, name, expr.range());
                if is_models(&attribute.value) {
                    self.note_model(name, expr.range(), "as an attribute of models");
                }
            }
            Expr::StringLiteral(text) => {
                let text = text.value.to_str();
                for one in self.wanted {
                    if one.field.is_none() && text.eq_ignore_ascii_case(&one.model.to_string()) {
                        self.found.push((*one, self.parsed.location(expr.range()), "by its label"));
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The strings within an expression.
struct Strings(Vec<(String, TextRange)>);

impl<'x> Visitor<'x> for Strings {
    fn visit_expr(&mut self, expr: &'x Expr) {
        if let Expr::StringLiteral(text) = expr {
            self.0.push((text.value.to_str().to_owned(), expr.range()));
        }
        walk_expr(self, expr);
    }
}

/// The calls within an expression.
struct Calls<'x>(Vec<&'x ExprCall>);

impl<'x> Visitor<'x> for Calls<'x> {
    fn visit_expr(&mut self, expr: &'x Expr) {
        if let Expr::Call(call) = expr {
            self.0.push(call);
        }
        walk_expr(self, expr);
    }
}

#[cfg(test)]
#[path = "python_tests.rs"]
mod tests;
