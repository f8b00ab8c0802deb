"""Comunica is asked where it is at hand (``benchmarks/clients.py``); where it is not, that is said."""

from pathlib import Path

import pytest
from benchmarks import clients


def test_an_absent_comunica_is_marked_as_absent(tmp_path: Path) -> None:
    lines = clients.comunica(tmp_path, "http://127.0.0.1:1/sparql")
    assert len(lines) == 1
    assert lines[0].startswith(clients.ABSENT)


def test_an_absent_node_is_marked_as_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert clients.comunica(tmp_path, "http://127.0.0.1:1/sparql") == [
        "Comunica: absent (no node on the PATH)"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"head": {}, "boolean": true}', "true"),
        ('{"results": {"bindings": [{"n": {"type": "literal", "value": "183"}}]}}', "1: 183"),
        ('{"results": {"bindings": []}}', "0"),
    ],
)
def test_answers_are_summed_up(text: str, expected: str) -> None:
    assert clients.summary(text, "application/sparql-results+json") == expected
