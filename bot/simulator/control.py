"""Drives a stand-alone simulator over HTTP: for exercises, and for tests in another process."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from aiohttp import web

from bot.simulator import Simulator
from bot.simulator.faults import Fault
from bot.simulator.world import Json


class Control:
    """``POST /control/<act>`` with JSON; answers JSON. Bound to loopback like the rest."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/addresses", self._addresses),
            web.get("/control/calls", self._calls),
            web.get("/control/chats", self._chats),
            web.post("/control/{act}", self._act),
        ]

    async def _addresses(self, request: web.Request) -> web.Response:
        simulator = self._simulator
        return web.json_response(
            {
                "bot_url": simulator.bot_url, "smtp_port": simulator.mail.port,
                "imap_port": simulator.mailbox.port, "token": simulator.token,
            }
        )  # fmt: skip

    async def _calls(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self._simulator.telegram.calls])

    async def _chats(self, request: web.Request) -> web.Response:
        chats = self._simulator.telegram.world.chats.values()
        return web.json_response([asdict(chat) for chat in chats])

    async def _act(self, request: web.Request) -> web.Response:
        given: Json = await request.json()
        try:
            await self._do(request.match_info["act"], given)
        except (KeyError, LookupError, TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        return web.json_response({"ok": True})

    async def _do(self, act: str, given: Json) -> None:
        simulator = self._simulator
        if act == "outlet":
            simulator.feeds.add_outlet(given["slug"], given["name"])
        elif act == "publish":
            simulator.feeds.publish(
                given["slug"], given["key"], given["title"], lead=given.get("lead", "")
            )
        elif act == "fault":
            simulator.telegram.faults.add(Fault(**given))
        else:
            user = simulator.user(int(given["chat"]), given.get("name", "Oefenaar"))
            doings = {
                "start": lambda: user.start(given.get("token", "")),
                "say": lambda: user.say(given["text"]),
                "tap": lambda: user.tap(given["label"]),
                "block": user.block,
            }
            await doings[act]()


async def serve(port: int) -> None:
    """Run the simulator alone until stopped."""
    simulator = Simulator()
    control = Control(simulator)
    await simulator.start(port, *control.routes())
    print(f"http://127.0.0.1:{simulator.port}/control/addresses")  # noqa: T201
    try:
        await asyncio.Event().wait()
    finally:
        await simulator.stop()
