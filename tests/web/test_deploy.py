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
from tests.service import SMALL, Start, eventually

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
    direct = start(data=SMALL, root_path="/graph").url.removesuffix("/graph")
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
