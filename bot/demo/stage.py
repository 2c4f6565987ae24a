"""Sets the stage: the simulator, an exercise installation, contacts, and linked phones.

People connect their Telegram the real way: an invitation is made and its link is pressed.
"""

from __future__ import annotations

import asyncio
import socket
import time
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from bot.clock import utc_now
from bot.config import Config
from bot.house import House
from bot.settings import (
    AlertSettings,
    DatabaseSettings,
    MailSettings,
    TelegramSettings,
    TickSettings,
    WebSettings,
)
from bot.simulator import Simulator, User
from briefings.settings import BriefingSettings, CityLine
from contacts.directory import Channel, ChannelKind, Person
from contacts.importing import import_contacts, read_contacts
from contacts.invitations import invite
from contacts.journal import Who
from contacts.settings import ContactSettings, SendingSettings
from feeds.kalender import CalendarSettings
from feeds.settings import FeedSettings, SourceSettings
from feeds.standing import Trust

HERE = Path(__file__).parent
#: who has a phone in the demo; the others get mail
PHONES = (
    "Coördinator", "Goedkeurder", "Docent VO", "Schoolleider", "Teamleider en docent",
    "Docent PO", "Docent MBO", "Jongerenwerker", "Sociaal werker", "Contactpersoon",
    "Wijkteamlid", "Wijkagent", "Systeembeheerder",
)  # fmt: skip
FIRST_CHAT = 4101
#: a municipality that does not exist, whose contact is in the cast
NEIGHBOUR = "Buurstad"


@dataclass
class Stage:
    """Everything a play needs. ``users`` are the phones by name."""

    simulator: Simulator
    scenario: dict[str, Any]
    users: dict[str, User] = field(default_factory=dict)
    #: set before anything is played; the house is built with pages that know this stage
    house: House = field(init=False)
    began: float = field(default_factory=time.monotonic)

    @property
    def coordinator(self) -> User:
        return self.users[PHONES[0]]

    @property
    def approver(self) -> User:
        return self.users[PHONES[1]]

    def page_of(self, name: str) -> str | None:
        """The address of the organisation's page on somebody's phone, the newest one."""
        for message in reversed(self.users[name].messages):
            for button in (button for row in message.buttons for button in row):
                if "/o/" in str(button.get("url", "")):
                    return str(button["url"])
        return None

    async def until(
        self, question: Callable[[Any], Awaitable[Any]], *, timeout_s: float = 20.0
    ) -> Any:
        """Ask the database until the answer is true; returns the answer.

        :raises TimeoutError: it stayed false.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            async with self.house.db.read() as session:
                if answer := await question(session):
                    return answer
            await asyncio.sleep(0.02)
        raise TimeoutError(getattr(question, "__name__", "question"))


def load_scenario() -> dict[str, Any]:
    return tomllib.loads((HERE / "scenario.toml").read_text(encoding="utf-8"))


def exercise_config(
    simulator: Simulator, folder: Path, sources: list[SourceSettings], **feeds: Any
) -> Config:
    """An installation that can only reach the simulator, in a hurry."""
    port = _free_port()
    return Config(
        state_dir=folder,
        is_exercise=True,
        telegram=TelegramSettings(
            base_url=simulator.bot_url, bot_name=simulator.telegram.world.bot["username"],
            poll_timeout_s=5, token=simulator.token,
        ),
        mail=MailSettings(
            host="127.0.0.1", port=simulator.mail.port, tls="geen",
            from_address="informatie@gemeente.example", reply_address="antwoord@gemeente.example",
            imap_host="127.0.0.1", imap_port=simulator.mailbox.port, imap_tls=False,
            imap_user=simulator.mailbox.user, imap_password=simulator.mailbox.password,
        ),
        web=WebSettings(port=port, base_url=f"http://127.0.0.1:{port}"),
        # A list at a fixed hour would come in some runs and not in others.
        alerts=AlertSettings(daily_at=""),
        calendar=CalendarSettings(at=""),
        database=DatabaseSettings(url=f"sqlite+aiosqlite:///{folder}/schakel.sqlite3"),
        ticks=TickSettings(
            feeds_s=0.5, refresh_s=1, alerts_s=2, escalate_s=5, mail_in_s=1, exercise_s=0.3
        ),
        feeds=FeedSettings(allow_private=True, sources=sources, **feeds),
        briefings=exercise_lines(),
        contacts=ContactSettings(neighbours=(NEIGHBOUR,)),
        # Nobody watches a demo for the minutes in which an uncertain text may prove its arrival.
        sending=SendingSettings(chat_interval_s=0.2, mail_per_s=50, unsure_min=(0,) * 5),
    )  # fmt: skip


def exercise_lines() -> BriefingSettings:
    """Lines that are plainly made up: an exercise has no telephone numbers to check but 112."""
    scenario = load_scenario()["lines"]
    checked = date(2026, 1, 1)
    return BriefingSettings(
        contact_tonight=CityLine(**scenario["tonight"], checked_on=checked),
        contact_tomorrow=CityLine(**scenario["tomorrow"], checked_on=checked),
        meldkaart=[CityLine(**line, checked_on=checked) for line in scenario["meldkaart"]],
        help_lines=[CityLine(**line, checked_on=checked) for line in scenario["help_lines"]],
    )


def scenario_sources(simulator: Simulator, scenario: dict[str, Any]) -> list[SourceSettings]:
    """One source per outlet of the scenario, polled every second."""
    for outlet in scenario["outlets"]:
        simulator.feeds.add_outlet(outlet["key"], outlet["name"])
    return [
        SourceSettings(
            key=outlet["key"], name=outlet["name"], url=simulator.feed_url(outlet["key"]),
            trust=Trust(outlet["trust"]), interval_s=1,
        )
        for outlet in scenario["outlets"]
    ]  # fmt: skip


async def seat_everyone(stage: Stage) -> int:
    """Import the cast and let everybody with a phone press their invitation; returns how many
    people are on the list."""
    reading = read_contacts((HERE / "cast.csv").read_bytes())
    async with stage.house.db.begin() as session:
        result = await import_contacts(
            session, reading, who=Who("demo"), is_exercise=True, now=utc_now()
        )
        tokens = {}
        for name in PHONES:
            person = (await session.exec(select(Person).where(col(Person.name) == name))).one()
            assert person.id is not None
            tokens[name] = await invite(session, person.id, now=utc_now())
    for number, (name, token) in enumerate(tokens.items()):
        stage.users[name] = stage.simulator.user(FIRST_CHAT + number, name)
        await stage.users[name].start(token)

    async def everyone_is_linked(session: Any) -> bool:
        found = await session.exec(
            select(Channel.id).where(col(Channel.kind) == ChannelKind.TELEGRAM)
        )
        return len(found.all()) == len(PHONES)

    await stage.until(everyone_is_linked)
    return result.added


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
