"""The settled codes: where two readings differ, one of them was chosen, and the table says why."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from clustergraph.curation.statements import CODES, STANCES

Rows = dict[str, dict[str, str]]
JUDGED = tuple(code for code in CODES if code not in ("key", "opening", "note"))


@pytest.fixture(scope="module")
def readings(basel: Path) -> tuple[Rows, Rows, Rows]:
    first, second, settled = (
        _rows(basel / name) for name in ("codings-first.csv", "codings-second.csv", "codings.csv")
    )
    assert list(first) == list(second) == list(settled) == list(_rows(basel / "statements.csv"))
    return first, second, settled


def test_what_both_readings_say_stands(readings: tuple[Rows, Rows, Rows]) -> None:
    first, second, settled = readings
    for key, row in settled.items():
        for code in JUDGED:
            if _same(first[key][code], second[key][code]) and "editor: " not in row["reason"]:
                assert _same(row[code], first[key][code]), f"{key} {code}"


def test_each_difference_has_a_reason_and_follows_one_reading(readings: tuple[Rows, Rows, Rows]) -> None:
    first, second, settled = readings
    differing = {key for key, _ in _differences(first, second)}
    reasons = {key: row["reason"] for key, row in settled.items() if row["reason"]}
    assert {key for key in reasons if not reasons[key].startswith("editor: ")} <= differing <= set(reasons)
    for key, code in _differences(first, second):
        which, _, why = reasons[key].partition(": ")
        assert len(why.split()) >= 3, key
        if "editor: " not in reasons[key]:
            chosen = {"first": first, "second": second}[which]
            assert _same(settled[key][code], chosen[key][code]), f"{key} {code}"


def test_the_editor_departs_from_both_readings_only_to_claim_less(readings: tuple[Rows, Rows, Rows]) -> None:
    first, _, settled = readings
    departed = {key for key, row in settled.items() if "editor: " in row["reason"]}
    rows = {"97-05", "117-03", "119-02", "155-05", "188-12", "210-02", "210-03", "309-02", "309-07", "309-08"}
    assert departed == rows
    for key in departed:
        row = settled[key]
        stances = {stance: row[stance] for stance in STANCES if row[stance]}
        assert stances == {stance: first[key][stance] for stance in STANCES if first[key][stance]} or (
            list(stances) == ["contextualises"]
        ), key
        assert row["basis"] in (first[key]["basis"], "interpreted"), key


def test_earlier_rounds_are_kept(basel: Path) -> None:
    rounds = sorted(path.name for path in (basel / "rounds").iterdir())
    assert rounds == ["1-first.csv", "1-second.csv", "2-first.csv", "2-second.csv"]
    assert all(len(_rows(basel / "rounds" / name)) == 199 for name in rounds)


def test_discussions_have_a_stance_and_descriptions_none(
    readings: tuple[Rows, Rows, Rows],
) -> None:
    described = {"95", "107", "115", "125", "139", "147", "166", "184", "194", "198", "202", "206"}
    discussed = {"97", "109", "117", "119", "127", "141", "143", "155", "157", "159", "160", "162"}
    discussed |= {"168", "170", "172", "174", "176", "188", "210"}
    for key, row in readings[2].items():
        line = key.partition("-")[0]
        has_stance = any(row[stance] for stance in STANCES)
        assert has_stance or line not in discussed, key
        assert not (has_stance and line in described), key


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def _same(one: str, other: str) -> bool:
    return set(one.split()) == set(other.split())


def _differences(first: Rows, second: Rows) -> Iterator[tuple[str, str]]:
    for key in first:
        for code in JUDGED:
            if not _same(first[key][code], second[key][code]):
                yield key, code
