"""As many mails are under way as there are connections to the relay."""

from __future__ import annotations

import asyncio

from bot.clock import utc_now
from bot.exercise.nowhere import Played
from bot.simulator.smtp_sink import SmtpSink
from contacts.pump import Pump
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from tests.mail_world import a_transport
from tests.outbox_world import a_briefing, a_person, all_sent, running, until

CONNECTIONS, MAILS = 10, 20


async def test_a_slow_relay_is_used_with_every_connection_that_is_set(db: Database) -> None:
    """At this rate five would be under way, whatever is set."""
    sink, now = SmtpSink(), utc_now()
    await sink.start()
    sink.fail("*", "slow", times=MAILS, seconds=1.0)
    mail = Played(a_transport(sink.port, connections=CONNECTIONS))
    pump = Pump(
        db, [mail], settings=SendingSettings(mail_per_s=20, mail_domain_per_min=0),
        sealer=Sealer(Sealer.new_key()), clock=utc_now, link_base="", owner="test",
    )  # fmt: skip
    async with db.begin() as session:
        people = [await a_person(session, now, mail=f"{n}@example.org") for n in range(MAILS)]
        await a_briefing(session, people, now)
    most = 0
    async with running(pump):
        sent = asyncio.create_task(until(db, all_sent))
        while not sent.done():
            most = max(most, len(sink._connections))
            await asyncio.sleep(0.02)
    await pump.close()
    await sink.stop()
    assert most == CONNECTIONS
