"""The composition root: builds all parts of the running house and starts and stops them.

``schakel run`` and ``schakel demo`` use this same house; only the configuration differs.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from telegram import Bot

from bot.clock import utc_now
from bot.config import Config, load_sealer
from bot.database import open_store
from bot.duties import Duty, Office
from bot.exercise.nowhere import Played
from bot.listening import listen
from bot.mail_transport import MailTransport
from bot.migrating import migrate
from bot.paper_making import paper_maker
from bot.query_plans import QueryPlans
from bot.settling import quick_turns
from bot.tables import load_tables_in_turns
from bot.telegram_request import AiohttpRequest
from bot.telegram_transport import TelegramTransport
from bot.unsubscribing import Unsubscribing
from bot.uploads import Uploads
from briefings.came_due import came_due
from contacts.pump import Pump
from contacts.records import Database
from contacts.transport import Transport

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.routing import Route

    from bot.api.webhook_round import Webhooks
    from bot.console.serving import WebServer
    from bot.departments import Departments
    from bot.election import Election
    from bot.exercise.leading import Tools
    from bot.polling import Poller, Worker
    from bot.telegram_webhook import WebhookKeeper
    from feeds.fetching import Fetcher
    from feeds.polling import Watch

log = logging.getLogger(__name__)

STOP_LIMIT_S = 3.0
#: so long the rest waits for the first delivery, when a house starts and when it takes over
SENDING_FIRST_S = 3.0
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
        on_trouble: Callable[[str | None], None] | None = None,
    ) -> None:
        """:param on_trouble: hears of each change of what is wrong with Telegram."""
        self.config, self.clock, self.offices = config, clock, offices
        self._phones, self._on_trouble = phones, on_trouble
        self.sealer = load_sealer(config)
        self.db: Database = open_store(config.database.url)
        self.plans = QueryPlans(self.db)
        self.stop_event = asyncio.Event()
        self.requests = (AiohttpRequest(), AiohttpRequest())
        self.bot = Bot(
            token=config.telegram.token or "0:none",
            base_url=config.telegram.base_url,
            request=self.requests[0],
            get_updates_request=self.requests[1],
        )
        self.pump = self._build_pump()
        self.running: dict[str, asyncio.Task[None]] = {}
        self._departments: Departments | None = None
        #: where several hosts work; says what this process holds
        self.election: Election | None = None

    async def start(self) -> None:
        """Migrate, then start every loop and tick of this process, or stand for election.

        Sending goes first: after a restart people wait for it. Before that the address is
        taken, so that a house which was started twice by mistake touches nothing.
        """
        await migrate(self.config.database.url)
        is_alone = not self.config.database.several_hosts
        listener = None
        if is_alone and Office.WEB in self.offices:
            listener = listen(self.config.web.host, self.config.web.port)
        if is_alone and Office.WORKER in self.offices:
            self._loop("pump", self._hold_pump)
            # What waits in the outbox is on its way before the rest takes the processor.
            await self.pump.going(SENDING_FIRST_S)
        await self._open(listener)
        self._loop("names", self._follow_names)
        duties = [duty for duty in self.duties() if duty.office in self.offices]
        if is_alone:
            await self._settle()
        if Office.WEB in self.offices:
            await self.web.start()
        if is_alone:
            for duty in duties:
                if duty.name not in self.running:
                    self._loop(duty.name, duty.hold)
        elif duties:
            from bot.election import Election

            self.election = Election(self.config.database.url, duties)
            self._loop("election", self.election.run)
        log.info("Started", extra={"action": "started"})

    async def _open(self, listener: socket.socket | None) -> None:
        def load() -> Departments:
            from bot.departments import open_departments

            return open_departments(self, listener, self._phones)

        await load_tables_in_turns()
        with quick_turns():  # in a thread, so that what is being sent keeps its turns
            self._departments = await asyncio.to_thread(load)
        if self._on_trouble is not None:
            self.poller.on_trouble = self._on_trouble

    @property
    def _rest(self) -> Departments:
        if self._departments is None:
            raise RuntimeError("the house has not started")
        return self._departments

    @property
    def app(self) -> Starlette:
        return self._rest.app

    @property
    def web(self) -> WebServer:
        return self._rest.web

    @property
    def watch(self) -> Watch:
        return self._rest.watch

    @property
    def fetcher(self) -> Fetcher:
        return self._rest.fetcher

    @property
    def exercise_tools(self) -> Tools:
        return self._rest.exercise_tools

    @property
    def webhooks(self) -> Webhooks:
        return self._rest.webhooks

    @property
    def worker(self) -> Worker:
        return self._rest.worker

    @property
    def poller(self) -> Poller | WebhookKeeper:
        return self._rest.poller

    def duties(self) -> list[Duty]:
        """What one process at a time does. Without a token nobody reads Telegram."""
        reading = [
            Duty(name, Office.BOT, self._noted(self._after_sending(work)))
            for name, work in self._rest.reads().items()
        ]
        return [
            Duty("pump", Office.WORKER, self._noted(self._hold_pump)),
            *(reading if self.config.telegram.token else ()),
            Duty("ticks", Office.WORKER, self._after_sending(self._hold_ticks)),
        ]

    async def _settle(self) -> None:
        """Before the first round: the sources of the configuration, and everybody on time."""
        from bot import ticks
        from bot.watching import start_beats, tell_stood_still
        from feeds.polling import sync_sources

        async with self.db.begin() as session:
            await sync_sources(
                session, self.config.feeds, now=self.clock(), is_exercise=self.config.is_exercise
            )
            poller = ["poller"] if self.config.telegram.token else []
            names = [*poller, *self.rounds(), *(tick.name for tick in ticks.TICKS)]
            await start_beats(session, names, now=self.clock())
        await tell_stood_still(self, now=self.clock())

    async def _follow_names(self, stop: asyncio.Event) -> None:
        from bot.allowing import follow_names

        await follow_names(self.db, self.config.signals, stop)

    async def _hold_pump(self, stop: asyncio.Event) -> None:
        """Recover what a crash left behind and look at what came due meanwhile, then send."""
        # First, so that what was in hand when the house stopped is looked at as well.
        await self.pump.recover(now=self.clock())
        if await came_due(self.db, now=self.clock()):
            from bot.coming_due import before_sending  # most of the product with it

            await before_sending(self.db, self.clock())
        await self.pump.run(stop)

    async def _hold_ticks(self, stop: asyncio.Event) -> None:
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        from bot import ticks
        from bot.watching import keep_watch

        if self.config.database.several_hosts:
            await self._settle()
        scheduler = AsyncIOScheduler(timezone="UTC")
        ticks.add_ticks(scheduler, self)
        scheduler.start()
        try:
            await keep_watch(self, scheduler, stop)
        finally:
            # Also when the duty is taken away: another host has the ticks by then.
            scheduler.pause()
            await ticks.wait_for_ticks()
            scheduler.shutdown(wait=False)

    def _after_sending(self, work: Work) -> Work:
        """Whoever takes over everything from a dead host lets deliveries go on first."""
        if not self.config.database.several_hosts:
            return work

        async def later(stop: asyncio.Event) -> None:
            await self.pump.going(SENDING_FIRST_S)
            await work(stop)

        return later

    def _noted(self, work: Work) -> Work:
        """On several hosts each process writes down its own rounds, for whoever looks."""
        if not self.config.database.several_hosts:
            return work

        from bot.watching import note_own_rounds

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
        if self._departments is not None:
            await self._departments.close()
        await self.pump.close()
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

    def _build_pump(self) -> Pump:
        transports: list[Transport] = []
        if self.config.telegram.token:
            uploads = Uploads(
                self.db, self.config.telegram.token.partition(":")[0],
                paper_maker(self.db, self.config, self.clock), clock=self.clock,
            )  # fmt: skip
            transports.append(TelegramTransport(self.bot, self.clock, uploads))
        mail = self.config.mail
        if mail.host:
            transports.append(
                Played(
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
                        reads_answers=bool(mail.imap_host),
                        clock=self.clock,
                        connections=mail.connections,
                    )
                )
            )
        sending = self.config.sending
        if self.config.database.several_hosts:
            from bot.strangers import beside_guests

            rate = beside_guests(sending.telegram_per_s)
            sending = sending.model_copy(update={"telegram_per_s": rate})
        return Pump(
            self.db,
            transports,
            settings=sending,
            sealer=self.sealer,
            clock=self.clock,
            link_base=self.config.web.base_url,
            owner="house",
            departures=self.config.state_dir / "departures.run",
        )
