"""Everything that can be set about the service, as one frozen record with defaults."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from clustergraph.store.limits import Limits


@dataclass(frozen=True)
class ServeOptions:
    """What ``clustergraph serve`` takes; every field says what it is for."""

    data: tuple[Path, ...] = ()
    """Files or folders of Turtle, N-Triples, TriG or N-Quads, also gzipped; empty: the built graphs."""
    store: Path | None = None
    """Folder that keeps the data, loaded once and opened at every start; None: they are held in memory."""
    host: str = "127.0.0.1"
    """Address to listen on; the default answers this machine only."""
    port: int = 8000
    """Port to listen on; 0 takes a free one."""
    public_url: str = ""
    """Address that users see, its path included, without a slash at its end; empty: the service's own."""
    without_full_text: bool = False
    """Whether pages show the words of reports only around a passage, never a report as a whole."""
    limits: Limits = field(default_factory=Limits)
    """Limits of time, memory, size and number for queries."""
    cache: int = 64 * 1024 * 1024
    """Bytes of finished responses that are kept."""
    body: int = 1024 * 1024
    """Bytes of a request's body; a longer one is refused."""
    url: int = 64 * 1024
    """Bytes of a request's address; a longer one is refused."""
    allow_service: tuple[str, ...] = ()
    """Endpoints that queries may call with SERVICE, by their exact IRIs; empty: none."""
    service_seconds: float = 5.0
    """Seconds that a called endpoint may take."""
    service_size: int = 4 * 1024 * 1024
    """Bytes that a called endpoint may answer."""
    send_seconds: float = 60.0
    """Seconds that a client may take to accept a piece of a streamed answer."""
    shutdown_seconds: float = 10.0
    """Seconds that running queries get to end when the service stops."""
    access_log: str = ""
    """Where the access log goes, one JSON object a line: a file, ``-`` for standard error; empty: nowhere."""
    log_queries: bool = False
    """Whether the access log holds the text of queries, not only their hash."""

    @property
    def root_path(self) -> str:
        """Path of the public address, which a proxy takes off.

        >>> ServeOptions(public_url="https://example.org/graph").root_path
        '/graph'
        """
        return urlsplit(self.public_url).path

    @property
    def base(self) -> str:
        """Base IRI that relative IRIs of a query are resolved against."""
        return f"{self.public_url or f'http://{self.host}:{self.port}'}/sparql"
