from django.contrib.postgres import operations
from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0002_indexes")]
    operations = [
        operations.TrigramExtension(),
        operations.BtreeGinExtension(),
        operations.BtreeGistExtension(),
        operations.CITextExtension(),
        operations.CryptoExtension(),
        operations.HStoreExtension(),
        operations.UnaccentExtension(),
        operations.CreateExtension("postgis"),
        operations.CreateExtension(name='odd"name'),
        operations.CreateCollation("german", provider="icu", locale="und-u-ks-level2", deterministic=False),
        operations.RemoveCollation("german", provider="icu", locale="und-u-ks-level2", deterministic=False),
        AddIndexConcurrently("product", BrinIndex(fields=["made"], name="g_made")),
        RemoveIndexConcurrently("product", "g_made"),
        migrations.AddIndex("product", GinIndex(OpClass(Lower("title"), name="gin_trgm_ops"), name="g_title")),
        migrations.AddIndex("product", GinIndex(SearchVector("title", "body", config="german"), name="g_search")),
        AddIndexConcurrently("product", GinIndex(Lower("title"), name="g_lower")),
    ]
