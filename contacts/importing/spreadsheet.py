"""A contact list as a spreadsheet (XLSX), in and out; the same columns as the CSV."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from contacts.cells import writable

#: a spreadsheet is a ZIP
MAGIC = b"PK\x03\x04"
#: what a list of 20,000 people unpacks to, and some room
MOST_BYTES = 200_000_000
MOST_ROWS, MOST_COLUMNS = 50_000, 60


class NoSpreadsheet(ValueError):
    """It cannot be read as one, or it is far larger than any list of a city."""


def read_cells(raw: bytes) -> list[tuple[int, list[str]]]:
    """(line number, cells) of the first sheet; empty lines are left out.

    :raises NoSpreadsheet: it is none.
    """
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise NoSpreadsheet("the extra `files` is not installed") from error
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
                raise NoSpreadsheet("too large")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_row=MOST_ROWS, max_col=MOST_COLUMNS)
        found = [(line, [_text(value) for value in row]) for line, row in enumerate(rows, 1)]
        book.close()
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError, TypeError,
        SyntaxError, OSError,
    ) as error:  # fmt: skip
        raise NoSpreadsheet(type(error).__name__) from error
    return [(line, cells) for line, cells in found if any(cells)]


def _text(value: Any) -> str:
    """A cell as somebody reads it: a telephone number is no fraction."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.strftime("%d-%m-%Y")
    return str(value)


def write_cells(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet with a header that stays in view; every cell is text, so nothing is a formula.

    Left to itself openpyxl takes what begins with = for one, and refuses control characters.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Contacten")
    sheet.freeze_panes = "A2"
    for row in (header, *rows):
        cells: list[Any] = [WriteOnlyCell(sheet, writable(said)) for said in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
