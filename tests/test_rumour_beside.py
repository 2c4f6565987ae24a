"""Of a rumour the claim is not kept; of a signal the tension of a group beside it is, and shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from bot.chat.coordinator import texts
from bot.evening.hearing import hear
from briefings.learning.rows import PollWord
from contacts.directory import Domain, Role, RoleGrant
from contacts.outbox import Content, Message, MessageKind
from contacts.permissions import load_actor
from contacts.records import Database
from signals.help_rows import HelpEntry, HelpKind, HelpTopic
from signals.helping import HelpDraft, place
from signals.peer_groups import begin_group
from signals.peer_rows import PeerGroup, PeerTopic
from signals.rephrasing import NOT_KEPT, NOT_KEPT_BUT, Change, rephrase
from signals.rows import Breadth, Direction, Need, Setting, Signal, SignalKind, ToldAs
from signals.rumour_words import tension_beside
from signals.settings import SignalSettings
from signals.telling import Told, beside_rumour
from tests import test_telling
from tests.briefings_cast import NOW
from tests.console_desk import Desk, a_desk
from tests.console_world import press
from tests.helping import consent, reached
from tests.partner_world import SEALER, a_partner, an_event
from tests.test_console_signals import a_signal
from tests.test_polls import answered, link_of, over

NOTE = f"Ze zeggen dat {NOT_KEPT}. Wij praten erover."
BESIDE = (
    "Het gerucht zelf is niet bewaard. Wel wat erbij is gemeld: ernst 3 · angst, zorg · "
    "hele stad, klas · een groep · neemt toe · nodig: hulp bij gesprekken."
)
CODES: dict[str, Any] = {
    "kinds": [SignalKind.RUMOUR.value, SignalKind.FEAR.value], "severity": 3, "district": "stad",
    "setting": Setting.CLASSROOM, "breadth": Breadth.GROUP, "direction": Direction.RISING,
    "need": Need.CONVERSATION_HELP,
}  # fmt: skip


FEAR, STAYS, INFORM = "angst of zorg", "wegblijven", "vraag om informatie"
TALK, HELP, ANGER = "vraag om hulp bij gesprekken", "vraag om hulp", "boosheid"


def kept(typed: str) -> str:
    return rephrase(typed, (), keeps_tension=True).text


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Ze zeggen dat er iemand vrij rondloopt en de hele groep is bang.", FEAR),
        ("Ze zeggen dat er een lijst is, daardoor durven leerlingen niet te komen.", STAYS),
        ("Ze zeggen dat er een lijst is, en veel leerlingen blijven thuis.", STAYS),
        ("Ze zeggen dat het weer gebeurt, en ouders maken zich zorgen.", FEAR),
        ("Ze zeggen dat het weer gebeurt, dus de klas is erg onrustig.", "onrust"),
        ("Jongeren zeggen dat er niets gebeurt en ouders zijn boos.", ANGER),
        ("Ouders zeggen dat het weer gebeurt, en het team heeft hulp nodig.", HELP),
        ("Ze zeggen dat er wordt gevochten, kunt u langskomen?", HELP),
        ("Ze zeggen dat de school sluit, en wat kunnen we tegen ouders zeggen?", TALK),
        ("Leerlingen zeggen dat de school sluit, wat zeg ik tegen de klas?!", TALK),
        ("Ze zeggen dat het weer gebeurt, klopt dat?", INFORM),
        ("Er gaat een gerucht rond: er is een lijst, en wij zijn bezorgd.", FEAR),
        (
            "Ze zeggen dat het weer misgaat, daarom zijn leerlingen bang, en ouders zijn kwaad.",
            f"{FEAR}, {ANGER}",
        ),
    ],
)
def test_the_tension_of_a_group_beside_a_claim_is_kept_as_a_code(typed: str, codes: str) -> None:
    assert NOT_KEPT_BUT.format(codes=codes) in kept(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Ze zeggen dat er een aanslag komt, maar niemand in de groep is bang.",
        "Leerlingen zeggen dat de conciërge en zijn broer woedend zijn op de moskee.",
        "Ze zeggen dat een jongen met een mes liep en boos was op zijn zus.",
        "Ouders zeggen dat de imam hulp biedt aan daders, en geld.",
        "Ouders zeggen dat de imam niet te vertrouwen is en hulp biedt aan daders.",
        "Ze zeggen dat de dader uit de wijk komt, gespannen was en een wapen had.",
        "Ze zeggen dat er geen les is en er is geen paniek.",
        # Under the same *zeggen dat*.
        "Ze zeggen dat de politie bang is.",
        "Ze zeggen dat hij boos was, en dat er een mes lag.",
        "Ze zeggen dat er gevochten wordt en de klas boos is op de imam.",
        "Ze zeggen dat er gevochten wordt, waardoor leerlingen bang zijn.",
        "Ze zeggen dat er een knal was en de groep is geschrokken.",
        "Ze zeggen dat ouders en leerlingen zijn boos op de moskee.",
        "Ze zeggen dat als de politie komt, leerlingen zijn boos.",
        # Denied, in the clause or after it.
        "Ze zeggen dat er gevochten wordt, maar de groep is niet bang.",
        "Ze zeggen dat er gevochten wordt, en wij zijn boos op niemand.",
        "Ze zeggen dat er een lijst is en leerlingen zijn bang, maar dat is niet waar.",
        # One person, those of the claim, or a kind of people.
        "Ze zeggen dat er een lijst is, en hij is woedend.",
        "Ze zeggen dat een jongen is opgepakt, en zijn ouders zijn bang.",
        "Ze zeggen dat een jongen is opgepakt, en de ouders zijn bang.",
        "Ze zeggen dat een groep heeft gevochten, en de groep is boos.",
        "Ze zeggen dat er een lijst is, en Turkse jongeren zijn boos.",
        "Ze zeggen dat er een lijst is, en ouders willen hulp geven aan daders.",
        # Said by others.
        "Er gaat een gerucht rond: er is een lijst, en leerlingen zijn boos op de imam.",
        "Ze zeggen dat er een lijst is, en leerlingen zijn boos op de imam, zeggen ze.",
        "Ze zeggen dat de imam vroeg, kunt u hulp bieden?",
        "Ze zeggen dat er een app rondgaat: pas op, wij zijn woedend.",
        "Ze zeggen dat de school dichtgaat, klopt dat.",
    ],
)
def test_what_may_be_the_claim_or_its_opposite_gives_no_code(typed: str) -> None:
    assert f"{NOT_KEPT}." in kept(typed) or f"{NOT_KEPT}?" in kept(typed)


RUMOUR = "Ze zeggen dat er iemand vrij rondloopt en de hele groep is bang."


async def test_a_signal_keeps_a_code(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        await test_telling.told(session, replace(test_telling.DRAFT, note=RUMOUR), now)
        [signal] = await test_telling.stored(session)
    note = test_telling.SEALER.unseal(signal.note_sealed or "")
    assert note == f"Ze zeggen dat {NOT_KEPT_BUT.format(codes=FEAR)}."


async def test_a_question_for_help_and_the_name_of_a_group_keep_none(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    event = await an_event(chat)
    await reached(chat, chat.person_id or 0, event)
    async with db.begin() as session:
        await consent(session, chat.person_id or 0, now)
        actor = await load_actor(session, chat.person_id or 0)
        assert actor is not None
        rights: Any = {
            "actor": actor, "sealer": SEALER, "settings": SignalSettings(), "now": now,
        }  # fmt: skip
        await place(session, HelpDraft(HelpKind.ASKED, HelpTopic.ROOM, text=RUMOUR), **rights)
        name = "Ze zeggen dat het misgaat, en de hele groep is bang."
        await begin_group(session, event, PeerTopic.OWN, name, **rights)
    [entry], [group] = await chat.all(HelpEntry), await chat.all(PeerGroup)
    for sealed in (entry.text_sealed, group.name_sealed):
        assert SEALER.unseal(sealed or "") == f"Ze zeggen dat {NOT_KEPT}."


async def test_words_after_an_event_keep_none(desk: Desk) -> None:
    await over(desk)
    await desk.press("vraag")
    await answered(desk, await link_of(desk), vraag="woorden", woorden=RUMOUR)
    [word] = await desk.rows(PollWord)
    assert desk.world.sealer.unseal(word.words_sealed) == f"Ze zeggen dat {NOT_KEPT}."


def test_a_claim_leaves_two_codes_at_most_and_so_many_characters() -> None:
    felt = ", en wij zijn bang, en wij zijn boos, en wij zijn verdrietig, wat zeg ik?"
    assert tension_beside(f" het misgaat{felt}") == (FEAR, ANGER)
    longest = NOT_KEPT_BUT.format(codes=f"{TALK}, {INFORM}")
    assert len(longest) == 90


def a_row(**values: Any) -> Signal:
    base = {
        "organisation_id": 1, "domain": Domain.EDUCATION, "received_at": NOW,
        "answer_due_at": NOW,
    }  # fmt: skip
    return Signal(**(base | CODES | values))


def test_the_coded_part_is_one_sentence() -> None:
    assert beside_rumour(a_row()) == BESIDE


def test_what_was_not_asked_is_not_said() -> None:
    bare = a_row(
        kinds=[SignalKind.RUMOUR.value], breadth=Breadth.UNKNOWN, direction=Direction.UNKNOWN,
        need=Need.UNSAID,
    )  # fmt: skip
    assert beside_rumour(bare).endswith("gemeld: ernst 3 · hele stad, klas.")
    assert beside_rumour(a_row(kinds=[SignalKind.UNSORTED.value, SignalKind.RUMOUR.value])) == ""
    assert beside_rumour(a_row(kinds=[], told_as=ToldAs.QUESTION)) == ""


async def test_the_phone_shows_it_under_the_note_and_in_the_notice(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        session.add(RoleGrant(person_id=chat.person_id, role=Role.COORDINATOR, granted_at=now))
        signal = a_row(received_at=now, answer_due_at=now, note_sealed=SEALER.seal(NOTE))
        session.add(signal)
        await session.flush()
        told = Told(signal.id or 0, now, now, is_new=True, changes=(Change.RUMOUR,))
        await hear(session, told, now=now)
        found = await session.exec(select(Message).where(Message.kind == MessageKind.NOTICE))
        form = Content.from_json(found.one().content).telegram
    assert form is not None
    assert BESIDE in form.text
    assert [button.text for row in form.buttons for button in row] == [texts.READ]
    await chat.tap(f"so:{signal.id}")
    assert f"<i>{NOTE}</i>\n{BESIDE}" in await chat.text()


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_shows_it_under_the_note(desk: Desk, now: datetime) -> None:
    sealed = desk.world.sealer.seal
    number = await a_signal(desk, now, **CODES, note_sealed=sealed(NOTE))
    other = await a_signal(desk, now, **CODES, note_sealed=sealed("De groep is stil."))
    for one, is_rumour in ((number, True), (other, False)):
        await press(desk.web, desk.world.sealer, f"/signaal/{one}/bekijken")
        page = (await desk.web.get(f"/signaal/{one}")).text
        assert (BESIDE in page) is is_rumour
