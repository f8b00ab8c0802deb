"""The limits within which queries run, as one frozen record."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one query, and all of them together, may take from the machine."""

    seconds: float = 10.0
    """Running time of one query; at the limit its process is killed."""
    memory: int = 512 * 1024 * 1024
    """Bytes that one query may add to its process before the process ends."""
    buffered_bytes: int = 1024 * 1024
    """Bytes of an answer held back until its status is known; longer answers are streamed."""
    max_answer_bytes: int = 4 * 1024 * 1024 * 1024
    """Bytes of one answer; a longer one is broken off so that the client can see it."""
    light_workers: int = 4
    """Worker processes that wait for queries; a query that ends soon never leaves them."""
    light_cpu_seconds: float = 0.025
    """Processor time after which a query counts as heavy: it gets low priority and is counted."""
    heavy_workers: int = 8
    """Heavy queries that run at the same time."""
    light_queue: int = 256
    """Queries that may wait for a light worker; one more is turned away."""
    heavy_queue: int = 32
    """Heavy queries that may be suspended until another one ends; one more is turned away."""
