"""The examples of deployment do what they say."""

import configparser
import getpass
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.service import SMALL, Running, Start, eventually
from tests.web.accepts import ACCEPTS, Client

DEPLOY = Path(__file__).parents[2] / "deploy"
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
"""What nginx writes to temporary folders."""


def test_the_unit_starts_reloads_and_confines() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # option names keep their case
    unit.read(DEPLOY / "clustergraph.service", encoding="utf-8")
    service = unit["Service"]
    assert " serve " in service["ExecStart"]
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["Restart"] == "always"
    assert (service["DynamicUser"], service["ProtectSystem"], service["NoNewPrivileges"]) == (
        "yes",
        "strict",
        "yes",
    )


def test_the_container_is_no_root_and_has_a_health_check() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    assert "/health/ready" in text


@pytest.fixture
def proxied(start: Start, tmp_path: Path) -> Iterator[httpx.Client]:
    """The service behind nginx with the example's configuration."""
    direct = start(data=SMALL, public_url="http://localhost/graph").url
    listen = tmp_path / "nginx.sock"
    places = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in KINDS)
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("http://127.0.0.1:8000", direct).replace("listen 8080", f"listen unix:{listen}")
    text = text.replace("/var/cache/nginx/clustergraph", str(tmp_path / "cache"))
    head = f"daemon off; user {getpass.getuser()}; pid {tmp_path}/pid; error_log stderr; events {{}}\n"
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(f"{head}http {{ access_log off; {places}\n{text}}}\n", encoding="utf-8")
    process = subprocess.Popen(
        [shutil.which("nginx") or "", "-c", str(configuration)], stderr=subprocess.DEVNULL
    )
    try:
        assert eventually(listen.exists)
        transport = httpx.HTTPTransport(uds=str(listen))
        with httpx.Client(base_url="http://localhost/graph", transport=transport, timeout=30) as client:
            yield client
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.needs("nginx")
def test_behind_nginx_answers_are_cached_and_revalidated(proxied: httpx.Client) -> None:
    query = {"query": "SELECT ?s { ?s a <http://example.org/Town> } ORDER BY ?s"}
    kinds = ("text/csv", "text/csv", "application/sparql-results+json")
    first, second, other = (proxied.get("/sparql", params=query, headers={"accept": kind}) for kind in kinds)
    assert first.text == second.text == "s\r\nhttp://example.org/basel\r\nhttp://example.org/kehl\r\n"
    assert other.headers["content-type"] == "application/sparql-results+json"
    assert [answer.headers["x-cache"] for answer in (first, second, other)] == ["MISS", "HIT", "MISS"]
    known = {"accept": "text/csv", "if-none-match": first.headers["etag"]}
    assert proxied.get("/sparql", params=query, headers=known).status_code == 304
    random = proxied.get("/sparql", params={"query": "SELECT (RAND() AS ?x) {}"})
    assert random.headers["cache-control"] == "no-store"
    assert 'href="/graph/static/pages.css?' in proxied.get("/", headers={"accept": "text/html"}).text


def redirected(path: str) -> tuple[int, str]:
    """Return status and place to which the redirect file of the base sends a path below it.

    Only what the file holds is understood: one RewriteRule with the flags R, L and NE.
    """
    lines = (DEPLOY / "w3id.htaccess").read_text(encoding="utf-8").splitlines()
    rules = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    assert rules[0] == ["RewriteEngine", "on"]
    ((name, pattern, place, flags),) = rules[1:]
    assert name == "RewriteRule"
    assert set(flags.strip("[]").split(",")) == {"R=302", "L", "NE"}
    found = re.fullmatch(pattern, path)
    assert found
    return 302, place.replace("$1", found[1])


@pytest.mark.parametrize("client", ACCEPTS, ids=lambda client: client.name)
def test_the_redirect_file_of_the_base_leads_every_client_to_what_it_takes(
    graph_service: Running, client: Client
) -> None:
    """The chain of redirects ends at the service; `application/xml` in a browser's header gives HTML."""
    host = "https://clustergraph.example.org"
    headers = {"accept": client.accept} if client.accept else {}
    with httpx.Client(base_url=graph_service.url, timeout=300) as http:
        del http.headers["accept"]
        for path in ("id/basel-2014/skill/03-03", "ns", "text/basel-2014", "graph/stated"):
            status, place = redirected(path)
            assert status == 302
            assert place == f"{host}/{path}"
            answer = http.head(place.removeprefix(host), headers=headers, follow_redirects=True)
            if client.refuses[1]:
                assert answer.status_code == 406
            else:
                assert answer.headers["content-type"].partition(";")[0] == client.document
