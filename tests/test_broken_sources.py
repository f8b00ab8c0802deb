"""A broken source gives one error that names file, line, fault and cure; and nothing is written."""

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from rdflib import Graph

from clustergraph import dataset
from clustergraph.errors import ClustergraphError, SourceError

Edit = Callable[[bytes], bytes]
"""What a case does to a file's bytes."""

TEXT, RECORD = "report.txt", "report.toml"
ENTITIES, FACTS, VERDICTS = "entities.csv", "facts.csv", "verdicts.csv"
QUESTIONS, STATEMENTS = "questions.csv", "statements.csv"


@dataclass(frozen=True)
class Broken:
    """One broken variant: the file that is edited, and what the error must say."""

    name: str
    file: str
    edit: Edit
    place: str
    fault: str
    advice: str
    signed: bool = True
    """Whether the record gets the edited text's checksum, as by an editor who means the change."""


def swap(old: str, new: str) -> Edit:
    """Replace words that stand once in the file."""

    def edit(content: bytes) -> bytes:
        assert content.decode().count(old) == 1, old
        return content.decode().replace(old, new).encode()

    return edit


def line(number: int, old: str, new: str) -> Edit:
    """Replace words on one line."""

    def edit(content: bytes) -> bytes:
        lines = content.decode().split("\n")
        assert old in lines[number - 1], lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
        return "\n".join(lines).encode()

    return edit


def at(opening: str, old: str, new: str) -> Edit:
    """Replace words on the first line that begins so: the tables grow, and their line numbers with them."""

    def edit(content: bytes) -> bytes:
        lines = content.decode().split("\n")
        number = next(number for number, words in enumerate(lines, 1) if words.startswith(opening))
        return line(number, old, new)(content)

    return edit


def retyped(opening: str, words: str) -> Edit:
    """Write the first line that begins so anew."""
    return lambda content: at(opening, first_line(content, opening), words)(content)


def first_line(content: bytes, opening: str) -> str:
    return next(words for words in content.decode().split("\n") if words.startswith(opening))


def without(first: int, last: int | None = None) -> Edit:
    """Remove lines."""

    def edit(content: bytes) -> bytes:
        lines = content.decode().split("\n")
        del lines[first - 1 : last or first]
        return "\n".join(lines).encode()

    return edit


def with_line(after: int, words: str) -> Edit:
    """Add a line."""

    def edit(content: bytes) -> bytes:
        lines = content.decode().split("\n")
        lines.insert(after, words)
        return "\n".join(lines).encode()

    return edit


def ended(words: str) -> Edit:
    """Cut the file off behind the first occurrence of some words."""
    return lambda content: content[: content.index(words.encode()) + len(words.encode())]


def row(words: str) -> Edit:
    """Add a row to a table."""
    return lambda content: content.rstrip(b"\n") + f"\n{words}\n".encode()


MARKS = (
    Broken(
        "an unknown mark",
        TEXT,
        line(233, "--\t++\t+", "---\t++\t+"),
        "report.txt:233",
        "mark '---' is unknown",
        "++ + - --",
    ),
    Broken(
        "a dash for a hyphen",
        TEXT,
        line(247, "-\t+\t++", "–\t+\t++"),
        "report.txt:247",
        "mark '–' is unknown",
        "++ + - --",
    ),
    Broken(
        "an empty cell",
        TEXT,
        line(237, "++\t-\t-", "++\t\t-"),
        "report.txt:237",
        "this cell is empty",
        "write the mark",
    ),
    Broken(
        "a missing cell",
        TEXT,
        line(240, "\t++\t++", "\t++"),
        "report.txt:240",
        "skill 2.4 has 2 marks for 3 columns",
        "one mark for each column",
    ),
    Broken(
        "a cell too many",
        TEXT,
        line(241, "++\t++\t+", "++\t++\t+\t+"),
        "report.txt:241",
        "skill 2.5 has 4 marks for 3 columns",
        "one mark for each column",
    ),
    Broken(
        "a doubled skill number",
        TEXT,
        line(234, "4. ", "3. "),
        "report.txt:234",
        "skill 1.3 stands where 1.4 must follow",
        "number a field's skills",
    ),
    Broken(
        "a gap in the skills",
        TEXT,
        without(234),
        "report.txt:234",
        "skill 1.5 stands where 1.4 must follow",
        "restore the row",
    ),
    Broken(
        "a field without rows",
        TEXT,
        without(282, 285),
        "report.txt:282",
        "field 7 above has no skill",
        "restore its rows",
    ),
    Broken(
        "a last field without rows",
        TEXT,
        without(299, 303),
        "report.txt:298",
        "field 10 above has no skill",
        "restore its rows",
    ),
    Broken(
        "rows outside a field",
        TEXT,
        without(230),
        "report.txt:230",
        "this skill stands outside any field",
        "restore the field's header",
    ),
    Broken(
        "a lost header",
        TEXT,
        without(236),
        "report.txt:236",
        "skill 1.1 stands where 1.6 must follow",
        "or the field's header lost",
    ),
    Broken(
        "a doubled field number",
        TEXT,
        line(236, "feld 2", "feld 1"),
        "report.txt:236",
        "field 1 stands where number 2 must follow",
        "number the fields",
    ),
    Broken(
        "an unknown column",
        TEXT,
        line(230, "CH", "AT"),
        "report.txt:230",
        "the column 'AT' is unknown",
        "add it to [columns]",
    ),
    Broken(
        "a doubled column",
        TEXT,
        line(230, "CH", "DE"),
        "report.txt:230",
        "missing or doubled",
        "name each column once",
    ),
    Broken(
        "a header that is not bold",
        TEXT,
        line(236, "<b>Tä", "Tä"),
        "report.txt:236",
        "neither a field's header nor a numbered skill",
        "<b>Tätigkeitsfeld N",
    ),
    Broken(
        "a misspelt field",
        TEXT,
        line(236, "Tätigkeitsfeld", "Tätigkeitfeld"),
        "report.txt:236",
        "neither a field's header",
        "<b>Tätigkeitsfeld N",
    ),
    Broken(
        "words between the tables",
        TEXT,
        line(243, "", "Fortsetzung"),
        "report.txt:243",
        "text stands between the tables",
        "a tab separates its cells",
    ),
    Broken(
        "a row without tabs",
        TEXT,
        line(235, "\t+\t+\t+", " + + +"),
        "report.txt:235",
        "text stands between the tables",
        "a tab separates its cells",
    ),
    Broken(
        "no table",
        TEXT,
        without(230, 303),
        "report.txt:226",
        "the profile has no field",
        "restore its tables",
    ),
    Broken(
        "the text cut within a label",
        TEXT,
        ended("1. Erkennen von regionalen"),
        "report.txt:226",
        "'Schlussfolgerungen' is missing after 'Berufsbild des",
        "restore it",
    ),
    Broken(
        "the text cut between rows",
        TEXT,
        ended("2. Analysieren der Branchenstruktur\t--\t+\t+"),
        "report.txt:226",
        "'Schlussfolgerungen' is missing",
        "restore it",
    ),
    Broken(
        "a row in the foreword",
        TEXT,
        line(71, "Europäische ", "Europäische\t"),
        "report.txt:71",
        "a table row stands in the section 'Vorwort'",
        "remove the tab",
    ),
)

THESES = (
    Broken(
        "a heading on two lines",
        TEXT,
        line(93, "sind die wahren", "sind die\nwahren"),
        "report.txt:93",
        "a * opens here and does not close on its line",
        "put a heading on one line",
    ),
    Broken(
        "a cue with other blanks",
        TEXT,
        line(95, "Beschreibung der", "Beschreibung\u00a0der"),
        "report.txt:95",
        "stands here with other blanks",
        "copy it from the text into [cues]",
    ),
    Broken(
        "a form feed",
        TEXT,
        line(97, " ", "\x0c"),
        "report.txt:97",
        "a form feed stands here",
        "take it out",
    ),
    Broken(
        "a hypothesis without a number",
        TEXT,
        line(93, "These 1:", "These:"),
        "report.txt:93",
        "the heading 'These: Individuen",
        "“These N: …”",
    ),
    Broken(
        "a doubled hypothesis",
        TEXT,
        line(101, "These 2", "These 1"),
        "report.txt:101",
        "hypothesis 1 stands where number 2 must follow",
        "1, 2, 3",
    ),
    Broken(
        "a gap in the hypotheses",
        TEXT,
        line(113, "These 3", "These 4"),
        "report.txt:113",
        "hypothesis 4 stands where number 3 must follow",
        "1, 2, 3",
    ),
    Broken(
        "a lost hypothesis",
        TEXT,
        without(113),
        "report.txt:122",
        "hypothesis 4 stands where number 3 must follow",
        "1, 2, 3",
    ),
    Broken(
        "a misspelt hypothesis",
        TEXT,
        line(101, "These", "Thesse"),
        "report.txt:101",
        "the heading 'Thesse 2: Unter",
        "fix its spelling",
    ),
    Broken(
        "a misspelt emphasised hypothesis",
        TEXT,
        line(113, "These", "Tese"),
        "report.txt:113",
        "the heading 'Tese 3",
        "“These N: …”",
    ),
    Broken(
        "a hypothesis that lost its stars",
        TEXT,
        line(113, "*These 3", "These 3"),
        "report.txt:113",
        "is not marked as a heading",
        "put *…* round it",
    ),
    Broken(
        "a first hypothesis lost",
        TEXT,
        without(137),
        "report.txt:138",
        "this description stands before any hypothesis",
        "fix the order",
    ),
    Broken(
        "a hypothesis among the conclusions",
        TEXT,
        with_line(306, "### *These 1: Nachtrag*"),
        "report.txt:307",
        "stands in the section 'Schlussfolgerungen'",
        "only the chapter of a theme",
    ),
    Broken(
        "a misspelt description",
        TEXT,
        line(115, "Hypothese", "Hypotese"),
        "report.txt:115",
        "'Beschreibung der Hypotese' looks like the cue",
        "fix its spelling",
    ),
    Broken(
        "a description without a colon",
        TEXT,
        line(95, "Hypothese:", "Hypothese"),
        "report.txt:95",
        "'Beschreibung der Hypothese' has no colon",
        "write 'Beschreibung der Hypothese:'",
    ),
    Broken(
        "a misspelt discussion",
        TEXT,
        line(97, "Aussagen", "Ausagen"),
        "report.txt:97",
        "'Ausagen in den Diskussionen' looks like the cue",
        "fix its spelling",
    ),
    Broken(
        "a lost discussion",
        TEXT,
        line(127, "Aussagen in den Diskussionen: ", ""),
        "report.txt:123",
        "hypothesis 4 has no discussion",
        "restore it",
    ),
    Broken(
        "a misspelt assessment",
        TEXT,
        line(99, "Einschätzung", "Einschäzung"),
        "report.txt:99",
        "'Einschäzung zur Hypothese' looks like the cue",
        "fix its spelling",
    ),
    Broken(
        "a misspelt short assessment",
        TEXT,
        line(212, "Einschätzung", "Einschätzug"),
        "report.txt:212",
        "'Einschätzug' looks like the cue",
        "fix its spelling",
    ),
    Broken(
        "a lost assessment",
        TEXT,
        line(129, "Einschätzung zur Hypothese: ", ""),
        "report.toml:assessments =",
        "6 assessments are declared, 5 were found",
        "look for the one that is lost",
    ),
    Broken(
        "a cue within a paragraph",
        TEXT,
        without(98),
        "report.txt:97",
        "'Einschätzung zur Hypothese:' stands within a paragraph",
        "blank line",
    ),
    Broken(
        "a misspelt session",
        TEXT,
        line(186, "Atelier", "Ateler"),
        "report.txt:186",
        "the heading 'Ateler 1",
        "fix its spelling",
    ),
    Broken(
        "a doubled session",
        TEXT,
        line(208, "Atelier 2", "Atelier 1"),
        "report.txt:208",
        "'Atelier 1 : Weiterbildungsangebot",
        "1, 2, 3",
    ),
    Broken(
        "a misspelt figure",
        TEXT,
        line(217, "Abbildung", "Abildung"),
        "report.txt:217",
        "'Abildung' looks like the cue 'Abbildung'",
        "fix its spelling",
    ),
    Broken(
        "a doubled figure",
        TEXT,
        line(222, "Abbildung 2", "Abbildung 1"),
        "report.txt:222",
        "stands twice",
        "1, 2, 3",
    ),
    Broken(
        "a figure without a number",
        TEXT,
        line(217, "Abbildung 1", "Abbildung"),
        "report.toml:figures =",
        "2 figures are declared, 1 were found",
        "look for the one",
    ),
)

PARTS = (
    Broken(
        "missing conclusions",
        TEXT,
        without(305),
        "report.txt:226",
        "'Schlussfolgerungen' is missing after 'Berufsbild",
        "restore it",
    ),
    Broken(
        "a missing first heading",
        TEXT,
        without(3),
        "report.txt:1",
        "is missing after the beginning",
        "restore it",
    ),
    Broken(
        "words above the first heading",
        TEXT,
        line(1, "", "Vorab"),
        "report.txt:1",
        "text before the first heading",
        "begin with a heading",
    ),
    Broken(
        "a session without a hypothesis",
        TEXT,
        line(182, "### *These 1: Innovative Finanzierungsmodelle fehlen*", ""),
        "report.txt:186",
        "no hypothesis stands before the session 'atelier-1'",
        "fix the order of headings",
    ),
    Broken(
        "a misspelt heading",
        TEXT,
        line(305, "folgerungen", "folgerung"),
        "report.txt:305",
        "the heading 'Schlussfolgerung' is unknown",
        "[[sections]]",
    ),
    Broken(
        "a doubled heading",
        TEXT,
        line(133, "Qualitätsmanagement", "Vernetzung"),
        "report.txt:133",
        "Vernetzung' stands twice",
        "remove one",
    ),
    Broken(
        "a heading that lost its sign",
        TEXT,
        line(89, "## ", ""),
        "report.txt:85",
        "Vernetzung' is missing after 'Einleitung'",
        "restore it",
    ),
    Broken(
        "an unknown line of contents",
        TEXT,
        line(62, "Einleitung", "Einführung"),
        "report.txt:62",
        "names no section",
        "a tab and the page",
    ),
    Broken(
        "a lost line of contents",
        TEXT,
        line(64, "Resultate des Themenbereichs Qualitätsmanagement.....\t10", ""),
        "report.txt:59",
        "Qualitätsmanagement' has no line in this table of contents",
        "restore the line",
    ),
    Broken(
        "a lost footnote marker",
        TEXT,
        line(95, "<sup>1</sup>", ""),
        "report.txt:105",
        "footnote 1 has 0 markers",
        "exactly one",
    ),
    Broken(
        "a doubled footnote marker",
        TEXT,
        line(139, "<sup>2</sup>", "<sup>1</sup>"),
        "report.txt:105",
        "footnote 1 has 2 markers",
        "exactly one",
    ),
    Broken(
        "a lost footnote",
        TEXT,
        without(103, 106),
        "report.txt:95",
        "the marker <sup>1</sup> has no footnote",
        "restore the footnote",
    ),
    Broken(
        "a lost rule",
        TEXT,
        without(103),
        "report.txt:95",
        "the marker <sup>1</sup> has no footnote",
        "below a line ---",
    ),
    Broken(
        "a doubled footnote",
        TEXT,
        line(151, "2. ", "1. "),
        "report.txt:105",
        "footnote 1 stands twice",
        "1, 2, 3",
    ),
    Broken(
        "a footnote without a number",
        TEXT,
        line(105, "1. ", ""),
        "report.txt:105",
        "no numbered footnote stands below the line ---",
        "number it",
    ),
)

BYTES = (
    Broken(
        "an empty file", TEXT, lambda _: b"", "report.txt", "the file is empty", "put the report's text there"
    ),
    Broken(
        "nothing but white space",
        TEXT,
        lambda _: b" \n\n",
        "report.txt",
        "the file is empty",
        "put the report's text there",
    ),
    Broken(
        "a byte order mark",
        TEXT,
        lambda raw: b"\xef\xbb\xbf" + raw,
        "report.txt:1",
        "a byte order mark",
        "without BOM",
    ),
    Broken(
        "Windows line ends",
        TEXT,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        "report.txt:1",
        "a carriage return",
        "LF line ends",
    ),
    Broken(
        "one carriage return", TEXT, line(20, "", "\r"), "report.txt:20", "a carriage return", "LF line ends"
    ),
    Broken(
        "Latin-1",
        TEXT,
        lambda raw: raw.decode().encode("cp1252"),
        "report.txt:11",
        "byte 0xe4 is not UTF-8",
        "as UTF-8",
    ),
    Broken(
        "UTF-16",
        TEXT,
        lambda raw: raw.decode().encode("utf-16-le"),
        "report.txt:2",
        "a NUL byte",
        "plain UTF-8",
    ),
    Broken("a NUL byte", TEXT, line(100, "", "\0"), "report.txt:100", "a NUL byte", "plain UTF-8"),
    Broken(
        "half a letter at the end",
        TEXT,
        lambda raw: raw + b"\xc3",
        "report.txt:311",
        "byte 0xc3 is not UTF-8",
        "as UTF-8",
    ),
    Broken(
        "a lost character",
        TEXT,
        line(93, "wahren", "w\ufffdhren"),
        "report.txt:93",
        "a lost character",
        "restore it",
    ),
    Broken(
        "accents apart",
        TEXT,
        lambda raw: unicodedata.normalize("NFD", raw.decode()).encode(),
        "report.txt:11",
        "not Unicode normal form C",
        "in form C",
    ),
    Broken(
        "a changed checksum",
        TEXT,
        line(71, "2013", "2014"),
        "report.txt",
        "the checksum is",
        "write the new sha256 into report.toml",
        signed=False,
    ),
    Broken(
        "a stray final line end",
        TEXT,
        lambda raw: raw + b"\n",
        "report.txt",
        "the checksum is",
        "restore the text",
        signed=False,
    ),
)

QUOTES = (
    Broken(
        "a legend that moved",
        TEXT,
        with_line(226, ""),
        "report.toml:[legend]",
        "does not begin on line 228",
        "it stands on line 229",
    ),
    Broken(
        "words that moved",
        TEXT,
        with_line(304, ""),
        "entities.csv:series/",
        "“Reihe der Diskussionspapiere” does not begin on line 311",
        "it stands on line 312",
    ),
    Broken(
        "words that changed",
        TEXT,
        line(41, "9499", "9490"),
        "inferred.csv:series/diskussionspapiere,issn,",
        "“ISSN 2197-9499” is not in the text",
        "letter for letter",
    ),
    Broken(
        "words that came twice",
        TEXT,
        line(29, "Carole", "Madjid Bouzar, Carole"),
        "entities.csv:person/madjid-bouzar,",
        "“Madjid Bouzar” stands 2 times on line 29",
        "quote more words",
    ),
)

TABLES = (
    Broken(
        "an unknown column of a table",
        ENTITIES,
        line(1, "kind", "sort"),
        "entities.csv:1",
        "the columns are 'id,sort,line,quote'",
        "write 'id,kind,line,quote'",
    ),
    Broken(
        "a cell short",
        ENTITIES,
        at("basel-2014/publication,", ",3,", ","),
        "entities.csv:basel-2014/publication,",
        "3 cells for 4 columns",
        "quote cells that hold a comma",
    ),
    Broken(
        "unbalanced quotation marks",
        ENTITIES,
        at("series/", "Reihe", '"Reihe'),
        "entities.csv",
        "is not CSV",
        "fix the quotation marks",
    ),
    Broken(
        "a doubled entity",
        ENTITIES,
        row("place/basel,place,87,in Basel"),
        "entities.csv:place/basel,place,87,in Basel",
        "'place/basel' stands twice",
        "join the two rows",
    ),
    Broken(
        "a bad slug",
        ENTITIES,
        at("place/basel,", "place/basel", "place/Basel"),
        "entities.csv:place/Basel,",
        "'Basel' is no slug",
        "lower-case letters",
    ),
    Broken(
        "an unknown kind",
        ENTITIES,
        at("place/basel,", ",place,", ",plaice,"),
        "entities.csv:place/basel,",
        "the unknown kind 'plaice'",
        "place",
    ),
    Broken(
        "a line that is no number",
        ENTITIES,
        at("place/basel,", ",87,", ",L87,"),
        "entities.csv:place/basel,",
        "'L87' is no line number",
        "write the line",
    ),
    Broken(
        "a line beyond the text",
        ENTITIES,
        at("place/basel,", ",87,", ",999,"),
        "entities.csv:place/basel,",
        "line 999 is not in the text, which has 311",
        "write the line",
    ),
    Broken(
        "an empty quote",
        ENTITIES,
        at("place/basel,", "87,Basel", "87,"),
        "entities.csv:place/basel,",
        "the quote is empty",
        "copy the words",
    ),
    Broken(
        "half a word as a quote",
        ENTITIES,
        at("place/basel,", "87,Basel", "87,Base"),
        "entities.csv:place/basel,",
        "“Base” is not in the text",
        "whole words",
    ),
    Broken(
        "a national workshop within an international",
        ENTITIES,
        at("place/basel,", "87,Basel", "87,nationalen Workshop"),
        "entities.csv:place/basel,",
        "“nationalen Workshop”",
        "whole words",
    ),
    Broken(
        "a table in Latin-1",
        ENTITIES,
        lambda raw: raw.decode().encode("cp1252"),
        "entities.csv",
        "is not UTF-8",
        "save the table as UTF-8",
    ),
    Broken(
        "an unknown subject",
        FACTS,
        row("place/bern,name,Bern,de,87,Basel,"),
        "facts.csv",
        "the subject 'place/bern' is unknown",
        "entities.csv",
    ),
    Broken(
        "an unknown fact",
        FACTS,
        row("place/basel,population,many,,87,Basel,"),
        "facts.csv",
        "the fact 'population' is unknown",
        "use one of",
    ),
    Broken(
        "an unknown value",
        FACTS,
        at(
            "basel-2014/publication,author,person/madjid-bouzar,",
            "person/madjid-bouzar",
            "person/madjid-bousar",
        ),
        "facts.csv:basel-2014/publication,author,person/madjid-bousar,",
        "'person/madjid-bousar' is unknown",
        "entities.csv",
    ),
    Broken(
        "a value without its folder",
        FACTS,
        at("basel-2014/publication,author,person/madjid-bouzar,", "person/madjid-bouzar", "madjid-bouzar"),
        "facts.csv:basel-2014/publication,author,madjid-bouzar,",
        "'madjid-bouzar' is described nowhere",
        "write 'person/madjid-bouzar'",
    ),
    Broken(
        "an unknown country",
        FACTS,
        swap("country/ro", "country/rou"),
        "facts.csv",
        "the concept 'country/rou' is unknown",
        "write 'country/ro'",
    ),
    Broken(
        "a date that is none",
        FACTS,
        swap("date,2014-05-14", "date,2014-14-05"),
        "facts.csv",
        "'2014-14-05' is no value of 'date'",
        "2014-05-14",
    ),
    Broken(
        "a month in words",
        FACTS,
        swap("issued,2014-07", "issued,Juli-2014"),
        "facts.csv:basel-2014/publication,issued,",
        "'Juli-2014' is no value of 'issued'",
        "2014-07",
    ),
    Broken(
        "an address with a blank",
        FACTS,
        swap("website,http://www.", "website,http://www ."),
        "facts.csv",
        "is no value of 'website'",
        "https://example.org",
    ),
    Broken(
        "a language in words",
        FACTS,
        at("basel-2014/publication,title,", ",de,", ",deutsch,"),
        "facts.csv:basel-2014/publication,title,",
        "'deutsch' is no language",
        "de, fr or it",
    ),
    Broken(
        "an empty value",
        FACTS,
        at("basel-2014/publication,number,", "1/2014,,9", ",,9"),
        "facts.csv:basel-2014/publication,number,",
        "the value is empty",
        "write what the report says",
    ),
    Broken(
        "an unknown verdict",
        VERDICTS,
        at("vernetzung-1,", "majority-supported", "majority-suported"),
        "verdicts.csv:vernetzung-1,",
        "the concept 'verdict/majority-suported' is unknown",
        "write 'verdict/majority-supported'",
    ),
    Broken(
        "an unknown basis",
        VERDICTS,
        at("vernetzung-1,", "explicit-cue", "explicit"),
        "verdicts.csv:vernetzung-1,",
        "'coding-basis/explicit' is unknown",
        "coding-basis/explicit-cue",
    ),
    Broken(
        "an unknown place of a verdict",
        VERDICTS,
        at("vernetzung-1,", "chapter", "foreword"),
        "verdicts.csv:vernetzung-1,",
        "'foreword' is no place of a verdict",
        "chapter or conclusions",
    ),
    Broken(
        "an unknown hypothesis",
        VERDICTS,
        at("vernetzung-1,", "vernetzung-1,vernetzung-1", "vernetzung-1,vernetzung-9"),
        "verdicts.csv:vernetzung-1,",
        "the hypothesis 'vernetzung-9' is not in the text",
        "fix its spelling",
    ),
    Broken(
        "a verdict on nothing",
        VERDICTS,
        at("vernetzung-1,", "vernetzung-1,vernetzung-1", "vernetzung-1,"),
        "verdicts.csv:vernetzung-1,",
        "names no hypothesis",
        "write its hypotheses",
    ),
    Broken(
        "a missing verdict",
        VERDICTS,
        retyped(",weiterbildung-5,conclusions,", ""),
        "verdicts.csv",
        "weiterbildung-5 has no verdict in the conclusions",
        "not-mentioned",
    ),
    Broken(
        "a second verdict",
        VERDICTS,
        row(",vernetzung-3,conclusions,not-mentioned,,,,,noch einmal"),
        "verdicts.csv:,vernetzung-3,conclusions,not-mentioned,,,,,noch einmal",
        "vernetzung-3 has a second verdict in the conclusions",
        "keep one",
    ),
    Broken(
        "a verdict without words",
        VERDICTS,
        at(",qualitaetsmanagement-1,", "not-stated", "supported"),
        "verdicts.csv:,qualitaetsmanagement-1,",
        "'supported' and its quote do not go together",
        "quote the words",
    ),
    Broken(
        "words for no verdict",
        VERDICTS,
        at("vernetzung-1,", "majority-supported", "not-stated"),
        "verdicts.csv:vernetzung-1,",
        "'not-stated' and its quote do not go together",
        "quote the words",
    ),
    Broken(
        "a doubled assessment",
        VERDICTS,
        at("vernetzung-2,", "vernetzung-2,vernetzung-2", "vernetzung-1,vernetzung-2"),
        "verdicts.csv:vernetzung-1,vernetzung-2,",
        "the slug 'vernetzung-1' stands twice",
        "name each assessment once",
    ),
    Broken(
        "a caveat that is elsewhere",
        VERDICTS,
        at("vernetzung-3,", "divergieren", "gehen auseinander"),
        "verdicts.csv:vernetzung-3,",
        "is not in the text",
        "letter for letter",
    ),
    Broken(
        "a question of no theme",
        QUESTIONS,
        at("qualitaet-in-der-netzwerkarbeit,", ",qualitaetsmanagement,", ",qualitaet,"),
        "questions.csv:qualitaet-in-der-netzwerkarbeit,",
        "the theme 'qualitaet' is unknown",
        "vernetzung",
    ),
    Broken(
        "a doubled question",
        QUESTIONS,
        at("bedeutung-des-labels,", "bedeutung-des-labels", "qualitaet-in-der-netzwerkarbeit"),
        "questions.csv:qualitaet-in-der-netzwerkarbeit,qualitaetsmanagement,155",
        "stands twice",
        "name each question once",
    ),
    Broken(
        "a doubled statement",
        STATEMENTS,
        at("71-02,", "71-02", "71-01"),
        'statements.csv:71-01,71,"Die Initiatoren',
        "the key '71-01' stands twice",
        "number the statements",
    ),
    Broken(
        "a statement from a title page",
        STATEMENTS,
        at("71-01,", "71-01,71,", "24-01,24,im Juli 2014\n71-01,71,"),
        "statements.csv:24-01,",
        "is not within one stretch of prose",
        "split it",
    ),
    Broken(
        "a question from a title page",
        QUESTIONS,
        at(
            "qualitaet-in-der-netzwerkarbeit,",
            "141,was Qualität in der Netzwerkarbeit bedeutet",
            "24,im Juli 2014",
        ),
        "questions.csv:qualitaet-in-der-netzwerkarbeit,",
        "is not within one stretch of prose",
        "split it",
    ),
    Broken(
        "a verdict from above the sections",
        VERDICTS,
        retyped(
            "vernetzung-4,",
            "vernetzung-4,vernetzung-4,chapter,supported,layout,7,Ergebnisdokument vom 14. Mai 2014,,",
        ),
        "verdicts.csv:vernetzung-4,",
        "the quote stands before the first section",
        "quote from a section",
    ),
)

RECORDS = (
    Broken(
        "a record that is not TOML",
        RECORD,
        at('slug = "basel-2014"', '= "', "= "),
        "report.toml:slug = basel-2014",
        "is not TOML",
        "fix that line",
    ),
    Broken(
        "a missing entry",
        RECORD,
        at("sha256 =", "sha256", "sha255"),
        "report.toml:[report]",
        "the entry 'sha256' is missing in [report]",
        "add words",
    ),
    Broken(
        "an empty entry",
        RECORD,
        at("title =", "Internationaler Workshop Clustermanagement", ""),
        "report.toml:title =",
        "the entry 'title' is ''",
        "write words",
    ),
    Broken(
        "a missing table",
        RECORD,
        swap("[cues]\n", ""),
        "report.toml",
        "the entry 'cues' is missing",
        "add a table [cues]",
    ),
    Broken(
        "a missing count",
        RECORD,
        swap("ratings = 183\n", ""),
        "report.toml:[counts]",
        "the count 'ratings' is missing",
        "count it in the report",
    ),
    Broken(
        "a count in words",
        RECORD,
        swap("ratings = 183", 'ratings = "viele"'),
        "report.toml:ratings =",
        "the entry 'ratings' is 'viele'",
        "a whole number",
    ),
    Broken(
        "a count that is too high",
        RECORD,
        swap("skills = 61", "skills = 62"),
        "report.toml:skills =",
        "62 skills are declared, 61 were found",
        "look for the one that is lost",
    ),
    Broken(
        "a count of an unknown thing",
        RECORD,
        swap("skills = 61", "skills = 61\ngoals = 3"),
        "report.toml:goals =",
        "3 goals are declared, 0 were found",
        "look for",
    ),
    Broken(
        "a theme's count that is wrong",
        RECORD,
        swap("hypotheses-vernetzung = 4", "hypotheses-vernetzung = 5"),
        "report.toml:hypotheses-vernetzung =",
        "5 hypotheses-vernetzung are declared, 4 were found",
        "look for the one that is lost",
    ),
    Broken(
        "one word for a list of cues",
        RECORD,
        swap('["Einschätzung zur Hypothese:", "Einschätzung:"]', '"Einschätzung:"'),
        "report.toml",
        "the entry 'assessment' is 'Einschätzung:'",
        "in square brackets",
    ),
    Broken(
        "a theme that is a word",
        RECORD,
        retyped('theme = { slug = "vernetzung"', 'theme = "x"'),
        "report.toml",
        "the entry 'theme' is 'x'",
        "a table { slug",
    ),
    Broken(
        "a note that is a word",
        RECORD,
        swap("[notes.rights]\n", '[notes]\nlicence = "frei"\n[notes.rights]\n'),
        "report.toml:licence =",
        "the entry 'licence' is 'frei'",
        "a table [notes.licence]",
    ),
    Broken(
        "a theme's section without a theme",
        RECORD,
        retyped('theme = { slug = "vernetzung"', ""),
        "report.toml",
        "the section 'vernetzung' is of kind 'theme' and has no theme",
        "theme = {",
    ),
    Broken(
        "a theme's section without a hypothesis",
        RECORD,
        swap(
            'kind = "introduction"', 'kind = "theme"\ntheme = { slug = "einleitung", label = "Einleitung" }'
        ),
        "report.txt:85",
        "this theme has no hypothesis",
        "restore its headings",
    ),
    Broken(
        "an unknown kind of section",
        RECORD,
        swap('kind = "profile"', 'kind = "tables"'),
        "report.toml",
        "section kind 'tables' is unknown",
        "profile",
    ),
    Broken(
        "a doubled section",
        RECORD,
        swap('slug = "einleitung"', 'slug = "vorwort"'),
        "report.toml",
        "the slug 'vorwort' stands twice",
        "once",
    ),
    Broken(
        "a slug with a capital",
        RECORD,
        swap('slug = "einleitung"', 'slug = "Einleitung"'),
        "report.toml",
        "'Einleitung' is no slug",
        "lower-case",
    ),
    Broken(
        "a slug that isn't the folder's",
        RECORD,
        swap('slug = "basel-2014"', 'slug = "basel-2015"'),
        "report.toml",
        "the slug is 'basel-2015'",
        "'basel-2014'",
    ),
    Broken(
        "an unknown level",
        RECORD,
        swap('"++" = "sehr-wichtig"', '"++" = "sehr-wichtik"'),
        'report.toml:"++" =',
        "the concept 'importance/sehr-wichtik' is unknown",
        "write 'importance/sehr-wichtig'",
    ),
    Broken(
        "an unknown country of a column",
        RECORD,
        swap('CH = "ch"', 'CH = "xx"'),
        "report.toml:CH =",
        "the concept 'country/xx' is unknown",
        "ontology/schemes/country.ttl",
    ),
    Broken(
        "an unknown method",
        FACTS,
        at("basel-2014/theme/berufsbild,method,", "/stellwand-einschaetzung", "/stellwand"),
        "facts.csv",
        "the concept 'method/stellwand' is unknown",
        "method/stellwand-einschaetzung",
    ),
    Broken(
        "a theme that the heading doesn't name",
        RECORD,
        swap('label = "Berufsbild"', 'label = "Profil"'),
        "report.txt:226",
        "does not hold the theme's label 'Profil'",
        "fix report.toml",
    ),
)

CASES = (*MARKS, *THESES, *PARTS, *BYTES, *QUOTES, *TABLES, *RECORDS)


@pytest.fixture(scope="session")
def ontology(root: Path) -> Graph:
    return dataset.ontology(root)


@pytest.fixture
def project(
    tmp_path: Path, root: Path, basel: Path, ontology: Graph, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project with the real report and an earlier build; the ontology is read once for all cases."""
    monkeypatch.setattr(dataset, "ontology", lambda _: ontology)
    shutil.copytree(basel, tmp_path / "data" / "sources" / basel.name)
    for path in (root / "data").glob("*.ttl"):
        (tmp_path / "data" / path.name).symlink_to(path)
    (tmp_path / "data" / "graph").mkdir()
    (tmp_path / "data" / "graph" / "stated.ttl").write_bytes(b"# from an earlier build\n")
    return tmp_path


def files_in(project: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in (project / "data").rglob("*")
        if path.is_file()
    }


def sign(folder: Path) -> None:
    """Write the text's checksum into the record."""
    digest = hashlib.sha256((folder / TEXT).read_bytes()).hexdigest()
    record = folder / RECORD
    record.write_text(
        re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', record.read_text(encoding="utf-8")),
        encoding="utf-8",
    )


def failing_build(project: Path) -> ClustergraphError:
    """The error of a build that must leave everything as it was."""
    before = files_in(project)
    with pytest.raises(ClustergraphError) as caught:
        dataset.write(project, dataset.outputs(project))
    assert files_in(project) == before
    assert not [path for path in (project / "data").iterdir() if path.name.startswith(".")]
    return caught.value


def place_of(case: Broken, folder: Path) -> str:
    """The case's place, in which a line may be named by the words that it begins with."""
    name, _, opening = case.place.partition(":")
    if opening.isdecimal() or not opening:
        return case.place
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    return f"{name}:{next(number for number, words in enumerate(lines, 1) if words.startswith(opening))}"


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_it_is_refused_with_place_fault_and_advice(case: Broken, project: Path, basel: Path) -> None:
    folder = project / "data" / "sources" / basel.name
    content = (folder / case.file).read_bytes()
    edited = case.edit(content)
    assert edited != content
    (folder / case.file).write_bytes(edited)
    if case.file == TEXT and case.signed:
        sign(folder)
    error = failing_build(project)
    assert isinstance(error, SourceError)
    assert error.place == f"{folder}/{place_of(case, folder)}" or error.place.startswith(
        f"{folder}/{case.place}:"
    )
    assert case.fault in error.fault
    assert case.advice in error.advice
    assert "\n" not in str(error)
    assert str(error) == f"{error.place}: {error.fault}; {error.advice}"


def test_each_case_has_its_own_name() -> None:
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", [TEXT, RECORD, ENTITIES, FACTS, VERDICTS, QUESTIONS])
def test_a_missing_file_is_named(name: str, project: Path, basel: Path) -> None:
    folder = project / "data" / "sources" / basel.name
    (folder / name).unlink()
    error = failing_build(project)
    assert str(error).startswith(f"{folder / name}: cannot be read")


def test_a_project_without_reports_is_refused(project: Path, basel: Path) -> None:
    shutil.rmtree(project / "data" / "sources" / basel.name)
    assert "holds no report; add a folder" in str(failing_build(project))


def test_a_second_report_that_is_broken_stops_the_first(project: Path, lyon: Path) -> None:
    shutil.copytree(lyon, project / "data" / "sources" / lyon.name)
    text = project / "data" / "sources" / lyon.name / TEXT
    text.write_bytes(line(92, "--\t+", "--\t?")(text.read_bytes()))
    sign(text.parent)
    assert f"{text}:92: the mark '?' is unknown" in str(failing_build(project))


def test_a_column_needs_the_country_that_the_report_brings_along(project: Path, lyon: Path) -> None:
    shutil.copytree(lyon, project / "data" / "sources" / lyon.name)
    error = failing_build(project)
    assert str(error).startswith(f"{project / 'data' / 'sources' / lyon.name / RECORD}:")
    assert "the concept 'country/lu' is unknown" in str(error)


def test_concepts_that_are_not_turtle_are_named(
    project: Path, root: Path, basel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    (project / "ontology").symlink_to(root / "ontology", target_is_directory=True)
    concepts = project / "data" / "sources" / basel.name / "concepts.ttl"
    concepts.write_text("<id/country/at> a schema:Country .\n", encoding="utf-8")
    assert str(failing_build(project)).startswith(f"{concepts}: is not Turtle")
