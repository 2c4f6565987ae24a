"""Back in a chat that was stopped, through the whole house: simulator, poller, inbox and worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.phone_view import bubbles_of
from tests.flow_world import an_evening

MARK = "OEFENING\n"


@pytest.mark.parametrize("again", ["/start weer", "Start weer."])
async def test_who_stopped_is_back_by_start_weer_and_start_ja(tmp_path: Path, again: str) -> None:
    async with an_evening(tmp_path) as evening:
        teacher = evening.teacher
        await teacher.say("/stop")
        await teacher.press("Ja, stop")
        await teacher.see("Weer meedoen?")
        await teacher.say("/help")
        told = await teacher.see("U stopte zelf")
        await teacher.say(again)
        asked = await teacher.see("Wilt u hier weer berichten")
        await teacher.say("/start ja")
        opened = await teacher.see("U krijgt hier weer berichten")
        assert all(one.text.startswith(MARK) for one in (told, asked, opened))
        await teacher.say("/gegevens")
        await teacher.see_button("Uw gegevens")
        mine = [str(one.html) for one in bubbles_of(teacher.chat) if one.mine]
        assert "/start ja" in mine, "what somebody typed is shown"


async def test_whoever_is_on_no_list_reads_in_an_exercise_that_it_is_one(tmp_path: Path) -> None:
    async with an_evening(tmp_path) as evening:
        stranger = evening.simulator.user(9001, "Vreemde")
        await stranger.start("verkeerd")
        refused = await stranger.see(lambda message: message.text != "")
        other = evening.simulator.user(9002, "Andere")
        await other.say("Hallo")
        answered = await other.see("aangesloten organisaties")
        assert all(one.text.startswith(MARK) for one in (refused, answered))
