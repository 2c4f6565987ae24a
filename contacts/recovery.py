"""What a crash or a lost lease leaves behind: nothing is forgotten, nothing goes out twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.cancelling import cancel_returned
from contacts.claiming import give_back, open_address, owned_by
from contacts.departure_log import Left
from contacts.directory import ChannelKind
from contacts.fallback import plan_fallback
from contacts.journal import SYSTEM
from contacts.outbox import (
    DELIVERY_MOVES,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
)
from contacts.outcomes import Result, record_sent
from contacts.records import ids_of, move_many
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from contacts.transport import Sent
from contacts.verdicts import fallback_when_unknown, untold_when_unknown, wait_for_proof

INTERRUPTED = "interrupted"
AT_ONCE = 500


async def recover_all(
    session: AsyncSession,
    kinds: Sequence[ChannelKind],
    *,
    owner: str,
    settings: SendingSettings,
    sealer: Sealer,
    left: Left | None = None,
    now: datetime,
) -> int:
    """At the start: whatever was *sending* on our channels is uncertain; our claims go back.

    There is one pump per channel, so nobody else can be sending. Returns how many deliveries
    were set right.

    :param left: what the run before says of its own rows; without it nobody knows.
    """
    claimed = await session.exec(
        select(Delivery.id).where(
            col(Delivery.status) == DeliveryStatus.CLAIMED,
            col(Delivery.kind).in_(kinds),
            (col(Delivery.lease_owner) == owner)
            | col(Delivery.lease_owner).startswith(f"{owner}:", autoescape=True)
            | (col(Delivery.lease_until) <= now),
        )
    )
    back = await give_back(session, _known(claimed.all()), action="claims_recovered", now=now)
    found = await session.exec(
        select(Delivery.id, Delivery.lease_owner).where(
            col(Delivery.status) == DeliveryStatus.SENDING, col(Delivery.kind).in_(kinds)
        )
    )
    sending = {ident: said_by for ident, said_by in found.all() if ident is not None}
    settled = set() if left is None else await _settled(session, sending, left, owner, now=now)
    interrupted = await _interrupted(
        session, [one for one in sending if one not in settled], settings, sealer=sealer, now=now
    )
    right = {*back, *settled, *interrupted}
    await cancel_returned(session, right, now=now)
    return len(right)


async def _settled(
    session: AsyncSession,
    sending: Mapping[int, str | None],
    left: Left,
    owner: str,
    *,
    now: datetime,
) -> set[int]:
    """What the run before knew of its own: arrived, or never left."""
    run = owned_by(owner, left.run)
    ours = [ident for ident, said_by in sending.items() if said_by == run]
    # Not now: what left a start ago would hold up what waits, as if it had left just now.
    by = now if left.by is None else min(left.by, now)
    arrived = [
        Result(ident, "", Sent(left.sent[ident]), at=by) for ident in ours if ident in left.sent
    ]
    stayed = [ident for ident in ours if ident not in left.sent and ident not in left.away]
    done = await record_sent(session, arrived, now=now)
    again = await move_many(
        session, DELIVERY_MOVES, Delivery, stayed,
        DeliveryStatus.SENDING, DeliveryStatus.PLANNED,
        who=SYSTEM, action="deliveries_stayed", now=now, lease_owner=None, lease_until=None,
        sending_at=None,
    )  # fmt: skip
    return done | set(again)


#: transactions of ours are short; one that does nothing for so long belongs to a host that is gone
SILENT_S = 3.0
#: what a transaction of the one who sends is called in PostgreSQL's list
SENDER = "schakel sends"
_SIGN = text("SELECT set_config('application_name', :name, true)")
_SILENT_SENDERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE relation = 'delivery'::regclass AND mode = 'RowExclusiveLock' AND granted "
    "AND datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() "
    "AND application_name = :name AND state = 'idle in transaction' "
    "AND state_change < clock_timestamp() - make_interval(secs => :silent_s)"
)


async def sign_as_sender(session: AsyncSession) -> None:
    """For as long as this transaction lasts whoever takes over can tell it from a page's."""
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        await connection.execute(_SIGN, {"name": SENDER})


async def free_rows(session: AsyncSession) -> int:
    """End what a dead sender holds on deliveries; returns how many connections.

    PostgreSQL notices only with time that nobody is at the other end, and until then its rows are
    locked. One that was only slow has its transaction undone, and may not send any more anyhow. A
    page that plans deliveries, however slowly, is left alone. SQLite has no hosts.
    """
    connection = await session.connection()
    if connection.dialect.name != "postgresql":
        return 0
    asked = {"name": SENDER, "silent_s": SILENT_S}
    return len((await connection.execute(_SILENT_SENDERS, asked)).all())


async def sweep_leases(
    session: AsyncSession,
    *,
    in_hand: Collection[int],
    settings: SendingSettings,
    sealer: Sealer,
    now: datetime,
) -> int:
    """Leases that are over: claimed → planned, sending → uncertain; returns how many.

    :param in_hand: deliveries that this process is working on at the moment.
    """
    over = await session.exec(
        select(Delivery.id, Delivery.status)
        .where(
            col(Delivery.status).in_([DeliveryStatus.CLAIMED, DeliveryStatus.SENDING]),
            col(Delivery.lease_until) <= now,
        )
        .limit(AT_ONCE)
    )
    rows = [(ident, status) for ident, status in over.all() if ident not in in_hand]
    claimed = _known([ident for ident, status in rows if status is DeliveryStatus.CLAIMED])
    sending = _known([ident for ident, status in rows if status is DeliveryStatus.SENDING])
    back = await give_back(session, claimed, action="leases_over", now=now)
    right = {*back, *await _interrupted(session, sending, settings, sealer=sealer, now=now)}
    await cancel_returned(session, right, now=now)
    return len(right)


async def _interrupted(
    session: AsyncSession,
    ids: Sequence[int],
    settings: SendingSettings,
    *,
    sealer: Sealer,
    now: datetime,
) -> list[int]:
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Delivery.id).in_(ids))
    )
    rows = found.all()
    edits = [d for d, _ in rows if d.act is DeliveryAct.EDIT]
    sends = [(d, m) for d, m in rows if d.act is DeliveryAct.SEND]
    again = await move_many(
        session, DELIVERY_MOVES, Delivery, ids_of(edits),
        DeliveryStatus.SENDING, DeliveryStatus.PLANNED,
        who=SYSTEM, action="edits_interrupted", now=now,
        reason=INTERRUPTED, lease_owner=None, lease_until=None,
    )  # fmt: skip
    unknown = await move_many(
        session, DELIVERY_MOVES, Delivery, ids_of(d for d, _ in sends),
        DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN,
        who=SYSTEM, action="deliveries_interrupted", now=now,
        reason=INTERRUPTED, lease_owner=None, lease_until=None, done_at=now,
    )  # fmt: skip
    for delivery, message in sends:
        if delivery.id in unknown:
            await _make_visible(session, delivery, message, settings, sealer=sealer, now=now)
    return [*again, *unknown]


async def _make_visible(
    session: AsyncSession,
    delivery: Delivery,
    message: Message,
    settings: SendingSettings,
    *,
    sealer: Sealer,
    now: datetime,
) -> None:
    await session.exec(
        update(Delivery)
        .where(col(Delivery.id) == delivery.id)
        .values(untold=untold_when_unknown(message))
        .execution_options(synchronize_session=False)
    )
    chat = open_address(delivery.address, delivery.kind, sealer)
    if chat is not None:
        way = fallback_when_unknown(delivery, message)
        await plan_fallback(
            session, delivery, message, way, sealer=sealer, chat=chat, now=now,
            not_before=now + wait_for_proof(message, settings),
        )  # fmt: skip


def _known(ids: Sequence[int | None]) -> list[int]:
    return [ident for ident in ids if ident is not None]
