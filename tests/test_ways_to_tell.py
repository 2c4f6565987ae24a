"""Who is refused because it is about somebody hears where it can be told, and can press it."""

from __future__ import annotations

from datetime import datetime

from bot.config import Config
from briefings.settings import BriefingSettings, CityLine
from contacts.records import Database
from tests.console_world import FORM, PLANTED, SAME_SITE, a_world, client_of

LINES = [
    CityLine(label="Politie, geen spoed", text="Ook voor uw wijkagent.", phone="0900-8844"),
    CityLine(label="Discriminatie melden", link="https://discriminatie.example"),
    CityLine(label="Zorgen over één persoon", text="Eerst uw interne aanspreekpunt."),
]


async def test_each_line_shows_its_number_and_its_address_as_links_and_its_words_after_them(
    db: Database, now: datetime
) -> None:
    config = Config(briefings=BriefingSettings(meldkaart=LINES))
    form = FORM | {"toelichting": PLANTED}
    async with (
        a_world(db, now) as world,
        client_of(db, world.sealer, now, config=config) as web,
    ):
        answer = await web.post(f"{world.page}/signaal", data=form, headers=SAME_SITE)
    assert answer.status_code == 422
    assert (
        '<strong>Politie, geen spoed</strong>: <a href="tel:0900-8844">0900-8844</a>'
        " · Ook voor uw wijkagent. (te controleren)"
    ) in answer.text
    assert (
        '<a href="https://discriminatie.example">https://discriminatie.example</a>' in answer.text
    )
    assert "<strong>Zorgen over één persoon" not in answer.text, "said in the sentence above"
