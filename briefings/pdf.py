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
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from briefings.library import TEMPLATES
from contacts.texts import EXERCISE

MOST_PAGES = 2
#: points; the next smaller size is tried while the text needs more pages
SIZES = (11.0, 10.0, 9.0, 8.5)
#: of the letters of a sheet: plain and bold
WEIGHTS = (400, 700)
#: a file that a screen reader can follow (PDF/UA-1)
TAGGED = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}
#: Debian's names of the libraries that WeasyPrint draws with
LIBRARIES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")


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
    for size in SIZES:
        html = template.render(
            sheet=sheet, size=size, faces=_faces(font), exercise=EXERCISE, watermark=_watermark()
        )
        page = weasyprint.HTML(string=html, url_fetcher=fetcher)
        document = page.render(**TAGGED)
        if len(document.pages) <= MOST_PAGES:
            break
    written: bytes = document.write_pdf(**TAGGED)
    return written


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
    return Markup(f'"{written}"')  # noqa: S704
