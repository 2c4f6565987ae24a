"""Made-up rows for measuring: more than a city has, the same each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.bench import bench_texts as texts
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ChannelStatus,
    Domain,
    Organisation,
    Person,
)
from contacts.journal import JournalEntry
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
)
from feeds.rows import DismissReason, Event, EventStatus, Item, LeadAgency, Origin, Source
from feeds.standing import Trust
from signals.rows import OutcomeCode, Setting, Signal, SignalKind, SignalStatus

PER_ORGANISATION = 4
RUNNING, WRITTEN = 30, 60
SIGNALS, SOURCES, ITEMS_EACH, JOURNAL = 300, 20, 3, 20_000
#: the event of the evening goes to everybody; the others share what is left
BIGGEST_SHARE = 5
AUDIENCES = {
    Domain.MUNICIPALITY: Audience.YOUTH_WORK,
    Domain.SAFETY: Audience.POLICE_DISTRICT,
    Domain.CARE_WELFARE: Audience.YOUTH_WORK,
    Domain.EDUCATION: Audience.TEACHER_VO_MBO,
    Domain.CIVIL: Audience.RELIGIOUS_CULTURAL,
}
#: of ten deliveries
STATUSES = (*[DeliveryStatus.SENT] * 8, DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything."""

    contacts: int = 10_000
    events: int = 500
    deliveries: int = 50_000
    users: int = 20


def organisation_count(amounts: Amounts) -> int:
    return max(amounts.contacts // PER_ORGANISATION, 1)


def organisation_of(person: int, amounts: Amounts) -> int:
    return (person - 1) % organisation_count(amounts) + 1


def domain_of(organisation: int) -> Domain:
    return tuple(Domain)[organisation % len(Domain)]


def organisations(amounts: Amounts, now: datetime) -> Iterator[Organisation]:
    for number in range(1, organisation_count(amounts) + 1):
        yield Organisation(
            id=number,
            name=texts.ORGANISATION.format(number=number),
            domain=domain_of(number),
            created_at=now,
            confirmed_at=now if number % 3 else None,
        )


def people(amounts: Amounts, now: datetime) -> Iterator[Person]:
    for number in range(1, amounts.contacts + 1):
        organisation = organisation_of(number, amounts)
        yield Person(
            id=number,
            organisation_id=organisation,
            name=texts.PERSON.format(number=number),
            function=texts.FUNCTION,
            audiences=[AUDIENCES[domain_of(organisation)].value],
            created_at=now,
        )


def channels(amounts: Amounts, now: datetime) -> Iterator[Channel]:
    """Telegram for seven in ten, mail for nine in ten, some of it closed."""
    for number in range(1, amounts.contacts + 1):
        if number % 10 < 7:
            yield _channel(number, ChannelKind.TELEGRAM, str(10**9 + number), now)
        if number % 10:
            yield _channel(number, ChannelKind.EMAIL, f"p{number}@voorbeeld.example", now)


def _channel(number: int, kind: ChannelKind, address: str, now: datetime) -> Channel:
    return Channel(
        person_id=number,
        kind=kind,
        address=address,
        rank=1 if kind is ChannelKind.TELEGRAM else 2,
        status=ChannelStatus.ACTIVE if number % 50 else ChannelStatus.CLOSED,
        created_at=now,
    )


def sources(now: datetime) -> Iterator[Source]:
    for number in range(1, SOURCES + 1):
        yield Source(
            id=number,
            key=f"omroep-{number}",
            name=texts.SOURCE.format(number=number),
            url=f"https://omroep{number}.example/rss",
            trust=Trust.REGIONAL,
            next_poll_at=now + timedelta(days=1),
            ok_at=now,
        )


def events(amounts: Amounts, now: datetime) -> Iterator[Event]:
    """The first are running; of the others a third was none of ours."""
    for number in range(1, amounts.events + 1):
        is_running, is_ours = number <= RUNNING, number <= WRITTEN or number % 3
        at = now - timedelta(hours=number)
        yield Event(
            id=number,
            title=texts.TITLES[number % len(texts.TITLES)].format(number=number),
            type="algemeen",
            status=EventStatus.CONFIRMED
            if is_running
            else EventStatus.CLOSED
            if is_ours
            else EventStatus.DISMISSED,
            origin=Origin.FEED,
            suggested_severity=3,
            severity=3,
            place=texts.PLACE.format(number=number),
            reasons=[{"text": texts.REASON, "weight": 0.5}],
            detected_at=at,
            alerted_at=at,
            confirmed_at=at if is_ours else None,
            closed_at=None if is_running or not is_ours else at + timedelta(hours=9),
            dismissed_reason=None if is_ours else DismissReason.ELSEWHERE,
            lead_agency=LeadAgency.POLICE,
        )


def items(amounts: Amounts, now: datetime) -> Iterator[Item]:
    for number in range(amounts.events * ITEMS_EACH):
        event = number // ITEMS_EACH + 1
        yield Item(
            source_id=number % SOURCES + 1,
            guid=f"item-{number}",
            title=texts.TITLES[event % len(texts.TITLES)].format(number=event),
            link=f"https://omroep.example/{number}",
            first_seen_at=now - timedelta(hours=event),
            polled_at=now,
            content_hash=str(number),
            event_id=event,
        )


def message(number: int, briefing_id: int, now: datetime) -> Message:
    return Message(
        id=number,
        kind=MessageKind.BRIEFING,
        event_id=number,
        briefing_id=briefing_id,
        audience=Audience.TEACHER_VO_MBO.value,
        content={},
        created_at=now,
        send_at=now,
    )


def shares(amounts: Amounts, sent: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """(delivery, event, person): each event to different people, the first to the most."""
    biggest = min(amounts.deliveries // BIGGEST_SHARE, amounts.contacts)
    others = sent[1:] or sent
    for number in range(1, amounts.deliveries + 1):
        turn, place = divmod(number - 1, len(others))
        if number <= biggest:
            yield number, sent[0], number
        else:
            yield number, others[place], turn % amounts.contacts + 1


def delivery(number: int, event: int, person: int, amounts: Amounts, now: datetime) -> Delivery:
    return Delivery(
        id=number,
        message_id=event,
        person_id=person,
        organisation_id=organisation_of(person, amounts),
        kind=ChannelKind.EMAIL,
        # With few people somebody gets a message twice; the address must not be the same.
        address=f"p{person}.{number}@voorbeeld.example",
        status=STATUSES[number % len(STATUSES)],
        not_before=now,
        planned_at=now,
        done_at=now,
    )


def acknowledgements(
    shares: Sequence[tuple[int, int, int]], now: datetime
) -> Iterator[Acknowledgement]:
    """Half of them was read, a quarter understood as well."""
    for number, event, _ in shares:
        for kind, each in ((AcknowledgementKind.READ, 2), (AcknowledgementKind.UNDERSTOOD, 4)):
            if number % each == 0:
                yield Acknowledgement(
                    delivery_id=number, message_id=event, event_id=event, kind=kind, at=now
                )


def signals(amounts: Amounts, now: datetime) -> Iterator[Signal]:
    """Four in five were answered."""
    events = min(amounts.events, WRITTEN)
    for number in range(1, SIGNALS + 1):
        is_open = number % 5 == 0
        organisation = number % organisation_count(amounts) + 1
        yield Signal(
            event_id=number % events + 1,
            organisation_id=organisation,
            domain=domain_of(organisation),
            received_at=now - timedelta(minutes=number),
            status=SignalStatus.NEW if is_open else SignalStatus.CLOSED,
            district="stad",
            setting=Setting.CLASSROOM,
            kinds=[tuple(SignalKind)[number % len(SignalKind)].value],
            severity=number % 3 + 1,
            answer_due_at=now + timedelta(hours=number % 48 - 4),
            outcome_code=None if is_open else OutcomeCode.A,
            outcome_text=None if is_open else texts.OUTCOME,
            closed_at=None if is_open else now,
        )


def journal(amounts: Amounts, now: datetime) -> Iterator[JournalEntry]:
    for number in range(min(JOURNAL, amounts.deliveries)):
        yield JournalEntry(
            at=now, actor="system", action="delivery_sent", subject=f"delivery:{number + 1}"
        )
