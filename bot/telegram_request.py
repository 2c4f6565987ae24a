"""HTTP for python-telegram-bot on aiohttp: ten times the speed, and errors that tell apart
what certainly was not sent from what may have been.

No exception from here carries an address: the path of every request holds the bot's token.
"""

from __future__ import annotations

import json
import os
from typing import Any

import aiohttp
import yarl
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from contacts.transport import leaves

# Otherwise the library warns about its own whole seconds at every RetryAfter.
os.environ.setdefault("PTB_TIMEDELTA", "true")

READ_S = 10.0
CONNECT_S = 5.0
#: shorter than any server's, or a request is written to a connection that just closed
KEEP_ALIVE_S = 15.0
JSON = {"Content-Type": "application/json"}


class NotSent(NetworkError):
    """No connection was made, so nothing was sent."""


class AiohttpRequest(BaseRequest):
    """One connection pool; opened by the first request, closed by :meth:`shutdown`."""

    __slots__ = ("_addresses", "_connect_s", "_read_s", "_session")

    def __init__(self, *, read_timeout_s: float = READ_S, connect_timeout_s: float = CONNECT_S):
        self._read_s, self._connect_s = read_timeout_s, connect_timeout_s
        self._session: aiohttp.ClientSession | None = None
        # One per method: a bot has a handful of them, and parsing costs more than sending.
        self._addresses: dict[str, yarl.URL] = {}

    @property
    def read_timeout(self) -> float | None:
        return self._read_s

    async def initialize(self) -> None:
        """Open the pool; it belongs to the running loop."""
        self._open()

    async def shutdown(self) -> None:
        """Give all connections back; the next request opens a new pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request; returns status and body.

        :raises NotSent: no connection.
        :raises TimedOut: no answer in time; the server may have done it.
        :raises NetworkError: the connection broke; the server may have done it.
        """
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=_or(pool_timeout, self._connect_s) + _or(connect_timeout, self._connect_s),
            sock_connect=_or(connect_timeout, self._connect_s),
            sock_read=_or(read_timeout, self._read_s),
        )
        try:
            async with self._open().request(
                method,
                self._address(url),
                timeout=timeout,
                allow_redirects=False,
                **_body(request_data),
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(f"no connection: {type(error).__name__}") from None
        except aiohttp.InvalidURL:
            raise NotSent("the address of the Bot API server is not an address") from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"connection broke: {type(error).__name__}") from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library's, without a log of what was answered: that may quote a message.

        :raises TelegramError: it is not JSON.
        """
        try:
            answer: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("the answer is not JSON") from None
        return answer

    def _address(self, url: str) -> yarl.URL:
        if url not in self._addresses:
            self._addresses[url] = yarl.URL(url, encoded=True)
        return self._addresses[url]

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S)
            self._session = aiohttp.ClientSession(
                connector=connector, headers={"User-Agent": self.USER_AGENT},
                trace_configs=[_told_before_it_leaves()],
            )  # fmt: skip
        return self._session


def _told_before_it_leaves() -> aiohttp.TraceConfig:
    """Just before the bytes: what waits for a connection, or has one and waits for its turn to
    write, has not left. Without its body no request is done, and its head goes with the body."""

    async def is_written(*_: object) -> None:
        leaves()

    told = aiohttp.TraceConfig()
    told.on_request_chunk_sent.append(is_written)
    return told


def _or(given: Any, default: float) -> float:
    return float(given) if isinstance(given, int | float) else default


def _body(request_data: RequestData | None) -> dict[str, Any]:
    """JSON, which costs a third of a form to write and to read; files need a form."""
    if request_data is None:
        return {}
    if not request_data.contains_files:
        written = json.dumps(request_data.parameters, ensure_ascii=False, separators=(",", ":"))
        return {"data": written.encode("utf-8", "surrogatepass"), "headers": JSON}
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {"data": form}
