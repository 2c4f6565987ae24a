"""The outside world on loopback: Telegram, mail and news, with people who answer.

The demo, exercises and the tests use this one simulator. It knows nothing of the rest of
the house: it speaks the public protocols.
"""

from __future__ import annotations

from typing import Self

from aiohttp import web

from bot.simulator.bot_api import LARGEST_UPLOAD, BotApi
from bot.simulator.bounces import reply_to
from bot.simulator.faults import Fault
from bot.simulator.feed_server import FeedServer
from bot.simulator.imap_server import ImapServer
from bot.simulator.smtp_sink import Mail, SmtpSink
from bot.simulator.users import User
from bot.simulator.world import Json, World


def token_of(number: int) -> str:
    """Of a simulated bot; it opens nothing outside. Pure."""
    return f"7000000{number:03}:" + "oefening" * 4


TOKEN = token_of(1)

__all__ = ["TOKEN", "Fault", "Simulator", "User", "token_of"]


class Simulator:
    """All servers; ``telegram``, ``feeds``, ``mail`` and ``mailbox`` drive them.

    ``async with Simulator() as simulator`` starts and stops it. Everything listens on
    127.0.0.1 only, on ports that are free unless they are given.

    :param login: (user, password) that the mail server demands; None: it demands nothing.
    """

    def __init__(self, token: str = TOKEN, *, login: tuple[str, str] | None = None) -> None:
        self.token = token
        self.telegram = BotApi(World(), token)
        self.feeds = FeedServer()
        self.mail = SmtpSink(login)
        self.mailbox = ImapServer()
        self.port = 0
        self._users: dict[int, User] = {}
        self._runner: web.AppRunner | None = None

    @property
    def bot_url(self) -> str:
        """What ``telegram.base_url`` must be."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def addresses(self) -> Json:
        """Everything that a house must know to reach this world and no other."""
        return {
            "bot_url": self.bot_url, "token": self.token,
            "feeds_url": f"http://127.0.0.1:{self.port}/feeds/",
            "control_url": f"http://127.0.0.1:{self.port}/control/",
            "smtp_port": self.mail.port, "imap_port": self.mailbox.port,
            "imap_user": self.mailbox.user, "imap_password": self.mailbox.password,
        }  # fmt: skip

    def feed_url(self, slug: str) -> str:
        return f"http://127.0.0.1:{self.port}/feeds/{slug}.xml"

    def user(self, chat_id: int, name: str) -> User:
        """A person with a private chat; the chat opens with ``start``. The same person for the
        same chat, whatever the name."""
        if chat_id not in self._users:
            self._users[chat_id] = User(self.telegram, self.telegram.world.add_chat(chat_id, name))
        return self._users[chat_id]

    def bounce(self, to: str, *, status: str = "5.1.1") -> int:
        """The newest mail to this address comes back to its envelope sender; returns the uid.

        :raises LookupError: there was no such mail.
        """
        return self.mailbox.bounce(self._newest(to).sender, to, status=status)

    def reply(self, sender: str, text: str) -> int:
        """``sender`` answers the newest mail they got; returns the uid of the answer.

        :raises LookupError: they got none.
        """
        return self.mailbox.deliver(reply_to(self._newest(sender).message, sender, text))

    def _newest(self, to: str) -> Mail:
        mails = self.mail.to(to)
        if not mails:
            raise LookupError(f"no mail came for {to}")
        return mails[-1]

    async def start(
        self, port: int = 0, *routes: web.RouteDef, smtp_port: int = 0, imap_port: int = 0
    ) -> None:
        app = web.Application(client_max_size=LARGEST_UPLOAD)
        app.add_routes([*self.telegram.routes(), *self.feeds.routes(), *routes])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        await self.mail.start(smtp_port)
        await self.mailbox.start(imap_port)

    async def stop(self) -> None:
        """Cut every connection; what came stays to be looked at."""
        await self.telegram.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await self.mail.stop()
        await self.mailbox.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()
