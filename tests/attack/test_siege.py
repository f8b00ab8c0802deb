"""A service under attack stays whole: every answer is right or an honest refusal, and all of it ends.

A small part of ``python -m benchmarks.attack``, which sends more of everything and prints what was held.
"""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.attack import siege
from tests.attack.conversation import converse
from tests.attack.malice import ask
from tests.attack.mutation import sources
from tests.service import Running, eventually, free_port, start_service

LIMIT = 1.5


@pytest.fixture(scope="module")
def attacked() -> Iterator[Running]:
    """The built graphs, served with a short limit; unharmed at the end, whatever the tests did."""
    with start_service(limits={"seconds": LIMIT, "memory": 256 << 20}) as service:
        yield service
        assert service.calm()
        assert service.ratings() == 183
        assert max(service.memory()) < 250
        assert not any("Traceback" in line for line in service.lines), service.lines
        assert service.stop() == 0


@pytest.mark.parametrize("name", siege.STRATEGIES)
def test_no_request_gets_a_dishonest_answer(attacked: Running, name: str) -> None:
    figures = siege.bombard(attacked.url, siege.drawn(siege.STRATEGIES[name], 150), LIMIT)
    assert figures["faults"] == []
    assert figures["requests"] == 150


def test_no_damaged_query_gets_a_dishonest_answer(attacked: Running, root: Path) -> None:
    queries = sources(root / "queries")
    figures = siege.bombard(attacked.url, siege.mutated(1, queries, 300), LIMIT)
    assert figures["faults"] == []


def test_two_hundred_connections_at_once_are_all_answered(attacked: Running) -> None:
    assert siege.crowd(attacked, 200)["right"] == 200


def test_runaway_queries_harm_no_light_one_and_leave_the_processor(attacked: Running) -> None:
    figures = siege.run_away(attacked, LIMIT, calm=0.5)
    assert figures["light failures"] == []
    assert figures["runaway outcomes"] == {"504 time": 8}
    assert float(str(figures["processor a second later"])) < 0.5


def test_a_query_waits_for_a_place_no_longer_than_it_might_run(attacked: Running) -> None:
    seconds: list[float] = []
    threads = [
        threading.Thread(
            target=lambda text: seconds.append(converse(attacked.url, ask(text, "form"), 60).seconds),
            args=(text,),
        )
        for text in siege.runaways(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(seconds) < 2 * LIMIT + 2


def test_clients_that_go_take_their_queries_with_them(attacked: Running) -> None:
    assert siege.leave(attacked, 12)["calm again"]


def test_clients_that_go_while_they_wait_leave_their_place_to_others(attacked: Running) -> None:
    for text in siege.runaways(60):
        siege.go(attacked.url, ask(text, "form"), 0.03)
    assert attacked.calm()
    assert converse(attacked.url, ask(siege.runaways(1)[0], "form")).kind == "time"


def test_slow_clients_hold_up_nobody(attacked: Running) -> None:
    figures = siege.drip(attacked, 60, 2)
    assert figures["light failures"] == []
    assert int(str(figures["light answers"])) > 20


def test_requests_without_an_end_are_refused_and_not_kept(attacked: Running) -> None:
    figures = siege.swell(attacked, 20 << 20)
    assert float(str(figures["front grew MiB"])) < 12


def test_no_request_holds_up_the_front(attacked: Running) -> None:
    pauses = siege.stall(attacked)["longest pause s"]
    assert isinstance(pauses, dict)
    assert max(pauses.values()) < 0.6, pauses


def test_workers_killed_under_load_lose_no_light_query(attacked: Running) -> None:
    assert siege.kill_workers(attacked, 4)["light failures"] == []


def test_a_killed_service_is_answered_again_under_its_supervisor() -> None:
    figures = siege.kill_service(free_port(), 1)
    assert float(str(figures["worst s"])) < 10, "two seconds on a machine of its own"


def test_a_reload_drops_mixes_and_keeps_no_answer(tmp_path: Path) -> None:
    write = siege.versions(tmp_path / "versions.nt")
    write(0)
    with start_service(data=[str(tmp_path / "versions.nt")]) as service:
        figures = siege.reload_(service, write, 3)
        assert figures["dropped or mixed"] == []
        assert figures["stale"] == []
        assert service.calm()
        assert not any("Traceback" in line for line in service.lines)


def test_running_queries_are_answered_before_the_service_ends() -> None:
    service = start_service(limits={"seconds": LIMIT})
    figures = siege.shut_down(service, siege.runaways(3), LIMIT)
    assert figures["exit code"] == 0
    assert figures["outcomes"] == {"504 time": 3}
    assert figures["processes left"] == 0


def test_a_client_that_sips_a_long_answer_is_left_in_the_end() -> None:
    with start_service(limits={"seconds": 300.0}, send_seconds=1.0) as service:
        assert siege.sip(service, 120) < 100
        assert service.calm()


def test_a_service_that_ran_out_of_descriptors_recovers() -> None:
    with start_service(limits={"seconds": 0.5}) as service:
        assert [got.status for got in siege.exhaust(service)] == [200] * 4
        assert service.calm()
        assert not any("Traceback" in line for line in service.lines), service.lines


def test_a_service_that_lost_its_data_says_so_and_comes_back_with_them(tmp_path: Path) -> None:
    data, away = tmp_path / "versions.nt", tmp_path / "away"
    siege.versions(data)(0)
    with start_service(data=[str(data)], limits={"seconds": LIMIT}) as service:
        data.rename(away)
        os.kill(service.holder(), signal.SIGKILL)
        assert eventually(lambda: siege.ready(service) == 503)
        away.rename(data)
        assert eventually(lambda: siege.ready(service) == 200)
        assert converse(service.url, ask("ASK {}")).status == 200
        assert service.calm()
        assert not any("Traceback" in line for line in service.lines), service.lines
