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
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import BytesPayload
from pydantic_core import PydanticSerializationError, from_json, to_json
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from contacts.transport import leaves

# Otherwise the library warns about its own whole seconds at every RetryAfter.
os.environ.setdefault("PTB_TIMEDELTA", "true")

READ_S = 10.0
CONNECT_S = 5.0
#: shorter than any server's, or a request is written to a connection that just closed
KEEP_ALIVE_S = 15.0
JSON = "application/json"


class NotSent(NetworkError):
    """No connection was made, so nothing was sent."""


class AiohttpRequest(BaseRequest):
    """One connection pool; opened by the first request, closed by :meth:`shutdown`."""

    __slots__ = ("_addresses", "_connect_s", "_read_s", "_session", "_usual")

    def __init__(self, *, read_timeout_s: float = READ_S, connect_timeout_s: float = CONNECT_S):
        self._read_s, self._connect_s = read_timeout_s, connect_timeout_s
        self._session: aiohttp.ClientSession | None = None
        # One per method: a bot has a handful of them, and parsing costs more than sending.
        self._addresses: dict[str, yarl.URL] = {}
        self._usual = self._patience()

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
        given = (read_timeout, connect_timeout, pool_timeout)
        is_usual = all(one is BaseRequest.DEFAULT_NONE for one in given)
        try:
            async with self._open().request(
                method,
                self._address(url),
                timeout=self._usual if is_usual else self._patience(*given),
                allow_redirects=False,
                data=await _body(request_data),
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
            return _read(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("the answer is not JSON") from None

    def _patience(
        self, read_s: Any = None, connect_s: Any = None, pool_s: Any = None
    ) -> aiohttp.ClientTimeout:
        """What is no number is as it was agreed when this was made."""
        return aiohttp.ClientTimeout(
            total=None,
            connect=_or(pool_s, self._connect_s) + _or(connect_s, self._connect_s),
            sock_connect=_or(connect_s, self._connect_s),
            sock_read=_or(read_s, self._read_s),
        )

    def _address(self, url: str) -> yarl.URL:
        if url not in self._addresses:
            self._addresses[url] = yarl.URL(url, encoded=True)
        return self._addresses[url]

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S)
            self._session = aiohttp.ClientSession(
                connector=connector, headers={"User-Agent": self.USER_AGENT},
                # The Bot API has none, and looking for them costs something each time.
                cookie_jar=aiohttp.DummyCookieJar(),
            )  # fmt: skip
        return self._session


class _Told(BytesPayload):
    """A body that says that it leaves, just before its bytes: what waits for a connection, or has
    one and waits for its turn to write, has not left. Without its body no request is done, and its
    head goes with the body."""

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        leaves()
        await super().write_with_length(writer, content_length)


def _or(given: Any, default: float) -> float:
    return float(given) if isinstance(given, int | float) else default


async def _body(request_data: RequestData | None) -> BytesPayload | None:
    """JSON, which costs a third of a form to write and to read; files need a form."""
    if request_data is None:
        return None
    if not request_data.contains_files:
        return _Told(_written(request_data.parameters), content_type=JSON)
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    whole = form()
    return _Told(await whole.as_bytes(), content_type=whole.content_type)


def _read(text: str) -> dict[str, Any]:
    """:raises ValueError: it is not JSON."""
    try:
        # Only names are kept for a next time, not what people said.
        answer: dict[str, Any] = from_json(text, cache_strings="keys")
    except ValueError:  # half a character, with which an update would come back for ever
        answer = json.loads(text)
    return answer


def _written(parameters: dict[str, Any]) -> bytes:
    try:
        return to_json(parameters)
    except PydanticSerializationError:  # half a character, as somebody's keyboard may send it
        text = json.dumps(parameters, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")
