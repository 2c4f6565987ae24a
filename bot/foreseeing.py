"""Tells coordinators of foreseeable moments, some days before, with the fitting scenario card."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from bot.alerts import tell_coordinators_from
from bot.chat.coordinator import texts
from bot.config import Config
from briefings.event_kinds import kind_of
from briefings.library import library
from contacts.directory import Audience
from contacts.records import Database
from feeds.daily import list_day
from feeds.kalender import Foreseen, foreseen
from feeds.lexicon import load_lexicon
from feeds.rows import ForeseenTold
from signals.person_filter import screen

SHOWN = 3


@dataclass(frozen=True, slots=True)
class ScenarioCard:
    """What is ready for a kind of event: what may be asked, and what helps."""

    kind: str
    questions: tuple[tuple[str, str], ...]
    helps: tuple[str, ...]
    owner: str
    reviewed_on: date


async def tell_foreseen(db: Database, config: Config, *, now: datetime) -> int:
    """Tell of every moment that comes near and was not told yet; returns how many."""
    settings = config.calendar
    at = time.fromisoformat(settings.at) if settings.at else None
    today = list_day(now, at)
    if today is None:
        return 0
    last = today + timedelta(days=settings.days_before)
    near = await asyncio.to_thread(foreseen, settings, today, last)
    told = 0
    async with db.begin() as session:
        found = await session.exec(select(ForeseenTold).where(col(ForeseenTold.day) >= today))
        known = {(row.key, row.day) for row in found.all()}
        for moment in near:
            if (moment.key, moment.day) in known:
                continue
            known.add((moment.key, moment.day))
            reached = await tell_coordinators_from(
                session, "coordinator/foreseen.html", is_exercise=config.is_exercise, now=now,
                may_rest=True,
                what=shown_name(moment, config), day=moment.day, days=(moment.day - today).days,
                is_estimated=moment.is_estimated, card=scenario_card(moment.type, config),
            )  # fmt: skip
            if reached:
                session.add(ForeseenTold(key=moment.key, day=moment.day, told_at=now))
                told += 1
    return told


def shown_name(moment: Foreseen, config: Config) -> str:
    """A calendar of the city may name people; then only that there is something."""
    if not moment.name or screen(moment.name, config.signals.allow).blocked:
        return texts.SOMETHING_PLANNED
    return moment.name


def scenario_card(event_type: str, config: Config) -> ScenarioCard | None:
    """The card of a kind of event, from the same words as the texts; None without a kind."""
    types = load_lexicon().event_types
    if event_type not in types:
        return None
    sets, name = library(config.briefings.templates_dir), kind_of(event_type).templates
    part, meta = sets.part(name, Audience.TEACHER_VO_MBO), sets.set_meta(name)
    return ScenarioCard(
        kind=types[event_type][0],
        questions=tuple((one.vraag, one.antwoord) for one in part.vragen[:SHOWN]),
        helps=tuple(part.doen[:SHOWN]),
        owner=meta.owner,
        reviewed_on=meta.reviewed_on,
    )
