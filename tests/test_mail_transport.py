"""Mail, over real SMTP to the simulator's sink: in both forms, over few connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.exercise.nowhere import Played
from bot.mail_transport import MailTransport
from bot.simulator.smtp_sink import SmtpSink
from bot.unsubscribing import Unsubscribing
from bot.verp import Verp
from contacts.outbox import Content, DeliveryAct, EmailForm, TelegramForm
from contacts.transport import Later, Outcome, Refused, Sent, Unknown, when_leaving
from tests.mail_world import HELLO, KEY, a_transport

ELSEWHERE = Unsubscribing("https://schakel.größe.example", KEY)
VERP = Verp("antwoord@schakel.example", KEY)


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    server = SmtpSink()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def transport(sink: SmtpSink) -> AsyncIterator[MailTransport]:
    mail = a_transport(sink.port)
    yield mail
    await mail.close()


async def test_a_mail_arrives_in_both_forms_with_an_address_to_bounce_to(
    sink: SmtpSink, transport: MailTransport
) -> None:
    outcome = await transport.send(HELLO)
    (mail,) = sink.to("docent@school.example")
    message = mail.message
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().split() == ["Beste", "collega,", "én", "rust."]
    assert html.get_content().strip() == "<p>én rust</p>"
    assert outcome == Sent(message["Message-ID"])
    assert message["Message-ID"].startswith("<d77.")
    assert message["From"] == "Gemeente Arnhem <schakel@schakel.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert VERP.read(mail.sender) == 77
    assert VERP.read(message["Reply-To"]) == 77


async def test_an_exercise_and_a_repeat_say_so_in_the_subject(
    sink: SmtpSink, transport: MailTransport
) -> None:
    await transport.send(replace(HELLO, is_exercise=True, is_repeat=True))
    assert sink.mails[0].message["Subject"] == ("OEFENING · (herhaling) Informatie: stand 18.00")


async def test_many_mails_share_one_connection(sink: SmtpSink, transport: MailTransport) -> None:
    outcomes = await asyncio.gather(*(transport.send(HELLO) for _ in range(20)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert len(sink.mails) == 20
    assert len(sink._connections) == 1


async def test_a_connection_that_was_closed_while_idle_is_replaced(
    sink: SmtpSink, transport: MailTransport
) -> None:
    await transport.send(HELLO)
    for connection in list(sink._connections):
        assert isinstance(connection.transport, asyncio.WriteTransport)
        connection.transport.abort()
    assert isinstance(await transport.send(HELLO), Sent)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("permanent", Refused("smtp_550", closes_channel=True)),
        ("drop_after", Unknown("dropped_after_data")),
        ("drop_before", Unknown("dropped_after_data")),
    ],
)
async def test_faults_of_the_sink_have_their_outcome_and_the_next_mail_goes(
    sink: SmtpSink, transport: MailTransport, fault: str, expected: Outcome
) -> None:
    sink.fail(HELLO.address, fault)
    assert await transport.send(HELLO) == expected
    assert isinstance(await transport.send(HELLO), Sent)


async def test_nothing_listening_is_told_as_such(sink: SmtpSink) -> None:
    port = sink.port
    await sink.stop()
    outcome = await a_transport(port).send(HELLO)
    assert isinstance(outcome, Later)
    assert (outcome.reason, outcome.whole_channel) == ("not_reachable", True)


async def test_a_server_without_the_security_we_ask_for_gets_no_mail(sink: SmtpSink) -> None:
    transport = a_transport(sink.port, tls="starttls")
    outcome = await transport.send(HELLO)
    await transport.close()
    assert isinstance(outcome, Later)
    assert (outcome.reason, sink.mails) == ("no_tls", [])


@pytest.mark.parametrize("address", ["a\nBcc: b@example.org", "geen adres", "a", "", "a@"])
async def test_an_address_that_is_none_is_refused(
    sink: SmtpSink, transport: MailTransport, address: str
) -> None:
    outcome = await transport.send(replace(HELLO, address=address))
    assert isinstance(outcome, Refused)
    assert outcome.closes_channel
    assert sink.mails == []


async def test_a_line_break_in_a_subject_adds_no_header(
    sink: SmtpSink, transport: MailTransport
) -> None:
    form = EmailForm("Een\nBcc: b@example.org", "t", "t")
    await transport.send(replace(HELLO, content=Content(email=form)))
    assert sink.mails[0].message["Subject"] == "Een Bcc: b@example.org"
    assert sink.mails[0].message["Bcc"] is None


async def test_an_address_of_ours_with_letters_of_its_own_closes_nobodys_channel(
    sink: SmtpSink,
) -> None:
    """A subject and a name too, however long; what was short and plain stays as it was."""
    mail = a_transport(
        sink.port, from_name="Gemeente Súdwest-Fryslân", unsubscribing=ELSEWHERE
    )  # fmt: skip
    form = EmailForm("Duiding — " + "wat u morgen kunt zeggen " * 12, "t\n", "<p>t</p>")
    distributed = replace(HELLO, content=Content(email=form), is_distributed=True)
    try:
        assert isinstance(await mail.send(distributed), Sent)
    finally:
        await mail.close()
    (arrived,) = sink.mails
    assert arrived.message["Subject"] == form.subject.strip()
    assert "Súdwest-Fryslân" in arrived.message["From"]
    assert arrived.message["To"] == HELLO.address
    assert "größe.example" in arrived.message["List-Unsubscribe"]


@pytest.mark.parametrize(
    "ours",
    [
        {"from_address": "informatie@größe.example"},
        {"from_address": "größe@schakel.example"},
        {"reply_address": "größe@schakel.example"},
        {"from_address": "schakel@geen adres"},
        {"from_address": ""},
    ],
)
async def test_an_address_of_ours_that_goes_in_no_envelope_holds_the_channel(
    sink: SmtpSink, ours: dict[str, str]
) -> None:
    mail = a_transport(sink.port, **ours)
    outcome = await mail.send(HELLO)
    await mail.close()
    assert isinstance(outcome, Later)
    assert (outcome.whole_channel, outcome.reason) == (True, "wrong_settings")
    assert sink.mails == []


async def test_words_that_go_in_no_mail_close_no_channel(
    sink: SmtpSink, transport: MailTransport
) -> None:
    form = EmailForm("Half teken", "half: \ud83d", "<p>half</p>")
    outcome = await transport.send(replace(HELLO, content=Content(email=form)))
    assert outcome == Refused("cannot_be_made")
    assert sink.mails == []


async def test_a_mail_is_final_and_needs_a_form(transport: MailTransport) -> None:
    edit = replace(HELLO, act=DeliveryAct.EDIT)
    chat = replace(HELLO, content=Content(telegram=TelegramForm("x")))
    assert await transport.send(edit) == Refused("mail_is_final")
    assert await transport.send(chat) == Refused("no_form")


async def test_a_mail_has_left_only_once_its_text_is_on_its_way(sink: SmtpSink) -> None:
    """What waits for a connection, or is refused before its text, did not leave: after a kill such
    a mail is sent, and not uncertain."""
    left: list[int] = []
    when_leaving(lambda: left.append(len(sink.mails)))
    sink.fail("nobody@school.example", "permanent")
    mail = a_transport(sink.port, connections=1)
    try:
        refused = await mail.send(replace(HELLO, address="nobody@school.example"))
        assert isinstance(refused, Refused)
        assert left == []
        sink.fail(HELLO.address, "slow", seconds=0.4)
        first = asyncio.create_task(mail.send(HELLO))
        waits = asyncio.create_task(mail.send(replace(HELLO, address="b@c.nl")))
        await asyncio.sleep(0.2)
        assert left == [0], "one is being taken, the other waits for its connection"
        assert isinstance(await first, Sent)
        assert isinstance(await waits, Sent)
        assert left == [0, 1]
    finally:
        await mail.close()
    nowhere = a_transport(1)
    assert isinstance(await nowhere.send(HELLO), Later)
    assert left == [0, 1]


async def test_the_mail_of_the_house_says_when_it_leaves_as_its_transport_does(
    sink: SmtpSink, transport: MailTransport
) -> None:
    """Where an exercise's people live nobody is written to, and the others wait as ever."""
    left: list[str] = []
    when_leaving(lambda: left.append("now"))
    house = Played(transport)
    assert house.tells_leaving
    sink.fail("nobody@school.example", "permanent")
    await house.send(replace(HELLO, address="nobody@school.example"))
    assert left == []
    assert isinstance(await house.send(HELLO), Sent)
    assert left == ["now"]


async def test_several_mails_go_over_as_many_connections_as_there_are(sink: SmtpSink) -> None:
    sink.fail("*", "slow", times=4, seconds=0.3)
    transport = a_transport(sink.port, connections=2)
    outcomes = await asyncio.gather(*(transport.send(HELLO) for _ in range(4)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert (len(sink._connections), len(sink.mails)) == (2, 4)
    await transport.close()
