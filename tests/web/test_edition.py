"""How a text is set: each passage in an element of its own, be it nested, crossing or over paragraphs."""

from clustergraph.source import Passage
from clustergraph.web.pages.edition import (
    Edition,
    Group,
    Mark,
    Piece,
    Unit,
    edition,
    line_counter,
    pieced,
    plain,
)

TEXT = """# Ein Bericht

## Vorwort

Anlass: Der Kreis trifft sich.<sup>1</sup> Er redet
lange.

---

1. Seit 2013.

- Erstens Brot.
- Zweitens Wein.

<b>Feld</b>\t<b>DE</b>
1. Rechnen\t++
2. Lesen\t--

Zum Schluss .....\t9
"""


def at(words: str) -> Passage:
    start = TEXT.index(words)
    return Passage(start, start + len(words))


def set_in(*words: str) -> Edition:
    return edition(TEXT, [at(each) for each in words], line_counter(TEXT))


def read(inner: tuple[Piece | Mark, ...]) -> str:
    return "".join(read(each.inner) if isinstance(each, Mark) else each.words for each in inner)


def test_units_are_told_apart() -> None:
    units = set_in().units
    assert [(unit.kind, unit.line) for unit in units] == [
        ("heading", 1),
        ("heading", 3),
        ("paragraph", 5),
        ("note", 10),
        ("list", 12),
        ("table", 15),
        ("contents", 19),
    ]
    assert [unit.level for unit in units[:2]] == [1, 2]
    assert units[3].number == "1"
    assert [row.line for row in units[5].rows] == [15, 16, 17]
    assert units[5].headed
    assert [read(cell.inner) for row in units[6].rows for cell in row.cells] == ["Zum Schluss", "9"]


def test_passages_nest_and_keep_what_lies_between() -> None:
    (paragraph,) = (unit for unit in set_in("Der Kreis trifft sich.", "Kreis").units if unit.line == 5)
    lead, outer, *rest = paragraph.leaf.inner
    assert isinstance(lead, Piece)
    assert (lead.kind, lead.words) == ("lead", "Anlass: ")
    assert isinstance(outer, Mark)
    assert [type(each) for each in outer.inner] == [Piece, Mark, Piece]
    assert read(outer.inner) == "Der Kreis trifft sich."
    assert [each.kind for each in rest if isinstance(each, Piece)] == ["note", "words"]


def test_the_mark_of_a_footnote_belongs_to_the_passage_that_holds_it() -> None:
    (paragraph,) = (unit for unit in set_in("sich.<sup>1</sup> Er").units if unit.line == 5)
    (mark,) = (each for each in paragraph.leaf.inner if isinstance(each, Mark))
    assert read(mark.inner) == "sich.1 Er"


def test_of_two_passages_that_cross_one_is_set_as_a_copy() -> None:
    (paragraph,) = (unit for unit in set_in("Der Kreis trifft", "Kreis trifft sich.").units if unit.line == 5)
    (within,) = (each for each in paragraph.leaf.inner if isinstance(each, Mark))
    (copy,) = paragraph.copies
    assert {within.passage, copy.passage} == {at("Der Kreis trifft"), at("Kreis trifft sich.")}
    assert {read(within.inner), read(copy.inner)} == {"Der Kreis trifft", "Kreis trifft sich."}
    assert set(paragraph.passages) == {within.passage, copy.passage}


def test_a_passage_that_covers_units_is_set_around_them() -> None:
    covering = TEXT[TEXT.index("Vorwort") : TEXT.index("lange.") + len("lange.")]
    group = next(part for part in set_in(covering).parts if isinstance(part, Group))
    assert [unit.line for unit in group.members if isinstance(unit, Unit)] == [3, 5]


def test_a_passage_over_units_that_covers_none_whole_is_a_copy_behind_them() -> None:
    stretch = TEXT[TEXT.index("redet") : TEXT.index("2013.")]
    (copy,) = (mark for unit in set_in(stretch).units for mark in unit.copies)
    assert " ".join(read(copy.inner).split()) == "redet lange. 1. Seit"


def test_a_cell_and_a_row_are_passages_too() -> None:
    table = set_in("Lesen", "1. Rechnen\t++").units[5]
    assert [row.passage for row in table.rows] == [None, at("1. Rechnen\t++"), None]
    assert isinstance(table.rows[2].cells[0].inner[1], Mark)


def test_a_text_that_is_not_known_is_pieced_from_quotes() -> None:
    known = [(Passage(3, 8), "Hallo"), (Passage(9, 13), "Welt"), (Passage(20, 24), "Ende")]
    content = pieced(known)
    units = edition(content, [passage for passage, _ in known], lambda _: 7).units
    assert [(unit.kind, unit.line) for unit in units] == [("paragraph", 7), ("paragraph", 7)]
    assert [plain(read(unit.leaf.inner)) for unit in units] == ["Hallo Welt", "Ende"]
