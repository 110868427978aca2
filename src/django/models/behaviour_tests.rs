//! What is read of the behaviour of models, on small texts.

use std::path::Path;

use super::*;
use crate::django::keys::AppLabel;
use crate::django::models::{InstalledApp, ModelsRead, ProjectApps, read};
use crate::django::runtime::{self, ProjectFacts, SettingsValues};
use crate::django::version::DjangoVersion;
use crate::python::library::{Library, SearchPath};
use crate::source::{SourceFile, outline};

/// What is read of an app `shop` whose `models.py` holds this text.
fn read_text(text: &str) -> ModelsRead {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("shop");
    std::fs::create_dir(&package).unwrap();
    std::fs::write(package.join("__init__.py"), "").unwrap();
    std::fs::write(package.join("models.py"), text).unwrap();
    let reader = |path: &Path| {
        let text = std::fs::read_to_string(path).map_err(|error| Arc::<str>::from(error.to_string()))?;
        let lines = outline(&text).map_err(|deep| Arc::<str>::from(deep.what.message()))?;
        Ok((SourceFile::new(path.into(), path.display().to_string(), text), lines))
    };
    let own = SearchPath { folder: folder.path().into(), project: true };
    let library = Library::new(vec![own], Box::new(reader));
    let facts = ProjectFacts::new(DjangoVersion::V5_2, Arc::new(SettingsValues::default()));
    let mut interpreter = runtime::interpreter(library, facts);
    let shop = InstalledApp {
        label: AppLabel::new("shop"),
        name: "shop".into(),
        default_auto_field: None,
        config: None,
        imports_models: true,
    };
    read(&mut interpreter, &ProjectApps { apps: Arc::new([shop]), open: None })
}

fn of(text: &str) -> Behaviour {
    let head = "from django.db import models\nfrom django.db.models.signals import post_save, pre_save\nfrom django.dispatch import receiver\n\n\n";
    let mut all = read_text(&format!("{head}{text}")).behaviour;
    all.remove(&ModelKey::parse("shop.order", &crate::django::keys::AppLabel::new("shop")))
        .unwrap_or_default()
}

fn sets(text: &str) -> Vec<(String, When)> {
    of(text).all_set().map(|(name, assigned)| (name.to_string(), assigned.when)).collect()
}

#[test]
fn what_save_sets() {
    let class =
        "class Order(models.Model):\n    code = models.TextField()\n\n    def save(self, *args, **kwargs):\n";
    let body = |body: &str| sets(&format!("{class}        {body}\n        super().save(*args, **kwargs)\n"));
    let one = |when| vec![("code".to_owned(), when)];
    assert_eq!(body("self.code = 1"), one(When::Always));
    assert_eq!(body("if not self.code:\n            self.code = 1"), one(When::IfEmpty));
    assert_eq!(body("if self.code is None:\n            self.code = 1"), one(When::IfEmpty));
    assert_eq!(body("if not self.pk:\n            self.code = 1"), one(When::IfNew));
    assert_eq!(body("if self._state.adding:\n            self.code = 1"), one(When::IfNew));
    assert_eq!(
        body("self.fill()\n\n    def fill(self):\n        self.code = 1\n        x = 1"),
        one(When::Always)
    );
    let both = |inner: &str| {
        body(&format!("if kwargs.get('x'):\n            self.code = 1\n        else:\n{inner}"))
    };
    assert_eq!(both("            self.code = 2"), one(When::Always));
    let nested =
        "            if kwargs.get('y'):\n                self.code = 2\n            else:\n                ";
    assert_eq!(both(&format!("{nested}self.code = 3")), one(When::Always));
    assert_eq!(both(&format!("{nested}raise ValueError")), one(When::Always));
    assert_eq!(
        body(
            "if not self.code:\n            if kwargs:\n                self.code = 1\n            else:\n                self.code = 2"
        ),
        one(When::IfEmpty)
    );
    // Only now and then: nothing to rely on.
    assert_eq!(both(&format!("{nested}self.note = 3")), []);
    assert_eq!(both("            if kwargs.get('y'):\n                self.code = 2"), []);
    assert_eq!(body("if kwargs.get('x'):\n            return super().save()\n        self.code = 1"), []);
    assert_eq!(body("if kwargs.get('x'):\n            self.code = 1"), []);
    assert_eq!(sets("class Order(models.Model):\n    def touch(self):\n        self.code = 1\n"), []);
}

#[test]
fn overrides_of_bases_that_are_abstract() {
    let text = "class Coded(models.Model):\n    class Meta:\n        abstract = True\n\n    def save(self):\n        self.code = 1\n        \
                super().save()\n\n\nclass Order(Coded):\n    pass\n";
    assert_eq!(sets(text), [("code".to_owned(), When::Always)]);
    assert!(of(text).save.is_some());
}

#[test]
fn rows_that_are_kept() {
    let class = "class Order(models.Model):\n    def delete(self):\n";
    assert!(of(&format!("{class}        self.gone = True\n        self.save()\n")).keeps.is_some());
    assert!(
        of(&format!("{class}        self.gone = True\n        self.save()\n        super().delete()\n"))
            .keeps
            .is_none()
    );
    assert!(of(&format!("{class}        self.file.close()\n        super().delete()\n")).keeps.is_none());
}

#[test]
fn receivers_of_its_signals() {
    let class = "class Order(models.Model):\n    pass\n\n\n";
    let pre =
        "@receiver(pre_save, sender=Order)\ndef fill(sender, instance, **kwargs):\n    instance.code = 1\n";
    assert_eq!(sets(&format!("{class}{pre}")), [("code".to_owned(), When::Always)]);
    let post = "def log(sender, instance, created, **kwargs):\n    if created:\n        Entry.objects.create(order=instance)\n\n\n\
                post_save.connect(log, sender=\"shop.Order\")\n";
    let found = of(&format!("{class}{post}"));
    assert_eq!(found.receivers[0].makes, BTreeSet::from(["Entry".into()]));
    let any = "@receiver(pre_save)\ndef fill(sender, instance, **kwargs):\n    instance.code = 1\n";
    assert_eq!(of(&format!("{class}{any}")), Behaviour::default());
}
