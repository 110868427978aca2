use super::*;
use crate::django::keys::{AppLabel, ModelKey};
use crate::source::SourceFile;

fn lines(text: &str, field: Option<&str>) -> Vec<u32> {
    lines_through(text, field, &Relations::default())
}

fn lines_through(text: &str, field: Option<&str>, relations: &Relations) -> Vec<u32> {
    let model = ModelKey::new(AppLabel::new("shop"), "Order");
    let dropped = Dropped { model, field: field.map(Into::into) };
    let file = SourceFile::new("x.py".into(), "x.py", text.to_owned());
    let parsed = crate::reading::parsed(&file).unwrap();
    find(&parsed, &[&dropped], relations).iter().map(|(_, at, _)| at.line()).collect()
}

#[test]
fn queries_that_start_at_the_model() {
    let text = "from shop.models import Order, Customer
Order.objects.filter(note='x')
Order.objects.exclude(a=1).values('id', 'note')
Order.objects.order_by('-note')
Order.objects.annotate(x=F('note'))
Order.objects.filter(Q(note__isnull=True) | Q(b=1))
Order(note='')
Customer.objects.filter(order__note='x')
Customer.objects.filter(note='x')
Customer.objects.values('note')
note = 'note'
print(note, Order.objects.filter(notes=1))
";
    assert_eq!(lines(text, Some("note")), [2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn classes_that_say_their_model() {
    let text = "from shop.models import Order, Customer
@admin.register(Order)
class A(admin.ModelAdmin):
    list_display = ['id', 'note']
class B(admin.ModelAdmin):
    search_fields = ('note__name',)
admin.site.register(Order, B)
class S(ModelSerializer):
    class Meta:
        model = Order
        fields = ['note']
class T(ModelSerializer):
    class Meta:
        model = Customer
        fields = ['note']
@admin.register(Order)
class C(admin.ModelAdmin):
    list_display = ['note']
    def note(self, order): return ''
class V(ListView):
    queryset = Order.objects.all()
    ordering = '-note'
";
    assert_eq!(lines(text, Some("note")), [4, 6, 11, 22]);
}

#[test]
fn instances() {
    let text = "from shop.models import Order
order = Order.objects.get(pk=1)
print(order.note, order.id)
for one in Order.objects.all():
    one.note
def f(it: Order, other):
    it.note
    other.note
class Order(models.Model):
    def __str__(self):
        return self.note
thing = Order()
thing = Other()
thing.note
";
    assert_eq!(lines(text, Some("note")), [3, 5, 7, 11]);
}

#[test]
fn a_model_by_its_import_and_label() {
    let text = "from shop.models import Order
from shop.forms import Order
models.ForeignKey('shop.Order')
word = 'order'
";
    assert_eq!(lines(text, None), [1, 3]);
}

#[test]
fn relations_by_whatever_name() {
    use crate::django::field::{Field, FieldClass};
    use crate::django::migration::{Migration, Origin};
    use crate::django::operations::{Operation, OperationKind};
    use crate::python::value::Value;
    use std::sync::Arc;

    let relation = |name: &str, model: &str, to: &str, related: Option<&str>| {
        let mut kwargs = vec![("to".into(), Value::str(to))];
        kwargs.extend(related.map(|related| ("related_name".into(), Value::str(related))));
        let class = FieldClass::new(
            "django.db.models.fields.related.ForeignKey".into(),
            Some("django.db.models.ForeignKey".into()),
            vec!["django.db.models.fields.related.ForeignKey".into()],
        );
        let path = "django.db.models.ForeignKey".into();
        let field = Field { path, args: vec![], kwargs, class: class.into(), at: None, live: None };
        Operation {
            class: "django.db.migrations.operations.fields.AddField".into(),
            kind: OperationKind::AddField {
                model_name: model.into(),
                name: name.into(),
                field: Arc::new(field),
                preserve_default: true,
            },
            at: None,
            custom_describe: None,
        }
    };
    let key = crate::django::keys::MigrationKey::new(AppLabel::new("shop"), "0001_initial");
    let mut migration = Migration::empty(key, Origin::Project);
    migration.operations = vec![
        relation("purchase", "line", "shop.order", None),
        relation("customer", "order", "shop.customer", Some("bought")),
        relation("parent", "order", "shop.order", Some("+")),
        relation("parent", "line", "shop.line", Some("+")),
        Operation {
            kind: OperationKind::RenameField {
                model_name: "line".into(),
                old_name: "purchase".into(),
                new_name: "sale".into(),
            },
            ..relation("x", "line", "shop.order", None)
        },
    ];
    let relations = Relations::of(&[Arc::new(migration)]);
    let text = "from shop.models import Customer, Line
Line.objects.filter(purchase__note='x')
Customer.objects.values('bought__note')
Line.objects.filter(parent__note='x')
Line.objects.order_by('-sale__note')
Line.objects.filter(line__note='x', customer__note='x')
";
    assert_eq!(lines_through(text, Some("note"), &relations), [2, 3, 5]);
    assert!(lines(text, Some("note")).is_empty());
}
