"""The examples of deployment do what they say; nginx is asked where it is installed."""

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

DEPLOY = Path(__file__).parents[2] / "deploy"


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
def proxied(start: Start, tmp_path: Path) -> Iterator[tuple[Running, httpx.Client]]:
    """The service behind nginx with the example's configuration, or behind nothing where nginx is absent."""
    service = start(data=SMALL, root_path="/graph")
    direct = service.url.removesuffix("/graph")
    nginx = shutil.which("nginx")
    if nginx is None:
        with httpx.Client(base_url=service.url) as client:
            yield service, client
        return
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    listen = tmp_path / "nginx.sock"
    text = text.replace("http://127.0.0.1:8000", direct).replace("listen 8080", f"listen unix:{listen}")
    text = text.replace("/var/cache/nginx/clustergraph", str(tmp_path / "cache"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    start_of_file = (
        f"daemon off; user {getpass.getuser()}; pid {tmp_path}/pid; error_log stderr; events {{}}\n"
    )
    head = f"{start_of_file}http {{ access_log off; {places}\n"
    (tmp_path / "nginx.conf").write_text(f"{head}{text}}}\n", encoding="utf-8")
    process = subprocess.Popen([nginx, "-c", str(tmp_path / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        assert eventually(listen.exists)
        transport = httpx.HTTPTransport(uds=str(listen))
        with httpx.Client(base_url="http://localhost/graph", transport=transport) as client:
            yield service, client
    finally:
        process.terminate()
        process.wait(10)


def test_behind_nginx_answers_are_cached_and_revalidated(proxied: tuple[Running, httpx.Client]) -> None:
    _, client = proxied
    query = {"query": "SELECT ?s { ?s a <http://example.org/Town> } ORDER BY ?s"}
    first = client.get("/sparql", params=query, headers={"accept": "text/csv"})
    second = client.get("/sparql", params=query, headers={"accept": "text/csv"})
    other = client.get("/sparql", params=query, headers={"accept": "application/sparql-results+json"})
    assert first.text == second.text == "s\r\nhttp://example.org/basel\r\nhttp://example.org/kehl\r\n"
    assert other.headers["content-type"] == "application/sparql-results+json"
    if "x-cache" in first.headers:
        assert [answer.headers["x-cache"] for answer in (first, second, other)] == ["MISS", "HIT", "MISS"]
    known = {"accept": "text/csv", "if-none-match": first.headers["etag"]}
    assert client.get("/sparql", params=query, headers=known).status_code == 304
    assert (
        client.get("/sparql", params={"query": "SELECT (RAND() AS ?x) {}"}).headers["cache-control"]
        == "no-store"
    )
    assert 'href="/graph/static/style.css"' in client.get("/", headers={"accept": "text/html"}).text
