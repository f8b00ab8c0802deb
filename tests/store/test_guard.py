"""The scanner's reading of queries: calls, updates, dataset clauses, and what only looks like them."""

import pytest

from clustergraph.store.guard import dataset_clauses, refuse_calls, update_form
from clustergraph.store.tokens import declared, tokens
from clustergraph.store.wire import Failure

CALLS = {
    "plain": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "lower case": "SELECT * { service <http://example.org/> { ?s ?p ?o } }",
    "mixed case": "SELECT * { sErViCe <http://example.org/> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://example.org/> { ?s ?p ?o } }",
    "no space": "SELECT*{SERVICE<http://example.org/>{?s ?p ?o}}",
    "silent without space": "SELECT*{SERVICESILENT<http://example.org/>{?s ?p ?o}}",
    "a comment between": "SELECT * { SERVICE # <\n <http://example.org/> { ?s ?p ?o } }",
    "a prefixed endpoint": "PREFIX e: <http://example.org/> SELECT * { SERVICE e:x { ?s ?p ?o } }",
    "an empty prefix, glued": "PREFIX : <http://example.org/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "silent, glued to a name": "PREFIX : <http://example.org/> SELECT * { SERVICESILENT:x { ?s ?p ?o } }",
    "silent before a glued name": "PREFIX : <http://example.org/> SELECT * { SERVICE SILENT:x { ?s ?p ?o } }",
    "after a number": "PREFIX : <http://example.org/> SELECT * { ?a ?b 1SERVICE:x { ?s ?p ?o } }",
    "after true": "PREFIX : <http://example.org/> SELECT * { ?a ?b trueSERVICE:x { ?s ?p ?o } }",
    "a variable": "SELECT * { VALUES ?e { <http://example.org/> } SERVICE ?e { ?s ?p ?o } }",
    "a relative endpoint": "SELECT * { SERVICE <other> { ?s ?p ?o } }",
    "in a sub-select": "SELECT * { { SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } } } }",
    "in EXISTS": "ASK { FILTER EXISTS { SERVICE <http://example.org/> { ?s ?p ?o } } }",
    "in CONSTRUCT WHERE": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "escaped letters": "SELECT * { \\u0053ERVICE <http://example.org/> { ?s ?p ?o } }",
    "long escapes": "SELECT * { SERVIC\\U00000045 <http://example.org/> { ?s ?p ?o } }",
    "after a string with a quote": "SELECT * { ?a ?b 'it\\'s' . SERVICE <http://example.org/> { ?s ?p ?o } }",
    "after a long string": "SELECT * { ?a ?b '''a '' b''' . SERVICE <http://example.org/> { ?s ?p ?o } }",
}
LOOKALIKES = {
    "a string": "SELECT * { ?s ?p 'SERVICE <http://example.org/> { }' }",
    "a long string": 'SELECT * { ?s ?p """SERVICE <http://example.org/> { ?s ?p ?o }""" }',
    "a comment": "SELECT * { ?s ?p ?o } # SERVICE <http://example.org/> { ?s ?p ?o }",
    "a comment in the pattern": "SELECT * { ?s ?p ?o . # SERVICE <http://example.org/> {\n }",
    "an IRI": "SELECT * { ?s <http://example.org/SERVICE> ?o }",
    "an IRI with a hash": "SELECT * { ?s <http://example.org/#SERVICE> ?o }",
    "a local name": "PREFIX ex: <http://example.org/> SELECT * { ?s ex:service ?o }",
    "a prefix": "PREFIX service: <http://example.org/> SELECT * { ?s service:x service:y }",
    "a graph's name": "PREFIX service: <http://example.org/> SELECT * { GRAPH service:x { ?s ?p ?o } }",
    "a variable": "SELECT ?service { ?service ?silent ?o }",
    "a language tag": "SELECT * { ?s ?p 'x'@service }",
    "a name before a brace": "PREFIX ex: <http://example.org/> SELECT * { GRAPH ex:service { ?s ?p ?o } }",
    "a name before GRAPH": "PREFIX ex: <http://x/> SELECT * { ?s ?p ex:service GRAPH ex:g { ?a ?b ?c } }",
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(Failure) as caught:
        refuse_calls(CALLS[name])
    assert caught.value.kind == "service"
    assert caught.value.line in (1, 2)


@pytest.mark.parametrize("name", LOOKALIKES)
def test_what_only_looks_like_a_call_passes(name: str) -> None:
    refuse_calls(LOOKALIKES[name])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("INSERT DATA { <a> <b> <c> }", "INSERT"),
        ("# a comment\nPREFIX ex: <http://example.org/> delete where { ?s ?p ?o }", "DELETE"),
        ("BASE <http://example.org/> LOAD <data>", "LOAD"),
        ("WITH <http://example.org/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "WITH"),
        ("\\u0044ROP ALL", "DROP"),
        ("SELECT * { ?s ?p 'INSERT DATA' }", None),
        ("", None),
    ],
)
def test_an_update_is_known_by_its_first_word(text: str, form: str | None) -> None:
    assert update_form(text) == form


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELECT * FROM <http://example.org/g> { ?s ?p ?o }", True),
        ("SELECT*FROM<http://example.org/g>{?s ?p ?o}", True),
        ("ASK FROM NAMED <http://example.org/g> { ?s ?p ?o }", True),
        ("ASKFROM<http://example.org/g>{?s ?p ?o}", True),
        ("CONSTRUCT { ?s ?p ?o } FROM <http://example.org/g> WHERE { ?s ?p ?o }", True),
        ("PREFIX : <http://example.org/> SELECT * FROM:g { ?s ?p ?o }", True),
        ("DESCRIBE <http://example.org/x> FROM <http://example.org/g>", True),
        ("PREFIX from: <http://example.org/> DESCRIBE from:x", False),
        ("PREFIX from: <http://example.org/> SELECT (from:f(?x) AS ?y) { ?x ?p ?o }", False),
        ("SELECT ?from { ?from ?p 'from' } # FROM", False),
    ],
)
def test_a_dataset_clause_is_seen(text: str, named: bool) -> None:
    assert bool(list(dataset_clauses(text))) is named


def test_the_prologue_gives_prefixes() -> None:
    text = "BASE <http://b/> PREFIX a: <http://a/> # PREFIX c: <http://c/>\nprefix : <http://d/> ASK {}"
    assert declared(text) == {"a": "http://a/", "": "http://d/"}


@pytest.mark.parametrize(
    "text", ["'open", '"""open', "<open", "\\", "?", "@", "\x00", "a" * 10_000, "'" * 9_999]
)
def test_the_scanner_takes_any_text_to_its_end(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text
