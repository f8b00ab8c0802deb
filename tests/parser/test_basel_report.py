"""The real report as the parser reads it; every figure was read off the text by hand."""

import pytest

from clustergraph.records import Contents
from clustergraph.source import Passage

SKILLS_PER_FIELD = (5, 6, 7, 8, 9, 8, 4, 5, 4, 5)

# Read off by eye: skill, then the marks in the columns DE, FR and CH, and the line of the row.
MARKS = [
    ("1.1", "+", "++", "+", 231),
    ("1.2", "+", "++", "-", 232),
    ("1.3", "--", "++", "+", 233),
    ("1.4", "+", "+", "--", 234),
    ("2.1", "++", "-", "-", 237),
    ("2.3", "+", "++", "--", 239),
    ("2.6", "+", "+", "--", 242),
    ("3.1", "++", "++", "++", 245),
    ("3.3", "-", "+", "++", 247),
    ("3.7", "++", "++", "++", 251),
    ("4.2", "--", "+", "+", 254),
    ("4.5", "-", "+", "--", 257),
    ("4.8", "+", "-", "--", 260),
    ("5.2", "-", "-", "+", 263),
    ("5.3", "-", "-", "--", 264),
    ("5.5", "++", "+", "+", 266),
    ("5.6", "-", "+", "+", 268),
    ("5.8", "-", "-", "--", 270),
    ("6.2", "++", "-", "+", 274),
    ("6.5", "-", "-", "-", 277),
    ("6.7", "++", "+", "++", 279),
    ("7.3", "++", "-", "++", 284),
    ("8.2", "+", "+", "++", 288),
    ("8.4", "++", "-", "-", 290),
    ("9.2", "+", "-", "++", 295),
    ("10.3", "-", "++", "+", 301),
    ("10.4", "--", "-", "--", 302),
    ("10.5", "++", "++", "+", 303),
]

HYPOTHESES = {
    "vernetzung-1": (93, "Individuen sind die wahren Clusterakteure - nicht die Unternehmen"),
    "vernetzung-2": (101, "Unterschiedliche Cluster brauchen unterschiedliche Clustermanager"),
    "vernetzung-3": (
        113,
        "Cluster sind keine Selbstläufer - mit Wendepunkten "
        "und verblässender Anfangseuphorie gilt es umzugehen",
    ),
    "vernetzung-4": (
        123,
        "Interclustering, zweckdienliche politische Rahmenbedingungen, starke akademische Partner "
        "und klare Zuständigkeiten versprechen Erfolg",
    ),
    "qualitaetsmanagement-1": (137, "Die Ergebnismessung in den Initiativen ist nicht ausreichend"),
    "qualitaetsmanagement-2": (
        145,
        "Kleine und junge Netzwerke haben Schwierigkeiten, Indikatoren des "
        "„Cluster Management Excellence Label Gold“ zu erfüllen",
    ),
    "qualitaetsmanagement-3": (
        164,
        "Internationalisierung wird in den Initiativen als wichtig eingeschätzt, "
        "aber nicht ausreichend umgesetzt",
    ),
    "weiterbildung-1": (182, "Innovative Finanzierungsmodelle fehlen"),
    "weiterbildung-2": (
        192,
        "Es braucht eine Stärkung der Kompetenzen im Bereich Weiterbildung "
        "(Weiterbildungsprojekte, Management, Teilnahme an europäischen Projekten), um den Clustern zu "
        "helfen, ihr eigenes Weiterbildungsangebot zu entwickeln "
        "und systemische Netzwerke zu leiten und zu gestalten.",
    ),
    "weiterbildung-3": (
        196,
        "Das Erstellen von kollektiven Strategien und deren Realisierung stellt eine Schwierigkeit dar.",
    ),
    "weiterbildung-4": (
        200,
        "Die grösste Herausforderung besteht darin, die Clustermanager, die vor allem technische Kompetenzen "
        "haben, zu professionalisieren.",
    ),
    "weiterbildung-5": (
        204,
        "Die Leitung des Clusters ist bedeutend hinsichtlich der Optimierung "
        "einer operativen Gruppendynamik.",
    ),
}

PAGES = {
    "vorwort": "5",
    "einleitung": "6",
    "vernetzung": "7",
    "qualitaetsmanagement": "10",
    "weiterbildung": "13",
    "berufsbild": "18",
    "schlussfolgerungen": "22",
}


def line(contents: Contents, passage: Passage) -> int:
    return contents.report.text.line(passage.start)


def lines_of(contents: Contents, notation: str, role: str) -> list[int]:
    return [
        line(contents, passage)
        for part in contents.prose
        if part.role == role and notation in part.hypotheses
        for passage in part.passages
    ]


def test_ten_fields_hold_sixty_one_skills(contents: Contents) -> None:
    counted = tuple(sum(s.field == field.number for s in contents.skills) for field in contents.fields)
    assert counted == SKILLS_PER_FIELD
    assert sum(SKILLS_PER_FIELD) == 61
    assert len(contents.ratings) == 3 * 61 == 183


@pytest.mark.parametrize("expected", MARKS, ids=[row[0] for row in MARKS])
def test_marks_stand_where_the_eye_reads_them(
    expected: tuple[str, str, str, str, int], contents: Contents
) -> None:
    skill, *marks, row = expected
    rated = [rating for rating in contents.ratings if f"{rating.field}.{rating.skill}" == skill]
    assert [rating.column for rating in rated] == ["de", "fr", "ch"]
    assert [contents.report.text.words(rating.passage) for rating in rated] == marks
    assert {line(contents, rating.passage) for rating in rated} == {row}


def test_each_mark_means_what_the_legend_says(contents: Contents) -> None:
    meant = {(contents.report.text.words(rating.passage), rating.level) for rating in contents.ratings}
    assert meant == {
        ("++", "sehr-wichtig"),
        ("+", "eher-wichtig"),
        ("-", "eher-unwichtig"),
        ("--", "unwichtig"),
    }


@pytest.mark.parametrize("notation", HYPOTHESES)
def test_hypotheses_stand_on_their_lines(notation: str, contents: Contents) -> None:
    (found,) = [hypothesis for hypothesis in contents.hypotheses if hypothesis.notation == notation]
    assert (line(contents, found.passage), found.title) == HYPOTHESES[notation]


def test_there_are_twelve_hypotheses_in_three_themes(contents: Contents) -> None:
    assert [hypothesis.notation for hypothesis in contents.hypotheses] == list(HYPOTHESES)
    assert [theme.slug for theme in contents.themes] == [
        "vernetzung",
        "qualitaetsmanagement",
        "weiterbildung",
        "berufsbild",
    ]


def test_only_five_hypotheses_are_headings_and_none_is_lost(contents: Contents) -> None:
    text = contents.report.text
    headings = [
        h for h in contents.hypotheses if text.content[text.line_starts[line(contents, h.passage) - 1]] == "#"
    ]
    assert [h.notation for h in headings] == [
        "vernetzung-1",
        "vernetzung-2",
        "qualitaetsmanagement-1",
        "qualitaetsmanagement-2",
        "weiterbildung-1",
    ]


def test_sessions_have_the_hypotheses_that_stand_before_them(contents: Contents) -> None:
    assert [(s.slug, line(contents, s.passage)) for s in contents.sessions] == [
        ("atelier-1", 186),
        ("atelier-2", 208),
    ]
    by_session = {h.notation: h.session for h in contents.hypotheses if h.session}
    assert by_session == {
        "weiterbildung-1": "atelier-1",
        **{f"weiterbildung-{number}": "atelier-2" for number in (2, 3, 4, 5)},
    }


def test_a_session_on_a_higher_level_does_not_close_the_chapter(contents: Contents) -> None:
    assert lines_of(contents, "weiterbildung-5", "discussion") == [210]
    assert lines_of(contents, "weiterbildung-5", "assessment") == [212]
    assert {part.section for part in contents.prose if "weiterbildung-5" in part.hypotheses} == {
        "weiterbildung"
    }


@pytest.mark.parametrize(
    ("one", "two"), [((117, 117), (119, 119)), ((147, 147), (153, 153)), ((168, 168), (170, 170))]
)
def test_sentences_cut_by_a_page_break_are_joined(
    one: tuple[int, int], two: tuple[int, int], contents: Contents
) -> None:
    text = contents.report.text
    joins = [join for part in contents.prose for join in part.joins]
    spans = [tuple((text.line(passage.start), text.last_line(passage)) for passage in join) for join in joins]
    assert len(joins) == 3
    assert (one, two) in spans


def test_the_cut_sentences_read_on(contents: Contents) -> None:
    text = contents.report.text
    ends = [
        (text.words(one).split()[-1], text.words(two).split()[0])
        for part in contents.prose
        for one, two in part.joins
    ]
    assert ends == [
        ("Clustermanager", "liegen"),
        ("Finanzen,", "Weiterbildungsmöglichkeiten),"),
        ("Internationalisierung", "mehrere"),
    ]


def test_footnotes_are_numbered_paragraphs_with_a_marker(contents: Contents) -> None:
    found = [
        (note.number, line(contents, note.marker), line(contents, note.passage))
        for note in contents.footnotes
    ]
    assert found == [("1", 95, 105), ("2", 139, 151)]
    assert contents.footnotes[0].words.startswith("Die vorliegende Publikation wurde in der Schweiz")
    assert contents.footnotes[1].words.endswith("2013. Kehl.")
    assert [contents.report.text.words(note.marker) for note in contents.footnotes] == [
        "<sup>1</sup>",
        "<sup>2</sup>",
    ]


def test_the_first_footnote_is_no_description_of_the_second_hypothesis(contents: Contents) -> None:
    assert lines_of(contents, "vernetzung-2", "description") == [107]
    prose = [line(contents, passage) for part in contents.prose for passage in part.passages]
    assert not {103, 105, 149, 151} & set(prose)


def test_footnotes_are_no_skills(contents: Contents) -> None:
    assert all(line(contents, skill.passage) > 230 for skill in contents.skills)


def test_the_blank_line_within_field_five_parts_nothing(contents: Contents) -> None:
    rows = [line(contents, skill.passage) for skill in contents.skills if skill.field == 5]
    assert rows == [262, 263, 264, 265, 266, 268, 269, 270, 271]


def test_figures_are_captions(contents: Contents) -> None:
    found = [(figure.number, figure.caption, line(contents, figure.passage)) for figure in contents.figures]
    assert found == [
        ("1", "Schema Atelier 1, Thema Weiterbildung - Ökonomische Modelle der Cluster", 217),
        ("2", "Schema Atelier 2, Thema Weiterbildung - Bedarfe der Cluster", 222),
    ]


def test_pages_are_those_of_the_contents_table(contents: Contents) -> None:
    assert {section.slug: section.page[0] for section in contents.sections if section.page} == PAGES


def test_eleven_sections_follow_the_title(contents: Contents) -> None:
    assert [(section.position, section.title) for section in contents.sections] == list(
        enumerate(
            (
                "Herausgeber",
                "Autoren",
                "Gestaltung",
                "Inhaltsverzeichnis",
                "Vorwort",
                "Einleitung",
                "Resultate des Themenbereichs Vernetzung",
                "Resultate des Themenbereichs Qualitätsmanagement",
                "Resultate des Themenbereichs Weiterbildung",
                "Berufsbild des Clustermanagers",
                "Schlussfolgerungen",
            ),
            1,
        )
    )


@pytest.mark.parametrize(
    ("notation", "role", "lines"),
    [
        ("vernetzung-1", "description", [95]),
        ("vernetzung-1", "discussion", [97]),
        ("vernetzung-1", "assessment", [99]),
        ("vernetzung-3", "discussion", [117, 119]),
        ("qualitaetsmanagement-1", "discussion", [141, 143]),
        ("qualitaetsmanagement-1", "assessment", []),
        ("qualitaetsmanagement-2", "description", [147, 153]),
        ("qualitaetsmanagement-2", "discussion", [155, 157, 159, 160, 162]),
        ("qualitaetsmanagement-3", "discussion", [168, 170, 172, 174, 176]),
        ("weiterbildung-1", "description", [184]),
        ("weiterbildung-2", "description", [194]),
        ("weiterbildung-4", "description", [202]),
        ("weiterbildung-2", "discussion", [210]),
    ],
)
def test_prose_stands_under_its_hypothesis(
    notation: str, role: str, lines: list[int], contents: Contents
) -> None:
    assert lines_of(contents, notation, role) == lines


def test_every_line_of_words_is_read_or_known_to_be_left_out(contents: Contents) -> None:
    """Title pages are read by the tables beside the report; cues and rules mark parts and are no content."""
    text = contents.report.text
    passages = [
        *(p for part in contents.prose for p in part.passages),
        *(
            record.passage
            for records in (contents.hypotheses, contents.sessions, contents.skills)
            for record in records
        ),
        *(
            record.passage
            for records in (contents.fields, contents.footnotes, contents.figures)
            for record in records
        ),
        *(section.heading for section in contents.sections),
    ]
    read = {number for p in passages for number in range(text.line(p.start), text.last_line(p) + 1)}
    left = {
        number
        for number, words in enumerate(text.content.split("\n"), 1)
        if words.strip() and number not in read
    }
    title_pages = {
        3,
        5,
        7,
        9,
        11,
        12,
        13,
        17,
        18,
        19,
        23,
        24,
        28,
        29,
        31,
        32,
        34,
        35,
        39,
        41,
        43,
        47,
        48,
        52,
        53,
        54,
        55,
    }
    table_of_contents = {61, 62, 63, 64, 65, 66, 67}
    rules = {103, 149}
    assert left == title_pages | table_of_contents | rules
