"""The simulated mail: a sink with faults, a mailbox that clients read, and what comes back."""

from __future__ import annotations

import asyncio
import imaplib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from typing import Any, TypeVar, cast

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imap_tools import AND, NOT, OR, A, MailBoxUnencrypted, MailMessageFlags

from bot.simulator import Simulator
from bot.simulator.imap_search import BadSearch, Stored, search, within, words_of

T = TypeVar("T")
SENDER = "antwoord+d1.abc@gemeente.example"


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator() as running:
        yield running


def a_mail(to: str, subject: str = "Onderwerp", text: str = "tekst") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@gemeente.example", to, subject
    mail["Message-ID"] = f"<{subject}@gemeente.example>"
    mail.set_content(text)
    return mail


async def send(simulator: Simulator, to: str, **how: Any) -> Any:
    return await aiosmtplib.send(
        a_mail(to), sender=SENDER, hostname="127.0.0.1", port=simulator.mail.port, **how
    )


async def reading(simulator: Simulator, do: Callable[[MailBoxUnencrypted], T]) -> T:
    """Run ``do`` with a logged-in mailbox, in a thread."""

    def run() -> T:
        box = MailBoxUnencrypted("127.0.0.1", simulator.mailbox.port)
        with box.login("schakel", "oefening") as opened:
            return do(opened)

    return await asyncio.to_thread(run)


# -- the sink --------------------------------------------------------------------------------


async def test_a_mail_keeps_its_envelope_apart_from_its_head(simulator: Simulator) -> None:
    await send(simulator, "Docent@School.example")
    mail = await simulator.mail.see("docent@school.example")
    assert (mail.sender, mail.recipients) == (SENDER, ("Docent@School.example",))
    assert mail.message.get_content().strip() == "tekst"
    with pytest.raises(TimeoutError, match="no mail for x@school"):
        await simulator.mail.see("x@school.example", timeout_s=0.02)


async def test_whoever_waits_gets_the_mail_that_comes(simulator: Simulator) -> None:
    waiting = asyncio.create_task(simulator.mail.see("x@school.example"))
    await asyncio.sleep(0.02)
    await send(simulator, "x@school.example")
    assert (await waiting).message["Subject"] == "Onderwerp"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("temporary", 450), ("permanent", 550), ("busy", 421), ("full", 452), ("spam", 554)],
)
async def test_a_refusal_has_its_code_and_the_next_mail_arrives(
    simulator: Simulator, kind: Any, code: int
) -> None:
    simulator.mail.fail("x@school.example", kind)
    with pytest.raises(aiosmtplib.SMTPException) as caught:
        await send(simulator, "x@school.example")
    found = getattr(caught.value, "recipients", [caught.value])[0]
    assert found.code == code
    assert simulator.mail.mails == []
    await send(simulator, "x@school.example")
    assert len(simulator.mail.mails) == 1


@pytest.mark.parametrize(("kind", "arrived"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_cut_line_leaves_the_sender_in_doubt(
    simulator: Simulator, kind: Any, arrived: int
) -> None:
    simulator.mail.fail("x@school.example", kind)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(simulator, "x@school.example")
    assert len(simulator.mail.to("x@school.example")) == arrived


async def test_busy_ends_the_line_after_the_answer(simulator: Simulator) -> None:
    simulator.mail.fail("x@school.example", "busy")
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=simulator.mail.port)
    await client.connect()
    with pytest.raises(aiosmtplib.SMTPException):
        await client.sendmail(SENDER, ["x@school.example"], a_mail("x@school.example").as_bytes())
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.noop()
    client.close()


async def test_everybody_can_have_a_fault_and_a_slow_mail_arrives(simulator: Simulator) -> None:
    simulator.mail.fail("*", "permanent")
    simulator.mail.fail("y@school.example", "slow", seconds=0.05)
    await send(simulator, "y@school.example")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await send(simulator, "x@school.example")
    await send(simulator, "x@school.example")
    assert len(simulator.mail.mails) == 2
    with pytest.raises(ValueError, match="no such mail fault"):
        simulator.mail.fail("*", "gremlin")


async def test_a_login_is_demanded_when_there_is_one() -> None:
    async with Simulator(login=("schakel", "geheim")) as simulator:
        with pytest.raises(aiosmtplib.SMTPException, match="Authentication required"):
            await send(simulator, "x@school.example")
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await send(simulator, "x@school.example", username="schakel", password="fout")
        await send(simulator, "x@school.example", username="schakel", password="geheim")
        assert len(simulator.mail.mails) == 1


# -- what comes back -------------------------------------------------------------------------


async def test_a_bounce_goes_to_the_envelope_sender_and_names_the_address(
    simulator: Simulator,
) -> None:
    await send(simulator, "weg@school.example")
    simulator.bounce("weg@school.example", status="5.1.1")
    (mail,) = await reading(simulator, lambda box: list(box.fetch()))
    assert mail.to == (SENDER,)
    assert mail.obj.get_content_type() == "multipart/report"
    _, notice = cast("list[Message]", mail.obj.get_payload())
    assert notice.get_content_type() == "message/delivery-status"
    person = notice.get_payload()[1]
    assert (person["Final-Recipient"], person["Action"], person["Status"]) == (
        "rfc822; weg@school.example", "failed", "5.1.1"
    )  # fmt: skip
    with pytest.raises(LookupError, match="no mail came"):
        simulator.bounce("niemand@school.example")


async def test_a_reply_answers_the_newest_mail(simulator: Simulator) -> None:
    await send(simulator, "x@school.example")
    simulator.reply("x@school.example", "Dank u wel")
    (mail,) = await reading(simulator, lambda box: list(box.fetch()))
    assert (mail.from_, mail.subject) == ("x@school.example", "Re: Onderwerp")
    assert mail.headers["in-reply-to"] == ("<Onderwerp@gemeente.example>",)
    assert mail.text.startswith("Dank u wel")


# -- the mailbox -----------------------------------------------------------------------------


async def test_the_mailbox_is_read_once(simulator: Simulator) -> None:
    simulator.mailbox.bounce("d+1@gemeente.example", "weg@school.example")
    simulator.mailbox.deliver(a_mail("x@school.example").as_bytes())

    def unread(box: MailBoxUnencrypted) -> list[str]:
        return [mail.obj.get_content_type() for mail in box.fetch(AND(seen=False))]

    assert await reading(simulator, unread) == ["multipart/report", "text/plain"]
    assert await reading(simulator, unread) == []


async def test_looking_without_marking_leaves_it_unread(simulator: Simulator) -> None:
    uid = simulator.mailbox.deliver(a_mail("x@school.example").as_bytes())

    def look(box: MailBoxUnencrypted) -> tuple[int, str]:
        (mail,) = box.fetch(AND(seen=False), mark_seen=False, headers_only=True)
        return mail.size_rfc822, mail.subject

    size, subject = await reading(simulator, look)
    assert (size, subject) == (len(simulator.mailbox.inbox[0].raw), "Onderwerp")
    assert simulator.mailbox.inbox[0].flags == set()
    assert simulator.mailbox.inbox[0].uid == uid


async def test_flags_are_set_taken_off_and_searched(simulator: Simulator) -> None:
    first, second, third = (
        str(simulator.mailbox.deliver(a_mail("x@school.example", name).as_bytes()))
        for name in ("een", "twee", "drie")
    )

    def play(box: MailBoxUnencrypted) -> list[list[str]]:
        box.flag([first, second], MailMessageFlags.FLAGGED, True)
        box.flag(first, MailMessageFlags.FLAGGED, False)
        box.flag(third, MailMessageFlags.SEEN, True)
        return [
            box.uids(A(flagged=True)), box.uids(A(seen=True)), box.uids(A(subject="DRIE")),
            box.uids(OR(subject=["een", "drie"])), box.uids(NOT(subject="een")),
            box.uids(A(uid="2:*")), box.uids(A(to="school", seen=False)),
        ]  # fmt: skip

    assert await reading(simulator, play) == [
        [second], [third], [third], [first, third], [second, third], [second, third],
        [first, second],
    ]  # fmt: skip


async def test_deleted_mail_goes_and_uids_are_never_used_again(simulator: Simulator) -> None:
    for name in ("een", "twee", "drie"):
        simulator.mailbox.deliver(a_mail("x@school.example", name).as_bytes())

    def play(box: MailBoxUnencrypted) -> list[str]:
        box.delete("2")
        return box.uids()

    assert await reading(simulator, play) == ["1", "3"]
    assert simulator.mailbox.deliver(b"Subject: vier\n\nx") == 4


async def test_a_mailbox_is_found_by_name_and_no_other(simulator: Simulator) -> None:
    simulator.mailbox.deliver(a_mail("x@school.example").as_bytes())

    def play(box: MailBoxUnencrypted) -> tuple[list[str], int, bool]:
        status = box.folder.status("INBOX")
        return [f.name for f in box.folder.list()], status["UNSEEN"], box.folder.exists("Spam")

    names, unseen, _ = await reading(simulator, play)
    assert (names, unseen) == (["INBOX"], 1)


async def test_a_box_opened_to_look_cannot_be_changed(simulator: Simulator) -> None:
    simulator.mailbox.deliver(a_mail("x@school.example").as_bytes())

    def play() -> tuple[str, str, bytes]:
        with imaplib.IMAP4("127.0.0.1", simulator.mailbox.port) as client:
            client.login("schakel", "oefening")
            assert client.select("Spam")[0] == "NO"
            client.select("INBOX", readonly=True)
            stored = client.uid("STORE", "1", "+FLAGS", r"(\Seen)")[0]
            fetched = client.fetch("1", "(BODY[TEXT] UID)")
            found = fetched[1][0][1]
            assert isinstance(found, bytes)
            return stored, fetched[0], found

    assert await asyncio.to_thread(play) == ("NO", "OK", b"tekst\r\n")
    assert simulator.mailbox.inbox[0].flags == set()


async def test_a_wrong_password_and_a_wrong_command_are_refused(simulator: Simulator) -> None:
    def play() -> list[bytes]:
        with (
            imaplib.IMAP4("127.0.0.1", simulator.mailbox.port) as client,
            pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
        ):
            client.login("schakel", 'met "spatie')
        with imaplib.IMAP4("127.0.0.1", simulator.mailbox.port) as client:
            client.login("schakel", "oefening")
            client.select()
            with pytest.raises(imaplib.IMAP4.error, match="search"):
                client.search(None, "PIGEON")
            return client.noop()[1]

    assert await asyncio.to_thread(play)


async def test_a_password_can_come_as_a_literal(simulator: Simulator) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.mailbox.port)
    await reader.readline()
    writer.write(b"a1 LIST\r\na2 LOGIN schakel {8}\r\n")
    assert (await reader.readline()).startswith(b"a1 NO")
    assert (await reader.readline()).startswith(b"+")
    writer.write(b"oefening\r\na3 FETCH 1 FLAGS\r\na4 NONSENSE\r\na5 LOGOUT\r\n")
    answers = (await reader.read()).split(b"\r\n")
    assert [a[:5] for a in answers] == [b"a2 OK", b"a3 BA", b"a4 BA", b"* BYE", b"a5 OK", b""]
    writer.close()
    await writer.wait_closed()


def stored(uid: int, *flags: str) -> Stored:
    return Stored(uid, b"Subject: x\r\n\r\nx", set(flags), datetime(2026, 3, 3, tzinfo=UTC))


INBOX = [stored(3, "\\Seen"), stored(5), stored(9, "\\Flagged", "$Klaar")]


@pytest.mark.parametrize(
    ("criteria", "places"),
    [
        ("ALL", [1, 2, 3]),
        ("UNSEEN", [2, 3]),
        ("CHARSET UTF-8 (SEEN)", [1]),
        ("1,3", [1, 3]),
        ("UID 5:9", [2, 3]),
        ("NOT (OR SEEN FLAGGED)", [2]),
        ("KEYWORD $Klaar", [3]),
        ("UNKEYWORD $Klaar UNSEEN", [2]),
        ('HEADER Subject "X" SINCE 3-Mar-2026 BEFORE 4-Mar-2026', [1, 2, 3]),
        ("ON 4-Mar-2026", []),
        ('TEXT "geen"', []),
        ("NEW", [2, 3]),
    ],
)
def test_criteria_find_what_they_say(criteria: str, places: list[int]) -> None:
    assert search(criteria, INBOX) == places


@pytest.mark.parametrize("criteria", ["PIGEON", "SINCE gisteren", "NOT", "FROM"])
def test_a_criterion_that_is_not_known_is_told(criteria: str) -> None:
    with pytest.raises(BadSearch):
        search(criteria, INBOX)


@given(st.sets(st.integers(1, 50)), st.integers(1, 50))
def test_a_set_of_numbers_holds_what_it_names(wanted: set[int], number: int) -> None:
    assert within(number, ",".join(map(str, wanted)) or "0", 50) == (number in wanted)
    assert within(number, "1:*", 50)
    assert within(number, "50:1", 50)


def test_words_are_read_with_their_quotes_taken_off() -> None:
    assert words_of(r'login "a \"b\" \\" (x "")') == ["login", 'a "b" \\', "(", "x", "", ")"]
