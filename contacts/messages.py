"""What is sent, apart from to whom: a message, its priority, the line that says it was planned."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, write_journal
from contacts.outbox import Content, Message, MessageKind, Priority

#: from this severity a briefing goes before other bulk, and is followed up
URGENT_SEVERITY = 4

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


def journal_planned(session: AsyncSession, message: Message, count: int, *, now: datetime) -> None:
    """One line for the whole batch, which says how many."""
    write_journal(
        session,
        who=SYSTEM,
        action="deliveries_planned",
        subject=f"message:{message.id}",
        detail={"kind": message.kind.value, "deliveries": count},
        now=now,
    )
