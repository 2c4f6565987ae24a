"""The outside world on loopback: Telegram, mail and news, with people who answer.

The demo, exercises and the tests use this one simulator. It knows nothing of the rest of
the house: it speaks the public protocols.
"""

from __future__ import annotations

from aiohttp import web

from bot.simulator.bot_api import LARGEST_UPLOAD, BotApi
from bot.simulator.faults import Fault
from bot.simulator.feed_server import FeedServer
from bot.simulator.imap_server import ImapServer
from bot.simulator.smtp_sink import SmtpSink
from bot.simulator.users import User
from bot.simulator.world import World

TOKEN = "7000000001:" + "oefening" * 4  # the simulated bot's token opens nothing outside

__all__ = ["TOKEN", "Fault", "Simulator", "User"]


class Simulator:
    """All servers; ``telegram``, ``feeds``, ``mail`` and ``mailbox`` drive them."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.telegram = BotApi(World(), token)
        self.feeds = FeedServer()
        self.mail = SmtpSink()
        self.mailbox = ImapServer()
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def bot_url(self) -> str:
        """What ``telegram.base_url`` must be."""
        return f"http://127.0.0.1:{self.port}/bot"

    def feed_url(self, slug: str) -> str:
        return f"http://127.0.0.1:{self.port}/feeds/{slug}.xml"

    def user(self, chat_id: int, name: str) -> User:
        """A person with a private chat; the chat opens with ``start``."""
        return User(self.telegram, self.telegram.world.add_chat(chat_id, name))

    async def start(self, port: int = 0, *routes: web.RouteDef) -> None:
        app = web.Application(client_max_size=LARGEST_UPLOAD)
        app.add_routes([*self.telegram.routes(), *self.feeds.routes(), *routes])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        await self.mail.start()
        await self.mailbox.start()

    async def stop(self) -> None:
        await self.telegram.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.mail.stop()
        await self.mailbox.stop()
