from .data import Backfill
from .schema import AddNullable as AddOptional
from .schema import CreateTable

__all__ = ["AddOptional", "Backfill", "CreateTable"]
