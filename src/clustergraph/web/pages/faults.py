"""What the service says of a query that it can't read in; the same in the reader's language out."""

import re
from dataclasses import dataclass
from typing import Final

from clustergraph.store.wire import Failure
from clustergraph.web.pages.wording import Texts

_UNDECLARED: Final = re.compile(r"the prefix (\S*:) is not declared(?:; add (PREFIX .+))?")
_TWICE: Final = re.compile(r"SELECT names (\S+) twice")
_COULD: Final = re.compile(r"here could be (.+)")


@dataclass(frozen=True)
class Fault:
    """Where a query can't be read, and why."""

    line: int
    column: int
    sentence: str
    missing: str = ""
    """A line that would put it right."""
    before: str = ""
    """The faulty line of the query up to the place, and from there."""
    behind: str = ""


def fault_of(failure: Failure, text: str, language: str) -> Fault | None:
    """Return what is wrong with a query, None where it is no matter of one place."""
    if failure.kind != "syntax" or not failure.line:
        return None
    words = Texts(language).query.faults
    sentence, missing = words.here, ""
    if undeclared := _UNDECLARED.search(failure.detail):
        sentence, missing = words.undeclared.format(name=undeclared[1]), undeclared[2] or ""
    elif twice := _TWICE.search(failure.detail):
        sentence = words.twice.format(name=twice[1])
    elif could := _COULD.search(failure.detail):
        sentence = f"{words.here} {words.could.format(marks=could[1])}"
    lines = text.split("\n")
    line = lines[failure.line - 1] if failure.line <= len(lines) else ""
    place = failure.column - 1
    return Fault(failure.line, failure.column, sentence, missing, line[:place], line[place:])
