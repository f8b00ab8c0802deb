"""The identity of data, and what was asked of them and how, in; the entity tag of the answer out."""

import hashlib

from clustergraph.store.wire import Job


def tag(identity: str, packed: bytes, form: str, coding: str) -> str:
    """Return the opaque part of the entity tag of what a packed job gives on these data in this form."""
    digest = hashlib.blake2b(packed, digest_size=12, key=identity.encode()[:64])
    digest.update(f"{form} {coding}".encode())
    return digest.hexdigest()


def lasts(job: Job) -> bool:
    """Tell whether the same job gives the same answer again on the same data.

    >>> lasts(Job("SELECT (RAND() AS ?x) {}"))
    False
    """
    text = job.text.lower()
    return job.op != "query" or not ("rand" in text or "now" in text or "uuid" in text)
