"""What is sent, apart from to whom: a message, its priority, the line that says it was planned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, entry_of, write_entries, write_journal
from contacts.outbox import Content, Delivery, Message, MessageKind, Priority
from contacts.records import ids_of, read_columns

#: from this severity a briefing goes before other bulk, and is followed up
URGENT_SEVERITY = 4
PLANNED = "deliveries_planned"

_TABLES = Message.metadata.tables
_MESSAGES = _TABLES[str(Message.__tablename__)]
_ADD_MESSAGE = insert(_MESSAGES)
_ADD_AND_NUMBER = _ADD_MESSAGE.returning(_MESSAGES.c.id, sort_by_parameter_order=True)
_LAST_MESSAGE = select(func.coalesce(func.max(_MESSAGES.c.id), 0))
_OF_TEXTS = select(_MESSAGES.c.id).where(
    _MESSAGES.c.briefing_id.in_(bindparam("texts", expanding=True))
)
_ADD_DELIVERY = insert(_TABLES[str(Delivery.__tablename__)])

_PRIORITIES = {
    MessageKind.ALERT: Priority.DIALOGUE,
    MessageKind.DIALOGUE: Priority.DIALOGUE,
    MessageKind.APPROVAL: Priority.DIALOGUE,
    MessageKind.NOTICE: Priority.DIALOGUE,
    MessageKind.FEEDBACK: Priority.FEEDBACK,
    MessageKind.CORRECTION: Priority.URGENT,
    MessageKind.RETRACTION: Priority.URGENT,
}


def default_priority(kind: MessageKind, severity: int) -> Priority:
    """Coordinator traffic first, then feedback, then what is urgent, then bulk."""
    if kind in _PRIORITIES:
        return _PRIORITIES[kind]
    return Priority.URGENT if severity >= URGENT_SEVERITY else Priority.BULK


async def message_ids(session: AsyncSession, briefing_ids: Collection[int]) -> list[int]:
    """Of every form of these texts.

    Asked first where deliveries are counted: the store may take any way to a join, and over all
    the evenings of a year the wrong one reads all of them.
    """
    return ids_of(await read_columns(session, _OF_TEXTS, {"texts": list(briefing_ids)}))


async def store_message(
    session: AsyncSession,
    *,
    kind: MessageKind,
    content: Content,
    now: datetime,
    event_id: int | None = None,
    briefing_id: int | None = None,
    audience: str | None = None,
    severity: int = 0,
    priority: Priority | None = None,
    is_exercise: bool = False,
    send_at: datetime | None = None,
) -> Message:
    """A message that nobody gets yet."""
    message = Message(
        kind=kind,
        priority=int(default_priority(kind, severity) if priority is None else priority),
        severity=severity,
        event_id=event_id,
        briefing_id=briefing_id,
        audience=audience,
        content=content.to_json(),
        is_exercise=is_exercise,
        created_at=now,
        send_at=send_at or now,
    )
    session.add(message)
    await session.flush()
    return message


def write_planned(
    connection: Connection, planned: Sequence[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    """Messages with one delivery each, as columns that have no number yet, and their lines."""
    numbers = _add_messages(connection, [message for message, _ in planned])
    numbered = list(zip(numbers, planned, strict=True))
    connection.execute(
        _ADD_DELIVERY, [{**delivery, "message_id": number} for number, (_, delivery) in numbered]
    )
    write_entries(
        connection,
        [
            entry_of(
                SYSTEM, PLANNED, f"message:{number}",
                {"kind": message["kind"].value, "deliveries": 1}, now=message["created_at"],
            )
            for number, (message, _) in numbered
        ],
    )  # fmt: skip


def _add_messages(connection: Connection, messages: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Their numbers, in the same order.

    SQLite does not promise an order for what it returns; but who writes there is alone.
    """
    if connection.dialect.name != "sqlite":
        return connection.execute(_ADD_AND_NUMBER, messages).scalars().all()
    first = connection.execute(_LAST_MESSAGE).scalar_one() + 1
    numbered = [{"id": number, **one} for number, one in enumerate(messages, first)]
    connection.execute(_ADD_MESSAGE, numbered)
    return range(first, first + len(messages))


def journal_planned(session: AsyncSession, message: Message, count: int, *, now: datetime) -> None:
    """One line for the whole batch, which says how many."""
    write_journal(
        session,
        who=SYSTEM,
        action=PLANNED,
        subject=f"message:{message.id}",
        detail={"kind": message.kind.value, "deliveries": count},
        now=now,
    )
