from django.db import migrations, models
from django.db.models import BooleanField, Case, CharField, ExpressionWrapper, F, Func, IntegerField, OrderBy, Q, Value, When
from django.db.models import functions as f


def indexes():
    yield models.Index("title", name="i_plain")
    yield models.Index(F("title").desc(), F("price").asc(), name="i_order")
    yield models.Index(OrderBy(F("price"), nulls_last=True), name="i_orderby")
    yield models.Index(F("price").desc(nulls_first=True), name="i_nulls")
    yield models.Index(f.Lower("title"), f.Upper(F("body")).desc(), "price", name="i_functions")
    yield models.Index(f.Cast("price", CharField(max_length=3)), name="i_cast")
    yield models.Index(f.Coalesce("price", "stock", 0), name="i_coalesce")
    yield models.Index(f.Coalesce(F("title"), Value("none")), name="i_value")
    yield models.Index(f.Concat("title", Value(" "), "body"), name="i_concat")
    yield models.Index(f.Left("title", 3), f.Right("title", 2), name="i_left")
    yield models.Index(f.Substr("title", 1, 3), f.Substr("title", 2), name="i_substr")
    yield models.Index(f.Substr("title", pos=1, length=3), name="i_substr_names")
    yield models.Index(f.Replace("title", Value("a")), f.LPad("title", 5), f.Repeat("title", 2), name="i_text")
    yield models.Index(f.Round("price"), f.Abs("price"), f.Mod("price", 7), name="i_math")
    yield models.Index(f.ExtractYear("made"), f.Extract("made", "month"), name="i_extract")
    yield models.Index(f.TruncMonth("made"), f.Trunc("made", "day"), f.TruncDate("made"), name="i_trunc")
    yield models.Index(f.Collate("title", "C"), name="i_collate")
    yield models.Index(F("price") + F("stock"), name="i_plus")
    yield models.Index((F("price") * 2 - 1.5).desc(), name="i_mixed")
    yield models.Index(F("price") % 3, 2 ** F("stock"), -F("price"), name="i_powers")
    yield models.Index(F("price").bitand(4), F("price").bitleftshift(1), name="i_bits")
    yield models.Index(Func("title", function="LOWER"), name="i_func")
    yield models.Index(Func(F("title"), Value("x"), function="F", template="%(function)s(%(expressions)s)"), name="i_template")
    yield models.Index(ExpressionWrapper(F("price") + 1, output_field=IntegerField()), name="i_wrapper")
    yield models.Index(ExpressionWrapper(Q(price__gt=1) | ~Q(title="it's", stock=0), output_field=BooleanField()), name="i_q")
    yield models.Index(Case(When(price__gt=1, then=Value("a")), When(Q(stock=0), then="title"), default=Value("b")), name="i_case")
    yield models.Index(Case(When(price=None, then=1), output_field=IntegerField()), name="i_case_none")
    yield models.Index(f.Length(f.Trim("title")), f.StrIndex("title", Value("a")), name="i_nested")
    yield models.Index(f.Greatest("price", "stock"), f.NullIf("price", Value(0)), name="i_greatest")
    yield models.Index(f.MD5("title"), f.SHA256("body"), name="i_hash")
    yield models.Index(F("data__key"), name="i_path")
    yield models.Index(Value(True), Value(None), Value(1.0), name="i_values")
    yield models.Index(fields=["-price", "title"], name="i_fields", condition=Q(price__gt=0))


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.SeparateDatabaseAndState(state_operations=[])] + [
        migrations.AddIndex("product", index) for index in indexes()
    ] + [
        migrations.RemoveIndex("Product", "i_plain"),
        migrations.AddConstraint("product", models.UniqueConstraint(fields=["title"], name="c_title")),
        migrations.RemoveConstraint("product", "c_title"),
    ]
