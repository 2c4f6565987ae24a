"""Erases one contact: what remains is a numbered row without a name, to which old rows point.

Erasing by request is at once; who left the organisation is erased a month later.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, cast, delete, literal, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Person
from contacts.journal import Who, write_journal
from contacts.outbox import Delivery, DeliveryStatus
from contacts.people import mark_left
from contacts.pointers import tables_of_one_person
from contacts.retention import WIPED, cancel_without_address
from contacts.rota_rows import RotaTurn
from contacts.texts import ERASED_NAME

#: somebody who left can still be asked what was meant, and found again when it was a mistake
KEEP_LEFT = timedelta(days=30)


async def people_to_erase(session: AsyncSession, *, now: datetime) -> list[int]:
    """The numbers of those who left a month ago and still have a name, in their order."""
    found = await session.exec(
        select(Person.id)
        .where(col(Person.left_at) <= now - KEEP_LEFT, col(Person.erased_at).is_(None))
        .order_by(col(Person.id))
    )
    return [ident for ident in found.all() if ident is not None]


async def erase_person(session: AsyncSession, person: Person, *, who: Who, now: datetime) -> None:
    """Take everything that says who this is out of the list and the log of deliveries."""
    assert person.id is not None
    await mark_left(session, person, who=who, now=now)
    await session.exec(update(Person).where(col(Person.backup_person_id) == person.id)
                       .values(backup_person_id=None))  # fmt: skip
    await session.exec(update(RotaTurn).where(col(RotaTurn.offered_to_id) == person.id)
                       .values(offered_to_id=None))  # fmt: skip
    for table in tables_of_one_person():
        await session.exec(delete(table).where(table.columns["person_id"] == person.id))
    session.expire_all()
    await session.refresh(person)
    await session.exec(
        update(Delivery)
        .where(col(Delivery.person_id) == person.id, col(Delivery.status) != DeliveryStatus.SENDING)
        .values(address=literal(WIPED) + cast(col(Delivery.id), String), person_id=None,
                external_id=None)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    await cancel_without_address(session, now=now)
    person.name, person.function, person.phone = ERASED_NAME, "", None
    person.audiences, person.language = [], "nl"
    person.quiet_from = person.quiet_until = person.backup_person_id = None
    person.erased_at = now
    session.add(person)
    write_journal(session, who=who, action="person_erased", subject=f"person:{person.id}", now=now)
    await session.flush()
