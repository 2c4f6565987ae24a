"""Texts on paper: the same words as on the page, as a tagged PDF of at most two pages."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from bot.console import printing_texts
from bot.console.pages import explain
from briefings.pdf import PdfUnavailable, Sheet, print_sheet

FONT = Path(__file__).parent / "static" / "vendor" / "noto-sans-latin.woff2"
#: a sheet takes a tenth of a second of work; the machine has other things to do
_ONE_AT_A_TIME = asyncio.Semaphore(1)


#: a sheet loads nothing, and stands in a frame on our own pages only
FRAMED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


async def send_pdf(request: Request, sheet: Sheet, *, name: str) -> Response:
    """The sheet as a file to keep, or a page that says why there is none.

    :param name: of the file, without the extension.
    """
    try:
        made = await printed(sheet)
    except PdfUnavailable:
        return explain(request, "no_pdf", status=503)
    return Response(
        made,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{file_name(sheet, name)}"',
            "Content-Security-Policy": FRAMED,
        },
    )


async def printed(sheet: Sheet) -> bytes:
    """The file, made beside everything else. :raises PdfUnavailable: this machine cannot."""
    async with _ONE_AT_A_TIME:
        return await asyncio.to_thread(_printed, sheet)


def file_name(sheet: Sheet, name: str) -> str:
    """With the extension; an exercise says so where the file ends up. Pure."""
    name = printing_texts.EXERCISE_FILE.format(name=name) if sheet.is_exercise else name
    return f"{name}.pdf"


def warm_up() -> bool:
    """Load what printing needs, so that the first reader does not wait a second for it.

    False on a machine that cannot print.
    """
    empty = Sheet(subject="", body="<p>.</p>", audience="", stand="", sender="", is_exercise=False)
    try:
        print_sheet(empty, font=FONT)
    except PdfUnavailable:
        return False
    return True


@lru_cache(maxsize=32)
def _printed(sheet: Sheet) -> bytes:
    """The whole school opens the same sheet on the same evening."""
    return print_sheet(sheet, font=FONT)
