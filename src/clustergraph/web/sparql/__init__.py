"""The SPARQL protocol: endpoint, parameters, the way of a query, federation, description, examples."""
