"""A sheet of made-up facts for every set: to preview it, to check it, and for its golden text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from briefings import moments, texts
from briefings.event_kinds import EventKind, event_kinds, kind_of
from briefings.library import GENERAL, Example, ExampleFact, Moment, library
from briefings.render import (
    CityLineView,
    FactLine,
    Form,
    MeasureLine,
    Sheet,
    SourceView,
)
from briefings.rows import BriefingKind
from briefings.settings import BriefingSettings, CityLine
from contacts.directory import Audience
from contacts.local_time import AMSTERDAM
from feeds.rows import LeadAgency

#: a Tuesday evening: the first text has just been read, the next one is due at ten
NOW = datetime(2026, 3, 3, 18, 5, tzinfo=AMSTERDAM)
LATER = timedelta(hours=3, minutes=55)
LOOK_BACK = timedelta(weeks=4, hours=-3, minutes=-5)
#: what a small fact block holds: one confirmed sentence and two things not known
FEW_UNKNOWN = 2
_KINDS = {
    Form.FULL: BriefingKind.FIRST,
    Form.HOLDING: BriefingKind.FIRST,
    Form.NO_NEWS: BriefingKind.UPDATE,
    Form.CORRECTION: BriefingKind.CORRECTION,
    Form.RETRACTION: BriefingKind.RETRACTION,
    Form.CLOSING: BriefingKind.CLOSING,
    Form.LOOK_BACK: BriefingKind.LOOK_BACK,
}


def kind_of_set(name: str) -> tuple[str, EventKind]:
    """Lexicon id and section of the type that uses a set."""
    found = [(code, kind) for code, kind in event_kinds().items() if kind.templates == name]
    return found[0] if found else (GENERAL, kind_of(GENERAL))


def example_sheet(
    name: str,
    settings: BriefingSettings,
    form: Form = Form.FULL,
    *,
    rich: bool = True,
    is_update: bool = False,
    moment: Moment = Moment.SCHOOL,
) -> Sheet:
    """The set ``name`` with its example.

    ``rich``: everything a fact block can hold; else one confirmed sentence. ``is_update``: the
    full form with something new. No line of the city is made up: those are the settings' own.
    """
    example = library(settings.templates_dir).example(name)
    noun = kind_of_set(name)[1].noun
    place = example.plaats or texts.EXAMPLE_PLACE
    today = moments.local_date(NOW)
    sheet = Sheet(
        templates=name,
        kind=BriefingKind.UPDATE if is_update else _KINDS[form],
        form=form,
        title=f"{noun} {place}, {moments.day(today)}",
        topic=f"{noun[:1].lower()}{noun[1:]} {place}",
        place=place,
        as_of=NOW,
        next_update_at=NOW + (LOOK_BACK if form is Form.LOOK_BACK else LATER),
        now=NOW,
        versions=dict.fromkeys(
            Audience, 1 if form in {Form.FULL, Form.HOLDING} and not is_update else 2
        ),
        sender=settings.sender,
        is_exercise=False,
        lead_agency=texts.LEADS[LeadAgency.POLICE],
        since=moments.moment(NOW) if is_update or form not in {Form.FULL, Form.HOLDING} else "",
        meldkaart=_views(settings.meldkaart),
        help_lines=_views(settings.help_lines),
        contacts=_views([settings.contact_tonight, settings.contact_tomorrow]),
        moment=moment,
        school_day=texts.EXAMPLE_SCHOOL_DAY[moment],
        own_templates=settings.templates_dir,
    )
    told = _told(example, kind_of_set(name)[1].unknown, rich=rich)
    return replace(sheet, **(told | _by_form(example, form, is_update=is_update)))


def _told(example: Example, unknown: list[str], *, rich: bool) -> dict[str, Any]:
    lines = tuple(_line(fact) for fact in example.bevestigd)
    if not rich:
        return {
            "lead": lines[0].text,
            "confirmed": lines[:1],
            "unknown": tuple(unknown[:FEW_UNKNOWN]),
            "sources": (SourceView(_newsroom(lines[0]), ""),),
        }
    return {
        "lead": lines[0].text,
        "confirmed": lines,
        "unconfirmed": (_line(example.onbevestigd),),
        "denied": (_line(example.klopt_niet),),
        "unknown": tuple(unknown),
        "measures": (_measure(example),),
        "tie": example.band,
        "meaning": example.betekenis,
        "meaning_speaker": example.spreker,
        "sources": tuple(SourceView(name, "") for name in dict.fromkeys(map(_newsroom, lines))),
    }


def _by_form(example: Example, form: Form, *, is_update: bool) -> dict[str, Any]:
    """What only this form tells, and what it leaves out."""
    if is_update:
        first, new = _line(example.bevestigd[0]), _line(example.nieuw)
        return {"news": (new,), "lead": f"{new.text} {first.text}"}
    if form is Form.HOLDING:
        return {
            "lead": "",
            "confirmed": (),
            "denied": (),
            "measures": (),
            "unconfirmed": (_line(example.onbevestigd),),
        }
    if form is Form.CORRECTION:
        return {"right": (_line(example.nieuw),), "wrong": example.fout}
    if form is Form.RETRACTION:
        return {"wrong": example.fout}
    if form in {Form.CLOSING, Form.LOOK_BACK}:
        closes = form is Form.CLOSING
        return {
            "lapsed": dict.fromkeys(Audience, NOW + LATER) if closes else {},
            "reported": texts.EXAMPLE_REPORTED,
            "done": texts.EXAMPLE_DONE,
            "sent_before": dict.fromkeys(Audience, len(example.bevestigd)),
        }
    return {}


def _line(fact: ExampleFact) -> FactLine:
    return FactLine(fact.tekst, fact.bron)


def _newsroom(line: FactLine) -> str:
    return line.source.partition(",")[0]


def _measure(example: Example) -> MeasureLine:
    given = example.maatregel
    return MeasureLine(
        text=given.tekst,
        for_whom=given.voor_wie,
        where=given.waar,
        from_=given.vanaf,
        until=given.tot,
        decided_by=given.door,
        applies_to=frozenset(given.geldt_voor),
    )


def _views(lines: Iterable[CityLine]) -> tuple[CityLineView, ...]:
    return tuple(CityLineView.of(line, moments.local_date(NOW)) for line in lines)
