"""A bounce is believed about the address that we wrote to, and about no other."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.mail_reading import Taken, handle
from bot.mail_reports import Failure, failure_of, failures_in
from bot.mail_sorting import MailKind, sort_mail
from bot.simulator.bounces import bounce_for
from contacts.directory import Channel, ChannelStatus
from contacts.records import Database
from tests.console_world import contents
from tests.outbox_world import all_deliveries, statuses
from tests.test_mail_reading import SEALER, VERP, a_sent_mail

OURS = "juf@school.example"
PRIVATE = "juf.prive@thuis.example"


def report(*recipients: str, status: str = "5.1.1") -> str:
    """A report about one recipient, of which these lines say who that is."""
    raw = bounce_for(VERP.address(1), "x", status=status).decode()
    return raw.replace("Final-Recipient: rfc822; x\n", "".join(f"{one}\n" for one in recipients))


def failure(*recipients: str) -> Failure | None:
    """What a report with these lines says of our address."""
    return failure_of(failures_in(message_from_string(report(*recipients))) or [], OURS)


@pytest.mark.parametrize(
    ("status", "diagnostic", "closes"),
    [
        ("5.1.1", "", True),
        ("5.2.1", "smtp; 550 5.2.1 disabled", True),
        ("5.0.0", "smtp; 550 no such user", True),
        ("5.0.0", "smtp; 550 5.1.1 no such user", True),
        ("5.0.0", "", False),
        ("5.7.1", "smtp; 550 5.7.1 rejected by policy", False),
        ("5.1.8", "smtp; 553 5.1.8 sender domain unknown", False),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", False),
        ("5.4.4", "", False),
    ],
)
def test_only_a_bounce_that_knows_no_such_address_closes_it(
    status: str, diagnostic: str, closes: bool
) -> None:
    report = bounce_for(VERP.address(5), "a@example.org", status=status).decode()
    report = report.replace("Action:", f"Diagnostic-Code: {diagnostic}\nAction:")
    sorted_mail = sort_mail(message_from_string(report), VERP)
    assert [one.closes_address for one in sorted_mail.failures] == [closes]


@pytest.mark.parametrize(
    "lines",
    [
        ["Final-Recipient: rfc822; juf@school.example"],
        ["Final-Recipient: RFC822;JUF@School.Example."],
        ["Final-Recipient: rfc822; <Juf@school.example>"],
        ["Final-Recipient: utf-8; juf@school.example"],
        ["Final-Recipient: juf@school.example"],
        ["Final-Recipient: rfc822; juf+post@school.example"],
        ["Final-Recipient: rfc822; juf+40school.example@school.example"],
        ["Original-Recipient: rfc822;juf+40school.example"],
        ["Original-Recipient: rfc822;juf@school.example"],
        ["Final-Recipient: x400; /G=juf/", "Original-Recipient: rfc822;juf@school.example"],
        ["Final-Recipient: rfc822; juf"],
        [],
    ],
)
def test_our_address_is_known_however_a_server_writes_it(lines: list[str]) -> None:
    said = failure(*lines)
    assert said is not None
    assert (said.status, said.closes_address) == ("5.1.1", True)


@pytest.mark.parametrize(
    "lines",
    [
        [f"Final-Recipient: rfc822; {PRIVATE}"],
        [f"Final-Recipient: rfc822; {PRIVATE}", f"Original-Recipient: rfc822;{OURS}"],
        [f"Original-Recipient: rfc822;{PRIVATE}"],
        ["Final-Recipient: rfc822; juf@otherschool.example"],
    ],
)
def test_a_bounce_of_an_address_elsewhere_says_nothing_of_ours(lines: list[str]) -> None:
    assert failure(*lines) is None


@pytest.mark.parametrize("other", ["j.bakker@school.example", "juf@mx.school.example"])
def test_another_address_within_the_same_domain_fails_the_mail_and_closes_nothing(
    other: str,
) -> None:
    said = failure(f"Final-Recipient: rfc822; {other}")
    assert said is not None
    assert (said.status, said.closes_address) == ("5.1.1", False)


def test_of_several_recipients_ours_is_looked_at() -> None:
    own = Failure("5.2.2", recipients=frozenset({OURS}))
    others = [Failure("5.1.1", True, frozenset({name})) for name in (PRIVATE, "x@school.example")]
    assert failure_of([*others, own], OURS) is own
    assert failure_of(others[:1], None) is others[0], "an address that is forgotten is not compared"


@given(field=st.text(max_size=60), kind=st.sampled_from(["Final-Recipient", "Original-Recipient"]))
def test_no_field_of_a_report_makes_reading_it_fail(field: str, kind: str) -> None:
    mail = message_from_bytes(bounce_for(VERP.address(1), "x"))
    for part in mail.walk():
        if "Action" in part:
            del part["Final-Recipient"]
            part[kind] = field
    assert len(failures_in(mail) or []) == 1


async def the_channels(db: Database) -> list[ChannelStatus]:
    async with db.read() as session:
        found = await session.exec(
            select(Channel.status).where(col(Channel.address) == "docent@school.example")
        )
        return list(found.all())


async def test_a_dead_private_mailbox_that_mail_is_sent_on_to_closes_nobodys_channel(
    db: Database, now: datetime
) -> None:
    ident = await a_sent_mail(db, now)
    sorted_mail = sort_mail(
        message_from_string(report(f"Final-Recipient: rfc822; {PRIVATE}")), VERP
    )
    assert sorted_mail.delivery_id == ident
    assert PRIVATE not in repr(sorted_mail), "nor in any log"
    async with db.begin() as session:
        taken = await handle(session, sorted_mail, sealer=SEALER, now=now)
    assert taken == Taken(MailKind.ELSEWHERE, is_new=True)
    assert statuses(await all_deliveries(db)) == ["sent"]
    assert await the_channels(db) == [ChannelStatus.ACTIVE]
    assert "thuis.example" not in repr(await contents(db))
