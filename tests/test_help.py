"""Asking and offering help, taking it up, and who sees whom."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from bot.rows import Conversation
from contacts.consent import Consent, ConsentKind
from contacts.directory import Domain, Person, Role
from contacts.journal import SYSTEM
from contacts.meeting import ContactCount, Way
from contacts.outbox import Message, MessageKind
from contacts.people import mark_left
from contacts.permissions import Permission, load_actor, may
from contacts.records import Database
from contacts.sealing import is_sealed
from feeds.rows import Event, EventStatus
from signals.help_rows import HelpEntry, HelpKind, HelpMatch, HelpTopic
from signals.help_views import entries_for, mine_of
from signals.helping import HelpDraft, HelpRefused, place, take_up
from signals.settings import SignalSettings
from tests.helping import WORDS, consent, put, reached, somebody, stop, texts_for
from tests.partner_world import SEALER, Chat, a_partner, an_event


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def test_asking_takes_the_consent_once_then_few_taps_and_a_sentence(school: Chat) -> None:
    await school.command("/hulp")
    await school.press("Ik zoek hulp")
    assert "Mogen andere leden u zien?" in await school.text()
    for label in ("Ja, andere leden", "Meedenken"):
        await school.press(label)
    await school.write(WORDS)
    assert f"zin van {len(WORDS)} tekens" in await school.text()
    await school.press("Plaatsen")
    assert "Geplaatst" in await school.text()
    [entry] = await school.all(HelpEntry)
    assert (entry.kind, entry.topic, entry.event_id) == (HelpKind.ASKED, HelpTopic.THINKING, None)
    assert is_sealed(entry.text_sealed)
    assert SEALER.unseal(entry.text_sealed) == WORDS
    assert await school.all(Conversation) == []
    [given] = await school.all(Consent)
    assert (given.kind, given.withdrawn_at) == (ConsentKind.SHARE_WITH_MEMBERS, None)
    await school.command("/hulp")
    await school.press("Ik bied hulp")
    assert "Waarmee?" in await school.text(), "asked once"


async def test_what_is_placed_after_its_event_closed_says_so_and_ends_the_question(
    school: Chat,
) -> None:
    event = await an_event(school)
    await reached(school, school.person_id or 0, event)
    await school.command("/hulp")
    for label in ("Ik zoek hulp", "Ja, andere leden", "Meedenken", "Gebeurtenis"):
        await school.press(label)
    await school.write(WORDS)
    async with school.db.begin() as session:
        row = await session.get_one(Event, event)
        row.status = EventStatus.CLOSED
        session.add(row)
    await school.press("Plaatsen")
    assert "loopt niet meer" in await school.text()
    assert await school.all(HelpEntry) == []
    assert await school.all(Conversation) == []


async def test_who_does_not_want_to_be_seen_places_nothing(school: Chat) -> None:
    await school.command("/hulp")
    await school.press("Ik zoek hulp")
    await school.press("Nee, liever niet")
    assert await school.all(HelpEntry) == []
    assert await school.all(Consent) == []
    async with school.db.begin() as session:
        actor = await load_actor(session, school.person_id or 0)
        assert actor is not None
        refused = await place(
            session, HelpDraft(HelpKind.ASKED, HelpTopic.ROOM), actor=actor, sealer=SEALER,
            settings=SignalSettings(), now=school.now,
        )  # fmt: skip
    assert refused == HelpRefused("not_sharing")


async def test_words_about_a_person_are_kept_nowhere_and_the_question_stays(school: Chat) -> None:
    planted = "Wie helpt mij met Dennis Bakkerstra?"
    await school.command("/hulp")
    for label in ("Ik zoek hulp", "Ja, andere leden", "Meedenken"):
        await school.press(label)
    await school.write(planted)
    assert "Wij hebben niets bewaard" in await school.text()
    assert await school.buttons() == []
    [talk] = await school.all(Conversation)
    assert (talk.flow, talk.step, talk.data.get("words")) == ("help", "words", None)
    kept = json.dumps([row.content for row in await school.all(Message)])
    assert "Bakkerstra" not in kept
    assert await school.count("referral") == 1
    await school.write(WORDS)
    await school.press("Plaatsen")
    assert len(await school.all(HelpEntry)) == 1


async def test_one_tap_takes_it_up_and_both_sides_see_each_other(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    await put(school, welfare)
    await school.command("/hulp")
    await school.press("Bekijk van anderen (1)")
    before = await school.text()
    assert WORDS in before
    assert "zorg en welzijn" in before
    assert "Welzijn" not in before.replace("zorg en welzijn", ""), "not yet who"
    await school.press("Oppakken 1")
    after = await school.text()
    for words in ("Organisatie van Welzijn", "Welzijn, medewerker", "welzijn@x.example"):
        assert words in after
    [notice] = [m for m in await school.all(Message) if m.kind is MessageKind.NOTICE]
    told = json.dumps(notice.content, ensure_ascii=False)
    assert "School pakte dit op" in told
    assert "Docent" not in told, "the contact is not in the message"
    async with school.db.read() as session:
        actor = await load_actor(session, welfare)
        assert actor is not None
        [mine] = await mine_of(session, actor, sealer=SEALER)
        [met] = mine.met
        assert met.organisation == "School"
        assert met.contact is not None
        assert met.contact.name == "Docent"
    [count] = await school.all(ContactCount)
    assert (count.from_domain, count.to_domain, count.way, count.count) == (
        Domain.EDUCATION, Domain.CARE_WELFARE, Way.TAKEN_UP, 1,
    )  # fmt: skip
    assert count.week.weekday() == 0


async def test_taking_up_twice_is_once(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    entry = await put(school, welfare)
    for _ in range(2):
        await school.command("/hulp")
        await school.tap(f"ho:{entry}")
        assert "welzijn@x.example" in await school.text()
    assert len(await school.all(HelpMatch)) == 1
    assert [row.count for row in await school.all(ContactCount)] == [1]
    assert len([m for m in await school.all(Message) if m.kind is MessageKind.NOTICE]) == 1


async def test_taking_up_asks_for_the_consent_first_and_then_goes_on(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    entry = await put(school, welfare)
    await school.command("/hulp")
    await school.tap(f"ho:{entry}")
    assert await school.all(HelpMatch) == []
    await school.press("Ja, andere leden")
    assert "welzijn@x.example" in await school.text()
    assert len(await school.all(HelpMatch)) == 1


@pytest.mark.parametrize("gone", ["maker", "taker"])
async def test_a_consent_that_is_withdrawn_in_between_shows_no_contact(
    school: Chat, gone: str
) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    me = school.person_id or 0
    async with school.db.begin() as session:
        await consent(session, me, school.now)
    await school.command("/hulp")
    await school.tap(f"ho:{await put(school, welfare)}")
    [match] = await school.all(HelpMatch)
    await stop(school, welfare if gone == "maker" else me)
    await school.tap(f"hc:{match.id}")
    assert ("welzijn@x.example" in await school.text()) == (gone == "taker")
    async with school.db.read() as session:
        actor = await load_actor(session, welfare)
        assert actor is not None
        [mine] = await mine_of(session, actor, sealer=SEALER)
        assert (mine.met[0].contact is None) == (gone == "taker")
        assert mine.met[0].organisation == "School", "who took it up stays known"


async def test_who_stops_sharing_or_leaves_is_off_the_list_at_once(school: Chat) -> None:
    first = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    second = await somebody(school, "Sport", Domain.CIVIL)
    await put(school, first, "Wij hebben een zaal.")
    entry = await put(school, second, "Wij hebben vrijwilligers.")
    me = school.person_id or 0
    assert len(await texts_for(school, me)) == 2
    await stop(school, first)
    assert await texts_for(school, me) == ["Wij hebben vrijwilligers."]
    async with school.db.begin() as session:
        await consent(session, me, school.now)
        person = await session.get_one(Person, second)
        await mark_left(session, person, who=SYSTEM, now=school.now)
    assert await texts_for(school, me) == []
    await school.command("/hulp")
    await school.tap(f"ho:{entry}")
    assert school.toast == "Dit staat er niet meer."
    assert await school.all(HelpMatch) == []


async def test_about_an_event_only_who_got_something_about_it_sees_it(school: Chat) -> None:
    event = await an_event(school)
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    with pytest.raises(ValueError, match="event"):
        await put(school, welfare, event=event)
    await reached(school, welfare, event)
    await put(school, welfare, event=event)
    me = school.person_id or 0
    assert await texts_for(school, me) == []
    await reached(school, me, event)
    assert await texts_for(school, me) == [WORDS]


async def test_a_real_member_never_sees_what_an_exercise_asks(school: Chat) -> None:
    played = await somebody(school, "Welzijn", Domain.CARE_WELFARE, is_exercise=True)
    other = await somebody(school, "Sport", Domain.CIVIL, is_exercise=True)
    entry = await put(school, played)
    assert await texts_for(school, school.person_id or 0) == []
    assert await texts_for(school, other) == [WORDS]
    async with school.db.begin() as session:
        actor = await load_actor(session, school.person_id or 0)
        assert actor is not None
        assert await take_up(session, entry, actor=actor, now=school.now) == HelpRefused("gone")


@pytest.mark.parametrize(
    ("domain", "roles", "reads"),
    [
        (Domain.SAFETY, (), False),
        (Domain.SAFETY, (Role.COORDINATOR,), False),
        (Domain.CIVIL, (Role.KNOWLEDGE_PARTNER,), False),
        (Domain.MUNICIPALITY, (Role.ADMIN,), False),
        (Domain.MUNICIPALITY, (Role.ADMIN, Role.COORDINATOR), True),
        (Domain.MUNICIPALITY, (Role.APPROVER,), True),
        (Domain.CIVIL, (), True),
    ],
)
async def test_the_one_gate_says_who_reads_and_everybody_may_ask(
    school: Chat, domain: Domain, roles: tuple[Role, ...], reads: bool
) -> None:
    number = await somebody(school, "Lezer", domain, roles=roles)
    async with school.db.read() as session:
        actor = await load_actor(session, number)
    assert actor is not None
    assert may(actor, Permission.READ_HELP) is reads
    assert may(actor, Permission.ASK_HELP)
    reader = Chat(school.db, school.now, number)
    await reader.command("/hulp")
    assert any("Bekijk" in label for label in await reader.labels()) is reads
    assert ("lezen niet wat anderen schrijven" in await reader.text()) is not reads


async def test_a_wijk_is_named_only_where_three_such_organisations_are(school: Chat) -> None:
    place_code = "WK020207"
    makers = [
        await somebody(school, f"Club{n}", Domain.CIVIL, district=place_code) for n in range(2)
    ]
    await put(school, makers[0])

    async def where() -> str:
        async with school.db.read() as session:
            actor = await load_actor(session, school.person_id or 0)
            assert actor is not None
            [entry] = await entries_for(session, actor, sealer=SEALER, now=school.now)
            return entry.where

    assert await where() == "maatschappelijk"
    await somebody(school, "Club3", Domain.CIVIL, district=place_code)
    assert await where() == "maatschappelijk in Klarendal"
