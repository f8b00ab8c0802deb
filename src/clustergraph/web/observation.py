"""What is noted of each request: Prometheus metrics and, where wanted, one line of JSON in the access log."""

import hashlib
import json
import sys
import time
from bisect import bisect_left
from collections import Counter as TallyCounter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from clustergraph.web.options import ServeOptions
from clustergraph.web.service import Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_BYTES: Final = (1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
_HASH: Final = 8


@dataclass(slots=True)
class Seen:
    """What becomes known of a request on its way."""

    request_id: bytes
    started: float
    status: int = 0
    size: int = 0
    outcome: str = "ok"
    cached: bool = False
    query: str = ""


class Observer:
    """Counts requests and writes the access log."""

    def __init__(self, service: Service, options: ServeOptions) -> None:
        self._service = service
        self._options = options
        self._log = _open(options.access_log)
        self._registry = CollectorRegistry()
        self._tally = _Tally()
        self._registry.register(self._tally)
        self._gauges()

    def _gauges(self) -> None:
        """Register the figures that are read off the service when they are asked for."""
        release = self._release
        readings: dict[str, tuple[str, Callable[[], float]]] = {
            "clustergraph_queries_running": (
                "Queries that run or wait.",
                lambda: release().pool.running,
            ),
            "clustergraph_queries_heavy": ("Heavy places taken.", lambda: release().pool.heavy),
            "clustergraph_queries_queued": ("Queries that wait.", lambda: release().pool.queued),
            "clustergraph_workers_lost": (
                "Workers that died of a query.",
                lambda: release().pool.lost,
            ),
            "clustergraph_cache_bytes": (
                "Bytes of kept answers.",
                lambda: release().replies.size,
            ),
            "clustergraph_quads": ("Quads served.", lambda: release().description.quads),
        }
        for name, (text, reading) in readings.items():
            Gauge(name, text, registry=self._registry).set_function(reading)

    def _release(self) -> Release:
        return self._service.release

    def record(self, seen: Seen) -> None:
        """Note one finished request."""
        seconds = time.perf_counter() - seen.started
        self._tally.add(seen, seconds)
        if self._log:
            self._write(self._log, seen, seconds)

    def _write(self, log: IO[str], seen: Seen, seconds: float) -> None:
        entry: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "request": seen.request_id.decode("latin-1"),
            "status": seen.status,
            "outcome": seen.outcome,
            "cached": seen.cached,
            "seconds": round(seconds, 6),
            "bytes": seen.size,
        }
        if seen.query:
            entry["query"] = hashlib.blake2b(
                seen.query.encode("utf-8", "replace"), digest_size=_HASH
            ).hexdigest()
            if self._options.log_queries:
                entry["text"] = seen.query
        log.write(json.dumps(entry, ensure_ascii=False) + "\n")
        log.flush()

    def metrics(self) -> bytes:
        """Return the metrics in Prometheus's text format."""
        return generate_latest(self._registry)

    def close(self) -> None:
        """Close the access log."""
        if self._log and self._log is not sys.stderr:
            self._log.close()


class _Histogram:
    """Counts values by upper bounds; a list and a bisection, since each request pays for it."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def family(self, name: str, text: str) -> HistogramMetricFamily:
        bounds = [*map(str, self._bounds), "+Inf"]
        family = HistogramMetricFamily(name, text)
        family.add_metric([], list(zip(bounds, accumulate(self._counts), strict=True)), self._sum)
        return family


class _Tally(Collector):
    """Counts requests, and gives Prometheus its metrics when it asks."""

    def __init__(self) -> None:
        self._requests: TallyCounter[tuple[str, bool]] = TallyCounter()
        self._seconds = _Histogram(_SECONDS)
        self._bytes = _Histogram(_BYTES)

    def add(self, seen: Seen, seconds: float) -> None:
        """Count one request."""
        self._requests[seen.outcome, seen.cached] += 1
        self._seconds.add(seconds)
        self._bytes.add(seen.size)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        requests = CounterMetricFamily(
            "clustergraph_sparql_requests",
            "Requests by outcome and by whether a finished answer was at hand.",
            labels=("outcome", "cached"),
        )
        for (outcome, cached), number in sorted(self._requests.items()):
            requests.add_metric((outcome, "yes" if cached else "no"), number)
        yield requests
        yield self._seconds.family(
            "clustergraph_sparql_request_duration_seconds",
            "Time from the request to the last byte handed on.",
        )
        yield self._bytes.family("clustergraph_sparql_response_size_bytes", "Bytes of answers.")


def _open(target: str) -> IO[str] | None:
    if not target:
        return None
    return sys.stderr if target == "-" else Path(target).open("a", encoding="utf-8")
