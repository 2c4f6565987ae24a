"""How the rota stands: who has duty at this moment, until when, and who could not be called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import rota_texts as texts
from bot.on_duty import reachable
from briefings.moments import far_moment
from contacts.directory import Person
from contacts.rota import Gap, RotaPlace, before_of, covers, gaps, holder, is_untaken
from contacts.rota_keeping import may_stand, turns_of
from contacts.rota_rows import RotaTurn


@dataclass(frozen=True, slots=True)
class Standing:
    """The rota of one world at a moment. ``unfit``: who stands on it and cannot be called;
    ``kept``: with what is over, as long as that is kept."""

    turns: Sequence[RotaTurn]
    names: Mapping[int, str]
    unfit: frozenset[int]
    duty: RotaTurn | None
    backup: RotaTurn | None
    kept: Sequence[RotaTurn] = ()

    @property
    def is_kept(self) -> bool:
        """Whether the city keeps one: somebody stands on it, or did some weeks ago."""
        return bool(self.kept)

    def name_of(self, turn: RotaTurn | None) -> str:
        return "" if turn is None else self.names.get(turn.person_id, texts.GONE)

    @property
    def is_covered(self) -> bool:
        """Whether somebody has duty who can be called."""
        return self.duty is not None and self.duty.person_id not in self.unfit

    @property
    def until(self) -> datetime | None:
        """Until when this stands: the first change."""
        ends = [one.ends_at for one in (self.duty, self.backup) if one is not None]
        return min(ends, default=None)


async def read_standing(session: AsyncSession, *, is_exercise: bool, now: datetime) -> Standing:
    """The rota as it stands, without what is over."""
    kept = await turns_of(session, is_exercise=is_exercise)
    turns = [one for one in kept if one.ends_at > now]
    return Standing(
        turns=turns,
        names=await names_of(session, {one.person_id for one in kept}),
        unfit=await unfit_for(session, turns, is_exercise=is_exercise, now=now),
        duty=holder(turns, RotaPlace.DUTY, now),
        backup=holder(turns, RotaPlace.BACKUP, now),
        kept=kept,
    )


async def names_of(session: AsyncSession, people: set[int]) -> dict[int, str]:
    """What these people are called."""
    if not people:
        return {}
    found = await session.exec(select(Person.id, Person.name).where(col(Person.id).in_(people)))
    return {number: name for number, name in found.all() if number is not None}


async def unfit_for(
    session: AsyncSession,
    turns: Sequence[RotaTurn],
    *,
    is_exercise: bool,
    now: datetime,
    minds_pauses: bool = True,
) -> frozenset[int]:
    """Who of them has no right for their place any more, or no channel that works.

    :param minds_pauses: False: a channel that is silent for a while counts as one that works.
    """
    unfit: set[int] = set()
    for place in RotaPlace:
        standing = {one.person_id for one in turns if one.place is place}
        if standing:
            known = await may_stand(session, place, is_exercise=is_exercise)
            unfit |= standing - await reachable(
                session, known.values(), now=now, minds_pauses=minds_pauses
            )
    return frozenset(unfit)


def near_gaps(turns: Sequence[RotaTurn], ahead: timedelta, *, now: datetime) -> list[Gap]:
    """Gaps that are there, or begin within so long. Pure."""
    return gaps(turns, begin=now, end=now + ahead)


def in_order(standing: Standing, now: datetime, shown: int | None = None) -> list[RotaTurn | Gap]:
    """What is to come, line by line: the periods, and between them each stretch without duty.

    Pure. :param shown: only so many periods; gaps as far as those go.
    """
    turns = list(standing.turns[:shown])
    is_cut = len(turns) < len(standing.turns)
    # Cut short, what comes after the last one is not known to be a gap.
    end = turns[-1].starts_at if is_cut and turns else datetime.max.replace(tzinfo=UTC)
    lines: list[RotaTurn | Gap] = [*gaps(standing.kept, begin=now, end=end), *turns]
    return sorted(lines, key=lambda one: (one.starts_at, isinstance(one, RotaTurn)))


def gap_said(gap: Gap, now: datetime) -> str:
    """``Niemand heeft dienst: …``, as a line among the periods. Pure."""
    begin = far_moment(gap.starts_at, now)
    if gap.ends_at is None:
        return texts.NOBODY_FROM.format(begin=begin)
    return texts.NOBODY_BETWEEN.format(begin=begin, end=far_moment(gap.ends_at, now))


def gap_line(gap: Gap, now: datetime) -> str:
    """``Van … tot … heeft niemand dienst.`` Pure."""
    begin = far_moment(gap.starts_at, now)
    if gap.ends_at is None:
        return texts.GAP_OPEN.format(begin=begin)
    return texts.GAP_UNTIL.format(begin=begin, end=far_moment(gap.ends_at, now))


def own_duty(turns: Sequence[RotaTurn], person_id: int, now: datetime) -> RotaTurn | None:
    """The duty of this person that runs, or that is over and was not taken from them yet. Pure."""
    mine = [one for one in turns if one.place is RotaPlace.DUTY and one.person_id == person_id]
    for one in mine:
        if covers(one, now):
            return one
    after = next((one for one in turns if is_untaken(one, now)), None)
    before = None if after is None else before_of(turns, after)
    return before if before in mine else None
