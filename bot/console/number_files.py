"""Numbers of a page as a CSV file that a Dutch spreadsheet opens by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from starlette.responses import Response

from bot.console import printing_texts
from bot.console.evaluation_texts import COLUMNS
from contacts.cells import guarded
from contacts.texts import EXERCISE


@dataclass(frozen=True, slots=True)
class Number:
    """One line: which part of the page, what is counted, the number as it may be shown, unit."""

    part: str
    what: str
    shown: str
    unit: str


def send_numbers(numbers: Sequence[Number], *, name: str, is_exercise: bool) -> Response:
    """The file, to keep. An exercise says so in its name and in its first line."""
    if is_exercise:
        name = printing_texts.EXERCISE_FILE.format(name=name)
    return Response(
        write_numbers(numbers, is_exercise=is_exercise),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def write_numbers(numbers: Sequence[Number], *, is_exercise: bool) -> bytes:
    """The bytes of the file. Pure."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    if is_exercise:
        writer.writerow([EXERCISE])
    writer.writerow(COLUMNS)
    writer.writerows([guarded(cell) for cell in astuple(number)] for number in numbers)
    # With its mark, or a spreadsheet reads é as Ã©.
    return target.getvalue().encode("utf-8-sig")
