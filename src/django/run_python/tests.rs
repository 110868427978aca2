//! Functions that use models and helpers, and what is found of them.

use super::*;
use crate::source::SourceFile;

fn module(name: &str, text: &str) -> Module {
    let file = SourceFile::new(format!("/{name}.py").into(), format!("{name}.py"), text.to_owned());
    Module { name: name.into(), package: false, parsed: Parsed::new(file) }
}

fn uses(text: &str) -> Vec<(String, How)> {
    let helper = "from .models import Order\ndef fill(apps):\n    Order.objects.all()\n";
    let find = |name: &str| (name == "shop.fill").then(|| module("shop.fill", helper));
    let facts = facts(&module("shop.migrations.0002_x", text), "forwards", &find).unwrap();
    facts.models.iter().map(|found| (found.path.to_string(), found.how)).collect()
}

#[test]
fn imports_at_the_top_and_in_the_function() {
    let order = |how| vec![("shop.models.Order".to_owned(), how)];
    let at_top = "from shop.models import Order\ndef forwards(apps, se):\n    Order.objects.all()\n";
    assert_eq!(uses(at_top), order(How::Manager));
    let within = "def forwards(apps, se):\n    from ..models import Order as O\n    O(x=1).save()\n";
    assert_eq!(uses(within), order(How::Value));
    let module = "import shop.models\ndef forwards(apps, se):\n    shop.models.Order.objects.all()\n";
    assert_eq!(uses(module), order(How::Manager));
    let alias = "from shop import models as m\ndef forwards(apps, se):\n    print(m.Order.STATUS)\n";
    assert_eq!(uses(alias), order(How::Attribute));
    let method = "from shop.models import Order\ndef forwards(apps, se):\n    Order.fix_tree(True)\n";
    assert_eq!(uses(method), order(How::Value));
    let state = "from shop.models import Order\ndef forwards(apps, se):\n    Order.State('new')\n";
    assert_eq!(uses(state), order(How::Attribute));
}

#[test]
fn helpers_are_followed_here_and_elsewhere() {
    let here = "from shop.models import Order\ndef forwards(apps, se):\n    helper()\ndef helper():\n    Order.objects.all()\n";
    assert_eq!(uses(here).len(), 1);
    let elsewhere = "from shop.fill import fill\ndef forwards(apps, se):\n    fill(apps)\n";
    assert_eq!(uses(elsewhere), vec![("shop.models.Order".to_owned(), How::Manager)]);
    let recursive = "def forwards(apps, se):\n    forwards(apps, se)\n";
    assert!(uses(recursive).is_empty());
}

#[test]
fn what_is_no_model_or_not_that_import() {
    for text in [
        "from django.db.models import Q\ndef forwards(apps, se):\n    Q(x=1)\n",
        "from shop.models import Order\ndef forwards(apps, se):\n    Order = apps.get_model('shop', 'Order')\n    Order.objects.all()\n",
        "from shop.models import Order\ndef other():\n    Order.objects.all()\ndef forwards(apps, se):\n    pass\n",
        "from shop.models import STATUS\ndef forwards(apps, se):\n    print(STATUS)\n",
        "from shop.models import Order\ndef forwards(apps: Order, se) -> Order:\n    x: Order = 1\n",
        "from shop.models import Order\ndef forwards(apps, Order):\n    Order.objects.all()\n",
    ] {
        assert!(uses(text).is_empty(), "{text}");
    }
}
