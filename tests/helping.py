"""People who ask and offer help in the chat."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.consent import ConsentKind, give_consent, withdraw_consent
from contacts.directory import Channel, ChannelKind, Domain, Organisation, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import Content, DeliveryStatus, MessageKind, TelegramForm
from contacts.people import grant
from contacts.permissions import load_actor
from contacts.sending import Recipient, post
from signals.help_rows import HelpKind, HelpTopic
from signals.help_views import entries_for
from signals.helping import HelpDraft, Placed, place
from signals.settings import SignalSettings
from tests.partner_world import SEALER, Chat

WORDS = "Wie kan morgen een gesprek in een klas leiden?"


async def somebody(
    chat: Chat, name: str, domain: Domain, *, shares: bool = True, district: str | None = None,
    is_exercise: bool = False, roles: tuple[Role, ...] = (),
) -> int:  # fmt: skip
    """A member elsewhere, with a mail address; returns their number."""
    async with chat.db.begin() as session:
        organisation = Organisation(
            name=f"Organisatie van {name}", domain=domain, district=district,
            is_exercise=is_exercise, created_at=chat.now,
        )  # fmt: skip
        session.add(organisation)
        await session.flush()
        person = Person(
            organisation_id=organisation.id or 0, name=name, function="medewerker",
            is_exercise=is_exercise, created_at=chat.now,
        )  # fmt: skip
        session.add(person)
        await session.flush()
        assert person.id is not None
        session.add(
            Channel(
                person_id=person.id, kind=ChannelKind.EMAIL, address=f"{name.lower()}@x.example",
                is_exercise=is_exercise, created_at=chat.now,
            )
        )  # fmt: skip
        for role in roles:
            await grant(session, person.id, role, who=SYSTEM, now=chat.now)
        if shares:
            await consent(session, person.id, chat.now)
        return person.id


async def consent(session: AsyncSession, person_id: int, now: datetime) -> None:
    person = await session.get_one(Person, person_id)
    await give_consent(
        session, person, ConsentKind.SHARE_WITH_MEMBERS, "formulier", who=SYSTEM, now=now
    )


async def stop(chat: Chat, person_id: int) -> None:
    async with chat.db.begin() as session:
        person = await session.get_one(Person, person_id)
        kind = ConsentKind.SHARE_WITH_MEMBERS
        await withdraw_consent(session, person, kind, who=SYSTEM, now=chat.now)


async def put(chat: Chat, person_id: int, text: str = WORDS, event: int | None = None) -> int:
    """An offer of that member; returns its number."""
    async with chat.db.begin() as session:
        actor = await load_actor(session, person_id)
        assert actor is not None
        draft = HelpDraft(HelpKind.OFFERED, HelpTopic.CONVERSATION, event, text)
        placed = await place(
            session, draft, actor=actor, sealer=SEALER, settings=SignalSettings(), now=chat.now
        )
        assert isinstance(placed, Placed)
        return placed.entry_id


async def texts_for(chat: Chat, person_id: int, now: datetime | None = None) -> list[str]:
    """What this member reads of others."""
    async with chat.db.read() as session:
        actor = await load_actor(session, person_id)
        assert actor is not None
        shown = await entries_for(session, actor, sealer=SEALER, now=now or chat.now)
        return [entry.text for entry in shown]


async def reached(chat: Chat, person_id: int, event_id: int) -> None:
    """Something about this event arrived at the organisation of this member."""
    async with chat.db.begin() as session:
        person = await session.get_one(Person, person_id)
        [delivery] = await post(
            session, kind=MessageKind.BRIEFING, content=Content(telegram=TelegramForm(text="x")),
            to=[
                Recipient(
                    ChannelKind.TELEGRAM, f"9{person_id}", person_id, person.organisation_id
                )
            ],
            event_id=event_id, now=chat.now,
        )  # fmt: skip
        delivery.status = DeliveryStatus.SENT
        session.add(delivery)
