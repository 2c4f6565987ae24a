"""A list of contacts as a file: brought in, taken back, written again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlmodel import select

from contacts.importing import ImportResult, import_contacts, read_contacts
from contacts.importing.batches import latest_batch, undo_import
from contacts.importing.exporting import Kind, export_rows, write_rows
from contacts.journal import SYSTEM
from contacts.records import Database

HEAD = "organisatie;domein;naam;doelgroepen;rechten;e-mail;telefoon;groepen;functie\n"
LIST = (
    HEAD
    + "School A;onderwijs;Docent;docent vo;duider;d@a.example;026 1;Overleg;mentor\n"
    + "School A;onderwijs;Teamleider;schoolleiding;;t@a.example;;;\n"
    + "Moskee;maatschappelijk;Bestuur;religieus;;info@m.example;;;\n"
)


async def bring_in(db: Database, now: datetime, raw: bytes | str) -> ImportResult:
    reading = read_contacts(raw if isinstance(raw, bytes) else raw.encode())
    assert reading.errors == ()
    async with db.begin() as session:
        return await import_contacts(session, reading, who=SYSTEM, is_exercise=False, now=now)


async def written(db: Database, kind: Kind) -> bytes:
    async with db.read() as session:
        return write_rows(await export_rows(session, is_exercise=False), kind)


async def rows(db: Database, table: Any) -> list[Any]:
    async with db.read() as session:
        return list((await session.exec(select(table).order_by(*inspect(table).primary_key))).all())


async def take_back(db: Database, now: datetime) -> int:
    async with db.begin() as session:
        batch = await latest_batch(session, is_exercise=False)
        assert batch is not None
        return await undo_import(session, batch, who=SYSTEM, now=now)
