"""Decides whether a version may be handed in and approved, and what exactly is approved. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from briefings.blocking import may_be_asked
from briefings.lint import BLOCK, Remark
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from briefings.settings import BriefingSettings
from briefings.translations import Readings, bound_forms
from contacts.directory import Role
from contacts.permissions import Actor
from feeds.rows import RUNNING, Event, EventStatus

#: as much of the hash as a button may carry, at least
SHORTEST_HASH = 12
#: where in a hash the words stand that are bound
_WORDS, _LENGTH = slice(SHORTEST_HASH, 40), 64
#: what is taken back is taken back, also when its text reached nobody yet
_NEEDS_NOBODY = frozenset({BriefingKind.RETRACTION})


@dataclass(frozen=True, slots=True)
class SubmitRefused:
    """Why a version was not handed in.

    ``not_draft``, ``no_texts``, ``stale`` (the facts changed since it was drafted),
    ``blocked`` (with the remarks that block), ``promise_past`` (the promised update is in the
    past), ``no_recipients``, ``not_confirmed`` (the event
    is not running), ``wrong_world``, ``no_facts`` (grave, and nothing is confirmed yet: to be
    handed in once more by somebody who knows that), ``no_right`` (as that, for a correction that
    says only what was wrong), ``signals_wait`` and ``signals_changed``
    (:func:`briefings.closing.unheard`).
    """

    reason: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalRefused:
    """Why nothing was approved.

    ``not_submitted``, ``changed`` (the texts are not those that were handed in or seen),
    ``list_changed`` (somebody came on the list of who gets it, left it, or gets another text; who
    can be reached, and how, is no part of that), ``not_approver`` and ``four_eyes`` (from the
    severity of four eyes on: an approver, and not the one who wrote or handed in),
    ``not_released`` (the crisis
    communication leads and did not release this), ``lowered_by_you`` (who took the event below
    the line of four eyes is not the one who lets it go), ``unverified_lines`` (a real event
    while a city line is still to be checked), ``promise_past`` (when this leaves, the promised
    update is over), ``not_confirmed``, ``wrong_world``,
    ``no_recipients``, ``blocked`` (a rule blocks, and nobody set it aside with a reason),
    ``signals_wait`` and ``signals_changed`` (:func:`briefings.closing.unheard`),
    ``not_in_parts`` (a correction, retraction or closing text goes whole, and a part is one or
    more of its texts).
    """

    reason: str


def content_hash(
    texts: Iterable[BriefingText],
    listed: Sequence[str],
    translations: Readings | None = None,
) -> str:
    """What an approval binds, in 64 hex digits: all forms of all texts, in all languages, and who
    is on the list for them; order does not matter.

    The first 12 are of everything, the next 28 of the words alone and the last 24 of the list
    alone, so that a refusal can say which of the two changed. Personal placeholders are hashed as
    they stand.
    """
    words: dict[str, object] = {
        "texts": sorted(
            [text.audience.value, text.subject, text.telegram, text.html, text.plain]
            for text in texts
        ),
    }
    if translations:
        words["translations"] = bound_forms(translations)
    people: dict[str, object] = {"recipients": sorted(listed)}
    return (
        _digest(words | people)[:SHORTEST_HASH]
        + _digest(words)[: _WORDS.stop - _WORDS.start]
        + _digest(people)[: _LENGTH - _WORDS.stop]
    )


def _digest(bound: dict[str, object]) -> str:
    canonical = json.dumps(bound, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def has_same_words(one: str | None, other: str) -> bool:
    """Whether two hashes are of the same texts, for whoever."""
    return one is not None and one[_WORDS] == other[_WORDS]


def is_same(expected: str, bound: str | None) -> bool:
    """Whether the hash somebody saw is the bound one; a button carries its beginning."""
    return bound is not None and len(expected) >= SHORTEST_HASH and bound.startswith(expected)


def blocking_remarks(texts: Iterable[BriefingText]) -> tuple[Remark, ...]:
    """The remarks that stop a version, each once."""
    remarks = [Remark(**found) for text in texts for found in text.remarks]
    return tuple(dict.fromkeys(remark for remark in remarks if remark.level == BLOCK))


def judge_submission(
    briefing: Briefing,
    event: Event,
    actor: Actor,
    texts: Sequence[BriefingText],
    *,
    settings: BriefingSettings,
    facts_version: int,
    confirmed: int,
    is_knowing: bool,
    next_update_at: datetime,
    recipients: int,
    now: datetime,
    asks_exception: bool = False,
    says_right: bool = True,
    unheard: str = "",
) -> SubmitRefused | None:
    """The reason not to hand in, or None.

    :param confirmed: how many confirmed facts there are.
    :param is_knowing: said once more, knowing that there are none.
    :param asks_exception: what blocks may wait for a second approver, if that is allowed.
    :param says_right: False for a correction without a sentence that puts something right.
    :param unheard: why a closing text does not tell what partners told.
    """
    if briefing.status is not BriefingStatus.DRAFT:
        return SubmitRefused("not_draft")
    if actor.is_exercise != event.is_exercise:
        return SubmitRefused("wrong_world")
    if not can_be_told(briefing, event):
        return SubmitRefused("not_confirmed")
    if not texts:
        return SubmitRefused("no_texts")
    if briefing.facts_version != facts_version:
        return SubmitRefused("stale")
    remarks = blocking_remarks(texts)
    if remarks and not (asks_exception and may_be_asked(texts)):
        return SubmitRefused("blocked", remarks)
    if breaks_promise(briefing, next_update_at, leaves_at=now):
        return SubmitRefused("promise_past")
    needs_reader = briefing.kind not in _NEEDS_NOBODY
    if unheard or (needs_reader and not recipients):
        return SubmitRefused(unheard or "no_recipients")
    bare = lacks_facts(briefing, event, settings, confirmed=confirmed)
    return None if is_knowing else _to_be_known(bare=bare, says_right=says_right)


def _to_be_known(*, bare: bool, says_right: bool) -> SubmitRefused | None:
    """What is handed in only by somebody who was asked about it."""
    if bare:
        return SubmitRefused("no_facts")
    return None if says_right else SubmitRefused("no_right")


def can_be_told(briefing: Briefing, event: Event) -> bool:
    """Whether the event runs; the invitation to look back comes when it is long closed."""
    is_after = briefing.kind is BriefingKind.LOOK_BACK and event.status is EventStatus.CLOSED
    return is_after or event.status in RUNNING


def lacks_facts(
    briefing: Briefing, event: Event, settings: BriefingSettings, *, confirmed: int
) -> bool:
    """Whether a grave text has nothing confirmed. Taking back is never held up by that, and an
    invitation tells no facts."""
    is_grave = severity_of(event) >= settings.ask_without_fact_from
    return is_grave and not confirmed and not _waits_for_nobody(briefing, event)


def judge_approval(
    briefing: Briefing,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
    *,
    writers: frozenset[int],
    expected_hash: str,
    actual_hash: str,
    recipients: int,
    facts_version: int,
    next_update_at: datetime,
    leaves_at: datetime,
    today: date,
    is_released: bool = False,
    blocked: bool = False,
    unheard: str = "",
) -> ApprovalRefused | None:
    """The reason not to approve, or None.

    :param writers: who edited the facts, or wrote words by hand in what is approved.
    :param blocked: something in it blocks, and no second approver set it aside.
    :param unheard: why a closing text does not tell what partners told.
    """
    refused = _judge_state(briefing, event, actor)
    if refused is not None:
        return refused
    seen, bound = is_same(expected_hash, briefing.content_hash), briefing.content_hash
    if not seen or briefing.facts_version != facts_version:
        return ApprovalRefused("changed")
    if bound != actual_hash:
        is_list = has_same_words(bound, actual_hash)
        return ApprovalRefused("list_changed" if is_list else "changed")
    if unheard or blocked:
        return ApprovalRefused(unheard or "blocked")
    refused = _judge_eyes(briefing, event, actor, settings, writers)
    if refused is not None:
        return refused
    if needs_release(briefing, event, settings) and not is_released:
        return ApprovalRefused("not_released")
    if not event.is_exercise and _waits_for_lines(briefing, settings, today):
        return ApprovalRefused("unverified_lines")
    if breaks_promise(briefing, next_update_at, leaves_at=leaves_at):
        return ApprovalRefused("promise_past")
    if recipients or briefing.kind in _NEEDS_NOBODY:
        return None
    return ApprovalRefused("no_recipients")


def _judge_state(briefing: Briefing, event: Event, actor: Actor) -> ApprovalRefused | None:
    if briefing.status is not BriefingStatus.SUBMITTED:
        return ApprovalRefused("not_submitted")
    if actor.is_exercise != event.is_exercise:
        return ApprovalRefused("wrong_world")
    if not can_be_told(briefing, event):
        return ApprovalRefused("not_confirmed")
    return None


def breaks_promise(briefing: Briefing, next_update_at: datetime, *, leaves_at: datetime) -> bool:
    """Whether readers would be promised an update at a moment that is over already."""
    return briefing.kind is not BriefingKind.CLOSING and next_update_at <= leaves_at


def _waits_for_lines(briefing: Briefing, settings: BriefingSettings, today: date) -> bool:
    """A line whose check ran out may not hold up what takes harm away."""
    return briefing.kind is not BriefingKind.RETRACTION and bool(settings.unverified(today))


def needs_four_eyes(event: Event, settings: BriefingSettings) -> bool:
    """From this severity or GRIP on somebody else approves than who wrote."""
    is_grave = severity_of(event) >= settings.four_eyes_from
    return is_grave or event.grip >= settings.four_eyes_from_grip


def took_off_four_eyes(event: Event, actor: Actor, settings: BriefingSettings) -> bool:
    """Whether this person lowered the severity to where one pair of eyes is enough."""
    was_grave = (event.lowered_from or 0) >= settings.four_eyes_from
    return was_grave and event.lowered_by == actor.person_id


def needs_release(briefing: Briefing, event: Event, settings: BriefingSettings) -> bool:
    """From this GRIP on only what the crisis communication released goes out (guide §7).

    What takes harm away does not wait for that, nor what is asked weeks later.
    """
    is_led = event.grip >= settings.release_from_grip
    return is_led and not _waits_for_nobody(briefing, event)


def _waits_for_nobody(briefing: Briefing, event: Event) -> bool:
    """What takes harm away, and the invitation weeks after an event that is over."""
    is_after = briefing.kind is BriefingKind.LOOK_BACK and event.status is EventStatus.CLOSED
    return is_after or briefing.kind is BriefingKind.RETRACTION


def severity_of(event: Event) -> int:
    """A person's severity, else the machine's."""
    return event.severity or event.suggested_severity


def waits_for_others(
    briefing: Briefing,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
    writers: frozenset[int],
) -> ApprovalRefused | None:
    """Why somebody else must approve, before anything is tried. Pure.

    :param writers: as for :func:`judge_approval`, which has the last word.
    """
    return _judge_eyes(briefing, event, actor, settings, writers)


def _judge_eyes(
    briefing: Briefing,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
    writers: frozenset[int],
) -> ApprovalRefused | None:
    # Something wrong and harmful is taken back at once; the second reader looks afterwards.
    takes_back = briefing.kind is BriefingKind.RETRACTION
    if not needs_four_eyes(event, settings):
        alone = took_off_four_eyes(event, actor, settings) and not takes_back
        return ApprovalRefused("lowered_by_you") if alone else None
    if Role.APPROVER not in actor.roles:
        return ApprovalRefused("not_approver")
    if takes_back:
        return None
    wrote = {briefing.edited_by, briefing.submitted_by, *writers}
    return ApprovalRefused("four_eyes") if actor.person_id in wrote else None
