"""A crowd: very many chats that take every message, for measuring.

The same faults and the same journal as the simulated Bot API, without chats to look at: of a
message only its first line is kept, so that this side is not what is measured.

``python -m bot.simulator.crowd`` reads one JSON object from standard input (``token``,
``latency_s``, ``faults``, ``mail_faults``, ``seed``), prints its addresses as one, and ends when
the input closes.
``GET /arrived`` answers what the journal proves, ``?address=`` of one chat; ``POST /say`` lets
many chats say one thing each. There is a mail server as well; ``GET /tried`` answers when each
address was first tried there, and ``GET /trips`` when each message came in and was answered here,
and from which port.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.simulator.bot_api import go_wrong
from bot.simulator.bot_calls import whole
from bot.simulator.faults import AFTERWARDS, Fault, Faults
from bot.simulator.journal import SENDS, Call, Journal
from bot.simulator.smtp_sink import SmtpSink
from bot.simulator.world import Json, World

#: how long a poll for updates is held while nobody in the crowd says something
POLL_S = 2.0
#: as many as Telegram hands over at once
MOST_UPDATES = 100


@dataclass
class Crowd:
    """Answers the Bot API for one token. ``latency_s``: every call takes at least so long."""

    token: str
    latency_s: float = 0.0
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    mail: SmtpSink = field(default_factory=SmtpSink)

    def __post_init__(self) -> None:
        self._path = f"/bot{self.token}/"
        self._ids = itertools.count(1)
        self._lines: dict[str, str] = {}
        self._bot = World().bot
        self._updates: list[Json] = []
        self._update_ids = itertools.count(1)
        self._said = asyncio.Event()
        #: of each message: when the request was here, when its answer left, and from which port
        self.trips: list[tuple[float, float, int]] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One call, or a look at the journal."""
        looks: dict[str, Callable[[], Any]] = {
            "/arrived": lambda: self.arrived(request.query.get("address")),
            "/trips": lambda: self.trips,
            "/tried": lambda: self.mail.first_tries,
        }
        if request.path in looks:
            return web.json_response(looks[request.path]())
        if request.path == "/say":
            return web.json_response({"at": self.say(**json.loads(await request.read()))})
        if not request.path.startswith(self._path):
            return web.json_response({"ok": False, "error_code": 404}, status=404)
        method = request.path.removeprefix(self._path).lower()
        if method == "getupdates":
            return _ok(await self._waiting(_given(request, "") | dict(request.query)))
        given = _given(request, (await request.read()).decode())
        came = time.monotonic()
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if method in SENDS:
            self.trips.append((came, time.monotonic(), _port(request)))
        fault = self.faults.draw(method, whole(given.get("chat_id")))
        if fault is not None and fault.kind not in AFTERWARDS:
            self._note(method, given, fault.kind, accepted=False)
            return await go_wrong(request, fault)
        self._note(method, given, fault.kind if fault else "ok", accepted=True)
        if fault is not None:
            return await go_wrong(request, fault)
        return _ok(self._result(method, given))

    def say(self, first: int, count: int, text: str) -> float:
        """``count`` chats from number ``first`` on say this, once each; returns the moment."""
        for chat in range(first, first + count):
            number = next(self._update_ids)
            self._updates.append(
                {
                    "update_id": number,
                    "message": {
                        "message_id": number, "date": int(_wall()), "text": text,
                        "chat": {"id": chat, "type": "private", "first_name": "Lid"},
                        "from": {"id": chat, "is_bot": False, "first_name": "Lid"},
                    },
                }
            )  # fmt: skip
        self._said.set()
        return time.monotonic()

    async def _waiting(self, given: Json) -> list[Json]:
        """What was said and not confirmed yet; a poll waits for it, as Telegram's does."""
        offset = int(given.get("offset", 0))
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        if not self._updates:
            self._said.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._said.wait(), POLL_S)
        return self._updates[:MOST_UPDATES]

    def arrived(self, address: str | None = None) -> Json:
        """Moment, address and first line or subject of all that came, or of what came to this
        address, as lists of equal length."""
        came = [(call.at, str(call.chat_id), call.text or "") for call in self.journal.accepted()]
        for mail in self.mail.mails:
            came += [(mail.at, to, str(mail.message["Subject"])) for to in mail.recipients]
        came = [one for one in came if address in (None, one[1])]
        return {
            "at": [at for at, _, _ in came],
            "address": [to for _, to, _ in came],
            "line": [line for _, _, line in came],
        }

    def _result(self, method: str, given: Json) -> Any:
        if method == "getme":
            return self._bot
        if method not in SENDS:
            return True
        message: Json = {
            "message_id": next(self._ids), "date": int(_wall()), "from": self._bot,
            "chat": {"id": int(given["chat_id"]), "type": "private", "first_name": "Lid"},
            "text": given.get("text", ""),
        }  # fmt: skip
        if "reply_markup" in given:
            message["reply_markup"] = given["reply_markup"]
        return message

    def _note(self, method: str, given: Json, outcome: str, *, accepted: bool) -> None:
        # The same line again and again is one string.
        line = given.get("text", "").partition("\n")[0]
        line = self._lines.setdefault(line, line)
        chat = whole(given.get("chat_id"))
        self.journal.calls.append(Call(time.monotonic(), method, chat, line, outcome, accepted))


def _given(request: web.BaseRequest, body: str) -> Json:
    if request.content_type == "application/json":
        given: Json = json.loads(body)
        return given
    return dict(parse_qsl(body))


def _port(request: web.BaseRequest) -> int:
    """Of who asked; 0 when they are gone already."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return int(peer[1]) if peer else 0


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _wall() -> float:
    # The outside world has a clock of its own.
    return time.time()  # noqa: TID251


async def serve(asked: Json) -> None:
    """Serve until standard input closes."""
    faults = Faults([Fault(**one) for one in asked.get("faults", ())], asked.get("seed", 1))
    crowd = Crowd(asked["token"], float(asked.get("latency_s", 0.0)), faults)
    for address, kind in asked.get("mail_faults", {}).items():
        crowd.mail.fail(address, kind)
    runner = web.ServerRunner(web.Server(crowd.answer, access_log=None), shutdown_timeout=0.2)
    await runner.setup()
    host = asked.get("host", "127.0.0.1")
    await web.TCPSite(runner, host, 0).start()
    await crowd.mail.start()
    ports = {"host": host, "port": runner.addresses[0][1], "smtp_port": crowd.mail.port}
    try:
        print(json.dumps(ports), flush=True)  # noqa: T201  (whoever started it reads it)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await runner.cleanup()
        await crowd.mail.stop()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
