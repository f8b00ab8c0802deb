"""The settled codes: where two readings differ, one of them was chosen, and the table says why."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from clustergraph.curation.statements import CODES, STANCES

Rows = dict[str, dict[str, str]]
JUDGED = tuple(code for code in CODES if code not in ("key", "opening", "note"))
UNREAD = "editor: cut out after the readings"


@pytest.fixture(scope="module")
def readings(basel: Path) -> tuple[Rows, Rows, Rows]:
    first, second, settled = (
        _rows(basel / name) for name in ("codings-first.csv", "codings-second.csv", "codings.csv")
    )
    assert list(first) == list(second)
    return first, second, settled


def test_what_was_read_is_a_statement_still_or_was_cut_anew(
    readings: tuple[Rows, Rows, Rows], basel: Path
) -> None:
    first, _, settled = readings
    recut = _rows(basel / "statements-recut.csv")
    assert list(settled) == list(_rows(basel / "statements.csv"))
    assert set(first) - set(settled) == set(recut)
    assert all({f"{key}a", f"{key}b"} <= set(settled) for key in recut)


def test_what_was_cut_out_after_the_readings_says_so(readings: tuple[Rows, Rows, Rows]) -> None:
    first, _, settled = readings
    unread = {key for key, row in settled.items() if row["reason"].startswith(UNREAD)}
    assert unread == set(settled) - set(first)


def test_what_both_readings_say_stands(readings: tuple[Rows, Rows, Rows]) -> None:
    first, second, settled = readings
    for key, row in settled.items():
        for code in JUDGED if key in first else ():
            if _same(first[key][code], second[key][code]) and "editor: " not in row["reason"]:
                assert _same(row[code], first[key][code]), f"{key} {code}"


def test_each_difference_has_a_reason_and_follows_one_reading(readings: tuple[Rows, Rows, Rows]) -> None:
    first, second, settled = readings
    differing = {key for key, _ in _differences(first, second) if key in settled}
    reasons = {key: row["reason"] for key, row in settled.items() if row["reason"]}
    assert {key for key in reasons if not reasons[key].startswith("editor: ")} <= differing <= set(reasons)
    for key, code in _differences(first, second):
        if key not in settled:
            continue
        which, _, why = reasons[key].partition(": ")
        assert len(why.split()) >= 3, key
        if "editor: " not in reasons[key]:
            chosen = {"first": first, "second": second}[which]
            assert _same(settled[key][code], chosen[key][code]), f"{key} {code}"


def test_the_editor_departs_where_a_reason_says_so_and_there_alone(
    readings: tuple[Rows, Rows, Rows],
) -> None:
    first, second, settled = readings
    said = {key for key, row in settled.items() if key in first and "editor: " in row["reason"]}
    departed = {
        key
        for key in set(first) & set(settled)
        if all(any(not _same(settled[key][c], read[key][c]) for c in JUDGED) for read in (first, second))
    }
    assert departed == said
    why = {key: settled[key]["reason"].partition("editor: ")[2] for key in said}
    assert all(len(reason.split()) >= 3 for reason in why.values())


def test_a_basis_is_explicit_only_with_a_stance_that_takes_sides(readings: tuple[Rows, Rows, Rows]) -> None:
    for key, row in readings[2].items():
        if row["basis"] == "explicit-cue":
            assert any(row[stance] for stance in ("supports", "opposes", "qualifies")), key


def test_under_a_joint_heading_every_hypothesis_has_its_stance(readings: tuple[Rows, Rows, Rows]) -> None:
    joint = {f"weiterbildung-{number}" for number in (2, 3, 4, 5)}
    for key, row in readings[2].items():
        if key.partition("-")[0] in ("210", "212"):
            assert {notation for stance in STANCES for notation in row[stance].split()} == joint, key


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
