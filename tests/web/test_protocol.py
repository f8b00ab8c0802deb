"""Each requirement of the SPARQL 1.1 Protocol and of HTTP as a case, with the section that demands it."""

from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
import pytest
from tests.service import Running
from tests.web.accepts import ACCEPTS, Client

ASK = "ASK {}"
SELECT = "SELECT ?s WHERE { ?s a <http://example.org/Town> } ORDER BY ?s"
CONSTRUCT = "PREFIX ex: <http://example.org/> CONSTRUCT { ?s a ex:Town } WHERE { ?s a ex:Town }"
MANY = f"SELECT * {{ VALUES ?x {{ {' '.join(map(str, range(500)))} }} }}"
RIVERS = "http://example.org/rivers"
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}


def enc(text: str) -> str:
    return quote(text, safe="")


@dataclass(frozen=True)
class Case:
    """A request, what must come back, and who says so."""

    name: str
    section: str
    method: str = "GET"
    target: str = "/sparql"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 200
    type: str = ""
    holds: str = ""


CASES = (
    # The query operation
    Case("query via GET", "Protocol 2.1.1", target=f"/sparql?query={enc(ASK)}", holds="true"),
    Case(
        "query via form",
        "Protocol 2.1.2",
        "POST",
        headers=FORM,
        body=f"query={enc(ASK)}".encode(),
        holds="true",
    ),
    Case("query via direct POST", "Protocol 2.1.3", "POST", headers=DIRECT, body=ASK.encode(), holds="true"),
    Case(
        "direct POST in UTF-8",
        "Protocol 2.1.3",
        "POST",
        headers={"content-type": "application/sparql-query; charset=UTF-8"},
        body="ASK { FILTER('é' = 'é') }".encode(),
        holds="true",
    ),
    Case(
        "media type in any case",
        "RFC 9110 8.3.1",
        "POST",
        headers={"content-type": "Application/SPARQL-Query"},
        body=ASK.encode(),
    ),
    Case("plus is a space in GET", "Protocol 2.1.1", target="/sparql?query=ASK+%7B%7D"),
    Case(
        "an escaped percent sign is decoded once",
        "Protocol 2.1.2",
        "POST",
        headers=FORM,
        body=b"query=" + enc("SELECT ('%20' AS ?x) {}").encode(),
        holds="%20",
    ),
    Case(
        "query via QUERY",
        "RFC draft QUERY method 2",
        "QUERY",
        headers=DIRECT,
        body=ASK.encode(),
        holds="true",
    ),
    Case(
        "a query of 16 kB via GET",
        "RFC 9110 4.1",
        target=f"/sparql?query={enc(ASK + '#' + 'x' * 16000)}",
        holds="true",
    ),
    Case(
        "a byte order mark before the query",
        "SPARQL 1.1 Query 19",
        "POST",
        headers=DIRECT,
        body=b"\xef\xbb\xbfASK {}",
        holds="true",
    ),
    Case(
        "a byte order mark before the query in the address",
        "RFC 3629 6",
        target=f"/sparql?query={enc(chr(0xFEFF) + 'PREFIX e: <http://example.org/> ASK { ?s a e:Town }')}",
        holds="true",
    ),
    Case(
        "a byte order mark before the query in a form",
        "RFC 3629 6",
        "POST",
        headers=FORM,
        body=f"query={enc(chr(0xFEFF) + 'ASK {')}&lang=de".encode(),
        status=400,
        holds='"line": 1, "column": 6',
    ),
    Case(
        "relative IRIs against the endpoint",
        "SPARQL 1.1 Query 4.1.1.2",
        target=f"/sparql?query={enc('ASK { <a> ?p <b> }')}",
        holds="false",
    ),
    Case("an unknown parameter is passed over", "Protocol 2.1", target=f"/sparql?query={enc(ASK)}&debug=on"),
    # Malformed requests
    Case("no query in a form", "Protocol 2.1.2", "POST", headers=FORM, body=b"", status=400),
    Case(
        "two queries in the address",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc(ASK)}&query={enc(ASK)}",
        status=400,
    ),
    Case(
        "two queries in a form",
        "Protocol 2.1.4",
        "POST",
        headers=FORM,
        body=f"query={enc(ASK)}&query={enc(ASK)}".encode(),
        status=400,
    ),
    Case(
        "a query in body and address",
        "Protocol 2.1.4",
        "POST",
        f"/sparql?query={enc(ASK)}",
        DIRECT,
        ASK.encode(),
        400,
    ),
    Case(
        "a query in form and address",
        "Protocol 2.1.4",
        "POST",
        f"/sparql?query={enc(ASK)}",
        FORM,
        f"query={enc(ASK)}".encode(),
        400,
    ),
    Case(
        "a malformed query",
        "Protocol 2.1.6",
        target=f"/sparql?query={enc('SELECT * {')}",
        status=400,
        type="application/problem+json",
        holds='"line": 1, "column": 11',
    ),
    Case(
        "an update as a query",
        "Protocol 2.1.6",
        target=f"/sparql?query={enc('DROP ALL')}",
        status=400,
        holds="update",
    ),
    Case(
        "an update as update",
        "Protocol 2.2",
        "POST",
        headers=FORM,
        body=b"update=DROP+ALL",
        status=400,
        holds="update",
    ),
    Case(
        "an unknown function",
        "Protocol 2.1.6",
        target=f"/sparql?query={enc('SELECT (<http://example.org/f>(1) AS ?x) {}')}",
        status=400,
    ),
    Case("a broken escape", "RFC 3986 2.1", target="/sparql?query=ASK%20%7B%7D%zz", status=400),
    Case("bytes that are no UTF-8", "RFC 3987 3.1", target="/sparql?query=ASK%20%7B%7D%23%FF", status=400),
    Case(
        "a body that is no UTF-8", "Protocol 2.1.3", "POST", headers=DIRECT, body=b"ASK {} #\xff", status=400
    ),
    Case(
        "an encoded lone surrogate", "RFC 3629 3", target="/sparql?query=ASK%20%7B%7D%23%ED%A0%80", status=400
    ),
    Case(
        "an escaped lone surrogate",
        "SPARQL 1.1 Query 19.2",
        target=f"/sparql?query={enc('ASK { FILTER(' + chr(34) + chr(92) + 'uD800' + chr(34) + ' = 1) }')}",
        status=400,
    ),
    Case("a NUL in the query", "SPARQL 1.1 Query 19.8", target="/sparql?query=ASK%20%7B%7D%00", status=400),
    Case(
        "a type that is not the protocol's",
        "RFC 9110 15.5.16",
        "POST",
        headers={"content-type": "text/plain"},
        body=ASK.encode(),
        status=415,
    ),
    Case("a body without a type", "Protocol 2.1.3", "POST", body=ASK.encode(), status=415),
    Case(
        "a charset other than UTF-8",
        "Protocol 2.1.3",
        "POST",
        headers={"content-type": "application/sparql-query; charset=latin1"},
        body=ASK.encode(),
        status=415,
    ),
    Case(
        "a multipart form",
        "Protocol 2.1.2",
        "POST",
        headers={"content-type": "multipart/form-data; boundary=x"},
        body=b"--x--",
        status=415,
    ),
    Case(
        "an update's type",
        "Protocol 2.2.2",
        "POST",
        headers={"content-type": "application/sparql-update"},
        body=b"DROP ALL",
        status=415,
    ),
    Case(
        "a compressed body",
        "RFC 9110 8.4",
        "POST",
        headers={**DIRECT, "content-encoding": "gzip"},
        body=b"x",
        status=415,
    ),
    Case(
        "a body over the cap", "RFC 9110 15.5.14", "POST", headers=DIRECT, body=b"#" * 1_100_000, status=413
    ),
    Case("PUT", "RFC 9110 15.5.6", "PUT", body=b"x", status=405),
    Case("DELETE", "RFC 9110 15.5.6", "DELETE", status=405),
    Case("PATCH", "RFC 9110 15.5.6", "PATCH", status=405),
    # The dataset
    Case(
        "default-graph-uri",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc('SELECT ?s { ?s a ?c }')}&default-graph-uri={enc('http://example.org/rivers')}&format=csv",
        holds="rhine",
    ),
    Case(
        "default-graph-uri hides named graphs",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc('ASK { GRAPH ?g { ?s ?p ?o } }')}&default-graph-uri={enc('http://example.org/rivers')}",
        holds="false",
    ),
    Case(
        "named-graph-uri",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc('ASK { GRAPH ?g { ?s a ?c } }')}&named-graph-uri={enc('http://example.org/rivers')}",
        holds="true",
    ),
    Case(
        "named-graph-uri alone leaves the default graph empty",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc('ASK { ?s ?p ?o }')}&named-graph-uri={enc('http://example.org/rivers')}",
        holds="false",
    ),
    Case(
        "the protocol's dataset overrides the query's",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc('ASK FROM <http://example.org/towns> { ?s a <http://example.org/Town> }')}&default-graph-uri={enc('http://example.org/rivers')}",
        holds="false",
    ),
    Case(
        "a default-graph-uri twice counts once",
        "SPARQL 1.1 Query 13.2",
        target=f"/sparql?query={enc('SELECT (COUNT(*) AS ?n) { ?s a ?c }')}&format=csv"
        f"&default-graph-uri={enc(RIVERS)}&default-graph-uri={enc(RIVERS)}",
        holds="n\r\n1\r\n",
    ),
    Case(
        "a named-graph-uri twice counts once",
        "SPARQL 1.1 Query 13.2",
        target=f"/sparql?query={enc('SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s a ?c } }')}&format=csv"
        f"&named-graph-uri={enc(RIVERS)}&named-graph-uri={enc(RIVERS)}",
        holds="n\r\n1\r\n",
    ),
    Case(
        "an unknown graph is empty",
        "SPARQL 1.1 Query 13.2",
        target=f"/sparql?query={enc('ASK { ?s ?p ?o }')}&default-graph-uri={enc('http://example.org/none')}",
        holds="false",
    ),
    Case(
        "FROM limits the default graph",
        "SPARQL 1.1 Query 13.2.1",
        target=f"/sparql?query={enc(f'ASK FROM <{RIVERS}> {{ ?s a <http://example.org/Town> }}')}",
        holds="false",
    ),
    Case(
        "FROM NAMED alone leaves the default graph empty",
        "SPARQL 1.1 Query 13.2.2",
        target=f"/sparql?query={enc('ASK FROM NAMED <http://example.org/rivers> { ?s ?p ?o }')}",
        holds="false",
    ),
    Case(
        "a word from in a string is no FROM",
        "SPARQL 1.1 Query 19.8",
        target=f"/sparql?query={enc('ASK { ?from a ?c FILTER(?c != ' + chr(39) + 'from' + chr(39) + ') }')}",
        holds="true",
    ),
    Case(
        "an empty graph parameter is dropped",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc('ASK { ?s ?p ?o }')}&default-graph-uri=",
        holds="true",
    ),
    Case(
        "a relative graph parameter",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc(ASK)}&default-graph-uri=towns",
        status=400,
    ),
    Case(
        "a graph parameter with a space",
        "Protocol 2.1.4",
        target=f"/sparql?query={enc(ASK)}&default-graph-uri=http://a%20b/",
        status=400,
    ),
    Case(
        "dataset parameters of a form",
        "Protocol 2.1.2",
        "POST",
        headers=FORM,
        body=f"query={enc('ASK { ?s ?p ?o }')}&named-graph-uri={enc('http://example.org/rivers')}".encode(),
        holds="false",
    ),
    Case(
        "dataset parameters beside a direct POST",
        "Protocol 2.1.3",
        "POST",
        f"/sparql?named-graph-uri={enc('http://example.org/rivers')}",
        DIRECT,
        b"ASK { ?s ?p ?o }",
        holds="false",
    ),
    # Negotiation
    *(
        Case(
            f"{accept} for a SELECT",
            section,
            target=f"/sparql?query={enc(SELECT)}",
            headers={"accept": accept},
            type=media,
            holds="basel",
        )
        for accept, media, section in (
            (
                "application/sparql-results+json",
                "application/sparql-results+json",
                "SPARQL 1.1 Results JSON 5",
            ),
            ("application/sparql-results+xml", "application/sparql-results+xml", "SPARQL Results XML 4"),
            ("text/csv", "text/csv; charset=utf-8", "SPARQL 1.1 Results CSV and TSV 3"),
            (
                "text/tab-separated-values",
                "text/tab-separated-values; charset=utf-8",
                "SPARQL 1.1 Results CSV and TSV 4",
            ),
            ("application/json", "application/sparql-results+json", "RFC 9110 12.5.1"),
            ("*/*", "application/sparql-results+json", "RFC 9110 12.5.1"),
            ("text/html;q=0.5, text/csv;q=0.9", "text/csv; charset=utf-8", "RFC 9110 12.4.2"),
            ("text/csv;q=0, */*", "application/sparql-results+json", "RFC 9110 12.4.2"),
            ("image/png, text/*;q=0.3", "text/csv; charset=utf-8", "RFC 9110 12.5.1"),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "text/html; charset=utf-8",
                "RFC 9110 12.5.1",
            ),
        )
    ),
    *(
        Case(
            f"{accept} for a CONSTRUCT",
            "RFC 9110 12.5.1",
            target=f"/sparql?query={enc(CONSTRUCT)}",
            headers={"accept": accept},
            type=media,
            holds="basel",
        )
        for accept, media in (
            ("text/turtle", "text/turtle; charset=utf-8"),
            ("application/n-triples", "application/n-triples"),
            ("application/n-quads", "application/n-quads"),
            ("application/trig", "application/trig"),
            ("application/ld+json", "application/ld+json"),
            ("application/rdf+xml", "application/rdf+xml"),
            ("*/*", "text/turtle; charset=utf-8"),
        )
    ),
    Case(
        "no acceptable type",
        "RFC 9110 15.5.7",
        target=f"/sparql?query={enc(SELECT)}",
        headers={"accept": "image/png"},
        status=406,
    ),
    Case(
        "a graph's type for a SELECT",
        "RFC 9110 15.5.7",
        target=f"/sparql?query={enc(SELECT)}",
        headers={"accept": "text/turtle"},
        status=406,
    ),
    Case(
        "a result's type for a CONSTRUCT",
        "RFC 9110 15.5.7",
        target=f"/sparql?query={enc(CONSTRUCT)}",
        headers={"accept": "text/csv"},
        status=406,
    ),
    Case(
        "format overrides Accept",
        "for people",
        target=f"/sparql?query={enc(SELECT)}&format=csv",
        headers={"accept": "text/html"},
        type="text/csv; charset=utf-8",
    ),
    Case(
        "an unknown format",
        "for people",
        target=f"/sparql?query={enc(SELECT)}&format=docx",
        status=400,
        holds="json, xml, csv, tsv",
    ),
    *(
        Case(
            f"{parameters} for a {form}",
            "for people",
            target=f"/sparql?query={enc(query)}&{parameters}",
            headers={"accept": accept},
            type=media,
            holds="basel",
        )
        for form, query, parameters, accept, media in (
            ("SELECT", SELECT, "output=csv", "*/*", "text/csv; charset=utf-8"),
            ("SELECT", SELECT, "results=XML", "*/*", "application/sparql-results+xml"),
            ("SELECT", SELECT, "output=application/json", "*/*", "application/sparql-results+json"),
            (
                "SELECT",
                SELECT,
                "format=application/sparql-results+xml",
                "*/*",
                "application/sparql-results+xml",
            ),
            ("SELECT", SELECT, "format=csv&format=text/csv&output=", "*/*", "text/csv; charset=utf-8"),
            ("SELECT", SELECT, "format=csv&output=xml&results=json", "*/*", "text/csv; charset=utf-8"),
            ("SELECT", SELECT, "output=xml&format=csv", "*/*", "application/sparql-results+xml"),
            ("SELECT", SELECT, "format=docx&output=csv", "*/*", "text/csv; charset=utf-8"),
            ("SELECT", SELECT, "format=ttl", "text/csv", "text/csv; charset=utf-8"),
            ("SELECT", SELECT, "format=ttl&output=tsv", "*/*", "text/tab-separated-values; charset=utf-8"),
            ("SELECT", SELECT, "format=auto", "text/csv", "text/csv; charset=utf-8"),
            ("SELECT", SELECT, "format=auto&output=xml", "text/csv", "text/csv; charset=utf-8"),
            ("SELECT", SELECT, "output=html", "*/*", "text/html; charset=utf-8"),
            ("CONSTRUCT", CONSTRUCT, "format=n3", "*/*", "text/turtle; charset=utf-8"),
            ("CONSTRUCT", CONSTRUCT, "output=application/n3", "*/*", "text/turtle; charset=utf-8"),
            ("CONSTRUCT", CONSTRUCT, "results=csv&format=rdf", "*/*", "application/rdf+xml"),
            (
                "CONSTRUCT",
                CONSTRUCT,
                "format=json-ld&format=application/ld%2Bjson%2Capplication/x-json%2Bld",
                "*/*",
                "application/ld+json",
            ),
        )
    ),
    Case(
        "two unknown formats",
        "for people",
        target=f"/sparql?query={enc(SELECT)}&format=docx&output=pdf",
        status=400,
        holds="json, xml, csv, tsv",
    ),
    Case(
        "auto, and nothing acceptable",
        "RFC 9110 15.5.7",
        target=f"/sparql?query={enc(SELECT)}&format=auto",
        headers={"accept": "image/png"},
        status=406,
    ),
    Case(
        "a problem as text",
        "RFC 9457 3",
        target=f"/sparql?query={enc('SELECT * {')}",
        headers={"accept": "text/csv"},
        status=400,
        type="text/plain; charset=utf-8",
        holds="line 1, column 11",
    ),
    Case(
        "a problem as a page",
        "RFC 9457 3",
        target=f"/sparql?query={enc('SELECT * {')}",
        headers={"accept": "text/html"},
        status=400,
        type="text/html; charset=utf-8",
    ),
    # Limits a client sets
    Case("a client's time limit", "own", target=f"/sparql?query={enc(ASK)}&timeout=2.5"),
    Case("a client's time limit in ms", "own", target=f"/sparql?query={enc(ASK)}&timeout=500ms"),
    Case(
        "a time limit that is no number", "own", target=f"/sparql?query={enc(ASK)}&timeout=soon", status=400
    ),
    Case("no time limit asked for", "own", target=f"/sparql?query={enc(ASK)}&timeout=0", holds="true"),
    Case("no time limit asked for, in ms", "own", target=f"/sparql?query={enc(ASK)}&timeout=0.0ms"),
    Case("a time limit below 0", "own", target=f"/sparql?query={enc(ASK)}&timeout=-1", status=400),
    # Other addresses
    Case("nothing there", "RFC 9110 15.5.5", target="/nothing", status=404, type="application/problem+json"),
    Case(
        "nothing there, for a browser",
        "RFC 9110 15.5.5",
        target="/nothing",
        headers={"accept": "text/html"},
        status=404,
        type="text/html; charset=utf-8",
        holds="<main",
    ),
    Case(
        "the page of the endpoint",
        "own",
        headers={"accept": "text/html"},
        type="text/html; charset=utf-8",
        holds="<form",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section}: {case.name}")
def test_the_protocol_holds(small: Running, case: Case) -> None:
    request = small.client.build_request(case.method, small.url + case.target, content=case.body or None)
    if "accept" not in case.headers:
        del request.headers["accept"]
    request.headers.update(case.headers)
    response = small.client.send(request)
    assert response.status_code == case.status, response.text
    if case.type:
        assert response.headers["content-type"] == case.type
    assert case.holds in response.text
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("client", ACCEPTS, ids=lambda client: client.name)
@pytest.mark.parametrize("query", [SELECT, CONSTRUCT])
def test_a_page_goes_to_browsers_and_data_to_programs(small: Running, client: Client, query: str) -> None:
    request = small.client.build_request("GET", "/sparql", params={"query": query})
    del request.headers["accept"]
    if client.accept is not None:
        request.headers["accept"] = client.accept
    response = small.client.send(request)
    assert response.status_code == (406 if client.refuses[query == CONSTRUCT] else 200)
    if response.status_code == 200:
        assert response.headers["content-type"].startswith("text/html") == client.page


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "text/html"])
def test_head_equals_get_without_its_body(small: Running, accept: str) -> None:
    get = small.get(SELECT, accept)
    head = small.client.head("/sparql", params={"query": SELECT}, headers={"accept": accept})
    unlike = {"date", "x-request-id"}
    assert not head.content
    assert {name: value for name, value in head.headers.items() if name not in unlike} == {
        name: value for name, value in get.headers.items() if name not in unlike
    }


def test_options_tells_what_is_allowed(small: Running) -> None:
    response = small.client.options("/sparql")
    assert response.status_code == 204
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST, QUERY"


@pytest.mark.parametrize("method", ["GET", "POST", "QUERY"])
def test_a_preflight_gets_what_it_asks_for(small: Running, method: str) -> None:
    headers = {
        "origin": "https://example.org",
        "access-control-request-method": method,
        "access-control-request-headers": "content-type, x-request-id",
    }
    response = small.client.options("/sparql", headers=headers)
    assert response.status_code == 204
    assert method in response.headers["access-control-allow-methods"].split(", ")
    assert response.headers["access-control-allow-headers"] == "content-type, x-request-id"
    assert response.headers["access-control-allow-origin"] == "*"


def test_an_answer_not_modified_is_not_sent_again(small: Running) -> None:
    first = small.get(SELECT, "text/csv")
    for known in (first.headers["etag"], f'"other", {first.headers["etag"]}', "*", first.headers["etag"][2:]):
        again = small.client.get(
            "/sparql", params={"query": SELECT}, headers={"accept": "text/csv", "if-none-match": known}
        )
        assert again.status_code == 304, known
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["vary"] == first.headers["vary"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert "content-type" not in again.headers
        assert not again.content


def test_the_entity_tag_differs_with_format_and_coding(small: Running) -> None:
    tags = set()
    for accept in ("text/csv", "application/sparql-results+json"):
        for coding in ("identity", "gzip"):
            headers = {"accept": accept, "accept-encoding": coding}
            tags.add(small.client.get("/sparql", params={"query": MANY}, headers=headers).headers["etag"])
    assert len(tags) == 4


@pytest.mark.parametrize("function", ["RAND()", "NOW()", "UUID()", "STRUUID()"])
def test_what_changes_from_call_to_call_is_not_kept(small: Running, function: str) -> None:
    query = f"SELECT ({function} AS ?x) {{}}"
    first, second = small.get(query), small.get(query)
    assert first.headers["cache-control"] == "no-store"
    assert "etag" not in first.headers
    assert first.text != second.text


@pytest.mark.parametrize(
    ("asked", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip;q=0", ""),
        ("br;q=0.1, gzip;q=0.5", "gzip"),
        ("identity", ""),
        ("*;q=0", ""),
        ("x-unknown", ""),
    ],
)
def test_compression_is_negotiated(small: Running, asked: str, coding: str) -> None:
    response = small.client.get("/sparql", params={"query": MANY}, headers={"accept-encoding": asked})
    assert response.headers.get("content-encoding", "") == coding
    assert response.headers["vary"] == "Accept, Accept-Encoding"
    assert len(response.json()["results"]["bindings"]) == 500


def test_several_accept_lines_count_as_one(small: Running) -> None:
    headers = [("accept", "image/png"), ("accept", "text/csv")]
    response = httpx.get(f"{small.url}/sparql", params={"query": SELECT}, headers=headers)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"


def test_a_request_keeps_its_id(small: Running) -> None:
    given = small.client.get("/sparql", params={"query": ASK}, headers={"x-request-id": "mine-1"})
    assert given.headers["x-request-id"] == "mine-1"
    invented = small.client.get("/sparql", params={"query": ASK}, headers={"x-request-id": "no good; id"})
    assert invented.headers["x-request-id"] != "no good; id"


def test_a_graph_keeps_the_prefixes_of_its_query(small: Running) -> None:
    query = "PREFIX town: <http://example.org/> CONSTRUCT { ?s a town:Town } WHERE { ?s a town:Town }"
    turtle = small.get(query, "text/turtle").text
    assert "@prefix town: <http://example.org/> ." in turtle
    assert "town:basel a town:Town" in turtle
    assert "@prefix clg: <https://w3id.org/clustergraph/ns#> ." in turtle


def test_csv_escapes_as_the_recommendation_says(small: Running) -> None:
    text = small.get("SELECT ?x { ?s <http://example.org/note> ?x }", "text/csv").text
    assert text == 'x\r\n"a, ""quoted""\tword\nand a line"\r\n'


def test_tsv_escapes_as_the_recommendation_says(small: Running) -> None:
    text = small.get("SELECT ?x ?s { ?s <http://example.org/note> ?x }", "text/tab-separated-values").text
    assert text == '?x\t?s\n"a, \\"quoted\\"\\tword\\nand a line"\t<http://example.org/rhine>\n'


def test_xml_never_holds_what_it_cannot(small: Running) -> None:
    query = "SELECT ?x { ?s <http://example.org/control> ?x }"
    assert small.get(query, "application/sparql-results+xml").status_code == 406
    assert small.rows(query) == [{"x": "one\x01two"}]


def test_xml_keeps_a_carriage_return(small: Running) -> None:
    text = small.get("SELECT ?x { ?s <http://example.org/return> ?x }", "application/sparql-results+xml").text
    assert "<literal>a&#13;b</literal>" in text


def test_rdf_xml_is_refused_where_a_property_has_no_name(small: Running) -> None:
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?p = <http://example.org/nameless/>) }"
    assert small.get(query, "application/rdf+xml").status_code == 406
    assert small.get(query, "text/turtle").status_code == 200


def test_a_page_says_that_it_depends_on_the_language(small: Running) -> None:
    headers = {"accept": "text/html", "accept-language": "fr-CH, de;q=0.5"}
    response = small.client.get("/sparql", params={"query": SELECT}, headers=headers)
    assert '<html lang="fr">' in response.text
    assert "Accept-Language" in response.headers["vary"]
    german = small.client.get("/sparql", params={"query": SELECT, "lang": "de"}, headers=headers)
    assert '<html lang="de">' in german.text
