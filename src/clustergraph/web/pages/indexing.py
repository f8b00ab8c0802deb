"""Answers of the engine in, an index in a file out; run as a process of its own, so that no page waits.

    python -m clustergraph.web.pages.indexing FILE LANGUAGES < ANSWERS

Answers are SPARQL results in JSON, each after its length in four bytes; after an empty one those to the
query ``search-places`` follow. LANGUAGES gives the language of each source's words, as JSON.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from clustergraph.namespaces import PREFIXES
from clustergraph.search import Index, Place, Role, Text
from clustergraph.web.pages.terms import Row, rows_of

MOST_TEXTS: Final = 200_000
"""Texts that an index holds, in the order of the query: names first."""
_ABOUT_DATA: Final = (
    *(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl", "sh", "dcat", "void", "qb", "dqv")),
    PREFIXES["skos"] + "ConceptScheme",
    PREFIXES["schema"] + "StatisticalVariable",
)
"""Kinds of things that describe the data; they come after what the data are about."""


def framed(answer: bytes) -> bytes:
    """Return an answer after its length."""
    return len(answer).to_bytes(4, "big") + answer


def make(file: Path, answers: BinaryIO, languages: Mapping[str, str]) -> None:
    """Make an index of answers."""
    texts: set[Text] = set()
    types: defaultdict[str, set[str]] = defaultdict(set)
    cut = False
    for row in _rows(answers):
        text = _text(row, languages)
        cut = cut or (len(texts) >= MOST_TEXTS and text not in texts)
        if not cut or text in texts:
            texts.add(text)
            types[text.thing].add(str(row["type"] or ""))
    kinds = _kinds(types)
    lesser = {kind for kind in kinds.values() if kind.startswith(_ABOUT_DATA)}
    Index(file).build(texts, kinds, map(_place, _rows(answers)), lesser, is_cut=cut)


def _rows(answers: BinaryIO) -> Iterator[Row]:
    while length := int.from_bytes(answers.read(4), "big"):
        yield from rows_of(answers.read(length))[1]


def _text(row: Row, languages: Mapping[str, str]) -> Text:
    thing, text = str(row["thing"]), row["text"]
    language = (text.language if text else "") or languages.get(thing.partition("#")[0], "")
    return Text(thing, Role[str(row["role"]).upper()], str(text), language)


def _place(row: Row) -> tuple[str, Place]:
    start, stop, line = (int(str(row[name])) for name in ("start", "stop", "line"))
    return str(row["thing"]), Place(str(row["passage"]), str(row["source"]), start, stop, line)


def _kinds(types: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return one class of each thing: of those that the data name the most general, else the rarest."""
    counts = Counter(name for names in types.values() for name in names)

    def order(name: str) -> tuple[bool, int, str]:
        named = name in types
        return not named, -counts[name] if named else counts[name], name

    return {thing: min(names, key=order) for thing, names in types.items()}


if __name__ == "__main__":
    os.nice(10)
    make(Path(sys.argv[1]), sys.stdin.buffer, json.loads(sys.argv[2]))
