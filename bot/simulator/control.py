"""Drives a stand-alone simulator over HTTP: for exercises, and for tests in another process.

``GET /control/…`` looks, ``POST /control/<act>`` with a JSON object does; both answer JSON.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.simulator import TOKEN, Simulator
from bot.simulator.faults import Fault
from bot.simulator.users import User
from bot.simulator.world import Json

Act = Callable[[Json], Any]
LONGEST_WAIT_S = 30.0


class Control:
    """The control surface of one simulator. Bound to loopback like the rest."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._acts = self._table()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/addresses", self._addresses),
            web.get("/control/calls", self._calls),
            web.get("/control/measures", self._measures),
            web.get("/control/chats", self._chats),
            web.get("/control/mails", self._mails),
            web.get("/control/feeds", self._feeds),
            web.post("/control/{act}", self._act),
        ]

    async def _addresses(self, request: web.Request) -> web.Response:
        return web.json_response(self._simulator.addresses)

    async def _calls(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self._simulator.telegram.calls])

    async def _measures(self, request: web.Request) -> web.Response:
        """What the journal proves: arrived, twice, and how fast."""
        journal = self._simulator.telegram.journal
        repeated = [
            {"chat": chat, "text": text, "times": times}
            for (chat, text), times in journal.repeated().items()
        ]
        return web.json_response(
            {
                "accepted": len(journal.accepted()), "repeated": repeated,
                "most_in_any_second": journal.most_in_any_second(), "polls": journal.polls,
            }
        )  # fmt: skip

    async def _chats(self, request: web.Request) -> web.Response:
        """All chats; with ``?since=<revision>&wait_s=…`` only once something changed."""
        desk = self._simulator.telegram.desk
        since = request.query.get("since")
        if since is not None and since == str(desk.revision):
            await desk.wait(min(float(request.query.get("wait_s", 0)), LONGEST_WAIT_S))
        chats = [asdict(chat) for chat in self._simulator.telegram.world.chats.values()]
        return web.json_response({"revision": desk.revision, "chats": chats})

    async def _mails(self, request: web.Request) -> web.Response:
        return web.json_response(
            [
                {
                    "sender": mail.sender, "recipients": mail.recipients, "at": mail.at,
                    "source": mail.message.as_string(),
                }
                for mail in self._simulator.mail.mails
            ]
        )  # fmt: skip

    async def _feeds(self, request: web.Request) -> web.Response:
        feeds = self._simulator.feeds
        served = [
            {"slug": slug, "key": key, "at": at} for (slug, key), at in feeds.served_at.items()
        ]
        return web.json_response(
            {
                "outlets": sorted(feeds.outlets), "items_served": feeds.items_served,
                "served": served, "requests": feeds.requests,
            }
        )  # fmt: skip

    async def _act(self, request: web.Request) -> web.Response:
        # A page from elsewhere cannot send JSON here without being asked first.
        if request.content_type != "application/json":
            return _refused("send application/json", status=415)
        act = self._acts.get(request.match_info["act"])
        if act is None:
            return _refused(f"there is only {', '.join(sorted(self._acts))}", status=404)
        try:
            given = await request.json()
            if not isinstance(given, dict):
                raise TypeError("an object, please")
            result = act(given)
            result = await result if isinstance(result, Awaitable) else result
        except KeyError as error:
            return _refused(f"missing or unknown: {error.args[0]}")
        except (LookupError, TypeError, ValueError, OSError) as error:
            return _refused(str(error))
        return web.json_response({"ok": True, "result": result})

    def _table(self) -> dict[str, Act]:
        simulator, telegram = self._simulator, self._simulator.telegram
        return {
            **self._people(),
            "inject": lambda given: telegram.inject(given["update"]),
            "fault": lambda given: telegram.faults.add(Fault(given.pop("kind"), **given)),
            "clear_faults": lambda given: self._heal(),
            "limits": self._limits,
            "outlet": lambda given: _done(
                simulator.feeds.add_outlet(given["slug"], given["name"])
            ),
            "publish": self._publish,
            "withdraw": lambda given: simulator.feeds.withdraw(given["slug"], given["key"]),
            "feed_fault": lambda given: simulator.feeds.fault(
                given.pop("slug"), given.pop("kind"), **given
            ),
            "load_real": lambda given: simulator.feeds.load_real(
                Path(given["path"]), now=datetime.fromisoformat(given["now"]),
                seconds=float(given.get("seconds", 0)),
            ),
            "mail_fault": lambda given: simulator.mail.fail(
                given.pop("recipient"), given.pop("kind"), **given
            ),
            "bounce": lambda given: simulator.bounce(
                given["to"], status=given.get("status", "5.1.1")
            ),
            "reply": lambda given: simulator.reply(given["sender"], given["text"]),
        }  # fmt: skip

    def _heal(self) -> None:
        self._simulator.telegram.faults.clear()
        self._simulator.mail.heal()

    def _people(self) -> dict[str, Act]:
        """What a person with a phone does; ``chat`` says who."""
        return {
            "user": lambda given: _done(self._user(given)),
            "start": lambda given: self._user(given).start(given.get("token", "")),
            "say": lambda given: self._user(given).say(given["text"]),
            "forward": lambda given: self._user(given).forward(given["text"], given.get("link")),
            "photo": lambda given: self._user(given).send_photo(given.get("caption", "")),
            "voice": lambda given: self._user(given).send_voice(),
            "document": lambda given: self._user(given).send_document(
                given.get("name", "lijst.pdf"), given.get("caption", "")
            ),
            "contact": lambda given: self._user(given).send_contact(given["phone"], given["name"]),
            "edit": lambda given: self._user(given).edit(int(given["message_id"]), given["text"]),
            "tap": self._tap,
            "block": lambda given: self._user(given).block(),
            "unblock": lambda given: self._user(given).unblock(),
            "deactivate": lambda given: setattr(self._user(given).chat, "deactivated", True),
        }  # fmt: skip

    def _user(self, given: Json) -> User:
        """A person who is there already, or a new one when a name comes along."""
        chat_id = int(given["chat"])
        known = self._simulator.telegram.world.chat(chat_id)
        if known is None and "name" not in given:
            raise LookupError(f"chat {chat_id} does not exist; give a name to make it")
        return self._simulator.user(chat_id, str(given.get("name")))

    async def _tap(self, given: Json) -> Json:
        """By ``label`` (of ``message_id``, or the newest that has it), or any ``data``."""
        user = self._user(given)
        message = None
        if "message_id" in given:
            message = user.chat.message(int(given["message_id"]))
            if message is None:
                raise LookupError(f"no message {given['message_id']}")
        if "data" in given and message is not None:
            return await user.tap_data(message, str(given["data"]))
        return await user.tap(str(given["label"]), message)

    def _publish(self, given: Json) -> float:
        """The moment from which it can be fetched, in monotonic seconds."""
        published = given.get("published")
        item = self._simulator.feeds.publish(
            given["slug"], given["key"], given["title"], lead=given.get("lead", ""),
            link=given.get("link"),
            published=datetime.fromisoformat(published) if published else None,
        )  # fmt: skip
        return item.visible_from

    def _limits(self, given: Json) -> Json:
        limits = self._simulator.telegram.limits
        limits.per_s = int(given.get("per_s", limits.per_s))
        limits.chat_burst = int(given.get("chat_burst", limits.chat_burst))
        return {"per_s": limits.per_s, "chat_burst": limits.chat_burst}


def _done(made: object) -> None:
    """What was made is not for JSON."""


def _refused(why: str, *, status: int = 400) -> web.Response:
    return web.json_response({"ok": False, "error": why}, status=status)


async def serve(port: int, *, token: str = TOKEN, smtp_port: int = 0, imap_port: int = 0) -> None:
    """Run the simulator alone until SIGTERM or Ctrl-C. The first line on standard output is a
    JSON object with the addresses."""
    simulator, stop = Simulator(token), asyncio.Event()
    routes = Control(simulator).routes()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    try:
        await simulator.start(port, *routes, smtp_port=smtp_port, imap_port=imap_port)
        # Whoever started it reads it.
        print(json.dumps(simulator.addresses), flush=True)  # noqa: T201
        await stop.wait()
    finally:
        await simulator.stop()
