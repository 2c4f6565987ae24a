"""A past event as a scenario: its own news, in its own time, for people to practise on. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.exercise import replay_texts as texts
from bot.exercise.scripts import Action, Expected, Inject, News, Outlet, Script, Word
from contacts.directory import Role
from contacts.texts import counted
from feeds.events import ItemView
from feeds.standing import Trust

#: before the number of the event, in the key of its scenario
KEY = "naspelen-"
MOST_NEWS = 25
MOST_OUTLETS = 12
LONGEST_MIN = 12 * 60.0
#: what an evening asks, in minutes after the first report
EVENING = (
    (Action.CONFIRMED, 10), (Action.SUBMITTED, 45), (Action.APPROVED, 60), (Action.SENT, 75),
)  # fmt: skip


def replay_of(event_id: int, name: str, items: Sequence[ItemView]) -> Script:
    """The script of an event that was, from the reports in the order of their publication.

    Names in titles were masked by whoever read the items. An event without reports began with
    a call, and so does its exercise. Outlets beyond the twelfth are left out.
    """
    outlets = _outlets(items)
    keys = {outlet.name: outlet.key for outlet in outlets}
    kept = [one for one in items if one.source_name in keys][:MOST_NEWS]
    start = _at(kept[0]) if kept else None
    injects: list[Inject] = [
        News(
            kind="news",
            at_min=min(LONGEST_MIN, (_at(one) - (start or _at(one))).total_seconds() / 60),
            outlet=keys[one.source_name],
            title=one.title,
        )
        for one in kept
    ]
    if not injects:
        text = texts.CALLED.format(name=name)
        injects = [Word(kind="word", at_min=0, to=Role.COORDINATOR, text=text)]
    return Script(
        key=f"{KEY}{event_id}",
        title=texts.TITLE.format(name=name)[:120],
        about=counted(texts.ABOUT, len(kept)),
        practise=texts.PRACTISE,
        outlets=tuple(outlets) if kept else (),
        injects=tuple(injects),
        expected=tuple(Expected(what=what, within_min=within) for what, within in EVENING),
    )


def _outlets(items: Sequence[ItemView]) -> list[Outlet]:
    trusts: dict[str, Trust] = {}
    for one in items:
        trusts.setdefault(one.source_name, one.trust)
    return [
        Outlet(key=_key(name, number), name=name[:80], trust=trust)
        for number, (name, trust) in enumerate(trusts.items(), start=1)
    ][:MOST_OUTLETS]


def _key(name: str, number: int) -> str:
    letters = re.sub(r"[^a-z0-9]", "", name.lower())[:12]
    return f"b{number}-{letters}" if letters else f"b{number}x"


def _at(item: ItemView) -> datetime:
    return item.published_at or item.first_seen_at
