"""Fields, skills and ratings in, two tables out: a row for each mark, and a row for each skill."""

from collections.abc import Iterator, Sequence
from typing import Final

from rdflib import QB, RDF, SKOS

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.records import Field, Skill
from clustergraph.tables.labels import Labels
from clustergraph.tables.schema import Column, Table, Virtual, in_each_language, thing
from clustergraph.vocabulary import CLG

_POSITION: Final = PREFIXES["schema"] + "position"
_REPORT: Final = Column("report", ("Bericht", "rapport", "report"), required=True)
_LINE: Final = Column("line", ("Zeile im Text", "ligne du texte", "line of the text"), "integer", least=1)
_FIELD_NUMBER: Final = ("Nummer des Tätigkeitsfelds", "numéro du champ d’activité", "number of the field")
_SKILL_NUMBER: Final = (
    "Nummer der Fertigkeit im Feld",
    "numéro de la compétence dans le champ",
    "number of the skill within its field",
)
_SKILL: Final = ("Fertigkeit", "compétence", "skill")
_FIELD: Final = ("Tätigkeitsfeld", "champ d’activité", "field of activity")
_LEVEL: Final = ("Stufe", "niveau", "level")


def field_path(field: int) -> str:
    """Return the path of a field within its report."""
    return f"field/{field:02}"


def skill_path(field: int, number: int) -> str:
    """Return the path of a skill within its report."""
    return f"skill/{field:02}-{number:02}"


def ratings_table(reports: Sequence[Labels]) -> Table:
    """Return the table with a row for each mark."""
    level = thing("importance/{level}")
    columns = (
        Column("rating", ("Einstufung", "notation", "rating"), required=True),
        _REPORT,
        Column("field_number", _FIELD_NUMBER, "integer", least=1),
        Column("skill_number", _SKILL_NUMBER, "integer", _POSITION, thing("{+skill}"), least=1),
        Column("skill", _SKILL, says=str(CLG.skill), value=thing("{+skill}"), required=True),
        *in_each_language("skill", _SKILL, str(SKOS.prefLabel), thing("{+skill}")),
        Column(
            "column",
            ("Länderspalte", "colonne de pays", "country column"),
            says=str(CLG.countryColumn),
            value=thing("country/{column}"),
            required=True,
        ),
        Column("level", _LEVEL, says=str(CLG.importance), value=level, required=True),
        *in_each_language("level", _LEVEL, str(SKOS.prefLabel), level),
        Column(
            "rank",
            ("Rang der Stufe", "rang du niveau", "rank of the level"),
            "integer",
            str(CLG.ordinalRank),
            level,
            required=True,
            least=1,
        ),
        _LINE,
    )
    return Table(
        "ratings",
        ("Einstufungen der Fertigkeiten", "Notations des compétences", "Ratings of the skills"),
        thing("{+rating}"),
        ("rating",),
        columns,
        tuple(row for labels in reports for row in _rating_rows(labels)),
        (
            Virtual("type", str(RDF.type), str(CLG.SkillRating)),
            Virtual("observation", str(RDF.type), str(QB.Observation)),
            Virtual("data_set", str(QB.dataSet), f"{BASE}dataset/{{report}}/ratings"),
        ),
        {"skill": "skills"},
    )


def _rating_rows(labels: Labels) -> Iterator[tuple[str, ...]]:
    skills = {(skill.field, skill.number): skill for skill in labels.contents.skills}
    for rating in labels.contents.ratings:
        path = skill_path(rating.field, rating.skill)
        yield (
            f"{labels.slug}/rating/{rating.field:02}-{rating.skill:02}-{rating.column}",
            labels.slug,
            str(rating.field),
            str(rating.skill),
            f"{labels.slug}/{path}",
            *labels.own(path, skills[rating.field, rating.skill].label),
            rating.column,
            rating.level,
            *labels.shared(f"importance/{rating.level}"),
            str(labels.rank(rating.level)),
            labels.line(rating.passage),
        )


def skills_table(reports: Sequence[Labels]) -> Table:
    """Return the table with a row for each skill, its field, and its ranks side by side."""
    heads = tuple(dict.fromkeys(head for labels in reports for head in labels.columns))
    columns = (
        Column("skill", _SKILL, required=True),
        _REPORT,
        Column(
            "field_number", _FIELD_NUMBER, "integer", _POSITION, thing("{+field}"), required=True, least=1
        ),
        Column("skill_number", _SKILL_NUMBER, "integer", _POSITION, required=True, least=1),
        Column("field", _FIELD, says=str(CLG.inField), value=thing("{+field}"), required=True),
        *in_each_language("field", _FIELD, str(SKOS.prefLabel), thing("{+field}")),
        *in_each_language("skill", _SKILL, str(SKOS.prefLabel), None),
        *(
            Column(
                f"rank_in_column_{head}",
                (
                    f"Rang in der Spalte {head.upper()}",
                    f"rang dans la colonne {head.upper()}",
                    f"rank in the column {head.upper()}",
                ),
                "integer",
                least=1,
            )
            for head in heads
        ),
        Column("rank_sum", ("Summe der Ränge", "somme des rangs", "sum of the ranks"), "integer", least=0),
        Column(
            "rank_spread",
            ("Spannweite der Ränge", "étendue des rangs", "spread of the ranks"),
            "integer",
            least=0,
        ),
        _LINE,
    )
    return Table(
        "skills",
        ("Fertigkeiten und ihre Ränge", "Compétences et leurs rangs", "Skills and their ranks"),
        thing("{+skill}"),
        ("skill",),
        columns,
        tuple(row for labels in reports for row in _skill_rows(labels, heads)),
        (Virtual("type", str(RDF.type), str(CLG.Skill)),),
    )


def _skill_rows(labels: Labels, heads: Sequence[str]) -> Iterator[tuple[str, ...]]:
    fields = {field.number: field for field in labels.contents.fields}
    ranks: dict[tuple[int, int], dict[str, int]] = {}
    for rating in labels.contents.ratings:
        ranks.setdefault((rating.field, rating.skill), {})[rating.column] = labels.rank(rating.level)
    for skill in labels.contents.skills:
        yield _skill_row(
            labels, fields[skill.field], skill, ranks.get((skill.field, skill.number), {}), heads
        )


def _skill_row(
    labels: Labels, field: Field, skill: Skill, ranks: dict[str, int], heads: Sequence[str]
) -> tuple[str, ...]:
    path, within = skill_path(skill.field, skill.number), field_path(skill.field)
    given = list(ranks.values())
    return (
        f"{labels.slug}/{path}",
        labels.slug,
        str(skill.field),
        str(skill.number),
        f"{labels.slug}/{within}",
        *labels.own(within, field.label),
        *labels.own(path, skill.label),
        *(str(ranks.get(head, "")) for head in heads),
        str(sum(given)) if given else "",
        str(max(given) - min(given)) if given else "",
        labels.line(skill.passage),
    )
