"""Makes the text for one audience, in all its forms, from one sheet of facts. Pure.

The layouts live in ``templates/algemeen/<audience>.j2`` (whole text) and ``….chat.j2`` (chat),
what they share in ``templates/gedeeld/``, the words in TOML (see :mod:`briefings.library`). A
name that the sheet does not know is an error, never an empty place. Personal placeholders
(``%%LINK%%``) stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from jinja2 import Template

from briefings import moments, texts
from briefings.danger import is_danger_open, without_soothing
from briefings.library import SHARED, Library, Moment, TemplateMeta, library
from briefings.plaintext import chat_words, count_words, read_blocks, to_plain, words
from briefings.rows import BriefingKind
from briefings.settings import CityLine, unfit_for_parents
from contacts.directory import Audience
from contacts.texts import EXERCISE_SUBJECT

SUBJECT_LIMIT = 60
#: words of a chat text that fit the first screen of a phone; the rest is one tap away
CHAT_WORDS = 90
#: the heading above what is new in an update, in words
NEWS_HEADING = 7
#: (facts, unknowns) that a chat text tells, from the most on, until it fits
CHAT_ROOM = ((3, 3), (3, 2), (2, 2), (2, 1), (1, 1))
#: an update may leave out what is not known: its readers had that in the first text
UPDATE_ROOM = (*CHAT_ROOM, (1, 0))
_BLANKS = re.compile(r"\n{3,}")


class Form(StrEnum):
    """Which template tells it: the text of the audience itself, or a shared short one."""

    FULL = "full"
    HOLDING = "holding"
    NO_NEWS = "no_news"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    CLOSING = "closing"
    LOOK_BACK = "look_back"


#: the longest a shared form should be, in words; the holding version is short on purpose
SHORT_WORDS = {Form.HOLDING: 120}


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
    for_parents: str = ""

    @staticmethod
    def of(line: CityLine, today: date) -> CityLineView:
        verified = line.is_verified(today)
        said = texts.FOR_PARENTS if unfit_for_parents([line]) else line.for_parents
        return CityLineView(line.label, line.text, line.phone, line.link, verified, said)


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
    one. ``reported`` and ``done`` are for the closing message, and ``lapsed``: the updates that
    were promised and will not come. ``school_day`` is the next one, in words (*morgen*).
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
    sender: str
    is_exercise: bool
    lead_agency: str
    since: str = ""
    is_since_more: bool = False
    per_reader: Mapping[Audience, Mapping[str, Any]] = field(default_factory=dict)
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
    sent_before: Mapping[Audience, int] = field(default_factory=dict)
    lapsed: Mapping[Audience, datetime] = field(default_factory=dict)
    versions: Mapping[Audience, int] = field(default_factory=dict)
    moment: Moment = Moment.SCHOOL
    school_day: str = ""
    own_templates: Path | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text for one audience in all forms; ``words`` leaves out the standard parts.

    ``missing`` names what the set asks of the fact block and did not get.
    """

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
    missing: tuple[str, ...] = ()


def choose_form(kind: BriefingKind, *, confirmed: int, news: int, removed: int) -> Form:
    """Which form fits: nothing new is one line, nothing confirmed is the holding version."""
    by_kind = {
        BriefingKind.CORRECTION: Form.CORRECTION,
        BriefingKind.RETRACTION: Form.RETRACTION,
        BriefingKind.CLOSING: Form.CLOSING,
        BriefingKind.LOOK_BACK: Form.LOOK_BACK,
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
    shelf = library(sheet.own_templates)
    meta = shelf.metas(sheet.templates)[audience]
    own = sheet.form is Form.FULL
    values = _values(sheet, audience, shelf)
    html = tidy_html(_layout(shelf, sheet, audience, ".j2").render(values))
    blocks = read_blocks(html)
    return Rendered(
        audience=audience,
        template=f"{sheet.templates}/{audience}" if own else f"{SHARED}/{sheet.form}",
        template_version=meta.version,
        subject=subject_line(sheet),
        telegram=_chat_that_fits(_layout(shelf, sheet, audience, ".chat.j2"), values),
        html=html,
        plain=to_plain(blocks),
        words=count_words(blocks),
        min_words=meta.min_words if own else None,
        max_words=meta.max_words + _on_top(sheet, values) if own else SHORT_WORDS.get(sheet.form),
        missing=_missing(sheet, meta) if own else (),
    )


def _on_top(sheet: Sheet, values: Mapping[str, Any]) -> int:
    """Words that an update and an odd moment add to a text of the usual length."""
    added = [values["moment"], *(line.text for line in sheet.news)]
    if sheet.news:
        # Its lead is not the sentence that the usual length was measured with.
        added.append(sheet.lead)
    return sum(len(words(text)) for text in added) + (NEWS_HEADING if sheet.news else 0)


def _layout(shelf: Library, sheet: Sheet, audience: Audience, suffix: str) -> Template:
    if sheet.form is Form.FULL:
        return shelf.template(sheet.templates, audience, suffix)
    return shelf.environment.get_template(f"{SHARED}/{sheet.form}{suffix}")


def _chat_that_fits(layout: Template, values: dict[str, Any]) -> str:
    """With as many facts as the first screen holds; what is left out is one tap away."""
    text = ""
    for facts, unknowns in UPDATE_ROOM if values["news"] else CHAT_ROOM:
        text = _tidy_chat(layout.render(values | _chat_lines(values, facts, unknowns)))
        if chat_words(text) <= CHAT_WORDS:
            break
    return text


def _chat_lines(values: Mapping[str, Any], facts: int, unknowns: int) -> dict[str, Any]:
    news = values["news"][:facts]
    return {
        "chat_news": news,
        "more_news": len(values["news"]) - len(news),
        # What is new makes no sense without the first thing that was known.
        "chat_facts": values["confirmed"][: max(1, facts - len(news))],
        "unknown_short": ", ".join(_lowered(text) for text in values["unknown"][:unknowns]),
        "more_unknown": len(values["unknown"]) > unknowns,
        "chat_done": values["done"][: 2 * facts - 1],
    }


def _missing(sheet: Sheet, meta: TemplateMeta) -> tuple[str, ...]:
    """What the set needs and the fact block does not hold; news counts."""
    there = {
        "confirmed": sheet.confirmed or sheet.news,
        "measures": sheet.measures,
        "meaning": sheet.meaning,
        "tie": sheet.tie,
    }
    return tuple(name for name in meta.required if not there[name])


def subject_line(sheet: Sheet) -> str:
    """At most 60 characters, neutral: what it is about, never a label for people.

    The mail transport marks an exercise in front of it, so there is room for that.
    """
    room = SUBJECT_LIMIT - (len(EXERCISE_SUBJECT) if sheet.is_exercise else 0)
    candidates = [
        text.format(topic=sheet.topic, place=sheet.place, clock=moments.clock(_stand(sheet)))
        for text in texts.SUBJECTS[sheet.kind]
    ]
    fitting = [text for text in candidates if len(text) <= room]
    return fitting[0] if fitting else candidates[-1][:room]


def _stand(sheet: Sheet) -> datetime:
    """Until when it tells: of what follows a first text, the moment at which it was written."""
    return sheet.as_of if sheet.kind is BriefingKind.FIRST else max(sheet.as_of, sheet.now)


def _values(sheet: Sheet, audience: Audience, shelf: Library) -> dict[str, Any]:
    """The names that templates know, for this reader."""
    values: dict[str, Any] = {name: getattr(sheet, name) for name in Sheet.__dataclass_fields__}
    measures = [(m.is_new, m.for_reader(audience)) for m in sheet.measures]
    said = shelf.moment(sheet.templates, audience, sheet.moment)
    values |= {
        "audience": audience.value,
        "version": sheet.versions.get(audience, 1),
        "deel": without_soothing(shelf.part(sheet.templates, audience), is_open=_is_danger(sheet)),
        "moment": said.format(schooldag=sheet.school_day),
        "as_of": moments.moment(_stand(sheet)),
        "as_of_clock": moments.clock(_stand(sheet)),
        "now_text": moments.moment(sheet.now),
        "now_clock": moments.clock(sheet.now),
        "next_update": moments.moment(sheet.next_update_at),
        "sent_before": sheet.sent_before.get(audience, 0),
        "lapsed": moments.moment(sheet.lapsed[audience]) if audience in sheet.lapsed else "",
        "measures": [line for is_new, line in measures if not is_new],
        "new_measures": [line for is_new, line in measures if is_new],
        "news": list(sheet.news),
        "unconfirmed": list(sheet.unconfirmed),
        **sheet.per_reader.get(audience, {}),
    }
    return values


def _is_danger(sheet: Sheet) -> bool:
    facts = (*sheet.confirmed, *sheet.news, *sheet.right)
    told = [*(one.text for one in facts), *(one.text for one in sheet.measures)]
    unsure = [line.text for line in sheet.unconfirmed]
    return is_danger_open(sure=told, unsure=unsure, unknown=sheet.unknown)


def _lowered(text: str) -> str:
    """A sentence as part of another one: no capital, no full stop."""
    return (text[:1].lower() + text[1:]).rstrip(".")


def render_chat(name: str, own: Path | None = None, **values: Any) -> str:
    """A short chat text outside the seven."""
    return _tidy_chat(library(own).environment.get_template(name).render(**values))


def tidy_html(html: str) -> str:
    return "\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n"


def _tidy_chat(text: str) -> str:
    lines = "\n".join(re.sub(r" {2,}", " ", line).strip() for line in text.splitlines())
    return _BLANKS.sub("\n\n", lines).strip()
