"""Hypotheses, verdicts, statements and codes in, three tables out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rdflib import RDF, SKOS

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.records import Coding, Hypothesis, Statement
from clustergraph.tables.labels import Labels
from clustergraph.tables.schema import Column, Table, Virtual, in_each_language, thing
from clustergraph.vocabulary import CLG

_POSITION: Final = PREFIXES["schema"] + "position"
_NIF: Final = PREFIXES["nif"]
_LABEL: Final = str(SKOS.prefLabel)
_REPORT: Final = Column("report", ("Bericht", "rapport", "report"), required=True)
_HYPOTHESIS: Final = ("Hypothese", "hypothèse", "hypothesis")
_STATEMENT: Final = ("Aussage", "énoncé", "statement")
_STANCES: Final = {
    "supports": ("stützt", "appuie", "supports"),
    "opposes": ("widerspricht", "s’oppose à", "opposes"),
    "qualifies": ("schränkt ein", "nuance", "qualifies"),
    "contextualises": ("ordnet ein", "met en contexte", "contextualises"),
}
_COUNTS: Final = {
    "supporting": ("stützende Aussagen", "énoncés favorables", "supporting statements"),
    "opposing": ("widersprechende Aussagen", "énoncés opposés", "opposing statements"),
    "qualifying": ("einschränkende Aussagen", "énoncés nuançant", "qualifying statements"),
    "contextualising": ("einordnende Aussagen", "énoncés de contexte", "contextualising statements"),
}
_CLASSES: Final = {
    "assessment": "ConclusionStatement",
    "conclusion": "ConclusionStatement",
    "context": "ContextStatement",
    "description": "DescriptionStatement",
    "discussion": "DiscussionStatement",
}
_PLACES: Final = {
    "chapter": ("chapter", ("Urteil im Kapitel", "verdict dans le chapitre", "verdict in the chapter")),
    "conclusions": (
        "conclusion",
        ("Urteil in den Schlussfolgerungen", "verdict dans les conclusions", "verdict in the conclusions"),
    ),
}


def hypotheses_table(reports: Sequence[Labels]) -> Table:
    """Return the table with a row for each hypothesis, its verdicts and its statements by stance."""
    theme = thing("{report}/theme/{theme}")
    columns = (
        Column("hypothesis", _HYPOTHESIS, required=True),
        _REPORT,
        Column("notation", ("Kürzel", "sigle", "notation"), says=str(SKOS.notation), required=True),
        Column(
            "theme", ("Themenbereich", "domaine thématique", "theme area"), says=str(CLG.theme), value=theme
        ),
        *in_each_language("theme", ("Themenbereich", "domaine thématique", "theme area"), _LABEL, theme),
        Column("number", ("Nummer im Themenbereich", "numéro", "number"), "integer", _POSITION, least=1),
        *in_each_language("hypothesis", _HYPOTHESIS, _LABEL, None),
        *_verdict_columns("chapter", CLG.chapterVerdict),
        *_verdict_columns("conclusions", CLG.conclusionVerdict),
        *(
            Column(
                name,
                titles,
                "integer",
                PREFIXES["schema"] + "value",
                thing(f"{{report}}/derived/statements-{name}/{{notation}}"),
                least=0,
            )
            for name, titles in _COUNTS.items()
        ),
        _line(),
    )
    return Table(
        "hypotheses",
        ("Hypothesen und ihre Urteile", "Hypothèses et leurs verdicts", "Hypotheses and their verdicts"),
        thing("{+hypothesis}"),
        ("hypothesis",),
        columns,
        tuple(row for labels in reports for row in _hypothesis_rows(labels)),
        (Virtual("type", str(RDF.type), str(CLG.Hypothesis)),),
    )


def _line() -> Column:
    return Column("line", ("Zeile im Text", "ligne du texte", "line of the text"), "integer", least=1)


def _verdict_columns(where: str, says: str) -> Iterator[Column]:
    name, titles = _PLACES[where]
    verdict = thing(f"verdict/{{{name}_verdict}}")
    yield Column(f"{name}_verdict", titles, says=str(says), value=verdict, required=True)
    yield from in_each_language(f"{name}_verdict", titles, _LABEL, verdict)
    yield Column(
        f"{name}_verdict_words",
        (f"{titles[0]}, Wortlaut", f"{titles[1]}, texte", f"{titles[2]}, wording"),
    )


def _hypothesis_rows(labels: Labels) -> Iterator[tuple[str, ...]]:
    themes = {theme.slug: theme.label for theme in labels.contents.themes}
    counts = Counter(stance for coding in labels.curated.codings for stance in coding.stances)
    for hypothesis in labels.contents.hypotheses:
        path = f"hypothesis/{hypothesis.notation}"
        by_stance = [str(counts[stance, hypothesis.notation]) for stance in _STANCES]
        yield (
            f"{labels.slug}/{path}",
            labels.slug,
            hypothesis.notation,
            hypothesis.theme,
            *labels.own(f"theme/{hypothesis.theme}", themes[hypothesis.theme]),
            str(hypothesis.number),
            *labels.own(path, hypothesis.title),
            *_verdict_cells(labels, hypothesis, "chapter"),
            *_verdict_cells(labels, hypothesis, "conclusions"),
            *(by_stance if labels.curated.codings else [""] * len(_STANCES)),
            labels.line(hypothesis.passage),
        )


def _verdict_cells(labels: Labels, hypothesis: Hypothesis, where: str) -> tuple[str, ...]:
    key = (hypothesis.notation, where)
    (value,) = (v.value for v in labels.curated.verdicts if (v.hypothesis, v.where) == key)
    words = [
        labels.words(assessment.passages)
        for assessment in labels.curated.assessments
        if assessment.where == where and hypothesis.notation in assessment.hypotheses
    ]
    return (value, *labels.shared(f"verdict/{value}"), " / ".join(words))


def statements_table(reports: Sequence[Labels]) -> Table:
    """Return the table with a row for each statement, its words, translations and codes."""
    passage = f"{BASE}text/{{report}}#char={{begin}},{{end}}"
    first = ("erste Passage", "premier passage", "first passage")
    columns = (
        Column("statement", _STATEMENT, required=True),
        _REPORT,
        Column("position", ("Lesefolge", "ordre de lecture", "reading order"), "integer", _POSITION, least=1),
        Column(
            "class", ("Klasse", "classe", "class"), says=str(RDF.type), value=f"{PREFIXES['clg']}{{class}}"
        ),
        Column(
            "section",
            ("Abschnitt", "section", "section"),
            says=str(CLG.inSection),
            value=thing("{report}/section/{section}"),
        ),
        Column(
            "stands_under",
            ("steht unter der Hypothese", "se trouve sous l’hypothèse", "stands under the hypothesis"),
            listed=True,
        ),
        Column("words", ("Wortlaut", "texte", "wording"), required=True),
        *in_each_language(
            "translation", ("Übersetzung", "traduction", "translation"), str(CLG.translation), None
        ),
        *(Column(name, titles, listed=True) for name, titles in _STANCES.items()),
        *_code_columns(),
        Column(
            "begin",
            (f"{first[0]}: Anfang", f"{first[1]}\u00a0: début", f"{first[2]}: begin"),
            "integer",
            _NIF + "beginIndex",
            passage,
            least=0,
        ),
        Column(
            "end",
            (f"{first[0]}: Ende", f"{first[1]}\u00a0: fin", f"{first[2]}: end"),
            "integer",
            _NIF + "endIndex",
            passage,
            least=0,
        ),
        Column(
            "line",
            ("Zeile im Text", "ligne du texte", "line of the text"),
            "integer",
            str(CLG.firstLine),
            passage,
            least=1,
        ),
    )
    return Table(
        "statements",
        ("Aussagen mit Codes", "Énoncés avec codes", "Statements with codes"),
        thing("{+statement}"),
        ("statement",),
        columns,
        tuple(row for labels in reports for row in _statement_rows(labels)),
        (
            Virtual("type", str(RDF.type), str(CLG.Statement)),
            Virtual("passage", str(CLG.anchoredIn), passage),
        ),
    )


def _code_columns() -> Iterator[Column]:
    for name, titles, listed in (
        ("basis", ("Grundlage", "fondement", "basis"), False),
        ("cue", ("Signalwörter", "mots indicateurs", "cue words"), False),
        ("quantifier", ("Mengenwort", "quantificateur", "quantifier"), False),
        ("countries", ("Länder", "pays", "countries"), True),
        ("actors", ("Akteure", "acteurs", "actors"), True),
        ("topics", ("Themen", "sujets", "topics"), True),
    ):
        yield Column(name, titles, listed=listed)


def _statement_rows(labels: Labels) -> Iterator[tuple[str, ...]]:
    codings = {coding.statement.key: coding for coding in labels.curated.codings}
    for statement in labels.curated.statements:
        passage = statement.passages[0]
        yield (
            _statement_id(labels, statement),
            labels.slug,
            str(statement.position),
            _CLASSES[statement.role],
            statement.section,
            " ".join(statement.hypotheses),
            labels.words(statement.passages),
            *labels.own(f"statement/{passage.start}-{passage.end}", ""),
            *_code_cells(codings.get(statement.key)),
            str(passage.start),
            str(passage.end),
            labels.line(passage),
        )


def _statement_id(labels: Labels, statement: Statement) -> str:
    return f"{labels.slug}/statement/{statement.passages[0].start}-{statement.passages[0].end}"


def _code_cells(coding: Coding | None) -> tuple[str, ...]:
    if coding is None:
        return ("",) * (len(_STANCES) + len(tuple(_code_columns())))
    return (
        *(" ".join(notation for given, notation in coding.stances if given == stance) for stance in _STANCES),
        coding.basis or "",
        coding.cue or "",
        coding.quantifier or "",
        " ".join(coding.countries),
        " ".join(coding.actors),
        " ".join(coding.topics),
    )


def codes_table(reports: Sequence[Labels]) -> Table:
    """Return the table with a row for each code of a statement, which ``statements.csv`` lists in cells."""
    value = thing("{+value}")
    columns = (
        Column("statement", _STATEMENT, required=True),
        _REPORT,
        Column("code", ("Code", "code", "code"), required=True),
        Column(
            "value",
            ("Wert", "valeur", "value"),
            says=f"{PREFIXES['clg']}{{code}}",
            value=value,
            required=True,
        ),
        *in_each_language("value", ("Wert", "valeur", "value"), _LABEL, value),
    )
    return Table(
        "codes",
        (
            "Codes der Aussagen, einer je Zeile",
            "Codes des énoncés, un par ligne",
            "Codes of the statements, one a row",
        ),
        thing("{+statement}"),
        ("statement", "code", "value"),
        columns,
        tuple(row for labels in reports for row in _code_rows(labels)),
        refers={"statement": "statements"},
        quotes=False,
    )


_UNLABELLED = ("",) * 3
"""A statement has words, which are in ``statements.csv``, and no label."""


def _code_rows(labels: Labels) -> Iterator[tuple[str, ...]]:
    for coding in labels.curated.codings:
        for code, value in _codes(labels.slug, coding):
            yield (_statement_id(labels, coding.statement), labels.slug, code, value, *labels.shared(value))
    for found in labels.curated.contradictions:
        one, other = _statement_id(labels, found.statement), _statement_id(labels, found.other)
        yield (one, labels.slug, "contradicts", other, *_UNLABELLED)


def _codes(report: str, coding: Coding) -> Iterator[tuple[str, str]]:
    """Yield property and path of each code, in the order of the columns of ``statements.csv``."""
    for stance, notation in coding.stances:
        yield stance, f"{report}/hypothesis/{notation}"
    if coding.basis:
        yield "codingBasis", f"coding-basis/{coding.basis}"
    if coding.quantifier:
        yield "speakerQuantifier", f"quantifier/{coding.quantifier}"
    named: Mapping[str, tuple[str, ...]] = {
        "concernsCountry": tuple(f"country/{country}" for country in coding.countries),
        "mentionsActor": coding.actors,
        "topic": tuple(f"topic/{topic}" for topic in coding.topics),
    }
    for code, values in named.items():
        for value in dict.fromkeys(values):
            yield code, value
