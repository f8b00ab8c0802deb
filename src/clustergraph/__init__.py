"""A workshop report on cluster management as a checked, queryable knowledge graph."""

__version__ = "0.1.0"
