"""Serves the pages inside the loop that is running already."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from bot.listening import address_of, listen

#: requests in progress may take this long once the house stops
GRACE_S = 1


class WebServer:
    """An HTTP server as one part among others: it leaves signals and logging alone."""

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, listener: socket.socket | None = None
    ) -> None:
        """:param port: 0 lets the system choose; ``port`` tells which after ``start``.
        :param listener: of this address, when it was taken before.
        """
        self.host, self.port = host, port
        self._listener = listener
        self.ready = asyncio.Event()
        self._server = _Server(_settings(app), self.ready)
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """Where the pages are, as a person types it."""
        return address_of(self.host, self.port)

    async def start(self) -> None:
        """Listen; returns when requests are answered.

        :raises CannotListen: the address is in use or not ours.
        """
        listener = self._listener or listen(self.host, self.port)
        self.port = listener.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="web")
        ready = asyncio.create_task(self.ready.wait())
        await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            listener.close()
            await self._task

    async def stop(self) -> None:
        """Finish requests in progress, then close. Harmless when not started."""
        if self._task is None:
            return
        self._server.should_exit = True
        await self._task
        self._task = None


class _Server(uvicorn.Server):
    """A server whose process belongs to somebody else."""

    def __init__(self, config: uvicorn.Config, ready: asyncio.Event) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Taking SIGTERM here would stop the pages and leave the rest of the house running.
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready.set()


def _settings(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # An access log would hold the tokens of links.
        access_log=False,
        log_config=None,
        log_level="warning",
        lifespan="off",
        ws="none",
        # The sender's own address decides who may see the console, never a header.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
