"""What the rota needs of a person: a gap that comes near, a duty that nobody took over, somebody
on it who cannot be called."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import rota_texts as texts
from bot.config import Config
from bot.console.needs import Need
from bot.rota_standing import names_of, near_gaps, unfit_for
from briefings.moments import far_moment
from contacts.permissions import Permission
from contacts.rota import Gap, before_of, is_untaken
from contacts.rota_keeping import turns_of
from contacts.rota_rows import RotaTurn

PAGE = "/beheer/rooster"


async def rota_needs(
    session: AsyncSession, config: Config, *, is_exercise: bool, reader: int | None, now: datetime
) -> list[Need]:
    """Of one world; nothing where no rota is kept.

    :param reader: who reads it: only whose duty it is can take it over.
    """
    turns = await turns_of(session, is_exercise=is_exercise)
    if not turns:
        return []
    coming = [one for one in turns if one.ends_at > now]
    unfit = await unfit_for(session, coming, is_exercise=is_exercise, now=now, minds_pauses=False)
    names = await names_of(session, {one.person_id for one in coming})
    needs = [
        _untaken(
            one, names.get(one.person_id, texts.GONE), reader,
            is_alone=before_of(turns, one) is None,
        )
        for one in turns
        if is_untaken(one, now) and one.handed_at is not None
    ]  # fmt: skip
    first = {one.person_id: one.starts_at for one in reversed(coming) if one.person_id in unfit}
    needs += [
        _need(
            texts.NEED_UNFIT.format(name=names.get(person, texts.GONE)),
            texts.NEED_UNFIT_DETAIL, texts.FROM, at, is_exercise=is_exercise,
            acts=Permission.KEEP_ROTA,
        )
        for person, at in first.items()
    ]  # fmt: skip
    ahead = timedelta(days=config.rota.gap_days)
    return needs + [
        _of_gap(one, now, is_exercise=is_exercise) for one in near_gaps(turns, ahead, now=now)
    ]


def _untaken(turn: RotaTurn, name: str, reader: int | None, *, is_alone: bool) -> Need:
    if turn.person_id == reader:
        what = texts.NEED_TAKE
        detail = texts.NEED_TAKE_ALONE if is_alone else texts.NEED_TAKE_DETAIL
    else:
        what = texts.NEED_UNTAKEN.format(name=name)
        detail = texts.NEED_UNTAKEN_ALONE if is_alone else texts.NEED_UNTAKEN_DETAIL
    return _need(
        what, detail.format(name=name), texts.SINCE, turn.starts_at,
        is_exercise=turn.is_exercise, acts=Permission.MANAGE_EVENT,
    )  # fmt: skip


def _of_gap(gap: Gap, now: datetime, *, is_exercise: bool) -> Need:
    """Only who keeps the rota can fill it."""
    is_now = gap.starts_at <= now
    then = texts.NEED_GAP_MEANWHILE if is_now else texts.NEED_GAP_THEN
    lasts = texts.NEED_GAP_OPEN.format(then=then)
    if gap.ends_at is not None:
        lasts = texts.NEED_GAP_UNTIL.format(until=far_moment(gap.ends_at, now), then=then)
    return _need(
        texts.NEED_GAP_NOW if is_now else texts.NEED_GAP, lasts,
        texts.SINCE if is_now else texts.FROM, gap.starts_at, is_exercise=is_exercise,
        acts=Permission.KEEP_ROTA,
    )  # fmt: skip


def _need(
    what: str, detail: str, by: str, due: datetime, *, is_exercise: bool, acts: Permission
) -> Need:
    return Need(
        what=what, detail=detail, by=by, due=due, is_exercise=is_exercise, page=PAGE, acts=acts
    )
