"""The index by itself: spellings, ranks, misspelt words, and that the same words are shown once."""

from pathlib import Path

import pytest

from clustergraph.search import FORMAT, Index, Place, Role, Text, marked
from clustergraph.search.folding import fold, stem, terms

TOWN, RIVER, LAW = "urn:town", "urn:river", "urn:law"


def made(*texts: tuple[str, str], language: str = "de", role: Role = Role.NAME) -> Index:
    """Return an index of things with one text each."""
    index = Index()
    index.build([Text(thing, role, text, language) for thing, text in texts], {}, [])
    return index


def found(index: Index, question: str) -> list[str]:
    return [hit.iri for hit in index.search(question).hits]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Währung", "waehrung"),
        ("Währung", "Wahrung"),
        ("Straße", "STRASSE"),
        ("œuvre", "oeuvre"),
        ("pôle", "pole"),
        ("garçon", "garcon"),
    ],
)
def test_spellings_of_a_word_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("word", ["neue", "steuer", "quelle", "bauer"])
def test_two_vowels_are_not_always_an_umlaut(word: str) -> None:
    assert fold(word) == word


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("massnahme", "massnahmen", "de"),
        ("cotisation", "cotisations", "fr"),
        ("subsidy", "subsidies", "en"),
    ],
)
def test_a_plural_has_the_stem_of_its_singular(one: str, other: str, language: str) -> None:
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize(
    "question", ["foerderstruktur", "Förderstrukturen", "STRUKTUREN", "förd", "Fördrstruktur"]
)
def test_a_compound_is_found(question: str) -> None:
    assert found(made((LAW, "Förderstrukturen"), (TOWN, "Basel")), question) == [LAW]


def test_a_name_comes_before_words_that_hold_it() -> None:
    index = Index()
    texts = [Text(LAW, Role.WORDS, "Der Rhein fliesst", "de"), Text(RIVER, Role.NAME, "Rhein", "de")]
    index.build([*texts, Text(TOWN, Role.NAME, "Stein am Rhein", "de")], {}, [])
    assert found(index, "der Rhein") == [RIVER, TOWN, LAW]


def test_a_code_that_is_also_a_little_word_is_found_alone() -> None:
    index = Index()
    index.build([Text(TOWN, Role.CODE, "DE", ""), Text(LAW, Role.NAME, "la loi de Bâle", "fr")], {}, [])
    assert found(index, "de")[0] == TOWN
    assert found(index, "loi de Bâle") == [LAW]


def test_the_same_words_are_shown_once() -> None:
    """A clause, the sentence and the paragraph around it are one hit; words elsewhere are another."""
    text = "urn:text"
    stands = {
        "urn:clause": (10, 20),
        "urn:sentence": (10, 40),
        "urn:paragraph": (0, 90),
        "urn:far": (200, 210),
    }
    index = Index()
    texts = [
        Text(thing, Role.PASSAGE, "ohne Wertung" + " mehr" * at[1], "de") for thing, at in stands.items()
    ]
    places = [(thing, Place(thing, text, *at, 1)) for thing, at in stands.items()]
    index.build(texts, {}, places)
    assert found(index, "Wertung") == ["urn:clause", "urn:far"]


def test_a_misspelt_word_says_what_was_looked_for_instead() -> None:
    answer = made((TOWN, "Finanzierung")).search("Finanzeirung")
    assert [hit.iri for hit in answer.hits] == [TOWN]
    assert (answer.instead, answer.near) == ("Finanzierung", ("Finanzierung",))


def test_where_no_text_has_all_words_those_with_most_come_first() -> None:
    answer = made((TOWN, "Basel"), (RIVER, "Rhein"), (LAW, "Kehl am Rhein")).search("Basel Rhein Kehl")
    assert answer.partial
    assert answer.hits[0].iri == LAW
    assert len(answer.hits) == 3


def test_a_word_like_none_is_left_out_beside_known_ones() -> None:
    answer = made((TOWN, "Basel"), (LAW, "Basel am Rhein")).search("Basel Rhein Xyzzy")
    assert (answer.hits[0].iri, answer.instead, answer.near) == (LAW, "Basel Rhein", ())


@pytest.mark.parametrize("question", ["", "!?", '"', "*", "NEAR(", "x OR y AND", "{fold} : x", "ß" * 500])
def test_no_question_breaks_the_index(question: str) -> None:
    assert made((TOWN, "Basel")).search(question).hits == ()


def test_an_unknown_compound_is_looked_for_by_its_parts() -> None:
    answer = made((TOWN, "Führung von Personal"), (RIVER, "Personal")).search("Personalführung")
    assert answer.hits[0].iri == TOWN
    assert answer.instead


def test_marks_without_words_are_found_as_they_are() -> None:
    assert found(made((TOWN, "++"), (RIVER, "+"), role=Role.CODE), "++") == [TOWN]


def test_the_name_of_a_kind_finds_its_things_and_stands_beside_a_code() -> None:
    index = Index()
    texts = [
        Text("urn:Thesis", Role.NAME, "These", "de"),
        Text(TOWN, Role.CODE, "1", ""),
        Text(RIVER, Role.CODE, "2", ""),
        Text(LAW, Role.NAME, "Andere Thesen", "de"),
    ]
    index.build(texts, {TOWN: "urn:Thesis", RIVER: "urn:Thesis"}, [])
    assert found(index, "These 2")[0] == RIVER
    assert {TOWN, RIVER} < set(found(index, "Thesen"))


def test_what_describes_the_data_comes_after_what_they_are_about() -> None:
    index = Index()
    texts = [Text(LAW, Role.NAME, "Rhein", "de"), Text(RIVER, Role.NAME, "Der Rhein", "de")]
    index.build(texts, {LAW: "urn:Class"}, [], lesser={"urn:Class"})
    assert found(index, "Rhein") == [RIVER, LAW]


def test_kinds_are_counted_and_chosen() -> None:
    index = Index()
    texts = [Text(thing, Role.NAME, "Rhein", "de") for thing in (TOWN, RIVER, LAW)]
    index.build(texts, {TOWN: "urn:Place", RIVER: "urn:Place", LAW: "urn:Law"}, [])
    assert index.search("Rhein").kinds == {"urn:Place": 2, "urn:Law": 1}
    only = index.search("Rhein", kind="urn:Law")
    assert ([hit.iri for hit in only.hits], only.total) == ([LAW], 1)
    assert [hit.iri for hit in index.search("Rhein", start=1, count=1).hits] == [RIVER]


def test_a_file_keeps_an_index(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    Index(path).build([Text(TOWN, Role.NAME, "Basel", "de")], {}, [])
    again = Index(path)
    assert again.layout == FORMAT
    assert found(again, "basel") == [TOWN]


def test_found_words_are_marked_as_they_are_written() -> None:
    pieces = list(marked("Fehlende Förderstrukturen, neue Strukturen.", terms("struktur")))
    assert [words for words, is_found in pieces if is_found] == ["Förderstrukturen", "Strukturen"]
    assert "".join(words for words, _ in pieces) == "Fehlende Förderstrukturen, neue Strukturen."
