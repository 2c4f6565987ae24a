"""Fills a store with contacts and puts one message to all of them in the outbox.

``python -m bot.bench.plan_process fill|post`` in a process of its own, so that what it costs is
its own; it reads the store, the number and the channel as one JSON object from standard input
and prints what it took as another.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.bench import bench_texts as texts
from bot.bench.filling import keep
from bot.bench.made_up import Amounts, events, organisations, people
from bot.bench.processes import used
from bot.clock import utc_now
from bot.database import open_database
from bot.migrating import holds_tables, migrate, on_connection
from briefings.messages import buttons
from contacts.bulk import plan_deliveries
from contacts.directory import Channel, ChannelKind, ChannelStatus, Person, Role, RoleGrant
from contacts.messages import store_message
from contacts.outbox import Content, EmailForm, MessageKind, TelegramForm
from contacts.records import Database
from contacts.sending import Recipient

AT_ONCE = 5_000
#: chats of the made-up contacts start here; the coordinator's is this one
FIRST_CHAT = 10**9


class NotEmpty(Exception):
    """The store holds contacts already; measuring in it would mix made-up people with real ones."""


def address_of(number: int, kind: ChannelKind) -> str:
    """Of a made-up contact; the coordinator is number 0."""
    if kind is ChannelKind.EMAIL:
        return f"p{number}@voorbeeld.example"
    return str(FIRST_CHAT + number)


async def fill(url: str, contacts: int, kind: ChannelKind) -> None:
    """Organisations, people and one channel each, one running event, and a coordinator.

    :raises NotEmpty: somebody is in there.
    """
    # Before anything changes: a real store that is full may be of another version, too.
    if await holds_tables(url) and await on_connection(url, _is_filled):
        raise NotEmpty
    await migrate(url)
    now = utc_now()
    amounts = Amounts(contacts=contacts, events=1, deliveries=0, users=0)
    db = open_database(url)
    try:
        async with db.begin() as session:
            await keep(session, organisations(amounts, now))
            await keep(session, people(amounts, now))
            await keep(session, (_channel(n, n, kind, now) for n in range(1, contacts + 1)))
            await keep(session, events(amounts, now))
            await _add_coordinator(session, contacts + 1, kind, now)
    finally:
        await db.close()


def _is_filled(connection: Connection) -> bool:
    return connection.exec_driver_sql("SELECT id FROM person LIMIT 1").first() is not None


def _channel(person: int, number: int, kind: ChannelKind, now: datetime) -> Channel:
    return Channel(
        person_id=person, kind=kind, address=address_of(number, kind), rank=1,
        status=ChannelStatus.ACTIVE, created_at=now,
    )  # fmt: skip


async def _add_coordinator(
    session: AsyncSession, person: int, kind: ChannelKind, now: datetime
) -> None:
    """Somebody must hear of what went wrong, or nobody is told and nothing is measured."""
    session.add(
        Person(id=person, organisation_id=1, name=texts.COORDINATOR, audiences=[], created_at=now)
    )
    await session.flush()
    session.add(_channel(person, 0, kind, now))
    session.add(RoleGrant(person_id=person, role=Role.COORDINATOR, granted_at=now))


async def post_to_all(url: str, contacts: int, kind: ChannelKind) -> dict[str, Any]:
    """One briefing to everybody, in the one transaction that decides to send."""
    db = open_database(url)
    try:
        began = time.monotonic()
        planned = await _post(db, contacts, kind)
        took = time.monotonic() - began
    finally:
        await db.close()
    return {"began": began, "plan_s": took, "planned": planned}


async def _post(db: Database, contacts: int, kind: ChannelKind) -> int:
    async with db.begin() as session:
        now = utc_now()
        message = await store_message(
            session, kind=MessageKind.BRIEFING, content=_content(kind), event_id=1, briefing_id=1,
            now=now,
        )  # fmt: skip
        to = _recipients(session, contacts, kind)
        return await plan_deliveries(session, message, to, now=now)


async def _recipients(
    session: AsyncSession, contacts: int, kind: ChannelKind
) -> AsyncIterator[Recipient]:
    """The made-up people with their channels, a few at a time."""
    for start in range(1, contacts + 1, AT_ONCE):
        found = await session.exec(
            select(Channel.address, Channel.person_id, Person.organisation_id)
            .join(Person, col(Person.id) == col(Channel.person_id))
            .where(
                col(Channel.person_id) >= start,
                col(Channel.person_id) < min(start + AT_ONCE, contacts + 1),
            )
            .order_by(col(Channel.person_id))
        )
        for address, person_id, organisation_id in found.all():
            yield Recipient(kind, address, person_id, organisation_id)


def _content(kind: ChannelKind) -> Content:
    """A text of the size of a real one, with the real buttons and a link of one's own."""
    if kind is ChannelKind.EMAIL:
        body = f"{texts.MESSAGE_BODY}\n\n%%LINK%%\n"
        return Content(email=EmailForm(texts.MESSAGE_TITLE, body, f"<p>{body}</p>"))
    text = f"{texts.MESSAGE_TITLE}\n\n{texts.MESSAGE_BODY}"
    return Content(telegram=TelegramForm(text, buttons=buttons(1, 1)))


async def main(act: str) -> None:
    asked = json.loads(sys.stdin.readline())
    kind = ChannelKind(asked["kind"])
    done: dict[str, Any] = {}
    if act == "fill":
        try:
            await fill(asked["url"], asked["contacts"], kind)
        except NotEmpty:
            done["refused"] = True
    else:
        done = await post_to_all(asked["url"], asked["contacts"], kind)
    cpu_s, rss_mb = used(os.getpid())
    done.update(cpu_s=cpu_s, rss_mb=rss_mb)
    print(json.dumps(done))  # noqa: T201  (whoever measures reads it)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
