"""Queries that end or hang a process that merely parses or plans them (measured with pyoxigraph 0.5.13)."""

TRIPLE = "?s ?p ?o"


def nested(opening: str, core: str, closing: str, times: int) -> str:
    return f"SELECT * WHERE {{ {opening * times} {core} {closing * times} }}"


DEADLY = {
    "3,000 nested braces": nested("{", TRIPLE, "}", 3000),
    "3,000 nested OPTIONAL": nested("OPTIONAL {", TRIPLE, "}", 3000),
    "3,000 flat OPTIONAL": f"SELECT * WHERE {{ {'OPTIONAL { ?s ?p ?o } ' * 3000} }}",
    "3,000 BIND": f"SELECT * WHERE {{ {' '.join(f'BIND({n} AS ?x{n})' for n in range(3000))} }}",
    "3,000 sub-selects": nested("{ SELECT * WHERE {", TRIPLE, "} }", 3000),
    "1,000 nested FILTER EXISTS": nested("?s ?p ?o FILTER EXISTS {", TRIPLE, "}", 1000),
    "1,000 nested function calls": f"SELECT ({'STR(' * 1000}1{')' * 1000} AS ?x) WHERE {{}}",
    "10,000 parentheses": f"SELECT ({'(' * 10000}1{')' * 10000} AS ?x) WHERE {{}}",
    "10,000 !": f"SELECT ({'!' * 10000}true AS ?x) WHERE {{}}",
    "10,000 ||": f"SELECT ({' || '.join(['true'] * 10000)} AS ?x) WHERE {{}}",
    "10,000 UNION": f"SELECT * WHERE {{ {' UNION '.join(['{}'] * 10000)} }}",
    "300 nested empty lists": f"SELECT * WHERE {{ ?s ?p {'(' * 300}{')' * 300} }}",
    "1,000 patterns without a shared variable": (
        f"SELECT * WHERE {{ {' '.join(f'?s{n} ?p{n} ?o{n} .' for n in range(1000))} }}"
    ),
}
"""Every kind that endpoint work has met, by name."""

RUNAWAY = (
    "SELECT (COUNT(*) AS ?n) WHERE { "
    + " ".join(f"VALUES ?x{n} {{ {' '.join(map(str, range(100)))} }}" for n in range(6))
    + " }"
)
"""A query of 10^12 rows."""
