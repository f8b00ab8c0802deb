"""Texts of things in, what people look for out: an index in SQLite that folds German and French spellings."""

from clustergraph.search.folding import marked
from clustergraph.search.index import MOST, Index
from clustergraph.search.making import FORMAT
from clustergraph.search.records import Found, Hit, Place, Role, Text

__all__ = ["FORMAT", "MOST", "Found", "Hit", "Index", "Place", "Role", "Text", "marked"]
