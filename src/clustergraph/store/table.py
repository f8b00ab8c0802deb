"""Solutions in, CSV out (SPARQL 1.1 Query Results CSV and TSV Formats, section 3).

The engine's own CSV leaves IRIs unquoted, and so splits those with a comma, such as a passage's.
"""

import csv
import io
from itertools import islice
from typing import IO, Final

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple

_ROWS: Final = 1000


def write_csv(solutions: QuerySolutions, target: IO[bytes]) -> None:
    """Write a header and a line for each solution."""
    target.write(_lines([[variable.value for variable in solutions.variables]]))
    while rows := [[_text(term) for term in row] for row in islice(solutions, _ROWS)]:
        target.write(_lines(rows))


def _lines(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def _text(term: NamedNode | BlankNode | Literal | Triple | None) -> str:
    if isinstance(term, NamedNode | Literal):
        return term.value
    return "" if term is None else str(term)
