"""The printed form of a text: a tagged PDF of at most two pages.

Needs WeasyPrint (the extra ``pdf``) and the text layout libraries of the system; where one of
them is missing, :class:`PdfUnavailable` says so and everything else goes on without paper.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from briefings.library import TEMPLATES
from contacts.texts import EXERCISE


class Margins(NamedTuple):
    """Millimetres of a page without text."""

    top: float
    side: float
    bottom: float


MOST_PAGES = 2
#: points; the next smaller size is tried while the text needs more pages
SIZES = (11.0, 10.0, 9.0, 8.5)
#: the room left free on every page
MARGINS = Margins(top=18, side=18, bottom=20)
PX_PER_MM = 96 / 25.4
#: the name of the place where the text ends
END = "einde"
#: by this power of the size a text of short lines and lists takes room, measured on every set:
#: from 11 to 10 points it fills 0.89 to 0.90 of what it did
SHRINKS = 1.1
#: what may fit by so little is tried
SLACK = 1.01
#: of the letters of a sheet: plain and bold
WEIGHTS = (400, 700)
#: a file that a screen reader can follow (PDF/UA-1)
TAGGED = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}


class PdfUnavailable(Exception):
    """This machine cannot make a PDF."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed. ``body`` is HTML that was rendered with everything escaped.

    ``marks`` stand above the text, in a frame: a newer version, a draft. Everybody who makes a
    sheet says whether it ``is_exercise``: then every page carries the word, large and behind
    the text as well.
    """

    subject: str
    body: str
    audience: str
    stand: str
    sender: str
    is_exercise: bool
    marks: Sequence[str] = ()
    language: str = "nl"
    direction: str = "ltr"


def can_print() -> bool:
    """Whether :func:`print_sheet` works on this machine."""
    try:
        _weasyprint()
    except PdfUnavailable:
        return False
    return True


def print_sheet(sheet: Sheet, *, font: Path | None = None) -> bytes:
    """A PDF/UA file; takes about a tenth of a second, so call it off the event loop.

    :param font: a font file to embed; the machine's own sans-serif without it.
    :raises PdfUnavailable: WeasyPrint or one of its libraries is not there.
    """
    weasyprint = _weasyprint()
    template = _environment().get_template("pdf.html.j2")
    # Nothing is fetched while a text is printed: what it needs stands in it.
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    document: Any = None
    size: float | None = SIZES[0]
    while size is not None:
        html = template.render(
            sheet=sheet, size=size, faces=_faces(font), exercise=EXERCISE, watermark=_watermark(),
            margins=MARGINS, end=END,
        )  # fmt: skip
        document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(**TAGGED)
        fits = len(document.pages) <= MOST_PAGES
        size = None if fits else next_size(size, _filled(document.pages))
    written: bytes = document.write_pdf(**TAGGED)
    return written


def next_size(size: float, filled: float) -> float | None:
    """The size to try after this one filled too many pages; None when there is none smaller.

    Sizes at which it will not fit are passed over: each costs as long as the sheet itself. Pure.
    """
    smaller = [each for each in SIZES if each < size]
    if not smaller:
        return None
    may_fit = [each for each in smaller if filled * (each / size) ** SHRINKS <= MOST_PAGES * SLACK]
    return may_fit[0] if may_fit else smaller[-1]


def _filled(pages: Sequence[Any]) -> float:
    """How many pages the text fills, the last one in part."""
    last = pages[-1]
    y = last.anchors[END][1]
    top, bottom = MARGINS.top * PX_PER_MM, MARGINS.bottom * PX_PER_MM
    return float(len(pages) - 1 + max(0.0, y - top) / (last.height - top - bottom))


@cache
def _watermark() -> str:
    """The word across a page, as a picture: a screen reader hears it once, from the text."""
    drawn = _environment().get_template("watermerk.svg.j2").render(word=EXERCISE)
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"


@cache
def _faces(font: Path | None) -> tuple[tuple[int, str], ...]:
    """The weights of a sheet, each as a plain font, with its address.

    Unpacked and set to a weight once: WeasyPrint would do both for every sheet anew.
    """
    if font is None:
        return ()
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    found = []
    for weight in WEIGHTS:
        face = TTFont(font)
        if "fvar" in face:
            face = instantiateVariableFont(face, {"wght": weight})
        face.flavor = None
        written = BytesIO()
        face.save(written)
        found.append((weight, f"data:font/ttf;base64,{b64encode(written.getvalue()).decode()}"))
    return tuple(found)


@cache
def _weasyprint() -> Any:
    try:
        import weasyprint
        import weasyprint.urls
    except (ImportError, OSError) as error:
        raise PdfUnavailable(type(error).__name__) from error
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return weasyprint


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["css"] = in_css
    return environment


def in_css(text: str) -> Markup:
    """As a string of a style sheet, where the escapes of HTML would be seen. Pure."""
    written = "".join(c if c.isalnum() or c in " .,·-" else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{written}"')  # noqa: S704  (every other character is escaped just now)
