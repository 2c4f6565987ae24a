"""Files go to Telegram once; every next chat gets them by the number that Telegram gave.

Noting the number comes after the message, so a crash in between costs one more upload and no
message. A number that Telegram does not know any more costs one, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import InputFile
from telegram.error import BadRequest

from bot.upload_rows import UploadedFile
from contacts.records import STORE_AWAY, Database

log = logging.getLogger(__name__)

#: parts of Telegram's description of a 400 by which a number is worth nothing any more
GONE = ("wrong file identifier", "wrong remote file", "wrong file_id", "file reference", "file_id")
KEEP = timedelta(days=30)
#: a key that begins so is a picture, which is looked at in the chat itself
PICTURE = "beeld/"
#: what a busy or absent store raises. Making a file reads other files too, and one of those that is
#: missing is missing for good: of the system's errors only a broken connection is the store's.
BUSY = (*(error for error in STORE_AWAY if error is not OSError), ConnectionError)


class NoDocument(Exception):
    """The file cannot be made: on this machine, or not any more."""


class NotNow(Exception):
    """The store did not answer before anything was sent: a next time it may."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file to upload. ``name`` with its extension."""

    name: str
    content: bytes
    mime: str


#: by the name of the file; raises :class:`NoDocument`
Maker = Callable[[str], Awaitable[Document]]
#: sends the message with this number or upload; returns Telegram's Message
Post = Callable[[str | InputFile], Awaitable[dict[str, Any]]]


class Uploads:
    """The files of one bot.

    :param bot: the number in front of its token.
    """

    def __init__(
        self, db: Database, bot: str, make: Maker, *, clock: Callable[[], datetime]
    ) -> None:
        self._db, self._bot, self._make, self._clock = db, bot, make, clock
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, key: str, post: Post) -> dict[str, Any]:
        """Post it by its number, or upload it while everybody else who wants it waits.

        :raises NoDocument: there is no such file.
        :raises NotNow: nothing was sent, and the same may be tried again.
        :raises telegram.error.TelegramError: as the sending does.
        """
        message = await self._by_number(key, post)
        if message is not None:
            return message
        async with self._turns[key]:
            # Somebody else may have been first.
            message = await self._by_number(key, post)
            return message if message is not None else await self._upload(key, post)

    async def _by_number(self, key: str, post: Post) -> dict[str, Any] | None:
        with _before_sending():
            async with self._db.read() as session:
                known = (await session.exec(self._which(key))).first()
        if known is None:
            return None
        try:
            return await post(known)
        except BadRequest as error:
            if not any(part in error.message.lower() for part in GONE):
                raise
        log.info("A file is gone at Telegram", extra={"action": "upload_gone"})
        with _before_sending():  # Telegram refused it
            async with self._db.begin() as session:
                await session.exec(
                    delete(UploadedFile).where(
                        col(UploadedFile.bot) == self._bot, col(UploadedFile.key) == key,
                        col(UploadedFile.file_id) == known,
                    )
                )  # fmt: skip
        return None

    async def _upload(self, key: str, post: Post) -> dict[str, Any]:
        with _before_sending():
            made = await self._made(key)
        message = await post(InputFile(made.content, made.name, attach=False))
        number = _number_in(message)
        if number:
            await self._note(key, number)
        return message

    async def _made(self, key: str) -> Document:
        """Whatever goes wrong while making, the words can go without the file."""
        try:
            return await self._make(key)
        except (NoDocument, *BUSY):
            raise
        except Exception as error:
            # Without its text: that may quote the file.
            log.error(
                "A file could not be made",
                extra={"action": "upload_unmade", "kind": type(error).__name__},
            )
            raise NoDocument(type(error).__name__) from error

    async def _note(self, key: str, number: str) -> None:
        """It arrived already, so nothing that goes wrong here may say otherwise."""
        try:
            async with self._db.begin() as session:
                if (await session.exec(self._which(key))).first() is None:
                    session.add(
                        UploadedFile(
                            bot=self._bot, key=key, file_id=number, uploaded_at=self._clock()
                        )
                    )
        except Exception as error:
            log.warning(
                "The number of a file was not noted",
                extra={"action": "upload_unnoted", "kind": type(error).__name__},
            )

    def _which(self, key: str) -> Any:
        return select(UploadedFile.file_id).where(
            col(UploadedFile.bot) == self._bot, col(UploadedFile.key) == key
        )


def _number_in(message: dict[str, Any]) -> str:
    """Of a picture Telegram keeps several sizes; the last is the largest."""
    uploaded = message.get("document") or (message.get("photo") or [{}])[-1]
    return str(uploaded.get("file_id") or "")


@contextmanager
def _before_sending() -> Iterator[None]:
    """In here nothing left yet, so what the store cannot do now is no uncertain sending."""
    try:
        yield
    except BUSY as error:
        raise NotNow(type(error).__name__) from error


async def forget_uploads(session: AsyncSession, *, now: datetime) -> int:
    """Drop the numbers of old files; whoever still asks for one gets it by upload."""
    dropped = await session.exec(
        delete(UploadedFile).where(col(UploadedFile.uploaded_at) < now - KEEP)
    )
    return dropped.rowcount
