"""First stage: text in, blocks out: headings, emphasised lines, rules, rows, list items, paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clustergraph.source import Passage, Text

_EMPHASISED = re.compile(r"\*[^*\n]+\*")
_MARKUP = re.compile(r"<sup>\d+</sup>|</?b>|\*+|^#+ ")
_DECORATION = "#* \t"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of one kind; a paragraph may hold several lines, all others hold one."""

    kind: str
    passage: Passage
    words: str


def plain(words: str) -> str:
    """Return words without markup and footnote markers, on one line."""
    return " ".join(_MARKUP.sub("", words).split())


def undecorated(block: Block) -> Passage:
    """Return the passage of a heading's words, without ``#`` and ``*``."""
    left = len(block.words) - len(block.words.lstrip(_DECORATION))
    right = len(block.words.rstrip(_DECORATION))
    return Passage(block.passage.start + left, block.passage.start + right)


def blocks(text: Text) -> tuple[Block, ...]:
    """Return the text's blocks in order; blank lines part them and belong to none."""
    return tuple(_joined(text, _lines(text)))


def _lines(text: Text) -> Iterator[tuple[str, Passage]]:
    for number, start in enumerate(text.line_starts):
        end = text.line_starts[number + 1] - 1 if number + 1 < len(text.line_starts) else len(text.content)
        words = text.content[start:end].rstrip()
        yield _kind(words), Passage(start, start + len(words))


def _kind(words: str) -> str:
    if not words.strip():
        return "blank"
    if words.startswith("#"):
        return "heading"
    if words == "---":
        return "rule"
    if "\t" in words:
        return "row"
    if words.startswith("- "):
        return "item"
    return "paragraph"


def _joined(text: Text, lines: Iterator[tuple[str, Passage]]) -> Iterator[Block]:
    """Join the lines of a paragraph; an emphasised line that stands alone is a kind of its own."""
    run: list[Passage] = []
    for kind, passage in lines:
        if kind == "paragraph":
            run.append(passage)
            continue
        if run:
            yield _paragraph(text, run)
            run = []
        if kind != "blank":
            yield Block(kind, passage, text.words(passage))
    if run:
        yield _paragraph(text, run)


def _paragraph(text: Text, run: list[Passage]) -> Block:
    passage = Passage(run[0].start, run[-1].end)
    words = text.words(passage)
    return Block("emphasis" if _EMPHASISED.fullmatch(words) else "paragraph", passage, words)
