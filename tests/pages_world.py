"""An evening with a row for every page of the console, and the pages that open with a link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import utc_now
from bot.unsubscribing import Unsubscribing
from briefings.learning.digest_rows import Digest, DigestStatus
from briefings.learning.polls import STAYS_OPEN
from briefings.learning.rows import Poll, QuickPoll
from briefings.learning.survey_rows import Survey
from briefings.overleg.rows import (
    Agreement,
    AgreementKind,
    Overleg,
    OverlegKind,
    OverlegPresence,
    OverlegStatus,
)
from contacts.directory import ContactGroup, GroupMember, LinkPurpose, Person
from contacts.links import mint_person_link
from contacts.outbox import Delivery
from contacts.tokens import hash_token, new_token
from signals.rows import AnswerLink, OutcomeCode
from tests.desk_evening import an_evening_at_the_desk
from tests.flow_world import Evening


@asynccontextmanager
async def a_filled_evening(folder: Path) -> AsyncIterator[Evening]:
    async with an_evening_at_the_desk(folder) as started:
        async with started.house.db.begin() as session:
            teacher = await session.exec(select(Person).where(col(Person.name) == "Docent VO"))
            session.add(ContactGroup(name="Hulp na de onrust"))
            await session.flush()
            session.add(GroupMember(group_id=1, person_id=teacher.one().id or 0))
            await an_overleg(session)
            a_digest(session)
        yield started


def a_digest(session: AsyncSession) -> None:
    """One that went, and one that is being written."""
    now = utc_now()
    text = "Dit hoorden wij:\n- Zo veel organisaties vertelden iets: 4.\nTot de volgende keer."
    session.add_all(
        Digest(
            id=number, period=period, title="Wat wij deden met wat u vertelde", text=text,
            status=status, edited_at=now, sent_at=sent_at, asked=3, is_exercise=True,
        )
        for number, period, status, sent_at in (
            (1, "2026-K3", DigestStatus.DRAFT, None), (2, "2026-K2", DigestStatus.SENT, now),
        )
    )  # fmt: skip


async def an_overleg(session: AsyncSession) -> None:
    """One that is planned, with an action that is late; the one before it was held."""
    now = utc_now()
    session.add_all(
        Overleg(
            id=number, starts_at=now + timedelta(days=days), kind=OverlegKind.REGULAR, host_id=2,
            place="Zaal 2", status=status, edited_at=now, is_exercise=True,
        )
        for number, days, status in ((1, 20, OverlegStatus.PLANNED), (2, -70, OverlegStatus.HELD))
    )  # fmt: skip
    await session.flush()
    session.add(OverlegPresence(overleg_id=1, organisation_id=2))
    session.add_all(
        Agreement(
            overleg_id=number, kind=kind, words=words, owner="communicatieadviseur", made_at=now,
            due=now.date() - timedelta(days=3), is_exercise=True,
        )
        for number, kind, words in (
            (1, AgreementKind.DECISION, "Wij houden twee uur aan voor de eerste tekst."),
            (2, AgreementKind.ACTION, "Maak een kort stuk over wie de zaal opent."),
        )
    )  # fmt: skip


async def links(evening: Evening, form: str) -> dict[str, str]:
    """The pages that open with a link, each with the name of its picture."""
    async with evening.house.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent VO"))).one()
        staff = (await session.exec(select(Person).where(col(Person.name) == "Goedkeurder"))).one()
        now = utc_now()
        own = await mint_person_link(session, teacher.id or 0, LinkPurpose.OWN_PAGE, now=now)
        judge = new_token()
        last_day = now.date() + timedelta(days=60)
        session.add(AnswerLink(token_hash=hash_token(judge), code=OutcomeCode.A, last_day=last_day))
        enter = await mint_person_link(session, staff.id or 0, LinkPurpose.SIGN_IN, now=now)
        session.add(
            Poll(event_id=1, asked_at=now, send_at=now, closes_at=now + STAYS_OPEN, asked=1)
        )
        session.add(
            Survey(
                year=now.year, asked_at=now, closes_at=now + STAYS_OPEN, asked=9, is_exercise=True
            )
        )
        session.add(QuickPoll(event_id=1, asked_at=now, closes_at=now + STAYS_OPEN, asked=1))
        mailed = (await session.exec(select(Delivery.id).where(Delivery.kind == "email"))).first()
    signing = Unsubscribing("", evening.house.sealer.derive("unsubscribe"))
    page = form.removesuffix("/signaal")
    return {
        page: "organisatiepagina", form: "signaalformulier", f"{page}/dank": "dank",
        f"/p/{own}": "eigen-pagina", f"/p/{own}/signaal": "", f"/p/{own}/dank": "",
        f"/p/{own}/peiling": "peiling-vragen", f"/p/{own}/rondbrief": "rondbrief-eigen",
        f"/p/{own}/overleg": "overleg-eigen",
        f"/p/{own}/hulp": "hulp", f"/p/{own}/wie": "wie", f"/p/{own}/groepen": "groepen-eigen",
        f"/p/{own}/vertel": "vertel", f"{page}/vertel": "", f"/nuttig/{judge}": "",
        f"{page}/vraag": "vraag", f"{page}/overleg": "vragen-overleg",
        f"/aanmelden/{enter}": "aanmelden-link",
        signing.address(mailed or 1): "uit", f"{page[:-4]}xxxx": "",
    }  # fmt: skip
