"""The identity of data, and what was asked of them and how, in; the entity tag of the answer out."""

import hashlib
from typing import Final

from clustergraph.store.wire import Job

_VOLATILE: Final = ("rand", "now", "uuid")


def tag(identity: str, job: Job, form: str, coding: str) -> str:
    """Return the opaque part of the entity tag of an answer, empty where the next answer may be another.

    >>> tag("", Job("SELECT (RAND() AS ?x) {}"), "json", "")
    ''
    """
    text = job.text.lower()
    if job.op == "query" and any(word in text for word in _VOLATILE):
        return ""
    digest = hashlib.blake2b(job.pack(), digest_size=12, key=identity.encode()[:64])
    digest.update(f"{form} {coding}".encode())
    return digest.hexdigest()
