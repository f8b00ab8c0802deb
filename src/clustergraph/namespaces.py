"""The base IRI and the ordered prefixes of everything that clustergraph writes, as plain strings."""

from types import MappingProxyType
from typing import Final

BASE: Final = "https://w3id.org/clustergraph/"

PREFIXES: Final = MappingProxyType(
    {
        "clg": f"{BASE}ns#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "dcterms": "http://purl.org/dc/terms/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "prov": "http://www.w3.org/ns/prov#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "org": "http://www.w3.org/ns/org#",
        "schema": "http://schema.org/",
        "bibo": "http://purl.org/ontology/bibo/",
        "doco": "http://purl.org/spar/doco/",
        "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
        "qb": "http://purl.org/linked-data/cube#",
        "sh": "http://www.w3.org/ns/shacl#",
        "void": "http://rdfs.org/ns/void#",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "dqv": "http://www.w3.org/ns/dqv#",
        "vann": "http://purl.org/vocab/vann/",
        "spdx": "http://spdx.org/rdf/terms#",
        "cito": "http://purl.org/spar/cito/",
        "qudt": "http://qudt.org/schema/qudt/",
        "unit": "http://qudt.org/vocab/unit/",
        "csvw": "http://www.w3.org/ns/csvw#",
    }
)
"""Prefix to namespace, in the order in which Turtle and SPARQL declare them."""
