"""Vraag en aanbod in the chat: few taps, and two sides that see each other while they agree."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.chat.buttons import Tap
from bot.chat.router import TAPS
from bot.chat.turn import Turn
from bot.own_data import erase_contact, export_contact
from bot.rows import Conversation
from bot.tidying import forget_what_is_over
from contacts.consent import Consent, ConsentKind, give_consent, withdraw_consent
from contacts.directory import Channel, ChannelKind, Domain, Organisation, Person, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.meeting import ContactCount, Way
from contacts.outbox import Content, DeliveryStatus, Message, MessageKind, TelegramForm
from contacts.people import grant, mark_left
from contacts.permissions import Permission, load_actor, may
from contacts.records import Database
from contacts.sealing import is_sealed
from contacts.sending import Recipient, post
from signals.help_rows import HelpEntry, HelpKind, HelpMatch, HelpStatus, HelpTopic
from signals.help_views import entries_for, mine_of
from signals.helping import HelpDraft, HelpRefused, Placed, place, remove_entry, take_up
from signals.settings import SignalSettings
from tests.partner_world import SEALER, Chat, a_partner, an_event

WORDS = "Wie kan morgen een gesprek in een klas leiden?"


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


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


async def consent(session, person_id: int, now: datetime) -> None:  # type: ignore[no-untyped-def]
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
    assert ("niet voor politie" in await reader.text()) is not reads


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


async def test_a_standing_offer_lives_91_days_and_one_about_an_event_14(school: Chat) -> None:
    event = await an_event(school)
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    me = school.person_id or 0
    await reached(school, welfare, event)
    await reached(school, me, event)
    await put(school, welfare, "Bij de gebeurtenis.", event)
    await put(school, welfare, "Altijd.")
    assert await texts_for(school, me, school.now + timedelta(days=13)) == [
        "Altijd.", "Bij de gebeurtenis.",
    ]  # fmt: skip
    # Past its day nobody sees it, even before the round of tidying.
    assert await texts_for(school, me, school.now + timedelta(days=15)) == ["Altijd."]
    assert await texts_for(school, me, school.now + timedelta(days=92)) == []


async def test_tidying_wipes_the_words_at_the_end_and_the_rows_a_month_later(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    entry = await put(school, welfare)
    await school.command("/hulp")
    await school.tap(f"ho:{entry}")

    async def tidy(days: int) -> None:
        async with school.db.begin() as session:
            await forget_what_is_over(
                session, SignalSettings(), now=school.now + timedelta(days=days)
            )

    await tidy(90)
    [row] = await school.all(HelpEntry)
    assert row.text_sealed is not None
    await tidy(91)
    [row] = await school.all(HelpEntry)
    assert (row.status, row.text_sealed) == (HelpStatus.EXPIRED, None)
    assert len(await school.all(HelpMatch)) == 1, "they can still find each other"
    await tidy(120)
    assert len(await school.all(HelpEntry)) == 1
    await tidy(121)
    assert await school.all(HelpEntry) == []
    assert await school.all(HelpMatch) == []
    assert [row.count for row in await school.all(ContactCount)] == [1]


async def test_the_maker_ends_it_and_nobody_else_can(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    theirs = await put(school, welfare)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    await put(school, school.person_id or 0, "Wij zoeken een zaal.")
    await school.command("/hulp")
    await school.press("Van mij (1)")
    with pytest.raises(ValueError, match="not theirs"):
        await school.tap(f"he:{theirs}:geregeld")
    await school.press("Geregeld 1")
    assert school.toast == "geregeld"
    assert "geregeld" in await school.text()
    own = next(row for row in await school.all(HelpEntry) if row.id != theirs)
    assert (own.status, own.text_sealed) == (HelpStatus.DONE, None)
    assert await texts_for(school, welfare) == []


async def test_a_coordinator_takes_it_away_and_the_maker_hears_why(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    await put(school, welfare)
    async with school.db.begin() as session:
        await grant(session, school.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=school.now)
    await school.command("/hulp")
    await school.press("Bekijk van anderen")
    await school.press("Weghalen 1")
    await school.press("Het staat er al")
    [entry] = await school.all(HelpEntry)
    assert (entry.status, entry.text_sealed) == (HelpStatus.REMOVED, None)
    [line] = [j for j in await school.all(JournalEntry) if j.action == "help_removed"]
    assert (line.actor, line.detail["reason"]) == (f"person:{school.person_id}", "dubbel")
    [notice] = [m for m in await school.all(Message) if m.kind is MessageKind.NOTICE]
    assert "het staat er al" in json.dumps(notice.content, ensure_ascii=False)


async def test_a_member_cannot_take_away_what_is_not_theirs(school: Chat) -> None:
    entry = await put(school, await somebody(school, "Welzijn", Domain.CARE_WELFARE))
    async with school.db.begin() as session:
        actor = await load_actor(session, school.person_id or 0)
        assert actor is not None
        row = await session.get_one(HelpEntry, entry)
        with pytest.raises(Exception, match="moderate_help"):
            await remove_entry(session, row, "dubbel", actor=actor, now=school.now)
    assert (await school.all(HelpEntry))[0].status is HelpStatus.OPEN


async def test_erasing_takes_entries_and_matches_and_the_file_holds_them_before(
    school: Chat,
) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    me = school.person_id or 0
    async with school.db.begin() as session:
        await consent(session, me, school.now)
    await school.command("/hulp")
    await school.tap(f"ho:{await put(school, welfare)}")
    async with school.db.begin() as session:
        person = await session.get_one(Person, welfare)
        file = await export_contact(session, person, SEALER)
        [told] = file["help_entry"]
        assert told["text_sealed"] == WORDS
        mine = await export_contact(session, await session.get_one(Person, me), SEALER)
        assert len(mine["help_match"]) == 1
        await erase_contact(session, person, who=SYSTEM, now=school.now)
    assert await school.all(HelpEntry) == []
    assert await school.all(HelpMatch) == []
    await school.command("/hulp")
    assert not any("Van mij" in label for label in await school.labels())


async def test_the_journal_does_not_say_who_asked_or_took_up(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    await school.command("/hulp")
    await school.tap(f"ho:{await put(school, welfare)}")
    lines = [j for j in await school.all(JournalEntry) if j.action.startswith("help_")]
    assert {line.action for line in lines} == {"help_placed", "help_taken_up"}
    assert {line.actor for line in lines} == {"system"}
    assert WORDS not in json.dumps([line.detail for line in lines])


async def test_words_of_others_stand_sealed_in_the_outbox(school: Chat) -> None:
    await put(school, await somebody(school, "Welzijn", Domain.CARE_WELFARE))
    await school.command("/hulp")
    await school.press("Bekijk van anderen")
    async with school.db.read() as session:
        rows = (await session.exec(select(Message))).all()
    assert WORDS not in json.dumps([row.content for row in rows], ensure_ascii=False)


async def test_a_turn_that_dies_before_its_end_takes_nothing_up_and_tells_nobody(
    school: Chat,
) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    entry = await put(school, welfare)
    before = len(await school.all(Message))

    async def dies(turn: Turn) -> None:
        await TAPS["ho"](turn)
        raise RuntimeError("killed")

    tap = Tap("ho", (str(entry),))
    with pytest.raises(RuntimeError, match="killed"):
        await school.run(dies, tap=tap)
    assert await school.all(HelpMatch) == []
    assert await school.all(ContactCount) == []
    assert len(await school.all(Message)) == before
    await school.command("/hulp")
    await school.tap(f"ho:{entry}")
    assert len(await school.all(HelpMatch)) == 1


async def test_one_form_that_is_sent_twice_is_one_entry(school: Chat) -> None:
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
        actor = await load_actor(session, school.person_id or 0)
        assert actor is not None
        placed = [
            await place(
                session, HelpDraft(HelpKind.ASKED, HelpTopic.ROOM), actor=actor, sealer=SEALER,
                settings=SignalSettings(), now=school.now, once="a" * 64,
            )
            for _ in range(2)
        ]  # fmt: skip
    assert [isinstance(one, Placed) and one.is_new for one in placed] == [True, False]
    assert len(await school.all(HelpEntry)) == 1


async def test_ten_open_ones_are_enough(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    for number in range(10):
        await put(school, welfare, f"Aanbod {number}.")
    async with school.db.begin() as session:
        actor = await load_actor(session, welfare)
        assert actor is not None
        draft = HelpDraft(HelpKind.ASKED, HelpTopic.ROOM)
        refused = await place(
            session, draft, actor=actor, sealer=SEALER, settings=SignalSettings(), now=school.now
        )
    assert refused == HelpRefused("too_many")
    await school.command("/hulp")
    await school.press("Bekijk van anderen (10)")
    await school.press("Volgende")
    assert "10. " in await school.text()
