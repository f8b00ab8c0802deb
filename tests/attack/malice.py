"""Requests that no honest client sends, as strategies of hypothesis and from a seed."""

from random import Random
from urllib.parse import quote

from hypothesis import strategies as st
from tests.attack.conversation import Request

ACCEPTS = (
    *("*/*", "", "text/html", "text/csv", "text/turtle", "application/sparql-results+json", "image/png"),
    *("application/sparql-results+xml, */*;q=0.1", "text/tab-separated-values", "application/n-triples"),
    *(
        "application/rdf+xml",
        "application/ld+json",
        "application/trig",
        "application/n-quads",
        "text/*;q=0.3",
    ),
    *("a/b;q=x", ",,;;", "*/*;q=nan", "*/*;q=inf", "text/html;q=0", "\xff\xfe", "*/*;q=-1, text/csv;q=2"),
)
CODINGS = ("", "gzip", "br", "zstd", "identity;q=0", "*;q=0", "gzip;q=0, *", "x" * 3000)
HEADS = "Host: x\r\nConnection: close\r\n"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


def ask(text: str, way: str = "get", accept: str = "*/*", coding: str = "", more: str = "") -> Request:
    """Return a proper request for a query, in one of the protocol's ways."""
    head = f"{HEADS}Accept: {accept}\r\nAccept-Encoding: {coding}\r\n"
    encoded = quote(text.encode("utf-8", "surrogatepass"), safe="")
    if way == "get":
        return Request(
            f"GET /sparql?query={encoded}{more} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace")
        )
    body, kind = (f"query={encoded}{more}", FORM) if way == "form" else (text, DIRECT)
    data = body.encode("utf-8", "surrogatepass")
    method, target = (
        ("QUERY" if way == "query" else "POST"),
        f"/sparql?{more[1:]}" if way != "form" else "/sparql",
    )
    head = f"{method} {target} HTTP/1.1\r\n{head}Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
    return Request(head.encode("latin-1", "replace") + data, method)


def any_way(random: Random, text: str) -> Request:
    """Return a request for a query in a way, a format and a coding that chance chooses."""
    way = random.choice(("get", "form", "direct", "query"))
    more = random.choice(
        ("", "", "&timeout=0.5", "&default-graph-uri=urn:x", "&named-graph-uri=", "&format=csv")
    )
    return ask(text, way, random.choice(ACCEPTS), random.choice(CODINGS), more)


NAMES = st.sampled_from(
    [
        "query",
        "query",
        "query",
        "update",
        "default-graph-uri",
        "named-graph-uri",
        "format",
        "timeout",
        "lang",
        "%",
        "",
    ]
)
QUERIES = st.one_of(
    st.sampled_from(
        ["ASK {}", "SELECT * { ?s ?p ?o } LIMIT 2", "DESCRIBE <urn:x>", "CONSTRUCT WHERE { ?s ?p ?o }"]
    ),
    st.text(max_size=40),
)
VALUES = st.one_of(
    QUERIES.map(lambda text: quote(text.encode("utf-8", "surrogatepass"))),
    st.binary(max_size=30).map(lambda data: quote(data)),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
    st.sampled_from(
        ["%", "%zz", "%00", "%ED%A0%80", "%FF", "http://e/", "-1", "1e9", "0", "nan", "json", "html", "xx"]
    ),
)
PATHS = st.one_of(
    st.sampled_from(
        ["/sparql", "/sparql", "/sparql", "/", "/api", "/api/x", "/.well-known/void", "/metrics", "*"]
    ),
    st.sampled_from(
        ["/health/ready", "/health/live", "/openapi.json", "/dumps/stated.ttl", "/static/../x", "//sparql"]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20).map(lambda text: "/" + text),
    st.binary(max_size=10).map(lambda data: "/" + quote(data)),
)
METHODS = st.sampled_from(
    [
        "GET",
        "GET",
        "HEAD",
        "POST",
        "POST",
        "QUERY",
        "OPTIONS",
        "PUT",
        "DELETE",
        "PATCH",
        "TRACE",
        "FOO",
        "get",
        "",
    ]
)
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
FIELDS = st.one_of(
    st.tuples(st.just("Accept"), st.one_of(st.sampled_from(ACCEPTS), LATIN)),
    st.tuples(st.just("Accept-Encoding"), st.one_of(st.sampled_from(CODINGS), LATIN)),
    st.tuples(st.just("Accept-Language"), LATIN),
    st.tuples(st.just("If-None-Match"), st.one_of(st.sampled_from(["*", '"x"', 'W/"x", "y']), LATIN)),
    st.tuples(st.just("X-Request-Id"), LATIN),
    st.tuples(
        st.just("Content-Type"),
        st.one_of(st.sampled_from([FORM, DIRECT, f"{DIRECT};charset=latin1", ""]), LATIN),
    ),
    st.tuples(st.just("Content-Encoding"), st.sampled_from(["gzip", "identity", "x"])),
    st.tuples(st.just("Origin"), LATIN),
    st.tuples(st.just("Access-Control-Request-Method"), LATIN),
    st.tuples(st.just("Access-Control-Request-Headers"), LATIN),
    st.tuples(st.just("Expect"), st.sampled_from(["100-continue", "x"])),
    st.tuples(st.just("Upgrade"), st.sampled_from(["websocket", "h2c"])),
    st.tuples(st.just("Range"), st.sampled_from(["bytes=0-1", "bytes=x"])),
)
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Requests whose parts are each good, odd or broken, with a body of the length that they say."""
    method, path, pairs = draw(METHODS), draw(PATHS), draw(PAIRS)
    fields = draw(st.lists(FIELDS, max_size=4))
    lines = [f"{method} {path}{'?' + pairs if pairs else ''} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in fields]
    body = b""
    if method in ("POST", "QUERY", "PUT", "PATCH"):
        body = draw(st.one_of(PAIRS.map(str.encode), st.binary(max_size=60), QUERIES.map(_bytes)))
        lines.append(f"Content-Length: {len(body)}")
    return Request("\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body, method)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


NOISE = st.one_of(
    st.binary(min_size=1, max_size=200),
    st.binary(max_size=40).map(lambda data: b"GET /sparql HTTP/1.1\r\nHost: x\r\n" + data + b"\r\n\r\n"),
    st.binary(max_size=40).map(
        lambda data: b"POST /sparql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + data
    ),
).map(lambda data: Request(data, whole=False))
"""Bytes that may be no request at all, or one that never ends."""
GROUP = st.recursive(
    st.sampled_from(
        (
            *("?s ?p ?o .", "?a ?b ?c .", "?s a ?c .", "BIND(1/0 AS ?x)", "VALUES ?s { 1 'x' UNDEF }"),
            *("?s ?p* ?o .", "?s (^?p|!a)+ ?o .", "FILTER(?o > ?p)", "[] ?p [ ?q () ] ."),
            *("FILTER(REGEX(STR(?o), '(a*)*b'))", "?s (^a|!a)+ ?o ."),
        )
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(" ".join),
        st.tuples(
            st.sampled_from(["", "OPTIONAL", "MINUS", "GRAPH ?g", "FILTER EXISTS", "FILTER NOT EXISTS"]),
            inner,
        ).map(lambda pair: f"{pair[0]} {{ {pair[1]} }}"),
        st.tuples(inner, inner).map(lambda pair: f"{{ {pair[0]} }} UNION {{ {pair[1]} }}"),
        inner.map(lambda body: f"{{ SELECT DISTINCT * WHERE {{ {body} }} ORDER BY ?s LIMIT 3 }}"),
    ),
    max_leaves=8,
)
FORMS = st.sampled_from(
    (
        *("SELECT * WHERE { %s }", "ASK { %s }", "SELECT DISTINCT ?s { %s } ORDER BY ?o OFFSET 1"),
        *("CONSTRUCT { ?s ?p ?o } WHERE { %s }", "DESCRIBE ?s WHERE { %s }"),
        "SELECT (COUNT(*) AS ?n) WHERE { %s } GROUP BY ?s HAVING(?n > 1)",
    )
)
WELL_FORMED = st.tuples(FORMS, GROUP).map(lambda pair: pair[0] % pair[1])
"""Queries that obey the grammar; some run for long."""
