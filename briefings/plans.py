"""Decides who gets a version and over which channel, from people, channels and receipts. Pure.

:mod:`briefings.audience` reads those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from briefings.rows import Briefing, covered
from contacts.directory import (
    Audience,
    ChannelKind,
    ChannelStatus,
    first_audience,
)
from contacts.sending import Recipient

Address = tuple[ChannelKind, str]


class Reader(NamedTuple):
    """What of a person decides whether they get a text, and what is shown of them if not.

    Only these columns are read: a city has thousands of people, and a page waits for them.
    """

    id: int
    organisation_id: int
    name: str
    function: str
    phone: str | None
    audiences: Sequence[str]
    is_exercise: bool
    left_at: datetime | None = None


class Way(NamedTuple):
    """A channel of somebody; ways are tried by ``rank``, then by ``id``."""

    id: int
    person_id: int
    kind: ChannelKind
    address: str
    rank: int
    status: ChannelStatus
    is_exercise: bool


class Planned(NamedTuple):
    """One message to one person: the text of the first audience, links to the ``extras``."""

    recipient: Recipient
    audience: Audience
    extras: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an earlier version went; ``person`` is None for an organisation's own address."""

    person_id: int | None
    organisation_id: int | None
    address: Address
    audience: Audience


@dataclass(frozen=True, slots=True)
class RecipientPlan:
    """Who gets it and who does not; planned and unreachable together are the whole audience.

    ``organisations`` counts those that at least one message goes to.
    """

    recipients: list[Planned] = field(default_factory=list)
    unreachable: list[Reader] = field(default_factory=list)

    @property
    def by_channel(self) -> dict[ChannelKind, int]:
        return dict(Counter(planned.recipient.kind for planned in self.recipients))

    @property
    def people(self) -> int:
        return len(self.recipients)

    @property
    def organisations(self) -> int:
        return len({planned.recipient.organisation_id for planned in self.recipients})

    def listed(self) -> list[str]:
        """Who is on the list for which texts, as the approval binds it: sorted, and the same
        whether or not somebody can be reached, and by which channel.

        An organisation's own address stands in for somebody, so it is no part of the list.
        """
        there = [
            (planned.recipient.person_id, planned.audience.value, *planned.extras)
            for planned in self.recipients
            if planned.recipient.person_id is not None
        ]
        away = [(one.id, *one.audiences) for one in self.unreachable if one.left_at is None]
        return sorted(":".join(str(part) for part in one) for one in (*there, *away))

    def snapshot(self) -> list[str]:
        """Every message of the plan with its address: sorted, so that the order does not matter."""
        return sorted(
            ":".join(
                (
                    planned.recipient.kind.value,
                    planned.recipient.address,
                    planned.audience.value,
                    ",".join(extra.value for extra in planned.extras),
                )
            )
            for planned in self.recipients
        )


def plan_everybody(
    people: Sequence[Reader], channels: Mapping[int, Sequence[Way]], *, is_exercise: bool
) -> RecipientPlan:
    """Everybody with an audience, in one world, each through the first channel. Pure."""
    plan = RecipientPlan()
    for person in people:
        audience = first_audience(person.audiences)
        if audience is None or person.left_at is not None or person.is_exercise != is_exercise:
            continue
        _place(plan, person, audience, _usable(person, channels, is_exercise=is_exercise))
    return plan


def plan_followers(
    receipts: Sequence[Receipt],
    people: Mapping[int, Reader],
    channels: Mapping[int, Sequence[Way]],
    *,
    is_exercise: bool,
    as_it_came: bool = True,
) -> RecipientPlan:
    """Exactly those who got it before, each once. Pure.

    An organisation's own address (a fallback) gets it there again.

    :param as_it_came: the channel is the one that it came through while that is open, else the
        next one. False takes the first channel as the person has them now.
    """
    plan = RecipientPlan()
    for receipt in {r.address: r for r in receipts if r.person_id is None}.values():
        recipient = Recipient(*receipt.address, None, receipt.organisation_id)
        plan.recipients.append(Planned(recipient, receipt.audience, ()))
    by_person: dict[int, list[Receipt]] = {}
    for receipt in receipts:
        if receipt.person_id is not None and receipt.person_id in people:
            by_person.setdefault(receipt.person_id, []).append(receipt)
    for person_id, got in sorted(by_person.items()):
        person = people[person_id]
        usable = _usable(person, channels, is_exercise=is_exercise)
        came_through = {receipt.address for receipt in got}
        if as_it_came:
            usable.sort(key=lambda channel: (channel.kind, channel.address) not in came_through)
        _place(plan, person, first_audience(person.audiences) or got[-1].audience, usable)
    return plan


def _usable(
    person: Reader, channels: Mapping[int, Sequence[Way]], *, is_exercise: bool
) -> list[Way]:
    if person.left_at is not None or person.is_exercise != is_exercise:
        return []
    own = [
        channel
        for channel in channels.get(person.id, ())
        if channel.status is ChannelStatus.ACTIVE and channel.is_exercise == is_exercise
    ]
    own.sort(key=lambda channel: (channel.rank, channel.id))
    return own


def _place(plan: RecipientPlan, person: Reader, audience: Audience, usable: Sequence[Way]) -> None:
    others = tuple(dict.fromkeys(name for name in person.audiences if name != audience.value))
    if not usable:
        plan.unreachable.append(person._replace(audiences=(audience.value, *others)))
        return
    recipient = Recipient(usable[0].kind, usable[0].address, person.id, person.organisation_id)
    plan.recipients.append(Planned(recipient, audience, tuple(Audience(name) for name in others)))


def restricted(plan: RecipientPlan, briefing: Briefing) -> RecipientPlan:
    """Only the readers of the texts that this version has. Pure."""
    return plan if briefing.audiences is None else only_readers_of(plan, covered(briefing))


def only_readers_of(plan: RecipientPlan, audiences: Collection[Audience]) -> RecipientPlan:
    """A link to a text that is not there would lead to another one, so it goes too."""
    return RecipientPlan(
        recipients=[
            planned._replace(extras=tuple(e for e in planned.extras if e in audiences))
            for planned in plan.recipients
            if planned.audience in audiences
        ],
        unreachable=[
            person._replace(audiences=tuple(a for a in person.audiences if a in audiences))
            for person in plan.unreachable
            if first_audience(person.audiences) in audiences
        ],
    )
