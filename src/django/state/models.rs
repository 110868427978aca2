//! The models of a state: an app's are shared with other states until one of them changes, as a replay
//! keeps a state for each operation.

use std::collections::{BTreeMap, btree_map};
use std::sync::Arc;

use super::ModelState;
use crate::django::keys::{AppLabel, ModelKey};

/// Models by key, in order.
#[derive(Debug, Clone, Default)]
pub struct Models(Arc<BTreeMap<AppLabel, Arc<OfApp>>>);

/// An app's models by their names in lower case.
type OfApp = BTreeMap<Arc<str>, Entry>;
type Entry = (ModelKey, Arc<ModelState>);

impl Models {
    /// The model of that key.
    pub fn get(&self, key: &ModelKey) -> Option<&Arc<ModelState>> {
        self.0.get(&key.app)?.get(&key.model).map(|(_, model)| model)
    }

    /// The model of that key, to be changed.
    pub fn get_mut(&mut self, key: &ModelKey) -> Option<&mut Arc<ModelState>> {
        // Nothing is copied for a model that is not there.
        if !self.contains_key(key) {
            return None;
        }
        let app = Arc::make_mut(&mut self.0).get_mut(&key.app)?;
        Arc::make_mut(app).get_mut(&key.model).map(|(_, model)| model)
    }

    /// The models of an app, to be changed.
    pub fn of_app_mut(&mut self, app: &AppLabel) -> impl Iterator<Item = &mut Arc<ModelState>> {
        let app = if self.0.contains_key(app) { Arc::make_mut(&mut self.0).get_mut(app) } else { None };
        app.into_iter().flat_map(|app| Arc::make_mut(app).values_mut()).map(|(_, model)| model)
    }

    /// Whether there is a model of that key.
    pub fn contains_key(&self, key: &ModelKey) -> bool {
        self.get(key).is_some()
    }

    /// Adds a model; the one that it takes the place of.
    pub fn insert(&mut self, key: ModelKey, model: Arc<ModelState>) -> Option<Arc<ModelState>> {
        let app = Arc::make_mut(&mut self.0).entry(key.app.clone()).or_default();
        Arc::make_mut(app).insert(key.model.clone(), (key, model)).map(|(_, model)| model)
    }

    /// Takes a model away.
    pub fn remove(&mut self, key: &ModelKey) -> Option<Arc<ModelState>> {
        if !self.contains_key(key) {
            return None;
        }
        let apps = Arc::make_mut(&mut self.0);
        let app = Arc::make_mut(apps.get_mut(&key.app)?);
        let removed = app.remove(&key.model);
        if app.is_empty() {
            apps.remove(&key.app);
        }
        removed.map(|(_, model)| model)
    }

    /// Keeps the models of which that holds.
    pub fn retain(&mut self, keep: impl Fn(&ModelKey) -> bool) {
        let apps = Arc::make_mut(&mut self.0);
        for app in apps.values_mut() {
            Arc::make_mut(app).retain(|_, (key, _)| keep(key));
        }
        apps.retain(|_, app| !app.is_empty());
    }

    /// All, in the order of their keys.
    pub fn iter(&self) -> Iter<'_> {
        Iter { apps: self.0.values(), models: None }
    }

    /// Their keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &ModelKey> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The models, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &Arc<ModelState>> + Clone {
        self.iter().map(|(_, model)| model)
    }

    /// How much this holds that `before`, which it was made from, does not: apps, models and fields that are
    /// listed anew.
    pub fn weight_since(&self, before: &Self) -> usize {
        if Arc::ptr_eq(&self.0, &before.0) {
            return 0;
        }
        let changed = self.0.iter().filter_map(|(label, app)| {
            let old = before.0.get(label);
            (!old.is_some_and(|old| Arc::ptr_eq(old, app))).then_some((app, old))
        });
        let weight = changed.map(|(app, old)| {
            let is_old = |name: &Arc<str>, model: &Arc<ModelState>| {
                old.and_then(|old| old.get(name)).is_some_and(|(_, old)| Arc::ptr_eq(old, model))
            };
            let new = app.iter().filter(|(name, (_, model))| !is_old(name, model));
            app.len() + new.map(|(_, (_, model))| model.fields.len()).sum::<usize>()
        });
        self.0.len() + weight.sum::<usize>()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.values().map(|app| app.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Models with their keys, in the order of these.
#[derive(Clone)]
pub struct Iter<'a> {
    apps: btree_map::Values<'a, AppLabel, Arc<OfApp>>,
    models: Option<btree_map::Values<'a, Arc<str>, Entry>>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a ModelKey, &'a Arc<ModelState>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((key, model)) = self.models.as_mut().and_then(Iterator::next) {
                return Some((key, model));
            }
            self.models = Some(self.apps.next()?.values());
        }
    }
}

impl<'a> IntoIterator for &'a Models {
    type Item = (&'a ModelKey, &'a Arc<ModelState>);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl FromIterator<(ModelKey, Arc<ModelState>)> for Models {
    fn from_iter<I: IntoIterator<Item = (ModelKey, Arc<ModelState>)>>(models: I) -> Self {
        let mut all = Self::default();
        for (key, model) in models {
            all.insert(key, model);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(app: &str, name: &str) -> (ModelKey, Arc<ModelState>) {
        let model = ModelState {
            app: AppLabel::new(app),
            name: name.into(),
            fields: indexmap::IndexMap::new(),
            options: indexmap::IndexMap::new(),
            bases: vec![],
            managers: vec![],
            at: None,
            unknowns: vec![],
        };
        (model.key(), Arc::new(model))
    }

    fn keys(models: &Models) -> Vec<String> {
        models.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn they_are_in_the_order_of_their_keys() {
        let all = [model("shop", "Order"), model("a_b", "X"), model("shop", "Line"), model("a", "Z")];
        let models: Models = all.into_iter().collect();
        assert_eq!(keys(&models), ["a.z", "a_b.x", "shop.line", "shop.order"]);
        let sorted: std::collections::BTreeSet<ModelKey> = models.keys().cloned().collect();
        assert!(models.keys().eq(&sorted));
        assert_eq!((models.len(), models.is_empty()), (4, false));
    }

    #[test]
    fn a_change_of_one_state_is_none_of_another_that_shares_its_models() {
        let mut models: Models = [model("shop", "Order"), model("crm", "Contact")].into_iter().collect();
        let before = models.clone();
        let (order, _) = model("shop", "Order");
        assert!(models.remove(&order).is_some() && models.remove(&order).is_none());
        let (key, added) = model("crm", "Note");
        assert!(models.insert(key, added).is_none());
        assert_eq!(keys(&models), ["crm.contact", "crm.note"]);
        assert_eq!(keys(&before), ["crm.contact", "shop.order"]);
        // An app that was not touched is the same one.
        let mut third = before.clone();
        let (contact, _) = model("crm", "Contact");
        Arc::make_mut(third.get_mut(&contact).unwrap()).name = "contact".into();
        assert_eq!(&*before.get(&contact).unwrap().name, "Contact");
        assert!(Arc::ptr_eq(third.get(&order).unwrap(), before.get(&order).unwrap()));
        assert!(third.get_mut(&ModelKey::new(AppLabel::new("crm"), "none")).is_none());
    }

    #[test]
    fn what_is_not_kept_is_gone_and_its_app_with_it() {
        let mut models: Models = [model("shop", "Order"), model("crm", "Contact")].into_iter().collect();
        models.retain(|key| key.app.as_str() == "shop");
        assert_eq!(keys(&models), ["shop.order"]);
        models.retain(|_| false);
        assert!(models.is_empty() && models.iter().next().is_none());
    }
}
