use super::*;
use crate::django::keys::{AppLabel, ModelKey};
use crate::source::SourceFile;

fn lines(text: &str, field: Option<&str>) -> Vec<u32> {
    let model = ModelKey::new(AppLabel::new("shop"), "Order");
    let dropped = Dropped { model, field: field.map(Into::into) };
    let file = SourceFile::new("x.py".into(), "x.py", text.to_owned());
    let parsed = crate::reading::parsed(&file).unwrap();
    find(&parsed, &[&dropped]).iter().map(|(_, at, _)| at.line()).collect()
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
