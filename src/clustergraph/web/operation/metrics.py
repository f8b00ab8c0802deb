"""What was counted and the service in; Prometheus's text format out. Imported when somebody asks for it."""

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from clustergraph.web.http.observation import Histogram, Metrics
from clustergraph.web.releases import Release


def render(metrics: Metrics, release: Release) -> bytes:
    """Return the metrics."""
    registry = CollectorRegistry()
    registry.register(_Reading(metrics, release))
    return generate_latest(registry)


class _Reading(Collector):
    """One reading of all figures."""

    def __init__(self, metrics: Metrics, release: Release) -> None:
        self._metrics = metrics
        self._release = release

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        requests = CounterMetricFamily(
            "clustergraph_sparql_requests",
            "Requests by outcome and by whether a finished answer was at hand.",
            labels=("outcome", "cached"),
        )
        for (outcome, cached), number in sorted(self._metrics.requests.items()):
            requests.add_metric((outcome, "yes" if cached else "no"), number)
        yield requests
        yield _family(
            self._metrics.seconds,
            "clustergraph_sparql_request_duration_seconds",
            "Time from the request to the last byte handed on.",
        )
        yield _family(self._metrics.bytes, "clustergraph_sparql_response_size_bytes", "Bytes of answers.")
        for name, (words, reading) in _GAUGES.items():
            yield GaugeMetricFamily(name, words, value=reading(self._release))


_GAUGES: Mapping[str, tuple[str, Callable[[Release], float]]] = {
    "clustergraph_queries_running": (
        "Queries that run or wait.",
        lambda release: release.engine.counts.running,
    ),
    "clustergraph_queries_heavy": ("Heavy queries that run.", lambda release: release.engine.counts.heavy),
    "clustergraph_queries_queued": ("Queries that wait.", lambda release: release.engine.counts.queued),
    "clustergraph_workers_lost": (
        "Workers that died of a query.",
        lambda release: release.engine.counts.lost,
    ),
    "clustergraph_cache_bytes": ("Bytes of kept answers.", lambda release: release.replies.size),
    "clustergraph_quads": ("Quads served.", lambda release: release.description.quads),
}


def _family(histogram: Histogram, name: str, words: str) -> HistogramMetricFamily:
    bounds = [*map(str, histogram.bounds), "+Inf"]
    family = HistogramMetricFamily(name, words)
    family.add_metric([], list(zip(bounds, accumulate(histogram.counts), strict=True)), histogram.sum)
    return family
