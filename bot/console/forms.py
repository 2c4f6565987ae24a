"""Reads what a form sends: its own size limit, plain fields, nothing else."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from contacts.directory import LONGEST_ADDRESS

FORM_TYPE = "application/x-www-form-urlencoded"
UPLOAD_TYPE = "multipart/form-data"
#: a filled-in form is under 2 kB
MAX_BODY = 20_000
#: one answer to everybody who told the same names up to five hundred signals
MAX_FIELDS = 600
#: numbers beyond this are no number of a row in any database
MAX_ID = 2**31 - 1

Fields = Mapping[str, Sequence[str]]


class BadForm(ValueError):
    """Too large, or not a form of ours."""


async def read_fields(request: Request, *, limit: int = MAX_BODY) -> Fields:
    """All fields of a form, empty ones too; a file comes as base64. Kept in memory only.

    A NUL in a text becomes a space: nobody types one, and PostgreSQL keeps none.

    Files are read only where the limit is larger than an ordinary form needs.

    :raises BadForm: it is too large, has too many fields, or is something else.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == UPLOAD_TYPE and limit > MAX_BODY:
        return await _read_upload(request, limit)
    if kind != FORM_TYPE:
        raise BadForm("not a form")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BadForm("too large")
    try:
        found = parse_qs(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadForm("unreadable") from error
    return {name: [value.replace("\0", " ") for value in said] for name, said in found.items()}


async def _read_upload(request: Request, limit: int) -> Fields:
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > limit:
        raise BadForm("too large")
    MultiPartParser.spool_max_size = limit
    fields: dict[str, list[str]] = {}
    try:
        async with request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=limit) as form:
            for name, value in form.multi_items():
                text = (
                    value.replace("\0", " ")
                    if isinstance(value, str)
                    else base64.b64encode(await value.read()).decode()
                )
                fields.setdefault(name, []).append(text)
    except (HTTPException, MultiPartException) as error:
        raise BadForm("unreadable") from error
    return fields


def first(fields: Fields, name: str) -> str:
    """The value of a field that comes once; empty when it is missing."""
    values = fields.get(name, [""])
    return values[0].strip() if values else ""


def email(fields: Fields) -> str:
    """The address that a link is asked for.

    :raises BadForm: it is longer than any address can be.
    """
    address = first(fields, "e-mail").lower()
    if len(address) > LONGEST_ADDRESS:
        raise BadForm("no address")
    return address


def number(fields: Fields, name: str) -> int:
    """A field as a number.

    :raises ValueError: it is none, or one that no column can hold.
    """
    return as_number(first(fields, name))


def numbers(fields: Fields, name: str) -> list[int]:
    """A field that comes once for each choice, as numbers; an empty one is no choice.

    :raises ValueError: one of them is no number, or one that no column can hold.
    """
    return [as_number(value) for value in fields.get(name, ()) if value.strip()]


def as_number(said: str) -> int:
    """What stands in a field, as a number. Pure.

    :raises ValueError: it is none, or one that no column can hold.
    """
    found = int(said)
    if abs(found) > MAX_ID:
        # A larger one is an error of the database, and which one depends on the database.
        raise ValueError("larger than any number of ours")
    return found


def moment(fields: Fields, name: str) -> datetime:
    """A field with the seconds since 1970 as a moment.

    :raises ValueError: it is none.
    """
    try:
        return datetime.fromtimestamp(int(first(fields, name)), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("outside the calendar") from error
