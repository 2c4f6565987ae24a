"""Who wrote what in a version: for each text those who may not be the second pair of eyes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval_rules import needs_four_eyes, waits_for_others
from briefings.facts import last_editor
from briefings.rows import CAN_SPLIT, Briefing, BriefingKind, OwnWording
from briefings.settings import BriefingSettings
from briefings.translations import translations_of
from briefings.versions import texts_of
from briefings.wordings import is_unsettled, words_of
from contacts.directory import Audience
from contacts.permissions import Actor, load_actors
from feeds.rows import Event


@dataclass(frozen=True, slots=True)
class Writers:
    """``editor``: who changed the facts last, which stand in every text. ``worded`` and
    ``translated``: by text that this version has, in reading order."""

    editor: int | None
    worded: Mapping[Audience, frozenset[int]]
    translated: Mapping[Audience, frozenset[int]]

    def of(self, chosen: Collection[Audience]) -> frozenset[int]:
        """Everybody who wrote in these texts."""
        mine = [
            who
            for by_text in (self.worded, self.translated)
            for audience, who in by_text.items()
            if audience in chosen
        ]
        editor = [] if self.editor is None else [self.editor]
        return frozenset().union(editor, *mine)


@dataclass(frozen=True, slots=True)
class Barred:
    """What somebody may not approve of a version that was handed in.

    ``reason``: why nothing of it, as :class:`~briefings.approval_rules.ApprovalRefused` says it.
    ``worded`` and ``translated``: the texts that were theirs. ``others``: the texts that they may
    approve; empty when there are none. ``goes_whole``: others are left, but cannot go without.
    """

    reason: str = ""
    worded: tuple[Audience, ...] = ()
    translated: tuple[Audience, ...] = ()
    others: tuple[Audience, ...] = ()
    goes_whole: bool = False

    @property
    def texts(self) -> tuple[Audience, ...]:
        """The texts that somebody else approves."""
        return self.worded + self.translated

    def touches(self, chosen: Collection[Audience] | None) -> bool:
        """Whether one of these texts is somebody else's to approve; nothing chosen is all."""
        return bool(set(self.texts) & set(chosen) if chosen else self.texts)


async def read_writers(session: AsyncSession, briefing: Briefing) -> Writers:
    """Who edited the facts, wrote words by hand that stand in a text of this version, or typed
    or brought in a translation of it."""
    number = briefing.id or 0
    there = [text.audience for text in await texts_of(session, number)]
    rows = [row for row in await words_of(session, number) if stands(row, briefing.kind)]
    made = await translations_of(session, number)
    return Writers(
        await last_editor(session, briefing.event_id),
        _by_text(there, [(row.audience, row.written_by) for row in rows]),
        _by_text(there, [(row.audience, row.entered_by) for row in made]),
    )


def stands(row: OwnWording, kind: BriefingKind) -> bool:
    """Whether its words are in the text: the part is there, and nobody took them back. Pure."""
    if kind is BriefingKind.RETRACTION or row.taken_back_at is not None:
        return False
    return bool(row.standard) and not is_unsettled(row)


def _by_text(
    there: Sequence[Audience], wrote: Sequence[tuple[Audience, int | None]]
) -> dict[Audience, frozenset[int]]:
    return {
        audience: frozenset(who for whose, who in wrote if whose is audience and who is not None)
        for audience in there
    }


def judge_barred(
    briefing: Briefing, event: Event, actor: Actor, settings: BriefingSettings, writers: Writers
) -> Barred:
    """What this person may not approve; whoever approves is judged once more. Pure."""
    texts = tuple(writers.worded)
    whole = waits_for_others(briefing, event, actor, settings, writers.of(()))
    if whole is not None:
        return Barred(whole.reason)
    if not needs_four_eyes(event, settings) or briefing.kind is BriefingKind.RETRACTION:
        return Barred(others=texts)
    worded = tuple(one for one in texts if actor.person_id in writers.worded[one])
    translated = tuple(
        one for one in texts if actor.person_id in writers.translated[one] and one not in worded
    )
    mine = worded + translated
    others = tuple(one for one in texts if one not in mine)
    goes_whole = bool(mine and others) and briefing.kind not in CAN_SPLIT
    others = () if goes_whole else others
    return Barred("" if others else "four_eyes", worded, translated, others, goes_whole)


async def barred_in(
    session: AsyncSession,
    briefing: Briefing,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
) -> Barred:
    """As :func:`judge_barred`, of what stands there now."""
    writers = await read_writers(session, briefing)
    return judge_barred(briefing, event, actor, settings, writers)


async def barred_of(
    session: AsyncSession,
    briefing: Briefing,
    event: Event,
    people: Collection[int],
    settings: BriefingSettings,
) -> dict[int, Barred]:
    """As :func:`barred_in` for each of these people who is listed, by id."""
    writers = await read_writers(session, briefing)
    return {
        number: judge_barred(briefing, event, actor, settings, writers)
        for number, actor in (await load_actors(session, people)).items()
    }
