"""Which files are read, into which graph, and what is said of those that can't be."""

import codecs
import gzip
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse, serialize

from clustergraph.errors import StoreError
from clustergraph.namespaces import BASE
from clustergraph.store import bulk, local
from clustergraph.store.disk import ensure
from clustergraph.store.formats import GRAPHS
from clustergraph.store.loading import load
from clustergraph.store.sources import find, unread

TURTLE = '<http://ex.org/s> <http://ex.org/p> "v" .'


def write(path: Path, content: str | bytes = TURTLE) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("ending", ["", ".gz", ".GZ"])
@pytest.mark.parametrize(
    ("suffix", "form"),
    [
        *((".ttl", "ttl"), (".TTL", "ttl"), (".X.Ttl", "ttl"), (".nt", "nt"), (".nq", "nq")),
        *((".trig", "trig"), (".jsonld", "jsonld"), (".JSONLD", "jsonld"), (".rdf", "rdf"), (".owl", "rdf")),
    ],
)
def test_a_file_of_every_format_is_read(suffix: str, form: str, ending: str, tmp_path: Path) -> None:
    triples = [quad.triple for quad in parse(input=TURTLE, format=RdfFormat.TURTLE)]
    content = serialize(triples, format=RdfFormat.from_extension(form)) or b""
    write(tmp_path / f"mine{suffix}{ending}", gzip.compress(content) if ending else content)
    (file,) = find([tmp_path])
    assert (file.format, file.gzipped) == (form, bool(ending))
    assert [quad.triple for quad in load([file])[0]] == triples


@pytest.mark.parametrize("form", GRAPHS)
def test_what_dump_writes_is_read_again(form: str, tmp_path: Path) -> None:
    first = write(tmp_path / "a" / "mine.ttl")
    again = write(tmp_path / f"again.{form}", local.dump(form, data=(first,)))
    assert local.dump("nt", data=(again,)) == local.dump("nt", data=(first,))


def test_hidden_files_are_passed_over_and_others_are_named(tmp_path: Path) -> None:
    good = write(tmp_path / "mine.ttl")
    for name in ("._mine.ttl", ".hidden.nt", ".git/config.ttl", "below/.x/y.ttl"):
        write(tmp_path / name, "no RDF")
    others = [write(tmp_path / "below" / "table.csv", "a,b"), write(tmp_path / "notes.txt", "x")]
    assert [file.path for file in find([tmp_path])] == [good]
    assert list(unread([tmp_path])) == others


def test_a_hidden_file_that_is_named_is_read(tmp_path: Path) -> None:
    assert len(load(find([write(tmp_path / ".mine.ttl")]))[0]) == 1


@pytest.mark.parametrize("name", ["table.csv", "noending", "x.gz", "x.ttl.zip"])
def test_a_file_of_another_kind_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"unknown kind of file; .*\.jsonld"):
        find([write(tmp_path / name)])
    with pytest.raises(StoreError, match=r"no data file found; .*\.rdf, \.owl"):
        find([tmp_path])


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_relative_iris_have_one_base_wherever_the_file_lies(mark: bytes, tmp_path: Path) -> None:
    file = write(tmp_path / "deep" / "mine.ttl", mark + b"<id/x> <#p> <../y> .")
    graph = NamedNode(f"{BASE}graph/mine")
    expected = {(f"{BASE}id/x", f"{BASE}#p", "https://w3id.org/y")}
    kept = ensure(tmp_path / "store", (file,))
    for store in (load(find([file]))[0], Store.read_only(str(kept.folder))):
        triples = [quad.triple for quad in store.quads_for_pattern(None, None, None, graph)]
        assert {tuple(term.value for term in triple) for triple in triples} == expected
    kept.leave()


def test_labels_of_blank_nodes_hold_for_one_file(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}.ttl", f'_:x <http://ex.org/p> "{name}" .') for name in ("a", "b")]
    query = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"
    assert local.table(query, tuple(files))[1] == [["2"]]


@pytest.mark.parametrize("name", ["long.ttl", "long.nt", "long.nq"])
def test_a_literal_beyond_the_engine_s_bound_is_refused_with_the_bound(name: str, tmp_path: Path) -> None:
    content = f'<http://ex.org/s> <http://ex.org/p> "{"x" * (16 * 1024 * 1024)}" .\n'
    file = write(tmp_path / name, content)
    with pytest.raises(StoreError, match=rf"{name}: .*longer than the 16 MiB"):
        load(find([file]))
    with pytest.raises(StoreError, match=rf"{name}: .*longer than the 16 MiB"):
        bulk.load(tmp_path / "store", (file,))
    file.write_text(content.replace("x" * 1024 * 1024, "", 1))
    assert len(load(find([file]))[0]) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.ttl.gz", gzip.compress(TURTLE.encode() * 99, mtime=0)[:-20]),
        ("plain.ttl.gz", TURTLE.encode()),
        ("torn.ttl.gz", gzip.compress(TURTLE.encode() * 99, mtime=0)[:12] + b"\xff" * 40),
    ],
)
def test_a_broken_gzip_file_is_named(name: str, content: bytes, tmp_path: Path) -> None:
    file = write(tmp_path / name, content)
    with pytest.raises(StoreError, match=rf"{name}: cannot be read \("):
        load(find([file]))
    with pytest.raises(StoreError, match=rf"{name}: cannot be read \("):
        bulk.load(tmp_path / "store", (file,))


def test_one_graph_in_its_file_s_format_is_that_file(tmp_path: Path) -> None:
    content = "# in the author's own order\n<urn:b> <urn:p> 2 .\n<urn:a> <urn:p> 1 .\n"
    file = write(tmp_path / "mine.ttl", content)
    assert local.dump("ttl", "mine", (file,)) == content.encode()
    assert local.dump("nt", "mine", (file,)).count(b"\n") == 2


def test_a_published_graph_is_dumped_byte_for_byte(root: Path) -> None:
    for file in sorted((root / "data" / "graph").glob("*.ttl")):
        assert local.dump("ttl", file.stem) == file.read_bytes()
