"""A whole house with its simulated outside world, entered through the public doors only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.clock import utc_now
from bot.demo.stage import exercise_config
from bot.house import House
from bot.settings import DatabaseSettings
from bot.simulator import Simulator, User
from contacts.directory import (
    Channel,
    ChannelKind,
    Domain,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.settings import SendingSettings
from feeds.settings import SourceSettings
from feeds.standing import Trust
from tests.stores import everything_in, migrated_url

OUTLET = "oefen-omroep"
#: name → (audiences, roles, has Telegram, has mail)
CAST: dict[str, tuple[list[str], list[Role], bool, bool]] = {
    "Coördinator": ([], [Role.COORDINATOR], True, True),
    "Tweede coördinator": ([], [Role.COORDINATOR], True, False),
    "Goedkeurder": ([], [Role.APPROVER], True, True),
    "Docent VO": (["docent_vo_mbo"], [], True, True),
    "Teamleider": (["docent_vo_mbo", "schoolleiding"], [], True, False),
    "Docent PO": (["docent_po"], [], False, True),
}


@dataclass
class Evening:
    """The house, the outside world and everybody's phone by name."""

    house: House
    simulator: Simulator
    folder: Path
    url: str
    users: dict[str, User] = field(default_factory=dict)

    @property
    def coordinator(self) -> User:
        return self.users["Coördinator"]

    @property
    def approver(self) -> User:
        return self.users["Goedkeurder"]

    @property
    def teacher(self) -> User:
        return self.users["Docent VO"]

    def publish(self, key: str, title: str, lead: str = "") -> None:
        self.simulator.feeds.publish(OUTLET, key, title, lead=lead)

    def on_disk(self) -> bytes:
        """Everything the installation wrote, raw."""
        return everything_in(self.url, self.folder)


@asynccontextmanager
async def an_evening(folder: Path, **settings: Any) -> AsyncIterator[Evening]:
    """Start the simulator and the house on an empty folder; stop both at the end.

    :param settings: blocks of the configuration that differ from the usual evening.
    """
    simulator = Simulator()
    simulator.telegram.limits.chat_burst = 0
    await simulator.start()
    simulator.feeds.add_outlet(OUTLET, "Oefenomroep")
    source = SourceSettings(
        key=OUTLET, name="Oefenomroep", url=simulator.feed_url(OUTLET), trust=Trust.REGIONAL,
        interval_s=1,
    )  # fmt: skip
    # Its feed stays empty until a test brings news, however slow the machine.
    config = exercise_config(simulator, folder, [source], tell_after_failures=100).model_copy(
        update={
            "sending": SendingSettings(chat_interval_s=0.02, mail_per_s=200),
            "database": DatabaseSettings(url=await migrated_url(folder)),
            **settings,
        }
    )
    evening = Evening(House(config), simulator, folder, config.database.url)
    await seat(evening)
    try:
        await evening.house.start()
        yield evening
    finally:
        await evening.house.stop()
        await simulator.stop()


async def seat(evening: Evening) -> None:
    """The cast, on one school and the municipality, with their channels."""
    now = utc_now()
    async with evening.house.db.begin() as session:
        organisations = {
            "Gemeente": Organisation(
                name="Gemeente (oefening)", domain=Domain.MUNICIPALITY, is_exercise=True,
                created_at=now,
            ),
            "School": Organisation(
                name="School (oefening)", domain=Domain.EDUCATION, is_exercise=True,
                created_at=now, district="WK020204", internal_contact="zorgcoördinator",
            ),
        }  # fmt: skip
        session.add_all(organisations.values())
        await session.flush()
        for number, (name, (audiences, roles, phone, mail)) in enumerate(CAST.items()):
            owner = organisations["School" if audiences else "Gemeente"]
            person = Person(
                organisation_id=owner.id or 0, name=name, audiences=audiences, is_exercise=True,
                created_at=now,
            )  # fmt: skip
            session.add(person)
            await session.flush()
            session.add_all(
                RoleGrant(person_id=person.id or 0, role=role, granted_at=now) for role in roles
            )
            if phone:
                user = evening.simulator.user(6001 + number, name)
                user.chat.started = True
                evening.users[name] = user
                session.add(_channel(person, ChannelKind.TELEGRAM, str(user.chat_id), 0))
            if mail:
                session.add(_channel(person, ChannelKind.EMAIL, f"p{number}@school.example", 10))


def _channel(person: Person, kind: ChannelKind, address: str, rank: int) -> Channel:
    return Channel(
        person_id=person.id or 0, kind=kind, address=address, rank=rank, is_exercise=True,
        created_at=utc_now(),
    )  # fmt: skip
