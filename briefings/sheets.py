"""Makes the sheet that all texts of a version are rendered from. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from briefings import moments, texts
from briefings.capitals import with_capital
from briefings.event_kinds import kind_of
from briefings.facts import FactView
from briefings.lint_rules import lint_rules
from briefings.render import (
    CityLineView,
    FactLine,
    Form,
    MeasureLine,
    Sheet,
    SourceView,
    choose_form,
)
from briefings.rows import Briefing, BriefingKind, Fact, covered
from briefings.settings import BriefingSettings, CityLine
from contacts.directory import Audience
from feeds.rows import Event, LeadAgency


@dataclass(frozen=True, slots=True)
class History:
    """What was said before this version.

    ``before``: the version that this one follows, or the wrong one for a correction.
    ``begun``: when a correction was begun. ``carried``: when each text that held what it puts
    right went out; ``named``: when each audience was sent those of them that were for it.
    ``removed``: sentences taken out since ``before``.
    ``sent``: how many versions each audience got.
    ``promised``: the update that readers still wait for.
    """

    before: Briefing | None = None
    begun: datetime | None = None
    carried: tuple[datetime, ...] = ()
    named: Mapping[Audience, tuple[datetime, ...]] = field(default_factory=dict)
    removed: int = 0
    sent: Mapping[Audience, int] = field(default_factory=dict)
    promised: Mapping[Audience, datetime] = field(default_factory=dict)

    def is_news(self, fact: Fact) -> bool:
        """Whether the version before was drafted without this sentence."""
        return self.before is not None and fact.created_at > self.before.edited_at

    def is_right(self, fact: Fact) -> bool:
        """Whether this sentence can stand in the place of the wrong one: what was written before
        the correction was begun, was about something else."""
        return self.begun is not None and fact.created_at > self.begun

    @property
    def since(self) -> str:
        """The moment of the version before, or those of every text that was wrong."""
        if self.before is None:
            return ""
        return moments.several(self.carried or (told_at(self.before),))


def numbers_for(earlier: Sequence[Briefing]) -> dict[Audience, int]:
    """Which text each audience gets after these, as its readers count: what was withdrawn, called
    off or approved for others never reached them. Pure.

    :param earlier: versions that went out, or are approved to.
    """
    told = Counter(audience for version in earlier for audience in covered(version))
    return {audience: told[audience] + 1 for audience in Audience}


def told_at(version: Briefing) -> datetime:
    return version.distributed_at or version.approved_at or version.edited_at


@dataclass(frozen=True, slots=True)
class Closing:
    """What the closing message tells: what was reported, and what was done with it."""

    reported: str = ""
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()


def make_sheet(
    event: Event,
    view: FactView,
    settings: BriefingSettings,
    *,
    kind: BriefingKind,
    versions: Mapping[Audience, int],
    history: History,
    closing: Closing,
    wrong: str,
    now: datetime,
    told_as: str | None = None,
    meets_at: datetime | None = None,
) -> Sheet:
    """Everything the templates print, for one version.

    In an update what is new is taken out of the other lists, so that no reader gets a
    sentence twice; in a correction the sentences of after its beginning are the right ones.
    """
    is_apart = history.is_right if kind is BriefingKind.CORRECTION else history.is_news
    fresh = [fact for fact in (*_told(view), *view.measures) if is_apart(fact)]
    form = choose_form(
        kind, confirmed=len(view.confirmed), news=len(fresh), removed=history.removed
    )
    place = event.place or settings.city
    moment, school_day = moments.school_moment(settings, now=now)
    sheet = Sheet(
        templates=kind_of(told_as or event.type).templates,
        kind=kind,
        form=form,
        title=view.block.neutral_title,
        topic=_topic(event, place),
        place=place,
        as_of=view.block.as_of,
        next_update_at=meets_at or view.block.next_update_at,
        now=now,
        versions=versions,
        sender=settings.sender,
        is_exercise=event.is_exercise,
        lead_agency=texts.LEADS[event.lead_agency or LeadAgency.UNKNOWN],
        since=history.since,
        is_since_more=moments.are_more(history.carried),
        per_reader={
            audience: {"since": moments.several(ats), "is_since_more": moments.are_more(ats)}
            for audience, ats in history.named.items()
            if ats
        },
        removed=history.removed if kind is BriefingKind.UPDATE else 0,
        wrong=wrong.strip().rstrip("."),
        reported=closing.reported,
        done=closing.done,
        not_done=closing.not_done,
        sent_before=history.sent,
        lapsed=history.promised if kind is BriefingKind.CLOSING else {},
        moment=moment,
        school_day=school_day,
        own_templates=settings.templates_dir,
    )
    apart = {fact.id for fact in fresh} if _sets_apart(form, kind) else set()
    return _with_city(_with_facts(sheet, view, apart, now), settings, now)


def _told(view: FactView) -> list[Fact]:
    return [*view.confirmed, *view.unconfirmed, *view.denied]


def _with_facts(sheet: Sheet, view: FactView, apart: set[int | None], now: datetime) -> Sheet:
    """The sentences, those in ``apart`` on their own: as news, or as what is right."""
    is_update = sheet.kind is BriefingKind.UPDATE
    told = _told(view)
    alone = tuple(_line(fact, now) for fact in told if fact.id in apart)
    sure = {fact.id for fact in (*view.confirmed, *view.denied)}
    right = [fact for fact in told if fact.id in apart & sure]
    # What replaces the wrong sentence was typed last.
    right.sort(key=lambda fact: (fact.created_at, fact.id or 0), reverse=True)
    return replace(
        sheet,
        lead=_lead(view, apart if is_update else set()),
        confirmed=_lines(view.confirmed, apart, now),
        unconfirmed=_lines(view.unconfirmed, apart if is_update else set(), now),
        denied=_lines(view.denied, apart, now),
        unknown=tuple(with_capital(fact.text) for fact in view.unknown),
        measures=tuple(
            _measure(fact, is_new=is_update and fact.id in apart) for fact in view.measures
        ),
        news=alone if is_update else (),
        right=_lines(right, set(), now) if sheet.kind is BriefingKind.CORRECTION else (),
        tie=view.block.local_tie or "",
        # Words without who said them are nobody's.
        meaning=(view.block.meaning or "") if view.block.meaning_speaker else "",
        meaning_speaker=view.block.meaning_speaker or "",
        sources=_sources([*told, *view.measures]),
    )


def _lead(view: FactView, news: set[int | None]) -> str:
    """What *In het kort* begins with: what is new and sure, then what was known first.

    What follows in that paragraph is about the event, so an update cannot do without the second.
    Where only something unsure is new, that is said in front.
    """
    known = with_capital(view.confirmed[0].text) if view.confirmed else ""
    if not news:
        return known
    sure = (*view.confirmed, *view.denied, *view.measures)
    new = next((with_capital(fact.text) for fact in sure if fact.id in news), texts.NEWS_UNSURE)
    return f"{new} {known}".rstrip() if new != known else known


def _with_city(sheet: Sheet, settings: BriefingSettings, now: datetime) -> Sheet:
    """The lines of the city, each with whether it was checked."""
    today = moments.local_date(now)

    def views(lines: Iterable[CityLine]) -> tuple[CityLineView, ...]:
        return tuple(CityLineView.of(line, today) for line in lines)

    return replace(
        sheet,
        meldkaart=views(settings.meldkaart),
        help_lines=views(settings.help_lines),
        contacts=views([settings.contact_tonight, settings.contact_tomorrow]),
        checked_on=_checked_on([*settings.meldkaart, *settings.help_lines], now),
    )


def _sets_apart(form: Form, kind: BriefingKind) -> bool:
    return kind in {BriefingKind.UPDATE, BriefingKind.CORRECTION} and form is not Form.NO_NEWS


def _topic(event: Event, place: str) -> str:
    """Type and place for a subject line; the date would not fit."""
    noun = kind_of(event.type).noun
    return f"{noun[:1].lower()}{noun[1:]} {place}"


def _lines(facts: Iterable[Fact], apart: set[int | None], now: datetime) -> tuple[FactLine, ...]:
    return tuple(_line(fact, now) for fact in facts if fact.id not in apart)


def _line(fact: Fact, now: datetime) -> FactLine:
    return FactLine(
        text=with_capital(fact.text), source=source_text(fact.source_name, fact.source_at, now=now)
    )


def source_text(name: str, at: datetime | None, *, now: datetime) -> str:
    """``politie, 17.50 uur``; with the day when it was not today."""
    if at is None:
        return name
    on = moments.local_date(at)
    pattern = texts.SOURCE if on == moments.local_date(now) else texts.SOURCE_OTHER_DAY
    return pattern.format(name=name, day=moments.day(on), clock=moments.clock(at))


def _measure(fact: Fact, *, is_new: bool) -> MeasureLine:
    given = fact.measure or {}

    def part(name: str, default: str = texts.NOT_GIVEN) -> str:
        return str(given.get(name) or default).strip().rstrip(".")

    return MeasureLine(
        text=with_capital(fact.text),
        for_whom=part("for_whom"),
        where=part("where"),
        from_=part("from_"),
        until=part("until", texts.OPEN_END),
        decided_by=part("decided_by", fact.source_name or texts.NOT_GIVEN),
        applies_to=_applies_to(given.get("applies"), given.get("audiences")),
        is_new=is_new,
    )


def _applies_to(applies: object, audiences: object) -> frozenset[Audience]:
    if applies != texts.APPLIES[True]:
        return frozenset()
    if isinstance(audiences, list):
        return frozenset(Audience(audience) for audience in audiences)
    return frozenset(Audience)


def _checked_on(lines: Sequence[CityLine], now: datetime) -> str:
    """The oldest check of the reporting lines, or empty while one is unchecked."""
    dates = [line.checked_on for line in lines if line.is_verified(moments.local_date(now))]
    known = [on for on in dates if on is not None]
    return moments.dated(min(known)) if lines and len(known) == len(lines) else ""


def _sources(facts: Iterable[Fact]) -> tuple[SourceView, ...]:
    links: dict[str, str] = {}
    for fact in facts:
        link = printable_link(fact.source_link)
        if fact.source_name and not links.get(fact.source_name):
            links[fact.source_name] = link
    return tuple(SourceView(name, link) for name, link in links.items())


def printable_link(link: str | None) -> str:
    """The link if readers may be sent there: a web page, no social media, no image."""
    address = urlsplit(link or "")
    host = (address.hostname or "").removeprefix("www.").removeprefix("m.")
    rules = lint_rules().links
    is_image = address.path.lower().endswith(tuple(rules.images))
    if address.scheme not in {"http", "https"} or host in rules.social or is_image:
        return ""
    return link or ""
