from django.contrib.postgres.operations import AddIndexConcurrently


class IndexSafely(AddIndexConcurrently):
    """Waits for a quiet moment."""
