"""Makes the text for one audience, in all its forms, from one sheet of facts. Pure.

The templates live in ``templates/<set>/<audience>.j2`` (whole text) and ``….chat.j2`` (chat),
what they share in ``templates/gedeeld/``. A name that the sheet does not know is an error,
never an empty place. Personal placeholders (``%%LINK%%``) stay as they are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import Field

from briefings import moments, texts
from briefings.plaintext import count_words, read_blocks, to_plain
from briefings.rows import BriefingKind
from briefings.settings import CityLine
from contacts.directory import Audience
from contacts.settings import Frozen
from contacts.texts import EXERCISE_SUBJECT

TEMPLATES = Path(__file__).parent / "templates"
SHARED = "gedeeld"
SUBJECT_LIMIT = 60
#: facts in the chat form; the rest is one tap away
CHAT_FACTS = 3
_BLANKS = re.compile(r"\n{3,}")


class Form(StrEnum):
    """Which template tells it: the text of the audience itself, or a shared short one."""

    FULL = "full"
    HOLDING = "holding"
    NO_NEWS = "no_news"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    CLOSING = "closing"


#: the longest a shared form should be, in words; the holding version is short on purpose
SHORT_WORDS = {Form.HOLDING: 120}


class TemplateMeta(Frozen):
    """One section of a set's ``meta.toml``. Lengths are in words."""

    audience: Audience
    min_words: int = Field(gt=0)
    max_words: int = Field(gt=0)
    version: str = Field(min_length=1, max_length=20)
    owner: str = Field(min_length=3, description="function that keeps the text")
    reviewed_on: date
    phrase: str = Field(min_length=10)
    holding_advice: str = Field(min_length=10)


@dataclass(frozen=True, slots=True)
class FactLine:
    """A sentence and its source (``politie, 17.50 uur``)."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure: for whom, where, from, until, decided by, and whether it applies to whom."""

    text: str
    for_whom: str
    where: str
    from_: str
    until: str
    decided_by: str
    applies_to: frozenset[Audience]
    is_new: bool = False

    def for_reader(self, audience: Audience) -> dict[str, str]:
        """As the templates print it, with *geldt voor u: ja/nee* for this reader."""
        return {
            "text": self.text,
            "for_whom": self.for_whom,
            "where": self.where,
            "from_": self.from_,
            "until": self.until,
            "decided_by": self.decided_by,
            "applies": texts.APPLIES[audience in self.applies_to],
        }


@dataclass(frozen=True, slots=True)
class CityLineView:
    """A configured line as printed; an unchecked one says so."""

    label: str
    text: str
    phone: str
    link: str
    verified: bool

    @staticmethod
    def of(line: CityLine, today: date) -> CityLineView:
        return CityLineView(line.label, line.text, line.phone, line.link, line.is_verified(today))


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source, named once."""

    name: str
    link: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the templates may use, edited once for all audiences.

    ``news`` and new measures are what was added since the version before; the other lists
    leave those out. ``right`` are the facts that a correction puts in the place of the wrong
    one. ``reported`` and ``done`` are for the closing message.
    """

    templates: str
    kind: BriefingKind
    form: Form
    title: str
    topic: str
    place: str
    as_of: datetime
    next_update_at: datetime
    now: datetime
    version: int
    sender: str
    is_exercise: bool
    second_reader: bool
    lead_agency: str
    since: str = ""
    lead: str = ""
    confirmed: tuple[FactLine, ...] = ()
    news: tuple[FactLine, ...] = ()
    unconfirmed: tuple[FactLine, ...] = ()
    denied: tuple[FactLine, ...] = ()
    unknown: tuple[str, ...] = ()
    measures: tuple[MeasureLine, ...] = ()
    right: tuple[FactLine, ...] = ()
    removed: int = 0
    tie: str = ""
    meaning: str = ""
    meaning_speaker: str = ""
    meldkaart: tuple[CityLineView, ...] = ()
    help_lines: tuple[CityLineView, ...] = ()
    contacts: tuple[CityLineView, ...] = ()
    checked_on: str = ""
    sources: tuple[SourceView, ...] = ()
    wrong: str = ""
    reported: str = ""
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    sent_before: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text for one audience in all forms; ``words`` leaves out the standard parts."""

    audience: Audience
    template: str
    template_version: str
    subject: str
    telegram: str
    html: str
    plain: str
    words: int
    min_words: int | None = None
    max_words: int | None = None


@cache
def template_meta(templates: str) -> Mapping[Audience, TemplateMeta]:
    """The metadata of a set, by audience; every audience has its section."""
    source = (TEMPLATES / templates / "meta.toml").read_text("utf-8")
    metas = [TemplateMeta.model_validate(meta) for meta in tomllib.loads(source).values()]
    return {meta.audience: meta for meta in metas}


def choose_form(kind: BriefingKind, *, confirmed: int, news: int, removed: int) -> Form:
    """Which form fits: nothing new is one line, nothing confirmed is the holding version."""
    by_kind = {
        BriefingKind.CORRECTION: Form.CORRECTION,
        BriefingKind.RETRACTION: Form.RETRACTION,
        BriefingKind.CLOSING: Form.CLOSING,
    }
    if kind in by_kind:
        return by_kind[kind]
    if kind is BriefingKind.UPDATE and not news and not removed:
        return Form.NO_NEWS
    return Form.FULL if confirmed else Form.HOLDING


def render_text(sheet: Sheet, audience: Audience) -> Rendered:
    """The text for one audience.

    :raises jinja2.UndefinedError: a template uses a field that does not exist.
    """
    meta = template_meta(sheet.templates)[audience]
    own = sheet.form is Form.FULL
    name = f"{sheet.templates}/{audience}" if own else f"{SHARED}/{sheet.form}"
    values = _values(sheet, audience, meta)
    html = _tidy_html(_environment().get_template(f"{name}.j2").render(values))
    blocks = read_blocks(html)
    return Rendered(
        audience=audience,
        template=name,
        template_version=meta.version,
        subject=subject_line(sheet),
        telegram=_tidy_chat(_environment().get_template(f"{name}.chat.j2").render(values)),
        html=html,
        plain=to_plain(blocks),
        words=count_words(blocks),
        min_words=meta.min_words if own else None,
        max_words=meta.max_words if own else SHORT_WORDS.get(sheet.form),
    )


def subject_line(sheet: Sheet) -> str:
    """At most 60 characters, neutral: what it is about, never a label for people.

    The mail transport marks an exercise in front of it, so there is room for that.
    """
    room = SUBJECT_LIMIT - (len(EXERCISE_SUBJECT) if sheet.is_exercise else 0)
    at = sheet.as_of if sheet.kind is BriefingKind.FIRST else sheet.now
    candidates = [
        text.format(topic=sheet.topic, place=sheet.place, clock=moments.clock(at))
        for text in texts.SUBJECTS[sheet.kind]
    ]
    fitting = [text for text in candidates if len(text) <= room]
    return fitting[0] if fitting else candidates[-1][:room]


def _values(sheet: Sheet, audience: Audience, meta: TemplateMeta) -> dict[str, Any]:
    """The names that templates know, for this reader."""
    values: dict[str, Any] = {name: getattr(sheet, name) for name in Sheet.__dataclass_fields__}
    measures = [(m.is_new, m.for_reader(audience)) for m in sheet.measures]
    values |= {
        "audience": audience.value,
        "phrase": meta.phrase,
        "holding_advice": meta.holding_advice,
        "as_of": moments.moment(sheet.as_of),
        "as_of_clock": moments.clock(sheet.as_of),
        "now_text": moments.moment(sheet.now),
        "now_clock": moments.clock(sheet.now),
        "next_update": moments.moment(sheet.next_update_at),
        "measures": [line for is_new, line in measures if not is_new],
        "new_measures": [line for is_new, line in measures if is_new],
        "unknown_short": ", ".join(_lowered(text) for text in sheet.unknown[:3]),
        "chat_room": max(0, CHAT_FACTS - len(sheet.news)),
        "news": list(sheet.news),
        "unconfirmed": list(sheet.unconfirmed),
    }
    return values


def _lowered(text: str) -> str:
    """A sentence as part of another one: no capital, no full stop."""
    return (text[:1].lower() + text[1:]).rstrip(".")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_chat(name: str, **values: Any) -> str:
    """A short chat text outside the seven."""
    return _tidy_chat(_environment().get_template(name).render(**values))


def render_mail(*, subject: str, body: str, extra: str, sender: str) -> str:
    """The mail around the HTML of a text; ``body`` and ``extra`` are HTML already."""
    template = _environment().get_template("mail.html.j2")
    return _tidy_html(
        template.render(subject=subject, body=_inline_styles(body), extra=extra, sender=sender)
    )


#: mail programs drop style sheets, so each block carries its own
_STYLES = {
    "h2": "font-size:18px;line-height:24px;margin:24px 0 4px",
    "p": "margin:0 0 12px",
    "ul": "margin:0 0 12px;padding-left:20px",
    "ol": "margin:0 0 12px;padding-left:20px",
    "cite": "font-style:normal;color:#4a4a4a",
}


def _inline_styles(html: str) -> str:
    for tag, style in _STYLES.items():
        html = html.replace(f"<{tag}>", f'<{tag} style="{style}">')
    return html


def _tidy_html(html: str) -> str:
    return "\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n"


def _tidy_chat(text: str) -> str:
    lines = "\n".join(re.sub(r" {2,}", " ", line).strip() for line in text.splitlines())
    return _BLANKS.sub("\n\n", lines).strip()
