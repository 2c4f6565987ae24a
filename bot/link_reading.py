"""Looks at the link that a coordinator sends, before the turn begins: no transaction is open."""

from __future__ import annotations

from datetime import datetime

from bot.config import Config
from bot.inbox import opened
from bot.rows import Conversation, IncomingUpdate, UpdateKind, UpdateStatus
from bot.speaking import Said, who_speaks
from contacts.permissions import Permission, may
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.pages import Page, read_page


class LinkReader:
    """Reads the page behind a bare link of somebody who may start an event."""

    def __init__(self, db: Database, config: Config, sealer: Sealer) -> None:
        self._db, self._config, self._sealer = db, config, sealer

    async def page_for(self, update_id: int, *, now: datetime) -> Page | None:
        """The page that this update points at; None where nobody asked for one."""
        link = await self._link_of(update_id)
        return None if link is None else await read_page(link, self._config.feeds, now=now)

    async def _link_of(self, update_id: int) -> str | None:
        async with self._db.read() as session:
            row = await session.get(IncomingUpdate, update_id)
            if row is None or row.kind is not UpdateKind.FORWARD or row.chat is None:
                return None
            talk = await session.get(Conversation, row.chat)
            if row.status is not UpdateStatus.NEW or talk is not None:
                return None
            said = Said(row.kind, None, None, None)
            actor = (await who_speaks(session, row.chat, said)).actor
            if actor is None or not may(actor, Permission.MANAGE_EVENT):
                return None
            payload = opened(self._sealer, row.payload)
        link = payload.get("link")
        return str(link) if link and not payload.get("text") else None
