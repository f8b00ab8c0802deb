"""Every IRI of the base answers at the service, to every client, by the rules of ``docs/addresses.md``.

A thing (``id/…``) sends on to its document; a document comes in the type that the client's header ranks
highest; a dump is a file of its own type. All clients ask for one IRI of each kind, and one client for a part
of the IRIs; where ``EVERY_ADDRESS`` is set, as ``make addresses`` does, all clients ask
for every IRI.
"""

import os
import re
from collections.abc import Iterable

import httpx
import pytest
from rdflib import SKOS, Dataset, Graph, URIRef
from tests.service import Running
from tests.web.accepts import ACCEPTS, Client

from clustergraph.namespaces import BASE
from clustergraph.web.http.problems import PROBLEMS

SUFFIXES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "trig": "application/trig",
}
SENDING_ON = ("ns/0.1.0",)
"""The ontology's version, which sends on to the ontology."""


@pytest.fixture(scope="module")
def paths(graphs: dict[str, Graph]) -> list[str]:
    """The paths of all IRIs of the base in the built graphs, fragments left out."""
    terms = {term for graph in graphs.values() for triple in graph for term in triple}
    iris = (str(term) for term in terms if isinstance(term, URIRef))
    return sorted({iri.removeprefix(BASE).partition("#")[0] for iri in iris if iri.startswith(BASE)})


def wrong(client: httpx.Client, path: str, asking: Client) -> str:
    """Ask for an IRI as a client does, and tell what is wrong with the answer; empty: nothing."""
    headers = {"accept": asking.accept} if asking.accept else {}
    answer = client.head(f"/{path}", headers=headers)
    if path.startswith("id/") or path in SENDING_ON:
        document = "/ns" if path in SENDING_ON else f"/doc/{path.removeprefix('id/')}"
        if (answer.status_code, answer.headers.get("location")) != (303, document):
            return f"{path} {asking.name}: {answer.status_code} to {answer.headers.get('location')}"
        answer = client.head(document, headers=headers)
    status, expected = 200, asking.document
    if path.startswith("dumps/"):
        expected = SUFFIXES[path.rpartition(".")[2]]
    elif asking.refuses[1]:
        status, expected = 406, ""
    found = answer.headers["content-type"].partition(";")[0]
    if answer.status_code != status or (expected and found != expected):
        return f"{path} {asking.name}: {answer.status_code} {found}, not {status} {expected}"
    return ""


def faults(service: Running, asked: Iterable[tuple[str, Client]]) -> list[str]:
    """Return what is wrong with the answers to clients that ask for paths."""
    with httpx.Client(base_url=service.url, timeout=300) as client:
        del client.headers["accept"]  # which it would send where the program that it stands for sends none
        return [fault for path, asking in asked if (fault := wrong(client, path, asking))]


def test_every_iri_answers(graph_service: Running, paths: list[str]) -> None:
    assert len(paths) > 1400
    asked = [(path, client) for path in paths for client in ACCEPTS if path or not client.refuses[1]]
    part = 1 if os.environ.get("EVERY_ADDRESS") else 101  # which has no divisor in common with the clients
    assert faults(graph_service, asked[::part]) == []


def test_every_thing_sends_on_to_its_document(graph_service: Running, paths: list[str]) -> None:
    things = [path for path in paths if path.startswith("id/")]
    answers = {path: graph_service.client.head(f"/{path}", follow_redirects=False) for path in things}
    sent = {path: (answer.status_code, answer.headers.get("location")) for path, answer in answers.items()}
    assert sent == {path: (303, f"/doc/{path.removeprefix('id/')}") for path in things}


def test_every_client_gets_what_it_takes(graph_service: Running) -> None:
    kinds = (
        "id/basel-2014/skill/03-03",
        "id/basel-2014/hypothesis/vernetzung-1",
        "ns",
        "text/basel-2014",
        "graph/stated",
        "scheme/topic",
        "dataset/clustergraph",
        "catalog",
        "rights/project",
        "dumps/ratings.csv",
        "sparql",
        "ns/0.1.0",
    )
    assert len(ACCEPTS) >= 12
    assert faults(graph_service, [(path, client) for path in kinds for client in ACCEPTS]) == []


@pytest.mark.parametrize("kind", sorted(PROBLEMS))
def test_the_type_of_every_problem_is_described(graph_service: Running, kind: str) -> None:
    page = graph_service.client.get(
        f"/problem/{kind}", headers={"accept": "text/html", "accept-language": "de"}
    )
    assert page.status_code == 200
    assert f">{kind}</code>" in page.text
    described = Graph().parse(
        data=graph_service.client.get(f"/problem/{kind}", headers={"accept": "text/turtle"}).text
    )
    labels = described.objects(URIRef(f"{BASE}problem/{kind}"), SKOS.prefLabel)
    languages = {getattr(label, "language", None) for label in labels}
    assert languages >= {"de", "fr", "en"}


def test_a_problem_that_does_not_exist_is_not_found(graph_service: Running) -> None:
    assert graph_service.client.get("/problem/nothing").status_code == 404


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/ld+json"])
def test_every_form_leads_to_the_others(graph_service: Running, accept: str) -> None:
    answer = graph_service.client.get("/doc/country/ch?lang=fr", headers={"accept": accept})
    links = answer.headers["link"]
    assert '</doc/country/ch?lang=fr>; rel="canonical"' in links
    assert '</doc/country/ch.ttl?lang=fr>; rel="alternate"; type="text/turtle"' in links
    assert '</doc/country/ch.ttl?lang=fr>; rel="describedby"' in links
    assert f'<{BASE}id/country/ch>; rel="describes"' in links
    assert {name.strip() for line in answer.headers.get_list("vary") for name in line.split(",")} >= {
        "Accept",
        "Accept-Language",
    }
    assert answer.headers["etag"]
    head = graph_service.client.head("/doc/country/ch?lang=fr", headers={"accept": accept})
    assert (head.content, head.headers["link"]) == (b"", links)


def test_a_thing_outside_the_base_has_a_document(graph_service: Running) -> None:
    address = "/doc?iri=https%3A%2F%2Fcreativecommons.org%2Flicenses%2Fby%2F4.0%2F"
    page = graph_service.client.get(address, headers={"accept": "text/html"})
    assert "Creative Commons Attribution 4.0 International" in page.text
    turtle = graph_service.client.get(address.replace("/doc?", "/doc.ttl?")).text
    assert "<https://creativecommons.org/licenses/by/4.0/> " in turtle
    ours = graph_service.client.get(f"/doc?iri={BASE}ns%23Skill", follow_redirects=False)
    assert (ours.status_code, ours.headers["location"]) == (303, "/ns#Skill")
    assert graph_service.client.get("/doc?iri=http://example.org/nothing").status_code == 404
    assert graph_service.client.get("/doc?iri=%3E").status_code == 400


def test_labels_of_what_is_used_come_on_request(graph_service: Running) -> None:
    skill = "/doc/basel-2014/skill/03-03"
    field = URIRef(f"{BASE}id/basel-2014/field/03")
    plain = Graph().parse(data=graph_service.client.get(f"{skill}.ttl").text)
    labelled = Graph().parse(data=graph_service.client.get(f"{skill}.ttl?labels=1").text)
    assert (field, None, None) not in plain
    assert "Vorbereiten und Steuern einer Clusterinitiative" in map(str, labelled.objects(field))  # line 244
    assert set(plain) < set(labelled)


def test_the_document_of_the_ontology_holds_all_its_terms(
    graph_service: Running, graphs: dict[str, Graph]
) -> None:
    terms = {s for s in graphs["ontology"].subjects() if str(s).startswith(f"{BASE}ns#")}
    described = Graph().parse(data=graph_service.client.get("/ns.nt").text, format="nt")
    assert len(terms) == 90
    assert {(s, p, o) for s, p, o in graphs["ontology"] if s in terms} <= set(described)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own, in its reader of JSON-LD
def test_a_document_is_the_same_in_every_form(graph_service: Running) -> None:
    address = "/doc/person/marisa-helfer"
    found = []
    for suffix, form in {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}.items():
        text = graph_service.client.get(f"{address}.{suffix}").text
        quads = Dataset().parse(data=text, format=form).quads()
        found.append({quad[:3] for quad in quads})
    assert found[0]
    assert all(triples == found[0] for triples in found)


PUBLIC = "https://data.example.org/regio/graph"


@pytest.mark.parametrize(
    "path",
    [
        "/id/basel-2014/skill/03-03",
        "/doc/basel-2014/skill/03-03",
        "/doc/basel-2014/skill/03-03.ttl",
        "/theses?lang=fr",
        "/skills",
        "/problem/time",
        "/sparql",
        "/.well-known/void",
        "/api",
        "/openapi.json",
        "/robots.txt",
        "/sitemap.xml",
        "/nothing",
        "/",
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "text/turtle, */*;q=0.1"])
def test_nothing_tells_another_place_than_the_public_one(public: Running, path: str, accept: str) -> None:
    answer = public.client.get(path, headers={"accept": accept}, follow_redirects=False)
    assert answer.status_code in (200, 303, 404)
    own = public.url.removeprefix("http://")
    told = "\n".join([answer.text, *(f"{name}: {value}" for name, value in answer.headers.items())])
    assert own not in told
    assert "127.0.0.1" not in told
    assert "localhost" not in told
    places = re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.text)
    places += re.findall(r"<(/[^>]*)>; rel=", answer.headers.get("link", ""))
    places += [answer.headers["location"]] if "location" in answer.headers else []
    assert [place for place in places if not place.startswith("/regio/graph/")] == []
    if accept == "text/html" and "<html" in answer.text and answer.status_code == 200 and path != "/":
        assert places


def test_the_description_and_the_examples_name_the_public_address(public: Running) -> None:
    described = public.client.get("/sparql", headers={"accept": "text/turtle"}).text
    assert f"<{PUBLIC}/sparql>" in described
    examples = public.client.get("/api").json()
    assert all(example["url"].startswith(f"{PUBLIC}/api/") for example in examples)
    canonical = f'<link rel="canonical" href="{PUBLIC}/doc/country/ch">'
    assert canonical in public.client.get("/doc/country/ch", headers={"accept": "text/html"}).text


def test_a_host_that_a_client_makes_up_is_told_to_nobody_else(graph_service: Running) -> None:
    accept = {"accept": "application/n-triples"}
    graph_service.client.get("/sparql", headers={**accept, "host": "elsewhere.example"})
    assert "elsewhere.example" not in graph_service.client.get("/sparql", headers=accept).text
