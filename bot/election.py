"""Who holds which duty when several hosts work on one PostgreSQL: procrastinate decides.

A duty (to fetch updates, to send, …) is a job with a lock, so one host holds it, and a second
job that waits behind it. The rows of the outbox stay the truth; this only elects and rescues.
A host that dies keeps its jobs in *doing*: each host looks for those whose heartbeat is old and
marks them failed, and the job that waited begins elsewhere (docs/decisions.md, 49).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Sequence
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition, Status
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from bot.database import liveness
from bot.duties import Duty
from contacts.waiting import wait_for_event

log = logging.getLogger(__name__)

BEAT_S = 2.0
#: a host that gave no sign for so long is dead to the others
STALE_S = 6.0
LOOK_S = 1.0
#: a store that does not answer for so long is away at the moment
SILENT_S = 2.0
#: what a holder gets to finish with
FINISH_S = 3.0
TASK = "schakel.duty"


class Election:
    """Takes part for the duties of this process, for as long as it runs."""

    def __init__(self, url: str, duties: Sequence[Duty]) -> None:
        address = make_url(url).set(drivername="postgresql")
        self._conninfo = make_conninfo(
            address.render_as_string(hide_password=False),
            **liveness(address.query.get("options", "")),
        )
        self._duties = {duty.name: duty for duty in duties}
        #: the duties that this process holds at the moment
        self.held: set[str] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; a store that is away is waited for."""
        while not stop.is_set():
            try:
                await self._take_part(stop)
            except Exception as error:
                log.warning(
                    "The election failed: %s", type(error).__name__,
                    extra={"action": "election_failed"},
                )  # fmt: skip
                await wait_for_event(stop, LOOK_S)

    async def _take_part(self, stop: asyncio.Event) -> None:
        app = App(connector=PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=4))

        @app.task(name=TASK, pass_context=True)
        async def duty(context: JobContext, name: str) -> None:
            await self._hold(app, context, name, stop)

        async with app.open_async():
            await _make_schema(app)
            work = [
                asyncio.create_task(self._watch(app, stop)),
                asyncio.create_task(
                    app.run_worker_async(
                        queues=list(self._duties), concurrency=len(self._duties),
                        install_signal_handlers=False, fetch_job_polling_interval=LOOK_S,
                        update_heartbeat_interval=BEAT_S, stalled_worker_timeout=STALE_S * 2,
                        shutdown_graceful_timeout=FINISH_S + 1,
                        delete_jobs=DeleteJobCondition.ALWAYS,
                    )
                ),
                asyncio.create_task(stop.wait()),
            ]  # fmt: skip
            try:
                done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in work:
                    task.cancel()
                await asyncio.gather(*work, return_exceptions=True)

    async def _watch(self, app: App, stop: asyncio.Event) -> None:
        """Bury what is dead, and keep somebody waiting for each duty."""
        while not stop.is_set():
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALE_S):
                assert job.id is not None
                try:
                    await app.job_manager.finish_job_by_id_async(
                        job.id, status=Status.FAILED, delete_job=True
                    )
                except ConnectorException:
                    # Another host was first, and said so: these lines are counted.
                    continue
                log.warning("A holder is gone", extra={"action": "duty_rescued"})
            for name in self._duties:
                with contextlib.suppress(AlreadyEnqueued):
                    await app.configure_task(
                        TASK, lock=f"duty:{name}", queueing_lock=f"duty:{name}", queue=name
                    ).defer_async(name=name)
            await wait_for_event(stop, LOOK_S)

    async def _hold(self, app: App, context: JobContext, name: str, stop: asyncio.Event) -> None:
        """Do the duty until the house stops, or until others think that we are gone."""
        over = asyncio.Event()
        tenure = asyncio.ensure_future(self._duties[name].hold(over))
        self.held.add(name)
        log.info("Holding %s", name, extra={"action": "duty_held", "duty": name})
        try:
            await self._until_over(app, context, tenure, stop)
        finally:
            over.set()
            _, late = await asyncio.wait({tenure}, timeout=FINISH_S)
            for task in late:
                task.cancel()
            await asyncio.gather(tenure, return_exceptions=True)
            self.held.discard(name)
            log.info("Let go of %s", name, extra={"action": "duty_let_go", "duty": name})
        if not tenure.cancelled() and tenure.exception() is not None:
            log.error(
                "A duty failed: %s", type(tenure.exception()).__name__,
                extra={"action": "duty_failed", "duty": name},
            )  # fmt: skip
            await wait_for_event(stop, LOOK_S)

    async def _until_over(
        self, app: App, context: JobContext, tenure: asyncio.Future[None], stop: asyncio.Event
    ) -> None:
        loop = asyncio.get_running_loop()
        sure_at = loop.time()
        while not stop.is_set() and not tenure.done():
            try:
                assert context.job.id is not None
                status = await _answer_of(app.job_manager.get_job_status_async(context.job.id))
            except Exception:
                # The store is away: whoever can reach it may take over, so we may not go on.
                if loop.time() - sure_at > STALE_S:
                    return
            else:
                if status is not Status.DOING:
                    return
                sure_at = loop.time()
            looked = asyncio.ensure_future(wait_for_event(stop, LOOK_S))
            either: set[asyncio.Future[Any]] = {tenure, looked}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)


async def _answer_of(question: Awaitable[Status]) -> Status:
    """What the store says, soon.

    :raises TimeoutError: it is silent. The question is not waited for any more: to end it, too,
        the driver waits for the store.
    """
    asked = asyncio.ensure_future(question)
    done, _ = await asyncio.wait({asked}, timeout=SILENT_S)
    if done:
        return asked.result()
    asked.add_done_callback(lambda late: late.cancelled() or late.exception())
    asked.cancel()
    raise TimeoutError


async def _make_schema(app: App) -> None:
    """The engine's own tables, once. Not ours to migrate: they hold no truth."""
    found = await app.connector.execute_query_one_async(
        "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS there"
    )
    if found["there"]:
        return
    try:
        await app.schema_manager.apply_schema_async()
    except ConnectorException:
        # Another host made them at the same moment.
        await asyncio.sleep(LOOK_S)
