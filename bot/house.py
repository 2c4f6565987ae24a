"""The composition root: builds all parts of the running house and starts and stops them.

``schakel run`` and ``schakel demo`` use this same house; only the configuration differs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from starlette.routing import Route
from telegram import Bot

from bot import ticks
from bot.api.webhook_round import Webhooks
from bot.chat.render import render
from bot.clock import utc_now
from bot.config import Config, load_sealer
from bot.console.app import build_app
from bot.console.serving import WebServer
from bot.database import open_database
from bot.duties import Duty, Office
from bot.exercise.leading import Tools
from bot.mail_transport import MailTransport
from bot.migrating import migrate
from bot.polling import Poller, StrangerDesk, Worker
from bot.telegram_request import AiohttpRequest
from bot.telegram_transport import TelegramTransport
from bot.telegram_webhook import PATH, WebhookDoor, WebhookKeeper
from bot.unsubscribing import Unsubscribing
from bot.watching import note_own_rounds, start_beats
from contacts.pump import Pump
from contacts.records import Database
from contacts.transport import Transport
from feeds.fetching import Fetcher
from feeds.polling import Watch, sync_sources
from signals.person_filter import screen

if TYPE_CHECKING:
    from bot.election import Election

log = logging.getLogger(__name__)

STOP_LIMIT_S = 3.0
Clock = Callable[[], datetime]
Work = Callable[[asyncio.Event], Awaitable[None]]


class House:
    """All parts of one installation, running in one process."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock = utc_now,
        phones: Sequence[Route] = (),
        offices: Collection[Office] = frozenset(Office),
    ) -> None:
        self.config, self.clock, self.offices = config, clock, offices
        self.sealer = load_sealer(config)
        self.db: Database = open_database(config.database.url)
        self.stop_event = asyncio.Event()
        self.requests = (AiohttpRequest(), AiohttpRequest())
        self.bot = Bot(
            token=config.telegram.token or "0:none",
            base_url=config.telegram.base_url,
            request=self.requests[0],
            get_updates_request=self.requests[1],
        )
        desk = StrangerDesk(self.bot, render("stranger.txt", settings=config.briefings))
        self.door = WebhookDoor(
            self.db, self.sealer, self._screen, desk, clock=clock, on_new=self._wake_worker
        )
        self.app = build_app(
            self.db,
            config,
            self.sealer,
            clock,
            on_change=self._wake,
            phones=phones,
            doors=[self.door.route()] if config.telegram.webhook else (),
        )
        self.web = WebServer(
            self.app,
            host=config.web.host,
            port=config.web.port,
        )
        self.fetcher = Fetcher(config.feeds)
        self.watch = Watch(self.db, self.fetcher, config.feeds, clock=clock)
        self.exercise_tools = Tools(self.db, self.watch, self.sealer, config.signals)
        self.webhooks = Webhooks(
            self.db, config.webhooks, self.sealer, clock, is_exercise=config.is_exercise
        )
        self.pump = self._build_pump()
        self.worker = Worker(
            self.db, self.bot, config, self.sealer, clock=clock, on_done=self.pump.wake
        )
        self.poller = self._build_poller(desk)
        self.running: dict[str, asyncio.Task[None]] = {}
        #: where several hosts work; says what this process holds
        self.election: Election | None = None

    async def start(self) -> None:
        """Migrate, then start every loop and tick of this process, or stand for election."""
        await migrate(self.config.database.url)
        duties = [duty for duty in self.duties() if duty.office in self.offices]
        is_alone = not self.config.database.several_hosts
        if is_alone:
            await self._settle()
        if Office.WEB in self.offices:
            await self.web.start()
        if is_alone:
            for duty in duties:
                self._loop(duty.name, duty.hold)
        elif duties:
            from bot.election import Election

            self.election = Election(self.config.database.url, duties)
            self._loop("election", self.election.run)
        log.info("Started", extra={"action": "started"})

    def duties(self) -> list[Duty]:
        """What one process at a time does. Without a token nobody reads Telegram."""
        reading = [
            Duty("poller", Office.BOT, self._noted(self.poller.run)),
            Duty("worker", Office.BOT, self._noted(self.worker.run)),
        ]
        return [
            Duty("pump", Office.WORKER, self._noted(self._hold_pump)),
            *(reading if self.config.telegram.token else ()),
            Duty("ticks", Office.WORKER, self._hold_ticks),
        ]

    async def _settle(self) -> None:
        """Before the first round: the sources of the configuration, and everybody on time."""
        async with self.db.begin() as session:
            await sync_sources(
                session, self.config.feeds, now=self.clock(), is_exercise=self.config.is_exercise
            )
            poller = ["poller"] if self.config.telegram.token else []
            names = [*poller, *self.rounds(), *(tick.name for tick in ticks.TICKS)]
            await start_beats(session, names, now=self.clock())

    async def _hold_pump(self, stop: asyncio.Event) -> None:
        """Recover what a crash left behind, then send."""
        await self.pump.recover(now=self.clock())
        await self.pump.run(stop)

    async def _hold_ticks(self, stop: asyncio.Event) -> None:
        if self.config.database.several_hosts:
            await self._settle()
        self.scheduler = AsyncIOScheduler(timezone="UTC")
        for tick in ticks.TICKS:
            self.scheduler.add_job(
                ticks.run_tick,
                "interval",
                args=[self, tick],
                id=tick.name,
                seconds=tick.seconds(self.config.ticks),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=self.clock(),
            )
        self.scheduler.start()
        await stop.wait()
        self.scheduler.pause()
        await ticks.wait_for_ticks()
        self.scheduler.shutdown(wait=False)

    def _noted(self, work: Work) -> Work:
        """On several hosts each process writes down its own rounds, for whoever looks."""
        if not self.config.database.several_hosts:
            return work

        async def noted(stop: asyncio.Event) -> None:
            noting = asyncio.create_task(note_own_rounds(self, stop))
            try:
                await work(stop)
            finally:
                noting.cancel()

        return noted

    def rounds(self) -> dict[str, datetime | None]:
        """When each loop of this process last turned, by the name of its heartbeat."""
        reading = {"worker": self.worker.round_at} if self.config.telegram.token else {}
        return {**self.pump.rounds(), **reading}

    async def stop(self) -> None:
        """Stop taking work, finish what is in hand within seconds, then close."""
        self.stop_event.set()
        if self.running:
            _, late = await asyncio.wait(self.running.values(), timeout=STOP_LIMIT_S)
            for task in late:
                # What was being sent stays in *sending* and is recovered as unknown.
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.app.state.live.close()
        await self.web.stop()
        await self.pump.close()
        await self.fetcher.close()
        for request in self.requests:
            await request.shutdown()
        await self.db.close()
        log.info("Stopped", extra={"action": "stopped"})

    async def run_until_stopped(self) -> None:
        """Return when asked to stop, or raise what ended a loop."""
        waiting = asyncio.create_task(self.stop_event.wait())
        await asyncio.wait({waiting, *self.running.values()}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in self.running.values():
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise error

    def _loop(self, name: str, work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        async def loop() -> None:
            await work(self.stop_event)

        self.running[name] = asyncio.create_task(loop(), name=name)

    def _wake(self) -> None:
        self.pump.wake()

    def _wake_worker(self) -> None:
        self.worker.wake()

    def _screen(self, text: str) -> Any:
        return screen(text, self.config.signals.allow)

    def _build_poller(self, desk: StrangerDesk) -> Poller | WebhookKeeper:
        if self.config.telegram.webhook:
            address = f"{self.config.web.base_url.rstrip('/')}{PATH}"
            return WebhookKeeper(self.bot, address, self.door.secret, clock=self.clock)
        return Poller(
            self.db,
            self.bot,
            self._screen,
            self.sealer,
            desk,
            clock=self.clock,
            timeout_s=self.config.telegram.poll_timeout_s,
            on_new=self._wake_worker,
        )

    def _build_pump(self) -> Pump:
        transports: list[Transport] = []
        if self.config.telegram.token:
            transports.append(TelegramTransport(self.bot, clock=self.clock))
        mail = self.config.mail
        if mail.host:
            transports.append(
                MailTransport(
                    host=mail.host,
                    port=mail.port,
                    tls=mail.tls,
                    user=mail.user,
                    password=mail.password,
                    from_address=mail.from_address,
                    from_name=self.config.briefings.sender,
                    reply_address=mail.reply_address,
                    verp_key=self.sealer.derive("verp"),
                    unsubscribing=Unsubscribing(
                        self.config.web.base_url, self.sealer.derive("unsubscribe")
                    ),
                    clock=self.clock,
                    connections=mail.connections,
                )
            )
        return Pump(
            self.db,
            transports,
            settings=self.config.sending,
            sealer=self.sealer,
            clock=self.clock,
            link_base=self.config.web.base_url,
            owner="house",
        )
