"""Makes the files that go with messages, when somebody sends the first of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.config import Config
from bot.uploads import PICTURE, Document, Maker, NoDocument
from contacts.records import Database

MIME = "application/pdf"


def paper_maker(db: Database, config: Config, clock: Callable[[], datetime]) -> Maker:
    """By the keys of :class:`bot.console.paper.Paper` and :class:`bot.picture_drawing.Plate`."""

    async def make(key: str) -> Document:
        if key.startswith(PICTURE):
            from bot.picture_drawing import picture_maker

            return await picture_maker(db, clock)(key)
        # Only whoever asks for paper waits until these are loaded.
        from bot.console.paper import Paper, sheet_named
        from bot.console.printing import file_name, printed
        from bot.now import current_config
        from briefings.pdf import PdfUnavailable

        try:
            async with db.read() as session:
                sender = (await current_config(session, config)).briefings.sender
                sheet = await sheet_named(session, key, sender=sender, now=clock())
            name = file_name(sheet, f"informatie-{Paper.named(key).audience.value}")
            return Document(name, await printed(sheet), MIME)
        except (ValueError, PdfUnavailable) as error:
            raise NoDocument(type(error).__name__) from error

    return make
