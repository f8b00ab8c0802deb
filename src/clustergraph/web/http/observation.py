"""What is noted of each request: figures for Prometheus and, where wanted, a line in the access log."""

import hashlib
import json
import sys
import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from clustergraph.web.options import ServeOptions

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_BYTES: Final = (1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
_HASH: Final = 8


@dataclass(slots=True)
class RequestRecord:
    """What becomes known of a request on its way."""

    request_id: bytes
    started: float = field(default_factory=time.perf_counter)
    status: int = 0
    size: int = 0
    outcome: str = "ok"
    cached: bool = False
    query: str = ""
    rows: int | None = None


class Histogram:
    """Counts values by upper bounds; a list and a bisection, since each request pays for it."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Metrics:
    """The figures of all requests so far."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, bool]] = Counter()
        self.seconds = Histogram(_SECONDS)
        self.bytes = Histogram(_BYTES)


class Observer:
    """Counts requests and writes the access log."""

    def __init__(self, options: ServeOptions) -> None:
        self.metrics = Metrics()
        self._with_text = options.log_queries
        self._log = _open(options.access_log)

    def note(self, record: RequestRecord) -> None:
        """Note one finished request."""
        seconds = time.perf_counter() - record.started
        self.metrics.requests[record.outcome, record.cached] += 1
        self.metrics.seconds.add(seconds)
        self.metrics.bytes.add(record.size)
        if self._log:
            self._log.write(json.dumps(self._entry(record, seconds)) + "\n")
            self._log.flush()

    def _entry(self, record: RequestRecord, seconds: float) -> dict[str, object]:
        entry: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "request": record.request_id.decode("latin-1"),
            "status": record.status,
            "outcome": record.outcome,
            "cached": record.cached,
            "seconds": round(seconds, 6),
            "bytes": record.size,
        }
        if record.rows is not None:
            entry["rows"] = record.rows
        if record.query:
            text = record.query.encode("utf-8", "replace")
            entry["query"] = hashlib.blake2b(text, digest_size=_HASH).hexdigest()
            if self._with_text:
                entry["text"] = record.query
        return entry

    def close(self) -> None:
        """Close the access log."""
        if self._log and self._log is not sys.stderr:
            self._log.close()


def _open(target: str) -> IO[str] | None:
    if not target:
        return None
    return sys.stderr if target == "-" else Path(target).open("a", encoding="utf-8")
