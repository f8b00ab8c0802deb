"""The data as files: dumps of graphs, and tables."""
