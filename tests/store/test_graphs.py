"""What RDF/XML and JSON-LD can't hold is refused; what they hold comes back as it was."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from clustergraph.errors import QueryError
from clustergraph.store import local

PATH = "http://ex.org/"


def dump(folder: Path, turtle: str, form: str) -> bytes:
    file = folder / "d.ttl"
    file.write_text(turtle, encoding="utf-8")
    return local.dump(form, data=(file,))


@pytest.mark.parametrize(
    "name", ["1", "a(b)", "", "a/2", "a%20", "\u0967", "a\xaa", "x\u2192"], ids=lambda name: ascii(name)
)
def test_a_property_without_an_element_name_is_refused(name: str, tmp_path: Path) -> None:
    turtle = f'<{PATH}s> <{PATH}{name}> "x" .'
    with pytest.raises(QueryError, match="RDF/XML has no name for the property"):
        dump(tmp_path, turtle, "rdf")
    with pytest.raises(QueryError, match="RDF/XML has no name for the property"):
        local.query("CONSTRUCT WHERE { ?s ?p ?o }", "rdf", (tmp_path / "d.ttl",))


@pytest.mark.parametrize("name", ["li", "Description", "about", "bagID"])
def test_a_name_of_rdf_xml_itself_is_no_property(name: str, tmp_path: Path) -> None:
    turtle = f'<{PATH}s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}> "x" .'
    with pytest.raises(QueryError, match="RDF/XML has no name"):
        dump(tmp_path, turtle, "rdf")


@pytest.mark.parametrize("name", ["p", "a%20b", "é", "a.b-c", "1a", "a\u0300", "x\xb7"], ids=ascii)
def test_every_other_property_comes_back(name: str, tmp_path: Path) -> None:
    turtle = f'<{PATH}s> <{PATH}{name}> "x\\r\\ny & <z>" .'
    written = dump(tmp_path, turtle, "rdf")
    ET.fromstring(written)  # noqa: S314  # our own output
    expected = set(parse(input=turtle, format=RdfFormat.TURTLE))
    assert set(parse(input=written, format=RdfFormat.RDF_XML)) == expected


@pytest.mark.parametrize("character", ["\\u0000", "\\u0008", "\\u001B", "\\uFFFE", "\\uFFFF"])
def test_a_character_that_xml_cannot_hold_is_refused(character: str, tmp_path: Path) -> None:
    turtle = f'<{PATH}s> <{PATH}p> "a", "x{character}" .'
    with pytest.raises(QueryError, match="control character"):
        dump(tmp_path, turtle, "rdf")
    for form in ("ttl", "nt", "nq", "trig", "jsonld"):
        found = parse(input=dump(tmp_path, turtle, form), format=RdfFormat.from_extension(form))
        assert {quad.triple for quad in found} == {
            quad.triple for quad in parse(input=turtle, format=RdfFormat.TURTLE)
        }


@pytest.mark.parametrize("form", ["ttl", "nt", "nq", "trig", "rdf"])
def test_a_triple_term_is_written_where_the_format_has_it(form: str, tmp_path: Path) -> None:
    turtle = f"PREFIX e: <{PATH}> e:s e:p <<( e:a e:b e:c )>> ."
    found = parse(input=dump(tmp_path, turtle, form), format=RdfFormat.from_extension(form))
    assert {quad.triple for quad in found} == {
        quad.triple for quad in parse(input=turtle, format=RdfFormat.TURTLE)
    }


def test_a_triple_term_is_refused_by_json_ld_and_by_rdf_xml_where_it_has_no_name(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="a value is a triple"):
        dump(tmp_path, f"PREFIX e: <{PATH}> e:s e:p <<( e:a e:b e:c )>> .", "jsonld")
    with pytest.raises(QueryError, match="no name for the property"):
        dump(tmp_path, f"PREFIX e: <{PATH}> e:s e:p <<( e:a <urn:x:1> e:c )>> .", "rdf")
