"""SPARQL queries in, damaged, swollen and crossed ones out; the same seed gives the same mutants."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from clustergraph.store.tokens import tokens

PIECES = (
    *("{", "}", "(", ")", ".", ";", ",", "*", "+", "?", "|", "^", "/", "!", "||", "&&", "=", "[]", "()"),
    *("UNION", "OPTIONAL {", "MINUS {", "FILTER", "FILTER NOT EXISTS {", "BIND(1 AS ?x)", "VALUES ?x {1 2}"),
    *(
        "SELECT",
        "CONSTRUCT {",
        "DESCRIBE",
        "ASK",
        "GROUP BY ?s",
        "HAVING(1)",
        "ORDER BY ?s",
        "LIMIT 0",
        "OFFSET 9",
    ),
    *("GRAPH ?g {", "SERVICE <http://127.0.0.1:9/> {", "FROM <http://127.0.0.1:9/>", "FROM NAMED <x>"),
    *(
        "?s ?p ?o .",
        "?a ?b ?c .",
        "?x (!a)* ?y .",
        "<urn:a>",
        "_:b",
        "'x'",
        '"""',
        "'''",
        "#",
        "\\u0041",
        "a:b",
    ),
    *("COUNT(*)", "GROUP_CONCAT(?s)", "REGEX(?s, '(a+)+$')", "REPLACE(?s,'.*','$0$0')", "RAND()", "BNODE()"),
    *("1e999", "99999999999999999999", "-0", "'2'^^<x>", "'x'@en--ltr", "<<( ?s ?p ?o )>>", "\ufeff", "\x00"),
    *(
        "é",
        "\u202e",
        "\U0001f600",
        "\x01",
        "\r",
        "\t",
        "%",
        "%s",
        "\\",
        "<",
        ">",
        "<>",
        "PREFIX : <x>",
        "BASE <x>",
    ),
)
MANY = (2, 3, 10, 40, 200)


def sources(folder: Path) -> list[str]:
    """Return the queries of every ``.rq`` file below a folder."""
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*.rq"))]


def mutants(seed: int, queries: list[str], number: int) -> Iterator[str]:
    """Yield mutants: each a query changed one to four times."""
    random = Random(seed)  # noqa: S311 - the same seed shall give the same mutants
    for _ in range(number):
        text = random.choice(queries)
        for _ in range(random.choice((1, 1, 1, 2, 4))):
            text = random.choice(CHANGES)(random, text, queries)
        yield text[:60_000]


def split(text: str) -> list[str]:
    """Return the tokens of a query as texts."""
    return [token.text for token in tokens(text)]


def drop(random: Random, text: str, _queries: list[str]) -> str:
    """Leave out a token."""
    words = split(text) or [""]
    words.pop(random.randrange(len(words)))
    return " ".join(words)


def add(random: Random, text: str, _queries: list[str]) -> str:
    """Put something in between."""
    words = split(text)
    words.insert(random.randint(0, len(words)), random.choice(PIECES))
    return " ".join(words)


def swap(random: Random, text: str, _queries: list[str]) -> str:
    """Exchange two tokens."""
    words = split(text) or [""]
    first, second = random.randrange(len(words)), random.randrange(len(words))
    words[first], words[second] = words[second], words[first]
    return " ".join(words)


def repeat(random: Random, text: str, _queries: list[str]) -> str:
    """Say a part many times."""
    words = split(text) or [""]
    begin = random.randrange(len(words))
    end = min(len(words), begin + random.randint(1, 12))
    return " ".join([*words[:begin], *words[begin:end] * random.choice(MANY), *words[end:]])


def cross(random: Random, text: str, queries: list[str]) -> str:
    """Begin as one query and end as another."""
    words, others = split(text), split(random.choice(queries))
    return " ".join(words[: random.randint(0, len(words))] + others[random.randint(0, len(others)) :])


def cut(random: Random, text: str, _queries: list[str]) -> str:
    """Break off."""
    return text[: random.randint(0, len(text))]


def nest(random: Random, text: str, _queries: list[str]) -> str:
    """Put the body into many braces."""
    times = random.choice(MANY)
    opening = random.choice(("{ ", "OPTIONAL { ", "MINUS { ", "{ SELECT * WHERE { ", "FILTER EXISTS { "))
    begin, end = text.find("{"), text.rfind("}")
    closing = " }" * opening.count("{") * times
    return f"{text[: begin + 1]} {opening * times} {text[begin + 1 : end]} {closing} {text[end:]}"


def unbind(random: Random, text: str, _queries: list[str]) -> str:
    """Put a new variable in the place of a token: fewer joins, more rows."""
    words = split(text) or [""]
    words[random.randrange(len(words))] = f"?new{random.randint(0, 9)}"
    return " ".join(words)


def corrupt(random: Random, text: str, _queries: list[str]) -> str:
    """Change a character."""
    place = random.randint(0, len(text))
    return (
        text[:place]
        + chr(random.choice((0, 1, 9, 34, 60, 92, 123, 0xFEFF, 0xFFFF, 0x1F600)))
        + text[place + 1 :]
    )


Change = Callable[[Random, str, list[str]], str]
CHANGES: tuple[Change, ...] = (drop, add, swap, repeat, cross, cut, nest, unbind, corrupt)
