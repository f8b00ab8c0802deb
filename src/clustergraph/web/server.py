"""Options in, a running service out: the socket, the server, its signals, and word when it is ready."""

import asyncio
import contextlib
import gc
import resource
import signal
import socket
import sys
from importlib.util import find_spec
from types import FrameType
from typing import Final

import uvicorn

from clustergraph.errors import ClustergraphError, StoreError
from clustergraph.store import disk
from clustergraph.web.app import ClustergraphApp
from clustergraph.web.http.protocol import ServiceProtocol
from clustergraph.web.http.reply import ALWAYS
from clustergraph.web.options import ServeOptions

__all__ = ["ServeOptions", "serve"]
_BACKLOG: Final = 2048


def serve(options: ServeOptions) -> None:
    """Serve until a signal ends it; SIGHUP loads the data anew.

    Raises:
        ClustergraphError: the address is taken, or the data can't be served.
    """
    _allow_connections()
    listener = _listen(options)
    app = ClustergraphApp(options)
    config = uvicorn.Config(
        app,
        loop="uvloop" if find_spec("uvloop") else "asyncio",
        http=ServiceProtocol,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        headers=list(ALWAYS),
        root_path=options.root_path,
        timeout_graceful_shutdown=int(options.shutdown_seconds),
    )
    server = _Server(config, app, _address(options, listener))
    signals = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})  # which waits until all is ready
    try:
        with contextlib.suppress(KeyboardInterrupt):
            if options.store:
                disk.ensure(options.store, options.data).leave()
            signal.signal(signal.SIGTERM, _nothing)  # uvicorn raises the signal again when it has shut down
            server.run(sockets=[listener])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        listener.close()
    if server.failure:
        raise server.failure


def _allow_connections() -> None:
    """Take as many descriptors as the system grants: each connection needs one, and so does each worker."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _listen(options: ServeOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except (OSError, UnicodeError) as error:
        listener.close()
        place = f"{options.host}:{options.port}"
        raise ClustergraphError(
            f"{place}: {getattr(error, 'strerror', None) or 'no such host'}; choose another --host or --port"
        ) from error
    listener.listen(_BACKLOG)
    return listener


def _address(options: ServeOptions, listener: socket.socket) -> str:
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{listener.getsockname()[1]}/"


def _collect_seldom() -> None:
    """Look less often for garbage in cycles, never among what stays: kept answers are many and have none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Take a signal and go on."""


class _Server(uvicorn.Server):
    """A server that says when it is ready and that loads anew at SIGHUP."""

    def __init__(self, config: uvicorn.Config, app: ClustergraphApp, address: str) -> None:
        super().__init__(config)
        self._app = app
        self._address = address
        self.failure: ClustergraphError | None = None
        self._reloads: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Load the data, start, then tell the address."""
        try:
            await self._app.releases.start()
        except StoreError as error:
            self.failure = error
            self.should_exit = True
            return
        await super().startup(sockets)
        _collect_seldom()
        if self.should_exit:
            return
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        print(f"clustergraph serves {self._address}", file=sys.stderr, flush=True)

    def _reload(self) -> None:
        """Load anew, after what is loading now; signals that come meanwhile ask for nothing more."""
        if len(self._reloads) > 1:
            return
        task = asyncio.get_running_loop().create_task(self._load_anew())
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)

    async def _load_anew(self) -> None:
        try:
            await self._app.releases.reload()
        except StoreError as error:
            print(f"clustergraph: not reloaded: {error}", file=sys.stderr, flush=True)
        else:
            print("clustergraph: reloaded", file=sys.stderr, flush=True)
