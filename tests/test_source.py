"""Passages of the real text: what is found by its words lies where those words stand."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustergraph import source
from clustergraph.errors import SourceError
from clustergraph.source import GAP, Passage, Text, check_slug, slug_of

ROOT = Path(__file__).resolve().parents[1]
REAL = source.read(ROOT / "data" / "sources" / "basel-2014").text
WHITE = (" ", "\n", "  ", " \n ", "\t", "\u00a0")


def text_of(content: str) -> Text:
    starts = (0, *(i + 1 for i, letter in enumerate(content) if letter == "\n" and i + 1 < len(content)))
    return Text(Path("report.txt"), content, "", starts)


def word_starts(content: str) -> list[int]:
    return [
        i for i in range(len(content)) if not content[i].isspace() and (i == 0 or content[i - 1].isspace())
    ]


STARTS = word_starts(REAL.content)


def test_the_text_is_the_recorded_one() -> None:
    raw = (ROOT / "data" / "sources" / "basel-2014" / "report.txt").read_bytes()
    assert len(raw) == 36_748
    assert len(REAL.content) == 36_332
    assert len(REAL.line_starts) == 311
    assert REAL.sha256 == hashlib.sha256(raw).hexdigest()
    assert REAL.sha256 == "a996ef501f3e0cb5a47d2ab9b758798441ac39c7e8f20b25d89082353f402d98"


@settings(max_examples=150, deadline=None)
@given(
    first=st.integers(0, len(STARTS) - 1),
    count=st.integers(4, 30),
    white=st.lists(st.sampled_from(WHITE), min_size=30, max_size=30),
)
def test_a_quote_is_found_whatever_its_white_space(first: int, count: int, white: list[str]) -> None:
    at = STARTS[first]
    words = REAL.content[at:].split()[:count]
    quote = "".join(word + gap for word, gap in zip(words, white, strict=False)).strip()
    try:
        (found,) = REAL.find(REAL.line(at), quote, "table.csv:1")
    except SourceError as error:  # short quotes may stand twice on their line
        assert "times on line" in error.fault  # noqa: PT017  # the error is one of two that may come
        return
    assert REAL.words(found).split() == words
    assert REAL.line(found.start) == REAL.line(at)


@settings(max_examples=100, deadline=None)
@given(
    first=st.integers(0, len(STARTS) - 1),
    one=st.integers(5, 12),
    gap=st.integers(1, 12),
    two=st.integers(5, 12),
)
def test_a_gap_makes_two_passages_in_order(first: int, one: int, gap: int, two: int) -> None:
    at = STARTS[first]
    words = REAL.content[at:].split()
    before, after = words[:one], words[one + gap : one + gap + two]
    if not after:
        return
    try:
        parts = REAL.find(REAL.line(at), f"{' '.join(before)} {GAP} {' '.join(after)}", "table.csv:1")
    except SourceError as error:
        assert "times on line" in error.fault  # noqa: PT017  # the error is one of two that may come
        return
    assert [REAL.words(part).split() for part in parts] == [before, after]
    assert parts[0].start < parts[0].end < parts[1].start < parts[1].end


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="aä\n 😀", min_size=1, max_size=60))
def test_lines_are_counted_like_an_editor_does(content: str) -> None:
    text = text_of(content)
    for offset in range(len(content)):
        assert text.line(offset) == content.count("\n", 0, offset) + 1
    last = Passage(0, len(content))
    assert text.last_line(last) == content.count("\n", 0, len(content) - 1) + 1


@settings(max_examples=100, deadline=None)
@given(start=st.integers(0, 36_331), length=st.integers(1, 400))
def test_a_passage_is_a_slice_of_code_points(start: int, length: int) -> None:
    passage = Passage(start, min(start + length, len(REAL.content)))
    assert REAL.words(passage) == REAL.content[passage.start : passage.end]
    assert REAL.line(passage.start) <= REAL.last_line(passage)


@pytest.mark.parametrize(
    ("line", "quote", "words"),
    [
        (
            17,
            "Centre européen de compétences et de recherche",
            ["Centre européen de  \ncompétences et de  \nrecherche"],
        ),
        (24, "im Juli 2014", ["im Juli 2014"]),
        (
            117,
            "dass die Verantwortung alleine beim Clustermanager […] liegen sollte.",
            [
                "dass die Verantwortung alleine beim Clustermanager",
                "liegen sollte.",
            ],
        ),
    ],
)
def test_quotes_may_span_lines(line: int, quote: str, words: list[str]) -> None:
    found = REAL.find(line, quote, "x:1")
    assert [" ".join(REAL.words(part).split()) for part in found] == [
        " ".join(word.split()) for word in words
    ]


@pytest.mark.parametrize(
    ("line", "quote", "fault"),
    [
        (0, "Resultate", "line 0 is not in the text"),
        (312, "Resultate", "line 312 is not in the text, which has 311"),
        (5, "Resultat", "“Resultat” does not begin on line 5"),
        (5, "Resulta", "“Resulta” is not in the text"),
        (7, "Resultate", "“Resultate” does not begin on line 7"),
        (87, "nationalen Workshop", "“nationalen Workshop”"),
        (95, "Individuen", "stands 3 times on line 95"),
        (95, "", "the quote is empty"),
        (95, GAP, "the quote is empty"),
        (95, f"Als Mitglieder {GAP}", "begins or ends with […]"),
    ],
)
def test_a_quote_that_is_not_there_once_is_refused(line: int, quote: str, fault: str) -> None:
    with pytest.raises(SourceError) as caught:
        REAL.find(line, quote, "table.csv:7")
    assert caught.value.place == "table.csv:7"
    assert fault in caught.value.fault


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Séance 1", "seance-1"),
        ("Atelier 2", "atelier-2"),
        ("Öffentlichkeitsarbeit & Größe", "oeffentlichkeitsarbeit-groesse"),
        ("Œuvre", "oeuvre"),
        ("Hänsch-Hervieux", "haensch-hervieux"),
    ],
)
def test_slugs_are_spelt_as_readers_expect(words: str, slug: str) -> None:
    assert slug_of(words) == slug
    assert check_slug(slug, "x:1") == slug


@pytest.mark.parametrize("slug", ["", "-a", "a-", "a--b", "Ä", "a b", "a/b", "++"])
def test_what_cannot_be_part_of_an_iri_is_no_slug(slug: str) -> None:
    with pytest.raises(SourceError, match="is no slug"):
        check_slug(slug, "x:1")
