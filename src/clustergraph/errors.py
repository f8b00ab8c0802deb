"""The errors that clustergraph raises on purpose; each says what, where and what to do."""

from clustergraph.display import visible


class ClustergraphError(Exception):
    """Something that the caller can fix; the message is one sentence for a person, safe on a terminal."""

    def __str__(self) -> str:
        """Return the message on one line."""
        return visible(super().__str__()).replace("\n", "\\n")


class SourceError(ClustergraphError):
    """A report or one of its curated tables is not as it must be."""

    def __init__(self, place: str, fault: str, advice: str) -> None:
        """Join the place (``file:line``), what is wrong there and what to do about it."""
        super().__init__(f"{place}: {fault}; {advice}")
        self.place = place
        self.fault = fault
        self.advice = advice


class BuildError(ClustergraphError):
    """The built files could not be written, or are not what the sources give."""


class QueryError(ClustergraphError):
    """A query is unknown, malformed, or asks for what is not offered."""


class StoreError(ClustergraphError):
    """Data to be served could not be found or read."""
