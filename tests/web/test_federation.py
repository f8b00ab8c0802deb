"""A query may call the endpoints that the operator named, and only those."""

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from tests.service import DATA, SMALL, Running, start_service

from clustergraph.web.sparql.federation import as_pattern, find_calls

GOOD = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://example.org/basel"}}]}}'
TERM = '{"head":{"vars":["s"]},"results":{"bindings":[{"s":%s}]}}'
BLANK = '{"type":"bnode","value":"b"}'
IRI = '{"type":"uri","value":"http://e/"}'
UNUSABLE = {
    "half a surrogate pair": TERM % '{"type":"literal","value":"a\\ud83d"}',
    "half a pair in an IRI": TERM % '{"type":"uri","value":"http://e/\\ud83d"}',
    "a broken escape in an IRI": TERM % '{"type":"uri","value":"http://e/%zz"}',
    "a relative IRI": TERM % '{"type":"uri","value":"basel"}',
    "a language that is none": TERM % '{"type":"literal","value":"a","xml:lang":"abcdefghijklm"}',
    "a direction that is none": TERM % '{"type":"literal","value":"a","xml:lang":"ar","its:dir":"up"}',
    "an unknown kind of term": TERM % '{"type":"graph","value":"a"}',
    "a value that is no text": TERM % '{"type":"literal","value":1}',
    "a blank node in a triple": TERM
    % f'{{"type":"triple","value":{{"subject":{BLANK},"predicate":{IRI},"object":{IRI}}}}}',
    "a list": "[]",
    "a list as a row": '{"head":{"vars":["s"]},"results":{"bindings":[[]]}}',
    "a yes": '{"head":{},"boolean":true}',
    "a variable that is none": '{"head":{"vars":["s t"]},"results":{"bindings":[]}}',
    "nests deeply": "[" * 9_000,
}
INJECTED = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://e/> } #"}}]}}'


class Remote:
    """An endpoint that answers as a test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {"/": (200, GOOD, {})}
        self.asked: list[str] = []
        self.stalled = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["content-length"])
                outer.asked.append(parse_qs(self.rfile.read(size).decode())["query"][0])
                if self.path == "/short":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")
                    return
                if self.path == "/noise":
                    self.wfile.write(b"\0" * 100)
                    return
                if self.path == "/stall":
                    outer.stalled.wait(20)
                    return
                status, body, headers = outer.answers[self.path]
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self) -> None:
        self.stalled.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Remote]:
    endpoint = Remote()
    yield endpoint
    endpoint.close()


@pytest.fixture
def remote(endpoint: Remote) -> Remote:
    """The endpoint as it was when nobody had asked it."""
    endpoint.asked.clear()
    endpoint.answers = {"/": (200, GOOD, {})}
    return endpoint


@pytest.fixture(scope="module")
def service(endpoint: Remote) -> Iterator[Running]:
    paths = ("/", "/redirect", "/broken", "/stall", "/large", "/injected", "/short", "/noise")
    allowed = [endpoint.url + path for path in paths]
    service = start_service(data=SMALL, allow_service=allowed, service_seconds=1.0, service_size=10_000)
    yield service
    assert service.stop() == 0


def join(endpoint: str, silent: str = "") -> str:
    return (
        "PREFIX ex: <http://example.org/> SELECT ?s ?n { ?s ex:inhabitants ?n . "
        f"SERVICE {silent} <{endpoint}> {{ ?s a ex:Town }} }} ORDER BY ?s"
    )


def test_an_allowed_endpoint_is_joined(service: Running, remote: Remote) -> None:
    assert service.rows(join(f"{remote.url}/")) == [{"s": "http://example.org/basel", "n": "177000"}]
    assert len(remote.asked) == 1
    assert "PREFIX ex: <http://example.org/>" in remote.asked[0]
    assert remote.asked[0].endswith("SELECT * WHERE {  ?s a ex:Town  }")


def test_an_answer_with_others_in_it_is_not_kept(service: Running, remote: Remote) -> None:
    first, second = service.get(join(f"{remote.url}/")), service.get(join(f"{remote.url}/"))
    assert first.headers["cache-control"] == second.headers["cache-control"] == "no-store"
    assert len(remote.asked) == 2


@pytest.mark.parametrize("path", ["/other", "", "/?x=1"])
def test_any_other_endpoint_is_refused(service: Running, remote: Remote, path: str) -> None:
    assert service.get(join(remote.url + path)).status_code == 403
    assert remote.asked == []


@pytest.mark.parametrize(
    "path", ["/redirect", "/broken", "/stall", "/large", "/injected", "/short", "/noise"]
)
@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_an_endpoint_that_fails_is_said_to_fail(
    service: Running, remote: Remote, path: str, silent: str
) -> None:
    remote.answers |= {
        "/redirect": (302, b"", {"location": f"{remote.url}/"}),
        "/broken": (200, b"<html>", {}),
        "/large": (200, b" " * 20_000, {}),
        "/injected": (200, INJECTED, {}),
    }
    response = service.get(join(remote.url + path, silent))
    assert response.status_code == (200 if silent else 502)
    assert len(remote.asked) == 1, "a redirect is not followed"
    if silent:
        assert len(response.json()["results"]["bindings"]) == 2


def test_an_answer_that_holds_no_results_is_said_to_hold_none(service: Running, remote: Remote) -> None:
    for name, body in UNUSABLE.items():
        remote.answers["/"] = (200, body.encode(), {})
        assert service.get(join(f"{remote.url}/")).status_code == 502, name
        silent = service.get(join(f"{remote.url}/", "SILENT"))
        assert len(silent.raise_for_status().json()["results"]["bindings"]) == 2, name


def test_a_null_character_in_an_answer_is_kept(service: Running, remote: Remote) -> None:
    remote.answers["/"] = (200, (TERM % '{"type":"literal","value":"a\\u0000b"}').encode(), {})
    assert service.rows(f"SELECT * {{ SERVICE <{remote.url}/> {{ ?s ?p ?o }} }}") == [{"s": "a\0b"}]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("SELECT * {{ SERVICE <{0}/> {{ ?s ?p ?o }} FILTER(1 = }}", ""),
        ("SELECT * {{ SERVICE <{0}/> {{\n ?s ?p ?o }}\n ?s foo:a 1 }}", "foo:a"),
        ("SELECT * {{ SERVICE <{0}/> {{ ?s ?p ?o . ?s foo:a ?b }} }}", "foo:a"),
        ("SELECT ?s ?s {{ SERVICE SILENT <{0}/> {{ ?s ?p ?o }} }}", "?s {"),
        ("SELECT * {{ SERVICE <{0}/> {{ ?s ?p ?o SERVICE SILENT <{0}/> {{ ?s a foo:x }} }} }}", "foo:x"),
    ],
)
def test_a_malformed_query_calls_nobody(service: Running, remote: Remote, text: str, at: str) -> None:
    query = text.format(remote.url)
    problem = service.get(query).json()
    place = query.rindex(at)
    assert problem["line"] == query.count("\n", 0, place) + 1
    assert problem["column"] == place - query.rfind("\n", 0, place)
    assert remote.asked == []


def test_a_call_that_is_not_allowed_keeps_the_others_from_being_made(
    service: Running, remote: Remote
) -> None:
    query = f"SELECT * {{ SERVICE <{remote.url}/> {{ ?s ?p ?o }} SERVICE <http://other/> {{ ?s ?p ?q }} }}"
    response = service.get(query)
    assert response.status_code == 403
    assert response.json()["column"] == query.index("SERVICE <http://other/>") + 1
    assert remote.asked == []


@pytest.fixture(scope="module")
def far() -> Iterator[Running]:
    """Another service, whose data have blank nodes."""
    service = start_service(data=[str(DATA / "far.ttl")])
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="module")
def near(far: Running) -> Iterator[Running]:
    """A service that may call the other one."""
    service = start_service(data=SMALL, allow_service=[f"{far.url}/sparql"])
    yield service
    assert service.stop() == 0


EX = "PREFIX ex: <http://example.org/>"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("BASE <http://example.org/> SELECT ?n { SERVICE <%s> { <o1> <nr> ?n } }", [{"n": "7"}]),
        (
            "BASE <http://example.org/x/> PREFIX e: <../> SELECT ?n { SERVICE <%s> { e:o1 e:nr ?n } }",
            [{"n": "7"}],
        ),
        ("PREFIX e: <http://example.org/\\u006F> SELECT ?n { SERVICE <%s> { e:1 ?p ?n } }", [{"n": "7"}]),
        (
            "BASE <%s/../> PREFIX ex: <http://example.org/> SELECT ?n { SERVICE <sparql> { ?o ex:nr ?n } }",
            [{"n": "7"}],
        ),
        (
            f"BASE <%s> PREFIX s: <> {EX} SELECT ?n {{ SERVICE s: {{ ?o ex:nr ?n }} }}",
            [{"n": "7"}],
        ),
        (
            f"{EX} SELECT ?v {{ SERVICE <%s> {{ ?s ex:has ?b . ?b ex:k ?v }} }} ORDER BY ?v",
            [{"v": "v1"}, {"v": "v2"}, {"v": "v3"}],
        ),
        (
            f"{EX} SELECT (COUNT(DISTINCT ?b) AS ?n) {{ SERVICE <%s> {{ ?s ex:has ?b . ?b ex:k ?v }} }}",
            [{"n": "2"}],
        ),
        (
            f"{EX} SELECT ?w {{ SERVICE <%s> {{ ?b ex:k ?v ; ex:k ?w }} FILTER(isBlank(?b) && ?v = 'v2') }}"
            " ORDER BY ?w",
            [{"w": "v2"}, {"w": "v3"}],
        ),
        # the scope of a blank node is one answer
        (f"{EX} SELECT * {{ SERVICE <%s> {{ ?s ex:has ?b }} SERVICE <%s> {{ ?b ex:k ?v }} }}", []),
        (f"{EX} SELECT * {{ SERVICE <%s> {{ ?s ex:has ?b }} ?b ?p ?o }}", []),
        (
            f"{EX} SELECT (COUNT(*) AS ?all) (COUNT(?b) AS ?bound) {{ SERVICE <%s> {{"
            " { ?s ex:has ?b } UNION { ?o ex:nr ?b } UNION { ?s ex:nr ?o } } }",
            [{"all": "4", "bound": "3"}],
        ),
        (
            f"{EX} SELECT ?n {{ ex:kehl a ?t OPTIONAL {{ SERVICE <%s> {{ ?o ex:nr ?n . ?s ex:has ?t }} }} }}",
            [{}],
        ),
    ],
)
def test_what_another_service_knows_is_joined(
    near: Running, far: Running, query: str, rows: list[dict[str, str]]
) -> None:
    assert near.rows(query.replace("%s", f"{far.url}/sparql")) == rows


def test_every_kind_of_term_comes_through(near: Running, far: Running) -> None:
    terms = (
        "<http://example.org/ä>",
        '"a\\"\\n\\\\"',
        '"b"@de-CH',
        '"c"@ar--rtl',
        "'1'^^<http://www.w3.org/2001/XMLSchema#integer>",
        "<<( <urn:a:a> <urn:a:b> 'c'@en--ltr )>>",
        "<<( <urn:a:a> <urn:a:b> <<( <urn:a:c> <urn:a:d> 1 )>> )>>",
    )
    for term in terms:
        here = near.get(f"SELECT ?t {{ BIND({term} AS ?t) }}").raise_for_status().json()
        call = f"SERVICE <{far.url}/sparql> {{ BIND({term} AS ?t) }}"
        assert near.get(f"SELECT ?t {{ {call} }}").raise_for_status().json() == here, term
        assert here["results"]["bindings"][0]["t"], term


def test_a_column_may_hold_every_kind_of_term(near: Running, far: Running) -> None:
    pattern = (
        "{ BIND(<<( <urn:a:a> <urn:a:b> 1 )>> AS ?b) } UNION { BIND(<urn:a:c> AS ?b) } UNION { ?o ?p ?b }"
    )
    call = f"SERVICE <{far.url}/sparql> {{ {pattern} UNION {{ ?n ?p ?o }} }}"
    found = near.get(f"SELECT ?b {{ {call} }}").raise_for_status().json()["results"]["bindings"]
    kinds = Counter(row["b"]["type"] if row else "unbound" for row in found)
    assert kinds == {"triple": 1, "uri": 1, "literal": 4, "bnode": 2, "unbound": 6}


def test_columns_from_another_service_stand_in_the_order_of_the_query(near: Running, far: Running) -> None:
    query = f"SELECT * {{ SERVICE <{far.url}/sparql> {{ ?z <http://example.org/nr> ?a }} }}"
    assert near.get(query).json()["head"]["vars"] == ["z", "a"]


def test_a_variable_endpoint_is_refused(service: Running, remote: Remote) -> None:
    query = f"SELECT * {{ VALUES ?e {{ <{remote.url}/> }} SERVICE ?e {{ ?s ?p ?o }} }}"
    assert service.get(query).status_code == 403
    assert remote.asked == []


def test_calls_are_found_at_their_places() -> None:
    calls = "SERVICE e:a { {?s ?p '}'} } SERVICE SILENT <http://b/> {}"
    text = f"PREFIX e: <http://e/> SELECT * {{ {calls} ?service ?p 'SERVICE' }}"
    found = [(call.endpoint, call.pattern.strip(), call.silent) for call in find_calls(text)]
    assert found == [("http://e/a", "{?s ?p '}'}", False), ("http://b/", "", True)]


def test_results_become_inline_data() -> None:
    row = {
        "a": {"type": "literal", "value": 'q"\n\\', "xml:lang": "de-CH"},
        "b": {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
    }
    assert as_pattern(["a", "b", "c"], [row]) == (
        'VALUES (?a ?b ?c) { ("q\\"\\n\\\\"@de-CH "1"^^<http://www.w3.org/2001/XMLSchema#integer> UNDEF) }'
    )
