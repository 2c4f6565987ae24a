"""A list of contacts at the desk: a preview per line, the real thing, taking it back, and out."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Collection

from starlette.responses import Response

from bot.console import contact_texts, texts
from bot.console.doors import Door, Visit
from bot.console.key_telling import tell_holder
from contacts.directory import Person
from contacts.importing import ImportResult, LineError, Reading, import_contacts, read_contacts
from contacts.importing.batches import ImportBatch, latest_batch, undo_import
from contacts.importing.example import example_list
from contacts.importing.exporting import Kind, export_rows, kinds, write_rows
from contacts.importing.going import Going, what_goes
from contacts.journal import write_journal
from contacts.keys import KEYS, may_give_keys, other_holders
from contacts.permissions import Permission, may
from feeds.districts import city_name, districts

#: what a list of 10,000 people takes, and some room
LIMIT = 6_000_000
#: so many lines of a preview are shown; the counts are of all
SHOWN = 300
TYPES = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.VCARD: "text/vcard; charset=utf-8",
}


async def send_example(visit: Visit) -> Response:
    """``GET /contacten/voorbeeld.csv``: what a list looks like, with the wijken of this city."""
    name = f'attachment; filename="{contact_texts.EXAMPLE_FILE}.csv"'
    return Response(
        example_list(districts()),
        media_type=TYPES[Kind.CSV],
        headers={"Content-Disposition": name},
    )


async def show_import(visit: Visit) -> Response:
    """``GET /contacten/inlezen``."""
    return await _page(visit)


async def _page(
    visit: Visit,
    *,
    status: int = 200,
    result: ImportResult | None = None,
    errors: tuple[LineError, ...] = (),
    content: str = "",
    error: str = "",
    going: Going | None = None,
) -> Response:
    return visit.show(
        "inlezen.html", status=status, result=result, errors=errors, content=content,
        error=error, shown=SHOWN, kinds=kinds(), going=going, place=city_name(),
        batch=await latest_batch(visit.session, is_exercise=visit.actor.is_exercise)
        if result is None else None,
    )  # fmt: skip


async def preview(visit: Visit) -> Response:
    """``POST /contacten/inlezen``: what would happen, per line; nothing is stored."""
    raw = _file(visit)
    if not raw:
        return await _page(visit, status=422, error=texts.NO_FILE)
    reading = await _read(raw)
    result = await _store(visit, reading)
    # It was only a look: the guard takes back what an answer like this one wrote.
    content = base64.b64encode(raw).decode()
    return await _page(visit, result=result, errors=_errors(reading, result), content=content)


async def bring_in(visit: Visit) -> Response:
    """``POST /contacten/inlezen/opslaan``: the lines that are right."""
    raw = _file(visit)
    if not raw:
        raise ValueError("no list")
    await _store(visit, await _read(raw))
    return visit.back("/contacten/inlezen", done="imported")


async def take_back(visit: Visit) -> Response:
    """``POST /inlezen/{number}/terug``: the newest import, as a whole, after a second question."""
    batch = await visit.session.get(ImportBatch, visit.in_path())
    newest = await latest_batch(visit.session, is_exercise=visit.actor.is_exercise)
    if batch is None or newest is None or batch.id != newest.id:
        raise LookupError("not the newest import that can be taken back")
    going = await what_goes(visit.session, batch, asked_by=visit.actor.person_id)
    if not await may_give_keys(visit.session, visit.actor, going.everybody):
        return visit.back("/contacten/inlezen", done="not_your_list")
    if not going.may_go or visit.text("zeker") != "ja":
        return await _page(visit, status=200 if going.may_go else 422, going=going)
    had_keys = await other_holders(visit.session, visit.actor, going.staying)
    await undo_import(visit.session, batch, who=visit.actor.who, now=visit.now)
    await _tell_losers(visit, going, had_keys)
    return visit.back("/contacten/inlezen", done="import_undone")


async def _tell_losers(visit: Visit, going: Going, had_keys: Collection[int]) -> None:
    """Whoever could sign in hears, by the ways that are left, what went with the list."""
    rights = {person_id for person_id, role in going.lose_right if role in KEYS}
    for person_id in sorted(had_keys):
        person = await visit.session.get_one(Person, person_id)
        for lost, words in (
            (rights, contact_texts.KEY_RIGHT_BACK),
            (going.lose_address, contact_texts.KEY_TAKEN),
        ):
            if person_id in lost:
                await tell_holder(visit.session, person, words, now=visit.now)


async def take_out(visit: Visit) -> Response:
    """``POST /contacten/uitvoer``: the whole list as a file; that somebody did is journalled."""
    kind = Kind(visit.text("vorm"))
    rows = await export_rows(visit.session, is_exercise=visit.actor.is_exercise)
    write_journal(
        visit.session, who=visit.actor.who, action="contacts_exported", subject="person",
        detail={"count": len(rows), "kind": kind.value}, now=visit.now,
    )  # fmt: skip
    written = await asyncio.to_thread(write_rows, rows, kind)
    name = f'attachment; filename="contacten.{kind.value}"'
    return Response(written, media_type=TYPES[kind], headers={"Content-Disposition": name})


def _file(visit: Visit) -> bytes:
    try:
        return base64.b64decode(visit.text("bestand"), validate=True)
    except binascii.Error as error:
        raise ValueError("not a file of ours") from error


async def _read(raw: bytes) -> Reading:
    """Off the event loop: a spreadsheet of ten thousand lines takes seconds."""
    names = {name.lower(): code for code, name in districts()}
    return await asyncio.to_thread(read_contacts, raw, names)


async def _store(visit: Visit, reading: Reading) -> ImportResult:
    return await import_contacts(
        visit.session,
        reading,
        who=visit.actor.who,
        is_exercise=visit.actor.is_exercise,
        now=visit.now,
        gives_rights=may(visit.actor, Permission.MANAGE_SYSTEM),
    )


def _errors(reading: Reading, result: ImportResult) -> tuple[LineError, ...]:
    return tuple(sorted([*reading.errors, *result.errors], key=lambda error: error.line))


DOORS = (
    Door("/contacten/voorbeeld.csv", send_example, Permission.MANAGE_CONTACTS),
    Door("/contacten/inlezen", show_import, Permission.MANAGE_CONTACTS),
    Door(
        "/contacten/inlezen", preview, Permission.MANAGE_CONTACTS, "POST",
        limit=LIMIT, keeps=False,
    ),
    Door(
        "/contacten/inlezen/opslaan", bring_in, Permission.MANAGE_CONTACTS, "POST", limit=LIMIT
    ),
    Door("/inlezen/{number:int}/terug", take_back, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contacten/uitvoer", take_out, Permission.MANAGE_CONTACTS, "POST"),
)  # fmt: skip
