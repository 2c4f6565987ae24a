"""A list of contacts at the desk: a preview with an error per line, then the real thing."""

from __future__ import annotations

import base64
import binascii

from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, Visit
from contacts.importing import ImportResult, LineError, Reading, import_contacts, read_contacts
from contacts.permissions import Permission
from feeds.districts import districts

#: what a list of 10,000 people takes, and some room
LIMIT = 4_000_000


async def show_import(visit: Visit) -> Response:
    """``GET /contacten/inlezen``."""
    return visit.show("inlezen.html", result=None, errors=(), content="", error="")


async def preview(visit: Visit) -> Response:
    """``POST /contacten/inlezen``: what would happen; nothing is stored."""
    raw = _file(visit)
    if not raw:
        return visit.show(
            "inlezen.html", status=422, result=None, errors=(), content="", error=texts.NO_FILE
        )
    reading = _read(raw)
    result = await _store(visit, reading)
    # It was only a look: the guard takes back what an answer like this one wrote.
    return visit.show(
        "inlezen.html",
        status=200,
        result=result,
        errors=_errors(reading, result),
        content=base64.b64encode(raw).decode(),
        error="",
    )


async def bring_in(visit: Visit) -> Response:
    """``POST /contacten/inlezen/opslaan``: the lines that are right."""
    raw = _file(visit)
    if not raw:
        raise ValueError("no list")
    await _store(visit, _read(raw))
    return visit.back("/contacten", done="imported")


def _file(visit: Visit) -> bytes:
    try:
        return base64.b64decode(visit.text("bestand"), validate=True)
    except binascii.Error as error:
        raise ValueError("not a file of ours") from error


def _read(raw: bytes) -> Reading:
    return read_contacts(raw, {name.lower(): code for code, name in districts()})


async def _store(visit: Visit, reading: Reading) -> ImportResult:
    return await import_contacts(
        visit.session,
        reading,
        who=visit.actor.who,
        is_exercise=visit.actor.is_exercise,
        now=visit.now,
    )


def _errors(reading: Reading, result: ImportResult) -> list[LineError]:
    return sorted([*reading.errors, *result.errors], key=lambda error: error.line)


DOORS = (
    Door("/contacten/inlezen", show_import, Permission.MANAGE_CONTACTS),
    Door(
        "/contacten/inlezen", preview, Permission.MANAGE_CONTACTS, "POST",
        limit=LIMIT, keeps=False,
    ),
    Door(
        "/contacten/inlezen/opslaan", bring_in, Permission.MANAGE_CONTACTS, "POST", limit=LIMIT
    ),
)  # fmt: skip
